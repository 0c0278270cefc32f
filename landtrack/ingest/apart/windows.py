"""What Windows enforces of a process that reads what came from outside: a job object.

The job has the limits of memory and processor time, one process, and ends with who holds it.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

ACTIVE_PROCESSES, PROCESS_MEMORY, NO_DIALOG, KILL_ON_CLOSE = 0x8, 0x100, 0x400, 0x2000
EXTENDED = 9
"""The class of information that the limits are of."""


class _Basic(ctypes.Structure):
    _fields_ = (
        ("process_time", ctypes.c_int64), ("job_time", ctypes.c_int64), ("flags", ctypes.c_uint32),
        ("least_working_set", ctypes.c_size_t), ("most_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint32), ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32), ("scheduling", ctypes.c_uint32),
    )


class _Extended(ctypes.Structure):
    _fields_ = (
        ("basic", _Basic), ("io", ctypes.c_uint64 * 6), ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t), ("peak_process", ctypes.c_size_t),
        ("peak_job", ctypes.c_size_t),
    )


class Job:
    """A job object that holds one process."""

    def __init__(self, process: int) -> None:
        """Put a process, given by its handle, into a new job."""
        self.kernel = _kernel()
        self.held = ctypes.c_void_p(self.kernel.CreateJobObjectW(None, None))
        self.limit(0)
        if not self.kernel.AssignProcessToJobObject(self.held, ctypes.c_void_p(process)):
            raise OSError("The process that reads could not be limited.")

    def limit(self, memory: int) -> None:
        """Limit the memory of the process, in bytes; 0 for as much as there is."""
        limits = _Extended()
        limits.basic.flags = ACTIVE_PROCESSES | NO_DIALOG | KILL_ON_CLOSE | (
            PROCESS_MEMORY if memory else 0
        )
        limits.basic.active_processes = 1
        limits.process_memory = memory
        self.kernel.SetInformationJobObject(
            self.held, EXTENDED, ctypes.byref(limits), ctypes.sizeof(limits)
        )

    def close(self) -> None:
        """Let go of the job, which ends the process."""
        self.kernel.CloseHandle(self.held)


def _kernel() -> Any:  # noqa: ANN401  a library
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = ctypes.c_void_p
        return kernel
    raise OSError("Job objects are of Windows.")
