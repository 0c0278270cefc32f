"""GDAL's own driver reads all that the desk gives by OGC API Features: the same, to the last bit.

GDAL is the oracle: it finds the collections, chooses the system of the store, turns the axes and
follows the pages by itself. landtrack forbids the driver in its own processes, so it runs apart.
"""

import os
import re
import shutil
import subprocess
import sys

import desks
import geopandas as gpd
import ogc_park
import pandas as pd
import pyogrio
import pytest
import shapely

from landtrack import store
from landtrack.model import catalog
from landtrack.server.passwords import Passwords

CODE = """
import sys
import pyogrio
address, password, folder, *names = sys.argv[1:]
if "OAPIF" not in pyogrio.list_drivers():
    sys.exit("no driver")
for name in names:
    frame = pyogrio.read_dataframe(address, layer=name, USERPWD=password, PAGE_SIZE=50)
    frame.to_parquet(f"{folder}/{name}.parquet")
"""
"""Pages of 50, so that there are several to follow."""
FILTERED = """
import sys
import pyogrio
address, password, path, where = sys.argv[1:]
if "OAPIF" not in pyogrio.list_drivers():
    sys.exit("no driver")
pyogrio.set_gdal_config_options({"CPL_DEBUG": "ON"})
pyogrio.read_dataframe(address, layer="parcels", USERPWD=password, where=where).to_parquet(path)
"""
"""Tells on the standard error what it asks for."""


def apart(*command):
    """Run GDAL without what landtrack tells the GDAL of its own processes: to ask nobody."""
    free = {name: own for name, own in os.environ.items()
            if not name.startswith(("GDAL_", "CPL_", "OGR_"))}
    return subprocess.run(  # noqa: S603  GDAL, of a desk of this test
        command, capture_output=True, text=True, check=False, timeout=300, env=free,
    )


