"""Trial plots on the map: drawn, moved, put onto what is there; what is said follows."""

from __future__ import annotations

import importlib.resources
import re

import geopandas as gpd
import numpy as np
import pytest
import shapely
from browser import DESKTOP, PHONE, browser, open_map, until
from scripts import run
from test_browser import ON_SCREEN, OUTPUT, click, degrees
from test_webmap import EAST, NORTH, made

from landtrack.app import convert
from landtrack.ingest.formats.boundary import writing
from landtrack.model import translations
from landtrack.output import map as webmap

ORIGIN = np.array([EAST, NORTH])
CORNERS = [(20, 20), (220, 20), (220, 120), (20, 120)]


@pytest.fixture(scope="module")
def running():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small place in both languages, and one that is drawn from blocks."""
    own = tmp_path_factory.mktemp("trials")
    for lang in ("zh", "en"):
        webmap.save(webmap.build(made(lang)), own / f"{lang}.html")
    webmap.save(webmap.build(made("en"), large=1), own / "blocks.html")
    return own


@pytest.fixture
def page(running, folder):
    with open_map(folder / "en.html", running=running) as opened:
        yield opened


# --- the pure parts, beside shapely ---------------------------------------------------------------


def test_whether_an_outline_meets_itself_is_said_as_shapely_says_it():
    random = np.random.default_rng(5)
    rings = [
        (10 * random.integers(0, 5, (random.integers(3, 8), 2))).astype(float).tolist()
        for _ in range(3000)
    ]
    rings = [each for each in rings if all(
        one != other for one, other in zip(each, [*each[1:], each[0]], strict=True)
    )]
    expected = [not shapely.Polygon(each).is_valid for each in rings]
    assert 300 < sum(expected) < len(rings) - 300

    found = run(
        {"Measure": "geo/measure.js"}, "({ Measure }, rings) => rings.map(Measure.meetsItself)",
        rings,
    )

    assert [each for each, one, other in zip(rings, found, expected, strict=True)
            if one != other] == []


def blobs(random, count, corners):
    """Outlines round places of a square kilometre, none of which meets itself."""
    made_of = []
    for _ in range(count):
        turns = np.sort(random.uniform(0, 2 * np.pi, corners))
        far = random.uniform(20, 90, corners)
        ring = random.uniform(0, 1000, 2) + far[:, None] * np.c_[np.cos(turns), np.sin(turns)]
        if shapely.Polygon(ring).is_valid:
            made_of.append(np.round(ring, 3))
    return made_of


def test_areas_of_many_buildings_in_an_outline_are_those_of_shapely():
    random = np.random.default_rng(6)
    buildings = blobs(random, 400, 7)
    frames = [each * 4 - 1500 for each in blobs(random, 12, 9)]
    union = shapely.union_all([shapely.Polygon(each) for each in buildings])
    expected = [shapely.Polygon(frame).intersection(union).area for frame in frames]

    found = run(
        {"Areas": "geo/areas.js"},
        """({ Areas }, [frames, areas]) =>
            frames.map((frame) => Areas.unionArea([frame], areas.map((ring) => [ring])))""",
        [[each.tolist() for each in frames], [each.tolist() for each in buildings]],
    )

    assert max(expected) > 10_000
    assert found == pytest.approx(expected, abs=1e-5)


# --- drawing ----------------------------------------------------------------------------------


def by(x, y):
    """So far east and north."""
    return np.array([x, y])


def screen(page, x, y):
    """Where a place x, y metres from the origin of the tests is on the screen."""
    return page.evaluate(ON_SCREEN, degrees(x, y))


def begin(page):
    page.locator('[data-tool="trial"]').click()


def unfold(page, part):
    page.locator(part).evaluate("(own) => { own.open = true; }")


def draw(page, corners=CORNERS, *, snap=False):
    begin(page)
    page.locator("#lt-snap").set_checked(snap)
    for corner in corners:
        click(page, *corner)
    page.keyboard.press("Enter")
    page.locator("#lt-trial-fixed_investment_cny").wait_for()
    unfold(page, ".lt-corners")


def ring(page):
    """The corners as the page has them, in metres from the origin of the tests."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return np.array(page.evaluate("landtrack.app.trial.ring")).reshape(-1, 2) - ORIGIN


def said(page):
    """Area and outline, as they are written."""
    shown = page.locator(".lt-answers dl").first.inner_text()
    return [float(each.replace(",", "")) for each in re.findall(r"([\d,.]+) m", shown)]


