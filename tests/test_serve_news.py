"""What open maps are told: found out once for all of them, and no thread waits for any."""

import asyncio
import json
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from builders import Site, box

from landtrack import store
from landtrack.app import map_news, step_entry, vet
from landtrack.app.steps import Told
from landtrack.model import catalog
from landtrack.model.errors import SourceError
from landtrack.server.asked import Held
from landtrack.server.bell import Bell
from landtrack.server.drawings import drawn
from landtrack.server.news import Judging, News


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The outputs of a place of two parcels and a building."""
    site = Site(tmp_path_factory.mktemp("news") / "park")
    site.head["workflow"] = "cn-2006"
    site.layer("parcels", [
        (box(0, 0, 100, 100), {"parcel_id": "Z1", "state": "approved"}),
        (box(100, 0, 200, 100), {"parcel_id": "Z2", "state": "notified"}),
    ])
    made = site.catalog().folder / "build"
    made.mkdir()
    store.write(vet.vet(catalog.place(site.folder)), made / "project.gpkg")
    return made


def enter(out, action, key, at="2026-01-05"):
    assert step_entry.enter(out, action, [key], Told(at=at, document="1"), lang="en")


def test_a_map_is_told_of_what_was_entered_since_it_was_drawn_and_of_nothing_else(out):
    assert map_news.since(out) | {"at": ""} == {
        "at": "", "as_of": "", "count": 0, "event": 0, "last": "", "reshaped": False,
        "features": [], "classes": {}, "states": {}, "clocks": {},
    }

    enter(out, "announce", "Z1")
    told = map_news.since(out)

    [own] = told["features"]
    assert (own["kind"], own["key"], own["state"], own["document"]) == (
        "parcels", "Z1", "announced", "1")
    assert [each[1] for each in own["history"]] == ["approved", "announced"]
    assert own["history"][-1][2:4] == (20458, "2026-01-05")
    assert own["on"] == 20458
    assert told["classes"]["parcels"]["announced"]["label"] ["en"] == "Acquisition announced"
    assert set(told["states"]["approval"]) == {"approved", "announced"}
    assert told["count"] == 1
    assert own["due"] == ("compensation_plan", 20458 + 45)
    assert told["clocks"]["compensation_plan"]["en"] == "Announcement of the compensation plan"


def test_what_was_taken_back_is_told_as_it_was_before(out):
    last = map_news.since(out)["event"]
    step_entry.undo(out, last, why="wrong", by="", lang="en")

    [own] = map_news.since(out)["features"]
    assert own["state"] == "approved"
    assert own["due"] is None
    assert [each[1] for each in own["history"]] == ["approved"]


def test_a_day_of_the_place_shows_the_states_of_that_day(out, monkeypatch):
    enter(out, "survey", "Z2")
    session = map_news.backends.of(out / "project.gpkg")
    with session.reading(out / "project.gpkg") as db:
        kind = type(db)
    select = kind.select
    monkeypatch.setattr(kind, "select", lambda self, table, columns, where=None: (
        [("now", "2025-12-31")] if table == "runs" else select(self, table, columns, where)
    ))

    by_key = {each["key"]: each["state"] for each in map_news.since(out)["features"]}

    assert by_key["Z2"] == "notified" or by_key["Z2"] == "unknown"
    assert by_key["Z2"] != "surveyed"


def test_of_too_many_it_is_only_said_how_many(out, monkeypatch):
    monkeypatch.setattr(map_news, "MOST", 0)

    told = map_news.since(out)

    assert told["count"] >= 1
    assert told["features"] == []


def test_where_there_is_no_store_it_says_so(tmp_path):
    with pytest.raises(SourceError, match="no store"):
        map_news.since(tmp_path)


# --- who listens ------------------------------------------------------------------------------


def worker(*answers):
    """Answer as a worker, one answer after the other; the last one again and again."""
    asked = []

    def ask(question):
        asked.append(question)
        answer = answers[min(len(asked), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return SimpleNamespace(ask=ask, asked=asked)


def listened(news, folder, judging=None):
    """Listen to a place as a desk does."""
    return news.of(Held(str(folder)), lambda held: drawn(Path(held.out) / "map.html"),
                   folder / "notes.json", judging or idle)


def idle():
    """No judging is under way, and none failed."""


def test_of_many_who_listen_each_hears_the_same_that_was_asked_once_and_no_thread_waits(tmp_path):
    own = worker({"n": 1}, {"n": 2})

    async def listen():
        bell = Bell()
        news = News(own, bell)
        streams = [listened(news, tmp_path) for _ in range(500)]
        first = [await anext(each) for each in streams]
        threads = threading.active_count()
        waiting = [asyncio.ensure_future(anext(each)) for each in streams]
        await asyncio.sleep(0.05)
        assert threading.active_count() == threads
        (tmp_path / "map.html").write_text("drawn anew")
        bell.ring()
        second = await asyncio.gather(*waiting)
        for each in streams:
            await each.aclose()
        assert news._places == {}
        return first, second

    first, second = asyncio.run(listen())

    assert [json.loads(each[6:])["n"] for each in (first[0], second[0])] == [1, 2]
    assert set(first) == {first[0]}
    assert set(second) == {second[0]}
    assert len(own.asked) == 2


def test_what_others_enter_is_found_by_looking(tmp_path, monkeypatch):
    monkeypatch.setattr("landtrack.server.news.LOOK_S", 0.02)
    own = worker({"n": 1}, {"n": 2})

    async def listen():
        stream = listened(News(own, Bell()), tmp_path)
        await anext(stream)
        (tmp_path / "project.gpkg").write_text("by another program")
        told = await asyncio.wait_for(anext(stream), 5)
        await stream.aclose()
        return told

    assert json.loads(asyncio.run(listen())[6:])["n"] == 2


def test_what_cannot_be_told_is_said_in_each_language(tmp_path):
    own = worker(SourceError("There is no store at x.", mend="Make it with `landtrack run`."))

    async def listen():
        stream = listened(News(own, Bell()), tmp_path)
        told = await anext(stream)
        await stream.aclose()
        return told

    fault = json.loads(asyncio.run(listen())[6:])["fault"]
    assert set(fault) == {"zh", "en"}
    assert fault["en"] == "There is no store at x."


def test_a_judging_is_told_while_it_goes_on_and_when_it_was_not_done(tmp_path):
    jobs = [Judging("/jobs/7", going_on=True), Judging("/jobs/7", going_on=False), None]

    async def listen():
        bell, told = Bell(), []
        stream = listened(News(worker({}), bell), tmp_path, lambda: jobs[len(told)])
        for _ in jobs:
            told.append(json.loads((await anext(stream))[6:]))
            bell.ring()
        await stream.aclose()
        return told

    told = asyncio.run(listen())
    assert [each["judging"] for each in told] == [
        {"job": "/jobs/7", "going_on": True}, {"job": "/jobs/7", "going_on": False}, None]
    assert [each["notes"] for each in told] == ["", "", ""]


def test_a_stream_says_that_it_is_still_there(tmp_path, monkeypatch):
    monkeypatch.setattr("landtrack.server.news.HERE_S", 0.01)

    async def listen():
        stream = listened(News(worker({}), Bell()), tmp_path)
        await anext(stream)
        told = await anext(stream)
        await stream.aclose()
        return told

    assert asyncio.run(listen()) == ": here\n\n"


def test_a_bell_that_was_rung_before_one_waits_is_heard():
    async def hear():
        bell = Bell()
        count = bell.count
        threading.Thread(target=bell.ring).start()
        assert await bell.after(count, 5)
        assert not await bell.after(bell.count, 0.01)

    asyncio.run(hear())
