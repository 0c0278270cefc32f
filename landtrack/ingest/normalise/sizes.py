"""Figures whose unit nobody states and whose size the shapes deny: they are not known."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.ingest.normalise.amounts import Settled
from landtrack.model import Issue, catalog, issues
from landtrack.spatial import plot_figures

FAR_OFF = 50.0
"""A declared area that is so many times the measured one, or less, is in another unit."""
LIKELY_UNITS = ("ha", "mu", "km2")
AREAS = {
    "land_area_m2": None, "floor_area_m2": "floor_m2_m2", "gross_floor_area_m2": "floor_m2_m2",
    "covered_area_m2": "covered_m2_m2",
}
"""Declared areas, and what the schema's parameters call their bounds by measured land."""
INVESTMENTS = ("total_investment_cny", "fixed_investment_cny")


def likely(settled: Settled, rows: Iterable[issues.Row]) -> tuple[Settled, list[issues.Row]]:
    """Let no figure count whose unit nobody states and whose size the shapes deny.

    ``rows``: What was found so far: it names the fields without a unit.
    Returns settled : Settled: The same; such figures are missing.
    Returns rows : list of issues.Row: Those of :func:`unlikely`.
    """
    plots = settled.plots
    unstated = {row["field"] for row in rows if row["issue"] == Issue.UNIT_NOT_STATED}
    areas = plots.geometry.area
    kept, of_plots = unlikely(plots, areas.to_numpy(), unstated)
    of_projects = areas.groupby(plot_figures.project_of(plots)).sum()
    amounts, of_amounts = unlikely(
        settled.amounts, of_projects.reindex(settled.amounts.index).to_numpy(), unstated
    )
    return settled._replace(plots=kept, amounts=amounts), of_plots + of_amounts


def unlikely(
    frame: pd.DataFrame, areas: npt.NDArray[np.float64], unstated: Collection[str]
) -> tuple[pd.DataFrame, list[issues.Row]]:
    """Make figures unknown whose unit nobody states and whose size the shapes deny.

    ``frame``: n plots or projects by key, with ``source`` and their declared figures.
    ``areas``: The n measured areas, m².
    ``unstated``: The fields whose unit neither a heading nor the catalog states.
    Returns frame : DataFrame: The same; such figures are missing.
    Returns rows : list of issues.Row: One per land area that is :data:`FAR_OFF` times the measured
    one or more, or less, with the unit that it looks like where it does; and per area of floors, or
    covered, outside of the bounds of the schema.
    """
    limits = catalog.schemas()["plots"].parameters
    changed, rows = {}, []
    for field in (each for each in (*AREAS, *INVESTMENTS) if each in frame):
        amount = frame[field].to_numpy(dtype="float64")
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = amount / areas
        named = AREAS.get(field, "intensity_cny_m2")
        if named is None:
            odd = (amount > 0) & ((ratio * FAR_OFF <= 1) | (ratio >= FAR_OFF))
        else:
            odd = (ratio < limits[f"least_{named}"]) & (amount > 0)
            odd |= ratio > limits[f"most_{named}"]
        if field in AREAS:
            rows += [
                issues.row(
                    Issue.AREA_MAGNITUDE, source=frame["source"].iloc[at], layer="plots",
                    feature_id=str(frame.index[at]), field=field,
                    value=f"{amount[at]:,.2f} m² / {areas[at]:,.2f} m²"
                    + ("" if named else _looks_like(ratio[at])),
                )
                for at in np.flatnonzero(odd)
            ]
        if field in unstated and odd.any():
            changed[field] = frame[field].mask(odd)
    return frame.assign(**changed), rows


def _looks_like(ratio: float) -> str:
    """Name the unit that would make a declared area that of the shape, within a third."""
    return next((
        f" ≈ {unit}" for unit in LIKELY_UNITS
        if abs(ratio * (catalog.unit_factor("m2", unit) or 0.0) - 1) < 1 / 3
    ), "")
