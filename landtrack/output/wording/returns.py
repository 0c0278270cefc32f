"""Returns on land, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landtrack.output.wording.messages import Message, say
from landtrack.output.wording.phrases import figure

RETURN_HEADS = ("index", "value", "in_park", "in_industry")
"""What the parts of :func:`returned` are headed by, under ``returns`` among the texts."""


def returned(row: Mapping[Any, Any]) -> tuple[Message, ...]:
    """Say one index of a plot: its name, its figure, its place in the park and in its industry.

    ``row``: A row of the table, with the columns of ``model.site.RETURN_COLUMNS``.
    """
    return (
        say(f"returns.{row['index']}"), _value(row),
        say("returns.place", share=figure(row["share"], "share"), count=str(int(row["among"]))),
        "" if not row["industry_among"] else say(
            "returns.place_in", share=figure(row["industry_share"], "share"),
            count=str(int(row["industry_among"])), industry=str(row["industry"]),
        ),
    )


def return_line(row: Mapping[Any, Any]) -> Message:
    """Say one index of a plot in a line, without its name."""
    _, value, park, industry = returned(row)
    return say("returns.line_in", value=value, park=park, industry=industry) if industry else say(
        "returns.line", value=value, park=park
    )


def _value(row: Mapping[Any, Any]) -> Message:
    unit = "jobs_unit" if row["index"] == "jobs" else "money_unit"
    return say(f"returns.{unit}", value=f"{row['value']:,.2f}")
