"""What makes a PDF fit for archives: PDF/A-2b (ISO 19005-2).

Colours are sRGB by a profile that is built here, from the numbers of IEC 61966-2-1; the file
says of itself what it is in XMP; each subset of a font has a name of its own. Georeferences and
claims are not in the way: a reader leaves out what it does not know, as ISO 19005-2, 5.3 asks.
"""

from __future__ import annotations

import hashlib
import struct
from functools import cache

import numpy as np
import pikepdf

PROFILE_NAME = "sRGB IEC61966-2.1"
CURVE_STEPS = 1024
PRIMARIES = {
    "rXYZ": (0.43607, 0.22249, 0.01392), "gXYZ": (0.38515, 0.71687, 0.09708),
    "bXYZ": (0.14307, 0.06061, 0.71410), "wtpt": (0.96420, 1.0, 0.82491),
}
"""The colours of sRGB, and white, as seen in the light of ICC profiles (D50)."""

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
><dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title
><xmp:CreatorTool>landtrack</xmp:CreatorTool
><pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance
></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def declare(document: pikepdf.Pdf, title: str, lang: str) -> None:
    """Declare a PDF as PDF/A-2b, and put in what that asks for."""
    if "/Info" in document.trailer:
        del document.trailer["/Info"]  # what XMP says need not be said twice
    profile = document.make_stream(srgb(), N=3)
    document.Root["/OutputIntents"] = pikepdf.Array([document.make_indirect(pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent, S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier=pikepdf.String(PROFILE_NAME),
        RegistryName=pikepdf.String("http://www.color.org"),
        Info=pikepdf.String(PROFILE_NAME), DestOutputProfile=profile,
    ))])
    document.Root["/Lang"] = pikepdf.String(lang)
    document.Root["/Metadata"] = document.make_stream(
        XMP.format(title=_escaped(title)).encode(), Type=pikepdf.Name.Metadata,
        Subtype=pikepdf.Name.XML,
    )
    for page in document.pages:
        for font in page.resources.get("/Font", {}).values():
            _name_apart(font)


def _name_apart(font: pikepdf.Object) -> None:
    """Name a subset by what is in it: parts of an atlas have subsets of one font."""
    described = font["/FontDescriptor"]
    digest = hashlib.sha256(described["/FontFile2"].read_raw_bytes()).digest()
    tag = "".join(chr(ord("A") + each % 26) for each in digest[:6])
    name = str(font["/BaseFont"]).partition("+")[2]
    font["/BaseFont"] = described["/FontName"] = pikepdf.Name(f"/{tag}+{name}")


@cache
def srgb() -> bytes:
    """Build a profile of sRGB."""
    level = np.arange(CURVE_STEPS) / (CURVE_STEPS - 1)
    light = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004
    curve = struct.pack(">4sII", b"curv", 0, CURVE_STEPS) + np.rint(light * 65535).astype(
        ">u2"
    ).tobytes()
    name = PROFILE_NAME.encode() + b"\0"
    tags = {
        "desc": struct.pack(">4sII", b"desc", 0, len(name)) + name + bytes(78),
        "cprt": struct.pack(">4sI", b"text", 0) + b"No copyright, use freely\0",
        **{key: _xyz(value) for key, value in PRIMARIES.items()},
        "rTRC": curve, "gTRC": curve, "bTRC": curve,
    }
    at = {}
    body = b""
    start = 128 + 4 + 12 * len(tags)
    for data in dict.fromkeys(tags.values()):  # one curve for all three
        at[data] = start + len(body)
        body += data + bytes(-len(data) % 4)
    table = struct.pack(">I", len(tags)) + b"".join(
        struct.pack(">4sII", key.encode(), at[data], len(data)) for key, data in tags.items()
    )
    head = struct.pack(
        ">I4sI4s4s4s6H4s4s4s4s4s8sI12s4s44s",
        start + len(body), bytes(4), 0x02100000, b"mntr", b"RGB ", b"XYZ ",
        2000, 1, 1, 0, 0, 0, b"acsp", bytes(4), bytes(4), bytes(4), bytes(4), bytes(8), 0,
        _xyz(PRIMARIES["wtpt"])[8:], bytes(4), bytes(44),
    )
    return head + table + body


def _xyz(value: tuple[float, float, float]) -> bytes:
    return struct.pack(">4sI3i", b"XYZ ", 0, *(round(each * 65536) for each in value))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
