"""What the card of one plot says of itself: rows of messages, put into words by the page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from landtrack.model import Coverage, translations
from landtrack.output import wording
from landtrack.output.wording import findings, phrases
from landtrack.output.wording.messages import Figure, Line, Message, Title, say, tell

if TYPE_CHECKING:
    from landtrack.model import Rule, Schema
    from landtrack.model.assessment import Assessment
    from landtrack.model.translations import Words
    from landtrack.output.map.columns import Speakers
    from landtrack.output.wording.hits import HitOf

SEVERITIES = ("error", "warning", "info")

FIGURES = (
    "land_area_m2", "area_m2", "area_ellipsoidal_m2", "difference", "used:land_area_m2",
    "used:floor_area_m2", "used:covered_area_m2", "fixed_investment_cny",
)
"""The figures of a card in their order; the first is declared, the others are measures."""

Row = Mapping[str, Any]


def finding(result: Assessment, words: Words, row: Row) -> dict[str, str]:
    """Tell one finding.

    ``row``: A row of the findings table.
    Returns: The fields of :class:`landtrack.output.wording.FindingWords`, and the outcome as
    ``code``.
    """
    told = wording.finding(words, row, result.rules[row["rule"]])
    return {**dataclasses.asdict(told), "code": str(row["outcome"])}


def finding_message(row: Row, rule: Rule) -> dict[str, Message]:
    """Say what :func:`finding` tells of one finding.

    ``row``: A row of the findings table.
    Returns: The same fields.
    """
    said = findings.message(row, rule)
    return {
        **{each.name: getattr(said, each.name) for each in dataclasses.fields(said)},
        "code": str(row["outcome"]),
    }


def layer(lines: Sequence[HitOf[Message]]) -> dict[str, Any]:
    """Say what one layer says.

    ``lines``: What :class:`landtrack.output.wording.hits.LayerLines` has of a plot.
    Returns: Its title, what is known of it, and class by class what was measured: what, the value,
    the feature that decided, the measure, the class, and of an area with its share the area alone.
    """
    coverage = next(
        (code.value for code in (Coverage.HIT, Coverage.CLEAR)
         if any(line.coverage == code for line in lines)),
        Coverage.NO_COVERAGE.value,
    )
    return {
        "kind": lines[0].kind,
        "title": lines[0].title,
        "coverage": coverage,
        "said": say(f"coverage.{coverage}"),
        "classes": [
            {
                "label": label,
                "lines": [
                    [line.what, line.value, line.feature, line.measure, line.category,
                     *([line.area] if line.area else ())]
                    if line.measure else [line.said, "", "", "", line.category]
                    for line in own if line.measure or label
                ],
            }
            for label, own in (
                (label, list(own)) for label, own in groupby(lines, lambda line: line.label)
            )
        ],
    }


def figures(result: Assessment, values: Mapping[str, float]) -> list[list[Message]]:
    """List the areas and sums that the indices rest on, declared and measured.

    ``values``: By the names of :data:`FIGURES`; NaN where not known.
    Returns: Label and figure, ``of`` its name; the difference of the two land areas only where both
    are known.
    """
    told: list[list[Message]] = []
    for name in FIGURES:
        if name == "difference":
            if not pd.isna(values[name]):
                told.append([say("card.difference"), _difference(values[name])])
            continue
        unit = wording.unit_of(name.removeprefix("used:"))
        told.append([_label(result, name), phrases.figure(values[name], unit, name)])
    return told


def _label(result: Assessment, name: str) -> Message:
    """Name one of the figures: whether it is declared, measured, or the one that is used."""
    measure = name.removeprefix("used:")
    label = phrases.naming(measure)
    if name == "land_area_m2":
        return say("card.declared_area")
    if name.startswith("used:"):
        return say("card.used", name=label, basis=say(f"basis.{_basis(result, measure)}"))
    return label


def _basis(result: Assessment, measure: str) -> str:
    return str(getattr(result.place.basis, measure.removesuffix("_m2")))


def declared(result: Assessment, words: Words) -> dict[str, str]:
    """Say which of the figures are stated by a field of the plots.

    Returns: Fields by the labels of :func:`figures`.
    """
    fields = result.schemas["plots"].fields
    return {
        tell(words, _label(result, name)): measure
        for name in FIGURES
        if (measure := name.removeprefix("used:")) in fields and name != "used:land_area_m2"
        and (name == measure or _basis(result, measure) == "declared")
    }


def issues(speakers: Speakers, rows: pd.DataFrame) -> dict[str, list[dict[str, Message]]]:
    """List the issues of each feature, the gravest first."""
    if rows.empty:
        return {}
    mends = {
        words.lang: translations.with_mends(rows, words)["mend"].tolist() for words in speakers
    }
    told = list(enumerate(rows.to_dict("records")))
    by_feature: dict[str, list[dict[str, Message]]] = {}
    for at, row in sorted(told, key=lambda each: SEVERITIES.index(str(each[1]["severity"]))):
        by_feature.setdefault(str(row["feature_id"]), []).append({
            "severity": str(row["severity"]),
            "severityText": say(f"severity.{row['severity']}"),
            "title": say(f"issue.{row['issue']}.title"),
            "who": say(f"who.{row['who_mends']}"),
            "mend": Title({lang: str(each[at]) for lang, each in mends.items()}),
        })
    return by_feature


def in_legend_order(schemas: Mapping[str, Schema], place: Any) -> dict[str, Schema]:  # noqa: ANN401  a function of a kind
    """Put the layer kinds that are measured into the order of the legend.

    ``schemas``: The kinds by id.
    Returns: All but the plots, and those of which nothing is measured.
    """
    told = {kind: each for kind, each in schemas.items() if kind != "plots" and each.measures}
    return dict(sorted(told.items(), key=lambda item: (place(item[0]), item[0])))


def _difference(percent: float) -> Message:
    """Write by how much the measured area lies above or below the declared one."""
    sign = "+" if percent > 0 else "−" if percent < 0 else "±"
    return Line((sign, Figure(Decimal(repr(abs(float(percent)))), "", 2, "difference"), "%"))
