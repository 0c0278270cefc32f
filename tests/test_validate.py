"""Geometry is judged and repaired under one rule; figures are held against each other."""

import numpy as np
import pytest
import shapely
from builders import CRS, EAST, NORTH, box, frame, line, point

from landtrack.app import vet
from landtrack.ingest import validate
from landtrack.model import SETS_ASIDE, Basis, Issue, catalog, issues

SCHEMAS = catalog.schemas()


def judged(kind, shape):
    return validate.geometry(frame(kind, {"one": shape}), SCHEMAS[kind])


BOWTIE = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH),
                          (EAST, NORTH + 10)])
SPIKE = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH), (EAST + 10, NORTH + 10),
                         (EAST + 10, NORTH + 50), (EAST + 10, NORTH + 10), (EAST, NORTH + 10)])
FLAT = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH), (EAST + 5, NORTH)])
NOWHERE = shapely.Polygon([(EAST, NORTH), (np.inf, NORTH), (EAST, NORTH + 1)])
with np.errstate(invalid="ignore"):
    NOT_A_NUMBER = shapely.Polygon([(EAST, NORTH), (np.nan, NORTH), (EAST, NORTH + 1)])


@pytest.mark.parametrize(
    ("kind", "shape", "issue"),
    [
        pytest.param("plots", None, Issue.GEOMETRY_MISSING, id="none"),
        pytest.param("plots", shapely.Polygon(), Issue.GEOMETRY_MISSING, id="empty"),
        pytest.param("plots", NOWHERE, Issue.GEOMETRY_OUT_OF_BOUNDS, id="beyond the CRS"),
        pytest.param("plots", NOT_A_NUMBER, Issue.GEOMETRY_NOT_FINITE, id="NaN"),
        pytest.param("plots", line((0, 0), (1, 1)), Issue.GEOMETRY_KIND, id="a line for a plot"),
        pytest.param("roads", point(0, 0), Issue.GEOMETRY_KIND, id="a point for a road"),
        pytest.param("plots", FLAT, Issue.GEOMETRY_UNREPAIRABLE, id="no area"),
    ],
)
def test_what_cannot_be_measured_is_set_aside_and_named(kind, shape, issue):
    kept, rows = judged(kind, shape)

    assert kept.empty
    assert [(row["issue"], row["feature_id"]) for row in rows] == [(issue, "one")]
    assert issue in SETS_ASIDE


@pytest.mark.parametrize(
    ("shape", "area", "change"),
    [
        pytest.param(BOWTIE, 50.0, "+50.000 m²", id="bowtie: two triangles of 25 m²"),
        pytest.param(SPIKE, 100.0, "+0.000 m²", id="spike: the square without it"),
    ],
)
def test_an_invalid_polygon_is_repaired_and_the_change_is_told(shape, area, change):
    kept, rows = judged("plots", shape)

    assert kept.geometry.is_valid.all()
    assert kept.geometry.area.iloc[0] == pytest.approx(area)
    assert [(row["issue"], row["value"]) for row in rows] == [(Issue.GEOMETRY_REPAIRED, change)]


def test_the_original_is_kept_beside_the_repaired_shape():
    _, rows = judged("plots", BOWTIE)

    marks = issues.marks(rows, CRS)
    assert marks[["feature_id", "issue", "role"]].to_numpy().tolist() == [
        ["one", "geometry_repaired", "original"], ["one", "geometry_repaired", "repaired"],
    ]
    assert shapely.equals_exact(marks.geometry[0], BOWTIE)
    assert marks["area_m2"].tolist() == [0.0, 50.0]


def test_a_shape_that_is_set_aside_is_kept_where_it_can_be_drawn():
    assert list(issues.marks(judged("roads", point(0, 0))[1], CRS)["role"]) == ["original"]
    assert issues.marks(judged("plots", NOWHERE)[1], CRS).empty


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(box(0, 0, 9, 9).difference(box(3, 3, 6, 6)), id="a hole"),
        pytest.param(shapely.MultiPolygon([box(0, 0, 1, 1), box(2, 0, 3, 1)]), id="two parts"),
        pytest.param(shapely.reverse(box(0, 0, 1, 1)), id="wound the other way"),
    ],
)
def test_a_valid_polygon_stays_as_it_is(shape):
    kept, rows = judged("plots", shape)

    assert not rows
    assert shapely.equals_exact(kept.geometry.iloc[0], shape)


