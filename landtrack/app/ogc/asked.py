"""Reads the parameters of a request, each strictly."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import NamedTuple

from landtrack.app.ogc.systems import CRS84, CRS84H, LATITUDES, LONGITUDES, System
from landtrack.app.ogc_types import Asked
from landtrack.model.errors import RequestError
from landtrack.store.conditions import All, Compare, Condition, Plain
from landtrack.store.session import Box, ColumnKind

MOST, USUAL = 1000, 100
"""Features of a page: the most, and how many where nothing is said."""
LONGEST = 2000
"""Signs of the value of a parameter."""
MOST_PARAMETERS = 40
COMMON = ("f", "lang")
OF: Mapping[str, tuple[str, ...]] = {
    "items": (
        "limit", "after", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang",
        "filter-crs",
    ), "item": ("crs",),
}
"""The parameters of a resource, beside those of all."""
FORMATS = ("json", "html")
LANGUAGE = "cql2-text"
"""The language of filters."""

_WHOLE = re.compile(r"[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2}))?"
)
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_AFTER = re.compile(r"([0-9a-f]{12})-([0-9]{1,18})")
HOLDS: Mapping[ColumnKind, str] = {
    "text": "a text", "number": "a number", "integer": "a whole number",
    "boolean": "true or false", "day": "a day", "moment": "a moment",
}


class Wanted(NamedTuple):
    """Which features are wanted, and how.

    ``box`` is in the system ``box_in``, easting first; of a box over the meridian of 180 degrees
    there are two. ``days`` are the first and the last, None where it is open.
    """

    limit: int
    after: tuple[str, int] | None
    boxes: tuple[Box, ...]
    box_in: System
    system: System
    days: tuple[date | None, date | None] | None
    where: Condition | None


def parameters(asked: Asked, more: Iterable[str] = ()) -> dict[str, str]:
    """Read the parameters of a request.

    ``more``: Those that the resource has beside its own.
    Raises RequestError: If one is not known, is there twice, or is longer than any may be.
    """
    known = {*COMMON, *OF.get(asked.resource, ()), *more}
    found: dict[str, str] = {}
    for name, value in asked.query[:MOST_PARAMETERS + 1]:
        if name not in known:
            raise RequestError(
                f"There is no parameter {name[:40]!r} here.",
                mend=f"Those that there are: {', '.join(sorted(known))}.",
            )
        if name in found or len(found) >= MOST_PARAMETERS or not may_be(value):
            raise RequestError(
                f"The parameter {name} is there twice, is too long, or holds what is no text.",
                mend="Give each parameter once.",
            )
        found[name] = value
    if found.get("f", "json") not in FORMATS:
        raise _wrong("f", found["f"], f"one of {', '.join(FORMATS)}")
    return found


def may_be(value: str) -> bool:
    """Tell whether a text can be that of a parameter: no store holds, or takes, any other."""
    return len(value) <= LONGEST and _NO_TEXT.search(value) is None


def wanted(
    given: Mapping[str, str], systems: Mapping[str, System], kinds: Mapping[str, ColumnKind],
    zone: tzinfo | None, also: Condition | None,
) -> Wanted:
    """Read which features are wanted.

    ``given``: As :func:`parameters` reads them.
    ``kinds``: What the properties hold by which features may be chosen.
    ``zone``: Of the place: a moment is a day there.
    ``also``: What the filter says.
    Raises RequestError: If a value is none that its parameter can have.
    """
    boxes, box_in = _boxes(given, systems)
    return Wanted(
        limit=_limit(given.get("limit", str(USUAL))), after=_after(given.get("after")),
        boxes=boxes, box_in=box_in, system=system(given, "crs", systems),
        days=_days(given["datetime"], zone) if "datetime" in given else None,
        where=_equal({name: given[name] for name in kinds if name in given}, kinds, also),
    )


def filtering(given: Mapping[str, str], systems: Mapping[str, System]) -> str:
    """Give the text of the filter, empty where there is none.

    Raises RequestError: If it is in another language, or its system is none that is offered.
    """
    if given.get("filter-lang", LANGUAGE) != LANGUAGE:
        raise _wrong("filter-lang", given["filter-lang"], f"one of {LANGUAGE}")
    system(given, "filter-crs", systems)
    return given.get("filter", "")


def system(given: Mapping[str, str], name: str, systems: Mapping[str, System]) -> System:
    """Read the system that a parameter names; CRS84 where it is not there."""
    uri = given.get(name, CRS84)
    if uri == CRS84H:
        uri = CRS84  # no feature has a height
    if uri not in systems:
        raise _wrong(name, uri, f"one of {', '.join(systems)}")
    return systems[uri]


def value(kind: ColumnKind, text: str, name: str) -> Plain:
    """Read a value of a property.

    Raises RequestError: If it is none of its kind.
    """
    if kind == "text":
        return text
    if kind == "boolean" and text in {"true", "false"}:
        return text == "true"
    if kind == "integer" and _WHOLE.fullmatch(text.removeprefix("-")):
        return int(text)
    if kind == "number" and _NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    if kind in {"day", "moment"} and MOMENT.fullmatch(text):
        return _moment(text, name).date().isoformat()
    raise _wrong(name, text, HOLDS[kind])


def _equal(
    given: Mapping[str, str], kinds: Mapping[str, ColumnKind], also: Condition | None
) -> Condition | None:
    """Make a condition of the properties that features must have, and another one."""
    each: tuple[Condition, ...] = tuple(
        Compare(name, "=", value(kinds[name], text, name), day=kinds[name] in {"day", "moment"})
        for name, text in given.items()
    )
    each += () if also is None else (also,)
    return All(each) if each else None


def _limit(text: str) -> int:
    """Read how many are wanted; more than the most are taken for the most."""
    if not _WHOLE.fullmatch(text) or int(text) < 1:
        raise _wrong("limit", text, f"a whole number from 1 to {MOST}")
    return min(int(text), MOST)


def _after(text: str | None) -> tuple[str, int] | None:
    """Read after which feature of which run to go on."""
    if text is None:
        return None
    found = _AFTER.fullmatch(text)
    if found is None:
        raise _wrong("after", text, "what a link to the next page says")
    return found[1], int(found[2])


def _boxes(
    given: Mapping[str, str], systems: Mapping[str, System]
) -> tuple[tuple[Box, ...], System]:
    """Read the box that features must meet."""
    own = system(given, "bbox-crs", systems)
    if "bbox" not in given:
        if "bbox-crs" in given:
            raise _wrong("bbox-crs", own.uri, "given with a bbox alone")
        return (), own
    text = given["bbox"]
    parts = text.split(",")
    if len(parts) not in (4, 6) or not all(_NUMBER.fullmatch(each) for each in parts):
        raise _wrong("bbox", text, "four numbers, or six with heights, with commas between them")
    numbers = [float(each) for each in parts]
    if not all(map(math.isfinite, numbers)):
        raise _wrong("bbox", text, "finite numbers")
    half = len(numbers) // 2
    low, high = _eastwards(numbers[:2], own), _eastwards(numbers[half:half + 2], own)
    west, south, east, north = (*low, *high)
    if own.in_degrees and not (
        max(abs(west), abs(east)) <= LONGITUDES and max(abs(south), abs(north)) <= LATITUDES
    ):
        raise _wrong("bbox", text, "longitudes and latitudes")
    if south > north or (west > east and not own.in_degrees):
        raise _wrong("bbox", text, "the lower corner, then the upper one")
    if west > east:
        return ((west, south, LONGITUDES, north), (-LONGITUDES, south, east, north)), own
    return ((west, south, east, north),), own


def _eastwards(corner: Sequence[float], own: System) -> tuple[float, float]:
    first, second = corner
    return (second, first) if own.northing_first else (first, second)


def _days(text: str, zone: tzinfo | None) -> tuple[date | None, date | None]:
    """Read the days that are meant, both ends included."""
    parts = text.split("/")
    ends = [None if each in {"", ".."} else each for each in parts]
    if len(parts) > 2 or not any(ends) or not all(  # noqa: PLR2004  a first and a last
        MOMENT.fullmatch(each) for each in ends if each is not None
    ):
        raise _wrong("datetime", text, "a moment as RFC 3339 writes it, or two with / between")
    days = [None if each is None else day(each, zone, "datetime") for each in ends]
    first, last = days[0], days[-1]
    if first is not None and last is not None and first > last:
        raise _wrong("datetime", text, "the earlier moment, then the later one")
    return first, last


def day(text: str, zone: tzinfo | None, name: str) -> date:
    """Give the day of a moment where the place is; a day that is written alone is meant so.

    ``name``: Of the parameter.
    Raises RequestError: If there is no such day.
    """
    moment = _moment(text, name)
    try:
        return moment.date() if moment.tzinfo is None else moment.astimezone(zone or UTC).date()
    except OverflowError:  # on the first or the last day of all
        return moment.date()


def _moment(text: str, name: str) -> datetime:
    try:
        return datetime.fromisoformat(text.upper())
    except (ValueError, OverflowError) as error:
        raise _wrong(name, text, "a day of the calendar") from error


def _wrong(name: str, text: str, may: str) -> RequestError:
    return RequestError(
        f"The parameter {name} cannot be {text[:60]!r}.", mend=f"It has to be {may}."
    )


def insist_on(name: str, known: Collection[str]) -> None:
    """Refuse the name of a collection that there is none of.

    Raises RequestError: If there is none.
    """
    if name not in known:
        raise RequestError(
            f"There is no collection {name[:40]!r}.",
            mend="Look at the list of collections.", status=404,
        )
