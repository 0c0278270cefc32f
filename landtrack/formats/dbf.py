"""In which encoding a Shapefile's attributes are written, found from their bytes.

A ``.dbf`` often does not say, or says it wrong, and GDAL then reads mojibake without a word.
The bytes tell: text in UTF-8 is hardly ever anything else by chance, and text in a Chinese
double-byte encoding is made of that encoding's common characters when it is read rightly.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from landtrack.formats.contents import Encoding

HEADER = 32
"""Bytes of the file's head, and of each field's description behind it."""
SAMPLE = 2000
"""How many records are looked at."""

CODE_PAGES = {
    "65001": "utf-8", "utf8": "utf-8", "936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030",
    "cp936": "gb18030", "950": "big5", "cp950": "big5", "1252": "cp1252", "88591": "iso-8859-1",
}
"""What a ``.cpg`` may say, without signs, in the names of Python's codecs."""

LANGUAGE_DRIVERS = {0x4D: "gb18030", 0x4F: "big5", 0x03: "cp1252", 0x57: "iso-8859-1"}
"""What byte 29 of a ``.dbf`` may say; 0x57 and 0 are written by programs that do not know."""

COMMON = {"gb18030": (0xB0A1, 0xD7F9), "big5": (0xA440, 0xC67E)}
"""The first and last of the common characters of each double-byte encoding."""
MOSTLY = 0.5
"""Text in a double-byte encoding has at least this share of its common characters."""


def encoding(path: Path) -> Encoding:
    """Find the encoding of a Shapefile's attributes.

    Parameters
    ----------
    path
        The ``.dbf``; its ``.cpg`` beside it is looked at too.

    Returns
    -------
    Encoding
        ``utf-8``, ``gb18030`` or ``big5`` where the bytes prove it; else what is stated,
        else ``iso-8859-1``. Plain ASCII is proven ``utf-8``.
    """
    return judge(_texts(path), _stated(path))


def judge(texts: Iterable[bytes], stated: str | None) -> Encoding:
    """Find the encoding of texts from their bytes.

    Parameters
    ----------
    texts
        Texts of one file, none of them cut at the start.
    stated
        What the file says, in the names of Python's codecs; none where it says nothing.

    Returns
    -------
    Encoding
        As :func:`encoding` says.
    """
    foreign = [text for text in texts if not text.isascii()]
    if not foreign:
        return Encoding("utf-8", stated, proven=True)
    if all(_reads(text, "utf-8") for text in foreign):
        return Encoding("utf-8", stated, proven=True)
    shares = {name: _common_share(foreign, name) for name in COMMON}
    best = max(shares, key=lambda name: (shares[name], name == stated))
    if shares[best] >= MOSTLY and stated not in {"cp1252", "cp437"}:
        return Encoding(best, stated, proven=True)
    return Encoding(stated or "iso-8859-1", stated, proven=False)


def decode(text: str, name: str) -> str:
    """Read text rightly that was read byte by byte as ISO-8859-1.

    Parameters
    ----------
    text
        A cell or a field's name.
    name
        The encoding that it is written in.

    Returns
    -------
    str
        The text; a character that the field's length cut through at the end is left out.
    """
    if text.isascii():
        return text
    decoder = codecs.getincrementaldecoder(name)(errors="replace")
    return decoder.decode(text.encode("iso-8859-1"), final=False)


def _texts(path: Path) -> Iterator[bytes]:
    """Give the bytes of the field names and of the text cells of the first records."""
    with path.open("rb") as file:
        head = file.read(HEADER)
        if len(head) < HEADER:
            return
        records, start, length = struct.unpack("<IHH", head[4:12])
        cells = []
        at = 1  # behind the mark of a deleted record
        for _ in range((start - HEADER - 1) // HEADER):
            field = file.read(HEADER)
            if len(field) < HEADER:
                return
            yield field[:11].split(b"\0")[0]
            if field[11:12] == b"C":
                cells.append(slice(at, at + field[16]))
            at += field[16]
        file.seek(start)
        for _ in range(min(records, SAMPLE)):
            record = file.read(length)
            yield from (record[cell].strip(b" \0") for cell in cells)


def _stated(path: Path) -> str | None:
    """Read what the ``.cpg``, else the head of the file, says of the encoding."""
    for page in (path.with_suffix(".cpg"), path.with_suffix(".CPG")):
        if page.is_file():
            said = page.read_text(encoding="ascii", errors="replace").strip().lower()
            plain = said.replace("-", "").replace("_", "").replace(" ", "").removeprefix("iso")
            return CODE_PAGES.get(plain, said)
    with path.open("rb") as file:
        head = file.read(HEADER)
    return LANGUAGE_DRIVERS.get(head[29]) if len(head) == HEADER else None


def _reads(text: bytes, name: str) -> bool:
    """Tell whether bytes can be text of an encoding, its last character perhaps cut through."""
    try:
        codecs.getincrementaldecoder(name)().decode(text, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _common_share(texts: list[bytes], name: str) -> float:
    """Say which share of the double bytes are common characters; 0 if it cannot be read."""
    low, high = COMMON[name]
    common = total = 0
    for text in texts:
        if not _reads(text, name):
            return 0.0
        at = 0
        while at < len(text) - 1:
            if text[at] < 0x80:  # noqa: PLR2004  ASCII
                at += 1
                continue
            total += 1
            common += low <= text[at] << 8 | text[at + 1] <= high
            at += 2
    return common / total if total else 0.0