def test_heights_are_dropped_from_coordinates():
    kept, rows = judged("plots", shapely.force_3d(box(0, 0, 1, 1), 5.0))

    assert not rows
    assert not kept.geometry.has_z.any()


def test_validating_leaves_its_argument_as_it_was():
    plots = frame("plots", {"one": BOWTIE})

    validate.geometry(plots, SCHEMAS["plots"])

    assert not plots.geometry.is_valid.any()


def issues_of(plots):
    return [
        (row["issue"], row["feature_id"], row["value"]) for row in validate.plots(plots, Basis())
    ]


def test_declared_area_far_from_the_measured_is_an_issue():
    plots = frame(
        "plots",
        {"A": box(0, 0, 100, 100), "B": box(200, 0, 300, 100), "C": box(400, 0, 500, 100)},
        land_area_m2=[10_100.0, 10_101.0, None],
    )

    assert issues_of(plots) == [
        (Issue.AREA_DIFFERS, "B", "10,101.00 m² / 10,000.00 m² (+1.01%)"),
    ]


def test_plots_that_overlap_name_each_other_and_the_area():
    plots = frame("plots", {
        "A": box(0, 0, 100, 100), "B": box(90, 0, 200, 100),  # 10 m x 100 m in common
        "C": box(200, 0, 300, 100),  # shares an edge with B: no overlap
    })

    assert issues_of(plots) == [(Issue.PLOTS_OVERLAP, "B", "A: 1,000.00 m²")]


def test_where_plots_overlap_is_shown():
    rows = validate.overlaps(
        frame("plots", {"A": box(0, 0, 100, 100), "B": box(90, 0, 200, 100)}), "plots",
        Issue.PLOTS_OVERLAP,
    )

    marks = issues.marks(rows, CRS)
    assert marks["role"].tolist() == ["overlap"]
    assert marks.geometry[0].equals(box(90, 0, 100, 100))


def test_outlines_that_are_valid_and_still_wrong_are_named_and_shown():
    needle = shapely.Polygon([
        (EAST, NORTH), (EAST + 9, NORTH), (EAST + 9, NORTH + 9), (EAST + 5.005, NORTH + 9),
        (EAST + 5, NORTH + 19), (EAST + 4.995, NORTH + 9), (EAST, NORTH + 9),
    ])
    strip = shapely.MultiPolygon([box(50, 0, 60, 10), box(70, 0, 70.05, 100)])
    same = box(99, 0, 100, 9)
    plots = frame("plots", {"A": needle, "B": strip, "C": same, "D": same})

    rows = validate.outlines(plots, "plots")

    assert [(row["issue"], row["feature_id"], row["value"]) for row in rows] == [
        (Issue.SHAPE_SPIKE, "A", "1"), (Issue.SHAPE_SLIVER, "B", "5.000 m²"),
        (Issue.SHAPE_DUPLICATE, "D", "C"),
    ]
    assert issues.marks(rows, CRS)["role"].tolist() == ["spike", "sliver", "duplicate"]


def test_parcels_answer_for_their_declared_area_too():
    parcels = frame("parcels", {"P": box(0, 0, 100, 100)}, area_m2=[9_000.0])

    assert [(row["issue"], row["field"]) for row in validate.parcels(parcels, Basis())] == [
        (Issue.AREA_DIFFERS, "area_m2")
    ]


def test_neighbours_rounded_to_the_millimetre_do_not_overlap():
    plots = frame("plots", {"A": box(0, 0, 100.0009, 100), "B": box(100, 0, 200, 100)})

    assert issues_of(plots) == []


