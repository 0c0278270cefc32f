"""The first page of a vetting form decides and is signed; the evidence is on the pages after it."""

import csv
import os
import re
from pathlib import Path

import docx
import openpyxl
import openxml_audit
import pdfplumber
import pypdfium2
import pytest
from builders import Site, box, line
from click.testing import CliRunner
from PIL.Image import Quantize

from landtrack.app import vet
from landtrack.cli.main import main
from landtrack.model import catalog, translations
from landtrack.output.reports import document, vetting, yearly

pytestmark = pytest.mark.usefixtures("read_here", "vets_kept")

PICTURES = Path(__file__).parent / "pictures"
LONG = "东北先进装备制造与新能源汽车关键零部件研发生产基地建设股份有限公司第二分公司"


@pytest.fixture(scope="module")
def long_names(tmp_path_factory):
    """A place of long Chinese names: a project of two plots, one failing, one without figures."""
    site = Site(tmp_path_factory.mktemp("forms") / "long")
    site.head["language"] = "zh"
    site.layer("plots", [
        site.plot("沈经开-2023-工-第0017号地块", box(0, 0, 100, 100), company=LONG,
                  name=f"{LONG}一期", project_id="沈经开投资备案〔2023〕第一百二十七号"),
        site.plot("沈经开-2023-工-第0018号地块", box(110, 0, 180, 300), company=LONG,
                  project_id="沈经开投资备案〔2023〕第一百二十七号", fixed_investment_cny=None),
    ], amounts_of="plot")
    site.layer("roads", [(line((-200, -20), (500, -20)), {
        "road_id": "r", "name": "沈阳经济技术开发区开发二十六号路延长线（规划）",
    })])
    return site


CASES = [
    ("zh", "XP-036", "fail"), ("en", "XP-036", "fail"), ("zh", "XP-001", "pass"),
    ("en", "XP-041", "unknown"), ("zh", "沈经开投资备案〔2023〕第一百二十七号", "fail"),
]


@pytest.fixture(scope="module", params=CASES, ids=lambda each: "-".join(each[:2]))
def form(request, long_names, tmp_path_factory):
    lang, name, outcome = request.param
    folder = long_names.folder if "〔" in name else catalog.demo_place()
    result = vet.vet(catalog.place(folder), lang=lang)
    made = vetting.build(result, vetting.case(result, name))
    words = translations.load(lang)
    path = tmp_path_factory.mktemp("form") / "form.pdf"
    document.write(made, path, words, kind="pdf")
    with pdfplumber.open(path) as book:
        pages = [re.sub(r"\s", "", each.extract_text()) for each in book.pages]
    return made, words, outcome, pages


def test_the_first_page_has_all_that_is_signed_and_the_evidence_follows(form):
    made, words, outcome, pages = form
    flat = [re.sub(r"\s", "", each) for each in (
        words(f"outcome.{outcome}"), document.said(words, made.reason), words("vet.verdicts"),
        words("vet.map_caption"), words("vet.decided"), words("vet.vetted_by"),
        words("vet.checked_by"), words("vet.seal"),
    )]

    assert [each for each in flat if each not in pages[0]] == []
    assert (words("vet.mends").replace(" ", "") in pages[0]) == (outcome == "fail")
    assert re.sub(r"\s", "", words("vet.following", plot="")) in pages[1]
    assert min(len(each) for each in pages) > 150  # none is nearly empty


def test_the_first_page_names_no_file_pack_or_column(form):
    pages = form[-1]

    for code in ("@1", ".csv", ".geojson", "fixed_investment", "编号="):
        assert code not in pages[0]
    assert "x-park-2006@1" in pages[1]


def test_the_row_that_fails_is_marked_in_every_medium_and_no_other(form, tmp_path):
    made, words, outcome, _ = form
    (table,) = [part for each in made.sections for part in each.parts
                if document.said(words, each.title) == words("vet.verdicts")
                and isinstance(part, document.Table)]
    wanted = [row[0] for row in table.texts(words) if row[4] == words("outcome.fail")]
    assert bool(wanted) == (outcome == "fail")
    paths = {kind: tmp_path / f"f.{kind}" for kind in ("html", "docx", "xlsx")}
    for kind, path in paths.items():
        document.write(made, path, words, kind=kind)
        if kind != "html":
            assert openxml_audit.OpenXmlValidator().validate(path).errors == []

    markup = paths["html"].read_text(encoding="utf-8")
    assert re.findall(r'<tr class="marked"><td>([^<]*)', markup) == wanted
    rows = [row for each in docx.Document(paths["docx"]).tables for row in each.rows]
    assert [row.cells[0].text for row in rows if 'w:fill="FBE9E4"' in row._tr.xml] == wanted
    sheet = openpyxl.load_workbook(paths["xlsx"]).worksheets[0]
    assert [cell.value for (cell,) in sheet.iter_rows(max_col=1)
            if getattr(cell.fill.fgColor, "rgb", "") == "FFFBE9E4"] == wanted


