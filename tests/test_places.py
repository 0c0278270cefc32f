"""Real places against independently computed figures.

Reference data are read through the folder that LANDTRACK_REAL_DATA names.
"""

import numpy as np
import pandas as pd
import pytest
from conftest import REAL_PLACES

from landtrack.app import import_osm, vet
from landtrack.model import catalog
from landtrack.model.errors import CatalogError, CRSError, OutputError, SourceError
from landtrack.output import map as webmap

MILLIMETRE = 1e-3


def vetted(folder):
    return vet.vet(catalog.place(folder))


def by_plot(result, layer, measure, column="value"):
    measures = result.measures
    rows = measures[
        (measures["layer"] == layer) & (measures["measure"] == measure)
        & (measures["category"] == "")
    ]
    return rows.set_index("plot_id")[column]


# --- OpenStreetMap: independently computed areas, footprints, floors and distances ----------

AREAS = {
    ("plots", "area_m2"): "area_m2",
    ("plots", "area_ellipsoidal_m2"): "area_ellipsoidal_m2",
    ("buildings", "footprint_m2"): "footprint_sum_m2",
    ("buildings", "covered_m2"): "footprint_union_m2",
    ("buildings", "floor_area_known_m2"): "floor_area_known_levels_m2",
}
DISTANCES = {
    ("roads", "nearest_road_m"): "dist_road_m",
    ("power_lines", "nearest_m"): "dist_power_line_m",
    ("substations", "nearest_m"): "dist_substation_m",
    ("pipelines", "nearest_m"): "dist_pipeline_m",
}
NEAREST = {
    ("roads", "nearest_road_m"): "nearest_road_osm_id",
    ("power_lines", "nearest_m"): "nearest_power_line_osm_id",
    ("substations", "nearest_m"): "nearest_substation_osm_id",
}


def expected_plots(real_data, name):
    table = pd.read_csv(real_data / f"{name}_expected_plots.csv", dtype={"osm_id": "str"})
    return table.set_index("osm_id")


@pytest.fixture(
    scope="module",
    params=[
        ("liechtenstein", "osm_liechtenstein_2021", 429, "EPSG:2056"),
        ("krems", "osm_krems_at", 12, "EPSG:32633"),
        ("moscow", "osm_moscow_part", 38, "EPSG:32637"),
    ],
    ids=lambda param: param[0],
)
def osm_place(request, real_data):
    place, name, number, code = request.param
    expected = expected_plots(real_data, name)
    result = vetted(REAL_PLACES / place)
    assert result.place.crs == code == expected["crs"].unique().item()
    assert len(result.layers["plots"]) == len(expected) == number
    return result, expected


@pytest.mark.parametrize(("measure", "column"), AREAS.items(), ids=str)
def test_areas_footprints_and_floor_areas_agree_within_a_millionth(osm_place, measure, column):
    result, expected = osm_place

    ours = by_plot(result, *measure).reindex(expected.index)

    np.testing.assert_allclose(ours, expected[column], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("measure", "column"), DISTANCES.items(), ids=str)
def test_distances_agree_within_a_millimetre(osm_place, measure, column):
    result, expected = osm_place

    ours = by_plot(result, *measure).reindex(expected.index)

    np.testing.assert_allclose(ours, expected[column], rtol=0, atol=MILLIMETRE)


@pytest.mark.parametrize(("measure", "column"), NEAREST.items(), ids=str)
def test_the_published_nearest_feature_is_no_nearer_than_ours(osm_place, measure, column):
    """Two roads that meet are equally near, and either may be named."""
    result, expected = osm_place
    named = result.layers[measure[0]].loc[expected[column].astype("int64").astype("str")]
    plots = result.layers["plots"].loc[expected.index]

    theirs = plots.geometry.distance(named.geometry, align=False)

    ours = by_plot(result, *measure).reindex(expected.index)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)


def test_the_same_buildings_are_counted(osm_place):
    result, expected = osm_place

    assert by_plot(result, "buildings", "count").reindex(expected.index).tolist() == (
        expected["n_buildings"].tolist()
    )


def test_nothing_the_map_of_the_world_does_not_hold_is_green(osm_place):
    result, _ = osm_place
    findings = result.findings.set_index("rule")["outcome"]

    assert set(findings["investment-intensity"]) == {"unknown"}
    parcels = result.measures[result.measures["layer"] == "parcels"]
    assert set(parcels["coverage"]) == {"no_coverage"}
    partly = by_plot(result, "buildings", "floor_area_m2")
    ratio = result.findings[result.findings["rule"] == "plot-ratio"].set_index("plot_id")
    assert (ratio["outcome"] == "unknown").equals(partly.isna().rename("outcome"))


# --- a whole country from its extract -------------------------------------------------------