@pytest.mark.parametrize(
    ("code", "year", "issue"),
    [
        pytest.param("39", 2002, None, id="electrical machinery by the old codes"),
        pytest.param("C3911", 2017, None, id="a class with the letter of its section"),
        pytest.param("39", None, (Issue.INDUSTRY_YEAR_MISSING, "39"), id="two meanings"),
        pytest.param("38", 2002, (Issue.INDUSTRY_CODE_UNKNOWN, "38 (GB/T 4754-2002)"),
                     id="a gap in the old codes"),
        pytest.param("38", 2017, None, id="no gap in the new ones"),
        pytest.param("3619", 2017, (Issue.INDUSTRY_CODE_UNKNOWN, "3619 (GB/T 4754-2017)"),
                     id="no such class in a division that there is"),
        pytest.param("361", 2011, None, id="a group"),
        pytest.param("99", 2017, (Issue.INDUSTRY_CODE_UNKNOWN, "99 (GB/T 4754-2017)"), id="none"),
        pytest.param("39", 1994, (Issue.INDUSTRY_CODE_UNKNOWN, "39 (GB/T 4754-1994)"),
                     id="an edition that is not known here"),
        pytest.param(None, None, None, id="no code is missing, not wrong"),
    ],
)
def test_an_industry_code_without_its_year_or_that_does_not_exist_is_an_issue(code, year, issue):
    plots = frame("plots", {"A": box(0, 0, 1, 1)}, industry_code=[code], industry_year=[year])

    assert [(each, value) for each, _, value in issues_of(plots)] == ([issue] if issue else [])


@pytest.mark.parametrize(
    ("investment", "told"),
    [
        pytest.param(26e6, None, id="26 million CNY on a hectare"),
        pytest.param(2600, "2,600 CNY / 10,000 m² = 0.26 CNY/m²", id="ten thousands typed as CNY"),
        pytest.param(26e10, "260,000,000,000 CNY / 10,000 m² = 26,000,000.00 CNY/m²",
                     id="CNY typed as ten thousands"),
        pytest.param(1_000_000, None, id="on the line is not below it"),
        pytest.param(0, None, id="nothing invested is a figure"),
        pytest.param(None, None, id="missing is not small"),
    ],
)
def test_an_investment_of_an_unlikely_size_is_warned_of(investment, told):
    plots = frame("plots", {"A": box(0, 0, 100, 100)}, fixed_investment_cny=[investment])

    assert [value for _, _, value in issues_of(plots)] == ([told] if told else [])


def test_storeys_and_heights_that_differ_in_number_are_named():
    shapes = {name: box(0, 0, 1, 1) for name in "abc"}
    buildings = frame(
        "buildings", shapes, storeys=[2, 1, 3], storey_heights_m=["4.2;3.6", "9.5;4", None]
    )

    rows = validate.buildings(buildings, frame("plots", {"A": box(0, 0, 9, 9)}))

    assert [(row["issue"], row["feature_id"], row["value"]) for row in rows] == [
        (Issue.STOREY_HEIGHTS_DIFFER, "b", "1 / 9.5;4"),
        (Issue.STOREY_HEIGHTS_MISSING, "", "1"),
    ]


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        pytest.param(box(10, 10, 20, 20), None, id="inside"),
        pytest.param(box(90, 10, 100, 20), None, id="up to the boundary"),
        pytest.param(box(90, 10, 100.0005, 20), None, id="beyond it by half a millimetre"),
        pytest.param(box(90, 10, 104, 20), "A: 40.00 m²", id="four metres beyond it"),
        pytest.param(box(190, 0, 210, 10), None, id="on two plots"),
        pytest.param(box(290, 0, 310, 10), "C: 100.00 m²", id="on the last plot and beyond"),
        pytest.param(box(500, 0, 510, 10), None, id="on no plot at all"),
        pytest.param(box(100, 10, 110, 20), None, id="beside the plot"),
    ],
)
def test_a_building_that_reaches_beyond_its_plot_is_named(shape, told):
    """A stands alone; B and C share the edge at 200 m."""
    plots = frame("plots", {
        "A": box(0, 0, 100, 100), "B": box(150, 0, 200, 100), "C": box(200, 0, 300, 100),
    })

    rows = validate.outside(frame("buildings", {"b": shape}), plots)

    assert [row["value"] for row in rows] == ([told] if told else [])
    assert {(row["issue"], row["feature_id"]) for row in rows} <= {("footprint_outside", "b")}


