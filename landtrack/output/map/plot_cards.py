"""The cards of all plots as patterns and numbers: what rules, layers, figures and issues say.

A card is put together by the page from four kinds of sections: a section for each rule, for
each layer kind, one of the figures and one of the issues. Of a section the page knows the
patterns from the start; which of them a plot has, and with which numbers, stands in blocks
of :data:`landtrack.output.map.blocks.SIZE` plots.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landtrack.model.memory import give_back
from landtrack.output import wording
from landtrack.output.map import card, card_patterns, columns, encode, written as as_written
from landtrack.output.map.blocks import SIZE
from landtrack.output.map.card_findings import Findings
from landtrack.output.map.card_hits import Hits, Measures, Names
from landtrack.output.map.card_patterns import Place, Section, keys_in
from landtrack.output.map.fixed_point import keys_of, scale_of, whole
from landtrack.output.style import symbology
from landtrack.output.wording.messages import Message

if TYPE_CHECKING:
    from landtrack.model.assessment import Assessment
    from landtrack.output.map.columns import Speakers

AT_ONCE = 16 * SIZE
"""Plots that are put into words at once."""


@dataclass
class Cards:
    """The sections in the order of the card, the names in them, and fields with their units.

    The fields are those of which the cards say how their figures were written; ``words`` has the
    entries of the text catalog that the patterns name, by language.
    """

    sections: list[tuple[str, str]] = field(default_factory=list)
    patterns: list[list[dict[str, Any]]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    written: list[tuple[str, str]] = field(default_factory=list)
    words: dict[str, dict[str, str]] = field(default_factory=dict)


def cards(
    result: Assessment, plots: pd.DataFrame, speakers: Speakers,
    named: Mapping[str, Mapping[str, str]], write: Callable[[int, bytes], None],
) -> Cards:
    """Write the cards of all plots.

    ``plots``: The plots in the order of the page.
    ``write``: Takes the blocks of rows, each with its number.
    """
    names = Names(named)
    kinds = card.in_legend_order(result.schemas, symbology.load().place)
    heads = [
        *(("finding", rule) for rule in result.rules), *(("layer", kind) for kind in kinds),
        ("figures", ""), ("issues", ""),
    ]
    merged = [_Merged() for _ in heads]
    beside = as_written.by_field(result.written, plots.index)
    tables = [_Rows(each, plots.index) for each in (result.findings, result.measures)]
    of_plots = result.issues[result.issues["layer"] == "plots"]
    issues = _Rows(of_plots.assign(plot_id=of_plots["feature_id"]), plots.index)
    for first in range(0, max(len(plots), 1), AT_ONCE):
        some = plots.iloc[first : first + AT_ONCE]
        findings, measures = (each.of(first, some.index) for each in tables)
        part = result.replace(
            findings=findings, measures=measures, issues=issues.of(first, some.index)
        )
        sections = [
            each.taken(section)
            for each, section in zip(merged, _sections(part, some, names, speakers), strict=True)
        ]
        for begin in range(0, len(some), SIZE):
            count = min(SIZE, len(some) - begin)
            place = slice(first + begin, first + begin + count)
            runs = [run for each in beside.values() for run in each.block(place)]
            told = _rows(sections, merged, begin, count)
            write((first + begin) // SIZE, told + encode.parts(*runs))
        give_back()
    patterns = [each.patterns for each in merged]
    keys = sorted(keys_in([each["said"] for own in patterns for each in own]))
    return Cards(
        heads, patterns, names.listed, [(name, each.unit) for name, each in beside.items()],
        columns.by_language(speakers, lambda words: {key: words.entries[key] for key in keys}),
    )


class _Rows:
    """The rows of a table by the plots that they are of."""

    def __init__(self, table: pd.DataFrame, plots: pd.Index) -> None:
        self.table = table
        place = columns.rows_of(plots, table["plot_id"]).astype(np.int32)
        self.order = np.argsort(place, kind="stable").astype(np.int32)
        self.place = place[self.order]

    def of(self, first: int, some: pd.Index) -> pd.DataFrame:
        """Give the rows of some plots that follow each other, in their own order."""
        begin, end = np.searchsorted(self.place, [first, first + len(some)])
        rows = np.sort(self.order[begin:end])
        found = self.table.iloc[rows]
        if isinstance(found["plot_id"].dtype, pd.CategoricalDtype):
            found = found.assign(plot_id=found["plot_id"].astype(object))
        return found


class _Merged:
    """The patterns of a section of all plots, put together from those of some at a time."""

    def __init__(self) -> None:
        self.patterns: list[dict[str, Any]] = []
        self.uses: list[tuple[int, ...]] = []
        self.places: dict[str, int] = {}

    def taken(self, section: Section) -> Section:
        """Give the patterns of some plots their numbers among those of all."""
        places = np.zeros(max(len(section.patterns), 1), dtype=np.int64)
        for at, each in enumerate(section.patterns):
            text = json.dumps([each.said, each.uses], ensure_ascii=False, sort_keys=True)
            if text not in self.places:
                self.places[text] = len(self.patterns)
                self.patterns.append({"said": each.said, "n": len(each.uses)})
                self.uses.append(each.uses)
            places[at] = self.places[text]
        return Section([], places[section.rows], section.numbers)


def _sections(
    result: Assessment, plots: pd.DataFrame, names: Names, speakers: Speakers
) -> Iterator[Section]:
    """Find the patterns of some plots, section by section in the order of the card."""
    place = pd.Index(plots.index)
    for rule in result.rules.values():
        yield Findings(rule, result.findings, place).section()
    measures = Measures(result.measures, place)
    for schema in card.in_legend_order(result.schemas, symbology.load().place).values():
        yield Hits(schema, result.workflow, measures, names).section()
    yield _figures(result, plots)
    yield _issues(result, place, speakers)


def _rows(
    sections: Sequence[Section], merged: Sequence[_Merged], first: int, count: int
) -> bytes:
    """Write some plots: of each section their patterns, then their numbers one after another."""
    rows = slice(first, first + count)
    runs = []
    for each, known in zip(sections, merged, strict=True):
        runs += [encode.unsigned(each.rows[rows]), _numbers(each, known.uses, first, count)]
    return encode.parts(*runs)


def _numbers(section: Section, of: Sequence[tuple[int, ...]], first: int, count: int) -> bytes:
    """Write the numbers of one section that the patterns of its rows use."""
    rows = section.rows[first : first + count]
    lengths = np.array([len(each) for each in of] or [0])
    each_length = lengths[rows]
    starts = np.cumsum(each_length) - each_length
    out = np.zeros(int(each_length.sum()), dtype=np.int64)
    flat, offsets = section.numbers[0], section.numbers[1]
    for at in np.unique(rows).tolist():
        uses = np.array(of[at], dtype=np.int64)
        if len(uses):
            own = np.flatnonzero(rows == at)
            out[starts[own][:, None] + np.arange(len(uses))] = flat[
                offsets[first + own][:, None] + uses
            ]
    return encode.unsigned(encode.folded(out))


# --- figures and issues ---------------------------------------------------------------------


def _figures(result: Assessment, plots: pd.DataFrame) -> Section:
    """Find the patterns of the figures."""
    own = result.measures[result.measures["layer"] == "plots"]
    wide = own[~own.duplicated(["plot_id", "measure"])].pivot(
        index="plot_id", columns="measure", values="value"
    ).reindex(plots.index)
    missing = pd.Series(np.nan, index=plots.index)
    columns = {
        name: wide.get(name.removeprefix("used:"), missing).to_numpy(dtype="float64")
        for name in card.FIGURES[1:]
    }
    declared = pd.to_numeric(plots.get("land_area_m2", missing)).to_numpy(dtype="float64")
    both = np.isfinite(declared) & (declared != 0) & np.isfinite(columns["area_m2"])
    ratio = np.divide(
        columns["area_m2"], declared, out=np.full(len(plots), np.nan), where=both
    )
    columns = {"land_area_m2": declared, **columns}
    columns["difference"] = np.round((ratio - 1) * 100, 2)
    values = pd.DataFrame({name: columns[name] for name in card.FIGURES})
    factors = [
        (100.0, 2) if name == "difference"
        else scale_of(wording.unit_of(name.removeprefix("used:")))
        for name in card.FIGURES
    ]
    shown, odd = zip(
        *(whole(np.abs(values[name].to_numpy()) if name == "difference"
                else values[name].to_numpy(), factor)
          for name, (factor, _) in zip(card.FIGURES, factors, strict=True)),
        strict=True,
    )
    numbers = np.column_stack(shown)
    keys = keys_of(
        *(values[name].isna().to_numpy() for name in card.FIGURES),
        np.sign(values["difference"].fillna(0).to_numpy()),
    )

    every = values.to_numpy()
    places = {
        name: Place(at, decimals)
        for at, (name, (_, decimals)) in enumerate(zip(card.FIGURES, factors, strict=True))
    }

    def say(row: int) -> list[list[Message]]:
        return card.figures(result, dict(zip(card.FIGURES, every[row].tolist(), strict=True)))

    made = card_patterns.section(
        keys, np.asarray(np.column_stack(odd).any(axis=1)), say, lambda _: places
    )
    made.numbers = [numbers.ravel(), np.arange(len(numbers), dtype=np.int64) * numbers.shape[1]]
    return made


def _issues(result: Assessment, place: pd.Index, speakers: Speakers) -> Section:
    """Put the issues of plots into words; of most plots there are none."""
    rows = result.issues[result.issues["layer"] == "plots"]
    of_plot = card.issues(speakers, rows)
    keys = [str(key) for key in place]
    having = np.array([key in of_plot for key in keys], dtype=bool)
    made = card_patterns.section(
        np.zeros(len(place), dtype=np.int64), having,
        lambda row: of_plot.get(keys[row], []), lambda _: {},
    )
    made.numbers = [np.zeros(0, dtype=np.int64), np.zeros(len(place), dtype=np.int64)]
    return made
