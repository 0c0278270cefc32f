"""The pieces of a subject: what lies in one parcel and one land class, and what lies in none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from landtrack.model.assessment import Assessment
from landtrack.output.sheets.subjects import Subject

LEAST_M2 = 0.02
"""A piece that is smaller is left out: less than the drawings agree to."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Ground of a subject: its parcel and owner, and its land class; empty where it is in none."""

    number: int
    shape: shapely.Geometry
    parcel: str = ""
    owner: str = ""
    class_code: str = ""


def of(source: Assessment, subject: Subject) -> tuple[Piece, ...]:
    """Part a subject by parcels and land classes.

    Returns: In the order of the parcels, then of the codes; none where neither layer is there.
    """
    kinds = [kind for kind in ("parcels", "land_classes") if kind in source.layers]
    if not kinds or not subject.kind:
        return ()
    made: list[tuple[str, str, str, shapely.Geometry]] = []
    for parcel, owner, ground in _by_parcel(source, subject.shape):
        made += [(parcel, owner, code, shape) for code, shape in _by_class(source, ground)]
    return tuple(
        Piece(number=at, parcel=parcel, owner=owner, class_code=code, shape=shape)
        for at, (parcel, owner, code, shape) in enumerate(
            (each for each in made if each[3].area > LEAST_M2), start=1
        )
    )


def _by_parcel(
    source: Assessment, shape: shapely.Geometry
) -> list[tuple[str, str, shapely.Geometry]]:
    """Cut a shape by parcels: key, owner, ground; the rest comes last, without a key."""
    frame = source.layers.get("parcels")
    if frame is None:
        return [("", "", shape)]
    rows = np.sort(frame.sindex.query(shape, predicate="intersects"))
    own = frame.iloc[rows]
    grounds = shapely.intersection(own.geometry.to_numpy(), shape)
    owners = own["owner"] if "owner" in own else pd.Series(index=own.index, dtype=object)
    found = [
        (str(key), _text(owner), ground)
        for key, owner, ground in zip(own.index, owners, grounds, strict=True)
    ]
    return [*found, ("", "", shapely.difference(shape, shapely.union_all(grounds)))]


def _by_class(source: Assessment, shape: shapely.Geometry) -> list[tuple[str, shapely.Geometry]]:
    """Cut a shape by land classes: code and ground; the rest comes last, without a code."""
    frame = source.layers.get("land_classes")
    if frame is None or "class_code" not in frame or shape.is_empty:
        return [("", shape)]
    rows = np.sort(frame.sindex.query(shape, predicate="intersects"))
    own = frame.iloc[rows]
    grounds = shapely.intersection(own.geometry.to_numpy(), shape)
    codes = [_text(each) for each in own["class_code"]]
    found = [
        (code, shapely.union_all([
            ground for ground, each in zip(grounds, codes, strict=True) if each == code
        ]))
        for code in sorted(filter(None, set(codes)))
    ]
    return [*found, ("", shapely.difference(
        shape, shapely.union_all([each for _, each in found])
    ))]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
