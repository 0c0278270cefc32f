"""Frames as KML: WGS 84, one folder, attributes with their types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from landtrack.ingest.formats.base import Loss
from landtrack.model import disk
from landtrack.model.errors import CRSError, OutputError
from landtrack.spatial import crs

WGS84 = CRS.from_epsg(4326)
DATUM = "landtrack_datum"
"""The name under which the document says that its coordinates are WGS 84, unshifted."""
DECIMALS = 9
"""Of a degree: 0.1 mm."""
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold, not even escaped."""
BREAKS = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
LARGEST = 2**31 - 1
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n'
    f'<ExtendedData><Data name="{DATUM}"><value>WGS 84</value></Data></ExtendedData>\n'
)
TAIL = "</Document>\n</kml>\n"
"""How a document begins and ends."""


def losses(frame: gpd.GeoDataFrame, *, layer: str = "landtrack") -> list[Loss]:
    """Tell what a KML cannot hold of a frame.

    ``frame``: n features in any CRS.
    ``layer``: As for :func:`write`.
    Returns: Geometry that is missing, heights (left out), the CRS that becomes WGS 84, columns kept
    as text, characters that XML cannot hold.
    """
    shapes = frame.geometry
    told = [
        Loss("shape_missing", int((shapes.isna() | shapes.is_empty).sum())),
        Loss("heights_dropped", int(shapes.dropna().has_z.sum())),
        Loss("characters_dropped", int(bool(FORBIDDEN.search(layer)))),
    ]
    for name, values in frame.drop(columns=frame.geometry.name).items():
        present = values.dropna()
        if _kind(values) == "string":
            number = sum(not isinstance(value, str) for value in present)
            told.append(Loss("value_as_text", number, field=str(name)))
        wrong = sum(bool(FORBIDDEN.search(str(value))) for value in present)
        told.append(
            Loss("characters_dropped", wrong + bool(FORBIDDEN.search(str(name))), str(name))
        )
    if frame.crs is not None and frame.crs != WGS84:
        told.append(Loss("crs_becomes_wgs84", len(frame), detail=crs.name(frame.crs)))
    return [each for each in told if each.number]


def write(
    frame: gpd.GeoDataFrame, path: Path, *, layer: str = "landtrack", label: str | None = None
) -> None:
    """Write a frame as a folder of a KML file.

    ``frame``: n features in a CRS from which there is a way to WGS 84.
    ``path``: The ``.kml``, made where it is not there; added to where it is landtrack's.
    ``label``: The column that names the placemarks.
    Raises OutputError: If the frame has no CRS, or none from which there is a published
    transformation, or coordinates that are no numbers, or the file cannot be written, or is another
    program's.
    """
    if frame.crs is None:
        raise OutputError(
            f"{path} is not written: there is no coordinate reference system.",
            mend="State it in the catalog.",
        )
    try:
        degrees = crs.to_crs(frame, WGS84)
    except CRSError as error:
        raise OutputError(
            f"{path} is not written: {error.cause}.", mend=str(error).partition("Mend: ")[2]
        ) from error
    if not np.all(np.isfinite(shapely.get_coordinates(degrees.geometry.to_numpy()))):
        raise OutputError(
            f"{path} is not written: some coordinates are no numbers.",
            mend="Leave out the features with coordinates that are none.",
        )
    with disk.writing(path), _begun(path) as file:
        _write(file, degrees, layer, label)


def _begun(path: Path) -> TextIO:
    """Open the document that landtrack has begun before its end, or begin one."""
    if not path.exists():
        file = path.open("w", encoding="utf-8", newline="\n")
        file.write(HEAD)
        return file
    with path.open("rb+") as bytes_:
        begun = bytes_.read(len(HEAD)) == HEAD.encode() and bytes_.seek(-len(TAIL), 2)
        if not begun or bytes_.read() != TAIL.encode():
            raise OutputError(
                f"{path} is there already and is no map of landtrack.",
                mend="Choose another name.",
            )
        bytes_.seek(-len(TAIL), 2)
        bytes_.truncate()
    return path.open("a", encoding="utf-8", newline="\n")


def _write(file: TextIO, frame: gpd.GeoDataFrame, layer: str, label: str | None) -> None:
    """Write a folder and the end of the document, a placemark at a time."""
    schema = f"of_{file.tell()}"
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    kinds = {str(name): _kind(values) for name, values in table.items()}
    file.write(f'<Schema name={_quoted(layer)} id="{schema}">\n')
    file.writelines(
        f'<SimpleField name={_quoted(name)} type="{kind}"/>\n' for name, kind in kinds.items()
    )
    file.write(f"</Schema>\n<Folder>\n<name>{_text(layer)}</name>\n")
    columns = [table[name].astype("object").tolist() for name in table.columns]
    labels = frame[label].tolist() if label is not None else [None] * len(frame)
    rows = zip(*columns, strict=True) if columns else ((),) * len(frame)
    for shape, row, said in zip(frame.geometry, rows, labels, strict=True):
        if shape is None or shape.is_empty:
            continue
        file.write("<Placemark>\n")
        if said is not None and not pd.isna(said):
            file.write(f"<name>{_text(str(said))}</name>\n")
        file.write(f'<ExtendedData><SchemaData schemaUrl="#{schema}">\n')
        for (name, kind), value in zip(kinds.items(), row, strict=True):
            if not pd.isna(value):
                said_so = _text(_said(value, kind))
                file.write(f"<SimpleData name={_quoted(name)}>{said_so}</SimpleData>\n")
        file.write("</SchemaData></ExtendedData>\n")
        file.writelines(_shape(shape))
        file.write("</Placemark>\n")
    file.write(f"</Folder>\n{TAIL}")


def _kind(values: pd.Series) -> str:
    """Give the type of a column in KML's words."""
    present = values.dropna()
    if pd.api.types.is_bool_dtype(present.infer_objects()):
        return "bool"
    if pd.api.types.is_integer_dtype(values) and present.abs().le(LARGEST).all():
        return "int"
    if pd.api.types.is_float_dtype(values):
        return "double"
    return "string"


def _said(value: object, kind: str) -> str:
    """Write a value so that it is read as its type."""
    if kind == "bool":
        return "1" if value else "0"
    return repr(float(value)) if kind == "double" else str(value)  # type: ignore[arg-type]


def _text(text: str) -> str:
    return escape(FORBIDDEN.sub("", text), BREAKS)


def _quoted(text: str) -> str:
    return quoteattr(FORBIDDEN.sub("", text))


def _shape(shape: shapely.Geometry) -> Iterator[str]:
    """Write a geometry."""
    if hasattr(shape, "geoms"):
        yield "<MultiGeometry>\n"
        for part in shape.geoms:
            yield from _shape(part)
        yield "</MultiGeometry>\n"
    elif isinstance(shape, shapely.Polygon):
        yield "<Polygon>"
        for number, ring in enumerate((shape.exterior, *shape.interiors)):
            side = "innerBoundaryIs" if number else "outerBoundaryIs"
            yield f"<{side}><LinearRing>{_coordinates(ring)}</LinearRing></{side}>"
        yield "</Polygon>\n"
    else:
        kind = "Point" if isinstance(shape, shapely.Point) else "LineString"
        yield f"<{kind}>{_coordinates(shape)}</{kind}>\n"


def _coordinates(shape: shapely.Geometry) -> str:
    degrees = np.round(shapely.get_coordinates(shape), DECIMALS)
    said = " ".join(f"{east!r},{north!r}" for east, north in degrees.tolist())
    return f"<coordinates>{said}</coordinates>"
