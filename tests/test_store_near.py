"""What of a layer is read near a place, by the index of its shapes: as GDAL reads it."""

import sqlite3

import pyogrio
import pytest
import shapely
from builders import Site, box, point
from hypothesis import given, settings, strategies as st

from landtrack import store
from landtrack.app import vet
from landtrack.model import catalog
from landtrack.model.errors import SourceError
from landtrack.store import blobs

SIDE = 40


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Give a store of 40 parcels in a row, ten of them with holes or in two parts, and a place."""
    folder = tmp_path_factory.mktemp("near")
    site = Site(folder / "site")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    site.layer("parcels", [(_shape(at), {"parcel_id": f"L'{at}"}) for at in range(40)])
    site.layer("substations", [(point(50, 130), {"substation_id": "S"})])
    store.write(vet.vet(catalog.place(site.catalog().folder)), folder / "project.gpkg")
    return folder / "project.gpkg"


def _shape(at):
    west = at * SIDE
    whole = box(west, 0, west + SIDE, 100)
    if at % 4 == 1:
        return whole.difference(box(west + 10, 40, west + 20, 50))
    return whole.difference(box(west - 1, 45, west + SIDE + 1, 55)) if at % 4 == 2 else whole


def by_gdal(path, window, keys):
    """Read the whole layer by GDAL, and take what meets a window and what has a key."""
    frame = pyogrio.read_dataframe(path, layer="parcels")[["parcel_id", "geometry"]]
    met = frame["parcel_id"].isin(keys)
    if window is not None:
        met |= frame.intersects(shapely.box(*window))
    return frame[met]


@given(
    window=st.none() | st.tuples(
        st.integers(-50, 1700), st.integers(-20, 120), st.integers(0, 90), st.integers(0, 60)
    ),
    keys=st.lists(st.sampled_from(["L'0", "L'17", "L'39", "none", "'"]), unique=True),
)
@settings(max_examples=60, deadline=None)
def test_what_is_near_and_what_is_named_is_what_gdal_reads(path, window, keys):
    west, south, *_ = store.read(path, "parcels").total_bounds
    own = None
    if window is not None:
        x, y, width, height = window
        own = (west + x, south + y, west + x + width, south + y + height)

    found = store.near(path, "parcels", "parcel_id", own, keys)
    wanted = by_gdal(path, own, keys)

    assert list(found["parcel_id"]) == list(wanted["parcel_id"])
    assert (found.geometry.to_wkb() == wanted.geometry.to_wkb().to_numpy()).all()
    assert found.crs == wanted.crs


def test_without_its_index_the_same_is_read(path, tmp_path):
    copy = tmp_path / "copy.gpkg"
    store.geopackage.snapshot(path, copy)
    window = tuple(store.read(path, "parcels").total_bounds[:2]) + tuple(
        store.read(path, "parcels").total_bounds[:2] + 50
    )
    wanted = store.near(path, "parcels", "parcel_id", window)
    with sqlite3.connect(copy) as db:
        db.execute("DROP TABLE rtree_parcels_geom")
    db.close()

    found = store.near(copy, "parcels", "parcel_id", window)

    assert list(found["parcel_id"]) == list(wanted["parcel_id"]) == ["L'0", "L'1"]


@pytest.mark.parametrize("name", ["roads", "findings", "none", "status_log"])
def test_what_is_no_layer_of_the_store_is_refused_by_name(path, name):
    with pytest.raises(SourceError, match=name):
        store.near(path, name, "parcel_id", None, ["x"])


@pytest.mark.parametrize("blob", [
    b"", b"GP", b"GP\x00\x01", b"XX\x00\x01" + bytes(40), b"GP\x00\x0b" + bytes(60),
    b"GP\x00\x01" + bytes(4), b"GP\x00\x01" + bytes(4) + b"\x01\x03\x00",
])
def test_bytes_that_are_no_shape_are_refused(blob):
    with pytest.raises(SourceError, match="none of a GeoPackage"):
        blobs.shapes([blob])


def test_a_feature_without_a_shape_has_none():
    assert blobs.shapes([None]).tolist() == [None]
    assert blobs.shapes([]).tolist() == []


@pytest.mark.parametrize(("table", "column"), [
    ("plots", "plot_id"), ("parcels", "parcel_id"), ("findings", "plot_id"),
])
def test_rows_are_looked_up_by_their_key_without_reading_the_table(path, table, column):
    with sqlite3.connect(path) as db:
        ((*_, plan),) = db.execute(
            f'EXPLAIN QUERY PLAN SELECT rowid FROM "{table}" WHERE "{column}" = ?', ("A",)  # noqa: S608
        )
    db.close()
    assert f"{table}_key" in plan
