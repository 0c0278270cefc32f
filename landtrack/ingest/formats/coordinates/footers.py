"""Rows of a table of corners that are none: units, sums, who made it, and the area stated."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.ingest.formats import rings
from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.coordinates import columns
from landtrack.ingest.formats.coordinates.cells import coordinates
from landtrack.ingest.formats.coordinates.closing import are_degrees
from landtrack.ingest.formats.coordinates.sheets import Table
from landtrack.ingest.formats.tables import records
from landtrack.ingest.formats.tables.words import (
    are_column_numbers,
    are_dashes,
    are_units,
    filled,
    is_blank,
    is_footer,
    is_length,
    is_sum,
    plain,
    words,
)
from landtrack.model import Issue
from landtrack.model.catalog import units

SAME = 0.001
"""Share by which an area that is stated may differ from that of the corners."""


class Stated(NamedTuple):
    """An area that is stated below corners: the place of its row, the area in m², its rounding."""

    place: int
    area: float
    rounding: float


def without(
    table: Table, both: tuple[int, int], point: int | None = None
) -> tuple[Table, list[Stated]]:
    """Blank the rows that are no corners.

    ``both``: The columns of the coordinates.
    ``point``: That of the names of the points.
    Returns table : Table: With blank rows in their place, which part parcels, and a note for each.
    """
    rows = list(table.rows)
    notes: list[Note] = []
    stated: list[Stated] = []
    for place, row in enumerate(rows):
        there = filled(row)
        counted = not place and are_column_numbers(row, rows[1] if len(rows) > 1 else ())
        if not there or not (counted or is_none(row, both, point)):
            continue
        issue = _kind(row, [_name(row, point, there), *there[1:]])
        area = None if counted else _area(there)
        if area is not None:
            stated.append(Stated(place, *area))
        if issue is not Issue.TABLE_ROW_NOTE or not are_units(row):
            notes.append(Note(
                issue or Issue.TABLE_ROW_NOTE, records.shown(row, table.numbers[place])
            ))
        rows[place] = [None] * len(row)
    return table._replace(rows=rows, notes=(*table.notes, *notes)), stated


def is_none(row: Sequence[Any], both: Sequence[int], point: int | None = None) -> bool:
    """Tell whether a row is no corner: units, a sum, a footer, an area, a length, or dashes.

    ``both``: The columns of the coordinates.
    ``point``: That of the names of the points: a centre or a sum has coordinates, too.
    """
    there = filled(row)
    if not there:
        return False
    name = _name(row, point, there)
    if isinstance(name, str) and not any(map(str.isdecimal, name)) and (
        is_sum(name) or plain(name) in _no_corners()
    ):
        return True
    if np.isfinite(coordinates([row[at] for at in both])).all():
        return False
    return _kind(row, there) is not None or _area(there) is not None


def _name(row: Sequence[Any], point: int | None, there: Sequence[object]) -> object:
    """Give what stands where a point is named, else what stands first in a row."""
    return there[0] if point is None or is_blank(row[point]) else row[point]


@cache
def _no_corners() -> frozenset[str]:
    return frozenset(map(plain, columns.words().no_corners))


def _kind(row: Sequence[Any], there: Sequence[object]) -> Issue | None:
    if are_units(row) or are_dashes(row) or is_footer(there[0]) or is_length(there[0]):
        return Issue.TABLE_ROW_NOTE
    return Issue.TABLE_ROW_TOTAL if is_sum(there[0]) else None


@cache
def _pattern() -> re.Pattern[str]:
    names = "|".join(re.escape(plain(each)) for each in words().area)
    return re.compile(
        rf"(?:{names})(?:\((?P<before>[^)]*)\))?[\s:=]*"
        r"(?P<figure>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>(?:[^\d\s:;,]+2?)?)"
    )


def _area(there: Sequence[object]) -> tuple[float, float] | None:
    """Read the area that a row states, and half a unit of its last digit, in m²."""
    text = " ".join(records.written(cell) for cell in there)
    found = _pattern().search(unicodedata.normalize("NFKC", text).casefold())
    if found is None:
        return None
    unit = found["unit"] or found["before"] or ""
    read = units.read(unit, "m2") if unit else None
    factor = read.factor if isinstance(read, units.Unit) else 1.0 if not unit else None
    if factor is None:
        return None
    figure = found["figure"].replace(",", "")
    places = len(figure.partition(".")[2])
    return float(figure) * factor, 0.5 * 10.0**-places * factor


def checked(
    stated: Sequence[Stated], members: npt.NDArray[np.int64], shapes: gpd.GeoSeries
) -> list[Note]:
    """Hold the areas that are stated against those of the corners.

    ``stated``: What :func:`without` found.
    ``members``: The feature of every row of the table, from 0; -1 for none.
    ``shapes``: The features, by their number from 1; those that are set aside are not there.
    Returns: One for each: it agrees, which proves the corners whole, or it does not.
    """
    areas = pd.Series(
        rings.areas_m2(shapes.to_numpy(), degrees=are_degrees(shapes.bounds.to_numpy())),
        index=shapes.index,
    )
    notes = []
    for each in stated:
        above = members[: each.place]
        own = above[above >= 0]
        number = int(own[-1]) + 1 if len(own) else 0
        if number not in shapes.index or shapes[number] is None:
            continue
        area = float(areas[number])
        close = abs(area - each.area) <= max(each.rounding, SAME * each.area)
        notes.append(Note(
            Issue.CORNERS_AREA_AGREES if close else Issue.CORNERS_AREA_DIFFERS,
            f"{each.area:,.2f} m² / {area:,.2f} m²", number,
        ))
    return notes


def title(row: Sequence[Any], names: Sequence[str]) -> str:
    """Read the name of a parcel out of a row above its corners.

    ``row``: A row without coordinates.
    ``names``: What the column of parcels may be called.
    Returns: What stands alone, or behind the word for a parcel; empty where there is no name.
    """
    there = [records.written(cell) for cell in filled(row)]
    known = {plain(name) for name in names}
    for at, text in enumerate(there):
        word, sign, behind = unicodedata.normalize("NFKC", text).partition(":")
        if plain(word) in known and sign and behind.strip():
            return behind.strip()
        if plain(word) in known and not behind.strip() and at + 1 < len(there):
            return there[at + 1]
    return there[0] if len(there) == 1 else ""
