"""The collections of a place, and the features of one, read from a store that is open."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt
import shapely

from landtrack import tracking
from landtrack.app import standing
from landtrack.app.ogc import systems
from landtrack.app.ogc.asked import Wanted, may_be
from landtrack.app.ogc.systems import System
from landtrack.model import Schema, catalog
from landtrack.model.address import Address
from landtrack.model.assessment import FINDINGS, ISSUES
from landtrack.model.errors import RequestError
from landtrack.store import log, seals
from landtrack.store.conditions import PLAIN, All, Compare, Condition, Either, holds
from landtrack.store.session import Box, ColumnKind, Row, Session

STATES = "states_"
"""Before the kind of a layer: the collection of the states that its features were in."""
OF_STATES: Mapping[str, ColumnKind] = {
    "feature_id": "text", "track": "text", "state": "text", "action": "text", "at": "text",
    "since": "day", "until": "day", "document_no": "text", "event": "integer",
}
"""What is said of a state: ``at`` as it was entered, ``since`` and ``until`` the days on which it
was held for certain, both included."""
MARK = 12
"""Signs of the seal of a run by which the pages of one reading know each other."""

FEW = 300
"""Plots whose findings are asked for by their keys."""

Source = Literal["layer", "table", "findings", "issues", "states"]


@dataclass(frozen=True, kw_only=True)
class Collection:
    """A collection: ``layer`` is whose shapes its features have, empty where each says its own.

    ``key`` is the property that the ids are of, empty where they are numbers of rows. ``box`` is
    in the system of the store, None without a shape; ``days`` from the first to the last, which is
    None as long as a state goes on.
    """

    id: str
    source: Source
    layer: str
    key: str
    kinds: Mapping[str, ColumnKind]
    geometry: str = ""
    box: Box | None = None
    days: tuple[date, date | None] | None = None
    count: int = 0

    @property
    def queryables(self) -> Mapping[str, ColumnKind]:
        """Give the properties by which its features may be chosen."""
        return {name: kind for name, kind in self.kinds.items() if PLAIN.fullmatch(name)}


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place as its store has it: ``mark`` tells its run from any other."""

    id: str
    title: Mapping[str, str]
    working: str
    zone: ZoneInfo | None
    mark: str
    collections: Mapping[str, Collection]


class Feature(NamedTuple):
    """A feature: its number along the collection, its id, its properties and its shape."""

    number: int
    id: str
    properties: Mapping[str, object]
    shape: shapely.Geometry | None


class Page(NamedTuple):
    """Some features; ``more`` says that others follow, ``matched`` how many there are in all."""

    features: Sequence[Feature]
    more: bool
    matched: int | None


class Held(NamedTuple):
    """A state that a feature was in, by the number of the event that brought it."""

    number: int
    since: date
    until: date | None
    row: Mapping[str, Any]


@contextmanager
def opened(store: Address) -> Iterator[tuple[Session, Place]]:
    """Open a store whose results are as its run wrote them, as it stands at one moment.

    Raises SourceError: If there is none, or its results were edited.
    """
    with standing.judged(store) as db:
        yield db, _place(db)


# --- what there is --------------------------------------------------------------------------


def _place(db: Session) -> Place:
    """Say what a store holds; what was said of the same run and log is kept."""
    run = seals.last_run(seals.rows(db))
    of = (db.name, "" if run is None else run.sha256, log.meta(db).get("head", ""))
    if of not in _known:
        while len(_known) >= MOST_KNOWN:
            _known.pop(next(iter(_known)))
        _known[of] = _read(db, of[1])
    return _known[of]


_known: dict[tuple[str, str, str], Place] = {}
MOST_KNOWN = 16


