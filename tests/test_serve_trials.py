"""Trial plots that are kept in a place: by name, whole or not at all, and never over another's."""

import json
import threading
from urllib.parse import quote

import browser
import desk_forms
import desks
import geopandas as gpd
import numpy as np
import pytest
import shapely
from builders import EAST, NORTH, Site, box

from landtrack.app import deliver, places, trials, vet
from landtrack.model.errors import OutputError

RING = [[500000.0, 4000000.0], [500100.125, 4000000.0], [500100.0, 4000080.0]]
TRIAL = {
    "name": "甲 1", "day": "2026-11-30", "crs": "EPSG:4529", "ring": RING,
    "figures": {"floor_area_m2": "2.5万"}, "chosen": {"industry-2017": "C13"},
}


@pytest.fixture
def park(tmp_path):
    """A place that nobody judged yet."""
    site = Site(tmp_path / "served" / "park 1")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    return site.folder


@pytest.fixture
def desk(park, tmp_path):
    with desks.desk(park, tmp_path / "state") as made:
        yield made


@pytest.fixture
def visitor(desk):
    return desk.visitor()


def sent(visitor, park, what, told, status=200):
    answer = visitor.ask(
        desks.of_place(park, f"/trials/{what}"), "POST",
        body=told if isinstance(told, bytes) else json.dumps(told).encode(),
        Content_Type="application/json",
    )
    assert answer.status == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    return json.loads(answer.text)


def kept(visitor, park):
    return json.loads(visitor.ask(desks.of_place(park, "/trials")).text)


def test_a_trial_plot_is_kept_in_one_file_of_the_place_that_no_run_reads(visitor, park):
    assert kept(visitor, park) == []
    made = sent(visitor, park, "keep", {"trial": TRIAL, "seen": ""})
    assert {**TRIAL, "mark": made["mark"]} == made
    assert kept(visitor, park) == [made]

    file = park / ".landtrack" / "trials.json"
    held = json.loads(file.read_text(encoding="utf-8"))
    assert held == {"format": 1, "trials": [made]}
    assert [each.name for each in file.parent.iterdir()] == ["trials.json"]  # nothing half
    before = file.read_bytes()
    result = vet.run(park, out=park / "build")
    assert set(result.layers["plots"].index) == {"A"}
    assert file.read_bytes() == before


def test_of_two_windows_the_second_is_shown_what_the_first_kept(visitor, park):
    first = sent(visitor, park, "keep", {"trial": TRIAL, "seen": ""})
    theirs = sent(visitor, park, "keep", {
        "trial": TRIAL | {"figures": {}, "day": "2026-12-01"}, "seen": first["mark"],
    })
    assert theirs["mark"] != first["mark"]

    for what, told in {
        "keep": {"trial": TRIAL, "seen": first["mark"]},
        "rename": {"name": TRIAL["name"], "to": "乙", "seen": first["mark"]},
        "remove": {"name": TRIAL["name"], "seen": first["mark"]},
    }.items():
        assert sent(visitor, park, what, told, 409) == {"name": TRIAL["name"], "theirs": theirs}
    assert sent(visitor, park, "keep", {"trial": TRIAL, "seen": ""}, 409)["theirs"] == theirs
    assert kept(visitor, park) == [theirs]

    sent(visitor, park, "remove", {"name": TRIAL["name"], "seen": theirs["mark"]})
    gone = sent(visitor, park, "keep", {"trial": TRIAL, "seen": theirs["mark"]}, 409)
    assert gone == {"name": TRIAL["name"], "theirs": None}
    assert kept(visitor, park) == []


