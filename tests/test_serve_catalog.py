"""The desk shows the catalog as forms: what is typed is in the file, or the page says why not."""

import re
import tomllib
from html import unescape

import browser
import desk_forms
import desks
import geopandas as gpd
import pytest
from builders import Site, box
from hypothesis import HealthCheck, given, settings, strategies as st

from landtrack.app import draft_catalog, edit_catalog, places, vet
from landtrack.cli.main import main
from landtrack.model import catalog
from landtrack.server import catalogs


@pytest.fixture
def place(tmp_path):
    """A desk of a place of one plot, with its folder and a visitor."""
    site = Site(tmp_path / "park")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    with desks.desk(site.folder, tmp_path / "state") as made:
        yield made, site, made.visitor()


def stated(site):
    return tomllib.loads((site.folder / "catalog.toml").read_text(encoding="utf-8"))


def test_every_part_that_is_sent_back_untouched_changes_nothing(place):
    _, site, visitor = place
    before = (site.folder / "catalog.toml").read_bytes()
    here = desks.of_place(site.folder, "/catalog/part/")

    for part in edit_catalog.read(site.folder).parts():
        page = visitor.ask(here + part.id)
        sent = desk_forms.send(visitor, here + part.id, desk_forms.inputs(page))
        assert (page.status, sent.status) == (200, 303)

    assert (site.folder / "catalog.toml").read_bytes() == before


def test_what_is_typed_is_in_the_catalog_and_one_can_go_back(place):
    _, site, visitor = place
    here = desks.of_place(site.folder, "/catalog")
    before = (site.folder / "catalog.toml").read_bytes()
    form = desk_forms.inputs(visitor.ask(f"{here}/part/basis"))

    sent = desk_forms.send(visitor, f"{here}/part/basis", form | {"area_tolerance": "0.05"})
    page = visitor.follow(sent.headers["location"])
    now = stated(site)
    version = edit_catalog.versions(site.folder)[0].id
    desk_forms.send(visitor, f"{here}/restore", {
        "seen": edit_catalog.read(site.folder).sha256, "version": version,
    })

    assert now["basis"]["area_tolerance"] == 0.05
    assert "What it was before" in page.seen
    assert (site.folder / "catalog.toml").read_bytes() == before


def test_a_change_that_is_refused_says_why_and_keeps_what_was_typed(place):
    _, site, visitor = place
    here = desks.of_place(site.folder, "/catalog/part/place")
    form = desk_forms.inputs(visitor.ask(here)) | {
        "rules": "no-such-pack", "title.en": "typed <b>",
    }

    answer = desk_forms.send(visitor, here, form)

    assert answer.status == 409
    assert "This was not saved" in answer.seen
    assert "no-such-pack" in answer.seen
    assert desk_forms.inputs(answer)["title.en"] == "typed <b>"
    assert stated(site)["place"].get("rules") != "no-such-pack"


WRONG = {
    "fields.land_area_m2.unit": ("banana", "does not convert", "公顷"),
    "crs": ("EPSG:999999", "no coordinate reference system", "EPSG:4529"),
    "path": ("gone.geojson", "There is no file gone.geojson", "plots.geojson"),
    "encoding": ("latin-banana", "no encoding", "gb18030"),
    "values.stage.0.value": ("banana", "none of what may be chosen", "under_construction"),
    "valid_from": ("soon", "is no day", "2006-12-31"),
}


def test_what_cannot_stand_is_refused_beside_where_it_is_typed_all_at_once(place):
    _, site, visitor = place
    here = desks.of_place(site.folder, "/catalog/part/layer-1")
    before = (site.folder / "catalog.toml").read_bytes()
    form = desk_forms.inputs(visitor.ask(here)) | {"values.stage.0.key": "x"}

    told = desk_forms.send(
        visitor, here, form | {name: typed for name, (typed, _, _) in WRONG.items()}
    )
    looked_at = desk_forms.send(visitor, f"{here}/preview", form | {"encoding": "latin-banana"})
    chinese = visitor.ask(f"{here}?lang=zh") and desk_forms.send(
        visitor, here, form | {"fields.land_area_m2.unit": "banana"}
    )

    for name, (typed, why, mend) in WRONG.items():
        beside = re.search(rf'id="{re.escape(name)}-why">(.*?)</p>', told.text)[1]
        assert why in beside
        assert mend in beside
        if name != "values.stage.0.value":  # of a list
            assert desk_forms.inputs(told)[name] == typed
    assert told.status == looked_at.status == 409
    assert f"{len(WRONG)} of what was typed cannot stand" in told.seen
    listed = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', told.text)
    assert {name for name, _ in listed} == set(WRONG)
    assert dict(listed)["encoding"] == "Encoding of its text"
    assert dict(listed)["fields.land_area_m2.unit"] == "Unit of Land area (declared)"
    assert "不能换算" in chinese.text
    assert (site.folder / "catalog.toml").read_bytes() == before


