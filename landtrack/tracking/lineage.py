"""The history of shapes: splits, merges, changes of boundary and corrections are events.

Such an event holds the shapes before and after. Features that come of it begin with the
states of those they come from, as entries that were ``inherited``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import geopandas as gpd
import msgspec
import pandas as pd
import shapely

from landtrack.model import Schema
from landtrack.model.events import Event
from landtrack.tracking.events import (
    INHERITED,
    SHAPE,
    SHAPE_ACTIONS,
    by_feature,
    ordered,
    shapes_of,
    standing,
)
from landtrack.tracking.states import Areas, Ground, Refusal, states

SPLIT, MERGE, CHANGE, CORRECT = SHAPE_ACTIONS
TOLERANCE = 0.001
"""Share of the area by which the areas before and after may differ: one in a thousand."""

Shapes = Mapping[str, shapely.Geometry]


def reshaped(told: Event, before: Shapes, after: Shapes, log: Sequence[Event]) -> list[Event]:
    """Make the events of one change of shapes.

    ``told``: Action, layer, date, document, cause (``note``) and who.
    ``before``, ``after``: The shapes by key, in the working CRS.
    Returns: The change, then an entry for each track of each new feature; numbered on from the log.
    The change is entered with the feature that is split, or that comes of a merge.
    """
    number = len(log) + 1
    told = msgspec.structs.replace(
        told, event=number, track=SHAPE, to_state=told.action,
        feature_id=next(iter(after if told.action == MERGE else before)),
        shapes=json.dumps({
            side: {key: shapely.to_wkb(shape, hex=True) for key, shape in sorted(shapes.items())}
            for side, shapes in (("before", before), ("after", after))
        }, ensure_ascii=False),
    )
    events = [told]
    histories = by_feature(standing(log))
    parent = histories.get((told.layer, next(iter(before))), [])
    for key in sorted(set(after) - set(before)):
        for track, held in states(ordered(parent)).items():
            if track != SHAPE and held.event is not None:
                events.append(msgspec.structs.replace(
                    told, event=number + len(events), feature_id=key, track=track,
                    action=INHERITED, from_state="", to_state=held.state,
                    document_no=held.event.document_no,
                    shapes=json.dumps({"of": number}),
                ))
    return events


def refused(
    event: Event, log: Sequence[Event], known: Collection[tuple[str, str]], today: date
) -> list[Refusal]:
    """Say why a change of shapes may not be.

    ``event``: The change, as :func:`reshaped` makes it.
    Returns: Empty where it may enter.
    """
    sides = _read(event)
    before, after = sides["before"], sides["after"]
    found = [
        Refusal(event, "incomplete", facts=(what,))
        for what, value in (("document", event.document_no), ("note", event.note))
        if not value.strip()
    ]
    if event.span.first > today:
        found.append(Refusal(event, "in_the_future", facts=(today,)))
    taken = sorted(key for key in set(after) - set(before) if (event.layer, key) in known)
    if taken:
        found.append(Refusal(event, "numbers_taken", facts=tuple(taken)))
        return found
    strange = [key for key in before if (event.layer, key) not in known]
    if strange or not _counts(event.action, before, after):
        found.append(Refusal(event, "wrong_parts", facts=tuple(strange)))
        return found
    gone = retired(log)
    found += [
        Refusal(event, "retired", facts=(gone[event.layer, key].at,))
        for key in before if (event.layer, key) in gone
    ]
    found += misfits(event)
    if event.action == MERGE and _differ(event.layer, before, log):
        found.append(Refusal(event, "states_differ", facts=tuple(before)))
    return found


def _counts(action: str, before: Shapes, after: Shapes) -> bool:
    """Tell whether a change has as many features before and after as its kind wants."""
    if action == SPLIT:
        return len(before) == 1 and len(after) > 1
    if action == MERGE:
        return len(before) > 1 and len(after) == 1
    return bool(before) and set(before) == set(after)


class Balance(NamedTuple):
    """The areas of a change of shapes, in m².

    ``outside`` is what the shapes after cover that those before do not, ``uncovered`` the other way
    round, ``twice`` what several shapes after cover together.
    """

    before: float
    after: float
    outside: float
    uncovered: float
    twice: float


def balance(event: Event) -> Balance:
    """Weigh the shapes after a change against those before."""
    sides = _read(event)
    before, after = list(sides["before"].values()), list(sides["after"].values())
    whole_before, whole_after = shapely.union_all(before), shapely.union_all(after)
    parts = sum(shape.area for shape in after)
    return Balance(
        before=sum(shape.area for shape in before), after=parts,
        outside=whole_after.difference(whole_before).area,
        uncovered=whole_before.difference(whole_after).area,
        twice=max(parts - whole_after.area, 0.0),
    )


def misfits(event: Event) -> list[Refusal]:
    """Say where the shapes of a change do not fit together.

    Returns: Nothing where they do, and for a change or correction of a single feature, whose
    difference is what it is about. Neighbours may move what they share and what they end at, and
    cover as much as before, no ground twice; parts and wholes cover the same ground.
    """
    sides = _read(event)
    if len(sides["before"]) == len(sides["after"]) == 1:
        return []
    found, own = [], balance(event)
    most = TOLERANCE * own.before
    if abs(own.after - own.before) > most:
        found.append(Refusal(event, "unbalanced", facts=(Areas(own.before, own.after),)))
    if own.twice > most:
        found.append(Refusal(event, "twice_covered", facts=(Ground(own.twice),)))
    if event.action in (SPLIT, MERGE) and own.outside + own.uncovered > most:
        found.append(Refusal(
            event, "elsewhere", facts=(Ground(own.outside), Ground(own.uncovered))
        ))
    return found


def _differ(layer: str, before: Shapes, log: Sequence[Event]) -> bool:
    """Tell whether features to be merged are in different states."""
    histories = by_feature(standing(log))
    held = [
        {track: each.state for track, each in
         states(ordered(histories.get((layer, key), []))).items() if track != SHAPE}
        for key in before
    ]
    return any(each != held[0] for each in held[1:])


def retired(log: Iterable[Event]) -> dict[tuple[str, str], Event]:
    """List the features that are no longer there, each with the event that ended it."""
    gone: dict[tuple[str, str], Event] = {}
    for event in standing(log):
        if event.action in SHAPE_ACTIONS:
            sides = shapes_of(event)
            for key in sides["after"]:
                gone.pop((event.layer, key), None)
            gone |= {
                (event.layer, key): event for key in sides["before"] if key not in sides["after"]
            }
    return gone


def reshaped_keys(log: Iterable[Event]) -> set[tuple[str, str]]:
    """List the features that changes of shapes name, whether a layer still has them or not."""
    return {
        feature for event in standing(log) if event.action in SHAPE_ACTIONS
        for feature in _named(event)
    }


def touched(event: Event) -> set[tuple[str, str]]:
    """List the features that an event is about.

    Returns: Layer kind and key; of a change of shapes all that it names.
    """
    return {event.feature, *(_named(event) if event.action in SHAPE_ACTIONS else ())}


def _named(change: Event) -> set[tuple[str, str]]:
    return {(change.layer, key) for keys in shapes_of(change).values() for key in keys}


def lineage(log: Iterable[Event], feature: tuple[str, str]) -> tuple[list[Event], list[Event]]:
    """Walk from a feature to those it comes from, and to those that came of it."""
    changes = [each for each in standing(log) if each.action in SHAPE_ACTIONS
               and each.layer == feature[0]]
    return (
        _walk(changes[::-1], feature[1], "after", "before"),
        _walk(changes, feature[1], "before", "after"),
    )


def ancestors(
    log: Iterable[Event], features: Collection[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Name the features that some come from by changes of shapes, over all of them."""
    found = {*features}
    for event in reversed([each for each in standing(log) if each.action in SHAPE_ACTIONS]):
        sides = shapes_of(event)
        if any((event.layer, key) in found for key in sides["after"]):
            found |= {(event.layer, key) for key in sides["before"]}
    return found - {*features}


