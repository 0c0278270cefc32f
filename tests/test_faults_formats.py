"""The reported faults of file formats, coordinates and shapes come out at their right value."""

import re

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from landtrack import inspection
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


@pytest.mark.fault("43-prj-contradicted")
def test_a_prj_that_the_numbers_deny_is_named_as_such_by_every_command(fault):
    denied = r"EPSG:27700 \(OSGB36 / British National Grid\)"
    numbers = "479,300.000 – 479,800.000; 4,763,400.000 – 4,763,650.000"

    result = typed("convert", fault / "lots.shp", fault / "o.gpkg")
    assert result.exit_code == 2
    assert re.search(rf"contradict the coordinate reference .*outside of {denied}", result.output)
    assert numbers in result.output
    assert "does not say" not in result.output
    assert not (fault / "o.gpkg").exists()

    result = typed("inspect", fault / "lots.shp")
    assert result.exit_code == 1
    assert re.search(rf"{denied}: {numbers} → EPSG:", result.output)

    result = typed("init", fault)
    assert re.search(rf"the file states {denied}, outside of which its numbers", result.output)

    catalog = (fault / "catalog.toml").read_text("utf-8").replace("EPSG:????", "EPSG:4548")
    (fault / "catalog.toml").write_text(catalog, "utf-8")
    result = typed("run", fault, "--out", fault / "build")
    told = issues_of(fault / "build")["", "crs_contradicted"]
    assert re.match(rf"{denied} → EPSG:4548", told)


STATED_WRONGLY = [
    pytest.param("EPSG:27700", (479_300, 4_763_400), "crs_denied", id="metres of another country"),
    pytest.param("EPSG:4326", (520_000, 3_130_000), "crs_denied", id="metres called degrees"),
    pytest.param("EPSG:4527", (520_000, 3_130_000), "crs_denied", id="no zone where one belongs"),
    pytest.param("EPSG:32633", (16.4, 48.2), "crs_denied", id="degrees called metres"),
    pytest.param("EPSG:32633", (39_520_000, 3_130_000), "crs_denied", id="a zone of any datum"),
    pytest.param("EPSG:27700", (4.7e15, 9e15), "crs_impossible", id="numbers that lie nowhere"),
]


@pytest.mark.parametrize(("stated", "corner", "issue"), STATED_WRONGLY)
def test_what_the_numbers_deny_is_told_with_both(tmp_path, stated, corner, issue):
    east, north = corner
    size = 0.001 if abs(east) < 180 else 100
    frame = gpd.GeoDataFrame(
        {"id": [1]}, geometry=[shapely.box(east, north, east + size, north + size)], crs=stated
    )
    frame.to_file(tmp_path / "lots.gpkg")

    (layer,) = inspection.look(tmp_path / "lots.gpkg").layers

    told = dict(zip(layer.issues["issue"], layer.issues["value"], strict=True))
    assert told[issue].startswith(stated)
    assert f"{east:,.3f} – " in told[issue]
