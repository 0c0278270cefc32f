"""The layers of a place as of its day: the sources of each kind brought together, and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from landtrack.ingest import normalise, validate
from landtrack.ingest.formats import limits
from landtrack.ingest.normalise import Layer
from landtrack.ingest.read import Raw
from landtrack.model import Issue, Schema, Transformation, Workflow, issues
from landtrack.model.assessment import LayerSet
from landtrack.model.errors import TableError
from landtrack.spatial import crowds, crs, join


class Frame(NamedTuple):
    """In which space and at which time all layers of a run are brought together.

    ``day`` is the day of the run, after which nothing has been done, ``day_of_file`` the one of
    which the files are.
    """

    working: CRS
    transformations: tuple[Transformation, ...]
    day: date
    today: date
    day_of_file: date | None
    time_zone: str | None


class Ingested(NamedTuple):
    """What the sources of a place, or of one kind of layer, hold of its day.

    ``rows`` are the issues met, ``counts`` a row of the table of counts for each source,
    ``stated`` what files and ledgers say of amounts of several plots.
    """

    sets: Mapping[str, LayerSet]
    rows: list[issues.Row]
    counts: list[tuple[object, ...]]
    stated: tuple[normalise.amounts.Stated | normalise.amounts.OfPlots, ...]


def ingest(
    raws: Sequence[Raw], schemas: Mapping[str, Schema], workflow: Workflow, where: Frame,
    tell: Callable[[str, str], None],
) -> Ingested:
    """Bring what was read together into valid layers of the day, a kind after the other.

    ``raws``: The sources of all kinds, as they were read.
    Returns: With a set for each kind that there is, also where no source is of it.
    Raises TableError: If features are lost without being named.
    """
    made = {}
    for kind, schema in schemas.items():
        own = [raw for raw in raws if raw.source.kind == kind]
        if own:
            tell("normalise", kind)
        made[kind] = _kind(own, schema, workflow, where)
    return Ingested(
        {kind: each.sets[kind] for kind, each in made.items()},
        [row for each in made.values() for row in each.rows],
        [count for each in made.values() for count in each.counts],
        made["plots"].stated,
    )


def _kind(raws: list[Raw], schema: Schema, workflow: Workflow, where: Frame) -> Ingested:
    """Bring the sources of one kind together into a valid layer of the day, and count."""
    parts = [
        normalise.layer(
            raw, schema, tracks=workflow.tracks, working=where.working,
            transformations=where.transformations, time_zone=where.time_zone,
        )
        for raw in raws
    ]
    parts = [_uncrowded(raw, part, schema) for raw, part in zip(raws, parts, strict=True)]
    rows = normalise.ledger.used_by_none(
        (raw.source.ledger if part.frame is not None else None, part.rows)
        for raw, part in zip(raws, parts, strict=True)
    )
    frame, found = normalise.combine(parts, schema)
    rows += found
    lost, every = None, frame
    if frame is not None and every is not None:
        frame, found = validate.geometry(every, schema)
        lost = every[~every.index.isin(frame.index)] if len(frame) < len(every) else every[:0]
        rows += found
        frame, found = normalise.as_of(
            frame, schema, where.day, of_file=where.day_of_file, today=where.today
        )
        rows += found
    one = LayerSet(
        schema=schema,
        frame=frame,
        coverage=_coverage(raws, where),
        written=None if frame is None or schema.id != "plots" else normalise.written.of_plots(
            (part.written for part in parts), frame, rows
        ),
        complete=bool(parts) and all(part.frame is not None for part in parts) and not any(
            row["issue"] == Issue.CRS_IMPOSSIBLE for row in rows
        ),
        lost=lost, unread=sum(row["issue"] == Issue.FEATURE_UNREADABLE for row in rows),
        state_unread=_unread(frame, "state", rows), class_unread=_unread(frame, "class", rows),
        overlaps={raw.label: raw.source.overlaps for raw in raws if raw.source.overlaps},
    )
    return Ingested(
        {schema.id: one}, rows, _counted(raws, parts, frame, rows),
        normalise.of_files(parts, every),
    )


def _uncrowded(raw: Raw, part: Layer, schema: Schema) -> Layer:
    """Leave a source out that has more features on one another than anything compares.

    Raises LimitError: If it is the plots.
    """
    if part.frame is None or schema.geometry != "polygon":
        return part
    least = limits.limits()
    most = least.overlaps + least.overlaps_a_feature * len(part.frame)
    if not crowds.crowded(
        part.frame.geometry.to_numpy(), strip_m=validate.OVERLAP_WIDTH_M, most=most
    ):
        return part
    error = limits.beyond(raw.path, "overlaps", most)
    if schema.id == "plots":
        raise error
    row = issues.row(
        Issue.FILE_OVER_LIMIT, source=raw.label, layer=schema.id, value=error.limit
    )
    return Layer(frame=None, rows=(*raw.rows, row), not_selected=0)


def _unread(
    frame: gpd.GeoDataFrame | None, field: str, rows: list[issues.Row]
) -> frozenset[str]:
    """Tell of which features a field cannot be read, where their kind has it."""
    if frame is None or field not in frame:
        return frozenset()
    return join.footprints.unread(frame, field, rows)


def _coverage(raws: Iterable[Raw], where: Frame) -> gpd.GeoSeries | None:
    """Put together the polygons in which a kind is complete; None if a source states none."""
    polygons = []
    for raw in raws:
        if raw.coverage is None:
            return None
        polygons.append(crs.to_crs(raw.coverage, where.working, where.transformations).geometry)
    return pd.concat(polygons, ignore_index=True) if polygons else None


def _counted(
    raws: list[Raw], parts: list[Layer], frame: gpd.GeoDataFrame | None, rows: list[issues.Row]
) -> list[tuple[object, ...]]:
    """Count each source's features in and out, and insist that they agree."""
    kept = frame["source"].value_counts() if frame is not None else pd.Series(dtype="int64")
    counted: list[tuple[object, ...]] = []
    for label in dict.fromkeys(raw.label for raw in raws):
        own = [
            (raw, part) for raw, part in zip(raws, parts, strict=True) if raw.label == label
        ]
        total = sum(raw.n_read for raw, _ in own)
        not_selected = sum(part.not_selected for _, part in own)
        left = total - not_selected - int(kept.get(label, 0))
        of_source = [row for row in rows if row["source"] == label]
        unusable = sum(
            len(raw.frame) for raw, part in own if part.frame is None and raw.frame is not None
        )
        named = issues.set_aside(of_source)
        if left != named + unusable:
            raise TableError(
                f"{label}: {left} features are set aside but {named + unusable} are named.",
                mend="This is a fault of landtrack: please report it with the file.",
            )
        mended = sum(row["issue"] == Issue.GEOMETRY_REPAIRED for row in of_source)
        kind = own[0][0].source.kind
        counted.append((kind, label, total, not_selected, left, int(kept.get(label, 0)), mended))
    return counted
