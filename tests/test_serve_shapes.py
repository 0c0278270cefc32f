"""Split and merge in the desk: features chosen, a file brought, the balance shown, then entered."""

import re
import zipfile
from urllib.parse import urlencode

import browser
import desk_forms
import desks
import geopandas as gpd
import pytest
import shapely
import stores
from builders import CRS, Site, box
from test_browser import ON_SCREEN

from landtrack import store, tracking
from landtrack.app import step_entry, track, vet

WEST, EAST, WHOLE = box(0, 200, 60, 300), box(60, 200, 100, 300), box(0, 200, 100, 300)
TYPED = {"layer": "parcels", "key": "Z", "action": "split", "at": "2006-12-20", "document": "d1",
         "why": "sold", "by": "Li", "column": "parcel_id"}


pytestmark = pytest.mark.usefixtures("read_here")


@pytest.fixture(scope="module")
def made(tmp_path_factory, read_here):  # noqa: ARG001
    """Two parcels that were approved and one that was surveyed, side by side, and one plot."""
    site = Site(tmp_path_factory.mktemp("made") / "park")
    site.head["workflow"] = "cn-2006"
    site.layer("parcels", [
        (WHOLE, {"parcel_id": "Z", "state": "approved"}),
        (box(100, 200, 200, 300), {"parcel_id": "Y", "state": "approved"}),
        (box(200, 200, 300, 300), {"parcel_id": "X", "state": "surveyed"}),
    ])
    return stores.judged(site.catalog().folder)


@pytest.fixture(scope="module")
def served(made, tmp_path_factory):
    """One desk for all, and a fresh copy of the place for each."""
    with desks.of_many(
        made, tmp_path_factory.mktemp("served"), tmp_path_factory.mktemp("state")
    ) as own:
        yield own


@pytest.fixture
def park(served):
    return served[1]()


@pytest.fixture
def visitor(served):
    desk = served[0]
    made = desk.visitor()
    made.desk = desk
    return made


def of_shapes(tmp_path, shapes, suffix="gpkg", key="parcel_id"):
    """Write shapes into files, and give them as a browser sends them."""
    folder = tmp_path / suffix
    folder.mkdir(exist_ok=True)
    frame = gpd.GeoDataFrame({key: list(shapes)}, geometry=list(shapes.values()), crs=CRS)
    frame.to_file(folder / f"parts.{suffix}")
    return [(each.name, each.read_bytes()) for each in sorted(folder.iterdir())]


def brings(visitor, park, files, **more):
    """Bring shapes, and give their address once they were looked at."""
    answer = desk_forms.send_files(
        visitor, desks.of_place(park, "/shapes"), files, **{**TYPED, **more}
    )
    assert answer.status == 303, answer.seen
    visitor.until_done(answer.headers["location"])
    return answer.headers["location"]


def enters(visitor, address):
    mark = re.search(r'name="mark" value="(\w+)"', visitor.ask(address).text)[1]
    answer = desk_forms.send(visitor, f"{address}/enter", {"mark": mark})
    return visitor.until_done(answer.headers["location"])


def log(park):
    return store.log.proven(park / "build" / "project.gpkg")


def test_features_are_chosen_in_their_list_and_shown_with_their_areas(visitor, park):
    listed = visitor.ask(desks.of_place(park, "/steps?track=approval&state=approved"))
    assert f'formaction="{desks.of_place(park, "/reshape")}"' in listed.text

    page = visitor.ask(desks.of_place(park, "/reshape?track=approval&key=Z&key=Y"))

    assert "Z Acquisition parcels 10,000 m² Approved" in page.seen
    assert "Y Acquisition parcels 10,000 m² Approved" in page.seen
    assert 'value="merge" required checked' in page.text
    assert 'name="column" value="parcel_id"' in page.text


