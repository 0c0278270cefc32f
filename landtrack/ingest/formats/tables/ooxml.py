"""What an .xlsx says of its cells beside their values: strokes, formulas, hidden rows, zeros.

The parts of the file are gone through once, cell by cell, and nothing is kept but what is
remarkable: a sheet of a million rows costs no memory here.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Mapping
from typing import Any
from xml.parsers import expat

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

from landtrack.ingest.formats.tables.seen import Seen, digits

Start = Callable[[str, Mapping[str, str]], None]


class DoctypeError(ValueError):
    """The file brings entities of its own."""


def look(archive: zipfile.ZipFile, sheet: str) -> Seen:
    """Go through one sheet.

    Raises KeyError: If there is no such sheet.
    Raises DoctypeError, xml.parsers.expat.ExpatError: If a part is broken or hostile.
    """
    styles = _styles(archive)
    texts = _struck_texts(archive)
    walk = _Walk(styles, texts, computed=not _to_be_computed(archive))
    parse(archive, _part(archive, sheet), walk.start, walk.end, walk.text)
    walk.seen.epoch = _first_year(archive)
    return walk.seen


def parse(
    archive: zipfile.ZipFile, part: str, start: Start, end: Callable[[str], None],
    text: Callable[[str], None] = lambda _: None,
) -> None:
    """Run through one part of XML.

    ``start``, ``end``, ``text``: Called with the start of an element and its attributes, its end,
    and texts; the names of elements come without their namespace.
    Raises DoctypeError, xml.parsers.expat.ExpatError: If the part is broken or hostile.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def refuse(*_: Any) -> None:  # noqa: ANN401  expat's
        raise DoctypeError("it brings entities of its own")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, found: start(name.rpartition("}")[2], found)
    parser.EndElementHandler = lambda name: end(name.rpartition("}")[2])
    parser.CharacterDataHandler = text
    with archive.open(part) as file:
        parser.ParseFile(file)


def _listed(archive: zipfile.ZipFile, part: str, name: str) -> list[dict[str, str]]:
    """Give the attributes of every element of a name, without their namespace."""
    found: list[dict[str, str]] = []

    def start(element: str, attributes: Mapping[str, str]) -> None:
        if element == name:
            found.append({key.rpartition("}")[2]: value for key, value in attributes.items()})

    parse(archive, part, start, lambda _: None)
    return found


def _first_year(archive: zipfile.ZipFile) -> int:
    """Tell the date system of a workbook."""
    said = _listed(archive, _book(archive), "workbookPr")
    return 1904 if any(each.get("date1904") in {"1", "true", "on"} for each in said) else 1900


def _to_be_computed(archive: zipfile.ZipFile) -> bool:
    """Tell whether the workbook asks for all formulas to be computed: its writer did not."""
    said = _listed(archive, _book(archive), "calcPr")
    return any(each.get("fullCalcOnLoad") in {"1", "true", "on"} for each in said)


def _book(archive: zipfile.ZipFile) -> str:
    return book_of(archive, "xl/workbook.xml")


def book_of(archive: zipfile.ZipFile, usual: str) -> str:
    """Find the part that lists the sheets.

    ``usual``: Where it is where the workbook does not say.
    Raises KeyError: If the workbook relates to nothing.
    """
    relations = _listed(archive, "_rels/.rels", "Relationship")
    target = next(
        (each["Target"] for each in relations if each["Type"].endswith("/officeDocument")),
        usual,
    )
    return target.lstrip("/")


def related(archive: zipfile.ZipFile, book: str) -> list[dict[str, str]]:
    """List what the part that lists the sheets relates to.

    Returns: ``Id``, ``Type`` and ``Target`` of each.
    Raises KeyError: If it relates to nothing.
    """
    folder, name = posixpath.split(book)
    return _listed(archive, f"{folder}/_rels/{name}.rels", "Relationship")


