"""A place goes through every step; whatever is wrong with it is named and counted."""


import pageread
import pytest
import shapely
from builders import EAST, NORTH, box, line

import landtrack
from landtrack.app import vet
from landtrack.model import Issue, catalog
from landtrack.model.assessment import Assessment
from landtrack.model.errors import CatalogError, CRSError, SourceError, TableError
from landtrack.spatial import crs


def vetted(site):
    return vet.vet(catalog.place(site.folder))


def outcomes(result, plot="A"):
    indices = [rule.id for rule in result.pack.rule if rule.kind == "index"]
    found = result.findings[result.findings["rule"].isin(indices)]
    found = found[found["plot_id"] == plot]
    return dict(zip(found["rule"], found["outcome"], strict=True))


ALL_PASS = {"investment-intensity": "pass", "plot-ratio": "pass", "building-coverage": "pass"}


def test_a_plot_that_meets_every_limit_passes(site):
    """26 million CNY, 12 000 m² of floors and 6 000 m² covered, on 10 000 m²."""
    result = vetted(site)

    assert isinstance(result, Assessment)
    assert outcomes(result) == ALL_PASS
    values = result.findings.set_index("rule")["value"].dropna()
    assert values.tolist() == pytest.approx([2600, 1.2, 0.6])


@pytest.mark.parametrize(
    ("facts", "missing"),
    [({"fixed_investment_cny": None}, {"investment-intensity": "unknown"})],
)
def test_a_missing_fact_leaves_its_index_unknown(site, facts, missing):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), **facts)])

    assert outcomes(vetted(site)) == ALL_PASS | missing


def test_without_the_buildings_nothing_built_is_assumed(site):
    del site.entries["buildings.geojson"]
    site.catalog()

    result = vetted(site)

    assert outcomes(result) == ALL_PASS | {
        "plot-ratio": "unknown", "building-coverage": "unknown",
    }
    reasons = result.findings.set_index("rule")["reason"]
    assert reasons["plot-ratio"] == "floor_area_m2"


def test_site_plans_that_are_not_in_yet_leave_a_plot_unknown(site):
    """The east plot lies outside of the area for which site plans were handed in."""
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100)), site.plot("B", box(200, 0, 300, 100)),
    ])
    site.layer("boundaries", [(box(0, 0, 100, 100), {"boundary_id": "handed in"})])
    site.entries["buildings.geojson"]["coverage"] = "boundaries.geojson"
    site.catalog()

    result = vetted(site)

    assert outcomes(result, "A") == ALL_PASS
    assert outcomes(result, "B")["building-coverage"] == "unknown"


def test_a_layer_kind_the_place_has_no_file_for_says_no_data(site):
    result = vetted(site)

    for kind in ("parcels", "roads", "pipelines", "power_lines", "substations"):
        rows = result.measures[result.measures["layer"] == kind]
        assert set(rows["coverage"]) == {"no_coverage"}
        assert rows["value"].isna().all()


BOWTIE = shapely.Polygon(
    [(EAST, NORTH), (EAST + 9, NORTH + 9), (EAST + 9, NORTH), (EAST, NORTH + 9)]
)


def test_every_feature_read_is_kept_or_named(site):
    site.layer(
        "villages",
        [
            (box(0, 0, 10, 10), {"village_id": "good", "use": "x"}),
            (BOWTIE, {"village_id": "mended", "use": "x"}),
            (None, {"village_id": "shapeless", "use": "x"}),
            (line((0, 0), (1, 1)), {"village_id": "a line", "use": "x"}),
            (box(0, 0, 10, 10), {"village_id": "good", "use": "x"}),
            (box(0, 0, 10, 10), {"village_id": "other", "use": "y"}),
        ],
        where={"use": ["x"]},
    )

    result = vetted(site)

    counts = result.counts.set_index("layer").loc["villages"]
    assert counts[["read", "not_selected", "set_aside", "kept", "repaired"]].tolist() == [
        6, 1, 3, 2, 1,
    ]
    named = result.issues[result.issues["layer"] == "villages"]
    assert dict(zip(named["feature_id"], named["issue"], strict=True)) == {
        "shapeless": Issue.GEOMETRY_MISSING, "a line": Issue.GEOMETRY_KIND,
        "good": Issue.FEATURE_DUPLICATE, "mended": Issue.GEOMETRY_REPAIRED,
    }
    assert outcomes(result) == ALL_PASS  # bad villages stop nothing


