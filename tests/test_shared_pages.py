"""What the pages of a shared desk show of a place: the same as of a place on one computer."""

import desks
import pytest
import shared_desks
import stores

from landtrack import store
from landtrack.app import cases, track
from landtrack.model import translations
from landtrack.model.errors import LandtrackError, SourceError
from landtrack.server.questions import OneCase, Plots
from landtrack.store.postgis import people

ROLES = {"rita": ["reader"], "chen": ["checker"], "pan": ["planner"], "kim": ["keeper"],
         "ada": ["administrator"]}
READERS = [name for name, (role, *_) in ROLES.items() if role != "administrator"]
HERE = "/places/park"
EN = translations.load("en")


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    return shared_desks.judged(tmp_path_factory.mktemp("place") / "park")


@pytest.fixture(scope="module")
def desk(park, tmp_path_factory):
    with (
        stores.opened_desk(park / "build" / "project.gpkg", roles=ROLES) as (owner, at),
        shared_desks.opened(park, owner, at, tmp_path_factory.mktemp("state")) as own,
    ):
        yield own


def asking(desk, name):
    """Give what asks the worker as somebody who is signed in."""
    token = stores.signed_in(desk.at, name).token
    return {"out": store.address.written(desk.at), "token": token}


# --- plots and cases ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", READERS)
def test_whoever_may_read_finds_a_plot_in_the_list_and_reads_its_case(desk, name):
    listed = desk.of(name).ask(f"{HERE}/plots")
    assert listed.status == 200
    assert f'href="{HERE}/case?plot=B"' in listed.text
    case = desk.of(name).ask(f"{HERE}/case?plot=A")
    assert case.status == 200
    assert f'href="{HERE}/sign-offs?plot=A"' in case.text
    assert desk.of(name).ask(f"{HERE}/case?plot=none").status == 404


def test_lists_and_cases_are_those_of_the_same_place_on_one_computer(desk, park):
    out = park / "build"
    for key in ("A", "B"):
        told = desks.SHARED.ask(OneCase(**asking(desk, "rita"), plot=key, lang="en"))
        assert told._replace(land=()) == cases.case(out, key, EN)
        assert told.land
    told = desks.SHARED.ask(Plots(**asking(desk, "rita"), most=10))
    assert told == cases.listed(out, cases.Wanted(), most=10)


def test_a_page_offers_what_its_reader_may_do_over_a_shared_store_and_nothing_else(desk):
    for name in READERS:
        text = desk.of(name).ask(f"{HERE}/case?plot=A").text
        for way in ("what-if", "notes", "decision", "form", "sheet"):
            assert f"{HERE}/{way}" not in text


def test_what_is_kept_of_a_store_is_told_to_nobody_whose_session_has_ended(desk):
    rita = stores.signed_in(desk.at, "rita")
    assert cases.plots(rita).rows
    people.leave(rita)
    with pytest.raises(LandtrackError, match="not signed in"):
        cases.plots(rita)
    for name in ("ada", None):
        at = stores.signed_in(desk.at, name) if name else desk.at
        with pytest.raises(LandtrackError):
            cases.plots(at)


def test_an_event_is_another_state_of_a_shared_store_and_the_same_results(desk):
    rita = stores.signed_in(desk.at, "rita")

    def identities():
        return [store.backends.identity(rita, results=each) for each in (False, True)]

    before = identities()
    assert identities() == before
    event = store.log.Event(event=0, layer="parcels", feature_id="P", track="approval",
                            action="survey", at="2006-12-01", by="", document_no="d", note="")
    track.apply(stores.signed_in(desk.at, "pan"), "survey", ["P"], event, lang="en")
    after = identities()
    assert (after[0] != before[0], after[1] == before[1]) == (True, True)


def test_results_that_were_edited_in_the_database_are_shown_on_no_page(park, tmp_path):
    with stores.opened_desk(park / "build" / "project.gpkg", roles=ROLES) as (owner, at):
        rita = stores.signed_in(at, "rita")
        assert cases.plots(rita).rows
        stores.execute(owner, f"UPDATE {owner.schema}.findings SET outcome = 'pass'")  # noqa: S608
        with pytest.raises(SourceError, match="findings was edited"):
            cases.plots(rita)
        with shared_desks.opened(park, owner, at, tmp_path / "s") as own:
            answer = own.of("rita").ask(f"{HERE}/plots")
        assert answer.status == 409
        assert "findings was edited" in answer.seen
        assert "postgresql://" not in answer.text
