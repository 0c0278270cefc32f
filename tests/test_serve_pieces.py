"""A file that comes to the desk goes on where it stopped, whatever broke."""

import hashlib
import http.client
import json
import os
import signal
from datetime import UTC, datetime, timedelta

import browser
import desk_forms
import desks
import pytest
from builders import Site, box

from landtrack.app import deliver, partials
from landtrack.server import jobs, pages

LARGE = bytes(range(256)) * (40 << 10)
"""10 MiB: more than is sent in one form."""
ALL = len(LARGE)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A desk of a folder of places with one of one plot."""
    site = Site(tmp_path_factory.mktemp("home") / "park")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    with desks.desk(site.folder.parent, tmp_path_factory.mktemp("state")) as made:
        yield made, site.folder, made.visitor()


@pytest.fixture(autouse=True)
def nothing_left(place):
    yield
    made, folder, _ = place
    for each in (folder, folder.parent):
        left = [one.id for one in partials.listed(each, made.home.mark)]
        partials.drop(each, made.home.mark, left)


HERE = "/places/park/files/parts"


def told(name="big.bin", size=ALL, modified=1000):
    return {"name": name, "size": size, "modified": modified}


def begin(visitor, *files, here=HERE):
    """Tell of files, and give what is there of each."""
    answer = visitor.ask(here, "POST", body=json.dumps(files).encode())
    return answer, json.loads(answer.text) if answer.status == 200 else None


def go_on(visitor, part, offset, data, here=HERE):
    return visitor.ask(f"{here}/{part}", "PATCH", body=data, Upload_Offset=str(offset))


def broken(port, cookies, part, data, brings):
    """Send some of what was said, and break the line."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.putrequest("PATCH", f"{HERE}/{part}", skip_host=True)
    for name, value in {
        "Host": f"127.0.0.1:{port}", "Origin": f"http://127.0.0.1:{port}", "Upload-Offset": "0",
        "Cookie": "; ".join(f"{key}={value}" for key, value in cookies.items()),
        "Content-Length": str(brings),
    }.items():
        line.putheader(name, value)
    line.endheaders(data)
    return line


def test_what_came_before_the_line_broke_is_not_sent_again(place):
    made, folder, visitor = place
    _, (part,) = begin(visitor, told())
    line = broken(visitor.port, visitor.cookies, part["part"], LARGE[:3 << 20], len(LARGE))
    line.close()
    desks.until(lambda: partials.listed(folder, made.home.mark)[0].there == 3 << 20)

    page = visitor.ask("/places/park/files")
    _, (again,) = begin(visitor, told())
    rest = go_on(visitor, part["part"], again["there"], LARGE[again["there"]:])
    taken = desk_forms.send(visitor, f"{HERE}/taken", {"part": part["part"]})
    after = visitor.follow(taken.headers["location"])

    assert again == {"part": part["part"], "there": 3 << 20}
    assert "On their way, not all here yet: 1" in page.seen
    assert "big.bin 3.1 MB of 10.5 MB" in page.seen
    assert (rest.status, rest.headers["upload-offset"]) == (204, str(len(LARGE)))
    assert (folder / "big.bin").read_bytes() == LARGE
    assert f"SHA-256 {hashlib.sha256(LARGE).hexdigest()} big.bin" in after.seen
    assert partials.listed(folder, made.home.mark) == []
    (folder / "big.bin").unlink()


@pytest.mark.parametrize("said", ["0", "5", "4", "", "-1", "x", str(1 << 70)])
def test_an_offset_is_never_believed(place, said):
    made, folder, visitor = place
    _, (part,) = begin(visitor, told())
    go_on(visitor, part["part"], 0, b"abc")

    answer = go_on(visitor, part["part"], said, b"rest")

    assert (answer.status, answer.headers["upload-offset"]) == (409, "3")
    assert partials.listed(folder, made.home.mark)[0].there == 3


def test_no_more_comes_than_was_said(place):
    made, folder, visitor = place
    _, (part,) = begin(visitor, told(size=4))

    answer = go_on(visitor, part["part"], 0, b"12345")

    assert answer.status == 409
    assert "more bytes than was said" in answer.seen
    assert partials.listed(folder, made.home.mark)[0].there == 0
    assert desk_forms.send(visitor, f"{HERE}/taken", {"part": part["part"]}).status == 409


def test_who_begins_anew_ends_who_was_at_it(tmp_path):
    (part,) = partials.begin(tmp_path, "me", [partials.Told("a", 6, 1)])
    first = partials.Piece(tmp_path, "me", part.id, 0)
    first.write(b"ab")
    second = partials.Piece(tmp_path, "me", part.id, 2)

    with pytest.raises(partials.OffsetError):
        first.write(b"XX")
    second.write(b"cdef")
    first.close()
    second.close()
    incoming, _ = partials.take(tmp_path, "me", [part.id])
    incoming.settle()

    assert (tmp_path / "a").read_bytes() == b"abcdef"


