"""Steps of the features of a place: how far each is, one entered for many, and taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

import geopandas as gpd
import shapely

from landtrack import tracking
from landtrack.app import track
from landtrack.app.steps import Chosen, Drawn, Entered, Feature, Held, Seen, Told
from landtrack.app.track import cutting
from landtrack.ingest.formats import vector
from landtrack.model import Workflow, catalog
from landtrack.model.address import Address, Outputs
from landtrack.model.errors import TableError
from landtrack.model.events import Event
from landtrack.model.outputs import STORE
from landtrack.output.wording.phrases import quantity
from landtrack.store import backends, log
from landtrack.store.address import within
from landtrack.store.session import Session


def seen(
    out: Outputs, chosen: str | None, state: str | None, most: int, *, kind: str = "",
    keys: Sequence[str] = (),
) -> Seen | None:
    """Show the features of a track that are in a state.

    ``out``: The outputs of a place, or its shared store.
    ``chosen``: The track; the first of which there are features where not given.
    ``state``: Empty for none yet; the first in which there are features where not given.
    ``most``: How many features are given, the others counted.
    ``kind``, ``keys``: Features whose first track and the state of most of which are meant where
    those are not given; they are given first, and those in other states are counted.
    Returns: None where the place has no workflow, or there is no such track.
    Raises SourceError: If there is no store, or it is none.
    """
    store = within(out)
    with backends.of(store).reading(store) as db:
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
    wanted = {*keys}
    meant = {each for each in features if each.kind == kind and each.key in wanted}
    held = Counter(each.state for each in features if each in meant)
    if state is None:
        state = held.most_common(1)[0][0] if held else next(iter(states), "")
    found = tuple(each for each in features if each.state == state)
    found = tuple(sorted(found, key=lambda each: each not in meant)) if meant else found
    return Seen(
        workflow=workflow.id, names=names, chosen=chosen, counts=counts, states=states,
        state=state, found=found[:most], more=max(0, len(found) - most), event=event,
        apart={each: held[each] for each in states if held[each] and each != state},
        unknown=tuple(sorted(wanted - {each.key for each in meant})),
    )


def enter(  # noqa: PLR0913  each is a thing of its own
    out: Outputs, action: str, keys: Sequence[str], told: Told, *,
    evidence: Path | None = None, seen: int | None = None, lang: str,
) -> Entered | None:
    """Take one step with some features, with all or with none.

    ``out``: The outputs of their place.
    ``seen``: The last event that is known to whoever asks, as :func:`landtrack.app.track.apply`
    takes it.
    Returns: None where there is no such step, or one of the features is not on its track.
    Raises TableError: If the history of a feature does not allow it.
    Raises OutputError: If another program is writing, or others changed a feature.
    """
    store = within(out)
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
    return _entered(store, fresh, lang)


def chosen(
    out: Path, name: str | None, keys: Sequence[str], lang: str, *, line: str = ""
) -> Chosen | None:
    """Give features whose shapes are to be changed.

    ``name``: The track on which they are; parcels where not given.
    ``line``: Along which a single one is to be cut: its corners, as a person writes them.
    Returns: None where there is no such track, no key, or one that is none of its features.
    Raises TableError: If they are of several layers, or the line cuts nothing through.
    """
    found = _of_one_layer(out, name, keys, lang)
    if found is None:
        return None
    name, kind, place = found
    shapes = track.shapes_near(place, kind, None, keys).geometry
    held = tuple(
        Held(key, track.showing.held(place, kind, key), quantity(
            place.words, float(shapes[key].area), "m2"
        ))
        for key in keys
    )
    pieces = _pieces(shapes, keys, line)
    if not pieces:
        return Chosen(kind, name, held)
    picture = track.showing.Picture(pieces)
    return Chosen(
        kind, name, held,
        tuple(
            Drawn(quantity(place.words, each.area, "m2"), picture.path(each), picture.at(each))
            for each in pieces
        ),
        track.showing.others_in(place, kind, picture, keys), picture.size,
    )


def draw(  # noqa: PLR0913  each is a thing of its own
    out: Path, name: str, keys: Sequence[str], names: Sequence[str], path: Path, lang: str, *,
    line: str = "",
) -> str | None:
    """Write the shapes that :func:`chosen` gives as drawn into a file, as if they were brought.

    ``names``: The number of each piece, in their order.
    ``path``: The GeoPackage that is made.
    Returns: Their layer; None where :func:`chosen` gives none.
    Raises TableError: As :func:`chosen` does; if a piece has no number.
    Raises OutputError: If it cannot be written.
    """
    found = _of_one_layer(out, name, keys, lang)
    if found is None:
        return None
    _, kind, place = found
    frame = track.shapes_near(place, kind, None, keys)
    pieces = _pieces(frame.geometry, keys, line)
    if not pieces:
        return None
    made = cutting.named(pieces, names)
    vector.write(gpd.GeoDataFrame(
        {catalog.schemas()[kind].key: [*made]}, geometry=[*made.values()], crs=frame.crs
    ), path, layer=kind)
    return kind


def _pieces(
    shapes: gpd.GeoSeries, keys: Sequence[str], line: str
) -> list[shapely.Geometry]:
    """Give the shapes after: of one that is cut its pieces, of several all of them as they lie."""
    if len(keys) > 1:
        return [shapely.union_all([shapes[key] for key in keys])]
    return cutting.cut(keys[0], shapes[keys[0]], cutting.corners(line)) if line.strip() else []


def _of_one_layer(
    out: Path, name: str | None, keys: Sequence[str], lang: str
) -> tuple[str, str, track.Tracked] | None:
    """Find the track and the layer of some features, and the store as the tracker sees it.

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
    return name, named[0], track.tracked(store, lang, [f"{named[0]}:{key}" for key in keys])


def undo(
    out: Outputs, numbers: int | Collection[int], *, why: str, by: str, lang: str
) -> Entered:
    """Take an event back, or several, today: all of them, or none.

    Raises TableError: If there is no such event, no reason is given, or later events rest on it.
    """
    store, today = within(out), date.today()  # noqa: DTZ011  the day here
    fresh = track.undo(store, numbers, why=why, at=today.isoformat(), by=by, lang=lang)
    return _entered(store, fresh, lang)


def _entered(store: Address, fresh: Sequence[Event], lang: str) -> Entered:
    lines = tuple(track.entered(store, fresh, lang))
    return Entered(lines, fresh[0].event, fresh[-1].event)


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
