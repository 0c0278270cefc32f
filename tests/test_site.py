"""Acquisition, services and clearance of sites whose answers are in the head."""

import math

import geopandas as gpd
import msgspec
import numpy as np
import pandas as pd
import pytest
import shapely
from builders import CRS, Site, box, frame, line, point
from click.testing import CliRunner
from hypothesis import given, strategies as st

import landtrack
from landtrack.assessment import site
from landtrack.cli.main import main
from landtrack.model import Basis, catalog, translations as text
from landtrack.model.assessment import LayerSet
from landtrack.model.errors import CatalogError, TableError
from landtrack.model.site import Corridor, Corridors
from landtrack.spatial import join

SCHEMAS = catalog.schemas()
WORKFLOW = catalog.workflow("cn-2006")
PLOT = {"A": box(0, 0, 100, 100)}


def layer(kind, features, *, coverage=None, complete=True, **columns):
    return LayerSet(
        schema=SCHEMAS[kind], frame=None if features is None else frame(kind, features, **columns),
        coverage=coverage, complete=complete,
    )


# --- acquisition --------------------------------------------------------------------------


def divided(subjects, parcels):
    table = site.acquisition(subjects, parcels, workflow=WORKFLOW)
    return table.set_index(["subject", "part"])


PARCELS = layer(
    "parcels",
    {"paid": box(-50, 0, 40, 100), "sent": box(40, 0, 90, 100), "twice": box(80, 0, 90, 50)},
    state=["compensated", "reported_province", "surveyed"],
)


def test_a_plot_is_divided_by_the_state_of_its_parcels():
    table = divided(frame("plots", PLOT), PARCELS)

    assert table.loc[("A", "compensated"), ["area_m2", "share"]].tolist() == [4000.0, 0.4]
    assert table.loc[("A", "reported_province"), "area_m2"] == 5000.0
    assert table.loc[("A", "surveyed"), "share"] == 0.05
    assert table.loc[("A", "acquired"), "area_m2"] == 4000.0
    assert table.loc[("A", "not_acquired"), "area_m2"] == 6000.0
    assert table.loc[("A", "no_parcel"), "area_m2"] == pytest.approx(1000)
    assert table.loc[("A", "double_claim"), "area_m2"] == pytest.approx(500)


def test_a_project_is_all_its_plots():
    plots = frame(
        "plots", {"A": box(0, 0, 100, 100), "B": box(-50, 0, -10, 100), "C": box(60, 0, 70, 10)},
        project_id=["p", "p", None],
    )
    projects = site.projects(plots)

    assert projects.index.tolist() == ["p"]  # C belongs to none
    assert divided(projects, PARCELS).loc[("p", "compensated"), "area_m2"] == pytest.approx(8000)


def test_ground_that_two_plots_of_a_project_claim_counts_once():
    plots = frame(
        "plots", {"A": box(0, 0, 100, 100), "B": box(50, 0, 150, 100)}, project_id=["p", "p"],
    )
    table = divided(site.projects(plots), layer("parcels", {"z": box(0, 0, 200, 100)},
                                                state=["approved"]))

    assert table.loc[("p", "approved"), ["area_m2", "share"]].tolist() == [15_000.0, 1.0]


@given(
    cuts=st.lists(st.floats(-20, 120), min_size=1, max_size=5),
    states=st.lists(st.sampled_from(["compensated", "surveyed", None]), min_size=5, max_size=5),
)
def test_the_parts_add_up_to_the_plot(cuts, states):
    """Also where parcels overlap, leave gaps, or are slivers."""
    parcels = {f"p{n}": box(cut, -10, cut + 30 * n + 0.001, 110) for n, cut in enumerate(cuts)}
    table = divided(
        frame("plots", PLOT), layer("parcels", parcels, state=states[: len(parcels)])
    )["share"]["A"]
    special = table.reindex(["acquired", "not_acquired", "no_parcel", "double_claim"])
    states = table.drop(special.index)

    assert special["acquired"] + special["not_acquired"] == pytest.approx(1, abs=1e-9)
    assert states.sum() - special["double_claim"] + special["no_parcel"] == pytest.approx(
        1, abs=2e-9
    )


