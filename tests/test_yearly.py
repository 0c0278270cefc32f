"""The yearly report: numbers from the layers, each with its query, open ones visibly open."""

import itertools
import zipfile
from datetime import date
from decimal import Decimal
from functools import partial

import documents
import docx
import geopandas as gpd
import numpy as np
import openpyxl
import openxml_audit
import pandas as pd
import pytest
from builders import Site, box, frame, line
from click.testing import CliRunner
from docx.oxml.ns import qn

from landtrack.app import vet
from landtrack.assessment import reconcile
from landtrack.cli.main import main
from landtrack.model import Figure as Taken, Lack, Range, Section, catalog, translations
from landtrack.model.errors import CatalogError
from landtrack.output.reports import document, plot_maps, yearly
from landtrack.output.reports.document import pictures
from landtrack.output.reports.yearly import charts
from landtrack.output.style import symbology
from landtrack.output.wording import bare
from landtrack.output.wording.messages import Figure

PLACES = catalog.demo_place().parent
FIGURES = {
    each.id: each for each in (
        Taken(id="area", item="i", title={"en": "Area"}, layer="parcels", measure="area"),
        Taken(id="number", item="i", title={"en": "Parcels"}, layer="parcels"),
        Taken(id="fill", item="i", title={"en": "Fill"}, lacks=Lack(layer="earthworks")),
        Taken(id="some", item="i", title={"en": "Some"}, layer="parcels",
               where={"owner": ("X", "Y"), "area_m2": Range(at_least=5.0, below=9.0)}),
    )
}


def filled(told, lang="en"):
    layer = frame("parcels", {"a": box(0, 0, 100, 150)}, owner=["X"], area_m2=[7.0])
    ground = reconcile.Ground(
        {"parcels": layer}, catalog.schemas(), pd.DataFrame(), {}, {})
    section = Section(year=2006, title={"en": "Land", "zh": "土地"}, text={"en": told, "zh": told})
    words = translations.load(lang)
    section, sources = yearly.summary([section], FIGURES, ground, words)
    return links(section, words), documents.told(sources, words).rows, (section, sources)


def links(section, words):
    """The pieces of a filled text in words, and which of them lead to an open figure."""
    (paragraph,) = section.parts
    return [
        (document.said(words, getattr(each, "text", each)), getattr(each, "open", None))
        for each in paragraph.pieces
    ]


@pytest.mark.parametrize(("told", "said"), [
    ("no number", "no number"),
    ("{number} parcels", "1 parcels"),
    ("{area} of land", "15,000 m² of land"),
    ("{area:公顷}、{area:亩}", "1.5公顷、22.5亩"),
    ("{fill} filled", "[open, missing: Fill] filled"),
    ("{number:ha}", "[open, missing: a figure in ha: it has no unit]"),       # a count has no area
    ("{area:kV}", "[open, missing: a figure in kV: it is in m²]"),
    ("{{literal}}", "{literal}"),
])  # fmt: skip
def test_a_text_is_filled_from_the_layers(told, said):
    pieces, _, _ = filled(told)

    assert "".join(text for text, _ in pieces) == said


def test_each_number_has_its_query_once():
    pieces, sources, _ = filled("{area} {fill} {area:ha} {some}")

    assert sources == (
        ("Area", "15,000 m²", "area(parcels)", "1"),
        ("Fill", "[open, missing: Fill]", "–", "0"),
        ("Some", "1", "count(parcels) where owner in (X, Y) and area_m2 >= 5 and < 9", "1"),
    )
    assert [open_ for _, open_ in pieces if open_ is not None] == [False, True, False, False]


@pytest.mark.parametrize("lang", translations.languages())
def test_the_summary_leads_from_each_number_to_its_query(lang, tmp_path):
    _, _, sections = filled("{area} and {fill}", lang)
    words = translations.load(lang)
    made = document.Document(title="T <b>", subtitle="N", sections=sections)
    html = document.to_html(made, words)
    document.write(made, tmp_path / "s.docx", words, kind="docx")
    body = zipfile.ZipFile(tmp_path / "s.docx").read("word/document.xml").decode()

    assert "T &lt;b&gt;" in html
    for each in ("area", "fill"):
        assert f'href="#q-{each}"' in html
        assert f'id="q-{each}"' in html
        assert f'w:anchor="q_{each}"' in body
        assert f'w:name="q_{each}"' in body
    assert html.count('class="figure open"') == 1
    assert body.count("w:highlight") == 1
    written = docx.Document(tmp_path / "s.docx")
    assert written.tables[0].rows[1].cells[2].text == "area(parcels)"
    assert any("15,000" in "".join(node.text or "" for node in each._p.iter())
               for each in written.paragraphs)


