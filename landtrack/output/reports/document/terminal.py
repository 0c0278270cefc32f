"""A document as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from landtrack.model.translations import Words, places
from landtrack.output.reports.document.parts import Document, Part, Section, Table, Text, said

ALIGNED, WIDEST = 100, 160
"""Up to so many places the columns of a table are aligned, and a row is on one line at all."""


def to_text(document: Document, words: Words) -> str:
    """Write a document as lines; charts and drawings are left to the other media."""
    outcome = words(f"outcome.{document.outcome}").upper() if document.outcome else ""
    head = [said(words, document.title), said(words, document.subtitle), outcome]
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
        case Table(headings=()):
            yield from _labelled(part.texts(words))
        case Table():
            yield from _columns(part, words)


def _labelled(rows: list[list[str]]) -> Iterator[str]:
    for label, *cells in rows:
        first, *rest = "  ".join(filter(None, cells)).split("\n")
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
    if sum(widths) + 2 * len(widths) <= ALIGNED:
        numeric = [table.numeric(at) for at in filled]
        for row in [headings, *rows] if rows else []:
            yield "  ".join(
                " " * (width - places(cell)) + cell if right else
                cell + " " * (width - places(cell))
                for cell, width, right in zip(row, widths, numeric, strict=True)
            ).rstrip()
    elif max(map(places, lines)) <= WIDEST:
        yield from lines
    else:
        for first, *rest in rows:
            yield first
            for heading, cell in zip(headings[1:], rest, strict=True):
                if cell:
                    yield f"    {heading}: {cell}"
