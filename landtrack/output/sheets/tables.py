"""Tables on a page: they flow through boxes, and what does not fit goes on to the next page."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from landtrack.model.errors import CatalogError
from landtrack.output.sheets.layout import Box
from landtrack.output.sheets.pdf_canvas import CAP, Pen
from landtrack.output.sheets.wrap import wrapped

Align = Literal["left", "center", "right"]

PAD = 0.45
"""Between a text and the line beside it, in sizes."""

LEADING = 1.3
"""From line to line in a cell, in sizes."""

MOST_STRETCH = 2.2
"""How many times as wide as it needs a table is drawn at most."""

LINE_MM = 0.12
RULE = "#000000"
SHADE = "#EEF1F4"
GAP_MM = 3.0
"""Between columns of a table that flows."""

SAMPLE = 2000
"""How many rows are looked at for the widths."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of words: a row of one cell goes over the whole width.

    ``wrap`` are the columns that may be broken into lines. ``foot`` is the last row of all.
    """

    title: str
    headings: tuple[str, ...]
    align: tuple[Align, ...]
    rows: tuple[tuple[str, ...], ...]
    wrap: tuple[int, ...] = ()
    foot: str = ""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A cell as it stands on the page, so that it can be read back.

    ``of`` says what it is of: the label and the value of a box, or the title of a table, whose
    columns end ``ends`` millimetres from the left.
    """

    box: Box
    text: str
    of: tuple[str, ...] = ()
    ends: tuple[float, ...] = ()


def draw(
    pen: Pen, table: Table, boxes: Sequence[Box], size: float
) -> tuple[Table | None, list[Written]]:
    """Draw a table into boxes, one after the other.

    ``size``: Of the text, in millimetres.
    Returns left : Table or None: The rows that did not fit.
    Returns written : list of Written: The cells of the rows that did.
    """
    widths = _widths(pen, table, boxes[0].width, size)
    written: list[Written] = []
    rows = table.rows
    for box in boxes:
        rows, cells = _column(pen, dataclasses.replace(table, rows=rows), box, (widths, size))
        written += cells
        if not rows:
            break
    return (dataclasses.replace(table, rows=rows) if rows else None), written


def require_less(before: Sequence[Table], after: Sequence[Table]) -> None:
    """Insist that a whole page took something of what was left.

    Raises CatalogError: If not: a row is higher than a page.
    """
    if after and len(after) == len(before) and len(after[0].rows) == len(before[0].rows):
        longest = max(after[0].rows[0], key=len)
        raise CatalogError(
            f"A row of the table {after[0].title!r} does not fit on a page: a cell of it has "
            f"{len(longest):,} characters ({longest[:30]!r}…).",
            mend="Shorten the text in the data, or take a larger --paper.",
        )


def split(box: Box, columns: int) -> list[Box]:
    """Cut a box into columns."""
    width = (box.width - GAP_MM * (columns - 1)) / columns
    lefts = [box.left + at * (width + GAP_MM) for at in range(columns)]
    return [Box(left=x, right=x + width, bottom=box.bottom, top=box.top) for x in lefts]


def natural_width(pen: Pen, table: Table, size: float) -> float:
    """Say how wide a table wants to be.

    ``size``: Of the text, in millimetres.
    Returns: Millimetres.
    """
    return sum(_needs(pen, table, size))


def _needs(pen: Pen, table: Table, size: float) -> list[float]:
    full = [row for row in table.rows[:SAMPLE] if len(row) == len(table.headings)]
    return [
        max((pen.width(row[at], size) for row in [table.headings, *full]), default=0.0)
        + 2 * PAD * size
        for at in range(len(table.headings))
    ]


def _widths(pen: Pen, table: Table, width: float, size: float) -> list[float]:
    """Share a width out: each column what it needs, those that wrap what is left."""
    needs = _needs(pen, table, size)
    if sum(needs) <= width:
        stretch = min(width / sum(needs), MOST_STRETCH)
        return [each * stretch for each in needs]
    fixed = sum(each for at, each in enumerate(needs) if at not in table.wrap)
    loose = sum(each for at, each in enumerate(needs) if at in table.wrap)
    if loose and fixed < 0.7 * width:
        share = (width - fixed) / loose
        return [each * share if at in table.wrap else each for at, each in enumerate(needs)]
    return [each * width / sum(needs) for each in needs]