SHELL = shapely.box(EAST, NORTH, EAST + 100, NORTH + 100)
OTHER = shapely.box(EAST + 200, NORTH, EAST + 300, NORTH + 100)


def holed(west, south, east, north, *, more=()):
    ring = shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north).exterior
    return shapely.Polygon(SHELL.exterior, [ring, *more])


@pytest.mark.parametrize(
    ("shape", "area", "told"),
    [
        pytest.param(holed(110, 110, 120, 115), 10_000, {"hole_outside": "1: 50.000 m²"},
                     id="outside: dropped"),
        pytest.param(holed(100, 0, 105, 10), 10_000, {"hole_outside": "1: 50.000 m²"},
                     id="outside along an edge: dropped"),
        pytest.param(holed(90, 90, 110, 110), 9_900, {"geometry_repaired": "+300.000 m²"},
                     id="across the edge: what lies inside is cut"),
        pytest.param(holed(10, 10, 20, 20), 9_900, {}, id="inside: valid"),
        pytest.param(
            holed(110, 110, 120, 115, more=[shapely.box(EAST, NORTH, EAST + 10, NORTH + 10)
                                            .exterior]),
            9_900, {"hole_outside": "1: 50.000 m²", "geometry_repaired": "+0.000 m²"},
            id="one outside, one that touches along an edge inside",
        ),
        pytest.param(
            holed(10, 10, 50, 50, more=[shapely.box(EAST + 20, NORTH + 20, EAST + 30, NORTH + 30)
                                        .exterior]),
            8_400, {"geometry_repaired": "+100.000 m²"}, id="a hole in a hole is no land",
        ),
        pytest.param(shapely.MultiPolygon([SHELL, shapely.box(EAST + 10, NORTH + 10, EAST + 20,
                                                              NORTH + 20)]),
                     10_000, {"geometry_repaired": "-100.000 m²"}, id="nested shells: once"),
        pytest.param(shapely.MultiPolygon([holed(210, 10, 220, 20), OTHER]), 19_900,
                     {"geometry_repaired": "+0.000 m²"}, id="a hole of the other part"),
        pytest.param(shapely.MultiPolygon([holed(310, 10, 320, 20), OTHER]), 20_000,
                     {"hole_outside": "1: 100.000 m²"}, id="a hole of neither part"),
    ],
)
def test_a_hole_is_never_land(shape, area, told):
    kept, rows = judged("plots", shape)

    assert kept.geometry.is_valid.all()
    assert kept.geometry.area.iloc[0] == pytest.approx(area)
    assert {row["issue"]: row["value"] for row in rows} == told


def test_a_hole_equal_to_its_outline_leaves_nothing_and_is_told():
    kept, rows = judged("plots", holed(0, 0, 100, 100))

    assert kept.empty
    assert [row["issue"] for row in rows] == [Issue.GEOMETRY_UNREPAIRABLE]


