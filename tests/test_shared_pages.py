"""What the pages of a shared desk show of a place: the same as of a place on one computer."""

import html
import http.client
import json
import re
from urllib.parse import unquote

import desks
import pytest
import shared_desks
import stores

from landtrack import store
from landtrack.app import cases, decision, overview, track, what_if
from landtrack.model import translations
from landtrack.model.errors import LandtrackError, SourceError
from landtrack.server import worker
from landtrack.server.questions import DrawMap, OneCase, Plots
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


STEPS = iter(["survey", "assemble_dossier", "report_city", "report_province"])


def enters_a_step(desk):
    """Let a planner enter the next step of a parcel past the desk; give its number."""
    action = next(STEPS)
    event = store.log.Event(event=0, layer="parcels", feature_id="Q", track="approval",
                            action=action, at="2006-12-02", by="", document_no="e", note="")
    return track.apply(
        stores.signed_in(desk.at, "pan"), action, ["Q"], event, lang="en")[-1].event


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
        for way in ("what-ifs", "notes", "form", "sheet"):
            assert f'{HERE}/{way}"' not in text
        for way in ("what-if", "decision"):
            assert (f"{HERE}/{way}" in text) == (name != "rita")
            assert desk.of("rita").ask(f"{HERE}/{way}?plot=A").status == 403


def test_a_plot_is_judged_with_other_figures_for_whoever_asks_as_it_is_on_one_computer(desk, park):
    """What is read for the first is told the next, by their own session."""
    first = stores.signed_in(desk.at, "pan")
    changes = {"fixed_investment_cny": "1000"}
    told = what_if.answer(park, first, "A", changes, EN)
    assert told == what_if.answer(park, park / "build", "A", changes, EN)
    assert told.now != told.then or any(each.flips for each in told.rules)
    people.leave(first)
    for key in ("A", "B"):
        own = stores.signed_in(desk.at, "chen")
        assert what_if.answer(park, own, key, changes, EN) == what_if.answer(
            park, park / "build", key, changes, EN)
        assert decision.draft(park, own, key, "", EN) == decision.draft(
            park, park / "build", key, "", EN)
    with pytest.raises(LandtrackError):
        what_if.answer(park, first, "A", changes, EN)
    page = desk.of("chen").ask(f"{HERE}/what-if?plot=A&fixed_investment_cny=1000")
    assert page.status == 200
    assert "Plot ratio" in page.seen
    draft = desk.of("chen").ask(f"{HERE}/decision?plot=A")
    assert (draft.status, 'name="as"' in draft.text) == (200, False)
    assert desk.of("chen").ask(f"{HERE}/what-if?plot=none").status == 404


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
    enters_a_step(desk)
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


# --- the map ------------------------------------------------------------------------------------


def told_on(page):
    """Read what the page of a map is told of the desk."""
    (found,) = re.findall(r'<meta name="landtrack-desk" content="([^"]*)">', page.text)
    return json.loads(html.unescape(found))


def test_the_map_is_drawn_once_of_the_store_and_knows_what_its_reader_may_do(desk, monkeypatch):
    asked = []
    monkeypatch.setattr(desks.SHARED, "ask", lambda question, real=desks.SHARED.ask, **how: (
        asked.append(type(question)), real(question, **how))[1])
    pages = {name: desk.of(name).ask(f"{HERE}/map.html") for name in READERS}
    assert {each.status for each in pages.values()} == {200}
    assert asked.count(DrawMap) <= 1
    told = {name: told_on(each) for name, each in pages.items()}
    assert len({each["drawn"] for each in told.values()}) == 1
    assert "GET case" in told["rita"]["may"]
    assert [name for name in READERS if "POST step" in told[name]["may"]] == ["pan", "kim"]
    assert not any("POST run" in each["may"] for each in told.values())
    body = {page.text[page.text.index('name="viewport"'):] for page in pages.values()}
    assert len(body) == 1


@pytest.mark.parametrize("file", ["..%2fmap.html", "x.js", "map.html", "..%2f..%2fjobs.sqlite"])
def test_no_other_file_is_given_as_a_block_of_the_map(desk, file):
    assert desk.of("rita").ask(f"{HERE}/map-blocks/{file}").status == 404


def heard(desk, name):
    """Listen to the map as somebody: a reader of lines, and the session that they go by."""
    visitor = desk.of(name)
    line = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)
    line.putrequest("GET", f"{HERE}/map/news", skip_host=True)
    line.putheader("Host", shared_desks.HOST)
    line.putheader("Cookie", f"{shared_desks.SESSION}={visitor.cookies[shared_desks.SESSION]}")
    line.endheaders()
    return line, line.getresponse(), visitor


