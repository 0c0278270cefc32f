"""What the land of plots and projects lacks: tables, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd

from landtrack.assessment.site.acquisition import (
    acquisition,
    blocking,
    land_under as land_table,
    projects,
)
from landtrack.assessment.site.clearance import clearance
from landtrack.assessment.site.returns import returns
from landtrack.assessment.site.services import readiness
from landtrack.assessment.site.setbacks import lawful, setbacks
from landtrack.model import catalog
from landtrack.model.assessment import Assessment, LayerSet
from landtrack.model.errors import TableError
from landtrack.model.site import PARTS
from landtrack.output.reports.document import Part, Row, Section, Table, note, row
from landtrack.output.wording import (
    RETURN_HEADS,
    SETBACK_HEADS,
    bare,
    class_name,
    figure,
    land_under,
    returned,
    setback,
)
from landtrack.output.wording.findings import joint
from landtrack.output.wording.messages import Message, Title, say

Tables = Mapping[str, pd.DataFrame]

LAND = ("land.state", "land.area", "land.share")


def subject(result: Assessment, name: str) -> gpd.GeoDataFrame:
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


def tables(result: Assessment, plots: gpd.GeoDataFrame) -> Tables:
    """Make the tables of some plots, and of the projects that they are all or part of.

    Returns: ``acquisition`` and ``blocking`` by project, then by plot; ``land``, ``readiness``,
    ``clearance``, ``setbacks`` and ``returns`` by plot. The columns are those of
    :mod:`landtrack.model.site`.
    Raises CatalogError: If a data file is wrong.
    """
    layers = {**result.sets}
    parcels: LayerSet = layers["parcels"]
    named = plots["project_id"].dropna().unique()
    whole = projects(result.layers["plots"][result.layers["plots"]["project_id"].isin(named)])
    held = lawful(catalog.corridors(), result.layers["plots"], result.as_of)
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
        "land": land_table(plots, parcels),
        "readiness": readiness(plots, layers, catalog.readiness(), workflow=result.workflow),
        "clearance": clearance(plots, layers, held),
        "setbacks": setbacks(plots, layers, held),
        "returns": own_returns(result, plots),
    }


def own_returns(result: Assessment, plots: gpd.GeoDataFrame) -> pd.DataFrame:
    """Tell the returns on land of some plots, ranked among all of the place."""
    every = returns(result.layers["plots"], result.measures)
    return every[every["plot_id"].isin(plots.index)].reset_index(drop=True)


def sections(told: Tables, result: Assessment) -> tuple[Section, ...]:
    """Say the tables of a plot or project.

    ``told``: From :func:`tables`.
    """
    telling = _Telling(result)
    plots = result.layers["plots"]["project_id"].value_counts()
    same = plots.index[plots == 1]  # such a project is its plot: told once
    parts = (
        ("acquisition", "site.acquisition", "subject", telling.acquisition),
        ("land", "site.land", "plot_id", telling.land),
        ("blocking", "site.blocking", "subject", telling.blocking),
        ("readiness", "site.services", "plot_id", telling.readiness),
        ("clearance", "site.clearance", "plot_id", telling.clearance),
        ("setbacks", "site.setbacks", "plot_id", telling.setbacks),
        ("returns", "site.returns", "plot_id", telling.returns),
    )
    return tuple(
        Section(say(title, subject=str(name)), (say_of(rows),))
        for table, title, by, say_of in parts
        for name, rows in told[table][~told[table][by].isin(same)].groupby(by, sort=False)
    )


class _Telling:
    """Says each table."""

    def __init__(self, result: Assessment) -> None:
        self.workflow, self.parcels = result.workflow, result.schemas["parcels"]
        frame = result.layers.get("parcels")
        self.names: Mapping[str, str] = {} if frame is None or "name" not in frame else {
            str(key): name for key, name in frame["name"].items()
        }
        sets = catalog.readiness()
        self.titles = {each.id: Title(each.title) for each in sets.item}
        self.sets = {each.id: Title(each.title) for each in sets.set}

    def state(self, code: object) -> Message:
        """Name a state of approval."""
        stated = code if isinstance(code, str) else "unknown"
        return class_name(self.parcels, self.workflow, stated)

    def acquisition(self, rows: pd.DataFrame) -> Part:
        """Tell the parts of a subject."""
        known = rows[rows["area_m2"].notna()]
        if known.empty:
            return note(say("coverage.no_coverage"))
        return _table(*LAND, rows=[
            row(say(f"measure.{each['part']}_m2") if each["part"] in PARTS
                else self.state(each["part"]), *_area(each))
            for each in known.to_dict("records")
            if each["area_m2"] or each["part"] in ("acquired", "not_acquired")
        ])

    def land(self, rows: pd.DataFrame) -> Part:
        """List the parcels under a plot; they add up to it."""
        return _table("land.parcel", *LAND, rows=[
            row(*each) for each in land_under(rows, self.parcels, self.workflow, self.names)
        ])

    def blocking(self, rows: pd.DataFrame) -> Part:
        """Rank what blocks a subject."""
        return _table("site.rank", "land.parcel", *LAND, rows=[
            row(bare(each["rank"], 0), str(each["parcel_id"]), self.state(each["state"]),
                *_area(each))
            for each in rows.to_dict("records")
        ])

    def readiness(self, rows: pd.DataFrame) -> Part:
        """Tell the items of a plot once, then the sets."""
        items = rows[rows["item"] != ""].drop_duplicates("item")
        return _table("standing.item", "site.readiness", "site.why", rows=[
            *(row(self.titles[each["item"]], _readiness(each), _because(each))
              for each in items.to_dict("records")),
            *(row(self.sets[each["set"]], _readiness(each), "")
              for each in rows[rows["item"] == ""].to_dict("records")),
        ])

    def clearance(self, rows: pd.DataFrame) -> Part:
        """Tell what each layer takes of a plot, and what is left."""
        told = []
        for each in rows.to_dict("records"):
            name = say(f"kind.{each['layer']}") if each["layer"] else say("site.net")
            area: Message = figure(each["lost_m2" if each["layer"] else "net_m2"], "m2")
            if each["layer"] and pd.isna(each["lost_m2"]):
                area = say("site.at_least", area=figure(each["at_least_m2"], "m2"))
            told.append(row(name, area, _because(each)))
        return _table("site.corridor", "land.area", "site.why", rows=told)


    def setbacks(self, rows: pd.DataFrame) -> Part:
        """Tell how a plot lies to the distances that are set by law."""
        return _table(*(f"site.{each}" for each in SETBACK_HEADS), rows=[
            row(*setback(each)) for each in rows.to_dict("records")
        ])


    def returns(self, rows: pd.DataFrame) -> Part:
        """Tell what the land of a plot yields, and where it stands among the others."""
        return _table(*(f"returns.{each}" for each in RETURN_HEADS), rows=[
            row(*returned(each)) for each in rows.to_dict("records")
        ])


def _table(*names: str, rows: list[Row]) -> Table:
    return Table(tuple(map(say, names)), tuple(rows))


def _area(row: Mapping[Any, Any]) -> tuple[Message, Message]:
    return figure(row["area_m2"], "m2"), figure(row["share"], "share")


def _readiness(row: Mapping[Any, Any]) -> Message:
    return say(f"readiness.{row['readiness']}")


def _because(row: Mapping[Any, Any]) -> Message:
    """Say why, with the feature that decided and the metres."""
    value = row.get("value_m")
    return joint(filter(None, [
        say(f"reason.{row['reason']}"), str(row["feature_id"] or ""),
        "" if pd.isna(value) else figure(value, "m"),
    ]))
