"""A drawing comes in whole: areas, holes, blocks, labels, units; what does not is named."""

import contextlib
import math
import re

import ezdxf
import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from builders import EAST, NORTH
from ezdxf.enums import TextEntityAlignment
from hypothesis import Phase, given, settings, strategies as st

from landtrack.ingest.formats import dxf
from landtrack.ingest.formats.base import Loss, Note
from landtrack.model import Issue
from landtrack.model.errors import OutputError, SourceError

SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]


BOUNDED = settings(
    max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
"""Writing a drawing takes a moment: no hour is spent on shrinking what fails."""


@pytest.fixture
def drawing(tmp_path):
    """Make a drawing by what is drawn, and save it."""

    def make(draw, version="R2010", name="图.dxf", **header):
        doc = ezdxf.new(version, units=6)
        for key, value in header.items():
            doc.header[f"${key}"] = value
        draw(doc.modelspace())
        path = tmp_path / name
        doc.saveas(path)
        return path

    return make


def issues(contents):
    return {note.issue: note.value for note in contents.notes}


def shapes(contents):
    return contents.frame.geometry.tolist()


def test_each_layer_of_the_drawing_is_a_layer_of_its_own(drawing):
    def draw(model):
        model.add_lwpolyline(SQUARE, close=True, dxfattribs={"layer": "地块"})
        model.add_line((0, 0), (5, 0), dxfattribs={"layer": "道路中线"})
        model.add_point((3, 4), dxfattribs={"layer": "界址点"})
        model.add_text("园区", dxfattribs={"layer": "注记"}).set_placement((50, 50))

    path = drawing(draw)

    assert dxf.layer_names(path) == ["地块", "道路中线", "界址点"]
    kinds = [dxf.read(path, layer=name).frame.geom_type[1] for name in dxf.layer_names(path)]
    assert kinds == ["Polygon", "LineString", "Point"]
    assert dxf.read(path).frame["layer"].tolist() == ["地块"]  # the first where none is named
    with pytest.raises(SourceError, match=r"(?s)'沟渠'.*Mend:.*地块, 道路中线, 界址点"):
        dxf.read(path, layer="沟渠")


def test_a_feature_tells_what_it_was_in_the_drawing(drawing):
    def draw(model):
        model.add_lwpolyline(
            SQUARE, close=True, dxfattribs={"color": 1, "elevation": 12.5, "layer": "红线"}
        )
        model.add_lwpolyline(SQUARE, close=True, dxfattribs={"true_color": 0x00FF80,
                                                             "layer": "红线"})

    first, second = dxf.read(drawing(draw)).frame.to_dict("records")

    assert first["entity"] == "LWPOLYLINE"
    assert re.fullmatch(r"[0-9A-F]+", first["handle"])
    assert (first["color"], first["elevation"]) == ("1", 12.5)
    assert (second["color"], second["elevation"]) == ("#00ff80", 0.0)


@pytest.mark.parametrize(
    ("draw", "area"),
    [
        pytest.param(lambda m: m.add_lwpolyline(SQUARE, close=True), 100, id="flag"),
        pytest.param(lambda m: m.add_lwpolyline([*SQUARE, SQUARE[0]]), 100, id="back at start"),
        pytest.param(lambda m: m.add_polyline2d(SQUARE, close=True), 100, id="old polyline"),
        pytest.param(lambda m: m.add_polyline3d([(*p, 7) for p in SQUARE], close=True), 100,
                     id="polyline in space"),
        pytest.param(lambda m: m.add_solid([(0, 0), (10, 0), (0, 10), (10, 10)]), 100,
                     id="solid, its corners in the order of the format"),
        pytest.param(lambda m: m.add_circle((0, 0), 50), math.pi * 2500, id="circle"),
        pytest.param(lambda m: m.add_ellipse((0, 0), (40, 0), 0.5), math.pi * 800, id="ellipse"),
        pytest.param(lambda m: m.add_lwpolyline([(0, 0, 1), (10, 0, 1)], format="xyb",
                                                close=True), math.pi * 25, id="two half circles"),
        pytest.param(lambda m: m.add_lwpolyline([(0, 0, 0), (10, 0, 1), (10, 10, 0), (0, 10, 0)],
                                                format="xyb", close=True), 100 + math.pi * 12.5,
                     id="a bulge to the left of the course is outside"),
        pytest.param(lambda m: m.add_lwpolyline([(0, 0, 0), (10, 0, -1), (10, 10, 0), (0, 10, 0)],
                                                format="xyb", close=True), 100 - math.pi * 12.5,
                     id="a bulge to the right is inside"),
        pytest.param(lambda m: m.add_circle((0, 0), 50, dxfattribs={"extrusion": (0, 0, -1)}),
                     math.pi * 2500, id="seen from below"),
    ],
)
def test_what_is_closed_is_an_area(drawing, draw, area):
    [shape] = shapes(dxf.read(drawing(draw)))

    assert shape.geom_type == "Polygon"
    assert shape.area == pytest.approx(area, rel=4e-3)
    assert abs(shape.area - area) <= dxf.TOLERANCE * shape.length


@pytest.mark.parametrize("radius", [0.001, 0.5, 30, 1000, 60_000])
def test_vertices_of_a_curve_lie_on_it_and_chords_within_the_tolerance(drawing, radius):
    [shape] = shapes(dxf.read(drawing(lambda m: m.add_circle((EAST, NORTH), radius))))
    corners = shapely.get_coordinates(shape) - [EAST, NORTH]
    middles = (corners[1:] + corners[:-1]) / 2

    assert np.abs(np.hypot(*corners.T) - radius).max() < 1e-7
    assert (radius - np.hypot(*middles.T)).max() <= dxf.TOLERANCE + 1e-7
    assert len(corners) >= 9


def test_a_spline_is_followed_within_the_tolerance(drawing):
    points = [(0, 0), (40, 80), (90, -20), (150, 60), (200, 0)]
    path = drawing(lambda m: m.add_spline(points))
    curve = ezdxf.readfile(path).modelspace()[0].construction_tool()
    exact = shapely.LineString([(p.x, p.y) for p in curve.approximate(20_000)])

    [shape] = shapes(dxf.read(path))

    assert shapely.hausdorff_distance(shape, exact) <= dxf.TOLERANCE


def test_an_ellipse_is_followed_within_the_tolerance(drawing):
    at = np.linspace(0, 2 * math.pi, 200_000)
    exact = shapely.LineString(np.column_stack([300 * np.cos(at), 40 * np.sin(at)]))

    [shape] = shapes(dxf.read(drawing(lambda m: m.add_ellipse((0, 0), (300, 0), 40 / 300))))

    middles = shapely.points((c := shapely.get_coordinates(shape))[1:] / 2 + c[:-1] / 2)
    assert shapely.distance(middles, exact).max() <= dxf.TOLERANCE * 1.01


def test_a_part_of_a_block_takes_its_colour_where_it_is_inserted(drawing):
    def draw(model):
        model.doc.blocks.new("块").add_lwpolyline(SQUARE, close=True, dxfattribs={"color": 0})
        model.add_blockref("块", (0, 0), dxfattribs={"color": 5})

    assert dxf.read(drawing(draw)).frame["color"].tolist() == ["5"]


def test_a_mirrored_entity_lies_where_it_is_seen(drawing):
    def draw(model):
        model.add_lwpolyline(SQUARE, close=True, dxfattribs={"extrusion": (0, 0, -1)})

    assert shapes(dxf.read(drawing(draw)))[0].bounds == (-10, 0, 0, 10)


def rings_hatch(model, *rings, style=0, **attribs):
    hatch = model.add_hatch(dxfattribs={"hatch_style": style, **attribs})
    for number, ring in enumerate(rings):
        hatch.paths.add_polyline_path(ring, flags=16 if number else 1)
    return hatch


def ring(low, high):
    return [(low, low), (high, low), (high, high), (low, high)]


@pytest.mark.parametrize(
    ("style", "areas"),
    [
        pytest.param(0, [3600, 400], id="in turn land, hole, land"),
        pytest.param(1, [3600], id="the outermost only"),
        pytest.param(2, [10000], id="no holes"),
    ],
)
def test_a_hatch_has_holes_as_its_style_says(drawing, style, areas):
    path = drawing(lambda m: rings_hatch(m, ring(0, 100), ring(10, 90), ring(40, 60), style=style))

    assert [shape.area for shape in shapes(dxf.read(path))] == areas


def test_each_part_of_a_hatch_is_a_feature(drawing):
    contents = dxf.read(drawing(lambda m: rings_hatch(m, ring(0, 10), ring(20, 30))))

    assert [shape.area for shape in shapes(contents)] == [100, 100]
    assert contents.frame["handle"][1] == contents.frame["handle"][2]


def test_the_frame_left_free_around_a_text_is_no_hole(drawing):
    def draw(model):
        hatch = rings_hatch(model, ring(0, 100))
        hatch.paths.add_polyline_path(ring(40, 60), flags=8)

    assert shapes(dxf.read(drawing(draw)))[0].area == 10_000


def test_a_hatch_of_edges_some_of_them_backwards(drawing):
    def draw(model):
        edges = model.add_hatch().paths.add_edge_path()
        edges.add_line((10, 0), (0, 0))
        edges.add_line((10, 0), (10, 10))
        edges.add_arc((5, 10), 5, 0, 180)
        edges.add_line((0, 0), (0, 10))
        circle = model.add_hatch(dxfattribs={"extrusion": (0, 0, -1)}).paths.add_edge_path()
        circle.add_ellipse((50, 0), (20, 0), 0.5, 0, 360)

    half, ellipse = shapes(dxf.read(drawing(draw)))

    assert half.area == pytest.approx(100 + 12.5 * math.pi, rel=1e-3)
    assert ellipse.area == pytest.approx(200 * math.pi, rel=1e-3)
    assert ellipse.centroid.x == pytest.approx(-50)


def test_a_hatch_whose_edges_do_not_meet_is_bad_and_numbered(drawing):
    def draw(model):
        model.add_lwpolyline(SQUARE, close=True)
        edges = model.add_hatch().paths.add_edge_path()
        edges.add_line((0, 0), (10, 0))
        edges.add_line((10, 5), (0, 5))

    contents = dxf.read(drawing(draw))

    assert (contents.frame.index.tolist(), contents.bad) == ([1], [2])


def test_a_hatch_and_its_outline_are_one_feature_with_what_both_say(drawing):
    def draw(model):
        outline = model.add_lwpolyline(SQUARE, close=True)
        outline.doc.appids.add("SOUTH")
        outline.set_xdata("SOUTH", [(1000, "302001")])
        rings_hatch(model, SQUARE, ring(4, 6), color=3)
        model.add_lwpolyline(ring(4, 6), close=True)  # a plot of its own for all we know

    contents = dxf.read(drawing(draw))

    assert sorted(shape.area for shape in shapes(contents)) == [4, 96]
    assert contents.frame["cass_code"].tolist()[0] == "302001"
    assert issues(contents) == {Issue.OUTLINE_FILLED: "1"}


def test_a_ring_in_a_ring_is_a_polygon_of_its_own(drawing):
    def draw(model):
        model.add_lwpolyline(ring(0, 10), close=True)
        model.add_lwpolyline(ring(4, 6), close=True)

    assert [shape.area for shape in shapes(dxf.read(drawing(draw)))] == [100, 4]


@pytest.mark.parametrize(
    ("gap", "kind", "told"),
    [
        pytest.param(0.0, "Polygon", None, id="back at its start: nothing to report"),
        pytest.param(0.04, "Polygon", Issue.RING_CLOSED, id="within the tolerance"),
        pytest.param(0.06, "LineString", Issue.RING_OPEN, id="beyond it"),
        pytest.param(9.0, "LineString", None, id="a line that is meant to be one"),
    ],
)
def test_an_open_line_closes_within_the_tolerance_and_is_reported(drawing, gap, kind, told):
    contents = dxf.read(drawing(lambda m: m.add_lwpolyline([*SQUARE, (0, gap)])))

    assert contents.frame.geom_type.tolist() == [kind]
    handle = contents.frame["handle"][1]
    assert [(note.issue, note.feature) for note in contents.notes] == ([(told, 1)] if told else [])
    if told:
        assert re.match(rf"{handle}, {gap:.2f}\d* m", contents.notes[0].value)


def test_lines_and_arcs_end_to_end_are_the_ring_they_bound(drawing):
    def draw(model):
        model.add_line((0, 0), (10, 0))
        model.add_line((10, 10.02), (10, 0))
        model.add_arc((5, 10), 5, 0, 180)
        model.add_line((0, 10), (0, 0))
        model.add_line((30, 0), (40, 0))  # not of it

    contents = dxf.read(drawing(draw))

    assert contents.frame.geom_type.tolist() == ["Polygon", "LineString"]
    assert shapes(contents)[0].area == pytest.approx(100 + 12.5 * math.pi, rel=2e-3)
    assert issues(contents)[Issue.LINES_JOINED].startswith("4: ")
    assert issues(contents)[Issue.RING_CLOSED].endswith(", 0.0200 m")


def test_a_ring_with_a_side_shorter_than_the_tolerance_is_joined(drawing):
    sides = [((0, 0), (10, 0)), ((10, 0), (10, 0.02)), ((10, 0.02), (0, 10)), ((0, 10), (0, 0))]

    contents = dxf.read(drawing(lambda m: [m.add_line(*each) for each in sides]))

    assert contents.frame.geom_type.tolist() == ["Polygon"]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([((0, 0), (9, 0)), ((9, 0), (9, 9)), ((9, 9), (0, 0)), ((0, 0), (-5, 0))],
                     id="three meet"),
        pytest.param([((0, 0), (9, 0)), ((9, 0), (0, 0))], id="drawn twice: no area"),
        pytest.param([((0, 0), (9, 0)), ((9, 0), (9, 9)), ((9, 9), (3, 3))], id="open"),
    ],
)
def test_lines_that_bound_nothing_for_certain_stay_lines(drawing, lines):
    contents = dxf.read(drawing(lambda m: [m.add_line(*each) for each in lines]))

    assert contents.frame.geom_type.tolist() == ["LineString"] * len(lines)


