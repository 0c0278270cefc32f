"""The plots of a place as a list, and the case of each: how it stands by each rule, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from landtrack.app import standing
from landtrack.model import FINDING_COLUMNS, NOT_JUDGED, Outcome, Rule, RulePack, translations
from landtrack.model.assessment import FINDINGS, OF_PROJECTS
from landtrack.model.classes import VERDICT
from landtrack.model.outputs import STORE
from landtrack.model.rules import by_id
from landtrack.output.wording import findings
from landtrack.output.wording.findings import FindingWords
from landtrack.store import judged
from landtrack.store.session import Session

OUTCOMES = (Outcome.FAIL, Outcome.UNKNOWN, NOT_JUDGED, Outcome.PASS)
"""How a plot may stand, the worst first."""
PLOT_COLUMNS = ("plot_id", "project_id", "name", "company", VERDICT)
OF = {
    FINDINGS: tuple(FINDING_COLUMNS),
    OF_PROJECTS: tuple(each for each in FINDING_COLUMNS if each != "subject"),
}


class Stands(NamedTuple):
    """How a plot stands by one rule.

    ``margin``: How far it is from its limit, as a share of it where there is one; None if unknown.
    """

    outcome: str
    margin: float | None


class Plot(NamedTuple):
    """A plot of the list: its names, its verdict, and how it stands by each rule."""

    key: str
    project: str
    name: str
    company: str
    verdict: str
    by_rule: Mapping[str, Stands]


@dataclass(frozen=True)
class Plots:
    """The plots of a place in the order of its files, and the rules by which they were judged."""

    rows: tuple[Plot, ...]
    rules: Mapping[str, Rule]


class Wanted(NamedTuple):
    """Which plots of a list are wanted; empty for any.

    ``outcome``: The verdict on the plot or, where a ``rule`` is named, what that one says of it.
    ``text``: Part of a key or a name.
    ``nearest``: Those nearest to the limit of the rule first.
    """

    outcome: str = ""
    rule: str = ""
    text: str = ""
    nearest: bool = False


class Said(NamedTuple):
    """A finding in words, with its outcome as a code."""

    outcome: str
    words: FindingWords
    why: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """What is known of one plot: itself, its findings, and those of its project as a whole."""

    plot: Plot
    findings: tuple[Said, ...]
    project: tuple[Said, ...]


def plots(out: Path) -> Plots:
    """List the plots of the last run of a place.

    ``out``: The outputs of the place.
    Raises SourceError: If there is no store, or its results were edited.
    """
    there = (out / STORE).stat() if (out / STORE).is_file() else None
    return _plots(out / STORE, *((there.st_mtime_ns, there.st_size) if there else (0, 0)))


def wanted(every: Plots, which: Wanted) -> tuple[Plot, ...]:
    """Choose plots of a list.

    Returns: In the order of the list, or nearest to the limit first, those without a margin last.
    """
    text = which.text.strip().casefold()
    found = [
        each for each in every.rows
        if (not which.outcome or _outcome(each, which.rule) == which.outcome)
        and (not which.rule or which.rule in each.by_rule)
        and (not text or any(text in part.casefold() for part in each[:4]))
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


def case(out: Path, key: str, words: translations.Words) -> Case | None:
    """Give the case of a plot.

    ``out``: The outputs of its place.
    ``key``: Its ``plot_id``.
    ``words``: In which its findings are said.
    Returns: None where there is no such plot.
    Raises SourceError: If there is no store, or its results were edited.
    """
    every = plots(out)
    own = next((each for each in every.rows if each.key == key), None)
    if own is None:
        return None
    with standing.judged(out / STORE) as db:
        of_plot = _rows(db, FINDINGS, key)
        of_project = _rows(db, OF_PROJECTS, own.project) if own.project else []
    return Case(own, _said(of_plot, every.rules, words), _said(of_project, every.rules, words))


@lru_cache(maxsize=2)
def _plots(store: Path, _written: int, _size: int) -> Plots:
    """Read the list; one that is as it was is not read again."""
    with standing.judged(store) as db:
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
    if table not in db.frames():
        return []
    columns = OF[table]
    return [
        dict(zip(columns, row, strict=True))
        for row in db.select(table, columns, {"plot_id": key})
    ]


def _said(
    rows: Iterable[Mapping[str, Any]], rules: Mapping[str, Rule], words: translations.Words
) -> tuple[Said, ...]:
    """Put findings into words, in the order of the rules."""
    order = list(rules)
    made = []
    for row in sorted(rows, key=lambda each: order.index(each["rule"])):
        said = findings.finding(words, row, rules[row["rule"]])
        why = tuple(each for each in (said.fix, said.reason, said.note) if each)
        made.append(Said(str(row["outcome"]), said, why))
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
