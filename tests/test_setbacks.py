"""Distances set by law: a plot meets, touches or is clear, with metres, area and clause."""

import datetime as dt
import math
from itertools import product

import msgspec
import pytest
from builders import box, frame, line
from hypothesis import given, strategies as st
from test_site import PLOT, layer

from landtrack.assessment import site
from landtrack.model import catalog
from landtrack.model.errors import CatalogError

LAW = catalog.corridors()


def road(y, highway_class, width_m=10.0, **columns):
    """Draw a road along the plot, its axis at ``y``; the plot is from 0 to 100."""
    return layer(
        "roads", {"r": line((-500, y), (500, y))}, highway_class=[highway_class],
        width_m=[width_m], **columns,
    )


def railway(y, railway_class, surroundings, width_m=10.0):
    return layer(
        "railways", {"w": line((-500, y), (500, y))}, railway_class=[railway_class],
        surroundings=[surroundings], width_m=[width_m],
    )


def pipe(y, trunk, medium="gas"):
    return layer("pipelines", {"p": line((-500, y), (500, y))}, medium=[medium], trunk=[trunk])


def power(y, voltage):
    return layer("power_lines", {"l": line((-500, y), (500, y))}, voltage_kv=[voltage])


def told(setback, made, plots=PLOT, corridors=LAW):
    layers = {made.schema.id: made}
    table = site.setbacks(frame("plots", plots), layers, corridors)
    [row] = table[table["setback"] == setback].to_dict("records")
    return row


CONTROL, NEW_ZONE = "highway-control", "highway-new-zone"
RAIL, POWER = "railway-protection", "power-protection"
PIPE, PERMIT = "pipeline-protection", "pipeline-permit"


