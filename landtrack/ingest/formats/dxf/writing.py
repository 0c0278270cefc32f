"""Frames as DXF R2010: text in UTF-8, metres, every digit of the coordinates.

An area is a closed LWPOLYLINE; one with holes has a closed LWPOLYLINE for each hole and a
HATCH that shows which is which. Attributes are kept in extended data, where landtrack
reads them again; what people should read in the drawing is written as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import ezdxf
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from ezdxf.document import Drawing
from ezdxf.enums import TextEntityAlignment
from ezdxf.layouts import Modelspace
from ezdxf.lldxf.const import DXFError

from landtrack.ingest.formats.base import Loss
from landtrack.ingest.formats.dxf import extended
from landtrack.ingest.formats.dxf.document import CRS_PROPERTY
from landtrack.model import disk
from landtrack.model.errors import CRSError, OutputError
from landtrack.spatial import crs

if TYPE_CHECKING:
    from ezdxf.entities import DXFGraphic

FORBIDDEN = re.compile(r"[<>/\\\":;?*|=`,\x00-\x1f\x7f]")
"""What the name of a layer may not hold."""
LONGEST_NAME = 255
STYLE = "LANDTRACK"
FONT = "simsun.ttc"
"""The font of labels: one with Chinese characters that Windows has."""
LABEL_SHARE = 0.08
"""Height of a label as a share of the square root of its area."""
SOLID_GREY = 9
"""The colour of hatches, by number."""
SMALLEST = 0.1
"""Metres; no label is lower."""
SHEER = 0.7
"""How much of what lies under a hatch is seen through it."""


def losses(
    frame: gpd.GeoDataFrame, *, layer: str = "0", by: str | None = None
) -> list[Loss]:
    """Tell what a DXF cannot hold of a frame.

    ``frame``: n features in a projected CRS in metres.
    ``layer``, ``by``: As for :func:`write`.
    Returns: Geometry that is missing (left out), in several parts (each its own entity, all with
    the attributes), or with heights (left out); columns kept as text; features with more attributes
    than an entity takes; layers renamed; the CRS, which other programs do not look for.
    """
    shapes = frame.geometry
    empty = shapes.isna() | shapes.is_empty
    several = shapely.get_num_geometries(shapes[~empty].to_numpy()) > 1
    told = [
        Loss("shape_missing", int(empty.sum())),
        Loss("parts_split", int(several.sum())),
        Loss("heights_dropped", int(shapes[~empty].has_z.sum())),
        Loss("attributes_cut", sum(not extended.fits(row) for row in _attributes(frame))),
    ]
    for name, values in frame.drop(columns=frame.geometry.name).items():
        number = sum(map(_kept_as_text, values.dropna()))
        told.append(Loss("value_as_text", number, field=str(name)))
    names = _layers(frame, layer, by)
    told += [
        Loss("layer_renamed", names.count(name), name, _layer_name(name))
        for name in dict.fromkeys(names) if _layer_name(name) != name
    ]
    if frame.crs is not None:
        told.append(Loss("crs_hidden", len(frame), detail=crs.name(frame.crs)))
    return [each for each in told if each.number]


@contextmanager
def _without_time() -> Iterator[None]:
    """Let the same features make the same bytes: ezdxf writes the hour and random names."""
    before = ezdxf.options.write_fixed_meta_data_for_testing
    ezdxf.options.write_fixed_meta_data_for_testing = True
    try:
        yield
    finally:
        ezdxf.options.write_fixed_meta_data_for_testing = before


def write(
    frame: gpd.GeoDataFrame, path: Path, *, layer: str = "0", by: str | None = None,
    label: str | None = None,
) -> None:
    """Write a frame as a DXF file, or into one.

    ``frame``: n features in a projected CRS in metres.
    ``path``: The ``.dxf``, made where it is not there; added to where it is.
    ``by``: The column whose values are the layers instead; ``layer`` where it is empty.
    ``label``: The column that is written into each area as text.
    Raises OutputError: If the frame has no CRS in metres or coordinates that are no numbers, or the
    file cannot be written, or is another program's.
    """
    _require(frame, path)
    drawing = _begun(path, crs.name(frame.crs))
    model = drawing.modelspace()
    names = [_layer_name(name) for name in _layers(frame, layer, by)]
    texts = frame[label].tolist() if label is not None else [None] * len(frame)
    for shape, name, row, text in zip(
        frame.geometry, names, _attributes(frame), texts, strict=True
    ):
        if name not in drawing.layers:
            drawing.layers.add(name)
        for part in _parts(shape):
            for entity in _drawn(model, part, name):
                entity.set_xdata(extended.APPLICATION, extended.tags(row))
            if text is not None and not pd.isna(text) and isinstance(part, shapely.Polygon):
                _write_text(model, part, str(text), name)
    _look_at(drawing, frame)
    with disk.writing(path), _without_time():
        for name in sorted(drawing.entitydb.dxf_types_in_use()):  # ezdxf takes them from a set
            drawing.classes.add_class(name)
        drawing.saveas(path)


def _begun(path: Path, system: str) -> Drawing:
    """Open the drawing that landtrack has begun in the same CRS, or begin one."""
    if path.exists():
        try:
            drawing = ezdxf.readfile(path)
        except (OSError, DXFError) as error:
            raise _foreign(path) from error
        if drawing.header.custom_vars.get(CRS_PROPERTY) != system or (
            extended.APPLICATION not in drawing.appids
        ):
            raise _foreign(path)
        return drawing
    with _without_time():
        drawing = ezdxf.new("R2010", units=ezdxf.units.M)
    for application in (extended.APPLICATION, extended.HOLE):
        drawing.appids.add(application)
    drawing.styles.add(STYLE, font=FONT)
    drawing.header.custom_vars.append(CRS_PROPERTY, system)
    return drawing


def _foreign(path: Path) -> OutputError:
    return OutputError(
        f"{path} is there already and is no drawing of landtrack in the same CRS.",
        mend="Choose another name.",
    )


def _require(frame: gpd.GeoDataFrame, path: Path) -> None:
    try:
        crs.require_metric(frame.crs, what=str(path))
    except CRSError as error:
        raise OutputError(
            f"{path} is not written: {error.cause}",
            mend="A drawing is in metres: convert to a projected CRS first (--to-crs).",
        ) from error
    if not np.all(np.isfinite(shapely.get_coordinates(frame.geometry.to_numpy()))):
        raise OutputError(
            f"{path} is not written: some coordinates are no numbers.",
            mend="Leave out the features with coordinates that are none.",
        )


def _layers(frame: gpd.GeoDataFrame, layer: str, by: str | None) -> list[str]:
    """Give each feature's layer, as it is called in the frame."""
    if by is None:
        return [layer] * len(frame)
    return [layer if pd.isna(name) or not str(name).strip() else str(name) for name in frame[by]]


