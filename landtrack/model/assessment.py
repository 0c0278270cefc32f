"""A vetted place: its head, its layers and tables, and what they were judged by.

A run makes one in memory; one over a store is made by :mod:`landtrack.store.assessment`, read
whole or piece by piece. Maps, sheets, reports and packs take this type and nothing else.
"""

from __future__ import annotations

import dataclasses
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from landtrack.model import (
    LEVELS,
    Place,
    Rule,
    RulePack,
    Schema,
    Stage,
    Workflow,
    classes as classing,
    translations,
)
from landtrack.model.rules import by_id

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from pyproj import CRS

    from landtrack.model.address import Address
    from landtrack.model.events import Event

FINDINGS = "findings"
MEASURES = "measures"
ISSUES = "issues"
COUNTS = "counts"
OF_PROJECTS = "project_findings"
"""The table of findings on whole projects, where one has several plots."""
AMOUNTS = "project_amounts"
"""The table of what is of projects of several plots as wholes."""
WRITTEN = "written_figures"
"""The table of figures as they were written."""
MARKS = "issue_shapes"
"""The layer of the places that issues name."""


@dataclass(frozen=True, kw_only=True)
class Features:
    """The features of a large layer, which is read piece by piece.

    ``bounds`` are west, south, east, north in ``crs``, NaN without a shape. ``table`` gives the
    rows by their key, without their shapes where they are many; ``shapes`` gives the shapes piece
    by piece, in the order of the table; ``names`` the names of the features of some keys.
    """

    count: int
    crs: CRS | None
    bounds: tuple[float, float, float, float]
    table: Callable[[], pd.DataFrame]
    shapes: Callable[[], Iterator[npt.NDArray[np.object_]]]
    names: Callable[[pd.Index], dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class LayerSet:
    """A layer kind with what is known of its completeness.

    ``frame`` holds the features in the working CRS, indexed by the kind's key; it is None where no
    source is of use, and where ``pieces`` gives them instead. ``coverage`` holds the polygons in
    which the layer is complete; None means wherever it has features at all. ``lost`` are the
    features that were set aside, with their fields, ``unread`` counts those that could not even be
    read; ``state_unread`` and ``class_unread`` are the keys of those whose state or class is
    written, but cannot be read; ``overlaps`` says by source what it is when footprints overlap:
    ``"stacked"`` or ``"duplicate"``, where the catalog says it. ``written`` are the cells that
    figures of plots were read from; ``perhaps`` says of which figures it is not known whether they
    are the plot's or its project's.
    """

    schema: Schema
    frame: gpd.GeoDataFrame | None
    pieces: Features | None = None
    coverage: gpd.GeoSeries | None = None
    written: pd.DataFrame | None = None
    perhaps: pd.DataFrame | None = None
    complete: bool = True
    lost: gpd.GeoDataFrame | None = None
    unread: int = 0
    state_unread: frozenset[str] = frozenset()
    class_unread: frozenset[str] = frozenset()
    overlaps: Mapping[str, str] = dataclasses.field(default_factory=dict)


def frames(sets: Mapping[str, LayerSet]) -> dict[str, gpd.GeoDataFrame]:
    """Give the layers that are held whole, by kind."""
    return {kind: each.frame for kind, each in sets.items() if each.frame is not None}


class SignOff(NamedTuple):
    """A plot or project that one person submitted and another accepted, as it still stands.

    ``number`` is that of the case; ``submitted_at`` and ``accepted_at`` are moments in UTC.
    ``proven`` says that a shared store knew both; else they are names that somebody typed.
    """

    number: int
    submitted_by: str
    submitted_at: str
    accepted_by: str
    accepted_at: str
    proven: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class Assessment:
    """A vetted place.

    ``store`` is where it lies, None where it is in memory alone. ``sets`` are its layers by kind,
    ``tables`` its tables by the names that they have in a store; over a store that is read piece
    by piece the large ones are read anew each time they are asked for. ``events`` are the log, in
    the order of entry. ``run`` says what it was made from and when, as a row of the table of runs.
    ``packs`` are the rules by which the plots were judged, as they were then, none where the place
    has no rules, all by the rules of ``rules_on`` and for ``stage`` where they are given. ``as_of``
    is the earlier day that it was taken back to. ``outputs`` names the files that were written.
    ``glance`` makes what a notebook shows of it.
    ``sign_offs`` are by ``plots:KEY`` and ``projects:ID``; none but of a store as it stands.
    """

    place: Place
    lang: str
    crs: CRS
    schemas: Mapping[str, Schema]
    workflow: Workflow
    packs: tuple[RulePack, ...]
    sets: Mapping[str, LayerSet]
    tables: Mapping[str, pd.DataFrame]
    events: Sequence[Event]
    run: Mapping[str, object]
    store: Address | None = None
    rules_on: date | None = None
    stage: Stage | None = None
    as_of: date | None = None
    outputs: Mapping[str, Path] = dataclasses.field(default_factory=dict)
    sign_offs: Mapping[str, SignOff] = dataclasses.field(default_factory=dict)
    glance: Callable[[Assessment], str] | None = None

    def __repr__(self) -> str:
        """Say which place it is, and how much of it there is."""
        held = ", ".join(f"{kind} {len(each.frame):,}" for kind, each in self.sets.items()
                         if each.frame is not None)
        return f"<Assessment of {self.place.id}: {held}>"

    def _repr_html_(self) -> str | None:
        """Show it in a notebook."""
        return None if self.glance is None else self.glance(self)

    @property
    def name(self) -> str:
        """What messages call it.

        Returns
        -------
        str
            The name of its store; the place's id where it is in memory alone.
        """
        return self.store.name if self.store is not None else self.place.id

    @property
    def stored(self) -> Address:
        """Where its store is, for what is entered there.

        Returns
        -------
        Path or Shared
            A GeoPackage, or a schema of a database.

        Raises
        ------
        ValueError
            If it is in memory alone.
        """
        if self.store is None:
            raise ValueError(f"{self.place.id} is in memory alone: there is no store to enter into")
        return self.store

    @property
    def words(self) -> translations.Words:
        """The words of its language.

        Returns
        -------
        Words
            Those that outputs speak in.
        """
        return translations.load(self.lang)

    @property
    def title(self) -> str:
        """The title of the place.

        Returns
        -------
        str
            In its language; the place's id where it has none.
        """
        return self.words.pick(self.place.title) or self.place.id

    @property
    def notice(self) -> str:
        """What is to be known of the place's data.

        Returns
        -------
        str
            In its language; empty where nothing is.
        """
        return self.words.pick(self.place.notice)

    @cached_property
    def layers(self) -> Mapping[str, gpd.GeoDataFrame]:
        """The layers that are held whole.

        Returns
        -------
        mapping of str to GeoDataFrame
            By kind, in the working CRS, indexed by the kind's key.
        """
        return frames(self.sets)

    @cached_property
    def classes(self) -> Mapping[str, pd.Series]:
        """The class that each feature is drawn as: its verdict, state, voltage or medium.

        Returns
        -------
        mapping of str to Series of str
            By kind, in the order of the layer.
        """
        return {
            kind: classing.classify(frame, self.schemas[kind])
            for kind, frame in self.layers.items()
        }

    def layer(self, kind: str) -> gpd.GeoDataFrame:
        """Give a layer.

        Parameters
        ----------
        kind
            Such as ``"plots"`` or ``"parcels"``.

        Returns
        -------
        GeoDataFrame
            In the working CRS, indexed by the kind's key.

        Raises
        ------
        KeyError
            If the place has no such layer.
        """
        return self.layers[kind]

    def table(self, name: str) -> pd.DataFrame | None:
        """Give a table.

        Parameters
        ----------
        name
            Such as ``"findings"`` or ``"project_amounts"``; ``landtrack help tables`` lists them.

        Returns
        -------
        DataFrame or None
            None where there is nothing of the kind, such as findings on projects where every
            project is one plot.
        """
        return self.tables.get(name)

    @property
    def findings(self) -> pd.DataFrame:
        """What the rules say of each plot.

        Returns
        -------
        DataFrame
            A row for each plot and rule, columns of ``model.FINDING_COLUMNS``.
        """
        return self.tables[FINDINGS]

    @property
    def measures(self) -> pd.DataFrame:
        """What was measured of each plot.

        Returns
        -------
        DataFrame
            A row for each plot, layer, category and measure, columns of ``model.MEASURE_COLUMNS``;
            the unit is the suffix of the measure's name.
        """
        return self.tables[MEASURES]

    @property
    def issues(self) -> pd.DataFrame:
        """What is wrong with the data, and who mends it.

        Returns
        -------
        DataFrame
            Columns of ``model.ISSUE_COLUMNS``.
        """
        return self.tables[ISSUES]

    @property
    def counts(self) -> pd.DataFrame:
        """How many features of each source were read, set aside and kept.

        Returns
        -------
        DataFrame
            A row for each source, columns of ``model.COUNT_COLUMNS``.
        """
        return self.tables[COUNTS]

    @property
    def projects(self) -> pd.DataFrame | None:
        """What the rules say of whole projects.

        Returns
        -------
        DataFrame or None
            Like the findings, ``plot_id`` being the project's id; None where every project is one
            plot.
        """
        return self.tables.get(OF_PROJECTS)

    @property
    def amounts(self) -> pd.DataFrame | None:
        """What is of projects of several plots as wholes.

        Returns
        -------
        DataFrame or None
            By project, columns of ``model.AMOUNT_COLUMNS`` and the fields that add up.
        """
        return self.tables.get(AMOUNTS)

    @property
    def written(self) -> pd.DataFrame | None:
        """The figures of plots as they were written, beside what they were taken for.

        Returns
        -------
        DataFrame or None
            Columns of ``model.WRITTEN_COLUMNS``; None of a store that kept none.
        """
        return self.tables.get(WRITTEN)

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules by id, each as the most local pack states it.

        Returns
        -------
        mapping of str to Rule
            In the order of the packs, the most local last, and of one level the later.
        """
        return by_id(self.packs)

    @property
    def pack(self) -> RulePack | None:
        """The most local of the packs.

        Returns
        -------
        RulePack or None
            None where the place has no rules.
        """
        return max(self.packs, key=lambda each: LEVELS.index(each.level), default=None)

    def replace(self, **tables: pd.DataFrame) -> Assessment:
        """Take other tables in the place of some.

        Parameters
        ----------
        **tables
            By their names.

        Returns
        -------
        Assessment
            The same otherwise.
        """
        # those that are not taken are not read
        mine: MutableMapping[str, pd.DataFrame] = self.tables  # type: ignore[assignment]
        return dataclasses.replace(self, tables=ChainMap(tables, mine))