@pytest.mark.parametrize(
    ("setback", "made", "relation", "metres", "area"),
    [
        pytest.param(CONTROL, road(-26, "national"), "clear", 21, 0, id="a metre farther"),
        pytest.param(CONTROL, road(-25, "national"), "touches", 20, 0, id="5 m of road and 20 m"),
        pytest.param(CONTROL, road(-24, "national"), "meets", 19, 100, id="a metre within"),
        pytest.param(CONTROL, road(-20, "provincial"), "touches", 15, 0, id="15 m beside a 省道"),
        pytest.param(CONTROL, road(-15, "county"), "touches", 10, 0, id="10 m beside a 县道"),
        pytest.param(CONTROL, road(-10, "township"), "touches", 5, 0, id="5 m beside a 乡道"),
        pytest.param(CONTROL, road(-35, "motorway"), "touches", 30, 0, id="30 m beside a 高速"),
        pytest.param(CONTROL, road(-30, "motorway"), "meets", 25, 500, id="5 m within those"),
        pytest.param(CONTROL, road(50, "township"), "meets", 0, 2000, id="through the plot"),
        pytest.param(CONTROL, road(-1, "none"), "clear", math.nan, 0, id="a street is none"),
        pytest.param(CONTROL, road(-1, "national", state=["removed"]), "clear", math.nan, 0,
                     id="one that was removed"),
        pytest.param(CONTROL, road(-21, None), "unknown", 16, 0, id="a class that nobody stated"),
        pytest.param(CONTROL, road(-36, None), "clear", 31, 0, id="whatever its class, too far"),
        pytest.param(CONTROL, road(-24, "national", None), "unknown", math.nan, 0,
                     id="its edge is not known"),
        pytest.param(CONTROL, road(-19, "national", None), "meets", math.nan, 100,
                     id="within the distance from its axis, wherever its edge is"),
        pytest.param(CONTROL, road(-61, "national", None), "clear", math.nan, 0,
                     id="no road is so wide"),
        pytest.param(CONTROL, layer("roads", None), "unknown", math.nan, math.nan,
                     id="no roads are known"),
        pytest.param(NEW_ZONE, road(-75, "national"), "touches", 70, 0, id="20 and 50 m"),
        pytest.param(NEW_ZONE, road(-69, "provincial"), "meets", 64, 100, id="15 and 50 m"),
        pytest.param(NEW_ZONE, road(-35, "county"), "touches", 30, 0, id="10 and 20 m"),
        pytest.param(NEW_ZONE, road(-30, "township"), "touches", 25, 0, id="5 and 20 m"),
        pytest.param(RAIL, railway(-15, "high_speed", "urban"), "touches", 10, 0, id="urban"),
        pytest.param(RAIL, railway(-24, "high_speed", "elsewhere"), "meets", 19, 100, id="20 m"),
        pytest.param(RAIL, railway(-14, "other", "urban"), "clear", 9, 0, id="8 m are enough"),
        pytest.param(RAIL, railway(-19, "other", "elsewhere"), "meets", 14, 100, id="15 m"),
        pytest.param(RAIL, railway(-14, "other", None), "unknown", 9, 0, id="where is not said"),
        pytest.param(PIPE, pipe(-5, "yes"), "touches", 5, 0, id="5 m from the axis"),
        pytest.param(PIPE, pipe(-4, "yes"), "meets", 4, 100, id="a metre within"),
        pytest.param(PIPE, pipe(-6, "yes", "other"), "clear", 6, 0, id="oil, a metre farther"),
        pytest.param(PIPE, pipe(-4, "no"), "clear", math.nan, 0, id="the gas of a town"),
        pytest.param(PIPE, pipe(-4, None, "water"), "clear", math.nan, 0, id="water is no trunk"),
        pytest.param(PIPE, pipe(-4, None), "unknown", 4, 0, id="gas that may be a trunk line"),
        pytest.param(PERMIT, pipe(-49, "yes"), "meets", 49, 100, id="the permit zone to 50 m"),
        pytest.param(PERMIT, pipe(-50, "yes"), "touches", 50, 0, id="where it ends"),
        pytest.param(POWER, power(-9, 110.0), "meets", math.nan, 100,
                     id="within 10 m of the axis, and so of the conductor"),
        pytest.param(POWER, power(-9, None), "unknown", math.nan, 0, id="no voltage"),
        pytest.param(POWER, power(-51, None), "clear", math.nan, 0, id="no voltage, but far"),
    ],
)
def test_a_plot_meets_touches_or_is_clear_of_what_a_law_asks(
    setback, made, relation, metres, area
):
    """The plot is a square of 100 m, the line is parallel to its side: a metre is 100 m²."""
    row = told(setback, made)

    assert row["relation"] == relation
    assert (row["distance_m"], row["area_m2"]) == pytest.approx((metres, area), nan_ok=True)
    assert "第" in row["clause"]


def test_every_figure_that_ships_names_clause_and_source_and_was_found_in_the_text_of_the_law():
    asked = [each for each in LAW.corridor if each.setback]

    assert all(each.clause and each.source and each.verified for each in asked)
    assert {
        each.where["highway_class"][0]: each.clear_m for each in asked if each.setback == CONTROL
    } == {"motorway": 30, "national": 20, "provincial": 15, "county": 10, "township": 5}
    assert [each.clear_m for each in asked if each.setback == RAIL] == [
        10, 12, 15, 20, 8, 10, 12, 15,
    ]


@given(y=st.floats(-40, 140), x=st.floats(-80, 180), to=st.floats(-80, 180), width=st.floats(1, 40))
def test_the_ground_and_the_metres_are_those_that_shapely_gives_for_the_whole_line(x, y, to, width):
    """Against the axis buffered whole, and the distance of the plot from the road's own ground."""
    axis = line((x, -200), (to, y), (x, 300))
    made = layer("roads", {"r": axis}, highway_class=["county"], width_m=[width])
    row = told(CONTROL, made)
    plot = PLOT["A"]
    apart = max(plot.distance(axis) - width / 2, 0)

    assert row["distance_m"] == pytest.approx(apart, abs=1e-6)
    ground = plot.intersection(axis.buffer(width / 2 + 10, quad_segs=64)).area
    if abs(apart - 10) > 0.01:
        assert row["relation"] == ("meets" if apart < 10 else "clear")
        assert row["area_m2"] == pytest.approx(ground, rel=1e-6, abs=1e-6)


