"""A store is the same in a GeoPackage and in PostGIS: what goes in comes out, guarded alike."""

import subprocess
import sys

import fiona
import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
import stores
from builders import CRS, Site, box

import landtrack
from landtrack import store, tracker
from landtrack.errors import OutputError, SourceError
from landtrack.store import session


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    """Give the store of the demo place: seventeen layers, nearly six hundred events."""
    out = tmp_path_factory.mktemp("park")
    landtrack.run(out=out)
    return out / "project.gpkg"


@pytest.fixture
def shared():
    """Name a store in a database that is not there yet."""
    named = stores.fresh()
    yield named
    stores.dropped(named)


def assert_alike(one, other):
    """Insist that two stores hold the same, row by row, type by type."""
    assert set(store.names(one)) == set(store.names(other))
    for name in store.names(one):
        left, right = store.read(one, name), store.read(other, name)
        if name == "landtrack_store":
            left, right = (each.sort_values("key", ignore_index=True) for each in (left, right))
        pd.testing.assert_frame_equal(left, right)
        if isinstance(left, gpd.GeoDataFrame):
            assert left.crs == right.crs
            assert left.geometry.to_wkb().tolist() == right.geometry.to_wkb().tolist()


def test_a_whole_store_goes_to_a_database_and_back_and_nothing_is_lost(park, shared, tmp_path):
    back = tmp_path / "back.gpkg"

    assert store.copy(park, shared) == store.copy(shared, back) > 500
    assert_alike(park, shared)
    assert_alike(park, back)
    assert store.log.read(park) == store.log.read(shared) == store.log.read(back)
    assert tracker.faults(shared) == tracker.faults(back) == []
    for name in fiona.listlayers(park):
        assert pyogrio.read_info(park, layer=name)["ogr_types"] == (
            pyogrio.read_info(back, layer=name)["ogr_types"])
        with fiona.open(park, layer=name) as one, fiona.open(back, layer=name) as other:
            assert one.schema == other.schema


def test_a_store_goes_from_one_schema_to_another(park, shared):
    other = stores.fresh()
    try:
        store.copy(park, shared)
        store.copy(shared, other)
        assert_alike(shared, other)
        with pytest.raises(OutputError, match="already a store"):
            store.copy(park, other)
    finally:
        stores.dropped(other)


def test_what_other_programs_put_into_a_store_goes_along(tmp_path, shared):
    """Heights, several kinds of shapes in a layer, gaps in numbers, dates, times with zones."""
    site = Site(tmp_path / "site")
    landtrack.run(site.folder, out=tmp_path)
    path = tmp_path / "project.gpkg"
    frame = gpd.GeoDataFrame({
        "n": pd.array([1, None], dtype="Int64"), "yes": pd.array([True, None], dtype="boolean"),
        "at": pd.to_datetime(["2006-05-04T10:00:00Z", None]), "名称": ["甲'\t\\N", None],
    }, geometry=[shapely.Point(1, 2, 3), None], crs="EPSG:4326")
    frame.to_file(path, layer="levels")
    mixed = gpd.GeoDataFrame(
        {"k": ["a", "b"]}, geometry=[box(0, 0, 1, 1), shapely.Point(0, 0)], crs=CRS)
    mixed.to_file(path, layer="mixed")
    back = tmp_path / "back.gpkg"

    store.copy(path, shared)
    store.copy(shared, back)

    assert_alike(path, shared)
    assert_alike(path, back)
    for name in ("levels", "mixed"):
        assert pyogrio.read_info(path, layer=name)["ogr_types"] == (
            pyogrio.read_info(back, layer=name)["ogr_types"])
        assert pyogrio.read_info(path, layer=name)["geometry_type"] == (
            pyogrio.read_info(back, layer=name)["geometry_type"])


def test_a_gis_finds_layers_with_their_crs_and_an_index(park, shared):
    store.copy(park, shared)
    rows = stores.rows(
        shared, "SELECT type, srid FROM geometry_columns "
        "WHERE f_table_schema = current_schema() AND f_table_name = 'plots'")
    indexed = stores.rows(
        shared, "SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema() "
        "AND tablename = 'plots' AND indexdef LIKE '%gist%'")

    assert rows == [("POLYGON", 4529)]
    assert indexed == [(1,)]


def test_a_log_that_does_not_hold_does_not_enter_a_database(park, shared, tmp_path):
    path = next(stores.kept("geopackage", park, tmp_path))
    stores.meddled(path, "DELETE FROM status_log WHERE event = 7")

    with pytest.raises(OutputError, match="does not follow the last one"):
        store.copy(path, shared)
    assert not store.exists(shared)


def test_the_database_takes_no_event_that_does_not_follow_the_last_one(park, shared):
    store.copy(park, shared)
    columns = ", ".join(f'"{name}"' for name in session.LOG.columns)
    others = ", ".join(
        f'"{name}"' for name in session.LOG.columns if name not in ("event", "sha256"))
    for number in (1, 10_000):
        with pytest.raises(Exception, match=r"does not follow|unique"):
            stores.execute(
                shared, f"INSERT INTO status_log ({columns}) SELECT {number}, {others}, 'x' "  # noqa: S608
                "FROM status_log WHERE event = 1")
    with pytest.raises(Exception, match="only grows"):
        stores.execute(shared, "TRUNCATE status_log")
    assert tracker.faults(shared) == []


@pytest.mark.parametrize(("written", "shown"), [
    ("postgresql://li:secret@db.example.org:5433/parks?schema=x_park",
     "postgresql://li@db.example.org:5433/parks?schema=x_park"),
    ("postgres:///parks?host=/run/pg&password=secret",
     "postgresql:///run/pg/parks?schema=landtrack"),
])
def test_an_address_is_told_without_its_password(written, shown):
    address = store.address.parse(written)

    assert str(address) == shown
    assert "secret" not in repr(address)
    assert "secret" in address.url


@pytest.mark.parametrize(("written", "said"), [
    ("https://example.org/store", "names no store"),
    ("postgresql://host", "names no store"),
    ("postgresql://host/db?schema=Bad Name", "cannot be the schema"),
    ("postgresql://host/db?schema=pg_own", "cannot be the schema"),
])
def test_an_address_that_names_no_store_is_told(written, said):
    with pytest.raises(SourceError, match=said):
        store.address.parse(written)


def test_a_server_that_is_not_there_is_told(tmp_path):
    pytest.importorskip("sqlalchemy")
    with pytest.raises(SourceError, match=r"cannot be reached(.|\n)*Check the address"):
        tracker.tracked(store.address.parse(f"postgresql:///parks?host={tmp_path}"))


def test_a_schema_without_a_store_is_told(shared):
    with pytest.raises(SourceError, match=r"no store at(.|\n)*landtrack store copy"):
        tracker.tracked(shared)
    with pytest.raises(SourceError, match="no store at"):
        store.read(shared, "plots")


def test_what_speaks_with_databases_is_loaded_when_a_database_is_named_and_its_lack_is_told():
    code = (
        "import sys, landtrack\n"
        "from landtrack import store, tracker\n"
        "assert not {'sqlalchemy', 'psycopg', 'geoalchemy2'} & set(sys.modules)\n"
        "sys.modules['sqlalchemy'] = None\n"
        "try:\n    tracker.tracked(store.address.parse('postgresql://host/db'))\n"
        "except store.backends.SourceError as error:\n    print(error)\n"
    )
    said = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert 'pip install "landtrack[postgis]"' in said.stdout
