"""What the land survey would have: patches by class, basic farmland, the villages' lines.

The report has none of it: all of it is invented, so that sheets of demarcation have something
to share an area out by.
"""

from __future__ import annotations

from typing import Any

from frames import Frame, Point, Ring
from geojson import Feature, feature, polygon

INVENTED = "报告未列，示意"

Design = dict[str, Any]


def land_classes(design: Design, frames: dict[str, Frame]) -> list[Feature]:
    """Patches by land class: two in each block, in turn; roads where land was taken for them."""
    classes = design["survey"]["classes"]
    patches: list[tuple[str, str, Ring]] = []
    for turn, block in enumerate(design["block"]):
        frame = frames[block["frame"]]
        low_left, low_right, high_right, high_left = (tuple(each) for each in block["corners"])
        cut = 25 * round((0.62 * low_right[0] + 0.38 * low_left[0]) / 25)
        for code, ring in (
            (classes[turn % len(classes)],
             [low_left, (cut, low_left[1]), (cut, high_left[1]), high_left]),
            (classes[(turn + 1) % len(classes)],
             [(cut, low_right[1]), low_right, high_right, (cut, high_right[1])]),
        ):  # fmt: skip
            patches.append((code, block["owner"], frame.ring(ring)))
    for corridor in design["corridor"]:
        frame = frames[corridor["frame"]]
        patches += [("1003", piece["owner"], frame.ring(piece["ring"]))
                    for piece in corridor["pieces"]]
    return [
        feature(
            polygon(ring), land_class_id=f"DL-{number:03d}", class_code=code, owner=owner,
            note=INVENTED,
        )
        for number, (code, owner, ring) in enumerate(patches, 1)
    ]


def farmland(design: Design, frames: dict[str, Frame]) -> list[Feature]:
    """Permanent basic farmland at the edge of what is still applied for."""
    return [
        feature(
            polygon(frames[row["frame"]].ring(row["ring"])), farmland_id=f"JN-{number}",
            name="永久基本农田", owner=row["owner"], note=INVENTED,
        )
        for number, row in enumerate(design["farmland"], 1)
    ]


def administrative(
    design: Design, frames: dict[str, Frame], park: list[Point]
) -> list[Feature]:
    """Cut the park along straight lines into the villages' ground."""
    frame = frames["A"]
    local = [frame.from_map(point) for point in park]
    features = []
    for number, row in enumerate(design["administrative"], 1):
        ring = local
        for axis, at, sign in (
            (0, row["west"], 1), (0, row["east"], -1), (1, row["south"], 1), (1, row["north"], -1)
        ):  # fmt: skip
            ring = _half(ring, axis, at, sign)
        features.append(feature(
            polygon(frame.ring(ring)), boundary_id=f"XZ-{number}", name=row["name"],
            **{"class": "administrative"}, note=INVENTED,
        ))  # fmt: skip
    return features


def _half(ring: list[Point], axis: int, at: float, sign: int) -> list[Point]:
    """Keep the half of an outline on one side of a line along an axis."""
    kept: list[Point] = []
    for one, two in zip(ring, [*ring[1:], ring[0]], strict=True):
        before, after = sign * (one[axis] - at), sign * (two[axis] - at)
        if before >= 0:
            kept.append(one)
        if before * after < 0:
            share = before / (before - after)
            kept.append((one[0] + (two[0] - one[0]) * share, one[1] + (two[1] - one[1]) * share))
    return kept
