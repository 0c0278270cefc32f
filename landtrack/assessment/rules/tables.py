"""Limits by industry and region class, looked up by facts of the plots."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.assessment.rules.inputs import Figures, Mask, Subjects, Words
from landtrack.model import Row, Rule, RulePack, Table, catalog

NO_LIMIT = "limit:"
"""What the reason begins with where a table has no value; the document follows."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """Limits before it is asked whether they hold."""

    threshold: Figures
    upper: Figures
    verified: Mask
    source: Words
    reason: Words
    gap: Mask

    @classmethod
    def of_rule(cls, rule: Rule, n: int) -> Held:
        """Repeat the one limit of a rule.

        Returns: The same for all.
        """
        return cls(
            threshold=np.full(n, np.nan if rule.threshold is None else rule.threshold),
            upper=np.full(n, np.nan if rule.upper is None else rule.upper),
            verified=np.full(n, rule.verified),
            source=np.full(n, rule.source, dtype=object),
            reason=np.full(n, "", dtype=object),
            gap=np.zeros(n, dtype=bool),
        )


@dataclass(frozen=True, kw_only=True)
class _Lookup:
    """Finds the row of a table by facts of a plot."""

    table: Table
    pack: RulePack

    @cached_property
    def rows(self) -> dict[tuple[str, ...], Row]:
        """The rows by key."""
        return {row.key: row for row in self.table.rows}

    def row(self, code: str, year: float, grade: float) -> Row | str:
        """Find a row; else say what is missing."""
        parts: list[tuple[str, ...]] = []
        carried: catalog.Carried | None = None
        for name in self.table.by:
            if name == "region_class":
                found = tuple(each.code for each in self.pack.region if grade in each.grades)
                missing = "land_grade"
            else:
                told = self._carried(code, year)
                if isinstance(told, str):
                    return told
                carried, found, missing = told, told.divisions, self._asked(told)
            if not found:
                return missing
            parts.append(found)
        keys: list[tuple[str, ...]] = [()]
        for part in parts:
            keys = [(*key, each) for key in keys for each in part]
        rows = [self.rows.get(key) for key in keys]
        if any(row is None or row.threshold is None for row in rows):
            return f"{NO_LIMIT}{self.pack.document_no} ({self.table.file})"
        first = rows[0]
        assert first is not None  # noqa: S101  no row is none here
        if len({(row.threshold, row.upper) for row in rows if row is not None}) > 1:
            assert carried is not None  # noqa: S101  a grade is of one class
            return self._asked(carried)
        verified = all(row.verified for row in rows if row is not None)
        return Row(
            key=first.key, threshold=first.threshold, upper=first.upper,
            source="; ".join(filter(None, [first.source, "" if carried is None else str(carried)])),
            verified=verified and (carried is None or not carried.inferred),
        )

    def _carried(self, code: str, year: float) -> catalog.Carried | str:
        """Give the divisions in the table's classification, or what is missing for them."""
        if not code:
            return "industry_code"
        if np.isnan(year):
            return "industry_year"
        known = catalog.industries()
        if known.division(code, year) is None:
            return "industry_code"
        return known.carried(code, year, self.table.classification or 0)

    def _asked(self, carried: catalog.Carried) -> str:
        """Say what would tell which division it is: more digits, or the code of that edition."""
        return "industry_class" if carried.by_class else f"industry_code_{carried.wanted}"


def looked_up(table: Table, pack: RulePack, subjects: Subjects) -> Held:
    """Look up the limit of every plot, each set of facts once.

    ``subjects``: n plots.
    Returns: By plot; where there is no limit the reason says why.
    """
    facts = pd.MultiIndex.from_arrays([
        subjects.words("industry_code"),
        np.nan_to_num(subjects.numbers("industry_year"), nan=-1.0),
        np.nan_to_num(subjects.numbers("land_grade"), nan=-1.0),
    ])
    at, kinds = pd.factorize(facts)
    lookup = _Lookup(table=table, pack=pack)
    found = [
        lookup.row(code, np.nan if year < 0 else year, np.nan if grade < 0 else grade)
        for code, year, grade in kinds
    ]
    rows = [None if isinstance(each, str) else each for each in found]

    def taken(values: list[Any], dtype: npt.DTypeLike) -> Any:  # noqa: ANN401  of any type
        return np.array(values, dtype=dtype)[at]

    return Held(
        threshold=taken([row.threshold if row else np.nan for row in rows], "float64"),
        upper=taken(
            [row.upper if row and row.upper is not None else np.nan for row in rows], "float64"
        ),
        verified=taken([row.verified if row else True for row in rows], "bool"),
        source=taken([row.source if row else "" for row in rows], object),
        reason=taken([each if isinstance(each, str) else "" for each in found], object),
        gap=taken([isinstance(each, str) and each.startswith(NO_LIMIT) for each in found], "bool"),
    )