def test_plots_that_begin_in_one_corner_each_close_alone(drawing):
    other = [(0, 0), (-10, 0), (-10, -10), (0, -10), (0, 0)]
    contents = dxf.read(drawing(lambda m: [m.add_lwpolyline([*SQUARE, (0, 0)]),
                                           m.add_lwpolyline(other)]))

    assert [shape.area for shape in shapes(contents)] == [100, 100]


def test_lines_of_two_layers_are_not_joined(drawing):
    def draw(model):
        model.add_lwpolyline([(0, 0), (10, 0), (10, 10)], dxfattribs={"layer": "A"})
        model.add_lwpolyline([(10, 10), (0, 10), (0, 0)], dxfattribs={"layer": "B"})

    assert dxf.read(drawing(draw), layer="A").frame.geom_type.tolist() == ["LineString"]


def test_blocks_in_blocks_lie_where_they_are_inserted(drawing):
    def draw(model):
        inner = model.doc.blocks.new("窗")
        inner.add_lwpolyline([(0, 0), (1, 0), (1, 1), (0, 1)], close=True)
        inner.add_lwpolyline([(0, 0), (1, 0), (1, 1)], close=True, dxfattribs={"layer": "门"})
        outer = model.doc.blocks.new("楼")
        outer.add_blockref("窗", (5, 0), dxfattribs={"xscale": 2, "yscale": 3})
        insert = model.add_blockref(
            "楼", (100, 200), dxfattribs={"rotation": 90, "layer": "房屋", "color": 5}
        )
        insert.add_attrib("楼号", "7#", (100, 206))

    path = drawing(draw)
    on_layer = dxf.read(path, layer="房屋").frame

    assert dxf.layer_names(path) == ["房屋", "门"]
    assert on_layer.geometry[1].bounds == pytest.approx((97, 205, 100, 207))
    assert on_layer["block"].tolist() == ["楼"]
    assert on_layer["block_attributes"].tolist() == ["楼号=7#"]
    assert on_layer["label"].isna().all()  # the text stands on the edge, its middle outside
    assert dxf.read(path, layer="门").frame.geometry[1].area == pytest.approx(3)


