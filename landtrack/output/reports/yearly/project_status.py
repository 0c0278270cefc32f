"""How projects and plots stand: land in hand, what blocks it, services that are there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from landtrack import tracking
from landtrack.assessment import progress, site
from landtrack.model import catalog
from landtrack.model.assessment import Assessment
from landtrack.model.site import Readiness
from landtrack.model.translations import DASH
from landtrack.output.reports.document import Section, Table, note, row
from landtrack.output.reports.yearly.first import companies, with_company
from landtrack.output.wording import bare
from landtrack.output.wording.events import state_of
from landtrack.output.wording.messages import Message, Title, joined, say

MOST_NAMED = 5
"""So many parcels that block a project are named; the others are counted."""


def blocking(result: Assessment, day: date) -> Section:
    """Rank the projects by the land that they lack, and what blocks each by its area.

    Returns: A row for each project that lacks land, the one that lacks most first.
    """
    projects = site.projects(result.layers["plots"])
    parcels = result.sets["parcels"]
    parts = site.acquisition(projects, parcels, workflow=result.workflow)
    held = parts[parts["part"] == "acquired"].set_index("subject")["share"]
    blocked = site.blocking(projects, parcels, workflow=result.workflow)
    days = _days(result, sorted(set(blocked["parcel_id"])), day)
    lacks = blocked.groupby("subject")["area_m2"].sum().sort_values(ascending=False)
    rows, names = [], companies(result.layers["plots"])
    for subject, area in lacks.items():
        own = blocked[blocked["subject"] == subject]
        named = [
            joined("", [
                each["parcel_id"], " (", _state(result, each["state"]), ", ",
                bare(each["share"], 1, "share"), ")",
            ])
            for each in own.head(MOST_NAMED).to_dict("records")
        ]
        if len(own) > MOST_NAMED:
            named.append(say("standing.others", count=str(len(own) - MOST_NAMED)))
        ahead = [days[key] for key in own["parcel_id"]]
        rows.append(row(
            with_company(str(subject), names), bare(held.get(subject, 0.0), 1, "share"),
            bare(area, 0), joined("; ", named), _last(each.earliest for each in ahead) or DASH,
            _last(each.by_terms for each in ahead) or DASH,
        ))
    return Section(say("standing.blocking"), (
        Table((
            say("field.project_id"), say("standing.in_hand"), "m²", say("standing.parcels"),
            say("yearly.earliest"), say("yearly.by_terms"),
        ), tuple(rows)),
        note(say("standing.rest", count=str(len(projects) - len(rows)))),
        note(say("yearly.ahead_note", day=day)),
    ))


def _days(
    result: Assessment, keys: list[str], day: date
) -> dict[str, progress.Ahead]:
    """Find the way ahead of each parcel."""
    histories = tracking.by_feature(tracking.standing(result.events))
    return {
        key: progress.ahead(
            result.workflow, "approval",
            tracking.ordered(histories.get(("parcels", str(key)), [])), day,
        )
        for key in keys
    }


def _last(days: Iterable[date | None]) -> date | None:
    """Give the last of days; None where one is not known."""
    known = list(days)
    return None if None in known else max(each for each in known if each)


def _state(result: Assessment, code: object) -> Message:
    return state_of(result.workflow, "approval", "" if pd.isna(code) else str(code))


def readiness(result: Assessment) -> list[Section]:
    """Count the plots that each service, and each set of them, reaches: of all, and by zone.

    Returns: One of the place by service and set; one by zone where the plots name theirs.
    """
    sets = catalog.readiness()
    plots = result.layers["plots"]
    table = site.readiness(plots, result.sets, sets, workflow=result.workflow)
    titles = {each.id: Title(each.title) for each in sets.set}
    titles |= {each.id: Title(each.title) for each in sets.item}
    counted = tuple(say(f"readiness.{each}") for each in Readiness)
    items = table[table["item"] != ""].drop_duplicates(["plot_id", "item"])
    whole = table[table["item"] == ""]
    rows = [
        row(titles[name], *_counts(own))
        for part, by in ((items, "item"), (whole, "set"))
        for name, own in part.groupby(by, sort=False)
    ]
    heads = (say("standing.item"), *counted)
    made = [Section(say("standing.readiness"), (Table(heads, tuple(rows)),))]
    zones = plots["cluster"].astype("object").where(plots["cluster"].notna(), "")
    if zones.ne("").any():
        placed = whole.assign(zone=whole["plot_id"].map(zones)).sort_values("zone", kind="stable")
        rows = [
            row(str(zone) or say("standing.no_zone"), titles[name], *_counts(own))
            for (zone, name), own in placed.groupby(["zone", "set"], sort=False)
        ]
        heads = (say("field.cluster"), say("standing.set"), *counted)
        made.append(Section(say("standing.by_zone"), (Table(heads, tuple(rows)),)))
    return made


def _counts(rows: pd.DataFrame) -> tuple[Message, ...]:
    return tuple(
        bare((rows["readiness"] == each.value).sum(), 0) for each in Readiness
    )
