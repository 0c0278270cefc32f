"""Where a desk keeps what is its own: its jobs and its door, in the folder of the user."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

import platformdirs

from landtrack.model import catalog
from landtrack.model.errors import SourceError

CHANGES, JUDGED = "changes", "judged"
"""How the files of lists begin that a page of differences shows."""


_SEP, _ID = r"[/\\]", r"[0-9A-Za-z]+-[0-9a-f]+"
_OWN = rf"brought|shown-[0-9a-f]+|given|\.landtrack{_SEP}incoming"
_WAITS = rf"\.landtrack{_SEP}(?:deliveries|previous|incoming|partial)"
_KEPT = re.compile(rf"(?:{_OWN}|{_WAITS}){_SEP}{_ID}{_SEP}(?:(?:files|{_ID}){_SEP})?")
"""Where a file lies that was brought, or waits: in a folder of the desk, or one of the place."""


@dataclass(frozen=True)
class Home:
    """The folder that a desk serves, and where it keeps what is its own.

    ``served``: A place, or a folder of places. ``state``: Of this desk alone, nobody else may read
    it; nothing of it lies in a place. ``demo``: Whether the demo place is listed beside them.
    ``shared``: The address of the shared store of the place; empty where each has its own.
    """

    served: Path
    state: Path
    demo: bool = False
    shared: str = field(default="", repr=False)

    @property
    def jobs(self) -> Path:
        """The database of the jobs."""
        return self.state / "jobs.sqlite"

    @property
    def door(self) -> Path:
        """The file that says where the desk answers, and its secret."""
        return self.state / "door.json"

    @property
    def given(self) -> Path:
        """The folder of files that are handed out once."""
        return self.state / "given"

    @property
    def passwords(self) -> Path:
        """The file of the hashes of application passwords."""
        return self.state / "passwords.json"

    def seen(self, folder: Path) -> Path:
        """Give the file of what was seen of the files of a place."""
        return self.state / f"seen-{_short(folder.resolve())}.json"

    def maps(self, folder: Path) -> Path:
        """Give the file of the small maps of the files of a place."""
        return self.state / f"maps-{_short(folder.resolve())}.json"

    def differs(self, folder: Path, delivery: str) -> Path:
        """Give the file of the small map of what a delivery changes."""
        return self.state / f"differs-{_short(folder.resolve() / delivery)}.json"

    def changes(self, folder: Path, of: str) -> Path:
        """Give the file of the list of what differs, by what it is of: a delivery, two files."""
        return self.state / f"{CHANGES}-{_short(folder.resolve())}-{of}.json"

    def judged(self, folder: Path, of: str) -> Path:
        """Give the file of the list of what would be judged otherwise, as :meth:`changes`."""
        return self.state / f"{JUDGED}-{_short(folder.resolve())}-{of}.json"

    @property
    def drawn(self) -> Path:
        """The folder of the maps that were drawn of a shared store."""
        return self.state / "drawn"

    @property
    def port(self) -> Path:
        """The file of the port on which the desk listened last."""
        return self.state / "port"

    @property
    def tutorial(self) -> Path:
        """The copy of the demo place through which the tutorial leads."""
        return self.state / "tutorial"

    @property
    def learnt(self) -> Path:
        """The file of how far somebody is in the tutorial."""
        return self.state / "tutorial.json"

    @property
    def brought(self) -> Path:
        """The folder of files that were brought to be looked at once."""
        return self.state / "brought"

    def shown(self, folder: Path) -> Path:
        """Give the folder of what is shown of a place before it counts."""
        return self.state / f"shown-{_short(folder.resolve())}"

    @property
    def mark(self) -> str:
        """Name this desk, where others may be at the same folder."""
        return _short(self.state)

    def plain(self, said: str) -> str:
        """Name files as people called them, not by where the desk keeps them for a while.

        ``said``: What a command or a failure says.
        """
        kept = re.escape(f"{self.state}{os.sep}")
        return _KEPT.sub("", re.sub(rf"{kept}(?=(?:{_OWN}){_SEP})", "", said))

    @property
    def lock(self) -> Path:
        """The file that a desk holds while it serves."""
        return self.state / "lock"


def of(served: Path) -> Home:
    """Find the home of the desk of a folder; it is made where there is none yet.

    ``served``: A place, or a folder of places.
    """
    made = _there(served)
    made.state.mkdir(parents=True, exist_ok=True)
    made.state.chmod(0o700)
    return made


def last_address(place: Path) -> str:
    """Give the address at which the desk of a place, or of the folder it lies in, was for a GIS.

    Raises SourceError: If none was ever open.
    """
    for served in (place, place.parent):
        with suppress(OSError, ValueError):
            port = int(_there(served).port.read_text(encoding="ascii"))
            return f"http://127.0.0.1:{port}/places/{quote(place.name, safe='')}/ogc"
    raise SourceError(
        f"No desk of {place} was open yet.",
        mend="Open it with `landtrack serve`, or name the address that it shows with --at.",
    )


def _there(served: Path) -> Home:
    """Say where the home of the desk of a folder is, whether it is there or not."""
    own = served.resolve()
    base = platformdirs.user_state_path("landtrack", appauthor=False)
    return Home(own, base / "desk" / _short(own))


def own() -> Home:
    """Find the home of the desk of whoever names no folder: their places, beside the demo place.

    Their places are in ``landtrack`` among the documents of the user; where that cannot be made the
    desk is that of the demo place alone.
    """
    folder = platformdirs.user_documents_path() / "landtrack"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return of(catalog.demo_place())
    return replace(of(folder), demo=True)


def _short(path: Path) -> str:
    """Make a name of a path that a file can have."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:16]
