"""The first pages of an atlas: every sheet with its name, scale and page."""

from __future__ import annotations

import dataclasses
import importlib.metadata
from collections.abc import Sequence
from typing import Any

from landtrack.output.sheets import tables
from landtrack.output.sheets.document import CLAIMS_VERSION, Plan
from landtrack.output.sheets.georeference import Link
from landtrack.output.sheets.layout import Box
from landtrack.output.sheets.mapframe import Prepared
from landtrack.output.sheets.pdf_canvas import BLACK, Pen
from landtrack.output.sheets.tables import Table, Written
from landtrack.output.sheets.template import PAPERS

TEXT_MM = 2.6
HEAD_MM = 16.0
TITLE_MM = 6.0
PAPER = PAPERS["A4"]
"""An index is on A4, however large its sheets are: a list fills no larger paper."""

INNER = Box(left=20, right=PAPER[0] - 10, bottom=10, top=PAPER[1] - 8)

Entry = tuple[Plan, int | str]
"""A sheet in the index, and on which page it begins, or the name of its file."""


def count(pen: Pen, prepared: Prepared, plans: Sequence[Plan]) -> int:
    """Say how many pages an index takes."""
    begun = len(pen.code)
    rest: Table | None = _table(prepared, [(each, 0) for each in plans])
    pages = 0
    while rest is not None:
        more, _ = tables.draw(pen, rest, [_below()], TEXT_MM)
        tables.require_less([rest], [] if more is None else [more])
        rest = more
        del pen.code[begun:]
        pages += 1
    return pages


def draw(
    pen: Pen, prepared: Prepared, entries: Sequence[Entry], title: str
) -> tuple[list[dict[str, Any]], list[Link]]:
    """Draw an index; each row leads to its sheet.

    Returns links : list of Link: Which parts of them lead where.
    """
    rest: Table | None = _table(prepared, entries)
    claims: list[dict[str, Any]] = []
    links: list[Link] = []
    while rest is not None:
        pen.begin(*PAPER)
        pen.fill(BLACK)
        middle = (INNER.left + INNER.right) / 2
        size = min(TITLE_MM, INNER.width / pen.width(title, 1.0, bold=True))
        pen.text(middle, INNER.top - 9, title, size=size, anchor="center", bold=True)
        heading = Written(text=title, box=dataclasses.replace(INNER, bottom=INNER.top - 12))
        rest, written = tables.draw(pen, rest, [_below()], TEXT_MM)
        links += [
            Link(page=len(claims) + 1, box=cell.box, to=to)
            for cell, (_, to) in zip(written, entries[len(links):], strict=False)
            if isinstance(to, int)
        ]
        claims.append({
            "claims": CLAIMS_VERSION, "landtrack": importlib.metadata.version("landtrack"),
            "index": True, "template": prepared.template.id, "lang": prepared.source.words.lang,
            "paper": list(PAPER), "number": "", "revision": 0,
            "texts": [
                [*cell.box.rounded, cell.text]
                for cell in (heading, *written)
            ],
        })
        pen.end()
    return claims, links


def _below() -> Box:
    """Say where the table stands: below the title."""
    return dataclasses.replace(INNER, top=INNER.top - HEAD_MM)


def _table(prepared: Prepared, entries: Sequence[Entry]) -> Table:
    words = prepared.source.words
    heads = ("order", "sheet", "name", "scale", _where(entries))
    return Table(
        title="", headings=tuple(words(f"sheet.column.{each}") for each in heads),
        align=("right", "left", "left", "right", "right"), wrap=(1, 2, 4),
        rows=tuple(
            (
                str(at), plan.subject.name or words("sheet.whole"),
                plan.content.values.get("name", ""), f"1:{plan.windows[0].scale}",
                str(page or "0000"),
            )
            for at, (plan, page) in enumerate(entries, start=1)
        ),
    )


def _where(entries: Sequence[Entry]) -> str:
    return "page" if all(isinstance(to, int) for _, to in entries) else "file"
