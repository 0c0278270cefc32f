"""How places stood at their last runs: read by the worker, and remembered.

Reading a store takes libraries of some 200 MB, and holding its seal against it takes time: neither
is for the process that answers. What it said is kept until the store is another.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from landtrack.model import whole_file
from landtrack.model.errors import LandtrackError, SourceError
from landtrack.model.outputs import identity
from landtrack.server.home import Home
from landtrack.server.questions import Stands
from landtrack.server.worker import Worker

TARGETS = ("catalog.toml", "targets.toml", "figures.toml", "summary.toml")
"""Files of a place that an overview is made of, beside its store."""


class Standings:
    """What is known of the stores of the places of a desk."""

    def __init__(self, home: Home, worker: Worker) -> None:
        self.home, self.worker = home, worker
        self._reading, self._summing = threading.Lock(), threading.Lock()

    def of(self, store: Path) -> Mapping[str, Any] | None:
        """Say how the plots of a store stand, as :func:`landtrack.app.standing.of` says it.

        What was said of the store of the run before is kept, see :meth:`before`.

        ``store``: Among the outputs of a place.
        Returns: None where there is no store.
        Raises SourceError: If it could not be read at all.
        """
        kept = self._kept("stands", store)
        if (found := _fitting(kept, store)) is not None or not store.is_file():
            return found
        with self._reading:  # one at a time; who waited finds what the other one read
            if (found := _fitting(kept, store)) is not None:
                return found
            made = self.worker.ask(Stands(out=str(store.parent)))
            earlier = _whole(kept)
            if earlier.get("at") and made.get("at", earlier["at"]) != earlier["at"]:
                kept.replace(self._kept("before", store))
            whole_file.write(kept, json.dumps(made, ensure_ascii=False).encode())
        return made

    def before(self, store: Path) -> Mapping[str, Any] | None:
        """Say how the plots stood at the run before the last, as :meth:`of` said it then.

        Returns: None where this desk saw no run before.
        """
        found = _whole(self._kept("before", store))
        return found if "by_plot" in found else None

    def overview(self, store: Path, place: Path) -> Mapping[str, Any]:
        """Sum a store up for a place, as ``landtrack store overview`` says it today.

        ``store``: There is one.
        ``place``: The folder of the place: its targets are those of now.
        Raises SourceError: If it could not be read at all.
        """
        kept, of = self._kept("overview", store), _made_of(store, place)
        with self._summing:
            found = _whole(kept)
            if found.get("of") != of:
                found = {"of": of, "told": json.loads(_asked(store, place))}
                whole_file.write(kept, json.dumps(found, ensure_ascii=False).encode())
        return dict(found["told"])

    def open_numbers(self, store: Path, place: Path) -> int | None:
        """Count the numbers of the yearly report that are open, as far as it is known already.

        Returns: None where the overview is still to be made, or cannot be; it is being made then.
        """
        found = _whole(self._kept("overview", store))
        if found.get("of") != _made_of(store, place):
            self.prepare_overview(store, place)
            return None
        told = found["told"]
        return None if told["cause"] else sum(
            each["stated"] is None and each["value"] is None for each in told["numbers"]
        )

    def prepare_overview(self, store: Path, place: Path) -> None:
        """Have an overview made before somebody asks for it; who does waits for the same one."""
        def makes() -> None:
            with suppress(LandtrackError, OSError):  # who asks is told why
                self.overview(store, place)

        threading.Thread(target=makes, name="overview", daemon=True).start()

    def _kept(self, what: str, store: Path) -> Path:
        """Give the file of what is kept of a store."""
        return self.home.state / f"{what}-{hashlib.sha256(str(store).encode()).hexdigest()[:16]}"


def _made_of(store: Path, place: Path) -> list[Any]:
    """Tell what an overview is made of today."""
    day = date.today().isoformat()  # noqa: DTZ011  the day here
    return [day, [*identity(store)], *(_mark(place / own) for own in TARGETS)]


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


def _fitting(kept: Path, store: Path) -> Mapping[str, Any] | None:
    """Give what is kept of a store if that is still the same."""
    try:
        own = kept.stat()
        found = _read(kept, own.st_mtime_ns, own.st_size)
    except (OSError, ValueError):
        return None
    return found if found.get("identity") == [*identity(store)] else None


@lru_cache(maxsize=64)
def _read(path: Path, _written: int, _size: int) -> Mapping[str, Any]:
    """Read a file once as long as it is the same."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}  # of an earlier version


def _asked(store: Path, place: Path) -> str:
    """Have a store summed up, by a process of its own."""
    done = subprocess.run(  # noqa: S603  landtrack itself; nothing goes through a shell
        [sys.executable, "-X", "utf8", "-m", "landtrack", "store", "overview", str(store),
         str(place)],
        stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace",
        env=os.environ | {"NO_COLOR": "1"}, check=False,
    )
    if done.returncode != 0:
        raise SourceError(
            f"{store} could not be read.", mend="Judge the place again; the store is made anew."
        )
    return done.stdout
