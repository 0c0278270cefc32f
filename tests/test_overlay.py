"""The compiled functions against GEOS, which they must equal on every corpus."""

import json
import logging
import os
import subprocess
import sys

import numpy as np
import pyogrio
import pytest
import shapely
from benchmarks import layers
from hypothesis import given, strategies as st
from samples import step

from landtrack.spatial import kernels, measures
from landtrack.spatial.measures import SLIVER_M, SLIVER_M2

AGREE = 1e-9
"""Of the plot's area, or of the distance: what our answer and GEOS's may differ by."""
PLACES = {
    "krems": ("osm_krems_at.gpkg", "landuse", ("buildings", "green"), "roads"),
    "moscow": ("osm_moscow_part.gpkg", "landuse", ("buildings", "green"), "roads"),
    "liechtenstein": ("osm_liechtenstein_2021.gpkg", "landuse", ("buildings", "water"), "roads"),
    "cambridge": ("cambridge_west_fy2013.gpkg", "lots", ("zoning", "zoning_overlay"),
                  "street_centerlines"),
}


@pytest.fixture(scope="module", autouse=True)
def compiled():
    if not kernels.ready():
        pytest.skip("numba is not installed: there is nothing compiled to test")


def areas_by_geos(plots, features):
    plot, feature = shapely.STRtree(features).query(plots)
    order = np.lexsort((feature, plot))
    plot, feature = plot[order], feature[order]
    return plot, feature, shapely.area(shapely.intersection(plots[plot], features[feature]))


def areas_differ(plots, features):
    """Give the greatest difference from GEOS over all pairs, as a share of the plot's area."""
    plot, feature, expected = areas_by_geos(plots, features)
    ours = kernels.shared_area(plots, features, least=0.0)
    table = dict(zip(zip(ours[0].tolist(), ours[1].tolist(), strict=True), ours[2], strict=True))
    found = np.array([table.pop(pair, 0.0) for pair in zip(plot.tolist(), feature.tolist(),
                                                          strict=True)])
    assert not table, "pairs that GEOS does not have"
    return float((np.abs(found - expected) / shapely.area(plots)[plot]).max(initial=0.0))


def same_nearest(plots, features):
    """Compare with GEOS: distances to rounding, and the first feature where it is certain."""
    feature, distance, doubt = kernels.nearest(plots, features)
    (plot, other), metres = shapely.STRtree(features).query_nearest(plots, return_distance=True)
    order = np.lexsort((other, plot))[::-1]
    first, expected = np.full(len(plots), -1), np.full(len(plots), np.nan)
    first[plot[order]], expected[plot[order]] = other[order], metres[order]
    coordinates = np.abs(shapely.bounds(plots)).max()
    np.testing.assert_allclose(distance, expected, rtol=AGREE, atol=4e-15 * coordinates)
    assert (feature[~doubt] == first[~doubt]).all()


def same_length(plots, lines):
    """Compare lengths with GEOS where ours are certain; nothing may be missing."""
    simple = lines[shapely.is_simple(lines)]
    plot, line, metres = kernels.shared_length(plots, simple, least=SLIVER_M)
    expected = shapely.length(shapely.intersection(plots[plot], simple[line]))
    certain = ~np.isnan(metres)
    coordinates = np.abs(shapely.bounds(plots)).max()
    np.testing.assert_allclose(
        metres[certain], expected[certain], rtol=AGREE, atol=max(4e-15 * coordinates, 1e-9) * 10
    )
    pairs = shapely.STRtree(simple).query(plots, predicate="intersects")
    long = shapely.length(shapely.intersection(plots[pairs[0]], simple[pairs[1]])) > 2 * SLIVER_M
    ours = set(zip(plot.tolist(), line.tolist(), strict=True))
    assert set(zip(*pairs[:, long].tolist(), strict=True)) <= ours


def same_inside(plots, points):
    """Compare with GEOS: the same pairs, and doubt only where a point is on the boundary."""
    plot, feature, said = kernels.inside(plots, points)
    near, other = shapely.STRtree(points).query(plots, predicate="intersects")
    inside = ~shapely.touches(plots[near], points[other])
    ours = set(zip(plot[said == 1], feature[said == 1], strict=True))
    unsure = set(zip(plot[np.isnan(said)], feature[np.isnan(said)], strict=True))
    expected = set(zip(near[inside], other[inside], strict=True))
    assert ours <= expected
    assert expected - ours <= unsure
    assert len(unsure) <= np.count_nonzero(
        shapely.distance(plots[[p for p, _ in unsure]] if unsure else plots[:0],
                         points[[f for _, f in unsure]] if unsure else points[:0]) < 1e-6
    )


