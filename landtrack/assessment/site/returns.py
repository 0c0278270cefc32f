"""Returns on land: output, tax and jobs a mu, and where a plot stands among the others.

They are indices without limits: what is enough, a bureau states in a rule pack of its own.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from landtrack.model import catalog
from landtrack.model.site import RETURN_COLUMNS

MU = 10_000 / 15
"""Square metres of a mu."""
INDICES = {
    "output": ("annual_output_cny", 1e4), "tax": ("annual_tax_cny", 1e4), "jobs": ("jobs", 1.0),
}
"""The field of each index, and in how many of its units it is told: 万元 of money."""


def returns(plots: gpd.GeoDataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """Divide what plots yield by their land, and rank them in the park and in their industry.

    ``plots``: n plots of the park by ``plot_id``.
    ``measured``: The table of measures, which holds the land that the indices use.
    Returns: Columns of ``model.site.RETURN_COLUMNS``, by index, then in the order of the plots:
    a row for each index of a plot whose figure and land are known.
    """
    own = measured[(measured["layer"] == "plots") & (measured["measure"] == "land_area_m2")]
    land_m2 = own.drop_duplicates("plot_id").set_index("plot_id")["value"]
    mu = land_m2.reindex(plots.index).astype("float64").to_numpy() / MU
    industry = _industries(plots)
    tables = [pd.DataFrame(columns=list(RETURN_COLUMNS))]
    for index, (field, factor) in INDICES.items():
        if field not in plots:
            continue
        amount = pd.to_numeric(plots[field], errors="coerce").to_numpy(dtype="float64")
        with np.errstate(divide="ignore", invalid="ignore"):
            value = amount / factor / mu
        table = pd.DataFrame({
            "plot_id": plots.index.to_numpy(dtype=object), "index": index, "value": value,
            "industry": industry,
        })
        table = table[np.isfinite(value)]
        if table.empty:
            continue
        alike = table.groupby("industry")["value"]
        named = (table["industry"] != "").to_numpy()
        tables.append(table.assign(
            share=table["value"].rank(method="max", pct=True), among=len(table),
            industry_share=np.where(named, alike.rank(method="max", pct=True), np.nan),
            industry_among=np.where(named, alike.transform("size"), 0),
        )[list(RETURN_COLUMNS)])
    return pd.concat(tables[1:] or tables, ignore_index=True)


def _industries(plots: gpd.GeoDataFrame) -> list[str]:
    """Name the division of each plot with its edition, else the industry as it is written."""
    known = catalog.industries()
    found = []
    columns = [
        plots[name] if name in plots else pd.Series(None, plots.index, dtype=object)
        for name in ("industry_code", "industry_year", "industry")
    ]
    for code, year, name in zip(*columns, strict=True):
        division = None if pd.isna(code) or pd.isna(year) else known.division(str(code), year)
        if division is not None:
            found.append(f"{division} {known.name(division, year)}")
        else:
            found.append("" if pd.isna(name) else str(name))
    return found
