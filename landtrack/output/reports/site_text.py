"""The tables of a site in lines of words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd

from landtrack.assessment.site.acquisition import acquisition, blocking, land_under, projects
from landtrack.assessment.site.clearance import clearance
from landtrack.assessment.site.services import readiness
from landtrack.model import Joined, Result, catalog
from landtrack.model.errors import TableError
from landtrack.model.site import PARTS
from landtrack.model.translations import Words
from landtrack.output.wording.land import land as land_words
from landtrack.output.wording.phrases import class_label, quantity

Tables = Mapping[str, pd.DataFrame]


def subject(result: Result, name: str) -> gpd.GeoDataFrame:
    """Find the plots that a name means.

    Returns: The plot, or the plots of the project.
    Raises TableError: If there is neither.
    """
    plots = result.layers["plots"]
    if name in plots.index:
        return plots.loc[[name]]
    own = plots[plots["project_id"] == name]
    if own.empty:
        raise TableError(
            f"There is no plot or project {name!r} in {result.place.id}.",
            mend=f"Name one that there is, such as {plots.index[0]}.",
        )
    return own


def tables(result: Result, plots: gpd.GeoDataFrame) -> Tables:
    """Make the tables of some plots, and of the projects that they are all or part of.

    Returns: ``acquisition`` and ``blocking`` by project, then by plot; ``land``, ``readiness`` and
    ``clearance`` by plot. The columns are those of :mod:`landtrack.model.site`.
    Raises CatalogError: If a data file is wrong.
    """
    layers = {**result.joined}
    parcels: Joined = layers["parcels"]
    named = plots["project_id"].dropna().unique()
    whole = projects(result.layers["plots"][result.layers["plots"]["project_id"].isin(named)])
    subjects = [each for each in (whole, plots) if len(each)]
    return {
        "acquisition": pd.concat(
            [acquisition(each, parcels, workflow=result.workflow) for each in subjects],
            ignore_index=True,
        ),
        "blocking": pd.concat(
            [blocking(each, parcels, workflow=result.workflow) for each in subjects],
            ignore_index=True,
        ),
        "land": land_under(plots, parcels),
        "readiness": readiness(plots, layers, catalog.readiness(), workflow=result.workflow),
        "clearance": clearance(plots, layers, catalog.corridors()),
    }


def lines(told: Tables, result: Result, words: Words) -> list[str]:
    """Put the tables of a plot or project into lines.

    ``told``: From :func:`tables`.
    """
    telling = _Telling(result, words)
    plots = result.layers["plots"]["project_id"].value_counts()
    same = plots.index[plots == 1]  # such a project is its plot: told once
    land, blocks = (
        told[name][~told[name]["subject"].isin(same)] for name in ("acquisition", "blocking")
    )
    return [
        *telling.acquisition(land), *telling.land(told["land"]), *telling.blocking(blocks),
        *telling.readiness(told["readiness"]), *telling.clearance(told["clearance"]),
    ]


class _Telling:
    """The lines of each table, in one language."""

    def __init__(self, result: Result, words: Words) -> None:
        self.words, self.workflow = words, result.workflow
        self.parcels = result.schemas["parcels"]
        frame = result.layers.get("parcels")
        self.names: Mapping[str, str] = {} if frame is None or "name" not in frame else {
            str(key): name for key, name in frame["name"].items()
        }
        sets = catalog.readiness()
        self.items = {each.id: words.pick(each.title) for each in sets.item}
        self.sets = {each.id: words.pick(each.title) for each in sets.set}

    def area(self, value: object, share: object = None) -> str:
        """Write an area, with its share where there is one."""
        told = quantity(self.words, value, "m2")
        if share is None or pd.isna(share):
            return told
        part = quantity(self.words, share, "share")
        return self.words("wording.with_share", value=told, share=part)

    def state(self, code: object) -> str:
        """Name a state of approval."""
        stated = code if isinstance(code, str) else "unknown"
        return class_label(self.words, self.parcels, self.workflow, stated)

    def acquisition(self, table: pd.DataFrame) -> list[str]:
        """Tell the parts of each subject."""
        told = []
        for subject_id, rows in table.groupby("subject", sort=False):
            told.append(self.words("site.acquisition", subject=subject_id))
            known = rows[rows["area_m2"].notna()]
            if known.empty:
                told.append(f"  {self.words('coverage.no_coverage')}")
            for row in known.to_dict("records"):
                part = row["part"]
                if not row["area_m2"] and part not in ("acquired", "not_acquired"):
                    continue
                name = self.words(f"measure.{part}_m2") if part in PARTS else self.state(part)
                told.append(f"  {name}  {self.area(row['area_m2'], row['share'])}")
        return told

    def land(self, table: pd.DataFrame) -> list[str]:
        """List the parcels under each plot; they add up to it."""
        told = []
        for plot, rows in table.groupby("plot_id", sort=False):
            told.append(f"{plot} {self.words('land.title')}")
            said = land_words(self.words, rows, self.parcels, self.workflow, self.names)
            told += [
                f"  {'  '.join(filter(None, (what, state)))}  "
                + self.words("wording.with_share", value=area, share=share)
                for what, state, area, share in said
            ]
        return told

    def blocking(self, table: pd.DataFrame) -> list[str]:
        """Rank what blocks each subject."""
        told = []
        for subject_id, rows in table.groupby("subject", sort=False):
            told.append(self.words("site.blocking", subject=subject_id))
            told += [
                f"  {row['rank']}  {row['parcel_id']}  {self.state(row['state'])}  "
                f"{self.area(row['area_m2'], row['share'])}"
                for row in rows.to_dict("records")
            ]
        return told

    def readiness(self, table: pd.DataFrame) -> list[str]:
        """Tell the items of each plot once, then the sets."""
        told = []
        for plot, rows in table.groupby("plot_id", sort=False):
            told.append(self.words("site.services", subject=plot))
            items = rows[rows["item"] != ""].drop_duplicates("item")
            told += [
                f"  {self.items[row['item']]}  {self.readiness_of(row)}{self.because(row)}"
                for row in items.to_dict("records")
            ]
            told += [
                f"  {self.sets[row['set']]}  {self.readiness_of(row)}"
                for row in rows[rows["item"] == ""].to_dict("records")
            ]
        return told

    def readiness_of(self, row: Mapping[Any, Any]) -> str:
        """Name the readiness."""
        return self.words(f"readiness.{row['readiness']}")

    def because(self, row: Mapping[Any, Any]) -> str:
        """Say why, with the feature that decided and the metres."""
        told = [self.words(f"reason.{row['reason']}")]
        if row["feature_id"]:
            told.append(str(row["feature_id"]))
        if pd.notna(row.get("value_m")):
            told.append(quantity(self.words, row["value_m"], "m"))
        return self.words("site.because", why=self.words("wording.joint").join(told))

    def clearance(self, table: pd.DataFrame) -> list[str]:
        """Tell what each layer takes of each plot, and what is left."""
        told = []
        for plot, rows in table.groupby("plot_id", sort=False):
            told.append(self.words("site.clearance", subject=plot))
            for row in rows.to_dict("records"):
                name = self.words(f"kind.{row['layer']}") if row["layer"] else ""
                if not name:
                    net = self.area(row["net_m2"])
                    told.append(f"  {self.words('site.net')}  {net}{self.because(row)}")
                elif pd.isna(row["lost_m2"]):
                    least = self.words("site.at_least", area=self.area(row["at_least_m2"]))
                    told.append(f"  {name}  {least}{self.because(row)}")
                else:
                    told.append(f"  {name}  {self.area(row['lost_m2'])}{self.because(row)}")
        return told