# --- against GEOS -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("features", [layers.parcels, layers.buildings, layers.plots])
def test_every_shared_area_of_generated_layers_is_that_of_geos(features, seed):
    assert areas_differ(layers.plots(1500, seed=seed), features(1500, seed=seed)) <= AGREE


@pytest.mark.parametrize("vertices", [400, 3000])
def test_polygons_of_many_vertices_share_what_geos_says(vertices):
    count = 1200 // vertices + 4
    plots = layers.plots(count, vertices=vertices)

    assert areas_differ(plots, plots[::-1]) <= AGREE
    assert areas_differ(plots, layers.buildings(count)) <= AGREE


def test_holes_and_parts_share_what_geos_says():
    stars, inner = layers.plots(300), shapely.buffer(layers.plots(300, seed=1), -28)
    pierced = shapely.difference(stars, shapely.union_all(inner))
    kinds = shapely.get_type_id(pierced)
    assert (kinds == shapely.GeometryType.MULTIPOLYGON).any()
    assert (shapely.get_num_interior_rings(pierced) > 0).any()

    assert areas_differ(pierced, pierced[::-1]) <= AGREE
    assert areas_differ(pierced, layers.parcels(300)) <= AGREE


@pytest.mark.parametrize("vertices", [2, 30])
def test_nearest_and_length_on_generated_layers_are_those_of_geos(vertices):
    plots = layers.plots(1500)
    lines = layers.roads(1500, vertices=vertices)

    same_nearest(plots, lines)
    same_length(plots, lines)
    same_nearest(plots, layers.points(1500))


@pytest.mark.parametrize("vertices", [5, 28, 400])
def test_the_points_inside_are_those_that_geos_finds(vertices):
    count = 300 if vertices < 100 else 40
    plots = layers.plots(count, vertices=vertices)
    pierced = shapely.difference(plots, shapely.buffer(shapely.centroid(plots), 20))
    corners = shapely.points(shapely.get_coordinates(plots)[::7])
    middles = shapely.points(
        (shapely.get_coordinates(plots)[:-1] + shapely.get_coordinates(plots)[1:]) / 2
    )
    several = shapely.multipoints(layers.points(count, each=8).reshape(-1, 4))

    for shapes in (plots, pierced, np.concatenate([pierced[:9], [None, shapely.Polygon()]])):
        for points in (layers.points(count, each=8), corners, middles, several):
            same_inside(shapes, points)


def test_a_point_on_the_boundary_is_not_inside_whoever_answers():
    square = np.array([shapely.box(0, 0, 10, 10)] * 300)
    points = shapely.points([(5, 5), (0, 5), (10, 10), (5, 10), (-1, 5), (9.999, 5), (5, np.nan)])

    for plots in (square[:1], square):  # GEOS alone, and the compiled functions
        found = measures.inside(plots, points)
        assert found.feature[found.plot == 0].tolist() == [0, 5]


def polygon_pairs(folder):
    """List the distinct pairs of valid polygons in the cases of the JTS test suite."""
    seen = {}
    for row in (folder / "jts" / "jts_cases.jsonl").read_text("utf-8").splitlines():
        case = json.loads(row)
        if not (case.get("a_wkt") and case.get("b_wkt")):
            continue
        pair = shapely.from_wkt([case["a_wkt"], case["b_wkt"]], on_invalid="ignore")
        if all(
            shape is not None and "Polygon" in shape.geom_type and shape.is_valid
            and not shape.is_empty for shape in pair
        ):
            seen[case["a_wkt"], case["b_wkt"]] = pair
    return list(seen.values())


def test_polygon_pairs_of_the_jts_suite_share_what_geos_says(real_data):
    pairs = polygon_pairs(real_data)
    assert len(pairs) >= 80
    worst = 0.0
    for one, other in pairs:
        ours = kernels.shared_area(np.array([one]), np.array([other]), least=0.0)[2].sum()
        worst = max(worst, abs(ours - one.intersection(other).area) / min(one.area, other.area))
    assert worst <= AGREE


def read(path, layer, crs=None):
    """Read a real layer in metres; polygons that are not valid are mended as the steps do."""
    frame = pyogrio.read_dataframe(path, layer=layer, columns=[])
    if frame.crs.is_geographic:
        frame = frame.to_crs(crs or frame.estimate_utm_crs())
    shapes = shapely.make_valid(frame.geometry.to_numpy())
    dimension = shapely.get_dimensions(frame.geometry.to_numpy())
    return shapes[(shapely.get_dimensions(shapes) == dimension) & ~shapely.is_empty(shapes)]


@pytest.mark.parametrize("place", PLACES)
def test_real_places_measure_as_geos_does(place, real_data):
    file, plot_layer, others, roads = PLACES[place]
    every = polygonal(read(real_data / file, plot_layer))
    plots = every[:: step(len(every), 1000)]

    for layer in others:
        assert areas_differ(plots, polygonal(read(real_data / file, layer))) <= AGREE
    assert areas_differ(plots, every) <= AGREE
    lines = read(real_data / file, roads)
    lines = lines[np.isin(shapely.get_type_id(lines), [1, 5])]
    same_length(plots, lines)
    same_nearest(plots, lines)