def _read(db: Session, run: str) -> Place:
    place, working, head = db.select("runs", ("place", "working_crs", "place_head"))[-1]
    told = json.loads(head or "{}")
    return Place(
        id=str(place), title=told.get("title") or {"en": str(place)}, working=str(working),
        zone=_zone(told.get("time_zone")), mark=(run or "0" * MARK)[:MARK],
        collections={each.id: each for each in _collections(db)},
    )


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _collections(db: Session) -> Iterator[Collection]:
    """List the layers, then the states of each that has any, the findings and the issues."""
    schemas, there = catalog.schemas(), db.layers()
    layers = [kind for kind in db.frames() if kind in there]
    held = _histories(db)
    for kind in layers:
        yield Collection(
            id=kind, source="layer", layer=kind, geometry=db.shape_kind(kind),
            key=schemas[kind].key if kind in schemas else "", box=db.extent(kind),
            kinds=_kinds(db, kind, schemas.get(kind)), count=db.count(kind),
        )
    for kind in layers:
        if rows := held.get(kind):
            lasts = [each.until for each in rows]
            yield Collection(
                id=f"{STATES}{kind}", source="states", layer=kind, key="event", kinds=OF_STATES,
                geometry=db.shape_kind(kind), box=db.extent(kind), count=len(rows),
                days=(min(each.since for each in rows), None if None in lasts else max(
                    each for each in lasts if each is not None
                )),
            )
    tables = db.frames()
    if FINDINGS in tables and "plots" in layers:
        yield Collection(
            id=FINDINGS, source="findings", layer="plots", key="", box=db.extent("plots"),
            geometry=db.shape_kind("plots"), kinds=db.kinds(FINDINGS), count=db.count(FINDINGS),
        )
    if ISSUES in tables:
        boxes = [each for each in map(db.extent, layers) if each is not None]
        yield Collection(
            id=ISSUES, source="issues", layer="", key="", kinds=db.kinds(ISSUES),
            count=db.count(ISSUES), box=_around(boxes) if boxes else None,
        )


def _around(boxes: Sequence[Box]) -> Box:
    """Give the box that holds some."""
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def _kinds(db: Session, kind: str, schema: Schema | None) -> dict[str, ColumnKind]:
    """Tell what the properties of a layer hold: a date is a day, whatever it is kept as."""
    days = {} if schema is None else {each.name for each in schema.field if each.type == "date"}
    return {
        name: "day" if name in days and held == "moment" else held
        for name, held in db.kinds(kind).items()
    }


# --- states ---------------------------------------------------------------------------------


def _histories(db: Session) -> Mapping[str, tuple[Held, ...]]:
    """Give the states that the features of each kind were in, in the order of their entry."""
    head = log.meta(db).get("head", "")
    if (kept := _told.get(db.name)) is not None and kept[0] == head:
        return kept[1]
    found: dict[str, list[Held]] = {}
    for (kind, key), own in tracking.by_feature(tracking.standing(log.proven_in(db))).items():
        found.setdefault(kind, []).extend(_held(key, own))
    made = {
        kind: tuple(sorted(own, key=lambda each: each.number)) for kind, own in found.items()
    }
    if len(_told) >= MOST_KNOWN:
        _told.pop(next(iter(_told)))
    _told[db.name] = head, made
    return made


_told: dict[str, tuple[str, Mapping[str, tuple[Held, ...]]]] = {}


def _held(key: str, events: Sequence[tracking.Event]) -> Iterator[Held]:
    """Give the states that a feature held at the end of a day, as its history is folded."""
    tracks: dict[str, list[tracking.Placed]] = {}
    for each in tracking.ordered(events):
        if each.event.track != tracking.SHAPE:
            tracks.setdefault(each.event.track, []).append(each)
    for track, own in tracks.items():
        for at, (event, _, since) in enumerate(own):
            follows = own[at + 1].last if at + 1 < len(own) else None
            if follows is not None and follows <= since:
                continue  # another one came on the same day
            until = None if follows is None else follows - timedelta(days=1)
            yield Held(event.event, since, until, {
                "feature_id": key, "track": track, "state": event.to_state,
                "action": event.action, "at": event.at, "since": since.isoformat(),
                "until": None if until is None else until.isoformat(),
                "document_no": event.document_no, "event": event.event,
            })


# --- features -------------------------------------------------------------------------------