def drag(page, start, end, *, steps=6):
    """Drag from one place to another, in metres from the origin of the tests."""
    page.mouse.move(*screen(page, *start))
    page.mouse.down()
    page.mouse.move(*screen(page, *end), steps=steps)
    page.mouse.up()


def checked(page):
    """See that area and outline are those of the corners that the page has."""
    own = shapely.Polygon(ring(page))
    area, length = said(page)
    assert own.is_valid
    assert area == pytest.approx(own.area, abs=0.051)
    assert length == pytest.approx(own.length, abs=0.051)
    return own


def test_a_corner_that_is_dragged_takes_its_place_and_the_answers_follow(page):
    draw(page)
    before = checked(page)
    intensity = page.locator('[data-rule="building-coverage"] .lt-quiet')
    was = intensity.inner_text()

    page.mouse.move(*screen(page, 220, 120))
    page.mouse.down()
    page.mouse.move(*screen(page, 260, 160), steps=4)
    until(page, "document.querySelector('.lt-answers dd').textContent.startsWith('2')")
    held = said(page)  # while it is still held
    page.mouse.up()

    after = checked(page)
    assert held[0] == pytest.approx(after.area, abs=0.051)
    assert after.area > before.area + 3000
    assert np.abs(ring(page)[2] - [260, 160]).max() < 4  # a pixel or two
    assert intensity.inner_text() != was
    assert page.evaluate("landtrack.map.dragging.enabled()")


def test_an_outline_may_be_shaped_at_random_and_what_is_said_is_what_shapely_says(page):
    draw(page)
    random = np.random.default_rng(11)
    met = 0
    for _ in range(25):
        corners = ring(page)
        at = int(random.integers(len(corners)))
        to = corners[at] + random.uniform(-120, 120, 2)
        drag(page, corners[at], np.clip(to, [-100, -250], [900, 500]), steps=2)
        if shapely.Polygon(ring(page)).is_valid:
            checked(page)
        else:
            met += 1
            assert "meets itself" in page.locator(".lt-why").inner_text()
            assert page.locator(".lt-trial-rule").count() == 0
            page.keyboard.press("Control+z")
            checked(page)
    assert met >= 2


def test_the_middle_of_an_edge_becomes_a_corner_by_a_drag_or_a_click(page):
    draw(page)
    drag(page, (120, 20), (120, -30))
    assert len(ring(page)) == 5
    assert np.abs(ring(page)[1] - [120, -30]).max() < 4
    checked(page)

    page.mouse.click(*screen(page, 120, 120))
    assert len(ring(page)) == 6
    assert "Corner 5 of 6" in page.locator(".lt-corner").inner_text()


def test_the_map_is_dragged_where_no_corner_is(page):
    draw(page)
    centre = page.evaluate("landtrack.map.getCenter().lng")
    drag(page, (400, 300), (500, 300))

    assert page.evaluate("landtrack.map.getCenter().lng") != centre
    assert len(ring(page)) == 4


def test_undo_and_redo_by_keys_and_buttons(page):
    draw(page)
    first = ring(page)
    drag(page, (220, 120), (300, 140))
    moved = ring(page)
    page.keyboard.press("Control+z")
    assert (ring(page) == first).all()
    page.keyboard.press("Control+y")
    assert (ring(page) == moved).all()
    page.locator('[data-do="tool.undo"]').click()
    assert (ring(page) == first).all()
    page.keyboard.press("Control+Shift+z")
    assert (ring(page) == moved).all()
    assert page.locator('[data-do="tool.redo"]').is_disabled()


def test_the_first_corner_closes_the_outline_and_backspace_takes_the_last_one_back(page):
    begin(page)
    for corner in [*CORNERS, (400, 400)]:
        click(page, *corner)
    page.keyboard.press("Backspace")
    assert len(ring(page)) == 4
    click(page, *CORNERS[0])

    page.locator("#lt-trial-fixed_investment_cny").wait_for()
    assert len(ring(page)) == 4


def test_escape_lets_go_of_what_is_held_and_then_of_what_is_chosen_before_it_closes(page):
    draw(page)
    first = ring(page)
    page.mouse.move(*screen(page, 220, 120))
    page.mouse.down()
    page.mouse.move(*screen(page, 300, 200), steps=3)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert (ring(page) == first).all()

    page.mouse.click(*screen(page, 20, 20))
    assert "Corner 1 of 4" in page.locator(".lt-corner").inner_text()
    page.keyboard.press("Escape")
    assert "none chosen" in page.locator(".lt-corner").inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".lt-tool-box").is_hidden()


