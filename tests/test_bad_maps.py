"""Bad input on the map: the page opens, says what it knows, and nothing runs from the data."""


import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from browser import browser, open_map, until
from builders import changed
from test_browser import card, show_layers
from test_webmap import EAST, NORTH, layer, layers_of, made, page_of, plots, square

from landtrack.output import map as webmap

NAMES = ["", "😀🏭", "مصنع الصلب", "\u202eevil", "</script><img src=x onerror=alert(1)>",
         "a\u0000b", "=HYPERLINK(1)", "'; DROP TABLE", "\ufffd", "İI", "ﬀ", "１２", "很长" * 200]


OPEN = "(key) => landtrack.app.open('plots', landtrack.app.tables.get('plots').rowOf(key))"
MIDDLE = """() => {
  const {x, y} = landtrack.map.latLngToContainerPoint(landtrack.map.getBounds().getCenter());
  return [x, y];
}"""


@pytest.fixture(scope="module")
def running():
    with browser() as started:
        yield started


@pytest.fixture(params=["small", "large"])
def opened(request, running, tmp_path):
    """Open a result's map, with its layers as GeoJSON or in blocks."""

    def give(result, **how):
        path = tmp_path / "map.html"
        webmap.save(webmap.build(result, large=1 if request.param == "large" else 5000), path)
        return open_map(path, running=running, **how)

    return give


def named(names):
    frame = plots(names)
    frame["name"] = frame["company"] = list(names)
    return frame


@pytest.mark.parametrize(
    "frames",
    [pytest.param({}, id="nothing"), pytest.param({"plots": layer("plots", [], [])}, id="no plots"),
     pytest.param({"plots": plots(("only",))}, id="one plot"),
     pytest.param({"roads": layers_of()["roads"]}, id="no layer of plots")],
)
def test_little_or_nothing_opens(opened, frames):
    with opened(made(frames=frames)) as page:
        assert page.locator(".lt-panel").is_visible()
        show_layers(page)
        page.locator('[data-tool="fit"]').click()
        page.locator("#lt-search").fill("qq")
        page.locator(".lt-hits").get_by_text("没有找到").wait_for()


def test_any_name_is_shown_as_it_is_and_found(opened):
    frames = {"plots": named(NAMES)}
    with opened(made("en", frames=frames)) as page:
        for at, name in enumerate(NAMES):
            page.evaluate(OPEN, f"P-0{at + 1}")
            card(page).get_by_text(f"P-0{at + 1}", exact=False).first.wait_for()
            shown = card(page).locator("h2").text_content()
            assert shown == (name or f"P-0{at + 1}")
        assert page.locator("img").count() == 0
        page.locator("#lt-search").fill("مصنع")
        page.locator(".lt-hit").first.wait_for()
        assert "P-03" in page.locator(".lt-hit").first.inner_text()


def test_plots_a_continent_apart_are_seen_and_measuring_says_that_it_cannot(opened):
    far = plots(("here", "there"))
    there = gpd.GeoSeries([shapely.box(-3.71, 40.40, -3.70, 40.41)], crs=4326)
    far = far.to_crs(4326)
    far.geometry = [far.geometry.iloc[0], there[0]]
    with opened(made("en", frames={"plots": far})) as page:
        assert page.locator(".lt-item").count() == 2
        page.locator(".lt-item", has_text="P-02").click()
        page.wait_for_timeout(300)
        centre = page.evaluate("(({lat, lng}) => [lat, lng])(landtrack.map.getCenter())")
        assert np.allclose(centre, [40.405, -3.705], atol=0.05)
        page.locator('[data-tool="measure_line"]').click()
        for x in (700, 800):
            page.locator(".folium-map").click(position={"x": x, "y": 384})
        page.keyboard.press("Enter")
        page.locator(".lt-told").get_by_text("EPSG:4529").wait_for()


