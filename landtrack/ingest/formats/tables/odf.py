"""What an .ods says of its cells beside their values: strokes, formulas, hidden rows, zeros.

One element may stand for a million rows or cells that are alike: what is counted here is
counted before anything lays them out.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field as of
from pathlib import Path
from typing import TypeVar

from landtrack.ingest.formats import limits
from landtrack.ingest.formats.tables import ooxml
from landtrack.ingest.formats.tables.seen import Seen

CONTENT, STYLES = "content.xml", "styles.xml"
ERROR_TYPE = "calcext:1.0}value-type"
"""The attribute by which a failed formula is told from a text, in the namespace that ends so."""
CELLS = {"table-cell", "covered-table-cell"}
HIDDEN = {"collapse", "filter"}
DEEPEST = 20
"""How far styles are followed to those they come from."""
Said = TypeVar("Said", bool, str)


@dataclass
class _Styles:
    """Styles by their family and name: what each says, and which it comes from."""

    parent: dict[tuple[str, str], str] = of(default_factory=dict)
    strike: dict[tuple[str, str], bool] = of(default_factory=dict)
    number: dict[tuple[str, str], str] = of(default_factory=dict)
    zeros: dict[str, int] = of(default_factory=dict)

    def struck(self, family: str, name: str) -> bool:
        """Tell whether a style, or one that it comes from, strikes out."""
        return self._found(self.strike, family, name) or False

    def padded(self, name: str) -> int:
        """Tell how many digits a style of cells writes at least; 0 where it pads nothing."""
        return self.zeros.get(self._found(self.number, "table-cell", name) or "", 0)

    def _found(
        self, said: Mapping[tuple[str, str], Said], family: str, name: str
    ) -> Said | None:
        for _ in range(DEEPEST):
            if (family, name) in said:
                return said[family, name]
            name = self.parent.get((family, name), "")
        return None


def look(path: Path, archive: zipfile.ZipFile) -> dict[str, Seen]:
    """Go through all sheets.

    ``archive``: The same, open.
    Raises LimitError: If there are more sheets, or cells of one, than are read.
    Raises KeyError: If there is no content.
    Raises DoctypeError, xml.parsers.expat.ExpatError, ValueError: If a part is broken or hostile.
    """
    styles = _Styles()
    for part in (STYLES, CONTENT):
        if part in archive.namelist():
            ooxml.parse(archive, part, _reader(styles), lambda _: None)
    walk = _Walk(path, styles)
    ooxml.parse(archive, CONTENT, walk.start, walk.end, walk.text)
    for seen in walk.sheets.values():
        seen.epoch = walk.epoch
    return walk.sheets


def _own(found: Mapping[str, str]) -> dict[str, str]:
    return {key.rpartition("}")[2]: value for key, value in found.items()}


def _reader(styles: _Styles) -> Callable[[str, Mapping[str, str]], None]:
    """Give what reads the styles of a part as their elements start."""
    style, number = ("", ""), ""

    def start(name: str, found: Mapping[str, str]) -> None:
        nonlocal style, number
        own = _own(found)
        if name == "style":
            style = (own.get("family", ""), own.get("name", ""))
            styles.parent[style] = own.get("parent-style-name", "")
            if "data-style-name" in own:
                styles.number[style] = own["data-style-name"]
        elif name == "text-properties":
            line = own.get("text-line-through-style", own.get("text-line-through-type"))
            if line is not None:
                styles.strike[style] = line != "none"
        elif name == "number-style":
            number = own.get("name", "")
        elif name == "number" and own.get("decimal-places", "0") == "0":
            least = int(own.get("min-integer-digits", "0"))
            styles.zeros[number] = least if least > 1 else 0

    return start


class _Walk:
    """Goes through the cells of all sheets."""

    def __init__(self, path: Path, styles: _Styles) -> None:
        self.path, self.styles = path, styles
        self.sheets: dict[str, Seen] = {}
        self.epoch = 1900
        self.seen = Seen()
        self.begun = self.row = self.rows = self.column = 0
        self.filled = self.shown = False
        self.groups: list[bool] = []
        self.defaults: list[tuple[int, str]] = []
        self.cell: dict[str, str] | None = None
        self.failed = self.part_struck = False
        self.said: list[str] = []

    def start(self, name: str, found: Mapping[str, str]) -> None:
        """Begin an element."""
        own = _own(found)
        if name == "table":
            self.seen = self.sheets.setdefault(own.get("name", ""), Seen())
            self.begun += 1
            limits.insist(self.path, "workbook_sheets", self.begun)
            self.row = self.column = 0
            self.defaults = []
        elif name == "null-date" and own.get("date-value", "").startswith("1904"):
            self.epoch = 1904
        elif name in {"table-row-group", "table-column-group"}:
            self.groups.append(own.get("display") == "false")
        elif name == "table-column":
            self._columns(own)
        elif name == "table-row":
            self.rows = int(own.get("number-rows-repeated", "1"))
            self.column, self.filled = 0, False
            self.shown = own.get("visibility") not in HIDDEN and not any(self.groups)
        elif name in CELLS:
            self.cell, self.said, self.part_struck = own, [], False
            self.failed = any(
                key.endswith(ERROR_TYPE) and value == "error" for key, value in found.items()
            )
        elif name == "span" and self.cell is not None:
            self.part_struck |= self.styles.struck("text", own.get("style-name", ""))

    def text(self, text: str) -> None:
        """Take what stands between the marks."""
        if self.cell is not None:
            self.said.append(text)

    def end(self, name: str) -> None:
        """End an element."""
        if name in CELLS and self.cell is not None:
            self._ended(self.cell)
            self.cell = None
        elif name == "table-row":
            if self.filled and not self.shown:
                self.seen.hidden |= set(range(self.row + 1, self.row + self.rows + 1))
            self.row += self.rows
        elif name in {"table-row-group", "table-column-group"}:
            self.groups.pop()

    def _columns(self, own: Mapping[str, str]) -> None:
        """Take columns that are alike."""
        last = self.column + int(own.get("number-columns-repeated", "1"))
        if own.get("visibility") in HIDDEN or any(self.groups):
            self.seen.hidden_columns |= set(range(self.column, min(last, self.column + 16384)))
        self.defaults.append((last, own.get("default-cell-style-name", "")))
        self.column = last

    def _ended(self, own: Mapping[str, str]) -> None:
        """Take cells that are alike."""
        seen, text = self.seen, "".join(self.said).strip()
        first, times = self.column, int(own.get("number-columns-repeated", "1"))
        self.column += times
        right, down = (
            int(own.get(f"number-{each}-spanned", "1")) for each in ("columns", "rows")
        )
        if right > 1 or down > 1:
            seen.merged.append((self.row + 1, first, self.row + down, first + right - 1))
        if not text and "value-type" not in own:
            if "formula" in own:
                seen.uncomputed |= self._places(first, times)
            return
        self.filled = True
        seen.holds(self.row + self.rows, self.column - 1, times=self.rows * times)
        limits.insist(self.path, "workbook_cells", seen.cells)
        style = own.get("style-name") or next(
            (name for last, name in self.defaults if first < last), ""
        )
        if self.part_struck or self.styles.struck("table-cell", style):
            seen.struck |= self._places(first, times)
        if self.failed:
            seen.errors |= dict.fromkeys(self._places(first, times), text or "#UNKNOWN!")
        elif own.get("value-type") == "float" and (padded := self.styles.padded(style)):
            seen.padded |= dict.fromkeys(self._places(first, times), padded)

    def _places(self, first: int, times: int) -> set[tuple[int, int]]:
        """List the cells that one element stands for."""
        limits.insist(self.path, "workbook_cells", times * self.rows)
        return {
            (row + 1, column)
            for row in range(self.row, self.row + self.rows)
            for column in range(first, first + times)
        }
