"""In which encoding a text file is written, found from its bytes."""

from __future__ import annotations

import codecs
import io
import re
from pathlib import Path
from typing import BinaryIO

from landtrack.ingest.formats.base import Encoding
from landtrack.model.errors import SourceError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte-order marks, and the codecs that take them off."""
UTF_16 = ("utf-16-le", "utf-16-be")
"""The codecs of UTF-16 without a mark."""
LETTERS = re.compile(
    "[\t\n\r -~\u00a0-\u024f\u0370-\u04ff\u2000-\u27bf\u3000-\u30ff\u3200-\u33ff"
    "\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]"
)
"""What tables are written with: bytes of another encoding, or in the other order, make others."""
LIKELY = 0.9
"""The share of them in what is taken for UTF-16."""
NULS = 0.2
"""From this share of bytes that are 0, all on one side, it is in UTF-16 whatever its letters."""
SAMPLE = 4096
"""How many bytes are looked at for them."""
CHUNK = 1 << 20
"""How many bytes are decoded at a time."""


def read_text(path: Path, encoding: str | None = None) -> str:
    """Read a text file whole.

    ``encoding``: Its encoding; found from its bytes where not given: by a byte-order mark, else as
    UTF-16 where bytes are 0 (each line end has one, GB 18030 none) and it makes letters of them as
    UTF-8 does not, else UTF-8, else GB 18030, each read strictly; what has no line end is in UTF-16
    where that makes more letters than GB 18030.
    Returns: The text, without a byte-order mark.
    Raises SourceError: If the file cannot be read, or none of the encodings fits; names the line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror}.",
            mend="Check that the file is there and may be read.",
        ) from error
    name = encoding or _found(io.BytesIO(data))
    try:
        return data.decode(name).removeprefix("\ufeff")
    except LookupError as error:
        raise SourceError(
            f"{path}: there is no encoding {name!r}.",
            mend="State one such as utf-8, gb18030 or utf-16.",
        ) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"{path} is not in {name}: byte {error.start}, line {line}.",
            mend="Save it as UTF-8, or state the encoding that it is in.",
        ) from error


def of(path: Path) -> Encoding:
    """Tell the encoding of a text file.

    Returns: Found from the bytes, every one of which fits; such a file states none.
    """
    with path.open("rb") as file:
        return Encoding(_found(file).removesuffix("-sig"), None, proven=True)


def _found(file: BinaryIO) -> str:
    """Name the encoding that bytes are in; GB 18030 where they are in no other."""
    sample = file.read(SAMPLE)
    for mark, name in MARKS:
        if sample.startswith(mark):
            return name
    telling = sample if 0 in sample else _around_zero(file)
    if telling and (wide := _utf_16(telling)):
        return wide
    file.seek(len(sample))
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = sample
    try:
        while chunk:  # piece by piece: a file may be larger than memory should hold twice
            decoder.decode(chunk)
            chunk = file.read(CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "gb18030" if telling else _of_no_zero(sample)
    return "utf-8"


def _around_zero(file: BinaryIO) -> bytes:
    """Give a sample with the first byte of 0 after the beginning: a heading may be a long line."""
    at = file.tell()
    while chunk := file.read(CHUNK):
        if (found := chunk.find(0)) >= 0:
            file.seek(max(0, at + found - SAMPLE // 2) // 2 * 2)
            return file.read(SAMPLE)
        at += len(chunk)
    return b""


def _of_no_zero(sample: bytes) -> str:
    """Name the encoding of what is no UTF-8 and has no byte of 0: a text of one line, or Chinese.

    Chinese in GB 18030 makes no letters as UTF-16; in UTF-16 it makes fewer as GB 18030.
    """
    found = [(_letters(sample, "gb18030"), "gb18030")]
    found += [(likely, name) for name in UTF_16 if (likely := _letters(sample, name)) >= LIKELY]
    return max(found, key=lambda each: each[0])[1]


def _utf_16(sample: bytes) -> str:
    """Name the order of bytes in which a sample with a byte of 0 is UTF-16; empty for none."""
    if _letters(sample, "utf-8") >= LIKELY:  # a stray 0, and pairs of letters are signs of Chinese
        return ""
    found = [(0.0, 0, "")]
    for name, ascii_at in zip(UTF_16, (1, 0), strict=True):
        likely = _letters(sample, name)
        nuls, others = sample[ascii_at::2].count(0), sample[1 - ascii_at :: 2].count(0)
        if likely >= LIKELY or (nuls > NULS * len(sample) and not others):
            found.append((likely, nuls, name))
    return max(found)[2]


def _letters(sample: bytes, encoding: str) -> float:
    """Give the share of a sample that is such as tables are written with; 0 for what is none."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return 0.0
    return len(LETTERS.findall(text)) / max(len(text), 1)
