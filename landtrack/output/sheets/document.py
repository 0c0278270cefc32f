"""Composes sheets into one PDF: pages, continuations, index sheets, and what they claim."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any

import msgspec
import numpy as np
import shapely

from landtrack.model.errors import CatalogError, SourceError
from landtrack.model.translations import DASH
from landtrack.output.sheets import blocks, cadastre, layout, mapframe, tables
from landtrack.output.sheets.contents import Content
from landtrack.output.sheets.layout import Box, Page, Window
from landtrack.output.sheets.mapframe import Drawn, Prepared
from landtrack.output.sheets.pdf_canvas import Pen
from landtrack.output.sheets.subjects import Subject
from landtrack.output.sheets.tables import Table
from landtrack.output.sheets.template import PAPERS, Block, Subject as SubjectLook, Template
from landtrack.spatial import crs
from landtrack.store.heads import Head

CLAIMS_VERSION = 1
TABLE_TEXT_MM = 2.4
"""Size of the text of tables on pages of their own."""

STATED = (
    "drawn_by", "checked_by", "surveyed_on", "drawn_on", "owner", "land_use_code", "client",
    "survey_unit", "map_sheet", "parcel_code",
)
"""Values that may be stated for a sheet and stand on it blank where they are not."""

DRAFT_COLOUR = "#B0B0B0"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One sheet before it is drawn: subject, page and windows, and its place in the register.

    ``windows`` are several where the sheet is split; ``draft`` holds the reasons why it is
    no more than a draft; ``spoken`` is the last event of the log that is of a feature on it, and
    ``head`` the one up to which it speaks.
    """

    subject: Subject
    content: Content
    page: Page
    windows: tuple[Window, ...]
    number: str
    revision: int
    sha256: str
    draft: tuple[str, ...] = ()
    stated: Mapping[str, str] = field(default_factory=dict)
    spoken: int = 0
    head: Head | None = None


@dataclass(frozen=True, kw_only=True)
class Rest:
    """A page of tables alone: its size, and what is within its margins."""

    width: float
    height: float
    inner: Box


SMALL = Rest(
    width=PAPERS["A4"][0], height=PAPERS["A4"][1],
    inner=Box(left=20, right=PAPERS["A4"][0] - 10, bottom=8, top=PAPERS["A4"][1] - 8),
)
"""On what tables stand that fill no larger page."""


def plan_windows(
    template: Template, subject: Subject, scale: int | None, *, split: bool
) -> tuple[Page, tuple[Window, ...]]:
    """Choose paper, scale and windows for a subject.

    ``scale``: The N of 1:N, where it is given.
    ``split``: Go over several maps where it does not fit.
    Raises SourceError: If it does not fit and is not to be split.
    """
    bounds = subject.shape.bounds
    if scale is None:
        chosen = layout.choose(template, bounds)
        if chosen is not None:
            return chosen[0], (layout.window(chosen[0].map, bounds, chosen[1]),)
        scale = template.scales[-1]
    else:
        laid = layout.at_scale(template, bounds, scale)
        if laid is not None:
            return laid, (layout.window(laid.map, bounds, scale),)
    if not split:
        west, south, east, north = bounds
        fitting = layout.choose(template, bounds)
        raise SourceError(
            f"{subject.name} is {east - west:,.0f} × {north - south:,.0f} m: at 1:{scale} it does "
            f"not fit on {template.papers[-1]} with the template {template.id}.",
            mend=f"Use --scale 1:{fitting[1]} or leave it out, or --split to go over several "
            "sheets." if fitting else "Use a larger --paper, or --split to go over several sheets.",
        )
    pages = [
        layout.page(template, paper, turn) for paper in template.papers for turn in template.turns
    ]
    tried = [(laid, layout.tiles(template, laid.map, subject.shape, scale)) for laid in pages]
    return min(tried, key=lambda each: len(each[1]))