@pytest.mark.parametrize(
    ("parcels", "area"),
    [
        pytest.param(layer("parcels", None, complete=False), math.nan, id="no file"),
        pytest.param(layer("parcels", {}), math.nan, id="an empty file says nothing"),
        pytest.param(
            layer("parcels", {}, coverage=frame("boundaries", PLOT).geometry), 10_000.0,
            id="empty and complete: all of the plot is in no parcel",
        ),
    ],
)
def test_parcels_that_are_not_known_leave_the_acquisition_unknown(parcels, area):
    table = divided(frame("plots", PLOT), parcels)

    for part in ("not_acquired", "no_parcel"):
        assert table.loc[("A", part), "area_m2"] == pytest.approx(area, nan_ok=True)
    assert (table.loc[("A", "acquired"), "coverage"] == "no_coverage") is math.isnan(area)


def test_what_blocks_a_plot_is_ranked_by_area_and_slivers_do_not_block():
    parcels = layer(
        "parcels",
        {"small": box(0, 0, 10, 100), "paid": box(10, 0, 50, 100), "large": box(50, 0, 99, 100),
         "sliver": box(99.999, 0, 120, 100)},
        state=["surveyed", "compensated", None, "surveyed"],
    )
    table = site.blocking(frame("plots", PLOT), parcels, workflow=WORKFLOW)

    assert table["parcel_id"].tolist() == ["large", "small"]
    assert table["rank"].tolist() == [1, 2]
    assert table["share"].tolist() == pytest.approx([0.49, 0.1])


def test_nothing_blocks_where_there_are_no_parcels():
    assert site.blocking(
        frame("plots", PLOT), layer("parcels", None), workflow=WORKFLOW
    ).empty


# --- slivers ------------------------------------------------------------------------------


def measured(plots, layers):
    return join.measures(plots, layers, workflow=WORKFLOW, basis=Basis())


def test_slivers_are_no_hit_and_are_listed():
    plots = frame("plots", PLOT)
    parcels = layer(
        "parcels", {"p": box(99.996, 0, 200, 100), "q": box(99, 0, 200, 1)},
        state=["approved", "approved"],
    )
    pipes = layer("pipelines", {"g": line((99.96, 50), (150, 50))}, medium=["gas"])
    layers = {"parcels": parcels, "pipelines": pipes}
    table = join.against(plots, parcels, workflow=WORKFLOW).set_index(["measure", "category"])
    listed = [
        (row["layer"], row["feature_id"], row["value"], row["severity"])
        for row in measured(plots, layers).slivers
    ]

    assert table.loc[("overlap_m2", ""), ["value", "feature_id"]].tolist() == [
        pytest.approx(1.0), "q",
    ]
    assert listed == [
        ("parcels", "p", "A: 0.4000 m²", "info"), ("pipelines", "g", "A: 0.0400 m", "info"),
    ]


def test_what_touches_is_no_sliver():
    plots = frame("plots", PLOT)
    parcels = layer("parcels", {"p": box(100, 0, 200, 100)}, state=["approved"])

    assert measured(plots, {"parcels": parcels}).slivers == []


# --- services -----------------------------------------------------------------------------


def ready(layers, item, *, plots=None, sets=None):
    plots = frame("plots", PLOT) if plots is None else plots
    sets = catalog.readiness() if sets is None else sets
    table = site.readiness(plots, layers, sets, workflow=WORKFLOW)
    rows = table[(table["item"] == item) & (table["plot_id"] == "A")]
    assert len(rows.drop(columns="set").drop_duplicates()) == 1  # the same in every set
    row = rows.iloc[0]
    return row["readiness"], row["reason"], row["feature_id"]


