"""A DXF file opened: its text in the encoding its bytes are in, its units, its CRS.

``$DWGCODEPAGE`` says what the program that wrote the file was set to, which need not be how
it wrote; from R2007 on the text is UTF-8 whatever the code page says. The bytes decide.
"""

from __future__ import annotations

import io
import logging
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import ezdxf
from ezdxf import recover
from ezdxf.document import Drawing
from ezdxf.entities import GeoData
from ezdxf.lldxf.const import DXFError
from ezdxf.lldxf.tagger import binary_tags_loader
from ezdxf.lldxf.types import DXFTag
from ezdxf.math import Matrix44
from ezdxf.math.transformtools import TransformError
from ezdxf.tools.codepage import toencoding
from pyproj import CRS

from landtrack.ingest.formats import companions, dbf
from landtrack.ingest.formats.base import Encoding, Note
from landtrack.model import Issue
from landtrack.model.errors import CRSError, SourceError
from landtrack.spatial import crs

BROKEN = (
    DXFError, TransformError, ValueError, TypeError, LookupError, AttributeError,
    ArithmeticError, AssertionError, RecursionError, NotImplementedError, struct.error,
)
"""What ezdxf raises on an entity or a file that is not as the format says."""

BINARY = b"AutoCAD Binary DXF\r\n\x1a\x00"
UNICODE_SINCE = "AC1021"
"""R2007: the version from which on text is in UTF-8."""
MOST_TOLD = 5
"""How many faults of a damaged file are told one by one."""
SAMPLE = 4000
"""How many lines that are not ASCII are looked at."""
TEXT_LINE = re.compile(rb"[^\r\n\0]*[\x80-\xff][^\r\n\0]*")
PAIRED = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xf7][\xa1-\xfe])*")
"""Bytes as in GB 2312; in a Western code page letters with accents do not come in pairs."""
ESCAPED = re.compile(r"\\U\+([0-9A-Fa-f]{4})|\\M\+5([0-9A-Fa-f]{4})")
"""A character by its number, in Unicode or in GBK."""
CRS_PROPERTY = "CRS"
"""The drawing's property (DWGPROPS, Custom) that landtrack writes the CRS into."""


class Document(NamedTuple):
    """A drawing, what its file states of the CRS, and what is remarkable about the file.

    ``placement`` moves the drawing's coordinates into the CRS that its geodata names.
    """

    drawing: Drawing
    crs: CRS | None
    placement: Matrix44 | None
    encoding: Encoding
    notes: list[Note]


def load(path: Path, encoding: str | None) -> Document:
    """Open a DXF file, text or binary, of any version.

    ``encoding``: Of its text; found from the bytes where not given.
    Returns: The drawing as ezdxf has it; a damaged one as far as it could be recovered.
    Raises SourceError: If it cannot be opened, or is a DWG.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path} cannot be opened: {error}.", mend="Check that the file is there."
        ) from error
    refuse(path, data)
    try:
        with _overheard() as said:
            drawing, found, notes = _binary(data, encoding) if data.startswith(BINARY) else _text(
                data, encoding
            )
        stated, placement, remarks = _stated_crs(drawing, path)
    except BROKEN as error:
        raise SourceError(
            f"{path} cannot be read as DXF: {str(error) or type(error).__name__}.",
            mend="Open it in the drawing program, run AUDIT, and save it as DXF again.",
        ) from error
    if said:
        first = "; ".join(list(dict.fromkeys(said))[:MOST_TOLD])
        left = f"; … {len(said) - MOST_TOLD}" if len(said) > MOST_TOLD else ""
        notes.append(Note(Issue.FILE_DAMAGED, f"{first}{left}"))
    return Document(drawing, stated, placement, found, [*notes, *remarks])


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Take what ezdxf only logs: values that it replaced, parts that it left out."""
    said: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("ezdxf")
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield said
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


def refuse(path: Path, data: bytes) -> None:
    """Refuse a file that its first bytes show to be no DXF.

    ``data``: Its bytes, or the first of them.
    Raises SourceError: If it is a DWG (whatever its name says), empty, or does not begin as DXF
    does.
    """
    if re.match(rb"AC[12][0-9.]", data) or re.match(rb"AC10\d\d", data):
        version = data[:6].decode("ascii", errors="replace")
        release = ezdxf.lldxf.const.acad_release.get(version, "?")
        raise SourceError(
            f"{path} is a DWG drawing ({version}, AutoCAD {release}), which only its maker's "
            "programs read rightly.",
            mend="Save it as DXF (R2010 or any other version) in the drawing program.",
        )
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:3]
    if not data.startswith(BINARY) and not re.match(rb"(0|999)\s", start + b"\n"):
        raise SourceError(
            f"{path} is no DXF: it does not begin with a section.",
            mend="Export it again as DXF; if it is a drawing of another kind, say which.",
        )


def _text(data: bytes, encoding: str | None) -> tuple[Drawing, Encoding, list[Note]]:
    """Load a DXF in lines of text."""
    found = _encoding(TEXT_LINE.findall(data)[:SAMPLE], *_header(data), encoding)
    data = data.removeprefix(b"\xef\xbb\xbf")
    text = _decoded(data.decode(found.name, errors="replace"))
    notes = _told(found)
    if not text.rstrip().endswith("EOF"):
        notes.append(Note(Issue.FILE_DAMAGED, "the mark of the end (EOF) is missing"))
    try:
        return ezdxf.read(io.StringIO(text, newline=None)), found, notes
    except BROKEN as error:
        # recover guesses encodings on its own; it reads characters by their numbers.
        plain = re.sub(r"[^\x00-\x7f]", _escape, text).encode("ascii")
        drawing, auditor = recover.read(io.BytesIO(plain))
        faults = [each.message for each in (*auditor.errors, *auditor.fixes)]
        said = dict.fromkeys([str(error) or type(error).__name__, *faults[:MOST_TOLD]])
        left = len(faults) - MOST_TOLD
        told = "; ".join([*said, f"… {left}"] if left > 0 else said)
        return drawing, found, [*notes, Note(Issue.FILE_DAMAGED, told)]


