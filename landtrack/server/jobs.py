"""What takes long: a process of its own for each, one after the other, with what it said.

A job is a command of landtrack that is called as a person would call it. It can be stopped, it ends
with the desk, and what it was at is in a database: a desk that was killed says at its next start
what was interrupted. Outputs of a command are there whole or not at all, whatever ends it.
"""

from __future__ import annotations

import os
import queue
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from landtrack.server.bell import Bell

WATCHED = "landtrack.cli.watched"
"""Runs a command, and ends it when who called it is gone."""
WAITING, WORKING, DONE, REFUSED = "waiting", "working", "done", "refused"
STOPPED, INTERRUPTED = "stopped", "interrupted"
OPEN = (WAITING, WORKING)
NOT_DONE = 2
"""Exit status of a command that could not be done."""
BEHIND = 15
"""How far a job steps back on Linux and macOS, as ``nice`` counts it."""
GRACE_S = 10
"""How long a command that was asked to stop may put things back."""
LOOKED_AT = 20
"""Among how many jobs of a place the last one of a kind is looked for."""
KEPT = 200
"""How many ended jobs are kept."""

_TABLE = """
create table if not exists job (
  id integer primary key, place text not null, kind text not null, arguments text not null,
  state text not null, exit integer, asked_at text not null, ended_at text, said text not null
)"""
_COLUMNS = "id, place, kind, arguments, state, exit, asked_at, ended_at, said"


@dataclass(frozen=True)
class Job:
    """A job: of which place, of which kind, how it stands, and the lines that it said.

    ``arguments`` are what was typed, NUL between them; ``exit`` is the exit status of its command,
    None before it has one. Times are UTC.
    """

    id: int
    place: str
    kind: str
    arguments: str
    state: str
    exit: int | None
    asked_at: str
    ended_at: str | None
    said: str

    @property
    def going_on(self) -> bool:
        """Tell whether it waits or works."""
        return self.state in OPEN

    @property
    def makes(self) -> str:
        """Name the file or folder that it was asked to write; empty where none was named."""
        found = (each for each in self.arguments.split("\0") if each.startswith("--out="))
        return Path(next(found, "").partition("=")[2]).name


