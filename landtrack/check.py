"""Judges measures by rules: the findings table.

Values are compared unrounded. A quotient of measured figures carries rounding of about
1e-15 of its size; values within :data:`NOISE` of the limit are therefore on the limit, so
that exactly 0.6 passes ``>= 0.6`` and exactly 45 % fails ``> 45 %`` whichever way they were
measured.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.errors import CatalogError, TableError
from landtrack.model import FINDING_COLUMNS, KEY_COLUMNS, RELATIONS, Outcome, Rule, RulePack

Figures = npt.NDArray[np.float64]

NOISE = 1e-9
"""Relative difference below which a value is the limit; a millimetre is 1e-5 of a plot."""


def evaluate(measures: pd.DataFrame, pack: RulePack) -> pd.DataFrame:
    """Judge every plot by every rule of a pack.

    Parameters
    ----------
    measures
        The measures table; the rows of layer "plots" hold the rules' inputs.
    pack
        The r rules.

    Returns
    -------
    DataFrame
        Columns of ``model.FINDING_COLUMNS``; r rows for each of the n plots, in the order
        of the plots, then of the rules. ``margin`` is value minus threshold; ``fix`` is by
        how much the numerator must change to reach the limit, for a fail; ``reason`` names
        the missing inputs, for an unknown.

    Raises
    ------
    TableError
        If the measures hold none of a rule's inputs.
    """
    inputs = plot_inputs(measures)
    for rule in pack.rule:
        if absent := [name for name in (rule.numerator, rule.denominator) if name not in inputs]:
            raise TableError(
                f"Rule {rule.id} needs the measure {', '.join(absent)}, which there is none of.",
                mend=f"Use a measure of the plots: {', '.join(inputs)}.",
            )
    judged = [_judge(inputs, rule, pack) for rule in pack.rule]
    if not judged:
        return pd.DataFrame(columns=list(FINDING_COLUMNS))
    whole = pd.concat(judged)
    order = np.arange(len(whole)).reshape(len(judged), -1).T.ravel()
    return whole.iloc[order].reset_index(drop=True)


def plot_inputs(measures: pd.DataFrame) -> pd.DataFrame:
    """Give the plots' own measures one column each.

    Parameters
    ----------
    measures
        The measures table.

    Returns
    -------
    DataFrame of float64
        n rows by ``plot_id`` in the order of the table, a column for each measure.
    """
    own = measures[measures["layer"] == "plots"]
    wide = own.pivot(index="plot_id", columns="measure", values="value")
    return wide.reindex(own["plot_id"].drop_duplicates())


def _judge(inputs: pd.DataFrame, rule: Rule, pack: RulePack) -> pd.DataFrame:
    numerator = inputs[rule.numerator].to_numpy(dtype="float64")
    denominator = inputs[rule.denominator].to_numpy(dtype="float64")
    usable = denominator > 0
    value = np.divide(
        numerator, denominator, out=np.full(len(inputs), np.nan), where=usable
    )
    outcome = outcomes(value, rule)
    failed = outcome == Outcome.FAIL
    needed = rule.threshold * denominator - numerator
    named = np.where(np.isnan(numerator), rule.numerator + ",", "")
    named = np.char.add(named, np.where(usable, "", rule.denominator))
    return pd.DataFrame({
        "plot_id": inputs.index,
        "rule": rule.id,
        "value": value,
        "relation": rule.relation,
        "threshold": rule.threshold,
        "unit": rule.unit,
        "outcome": outcome,
        "margin": value - rule.threshold,
        "fix": np.where(failed, needed, np.nan),
        "reason": np.char.rstrip(named, ","),
        "rule_version": f"{pack.id}@{pack.version}",
        "source": f"{pack.source}; {rule.clause}",
    })


def outcomes(value: Figures, rule: Rule) -> npt.NDArray[np.object_]:
    """Compare values with a rule's limit.

    Parameters
    ----------
    value
        n values in the rule's measure; NaN is a missing input.
    rule
        The rule.

    Returns
    -------
    ndarray of Outcome values, (n,)
        Pass, fail, or unknown where there is no value.
    """
    on_line = np.abs(value - rule.threshold) <= NOISE * abs(rule.threshold)
    compared = np.where(on_line, rule.threshold, value)
    kept = RELATIONS[rule.relation](compared, rule.threshold)
    told = np.where(kept, Outcome.PASS.value, Outcome.FAIL.value)
    return np.where(np.isfinite(value), told, Outcome.UNKNOWN.value).astype(object)


def try_samples(pack: RulePack) -> None:
    """Try every rule of a pack on the cases that its file states.

    Parameters
    ----------
    pack
        The pack.

    Raises
    ------
    CatalogError
        If a rule lacks a case that passes, one that fails or one exactly on the limit, or
        if a case does not come out as stated.
    """
    for rule in pack.rule:
        where = f"Rule {rule.id} of pack {pack.id}"
        stated = {sample.outcome for sample in rule.sample}
        if not {Outcome.PASS, Outcome.FAIL} <= stated:
            raise CatalogError(
                f"{where} has no sample that must {'fail' if Outcome.PASS in stated else 'pass'}.",
                mend="Add a [[rule.sample]]: a rule that cannot fail proves nothing.",
            )
        if all(sample.value != rule.threshold for sample in rule.sample):
            raise CatalogError(
                f"{where} has no sample exactly on the limit {rule.threshold}.",
                mend=f"Add a [[rule.sample]] with value = {rule.threshold}.",
            )
        values = np.array([
            np.nan if sample.value is None else sample.value for sample in rule.sample
        ])
        for sample, outcome in zip(rule.sample, outcomes(values, rule), strict=True):
            if outcome != sample.outcome:
                raise CatalogError(
                    f"{where}: the sample {sample.value} comes out as {outcome}, "
                    f"not {sample.outcome.value}.",
                    mend="Correct the relation, the threshold or the sample.",
                )


def require_unique(measures: pd.DataFrame) -> None:
    """Insist that the measures table says each thing once.

    Parameters
    ----------
    measures
        The measures table.

    Raises
    ------
    TableError
        If two rows share plot, layer, category and measure.
    """
    twice = measures.duplicated(["plot_id", *KEY_COLUMNS])
    if twice.any():
        first = measures[twice].iloc[0]
        raise TableError(
            f"The measures hold {first['measure']} of {first['layer']} twice for plot "
            f"{first['plot_id']}.",
            mend="Give every plot an id of its own before joining.",
        )
