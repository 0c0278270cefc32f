"""The desk takes files in, says what they are, and shows what differs before they count."""

import getpass
import http.client
import json
import os
import re
import signal
from pathlib import Path

import browser
import desk_forms
import desks
import pytest
from builders import Site, box
from hypothesis import HealthCheck, given, settings, strategies as st

from landtrack.app import deliver, places
from landtrack.server import files, uploads
from landtrack.server.home import Home


def plots(site, **changes):
    """A layer of two plots as bytes, the first of them as stated."""
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100), **changes), site.plot("B", box(200, 0, 300, 100)),
    ])
    return (site.folder / "plots.geojson").read_bytes()


@pytest.fixture
def odd(tmp_path):
    """Files of a place as a planner has them: a layer, and something that cannot be read."""
    site = Site(tmp_path / "made")
    data = plots(site)
    buildings = (site.folder / "buildings.geojson").read_bytes()
    return [
        ("从镇里来/plots.geojson", data), ("从镇里来/buildings.geojson", buildings),
        ("从镇里来/broken.gpkg", b"no layers"), ("从镇里来/.DS_Store", b"x"),
    ]


@pytest.fixture
def served(tmp_path):
    """A desk of a folder in which nothing is yet."""
    home = tmp_path / "home"
    home.mkdir()
    with desks.desk(home, tmp_path / "state") as made:
        yield made


def inspected(visitor, path):
    """Look at the files of a place until they are inspected."""
    desks.until(lambda: 'data-news="' not in visitor.ask(path).text)
    return visitor.ask(path)


def test_a_new_place_is_made_of_the_files_that_are_sent(served, odd):
    visitor = served.visitor()
    first = visitor.follow("/")
    sent = desk_forms.send_files(visitor, "/new", odd, title="")
    page = inspected(visitor, sent.headers["location"])
    folder = served.home.served / "从镇里来"

    assert "Make the place" in first.seen
    assert sent.status == 303
    assert {each.name for each in folder.iterdir()} == {
        "plots.geojson", "buildings.geojson", "broken.gpkg",
    }
    assert "plots.geojson GeoJSON" in page.seen
    assert "features 2 (polygons 2)" in page.seen
    assert "EPSG:4529" in page.seen
    assert "broken.gpkg" in page.seen
    assert "What to do:" in page.seen  # of what cannot be read
    assert ".DS_Store: not taken" in page.seen
    assert list(places.listed(served.home.served)) == ["从镇里来"]


def test_the_page_of_the_files_is_in_the_language_of_the_reader(served, odd):
    visitor = served.visitor("zh")
    sent = desk_forms.send_files(visitor, "/new", odd, title="一号园区")
    page = inspected(visitor, sent.headers["location"])
    other = served.visitor("en").ask(sent.headers["location"])

    assert "要素 2 (面 2)" in page.seen
    assert "处理办法：" in page.seen
    assert "What to do:" in other.seen
    assert "处理办法：" not in other.seen.replace("一号园区", "")


@pytest.fixture
def place(tmp_path):
    """A desk of a place of two plots, with its folder and a visitor."""
    site = Site(tmp_path / "park")
    plots(site)
    with desks.desk(site.folder, tmp_path / "state") as made:
        yield made, site, made.visitor()


