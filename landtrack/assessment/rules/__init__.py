"""Judges measures by rules: the findings table.

::

    limits (national ─► province ─► park ─► plot) ─┐
    measures ─► quotient ──────────────────────────┴► compare ─► findings ─► waivers

Values are compared unrounded; see :mod:`landtrack.assessment.rules.outcome` for what is on the
line.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from landtrack.assessment.rules.engine import judge, plain, quotient
from landtrack.assessment.rules.evidence import floor_evidence, levels
from landtrack.assessment.rules.inputs import Subjects, Words, plot_inputs
from landtrack.assessment.rules.limits import by_rule
from landtrack.assessment.rules.outcome import NOISE
from landtrack.assessment.rules.projects import as_wholes, for_plots, for_projects, sum_up, together
from landtrack.assessment.rules.samples import try_samples
from landtrack.assessment.rules.standing import Standing, standing, status_of
from landtrack.assessment.rules.storeys import tall_above
from landtrack.assessment.rules.tables import NO_LIMIT
from landtrack.assessment.rules.wholes import Findings, Terms, judge_all
from landtrack.model import KEY_COLUMNS, Basis, Override, RulePack, Stage, Waiver
from landtrack.model.errors import TableError
from landtrack.spatial.plot_figures import project_of

__all__ = [
    "NOISE", "NO_LIMIT", "Findings", "Standing", "Subjects", "Terms", "Words", "as_wholes",
    "by_rule", "evaluate", "floor_evidence", "for_plots", "for_projects", "judge",
    "judge_all", "levels", "plain", "plot_inputs", "project_of", "quotient", "require_unique",
    "standing", "status_of", "sum_up", "tall_above", "together", "try_samples",
]


def evaluate(  # noqa: PLR0913  all that a verdict rests on, by name
    measures: pd.DataFrame,
    packs: RulePack | Sequence[RulePack],
    *,
    facts: pd.DataFrame | None = None,
    overrides: Sequence[Override] = (),
    waivers: Sequence[Waiver] = (),
    as_of: date | None = None,
    rules_on: date | None = None,
    stage: Stage | None = None,
    basis: Basis | None = None,
) -> pd.DataFrame:
    """Judge every plot by every rule.

    ``measures``: The measures table; the rows of layer "plots" hold the rules' inputs.
    ``facts``: The plots' fields by ``plot_id``: dates, stage, industry code; none are known
    without.
    ``as_of``: The day of vetting: no rule applies to what is accepted later, overrides and waivers
    must hold on it; today where not given.
    ``rules_on``: Judge all by the rules of this day; each by those of the day on which it was
    accepted where not given.
    ``stage``: Vet all for this stage; each for its own where not given.
    ``basis``: Which figures are used; without it nothing is said of how floor areas are proved.
    Returns: Columns of ``model.FINDING_COLUMNS``; r rows for each of the n plots, in the order of
    the plots, then of the rules. ``margin`` is value minus the nearest limit; ``fix`` is by how
    much the numerator must change to reach it, for a fail; ``reason`` names the missing inputs of
    an unknown, why a rule is not applicable, or both dates of a sequence.
    Raises TableError: If the measures hold none of a rule's inputs.
    Raises CatalogError: If packs contradict each other, or an override or waiver names no rule.
    """
    inputs = plot_inputs(measures)
    fields = pd.DataFrame(index=inputs.index) if facts is None else facts.reindex(inputs.index)
    subjects = Subjects(
        inputs=inputs, facts=pd.DataFrame(fields), on=rules_on, stage=stage,
        as_of=as_of, evidence=None if basis is None else floor_evidence(inputs, basis),
    )
    several = [packs] if isinstance(packs, RulePack) else list(packs)
    return plain(judge(subjects, several, overrides=overrides, waivers=waivers, as_of=as_of))


def require_unique(measures: pd.DataFrame) -> None:
    """Insist that the measures table says each thing once.

    Raises TableError: If two rows share plot, layer, category and measure.
    """
    twice = measures.duplicated(["plot_id", *KEY_COLUMNS])
    if twice.any():
        first = measures[twice].iloc[0]
        raise TableError(
            f"The measures hold {first['measure']} of {first['layer']} twice for plot "
            f"{first['plot_id']}.",
            mend="Give every plot an id of its own before joining.",
        )
