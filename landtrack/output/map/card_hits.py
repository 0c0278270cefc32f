"""What the layers say of the plots, as patterns and numbers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.output import wording
from landtrack.output.map import card, card_patterns, encode
from landtrack.output.map.card_patterns import Place, Section
from landtrack.output.map.fixed_point import Flags, keys_of, scale_of, whole
from landtrack.output.wording.hits import LayerLines

if TYPE_CHECKING:
    from landtrack.model import Schema, Workflow
    from landtrack.model.assessment import Features


class Names:
    """The names of features that decided, each once."""

    def __init__(self, by_kind: Mapping[str, Mapping[str, str]]) -> None:
        self.by_kind = by_kind
        self.listed: list[str] = []
        self.places: dict[str, int] = {}

    def numbers(self, kind: str, features: pd.Series) -> encode.Integers:
        """Give the number of the name of each feature; of one without a name, of its key."""
        codes, unique = pd.factorize(features)
        named = self.by_kind.get(kind, {})
        numbers = [self._number(named.get(str(each)) or str(each)) for each in unique]
        return np.asarray(np.append(np.array(numbers, dtype=np.int64), 0)[codes])

    def _number(self, name: str) -> int:
        if name not in self.places:
            self.places[name] = len(self.listed)
            self.listed.append(name)
        return self.places[name]


def decided(measures: pd.DataFrame) -> dict[str, pd.Index]:
    """List the features that measures name.

    Returns: Their keys by kind.
    """
    pairs = measures[["layer", "feature_id"]].dropna().drop_duplicates()
    return {
        str(kind): pd.Index(own.astype(object))
        for kind, own in pairs.groupby("layer", observed=True)["feature_id"]
    }


def all_named(
    measures: pd.DataFrame, found: Mapping[str, Features]
) -> dict[str, dict[str, str]]:
    """Give the names of all features that measures name, by kind and key."""
    return {
        kind: found[kind].names(keys) for kind, keys in decided(measures).items() if kind in found
    }


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Give a table whose texts stand in each row."""
    numbered = [
        name for name in table if isinstance(table[name].dtype, pd.CategoricalDtype)
    ]
    return table.astype(dict.fromkeys(numbered, object))


class Hits:
    """The section of one layer kind."""

    def __init__(
        self, schema: Schema, workflow: Workflow, rows: pd.DataFrame, place: pd.Index,
        names: Names,
    ) -> None:
        self.last: tuple[int, list[dict[str, Any]]] = -1, []
        self.lines = LayerLines(schema, workflow, names.by_kind.get(schema.id, {}))
        plot = place.get_indexer(rows["plot_id"])
        order = np.argsort(plot, kind="stable")
        order = order[plot[order] >= 0]
        self.table = _plain(rows.iloc[order].reset_index(drop=True))
        self.plot = plot[order]
        self.count = len(place)
        self.starts = np.searchsorted(self.plot, np.arange(self.count + 1))
        self.value = self.table["value"].to_numpy(dtype="float64")
        self.shown, self.odd = self._shown()
        # Ground of several features is told with a word of its own, which is no name.
        self.unnamed = self.table["feature_id"].astype(object).fillna("").eq("").to_numpy()
        self.name = names.numbers(schema.id, self.table["feature_id"].astype(object))

    def section(self) -> Section:
        """Find its patterns."""
        flat = np.column_stack([self.shown, self.name]).ravel()
        keys, alone = self._per_plot()
        made = card_patterns.section(
            keys, alone, lambda row: card.layer(self.lines.of(self._rows(row))), self._places
        )
        made.numbers = [flat, 2 * self.starts[:-1]]
        return made

    def _shown(self) -> tuple[encode.Integers, Flags]:
        """Round all measures as they are told."""
        shown = np.zeros(len(self.table), dtype=np.int64)
        odd = np.zeros(len(self.table), dtype=bool)
        for measure in self.table["measure"].unique():
            own = (self.table["measure"] == measure).to_numpy()
            factor, _ = scale_of(wording.unit_of(measure))
            shown[own], odd[own] = whole(self.value[own], factor)
        return shown, odd

    def _per_plot(self) -> tuple[npt.NDArray[np.int64], Flags]:
        """Give a number to the plots of which the layer tells alike."""
        table = self.table
        keys = keys_of(
            table["category"].astype(object).to_numpy(), table["measure"].to_numpy(),
            table["coverage"].astype(str).to_numpy(), np.isnan(self.value), self.value == 0,
            self.unnamed, self._told_by_a_class(),
        )
        # A number for each sequence of rows: two sums of random numbers by row and place.
        random = np.random.default_rng(2006)
        place = np.arange(len(table)) - self.starts[self.plot]
        most = int(place.max(initial=0)) + 1
        mixed = np.zeros(self.count, dtype=np.uint64)
        weights = random.integers(1, 2**63, (int(keys.max(initial=0)) + 1, most), dtype=np.uint64)
        np.add.at(mixed, self.plot, weights[keys, place])
        alone = np.zeros(self.count, dtype=bool)
        alone[self.plot[self.odd]] = True
        return pd.factorize(mixed)[0], alone

    def _told_by_a_class(self) -> Flags:
        """Tell which rows of the whole layer read the same as a row of a class."""
        measure = pd.factorize(self.table["measure"])[0]
        category, names = pd.factorize(self.table["category"].fillna("").astype(object))
        of_class = names.to_numpy()[category] != "" if len(names) else np.zeros(0, dtype=bool)
        is_share = (self.table["measure"] == "overlap_share").to_numpy()
        is_area = (self.table["measure"] == "overlap_m2").to_numpy()
        pairs = self.plot.astype(np.int64) * max(len(names), 1) + category
        known, first = np.unique(pairs[is_share], return_index=True)
        share = np.zeros(len(pairs), dtype=np.int64)
        if len(known):
            at = np.minimum(np.searchsorted(known, pairs), len(known) - 1)
            found = np.where(known[at] == pairs, self.shown[is_share][first][at], -1)
            share[is_area] = found[is_area]
        else:
            share[is_area] = -1
        keys = keys_of(self.plot, measure, self.shown, share)
        return ~of_class & np.isin(keys, keys[of_class])

    def _rows(self, row: int) -> list[dict[str, Any]]:
        """Give the measures of a plot; the last one's are kept, for they are asked for twice."""
        if self.last[0] != row:
            own = self.table.iloc[self.starts[row] : self.starts[row + 1]]
            self.last = row, [dict(each) for each in own.to_dict("records")]
        return self.last[1]

    def _places(self, row: int) -> dict[Hashable, Place]:
        """Say where the numbers of a plot are: of each measure its value, and who decided it."""
        places: dict[Hashable, Place] = {}
        for at, each in enumerate(self._rows(row)):
            category = each["category"] if isinstance(each["category"], str) else ""
            cell = (category, str(each["measure"]))
            places[cell] = Place(2 * at, scale_of(wording.unit_of(cell[1]))[1])
            places["name", *cell] = Place(2 * at + 1)
        return places