def page(db: Session, place: Place, of: Collection, wanted: Wanted) -> Page:
    """Read the features that are wanted, a page of them.

    Raises RequestError: If it goes on from a page of another run.
    """
    number = 0
    if wanted.after is not None:
        mark, number = wanted.after
        if mark != place.mark:
            raise RequestError(
                "The place was judged again while it was read: this page is of the run before.",
                mend="Begin again with the first page.", status=410,
            )
    found: list[Feature] = []
    for each in following(db, place, of, wanted, number):
        found.append(each)
        if len(found) > wanted.limit:
            return Page(found[:-1], more=True, matched=_matched(of, wanted))
    return Page(found, more=False, matched=_matched(of, wanted))


def one(db: Session, place: Place, of: Collection, name: str) -> Feature:
    """Read the feature of an id.

    Raises RequestError: If there is none.
    """
    where, number = _named(of, name) if may_be(name) else (None, None)
    if where is not None or number is not None:
        for each in _rows(db, of, number - 1 if number else 0, 1, where, None):
            if each[0] == number or number is None:
                return next(iter(_features(db, of, [each])))
    raise RequestError(
        f"There is no feature {name[:60]!r} in {of.id}.",
        mend=f"Look at the features of {of.id} in {place.id}.", status=404,
    )


def _named(of: Collection, name: str) -> tuple[Condition | None, int | None]:
    """Say which row the feature of an id is: by what it holds, or by its number."""
    number = int(name) if name.isdecimal() and name.isascii() and len(name) <= 18 else None  # noqa: PLR2004
    if of.source == "findings":
        plot, _, rule = name.rpartition(":")
        return All((Compare("plot_id", "=", plot), Compare("rule", "=", rule))), None
    if of.source == "layer" and of.key:
        return Compare(of.key, "=", name), None
    return None, number


def _matched(of: Collection, wanted: Wanted) -> int | None:
    """Say how many features match, where that is known without counting."""
    free = not wanted.boxes and wanted.where is None
    return of.count if free and (wanted.days is None or of.source != "states") else None


Kept = tuple[int, Row, Any]
"""A row as a store gives it: its number, its values, its shape where it has one of its own."""


def following(
    db: Session, place: Place, of: Collection, wanted: Wanted, number: int = 0
) -> Iterator[Feature]:
    """Give the features after a number that are wanted, in the system of the store."""
    box = _candidates(wanted, in_world(of, place))
    where = _near(db, of, wanted.where, box)
    while True:
        rows = _rows(db, of, number, wanted.limit + 1, where, wanted.days, box=box)
        features = _features(db, of, rows)
        if wanted.boxes:
            shapes = np.array([each.shape for each in features], dtype=object)
            met = _meets(shapes, wanted.boxes, wanted.box_in)
            features = [each for each, own in zip(features, met, strict=True) if own]
        yield from features
        if len(rows) <= wanted.limit:
            return
        number = rows[-1][0]


def _rows(  # noqa: PLR0913  each is a thing of its own
    db: Session, of: Collection, number: int, most: int, where: Condition | None,
    days: tuple[date | None, date | None] | None, *, box: Box | None = None,
) -> list[Kept]:
    """Read the rows of a collection after a number, those that a condition and days let through."""
    if of.source == "states":
        found: list[Kept] = []
        for each in _histories(db)[of.layer]:
            if each.number > number and _within(each, days) and (
                where is None or holds(where, each.row)
            ):
                found.append((each.number, tuple(each.row[name] for name in of.kinds), None))
                if len(found) == most:
                    break
        return found
    rows = db.after(
        of.id, list(of.kinds), number, most, where=where,
        box=box if of.source == "layer" else None,
    )
    return list(zip(rows.numbers, rows.values, rows.shapes, strict=True))


def _within(each: Held, days: tuple[date | None, date | None] | None) -> bool:
    """Tell whether a state was held on one of some days."""
    first, last = days or (None, None)
    return (last is None or each.since <= last) and (
        first is None or each.until is None or each.until >= first
    )


