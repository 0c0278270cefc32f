"""Finishes a PDF: where each map lies on the earth, what each page claims, fixed bytes.

The georeference is that of ISO 32000-2, 12.10: a viewport with a measure of subtype GEO,
which GDAL and QGIS read. What a page claims is kept in its page-piece dictionary
(ISO 32000-2, 14.5), where no viewer shows it and ``landtrack verify`` finds it.
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pikepdf
from pyproj import CRS

from landtrack.model.errors import SourceError
from landtrack.model.value import ALWAYS
from landtrack.output.sheets import archival, untouched
from landtrack.output.sheets.layout import Box
from landtrack.output.sheets.pdf_canvas import PT
from landtrack.spatial import crs

PIECE = "/landtrack"
PRINTED = 4
"""Flag of an annotation that is there on paper, too."""

MADE = f"D:{ALWAYS:%Y%m%d%H%M%S}Z"
"""Same input, same bytes: the day of drawing stands on the sheet, from the input."""

@dataclass(frozen=True, kw_only=True)
class Link:
    """A part of a page that leads to the page ``to``; pages are counted from 1."""

    page: int
    box: Box
    to: int


@dataclass(frozen=True, kw_only=True)
class Outline:
    """How one finds one's way in a PDF: titles with their pages, and links."""

    entries: tuple[tuple[str, int], ...] = ()
    links: tuple[Link, ...] = ()


def finish(
    parts: Sequence[bytes], claims: Sequence[dict[str, Any]], working: CRS, title: str,
    outline: Outline,
) -> bytes:
    """Join the parts of a PDF, and put georeferences, claims and outline into it.

    ``claims``: What each page claims; those with ``ground`` hold a map.
    ``working``: The CRS of the maps.
    Returns: The PDF; of the same input the same bytes.
    """
    with ExitStack() as opened:
        document, *others = (
            opened.enter_context(pikepdf.open(io.BytesIO(part))) for part in parts
        )
        for each in others:
            document.pages.extend(each.pages)
        system = _system(document, working)
        for page, claim in zip(document.pages, claims, strict=True):
            if "/Trans" in page:
                del page["/Trans"]
            if "ground" in claim:
                page["/VP"] = pikepdf.Array([_viewport(claim, working, system)])
        _outline(document, outline)
        archival.declare(document, title, claims[0]["lang"])
        drawn = untouched.digests(document)
        for page, claim, digest in zip(document.pages, claims, drawn, strict=True):
            page["/PieceInfo"] = _piece(document, {**claim, untouched.DRAWN: digest})
        made = io.BytesIO()
        document.save(
            made, deterministic_id=True, compress_streams=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate, fix_metadata_version=False,
        )
    return made.getvalue()


def _outline(document: pikepdf.Pdf, outline: Outline) -> None:
    if outline.entries:
        with document.open_outline() as root:
            root.root.extend(
                pikepdf.OutlineItem(title, page - 1) for title, page in outline.entries
            )
    for link in outline.links:
        box = link.box
        page = document.pages[link.page - 1]
        if "/Annots" not in page:
            page["/Annots"] = pikepdf.Array()
        page["/Annots"].append(document.make_indirect(pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, F=PRINTED,
            Rect=pikepdf.Array([
                Decimal(f"{each * PT:.4f}") for each in (box.left, box.bottom, box.right, box.top)
            ]),
            Border=pikepdf.Array([0, 0, 0]),
            Dest=pikepdf.Array([document.pages[link.to - 1].obj, pikepdf.Name.Fit]),
        )))


def claims_of(pdf: bytes | str) -> list[dict[str, Any]]:
    """Read what the pages of a PDF claim.

    Raises SourceError: If it is no PDF, or a page of it was not made by landtrack.
    """
    try:
        opened = pikepdf.open(io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf)
    except (pikepdf.PdfError, OSError) as error:
        raise SourceError(
            "The PDF cannot be read.", mend="Get the file again: it is damaged."
        ) from error
    with opened as document:
        return [_claim_of(page, number) for number, page in enumerate(document.pages, start=1)]


def has_claims(pdf: bytes) -> bool:
    """Say whether a PDF says of itself what a sheet of landtrack says.

    Raises SourceError: If it is no PDF.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            return any(PIECE in page.get("/PieceInfo", {}) for page in document.pages)
    except pikepdf.PdfError as error:
        raise SourceError(
            "The PDF cannot be read.", mend="Get the file again: it is damaged."
        ) from error


def _claim_of(page: pikepdf.Page, number: int) -> dict[str, Any]:
    try:
        private = page["/PieceInfo"][PIECE]["/Private"]
        return dict(json.loads(private.read_bytes()))
    except (KeyError, AttributeError, TypeError, ValueError, pikepdf.PdfError) as error:
        raise SourceError(
            f"Page {number} carries no claims of landtrack: it was made by another program, or "
            "they were taken out.",
            mend="Verify the file that landtrack wrote, not one that was printed or joined since.",
        ) from error


def _piece(document: pikepdf.Pdf, claim: dict[str, Any]) -> pikepdf.Dictionary:
    told = json.dumps(claim, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    stream = pikepdf.Stream(document, b"")
    stream.write(zlib.compress(told, 9), filter=pikepdf.Name.FlateDecode)
    return pikepdf.Dictionary({
        PIECE: pikepdf.Dictionary(
            LastModified=pikepdf.String(MADE), Private=document.make_indirect(stream)
        )
    })


def _system(document: pikepdf.Pdf, working: CRS) -> Any:  # noqa: ANN401  a PDF object
    """Describe the CRS, once a document."""
    described = pikepdf.Dictionary(
        Type=pikepdf.Name.PROJCS, WKT=pikepdf.String(working.to_wkt("WKT1_ESRI"))
    )
    epsg = working.to_epsg()
    if epsg is not None:
        described["/EPSG"] = epsg
    return document.make_indirect(described)


def _viewport(claim: dict[str, Any], working: CRS, system: Any) -> pikepdf.Dictionary:  # noqa: ANN401
    left, bottom, right, top = (Decimal(f"{each * PT:.8f}") for each in claim["frame"])
    west, south, east, north = claim["ground"]
    geographic = working.geodetic_crs
    assert geographic is not None  # noqa: S101  a projected CRS has one
    change = crs.transformer(working, geographic)
    longitude, latitude = change.transform(
        [west, west, east, east], [south, north, north, south]
    )
    corners = [
        Decimal(f"{each:.13f}") for pair in zip(latitude, longitude, strict=True) for each in pair
    ]
    unit = pikepdf.Array([0, 0, 0, 1, 1, 1, 1, 0])
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Viewport, BBox=pikepdf.Array([left, bottom, right, top]),
        Measure=pikepdf.Dictionary(
            Type=pikepdf.Name.Measure, Subtype=pikepdf.Name.GEO, Bounds=unit,
            GPTS=pikepdf.Array(corners), LPTS=unit, GCS=system,
        ),
    )
