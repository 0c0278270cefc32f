"""Small maps of the files of a place, made of what an inspection of them saw.

What is drawn beside a layer is the land of the place: its plots and boundaries, as the catalog
names them; where it names none that can be placed, all other layers of which it is known where they
lie.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from pyproj import CRS

from landtrack.app import differences, places
from landtrack.ingest.normalise import georeference
from landtrack.ingest.profile_types import FileSeen, LayerSeen, ReadingSeen
from landtrack.model import LayerSource
from landtrack.model.errors import CRSError
from landtrack.output.reports import answers, small_maps
from landtrack.output.reports.document.shapes import Shapes
from landtrack.output.reports.small_maps import Lies
from landtrack.spatial import crs
from landtrack.spatial.crs import recognise

LAND = ("plots", "boundaries")
"""Kinds of layers that are the land of a place."""
MOST_READINGS, MOST_ALONE = 8, 24
"""Ways to read a layer that are drawn: beside the rest of the place, and where that is unknown."""
SAME_DEGREES = 0.1
"""Readings that put a layer no farther apart differ by their datum alone."""
MOST_OF_ALL = 2_000_000
"""Characters of all paths of a place together, about."""
LEAST = 600
"""Characters of a path that each map has, however many there are."""
ASTRAY, NEAR = 10.0, 0.1
"""So many times farther than most is astray, but nothing that is nearer than so many degrees."""
ASKED = ("error", "warning")


class _Layer(NamedTuple):
    """A layer, how its catalog reads it, and where it lies; None where that is not known."""

    seen: LayerSeen
    source: LayerSource | None
    lies: Lies | None


def to_json(seen: Sequence[FileSeen], folder: Path | None) -> str:
    """Draw the layers of files.

    ``seen``: The files, as an inspection saw them.
    ``folder``: The place that they are of; None where they are of none.
    Returns: By file and layer its map, and one for each way in which it can be read, where that is
    not plain, as ``data/json/small-maps.json`` describes it.
    """
    found = {
        (file.path, layer.name): _layer(file, layer, folder)
        for file in seen for layer in file.layers if layer.kinds
    }
    most = min(small_maps.MOST_BYTES, max(LEAST, MOST_OF_ALL // (3 * max(len(found), 1))))
    drawn: dict[str, dict[str, Any]] = {}
    for (path, name), layer in found.items():
        rest = [each for key, each in found.items() if key != (path, name)]
        made = _drawn(layer, _land(rest), most)
        if made is not None:
            drawn.setdefault(path, {})[name] = made
    return answers.to_json(drawn)


def of_change(found: differences.OfFiles) -> str:
    """Draw what differs between two files, layer by layer, as JSON like :func:`to_json`."""
    drawn: dict[str, Any] = {}
    for layer, rows in found.table.groupby("layer"):
        by_what = {str(what): each for what, each in rows.groupby("what")}
        before, after = (
            None if each is None else each.geometry
            for each in (found.before.get(str(layer)), found.after.get(str(layer)))
        )

        def shapes(what: str, by_what: Mapping[str, Any] = by_what) -> Shapes:
            own = by_what.get(what)
            return np.empty(0, object) if own is None else own.geometry.to_numpy()

        changed = {*rows["feature_id"]}
        moved = by_what.get("shape")
        made = small_maps.of_change(small_maps.Change(
            kept=np.empty(0, object) if after is None
            else after[~after.index.astype(str).isin(changed)].to_numpy(),
            new=shapes("added"), gone=shapes("removed"),
            moved_from=np.empty(0, object) if moved is None or before is None
            else before[before.index.astype(str).isin({*moved["feature_id"]})].to_numpy(),
            moved_to=shapes("shape"),
        ))
        if made is not None:
            drawn[str(layer)] = {"map": dataclasses.asdict(made), "readings": [], "more": 0}
    return answers.to_json(drawn)


def _layer(file: FileSeen, layer: LayerSeen, folder: Path | None) -> _Layer:
    source = None
    place = None if folder is None else places.plain("", folder).place
    if place is not None:
        source = next((
            each for each in place.layers
            if (place.folder / each.path).resolve() == Path(file.path).resolve()
            and (each.layer or each.sheet or layer.name) == layer.name
        ), None)
    return _Layer(layer, source, _where(layer, source))


def _where(layer: LayerSeen, source: LayerSource | None) -> Lies | None:
    """Say where a layer lies: as its numbers say, else as its catalog does."""
    if layer.shapes.crs is not None:
        return _degrees(layer.shapes.to_numpy(), CRS.from_user_input(layer.shapes.crs))
    if len(layer.readings) == 1:
        return _read(layer, layer.readings[0])
    if source is None or source.crs is None:
        return None
    known = next((
        each for each in layer.readings
        if each.crs == source.crs and each.northing_first == (source.axes == "north_east")
    ), None)
    return None if known is None else _read(layer, known)


def _read(layer: LayerSeen, reading: ReadingSeen) -> Lies | None:
    """Place a layer as it was written by one way to read it."""
    shapes = layer.shapes.to_numpy()
    try:
        system = crs.parse(reading.crs, what=layer.name)
    except CRSError:
        return None
    return _degrees(georeference.swapped(shapes) if reading.northing_first else shapes, system)


def _degrees(shapes: Shapes, system: CRS) -> Lies | None:
    """Bring shapes into degrees, to some hundred metres where it is not known how."""
    geodetic = system.geodetic_crs
    if geodetic is None:
        return None
    try:
        change, loose = crs.transformer(system, crs.WGS84), False
    except CRSError:
        change, loose = crs.transformer(system, geodetic), True
    return Lies(shapely.transform(shapes, change.transform, interleaved=False), loose=loose)


def _land(rest: Sequence[_Layer]) -> Lies | None:
    """Give the land of a place: what its catalog calls so, else all of which it is known where."""
    placed = [
        (each.source is not None and each.source.kind in LAND, each.lies) for each in rest
        if each.lies is not None and recognise.numbers(each.lies.shapes) is not None
    ]
    layers = [lies for named, lies in placed if named] or _together(
        [lies for _, lies in placed]
    )
    return None if not layers else Lies(
        np.concatenate([each.shapes for each in layers]),
        loose=all(each.loose for each in layers),
    )


def _together(layers: list[Lies]) -> list[Lies]:
    """Leave out what lies far from where most lies."""
    if not layers:
        return layers
    at = np.array([recognise.numbers(each.shapes) for each in layers], dtype=float)
    middles = (at[:, :2] + at[:, 2:]) / 2
    far = np.hypot(*(middles - np.median(middles, axis=0)).T)
    near = far <= max(ASTRAY * float(np.median(far)), NEAR)
    return [each for each, kept in zip(layers, near, strict=True) if kept]


def _drawn(layer: _Layer, land: Lies | None, most: int) -> dict[str, Any] | None:
    own = layer.lies or Lies(layer.seen.shapes.to_numpy(), placed=False)
    bad, problems = _bad(layer)
    drawn = small_maps.of_layer(own, land, bad=bad, problems=problems, most=most)
    if drawn is None:
        return None
    readings = _readings(layer, land)
    return {
        "map": dataclasses.asdict(drawn), "readings": readings,
        "more": len(layer.seen.readings) - len(readings) if readings else 0,
    }


def _bad(layer: _Layer) -> tuple[Shapes | None, int]:
    """Give the features with problems, as the layer lies, and say how many there are."""
    rows = layer.seen.issues
    asked = {*rows.loc[rows["severity"].isin(ASKED) & (rows["feature_id"] != ""), "feature_id"]}
    if not asked or layer.seen.shapes.empty:
        return None, len(asked)
    at = layer.seen.shapes.index.astype(str).isin(asked)
    if layer.lies is not None:
        return layer.lies.shapes[at], len(asked)
    return layer.seen.shapes.to_numpy()[at], len(asked)


def _readings(layer: _Layer, land: Lies | None) -> list[dict[str, Any]]:
    """Draw each way to read a layer, the nearest to the rest first, where it is not plain."""
    seen = layer.seen
    listed = seen.readings
    if len(listed) == 1 and not listed[0].northing_first and seen.crs_stated.startswith(
        listed[0].crs
    ):
        return []
    likely = _likely(listed, land)
    if seen.shapes.crs is not None:  # one way, by which it lies there already
        placed = [(each, layer.lies) for each in likely]
    else:
        placed = [(each, _read(seen, each)) for each in likely]
    known = [(each, lies) for each, lies in placed if lies is not None]
    drawn = zip(known, small_maps.of_readings([lies for _, lies in known], land), strict=True)
    near = sorted(
        ((each, made) for (each, _), made in drawn if made is not None),
        key=lambda one: one[1].away_m,
    )
    return [
        {
            **dataclasses.asdict(each), "map": dataclasses.asdict(made),
            "metric": crs.is_metric(CRS.from_user_input(each.crs)),
        }
        for each, made in near
    ]


def _likely(readings: Sequence[ReadingSeen], land: Lies | None) -> list[ReadingSeen]:
    """Choose the ways to read a layer that are drawn.

    Returns: Those that put its middle nearest to the rest of the place, first the nearest; where
    that is not known, one for each part of the country.
    """
    found = None if land is None else recognise.numbers(land.shapes)
    if found is not None:
        at = (found.west + found.east) / 2, (found.south + found.north) / 2
        return sorted(
            readings, key=lambda each: np.hypot(each.longitude - at[0], each.latitude - at[1])
        )[:MOST_READINGS]
    if len(readings) <= MOST_READINGS:
        return list(readings)
    parts: dict[tuple[int, int], ReadingSeen] = {}
    for each in readings:
        part = round(each.longitude / SAME_DEGREES), round(each.latitude / SAME_DEGREES)
        parts.setdefault(part, each)
    return list(parts.values())[:MOST_ALONE]
