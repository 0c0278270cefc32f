"""The reported faults of file formats, coordinates and shapes come out at their right value."""

import pandas as pd
import pyogrio
import pytest
from click.testing import CliRunner

from landtrack.cli import main


def typed(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


def run(folder):
    """Run a place, and give the folder of what it made."""
    typed("run", folder, "--out", folder / "build")
    return folder / "build"


def issues_of(build):
    """Give what a run told: issue and value by feature."""
    rows = pd.read_csv(build / "issues.csv", dtype=str, keep_default_na=False)
    return {(row.feature_id, row.issue): row.value for row in rows.itertuples()}


@pytest.mark.fault("44-hole-outside-shell")
def test_a_hole_outside_of_its_shell_is_dropped_and_told(fault):
    build = run(fault)

    plots = pyogrio.read_dataframe(build / "project.gpkg", layer="plots")
    assert plots.geometry.area.tolist() == [10_000.0]
    assert issues_of(build) == {("A", "hole_outside"): "1: 50.000 m²"}


@pytest.mark.fault("68-collection-as-plot")
def test_of_a_collection_the_areas_are_taken_and_the_rest_is_told(fault):
    build = run(fault)

    told = issues_of(build)
    assert told["A", "parts_left_out"] == "Point 1"
    assert told["b2", "parts_left_out"] == "LineString 1"
    kinds = dict(pyogrio.list_layers(build / "project.gpkg"))
    assert (kinds["plots"], kinds["buildings"]) == ("Polygon", "Polygon")
    measures = pyogrio.read_dataframe(build / "project.gpkg", layer="measures")
    value = measures.query("layer == 'plots'").set_index(["plot_id", "measure"])["value"]
    coverage = value.xs("covered_area_m2", level=1) / value.xs("land_area_m2", level=1)
    assert coverage.round(3).to_dict() == {"A": 0.8, "B": 0.6}


@pytest.mark.fault("39-dbf-shorter")
def test_every_shape_of_a_shapefile_is_kept_and_what_lacks_is_told(fault):
    said = typed("inspect", fault / "short.shp", "--lang", "en").stdout

    assert "features: 4" in said
    assert "4 / 3: 4. Those shapes are kept without attributes" in said

    said = typed("inspect", fault / "del.shp", "--lang", "en").stdout

    assert "features: 3" in said
    assert "Records marked as deleted were left out (number: which) 1: 2" in said