def test_a_summary_that_names_a_figure_there_is_not_is_refused(tmp_path):
    (tmp_path / "summary.toml").write_text(
        '[[section]]\nyear = 2006\ntitle = {}\n[section.text]\nen = "{none}"\n', encoding="utf-8")

    with pytest.raises(CatalogError, match="'none'"):
        catalog.summary(tmp_path)


@pytest.mark.parametrize(("name", "year", "wanted", "open_ones"), [
    ("x-park-2006", 2006, ["264万平方米", "41.3万平方米", "30万平方米", "22.3公里", "90.11亿元",
                           "2,500 元/m²", "45%"], 4),
    ("yutian-2010", 2010, ["2,000 m", "65.4亿元", "23.72亿元", "1.5平方公里", "6.5平方公里",
                           "93家"], 1),
    ("park-2019", 2019, ["76家", "197处", "53,585 m²", "48家", "43家", "33个", "17个"], 0),
])  # fmt: skip
def test_the_parks_summaries_say_what_their_reports_said(name, year, wanted, open_ones):
    place = catalog.place(PLACES / name)
    result = vet.vet(place, lang="zh")
    figures = {each.id: each for each in catalog.figures(place.folder)}
    sections = [each for each in catalog.summary(place.folder) if each.year == year]

    words = translations.load("zh")
    *filled, _ = yearly.summary(sections, figures, reconcile.ground(result), words)

    pieces = [piece for each in filled for piece in links(each, words)]
    told = "".join(text for text, _ in pieces)
    assert [each for each in wanted if each not in told] == []
    assert sum(bool(open_) for _, open_ in pieces) == open_ones


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("report")
    said = CliRunner().invoke(main, [
        "report", str(PLACES / "x-park-2006"), "--out", str(out), "--year", "2006", "--lang", "en",
    ])
    assert said.exit_code == 0, said.output
    return out


def test_the_report_has_tables_and_charts_and_asks_no_network(written):
    html = (written / "report.html").read_text(encoding="utf-8")

    assert html.count("<svg") == 4  # the map, and three charts
    for each in ("2,640,000", "3,960.0", "met on 2006-", "58.50", "houses"):
        assert each in html
    for outside in ("src=", "@import", "<link"):
        assert outside not in html
    assert {path.name for path in written.iterdir() if not path.name.startswith(".")} == {
        "report.html", "report.xlsx", "report.docx", "ledger.xlsx", "summary-2006.html",
        "summary-2006.docx"}


def test_the_workbook_has_the_charts_as_pictures_and_numbers_as_numbers(written):
    book = openpyxl.load_workbook(written / "report.xlsx")
    sheets = {each.title: each for each in book}

    land = next(each for title, each in sheets.items() if "Land by state" in title)
    assert land.cell(2, 1).value == "Reported to the province"
    assert land.cell(2, 3).value == 640_000
    assert sum(len(each._images) for each in book) == 4


def test_a_workbook_holds_every_digit_and_a_page_what_is_shown_of_it(tmp_path):
    words = translations.load("en")
    row = document.row(
        "1,234", bare(1234.5678, 0), bare(0.123456, 2), bare(2 / 3, 1, "share"), bare(1e9 / 3),
        bare(None, 0), date(2006, 12, 31), bare(float("nan"), 2), bare(7, 0), bare(1e9 / 3, most=6),
        Figure(Decimal("1234.5678"), "m2", 1), date(1899, 1, 1),
    )
    table = document.Table(tuple("abcdefghijkl"), (row,))
    made = document.Document(title="", sections=(document.Section("b", (table,)),))
    document.write(made, tmp_path / "report.xlsx", words, kind="xlsx")

    cells = openpyxl.load_workbook(tmp_path / "report.xlsx").active[2]
    assert [each.value for each in cells] == [
        "1,234", 1234.5678, 0.123456, 2 / 3, 1e9 / 3, "–", pd.Timestamp("2006-12-31"), "–", 7,
        1e9 / 3, 1234.5678, "1899-01-01",
    ]
    assert [cells[at].number_format for at in (1, 2, 3, 4, 10)] == [
        "#,##0", "#,##0.00", "#,##0.0%", "#,##0.0", '#,##0.0" m²"',
    ]
    assert table.texts(words) == [[
        "1,234", "1,235", "0.12", "66.7%", "333,333,333.3", "–", "2006-12-31", "–", "7",
        "333,333,333", "1,234.6 m²", "1899-01-01",
    ]]