@pytest.fixture(scope="module")
def country(real_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("osm") / "liechtenstein"
    made = import_osm.init(real_data / "liechtenstein-2021.osm.pbf", folder, crs_text="EPSG:2056")
    return made, folder, vetted(folder)


def test_the_extract_comes_in_whole(country):
    made, _, result = country

    assert made.layers["buildings"] == 14_036
    no_road = sum(number for tag, number in made.left_out.items() if tag.startswith("highway="))
    assert (made.layers["roads"], no_road) == (6_957, 13)  # of one path it says ruins=yes
    industrial = result.layers["plots"]["industry"].value_counts()
    assert industrial.to_dict() == {"industrial": 70, "commercial": 32}
    counts = result.counts
    assert counts["read"].sum() == counts["kept"].sum() == sum(made.layers.values())


def test_the_extract_gives_the_published_figures(country, real_data):
    expected = expected_plots(real_data, "osm_liechtenstein_2021")
    expected.index = expected["osm_type"] + expected.index
    _, _, result = country
    expected = expected.loc[result.layers["plots"].index]

    for measure, column in AREAS.items():
        np.testing.assert_allclose(
            by_plot(result, *measure), expected[column], rtol=1e-6, atol=1e-6
        )
    for measure, column in DISTANCES.items():
        np.testing.assert_allclose(
            by_plot(result, *measure), expected[column], rtol=0, atol=MILLIMETRE
        )


def test_the_attribution_goes_onto_the_map(country):
    page = webmap.to_html(webmap.build(country[2]))

    assert "OpenStreetMap contributors" in page


def test_a_box_takes_only_what_meets_it(real_data, tmp_path):
    extract = real_data / "liechtenstein-2021.osm.pbf"

    made = import_osm.init(
        extract, tmp_path / "vaduz", bbox=import_osm.parse_bbox("9.50,47.12,9.54,47.15")
    )

    assert 0 < made.layers["buildings"] < 14_036
    assert catalog.place(tmp_path / "vaduz").crs == "EPSG:32632"
    with pytest.raises(SourceError, match="no industrial or commercial land use in the box"):
        import_osm.init(extract, tmp_path / "sea", bbox=(0, 0, 1, 1))


def test_a_place_that_has_a_catalog_is_not_overwritten(real_data, site):
    with pytest.raises(OutputError, match=r"holds a catalog.toml already(.|\n)*new folder"):
        import_osm.init(real_data / "liechtenstein-2021.osm.pbf", site.folder)


def test_what_is_no_extract_is_refused(tmp_path):
    (tmp_path / "x.osm.pbf").write_bytes(b"no extract")

    with pytest.raises(SourceError, match="cannot be read as an OpenStreetMap extract"):
        import_osm.init(tmp_path / "x.osm.pbf", tmp_path / "place")
    with pytest.raises(SourceError, match="is not there"):
        import_osm.init(tmp_path / "y.osm.pbf", tmp_path / "place")
    assert not (tmp_path / "place").exists()


@pytest.mark.parametrize("text", ["1,2,3", "a,b,c,d", "9,47,8,48", "0,0,1,91"])
def test_a_box_that_is_none_is_refused(text):
    with pytest.raises(CatalogError, match=r"--bbox(.|\n)*west,south,east,north"):
        import_osm.parse_bbox(text)


# --- lots with published floor-area ratios --------------------------------------------------

STREETS_NOT_IN_THE_EXTRACT = 1
"""Lots whose published distance is to a street that the file at hand does not hold."""


@pytest.fixture(scope="module")
def cambridge(real_data):
    table = real_data / "cambridge_west_fy2013_expected_far.csv"
    expected = pd.read_csv(table, dtype={"ML": "str"})
    return vetted(REAL_PLACES / "cambridge"), expected.set_index("ML")


def test_published_floor_area_ratios_come_out(cambridge):
    """Published to six decimals: every one of 7 342 agrees to the last."""
    result, expected = cambridge
    ratio = result.findings[result.findings["rule"] == "plot-ratio"].set_index("plot_id")["value"]

    np.testing.assert_allclose(ratio.reindex(expected.index), expected["far_published"], atol=6e-7)


def test_lot_areas_come_out_of_the_geometry(cambridge):
    result, expected = cambridge
    areas = by_plot(result, "plots", "area_m2").reindex(expected.index)

    np.testing.assert_allclose(areas, expected["lot_area_m2_epsg26986"], rtol=1e-6)


@pytest.mark.parametrize(
    ("tolerance", "share"), [(0.01, 0.2304), (0.02, 0.4290), (0.05, 0.8017), (0.10, 0.9654)]
)
def test_so_many_ratios_agree_when_the_land_is_measured_instead_of_declared(
    cambridge, tolerance, share
):
    """The deeds' land areas differ from the drawn lots: the README says by how much."""
    result, expected = cambridge
    floors = by_plot(result, "plots", "floor_area_m2").reindex(expected.index)
    ratio = floors / by_plot(result, "plots", "area_m2").reindex(expected.index)

    differs = (ratio - expected["far_published"]).abs() / expected["far_published"]

    assert (differs <= tolerance).mean() == pytest.approx(share, abs=5e-4)


def test_distances_to_streets_and_stations_come_out(cambridge):
    """Of lots whose file geometry is valid, to stations that the file holds."""
    result, expected = cambridge
    valid = expected[~expected["input_invalid"]]
    street = by_plot(result, "roads", "nearest_road_m").reindex(valid.index)
    held = valid[valid["nearest_transformer_station"].isin(result.layers["substations"]["name"])]
    station = by_plot(result, "substations", "nearest_m").reindex(held.index)

    far = (street - valid["dist_street_m"]).abs() > MILLIMETRE
    assert far.sum() == STREETS_NOT_IN_THE_EXTRACT
    np.testing.assert_allclose(station, held["dist_transformer_station_m"], rtol=0, atol=MILLIMETRE)


# --- the places in the project --------------------------------------------------------------

LAYERS = REAL_PLACES.parents[1] / "layers"


@pytest.fixture(scope="module")
def demo():
    return vetted(LAYERS / "x-park-2006")


def test_the_demo_place_comes_out_as_designed(demo):
    told = demo.findings.groupby("rule")["outcome"].value_counts().unstack(fill_value=0)

    indices = told.drop(columns="not_applicable")
    assert indices.loc["investment-intensity"].to_dict() == {"pass": 68, "fail": 2, "unknown": 3}
    assert indices.loc["plot-ratio"].to_dict() == {"pass": 66, "fail": 3, "unknown": 4}
    assert indices.loc["building-coverage"].to_dict() == {"pass": 67, "fail": 3, "unknown": 3}
    assert told.loc["environment-first"].to_dict() == {
        "pass": 49, "fail": 1, "unknown": 1, "not_applicable": 22,
    }
    assert told.loc["environment-before-entry"].to_dict() == {
        "pass": 71, "fail": 1, "unknown": 1, "not_applicable": 0,
    }
    assert told.loc["verified-before-certificate"].to_dict() == {
        "pass": 4, "fail": 1, "unknown": 0, "not_applicable": 68,
    }


@pytest.mark.parametrize(
    ("plot", "rule", "outcome"),
    [
        ("XP-055", "investment-intensity", "pass"),  # exactly 2500 CNY/m²
        ("XP-062", "plot-ratio", "pass"),  # exactly 0.6
        ("XP-063", "building-coverage", "fail"),  # exactly 45 %
        ("XP-040", "plot-ratio", "fail"),  # a storey of exactly 8.0 m counts once
        ("XP-035", "plot-ratio", "pass"),  # a storey of 8.5 m counts twice
        ("XP-065", "investment-intensity", "unknown"),
        ("XP-041", "plot-ratio", "unknown"),
        ("XP-047", "building-coverage", "unknown"),
        ("XP-054", "investment-intensity", "unknown"),
        ("XP-033", "environment-first", "fail"),
        ("XP-071", "environment-first", "unknown"),
        ("XP-001", "environment-first", "pass"),
        ("XP-059", "verified-before-certificate", "fail"),
        ("XP-006", "verified-before-certificate", "pass"),
        ("XP-001", "verified-before-certificate", "not_applicable"),
    ],
)
def test_the_demonstration_plots_show_what_they_are_for(demo, plot, rule, outcome):
    findings = demo.findings.set_index(["plot_id", "rule"])

    assert findings.loc[(plot, rule), "outcome"] == outcome


def test_the_demo_place_agrees_with_the_report_after_every_step(demo):
    parcels = demo.layers["parcels"]

    areas = parcels.geometry.area.groupby(parcels["state"]).sum()
    assert areas.round(3).to_dict() == {
        "province_agreed": 2_640_000, "reported_state": 1_400_000, "reported_province": 640_000,
        "compensated": 413_000,
    }
    plots = demo.layers["plots"]
    assert plots["total_investment_cny"].sum() == 9_011_000_000
    assert demo.layers["roads"].geometry.length.sum() == pytest.approx(22_300, abs=1e-6)


def test_the_demo_place_says_which_area_is_off(demo):
    issues = demo.issues
    named = issues[issues["layer"] == "plots"].groupby("issue")["feature_id"].agg(sorted)

    assert named["area_differs"] == ["XP-045"]


def test_bubenec_is_measured_in_the_national_grid(real_data):
    expected = pd.read_csv(real_data / "bubenec_momepy_expected_plots.csv", dtype={"ID": "str"})
    result = vetted(LAYERS / "bubenec")

    areas = by_plot(result, "plots", "area_m2").reindex(expected["ID"])
    np.testing.assert_allclose(areas, expected["area_m2_epsg5514"], rtol=1e-6)
    coverage = by_plot(result, "buildings", "covered_m2").reindex(expected["ID"]) / areas
    # published as the quotient of two areas in EPSG:3857: off by 2e-6 at the most
    np.testing.assert_allclose(coverage, expected["coverage"], rtol=0, atol=2e-6)


def test_bubenec_is_not_measured_in_the_crs_of_its_files(tmp_path):
    text = (LAYERS / "bubenec" / "catalog.toml").read_text(encoding="utf-8")
    text = text.replace('crs = "EPSG:5514"', 'crs = "EPSG:3857"')
    (tmp_path / "catalog.toml").write_text(text, encoding="utf-8")

    wrong = r"EPSG:3857.*areas and lengths measured there are wrong"
    with catalog.paths.rooted(LAYERS / "bubenec"), pytest.raises(CRSError, match=wrong):
        vetted(tmp_path)
