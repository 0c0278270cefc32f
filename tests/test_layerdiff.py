"""What differs between two versions of layers; rounding is no difference."""

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from builders import CRS, Site, box, frame, line, point
from click.testing import CliRunner
from hypothesis import given, strategies as st

from landtrack.assessment import layer_changes
from landtrack.cli.main import main
from landtrack.model import translations
from landtrack.output.reports import document, layer_changes as reports
from landtrack.output.reports.layer_changes import changed


def parcels(shapes=None, **columns):
    return frame("parcels", shapes or {"a": box(0, 0, 100, 100)}, **columns)


def told(before, after, **more):
    table = layer_changes.differences({"parcels": before}, {"parcels": after}, **more)
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


@pytest.mark.parametrize(("found", "said"), [
    ([("a", "r", "pass", "not_there"), ("b", "r", "not_there", "pass")], []),
    ([("a", "r", "pass", "not_there"), ("b", "r", "not_there", "fail")], [("b", "pass", "fail")]),
    ([("a", "r", "pass", "not_there")], [("b", "pass", "not_there")]),
    ([("b", "r", "not_there", "fail")], [("b", "not_there", "fail")]),
    ([("c", "r", "pass", "not_there")], [("c", "pass", "not_there")]),  # that one is gone
])
def test_a_plot_with_another_number_keeps_its_verdicts(found, said):
    old, new = (frame("plots", {key: box(0, 0, 100, 100)}) for key in "ab")
    table = layer_changes.differences({"plots": old}, {"plots": new})
    verdicts = pd.DataFrame(found, columns=["plot_id", "rule", "before", "after"])

    whole = layer_changes.with_verdicts(table, verdicts)

    own = whole[whole["what"] == "verdict"]
    assert list(own[["feature_id", "before", "after"]].itertuples(index=False, name=None)) == said
    assert (whole["what"] == "renumbered").sum() == 1


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
    table = layer_changes.differences({"parcels": parcels()}, {"parcels": parcels({"a": moved})})

    assert list(table["what"]) == ["shape"]
    assert table["changed_m2"].iloc[0] == pytest.approx(2 * 100 * by, rel=1e-6)


@pytest.mark.parametrize(("before", "after", "said"), [
    (box(0, 0, 140, 126), box(100, 0, 240, 126), "shape: moved by 100.00 m"),
    (box(0, 0, 100, 100), box(3, 4, 103, 104), "shape: moved by 5.00 m"),
    (point(0, 0), point(3, 4), "shape: moved by 5.00 m"),
    (line((0, 0), (10, 0)), line((0, 7), (10, 7)), "shape: moved by 7.00 m"),
    (box(0, 0, 100, 100), box(0, 0, 100.5, 100),
     "shape: 10000.0 m² → 10050.0 m², outline up to 0.50 m elsewhere"),
    (box(0, 0, 100, 50), box(0, 0, 50, 100),
     "shape: outline up to 50.00 m elsewhere"),
])
def test_a_shape_that_is_elsewhere_says_by_how_many_metres(before, after, said):
    table = layer_changes.differences(
        {"parcels": parcels({"a": before})}, {"parcels": parcels({"a": after})}
    )

    (row,) = table.to_dict("records")
    assert reports.line(translations.load("en"), row).endswith(said)


def test_a_column_that_one_file_alone_has_is_a_difference(tmp_path):
    one = drop(tmp_path / "one.gpkg", [box(0, 0, 9, 9)], ["P"], 户主=["张三"])
    other = drop(tmp_path / "other.gpkg", [box(0, 0, 9, 9)], ["P"], 面积=[None])

    said = diffed(one, other, "--key", "编号")

    assert said.exit_code == 1
    assert said.output.splitlines() == [
        "one: column 户主: filled cells: 1 → –", "one: column 面积: – → filled cells: 0",
        "differences: 2",
    ]


def test_lines_and_points_are_compared_too_and_a_layer_may_come_or_go():
    roads = {"roads": frame("roads", {"r": line((0, 0), (100, 0))})}
    longer = {"roads": frame("roads", {"r": line((0, 0), (150, 0))})}
    sites = {"relocations": frame("relocations", {"p": point(0, 0)})}
    moved = {"relocations": frame("relocations", {"p": point(3, 4)})}

    def whats(before, after):
        return list(layer_changes.differences(before, after)["what"])

    assert whats(roads, longer) == ["shape"]
    assert whats(sites, moved) == ["shape"]
    assert whats(roads, roads) == []
    assert whats({}, roads) == ["added"]
    assert whats(roads, {}) == ["removed"]
    assert whats({}, {}) == []


