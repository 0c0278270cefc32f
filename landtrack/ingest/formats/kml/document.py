"""A KML or KMZ file opened, safely, in the encoding its bytes are in.

KML has no use for a document type: a file that declares one can only mean harm (entities
that unfold to gigabytes, or fetch other files) and is refused before any entity is looked at.
"""

from __future__ import annotations

import codecs
import re
import zipfile
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET  # no DOCTYPE comes through: see markup

from landtrack.ingest.formats import archive, dbf, limits, markup
from landtrack.ingest.formats.base import Encoding, Note
from landtrack.model import Issue
from landtrack.model.errors import SourceError

MOST_BYTES = 1 << 30
"""What the KML in a KMZ may unfold to."""
DECLARATION = re.compile(r"""^\s*<\?xml\b[^>]*?(?:encoding\s*=\s*["']([\w.\-]+)["'][^>]*)?\?>""")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What may not stand in XML at all."""
PLACEMARK = re.compile(r"</(?:\w+:)?Placemark\s*>")
BARE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9A-Fa-f]+);)")
"""An ampersand that somebody forgot to write as one."""
UNBOUND = re.compile(r"(</?)(?:gx|kml|atom|xal):")
"""A prefix that somebody used without declaring it."""


class Document(NamedTuple):
    """The root element of a KML file, and what is remarkable about the file."""

    root: ET.Element
    encoding: Encoding
    notes: list[Note]


def load(path: Path, encoding: str | None) -> Document:
    """Open a KML or KMZ file.

    ``path``: The file; a KMZ is known by its bytes.
    ``encoding``: Of its text; found from the bytes where not given.
    Returns: Small slips of the writing program (a bare ``&``, a prefix that was not declared,
    control characters) mended and noted.
    Raises SourceError: If it cannot be opened, is no KML, declares a document type, or unfolds too
    far.
    """
    notes: list[Note] = []
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path} cannot be opened: {error}.", mend="Check that the file is there."
        ) from error
    if data.startswith(b"PK\x03\x04"):
        data, others = _packed(path)
        if others:
            notes.append(Note(Issue.ENTITIES_UNUSED, ", ".join(others)))
    text, found, told = _text(data, encoding)
    limits.insist(path, "placemarks", len(PLACEMARK.findall(text)))
    markup.refuse_doctype(_encoded(text), path)
    root, mended = _parsed(text, path)
    return Document(root, found, [*notes, *told, *mended])


def _packed(path: Path) -> tuple[bytes, list[str]]:
    """Read the KML in a KMZ: ``doc.kml``, else the first; give the others' names."""
    try:
        with zipfile.ZipFile(path) as packed:
            members = [
                each for each in packed.infolist() if each.filename.lower().endswith(".kml")
            ]
            members.sort(key=lambda each: each.filename.lower() != "doc.kml")
            if not members:
                raise SourceError(
                    f"{path} holds no KML.", mend="Save it from the map program again as KML."
                )
            first, *others = members
            most = max(archive.SMALL, archive.MOST_TIMES * first.compress_size)
            if first.file_size > min(MOST_BYTES, most):
                raise SourceError(
                    f"{path} would unfold to far more than its size: it looks like an archive "
                    "made to harm.",
                    mend="Ask for the KML itself.",
                )
            with packed.open(first) as file:
                return file.read(first.file_size), archive.member_names(others)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise SourceError(
            f"{path} cannot be unpacked: {error}.",
            mend="Save it from the map program again, best as KML.",
        ) from error
    except OSError as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(
            f"{path} cannot be unpacked: {error}.",
            mend="Save it from the map program again, best as KML.",
        ) from error


def _text(data: bytes, encoding: str | None) -> tuple[str, Encoding, list[Note]]:
    """Read text in the encoding its bytes are in; gives it without its declaration."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text, found = data.decode("utf-16", errors="replace"), Encoding("utf-16", None, proven=True)
    else:
        data = data.removeprefix(codecs.BOM_UTF8)
        said = DECLARATION.match(data[:200].decode("ascii", errors="replace"))
        stated = _codec((said[1] if said else None) or "utf-8")
        found = dbf.judge(data.splitlines(), stated)
        if encoding:
            found = Encoding(encoding, encoding, proven=True)
        text = data.decode(found.name, errors="replace")
    notes = []
    if found.stated and not data.isascii() and found.name != found.stated:
        notes.append(Note(Issue.ENCODING_DIFFERS, f"{found.name} / {found.stated}"))
    return DECLARATION.sub("", text, count=1), found, notes


def _codec(name: str) -> str:
    """Give Python's name of a stated encoding; one that nobody knows is as none stated."""
    try:
        plain = codecs.lookup(name).name
    except LookupError:
        return "utf-8"
    return "gb18030" if plain in {"gbk", "gb2312", "gb18030"} else plain


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")


def _parsed(text: str, path: Path) -> tuple[ET.Element, list[Note]]:
    """Parse XML, at the second try without small slips."""
    try:
        return _kml(ET.fromstring(text), path), []  # noqa: S314
    except ET.ParseError as error:
        mended = UNBOUND.sub(r"\1", BARE.sub("&amp;", CONTROL.sub("", text)))
        if mended != text:
            markup.refuse_doctype(_encoded(mended), path)
            try:
                root = _kml(ET.fromstring(mended), path)  # noqa: S314
            except ET.ParseError:
                pass
            else:
                return root, [Note(Issue.FILE_DAMAGED, str(error))]
        raise SourceError(
            f"{path} is no whole KML: {error}.",
            mend="It may be cut off; save it from the map program again.",
        ) from error


def _kml(root: ET.Element, path: Path) -> ET.Element:
    if tag(root) not in {"kml", "Document", "Folder", "Placemark"}:
        raise SourceError(
            f"{path} is XML, but no KML: it begins with {tag(root)!r}.",
            mend="Save it from the map program as KML.",
        )
    return root


def tag(element: ET.Element) -> str:
    """Give the name of an element without its namespace.

    Returns: Such as ``Placemark``.
    """
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]
