"""The states of a day on the map are those of the log: in the order in which things happened."""

import datetime as dt

import numpy as np
import pageread
import pandas as pd
import pytest
from builders import Site, box
from hypothesis import given, settings, strategies as st

from landtrack import tracking
from landtrack.app import vet
from landtrack.model import catalog
from landtrack.output import map as webmap
from landtrack.output.map import layers
from landtrack.tracking import Event

DAYS = ("2006-03-01", "2006-05-10", "2006-05-31", "2006-06-01", "2006-05", "2006", "../2006-05-20",
        "../2006-12-31")
DAY_0 = dt.date(1970, 1, 1)


def event(number, at, state, track="approval", key="P"):
    return Event(
        event=number, layer="parcels", feature_id=key, track=track, action="recorded", at=at,
        to_state=state,
    )


def on_the_page(events, day, track="approval"):
    """Give the state of a day as the page finds it: the last entry of the track till then."""
    written = pd.Series([each.at for each in events])
    when, place = layers._in_order(events, np.zeros(len(events), dtype=np.intp), written)
    state = ""
    for at in np.argsort(place):
        number = int(when[at]) - 1
        own = DAY_0 + dt.timedelta(days=pageread.unfold(number))
        if own <= day and events[at].track == track:
            state = events[at].to_state
    return state


def test_a_state_that_was_found_by_a_day_does_not_come_after_a_step_of_before():
    """Registered by the end of the year as the file says, announced in June: announced."""
    events = [event(1, "../2006-12-31", "registered"), event(2, "2006-06-01", "announced")]

    assert on_the_page(events, dt.date(2006, 5, 31)) == ""
    assert on_the_page(events, dt.date(2006, 6, 1)) == "announced"
    assert on_the_page(events, dt.date(2007, 1, 1)) == "announced"


def test_days_before_1970_come_before_those_after_it():
    events = [event(1, "1971-01-01", "second"), event(2, "1968-01-01", "first")]

    assert on_the_page(events, dt.date(1969, 1, 1)) == "first"
    assert on_the_page(events, dt.date(1972, 1, 1)) == "second"


@given(st.lists(st.tuples(
    st.sampled_from(DAYS), st.sampled_from("abcd"), st.sampled_from(["approval", "supply"])
), min_size=1, max_size=6), st.dates(dt.date(2006, 1, 1), dt.date(2007, 2, 1)))
@settings(max_examples=200, deadline=None)
def test_the_page_and_the_log_agree_on_every_day(given_events, day):
    events = [event(at, *each) for at, each in enumerate(given_events, start=1)]
    held = tracking.states(tracking.ordered(events), day)

    own = held.get("approval")
    assert on_the_page(events, day) == ("" if own is None else own.state)


def test_events_of_many_features_are_brought_into_order_each_by_itself():
    rows = np.array([0, 1, 0, 1, 2])
    at = ["../2006-12-31", "2006-02-01", "2006-06-01", "2006-01-01", "../2006-12-31"]
    events = [
        event(number, day, f"s{number}", key=str(row))
        for number, (day, row) in enumerate(zip(at, rows, strict=True), start=1)
    ]

    _, place = layers._in_order(events, rows, pd.Series(at))

    assert np.lexsort((place, rows)).tolist() == [0, 2, 3, 1, 4]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A parcel whose state is stated without a day, and one with an event in a table."""
    site = Site(tmp_path_factory.mktemp("history") / "site")
    site.head |= {"as_of": "2006-12-31", "workflow": "cn-2006"}
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    site.layer("parcels", [
        (box(0, 0, 50, 100), {"parcel_id": "P", "state": "approved"}),
        (box(50, 0, 100, 100), {"parcel_id": "Q", "state": "approved", "state_on": "2006-03-01"}),
    ])
    return webmap.to_html(webmap.build(vet.vet(catalog.place(site.catalog().folder))))


def test_what_stands_in_the_page_is_what_was_put_there(page):
    counts, days, _ = pageread.parts(pageread.block(page, "parcels/columns/history"))

    assert pageread.unsigned(counts) == [1, 1]
    assert [
        DAY_0 + dt.timedelta(days=pageread.unfold(each - 1)) for each in pageread.unsigned(days)
    ][1] == dt.date(2006, 3, 1)