def test_a_trial_plot_whose_tool_was_closed_is_there_when_it_is_opened_again(page):
    draw(page)
    page.locator("#lt-trial-floor_area_m2").fill("20000")
    first = ring(page)
    page.locator(".lt-tool-box .lt-close").click()
    begin(page)

    assert (ring(page) == first).all()
    assert page.locator("#lt-trial-floor_area_m2").input_value() == "20000"
    page.locator("#lt-lang").select_option("zh")
    assert "周长" in page.locator(".lt-answers").inner_text()
    assert (ring(page) == first).all()
    page.locator('[data-do="trial.anew"]').click()
    page.locator('dialog [data-do="trial.leave"]').click()
    assert len(ring(page)) == 0


# --- without a mouse --------------------------------------------------------------------------


def tab_to(page, selector):
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached")


def test_the_keyboard_alone_draws_an_outline_and_shapes_it(page):
    page.locator('[data-tool="trial"]').focus()
    page.keyboard.press("Enter")
    tab_to(page, ".lt-corners summary")
    page.keyboard.press("Enter")
    for x, y in CORNERS:
        if not page.evaluate("document.activeElement.id === 'lt-east'"):
            tab_to(page, "#lt-east")
        page.keyboard.type(str(EAST + x))
        page.keyboard.press("Tab")
        page.keyboard.type(f"{NORTH + y:,}")
        tab_to(page, '[data-do="tool.put"]')
        page.keyboard.press("Enter")
    page.locator(".lt-tool-box h2").focus()
    tab_to(page, ".lt-finish")
    page.keyboard.press("Enter")
    page.locator("#lt-trial-fixed_investment_cny").wait_for()
    assert ring(page).tolist() == [list(each) for each in CORNERS]

    tab_to(page, '[data-do="tool.next_corner"]')
    for _ in range(3):
        page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Control+ArrowLeft")
    assert ring(page)[2].tolist() == pytest.approx([220.9, 130], abs=1e-6)
    page.keyboard.press("Insert")
    assert len(ring(page)) == 5
    page.keyboard.press("Delete")
    page.keyboard.press("Delete")
    assert len(ring(page)) == 3
    page.keyboard.press("Delete")
    assert "No fewer" in page.locator(".lt-trial > .lt-told").inner_text()
    checked(page)


def test_a_corner_is_put_where_coordinates_are_typed_and_what_is_none_is_told(page):
    draw(page)
    page.locator('[data-do="tool.next_corner"]').click()
    page.locator("#lt-east").fill(str(EAST + 25.1239))
    page.locator("#lt-east").press("Enter")
    assert ring(page)[0][0] == pytest.approx(25.124, abs=1e-6)

    page.locator("#lt-north").fill("here")
    page.locator("#lt-north").press("Enter")
    assert "Not a coordinate" in page.locator(".lt-trial > .lt-told").inner_text()
    page.locator("#lt-north").fill("12")
    page.locator("#lt-north").press("Enter")
    assert "does not reach here" in page.locator(".lt-trial > .lt-told").inner_text()
    assert len(ring(page)) == 4


# --- onto what is there -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["en", "blocks"])
def test_a_corner_is_put_onto_the_corner_of_a_plot_and_what_it_lies_on_is_said(
    running, folder, name
):
    plots = made("en").layers["plots"]
    corner = np.array(plots.geometry.iloc[0].exterior.coords[2]) - ORIGIN
    with open_map(folder / f"{name}.html", running=running) as page:
        page.evaluate("(at) => void landtrack.map.setView(at, 18, {animate: false})",
                      degrees(*corner - by(80, 0)))  # so that it lies beside the tool
        draw(page, [corner + by(*each) for each in ((60, 60), (100, 60), (100, 100), (60, 100))])
        page.locator("#lt-snap").check()

        drag(page, corner + by(60, 60), corner + by(1.5, 1.2))

        assert np.abs(ring(page)[0] - corner).max() < 0.011  # shapes are right to a centimetre
        told = page.locator(".lt-trial > .lt-told")
        until(page, "document.querySelector('.lt-trial > .lt-told').textContent !== ''")
        assert told.inner_text().startswith("On a corner of Project plots · ")
        assert str(plots.index[0]) in told.inner_text()

        page.locator("#lt-snap").uncheck()
        drag(page, corner, corner + by(1.5, 1.2))
        assert np.abs(ring(page)[0] - corner).max() > 0.3