GUESSED = """
[[layer]]
kind = "roads"   # guess: called 'roads'
path = "roads.geojson"
# guess: values.class."干道" = "main", a word for it
[layer.fields]
road_id = "编号"   # guess: a name that this field often has
# guess: unit = "m", read from the heading
width_m = { column = "宽（m）", unit = "m" }   # guess: a name that this field often has
"""


@pytest.fixture
def guessed(place):
    _, site, visitor = place
    path = site.folder / "catalog.toml"
    text = path.read_text("utf-8")
    path.write_text(text + GUESSED, "utf-8", newline="\n")
    part = f"layer-{(text + GUESSED).count('[[layer]]')}"
    return site, visitor, part, desks.of_place(site.folder, "/catalog")


def test_every_guess_of_a_part_is_marked_at_its_own_input_with_why(guessed):
    site, visitor, part, here = guessed
    page = visitor.ask(f"{here}/part/{part}")
    before = tomllib.loads((site.folder / "catalog.toml").read_text("utf-8"))

    assert page.text.count(">guessed</span>") == 5
    for own, why in (("road_id.column", "a name that"), ("width_m.unit", "read from the heading")):
        cell = page.text.partition(f'id="fields.{own}"')[2].partition("</td>")[0]
        assert ">guessed</span>" in cell
        assert why in cell
    assert "Guesses to look at: 5" in visitor.ask(here).seen
    assert "Guesses to look at: 5" in visitor.ask(desks.of_place(site.folder)).seen
    assert stated(site) == before


@pytest.mark.parametrize(("typed", "left"), [
    ({}, 5), ({"all": "1"}, 0), ({"right": 1}, 4), ({"fields.width_m.unit": "km"}, 4),
    ({"fields.width_m.unit": "km", "right": 1}, 3),
])
def test_a_guess_is_confirmed_by_its_tick_by_all_shown_or_by_being_changed(guessed, typed, left):
    site, visitor, part, here = guessed
    form = desk_forms.inputs(visitor.ask(f"{here}/part/{part}"))
    before = stated(site)
    if "right" in typed:
        typed = typed | {"right": edit_catalog.read(site.folder).guesses()[0].line}

    sent = desk_forms.send(visitor, f"{here}/part/{part}", form | typed)

    assert sent.status == 303
    assert len(edit_catalog.read(site.folder).guesses()) == left
    assert (stated(site) == before) == ("fields.width_m.unit" not in typed)
    page = visitor.ask(here)
    assert ("Guesses to look at" in page.seen) == (left > 0)


def test_the_form_is_in_plain_words_and_the_key_stays_visible(place):
    _, site, visitor = place
    for part, said in (("place", "园区名称 (中文) title.zh"), ("basis", "申报的 (declared)"),
                       ("layer-1", "先北后东 (north_east)")):
        page = visitor.ask(desks.of_place(site.folder, f"/catalog/part/{part}?lang=zh"))
        assert said in page.seen
        assert "= …" not in page.seen
        assert "landtrack help" not in page.seen


def test_rule_packs_are_chosen_from_those_that_there_are_with_their_limits(place):
    _, site, visitor = place
    here = desks.of_place(site.folder, "/catalog/part/place")
    page = visitor.ask(here)
    form = desk_forms.inputs(page)

    both = desk_forms.send(visitor, here, form | {"pack.cn-2008": "yes"})
    then = stated(site)["place"]["rules"]
    one = desk_forms.inputs(visitor.ask(here))
    del one["pack.x-park-2006"]
    desk_forms.send(visitor, here, one)
    left = stated(site)["place"]["rules"]
    typed = desk_forms.send(visitor, here, desk_forms.inputs(visitor.ask(here)) | {
        "rules": "no-such-pack",
    })

    for said in ("Investment intensity", "≥ 2,500 CNY/m²", "一（二）2", "in force since 2006"):
        assert said in page.seen
    assert form["pack.x-park-2006"] == "yes"
    assert form["rules"] == ""
    assert both.status == 303
    assert then == ["x-park-2006", "cn-2008"]
    assert left == ["cn-2008"]
    assert typed.status == 409
    assert desk_forms.inputs(typed)["rules"] == "no-such-pack"
    assert desk_forms.inputs(typed)["pack.cn-2008"] == "yes"


