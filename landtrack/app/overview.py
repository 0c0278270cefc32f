"""What one who answers for a place asks of it: land, targets, money, what blocks, what is overdue.

Each figure is given with the features behind it. What is given are plain values, as JSON has them:
a page shows them without the libraries that this takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from string import Formatter
from typing import Any

import pandas as pd

from landtrack import tracking
from landtrack.app import vet
from landtrack.assessment import progress, reconcile, site
from landtrack.assessment.rules import verdicts
from landtrack.model import NO_STATE, Lack, catalog, lacking
from landtrack.model.address import Address
from landtrack.model.assessment import Assessment
from landtrack.model.errors import LandtrackError
from landtrack.output.style import symbology
from landtrack.store import assessment as stored

TRACK = "approval"
MONTHS = 12
"""So many ends of months are looked at, beside the day itself."""
MOST = 3
"""So many of what blocks most are named, the others counted."""
Behind = dict[str, list[tuple[str, str]]]


def of(path: Address, place: Path, *, today: date | None = None) -> dict[str, Any]:
    """Sum a store up.

    ``path``: The store of a run.
    ``place``: The folder of its place, whose targets and figures are those of now.
    ``today``: The day of which it is said; that of the run where that has one, else today.
    Returns: ``cause`` and ``mend`` say what is wrong, where something is. Else ``day``, and
    ``since`` a month before it; ``projects`` by verdict, ``land``, ``targets``, ``money``,
    ``blocking`` and ``overdue``, None where there is no data of it; ``steps`` dated since;
    ``numbers`` of the yearly report and summaries that are open, or only stated; and
    ``behind`` the layer and key of each feature behind a figure, by the name of the figure.
    """
    try:
        result = stored.load(path, folder=place)
        day = today or vet.rules_day(result.place.as_of)
        return {"cause": "", "mend": "", **_told(result, day)}
    except LandtrackError as error:
        return {"cause": error.cause, "mend": error.mend}


def _told(result: Assessment, day: date) -> dict[str, Any]:
    behind: Behind = defaultdict(list)
    since = _month_before(day)
    own = "parcels" in result.layers and TRACK in result.workflow.tracks
    return {
        "day": day.isoformat(), "since": since.isoformat(),
        "projects": _projects(result, behind),
        "land": _land(result, day, since, behind) if own else None,
        "targets": list(_targets(result, day, behind)) or None,
        "money": _money(result, behind),
        "blocking": _blocking(result, behind) if own else None,
        "overdue": list(_overdue(result, day, behind)) if len(result.events) else None,
        "steps": list(_steps(result, since, day, behind)),
        "numbers": list(_numbers(result, day, behind)),
        "behind": behind,
    }


def _month_before(day: date) -> date:
    """Give the same day of the month before, or its last."""
    last = day.replace(day=1) - timedelta(1)
    return last.replace(day=min(day.day, last.day))


def _projects(result: Assessment, behind: Behind) -> dict[str, int] | None:
    """Count projects by verdict; None where no rule is of projects."""
    if result.projects is None:
        return None
    keys = result.layers["plots"]["project_id"].dropna().unique()
    found = verdicts.by_subject(keys, result.projects)
    for key, verdict in found.items():
        behind[f"projects:{verdict}"].append(("project", str(key)))
    return {each: int((found == each).sum()) for each in verdicts.VERDICTS}


def _land(result: Assessment, day: date, since: date, behind: Behind) -> dict[str, Any]:
    """Sum the land by state: on the day, a month before, and over time."""
    log = list(result.events)
    dated = [each.span.last for each in tracking.standing(log) if each.layer == "parcels"]
    last = min(max(dated, default=day), day)
    days = sorted({*progress.days_of(log, "parcels", last, most=MONTHS), since, day})
    table = progress.by_state(result.layers, result.schemas, "parcels", log, days)
    wide = table.pivot(index="day", columns="state", values="area_m2").fillna(0.0).reindex(days)
    now = table[table["day"] == day].set_index("state")
    looked = symbology.load()
    histories = tracking.by_feature(tracking.standing(log))
    for key in result.layers["parcels"].index:
        placed = tracking.ordered(histories.get(("parcels", str(key)), []))
        held = tracking.states(placed, day).get(TRACK)
        behind[f"land:{held.state if held else NO_STATE}"].append(("parcels", str(key)))
    return {
        "days": [each.isoformat() for each in days],
        "unread": len(result.sets["parcels"].state_unread),
        "states": [{
            "state": code,
            "fill": "#E6E6E6" if code == NO_STATE else looked.style("parcels", code).fill,
            "features": int(now["features"].get(code, 0)),
            "area_m2": float(now["area_m2"].get(code, 0.0)),
            "before_m2": float(wide[code][since]),
            "areas_m2": [float(each) for each in wide[code]],
        } for code in progress.in_order(table, result.workflow.track(TRACK))],
    }


def _targets(result: Assessment, day: date, behind: Behind) -> Iterator[dict[str, Any]]:
    """Say how far each target is on a day."""
    ground = reconcile.ground(result)
    figures = {each.id: each for each in catalog.figures(result.place.folder)}
    for target in ground.targets.values():
        if target.since > day:
            continue
        made = progress.progress(target, figures[target.figure], ground, day)
        taken = reconcile.derive(figures[target.figure], ground)
        if made.reached is not None and made.stated is None:
            dates = pd.to_datetime(ground.layers[taken.layer][target.dated_by])
            counted = dates.between(pd.Timestamp(target.since), pd.Timestamp(min(day, target.by)))
            counted.index = counted.index.map(str)
            behind[f"target:{target.id}"] = [
                (taken.layer, key) for key in taken.features if counted[key]
            ]
        yield {
            "id": target.id, "title": dict(target.title), "unit": target.unit,
            "money": catalog.exchange(target.unit, "CNY") is not None,
            "by": target.by.isoformat(), "reached": made.reached,
            "lacks": None if made.reached is not None else list(lacking.parts(
                made.lacks, figures[target.figure].title)),
            "stated": made.stated.source if made.stated else "",
            "undated": made.undated, "source": target.source, "goals": [
                {"goal": word, "wanted": goal, "met": _iso(met), "at": _iso(at)}
                for word, goal, met, at in (
                    ("secured", target.secure, made.secured_on, made.secure_at),
                    ("striven", target.strive, made.striven_on, made.strive_at),
                ) if goal is not None
            ],
        }


def _numbers(result: Assessment, day: date, behind: Behind) -> Iterator[dict[str, Any]]:
    """List the figures of summaries and of running targets that the layers do not give."""
    ground, folder = reconcile.ground(result), result.place.folder
    used: dict[str, list[dict[str, Any]]] = defaultdict(list)
    units: dict[str, str] = {}
    for section in catalog.summary(folder):
        names = dict.fromkeys(
            name for text in section.text.values() for _, name, _, _ in Formatter().parse(text)
            if name is not None
        )
        for name in names:
            used[name].append({"year": section.year, "title": dict(section.title)})
    for target in ground.targets.values():
        if target.since <= day:
            used[target.figure].append({"year": None, "title": dict(target.title)})
            units[target.figure] = target.unit
    for figure in catalog.figures(folder):
        found = reconcile.derive(figure, ground)
        if figure.id not in used or (found.value is not None and figure.stated is None):
            continue
        lacks = found.lacks
        if found.missing:
            behind[f"number:{figure.id}"] = [(found.layer, key) for key in found.missing]
        yield {
            "id": figure.id, "title": dict(figure.title), "used": used[figure.id],
            "lacks": list(lacking.parts(lacks, figure.title)) if lacks else None,
            "layer": lacks.layer if lacks and lacks.layer in result.layers else "",
            "missing": len(found.missing), "value": found.value,
            "unit": found.unit or figure.unit or _unit(lacks, result) or units.get(figure.id, ""),
            "stated": None if figure.stated is None else {
                "value": figure.stated.value, "unit": figure.stated.unit,
                "on": figure.stated.on.isoformat(), "source": figure.stated.source,
            },
        }


def _unit(lacks: Lack | None, result: Assessment) -> str:
    """Give the unit of a field that is missing; empty where nothing is known of it."""
    schema = None if lacks is None else result.schemas.get(lacks.layer)
    field = None if schema is None or lacks is None else schema.fields.get(lacks.field)
    return (field.unit if field else None) or ""


def _money(result: Assessment, behind: Behind) -> list[dict[str, Any]] | None:
    """Sum the investment by size of project; None where nobody states any."""
    plots = result.layers["plots"]
    money = progress.invested(plots, result.amounts)
    if money.isna().all():
        return None
    projects = set(plots["project_id"].dropna())
    rows = progress.investment(plots, result.amounts).sort_values("from_cny", ascending=False)
    made = []
    for row in rows.to_dict("records"):
        own = money[(money >= row["from_cny"]) & (money < row["below_cny"])]
        if pd.isna(row["from_cny"]):
            own = money[money.isna()]
        name = f"money:{row['from_cny']:.0f}"
        behind[name] = [("project" if key in projects else "plots", str(key)) for key in own.index]
        made.append({**row, "behind": name})
    return made


def _blocking(result: Assessment, behind: Behind) -> dict[str, Any]:
    """Rank the projects by the land that they lack, each with what blocks it most."""
    projects, parcels = site.projects(result.layers["plots"]), result.sets["parcels"]
    blocked = site.blocking(projects, parcels, workflow=result.workflow)
    ranked = blocked.groupby("subject")["area_m2"].sum().sort_values(ascending=False)
    subjects = []
    for subject, area in ranked.items():
        own = blocked[blocked["subject"] == subject]
        behind[f"blocking:{subject}"] = [("parcels", str(each)) for each in own["parcel_id"]]
        subjects.append({
            "subject": str(subject), "area_m2": float(area), "parcels": [
                {"parcel": str(each["parcel_id"]), "share": float(each["share"]),
                 "state": "" if pd.isna(each["state"]) else str(each["state"])}
                for each in own.head(MOST).to_dict("records")
            ], "more": max(0, len(own) - MOST),
        })
    projects_of = set(result.layers["plots"]["project_id"].dropna())
    behind["lacking"] = [
        ("project" if each in projects_of else "plots", str(each)) for each in ranked.index
    ]
    behind["blocking"] = [
        ("parcels", each) for each in dict.fromkeys(blocked["parcel_id"].astype(str))
    ]
    return {"projects": len(projects), "subjects": subjects}


def _overdue(result: Assessment, day: date, behind: Behind) -> Iterator[dict[str, Any]]:
    """Count the features whose statutory days are over, by what should have been done."""
    table = tracking.running(result.workflow, result.events, day)
    late = table[table["overdue"].astype(bool)]
    for clock, own in late.groupby("clock", sort=False):
        behind[f"overdue:{clock}"] = _features(own[["layer", "feature_id"]].itertuples(index=False))
        yield {
            "clock": str(clock), "title": dict(result.workflow.clocks[str(clock)].title),
            "features": len(behind[f"overdue:{clock}"]), "days": int(-own["days_left"].min()),
            "uncertain": int((~own["certain"].astype(bool)).sum()),
        }


def _steps(
    result: Assessment, since: date, day: date, behind: Behind
) -> Iterator[dict[str, Any]]:
    """Count the steps of which it is certain that they were since a day."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for each in tracking.standing(result.events):
        if since < each.span.first and each.span.last <= day:
            found[each.action].append(each.feature)
    for action, features in sorted(found.items(), key=lambda each: -len(each[1])):
        behind[f"steps:{action}"] = _features(features)
        known = result.workflow.actions.get(action)
        yield {
            "action": action, "title": dict(known[1].title) if known else {},
            "features": len(behind[f"steps:{action}"]),
        }


def _features(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give each feature once."""
    return [(str(layer), str(key)) for layer, key in dict.fromkeys(map(tuple, found))]


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
