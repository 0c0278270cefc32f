"""Outlines in any file that is read, in the working CRS of a place: to begin a trial plot with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import msgspec
import numpy as np
import shapely

from landtrack.ingest import apart, read
from landtrack.ingest.normalise import georeference
from landtrack.model import LayerSource, catalog, issues
from landtrack.model.errors import SourceError
from landtrack.spatial import crs
from landtrack.store import staging

MOST = 500
"""Outlines that are listed; of more the first ones."""
MOST_CORNERS = 2000
MILLIMETRES = 3
MOST_LETTERS = 60
MOST_TEXTS = 2
"""Cells of a feature by which it is known again."""


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """An area of a file.

    ``name``: The layer or the file, the number of the feature, and what its first cells say.
    ``ring``: East and north of its corners in whole millimetres, the last is not the first; empty
    where it cannot be a trial plot: it has ``holes``, or more ``corners`` than one may have.
    """

    name: str
    corners: int
    holes: int
    area_m2: float
    ring: list[list[float]]


class Outlines(NamedTuple):
    """What a file has of outlines.

    ``crs`` is that of the place. ``more`` counts the areas beyond those that are listed, ``others``
    the features that are none. ``rows`` are the faults of the file.
    """

    crs: str
    outlines: list[Outline]
    more: int
    others: int
    rows: list[issues.Row]


def of(source: Path, place: Path, *, from_crs: str | None = None) -> Outlines:
    """Read the outlines of a file.

    ``source``: In any format that is read.
    ``place``: Its folder; the outlines come in its working CRS, by its transformations.
    ``from_crs``: The CRS of the file, where it does not say.
    Raises SourceError: If the file cannot be read, or has no area.
    Raises CRSError: If what its coordinates mean is not known, or does not lead to that CRS.
    Raises CatalogError: If the catalog of the place is wrong.
    """
    stated = catalog.place(place)
    working = crs.parse(stated.crs, what="[place] crs")
    found: list[Outline] = []
    rows: list[issues.Row] = []
    more = others = 0
    with apart.session((source,)):  # one reader for all of it
        names = read.names(source)
        for name in names:
            contents = read.contents_of(source, layer=name)
            label = source.name if len(names) == 1 else f"{source.name}:{name}"
            rows += read.noted(contents, source=label)
            entry = LayerSource(kind="", path=source.name, crs=from_crs)
            shapes, told = georeference.shapes(
                contents.frame, entry, label=label, working=working,
                transformations=stated.transformations,
            )
            rows += told
            called = name if len(names) > 1 else source.stem
            areas = list(_areas(contents.frame, shapes, called))
            others += sum(each is None for each in areas)
            own = [each for each in areas if each is not None]
            more += max(0, len(found) + len(own) - MOST)
            found += own[:MOST - len(found)]
    if not found:
        raise SourceError(
            f"{source.name} has no area that could be an outline.",
            mend="Give a file of areas: lines that are closed are made areas where they are drawn.",
        )
    return Outlines(crs.name(working), found, more, others, rows)


def save(found: Outlines, path: Path) -> None:
    """Write outlines as JSON, whole or not at all.

    Raises OutputError: If they cannot be written.
    """
    told = {
        "crs": found.crs, "outlines": found.outlines, "more": found.more, "others": found.others,
    }
    with staging.whole(path) as fresh:
        fresh.write_bytes(msgspec.json.encode(told))


def _areas(
    frame: gpd.GeoDataFrame, shapes: Any, called: str  # noqa: ANN401  an array of shapes
) -> Iterator[Outline | None]:
    """Give each area of some features; None for a feature that is none."""
    texts = _texts(frame)
    for number, (shape, own) in enumerate(zip(shapes, texts, strict=True), start=1):
        parts = [
            each for each in shapely.get_parts(shapely.force_2d(shape))
            if isinstance(each, shapely.Polygon) and not each.is_empty
            and np.isfinite(each.bounds).all()
        ] if shape is not None else []
        if not parts:
            yield None
        for at, part in enumerate(parts, start=1):
            of_several = f"{number}.{at}" if len(parts) > 1 else str(number)
            yield _outline(part, " · ".join([called, of_several, *own]))


def _outline(part: shapely.Polygon, name: str) -> Outline:
    """Give one area; its corners where it may be a trial plot."""
    corners = np.round(shapely.get_coordinates(part.exterior)[:-1], MILLIMETRES)
    corners = corners[(corners != np.roll(corners, 1, axis=0)).any(axis=1)]
    holes = len(part.interiors)
    fits = not holes and len(corners) <= MOST_CORNERS
    return Outline(
        name=name, corners=len(corners), holes=holes, area_m2=round(part.area, MILLIMETRES),
        ring=corners.tolist() if fits else [],
    )


def _texts(frame: gpd.GeoDataFrame) -> list[list[str]]:
    """Give of each feature what its first cells say that are texts."""
    columns = [
        name for name in frame.columns
        if name != frame.geometry.name and frame[name].dtype.kind not in "fMmb"
    ]
    return [
        [str(each)[:MOST_LETTERS] for each in row if _says(each)][:MOST_TEXTS]
        for row in frame[columns].itertuples(index=False, name=None)
    ] if columns else [[] for _ in range(len(frame))]


def _says(cell: object) -> bool:
    return isinstance(cell, str | int) and str(cell).strip() != ""