def test_a_block_is_stretched_one_way_and_inserted_in_rows(drawing):
    def draw(model):
        block = model.doc.blocks.new("池")
        block.add_circle((0, 0), 10)
        model.add_blockref("池", (0, 0), dxfattribs={
            "xscale": 2, "row_count": 2, "column_count": 3, "row_spacing": 50,
            "column_spacing": 100,
        })

    found = shapes(dxf.read(drawing(draw)))

    assert [shape.area for shape in found] == pytest.approx([200 * math.pi] * 6, rel=3e-3)
    assert sorted(tuple(np.round(shape.centroid.coords[0], 6)) for shape in found) == [
        (0, 0), (0, 50), (100, 0), (100, 50), (200, 0), (200, 50)
    ]


def test_a_block_that_holds_itself_is_named_and_stops_nothing(drawing):
    def draw(model):
        block = model.doc.blocks.new("环")
        block.add_circle((0, 0), 1)
        block.add_blockref("环", (5, 5))
        model.add_blockref("环", (0, 0))
        model.add_lwpolyline(SQUARE, close=True)

    contents = dxf.read(drawing(draw))

    assert len(contents.frame) == 1
    assert issues(contents) == {Issue.ENTITIES_UNUSED: "INSERT 1"}


def test_a_block_that_is_another_file_is_named(drawing):
    def draw(model):
        model.doc.add_xref_def("底图.dwg", "底图")
        model.add_blockref("底图", (0, 0), dxfattribs={"layer": "底图"})
        model.add_lwpolyline(SQUARE, close=True)

    assert issues(dxf.read(drawing(draw))) == {Issue.ENTITIES_UNUSED: "底图: INSERT 1"}