def test_a_corner_lies_on_the_outline_of_a_plot_so_that_they_share_no_ground(page):
    plot = made("en").layers["plots"].geometry.iloc[0]
    _, south, east, north = plot.bounds
    side = [east - EAST, (south + north) / 2 - NORTH]
    page.evaluate("(at) => void landtrack.map.setView(at, 18, {animate: false})", degrees(*side))
    beside = [[1.0, -15], [40, -15], [40, 15], [1.4, 15]]
    draw(page, [np.array(side) + each for each in beside], snap=True)

    corners = ring(page)
    assert np.abs(corners[[0, 3], 0] - side[0]).max() < 0.011
    shared = shapely.Polygon(corners + ORIGIN).intersection(plot).area
    assert shared < 0.5
    assert "P-01" not in page.locator(".lt-answers").inner_text()


def test_by_the_keyboard_a_corner_goes_onto_the_nearest(page):
    corner = np.array(made("en").layers["plots"].geometry.iloc[0].bounds[:2]) - ORIGIN
    draw(page, [corner - 20, corner + by(-60, -20), corner + by(-60, -60), corner + by(-20, -60)])
    page.locator('[data-do="tool.next_corner"]').click()
    page.locator('[data-do="tool.seek"]').click()

    until(page, "document.querySelector('.lt-trial > .lt-told').textContent.startsWith('On a')")
    assert np.abs(ring(page)[0] - (corner - 20)).max() > 1


# --- by touch, and looked at ---------------------------------------------------------------------


TOUCH = """([[x1, y1], [x2, y2]]) => {
  const target = landtrack.map.getContainer();
  const told = (type, x, y) => target.dispatchEvent(new PointerEvent(type, {
    clientX: x, clientY: y, pointerId: 7, pointerType: "touch", isPrimary: true, bubbles: true,
  }));
  told("pointerdown", x1, y1);
  for (let at = 1; at <= 5; at += 1) {
    told("pointermove", x1 + (x2 - x1) * at / 5, y1 + (y2 - y1) * at / 5);
  }
  told("pointerup", x2, y2);
}"""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_finger_beside_a_corner_drags_it_and_the_tool_fits_the_screen(
    running, folder, size, lang
):
    OUTPUT.mkdir(exist_ok=True)
    with open_map(folder / f"{lang}.html", size=size, running=running) as page:
        page.evaluate("(at) => void landtrack.map.setView(at, 16, {animate: false})",
                      degrees(200, -150 if size == PHONE else 100))
        draw(page)
        x, y = screen(page, 220, 120)
        page.evaluate(TOUCH, [[x + 14, y + 8], [x + 24, y - 22]])

        corner = screen(page, *ring(page)[2])
        assert corner == pytest.approx([x + 10, y - 30], abs=1.5)  # it does not jump to the finger
        checked(page)
        page.mouse.click(*corner)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        box = page.locator(".lt-tool-box").bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= size[1]
        page.screenshot(path=OUTPUT / f"trial-{lang}-{size[0]}.png")


# --- kept by name ---------------------------------------------------------------------------------


def keep(page, name):
    page.locator("#lt-trial-name").fill(name)
    page.locator('[data-do="trial.keep"]').click()
    page.locator(f'.lt-kept-list [data-name="{name}"]').wait_for()


def more(page, name, what):
    item = page.locator(f'.lt-kept-list [data-name="{name}"]')
    if not item.locator("details[open]").count():
        item.locator("summary").click()
    item.locator(f'[data-do="{what}"]').click()


def reloaded(page):
    page.reload()
    until(page, "landtrack.ready")
    begin(page)


def test_a_trial_plot_is_kept_in_the_browser_with_its_figures_and_the_day(page):
    draw(page)
    page.locator("#lt-trial-floor_area_m2").fill("2.5万")
    first = ring(page)
    keep(page, "North <b>")
    assert "browser only" in page.locator(".lt-kept").inner_text()
    reloaded(page)
    item = page.locator(".lt-kept-list li")
    assert item.locator("b").inner_text() == "North <b>"
    today = page.evaluate("new Date().toLocaleDateString('sv')")
    assert today in item.inner_text()

    item.locator(".lt-open").click()

    assert (ring(page) == first).all()
    checked(page)
    assert page.locator("#lt-trial-floor_area_m2").input_value() == "2.5万"


