"""Who runs a shared desk sees how it is, and nothing of what people do in it."""

import json
import re

import desks
import pytest
import shared_desks
import stores
from prometheus_client.parser import text_string_to_metric_families as families
from shared_desks import PASSWORD

from landtrack.model.errors import SourceError
from landtrack.store.postgis import people

ROLES = {"rita": ["reader"]}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    park = shared_desks.judged(tmp_path_factory.mktemp("place") / "park")
    with stores.opened_desk(park / "build" / "project.gpkg", roles=ROLES) as (owner, at):
        shared_desks.with_passwords(owner, ROLES)
        with shared_desks.opened(park, owner, at, tmp_path_factory.mktemp("state")) as own:
            yield own


def figures(desk):
    answer = desk.visitor().ask("/metrics")
    assert answer.status == 200
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for each in families(answer.text) for sample in each.samples
    }


def test_a_desk_whose_database_answers_is_well(desk):
    answer = desk.visitor().ask("/health")

    assert (answer.status, json.loads(answer.text)) == (200, {"database": True})


def test_a_desk_whose_database_does_not_answer_is_not(desk, monkeypatch):
    def gone(_):
        raise SourceError("The database does not answer.", mend="Start it.")

    monkeypatch.setattr(people, "seen", gone)
    answer = desk.visitor().ask("/health")

    assert (answer.status, json.loads(answer.text)) == (503, {"database": False})
    assert figures(desk)["landtrack_database_up",] == 0


@pytest.mark.parametrize("path", ["/health", "/metrics"])
def test_what_comes_through_the_proxy_is_not_told_how_the_desk_is(desk, path):
    answer = desk.visitor().ask(path, X_Forwarded_For="192.0.2.7")

    assert (answer.status, answer.headers["location"][:8]) == (303, "/sign-in")


def test_requests_are_counted_by_address_and_not_by_what_was_asked(desk):
    def count(status, address):
        return figures(desk).get(("landtrack_requests_total", ("address", address),
                                  ("method", "GET"), ("status", str(status))), 0)

    before = count(200, "/places/{name}/steps"), count(404, "/places/{name}/steps")
    visitor = desk.of("rita")
    for path in ("/places/park/steps", "/places/park/steps?track=approval", "/places/none/steps"):
        visitor.ask(path)

    after = count(200, "/places/{name}/steps"), count(404, "/places/{name}/steps")
    assert [b - a for a, b in zip(before, after, strict=True)] == [2, 1]
    told = figures(desk)
    assert told["landtrack_jobs", ("state", "waiting")] == 0
    assert told["landtrack_request_seconds_count", ("address", "/places/{name}/steps")] >= 3
    assert not any("none" in str(key) or "park" in str(key) for key in told)


@pytest.mark.parametrize(("given", "kept"), [
    ("0a1b2c3d-e5", True), ("short", False), ("x" * 65, False), ('a"b{c}d e', False),
])  # fmt: skip
def test_a_request_keeps_its_id_from_the_proxy_to_the_line(desk, given, kept):
    answer = desk.of("rita").ask("/account", X_Request_Id=given)

    own = answer.headers["x-request-id"]
    assert (own == given) == kept
    desks.until(lambda: any(own in each for each in desk.lines))  # it is said after the answer
    (line,) = [each for each in map(json.loads, desk.lines) if each["id"] == own][-1:]
    assert (line["address"], line["status"], line["person"]) == ("/account", 200, "rita")
    assert line["ms"] > 0


def test_a_line_holds_nothing_that_was_typed_and_no_key(desk):
    desk.lines.clear()
    visitor = desk.visitor()
    visitor.signs_in("rita")
    visitor.signs_in("rita", "a wrong password 99")
    visitor.ask("/first?link=secret-link-of-a-person")
    visitor.ask("/places/park/history?key=P&text=what%20was%20looked%20for")
    visitor.ask("/places/" + "x" * 300)

    desks.until(lambda: len(desk.lines) == 5)
    said = "\n".join(desk.lines)
    keys = {value for name, value in visitor.cookies.items() if "language" not in name}
    assert keys
    for hidden in (PASSWORD, "wrong password", "secret-link", "looked", "xxx", *keys):
        assert hidden not in said
    assert all(re.fullmatch(r"[ -~]*", each) for each in desk.lines)