def test_blocks_that_unfold_without_end_are_refused(drawing):
    def draw(model):
        model.doc.blocks.new("0层").add_circle((0, 0), 1)
        for level in range(1, 9):
            block = model.doc.blocks.new(f"{level}层")
            for number in range(10):
                block.add_blockref(f"{level - 1}层", (number, 0))
        model.add_blockref("8层", (0, 0))

    with pytest.raises(SourceError, match=r"(?s)unfold to 211,111,111 entities.*Mend: Do not use"):
        dxf.read(drawing(draw))


@pytest.mark.parametrize("kind", ["TEXT", "MTEXT", "ATTRIB"])
def test_a_text_names_the_smallest_polygon_it_stands_in(drawing, kind):
    def draw(model):
        model.add_lwpolyline(ring(0, 100), close=True, dxfattribs={"layer": "园区"})
        model.add_lwpolyline(ring(10, 40), close=True, dxfattribs={"layer": "地块"})
        attribs = {"layer": "注记"}
        if kind == "TEXT":
            model.add_text("一类%%u工业", height=3, dxfattribs=attribs).set_placement(
                (25, 25), align=TextEntityAlignment.MIDDLE_CENTER)
        elif kind == "MTEXT":
            model.add_mtext(r"{\fSimSun|b0;一类\P工业}", dxfattribs={
                **attribs, "char_height": 3, "insert": (25, 25), "attachment_point": 5})
        else:
            model.doc.blocks.new("签")
            model.add_blockref("签", (25, 25)).add_attrib("名", "一类工业", (20, 25), attribs)

    path = drawing(draw)
    park, plot = (dxf.read(path, layer=name).frame["label"] for name in ("园区", "地块"))

    assert plot[1].replace(" ", "") == "一类工业"
    assert park.isna().all()


def test_a_text_names_both_where_one_shape_is_drawn_twice(drawing):
    def draw(model):
        model.add_circle((0, 0), 50, dxfattribs={"layer": "线"})
        corners = [(50 * math.cos(a), 50 * math.sin(a)) for a in np.arange(0, 2 * math.pi, 0.01)]
        rings_hatch(model, corners, layer="填充")
        model.add_text("绿地", height=3).set_placement((0, 0))

    path = drawing(draw)

    assert [dxf.read(path, layer=name).frame["label"][1] for name in ("线", "填充")] == [
        "绿地", "绿地"
    ]


def test_several_texts_are_joined_from_the_top_and_those_outside_are_counted(drawing):
    def draw(model):
        model.add_lwpolyline(ring(0, 100), close=True)
        texts = {(40, 60): "0012", (40, 40): "061", (60, 60): "0012", (0, 150): "北"}
        for at, text in texts.items():
            model.add_text(text, height=3).set_placement(at)

    contents = dxf.read(drawing(draw))

    assert contents.frame["label"].tolist() == ["0012; 061"]
    assert issues(contents) == {Issue.ENTITIES_UNUSED: "TEXT 1"}


def test_a_text_begun_outside_its_narrow_polygon_names_it_by_its_middle(drawing):
    def draw(model):
        model.add_lwpolyline(ring(0, 10), close=True)
        model.add_text("工业用地", height=4).set_placement((-3, 4))

    assert dxf.read(drawing(draw)).frame["label"].tolist() == ["工业用地"]


def test_what_is_not_used_is_counted_by_type_and_layer(drawing):
    def draw(model):
        model.add_lwpolyline(SQUARE, close=True, dxfattribs={"layer": "地块"})
        model.add_3dface([(0, 0), (1, 0), (1, 1)], dxfattribs={"layer": "地块"})
        model.add_3dface([(0, 0), (1, 0), (1, 1)], dxfattribs={"layer": "地块"})
        model.add_ray((0, 0), (1, 0), dxfattribs={"layer": "辅助"})
        model.add_blockref("不在", (0, 0), dxfattribs={"layer": "辅助"})
        model.doc.layout("Layout1").add_circle((0, 0), 5)

    told = [note for note in dxf.read(drawing(draw)).notes if note.issue == "entities_unused"]

    assert sorted(note.value for note in told) == [
        "(paper space): CIRCLE 1", "3DFACE 2", "辅助: INSERT 1, RAY 1",
    ]


def test_cass_codes_and_other_extended_data_are_kept(drawing):
    def draw(model):
        line = model.add_lwpolyline(SQUARE, close=True, dxfattribs={"layer": "JZX"})
        for application in ("SOUTH", "QHDM"):
            model.doc.appids.add(application)
        line.set_xdata("SOUTH", [(1000, "302002"), (1040, 0.5)])
        line.set_xdata("QHDM", [(1000, "441500")])

    [row] = dxf.read(drawing(draw)).frame.to_dict("records")

    assert row["cass_code"] == "302002"
    assert row["xdata"] == "SOUTH: 302002, 0.5; QHDM: 441500"


@pytest.mark.parametrize(
    ("units", "side", "told"),
    [
        pytest.param(6, 10, {}, id="metres"),
        pytest.param(0, 10, {}, id="none stated: metres"),
        pytest.param(4, 0.01, {Issue.UNITS_SCALED: "mm × 0.001 = m"}, id="millimetres"),
        pytest.param(1, 0.254, {Issue.UNITS_SCALED: "in × 0.0254 = m"}, id="inches"),
        pytest.param(99, 10, {}, id="no such unit: metres"),
    ],
)
def test_units_become_metres_and_are_reported(drawing, units, side, told):
    contents = dxf.read(drawing(lambda m: m.add_lwpolyline(SQUARE, close=True), INSUNITS=units))

    assert shapes(contents)[0].bounds == pytest.approx((0, 0, side, side))
    assert issues(contents) == told