def _layer_name(name: str) -> str:
    """Give the name that a layer can have in a drawing."""
    return FORBIDDEN.sub("_", name.strip())[:LONGEST_NAME] or "0"


def _attributes(frame: gpd.GeoDataFrame) -> list[dict[str, object]]:
    """Give the attributes of each feature, names as text."""
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    columns = [table[name].astype("object").tolist() for name in table.columns]
    names = [str(name) for name in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)] or [
        {} for _ in range(len(frame))
    ]


def _kept_as_text(value: object) -> bool:
    """Tell whether a value is neither text nor a number that extended data hold."""
    return not isinstance(value, str) and next(extended.pieces(value))[0] == extended.TEXT


def _parts(shape: shapely.Geometry | None) -> Iterator[shapely.Geometry]:
    """Take a geometry to pieces that are one entity each."""
    if shape is None or shape.is_empty:
        return
    if hasattr(shape, "geoms"):
        for part in shape.geoms:
            yield from _parts(part)
    else:
        yield shape


def _drawn(model: Modelspace, part: shapely.Geometry, layer: str) -> Iterator[DXFGraphic]:
    """Draw one part; gives the entities that keep its attributes."""
    attribs = {"layer": layer}
    if isinstance(part, shapely.Point):
        yield model.add_point((part.x, part.y), dxfattribs=attribs)
    elif isinstance(part, shapely.Polygon):
        yield from _area(model, part, layer)
    else:
        corners = shapely.get_coordinates(part).tolist()
        yield model.add_lwpolyline(corners, close=False, dxfattribs=attribs)


def _area(model: Modelspace, part: shapely.Polygon, layer: str) -> Iterator[DXFGraphic]:
    """Draw the outline of an area, its holes, and the hatch that tells them apart."""
    attribs = {"layer": layer}
    outlines = [
        model.add_lwpolyline(
            shapely.get_coordinates(ring)[:-1].tolist(), close=True, dxfattribs=attribs
        )
        for ring in (part.exterior, *part.interiors)
    ]
    yield outlines[0]
    if len(outlines) == 1:
        return
    hatch = model.add_hatch(color=SOLID_GREY, dxfattribs={"layer": layer, "hatch_style": 0})
    hatch.transparency = SHEER
    for number, outline in enumerate(outlines):
        if number:
            outline.set_xdata(extended.HOLE, [(extended.FLAG, 1)])
        path = hatch.paths.add_polyline_path(
            [(x, y) for x, y in outline.get_points("xy")], is_closed=True, flags=16 if number else 1
        )
        hatch.associate(path, [outline])


def _write_text(model: Modelspace, part: shapely.Polygon, text: str, layer: str) -> None:
    """Write a label into the middle of an area, in one line, in letters that fit."""
    circle = shapely.maximum_inscribed_circle(part, tolerance=max(part.length / 500, 1e-3))
    inside = shapely.get_point(circle, 0)
    line = extended.safe(" ".join(text.split()))
    widest = 2 * circle.length / max(len(text), 2)
    height = max(min(LABEL_SHARE * part.area**0.5, widest), SMALLEST)
    model.add_text(
        line, height=height, dxfattribs={"layer": layer, "style": STYLE}
    ).set_placement((inside.x, inside.y), align=TextEntityAlignment.MIDDLE_CENTER)


def _look_at(drawing: Drawing, frame: gpd.GeoDataFrame) -> None:
    """Let the drawing open where its features are."""
    if frame.geometry.isna().all() or frame.geometry.is_empty.all():
        return
    west, south, east, north = frame.total_bounds
    model = drawing.modelspace()
    low, high = model.dxf.extmin, model.dxf.extmax
    if low[0] < high[0]:  # of the layers before; a new drawing's are inside out
        west, south = min(west, low[0]), min(south, low[1])
        east, north = max(east, high[0]), max(north, high[1])
    model.reset_extents((west, south, 0), (east, north, 0))
    height = max(north - south, (east - west) / 2, 1.0) * 1.1
    drawing.set_modelspace_vport(height, center=((west + east) / 2, (south + north) / 2))
