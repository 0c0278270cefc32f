"""Blocks on how projects and plots stand: land in hand, what blocks it, services that are there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from landtrack import tracking
from landtrack.assessment import progress, site
from landtrack.model import Result, catalog
from landtrack.model.site import Readiness
from landtrack.model.translations import Words
from landtrack.output.reports.yearly.block import Block, Cell
from landtrack.output.wording import events as event_words

MOST_NAMED = 5
"""So many parcels that block a project are named; the others are counted."""


def blocking(result: Result, words: Words, day: date) -> Block:
    """Rank the projects by the land that they lack, and what blocks each by its area.

    Returns: A row for each project that lacks land, the one that lacks most first.
    """
    projects = site.projects(result.layers["plots"])
    parcels = result.joined["parcels"]
    parts = site.acquisition(projects, parcels, workflow=result.workflow)
    held = parts[parts["part"] == "acquired"].set_index("subject")["share"]
    blocked = site.blocking(projects, parcels, workflow=result.workflow)
    days = _days(result, sorted(set(blocked["parcel_id"])), day)
    lacks = blocked.groupby("subject")["area_m2"].sum().sort_values(ascending=False)
    rows = []
    for subject, area in lacks.items():
        own = blocked[blocked["subject"] == subject]
        named = [
            f"{row['parcel_id']} ({_state(result, words, row['state'])}, {row['share']:.1%})"
            for row in own.head(MOST_NAMED).to_dict("records")
        ]
        if len(own) > MOST_NAMED:
            named.append(words("standing.others", count=len(own) - MOST_NAMED))
        ahead = [days[key] for key in own["parcel_id"]]
        rows.append((
            Cell(str(subject)), Cell(float(held.get(subject, 0.0)), "share1"),
            Cell(float(area), "m2"), Cell("; ".join(named)),
            Cell(_last(each.earliest for each in ahead)),
            Cell(_last(each.by_terms for each in ahead)),
        ))
    return Block(
        name="blocking", title=words("standing.blocking"), cells=tuple(rows), numeric=(1, 2, 4, 5),
        headings=(words("field.project_id"), words("standing.in_hand"), "m²",
                  words("standing.parcels"), words("yearly.earliest"), words("yearly.by_terms")),
        notes=(words("standing.rest", count=len(projects) - len(rows)),
               words("yearly.ahead_note", day=f"{day:%Y-%m-%d}")),
    )


def _days(
    result: Result, keys: list[str], day: date
) -> dict[str, progress.Ahead]:
    """Find the way ahead of each parcel."""
    histories = tracking.by_feature(tracking.standing(tracking.from_table(result.status_log)))
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


def _state(result: Result, words: Words, code: object) -> str:
    return event_words.state(
        words, result.workflow, "approval", "" if pd.isna(code) else str(code)
    )


def readiness(result: Result, words: Words) -> list[Block]:
    """Count the plots that each service, and each set of them, reaches: of all, and by zone.

    Returns: One of the place by service and set; one by zone where the plots name theirs.
    """
    sets = catalog.readiness()
    plots = result.layers["plots"]
    table = site.readiness(plots, result.joined, sets, workflow=result.workflow)
    titles = {each.id: words.pick(each.title) for each in sets.set}
    titles |= {each.id: words.pick(each.title) for each in sets.item}
    counted = tuple(words(f"readiness.{each}") for each in Readiness)
    items = table[table["item"] != ""].drop_duplicates(["plot_id", "item"])
    whole = table[table["item"] == ""]
    rows = [
        (Cell(titles[name]), *_counts(own))
        for part, by in ((items, "item"), (whole, "set"))
        for name, own in part.groupby(by, sort=False)
    ]
    made = [Block(
        name="readiness", title=words("standing.readiness"), cells=tuple(rows),
        numeric=(1, 2, 3), headings=(words("standing.item"), *counted),
    )]
    zones = plots["cluster"].astype("object").where(plots["cluster"].notna(), "")
    if zones.ne("").any():
        placed = whole.assign(zone=whole["plot_id"].map(zones)).sort_values("zone", kind="stable")
        made.append(Block(
            name="readiness-zones", title=words("standing.by_zone"), numeric=(2, 3, 4),
            cells=tuple(
                (Cell(str(zone) or words("standing.no_zone")), Cell(titles[name]), *_counts(own))
                for (zone, name), own in placed.groupby(["zone", "set"], sort=False)
            ),
            headings=(words("field.cluster"), words("standing.set"), *counted),
        ))
    return made


def _counts(rows: pd.DataFrame) -> tuple[Cell, ...]:
    return tuple(
        Cell(int((rows["readiness"] == each.value).sum()), "count") for each in Readiness
    )