def gas(distance, **columns):
    return {"pipelines": layer(
        "pipelines", {"g": line((100 + distance, 0), (100 + distance, 100))}, **columns
    )}


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        (gas(50, medium=["gas"], state=["in_service"]), ("ready", "found", "g")),
        (gas(50.01, medium=["gas"], state=["in_service"]), ("not_ready", "not_found", "g")),
        (gas(50, medium=["gas"], state=["planned"]), ("not_ready", "not_found", "")),
        (gas(50, medium=["gas"], state=[None]), ("unknown", "state_unknown", "g")),
        (gas(50, medium=["water"], state=["in_service"]), ("not_ready", "not_found", "")),
        (gas(50, medium=[None], state=["in_service"]), ("unknown", "class_unknown", "g")),
        (gas(51, medium=[None], state=[None]), ("not_ready", "not_found", "")),
        ({}, ("unknown", "no_data", "")),
        ({"pipelines": layer("pipelines", None)}, ("unknown", "no_data", "")),
        ({"pipelines": layer("pipelines", {})}, ("unknown", "no_data", "")),
        ({"pipelines": layer("pipelines", {}, coverage=frame("boundaries", PLOT).geometry)},
         ("not_ready", "not_found", "")),
    ],
)
def test_a_pipe_serves_when_it_is_in_service_and_within_reach(layers, said):
    assert ready(layers, "gas") == said


def test_a_pipe_far_away_says_nothing_where_the_layer_is_not_complete():
    elsewhere = frame("boundaries", {"e": box(500, 0, 900, 900)}).geometry
    pipes = layer("pipelines", {"g": line((600, 0), (600, 100))}, medium=["gas"],
                  state=["in_service"], coverage=elsewhere)

    assert ready({"pipelines": pipes}, "gas") == ("unknown", "no_data", "")


@pytest.mark.parametrize(
    ("road", "said"),
    [
        ({"state": ["in_service"], "width_m": [20.0]}, "ready"),
        ({"state": ["under_construction"], "width_m": [20.0]}, "not_ready"),
        ({"state": ["in_service"], "width_m": [None]}, "unknown"),
        ({"state": [None], "width_m": [20.0]}, "unknown"),
        ({"state": ["in_service"], "width_m": [20.0], "motor": ["no"]}, "not_ready"),
    ],
)
def test_a_road_serves_a_plot_that_fronts_on_it(road, said):
    roads = layer("roads", {"r": line((-50, -10), (150, -10))}, **road)

    assert ready({"roads": roads}, "road")[0] == said


@pytest.mark.parametrize(
    ("stated", "said"), [("yes", "ready"), ("no", "not_ready"), (None, "unknown")]
)
def test_levelled_land_is_what_the_plot_states(stated, said):
    assert ready({}, "levelled", plots=frame("plots", PLOT, levelled=[stated]))[0] == said


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"levelled": "yes", "telecom": "yes"}, "ready"),
        ({"levelled": "yes", "telecom": None}, "unknown"),
        ({"levelled": "no", "telecom": None}, "not_ready"),
    ],
)
def test_a_set_is_ready_when_all_of_it_is(stated, said):
    sets = msgspec.structs.replace(catalog.readiness(), set=(
        msgspec.structs.replace(catalog.readiness().set[0], items=("levelled", "telecom")),
    ))
    plots = frame("plots", PLOT, **{name: [value] for name, value in stated.items()})
    table = site.readiness(plots, {}, sets, workflow=WORKFLOW)

    assert table[table["item"] == ""]["readiness"].tolist() == [said]


def test_the_sets_differ_by_place_and_each_names_its_source():
    """One of 三通, two of 五通, three of 七通: 3, 5 or 7 connections and the levelled land."""
    shipped = catalog.readiness().set

    assert [len(each.items) for each in shipped] == [4, 6, 6, 8, 8, 8]
    assert all("levelled" in each.items and each.source for each in shipped)
    assert len({frozenset(each.items) for each in shipped}) == 5  # seven-a and -b: one set


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ('[[set]]\nid = "x"\ntitle = {zh="x"}\nitems = ["pool"]\nsource = "s"', "no item pool"),
        ('[[item]]\nid = "gas"\ntitle = {zh="x"}\nfact = "post"', "gas stands twice"),
        ('[[item]]\nid = "x"\ntitle = {zh="x"}', "either a fact or a layer"),
        ('[[item]]\nid = "x"\ntitle = {zh="x"}\nlayer = "pipelines"', "no reach_m"),
    ],
)
def test_a_wrong_readiness_file_is_refused(change, words, tmp_path, monkeypatch):
    shipped = (catalog.SHIPPED / "readiness.toml").read_text("utf-8")
    (tmp_path / "readiness.toml").write_text(f"{shipped}\n{change}\n", encoding="utf-8")
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))

    with pytest.raises(CatalogError, match=words):
        catalog.readiness.__wrapped__()


