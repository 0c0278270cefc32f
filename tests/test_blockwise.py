"""Layers joined block by block from their files measure as they do in memory."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from benchmarks import layers
from shapely.geometry import LineString, Point, Polygon, box

from landtrack.app import out_of_core
from landtrack.app.out_of_core import Source
from landtrack.ingest.formats import stream
from landtrack.model.errors import CRSError, SourceError, TableError
from landtrack.spatial import measures

CRS = "EPSG:32650"
PLOTS = layers.plots(400)
FORMATS = ["gpkg", "parquet"]


def written(folder, name, shapes, suffix, *, crs=CRS):
    frame = gpd.GeoDataFrame({"n": np.arange(len(shapes))}, geometry=shapes, crs=crs)
    path = folder / f"{name}.{suffix}"
    frame.to_parquet(path) if suffix == "parquet" else frame.to_file(path)
    return path


def no_issue(row):
    raise AssertionError(row)


def together(blocks):
    """Put the pairs of all blocks in the order in which they come from memory."""
    blocks = list(blocks)
    plot, feature, amount = (np.concatenate(each) for each in zip(*blocks, strict=True))
    order = np.lexsort((feature, plot))
    return len(blocks), plot[order], feature[order], amount[order]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    ("kind", "features", "name"),
    [
        ("parcels", layers.parcels(400), "shared_area"),
        ("buildings", layers.buildings(400), "shared_area"),
        ("roads", layers.roads(400, vertices=30), "shared_length"),
    ],
)
def test_pairs_of_blocks_are_those_of_memory(kind, features, name, suffix, tmp_path):
    plots = Source(written(tmp_path, "plots", PLOTS, suffix), "plots")
    source = Source(written(tmp_path, kind, features, suffix), kind)
    blocks, *found = together(getattr(out_of_core, name)(plots, source, no_issue, block=30))
    expected = getattr(measures, name)(PLOTS, features)

    assert blocks >= 400 // 30
    for mine, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("kind", "features"),
    [
        ("roads", layers.roads(400, vertices=30)), ("substations", layers.points(400)),
        ("substations", layers.points(400)[:1]), ("buildings", layers.buildings(400)[:30]),
    ],
)
def test_nearest_of_blocks_is_that_of_memory(kind, features, tmp_path):
    """Also where most blocks have no feature of their own."""
    plots = Source(written(tmp_path, "plots", PLOTS, "gpkg"), "plots")
    source = Source(written(tmp_path, kind, features, "gpkg"), kind)
    _, plot, feature, distance = together(out_of_core.nearest(plots, source, no_issue, block=30))
    expected = measures.nearest(PLOTS, features)

    assert plot.tolist() == list(range(len(PLOTS)))
    assert (feature == expected.feature).all()
    np.testing.assert_allclose(distance, expected.distance, rtol=1e-9)


def test_nearest_of_no_feature_is_none(tmp_path):
    plots = Source(written(tmp_path, "plots", PLOTS[:5], "parquet"), "plots")
    source = Source(written(tmp_path, "roads", layers.roads(400)[:0], "parquet"), "roads")
    _, _, feature, distance = together(out_of_core.nearest(plots, source, no_issue))

    assert (feature == -1).all()
    assert np.isnan(distance).all()


def test_what_cannot_be_measured_is_named_and_the_rest_measured(tmp_path):
    bowtie = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    plots = [None, box(0, 0, 10, 10), Polygon(), LineString([(0, 0), (1, 1)]), bowtie]
    told = []
    found = together(out_of_core.shared_area(
        Source(written(tmp_path, "plots", plots, "parquet"), "plots"),
        Source(written(tmp_path, "parcels", [box(0, 0, 5, 10)], "parquet"), "parcels"), told.append,
    ))

    assert [(row["feature_id"], row["issue"]) for row in told] == [
        ("1", "geometry_missing"), ("3", "geometry_missing"), ("4", "geometry_kind"),
        ("5", "geometry_repaired"),
    ]
    assert found[1].tolist() == [1, 4]
    assert found[3].tolist() == [50.0, 25.0]  # the bow tie is two triangles


def test_no_block_is_larger_than_asked(tmp_path, monkeypatch):
    sizes = []
    kept = measures.shared_area
    monkeypatch.setattr(
        measures, "shared_area", lambda *shapes: sizes.append(len(shapes[0])) or kept(*shapes)
    )
    plots = Source(written(tmp_path, "plots", PLOTS, "gpkg"), "plots")
    list(out_of_core.shared_area(plots, plots, no_issue, block=64))

    assert max(sizes) <= 64
    assert sum(sizes) == len(PLOTS)


def test_a_layer_in_another_crs_or_in_degrees_is_refused(tmp_path):
    own = Source(written(tmp_path, "plots", PLOTS[:2], "gpkg"), "plots")
    other = Source(written(tmp_path, "other", PLOTS[:2], "gpkg", crs="EPSG:32651"), "plots")
    degrees = Source(written(tmp_path, "degrees", [box(0, 0, 1, 1)], "parquet", crs="OGC:CRS84"),
                     "plots")

    with pytest.raises(TableError, match=r"other.gpkg is not in the CRS of"):
        list(out_of_core.shared_area(own, other, no_issue))
    with pytest.raises(CRSError, match=r"degrees.parquet"):
        list(out_of_core.shared_area(degrees, degrees, no_issue))


@pytest.mark.parametrize(
    ("name", "write", "words"),
    [
        ("gone.gpkg", None, "cannot be opened"),
        ("gone.parquet", None, "cannot be opened"),
        ("text.parquet", b"no parquet", "cannot be opened"),
        ("text.gpkg", b"no geopackage", "cannot be opened"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(name, write, words, tmp_path):
    if write:
        (tmp_path / name).write_bytes(write)

    with pytest.raises(SourceError, match=words):
        list(stream.batches(tmp_path / name))


def test_parquet_without_geometry_or_in_another_encoding_is_refused(tmp_path):
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[Point(1, 2)], crs=CRS)
    frame.drop(columns="geometry").to_parquet(tmp_path / "table.parquet")
    frame.to_parquet(tmp_path / "arrow.parquet", geometry_encoding="geoarrow")

    with pytest.raises(SourceError, match="without geometry"):
        list(stream.batches(tmp_path / "table.parquet"))
    with pytest.raises(SourceError, match="not as WKB"):
        list(stream.batches(tmp_path / "arrow.parquet"))


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("rows", [1, 7, 400, 1000])
def test_batches_hold_every_feature_once_and_in_order(suffix, rows, tmp_path):
    path = written(tmp_path, "plots", PLOTS, suffix)
    batches = list(stream.batches(path, rows=rows))

    assert [each.first for each in batches] == list(range(0, 400, rows))
    assert shapely.equals_exact(np.concatenate([each.shapes for each in batches]), PLOTS).all()
    assert stream.crs_of(path)
