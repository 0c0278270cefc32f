"""Two persons sign at the desk: a plot is submitted, looked at by another one, decided."""

import re
from html import unescape
from urllib.parse import quote

import desk_forms
import desks
import pytest
import stores
from builders import Site, box

from landtrack.app import track
from landtrack.store import sign_off as kept
from landtrack.tracking import Event

pytestmark = pytest.mark.usefixtures("read_here")
ODD = "甲/1 &<b>\"'"


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("served") / "park")
    site.head["workflow"] = "cn-2006"
    site.layer("plots", [
        site.plot(ODD, box(0, 0, 100, 100), fixed_investment_cny=None),
        site.plot("B", box(200, 0, 300, 100)),
    ])
    site.layer("parcels", [(box(200, 0, 260, 100), {"parcel_id": "P"})])
    return stores.judged(site.folder)


@pytest.fixture(autouse=True)
def without_cases(park):
    """Begin and end each test without any case."""
    path = park / "build" / "project.gpkg"
    before = path.read_bytes()
    yield
    path.write_bytes(before)


def page(visitor, park, plot=""):
    found = visitor.ask(f"{desks.of_place(park)}/sign-offs?plot={quote(plot, safe='')}")
    assert found.status == 200, found.seen
    return found


def does(visitor, park, what, **typed):
    return desk_forms.send(visitor, f"{desks.of_place(park)}/sign-offs", {"do": what, **typed})


def reasons(found):
    names = re.findall(r'name="(reason:[^"]*)"', found.text)
    return {unescape(each): "being measured" for each in names}


def cases(park):
    return kept.read(park / "build" / "project.gpkg")


def test_one_submits_another_accepts_and_nobody_both(visitor, park):
    empty = page(visitor, park, ODD)
    assert "There is no case." in empty.seen
    assert "that two persons signed is not proven" in empty.seen
    assert len(reasons(empty)) == 1
    refused = does(visitor, park, "submit", plot=ODD, by="Li", text="please")
    assert (refused.status, "needs a reason" in refused.seen) == (409, True)
    assert 'value="please"' in refused.text

    sent = does(visitor, park, "submit", plot=ODD, by="Li", text="please", **reasons(empty))
    assert sent.status == 303
    (number,) = cases(park)
    shown = visitor.ask(sent.headers["location"])
    assert "waits to be decided" in shown.seen
    assert "is unknown because: being measured" in shown.seen
    assert 'id="submit"' not in shown.text
    assert "<b>" not in shown.text.replace("<body>", "")

    own = does(visitor, park, "accept", case=number, plot=ODD, by=" LI ")
    assert (own.status, "LI submitted case" in own.seen) == (409, True)
    nothing = does(visitor, park, "refuse", case=number, plot=ODD, by="Wang", text="no")
    assert (nothing.status, "A refusal says why" in nothing.seen) == (409, True)
    assert 'value="no"' in nothing.text
    assert does(visitor, park, "accept", case=number, plot=ODD, by="Wang").status == 303
    done = page(visitor, park)
    assert "accepted by Wang" in done.seen
    assert "Four eyes are not proven" in done.seen
    assert does(visitor, park, "withdraw", case=number, by="Li").status == 409


def test_of_a_case_that_expired_it_is_said_what_changed_and_it_is_not_accepted(visitor, park):
    does(visitor, park, "submit", plot="B", by="Li")
    (number,) = cases(park)
    event = Event(event=0, layer="", feature_id="", track="", action="", at="2006-12-01",
                  document_no="d", by="Zhao")
    track.apply(park / "build" / "project.gpkg", "survey", ["P"], event)

    shown = page(visitor, park, "B")
    assert "expired" in shown.seen
    assert "There were events of its features since" in shown.seen
    assert 'value="accept"' not in shown.text
    assert 'id="case-' not in page(visitor, park, ODD).text  # of another plot
    assert f'id="case-{number}"' in page(visitor, park).text
    late = does(visitor, park, "accept", case=number, by="Wang")
    assert (late.status, "is expired" in late.seen) == (409, True)
    does(visitor, park, "withdraw", case=number, by="Li")
    assert "withdrawn by Li" in page(visitor, park, "B").seen


@pytest.mark.parametrize("typed", [
    {"do": "none", "case": "1"}, {"do": ""}, {"do": "accept"}, {"do": "accept", "case": "x"},
    {"do": "accept", "case": "999"}, {"do": "refuse", "case": "9" * 30},
    {"do": "submit", "plot": "none"}, {"do": "submit"},
])
def test_what_is_not_there_is_not_signed(visitor, park, typed):
    answer = desk_forms.send(visitor, f"{desks.of_place(park)}/sign-offs", {"by": "Li", **typed})
    assert answer.status == 404
    assert cases(park) == {}


def test_of_a_plot_that_is_not_there_there_is_no_page(visitor, park):
    assert visitor.ask(f"{desks.of_place(park)}/sign-offs?plot=none").status == 404


def test_what_is_typed_is_no_longer_than_what_is_kept(visitor, park):
    does(visitor, park, "submit", plot="B", by="L" * 999, text="x" * 9999)
    (case,) = cases(park).values()
    assert (len(case.by), len(case.text)) == (80, 2000)
