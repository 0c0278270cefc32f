"""The decorator of the compiled functions, in one place, and the types they are made for.

Only the kernels import this module, and only :mod:`landtrack.spatial.kernels` imports the kernels,
when there is enough to measure: a small run never loads the compiler.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import numba.types
from numba import njit
from numba.core.errors import NumbaError

F = TypeVar("F", bound=Callable[..., object])

log = logging.getLogger("landtrack")
types: Any = numba.types
NUMBER = types.float64
INDEX = types.int64
NUMBERS = types.Array(types.float64, 1, "C")
INDICES = types.Array(types.int64, 1, "C")
FLAGS = types.Array(types.boolean, 1, "C")
TABLE = types.Array(types.float64, 2, "C")
"""Coordinates (n, 2), boxes (n, 4), cut edges (n, 5)."""
POINT = types.UniTuple(types.float64, 2)


def record(kind: type, *columns: object) -> object:
    """Give the compiled type of a named tuple of arrays.

    Returns: For :func:`compiled`.
    """
    return types.NamedTuple(columns, kind)


def compiled(*arguments: object, inline: bool = False) -> Callable[[F], F]:
    """Compile a function for arguments of the given types when its module is imported.

    The machine code is kept on disk beside the module, or in the user's cache folder where
    the package is not writable, and is loaded from there the next time. The function gives
    up the interpreter's lock, so threads run it side by side.

    ``inline``: Merge the function into its callers; for the small inner ones.
    Raises ImportError: If this version of numba cannot compile the function.
    """

    def decorate(function: F) -> F:
        options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "forceinline": inline}
        signature: Any = tuple(arguments)
        try:
            made: Any = njit(signature, cache=True, **options)(function)
        except NumbaError as cause:  # as if it were not there: shapely answers
            raise ImportError(f"numba cannot compile {function.__name__}: {cause}") from cause
        except RuntimeError:  # no folder that can be written to: compile in every process
            _tell()
            made = njit(signature, **options)(function)
        if made.stats.cache_misses:
            _tell()
        answer: F = made
        return answer

    return decorate


@cache
def _tell() -> None:
    """Say once, when the first function is not found on disk, what takes time now."""
    log.info("Compiling the measuring functions for this computer; needed once, some 20 seconds.")
