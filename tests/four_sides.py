"""Who faces which side of a parcel, found by casting rays: a second way, for comparison.

From the middle of every short step along the boundary a ray goes straight out. What it meets
first is faced there. ``tests/benchmarks/sides.py`` counts what is told otherwise of a store.
"""

import itertools
import math

import numpy as np
import shapely

from landtrack.output.sheets import adjoining, subjects as sources

STEP_M = 0.5
NAMES = ("north", "east", "south", "west")


def rays(shape, length, step=STEP_M):
    """Cast rays from a polygon: the lines, the side of each, its weight, whether from a hole."""
    lines, sides, weights, holes = [], [], [], []
    for part in getattr(shape, "geoms", [shape]):
        for number, ring in enumerate([part.exterior, *part.interiors]):
            outer = number == 0
            points = list(ring.coords)
            if ring.is_ccw != outer:  # go round with the inside to the left
                points.reverse()
            for (x, y), (u, v) in itertools.pairwise(points):
                size = math.hypot(u - x, v - y)
                count = max(1, math.ceil(size / step))
                for nth in range(count):
                    t = (nth + 0.5) / count
                    east, north = (v - y) / size, -(u - x) / size
                    at = (x + t * (u - x), y + t * (v - y))
                    lines.append([at, (at[0] + east * length, at[1] + north * length)])
                    bearing = math.degrees(math.atan2(east, north)) % 360
                    sides.append(int((bearing + 45) % 360 // 90))
                    weights.append(size / count)
                    holes.append(not outer)
    return shapely.linestrings(lines), np.array(sides), np.array(weights), np.array(holes)


def reach(lines, shape):
    """Say how far along each ray a shape begins and ends; infinite where it is not met."""
    begin, end = np.full(len(lines), np.inf), np.full(len(lines), np.inf)
    shapely.prepare(shape)
    hit = np.flatnonzero(shapely.intersects(lines, shape))
    met, which = shapely.get_coordinates(
        shapely.intersection(lines[hit], shape), return_index=True
    )
    origins = shapely.get_coordinates(shapely.get_point(lines[hit], 0))
    away = np.hypot(*(met - origins[which]).T)
    nearest, farthest = np.full(len(hit), np.inf), np.full(len(hit), -np.inf)
    np.minimum.at(nearest, which, away)
    np.maximum.at(farthest, which, away)
    ahead = farthest > 0.001  # what ends at the boundary is not ahead of it
    begin[hit[ahead]], end[hit[ahead]] = nearest[ahead], farthest[ahead]
    return begin, end


def faced(shape, parcels, others, *, parcel_gap, gap, inner=False):
    """Measure the metres of boundary that face each thing, by side: {name: [n, e, s, w]}.

    ``inner`` measures along the holes instead of along what is around.
    """
    lines, sides, weights, holes = rays(shape, max(parcel_gap, gap))
    own = holes == inner
    lines, sides, weights = lines[own], sides[own], weights[own]
    inside, _ = reach(lines, shape.buffer(-0.02))
    reached = {name: reach(lines, each) for name, each in parcels.items()}
    found = {}
    for name, (begin, _) in reached.items():
        seen = (begin < parcel_gap) & (begin <= inside)
        found[name] = np.bincount(sides[seen], weights[seen], minlength=4)
    for name, each in others.items():
        begin, _ = reach(lines, each)
        seen = (begin < gap) & (begin <= inside)
        for _, end in reached.values():
            seen &= ~(end < begin)
        found[name] = found.get(name, 0) + np.bincount(sides[seen], weights[seen], minlength=4)
    whole = np.bincount(sides, weights, minlength=4)
    return found, whole


def disagreements(named, found, whole, *, least, share, doubt=1.5):
    """List what is told otherwise: on which side who should stand or should not.

    ``doubt`` metres, by which the rays may be wrong, are granted.
    """
    told = []
    for name, sides in found.items():
        most = sides.max()
        if sides.sum() < least + doubt:
            continue
        for at, side in enumerate(NAMES):
            enough = max(sides[at] / sides.sum(), sides[at] / max(whole[at], 1e-9))
            slack = doubt / sides.sum() + 0.02
            if (sides[at] >= most - 1e-6 or enough >= share + slack) and sides[at] > doubt:
                if name not in named[side]:
                    told.append(f"{name} is not named in the {side} ({sides[at]:.1f} m)")
            elif sides[at] < most - doubt and enough < share - slack and name in named[side]:
                told.append(f"{name} is named in the {side} ({sides[at]:.1f} m)")
    told += [
        f"{name} is named in the {side}, where it is not" for side in NAMES
        for name in named[side] if name not in found or found[name].sum() == 0
    ]
    return told


def surfaces(frame, near, width, unnamed):
    """Give the ground of roads or water near by: one shape for each name."""
    found = {}
    for _, row in frame[frame.intersects(near)].iterrows():
        shape = row.geometry
        if shape.geom_type.endswith("LineString"):
            stated = row.get("width_m")
            wide = width if stated is None or math.isnan(stated) else stated
            shape = shape.buffer(wide / 2, cap_style="flat")
        name = row.get("name")
        name = name if isinstance(name, str) and name else unnamed
        found[name] = found[name].union(shape) if name in found else shape
    return found


def compare(source, kind, keys, stated):
    """Compare what is named with the rays: how many neighbours, and what disagrees."""
    frame = source.layers[kind]
    deepest = max([stated.gap_m, *(layer.gap_m for layer in stated.layer)])
    count, told = 0, []
    for key in keys:
        subject = sources.subject_of(source, kind, (key,))
        parts = shapely.get_parts(subject.shape)
        holes = shapely.union_all([
            shapely.Polygon(ring) for part in parts for ring in part.interiors
        ])
        near = shapely.box(*subject.shape.bounds).buffer(deepest + 40)
        own = frame[frame.index != key]
        own = own[own.intersects(subject.shape.buffer(deepest))]
        parcels, enclosed = (
            {
                adjoining.name_of(source, kind, other): shape
                for other, shape in own.geometry.items()
                if (shape.intersection(holes).area > shape.area / 2) == within
            }
            for within in (False, True)
        )
        others = {}
        for layer in stated.layer:
            if layer.kind in source.layers:
                unnamed = source.words(
                    "sheet.unnamed", layer=source.words(f"kind.{layer.kind}")
                )
                others |= surfaces(source.layers[layer.kind], near, layer.width_m, unnamed)
        named = adjoining.by_direction(source, subject)
        found, whole = faced(
            subject.shape, parcels, others, parcel_gap=stated.gap_m,
            gap=max((layer.gap_m for layer in stated.layer), default=0),
        )
        if enclosed:
            inside, _ = faced(
                subject.shape, enclosed, {}, parcel_gap=stated.gap_m, gap=0, inner=True
            )
            found |= {
                source.words("sheet.enclosed", name=name): sides for name, sides in inside.items()
            }
        count += sum(sides.sum() >= stated.least_m for sides in found.values())
        told += [f"{key}: {each}" for each in disagreements(
            named, found, whole, least=stated.least_m, share=stated.least_share
        )]
    return count, told
