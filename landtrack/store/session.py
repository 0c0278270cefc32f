"""What a store does in one transaction, whatever it is kept in: rows in, rows out.

Everything that a store decides (the chain, the fold, the versions) stands above this seam,
once; below it stand :mod:`~landtrack.store.geopackage` and :mod:`~landtrack.store.postgis`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

import pyarrow as pa

from landtrack.model import STATUS_COLUMNS
from landtrack.model.errors import SourceError
from landtrack.store.conditions import Condition
from landtrack.tracking.events import INTEGERS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

FORMAT = 3
"""The version of the store's tables; 1 had no chained log, 2 no seals."""

WAIT_S = 10
"""How long to wait for another program that is committing."""

STATE_COLUMNS = ("layer", "feature_id", "track", "state", "since", "document_no", "event")

ONLY_GROWS = "The log only grows: enter an event that undoes."


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A table that the store itself keeps: its columns with their types, what is unique in it.

    Types are ``TEXT``, ``INTEGER`` and ``BLOB``; only columns that are ``needed`` (all of
    them where None) may not be missing. What ``only_grows`` refuses changes and deletions,
    whoever asks for them.
    """

    name: str
    columns: Mapping[str, str]
    needed: tuple[str, ...] | None = None
    unique: tuple[tuple[str, ...], ...] = ()
    indexes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only_grows: bool = False

    def must(self, column: str) -> bool:
        """Say whether a column may not be missing.

        Returns: True where a row needs it.
        """
        return self.needed is None or column in self.needed


LOG = Declared(
    name="status_log",
    columns={
        **{name: "INTEGER" if name in INTEGERS else "TEXT" for name in STATUS_COLUMNS},
        "previous": "TEXT", "sha256": "TEXT",
    },
    unique=(("sha256",), ("event",)),
    indexes={"feature": ("layer", "feature_id"), "track": ("track",)}, only_grows=True,
)
STATES = Declared(
    name="states",
    columns={name: "INTEGER" if name == "event" else "TEXT" for name in STATE_COLUMNS},
)
META = Declared(
    name="landtrack_store", columns={"key": "TEXT", "value": "TEXT"}, unique=(("key",),),
)
EVIDENCE = Declared(
    name="landtrack_evidence", columns={"sha256": "TEXT", "suffix": "TEXT", "content": "BLOB"},
    unique=(("sha256", "suffix"),), only_grows=True,
)
"""Where a database keeps evidence; a GeoPackage has a folder beside it."""

SHEETS = Declared(
    name="sheets",
    columns={
        "number": "TEXT", "revision": "INTEGER", "template": "TEXT", "kind": "TEXT",
        "features": "TEXT", "scale": "INTEGER", "paper": "TEXT", "pages": "INTEGER",
        "drawn_by": "TEXT", "checked_by": "TEXT", "drawn_on": "TEXT", "registered_at": "TEXT",
        "sha256": "TEXT", "file": "TEXT", "file_sha256": "TEXT", "labels": "INTEGER",
        "labels_dropped": "INTEGER", "draft": "TEXT", "superseded_by": "TEXT",
    },
    needed=("number", "revision"), unique=(("number", "revision"),),
)
"""The register of sheets, there from the first sheet on."""

SEALS = Declared(
    name="landtrack_seals",
    columns={
        "seal": "INTEGER", "kind": "TEXT", "said": "TEXT", "recorded_at": "TEXT",
        "entered_by": "TEXT", "previous": "TEXT", "sha256": "TEXT",
    },
    unique=(("seal",), ("sha256",)), only_grows=True,
)
"""What a run wrote and which sheets were issued: see :mod:`landtrack.store.seals`."""

OWN = frozenset({LOG.name, STATES.name, META.name, EVIDENCE.name, SHEETS.name, SEALS.name})
"""The tables that the store itself keeps; all others are layers and tables of the run."""

Row = tuple[Any, ...]
Box = tuple[float, float, float, float]
"""West, south, east, north in the CRS of a layer."""


class Table(NamedTuple):
    """A layer or table whole: its rows, and of a layer the kind of its shapes and its CRS.

    Shapes are WKB in the column ``geometry``; ``geometry_type`` is empty for a table.
    """

    name: str
    rows: pa.Table
    geometry_type: str = ""
    crs: str = ""


ColumnKind = Literal["text", "number", "integer", "boolean", "day", "moment"]
"""What a column holds, for who knows no schema of it."""


class Rows(NamedTuple):
    """Some rows of a layer or a table, in their order.

    ``numbers`` are theirs in the store, which grow along it, ``values`` those of the columns that
    were wanted. ``shapes`` are theirs, None where a row has none.
    """

    numbers: list[int]
    values: list[Row]
    shapes: npt.NDArray[np.object_]


class Session(Protocol):
    """A store in one transaction."""

    @property
    def name(self) -> str:
        """The store, for messages."""

    @property
    def user(self) -> str:
        """Who is known to be at work; empty where the store does not know."""

    def tables(self) -> set[str]:
        """Name all tables that there are."""

    def layers(self) -> set[str]:
        """Name the tables with shapes."""

    def frames(self) -> list[str]:
        """Name the layers and tables that are not the store's own, in their order."""

    def get(self, name: str) -> Table:
        """Read one of these whole."""

    def now(self) -> str:
        """Say what time it is, in UTC to the second, by the clock that the store goes by."""

    def select(
        self, table: str, columns: Sequence[str], where: Mapping[str, object] | None = None
    ) -> list[Row]:
        """Give rows in the order in which they were added."""

    def select_each(
        self, table: str, columns: Sequence[str], of: Sequence[str], rows: Sequence[Row]
    ) -> list[Row]:
        """Give the rows whose columns ``of`` have one of these values."""

    def count(self, table: str) -> int:
        """Count the rows of a table."""

    def kinds(self, name: str) -> dict[str, ColumnKind]:
        """Tell what the columns of a layer or table hold, without shapes and bytes, in order."""

    def after(
        self, name: str, columns: Sequence[str], number: int, most: int, *,
        where: Condition | None = None, box: Box | None = None,
    ) -> Rows:
        """Give the rows after a number, at most so many.

        ``box``: Those whose boxes may meet it, or that have no shape; of a layer alone.
        """

    def shapes(
        self, name: str, key: str, keys: Sequence[str]
    ) -> dict[str, Any]:
        """Give the shapes of some features of a layer by key; of the first row of each."""

    def extent(self, name: str) -> Box | None:
        """Find the box that holds all shapes of a layer, or a little more; None without any."""

    def shape_kind(self, name: str) -> str:
        """Name the kind of the shapes of a layer in capitals; empty where they are of several."""

    def insert(self, table: Declared, rows: Sequence[Row]) -> None:
        """Add rows of all columns of a table."""

    def delete(self, table: Declared, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Take out the rows that have these values."""

    def declare(self, *tables: Declared) -> None:
        """Make tables that are not there."""

    def unguarded(self) -> list[str]:
        """Name the guards of the store that are missing or not what they should be."""

    def grown_to(self, count: int, head: str) -> None:
        """Say beside the log how long it is; a database that does so itself does nothing."""


def insist_on(name: str, there: Collection[str], store: object) -> None:
    """Refuse to read a table that is not there.

    Raises SourceError: With the names of those that there are.
    """
    if name not in there:
        raise SourceError(
            f"{store} has no table {name!r}.", mend=f"Read one of: {', '.join(there)}."
        )