# --- clearance ----------------------------------------------------------------------------

WIDE = Corridors(unknown_within_m=50, gone=("removed",), corridor=(
    Corridor(layer="power_lines", least=35, most=110, clear_m=10, axis_m=0, source="test"),
    Corridor(layer="power_lines", least=154, most=330, clear_m=15, source="test"),
    Corridor(layer="pipelines", classes=("gas",), clear_m=5, axis_m=0, source="test"),
    Corridor(layer="pipelines", classes=("water",)),
))


def lost(power=None, pipes=None, corridors=WIDE):
    far = {"f": line((9000, 0), (9000, 9))}
    layers = {
        "power_lines": power or layer("power_lines", far, voltage_kv=[66.0]),
        "pipelines": pipes or layer("pipelines", far, medium=["gas"]),
    }
    table = site.clearance(frame("plots", PLOT), layers, corridors).set_index("layer")
    row = table.loc[""]
    return row["lost_m2"], row["at_least_m2"], row["net_m2"], row["feature_id"], row["reason"]


def power(voltage, y=50, **columns):
    return layer("power_lines", {"l": line((-500, y), (500, y))}, voltage_kv=[voltage], **columns)


def test_a_line_takes_its_corridor_on_both_sides():
    assert lost(power(66.0))[:3] == pytest.approx((2000, 2000, 8000))
    assert lost(power(66.0))[3:] == ("l", "found")


@pytest.mark.parametrize(
    ("made", "said"),
    [
        pytest.param(power(66.0, y=-10), (0.0, 10_000.0, "found"), id="its edge touches"),
        pytest.param(power(66.0, y=-9), (100.0, 9900.0, "found"), id="a metre inside"),
        pytest.param(power(66.0, y=-11), (0.0, 10_000.0, "not_found"), id="it ends before"),
        pytest.param(power(220.0), (math.nan, math.nan, "axis_unknown"), id="axis not stated"),
        pytest.param(power(20.0, y=-50), (math.nan, math.nan, "width_unknown"), id="no width"),
        pytest.param(power(20.0, y=-51), (0.0, 10_000.0, "not_found"), id="no width, but far"),
        pytest.param(power(None), (math.nan, math.nan, "width_unknown"), id="no voltage"),
        pytest.param(power(66.0, state=["removed"]), (0.0, 10_000.0, "not_found"), id="gone"),
        pytest.param(layer("power_lines", None), (math.nan, math.nan, "no_data"), id="no file"),
    ],
)
def test_what_is_not_stated_leaves_the_buildable_area_unknown(made, said):
    figures = lost(made)

    assert (figures[0], figures[2]) == pytest.approx(said[:2], nan_ok=True, abs=1e-6)
    assert figures[4] == said[2]


def test_where_the_axis_is_not_stated_the_corridor_from_the_axis_is_lost_at_least():
    assert lost(power(220.0))[1] == pytest.approx(3000)


def test_ground_in_two_corridors_is_lost_once():
    pipes = layer("pipelines", {"g": line((50, -500), (50, 500))}, medium=["gas"])

    assert lost(power(66.0), pipes)[0] == pytest.approx(2000 + 1000 - 200)


