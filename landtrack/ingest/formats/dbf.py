"""In which encoding a Shapefile's attributes are written, found from their bytes.

A ``.dbf`` often does not say, or says it wrong, and GDAL then reads mojibake without a word.
The bytes tell: text in UTF-8 is hardly ever anything else by chance, and text in a Chinese
double-byte encoding is made of that encoding's common characters when it is read rightly.
"""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from landtrack.ingest.formats import companions, scripts
from landtrack.ingest.formats.base import Encoding

HEADER = 32
"""Bytes of the file's head, and of each field's description behind it."""
SAMPLE = 2000
"""How many records are looked at."""

CODE_PAGES = {
    "65001": "utf-8", "utf8": "utf-8", "936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030",
    "cp936": "gb18030", "950": "big5", "cp950": "big5", "1252": "cp1252", "88591": "iso-8859-1",
    "1250": "cp1250", "1251": "cp1251", "1253": "cp1253", "1254": "cp1254",
    "88592": "iso-8859-2", "932": "cp932", "sjis": "cp932", "shiftjis": "cp932", "949": "cp949",
    "euckr": "cp949", "big5": "big5", "gb18030": "gb18030", "latin1": "iso-8859-1",
}
"""What a ``.cpg`` may say, without signs, in the names of Python's codecs."""
CODE_PAGE = re.compile(r"(?:ansi|oem|dos|ibm|ms|windows|win|codepage|cp)*(\d{3,5})")
"""The number of a code page behind what programs call it."""

LANGUAGE_DRIVERS = {
    0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5", 0x03: "cp1252",
    0xC8: "cp1250", 0xC9: "cp1251", 0xCB: "cp1253", 0xCA: "cp1254", 0x13: "cp932",
    0x7B: "cp932", 0x4E: "cp949", 0x79: "cp949", 0x64: "cp852", 0x65: "cp866",
    0x01: "cp437", 0x02: "cp850", 0x66: "cp865", 0x67: "cp861", 0x6A: "cp737", 0x6B: "cp857",
    0x7C: "cp874", 0xCC: "cp1257",
}
"""What byte 29 of a ``.dbf`` may say; 0x57 and 0 are written by programs that do not know."""
OF_DOS = frozenset({"cp437", "cp850"})
"""What old programs state whatever they write: a script at home there is believed before them."""


def encoding(path: Path, place: scripts.Position | None = None) -> Encoding:
    """Find the encoding of a Shapefile's attributes.

    ``path``: The ``.dbf``; its ``.cpg`` beside it is looked at too.
    ``place``: Longitude and latitude of the shapes, where they are known.
    Returns: ``utf-8``, ``gb18030`` or another of two bytes where the bytes prove it; else what is
    stated, else the likeliest alphabet. Plain ASCII is proven ``utf-8``.
    """
    return judge(_texts(path), _stated(path), place)


def judge(
    texts: Iterable[bytes], stated: str | None, place: scripts.Position | None = None
) -> Encoding:
    """Find the encoding of texts from their bytes.

    ``texts``: Texts of one file, none of them cut at the start.
    ``stated``: What the file says, in the names of Python's codecs; none where it says nothing.
    ``place``: Where on Earth they belong, where it is known: of two readings that the bytes bear
    equally, it decides.
    Returns: As :func:`encoding` says.
    """
    foreign = [text for text in texts if not text.isascii()]
    if not foreign or all(scripts.reads(text, "utf-8") for text in foreign):
        return Encoding("utf-8", stated, proven=True)
    believed = stated if _fits(foreign, stated) else None
    of_dos = believed in OF_DOS and place is not None
    script = None
    if of_dos or not scripts.is_alphabet(believed):
        script = scripts.proven(foreign, stated, place)
    if script is not None and not (of_dos and scripts.is_abroad(script, place)):
        at_home = script == stated or not scripts.is_abroad(script, place)
        return Encoding(script, stated, proven=at_home)
    return Encoding(believed or scripts.likeliest(foreign, place), stated, proven=False)


def _fits(foreign: Sequence[bytes], stated: str | None) -> bool:
    """Tell whether there is an encoding of a name, and most texts can be read in it."""
    if stated is None:
        return False
    try:
        codecs.lookup(stated)
    except LookupError:
        return False
    return 2 * sum(scripts.reads(text, stated) for text in foreign) > len(foreign)


def decode(text: str, name: str) -> str:
    """Read text rightly that was read byte by byte as ISO-8859-1.

    Returns: The text; a character that the field's length cut through at the end is left out.
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
            yield from (_cell(record[cell]) for cell in cells)


def _cell(written: bytes) -> bytes:
    """Give the text of a cell, a blank behind it where it does not fill the cell.

    Only a text that fills its cell may be cut within its last character.
    """
    text = written.strip(b" \0")
    return text + b" " if len(text) < len(written) - 1 else text


def _stated(path: Path) -> str | None:
    """Read what the ``.cpg``, else the head of the file, says of the encoding."""
    page = companions.part(path, ".cpg")
    if page is not None:
        said = page.read_text(encoding="ascii", errors="replace").strip().lower()
        plain = said.replace("-", "").replace("_", "").replace(" ", "").removeprefix("iso")
        page_number = CODE_PAGE.fullmatch(plain)
        if page_number is not None:
            number = page_number[1]
            return CODE_PAGES.get(number, f"cp{number}")
        return CODE_PAGES.get(plain, said)
    with path.open("rb") as file:
        head = file.read(HEADER)
    return LANGUAGE_DRIVERS.get(head[29]) if len(head) == HEADER else None
