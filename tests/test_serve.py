"""The desk: who gets in, and what a planner does in the browser without a terminal."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlencode

import browser
import desks
import pytest
from builders import Site, box

from landtrack.app import answered_at, catalog_form, edit_catalog, places, vet
from landtrack.model import catalog, translations
from landtrack.model.errors import OutputError
from landtrack.model.outputs import OUTPUTS
from landtrack.server import home as homes, jobs, pages, standings, start
from landtrack.server.home import Home

HEAVY = [
    "numpy", "pandas", "geopandas", "pyarrow", "pyogrio", "fiona", "shapely", "pyproj", "numba",
]
EVERY = pages.Pages(None, None, None).table()


def filled(path):
    """Put something in the place of each name in an address."""
    return (path.replace("{name}", "park").replace("{number:int}", "1")
            .replace("{kind}", "run").replace("{file}", "map.html").replace("{number}", "1")
            .replace("{part}", "layer-1").replace("{topic}", "map")
            .replace("{collection}", "plots").replace("{feature:path}", "A"))


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    """A place of two plots, one of which fails, in a folder of its own."""
    site = Site(tmp_path_factory.mktemp("served") / "park")
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100)),
        site.plot("B", box(200, 0, 300, 100), fixed_investment_cny=1_000_000),
    ])
    return site.folder


@pytest.fixture(scope="module")
def open_desk(park, tmp_path_factory):
    with desks.desk(park, tmp_path_factory.mktemp("state")) as made:
        yield made


@pytest.fixture(scope="module")
def judged(open_desk, park):
    """The same desk after its place was judged, as a planner has it judged."""
    visitor = open_desk.visitor()
    asked = visitor.ask(desks.of_place(park, "/run"), "POST")
    assert asked.status == 303
    return visitor, visitor.until_done(asked.headers["location"])


# --- who gets in ----------------------------------------------------------------------------


@pytest.mark.parametrize("address", EVERY, ids=lambda each: f"{each.method} {each.path}")
def test_no_address_answers_a_stranger_or_another_name_or_another_method_or_too_much(
    open_desk, address
):
    path = filled(address.path)
    stranger, known = desks.Visitor(open_desk.port), open_desk.visitor()

    assert stranger.ask(path, address.method).status == 401
    for host in ("evil.example", f"evil.example:{open_desk.port}", "127.0.0.1:1", ""):
        assert known.ask(path, address.method, Host=host).status == 421
    assert known.ask(path, address.method, Content_Length=str(address.limit + 1)).status == 413
    assert known.ask(path, "DELETE").status == 405


def test_who_is_not_in_is_given_the_style_of_the_page_that_says_so_and_no_more(open_desk):
    stranger = desks.Visitor(open_desk.port)

    page = stranger.ask("/")
    assert page.status == 401
    assert 'href="/static/desk.css"' in page.text
    assert stranger.ask("/static/desk.css").status == 200
    assert stranger.ask("/static/desk.js").status == 401
    assert stranger.ask("/static/desk.css", Host="evil.example").status == 421
    assert stranger.ask("/static/desk.css", "POST").status == 401


@pytest.mark.parametrize("headers", [
    {}, {"Origin": "http://evil.example"}, {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"}, {"Origin": "https://127.0.0.1:{port}"},
    {"Origin": "http://127.0.0.1:{port}", "Sec_Fetch_Site": "cross-site"},
    {"Origin": "http://127.0.0.1:{port}", "Sec_Fetch_Site": "same-site"},
])
@pytest.mark.parametrize("address", [each for each in EVERY if each.method != "GET"],
                         ids=lambda each: each.path)
def test_what_changes_something_is_asked_by_a_page_of_the_desk_only(open_desk, address, headers):
    told = {name: value.format(port=open_desk.port) for name, value in headers.items()}

    answer = open_desk.visitor().ask(filled(address.path), address.method, here=False, **told)

    assert answer.status == 403


def test_an_address_lets_in_once(open_desk):
    token = open_desk.keys.token()
    first, second = desks.Visitor(open_desk.port), desks.Visitor(open_desk.port)

    assert first.ask(f"/?token={token}").status == 303
    assert second.ask(f"/?token={token}").status == 401
    assert first.ask(f"/?token={token}").status == 303  # opened once more by who is in
    assert second.ask("/").status == 401


def test_the_cookie_is_of_this_desk_only_and_no_script_reads_it(open_desk):
    answer = desks.Visitor(open_desk.port).ask(f"/?token={open_desk.keys.token()}")

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"landtrack-{open_desk.port}=")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {
        each.strip() for each in cookie.split(";")
    }


@pytest.mark.parametrize("path", ["/nowhere", "/places/park", "/static/desk.css", "/jobs/77"])
def test_every_answer_says_what_a_page_may_do(open_desk, path):
    headers = open_desk.visitor().ask(path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", [
    "/places/park/outputs/catalog.toml", "/places/park/outputs/..%2Fcatalog.toml",
    "/places/park/outputs/%2Fetc%2Fpasswd", "/places/..%2F..%2Fetc/outputs/map.html",
    "/places/park/map-blocks/..%2Fmap.html", "/places/park/map-blocks/..%5C..%5Ccatalog.toml",
    "/static/..%2Fbase.html.j2", "/static/base.html.j2", "/places/elsewhere",
])
def test_no_other_file_is_given(judged, path):
    assert judged[0].ask(path).status == 404


def test_who_knows_the_secret_of_the_desk_gets_an_address_and_no_page_can_ask_for_one(open_desk):
    visitor = desks.Visitor(open_desk.port)

    given = visitor.ask("/door", "POST", here=False, x_landtrack_secret=open_desk.secret)
    wrong = visitor.ask("/door", "POST", here=False, x_landtrack_secret="guessed")  # noqa: S106
    page = visitor.ask("/door", "POST", x_landtrack_secret=open_desk.secret)

    assert (given.status, wrong.status, page.status) == (200, 403, 403)
    assert visitor.ask(f"/?token={json.loads(given.text)['token']}").status == 303


# --- a place --------------------------------------------------------------------------------


def test_a_place_that_was_judged_says_how_its_plots_stand(judged, park):
    visitor, job = judged

    page = visitor.ask(desks.of_place(park))

    assert "done" in job.seen
    assert "1 fail 1 pass" in page.seen
    there = {path.name for path in (park / places.OUT).iterdir()}
    assert there == {each for each in OUTPUTS if f"/outputs/{each}" in page.text}


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize(("lang", "said"), [("zh", "1 不符合 1 符合"), ("en", "1 fail 1 pass")])
def test_a_reader_is_answered_in_the_language_chosen_before(open_desk, park, lang, said):
    visitor = open_desk.visitor(lang)

    assert said in visitor.ask(desks.of_place(park)).seen
    assert f'<html lang="{lang}">' in visitor.ask("/nowhere").text


def test_an_output_is_given_to_be_kept_and_not_to_be_opened(judged, park):
    answer = judged[0].ask(desks.of_place(park, "/outputs/findings.csv"))

    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"] == "sandbox"


def test_issues_are_sorted_by_who_mends_them(judged, park):
    page = judged[0].ask(desks.of_place(park, "/issues"))
    rows = (park / places.OUT / "issues.csv").read_text(encoding="utf-8-sig").splitlines()[1:]

    assert page.status == 200
    open_ = [row for row in rows if ",error," in row or ",warning," in row]
    assert page.text.count("<tr><td>") == len(open_)


QUESTIONS = {
    # issue, source, layer, field: where it is answered
    ("buildings_overlap", "b.gpkg:b", "buildings", "geometry"): "catalog/part/layer-2#overlaps",
    ("crs_missing", "plots.shp", "plots", ""): "catalog/part/layer-1#crs",
    ("unit_unknown", "plots.shp", "plots", "land_area_m2"):
        "catalog/part/layer-1#fields.land_area_m2.unit",
    ("unit_unknown", "l.xlsx:A", "plots", "land_area_m2"):
        "catalog/part/layer-1#ledger.fields.land_area_m2.unit",
    ("table_sheet_left", "l.xlsx", "plots", ""): "catalog/part/layer-1#ledger.sheet",
    ("not_a_choice", "plots.shp", "plots", "stage"): "catalog/part/layer-1#values.stage",
    ("amount_shared", "l.xlsx", "plots", ""): "catalog/part/layer-1#ledger.on",
    ("column_missing", "plots.shp", "plots", ""): "catalog/part/layer-1",
    ("workflow_not_stated", "plots.shp", "plots", ""): "catalog/part/place#workflow",
    ("area_differs", "plots.shp", "plots", "land_area_m2"): "catalog/part/basis#land_area",
    ("area_differs", "r.shp", "parcels", "area_m2"): "files",
    ("geometry_invalid", "plots.shp", "plots", "geometry"): "files",
    ("crs_missing", "r.shp", "roads", ""): "catalog",
}


@pytest.mark.parametrize(("asked", "at"), QUESTIONS.items())
def test_a_question_leads_to_where_it_is_answered(asked, at):
    parts = [
        edit_catalog.Part("layer-1", "layer", {
            "kind": "plots", "path": "plots.shp", "ledger": {"path": "l.xlsx"},
        }),
        edit_catalog.Part(
            "layer-2", "layer", {"kind": "buildings", "path": "b.gpkg", "layer": "b"}
        ),
    ]

    row = dict(zip(("issue", "source", "layer", "field"), asked, strict=True))
    assert answered_at.address(parts, row) == at


def test_every_key_at_which_a_question_is_answered_is_an_input_of_a_form():
    about = catalog_form.About(words=translations.load("en"))
    inputs = {
        table: {each.name for each in catalog_form.form(table, {"kind": "plots"}, about)}
        for table in ("place", "basis", "layer")
    }
    for issue, kind in catalog.issue_kinds().items():
        table, _, key = kind.at.partition(".")
        of = {"table": ["layer", "ledger"], "": []}.get(table, [table])
        for own in of:
            name = key.format(field="land_area_m2", figure="land_area")
            name = f"ledger.{name}" if own == "ledger" else name
            found = inputs["layer" if own == "ledger" else own]
            assert name in found or f"{name}.0.key" in found or "values" in name, issue


def test_the_page_of_questions_links_to_the_form_and_the_input_is_there(site, tmp_path):
    site.layer("buildings", [
        (box(10 + n, 10, 40 + n, 40), {
            "building_id": f"b{n}", "class": "building", "storeys": 1, "storey_heights_m": "4",
        }) for n in (1, 2)
    ])
    vet.run(site.folder, out=site.folder / places.OUT)
    with desks.desk(site.folder, tmp_path / "state") as made:
        visitor = made.visitor()
        page = visitor.ask(desks.of_place(site.folder, "/issues"))
        at = re.search(r'href="([^"]*/catalog/part/layer-\d+)#overlaps"', page.text)[1]

        assert 'id="overlaps"' in visitor.ask(at).text
        assert "Answer it in the catalog" in page.seen


def test_a_file_that_was_changed_since_is_named(judged, park):
    path = park / "buildings.geojson"
    before = path.read_bytes()
    try:
        path.write_bytes(before + b"\n")
        assert "1 file changed since. buildings.geojson" in judged[0].ask(
            desks.of_place(park)
        ).seen
    finally:
        path.write_bytes(before)


def test_verdicts_that_were_edited_in_the_store_are_not_shown(site, tmp_path):
    out = site.folder / places.OUT
    vet.run(site.folder, out=out)
    with desks.desk(site.folder, tmp_path / "state") as made:
        visitor = made.visitor()
        before = visitor.follow("/")
        with closing(sqlite3.connect(out / "project.gpkg")) as db, db:
            for (name,) in db.execute("select name from sqlite_master where type = 'trigger' and "
                                      "tbl_name = 'plots'").fetchall():
                db.execute(f'drop trigger "{name}"')
            db.execute("update plots set verdict = 'fail'")
        after = visitor.follow("/")
        asked = visitor.ask(desks.of_place(site.folder, "/issues"))

    assert "1 pass" in before.seen
    assert "The results cannot be shown" in after.seen
    assert "1 fail" not in after.seen
    assert asked.status == 409


def test_names_and_texts_of_files_are_shown_and_do_nothing(tmp_path):
    site = Site(tmp_path / "served" / "<b>x&y")
    site.head["title"] = {"en": "<script>alert(1)</script>"}
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    with desks.desk(site.folder.parent, tmp_path / "state") as made:
        page = made.visitor().follow("/")
        own = made.visitor().ask(desks.of_place(site.folder))

    for each in (page, own):
        assert each.status == 200
        assert "<script>alert" not in each.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in each.text


@pytest.mark.parametrize("name", ["", "my park", "x-park-2006"])
def test_who_names_no_folder_finds_their_own_places_beside_the_demo_place(
    tmp_path, monkeypatch, name
):
    monkeypatch.setattr(homes.platformdirs, "user_documents_path", lambda: tmp_path / "documents")
    monkeypatch.setattr(homes.platformdirs, "user_state_path", lambda *_, **__: tmp_path / "state")
    home = homes.own()
    if name:
        site = Site(home.served / name)
        site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    with desks.of_home(home) as made:
        front = made.visitor().follow("/")
        new = made.visitor().ask("/new")
        demo = made.visitor().ask(f"/places/{'_' if name == 'x-park-2006' else ''}x-park-2006")

    assert home.served == tmp_path / "documents" / "landtrack"
    assert "X Industrial Park, 2006" in front.seen
    assert 'href="/new"' in front.text
    assert (f'href="/places/{quote(name)}"' in front.text) == bool(name)
    assert new.status == demo.status == 200
    assert "The demo place is not changed" not in demo.seen


def test_where_no_folder_can_be_made_the_desk_is_that_of_the_demo_place(tmp_path, monkeypatch):
    (tmp_path / "documents").write_text("a file")
    monkeypatch.setattr(homes.platformdirs, "user_documents_path", lambda: tmp_path / "documents")
    monkeypatch.setattr(homes.platformdirs, "user_state_path", lambda *_, **__: tmp_path / "state")
    home = homes.own()
    assert (home.served, home.demo) == (places.catalog.demo_place().resolve(), False)


def test_a_catalog_that_is_wrong_says_so_with_what_to_do(tmp_path):
    folder = tmp_path / "served" / "park"
    folder.mkdir(parents=True)
    (folder / "catalog.toml").write_text("[place]\nid = 3\n", encoding="utf-8")
    with desks.desk(folder, tmp_path / "state") as made:
        page = made.visitor().ask(desks.of_place(folder))

    assert page.status == 200
    assert "The catalog is wrong" in page.seen
    assert "What to do:" in page.seen


def test_from_a_folder_of_files_to_a_judged_place_without_a_terminal(site, tmp_path):
    (site.folder / "catalog.toml").unlink()
    with desks.desk(site.folder, tmp_path / "state") as made:
        visitor = made.visitor()
        first = visitor.follow("/")
        drafted = visitor.ask(desks.of_place(site.folder, "/init"), "POST")
        shown = visitor.until_done(drafted.headers["location"])
        again = visitor.ask(desks.of_place(site.folder, "/init"), "POST")
        run = visitor.ask(desks.of_place(site.folder, "/run"), "POST")
        visitor.until_done(run.headers["location"])
        last = visitor.follow("/")

    assert "No catalog yet" in first.seen
    assert "Written: catalog.toml. Look at each guess, then judge the place" in shown.seen
    assert again.status == 404  # a catalog that is there is never drafted over
    assert "How the plots stand" in last.seen


@pytest.mark.parametrize(("there", "listed"), [
    (["catalog.toml", "a.shp", "below/catalog.toml"], ["home"]),
    (["a.shp"], ["home"]),
    (["readme.txt", "one/catalog.toml", "two/a.shp", ".git/config", "build/map.html"],
     ["one", "two"]),
    (["one/a.shp", "two/a.shp", "empty/"], ["one", "two"]),
    ([], ["home"]),
])
def test_the_places_of_a_folder(tmp_path, there, listed):
    home = tmp_path / "home"
    home.mkdir()
    for each in there:
        path = home / each
        (path if each.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not each.endswith("/"):
            path.touch()

    assert list(places.listed(home)) == listed


def test_a_planner_judges_a_place_and_opens_its_map_in_three_clicks(open_desk):
    """In a real browser, whose forms say where they come from in their own way."""
    address = f"http://127.0.0.1:{open_desk.port}/"
    with browser.open_served(address + f"?token={open_desk.keys.token()}&lang=zh") as page:
        page.click("form[action$='/run'] button")
        page.wait_for_selector(".state.done", timeout=120_000)
        page.click("main a.button")
        page.click("a[href$='map.html']")
        page.wait_for_selector(".leaflet-container")


# --- jobs -----------------------------------------------------------------------------------


def test_a_job_that_is_asked_for_twice_is_one(judged, park):
    visitor = judged[0]

    first, second = (visitor.ask(desks.of_place(park, "/run"), "POST") for _ in range(2))
    visitor.until_done(first.headers["location"])

    assert first.headers["location"] == second.headers["location"]


def test_what_the_last_one_that_was_done_took_is_known_for_the_next(tmp_path, monkeypatch):
    clock = iter(f"2026-11-30T10:00:{second:02}+00:00" for second in range(60))
    monkeypatch.setattr(jobs, "_now", lambda: next(clock))
    own = jobs.Jobs(tmp_path / "jobs.sqlite")  # looks at the clock once
    for state in (jobs.DONE, jobs.REFUSED):
        number = own.begin("park", "run")
        for _ in range(3 if state == jobs.DONE else 7):
            jobs._now()
        own.end(number, state, "")
    other = own.begin("park", "print")
    again = own.begin("park", "run")

    assert own.took(own.get(again)) == 4
    assert own.took(own.get(other)) is None
    assert own.took(own.get(1)) is None
    own.close()


def test_what_is_going_on_is_said_with_the_places_and_with_its_place(tmp_path):
    for name in ("one", "other"):
        site = Site(tmp_path / "served" / name)
        site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    with desks.desk(tmp_path / "served", tmp_path / "state") as made:
        own = jobs.Jobs(made.home.jobs)
        number = own.begin("one", "run")
        pages_of = [made.visitor().ask(each) for each in ("/", "/places/one", "/places/other")]
        own.end(number, jobs.DONE, "")
        after = made.visitor().ask("/")
        own.close()

    going = f'<a href="/jobs/{number}">Judging: at work</a>'
    assert [going in each.text for each in pages_of] == [True, True, False]
    assert going not in after.text


def test_a_judging_says_what_it_changed_against_the_one_before(tmp_path):
    site = Site(tmp_path / "served" / "park")
    site.head |= {"workflow": "cn-2006"}
    asked = []
    with desks.desk(site.folder, tmp_path / "state") as made:
        for money in (26e6, 26e6, 1e6):
            site.layer("plots", [
                site.plot("A", box(0, 0, 100, 100), fixed_investment_cny=money),
                site.plot("B", box(200, 0, 300, 100)),
            ])
            site.layer("parcels", [(box(0, 200, 100, 300), {
                "parcel_id": "Z", "state": "surveyed" if money > 1e6 else "dossier_assembled",
            })])
            visitor = made.visitor()
            done = visitor.ask(desks.of_place(site.folder, "/run"), "POST").headers["location"]
            asked.append(visitor.until_done(done))
            time.sleep(1.1)  # runs are told apart by their second
        behind = visitor.ask(desks.of_place(site.folder, "/behind?of=turned:pass:fail"))

    assert 'id="since"' not in asked[0].text
    assert "Every verdict and state is as it was" in asked[1].seen
    assert "1 pass → fail" in asked[2].seen
    assert "Surveyed and demarcated: 1 → 0" in asked[2].seen
    assert behind.status == 200
    assert ">A<" in behind.text
    assert ">B<" not in behind.text


def test_a_judging_that_is_done_leads_on(visitor, park):
    done = visitor.until_done(visitor.ask(desks.of_place(park, "/run"), "POST").headers["location"])

    for path in ("/overview", "/plots?outcome=fail", "/issues"):
        assert f'href="{desks.of_place(park, path)}"' in done.text
        assert visitor.ask(desks.of_place(park, path)).status == 200


def test_an_overview_is_made_when_the_judging_ends(visitor, park, monkeypatch):
    made, real = [], standings._asked

    def asked(*of):
        made.append(of)
        return real(*of)

    monkeypatch.setattr(standings, "_asked", asked)
    visitor.until_done(visitor.ask(desks.of_place(park, "/run"), "POST").headers["location"])
    desks.until(lambda: made)

    assert visitor.ask(desks.of_place(park, "/overview")).status == 200
    assert len(made) == 1


def test_the_news_of_a_job_end_with_it(judged):
    told = judged[0].ask("/jobs/1/news").text

    last = json.loads(told.strip().splitlines()[-1].removeprefix("data: "))
    assert last["state"] == "done"
    assert any("map.html" in line for line in last["lines"])


def test_a_job_that_is_stopped_leaves_all_as_it_was(judged, park):
    visitor = judged[0]
    before = {path.name: path.read_bytes() for path in (park / places.OUT).glob("*.csv")}

    asked = visitor.ask(desks.of_place(park, "/run"), "POST").headers["location"]
    time.sleep(0.5)
    stopped = visitor.follow(f"{asked}/stop", "POST")
    job = visitor.until_done(asked)

    assert "stopped" in stopped.seen
    assert "stopped" in job.seen
    assert {path.name: path.read_bytes() for path in (park / places.OUT).glob("*.csv")} == before


def test_what_a_desk_was_at_when_it_was_killed_is_told_by_the_next(tmp_path):
    home = Home(tmp_path, tmp_path)
    first = jobs.Jobs(home.jobs)
    first.close()
    with first._db() as db:  # as the power leaves it
        db.execute("insert into job (place, kind, arguments, state, asked_at, said) "
                   "values ('park', 'run', 'run', 'working', '2026-01-01T00:00:00+00:00', '')")

    second = jobs.Jobs(home.jobs)
    try:
        assert [each.state for each in second.of("park")] == [jobs.INTERRUPTED]
    finally:
        second.close()


def test_a_desk_that_closes_begins_nothing_of_what_waits(tmp_path):
    home = Home(tmp_path, tmp_path)
    first = jobs.Jobs(home.jobs)
    for at in range(5):
        first.ask("park", "run", ["run", str(tmp_path / str(at))])
    first.close()

    assert not first._worker.is_alive()
    states = [each.state for each in first.of("park")]
    assert states[:4] == [jobs.WAITING] * 4
    second = jobs.Jobs(home.jobs)
    try:
        assert [each.state for each in second.of("park")][:4] == [jobs.INTERRUPTED] * 4
    finally:
        second.close()


@pytest.mark.parametrize("ending", [lambda made, _: made.close(), lambda made, at: made.stop(at)])
def test_a_job_that_is_ended_while_it_starts_does_not_work_on(tmp_path, monkeypatch, ending):
    """It is said to have ended when its process is on the way: that one is ended, too."""
    home = Home(tmp_path, tmp_path)
    starting, said = threading.Event(), threading.Event()
    real = subprocess.Popen

    def slow(_arguments, **how):
        starting.set()
        said.wait(20)
        return real([sys.executable, "-c", "import sys; sys.stdin.read()"], **how)

    monkeypatch.setattr(jobs.subprocess, "Popen", slow)
    made = jobs.Jobs(home.jobs)
    number = made.ask("park", "run", ["run"])
    starting.wait(20)
    ends = threading.Thread(target=ending, args=(made, number))
    ends.start()
    desks.until(lambda: made._closing or made.get(number).state == jobs.STOPPED)
    said.set()
    ends.join()

    try:
        desks.until(lambda: not made.get(number).going_on)
        desks.until(lambda: made._at is None)
    finally:
        monkeypatch.setattr(jobs.subprocess, "Popen", real)
        made.close()
    assert not made._worker.is_alive()


@pytest.fixture
def started(tmp_path):
    """Starts desks as a person does; each is ended afterwards."""
    running = []

    def start_(folder, *more):
        process = subprocess.Popen(  # noqa: S603  landtrack itself
            [sys.executable, "-m", "landtrack", "serve", str(folder), "--no-browser",
             "--lang", "en", *more],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=os.environ | {"XDG_STATE_HOME": str(tmp_path / "home")},
        )
        running.append(process)
        return process, process.stdout.readline().strip()

    yield start_
    for each in running:
        each.kill()
        each.wait()
        each.stdout.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signal to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_desk_ends_when_it_is_asked_to(started, park, number):
    process, said = started(park)
    address = said.rpartition(" ")[2]
    visitor = desks.Visitor.of(address)
    assert visitor.follow("/?" + address.partition("?")[2]).status == 200

    process.send_signal(number)

    assert process.wait(30) == 0
    assert process.stdout.read() == "It ends with Ctrl-C.\n"


def test_a_desk_listens_again_where_it_listened_last(tmp_path):
    """What a browser keeps belongs to the port: a visit that was not handed on yet."""
    home = Home(tmp_path, tmp_path)
    with start.again(home) as first:
        port = first.getsockname()[1]

    with start.again(home) as second:
        assert second.getsockname()[1] == port
        with start.again(home) as other:  # another program has it
            assert other.getsockname()[1] not in {0, port}


@pytest.mark.parametrize("kept", ["", "0", "80", "65536", "-1", "x", "9" * 5000])
def test_a_port_that_none_can_be_is_not_taken_for_the_last_one(tmp_path, kept):
    home = Home(tmp_path, tmp_path)
    home.port.write_text(kept)

    with start.again(home) as listener:
        port = listener.getsockname()[1]
        assert port > 1023  # below only some programs may listen
        assert str(port) == home.port.read_text()


def test_a_second_start_opens_the_desk_that_is_there(started, park):
    first, said = started(park)
    second, told = started(park)
    address = told.rpartition(" ")[2]
    visitor = desks.Visitor.of(address)

    assert said.startswith("The desk is open: http://127.0.0.1:")
    assert told.startswith("The desk is open already: ")
    assert second.wait(30) == 0
    assert first.poll() is None
    assert visitor.follow("/?" + address.partition("?")[2]).status == 200


def test_a_desk_that_is_killed_takes_its_job_along_and_the_next_one_says_so(started, site):
    first, said = started(site.folder.parent)
    address = said.rpartition(" ")[2]
    visitor = desks.Visitor.of(address)
    visitor.follow("/?" + address.partition("?")[2])
    visitor.ask(desks.of_place(site.folder, "/run"), "POST")
    time.sleep(0.5)
    first.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    first.wait()
    out = site.folder / places.OUT
    desks.until(lambda: not any(out.glob("*")))  # what was at work has ended, and cleared away

    _, again = started(site.folder.parent)
    address = again.rpartition(" ")[2]
    visitor = desks.Visitor.of(address)
    page = visitor.follow("/?" + address.partition("?")[2])

    assert "Judging: interrupted; all is as it was" in page.seen  # of many places, too
    own = f'href="{desks.of_place(site.folder)}">{site.folder.name}</a>: '
    assert f'{own}<a href="/jobs/1">Judging' in page.text
    assert "interrupted; all is as it was" in visitor.ask(desks.of_place(site.folder)).seen


def test_a_port_that_is_taken_is_told():
    with start.listening(None) as listener, pytest.raises(OutputError, match="cannot be listened"):
        start.listening(listener.getsockname()[1])


def test_the_process_that_answers_loads_no_library_that_reads(tmp_path):
    """They take 200 MB: whatever is asked, the worker and the jobs have them."""
    site = Site(tmp_path / "park")
    site.head["workflow"] = "cn-2006"
    site.layer("parcels", [(box(0, 200, 100, 300), {"parcel_id": "Z", "state": "approved"})])
    vet.run(site.folder, out=site.folder / places.OUT)
    (tmp_path / "state").mkdir()
    typed = {"plot": "A", "as": "html", "template": "parcel", "action": "announce", "key": "Z",
             "at": "2006-12-20", "document": "1", "event": "1", "why": "wrong",
             "fixed_investment_cny": "1"}
    every = [(filled(each.path), each.method) for each in EVERY]
    every.sort(key=lambda each: each[1] == "POST")  # pages first: jobs would slow them down
    code = f"""
import sys
import threading
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
import desks
from landtrack.server import pages
with desks.desk(Path({str(site.folder)!r}), Path({str(tmp_path / 'state')!r})) as made:
    visitor = made.visitor()
    for path, method in {every!r}:
        if method == "GET":
            query = "" if "/ogc" in path else "?" + {urlencode(typed)!r}
            answer = visitor.ask(path + query, first=path.endswith("/news"))
        else:
            answer = visitor.ask(
                path, method, body={urlencode(typed).encode()!r},
                Content_Type="application/x-www-form-urlencoded",
            )
        assert answer.status < 500, (path, answer.seen)
        if path.endswith(("/plots", "/case", "/steps", "/history", "/map/news")):
            assert answer.status == 200, (path, answer.seen)
        found = [each for each in {HEAVY} if each in sys.modules]
        assert not found, (method, path, found)
print("none")
"""

    said = subprocess.run(  # noqa: S603  landtrack itself
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert said.stdout.strip() == "none", said.stderr
