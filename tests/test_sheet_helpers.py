"""Helpers: other processes that draw a part of an atlas, and change nothing in it."""

from collections import deque

import pytest
from builders import Site, box
from sheets import make_store, printed

from landtrack.model.errors import OutputError
from landtrack.output.sheets import batches, workers
from landtrack.store import sheet_register

COUNT = 9


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("place")
    site = Site(folder / "unused")
    plots = [site.plot(f"P{at}", box(at * 100, 0, at * 100 + 100, 100), name=f"用地{at}")
             for at in range(COUNT)]
    return make_store(folder, plots)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(batches, "SHEETS", 2)


def with_processors(monkeypatch, count):
    monkeypatch.setattr(workers.os, "cpu_count", lambda: count)


def atlas(store, monkeypatch, processors):
    with_processors(monkeypatch, processors)
    return printed(store, "parcel", "plots:*")


def test_however_many_help_the_bytes_are_the_same(store, monkeypatch):
    alone = atlas(store, monkeypatch, 1)
    helped = atlas(store, monkeypatch, 3)

    assert helped.pdf == alone.pdf
    assert helped.claims == alone.claims
    assert [each.page for each in helped.measured] == list(range(1, COUNT + 2))


def test_a_helper_does_what_is_asked(store, monkeypatch):
    made = atlas(store, monkeypatch, 1)
    job = workers.Job(
        here=lambda: pytest.fail("it was done here"),
        away=lambda: (made.pdf, made.claims, range(2, 4)),
    )
    with_processors(monkeypatch, 2)
    done = {}

    with workers.team(2) as team:
        (helper,) = team.helpers
        workers._have_done(helper, ("prove", [job]), deque([0]), done)

    assert [each.page for each in done[0][0]] == [3, 4]


def test_what_a_helper_that_dies_was_at_is_done_here(store, monkeypatch):
    alone = atlas(store, monkeypatch, 1)
    monkeypatch.setattr(workers, "BEGIN", "import sys; sys.stdin.buffer.read(1)")

    assert atlas(store, monkeypatch, 2).pdf == alone.pdf


def test_an_error_of_a_part_is_told_and_nothing_is_written(tmp_path, monkeypatch):
    site = Site(tmp_path / "unused")
    plots = [site.plot(f"P{at}", box(at * 100, 0, at * 100 + 100, 100),
                       name="\U00030000" if at == COUNT - 1 else "用地") for at in range(COUNT)]
    store = make_store(tmp_path, plots)

    with pytest.raises(OutputError, match=r"U\+30000"):
        atlas(store, monkeypatch, 2)

    assert sheet_register.rows(store) == []
    assert not (store.parent / "sheet.pdf").exists()


def test_one_part_needs_no_helper(monkeypatch):
    with_processors(monkeypatch, 8)

    with workers.team(1) as team:
        assert team.helpers == []
    with workers.team(20) as team:
        assert len(team.helpers) == workers.MOST