def _features(db: Session, of: Collection, rows: Sequence[Kept]) -> list[Feature]:
    """Make features of rows: with their own shapes, or those of what they are about."""
    if of.source == "layer":
        return [
            Feature(number, _id(of, number, told := _told_by(of, values)), told, shape)
            for number, values, shape in rows
        ]
    told_of = [(number, _told_by(of, values)) for number, values, _ in rows]
    about = [_about(of, told) for _, told in told_of]
    shapes: dict[tuple[str, str], Any] = {}
    schemas, there = catalog.schemas(), db.layers()
    for kind in sorted({kind for kind, _ in about} & there & schemas.keys()):
        keys = sorted({key for each, key in about if each == kind})
        found = db.shapes(kind, schemas[kind].key, keys)
        shapes |= {(kind, key): shape for key, shape in found.items()}
    return [
        Feature(number, _id(of, number, told), told, shapes.get(named))
        for (number, told), named in zip(told_of, about, strict=True)
    ]


def _about(of: Collection, told: Mapping[str, object]) -> tuple[str, str]:
    """Name the feature that a row is about."""
    field = "plot_id" if of.source == "findings" else "feature_id"
    layer = of.layer or str(told.get("layer") or "")
    return layer, str(told.get(field) or "")


def _id(of: Collection, number: int, told: Mapping[str, object]) -> str:
    if of.source == "findings":
        return f"{told['plot_id']}:{told['rule']}"
    return str(told[of.key]) if of.key else str(number)


def _told_by(of: Collection, values: Row) -> dict[str, object]:
    """Give the properties of a row as JSON has them."""
    return {
        name: _plain(value, kind)
        for (name, kind), value in zip(of.kinds.items(), values, strict=True)
    }


def _plain(value: object, kind: ColumnKind) -> object:
    """Write a value as JSON has it: days and moments as texts, what is no number as none."""
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if kind == "boolean":
        return bool(value)
    if kind in {"day", "moment"}:
        text = value.isoformat() if hasattr(value, "isoformat") else str(value)
        return text[:10] if kind == "day" else text
    return value


# --- boxes ----------------------------------------------------------------------------------


def _candidates(wanted: Wanted, reach: Box | None) -> Box | None:
    """Find the box of the store in which all lies that may meet; None where that is everywhere."""
    found = [wanted.box_in.within(each, reach) for each in wanted.boxes]
    boxes = [each for each in found if each is not None]
    return _around(boxes) if boxes and len(boxes) == len(found) else None


def _near(
    db: Session, of: Collection, where: Condition | None, box: Box | None
) -> Condition | None:
    """Ask for the findings of the plots in a box alone, where those are few: not of all others."""
    if of.source != "findings" or box is None:
        return where
    plots = db.after(of.layer, ["plot_id"], 0, FEW + 1, box=box).values
    if len(plots) > FEW:
        return where
    theirs = Either(tuple(Compare("plot_id", "=", str(key)) for (key,) in plots))
    return theirs if where is None else All((where, theirs))


def _meets(
    shapes: npt.NDArray[np.object_], boxes: Sequence[Box], box_in: System
) -> npt.NDArray[np.bool_]:
    """Tell which shapes meet one of some boxes; what has no shape is not left out."""
    there = box_in.given(shapes)
    met = shapely.is_missing(shapes)
    for each in boxes:
        met |= shapely.intersects(there, shapely.box(*each))
    return np.asarray(met, dtype=bool)


def written(features: Sequence[Feature], system: System) -> list[str | None]:
    """Write the shapes of features as GeoJSON, in a system and in the order of its authority.

    Returns: None where a feature has no shape. Coordinates of the store's own system are those of
    the store.
    """
    shapes = np.array([each.shape for each in features], dtype=object)
    told: list[str | None] = list(shapely.to_geojson(system.written(system.given(shapes))))
    return told


def in_world(of: Collection, place: Place) -> Box | None:
    """Find the box in longitudes and latitudes that holds a collection."""
    return None if of.box is None else systems.in_world(of.box, place.working)
