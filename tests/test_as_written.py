"""Figures as written beside what they were taken for: on form, card, ledger, sheet and stored."""

import math
import sqlite3

import documents
import openpyxl
import pageread
import pandas as pd
import pytest
import stores
from browser import browser, open_map
from builders import Site, box

from landtrack import store
from landtrack.app import draw_map, vet
from landtrack.model import WRITTEN_COLUMNS, catalog, translations
from landtrack.output import wording
from landtrack.output.reports import document, vetting
from landtrack.output.sheets import contents, subjects as sources
from landtrack.store import assessment

pytestmark = pytest.mark.usefixtures("read_here", "vets_kept")

INVESTMENT, LAND, FLOOR = "fixed_investment_cny", "land_area_m2", "floor_area_m2"


def plot(key, at, project, land, floor):
    return box(at, 0, at + 100, 100), {
        "plot_id": key, "project_id": project, "land": land, "计容": floor,
    }


LEDGER_CELL = "ledger.csv, 投资（万元）"
LEDGER = '编号,投资（万元）\nP1,"3,000"\nP2,２６００\n'


def place(folder, *, ledger=LEDGER, on="project_id", **stated):
    """Two plots of the project P1, whose ledger states its investment once, and one of P2."""
    site = Site(folder)
    site.basis |= {"land_area": "declared", "floor_area": "declared"}
    (folder / "ledger.csv").write_text(ledger, encoding="utf-8")
    site.layer(
        "plots", [
            plot("A", 0, "P1", "15亩", 7000), plot("B", 200, "P1", "15", 6000),
            plot("C", 400, "P2", "1公顷", "0.9×10⁴m²"),
        ],
        fields={"plot_id": "plot_id", "project_id": "project_id", "floor_area_m2": "计容",
                "land_area_m2": {"column": "land", "unit": "亩"}},
        ledger={"path": "ledger.csv", "key": "编号", "on": on, "fields": {
            INVESTMENT: {"column": "投资（万元）", "unit": "万元"}}, **stated},
    )
    return site


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("as-written")
    site = place(folder / "site")
    return vet.run(site.folder, out=folder / "out"), folder / "out"


def cells(result, plot_id, field):
    table = result.written
    own = table[(table["plot_id"] == plot_id) & (table["field"] == field)]
    return list(own[["written", "unit", "unit_from", "taken", "project_id"]].itertuples(
        index=False, name=None))


@pytest.mark.parametrize(
    ("plot_id", "field", "cell"),
    [
        ("A", LAND, ("15亩", "亩", "cell", 10_000, "")),
        ("B", LAND, ("15", "亩", "column", 10_000, "")),
        ("C", LAND, ("1公顷", "公顷", "cell", 10_000, "")),
        ("A", FLOOR, ("7000", "m2", "nobody", 7000, "")),
        ("C", FLOOR, ("0.9×10⁴m²", "万m²", "cell", 9000, "")),
        ("A", INVESTMENT, ("3,000", "万元", "column", 3e7, "P1")),
        ("C", INVESTMENT, ("２６００", "万元", "column", 2.6e7, "")),
    ],
)
def test_each_figure_is_kept_as_written_beside_what_it_was_taken_for(run, plot_id, field, cell):
    assert cells(run[0], plot_id, field) == [cell]


def test_the_store_keeps_them_and_seals_them(run):
    result, out = run

    kept = store.read(out / "project.gpkg", "written_figures")

    assert list(kept.columns) == list(WRITTEN_COLUMNS)
    assert kept["taken"].tolist() == result.written["taken"].tolist()
    assert kept["written"].tolist() == result.written["written"].tolist()
    assert store.seals.faults(out / "project.gpkg") == []


def test_one_that_is_edited_in_the_store_is_found(run, tmp_path):
    path = tmp_path / "project.gpkg"
    path.write_bytes((run[1] / "project.gpkg").read_bytes())
    with sqlite3.connect(path) as db:
        db.execute("UPDATE written_figures SET written = '24亩' WHERE written = '15亩'")

    assert store.seals.faults(path) == [("table_edited", {"table": "written_figures"})]


def test_a_store_of_before_they_were_kept_still_opens(run, tmp_path):
    path = tmp_path / "project.gpkg"
    path.write_bytes((run[1] / "project.gpkg").read_bytes())
    with store.geopackage.writing(path) as db:
        tables = store.seals.rows(db)[-1].holds["tables"]
        db.drop("written_figures")
        db.drop(store.session.SEALS.name)
        store.seals.of_run(db, {k: v for k, v in tables.items() if k != "written_figures"})

    assert assessment.load(path).written is None
    page = draw_map.draw(path, tmp_path / "out", lang="en").read_text(encoding="utf-8")
    assert pageread.json_of(page, "layer-plots")["cards"]["written"] == []
    assert facts(assessment.load(path, lang="en"), "A")["Land area (declared)"] == "10,000 m²"