def at(book: str, target: str) -> str:
    """Name a part that another relates to."""
    folder = posixpath.dirname(book)
    joined = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
    return posixpath.normpath(joined)


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Find the part of a sheet."""
    book = _book(archive)
    ids = {each["name"]: each["id"] for each in _listed(archive, book, "sheet")}
    targets = {each["Id"]: each["Target"] for each in related(archive, book)}
    return at(book, targets[ids[sheet]])


def other(archive: zipfile.ZipFile, book: str, kind: str) -> str | None:
    """Find a part of a kind.

    Returns: Its name; None where there is none.
    Raises KeyError: If the book relates to nothing.
    """
    target = next(
        (each["Target"] for each in related(archive, book) if each["Type"].endswith(kind)), None
    )
    part = None if target is None else at(book, target)
    return part if part in archive.namelist() else None


def _styles(archive: zipfile.ZipFile) -> list[tuple[bool, int]]:
    """Tell of each style whether it strikes out, and how many digits it writes at least."""
    part = other(archive, _book(archive), "/styles")
    if part is None:
        return []
    formats: dict[str, str] = {}
    fonts: list[bool] = []
    made: list[tuple[bool, int]] = []
    inside: list[str] = []

    def start(name: str, found: Mapping[str, str]) -> None:
        inside.append(name)
        if name == "numFmt" and "numFmts" in inside:
            formats[found.get("numFmtId", "")] = found.get("formatCode", "")
        elif name == "font" and inside[-2:-1] == ["fonts"]:
            fonts.append(False)
        elif name == "strike" and "fonts" in inside:
            fonts[-1] = found.get("val", "1") not in {"0", "false"}
        elif name == "xf" and inside[-2:-1] == ["cellXfs"]:
            font = int(found.get("fontId", "0"))
            written = digits(formats.get(found.get("numFmtId", "0"), ""))
            made.append((font < len(fonts) and fonts[font], written))

    def end(_: str) -> None:
        inside.pop()

    parse(archive, part, start, end)
    return made


def _struck_texts(archive: zipfile.ZipFile) -> set[int]:
    """Find the shared texts of which a part is struck out: what is left is not told apart."""
    part = other(archive, _book(archive), "/sharedStrings")
    found: set[int] = set()
    if part is None:
        return found
    number = [-1]

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "si":
            number[0] += 1
        elif name == "strike" and attributes.get("val", "1") not in {"0", "false"}:
            found.add(number[0])

    parse(archive, part, start, lambda _: None)
    return found


class _Walk:
    """Goes through the cells of a sheet."""

    def __init__(
        self, styles: list[tuple[bool, int]], struck: set[int], *, computed: bool
    ) -> None:
        self.seen = Seen()
        self.styles, self.texts, self.computed = styles, struck, computed
        self.row, self.column = 0, -1
        self.kind, self.style = "", 0
        self.formula = self.inline = False
        self.value: list[str] | None = None
        self.said = ""

    def start(self, name: str, found: Mapping[str, str]) -> None:
        """Begin an element."""
        if name == "c":
            self._cell(found)
        elif name == "row":
            self.row = int(found.get("r", self.row + 1))
            self.column = -1
            if found.get("hidden", "0") in {"1", "true"}:
                self.seen.hidden.add(self.row)
        elif name == "f":
            self.formula = True
        elif name in {"v", "t"}:
            self.value = []
            self.inline |= name == "t"
        elif name == "strike":
            self.seen.struck.add((self.row, self.column))
        elif name == "mergeCell":
            left, top, right, bottom = range_boundaries(found["ref"])
            self.seen.merged.append((top, left - 1, bottom, right - 1))
        elif name == "col" and found.get("hidden", "0") in {"1", "true"}:
            self.seen.hidden_columns |= set(
                range(int(found["min"]) - 1, min(int(found["max"]), int(found["min"]) + 16384))
            )

    def _cell(self, found: Mapping[str, str]) -> None:
        address = found.get("r")
        if address is None:
            self.column += 1
        else:
            self.row, column = coordinate_to_tuple(address)
            self.column = column - 1
        self.kind, self.style = found.get("t", "n"), int(found.get("s", "0"))
        self.formula = self.inline = False
        self.said = ""

    def text(self, text: str) -> None:
        """Take what stands between the marks."""
        if self.value is not None:
            self.value.append(text)

    def end(self, name: str) -> None:
        """End an element."""
        if name in {"v", "t"} and self.value is not None:
            self.said += "".join(self.value)
            self.value = None
        elif name == "c":
            self._ended()

    def _ended(self) -> None:
        seen, place = self.seen, (self.row, self.column)
        if not self.said:
            if self.formula and self.kind != "str":
                seen.uncomputed.add(place)
            return
        if self.formula and not self.computed and self.kind == "n" and float(self.said) == 0:
            seen.uncomputed.add(place)
        seen.holds(self.row, self.column)
        struck, padded = (
            self.styles[self.style] if 0 <= self.style < len(self.styles) else (False, 0)
        )
        shared = self.kind == "s" and self.said.isdecimal() and int(self.said) in self.texts
        if struck or shared:
            seen.struck.add(place)
        if self.kind == "e":
            seen.errors[place] = self.said
        elif padded and self.kind == "n":
            seen.padded[place] = padded
