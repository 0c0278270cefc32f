"""The register in the desk: what was issued with its revisions, where it is kept, what is gone."""

import re
from urllib.parse import urlencode

import desk_forms
import desks
import pytest
import stores
from builders import Site, box
from click.testing import CliRunner

from landtrack.app import papers, register
from landtrack.cli.main import main

NOW = ["--by", "Li", "--checked", "Wang", "--on", "2006-12-31"]


pytestmark = pytest.mark.usefixtures("read_here")


@pytest.fixture(scope="module")
def made(tmp_path_factory, read_here):  # noqa: ARG001
    """A sheet of P1 in two revisions, one of P2 whose paper is gone, a draft, and a pack."""
    site = Site(tmp_path_factory.mktemp("made") / "park")
    site.head |= {"as_of": "2006-12-31", "workflow": "cn-2006"}
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), project_id="A")])
    site.layer("parcels", [
        (box(0, 0, 50, 100), {"parcel_id": "P1", "owner": "Da"}),
        (box(50, 0, 100, 100), {"parcel_id": "P2", "owner": "Xia"}),
    ])
    site.layer("roads", [])
    folder = stores.judged(site.catalog().folder)
    for name, of, typed in (
        ("first", "P1", NOW), ("second", "P1", ["--by", "Zhao", *NOW[2:]]), ("gone", "P2", NOW),
        ("draft", "P2", ["--draft"]),
    ):
        printed(folder, "sheet", "parcel", f"parcels:{of}", *typed, "--out",
                papers.new(folder / "build", name, of, "pdf"))
    printed(folder, "pack", "A", folder, *NOW, "--out",
            papers.new(folder / "build", "pack", "A", "zip"))
    (folder / "build" / "papers" / "gone-P2.pdf").unlink()
    return folder


def printed(folder, *typed):
    store = folder / "build" / "project.gpkg"
    done = CliRunner().invoke(main, [*map(str, typed), "--store", str(store), "--lang", "en"])
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module")
def served(made, tmp_path_factory):
    """One desk for all, and a fresh copy of the place for each."""
    with desks.of_many(
        made, tmp_path_factory.mktemp("served"), tmp_path_factory.mktemp("state")
    ) as own:
        yield own


@pytest.fixture
def park(served):
    return served[1]()


@pytest.fixture
def visitor(served):
    desk = served[0]
    made = desk.visitor()
    made.desk = desk
    return made


def asked(visitor, park, **what):
    return visitor.ask(desks.of_place(park, f"/register?{urlencode(what)}"))


def rows(page):
    """What a reader sees of each row."""
    return [
        re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", each)).strip()
        for each in re.findall(r'<tr>\s*<th scope="row">.*?</tr>', page.text, re.DOTALL)
    ]


def test_each_revision_says_what_it_is_by_whom_and_what_superseded_it(visitor, park):
    every = rows(asked(visitor, park))

    of_p1 = sorted(each for each in every if "parcel-P1 " in each)
    assert len(of_p1) == 2
    assert "1 superseded by 2" in of_p1[0]
    assert "Li / Wang" in of_p1[0]
    assert "superseded" not in of_p1[1]
    assert "Zhao / Wang" in of_p1[1]
    assert "2006-12-31" in of_p1[1]
    assert any("draft" in each for each in every)
    assert any("Submission pack" in each and "pack-A.zip" in each for each in every)


def test_each_leads_to_its_paper_and_to_verify_and_says_where_it_is_gone(visitor, park):
    page = asked(visitor, park, text="P1")
    for name in ("first-P1.pdf", "second-P1.pdf"):
        assert f'href="{desks.of_place(park, f"/papers/{name}")}"' in page.text
    done = desk_forms.ended(visitor, desks.of_place(park, "/papers/second-P1.pdf/verify"))
    assert "✓ as issued" in done.seen

    [gone] = rows(asked(visitor, park, state="gone"))
    assert "not among the papers of this place" in gone
    assert "issued as gone-P2.pdf" in gone


def test_a_sheet_that_is_in_a_pack_leads_to_the_pack(visitor, park):
    [whole] = rows(asked(visitor, park, text="park-project-A"))
    assert "pack-A.zip in it:" in whole

    (park / "build" / "papers" / "pack-A.zip").write_bytes(b"PK another")
    [whole] = rows(asked(visitor, park, text="park-project-A"))
    assert "not among the papers" in whole


def test_a_paper_of_the_same_name_that_is_another_is_not_taken_for_it(visitor, park):
    (park / "build" / "papers" / "gone-P2.pdf").write_bytes(b"%PDF-1.4 another")

    assert len(rows(asked(visitor, park, state="gone"))) == 1


def test_a_paper_is_known_by_what_is_in_it_under_any_name(visitor, park):
    folder = park / "build" / "papers"
    (folder / "first-P1.pdf").rename(folder / "renamed.pdf")

    [superseded] = rows(asked(visitor, park, state="superseded"))
    assert "renamed.pdf" in superseded


@pytest.mark.parametrize(("what", "found"), [
    ({"text": "zhao"}, 1), ({"text": "p2"}, 2), ({"text": "no such"}, 0),
    ({"state": "superseded"}, 1), ({"state": "current", "text": "parcel-P1"}, 1),
    ({"text": "Submission"}, 1), ({"text": "second-P1.pdf"}, 1), ({}, 8),
])
def test_what_was_issued_is_found_by_number_name_file_and_state(visitor, park, what, found):
    page = asked(visitor, park, **what)

    assert len(rows(page)) == found
    assert f"{found} of 8" in page.seen


def test_what_was_issued_is_found_by_the_start_of_its_digest_as_a_sheet_prints_it(park):
    every = register.listed(park / "build", "", "", most=10).shown

    for each in every:
        for digest in (each.sha256, each.file_sha256):
            assert each in register.listed(park / "build", digest[:12].upper(), "", most=10).shown


def test_a_long_register_is_given_in_parts(park):
    first = register.listed(park / "build", "", "", most=2)
    last = register.listed(park / "build", "", "", first=99, most=2)

    assert [len(first.shown), len(last.shown)] == [2, 1]
    assert first.shown[0].at >= last.shown[0].at


def test_a_register_that_was_edited_says_which_rows(visitor, park):
    assert "not as they were entered" not in asked(visitor, park).seen
    stores.execute(park / "build" / "project.gpkg",
                   "UPDATE sheets SET drawn_by = 'Nobody' WHERE drawn_by = 'Zhao'")

    page = asked(visitor, park)

    assert "These rows are not as they were entered" in page.seen
    assert "revision 2 is not as it was entered" in page.seen


def test_seals_that_were_altered_prove_nothing_of_the_register(visitor, park):
    stores.meddled(park / "build" / "project.gpkg",
                   "UPDATE landtrack_seals SET recorded_at = '2001-01-01' WHERE seal = 2")

    assert "The seals of this store do not hold" in asked(visitor, park).seen


def test_before_anything_was_issued_the_register_says_so(tmp_path):
    folder = stores.judged(Site(tmp_path / "new").folder)
    with desks.desk(folder, tmp_path / "state") as desk:
        for lang, said in (("en", "0 of 0"), ("zh", "0 / 0")):
            page = desk.visitor(lang).ask(desks.of_place(folder, "/register"))
            assert page.status == 200
            assert said in page.seen
