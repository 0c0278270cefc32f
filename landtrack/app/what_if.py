"""What if the figures of a plot were otherwise: judged beside how it stands, nothing stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd

from landtrack.app import cases, standing
from landtrack.app.case_types import Changed, WhatIf
from landtrack.assessment.rules import verdicts
from landtrack.assessment.rules.case import Case, Every, case, every_of
from landtrack.model import translations
from landtrack.model.assessment import Assessment
from landtrack.model.catalog import CATALOG_NAME
from landtrack.model.errors import SourceError
from landtrack.model.outputs import STORE, Identity, identity
from landtrack.store import assessment as stored, reads

PIECES = 1
"""From so many features on layers are not read: of all but the plots nothing is asked here."""


class _Judged(NamedTuple):
    """A place as it was judged, and what its cases are taken out of."""

    result: Assessment
    every: Every


def answer(
    folder: Path, out: Path, key: str, changes: Mapping[str, str], words: translations.Words
) -> WhatIf | None:
    """Judge a plot with other figures, beside how it stands.

    ``folder``: Of its place; ``out``: the outputs.
    ``changes``: Figures as they were typed, with their units if they have one.
    Returns: None where there is no such plot.
    Raises CatalogError: If a figure is none.
    Raises SourceError: If there is no store, its results were edited, or the place would be judged
    otherwise now.
    """
    plot = next((each for each in cases.plots(out).rows if each.key == key), None)
    if plot is None:
        return None
    run = standing.insist(out / STORE, cases.DRAWN)
    own, now = _case(folder, out / STORE, run, identity(folder / CATALOG_NAME), key)
    if {each["rule"]: str(each["outcome"]) for each in now} != {
        rule: each.outcome for rule, each in plot.by_rule.items()
    }:
        raise SourceError(
            f"{key} would be judged otherwise now than at the last run.",
            mend="Judge the place again.",
        )
    then = own.changed(changes).findings()
    by_rule = cases.plots(out).rules
    pairs = zip(
        cases.said(now, by_rule, words), cases.said(then.to_dict("records"), by_rule, words),
        strict=True,
    )
    return WhatIf(
        now=plot.verdict, then=str(verdicts.by_subject([own.name], then).iloc[0]),
        rules=tuple(Changed(*each) for each in pairs),
    )


@lru_cache(maxsize=32)
def _case(
    folder: Path, store: Path, run: str, catalog: Identity, key: str
) -> tuple[Case, list[dict[Any, Any]]]:
    """Take a plot out of a run, and judge it as it is; that of a run is not taken out again."""
    result, every = _judged(folder, store, run, catalog)
    day = str(result.run.get("rules_on") or "")
    own = case(
        result, f"plots:{key}", every=every, rules_on=date.fromisoformat(day) if day else None
    )
    return own, own.findings().to_dict("records")


@lru_cache(maxsize=1)
def _judged(folder: Path, store: Path, _run: str, _catalog: Identity) -> _Judged:
    """Read what cases are made of; of a run and a catalog it is not read again."""
    result = stored.load(store, folder=folder, large=PIECES)
    plots = reads.read(store, "plots")
    assert isinstance(plots, gpd.GeoDataFrame)  # noqa: S101  a layer
    held = dataclasses.replace(
        result.sets["plots"], frame=plots.set_index(result.schemas["plots"].key), pieces=None
    )
    whole = dataclasses.replace(result, sets={**result.sets, "plots": held})
    measures = whole.measures.astype({"plot_id": "object"})
    return _Judged(whole, every_of(whole.replace(measures=measures)))
