"""The land under a plot, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from landtrack.model.translations import Words
from landtrack.output.wording.phrases import class_label, quantity

if TYPE_CHECKING:
    import pandas as pd

    from landtrack.model import Schema, Workflow

Row = tuple[str, str, str, str]
"""What, its state, square metres, the share."""


def land(
    words: Words, table: pd.DataFrame, schema: Schema, workflow: Workflow,
    names: Mapping[str, str],
) -> list[Row]:
    """Tell the parcels of one plot, what is in none, and the sum.

    ``table``: What :func:`landtrack.spatial.land.under` has of the plot.
    ``names``: Names of parcels by key.
    Returns: A row each, the sum last: it is the plot.
    """
    rows: list[Row] = [
        (
            _named(words, row, names),
            class_label(words, schema, workflow, row["state"])
            if isinstance(row["state"], str) else "",
            quantity(words, row["area_m2"], "m2"), quantity(words, row["share"], "share"),
        )
        for row in table.to_dict("records")
    ]
    rows.append((
        words("land.sum"), "", quantity(words, table["area_m2"].sum(), "m2"),
        quantity(words, table["share"].sum(), "share"),
    ))
    return rows


def _named(words: Words, row: Mapping[Any, Any], names: Mapping[str, str]) -> str:
    """Name a parcel by its key and name; a rest by what it is."""
    if row["part"] != "parcel":
        return words(f"land.{row['part']}")
    key = str(row["parcel_id"])
    name = names.get(key)
    return f"{key} {name}" if isinstance(name, str) and name and name != key else key
