"""The first pages of a report: how the park stands at a glance, what changed, a map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import pandas as pd

from landtrack.assessment import progress
from landtrack.assessment.rules import verdicts
from landtrack.model import NO_STATE, Outcome
from landtrack.model.assessment import Assessment
from landtrack.output.reports import plot_maps
from landtrack.output.reports.document import Row, Section, Table, note, row
from landtrack.output.reports.vetting import first as forms
from landtrack.output.wording import bare
from landtrack.output.wording.events import state_of
from landtrack.output.wording.messages import Joined, Message, Money, joined, say

MAP_MM = 118.0


def year_before(day: date) -> date:
    """Give the day a year before another one."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def overview(result: Assessment, day: date, reached: Iterable[Row]) -> list[Section]:
    """Say on a page how the plots are judged, what land, money and targets come to.

    ``reached``: Of each target its name and how far it is.
    """
    made = [Section(say("yearly.overview"), (Table((), (
        row(say("yearly.verdicts"), _verdicts(result)), *_land(result, day), *_money(result),
        *reached,
    )),))]
    if "parcels" in result.layers:
        made.append(_changed(result, day))
    caption = say("yearly.figure", number="1", what=say("yearly.map_caption"))
    drawn = plot_maps.by_verdict(result, caption, height_mm=MAP_MM)
    return [*made, Section(say("yearly.map"), drawn)] if drawn else made


def _verdicts(result: Assessment) -> Message:
    plots = result.layers["plots"].index
    counts = verdicts.by_subject(plots, result.findings).value_counts()
    told = (
        say("vet.counted", outcome=say(f"outcome.{each}"), count=str(counts[each]))
        for each in verdicts.VERDICTS if each in counts
    )
    counted = Joined("wording.listed", tuple(told))
    return say("yearly.of_plots", count=str(len(plots)), counted=counted)


def _land(result: Assessment, day: date) -> list[Row]:
    """Say how much land there is, and how much of it is in hand."""
    if "parcels" not in result.layers:
        return []
    held = acquired(result)
    now = progress.by_state(
        result.layers, result.schemas, "parcels", result.events, [day]
    ).set_index("state")["area_m2"]
    whole, own = now.sum(), now[now.index.isin(held)].sum()
    return [row(say("yearly.land_all"), say(
        "yearly.land_held", whole=bare(whole / progress.HA_M2, 2),
        mu=bare(whole / progress.MU_M2, 1), held=bare(own / progress.HA_M2, 2),
        share=bare(own / whole if whole else None, 1, "share"),
    ))]


def acquired(result: Assessment) -> set[str]:
    """Give the states of parcels in which the land is in hand."""
    return {each.code for each in result.workflow.track("approval").state if each.acquired}


def _money(result: Assessment) -> list[Row]:
    """Say what is invested, and of how many projects it is known."""
    plots = result.layers["plots"]
    total = progress.invested(plots, result.amounts)
    if not total.notna().any():
        return []
    told = say(
        "yearly.invested", total=Money(Decimal(repr(float(total.sum()))), sum=True),
        known=str(int(total.notna().sum())), count=str(len(total)),
    )
    return [row(say("field.total_investment_cny"), told)]


def _changed(result: Assessment, day: date) -> Section:
    """Set the land by state beside that of a year before."""
    before = year_before(day)
    table = progress.by_state(
        result.layers, result.schemas, "parcels", result.events, [before, day]
    )
    track = result.workflow.track("approval")
    wide = table.pivot_table(
        index="state", columns="day", values="area_m2", aggfunc="sum", fill_value=0.0
    ) / progress.HA_M2
    rows = []
    for code in progress.in_order(table, track):
        was, now = (float(wide.loc[code].get(each, 0.0)) for each in (before, day))
        if round(now - was, 2):
            sign = "+" if now > was else "−"
            name = say("yearly.none") if code == NO_STATE else state_of(
                result.workflow, "approval", code)
            rows.append(row(
                name, bare(was, 2), bare(now, 2), joined("", [sign, bare(abs(now - was), 2)])
            ))
    heads = (say("yearly.state"), before, day, say("yearly.change"))
    parts = (Table(heads, tuple(rows), figures=(3,)), note(say("yearly.in_hectares")))
    return Section(say("yearly.changed"), parts if rows else (note(say("yearly.unchanged")),))


def unmet(result: Assessment) -> Section:
    """List the plots that fail or are unknown: of which company, and why."""
    plots = result.layers["plots"]
    found = verdicts.by_subject(plots.index, result.findings)
    rows = []
    by_plot = dict(tuple(result.findings.groupby("plot_id", sort=False)))
    names = companies(plots)
    for verdict in (Outcome.FAIL, Outcome.UNKNOWN):
        for key in found.index[found == verdict.value]:
            why = forms.because(by_plot[key].to_dict("records"), result.rules)
            rows.append(row(
                str(key), names.get(str(key), ""), say(f"outcome.{verdict}"), why,
                marked=verdict == Outcome.FAIL,
            ))
    heads = (say("vet.plot"), say("field.company"), say("vet.outcome"), say("vet.why"))
    return Section(say("yearly.unmet"), (Table(heads, tuple(rows)),))


def companies(plots: pd.DataFrame) -> Mapping[str, str]:
    """Give the company of each plot, and of each project where it has one alone."""
    named = plots["company"].where(plots["company"].notna(), plots["name"])
    by = {str(key): str(name) for key, name in named.items() if pd.notna(name)}
    for project, own in named.groupby(plots["project_id"]):
        different = own.dropna().unique()
        if len(different) == 1:
            by.setdefault(str(project), str(different[0]))
    return by


def with_company(code: str, names: Mapping[str, str]) -> str:
    """Write a code with the company that it is of."""
    return f"{code} {names[code]}" if names.get(code, code) != code else code
