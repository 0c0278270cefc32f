"""Surfaces of patches in WKB, which GEOS has no word for, as the polygons that they are."""

from __future__ import annotations

import struct

POLYGON, MULTIPOLYGON = 3, 6
AS = {15: MULTIPOLYGON, 16: MULTIPOLYGON, 17: POLYGON}
"""Polyhedral surface, TIN and triangle, and what has the same bytes behind its number."""
PARTS = frozenset({4, 5, MULTIPOLYGON, 7, 15, 16})
RINGS = frozenset({POLYGON, 17})
POINT, LINE = 1, 2
Z, M = 0x80000000, 0x40000000


def as_polygons(wkb: bytes) -> bytes:
    """Rewrite surfaces as multipolygons and triangles as polygons; all else stays.

    ``wkb``: A shape, by ISO or with the flags of EWKB.
    Returns: The same coordinates.
    Raises ValueError: If there is something else that GEOS does not know, or the bytes end too
    early.
    """
    made = bytearray(wkb)
    try:
        _rewrite(made, 0)
    except (struct.error, IndexError) as error:
        raise ValueError("the WKB ends too early") from error
    return bytes(made)


def _rewrite(made: bytearray, at: int) -> int:
    """Rewrite the shape that begins here, and those in it; give where it ends."""
    order = "<" if made[at] else ">"
    (kind,) = struct.unpack_from(f"{order}I", made, at + 1)
    plain = kind & ~(Z | M)
    base, sort = plain % 1000, plain // 1000
    step = 8 * (2 + bool(kind & Z or sort in {1, 3}) + bool(kind & M or sort in {2, 3}))
    if base in AS:
        struct.pack_into(f"{order}I", made, at + 1, kind - base + AS[base])
    at += 5
    if base == POINT:
        return at + step
    (count,) = struct.unpack_from(f"{order}I", made, at)
    at += 4
    if base == LINE:
        return at + int(count) * step
    for _ in range(count):
        if base in RINGS:
            (corners,) = struct.unpack_from(f"{order}I", made, at)
            at += 4 + int(corners) * step
        elif base in PARTS:
            at = _rewrite(made, at)
        else:
            raise ValueError(f"WKB of type {base}")
    return at
