"""What tests have a reader do: try what it may not, take more than it may, die."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path


def tried(*paths):
    """Try what a reader may not do; say which of it was done."""
    attempts = {
        "read": lambda: [Path(each).read_bytes() for each in paths],
        "list": lambda: os.listdir(Path(paths[0]).parent),  # noqa: PTH208
        "write": lambda: Path(f"{paths[0]}.new").write_bytes(b""),
        "remove": lambda: Path(paths[0]).unlink(),
        "socket": socket.socket,
        "local socket": lambda: socket.socket(socket.AF_UNIX),
        "program": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
        "process": os.fork,
        "signal": lambda: os.kill(os.getppid(), 0),
        "session": os.setsid,
        "mode": lambda: changed_mode(paths[-1]),
        "memory of others": lambda: Path(f"/proc/{os.getppid()}/mem").read_bytes(),
    }
    done = []
    for name, attempt in attempts.items():
        try:
            attempt()
        except OSError:
            continue
        done.append(name)
    return done


def changed_mode(path):
    """Try to have everybody write into a file."""
    before = Path(path).parent.stat().st_mode
    Path(path).parent.chmod(0o777)
    if Path(path).parent.stat().st_mode == before:
        raise PermissionError


def own(path):
    """Do what a reader may: read, write into its folder, start a thread, ask its own limits."""
    with tempfile.TemporaryFile() as file:
        file.write(Path(path).read_bytes())
    thread = threading.Thread(target=len, args=("",))
    thread.start()
    thread.join()
    return Path(path).read_text("utf-8"), tempfile.gettempdir()


def take(size):
    """Take memory, and touch it."""
    return len(bytearray(size))


def spin():
    """Work without an end."""
    while True:
        pass


def wait():
    """Wait without an end."""
    threading.Event().wait()


def die():
    """Break off, as a library does that reads where it may not."""
    ctypes.string_at(0)


def abort():
    """Break off, as a library does that gives up."""
    os.abort()


def litter(size):
    """Leave files, and be killed."""
    for number in range(3):
        (Path(tempfile.gettempdir()) / f"{number}.tmp").write_bytes(b"x" * size)
    os.kill(os.getpid(), signal.SIGKILL)


def fail(kind):
    """Raise what is not expected."""
    raise {"key": KeyError("a"), "own": Unknown("b")}[kind]


class Unknown(Exception):  # noqa: N818
    """An exception of nobody's."""
