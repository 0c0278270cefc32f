"""The limits by which the page judges a trial plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landtrack.output.map.columns import Speakers, by_language

if TYPE_CHECKING:
    from landtrack.model import Rule, RulePack
    from landtrack.model.assessment import Assessment

STORED = ("CNY", "m2")
"""The units that figures of a trial plot are stored in."""
CONDITIONAL = "conditional"
"""A rule that holds for some plots only: of a trial plot nothing says whether it is one."""


def limits(result: Assessment, speakers: Speakers) -> list[dict[str, Any]]:
    """List the rules with their limits, those of tables too."""
    packs = {
        rule.id: pack for pack in result.packs for rule in pack.rule
        if rule is result.rules[rule.id]
    }
    return [
        {
            "id": rule.id,
            "title": by_language(speakers, lambda words, rule=rule: words.pick(rule.title)),  # type: ignore[misc]
            "limit": by_language(speakers, lambda words, rule=rule: words.limit(rule)),  # type: ignore[misc]
            "clause": rule.clause,
            "numerator": rule.numerator, "denominator": rule.denominator,
            "relation": rule.relation, "threshold": rule.threshold, "upper": rule.upper,
            "verified": rule.verified, "unit": rule.unit,
            "kind": CONDITIONAL if rule.applies_to else rule.kind,
            "table": _table(rule, packs[rule.id], speakers),
        }
        for rule in result.rules.values()
    ]


def _table(rule: Rule, pack: RulePack, speakers: Speakers) -> dict[str, Any] | None:
    """Write the rows of the table in which the limit of a rule stands."""
    table = rule.table
    if table is None:
        return None
    return {
        "by": list(table.by), "classification": table.classification, "pack": pack.id,
        "document": by_language(speakers, lambda words: words.pick(table.document)),
        "titles": {
            each.code: by_language(speakers, lambda words, each=each: words.pick(each.title))  # type: ignore[misc]
            for each in pack.region
        },
        "rows": [
            {"key": list(row.key), "threshold": row.threshold, "upper": row.upper,
             "verified": row.verified}
            for row in table.rows
        ],
    }
