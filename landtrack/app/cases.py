"""The plots of a place as a list, and the case of each: how it stands by each rule, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from landtrack.app import standing
from landtrack.app.case_types import (
    OUTCOMES,
    Case,
    Listed,
    Plot,
    Said,
    Stands,
    Wanted,
    beside,
)
from landtrack.model import FINDING_COLUMNS, Rule, RulePack, translations
from landtrack.model.address import Address, Outputs
from landtrack.model.assessment import FINDINGS, OF_PROJECTS
from landtrack.model.classes import VERDICT
from landtrack.model.rules import by_id
from landtrack.output.wording import findings, numbering, pinyin
from landtrack.store import judged
from landtrack.store.address import within
from landtrack.store.session import Session

PLOT_COLUMNS = ("plot_id", "project_id", "name", "company", VERDICT)
OF = {
    FINDINGS: tuple(FINDING_COLUMNS),
    OF_PROJECTS: tuple(each for each in FINDING_COLUMNS if each != "subject"),
}
DRAWN = frozenset({"plots", "runs", FINDINGS, OF_PROJECTS, judged.RULES})
"""What is drawn from a store: these are held against its seal."""


@dataclass(frozen=True)
class Plots:
    """The plots of a place in the order of its files, and the rules by which they were judged."""

    rows: tuple[Plot, ...]
    rules: Mapping[str, Rule]


def plots(out: Outputs) -> Plots:
    """List the plots of the last run of a place.

    ``out``: The outputs of the place, or its shared store.
    Raises SourceError: If there is no store, or its results were edited.
    """
    store = within(out)
    return _plots(store, standing.insist(store, DRAWN))


def listed(out: Outputs, which: Wanted, *, first: int = 0, most: int) -> Listed:
    """List a part of the plots of a place that are wanted.

    ``out``: The outputs of the place, or its shared store.
    ``first``: From which on, from 0; the last one where there are not so many.
    ``most``: How many.
    Raises SourceError: If there is no store, or its results were edited.
    """
    every = plots(out)
    found = wanted(every, which)
    first = min(first, max(len(found) - 1, 0))
    return Listed(
        shown=found[first : first + most], first=first, found=len(found), every=len(every.rows),
        counts=counts(every.rows, which.rule),
        titles={rule: own.title for rule, own in every.rules.items()},
    )


def wanted(every: Plots, which: Wanted) -> tuple[Plot, ...]:
    """Choose plots of a list by what is typed.

    It may stand in their texts, be how these are read, or be their identifier written otherwise.

    Returns: In the order of the list, or nearest to the limit first, those without a margin last.
    """
    text, read = which.text.strip().casefold(), pinyin.Search(which.text)
    written = numbering.pattern(which.text)
    found = [
        each for each in every.rows
        if (not which.outcome or _outcome(each, which.rule) == which.outcome)
        and (not which.rule or which.rule in each.by_rule)
        and (not text or any(
            text in part.casefold() or read.finds(part) for part in each[:4]
        ) or (written and written.search(each.key.casefold())))
    ]
    if which.nearest and which.rule:
        found.sort(key=lambda each: _apart(each.by_rule[which.rule]))
    return tuple(found)


def counts(every: Iterable[Plot], rule: str = "") -> dict[str, int]:
    """Count plots by verdict, or by the outcome of a rule; every outcome is there."""
    made = dict.fromkeys(map(str, OUTCOMES), 0)
    for each in every:
        own = _outcome(each, rule)
        if own:
            made[own] = made.get(own, 0) + 1
    return made


def case(
    out: Outputs, key: str, words: translations.Words, which: Wanted | None = None
) -> Case | None:
    """Give the case of a plot.

    ``out``: The outputs of its place, or its shared store.
    ``key``: Its ``plot_id``.
    ``words``: In which its findings are said.
    ``which``: The list in which its neighbours are looked for; all plots where not given.
    Returns: None where there is no such plot.
    Raises SourceError: If there is no store, or its results were edited.
    """
    every = plots(out)
    own = next((each for each in every.rows if each.key == key), None)
    if own is None:
        return None
    with standing.judged(within(out), DRAWN) as db:
        of_plot = _rows(db, FINDINGS, key)
        of_project = _rows(db, OF_PROJECTS, own.project) if own.project else []
    keys = [each.key for each in wanted(every, which or Wanted())]
    return Case(
        own, said(of_plot, every.rules, words), said(of_project, every.rules, words),
        beside(keys, key),
    )


@lru_cache(maxsize=2)
def _plots(store: Address, _run: str) -> Plots:
    """Read the list; that of a run is not read again."""
    with standing.judged(store, DRAWN) as db:
        rules = _rules(db)
        by_rule: dict[str, dict[str, Stands]] = defaultdict(dict)
        for key, rule, outcome, margin, threshold in db.select(
            FINDINGS, ("plot_id", "rule", "outcome", "margin", "threshold")
        ):
            by_rule[str(key)][str(rule)] = Stands(str(outcome), _share(margin, threshold))
        rows = tuple(
            Plot(key, project or "", name or "", company or "", verdict or "", by_rule[key])
            for key, project, name, company, verdict in db.select("plots", PLOT_COLUMNS)
        )
    return Plots(rows, rules)


def _rules(db: Session) -> dict[str, Rule]:
    """Read the rules by which the run judged."""
    if judged.RULES not in db.tables():
        return {}
    return by_id(
        msgspec.json.decode(content, type=RulePack)
        for (content,) in db.select(judged.RULES, ("content",))
    )


def _rows(db: Session, table: str, key: str) -> list[dict[str, Any]]:
    """Read the findings of one plot or project."""
    if table not in db.tables():
        return []
    columns = OF[table]
    return [
        dict(zip(columns, row, strict=True))
        for row in db.select(table, columns, {"plot_id": key})
    ]


def said(
    rows: Iterable[Mapping[str, Any]], rules: Mapping[str, Rule], words: translations.Words
) -> tuple[Said, ...]:
    """Put findings into words, in the order of the rules."""
    order = list(rules)
    made = []
    for row in sorted(rows, key=lambda each: order.index(each["rule"])):
        told = findings.finding(words, row, rules[row["rule"]])
        why = tuple(each for each in (told.fix, told.reason, told.note) if each)
        made.append(Said(
            rule=row["rule"], outcome=str(row["outcome"]), name=told.name,
            said_outcome=told.outcome, value=told.value, limit=told.limit, margin=told.margin,
            clause=told.clause, why=why,
        ))
    return tuple(made)


def _share(margin: object, threshold: object) -> float | None:
    """Give a margin as a share of its limit."""
    if not isinstance(margin, float | int):
        return None
    whole = abs(threshold) if isinstance(threshold, float | int) else 0
    return margin / whole if whole else float(margin)


def _outcome(plot: Plot, rule: str) -> str:
    if not rule:
        return plot.verdict
    own = plot.by_rule.get(rule)
    return "" if own is None else own.outcome


def _apart(stands: Stands) -> tuple[bool, float]:
    return stands.margin is None, abs(stands.margin or 0.0)
