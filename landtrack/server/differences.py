"""The pages of what differs: of a delivery that waits, of a change of the catalog, of two files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from landtrack.app import changes_seen, deliver, files_seen, places
from landtrack.app.changes_seen import Change, Listed, Wanted
from landtrack.model import catalog
from landtrack.model.errors import SourceError
from landtrack.server import asked, catalogs
from landtrack.server.home import CHANGES, JUDGED, Home
from landtrack.server.jobs import Job, Jobs
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for

DIFF = "diff"
"""Kind of jobs, by its key among the words; the command of the same name."""
AT_ONCE = 200
"""Changes on a page."""
KEPT = 40
"""Lists that are kept of a place; the oldest go."""
OF = re.compile(r"[0-9A-Za-z-]{8,80}")
CODE = re.compile(r"EPSG:\d{4,6}")
DIGITS = 24


class Between(NamedTuple):
    """What two versions are of which something differs.

    ``delivered``: A delivery that waits. ``candidate``: The name of a catalog that was looked at.
    ``file``: Whose features differ, by its name in the place; empty where it is the whole place.
    """

    delivered: deliver.Delivery | None = None
    candidate: str = ""
    file: str = ""


class DifferencePages:
    """What the desk answers of what differs."""

    def __init__(self, home: Home, jobs: Jobs) -> None:
        self.home, self.jobs = home, jobs

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address("/places/{name}/differences/{of}", "GET", self.differences),
            Address("/places/{name}/compare", "GET", self.compare),
            Address("/places/{name}/compare", "POST", self.begin),
        )

    def differences(self, request: Request) -> Response:
        """Show what differs as a table."""
        name, folder = request.path_params["name"], asked.folder(self.home, request)
        of = request.path_params["of"]
        if OF.fullmatch(of) is None:
            raise asked.UnknownError
        at = {CHANGES: self.home.changes(folder, of), JUDGED: self.home.judged(folder, of)}
        work = {each: self._job(name, path) for each, path in at.items()}
        listed = changes_seen.together(*(changes_seen.read(path) for path in at.values()))
        if listed is None and not any(work.values()):
            raise asked.UnknownError
        words, known = words_for(request), places.plain(name, folder)
        between = _between(folder, of, listed)
        query = request.query_params
        wanted = Wanted(*(query.get(each, "")[:100] for each in Wanted._fields))
        first = asked.number(query.get("from", "0")) or 0
        shown = None if listed is None else changes_seen.choose(
            listed, wanted, first=first, most=AT_ONCE
        )
        kinds = _kinds(known, between.file)
        waits = between.delivered or between.candidate or between.file in deliver.files_of(folder)
        apart = ("added", "renumbered") if waits else ("removed",)  # of two days: gone since
        unmapped = set() if listed is None else {
            each.key for each in listed.changes if each.what in apart
        }
        return page(
            request, "differences.html.j2", place=known, of=of, listed=listed, shown=shown,
            wanted=wanted, work=work, between=between,
            of_days=listed is not None and not waits, at_once=AT_ONCE, whats=changes_seen.WHATS,
            drawn=files_seen.changes(self.home.differs(folder, of), words),
            asked=urlencode({key: each for key, each in wanted._asdict().items() if each}),
            on=lambda each: _on(each, known, kinds, unmapped),
            layer=lambda name: words(f"kind.{name}") if words.has(f"kind.{name}") else name,
        )

    def compare(self, request: Request) -> Response:
        """Ask which two files are compared."""
        name, folder = request.path_params["name"], asked.folder(self.home, request)
        columns = files_seen.columns(folder, self.home.seen(folder))
        files = {
            each: [*dict.fromkeys(one for own in layers.values() for one in own)]
            for each, layers in columns.items() if (folder / each).exists()
        }
        return page(
            request, "compare.html.j2", place=places.plain(name, folder), files=files,
            columns=[*dict.fromkeys(one for own in files.values() for one in own)],
        )

    async def begin(self, request: Request) -> Response:
        """Begin to compare two files."""
        typed = asked.texts(await request.form())
        return await run_in_threadpool(self._begin, request, typed)

    def _begin(self, request: Request, typed: Mapping[str, str]) -> Response:
        folder = asked.folder(self.home, request)
        files, key = [typed.get(each, "") for each in ("first", "second")], typed.get("key", "")
        there = set(deliver.files_of(folder))
        if not there.issuperset(files):
            raise SourceError(
                "There is no such file in the place.", mend="Choose two of its files."
            )
        if not key or files[0] == files[1]:
            raise SourceError(
                "Two files are compared by a column that both have.",
                mend="Choose two files, and the column that tells features apart.",
            )
        of = named(*files, key)
        number = ask(
            self.home, self.jobs, request, of, (folder / files[0], folder / files[1]), key
        )
        return RedirectResponse(f"/jobs/{number}", 303)

    def _job(self, name: str, path: Path) -> Job | None:
        """Give the last job that made a list."""
        return next((
            each for each in self.jobs.of(name, 50)
            if f"--save={path}" in each.arguments.split("\0")
        ), None)


def named(*compared: str) -> str:
    """Name a list of what differs by what was compared."""
    return hashlib.sha256("\0".join(compared).encode()).hexdigest()[:DIGITS]


def ask(
    home: Home, jobs: Jobs, request: Request, of: str, files: tuple[Path, Path], key: str
) -> int:
    """Ask what differs between two files.

    ``of``: Names what it is of. ``key``: The column that tells features apart.
    Returns: The number of the job.
    """
    name, folder = request.path_params["name"], asked.folder(home, request)
    forget(home, folder)
    typed = [
        DIFF, *map(str, files), f"--key={key}", f"--map={home.differs(folder, of)}",
        f"--save={home.changes(folder, of)}", f"--lang={words_for(request).lang}",
    ]
    if (code := crs_of(places.plain(name, folder))) is not None:
        typed.append(f"--crs={code}")
    return jobs.ask(name, DIFF, typed)


def crs_of(known: places.Plain) -> str | None:
    """Give the working CRS of a place where its catalog names one by a number."""
    stated = None if known.place is None else known.place.crs
    return stated if stated is not None and CODE.fullmatch(stated) else None


def list_of(job: Job) -> str:
    """Name what the list is of that a job made; empty where it made none."""
    for each in job.arguments.split("\0"):
        option, _, named = each.partition("=")
        kind, _, rest = Path(named).name.partition("-")
        if option == "--save" and kind in (CHANGES, JUDGED) and Path(named).is_file():
            return Path(rest.partition("-")[2]).stem
    return ""


def forget(home: Home, folder: Path) -> None:
    """Throw away the oldest lists of a place."""
    for path in (home.changes(folder, "*"), home.judged(folder, "*")):
        found = sorted(path.parent.glob(path.name), key=lambda each: each.stat().st_mtime_ns)
        for each in found[:-KEPT]:
            with suppress(OSError):
                each.unlink()


def _between(folder: Path, of: str, listed: Listed | None) -> Between:
    delivered = next((each for each in deliver.deliveries(folder) if each.id == of), None)
    if delivered is not None:
        return Between(delivered, file=delivered.main)
    if catalogs.part_of(folder, of):
        return Between(candidate=of)
    return Between(file=listed.of[0] if listed is not None and listed.of else "")


def _kinds(known: places.Plain, file: str) -> tuple[str, ...]:
    """List the kinds of layers that the catalog reads from a file."""
    if known.place is None or not file:
        return ()
    return tuple(
        each.kind for each in known.place.layers if known.is_file(each.path, file)
    )


def _on(
    change: Change, known: places.Plain, kinds: tuple[str, ...], unmapped: Collection[str]
) -> tuple[str, str] | None:
    """Name the layer and the feature by which the map shows what is changed; None if it does not.

    ``unmapped``: The features that are not there yet, or no more.
    """
    key = change.key
    if change.what == "renumbered":
        key = next(iter(change.before.values()), "")
    elif key in unmapped:
        return None
    layer = change.layer if change.layer in kinds or not kinds else kinds[0]
    if not known.mapped or layer not in catalog.schemas() or (
        layer != change.layer and len(kinds) != 1
    ):
        return None
    return layer, key
