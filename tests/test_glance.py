"""A vetted place in a notebook: how it stands and where, not a dump."""

import re

import pytest
import shapely
from builders import Site, box

from landtrack.app import vet
from landtrack.model import catalog
from landtrack.output.reports import glance


def corners(path):
    """The points of a path that was drawn."""
    return [tuple(map(float, each.split())) for each in re.findall(r"[\d.]+ [\d.]+", path)]


@pytest.fixture(scope="module")
def demo():
    return vet.vet(catalog.place(catalog.demo_place()), lang="en")


def test_it_counts_the_verdicts_and_names_the_first_that_fail(demo):
    counts = demo.layers["plots"]["verdict"].value_counts()
    seen = re.sub(r"<[^>]*>", " ", demo._repr_html_())

    for verdict in ("fail", "unknown", "pass"):
        assert re.search(rf" {verdict} +{counts[verdict]} ", seen), verdict
    fails = demo.layers["plots"].index[demo.layers["plots"]["verdict"] == "fail"]
    assert f"fail: {', '.join(fails[:glance.WORST])} …" in seen
    assert len(repr(demo)) < 400


def test_the_map_holds_every_plot_in_its_place_north_up(demo):
    drawn = demo._repr_html_()
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn).groups())
    shapes = demo.layers["plots"].geometry
    rings = sum(shapely.get_num_interior_rings(each) + 1 for each in shapely.get_parts(shapes))

    paths = re.findall(r'<path d="([^"]*)"', drawn)
    assert sum(each.count("Z") for each in paths) == rings
    points = [at for each in paths for at in corners(each)]
    assert all(0 <= x <= width and 0 <= y <= height for x, y in points)
    north = shapes.bounds["maxy"].idxmax()
    top = min(points, key=lambda at: at[1])
    assert top[1] == pytest.approx(glance.MARGIN, abs=0.2)
    assert shapes[north].bounds[3] == shapes.total_bounds[3]


def test_names_from_files_are_text_and_shapes_that_are_nowhere_are_left_out(tmp_path):
    site = Site(tmp_path / "park")
    site.head["title"] = {"en": "<script>alert(1)</script>", "zh": "x"}
    site.layer("plots", [site.plot("<b>A", box(0, 0, 100, 100))])
    result = vet.vet(catalog.place(site.folder), lang="en")

    drawn = result._repr_html_()

    assert "<script" not in drawn
    assert "<b>A" not in drawn
    assert "<svg" in drawn