@given(
    x=st.floats(-30, 130), y=st.floats(-30, 130), to=st.floats(-30, 130), wide=st.floats(1, 40)
)
def test_a_wider_corridor_never_leaves_more_ground(x, y, to, wide):
    made = layer("power_lines", {"l": line((x, y), (to, 50), (60, to))}, voltage_kv=[66.0])
    figures = [
        lost(made, corridors=msgspec.structs.replace(WIDE, corridor=(
            msgspec.structs.replace(WIDE.corridor[0], clear_m=each), *WIDE.corridor[1:],
        )))
        for each in (wide, wide + 1)
    ]

    assert figures[1][0] >= figures[0][0] - 1e-6
    assert figures[0][0] + figures[0][2] == pytest.approx(10_000)


def test_the_area_lost_is_that_of_the_line_buffered_and_cut():
    """Against the corridor of the whole line, cut once."""
    way = line((-800, -100), (30, 20), (70, 90), (900, 300))
    made = layer("power_lines", {"l": way}, voltage_kv=[66.0])

    assert lost(made)[0] == pytest.approx(
        way.buffer(10, quad_segs=64).intersection(PLOT["A"]).area, rel=1e-6
    )


def test_every_width_that_ships_names_its_source():
    shipped = catalog.corridors()

    assert all(each.source for each in shipped.corridor if each.clear_m is not None)
    assert {each.layer for each in shipped.corridor if not each.where} == {
        "power_lines", "pipelines",
    }
    assert all(each.clear_m is None for each in shipped.corridor if not each.setback)


@pytest.mark.parametrize(
    ("row", "words"), [("clear_m = 7", "has no source"), ("axis_m = -1", "negative width")]
)
def test_a_corridor_without_source_or_sense_is_refused(row, words, tmp_path, monkeypatch):
    text = f'unknown_within_m = 5\n[[corridor]]\nlayer = "pipelines"\nclasses = ["gas"]\n{row}\n'
    (tmp_path / "corridors.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))

    with pytest.raises(CatalogError, match=words):
        catalog.corridors.__wrapped__()


# --- telling ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    """Two plots of one project; what blocks them, what serves them, what takes ground."""
    made = Site(tmp_path_factory.mktemp("site") / "park")
    made.layer("plots", [
        (box(0, 0, 100, 100), {"plot_id": "A", "project_id": "J"}),
        (box(200, 0, 300, 100), {"plot_id": "B", "project_id": "J"}),
        (box(400, 0, 500, 100), {"plot_id": "C", "project_id": "K"}),
    ])
    made.layer("parcels", [
        (box(0, 0, 250, 100), {"parcel_id": "p", "state": "surveyed"}),
        (box(250, 0, 300, 100), {"parcel_id": "q", "state": "compensated"}),
    ])
    made.layer("power_lines", [
        (line((-50, 50), (150, 50)), {"line_id": "l", "voltage_kv": 66, "state": "in_service"}),
    ])
    return made.folder


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_project_is_told_on_one_page(park, lang):
    done = CliRunner().invoke(main, ["site", "J", str(park), "--lang", lang])
    words = text.load(lang)

    assert done.exit_code == 0, done.output
    told = done.stdout.splitlines()
    assert f"== {words('site.acquisition', subject='J')}" in told
    assert f"== {words('site.blocking', subject='B')}" in told
    assert any("15,000 m²" in each and words("measure.not_acquired_m2") in each for each in told)
    assert any("   1  p  " in each and "10,000 m²" in each for each in told)
    assert any("≥" not in each and "2,000 m²" in each for each in told)  # 200 m of 10 m, twice


def test_a_project_of_one_plot_is_told_once(park):
    told = CliRunner().invoke(main, ["site", "K", str(park), "--lang", "en"]).stdout

    assert "Land of C" in told
    assert "Land of K" not in told


def test_the_tables_of_all_are_written_for_scripts(park, tmp_path):
    done = CliRunner().invoke(main, ["site", "--out", str(tmp_path / "t"), "J", str(park)])

    assert done.exit_code == 0, done.output
    blocking = pd.read_csv(tmp_path / "t" / "blocking.csv")
    assert blocking.loc[blocking["subject"] == "J", "area_m2"].tolist() == pytest.approx([15_000])
    clearance = pd.read_csv(tmp_path / "t" / "clearance.csv").set_index(["plot_id", "layer"])
    assert clearance.loc[("A", "power_lines"), "at_least_m2"] == pytest.approx(2000)
    assert np.isnan(clearance.loc[("A", "power_lines"), "lost_m2"])
    assert set(pd.read_csv(tmp_path / "t" / "readiness.csv")["readiness"]) == {
        "ready", "not_ready", "unknown",
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["X"], "no plot or project 'X'"), ([], "Name a project or plot")],
)
def test_a_name_that_there_is_not_is_told(park, arguments, words):
    done = CliRunner().invoke(main, ["site", *arguments, *([str(park)] if arguments else [])])

    assert done.exit_code == 2
    assert words in done.output


