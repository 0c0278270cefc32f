"""Application passwords of a shared desk: a program reads for a person, and does nothing else."""

import base64
import dataclasses
import json
import os
import re
import subprocess
import sys

import desk_forms
import geopandas as gpd
import pytest
import shared_desks
import stores

from landtrack import store
from landtrack.app import track
from landtrack.app.ogc import answers
from landtrack.app.ogc_types import Asked
from landtrack.model.errors import LandtrackError
from landtrack.server import tries
from landtrack.store.postgis import people

ROLES = {"pan": ["planner"], "rita": ["reader"], "tom": ["planner"], "ada": ["administrator"]}
HERE = "/places/park"
CODE = """
import sys
import pyogrio
address, password, path = sys.argv[1:]
pyogrio.read_dataframe(address, layer="parcels", USERPWD=password).to_parquet(path)
"""


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    return shared_desks.judged(tmp_path_factory.mktemp("place") / "park")


@pytest.fixture(scope="module")
def desk(park, tmp_path_factory):
    state, ports = tmp_path_factory.mktemp("state"), []
    with (
        stores.opened_desk(park / "build" / "project.gpkg", roles=ROLES) as (owner, at),
        shared_desks.with_tls(state, lambda: ports[0]) as tls,
        shared_desks.opened(
            park, owner, at, state / "desk", origin=f"https://localhost:{tls}"
        ) as own,
    ):
        ports.append(own.port)
        own.tls = tls
        yield own


@pytest.fixture(autouse=True)
def without_waits(desk):
    desk.tries._of.clear()


def browser(desk, name):
    visitor = desk.of(name)
    visitor.host = f"localhost:{desk.tls}"
    return visitor


def made(desk, name):
    """Make an application password as somebody, by the page."""
    page = browser(desk, name).ask(f"{HERE}/gis/make", "POST")
    assert page.status == 200, page.seen
    (key,) = re.findall(r'<code class="to-copy">([\w-]{43})</code>', page.text)
    return key


def asks(desk, name, key, path="/ogc/collections/parcels/items", method="GET", **how):
    visitor = desk.visitor()
    visitor.host = f"localhost:{desk.tls}"
    told = base64.b64encode(f"{name}:{key}".encode()).decode()
    return visitor.ask(f"{HERE}{path}", method, Authorization=f"Basic {told}", **how)


def test_a_program_reads_for_a_person_what_the_store_holds(desk):
    key = made(desk, "pan")
    told = json.loads(asks(desk, "pan", key).text)
    own = json.loads(answers.answer(desk.owner, Asked(
        resource="items", collection="parcels", base=f"https://localhost:{desk.tls}{HERE}/ogc",
    )).body)
    assert told | {"timeStamp": ""} == own | {"timeStamp": ""}
    assert len(told["features"]) == 2
    for path in ("/ogc", "/ogc/api", "/ogc/collections", "/ogc/collections/states_parcels",
                 "/ogc/collections/plots/items/A", "/ogc/collections/plots/file/geojson"):
        assert asks(desk, "pan", key, path).status in {200, 404}, path
    page = browser(desk, "pan").ask(f"{HERE}/gis")
    assert '<code class="to-copy">pan</code>' in page.text
    assert key not in page.text  # it is shown where it is made, and nowhere else
    assert browser(desk, "pan").ask(f"{HERE}/ogc", Accept="text/html").status == 200


def test_gdal_reads_a_collection_by_it_as_the_store_has_it(desk, tmp_path):
    free = {name: own for name, own in os.environ.items()
            if not name.startswith(("GDAL_", "CPL_", "OGR_"))}
    done = subprocess.run(  # noqa: S603  GDAL, of a desk of this test
        [sys.executable, "-c", CODE, f"OAPIF:https://localhost:{desk.tls}{HERE}/ogc",
         f"rita:{made(desk, 'rita')}", str(tmp_path / "parcels.parquet")],
        capture_output=True, text=True, check=False, timeout=120,
        env=free | {"GDAL_HTTP_UNSAFESSL": "YES"},
    )
    assert done.returncode == 0, done.stderr
    read, held = gpd.read_parquet(tmp_path / "parcels.parquet"), store.read(desk.owner, "parcels")
    assert read.crs.equals(held.crs, ignore_axis_order=True)
    assert [*read["parcel_id"]] == [*held["parcel_id"]]
    assert read.geometry.hausdorff_distance(held.geometry, align=False).max() == 0.0


def test_it_opens_no_page_and_changes_nothing(desk):
    key = made(desk, "pan")
    for path in ("", "/map.html", "/plots", "/case?plot=A", "/overview", "/gis", "/steps",
                 "/gis/project"):
        answer = asks(desk, "pan", key, path)
        assert (answer.status, answer.headers["location"][:8]) == (303, "/sign-in"), path
    for path in ("/step", "/undo", "/sign-offs", "/gis/make"):
        assert asks(desk, "pan", key, path, "POST").status == 401
    visitor = desk.visitor(**{shared_desks.SESSION: key})
    visitor.host = f"localhost:{desk.tls}"
    assert visitor.ask(HERE).status == 303  # nor is it a session


