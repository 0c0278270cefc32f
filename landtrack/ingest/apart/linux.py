"""What Linux refuses a process that reads what came from outside: files, network, other processes.

Landlock lets it read the input and the libraries and write into one folder; a filter of system
calls (seccomp) keeps it from the network, from other programs and processes. Neither needs a right
that a user has not; both are for good. A kernel without one of them has the other.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path

NO_NEW_PRIVILEGES, SET_SECCOMP, FILTER, PARENT_DEATH = 38, 22, 2, 1
"""Of ``prctl``: an option each, and the kind of filter."""
SIGKILL = 9
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""Numbers of the system calls of Landlock, the same on every machine."""
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE, IOCTL = 1, 2, 4, 8, 1 << 14, 1 << 15
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL
"""Rights that one has to a file; the others are to what lies in a folder."""
RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""All rights to files that Landlock knows, by the version in which there were so many first."""
READ = EXECUTE | READ_FILE | READ_DIR
NETWORK, NETWORK_SINCE, SCOPES, SCOPES_SINCE = 0b11, 4, 0b11, 6
"""TCP, and signals and sockets of processes outside; the versions that know them."""

CLONE_THREAD = 0x10000
LOAD, EQUAL, AT_LEAST, HAS_BIT, ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06
"""Instructions of a filter."""
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
NUMBER, MACHINE, FIRST = 0, 4, 16
"""Where a system call has its number, its machine and its first argument."""
FOREIGN = 0x40000000
"""Numbers from here on are those of another way to call (x32)."""
MACHINES: Mapping[str, tuple[int, Mapping[str, int]]] = {
    "x86_64": (0xC000003E, {
        "socket": 41, "connect": 42, "clone": 56, "fork": 57, "vfork": 58, "execve": 59,
        "kill": 62, "chmod": 90, "fchmod": 91, "chown": 92, "fchown": 93, "lchown": 94,
        "ptrace": 101, "setpgid": 109, "setsid": 112, "rt_sigqueueinfo": 129, "utime": 132,
        "mount": 165, "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "tkill": 200,
        "tgkill": 234, "utimes": 235, "mq_open": 240, "add_key": 248, "keyctl": 250,
        "fchownat": 260, "futimesat": 261, "fchmodat": 268, "unshare": 272, "utimensat": 280,
        "rt_tgsigqueueinfo": 297, "perf_event_open": 298, "prlimit64": 302, "setns": 308,
        "process_vm_readv": 310, "process_vm_writev": 311, "bpf": 321, "execveat": 322,
        "userfaultfd": 323,
    }),
    "aarch64": (0xC00000B7, {
        "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "mount": 40, "fchmod": 52, "fchmodat": 53,
        "fchownat": 54, "fchown": 55, "utimensat": 88, "unshare": 97, "ptrace": 117, "kill": 129,
        "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138, "setpgid": 154, "setsid": 157,
        "mq_open": 180, "socket": 198, "connect": 203, "add_key": 217, "keyctl": 219,
        "clone": 220, "execve": 221, "rt_tgsigqueueinfo": 240, "perf_event_open": 241,
        "prlimit64": 261, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271,
        "bpf": 280, "execveat": 281, "userfaultfd": 282,
    }),
}
"""By machine: how the kernel names it, and the system calls that reading needs not."""
SAME = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "open_tree": 428, "move_mount": 429,
    "pidfd_open": 434, "pidfd_getfd": 438, "fchmodat2": 452,
}
"""Others, of the same number everywhere."""
CLONE3 = 435
OWN = ("kill", "tgkill", "prlimit64")
"""Those that are allowed to the process itself: an abort is a signal to itself."""
PASSED_OVER = frozenset({
    "chmod", "fchmod", "fchmodat", "fchmodat2", "utime", "utimes", "futimesat", "utimensat",
})
"""Those that copying a file ends with: nothing is done, and nothing said, as no file needs it."""


def die_with_parent() -> None:
    """Have the kernel end this process where the one that started it ends."""
    _prctl(PARENT_DEATH, SIGKILL)


def confine(readable: Iterable[Path], listed: Iterable[Path], writable: Path) -> frozenset[str]:
    """Give up all rights but those that reading takes; must be called while there is one thread.

    ``readable``: Files and folders that may be read.
    ``listed``: Folders of which only the names of the files may be read.
    ``writable``: The folder into which may be written.
    Returns: What the kernel enforces from now on: ``files``, ``network``.
    """
    _prctl(NO_NEW_PRIVILEGES, 1)
    rules = [(each, READ) for each in readable] + [(each, READ_DIR) for each in listed]
    done = {"files"} if _restrict(rules, writable) else set()
    if _filter():
        done.add("network")
    return frozenset(done)


def _prctl(option: int, value: int, more: object = 0) -> int:
    return int(ctypes.CDLL(None, use_errno=True).prctl(option, value, more, 0, 0))


# --- files ----------------------------------------------------------------------------------


def _restrict(rules: Iterable[tuple[Path, int]], writable: Path) -> bool:
    """Enter a Landlock domain; false where the kernel has none."""
    call = ctypes.CDLL(None, use_errno=True).syscall
    version = call(CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    rights = RIGHTS[max(each for each in RIGHTS if each <= version)]
    handled = struct.pack(
        "=QQQ", rights, NETWORK if version >= NETWORK_SINCE else 0,
        SCOPES if version >= SCOPES_SINCE else 0,
    )
    size = 8 if version < NETWORK_SINCE else 16 if version < SCOPES_SINCE else 24
    ruleset = call(CREATE_RULESET, handled, ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return False
    try:
        for path, allowed in (*rules, (writable, rights), (Path(os.devnull), READ | WRITE_FILE)):
            _allow(call, ruleset, path, allowed & rights)
        return int(call(RESTRICT_SELF, ruleset, 0)) == 0
    finally:
        os.close(ruleset)


def _allow(call: object, ruleset: int, path: Path, rights: int) -> None:
    """Allow what lies beneath a path; nothing where it is not there."""
    try:
        held = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        own = rights if path.is_dir() else rights & OF_FILES
        call(ADD_RULE, ruleset, 1, struct.pack("=Qi", own, held), 0)  # type: ignore[operator]
    finally:
        os.close(held)


# --- system calls ---------------------------------------------------------------------------


def _filter() -> bool:
    """Refuse the system calls that reading needs not; false where the kernel has no filters."""
    if platform.machine() not in MACHINES:
        return False
    program = _program(platform.machine(), os.getpid())

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    steps = ctypes.create_string_buffer(program, len(program))
    whole = Program(len(program) // 8, ctypes.addressof(steps))
    return _prctl(SET_SECCOMP, FILTER, ctypes.byref(whole)) == 0


def _program(machine: str, pid: int) -> bytes:
    """Write the filter: 8 bytes a step."""
    own, numbers = MACHINES[machine]
    refuse = (ANSWER, 0, 0, REFUSE | errno.EPERM)
    allow = (ANSWER, 0, 0, ALLOW)
    steps: list[tuple[int, int, int, int]] = [
        (LOAD, 0, 0, MACHINE), (EQUAL, 1, 0, own), (ANSWER, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER), (AT_LEAST, 0, 1, FOREIGN), refuse,
        (EQUAL, 0, 1, CLONE3), (ANSWER, 0, 0, REFUSE | errno.ENOSYS),  # clone is called instead
    ]
    for name, number in {**numbers, **SAME}.items():
        if name == "clone":
            test = [(LOAD, 0, 0, FIRST), (HAS_BIT, 1, 0, CLONE_THREAD), refuse, allow]
        elif name == "prlimit64":
            test = [(LOAD, 0, 0, FIRST), (EQUAL, 2, 0, 0), (EQUAL, 1, 0, pid), refuse, allow]
        elif name in OWN:
            test = [(LOAD, 0, 0, FIRST), (EQUAL, 1, 0, pid), refuse, allow]
        else:
            test = [(ANSWER, 0, 0, REFUSE) if name in PASSED_OVER else refuse]
        steps += [(EQUAL, 0, len(test), number), *test]
    return b"".join(struct.pack("=HBBI", *each) for each in [*steps, allow])
