"""Which verdicts differ between two days, and whether data, geometry or rules made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from landtrack.assessment import rules as check
from landtrack.ingest import normalise
from landtrack.model.assessment import Assessment

CAUSES = ("data", "geometry", "rule")
COLUMNS = (
    "plot_id", "rule", "before", "after", "cause", "value_before", "value_after",
    "version_before", "version_after",
)
NOT_THERE = "not_there"
"""The outcome of a plot that one of the two days does not have."""

SURVEYED = ("area_m2", "area_ellipsoidal_m2")
"""The measures that follow from the plot's shape alone."""
BUILT = ("floor_area_m2", "floor_by_storeys_m2", "floor_by_heights_m2", "floor_tall_m2")
"""The measures that follow from the buildings' shapes and from what is said of them."""


@dataclass(frozen=True, kw_only=True)
class _Sides:
    """The plots that both runs have, with what each run says of them."""

    before: Assessment
    after: Assessment
    plots: pd.Index

    def outcomes(self, taken: frozenset[str]) -> pd.DataFrame:
        """Judge the plots by the first run with some causes taken from the second."""
        side = {name: self.after if name in taken else self.before for name in CAUSES}
        facts = normalise.written.of(side["data"]).loc[self.plots]
        rules, data = side["rule"], side["data"].place
        terms = check.Terms(
            packs=rules.packs, overrides=rules.place.overrides, as_of=rules.place.as_of,
            data_day=data.as_of, rules_on=rules.rules_on, stage=rules.stage, basis=data.basis,
        )
        found = check.judge_all(self._inputs(side), facts, side["data"].amounts, terms)
        return found.plots.set_index(["plot_id", "rule"])

    def _inputs(self, side: Mapping[str, Assessment]) -> pd.DataFrame:
        """Put the inputs together: what was surveyed of one run, what was declared of another."""
        data, survey = (
            check.plot_inputs(side[name].measures).loc[self.plots] for name in ("data", "geometry")
        )
        basis = side["geometry"].place.basis
        names = [*SURVEYED]
        names += ["land_area_m2"] if basis.land_area == "measured" else []
        names += ["covered_area_m2"] if basis.covered_area == "measured" else []
        mixed = data.copy()
        mixed[names] = survey[names]
        built = [
            name for name in BUILT if name != "floor_area_m2" or basis.floor_area == "measured"
        ]
        moved = self._moved()
        mixed.loc[moved, built] = survey.loc[moved, built]
        return mixed

    def _moved(self) -> pd.Series:
        """Tell at which plots the footprints differ: their floor areas are of the geometry."""
        first, second = (
            run.measures[
                (run.measures["layer"] == "buildings") & (run.measures["category"] == "")
                & (run.measures["measure"] == "footprint_m2")
            ].set_index("plot_id")["value"].reindex(self.plots)
            for run in (self.before, self.after)
        )
        same = np.isclose(first, second, rtol=check.NOISE, atol=0.0, equal_nan=True)
        return pd.Series(~same, index=self.plots)


def differences(before: Assessment, after: Assessment) -> pd.DataFrame:
    """List the verdicts that differ between two runs of a place, with the cause of each.

    Returns: Columns :data:`COLUMNS`; a row for each plot and rule with two outcomes. ``cause``
    names what turns the first outcome into the second when it alone is taken from the later run:
    ``data``, ``geometry`` or ``rule``; ``data+rule`` where it takes both; ``data or rule`` where
    either does. A plot that only one run has is ``not_there`` in the other, because of the data.
    """
    keys = ["plot_id", "rule"]
    first, second = (run.findings.set_index(keys) for run in (before, after))
    every = first.index.union(second.index, sort=False)
    told = pd.DataFrame({
        "before": first["outcome"].reindex(every).fillna(NOT_THERE),
        "after": second["outcome"].reindex(every).fillna(NOT_THERE),
        "cause": "data",
        "value_before": first["value"].reindex(every),
        "value_after": second["value"].reindex(every),
        "version_before": first["rule_version"].reindex(every).fillna(""),
        "version_after": second["rule_version"].reindex(every).fillna(""),
    })
    told = told[told["before"] != told["after"]]
    both = told.index[(told["before"] != NOT_THERE) & (told["after"] != NOT_THERE)]
    if len(both):
        plots = before.layers["plots"].index.intersection(after.layers["plots"].index)
        sides = _Sides(before=before, after=after, plots=plots)
        told.loc[both, "cause"] = _causes(sides, told.loc[both, "after"])
    return told.reset_index()[list(COLUMNS)]


def _causes(sides: _Sides, wanted: pd.Series) -> pd.Series:
    """Find the fewest causes that turn each outcome; several sets of as few are all told."""
    found = pd.Series("", index=wanted.index, dtype=object)
    for size in range(1, len(CAUSES) + 1):
        open_ones = found == ""
        for taken in combinations(CAUSES, size):
            came = sides.outcomes(frozenset(taken))["outcome"].reindex(wanted.index)
            turned = open_ones & (came == wanted)
            name = "+".join(taken)
            found[turned] = [f"{each} or {name}" if each else name for each in found[turned]]
    return found