@pytest.mark.parametrize(
    ("kind", "parts", "type_", "told"),
    [
        pytest.param("plots", [SHELL, point(1, 1)], "Polygon", ["Point 1"], id="area and point"),
        pytest.param("plots", [point(1, 1), line((0, 0), (1, 1)), point(2, 2), SHELL, OTHER],
                     "MultiPolygon", ["LineString 1, Point 2"], id="two areas among others"),
        pytest.param("plots", [shapely.GeometryCollection([SHELL, point(1, 1)])], "Polygon",
                     ["Point 1"], id="a collection in a collection"),
        pytest.param("plots", [shapely.MultiPolygon([SHELL, OTHER]), point(1, 1)], "MultiPolygon",
                     ["Point 1"], id="a multipolygon in a collection"),
        pytest.param("plots", [SHELL, OTHER], "MultiPolygon", [], id="areas only: nothing lost"),
        pytest.param("roads", [line((0, 0), (1, 1)), point(1, 1), SHELL], "LineString",
                     ["Point 1, Polygon 1"], id="the line of a road"),
    ],
)
def test_of_a_collection_the_parts_of_the_layers_kind_are_taken_and_the_rest_is_told(
    kind, parts, type_, told
):
    kept, rows = judged(kind, shapely.GeometryCollection(parts))

    assert kept.geometry.geom_type.tolist() == [type_]
    assert [row["value"] for row in rows if row["issue"] == Issue.PARTS_LEFT_OUT] == told


def test_a_collection_without_a_part_of_the_layers_kind_is_set_aside():
    kept, rows = judged("plots", shapely.GeometryCollection([point(1, 1), line((0, 0), (1, 1))]))

    assert kept.empty
    assert [row["issue"] for row in rows] == [Issue.GEOMETRY_KIND]


# --- plots whose outline crosses itself ----------------------------------------------------------


@pytest.mark.parametrize(("shape", "outcome"), [
    ([(0, 0), (100, 100), (100, 0), (0, 100)], "unknown"),
    ([(0, 0), (100, 0), (100, 100), (0, 100), (0, 40), (30, 60), (30, 40), (0, 60)], "unknown"),
    ([(0, 0), (100, 0), (100, 100), (100, 150), (100, 100), (0, 100)], "pass"),
    ([(0, 0), (100, 0), (100, 100), (50, 0), (0, 100)], "pass"),
], ids=["bow-tie", "a twisted notch", "a spike", "a corner on another side"])
def test_a_plot_is_not_judged_by_an_area_that_depends_on_how_its_outline_is_meant(
    site, shape, outcome
):
    moved = [(EAST + x, NORTH + y) for x, y in shape]
    site.layer("plots", [site.plot("A", shapely.Polygon(moved))])

    found = vet.vet(catalog.place(site.folder)).findings.set_index("rule")

    assert found.loc["investment-intensity", "outcome"] == outcome
    assert ("drawn:" in found.loc["investment-intensity", "reason"]) == (outcome == "unknown")


# --- plots that lie nowhere -----------------------------------------------------------------------


FAR = {"one zone too far west": (-9e6, 0), "near the equator": (0, -3.9e6),
       "near the origin": (-EAST, -NORTH)}


@pytest.mark.parametrize("moved", FAR.values(), ids=FAR)
@pytest.mark.parametrize("others", [0, 1, 250])
def test_a_plot_far_outside_of_its_crs_is_named_and_not_judged_by_what_is_measured(
    site, moved, others
):
    far = shapely.affinity.translate(box(0, 0, 100, 100), *moved)
    near = [site.plot(f"N{at}", box(200 * at, 500, 200 * at + 100, 600)) for at in range(others)]
    site.layer("plots", [site.plot("A", far), *near])

    result = vet.vet(catalog.place(site.folder))

    found = result.findings[result.findings["rule"] == "investment-intensity"]
    found = found.set_index("plot_id")
    assert found.loc["A", "outcome"] == "unknown"
    assert "drawn:" in found.loc["A", "reason"]
    said = result.issues[result.issues["issue"] == Issue.CRS_IMPOSSIBLE]
    assert "A" in said["feature_id"].tolist()
    assert set(said["severity"]) == {"error"}
    assert set(found.loc[found.index != "A", "outcome"]) <= {"pass"}


def test_a_layer_that_lies_nowhere_is_no_proof_that_nothing_is_there(site):
    far = shapely.affinity.translate(box(0, 0, 100, 100), 0, -3.9e6)
    site.layer("water", [(far, {"water_id": "W"})])

    result = vet.vet(catalog.place(site.folder))

    own = result.measures[result.measures["layer"] == "water"]
    assert set(own["coverage"]) == {"no_coverage"}
