"""How a place stood at its last run, read from its store with the libraries that this takes.

What is given are plain values, as JSON has them: a page shows them without those libraries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from landtrack import store
from landtrack.model import ISSUE_COLUMNS, catalog
from landtrack.model.classes import VERDICT
from landtrack.model.errors import LandtrackError, SourceError
from landtrack.store import backends
from landtrack.store.session import Session

MOST = 200
"""So many issues of one kind are given, the others counted."""


def of(path: Path) -> dict[str, Any]:
    """Say how the plots of a store stand, and what its data ask for.

    ``path``: The store of a run.
    Returns: ``written`` and ``bytes`` tell the file from any other of its name; ``cause`` and
    ``mend`` say what is wrong with it, where something is. Else ``at``, ``as_of``, ``rules`` and
    ``inputs`` are those of the run, ``verdicts`` counts plots, ``by_plot`` has that of each,
    ``issues`` counts rows by severity, and ``asked`` lists the issues by who mends them, severity
    and kind: their ``rows``, and how many ``more``. ``workflow`` is that of the place, ``features``
    are the keys of the layers that it tracks, ``states`` rows of layer, key, track, state and since
    when, and ``event`` the last one of the log.
    """
    there = path.stat()
    told: dict[str, Any] = {
        "written": there.st_mtime_ns, "bytes": there.st_size, "cause": "", "mend": "",
    }
    try:
        with judged(path) as db:
            runs = db.select("runs", ("at", "as_of", "rules", "inputs", "workflow"))
            by_plot = {
                str(key): str(own) for key, own in db.select("plots", ("plot_id", VERDICT))
            }
            rows = [
                dict(zip(ISSUE_COLUMNS, own, strict=True))
                for own in db.select("issues", ISSUE_COLUMNS)
            ]
            tracked = _tracked(db, str(runs[-1][-1] or ""))
    except LandtrackError as error:
        return {**told, "cause": error.cause, "mend": error.mend}
    at, as_of, rules, inputs, _ = runs[-1]
    return {
        **told, "at": at, "as_of": as_of or "", "rules": rules or "", "inputs": inputs,
        "verdicts": dict(Counter(by_plot.values())), "by_plot": by_plot,
        "issues": dict(Counter(each["severity"] for each in rows)),
        "asked": list(_asked(rows)), **tracked,
    }


def _tracked(db: Session, workflow: str) -> dict[str, Any]:
    """Say which features are tracked, and how far each is."""
    if not workflow:
        return {"workflow": "", "features": {}, "states": [], "event": 0}
    schemas, there = catalog.schemas(), db.layers()
    kinds = dict.fromkeys(
        kind for track in catalog.workflow(workflow).tracks.values() for kind in track.kinds
        if kind in there
    )
    return {
        "workflow": workflow,
        "features": {
            kind: [str(key) for (key,) in db.select(kind, (schemas[kind].key,))] for kind in kinds
        },
        "states": [
            list(row)
            for row in db.select("states", ("layer", "feature_id", "track", "state", "since"))
        ],
        "event": db.count("status_log"),
    }


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
def judged(path: Path) -> Iterator[Session]:
    """Open a store whose results are as its run wrote them.

    Raises SourceError: If there is none, or they were edited.
    """
    if not path.is_file():
        raise SourceError(f"There is no store at {path}.", mend="Make it with `landtrack run`.")
    there = path.stat()
    _insist(path, there.st_mtime_ns, there.st_size)
    with backends.of(path).reading(path) as db:
        yield db


@lru_cache(maxsize=64)
def _insist(path: Path, _written: int, _size: int) -> None:
    """Refuse a store whose results were edited; one that holds is not looked at again."""
    store.seals.insist(path)
