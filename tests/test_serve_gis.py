"""A GIS comes in by an application password: to read the addresses for it, and nothing else."""

import base64
import http.client
import json
import os
import re
import stat
from urllib.parse import urlencode

import desk_forms
import desks
import geopandas as gpd
import ogc_park
import pytest

from landtrack import store
from landtrack.app.ogc import files
from landtrack.app.ogc_types import FILES, Asked
from landtrack.server import pages, passwords
from landtrack.server.passwords import IN, MOST_TRIES, TOO_MANY, WITHIN_S, WRONG, Passwords

EVERY = pages.Pages(None, None, None).table()
LANDING = "/places/park/ogc"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Two places, so that the password of one can be tried at the other."""
    served = tmp_path_factory.mktemp("served")
    ogc_park.judged(served / "park")
    (served / "other").mkdir()
    (served / "other" / "catalog.toml").write_bytes((served / "park" / "catalog.toml").read_bytes())
    with desks.desk(served, tmp_path_factory.mktemp("state")) as made:
        yield made


def made(desk, place="park"):
    """Make a password in the page of a place, as a planner does; give it with its user name."""
    visitor = desk.visitor()
    answer = desk_forms.send(visitor, f"/places/{place}/gis/make", {})
    assert answer.status == 303
    page = visitor.ask(answer.headers["location"])
    user, password = re.findall(r'<dd><code class="to-copy">([^<]+)</code>', page.text)
    return user, password


def by(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_who_has_the_password_reads_what_is_for_a_gis(desk):
    own, stranger = by(*made(desk)), desks.Visitor(desk.port)

    for path in ("", "/collections", "/collections/parcels/items?limit=2",
                 "/collections/parcels/items/Z1"):
        assert stranger.ask(LANDING + path).status == 401
        assert stranger.ask(LANDING + path, **own).status == 200
    assert stranger.ask(LANDING).headers["www-authenticate"].startswith("Basic ")
    assert stranger.ask(LANDING, "HEAD", **own).status == 200
    assert "set-cookie" not in stranger.ask(LANDING, **own).headers


@pytest.mark.parametrize("address", [each for each in EVERY if not each.by_password],
                         ids=lambda each: f"{each.method} {each.path}")
def test_it_opens_no_page_and_sends_no_form(desk, address):
    own = by(*made(desk)) if not hasattr(desk, "kept") else desk.kept
    desk.kept = own
    path = re.sub(r"{\w+(:\w+)?}", "park", address.path)

    answer = desks.Visitor(desk.port).ask(path, address.method, **own)

    assert answer.status == 401
    assert "www-authenticate" not in answer.headers


def test_addresses_for_a_gis_are_to_read_alone_and_all_below_one():
    for each in EVERY:
        assert not each.by_password or each.method == "GET"
        assert each.by_password == each.path.startswith("/places/{name}/ogc")


def test_it_is_asked_under_the_name_of_this_computer_only(desk):
    assert desks.Visitor(desk.port).ask(LANDING, Host="evil.example", **by(*made(desk))).status == (
        421
    )


def test_the_password_of_a_place_opens_no_other(desk):
    own = by(*made(desk))

    assert desks.Visitor(desk.port).ask("/places/other/ogc", **own).status == 401
    assert desks.Visitor(desk.port).ask("/places/nowhere/ogc", **own).status == 401


def test_a_new_one_ends_the_one_before_and_one_that_is_taken_away_opens_nothing(desk):
    stranger = desks.Visitor(desk.port)
    first, second = by(*made(desk)), by(*made(desk))

    assert [stranger.ask(LANDING, **each).status for each in (first, second)] == [401, 200]
    assert desk_forms.send(desk.visitor(), "/places/park/gis/revoke", {}).status == 303
    assert stranger.ask(LANDING, **second).status == 401


def test_it_is_shown_once_and_kept_as_a_hash_in_the_folder_of_the_user(desk):
    user, password = made(desk)
    file = desk.home.passwords

    page = desk.visitor().ask("/places/park/gis")
    assert user in page.text
    assert password not in page.text
    assert password.encode() not in file.read_bytes()
    assert json.loads(file.read_text())["park"]["user"] == user
    assert len(base64.urlsafe_b64decode(password)) * 8 >= 128
    assert os.name == "nt" or stat.S_IMODE(file.stat().st_mode) == 0o600
    assert f"http://127.0.0.1:{desk.port}{LANDING}" in page.text


def test_no_other_kind_of_change_is_known(desk):
    assert desk_forms.send(desk.visitor(), "/places/park/gis/show", {}).status == 404
    assert desk_forms.send(desk.visitor(), "/places/nowhere/gis/make", {}).status == 404


# --- files ----------------------------------------------------------------------------------


def brought(desk, path, folder, name, **query):
    """Ask for a file by the password, and keep it."""
    line = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=120)
    line.request("GET", f"{LANDING}/collections/{path}?{urlencode(query)}", headers=by(*made(desk)))
    answer = line.getresponse()
    (folder / name).write_bytes(answer.read())
    line.close()
    return answer


@pytest.mark.parametrize(("kind", "media"), FILES.items())
def test_all_features_that_are_wanted_are_one_file(desk, tmp_path, kind, media):
    answer = brought(desk, f"parcels/file/{kind}", tmp_path, f"got.{kind}", filter="row > 2")

    assert (answer.status, answer.headers["content-type"]) == (200, media)
    assert f'filename="park-parcels.{kind}"' in answer.headers["content-disposition"]
    assert answer.headers["content-security-policy"] == "sandbox"
    found = gpd.read_file(tmp_path / f"got.{kind}")
    own = store.read(desk.home.served / "park" / "build" / "project.gpkg", "parcels")[2:]
    assert found.crs == own.crs
    assert found["id"].tolist() == found["parcel_id"].tolist() == own["parcel_id"].tolist()
    assert [each.wkb for each in found.geometry] == [each.wkb for each in own.geometry]
    assert found["area_m2"].tolist() == own["area_m2"].tolist()
    assert found["row"].tolist() == own["row"].tolist()
    assert [str(each)[:10] for each in found["state_on"]] == ["2006-03-01"] * len(own)
    desks.until(lambda: [*desk.home.given.iterdir()] == [])


@pytest.mark.parametrize(("path", "query", "status"), [
    ("parcels/file/shp", {}, 404), ("parcels/file/gpkg", {"filter": "nosuch = 1"}, 400),
])
def test_a_file_that_cannot_be_is_refused_and_leaves_nothing(desk, tmp_path, path, query, status):
    answer = brought(desk, path, tmp_path, "got", **query)

    assert answer.status == status
    assert "code" in json.loads((tmp_path / "got").read_text())
    assert not desk.home.given.exists() or [*desk.home.given.iterdir()] == []


def test_the_states_of_a_day_and_findings_are_files_too_and_a_file_has_its_most(
    desk, tmp_path, monkeypatch
):
    path = desk.home.served / "park" / "build" / "project.gpkg"

    def written(of, **query):
        folder = tmp_path / of
        folder.mkdir(exist_ok=True)
        return files.write(path, Asked(
            resource="items", base="http://desk/ogc", collection=of, feature="gpkg",
            query=tuple(query.items()),
        ), folder)

    assert written("states_parcels", datetime="2006-05-10").status == 200
    states = gpd.read_file(tmp_path / "states_parcels" / "states_parcels.gpkg")
    assert states[states["state"] == "dossier_assembled"]["feature_id"].tolist() == ["Z1"]
    assert len(states) == ogc_park.PARCELS
    assert written("findings", outcome="fail").status == 200
    assert {*gpd.read_file(tmp_path / "findings" / "findings.gpkg")["plot_id"]} == {"B"}
    monkeypatch.setattr(files, "MOST", 3)
    assert written("parcels").status == 400
    assert written("parcels", filter="row < 4").status == 200


# --- tries ----------------------------------------------------------------------------------


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def kept(tmp_path, clock):
    return Passwords(tmp_path / "passwords.json", now=lambda: clock[0])


def tried(kept, user, password, place="park"):
    return kept.admits(place, by(user, password)["Authorization"])


def test_wrong_tries_are_limited_and_count_for_a_while(kept, clock):
    password = kept.make("park")
    user = kept.of("park").user

    assert [tried(kept, user, "x") for _ in range(MOST_TRIES)] == [WRONG] * MOST_TRIES
    assert tried(kept, user, password) == TOO_MANY
    clock[0] += WITHIN_S + 1
    assert tried(kept, user, password) == IN


def test_who_does_not_know_the_user_name_keeps_nobody_out(kept):
    password = kept.make("park")

    assert {tried(kept, "guessed", each) for each in map(str, range(MOST_TRIES))} == {WRONG}
    assert tried(kept, "guessed", password) == TOO_MANY
    assert tried(kept, "x", "x", "nowhere") == WRONG
    assert tried(kept, kept.of("park").user, password) == IN


def test_places_that_there_are_none_of_take_no_memory(kept):
    for at in range(100):
        tried(kept, "x", "x", f"place {at}")

    assert len(kept._wrong) <= 2


@pytest.mark.parametrize("header", [
    "", "Basic", "Basic ", "Basic !!!", "Bearer x", "Basic " + "A" * 10_000, "Basic /////w==",
    "Basic " + base64.b64encode(b"\xff:\xfe").decode(), "basic Og==", "Basic ٣٣٣٣", "\x00",
])
def test_what_is_no_password_lets_nobody_in(kept, header):
    kept.make("park")

    assert kept.admits("park", header) == WRONG
    assert Passwords(kept.path.with_name("none")).admits("park", header) == WRONG


@pytest.mark.parametrize("text", ["", "{", "[]", '{"park": 1}', '{"park": {"user": ""}}', "\xff"])
def test_a_file_that_is_none_lets_nobody_in(kept, text):
    kept.path.write_text(text, encoding="latin-1")

    assert kept.of("park") is None
    assert tried(kept, "", "") == WRONG
    assert kept.make("park")
    assert Passwords(kept.path).of("park") == kept.of("park")


def test_a_password_outlives_the_desk(kept):
    password = kept.make("park")

    assert tried(Passwords(kept.path), kept.of("park").user, password) == IN
    assert passwords.Passwords(kept.path).shown_once("park") is None
