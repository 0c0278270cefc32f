"""What is shown before it counts, as plain values that are kept in a file: of tables and shapes.

Texts are there in every language, so that whoever looks reads their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from landtrack.model.value import Titled, Value

MOST_ROWS = 200
"""How many rows of each kind are shown; the others are counted."""
T = TypeVar("T")


class Row(Value, frozen=True, kw_only=True):
    """A row of a table of events, by its number in the file.

    ``step`` is what it would do, ``became`` from which state to which, ``why`` why it may not.
    """

    row: int
    kind: str
    key: str
    at: str
    document: str
    step: Titled
    became: Titled = msgspec.field(default_factory=dict)
    why: Titled = msgspec.field(default_factory=dict)


class Table(Value, frozen=True, kw_only=True):
    """What a table of events would do: ``enters`` and ``refuses`` so many rows.

    ``fresh`` and ``refused`` are the first of them; ``known`` rows are left out, as the log has
    them; ``notes`` are what the reader noted of the file, by language; ``mark`` tells this from
    all else that the table might do.
    """

    enters: int
    refuses: int
    known: int
    fresh: tuple[Row, ...]
    refused: tuple[Row, ...]
    notes: Mapping[str, tuple[str, ...]]
    mark: str


class Piece(Value, frozen=True, kw_only=True):
    """A feature before or after a change of its shape: its area, and the states it has or gets.

    ``path`` is its outline, as SVG draws it, and ``at`` where its name goes.
    """

    key: str
    area: Titled
    states: Titled
    path: str
    at: tuple[float, float]


class Change(Value, frozen=True, kw_only=True):
    """What a change of shapes would do.

    ``balance`` gives areas by the key of their words, ``meets`` what of others lies under new
    ground, ``around`` the outlines of others in the picture of ``size``. ``refused`` says why it
    may not be; ``mark`` tells this from all else that the change might be.
    """

    step: Titled
    layer: str
    at: str
    document: str
    note: str
    by: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    balance: Mapping[str, Titled]
    meets: Mapping[str, Titled]
    around: tuple[str, ...]
    size: tuple[float, float]
    refused: tuple[Titled, ...]
    mark: str


def read(path: Path, kind: type[T]) -> T | None:
    """Read what is kept; None where there is none, or one of another version."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError):
        return None
