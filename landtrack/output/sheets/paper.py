"""One sheet as it was read from the paper, for working out anew what stands on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from landtrack.model import Schema, State
from landtrack.model.assessment import Assessment
from landtrack.model.visible import visible
from landtrack.output.sheets.readback import Measured, Read

Said = Iterator[tuple[int, str]]
"""Pages, and what is wrong there."""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What was read of one sheet, and what it is of; ``kind`` is empty for a whole place."""

    source: Assessment
    kind: str
    ids: tuple[str, ...]
    shape: shapely.Geometry
    stated: Mapping[str, str]
    pages: tuple[tuple[Mapping[str, Any], Measured], ...]

    @property
    def read(self) -> Iterator[tuple[int, Read]]:
        """All that was read of boxes and tables."""
        for _, each in self.pages:
            for read in each.read:
                yield each.page, read

    def values(self) -> Iterator[tuple[int, str, str, str]]:
        """Go through the boxes, but for those whose value was stated by hand."""
        for page, each in self.read:
            if len(each.of) == 2 and not self.stated.get(each.of[1]):  # noqa: PLR2004
                yield page, each.of[0], each.of[1], each.cells[0]

    def rows(self, title: str) -> list[tuple[int, tuple[str, ...]]]:
        """Give the rows of a table."""
        wanted = self.source.words(title)
        return [(page, each.cells) for page, each in self.read if each.of == (wanted,)]


def bare(text: str) -> str:
    """Leave blanks out, which readers put in as they like.

    Returns: The same without.
    """
    return "".join(visible(text).split())


def figure(text: str) -> str:
    """Take the first figure of a text; the rest is its unit, and the words around it.

    ``text``: Such as ``"10,000m²"``.
    Returns: Such as ``"10,000"``.
    """
    found = re.search(r"[0-9][0-9.,]*", text)
    return found[0] if found else ""


def number(text: str) -> float | None:
    """Read a figure.

    ``text``: Such as ``"10,000.5"`` or ``"12.5%"``.
    Returns: What it says; None where it is none.
    """
    try:
        return float(text.replace(",", "").removesuffix("%"))
    except ValueError:
        return None


def near(text: str, wanted: float, slack: float) -> bool:
    """Tell whether a text is a figure."""
    found = number(text)
    return found is not None and abs(found - wanted) <= slack + abs(wanted) * 1e-9


def tells(text: str, wanted: float) -> bool:
    """Tell whether a quantity with its unit is a figure, as near as it is printed."""
    digits = figure(text)
    return near(digits, wanted, 0.51 * 10 ** -len(digits.partition(".")[2]))


def named(row: Mapping[Any, Any], key: str) -> str:
    """Name a feature by who holds it, and its key.

    Returns: Such as ``"大营盘村 ZD-001"``.
    """
    for field in ("owner", "company", "name"):
        said = row.get(field)
        if isinstance(said, str) and said:
            return key if said == key else f"{said} {key}"
    return key


def states(source: Assessment, schema: Schema) -> dict[str, State]:
    """List the states that features of a kind can be in.

    Returns: By code; none where the kind has no states.
    """
    field = schema.fields.get("state")
    track = source.workflow.tracks.get(field.choices_from or "") if field is not None else None
    return {} if track is None else {each.code: each for each in track.state}