def polygonal(shapes):
    return shapes[np.isin(shapely.get_type_id(shapes), [3, 6])]


# --- properties ---------------------------------------------------------------------------


def total(plots, features):
    return kernels.shared_area(np.asarray(plots), np.asarray(features), least=0.0)[2].sum()


seeds = st.integers(0, 10_000)


@given(seed=seeds, east=st.floats(-4e7, 4e7), north=st.floats(-5e6, 5e6))
def test_moving_everything_changes_nothing(seed, east, north):
    plots, parcels = layers.plots(6, seed=seed), layers.parcels(6, seed=seed)
    way = np.array([east, north])
    moved = [shapely.transform(each, lambda xy: xy + way) for each in (plots, parcels)]

    assert total(*moved) == pytest.approx(total(plots, parcels), rel=1e-9)


@given(seed=seeds)
def test_the_order_of_the_layers_changes_nothing(seed):
    plots, parcels = layers.plots(8, seed=seed), layers.parcels(8, seed=seed)
    one = kernels.shared_area(plots, parcels, least=0.0)
    other = kernels.shared_area(parcels, plots, least=0.0)
    order = np.lexsort((other[0], other[1]))

    assert (one[0] == other[1][order]).all()
    assert (one[1] == other[0][order]).all()
    np.testing.assert_allclose(one[2], other[2][order], rtol=1e-9, atol=1e-9)


@given(seed=seeds, share=st.floats(0.01, 0.99), level=st.booleans())
def test_the_two_parts_of_a_parcel_share_what_the_parcel_shares(seed, share, level):
    plots, parcels = layers.plots(4, seed=seed), layers.parcels(4, seed=seed)
    left, bottom, right, top = shapely.total_bounds(parcels)
    if level:
        first = shapely.box(left, bottom, right, bottom + share * (top - bottom))
    else:
        first = shapely.box(left, bottom, left + share * (right - left), top)
    parts = [shapely.intersection(parcels, first), shapely.difference(parcels, first)]

    assert total(plots, np.concatenate(parts)) == pytest.approx(total(plots, parcels), rel=1e-9)


@given(seed=seeds, start=st.integers(0, 27), reverse=st.booleans())
def test_where_a_ring_starts_and_which_way_it_runs_changes_nothing(seed, start, reverse):
    plots, parcels = layers.plots(4, seed=seed), layers.parcels(4, seed=seed)
    hole = shapely.buffer(shapely.centroid(plots), 20)
    pierced = shapely.difference(plots, hole)
    rings = shapely.get_coordinates(shapely.get_exterior_ring(pierced)).reshape(4, -1, 2)[:, :-1]
    rings = np.roll(rings, start, axis=1)[:, :: -1 if reverse else 1]
    inner = [shapely.get_interior_ring(each, 0) for each in pierced]
    turned = shapely.polygons(shapely.linearrings(rings), holes=[[each] for each in inner])

    assert total(turned, parcels) == pytest.approx(total(pierced, parcels), rel=1e-12)
    assert total(turned, parcels) < total(plots, parcels)


@given(seed=seeds, angle=st.floats(0, 2 * np.pi))
def test_a_plot_moved_by_a_millimetre_changes_its_areas_by_as_little(seed, angle):
    plots, parcels = layers.plots(6, seed=seed), layers.parcels(6, seed=seed)
    step = 0.001 * np.array([np.cos(angle), np.sin(angle)])
    moved = shapely.transform(plots, lambda xy: xy + step)

    before, after = (
        dict(zip(zip(*found[:2], strict=True), found[2], strict=True))
        for found in (kernels.shared_area(each, parcels, least=0.0) for each in (plots, moved))
    )
    most = 0.001 * shapely.length(plots).max()
    for pair in before.keys() | after.keys():
        assert abs(before.get(pair, 0.0) - after.get(pair, 0.0)) <= most


def test_the_shares_of_a_plot_over_parcels_without_gaps_add_up_to_1():
    plots, parcels = layers.plots(400), layers.parcels(400)
    inside = plots[shapely.within(plots, shapely.union_all(parcels))]
    plot, _, area = kernels.shared_area(inside, parcels, least=0.0)
    shares = np.bincount(plot, weights=area) / shapely.area(inside)

    np.testing.assert_allclose(shares, 1.0, rtol=0, atol=1e-9)


# --- touching, empty, not a number ----------------------------------------------------------


