"""Files that nothing here reads, and what to ask for instead: they are data."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from landtrack.model import Value, catalog
from landtrack.model.errors import SourceError


class Refused(Value, frozen=True, kw_only=True, rename={"what": "is"}):
    """One kind of file: how it begins or ends, what it is, and what to do."""

    what: str
    mend: str
    begins: str = ""
    suffixes: tuple[str, ...] = ()


class _Kinds(Value, frozen=True, kw_only=True):
    """All of them."""

    file: tuple[Refused, ...] = msgspec.field(default_factory=tuple)


@cache
def kinds() -> tuple[Refused, ...]:
    """Load what is refused.

    Returns: As ``data/refused.toml`` has them.
    Raises CatalogError: If the file is wrong.
    """
    path = catalog.data_file("", "refused")
    return catalog.convert(catalog.read_toml(path), _Kinds, path).file


def insist(path: Path, head: bytes) -> None:
    """Refuse a file that nothing here reads.

    ``head``: Its first bytes.
    Raises SourceError: If it is such; says what it is and what to ask for.
    """
    suffix = path.suffix.lower()
    found = next(
        (each for each in kinds() if each.begins and head.startswith(bytes.fromhex(each.begins))),
        None,
    ) or next((each for each in kinds() if suffix in each.suffixes), None)
    if found is not None:
        raise SourceError(f"{path} is {found.what}.", mend=found.mend)
