"""What every layer says of every plot, in places whose answers are in the head."""

import numpy as np
import pandas as pd
import pytest
from builders import box, frame, line, point
from hypothesis import given, strategies as st

from landtrack.model import Basis, catalog
from landtrack.model.assessment import LayerSet
from landtrack.model.errors import CRSError, TableError
from landtrack.spatial import join

SCHEMAS = catalog.schemas()
WORKFLOW = catalog.workflow("cn-2006")
PLOTS = {"A": box(0, 0, 100, 100)}


def measured(kind, features, plots=PLOTS, *, coverage=None, complete=True, **columns):
    """Join one layer to the plots; give (value, feature, coverage) by what was asked."""
    layer = None if features is None else frame(kind, features, **columns)
    joined = LayerSet(schema=SCHEMAS[kind], frame=layer, coverage=coverage, complete=complete)
    table = join.against(
        frame("plots", plots), joined, workflow=WORKFLOW, tall_m=np.full(len(plots), 8.0)
    )

    def ask(measure, category="", plot="A"):
        key = {"plot_id": plot, "measure": measure, "category": category}
        row = table[(table[list(key)] == pd.Series(key)).all(axis=1)]
        assert len(row) == 1, f"{len(row)} rows"
        return tuple(row.iloc[0][["value", "feature_id", "coverage"]])

    return ask


# --- parcels ------------------------------------------------------------------------------


def test_a_plot_within_the_park_and_a_district_is_not_twice_within_boundaries():
    ask = measured(
        "boundaries", {"park": box(-50, -50, 200, 200), "district": box(0, 0, 60, 100)},
        **{"class": ["park", "administrative"]},
    )

    assert ask("overlap_share") == (1.0, "park", "hit")
    assert ask("overlap_share", "administrative") == (0.6, "district", "hit")


def test_parcels_are_shared_out_by_state():
    ask = measured(
        "parcels",
        {"paid": box(-50, 0, 40, 100), "sent": box(40, 0, 90, 100)},
        state=["compensated", "reported_province"],
    )

    assert ask("overlap_m2", "compensated") == (4000.0, "paid", "hit")
    assert ask("overlap_share", "reported_province") == (0.5, "sent", "hit")
    assert ask("acquired_m2") == (4000.0, "paid", "hit")
    assert ask("not_acquired_m2") == (6000.0, "sent", "hit")
    assert ask("no_parcel_m2")[0] == pytest.approx(1000.0)
    assert ask("double_claim_m2") == (0.0, "", "clear")


def test_land_that_two_parcels_claim_is_told_and_counted_once():
    ask = measured(
        "parcels", {"p": box(0, 0, 60, 100), "q": box(40, 0, 100, 100)},
        state=["compensated", "compensated"],
    )

    assert ask("acquired_m2")[0] == pytest.approx(10_000)
    assert ask("double_claim_m2")[0] == pytest.approx(2000)
    assert ask("not_acquired_m2")[0] == 0.0


@pytest.mark.parametrize(("claimed", "in_hand"), [(50, 5000), (0.004, 10_000)])
def test_land_that_an_acquired_and_another_parcel_claim_is_not_in_hand(claimed, in_hand):
    """Half a square metre and less is the difference of two surveys."""
    ask = measured(
        "parcels", {"paid": box(0, 0, 100, 100), "sent": box(100 - claimed, 0, 200, 100)},
        state=["compensated", "reported_province"],
    )

    assert ask("acquired_m2")[:2] == (pytest.approx(in_hand), "paid")
    assert ask("not_acquired_m2")[0] == pytest.approx(10_000 - in_hand)


def test_a_parcel_without_a_state_is_not_acquired():
    ask = measured("parcels", {"p": box(0, 0, 100, 100)}, state=[None])

    assert ask("acquired_m2")[0] == 0.0
    assert ask("overlap_m2", "unknown")[0] == pytest.approx(10_000)


@pytest.mark.parametrize(
    "neighbour",
    [
        pytest.param(box(100, 0, 200, 100), id="along an edge"),
        pytest.param(box(100, 100, 200, 200), id="at a corner"),
    ],
)
def test_touching_is_no_hit(neighbour):
    ask = measured("parcels", {"n": neighbour}, state=["approved"])

    assert ask("overlap_m2") == (0.0, "", "clear")