def test_the_map_drawn_from_the_store_is_that_of_the_run(run, tmp_path):
    page = draw_map.draw(run[1] / "project.gpkg", tmp_path, lang="en")

    assert page.read_bytes() == (run[1] / "map.html").read_bytes()


def test_a_shared_store_keeps_them(run, tmp_path):
    shared = stores.fresh()
    store.copy(run[1] / "project.gpkg", shared)

    there = assessment.load(shared).written
    assert there["written"].tolist() == run[0].written["written"].tolist()
    assert there["taken"].tolist() == run[0].written["taken"].tolist()
    assert store.seals.faults(shared) == []
    page = draw_map.draw(shared, tmp_path, lang="en")
    assert page.read_bytes() == (run[1] / "map.html").read_bytes()
    stores.dropped(shared)


# --- what is said of it -----------------------------------------------------------------------

SAID = {
    ("zh", "A", LAND): "15亩 = 10,000 m²",
    ("zh", "B", LAND): "15 亩 = 10,000 m²",
    ("zh", "A", INVESTMENT): "3,000 万元 = 30,000,000 元（项目 P1）",
    ("zh", "C", INVESTMENT): "２６００ 万元 = 26,000,000 元",
    ("zh", "A", FLOOR): "7000（未注明单位，按 m² 计） = 7,000 m²",
    ("en", "C", FLOOR): "0.9×10⁴m² = 9,000 m²",
    ("en", "A", INVESTMENT): "3,000 万元 = 30,000,000 CNY (project P1)",
    ("en", "A", FLOOR): "7000 (no unit stated; taken as m²) = 7,000 m²",
}


@pytest.mark.parametrize(("lang", "plot_id", "field"), SAID)
def test_the_form_says_so(run, lang, plot_id, field):
    page = vetting.build(run[0], vetting.case(run[0], plot_id))

    assert f"({SAID[lang, plot_id, field]})" in document.to_text(page, translations.load(lang))


@pytest.mark.parametrize(
    ("plot_id", "field", "said"),
    [
        pytest.param("A", LAND, "15亩 = 10,000 m²", id="written in another unit"),
        pytest.param("C", INVESTMENT, "２６００ 万元 = 26,000,000 CNY", id="in a ledger"),
        pytest.param("A", INVESTMENT, "3,000 万元 = 30,000,000 CNY (project P1)", id="a project's"),
        pytest.param("P1", LAND, "20,000 m² (15亩 = 10,000 m²; 15 亩 = 10,000 m²)",
                     id="the sum of two plots"),
    ],
)
def test_the_form_states_a_figure_once(run, plot_id, field, said):
    words = translations.load("en")
    page = documents.sections(vetting.build(run[0], vetting.case(run[0], plot_id)), words)

    [facts] = [each for each in page if each.title == words("vet.facts")]
    assert dict(facts.rows)[words(f"field.{field}")] == said


def facts(source, plot_id):
    subject = sources.subject_of(source, "plots", (plot_id,))
    return dict(contents.of(source, subject, {}, ["facts"]).tables["facts"].rows)


@pytest.mark.parametrize(("lang", "plot_id", "field"), SAID)
def test_the_sheet_of_a_project_says_so_from_the_store(run, lang, plot_id, field):
    words = translations.load(lang)

    told = facts(assessment.load(run[1] / "project.gpkg", lang=lang), plot_id)

    assert SAID[lang, plot_id, field] in told[words(f"field.{field}")]


def test_the_ledger_lists_the_cells(run):
    book = openpyxl.load_workbook(run[1] / "ledger.xlsx")
    rows = list(book["Figures as written"].iter_rows(values_only=True))

    assert rows[0][:7] == (
        "Plot", "Field", "As written", "Unit written", "Taken for", "Unit", "Project's amount",
    )
    assert ("A", "Land area (declared)", "15亩", "亩", 10000, "m²") in [row[:6] for row in rows]
    assert ("A", "7000", "not stated", 7000) in [
        (row[0], row[2], row[3], row[4]) for row in rows
    ]


