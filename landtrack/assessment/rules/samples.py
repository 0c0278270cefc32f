"""Tries every rule on the cases that its file states, by the engine that judges plots."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import pandas as pd

from landtrack.assessment.rules import sequence
from landtrack.assessment.rules.engine import quotient
from landtrack.assessment.rules.inputs import Figures, Mask, Subjects
from landtrack.assessment.rules.limits import Stated, limits
from landtrack.assessment.rules.outcome import NOT_APPLICABLE, OUTCOMES, UNKNOWN, codes, on_line
from landtrack.model import Outcome, Rule, RulePack, Sample
from landtrack.model.errors import CatalogError

MOST_TRIED = 64
_TRIED: dict[bytes, int] = {}
"""How many cases the packs have that came out as stated, by all that is in them."""


def try_samples(pack: RulePack) -> int:
    """Try every rule of a pack on the cases that its file states; a pack as it is, once.

    Raises CatalogError: If a rule lacks a case that passes, one that fails, one exactly on the
    limit, or one that tells its quotient from the inverse; or if a case does not come out as
    stated.
    """
    written = msgspec.json.encode(pack)
    if written in _TRIED:
        return _TRIED[written]
    for rule in pack.rule:
        where = f"Rule {rule.id} of pack {pack.id}"
        stated = {sample.outcome for sample in rule.sample}
        if not {Outcome.PASS, Outcome.FAIL} <= stated:
            raise CatalogError(
                f"{where} has no sample that must {'fail' if Outcome.PASS in stated else 'pass'}.",
                mend="Add a [[rule.sample]]: a rule that cannot fail proves nothing.",
            )
        outcome, line = _tried(rule, pack)
        if not line.any():
            limit = "same day" if rule.threshold is None else f"limit {rule.threshold}"
            raise CatalogError(
                f"{where} has no sample exactly on the {limit}.",
                mend="Add a [[rule.sample]] whose value is the limit.",
            )
        _check_quotient(rule, pack, where)
        for sample, came in zip(rule.sample, outcome, strict=True):
            if came != sample.outcome:
                raise CatalogError(
                    f"{where}: the sample {_told(sample)} comes out as {came}, "
                    f"not {sample.outcome.value}.",
                    mend="Correct the relation, the threshold, the unit or the sample.",
                )
    if len(_TRIED) >= MOST_TRIED:
        _TRIED.clear()
    return _TRIED.setdefault(written, sum(len(rule.sample) for rule in pack.rule))


def _told(sample: Sample) -> str:
    facts = ", ".join(
        f"{name} {value}" for name, value in {**sample.inputs, **sample.facts}.items()
    )
    stated = "" if sample.inputs else str(sample.value)
    return " with ".join(filter(None, [stated, facts]))


def _tried(rule: Rule, pack: RulePack) -> tuple[Sequence[str], Mask]:
    """Judge the samples; tell which lie exactly on the limit."""
    subjects = _subjects(rule.sample, rule)
    told = limits(Stated(rule=rule, pack=pack), subjects, dated=False)
    if rule.kind == "sequence":
        order = sequence.judge(rule, subjects)
        outcome, line = order.outcome, order.days == 0
        unsure = (told.reason != "") & ~told.skipped
        outcome = np.where(unsure & (outcome != NOT_APPLICABLE), UNKNOWN, outcome)
    else:
        value, _, _ = quotient(rule, subjects)
        stated = _column(rule.sample, "threshold")
        given = np.isfinite(stated)
        threshold = np.where(given, stated, told.threshold)
        threshold = np.where((told.reason != "") & ~given, np.nan, threshold)
        outcome = codes(value, rule.relation, threshold, told.upper)
        line = on_line(value, threshold) | on_line(value, told.upper)
    shown = np.where(told.skipped, Outcome.NOT_APPLICABLE.value, OUTCOMES[outcome])
    return shown.tolist(), line


def _check_quotient(rule: Rule, pack: RulePack, where: str) -> None:
    """Insist that samples tell what is divided by what, of the pair that may stand for it too."""
    pairs = [(rule.numerator, rule.denominator), *([rule.instead] if rule.instead else [])]
    for pair in pairs:
        if rule.kind == "sequence" or not all(pair):
            continue
        own = tuple(each for each in rule.sample if set(pair) <= set(each.inputs))
        turned = tuple(
            msgspec.structs.replace(each, inputs={
                **each.inputs, pair[0]: each.inputs[pair[1]], pair[1]: each.inputs[pair[0]],
            })
            for each in own
        )
        came, otherwise = (
            _tried(msgspec.structs.replace(rule, sample=each), pack)[0] for each in (own, turned)
        )
        if came == otherwise:
            raise CatalogError(
                f"{where} has no sample that tells {pair[0]} ÷ {pair[1]} from its inverse.",
                mend="Add a [[rule.sample]] with inputs = "
                f"{{ {pair[0]} = …, {pair[1]} = … }} that would come out otherwise.",
            )


def _subjects(samples: Sequence[Sample], rule: Rule) -> Subjects:
    """Make a plot of each sample: where only the index is stated it is the numerator of 1."""
    names = [rule.numerator, rule.denominator, *(rule.instead or ())]
    columns: dict[str, Figures] = {}
    for name in filter(None, names):
        columns[name] = np.array([each.inputs.get(name, np.nan) for each in samples], dtype=float)
    value = _column(samples, "value")
    stated = np.array([not each.inputs for each in samples], dtype=bool)
    columns[rule.numerator] = np.where(stated, value, columns.get(rule.numerator, value))
    if rule.denominator:
        columns[rule.denominator] = np.where(stated, 1.0, columns[rule.denominator])
    known = {name for sample in samples for name in sample.facts}
    facts = {name: [sample.facts.get(name) for sample in samples] for name in sorted(known)}
    index = pd.RangeIndex(len(samples))
    return Subjects(
        inputs=pd.DataFrame(columns, index=index), facts=pd.DataFrame(facts, index=index)
    )


def _column(samples: Sequence[Sample], name: str) -> Figures:
    values = [msgspec.structs.asdict(sample)[name] for sample in samples]
    return np.array([np.nan if each is None else each for each in values], dtype="float64")