def _binary(data: bytes, encoding: str | None) -> tuple[Drawing, Encoding, list[Note]]:
    """Load a binary DXF: its text byte by byte, then in the encoding its bytes are in."""
    at = data.find(b"$ACADVER", 0, 1024)
    version = re.search(rb"AC\d{4}", data[at : at + 24]) if at >= 0 else None
    release = version[0].decode() if version else ""
    page = re.search(rb"\$DWGCODEPAGE\0..?([A-Za-z0-9_]+)\0", data[:4096], re.DOTALL)
    # Without its name, the code page is not found and the text is read as cp1252.
    tags = list(binary_tags_loader(data.replace(b"$DWGCODEPAGE", b"$XWGCODEPAGE", 1)))
    as_read = "utf-8" if release >= UNICODE_SINCE else "cp1252"
    raw = {
        tag.value: tag.value.encode(as_read, errors="surrogateescape")
        for tag in tags
        if isinstance(tag.value, str) and not tag.value.isascii()
    }
    found = _encoding(list(raw.values()), release, page[1].decode() if page else "", encoding)
    text = {written: each.decode(found.name, errors="replace") for written, each in raw.items()}
    read = (
        DXFTag(tag.code, _decoded(text.get(tag.value, tag.value)))
        if isinstance(tag.value, str) else tag
        for tag in tags
    )
    return Drawing.load(read), found, _told(found)


def _header(data: bytes) -> tuple[str, str]:
    """Read the version and the code page that a DXF states."""
    said = [
        re.search(rb"\$" + name + rb"\s*\r?\n\s*\d+\s*\r?\n\s*([A-Za-z0-9_\-]+)", data)
        for name in (b"ACADVER", b"DWGCODEPAGE")
    ]
    version, page = (each[1].decode("ascii") if each else "" for each in said)
    return version, page


def _encoding(
    texts: list[bytes], version: str, page: str, wanted: str | None
) -> Encoding:
    """Find the encoding of texts; what the header says counts only where they do not tell."""
    stated = toencoding(page) if page else None
    if version >= UNICODE_SINCE:
        stated = "utf-8"
    stated = {"gbk": "gb18030", "cp936": "gb18030", "utf8": "utf-8", "cp950": "big5"}.get(
        stated or "", stated
    )
    if wanted is not None:
        return Encoding(wanted, wanted, proven=True)
    if stated == "cp1252" and all(PAIRED.fullmatch(text) for text in texts):
        found = dbf.judge(texts, None)
        if found.proven:
            return found._replace(stated=stated)
    return dbf.judge(texts, stated)


def _told(found: Encoding) -> list[Note]:
    """Report an encoding that is not the stated one, as for a Shapefile."""
    if found.stated == found.name or (found.proven and found.stated is None):
        return []
    return [Note(Issue.ENCODING_DIFFERS, f"{found.name} / {found.stated or '–'}")]


def _decoded(text: str) -> str:
    """Put characters in the place of their numbers, those of two halves joined."""
    if "\\U+" not in text and "\\M+" not in text:
        return text
    text = ESCAPED.sub(_unescaped, text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescaped(match: re.Match[str]) -> str:
    """Give the character that a number stands for; one that breaks lines stays as it is."""
    if match[2]:
        return bytes.fromhex(match[2]).decode("gb18030", errors="replace")
    character = chr(int(match[1], 16))
    half = "\ud800" <= character <= "\udfff"
    return character if half or character.isprintable() else match[0]


def _escape(match: re.Match[str]) -> str:
    """Write a character by its number, one beyond the first plane as two halves."""
    halves = struct.unpack(f"<{len(match[0].encode('utf-16-le')) // 2}H",
                           match[0].encode("utf-16-le"))
    return "".join(f"\\U+{half:04X}" for half in halves)


def _stated_crs(
    drawing: Drawing, path: Path
) -> tuple[CRS | None, Matrix44 | None, list[Note]]:
    """Find the CRS in the drawing's geodata, its properties, or the .prj beside it."""
    geodata = drawing.modelspace().get_geodata()
    if geodata is not None:
        try:
            placement, code = _placement(geodata)
            return crs.parse(f"EPSG:{code}", what=str(path)), placement, []
        except (*BROKEN, CRSError) as error:
            remark = str(error).splitlines()[0] if str(error) else type(error).__name__
            return None, None, [Note(Issue.FILE_REMARK, f"GEODATA: {remark}")]
    told = drawing.header.custom_vars.get(CRS_PROPERTY)
    beside = companions.part(path, ".prj")
    if told is None and beside is not None:
        told = beside.read_text(encoding="utf-8", errors="replace")
    if not told:
        return None, None, []
    try:
        return crs.parse(str(told).strip(), what=str(path)), None, []
    except CRSError as error:
        return None, None, [Note(Issue.FILE_REMARK, error.cause)]


def _placement(geodata: GeoData) -> tuple[Matrix44, int]:
    """Read where a drawing lies in the CRS of its geodata."""
    if "<!" in geodata.coordinate_system_definition:
        raise ValueError("its definition is not plain XML")
    return geodata.get_crs_transformation()
