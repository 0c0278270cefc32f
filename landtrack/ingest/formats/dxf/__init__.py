"""DXF drawings: each layer of the drawing is a layer of the file.

Read are closed polylines, circles, ellipses and splines, hatches and filled quadrilaterals
as polygons, open ones as lines, points as points, the parts of blocks where they are
inserted. Curves are cut into chords no further off than ``TOLERANCE``. Lines whose ends meet
and bound a ring are that ring. A ring inside a ring is a polygon of its own, since a drawing
does not tell an island from a hole; in a hatch it is a hole. Texts name the polygon they
stand in and are no features. What is not used is counted by type in a note.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from landtrack.ingest.formats.base import Contents
from landtrack.ingest.formats.dxf import document, features, units
from landtrack.ingest.formats.dxf.blocks import TooManyError
from landtrack.ingest.formats.dxf.features import COLUMNS, OPTIONAL, TOLERANCE, Feature
from landtrack.ingest.formats.dxf.writing import losses, write
from landtrack.model.errors import SourceError

__all__ = ["COLUMNS", "TOLERANCE", "layer_names", "losses", "read", "write"]


def layer_names(path: Path) -> list[str]:
    """List the layers that something is drawn on.

    ``path``: The ``.dxf``.
    Returns: In the order in which the file first draws on them; not those that hold only texts, or
    only what is not used.
    Raises SourceError: If the file cannot be read.
    """
    return list(_drawn(path, None).layers)


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Contents:
    """Read one layer of a drawing.

    ``path``: The ``.dxf``.
    ``layer``: Name of the layer; the first where not given.
    ``encoding``: Of its text; found from the bytes where not given.
    Returns: Features in metres with the columns ``COLUMNS`` (but for those of ``OPTIONAL`` that are
    empty) and those that landtrack wrote. The CRS is that of the drawing's geodata, of its property
    ``CRS``, or of the .prj beside it, else none. The handle of a part of a block is that of its
    INSERT.
    Raises SourceError: If the file cannot be read or has no such layer.
    """
    drawn = _drawn(path, encoding)
    if layer is None:
        layer = next(iter(drawn.layers), "")
    elif layer not in drawn.layers:
        raise SourceError(
            f"{path} has nothing drawn on a layer {layer!r}.",
            mend=f"Name one that it has: {', '.join(drawn.layers)}.",
        )
    found = drawn.layers.get(layer, [])
    rows = {number: each for number, each in enumerate(found, 1) if each.shape is not None}
    notes = [
        note._replace(feature=number)
        for number, each in enumerate(found, 1) for note in each.notes
    ]
    bad = [number for number, each in enumerate(found, 1) if each.shape is None]
    own = drawn.remarks.get(layer, [])
    frame = _frame(rows, drawn.crs)
    return Contents(frame, bad, [*drawn.notes, *own, *notes], drawn.encoding)


def _drawn(path: Path, encoding: str | None) -> features.Drawn:
    """Read a drawing whole, once for all of its layers while the file stays the same."""
    try:
        state = path.stat()
    except OSError as error:
        raise SourceError(
            f"{path} cannot be opened: {error}.", mend="Check that the file is there."
        ) from error
    return _read_whole(path, encoding, (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=1)
def _read_whole(path: Path, encoding: str | None, _: tuple[int, int]) -> features.Drawn:
    opened = document.load(path, encoding)
    placed = opened.placement is not None
    unit = units.Unit(1.0, []) if placed else units.unit(opened.drawing)
    unused: Counter[tuple[str, str]] = Counter()
    try:
        drawn = features.collect(opened, unit.scale, unused)
    except TooManyError as error:
        raise SourceError(
            f"{path} cannot be read: {error}.",
            mend="Do not use this file; ask for the drawing with its blocks exploded.",
        ) from error
    except document.BROKEN as error:
        raise SourceError(
            f"{path} cannot be read as DXF: {str(error) or type(error).__name__}.",
            mend="Open it in the drawing program, run AUDIT, and save it as DXF again.",
        ) from error
    return drawn._replace(notes=[*opened.notes, *unit.notes, *drawn.notes])


def _frame(rows: dict[int, Feature], crs: object) -> gpd.GeoDataFrame:
    """Make the table of a layer."""
    index = pd.Index(list(rows), dtype="int64")
    found = list(rows.values())
    columns = {
        name: pd.Series([each.fields.get(name) for each in found], index, dtype="str")
        for name in COLUMNS
    }
    for name in OPTIONAL:
        if columns[name].isna().all():
            del columns[name]
    columns["elevation"] = pd.Series([each.elevation for each in found], index, dtype="float64")
    for name in dict.fromkeys(name for each in found for name in each.attributes):
        values = [each.attributes.get(name) for each in found]
        fixed = columns.get(name)
        made = pd.Series(values, index, dtype="object").infer_objects()
        columns[name] = made if fixed is None else made.where(made.notna(), fixed)
    shapes = shapely.force_2d([each.shape for each in found])
    return gpd.GeoDataFrame(columns, geometry=shapes, index=index, crs=crs)
