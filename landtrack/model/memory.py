"""Memory that is free again."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Give memory that is free again back to the system, where it would be kept for later."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc alone
        if trim is not None:
            trim(0)
