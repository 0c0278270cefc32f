"""A sheet and its row of the register: both, or neither, whenever the program is killed."""

import os

import pytest
from sheets import make_store, printed

from landtrack import store
from landtrack.store import sheet_register, staging

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no way to be killed here")


@pytest.fixture
def issued(tmp_path):
    """Give a store whose sheet was issued once, and how to issue it otherwise, killed."""
    path = make_store(tmp_path)
    printed(path)

    def killed(where, name):
        child = os.fork()
        if not child:
            setattr(where, name, lambda *_: os._exit(9))
            try:
                printed(path, stated={"drawn_by": "王五"})
            finally:
                os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9

    return path, path.parent / "sheet.pdf", killed


def revisions(path):
    with store.backends.of(path).reading(path) as db:
        return sorted(row[0] for row in db.select("sheets", ("revision",)))


def test_killed_before_the_register_is_kept_the_earlier_sheet_is_put_back_by_whoever_comes_next(
    issued
):
    path, pdf, killed = issued
    before = pdf.read_bytes()

    killed(sheet_register.ExitStack, "close")

    assert pdf.read_bytes() != before
    assert (pdf.parent / staging.UNFINISHED).exists()
    assert revisions(path) == [1]
    with staging.staging(pdf.parent):
        pass
    assert pdf.read_bytes() == before
    assert not list(pdf.parent.glob(f"{staging.PREFIX}*/"))
    assert not (pdf.parent / staging.UNFINISHED).exists()


def test_killed_after_it_the_new_sheet_stays(issued):
    path, pdf, killed = issued
    before = pdf.read_bytes()

    killed(staging, "_finish")

    assert revisions(path) == [1, 2]
    with staging.staging(pdf.parent):
        pass
    assert pdf.read_bytes() != before
    assert not (pdf.parent / staging.UNFINISHED).exists()


def test_an_address_is_kept_without_its_password():
    kept = [store.address.to_keep(store.address.parse(each)) for each in (
        "postgresql://li:secret@host:5/parks?schema=x",
        "postgresql://li@/parks?host=/run/pg&password=secret&schema=x",
    )]

    assert not any("secret" in each for each in kept)
    assert [store.address.parse(each).schema for each in kept] == ["x", "x"]
    assert store.address.parse(kept[1]).url == "postgresql://li@/parks?host=%2Frun%2Fpg"
