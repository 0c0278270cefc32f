"""Counting days: calendar days, and working days with the public holidays of the country.

The days off in lieu and the working weekends of China are those of the State Council's
yearly notices, as the package ``chinesecalendar`` holds them from 2004 on.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

import chinese_calendar

from landtrack.model.errors import CatalogError

SATURDAY = 5


class Due(NamedTuple):
    """The last of some days; not ``certain`` where holidays on the way are not known."""

    day: date
    certain: bool


@lru_cache(maxsize=4096)  # parcels wait for the same days
def after(start: date, days: int, unit: Literal["calendar", "working"], country: str) -> Due:
    """Count days from the day after a day.

    ``country``: Whose public holidays are no working days; ``"CN"``.
    Returns: The last day. Where the holidays of a year are not published, its weekdays count as
    working days, and the day may be later.
    Raises CatalogError: If the holidays of the country are not known here.
    """
    if country != "CN":
        raise CatalogError(
            f"The public holidays of {country!r} are not known.",
            mend='Write calendar = "CN" in the workflow, or days in the unit "calendar".',
        )
    if unit == "calendar":
        return Due(start + timedelta(days), certain=True)
    day, certain = start, True
    while days:
        day += timedelta(1)
        try:
            works = chinese_calendar.is_workday(day)
        except NotImplementedError:
            works, certain = day.weekday() < SATURDAY, False
        days -= works
    return Due(day, certain)
