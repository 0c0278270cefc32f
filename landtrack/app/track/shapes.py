"""Enters changes of shapes: splits, merges, changes of boundary, corrections."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import msgspec
import pandas as pd
import shapely

from landtrack import store, tracking
from landtrack.app.track.session import (
    Tracked,
    dated,
    enter,
    insist,
    insist_shown,
    insist_unchanged,
    now,
    today as day_here,
    tracked,
)
from landtrack.ingest import read
from landtrack.ingest.normalise import values
from landtrack.model import catalog
from landtrack.model.errors import CRSError, SourceError, TableError
from landtrack.spatial import crs
from landtrack.store import Address

LEAST_M2 = 0.01
"""Less ground than this is an edge that was rounded."""


class Change(NamedTuple):
    """A change of shapes as it would be entered.

    ``events`` are the change and the states that new features begin with, ``refused`` says why it
    may not be, ``meets`` what of other features of the layer lies under ground that was not covered
    before, in m² by key.
    """

    events: list[tracking.Event]
    refused: list[tracking.Refusal]
    meets: dict[str, float]

    @property
    def mark(self) -> str:
        """Tell this from all else that the change might be: what was shown is what is entered."""
        told = [
            [*tracking.what(each), each.to_state, each.by, each.note, each.shapes]
            for each in self.events
        ], [each.fault for each in self.refused]
        return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


def reshape(  # noqa: PLR0913  each is a thing of its own that a caller may leave out
    path: Address, told: tracking.Event, keys: Sequence[str], file: Path, *, column: str = "",
    today: date | None = None, lang: str | None = None, shown: str | None = None,
) -> list[tracking.Event]:
    """Enter a split, a merge, a change of boundary or a correction.

    ``told``: Action, layer, date, document, cause (``note``) and who.
    ``file``: The shapes after: a vector file with a column of keys.
    ``column``: That column; the layer's key where not given.
    ``today``: No event may be dated later; the day here where not given.
    ``lang``: The language of refusals; that of the place where not given.
    ``shown``: The mark of what :func:`look_at` said: where the change would be another now, nothing
    is entered. As it is where not given.
    Returns: The change, and the states that new features begin with.
    Raises TableError: If it may not be: areas that do not balance, a feature that is not there,
    states that differ; or the store has no such layer.
    Raises SourceError: If the file cannot be read, has no such column, or shapes that are none.
    Raises CRSError: If there is no way from the file's CRS to the store's.
    Raises OutputError: If another program is writing, or what was shown is no longer so.
    """
    made = _Asked(path, told, keys, file, column, today)

    def judge(place: Tracked) -> list[tracking.Event]:
        change = made.of(place)
        insist_shown(shown, change.mark)
        insist_unchanged(place, change.events)
        insist(place, change.refused)
        return change.events

    return enter(path, judge, lang=lang)


def look_at(  # noqa: PLR0913  each is a thing of its own
    path: Address, told: tracking.Event, keys: Sequence[str], file: Path, *, column: str = "",
    today: date | None = None, lang: str | None = None,
) -> tuple[Tracked, Change]:
    """Say what :func:`reshape` would enter, taken alike; nothing is entered.

    Returns: The store as it is, and the change.
    """
    place = tracked(path, lang)
    return place, _Asked(path, told, keys, file, column, today).of(place)


class _Asked:
    """A change of shapes that is asked for; its file is read once."""

    def __init__(
        self, path: Address, told: tracking.Event, keys: Sequence[str], file: Path, column: str,
        today: date | None,
    ) -> None:
        self.path, self.told, self.keys, self.today = path, told, list(dict.fromkeys(keys)), today
        schema = catalog.schemas().get(told.layer)
        if schema is None:
            raise TableError(
                f"There is no layer {told.layer!r}.", mend="Name the layer of the features."
            )
        self.file, self.given = file, _shapes(file, column or schema.key)

    def of(self, place: Tracked) -> Change:
        """Make the change of a store as it stands."""
        layer = self.told.layer
        frame = shapes_now(place, layer)
        if lacking := sorted(set(self.keys) - set(frame.index)):
            raise TableError(
                f"{layer} has no {', '.join(lacking)}.", mend="Correct the keys."
            )
        moved = crs.to_crs(self.given, frame.crs, ())
        _insist_areas(self.file, moved.geometry)
        after = dict(zip(moved.index, moved.geometry, strict=True))
        before = {key: frame.geometry[key] for key in self.keys}
        signed = msgspec.structs.replace(
            dated(self.path, self.told), recorded_at=now(), by=self.told.by or place.user
        )
        events = tracking.reshaped(signed, before, after, place.log)
        return Change(
            events,
            tracking.refused(events[0], place.log, place.features, self.today or day_here()),
            _met(frame, before, after),
        )


def _met(
    frame: gpd.GeoDataFrame, before: Mapping[str, shapely.Geometry],
    after: Mapping[str, shapely.Geometry],
) -> dict[str, float]:
    """Say what of other features lies under ground that is covered anew."""
    fresh = shapely.union_all([*after.values()]).difference(shapely.union_all([*before.values()]))
    others = frame.geometry[~frame.index.isin([*before, *after])]
    near = others.iloc[others.sindex.query(fresh, predicate="intersects")]
    shared = near.intersection(fresh).area
    return {str(key): float(area) for key, area in shared.items() if area >= LEAST_M2}


def shapes_now(place: Tracked, layer: str) -> gpd.GeoDataFrame:
    """Give a layer of a store after all changes of its shapes.

    Returns: Indexed by key.
    Raises SourceError: If the layer is not as its run wrote it.
    """
    schemas = catalog.schemas()
    store.seals.insist(place.path, [layer])
    frame = store.read(place.path, layer)
    assert isinstance(frame, gpd.GeoDataFrame)  # noqa: S101  a layer is no plain table
    frame = frame.set_index(schemas[layer].key)
    return tracking.shapes_of_day({layer: frame}, schemas, place.log, None)[layer]


def shapes_near(
    place: Tracked, layer: str, box: tuple[float, float, float, float] | None,
    keys: Sequence[str] = (),
) -> gpd.GeoDataFrame:
    """Give of a layer of a store what meets a box after all changes of its shapes.

    No more of it is read than that, ``keys``, and the features whose shapes were ever changed.

    ``box``: West, south, east, north; None for those with ``keys`` alone.
    Returns: The shapes, indexed by key.
    """
    schemas = catalog.schemas()
    changed = {
        key for event in place.log if event.track == tracking.SHAPE and event.layer == layer
        for side in tracking.shapes_of(event).values() for key in side
    }
    key = schemas[layer].key
    frame = store.near(place.path, layer, key, box, sorted({*keys, *changed})).set_index(key)
    return tracking.shapes_of_day({layer: frame}, schemas, place.log, None)[layer]


def _shapes(file: Path, key: str) -> gpd.GeoDataFrame:
    """Read the shapes of a file.

    Returns: Indexed by key, in the CRS of the file; each is an area.
    Raises SourceError: If it cannot be read, has several layers, no column of that name, a feature
    without a key or without a shape, two of one key, or a shape that is no area.
    Raises CRSError: If it says no CRS.
    """
    if len(names := read.names(file)) > 1:
        raise SourceError(
            f"{file} has several layers: {', '.join(names)}.",
            mend="Keep the one of the shapes after.",
        )
    contents = read.contents_of(file)
    frame = contents.frame
    if key not in frame:
        there = ", ".join(str(each) for each in frame.columns if each != frame.geometry.name)
        raise SourceError(
            f"{file} has no column {key!r}.",
            mend=f"Name the column of the keys; there are: {there}.",
        )
    if frame.empty and not contents.bad:
        raise SourceError(f"{file} holds no feature.", mend="Write the shapes after into it.")
    if frame.crs is None:
        raise CRSError(f"{file} says no CRS.", mend="Write it with its CRS, as GeoPackage.")
    keys = values.as_text(frame[key])
    wrong = [str(number) for number in (*contents.bad, *frame.index[keys.isna()])]
    wrong += sorted({str(each) for each in keys[keys.duplicated() & keys.notna()]})
    _insist_none(file, wrong)
    made = frame.set_index(pd.Index(keys.astype("str"), name=key))
    _insist_areas(file, made.geometry)
    return made


def _insist_areas(file: Path, shapes: gpd.GeoSeries) -> None:
    """Refuse shapes that are no areas: lines, knots, and what no coordinates could be had of.

    Raises SourceError: It names their keys.
    """
    _insist_none(file, [
        str(key) for key, shape in shapes.items()
        if shape is None or shape.area == 0 or not shape.is_valid
    ])


def _insist_none(file: Path, wrong: Sequence[str]) -> None:
    """Refuse a file of which some features are of no use.

    Raises SourceError: It names them.
    """
    if wrong:
        raise SourceError(
            f"{file}: no shape can be taken from {', '.join(dict.fromkeys(wrong))}.",
            mend="Each feature needs a key of its own and a valid area: `landtrack inspect` tells "
            "what is wrong.",
        )