class Jobs:
    """The jobs of a desk, in the order in which they were asked for.

    ``ending`` is called with the place and the kind of one whose command has ended, before it is
    said to be done. ``plain`` puts what a command says into what people read.
    """

    def __init__(self, path: Path, plain: Callable[[str], str] = str) -> None:
        self.path, self.plain = path, plain
        self.bell = Bell()
        self._queue: queue.SimpleQueue[tuple[int, Sequence[str]] | None] = queue.SimpleQueue()
        self._process: subprocess.Popen[str] | None = None
        self._at: int | None = None
        self._lines: list[str] = []
        self._closing = False
        self.ending: Callable[[str, str], None] | None = None
        with self._db() as db:
            db.execute(_TABLE)
            db.execute(
                "update job set state = ?, ended_at = ? where state in (?, ?)",
                (INTERRUPTED, _now(), *OPEN),
            )
            db.execute(
                "delete from job where id <= (select max(id) from job) - ?", (KEPT,)
            )
        self._worker = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._worker.start()

    def ask(self, place: str, kind: str, arguments: Sequence[str]) -> int:
        """Enter a job.

        ``place``: Its name.
        ``kind``: A key of words under ``desk.job``.
        ``arguments``: What would be typed behind ``landtrack``.
        Returns: Its number; that of the one that waits or works already, if it is the same.
        """
        arguments = [each.replace("\0", "") for each in arguments]  # no command takes one
        typed = "\0".join(arguments)
        with self._db() as db:
            same = db.execute(
                "select id from job where state in (?, ?) and place = ? and arguments = ?",
                (*OPEN, place, typed),
            ).fetchone()
            if same:
                return int(same[0])
            made = db.execute(
                "insert into job (place, kind, arguments, state, asked_at, said) "
                "values (?, ?, ?, ?, ?, '')", (place, kind, typed, WAITING, _now()),
            ).lastrowid
        if made is None:
            raise RuntimeError("SQLite gave a new row no number.")
        self._queue.put((made, tuple(arguments)))
        return made

    def begin(self, place: str, kind: str) -> int:
        """Enter something that the desk itself is at, until :meth:`end` says how it ended."""
        with self._db() as db:
            made = db.execute(
                "insert into job (place, kind, arguments, state, asked_at, said) "
                "values (?, ?, '', ?, ?, '')", (place, kind, WORKING, _now()),
            ).lastrowid
        return int(made or 0)

    def end(self, number: int, state: str, said: str, *, place: str | None = None) -> None:
        """Say how something ended that the desk was at.

        ``place``: Its name, where it had none before.
        """
        with self._db() as db:
            db.execute(
                "update job set state = ?, ended_at = ?, said = ?, place = coalesce(?, place) "
                "where id = ?", (state, _now(), self.plain(said), place, number),
            )
        self._tell()

    def get(self, number: int) -> Job | None:
        """Give a job, None where there is none of that number; what it says so far included."""
        with self._db() as db:
            row = db.execute(f"select {_COLUMNS} from job where id = ?", (number,)).fetchone()  # noqa: S608
        return None if row is None else self._live(Job(*row))

    def of(self, place: str, most: int = 10) -> list[Job]:
        """List the jobs of a place, the last first."""
        with self._db() as db:
            rows = db.execute(
                f"select {_COLUMNS} from job where place = ? order by id desc limit ?",  # noqa: S608
                (place, most),
            ).fetchall()
        return [self._live(Job(*row)) for row in rows]

    def last(self, place: str, kind: str) -> Job | None:
        """Give the last job of a kind of a place; None where none is among its last jobs."""
        return next((each for each in self.of(place, LOOKED_AT) if each.kind == kind), None)

    def unfinished(self) -> dict[str, int]:
        """Count what waits and what works."""
        with self._db() as db:
            found = dict(db.execute(
                "select state, count(*) from job where state in (?, ?) group by state", OPEN
            ).fetchall())
        return {state: found.get(state, 0) for state in OPEN}

    def took(self, job: Job) -> float | None:
        """Say how many seconds the last one of the same took that was done; None where none was."""
        with self._db() as db:
            row = db.execute(
                "select asked_at, ended_at from job where place = ? and kind = ? and id < ? "
                "and state = ? order by id desc limit 1", (job.place, job.kind, job.id, DONE),
            ).fetchone()
        if row is None:
            return None
        begun, ended = (datetime.fromisoformat(each) for each in row)
        return (ended - begun).total_seconds()

    def stop(self, number: int) -> None:
        """End a job: one that waits is not begun, one that works puts back what it was at."""
        with self._db() as db:
            db.execute(
                "update job set state = ?, ended_at = ? where id = ? and state in (?, ?)",
                (STOPPED, _now(), number, *OPEN),
            )
        process = self._process
        if self._at == number and process is not None:
            _end(process)
        self._tell()

    def close(self) -> None:
        """End what works, and begin nothing of what waits: the desk is closing."""
        self._closing = True
        self._queue.put(None)
        process = self._process
        if process is not None:
            _end(process)
        self._worker.join(GRACE_S)

    def _live(self, job: Job) -> Job:
        """Add what a job at work has said so far."""
        if job.id != self._at or not job.going_on:
            return job
        return replace(job, said="\n".join(self._lines))

    def _work(self) -> None:
        """Take one job after the other."""
        while (next_ := self._queue.get()) is not None and not self._closing:
            number, arguments = next_
            with self._db() as db:
                begun = db.execute(
                    "update job set state = ? where id = ? and state = ?",
                    (WORKING, number, WAITING),
                ).rowcount
            if begun:
                self._call(number, arguments)

    def _call(self, number: int, arguments: Sequence[str]) -> None:
        """Run a command to its end, and keep what it says."""
        self._lines, self._at = [], number
        with subprocess.Popen(  # noqa: S603  landtrack itself; nothing goes through a shell
            [sys.executable, "-X", "utf8", "-m", WATCHED, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", errors="replace",
            env=os.environ | {"NO_COLOR": "1", "COLUMNS": "100"},
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
            | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
        ) as process:
            _step_back(process)
            self._process = process
            if self._closing or self._is_stopped(number):  # who said so saw no process to end
                _end(process)
            for line in process.stdout or ():
                self._lines.append(self.plain(line.rstrip()))
                self._tell()
            status = process.wait()
        self._process = None
        if self.ending is not None and (own := self.get(number)) is not None:
            self.ending(own.place, own.kind)
        state = REFUSED if status == NOT_DONE else DONE
        if status < 0 or status >= 128:  # noqa: PLR2004  ended by a signal
            state = INTERRUPTED
        with self._db() as db:
            db.execute(
                "update job set state = case state when ? then state else ? end, exit = ?, "
                "ended_at = ?, said = ? where id = ?",
                (STOPPED, state, status, _now(), "\n".join(self._lines), number),
            )
        self._at = None
        self._tell()

    def _is_stopped(self, number: int) -> bool:
        own = self.get(number)
        return own is not None and own.state == STOPPED

    def _tell(self) -> None:
        self.bell.ring()

    @contextmanager
    def _db(self) -> Iterator[sqlite3.Connection]:
        """Open the database for one thing; it is all written or nothing of it."""
        with closing(sqlite3.connect(self.path, timeout=10)) as db, db:
            yield db


def _step_back(process: subprocess.Popen[str]) -> None:
    """Let what answers pages go before a job and all that it starts."""
    if sys.platform != "win32":
        with suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, process.pid, BEHIND)


def _end(process: subprocess.Popen[str]) -> None:
    """Ask a process to end, and end it where it does not."""
    with suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()  # its watchman ends it as Ctrl-C would
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
