"""What happened, in the desk: a step that the workflow allows, for one or many, and taken back."""

import re
from urllib.parse import urlencode

import browser
import desks
import pytest
import stores
from builders import Site, box
from hypothesis import given, settings, strategies as st

from landtrack import store
from landtrack.app import step_entry, vet
from landtrack.model import catalog
from landtrack.store import log

ODD = ["-x", "a/b", "<b>&\"'", "甲 一", "--evidence=catalog.toml"]


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    """Twelve parcels that were reported, some with odd keys that were not, and one plot."""
    site = Site(tmp_path_factory.mktemp("served") / "park")
    site.head["workflow"] = "cn-2006"
    site.layer("parcels", [
        (box(100 * at, 200, 100 * at + 100, 300), {"parcel_id": key, "state": state})
        for at, (key, state) in enumerate(
            [(f"Z{n}", "approved") for n in range(12)] + [(key, "notified") for key in ODD]
        )
    ])
    folder = site.catalog().folder
    (folder / "scan.pdf").write_bytes(b"%PDF-1.4 a scan")
    return stores.judged(folder)


def sent(visitor, park, what, typed):
    return visitor.ask(
        desks.of_place(park, f"/{what}"), "POST", body=urlencode(typed, doseq=True).encode(),
        Content_Type="application/x-www-form-urlencoded",
    )


def done(visitor, park, what, **typed):
    asked = sent(visitor, park, what, typed)
    return visitor.ask(asked.headers["location"]) if asked.status == 303 else asked


def seen(park, state=None):
    return step_entry.seen(park / "build", "approval", state, 1000)


def states(park):
    return {
        each.key: each.state for state in seen(park).states for each in seen(park, state).found
    }


def entered(park):
    return list(log.proven(park / "build" / "project.gpkg"))


def test_only_steps_that_the_workflow_allows_from_a_state_are_offered(visitor, park):
    page = visitor.ask(desks.of_place(park, "/steps?track=approval&state=approved"))

    offered = set(re.findall(r'name="action" value="(\w+)"', page.text))
    flow = catalog.workflow("cn-2006")
    assert offered == {
        each.code for each in flow.track("approval").action if "approved" in each.leaves
    }
    assert "announce" in offered
    assert len(re.findall(r'name="key" value="Z', page.text)) == 12


def test_a_step_is_entered_for_all_with_its_scan_and_taken_back_with_its_reason(visitor, park):
    keys = [f"Z{n}" for n in range(12)]
    before = len(entered(park))

    page = done(
        visitor, park, "step", action="announce", key=keys, at="2006-12-20",
        document="公告〔2006〕1号", scan="scan.pdf", by="张三", note="--undo",
    )

    assert 'class="state done"' in page.text, page.seen
    fresh = entered(park)[before:]
    assert [each.feature_id for each in fresh] == keys
    assert {(each.action, each.at, each.document_no, each.by, each.note) for each in fresh} == {
        ("announce", "2006-12-20", "公告〔2006〕1号", "张三", "--undo")
    }
    [scan] = {each.evidence_sha256 for each in fresh}
    assert scan
    assert {states(park)[key] for key in keys} == {"announced"}

    shown = visitor.ask(desks.of_place(park, "/history?key=Z3"))
    assert "公告〔2006〕1号" in shown.seen
    back = done(visitor, park, "undo", event=fresh[3].event, why="wrong parcel", by="张三")
    assert 'class="state done"' in back.text, back.seen
    assert states(park)["Z3"] == "approved"
    assert states(park)["Z4"] == "announced"


def test_what_was_entered_for_many_is_taken_back_at_once_all_or_none(visitor, park):
    keys = [f"Z{n}" for n in range(12) if states(park)[f"Z{n}"] == "approved"] or ["Z3"]
    page = done(visitor, park, "step", action="announce", key=keys, at="2006-12-20", document="d")
    first, last = re.search(r'name="event" value="(\d+)(?:-(\d+))?"', page.text).groups()
    events = [each.event for each in entered(park)][-len(keys):]
    assert (int(first), int(last or first)) == (events[0], events[-1])

    before = len(entered(park))
    wide = f"{events[0]}-{events[-1] + 1}"  # the last there is not
    assert done(visitor, park, "undo", event=wide, why="wrong").status == 409
    assert len(entered(park)) == before
    for odd in ("1-2-3", "5-1", "1-99999", "a-b", "-", "1-"):
        assert done(visitor, park, "undo", event=odd, why="wrong").status == 404

    back = done(visitor, park, "undo", event=f"{first}-{last or first}", why="wrong place")

    assert 'class="state done"' in back.text, back.seen
    assert {states(park)[key] for key in keys} == {"approved"}
    assert len(entered(park)) == before + len(keys)


def test_what_the_workflow_forbids_is_refused_whole_with_the_reason(visitor, park):
    before = len(entered(park))

    page = done(visitor, park, "step", action="announce", key=ODD, at="2006-12-21", document="1",
                state="notified", track="approval")

    assert page.status == 409
    assert 'class="state refused"' in page.text
    assert 'value="2006-12-21"' in page.text  # what was typed is there to be corrected
    assert len(re.findall(r'name="key" value="[^"]*" checked', page.text)) == len(ODD)
    assert len(entered(park)) == before


def test_a_feature_of_any_key_takes_a_step(visitor, park):
    page = done(
        visitor, park, "step", action="survey", key=ODD, at="2006-11", document="测 1", by="--x",
    )

    assert 'class="state done"' in page.text, page.seen
    assert {states(park)[key] for key in ODD} == {"surveyed"}


