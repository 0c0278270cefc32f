"""Papers of a plot name the two persons who signed it, and are drafts where that is lacking."""

import json

import pytest
import stores
from builders import Site, box
from click.testing import CliRunner
from sheets import text_of
from test_sign_off import opened, typed

from landtrack.app import sign_off as use_case
from landtrack.cli.main import main
from landtrack.model import catalog
from landtrack.model.assessment import SignOff
from landtrack.output.wording import sign_offs
from landtrack.store import assessment, sign_off

NEEDS = ("nobody", "names", "accounts")


def place(folder, two):
    """A place of a plot of a project of its own, and one of two; who must have signed is stated."""
    site = Site(folder)
    site.head |= {"workflow": "cn-2006", "language": "en"}
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100), project_id="JA"),
        site.plot("B", box(200, 0, 300, 100), project_id="JB"),
        site.plot("C", box(400, 0, 500, 100), project_id="JB"),
    ])
    site.layer("parcels", [(box(0, 0, 60, 100), {"parcel_id": "P"})])
    folder = site.catalog().folder
    if two:
        with (folder / "catalog.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[sign]\ntwo = "{two}"\n')
    return stores.judged(folder)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """The store of a place for each thing that one may need, and of one that says nothing."""
    root = tmp_path_factory.mktemp("places")
    return {two: place(root / (two or "silent"), two) for two in ("", *NEEDS)}


@pytest.fixture(params=stores.KINDS)
def office(request, judged, tmp_path):
    """An office whose place asks for accounts."""
    yield from opened(request.param, judged["accounts"] / "build" / "project.gpkg", tmp_path)


def signed(office, name):
    """Have a plot or project submitted by one and accepted by another."""
    lacking = use_case.unknown(use_case.subject(office.address, name))
    why = [f"--reason={each}=it is being measured" for each in lacking]
    status, said = typed(office, "submit", name, *why, who="pan")
    assert status == 0, said
    number = said.split()[1].strip(":")
    status, said = typed(office, "accept", number, who="chen")
    assert status == 0, said
    return number


def printed(office, out, template, of, *more):
    """Print a sheet; give the exit status, what was said, and what stands on it."""
    done = CliRunner().invoke(main, [
        "sheet", template, of, "--by", "Li", "--checked", "Wang", "--out", str(out), "--lang", "en",
        "--store", stores.written(office.address), *more,
    ])
    text = text_of(out.read_bytes()) if out.exists() else ""
    return done.exit_code, " ".join(done.output.split()), text


def test_a_sheet_of_a_plot_is_issued_when_two_accounts_have_signed(office, tmp_path):
    status, said, _ = printed(office, tmp_path / "a.pdf", "project", "A")
    assert (status, "not signed by two persons" in said) == (2, True), said
    number = signed(office, "A")
    status, said, text = printed(office, tmp_path / "b.pdf", "project", "A")

    if not office.of_user:  # a file knows names only
        assert (status, "two names only" in said) == (2, True), said
        return
    assert status == 0, said
    for name in (office.name("pan"), office.name("chen"), f"case{number}"):
        assert name in text
    assert "foureyesnotproven" not in text
    assert "DRAFT" not in text


def test_what_changes_after_the_signature_makes_a_draft_again(office, tmp_path):
    number = int(signed(office, "A"))
    assert sign_off.in_force(office.address)["plots:A"].number == number
    office.enter("ping", "P")

    assert sign_off.in_force(office.address) == {}
    assert printed(office, tmp_path / "a.pdf", "project", "A")[0] == 2


def test_a_sheet_of_a_parcel_asks_for_no_signature(office, tmp_path):
    assert printed(office, tmp_path / "p.pdf", "parcel", "parcels:P", "--draft")[0] == 0
    _, said, _ = printed(office, tmp_path / "q.pdf", "parcel", "parcels:P")
    assert "signed" not in said


@pytest.mark.parametrize(("two", "before"), [("", 0), ("nobody", 0), ("names", 2)])
def test_two_names_are_enough_where_the_place_says_so(judged, tmp_path, two, before):
    for own in opened("geopackage", judged[two] / "build" / "project.gpkg", tmp_path):
        first = printed(own, tmp_path / "a.pdf", "project", "A")
        number = signed(own, "A")
        then = printed(own, tmp_path / "b.pdf", "project", "A")

        assert (first[0], then[0]) == (before, 0), (first[1], then[1])
        assert "pan" in then[2]
        assert "chen(foureyesnotproven)" in then[2]  # two names prove no two persons
        assert f"case{number}" in then[2]
        draft = printed(own, tmp_path / "c.pdf", "project", "B", "--draft")
        assert ("DRAFT" in draft[2]) == (two == "names")


def test_a_plot_is_signed_by_itself_or_by_its_project(judged, tmp_path):
    for own in opened("geopackage", judged["names"] / "build" / "project.gpkg", tmp_path):
        signed(own, "JB")
        result = assessment.load(own.address)

        assert len(sign_offs.of(result, ["B", "C"])) == 1
        assert sign_offs.of(result, ["A", "B"]) == ()
        assert sign_offs.of(result, ["A"]) == ()


AT = "2026-11-30T08:00:00+00:00"
CASE = SignOff(7, "pan", AT, "chen", AT, proven=True)


@pytest.mark.parametrize(("two", "proven", "lacks"), [
    ("nobody", None, ""), ("names", None, "sign_off.lacking"),
    ("accounts", None, "sign_off.lacking"),
    ("nobody", False, ""), ("names", False, ""), ("accounts", False, "sign_off.lacking_accounts"),
    ("nobody", True, ""), ("names", True, ""), ("accounts", True, ""),
])
def test_what_is_lacking_is_by_what_the_catalog_asks(judged, two, proven, lacks):
    result = assessment.load(judged[two] / "build" / "project.gpkg")
    cases = () if proven is None else (CASE._replace(proven=proven),)

    assert result.place.sign.two == two
    assert sign_offs.lacking(result, cases) == lacks


def test_the_place_says_it_by_its_run_and_by_its_catalog(judged):
    folder = judged["accounts"]
    kept = folder / "build" / "project.gpkg"

    assert catalog.place(folder).sign.two == "accounts"
    assert assessment.load(kept, folder=folder).place.sign.two == "accounts"
    head = json.loads(str(assessment.load(judged[""] / "build" / "project.gpkg").run["place_head"]))
    assert "two" not in head


def form(own, folder, *more):
    """Vet a plot with the store of its place; give the form that is said."""
    done = CliRunner().invoke(main, [
        "vet", "A", str(folder), "--store", str(own.address), "--lang", "en", *more,
    ])
    assert done.exit_code in (0, 1, 3), done.output
    return done.output


def test_a_form_names_who_signed_and_is_a_draft_without(judged, tmp_path):
    for own in opened("geopackage", judged["names"] / "build" / "project.gpkg", tmp_path):
        before = form(own, judged["names"])
        number = signed(own, "A")
        after = form(own, judged["names"])
        tried = form(own, judged["names"], "--set", "fixed_investment_cny=1")

        assert "DRAFT" in before
        assert "not signed by two persons" in " ".join(before.split())
        for said in ("pan", "chen (four eyes not proven)", f"case {number}"):
            assert said in after
            assert said not in tried  # what if is another thing than what was signed
        assert "DRAFT" not in after
        assert "DRAFT" in tried
        assert "chen" not in form(own, judged["names"], "--stage", "entry")


def test_a_form_of_files_that_have_changed_since_is_a_draft(tmp_path):
    folder = place(tmp_path / "place", "names")
    for own in opened("geopackage", folder / "build" / "project.gpkg", tmp_path):
        signed(own, "A")
        path = next(folder.glob("plots*"))
        path.write_bytes(path.read_bytes().replace(b"JB", b"JC"))

        assert "chen" not in form(own, folder)


def test_a_pack_is_written_when_it_is_signed(judged, tmp_path):
    folder = judged["names"]
    for own in opened("geopackage", folder / "build" / "project.gpkg", tmp_path):
        def packed(out, own=own):
            done = CliRunner().invoke(main, [
                "pack", "JA", str(folder), "--store", str(own.address), "--out", str(out),
                "--by", "Li", "--checked", "Wang", "--lang", "en",
            ])
            return done.exit_code, " ".join(done.output.split())

        status, said = packed(tmp_path / "a.zip")
        assert (status, "not signed by two persons" in said) == (2, True), said
        signed(own, "A")
        status, said = packed(tmp_path / "b.zip")
        assert status == 0, said
