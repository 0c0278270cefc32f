"""Kill every command before each system call that writes, and at random; fail each such call.

    python tests/benchmarks/kills.py --every 1
    python tests/benchmarks/kills.py --random 200 run pack sheet migrate
    python tests/benchmarks/kills.py --how full --every 5 run
    python tests/benchmarks/kills.py --how full --how limit --how readonly --kinds

Afterwards all must be as it was before or as the command makes it (a folder may say in
UNFINISHED.txt that it is of two runs); the same command again needs no hand; ``log verify`` finds
nothing; and nothing else lies there. Linux on x86-64 only.
"""

import argparse
import hashlib
import io
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import watched
from builders import Site, box, line, point

from landtrack import store
from landtrack.app import (  # noqa: F401  a fork has them already
    assess,
    package,
    print_sheets,
    track,
    vet,
    yearly_report,
)
from landtrack.cli.main import main as landtrack
from landtrack.store import evidence, staging

HOW = ("kill", "full", "limit", "readonly")
SIGNED = ("--by", "Zhang", "--checked", "Li", "--on", "2006-12-31", "--lang", "en")
STORE = ("--store", "build/project.gpkg")
EVIDENCE = "scan.pdf"
OLD = "old.gpkg"
UNTOLD = {"sha256", "previous", "recorded_at", "registered_at", "file_sha256", "fid", "head"}
"""Columns that differ from run to run, by the clock."""
MOVING = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+]00:00)?|[0-9a-f]{64}")


HIDDEN = re.compile(r"/[.]landtrack-[^/]+/(?!UNFINISHED)|/temporary/")
DRAWN = re.compile(r"[0-9a-f]{8,}|(?<=/[.]landtrack-)[^/]+|(?<=/temporary/)[^/]+")
"""What names of files have that is drawn by lot."""


@dataclass(frozen=True)
class Case:
    """A command: what is typed, of which store; whether it can be done twice, and may say that it
    left files of two runs; which files are there, whole, before all else changes.
    """

    typed: tuple[str, ...]
    store: str = "build/project.gpkg"
    again: bool = True
    both: bool = False
    first: tuple[str, ...] = ()


CASES = {
    "run": Case(("run", "{second}", "--out", "build", "--lang", "en"), both=True),
    "run-new": Case(("run", "{second}", "--out", "fresh/build", "--lang", "en"),
                    "fresh/build/project.gpkg", both=True),
    "pack": Case(("pack", "A", "{first}", *STORE, "--out", "handed/pack.zip", *SIGNED),
                 both=True),
    "sheet": Case(("sheet", "parcel", "parcels:P1", *STORE, "--out", "handed/sheet.pdf", *SIGNED),
                  both=True),
    "atlas": Case(("atlas", "parcel", "parcels:*", *STORE, "--out", "handed/atlas", *SIGNED),
                  both=True),
    "report": Case(("report", "{first}", *STORE, "--out", "handed/report", "--lang", "en"),
                   both=True),
    "copy": Case(("store", "copy", "build/project.gpkg", "copy.gpkg"), "copy.gpkg",
                 again=False),
    "migrate": Case(("store", "migrate", OLD), OLD, first=("old.v2.gpkg",)),
    "evidence": Case(("status", "apply", "demarcate", "P1", *STORE, "--at", "2006-12-02",
                      "--document", "d2", "--evidence", EVIDENCE), again=False),
}


def places(folder: Path) -> dict[str, str]:
    """Make a place twice, the second time of other figures."""
    made = {}
    for name, east in (("first", 100), ("second", 90)):
        site = Site(folder / name / "site")
        site.head |= {"as_of": "2006-12-31", "workflow": "cn-2006"}
        site.layer("plots", [site.plot("A", box(0, 0, east, 100), project_id="A")])
        site.layer("parcels", [
            (box(0, 0, 50, 100), {"parcel_id": "P1", "owner": "Da"}),
            (box(50, 0, 100, 100), {"parcel_id": "P2", "owner": "Xia"}),
        ])
        site.layer("roads", [(line((-50, -10), (300, -10)), {"road_id": "R"})])
        site.layer("substations", [(point(50, 130), {"substation_id": "S"})])
        made[name] = str(site.folder)
    return made