@pytest.mark.parametrize(("part", "name", "typed", "mend"), [
    ("place", "crs", "EPSG:4326", "projected CRS in metres"),
    ("place", "events.encoding", "base64", "gb18030"),
    ("transformation-new", "from", "EPSG:nowhere", "EPSG:4529"),
    ("place", "rules", "no-such-pack", "x-park-2006"),
])
def test_each_part_says_what_may_be_written_in_it(place, part, name, typed, mend):
    _, site, visitor = place
    here = desks.of_place(site.folder, f"/catalog/part/{part}")
    told = desk_forms.send(visitor, here, desk_forms.inputs(visitor.ask(here)) | {name: typed})

    assert told.status == 409
    assert mend in re.search(rf'id="{re.escape(name)}-why">(.*?)</p>', told.text)[1]


@pytest.fixture(scope="module")
def seen_place(tmp_path_factory):
    """A desk of a place whose files were looked at, one of them a ledger below a title."""
    site = Site(tmp_path_factory.mktemp("served") / "park")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    (site.folder / "ledger.csv").write_text("title\n\nkey,company\nA,Works\n", "utf-8")
    with desks.desk(site.folder, tmp_path_factory.mktemp("state")) as made:
        main(["inspect", str(site.folder), "--save", str(made.home.seen(site.folder))],
             standalone_mode=False)
        yield site, made.visitor()


@pytest.mark.usefixtures("read_here")
@pytest.mark.parametrize(("part", "typed", "at", "why", "mend"), [
    ("layer-1", {"fields.company.column": "Firma"}, "fields.company.column", "no column",
     "plot_id"),
    ("layer-1", {"where.0.key": "Firma", "where.0.value": "x"}, "where.0.key", "no column",
     "plot_id"),
    ("layer-1", {"ledger.path": "ledger.csv", "ledger.key": "nr", "ledger.on": "plot_id"},
     "ledger.key", "no column", "company"),
    ("layer-1", {"ledger.path": "ledger.csv", "ledger.key": "key", "ledger.on": "plot_id",
                 "ledger.fields.company.column": "company", "ledger.header_row": "9"},
     "ledger.header_row", "has no row 9: its last is 4", "row that names the columns"),
    ("layer-1", {"ledger.path": "ledger.csv", "ledger.key": "key", "ledger.on": "plot_id",
                 "ledger.fields.company.column": "company", "ledger.header_row": "0"},
     "ledger.header_row", "no number of a row", "from 1"),
    ("layer-1", {"constants.0.key": "colour", "constants.0.value": "x"}, "constants.0.key",
     "none of the fields", "company"),
    ("layer-1", {"constants.0.key": "stage", "constants.0.value": "x"}, "constants.0.value",
     "none of what may be chosen", "under_construction"),
    ("layer-1", {"constants.0.key": "fixed_investment_cny", "constants.0.value": "much"},
     "constants.0.value", "no number", "digits"),
    ("place", {"time_zone": "Shanghai"}, "time_zone", "no time zone", "Asia/Shanghai"),
    ("place", {"time_zone": "Mars/Olympus"}, "time_zone", "no time zone", "Asia/Shanghai"),
])
def test_what_is_not_there_is_refused_at_its_own_input_and_what_was_typed_stays(
    seen_place, part, typed, at, why, mend
):
    site, visitor = seen_place
    before = (site.folder / "catalog.toml").read_bytes()
    here = desks.of_place(site.folder, f"/catalog/part/{part}")

    told = desk_forms.send(visitor, here, desk_forms.inputs(visitor.ask(here)) | typed)

    assert told.status == 409
    beside = re.search(rf'id="{re.escape(at)}-why">(.*?)</p>', told.text)[1]
    assert why in beside
    assert mend in beside
    assert desk_forms.inputs(told)[at] == typed[at]
    assert (site.folder / "catalog.toml").read_bytes() == before