def test_a_shape_of_ten_thousand_corners_is_drawn_and_clicked(opened):
    turn = np.linspace(0, 2 * np.pi, 10_000, endpoint=False)
    reach = 200 + 10 * np.sin(40 * turn)
    ring = np.stack([EAST + reach * np.cos(turn), NORTH + reach * np.sin(turn)], axis=1)
    frame = plots(("round",))
    frame.geometry = [shapely.Polygon(ring)]
    with opened(made(frames={"plots": frame})) as page:
        until(page, "document.querySelectorAll('.lt-label').length === 1")
        page.locator(".folium-map").click(position={"x": 850, "y": 384})
        card(page).get_by_text("P-01").first.wait_for()
        assert page.evaluate("landtrack.app.tables.get('plots').size[0]") == frame.area.iloc[0]


def test_missing_values_of_every_type_are_left_out_or_not_known(opened):
    frame = plots(("a", "b"))
    frame = frame.assign(
        land_area_m2=[np.nan, np.nan], fixed_investment_cny=[np.nan, np.inf], name=[None, np.nan],
        accepted_on=[pd.NaT, pd.NaT], stage=[None, None], industry_year=[np.nan, 2002],
    )
    with opened(made("en", frames={"plots": frame})) as page:
        assert "not known" in page.locator(".lt-sums").inner_text()
        page.locator(".lt-item").first.click()
        card(page).locator("h2").wait_for()
        text = card(page).text_content()
        assert "NaN" not in text
        assert "undefined" not in text
        assert "null" not in text


def test_one_plot_alone_is_listed_read_and_found(opened):
    with opened(made(frames={"plots": plots(("only",))})) as page:
        page.locator(".lt-item").click()
        card(page).get_by_text("2,750.0 元/m²").first.wait_for()
        assert card(page).locator("h2").text_content() == "only"
        assert "1（共 1）" in page.locator(".lt-sums").text_content()


def test_days_with_a_time_and_a_zone_are_told_as_they_were_written(opened):
    frame = plots(("a", "b"))
    frame["accepted_on"] = pd.to_datetime(
        ["2006-03-01T00:30:00+08:00", "2006-03-01T23:30:00+08:00"]
    )
    with opened(made("en", frames={"plots": frame})) as page:
        for key in ("P-01", "P-02"):
            page.evaluate(OPEN, key)
            card(page).locator(".lt-plot-id", has_text=key).wait_for()
            assert "2006-03-01" in card(page).text_content()
            assert "2006-02-28" not in card(page).text_content()


def test_far_off_days_are_told(opened):
    frame = plots(("a", "b"))
    frame["accepted_on"] = pd.to_datetime(["1899-12-31", "2262-01-01"]).astype("datetime64[s]")
    with opened(made("en", frames={"plots": frame})) as page:
        page.locator(".lt-item", has_text="P-01").click()
        card(page).get_by_text("1899-12-31").first.wait_for()
        page.evaluate(OPEN, "P-02")
        card(page).get_by_text("2262-01-01").first.wait_for()


def test_ids_that_are_numbers_in_one_layer_and_text_in_another(opened):
    frames = layers_of()
    frames = {"plots": frames["plots"], "parcels": frames["parcels"].copy()}
    frames["parcels"].index = pd.Index([1, 2, 3, 4], name="parcel_id")
    with opened(made("en", frames=frames)) as page:
        page.locator("#lt-kind").select_option("parcels")
        page.locator('.lt-item[data-key="3"]').wait_for()
        page.locator('.lt-item[data-key="3"]').click()
        card(page).get_by_text("三号").first.wait_for()
        assert page.evaluate("location.hash") == "#feature=parcels%3A3&list=parcels"


def test_two_maps_of_one_result_are_the_same_and_change_nothing():
    result = made()
    first, second = (page_of(result) for _ in range(2))

    assert first == second


def test_shapes_over_each_other_are_both_found_under_a_click(opened):
    rows = [{"parcel_id": f"Z{at}", "name": None, "state": "approved", "state_on": pd.NaT,
             "batch": None, "area_m2": 1.0} for at in range(2)]
    base = made()
    both = layer("parcels", rows, [square(0, 0, 400), square(100, 100, 400)])
    result = changed(base, layers={"parcels": both})
    with opened(result) as page:
        page.wait_for_timeout(400)
        x, y = page.evaluate(MIDDLE)
        page.mouse.click(x + 100, y)
        card(page).locator(".lt-chip").first.wait_for()
