"""Plots that limits cannot tell apart are asked about once.

Which limit holds depends on few facts: the pack in force, the stage, the industry and the land
grade, the fields that a rule names. A park of 100 000 plots has some hundred combinations.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.assessment.rules.inputs import Coded, Subjects
from landtrack.assessment.rules.limits import Chosen, Stated, choose
from landtrack.model import Override

Codes = npt.NDArray[np.int64]

BY_INDUSTRY = ("industry_code", "industry_year")
BY_REGION = ("land_grade",)


@dataclass(frozen=True)
class Kinds:
    """Which kind each of n plots is of, and a plot of each kind."""

    at: Codes
    subjects: Subjects


def kinds(
    statements: Sequence[Stated], subjects: Subjects, overrides: Sequence[Override]
) -> Kinds:
    """Bring together the plots that have the same limit by all that can decide it.

    ``subjects``: n plots.
    ``overrides``: What was agreed for single plots on this rule: each of them is a kind of its own.
    Returns: The kinds in the order in which they come.
    """
    at = np.zeros(len(subjects), dtype=np.int64)
    for part in _parts(statements, subjects, overrides):
        at, _ = pd.factorize(at * (int(part.max(initial=0)) + 1) + part)
    first = np.unique(at, return_index=True)[1]
    return Kinds(at, dataclasses.replace(
        subjects, inputs=subjects.inputs.iloc[first], facts=subjects.facts.iloc[first],
        evidence=None,
    ))


def _parts(
    statements: Sequence[Stated], subjects: Subjects, overrides: Sequence[Override]
) -> Iterator[Codes]:
    """Give a code, not below 0, for each thing that can decide a limit."""
    fields: dict[str, None] = {}
    for each in statements:
        fields |= dict.fromkeys(each.rule.applies_to)
        by = () if each.rule.table is None else each.rule.table.by
        fields |= dict.fromkeys(BY_INDUSTRY if "industry" in by else ())
        fields |= dict.fromkeys(BY_REGION if "region_class" in by else ())
    if any(each.rule.stage for each in statements) and subjects.stage is None:
        fields["stage"] = None
    for name in fields:
        yield subjects.coded(name).codes.astype(np.int64)
    yield subjects.ahead.astype(np.int64)
    yield subjects.unread("accepted_on").astype(np.int64)
    bounds = sorted({
        day for each in statements
        for day in (each.pack.in_force_from, each.pack.in_force_until)
        if day is not None
    } | {
        each.pack.in_force_until + timedelta(days=1) for each in statements
        if each.pack.in_force_until is not None
    })
    days = subjects.rule_days
    era = np.searchsorted(np.array(bounds, dtype="datetime64[D]"), days, side="right")
    yield np.where(np.isnat(days), len(bounds) + 1, era).astype(np.int64)
    if overrides:
        own = pd.Index([each.plot for each in overrides]).unique()
        yield own.get_indexer(subjects.inputs.index).astype(np.int64) + 1


def chosen(
    statements: Sequence[Stated], subjects: Subjects, overrides: Sequence[Override]
) -> Chosen:
    """Let the most local limit win, kind by kind.

    ``subjects``: n plots.
    Returns: Figures by plot, words as codes; one value where it is the same for all.
    """
    found = kinds(statements, subjects, overrides)
    own = choose(statements, found.subjects, overrides)
    spread = {}
    for field in dataclasses.fields(own):
        value = getattr(own, field.name)
        if np.ndim(value) == 0:
            spread[field.name] = value
        elif value.dtype == object:
            codes, words = pd.factorize(value)
            spread[field.name] = Coded(codes[found.at], [str(each) for each in words])
        else:
            spread[field.name] = value[found.at]
    return Chosen(**spread)