@pytest.mark.parametrize(("lang", "money", "more", "land"), [
    ("zh", "4,680 万元", "675 万元", "21,420 m²（32.13 亩）"),
    ("en", "46.8 million CNY", "6.75 million CNY", "21,420 m² (32.13 mu)"),
])  # fmt: skip
def test_money_and_land_are_those_of_the_ledger_in_the_units_that_are_read(lang, money, more, land):
    """By the ledger's own cells: 4 680 万元 on 21 420 m², where each m² asks for 2 500 yuan."""
    with (catalog.demo_place() / "ledger.csv").open(encoding="utf-8-sig", newline="") as lines:
        (row,) = [each for each in csv.DictReader(lines) if each["项目编号"] == "XM-036"]
    invested, area = float(row["固定资产投资（万元）"]), float(row["用地面积（m²）"])
    assert (invested, area) == (4680, 21420)
    assert 2500 * area - invested * 1e4 == 6_750_000
    assert area / (10_000 / 15) == pytest.approx(32.13)

    result = vet.vet(catalog.place(catalog.demo_place()), lang=lang)
    words = translations.load(lang)
    made = vetting.build(result, vetting.case(result, "XP-036"))
    first = next(document.parts.pages(made))
    told = document.texts(document.Document(title="", sections=tuple(first)), words)

    assert money in told
    assert land in told
    assert any(more in each for each in told)
    assert f"{invested * 1e4 / area:,.1f}" in document.said(words, made.reason)
    assert "315.1" in document.said(words, made.reason)


def test_several_are_summed_up_on_a_page_before_their_forms(tmp_path):
    path = tmp_path / "several.pdf"
    book = tmp_path / "several.xlsx"

    done = CliRunner().invoke(main, [
        "vet", "XP-001", "--with", "XP-036", "--with", "XP-041", "--lang", "en", "--pdf", str(path),
        "--xlsx", str(book),
    ], catch_exceptions=False)

    assert done.exit_code == 1
    assert "3 vetted: 1 fail, 1 unknown, 1 pass." in done.stdout
    with pdfplumber.open(path) as leaves:
        pages = [each.extract_text() for each in leaves.pages]
    for name in ("XP-001", "XP-036", "XP-041"):
        assert name in pages[0]
    begins = [each.splitlines()[0] for each in pages[1:5]]
    assert begins == ["Vetting opinion: XP-001", "Vetting opinion: XP-036",
                      "Vetting opinion: XP-041", "Evidence: XP-001"]
    assert openpyxl.load_workbook(book).sheetnames == [
        "Summary", "XP-001", "XP-036", "XP-041", "Evidence XP-001", "Evidence XP-036",
        "Evidence XP-041"]


def test_what_if_is_asked_of_one():
    done = CliRunner().invoke(main, ["vet", "XP-001", "--with", "XP-036", "--set", "stage=entered"])

    assert done.exit_code == 2
    assert "one project or plot, not of several" in done.stderr


def test_two_sheets_of_a_workbook_never_have_one_name():
    from landtrack.output.reports.document import xlsx

    taken = set()

    names = [xlsx._once(each, taken) for each in ("a" * 40, "A" * 40, "a/b", "a b", "")]

    assert names == ["a" * 31, "A" * 29 + " 2", "a b", "a b 2", "-"]


@pytest.mark.skipif(
    "LANDTRACK_PICTURES" not in os.environ, reason="LANDTRACK_PICTURES is not set"
)
def test_pictures_of_the_papers_are_drawn(tmp_path):
    """First pages at 150 dots to the inch, in few colours, so that they stay small."""
    demo = catalog.place(catalog.demo_place())
    for lang in ("zh", "en"):
        result, words = vet.vet(demo, lang=lang), translations.load(lang)
        cases = [vetting.case(result, each) for each in ("XP-036", "XP-001", "XP-041")]
        for name, made in (
            ("form", vetting.build(result, cases[0])),
            ("forms", vetting.of_several(result, cases)),
            ("report", yearly.report(result, demo.as_of)),
        ):
            path = tmp_path / f"{name}.pdf"
            document.write(made, path, words, kind="pdf")
            with pypdfium2.PdfDocument(path) as book:
                seen = book[0].render(scale=150 / 72).to_pil()
            drawn = PICTURES / f"paper-{name}-{lang}.png"
            seen.quantize(64, Quantize.MAXCOVERAGE).save(drawn, optimize=True)