def test_the_ledger_that_comes_with_a_report_has_its_charts_as_pictures(written):
    book = openpyxl.load_workbook(written / "ledger.xlsx")

    assert book.sheetnames == [
        "Cover", "Projects", "Findings", "Measures", "Issues", "Figures as written", "Charts",
    ]
    assert len(book["Charts"]._images) == 4


def small(tmp_path, **plot):
    """Give a run on one plot that lies by two fifths on land in hand."""
    site = Site(tmp_path / "site")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), project_id="XM", **plot),
                         site.plot("B", box(60, 0, 100, 50), project_id="XN")])
    site.layer("parcels", [
        (box(0, 0, 10, 100), {"parcel_id": "P"}),
        (box(10, 0, 60, 100), {"parcel_id": "Q", "state": "approved", "state_on": "2006-12-01"}),
        (box(60, 0, 100, 100), {"parcel_id": "R", "state": "compensated",
                                "state_on": "2006-11-20"}),
    ])
    site.layer("roads", [(line((-10, -5), (110, -5)),
                          {"road_id": "R1", "width_m": 8, "state": "in_service"})])
    return vet.vet(catalog.place(site.folder))


def block_of(result, name):
    words = translations.load("en")
    made = documents.sections(yearly.report(result, date(2006, 12, 31)), words)
    return next(each for each in made if each.title.endswith(words(f"standing.{name}")))


def test_projects_that_lack_land_are_ranked_with_what_blocks_them(tmp_path):
    block = block_of(small(tmp_path), "blocking")

    ((project, in_hand, area, parcels, earliest, by_terms),) = block.rows
    assert (project, in_hand, area) == ("XM", "40.0%", "6,000")
    assert parcels == "Q (Approved, 50.0%); P (no state yet, 10.0%)"
    assert earliest == "2006-12-31"
    assert by_terms > "2007-01-15"
    assert block.notes[0] == "Projects with all their land in hand: 1."


def test_services_are_counted_over_all_plots_and_by_zone(tmp_path):
    result = small(tmp_path, cluster="East", levelled="no")
    rows = {row[0]: row[1:] for row in block_of(result, "readiness").rows}
    zones = block_of(result, "by_zone").rows

    assert rows["Road"] == ("2", "0", "0")
    assert rows["Water"] == ("0", "0", "2")  # there is no layer of pipelines
    assert rows["Levelled land"] == ("0", "1", "1")
    assert {row[0] for row in zones} == {"East", "no zone stated"}
    assert {row[2:] for row in zones if row[0] == "East"} == {("0", "1", "0")}


def test_a_year_without_a_summary_is_told():
    said = CliRunner().invoke(main, ["report", str(PLACES / "park-2019"), "--year", "1999"])

    assert said.exit_code == 2
    assert "no summary of 1999" in said.output


def test_a_chart_is_drawn_with_chinese_and_the_same_each_time():
    table = pd.DataFrame({"from_cny": [0.0, 50e6], "below_cny": [50e6, float("inf")],
                          "projects": [2, 1], "total_cny": [30e6, 90e6]})
    words = translations.load("zh")
    with pictures.looks():  # a missing glyph would be a warning, and so an error here
        first, second = (pictures.svg(partial(charts.money, table), words) for _ in range(2))
        picture = pictures.png(partial(charts.money, table), words)

    assert first == second
    assert picture.startswith(b"\x89PNG")


def test_targets_that_begin_later_are_not_told_yet():
    result = vet.vet(catalog.place(PLACES / "x-park-2006"))
    words = translations.load("en")

    def titles(vetted, year):
        return [each.title for each in documents.sections(
            yearly.report(vetted, date(year, 12, 31)), words)]

    annex = ["yearly.unmet", "yearly.ahead", "standing.blocking", "standing.readiness",
             "standing.by_zone", "yearly.relocation"]
    assert titles(result, 2006) == [
        *(words(f"yearly.{each}") for each in ("overview", "changed", "map", "land")),
        "Projects started in 2006", words("yearly.money"),
        *(f"Annex {at}. {words(each)}" for at, each in enumerate(annex, start=1)),
    ]
    assert any(each.endswith(words("kind.enforcement")) for each in titles(
        vet.vet(catalog.place(PLACES / "park-2019")), 2019))