def content_hash(
    prepared: Prepared, subject: Subject, content: Content, windows: Sequence[Window]
) -> str:
    """Hash what a sheet says, whenever and by whom it is drawn."""
    near = subject.shape if subject.kind else None
    told = {
        "template": prepared.template.id, "kind": subject.kind, "ids": subject.ids,
        "shape": hashlib.sha256(shapely.to_wkb(subject.shape, byte_order=1)).hexdigest(),
        "values": dict(content.values),
        "tables": {name: each.rows for name, each in content.tables.items()},
        "windows": [(each.scale, *each.bounds) for each in windows],
        "layers": [
            {each.kind: prepared.digest(each) for each in prepared.seen(window, near)}
            for window in windows
        ],
    }
    return hashlib.sha256(
        json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    ).hexdigest()


@cache
def _version() -> str:
    return importlib.metadata.version("landtrack")


class Sheet:
    """One sheet: first how many pages it takes, then its maps and the pages of its tables."""

    def __init__(self, pen: Pen, prepared: Prepared, plan: Plan) -> None:
        self.pen, self.prepared, self.plan = pen, prepared, plan
        self.source, self.template = prepared.source, prepared.template
        self.claims: list[dict[str, Any]] = []
        self.pages = 0
        several = len(plan.windows) > 1
        self.maps: list[Window | None] = [*([None] if several else []), *plan.windows]
        appended = [plan.content.tables[name] for name in self.template.appendix]
        self.left = [*self._overflow(), *appended]
        self.rest = SMALL
        if not self._fits():
            self.rest = Rest(
                width=plan.page.width, height=plan.page.height, inner=plan.page.inner
            )
        self.pages = len(self.maps) + self._flow(self.left, draw=False)

    def draw(self) -> list[dict[str, Any]]:
        """Draw every page."""
        for number, window in enumerate(self.maps, start=1):
            self._map(number, window)
        self._flow(self.left, draw=True)
        return self.claims

    def _fits(self) -> bool:
        """Tell whether the tables that stand beside no map fit on one small page."""
        begun = len(self.pen.code)
        try:
            return self._flow(self.left, draw=False) <= 1
        except CatalogError:  # a row is higher than that page
            return False
        finally:
            del self.pen.code[begun:]

    def _values(self, number: int, window: Window | None) -> dict[str, str]:
        plan, words = self.plan, self.source.words
        values = dict.fromkeys(STATED, "") | dict(plan.content.values)
        return values | {
            "title": words.pick(self.template.title),
            "place": self.source.title, "notice": self.source.notice,
            "subject": plan.content.values.get("subject", self.source.title),
            "number": plan.number, "revision": str(plan.revision), "sha256": plan.sha256,
            "sha16": plan.sha256[:16], "page": str(number), "pages": str(self.pages),
            "scale": f"1:{window.scale}" if window else DASH,
            "tile": self._tile(window),
            "log": str(plan.head or ""),
            "code": ":".join(map(str, filter(None, (
                "LT", plan.number, plan.revision, plan.sha256[:32], plan.head
            )))),
        }

    def _tile(self, window: Window | None) -> str:
        """Say which of the maps of a split sheet a page holds."""
        windows = self.plan.windows
        if len(windows) == 1:
            return ""
        if window not in windows:
            return self.source.words("sheet.index", count=len(windows))
        return self.source.words(
            "sheet.tile", number=windows.index(window) + 1, count=len(windows)
        )

    def _facing(self, number: int, window: Window | None) -> blocks.Facing:
        return blocks.Facing(
            source=self.source, template=self.template, content=self.plan.content,
            values=self._values(number, window), window=window, drawn=Drawn(),
            around=self.prepared.around if self.template.first("inset") else None,
            shape=self.plan.subject.shape if self.plan.subject.kind else None,
        )

    def _overflow(self) -> list[Table]:
        """Find which rows do not fit beside the map, without drawing."""
        facing = self._facing(1, self.plan.windows[0])
        begun = len(self.pen.code)
        for block, box in self.plan.page.blocks:
            if block.kind in {"table", "stack", "row", "fields"}:
                blocks.draw(self.pen, block, box, facing)
        del self.pen.code[begun:]
        return facing.left

    def _map(self, number: int, window: Window | None) -> None:
        """Draw a page with a map; the index of the maps where there is no window."""
        pen, page = self.pen, self.plan.page
        pen.begin(page.width, page.height)
        index = window is None
        shown = window or _around(self.plan, self.template)
        facing = self._facing(number, shown)
        subject = self.plan.subject
        arrow = mapframe.arrow_box(self.template, shown, subject)
        facing.drawn = mapframe.layers(
            pen, self.prepared, shown, subject.shape if subject.kind else None
        )
        facing.drawn.placed.write(np.array([
            shapely.box(arrow.left, arrow.bottom, arrow.right, arrow.top)
        ], dtype=object))
        if index:
            _index_maps(pen, self.plan, shown)
        if subject.kind:
            look = self.template.subject
            if index:
                look = _plain(look)
            cadastre.draw(pen, cadastre.Scene(
                source=self.source, subject=subject, content=self.plan.content, window=shown,
                look=look, drawn=facing.drawn,
            ))
        placed = [] if index else mapframe.place_labels(
            pen, self.prepared, shown, facing.drawn,
            outside=subject.shape if self.template.subject.pieces else None,
        )
        with pen.state():
            mapframe.frame(pen, self.template, shown, facing.drawn)
            mapframe.north_arrow(pen, arrow, self.source.words("sheet.north"))
        for block, box in page.blocks:
            blocks.draw(pen, block, box, facing)
        # Last: what is measured is then found before all these texts.
        mapframe.write_labels(pen, placed)
        self._finish(number, facing, shown)

    def _flow(self, left: list[Table], *, draw: bool) -> int:
        """Put tables on pages of their own; give back how many it takes."""
        pen, page = self.pen, self.rest
        pages = 0
        while left:
            pages += 1
            number = len(self.claims) + 1
            begun = len(pen.code)
            if draw:
                pen.begin(page.width, page.height)
            facing = self._facing(number, None)
            box = page.inner
            head = Block(kind="title", dock="top", size_mm=14, text_mm=4.5,
                         lines=("sheet.continued", "sheet.line.identity"))
            foot = self.template.first("stamp")
            top = Box(left=box.left, right=box.right, bottom=box.top - 14, top=box.top)
            blocks.draw(pen, head, top, facing)
            low = box.bottom
            if foot is not None:
                low += 18
                stamp = Box(left=box.right - 70, right=box.right, bottom=box.bottom,
                            top=box.bottom + 16)
                blocks.draw(pen, foot, stamp, facing)
            more = self._fill(left, Box(left=box.left, right=box.right, bottom=low,
                                        top=box.top - 16), facing)
            tables.require_less(left, more)
            left = more
            if draw:
                self._finish(number, facing, None)
            else:
                del pen.code[begun:]
        return pages

    def _fill(self, left: list[Table], box: Box, facing: blocks.Facing) -> list[Table]:
        """Put as many tables on a page as fit, one below the other."""
        pen = self.pen
        while left and box.height > 12 * TABLE_TEXT_MM:
            table, *rest = left
            columns = 1
            if not table.wrap:
                wide = tables.natural_width(pen, table, TABLE_TEXT_MM) * 1.15
                columns = max(1, int((box.width + tables.GAP_MM) // (wide + tables.GAP_MM)))
                columns = min(columns, 1 + len(table.rows) // 12)
            more, written = tables.draw(pen, table, tables.split(box, columns), TABLE_TEXT_MM)
            facing.written += written
            if more is not None:
                return [more, *rest]
            low = min((each.box.bottom for each in written), default=box.top - 10)
            box = dataclasses.replace(box, top=low - 5)
            left = rest
        return left

    def _finish(self, number: int, facing: blocks.Facing, window: Window | None) -> None:
        page = self.rest if window is None else self.plan.page
        if self.plan.draft:
            _draft(self.pen, (page.width, page.height), self.source.words("sheet.draft"))
        self.claims.append(self._claim(number, facing, window))
        self.pen.end()

    def _claim(
        self, number: int, facing: blocks.Facing, window: Window | None
    ) -> dict[str, Any]:
        """Say what the page holds, so that it can be measured against it."""
        plan = self.plan
        written = [cell for cell in facing.written if cell.text.strip()]
        claim: dict[str, Any] = {
            "claims": CLAIMS_VERSION, "landtrack": _version(),
            "template": self.template.id, "number": plan.number, "revision": plan.revision,
            "sha256": plan.sha256, "page": number, "pages": self.pages,
            "lang": self.source.words.lang,
            "paper": (
                [self.rest.width, self.rest.height] if window is None
                else [plan.page.width, plan.page.height]
            ),
            "subject": {"kind": plan.subject.kind, "ids": list(plan.subject.ids)},
            "stated": dict(plan.stated),
            "values": dict(plan.content.values) if number == 1 else {},
            "draft": list(plan.draft),
            **({"log": list(plan.head)} if plan.head else {}),
            "texts": [[*cell.box.rounded, cell.text] for cell in written],
            "meant": _meant(written),
        }
        if window is not None:
            box = window.box
            claim |= {
                "scale": window.scale, "crs": crs.name(self.source.crs),
                "frame": [box.left, box.bottom, box.right, box.top],
                "ground": list(window.bounds), "bars": facing.bars,
                "layers": facing.drawn.layers, "known": facing.drawn.known,
                "labels": len(facing.drawn.placed.labels),
                "dropped": facing.drawn.placed.dropped,
            }
        if facing.inset is not None and facing.shape is not None:
            east, north = shapely.get_coordinates(facing.shape)[0].tolist()
            claim["inset"] = {
                "frame": facing.inset.box.rounded, "ground": list(facing.inset.bounds),
                "scale": facing.inset.scale, "east": east, "north": north,
            }
        return claim


def _meant(written: Sequence[tables.Written]) -> list[dict[str, Any]]:
    """Say which texts are of which box or table: the first, how many, where columns end."""
    meant = []
    first = 0
    for (of, ends), cells in groupby(written, key=lambda cell: (cell.of, cell.ends)):
        count = len(list(cells))
        if of:
            meant.append({"of": list(of), "ends": list(ends), "first": first, "count": count})
        first += count
    return meant


def shown(plan: Plan, template: Template) -> list[Window]:
    """List what a sheet shows.

    Returns: The maps, and that of the index where there are several.
    """
    several = len(plan.windows) > 1
    return [*plan.windows, *([_around(plan, template)] if several else [])]


def _around(plan: Plan, template: Template) -> Window:
    """Choose the window of the index: the largest scale at which all maps are seen."""
    bounds = layout.union([each.bounds for each in plan.windows])
    west, south, east, north = bounds
    space = plan.page.map
    least = max((east - west) / space.width, (north - south) / space.height) * 1000 * 1.05
    scale = next((each for each in template.scales if each >= least), None)
    if scale is None:
        step = layout.nice_step(least)
        scale = int(step)
    return layout.window(space, bounds, scale)


def _index_maps(pen: Pen, plan: Plan, shown: Window) -> None:
    """Draw the outline and the number of each map."""
    with pen.state(), pen.marked("maps"):
        pen.stroke("#1F5FAF", 0.3)
        pen.fill("#1F5FAF")
        for number, each in enumerate(plan.windows, start=1):
            west, south, east, north = each.bounds
            left, bottom = shown.on_paper(west, south)
            right, top = shown.on_paper(east, north)
            pen.rectangle(Box(left=left, bottom=bottom, right=right, top=top))
            pen.text((left + right) / 2, (bottom + top) / 2 - 2.5, str(number), size=7,
                     anchor="center", bold=True)


def _plain(look: SubjectLook) -> SubjectLook:
    return msgspec.structs.replace(
        look, point_mm=0.0, numbers=False, sides=False, stubs_mm=0.0, fraction=(),
        pieces=False,
    )


def _draft(pen: Pen, paper: tuple[float, float], word: str) -> None:
    """Write across the page that it is a draft."""
    wide, high = paper
    angle = float(np.arctan2(high, wide))
    size = 0.8 * float(np.hypot(wide, high)) / max(pen.width(word, 1.0, bold=True), 1)
    size = min(size, min(wide, high) / 4)
    with pen.state(), pen.marked("draft"):
        pen.alpha(0.35, 1.0)
        pen.fill(DRAFT_COLOUR)
        x, y = wide / 2, high / 2
        pen.text(
            x + 0.35 * size * np.sin(angle), y - 0.35 * size * np.cos(angle), word, size=size,
            anchor="center", bold=True, angle=angle,
        )

