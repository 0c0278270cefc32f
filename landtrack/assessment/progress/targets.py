"""Progress towards targets: what is reached, when it was or will be at the present pace."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

from landtrack.assessment.reconcile import Ground, derive
from landtrack.model import Figure, Target, catalog


class Progress(NamedTuple):
    """How far a target is.

    ``reached`` is what is dated from ``since`` to the day, with the base; None where it
    cannot be told, for what ``lacks`` names. ``undated`` features have no date and are not
    counted. ``secured_on`` and ``striven_on`` are the days on which it was met; ``secure_at``
    and ``strive_at`` those on which it will be at the pace since ``since``; None where there
    is no pace, or no such goal. ``curve`` holds what was reached by day.
    """

    target: Target
    reached: float | None
    lacks: str
    undated: int
    secured_on: date | None
    striven_on: date | None
    secure_at: date | None
    strive_at: date | None
    curve: pd.Series


NOTHING = pd.Series(dtype="float64")


def progress(target: Target, figure: Figure, ground: Ground, day: date) -> Progress:
    """Measure how far a target is on a day.

    ``target``: The target; ``dated_by`` dates each feature behind its figure.
    Returns: In the unit of the target.
    """
    unknown = Progress(target, None, "", 0, None, None, None, None, NOTHING)
    found = derive(figure, ground)
    if found.lacks or found.value is None:
        return unknown._replace(lacks=found.lacks)
    frame = ground.layers[found.layer].loc[list(found.features)]
    if not target.dated_by or target.dated_by not in frame:
        return unknown._replace(lacks=f"{found.layer}.{target.dated_by}")
    factor = catalog.unit_factor(found.unit, target.unit) if found.unit else 1.0
    if factor is None:
        return unknown._replace(lacks=f"{found.unit} → {target.unit}")
    dates = pd.to_datetime(frame[target.dated_by])
    counts = dates.between(
        pd.Timestamp(target.since), pd.Timestamp(min(day, target.by))
    )
    sizes = _sizes(frame, figure) / factor
    curve = sizes[counts].groupby(dates[counts].dt.date).sum().sort_index().cumsum() + target.base
    reached = float(curve.iloc[-1]) if len(curve) else target.base
    return Progress(
        target, reached, "", int(dates.isna().sum()), _met(curve, target.secure),
        _met(curve, target.strive), _at_pace(target, reached, target.secure, day),
        _at_pace(target, reached, target.strive, day), curve,
    )


def _sizes(frame: pd.DataFrame, figure: Figure) -> pd.Series:
    """Say how much each feature counts."""
    if figure.measure in ("area", "length"):
        return pd.Series(getattr(frame.geometry, figure.measure), index=frame.index)
    if figure.measure == "sum":
        return frame[figure.field].astype("float64")
    if figure.measure == "distinct":
        return (~frame[figure.field].duplicated()).astype("float64")
    return pd.Series(1.0, index=frame.index)


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
