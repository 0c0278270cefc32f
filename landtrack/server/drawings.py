"""Where the map of a place is: among the outputs of its run, or drawn from its shared store.

Of a shared store the desk draws it when it is first asked for, and keeps it as long as the results
of the store and the catalog of the place are the same. What was entered since, open maps are told.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from landtrack.model import catalog, outputs
from landtrack.server import asked
from landtrack.server.asked import Held
from landtrack.server.home import Home
from landtrack.server.questions import DrawMap
from landtrack.server.worker import Worker

BLOCKS = "map-blocks"
KEPT = 2
"""Maps of a shared store that are kept: an open page may not have loaded all of the one before."""


class Drawings:
    """Finds the maps of the places of a desk."""

    def __init__(self, home: Home, drawer: Worker) -> None:
        self.home, self.drawer = home, drawer
        self._drawing = threading.Lock()

    def mark(self, held: Held, folder: Path) -> str:
        """Tell the map that a place has now from any other; empty where there is none.

        ``folder``: Of the place.
        Raises SourceError: If it is of a shared store that cannot be read.
        """
        if not held.token:
            return drawn(Path(held.out) / outputs.MAP)
        told = (asked.identity(held, results=True), drawn(folder / catalog.CATALOG_NAME))
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    def opened(self, held: Held, folder: Path) -> tuple[BinaryIO, str]:
        """Open the map of a place, and tell it from any other.

        Raises UnknownError: If there is none.
        Raises LandtrackError: If it is to be drawn and cannot be.
        """
        path, mark = Path(held.out) / outputs.MAP, ""
        if held.token:
            mark = self.mark(held, folder)
            path = self._of_shared(held, folder, mark)
        try:
            source = path.open("rb")
        except FileNotFoundError:
            raise asked.UnknownError from None
        return source, mark or _told(os.fstat(source.fileno()))

    def block(self, held: Held, name: str) -> Path:
        """Find a block of a map; of a shared store also of the one before.

        Raises UnknownError: If there is none of that name.
        """
        for own in self._all() if held.token else [Path(held.out)]:
            path = own / BLOCKS / name
            fits = path.suffix == ".js" and path.parent.resolve() == (own / BLOCKS).resolve()
            if fits and path.is_file():
                return path
        raise asked.UnknownError

    def _of_shared(self, held: Held, folder: Path, mark: str) -> Path:
        """Find the map of a shared store; one that was not drawn is."""
        own = self.home.drawn / mark
        if not (own / outputs.MAP).is_file():
            with self._drawing:  # who waited finds what the other one had drawn
                if not (own / outputs.MAP).is_file():
                    own.mkdir(parents=True, exist_ok=True)
                    self.drawer.ask(DrawMap(
                        out=held.out, token=held.token, folder=str(folder), into=str(own)
                    ))
                    for each in self._all()[KEPT:]:
                        shutil.rmtree(each, ignore_errors=True)
        return own / outputs.MAP

    def _all(self) -> list[Path]:
        """List what was drawn of the shared store, the last first."""
        found = []
        for each in self.home.drawn.iterdir() if self.home.drawn.is_dir() else ():
            with suppress(OSError):  # of another one that is being drawn there is no map yet
                found.append(((each / outputs.MAP).stat().st_mtime_ns, each))
        return [each for _, each in sorted(found, reverse=True)]


def drawn(path: Path | None) -> str:
    """Tell a file from any that stood or will stand under its name; empty where there is none."""
    try:
        return "" if path is None else _told(path.stat())
    except OSError:
        return ""


def _told(there: os.stat_result) -> str:
    return f"{there.st_mtime_ns:x}-{there.st_size:x}"