@pytest.fixture(scope="module")
def running():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def card(run, running):
    """Read a block of the card of a plot: label to what stands beside it."""
    with open_map(run[1] / "map.html", running=running) as page:
        def read(plot_id, block, lang):
            if page.evaluate("document.documentElement.lang") != lang:
                page.select_option("#lt-lang", lang)
            page.evaluate(
                "async (key) => { const plots = landtrack.app.tables.get('plots');"
                " await plots.loadTexts(); await landtrack.app.open('plots', plots.rowOf(key)); }",
                plot_id,
            )
            return dict(page.evaluate(
                "(block) => [...document.querySelectorAll(`[data-block='${block}'] dt`)].map("
                "(each) => [each.textContent, [...each.nextSibling.childNodes].map("
                "(part) => part.textContent)])", block,
            ))
        yield read


@pytest.mark.parametrize(("lang", "plot_id", "field"), SAID)
def test_the_card_says_so_beside_the_figure(card, lang, plot_id, field):
    words = translations.load(lang)
    label = words("card.declared_area") if field == LAND else (
        words("card.used", name=words(f"measure.{field}"), basis=words("basis.declared"))
        if field == FLOOR else words(f"measure.{field}")
    )

    assert card(plot_id, "card.figures", lang)[label][1] == SAID[lang, plot_id, field]


@pytest.mark.parametrize(("lang", "said"), [
    ("zh", "30,000,000 元（项目 P1）"), ("en", "30,000,000 CNY (project P1)"),
])
@pytest.mark.parametrize("plot_id", ["A", "B"])
def test_the_card_of_a_plot_among_several_shows_the_amount_of_its_project(
    card, lang, said, plot_id
):
    label = translations.load(lang)(f"measure.{INVESTMENT}")

    assert card(plot_id, "card.figures", lang)[label][0] == said


def test_the_list_that_the_map_saves_says_so(run, running):
    with open_map(run[1] / "map.html", running=running) as page:
        page.select_option("#lt-lang", "en")
        page.locator(".lt-csv").wait_for()
        with page.expect_download() as saved:
            page.locator(".lt-csv").click()
        rows = pd.read_csv(saved.value.path(), keep_default_na=False).set_index("Plot")

    assert rows.loc["A", "Land area (declared), as written"] == SAID["zh", "A", LAND]
    assert rows.loc["A", "Fixed-asset investment, as written"] == SAID["en", "A", INVESTMENT]
    assert rows.loc["C", "Fixed-asset investment, as written"] == "２６００ 万元 = 26,000,000 CNY"


# --- figures of several cells, and those that are not used ------------------------------------


def vetted(site):
    return vet.vet(catalog.place(site.folder))


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        (("1,000", "2,000"), "1,000 万元 + 2,000 万元 = 30,000,000 CNY (project P1)"),
        (("1,500", "1,500"), "1,500 万元 + 1,500 万元 = 30,000,000 CNY (project P1)"),
    ],
)
def test_phases_that_are_added_are_all_said(tmp_path, amounts, said):
    ledger = "编号,期次,投资（万元）\n" + "".join(
        f'P1,{name},"{each}"\n' for name, each in zip(("一期", "二期"), amounts, strict=True)
    )

    result = vetted(place(tmp_path / "site", ledger=ledger))

    assert result.amounts.loc["P1", INVESTMENT] == 30_000_000
    form = vetting.build(result, vetting.case(result, "A"))
    told = document.to_text(form, translations.load("en"))
    assert said in told


def test_a_share_of_a_projects_amount_says_the_projects(tmp_path):
    result = vetted(place(tmp_path / "site", share="land_area"))

    assert result.layers["plots"].loc["A", INVESTMENT] == 15_000_000
    assert cells(result, "A", INVESTMENT) == [("3,000", "万元", "column", 3e7, "P1")]


def test_a_plot_of_several_parts_says_the_cells_that_make_its_figure_up(tmp_path):
    site = place(tmp_path / "site")
    site.layer("plots", [
        (box(0, 0, 100, 100), {"plot_id": "A", "land": "15"}),
        (box(200, 0, 300, 50), {"plot_id": "A", "land": "7.5"}),
        (box(0, 200, 100, 300), {"plot_id": "B", "land": "15"}),
        (box(200, 200, 300, 300), {"plot_id": "B", "land": "15"}),
    ], fields={"plot_id": "plot_id", "land_area_m2": {"column": "land", "unit": "亩"}})

    result = vetted(site)

    assert result.layers["plots"][LAND].tolist() == [15_000, 20_000]
    assert [cell[0] for cell in cells(result, "A", LAND)] == ["15", "7.5"]
    assert [cell[0] for cell in cells(result, "B", LAND)] == ["15", "15"]


