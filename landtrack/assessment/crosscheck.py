"""Judges the layers of a place against each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import geopandas as gpd
import pandas as pd
import shapely

from landtrack.ingest import validate
from landtrack.ingest.read import Raw
from landtrack.model import NO_WORKFLOW, Basis, Issue, Place, Workflow, catalog, issues
from landtrack.model.assessment import LayerSet
from landtrack.spatial import measures, plot_figures
from landtrack.spatial.join import footprints


def layers(
    found: Mapping[str, gpd.GeoDataFrame], place: Place, amounts: pd.DataFrame
) -> list[issues.Row]:
    """Check what the layers of a place say of themselves and of each other.

    ``found``: By kind, valid, in the working CRS; ``plots`` among them.
    ``amounts``: What is of projects as wholes, as :func:`landtrack.ingest.normalise.amounts.settle`
    gives it.
    Returns: In the order of the kinds.
    """
    rows = validate.far_layers(found) + validate.plots(found["plots"], place.basis)
    rows += projects(found["plots"], amounts, place.basis)
    if "parcels" in found:
        rows += validate.parcels(found["parcels"], place.basis)
    if "land_classes" in found:
        rows += validate.land_uses(found["land_classes"], "land_classes", "class_code")
    if "buildings" in found:
        rows += validate.buildings(found["buildings"], found["plots"])
    return rows


def approvals(place: Place, workflow: Workflow, raws: Iterable[Raw]) -> list[issues.Row]:
    """Name the layers with states of which it is not known how approvals go.

    Returns: One for each field of a file whose states cannot be read; none where the catalog states
    that there is no workflow.
    """
    if place.workflow is not None or workflow.id != NO_WORKFLOW:
        return []
    known = catalog.schemas()
    found = []
    for raw in raws:
        source, fields = raw.source, known[raw.source.kind].fields
        columns = [] if raw.frame is None else list(raw.frame.columns)
        named = {*(columns if source.fields is None else source.fields), *source.constants}
        if source.ledger is not None:
            named |= set(source.ledger.fields)
        found += [
            issues.row(
                Issue.WORKFLOW_NOT_STATED, source=raw.label, layer=source.kind, field=name,
                value=", ".join(catalog.data_files("workflows")),
            )
            for name in sorted(named & set(fields)) if fields[name].choices_from is not None
        ]
    return found


def overlaps(joined: LayerSet, workflow: Workflow) -> list[issues.Row]:
    """Name the pairs of buildings that share ground.

    Returns: One per pair, at the later building, naming the earlier and the square metres; with
    what the catalog says of both where it does.
    """
    if joined.frame is None or joined.frame.empty:
        return []
    frame = footprints.standing(joined.frame, joined, workflow)
    pairs = footprints.overlaps(frame, joined, stacked_too=True)
    said = [joined.overlaps.get(each, "") for each in frame["source"]]
    shapes = frame.geometry.to_numpy()
    common = shapely.intersection(shapes[pairs.plot], shapes[pairs.feature])
    rows = []
    for (one, other, area), shape in zip(zip(*pairs, strict=True), common, strict=True):
        stated = said[one] and said[other]
        rows.append(issues.shown(issues.row(
            Issue.BUILDINGS_OVERLAP_STATED if stated else Issue.BUILDINGS_OVERLAP,
            source=frame["source"].iloc[one], layer=joined.schema.id,
            feature_id=str(frame.index[one]), field="geometry",
            value=f"{frame.index[other]}: {area:,.2f} m²"
            + (f" ({' / '.join(sorted({said[one], said[other]}))})" if stated else ""),
        ), [("overlap", shape)]))
    return rows


def projects(
    frame: gpd.GeoDataFrame, amounts: pd.DataFrame, basis: Basis
) -> list[issues.Row]:
    """Check what is said of projects of several plots.

    ``frame``: n valid plots in the working CRS, by ``plot_id``.
    Returns: Areas that differ from those of the plots together by more than the tolerance, and
    investments to look at; none of a project of which a plot was set aside.
    """
    whole = amounts[(amounts["lost"] == "") & (amounts["source"] != "")]
    of = plot_figures.project_of(frame)
    own = frame[of.isin(whole.index)]
    if own.empty:
        return []
    by_project = own.geometry.groupby(of.reindex(own.index))
    shapes = by_project.agg(lambda each: measures.union(each.to_numpy()))
    made = gpd.GeoDataFrame(
        whole.reindex(shapes.index), geometry=shapes.to_numpy(dtype=object), crs=frame.crs
    )
    return [
        *validate.areas(made, "plots", "land_area_m2", basis.area_tolerance),
        *validate.magnitudes(made),
    ]
