"""Which plots are judged otherwise than before the last run of their place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple


class Turned(NamedTuple):
    """Plots whose verdict is another; empty for a plot that was not there, or is no more."""

    before: str
    after: str
    plots: tuple[str, ...]


def turned(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Turned, ...]:
    """Compare the verdicts of two runs.

    ``before``, ``now``: As ``landtrack store summary`` says of the store of each.
    Returns: The most plots first; none where all are judged alike.
    """
    old, new = before["by_plot"], now["by_plot"]
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key in {**new, **old}:
        if old.get(key, "") != new.get(key, ""):
            found[old.get(key, ""), new.get(key, "")].append(key)
    made = (Turned(*how, tuple(keys)) for how, keys in found.items())
    return tuple(sorted(made, key=lambda each: (-len(each.plots), each[:2])))
