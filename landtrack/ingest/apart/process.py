"""The process that reads: how it is started, asked, watched and ended."""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import IO, Any, NoReturn, TypeVar

import psutil

from landtrack.ingest.apart import border, confine, windows
from landtrack.ingest.formats import companions, files, limits, temporary
from landtrack.model.errors import LimitError, SourceError

Answer = TypeVar("Answer")
CLOCK = 10
"""How many times the seconds of processor an input may take on the clock, where others work too."""
TICK = 0.1
"""Seconds between two looks at a reader."""
SHORT, DYING = 0.002, 10.0
"""Seconds between two looks at one that ends, and how long it may take."""
GRACE = 2
"""By how much more than its limit a reader may take before it is killed: the kernel comes first."""
SAMPLES = {
    "a.geojson": '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '
    '{"a": "1"}, "geometry": {"type": "Point", "coordinates": [120, 30]}}]}',
    "a.csv": "number,x,y\n1,500000,4000000\n",
}
"""Files of our own by which the libraries are made ready."""
LIBRARIES = frozenset({
    "ezdxf", "fiona", "landtrack", "openpyxl", "osmium", "pyarrow", "python_calamine", "xlrd",
})
"""What a reader loads that who asks may load too, so that the next reader has it."""
NO_MEMORY = ("bad_alloc", "annot allocate", "ut of memory")
"""How libraries say that there is none."""
BEGIN = (
    "import sys; sys.path[:] = {path!r}; from landtrack.ingest.apart import process; "
    "process.serve_pipes()"
)


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What an input may take: memory in bytes, and seconds of processor."""

    memory: int
    seconds: int


@dataclass(kw_only=True)
class Reader:
    """A process that reads, as seen by who asks."""

    pid: int
    ask: IO[bytes]
    answers: IO[bytes]
    folder: Path
    confined: bool
    process: subprocess.Popen[bytes] | None = None
    job: windows.Job | None = None
    reason: str = ""
    most: int = 0

    def kill(self) -> None:
        """End it, whatever it is at."""
        if self.process is not None:
            self.process.kill()
        else:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def ended(self, seconds: float) -> int | None:
        """Wait until it has ended.

        Returns: How it ended, a signal as a negative number; None where it has not.
        """
        if self.process is not None:
            try:
                return self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                return None
        until = time.monotonic() + seconds
        with suppress(ChildProcessError):
            while time.monotonic() < until:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    return os.waitstatus_to_exitcode(status)
                time.sleep(SHORT)
        return None

    def _reap(self) -> None:
        """Wait for one that was killed, however long a busy machine takes to end it."""
        if self.process is not None:
            self.process.wait()
        else:
            self.ended(DYING)

    def end(self, *, patient: bool = False) -> int | None:
        """End it, and take away what it left.

        ``patient``: Whether it is about to end by itself, and how is asked.
        """
        for each in (self.ask, self.answers):
            with suppress(OSError):
                each.close()
        status = self.ended(DYING) if patient else None
        if status is None:
            self.kill()
            threading.Thread(target=self._reap, daemon=True).start()
        if self.job is not None:
            self.job.close()
        temporary.remove(self.folder)
        return status


@dataclass(kw_only=True)
class Session:
    """The reader of a ``with`` block; it is started when something is first asked of it."""

    inputs: tuple[Path, ...]
    reader: Reader | None = None

    def ask(self, asked: Callable[..., Answer], arguments: tuple[Any, ...], what: Path,
            allowed: Allowed) -> Answer:
        """Have a function called there.

        ``what``: The input that it is for, which is refused where the reader does not survive it.
        Raises LimitError: If it takes more than is allowed.
        Raises SourceError: If the reader dies of it otherwise.
        """
        if self.reader is None:
            self.reader = _start(self.inputs)
        reader, reader.most = self.reader, 0
        try:
            with _watched(reader, allowed):
                request = (asked, arguments, allowed)
                pickle.dump(request, reader.ask, pickle.HIGHEST_PROTOCOL)
                reader.ask.flush()
                kind, told, loaded = border.receive(reader.answers, 2 * allowed.memory)
        except (EOFError, OSError, border.BrokenError) as error:
            raise self._refused(what, allowed) from error
        except BaseException:
            self.close()
            raise
        _LOADED.update(loaded)
        if kind == "memory":
            self.close()
            raise _beyond(what, "memory", allowed)
        if kind == "fault":
            raise border.raised(told)
        return told  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the reader, or keep it where it may read other inputs too."""
        reader, self.reader = self.reader, None
        if reader is not None and not reader.confined and not reader.reason:
            with _IDLE_LOCK:
                _IDLE.append(reader)
        elif reader is not None:
            reader.end()

    def _refused(self, what: Path, allowed: Allowed) -> SourceError:
        """Say why a reader died."""
        reader, self.reader = self.reader, None
        assert reader is not None  # noqa: S101  it died
        status = reader.end(patient=True)
        if reader.reason:
            return _beyond(what, reader.reason, allowed)
        if status == -getattr(signal, "SIGXCPU", 0):
            return _beyond(what, "seconds", allowed)
        if 2 * reader.most > allowed.memory:
            return _beyond(what, "memory", allowed)
        return SourceError(
            f"{what} cannot be read: the process that read it broke off ({status}).",
            mend="Ask for the data in another form; if it is honest, please report it with the "
            "file.",
        )


