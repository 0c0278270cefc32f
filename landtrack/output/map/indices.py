"""What each rule says of each plot, as columns that the page filters, sorts and colours by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landtrack.model import Outcome
from landtrack.model.translations import SHARES
from landtrack.output.map import encode
from landtrack.output.map.columns import Speakers, by_language
from landtrack.output.map.fixed_point import EXACT, Floats, scale_of

if TYPE_CHECKING:
    from landtrack.model.assessment import Assessment

OUTCOMES = ("", *map(str, Outcome))
"""What a rule may say of a plot, by number; the first where it says nothing."""
MARGIN = 4
"""Decimals of a margin, which is a share of the limit."""


def of_plots(
    result: Assessment, plots: pd.Index, speakers: Speakers
) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Write what each rule says.

    ``plots``: The keys in the order of the page.
    Returns: Of each rule what the page has to know of it, and its block: outcomes, indices as they
    are shown, and how far each is from its limit as a share of it; 0 where there is none.
    """
    for rule in result.rules.values():
        own = result.findings[result.findings["rule"] == rule.id].set_index("plot_id")
        own = own[~own.index.duplicated()].reindex(plots)
        outcome = own["outcome"].astype(object).map(str, na_action="ignore")
        factor, decimals = scale_of(rule.unit)
        value, margin, limit = (
            np.asarray(pd.to_numeric(own[name], errors="coerce"), dtype="float64")
            for name in ("value", "margin", "threshold")
        )
        share = margin / np.where(np.abs(limit) > 0, np.abs(limit), 1.0)
        yield {
            "id": rule.id, "decimals": decimals,
            "title": by_language(speakers, lambda words, rule=rule: words.pick(rule.title)),  # type: ignore[misc]
            "unit": by_language(
                speakers,
                lambda words, rule=rule: "%" if rule.unit in SHARES  # type: ignore[misc]
                else words(f"unit.{rule.unit}"),
            ),
        }, encode.parts(
            encode.unsigned(pd.Index(OUTCOMES).get_indexer(outcome).clip(min=0)),
            encode.unsigned(_coded(value * factor)), encode.unsigned(_coded(share * 10**MARGIN)),
        )


def _coded(values: Floats) -> encode.Integers:
    """Write numbers as whole ones, 0 where there is none."""
    there = np.isfinite(values) & (np.abs(values) < EXACT)
    near = np.rint(np.where(there, values, 0.0)).astype(np.int64)
    return np.where(there, encode.folded(near) + 1, 0)
