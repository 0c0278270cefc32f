"""Counts anew what the legend of a map counts: the features of each class that meet the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely

from landtrack.output.sheets import template
from landtrack.output.sheets.paper import Paper, Said, bare, states
from landtrack.output.sheets.recount_totals import worst

NO_CLASS = frozenset({"", "unknown"})
ROUND = 0.02
"""The share by which a reach round the subject, which is drawn with straight sides, may be less."""


def legend(paper: Paper) -> Said:
    """Compare the numbers in the legends of a sheet with the features that lie in its maps."""
    for claim, measured in paper.pages:
        listed = [
            (each.of[1], each.cells[0]) for each in measured.read
            if each.of[0] == "sheet.legend" and len(each.of) == 3  # noqa: PLR2004
        ]
        if not listed:
            continue
        reach = {each.kind: each.near_mm for each in template.load(claim["template"]).layer}
        for kind in dict.fromkeys(kind for kind, _ in listed):
            least, most = (
                Counter(_classes(paper, kind, rows))
                for rows in _met(paper, kind, claim, reach.get(kind))
            )
            right = {
                bare(f"{name} ({count})")
                for name in most for count in range(least[name], most[name] + 1)
            }
            for own, text in listed:
                if own == kind and text not in right:
                    yield measured.page, (
                        f"the legend says {text!r} of {paper.source.words(f'kind.{kind}')}, there "
                        f"are {', '.join(f'{name} ({most[name]})' for name in sorted(most))}"
                    )


def _met(
    paper: Paper, kind: str, claim: Mapping[str, Any], near_mm: float | None
) -> tuple[Sequence[int], Sequence[int]]:
    """Find the features that a map shows: those that it must, and those that it may."""
    view = shapely.box(*claim["ground"])
    frame = paper.source.layers[kind]
    rows = np.sort(frame.sindex.query(view, predicate="intersects"))
    if near_mm is None or not paper.kind:
        return rows.tolist(), rows.tolist()
    inside = shapely.intersection(frame.geometry.to_numpy()[rows], view)
    away = shapely.distance(inside, paper.shape)
    reach = near_mm * claim["scale"] / 1000
    return rows[away <= reach * (1 - ROUND)].tolist(), rows[away <= reach].tolist()


def _classes(paper: Paper, kind: str, rows: Sequence[int]) -> list[str]:
    """Name the class of some features."""
    words, schema = paper.source.words, paper.source.schemas[kind]
    frame = paper.source.layers[kind]
    if kind == "plots":
        verdicts = worst(paper.source)
        return [words(f"outcome.{verdicts[str(frame.index[at])]}") for at in rows]
    name = schema.class_field
    if name is None or name not in frame:
        return [words("wording.no_class")] * len(rows)
    unit = words(f"unit.{schema.fields[name].unit}") if schema.fields[name].unit else ""
    titles = states(paper.source, schema)
    found = []
    for value in frame[name].iloc[list(rows)]:
        if pd.isna(value) or value in NO_CLASS:
            found.append(words("wording.no_class"))
        elif not isinstance(value, str):
            found.append(f"{value:.12g} {unit}")
        elif value in titles:
            found.append(words.pick(titles[value].title))
        else:
            key = f"choice.{name}.{value}"
            found.append(words(key) if words.has(key) else value)
    return found