def test_the_next_delivery_of_a_layer_counts_when_what_differs_was_seen(place, tmp_path):
    _, site, visitor = place
    before = (site.folder / "plots.geojson").read_bytes()
    other = Site(tmp_path / "other")
    other.layer("plots", [
        other.plot("A", box(0, 0, 90, 100)), other.plot("C", box(400, 0, 500, 100)),
    ])
    after = (other.folder / "plots.geojson").read_bytes()
    here = desks.of_place(site.folder, "/files")

    page = desk_forms.send_files(visitor, here, [("plots.geojson", after)])
    shown = visitor.follow(page.headers["location"])
    waits = deliver.deliveries(site.folder)[0]
    compared = desk_forms.send(visitor, f"{here}/{waits.id}/differs", {"key": "plot_id"})
    visitor.until_done(compared.headers["location"])
    told = visitor.ask(here)
    listed = visitor.ask(desks.of_place(site.folder, f"/differences/{waits.id}"))
    unchanged = (site.folder / "plots.geojson").read_bytes()
    taken = visitor.follow(f"{here}/{waits.id}/take", "POST")

    assert "Next delivery of plots.geojson" in shown.seen
    assert "told apart by plot_id" in shown.seen
    assert "Let it count" not in shown.seen
    assert unchanged == before
    assert "Let it count" in told.seen
    assert "1 new 1 gone 1 with another shape" in told.seen
    assert "<pre" not in told.text
    assert re.findall(r'<th scope="row">(\w+)', listed.text) == ["C", "B", "A"]
    assert taken.status == 200
    assert (site.folder / "plots.geojson").read_bytes() == after
    assert "Deliveries before" in taken.seen


@pytest.mark.usefixtures("read_here")
def test_a_delivery_before_is_put_back_by_a_click_seen_first_and_undone_likewise(place, tmp_path):
    _, site, visitor = place
    first = (site.folder / "plots.geojson").read_bytes()
    second = plots(Site(tmp_path / "other"), company="Plant")
    here = desks.of_place(site.folder, "/files")
    with desks.jobs_here():
        visitor.ask(desks.of_place(site.folder, "/inspect"), "POST")
        inspected(visitor, here)
        desk_forms.send_files(visitor, here, [("plots.geojson", second)])
        visitor.ask(f"{here}/{deliver.deliveries(site.folder)[0].id}/take", "POST")
        listed = visitor.ask(here)

        (way,) = re.findall(rf'action="({here}/[^"]+/back)"', listed.text)
        shown = desk_forms.ended(visitor, way)
        waits = deliver.deliveries(site.folder)[0]
        table = visitor.ask(desks.of_place(site.folder, f"/differences/{waits.id}"))
        unchanged = (site.folder / "plots.geojson").read_bytes()
        visitor.ask(f"{here}/{waits.id}/take", "POST")
        again = visitor.ask(here)

    assert "Counted until" in listed.seen
    assert "plots: 2" in listed.seen  # what it had
    assert getpass.getuser() in listed.seen
    assert f"/differences/{waits.id}" in shown.text
    assert "plots.geojson as it was until" in table.seen
    assert "column that one file alone has company filled cells: 1 –" in table.seen
    assert unchanged == second
    assert (site.folder / "plots.geojson").read_bytes() == first
    assert again.text.count('/back"') == 2


def test_what_waits_can_be_thrown_away(place):
    _, site, visitor = place
    here = desks.of_place(site.folder, "/files")
    desk_forms.send_files(visitor, here, [("plots.geojson", b"other")])
    waits = deliver.deliveries(site.folder)[0]

    visitor.follow(f"{here}/{waits.id}/drop", "POST")
    again = visitor.ask(f"{here}/{waits.id}/take", "POST")

    assert deliver.deliveries(site.folder) == []
    assert again.status == 409
    assert (site.folder / "plots.geojson").read_bytes() != b"other"


def test_an_upload_is_never_a_page(place):
    _, site, visitor = place
    desk_forms.send_files(
        visitor, desks.of_place(site.folder, "/files"),
        [("evil.html", b"<script>alert(1)</script>"), ("evil.js", b"alert(1)")],
    )

    for name in ("evil.html", "evil.js"):
        assert (site.folder / name).is_file()
        for path in (f"/files/{name}", f"/outputs/{name}", f"/map-blocks/..%2F..%2F{name}"):
            assert visitor.ask(desks.of_place(site.folder, path)).status in (404, 405)