def _column(
    pen: Pen, table: Table, box: Box, measures: tuple[list[float], float]
) -> tuple[tuple[tuple[str, ...], ...], list[Written]]:
    """Fill one box; give back the rows that did not fit."""
    widths, size = measures
    ends = tuple(round(each, 2) for each in accumulate(widths))
    right = box.left + sum(widths)
    top = box.top
    written: list[Written] = []
    if table.title:
        pen.fill(RULE)
        pen.text((box.left + right) / 2, top - 1.2 * size, table.title, size=size * 1.1,
                 anchor="center", bold=True)
        top -= 1.8 * size
    begun = top
    pen.stroke(RULE, LINE_MM)
    head, high = _lines(pen, table.headings, widths, size)
    centred: list[Align] = ["center" for _ in widths]
    pen.fill(SHADE)
    pen.rectangle(Box(left=box.left, right=right, bottom=top - high, top=top), "f")
    pen.fill(RULE)
    _row(pen, head, (box.left, top, high), widths, (centred, size))
    top -= high
    rules, spans = [begun, top], []
    room = box.bottom + (1.7 * size if table.foot else 0.0)
    done = 0
    for row in table.rows:
        whole = len(row) == 1 != len(widths)
        cells, high = _lines(pen, row, [sum(widths)] if whole else widths, size)
        if top - high < room - 1e-9:
            break
        aligned: tuple[Align, ...] = ("center",) if whole else table.align
        _row(pen, cells, (box.left, top, high), [sum(widths)] if whole else widths,
             (aligned, size))
        written.append(Written(
            box=Box(left=box.left, right=right, bottom=top - high, top=top),
            text="".join("".join(cell) for cell in cells), of=(table.title,),
            ends=(round(sum(widths), 2),) if whole else ends,
        ))
        if whole:
            spans.append((top, top - high))
        top -= high
        rules.append(top)
        done += 1
    if table.foot and done == len(table.rows):
        cells, high = _lines(pen, (table.foot,), [sum(widths)], size)
        _row(pen, cells, (box.left, top, high), [sum(widths)], (("center",), size))
        written.append(Written(
            box=Box(left=box.left, right=right, bottom=top - high, top=top), text=table.foot,
            of=(table.title,), ends=ends[-1:],
        ))
        spans.append((top, top - high))
        top -= high
        rules.append(top)
    _rules(pen, (box.left, right), rules, spans, widths)
    return table.rows[done:], written


def _lines(
    pen: Pen, row: Sequence[str], widths: Sequence[float], size: float
) -> tuple[list[list[str]], float]:
    cells = [
        [cell] if pen.width(cell, size) <= width - 2 * PAD * size
        else wrapped(cell, width - 2 * PAD * size, lambda text: pen.width(text, size))
        for cell, width in zip(row, widths, strict=True)
    ]
    return cells, (LEADING * max(map(len, cells)) + 0.35) * size


def _row(
    pen: Pen, cells: list[list[str]], at: tuple[float, float, float], widths: Sequence[float],
    looks: tuple[Sequence[Align], float],
) -> None:
    left, top, high = at
    aligned, size = looks
    for lines, width, align in zip(cells, widths, aligned, strict=True):
        x = {"left": left + PAD * size, "center": left + width / 2,
             "right": left + width - PAD * size}[align]
        first = top - (high - LEADING * (len(lines) - 1) * size) / 2 - CAP / 2 * size
        for number, line in enumerate(lines):
            pen.text(x, first - number * LEADING * size, line, size=size, anchor=align)
        left += width


def _rules(
    pen: Pen, ends: tuple[float, float], rules: list[float],
    spans: list[tuple[float, float]], widths: Sequence[float],
) -> None:
    """Draw the lines: none up through a row that goes over the whole width."""
    left, right = ends
    lines = [(left, y, right, y) for y in rules]
    stretches, top = [], rules[0]
    for high, low in spans:
        if high < top:
            stretches.append((top, high))
        top = low
    if rules[-1] < top:
        stretches.append((top, rules[-1]))
    x = left
    for width in widths[:-1]:
        x += width
        for high, low in stretches:
            lines.append((x, high, x, low))
    lines += [(x, rules[0], x, rules[-1]) for x in (left, right)]
    pen.segments(lines)
