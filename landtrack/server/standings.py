"""How places stood at their last runs: read by the worker, and remembered.

Reading a store takes libraries of some 200 MB, and holding its seal against it takes time: neither
is for the process that answers. What it said is kept until the store is another.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from landtrack.app import places
from landtrack.model import whole_file
from landtrack.model.errors import LandtrackError, SourceError
from landtrack.model.outputs import STORE
from landtrack.server import asked
from landtrack.server.asked import Held
from landtrack.server.home import Home
from landtrack.server.questions import Overview, Stands
from landtrack.server.worker import Worker

TARGETS = ("catalog.toml", "targets.toml", "figures.toml", "summary.toml")
"""Files of a place that an overview is made of, beside its store."""


class Standings:
    """What is known of the stores of the places of a desk."""

    def __init__(self, home: Home, worker: Worker) -> None:
        self.home, self.worker = home, worker
        self._reading, self._summing = threading.Lock(), threading.Lock()

    def of(self, held: Held) -> Mapping[str, Any] | None:
        """Say how the plots of a store stand, as :func:`landtrack.app.standing.of` says it.

        What was said of the store of the run before is kept, see :meth:`before`.

        ``held``: The store of a place.
        Returns: None where there is no store.
        Raises SourceError: If it could not be read at all.
        """
        kept = self._kept("stands", held)
        if (found := _fitting(kept, held)) is not None or not (
            held.token or (Path(held.out) / STORE).is_file()
        ):
            return found
        with self._reading:  # one at a time; who waited finds what the other one read
            if (found := _fitting(kept, held)) is not None:
                return found
            made = self.worker.ask(Stands(out=held.out, token=held.token))
            earlier = _whole(kept)
            if earlier.get("at") and made.get("at", earlier["at"]) != earlier["at"]:
                kept.replace(self._kept("before", held))
            whole_file.write(kept, json.dumps(made, ensure_ascii=False).encode())
        return made

    def of_file(self, store: Path) -> Mapping[str, Any] | None:
        """Say how the plots of a store among the outputs of a place stand, as :meth:`of` does."""
        return self.of(Held(str(store.parent)))

    def looking(self, held: Held) -> places.Look:
        """Make what says how the plots of a store stand, wherever it is."""
        return lambda _: self.of(held)

    def before(self, held: Held) -> Mapping[str, Any] | None:
        """Say how the plots stood at the run before the last, as :meth:`of` said it then.

        Returns: None where this desk saw no run before.
        """
        found = _whole(self._kept("before", held))
        return found if "by_plot" in found else None

    def overview(self, held: Held, place: Path) -> Mapping[str, Any]:
        """Sum a store up for a place, as ``landtrack store overview`` says it today.

        ``held``: There is one.
        ``place``: The folder of the place: its targets are those of now.
        Raises SourceError: If it could not be read, or not be summed up.
        """
        kept, of = self._kept("overview", held), _made_of(held, place)
        with self._summing:
            found = _whole(kept)
            if found.get("of") != of:
                found = {"of": of, "told": _asked(held, place)}
                whole_file.write(kept, json.dumps(found, ensure_ascii=False).encode())
        if found["told"]["cause"]:
            raise SourceError(found["told"]["cause"], mend=found["told"]["mend"])
        return dict(found["told"])

    def open_numbers(self, held: Held, place: Path) -> int | None:
        """Count the numbers of the yearly report that are open, as far as it is known already.

        Returns: None where the overview is still to be made, or cannot be; it is being made then.
        """
        found = _whole(self._kept("overview", held))
        if found.get("of") != _made_of(held, place):
            self.prepare_overview(held, place)
            return None
        told = found["told"]
        return None if told["cause"] else sum(
            each["stated"] is None and each["value"] is None for each in told["numbers"]
        )

    def prepare_overview(self, held: Held, place: Path) -> None:
        """Have an overview made before somebody asks for it; who does waits for the same one."""
        def makes() -> None:
            with suppress(LandtrackError, OSError):  # who asks is told why
                self.overview(held, place)

        threading.Thread(target=makes, name="overview", daemon=True).start()

    def _kept(self, what: str, held: Held) -> Path:
        """Give the file of what is kept of a store."""
        name = hashlib.sha256(asked.name_of(held).encode()).hexdigest()[:16]
        return self.home.state / f"{what}-{name}"


def _made_of(held: Held, place: Path) -> list[Any]:
    """Tell what an overview is made of today."""
    day = date.today().isoformat()  # noqa: DTZ011  the day here
    return [day, [*asked.identity(held)], *(_mark(place / own) for own in TARGETS)]


def _mark(path: Path) -> list[int]:
    """Tell a file from any other of its name."""
    try:
        there = path.stat()
    except OSError:
        return []
    return [there.st_mtime_ns, there.st_size]


def _whole(path: Path) -> dict[str, Any]:
    """Read what is kept; nothing where there is none that can be read."""
    try:
        own = path.stat()
        return dict(_read(path, own.st_mtime_ns, own.st_size))
    except (OSError, ValueError):
        return {}


def _fitting(kept: Path, held: Held) -> Mapping[str, Any] | None:
    """Give what is kept of a store if that is still the same."""
    try:
        own = kept.stat()
        found = _read(kept, own.st_mtime_ns, own.st_size)
    except (OSError, ValueError):
        return None
    return found if found.get("identity") == [*asked.identity(held)] else None


@lru_cache(maxsize=64)
def _read(path: Path, _written: int, _size: int) -> Mapping[str, Any]:
    """Read a file once as long as it is the same."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}  # of an earlier version


def _asked(held: Held, place: Path) -> dict[str, Any]:
    """Have a store summed up, by a process of its own: no page waits for it."""
    worker = Worker()
    try:
        return worker.ask(Overview(out=held.out, token=held.token, folder=str(place)))
    finally:
        worker.close()
