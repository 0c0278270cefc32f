"""What the columns of a database say of themselves: another name, words for coded values.

A GeoPackage keeps them in the tables of its schema extension (where GDAL puts its field domains
as well), a file geodatabase in the definitions of its items.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
from pyogrio.errors import DataLayerError, DataSourceError

from landtrack.ingest.formats import markup, opening, sqlite
from landtrack.ingest.formats.base import Described
from landtrack.model.errors import SourceError

ITEMS = "GDB_Items"
SQLITE = b"SQLite format 3\0"


def of(path: Path, layer: str) -> dict[str, Described]:
    """Read what the columns of a layer say of themselves.

    ``path``: A GeoPackage, or the folder that is a file geodatabase; others say nothing.
    Returns: By column; only those that say something.
    """
    if path.is_dir():
        return _of_geodatabase(path, layer)
    with path.open("rb") as file:
        if file.read(len(SQLITE)) != SQLITE:
            return {}
    try:
        with sqlite.reading(path) as database:
            return _of_geopackage(database, layer)
    except sqlite3.Error:  # no schema extension, or none that can be read
        return {}


def _of_geopackage(database: sqlite3.Connection, layer: str) -> dict[str, Described]:
    found: dict[str, Described] = {}
    columns = database.execute(
        "SELECT column_name, name, title, constraint_name FROM gpkg_data_columns "
        "WHERE lower(table_name) = lower(?)", (layer,)
    ).fetchall()
    for column, name, title, constraint in columns:
        values: dict[str, str] = {}
        if constraint:
            values = {
                str(value): str(said) for value, said in database.execute(
                    "SELECT value, description FROM gpkg_data_column_constraints "
                    "WHERE constraint_name = ? AND constraint_type = 'enum'", (constraint,)
                ) if said
            }
        alias = next((str(each) for each in (name, title) if each and each != column), "")
        if alias or values:
            found[str(column)] = Described(alias, values)
    return found


def _of_geodatabase(path: Path, layer: str) -> dict[str, Described]:
    try:
        items = opening.read_frame(path, layer=ITEMS)
    except (SourceError, DataSourceError, DataLayerError, ValueError, OSError, RuntimeError):
        return {}
    if "Definition" not in items or "Name" not in items:
        return {}
    domains: dict[str, dict[str, str]] = {}
    fields: list[ET.Element] = []
    for name, text in zip(items["Name"], items["Definition"], strict=True):
        if not isinstance(text, str):
            continue
        try:
            markup.refuse_doctype(text.encode(), path)
            root = ET.fromstring(text)  # noqa: S314  without a document type
        except (ET.ParseError, SourceError):
            continue
        domains |= dict(_domains(root))
        if str(name).casefold() == layer.casefold():
            fields += root.iter("GPFieldInfoEx")
    found = {}
    for field in fields:
        name, alias = field.findtext("Name") or "", field.findtext("AliasName") or ""
        values = domains.get(field.findtext("DomainName") or "", {})
        if (alias and alias != name) or values:
            found[name] = Described("" if alias == name else alias, values)
    return found


def _domains(root: ET.Element) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the coded values of a domain by its name."""
    coded = {
        code: said for each in root.iter("CodedValue")
        if (code := each.findtext("Code")) and (said := each.findtext("Name"))
    }
    name = root.findtext("DomainName")
    if coded and name:
        yield name, coded


def worded(
    frame: gpd.GeoDataFrame, columns: Mapping[str, Described], keep: Mapping[str, set[str]],
) -> gpd.GeoDataFrame:
    """Put the words of coded values in their place.

    ``frame``: n features as read.
    ``columns``: What their columns say of themselves.
    ``keep``: By column, the codes that the catalog reads as they are.
    Returns: With words where the file has one for a code; other values as they are.
    """
    changed = {}
    for name, described in columns.items():
        if name not in frame or not described.values:
            continue
        kept = keep.get(name, set())
        words = {each: said for each, said in described.values.items() if each not in kept}
        told = pd.Series(
            [words.get(code(cell), cell) for cell in frame[name]], frame.index
        ).infer_objects()
        if not told.equals(frame[name]):
            changed[name] = told
    return frame.assign(**changed) if changed else frame


def code(cell: Any) -> str:  # noqa: ANN401  whatever stands in a cell
    """Write a cell as the code that it is.

    Returns: A whole number without decimals; empty where there is none.
    """
    if pd.isna(cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
