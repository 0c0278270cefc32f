"""Numbers and texts as short blocks of bytes: what the page reads instead of JSON.

A block is compressed by zlib and written as text: in a page in base64, in a file of its own
as fifteen bits in each letter of UTF-16, which is a fifth shorter. In it stand unsigned
integers of seven bits a byte, the lowest first. Signed ones are folded (0, -1, 1, -2, ...).
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Integers = npt.NDArray[np.int64]

LEVEL = 5
"""Of compression: 6 is 2 % smaller and takes half as long again."""


FIRST_LETTER = 0x3000
"""From here on 32 768 letters of UTF-16 follow that are no halves and end no line."""

AT_ONCE = 1 << 20
"""Integers that are written at once."""

SOME, ALMOST_ALL = 10_000, 0.95
"""Texts that are looked at, and the share of them that must differ to write each as it comes."""

BITS, GROUP = 15, 8
"""Bits in a letter, and the letters that hold a whole number of bytes."""

GROUPS = 65_536
"""Groups that are written at once."""


def block(data: bytes, *, repeats: bool = True) -> str:
    """Compress a block and write it in base64.

    ``data``: The bytes.
    ``repeats``: As :func:`compressed` takes it.
    """
    return base64.b64encode(compressed(data, repeats=repeats)).decode("ascii")


def dense(data: bytes) -> Iterator[bytes]:
    """Write bytes in letters of fifteen bits, for a file in UTF-16.

    ``data``: The bytes.
    Yields: Letters in UTF-16-LE: how many bytes at the end are not of the data, then groups of
    eight letters for fifteen bytes; each letter is :data:`FIRST_LETTER` and what it says.
    """
    more = -len(data) % BITS
    yield chr(FIRST_LETTER + more).encode("utf-16-le")
    for first in range(0, len(data), GROUPS * BITS):
        some = data[first : first + GROUPS * BITS]
        yield _letters(some + bytes(-len(some) % BITS))


def _letters(data: bytes) -> bytes:
    """Write whole groups of bytes in letters."""
    whole = np.frombuffer(data, dtype=np.uint8).reshape(-1, BITS).astype(np.uint32)
    letters = np.empty((len(whole), GROUP), dtype="<u2")
    for place in range(GROUP):
        at, bit = divmod(place * BITS, 8)
        three = whole[:, at] << 16 | whole[:, at + 1] << 8
        if at + 2 < BITS:
            three |= whole[:, at + 2]
        letters[:, place] = (three >> (24 - BITS - bit) & 0x7FFF) + FIRST_LETTER
    return letters.tobytes()


def compressed(data: bytes, *, repeats: bool = True) -> bytes:
    """Compress a block.

    ``data``: The bytes.
    ``repeats``: Whether runs of bytes come again in it, as those of texts do and those of shapes do
    not: without looking for them it is quicker and no longer.
    """
    strategy = zlib.Z_DEFAULT_STRATEGY if repeats else zlib.Z_HUFFMAN_ONLY
    made = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS, 9, strategy)
    return made.compress(data) + made.flush()


def unsigned(values: npt.ArrayLike) -> bytes:
    """Write integers of 0 and more.

    ``values``: n integers below 2 ** 63.
    Returns: 1 to 9 bytes each.
    Raises ValueError: If one is below 0.
    """
    given = np.asarray(values).ravel()
    if len(given) > AT_ONCE:
        parts_of = range(0, len(given), AT_ONCE)
        return b"".join(unsigned(given[first : first + AT_ONCE]) for first in parts_of)
    rest = given.astype(np.int64)
    if not len(rest):
        return b""
    if rest.min() < 0:
        raise ValueError("an unsigned integer is below 0")
    lengths = np.ones(len(rest), dtype=np.int64)
    most = int(rest.max())
    for size in range(1, 9):
        if most < 1 << (7 * size):
            break
        lengths += rest >= 1 << (7 * size)
    starts = np.cumsum(lengths) - lengths
    out = np.empty(int(lengths.sum()), dtype=np.uint8)
    for place in range(int(lengths.max())):
        has = lengths > place
        more = lengths[has] > place + 1
        out[starts[has] + place] = (rest[has] >> (7 * place)) & 127 | more << 7
    return out.tobytes()


def folded(values: npt.ArrayLike) -> Integers:
    """Fold signed integers into unsigned ones.

    ``values``: n integers.
    Returns ndarray of int64, (n,): 0 for 0, 1 for -1, 2 for 1 and so on.
    """
    signed = np.asarray(values, dtype=np.int64)
    return (signed << 1) ^ (signed >> 63)


def steps(values: npt.ArrayLike) -> bytes:
    """Write integers by the steps from one to the next.

    ``values``: n integers.
    Returns: The first, then the differences, folded: the lowest eight bits of each, then the others
    of each. The former are of all values, the latter of few, so that together they are a seventh
    shorter when compressed than numbers one after another.
    """
    given = np.asarray(values)
    low, others, before = [], [], 0
    for first in range(0, len(given), AT_ONCE):
        some = given[first : first + AT_ONCE].astype(np.int64)
        moved = folded(np.diff(some, prepend=before))
        low.append(moved.astype(np.uint8).tobytes())
        others.append(unsigned(moved >> 8))
        before = some[-1]
    return b"".join(low + others)


def parts(*each: bytes) -> bytes:
    """Put several runs of bytes into one, each behind its length."""
    return b"".join(unsigned([len(run)]) + run for run in each)


def texts(values: Sequence[str] | pa.Array) -> bytes:
    """Write texts: each that occurs once, and which of them stands in each row.

    ``values``: n texts; an empty one, or null, is none.
    Returns: The texts in UTF-8 behind their lengths in UTF-16, and per row the number of its text.
    """
    try:
        cells = values if isinstance(values, pa.Array) else pa.array(values, pa.large_string())
    except UnicodeEncodeError:  # halves of characters
        cells = pa.array([_whole(each) for each in values], pa.large_string())
    if _all_differ(cells):
        words, rows = pc.fill_null(cells, ""), slice(0, -1)
    else:
        coded = pc.dictionary_encode(cells)
        words = coded.dictionary
        rows = pc.fill_null(coded.indices, len(words)).to_numpy(zero_copy_only=False)
    kind = np.int64 if pa.types.is_large_string(words.type) else np.int32
    bounds = np.frombuffer(words.buffers()[1] or bytes(8), dtype=kind)
    bounds = bounds[words.offset : words.offset + len(words) + 1]
    letters = np.frombuffer(words.buffers()[2] or b"", dtype=np.uint8)[bounds[0] : bounds[-1]]
    lengths = pc.utf8_length(words).to_numpy()
    # In UTF-16 each character has one place, those of four bytes in UTF-8 have two.
    wide = np.flatnonzero(letters >= 0xF0) + bounds[0]  # noqa: PLR2004
    if len(wide):
        text = np.searchsorted(bounds, wide, side="right") - 1
        lengths = lengths + np.bincount(text, minlength=len(words))
    # The empty text is the first of all, those that are there follow.
    there = lengths > 0
    number = np.zeros(len(words) + 1, dtype=np.int32)
    number[:-1] = np.where(there, np.cumsum(there, dtype=np.int32), 0)
    written = unsigned(np.concatenate([[0], lengths[there]]))
    return parts(written, letters.tobytes(), steps(number[rows]))


def _all_differ(cells: pa.Array) -> bool:
    """Tell by some of many texts whether almost all differ: then nothing is gained by a list."""
    some = cells.slice(0, SOME)
    return len(some) == SOME and pc.count_distinct(some).as_py() > ALMOST_ALL * SOME


def _whole(word: str) -> str:
    """Replace halves of characters, which no encoding can write."""
    return word.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
