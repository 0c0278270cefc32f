"""The overlay, validity and distance cases of the JTS test suite, with their published results."""

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

from landtrack.ingest import validate
from landtrack.ingest.profile import ANY
from landtrack.model import SETS_ASIDE, Issue
from landtrack.spatial import measures

PART = {
    "intersection": lambda *areas: areas[2], "union": lambda a, b, ab: a + b - ab,
    "difference": lambda a, _, ab: a - ab, "symdifference": lambda a, b, ab: a + b - 2 * ab,
}
"""The area of each overlay, from the areas of the two and what they share."""


@pytest.fixture(scope="module")
def cases(real_data):
    path = real_data / "jts" / "jts_cases.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def geometry(text):
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers
        return shapely.from_wkt(text, on_invalid="ignore")


def test_every_validity_case_is_kept_repaired_or_set_aside_by_name(cases):
    stated = [case for case in cases if case["kind"] == "validity"]
    shapes = np.array([geometry(case["a_wkt"]) for case in stated], dtype=object)
    frame = gpd.GeoDataFrame({"source": "jts"}, index=range(len(stated)), geometry=shapes, crs=4529)

    kept, rows = validate.geometry(frame, ANY)

    told = {int(row["feature_id"]): row["issue"] for row in rows}
    assert len(told) == len(rows)  # one row a feature
    for number, (case, shape) in enumerate(zip(stated, shapes, strict=True)):
        assert shape is not None
        if shapely.is_empty(shape):
            assert told[number] == Issue.GEOMETRY_MISSING
        elif case["expected"]:
            assert number not in told, case["desc"]
            assert shapely.equals_exact(kept.geometry[number], shapely.force_2d(shape))
        else:
            assert told[number] in {
                Issue.GEOMETRY_REPAIRED, Issue.GEOMETRY_UNREPAIRABLE, Issue.GEOMETRY_NOT_FINITE,
                Issue.GEOMETRY_OUT_OF_BOUNDS, Issue.HOLE_OUTSIDE,
            }, case["desc"]
        assert (number in kept.index) == (told.get(number) not in SETS_ASIDE)
    assert kept.geometry.is_valid.all()


def test_every_overlay_of_two_polygons_has_the_area_that_the_suite_states(cases):
    tried = 0
    for case in cases:
        if case["kind"] != "overlay" or not case["shapely_ok"]:
            continue
        if case["precision"] or case["arg3"] or case["op"].endswith("SR"):
            continue  # of shapes rounded to a grid
        one, other = geometry(case["a_wkt"]), geometry(case["b_wkt"])
        polygonal = all(
            shape is not None and shape.geom_type in {"Polygon", "MultiPolygon"} and shape.is_valid
            and not shape.is_empty for shape in (one, other)
        )
        op = case["op"].lower().removesuffix("ng").removesuffix("sr")
        if not polygonal or op not in PART:
            continue
        if (case["arg1"], case["arg2"]) == ("B", "A"):
            one, other = other, one
        shared = measures.shared_area(np.array([one]), np.array([other])).amount.sum()
        area = PART[op](one.area, other.area, shared)
        scale = max(one.area, other.area)
        assert area == pytest.approx(case["expected_area"], abs=1e-9 * scale), case["desc"]
        tried += 1
    assert tried > 100


def test_every_distance_case_is_the_distance_to_the_nearest(cases):
    tried = 0
    for case in cases:
        if case["kind"] != "distance":
            continue
        shapes = [np.array([geometry(case[f"{name}_wkt"])]) for name in ("a", "b")]
        if any(shapely.is_empty(shape).any() for shape in shapes):
            continue
        found = measures.nearest(*shapes).distance
        assert found[0] == pytest.approx(case["expected"], abs=1e-9), case["desc"]
        tried += 1
    assert tried > 20