@pytest.mark.parametrize("east", [547_228, 39_547_228])
def test_metres_of_a_grid_are_metres_though_the_file_says_millimetres(drawing, east):
    corners = [(east + x, 3_797_916 + y) for x, y in SQUARE]
    contents = dxf.read(drawing(lambda m: m.add_lwpolyline(corners, close=True), INSUNITS=4))

    assert shapes(contents)[0].area == pytest.approx(100)
    assert issues(contents) == {Issue.UNITS_CONTRADICTED: "mm"}


def test_where_both_readings_are_in_the_grid_the_stated_unit_holds(drawing):
    corners = [(547_228 + x, 3_797_916 + y) for x, y in SQUARE]
    contents = dxf.read(drawing(lambda m: m.add_lwpolyline(corners, close=True), INSUNITS=10))

    assert issues(contents) == {Issue.UNITS_SCALED: "yd × 0.9144 = m"}


def test_millimetres_of_a_grid_are_millimetres(drawing):
    corners = [((547_228 + x) * 1000, (3_797_916 + y) * 1000) for x, y in SQUARE]
    contents = dxf.read(drawing(lambda m: m.add_lwpolyline(corners, close=True), INSUNITS=4))

    assert shapes(contents)[0].area == pytest.approx(100)
    assert issues(contents) == {Issue.UNITS_SCALED: "mm × 0.001 = m"}


NAMES = "征地地块红线"


@pytest.mark.parametrize(
    ("version", "codec", "page", "told"),
    [
        pytest.param("R2000", "gbk", "ANSI_936", None, id="as it says"),
        pytest.param("R2000", "gbk", "ANSI_1252", "gb18030 / cp1252", id="says Western"),
        pytest.param("R2000", "gbk", "", None, id="says nothing"),
        pytest.param("R2004", "utf-8", "ANSI_936", "utf-8 / gb18030", id="UTF-8 too early"),
        pytest.param("R2000", "big5", "ANSI_950", None, id="traditional"),
        pytest.param("R2010", "utf-8", "ANSI_936", None, id="UTF-8 by the version"),
        pytest.param("R2010", "gbk", "ANSI_936", "gb18030 / utf-8", id="GBK against the version"),
    ],
)
def test_the_bytes_say_what_encoding_a_drawing_is_in(drawing, version, codec, page, told):
    name = "徵地紅線與變電所" if codec == "big5" else NAMES

    def draw(model):
        model.add_lwpolyline(SQUARE, close=True, dxfattribs={"layer": "LAYERNAME"})
        model.add_text("LAYERNAME", height=1).set_placement((3, 5))

    path = drawing(draw, version)
    data = path.read_bytes().replace(b"\r\n", b"\n").replace(b"LAYERNAME", name.encode(codec))
    if page:
        data = data.replace(b"ANSI_1252", page.encode())
    else:
        data = data.replace(b"$DWGCODEPAGE", b"$NOTCODEPAGE")
    path.write_bytes(data)

    assert dxf.layer_names(path) == [name]
    contents = dxf.read(path, layer=name)
    assert contents.frame["label"].tolist() == [name]
    assert issues(contents).get(Issue.ENCODING_DIFFERS) == told
    assert contents.encoding.name == codec.replace("gbk", "gb18030")


@pytest.mark.parametrize(
    "names", [["Grünfläche", "Straße ÖPNV", "ÄNDERUNG"], ["ÖPNV", "ÄNDERUNG"]]
)
def test_western_text_is_not_taken_for_chinese(drawing, names):
    def draw(model):
        model.doc.encoding = "cp1252"
        for name in names:
            model.add_lwpolyline(SQUARE, close=True, dxfattribs={"layer": name})

    path = drawing(draw, "R2000")

    assert dxf.layer_names(path) == names
    assert dxf.read(path).notes == []


def test_the_catalogs_word_on_the_encoding_goes_before_all(drawing):
    path = drawing(lambda m: m.add_circle((0, 0), 1, dxfattribs={"layer": "ß"}), "R2010")

    assert dxf.read(path, encoding="cp1252").frame["layer"].tolist() == ["ÃŸ"]


@pytest.mark.parametrize("text", ["\\U+5730\\U+5757", "\\M+5B5D8\\M+5BFE9", "\\U+D842\\U+DFB7"])
def test_characters_by_their_numbers_are_read(drawing, text):
    path = drawing(lambda m: m.add_circle((0, 0), 1, dxfattribs={"layer": "LAYERNAME"}), "R2000")
    path.write_bytes(path.read_bytes().replace(b"LAYERNAME", text.encode()))

    assert dxf.layer_names(path) == ["𠮷" if "D842" in text else "地块"]


@pytest.mark.parametrize("version", ["R2000", "R2010"])
def test_a_binary_drawing_is_read_as_a_text_one(tmp_path, drawing, version):
    path = drawing(lambda m: m.add_lwpolyline(SQUARE, close=True, dxfattribs={"layer": NAMES}),
                   version)
    doc = ezdxf.readfile(path)
    doc.encoding = "gbk"
    doc.saveas(tmp_path / "binary.dxf", fmt="bin")
    data = (tmp_path / "binary.dxf").read_bytes()
    (tmp_path / "lie.dxf").write_bytes(data.replace(b"ANSI_936\0", b"ANSI_950\0"))

    assert dxf.layer_names(tmp_path / "binary.dxf") == [NAMES]
    assert dxf.layer_names(tmp_path / "lie.dxf") == [NAMES]
    assert shapes(dxf.read(tmp_path / "lie.dxf"))[0].area == 100


