"""What a change of the catalog or of a file would change of a place, as a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from landtrack.assessment.rules import verdict_changes
from landtrack.model.assessment import Assessment
from landtrack.model.translations import known
from landtrack.output import wording
from landtrack.output.reports.document import Document, Section, Table, Text, note, row
from landtrack.output.wording.messages import Message, Title, joined, say

MOST = 200
"""Rows of a table that are listed; the others are counted."""
SAME = 1e-9
"""By how much of itself an index may be another and still is the same."""


def build(
    before: Assessment, after: Assessment, layers: gpd.GeoDataFrame
) -> tuple[Document, int]:
    """Say what would be otherwise.

    ``before``, ``after``: The place as it is, and as it would be.
    ``layers``: Their features that differ, as
    :func:`landtrack.assessment.layer_changes.differences` gives them.
    Returns: The document, and how much would be otherwise: verdicts, indices, kinds of issues and
    features.
    """
    parts = [_verdicts(before, after), _indices(before, after), _issues(before, after),
             _features(layers)]
    count = sum(each for _, each in parts)
    sections = tuple(section for section, each in parts if each)
    if not count:
        sections = (Section(say("preview.none"), (note(say("preview.written")),)),)
    return Document(
        title=say("preview.title"), subtitle=Title(after.place.title), sections=sections,
        sheet="" if count else say("preview.title"),
    ), count


def _verdicts(before: Assessment, after: Assessment) -> tuple[Section, int]:
    """List the plots and rules of which the outcome would be another."""
    rules = {**before.rules, **after.rules}
    found = verdict_changes.differences(before, after)
    turned = Counter(zip(found["before"], found["after"], strict=True))
    summed = Text((joined("; ", [
        say("preview.turned", before=_outcome(old), after=_outcome(new), count=str(count))
        for (old, new), count in turned.most_common()
    ]),))
    rows = tuple(
        row(str(each["plot_id"]), Title(rules[each["rule"]].title), _outcome(each["before"]),
            _outcome(each["after"]), cause(each["cause"]))
        for each in found.head(MOST).to_dict("records")
    )
    heads = tuple(say(f"preview.{each}") for each in ("plot", "rule", "before", "after", "why"))
    title = say("preview.verdicts", count=str(len(found)))
    return Section(title, (summed, Table(heads, rows), *_more(len(found)))), len(found)


def _outcome(code: str) -> Message:
    return say(f"outcome.{code}")


def cause(causes: str) -> Message:
    """Name the causes as ``landtrack changes`` does.

    ``causes``: As :mod:`landtrack.assessment.rules.verdict_changes` names them.
    """
    return joined(" / ", [
        joined(" + ", [say(f"changes.{each}") for each in way.split("+")])
        for way in causes.split(" or ")
    ])


def _indices(before: Assessment, after: Assessment) -> tuple[Section, int]:
    """List the indices that would be others while the outcome stays."""
    keys = ["plot_id", "rule"]
    old, new = (each.findings.set_index(keys) for each in (before, after))
    both = new.index.intersection(old.index)
    old, new = old.loc[both], new.loc[both]
    first, second = (
        pd.to_numeric(each["value"], errors="coerce").to_numpy(dtype="float64")
        for each in (old, new)
    )
    other = ~np.isclose(first, second, rtol=SAME, atol=0.0, equal_nan=True)
    other &= (old["outcome"].astype(str) == new["outcome"].astype(str)).to_numpy()
    places = np.flatnonzero(other)
    rows = tuple(
        row(str(plot), Title(after.rules[rule].title), _value(old.iloc[at], before, rule),
            _value(new.iloc[at], after, rule), _outcome(str(new["outcome"].iloc[at])))
        for at, (plot, rule) in ((at, both[at]) for at in places[:MOST])
    )
    heads = tuple(say(f"preview.{each}") for each in ("plot", "rule", "before", "after", "outcome"))
    title = say("preview.indices", count=str(len(places)))
    return Section(title, (Table(heads, rows), *_more(len(places)))), len(places)


def _value(finding: pd.Series, result: Assessment, rule: str) -> Message:
    return wording.message(finding.to_dict(), result.rules[rule]).value


def _issues(before: Assessment, after: Assessment) -> tuple[Section, int]:
    """List the kinds of issues of which there would be more or fewer."""
    old, new = (Counter(each.issues["issue"].astype(str)) for each in (before, after))
    kinds = [each for each in sorted({*old, *new}) if old[each] != new[each]]
    rows = tuple(
        row(say(f"issue.{each}.title"), str(old[each]), str(new[each])) for each in kinds
    )
    heads = tuple(say(f"preview.{each}") for each in ("issue", "before", "after"))
    return Section(say("preview.issues", count=str(len(kinds))), (Table(heads, rows),)), len(kinds)


def _features(layers: gpd.GeoDataFrame) -> tuple[Section, int]:
    """Count what of the layers differs, by kind of layer and of difference."""
    counts = layers.groupby(["layer", "what", "field"], dropna=False, sort=True).size()
    rows = tuple(
        row(_kind(str(layer)), say(f"diff.{what}"), _field(field), str(count))
        for (layer, what, field), count in counts.head(MOST).items()
    )
    heads = tuple(say(f"preview.{each}") for each in ("layer", "what", "field", "count"))
    title = say("preview.features", count=str(len(layers)))
    return Section(title, (Table(heads, rows), *_more(len(counts)))), len(layers)


def _kind(layer: str) -> Message:
    return say(f"kind.{layer}") if known(f"kind.{layer}") else layer


def _field(name: object) -> Message:
    if not isinstance(name, str) or not name:
        return ""
    return say(f"field.{name}") if known(f"field.{name}") else name


def _more(count: int) -> Iterator[Text]:
    """Say how many are not listed."""
    if count > MOST:
        yield note(say("preview.more", count=str(count - MOST)))
