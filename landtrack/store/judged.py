"""The rules by which a run judged, kept beside its findings: later drawings show no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import pandas as pd

from landtrack.model import RulePack
from landtrack.model.address import Address
from landtrack.model.errors import SourceError
from landtrack.store import backends

RULES = "rules"
"""The table of the packs; stores of earlier versions have none."""
COLUMNS = ("pack", "level", "content")
"""``pack`` is the id with the version, ``content`` the pack as JSON."""


def table(packs: Iterable[RulePack]) -> pd.DataFrame:
    """Write packs as a table.

    ``packs``: Those by which a run judged.
    Returns: Columns :data:`COLUMNS`, a row for each, in their order.
    """
    rows = [(each.name, each.level, msgspec.json.encode(each).decode()) for each in packs]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def kept(store: Address) -> bool:
    """Say whether a store holds the rules by which its last run judged.

    Returns: False of one of an earlier version, which kept only their names.
    """
    return RULES in backends.of(store).names(store)


def rules(store: Address, run: Mapping[str, Any]) -> tuple[RulePack, ...]:
    """Read the packs by which the last run judged.

    Returns: As they were then, whatever their files say now; none where the place had no rules.
    Raises SourceError: If the store is of an earlier version, which kept only their names: a file
    of the same name and version may have been edited since, so nobody knows what they said.
    """
    if kept(store):
        content = backends.of(store).frame(store, RULES)["content"]
        return tuple(msgspec.json.decode(each, type=RulePack) for each in content)
    if run["rules"]:
        raise SourceError(
            f"{store} was judged by {run['rules']}, of which it kept no copy: it is of an earlier "
            "version, and what those rules said then cannot be proved.",
            mend="Make the store again with `landtrack run`, whose log of events goes on.",
        )
    return ()
