"""Lets a process run until it is about to change a file, and decides whether it may.

The kernel stops every system call that writes (a filter of seccomp, for the process and all that it
starts, Python or C) and asks; the one call whose turn is come is then the last of the process, or
fails as on a full disk. Linux on x86-64 only; it takes no rights.
"""

import array
import atexit
import ctypes
import errno
import fcntl
import os
import platform
import select
import signal
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

NO_NEW_PRIVILEGES, SECCOMP, SET_FILTER, LISTENER = 38, 317, 1, 8
ASK, ALLOW = 0x7FC00000, 0x7FFF0000
RECEIVE, SEND, GO_ON = 0xC0502100, 0xC0182101, 1
LOAD, EQUAL, ANY_BIT, ANSWER = 0x20, 0x15, 0x45, 0x06
NUMBER, ARGUMENTS = 0, 16
CHANGES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
FILE, PATH, AT = "file", "path", "at"
"""How a call names what it changes: an open file, a path, a path below an open folder."""
CALLS = {
    1: ("write", FILE), 18: ("pwrite64", FILE), 20: ("writev", FILE), 296: ("pwritev", FILE),
    328: ("pwritev2", FILE), 40: ("sendfile", FILE), 326: ("copy_file_range", FILE),
    77: ("ftruncate", FILE), 285: ("fallocate", FILE), 76: ("truncate", PATH),
    2: ("open", PATH), 85: ("creat", PATH), 257: ("openat", AT), 82: ("rename", PATH),
    264: ("renameat", AT), 316: ("renameat2", AT), 86: ("link", PATH), 265: ("linkat", AT),
    88: ("symlink", PATH), 87: ("unlink", PATH), 263: ("unlinkat", AT), 83: ("mkdir", PATH),
    258: ("mkdirat", AT), 84: ("rmdir", PATH),
}
FLAGS = {2: 1, 257: 2}
"""Which argument of the calls that open says what for."""
GROWS = frozenset({
    "write", "pwrite64", "writev", "pwritev", "pwritev2", "sendfile", "copy_file_range", "fallocate"
})
MAKES = frozenset({"open", "creat", "openat", "mkdir", "mkdirat", "link", "linkat", "symlink"})
NAMES = MAKES | {"rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir"}
ELSEWHERE = ("/dev/", "/proc/", "/sys/", "/memfd:")
WORKS = sys.platform == "linux" and platform.machine() == "x86_64"


class Call(NamedTuple):
    """A system call that is about to change a file: which by count, its name, and the path."""

    number: int
    name: str
    path: str


class Ended(NamedTuple):
    """How a process ended: its status, negative for a signal; its words; and its calls."""

    status: int
    said: str
    calls: list[Call]


def killed(at: int) -> Callable[[Call], int | None]:
    """Kill before the call of this number: none where it is 0."""
    return lambda call: -signal.SIGKILL if call.number == at else None


def full(at: int) -> Callable[[Call], int | None]:
    """Have no room on the disk from the call of this number on."""
    def fails(call: Call) -> int | None:
        grows = call.name in GROWS or (call.name in MAKES and not os.path.lexists(call.path))
        return errno.ENOSPC if call.number >= at and grows else None
    return fails


def too_large(at: int) -> Callable[[Call], int | None]:
    """Let no file grow from the call of this number on: a limit of the size of files."""
    return lambda call: errno.EFBIG if call.number >= at and call.name in GROWS else None


def read_only(at: int, folder: Path) -> Callable[[Call], int | None]:
    """Let nothing be made, named or removed in a folder from the call of this number on."""
    def fails(call: Call) -> int | None:
        if call.number < at or call.name not in NAMES or not Path(call.path).is_relative_to(folder):
            return None
        there = call.name in {"open", "openat", "creat"} and os.path.lexists(call.path)
        return None if there else errno.EACCES
    return fails


def run(
    work: Callable[[], int], decide: Callable[[Call], int | None], folder: Path, *,
    within: float = 0,
) -> Ended:
    """Run something in a process of its own, whose calls are decided one by one.

    ``decide``: Gives None to let a call be, the number of an error for it to fail with, or that of
    a signal, negative, to end the process with before it.
    ``folder``: Where it works; temporary files are made in its folder ``temporary``.
    ``within``: Seconds after which it is killed, whatever it is at; 0 for never.
    """
    here, there = socket.socketpair()
    words = os.memfd_create("words")
    pid = os.fork()
    if not pid:
        _work(work, there, words, folder)
    there.close()
    listener = array.array("i")
    _, data, _, _ = here.recvmsg(1, socket.CMSG_SPACE(listener.itemsize))
    if not data:
        raise OSError(os.pread(words, 10_000, 0).decode(errors="replace"))
    listener.frombytes(data[0][2])
    here.close()
    calls, status = _watch(pid, listener[0], decide, within)
    os.close(listener[0])
    said = os.pread(words, 10_000_000, 0).decode(errors="replace")
    os.close(words)
    return Ended(status, said, calls)


