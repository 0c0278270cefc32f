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
from landtrack.output.sheets.mapframe import BLACK, Prepared
from landtrack.output.sheets.pdf_canvas import Pen
from landtrack.output.sheets.tables import Table, Written

TEXT_MM = 2.6
HEAD_MM = 16.0
COLUMNS = 2

Entry = tuple[Plan, int | str]
"""A sheet in the index, and on which page it begins, or the name of its file."""


def count(pen: Pen, prepared: Prepared, plans: Sequence[Plan]) -> int:
    """Say how many pages an index takes."""
    begun = len(pen.code)
    rest: Table | None = _table(prepared, [(each, 0) for each in plans])
    pages = 0
    while rest is not None:
        more, _ = tables.draw(pen, rest, _boxes(plans[0]), TEXT_MM)
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
    page = entries[0][0].page
    rest: Table | None = _table(prepared, entries)
    claims: list[dict[str, Any]] = []
    links: list[Link] = []
    while rest is not None:
        pen.begin(page.width, page.height)
        pen.fill(BLACK)
        middle = (page.inner.left + page.inner.right) / 2
        pen.text(middle, page.inner.top - 9, title, size=6, anchor="center", bold=True)
        heading = Written(text=title, box=Box(
            left=page.inner.left, right=page.inner.right, bottom=page.inner.top - 12,
            top=page.inner.top,
        ))
        rest, written = tables.draw(pen, rest, _boxes(entries[0][0]), TEXT_MM)
        links += [
            Link(page=len(claims) + 1, box=cell.box, to=to)
            for cell, (_, to) in zip(written, entries[len(links):], strict=False)
            if isinstance(to, int)
        ]
        claims.append({
            "claims": CLAIMS_VERSION, "landtrack": importlib.metadata.version("landtrack"),
            "index": True, "template": prepared.template.id, "lang": prepared.source.words.lang,
            "paper": [page.width, page.height], "number": "", "revision": 0,
            "texts": [
                [*cell.box.rounded, cell.text]
                for cell in (heading, *written)
            ],
        })
        pen.end()
    return claims, links


def _boxes(plan: Plan) -> list[Box]:
    inner = plan.page.inner
    return tables.split(dataclasses.replace(inner, top=inner.top - HEAD_MM), COLUMNS)


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