@pytest.mark.parametrize("asked", [
    {"key": "none"}, {"key": "A"}, {"key": ["Z", "A"]}, {"key": "Z", "track": "none"},
    {"key": [f"Z{n}" for n in range(200)]},
])
def test_what_there_is_not_cannot_be_chosen(visitor, park, asked):
    page = visitor.ask(desks.of_place(park, f"/reshape?{urlencode(asked, doseq=True)}"))

    assert page.status == 404
    nothing = visitor.ask(desks.of_place(park, "/reshape"))
    assert (nothing.status, "Nothing is ticked" in nothing.seen) == (409, True)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_split_is_shown_with_its_balance_and_entered_as_the_command_enters_it(
    visitor, park, tmp_path, lang
):
    before = len(log(park))
    files = of_shapes(tmp_path, {"Z-1": WEST, "Z-2": EAST})

    address = brings(visitor.desk.visitor(lang), park, files)
    page = visitor.desk.visitor(lang).ask(address)

    assert "Z → Z-1 + Z-2" in page.seen
    for area in ("10,000 m²", "6,000 m²", "4,000 m²"):
        assert area in page.seen
    assert page.text.count('class="after" d="M') == 2
    assert len(log(park)) == before
    done = enters(visitor, address)
    assert 'class="state done"' in done.text, done.seen
    change, *begun = log(park)[before:]
    assert (change.action, change.at, change.document_no, change.note, change.by) == (
        "split", "2006-12-20", "d1", "sold", "Li"
    )
    assert [(each.feature_id, each.action, each.to_state) for each in begun] == [
        ("Z-1", tracking.INHERITED, "approved"), ("Z-2", tracking.INHERITED, "approved")
    ]


def test_the_parts_take_the_next_steps_at_once_and_the_whole_takes_none(visitor, park, tmp_path):
    files = of_shapes(tmp_path, {"Z-1": WEST, "Z-2": EAST})
    enters(visitor, brings(visitor, park, files))

    listed = visitor.ask(desks.of_place(park, "/steps?track=approval&state=approved"))

    assert re.findall(r'name="key" value="(.+?)"', listed.text) == ["Y", "Z-1", "Z-2"]
    told = step_entry.Told(at="2006-12-21", document="d2")
    assert step_entry.enter(park / "build", "announce", ["Z-1"], told, lang="en")
    assert step_entry.enter(park / "build", "announce", ["Z"], told, lang="en") is None


def test_a_merge_out_of_a_shapefile_in_parts_or_packed(visitor, park, tmp_path):
    parts = of_shapes(tmp_path, {"M": box(0, 200, 200, 300)}, "shp", key="BH")
    packed = tmp_path / "parts.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in parts:
            archive.writestr(name, data)
    typed = {"action": "merge", "column": "BH"}

    for files in (parts, [("parts.zip", packed.read_bytes())]):
        body = desk_forms.of_files(files, **{**TYPED, **typed}).replace(
            b'name="key"\r\n\r\nZ\r\n', b'name="key"\r\n\r\nZ\r\n--' + desk_forms.EDGE.encode()
            + b'\r\nContent-Disposition: form-data; name="key"\r\n\r\nY\r\n')
        sent = visitor.ask(
            desks.of_place(park, "/shapes"), "POST", body=body,
            Content_Type=f"multipart/form-data; boundary={desk_forms.EDGE}",
        )
        page = visitor.until_done(sent.headers["location"])
        assert "Y + Z → M" in page.seen, page.seen
        assert "20,000 m²" in page.seen
    assert 'class="state done"' in enters(visitor, sent.headers["location"]).text


@pytest.mark.parametrize(("shapes", "more", "why"), [
    ({"a": WEST, "b": box(60, 200, 98, 300)}, {}, "do not balance, 10000.0 → 9800.0 m²"),
    ({"a": WEST, "b": box(160, 200, 200, 300)}, {}, "do not lie where those before do"),
    ({"a": WEST, "b": box(50, 200, 90, 300)}, {}, "lie over each other"),
    ({"Y": WEST, "b": EAST}, {}, "numbers already, choose others: Y"),
    ({"a": WEST, "b": EAST}, {"document": ""}, "missing a document number"),
    ({"a": WEST, "b": EAST}, {"at": "2099"}, "dated after today"),
])
def test_what_does_not_fit_is_refused_with_the_reason_and_cannot_be_entered(
    visitor, park, tmp_path, shapes, more, why
):
    before = len(log(park))

    page = visitor.ask(brings(visitor, park, of_shapes(tmp_path, shapes), **more))

    assert why in page.seen
    assert "/enter" not in page.text
    assert page.text.count('class="after" d="M') == 2  # seen all the same
    assert len(log(park)) == before


def test_what_is_no_shape_says_so(visitor, park):
    page = visitor.ask(brings(visitor, park, [("parts.geojson", b"{}")]))

    assert 'class="state refused"' in page.text
    assert "/enter" not in page.text


def test_of_two_windows_the_second_is_shown_what_its_change_would_be_now(
    visitor, park, tmp_path
):
    """Both split Z; of the second one nothing is left to split."""
    first = brings(visitor, park, of_shapes(tmp_path, {"Z-1": WEST, "Z-2": EAST}))
    second = brings(visitor, park, of_shapes(tmp_path, {"Z-3": WEST, "Z-4": EAST}, "geojson"))
    enters(visitor, first)
    before = len(log(park))

    page = enters(visitor, second)

    assert 'class="state refused"' in page.text
    assert "has no Z" in page.seen or "no longer there" in page.seen
    assert len(log(park)) == before


