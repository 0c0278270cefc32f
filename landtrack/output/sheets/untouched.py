"""Whether a page of a PDF is what was drawn: all of it, not only what is measured.

A digest over content, fonts, pictures, annotations and boxes of each page stands among its
claims. It tells what another program has painted over, added or taken out. Whoever writes the
claims anew can write it anew, too: that a page was issued, the register of a store says alone.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pikepdf

from landtrack.model.errors import SourceError
from landtrack.model.translations import Words

DRAWN = "drawn"
"""What the digest is called among the claims of a page."""

OURS = frozenset({
    "/Type", "/Pages", "/Metadata", "/OutputIntents", "/Lang", "/Outlines", "/PageMode",
    "/Version",
})
"""What the root of a PDF of landtrack may hold; no forms, scripts, layers or actions."""

_NOT_DRAWN = frozenset({"/Parent", "/PieceInfo"})
_OF_STREAMS = frozenset({"/Length", "/Filter", "/DecodeParms"})
_DEEPEST = 40


def digests(document: pikepdf.Pdf) -> list[str]:
    """Make the digest of all that each page shows.

    Returns: SHA-256 in hexadecimal, one per page; how the file is packed does not matter.
    """
    reader = _Reader({page.obj.objgen: at for at, page in enumerate(document.pages)})
    return [reader.page(page.obj) for page in document.pages]


def faults(
    pdf: bytes, claims: Sequence[Mapping[str, Any]], words: Words, *, known: bool = False
) -> list[str]:
    """Find what another program did to a PDF.

    ``known``: Whether the very file is in the register of a store: then sheets of an earlier
    version, which do not say what was drawn, are in order too.
    Returns: A sentence each; none where all is as it was drawn.
    Raises SourceError: If it cannot be read.
    """
    said = []
    if pdf.count(b"startxref") > 1:
        said.append(words("sheet.verify.appended"))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        said += [
            words("sheet.verify.foreign", what=name.removeprefix("/"))
            for name in sorted(set(document.Root.keys()) - OURS)
        ]
        try:
            found = digests(document)
        except (pikepdf.PdfError, RecursionError, ValueError, TypeError) as error:
            raise SourceError(
                f"The PDF cannot be read: {error}.", mend="Get the file again: it is damaged."
            ) from error
    for number, (claim, digest) in enumerate(zip(claims, found, strict=True), start=1):
        if DRAWN not in claim:
            if not known:
                said.append(words("sheet.verify.undrawn", page=number))
        elif claim[DRAWN] != digest:
            said.append(words("sheet.verify.painted", page=number))
    return said


class _Reader:
    """Hashes objects of one PDF by what they hold; what pages share is hashed once."""

    def __init__(self, pages: Mapping[tuple[int, int], int]) -> None:
        self.pages = pages
        self.known: dict[tuple[int, int], str] = {}

    def page(self, page: pikepdf.Object) -> str:
        """Hash a page."""
        held = {name: page[name] for name in page.keys() if name not in _NOT_DRAWN}  # noqa: SIM118
        for name in ("/Resources", "/MediaBox", "/CropBox", "/Rotate"):  # may be its parent's
            above = page.get("/Parent")
            while name not in held and above is not None:
                if name in above:
                    held[name] = above[name]
                above = above.get("/Parent")
        return _hash([f"{name} {self.told(held[name], 1)}" for name in sorted(held)])

    def told(self, each: Any, depth: int) -> str:  # noqa: ANN401  a PDF object, or its value
        """Say what an object holds; a page is its number, and what holds itself is no more."""
        if depth > _DEEPEST:
            raise ValueError("objects that hold each other")
        if not isinstance(each, pikepdf.Object):
            return repr(each)
        own = each.objgen
        if own in self.pages:
            return f"page {self.pages[own]}"
        if not each.is_indirect:
            return self._told(each, depth)
        if own not in self.known:
            self.known[own] = "itself"
            self.known[own] = _hash([self._told(each, depth)])
        return self.known[own]

    def _told(self, each: pikepdf.Object, depth: int) -> str:
        if isinstance(each, pikepdf.Stream):
            held = [f"{name} {self.told(each[name], depth + 1)}"
                    for name in sorted(each.keys()) if name not in _OF_STREAMS]
            return _hash([*held, hashlib.sha256(_content(each)).hexdigest()])
        if isinstance(each, pikepdf.Dictionary):
            return _hash([f"{name} {self.told(each[name], depth + 1)}"
                          for name in sorted(each.keys())])
        if isinstance(each, pikepdf.Array):
            return _hash([self.told(one, depth + 1) for one in each])
        if isinstance(each, pikepdf.String):
            return bytes(each).hex()
        return str(each)


def _content(stream: pikepdf.Stream) -> bytes:
    """Unpack a stream; one that is packed as a picture stays as it is."""
    try:
        return bytes(stream.read_bytes())
    except pikepdf.PdfError:
        return bytes(stream.read_raw_bytes())


def _hash(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
