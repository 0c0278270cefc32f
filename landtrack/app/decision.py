"""A decision on a plot as a draft: what was vetted, each rule with its figures and clause, and why.

It is a text that whoever decides goes over: nothing of it is stored, and nothing rests on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from landtrack.app import cases, what_if
from landtrack.app.case_types import Column, Said
from landtrack.model import NOT_JUDGED, Outcome
from landtrack.model.address import Outputs
from landtrack.model.translations import Words
from landtrack.output.wording.messages import tell
from landtrack.output.wording.phrases import naming
from landtrack.store import backends
from landtrack.store.address import within


def draft(folder: Path, out: Outputs, key: str, name: str, words: Words) -> str | None:
    """Draft the decision on a plot.

    ``folder``: Of its place; ``out``: the outputs, or its shared store.
    ``name``: Of the what-if that it is for; how the plot stands where empty.
    Returns: Its lines; None where there is no such plot, or no such what-if of it.
    Raises SourceError: If there is no store, its results were edited, or the place would be judged
    otherwise now.
    """
    told = what_if.compared(folder, out, key, words)
    if told is None:
        return None
    column = next((each for each in told.columns if each.name == name), None)
    if column is None or column.fault:
        return None
    plot = told.plot
    store = within(out)
    with backends.of(store).reading(store) as db:
        at, as_of, rules = db.select("runs", ("at", "as_of", "rules"))[-1]
    whole = () if name else _of_project(out, key, words)
    lines = [
        words("decision.of", plot=" ".join(filter(None, (plot.key, plot.company or plot.name))),
              day=as_of or str(at)[:10], rules=rules or words("map.no_rules")),
        *(_asked(column, words) if name else ()),
        "", *_reasons(column.said, words),
        *(["", words("decision.whole", project=plot.project), *whole] if whole else []),
        "", words(f"decision.{column.verdict or NOT_JUDGED}"),
    ]
    return "\n".join(lines)


def _asked(column: Column, words: Words) -> list[str]:
    """Say what a what-if assumes."""
    figures = "; ".join(
        f"{tell(words, naming(each))} {value}" for each, value in column.asked.items()
    )
    return [words("decision.what_if", name=column.name, figures=figures)]


def _of_project(out: Outputs, key: str, words: Words) -> list[str]:
    own = cases.case(out, key, words)
    return [] if own is None else _reasons(own.project, words)


def _reasons(said: Iterable[Said], words: Words) -> list[str]:
    """Say of each rule that applies how it comes out, by what, and what would change it.

    Of one that is met, too: the limit may be that of an agreement, and not of the clause.
    """
    lines: list[str] = []
    for each in said:
        if each.outcome == Outcome.NOT_APPLICABLE:
            continue
        line = words(
            "decision.reason", number=len(lines) + 1, rule=each.name, value=each.value,
            limit=each.limit, outcome=each.said_outcome, clause=each.clause or each.rule,
        )
        lines.append(" ".join(filter(None, (line, words("event.and").join(each.why)))))
    return lines or [words("decision.no_rule")]
