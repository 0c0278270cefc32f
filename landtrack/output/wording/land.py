"""The land under a plot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from landtrack.model.translations import Words
from landtrack.output.wording.messages import Message, say, tell
from landtrack.output.wording.phrases import class_name, figure

if TYPE_CHECKING:
    import pandas as pd

    from landtrack.model import Schema, Workflow

Row = tuple[Message, Message, Message, Message]
"""What, its state, square metres, the share."""


def land(
    words: Words, table: pd.DataFrame, schema: Schema, workflow: Workflow,
    names: Mapping[str, str],
) -> list[tuple[str, ...]]:
    """Put the land under a plot into words, as :func:`land_under` has it."""
    return [
        tuple(tell(words, each) for each in row)
        for row in land_under(table, schema, workflow, names)
    ]


def land_under(
    table: pd.DataFrame, schema: Schema, workflow: Workflow, names: Mapping[str, str]
) -> list[Row]:
    """Say the parcels of one plot, what is in none, and the sum.

    ``table``: What :func:`landtrack.spatial.land.under` has of the plot.
    ``names``: Names of parcels by key.
    Returns: A row each, the sum last: it is the plot.
    """
    rows: list[Row] = [
        (
            _named(row, names),
            class_name(schema, workflow, row["state"]) if isinstance(row["state"], str) else "",
            figure(row["area_m2"], "m2"), figure(row["share"], "share"),
        )
        for row in table.to_dict("records")
    ]
    rows.append((
        say("land.sum"), "", figure(table["area_m2"].sum(), "m2"),
        figure(table["share"].sum(), "share"),
    ))
    return rows


def _named(row: Mapping[Any, Any], names: Mapping[str, str]) -> Message:
    """Name a parcel by its key and name; a rest by what it is."""
    if row["part"] != "parcel":
        return say(f"land.{row['part']}")
    key = str(row["parcel_id"])
    name = names.get(key)
    return f"{key} {name}" if isinstance(name, str) and name and name != key else key
