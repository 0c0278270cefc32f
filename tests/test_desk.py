"""The map as planners work on it: typed, clicked, dragged and read in a browser."""

import csv
import dataclasses
import io
import re
import shutil

import geopandas as gpd
import numpy as np
import pandas as pd
import pdfplumber
import pytest
from browser import DESKTOP, PHONE, again, browser, open_map, until
from builders import changed
from scripts import run
from test_browser import EAST, NORTH, OUTPUT, card, click, degrees, show_layers
from test_webmap import layer, made, square

from landtrack.model.events import Event
from landtrack.output import map as webmap

DAYS = {"Z1": [("2005-01-05", "notified"), ("2006-02-01", "compensated")],
        "Z2": [("2005-06-01", "reported_province")]}


def desk(lang="zh"):
    """A small place with a project, documents, a history and a building that sticks out."""
    base = made(lang)
    frames = dict(base.layers)
    frames["plots"] = frames["plots"].assign(
        project_id=["X-1", "X-1", "X-2"], industry=["机械", "食品", "机械"],
        construction_permit_no=["建字第0604号", None, None],
        company=["金山机械有限公司", "=cmd|calc", "未建有限公司"],
        stage=["completed", "entered", "entered"],
        accepted_on=pd.to_datetime(["2006-03-01", "2005-11-30", "2006-03-03"]),
    )
    frames["buildings"] = layer(
        "buildings",
        [{"building_id": "H1", "name": "厂房", "class": "building", "storeys": 2.0},
         {"building_id": "H3", "name": "出界", "class": "building", "storeys": 1.0}],
        [square(20, 20, 100), square(500, 150, 40)],
    )
    entries = [(key, *each) for key, own in DAYS.items() for each in own]
    log = [
        Event(event=at, layer="parcels", feature_id=key, track="approval", at=day,
              action="recorded", to_state=state, document_no=f"文〔{day[:4]}〕1号", by="t")
        for at, (key, day, state) in enumerate(entries, start=1)
    ]
    return dataclasses.replace(changed(base, layers=frames), events=log)