@pytest.mark.parametrize("scale", [1.0, 1e3, 1e5])
def test_parcels_that_touch_share_nothing(scale):
    parcels = shapely.transform(layers.parcels(200), lambda xy: (xy - xy.mean(axis=0)) * scale)
    one, other, _ = kernels.shared_area(parcels, parcels, least=SLIVER_M2)

    assert (one == other).all()
    assert len(one) == len(parcels)


def test_shapes_that_are_empty_or_missing_or_no_numbers_share_nothing():
    square = shapely.box(0, 0, 10, 10)
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon([(0, 0), (9, np.nan), (9, 9), (0, 0)])
    odd = np.array([
        None, shapely.Polygon(), shapely.MultiPolygon(), shapely.Point(5, 5),
        broken,
        shapely.Polygon([(0, 0), (5, 0), (9, 0), (0, 0)]), square,
    ])

    assert kernels.shared_area(odd, odd, least=SLIVER_M2)[2].tolist() == [100.0]
    assert len(kernels.shared_area(odd[:0], odd, least=0.0)[0]) == 0
    assert len(kernels.shared_area(odd, odd[:0], least=0.0)[0]) == 0
    feature, distance, _ = kernels.nearest(odd, np.array([None, shapely.Point(13, 14)]))
    assert feature.tolist() == [-1, -1, -1, -1, -1, 1, 1]
    assert distance[-1] == 5.0
    assert np.isnan(distance[:5]).all()


def test_a_line_along_an_edge_is_left_to_exact_arithmetic():
    plots = np.array([shapely.Polygon([(0, 0), (30, 10), (20, 40)])])
    along = np.array([shapely.LineString([(0, 0), (30, 10)]), shapely.LineString([(5, 5), (9, 9)])])

    _, line, metres = kernels.shared_length(plots, along, least=SLIVER_M)

    assert line.tolist() == [0, 1]
    assert np.isnan(metres[0])
    assert metres[1] == pytest.approx(32**0.5)


def test_of_two_at_one_distance_the_first_is_nearest():
    plot = np.array([shapely.box(0, 0, 10, 10)])
    lines = shapely.linestrings([[(0, 15), (10, 15)], [(0, 13), (4, 13)], [(6, 13), (9, 13)]])

    feature, distance, doubt = kernels.nearest(plot, lines)

    assert (feature[0], distance[0], doubt[0]) == (1, 3.0, False)


# --- loading --------------------------------------------------------------------------------


def run(code, **environment):
    found = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, **environment},
    )
    return found.stdout.split(), found.stderr


SMALL = (
    "import numpy as np, shapely, sys; from landtrack.spatial import measures\n"
    "squares = shapely.box(np.arange(5.0), 0, np.arange(5.0) + 1.5, 1)\n"
    "print(len(measures.shared_area(squares, squares).plot), 'numba' in sys.modules)"
)


def test_little_work_does_not_load_the_compiler():
    assert run(SMALL)[0] == ["13", "False"]


KERNELS = """
from landtrack.spatial.kernels.compiled import NUMBER, compiled

@compiled(NUMBER)
def twice(value):
    return 2 * value

@compiled(NUMBER)
def thrice(value):
    return 3 * value
"""


def test_compiling_is_told_once_and_nothing_is_printed_and_it_is_kept_on_disk(tmp_path):
    """Of two functions that are compiled as all are, in a process that finds none on disk."""
    (tmp_path / "kernels.py").write_text(KERNELS, encoding="utf-8")
    code = (
        "import logging; logging.basicConfig(level='INFO', format='%(name)s %(message)s')\n"
        "import kernels; assert kernels.twice(2.0) + kernels.thrice(2.0) == 10"
    )
    where = {"PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "cache")}

    out, told = run(code, **where)
    again = run(code, **where)

    assert out == []
    assert told.count("landtrack Compiling the measuring functions") == 1
    assert again == ([], "")


def test_what_is_on_disk_is_loaded_without_a_word():
    out, told = run(
        "import logging; logging.basicConfig(level='INFO')\n"
        "from landtrack.spatial import kernels\n"
        "print(kernels.loaded(), kernels.ready(), kernels.loaded())"
    )

    assert (out, told) == (["False", "True", "True"], "")


def test_without_numba_shapely_answers():
    out, _ = run(
        "import sys; sys.modules['numba'] = None\n"
        "import numpy as np, shapely\n"
        "from landtrack.spatial import kernels, measures\n"
        "assert not kernels.ready()\n"
        "squares = shapely.box(np.arange(5_000.0), 0, np.arange(5_000.0) + 1.5, 1)\n"
        "measures.LOADING_S = 0\n"  # as if all were worth compiled functions
        "found = measures.shared_area(squares, squares)\n"
        "print(len(found.plot), round(found.amount.sum(), 3))"
    )

    assert out == ["14998", "12499.0"]


def test_the_log_belongs_to_the_package():
    assert kernels.log is logging.getLogger("landtrack")
