"""How a plot lies to the distances that are set by law, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from landtrack.model import catalog
from landtrack.model.site import Reason, Relation
from landtrack.output.wording.messages import Message, Title, joined, say
from landtrack.output.wording.phrases import figure

SETBACK_HEADS = (
    "setback", "relation", "feature", "distance", "required", "in_it", "asks", "clause",
)
"""What the parts of :class:`SetbackSaid` are headed by, under ``site`` among the texts."""


class SetbackSaid(NamedTuple):
    """One row of the setbacks; what is not known is said so."""

    title: Message
    relation: Message
    feature: str
    distance: Message
    required: Message
    area: Message
    asks: Message
    clause: str


def setback(row: Mapping[Any, Any]) -> SetbackSaid:
    """Say one row of the setbacks.

    ``row``: A row of the table, with the columns of ``model.site.SETBACK_COLUMNS``.
    """
    titles = {each.id: Title(each.title) for each in catalog.corridors().setback}
    relation: Message = say(f"relation.{row['relation']}")
    if row["relation"] == Relation.UNKNOWN:
        relation = say("site.setback_said", relation=relation, feature=say(
            f"reason.{row['reason']}"
        ))
    area: Message = "" if pd.isna(row["area_m2"]) or not row["area_m2"] else figure(
        row["area_m2"], "m2"
    )
    if area and row["reason"] == Reason.AXIS_UNKNOWN:
        area = say("site.at_least", area=area)
    clause = str(row["clause"])
    return SetbackSaid(
        title=titles.get(str(row["setback"]), str(row["setback"])), relation=relation,
        feature=str(row["feature_id"]), distance=_metres(row["distance_m"]),
        required=_metres(row["required_m"]), area=area, asks=say(f"effect.{row['effect']}"),
        clause=clause,
    )


def setback_line(row: Mapping[Any, Any]) -> Message:
    """Say one row of the setbacks in a line."""
    said = setback(row)
    parts = [
        said.relation, said.feature, said.distance,
        say("site.setback_asked", metres=said.required) if said.required else "", said.area,
        said.asks, said.clause, "" if row["verified"] else say("wording.not_verified"),
    ]
    return joined(" · ", filter(None, parts))


def _metres(value: object) -> Message:
    return "" if pd.isna(value) else figure(value, "m")
