"""Who must and who may be named on each side of a parcel, found with rays, for the proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack.model.assessment import Assessment
from landtrack.output.sheets import rays
from landtrack.output.sheets.adjoining import Layer, reach
from landtrack.output.sheets.paper import bare, named as name_of
from landtrack.output.sheets.rays import Neighbour

SIDES = ("north", "east", "south", "west")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What is seen from a parcel: by name as it is printed, on which sides it must and may be.

    ``somewhere`` are those that must be on one side at least. ``along`` says where along each
    side they lie, clockwise, in metres, NaN where that is not plain; ``doubt`` by how much it may
    be wrong. ``enclosed`` are those in a hole, which stand last.
    """

    must: Mapping[str, npt.NDArray[np.bool_]]
    may: Mapping[str, npt.NDArray[np.bool_]]
    somewhere: frozenset[str]
    along: Mapping[str, npt.NDArray[np.float64]]
    enclosed: frozenset[str]
    doubt: float


def seen(source: Assessment, kind: str, ids: tuple[str, ...], shape: shapely.Geometry) -> Seen:
    """Look around from the boundary of a parcel.

    ``shape``: Its ground, in the working CRS.
    Returns: By name, without blanks.
    """
    stated = reach()
    deepest = max([stated.gap_m, *(layer.gap_m for layer in stated.layer)])
    near = _own_kind(source, kind, ids, (shape, stated.gap_m, deepest))
    for layer in stated.layer:
        if layer.kind in source.layers and layer.kind != kind:
            for name, shapes in _of_layer(source, layer, shape).items():
                near.setdefault(name, []).append(
                    Neighbour(own_kind=False, shapes=shapes, gap_m=layer.gap_m)
                )
    cast = rays.cast(shape, deepest)
    whole = cast.sums(np.ones(len(cast.lines), dtype=bool))
    must: dict[str, npt.NDArray[np.bool_]] = {}
    may: dict[str, npt.NDArray[np.bool_]] = {}
    somewhere: set[str] = set()
    along: dict[str, npt.NDArray[np.float64]] = {}
    inside: set[str] = set()
    for name, things in rays.faced(cast, shape, near).items():
        enclosed = bare(source.words("sheet.enclosed", name=name))
        inside.add(enclosed)
        for ring, shown in enumerate((bare(name), enclosed)):
            nowhere = np.full(4, np.nan)
            along[shown] = things[0].along[ring] if len(things) == 1 else nowhere
        for thing in things:
            found = rays.verdict(thing, whole, cast, stated.least_m, stated.least_share)
            for ring, shown in enumerate((bare(name), enclosed)):
                nobody = np.zeros(4, dtype=bool)
                must[shown] = must.get(shown, nobody) | found.must[ring]
                may[shown] = may.get(shown, nobody) | found.may[ring]
                if found.somewhere[ring]:
                    somewhere.add(shown)
    west, south, east, north = shape.bounds
    return Seen(
        must=must, may=may, somewhere=frozenset(somewhere), along=along,
        enclosed=frozenset(inside),
        doubt=rays.DOUBT_RAYS * cast.step + rays.DOUBT_SHARE * max(east - west, north - south),
    )


def told_otherwise(seen: Seen, side: int, text: str, joint: str) -> Iterator[str]:
    """Compare the names on a side with what is seen there.

    ``seen``: From :func:`seen`.
    ``text``: What stands there, without blanks; empty for nobody.
    """
    names = _parted(text, sorted(seen.may, key=len, reverse=True), joint) if text else []
    if names is None:
        yield f"in the {SIDES[side]} stands {text!r}, which nothing near is called"
        return
    for name in names:
        if not seen.may[name][side]:
            yield f"{name} is named in the {SIDES[side]}, where it does not lie"
    for name, sides in seen.must.items():
        if sides[side] and name not in names:
            yield f"{name} is not named in the {SIDES[side]}, where it lies"
    yield from _disordered(seen, side, names)


def _disordered(seen: Seen, side: int, names: list[str]) -> Iterator[str]:
    """See that the names of a side stand in the order in which they lie along it."""
    for before, after in combinations(names, 2):
        one, two = before in seen.enclosed, after in seen.enclosed
        behind = seen.along[before][side] - seen.along[after][side] > seen.doubt
        if (one and not two) or (one == two and behind):
            yield f"{before} stands before {after} in the {SIDES[side]}, but lies behind it"


def unnamed(seen: Seen, texts: Iterable[str], joint: str) -> list[str]:
    """List who must be named and is on no side.

    ``seen``: From :func:`seen`.
    """
    known = sorted(seen.may, key=len, reverse=True)
    named = {name for text in texts for name in _parted(text, known, joint) or ()}
    return sorted(seen.somewhere - named)


def _parted(text: str, names: list[str], joint: str) -> list[str] | None:
    """Part a list into the names that it is made of; a name may hold what parts them."""
    for name in names:
        if text == name:
            return [name]
        if text.startswith(name + joint):
            rest = _parted(text[len(name) + len(joint):], names, joint)
            if rest is not None:
                return [name, *rest]
    return None


def _own_kind(
    source: Assessment, kind: str, ids: tuple[str, ...],
    around: tuple[shapely.Geometry, float, float],
) -> dict[str, list[Neighbour]]:
    """Find the features of the parcel's kind in the box around it."""
    shape, gap_m, deepest = around
    frame = source.layers[kind]
    box = shapely.box(*shape.bounds).buffer(deepest, join_style="mitre")
    own = frame.iloc[frame.sindex.query(box)]
    found: dict[str, list[Neighbour]] = {}
    for row in own.reset_index().to_dict("records"):
        key = str(row[frame.index.name])
        if key not in ids:
            clipped = shapely.intersection(row[frame.geometry.name], box)
            found.setdefault(name_of(row, key), []).append(
                Neighbour(own_kind=True, shapes=[clipped], gap_m=gap_m)
            )
    return found


def _of_layer(
    source: Assessment, layer: Layer, shape: shapely.Geometry
) -> dict[str, list[shapely.Geometry]]:
    """Find roads or water in the box around a parcel, by name; lines as wide as they are."""
    frame = source.layers[layer.kind]
    widest = layer.width_m
    if "width_m" in frame:
        widest = max(widest, float(frame["width_m"].fillna(0).max() or 0.0))
    box = shapely.box(*shape.bounds).buffer(layer.gap_m + widest, join_style="mitre")
    found: dict[str, list[shapely.Geometry]] = {}
    for row in frame.iloc[frame.sindex.query(box)].to_dict("records"):
        ground = shapely.intersection(row[frame.geometry.name], box)
        if shapely.get_dimensions(row[frame.geometry.name]) == 1:
            stated = row.get("width_m")
            wide = layer.width_m if stated is None or pd.isna(stated) else stated
            ground = ground.buffer(max(wide / 2, 1e-6), cap_style="flat")
        name = row.get("name")
        if not isinstance(name, str) or not name:
            name = source.words("sheet.unnamed", layer=source.words(f"kind.{layer.kind}"))
        found.setdefault(name, []).append(ground)
    return found