def test_a_step_of_the_whole_meanwhile_changes_what_its_parts_begin_with(
    visitor, park, tmp_path
):
    address = brings(visitor, park, of_shapes(tmp_path, {"Z-1": WEST, "Z-2": EAST}))
    told = tracking.Event(event=0, layer="", feature_id="", track="", action="", at="2006-12-19",
                          document_no="d0")
    track.apply(park / "build" / "project.gpkg", "announce", ["Z"], told)

    page = enters(visitor, address)

    assert "not be what was shown any more" in page.seen
    assert "Z-1 6,000 m² Acquisition announced" in page.seen
    assert 'class="state done"' in enters(visitor, address).text


@pytest.mark.parametrize("typed", [
    {"action": "undo"}, {"action": "--look"}, {"key": ""}, {"action": ""},
])
def test_what_is_not_offered_is_no_page_and_nothing_is_left(visitor, park, tmp_path, typed):
    answer = desk_forms.send_files(
        visitor, desks.of_place(park, "/shapes"), of_shapes(tmp_path, {"a": WEST}),
        **{**TYPED, **typed},
    )

    assert answer.status == 404
    kept = visitor.desk.home.shown(park)
    assert not kept.exists() or not [*kept.iterdir()]


# --- drawn ------------------------------------------------------------------------------------


def drawn(visitor, park, **typed):
    told = {"track": "approval", "at": "2006-12-20", "document": "d1", "why": "sold", "by": "Li"}
    pairs = [
        (name, each) for name, value in {**told, **typed}.items()
        for each in ([value] if isinstance(value, str) else value)
    ]
    return desk_forms.send(visitor, desks.of_place(park, "/shapes/drawn"), pairs)


def line_at(x):
    """From south of Z to north of it, x metres from the origin of the tests."""
    (west, south, _, north) = WHOLE.bounds
    return f"{west + x:.3f},{south - 5:.3f} {west + x:.3f},{north + 5:.3f}"


def test_a_parcel_is_cut_along_a_line_and_its_pieces_are_numbered_before_it_counts(visitor, park):
    before = len(log(park))
    asked = {"key": "Z", "line": line_at(60)}
    page = visitor.ask(desks.of_place(park, f"/reshape?{urlencode(asked)}"))
    assert "1 6,000 m² 2 4,000 m²" in page.seen
    assert page.text.count('class="after" d="M') == 2
    assert page.text.count('name="piece"') == 2

    answer = drawn(visitor, park, **asked, piece=["Z-1", "Z-2"])
    address = answer.headers["location"]
    shown = visitor.until_done(address)

    assert "Z → Z-1 + Z-2" in shown.seen
    assert len(log(park)) == before
    assert 'class="state done"' in enters(visitor, address).text
    change, *begun = log(park)[before:]
    told = change.action, change.at, change.document_no, change.note, change.by
    assert told == ("split", "2006-12-20", "d1", "sold", "Li")
    assert [each.feature_id for each in begun] == ["Z-1", "Z-2"]
    after = tracking.shapes_of(change)["after"]
    for key, shape in (("Z-1", WEST), ("Z-2", EAST)):
        assert shapely.from_wkb(after[key]).symmetric_difference(shape).area < 1e-6


def test_several_are_put_together_as_they_lie(visitor, park):
    asked = {"key": ["Z", "Y"]}
    page = visitor.ask(desks.of_place(park, f"/reshape?{urlencode(asked, doseq=True)}"))
    assert "1 20,000 m²" in page.seen

    address = drawn(visitor, park, **asked, piece="M").headers["location"]
    shown = visitor.until_done(address)

    assert "Y + Z → M" in shown.seen
    assert 'class="state done"' in enters(visitor, address).text
    shape = tracking.shapes_of(log(park)[-2])["after"]["M"]
    assert shapely.from_wkb(shape).equals(box(0, 200, 200, 300))


@pytest.mark.parametrize(("asked", "why"), [
    ({"key": "Z", "line": "1,2 3,4"}, "does not cut Z through"),
    ({"key": "Z", "line": "x"}, "cannot be read"),
])
def test_a_line_that_cuts_nothing_says_so_and_nothing_is_left(visitor, park, asked, why):
    page = visitor.ask(desks.of_place(park, f"/reshape?{urlencode(asked)}"))
    assert page.status == 409
    assert why in page.seen

    assert why in drawn(visitor, park, **asked, piece=["a", "b"]).seen
    assert not [*visitor.desk.home.shown(park).glob("*")]


