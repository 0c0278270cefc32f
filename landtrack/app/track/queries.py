"""Asks a store: what holds, what is due, and the history of a feature in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from landtrack import store, tracking
from landtrack.app.track import witness as witnesses
from landtrack.app.track.session import Tracked, today as day_here, tracked
from landtrack.app.track.shapes import shapes_near
from landtrack.assessment import progress
from landtrack.output.wording import events as wording
from landtrack.store import Address, sheet_register


class Checked(NamedTuple):
    """What does not hold in a store, and how far its two chains go.

    ``faults``: Words' key under ``log``, and their values; none where all holds. ``head`` and
    ``last_seal`` are the hashes of the last of ``events`` events and ``seals`` seals.
    """

    faults: list[tuple[str, dict[str, object]]]
    events: int
    head: str
    seals: int
    last_seal: str


def faults(path: Address) -> list[tuple[str, dict[str, object]]]:
    """Find what does not hold in a store, as :func:`checked` does."""
    return checked(path).faults


def checked(
    path: Address, *, head: str | None = None, witness: Path | None = None,
    trusted: Sequence[Path] = (),
) -> Checked:
    """Find what does not hold in a log, its evidence and all that stands beside it.

    That is the states, what the last run wrote, and the register of sheets.

    ``head``: The hash of the last event or of a seal, where it was kept elsewhere; or an event and
    its hash, as sheets print it.
    ``witness``: A file of witnesses that was kept elsewhere.
    ``trusted``: Certificates of the authorities whose time stamps on it are believed.
    Raises SourceError: If the store or the file cannot be read.
    """
    sealed = store.seals.read(path)
    spoken = store.heads.printed(head or "")
    by_seal = spoken is not None or head in {each.sha256 for each in sealed}
    log = store.log.audit(path, None if by_seal else head)
    found: list[tuple[str, dict[str, object]]] = [
        (broken.fault, {"event": broken.event}) for broken in log.breaks
    ]
    if spoken:
        found += [(code, {**values}) for code, values in store.heads.faults(path, [spoken])
                  if code.startswith("head_")]
    found += [
        (f"evidence_{fault}", {"sha256": sha256})
        for sha256, fault in store.evidence.faults(path, log.evidence).items()
    ]
    if not log.as_states:
        found.append(("states", {}))
    for code, values in (*store.seals.faults(path), *sheet_register.faults(path)):
        found.append((code, {**values}))
    if witness is not None:
        found += [
            (code, {**values}) for code, values in witnesses.faults(path, witness, trusted)
        ]
    return Checked(
        found, log.length, log.head, len(sealed), sealed[-1].sha256 if sealed else ""
    )


def problems(
    path: Address, *, today: date | None = None, lang: str | None = None
) -> list[str]:
    """Say what in a log its workflow, its layers or the calendar do not allow.

    ``today``: What is dated later is a problem; the day here where not given.
    ``lang``: The language; that of the place where not given.
    """
    place = tracked(path, lang)
    standing = tracking.standing(place.log)
    found = tracking.refusals(place.workflow, standing)
    found += [
        tracking.Refusal(event, "unknown_feature")
        for event in standing if event.feature not in place.features
    ]
    limit = today or day_here()
    gone = tracking.retired(place.log)
    found += [
        tracking.Refusal(event, "retired", facts=(gone[event.feature].at,))
        for event in standing
        if event.feature in gone and event.action not in tracking.SHAPE_ACTIONS
        and event.span.first > gone[event.feature].span.last
    ]
    found += [
        each for event in standing if event.action in tracking.SHAPE_ACTIONS
        for each in tracking.misfits(event)
    ]
    found += [
        tracking.Refusal(event, "in_the_future", facts=(limit,))
        for event in standing if event.action != tracking.RECORDED and event.span.first > limit
    ]
    return [wording.refusal(place.words, place.workflow, each) for each in found]


def clocks(path: Address, day: date) -> pd.DataFrame:
    """List the statutory days that run on a day.

    Returns: As :func:`landtrack.tracking.running` gives them.
    """
    place = tracked(path)
    return tracking.running(place.workflow, place.log, day)


# --- told in words --------------------------------------------------------------------------


def entered(
    path: Address, fresh: Sequence[tracking.Event], lang: str | None = None
) -> list[str]:
    """Tell what was just entered, a line an event, and how long the log is now.

    ``lang``: The language to tell it in; that of the place where not given.
    """
    place = tracked(path, lang, {event.feature_id for event in fresh})
    return [
        *(line(place, event) for event in fresh),
        place.words("event.entered", count=len(fresh), total=place.length),
    ]


def line(place: Tracked, event: tracking.Event) -> str:
    """Tell an event in one line."""
    return wording.line(place.words, place.workflow, event)


def told(
    path: Address, name: str, day: date | None = None, lang: str | None = None
) -> list[str]:
    """Tell the states and the events of a feature or a project.

    No more of the store is read than is about them.

    ``name``: A key, ``kind:key``, or the number of a project.
    ``day``: As of the end of this day; all that is known where not given.
    ``lang``: The language to tell it in; that of the place where not given.
    Raises SourceError: If the layers are not as their run wrote them, where they are asked.
    Raises TableError: If there is no such feature or project.
    """
    plots = store.log.plots_of(path, name)
    place = tracked(path, lang, [f"plots:{key}" for key in plots] or [name])
    features = [("plots", key) for key in plots] if plots else place.named(name)
    histories = tracking.by_feature(place.log)
    lines: list[str] = []
    for feature in features:
        lines += wording.history(place.words, place.workflow, feature, histories, day)
        if feature[0] == "plots":
            lines += _beneath(place, feature[1], day)
    return lines


class Below(NamedTuple):
    """On which parcels a plot lies: its shares by parcel, their histories, and what is ahead."""

    shares: pd.Series
    histories: Mapping[tuple[str, str], list[tracking.Event]]
    outlook: wording.Outlook


def beneath(place: Tracked, plot: str, day: date | None) -> Below | None:
    """Find the parcels on which a plot lies; None where there is no layer of them."""
    if "parcels" not in store.names(place.path):
        return None
    store.seals.insist(place.path, ["plots", "parcels"])
    shape = shapes_near(place, "plots", None, [plot]).geometry[plot]
    parcels = shapes_near(place, "parcels", shape.bounds)
    near = parcels.geometry.iloc[parcels.sindex.query(shape)]
    pieces = near.intersection(shape)
    shares = pieces.area / shape.area
    shares = shares[shares > wording.LEAST_SHARE].sort_values(ascending=False, kind="stable")
    histories = tracking.by_feature(
        tracked(place.path, names=[f"parcels:{key}" for key in shares.index]).log
    )
    ahead = outlook(place, pieces[shares.index], shape.area, histories, day)
    return Below(shares, histories, ahead)


def _beneath(place: Tracked, plot: str, day: date | None) -> list[str]:
    """Tell on which parcels a plot lies, and in which states they are."""
    found = beneath(place, plot, day)
    if found is None:
        return []
    lines = wording.beneath(place.words, place.workflow, found.shares, (found.histories, day))
    return [*lines, wording.outlook(place.words, found.outlook)]


def outlook(
    place: Tracked, pieces: gpd.GeoSeries, area: float,
    histories: Mapping[tuple[str, str], list[tracking.Event]], day: date | None,
) -> wording.Outlook:
    """Tell how much of a plot is in hand, and when all of it could be.

    ``pieces``: Of the plot, by the parcel it lies on.
    ``area``: Of the plot, in m².
    ``day``: From when; today where not given.
    Returns: The days are the latest of those of the parcels not in hand; None where one of them has
    no way ahead, or all are in hand.
    """
    start = day or day_here()
    ways = {
        key: progress.ahead(
            place.workflow, "approval",
            tracking.ordered(tracking.standing(histories.get(("parcels", str(key)), []))), start,
        )
        for key in pieces.index
    }
    waiting = {key: way for key, way in ways.items() if way.steps or way.earliest is None}
    blocked = tuple(str(key) for key, way in waiting.items() if way.earliest is None)
    known = [] if blocked else list(waiting.values())
    held, others = (
        shapely.union_all([pieces[key] for key in keys])
        for keys in ([key for key in ways if key not in waiting], list(waiting))
    )
    ground = shapely.union_all([held, others]).area
    return wording.Outlook(
        in_hand=(ground - others.area) / area,  # what both claim is in hand for nobody
        on_no_parcel=max(1.0 - ground / area, 0.0),
        claimed=(float(pieces.area.sum()) - ground) / area,
        earliest=max((way.earliest for way in known if way.earliest), default=None),
        by_terms=max((way.by_terms for way in known if way.by_terms), default=None),
        open_ended=max((len(way.open_ended) for way in known), default=0),
        blocked=blocked,
    )


def lineage(place: Tracked, name: str) -> list[str]:
    """Tell what a feature comes from and what came of it.

    ``name``: A key, or ``kind:key``.
    Raises TableError: If there is no such feature.
    """
    return [
        each for feature in place.named(name)
        for each in wording.lineage(place.words, place.workflow, feature, place.log)
    ]
