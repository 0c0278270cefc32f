"""A document as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from landtrack.model.translations import Words, places
from landtrack.output.reports.document.parts import (
    Document,
    Part,
    Section,
    Table,
    Text,
    Verdict,
    said,
)

ALIGNED, WIDEST, SHORT = 100, 160, 90
"""Up to so many places the columns of a table are aligned, and a row is on one line."""


def to_text(document: Document, words: Words) -> str:
    """Write a document as lines; charts and drawings are left to the other media."""
    head = [said(words, document.title), said(words, document.subtitle)]
    if document.verdict is not None:
        head += _part(document.verdict, words)
    lines = [each for each in head if each]
    for section in document.sections:
        lines += _section(section, words)
    return "\n".join([*lines, ""]).lstrip("\n")


def _section(section: Section, words: Words) -> Iterator[str]:
    indent = "  " * section.level
    title = said(words, section.title)
    if section.level == 1:
        yield ""
    if title:
        yield f"== {title}" if section.level == 1 else f"  {title}"
    for at, part in enumerate(section.parts):
        if at and isinstance(part, Table) and part.headings:
            yield ""
        for line in _part(part, words):
            yield f"{indent}{line}"


def _part(part: Part, words: Words) -> Iterator[str]:
    match part:
        case Text():
            yield f"{'* ' if part.small else ''}{part.told(words)}"
        case Verdict(reason=reason):
            yield from filter(None, (part.told(words).upper(), said(words, reason)))
        case Table(headings=()):
            yield from _labelled(part.texts(words))
        case Table():
            yield from _columns(part, words)


def _labelled(rows: list[list[str]]) -> Iterator[str]:
    for row in rows:
        for label, cell in zip(row[::2], row[1::2], strict=True):
            if not label:
                continue
            first, *rest = cell.split("\n")
            yield f"{label}: {first or '____'}"
            yield from (f"  {each}" for each in rest)


def _columns(table: Table, words: Words) -> Iterator[str]:
    """Write rows in columns under their headings, as wide as they are, or cell by cell."""
    rows = table.texts(words)
    filled = [at for at in range(len(table.headings)) if any(row[at] for row in rows)]
    headings = [said(words, table.headings[at]) for at in filled]
    rows = [[row[at] for at in filled] for row in rows]
    widths = [max(map(places, column)) for column in zip(headings, *rows, strict=True)]
    lines = [" | ".join(row) for row in [headings, *rows]]
    if table.records or max(map(places, lines)) > WIDEST:
        for row in table.texts(words):
            yield from _record([said(words, each) for each in table.headings], row)
    elif sum(widths) + 2 * len(widths) > ALIGNED:
        yield from lines
    elif rows:
        numeric = [table.numeric(at) for at in filled]
        for row in [headings, *rows]:
            yield "  ".join(
                " " * (width - places(cell)) + cell if right else
                cell + " " * (width - places(cell))
                for cell, width, right in zip(row, widths, numeric, strict=True)
            ).rstrip()


def _record(headings: list[str], row: list[str]) -> Iterator[str]:
    """Write a row with its cells named, on one line where that is short."""
    first, *rest = row
    named = [
        f"{heading}: {cell}" for heading, cell in zip(headings[1:], rest, strict=True) if cell
    ]
    if sum(map(len, named)) < SHORT:
        yield f"{first} | {' | '.join(named)}"
    else:
        yield first
        yield from (f"    {each}" for each in named)