# --- cutting ------------------------------------------------------------------------------


def test_cutting_gives_the_shapes_of_what_is_shared():
    plots = frame("plots", {"A": box(0, 0, 100, 100), "B": box(200, 0, 300, 100)})
    parcels = frame(
        "parcels", {"s": box(90, 0, 100, 10), "l": box(50, 0, 250, 100), "t": box(100, 0, 110, 9)},
        state=["approved", "surveyed", "approved"],
    )
    made = landtrack.cut(plots, parcels)

    assert made["plot_id"].tolist() == ["A", "A", "B"]
    assert made.index.tolist() == ["l", "s", "l"]
    assert made["shared"].tolist() == [5000.0, 100.0, 5000.0]
    assert made.geometry.iloc[0].equals(box(50, 0, 100, 100))
    assert made["state"].tolist() == ["surveyed", "approved", "surveyed"]
    assert made.crs == CRS


def test_cutting_keeps_the_dimension_of_what_is_cut():
    """A parcel that also touches along an edge; a line inside; a point on the boundary."""
    bent = shapely.union_all([box(100, 0, 120, 100), box(90, 0, 110, 10), box(100, 50, 101, 60)])
    features = gpd.GeoDataFrame(
        index=["bent", "line", "in", "on"], crs=CRS,
        geometry=[bent, line((50, 50), (150, 50)), point(5, 5), point(0, 5)],
    )
    made = landtrack.cut(PLOT["A"], features)

    assert made.geometry.geom_type.to_dict() == {
        "bent": "Polygon", "line": "LineString", "in": "Point",
    }
    assert made["shared"].to_dict() == {"bent": 100.0, "line": 50.0, "in": 1.0}


def test_cutting_in_two_crs_is_refused():
    with pytest.raises(TableError, match="not in the same CRS"):
        landtrack.cut(frame("plots", PLOT), frame("parcels", PLOT).to_crs("EPSG:4530"))


# --- counts -------------------------------------------------------------------------------


def test_what_stands_on_a_plot_is_counted_by_class():
    graves = layer(
        "relocations",
        {"in": point(5, 5), "edge": point(0, 5), "out": point(-1, 5), "house": box(90, 0, 110, 9),
         "beside": box(100, 20, 110, 30)},
        **{"class": ["graves", "graves", "graves", "houses", "houses"]},
    )
    table = join.against(frame("plots", PLOT), graves, workflow=WORKFLOW).set_index("category")

    assert table["value"].to_dict() == {"": 2.0, "graves": 1.0, "houses": 1.0}
    assert table["feature_id"].to_dict() == {"": "in", "graves": "in", "houses": "house"}


def test_double_claims_name_the_parcel_that_claims_most():
    table = join.against(frame("plots", PLOT), PARCELS, workflow=WORKFLOW)
    row = table[table["measure"] == "double_claim_m2"].iloc[0]

    assert (row["value"], row["feature_id"]) == (pytest.approx(500), "sent")


def test_figures_of_many_plots_are_those_of_each_alone():
    plots = frame("plots", {f"P{n}": box(n, n, n + 9, n + 9) for n in range(0, 90, 3)})
    alone = pd.concat([
        site.acquisition(plots.loc[[each]], PARCELS, workflow=WORKFLOW) for each in plots.index
    ]).set_index(["subject", "part"])["area_m2"].sort_index()
    together = divided(plots, PARCELS)["area_m2"].sort_index()

    np.testing.assert_allclose(together, alone, atol=1e-9)