def test_to_the_database_it_is_a_reader_whatever_its_person_is(desk):
    own = dataclasses.replace(desk.at, token=made(desk, "pan"))
    with store.backends.of(own).reading(own) as db:
        role = db.connection.exec_driver_sql("SELECT current_user").scalar()
        assert str(role).endswith("_reader")
    event = store.log.Event(event=0, layer="parcels", feature_id="P", track="approval",
                            action="survey", at="2006-12-01", by="", document_no="d", note="")
    for does in (
        lambda: track.apply(own, "survey", ["P"], event, lang="en"),
        lambda: people.seen(own) or people.sessions(own), lambda: people.accounts(own),
        lambda: people.make_program(own, "x"), lambda: people.drop_program(own),
        lambda: people.leave(own), lambda: people.note(own, "job", "x"),
    ):
        with pytest.raises(LandtrackError):
            does()
    assert not store.log.read(desk.owner).rows


@pytest.mark.parametrize("what", ["another", "revoked", "role", "disabled", "ended"])
def test_it_ends(desk, what):
    key = made(desk, "tom")
    assert asks(desk, "tom", key).status == 200
    tom = browser(desk, "tom")
    if what == "another":
        made(desk, "tom")
    elif what == "revoked":
        assert tom.ask(f"{HERE}/gis/revoke", "POST").status == 303
        assert "There is none yet" in tom.ask(f"{HERE}/gis").seen
    elif what == "role":
        people.give(desk.owner, "tom", "reader", administers=False)
    elif what == "disabled":
        people.disable(desk.owner, "tom")
        people.disable(desk.owner, "tom", off=False)
    else:
        stores.execute(desk.owner, f"UPDATE {desk.owner.schema}_desk.programs "  # noqa: S608
                                   "SET ends_at = now() - interval '1 second'")
    assert asks(desk, "tom", key).status == 401


def test_who_signed_in_long_ago_says_anew_who_they_are_before_they_get_one(desk):
    pan = browser(desk, "pan")
    stores.execute(desk.owner, f"UPDATE {desk.owner.schema}_desk.sessions SET proved_at = "  # noqa: S608
                               "proved_at - interval '16 minutes'")
    answer = pan.ask(f"{HERE}/gis/make", "POST")
    assert answer.headers["location"] == "/again?next=%2Fplaces%2Fpark%2Fgis"
    assert desk_forms.send(pan, f"{HERE}/gis/none", {}).status == 404


def test_wrong_ones_wait_and_keep_out_nobody_who_has_a_right_one(desk):
    key, other = made(desk, "pan"), made(desk, "rita")
    wrong = [asks(desk, *each) for each in (
        ("pan", "x" * 43), ("rita", key), ("nobody", key), ("pan", ""), ("", ""), ("pan", other))]
    assert {each.status for each in wrong} == {401}
    assert {each.headers["www-authenticate"][:5] for each in wrong} == {"Basic"}
    for _ in range(tries.FREE["program"]):
        last = asks(desk, "pan", "wrong")
    assert (last.status, "retry-after" in last.headers) == (429, True)
    assert asks(desk, "pan", key).status == 200


def test_who_brings_nothing_is_asked_for_a_password_and_a_browser_to_sign_in(desk):
    visitor = desk.visitor()
    visitor.host = f"localhost:{desk.tls}"
    for _ in range(tries.FREE["program"] + 2):
        asked = visitor.ask(f"{HERE}/ogc", Accept="application/json")
    assert (asked.status, asked.headers["www-authenticate"][:5]) == (401, "Basic")
    sent = visitor.ask(f"{HERE}/ogc", Accept="text/html,*/*;q=0.8")
    assert sent.headers["location"] == "/sign-in?next=%2Fplaces%2Fpark%2Fogc"


def test_the_desk_of_an_earlier_version_gets_them_by_a_grant_and_says_so_before(park):
    with stores.opened_desk(park / "build" / "project.gpkg", roles=ROLES) as (owner, at):
        own = f"{owner.schema}_desk"
        stores.execute(
            owner, f"DROP FUNCTION {own}.program_of(text)", f"DROP TABLE {own}.programs",
            f"UPDATE {own}.about SET value = '1' WHERE key = 'version'",  # noqa: S608
        )
        pan = stores.signed_in(at, "pan")
        with pytest.raises(LandtrackError, match="earlier version"):
            people.program(pan)
        store.grant(owner, "desk", f"{owner.schema}_user")
        assert people.program(pan) is None
        people.make_program(pan, "k" * 43)
        assert people.seen_program(at, "pan", "k" * 43).role == "planner"
        assert [each.kind for each in people.audit(owner, most=1)] == ["program"]
