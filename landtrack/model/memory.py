"""Memory that is free again."""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
SHORT = 64
"""Letters of a text whose answer is kept: names and headings, not what a cell may hold."""


def remembered(most: int) -> Callable[[Callable[[str], Answer]], Callable[[str], Answer]]:
    """Keep the last answers of a function of one text, where the text is short.

    ``most``: How many.
    """
    def keeping(function: Callable[[str], Answer]) -> Callable[[str], Answer]:
        kept = functools.lru_cache(most)(function)

        @functools.wraps(function)
        def answered(text: str) -> Answer:
            return kept(text) if len(text) <= SHORT else function(text)

        return answered

    return keeping


def give_back() -> None:
    """Give memory that is free again back to the system, where it would be kept for later."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc alone
        if trim is not None:
            trim(0)
