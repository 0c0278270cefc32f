"""Enters events into a store, and asks it: one writer at a time, nothing half done.

A store knows its own workflow and features, so that its path is all that is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
import pandas as pd

from landtrack import catalog, publish, status, store, text
from landtrack.errors import TableError
from landtrack.formats import table
from landtrack.model import Workflow
from landtrack.text import Words
from landtrack.wording import events as wording


class Tracked(NamedTuple):
    """A store as the tracker sees it: its log, its workflow, its features and its language."""

    path: Path
    log: list[status.Event]
    workflow: Workflow
    features: set[tuple[str, str]]
    words: Words

    def named(self, name: str) -> list[tuple[str, str]]:
        """Find features by key.

        Parameters
        ----------
        name
            A key, or ``kind:key`` where several kinds have it.

        Returns
        -------
        list of tuple of str
            Layer kind and key.

        Raises
        ------
        TableError
            If no feature and no event has it.
        """
        kind, sign, key = name.partition(":")
        known = self.features | {event.feature for event in self.log}
        found = [each for each in known if each[1] == name or (sign and each == (kind, key))]
        if not found:
            raise TableError(
                f"The store has no feature {name!r}.",
                mend="Look its key up in the layer; if it is new, run `landtrack run` first.",
            )
        return sorted(found)


def tracked(path: Path) -> Tracked:
    """Read a store.

    Parameters
    ----------
    path
        The GeoPackage.

    Returns
    -------
    Tracked
        As it stands now.

    Raises
    ------
    SourceError
        If it is no store, or one of another version.
    """
    grown = store.log.read(path)
    meta = store.log.read_meta(path)
    key_of = {kind: schema.key for kind, schema in catalog.schemas().items()}
    return Tracked(
        path, grown.events, catalog.workflow(meta["workflow"]), store.log.keys(path, key_of),
        text.load(meta["language"]),
    )


def apply(
    path: Path, action: str, names: Sequence[str], told: status.Event, *,
    evidence: Path | None = None, today: date | None = None,
) -> list[status.Event]:
    """Take one step with one or several features, with all or with none.

    Parameters
    ----------
    path
        The store.
    action
        Code of the action.
    names
        Keys of the features.
    told
        What else is known: ``at``, ``document_no``, ``by``, ``note``.
    evidence
        A file to be kept with the events.
    today
        No event may be dated later; the day here where not given.

    Returns
    -------
    list of Event
        The events as they were entered.

    Raises
    ------
    TableError
        If the history of a feature does not allow the step; the message says which states it
        may leave, and what is missing.
    OutputError
        If another program is writing.
    """
    with publish.exclusive(path.parent):
        place = tracked(path)
        kinds = _kinds(place, action)
        asked = [
            msgspec.structs.replace(
                told, action=action, layer=kind, feature_id=key, recorded_at=_now(),
            )
            for name in names for kind, key in place.named(name) if not kinds or kind in kinds
        ]
        if not asked:
            raise TableError(
                f"None of {', '.join(names)} is of {', '.join(kinds)}.",
                mend="Name features of these layers, or another action.",
            )
        return _enter(place, asked, evidence, today)


def undo(
    path: Path, number: int, *, why: str, at: str, by: str = "", today: date | None = None
) -> list[status.Event]:
    """Take an event back, by another that says why.

    Parameters
    ----------
    path
        The store.
    number
        The event.
    why
        The reason.
    at
        The day of the correction.
    by
        Who corrects.
    today
        No event may be dated later; the day here where not given.

    Returns
    -------
    list of Event
        The one event that was entered.

    Raises
    ------
    TableError
        If there is no such event, it was taken back before, no reason is given, or later
        events rest on it.
    """
    with publish.exclusive(path.parent):
        place = tracked(path)
        undone = {event.event: event for event in place.log}.get(number)
        if undone is None:
            raise TableError(
                f"There is no event {number} in {path.name}.",
                mend="`landtrack status show` lists the events of a feature.",
            )
        event = status.Event(
            event=0, layer=undone.layer, feature_id=undone.feature_id, track=undone.track, at=at,
            action=status.UNDO, by=by, note=why, undoes=number, recorded_at=_now(),
        )
        return _enter(place, [event], None, today)


def take_in(path: Path, file: Path, *, today: date | None = None) -> list[status.Event]:
    """Enter the events of a table, all of them or none.

    Parameters
    ----------
    path
        The store.
    file
        XLSX or CSV with one row an event.
    today
        No event may be dated later; the day here where not given.

    Returns
    -------
    list of Event
        The events as they were entered; rows that are in the log already are left out.

    Raises
    ------
    TableError
        If a heading is missing, or a history does not allow an event; all are listed.
    SourceError
        If the file cannot be read.
    """
    rows = table.read(file)
    with publish.exclusive(path.parent):
        place = tracked(path)
        asked = status.asked(rows, place.workflow, recorded_at=_now())
        fresh, refused = status.allowed(
            place.workflow, place.log, asked, known=place.features, today=today or _today()
        )
        _insist(place, [each for each in refused if each.fault != "twice"])
        if fresh:
            store.log.append(path, fresh, after=len(place.log))
        return fresh


def _enter(
    place: Tracked, asked: list[status.Event], evidence: Path | None, today: date | None
) -> list[status.Event]:
    """Judge events and append them; their evidence is kept first."""
    _ = [event.span for event in asked]  # a date that is none is told before all else
    fresh = status.filled(place.workflow, place.log, asked)
    _insist(place, status.judged(
        place.workflow, place.log, fresh, known=place.features, today=today or _today()
    ))
    if evidence is not None:
        sha256 = store.evidence.keep(place.path, evidence)
        fresh = [msgspec.structs.replace(each, evidence_sha256=sha256) for each in fresh]
    store.log.append(place.path, fresh, after=len(place.log))
    return fresh


def _insist(place: Tracked, refused: Sequence[status.Refusal]) -> None:
    if refused:
        told = [wording.refusal(place.words, place.workflow, each) for each in refused]
        raise TableError(
            "\n  ".join(["Nothing was entered:", *told]),
            mend="Correct what is named; `landtrack status show` tells the history of a feature.",
        )


def _kinds(place: Tracked, action: str) -> tuple[str, ...]:
    known = place.workflow.actions.get(action)
    return place.workflow.tracks[known[0]].kinds if known else ()


def faults(path: Path, *, head: str | None = None) -> list[tuple[str, dict[str, object]]]:
    """Find what does not hold in a log, its evidence and the states beside it.

    Parameters
    ----------
    path
        The store.
    head
        The hash of the last event, where it was kept elsewhere.

    Returns
    -------
    list of tuple
        Words' key under ``log``, and their values; none where all holds.
    """
    grown = store.log.read(path)
    found: list[tuple[str, dict[str, object]]] = [
        (broken.fault, {"event": broken.event})
        for broken in status.breaks(grown.rows, count=grown.length, head=head or grown.head)
    ]
    wanted = {event.evidence_sha256 for event in grown.events} - {""}
    found += [
        (f"evidence_{fault}", {"sha256": sha256})
        for sha256, fault in store.evidence.faults(path, wanted).items()
    ]
    if store.log.read_states(path) != store.log.folded(grown.events):
        found.append(("states", {}))
    return found


def problems(path: Path, *, today: date | None = None) -> list[str]:
    """Say what in a log its workflow, its layers or the calendar do not allow.

    Parameters
    ----------
    path
        The store.
    today
        What is dated later is a problem; the day here where not given.

    Returns
    -------
    list of str
        A sentence each.
    """
    place = tracked(path)
    standing = status.standing(place.log)
    found = status.refusals(place.workflow, standing)
    found += [
        status.Refusal(event, "unknown_feature")
        for event in standing if event.feature not in place.features
    ]
    limit = today or _today()
    found += [
        status.Refusal(event, "in_the_future", missing=limit.isoformat())
        for event in standing if event.action != status.RECORDED and event.span.first > limit
    ]
    return [wording.refusal(place.words, place.workflow, each) for each in found]


def clocks(path: Path, day: date) -> pd.DataFrame:
    """List the statutory days that run on a day.

    Parameters
    ----------
    path
        The store.
    day
        The day.

    Returns
    -------
    DataFrame
        As :func:`landtrack.status.running` gives them.
    """
    place = tracked(path)
    return status.running(place.workflow, place.log, day)


def _today() -> date:
    return date.today()  # noqa: DTZ011  the day here, not in Greenwich


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


# --- told in words --------------------------------------------------------------------------


def line(place: Tracked, event: status.Event) -> str:
    """Tell an event in one line.

    Parameters
    ----------
    place
        The store.
    event
        One of its events.

    Returns
    -------
    str
        Number, date, feature, step, states, document and note.
    """
    return wording.line(place.words, place.workflow, event)


def told(place: Tracked, name: str, day: date | None = None) -> list[str]:
    """Tell the states and the events of a feature or a project.

    Parameters
    ----------
    place
        The store.
    name
        A key, ``kind:key``, or the number of a project.
    day
        As of the end of this day; all that is known where not given.

    Returns
    -------
    list of str
        Lines; for plots also the parcels that they lie on.

    Raises
    ------
    TableError
        If there is no such feature or project.
    """
    plots = _plots_of(place, name)
    features = [("plots", key) for key in plots] if plots else place.named(name)
    histories = status.by_feature(place.log)
    lines: list[str] = []
    for feature in features:
        lines += wording.history(place.words, place.workflow, feature, histories, day)
        if feature[0] == "plots":
            lines += _beneath(place, feature[1], histories, day)
    return lines


def _plots_of(place: Tracked, name: str) -> list[str]:
    """List the plots of a project; none where the name is none of a project."""
    if not any(kind == "plots" for kind, _ in place.features):
        return []
    plots = store.read(place.path, "plots")
    return [str(key) for key in plots.loc[plots["project_id"] == name, "plot_id"]]


def _beneath(
    place: Tracked, plot: str, histories: dict[tuple[str, str], list[status.Event]],
    day: date | None,
) -> list[str]:
    """Tell on which parcels a plot lies, and in which states they are."""
    if not any(kind == "parcels" for kind, _ in place.features):
        return []
    plots = store.read(place.path, "plots").set_index("plot_id")
    parcels = store.read(place.path, "parcels").set_index("parcel_id")
    return wording.beneath(
        place.words, place.workflow, plots.geometry[plot], parcels, (histories, day)
    )
