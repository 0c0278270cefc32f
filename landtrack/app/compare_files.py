"""Two data drops of one layer as bare files, without a place: brought to where they compare."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from landtrack.ingest import apart, read
from landtrack.ingest.normalise import georeference, values
from landtrack.model import Issue, LayerSource, issues
from landtrack.model.errors import CRSError, SourceError
from landtrack.spatial import crs


class Drop(NamedTuple):
    """The layers of a file, indexed by key, in one metric CRS; and what is amiss in it."""

    layers: dict[str, gpd.GeoDataFrame]
    rows: list[issues.Row]


def pair(first: Path, second: Path, *, key: str, working: str | None = None) -> tuple[Drop, Drop]:
    """Read two files so that they can be compared.

    ``first``, ``second``: Files in any format that is read. Layers are paired by name; where each
    file has one, whatever their names.
    ``key``: The column that tells features apart. A feature without a key, or with one that another
    has before it, is known by its number in the file, and told.
    ``working``: The CRS to compare in, metric; that of the first file where not given.
    Returns first, second : Drop: In the same CRS.
    Raises SourceError: If a file cannot be read, or has no such column.
    Raises CRSError: If what the coordinates mean is not known, or the CRS is none to measure in.
    """
    near = None if working is None else crs.require_metric(
        crs.parse(working, what="--crs"), what="--crs")
    one = _layers(first, key, near)
    if near is None:
        near = next(iter(one.values()))[0].crs
        if not crs.is_metric(near):
            raise CRSError(
                f"{first.name} is in {crs.name(near)}, in which nothing can be measured.",
                mend="Name a CRS in metres with --crs, such as the 3-degree CGCS2000 zone.",
            )
        one = {name: (crs.to_crs(each, near, ()), rows) for name, (each, rows) in one.items()}
    other = _layers(second, key, near)
    if len(one) == len(other) == 1:
        other = dict(zip(one, other.values(), strict=True))
    return _drop(one), _drop(other)


def _drop(layers: dict[str, tuple[gpd.GeoDataFrame, list[issues.Row]]]) -> Drop:
    return Drop(
        {name: frame for name, (frame, _) in layers.items()},
        [row for _, rows in layers.values() for row in rows],
    )


def _layers(
    path: Path, key: str, near: CRS | None
) -> dict[str, tuple[gpd.GeoDataFrame, list[issues.Row]]]:
    """Read all layers of a file by key, by one reader."""
    with apart.session((path,)):
        return {name: _layer(path, name, key, near) for name in read.names(path)}


def _layer(
    path: Path, name: str, key: str, near: CRS | None
) -> tuple[gpd.GeoDataFrame, list[issues.Row]]:
    """Read a layer by key; features without a shape are named and left out."""
    contents = read.contents_of(path, layer=name)
    frame, label = contents.frame, path.name
    if key not in frame:
        there = ", ".join(str(each) for each in frame.columns if each != frame.geometry.name)
        raise SourceError(
            f"{label} has no column {key!r}.", mend=f"Name the one of the keys: {there}."
        )
    rows = read.noted(contents, source=label, layer=name)
    bare = frame.geometry.isna() | frame.geometry.is_empty
    rows += [
        issues.row(Issue.GEOMETRY_MISSING, source=label, layer=name, feature_id=str(number))
        for number in frame.index[bare]
    ]
    frame = frame[~bare]
    shapes, own, found = georeference.read(
        frame, LayerSource(kind="", path=label), label=label, near=near
    )
    rows += found
    keys, found = _keys(frame[key], label, name)
    facts = pd.DataFrame(frame.drop(columns=[key, frame.geometry.name]))
    placed = gpd.GeoDataFrame(facts, geometry=shapes, crs=own)
    placed.index = pd.Index(keys, name=key, dtype="str")
    return placed if near is None else crs.to_crs(placed, near, ()), rows + found


def _keys(
    column: pd.Series, label: str, name: str
) -> tuple[list[str], list[issues.Row]]:
    """Give every feature a key of its own."""
    keys: list[str] = []
    rows = []
    taken: set[str] = set()
    for number, written in values.as_text(column).items():
        key = f"#{number}" if pd.isna(written) else str(written)
        if key in taken:
            rows.append(issues.row(
                Issue.KEY_DUPLICATE, source=label, layer=name, feature_id=f"{key}#{number}",
                value=key,
            ))
            key = f"{key}#{number}"
        elif pd.isna(written):
            rows.append(issues.row(
                Issue.KEY_MISSING, source=label, layer=name, feature_id=key
            ))
        taken.add(key)
        keys.append(key)
    return keys, rows
