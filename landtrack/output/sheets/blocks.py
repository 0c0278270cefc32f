"""The parts of a page beside the map: titles, boxes, legend, bars, stamp."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import shapely
from reportlab.graphics.barcode import qrencoder

from landtrack.model import classes
from landtrack.model.assessment import Assessment
from landtrack.model.errors import CatalogError
from landtrack.output import wording
from landtrack.output.sheets import features, inset, layout, mapframe, tables
from landtrack.output.sheets.contents import Content
from landtrack.output.sheets.layout import Box, Window
from landtrack.output.sheets.mapframe import Drawn
from landtrack.output.sheets.pdf_canvas import BLACK, CAP, Pen
from landtrack.output.sheets.tables import Table, Written
from landtrack.output.sheets.template import Block, Entry, Template
from landtrack.output.sheets.wrap import wrapped
from landtrack.output.style import symbology

GREY = "#5A6570"
SHADE = tables.SHADE
LINE_MM = 0.15
SMALLEST_MM = 1.3
"""The smallest text that a long value is shrunk to before it is refused."""

LOG_LINE = "sheet.line.log"
"""The line that is left out where there is no log."""

CHECK_MM = 100.0
"""Length of the check bar: what a ruler shows if the sheet was printed true to scale."""

STACK_MM = 3.0
"""Between the blocks of a stack, and beside the map."""

SMALLER = (0.92, 0.84, 0.78)
"""How much smaller the text of a table may be where that spares a page for a few rows."""

LEGEND_LEADING = 1.75
LEGEND_GROWS = 1.35
"""By how much a legend is larger than it must be where it has room."""

INSET_HIGH = 1.2
"""How high a small map is at most, as a share of its width."""

INSET_LEAST_MM = 15.0
"""A small map that is lower is left out."""

BAR_MM = 11.0
"""The longest part of the scale bar; there are four."""


@dataclass(kw_only=True)
class Facing:
    """What the blocks of one page are drawn from, and what they leave to be read back."""

    source: Assessment
    template: Template
    content: Content
    values: Mapping[str, str]
    window: Window | None
    drawn: Drawn
    written: list[Written] = field(default_factory=list)
    left: list[Table] = field(default_factory=list)
    bars: dict[str, Any] = field(default_factory=dict)
    around: inset.Around | None = None
    shape: shapely.Geometry | None = None
    inset: Window | None = None


def draw(pen: Pen, block: Block, box: Box, page: Facing) -> None:
    """Draw one block."""
    if block.framed:
        pen.stroke(BLACK, LINE_MM)
        pen.rectangle(box)
    KINDS[block.kind](pen, block, box, page)


def _title(pen: Pen, block: Block, box: Box, page: Facing) -> None:
    """Write the first line large and in the middle, the others under it."""
    lines = [_line(page, each) for each in block.lines]
    size = block.text_mm
    room = [size, *([max(size * 0.42, 2.4)] * (len(lines) - 1))]
    high = sum(each * 1.35 for each in room)
    y = (box.top + box.bottom) / 2 + high / 2 + 0.8
    pen.fill(BLACK)
    for text, each in zip(lines, room, strict=True):
        y -= each * 1.1
        shown, _ = fit(pen, text, (box.width, each * 1.3), each, bold=each == size)
        pen.text((box.left + box.right) / 2, y, text, size=shown, anchor="center",
                 bold=each == size)
        y -= each * 0.32
        if text:
            page.written.append(Written(
                box=Box(left=box.left, right=box.right, bottom=y, top=y + each * 1.35), text=text
            ))


def _line(page: Facing, key: str) -> str:
    """Say a line: words with the values of the sheet in their places."""
    if key == LOG_LINE and not page.values["log"]:
        return ""
    return page.source.words(key, **page.values).strip()


def fit(
    pen: Pen, text: str, room: tuple[float, float], size: float, *, bold: bool = False
) -> tuple[float, list[str]]:
    """Make a text fit: broken into lines, and smaller where it must be.

    ``room``: Width and height, in millimetres.
    Raises CatalogError: If it does not fit at the smallest size.
    """
    width, height = room
    ems = pen.width(text, 1.0, bold=bold)
    while True:
        lines = [text]
        if ems * size > width:
            lines = wrapped(text, width / size, lambda part: pen.width(part, 1.0, bold=bold))
        if ((len(lines) - 1) * 1.2 + 1) * size <= height or len(lines) == 1:
            return size, lines
        if size <= SMALLEST_MM:
            break
        size = max(size * 0.92, SMALLEST_MM)
    raise CatalogError(
        f"The text {text[:40]!r}… of {len(text)} characters does not fit into a box of "
        f"{width:.0f} × {height:.0f} mm.",
        mend="Make the block higher in the template, or the text shorter.",
    )


def _fields(pen: Pen, block: Block, box: Box, page: Facing) -> None:
    """Draw boxes in a row: the label shaded, the value beside it."""
    whole = sum(each.share for each in block.entries)
    left = box.left
    size = block.text_mm
    for entry in block.entries:
        right = left + box.width * entry.share / whole
        label = page.source.words(entry.label)
        wide = pen.width(label, size * 0.85) + 1.6
        pen.fill(SHADE)
        pen.rectangle(Box(left=left, right=left + wide, bottom=box.bottom, top=box.top), "f")
        pen.stroke(BLACK, LINE_MM)
        pen.rectangle(Box(left=left, right=right, bottom=box.bottom, top=box.top))
        pen.fill(GREY)
        middle = (box.top + box.bottom) / 2
        pen.text(left + 0.8, middle - CAP / 2 * size * 0.85, label, size=size * 0.85)
        pen.fill(BLACK)
        page.written.append(Written(
            box=Box(left=left, right=left + wide, bottom=box.bottom, top=box.top), text=label
        ))
        room = (right - left - wide - 1.6, box.height)
        value, shown, lines = _boxed(pen, entry, page, room, size)
        first = middle + ((len(lines) - 1) * 1.2 - CAP) / 2 * shown
        for at, line in enumerate(lines):
            pen.text(left + wide + 0.8, first - at * 1.2 * shown, line, size=shown)
        if value:
            page.written.append(Written(
                box=Box(left=left + wide, right=right, bottom=box.bottom, top=box.top),
                text=value, of=(entry.label, entry.value),
            ))
        left = right


def _boxed(
    pen: Pen, entry: Entry, page: Facing, room: tuple[float, float], size: float
) -> tuple[str, float, list[str]]:
    """Make a value fit its box; of a list that is too long the first, and how many more."""
    value = page.values.get(entry.value, "")
    joint = page.source.words("wording.joint")
    names = value.split(joint)
    for kept in range(len(names), -1, -1):
        said = value if kept == len(names) else page.source.words(
            "sheet.and_more", names=joint.join(names[:kept]), count=len(names) - kept
        )
        try:
            shown, lines = fit(pen, said, room, size)
        except CatalogError:
            if not entry.table or not kept:
                raise
            continue
        break
    table = page.content.tables[entry.table] if said != value else None
    if table is not None and table not in page.left:
        page.left.append(table)
    return said, shown, lines


def _lines(pen: Pen, block: Block, box: Box, page: Facing) -> None:
    """Write lines from the top."""
    y = box.top
    for key in block.lines:
        text = _line(page, key)
        if not text:
            continue
        size, lines = fit(pen, text, (box.width - 1, box.height), block.text_mm)
        pen.fill(BLACK)
        for line in lines:
            y -= size * 1.35
            x = {"left": box.left + 0.5, "center": (box.left + box.right) / 2,
                 "right": box.right - 0.5}[block.align]
            pen.text(x, y + 0.25 * size, line, size=size, anchor=block.align, bold=block.bold)
            page.written.append(Written(
                box=Box(left=box.left, right=box.right, bottom=y, top=y + 1.3 * size), text=line
            ))


def _table(pen: Pen, block: Block, box: Box, page: Facing) -> None:
    """Draw a table, smaller if it then fits; what does not fit is left for the next page."""
    table = page.content.tables[block.table]
    inside = Box(left=box.left, right=box.right, bottom=box.bottom + 0.5, top=box.top - 1.0)
    pen.fill(BLACK)
    begun, boxes = len(pen.code), tables.split(inside, block.columns)
    for size in (block.text_mm, *(block.text_mm * each for each in SMALLER), block.text_mm):
        del pen.code[begun:]
        left, written = tables.draw(pen, table, boxes, size)
        if left is None:
            break
    page.written += written
    if left is not None:
        page.left.append(left)


def _stack(pen: Pen, block: Block, box: Box, page: Facing) -> None:
    """Draw blocks one below the other, each as high as it comes to be."""
    top = box.top
    for each in block.block:
        if each.dock == "bottom":
            foot = Box(left=box.left + STACK_MM, right=box.right, bottom=box.bottom,
                       top=box.bottom + each.size_mm)
            draw(pen, each, foot, page)
            box = dataclasses.replace(box, bottom=foot.top + STACK_MM)
    for each in block.block:
        if each.dock == "bottom":
            continue
        low = max(box.bottom, top - each.size_mm) if each.size_mm else box.bottom
        begun = len(page.written)
        draw(pen, each, Box(
            left=box.left + STACK_MM, right=box.right, bottom=low, top=top
        ), page)
        reached = min((cell.box.bottom for cell in page.written[begun:]), default=low)
        top = (reached if each.kind == "table" else low) - STACK_MM


def _row(pen: Pen, block: Block, box: Box, page: Facing) -> None:
    """Draw blocks side by side, each as wide as it says, one without a width in what is left."""
    stated = sum(each.size_mm for each in block.block)
    free = box.width - stated - STACK_MM * (len(block.block) - 1)
    left = box.left
    for each in block.block:
        right = left + (each.size_mm or free)
        draw(pen, each, dataclasses.replace(box, left=left, right=right), page)
        left = right + STACK_MM


def _inset(pen: Pen, block: Block, box: Box, page: Facing) -> None:
    """Draw where in the place the subject lies, with its scale over it."""
    if page.around is None or page.shape is None or page.window is None:
        return
    size = block.text_mm
    top = box.top - 1.8 * size
    high = min(top - box.bottom, box.width * INSET_HIGH)
    if high < INSET_LEAST_MM:
        return
    space = Box(left=box.left, right=box.right, bottom=top - high, top=top)
    page.inset = inset.window(space, page.around, page.shape)
    inset.draw(pen, page.inset, page.around, page.shape, page.template.subject.colour)
    title = page.source.words("sheet.inset", scale=page.inset.scale)
    pen.fill(BLACK)
    shown, _ = fit(pen, title, (box.width, 1.6 * size), size, bold=True)
    pen.text((box.left + box.right) / 2, top + 0.5 * size, title, size=shown, anchor="center",
             bold=True)
    page.written.append(Written(
        box=Box(left=box.left, right=box.right, bottom=top, top=box.top), text=title
    ))


def _seal(pen: Pen, block: Block, box: Box, page: Facing) -> None:
    """Leave room for a seal, and lines to sign on, each with its label."""
    size = block.text_mm
    pen.stroke(BLACK, LINE_MM)
    pen.rectangle(box)
    pen.fill(BLACK)
    y = box.top
    for key in block.lines:
        text = _line(page, key)
        shown, lines = fit(pen, text, (box.width - 2, 3 * size), size)
        for line in lines:
            y -= shown * 1.35
            pen.text(box.left + 1, y, line, size=shown)
            page.written.append(Written(
                box=Box(left=box.left, right=box.right, bottom=y - 0.3 * shown,
                        top=y + 1.1 * shown), text=line,
            ))
    whole = sum(each.share for each in block.entries)
    left, y = box.left + 1, box.bottom + 0.9 * size
    for entry in block.entries:
        right = left + (box.width - 2) * entry.share / whole
        label = page.source.words(entry.label)
        shown, _ = fit(pen, label, (right - left, 1.3 * size), size)
        pen.text(left, y, label, size=shown)
        wide = pen.width(label, shown)
        pen.segments([(left + wide + 0.6, y - 0.3, right - 1, y - 0.3)])
        page.written.append(Written(
            box=Box(left=left - 0.5, right=left + wide + 0.5, bottom=y - 0.25, top=y + 1.1 * shown),
            text=label,
        ))
        left = right


def _legend(pen: Pen, block: Block, box: Box, page: Facing) -> None:
    """Draw the signs of what this page shows, class by class."""
    rows = _legend_rows(page)
    size = block.text_mm
    most_rows = (box.top - box.bottom) / max(LEGEND_LEADING * (len(rows) + 2), 1)
    size = min(max(size, most_rows), size * LEGEND_GROWS)
    high = size * LEGEND_LEADING
    pen.fill(BLACK)
    title = page.source.words("sheet.legend")
    pen.text(box.left + 1, box.top - 1.4 * size, title, size=size * 1.15, bold=True)
    top = box.top - 2.2 * size
    swatch = size * 2.6
    widest = max(
        (pen.width(row.label, size, bold=not row.counted) for row in rows), default=0.0
    )
    column = min(swatch + widest + 5, box.width)
    most = max(1, int((top - box.bottom) // high))
    columns = max(1, int(box.width // column))
    if len(rows) > most * columns:  # a line says how many more there are
        most = max(1, most - 1)
    shown = rows[: most * columns]
    for at, row in enumerate(shown):
        x = box.left + 1 + (at // most) * column
        y = top - (at % most + 1) * high
        if row.kind:
            features.swatch(
                pen, Box(left=x, right=x + swatch, bottom=y + 0.35 * size, top=y + 1.35 * size),
                row.shape, row.style,
            )
        pen.fill(BLACK)
        wide = box.width - swatch - 3 if columns == 1 else column - swatch - 3
        bold = not row.counted  # a layer, not one of its classes
        text_size, lines = fit(pen, row.label, (wide, high), size, bold=bold)
        start = x + (swatch + 1.5 if row.kind else 0)
        first = y + (0.5 + CAP / 2) * size + ((len(lines) - 1) * 1.2 - CAP) / 2 * text_size
        for nth, line in enumerate(lines):
            pen.text(start, first - nth * 1.2 * text_size, line, size=text_size, bold=bold)
        reach = max(pen.width(line, text_size, bold=bold) for line in lines)
        page.written.append(Written(
            box=Box(left=start - 0.6, right=start + reach + 0.6, bottom=y, top=y + high),
            text=row.label, of=("sheet.legend", row.kind, "count") if row.counted else (),
        ))
    if len(rows) > len(shown):
        page.values = {**page.values, "legend_left": str(len(rows) - len(shown))}
        pen.text(box.left + 1, box.bottom + 0.3, page.source.words(
            "sheet.legend_left", count=len(rows) - len(shown)
        ), size=size * 0.85)


class Row(NamedTuple):
    """A line of a legend; ``kind`` is empty above the classes of a layer, which are counted."""

    kind: str
    label: str
    shape: str
    style: Any
    counted: bool = False


def _legend_rows(page: Facing) -> list[Row]:
    """List kind, words, shape and look of each class that is to be seen."""
    rows: list[Row] = []
    known = symbology.load()
    source = page.source
    by_kind = {layer.kind: layer for layer in page.template.layer}
    for seen in sorted(page.drawn.seen, key=lambda each: known.place(each.kind)):
        if not len(seen.rows):
            continue
        layer, schema = by_kind[seen.kind], source.schemas[seen.kind]
        codes = known.sorted_classes(seen.kind, seen.codes)
        title = source.words(f"kind.{seen.kind}")
        shape = _shape_of(source, seen)
        if codes == (classes.WHOLE,) or layer.look.fill is not None:
            rows.append(Row(seen.kind, title, shape, mapframe.style(layer, codes[0])))
            continue
        rows.append(Row("", title, shape, None))
        for code in codes:
            label = wording.class_label(source.words, schema, source.workflow, code)
            count = int((seen.codes == code).sum())
            rows.append(Row(
                seen.kind, f"{label} ({count})", shape, mapframe.style(layer, code), counted=True
            ))
    return rows


def _shape_of(source: Assessment, seen: mapframe.Seen) -> str:
    stated = source.schemas[seen.kind].geometry
    if stated != "any":
        return stated
    first = source.layers[seen.kind].geometry.iloc[int(seen.rows[0])]
    return ("point", "line", "polygon")[int(shapely.get_dimensions(first))]


def _checkbar(pen: Pen, block: Block, box: Box, page: Facing) -> None:
    """Draw the scale in figures, the scale bar, and the bar that a ruler checks."""
    if page.window is None:
        return
    window, size = page.window, block.text_mm
    y = box.bottom + 2.2
    pen.fill(BLACK)
    scale = f"1:{window.scale:,}".replace(",", " ") if window.scale >= 10_000 else (  # noqa: PLR2004
        f"1:{window.scale}"
    )
    pen.text(box.left + 0.5, y + 0.3, scale, size=size * 1.5, bold=True)
    page.written.append(Written(
        box=Box(left=box.left, right=box.left + 0.5 + pen.width(scale, size * 1.5, bold=True) + 1,
                bottom=y - 1, top=y + 2.2 * size), text=scale,
    ))
    left = box.left + max(22.0, pen.width(scale, size * 1.5, bold=True) + 6)
    right = _scale_bar(pen, window, (left, y), size, page)
    start = max(right + 10, box.right - CHECK_MM - 4)
    if start + CHECK_MM > box.right + 1e-6:
        raise CatalogError(
            f"The block checkbar is {box.width:.0f} mm wide: the scale bar and a bar of 100 mm "
            "do not fit.",
            mend="Dock it to the top or bottom of a page at least 180 mm wide inside.",
        )
    pen.stroke(BLACK, 0.2)
    with pen.marked("checkbar"):
        pen.path([(start, y), (start + CHECK_MM, y)])
    pen.segments([
        (start + at, y, start + at, y + (1.6 if at % 50 == 0 else 1.0))
        for at in range(0, 101, 10)
    ])
    pen.text(start + CHECK_MM / 2, y + 2.1, page.source.words("sheet.checkbar"),
             size=size * 0.85, anchor="center")
    page.bars["checkbar"] = {"left": start, "right": start + CHECK_MM, "y": y}


def _scale_bar(
    pen: Pen, window: Window, at: tuple[float, float], size: float, page: Facing
) -> float:
    """Draw four parts of a round length each, in black and white; give back where it ends."""
    longest = window.ground(BAR_MM)
    step = max(
        each for each in map(layout.nice_step, (longest / 3, longest / 2, longest * 0.99))
        if each <= longest
    )
    left, y = at
    part = step * 1000 / window.scale
    pen.stroke(BLACK, 0.15)
    for number in range(4):
        pen.fill(BLACK if number % 2 == 0 else "#FFFFFF")
        pen.rectangle(Box(
            left=left + number * part, right=left + (number + 1) * part, bottom=y, top=y + 1.1
        ), "B")
    with pen.marked("scalebar"):
        pen.path([(left, y), (left + 4 * part, y)])
    pen.fill(BLACK)
    for number in (0, 2, 4):
        pen.text(left + number * part, y + 1.7, f"{step * number:g}", size=size * 0.85,
                 anchor="center")
    end = left + 4 * part
    pen.text(end + pen.width(f"{step * 4:g}", size * 0.85) / 2 + 0.8, y + 1.7, "m",
             size=size * 0.85)
    page.bars["scalebar"] = {"left": left, "right": end, "y": y, "metres": step * 4}
    return end


def _stamp(pen: Pen, block: Block, box: Box, page: Facing) -> None:
    """Draw the code that a telephone reads, and number, revision, page and hash beside it."""
    size = block.text_mm
    side = min(box.height - 1.0, box.width / 3)
    qr = Box(left=box.left + 0.5, right=box.left + 0.5 + side,
             bottom=box.top - 0.5 - side, top=box.top - 0.5)
    qr_code(pen, qr, page.values["code"])
    lines = [_line(page, key) for key in block.lines]
    y = box.top - 0.4
    for text in filter(None, lines):
        shown, broken = fit(pen, text, (box.right - qr.right - 1.6, size * 2.6), size)
        for line in broken:
            y -= shown * 1.35
            pen.fill(BLACK)
            pen.text(qr.right + 1.2, y + 0.25 * shown, line, size=shown)
            page.written.append(Written(
                box=Box(left=qr.right + 0.4, right=box.right, bottom=y, top=y + shown * 1.3),
                text=line,
            ))


def qr_code(pen: Pen, box: Box, text: str) -> None:
    """Draw a QR code as one path."""
    code: Any = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    count = code.getModuleCount()
    size = box.width / (count + 4)
    pen.fill(BLACK)
    for row in range(count):
        column = 0
        while column < count:
            if not code.isDark(row, column):
                column += 1
                continue
            begun = column
            while column < count and code.isDark(row, column):
                column += 1
            left, top = box.left + (begun + 2) * size, box.top - (row + 2) * size
            pen.rectangle_path(Box(
                left=left, right=left + (column - begun) * size, bottom=top - size, top=top
            ))
    pen.code.append("f")


def _gap(_pen: Pen, _block: Block, _box: Box, _page: Facing) -> None:
    """Leave room."""


KINDS: Mapping[str, Callable[[Pen, Block, Box, Facing], None]] = {
    "title": _title, "fields": _fields, "lines": _lines, "table": _table, "legend": _legend,
    "checkbar": _checkbar, "stamp": _stamp, "gap": _gap, "stack": _stack, "row": _row,
    "inset": _inset, "seal": _seal,
}
"""How each kind of block is drawn."""
