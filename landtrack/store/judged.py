"""The rules by which a run judged, kept beside its findings: later drawings show no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import pandas as pd

from landtrack import catalog
from landtrack.errors import SourceError
from landtrack.model import RulePack
from landtrack.store import backends
from landtrack.store.address import Address

RULES = "rules"
"""The table of the packs; stores of earlier versions have none."""
COLUMNS = ("pack", "level", "content")
"""``pack`` is the id with the version, ``content`` the pack as JSON."""


def table(packs: Iterable[RulePack]) -> pd.DataFrame:
    """Write packs as a table.

    Parameters
    ----------
    packs
        Those by which a run judged.

    Returns
    -------
    DataFrame
        Columns :data:`COLUMNS`, a row for each, in their order.
    """
    rows = [(each.name, each.level, msgspec.json.encode(each).decode()) for each in packs]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def rules(store: Address, run: Mapping[str, Any]) -> tuple[RulePack, ...]:
    """Read the packs by which the last run judged.

    Parameters
    ----------
    store
        The store.
    run
        Its last run.

    Returns
    -------
    tuple of RulePack
        As they were then, whatever their files say now; none where the place had no rules.

    Raises
    ------
    SourceError
        If the store is of an earlier version, which kept only their names, and a pack has
        another version now.
    CatalogError
        If there is no such pack any more.
    """
    held = backends.of(store)
    if RULES in held.names(store):
        kept = held.frame(store, RULES)["content"]
        return tuple(msgspec.json.decode(each, type=RulePack) for each in kept)
    names = list(filter(None, run["rules"].split(", ")))
    found = tuple(catalog.rule_pack(each.split("@")[0]) for each in names)
    for name, pack in zip(names, found, strict=True):
        if pack.name != name:
            raise SourceError(
                f"{store} was judged by {name}, of which it kept no copy; there is {pack.name} "
                "now, with other limits.",
                mend="Make the store again with `landtrack run`.",
            )
    return found
