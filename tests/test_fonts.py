"""Fonts: one weight cut out of several, the user's own first, no character without a name."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation

from landtrack.model.errors import OutputError, SourceError
from landtrack.output.style import fonts

RARE = "\U00020bb7"  # 𠮷, in no font that is shipped


def square(side):
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, side))
    pen.lineTo((side, side))
    pen.lineTo((side, 0))
    pen.closePath()
    return pen.glyph()


def font_file(path, letters="ab", *, variable=False, embedding=0):
    """Write a font of squares 100 wide; at weight 900 they are 300 wide."""
    path.parent.mkdir(parents=True, exist_ok=True)
    builder = FontBuilder(1000, isTTF=True)
    names = [f"g{ord(letter):X}" for letter in letters]
    builder.setupGlyphOrder([".notdef", *names])
    builder.setupCharacterMap(dict(zip(map(ord, letters), names, strict=True)))
    builder.setupGlyf({name: square(100) for name in [".notdef", *names]})
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names], (500, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular", "psName": path.stem})
    builder.setupOS2(fsType=embedding)
    builder.setupPost()
    if variable:
        builder.setupFvar([("wght", 100, 100, 900, "Weight")], [])
        wider = [(0, 0), (0, 200), (200, 200), (200, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
        builder.setupGvar({
            name: [TupleVariation({"wght": (0, 1, 1)}, wider)] for name in names
        })
    builder.save(path)
    return path


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Give the user's folder of fonts, and keep what is cut in this test apart."""
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "fonts"


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setenv("LANDTRACK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize(("weight", "width"), [("regular", 175), ("bold", 250)])
def test_one_weight_is_cut_out_of_a_font_of_several(tmp_path, kept, weight, width):
    cut = fonts.static(font_file(tmp_path / "v.ttf", variable=True), weight)

    font = TTFont(cut.path)
    assert cut.path.parent == kept
    assert "fvar" not in font
    assert font["glyf"]["g61"].xMax == width  # 100 + 200 * (weight - 100) / 800


def test_a_font_of_one_weight_is_used_as_it_is(tmp_path, kept):
    path = font_file(tmp_path / "s.ttf")

    assert fonts.static(path, "bold").path == path
    assert not kept.exists()


@pytest.mark.usefixtures("kept")
def test_a_font_is_cut_once_and_said_to_be(tmp_path):
    path = font_file(tmp_path / "v.ttf", variable=True)
    told = []

    first = fonts.static(path, "regular", tell=lambda *said: told.append(said))
    made = first.path.stat().st_mtime_ns
    second = fonts.static(path, "regular", tell=lambda *said: told.append(said))

    assert told == [("font", "v.ttf")]
    assert second == first
    assert second.path.stat().st_mtime_ns == made


@pytest.mark.usefixtures("kept")
def test_another_font_of_the_same_name_is_cut_anew(tmp_path):
    one = fonts.static(font_file(tmp_path / "1" / "v.ttf", "ab", variable=True), "regular")
    two = fonts.static(font_file(tmp_path / "2" / "v.ttf", "abc", variable=True), "regular")

    assert ord("c") in two.characters - one.characters


@pytest.mark.usefixtures("kept")
def test_the_same_font_is_cut_into_the_same_bytes(tmp_path):
    path = font_file(tmp_path / "v.ttf", variable=True)
    first = fonts.static(path, "regular").path
    before = first.read_bytes()
    first.unlink()

    assert fonts.static(path, "regular").path.read_bytes() == before


@pytest.mark.usefixtures("kept")
def test_several_at_once_cut_it_once(tmp_path):
    path = font_file(tmp_path / "v.ttf", variable=True)
    told = []

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(
            lambda _: fonts.static(path, "bold", tell=lambda *said: told.append(said)), range(4)
        ))

    assert len(set(made)) == 1
    assert len(told) == 1


@pytest.mark.usefixtures("kept")
def test_what_was_left_half_written_is_not_taken_for_a_font(tmp_path, monkeypatch):
    path = font_file(tmp_path / "v.ttf", variable=True)

    def full(_font, target):
        target.write(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(TTFont, "save", full)
        with pytest.raises(OutputError, match="No space left on device") as error:
            fonts.static(path, "regular")

    assert "LANDTRACK_CACHE" in error.value.mend
    assert fonts.static(path, "regular").characters == {ord("a"), ord("b")}


def test_a_cache_that_is_no_folder_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LANDTRACK_CACHE", str(tmp_path / "file"))

    with pytest.raises(OutputError, match=r"v\.ttf cannot be kept") as error:
        fonts.static(font_file(tmp_path / "v.ttf", variable=True), "regular")

    assert "LANDTRACK_CACHE" in error.value.mend


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("regular.ttf", b"", "no font that can be read"),
        ("regular.ttf", b"\0\1\0\0 and then nothing", "no font that can be read"),
        ("regular.ttf", b"<html>", "no font that can be read"),
        ("SimSun.ttc", b"ttcf", r"no \.ttf file"),
        ("song.otf", b"OTTO", r"no \.ttf file"),
    ],
)
def test_what_is_no_truetype_font_is_refused(own, name, content, cause):
    own.mkdir(parents=True)
    (own / name).write_bytes(content)

    with pytest.raises(SourceError, match=cause) as error:
        fonts.chain()

    assert "TrueType font (.ttf)" in error.value.mend


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_font_cut_short_in_copying_is_refused(tmp_path, share):
    whole = font_file(tmp_path / "whole.ttf").read_bytes()
    path = tmp_path / "short.ttf"
    path.write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(SourceError, match="no font that can be read"):
        fonts.static(path, "regular")


