"""The words of rows that are no records, as ``data/tables.toml`` lists them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from landtrack.model import Value, catalog
from landtrack.model.catalog import units

_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_DASHES = re.compile(r"[\s\-\u2010-\u2015\uff0d/\\_*=~—]+")
_COUNTED = re.compile(r"[()\[\]【】]|(?<=\d)=.*")
FEWEST = 3
"""How many cells count the columns at least: two figures may be a record."""
_BEHIND = r"[（(\[【：:，,;；\d]"
"""What may stand behind the word of a sum."""


class Words(Value, frozen=True, kw_only=True):
    """The words."""

    total: tuple[str, ...]
    share: tuple[str, ...]
    section: str
    page: str
    continued: str
    footer: tuple[str, ...]
    unit: tuple[str, ...]
    no_unit: tuple[str, ...]
    phase: tuple[str, ...]
    ditto: tuple[str, ...]
    error: tuple[str, ...]
    day: str
    area: tuple[str, ...]
    length: tuple[str, ...]
    column_number: tuple[str, ...]
    stems: str
    no_corner: tuple[str, ...]


@cache
def words() -> Words:
    """Load the words.

    Returns: The user's file where there is one, else the shipped one.
    Raises CatalogError: If ``data/tables.toml`` is wrong.
    """
    path = catalog.data_file("", "tables")
    return catalog.convert(catalog.read_toml(path), Words, path)


def plain(text: object) -> str:
    """Write a text without what does not matter in it.

    Returns: Half-width, in small letters and simplified characters, without blanks.
    """
    made = _BLANKS.sub("", unicodedata.normalize("NFKC", str(text))).casefold()
    return catalog.simplified(made)


@cache
def _plain(name: str) -> frozenset[str]:
    return frozenset(map(plain, getattr(words(), name)))


@cache
def _sum() -> re.Pattern[str]:
    found = "|".join(map(re.escape, sorted(_plain("total"), key=len, reverse=True)))
    latin = r"(?<![a-z])"
    return re.compile(rf"(?:.{{0,12}}{latin})?(?:{found})(?:{_BEHIND}.*)?")


@cache
def _foot() -> re.Pattern[str]:
    found = "|".join(map(re.escape, sorted(_plain("footer"), key=len, reverse=True)))
    return re.compile(rf"[（(*※]?(?:{found})(?:\w?[:;.、]|[）)]|\(.*\)[:.]?|$)")


def is_sum(cell: object, *, whole: bool = False) -> bool:
    """Tell whether a cell says that its row is a sum."""
    if not isinstance(cell, str):
        return False
    text = plain(cell)
    return text in _plain("total") if whole else _sum().fullmatch(text) is not None


def is_footer(cell: object) -> bool:
    """Tell whether a cell begins a row below the table, such as who made it."""
    return isinstance(cell, str) and _foot().match(plain(cell)) is not None


def is_share(cell: object) -> bool:
    """Tell whether a cell says that its row is a share of the one above it."""
    return isinstance(cell, str) and plain(cell).startswith(tuple(_plain("share")))


def is_section(row: Sequence[object]) -> bool:
    """Tell whether a row is the title of those below it, which stands alone and is numbered."""
    there = filled(row)
    return len(there) == 1 and re.fullmatch(words().section, plain(there[0])) is not None


def is_page(cell: object) -> bool:
    """Tell whether a cell is the number of a page, or says that the table goes on."""
    if not isinstance(cell, str):
        return False
    return re.fullmatch(words().page, plain(cell)) is not None or title_before(cell) != cell


def title_before(title: str) -> str:
    """Give the title of the page before.

    ``title``: A title, such as 界址点成果表（续）.
    Returns: It without what says that it goes on; empty where it says nothing else.
    """
    if re.fullmatch(words().page, plain(title)):
        return ""
    found = re.fullmatch(f"(.*?){words().continued}", plain(title))
    return title if found is None else found[1]


def is_length(cell: object) -> bool:
    """Tell whether a cell says that its row is the length of an outline."""
    return isinstance(cell, str) and plain(cell).partition("(")[0].rstrip(":") in _plain("length")


def are_dashes(row: Sequence[object]) -> bool:
    """Tell whether nothing but dashes and the like stand in a row."""
    there = filled(row)
    return bool(there) and all(
        isinstance(each, str) and _DASHES.fullmatch(each) is not None for each in there
    )


def are_column_numbers(row: Sequence[object], below: Sequence[object] = ()) -> bool:
    """Tell whether a row below a heading counts the columns: 1, 2, 3, or 甲, 乙, 1, 2.

    ``below``: The row below it; where that goes on counting, both are records.
    """
    there = [_COUNTED.sub("", plain(each)) for each in filled(row)]
    if len(there) < FEWEST:
        return False
    if there[0] in _plain("column_number"):
        there = there[1:]
    stems = [each for each in there if each in words().stems]
    figures = [str(at + 1) for at in range(len(there) - len(stems))]
    if there != [*words().stems[: len(stems)], *figures]:
        return False
    return there[0] != "1" or [plain(each) for each in filled(below)][:1] != ["2"]


def is_ditto(cell: object) -> bool:
    """Tell whether a cell stands for the one above it."""
    return isinstance(cell, str) and plain(cell) in _plain("ditto")


def is_error(cell: object) -> bool:
    """Tell whether a cell is what a spreadsheet writes where a formula failed."""
    return isinstance(cell, str) and cell[:1] in "#E" and plain(cell) in _plain("error")


def is_no_corner(name: object) -> bool:
    """Tell whether the name of a point is that of a control point, a centre or a bench mark."""
    return plain(name).startswith(tuple(_plain("no_corner")))


def is_phase(heading: str) -> bool:
    """Tell whether a column tells the phases of a project apart."""
    return plain(heading) in _plain("phase")


def are_units(cells: Sequence[object]) -> bool:
    """Tell whether the filled cells of a row are the units of the columns.

    ``cells``: The row below a heading.
    Returns: True where each is a unit, says that there is none, or is called so.
    """
    texts = [cell for cell in cells if not is_blank(cell)]
    if not texts or not all(isinstance(each, str) for each in texts):
        return False
    names, none = _plain("unit"), _plain("no_unit")
    known = [units.is_unit(_bare(str(each))) for each in texts]
    others = [
        plain(each).strip("()[]:") not in names | none
        for each, unit in zip(texts, known, strict=True) if not unit
    ]
    return any(known) and not any(others)


def _bare(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().strip("()[]【】 ")


def is_blank(cell: object) -> bool:
    """Tell whether nothing stands in a cell.

    Returns: True for None and blanks.
    """
    return cell is None or (isinstance(cell, str) and not cell.strip())


def filled(row: Iterable[object]) -> list[object]:
    """Give the cells of a row in which something stands.

    Returns: In their order.
    """
    return [cell for cell in row if not is_blank(cell)]