@pytest.fixture(scope="module")
def desk(demo_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "park"
    (folder / "build").mkdir(parents=True)
    (folder / "catalog.toml").touch()
    shutil.copy(demo_store, folder / "build" / "project.gpkg")
    with desks.desk(folder, tmp_path_factory.mktemp("state")) as made:
        yield made


@pytest.fixture(scope="module")
def way_in(desk):
    """The address as GDAL takes it, and user name with password."""
    own = Passwords(desk.home.passwords)
    password = own.make("park")
    address = f"OAPIF:http://127.0.0.1:{desk.port}/places/park/ogc"
    return address, f"{own.of('park').user}:{password}"


@pytest.fixture(scope="module")
def names(desk):
    api = ogc_park.Api(desk.visitor(), "/places/park/ogc")
    return [each["id"] for each in api.json("/collections")["collections"]]


@pytest.fixture(scope="module")
def read(way_in, names, tmp_path_factory):
    """What GDAL read of each collection."""
    folder = tmp_path_factory.mktemp("read")
    done = apart(sys.executable, "-c", CODE, *way_in, str(folder), *names)
    if "no driver" in done.stderr:
        pytest.skip("this GDAL has no OAPIF")
    assert done.returncode == 0, done.stderr
    return {name: gpd.read_parquet(folder / f"{name}.parquet") for name in names}


def same_shapes(found, wanted):
    assert found.crs.to_epsg() == wanted.crs.to_epsg() == 4529
    one, other = found.geometry.to_numpy(), wanted.geometry.to_numpy()
    assert shapely.hausdorff_distance(one, other).max() == 0.0
    assert abs(shapely.area(one) - shapely.area(other)).max() == 0.0
    assert shapely.equals_exact(one, other).all()


def test_every_collection_is_read_whole_and_is_what_the_store_holds(demo_store, read, names):
    schemas, there = catalog.schemas(), {*store.names(demo_store)}
    assert len(names) == 29
    for name in (each for each in names if each in there & schemas.keys()):
        own = store.read(demo_store, name)
        assert len(read[name]) == len(own), name
        assert read[name][schemas[name].key].tolist() == own[schemas[name].key].tolist()
        same_shapes(read[name], own)


def test_values_are_those_of_the_store(demo_store, read):
    for name in ("parcels", "plots"):
        own = store.read(demo_store, name)
        for field in own.columns.drop("geometry"):
            found = read[name][field]
            if pd.api.types.is_numeric_dtype(own[field]):
                pd.testing.assert_series_equal(
                    found.astype(float), own[field].astype(float), check_names=False
                )
            elif pd.api.types.is_datetime64_any_dtype(own[field]):
                days = pd.to_datetime(found).dt.date
                assert days.fillna("").tolist() == own[field].dt.date.fillna("").tolist()
            else:
                assert found.fillna("").tolist() == own[field].fillna("").tolist(), field


def test_findings_and_issues_have_the_shapes_of_what_they_are_about(demo_store, read):
    findings, plots = store.read(demo_store, "findings"), store.read(demo_store, "plots")
    found, shapes = read["findings"], plots.set_index("plot_id")
    assert found[["plot_id", "rule", "outcome"]].to_numpy().tolist() == findings[
        ["plot_id", "rule", "outcome"]
    ].to_numpy().tolist()
    same_shapes(found, shapes.loc[found["plot_id"]])
    issues = read["issues"]
    assert len(issues) == len(store.read(demo_store, "issues"))
    same_shapes(issues, shapes.loc[issues["feature_id"]])


def test_states_are_those_that_stand_in_the_store(demo_store, read, names):
    """Those that still go on are what the store itself says of each feature and track."""
    stood = store.read(demo_store, "states")
    now = set()
    for name in (each for each in names if each.startswith("states_")):
        kind, found = name.removeprefix("states_"), read[name]
        same_shapes(found, store.read(demo_store, kind).set_index(
            catalog.schemas()[kind].key
        ).loc[found["feature_id"]])
        going = found[found["until"].isna()] if "until" in found else found
        now |= {(kind, *each) for each in going[["feature_id", "track", "state"]].to_numpy()}
    assert now == {tuple(each) for each in stood[
        ["layer", "feature_id", "track", "state"]
    ].to_numpy()}


def test_a_box_chooses_what_gdal_chooses_in_the_store(demo_store, desk):
    """GDAL over the file, and the desk: the same features."""
    api = ogc_park.Api(desk.visitor(), "/places/park/ogc")
    own = pyogrio.read_dataframe(demo_store, layer="buildings")
    west, south, east, north = own.total_bounds
    for at in range(4):
        box = (west + at * (east - west) / 5, south, west + (at + 1.5) * (east - west) / 5, north)
        wanted = pyogrio.read_dataframe(demo_store, layer="buildings", bbox=box)
        turned = ",".join(map(repr, map(float, (box[1], box[0], box[3], box[2]))))
        found = api.ids("buildings", bbox=turned, limit=1000,
                        bbox__crs=f"{ogc_park.EPSG}4529")
        assert sorted(found) == sorted(wanted["building_id"])
        assert found


@pytest.mark.parametrize(("where", "asked"), [
    ("state = 'province_agreed'", "&state=province_agreed"),
    ("area_m2 > 30000 AND state IN ('approved', 'province_agreed') OR owner LIKE '大%'", ""),
])
def test_what_gdal_chooses_by_properties_is_what_it_chooses_in_the_store(
    way_in, demo_store, tmp_path, where, asked
):
    done = apart(sys.executable, "-c", FILTERED, *way_in, str(tmp_path / "found.parquet"), where)
    if "no driver" in done.stderr:
        pytest.skip("this GDAL has no OAPIF")

    assert done.returncode == 0, done.stderr
    found = gpd.read_parquet(tmp_path / "found.parquet")
    own = pyogrio.read_dataframe(demo_store, layer="parcels", where=where)
    assert found["parcel_id"].tolist() == own["parcel_id"].tolist()
    assert 0 < len(own) < 110
    assert asked in done.stderr  # the desk chooses what it is told to


def test_debians_gdal_finds_and_counts_the_same(way_in, names, read):
    """An older GDAL, which takes longitude and latitude."""
    ogrinfo = shutil.which("ogrinfo")
    if ogrinfo is None:
        pytest.skip("ogrinfo (apt: gdal-bin) is not there")
    address, password = way_in
    done = apart(ogrinfo, "-ro", "-so", "-al", "-oo", f"USERPWD={password}", address)

    assert done.returncode == 0, done.stderr
    told = dict(re.findall(r"Layer name: (\S+).*?Feature Count: (\d+)", done.stdout, re.DOTALL))
    assert {name: int(count) for name, count in told.items()} == {
        name: len(read[name]) for name in names
    }


def test_without_the_password_gdal_reads_nothing(way_in, tmp_path):
    address, _ = way_in
    done = apart(sys.executable, "-c", CODE, address, "qgis:wrong", str(tmp_path), "parcels")

    assert done.returncode != 0
    assert "no driver" in done.stderr or "401" in done.stderr
    assert [*tmp_path.iterdir()] == []
