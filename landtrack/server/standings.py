"""How places stood at their last runs: read by a process of its own, and remembered.

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
from functools import lru_cache
from pathlib import Path
from typing import Any

from landtrack.model.errors import SourceError
from landtrack.server.home import Home


class Standings:
    """What is known of the stores of the places of a desk."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._reading = threading.Lock()

    def of(self, store: Path) -> Mapping[str, Any] | None:
        """Say how the plots of a store stand, as ``landtrack store summary`` says it.

        Returns: None where there is no store.
        Raises SourceError: If it could not be read at all.
        """
        kept = self.home.state / f"stands-{hashlib.sha256(str(store).encode()).hexdigest()[:16]}"
        if (found := _fitting(kept, store)) is not None or not store.is_file():
            return found
        with self._reading:  # one process at a time; who waited finds what the other one read
            if (found := _fitting(kept, store)) is not None:
                return found
            told = _asked(store)
            half = kept.with_suffix(".half")
            half.write_text(told, encoding="utf-8")
            half.replace(kept)
        return dict(json.loads(told)[0])


def _fitting(kept: Path, store: Path) -> Mapping[str, Any] | None:
    """Give what is kept of a store if that is still the same."""
    try:
        own, there = kept.stat(), store.stat()
        found = _read(kept, own.st_mtime_ns, own.st_size)
    except (OSError, ValueError):
        return None
    same = (found["written"], found["bytes"]) == (there.st_mtime_ns, there.st_size)
    return found if same else None


@lru_cache(maxsize=64)
def _read(path: Path, _written: int, _size: int) -> Mapping[str, Any]:
    """Read a file once as long as it is the same."""
    return dict(json.loads(path.read_text(encoding="utf-8"))[0])


def _asked(store: Path) -> str:
    """Have a store read."""
    done = subprocess.run(  # noqa: S603  landtrack itself; nothing goes through a shell
        [sys.executable, "-X", "utf8", "-m", "landtrack", "store", "summary", str(store)],
        stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace",
        env=os.environ | {"NO_COLOR": "1"}, check=False,
    )
    if done.returncode != 0:
        raise SourceError(
            f"{store} could not be read.", mend="Judge the place again; the store is made anew."
        )
    return done.stdout