def test_the_demo_place_is_not_changed(tmp_path):
    with desks.desk(places.catalog.demo_place(), tmp_path / "state") as made:
        visitor = made.visitor()
        here = desks.of_place(places.catalog.demo_place(), "/files")
        page = visitor.ask(here)
        sent = desk_forms.send_files(visitor, here, [("a.csv", b"1")])

    assert "The demo place is not changed" in page.seen
    assert sent.status == 409
    assert not (places.catalog.demo_place() / "a.csv").exists()


def test_new_places_are_made_in_a_folder_of_places_only(place):
    _, _, visitor = place

    assert visitor.ask("/new").status == 404
    assert desk_forms.send_files(visitor, "/new", [("a.csv", b"1")], title="x").status == 404


@pytest.mark.parametrize("body", [
    b"", b"no form", desk_forms.of_files([("a.csv", b"1")])[:-20],
    desk_forms.of_files([("a.csv", b"1")]).replace(b"Content-Disposition", b"X" * 5000),
])
def test_a_form_that_does_not_come_whole_leaves_nothing(place, body):
    _, site, visitor = place
    before = sorted(path.name for path in site.folder.rglob("*"))

    answer = visitor.ask(
        desks.of_place(site.folder, "/files"), "POST", body=body,
        Content_Type=f"multipart/form-data; boundary={desk_forms.EDGE}",
    )

    assert answer.status == 409
    assert "nothing was taken" in answer.seen
    assert sorted(path.name for path in site.folder.rglob("*")) == before


def test_a_form_that_is_longer_than_it_may_be_leaves_nothing(place, monkeypatch):
    _, site, visitor = place
    monkeypatch.setattr(deliver, "MOST_FILE", 1000)
    before = sorted(path.name for path in site.folder.rglob("*"))

    answer = desk_forms.send_files(
        visitor, desks.of_place(site.folder, "/files"), [("a.csv", b"1"), ("b.csv", b"x" * 2000)]
    )

    assert answer.status == 409
    assert sorted(path.name for path in site.folder.rglob("*")) == before


NAMES = st.text(max_size=30) | st.text('./\\: \u202e~$con\x00"\r\n', max_size=30)


@settings(deadline=None, max_examples=40,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.lists(st.tuples(NAMES, st.binary(max_size=200)), max_size=5))
def test_whatever_a_form_brings_is_in_the_place_or_refused(place, sent):
    _, site, visitor = place
    outside = {path for path in site.folder.parent.rglob("*") if site.folder not in path.parents}

    answer = desk_forms.send_files(visitor, desks.of_place(site.folder, "/files"), sent)

    assert answer.status in (303, 409)
    after = {path for path in site.folder.parent.rglob("*") if site.folder not in path.parents}
    assert {path for path in after - outside if "state" not in path.parts} == set()
    assert not (site.folder / deliver.OWN / deliver.INCOMING).exists()


