"""Names that hide, turn or break what stands beside them are printed, and seen for what they are.

Letters that no font has are another matter: a document with them is refused, with what to do.
"""

import io
import json

import docx
import openpyxl
import pdfplumber
import pytest
import shapely
from builders import Site, box
from click.testing import CliRunner

from landtrack.app import verify_file
from landtrack.cli.main import main
from landtrack.cli.printed import echo
from landtrack.model import translations
from landtrack.model.visible import escaped, visible

HOSTILE = {
    "zero width": ("甲\u200b公\u2060司", "甲[U+200B]公[U+2060]司"),
    "turned round": ("甲\u202egpj.exe\u202c乙", "甲[U+202E]gpj.exe[U+202C]乙"),
    "isolated": ("\u2067abc\u2069", "[U+2067]abc[U+2069]"),
    "control": ("a\x07b\x1b[31mred", "a[U+0007]b[U+001B][31mred"),
    "picture": ("工厂🏭👨‍👩", "工厂[U+1F3ED][U+1F468][U+200D][U+1F469]"),
    "heap of accents": ("a" + "\u0301" * 200 + "b", "a[U+0301…]b"),
    "half a character": ("a\ud800b", "a[U+D800]b"),
    "private": ("\ue000甲", "[U+E000]甲"),
    "no character": ("甲\uffff", "甲[U+FFFF]"),
    "line": ("甲\u2028乙\u0085丙", "甲[U+2028]乙[U+0085]丙"),
    "tag": ("甲\U000e0041", "甲[U+E0041]"),
    "lost": ("甲\ufffd", "甲[U+FFFD]"),
    "chosen look": ("葛\U000e0100", "葛[U+E0100]"),
    "filler": ("a\u3164b\u115f\u1160\uffa0", "a[U+3164]b[U+115F][U+1160][U+FFA0]"),
    "blank of braille": ("a\u2800", "a[U+2800]"),
    "joiner of letters": ("a\u034fb", "a[U+034F]b"),
    "vowel that is not written": ("a\u17b4\u180b\u180f", "a[U+17B4][U+180B][U+180F]"),
    "heap on another script": ("a" + "\u0e4d" * 50, "a[U+0E4D…]"),
    "heap of Arabic": ("a" + "\u064b" * 9 + "x", "a[U+064B…]x"),
    "mark of order": ("\ufeff甲", "[U+FEFF]甲"),
}
INNOCENT = [
    "XP-001 — 甲公司（一期）", "Nguyễn Thị Ánh", "ＡＢ　12", "a\u0301", "≥ 0.6 m²  ★", "二\n行",
    "ปู่ย่า", "ที่ดิน",
]


@pytest.mark.parametrize(("name", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_seen_is_shown_by_its_code(name, shown):
    assert visible(name) == shown
    assert visible(visible(name)) == visible(name)


@pytest.mark.parametrize("name", INNOCENT)
def test_what_can_be_seen_stays_as_it_is(name):
    assert visible(name) == name


@pytest.mark.parametrize(("name", "shown"), HOSTILE.values(), ids=HOSTILE)
def test_the_terminal_shows_it_and_does_not_obey(name, shown, capsys):
    echo(name)

    assert capsys.readouterr().out == f"{shown}\n"


@pytest.mark.parametrize("name", [name for name, _ in HOSTILE.values()], ids=HOSTILE)
def test_json_says_the_same_and_hides_nothing(name):
    told = json.dumps([name], ensure_ascii=False)

    assert json.loads(escaped(told)) == [name]
    assert visible(escaped(told)) == escaped(told)


def typed(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


PRINTED = {
    key: each for key, each in HOSTILE.items() if key not in ("half a character", "control")
}
"""Those two do not reach the documents as they are: the readers of files mend them."""


@pytest.fixture(scope="module")
def vetted(tmp_path_factory):
    """Run a place with a plot and a parcel for each name; give its folder and their keys."""
    site = Site(tmp_path_factory.mktemp("hostile") / "site")
    site.head["language"] = "zh"
    boxes = {
        key: (f"A{at}", box(200 * at, 0, 200 * at + 100, 100)) for at, key in enumerate(PRINTED)
    }
    site.layer("plots", [
        site.plot(plot, shape, name=PRINTED[key][0], company=PRINTED[key][0])
        for key, (plot, shape) in boxes.items()
    ])
    site.layer("parcels", [
        (shape, {"parcel_id": f"P {plot}", "owner": PRINTED[key][0], "state": "approved"})
        for key, (plot, shape) in boxes.items()
    ])
    site.layer("buildings", [
        (shapely.affinity.scale(shape, xfact=0.6), {"building_id": plot, "storeys": 2})
        for plot, shape in boxes.values()
    ])
    run = typed("run", site.folder, "--out", site.folder / "build")
    assert run.exit_code == 0, run.output
    return site.folder, {key: plot for key, (plot, _) in boxes.items()}


@pytest.mark.parametrize("key", PRINTED)
def test_no_name_keeps_a_form_or_a_sheet_from_being_printed(vetted, tmp_path, key):
    (folder, plots), shown = vetted, PRINTED[key][1]
    files = {kind: tmp_path / f"form.{kind}" for kind in ("pdf", "docx", "xlsx", "html")}
    named = [each for kind, path in files.items() for each in (f"--{kind}", path)]

    form = typed("vet", plots[key], folder, *named)
    sheet = typed(
        "sheet", "parcel", f"plots:{plots[key]}", "--store", folder / "build" / "project.gpkg",
        "--draft", "--out", tmp_path / "sheet.pdf",
    )

    assert (form.exit_code, sheet.exit_code) == (0, 0), form.output + sheet.output
    assert shown in form.output
    with pdfplumber.open(files["pdf"]) as pdf:
        text = "".join("".join(page.extract_text() for page in pdf.pages).split())
    assert shown in text
    cells = [cell.text for table in docx.Document(str(files["docx"])).tables
             for row in table.rows for cell in row.cells]
    assert any(shown in each for each in cells)
    book = openpyxl.load_workbook(files["xlsx"])
    assert any(
        shown in str(cell) for part in book for row in part.iter_rows(values_only=True)
        for cell in row
    )
    assert shown in files["html"].read_text(encoding="utf-8")
    found = verify_file.of((tmp_path / "sheet.pdf").read_bytes(), translations.load("zh"))
    assert found.faults == []


def test_a_name_of_ten_thousand_characters_flows_over_the_pages_of_the_form(site, tmp_path):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), company="长" * 10_000)])

    said = typed("vet", "A", site.folder, "--pdf", tmp_path / "form.pdf")

    assert said.exit_code == 0, said.output
    with pdfplumber.open(io.BytesIO((tmp_path / "form.pdf").read_bytes())) as pdf:
        assert sum(page.extract_text().count("长") for page in pdf.pages) >= 10_000
