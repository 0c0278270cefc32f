"""The maps of the real places in a browser with the network cut."""

import dataclasses
import math
import shutil

import openpyxl
import pytest
from browser import browser, open_map
from conftest import REAL_PLACES
from test_mapdata import plain_cards

from landtrack.app import import_osm, vet
from landtrack.assessment.rules import verdicts
from landtrack.model import catalog, translations
from landtrack.output import map as webmap, wording
from landtrack.output.reports import ledger
from landtrack.spatial import crs

CENTRED = """(where) => {
  landtrack.map.setView(where, 17, {animate: false});
  const point = landtrack.map.latLngToContainerPoint(where);
  return [point.x, point.y];
}"""

LAYERS = REAL_PLACES.parents[1] / "layers"


@pytest.fixture(scope="module")
def running():
    with browser() as started:
        yield started


@pytest.fixture(
    scope="module", params=["x-park-2006", "bubenec", "liechtenstein", "cambridge"]
)
def opened(request, running, tmp_path_factory):
    """A place's result, and its map open in the browser."""
    folder = tmp_path_factory.mktemp(request.param)
    place = LAYERS / request.param
    if not place.is_dir():
        real_data = request.getfixturevalue("real_data")
        place = REAL_PLACES / request.param
        if request.param == "liechtenstein":
            place = folder / "osm"
            import_osm.init(real_data / "liechtenstein-2021.osm.pbf", place, crs_text="EPSG:2056")
    result = vet.vet(catalog.place(place))
    ledger.write_ledger(result, folder / "ledger.xlsx")
    webmap.save(webmap.build(result), folder / "map.html")
    with open_map(folder / "map.html", running=running) as page:
        yield dataclasses.replace(result, outputs={"ledger.xlsx": folder / "ledger.xlsx"}), page
    shutil.rmtree(folder)


def test_a_click_on_a_plot_opens_the_card_with_its_verdict(opened):
    result, page = opened
    words = translations.load(result.lang)
    by_plot = verdicts.by_subject(result.layers["plots"].index, result.findings)
    plots = result.layers["plots"]
    biggest = plots.area.nlargest(3).index
    points = plots.loc[biggest].set_geometry(plots.loc[biggest].representative_point())
    inside = crs.to_crs(points, crs.WGS84)
    for plot_id, point in inside.geometry.items():
        where = [point.y, point.x]
        page.mouse.click(*page.evaluate(CENTRED, where))

        card = page.locator(".lt-card")
        card.get_by_text(str(plot_id), exact=False).first.wait_for()
        said = card.text_content()
        assert words(f"outcome.{by_plot[plot_id]}") in said
        for rule in result.rules.values():
            assert words.pick(rule.title) in said
            assert words.limit(rule) in said


def test_each_rule_that_a_plot_fails_by_is_shown_on_the_map(opened):
    result, page = opened
    words = translations.load(result.lang)
    titles = {rule.id: words.pick(rule.title) for rule in result.rules.values()}
    failed = result.findings[result.findings["outcome"] == "fail"]
    for finding in failed.drop_duplicates("rule").itertuples():
        page.keyboard.press("Escape")
        page.locator("#lt-search").fill(str(finding.plot_id))
        hit = page.locator(".lt-hit", has=page.get_by_text(str(finding.plot_id), exact=True))
        hit.first.click()
        title = titles[finding.rule]
        row = page.locator(".lt-card tr.lt-finding", has_text=title).first
        row.locator(".lt-show").click()

        caption = page.locator(".lt-caption")
        caption.get_by_text(title).wait_for()
        page.locator("canvas.lt-reason").wait_for()
        if finding.reason:
            assert row.locator("xpath=following-sibling::tr[1]").text_content() in (
                caption.text_content()
            )


def test_the_sums_of_the_list_are_those_of_the_ledger(opened):
    result, page = opened
    words = translations.load(result.lang)
    book = openpyxl.load_workbook(result.outputs["ledger.xlsx"], read_only=True)
    heads, *rows = book.worksheets[1].iter_rows(values_only=True)  # behind the cover
    invested = words("field.fixed_investment_cny")
    columns = {
        name: [row[at] for row in rows if isinstance(row[at], int | float)]
        for name, label in (("area", words("measure.area_m2")), ("invested", invested))
        for at, head in enumerate(heads) if str(head).startswith(label)
    }

    page.locator('[data-tab="find"]').click()
    said = page.locator(".lt-sums").text_content()

    assert wording.quantity(words, math.fsum(columns["area"]), "m2") in said
    if columns.get("invested"):
        assert wording.quantity(words, math.fsum(columns["invested"]), "CNY") in said


def test_every_layer_is_in_the_legend_with_its_count(opened):
    result, page = opened
    words = translations.load(result.lang)

    page.locator('[data-tab="legend"]').click()
    legend = page.locator("body").inner_text()

    for kind, frame in result.layers.items():
        assert words(f"kind.{kind}") in legend
        assert str(len(frame)) in legend.replace(",", "")


def test_the_map_says_where_its_data_come_from(opened):
    result, page = opened
    words = translations.load(result.lang)

    shown = page.locator("body").inner_text()

    assert words.pick(result.place.title) in shown
    if result.place.notice:
        assert words.pick(result.place.notice) in shown
    for attribution in {source.attribution for source in result.place.layers} - {""}:
        assert attribution in shown


TOLD = """async (keys) => {
  const table = landtrack.app.tables.get("plots");
  await table.loadTexts();
  const told = {};
  for (const key of keys) {
    const sections = await table.card(table.rowOf(key));
    told[key] = sections.map((each) => [each.what, each.name, each.told]);
  }
  return told;
}"""
CELLS = """async ([kind, keys, names]) => {
  const table = landtrack.app.tables.get(kind);
  await table.loadTexts();
  return keys.map((key) => names.map((name) => table.cell(name, table.rowOf(key))));
}"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_cards_in_the_browser_say_what_the_wording_says(opened, lang):
    result, page = opened
    plots = list(result.layers["plots"].index[:: 1 + len(result.layers["plots"]) // 60])

    page.select_option("#lt-lang", lang)
    told = page.evaluate(TOLD, plots)

    expected = plain_cards(result, lang, plots)
    for key, (findings, layers) in zip(plots, expected, strict=True):
        said = [(name, each) for what, name, each in told[key] if what == "finding" and each]
        assert said == findings
        assert {name: each for what, name, each in told[key] if what == "layer"} == layers


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_attributes_in_the_browser_are_written_as_the_wording_writes_them(opened, lang):
    result, page = opened
    words = translations.load(lang)
    page.select_option("#lt-lang", lang)
    for kind, frame in result.layers.items():
        schema = result.schemas[kind]
        fields = [
            field for field in schema.field
            if field.name in frame and f"{field.name}_unit" not in frame
            and not field.name.endswith("_unit")
        ]
        own = frame.iloc[:: 1 + len(frame) // 200]

        shown = page.evaluate(CELLS, [kind, list(own.index), [each.name for each in fields]])

        for cells, (_, row) in zip(shown, own.iterrows(), strict=True):
            assert cells == [
                wording.attribute(words, field, result.workflow, row[field.name])
                for field in fields
            ]