def _work(work: Callable[[], int], there: socket.socket, words: int, folder: Path) -> None:
    """Be the process that is watched."""
    status = 70
    try:
        os.setsid()
        for each in (1, 2):
            os.dup2(words, each)
        sys.stdout, sys.stderr = (os.fdopen(each, "w", closefd=False) for each in (1, 2))
        (folder / "temporary").mkdir(exist_ok=True)
        os.environ["TMPDIR"], tempfile.tempdir = str(folder / "temporary"), None
        os.chdir(folder)
        listener = _filtered()
        socket.send_fds(there, [b"."], [listener])
        os.close(listener)
        there.close()
        status = work()
        atexit._run_exitfuncs()  # a fork that ends as a program does
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001  this is where the process ends
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(status)


def _filtered() -> int:
    """Have the kernel ask before every call that writes; give where it asks."""
    steps = [(LOAD, 0, 0, NUMBER)]
    for number in CALLS:
        if number in FLAGS:
            flags = ARGUMENTS + 8 * FLAGS[number]
            steps += [(EQUAL, 0, 4, number), (LOAD, 0, 0, flags), (ANY_BIT, 1, 0, CHANGES),
                      (ANSWER, 0, 0, ALLOW), (ANSWER, 0, 0, ASK)]
        else:
            steps += [(EQUAL, 0, 1, number), (ANSWER, 0, 0, ASK)]
    program = b"".join(struct.pack("=HBBI", *each) for each in [*steps, (ANSWER, 0, 0, ALLOW)])
    held = ctypes.create_string_buffer(program, len(program))
    whole = ctypes.create_string_buffer(
        struct.pack("@HP", len(program) // 8, ctypes.addressof(held))
    )
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    listener = system.syscall(SECCOMP, SET_FILTER, LISTENER, whole)
    if listener < 0:
        raise OSError(ctypes.get_errno(), "the kernel does not let its calls be watched")
    return int(listener)


def _watch(
    pid: int, listener: int, decide: Callable[[Call], int | None], within: float
) -> tuple[list[Call], int]:
    """Answer the kernel until the process and all it started have ended, and clear up."""
    calls: list[Call] = []
    ended = os.pidfd_open(pid)
    asked = select.poll()
    asked.register(listener, select.POLLIN)
    asked.register(ended, select.POLLIN)
    until = time.monotonic() + within if within else 0
    status: int | None = None
    while True:
        wait = 1000 if status is None else 100  # what it started may end a little later
        events = dict(asked.poll(min(wait, max(0, until - time.monotonic()) * 1000) if until
                                 else wait))
        if until and time.monotonic() >= until:
            _end(pid)
            until = 0
        if ended in events:
            asked.unregister(ended)
            status = _wait(pid)
        if events.get(listener, 0) & select.POLLIN:
            _answer(pid, listener, decide, calls)
        elif status is not None and (listener in events or not events):
            break
        elif listener in events:  # nobody is left to ask
            asked.unregister(listener)
    os.close(ended)
    return calls, status


def _answer(
    pid: int, listener: int, decide: Callable[[Call], int | None], calls: list[Call]
) -> None:
    """Answer one question of the kernel."""
    question = bytearray(80)
    try:
        fcntl.ioctl(listener, RECEIVE, question)
    except OSError:  # whoever asked was killed meanwhile
        return
    which, asker, _, number, _, _, *given = struct.unpack("=QIIiIQ6Q", question)
    path = _path(asker, number, given)
    answer = None
    if path and not path.startswith(ELSEWHERE):
        calls.append(Call(len(calls) + 1, CALLS[number][0], path))
        answer = decide(calls[-1])
    if answer is not None and answer < 0:
        os.kill(pid, -answer)
        return
    reply = struct.pack("=QqiI", which, 0, -(answer or 0), 0 if answer else GO_ON)
    try:
        fcntl.ioctl(listener, SEND, reply)
    except OSError:
        return


def _path(pid: int, number: int, given: Sequence[int]) -> str:
    """Say which file a call changes; empty of what is no file, such as a pipe."""
    kind = CALLS[number][1]
    try:
        if kind == FILE:
            held = str(Path(f"/proc/{pid}/fd/{ctypes.c_int(given[0]).value}").readlink())
            return held if held.startswith("/") else ""
        at = given[1 if kind == AT else 0]
        with open(f"/proc/{pid}/mem", "rb") as memory:  # noqa: PTH123
            memory.seek(at)
            named = os.fsdecode(memory.read1(4096).partition(b"\0")[0])
        if named.startswith("/"):
            return named
        below = ctypes.c_int(given[0]).value if kind == AT else -100
        base = f"/proc/{pid}/cwd" if below == -100 else f"/proc/{pid}/fd/{below}"
        return os.path.normpath(f"{Path(base).readlink()}/{named}")
    except OSError:
        return "?"


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _wait(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