@pytest.mark.parametrize(("typed", "status"), [
    ({"key": "none", "line": line_at(60), "piece": ["a", "b"]}, 404),
    ({"key": "Z", "piece": ["a", "b"]}, 404),  # no line
    ({"piece": ["a"]}, 404),
    ({"key": "Z", "line": line_at(60), "piece": ["a"]}, 409),
    ({"key": "Z", "line": line_at(60), "piece": ["a", " "]}, 409),
])
def test_what_is_not_whole_is_not_taken(visitor, park, typed, status):
    assert drawn(visitor, park, **typed).status == status
    assert not [*visitor.desk.home.shown(park).glob("*")]


def test_a_planner_splits_a_parcel_on_the_map(visitor, park):
    desk = visitor.desk
    vet.run(park, out=park / "build")  # with its map
    with browser.open_served(
        f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang=en"
    ) as page:
        page.set_default_timeout(60_000)
        page.goto(f"http://127.0.0.1:{desk.port}"
                  f"{desks.of_place(park, '/map.html#feature=parcels%3AZ')}")
        browser.until(page, browser.READY)
        page.click('[data-way="split"]')
        (west, south, _, north) = WHOLE.bounds
        for end in (south - 8, north + 8):
            point = gpd.GeoSeries.from_xy([west + 60], [end], crs=CRS).to_crs(4326)[0]
            page.mouse.click(*page.evaluate(ON_SCREEN, [point.y, point.x]))
        page.click('[data-do="tool.split_go"]')
        for at, name in enumerate(("Z-1", "Z-2")):
            page.locator('input[name="piece"]').nth(at).fill(name)
        page.fill("#drawn_at", "2006-12-20")
        page.fill("#drawn_document", "d1")
        page.fill("#drawn_why", "sold")
        page.locator("#drawn button").click()
        page.click("button:text-is('Enter it')")
        page.wait_for_selector(".state.done")
    assert step_entry.seen(park / "build", "approval", "approved", 10).counts["approved"] == 3


def test_on_a_phone_the_parcel_that_is_split_stays_marked_when_its_card_is_closed(visitor, park):
    desk = visitor.desk
    vet.run(park, out=park / "build")  # with its map
    marked = """(() => {
      let count = 0;
      landtrack.map.eachLayer((each) => { count += each.options.weight === 8; });
      return count;
    })()"""
    with browser.open_served(
        f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang=en"
    ) as page:
        page.set_default_timeout(60_000)
        page.set_viewport_size(dict(zip(("width", "height"), browser.PHONE, strict=True)))
        page.goto(f"http://127.0.0.1:{desk.port}"
                  f"{desks.of_place(park, '/map.html#feature=parcels%3AZ')}")
        browser.until(page, browser.READY)
        page.click('[data-way="split"]')
        page.locator(".lt-card").wait_for(state="hidden")
        browser.until(page, f"{marked} === 1")
        page.click('[data-tool="split"], .lt-tool-box .lt-close')
        browser.until(page, f"{marked} === 0")


def test_nothing_typed_is_taken_for_an_option(visitor, park, tmp_path):
    typed = {"why": "--store=/tmp/x", "document": "--shown", "by": "-x"}
    address = brings(visitor, park, of_shapes(tmp_path, {"Z-1": WEST, "Z-2": EAST}), **typed)

    assert 'class="state done"' in enters(visitor, address).text
    assert log(park)[-1].by == "-x"


def test_a_planner_splits_a_parcel_by_a_file_that_is_dropped_without_leaving_the_page(
    visitor, park, tmp_path
):
    desk = visitor.desk
    of_shapes(tmp_path, {"Z-1": WEST, "Z-2": EAST})
    with browser.open_served(
        f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang=en"
    ) as page:
        page.set_default_timeout(60_000)
        page.goto(f"http://127.0.0.1:{desk.port}"
                  f"{desks.of_place(park, '/steps?track=approval&state=approved')}")
        page.check('input[name="key"][value="Z"]')
        page.click("text=Split, merge or redraw")
        page.set_input_files("#files", tmp_path / "gpkg" / "parts.gpkg")
        page.fill("#at", "2006-12-20")
        page.fill("#document", "d1")
        page.fill("#why", "sold")
        page.click("text=Show the balance")
        page.click("button:text-is('Enter it')")
        page.wait_for_selector(".state.done")
    assert step_entry.seen(park / "build", "approval", "approved", 10).counts["approved"] == 3