def test_a_name_is_given_once_and_another_one_takes_its_figures_along(visitor, park):
    first = sent(visitor, park, "keep", {"trial": TRIAL, "seen": ""})
    other = sent(visitor, park, "keep", {"trial": TRIAL | {"name": "乙"}, "seen": ""})
    taken = sent(visitor, park, "rename", {
        "name": "乙", "to": TRIAL["name"], "seen": other["mark"],
    }, 409)
    assert "already" in taken["cause"]

    renamed = sent(visitor, park, "rename", {"name": "乙", "to": "丙", "seen": other["mark"]})

    assert renamed == {**other, "name": "丙", "mark": renamed["mark"]}
    assert kept(visitor, park) == sorted([first, renamed], key=lambda each: each["name"])


def ring(**changes):
    return TRIAL | changes


@pytest.mark.parametrize("told", [
    b"", b"{", b"\xff", b"[]", b"null", {"trial": TRIAL}, {"trial": TRIAL, "seen": "", "x": 1},
    {"trial": TRIAL, "seen": "m" * 41}, {"trial": ring(name=""), "seen": ""},
    {"trial": ring(name=" a"), "seen": ""}, {"trial": ring(name="a\u202eb"), "seen": ""},
    {"trial": ring(name="a\nb"), "seen": ""}, {"trial": ring(name="e\u0301"), "seen": ""},
    {"trial": ring(name="x" * 81), "seen": ""}, {"trial": ring(name=7), "seen": ""},
    {"trial": ring(day="yesterday"), "seen": ""},
    {"trial": ring(day="2026-11-30\n"), "seen": ""}, {"trial": ring(ring=RING[:2]), "seen": ""},
    {"trial": ring(ring=RING * 667), "seen": ""}, {"trial": ring(ring=[[1, 2, 3]] * 3), "seen": ""},
    {"trial": ring(ring=[[1e10, 0], [0, 0], [1, 1]]), "seen": ""},
    {"trial": ring(figures={"floor_area_m2": "9" * 61}), "seen": ""},
    {"trial": ring(figures={str(at): "1" for at in range(21)}), "seen": ""},
    {"trial": ring(chosen={"a": 1}), "seen": ""},
    b'{"trial": {"ring": [[NaN, 0], [0, 0], [1, 1]]}, "seen": ""}',
    json.dumps({"trial": ring(name="a\ud800"), "seen": ""}).encode(),
    json.dumps({"trial": TRIAL, "seen": ""}).encode("utf-16"),
])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_no_trial_plot_is_refused_in_words_and_nothing_is_kept(desk, park, told, lang):
    visitor = desk.visitor(lang)

    refused = sent(visitor, park, "keep", told, 409)

    assert set(refused) == {"cause", "mend"}
    assert ("no trial plot" in refused["cause"]) == (lang == "en")
    assert kept(visitor, park) == []
    assert not trials.where(park).exists()


@pytest.mark.parametrize("what", ["rename", "remove"])
@pytest.mark.parametrize("told", [b"", b"{}", {"name": "x" * 100, "to": "y", "seen": ""}])
def test_nothing_is_changed_by_what_says_nothing(visitor, park, what, told):
    sent(visitor, park, "keep", {"trial": TRIAL, "seen": ""})
    assert "no trial plot" in sent(visitor, park, what, told, 409)["cause"]
    assert len(kept(visitor, park)) == 1


def test_no_trial_plot_of_that_name_is_renamed_to_nothing(visitor, park):
    assert sent(visitor, park, "rename", {"name": "none", "to": "x", "seen": ""}, 409) == {
        "name": "none", "theirs": None,
    }
    made = sent(visitor, park, "keep", {"trial": TRIAL, "seen": ""})
    for to in ("", " ", "a\tb"):
        told = sent(visitor, park, "rename", {
            "name": TRIAL["name"], "to": to, "seen": made["mark"],
        }, 409)
        assert "cause" in told


@pytest.mark.parametrize("text", [
    "", "{", "[]", '{"format": 2, "trials": []}', '{"format": 1, "trials": [{"name": "x"}]}',
    '{"format": 1, "trials": [], "more": 1}',
])
def test_a_file_that_somebody_changed_by_hand_is_told_and_not_written_over(visitor, park, text):
    file = park / ".landtrack" / "trials.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")

    refused = sent(visitor, park, "keep", {"trial": TRIAL, "seen": ""}, 409)

    assert "holds no trial plots" in refused["cause"]
    assert visitor.ask(desks.of_place(park, "/trials")).status == 409
    assert file.read_text(encoding="utf-8") == text