def begun(port, cookies, path, size):
    """Begin to send a file, and leave off in the middle."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    body = desk_forms.of_files([("big.gpkg", b"x" * size)])
    line.putrequest("POST", path, skip_host=True)
    for name, value in {
        "Host": f"127.0.0.1:{port}", "Origin": f"http://127.0.0.1:{port}",
        "Cookie": "; ".join(f"{key}={value}" for key, value in cookies.items()),
        "Content-Length": str(len(body)),
        "Content-Type": f"multipart/form-data; boundary={desk_forms.EDGE}",
    }.items():
        line.putheader(name, value)
    line.endheaders(body[:len(body) // 2])
    return line


def test_a_line_that_breaks_leaves_nothing(place):
    _, site, visitor = place
    here = desks.of_place(site.folder, "/files")

    line = begun(visitor.port, visitor.cookies, here, 4 << 20)
    desks.until((site.folder / deliver.OWN).exists)
    line.close()

    desks.until(lambda: not (site.folder / deliver.OWN).exists())
    desks.until(lambda: "stopped" in visitor.ask(here).seen)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no signal to one process")
def test_a_desk_that_is_killed_while_a_file_comes_says_so_and_leaves_nothing_half(tmp_path):
    site = Site(tmp_path / "park")
    plots(site)

    first, visitor = desks.started(site.folder, tmp_path / "home")
    here = desks.of_place(site.folder, "/files")
    line = begun(visitor.port, visitor.cookies, here, 4 << 20)
    desks.until((site.folder / deliver.OWN).exists)
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()
    line.close()
    left = (site.folder / deliver.OWN).exists()
    second, visitor = desks.started(site.folder, tmp_path / "home")
    try:
        page = visitor.ask(here)
    finally:
        second.kill()
        second.wait()
        second.stdout.close()

    assert left
    assert not (site.folder / deliver.OWN).exists()
    assert "Bringing files in: interrupted" in page.seen


def test_files_are_dropped_and_chosen_in_a_real_browser(served, odd, tmp_path):
    chosen = []
    for name, data in odd:
        path = tmp_path / "chosen" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        chosen.append(path)
    address = f"http://127.0.0.1:{served.port}/"
    with browser.open_served(address + f"?token={served.keys.token()}&lang=zh") as page:
        page.set_input_files("#folder", str(chosen[0].parent))
        page.click("form.drop button")
        page.wait_for_selector("details.file .pass", timeout=120_000)
        page.wait_for_selector("[data-news]", state="detached")  # else the page is asked for anew
        page.wait_for_selector("form.drop .hint")  # its script is there
        text = json.dumps([["new.csv", "a,b\n1,2\n"]])
        page.evaluate("""(files) => {
            const dataTransfer = new DataTransfer();
            for (const [name, text] of JSON.parse(files)) {
                dataTransfer.items.add(new File([text], name));
            }
            const how = { dataTransfer, bubbles: true, cancelable: true };
            document.dispatchEvent(new DragEvent('drop', how));
        }""", text)
        page.wait_for_selector("text=new.csv：已收下", state="attached", timeout=120_000)

    assert (served.home.served / "从镇里来" / "new.csv").is_file()


def test_what_a_delivery_fails_by_names_it_as_people_called_it(place):
    _, site, visitor = place
    here = desks.of_place(site.folder, "/files")
    desk_forms.send_files(visitor, here, [("plots.geojson", b"garbage")])
    waits = deliver.deliveries(site.folder)[0]

    job = desk_forms.ended(visitor, f"{here}/{waits.id}/differs", {"key": "plot_id"})

    assert "plots.geojson" in job.seen
    assert ".landtrack" not in job.text
    assert waits.id not in job.text


@pytest.mark.parametrize(("said", "read"), [
    ("{state}/brought/0a1b-2c3d/bad.zip: no", "bad.zip: no"),
    ("in {state}/shown-0a1b2c/0a1b-2c3d/0a1b-2c3d/t.csv:", "in t.csv:"),
    ("{state}/.landtrack/incoming/0a1b-2c3d/files/a/b.shp is", "a/b.shp is"),
    ("/home/Li Wei/.landtrack/deliveries/20061231T1-0a1b/sub/a.shp", "/home/Li Wei/sub/a.shp"),
    ("/home/park/plots.shp is gone", "/home/park/plots.shp is gone"),
    ("{state}/jobs.sqlite", "{state}/jobs.sqlite"),
])
def test_files_are_named_as_people_called_them_not_by_where_the_desk_keeps_them(said, read):
    home = Home(Path("park"), Path("state") / "Li Wei")
    said, read = (each.replace("{state}", str(home.state)) for each in (said, read))

    assert home.plain(said) == read
    assert home.plain(said.replace("/", os.sep)) == read.replace("/", os.sep)


def test_the_limits_are_those_that_the_page_states():
    assert deliver.MOST_FILE == 2 << 30
    assert uploads.MOST > deliver.MOST_FILE
    assert files.UPLOAD == "upload"
