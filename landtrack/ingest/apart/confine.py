"""Limits of the process that reads: what is enforced where.

==================  =====================  =====================  ==========================
                    Linux                  macOS                  Windows
==================  =====================  =====================  ==========================
memory              kernel (``RLIMIT``)    watched, killed        kernel (job object)
processor time      kernel (``RLIMIT``)    kernel (``RLIMIT``)    watched, killed
time on the clock   watched, killed        watched, killed        watched, killed
size of a file      kernel (``RLIMIT``)    kernel (``RLIMIT``)    –
files               kernel (Landlock)      –                      –
network, processes  kernel (seccomp)       –                      one process (job object)
ends with who asks  kernel                 at the end of its pipe  kernel (job object)
==================  =====================  =====================  ==========================
"""

from __future__ import annotations

import os
import site
import stat
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from landtrack.ingest.apart import linux

if sys.platform != "win32":
    import resource

LIBRARIES = ("/usr/lib", "/lib", "/usr/lib64", "/lib64", "/usr/share/zoneinfo", "/usr/share/proj",
             "/usr/share/gdal", "/usr/local/lib", "/opt", "/etc/localtime", "/etc/ld.so.cache",
             "/dev/urandom", "/sys/devices/system/cpu", "/proc/cpuinfo", "/proc/meminfo",
             "/proc/stat")
"""What libraries read of a Linux, besides where Python and its packages are."""
NAMED = ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA", "LANDTRACK_DATA")
"""Variables of the environment that name folders of data."""
PAGE = 4096


@cache
def libraries() -> tuple[Path, ...]:
    """List where Python, its packages and their data are."""
    package = Path(__file__).resolve().parents[2]
    own = [*sysconfig.get_paths().values(), *site.getsitepackages(), sys.prefix, sys.base_prefix]
    with suppress(AttributeError):  # of some environments there is none
        own.append(site.getusersitepackages())
    own += [each for each in sys.path if each.endswith(("-packages", ".zip"))]
    demo = sys.modules.get("landtrack.demo")
    own += list(getattr(demo, "__path__", ()))
    own += [os.environ[name] for name in NAMED if name in os.environ]
    wide = {"/", "/usr", "/usr/local", str(Path.home())}
    kept = {
        Path(os.path.realpath(each)) for each in (str(package), *map(str, own), *LIBRARIES)
        if each and str(Path(each)) not in wide and os.path.lexists(each)
    }
    return tuple(sorted(each for each in kept if kept.isdisjoint(each.parents)))


def beside(inputs: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """List what belongs to inputs, and the folders that they are in.

    Returns: Files whose name begins as that of an input does, folders of data whole; and the
    folders whose names are looked through.
    """
    files, folders = [], []
    for each in inputs:
        folders.append(each.parent)
        files.append(each)
        if each.is_file():
            stem = each.name.partition(".")[0].casefold()
            with suppress(OSError):
                files += [
                    near for near in each.parent.iterdir()
                    if near.name.partition(".")[0].casefold() == stem and near.is_file()
                ]
    return list(dict.fromkeys(files)), list(dict.fromkeys(folders))


def enter(inputs: Iterable[Path], folder: Path, largest: int) -> frozenset[str]:
    """Give up what reading does not take, for good; while there is one thread.

    ``inputs``: What is to be read.
    ``folder``: Where temporary files go.
    ``largest``: How large a file that is written may be.
    Returns: What the system enforces: ``files``, ``network``.
    """
    tempfile.tempdir = str(folder)
    for name in ("TMPDIR", "TMP", "TEMP", "CPL_TMPDIR", "SQLITE_TMPDIR"):
        os.environ[name] = str(folder)
    if sys.platform == "win32":
        return frozenset()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_FSIZE, largest)
    if sys.platform != "linux":
        return frozenset()
    linux.die_with_parent()
    _close_others()
    files, folders = beside(inputs)
    return linux.confine([*files, *libraries(), Path("/proc/self")], folders, folder)


def limit(memory: int, seconds: int) -> None:
    """Limit what the next input may take, beyond what was taken until now.

    ``memory``: Bytes.
    ``seconds``: Of the processor.
    """
    if sys.platform == "win32":
        return  # the job that it is in says so
    used = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds + 1)
    if sys.platform == "linux":
        _lower(resource.RLIMIT_DATA, data_bytes() + memory)


def data_bytes() -> int:
    """Give the memory of this process that is its own and not shared."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  while confined
        return int(file.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")


def _lower(kind: int, wanted: int) -> None:
    """Set a limit that may be set anew for the next input."""
    hard = resource.getrlimit(kind)[1]
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (soft, hard))


def _close_others() -> None:
    """Close what could be written to: sockets and files of who asks. Data of libraries stays."""
    import fcntl

    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
        at = int(name)
        with suppress(OSError):
            kept = at in KEPT or not (
                stat.S_ISSOCK(os.fstat(at).st_mode)
                or fcntl.fcntl(at, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
            )
            if not kept:
                os.close(at)


KEPT: set[int] = {0, 1, 2}
"""What is open and stays so."""
