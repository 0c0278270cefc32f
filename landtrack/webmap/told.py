"""The cards of all plots as patterns and numbers: what rules, layers, figures and issues say.

A card is put together by the page from four kinds of sections: a section for each rule, for
each layer kind, one of the figures and one of the issues. Of a section the page knows the
patterns from the start; which of them a plot has, and with which numbers, stands in blocks
of :data:`landtrack.webmap.blocks.SIZE` plots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landtrack import symbology, wording
from landtrack.webmap import card, pack, phrases
from landtrack.webmap.blocks import SIZE
from landtrack.webmap.hits import Hits, Names
from landtrack.webmap.judged import Findings
from landtrack.webmap.phrases import Cut, Section, cut, written
from landtrack.webmap.rounded import keys_of, scale_of, whole

if TYPE_CHECKING:
    from landtrack.model import Result
    from landtrack.webmap.columns import Speakers

@dataclass
class Cards:
    """The sections in the order of the card, the names in them, and the blocks of rows."""

    sections: list[tuple[str, str]] = field(default_factory=list)
    patterns: list[list[dict[str, Any]]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    blocks: list[bytes] = field(default_factory=list)


def cards(result: Result, plots: pd.DataFrame, speakers: Speakers) -> Cards:
    """Write the cards of all plots.

    Parameters
    ----------
    result
        The result of a run.
    plots
        The plots in the order of the page.
    speakers
        The words of each language.

    Returns
    -------
    Cards
        As the page reads them.
    """
    place = pd.Index(plots.index)
    names = Names(result)
    made: list[tuple[str, str, Section]] = []
    for rule_id, rule in result.rules.items():
        section = Findings(result, rule, result.findings, place, speakers).section()
        made.append(("finding", rule_id, section))
    kinds = card.in_legend_order(result.schemas, symbology.load().place)
    layers = result.measures["layer"].to_numpy()
    for kind, schema in kinds.items():
        rows = result.measures[layers == kind]
        made.append(("layer", kind, Hits(result, schema, rows, place, names, speakers).section()))
    made.append(("figures", "", _figures(result, plots, speakers)))
    made.append(("issues", "", _issues(result, place, speakers)))
    told = Cards(
        sections=[(what, name) for what, name, _ in made],
        patterns=[
            [{**each.told, "n": len(each.uses)} for each in section.patterns]
            for _, _, section in made
        ],
        names=names.listed,
    )
    sections = [section for _, _, section in made]
    for first in range(0, len(place), SIZE):
        told.blocks.append(_rows(sections, first, min(SIZE, len(place) - first)))
    return told


def _rows(sections: Sequence[Section], first: int, count: int) -> bytes:
    """Write some plots: of each section their patterns, then their numbers one after another."""
    rows = slice(first, first + count)
    runs = []
    for each in sections:
        runs += [pack.unsigned(each.rows[rows]), _numbers(each, first, count)]
    return pack.parts(*runs)


def _numbers(section: Section, first: int, count: int) -> bytes:
    """Write the numbers of one section that the patterns of its rows use."""
    rows = section.rows[first : first + count]
    lengths = np.array([len(each.uses) for each in section.patterns] or [0])
    each_length = lengths[rows]
    starts = np.cumsum(each_length) - each_length
    out = np.zeros(int(each_length.sum()), dtype=np.int64)
    flat, offsets = section.numbers[0], section.numbers[1]
    for at in np.unique(rows).tolist():
        uses = np.array(section.patterns[at].uses, dtype=np.int64)
        if len(uses):
            own = np.flatnonzero(rows == at)
            out[starts[own][:, None] + np.arange(len(uses))] = flat[
                offsets[first + own][:, None] + uses
            ]
    return pack.unsigned(pack.folded(out))


# --- figures and issues ---------------------------------------------------------------------


def _figures(result: Result, plots: pd.DataFrame, speakers: Speakers) -> Section:
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

    def told(row: int) -> dict[str, Any]:
        record = values.iloc[row].to_dict()
        return {words.lang: card.figures(result, words, record) for words in speakers}

    def cut_out(row: int) -> tuple[dict[str, Any], list[Cut]]:
        said = told(row)
        cuts: list[Cut] = []
        there = [
            at for at, name in enumerate(card.FIGURES)
            if name != "difference" or pd.notna(values["difference"].iloc[row])
        ]
        for line, at in enumerate(there):
            if pd.isna(values.iloc[row, at]):
                continue
            each = Cut("f", at, factors[at][1])
            for pairs in said.values():
                text = written(int(numbers[row, at]), each.decimals)
                pairs[line][1] = cut(pairs[line][1], text, each.mark(len(cuts)))
            cuts.append(each)
        return said, cuts

    made = phrases.section(
        keys, np.asarray(np.column_stack(odd).any(axis=1)), lambda row: numbers[row].tolist(),
        told, cut_out, (),
    )
    made.numbers = [numbers.ravel(), np.arange(len(numbers), dtype=np.int64) * numbers.shape[1]]
    return made


def _issues(result: Result, place: pd.Index, speakers: Speakers) -> Section:
    """Put the issues of plots into words; of most plots there are none."""
    rows = result.issues[result.issues["layer"] == "plots"]
    of_plot = {words.lang: card.issues(words, rows) for words in speakers}
    keys = [str(key) for key in place]
    having = np.array([key in of_plot[speakers[0].lang] for key in keys], dtype=bool)

    def told(row: int) -> Mapping[str, Any]:
        return {lang: issues.get(keys[row], []) for lang, issues in of_plot.items()}

    def cut_out(row: int) -> tuple[Mapping[str, Any], list[Cut]]:
        return told(row), []

    made = phrases.section(
        np.zeros(len(place), dtype=np.int64), having, lambda _: [], told, cut_out, ()
    )
    made.numbers = [np.zeros(0, dtype=np.int64), np.zeros(len(place), dtype=np.int64)]
    return made
