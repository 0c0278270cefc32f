"""Which of the two kinds of stores an address names; the one for PostGIS is loaded when used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import geopandas as gpd
import pandas as pd
import pyarrow as pa
from pyproj import CRS

from landtrack.model.address import Address, Shared
from landtrack.model.errors import SourceError
from landtrack.model.outputs import Identity
from landtrack.store import geopackage
from landtrack.store.session import Box, Session, Table


class Backend(Protocol):
    """What a kind of store can do: the functions of its module."""

    def reading(self, address: Any, /) -> AbstractContextManager[Session]:  # noqa: ANN401
        """Open a store to read it as it stands at one moment."""

    def writing(self, address: Any, /) -> AbstractContextManager[Session]:  # noqa: ANN401
        """Open a store for one transaction."""

    def exists(self, address: Any, /) -> bool:  # noqa: ANN401
        """Tell whether there is a store."""

    def identity(self, address: Any, /, *, results: bool = False) -> Identity:  # noqa: ANN401
        """Tell a store from any that stood or will stand under its name.

        ``results``: Only what a run wrote, as far as the store can tell that from the rest.
        """

    def names(self, address: Any, /) -> list[str]:  # noqa: ANN401
        """List the layers and tables."""

    def frame(self, address: Any, name: str, /) -> gpd.GeoDataFrame | pd.DataFrame:  # noqa: ANN401
        """Read a layer or a table."""

    def near(
        self, address: Any, name: str, key: str, box: Box | None,  # noqa: ANN401
        keys: Sequence[str], /,
    ) -> gpd.GeoDataFrame:
        """Read the keys and shapes of what meets a box, and of some keys wherever they are."""

    def batches(
        self, address: Any, name: str, wanted: Sequence[str] | None = None, /, *,  # noqa: ANN401
        shapes: bool = False, at_once: int = ...,
    ) -> Iterator[pa.RecordBatch]:
        """Read a layer or a table piece by piece."""

    def fields(self, address: Any, name: str, /) -> list[str]:  # noqa: ANN401
        """List the columns of a layer or a table."""

    def shape_of(self, address: Any, name: str, /) -> tuple[  # noqa: ANN401
        int, CRS | None, tuple[float, float, float, float] | None
    ]:
        """Tell how many features a layer has, in which CRS, and how far it reaches."""

    def digests_of(self, address: Any, wanted: Iterable[str], /) -> dict[str, str]:  # noqa: ANN401
        """Make the digests of layers and tables."""

    def upgrade(self, db: Any, /) -> None:  # noqa: ANN401
        """Give the tables of the version before what this version has more."""

    def fill(
        self, address: Any, tables: Iterable[Table], then: Callable[[Session], None], /  # noqa: ANN401
    ) -> None:
        """Make a store of tables, and of what the store itself keeps."""


def grant(address: Address, may: str, who: str, *, only_told: bool = False) -> list[str]:
    """Let a user of a database be a reader, checker, planner, keeper or the desk of a store.

    ``may``: ``reader``, ``checker``, ``planner``, ``keeper``, ``desk`` or ``none``.
    Raises SourceError: If it is no database, or there is no such user or store.
    Raises OutputError: If we may not grant it.
    """
    own = shared(address)
    from landtrack.store import postgis

    return postgis.grant(own, may, who, only_told=only_told)


def shared(address: Address) -> Shared:
    """Insist on a store in a database, and on what speaks with databases.

    Raises SourceError: If it is a file, or that is not installed.
    """
    if isinstance(address, Path):
        raise SourceError(
            f"{address} is a file: who may open it, the system says.",
            mend="Name a shared store: postgresql://user@host/database?schema=name.",
        )
    of(address)
    return address


def identity(address: Address, *, results: bool = False) -> Identity:
    """Tell what a store holds from whatever it held, or will hold.

    ``results``: Only what a run wrote, as far as the store can tell that from the rest.
    Raises SourceError: If it is a shared one that cannot be read.
    """
    return of(address).identity(address, results=results)


def of(address: Address) -> Backend:
    """Choose the kind of store that an address names.

    Raises SourceError: If it is a database, and what speaks with databases is not installed.
    """
    if isinstance(address, Path):
        return geopackage
    try:
        from landtrack.store import postgis
    except ModuleNotFoundError as error:
        raise SourceError(
            f"{address} is a store in a database; {error.name} is not installed.",
            mend='Install it: python -m pip install "landtrack[postgis]".',
        ) from error
    return postgis
