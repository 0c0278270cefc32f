"""Steps of the features of a place: how far each is, one entered for many, and taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from landtrack import tracking
from landtrack.app import track
from landtrack.app.steps import Chosen, Feature, Held, Seen, Told
from landtrack.model import Workflow, catalog
from landtrack.model.errors import TableError
from landtrack.model.events import Event
from landtrack.model.outputs import STORE
from landtrack.output.wording.phrases import quantity
from landtrack.store import backends, log
from landtrack.store.session import Session


def seen(
    out: Path, chosen: str | None, state: str | None, most: int, *, kind: str = "", key: str = "",
) -> Seen | None:
    """Show the features of a track that are in a state.

    ``out``: The outputs of a place.
    ``chosen``: The track; the first of which there are features where not given.
    ``state``: Empty for none yet; the first in which there are features where not given.
    ``most``: How many features are given, the others counted.
    ``kind``, ``key``: A feature whose first track and whose state are meant where those are not
    given; it is given first.
    Returns: None where the place has no workflow, or there is no such track.
    Raises SourceError: If there is no store, or it is none.
    """
    with backends.of(out / STORE).reading(out / STORE) as db:
        workflow = _workflow(db)
        if workflow is None:
            return None
        there = db.layers()
        names = tuple(
            name for name, each in workflow.tracks.items() if any(k in there for k in each.kinds)
        )
        if chosen is None:
            own = (name for name in names if kind in workflow.track(name).kinds)
            chosen = next(own, next(iter(names), ""))
        if chosen and chosen not in workflow.tracks:
            return None
        features = _features(db, workflow, chosen)
        event = db.count("status_log")
    counts = Counter(each.state for each in features)
    states = tuple(
        each for each in ("", *workflow.track(chosen).codes) if counts[each]
    )
    meant = [each for each in features if (each.kind, each.key) == (kind, key)]
    if state is None:
        state = meant[0].state if meant else next(iter(states), "")
    found = tuple(each for each in features if each.state == state)
    found = tuple(sorted(found, key=lambda each: each not in meant)) if meant else found
    return Seen(
        workflow=workflow.id, names=names, chosen=chosen, counts=counts, states=states,
        state=state, found=found[:most], more=max(0, len(found) - most), event=event,
    )


def enter(  # noqa: PLR0913  each is a thing of its own
    out: Path, action: str, keys: Sequence[str], told: Told, *, evidence: Path | None = None,
    seen: int | None = None, lang: str,
) -> tuple[str, ...] | None:
    """Take one step with some features, with all or with none.

    ``out``: The outputs of their place.
    ``seen``: The last event that is known to whoever asks, as :func:`landtrack.app.track.apply`
    takes it.
    Returns: What was entered, in words; None where there is no such step, or one of the features
    is not on its track.
    Raises TableError: If the history of a feature does not allow it.
    Raises OutputError: If another program is writing, or others changed a feature.
    """
    store = out / STORE
    with backends.of(store).reading(store) as db:
        workflow = _workflow(db)
        if workflow is None or action not in workflow.actions:
            return None
        name, _ = workflow.actions[action]
        known = {each.key for each in _features(db, workflow, name)}
    if not keys or not known.issuperset(keys):
        return None
    event = Event(
        event=0, layer="", feature_id="", track="", action=action, at=told.at,
        document_no=told.document, note=told.note, by=told.by,
    )
    fresh = track.apply(store, action, keys, event, evidence=evidence, seen=seen, lang=lang)
    return tuple(track.entered(store, fresh, lang))


def chosen(
    out: Path, name: str | None, keys: Sequence[str], lang: str
) -> Chosen | None:
    """Give features whose shapes are to be changed.

    ``name``: The track on which they are; parcels where not given.
    Returns: None where there is no such track, no key, or one that is none of its features.
    Raises TableError: If they are of several layers.
    """
    store = out / STORE
    with backends.of(store).reading(store) as db:
        workflow = _workflow(db)
        if workflow is None or not keys:
            return None
        name = next(iter(workflow.tracks), "") if name is None else name
        if name not in workflow.tracks:
            return None
        kinds = {each.key: each.kind for each in _features(db, workflow, name)}
    if not kinds.keys() >= set(keys):
        return None
    if len(named := sorted({kinds[key] for key in keys})) > 1:
        raise TableError(
            f"{', '.join(keys)} are of several layers: {', '.join(named)}.",
            mend="Choose features of one layer.",
        )
    place = track.tracked(store, lang, [f"{named[0]}:{key}" for key in keys])
    shapes = track.shapes_near(place, named[0], None, keys).geometry
    return Chosen(named[0], tuple(
        Held(key, track.showing.held(place, named[0], key), quantity(
            place.words, float(shapes[key].area), "m2"
        ))
        for key in keys
    ))


def undo(out: Path, number: int, *, why: str, by: str, lang: str) -> tuple[str, ...]:
    """Take an event back, today.

    Returns: What was entered, in words.
    Raises TableError: If there is no such event, no reason is given, or later events rest on it.
    """
    store, today = out / STORE, date.today()  # noqa: DTZ011  the day here
    fresh = track.undo(store, number, why=why, at=today.isoformat(), by=by, lang=lang)
    return tuple(track.entered(store, fresh, lang))


def history(out: Path, key: str, lang: str) -> tuple[str, ...]:
    """Tell what happened to a feature or a project, in words.

    Raises TableError: If there is no such feature or project.
    """
    return tuple(track.told(out / STORE, key, lang=lang))


def _workflow(db: Session) -> Workflow | None:
    """Give the workflow by which a store is tracked; None where it has none."""
    log.require_format(db)
    name = log.meta(db).get("workflow", "")
    return catalog.workflow(name) if name else None


def _features(db: Session, workflow: Workflow, name: str) -> list[Feature]:
    """Give the features of a track with their states, in the order of their layers.

    Those that came of a change of shapes since the last run are behind the others, and those that
    ended by one are left out.
    """
    schemas, there = catalog.schemas(), db.layers()
    held = {
        (layer, key): (state, since) for layer, key, state, since in db.select(
            "states", ("layer", "feature_id", "state", "since"), {"track": name}
        )
    }
    changes = tracking.standing(log.of_track(db, tracking.SHAPE))
    gone, came = tracking.retired(changes), tracking.reshaped_keys(changes)
    made = []
    for kind in workflow.track(name).kinds:
        if kind in there:
            keys = [str(key) for (key,) in db.select(kind, (schemas[kind].key,))]
            fresh = sorted(key for own, key in came - {(kind, key) for key in keys} if own == kind)
            made += [
                Feature(kind, key, *held.get((kind, key), ("", "")))
                for key in (*keys, *fresh) if (kind, key) not in gone
            ]
    return made
