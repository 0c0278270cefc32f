"""How well a floor area is proved: declared, footprints by storeys, storey by storey.

The three are set against each other like for like: footprints by storeys gain what the
records of storey heights add for storeys over 8 m, which count twice.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from landtrack.assessment.rules.inputs import Figures, Words
from landtrack.assessment.rules.outcome import on_line
from landtrack.model import Basis
from landtrack.spatial.plot_figures import CONTRADICTED

FLOOR = "floor_area_m2"
LEVELS = ("declared", "storeys", "heights")
"""The levels of evidence, the weakest first."""
MIXED = "mixed"
"""Storey by storey where heights are stated, footprints by storeys elsewhere."""


def levels(inputs: pd.DataFrame) -> dict[str, Figures]:
    """Give the floor area by each level of evidence.

    ``inputs``: n plots with their own measures.
    Returns dict of str to ndarray of float64, (n,): Square metres by level, as the plot ratio
    counts them; NaN where it has none.
    """
    return {
        "declared": _column(inputs, "floor_declared_m2"),
        "storeys": _column(inputs, "floor_by_storeys_m2") + _column(inputs, "floor_tall_m2"),
        "heights": _column(inputs, "floor_by_heights_m2"),
    }


def _column(inputs: pd.DataFrame, name: str) -> Figures:
    if name not in inputs:
        return np.full(len(inputs), np.nan)
    found: Figures = inputs[name].to_numpy(dtype="float64")
    return found


def floor_evidence(inputs: pd.DataFrame, basis: Basis) -> Words:
    """Say on which evidence each floor area rests, and which evidence differs from it.

    ``inputs``: n plots with their own measures.
    ``basis``: Whether the declared or the measured floor area is used, and by what share figures
    may differ unremarked.
    Returns ndarray of object, (n,): The level used, then those that differ, separated by commas:
    ``"heights,declared"``, also where the floor area lies between storeys and heights that differ
    in number; ``""`` where there is no floor area.
    """
    known = levels(inputs)
    floor = _column(inputs, FLOOR)
    between = np.isnan(floor) & (_column(inputs, CONTRADICTED) > 0)
    floor = np.where(between, known["heights"], floor)
    if basis.floor_area == "declared":
        used = np.full(len(inputs), "declared", dtype=object)
    else:
        by_storeys = _column(inputs, "floor_by_storeys_m2")
        used = np.select(
            [np.isfinite(known["heights"]), on_line(by_storeys, floor)],
            ["heights", "storeys"], MIXED,
        ).astype(object)
    told = used.copy()
    for name in LEVELS:
        apart = np.abs(known[name] - floor) > basis.area_tolerance * np.abs(floor)
        for at in np.flatnonzero(apart & (used != name)):
            told[at] = f"{told[at]},{name}"
    told[np.isnan(floor)] = ""
    return told
