"""What happened since the run that drew a map: events entered since, and where they lead.

The page of the map knows all that was in the log at its run. It is told of each feature with an
event since then the state that it is in now and its whole history; what was judged then stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any

from landtrack import tracking
from landtrack.model import Workflow, catalog, translations
from landtrack.model.address import Address, Outputs
from landtrack.model.classes import UNKNOWN
from landtrack.model.events import Event
from landtrack.output import wording
from landtrack.output.map import derived
from landtrack.output.style import pixels, symbology
from landtrack.store import backends, log, seals
from landtrack.store.address import within
from landtrack.store.session import LOG
from landtrack.tracking.events import SHAPE
from landtrack.tracking.states import Held, states

MOST = 5_000
"""Features of which an open map is told; of more it is said that they are too many."""
EPOCH = date(1970, 1, 1)


def since(out: Outputs) -> dict[str, Any]:
    """Tell what a map does not know that the last run drew.

    ``out``: The outputs of a place, or its shared store.
    Returns: ``at`` and ``as_of`` of the run; ``event`` and ``last``, the number and the moment of
    the last event since, 0 and empty where there is none; ``count`` of the features with events
    since, and, where they are not too many, ``features``: layer, key, state (none for a kind
    without), its day if it is exact, its document, the history in the order of its days, and
    ``due``: the statutory clock that is due first, and when, none where none runs.
    ``classes`` are those of the states by layer, ``states`` their titles by track and ``clocks``
    those of the clocks. ``reshaped`` says that outlines were changed, which the map does not show.
    Raises SourceError: If there is no store, it is none, or events were altered.
    """
    path = within(out)
    with backends.of(path).reading(path) as db:
        log.require_format(db)
        name = log.meta(db).get("workflow", "")
        run = seals.last_run(seals.rows(db))
        at, as_of = db.select("runs", ("at", "as_of"))[-1]
        known = db.count(LOG.name) if run is None else int(run.holds["events"])
        fresh = db.select_each(
            LOG.name, ("event", "layer", "feature_id", "track", "recorded_at"), ("event",),
            [(number,) for number in range(known + 1, db.count(LOG.name) + 1)],
        )
    features = sorted({(layer, key) for _, layer, key, _, _ in fresh if key})
    told: dict[str, Any] = {
        "at": at, "as_of": as_of or "", "count": len(features),
        "event": max((row[0] for row in fresh), default=0),
        "last": max((row[4] for row in fresh), default=""),
        "reshaped": any(row[3] == SHAPE for row in fresh),
        "features": [], "classes": {}, "states": {}, "clocks": {},
    }
    if not features or len(features) > MOST or not name:
        return told
    workflow = catalog.workflow(name)
    day = date.fromisoformat(as_of) if as_of else None
    histories = _histories(path, features)
    late = tracking.soonest(workflow, chain.from_iterable(histories.values()), day)
    due = {
        (each.layer, each.feature_id): (
            derived.clock_code(each.clock, certain=each.certain), _number(each.due)
        )
        for each in late.itertuples(index=False)
    }
    found = [
        _feature(kind, key, own, workflow, day) | {"due": due.get((kind, key))}
        for (kind, key), own in histories.items()
    ]
    return told | {
        "features": found, "classes": _classes(found, workflow), "states": _titles(found, workflow),
        "clocks": {code: {
            lang: derived.clock_title(translations.load(lang), workflow, code)
            for lang in translations.languages()
        } for code, _ in due.values()},
    }


def _histories(
    path: Address, features: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[Event]]:
    """Read the events of some features; those that were taken back are left out."""
    schemas = catalog.schemas()
    kinds = {kind: schemas[kind].key for kind, _ in features if kind in schemas}
    seen = log.look(path, kinds, {f"{kind}:{key}" for kind, key in features})
    own = tracking.by_feature(tracking.standing(seen.events))
    return {each: own.get(each, []) for each in features if each[0] in kinds}


def _feature(
    kind: str, key: str, own: Iterable[Event], workflow: Workflow, day: date | None
) -> dict[str, Any]:
    """Tell one feature, as of the end of a day; of all where that is not given."""
    order = tracking.ordered(own)
    held = states(order, day)
    field, track = catalog.schemas()[kind].state_field or ("", "")
    now = held.get(track, Held("", None))
    span = now.event.span if now.event else None
    history = [
        (each.track, each.to_state, _number(last) if each.at else None, each.at, each.document_no)
        for each, _, last in order if each.track in workflow.tracks
    ]
    return {
        "kind": kind, "key": key, "state": None if not field else now.state or UNKNOWN,
        "on": _number(span.last) if span and span.first == span.last else None,
        "document": now.event.document_no if now.event else "",
        "history": history,
    }


def _number(day: date) -> int:
    """Count a day as the page counts days."""
    return (day - EPOCH).days


def _classes(
    found: Iterable[Mapping[str, Any]], workflow: Workflow
) -> dict[str, dict[str, dict[str, Any]]]:
    """Describe the classes that features are, or were, drawn as by their states."""
    made: dict[str, dict[str, dict[str, Any]]] = {}
    schemas = catalog.schemas()
    codes = {
        (each["kind"], code) for each in found if (drawn := schemas[each["kind"]].class_track)
        for code in (each["state"], *(
            passed for name, passed, *_ in each["history"] if name == drawn
        )) if code
    }
    for kind, code in sorted(codes):
        schema = schemas[kind]
        track = workflow.track(schema.class_track)
        made.setdefault(kind, {})[code] = {
            "track": schema.class_track,
            "label": {
                lang: wording.class_label(translations.load(lang), schema, workflow, code)
                for lang in translations.languages()
            },
            "acquired": kind == "parcels" and any(
                each.acquired for each in track.state if each.code == code
            ),
            "look": pixels.look(symbology.load().style(kind, code)),
        }
    return made


def _titles(
    found: Iterable[Mapping[str, Any]], workflow: Workflow
) -> dict[str, dict[str, dict[str, str]]]:
    """Name the states that features were in."""
    made: dict[str, dict[str, dict[str, str]]] = {}
    titles = workflow.titles
    for track, code in sorted({each[:2] for own in found for each in own["history"]}):
        made.setdefault(track, {})[code] = {
            lang: translations.load(lang).pick(titles.get((track, code), {"": code}))
            for lang in translations.languages()
        }
    return made
