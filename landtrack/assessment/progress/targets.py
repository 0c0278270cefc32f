"""Progress towards targets: what is reached, when it was or will be at the present pace."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

from landtrack.assessment.reconcile import Ground, counted, derive
from landtrack.model import Figure, Lack, Stated, Target, Unlike, catalog


class Progress(NamedTuple):
    """How far a target is.

    ``reached`` is what is dated from ``since`` to the day, with the base; None where it
    cannot be told, for what ``lacks`` names. ``undated`` of what counts once have no date and are
    not counted. ``secured_on`` and ``striven_on`` are the days on which it was met; ``secure_at``
    and ``strive_at`` those on which it will be at the pace since ``since``; None where there
    is no pace, or no such goal. ``curve`` holds what was reached by day. Where the figure cannot be
    taken, ``reached`` is what is ``stated`` of it, for a day of the term.
    """

    target: Target
    reached: float | None
    lacks: Lack | Unlike | None
    undated: int
    secured_on: date | None
    striven_on: date | None
    secure_at: date | None
    strive_at: date | None
    curve: pd.Series
    stated: Stated | None = None


NOTHING = pd.Series(dtype="float64")


def progress(target: Target, figure: Figure, ground: Ground, day: date) -> Progress:
    """Measure how far a target is on a day.

    ``target``: The target; ``dated_by`` dates each feature behind its figure.
    Returns: In the unit of the target.
    """
    unknown = Progress(target, None, None, 0, None, None, None, None, NOTHING)
    found = derive(figure, ground)
    if found.lacks or found.value is None:
        return _as_stated(unknown._replace(lacks=found.lacks), figure.stated, day)
    there = ground.layers.get(found.layer)
    if there is None or not target.dated_by or target.dated_by not in there:
        return unknown._replace(lacks=Lack(layer=found.layer, field=target.dated_by))
    factor = catalog.unit_factor(found.unit, target.unit) if found.unit else 1.0
    if factor is None:
        return unknown._replace(lacks=Unlike(own=found.unit, wanted=target.unit))
    each = counted(figure, ground)
    dates = pd.to_datetime(there.loc[each.index, target.dated_by])
    dates = _of_groups(dates, each["group"], first=figure.measure == "distinct")
    sizes = each.groupby("group")["size"].first() / factor
    counts = dates.between(
        pd.Timestamp(target.since), pd.Timestamp(min(day, target.by))
    )
    curve = sizes[counts].groupby(dates[counts].dt.date).sum().sort_index().cumsum() + target.base
    reached = float(curve.iloc[-1]) if len(curve) else target.base
    return Progress(
        target, reached, None, int(dates.isna().sum()), _met(curve, target.secure),
        _met(curve, target.strive), _at_pace(target, reached, target.secure, day),
        _at_pace(target, reached, target.strive, day), curve,
    )


def _as_stated(unknown: Progress, stated: Stated | None, day: date) -> Progress:
    """Take what is stated of a figure for a day that counts, in the unit of the target."""
    target = unknown.target
    if stated is None or not target.since <= stated.on <= min(day, target.by):
        return unknown
    factor = catalog.exchange(stated.unit, target.unit) if stated.unit else 1.0
    if factor is None:
        return unknown._replace(lacks=Unlike(own=stated.unit, wanted=target.unit))
    reached = stated.value / factor
    met = [None if goal is None or reached < goal else stated.on
           for goal in (target.secure, target.strive)]
    return unknown._replace(
        reached=reached, lacks=None, secured_on=met[0], striven_on=met[1], stated=stated
    )


def _of_groups(dates: pd.Series, groups: pd.Series, *, first: bool) -> pd.Series:
    """Give the day of each group: the first, or that by which all of it was; then none may lack."""
    by = dates.groupby(groups)
    return by.min() if first else by.max().where(by.count() == by.size())


def _met(curve: pd.Series, goal: float | None) -> date | None:
    """Find the day on which a goal was met."""
    if goal is None:
        return None
    met = curve.index[curve >= goal]
    return met[0] if len(met) else None


def _at_pace(target: Target, reached: float, goal: float | None, day: date) -> date | None:
    """Find the day on which a goal will be met at the pace since counting began."""
    passed = (min(day, target.by) - target.since).days
    if goal is None or reached >= goal or reached <= target.base or passed <= 0:
        return None
    pace = (reached - target.base) / passed
    left = math.ceil((goal - reached) / pace)
    return day + timedelta(left) if left <= (date.max - day).days else None