def test_r12_is_read(drawing):
    path = drawing(lambda m: m.add_polyline2d(SQUARE, close=True), "R12")

    assert shapes(dxf.read(path))[0].area == 100


def test_a_drawing_without_a_header_is_read(tmp_path):
    path = tmp_path / "entities.dxf"
    path.write_text(
        "0\nSECTION\n2\nENTITIES\n0\nCIRCLE\n8\n0\n10\n0\n20\n0\n40\n2\n0\nENDSEC\n0\nEOF\n"
    )

    assert shapes(dxf.read(path))[0].area == pytest.approx(4 * math.pi, rel=0.02)


def test_a_damaged_drawing_is_recovered_and_what_was_wrong_is_told(drawing):
    path = drawing(lambda m: m.add_line((1, 2), (3, 4), dxfattribs={"layer": NAMES}))
    data = path.read_text(encoding="utf-8")
    whole = "10\n1.0\n20\n2.0\n30\n0.0\n11\n3.0\n21\n4.0\n31\n0.0\n"
    assert whole in data.replace(" ", "")
    mixed = data.replace(" ", "").replace(whole, "10\n1.0\n11\n3.0\n20\n2.0\n21\n4.0\n")
    path.write_text(mixed, encoding="utf-8")

    contents = dxf.read(path)

    assert shapes(contents) == [shapely.LineString([(1, 2), (3, 4)])]
    assert contents.frame["layer"].tolist() == [NAMES]
    assert "Missing required y coordinate" in issues(contents)[Issue.FILE_DAMAGED]


def test_a_number_that_the_library_replaces_is_told(drawing, capsys):
    path = drawing(lambda m: m.add_circle((7.25, 3), 5))
    path.write_bytes(path.read_bytes().replace(b"\n7.25", b"\n7,x5"))

    contents = dxf.read(path)

    assert '"7,x5" near line' in " ".join(note.value for note in contents.notes)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_a_drawing_that_is_cut_off_is_never_passed_as_whole(drawing, share):
    path = drawing(lambda m: [m.add_circle((n, 0), 5) for n in range(50)])
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])

    with contextlib.suppress(SourceError):
        assert Issue.FILE_DAMAGED in issues(dxf.read(path))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"AC1032\0\0\0", "DWG drawing .AC1032, AutoCAD R2018", id="a DWG"),
        pytest.param(b"AC1015....", "DWG drawing .AC1015, AutoCAD R2000", id="an old DWG"),
        pytest.param(b"", "no DXF", id="empty"),
        pytest.param(b"%PDF-1.4", "no DXF", id="a PDF"),
        pytest.param(b"AutoCAD Binary DXF\r\n\x1a\x00\x00", "cannot be read", id="binary, cut off"),
    ],
)
def test_what_is_no_dxf_is_refused_with_a_mend(tmp_path, data, says):
    path = tmp_path / "plan.dxf"
    path.write_bytes(data)

    with pytest.raises(SourceError, match=f"(?s){says}.*Mend: "):
        dxf.read(path)


def test_an_entity_with_numbers_that_are_none_is_bad_and_numbered(drawing):
    def draw(model):
        model.add_circle((0, 0), 5)
        model.add_circle((0, 0), 1e12)
        model.add_lwpolyline([(0, 0), (math.nan, 0), (1, 1)], close=True)
        model.add_spline([(0, 0), (1e300, 0), (1, 1)])
        model.add_lwpolyline([(0, 0, 1e200), (1, 0, 0), (1, 1, 0)], format="xyb", close=True)

    contents = dxf.read(drawing(draw))

    assert (contents.frame.index.tolist(), contents.bad) == ([1], [2, 3, 4, 5])


def test_a_layer_that_is_off_is_read_and_named(drawing):
    def draw(model):
        model.doc.layers.add("旧红线").off()
        model.add_lwpolyline(SQUARE, close=True, dxfattribs={"layer": "旧红线"})

    assert issues(dxf.read(drawing(draw))) == {Issue.LAYER_HIDDEN: "旧红线"}


def test_a_drawing_states_no_crs_unless_it_does(drawing):
    path = drawing(lambda m: m.add_circle((0, 0), 5))
    assert dxf.read(path).frame.crs is None

    path.with_suffix(".prj").write_text(gpd.GeoSeries(crs=4548).crs.to_wkt("WKT1_ESRI"))
    path.write_bytes(path.read_bytes() + b"\n")  # changed, so that it is read anew
    assert dxf.read(path).frame.crs.to_epsg() == 4548


def test_geodata_place_the_drawing_in_their_crs(drawing):
    def draw(model):
        model.add_lwpolyline([(x * 1000, y * 1000) for x, y in SQUARE], close=True)
        geodata = model.new_geodata()
        geodata.setup_local_grid(design_point=(0, 0), reference_point=(400_000, 3_500_000))
        geodata.dxf.horizontal_unit_scale = 0.001
        geodata.coordinate_system_definition = (
            '<Dictionary><Alias id="4548" type="CoordinateSystem"><Namespace>EPSG Code'
            '</Namespace></Alias><Axis><CoordinateSystemAxis><AxisOrder>1</AxisOrder>'
            "<AxisAbbreviation>E</AxisAbbreviation></CoordinateSystemAxis></Axis></Dictionary>"
        )

    contents = dxf.read(drawing(draw, INSUNITS=4))

    assert contents.frame.crs.to_epsg() == 4548
    assert shapes(contents)[0].bounds == pytest.approx((400_000, 3_500_000, 400_010, 3_500_010))


def test_geodata_that_hide_a_bomb_are_not_opened(drawing):
    def draw(model):
        model.add_circle((0, 0), 5)
        model.new_geodata().coordinate_system_definition = '<!DOCTYPE x [<!ENTITY a "aaa">]><x/>'

    contents = dxf.read(drawing(draw))

    assert contents.frame.crs is None
    assert issues(contents) == {Issue.FILE_REMARK: "GEODATA: its definition is not plain XML"}


