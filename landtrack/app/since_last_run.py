"""What the last run of a place found otherwise than the one before: verdicts, states, issues."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple


class Turned(NamedTuple):
    """Plots whose verdict is another; empty for a plot that was not there, or is no more."""

    before: str
    after: str
    plots: tuple[str, ...]


class Shifted(NamedTuple):
    """How many of something there were, and are; ``of`` names it."""

    of: tuple[str, ...]
    before: int
    after: int


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


def states(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Shifted, ...]:
    """Compare how many features were in each state when they were judged.

    ``before``, ``now``: As :func:`landtrack.app.standing.of` says of the store of each.
    Returns: By layer, track and state, in that order, those of which there are more or fewer; none
    where what is kept of the run before does not say.
    """
    if "states_judged" not in before:
        return ()
    return _shifted(_by_state(before), _by_state(now))


def issues(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Shifted, ...]:
    """Compare how many issues there are, by severity and kind, as :func:`states` does states."""
    return _shifted(*(_by_kind(each) for each in (before, now)))


def _by_state(stands: Mapping[str, Any]) -> dict[tuple[str, ...], int]:
    return {(layer, track, state): count for layer, track, state, count in stands["states_judged"]}


def _by_kind(stands: Mapping[str, Any]) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for each in stands["asked"]:  # one kind may be mended by several
        found[each["severity"], each["issue"]] += len(each["rows"]) + each["more"]
    return found


def _shifted(
    old: Mapping[tuple[str, ...], int], new: Mapping[tuple[str, ...], int]
) -> tuple[Shifted, ...]:
    each = (Shifted(of, old.get(of, 0), new.get(of, 0)) for of in sorted({**old, **new}))
    return tuple(own for own in each if own.before != own.after)
