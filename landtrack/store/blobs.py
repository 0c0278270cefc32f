"""Shapes as a GeoPackage has them: WKB behind a head (OGC 12-128r19, 2.1.3)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from landtrack.model.errors import SourceError

MAGIC, FLAGS, HEAD = b"GP", 3, 8
ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
"""How many bytes the box of a shape takes, by the kind of it that the flags name."""


def shapes(blobs: Sequence[bytes | None]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Read shapes.

    ``blobs``: n, None where a feature has no shape.
    Returns: n geometries, or None.
    Raises SourceError: If one is no shape of a GeoPackage.
    """
    try:
        found = shapely.from_wkb(np.array([_wkb(each) for each in blobs], dtype=object))
    except shapely.errors.ShapelyError as error:
        raise _none() from error
    return np.asarray(found, dtype=object)


def _wkb(blob: bytes | None) -> bytes | None:
    """Take the head off."""
    if blob is None:
        return None
    envelope = ENVELOPES.get(blob[FLAGS] >> 1 & 7) if len(blob) > HEAD else None
    if envelope is None or not blob.startswith(MAGIC):
        raise _none()
    return blob[HEAD + envelope:]


def _none() -> SourceError:
    return SourceError(
        "A shape of the store is none of a GeoPackage.",
        mend="Restore its backup, or run the place again.",
    )