def prepared(folder: Path, place: dict[str, str], *, handed: bool = True) -> Path:
    """Make what there is before: outputs of a run, events, evidence, what was handed in."""
    start = folder / "start"
    (start / "handed").mkdir(parents=True)
    (start / EVIDENCE).write_bytes(b"%PDF-1.4 a letter" * 4000)
    (start / "first.pdf").write_bytes(b"%PDF-1.4 the first letter")
    first = (
        ("run", place["first"], "--out", "build"),
        ("status", "apply", "demarcate", "P2", *STORE, "--at", "2006-12-01", "--document", "d1",
         "--evidence", "first.pdf"),
        ("store", "copy", "build/project.gpkg", OLD),
    )
    then = (
        ("run", place["first"], "--out", "build"),
        ("pack", "A", place["first"], *STORE, "--out", "handed/pack.zip", *SIGNED[2:], "--by", "X"),
        ("sheet", "parcel", "parcels:P1", *STORE, "--out", "handed/sheet.pdf", *SIGNED[2:],
         "--by", "X"),
        ("atlas", "parcel", "parcels:*", *STORE, "--out", "handed/atlas", *SIGNED[2:], "--by", "X"),
    )
    for typed in (*first, *then) if handed else first:
        ended = called(typed, start)
        if ended.status not in {0, 1, 3}:
            raise SystemExit(f"{typed}: {ended.said}")
    (start / "handed" / "report").mkdir()
    for name in ("report.html", "report.xlsx"):
        (start / "handed" / "report" / name).write_text("the year before", encoding="utf-8")
    with closing(sqlite3.connect(start / OLD)) as db, db:
        db.execute("DROP TABLE landtrack_seals")
        db.execute("DELETE FROM gpkg_contents WHERE table_name = 'landtrack_seals'")
        db.execute("ALTER TABLE status_log DROP COLUMN entered_by")
        db.execute("UPDATE landtrack_store SET value = '2' WHERE key = 'format'")
    return start


def warmed(folder: Path, place: dict[str, str]) -> None:
    """Do what the campaign does once in this process: forks have then loaded all that it takes."""
    there = Path.cwd()
    (folder / "warm").mkdir()
    os.chdir(folder / "warm")
    with (folder / "said").open("w") as said, redirect_stdout(said), redirect_stderr(said):
        for typed in (("run", place["first"], "--out", "build"), CASES["pack"].typed,
                      CASES["report"].typed, ("log", "verify", *STORE)):
            with suppress(SystemExit):
                landtrack([each.format(**place) for each in typed], prog_name="landtrack")
    os.chdir(there)


def called(
    typed: tuple[str, ...], folder: Path, decide: Callable[..., int | None] | None = None,
    within: float = 0,
) -> watched.Ended:
    """Type a command in a folder."""
    def work() -> int:
        try:
            landtrack([*typed], prog_name="landtrack")
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    return watched.run(work, decide or watched.killed(0), folder, within=within)


def held(folder: Path) -> dict[str, str]:
    """Say what a folder holds, in words of what it says: without clocks, without SQLite's files."""
    found = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = path.relative_to(folder).as_posix()
        if name.endswith(("-wal", "-shm", "-journal")):
            continue
        found[name] = (
            of_store(path) if path.suffix == ".gpkg" else of_bytes(path.name, path.read_bytes())
        )
    return found


def of_bytes(name: str, data: bytes) -> str:
    """Give the hash of a file without times; of a zip that of each part."""
    if name.endswith((".xlsx", ".docx", ".zip")) and zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return ",".join(of_bytes(each, packed.read(each)) for each in packed.namelist())
    return hashlib.sha256(MOVING.sub(b"T", data)).hexdigest()[:16]


def of_store(path: Path) -> str:
    """Give the hash of what a store holds, looked at in a copy: as it was left, it stays."""
    parts = {
        kind: each.read_bytes() for kind in ("", "-wal", "-journal")
        if (each := path.with_name(f"{path.name}{kind}")).exists()
    }
    key = hashlib.sha256(repr([(kind, hashlib.sha256(data).digest())
                               for kind, data in parts.items()]).encode()).digest()
    if key not in LOOKED:
        LOOKED[key] = _of_store(path.name, parts)
    return LOOKED[key]