def test_the_list_is_written_as_a_sheet_and_as_a_layer(tmp_path):
    table = layer_changes.differences(
        {"parcels": parcels(owner=["X"])},
        {"parcels": parcels({"a": box(0, 0, 101, 100)}, owner=["=1+1"])},
    )
    document.write(changed(table), tmp_path / "diff.xlsx", translations.load("en"), kind="xlsx")
    layer_changes.write_layer(table, tmp_path / "diff.gpkg")

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


# --- two files without a place ------------------------------------------------------------


def drop(path, shapes, keys, crs=CRS, **columns):
    made = gpd.GeoDataFrame({"编号": keys, **columns}, geometry=shapes, crs=crs)
    made.to_file(path, engine="pyogrio")
    return str(path)


def diffed(*words):
    return CliRunner().invoke(main, ["diff", *words], catch_exceptions=False)


def test_two_data_drops_are_compared_as_bare_files_of_any_format(tmp_path):
    one = drop(tmp_path / "spring.shp", [box(0, 0, 50, 100), box(50, 0, 90, 100)], ["P", "Q"],
               户主=["张三", "李四"])
    other = drop(tmp_path / "autumn.gpkg", [box(0, 0, 50.004, 100), box(50, 0, 99, 100),
                                            box(200, 0, 210, 9)], ["P", "Q", "R"],
                 户主=["张三", "王五", "赵六"])
    said = diffed(one, other, "--key", "编号", "--xlsx", str(tmp_path / "diff.xlsx"),
                  "--layer", str(tmp_path / "diff.gpkg"))
    same = diffed(one, one, "--key", "编号")

    assert (said.exit_code, same.exit_code) == (1, 0), said.output
    assert said.output.splitlines() == [
        "spring Q: fact 户主: 李四 → 王五",
        "spring Q: shape: 4000.0 m² → 4900.0 m², outline up to 9.00 m elsewhere",
        "spring R: added: – → 90.0 m²", "differences: 3",
    ]
    assert len(gpd.read_file(tmp_path / "diff.gpkg")) == 3
    assert openpyxl.load_workbook(tmp_path / "diff.xlsx").active.max_row == 4


def test_drops_in_two_reference_systems_are_compared_in_one(tmp_path):
    shapes = gpd.GeoSeries([box(0, 0, 50, 100)], crs=CRS)
    one = drop(tmp_path / "one.gpkg", shapes, ["P"])
    other = drop(tmp_path / "other.geojson", shapes.to_crs("EPSG:4490"), ["P"], crs="EPSG:4490")

    assert diffed(one, other, "--key", "编号").exit_code == 0
    assert "with --crs" in diffed(other, one, "--key", "编号").output
    assert diffed(other, one, "--key", "编号", "--crs", CRS).exit_code == 0


def test_features_of_a_drop_without_a_key_or_a_shape_are_told_and_none_is_lost(tmp_path):
    one = drop(tmp_path / "one.gpkg", [box(0, 0, 9, 9), box(20, 0, 29, 9)], ["P", None])
    other = drop(tmp_path / "other.gpkg", [box(0, 0, 9, 9), box(20, 0, 29, 9), None], [
        "P", "P", "Q"])
    said = diffed(one, other, "--key", "编号")

    assert "one.gpkg: Identifier missing. Fill it in; #2 stands for it until then." in said.output
    assert "other.gpkg: Identifier used twice. P names more than one feature" in said.output
    assert "other.gpkg: No geometry." in said.output
    assert "one P#2: renumbered: #2 → P#2" in said.output


def test_what_two_files_lack_to_be_compared_is_told(tmp_path):
    one = drop(tmp_path / "one.gpkg", [box(0, 0, 9, 9)], ["P"])

    assert "with --key" in diffed(one, one).output
    lacking = diffed(one, one, "--key", "code")
    assert lacking.exit_code == 2
    assert "Name the one of the keys: 编号" in lacking.output
