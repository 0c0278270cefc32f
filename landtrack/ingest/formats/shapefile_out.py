"""Shapefiles as far as they go: ten bytes for a name, 254 for a text, one kind of shape.

Full names stand beside the file in a table (``…_fields.csv``), so that none is lost.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from landtrack.ingest.formats import gdal_out
from landtrack.ingest.formats.base import Loss
from landtrack.model.errors import OutputError

NAME_BYTES = 10
TEXT_BYTES = 254
FOLDERS = {"Polygon": "polygon", "LineString": "line", "Point": "point"}
"""What is put behind the file's name where a frame holds several kinds of shapes."""
ENCODINGS = {"utf-8": "UTF-8", "gb18030": "GBK", "gbk": "GBK"}
"""What the ``.cpg`` says, by the encoding that is asked for."""


def losses(frame: gpd.GeoDataFrame, *, encoding: str = "utf-8") -> list[Loss]:
    """Tell what a Shapefile cannot hold of a frame.

    ``frame``: n features.
    ``encoding``: Of names and text: ``utf-8`` (3 Chinese characters a name) or ``gbk`` (5).
    Returns: Names and texts cut, types narrowed, features without a shape or of a kind that no
    Shapefile holds, several kinds split over files, characters beyond the encoding, a missing CRS.
    """
    codec = _codec(encoding)
    told = [
        Loss("renamed", 1, old, new) for old, new in names(frame, codec).items() if old != new
    ]
    told += gdal_out.nested_losses(frame)
    for name, column in frame.drop(columns=frame.geometry.name).items():
        told += _cells(str(name), column, codec)
    found = gdal_out.kinds(frame).value_counts()
    if len(set(found.index) & set(FOLDERS)) > 1:
        kinds = ", ".join(f"{kind}: {number}" for kind, number in found.items())
        told.append(Loss("kinds_split", len(frame), detail=kinds))
    if other := int(found.drop(labels=list(FOLDERS), errors="ignore").sum()):
        told.append(Loss("shape_dropped", other, detail="GeometryCollection"))
    if missing := int((frame.geometry.isna() | frame.geometry.is_empty).sum()):
        told.append(Loss("shape_missing", missing))
    return [*told, *gdal_out.missing_crs(frame)]


def write(frame: gpd.GeoDataFrame, path: Path, *, encoding: str = "utf-8") -> None:
    """Write a Shapefile, or one for each kind of shape.

    ``frame``: n features.
    ``path``: The ``.shp``; where there are several kinds, ``_polygon``, ``_line`` and ``_point`` go
    behind its name.
    ``encoding``: Of names and text: ``utf-8`` or ``gbk``.
    Raises OutputError: If it cannot be written, or no feature has a shape.
    """
    codec = _codec(encoding)
    short = names(frame, codec)
    whole = frame.rename(columns=short)
    for name in whole.columns.drop(whole.geometry.name):
        whole[name] = _narrowed(whole[name], codec)
    kinds = gdal_out.kinds(frame)
    present = [kind for kind in FOLDERS if (kinds == kind).any()]
    if not present:
        raise OutputError(
            f"{path.name} cannot be written: no feature has a shape that a Shapefile holds.",
            mend="Choose GeoPackage, which holds tables too.",
        )
    for kind in present:
        part = whole[kinds == kind]
        own = path if len(present) == 1 else path.with_stem(f"{path.stem}_{FOLDERS[kind]}")
        gdal_out.write(
            part, own, driver="ESRI Shapefile", encoding=ENCODINGS[codec],
            DBF_DATE_LAST_UPDATE=gdal_out.DAY,
        )
    if any(old != new for old, new in short.items()):
        with path.with_name(f"{path.stem}_fields.csv").open(
            "w", encoding="utf-8-sig", newline=""
        ) as file:
            csv.writer(file).writerows([("name", "field"), *((b, a) for a, b in short.items())])


def names(frame: gpd.GeoDataFrame, codec: str) -> dict[str, str]:
    """Give each column a name of at most ten bytes, cut between characters.

    ``frame``: n features.
    Returns: Short name by full name, each its own in any letter case.
    """
    short: dict[str, str] = {}
    taken: set[str] = set()
    for name in frame.columns.drop(frame.geometry.name).astype(str):
        own = _cut(name, NAME_BYTES, codec)
        number = 1
        while not own or own.casefold() in taken:
            number += 1
            tail = f"_{number}"
            own = _cut(name, NAME_BYTES - len(tail), codec) + tail
        taken.add(own.casefold())
        short[name] = own
    return short


def _codec(encoding: str) -> str:
    plain = encoding.lower().replace("utf8", "utf-8")
    if plain not in ENCODINGS:
        raise OutputError(
            f"A Shapefile is not written in {encoding!r}.",
            mend=f"Use one of: {', '.join(ENCODINGS)}.",
        )
    return plain


def _cut(text: str, most: int, codec: str) -> str:
    """Cut a text to a number of bytes, never within a character."""
    return text.encode(codec, "replace")[:most].decode(codec, "ignore")


def _cells(name: str, column: pd.Series[Any], codec: str) -> list[Loss]:
    """Tell what of one column's cells does not fit."""
    if pd.api.types.is_datetime64_any_dtype(column):
        late = int((column.dropna() != column.dropna().dt.normalize()).sum())
        return [Loss("time_cut", late, name)] if late else []
    if pd.api.types.is_bool_dtype(column):
        return [Loss("as_number", len(column), name)]
    if not (pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column)):
        return []
    told = []
    texts = column.dropna().astype(str)
    long = texts[texts.str.encode(codec, "replace").str.len() > TEXT_BYTES]
    if len(long):
        told.append(Loss("text_cut", len(long), name, _cut(long.iloc[0], 30, codec) + "…"))
    beyond = texts[[not _holds(text, codec) for text in texts]]
    if len(beyond):
        told.append(Loss("characters", len(beyond), name, beyond.iloc[0]))
    empty = int((texts == "").sum())
    if empty:
        told.append(Loss("empty_text", empty, name))
    return told


def _holds(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _narrowed(column: pd.Series[Any], codec: str) -> pd.Series[Any]:
    """Bring a column into what a .dbf holds: short text, days, numbers."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.dt.date.astype("object")
    if pd.api.types.is_bool_dtype(column):
        return column.astype(np.int32)
    if pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column):
        return column.map(
            lambda cell: _cut(cell, TEXT_BYTES, codec) if isinstance(cell, str) else cell
        )
    return column