def test_postscript_outlines_in_a_ttf_file_are_refused(tmp_path):
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef"])
    builder.setupCharacterMap({})
    builder.setupCFF("S", {}, {".notdef": _no_outline()}, {})
    builder.setupHorizontalMetrics({".notdef": (500, 0)})
    builder.setupHorizontalHeader()
    builder.setupNameTable({"familyName": "S", "styleName": "R"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(tmp_path / "cff.ttf")

    with pytest.raises(SourceError, match="no TrueType outlines"):
        fonts.static(tmp_path / "cff.ttf", "regular")


def _no_outline():
    from fontTools.pens.t2CharStringPen import T2CharStringPen

    pen = T2CharStringPen(500, None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 9))
    pen.closePath()
    return pen.getCharString()


@pytest.mark.parametrize(
    ("embedding", "allowed"), [(0x0, True), (0x2, False), (0x4, True), (0x8, True)]
)
def test_a_font_whose_licence_forbids_embedding_is_refused(tmp_path, embedding, allowed):
    path = font_file(tmp_path / "own.ttf", embedding=embedding)

    if allowed:
        assert fonts.static(path, "regular").path == path
        return
    with pytest.raises(SourceError, match="forbids to embed"):
        fonts.static(path, "regular")


def test_the_users_own_font_comes_first_and_the_further_ones_last(own):
    font_file(own / "regular.ttf", "a")
    font_file(own / "rare-names.ttf", RARE)
    font_file(own / "bold.ttf", "b")
    (own / "README.txt").write_text("no font")

    chain = fonts.chain("regular")

    assert [each.path.stem.split("-")[0] for each in chain] == ["regular", "NotoSansSC", "rare"]
    assert [(font.path.stem.split("-")[0], part) for font, part in fonts.runs(
        f"ab用{RARE}{RARE}a", chain
    )] == [("regular", "a"), ("NotoSansSC", "b用"), ("rare", RARE * 2), ("regular", "a")]


def test_noto_sans_sc_has_the_characters_of_gb2312_and_no_radicals():
    (font,) = fonts.chain()
    rows = (bytes([high, low]) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    hanzi = "".join(pair.decode("gb2312", errors="ignore") for pair in rows)

    assert len(hanzi) == 6763
    assert fonts.missing([hanzi, "≥ ≤ × ÷ ² ³ ° · – “” ㎡ 《》〔〕Øü"], [font]) == []
    assert fonts.missing(["⽤"], [font]) == ["⽤ (U+2F64)"]
    assert TTFont(font.path)["OS/2"].usWeightClass == 400


def test_every_missing_character_is_named_once():
    chain = fonts.chain()

    assert fonts.missing([f"{RARE}地{RARE}", "\u200b\n\t"], chain) == [
        "ZERO WIDTH SPACE (U+200B)", f"{RARE} (U+20BB7)"
    ]
    with pytest.raises(OutputError, match=r"𠮷 \(U\+20BB7\)") as error:
        fonts.runs(f"张{RARE}", chain)
    assert "LANDTRACK_DATA" in error.value.mend


def test_no_font_at_all_has_no_characters():
    assert fonts.missing(["a"], []) == ["a (U+0061)"]
    assert fonts.runs("", []) == []


def test_a_rare_character_is_read_back_as_it_was(tmp_path):
    import pdfplumber
    from reportlab.pdfgen.canvas import Canvas

    font = fonts.static(font_file(tmp_path / "rare-name.ttf", f"a{RARE}"), "regular")
    name = fonts.register(font)
    file = io.BytesIO()
    canvas = Canvas(file, initialFontName=name)
    canvas.drawString(50, 700, f"a{RARE}a")
    canvas.save()

    with pdfplumber.open(file) as book:
        assert book.pages[0].extract_text() == f"a{RARE}a"


def test_text_set_in_it_is_read_back_as_it_was():
    import pdfplumber
    from reportlab.pdfgen.canvas import Canvas

    (font,) = fonts.chain()
    name = fonts.register(font)
    assert fonts.register(font) == name
    file = io.BytesIO()
    canvas = Canvas(file, initialFontName=name)
    canvas.drawString(50, 700, "工业用地 水田 2 500 元/m²")
    canvas.save()

    with pdfplumber.open(file) as pdf:
        page = pdf.pages[0]
        assert page.extract_text() == "工业用地 水田 2 500 元/m²"
        assert {each["fontname"].split("+")[1] for each in page.chars} == {"NotoSansSC-Regular"}
