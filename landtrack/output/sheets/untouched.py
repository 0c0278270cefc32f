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

SIGNED = frozenset({"/AcroForm", "/DSS", "/Extensions", "/Version"})
"""What a signature puts into the root, and the proofs that are kept with it."""

FIELDS = frozenset({"/Fields", "/SigFlags"})
"""What the form of a PDF that is only signed may hold."""

_NOT_DRAWN = frozenset({"/Parent", "/PieceInfo"})
_OF_STREAMS = frozenset({"/Length", "/Filter", "/DecodeParms"})
_DEEPEST = 40


def digests(document: pikepdf.Pdf, *, signed: bool = False) -> list[str]:
    """Make the digest of all that each page shows.

    ``signed``: Leave out signatures that are not drawn; such digests compare with each other only.
    Returns: SHA-256 in hexadecimal, one per page; how the file is packed does not matter.
    """
    reader = _Reader({page.obj.objgen: at for at, page in enumerate(document.pages)},
                     signed=signed)
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
                "The PDF cannot be read.", mend="Get the file again: it is damaged."
            ) from error
    for number, (claim, digest) in enumerate(zip(claims, found, strict=True), start=1):
        if DRAWN not in claim:
            if not known:
                said.append(words("sheet.verify.undrawn", page=number))
        elif claim[DRAWN] != digest:
            said.append(words("sheet.verify.painted", page=number))
    return said


def since_issued(issued: bytes, signed: bytes, words: Words) -> list[str]:
    """Find what else than signatures was put behind a PDF as it was issued.

    A signature covers what stood there when it was made, whoever had put it there before.
    Returns: A sentence each; none where every page shows what it showed.
    Raises SourceError: If it cannot be read.
    """
    try:
        with pikepdf.open(io.BytesIO(issued)) as before, pikepdf.open(io.BytesIO(signed)) as now:
            if now.get_warnings() or len(now.pages) != len(before.pages):
                return [words("sheet.verify.appended")]
            said = [
                words("sheet.verify.foreign", what=name.removeprefix("/"))
                for name in sorted(set(now.Root.keys()) - set(before.Root.keys()) - SIGNED)
            ]
            if not _only_signatures(now.Root.get("/AcroForm", pikepdf.Dictionary())):
                said.append(words("sheet.verify.foreign", what="AcroForm"))
            pairs = zip(digests(before, signed=True), digests(now, signed=True), strict=True)
            return said + [
                words("sheet.verify.painted", page=number)
                for number, (was, shown) in enumerate(pairs, start=1) if was != shown
            ]
    except (pikepdf.PdfError, RecursionError, ValueError, TypeError) as error:
        raise SourceError(
            "The PDF cannot be read.", mend="Get the file again: it is damaged."
        ) from error


def _only_signatures(form: pikepdf.Object) -> bool:
    """Say whether a form has no other fields than signatures, that nobody sees on a page."""
    fields = form.get("/Fields", pikepdf.Array())
    return set(form.keys()) <= FIELDS and all(_unseen(each) for each in fields)


def _unseen(annotation: pikepdf.Object) -> bool:
    """Say whether an annotation is a signature without extent, and does nothing."""
    left, bottom, right, top = (float(each) for each in annotation.get("/Rect", (0, 0, 1, 1)))
    return (
        annotation.get("/Subtype") == "/Widget" and annotation.get("/FT") == "/Sig"
        and left == right and bottom == top
        and not {"/A", "/AA", "/Kids"} & set(annotation.keys())
    )


class _Reader:
    """Hashes objects of one PDF by what they hold; what pages share is hashed once."""

    def __init__(self, pages: Mapping[tuple[int, int], int], *, signed: bool) -> None:
        self.pages, self.signed = pages, signed
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
        if self.signed:
            notes = [each for each in held.pop("/Annots", ()) if not _unseen(each)]
            if notes:
                held["/Annots"] = pikepdf.Array(notes)
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
