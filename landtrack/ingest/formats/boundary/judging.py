"""Holds the geometry of parcels against what their lines declare."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from landtrack.ingest.formats import rings
from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.boundary import areas, lines
from landtrack.ingest.formats.boundary.layout import words
from landtrack.ingest.formats.boundary.lines import Lines
from landtrack.model import Issue

DENSE_M, DENSE_COUNT = 0.05, 10
"""So many vertices, each so near to the one before, are a densified arc and no boundary."""
PLAIN_NAME = re.compile(r"[A-Za-z]{0,2}\d+")
"""A point's name that numbers it; others cannot be made again."""

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """The geometry of n parcels, None where there is none, and what is remarkable of it."""

    shapes: npt.NDArray[np.object_]
    other: dict[int, shapely.Geometry]
    unclosed: Flags
    broken: Flags
    corners: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    degrees: bool

    def area_m2(self, shapes: npt.NDArray[np.object_]) -> Floats:
        """Measure shapes, those in degrees on the ellipsoid; NaN for none."""
        return rings.areas_m2(shapes, degrees=self.degrees)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The geometry of n parcels in the reading that has the declared area.

    ``area_ha`` are the declared areas in hectares; ``doubtful`` the parcels that cannot be
    trusted: a line could not be read, or points are missing, and no declared area shows that
    nothing is lost.
    """

    shapes: npt.NDArray[np.object_]
    area_ha: Floats
    doubtful: Flags
    notes: list[Note]


def judge(
    found: Lines, shaped: Shapes, fields: dict[str, list[str | None]], unplaced: Flags
) -> Verdict:
    """Hold the geometry against what the parcel lines declare.

    ``found``: The lines of the file, with n parcels.
    ``fields``: What stands in the parcel lines, by column.
    """
    n = len(found.parcels)
    measured = np.where(unplaced, np.nan, shaped.area_m2(shaped.shapes))
    second = np.full(n, np.nan)
    for number, other in shaped.other.items():
        second[number] = shaped.area_m2(np.array([other]))[0]
    texts = [text or "" for text in fields.get(words().fields.area, [None] * n)]
    declared, notes = areas.read(texts, measured, second)
    shapes, measured, unsettled = _settle_rings(shaped, measured, second, declared)
    notes += unsettled
    agrees = declared.agree(measured)
    short, counts = _count_notes(fields.get(words().fields.count), shaped)
    spoiled = np.zeros(n, dtype=bool)
    spoiled[list(found.spoiled)] = True
    doubtful = (spoiled | shaped.broken | (short & shaped.unclosed)) & ~agrees
    polygons = np.isfinite(measured) & (measured > 0)
    differs = polygons & ~agrees & np.isfinite(declared.area_m2) & ~doubtful
    notes += [
        Note(Issue.AREA_DIFFERS, f"{declared.area_m2[at]:.2f} / {measured[at]:.2f} m²",
             int(at) + 1, words().fields.area)
        for at in np.flatnonzero(differs)
    ]
    notes += counts
    notes += each_or_all(
        Issue.RING_CLOSED, np.flatnonzero(shaped.unclosed & ~doubtful), n, lambda _: ""
    )
    notes += _reasons(shaped, doubtful, unplaced)
    notes += _alignment_notes(found)
    notes += _dense_notes(found, shaped)
    odd = [name for name in dict.fromkeys(found.points.names) if not PLAIN_NAME.fullmatch(name)]
    if odd:
        notes.append(Note(Issue.POINT_NAMES_LEFT, ", ".join(odd[:3]), field=words().fields.point))
    return Verdict(
        shapes=shapes, area_ha=declared.area_ha(), doubtful=doubtful, notes=notes
    )


def _settle_rings(
    shaped: Shapes, measured: Floats, second: Floats, declared: areas.Declared
) -> tuple[npt.NDArray[np.object_], Floats, list[Note]]:
    """Take the reading of rings that has the declared area; name those that none decides."""
    shapes, measured = shaped.shapes.copy(), measured.copy()
    first_agrees, second_agrees = declared.agree(measured), declared.agree(second)
    notes = []
    for number, other in shaped.other.items():
        if second_agrees[number] and not first_agrees[number]:
            shapes[number], measured[number] = other, second[number]
        elif not first_agrees[number]:
            areas_m2 = f"{measured[number]:.2f} / {second[number]:.2f} m²"
            notes.append(Note(Issue.RING_ROLES, areas_m2, number + 1))
    return shapes, measured, notes


def _count_notes(
    stated: list[str | None] | None, shaped: Shapes
) -> tuple[Flags, list[Note]]:
    """Compare the counts of points; tell which parcels have fewer than stated."""
    n = len(shaped.rows)
    short = np.zeros(n, dtype=bool)
    if stated is None:
        return short, []
    said = np.array([
        int(text[:9]) if text and text.isdecimal() else -1 for text in stated
    ], dtype=np.int64)
    right = (said == shaped.rows) | (said == shaped.corners) | (said < 0)
    short = said > shaped.rows + 1  # some writers count one more than there are
    return short, each_or_all(
        Issue.POINT_COUNT, np.flatnonzero(~right), n,
        lambda at: f"{said[at]} / {shaped.rows[at]}",
    )


def each_or_all(
    issue: Issue, found: npt.NDArray[np.int64], n: int, value: Callable[[int], str]
) -> list[Note]:
    """Note a thing once for the file where all of several parcels have it, else for each.

    ``value``: What was found there, by parcel.
    """
    if len(found) == n > 1:
        return [Note(issue, f"{value(0)} …".strip())]
    return [Note(issue, value(int(at)), int(at) + 1) for at in found]


def _reasons(shaped: Shapes, doubtful: Flags, unplaced: Flags) -> Iterable[Note]:
    """Say why a parcel has no geometry that can be trusted, where no line of it says so."""
    none = shapely.is_missing(shaped.shapes)
    for at in np.flatnonzero(none | (doubtful & ~unplaced)):
        yield Note(
            Issue.RING_UNUSABLE if none[at] else Issue.RING_INCOMPLETE,
            str(shaped.rows[at]), int(at) + 1,
        )


def _alignment_notes(found: Lines) -> Iterable[Note]:
    """Name parcel lines whose fields are more or fewer than the layout's."""
    names = found.layout.parcel
    if not found.layout.id:
        yield Note(Issue.LAYOUT_UNKNOWN, str(len(names)))
    for at, fields in enumerate(found.parcels):
        if len(fields) != len(names) and fields:
            yield Note(Issue.FIELD_COUNT, ",".join(fields)[: lines.SHOWN], at + 1)


def _dense_notes(found: Lines, shaped: Shapes) -> Iterable[Note]:
    """Name parcels with a densified arc in them."""
    n = len(shaped.rows)
    points = found.points
    step = np.hypot(np.diff(points.east), np.diff(points.north))
    same = (np.diff(points.parcel) == 0) & (np.diff(points.ring) == 0)
    near = np.flatnonzero(same & (step > 0) & (step < DENSE_M)) + 1
    count = np.bincount(points.parcel[near], minlength=n) * (not shaped.degrees)
    for at in np.flatnonzero(count >= DENSE_COUNT):
        yield Note(Issue.VERTICES_DENSE, f"{count[at]} / {shaped.rows[at]}", int(at) + 1)