LOOKED: dict[bytes, str] = {}
"""Stores that were looked at, by their bytes."""


def _of_store(name: str, parts: Mapping[str, bytes]) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        for kind, data in parts.items():
            (Path(scratch) / f"{name}{kind}").write_bytes(data)
        try:
            with closing(sqlite3.connect(Path(scratch) / name)) as db:
                if db.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                    return "broken"
                whole = hashlib.sha256()
                for (table,) in db.execute("SELECT table_name FROM gpkg_contents ORDER BY 1"):
                    rows = db.execute(f'SELECT * FROM "{table}"')  # noqa: S608
                    told = [at for at, (each, *_) in enumerate(rows.description)
                            if each not in UNTOLD]
                    for row in sorted(repr([row[at] for at in told]) for row in rows):
                        whole.update(MOVING.sub(b"T", f"{table}{row}".encode()))
                return whole.hexdigest()[:16]
        except sqlite3.Error as error:
            return f"broken: {error}"


def seen(folder: Path, *, waiting: bool = False) -> dict[str, str]:
    """Leave out what only a program that was killed has left, which nobody sees.

    ``waiting``: Whether evidence that waits out of sight counts as kept; that of a copy that is not
    there yet does not.
    """
    found = {}
    for name, what in held(folder).items():
        shown = name.replace(f"/{evidence.TAKING}/", "/") if waiting else name
        unfinished = (folder / name).parent / evidence.TAKING
        if name.startswith("copy.evidence/") and unfinished.exists() and (
            not (folder / "copy.gpkg").exists()
        ):
            continue
        if not shown.startswith("temporary/") and not any(
            part.startswith(".") for part in Path(shown).parts
        ):
            found[shown] = what
    return found


class Tried:
    """A command tried again and again, from the same start."""

    def __init__(self, name: str, case: Case, start: Path, folder: Path, place: dict[str, str]):
        self.name, self.case, self.start, self.folder = name, case, start, folder
        self.typed = tuple(each.format(**place) for each in case.typed)
        self.before = held(start)
        whole = folder / f"{name}-whole"
        shutil.copytree(start, whole)
        begun = time.perf_counter()
        self.ended = called(self.typed, whole)
        self.seconds = time.perf_counter() - begun
        if self.ended.status not in {0, 1, 3}:
            raise SystemExit(f"{self.typed}: {self.ended.said}")
        self.after = held(whole)
        called(self.typed, whole)
        self.twice = held(whole)
        shutil.rmtree(whole)

    def points(self, every: int, hidden: int) -> list[int]:
        """Choose before which calls to stop: of those that are seen, and of those that are not."""
        unseen = [bool(HIDDEN.search(each.path)) for each in self.ended.calls]
        return sorted(
            at + 1 for which, step in ((False, every), (True, hidden))
            for at in [at for at, own in enumerate(unseen) if own is which][::step]
        )

    def kinds(self) -> list[int]:
        """Choose the first call of each kind on each file."""
        first: dict[tuple[str, str], int] = {}
        for at, each in enumerate(self.ended.calls, 1):
            first.setdefault((each.name, DRAWN.sub("#", each.path)), at)
        return sorted(first.values())

    def at(self, point: int, how: str, within: float = 0) -> list[str]:
        """Try once, and say what does not hold."""
        own = self.folder / f"{self.name}-{how}-{point or within}"
        shutil.copytree(self.start, own)
        decide = {
            "kill": watched.killed(point), "full": watched.full(point),
            "limit": watched.too_large(point), "readonly": watched.read_only(point, own),
        }[how]
        ended = called(self.typed, own, decide, within)
        odd = self.judged(own, ended, how)
        shutil.rmtree(own)
        return odd

    def judged(self, own: Path, ended: watched.Ended, how: str) -> list[str]:
        """Look at what was left, and do it again."""
        odd = []
        if "Traceback" in ended.said or "fault of landtrack" in ended.said:
            odd.append(f"a trace: {ended.said[-600:]}")
        there = seen(own)
        two = self.case.both and any(name.endswith(staging.UNFINISHED) for name in there)
        new = self.after in (there, seen(own, waiting=True))
        state = "new" if new else "old" if self.old(there) else "two"
        if state == "two" and not two:
            odd.append(f"neither old nor new: {self.unlike(there)}")
        if how != "kill":
            if ended.status == 0 and state != "new":
                odd.append("it says that all is well")
            if how in {"full", "limit"} and held(own) not in (self.before, self.after):
                odd.append(f"left: {self.unlike(held(own))}")
        again = called(self.typed, own)
        done = again.status in {0, 1, 3} or (not self.case.again and state == "new")
        if not done:
            odd.append(f"again: {again.status} {again.said[-400:]}")
        elif held(own) not in (self.after, self.twice):
            odd.append(f"again, not as it makes it: {self.unlike(held(own))}")
        checked = called(("log", "verify", "--store", self.case.store), own)
        if checked.status:
            odd.append(f"log verify: {checked.said}")
        return odd

    def old(self, there: dict[str, str]) -> bool:
        """Say whether all is as before, but for what is made first."""
        return {
            name: what for name, what in there.items()
            if name not in self.case.first or what != self.after[name]
        } == self.before

    def unlike(self, there: dict[str, str]) -> list[str]:
        """Name the files that are neither as before nor as after, or are more."""
        return sorted(
            name for name in {*there, *self.before, *self.after}
            if there.get(name) not in {self.before.get(name), self.after.get(name)}
        ) or ["some old, some new: " + ", ".join(
            name for name in there if there[name] == self.after.get(name) != self.before.get(name)
        )]


