"""The first pages of an atlas: every sheet with its name, scale and page."""

from __future__ import annotations

import dataclasses
import importlib.metadata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from landtrack.sheet import tables
from landtrack.sheet.document import CLAIMS_VERSION, Plan
from landtrack.sheet.layout import Box
from landtrack.sheet.mapframe import BLACK, Prepared
from landtrack.sheet.pen import Pen
from landtrack.sheet.tables import Table, Written

TEXT_MM = 2.6
HEAD_MM = 16.0
COLUMNS = 2


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A sheet in the index: its plan, its bookmark, and on which page it begins."""

    plan: Plan
    key: str
    page: int


def count(pen: Pen, prepared: Prepared, plans: Sequence[Plan]) -> int:
    """Say how many pages an index takes.

    Parameters
    ----------
    pen
        The document; nothing is drawn.
    prepared
        The store and the template.
    plans
        The sheets.

    Returns
    -------
    int
        At least one.
    """
    begun = len(pen.code)
    rest: Table | None = _table(prepared, [Entry(plan=each, key="", page=0) for each in plans])
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
) -> list[dict[str, Any]]:
    """Draw an index; each row leads to its sheet.

    Parameters
    ----------
    pen
        The document.
    prepared
        The store and the template.
    entries
        The sheets.
    title
        What stands over it.

    Returns
    -------
    list of dict
        What each page claims.
    """
    page = entries[0].plan.page
    rest: Table | None = _table(prepared, entries)
    claims: list[dict[str, Any]] = []
    row = 0
    while rest is not None:
        pen.begin(page.width, page.height)
        pen.fill(BLACK)
        middle = (page.inner.left + page.inner.right) / 2
        pen.text(middle, page.inner.top - 9, title, size=6, anchor="center", bold=True)
        heading = Written(text=title, box=Box(
            left=page.inner.left, right=page.inner.right, bottom=page.inner.top - 12,
            top=page.inner.top,
        ))
        if not claims:
            pen.bookmark(prepared.source.words("sheet.index_of_sheets"), "index", 0)
        rest, written = tables.draw(pen, rest, _boxes(entries[0].plan), TEXT_MM)
        for cell in written:
            pen.link(entries[row].key, cell.box)
            row += 1
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
    return claims


def _boxes(plan: Plan) -> list[Box]:
    inner = plan.page.inner
    return tables.split(dataclasses.replace(inner, top=inner.top - HEAD_MM), COLUMNS)


def _table(prepared: Prepared, entries: Sequence[Entry]) -> Table:
    words = prepared.source.words
    heads = ("order", "sheet", "name", "scale", "page")
    return Table(
        title="", headings=tuple(words(f"sheet.column.{each}") for each in heads),
        align=("right", "left", "left", "right", "right"), wrap=(1, 2),
        rows=tuple(
            (
                str(at), each.plan.subject.name or words("sheet.whole"),
                each.plan.content.values.get("name", ""), f"1:{each.plan.windows[0].scale}",
                str(each.page or "0000"),
            )
            for at, each in enumerate(entries, start=1)
        ),
    )