def test_losing_a_feature_unnamed_is_a_fault_that_stops_the_run(site, monkeypatch):
    from landtrack.ingest import validate

    monkeypatch.setattr(validate, "geometry", lambda frame, _: (frame.iloc[1:], []))

    with pytest.raises(TableError, match=r"1 features are set aside but 0 are named"):
        vetted(site)


@pytest.mark.parametrize(
    ("features", "words"),
    [
        pytest.param([], "no plot that can be measured", id="no plot"),
        pytest.param([(None, {"plot_id": "A"})], "no plot that can be measured", id="no shape"),
    ],
)
def test_a_place_without_one_plot_to_measure_cannot_be_vetted(site, features, words):
    site.layer("plots", features)

    with pytest.raises(SourceError, match=words):
        vetted(site)


@pytest.mark.parametrize("code", ["EPSG:3857", "EPSG:4326"])
def test_a_working_crs_that_does_not_measure_is_refused(site, code):
    site.head["crs"] = code
    site.catalog()

    with pytest.raises(CRSError, match=r"The working CRS of site is in EPSG(.|\n)*\[place\]"):
        vetted(site)


def test_layers_of_several_crs_end_in_the_working_one(site):
    site.layer("villages", [(box(0, 0, 50, 100), {"village_id": "v"})])
    moved = crs.to_crs(vetted(site).layers["villages"], crs.WGS84)
    site.layer("villages", [(moved.geometry.iloc[0], {"village_id": "v"})], crs="EPSG:4326")

    result = vetted(site)

    share = result.measures.query("layer == 'villages' and measure == 'overlap_share'")
    assert share["value"].iloc[0] == pytest.approx(0.5, abs=1e-6)


def test_two_files_of_one_kind_become_one_layer(site):
    site.layer("roads", [(line((0, -9), (9, -9)), {"road_id": "a"})])
    site.layer("roads", [(line((0, -5), (9, -5)), {"road_id": "a"})], path="more.geojson")

    result = vetted(site)

    assert sorted(result.layers["roads"].index) == ["a", "a#2"]
    assert result.counts["layer"].tolist().count("roads") == 2


def test_an_unknown_language_or_rule_pack_is_refused_before_anything_is_read(site):
    with pytest.raises(CatalogError, match="text file named 'fr'"):
        landtrack.run(site.folder, lang="fr")
    site.head["rules"] = "y-park"
    site.catalog()
    with pytest.raises(CatalogError, match="rules file named 'y-park'"):
        landtrack.run(site.folder)


def test_a_rule_pack_that_its_samples_do_not_prove_stops_the_run(site, tmp_path, monkeypatch):
    shipped = catalog.data_file("rules", "x-park-2006").read_text(encoding="utf-8")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "x-park-2006.toml").write_text(
        shipped.replace('relation = ">"', 'relation = "<"'), encoding="utf-8"
    )
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))

    with pytest.raises(CatalogError, match="comes out as"):
        vetted(site)


def test_a_run_changes_no_input_and_writes_nothing_unasked(site):
    before = {path: path.read_bytes() for path in site.folder.rglob("*")}

    landtrack.run(site.folder)

    assert {path: path.read_bytes() for path in site.folder.rglob("*")} == before


def test_hostile_names_reach_the_map_as_text_only(site, tmp_path):
    name = "</script><img src=x onerror=alert(1)>"
    site.layer("plots", [site.plot(name, box(0, 0, 100, 100), name=name, company=name)])

    result = landtrack.run(site.folder, out=tmp_path)

    page = result.outputs["map.html"].read_text(encoding="utf-8")
    assert "<img src=x" not in page
    assert pageread.column(page, "plots", "name", "en") == [name]


def test_parcels_that_overlap_are_an_issue_and_a_double_claim(site):
    site.layer("parcels", [
        (box(0, 0, 60, 100), {"parcel_id": "P", "state": "approved"}),
        (box(40, 0, 100, 100), {"parcel_id": "Q", "state": "compensated"}),
    ])

    result = vetted(site)

    assert Issue.PARCELS_OVERLAP in result.issues["issue"].tolist()
    claim = result.measures.query("measure == 'double_claim_m2'")["value"].iloc[0]
    assert claim == pytest.approx(2000)