def test_where_the_disk_takes_nothing_what_was_kept_stays(visitor, park, monkeypatch):
    made = sent(visitor, park, "keep", {"trial": TRIAL, "seen": ""})

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(trials.whole_file.os, "fsync", full)
    refused = sent(visitor, park, "keep", {"trial": TRIAL | {"name": "乙"}, "seen": ""}, 409)

    assert "disk is full" in refused["cause"]
    assert kept(visitor, park) == [made]
    assert [each.name for each in trials.where(park).parent.iterdir()] == ["trials.json"]


def test_of_many_that_keep_at_once_none_is_lost(park):
    def one(number):
        drawn = trials.Drawn(**{**TRIAL, "name": f"T{number}"})
        trials.keep(park, drawn, "")

    threads = [threading.Thread(target=one, args=(number,)) for number in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(trials.listed(park)) == 20


def test_as_many_are_kept_as_a_place_keeps(park, monkeypatch):
    monkeypatch.setattr(trials, "MOST", 2)
    first = trials.keep(park, trials.Drawn(**TRIAL), "")
    trials.keep(park, trials.Drawn(**TRIAL | {"name": "2"}), "")
    with pytest.raises(OutputError, match="as many as a place keeps"):
        trials.keep(park, trials.Drawn(**TRIAL | {"name": "3"}), "")
    trials.keep(park, trials.Drawn(**TRIAL), first.mark)


def test_those_of_the_demo_place_lie_among_its_outputs(tmp_path, monkeypatch):
    from landtrack.model import catalog

    monkeypatch.chdir(tmp_path)
    demo = catalog.demo_place()
    trials.keep(demo, trials.Drawn(**TRIAL), "")

    assert trials.where(demo) == places.out_of(demo) / "trials.json"
    assert (tmp_path / "build" / "trials.json").is_file()
    assert [each.name for each in trials.listed(demo)] == [TRIAL["name"]]


def test_a_link_that_leads_out_of_the_place_is_not_followed(park, tmp_path, visitor):
    out = tmp_path / "elsewhere"
    out.mkdir()
    (park / ".landtrack").symlink_to(out)

    refused = sent(visitor, park, "keep", {"trial": TRIAL, "seen": ""}, 409)

    assert "leads out" in refused["cause"]
    assert list(out.iterdir()) == []


# --- outlines of files ----------------------------------------------------------------------------


def drawn_file(shape, **fields):
    made = gpd.GeoDataFrame({key: [each] for key, each in fields.items()}, geometry=[shape],
                            crs=4529)
    return made.to_crs(4326).to_json(drop_id=True, to_wgs84=False).encode()


def brought(visitor, park, name, data, **fields):
    """Bring a file and wait for what was read of it."""
    answer = desk_forms.send_files(
        visitor, desks.of_place(park, "/trials/bring"), [(name, data)], **fields
    )
    assert answer.status == 200, answer.text
    number = json.loads(answer.text)["job"]
    told = {}

    def ended():
        own = visitor.ask(desks.of_place(park, f"/trials/brought/{number}"))
        told.update(json.loads(own.text))
        return told["state"] not in ("waiting", "working")

    desks.until(ended)
    return number, told


def test_a_file_is_read_as_a_job_and_its_outlines_given(visitor, park):
    shape = box(10, 10, 110, 60)

    number, told = brought(visitor, park, "outline.geojson", drawn_file(shape, name="甲"))

    assert told["state"] == "done"
    [outline] = told["found"]["outlines"]
    assert told["found"]["crs"] == "EPSG:4529"
    assert outline["name"] == "outline · 1 · 甲"
    assert shapely.Polygon(outline["ring"]).normalize().equals_exact(shape.normalize(), 0.002)
    assert "Outlines of a file" in visitor.ask(f"/jobs/{number}").text
    assert not list(park.glob("outline*"))  # it is no file of the place


@pytest.mark.parametrize(("name", "data", "said"), [
    ("a.geojson", b"{", "a.geojson"), ("a.zip", b"PK\3\4", "a.zip"),
    ("--save=x.geojson", b"{}", "x.geojson"),
])
def test_a_file_that_is_not_read_is_refused_in_the_words_of_the_reader(
    visitor, park, name, data, said
):
    _, told = brought(visitor, park, name, data)

    assert told["state"] == "refused"
    assert told["found"] is None
    assert said in told["said"]
    assert "Mend" in told["said"]


def test_what_is_no_form_with_one_file_is_refused_and_a_job_of_another_kind_is_none(
    visitor, park
):
    here = desks.of_place(park, "/trials/bring")
    for answer in (
        visitor.ask(here, "POST", body=b"x"), desk_forms.send_files(visitor, here, []),
        desk_forms.send_files(visitor, here, [("a.txt", b"1"), ("b.txt", b"2")]),
    ):
        assert answer.status == 409
        assert set(json.loads(answer.text)) == {"cause", "mend"}
    asked = visitor.ask(desks.of_place(park, "/run"), "POST")
    number = asked.headers["location"].rpartition("/")[2]
    for each in (number, "999", "x", "9" * 40):
        assert visitor.ask(desks.of_place(park, f"/trials/brought/{each}")).status == 404


# --- in the browser -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def running():
    with browser.browser() as made:
        yield made


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A desk that serves a place that was judged, and its folder."""
    own = tmp_path_factory.mktemp("shown")
    site = Site(own / "park 2")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    vet.run(site.folder, out=site.folder / "build")
    with desks.desk(site.folder, own / "state") as made:
        yield made, site.folder


@pytest.fixture
def opened(shown, running):
    """Open the map of the place in the desk, in which nothing is kept yet."""
    desk, place = shown
    trials.where(place).unlink(missing_ok=True)
    pages = []

    def at(lang="en"):
        context = running.new_context(viewport={"width": 1366, "height": 768})
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.said = []
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto(f"http://127.0.0.1:{desk.port}{desks.of_place(place, '/map.html')}"
                  f"?token={quote(desk.keys.token())}&lang={lang}")
        browser.until(page, browser.READY)
        page.locator('[data-tool="trial"]').click()
        pages.append(page)
        return page

    yield at
    for page in pages:
        assert page.said == []
        page.context.close()


def ring_of(page):
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.evaluate("landtrack.app.trial.ring")


def chosen_file(page, name, data):
    page.locator(".lt-bring summary").click()
    page.locator("#lt-trial-file").set_input_files(
        {"name": name, "mimeType": "application/json", "buffer": data}
    )
    page.locator('[data-do="trial.read"]').click()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_outline_out_of_a_file_becomes_a_trial_plot_that_everybody_in_the_desk_sees(
    opened, lang
):
    shape = box(120, 10, 240, 60)
    page = opened(lang)
    chosen_file(page, "甲.geojson", drawn_file(shape, name="一号"))
    page.locator('[data-do="trial.begin_with"]').click(timeout=240_000)

    assert shapely.Polygon(ring_of(page)).normalize().equals_exact(shape.normalize(), 0.002)
    page.locator("#lt-trial-fixed_investment_cny").fill("1亿")
    page.locator("#lt-trial-name").fill("甲")
    page.locator('[data-do="trial.keep"]').click()
    page.locator('.lt-kept-list [data-name="甲"]').wait_for()
    page.screenshot(path=f"tests/output/served-trial-{lang}.png")

    other = opened()
    other.locator(".lt-kept-list .lt-open").click()
    assert ring_of(other) == ring_of(page)
    assert other.locator("#lt-trial-fixed_investment_cny").input_value() == "1亿"


def test_a_file_that_is_no_outline_is_told_in_its_words(opened):
    page = opened()
    chosen_file(page, "bad.geojson", b"{")

    page.locator(".lt-bring .lt-told", has_text="Mend").wait_for(timeout=240_000)
    assert "bad.geojson" in page.locator(".lt-bring .lt-told").inner_text()


def test_two_windows_of_the_desk_do_not_write_over_each_other(opened, shown):
    park = shown[1]
    drawn = trials.keep(park, trials.Drawn(
        name="both", day="2026-11-30", crs="EPSG:4529", figures={}, chosen={},
        ring=[(EAST + x, NORTH + y) for x, y in ((0, 200), (100, 200), (100, 300))],
    ), "")
    page = opened()
    page.locator(".lt-kept-list .lt-open").click()
    trials.keep(park, trials.Drawn(
        name="both", day="2026-11-30", crs="EPSG:4529", figures={}, chosen={},
        ring=[(EAST + x, NORTH + y) for x, y in ((0, 200), (100, 200), (100, 280))],
    ), drawn.mark)
    page.locator('[data-do="trial.keep"]').click()

    asked = page.locator("dialog.lt-ask")
    asked.wait_for()
    cells = asked.locator("tbody tr").first.locator("td").all_inner_texts()
    assert [each.split(" ")[0] for each in cells] == ["5,000.0", "4,000.0"]
    asked.locator('[data-do="trial.open_theirs"]').click()
    assert len(ring_of(page)) == 3
    assert ring_of(page)[2][1] == NORTH + 280


def test_a_plot_draft_waits_among_the_files_and_is_judged_when_the_catalog_names_it(opened, shown):
    park = shown[1]
    corners = [(120, 10), (320, 10), (320, 110), (120, 110)]
    trials.keep(park, trials.Drawn(
        name="P 9", day="2026-11-30", crs="EPSG:4529", chosen={},
        figures={"fixed_investment_cny": "5000万", "floor_area_m2": "24000"},
        ring=[(EAST + x, NORTH + y) for x, y in corners],
    ), "")
    page = opened()
    page.locator(".lt-kept-list .lt-open").click()
    rows = {
        each.get_attribute("data-rule"): each.locator(".lt-badge").inner_text().split()[-1]
        for each in page.locator(".lt-trial-rule").all()
    }
    page.locator(".lt-more summary").click()
    page.locator('[data-do="trial.draft"]').click()
    page.get_by_text("handed over to the place").wait_for()

    file = park / "plot-draft P 9.geojson"
    assert file.is_file()
    result = vet.run(park, out=park / "build")
    assert set(result.layers["plots"].index) == {"A"}  # nothing took it in
    page.get_by_text("To the files").click()
    page.wait_for_url("**/files")
    assert f"{file.name}: taken in" in page.content()

    before = file.read_bytes()
    trials_now = trials.listed(park)[0]
    trials.keep(park, trials.Drawn(**{
        **{name: getattr(trials_now, name) for name in trials.Drawn.__struct_fields__},
        "figures": {},
    }), trials_now.mark)
    again = opened()
    again.locator(".lt-more summary").click()
    again.locator('[data-do="trial.draft"]').click()
    again.get_by_text("handed over to the place").wait_for()
    assert file.read_bytes() == before  # it waits as the next delivery
    assert [each.main for each in deliver.deliveries(park)] == [file.name]

    catalog = park / "catalog.toml"
    catalog.write_text(catalog.read_text(encoding="utf-8").replace(
        "plots.geojson", file.name), encoding="utf-8")
    result = vet.run(park, out=park / "build")
    plot = result.layers["plots"].loc["P 9"]
    assert np.allclose(np.array(plot.geometry.exterior.coords)[:-1],
                       [(EAST + x, NORTH + y) for x, y in corners], atol=1e-6)
    assert plot["fixed_investment_cny"] == 50_000_000
    judged = result.findings.set_index("rule")["outcome"]
    assert judged["investment-intensity"] == rows["investment-intensity"] == "pass"
