"""A layer of which some features cannot be read: the bad ones are named, the others come in.

The same with fiona, and without it, as where it has no wheel (``LANDTRACK_WITHOUT_FIONA``).
"""

import sqlite3
import struct

import geopandas as gpd
import pytest
import shapely
from builders import box

from landtrack.ingest.formats import files, opening

HEAD = bytes.fromhex("47500001b1110000")
"""Of a shape in a GeoPackage, in EPSG:4529."""
BROKEN = HEAD + struct.pack("<BIII4d", 1, 3, 1, 2, 0, 0, 9, 0)
"""An area whose ring has two corners."""
OPEN = HEAD + struct.pack("<BIII6d", 1, 3, 1, 3, 0, 0, 9, 0, 9, 9)
"""An area whose ring does not close."""


@pytest.fixture(params=["fiona", "pyogrio"], autouse=True)
def reader(request, monkeypatch):
    """Let one of the two go through the features."""
    if request.param == "pyogrio":
        monkeypatch.setattr(opening, "fiona", None)
    elif opening.fiona is None:
        pytest.skip("fiona has no wheel here")
    return request.param


@pytest.fixture
def damaged(tmp_path):
    """Write a GeoPackage of features some of which have a shape that is none."""

    def write(number, bad, shape=BROKEN):
        path = tmp_path / "a.gpkg"
        gpd.GeoDataFrame(
            {"name": [f"名{n}" for n in range(1, number + 1)], "n": range(1, number + 1),
             "x": [None, *(0.5 + n for n in range(1, number))]},
            geometry=[box(n, 0, n + 1, 1) for n in range(number)], crs=4529,
        ).to_file(path, layer="plots", SPATIAL_INDEX="NO")
        with sqlite3.connect(path) as db:
            db.executemany(
                "UPDATE plots SET geom = ? WHERE fid = ?", [(shape, each) for each in bad]
            )
        db.close()
        return path

    return write


@pytest.mark.parametrize(
    ("number", "bad"),
    [(1, []), (3, [2]), (5, [1]), (5, [5]), (8, [3, 4]), (9, [1, 5, 9]), (40, [7, 8, 31])],
)
def test_each_bad_feature_is_named_by_its_number_and_the_others_come_in(
    damaged, number, bad
):
    contents = files.read(damaged(number, bad))

    good = [n for n in range(1, number + 1) if n not in bad]
    assert contents.bad == bad
    assert contents.frame.index.tolist() == good
    assert contents.frame["n"].tolist() == good
    assert contents.frame["name"].tolist() == [f"名{n}" for n in good]
    assert contents.frame["x"].isna().tolist() == [n == 1 for n in good]
    assert contents.frame.geometry.area.tolist() == pytest.approx([1.0] * len(good))
    assert contents.frame.crs.to_epsg() == 4529


def test_a_ring_that_does_not_close_is_closed(damaged):
    contents = files.read(damaged(4, [3], OPEN))

    assert contents.bad == []
    assert contents.frame["name"].tolist() == ["名1", "名2", "名3", "名4"]
    assert contents.frame.geometry.area.tolist() == pytest.approx([1, 1, 40.5, 1])


def test_a_layer_of_which_nothing_can_be_read_is_refused(damaged):
    with pytest.raises(opening.SourceError, match="cannot be read"):
        files.read(damaged(2, [1, 2]))


def test_features_without_a_shape_are_read(tmp_path):
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame(
        {"n": [1, 2]}, geometry=[None, shapely.Point(1, 1)], crs=4529
    ).to_file(path, layer="a")

    told = list(opening.one_by_one(path, layer="a", encoding=None, options={}))

    assert [(each.number, each.values["n"]) for each in told] == [(1, 1), (2, 2)]
    assert told[0].values["geometry"] is None
    assert told[1].values["geometry"] == shapely.Point(1, 1)
