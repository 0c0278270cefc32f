"""The interactive map as a user meets it: in a browser, from the disk, without a network."""

from __future__ import annotations

import os
from pathlib import Path

import desks
import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from browser import DESKTOP, PHONE, browser, open_map, until
from test_webmap import EAST, HOSTILE, NORTH, layer, layers_of, line, made, page_of

from landtrack.output import map as webmap

OUTPUT = Path(__file__).parent / "output"
PICTURES = Path(__file__).parent / "pictures"

PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
ON_SCREEN = """([lat, lon]) => {
  const point = landtrack.map.latLngToContainerPoint([lat, lon]);
  return [point.x, point.y];
}"""

DRAWN = """landtrack.map.landtrackLayers.reduce((n, each) =>
  n + (each.drawn ? each.landtrack.count : each.getLayers ? each.getLayers().length : 0), 0)"""


@pytest.fixture(scope="module")
def running():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The small place in both languages, and with hostile names."""
    folder = tmp_path_factory.mktemp("pages")
    for name, result in {
        "zh": made("zh"), "en": made("en"), "hostile": made("en", hostile=HOSTILE),
        "empty": made("zh", frames={}),
    }.items():
        (folder / f"{name}.html").write_text(page_of(result), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def served(pages, tmp_path_factory):
    """Serve the same pages as a desk does."""
    with desks.of_maps(pages.glob("*.html"), tmp_path_factory.mktemp("served")) as made:
        yield made


@pytest.fixture(params=["from the disk", "from a desk"])
def opened(request, running, pages):
    """Open a page by its name: what the one way shows, the other does."""
    if request.param == "from the disk":
        return lambda name, **how: open_map(pages / f"{name}.html", running=running, **how)
    made = request.getfixturevalue("served")
    spoken = {"zh": "zh", "en": "en", "hostile": "en", "empty": "zh"}
    return lambda name, **how: made(name, lang=spoken[name], running=running, **how)


def degrees(x, y):
    """Latitude and longitude of a place x, y metres from the origin of the tests."""
    point = gpd.GeoSeries.from_xy([EAST + x], [NORTH + y], crs=4529).to_crs(4326)[0]
    return [point.y, point.x]


def click(page, x, y):
    """Click on the map x, y metres from the origin of the tests, once it is drawn as it stands."""
    page.evaluate(PAINTED)
    page.mouse.click(*page.evaluate(ON_SCREEN, degrees(x, y)))


def card(page):
    return page.locator(".lt-card")


def show_layers(page):
    page.locator('[data-tab="legend"]').click()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_map_opens_offline_and_draws(opened, lang, size):
    OUTPUT.mkdir(exist_ok=True)
    with opened(lang, size=size) as page:
        title = {"zh": "X工业园区", "en": "X industrial park"}[lang]
        assert page.locator("h1").inner_text() == title
        labels = page.locator(".lt-label").count()
        assert labels == 3 if size == DESKTOP else labels >= 2  # names give way to each other
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.screenshot(path=OUTPUT / f"map-{lang}-{size[0]}.png")


def shown(page, x, y):
    """Whether a place x, y metres from the origin of the tests is seen beside the panel."""
    return page.evaluate("(at) => landtrack.app.viewBounds().contains(at)", degrees(x, y))


def test_the_map_opens_on_the_land_of_the_place_and_the_whole_map_is_one_click_away(
    running, tmp_path
):
    frames = dict(layers_of())
    row = dict(frames["roads"].reset_index().iloc[0].drop("geometry"), road_id="R-far")
    far = layer("roads", [row], [line((-9000, 0), (9000, 0))])
    frames["roads"] = pd.concat([frames["roads"], far])
    webmap.save(webmap.build(made(frames=frames)), tmp_path / "map.html")

    with open_map(tmp_path / "map.html", running=running) as page:
        park = [(-200, -400), (1100, 900)]  # its boundary, beyond all plots
        assert all(shown(page, *corner) for corner in park)
        assert not shown(page, 9000, 0)

        page.locator('[data-tool="fit"]').click()
        assert all(shown(page, *each) for each in [*park, (-9000, 0), (9000, 0)])


def test_click_on_a_plot_shows_its_value_and_limit(opened):
    with opened("zh") as page:
        click(page, 480, 150)

        assert card(page).locator("h2").text_content() == "Green Foods 🌾"
        first = card(page).locator("tr.lt-finding").first.text_content()
        assert "≥ 2,500 元/m²" in first
        assert "2,468.8 元/m²" in first
        assert "不符合" in first
        assert "还需增加固定资产投资 1,250,000 元" in card(page).text_content()
        assert page.evaluate("location.hash") == "#plot=P-02"


def test_click_reaches_the_plot_under_a_building_and_names_what_else_is_there(opened):
    with opened("zh") as page:
        click(page, 60, 60)

        assert "P-01" in card(page).locator(".lt-plot-id").text_content()
        chips = card(page).locator(".lt-chip").all_text_contents()
        assert chips == ["建筑物 · 厂房", "征地地块 · 一号"]

        card(page).locator(".lt-chip").first.click()
        card(page).get_by_text("4.5 m, 9 m").wait_for()


def test_click_on_a_line_over_a_plot_still_opens_its_card(opened):
    with opened("zh") as page:
        click(page, 760, 60)

        assert "P-03" in card(page).locator(".lt-plot-id").text_content()
        chips = card(page).locator(".lt-chip").all_text_contents()
        assert chips == ["道路 · 厂内路", "征地地块 · 三号"]


def test_click_beside_the_plots_opens_the_card_of_the_parcel(opened):
    with opened("en") as page:
        click(page, 600, 150)

        assert card(page).locator("h2").text_content() == "三号"
        assert card(page).locator(".lt-plot-id").text_content() == "Acquisition parcels"
        assert card(page).locator(".lt-company").text_content() == "Z3 · not stated"
        assert page.evaluate("location.hash") == "#feature=parcels%3AZ3"


def test_click_inside_an_area_without_a_fill_meets_nothing(opened):
    with opened("zh") as page:
        click(page, 500, 500)

        page.wait_for_timeout(200)
        assert card(page).is_hidden()


def test_layers_are_switched_by_their_boxes_and_keep_their_order(opened):
    with opened("zh") as page:
        show_layers(page)
        page.locator("#lt-show-plots").click()
        until(page, "!document.querySelector('.lt-label')")
        click(page, 60, 60)
        assert card(page).locator("h2").text_content() == "厂房"

        page.locator("#lt-show-plots").click()
        page.locator("#lt-show-parcels").click()
        page.locator("#lt-show-parcels").click()
        order = page.evaluate("""() => {
          const drawn = [];
          const canvas = landtrack.map.landtrackRenderers["lt-0"];
          for (let at = canvas._drawFirst; at; at = at.next) {
            const layer = landtrack.map.landtrackLayers.find((each) => each.hasLayer(at.layer));
            drawn.push(layer.landtrack.head.order);
          }
          return drawn;
        }""")
        assert order == sorted(order)


def test_folding_a_legend_hides_its_classes(opened):
    with opened("zh") as page:
        show_layers(page)
        row = page.locator('.lt-layer[data-kind="parcels"]')
        assert row.locator(".lt-class").first.is_visible()
        row.locator(".lt-fold").click()
        assert row.locator(".lt-class").first.is_hidden()


def test_address_opens_the_card_and_zooms(opened):
    with opened("en", fragment="#plot=P-03") as page:
        assert "unknown" in card(page).locator(".lt-card-head").text_content()
        assert "ask the company" in card(page).text_content()
        x, y = page.evaluate(ON_SCREEN, degrees(740, 100))
        assert 320 < x < 870
        assert 0 < y < 768


def test_canvas_lies_on_whole_pixels(opened):
    with opened("en", fragment="#plot=P-03") as page:
        place = page.locator(".folium-map canvas").first.bounding_box()

        assert (place["x"] % 1, place["y"] % 1) == (0, 0)


def test_address_of_a_plot_that_is_not_there_is_told(opened):
    with opened("zh", fragment="#plot=%E6%97%A0") as page:
        assert page.locator(".lt-toast").inner_text() == "地图上没有 无"
        assert card(page).is_hidden()


def test_keyboard_reaches_a_plot_and_leaves_it(opened):
    with opened("zh") as page:
        page.locator("#lt-search").focus()
        page.keyboard.type("green")
        page.locator(".lt-hit").first.wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        until(page, "document.activeElement.tagName === 'H2'")
        assert "P-02" in card(page).locator(".lt-plot-id").text_content()

        page.keyboard.press("Escape")
        assert card(page).is_hidden()
        assert page.evaluate("document.activeElement.id") == "lt-search"
        assert page.evaluate("location.hash") == ""


@pytest.mark.parametrize("typed", ["jsjx", "jinshanjixie", "jin shan j"])
def test_a_plot_is_found_by_how_its_name_is_read(opened, typed):
    with opened("en") as page:
        page.locator("#lt-search").fill(typed)
        found = page.locator(".lt-hit").first
        found.wait_for()

        assert "P-01" in found.text_content()
        assert "金山机械" in found.text_content()


def test_hostile_names_are_shown_as_text(opened):
    with opened("hostile", fragment="#plot=P-02") as page:
        assert card(page).locator("h2").text_content() == HOSTILE
        assert page.locator("img").count() == 0
        page.keyboard.press("Escape")
        page.locator('[data-tool="fit"]').click()
        click(page, 225, 100)
        card(page).get_by_text("</script><img").first.wait_for()
        assert page.locator("img").count() == 0
        assert "<b>data</b>" in page.locator(".leaflet-control-attribution").inner_text()


def test_a_map_of_nothing_opens(opened):
    with opened("empty") as page:
        assert page.locator(".lt-panel").is_visible()
        assert "无要素" in page.locator(".lt-panel").inner_text()


def test_phone_folds_the_panel_and_shows_the_card_below(opened):
    with opened("zh", size=PHONE) as page:
        assert page.locator(".lt-panel-body").is_hidden()
        page.locator(".lt-panel-fold").click()
        assert page.locator(".lt-panel-body").is_visible()
        page.locator(".lt-panel-fold").click()
        click(page, 420, 150)

        card(page).wait_for()
        place = card(page).bounding_box()
        assert place["x"] == 0
        assert place["width"] == PHONE[0]
        assert place["y"] > PHONE[1] * 0.3
        assert page.evaluate("document.querySelector('.lt-card').scrollWidth") <= PHONE[0]


def test_marker_and_popup_of_folium_work(running, tmp_path):
    built = webmap.build(made())
    folium.Marker(degrees(300, 250), popup="<b>Gate</b>", tooltip="gate").add_to(built)
    path = tmp_path / "map.html"
    path.write_text(webmap.to_html(built), encoding="utf-8")

    with open_map(path, running=running) as page:
        page.locator(".leaflet-marker-icon.leaflet-interactive").click()
        assert "Gate" in page.locator(".leaflet-popup").inner_text()


def test_a_layer_control_of_folium_works_beside_the_panel(running, tmp_path):
    built = webmap.build(made())
    folium.LayerControl(collapsed=False).add_to(built)
    path = tmp_path / "map.html"
    path.write_text(webmap.to_html(built), encoding="utf-8")

    with open_map(path, running=running) as page:
        page.locator(".leaflet-control-layers label", has_text="项目地块").click()

        assert not page.locator("#lt-show-plots").is_checked()
        until(page, "!document.querySelector('.lt-label')")


def test_twenty_thousand_features_are_drawn_whole(running, tmp_path):
    """How long it takes is measured by ``benchmarks/opened.py``."""
    with open_map(large(tmp_path), running=running) as page:
        until(page, f"{DRAWN} > 21_000")


def large(folder):
    """Write the map of some twenty thousand features."""
    path = folder / "large.html"
    path.write_text(page_of(made(frames=many())), encoding="utf-8")
    return path


def many():
    """14,000 buildings and 7,000 roads round the plots."""
    random = np.random.default_rng(1)
    frames = layers_of()
    corner = np.array([EAST, NORTH]) + random.uniform(-3000, 3000, (14_000, 2))
    angles = np.linspace(0, 2 * np.pi, 9)[:-1]
    ring = 8 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    frames["buildings"] = gpd.GeoDataFrame(
        {"building_id": [f"H{at}" for at in range(14_000)], "class": "building", "name": "房"},
        geometry=shapely.polygons(corner[:, None, :] + ring), crs=4529,
    ).set_index("building_id")
    start = np.array([EAST, NORTH]) + random.uniform(-3000, 3000, (7_000, 1, 2))
    steps = random.uniform(-40, 40, (7_000, 10, 2)).cumsum(axis=1)
    frames["roads"] = gpd.GeoDataFrame(
        {"road_id": [f"R{at}" for at in range(7_000)], "name": "路", "class": "支路"},
        geometry=shapely.linestrings(start + steps), crs=4529,
    ).set_index("road_id")
    return frames


@pytest.mark.skipif(
    "LANDTRACK_PICTURES" not in os.environ, reason="LANDTRACK_PICTURES is not set"
)
def test_pictures_of_the_readme_are_drawn(running, tmp_path):
    import landtrack

    place = Path(__file__).parents[1] / "layers" / "x-park-2006"
    PICTURES.mkdir(exist_ok=True)
    for lang in ("zh", "en"):
        result = landtrack.run(place, lang=lang)
        path = tmp_path / f"{lang}.html"
        path.write_text(webmap.to_html(webmap.build(result)), encoding="utf-8")
        draw_desk(running, path, lang)
        failed = result.findings.loc[result.findings["outcome"] == "fail", "plot_id"].iloc[0]
        for name, fragment in (("map", ""), ("card", f"#plot={failed}")):
            with open_map(path, fragment=fragment, running=running) as page:
                page.wait_for_timeout(200)
                page.screenshot(path=PICTURES / f"{name}-{lang}.png")


DESK = {
    "en": {
        "reason": ("#plot=XP-011", """document.querySelector(
          ".lt-finding.lt-row-fail .lt-show").click()"""),
        "compare": ("#plot=XP-011", """(async () => {
          const rows = landtrack.app.tables.get("plots");
          await landtrack.app.compare(rows.rowOf("XP-011"));
          await landtrack.app.compare(rows.rowOf("XP-036"));
        })()"""),
    },
    "zh": {
        "trial": ("#view=41.0517,122.8535,16", """(async () => {
          document.querySelector("[data-tool=trial]").click();
          const size = landtrack.map.getSize();
          for (const [x, y] of [[0.55, 0.35], [0.72, 0.3], [0.76, 0.52], [0.58, 0.58]]) {
            const latlng = landtrack.map.containerPointToLatLng([x * size.x, y * size.y]);
            landtrack.map.fire("click", {latlng});
          }
          document.querySelector(".lt-finish").click();
        })()"""),
        "filter": ("#filter=plots.class:fail|unknown", ""),
        "swipe": ("", """(() => {
          document.querySelector("[data-tab=legend]").click();
          document.querySelector("#lt-swipe-day").click();
        })()"""),
    },
}


def draw_desk(running, path, lang):
    """Pictures of what planners do, kept for the README."""
    for name, (fragment, script) in DESK[lang].items():
        with open_map(path, fragment=fragment, running=running) as page:
            if script:
                page.evaluate(script)
            page.wait_for_timeout(600)
            page.screenshot(path=PICTURES / f"{name}-{lang}.png")


WIDEST = """async (zoom) => {
  const canvas = CanvasRenderingContext2D.prototype;
  const stroke = canvas.stroke;
  const widths = [];
  canvas.stroke = function (...path) {
    widths.push(this.lineWidth);
    return stroke.apply(this, path);
  };
  landtrack.map.setZoom(zoom, {animate: false});
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  canvas.stroke = stroke;
  return Math.max(...widths);
}"""


def test_far_out_lines_are_drawn_thinner_so_that_the_land_is_seen(opened):
    with opened("zh") as page:
        show_layers(page)
        for box in page.locator(".lt-layer-head input").all():
            if box.is_checked() and box.get_attribute("id") != "lt-show-roads":
                box.uncheck()
        near, mid, far = (page.evaluate(WIDEST, zoom) for zoom in (16, 12, 11))

        assert near > mid > far > 0
