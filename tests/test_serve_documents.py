"""Documents of a whole place in the desk: an atlas, the report, two days, a file to be verified."""

import html
import os
import re
from datetime import datetime

import desk_forms
import desks
import pikepdf
import pytest
import stores
from builders import Site, box
from click.testing import CliRunner

from landtrack.app import papers
from landtrack.cli.main import main
from landtrack.model import catalog
from landtrack.server import uploads

SUMMARY = """[[section]]
year = 2006
title = { zh = "征地", en = "Land" }
[section.text]
zh = "全年征地。"
en = "Land was taken."
"""


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    """Two parcels below a plot, tracked."""
    site = Site(tmp_path_factory.mktemp("served") / "park")
    site.head |= {"as_of": "2006-12-31", "workflow": "cn-2006"}
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), project_id="A")])
    site.layer("parcels", [
        (box(0, 0, 50, 100), {"parcel_id": "P1", "owner": "Da"}),
        (box(50, 0, 100, 100), {"parcel_id": "P2", "owner": "Xia"}),
    ])
    site.layer("roads", [])
    folder = site.catalog().folder
    (folder / "summary.toml").write_text(SUMMARY, encoding="utf-8")
    return stores.judged(folder)


def at(park, more):
    return desks.of_place(park, more)


def asked(visitor, park, what, **typed):
    """Send a form, wait for its job, and give the page of the job."""
    page = desk_forms.ended(visitor, at(park, f"/{what}"), typed)
    assert "could not be done" not in page.seen, page.seen
    return page


def kept(visitor, park):
    """Name the papers that the page lists."""
    return {each.name for each in papers.listed(park / "build")
            if each.name.replace("&", "&amp;") in visitor.ask(at(park, "/papers")).text}


def test_what_may_be_typed_is_said_so_that_browsers_read_it():
    """They read a pattern with the flag v, by which some signs may not stand twice in a class."""
    folder = catalog.SHIPPED / "templates" / "desk"
    patterns = [
        found for each in folder.glob("*.j2")
        for found in re.findall(r'pattern="([^"]*)"', each.read_text(encoding="utf-8"))
    ]

    assert patterns
    for each in patterns:
        for signs in re.findall(r"\[([^\]]*)\]", each):
            assert not re.search(r"([&!#$%*+,.:;<=>?@^`~])\1", signs), each


def test_only_what_proves_itself_is_offered_to_be_verified():
    listed = {
        name: papers.Paper(name, datetime.now().astimezone(), 1).proves_itself
        for name in ("form-A.pdf", "parcel-A.pdf", "pack-A.zip", "form-A.docx")
    }

    assert [name for name, proves in listed.items() if proves] == ["parcel-A.pdf", "pack-A.zip"]


def test_an_atlas_has_a_sheet_of_each_parcel_that_is_named(visitor, park):
    asked(visitor, park, "atlas", template="parcel", of="parcels:P*", drawn_by="Li",
          checked_by="Wang", on="2006-12-31")

    assert "atlas-parcel-parcels_P.pdf" in kept(visitor, park)
    with pikepdf.open(park / "build" / "papers" / "atlas-parcel-parcels_P.pdf") as atlas:
        assert len(atlas.pages) == 3  # an index, and a sheet of each


def test_a_report_is_a_folder_of_its_own_and_each_file_can_be_kept(visitor, park):
    first = papers.folder_for(park / "build", "report-2006")
    first.mkdir()

    done = asked(visitor, park, "report", year="2006")

    assert f'href="{at(park, "/papers")}"' in done.text
    assert re.search(r">Print[^<]*: report-2006 \(2\)</a>", visitor.ask(at(park, "/papers")).text)
    assert {f"report-2006 (2) › {name}" for name in (
        "report.html", "report.xlsx", "summary-2006.docx")} <= kept(visitor, park)
    got = visitor.ask(at(park, "/papers/report-2006%20(2)%20%E2%80%BA%20report.html"))
    assert got.status == 200
    assert got.headers["content-security-policy"] == "sandbox"
    assert "attachment" in got.headers["content-disposition"]


def test_what_differs_between_two_days_is_listed(visitor, park):
    done = asked(visitor, park, "days", before="2006-01-01", after="2006-12-31")

    (way,) = re.findall(r'href="([^"]*/differences/[^"]*)"', done.text)
    page = visitor.ask(way)
    assert page.status == 200
    assert "2006-01-01 → 2006-12-31" in page.seen
    counted = int(re.search(r"differences: (\d+)", html.unescape(done.text))[1])
    assert f"{counted} of {counted}" in page.seen
    assert page.text.count('<tr><th scope="row">') == counted


