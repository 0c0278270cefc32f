"""What a sheet looks like, as data: ``data/sheets/*.toml``, the user's folder first.

All lengths are millimetres on paper. A block is docked to an edge of what the blocks before
it left free; what is left in the end is the map. Words are keys of the text catalog.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Literal

import msgspec

from landtrack.model import Titled, Value, catalog
from landtrack.model.errors import CatalogError
from landtrack.output.style.symbology import Change

PAPERS: Mapping[str, tuple[float, float]] = {
    "A4": (210, 297), "A3": (297, 420), "A2": (420, 594), "A1": (594, 841), "A0": (841, 1189),
}
"""Width and height of ISO 216 papers, upright."""

Paper = Literal["A4", "A3", "A2", "A1", "A0"]
Turn = Literal["portrait", "landscape"]
Edge = Literal["top", "bottom", "left", "right"]
Corner = Literal["nw", "ne", "sw", "se"]
BlockKind = Literal[
    "title", "fields", "table", "legend", "lines", "stamp", "checkbar", "gap", "stack", "row",
    "inset", "seal",
]


class Margin(Value, frozen=True, kw_only=True):
    """Blank edges of the paper."""

    left: float
    right: float
    top: float
    bottom: float


class Entry(Value, frozen=True, kw_only=True):
    """A box with a label and a value; ``share`` is its part of the row.

    ``table`` names the table that lists all of a value that is a list of names too long for
    its box: the box then says how many more there are, and the table stands on a page of its
    own.
    """

    label: str
    value: str
    share: float = 1.0
    table: str = ""


class Block(Value, frozen=True, kw_only=True):
    """A part of the page beside the map.

    ``dock`` is the edge, ``size_mm`` its height (top, bottom) or width (left, right).
    ``entries`` are the boxes of ``fields``; ``lines`` are keys of words that may name values
    of the sheet; ``table`` names the table of a ``table`` block, ``columns`` in how many
    columns it flows before it goes on to a page of its own. A ``stack`` holds blocks of its
    own, one below the other: each takes at most its size, one without a size what is left;
    those docked to its bottom stand there. A ``row`` holds them side by side. An ``inset`` is a
    small map of the whole place with the subject, a ``seal`` room for a seal and signatures.
    """

    kind: BlockKind
    dock: Edge = "top"
    size_mm: float = 0.0
    text_mm: float = 2.5
    bold: bool = False
    align: Literal["left", "center", "right"] = "left"
    entries: tuple[Entry, ...] = ()
    lines: tuple[str, ...] = ()
    table: str = ""
    columns: int = 1
    framed: bool = False
    block: tuple[Block, ...] = ()


class Layer(Value, frozen=True, kw_only=True):
    """A layer of the map.

    ``look`` changes its symbology for this sheet; ``label`` are fields, a line each, that
    are written in the largest of ``label_mm`` at which they fit. ``near_mm`` draws only
    what lies so near the subject, on paper. ``label_bold`` and ``label_colour`` say how labels
    look; those of the higher ``label_rank`` are placed first, and of one rank those of what lies
    above. ``beside``: a facility, whose label stands beside it where it has no room inside, and
    which no other label lies over.
    """

    kind: str
    look: Change = Change()
    label: tuple[str, ...] = ()
    label_mm: tuple[float, ...] = (2.2, 1.8, 1.5)
    label_bold: bool = False
    label_colour: str = "#000000"
    label_rank: int = 0
    beside: bool = False
    near_mm: float | None = None


class Subject(Value, frozen=True, kw_only=True):
    """What the sheet is of, and how it is drawn.

    ``kinds`` are the layer kinds whose features can be one; empty for the whole place, whose
    extent is then that of ``extent`` (the first kind that there is). ``most`` is the largest
    share of the map that it may fill in width and height, ``room_mm`` the least room around.
    ``pieces`` writes owner and land class of each piece inside its line, with its number in the
    table of pieces; parcels and land classes are then labelled outside of it only.
    """

    kinds: tuple[str, ...] = ()
    extent: tuple[str, ...] = ()
    most: float = 0.7
    room_mm: float = 8.0
    line_mm: float = 0.3
    colour: str = "#FF0000"
    point_mm: float = 0.0
    numbers: bool = False
    number_mm: float = 2.4
    sides: bool = False
    stubs_mm: float = 0.0
    fraction: tuple[str, ...] = ()
    fraction_mm: float = 3.0
    pieces: bool = False


class Grid(Value, frozen=True, kw_only=True):
    """Coordinate grid: crosses or lines, at least ``apart_mm`` apart, labelled at the frame."""

    apart_mm: float = 50.0
    kind: Literal["crosses", "lines", "none"] = "crosses"
    text_mm: float = 1.8


class Frame(Value, frozen=True, kw_only=True):
    """The two lines around the map, and the room between them, where the grid is labelled.

    The inner one is where the map ends, and is measured.
    """

    line_mm: float = 0.2
    outer_mm: float = 0.5
    apart_mm: float = 5.0
    colour: str = "#000000"


class Fonts(Value, frozen=True, kw_only=True):
    """Files in the folder ``fonts`` of the user's that come before all others on this sheet."""

    regular: str = ""
    bold: str = ""


