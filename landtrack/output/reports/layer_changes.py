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

HEADINGS = ("layer", "feature_id", "what", "field", "before", "after", "changed_m2")


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
    kind, key, what, field, before, after, _ = (each.value for each in _row(row, result).cells)
    named = what if row["what"] == "state" else joined(" ", [what, field])
    told = joined(" → ", [before or DASH, after or DASH])
    return tell(words, joined("", [kind, " ", key, ": ", named, ": ", told]))


def _row(row: Mapping[Any, Any], result: Assessment | None) -> Row:
    sides: list[Message] = [row["before"] or "", row["after"] or ""]
    field: Message = row["field"] or ""
    if result is not None and row["what"] == "verdict":
        field = Title(result.rules[row["field"]].title)
        sides = [say(f"outcome.{each}") for each in sides]
    elif result is not None and field:
        stated = result.schemas[row["layer"]].fields.get(row["field"])
        field = say(f"field.{row['field']}")
        if stated is not None and stated.type == "choice":
            sides = [
                wording.chosen(stated, result.workflow, str(each)) if each else "" for each in sides
            ]
    kind = f"kind.{row['layer']}"
    changed_m2 = "" if pd.isna(row["changed_m2"]) else wording.bare(row["changed_m2"], 3)
    return row_of(
        say(kind) if known(kind) else row["layer"], str(row["feature_id"]),
        say(f"diff.{row['what']}"), field, *sides, changed_m2,
    )