@given(cut=st.floats(1, 99))
def test_splitting_a_parcel_changes_nothing(cut):
    whole = measured("parcels", {"w": box(0, -9, 100, 70)}, state=["approved"])
    split = measured(
        "parcels", {"l": box(0, -9, cut, 70), "r": box(cut, -9, 100, 70)}, state=["approved"] * 2
    )

    for measure in ("overlap_m2", "overlap_share", "not_acquired_m2", "no_parcel_m2"):
        assert split(measure)[0] == pytest.approx(whole(measure)[0], abs=1e-6)


# --- buildings ----------------------------------------------------------------------------


def test_a_building_across_two_plots_is_shared_by_area():
    ask = measured(
        "buildings", {"b": box(70, 0, 130, 50)},
        {"A": box(0, 0, 100, 100), "B": box(100, 0, 200, 100)},
        **{"class": ["building"], "storeys": [2]},
    )

    assert ask("footprint_m2") == (1500.0, "b", "hit")
    assert ask("floor_area_m2") == (3000.0, "b", "hit")
    assert ask("floor_area_m2", plot="B") == (3000.0, "b", "hit")


@pytest.mark.parametrize(
    ("storeys", "heights", "floors"),
    [
        pytest.param(1, "8.0", 1, id="exactly 8 m counts once"),
        pytest.param(1, "8.01", 2, id="more than 8 m counts twice"),
        pytest.param(2, "9.5;4.2", 3, id="per storey"),
        pytest.param(3, None, 3, id="without heights, once"),
        pytest.param(None, "4;4", 2, id="heights alone tell the storeys"),
    ],
)
def test_a_storey_higher_than_8_m_counts_twice(storeys, heights, floors):
    ask = measured(
        "buildings", {"b": box(0, 0, 10, 10)},
        **{"class": ["building"], "storeys": [storeys], "storey_heights_m": [heights]},
    )

    assert ask("floor_area_m2")[0] == pytest.approx(100 * floors)


def test_one_building_without_storeys_leaves_the_floor_area_unknown():
    ask = measured(
        "buildings", {"b": box(0, 0, 10, 10), "c": box(20, 0, 30, 10)},
        **{"class": ["building"] * 2, "storeys": [2, None]},
    )

    value, feature, _ = ask("floor_area_m2")
    assert np.isnan(value)
    assert feature == "c"
    assert ask("floor_area_known_m2")[0] == pytest.approx(200)
    assert ask("covered_m2")[0] == pytest.approx(200)


def test_yards_and_structures_cover_ground_but_have_no_floors():
    ask = measured(
        "buildings",
        {"hall": box(0, 0, 10, 10), "yard": box(50, 0, 60, 10), "tank": box(52, 2, 54, 4)},
        **{"class": ["building", "yard", "structure"], "storeys": [1, None, None]},
    )

    assert ask("floor_area_m2")[0] == pytest.approx(100)
    assert ask("covered_m2")[0] == pytest.approx(200)  # the tank stands in the yard
    assert ask("footprint_m2")[0] == pytest.approx(204)
    assert ask("count")[0] == 3


# --- lines and points ---------------------------------------------------------------------


def test_a_pipeline_is_measured_by_medium():
    ask = measured(
        "pipelines", {"w": line((-50, 50), (150, 50)), "g": line((-50, 130), (150, 130))},
        medium=["water", "gas"],
    )

    assert ask("length_m", "water") == (100.0, "w", "hit")
    assert ask("length_m", "gas") == (0.0, "", "clear")
    assert ask("nearest_m", "gas") == (30.0, "g", "clear")
    assert ask("nearest_m", "water") == (0.0, "w", "hit")
    assert ask("nearest_m") == (0.0, "w", "hit")


def test_power_and_substations_are_measured_by_voltage():
    lines = measured("power_lines", {"l": line((0, -20), (9, -20))}, voltage_kv=[220.0])
    stations = measured(
        "substations", {"s": point(-40, 0), "t": box(103, 0, 110, 9)}, voltage_kv=[66.0, None]
    )

    assert lines("nearest_m", "220") == (20.0, "l", "clear")
    assert stations("nearest_m", "66") == (40.0, "s", "clear")
    assert stations("nearest_m", "unknown") == (3.0, "t", "clear")


