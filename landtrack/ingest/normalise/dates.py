"""Dates as people write them: days where the place is.

A moment with a time zone becomes the day of the place; one without is of the place already. A
bare number is that of a spreadsheet. A month without a day, and a day that may be read in
two ways, are no dates; where a month or a year is enough, :meth:`Calendar.partial` reads it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field as of, replace
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import tzfpy

from landtrack.model import Value, catalog
from landtrack.model.catalog import numbers

COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII)
SERIAL = re.compile(r"(\d{5})(\.\d+)?", re.ASCII)
FIRST_DAY = {1900: dt.date(1899, 12, 30), 1904: dt.date(1904, 1, 1)}
"""Day 0 of a spreadsheet, by the system that its workbook uses."""
LIKELY = (dt.date(1955, 1, 1), dt.date(2099, 12, 31))
"""The days that a bare number of a spreadsheet is taken for."""


class Letters(Value, frozen=True, kw_only=True):
    """The words of dates, as ``data/dates.toml`` lists them."""

    year: tuple[str, ...]
    month: tuple[str, ...]
    day: tuple[str, ...]
    hour: tuple[str, ...]
    minute: tuple[str, ...]
    ten: str
    figures: Mapping[str, str]
    nothing: tuple[dt.date, ...] = ()
    first: dt.date = dt.date.min
    last: dt.date = dt.date.max

    def holds(self, day: dt.date) -> bool:
        """Tell a day from what stands for none, or is out of all time.

        Returns: Whether it is a day on which something may have been done.
        """
        return self.first <= day <= self.last and day not in self.nothing


class Patterns(NamedTuple):
    """What dates look like: in figures, with words between figures, and in words alone.

    ``month`` and ``month_words`` are those of a month or a year without a day.
    """

    figures: re.Pattern[str]
    between: re.Pattern[str]
    words: re.Pattern[str]
    month: re.Pattern[str]
    month_words: re.Pattern[str]


@cache
def letters() -> Letters:
    """Load the words of dates.

    Returns: The user's file where there is one, else the shipped one.
    Raises CatalogError: If ``data/dates.toml`` is wrong.
    """
    path = catalog.data_file("", "dates")
    return catalog.convert(catalog.read_toml(path), Letters, path)


@cache
def _patterns() -> Patterns:
    """Make the patterns of dates from their words."""
    known = letters()
    year, month, day, hour, minute = (
        f"(?:{'|'.join(map(re.escape, each))})"
        for each in (known.year, known.month, known.day, known.hour, known.minute)
    )
    time = (
        r"(?:(?:\s*T|\s)\s*(?P<hour>\d{1,2})"
        rf"(?::(?P<minute>\d{{2}})(?::(?P<second>\d{{2}})(?:[.,]\d+)?)?"
        rf"|{hour}(?:(?P<minutes>\d{{1,2}}){minute})?)"
        r"\s*(?P<zone>Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?"
    )
    one, ten = "".join(known.figures), known.ten
    return Patterns(
        re.compile(
            r"(?P<year>\d{4})\s*(?P<sign>[-/.])\s*(?P<month>\d{1,2})\s*(?P=sign)\s*"
            rf"(?P<day>\d{{1,2}}){time}", re.ASCII | re.IGNORECASE,
        ),
        re.compile(
            rf"(?P<year>\d{{4}})\s*{year}\s*(?P<month>\d{{1,2}})\s*{month}\s*"
            rf"(?P<day>\d{{1,2}})\s*{day}?{time}", re.ASCII | re.IGNORECASE,
        ),
        re.compile(f"([{one}]{{4}}){year}([{one}{ten}]{{1,3}}){month}([{one}{ten}]{{1,3}}){day}?"),
        # 2006.1 may be October, a number without its nought.
        re.compile(
            rf"(?!\d{{4}}\s*\.\s*1$)(?P<year>\d{{4}})"
            rf"(?:\s*(?:[-/.]\s*(?P<month>\d{{1,2}})"
            rf"|{year}(?:\s*(?P<in_words>\d{{1,2}})\s*{month})?))?", re.ASCII,
        ),
        re.compile(f"([{one}]{{4}}){year}(?:([{one}{ten}]{{1,3}}){month})?"),
    )


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """How the days of a file are read.

    ``zone`` is the time zone that is stated, or looks it up when it is needed; without it that
    of the place on Earth, where ``where`` gives longitude and latitude. ``epoch`` is the date
    system of the workbook.
    """

    zone: str | Callable[[], str | None] | None = None
    where: Callable[[], tuple[float, float] | None] = of(default=lambda: None)
    epoch: int = 1900

    def local(self) -> str | None:
        """Give the time zone of the place.

        Returns: Such as ``"Asia/Shanghai"``; None where nothing tells where the place is.
        """
        stated = self.zone() if callable(self.zone) else self.zone
        if stated is not None:
            return stated
        at = self.where()
        return None if at is None else zone_at(*at)

    def day(self, text: str, epoch: int = 1900) -> dt.date | None:
        """Read one day.

        ``text``: Such as ``"2006-05-31"``, ``"2006年5月31日"``, ``"2006-05-30T16:00:00Z"``.
        ``epoch``: The date system of the workbook that it stands in, for bare numbers.
        Returns: None where it is not exactly one day, or one of another zone and nothing tells
        where the place is.
        """
        return _day(text, replace(self, epoch=epoch))[0]

    def partial(self, text: str, epoch: int = 1900) -> str | None:
        """Read a day, a month or a year.

        ``text``: As for :meth:`day`, or such as ``"2006年5月"``, ``"2006/5"``, ``"2006年"``.
        Returns: Such as ``"2006-05-31"``, ``"2006-05"`` or ``"2006"``; None where it is none.
        """
        day = self.day(text, epoch)
        return _month(numbers.half_width(text)) if day is None else day.isoformat()


class Days(NamedTuple):
    """Days by row; and the cells whose day is that of a zone, or of a spreadsheet's number."""

    value: pd.Series[Any]
    moved: pd.Series[Any]
    serial: pd.Series[Any]