def test_a_sheet_that_somebody_hands_in_is_verified_and_what_is_none_is_told(
    visitor, desk, park, tmp_path
):
    made = CliRunner().invoke(main, [
        "sheet", "parcel", "parcels:P1", "--by", "Li", "--checked", "Wang", "--on", "2006-12-31",
        "--store", str(park / "build" / "project.gpkg"), "--out", str(tmp_path / "sheet.pdf"),
    ])
    assert made.exit_code == 0, made.output

    told = {}
    for name, data in (("真.pdf", (tmp_path / "sheet.pdf").read_bytes()), ("none.pdf", b"no PDF")):
        answer = desk_forms.send_files(visitor, at(park, "/verify"), [(name, data)])
        assert answer.status == 303
        told[name] = visitor.until_done(answer.headers["location"]).seen

    assert "✓ as in the store today" in told["真.pdf"]
    assert "could not be done" in told["none.pdf"]
    assert {each.name for each in desk.home.brought.glob("*/*")} == {"真.pdf", "none.pdf"}


@pytest.mark.parametrize(("what", "typed"), [
    ("atlas", {"template": "overview"}), ("atlas", {"template": "../x"}), ("atlas", {}),
])
def test_what_is_not_offered_is_no_page(visitor, park, what, typed):
    assert desk_forms.send(visitor, at(park, f"/{what}"), typed).status == 404


@pytest.mark.parametrize(("what", "typed", "said"), [
    ("report", {"year": "20x6"}, "is no year"), ("report", {"year": "--out=x"}, "is no year"),
    ("days", {"before": "2006-13-01", "after": "2006-12-31"}, "is no day"),
    ("days", {"before": "", "after": ""}, "is no day"),
    ("days", {"before": "2006-12-31", "after": "2006-12-31"}, "is not after"),
])
def test_what_is_no_day_and_no_year_is_told(visitor, park, what, typed, said):
    answer = desk_forms.send(visitor, at(park, f"/{what}"), typed)

    assert answer.status == 409
    assert said in answer.seen


@pytest.mark.parametrize("files", [[], [("a.pdf", b"1"), ("b.pdf", b"2")]])
def test_no_file_or_several_are_not_verified_and_nothing_is_left(visitor, desk, park, files):
    before = {*desk.home.state.rglob("*")}

    answer = desk_forms.send_files(visitor, at(park, "/verify"), files)

    assert answer.status == 409
    assert {*desk.home.state.rglob("*")} == before


def test_nothing_but_papers_is_given(visitor, park):
    (park / "build" / "papers").mkdir(exist_ok=True)
    (park / "build" / "papers" / "link.pdf").symlink_to(park / "catalog.toml")
    (park / "build" / "papers" / "led").symlink_to(park)
    (park / "secret.pdf").write_bytes(b"of the place")

    for name in ("link.pdf", "led%20%E2%80%BA%20secret.pdf", "..%20%E2%80%BA%20project.gpkg",
                 "%2e%2e%2fproject.gpkg", "..%5Cproject.gpkg"):
        assert visitor.ask(at(park, f"/papers/{name}")).status == 404


def test_the_oldest_of_what_was_brought_goes(tmp_path):
    for n in range(25):
        (tmp_path / f"{n}").mkdir()
        os.utime(tmp_path / f"{n}", (n, n))

    uploads.forget(tmp_path)

    assert {each.name for each in tmp_path.iterdir()} == {str(n) for n in range(5, 25)}


def test_the_page_offers_all_of_it_in_both_languages(desk, park):
    for lang, said in (("en", "What differs between two days"), ("zh", "两天之间的差异")):
        page = desk.visitor(lang).ask(at(park, "/documents"))
        assert page.status == 200
        assert said in page.text


def test_the_way_to_the_other_language_leads_to_the_same_part_of_a_page(visitor, park):
    page = visitor.ask(at(park, "/plots?outcome=fail&text=a%26b&lang=en"))

    (way,) = re.findall(r'<a lang="zh" href="([^"]*)"', page.text)
    assert html.unescape(way) == at(park, "/plots?outcome=fail&text=a%26b&lang=zh")

