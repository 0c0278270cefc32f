"""The charts of a report, by matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.dates import AutoDateLocator, DateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from landtrack.assessment.progress import HA_M2, Progress
from landtrack.model import NO_STATE
from landtrack.model.translations import Words
from landtrack.output.reports.plot_maps import HATCHES
from landtrack.output.style import symbology
from landtrack.output.wording.messages import Message, say, tell

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE_IN = (8.0, 3.6)
LEAST_LABELLED = 0.045
"""A part of a bar has its figure written in it where it is at least this share of the highest."""
BEHIND = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.0}
GRID, ACCENT, GOAL = "#DDE3E7", "#0072B2", "#D55E00"


def land(table: pd.DataFrame, order: Sequence[str], titles: Mapping[str, Message],
         words: Words) -> Figure:
    """Draw the area by state over time, in hectares.

    ``table``: What :func:`landtrack.assessment.progress.by_state` gave.
    """
    figure, axes = _empty(words("yearly.land_title"), words("yearly.hectares"))
    wide = table.pivot(index="day", columns="state", values="area_m2").fillna(0.0) / HA_M2
    looked = symbology.load()
    below = pd.Series(0.0, index=wide.index)
    places, whole = range(len(wide)), float(wide.sum(axis=1).max())
    for code in order:
        style = looked.style("parcels", code)
        colour = "#F4F4F4" if code == NO_STATE else style.fill
        hatch = None if code == NO_STATE else HATCHES[style.hatch]
        axes.bar(places, wide[code], bottom=below, color=colour, edgecolor="#6E6A5E",
                 linewidth=0.5, width=0.8, label=tell(words, titles[code]), hatch=hatch)
        for at, value, low in zip(places, wide[code], below, strict=True):
            if value >= LEAST_LABELLED * whole:
                axes.text(at, low + value / 2, f"{value:,.0f}", ha="center", va="center",
                          fontsize=8, bbox=BEHIND)
        below = below + wide[code]
    axes.set_ylim(0, 1.05 * float(below.max()) if below.any() else 1.0)  # none: without parcels
    axes.set_xticks(list(places), [f"{day:%Y-%m-%d}" for day in wide.index], rotation=30,
                    ha="right")
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], loc="center left", bbox_to_anchor=(1.01, 0.5),
                frameon=False, fontsize=9)
    return figure


def money(table: pd.DataFrame, words: Words) -> Figure:
    """Draw the investment by size of project.

    ``table``: What :func:`landtrack.assessment.progress.investment` gave.
    """
    figure, axes = _empty(words("yearly.money_title"), "")
    known = table[table["from_cny"].notna()]
    values = known["total_cny"] / 1e8
    axes.barh(range(len(known)), values, color=ACCENT, height=0.6)
    axes.set_yticks(range(len(known)), [tell(words, size(row)) for row in known.to_dict("records")])
    for place, (value, number) in enumerate(zip(values, known["projects"], strict=True)):
        axes.annotate(words("yearly.bar", total=f"{value:,.2f}", count=number), (value, place),
                      xytext=(5, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_xlabel(words("yearly.hundred_million"))
    axes.margins(x=0.25)
    axes.set_xlim(left=0)
    axes.grid(visible=False, axis="y")
    return figure


def size(row: Mapping[str, float]) -> Message:
    """Name a class of investment.

    ``row``: A row of :func:`landtrack.assessment.progress.investment`.
    Returns: Such as ``"1–2 亿元"``.
    """
    low, high = row["from_cny"] / 1e8, row["below_cny"] / 1e8
    if pd.isna(low):
        return say("yearly.size_unknown")
    if low == 0:
        return say("yearly.size_below", high=f"{high:g}")
    if high == float("inf"):
        return say("yearly.size_from", low=f"{low:g}")
    return say("yearly.size_between", low=f"{low:g}", high=f"{high:g}")


def target(made: Progress, day: date, words: Words) -> Figure:
    """Draw the way to a target.

    Returns: What was reached by day, the goals, and dashed what the present pace leads to.
    """
    unit = words(f"reconcile.unit.{made.target.unit}") if words.has(
        f"reconcile.unit.{made.target.unit}") else made.target.unit
    figure, axes = _empty(words.pick(made.target.title), unit)
    last = min(day, made.target.by)
    curve = made.curve
    dates = [made.target.since, *curve.index, last]
    values = [made.target.base, *curve, made.reached or made.target.base]
    axes.step(dates, values, where="post", color=ACCENT, linewidth=2)
    axes.annotate(f"{values[-1]:,.10g}", (date2num(last), values[-1]), xytext=(3, 5),  # type: ignore[no-untyped-call]
                  textcoords="offset points", fontsize=9, color=ACCENT, weight="normal")
    for goal, word in ((made.target.secure, "secure"), (made.target.strive, "strive")):
        if goal is not None:
            axes.axhline(goal, color=GOAL, linewidth=1,
                         linestyle="-" if word == "secure" else (0, (5, 3)))
            axes.annotate(words(f"yearly.{word}", goal=f"{goal:,.10g}"), (0, goal), xytext=(4, 3),
                          textcoords=("axes points", "offset points"),
                          xycoords=("axes fraction", "data"), fontsize=9, color=GOAL)
    _pace(axes, made, last)
    axes.set_ylim(0, 1.15 * max(made.target.strive or 0, made.target.secure, *values))
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(DateFormatter("%Y-%m-%d"))  # type: ignore[no-untyped-call]
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
    axes.tick_params(axis="x", labelrotation=20)
    return figure


def _pace(axes: Axes, made: Progress, last: date) -> None:
    """Draw where the present pace leads by the end of the term."""
    reached, days = made.reached, (last - made.target.since).days
    if reached is None or reached <= made.target.base or last >= made.target.by or days <= 0:
        return
    pace = (reached - made.target.base) / days
    then = reached + pace * (made.target.by - last).days
    ends = date2num([last, made.target.by])  # type: ignore[no-untyped-call]
    axes.plot(ends, [reached, then], color=ACCENT, linestyle=(0, (2, 2)))


def _empty(title: str, unit: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=SIZE_IN, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", fontsize=12)
    axes.set_ylabel(unit)
    axes.grid(visible=True, axis="both" if not unit else "y", color=GRID)
    return figure, axes