@pytest.mark.parametrize(("files", "why"), [
    ([told(size=deliver.MOST_FILE + 1)], "has more than 2 GiB"),
    ([told(str(each), size=deliver.MOST_FILE) for each in range(5)], "8 GiB would be on their way"),
    ([told(str(each), size=0) for each in range(deliver.MOST_FILES + 1)], "More than 5,000 files"),
    ([{"name": "a"}], "did not come whole"), ([told(size=-1)], "did not come whole"),
    ([told() | {"other": 1}], "did not come whole"), (["a"], "did not come whole"),
])
def test_what_may_be_on_its_way_has_limits(place, files, why):
    made, folder, visitor = place

    answer, _ = begin(visitor, *files)

    assert answer.status == 409
    assert why in answer.seen
    assert partials.listed(folder, made.home.mark) == []


def test_without_room_nothing_is_begun(place, monkeypatch):
    made, folder, visitor = place
    monkeypatch.setattr(deliver, "LEFT_FREE", 1 << 60)

    answer, _ = begin(visitor, told())

    assert "no room" in answer.seen
    assert partials.listed(folder, made.home.mark) == []


def test_names_are_those_of_any_file_that_is_brought(place):
    _, folder, visitor = place

    _, parts = begin(visitor, told("../../evil.csv", 1), told(".hidden", 1), told("a/con.csv", 1))
    for each in (parts[0], parts[2]):
        go_on(visitor, each["part"], 0, b"x")
    desk_forms.send(visitor, f"{HERE}/taken", [
        ("part", parts[0]["part"]), ("part", parts[2]["part"]), ("left", ".hidden"),
    ])
    page = visitor.ask("/places/park/files")

    assert parts[1] is None
    assert (folder / "evil.csv").is_file()
    assert (folder / "a" / "_con.csv").is_file()
    assert ".hidden: not taken" in page.seen
    (folder / "evil.csv").unlink()
    (folder / "a" / "_con.csv").unlink()


def test_a_partial_is_thrown_away_by_a_button_or_when_nothing_comes_to_it_for_a_week(place):
    made, folder, visitor = place
    _, (one, other) = begin(visitor, told("one"), told("other"))
    go_on(visitor, other["part"], 0, b"x")
    page = visitor.ask("/places/park/files")
    desk_forms.send(visitor, f"{HERE}/thrown-away", {"part": one["part"]})
    left = [each.name for each in partials.listed(folder, made.home.mark)]

    now = datetime.now(UTC)
    partials.clear(folder, now=now + partials.LIFETIME - timedelta(hours=1))
    kept = [each.name for each in partials.listed(folder, made.home.mark)]
    partials.clear(folder, now=now + partials.LIFETIME + timedelta(hours=1))

    assert "stays for 7 days" in page.seen
    assert left == kept == ["other"]
    assert partials.listed(folder, made.home.mark) == []
    assert not (folder / deliver.OWN).exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows lets not everybody make links")
def test_links_that_lie_where_partials_do_are_not_followed(place):
    made, folder, visitor = place
    _, (part,) = begin(visitor, told())
    data = next(folder.rglob("data"))
    data.unlink()
    data.symlink_to(folder / "plots.geojson")
    before = (folder / "plots.geojson").read_bytes()

    answer = go_on(visitor, part["part"], len(before), b"more")

    assert answer.status == 409
    assert (folder / "plots.geojson").read_bytes() == before
    assert partials.listed(folder, made.home.mark) == []
    data.unlink()


@pytest.mark.parametrize("how", ["elsewhere", "stranger"])
def test_pieces_are_guarded_as_every_form_is(place, how):
    made, _, visitor = place
    _, (part,) = begin(visitor, told())
    who = visitor if how == "elsewhere" else desks.Visitor(made.port)
    here = how != "elsewhere"

    asked = who.ask(HERE, "POST", body=b"[]", here=here)
    sent = who.ask(f"{HERE}/{part['part']}", "PATCH", body=b"x", here=here, Upload_Offset="0")

    assert asked.status == sent.status == (403 if how == "elsewhere" else 401)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signal to one process")
