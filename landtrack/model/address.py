"""Where a store is: a GeoPackage by its path, or a schema of a PostGIS database by its address."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A store in a schema of a PostGIS database.

    ``url`` is the address that libpq takes; ``name`` the same for people, without a password.
    ``token`` is that of the session by which a person of a shared desk is at work; empty where the
    user of the database is. It tells no store from another: what is kept of a store is found again
    by whoever may read it.
    """

    url: str = field(repr=False)
    schema: str
    name: str
    token: str = field(default="", repr=False, compare=False)

    def __str__(self) -> str:
        return self.name


Address = Path | Shared
"""Where a store is."""
Outputs = Path | Shared
"""What a run gave of a place: the folder of its outputs, or its shared store."""
