"""The height above which a storey counts twice, by the pack that is in force for each plot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from landtrack.assessment.rules.inputs import Figures, Subjects
from landtrack.model import LEVELS, RulePack


def tall_above(
    facts: pd.DataFrame, packs: Sequence[RulePack], *, rules_on: date | None = None,
    perhaps: bool = False,
) -> Figures:
    """Say above which height a storey counts twice, or may count twice, at each plot.

    ``facts``: n plots with the day on which each was accepted.
    ``rules_on``: The day whose rules hold for all; each plot's own where not given.
    ``perhaps``: Where it cannot be told which pack holds, let those hold that count the most twice.
    Returns ndarray of float64, (n,): Metres, as the most local pack in force states them; NaN where
    none does, and no storey counts twice. Where the day is not known, the only pack of a level
    holds, and of several the one that counts the fewest storeys twice, or the most.
    """
    of_several = np.fmin if perhaps else np.fmax
    subjects = Subjects(inputs=pd.DataFrame(index=facts.index), facts=facts, on=rules_on)
    days = subjects.rule_days
    found, settled = np.full(len(facts), np.nan), np.zeros(len(facts), dtype=bool)
    for level in reversed(LEVELS):
        own = [pack for pack in packs if pack.level == level and pack.tall_storey is not None]
        of_level = np.full(len(facts), np.nan)
        for pack in own:
            height = np.nan if pack.tall_storey is None else pack.tall_storey.above_m
            last = np.datetime64(pack.in_force_until or date.max, "D")
            holds = np.isnat(days) | (
                (days >= np.datetime64(pack.in_force_from, "D")) & (days <= last)
            )
            of_level = np.where(holds, of_several(of_level, height), of_level)
        # Where the day is not known, another pack of the level may hold, without any height.
        silent = np.isnat(days) & (sum(pack.level == level for pack in packs) > len(own))
        if not perhaps:
            of_level[silent] = np.nan
        found = np.where(settled, found, of_several(found, of_level))
        settled |= np.isfinite(of_level) & ~silent
    return found