def roads(features, **columns):
    return measured("roads", features, **columns)


def test_frontage_is_the_boundary_within_the_roads_own_width_and_tolerance():
    south = {"r": line((-50, -22), (150, -22))}

    assert roads(south, width_m=[40.0])("frontage_m") == (100.0, "r", "hit")  # 20 + 5 >= 22
    assert roads(south, width_m=[30.0])("frontage_m") == (0.0, "", "clear")  # 15 + 5 < 22


def test_a_plot_at_a_corner_fronts_on_both_roads_but_its_far_sides_do_not_count():
    corner = {"s": line((-50, -10), (150, -10)), "w": line((-10, -50), (-10, 150))}

    assert roads(corner, width_m=[20.0, 20.0])("frontage_m")[0] == pytest.approx(200)


def test_a_near_road_of_unknown_width_leaves_the_frontage_unknown():
    ask = roads({"r": line((-50, -10), (150, -10))}, width_m=[None])

    value, feature, _ = ask("frontage_m")
    assert np.isnan(value)
    assert feature == "r"
    assert ask("nearest_road_m")[0] == 10.0
    assert np.isnan(ask("nearest_width_m")[0])


def test_a_footpath_gives_no_access():
    ask = roads(
        {"path": line((-50, -5), (150, -5)), "road": line((-50, -30), (150, -30))},
        width_m=[30.0, 50.0], motor=["no", "yes"],
    )

    assert ask("nearest_road_m") == (30.0, "road", "clear")
    assert ask("nearest_width_m")[:2] == (50.0, "road")
    assert ask("frontage_m")[:2] == (100.0, "road")


# --- coverage -----------------------------------------------------------------------------

EAST_HALF = frame("boundaries", {"e": box(100, -50, 300, 150)}).geometry
ALL = frame("boundaries", {"e": box(-50, -50, 300, 150)}).geometry


@pytest.mark.parametrize(
    ("features", "coverage", "complete", "said"),
    [
        pytest.param(None, None, False, (np.nan, "no_coverage"), id="no file"),
        pytest.param({}, None, True, (np.nan, "no_coverage"), id="an empty file says nothing"),
        pytest.param({}, ALL, True, (0.0, "clear"), id="empty and stated to be complete here"),
        pytest.param({}, EAST_HALF, True, (np.nan, "no_coverage"), id="complete elsewhere"),
        pytest.param({"v": box(900, 0, 999, 9)}, None, True, (0.0, "clear"), id="looked through"),
        pytest.param(
            {"v": box(900, 0, 999, 9)}, EAST_HALF, True, (np.nan, "no_coverage"),
            id="features, but complete elsewhere",
        ),
        pytest.param(
            {"v": box(900, 0, 999, 9)}, None, False, (np.nan, "no_coverage"),
            id="one of its files is missing",
        ),
        pytest.param(
            {"v": box(0, 0, 10, 10)}, EAST_HALF, True, (100.0, "hit"),
            id="what is there is there, complete or not",
        ),
    ],
)
def test_nothing_known_is_not_the_same_as_nothing_there(features, coverage, complete, said):
    value, _, covered = measured("villages", features, coverage=coverage, complete=complete)(
        "overlap_m2"
    )

    assert covered == said[1]
    assert value == pytest.approx(said[0], nan_ok=True)


def test_where_the_site_plans_are_not_in_the_covered_area_is_unknown():
    """A building that is there does not say that there is no other."""
    ask = measured(
        "buildings", {"b": box(0, 0, 10, 10)}, coverage=EAST_HALF,
        **{"class": ["building"], "storeys": [1]},
    )

    for measure in ("count", "covered_m2", "floor_area_m2"):
        value, _, covered = ask(measure)
        assert np.isnan(value)
        assert covered == "no_coverage"


# --- the plots' own figures ---------------------------------------------------------------


