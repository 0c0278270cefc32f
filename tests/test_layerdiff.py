"""What differs between two versions of layers; rounding is no difference."""

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from builders import Site, box, frame, line, point
from click.testing import CliRunner
from hypothesis import given, strategies as st

from landtrack import layerdiff, text
from landtrack.cli import main


def parcels(shapes=None, **columns):
    return frame("parcels", shapes or {"a": box(0, 0, 100, 100)}, **columns)


def told(before, after, **more):
    table = layerdiff.differences({"parcels": before}, {"parcels": after}, **more)
    return [tuple(row) for row in table[["feature_id", "what", "field", "before", "after"]].values]


@pytest.mark.parametrize(("before", "after", "expected"), [
    (parcels(state=["surveyed"]), parcels(state=["approved"]),
     [("a", "state", "state", "surveyed", "approved")]),
    (parcels(state=[None]), parcels(state=["approved"]), [("a", "state", "state", "", "approved")]),
    (parcels(owner=["X"]), parcels(owner=["Y"]), [("a", "fact", "owner", "X", "Y")]),
    (parcels(area_m2=[10_000.0]), parcels(area_m2=[10_000.001]), []),
    (parcels(area_m2=[10_000.0]), parcels(area_m2=[10_001.0]),
     [("a", "fact", "area_m2", "10000", "10001")]),
    (parcels(area_m2=[None]), parcels(area_m2=[None]), []),
    (parcels(area_m2=[None]), parcels(area_m2=[1.0]), [("a", "fact", "area_m2", "", "1")]),
    (parcels(state_on=pd.to_datetime(["2006-05-04"])),
     parcels(state_on=pd.to_datetime(["2006-05-05"])),
     [("a", "fact", "state_on", "2006-05-04", "2006-05-05")]),
    (parcels(), parcels({"a": box(0, 0, 100.005, 100)}), []),
    (parcels(), parcels({"a": box(0, 0, 100.5, 100)}),
     [("a", "shape", "", "10000.0 m²", "10050.0 m²")]),
    (parcels(), parcels({"a": box(0, 0, 100, 100), "b": box(200, 0, 210, 10)}),
     [("b", "added", "", "", "100.0 m²")]),
    (parcels(), parcels({"b": box(500, 0, 600, 100)}),
     [("a", "removed", "", "10000.0 m²", ""), ("b", "added", "", "", "10000.0 m²")]),
    (parcels(), parcels({"b": box(0, 0, 100, 100)}), [("b", "renumbered", "", "a", "b")]),
])
def test_a_difference_is_told_once_and_by_its_kind(before, after, expected):
    assert told(before, after) == expected


def test_the_same_outline_drawn_from_another_corner_or_with_more_points_is_the_same():
    ring = [(0, 0), (100, 0), (100, 100), (0, 100)]
    turned = shapely.Polygon([(x + box(0, 0, 1, 1).bounds[0], y + box(0, 0, 1, 1).bounds[1])
                              for x, y in [*ring[2:], *ring[:2]]])
    dense = shapely.segmentize(box(0, 0, 100, 100), 7)

    assert told(parcels(), parcels({"a": turned})) == []
    assert told(parcels(), parcels({"a": dense})) == []
    assert told(parcels(), parcels({"a": dense}), noise_m=0.0) == []


@given(st.floats(-0.006, 0.006), st.floats(-0.006, 0.006))
def test_rounding_to_the_centimetre_is_never_a_difference(dx, dy):
    moved = shapely.transform(box(0, 0, 100, 100), lambda points: np.add(points, (dx, dy)))

    assert told(parcels(), parcels({"a": moved})) == []


@given(st.floats(0.05, 50))
def test_a_real_shift_always_is_and_tells_the_area_that_changed(by):
    moved = shapely.transform(box(0, 0, 100, 100), lambda points: np.add(points, (by, 0)))
    table = layerdiff.differences({"parcels": parcels()}, {"parcels": parcels({"a": moved})})

    assert list(table["what"]) == ["shape"]
    assert table["changed_m2"].iloc[0] == pytest.approx(2 * 100 * by, rel=1e-6)


def test_lines_and_points_are_compared_too_and_a_layer_may_come_or_go():
    roads = {"roads": frame("roads", {"r": line((0, 0), (100, 0))})}
    longer = {"roads": frame("roads", {"r": line((0, 0), (150, 0))})}
    sites = {"relocations": frame("relocations", {"p": point(0, 0)})}
    moved = {"relocations": frame("relocations", {"p": point(3, 4)})}

    def whats(before, after):
        return list(layerdiff.differences(before, after)["what"])

    assert whats(roads, longer) == ["shape"]
    assert whats(sites, moved) == ["shape"]
    assert whats(roads, roads) == []
    assert whats({}, roads) == ["added"]
    assert whats(roads, {}) == ["removed"]
    assert whats({}, {}) == []


def test_the_list_is_written_as_a_sheet_and_as_a_layer(tmp_path):
    table = layerdiff.differences(
        {"parcels": parcels(owner=["X"])},
        {"parcels": parcels({"a": box(0, 0, 101, 100)}, owner=["=1+1"])},
    )
    layerdiff.write_workbook(table, tmp_path / "diff.xlsx", text.load("en"))
    layerdiff.write_layer(table, tmp_path / "diff.gpkg")

    sheet = openpyxl.load_workbook(tmp_path / "diff.xlsx").active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("Layer", "Feature", "What")
    assert ("=1+1", "s") in [(cell.value, cell.data_type) for row in sheet.iter_rows()
                             for cell in row]
    drawn = gpd.read_file(tmp_path / "diff.gpkg", layer="differences")
    assert list(drawn["what"]) == ["fact", "shape"]
    assert drawn.geometry.iloc[0].area == pytest.approx(10_100)


def test_days_and_data_drops_are_compared_by_the_same_command(tmp_path):
    sites = []
    for name, east in (("first", 100), ("second", 110)):
        site = Site(tmp_path / name)
        site.layer("parcels", [
            (box(0, 0, 50, 100), {"parcel_id": "P", "state": "approved", "state_on": "2006-11-20"}),
            (box(50, 0, east, 100), {"parcel_id": "Q"}),
        ])
        sites.append(str(site.folder))

    drops = CliRunner().invoke(main, ["diff", *sites])
    days = CliRunner().invoke(main, ["diff", "2006-11-01", "2006-12-01", sites[0]])
    same = CliRunner().invoke(main, ["diff", "2006-12-01", "2006-12-02", sites[0]])
    wrong = CliRunner().invoke(main, ["diff", "yesterday", "2006-12-02", sites[0]])

    assert drops.exit_code == 1
    assert "Q: shape: 5000.0 m² → 6000.0 m²" in drops.output
    assert "differences: 1" in drops.output
    assert "P: state: – → Approved" in days.output
    assert (days.exit_code, same.exit_code, wrong.exit_code) == (1, 0, 2)
    assert "neither a day nor a folder" in wrong.output
