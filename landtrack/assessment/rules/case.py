"""One plot, or one project over several plots, as it is vetted; and what if it were otherwise."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from landtrack.assessment import rules as check
from landtrack.assessment.rules import whose
from landtrack.assessment.rules.projects import declared
from landtrack.ingest import normalise
from landtrack.model import Basis, Override, RulePack, Stage, Waiver, catalog
from landtrack.model.assessment import Assessment
from landtrack.model.errors import CatalogError, SourceError
from landtrack.spatial import plot_figures

LAND, FLOOR = "land_area_m2", "floor_area_m2"
AMOUNTS = ("_cny", "_m2")
"""Ends of the names of figures that are never below 0: money and areas."""
NUMBERS = ("_m2", "_cny", "_grade", "_year")
"""Endings of the facts that are numbers."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the verdict on one plot or project rests on; a change makes another case.

    ``project`` is that of a plot among several, and ``amounts`` what is of it as a whole: by
    these the plot stands as the project does.
    """

    name: str
    plots: tuple[str, ...]
    inputs: Mapping[str, float]
    facts: Mapping[str, object]
    packs: tuple[RulePack, ...]
    overrides: tuple[Override, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    as_of: date | None = None
    rules_on: date | None = None
    stage: Stage | None = None
    basis: Basis = dataclasses.field(default_factory=Basis)
    changes: Mapping[str, float | str] = dataclasses.field(default_factory=dict)
    before: Case | None = None
    project: Case | None = None
    amounts: pd.DataFrame | None = None

    def findings(self) -> pd.DataFrame:
        """Judge the case.

        Returns
        -------
        DataFrame
            Columns of ``model.FINDING_COLUMNS``, a row for each rule.
        """
        return self._found.copy()

    @cached_property
    def _found(self) -> pd.DataFrame:
        """The findings, judged once: what if asks the same of a project again and again."""
        found = whose.judged(
            pd.DataFrame([self.inputs], index=[self.name], dtype="float64"),
            pd.DataFrame([self.facts], index=[self.name]), declared(self.basis), self._judged,
        )
        if self.project is None or self.amounts is None:
            return found
        rules = [  # a figure that was asked for is the plot's: the project's says nothing of it
            rule for pack in self.packs for rule in pack.rule
            if not {rule.numerator, rule.denominator, *(rule.instead or ())} & set(self.changes)
        ]
        return check.as_wholes(
            found, self.project.findings(), rules,
            pd.Series({self.name: self.project.name}), self.amounts,
        )

    def _judged(self, inputs: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
        """Judge figures of the case."""
        subjects = check.Subjects(
            inputs=inputs, facts=facts, on=self.rules_on, stage=self.stage, as_of=self.as_of,
            evidence=self.evidence(inputs),
        )
        return check.plain(check.judge(
            subjects, self.packs, overrides=self.overrides, waivers=self.waivers,
            as_of=self.as_of,
        ))

    def evidence(self, inputs: pd.DataFrame) -> check.Words | None:
        """Say how the floor area is proved.

        Parameters
        ----------
        inputs
            The case's own, one row.

        Returns
        -------
        ndarray of object, (1,)
            As :func:`landtrack.assessment.rules.floor_evidence` gives it; none for a floor area
            that
            was entered to ask what if.
        """
        asked = "floor_area_m2" in self.changes
        return None if asked else check.floor_evidence(inputs, self.basis)

    @property
    def stored(self) -> Case:
        """The case as the data state it.

        Returns
        -------
        Case
            Without what was asked what if.
        """
        return self if self.before is None else self.before

    def figure(self, name: str) -> float:
        """Give an input.

        Parameters
        ----------
        name
            A measure, or a field that stands for itself.

        Returns
        -------
        float
            NaN where it is missing.
        """
        value = self.inputs.get(name, self.facts.get(name))
        return float(value) if isinstance(value, (int, float, np.number)) else float("nan")

    def changed(self, changes: Mapping[str, float | str]) -> Case:
        """Ask what if.

        Parameters
        ----------
        changes
            New values by measure or field, in the unit that they are stored in. A figure
            that the indices use may go without the ending of its unit's name.

        Returns
        -------
        Case
            Another case; this one is as it was, and nothing is stored.

        Raises
        ------
        CatalogError
            If there is no such measure or field, or a figure is no number.
        """
        inputs, facts = dict(self.inputs), dict(self.facts)
        made: dict[str, float | str] = {}
        for stated, value in changes.items():
            name = {"investment_cny": "fixed_investment_cny"}.get(stated, stated)
            for mark in (f"{name}{plot_figures.PERHAPS}", f"{name}:latest"):
                facts.pop(mark, None)  # said to be the plot's, or the one day
            if name in inputs:
                made[name] = inputs[name] = _number(name, value)
                if name == FLOOR:  # said to be it, whatever the storeys are
                    inputs.pop(plot_figures.UTMOST_FLOOR, None)
            elif name in facts and name.isidentifier():
                made[name] = facts[name] = _fact(name, value)
            else:
                raise CatalogError(
                    f"There is no figure or fact named {stated!r}.",
                    mend=f"Use one of: {', '.join([*inputs, *filter(str.isidentifier, facts)])}.",
                )
        return dataclasses.replace(
            self, inputs=inputs, facts=facts, changes={**self.changes, **made},
            before=self.stored,
        )


def _number(name: str, value: float | str) -> float:
    """Read a figure as a cell of a file is read: strictly, with its unit if it has one."""
    if not isinstance(value, str):
        return float(value)
    unit = normalise.figure_unit(catalog.schemas()["plots"], name)
    number = normalise.figure(value, unit)
    if not math.isfinite(number):
        raise CatalogError(
            f"{name} = {value!r} is not exactly one number"
            + (f" in a unit of {unit.stored}." if unit.stored else "."),
            mend="Write digits and a point, such as 3.5e6, commas only between thousands; "
            "a unit may follow, such as 3ha.",
        )
    if number < 0 and name.endswith(AMOUNTS):
        raise CatalogError(
            f"{name} = {value!r} is below 0.",
            mend="Write how much it would be, not by how much less.",
        )
    return number


def _fact(name: str, value: float | str) -> float | str:
    """Read a fact: a number, a day, or words."""
    if name.endswith(NUMBERS):
        return _number(name, value)
    if not name.endswith("_on") or not isinstance(value, str):
        return value
    day = normalise.Calendar().day(value)
    if day is None:
        raise CatalogError(
            f"{name} = {value!r} is not exactly one day.", mend="Write it as 2006-05-31."
        )
    return day.isoformat()


def _named(result: Assessment, name: str) -> tuple[str, list[str]]:
    """Find what is meant by a number.

    Returns number : str: Without the word that says of what it is.
    Returns ids : list of str: The plot, or the plots of the project.
    """
    plots = result.layers["plots"]

    def found(number: str) -> dict[str, list[str]]:
        own = plots.index[(plots["project_id"] == number).fillna(value=False)].tolist()
        known = {"plots": [number] if number in plots.index else [], "project": own}
        return {kind: ids for kind, ids in known.items() if ids}

    there, number = found(name), name
    if not there:
        kind, _, number = name.partition(":")
        kind = {"plot": "plots", "projects": "project"}.get(kind, kind)
        there = {each: ids for each, ids in found(number).items() if each == kind}
    if not there:
        raise SourceError(
            f"{result.place.id} has no plot or project {name!r}.",
            mend=f"Name one, such as {', '.join(map(str, plots.index[:5]))}.",
        )
    first, *other = there.values()
    if other and other != [first]:
        raise SourceError(
            f"{number!r} is a plot of {result.place.id}, and a project of other plots: "
            f"{', '.join(map(str, other[0]))}.",
            mend=f"Name the one that is meant: plots:{number} or project:{number}.",
        )
    return number, first


class Every(NamedTuple):
    """The measures of all plots of a run side by side, and their facts."""

    inputs: pd.DataFrame
    facts: pd.DataFrame


def every_of(result: Assessment) -> Every:
    """Give what cases are taken out of.

    Parameters
    ----------
    result
        The run.

    Returns
    -------
    Every
        Of all its plots.
    """
    return Every(check.plot_inputs(result.measures), normalise.written.of(result))


def case(
    result: Assessment, name: str, *, rules_on: date | None = None, stage: Stage | None = None,
    every: Every | None = None,
) -> Case:
    """Take one plot or project out of a run.

    Parameters
    ----------
    result
        The run.
    name
        A plot's id, or a project's: over several plots its inputs are summed. Where a plot and
        another project have it, ``"plots:1"`` or ``"project:1"``.
    rules_on
        Judge by the rules of this day; as the run did where not given.
    stage
        Vet for this stage; as the run did where not given.
    every
        What :func:`every_of` gives of the run, where several cases are taken out of it.

    Returns
    -------
    Case
        Ready to be judged.

    Raises
    ------
    SourceError
        If there is no such plot or project, or it is not said which of the two is meant.
    """
    name, ids = _named(result, name)
    known = every_of(result) if every is None else every
    inputs, facts = known.inputs.loc[ids], known.facts.loc[ids]
    place, amounts = result.place, result.amounts
    held = pd.Index([]) if amounts is None else amounts.index
    alone = len(ids) == 1 and (ids == [name] or name not in held)
    whole = ids[0] if alone else name
    project = None
    if alone:
        named, common = check.for_plots, facts.iloc[0]
        of = str(check.project_of(facts).iloc[0])
        if of in held and (of != whole or (check.project_of(known.facts) == of).sum() > 1):
            project = case(
                result, f"project:{of}", rules_on=rules_on, stage=stage, every=known
            )
    else:
        named = check.for_projects
        inputs, facts = check.sum_up(inputs, facts, amounts, basis=place.basis)
        common = facts.iloc[0]
    return Case(
        name=whole, plots=tuple(ids), project=project,
        amounts=None if amounts is None or project is None else amounts.loc[[project.name]],
        inputs=inputs.iloc[0].to_dict(),
        facts=common.astype(object).where(common.notna(), None).to_dict(),
        packs=result.packs,
        overrides=tuple(
            each for each in named(place.overrides, known.facts) if each.plot == whole
        ),
        waivers=tuple(each for each in named(place.waivers, known.facts) if each.plot == whole),
        as_of=place.as_of, rules_on=rules_on or result.rules_on, stage=stage or result.stage,
        basis=place.basis,
    )