def next_news(got):
    while not (line := got.readline()).startswith(b"data: "):
        assert line, "the news have ended"
    return json.loads(line[6:])


def test_of_all_who_listen_each_is_told_until_their_own_session_ends(desk, monkeypatch):
    monkeypatch.setattr("landtrack.server.news.LOOK_S", 0.05)
    rita, chen, kim = heard(desk, "rita"), heard(desk, "chen"), heard(desk, "kim")
    first = [next_news(got) for _, got, _ in (rita, chen, kim)]
    assert first[0] == first[1] == first[2]
    assert first[0]["drawn"] == told_on(desk.of("rita").ask(f"{HERE}/map.html"))["drawn"]
    for each in (rita, kim):  # who was asked as so far, and who only listens
        assert each[2].ask("/sign-out", "POST").status == 303
    entered = enters_a_step(desk)
    while next_news(chen[1])["event"] < entered:
        pass
    for each in (rita, kim):  # theirs have ended, and nothing was told any more
        assert b"data: " not in each[1].read()
    for line, got, _ in (rita, chen, kim):
        got.close()
        line.close()


def test_after_a_new_run_the_map_is_another_and_the_one_before_keeps_its_blocks(park, tmp_path):
    with (
        stores.opened_desk(park / "build" / "project.gpkg", roles=ROLES) as (owner, at),
        shared_desks.opened(park, owner, at, tmp_path / "s") as own,
    ):
        before = told_on(own.of("rita").ask(f"{HERE}/map.html"))["drawn"]
        folder = tmp_path / "s" / "drawn"
        (folder / before / "map-blocks").mkdir()
        (folder / before / "map-blocks" / "a.js").write_text("1")
        store.bring(park / "build" / "project.gpkg", owner)
        after = told_on(own.of("rita").ask(f"{HERE}/map.html"))["drawn"]
        assert after != before
        assert own.of("rita").ask(f"{HERE}/map-blocks/a.js").text == "1"
        stores.execute(owner, f"UPDATE {owner.schema}.plots SET name = 'x'")  # noqa: S608
        answer = own.of("rita").ask(f"{HERE}/map.html")
        assert (answer.status, "plots was edited" in answer.seen) == (409, True)


# --- the overview -------------------------------------------------------------------------------


def test_the_overview_is_that_of_the_same_store_in_a_file_and_leads_to_what_is_behind(
    desk, park, tmp_path
):
    page = desk.of("rita").ask(f"{HERE}/overview")
    assert page.status == 200
    store.copy(desk.owner, tmp_path / "project.gpkg")
    told = overview.of(tmp_path / "project.gpkg", park)
    assert told == overview.of(stores.signed_in(desk.at, "rita"), park)
    links = {html.unescape(each) for each in re.findall(r'href="([^"]*/behind[^"]*)"', page.text)}
    assert links
    for each in links:
        assert told["behind"][unquote(each.partition("of=")[2])]
        behind = desk.of("chen").ask(each)
        assert behind.status == 200
        assert f'href="{HERE}/map.html#' in behind.text
    assert desk.of("ada").ask(f"{HERE}/overview").status == 403
    assert f"{HERE}/numbers" not in page.text  # they are stated in the files of the place


def test_what_data_ask_for_is_listed_without_a_way_to_files_that_are_not_there(desk):
    issues = desk.of("rita").ask(f"{HERE}/issues")
    assert issues.status == 200
    assert f"{HERE}/files" not in issues.text
    assert f"{HERE}/catalog" not in issues.text


def test_no_secret_is_in_what_a_desk_keeps_or_starts(desk, monkeypatch):
    started = []
    real = worker.subprocess.Popen

    def popen(command, *more, **how):
        started.append((command, how.get("env")))
        return real(command, *more, **how)

    monkeypatch.setattr(worker.subprocess, "Popen", popen)
    rita = desk.of("rita")
    enters_a_step(desk)
    assert rita.ask(f"{HERE}/overview").status == 200  # summed up anew, by a process of its own
    assert started
    kept = [path.read_bytes() for path in desk.state.rglob("*") if path.is_file()]
    assert len(kept) > 3
    for secret in (rita.cookies[shared_desks.SESSION], store.address.written(desk.at)):
        assert not any(secret.encode() in each for each in kept)
        assert secret not in repr([command for command, _ in started])
        assert not any(secret in value for _, env in started for value in (env or {}).values())