_SESSION: ContextVar[Session | None] = ContextVar("session", default=None)
_LOADED: set[str] = set()
"""Modules that readers had to load."""
_IDLE: list[Reader] = []
_IDLE_LOCK = threading.Lock()
_inside = False
"""Whether this process is a reader."""


class Shared:
    """One reader for all that is asked while it is at work: what is asked between is not its.

    A generator that is left half-way thus leaves nothing behind that others would meet.

    ``inputs``: All that will be read; a reader may see nothing else.
    """

    def __init__(self, inputs: Iterable[Path]) -> None:
        known = _inside or _SESSION.get() is not None
        self.session = None if known else Session(inputs=tuple(inputs))

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Have what is asked in a ``with`` block read by it."""
        if self.session is None:
            yield
            return
        token = _SESSION.set(self.session)
        try:
            yield
        finally:
            _SESSION.reset(token)

    def close(self) -> None:
        """End the reader."""
        if self.session is not None:
            self.session.close()


@contextmanager
def session(inputs: Iterable[Path]) -> Iterator[None]:
    """Have one reader for all that is asked in a ``with`` block; it may not be left half-way.

    ``inputs``: All that will be read in it; a reader may see nothing else.
    """
    own = Shared(inputs)
    try:
        with own.at_work():
            yield
    finally:
        own.close()


def call(
    function: Callable[..., Answer], *arguments: Any, inputs: tuple[Path, ...]  # noqa: ANN401
) -> Answer:
    """Call a function in a process that reads.

    ``function``: Of a module, as are functions among the arguments; what it gives must cross.
    ``inputs``: The files that it reads; the first gives its name to what is said of a limit.
    Raises LimitError: If it takes more memory or time than inputs of their size may.
    Raises SourceError: If the process dies of it; what the function raises comes through.
    """
    if _inside:
        return function(*arguments)
    with session(inputs):
        own = _SESSION.get()
        assert own is not None  # noqa: S101  just made
        return own.ask(function, arguments, inputs[0], allowed(inputs))


def allowed(inputs: Iterable[Path]) -> Allowed:
    """Work out what inputs may take, by their size."""
    known = limits.limits()
    size = sum(
        each.stat().st_size * known.reader_times.get(each.suffix.lower(), 1)
        for path in inputs for each in _files(path) if each.is_file()
    )
    return Allowed(
        memory=known.reader_bytes + known.reader_bytes_a_byte * size,
        seconds=known.reader_seconds + known.reader_seconds_a_mb * size // 1_000_000,
    )


def _files(path: Path) -> Iterable[Path]:
    return path.rglob("*") if path.is_dir() else {path, *companions.of(path)}


def _beyond(what: Path, kind: str, allowed: Allowed) -> LimitError:
    name = {"memory": "reader_bytes", "seconds": "reader_seconds", "clock": "reader_seconds"}[kind]
    most = allowed.memory if kind == "memory" else allowed.seconds
    if kind == "clock":
        most *= CLOCK
    return limits.beyond(what, name, most)


# --- started --------------------------------------------------------------------------------


def forks() -> bool:
    """Tell whether a reader may be a fork: on Linux, where no other thread is at work here.

    A fork has the locks that other threads hold, and nobody to let go of them.
    """
    if sys.platform != "linux":
        return False
    own = threading.get_ident()
    return not any(
        _works(frame) for thread, frame in sys._current_frames().items() if thread != own  # noqa: SLF001
    )


def _works(frame: FrameType | None) -> bool:
    """Tell whether landtrack is what a thread is at."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith("landtrack.") and name != __name__:
            return True
        frame = frame.f_back
    return False