def test_a_figure_that_is_not_known_all_the_same_is_said_not_to_be_used(tmp_path):
    site = place(tmp_path / "site", ledger="编号,投资\nP1,3000\nP2,2600\n")
    site.layer("plots", [(box(0, 0, 100, 100), {"plot_id": "A", "land": 1.0})],
               fields={"plot_id": "plot_id", "land_area_m2": "land"})

    result = vetted(site)

    [(written, _, by, taken, _)] = cells(result, "A", LAND)
    assert (written, by) == ("1", "nobody")
    assert math.isnan(taken)
    form = vetting.build(result, vetting.case(result, "A"))
    told = document.to_text(form, translations.load("en"))
    assert "1 (not used)" in told


@pytest.mark.parametrize(("heading", "cell"), [
    ("floor", "7000"),  # the heading may be a unit: it is asked
    ("计容", "约7000"), ("计容", "12,5"), ("计容", "-1"), ("计容（万㎡）", "0.7"),
])
def test_what_could_not_be_taken_is_said_not_to_be_used(tmp_path, heading, cell):
    site = Site(tmp_path / "site")
    site.layer("plots", [(box(0, 0, 100, 100), {"plot_id": "A", heading: cell})],
               fields={"plot_id": "plot_id", "floor_area_m2": heading})

    result = vetted(site)

    form = vetting.build(result, vetting.case(result, "A"))
    told = document.to_text(form, translations.load("en"))
    assert f"{cell} (not used)" in told


def test_without_a_figure_nothing_is_kept(tmp_path):
    site = Site(tmp_path / "site")
    site.layer("plots", [(box(0, 0, 100, 100), {"plot_id": "A"})])

    result = vet.run(site.folder, out=tmp_path / "out")

    assert isinstance(result.written, pd.DataFrame)
    assert result.written.empty
    assert len(assessment.load(tmp_path / "out" / "project.gpkg").written) == 0


# --- the table of verdicts -----------------------------------------------------------------------


def told(out, plot_id, rule):
    findings = pd.read_csv(out / "findings.csv", keep_default_na=False)
    own = findings[(findings["plot_id"] == plot_id) & (findings["rule"] == rule)]
    return own["as_written"].item().split("; ")


@pytest.mark.parametrize(
    ("plot_id", "rule", "cells"),
    [
        ("A", "investment-intensity", [
            "land_area_m2: 15亩 = 10000 m2 (plots.geojson, land, row 1)",
            f"{INVESTMENT}: 3,000 万元 = 30000000 CNY (project P1, {LEDGER_CELL}, row 2)",
        ]),
        ("C", "plot-ratio", [
            "land_area_m2: 1公顷 = 10000 m2 (plots.geojson, land, row 3)",
            "floor_area_m2: 0.9×10⁴m² = 9000 m2 (plots.geojson, 计容, row 3)",
        ]),
        ("B", "plot-ratio", [
            "land_area_m2: 15 亩 = 10000 m2 (plots.geojson, land, row 2)",
            "floor_area_m2: 6000 (no unit) = 6000 m2 (plots.geojson, 计容, row 2)",
        ]),
        ("A", "environment-first", [""]),
    ],
)
def test_a_verdict_names_the_cells_that_its_figures_were_taken_from(run, plot_id, rule, cells):
    assert sorted(told(run[1], plot_id, rule)) == sorted(cells)


def test_what_is_measured_was_written_nowhere(tmp_path):
    site = place(tmp_path / "site")
    site.basis |= {"land_area": "measured", "floor_area": "measured"}
    found = wording.with_cells(vet.vet(catalog.place(site.catalog().folder)))

    own = found.set_index(["plot_id", "rule"])["as_written"]
    assert own["A", "plot-ratio"] == own["A", "building-coverage"] == ""
    assert "land_area_m2" not in own["A", "investment-intensity"]


def test_the_sheet_of_a_workbook_is_named_with_the_cell(tmp_path):
    site = place(tmp_path / "site")
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.create_sheet("台账")
    for row in (["编号", "投资（万元）"], ["P1", 3000], ["P2", "约2600"]):
        book["台账"].append(row)
    book.save(site.folder / "ledger.xlsx")
    site.entries["plots.geojson"]["ledger"]["path"] = "ledger.xlsx"
    result = vet.vet(catalog.place(site.catalog().folder))
    own = wording.with_cells(result).set_index(["plot_id", "rule"])["as_written"]

    assert (
        "3000 万元 = 30000000 CNY (project P1, ledger.xlsx:台账, 投资（万元）, row 2)"
    ) in own["A", "investment-intensity"]
    assert "约2600 = not taken (ledger.xlsx:台账, 投资（万元）, row 3)" in own[
        "C", "investment-intensity"
    ]
