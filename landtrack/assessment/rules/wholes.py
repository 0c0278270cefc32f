"""Judges plots, and projects of several plots as wholes: the two tables of findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import pandas as pd

from landtrack.assessment.rules import whose
from landtrack.assessment.rules.engine import judge, plain
from landtrack.assessment.rules.evidence import floor_evidence
from landtrack.assessment.rules.inputs import Subjects
from landtrack.assessment.rules.projects import (
    as_wholes,
    declared,
    for_plots,
    for_projects,
    sum_up,
)
from landtrack.model import Basis, Override, RulePack, Stage, Waiver
from landtrack.spatial.plot_figures import project_of


class Findings(NamedTuple):
    """The findings on plots; those on projects, None where every project is one plot."""

    plots: pd.DataFrame
    projects: pd.DataFrame | None


@dataclass(frozen=True, kw_only=True)
class Terms:
    """By what is judged: packs, what was agreed for single plots and projects, day and stage.

    ``data_day`` is the day of the facts, where it is not that of vetting.
    """

    packs: Sequence[RulePack]
    overrides: Sequence[Override] = ()
    waivers: Sequence[Waiver] = ()
    as_of: date | None = None
    data_day: date | None = None
    rules_on: date | None = None
    stage: Stage | None = None
    basis: Basis = field(default_factory=Basis)


def judge_all(
    inputs: pd.DataFrame, facts: pd.DataFrame, amounts: pd.DataFrame | None, terms: Terms
) -> Findings:
    """Judge every plot, and every project of several plots as a whole.

    ``inputs``: The plots' own measures, a column each, by ``plot_id``.
    ``facts``: The plots' fields by ``plot_id``.
    ``amounts``: What is of projects as wholes, as :func:`landtrack.ingest.normalise.amounts.settle`
    gives it.
    Returns: Columns of ``model.FINDING_COLUMNS``. A plot whose project alone has an amount stands
    as the project does.
    Raises TableError: If the inputs lack one of a rule.
    Raises CatalogError: If packs, overrides or waivers contradict each other, or name no rule.
    """
    facts = facts.reindex(inputs.index)
    plots = _judged(
        inputs, facts, terms, for_plots(terms.overrides, facts), for_plots(terms.waivers, facts)
    )
    of = project_of(facts)
    if not of.duplicated().any() and (amounts is None or amounts.empty):
        return Findings(plots, None)
    summed, common = sum_up(inputs, facts, amounts, basis=terms.basis)
    projects = _judged(
        summed, common, terms, for_projects(terms.overrides, facts),
        for_projects(terms.waivers, facts),
    )
    if amounts is not None and len(amounts):
        rules = {rule.id: rule for pack in terms.packs for rule in pack.rule}
        plots = as_wholes(plots, projects, rules.values(), of, amounts)
    return Findings(plots, projects)


def _judged(
    inputs: pd.DataFrame, facts: pd.DataFrame, terms: Terms, overrides: Sequence[Override],
    waivers: Sequence[Waiver],
) -> pd.DataFrame:
    def of(own: pd.DataFrame, fields: pd.DataFrame) -> pd.DataFrame:
        subjects = Subjects(
            inputs=own, facts=fields, on=terms.rules_on, stage=terms.stage,
            as_of=terms.data_day or terms.as_of, evidence=floor_evidence(own, terms.basis),
        )
        return plain(judge(
            subjects, terms.packs, overrides=overrides, waivers=waivers, as_of=terms.as_of
        ))

    return whose.judged(inputs, facts, declared(terms.basis), of)
