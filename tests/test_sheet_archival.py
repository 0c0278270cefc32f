"""PDF/A-2b: what ISO 19005-2 asks of a file, clause by clause, read with libraries of others.

No validator is to be had from the registries (veraPDF is a Java program of its own), so each
property that sheets can touch is tested here.
"""

import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pikepdf
import pytest
from authority import PASSWORD, holder
from fontTools.ttLib import TTFont
from PIL import Image, ImageCms
from pyhanko.sign.signers import SimpleSigner
from sheets import make_store, printed

from landtrack.output import signing
from landtrack.output.sheets import archival, batches

PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
FORBIDDEN = {
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/XFA", "/NeedAppearances", "/EF", "/AF",
    "/TR", "/TR2", "/HTP", "/OPI", "/PS", "/Ref", "/Alternates", "/Encrypt", "/PresSteps",
    "/Requirements", "/LZWDecode", "/Crypt", "/SMask", "/FFilter", "/FDecodeParms",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return make_store(tmp_path_factory.mktemp("place"))


@pytest.fixture(
    scope="module", params=["atlas", "status", "project", "overview", "demarcation", "signed"]
)
def document(request, store):
    named, selection = {
        "atlas": ("parcel", "plots:*"), "project": ("project", "A"),
        "demarcation": ("demarcation", "A"), "signed": ("parcel", "plots:A"),
    }.get(request.param, (request.param, "*"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "SHEETS", 1)
        made = printed(store, named, selection, draft=request.param == "status")
    pdf = made.pdf
    if request.param == "signed":
        key = SimpleSigner.load_pkcs12_data(holder("张三").p12(), [], PASSWORD.encode())
        pdf = signing.sign(signing.sign(pdf, key, "审核"), key)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.raw = pdf
        yield opened


def instructions(document):
    """Give the operators of every page and form, with the page's or form's resources."""
    for page in document.pages:
        yield page.resources, list(pikepdf.parse_content_stream(page))
        for form in page.resources.get("/XObject", {}).values():
            assert form["/Subtype"] == "/Form"
            assert "/Resources" in form  # 6.2.2: resources are its own
            assert "/Group" not in form
            yield form["/Resources"], list(pikepdf.parse_content_stream(form))


def test_header_and_trailer(document):  # 6.1.2, 6.1.3
    first, second, *_ = document.raw.split(b"\n", 2)

    assert re.fullmatch(rb"%PDF-1\.[0-7]", first)
    assert second[:1] == b"%"
    assert len(second) >= 5
    assert all(each > 127 for each in second[1:5])
    assert len(document.trailer["/ID"]) == 2
    assert "/Encrypt" not in document.trailer
    assert document.raw.rstrip().endswith(b"%%EOF")


def test_metadata_say_what_the_file_is(document):  # 6.6
    stream = document.Root["/Metadata"]

    assert (stream["/Type"], stream["/Subtype"]) == ("/Metadata", "/XML")
    assert "/Filter" not in stream
    head = stream.read_bytes().split(b"?>")[0].decode()
    assert "bytes" not in head
    assert "encoding" not in head
    root = ET.fromstring(stream.read_bytes())  # noqa: S314  our own
    told = {each.tag: each.text for each in root.iter()}
    for each in root.iter():  # as an element or as an attribute, it says the same
        told |= each.attrib
    assert (told[f"{PDFAID}part"], told[f"{PDFAID}conformance"]) == ("2", "B")
    assert "/Info" not in document.trailer  # nothing that XMP could contradict
    assert document.Root["/Lang"] == "zh"


def test_colours_are_those_of_one_profile(document):  # 6.2.3, 6.2.4
    (intent,) = document.Root["/OutputIntents"]
    profile = intent["/DestOutputProfile"]

    assert intent["/S"] == "/GTS_PDFA1"
    assert profile["/N"] == 3
    read = ImageCms.ImageCmsProfile(io.BytesIO(profile.read_bytes())).profile
    assert (read.device_class.strip(), read.xcolor_space.strip()) == ("mntr", "RGB")
    assert read.version < 5
    for resources, found in instructions(document):
        used = {str(each.operator) for each in found}
        assert not used & {"k", "K", "cs", "CS", "scn", "SCN", "sh", "BI", "ri"}
        assert not {"/ColorSpace", "/Pattern", "/Shading"} & set(resources.keys())


def test_the_profile_is_srgb():
    own = ImageCms.ImageCmsProfile(io.BytesIO(archival.srgb()))
    drawn = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)

    seen = ImageCms.profileToProfile(
        Image.fromarray(drawn), own, ImageCms.createProfile("sRGB")
    )

    assert np.abs(np.asarray(seen).astype(int) - drawn).max() <= 1


def test_fonts_are_embedded_and_every_character_has_its_glyph(document):  # 6.2.11
    programs = {}
    for resources, found in instructions(document):
        font = None
        for each in found:
            if str(each.operator) == "Tf":
                font = resources["/Font"][str(each.operands[0])]
            elif str(each.operator) == "Tj":
                name = str(font["/BaseFont"])
                programs.setdefault(name, (font, set()))[1].update(bytes(each.operands[0]))
    for name, (font, codes) in programs.items():
        described = font["/FontDescriptor"]
        assert re.fullmatch(r"/[A-Z]{6}\+[\w-]+", name)
        assert described["/FontName"] == name
        assert described["/Flags"] & 4  # symbolic,
        assert "/Encoding" not in font  # so that the program alone says which glyph it is
        assert "/ToUnicode" in font
        with TTFont(io.BytesIO(described["/FontFile2"].read_bytes())) as program:
            (table,) = program["cmap"].tables
            advance = program["hmtx"]
            unit = 1000 / program["head"].unitsPerEm
            for code in codes:
                glyph = table.cmap[code]
                assert program.getGlyphID(glyph) != 0
                wide = float(font["/Widths"][code - int(font["/FirstChar"])])
                assert abs(wide - advance[glyph][0] * unit) <= 1


def test_no_two_subsets_have_one_name(document):
    names = {}
    for page in document.pages:
        for font in page.resources["/Font"].values():
            names.setdefault(str(font["/BaseFont"]), set()).add(
                font["/FontDescriptor"]["/FontFile2"].read_raw_bytes()
            )

    assert all(len(programs) == 1 for programs in names.values())


def test_nothing_is_in_the_file_that_may_not_be(document):  # 6.1.7, 6.2.5, 6.5
    for each in document.objects:
        if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            assert not FORBIDDEN & set(each.keys())
        if isinstance(each, pikepdf.Stream):
            assert "/F" not in each
            assert str(each.get("/Filter", "/FlateDecode")) == "/FlateDecode"
    for page in document.pages:
        assert not {"/AA", "/Trans"} & set(page.keys())
        for state in page.resources.get("/ExtGState", {}).values():
            assert set(state.keys()) <= {"/CA", "/ca", "/Type"}


def test_links_are_printed_and_stay_in_the_file(document):  # 6.3
    for page in document.pages:
        for each in page.get("/Annots", []):
            if each["/Subtype"] == "/Widget":  # a signature that is not drawn: 6.3.2, 6.3.3
                assert each["/FT"] == "/Sig"
                assert [int(edge) for edge in each["/Rect"]] == [0, 0, 0, 0]
                assert int(each["/F"]) & 0b100111 == 0b100  # printed; not hidden, not unviewable
                continue
            assert each["/Subtype"] == "/Link"
            assert each["/F"] == 4
            assert each["/Dest"][0]["/Type"] == "/Page"
            assert "/A" not in each


def test_limits_are_kept(document):  # 6.1.13
    assert len(document.objects) < 8_388_607
    for page in document.pages:
        assert all(3 <= float(each) <= 14_400 for each in page.mediabox[2:])
    for _, found in instructions(document):
        depth = deepest = 0
        for each in found:
            depth += {"q": 1, "Q": -1}.get(str(each.operator), 0)
            deepest = max(deepest, depth)
            for operand in each.operands:
                if isinstance(operand, int):
                    assert abs(operand) < 2**31
                elif isinstance(operand, pikepdf.String):
                    assert len(bytes(operand)) < 32_767
        assert (depth, deepest <= 28) == (0, True)