def test_gdal_measures_the_same_areas(drawing):
    """GDAL's own reader, where it makes polygons, is asked for the same figures."""
    def draw(model):
        rings_hatch(model, ring(0, 100), ring(10, 90), ring(40, 60))
        block = model.doc.blocks.new("块")
        rings_hatch(block, ring(0, 10))
        model.add_blockref("块", (500, 0), dxfattribs={"xscale": 3, "rotation": 33})
        edges = model.add_hatch().paths.add_edge_path()
        edges.add_ellipse((900, 0), (20, 5), 0.5, 0, 360)

    path = drawing(draw)
    gdal = pyogrio.read_dataframe(path)

    assert shapely.area(shapes(dxf.read(path))).sum() == pytest.approx(
        gdal.geometry.area.sum(), rel=3e-3
    )


# -- writing ------------------------------------------------------------------------------


def plots(*shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4529")


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def test_what_is_written_is_read_again(tmp_path):
    ring_road = box(0, 0, 100, 100) - box(20, 20, 40, 40) - box(60, 60, 80, 80)
    frame = plots(
        ring_road, box(200, 0, 210, 10), 地块编号=["XP-1", "XP-2"], 面积=[8_200.25, None],
        层数=[3, 4], 已批=[True, False], 备注=["第一行\n第二行 ^J \\U+4E2D", "=1+1</x>"],
    )

    dxf.write(frame, tmp_path / "写.dxf", layer="项目地块", label="地块编号")
    contents = dxf.read(tmp_path / "写.dxf", layer="项目地块")

    for mine, other in zip(frame.geometry, contents.frame.geometry, strict=True):
        assert shapely.equals_exact(shapely.normalize(mine), shapely.normalize(other), 1e-6)
    assert contents.frame.crs.to_epsg() == 4529
    assert contents.frame["label"].tolist() == ["XP-1", "XP-2"]
    for name in frame.columns.drop("geometry"):
        assert contents.frame[name].tolist() == pytest.approx(frame[name].tolist(), nan_ok=True)


def test_an_enclave_that_fills_a_hole_is_itself(tmp_path):
    frame = plots(box(0, 0, 90, 90) - box(30, 30, 60, 60),
                  box(30, 30, 60, 60) - box(40, 40, 50, 50), 名=["外", "内"])

    dxf.write(frame, tmp_path / "o.dxf")
    back = dxf.read(tmp_path / "o.dxf").frame

    assert back["名"].tolist() == ["外", "内"]
    assert back.geometry.area.tolist() == pytest.approx([7200, 800])
    assert back["handle"].nunique() == 2


def test_features_go_to_the_layer_that_a_column_names(tmp_path):
    frame = plots(box(0, 0, 1, 1), box(2, 0, 3, 1), box(4, 0, 5, 1), state=["已批", "a/b", None])

    dxf.write(frame, tmp_path / "o.dxf", layer="其他", by="state")

    assert dxf.layer_names(tmp_path / "o.dxf") == ["已批", "a_b", "其他"]
    assert Loss("layer_renamed", 1, "a/b", "a_b") in dxf.losses(frame, by="state")


def test_layers_are_written_one_after_the_other(tmp_path):
    path = tmp_path / "o.dxf"
    for name, shape in (("地块", box(0, 0, 1, 1)), ("房屋", box(2, 0, 3, 1))):
        dxf.write(plots(shape, 名=[name]), path, layer=name)

    assert dxf.layer_names(path) == ["地块", "房屋"]
    assert dxf.read(path, layer="房屋").frame["名"].tolist() == ["房屋"]
    low, high = (ezdxf.readfile(path).header[name] for name in ("$EXTMIN", "$EXTMAX"))
    assert (low[0] - EAST, high[0] - EAST) == (0, 3)
    with pytest.raises(OutputError, match=r"(?s)already.*same CRS.*Mend: Choose"):
        dxf.write(plots(box(0, 0, 1, 1)).to_crs(4530), path)


@pytest.mark.parametrize("data", [b"", b"0\nSECTION\n2\nENTITIES\n0\nENDSEC\n0\nEOF\n"])
def test_another_programs_drawing_is_left_alone(tmp_path, data):
    (tmp_path / "o.dxf").write_bytes(data)

    with pytest.raises(OutputError, match=r"(?s)already.*Mend: Choose"):
        dxf.write(plots(box(0, 0, 1, 1)), tmp_path / "o.dxf")

    assert (tmp_path / "o.dxf").read_bytes() == data


def test_every_loss_is_told_before_writing():
    frame = plots(
        shapely.MultiPolygon([box(0, 0, 1, 1), box(2, 0, 3, 1)]), None,
        shapely.force_3d(box(4, 0, 5, 1), 3.0), day=pd.to_datetime(["2006-05-31"] * 3),
        big=[2**40, 1, 1], text=["字" * 9000, "", ""],
    )

    assert dxf.losses(frame) == [
        Loss("shape_missing", 1), Loss("parts_split", 1), Loss("heights_dropped", 1),
        Loss("attributes_cut", 1), Loss("value_as_text", 3, "day"),
        Loss("value_as_text", 1, "big"), Loss("crs_hidden", 3, detail="EPSG:4529"),
    ]
    assert dxf.losses(plots(box(0, 0, 1, 1)).set_crs(None, allow_override=True)) == []


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (plots(box(0, 0, 1, 1)).to_crs(4326), "degrees|EPSG:4326"),
        (plots(box(0, 0, 1, 1)).set_crs(None, allow_override=True), "no coordinate reference"),
        (plots(shapely.Point(math.nan, 1)), "no numbers"),
    ],
)
def test_what_is_not_in_metres_is_not_written(tmp_path, frame, says):
    with pytest.raises(OutputError, match=f"(?s)({says}).*Mend: "):
        dxf.write(frame, tmp_path / "o.dxf")

    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(OutputError, match=r"(?s)cannot be written.*Mend: Close the program"):
        dxf.write(plots(box(0, 0, 1, 1)), tmp_path / "no" / "o.dxf")


