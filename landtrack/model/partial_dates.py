"""Days as people state them: a day, a month, a year, or no later than a day.

A coarse date is kept as it was written. It stands for an interval: what lies wholly before
another is earlier, and where two meet, the order of entry decides.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from landtrack.model.errors import TableError

BY = "../"
"""What precedes a day on or before which something was so (ISO 8601-2)."""

WRITTEN = re.compile(
    r"(?P<by>\.\./)?(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?", re.ASCII
)
FIRST_YEAR = 1900
"""No step of an approval is older: such a year is mistyped, or stands for none."""


class Span(NamedTuple):
    """The first and the last day on which something may have happened."""

    first: date
    last: date


@lru_cache(maxsize=4096)  # a log repeats its days
def parse(written: str) -> Span:
    """Read a date.

    ``written``: ``2006``, ``2006-05``, ``2006-05-04``, or one of these after ``../``.
    Raises TableError: If it is none of these.
    """
    found = WRITTEN.fullmatch(written.strip())
    if found and int(found["year"]) < FIRST_YEAR:
        found = None
    year, month, day = (
        int(found[part]) if found and found[part] else None for part in ("year", "month", "day")
    )
    try:
        first = date(year or 0, 1 if month is None else month, 1 if day is None else day)
    except ValueError as error:
        raise TableError(
            f"{written!r} is no date.",
            mend="Write a day (2006-05-04), a month (2006-05) or a year (2006).",
        ) from error
    last_month = 12 if month is None else month
    end = calendar.monthrange(first.year, last_month)[1]
    last = date(first.year, last_month, end if day is None else day)
    return Span(date.min if found and found["by"] else first, last)


def written(text: str, read: Callable[[str], str | None]) -> str:
    """Write a date as it is kept.

    ``text``: As a person writes it.
    ``read``: Reads what is not written as it is kept: such as ``"2006-05"`` of ``"2006年5月"``.
    Returns: What is no date stays as it is, to be refused by :func:`parse`.
    """
    plain = text.strip()
    if WRITTEN.fullmatch(plain):
        return plain
    before = BY if plain.startswith(BY) else ""
    found = read(plain.removeprefix(BY))
    return plain if found is None else f"{before}{found}"


def by(day: date) -> str:
    """Write that something was so on a day, since when is not known.

    Returns: Such as ``"../2006-12-31"``.
    """
    return f"{BY}{day.isoformat()}"
