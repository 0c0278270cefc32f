"""How a place stood at its last run, read from its store with the libraries that this takes.

What is given are plain values, as JSON has them: a page shows them without those libraries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from landtrack import tracking
from landtrack.model import ISSUE_COLUMNS, NO_WORKFLOW, catalog
from landtrack.model.address import Address
from landtrack.model.classes import VERDICT
from landtrack.model.errors import LandtrackError, SourceError
from landtrack.model.events import Event
from landtrack.model.outputs import Identity
from landtrack.store import backends, heads, log, seals
from landtrack.store.session import Session

MOST = 200
"""So many issues of one kind are given, the others counted."""


def of(store: Address) -> dict[str, Any]:
    """Say how the plots of a store stand, and what its data ask for.

    ``store``: That of a run.
    Returns: ``identity`` tells the store from any other of its name; ``cause`` and ``mend`` say
    what is wrong with it, where something is. Else ``at``, ``as_of``, ``rules`` and ``inputs`` are
    those of the run, ``verdicts`` counts plots, ``by_plot`` has that of each, ``issues`` counts
    rows by severity, ``states`` features by layer, track and state, ``states_judged`` as they were
    when it was judged, before what was entered since, and ``asked`` lists the issues
    by who mends them, severity and kind: their ``rows``, and how many ``more``. ``workflow`` is
    that of the place, and ``due`` are the last days of the statutory clocks that run.
    Raises SourceError: If it is a shared one that cannot be read at all.
    """
    told: dict[str, Any] = {"identity": list(backends.identity(store)), "cause": "", "mend": ""}
    try:
        with judged(store) as db:
            runs = db.select("runs", ("at", "as_of", "rules", "inputs", "workflow"))
            by_plot = {
                str(key): str(own) for key, own in db.select("plots", ("plot_id", VERDICT))
            }
            rows = [
                dict(zip(ISSUE_COLUMNS, own, strict=True))
                for own in db.select("issues", ISSUE_COLUMNS)
            ]
            events, last = log.proven_in(db), heads.of_run(db)
            held = db.select("states", ("layer", "feature_id", "track", "state"))
    except LandtrackError as error:
        return {**told, "cause": error.cause, "mend": error.mend}
    at, as_of, rules, inputs, workflow = runs[-1]
    return {
        **told, "at": at, "as_of": as_of or "", "rules": rules or "", "inputs": inputs,
        "verdicts": dict(Counter(by_plot.values())), "by_plot": by_plot,
        "issues": dict(Counter(each["severity"] for each in rows)),
        "states": _counted((layer, track, state) for layer, _, track, state in held),
        "states_judged": _counted(_at_run(held, events, last)),
        "asked": list(_asked(rows)), "workflow": workflow or "",
        "due": _due(workflow, events, as_of),
    }


def _counted(states: Iterable[tuple[str, ...]]) -> list[list[Any]]:
    """Count features by layer, track and state."""
    return [[*own, count] for own, count in sorted(Counter(
        tuple(map(str, each)) for each in states
    ).items())]


def _at_run(
    held: Iterable[tuple[Any, ...]], events: list[Event], last: int
) -> Iterator[tuple[str, str, str]]:
    """Give the states of features as they were up to an event; ``held`` are those of now."""
    since = {each.feature for each in events if each.event > last}
    for layer, key, track, state in held:
        if (layer, key) not in since:
            yield layer, track, state
    before = tracking.by_feature(tracking.standing(
        each for each in events if each.event <= last and each.feature in since
    ))
    for (layer, _), own in before.items():
        for track, each in tracking.states(tracking.ordered(own)).items():
            yield layer, track, each.state


def _due(workflow: str | None, events: list[Event], as_of: str | None) -> list[str]:
    """List the last days of the statutory clocks that run, the first first."""
    if not workflow or workflow == NO_WORKFLOW or not events:
        return []
    day = date.fromisoformat(as_of) if as_of else date.max
    table = tracking.running(catalog.workflow(workflow), events, day)
    return [each.isoformat() for each in table.loc[table["bound"] == "at_most", "due"]]


def _asked(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Sort issues by who mends them, how they weigh, and of which kind they are."""
    alike: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for each in rows:
        alike.setdefault((each["who_mends"], each["severity"], each["issue"]), []).append(each)
    for (who, severity, issue), own in sorted(alike.items()):
        yield {
            "who": who, "severity": severity, "issue": issue, "rows": own[:MOST],
            "more": max(0, len(own) - MOST),
        }


@contextmanager
def judged(store: Address, drawn: frozenset[str] | None = None) -> Iterator[Session]:
    """Open a store whose results are as its run wrote them.

    An event that is entered meanwhile, or what who opens it brings in, changes none of them.

    ``drawn``: The layers and tables that are drawn from; all where not given.
    Raises SourceError: If there is none, or they were edited, or it is that of another run by then.
    """
    run, there = insist(store, drawn), backends.identity(store, results=True)
    with backends.of(store).reading(store) as db:
        yield db
    if backends.identity(store, results=True) != there and insist(store, drawn) != run:
        raise SourceError(f"{store} was changed while it was read.", mend="Try again.")


def insist(store: Address, drawn: frozenset[str] | None = None) -> str:
    """Refuse a store whose results were edited; one that holds is not looked at again.

    ``drawn``: The layers and tables that are drawn from; all where not given.
    Returns: The hash of the seal of its run, which an event does not change.
    Raises SourceError: If there is no store, or they were edited.
    """
    if isinstance(store, Path) and not store.is_file():
        raise SourceError(f"There is no store at {store}.", mend="Make it with `landtrack run`.")
    there = backends.identity(store, results=True)
    found = _insist(store, there, drawn)
    now = backends.identity(store, results=True)
    if now != there:  # who opens it may bring in what a killed program left beside it
        return _insist(store, now, drawn)
    return found


@lru_cache(maxsize=64)
def _insist(store: Address, _identity: Identity, drawn: frozenset[str] | None) -> str:
    """Hold a store against the seal of its run, and give the hash of that."""
    seals.insist(store, drawn)
    run = seals.last_run(seals.read(store))
    return "" if run is None else run.sha256