@pytest.mark.usefixtures("read_here")
@pytest.mark.parametrize("typed", [
    {"constants.0.key": "stage", "constants.0.value": "under_construction"},
    {"ledger.path": "ledger.csv", "ledger.key": "KEY", "ledger.on": "plot_id",
     "ledger.fields.company.column": "company", "ledger.header_row": "3"},
    {"ledger.path": "ledger.csv", "ledger.key": " key", "ledger.on": "plot_id",
     "ledger.fields.company.column": "company"},
])
def test_what_is_there_is_saved(seen_place, typed):
    site, visitor = seen_place
    path = site.folder / "catalog.toml"
    before = path.read_bytes()
    here = desks.of_place(site.folder, "/catalog/part/layer-1")

    sent = desk_forms.send(visitor, here, desk_forms.inputs(visitor.ask(here)) | typed)
    path.write_bytes(before)

    assert sent.status == 303, sent.seen


@pytest.mark.parametrize(("name", "typed"), [
    ("fields.land_area_m2.unit", "亩"), ("fields.land_area_m2.unit", "?"), ("crs", "GCJ-02"),
    ("crs", "EPSG:4326"), ("encoding", "GBK"),
])
def test_what_can_stand_is_saved(place, name, typed):
    _, site, visitor = place
    here = desks.of_place(site.folder, "/catalog/part/layer-1")
    form = desk_forms.inputs(visitor.ask(here)) | {"fields.land_area_m2.column": "land_area_m2"}

    assert desk_forms.send(visitor, here, form | {name: typed}).status == 303
    assert typed in (site.folder / "catalog.toml").read_text(encoding="utf-8")


def test_a_catalog_that_was_changed_by_hand_meanwhile_is_told_and_nothing_is_lost(place):
    _, site, visitor = place
    here = desks.of_place(site.folder, "/catalog/part/place")
    form = desk_forms.inputs(visitor.ask(here)) | {"title.en": "Mine"}
    path = site.folder / "catalog.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# by hand\n[basis]\n" * (
        "[basis]" not in path.read_text(encoding="utf-8")
    ) + "# by hand\n", encoding="utf-8")

    told = desk_forms.send(visitor, here, form)
    between = path.read_text(encoding="utf-8")
    again = desk_forms.send(visitor, here, desk_forms.inputs(told))

    assert told.status == 409
    assert "changed meanwhile" in told.seen
    assert "now in the catalog:" in told.seen
    assert "Mine" not in between
    assert again.status == 303
    assert stated(site)["place"]["title"]["en"] == "Mine"
    assert "# by hand" in path.read_text(encoding="utf-8")


def test_a_catalog_that_is_no_toml_is_shown_with_what_to_do(place):
    _, site, visitor = place
    (site.folder / "catalog.toml").write_text("[place\n", encoding="utf-8")

    page = visitor.ask(desks.of_place(site.folder, "/catalog"))

    assert page.status == 200
    assert "The catalog is wrong" in page.seen
    assert "What to do:" in page.seen


@pytest.mark.parametrize("part", ["layer-9", "nowhere", "layer-0", "place-new", "layer--1"])
def test_there_is_no_other_part(place, part):
    _, site, visitor = place

    assert visitor.ask(desks.of_place(site.folder, f"/catalog/part/{part}")).status == 404


def test_the_catalog_of_the_demo_place_is_not_changed(tmp_path):
    demo = catalog.demo_place()
    with desks.desk(demo, tmp_path / "state") as made:
        visitor = made.visitor()
        here = desks.of_place(demo, "/catalog/part/place")
        page = visitor.ask(here)
        sent = desk_forms.send(visitor, here, desk_forms.inputs(page) | {"id": "other"})

    assert page.status == 200
    assert "The demo place is not changed" in page.seen
    assert sent.status == 409


