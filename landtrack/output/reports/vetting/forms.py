"""The vetting form as a file of one of four kinds, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from landtrack.model.translations import Words
from landtrack.output.reports.vetting import render
from landtrack.output.reports.vetting.page import Page
from landtrack.store import staging

Form = Literal["html", "pdf", "docx", "xlsx"]
FORMS: tuple[Form, ...] = ("html", "pdf", "docx", "xlsx")


def write(
    page: Page, path: Path, words: Words, *, kind: Form,
    tell: Callable[[str, str], None] = lambda _step, _what: None,
) -> None:
    """Write the form of a page.

    ``path``: The file to make; one of that name is replaced, or stays as it was.
    ``tell``: Called before a font is prepared for PDF, which happens once and takes ten seconds.
    Raises OutputError: If the file cannot be written, or PDF has no font for a character.
    """
    with staging.whole(path) as fresh:
        if kind == "html":
            fresh.write_text(render.to_html(page), encoding="utf-8", newline="\n")
        elif kind == "xlsx":
            render.write_workbook(page, fresh, words)
        elif kind == "pdf":
            from landtrack.output.reports.vetting import pdf

            pdf.write(page, fresh, words, tell=tell)
        else:
            from landtrack.output.reports.vetting import word

            word.write(page, fresh, words)
