"""Sheets of an earlier day: features, shapes and states by the log, verdicts by the files."""

import datetime as dt
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from builders import CRS, Site, box
from click.testing import CliRunner
from sheets import text_of

import landtrack
from landtrack import tracking
from landtrack.app import track, vet
from landtrack.cli.main import main
from landtrack.model import catalog
from landtrack.spatial import land
from landtrack.store import log as logs, sheet_register

TODAY = dt.date(2007, 12, 31)
SIGNED = ["--by", "Li", "--checked", "Wang", "--draft"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Give a store whose parcel Z was approved in November 2006 and split in March 2007.

    The plot A was permitted in October 2006, before its environmental approval of December.
    """
    folder = tmp_path_factory.mktemp("day")
    site = Site(folder / "site")
    site.head["as_of"] = dt.date(2007, 6, 30)
    site.layer("plots", [site.plot(
        "A", box(0, 0, 100, 100), accepted_on="2006-06-01", eia_document_no="E1",
        eia_approved_on="2006-12-01", construction_permit_no="P1",
        construction_permit_on="2006-10-15",
    )])
    site.layer("parcels", [
        (box(0, 0, 100, 100), {"parcel_id": "Z", "state": "approved", "state_on": "2006-11-20",
                               "document_no": "批1", "owner": "X"}),
    ])
    landtrack.run(site.folder, out=folder / "build")
    path = folder / "build" / "project.gpkg"
    gpd.GeoDataFrame({"parcel_id": ["Z-1", "Z-2"]}, crs=CRS, geometry=[
        box(0, 0, 60, 100), box(60, 0, 100, 100)]).to_file(folder / "parts.gpkg")
    told = tracking.Event(event=0, layer="parcels", feature_id="", track="", at="2007-03-01",
                        action="split", document_no="界1", note="sold in two")
    track.reshape(path, told, ["Z"], folder / "parts.gpkg", today=TODAY)
    landtrack.run(site.folder, out=folder / "build")
    return path


def sheet(store, out, *words):
    return CliRunner().invoke(
        main, ["sheet", *words, "--store", str(store), "--out", str(out), *SIGNED])


def test_a_sheet_of_an_earlier_day_shows_the_features_of_that_day(store, tmp_path):
    now = sheet(store, tmp_path / "now.pdf", "parcel", "Z-1")
    gone = sheet(store, tmp_path / "gone.pdf", "parcel", "Z")
    then = sheet(store, tmp_path / "then.pdf", "parcel", "Z", "--as-of", "2007-02-28")

    assert (now.exit_code, gone.exit_code, then.exit_code) == (0, 2, 0), then.output
    said = text_of((tmp_path / "then.pdf").read_bytes())
    assert "10000.00" in said
    assert "2007-02-28" in said


def test_states_are_those_of_the_day_and_the_sheet_of_now_is_not_superseded(store, tmp_path):
    for name, words in (("now", ()), ("after", ("--as-of", "2006-11-20")),
                        ("before", ("--as-of", "2006-11-19"))):
        assert sheet(store, tmp_path / name, "status", *words).exit_code == 0
    texts = {name: text_of((tmp_path / name).read_bytes()) for name in ("now", "after", "before")}

    assert "Approved" in texts["now"]
    assert "Approved" in texts["after"]
    assert "Approved" not in texts["before"]
    rows = {row["number"]: row["superseded_by"] for row in sheet_register.rows(store)
            if row["template"] == "status"}
    assert sorted(rows.values()) == ["", "", ""]
    assert any("@2006-11-19" in number for number in rows)


def test_a_sheet_of_a_plot_is_not_printed_for_a_day_on_which_nothing_was_judged(store, tmp_path):
    refused = sheet(store, tmp_path / "x.pdf", "project", "A", "--as-of", "2006-11-20")
    own = sheet(store, tmp_path / "x.pdf", "project", "A", "--as-of", "2007-06-30")

    assert refused.exit_code == 2
    assert "--place: the verdicts of that day" in refused.output
    assert own.exit_code == 0, own.output


def test_plots_are_measured_against_the_shapes_of_the_day(store):
    place, log = catalog.place(store.parents[1] / "site"), logs.read(store).events
    now = vet.vet(place, log=log)
    then = vet.vet(place, log=log, as_of=dt.date(2007, 2, 28))

    for result, under in ((now, {"Z-1": 6_000, "Z-2": 4_000}), (then, {"Z": 10_000})):
        own = result.measures.query(
            "plot_id == 'A' and layer == 'parcels' and measure == 'overlap_m2' and category == ''")
        assert own["value"].tolist() == [10_000]
        assert own["feature_id"].tolist() == ["" if len(under) > 1 else "Z"]
        ground = land.under(result.layers["plots"], result.layers["parcels"],
                            catalog.schemas()["parcels"], known=np.array([True]))
        assert dict(zip(ground["parcel_id"], ground["area_m2"], strict=True)) == under
        assert result.sets["parcels"].frame.index.tolist() == (
            result.layers["parcels"].index.tolist())


HEAD = re.compile(r"log\d+:[0-9a-f]{32}")
"""Of the store that a sheet is drawn from: two stores have two logs."""


def test_with_the_place_a_sheet_of_a_plot_tells_what_a_run_of_that_day_would(store, tmp_path):
    place, day = store.parents[1] / "site", "2006-09-30"
    landtrack.run(place, out=tmp_path, as_of=dt.date.fromisoformat(day))

    now = sheet(store, tmp_path / "now.pdf", "project", "A")
    then = sheet(store, tmp_path / "then.pdf", "project", "A", "--as-of", day,
                 "--place", str(place))
    run = sheet(tmp_path / "project.gpkg", tmp_path / "run.pdf", "project", "A")

    assert (now.exit_code, then.exit_code, run.exit_code) == (0, 0, 0), then.output
    said = {name: HEAD.sub("", text_of((tmp_path / f"{name}.pdf").read_bytes()))
            for name in ("now", "then", "run")}
    assert said["then"].replace(f"@{day}", "") == said["run"] != said["now"]
    assert "2006-10-15" in said["now"]
    assert "itcountsfromthatdayon" in said["then"]  # the permit of 2006-10-15
    assert "itcountsfromthatdayon" not in said["now"]
    rows = {row["number"]: row["superseded_by"] for row in sheet_register.rows(store)
            if row["template"] == "project"}
    assert rows == {"site-project-A": "", f"site-project-A@{day}": ""}


def test_an_atlas_of_plots_is_of_a_day_too(store, tmp_path):
    said = CliRunner().invoke(main, [
        "atlas", "project", "A", "--store", str(store), "--out", str(tmp_path / "atlas.pdf"),
        "--as-of", "2006-09-30", "--place", str(store.parents[1] / "site"), *SIGNED])

    assert said.exit_code == 0, said.output
    assert "2006-09-30" in text_of((tmp_path / "atlas.pdf").read_bytes())


def test_a_place_without_a_day_and_another_place_are_told(store, tmp_path):
    without = sheet(store, tmp_path / "x.pdf", "project", "A", "--place", str(tmp_path))
    other = sheet(store, tmp_path / "x.pdf", "project", "A", "--as-of", "2006-09-30",
                  "--place", str(Path(__file__).parents[1] / "layers" / "bubenec"))

    assert (without.exit_code, other.exit_code) == (2, 2)
    assert "--place needs --as-of" in without.output
    assert "bubenec" in other.output


def test_a_day_after_that_of_the_store_is_refused(store, tmp_path):
    said = sheet(store, tmp_path / "x.pdf", "status", "--as-of", "2007-07-01")

    assert said.exit_code == 2
    assert "what was so on 2007-07-01 it does not say" in said.output
