"""What a sheet is of: features of one kind, or the whole place."""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack.model.assessment import Assessment
from landtrack.model.errors import SourceError
from landtrack.output.sheets.template import Template
from landtrack.spatial import measures as measure

EVERY = "*"
"""The selection of all that a template can be of."""

A_LITTLE = 1.35
"""How many times as wide or high a whole place may become by what reaches beyond it."""

HASHED_DECIMALS = 3
"""A shape is hashed by its coordinates to the millimetre."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What one sheet is of: features of one kind, or the whole place where ``kind`` is empty."""

    kind: str
    ids: tuple[str, ...]
    shape: shapely.Geometry
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What the sheet is filed under."""
        return "+".join(self.ids) if self.ids else "all"


def known_within(source: Assessment, kind: str, shape: shapely.Geometry) -> bool:
    """Tell whether a layer is known to be complete in an area.

    ``shape``: The area, in the working CRS.
    Returns: Only then nothing found is nothing there. False where the layer is missing or empty, or
    the place states a part of it that the area does not lie in.
    """
    own = source.sets.get(kind)
    if own is None:
        return False
    if own.coverage is not None:
        area = shapely.make_valid(measure.union(own.coverage.to_numpy()))
        return bool(measure.lies_within(np.array([shape], dtype=object), area)[0])
    return own.frame is not None and len(own.frame) > 0 and own.complete


def select(source: Assessment, template: Template, selection: str) -> tuple[Subject, ...]:
    """Find what sheets are asked of.

    ``template``: The template, which names the kinds that can be a subject.
    ``selection``: Keys, patterns such as ``"XP-0*"`` or projects, separated by commas; with
    ``"kind:"`` in front for one kind only; ``"*"`` for all. ``"A+B"`` is one sheet of both.
    Returns: Each once, in the order of the selection.
    Raises SourceError: If a part of the selection is nothing that there is.
    """
    if not template.subject.kinds:
        return (_whole(source, template),)
    kind, colon, rest = selection.partition(":")
    kinds = template.subject.kinds
    if colon and kind in source.schemas:
        if kind not in kinds:
            raise SourceError(
                f"A sheet {template.id!r} cannot be of {kind}.",
                mend=f"Select from: {', '.join(kinds)}.",
            )
        kinds, selection = (kind,), rest
    asked = not (colon and kinds == (kind,))
    found: dict[tuple[str, tuple[str, ...]], None] = {}
    for part in filter(None, (each.strip() for each in selection.split(","))):
        if asked:
            _insist_on_one(source, kinds, part)
        for each in _matching(source, kinds, part, template):
            found[each] = None
    return tuple(subject_of(source, *each) for each in found)


def _insist_on_one(source: Assessment, kinds: Iterable[str], part: str) -> None:
    """Ask which is meant where a key is one of several kinds, or a plot's and another project's."""
    keys = part.split("+")
    own = [
        kind for kind in kinds
        if (frame := source.layers.get(kind)) is not None and pd.Index(keys).isin(frame.index).all()
    ]
    meant = [f"{kind}:{part}" for kind in own]
    for kind in own:
        frame = source.layers[kind]
        if "project_id" in frame and len(keys) == 1:
            of = frame.index[(frame["project_id"] == part).fillna(value=False)].astype(str)
            if len(of) and list(of) != keys:
                meant.append(f"{kind}:{'+'.join(of)}")
    if len(meant) > 1:
        raise SourceError(
            f"{part!r} is the key of several things in {source.name}.",
            mend=f"Write which is meant: {' or '.join(meant)}.",
        )


def _matching(
    source: Assessment, kinds: Iterable[str], part: str, template: Template
) -> list[tuple[str, tuple[str, ...]]]:
    for kind in kinds:
        frame = source.layers.get(kind)
        if frame is None:
            continue
        keys = list(map(str, frame.index))
        if part in keys:
            return [(kind, (part,))]
        joined = tuple(part.split("+"))
        if set(joined) <= set(keys):
            return [(kind, joined)]
        if matched := fnmatch.filter(keys, part):
            return [(kind, (key,)) for key in matched]
        if "project_id" in frame and (
            own := frame.index[(frame["project_id"] == part).fillna(value=False)].tolist()
        ):
            return [(kind, tuple(map(str, own)))]
    some = [str(key) for kind in kinds if kind in source.layers
            for key in source.layers[kind].index[:3]]
    raise SourceError(
        f"{source.name} has nothing {part!r} that a sheet {template.id!r} can be of.",
        mend=f"Name one, such as {', '.join(some)}, or a pattern such as '*'." if some else
        f"The store has no {' and no '.join(kinds)}.",
    )


def subject_of(source: Assessment, kind: str, ids: tuple[str, ...]) -> Subject:
    """Take features as the subject of one sheet.

    Returns: Their shapes as one, and the fields in which they agree.
    Raises SourceError: If one of them is not there.
    """
    there = source.layers.get(kind)
    gone = [key for key in ids if there is None or key not in there.index]
    if gone:
        raise SourceError(
            f"{source.name} has no {kind} {', '.join(gone)}.",
            mend="Look for what became of it.",
        )
    frame = source.layers[kind]
    at = frame.index.get_indexer_for(list(ids))
    facts = {}
    for name, values in frame.items():
        if name != frame.geometry.name and len(own := values.array[at].unique()) == 1:
            facts[str(name)] = own[0]
    facts[str(frame.index.name)] = ", ".join(ids)
    shapes = frame.geometry.to_numpy()[at]
    shape = shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
    return Subject(kind=kind, ids=ids, shape=shape, facts=facts)


def _whole(source: Assessment, template: Template) -> Subject:
    """Take the whole place, as far as the first of the kinds that it has reaches.

    What of the others reaches a little farther is shown, too: a park is not cut at its edge.
    """
    extents = [
        shapely.box(*frame.total_bounds) for kind in template.subject.extent
        if (frame := source.layers.get(kind)) is not None and len(frame)
    ]
    if extents:
        shape = extents[0]
        for each in extents[1:]:
            both = shapely.box(*shapely.union(shape, each).bounds)
            if all(
                after <= before * A_LITTLE
                for before, after in zip(_size(shape), _size(both), strict=True)
            ):
                shape = both
        return Subject(kind="", ids=(), shape=shape, facts={})
    raise SourceError(
        f"{source.name} has none of {', '.join(template.subject.extent)}: "
        "there is nothing to show.",
        mend="Add one of these layers to the place, and run again.",
    )


def _size(shape: shapely.Geometry) -> tuple[float, float]:
    west, south, east, north = shape.bounds
    return east - west, north - south


def fingerprint(frame: gpd.GeoDataFrame) -> npt.NDArray[np.bytes_]:
    """Give a short hash of each feature: its key, its shape to the millimetre, its fields.

    ``frame``: n features by key.
    Returns ndarray of bytes, (n,): Sixteen hexadecimal digits each.
    """
    shapes = _outlines(frame.geometry.to_numpy())
    columns = frame.drop(columns=frame.geometry.name)
    fields = [
        map(str, values.astype(object).where(values.notna(), "").tolist())
        for _, values in columns.items()
    ]
    head = "\x1f".join(map(str, columns.columns))
    rows = zip(map(str, frame.index), *fields, strict=True)
    return np.array([
        hashlib.blake2b(
            shape + "\x1f".join((head, *row)).encode(), digest_size=8
        ).hexdigest()
        for shape, row in zip(shapes, rows, strict=True)
    ], dtype="S16")


def _outlines(shapes: npt.NDArray[np.object_]) -> list[bytes]:
    """Write shapes to the millimetre: kind, parts and rings, then the points."""
    points = np.rint(shapely.get_coordinates(shapes) * 10**HASHED_DECIMALS).astype("<i8").tobytes()
    sizes = shapely.get_num_coordinates(shapes) * 16
    ends = np.cumsum(sizes)
    plain = (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON) & (
        shapely.get_num_interior_rings(shapes) == 0
    )
    heads = [
        b"P" if simple else _structure(shape).encode()
        for shape, simple in zip(shapes, plain.tolist(), strict=True)
    ]
    return [
        head + points[start:end]
        for head, start, end in zip(heads, (ends - sizes).tolist(), ends.tolist(), strict=True)
    ]


def _structure(shape: shapely.Geometry) -> str:
    """Say how the points of a shape belong together."""
    parts = shapely.get_parts(shape)
    rings = [
        shapely.get_num_coordinates(shapely.get_rings(part)).tolist()
        if shapely.get_dimensions(part) == 2 else int(shapely.get_num_coordinates(part))  # noqa: PLR2004
        for part in parts
    ]
    return f"{shapely.get_type_id(shape)}{rings}"
