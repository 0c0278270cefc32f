"""Loads a workflow, and checks that its actions name states, tracks and clocks there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from landtrack.model import NO_STATE, Track, Workflow
from landtrack.model.catalog.files import convert, own_id, read_toml
from landtrack.model.errors import CatalogError

HEAD = ("id", "title", "calendar")
"""The keys of a workflow file that name no track."""


def workflow_of(path: Path) -> Workflow:
    """Load a workflow from its file.

    Returns: Its tracks with their states in order.
    Raises CatalogError: If it is wrong, or an action names a state, a track or a clock that is not
    there.
    """
    tables = read_toml(path)
    head = {key: tables.pop(key) for key in HEAD if key in tables}
    own_id(path, str(head.setdefault("id", path.stem)))
    tracks = convert(tables, dict[str, Track], path)
    loaded = convert({**head, "tracks": {}}, Workflow, path)
    loaded = Workflow(
        id=loaded.id, title=loaded.title, calendar=loaded.calendar, tracks=tracks
    )
    for fault in (*_doubles(loaded), *_strangers(loaded)):
        raise CatalogError(f"{path}: {fault}.", mend="Correct the name, or add what it names.")
    return loaded


def _doubles(loaded: Workflow) -> Iterator[str]:
    """Name states of a track, actions and clocks of the workflow that stand there twice."""
    for name, track in loaded.tracks.items():
        yield from (f"the state {each!r} stands twice in [{name}]" for each in _twice(track.codes))
    actions = [action for track in loaded.tracks.values() for action in track.action]
    yield from (
        f"the action {each!r} stands twice" for each in _twice(each.code for each in actions)
    )
    clocks = [clock.id for action in actions for clock in action.starts]
    yield from (f"the clock {each!r} stands twice" for each in _twice(clocks))


def _strangers(loaded: Workflow) -> Iterator[str]:
    """Name what an action names and the workflow does not have."""
    for code, (name, action) in loaded.actions.items():
        states = {*loaded.tracks[name].codes, NO_STATE}
        for state in {action.sets, *action.leaves} - states:
            yield f"the action {code!r} names the state {state!r}, which [{name}] does not have"
        for other, wanted in action.needs.items():
            there = loaded.tracks[other].codes if other in loaded.tracks else ()
            for state in set(wanted) - set(there):
                yield f"the action {code!r} needs the state {state!r} of [{other}]: there is none"
        for clock in set(action.stops) - set(loaded.clocks):
            yield f"the action {code!r} stops the clock {clock!r}, which no action starts"


def _twice(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