def _walk(changes: Sequence[Event], key: str, here: str, there: str) -> list[Event]:
    keys, passed = {key}, []
    for event in changes:
        sides = shapes_of(event)
        if keys & set(sides[here]):
            keys |= set(sides[there])
            passed.append(event)
    return passed


def shapes_of_day(
    layers: Mapping[str, gpd.GeoDataFrame], schemas: Mapping[str, Schema],
    log: Iterable[Event], day: date | None,
) -> dict[str, gpd.GeoDataFrame]:
    """Give layers the features and shapes of a day.

    ``layers``: Layers by kind, indexed by key, from files that may tell of before or after a
    change.
    ``day``: As of the end of this day; after all changes where not given.
    Returns: Layers in which each change has happened or has not. A feature that a file does not
    have is described like the one it comes from, without that one's declared area and amounts.
    """
    found = dict(layers)
    changes = [each for each in standing(log) if each.action in SHAPE_ACTIONS]
    happened = [each for each in changes if day is None or each.span.last <= day]
    for event in [*happened, *reversed([each for each in changes if each not in happened])]:
        if event.layer in found:
            side = ("before", "after") if event in happened else ("after", "before")
            sides = _read(event)
            found[event.layer] = _replaced(
                found[event.layer], sides[side[0]], sides[side[1]], schemas[event.layer]
            )
    return found


def _replaced(
    frame: gpd.GeoDataFrame, old: Shapes, new: Shapes, schema: Schema
) -> gpd.GeoDataFrame:
    """Put new features and shapes in the place of old ones."""
    known = frame.index.isin([*old, *new])
    if not known.any():
        return frame
    model = frame[known].iloc[[0]]
    declared = [
        name for name in ("area_m2", *schema.amounts)
        if name in model and schema.fields[name].type == "number"
    ]
    model = model.assign(**dict.fromkeys(declared, float("nan")))
    added = [key for key in new if key not in frame.index]
    kept = frame[~frame.index.isin([key for key in old if key not in new])]
    if added:
        rows = pd.concat([model] * len(added))
        rows.index = pd.Index(added, name=frame.index.name, dtype=frame.index.dtype)
        kept = pd.concat([kept, rows])
    shapes = kept.geometry.copy()
    for key, shape in new.items():
        shapes.loc[key] = shape
    return kept.set_geometry(shapes)


def _read(event: Event) -> dict[str, dict[str, shapely.Geometry]]:
    return {
        side: {key: shapely.from_wkb(shape) for key, shape in shapes.items()}
        for side, shapes in shapes_of(event).items()
    }
