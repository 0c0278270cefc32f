"""Malformed files of every kind: none stops a run, none loses a feature unnamed."""

import csv
import os
import shutil
from pathlib import Path

import pytest
from builders import Site
from test_answers import described, strict

from landtrack.app import vet
from landtrack.ingest import apart, profile
from landtrack.model import catalog, translations
from landtrack.model.errors import LandtrackError
from landtrack.output.reports import document, inspection
from landtrack.spatial import crs


def odd_files():
    named = os.environ.get("LANDTRACK_REAL_DATA")
    manifest = Path(named or "none") / "odd" / "manifest.csv"
    if not manifest.is_file():
        return []
    with manifest.open(encoding="utf-8") as file:
        return [row["file"] for row in csv.DictReader(file)]


def outcomes():
    path = Path(__file__).with_name("odd_outcomes.csv")
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def site(real_data, tmp_path_factory):
    """Give a place of plots alone, with the odd files in its folder."""
    made = Site(tmp_path_factory.mktemp("odd") / "site")
    shutil.copytree(real_data / "odd", made.folder / "odd")
    del made.entries["buildings.geojson"]
    return made


def test_there_are_odd_files(real_data):
    assert (real_data / "odd" / "manifest.csv").is_file()
    assert len(odd_files()) > 100


@pytest.fixture(scope="module")
def among_others(real_data, tmp_path_factory):
    """Give a place vetted once with every odd file as a layer of its villages."""
    site = Site(tmp_path_factory.mktemp("among") / "site")
    shutil.copytree(real_data / "odd", site.folder / "odd")
    for number, name in enumerate(odd_files()):
        site.entries[f"odd-{number}"] = {"kind": "villages", "path": name}
    return vet.vet(catalog.place(site.catalog().folder))  # which insists that counts add up


@pytest.mark.parametrize("name", odd_files())
def test_an_odd_file_stops_nothing_and_is_counted(among_others, name):
    counts, issues = among_others.counts, among_others.issues
    named = counts["source"].str.startswith(name)
    own = counts[(counts["layer"] == "villages") & named]

    assert len(own)
    assert (own["read"] == own["kept"] + own["set_aside"]).all()
    assert set(own["source"][own["kept"] == 0]) <= set(issues["source"])


def of_each_kind():
    """List one file of each form and outcome."""
    kinds = {
        (Path(each["file"]).suffix, each["refused"], each["issues"]): each["file"]
        for each in outcomes()
    }
    return sorted({*kinds.values()} & {*odd_files()})


@pytest.mark.parametrize("name", of_each_kind())
def test_an_odd_file_of_plots_is_vetted_or_refused_with_a_mend(site, name):
    site.layer("plots", [])
    site.entries["plots.geojson"]["path"] = name
    place = catalog.place(site.catalog().folder)

    try:
        result = vet.vet(place)
    except LandtrackError:
        return  # which cannot be made without a cause and a mend
    assert set(result.findings["plot_id"]) == set(result.layers["plots"].index)


def test_every_odd_file_has_a_stated_outcome(real_data):
    assert (real_data / "odd").is_dir()
    assert {each["file"] for each in outcomes()} == set(odd_files())


@pytest.fixture(scope="module")
def reader(real_data):
    """Give one reader of all the files; who it dies of would fail, and the next has a new one."""
    shared = apart.Shared([real_data / "odd"])
    yield shared
    shared.close()


@pytest.mark.parametrize("stated", outcomes(), ids=lambda each: each["file"])
def test_an_odd_file_comes_out_as_stated(real_data, reader, stated):
    path = real_data / stated["file"]

    with reader.at_work():
        seen = profile.look(path, near=crs.parse("EPSG:4548", what="tests"))

    en, zh = translations.load("en"), translations.load("zh")
    assert document.to_text(inspection.report([seen], en), en)
    described("inspect").validate(strict(inspection.to_json([seen], en)))
    assert document.to_html(inspection.report([seen], zh), zh)
    if stated["refused"]:
        assert seen.layers == ()
        assert stated["refused"].removeprefix("{file}") in seen.cause
        assert seen.mend
        return
    assert (len(seen.layers), sum(each.read for each in seen.layers)) == (
        int(stated["layers"]), int(stated["read"])
    )
    assert sum(each.unreadable for each in seen.layers) == int(stated["unreadable"])
    found = sorted({
        f"{issue}:{number}" for each in seen.layers
        for issue, number in each.issues["issue"].value_counts().items()
    })
    assert " ".join(found) == stated["issues"]