def test_what_is_not_kept_is_not_lost_without_a_word(page):
    draw(page)
    keep(page, "one")
    page.locator('[data-do="trial.anew"]').click()
    assert len(ring(page)) == 0  # all of it is kept

    for corner in CORNERS:
        click(page, *corner)
    page.keyboard.press("Enter")
    page.locator(".lt-kept-list .lt-open").click()
    asked = page.locator("dialog.lt-ask")
    assert "not kept" in asked.inner_text()
    asked.locator('[data-do="trial.cancel"]').click()
    assert page.locator("#lt-trial-name").input_value() == ""
    page.locator(".lt-kept-list .lt-open").click()
    page.locator('dialog [data-do="trial.leave"]').click()
    assert page.locator("#lt-trial-name").input_value() == "one"


def test_a_second_window_is_shown_what_the_first_one_kept(page):
    draw(page)
    keep(page, "shared")
    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href)")
    second = opened.value
    until(second, "typeof landtrack !== 'undefined' && landtrack.ready")
    begin(second)
    second.locator(".lt-kept-list .lt-open").click()
    drag(second, (220, 120), (300, 160))
    second.locator('[data-do="trial.keep"]').click()
    second.get_by_text("shared is kept").wait_for()
    theirs = ring(second)

    page.locator("#lt-trial-floor_area_m2").fill("7")
    page.locator('[data-do="trial.keep"]').click()
    asked = page.locator("dialog.lt-ask")
    asked.wait_for()
    assert "shared was changed meanwhile" in asked.inner_text()
    rows = asked.locator("tbody tr.lt-differs")
    assert "Measured area" in rows.first.inner_text()
    areas = [float(each.split()[0].replace(",", "")) for each in
             rows.first.locator("td").all_inner_texts()]
    assert areas == pytest.approx(
        [shapely.Polygon(each).area for each in (ring(page), theirs)], abs=0.051)

    asked.locator('[data-do="trial.keep_mine"]').click()
    page.get_by_text("shared is kept").wait_for()
    reloaded(second)
    second.locator(".lt-kept-list .lt-open").click()
    assert (ring(second) == ring(page)).all()
    second.close()


def test_a_trial_plot_is_renamed_and_removed(page):
    draw(page)
    keep(page, "one")
    page.locator("#lt-trial-name").fill("two")
    page.locator('[data-do="trial.keep"]').click()
    names = page.locator(".lt-kept-list b")
    page.locator('.lt-kept-list [data-name="two"]').wait_for()
    assert names.all_inner_texts() == ["one", "two"]

    more(page, "one", "trial.rename")
    page.locator("#lt-trial-rename").fill("two")
    page.locator('dialog [data-do="trial.rename"]').click()
    page.get_by_text("There is a trial plot two already").wait_for()
    more(page, "one", "trial.rename")
    page.locator("#lt-trial-rename").fill("three")
    page.locator('dialog [data-do="trial.rename"]').click()
    page.locator('.lt-kept-list [data-name="three"]').wait_for()
    more(page, "two", "trial.remove")
    page.locator('dialog [data-do="trial.remove"]').click()
    until(page, "document.querySelectorAll('.lt-kept-list li').length === 1")
    assert names.all_inner_texts() == ["three"]


NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); },
});"""


def test_where_the_browser_keeps_nothing_the_page_says_so(running, folder):
    with open_map(folder / "en.html", running=running) as page:
        page.add_init_script(NO_STORAGE)
        reloaded(page)

        unfold(page, ".lt-kept")
        assert "keeps nothing" in page.locator(".lt-kept").inner_text()
        assert page.locator('[data-do="trial.keep"]').is_disabled()


def downloaded(page, name, what):
    with page.expect_download() as told:
        more(page, name, what)
    return told.value.path().read_bytes()


def test_the_files_of_a_trial_plot_are_read_back_as_it_was_drawn(page, tmp_path):
    draw(page, [(20, 20), (220, 31), (260, 140), (120, 90), (35, 120)])
    own = shapely.Polygon(ring(page) + ORIGIN)
    keep(page, "甲 1")

    text = downloaded(page, "甲 1", "trial.txt")
    frame = gpd.GeoDataFrame({"地块名称": ["甲 1"]}, geometry=[own], crs=4529)
    writing.write(frame, tmp_path / "own.txt", encoding="utf-8")
    assert text == (tmp_path / "own.txt").read_bytes()
    (tmp_path / "trial.txt").write_bytes(text)
    read = convert.plan(tmp_path / "trial.txt", tmp_path / "out.gpkg")
    [shape] = next(iter(read.layers.values())).geometry
    assert shape.normalize() == own.normalize()
    assert next(iter(read.layers.values())).crs.to_epsg() == 4529

    (tmp_path / "trial.geojson").write_bytes(downloaded(page, "甲 1", "trial.geojson"))
    read = gpd.read_file(tmp_path / "trial.geojson")
    assert read.loc[0, "name"] == "甲 1"
    assert read.loc[0, "area_m2"] == pytest.approx(own.area, abs=0.001)
    assert read.crs.to_epsg() == 4326
    assert read.to_crs(4529).geometry[0].hausdorff_distance(own) < 0.001


# --- side by side ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_trial_plots_stand_side_by_side(running, folder, lang):
    with open_map(folder / f"{lang}.html", running=running) as page:
        draw(page)
        page.locator("#lt-trial-floor_area_m2").fill("30000")
        keep(page, "A")
        one = shapely.Polygon(ring(page)).area
        said_of_one = page.locator('[data-rule="plot-ratio"] .lt-quiet').inner_text()
        page.locator('[data-do="trial.anew"]').click()
        for corner in ((420, 20), (560, 20), (560, 180), (420, 180)):
            click(page, *corner)
        page.keyboard.press("Enter")
        page.locator("#lt-trial-floor_area_m2").fill("100")
        keep(page, "B")
        other = shapely.Polygon(ring(page)).area
        compare = page.locator('[data-do="trial.compare"]')
        assert compare.is_disabled()

        for each in page.locator(".lt-kept-list input").all():
            each.check()
        compare.click()

        shown = page.locator("dialog.lt-trials")
        shown.wait_for()
        assert shown.locator("thead b").all_inner_texts() == ["A", "B"]
        rows = {
            row.locator("th").inner_text().removesuffix(" ≠"): row.locator("td").all_inner_texts()
            for row in shown.locator("tbody tr").all()
        }
        size = rows[translations.load(lang)("measure.area_m2")]
        assert [float(each.split()[0].replace(",", "")) for each in size] == pytest.approx(
            [one, other], abs=0.051)
        ratio = next(each for each in rows.values() if said_of_one in each[0])
        assert {"zh": "不符合", "en": "fail"}[lang] in ratio[1]
        assert {"zh": "不符合", "en": "fail"}[lang] not in ratio[0]
        met = [label for label in rows if "P-0" in label]
        assert any(rows[label][0] != "–" == rows[label][1] for label in met)
        assert any(rows[label][1] != "–" == rows[label][0] for label in met)
        page.screenshot(path=OUTPUT / f"trials-{lang}.png")


# --- for everybody --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_serious_in_the_tool_and_its_dialogs(running, folder, size):
    script = (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    with open_map(folder / "en.html", size=size, running=running) as page:
        page.evaluate("(at) => void landtrack.map.setView(at, 16, {animate: false})",
                      degrees(200, -150 if size == PHONE else 100))
        page.evaluate(script)
        found = []

        def look(where):
            told = page.evaluate("axe.run({resultTypes: ['violations']})")
            found.extend(
                (where, each["id"], node["target"], node["failureSummary"])
                for each in told["violations"] if each["impact"] in {"serious", "critical"}
                for node in each["nodes"]
            )

        draw(page)
        page.locator('[data-do="tool.next_corner"]').click()
        keep(page, "A")
        page.locator("#lt-trial-name").fill("B")
        page.locator('[data-do="trial.keep"]').click()
        page.locator('.lt-kept-list [data-name="B"]').wait_for()
        page.locator(".lt-more summary").first.click()
        look("tool")
        page.locator('[data-do="trial.remove"]').first.click()
        look("asking")
        page.keyboard.press("Escape")
        for each in page.locator(".lt-kept-list input").all():
            each.check()
        page.locator('[data-do="trial.compare"]').click()
        page.locator("dialog.lt-trials").wait_for()
        look("comparison")
        page.screenshot(path=OUTPUT / f"trials-beside-{size[0]}.png")
        page.keyboard.press("Escape")
        assert page.locator(".lt-tool-box").is_visible()  # Escape closed the dialog alone

        assert not found, "\n".join(map(str, found))