def main() -> int:
    """Print a line for each command, and what did not hold."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("commands", nargs="*", metavar="COMMAND", help=", ".join(CASES))
    arguments.add_argument("--how", choices=HOW, action="append")
    arguments.add_argument("--every", type=int, default=0, help="Of the calls that write "
                           "where people look, each so many-th.")
    arguments.add_argument("--hidden", type=int, default=25, help="Of the calls that write "
                           "where nobody looks (staging, temporary files), each so many-th.")
    arguments.add_argument("--kinds", action="store_true", help="The first call of each kind on "
                           "each file, wherever it lies.")
    arguments.add_argument("--without", type=int, default=0, help="Leave out so many at the "
                           "beginning, which were tried before.")
    arguments.add_argument("--random", type=int, default=0, help="So many kills at random.")
    arguments.add_argument("--seed", type=int, default=2006)
    given = arguments.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was tried is printed then, too
    bad = 0
    folder = Path(tempfile.mkdtemp(prefix="kills-"))  # forks would clear a TemporaryDirectory up
    try:
        place = places(folder)
        warmed(folder, place)
        start = prepared(folder, place)
        for name in given.commands or CASES:
            tried = Tried(name, CASES[name], start, folder, place)
            calls = len(tried.ended.calls)
            for how in given.how or HOW[:1]:
                if given.every or given.kinds:
                    points = tried.kinds() if given.kinds else (
                        tried.points(given.every, given.hidden)
                    )
                    bad += told(f"{name} {how}", calls, (
                        (f"{at} {tried.ended.calls[at - 1][1:]}", tried.at(at, how))
                        for at in points[given.without:]
                    ))
            if given.random:
                chance = random.Random(given.seed)  # noqa: S311
                moments = [chance.uniform(0.001, tried.seconds) for _ in range(given.random)]
                bad += told(f"{name} at random", calls, (
                    (f"{each:.3f} s", tried.at(0, "kill", each)) for each in moments
                ))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return int(bool(bad))


def told(what: str, calls: int, tries: Iterator[tuple[str, list[str]]]) -> int:
    """Try, and print how many were tried and held, and those that did not: also when stopped."""
    found: list[tuple[str, list[str]]] = []
    try:
        found.extend(tries)  # what was tried stays in it where the next one does not end
    finally:
        bad = _print(what, calls, found)
    return bad


def _print(what: str, calls: int, found: list[tuple[str, list[str]]]) -> int:
    bad = [(at, odd) for at, odd in found if odd]
    lines = [f"{what:<20} {calls:5} calls, tried {len(found):5}, held {len(found) - len(bad):5}"]
    lines += [f"    {at}: {'; '.join(odd)}".replace("\n", " ") for at, odd in bad]
    print("\n".join(lines), flush=True)  # noqa: T201
    return len(bad)


if __name__ == "__main__":
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    store.exists(Path())
    sys.exit(main())
