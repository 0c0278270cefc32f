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
from landtrack.output.map.fixed_point import Flags, Floats, keys_of, scale_of, whole
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

    def numbers(self, kind: str, features: npt.NDArray[np.object_]) -> encode.Integers:
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


class Measures:
    """The measures of some plots as columns, by layer kind and in the order of the plots."""

    def __init__(self, table: pd.DataFrame, place: pd.Index) -> None:
        self.count = len(place)
        self.plot = place.get_indexer(table["plot_id"])
        self.columns = {
            str(name): table[name].to_numpy(dtype="float64" if name == "value" else object)
            for name in table
        }
        kind, self.kinds = pd.factorize(self.columns["layer"])
        order = np.lexsort((self.plot, kind))
        self.order = order[self.plot[order] >= 0]
        self.starts = np.searchsorted(kind[self.order], np.arange(len(self.kinds) + 1))

    def rows(self, kind: str) -> npt.NDArray[np.intp]:
        """Give the places of the rows of a kind, plot after plot."""
        found = np.flatnonzero(self.kinds == kind)
        begin, end = self.starts[found[0] : found[0] + 2] if len(found) else (0, 0)
        return np.asarray(self.order[begin:end])


class Hits:
    """The section of one layer kind."""

    def __init__(
        self, schema: Schema, workflow: Workflow, measures: Measures, names: Names
    ) -> None:
        self.last: tuple[int, list[dict[str, Any]]] = -1, []
        self.lines = LayerLines(schema, workflow, names.by_kind.get(schema.id, {}))
        rows = measures.rows(schema.id)
        self.columns = {name: column[rows] for name, column in measures.columns.items()}
        self.plot = measures.plot[rows]
        self.count = measures.count
        self.starts = np.searchsorted(self.plot, np.arange(self.count + 1))
        self.value: Floats = self.columns["value"]
        self.shown, self.odd = self._shown()
        features = self.columns["feature_id"]
        # Ground of several features is told with a word of its own, which is no name.
        self.unnamed = pd.isna(features) | (features == "")
        self.name = names.numbers(schema.id, features)

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
        shown = np.zeros(len(self.plot), dtype=np.int64)
        odd = np.zeros(len(self.plot), dtype=bool)
        for measure in pd.unique(self.columns["measure"]):
            own = self.columns["measure"] == measure
            factor, _ = scale_of(wording.unit_of(measure))
            shown[own], odd[own] = whole(self.value[own], factor)
        return shown, odd

    def _per_plot(self) -> tuple[npt.NDArray[np.int64], Flags]:
        """Give a number to the plots of which the layer tells alike."""
        keys = keys_of(
            self.columns["category"], self.columns["measure"], self.columns["coverage"],
            np.isnan(self.value), self.value == 0, self.unnamed, self._told_by_a_class(),
        )
        # A number for each sequence of rows: two sums of random numbers by row and place.
        random = np.random.default_rng(2006)
        place = np.arange(len(keys)) - self.starts[self.plot]
        most = int(place.max(initial=0)) + 1
        mixed = np.zeros(self.count, dtype=np.uint64)
        weights = random.integers(1, 2**63, (int(keys.max(initial=0)) + 1, most), dtype=np.uint64)
        np.add.at(mixed, self.plot, weights[keys, place])
        alone = np.zeros(self.count, dtype=bool)
        alone[self.plot[self.odd]] = True
        return pd.factorize(mixed)[0], alone

    def _told_by_a_class(self) -> Flags:
        """Tell which rows of the whole layer read the same as a row of a class."""
        stated = self.columns["category"]
        of_class: Flags = ~pd.isna(stated) & (stated != "")
        if not of_class.any():
            return of_class
        measure = pd.factorize(self.columns["measure"])[0]
        category, names = pd.factorize(np.where(of_class, stated, ""))
        is_share = self.columns["measure"] == "overlap_share"
        is_area = self.columns["measure"] == "overlap_m2"
        pairs = self.plot.astype(np.int64) * len(names) + category
        known, first = np.unique(pairs[is_share], return_index=True)
        share = np.zeros(len(pairs), dtype=np.int64)
        if len(known):
            at = np.minimum(np.searchsorted(known, pairs), len(known) - 1)
            found = np.where(known[at] == pairs, self.shown[is_share][first][at], -1)
            share[is_area] = found[is_area]
        else:
            share[is_area] = -1
        keys = keys_of(self.plot, measure, self.shown, share)
        return np.asarray(~of_class & np.isin(keys, keys[of_class]))

    def _rows(self, row: int) -> list[dict[str, Any]]:
        """Give the measures of a plot; the last one's are kept, for they are asked for twice."""
        if self.last[0] != row:
            at = slice(self.starts[row], self.starts[row + 1])
            cells = (column[at].tolist() for column in self.columns.values())
            self.last = row, [
                dict(zip(self.columns, each, strict=True)) for each in zip(*cells, strict=True)
            ]
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