def test_the_buildable_area_is_less_what_a_law_keeps_clear_and_no_less_for_a_permit():
    plots = frame("plots", PLOT)
    lost = {
        name: site.clearance(plots, {made.schema.id: made}, LAW).set_index("layer")["lost_m2"]
        for name, made in {
            "control": road(-20, "national"), "zone": road(-40, "county"),
            "open": road(-20, None),
        }.items()
    }

    assert lost["control"]["roads"] == pytest.approx(500)
    assert lost["zone"]["roads"] == 0
    assert math.isnan(lost["open"]["roads"])
    assert math.isnan(lost["control"][""])  # nothing is known of railways, lines and pipes


def test_two_roads_and_two_plots_are_told_each():
    roads = layer(
        "roads", {"r": line((-500, -10), (500, -10)), "s": line((-500, 110), (500, 110))},
        highway_class=["national", "county"], width_m=[0.0, 0.0],
    )
    table = site.setbacks(frame("plots", {**PLOT, "B": box(0, 500, 9, 509)}), {"roads": roads}, LAW)
    own = table[table["setback"] == CONTROL]

    assert list(zip(own["plot_id"], own["feature_id"], own["relation"], strict=True)) == [
        ("A", "r", "meets"), ("A", "s", "touches"), ("B", "s", "clear"),
    ]


def test_a_law_is_asked_from_the_day_on_which_it_is_in_force_and_in_china_alone():
    plots = frame("plots", PLOT)
    before = site.lawful(LAW, plots, dt.date(2011, 6, 30))
    after = site.lawful(LAW, plots, dt.date(2011, 7, 1))
    abroad = site.lawful(LAW, plots.set_crs(32633, allow_override=True), None)

    assert CONTROL not in {each.setback for each in before.corridor}
    assert CONTROL in {each.setback for each in after.corridor}
    assert {each.setback for each in abroad.corridor} == {""}
    assert {each.layer for each in abroad.corridor} == {"power_lines", "pipelines"}


@pytest.mark.parametrize(("change", "said"), [
    ({"setback": "x"}, "names no setback x"), ({"clause": ""}, "has no clause or no clear_m"),
    ({"clear_m": None}, "has no clause or no clear_m"),
    ({"where": {"grade": ("1",)}}, "roads has no field grade"),
    ({"effect": "permit"}, "have several effects"),
])
def test_a_distance_without_clause_metres_or_a_field_that_there_is_is_refused(
    change, said, monkeypatch
):
    first = next(at for at, each in enumerate(LAW.corridor) if each.setback == CONTROL)
    rows = [msgspec.to_builtins(each) for each in LAW.corridor]
    rows[first] |= change
    whole = msgspec.to_builtins(LAW) | {"corridor": rows}
    monkeypatch.setattr("landtrack.model.catalog.site.read_toml", _reads(whole))

    with pytest.raises(CatalogError, match=said):
        catalog.corridors.__wrapped__()


def _reads(whole):
    real = catalog.read_toml

    def read(path):
        if path.stem != "corridors":
            return real(path)
        return {
            name: [_stated(each) for each in value] if name == "corridor" else value
            for name, value in whole.items()
        }

    return read


def _stated(row):
    return {name: value for name, value in row.items() if value is not None}


def test_all_pairs_of_kinds_and_laws_are_asked_once():
    layers = {each.schema.id: each for each in (
        road(-20, "national"), railway(-20, "other", "urban"), pipe(-20, "yes"), power(-20, 66.0),
    )}
    table = site.setbacks(frame("plots", {**PLOT, "B": box(0, 500, 9, 509)}), layers, LAW)

    assert set(zip(table["plot_id"], table["setback"], strict=True)) == set(product(
        "AB", [CONTROL, NEW_ZONE, RAIL, POWER, PIPE, PERMIT]
    ))
