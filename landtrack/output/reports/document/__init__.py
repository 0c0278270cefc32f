"""One model for everything that is told to people, and one writer for each medium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from landtrack.model.translations import Words
from landtrack.output.reports.document.html import to_html
from landtrack.output.reports.document.parts import (
    Cell,
    Chart,
    Document,
    Drawing,
    Link,
    Part,
    Row,
    Section,
    Shape,
    Table,
    Text,
    Verdict,
    note,
    row,
    said,
    texts,
)
from landtrack.output.reports.document.terminal import to_text
from landtrack.store import staging

__all__ = [
    "FORMS", "Cell", "Chart", "Document", "Drawing", "Form", "Link", "Part", "Row", "Section",
    "Shape", "Table", "Text", "Verdict", "note", "row", "said", "texts", "to_html", "to_text",
    "write",
]

Form = Literal["html", "pdf", "docx", "xlsx"]
FORMS: tuple[Form, ...] = ("html", "pdf", "docx", "xlsx")


def write(
    document: Document, path: Path, words: Words, *, kind: Form,
    tell: Callable[[str, str], None] = lambda _step, _what: None,
) -> None:
    """Write a document as a file of one of four kinds, whole or not at all.

    ``path``: The file to make; one of that name is replaced, or stays as it was.
    ``tell``: Called before a font is prepared for PDF, which happens once and takes ten seconds.
    Raises OutputError: If the file cannot be written, or PDF has no font for a character.
    """
    with staging.whole(path) as fresh:
        if kind == "html":
            fresh.write_text(to_html(document, words), encoding="utf-8", newline="\n")
        elif kind == "xlsx":
            from landtrack.output.reports.document import xlsx

            xlsx.write(document, fresh, words)
        elif kind == "pdf":
            from landtrack.output.reports.document import pdf

            pdf.write(document, fresh, words, tell=tell)
        else:
            from landtrack.output.reports.document import docx

            docx.write(document, fresh, words)
