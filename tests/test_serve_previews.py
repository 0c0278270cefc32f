"""A sheet is seen before it is printed: what is seen is what is then issued, and nothing else."""

import io
import re
import shutil
import subprocess
from types import SimpleNamespace
from urllib.parse import urlencode

import browser
import desks
import numpy as np
import pypdfium2
import pytest
import stores
from builders import Site, box
from click.testing import CliRunner
from PIL import Image

from landtrack.app import papers, sheet_preview
from landtrack.cli.main import main
from landtrack.model import translations
from landtrack.model.errors import LandtrackError
from landtrack.output.sheets import picture
from landtrack.server import asked, cases, previews, questions
from landtrack.store import sheet_register

SIGNED = {"drawn_by": "甲", "checked_by": "乙", "on": "2006-12-31"}


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("served") / "park")
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 80)), site.plot("B", box(200, 0, 260, 190)),
    ])
    site.layer("roads", [])
    return stores.judged(site.catalog().folder)


def store_of(park):
    return park / "build" / "project.gpkg"


def seen(park, of="plots:A", template="parcel", at=0, lang="zh", **typed):
    return sheet_preview.of(store_of(park), template, of, typed, at, lang)


def issued(park, path, template="parcel"):
    done = CliRunner().invoke(main, [
        "sheet", template, "plots:A", "--by", "甲", "--checked", "乙", "--on", "2006-12-31",
        "--lang", "zh", "--store", str(store_of(park)), "--out", str(path),
    ])
    assert done.exit_code == 0, done.output
    return path


def address(park, what="sheet", **typed):
    return desks.of_place(park, f"/{what}?{urlencode(typed)}")


def pixels(image):
    return np.asarray(image.convert("RGB"), dtype=int)


def test_what_is_seen_is_the_sheet_that_is_then_issued_and_looking_enters_nothing(park, tmp_path):
    before = sheet_register.rows(store_of(park))

    shown = seen(park, **SIGNED)

    assert sheet_register.rows(store_of(park)) == before
    path = issued(park, tmp_path / "sheet.pdf")
    row = sheet_register.rows(store_of(park))[-1]
    assert (row["number"], row["revision"], row["scale"], row["pages"]) == (
        shown.number, shown.revision, shown.scale, shown.pages)
    asked = {"survey_unit": "测绘单位", "surveyed_on": "测量日期", "map_sheet": "图幅号"}
    assert (shown.lacks, shown.reasons) == (asked, ())
    again = seen(park, **SIGNED)
    assert again.revision == shown.revision  # what says the same is the same revision
    got = pixels(Image.open(io.BytesIO(shown.shown[0].png)))
    with pypdfium2.PdfDocument(path.read_bytes()) as pdf:
        page = picture.page(pdf, 0)
    mark = np.asarray(picture.mark(page.size, translations.load("zh")("sheet.preview")))
    assert 0.002 < (mark > 0).mean() < 0.05
    assert (got == pixels(page))[mark == 0].all()
    assert not (got == pixels(page))[mark > 0].all()


def test_another_program_sees_the_same_on_the_sheet(park, tmp_path):
    reads = shutil.which("pdftoppm")
    if reads is None:
        pytest.skip("pdftoppm is not installed")
    path = issued(park, tmp_path / "sheet.pdf")
    shown = seen(park, **SIGNED).shown[0]

    subprocess.run([  # noqa: S603  a program of this machine
        reads, "-png", "-singlefile", "-scale-to-x", str(shown.width), "-scale-to-y",
        str(shown.height), str(path), str(tmp_path / "page"),
    ], check=True)

    theirs = Image.open(tmp_path / "page.png")
    mark = np.asarray(picture.mark(theirs.size, translations.load("zh")("sheet.preview")))

    def unlike(preview):
        """Say how unlike they are where no mark is, seen from so far that edges are alike."""
        small = [
            pixels(each.reduce(8)) for each in (theirs, Image.open(io.BytesIO(preview.png)))
        ]
        clear = np.asarray(Image.fromarray((mark > 0).astype(np.uint8) * 255).reduce(8)) == 0
        return np.abs(small[0] - small[1])[clear].mean()

    assert unlike(shown) < 1.5
    assert unlike(seen(park, scale="1:2000", paper="A4", **SIGNED).shown[0]) > 2 * unlike(shown)


def test_what_lacks_is_named_and_the_sheet_is_shown_as_the_draft_that_it_is(park):
    shown = seen(park, drawn_by="甲", lang="en")

    asked = {"survey_unit": "Surveying unit", "surveyed_on": "Surveyed", "map_sheet": "Map sheet"}
    assert shown.lacks == {"checked_by": "Checked by", **asked}
    assert shown.number.endswith("-draft")
    assert shown.reasons == ("not filled in: Checked by",)