def own(basis, **columns):
    plots = frame("plots", PLOTS, **columns)
    buildings = frame(
        "buildings", {"b": box(0, 0, 60, 100)}, **{"class": ["building"], "storeys": [2]}
    )
    layers = {"buildings": LayerSet(schema=SCHEMAS["buildings"], frame=buildings)}
    table = join.measures(plots, layers, workflow=WORKFLOW, basis=basis).table
    return table[table["layer"] == "plots"].set_index("measure")["value"]


def test_the_stated_basis_decides_which_figure_goes_into_the_indices():
    declared = {"land_area_m2": [9900.0], "floor_area_m2": [7000.0], "covered_area_m2": [5000.0]}
    on_paper = own(Basis(), **declared)
    on_ground = own(
        Basis(land_area="measured", floor_area="measured", covered_area="measured"), **declared
    )

    names = ["land_area_m2", "floor_area_m2", "covered_area_m2"]
    assert on_paper[names].tolist() == [9900.0, 7000.0, 5000.0]
    assert on_ground[names].tolist() == pytest.approx([10_000.0, 12_000.0, 6000.0])
    assert on_paper["area_m2"] == pytest.approx(10_000)


def test_the_other_basis_never_stands_in_for_a_missing_figure():
    figures = own(Basis())

    assert figures[["land_area_m2", "floor_area_m2", "covered_area_m2"]].isna().all()


def test_the_ellipsoidal_area_is_the_planar_one_at_the_central_meridian():
    """At 0.15 degrees from the central meridian the scale is 1 + 2e-6."""
    figures = own(Basis())

    assert figures["area_ellipsoidal_m2"] == pytest.approx(10_000, rel=1e-5)
    assert figures["area_ellipsoidal_m2"] < figures["area_m2"]


@pytest.mark.parametrize(
    ("epsg", "words"),
    [
        (3857, r"EPSG:3857(.|\n)*Measure in EPSG:4529 or EPSG:32651"),
        (4326, r"EPSG:4326(.|\n)*Measure in EPSG:4529"),
    ],
)
def test_measuring_where_areas_are_wrong_is_refused_and_the_mend_named(epsg, words):
    plots = frame("plots", PLOTS).to_crs(epsg)

    with pytest.raises(CRSError, match=words):
        join.measures(plots, {}, workflow=WORKFLOW, basis=Basis())


def test_layers_of_another_crs_are_refused():
    layer = frame("villages", {"v": box(0, 0, 1, 1)}).to_crs("EPSG:4530")
    layers = {"villages": LayerSet(schema=SCHEMAS["villages"], frame=layer)}

    with pytest.raises(TableError, match="villages is in EPSG:4530, the plots in EPSG:4529"):
        join.measures(frame("plots", PLOTS), layers, workflow=WORKFLOW, basis=Basis())


@given(dx=st.integers(-3000, 3000), dy=st.integers(-3000, 3000))
def test_moving_everything_changes_no_measure(dx, dy):
    def table(x, y):
        plots = frame("plots", {"A": box(x, y, x + 100, y + 100)})
        road = frame("roads", {"r": line((x - 9, y - 9), (x + 70, y - 9))}, width_m=[20.0])
        pipe = frame("pipelines", {"p": line((x - 5, y), (x + 5, y + 50))}, medium=["gas"])
        layers = {
            kind: LayerSet(schema=SCHEMAS[kind], frame=each)
            for kind, each in (("roads", road), ("pipelines", pipe))
        }
        measures = join.measures(plots, layers, workflow=WORKFLOW, basis=Basis()).table
        return measures[measures["measure"] != "area_ellipsoidal_m2"]["value"].to_numpy()

    np.testing.assert_allclose(table(dx, dy), table(0, 0), rtol=1e-9, atol=1e-6)


def test_joining_leaves_its_arguments_as_they_were():
    plots, layer = frame("plots", PLOTS), frame("villages", {"v": box(0, 0, 1, 1)})
    before = plots.copy(), layer.copy()

    join.against(plots, LayerSet(schema=SCHEMAS["villages"], frame=layer), workflow=WORKFLOW)

    assert plots.equals(before[0])
    assert layer.equals(before[1])


@pytest.mark.parametrize("kind", [kind for kind, schema in SCHEMAS.items() if schema.measures])
def test_every_measure_a_schema_names_is_one_that_there_is(kind):
    assert set(SCHEMAS[kind].measures) <= set(join.MEASURES)
