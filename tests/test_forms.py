"""The vetting form as a page, PDF, Word document and workbook: the same words in each."""

import datetime as dt
import re
import zipfile
from decimal import Decimal

import documents
import docx
import numpy as np
import openpyxl
import pdfplumber
import pytest
from builders import box
from click.testing import CliRunner
from hypothesis import given, settings, strategies as st

from landtrack.app import vet
from landtrack.cli.main import main
from landtrack.model import catalog, translations
from landtrack.model.errors import OutputError
from landtrack.output.reports import document, vetting
from landtrack.output.reports.document import layout, pdf
from landtrack.output.style import fonts
from landtrack.output.wording.messages import Figure, Line, say

HOSTILE = "=1+1 <b>&\"'</b> </script> ‘张’ 有限公司"
RARE = "\U00020bb7野家"


@pytest.fixture(scope="module", params=["zh", "en"])
def words(request):
    return translations.load(request.param)


@pytest.fixture(scope="module")
def page(words):
    result = vet.vet(catalog.place(catalog.demo_place()), lang=words.lang)
    return vetting.build(result, vetting.case(result, "XP-059"))


def flat(told):
    """A text without the breaks and blanks that setting it into columns brings."""
    return re.sub(r"\s", "", told)


def written(page, words, folder, kind):
    path = folder / f"form.{kind}"
    document.write(page, path, words, kind=kind)
    return path


def test_the_pdf_holds_every_word_on_numbered_a4_pages(page, words, tmp_path):
    path = written(page, words, tmp_path, "pdf")

    with pdfplumber.open(path) as book:
        sizes = {(round(float(each.width), 3), round(float(each.height), 3))
                 for each in book.pages}
        cells = {flat(cell or "") for each in book.pages for table in each.extract_tables()
                 for row in table for cell in row}
        lines = flat("".join(each.extract_text() for each in book.pages))
        feet = [each.extract_text().splitlines()[-1] for each in book.pages]
        names = {each["fontname"].split("+")[1] for one in book.pages for each in one.chars}
    assert sizes == {(595.276, 841.89)}
    assert feet == [words("vet.page", page=at + 1, pages=len(feet)) for at in range(len(feet))]
    assert names == {"NotoSansSC-Regular", "NotoSansSC-Bold"}
    for section in documents.sections(page, words):
        assert flat(section.title) in lines
        assert {flat(cell) for row in section.rows for cell in row} <= cells
        assert all(flat(note) in lines for note in section.notes)


def test_nothing_in_the_pdf_lies_on_something_else(page, words, tmp_path):
    with pdfplumber.open(written(page, words, tmp_path, "pdf")) as book:
        for sheet in book.pages:
            letters = [each for each in sheet.chars if each["text"].strip()]
            assert all(each["x1"] <= float(sheet.width) - 40 for each in letters)
            for table in sheet.find_tables():
                for cell in filter(None, table.cells):
                    left, top, right, bottom = cell
                    inside = [each for each in letters if left < each["x0"] < right
                              and top < (each["top"] + each["bottom"]) / 2 < bottom]
                    assert all(each["x1"] <= right + 0.1 for each in inside)


def test_the_word_document_holds_every_word(page, words, tmp_path):
    letter = docx.Document(written(page, words, tmp_path, "docx"))

    told = {each.text for each in letter.paragraphs}
    told |= {cell.text for table in letter.tables for row in table.rows for cell in row.cells}
    assert set(document.texts(page, words)) <= told
    assert letter.sections[0].page_width.mm == pytest.approx(210, abs=0.05)


def shown(cell):
    """A cell as a spreadsheet shows it: by its format, of those that forms have."""
    if cell.is_date:
        return f"{cell.value:%Y-%m-%d}"
    if cell.data_type != "n" or cell.value is None:
        return cell.value
    sign = {1: "+", -1: "−", 0: "±"}[np.sign(cell.value)] if ";" in cell.number_format else ""
    number, _, unit = cell.number_format.partition(";")[0].removeprefix('"+"').partition('"')
    scale, per_cent = (100, "%") if number.endswith("%") else (1, "")
    digits = len(number.rstrip("%").partition(".")[2])
    size = abs(cell.value) if sign else cell.value
    return f"{sign}{size * scale:,.{digits}f}{per_cent}{unit.removesuffix(chr(34))}"