def test_a_written_drawing_has_no_fault_by_ezdxfs_own_audit(tmp_path):
    frame = plots(box(0, 0, 9, 9) - box(2, 2, 3, 3), shapely.Point(EAST, NORTH), 名=["甲", "乙"])
    dxf.write(frame, tmp_path / "o.dxf", layer="地块", label="名")

    doc = ezdxf.readfile(tmp_path / "o.dxf")
    assert (doc.audit().errors, doc.audit().fixes) == ([], [])
    assert doc.units == ezdxf.units.M
    [hatch] = doc.modelspace().query("HATCH")
    assert hatch.dxf.associative == 1
    assert [path.path_type_flags & 17 for path in hatch.paths] == [1, 16]  # outer, inner


def test_a_label_stands_in_its_area_and_fits(tmp_path):
    crescent = box(0, 0, 100, 100) - box(10, 10, 100, 90)
    dxf.write(plots(crescent, 名=["惠州园区一号地块"]), tmp_path / "o.dxf", label="名")

    [text] = ezdxf.readfile(tmp_path / "o.dxf").modelspace().query("TEXT")

    middle = shapely.Point(text.dxf.align_point.x, text.dxf.align_point.y)
    assert shapely.distance(middle, crescent.exterior) > 4.5
    assert text.dxf.height * 8 < 12  # eight square characters in an arm of 10 m


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
NUMBERS = st.floats(-1e4, 1e4, allow_nan=False).map(lambda x: round(x, 6))


@BOUNDED
@given(
    corners=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=8, unique=True),
    name=TEXTS.filter(bool), text=TEXTS, number=st.integers(-2**31 + 1, 2**31 - 1),
    real=st.floats(allow_nan=False, allow_infinity=False),
)
def test_any_text_and_number_survives_a_drawing(
    tmp_path_factory, corners, name, text, number, real
):
    path = tmp_path_factory.mktemp("any") / "o.dxf"
    shape = shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners])
    frame = plots(shape, t=[text], n=[number], r=[real]).assign(**{name: [text]})

    dxf.write(frame, path, label="t")
    back = dxf.read(path).frame

    assert shapely.equals_exact(back.geometry[1], shape, 1e-6)
    for column in frame.columns.drop("geometry"):
        assert back[column].tolist() == frame[column].tolist()


# -- hostile files ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    doc = ezdxf.new("R2000")
    model = doc.modelspace()
    for name in list(doc.blocks.block_names()):
        assert name
    doc.blocks.new("块").add_arc((0, 0), 5, 0, 90)
    model.add_blockref("块", (1, 2), dxfattribs={"xscale": 2}).add_attrib("名", "甲", (1, 1))
    model.add_lwpolyline([(0, 0, 1), (10, 0, 0), (5, 5, 0)], format="xyb", close=True)
    model.add_spline([(0, 0), (3, 9), (7, 2)])
    model.add_ellipse((0, 0), (5, 0), 0.4)
    model.add_mtext("字").set_location((1, 1))
    edges = rings_hatch(model, SQUARE).paths.add_edge_path()
    edges.add_line((0, 0), (1, 0))
    edges.add_arc((0, 0), 1, 0, 90)
    edges.add_line((0, 1), (0, 0))
    folder = tmp_path_factory.mktemp("sample")
    doc.saveas(folder / "o.dxf")
    data = (folder / "o.dxf").read_bytes().replace(b"\r\n", b"\n")
    return data, folder / "mutated.dxf"


@BOUNDED
@given(data=st.data())
def test_a_mutated_drawing_is_read_or_refused(sample, data):
    good, path = sample
    lines = good.split(b"\n")
    begin = len(lines) - 500  # what is drawn stands at the end
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(begin, len(lines) - 1))
        lines[at] = data.draw(st.one_of(
            st.sampled_from([b"", b"nan", b"1e308", b"-1", b"0", b"10", b"INSERT", b"HATCH",
                             b"99999999999", b"SPLINE", b"\xff\xfe", b"EOF"]),
            st.binary(max_size=6),
        ))
    path.write_bytes(b"\n".join(lines))
    dxf._read_whole.cache_clear()

    with contextlib.suppress(SourceError):  # which cannot be made without a mend
        for name in dxf.layer_names(path):
            dxf.read(path, layer=name)


@BOUNDED
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("bytes") / "o.dxf"
    for start in (b"", b"0\nSECTION\n2\nENTITIES\n0\n", b"AutoCAD Binary DXF\r\n\x1a\x00"):
        path.write_bytes(start + data)
        dxf._read_whole.cache_clear()
        with contextlib.suppress(SourceError):
            dxf.read(path)


def test_a_layer_is_read_anew_when_the_file_has_changed(drawing):
    path = drawing(lambda m: m.add_circle((0, 0), 5))
    assert len(dxf.read(path).frame) == 1

    drawing(lambda m: [m.add_circle((0, 0), 5), m.add_circle((50, 0), 5)])

    assert len(dxf.read(path).frame) == 2


def test_notes_name_the_feature(drawing):
    contents = dxf.read(drawing(lambda m: [
        m.add_lwpolyline(SQUARE, close=True), m.add_lwpolyline([*SQUARE, (0, 0.02)])
    ]))

    assert contents.notes == [
        Note(Issue.RING_CLOSED, f"{contents.frame['handle'][2]}, 0.0200 m", 2)
    ]


def test_the_same_features_make_the_same_bytes(tmp_path):
    import time

    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.box(0, 0, 9, 9)], crs=4529)
    dxf.write(frame, tmp_path / "a.dxf")
    time.sleep(1.1)  # the format holds the second
    dxf.write(frame, tmp_path / "b.dxf")

    assert (tmp_path / "a.dxf").read_bytes() == (tmp_path / "b.dxf").read_bytes()
