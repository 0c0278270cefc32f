"""The map of a store: drawn anew without a run, and the same as that of the run."""

import datetime as dt
import shutil
from pathlib import Path

import cuts
import pytest
from click.testing import CliRunner
from stores import KINDS, kept

import landtrack
from landtrack.app import draw_map
from landtrack.cli.main import main
from landtrack.model.errors import SourceError
from landtrack.output import map as webmap
from landtrack.output.map import layers

DEMO = Path(__file__).parents[1] / "layers" / "x-park-2006"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Give a part of the demo place: a plot and its neighbours, and all else that it has."""
    return cuts.of_demo_place(tmp_path_factory.mktemp("place") / "part", ["XP-036"])


@pytest.fixture(scope="module")
def run(place, tmp_path_factory):
    out = tmp_path_factory.mktemp("store")
    return landtrack.run(place, out=out), out


def first_difference(one, other):
    if one == other:
        return None
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    at = min(len(one), len(other)) if at is None else at
    return one[at - 200:at + 200], other[at - 200:at + 200]


@pytest.mark.parametrize("large", [layers.LARGE, 3])
def test_the_map_of_a_store_is_that_of_its_run(run, tmp_path, monkeypatch, large):
    result, out = run
    monkeypatch.setattr(webmap, "LARGE", large)
    monkeypatch.setattr(layers, "LARGE", large)
    expected = webmap.to_html(webmap.build(result, large=large))

    drawn = draw_map.draw(out / "project.gpkg", tmp_path / "new").read_text("utf-8")

    assert first_difference(drawn, expected) is None


def test_a_large_map_is_drawn_beside_a_folder_as_that_of_the_run(run, tmp_path, monkeypatch):
    result, out = run
    monkeypatch.setattr("landtrack.output.map.page.ONE_FILE", 100)
    (tmp_path / "one").mkdir()
    webmap.save(webmap.build(result), tmp_path / "one" / "map.html", one_file=100)

    draw_map.draw(out / "project.gpkg", tmp_path / "two")

    one, other = (
        {path.name: path.read_bytes() for path in (tmp_path / each).rglob("*.*") if path.is_file()}
        for each in ("one", "two")
    )
    assert one == other
    assert "map.html" in one


def test_the_map_of_a_day_is_that_of_a_run_as_of_that_day(place, run, tmp_path):
    day = dt.date(2006, 9, 30)
    store = run[1] / "project.gpkg"
    shutil.copy(store, tmp_path / "project.gpkg")
    landtrack.run(place, out=tmp_path, as_of=day)

    done = CliRunner().invoke(
        main, ["map", "--store", str(store), "--out", str(tmp_path / "new"), "--place", str(place),
               "--as-of", "2006-09-30"],
    )

    assert done.exit_code == 0, done.output
    drawn, expected = (
        (folder / "map.html").read_text("utf-8") for folder in (tmp_path / "new", tmp_path)
    )
    assert first_difference(drawn, expected) is None
    assert drawn != (run[1] / "map.html").read_text("utf-8")


def test_a_map_of_a_day_needs_the_place(run, tmp_path):
    done = CliRunner().invoke(
        main, ["map", "--store", str(run[1] / "project.gpkg"), "--out", str(tmp_path),
               "--as-of", "2006-09-30"],
    )

    assert done.exit_code == 2
    assert "--as-of needs --place" in done.output
    assert not (tmp_path / "map.html").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_store_of_either_kind_gives_the_same_map(run, tmp_path, kind):
    made = run[1] / "project.gpkg"
    draw_map.draw(made, tmp_path / "one")

    for named in kept(kind, made, tmp_path):
        draw_map.draw(named, tmp_path / "two")

    one, two = ((tmp_path / each / "map.html").read_text("utf-8") for each in ("one", "two"))
    assert first_difference(one, two) is None


def test_the_command_draws_the_map_of_a_store(place, run, tmp_path):
    done = CliRunner().invoke(
        main, ["map", "--store", str(run[1] / "project.gpkg"), "--out", str(tmp_path),
               "--lang", "en", "--place", str(place)],
    )

    assert done.exit_code == 0, done.output
    page = (tmp_path / "map.html").read_text("utf-8")
    assert '<html lang="en"' in page


def test_the_folder_of_another_place_is_refused(run, tmp_path):
    with pytest.raises(SourceError, match="x-park-2006"):
        draw_map.draw(run[1] / "project.gpkg", tmp_path, place=DEMO.parent / "bubenec")


def test_a_store_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SourceError, match="no store"):
        draw_map.draw(tmp_path / "project.gpkg", tmp_path)