def test_the_workbook_holds_every_word_and_figures_and_days_as_what_they_are(page, words, tmp_path):
    first, sheet = openpyxl.load_workbook(written(page, words, tmp_path, "xlsx")).worksheets

    assert [first.title, sheet.title] == [
        words("vet.sheet"), words("vet.following_sheet", plot="XP-059")]
    cells = [cell for each in (first, sheet) for row in each.iter_rows() for cell in row
             if hasattr(cell, "is_date")]
    assert set(document.texts(page, words)) - {""} <= {shown(cell) for cell in cells}
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n", "d"}
    area = words("land.area")
    (head,) = [cell for cell in cells if cell.value == area and cell.parent is sheet]
    below = sheet.cell(head.row + 1, head.column)
    assert (below.data_type, below.number_format) == ("n", '#,##0" m²"')


def test_the_page_holds_every_word(page, words, tmp_path):
    import html

    markup = written(page, words, tmp_path, "html").read_text(encoding="utf-8")

    assert all(html.escape(each) in markup for each in document.texts(page, words))


@pytest.mark.parametrize("kind", document.FORMS)
def test_the_same_page_makes_the_same_bytes(page, words, tmp_path, kind):
    (tmp_path / "again").mkdir()
    one, two = (written(page, words, each, kind) for each in (tmp_path, tmp_path / "again"))

    assert one.read_bytes() == two.read_bytes()


@pytest.fixture
def hostile(site):
    """A plot whose company has a name that is markup, a formula and a script's end."""
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), company=HOSTILE, name="\x01\x0b甲")])
    result = vet.vet(catalog.place(site.folder), lang="zh")
    return vetting.build(result, vetting.case(result, "A"))


def test_a_hostile_name_is_a_name_in_every_form(hostile, tmp_path):
    words = translations.load("zh")
    markup = written(hostile, words, tmp_path, "html").read_text(encoding="utf-8")
    assert "<b>" not in markup
    assert "</script>" not in markup
    book = openpyxl.load_workbook(written(hostile, words, tmp_path, "xlsx"))
    named = [cell for sheet in book for row in sheet.iter_rows() for cell in row
             if cell.value == HOSTILE]
    assert [cell.data_type for cell in named] == ["s", "s"]  # who decides reads it, and why
    letter = docx.Document(written(hostile, words, tmp_path, "docx"))
    assert HOSTILE in {cell.text for table in letter.tables for cell in table._cells}


def test_a_character_that_no_font_has_stops_the_pdf_and_leaves_what_was_there(site, tmp_path):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), company=RARE)])
    result = vet.vet(catalog.place(site.folder), lang="zh")
    page = vetting.build(result, vetting.case(result, "A"))
    path = tmp_path / "form.pdf"
    path.write_bytes(b"earlier")

    with pytest.raises(OutputError, match=r"𠮷 \(U\+20BB7\)"):
        document.write(page, path, translations.load("zh"), kind="pdf")

    assert path.read_bytes() == b"earlier"
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["form.pdf"]


def test_a_font_of_the_users_prints_what_the_shipped_one_lacks(site, tmp_path, monkeypatch):
    from test_fonts import font_file

    font_file(tmp_path / "data" / "fonts" / "rare.ttf", RARE[0])
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path / "data"))
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), company=RARE)])
    result = vet.vet(catalog.place(site.folder), lang="zh")
    page = vetting.build(result, vetting.case(result, "A"))

    path = written(page, translations.load("zh"), tmp_path, "pdf")

    with pdfplumber.open(path) as book:
        assert RARE in book.pages[0].extract_text()


