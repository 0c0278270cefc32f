"""Land use codes: a code means nothing without the classification that it is of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from landtrack.model import Titled, Value
from landtrack.model.catalog.files import convert, data_file, list_file, read_csv, read_toml
from landtrack.model.errors import CatalogError

COLUMNS = ("code", "name", "verified")


class LandUse(Value, frozen=True, kw_only=True):
    """One land use; ``now`` is its code in the classification that followed."""

    code: str
    name: str
    verified: bool
    now: str = ""


class Standard(Value, frozen=True, kw_only=True):
    """One classification of land use."""

    id: str
    title: Titled
    file: str
    source: str
    followed_by: str = ""
    codes: Mapping[str, LandUse] = msgspec.field(default_factory=dict)


class _File(Value, frozen=True, kw_only=True):
    standard: tuple[Standard, ...]


@cache
def land_uses() -> Mapping[str, Standard]:
    """Load the classifications of land use.

    Returns: By id.
    Raises CatalogError: If ``data/land_use.toml`` or a file that it names is wrong.
    Raises SourceError: If a file that it names cannot be read.
    """
    path = data_file("", "land_use")
    found = {}
    for each in convert(read_toml(path), _File, path).standard:
        file = list_file("land_use", each.file, path)
        codes = {
            line["code"]: LandUse(
                code=line["code"], name=line["name"], verified=line["verified"] == "true",
                now=line.get("now", ""),
            )
            for line in read_csv(file, COLUMNS)
        }
        found[each.id] = msgspec.structs.replace(each, codes=codes)
    for each in found.values():
        if each.followed_by and each.followed_by not in found:
            raise CatalogError(
                f"{path}: {each.id} is followed by {each.followed_by}, which is not there.",
                mend=f"Use: {', '.join(found)}.",
            )
    return found
