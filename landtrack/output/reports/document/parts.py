"""What is told to people, on whatever it is written: sections of tables, charts and text.

A document holds facts, not words: figures with their units, days, entries of the text catalog
(:mod:`landtrack.output.wording.messages`). The writer of each medium puts them into the words of
its reader; a workbook gets the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from landtrack.model.translations import DASH, Words
from landtrack.model.visible import visible
from landtrack.output.wording.messages import Figure, Message, Money, tell

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawn


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with its unit, and the outcome or severity that it stands for."""

    value: Message
    status: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: ``key`` is what links lead to, ``shows`` its shapes in the drawing.

    ``marked``: It stands out from the others, such as what fails from what passes.
    """

    cells: tuple[Cell, ...]
    key: str = ""
    shows: tuple[str, ...] | None = None
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; without headings cells are labels and what they label, in turn.

    ``records``: Each row is read by itself, not against the others; so a terminal names its cells.
    ``heights``: Millimetres of each row, at least, where some are filled in by hand.
    ``figures``: Columns that are set to the right, besides those that hold figures alone.
    """

    headings: tuple[Message, ...]
    rows: tuple[Row, ...]
    records: bool = False
    heights: tuple[float, ...] = ()
    figures: tuple[int, ...] = ()

    def texts(self, words: Words) -> list[list[str]]:
        """Put the rows into words."""
        return [[said(words, each.value) for each in row.cells] for row in self.rows]

    def numeric(self, column: int) -> bool:
        """Tell whether a column holds figures alone, or is set as such."""
        if not self.headings:
            return False
        values = [row.cells[column].value for row in self.rows]
        return column in self.figures or (
            any(isinstance(each, Figure | Money) for each in values)
            and all(isinstance(each, Figure | Money) or each in ("", DASH) for each in values)
        )


@dataclass(frozen=True, slots=True)
class Link:
    """A piece of a text that leads to the row of a key; an open one is marked."""

    text: Message
    key: str
    open: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Running text, or a line in small print."""

    pieces: tuple[Message | Link, ...]
    small: bool = False

    def told(self, words: Words) -> str:
        """Put it into words."""
        return "".join(
            said(words, each.text if isinstance(each, Link) else each) for each in self.pieces
        )


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart or a map, drawn in the language of the reader, and what stands under it.

    ``high_mm``: How high it is on a page, and ``as_high`` makes it otherwise, where its page has no
    room for it or is not known to have; nothing where it is as it is.
    """

    draw: Callable[[Words], Drawn]
    caption: Message = ""
    high_mm: float = 0.0
    as_high: Callable[[float], Chart] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome, and in one sentence why."""

    outcome: str
    reason: Message = ""

    def told(self, words: Words) -> str:
        """Name the outcome."""
        return words(f"outcome.{self.outcome}")


@dataclass(frozen=True, slots=True)
class Shape:
    """The data of an SVG path, how it looks, and whose it is."""

    path: str
    look: str
    key: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on the ground, which pages show: ``size`` in the units of the paths."""

    size: tuple[float, float]
    shapes: tuple[Shape, ...]
    title: Message


Part: TypeAlias = Table | Text | Chart | Drawing | Verdict


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it; of level 2 it is a part of the section before.

    ``page``: It begins a page, and in a workbook of one sheet a sheet of that name.
    """

    title: Message
    parts: tuple[Part, ...]
    level: int = 1
    page: Message = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is told at once: ``outcome`` is the verdict on the whole, empty where there is none.

    ``reason`` says in one sentence why that is the verdict. With ``contents`` it is so long that a
    table of contents stands where it opens in a word processor.
    ``sheet`` names the one sheet of a workbook that holds everything; without it each section
    has its own. ``drawing`` stands beside the tables, whose rows show their shapes in it.
    """

    title: Message
    subtitle: Message = ""
    sections: tuple[Section, ...]
    outcome: str = ""
    reason: Message = ""
    contents: bool = False
    sheet: Message = ""
    drawing: Drawing | None = None

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the whole with its reason, where there is one."""
        return Verdict(self.outcome, self.reason) if self.outcome else None


def pages(document: Document) -> Iterator[list[Section]]:
    """Group the sections by the pages that they begin; the first page begins by itself."""
    page: list[Section] = []
    for section in document.sections:
        if section.page and page:
            yield page
            page = []
        page.append(section)
    if page:
        yield page


def row(
    *values: Message | Cell, key: str = "", shows: tuple[str, ...] | None = None,
    marked: bool = False,
) -> Row:
    """Make a row of values."""
    cells = (each if isinstance(each, Cell) else Cell(each) for each in values)
    return Row(tuple(cells), key, shows, marked)


def note(message: Message) -> Text:
    """Make a line in small print."""
    return Text((message,), small=True)


def said(words: Words, message: Message) -> str:
    """Put a message into words; what cannot be seen is shown by its code."""
    return visible(tell(words, message))


def texts(document: Document, words: Words) -> list[str]:
    """List everything that a document says, but what stands in its charts."""
    told = [said(words, document.title), said(words, document.subtitle)]
    told += [] if document.verdict is None else _of_verdict(document.verdict, words)
    for section in document.sections:
        told.append(said(words, section.title))
        for part in section.parts:
            if isinstance(part, Table):
                told += [said(words, each) for each in part.headings]
                told += [cell for row in part.texts(words) for cell in row]
            elif isinstance(part, Text):
                told.append(part.told(words))
            elif isinstance(part, Verdict):
                told += _of_verdict(part, words)
            elif isinstance(part, Chart) and part.caption:
                told.append(said(words, part.caption))
    return told


def _of_verdict(verdict: Verdict, words: Words) -> list[str]:
    reason = said(words, verdict.reason)
    return [verdict.told(words), *([reason] if reason else [])]
