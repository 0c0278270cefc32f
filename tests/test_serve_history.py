"""The history in the desk: a row an entry, each taken back where the store allows it."""

import datetime as dt
import re
import shutil
from urllib.parse import urlencode

import browser
import desk_forms
import desks
import geopandas as gpd
import pytest
import stores
from builders import CRS, Site, box

from landtrack import tracking
from landtrack.app import history, track
from landtrack.app.steps import Turned
from landtrack.model.errors import TableError
from landtrack.model.events import Event
from landtrack.store import log

TODAY = dt.date(2007, 12, 31)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Z was approved, announced and split; Y is announced, too, and its announcement was wrong."""
    site = Site(tmp_path_factory.mktemp("made") / "park")
    site.head |= {"workflow": "cn-2006", "as_of": dt.date(2007, 12, 31)}
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), project_id="XM")])
    site.layer("parcels", [
        (box(0, 0, 100, 100), {"parcel_id": "Z", "state": "approved", "state_on": "2006-11-20"}),
        (box(100, 0, 150, 100), {"parcel_id": "Y", "state": "approved", "state_on": "2006-11-20"}),
        (box(150, 0, 200, 100), {"parcel_id": "<b>W", "state": "surveyed"}),
    ])
    folder = stores.judged(site.catalog().folder)
    path = folder / "build" / "project.gpkg"
    told = Event(event=0, layer="", feature_id="", track="", at="2006-12-20", action="",
                 document_no="公告1", by="张三", note="see <file>")
    track.apply(path, "announce", ["Z", "Y"], told, today=TODAY)
    after = tmp_path_factory.mktemp("after") / "after.gpkg"
    gpd.GeoDataFrame(
        {"parcel_id": ["Z-1", "Z-2"]}, geometry=[box(0, 0, 60, 100), box(60, 0, 100, 100)], crs=CRS
    ).to_file(after)
    track.reshape(path, Event(
        event=0, layer="parcels", feature_id="", track="", at="2007-03-01", action="split",
        document_no="界1", note="why",
    ), ["Z"], after, today=TODAY, lang="en")
    return folder


@pytest.fixture(scope="module")
def park(judged, tmp_path_factory):
    return shutil.copytree(judged, tmp_path_factory.mktemp("served") / "park")


@pytest.fixture
def fresh(judged, tmp_path):
    return shutil.copytree(judged, tmp_path / "park")


def of(park, key):
    return {each.number: each for each in history.of_feature(park / "build", key, "en").events}


def number(park, action, key):
    return next(each.event for each in log.proven(park / "build" / "project.gpkg")
                if (each.action, each.feature_id) == (action, key))


def test_an_entry_says_when_what_of_which_features_by_which_document_and_who(park):
    announced = of(park, "Y")[number(park, "announce", "Y")]
    assert (announced.at, announced.document, announced.by, announced.note) == (
        "2006-12-20", "公告1", "张三", "see <file>")
    assert (announced.before, announced.after) == ("Approved", "Acquisition announced")

    cut = next(each for each in of(park, "Z-1").values() if each.what == "split")
    assert {cut.key, *cut.others} == {"Z", "Z-1", "Z-2"}
    assert (cut.before, cut.after) == (
        "Z (10,000 m²)", "Z-1 (6,000 m²) + Z-2 (4,000 m²)")
    [own] = history.of_feature(park / "build", "XM", "en").features
    assert [(each.parcel, each.share) for each in own.beneath] == [
        ("Z-1", "60.0%"), ("Z-2", "40.0%")]


def test_what_may_be_taken_back_is_what_the_store_allows_and_else_it_says_why_not(park):
    offered = {each.number: each.why_not for each in of(park, "Z").values() if not each.undoes}

    for each, why_not in offered.items():
        place = track.tracked(park / "build" / "project.gpkg")
        try:
            track.undoing(place, each, why="–", at="2007-12-31")
        except TableError:
            assert why_not
        else:
            assert not why_not
    assert set(map(bool, offered.values())) == {True, False}


def test_what_would_change_is_shown_and_then_it_does_and_nothing_else(fresh):
    out, path = fresh / "build", fresh / "build" / "project.gpkg"
    before = len(log.proven(path))

    told = history.undoing(out, [number(fresh, "split", "Z")], "en")

    assert {each.what for each in told.events} == {"split", "inherited"}
    assert set(told.turned) == {
        Turned("parcels", "Z", "Shape", "not there", "10,000 m²"),
        Turned("parcels", "Z-1", "Shape", "6,000 m²", "not there"),
        Turned("parcels", "Z-2", "Shape", "4,000 m²", "not there"),
        *(Turned("parcels", key, "Land acquisition approval", "Acquisition announced",
                 "no state yet") for key in ("Z-1", "Z-2")),
    }
    assert len(log.proven(path)) == before
    track.undo(path, number(fresh, "split", "Z"), why="wrong", at="2007-12-31", today=TODAY)
    undone = of(fresh, "Z")[number(fresh, "split", "Z")]
    assert undone.undone_by > before
    assert (undone.undone_why, undone.may_undo, undone.why_not) == ("wrong", False, "")
    assert tracking.retired(log.proven(path)) == {}


@pytest.mark.parametrize(("asked", "found"), [
    ({}, {"announce", "split", "inherited"}), ({"text": "界1"}, {"split"}),
    ({"text": "Z-2"}, {"split", "inherited"}), ({"text": "nobody"}, set()),
    ({"stated": True}, {"announce", "split", "inherited", "recorded"}),
])
def test_all_entries_of_a_place_are_looked_through_the_last_first(park, asked, found):
    actions = {each.event: each.action for each in log.proven(park / "build" / "project.gpkg")}

    told = history.of_place(park / "build", "en", most=100, **asked)

    numbers = [each.number for each in told.events]
    assert numbers == sorted(numbers, reverse=True)
    assert {actions[each] for each in numbers} == found
    assert told.found == len(numbers)
    assert bool(told.stated) == (asked == {})


def test_the_page_is_a_table_with_a_way_for_each_entry(visitor, park):
    page = visitor.ask(desks.of_place(park, "/history?key=Z"))

    assert page.status == 200
    assert "<pre" not in page.text
    assert "see &lt;file&gt;" in page.text
    announced, cut = number(park, "announce", "Z"), number(park, "split", "Z")
    assert f'/undo?event={cut}&amp;key=Z"' in page.text
    assert 'href="/places/park/history?key=parcels:Z-1"' in page.text
    assert f'name="event" value="{announced}"' in page.text
    every = visitor.ask(desks.of_place(park, "/history"))
    assert re.search(rf'id="event-{cut}".*id="event-{announced}"', every.text, re.DOTALL)
    odd = visitor.ask(desks.of_place(park, f"/history?{urlencode({'key': '<b>W'})}"))
    assert odd.status == 200
    assert "<b>W" not in odd.text


def test_several_are_taken_back_from_the_history_and_marked_there(visitor, park):
    events = [number(park, "announce", "Y"), number(park, "recorded", "Y")]
    asked = "&".join(f"event={each}" for each in events)
    shown = visitor.ask(desks.of_place(park, f"/undo?{asked}&key=Y"))
    assert shown.status == 200
    assert "Acquisition announced no state yet" in shown.seen
    listed = re.search(r'name="event" value="([^"]*)"', shown.text)[1]

    refused = desk_forms.send(visitor, desks.of_place(park, "/undo"), {
        "event": listed, "key": "Y", "back": "history", "why": ""})
    answer = desk_forms.send(visitor, desks.of_place(park, "/undo"), {
        "event": listed, "key": "Y", "back": "history", "why": "wrong parcel", "by": "Li"})

    assert refused.status == 409
    assert answer.status == 303
    page = visitor.ask(answer.headers["location"])
    assert page.text.count('class="undone"') == 2
    assert "wrong parcel" in page.seen
    assert visitor.ask(desks.of_place(park, f"/undo?event={events[0]}")).status == 409
    for odd in ("x", "1-99999", "1,,2"):
        assert visitor.ask(desks.of_place(park, f"/undo?event={odd}")).status == 404
    nothing = visitor.ask(desks.of_place(park, "/undo"))
    assert (nothing.status, "Nothing is ticked" in nothing.seen) == (409, True)


@pytest.mark.parametrize(("lang", "size"), [("zh", browser.PHONE), ("en", browser.DESKTOP)])
def test_in_a_browser_it_leads_from_an_entry_to_what_taking_it_back_would_change(
    desk, park, lang, size
):
    door = f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang={lang}"
    with browser.open_served(door, size=size) as page:
        page.goto(f"http://127.0.0.1:{desk.port}{desks.of_place(park, '/history?key=Z')}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.locator("tr .button").last.click()
        page.locator("#why").wait_for()
        assert page.locator("table").count() == 2
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
