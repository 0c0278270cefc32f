"""What differs between two versions of layers, in words or as a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from landtrack.model.assessment import Assessment
from landtrack.model.translations import DASH, Words, known
from landtrack.output import wording
from landtrack.output.reports.document import Document, Row, Section, Table, row as row_of
from landtrack.output.wording.messages import Message, Title, joined, say, tell

HEADINGS = (
    "layer", "feature_id", "what", "field", "before", "after", "moved_m", "apart_m", "changed_m2",
)
DECIMALS = 2
"""Of metres by which something was moved."""


def changed(table: pd.DataFrame, result: Assessment | None = None) -> Document:
    """Say what differs.

    ``table``: What :func:`landtrack.assessment.layer_changes.differences` gave.
    ``result``: The later of two places, by which fields and values are named; none of two files.
    """
    rows = tuple(_row(each, result) for each in table.to_dict("records"))
    heads = tuple(say(f"diff.{each}") for each in HEADINGS)
    title = say("diff.sheet")
    return Document(title=title, sections=(Section(title, (Table(heads, rows),)),))


def line(words: Words, row: Mapping[Any, Any], result: Assessment | None = None) -> str:
    """Tell a difference in one line."""
    kind, key, what, field, before, after, *_ = (each.value for each in _row(row, result).cells)
    named = what if row["what"] == "state" else joined(" ", [what, field])
    told = joined(" → ", [before or DASH, after or DASH])
    shape = how(row)
    if shape is not None:
        told = shape if before == after else joined(", ", [told, shape])
    return tell(words, joined("", [kind, f" {key}" if key else "", ": ", named, ": ", told]))


def how(row: Mapping[Any, Any]) -> Message | None:
    """Say how far a shape was moved, or how far its outline is elsewhere; None of no shape."""
    if row["what"] != "shape":
        return None
    for key in ("moved_m", "apart_m"):
        if not pd.isna(row[key]):
            return say(f"diff.by.{key}", distance=wording.bare(row[key], DECIMALS))
    return None


def sides(
    row: Mapping[Any, Any], result: Assessment | None
) -> tuple[Message, Message, Message]:
    """Name the field or the rule of a difference, and what it was before and is after."""
    field, before, after = (each.value for each in _row(row, result).cells[3:6])
    return field, before, after


def _row(row: Mapping[Any, Any], result: Assessment | None) -> Row:
    ends: list[Message] = [row["before"] or "", row["after"] or ""]
    field: Message = row["field"] or ""
    if row["what"] == "column":
        ends = [say("diff.filled", count=str(each)) if each else "" for each in ends]
    if result is not None and row["what"] == "verdict":
        rule = result.rules.get(row["field"])  # None of one that holds no more
        field = field if rule is None else Title(rule.title)
        ends = [say(f"outcome.{each}") for each in ends]
    elif result is not None and field:
        stated = result.schemas[row["layer"]].fields.get(row["field"])
        field = say(f"field.{row['field']}")
        if stated is not None and stated.type == "choice":
            ends = [
                wording.chosen(stated, result.workflow, str(each)) if each else "" for each in ends
            ]
    kind = f"kind.{row['layer']}"
    sizes = (
        "" if pd.isna(row[key]) else wording.bare(row[key], 3)
        for key in ("moved_m", "apart_m", "changed_m2")
    )
    return row_of(
        say(kind) if known(kind) else row["layer"], str(row["feature_id"]),
        say(f"diff.{row['what']}"), field, *ends, *sizes,
    )