class Template(Value, frozen=True, kw_only=True):
    """One kind of sheet.

    ``papers`` are tried in their order, up to the first at which the subject fits at
    1:``coarsest_on_paper`` or larger; the last is taken where none does. ``mandatory`` are
    values without which the sheet is a draft, ``asked`` those that stand on it blank, and are
    asked for, where they are not stated.
    """

    id: str
    title: Titled
    subject: Subject
    papers: tuple[Paper, ...]
    turns: tuple[Turn, ...] = ("portrait", "landscape")
    margin: Margin
    scales: tuple[int, ...]
    coarsest_on_paper: int = 1_000_000
    split: bool = False
    overlap_mm: float = 10.0
    grid: Grid = Grid()
    frame: Frame = Frame()
    fonts: Fonts = Fonts()
    block: tuple[Block, ...] = ()
    layer: tuple[Layer, ...] = ()
    north: Corner = "ne"
    mandatory: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    severity: Literal["error", "warning", "none"] = "error"
    appendix: tuple[str, ...] = ()

    def first(self, kind: BlockKind) -> Block | None:
        """Find the first block of a kind, however deep.

        Returns: None where there is none.
        """
        return next((each for each in _every(self.block) if each.kind == kind), None)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it asks for, beside the map and on pages of their own."""
        return tuple(dict.fromkeys([*_tables(self.block), *self.appendix]))


def _every(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from _every(block.block)


def _tables(blocks: Iterable[Block]) -> Iterator[str]:
    for block in _every(blocks):
        if block.kind == "table":
            yield block.table
        yield from (entry.table for entry in block.entries if entry.table)


@cache
def load(name: str) -> Template:
    """Load a template.

    ``name``: The stem of a file in ``data/sheets``.
    Returns: The user's where there is one, else the shipped one.
    Raises CatalogError: If there is no such template, or it names an unknown layer kind, states no
    scale, or states scales that do not rise.
    """
    path = catalog.data_file("sheets", name)
    made = catalog.convert(catalog.read_toml(path), Template, path)
    catalog.own_id(path, made.id)
    known = catalog.schemas()
    named = [*(each.kind for each in made.layer), *made.subject.kinds, *made.subject.extent]
    if unknown := [kind for kind in named if kind not in known]:
        raise CatalogError(
            f"{path}: unknown layer kind {', '.join(map(repr, unknown))}.",
            mend=f"Use one of: {', '.join(known)}.",
        )
    if not made.scales or list(made.scales) != sorted(set(made.scales)) or made.scales[0] <= 0:
        raise CatalogError(
            f"{path}: scales are {list(made.scales)}.",
            mend="State the N of each legal 1:N, the largest scale (the smallest N) first.",
        )
    if not made.papers or not made.turns:
        raise CatalogError(
            f"{path} states no paper.", mend='State papers = ["A4"] and turns = ["portrait"].'
        )
    return made


def names() -> tuple[str, ...]:
    """List the templates there are."""
    return tuple(catalog.data_files("sheets"))


def on_paper(template: Template, paper: Paper | None) -> Template:
    """Restrict a template to one paper.

    ``paper``: The paper; the template's own where not given.
    """
    return template if paper is None else msgspec.structs.replace(template, papers=(paper,))
