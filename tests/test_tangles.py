"""Outlines that cross themselves without end are set aside before anybody repairs them."""

import numpy as np
import pytest
import shapely
from builders import EAST, NORTH, box

from landtrack.app import vet
from landtrack.ingest import validate
from landtrack.model import Issue, catalog
from landtrack.output.reports import inspection
from landtrack.spatial import tangles


def star(count):
    """Make a ring of so many edges, each of which crosses nearly all others."""
    count |= 1
    turns = (2 * np.pi * (count // 2) / count * np.arange(count + 1)) % (2 * np.pi)
    return shapely.Polygon(
        np.column_stack([EAST + 50 + 50 * np.cos(turns), NORTH + 50 + 50 * np.sin(turns)])
    )


def knots(count):
    """Make a strip that crosses itself so many times, each crossing of two edges."""
    along = np.arange(count + 1)
    up = np.where(along % 2, 1.0, -1.0)
    there = np.column_stack([EAST + along, NORTH + up])
    back = np.column_stack([EAST + along, NORTH - up])[::-1]
    return shapely.Polygon([*there, *back])


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        (star(5), False), (star(150), False), (star(401), True), (star(20_001), True),
        (knots(15_000), False), (knots(30_000), True), (box(0, 0, 1, 1), False),
        (shapely.MultiPolygon([box(0, 0, 1, 1), star(401)]), True),
        (shapely.GeometryCollection([shapely.Point(0, 0), star(401)]), True),
        (shapely.LineString(shapely.get_coordinates(star(401))), True),
        (shapely.Point(0, 0), False),
    ],
)
def test_what_crosses_itself_without_end_is_told(shape, told):
    assert tangles.tangled(np.array([shape])).tolist() == [told]


@pytest.mark.parametrize("edges", [2_001, 60_001])
def test_a_star_of_many_edges_is_set_aside_before_anybody_asks_whether_it_is_valid(
    site, monkeypatch, edges
):
    valid = shapely.is_valid

    def asked(shapes, **named):
        assert shapely.get_num_coordinates(shapes).max(initial=0) < 10_000
        return valid(shapes, **named)

    if edges > validate.LARGE:
        monkeypatch.setattr(shapely, "is_valid", asked)
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100)), site.plot("B", star(edges))])

    result = vet.vet(catalog.place(site.catalog().folder))

    row = result.issues[result.issues["issue"] == Issue.GEOMETRY_UNREPAIRABLE].iloc[0]
    assert row["feature_id"] == "B"
    assert list(result.layers["plots"].index) == ["A"]


def test_the_small_map_of_inspect_draws_a_star_as_it_is(monkeypatch):
    asked = []
    simplify = shapely.simplify

    def lines_alone(shapes, *arguments, **named):
        asked.append(shapely.get_dimensions(shapes).max())
        return simplify(shapes, *arguments, **named)

    monkeypatch.setattr(shapely, "simplify", lines_alone)

    drawn = inspection._outlines(np.array([star(2001), box(0, 0, 9, 9)]))

    assert drawn.count("M") == 2
    assert set(asked) == {1}  # an area would be repaired
