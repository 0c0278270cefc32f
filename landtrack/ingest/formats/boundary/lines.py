"""The lines of a boundary-coordinate TXT: its header, its parcels and their points.

No line is passed over: what is neither is named with its number.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.boundary import layout as layouts
from landtrack.ingest.formats.boundary.layout import Layout, words
from landtrack.ingest.formats.numbers import numbers
from landtrack.model import Issue
from landtrack.model.errors import SourceError

BRACKETS = str.maketrans("【】［］", "[][]")
END = ("@", "＠")
"""How a parcel line ends."""
LEAST_FIELDS = 4
"""A parcel line whose @ is missing has more fields than a point."""
SHOWN = 60
"""How much of a line that cannot be read is shown."""


class Points(NamedTuple):
    """The points of all parcels, in the order of the file.

    ``parcel`` is the parcel's number from 0 and ascends; ``ring`` a code for each way the
    ring's number is written; ``north`` and ``east`` as the layout names them.
    """

    parcel: npt.NDArray[np.int64]
    ring: npt.NDArray[np.int64]
    north: npt.NDArray[np.float64]
    east: npt.NDArray[np.float64]
    names: Sequence[str]


class Lines(NamedTuple):
    """What the lines of a file say.

    ``header`` holds keys and values by section; ``parcels`` the fields of each parcel line
    without its ``@``; ``spoiled`` the parcels, from 0, among whose lines is one that could
    not be read.
    """

    header: Mapping[str, Mapping[str, str]]
    layout: Layout
    parcels: list[list[str]]
    points: Points
    notes: list[Note]
    spoiled: frozenset[int]


class _Body(NamedTuple):
    """The lines below the header, sorted: ``parcel_of`` is each point line's parcel.

    ``unread`` and ``said`` (what looks like a line of a header) hold parcel, line and text.
    """

    parcels: list[list[str]]
    points: list[str]
    parcel_of: list[int]
    line_of: list[int]
    unread: list[tuple[int, int, str]]
    said: list[tuple[int, int, str]]


def parse(text: str, *, what: Path, layout: str | None = None) -> Lines:
    """Take a file's text apart.

    ``layout``: Id of its layout; recognised where not given.
    Returns: The header, the parcels and the points.
    Raises SourceError: If the text is no such file, or its layout is not known.
    """
    rows = [
        line.strip("\ufeff \t\0")
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ]
    start = _start(rows)
    header, notes = _header(rows[:start], what)
    if not any("," in line for line in rows[start:]):
        rows[start:] = [",".join(line.split()) for line in rows[start:]]
    stated = layouts.named(layout) if layout else None
    n_point = len(stated.point) if stated else _usual_fields(rows[start:])
    body = _sort(rows, start, n_point - 1)
    if not body.points or len(body.unread) > len(body.points):
        raise _no_such_file(len(body.points), len(body.parcels), what)
    notes += _said_again(body, header, what)
    before = int(body.parcel_of[0] < 0)  # points before any parcel line are a parcel too
    per = np.bincount(
        np.asarray(body.parcel_of, dtype=np.int64) + before,
        minlength=len(body.parcels) + before,
    )
    found = stated or layouts.choose(
        body.parcels, per[before:].tolist(), n_point, what=str(what)
    )
    points, bad = _points(body, found, before)
    if not len(points.parcel):
        raise _no_such_file(0, len(body.parcels), what)
    unread = [(number + before, at, line) for number, at, line in body.unread] + bad
    notes += [
        Note(Issue.LINE_UNREADABLE, f"{at}: {line[:SHOWN]}", number + 1 if number >= 0 else None)
        for number, at, line in sorted(unread, key=lambda each: each[1])
    ]
    return Lines(
        header, found, [[]] * before + body.parcels, points, notes,
        frozenset(number for number, _, _ in unread if number >= 0),
    )


def _no_such_file(points: int, parcels: int, what: Path) -> SourceError:
    return SourceError(
        f"{what} is no boundary-coordinate file: {points} of its lines are points and "
        f"{parcels} begin a parcel.",
        mend=f"Such a file has a line [{words().section}], lines that end in @, and points such as "
        "J1,1,3797916.479,39547228.491.",
    )


def _start(rows: list[str]) -> int:
    """Find the first line below the header: its section, or a parcel; keys may have any value."""
    section = f"[{words().section}]"
    for at, line in enumerate(rows):
        if line.translate(BRACKETS) == section or (_begins_parcel(line) and not _pair(line)[1]):
            return at
    return 0


def _header(rows: list[str], what: Path) -> tuple[dict[str, dict[str, str]], list[Note]]:
    """Read keys and values by section."""
    header: dict[str, dict[str, str]] = {}
    notes: list[Note] = []
    section = ""
    for at, line in enumerate(rows, start=1):
        plain = line.translate(BRACKETS)
        if plain.startswith("[") and plain.endswith("]"):
            section = plain[1:-1].strip()
            header.setdefault(section, {})
            continue
        key, sign, value = _pair(line)
        held = header.setdefault(section, {}) if sign else {}
        if held.get(key, value) != value:
            raise SourceError(
                f"{what}, line {at}: {key}={value}, but above it says {key}={held[key]}.",
                mend="Delete the line that is wrong.",
            )
        if sign:
            held[key] = value
        elif line:
            notes.append(Note(Issue.LINE_UNREADABLE, f"{at}: {line[:SHOWN]}"))
    return {name: held for name, held in header.items() if held}, notes


def _pair(line: str) -> tuple[str, bool, str]:
    """Take key and value apart, at the first sign of equality."""
    key, *value = re.split("[=＝]", line, maxsplit=1)
    return key.strip(), bool(value), "".join(value).strip()


def _usual_fields(rows: list[str]) -> int:
    """Count the fields that most point lines have, of those counts that a layout knows."""
    counts = Counter(line.count(",") + 1 for line in rows if line and not line.endswith(END))
    known = {len(each.point) for each in layouts.layouts().values()}
    usual = [(n, fields) for fields, n in counts.items() if fields in known]
    return max(usual)[1] if usual else 4  # of full-width commas, say: the national layout's


def _sort(rows: list[str], start: int, commas: int) -> _Body:
    """Tell parcel lines from point lines; what is neither comes by parcel, line and text."""
    body = _Body([], [], [], [], [], [])
    number = -1
    for at in range(start, len(rows)):
        line = rows[at]
        if not (line.isascii() and line.count(",") == commas and not line.endswith("@")):
            if _begins_parcel(line):
                number += 1
                body.parcels.append(_parcel_fields(line))
                continue
            line = unicodedata.normalize("NFKC", line)
            if line.count(",") != commas:
                line = line.rstrip(", ")
            if line.count(",") != commas or "=" in line:
                if line:
                    is_header = "=" in line or line.translate(BRACKETS).startswith("[")
                    (body.said if is_header else body.unread).append((number, at + 1, rows[at]))
                continue
        body.points.append(line)
        body.parcel_of.append(number)
        body.line_of.append(at + 1)
    return body


def _begins_parcel(line: str) -> bool:
    """Tell a parcel line, also one whose @ is missing, by its kind of geometry."""
    if line.endswith(END):
        return True
    fields = line.split(",")
    return len(fields) > LEAST_FIELDS and fields[0].isdecimal() and bool(kinds() & set(fields))


@cache
def kinds() -> frozenset[str]:
    """List what may stand for the kind of a parcel's geometry.

    Returns: The words for points, lines and polygons.
    """
    each = words().kinds
    return frozenset({each.point, each.line, each.polygon})


def _said_again(
    body: _Body, header: Mapping[str, Mapping[str, str]], what: Path
) -> list[Note]:
    """Judge lines of a header among the parcels, as where files were put one after another."""
    placing = {key for keys in words().keys.values() for key in keys}
    notes = []
    for _, at, line in body.said:
        key, sign, value = _pair(line)
        values = {held[key] for held in header.values() if key in held}
        if key in placing and value not in values:
            raise SourceError(
                f"{what}, line {at}: {line}, below parcels for which it was "
                f"{', '.join(values) or 'not said'}.",
                mend="Save each part, with its own header, as a file of its own.",
            )
        if sign and value not in values:
            notes.append(Note(Issue.LINE_UNREADABLE, f"{at}: {line[:SHOWN]}"))
    return notes


def _parcel_fields(line: str) -> list[str]:
    """Take a parcel line apart, without its ``@``.

    Full-width commas count only where there are no others.
    """
    if line.endswith(END):
        line = line[:-1].rstrip().removesuffix(",").removesuffix("，")
    if "," not in line:
        line = line.replace("，", ",")
    return [each.strip() for each in line.split(",")]


def _points(
    body: _Body, layout: Layout, before: int
) -> tuple[Points, list[tuple[int, int, str]]]:
    """Read the points; those whose coordinates are no numbers come by parcel, line and text."""
    width = len(layout.point)
    cells = ",".join(body.points).split(",")
    column = {name: cells[at::width] for at, name in enumerate(layout.point)}
    fields = words().fields
    north, east = numbers(column[fields.north]), numbers(column[fields.east])
    parcel = np.asarray(body.parcel_of, dtype=np.int64) + before
    good = np.isfinite(north) & np.isfinite(east)
    bad = [
        (int(parcel[at]), body.line_of[at], body.points[at]) for at in np.flatnonzero(~good)
    ]
    ring = 0 * parcel
    if fields.ring in column:
        ring = pd.factorize(np.array(column[fields.ring], dtype=object))[0]
    names = column.get(fields.point, [])
    if bad and names:
        names = [names[at] for at in np.flatnonzero(good)]
    return Points(parcel[good], ring[good], north[good], east[good], names), bad
