"""The map about land: reasons, parcels, trial plots, two days beside each other."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
import shapely
from browser import READY, again, browser, open_map, until
from builders import changed
from geopandas.testing import assert_geodataframe_equal
from scripts import run
from test_browser import card, click, degrees
from test_desk import desk, painted, settled, show
from test_webmap import layer, line, made, square

from landtrack.model import catalog
from landtrack.model.assessment import LayerSet
from landtrack.output import map as webmap
from landtrack.output.map import trial_limits
from landtrack.spatial import join
from landtrack.tracking import Event


def land(lang="zh"):
    """A place with a double claim, a power line over a plot, and roads that were built."""
    base = desk(lang)
    frames = dict(base.layers)
    parcels = frames["parcels"].copy()
    parcels.loc["Z2", "geometry"] = square(100, -50, 300)  # over Z1 from 100 to 250
    frames["parcels"] = parcels.to_crs(4529) if parcels.crs is None else parcels
    frames["power_lines"] = layer(
        "power_lines",
        [{"line_id": "W66", "name": "66 kV 线", "voltage_kv": 66.0, "state": "in_service"},
         {"line_id": "W20", "name": "20 kV 线", "voltage_kv": 20.0, "state": "in_service"},
         {"line_id": "W0", "name": "拆除线", "voltage_kv": 66.0, "state": "removed"}],
        [line((-100, 190), (950, 190)), line((-100, 215), (250, 215)), line((0, 100), (200, 100))],
    )
    frames["buildings"] = layer(
        "buildings",
        [{"building_id": f"H{at}", "name": None, "class": "building", "storeys": 1.0}
         for at in range(3)],
        [square(20, 20, 100), square(70, 20, 100), square(500, 150, 40)],
    )
    frames["villages"] = frames["clusters"]
    log = [
        Event(event=at, layer="roads", feature_id=key, track="works", at=day, action="recorded",
              to_state=state, by="t")
        for at, (key, day, state) in enumerate((
            ("R1", "2004-05-01", "in_service"), ("R2", "2006-03-01", "planned"),
        ), start=1)
    ]
    schemas = catalog.schemas()
    joined = {"substations": LayerSet(schema=schemas["substations"], frame=None, complete=False)}
    of_parcels = join.against(
        frames["plots"], LayerSet(schema=schemas["parcels"], frame=frames["parcels"]),
        workflow=base.workflow,
    )
    others = base.measures[base.measures["layer"] != "parcels"]
    return dataclasses.replace(changed(
        base, layers=frames, sets=joined,
        measures=pd.concat([others, of_parcels], ignore_index=True),
    ), events=[*base.events, *log])


@pytest.fixture(scope="module")
def running():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made_in = tmp_path_factory.mktemp("land")
    webmap.save(webmap.build(land()), made_in / "small.html")
    webmap.save(webmap.build(land(), large=1), made_in / "large.html")
    return made_in


@pytest.fixture
def small(running, folder):
    with open_map(folder / "small.html", running=running) as opened:
        yield opened


def open_row(page, kind, key):
    page.evaluate(
        """async ([kind, key]) => {
          const table = await landtrack.app.tables.get(kind).loadTexts();
          await landtrack.app.open(kind, table.rowOf(key));
        }""",
        [kind, key],
    )
    card(page).locator("h2").wait_for()


# --- reasons ----------------------------------------------------------------------------------


def test_ground_that_two_parcels_claim_is_shown(page):
    open_row(page, "plots", "P-01")
    show(page, "parcels", "double_claim_m2")

    assert painted(page, 150, 100)  # in Z1 and Z2
    assert not painted(page, 60, 100)  # in Z1 alone
    assert not painted(page, 230, 100)  # in both, and outside of the plot


def test_the_corridor_of_a_line_is_shown_as_wide_as_its_voltage_asks(page):
    open_row(page, "plots", "P-01")
    show(page, "power_lines", "corridor")

    assert painted(page, 40, 183)  # 10 m to either side of 66 kV
    assert not painted(page, 40, 176)
    assert not painted(page, 40, 103)  # the line that was removed
    said = page.locator(".lt-caption").inner_text()
    assert "66" in said
    assert "10 m" in said
    assert "至少" in said  # from the axis to the outer conductor nothing is stated
    assert "20" in said
    assert "未填写" in said


def test_a_plot_that_no_corridor_reaches_says_so(small):
    open_row(small, "plots", "P-01")
    small.evaluate("landtrack.app.tables.get('power_lines').visible.fill(1)")
    small.evaluate(
        "landtrack.app.tables.get('power_lines').head.corridors.gone = ['in_service', 'removed']"
    )
    card(small).locator('.lt-show[data-measure="corridor"][data-kind="power_lines"]').click()

    small.locator(".lt-toast", has_text="没有").wait_for()


# --- parcels ----------------------------------------------------------------------------------


def test_the_card_of_a_parcel_has_states_plots_layers_documents_and_facts(page):
    open_row(page, "parcels", "Z1")
    section = card(page).locator("[data-block]:not([hidden])")
    card(page).locator('[data-block="card.plots_on_it"] .lt-item').first.wait_for()
    card(page).locator('[data-block="card.layers"] [data-kind]').first.wait_for()

    assert [each.get_attribute("data-block") for each in section.all()] == [
        "card.timeline", "card.plots_on_it", "card.layers", "card.documents", "card.attributes",
    ]
    on_it = card(page).locator('[data-block="card.plots_on_it"]').text_content()
    assert "P-01" in on_it
    assert "40,000 m²（占 44.4%）" in on_it  # as the store has it, of the 90,000 of the parcel
    assert "P-02" not in on_it
    assert "2005-1" in card(page).locator('[data-block="card.documents"]').text_content()
    assert "90,000 m²" in card(page).locator('[data-block="card.attributes"]').text_content()

    card(page).locator('[data-block="card.plots_on_it"] .lt-item').first.click()
    card(page).get_by_text("地块 P-01").wait_for()


def test_the_layers_of_a_parcel_are_hit_clear_or_without_data(page):
    open_row(page, "parcels", "Z1")
    layers = card(page).locator('[data-block="card.layers"]')
    layers.locator("[data-kind]").first.wait_for()

    def said(kind):
        return layers.locator(f'[data-kind="{kind}"]').text_content()

    assert "涉及" in said("buildings")
    assert re.search(r"1[45],[09][09][09] m²", said("buildings"))  # they lie over each other
    assert "16.7%" in said("buildings")
    assert "涉及" in said("power_lines")
    assert "300" in said("power_lines")
    assert "不涉及" in said("roads")
    assert "无数据" in said("villages")  # empty
    assert "无数据" in said("substations")  # said to be incomplete
    assert "无数据" in said("water")  # not there


def test_any_areas_together_are_as_large_as_geos_says():
    random = np.random.default_rng(7)
    frame = shapely.box(0, 0, 100, 100)
    asked, expected = [], []
    for _ in range(25):
        middle = random.uniform(-10, 110, (6, 1, 2))
        shapes = shapely.polygons([
            [[x + np.cos(a) * r, y + np.sin(a) * r]
             for a, r in zip(np.linspace(0, 5.8, 9), random.uniform(4, 30, 9), strict=True)]
            for x, y in middle[:, 0]
        ])
        asked.append([[shapely.get_coordinates(each)[:-1].tolist()] for each in shapes])
        expected.append(shapely.intersection(shapely.union_all(shapes), frame).area)

    found = run(
        {"Areas": "geo/areas.js"},
        "({ Areas }, [frame, cases]) => cases.map((areas) => Areas.unionArea([frame], areas))",
        [shapely.get_coordinates(frame)[:-1].tolist(), asked],
    )

    assert found == pytest.approx(expected, abs=1e-6)


# --- trial plots --------------------------------------------------------------------------------


def draw_trial(page, *corners):
    page.locator('[data-tool="trial"]').click()
    for x, y in corners:
        click(page, x, y)
    page.keyboard.press("Enter")
    page.locator("#lt-trial-fixed_investment_cny").wait_for()


def test_buildings_over_each_other_are_not_counted_twice_in_a_trial_plot(small):
    draw_trial(small, (10, 10), (210, 10), (210, 130), (10, 130))

    shown = small.locator("#lt-trial-covered_area_m2").get_attribute("placeholder")
    area = float("".join(each for each in shown if each in "0123456789"))
    assert area == pytest.approx(15_000, rel=0.02)


@pytest.mark.fault("66-demo-trial-plot-over-plot")
def test_a_trial_plot_names_the_plots_and_parcels_that_it_meets(small):
    draw_trial(small, (10, 10), (210, 10), (210, 130), (10, 130))

    box = small.locator(".lt-tool-box dl:last-of-type")
    said = list(zip(box.locator("dt").all_inner_texts(), box.locator("dd").all_inner_texts(),
                    strict=True))
    for kind, title in (("plots", "项目地块"), ("parcels", "征地地块")):
        met = [each for each in said if each[0].startswith(f"{title} · ") and "占" in each[1]]
        keys = [str(key) for key in land().layers[kind].index]
        assert any(any(key in label for key in keys) for label, _ in met), (kind, said)


def test_a_trial_plot_has_no_data_where_a_layer_is_not_known_to_be_complete(running, tmp_path):
    base = land()
    frames = dict(base.layers)
    frames["railways"] = frames["railways"].iloc[:0]
    frames["plants"] = frames["plants"].assign(geometry=shapely.affinity.translate(
        frames["plants"].geometry.iloc[0], 9000, 0))
    partial = {
        kind: LayerSet(schema=base.schemas[kind], frame=None, complete=False)
        for kind in ("buildings", "plants")
    }
    result = changed(base, layers=frames, sets=partial)
    webmap.save(webmap.build(result), tmp_path / "map.html")

    with open_map(tmp_path / "map.html", running=running) as page:
        draw_trial(page, (10, 10), (210, 10), (210, 130), (10, 130))
        box = page.locator(".lt-tool-box")
        labels = box.locator("dl:last-of-type dt").all_inner_texts()
        said = dict(zip(labels, box.locator("dl:last-of-type dd").all_inner_texts(), strict=True))

        assert said["水体"] == "无数据"  # not there
        assert said["铁路"] == "无数据"  # empty
        assert said["市政设施"] == "无数据"  # none near, and not known to be complete
        assert "m²" in said["建筑物 · 建筑物"]
        coverage = box.locator('[data-rule="building-coverage"]')
        assert "无法判定" in coverage.text_content()
        page.locator("#lt-trial-covered_area_m2").fill("20000")
        assert "符合" in coverage.text_content()


MEETING = {
    "a bow-tie": [(10, 10), (210, 130), (210, 10), (10, 130)],
    "a loop that goes round twice": [
        (10, 10), (210, 10), (210, 130), (10, 130), (15, 15), (205, 15), (205, 125), (15, 125),
    ],
    "one corner on another side": [(10, 10), (210, 10), (110, 10), (110, 130)],
    "points on one line": [(10, 10), (110, 10), (210, 10)],
    "there and back": [(10, 10), (210, 10), (10, 10)],
}


@pytest.mark.parametrize("corners", MEETING.values(), ids=MEETING)
def test_a_trial_plot_whose_outline_meets_itself_is_not_judged(small, corners):
    small.locator('[data-tool="trial"]').click()
    for x, y in corners:
        click(small, x, y)
    small.keyboard.press("Enter")

    small.get_by_text("边界线与自身相交、重合或没有面积").wait_for()
    assert small.locator(".lt-trial-rule, #lt-trial-fixed_investment_cny").count() == 0


def test_the_area_of_an_outline_that_meets_itself_is_not_measured(small):
    small.locator('[data-tool="measure_area"]').click()
    for x, y in MEETING["a bow-tie"]:
        click(small, x, y)

    assert "边界线与自身相交" in small.locator(".lt-measured").inner_text()


def national():
    """A place judged by the pack of 2008, one of whose cells is filled in, and by a range."""
    pack = catalog.rule_pack("cn-2008")
    rules = []
    for rule in pack.rule:
        made_of = rule
        if rule.table is not None:
            rows = [
                type(row)(key=row.key, threshold=2500.0 if at == 0 else None, upper=None,
                          verified=at == 0, source="t")
                for at, row in enumerate(rule.table.rows)
            ]
            made_of = _with(rule, table=_with(rule.table, rows=tuple(rows)))
        rules.append(made_of)
    between = _with(
        next(rule for rule in pack.rule if rule.table is None and rule.kind == "index"),
        id="between", relation="between", threshold=0.3, upper=0.5, numerator="covered_area_m2",
        denominator="land_area_m2", unit="%",
    )
    pack = _with(pack, rule=(*rules, between))
    return dataclasses.replace(made(), packs=(pack,))


def _with(value, **changes):
    return type(value)(**{
        **{name: getattr(value, name) for name in value.__struct_fields__}, **changes,
    })


@pytest.fixture
def by_table(running, tmp_path):
    path = tmp_path / "map.html"
    path.write_text(webmap.to_html(webmap.build(national())), encoding="utf-8")
    with open_map(path, running=running) as opened:
        yield opened


def test_limits_of_tables_are_looked_up_by_what_is_chosen(by_table):
    rule = next(each for each in trial_limits.limits(national(), [_Words()]) if each["table"])
    draw_trial(by_table, (10, 10), (110, 10), (110, 110), (10, 110))
    by_table.locator("#lt-trial-fixed_investment_cny").fill("500000000")
    own = by_table.locator(f'.lt-trial-rule[data-rule="{rule["id"]}"]')
    assert "无法判定" in own.text_content()
    assert "选择" in own.text_content()

    choose_cell(by_table, rule, 0)
    assert "符合" in own.text_content()
    assert "2,500" in own.text_content()

    by_table.locator("#lt-trial-fixed_investment_cny").fill("1000000")
    assert "不符合" in own.text_content()

    choose_cell(by_table, rule, 1)
    assert "无法判定" in own.text_content()
    assert "国土资发" in own.text_content()


def choose_cell(page, rule, at):
    for name, part in zip(rule["table"]["by"], rule["table"]["rows"][at]["key"], strict=True):
        of = rule["table"]["classification"] if name == "industry" else rule["table"]["pack"]
        page.locator(f"[id='lt-trial-{name}-{of}']").select_option(part)


class _Words:
    """Words that say nothing."""

    lang = "zh"

    def pick(self, _titles):
        return ""

    def limit(self, _rule):
        return ""


@pytest.mark.parametrize(
    ("covered", "said"), [("1000", "不符合"), ("4000", "符合"), ("9000", "不符合")],
    ids=["below both", "between them", "above both"],
)
def test_a_range_is_judged_by_both_its_ends(by_table, covered, said):
    draw_trial(by_table, (10, 10), (110, 10), (110, 110), (10, 110))
    by_table.locator("#lt-trial-covered_area_m2").fill(covered)

    badge = by_table.locator('.lt-trial-rule[data-rule="between"] .lt-badge').inner_text()
    assert badge.split()[-1] == said


# --- two days -----------------------------------------------------------------------------------

COLOUR = """([lat, lng, kind]) => {
  const {x, y} = landtrack.map.latLngToContainerPoint([lat, lng]);
  const table = landtrack.app.tables.get(kind);
  const canvas = table.layer._canvas
    || landtrack.map.landtrackRenderers[table.layer.options.pane]._container;
  const at = canvas.getBoundingClientRect();
  const scale = canvas.width / at.width;
  const [across, down] = [(x - at.x) * scale, (y - at.y) * scale];
  return [...canvas.getContext("2d").getImageData(across, down, 1, 1).data];
}"""


def colour(page, x, y, kind="parcels"):
    return page.evaluate(COLOUR, [*degrees(x, y), kind])


def to_time(page):
    page.locator('[data-tab="legend"]').click()
    page.locator("#lt-time").wait_for()
    for kind in ("plots", "buildings", "power_lines", "boundaries"):
        page.locator(f"#lt-show-{kind}").click()
    settled(page)


def test_two_days_are_wiped_over_each_other(page):
    to_time(page)
    now = colour(page, -20, 150)  # in Z1 and nothing else
    page.evaluate("landtrack.app.showDay(Date.parse('2005-01-05') / 86400000)")
    settled(page)
    then = colour(page, -20, 150)
    page.evaluate("landtrack.app.showDay(null)")
    settled(page)
    assert now != then
    page.locator("#lt-other-day").select_option(label="2005-01-05")
    page.locator("#lt-swipe-day").click()
    settled(page)
    divider = page.locator(".lt-swipe")
    assert page.locator(".lt-swipe-left").inner_text() == "2005-01-05"

    def drag_to(x):
        box = divider.bounding_box()
        page.mouse.move(box["x"], 400)
        page.mouse.down()
        page.mouse.move(x, 400)
        page.mouse.up()
        settled(page)

    drag_to(1300)
    assert colour(page, -20, 150) == then  # left of the divider: notified
    drag_to(350)
    assert colour(page, -20, 150) == now

    before = int(divider.get_attribute("aria-valuenow"))
    divider.focus()
    page.keyboard.press("ArrowRight")
    assert int(divider.get_attribute("aria-valuenow")) > before

    page.locator("#lt-swipe-day").click()
    assert page.locator(".lt-swipe").count() == 0
    settled(page)
    assert colour(page, -20, 150) == now


def test_a_page_that_is_loaded_again_shows_what_it_showed(page):
    """The days, the list with its order and what is seen of the map stay over a reload."""
    to_time(page)
    page.locator("#lt-other-day").select_option(label="2005-01-05")
    page.locator("#lt-swipe-day").click()
    page.locator("#lt-time").focus()
    page.keyboard.press("Home")
    page.locator('[data-tab="find"]').click()
    page.locator("#lt-kind").select_option("parcels")
    page.locator("#lt-sort").select_option("size")
    listed = page.locator(".lt-item b").all_inner_texts()
    page.evaluate("(at) => void landtrack.map.setView(at, 17, {animate: false})", degrees(420, 90))
    page.reload()
    until(page, READY)
    settled(page)
    assert page.locator(".lt-day").text_content() == "2004-05-01"
    assert page.locator(".lt-swipe-left").inner_text() == "2005-01-05"
    assert page.locator("#lt-swipe-day").get_attribute("aria-pressed") == "true"
    assert page.locator("#lt-kind").input_value() == "parcels"
    assert page.locator("#lt-sort").input_value() == "size"
    assert page.evaluate("landtrack.map.getZoom()") == 17
    page.evaluate("landtrack.app.fit(landtrack.app.bounds)")
    assert page.locator(".lt-item b").all_inner_texts() == listed


@pytest.mark.parametrize("hostile", ["constructor", "margin:constructor", "value:", "__proto__"])
def test_an_address_with_an_order_that_there_is_not_leaves_the_list_as_it_is(page, hostile):
    again(page, f"#sort={hostile}&list={hostile}")
    assert page.locator("#lt-sort").input_value() == "class"
    assert page.locator("#lt-kind").input_value() == "plots"


def test_lines_follow_the_slider_where_the_store_has_their_days(page):
    to_time(page)
    label = """async (day) => { await landtrack.app.showDay(Date.parse(day) / 86400000);
      const table = landtrack.app.tables.get("roads");
      const told = [0, 1].map((row) => [table.key(row), table.classOf(row).code]);
      return Object.fromEntries(told); }"""

    early = page.evaluate(label, "2005-01-01")
    late = page.evaluate(label, "2006-05-01")

    assert early["R2"] == "not_recorded"
    assert early["R1"] == late["R1"] != "not_recorded"
    assert late["R2"] != "not_recorded"


def test_months_years_and_days_that_were_only_found_are_told_as_they_were_stated(running, tmp_path):
    base = land()
    days = ["2003", "2004-06", "2005-01-05", "../2006-02-01"]
    log = [
        Event(event=at, layer="parcels", feature_id="Z1", track="approval", at=day,
              action="recorded", to_state=state, by="t")
        for at, (day, state) in enumerate(zip(
            days, ("notified", "surveyed", "reported_city", "compensated"), strict=True
        ), start=1)
    ]
    path = tmp_path / "map.html"
    result = dataclasses.replace(base, events=log)
    path.write_text(webmap.to_html(webmap.build(result)), encoding="utf-8")
    with open_map(path, running=running) as page:
        open_row(page, "parcels", "Z1")
        assert card(page).locator(".lt-step-day").all_text_contents() == [
            "2003", "2004-06", "2005-01-05", "不晚于 2006-02-01",
        ]
        state = """async (day) => { await landtrack.app.showDay(Date.parse(day) / 86400000);
          const table = landtrack.app.tables.get("parcels");
          return table.classOf(table.rowOf("Z1")).code; }"""
        assert page.evaluate(state, "2003-12-30") == "not_recorded"  # the year may not be over
        assert page.evaluate(state, "2003-12-31") == "notified"
        assert page.evaluate(state, "2004-06-29") == "notified"
        assert page.evaluate(state, "2004-06-30") == "surveyed"


def test_the_card_of_a_line_has_its_states(page):
    open_row(page, "roads", "R2")

    assert "2006-03-01" in card(page).locator(".lt-steps").text_content()


# --- the rest of the bar ------------------------------------------------------------------------


def test_the_map_fills_the_screen_and_gives_it_back(small):
    small.locator('[data-tool="full_screen"]').click()
    until(small, "document.fullscreenElement !== null")

    small.locator('[data-tool="full_screen"]').click()
    until(small, "document.fullscreenElement === null")


def test_the_clipboard_holds_the_address(running, folder):
    context = running.new_context(viewport={"width": 1366, "height": 768})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto((folder / "small.html").resolve().as_uri())
    until(page, "landtrack.ready")
    open_row(page, "plots", "P-02")

    page.locator('[data-tool="copy"]').click()
    page.locator(".lt-toast", has_text="已复制").wait_for()

    held = page.evaluate("navigator.clipboard.readText()")
    assert held.startswith("file:")
    assert "plot=P-02" in held
    assert "lang=zh" in held
    context.close()


def test_frames_of_the_source_are_not_changed():
    result = land()
    before = {kind: frame.copy() for kind, frame in result.layers.items()}

    webmap.build(result)

    for kind, frame in before.items():
        assert_geodataframe_equal(frame, result.layers[kind])


@pytest.mark.fault("65-demo-land-under-a-plot")
def test_the_card_of_a_plot_lists_every_parcel_under_it_with_its_share(small):
    click(small, 60, 60)
    under = small.locator('[data-block="land.title"] .lt-land')
    under.wait_for()

    told = under.all_inner_texts()[0]
    assert "Z1" in told
    assert "Z2" in told
    assert "%" in told


def test_a_trial_plot_is_not_judged_by_a_rule_that_holds_for_some_plots_only():
    base = national()
    pack = base.packs[0]
    some = _with(pack.rule[-1], id="some", applies_to={"capital": ("relocation",)})
    told = trial_limits.limits(
        dataclasses.replace(base, packs=(_with(pack, rule=(*pack.rule, some)),)), [_Words()]
    )

    assert {each["id"]: each["kind"] for each in told}["some"] not in {"index", "sequence"}
    assert {each["id"]: each["kind"] for each in told}["between"] == "index"


def test_of_two_packs_of_one_level_the_later_judges_a_trial_plot():
    earlier, later = catalog.rule_pack("cn-2008"), catalog.rule_pack("cn-2023")
    tables = [
        trial_limits.limits(dataclasses.replace(made(), packs=packs), [_Words()])
        for packs in ((earlier, later), (later, earlier))
    ]

    for told in tables:
        of = {each["id"]: each["table"]["pack"] for each in told if each["table"]}
        assert of["investment-intensity"] == "cn-2023"