def test_a_form_that_cannot_be_written_says_so(page, words, tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(OutputError, match="cannot be written"):
        document.write(page, tmp_path / "file" / "form.html", words, kind="html")


def test_vet_writes_all_four_forms(tmp_path):
    paths = {kind: tmp_path / f"v.{kind}" for kind in document.FORMS}
    arguments = [part for kind, path in paths.items() for part in (f"--{kind}", str(path))]

    result = CliRunner().invoke(main, ["vet", "XM-059", *arguments], catch_exceptions=False)

    assert result.exit_code == 1
    assert "核查意见表：XP-059" in result.stdout
    assert paths["pdf"].read_bytes().startswith(b"%PDF")
    with zipfile.ZipFile(paths["docx"]) as parts:
        assert "word/document.xml" in parts.namelist()


def drawn(words):
    from matplotlib.figure import Figure as Drawn

    made = Drawn(figsize=(4, 2))
    made.add_subplot().set_title(words("outcome.pass"))
    return made


PARTS = document.Document(
    title=say("outcome.fail"), outcome="fail", sections=(
        document.Section("one", (
            document.Chart(drawn),
            document.Table(("key", "area"), (
                document.row("A\nB", Figure(Decimal("1234.56"), "m2", 1), key="q-A"),
                document.row("C", "", key="q-C"),
            )),
            document.Text((
                "see ", document.Link("A", "q-A"), document.Link("C", "q-C", open=True),
            )),
            document.note(say("outcome.pass")),
        )),
        document.Section("part", (document.Table((), (
            document.row("label", dt.date(2006, 8, 15)),
            document.row("margin", Line(("−", Figure(Decimal("0.25"), "m2", 2)))),
        )),), level=2),
    ),
)


@pytest.mark.parametrize("lang", translations.languages())
def test_every_medium_shows_every_part_in_the_language_of_its_reader(lang, tmp_path):
    words = translations.load(lang)
    paths = {kind: written(PARTS, words, tmp_path, kind) for kind in document.FORMS}
    letter = docx.Document(paths["docx"])
    book = openpyxl.load_workbook(paths["xlsx"])
    with pdfplumber.open(paths["pdf"]) as leaves:
        in_pdf = "".join(each.extract_text() for each in leaves.pages)
        assert sum(len(each.images) for each in leaves.pages) == 1
    texts = {
        "html": paths["html"].read_text(encoding="utf-8"), "pdf": in_pdf,
        "docx": "".join(node.text or "" for node in letter.element.iter()),
        "terminal": document.to_text(PARTS, words),
    }
    for medium, text in texts.items():
        for said in (words("outcome.fail"), words("outcome.pass"), "1,234.6 " + words.unit("m2"),
                     "2006-08-15", "−0.25", "see ", "label", "part"):
            assert said in text, (medium, said)
    assert len(letter.inline_shapes) == len(book.worksheets[0]._images) == 1
    assert [book.worksheets[0].cell(2, at).value for at in (1, 2)] == ["A\nB", 1234.56]
    assert book.worksheets[1].cell(2, 2).value == -0.25
    assert 'href="#q-A"' in texts["html"]
    assert 'id="q-A"' in texts["html"]
    assert texts["html"].count("<svg") == 1


# --- how it is laid out -----------------------------------------------------------------------


@given(st.lists(st.tuples(*[st.text(max_size=60)] * 3), min_size=1, max_size=5))
@settings(max_examples=40)
def test_the_columns_share_the_width_and_none_vanishes(rows):
    shares = layout.shares(("a", "b", "c"), rows)

    assert sum(shares) == pytest.approx(1)
    assert min(shares) > 0.05


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        pytest.param("甲乙丙丁", ["甲乙丙", "丁"], id="Chinese breaks anywhere"),
        pytest.param("甲乙丙，丁", ["甲乙", "丙，丁"], id="but not before a closing mark"),
        pytest.param("甲乙（丙丁", ["甲乙", "（丙丁"], id="nor after an opening one"),
        pytest.param("aaa bbb", ["aaa", "bbb"], id="words are not broken"),
        pytest.param("甲乙元/m²丁", ["甲乙", "元/m²", "丁"], id="nor a unit from what it is by"),
        pytest.param("", [""], id="nothing is a line"),
    ],
)
def test_lines_are_broken_as_one_reads_them(said, lines):
    form = pdf._Form(fonts.chain("regular"), fonts.chain("bold"), translations.load("zh"))

    assert form._lines(said, ("regular", 10), 33.0) == lines


@given(said=st.text("甲乙，（）。 ab-1", max_size=30), width=st.floats(12, 80))
@settings(max_examples=60)
def test_breaking_lines_loses_nothing_and_keeps_to_the_width(said, width):
    form = pdf._Form(fonts.chain("regular"), fonts.chain("bold"), translations.load("zh"))

    lines = form._lines(said, ("regular", 10), width)

    assert flat("".join(lines)) == flat(said)
