"""Enters changes of shapes: splits, merges, changes of boundary, corrections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import geopandas as gpd
import msgspec
import shapely
from pyproj import CRS

from landtrack import store, tracking
from landtrack.app.track.session import (
    Tracked,
    dated,
    enter,
    insist,
    insist_unchanged,
    now,
    today as day_here,
)
from landtrack.ingest.formats import files as formats
from landtrack.model import catalog
from landtrack.model.errors import CRSError, SourceError, TableError
from landtrack.spatial import crs
from landtrack.store import Address


def reshape(
    path: Address, told: tracking.Event, keys: Sequence[str], file: Path, *,
    today: date | None = None, lang: str | None = None
) -> list[tracking.Event]:
    """Enter a split, a merge, a change of boundary or a correction.

    ``told``: Action, layer, date, document, cause (``note``) and who.
    ``file``: The shapes after: a vector file with the layer's key as a column.
    ``today``: No event may be dated later; the day here where not given.
    ``lang``: The language of refusals; that of the place where not given.
    Returns: The change, and the states that new features begin with.
    Raises TableError: If it may not be: areas that do not balance, a feature that is not there,
    states that differ; or the store has no such layer.
    Raises SourceError: If the file cannot be read, or has no key column.
    Raises CRSError: If there is no way from the file's CRS to the store's.
    """
    schema = catalog.schemas().get(told.layer)
    if schema is None:
        raise TableError(
            f"There is no layer {told.layer!r}.", mend="Name the layer of the features."
        )
    def judge(place: Tracked) -> list[tracking.Event]:
        frame = shapes_now(place, told.layer)
        if lacking := sorted(set(keys) - set(frame.index)):
            raise TableError(
                f"{told.layer} has no {', '.join(lacking)}.", mend="Correct the keys."
            )
        after = _shapes(file, schema.key, frame.crs)
        before = {key: frame.geometry[key] for key in keys}
        signed = msgspec.structs.replace(
            dated(path, told), recorded_at=now(), by=told.by or place.user
        )
        events = tracking.reshaped(signed, before, after, place.log)
        insist_unchanged(place, events)
        insist(place, tracking.refused(events[0], place.log, place.features, today or day_here()))
        return events

    return enter(path, judge, lang=lang)


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


def _shapes(file: Path, key: str, working: CRS) -> dict[str, shapely.Geometry]:
    """Read the shapes of a file by key, in the store's CRS."""
    frame = formats.read(file).frame
    if key not in frame:
        raise SourceError(
            f"{file} has no column {key!r}.", mend=f"Name the column of the keys {key}."
        )
    if frame.crs is None:
        raise CRSError(f"{file} says no CRS.", mend="Write it with its CRS, as GeoPackage.")
    moved = crs.to_crs(frame, working, ())
    return dict(zip(moved[key].astype("str"), moved.geometry, strict=True))