def zone_at(longitude: float, latitude: float) -> str | None:
    """Find the time zone of a point.

    ``longitude``, ``latitude``: In degrees, WGS 84.
    Returns: Its name in the database of the IANA, by the boundaries of OpenStreetMap.
    """
    return tzfpy.get_tz(longitude, latitude) or None


def read(column: pd.Series[Any], written: pd.Series[Any], calendar: Calendar) -> Days:
    """Read a column of dates.

    ``column``: n cells.
    ``written``: The same as text, missing where there is nothing.
    Returns: datetime64[s] on the same index; missing where a cell is not exactly one day.
    """
    nothing = pd.Series(data=False, index=column.index)
    if column.dtype.kind == "M":
        zoned = column.dt.tz is not None
        zone = calendar.local() if zoned else None
        if zoned and zone is None:
            column = column.where(nothing)
        moments = column.dt.tz_convert(zone).dt.tz_localize(None) if zoned else column
        days = moments.dt.normalize().astype("datetime64[s]")
        stated = column.dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
        days = days.where(_hold(days) & _hold(stated))
        return Days(days, days.notna() if zoned else nothing, nothing)
    found = {cell: _day(cell, calendar) for cell in written.dropna().unique()}
    days = written.map({cell: each[0] for cell, each in found.items()})
    return Days(
        pd.to_datetime(days, errors="coerce").astype("datetime64[s]"),
        written.isin([cell for cell, each in found.items() if each[1] == "zone"]),
        written.isin([cell for cell, each in found.items() if each[1] == "serial"]),
    )


def _hold(days: pd.Series[Any]) -> pd.Series[Any]:
    """Tell days from what stands for none."""
    known = letters()
    between = days.between(np.datetime64(known.first), np.datetime64(known.last))
    return between & ~days.isin(np.array(known.nothing, dtype="datetime64[s]"))


def _day(cell: str, calendar: Calendar) -> tuple[dt.date | None, str]:
    """Read one day, and how it was come by."""
    plain = numbers.half_width(cell)
    known = _patterns()
    words = known.words.fullmatch(plain)
    if words is not None:
        year = "".join(letters().figures[each] for each in words[1])
        return _date(year, str(_small(words[2])), str(_small(words[3]))), ""
    match = known.figures.fullmatch(plain) or known.between.fullmatch(plain)
    if match is not None:
        return _moment(match, calendar)
    if compact := COMPACT.fullmatch(plain):
        return _date(*compact.groups()), ""
    if serial := SERIAL.fullmatch(plain):
        day = FIRST_DAY[calendar.epoch] + dt.timedelta(days=int(serial[1]))
        likely = LIKELY[0] <= day <= LIKELY[1] and letters().holds(day)
        return (day, "serial") if likely else (None, "")
    return None, ""


def _month(plain: str) -> str | None:
    """Read a month or a year without a day."""
    known = _patterns()
    if words := known.month_words.fullmatch(plain):
        year = "".join(letters().figures[each] for each in words[1])
        month = None if words[2] is None else _small(words[2])
    elif found := known.month.fullmatch(plain):
        year, named = found["year"], found["month"] or found["in_words"]
        month = None if named is None else int(named)
    else:
        return None
    if not letters().first.year <= int(year) <= letters().last.year:
        return None
    if month is None:
        return year
    return f"{year}-{month:02}" if 1 <= month <= 12 else None  # noqa: PLR2004  months


def _small(text: str) -> int:
    """Read a number up to 99 in words; 0, which is no day, where it is none."""
    known = letters()
    tens, ten, ones = text.partition(known.ten)
    if any(len(each) > 1 for each in (tens, ones)) or known.ten in ones:
        return 0
    figure = [int(known.figures[each]) if each else None for each in (tens, ones)]
    if not ten:
        return figure[0] or 0
    return 10 * (figure[0] if figure[0] is not None else 1) + (figure[1] or 0)


def _date(year: str, month: str, day: str) -> dt.date | None:
    try:
        found = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if letters().holds(found) else None


def _moment(match: re.Match[str], calendar: Calendar) -> tuple[dt.date | None, str]:
    """Read a day with its time; a moment of another zone is brought to that of the place."""
    day = _date(match["year"], match["month"], match["day"])
    try:
        time = dt.time(
            int(match["hour"] or 0), int(match["minute"] or match["minutes"] or 0),
            int(match["second"] or 0),
        )
    except ValueError:
        return None, ""
    if day is None or match["zone"] is None:
        return day, ""
    zone = calendar.local()
    if zone is None:
        return None, ""
    moment = dt.datetime.combine(day, time, _offset(match["zone"]))
    local = moment.astimezone(_zone(zone)).date()
    return (local, "zone") if letters().holds(local) else (None, "")


def _offset(text: str) -> dt.timezone:
    if text.upper() in {"Z", "UTC"}:
        return dt.UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    ahead = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return dt.timezone(-ahead if text[0] == "-" else ahead)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