def test_a_desk_that_is_killed_while_a_file_comes_goes_on_with_it(tmp_path):
    folder = tmp_path / "park"
    folder.mkdir()

    first, visitor = desks.started(folder, tmp_path / "home")
    _, (part,) = begin(visitor, told())
    line = broken(visitor.port, visitor.cookies, part["part"], LARGE[:4 << 20], len(LARGE))
    desks.until(lambda: sum(each.stat().st_size for each in folder.rglob("data")) >= 3 << 20)
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()
    line.close()
    second, visitor = desks.started(folder, tmp_path / "home")
    try:
        _, (again,) = begin(visitor, told())
        go_on(visitor, again["part"], again["there"], LARGE[again["there"]:])
        desk_forms.send(visitor, f"{HERE}/taken", {"part": again["part"]})
    finally:
        second.kill()
        second.wait()
        second.stdout.close()

    assert 3 << 20 <= again["there"] <= 4 << 20
    assert hashlib.sha256((folder / "big.bin").read_bytes()).digest() == hashlib.sha256(
        LARGE).digest()


def test_in_a_browser_a_file_goes_on_after_a_reload_and_by_itself_when_the_line_breaks(
    place, tmp_path, monkeypatch
):
    monkeypatch.setattr(pages, "AT_ONCE_S", 0.2)  # so often news are looked for
    made, folder, visitor = place
    chosen = tmp_path / "big.bin"
    chosen.write_bytes(LARGE)
    seconds = 1_100_000_000
    os.utime(chosen, (seconds, seconds))
    _, (part,) = begin(visitor, told(modified=1000 * seconds))
    go_on(visitor, part["part"], 0, LARGE[:7 << 20])  # and the page was reloaded
    door = f"http://127.0.0.1:{made.port}/?token={made.keys.token()}&lang=zh"
    tries, seen = [], []
    own = jobs.Jobs(made.home.jobs)
    looked_at = own.begin(folder.name, "inspect")

    def sent(route):
        if route.request.method == "PATCH":
            tries.append(route.request.headers["upload-offset"])
            if not seen:  # the line is broken until somebody has read that it is
                route.abort()
                return
        route.continue_()

    with browser.open_map("/places/park/files", door=door) as page:
        page.locator("pre[data-news]").wait_for(state="attached")
        half = page.locator("#half").inner_text()
        page.route("**/files/parts/*", sent)
        page.set_input_files("#files", str(chosen))
        page.click("form.drop button")
        page.locator(".going").get_by_text("连接中断").wait_for()
        own.end(looked_at, jobs.DONE, "")  # what the page reloads for, but not while a file comes
        page.wait_for_timeout(2000)
        assert page.locator(".going").is_visible()
        seen.append(True)
        for _ in range(600):
            if (folder / "big.bin").exists():
                break
            page.wait_for_timeout(200)
        page.wait_for_load_state("load")
        page.heard.errors.clear()  # the line that broke

    assert "big.bin 已有 7.3 MB，共 10.5 MB" in half
    own.close()
    assert len(tries) > 1
    assert set(tries) == {str(7 << 20)}
    assert (folder / "big.bin").read_bytes() == LARGE


def test_what_is_typed_while_something_works_is_not_lost_when_that_ends(
    place, tmp_path, monkeypatch
):
    monkeypatch.setattr(pages, "AT_ONCE_S", 0.2)
    made, folder, _ = place
    chosen = tmp_path / "small.txt"
    chosen.write_text("x")
    door = f"http://127.0.0.1:{made.port}/?token={made.keys.token()}&lang=en"
    own = jobs.Jobs(made.home.jobs)
    first = own.begin(folder.name, "inspect")

    with browser.open_map("/places/park/files", door=door) as page:
        page.locator("pre[data-news]").wait_for(state="attached")
        page.set_input_files("#files", str(chosen))  # chosen, and not sent yet
        own.end(first, jobs.DONE, "")
        page.locator(".mark").get_by_text("It has ended").wait_for()
        kept = page.evaluate("document.querySelector('#files').files.length")

        second = own.begin(folder.name, "inspect")
        page.reload()
        page.locator("pre[data-news]").wait_for(state="attached")
        own.end(second, jobs.DONE, "")  # nothing is typed: the page is asked for anew
        page.locator("pre[data-news]").wait_for(state="detached")
        marks = page.locator(".mark").get_by_text("It has ended").count()

    own.close()
    assert (kept, marks) == (1, 0)


def test_a_new_place_is_made_of_files_that_came_in_pieces(place):
    made, folder, visitor = place
    _, (part,) = begin(visitor, told("从镇里来/a.csv", 3), here="/new/parts")
    go_on(visitor, part["part"], 0, b"a,b", here="/new/parts")

    page = visitor.ask("/new")
    taken = desk_forms.send(visitor, "/new/parts/taken", {"part": part["part"], "title": ""})

    assert "从镇里来/a.csv all here (3 B), not taken yet" in page.seen
    assert taken.status == 303
    assert (folder.parent / "从镇里来" / "a.csv").read_bytes() == b"a,b"
    assert partials.listed(folder.parent, made.home.mark) == []