def _start(inputs: tuple[Path, ...]) -> Reader:
    if not forks():
        return _idle() or _new_python(inputs)
    _make_ready()
    for name in sorted(_LOADED):
        if name not in sys.modules and name.partition(".")[0] in LIBRARIES:
            with suppress(ImportError):
                importlib.import_module(name)
    folder = temporary.make()
    (asked, ask), (answers, answer) = os.pipe(), os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other threads: see `forks`
        pid = os.fork()
    if pid == 0:
        _be_a_fork(asked, answer, (ask, answers), (inputs, folder))
    os.close(asked)
    os.close(answer)
    return Reader(
        pid=pid, ask=os.fdopen(ask, "wb"), answers=os.fdopen(answers, "rb"), folder=folder,
        confined=True,
    )


@cache
def _make_ready() -> None:
    """Load here what every reader needs, by reading a file of our own: forks have it then."""
    confine.libraries()
    with temporary.folder() as folder:
        for name, text in SAMPLES.items():
            path = folder / name
            path.write_text(text, encoding="utf-8")
            reader = files.of(path).reader
            border.send(
                io.BytesIO(),
                reader.read(path, layer=reader.layer_names(path)[0], encoding=None),
            )


def _be_a_fork(
    asked: int, answer: int, others: tuple[int, ...], may: tuple[tuple[Path, ...], Path]
) -> NoReturn:
    """Go on as a reader, and never come back."""
    status = 1
    try:
        gc.freeze()  # what is here already is not written to by looking for garbage
        for each in others:
            os.close(each)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL if number == signal.SIGTERM else signal.SIG_IGN)
        nothing = os.open(os.devnull, os.O_RDWR)
        for at in (0, 1, 2):
            os.dup2(nothing, at)
        confine.KEPT.update((asked, answer))
        _serve(os.fdopen(asked, "rb"), os.fdopen(answer, "wb"), may)
        status = 0
    finally:
        os._exit(status)


def _new_python(inputs: tuple[Path, ...]) -> Reader:
    """Start a Python that reads; one that the system cannot confine is good for other inputs."""
    confined = sys.platform == "linux"
    folder = temporary.make()
    base = getattr(sys, "_base_executable", None) if sys.platform == "win32" else None
    # that of an environment starts another one there, which the job does not allow
    process = subprocess.Popen(  # noqa: S603  ourselves
        [base or sys.executable, "-c", BEGIN.format(path=[each or os.curdir for each in sys.path])],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},  # one to confine
    )
    assert process.stdin is not None  # noqa: S101  both are pipes
    assert process.stdout is not None  # noqa: S101
    job = windows.Job(int(process._handle)) if sys.platform == "win32" else None  # type: ignore[attr-defined,unused-ignore]  # noqa: SLF001
    made = Reader(
        pid=process.pid, ask=process.stdin, answers=process.stdout, folder=folder,
        confined=confined, process=process, job=job,
    )
    try:
        pickle.dump((inputs, folder), made.ask, pickle.HIGHEST_PROTOCOL)
        made.ask.flush()
    except OSError:
        pass  # it is dead, which who asks it is told
    return made