@pytest.mark.parametrize(("typed", "said"), [
    ({"scale": "1:x"}, "is no scale"), ({"on": "2006-13-01"}, "is no day"),
    ({"values": "owner"}, "states no value"), ({"scale": "1:1"}, "does not fit"),
    ({"of": "plots:Z"}, "Z"), ({"template": "demarcation", "scale": "1:50"}, "goes over 72 maps"),
])
def test_what_cannot_be_drawn_is_told_as_it_is_where_it_is_printed(park, typed, said):
    with pytest.raises(LandtrackError, match=said):
        seen(park, **typed)


def test_each_sheet_of_an_atlas_can_be_looked_at(park):
    assert [(each.subject, each.at, each.of) for each in (
        seen(park, of="plots:*", at=at) for at in (0, 1, 7)
    )] == [("A", 0, 2), ("B", 1, 2), ("B", 1, 2)]


def test_the_form_shows_it_without_script_and_keeps_what_was_typed(visitor, park):
    page = visitor.ask(address(park, plot="A", template="project", drawn_by='<b>"甲', paper="A3"))

    assert page.status == 200
    assert re.search(r'id="lack-checked_by">Not stated yet: Checked by\.<', page.text)
    assert 'id="lack-drawn_by"></span>' in page.text
    assert 'value="&lt;b&gt;&#34;甲"' in page.text
    assert '<option value="project" selected>' in page.text
    assert page.text.count('<img src="data:image/png;base64,') == 2
    case = visitor.ask(desks.of_place(park, "/case?plot=A")).text
    assert re.search(r'<button class="plain" formmethod="get">Preview</button>', case)


def test_what_is_asked_for_by_name_stands_on_the_sheet_that_is_printed(visitor, park):
    typed = {"plot": "A", "template": "parcel", "value.survey_unit": "测绘院", "value.x y": "no"}
    page = visitor.ask(address(park, **typed))

    assert 'id="value-map_sheet" name="value.map_sheet"' in page.text
    assert 'id="value-survey_unit"' not in page.text  # it is stated
    assert "survey_unit=测绘院</textarea>" in page.text
    assert cases.stated(typed | {"values": "owner=甲"}) == [
        "--set=owner=甲", "--set=survey_unit=测绘院"]


@pytest.mark.parametrize(("what", "typed", "status"), [
    ("sheet", {"plot": "A", "template": "parcel", "scale": "1:x"}, 409),
    ("sheet", {"plot": "Z", "template": "parcel"}, 404), ("sheet", {"plot": "A"}, 404),
    ("sheet", {"plot": "A", "template": "../parcel"}, 404),
    ("atlas", {"of": "plots:B", "template": "parcel"}, 200),
    ("atlas", {"of": "plots:Z", "template": "parcel"}, 409),
    ("atlas", {"of": "plots:B", "template": "overview"}, 404),
])
def test_what_there_is_not_is_no_page_and_what_is_typed_wrong_is_said_beside_it(
    visitor, park, what, typed, status
):
    assert visitor.ask(address(park, what, **typed)).status == status


def test_it_is_drawn_by_a_worker_of_its_own(park, monkeypatch):
    told = []
    worker, drawer = (
        SimpleNamespace(ask=lambda question, who=who: told.append((who, type(question))) or True)
        for who in ("worker", "drawer")
    )
    monkeypatch.setattr(asked, "folder", lambda *_: park)
    monkeypatch.setattr(previews, "page", lambda *_, **_shown: None)
    monkeypatch.setattr(previews, "form", lambda *_, **_shown: {})
    request = SimpleNamespace(
        query_params={"plot": "A", "template": "parcel"}, cookies={}, headers={},
        path_params={"name": "park"},
    )

    previews.PreviewPages(None, worker, drawer).sheet(request)

    assert told == [("worker", questions.HasPlot), ("drawer", questions.PreviewSheet)]


@pytest.mark.parametrize(("lang", "size"), [("zh", browser.PHONE), ("en", browser.DESKTOP)])
def test_in_a_browser_it_follows_what_is_typed(desk, park, lang, size):
    door = f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang={lang}"
    words = translations.load(lang)
    with browser.open_served(door, size=size) as page:
        page.goto(f"http://127.0.0.1:{desk.port}{desks.of_place(park, '/case?plot=A')}")
        page.locator("#preview").scroll_into_view_if_needed()
        page.locator("#preview img").wait_for()
        first = page.locator("#preview img").get_attribute("src")
        assert page.locator("#lack-drawn_by").inner_text() == words(
            "desk.preview.lack", name=words("sheet.label.drawn_by"))
        page.locator("#drawn_by").fill("甲")
        page.locator("#checked_by").fill("乙")
        page.locator("#preview .pass").wait_for()
        assert page.locator("#lack-checked_by").inner_text() == ""
        assert page.locator("#preview img").get_attribute("src") != first
        first = page.locator("#preview img").get_attribute("src")
        unit = page.get_by_label(words("sheet.label.survey_unit"))  # what lacks has an input
        unit.fill("测绘院")
        page.wait_for_function(
            "src => document.querySelector('#preview img')?.src !== src", arg=first)
        assert unit.input_value() == "测绘院"
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert papers.listed(park / "build") == []