@pytest.mark.parametrize(("typed", "status"), [
    ({}, 409), ({"action": "announce"}, 409),
    ({"action": "no such", "key": "Z1", "at": "2006"}, 409),
    ({"action": "announce", "key": "no such", "at": "2006"}, 409),
    ({"action": "announce", "key": ["Z1", "A"], "at": "2006"}, 409),  # A is a plot
    ({"action": "announce", "key": "Z1", "at": "2006", "scan": "../secret.pdf"}, 404),
    ({"action": "announce", "key": "Z1", "at": "2006", "scan": "catalog.toml"}, 404),
])
def test_what_there_is_not_cannot_be_entered(visitor, park, typed, status):
    before = len(entered(park))

    assert sent(visitor, park, "step", typed).status == status
    assert len(entered(park)) == before


def test_who_ticks_nothing_is_told_so_and_keeps_what_was_typed(visitor, park):
    answer = sent(visitor, park, "step", {
        "action": "announce", "at": "2006-05", "document": "No. 77", "note": "of May", "by": "Li",
    })

    assert (answer.status, "Nothing is ticked" in answer.seen) == (409, True)
    for typed in ("2006-05", "No. 77", "of May", "Li"):
        assert f'value="{typed}"' in answer.text


def test_a_link_is_no_scan(visitor, park):
    link = park / "linked.pdf"
    link.symlink_to("/etc/passwd")
    try:
        answer = sent(visitor, park, "step", {
            "action": "announce", "key": "Z1", "at": "2006", "scan": "linked.pdf",
        })
        assert answer.status == 404
        assert "linked.pdf" not in visitor.ask(desks.of_place(park, "/steps")).text
    finally:
        link.unlink()


def test_of_two_windows_the_second_is_told_what_the_first_entered(visitor, park):
    known = seen(park).event
    step = {"action": "survey", "at": "2006-12", "document": "2", "seen": known}
    undone = {"action": "assemble_dossier", "at": "2006-12", "document": "3", "seen": known}
    first = done(visitor, park, "step", key=[ODD[3]], **undone)

    second = done(visitor, park, "step", key=[ODD[3]], **step)

    assert 'class="state done"' in first.text, first.seen
    assert 'class="state refused"' in second.text


@settings(max_examples=25)
@given(typed=st.dictionaries(
    st.sampled_from(["action", "key", "at", "document", "scan", "by", "note", "seen", "event",
                     "track", "state", "said"]),
    st.text(max_size=30),
))
@pytest.mark.parametrize("what", ["step", "undo", "history", "steps"])
def test_whatever_is_typed_is_answered(visitor, park, what, typed):
    body = {name: value.encode("utf-8", "surrogatepass") for name, value in typed.items()}
    if what in {"step", "undo"}:
        answer = sent(visitor, park, what, body)
    else:
        answer = visitor.ask(desks.of_place(park, f"/{what}?{urlencode(body)}"))

    assert answer.status in {200, 303, 404, 409}


def test_a_place_without_a_workflow_has_no_steps(tmp_path):
    site = Site(tmp_path / "plain")
    site.head["workflow"] = ""
    folder = site.catalog().folder
    with desks.desk(folder, tmp_path / "state") as desk:
        assert desk.visitor().ask(desks.of_place(folder, "/steps")).status == 409


def test_an_announcement_for_twelve_parcels_takes_eight_clicks(tmp_path):
    """From the page of the place: steps, all, day and number typed, scan chosen, enter.

    What was ticked and typed before a scan is dropped or chosen stays.
    """
    from playwright.sync_api import sync_playwright

    site = Site(tmp_path / "park")
    site.head["workflow"] = "cn-2006"
    site.layer("parcels", [
        (box(100 * n, 200, 100 * n + 100, 300), {"parcel_id": f"Z{n}", "state": "approved"})
        for n in range(12)
    ])
    folder = site.catalog().folder
    (folder / "build").mkdir()
    store.write(vet.vet(catalog.place(folder)), folder / "build" / "project.gpkg")
    clicks = 0
    with desks.desk(folder, tmp_path / "state") as desk, sync_playwright() as started:
        own = started.chromium.launch(
            executable_path=browser.executable(), args=list(browser.FLAGS)
        )
        page = own.new_page()
        page.goto(f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang=en")
        for what in ("text=What happened", "text=all of these"):
            page.click(what)
            clicks += 1
        page.fill("#at", "2006-12-20")
        page.fill("#document", "1")
        clicks += 2
        page.evaluate("""() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["%PDF-1.4 another"], "another.pdf"));
            document.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
        }""")
        page.wait_for_selector("text=another.pdf is a scan")
        page.set_input_files("#own_scan", {  # or chosen beside the step, as who has no mouse does
            "name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 a scan"})
        page.click("text=Bring it")
        clicks += 2
        page.wait_for_selector("text=scan.pdf is a scan")
        assert page.input_value("#document") == "1"
        assert page.locator("#scan option:checked").inner_text() == "scan.pdf"
        page.click("text=Enter it for the ticked ones")
        clicks += 1
        page.wait_for_selector(".state.done", timeout=60_000)
        own.close()
    assert clicks <= 8
    assert set(states(folder).values()) == {"announced"}
    assert all(each.evidence_sha256 for each in entered(folder) if each.action == "announce")