def _idle() -> Reader | None:
    with _IDLE_LOCK:
        while _IDLE:
            reader = _IDLE.pop()
            if reader.process is not None and reader.process.poll() is None:
                return reader
            reader.end()
    return None


@atexit.register
def _end_idle() -> None:
    if _inside:
        return
    while _IDLE:
        _IDLE.pop().end()


def _forget() -> None:
    """Leave the readers of who was forked to it."""
    _IDLE.clear()
    _SESSION.set(None)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


# --- watched --------------------------------------------------------------------------------


@contextmanager
def _watched(reader: Reader, allowed: Allowed) -> Iterator[None]:
    """Kill a reader that takes more than it may, where nothing else has done so."""
    done = threading.Event()
    if reader.job is not None:
        reader.job.limit(allowed.memory)
    watch = threading.Thread(target=_watch, args=(reader, allowed, done), daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()


def _watch(reader: Reader, allowed: Allowed, done: threading.Event) -> None:
    try:
        process = psutil.Process(reader.pid)
        memory, seconds = _memory(process), sum(process.cpu_times()[:2])
        began = time.monotonic()
        while not done.wait(TICK):
            reader.most = max(reader.most, _memory(process) - memory)
            if reader.most > GRACE * allowed.memory:
                reader.reason = "memory"
            elif sum(process.cpu_times()[:2]) - seconds > allowed.seconds + GRACE:
                reader.reason = "seconds"
            elif time.monotonic() - began > CLOCK * allowed.seconds:
                reader.reason = "clock"
            if reader.reason:
                reader.kill()
                return
    except psutil.Error:
        return  # it is no more


def _memory(process: psutil.Process) -> int:
    """Give what a process has of memory: on Windows what it was promised."""
    told = process.memory_info()
    return int(getattr(told, "private", told.rss))


# --- the other side -------------------------------------------------------------------------


def serve_pipes() -> None:
    """Be a reader: do what is asked for on the standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    confine.KEPT.add(answers.fileno())
    may = pickle.load(sys.stdin.buffer)  # noqa: S301  from who started it
    _serve(sys.stdin.buffer, answers, may)


def _serve(
    asked: IO[bytes], answers: IO[bytes], may: tuple[tuple[Path, ...], Path]
) -> None:
    """Do what is asked until nobody asks any more."""
    global _inside  # noqa: PLW0603  it is what this process is
    _inside = True
    _forget()
    inputs, folder = may
    confine.enter(inputs, folder, limits.limits().archive_bytes)
    before = set(sys.modules)
    while True:
        try:
            function, arguments, allowed = pickle.load(asked)  # noqa: S301  from who started it
        except EOFError:
            return
        confine.limit(allowed.memory, allowed.seconds)
        kind, told = _done(function, arguments)
        loaded = sorted(set(sys.modules) - before)
        before.update(loaded)
        try:
            border.send(answers, (kind, told, loaded))
        except MemoryError:  # nothing was sent yet
            told = None
            border.send(answers, ("memory", None, loaded))


def _done(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    """Call a function.

    Returns: ``done`` and what it gives, ``fault`` and what it raised, or ``memory``.
    """
    try:
        return "done", function(*arguments)
    except BaseException as error:  # noqa: BLE001  it is raised where it was asked for
        return ("memory", None) if _for_memory(error) else ("fault", border.fault(error))


def _for_memory(error: BaseException | None) -> bool:
    """Tell whether memory that was refused is behind an exception."""
    while error is not None:
        if isinstance(error, MemoryError) or any(each in str(error) for each in NO_MEMORY):
            return True
        error = error.__cause__ or error.__context__
    return False