@settings(deadline=None, max_examples=60,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_form_says_is_answered(place, data):
    _, site, visitor = place
    here = desks.of_place(site.folder, "/catalog")
    path = data.draw(st.sampled_from([
        "/part/place", "/part/basis", "/part/layer-1", "/part/layer-new", "/part/override-new",
        "/part/layer-1/remove", "/confirm", "/restore",
    ]))
    names = st.sampled_from([
        "seen", "right", "all", "version", "kind", "path", "rules", "title.en", "area_tolerance",
        "fields.plot_id.column", "values.stage.0.key", "values.stage.0.value", "threshold",
    ]) | st.text(max_size=8)
    form = data.draw(st.lists(st.tuples(names, st.text(max_size=12)), max_size=6))
    if data.draw(st.booleans()):
        form.append(("seen", edit_catalog.read(site.folder).sha256))

    answer = desk_forms.send(visitor, here + path, form)

    assert answer.status in (303, 404, 409)
    assert edit_catalog.read(site.folder).fault is None


def test_a_planner_gets_from_odd_files_to_a_judged_place_in_seven_clicks(tmp_path):
    """In a real browser: the dialog of the files is one click, each button another."""
    site = Site(tmp_path / "made")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    (site.folder / "catalog.toml").unlink()
    (tmp_path / "home").mkdir()
    clicks = 0
    with desks.desk(tmp_path / "home", tmp_path / "state") as made:
        address = f"http://127.0.0.1:{made.port}/?token={made.keys.token()}&lang=zh"
        with browser.open_served(address) as page:
            page.set_input_files("#folder", str(site.folder))
            for button, then in [
                ("form.drop button", "button[form=draft]"),
                ("button[form=draft]", "a[href$='/catalog']"),
                ("a[href$='/catalog']", "button[name=all]"),
                ("button[name=all]", "form[action$='/run'] button"),
                ("form[action$='/run'] button", ".state.done"),
                ("main a.button", ".verdicts"),
            ]:
                page.click(button)
                clicks += 1
                page.wait_for_selector(then, timeout=120_000)
                page.wait_for_load_state("load")

    assert places.known("made", tmp_path / "home" / "made").run is not None
    assert 1 + clicks == 7


@pytest.fixture
def silent(tmp_path):
    """A desk of a place none of whose files says its reference system, drafted and inspected."""
    folder = tmp_path / "park"
    folder.mkdir()
    gpd.GeoDataFrame(
        {"plot_id": ["A"], "land_area_m2": [1.5]}, geometry=[box(0, 0, 100, 100)]
    ).to_parquet(folder / "plots.parquet")
    draft_catalog.init(folder)
    with desks.desk(folder, tmp_path / "state") as made, desks.jobs_here():
        visitor = made.visitor()
        visitor.ask(desks.of_place(folder, "/inspect"), "POST")
        files = desks.of_place(folder, "/files")
        desks.until(lambda: 'data-news="' not in visitor.ask(files).text)
        yield folder, visitor


@pytest.mark.usefixtures("read_here")
def test_where_no_file_says_its_reference_system_each_reading_is_a_map_to_choose(silent):
    folder, visitor = silent
    here = desks.of_place(folder, "/catalog/part/place")
    page = visitor.ask(here)
    form = desk_forms.inputs(page)

    untouched = desk_forms.send(visitor, here, form)
    before = stated_in(folder)["place"]["crs"]
    desk_forms.send(visitor, desks.of_place(folder, "/catalog/confirm"), {
        "seen": seen(folder), "all": "1"})
    asked = visitor.ask(desks.of_place(folder, "/catalog"))  # nothing is right where nothing stands
    sent = desk_forms.send(visitor, here, form | {"reading": "EPSG:4529", "seen": seen(folder)})
    text = (folder / "catalog.toml").read_text("utf-8")
    guesses = visitor.ask(desks.of_place(folder, "/catalog"))
    again = visitor.ask(here)

    assert "Ways to read the coordinates: 4" in page.seen
    assert page.text.count('type="radio"') == 1 + 4
    assert page.text.count('<figure class="small">') == 4
    assert form["reading"] == ""  # nothing is chosen for anybody
    assert (untouched.status, before) == (303, "EPSG:????")
    assert "asked: nobody could say it yet" in asked.seen
    assert 'href="' + here + '#crs"' in asked.text
    assert sent.status == 303
    assert 'crs = "EPSG:4529" # guess: chosen on the map (CGCS2000 / 3-degree Gauss-Kruger' in text
    assert "guess: chosen on the map" in guesses.seen
    assert "in the catalog" in again.seen


@pytest.mark.usefixtures("read_here")
def test_a_file_that_nothing_is_read_from_is_named_with_the_ways_to_take_it(silent):
    folder, visitor = silent
    (folder / "台账.csv").write_text("项目编号,总投资\nXM-1,5\n", encoding="utf-8")
    visitor.ask(desks.of_place(folder, "/inspect"), "POST")
    files = desks.of_place(folder, "/files")
    desks.until(lambda: 'data-news="' not in visitor.ask(files).text)

    part = visitor.ask(desks.of_place(folder, "/catalog")).text.partition('id="unused"')[2]
    part = part.partition("</section>")[0]

    assert re.findall(r"<li>(\S+)", part) == ["台账.csv"]  # the plots are read from the other one
    assert "项目编号, 总投资" in part
    assert '/catalog/part/layer-1#ledger.path"' in part
    assert '/catalog/part/layer-new"' in part


@pytest.mark.usefixtures("read_here")
def test_a_reading_that_was_chosen_stays_a_guess_until_it_is_confirmed(silent):
    folder, visitor = silent
    here = desks.of_place(folder, "/catalog")
    part = f"{here}/part/layer-1"
    form = desk_forms.inputs(visitor.ask(part)) | {"reading": "EPSG:2365"}

    desk_forms.send(visitor, part, form)
    (guess,) = (each for each in edit_catalog.read(folder).remarks() if each.key == "crs"
                and each.part == "layer-1" and each.guess)
    desk_forms.send(visitor, f"{here}/confirm", {"seen": seen(folder), "right": guess.line})
    left = [each for each in edit_catalog.read(folder).remarks() if each.part == "layer-1"]

    assert stated_in(folder)["layer"][0]["crs"] == "EPSG:2365"
    assert not [each for each in left if each.key == "crs" and each.guess]
    assert any(each.text.startswith("found right: chosen on the map") for each in left)


@pytest.mark.usefixtures("read_here")
def test_a_reading_that_was_not_shown_is_not_taken(silent):
    folder, visitor = silent
    here = desks.of_place(folder, "/catalog/part/layer-1")
    form = desk_forms.inputs(visitor.ask(here)) | {"reading": "EPSG:4326 <b>"}
    before = (folder / "catalog.toml").read_bytes()

    answer = desk_forms.send(visitor, here, form)

    assert answer.status == 409
    assert "none of the ways in which the coordinates can be read" in answer.seen
    assert (folder / "catalog.toml").read_bytes() == before


def test_a_unit_is_shown_with_what_a_cell_comes_to_in_it():
    assert catalogs._amount("1,250.5", "万元", "CNY") == "12,505,000"
    assert catalogs._amount("1250", "CNY", "CNY") == ""
    assert catalogs._amount("twelve", "万元", "CNY") == ""
    assert catalogs._amount("12", "?", "CNY") == ""


def stated_in(folder):
    return tomllib.loads((folder / "catalog.toml").read_text(encoding="utf-8"))


def seen(folder):
    return edit_catalog.read(folder).sha256


def test_values_that_mean_nothing_yet_are_answered_at_once_where_their_row_leads(tmp_path):
    site = Site(tmp_path / "park")
    written = ["封顶", "封顶", "封顶", "入园", "x"]
    site.layer("plots", [
        site.plot(f"P{at}", box(200 * at, 0, 200 * at + 100, 100), stage=each)
        for at, each in enumerate(written)
    ])
    vet.run(site.folder, out=site.folder / "build")
    with desks.desk(site.folder, tmp_path / "state") as made:
        visitor = made.visitor()
        page = visitor.ask(desks.of_place(site.folder, "/issues?lang=zh"))
        ways = set(re.findall(r'href="([^"]*#values.stage)"', page.text))
        (way,) = map(unescape, ways)
        form = visitor.ask(way.partition("#")[0])
        inputs = desk_forms.inputs(form)
        action = re.search(r'<form id="part" method="post" action="([^"]*)"', form.text)[1]
        answer = desk_forms.send(visitor, unescape(action), inputs | {
            "values.stage.1.value": "entered", "values.stage.2.value": "under_construction"})

    rows = re.findall(r"<td>(P\d)[^<]*(?:<span[^>]*>([^<]*)</span>)?</td>", page.text)
    assert [len(rows), rows[0][0], "2" in rows[0][1]] == [3, "P0", True]  # three values, five plots
    assert [inputs[f"values.stage.{at}.key"] for at in range(3)] == ["封顶", "入园", "x"]
    assert inputs["values.stage.0.value"] == "topping_out"  # its words hold it: likely
    assert inputs["values.stage.2.value"] == ""                    # nothing is
    assert re.search(r'<details id="values.stage" open>', form.text)
    assert answer.status == 303, answer.seen
    assert stated_in(site.folder)["layer"][0]["values"]["stage"] == {
        "封顶": "topping_out", "入园": "entered", "x": "under_construction"}