@pytest.fixture(scope="module")
def running():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The place with all layers as GeoJSON, with all of them in blocks, and beside a folder."""
    made_in = tmp_path_factory.mktemp("desk")
    webmap.save(webmap.build(desk()), made_in / "small.html")
    webmap.save(webmap.build(desk(), large=1), made_in / "large.html")
    webmap.save(webmap.build(desk(), large=1), made_in / "beside.html", one_file=1)
    return made_in


def test_a_map_beside_a_folder_of_blocks_works_as_one_file_does(running, folder):
    with open_map(folder / "beside.html", running=running) as opened:
        type_in(opened, "green")
        opened.locator(".lt-hit").first.click()
        card(opened).get_by_text("还需增加固定资产投资 1,250,000 元").wait_for()
        opened.keyboard.press("Escape")
        opened.locator('[data-tool="fit"]').click()
        click(opened, 225, 150)
        card(opened).get_by_text("一号").first.wait_for()


@pytest.mark.parametrize("lost", ["plots-first.js", "plots-cards-0.js"], ids=["at start", "later"])
def test_a_page_that_was_copied_without_its_folder_says_so(running, folder, tmp_path, lost):
    shutil.copy(folder / "beside.html", tmp_path)
    shutil.copytree(folder / "beside-blocks", tmp_path / "beside-blocks")
    (tmp_path / "beside-blocks" / lost).unlink()

    page = running.new_page()
    page.goto((tmp_path / "beside.html").as_uri())
    if lost == "plots-cards-0.js":
        until(page, "landtrack.ready")
        type_in(page, "green")
        page.locator(".lt-hit").first.click()

    told = page.locator(".lt-failure")
    told.wait_for()
    assert "网页与旁边的数据文件夹须一并复制" in told.inner_text()
    page.close()


@pytest.fixture
def small(running, folder):
    with open_map(folder / "small.html", running=running) as opened:
        yield opened


def type_in(page, text):
    page.locator("#lt-search").fill("")
    page.locator("#lt-search").press_sequentially(text)
    until(page, "document.querySelector('#lt-hits').childElementCount > 0")


def counts(page, dim):
    """The values of a filter with their counts."""
    block = page.locator(f'[data-dim="{dim}"]')
    names = block.locator("label").all_text_contents()
    return dict(zip(names, block.locator(".lt-count").all_text_contents(), strict=True))


def choose(page, dim, value):
    block = page.locator(f'[data-dim="{dim}"]')
    if block.get_attribute("open") is None:
        block.locator("summary").click()
    block.locator("li", has_text=value).locator("input").click()


def labels(page):
    return sorted("".join(each.split()) for each in page.locator(".lt-label").all_inner_texts())


def settled(page):
    page.wait_for_timeout(250)


# --- finding ------------------------------------------------------------------------------------


def test_search_finds_by_name_number_company_and_document(page):
    for typed, found in (
        ("green", "P-02"), ("P-03", "P-03"), ("环审〔2006〕12", "P-01"), ("未建有限", "P-03"),
        ("0604", "P-01"), ("金山大街", "R1"), ("X-2", "P-03"),
    ):
        page.locator("#lt-search").fill("")
        until(page, "document.querySelector('#lt-hits').childElementCount === 0")
        type_in(page, typed)
        page.locator(".lt-hit b").get_by_text(found, exact=True).first.click()
        card(page).get_by_text(found).first.wait_for()
        page.keyboard.press("Escape")
        card(page).wait_for(state="hidden")


def test_what_was_found_is_out_of_the_way_once_one_is_chosen(small):
    hits = small.locator(".lt-hits")
    type_in(small, "P-0")
    small.locator(".lt-hit", has_text="P-02").click()
    assert hits.is_hidden()

    small.locator("#lt-search").click()
    assert hits.is_visible()
    small.locator('[data-tab="legend"]').focus()
    assert hits.is_hidden()
    small.locator("#lt-search").press("ArrowDown")
    assert hits.is_visible()
    click(small, 860, 250)
    assert hits.is_hidden()


def test_what_is_nowhere_is_told(small):
    type_in(small, "nowhere at all")

    assert small.locator(".lt-hits").inner_text() == "没有找到"


def test_coordinates_are_searched_in_degrees_and_in_the_working_crs(small):
    lat, lng = degrees(480, 150)
    for typed in (  # also the other way round
        f"{lat:.7f}, {lng:.7f}", f"{lng:.7f} {lat:.7f}", f"{EAST + 480:.2f}, {NORTH + 150:.2f}",
    ):
        type_in(small, typed)
        small.locator(".lt-hit").first.click()
        settled(small)

        assert small.locator(".lt-hits").is_hidden()
        found = small.evaluate("(({lat, lng}) => [lat, lng])(landtrack.app.spot.getLatLng())")
        assert np.allclose(found, [lat, lng], atol=1e-6)
        small.evaluate("landtrack.app.spot.setLatLng([0, 0])")


def test_filters_count_what_the_others_keep_and_the_map_and_sums_follow(page):
    assert counts(page, "class") == {"符合": "1", "不符合": "1", "无法判定": "1"}

    choose(page, "stage", "已入区")
    settled(page)

    assert counts(page, "class") == {"符合": "0", "不符合": "1", "无法判定": "1"}
    assert "2（共 3）" in page.locator(".lt-sums").inner_text()
    assert "80,000 m²" in page.locator(".lt-sums").inner_text()
    assert labels(page) == ["?P-03", "✗P-02"]

    choose(page, "class", "不符合")
    settled(page)
    assert labels(page) == ["✗P-02"]
    assert counts(page, "class") == {"符合": "0", "不符合": "1", "无法判定": "1"}
    assert "110,000,000 元（1 个中 1 个有数据）" in page.locator(".lt-sums").inner_text()
    click(page, 60, 150)
    settled(page)
    head = card(page).locator(".lt-card-head")
    assert "P-01" not in (head.text_content() if card(page).is_visible() else "")
    page.keyboard.press("Escape")

    page.locator(".lt-clear").click()
    settled(page)
    assert len(labels(page)) == 3


def test_plots_are_filtered_by_industry_and_by_year(page):
    assert counts(page, "industry") == {"机械": "2", "食品": "1"}

    choose(page, "industry", "机械")
    settled(page)
    assert labels(page) == ["?P-03", "✓P-01"]
    assert "2（共 3）" in page.locator(".lt-sums").text_content()

    page.locator(".lt-clear").click()
    choose(page, "accepted_on", "2005")
    settled(page)
    assert labels(page) == ["✗P-02"]
    assert counts(page, "industry") == {"食品": "1"}


def test_other_layers_are_filtered_by_state_medium_voltage_and_year(small):
    for kind, dim, value, left in (
        ("parcels", "class", "补偿已到位", "1（共 4）"),
        ("pipelines", "class", "燃气", "1（共 5）"),
        ("power_lines", "class", "220 kV", "1（共 3）"),
        ("parcels", "state_on", "2006", "1（共 4）"),
    ):
        small.locator("#lt-kind").select_option(kind)
        small.locator(f'[data-dim="{dim}"]').wait_for()
        choose(small, dim, value)
        small.locator(".lt-sums").get_by_text(left).wait_for()
        small.locator(".lt-clear").click()
        settled(small)


def test_the_list_follows_the_view_and_the_sorting(page):
    def listed():
        return page.locator(".lt-list .lt-item b").all_inner_texts()

    assert listed() == ["P-02", "P-03", "P-01"]  # what fails first

    page.locator("#lt-sort").select_option("key")
    assert listed() == ["P-01", "P-02", "P-03"]

    page.evaluate("(at) => void landtrack.map.setView(at, 18, {animate: false})", degrees(740, 100))
    settled(page)
    assert listed() == ["P-03"]

    page.locator(".lt-item").click()
    card(page).get_by_text("P-03").first.wait_for()


def test_the_filtered_list_is_saved_as_csv(page):
    choose(page, "stage", "已入区")
    settled(page)
    with page.expect_download() as saved:
        page.locator(".lt-csv").click()

    text = saved.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert saved.value.suggested_filename == "test-plots.csv"
    assert [row["地块编号"] for row in rows] == ["P-02", "P-03"]
    assert rows[0]["企业名称"] == "'=cmd|calc"
    assert float(rows[0]["面积 (m²)"]) == pytest.approx(40_000, abs=1e-6)
    assert [row["结论"] for row in rows] == ["不符合", "无法判定"]


def test_the_saved_list_says_of_each_rule_what_the_card_says_rounded_as_shown(page):
    choose(page, "stage", "已入区")
    settled(page)
    with page.expect_download() as saved:
        page.locator(".lt-csv").click()
    failing, unknown = csv.DictReader(io.StringIO(
        saved.value.path().read_text(encoding="utf-8-sig")))

    area = float(failing["面积 (m²)"])
    assert area == 40_000
    assert [failing[f"投资强度 {what}"] for what in (
        "数值", "要求", "差值", "结论", "原因", "最小调整")] == [
        "2,468.8 元/m²", "≥ 2,500 元/m²", "−31.2 元/m²", "不符合", "",
        f"还需增加固定资产投资 {(2500 - 2468.75) * area:,.0f} 元"]
    assert unknown["投资强度 原因"] == "缺少固定资产投资（请项目单位提供）"
    assert unknown["建筑系数 差值"] == "2.50 个百分点"
    assert not [each for each in failing if each.startswith("先环评后施工 ")]  # says nothing


# --- cards --------------------------------------------------------------------------------------


def test_the_card_of_a_plot_has_status_indices_layers_and_documents(page):
    click(page, 60, 150)
    card(page).locator("h2").wait_for()

    blocks = card(page).locator(".lt-section:not([hidden]) h3").all_text_contents()
    assert blocks[:2] == ["办理进度", "准入指标"]
    assert {"各图层情况", "文件与证书", "项目信息"} <= set(blocks)
    steps = card(page).locator(".lt-step")
    assert steps.nth(0).locator("span").all_text_contents() == ["2006-03-01", "受理日期"]
    assert steps.nth(1).locator("span").all_text_contents() == [
        "2006-04-02", "环评批复日期", "环审〔2006〕12号"
    ]
    assert "环审〔2006〕12号（2006-04-02）" in card(page).text_content()
    parcels = card(page).locator('.lt-said-layer[data-kind="parcels"]').text_content()
    assert "30,000 m²（占 75.0%）" in parcels
    assert "无数据" in card(page).locator('.lt-said-layer[data-kind="villages"]').text_content()


def test_the_card_of_a_parcel_has_its_states_and_fields(page):
    page.locator('[data-tab="legend"]').click()
    page.locator("#lt-show-plots").click()
    click(page, 225, 150)
    card(page).locator("h2").wait_for()

    steps = card(page).locator(".lt-step").all()
    steps = [each.locator("span").all_text_contents() for each in steps]
    assert steps == [
        ["2005-01-05", "已告知", "文〔2005〕1号"], ["2006-02-01", "补偿已到位", "文〔2006〕1号"],
    ]
    assert "2005-1" in card(page).text_content()


def test_the_card_of_a_project_lists_its_plots_and_sums(page):
    click(page, 60, 150)
    card(page).locator('[data-do="card.project"]').click()
    card(page).get_by_text("项目 X-1").wait_for()

    assert card(page).locator(".lt-item b").all_text_contents() == ["P-01", "P-02"]
    assert "80,000 m²" in card(page).text_content()
    assert "220,000,000 元" in card(page).text_content()
    assert "不符合" in card(page).locator(".lt-card-head").text_content()

    card(page).locator('.lt-item[data-key="P-02"]').click()
    card(page).get_by_text("Green Foods").first.wait_for()


PIXEL = """([lat, lng]) => {
  const canvas = document.querySelector(".lt-reason");
  const {x, y} = landtrack.map.latLngToContainerPoint([lat, lng]);
  const scale = canvas.width / canvas.clientWidth;
  return [...canvas.getContext("2d").getImageData(x * scale, y * scale, 1, 1).data];
}"""


def painted(page, x, y):
    return page.evaluate(PIXEL, degrees(x, y))[3] > 60


def show(page, kind, measure):
    card(page).locator(f'.lt-show[data-kind="{kind}"][data-measure="{measure}"]').first.click()
    page.locator(".lt-caption").wait_for()
    settled(page)


def test_the_part_that_is_not_acquired_is_shown(page):
    click(page, 60, 150)
    card(page).locator("h2").wait_for()
    show(page, "parcels", "not_acquired_m2")
    assert "10,008 m²" in page.locator(".lt-caption").inner_text()
    assert not painted(page, 100, 100)  # in Z1, which is compensated

    page.locator(".lt-caption button").click()
    page.evaluate("landtrack.app.open('plots', landtrack.app.tables.get('plots').rowOf('P-03'))")
    card(page).get_by_text("P-03").first.wait_for()
    show(page, "parcels", "not_acquired_m2")
    assert painted(page, 700, 100)  # in Z3, whose state is not stated


def test_a_building_outside_of_the_plot_is_shown_in_another_colour(page):
    page.evaluate("landtrack.app.open('plots', landtrack.app.tables.get('plots').rowOf('P-02'))")
    card(page).get_by_text("P-02").first.wait_for()
    show(page, "buildings", "covered_area_m2")

    inside = page.evaluate(PIXEL, degrees(510, 170))
    outside = page.evaluate(PIXEL, degrees(532, 170))
    assert inside[2] > inside[0]  # blue
    assert outside[0] > outside[2]  # red


def test_the_nearest_road_is_joined_to_the_plot_by_a_line(page):
    click(page, 60, 150)
    card(page).locator("h2").wait_for()
    show(page, "roads", "nearest_road_m")

    assert "金山大街" in page.locator(".lt-caption").inner_text()
    found = page.evaluate("landtrack.app.reason.found.distance")
    assert found == pytest.approx(80, abs=0.02)
    page.keyboard.press("Escape")
    assert page.locator(".lt-caption").count() == 0
    assert card(page).is_visible()


def test_what_a_rule_says_of_a_plot_is_shown_on_the_map(page):
    click(page, 480, 150)
    for title, said in (
        ("容积率", "0.5996 (≥ 0.6) · 还需增加计容建筑面积 16 m²"),
        ("投资强度", "还需增加固定资产投资 1,250,000 元"),
    ):
        card(page).locator("tr.lt-finding", has_text=title).locator(".lt-show").click()
        page.locator(".lt-caption").get_by_text(title).first.wait_for()
        settled(page)
        assert said in page.locator(".lt-caption").text_content()

    assert painted(page, 420, 100)  # for money there is no shape but the ground it is spent on
    assert not painted(page, 318, 100)


def test_two_plots_stand_side_by_side(page):
    click(page, 60, 150)
    card(page).locator('[data-do="card.compare"]').click()
    page.evaluate("landtrack.app.open('plots', landtrack.app.tables.get('plots').rowOf('P-02'))")
    card(page).locator('[data-do="card.compare_with"]').click()
    page.locator("dialog.lt-compare").wait_for()

    row = page.locator("dialog tr", has_text="投资强度").first.inner_text()
    assert "2,750.0 元/m² · 符合" in row
    assert "2,468.8 元/m² · 不符合" in row
    same = page.locator("dialog tr", has_text="建筑占地面积").first
    assert "lt-differs" not in (same.get_attribute("class") or "")
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('dialog')")
    assert card(page).is_visible()


# --- address and time ---------------------------------------------------------------------------


def test_the_address_brings_back_all_that_was_seen(page, context_of):
    choose(page, "stage", "已入区")
    show_layers(page)
    page.locator("#lt-show-roads").click()
    page.locator("#lt-time").focus()
    page.keyboard.press("Home")
    page.locator("#lt-lang").select_option("en")
    page.evaluate("landtrack.app.open('plots', landtrack.app.tables.get('plots').rowOf('P-02'))")
    card(page).get_by_text("P-02").first.wait_for()
    page.evaluate("(at) => void landtrack.map.setView(at, 17, {animate: false})", degrees(420, 90))
    page.locator('[data-tool="copy"]').click()
    page.locator(".lt-toast").get_by_text("copied").wait_for()
    address = context_of(page)

    assert {"plot", "layers", "filter", "asof", "lang", "view"} == {
        part.split("=")[0] for part in address.split("#")[1].split("&")
    }
    again(page, "#" + address.split("#")[1])
    card(page).get_by_text("P-02").first.wait_for()
    settled(page)
    assert page.locator("html").get_attribute("lang") == "en"
    show_layers(page)
    assert not page.locator("#lt-show-roads").is_checked()
    assert page.locator("#lt-show-plots").is_checked()
    assert page.locator(".lt-day").inner_text() == "2005-01-05"
    assert "2 of 3" in page.locator(".lt-sums").text_content()
    assert page.evaluate("landtrack.map.getZoom()") == 17
    centre = page.evaluate("(({lat, lng}) => [lat, lng])(landtrack.map.getCenter())")
    assert np.allclose(centre, degrees(420, 90), atol=1e-5)


@pytest.fixture
def context_of():
    """What was put onto the clipboard, as the page did it."""

    def read(page):
        page.evaluate("""() => Object.defineProperty(navigator, "clipboard", {
          configurable: true, value: { writeText: async (text) => { window.copied = text; } } })""")
        page.locator('[data-tool="copy"]').click()
        until(page, "window.copied")
        return page.evaluate("window.copied")

    return read


def test_the_slider_shows_the_states_of_a_day_and_two_days_by_turns(page):
    show_layers(page)
    row = page.locator('.lt-layer[data-kind="parcels"]')
    assert "补偿已到位" in row.inner_text()

    page.locator("#lt-time").focus()
    page.keyboard.press("Home")
    assert page.locator(".lt-day").inner_text() == "2005-01-05"
    shown = row.locator(".lt-class").all_inner_texts()
    assert [each.split("\n") for each in shown if not each.endswith("\n0")][-1] == ["尚无记录", "3"]

    page.keyboard.press("End")
    assert page.locator(".lt-day").inner_text() == "现状"
    page.locator("#lt-other-day").select_option(label="2005-01-05")
    page.locator("#lt-toggle-day").click()
    assert page.locator(".lt-day").inner_text() == "2005-01-05"
    page.locator("#lt-toggle-day").click()
    assert page.locator(".lt-day").inner_text() == "现状"


def legend_of(page, kind):
    """The classes of a layer in the legend, with their counts."""
    rows = page.locator(f'.lt-layer[data-kind="{kind}"] .lt-class')
    return [tuple(each.split("\n")) for each in rows.all_inner_texts()]


def test_plots_are_coloured_by_a_value_with_what_is_not_known_as_an_entry_of_its_own(page):
    show_layers(page)
    judged = legend_of(page, "plots")
    before = colours(page)

    page.locator("#lt-theme-plots").select_option(label="行业")
    assert legend_of(page, "plots") == [("机械", "2"), ("食品", "1")]
    assert colours(page) != before
    assert page.evaluate("location.hash") == "#theme=plots%3Aindustry"

    page.locator("#lt-theme-plots").select_option(label="投资强度")
    said = legend_of(page, "plots")
    assert said[-1] == ("未知", "1")
    assert sum(int(count) for _, count in said) == 3
    assert "分位数" in page.locator('.lt-layer[data-kind="plots"] .lt-method').inner_text()
    assert len(labels(page)) == 3  # whose verdicts are as they were
    page.screenshot(path=OUTPUT / "map-theme.png")

    page.locator("#lt-lang").select_option("en")
    show_layers(page)
    assert ("not known", "1") in legend_of(page, "plots")
    page.locator("#lt-lang").select_option("zh")
    show_layers(page)
    page.locator("#lt-theme-plots").select_option("")
    assert legend_of(page, "plots") == judged
    assert colours(page) == before


def colours(page):
    """The colours that plots are painted in."""
    settled(page)
    return page.evaluate("""(() => {
      const {codes, classes} = landtrack.app.tables.get("plots").paint;
      return [...codes].map((code) => classes[code].look.fill);
    })()""")


def test_an_address_brings_back_by_what_the_plots_are_coloured(running, folder):
    with open_map(
        folder / "large.html", running=running, fragment="#theme=plots:industry,roads:x,x:y,plots"
    ) as page:
        show_layers(page)
        assert page.locator("#lt-theme-plots").input_value() == ""  # the last one counts
        again(page, "#theme=plots%3Aindustry")
        show_layers(page)
        assert page.locator("#lt-theme-plots").input_value() == "industry"


def test_plots_are_filtered_by_a_rule_and_sorted_by_its_index_and_by_how_near_its_limit_is(page):
    rule = page.evaluate("landtrack.app.tables.get('plots').head.rules[0].id")
    every = [each.get_attribute("data-key") for each in page.locator(".lt-list .lt-item").all()]

    choose(page, f"rule.{rule}", "不符合")
    settled(page)
    kept = [each.get_attribute("data-key") for each in page.locator(".lt-list .lt-item").all()]
    assert kept == ["P-02"]
    assert f"rule.{rule}".replace(".", "%2E") in page.evaluate("location.hash").replace(".", "%2E")
    page.locator(".lt-clear").click()

    page.locator("#lt-sort").select_option(f"margin:{rule}")
    settled(page)
    near = [each.get_attribute("data-key") for each in page.locator(".lt-list .lt-item").all()]
    assert near[0] == "P-02"  # 2,468.8 of 2,500
    page.locator("#lt-sort").select_option(f"value:{rule}")
    settled(page)
    by_value = [each.get_attribute("data-key") for each in page.locator(".lt-list .lt-item").all()]
    assert by_value[0] == "P-02"
    assert sorted(every) == sorted(near) == sorted(by_value)
    assert by_value[-1] == "P-03"  # of which it is not known


def test_next_and_previous_go_through_the_list_wherever_the_map_is(page):
    page.locator("#lt-sort").select_option("key")
    settled(page)
    page.locator(".lt-list .lt-item").first.click()
    assert "P-01" in card(page).locator(".lt-plot-id").inner_text()
    assert card(page).locator('[data-do="card.before"]').is_disabled()

    seen = []
    for _ in range(2):
        card(page).locator('[data-do="card.behind"]').focus()
        page.keyboard.press("Enter")
        settled(page)
        seen.append(card(page).locator(".lt-plot-id").inner_text())
    assert [each[-4:] for each in seen] == ["P-02", "P-03"]
    assert card(page).locator('[data-do="card.behind"]').is_disabled()
    assert "3" in card(page).locator(".lt-beside").inner_text()


# --- language, keyboard, print --------------------------------------------------------------------


def test_the_language_is_switched_in_the_page(page):
    click(page, 480, 150)
    card(page).get_by_text("还需增加固定资产投资").wait_for()

    page.locator("#lt-lang").select_option("en")
    card(page).get_by_text("must grow by 1,250,000 CNY").wait_for()

    assert page.locator("h1").inner_text() == "X industrial park"
    assert page.locator("html").get_attribute("lang") == "en"
    settled(page)
    seen = page.locator(".lt-panel").text_content() + card(page).locator("thead").inner_text()
    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"中文|金山机械|未建项目|机械|食品", "", seen))


UNNAMED = """() => [...document.querySelectorAll("button, input, select, a[href]")]
  .filter((each) => each.offsetParent)
  .filter((each) => !each.textContent.trim() && !each.getAttribute("aria-label") && !each.title
    && !(each.id && document.querySelector(`label[for="${each.id}"]`)))
  .map((each) => each.outerHTML)"""
FOCUSED = """(({id, dataset, className}) =>
  id || dataset.tool || className)(document.activeElement)"""


def test_everything_has_a_name_for_screen_readers_and_is_reached_by_tab(small):
    unnamed = small.evaluate(UNNAMED)
    assert unnamed == []

    reached = set()
    for _ in range(80):
        small.keyboard.press("Tab")
        reached.add(small.evaluate(FOCUSED))
    assert {"lt-search", "lt-kind", "lt-sort", "measure_line", "copy", "lt-lang"} <= reached


def press_to(page, wanted, *, key="Tab"):
    """Go on with a key until what is wanted has the focus."""
    for _ in range(120):
        page.keyboard.press(key)
        if page.evaluate(f"document.activeElement.matches({wanted!r})"):
            return
    pytest.fail(f"never reached: {wanted}")


def test_a_plot_is_filtered_listed_read_compared_and_closed_by_keys_alone(small):
    press_to(small, '[data-dim="stage"] summary')
    small.keyboard.press("Enter")
    press_to(small, '[data-dim="stage"] input')
    value = small.evaluate("document.activeElement.parentElement.textContent")
    small.keyboard.press("Space")
    settled(small)
    shown = small.locator(".lt-list .lt-item").count()
    assert value.endswith(str(shown))
    assert shown < 3

    press_to(small, ".lt-list .lt-item")
    key = small.evaluate("document.activeElement.dataset.key")
    small.keyboard.press("Enter")
    until(small, "document.activeElement.tagName === 'H2'")
    assert key in card(small).text_content()
    press_to(small, '.lt-card [data-do="card.compare"]')
    small.keyboard.press("Enter")
    press_to(small, ".lt-card .lt-show")
    small.keyboard.press("Enter")
    small.locator(".lt-caption").wait_for()
    small.keyboard.press("Escape")
    assert small.locator(".lt-caption").count() == 0
    small.keyboard.press("Escape")
    assert card(small).is_hidden()

    press_to(small, '[data-tab="legend"]')
    small.keyboard.press("Enter")
    press_to(small, "#lt-show-roads")
    small.keyboard.press("Space")
    assert not small.locator("#lt-show-roads").is_checked()
    press_to(small, ".folium-map")
    before = small.evaluate("landtrack.map.getCenter().lng")
    small.keyboard.press("ArrowRight")
    until(small, f"landtrack.map.getCenter().lng > {before}")


PRINTED = """() => {
  window.print = () => {
    const sheet = document.querySelector(".lt-print");
    const scale = Number(/1:([\\d,]+)/.exec(sheet.textContent)[1].replace(/,/g, ""));
    const {x} = landtrack.map.getSize();
    window.printed = {text: sheet.innerText || sheet.textContent, scale, width: x};
  };
}"""


SEEN = """() => {
  const bounds = landtrack.app.viewBounds();
  const middle = bounds.getCenter().lat;
  return L.latLng(middle, bounds.getWest()).distanceTo(L.latLng(middle, bounds.getEast()));
}"""


def test_the_present_view_is_printed_at_a_round_scale_with_title_and_legend(small):
    before = small.evaluate("landtrack.map.getZoom()")
    seen = small.evaluate(SEEN)
    small.evaluate(PRINTED)
    small.locator('[data-tool="print"]').click()
    offered = float(small.locator("#lt-print-scale").input_value())
    small.get_by_role("button", name="打印", exact=True).click()
    until(small, "window.printed")

    printed = small.evaluate("window.printed")
    assert "X工业园区" in printed["text"]
    assert "征地地块 · 补偿已到位" in printed["text"]
    assert "比例尺 1:" in printed["text"]
    assert "本页由地图页面打印，不是图件" in printed["text"]
    # The page is 277 mm wide; what is seen beside the panel fits in, and does not swim in it.
    assert printed["width"] == pytest.approx(277 / 25.4 * 96, abs=1)
    assert printed["scale"] == offered
    assert 0.9 < printed["scale"] * 0.277 / seen < 2.5
    assert small.evaluate("landtrack.map.getZoom()") == before
    assert small.locator(".lt-print").count() == 0


@pytest.mark.parametrize(("paper", "inside"), [("a4-portrait", 190), ("a3-landscape", 400)])
def test_what_is_printed_is_true_to_the_scale_and_on_the_paper_that_were_chosen(
    small, paper, inside, tmp_path
):
    small.evaluate("""() => { window.print = () => {
      const {x, y} = landtrack.map.getSize(), mid = y / 2;
      const [a, b] = [x / 2 - 100, x / 2 + 100]
        .map((at) => landtrack.map.containerPointToLatLng([at, mid]));
      const bar = document.querySelector(".lt-print-bar");
      const sheet = document.querySelector(".lt-print").cloneNode(true);
      window.made = {
        metres: a.distanceTo(b), width: x, bar: parseFloat(bar.style.width),
        of: Number(bar.dataset.metres), title: sheet.querySelector("h1").textContent,
      };
      const classes = [...document.body.classList];
      setTimeout(() => { document.body.append(sheet); document.body.classList.add(...classes); });
    }; }""")
    small.locator('[data-tool="print"]').click()
    small.locator("#lt-print-title").fill("<b>征地</b>进度")
    small.locator("#lt-print-paper").select_option(paper)
    small.locator("#lt-print-scale").select_option("25000")
    small.get_by_role("button", name="打印", exact=True).click()
    until(small, "window.made")

    made = small.evaluate("window.made")
    # 200 pixels are 52.9 mm: on an ellipsoid a metre of the sphere of the page is off by 0.5 %.
    assert made["metres"] / (200 * 25.4 / 96) * 1000 == pytest.approx(25_000, rel=0.006)
    assert made["of"] / made["bar"] * 1000 == pytest.approx(25_000, rel=0.002)
    assert made["width"] == pytest.approx(inside / 25.4 * 96, abs=1)
    assert made["title"] == "<b>征地</b>进度"
    small.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    with pdfplumber.open(tmp_path / "page.pdf") as document:
        size = [round(float(each) * 25.4 / 72) for each in document.pages[0].mediabox[2:]]
    assert size == {"a4-portrait": [210, 297], "a3-landscape": [420, 297]}[paper]


def test_the_legend_of_a_printed_page_is_of_what_is_seen_alone(small):
    whole = legend_at(small, None)
    corner = legend_at(small, 19)

    assert set(corner) < set(whole)


def legend_at(small, zoom):
    """Print at a zoom; give the legend."""
    small.evaluate("""(zoom) => {
      if (zoom) { landtrack.map.setZoom(zoom, {animate: false}); }
      window.rows = null;
      window.print = () => {
        window.rows = [...document.querySelectorAll(".lt-print li")]
          .map((each) => each.textContent);
      };
    }""", zoom)
    small.locator('[data-tool="print"]').click()
    small.get_by_role("button", name="打印", exact=True).click()
    until(small, "window.rows")
    return small.evaluate("window.rows")


def test_a_printed_page_has_the_map_and_the_legend_and_no_buttons(small, tmp_path):
    small.evaluate("""() => { window.print = () => {
      const sheet = document.querySelector(".lt-print").cloneNode(true);
      setTimeout(() => { document.body.append(sheet); window.kept = true; });
    }; }""")
    small.locator('[data-tool="print"]').click()
    small.get_by_role("button", name="打印", exact=True).click()
    until(small, "window.kept")
    small.emulate_media(media="print")

    assert not small.locator(".lt-panel").is_visible()
    assert not small.locator(".lt-tools").is_visible()
    assert small.locator(".lt-print li").first.is_visible()
    assert small.locator(".lt-print-north").is_visible()
    assert small.locator(".leaflet-control-scale").is_visible()
    small.pdf(path=tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").stat().st_size > 10_000


# --- tools --------------------------------------------------------------------------------------


def test_a_line_of_a_kilometre_reads_a_kilometre(page):
    page.evaluate("(at) => void landtrack.map.setView(at, 16, {animate: false})", degrees(500, 100))
    page.locator('[data-tool="measure_line"]').click()
    click(page, 0, 100)
    click(page, 600, 100)
    click(page, 600, -300)
    page.keyboard.press("Enter")

    read = page.locator(".lt-measured").inner_text()
    metres = float(re.match(r"([\d,.]+) m", read)[1].replace(",", ""))
    assert metres == pytest.approx(1000, rel=1e-3, abs=2.5)  # a click is a whole pixel


def test_a_kilometre_clicked_on_a_wide_screen_reads_so_within_a_thousandth(running, folder):
    with open_map(folder / "small.html", size=(3600, 800), running=running) as wide:
        wide.evaluate("(at) => void landtrack.map.setView(at, 18, {animate: false})", at(500, 100))
        wide.locator('[data-tool="measure_line"]').click()
        click(wide, 0, 100)
        click(wide, 1000, 100)
        wide.keyboard.press("Enter")

        # a pixel is 0.45 m: two clicks on whole pixels miss by less than a metre
        read = wide.locator(".lt-measured").text_content()
        metres = float(re.match(r"([\d,.]+) m", read)[1].replace(",", ""))
        assert metres == pytest.approx(1000, rel=1e-3)


def test_measuring_is_that_of_the_working_crs(small):
    line = measured(small, [at(0, 0), at(600, 800)], area=False)
    area = measured(small, [at(0, 0), at(500, 0), at(500, 200), at(0, 200)], area=True)

    assert line["length"] == pytest.approx(1000, abs=0.001)
    assert area["area"] == pytest.approx(100_000, abs=0.1)


def measured(page, points, *, area):
    """What the page measures between points in its working CRS."""
    return run(
        {"Plane": "geo/plane.js", "Measuring": "panels/measuring.js"},
        """({ Plane, Measuring }, { plane, points, area }) => {
            Plane.setup(plane);
            return Measuring.measured(points, area);
        }""",
        {"plane": page.evaluate("landtrack.app.page.plane"), "points": points, "area": area},
    )


def at(x, y):
    """A place as Leaflet takes it."""
    return dict(zip(("lat", "lng"), degrees(x, y), strict=True))


def test_coordinates_under_the_pointer_are_told_in_both_systems(small):
    x, y = small.evaluate(
        "(at) => { const {x, y} = landtrack.map.latLngToContainerPoint(at); return [x, y]; }",
        degrees(480, 150),
    )
    small.mouse.move(round(x), round(y))

    told = small.locator(".lt-coordinates").inner_text()
    assert "EPSG:4529" in told
    east, north = (float(each) for each in re.search(r"E ([\d.]+)\s+N ([\d.]+)", told).groups())
    per_pixel = 2 * np.pi * 6_378_137 / (256 * 2 ** small.evaluate("landtrack.map.getZoom()"))
    assert abs(east - (EAST + 480)) < per_pixel
    assert abs(north - (NORTH + 150)) < per_pixel


def test_the_grid_of_the_working_crs_lies_on_whole_numbers(small):
    assert small.locator('[data-tool="graticule"]').get_attribute("aria-pressed") == "true"
    settled(small)

    said = {int(each.replace(",", "")) for each in small.locator(".lt-grid-e").all_inner_texts()}
    assert len(said) > 3
    assert all(each % 50 == 0 for each in said)
    small.locator('[data-tool="graticule"]').click()
    assert small.locator(".lt-grid-e").count() == 0


def test_a_trial_plot_says_what_it_hits_and_whether_its_figures_would_pass(page):
    page.locator('[data-tool="trial"]').click()
    for x, y in ((20, 20), (220, 20), (220, 120), (20, 120)):
        click(page, x, y)
    page.keyboard.press("Enter")
    page.locator("#lt-trial-fixed_investment_cny").wait_for()

    box = page.locator(".lt-tool-box")
    area = float(re.search(r"([\d,.]+) m²", box.inner_text())[1].replace(",", ""))
    assert area == pytest.approx(20_000, rel=0.02)
    verdict = {
        each.get_attribute("data-rule"): each.locator(".lt-badge").inner_text()
        for each in box.locator(".lt-trial-rule").all()
    }
    assert "无法判定" in verdict["investment-intensity"]
    assert "无法判定" in verdict["plot-ratio"]
    assert "无法判定" in verdict["environment-first"]
    assert "符合" in verdict["building-coverage"]  # half of it is the building, measured here
    assert "征地地块 · 补偿已到位" in box.inner_text()

    page.locator("#lt-trial-fixed_investment_cny").fill("20000000")
    page.locator("#lt-trial-floor_area_m2").fill("20000")
    said = box.locator('[data-rule="investment-intensity"]').inner_text()
    assert "不符合" in said
    assert "符合" in box.locator('[data-rule="plot-ratio"]').inner_text()


# --- the same on the screen as in the source ------------------------------------------------------

ALL_SHAPES = """async (kind) => {
  const table = landtrack.app.tables.get(kind);
  await table.loadTexts();
  const told = {};
  for (let row = 0; row < table.count; row += 1) {
    told[table.key(row)] = {
      pieces: await table.layer.shapesOf(row), size: table.size ? table.size[row] : null,
      code: table.classOf(row).code,
    };
  }
  return told;
}"""


def test_shapes_sizes_and_classes_are_those_of_the_source(page):
    result = desk()
    for kind in ("parcels", "roads", "plots", "plants"):
        frame = result.layers[kind].to_crs(3857)
        told = page.evaluate(ALL_SHAPES, kind)
        assert set(told) == set(frame.index)
        for key, shape in frame.geometry.items():
            corners = gpd.GeoSeries([shape]).get_coordinates().to_numpy()
            shown = np.concatenate([
                np.array(ring) for piece in told[key]["pieces"] for ring in piece["rings"]
            ])
            apart = np.abs(corners[:, None, :] - shown[None, :, :]).max(axis=2).min(axis=1)
            assert apart.max() < 0.01
        if kind == "plots":
            areas = [told[key]["size"] for key in frame.index]
            assert areas == result.layers[kind].area.tolist()
            assert [told[key]["code"] for key in frame.index] == ["pass", "fail", "unknown"]


# --- the six main states, looked at -------------------------------------------------------------

TYPED = """(() => {
  const input = document.getElementById("lt-search");
  input.value = "金山";
  input.dispatchEvent(new Event("input"));
})()"""
STATES = {
    "start": ("", ""), "card": ("#plot=P-02", ""), "search": ("", TYPED),
    "layers": ("", "document.querySelector('[data-tab=legend]').click()"),
    "trial": ("", "document.querySelector('[data-tool=trial]').click()"),
    "filtered": ("#filter=plots.class%3Afail", ""),
}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_main_states_fit_the_screen(running, folder, size):
    OUTPUT.mkdir(exist_ok=True)
    with open_map(folder / "small.html", size=size, running=running) as page:
        for state, (fragment, script) in STATES.items():
            again(page, fragment)
            if script:
                page.evaluate(script)
            settled(page)
            page.screenshot(path=OUTPUT / f"desk-{state}-{size[0]}.png")
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], state


# --- addresses that anybody may have written -----------------------------------------------

PLAIN = "Object.keys(Object.prototype).length === 0 && ({}).polluted === undefined"


ADDRESSES = [
    "#filter=__proto__.polluted:1",
    "#filter=constructor.prototype:1;plots.__proto__:x;plots.constructor:y",
    "#filter=toString.x:1;hasOwnProperty.y:2;nothing.class:pass",
    "#filter=plots.nothing:1|2;plots.project_id:none",
    "#filter=%E0%A4%A;plots.class:%ZZ;;..:;:",
    "#__proto__=1&constructor=2&toString=3&=4&&%&plot",
    "#lang=constructor",
    "#lang=__proto__&layers=__proto__,constructor",
    "#feature=__proto__:x",
    "#feature=constructor:prototype&project=__proto__",
    "#asof=2006-99-99",
    "#view=1e308,-1e308,1e308",
    "#view=NaN,Infinity,-1",
    "#filter=" + "plots.class:" + "x|" * 60_000,
]


@pytest.mark.fault("63-map-address-prototype")
@pytest.mark.parametrize("name", ["small", "large", "beside"])
def test_what_an_address_names_that_is_not_there_is_ignored(folder, running, name):
    with open_map(folder / f"{name}.html", running=running) as page:
        for fragment in ADDRESSES if name == "large" else ADDRESSES[:2]:
            again(page, fragment)
            assert page.evaluate(PLAIN), fragment[:40]
            assert page.evaluate("landtrack.app.tables.size") > 2
            assert page.evaluate("document.documentElement.lang") == "zh"
            assert set(page.evaluate("Object.keys(landtrack.app.filters)")) <= {"plots"}
            assert page.evaluate("document.querySelectorAll('.leaflet-container *').length > 20")
            assert page.heard.errors == [], fragment[:40]


def test_a_filter_that_is_there_is_taken_beside_one_that_is_not(folder, running):
    fragment = "#filter=__proto__.polluted:1;plots.industry:食品"
    with open_map(folder / "small.html", fragment=fragment, running=running) as page:
        assert page.evaluate("[...landtrack.app.filters.plots.industry]") == ["食品"]
        assert page.evaluate(PLAIN)