def test_the_first_page_says_what_the_files_add_up_to(written):
    """By the files alone: land of all parcels, and of those whose holders were compensated."""
    park = PLACES / "x-park-2006"
    read = gpd.read_file(park / "parcels.geojson")
    parcels, held = read.area, read.area[read["state"] == "compensated"].sum()
    assert held > 0
    ledger = pd.read_csv(park / "ledger.csv", encoding="utf-8-sig")["总投资（万元）"]
    letter = docx.Document(written / "report.docx")

    rows = {row.cells[0].text: row.cells[1].text for row in letter.tables[0].rows}
    assert rows["Land"] == (
        f"{parcels.sum() / 1e4:,.2f} ha ({parcels.sum() * 15 / 1e4:,.1f} mu), "
        f"in hand {held / 1e4:,.2f} ha ({held / parcels.sum():.1%})"
    )
    assert rows["Total investment"].startswith(f"{ledger.sum() / 1e5:g} billion CNY ")
    assert rows["Verdicts"] == "73 plots: 10 fail, 7 unknown, 56 pass"
    assert rows["Projects started in 2006"] == "wanted 40 projects by 2006-12-31, reached 50 (125%)"


def test_tables_that_are_long_stand_in_the_annex_and_codes_have_their_companies(written):
    letter = docx.Document(written / "report.docx")
    heads = [each.text for each in letter.paragraphs if each.style.name == "Heading 1"]
    first = next(at for at, each in enumerate(heads) if each.startswith("Annex 1"))

    assert all(each.startswith("Annex") for each in heads[first:])
    long = [table for table in letter.tables if len(table.rows) > 12]
    assert long
    whole = letter.element.body
    annex = next(each._p for each in letter.paragraphs if each.text == heads[first])
    assert all(whole.index(table._tbl) > whole.index(annex) for table in long)
    blocking = next(each for each in long if each.rows[0].cells[0].text == "Project")
    assert all(len(row.cells[0].text.split(" ", 1)) == 2 for row in blocking.rows[1:]
               if row.cells[0].text.startswith("XM-"))


@pytest.mark.parametrize("lang", translations.languages())
def test_word_opens_a_document_without_complaint_in_its_language_with_contents(lang, tmp_path):
    result = vet.vet(catalog.place(PLACES / "x-park-2006"), lang=lang)
    words = translations.load(lang)
    made = yearly.report(result, date(2006, 12, 31))
    for kind in ("docx", "xlsx"):
        document.write(made, tmp_path / f"r.{kind}", words, kind=kind)
        found = openxml_audit.OpenXmlValidator().validate(tmp_path / f"r.{kind}")
        assert found.errors == []
        assert openxml_audit.predict(found).prediction.value == "opens-clean"

    letter = docx.Document(tmp_path / "r.docx")
    (spoken,) = letter.styles.element.iter(qn("w:lang"))
    assert set(spoken.attrib.values()) >= {"zh-CN", {"zh": "zh-CN", "en": "en-GB"}[lang]}
    styles = [each.style.name for each in letter.paragraphs]
    assert styles[0] == "Title"
    assert styles.count("Caption") == 4
    titles = [document.said(words, each.title) for each in made.sections]
    assert [each.text for each in letter.paragraphs if each.style.name.startswith("toc")] == titles
    assert 'TOC \\o "1-2"' in letter.element.xml
    assert "w:updateFields" in letter.settings.element.xml


def deuteranope(colour):
    """A colour as the most common colour-blind eye sees it (Machado 2009), in CIE Lab."""
    seen = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]])
    rgb = np.array([int(colour[at:at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722],
                    [0.0193, 0.1192, 0.9505]]) @ np.clip(seen @ linear, 0, 1)
    x, y, z = np.cbrt(xyz / np.array([0.9505, 1.0, 1.089]) + 1e-9)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_states_and_verdicts_can_be_told_apart_without_red_and_green():
    looked = symbology.load()
    states = [(looked.style("parcels", each.code).fill, looked.style("parcels", each.code).hatch)
              for each in catalog.workflow("cn-2006").track("approval").state]
    found = [(colour, plot_maps.HATCHES[looked.style("plots", verdict).hatch])
             for verdict, colour in plot_maps.PALE.items()]

    for looks in (states, found):
        for (one, hatch), (two, other) in itertools.combinations(looks, 2):
            apart = np.linalg.norm(deuteranope(one) - deuteranope(two))
            assert apart > 4 or hatch != other, (one, two, apart)


def test_a_report_of_a_place_whose_layer_of_parcels_is_empty_is_written(site, tmp_path):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    site.layer("parcels", [])
    folder = site.catalog().folder

    said = CliRunner().invoke(main, ["report", str(folder), "--out", str(tmp_path / "r")])

    assert said.exit_code == 0, said.output
    assert (tmp_path / "r" / "report.html").is_file()
