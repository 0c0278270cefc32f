"""Files in any usual form come in as fields with types, units and keys of their own."""

import pyogrio
import pytest
from builders import CRS, EAST, NORTH, box, frame
from hypothesis import given, strategies as st

from landtrack.ingest import normalise, read
from landtrack.ingest.normalise import values
from landtrack.model import Issue, catalog
from landtrack.model.errors import CatalogError, CRSError, SourceError
from landtrack.spatial import crs

pytestmark = pytest.mark.usefixtures("read_here")

WORKING = crs.parse(CRS, what="tests")
TRACKS = catalog.workflow("cn-2006").tracks


def normalised(site, kind="plots"):
    """Read and normalise the layers of one kind of a place."""
    schema = catalog.schemas()[kind]
    place = catalog.place(site.folder)
    parts = [
        normalise.layer(raw, schema, tracks=TRACKS, working=WORKING)
        for raw in read.layers(place)
        if raw.source.kind == kind
    ]
    whole, rows = normalise.combine(parts, schema)
    rows = [row for part in parts for row in part.rows] + rows
    stated = tuple(each for part in parts for each in part.amounts)
    return normalise.amounts.settle(whole, stated, None, schema).plots if stated else whole, rows


def told(rows):
    return [(row["issue"], row["feature_id"], row["field"], row["value"]) for row in rows]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (21420, 21420.0),
        ("21420", 21420.0),
        ("21,420.5", 21420.5),
        ("２１４２０．５", 21420.5),
        (" 21420 ", 21420.0),
        ("1e3", 1000.0),
        ("", None),
        ("—", None),
        ("无", None),
        (None, None),
    ],
)
def test_a_number_is_read_as_people_write_it(site, written, read_as):
    site.layer("plots", [site.plot("A", box(0, 0, 1, 1), land_area_m2=written)])

    plots, rows = normalised(site)

    nothing = float("nan")
    expected = pytest.approx(nothing if read_as is None else read_as, nan_ok=True)
    assert plots.loc["A", "land_area_m2"] == expected
    assert not rows


@pytest.mark.parametrize(
    ("field", "written", "issue"),
    [
        ("land_area_m2", "about 2 ha", Issue.NOT_A_NUMBER),
        ("land_area_m2", "inf", Issue.NOT_A_NUMBER),
        ("land_area_m2", "21 420", Issue.NOT_A_NUMBER),
        ("land_area_m2", "-5", Issue.OUT_OF_RANGE),
        ("industry_year", "2002.5", Issue.NOT_AN_INTEGER),
        ("accepted_on", "31/05/2006", Issue.NOT_A_DATE),
        ("accepted_on", "2006-02-30", Issue.NOT_A_DATE),
        ("stage", "dreaming", Issue.NOT_A_CHOICE),
    ],
)
def test_a_value_that_cannot_be_read_is_missing_and_named(site, field, written, issue):
    site.layer("plots", [site.plot("A", box(0, 0, 1, 1), **{field: written})])

    plots, rows = normalised(site)

    assert plots[field].isna().all()
    assert told(rows) == [(issue, "A", field, written)]
    assert rows[0]["source"] == "plots.geojson"


@pytest.mark.parametrize(
    "written",
    ["2006-05-31", "2006/5/31", "2006.05.31", "2006年5月31日", "20060531", "2006-05-31T08:00"],
)
def test_a_date_is_read_in_the_usual_forms(site, written):
    site.layer("plots", [site.plot("A", box(0, 0, 1, 1), accepted_on=written)])

    plots, rows = normalised(site)

    assert plots.loc["A", "accepted_on"].strftime("%Y-%m-%d") == "2006-05-31"
    assert not rows


@pytest.mark.parametrize("written", ["reported_province", "已报省", "Reported to the province"])
def test_a_state_is_read_by_its_code_or_its_words(site, written):
    site.layer("parcels", [(box(0, 0, 1, 1), {"parcel_id": "P", "state": written})])

    parcels, rows = normalised(site, "parcels")

    assert parcels.loc["P", "state"] == "reported_province"
    assert not rows


def test_the_catalog_maps_columns_units_and_values(site):
    site.layer(
        "plots",
        [(box(0, 0, 1, 1), {"地块": "甲", "投资（万元）": "2600", "阶段": "在建中", "亩": 15})],
        fields={
            "plot_id": "地块", "stage": "阶段",
            "fixed_investment_cny": {"column": "投资（万元）", "unit": "万元"},
            "land_area_m2": {"column": "亩", "unit": "亩"},
        },
        values={"stage": {"在建中": "under_construction"}},
    )

    plots, rows = normalised(site)

    assert plots.loc["甲", "fixed_investment_cny"] == 26_000_000
    assert plots.loc["甲", "land_area_m2"] == pytest.approx(10_000)
    assert plots.loc["甲", "stage"] == "under_construction"
    assert not rows


def test_a_star_among_the_values_stands_for_all_others_but_not_for_a_missing_one(site):
    site.layer(
        "roads",
        [
            (box(0, 0, 1, 1).boundary, {"road_id": name, "motor": kind})
            for name, kind in (("a", "path"), ("b", "primary"), ("c", None))
        ],
        values={"motor": {"path": "no", "*": "yes"}},
    )

    roads, rows = normalised(site, "roads")

    assert roads["motor"].fillna("missing").tolist() == ["no", "yes", "missing"]
    assert not rows


def test_a_unit_that_does_not_convert_is_a_wrong_catalog(site):
    site.layer("plots", [site.plot("A", box(0, 0, 1, 1), area="1")], fields={
        "plot_id": "plot_id", "land_area_m2": {"column": "area", "unit": "万元"},
    })

    words = r"stored in m2; '万元' does not convert(.|\n)*Use one of: m2"
    with pytest.raises(CatalogError, match=words):
        normalised(site)


def test_a_column_that_is_not_there_is_named_with_those_that_are(site):
    site.layer("plots", [(box(0, 0, 1, 1), {"id": "A"})], fields={
        "plot_id": "id", "company": "enterprise",
    })

    _, rows = normalised(site)

    assert told(rows) == [(Issue.COLUMN_MISSING, "", "company", "id")]


def test_a_plot_id_used_twice_stays_two_plots(site):
    site.layer("plots", [
        site.plot("A", box(0, 0, 1, 1), company="x"), site.plot("A", box(2, 0, 3, 1), company="y"),
        site.plot("A", box(4, 0, 5, 1), company="z"), site.plot("A#2", box(6, 0, 7, 1)),
    ])

    plots, rows = normalised(site)

    assert sorted(plots.index) == ["A", "A#2", "A#3", "A#4"]
    assert told(rows) == [
        (Issue.KEY_DUPLICATE, "A#3", "plot_id", "A"), (Issue.KEY_DUPLICATE, "A#4", "plot_id", "A"),
    ]


def test_a_feature_given_twice_counts_once_and_is_named(site):
    site.layer("plots", [site.plot("A", box(0, 0, 1, 1)), site.plot("A", box(0, 0, 1, 1))])

    plots, rows = normalised(site)

    assert list(plots.index) == ["A"]
    assert told(rows) == [(Issue.FEATURE_DUPLICATE, "A", "plot_id", "A")]


def test_a_missing_id_gets_a_stand_in_that_is_named(site):
    site.layer("plots", [site.plot(None, box(0, 0, 1, 1)), site.plot("", box(2, 0, 3, 1))])

    plots, rows = normalised(site)

    assert list(plots.index) == ["plots-1", "plots-2"]
    assert [row["issue"] for row in rows] == [Issue.KEY_MISSING] * 2


def test_numbers_as_ids_lose_no_digit_and_gain_no_point(site):
    site.layer("plots", [
        site.plot(12345678901, box(0, 0, 1, 1)), site.plot(7, box(2, 0, 3, 1)),
    ])

    assert list(normalised(site)[0].index) == ["12345678901", "7"]


def test_only_what_the_catalog_selects_comes_in(site):
    site.layer(
        "plots",
        [
            site.plot("A", box(0, 0, 1, 1), use="industrial"),
            site.plot("B", box(2, 0, 3, 1), use="park"),
        ],
        where={"use": ["industrial"]},
    )

    plots, rows = normalised(site)

    assert list(plots.index) == ["A"]
    assert not rows


# --- the ledger ---------------------------------------------------------------------------


def with_ledger(site, text, encoding="utf-8"):
    (site.folder / "ledger.csv").write_bytes(text.encode(encoding))
    site.layer(
        "plots",
        [
            site.plot("A", box(0, 0, 1, 1), project_id="P1", fixed_investment_cny=None),
            site.plot("B", box(2, 0, 3, 1), project_id="P2", fixed_investment_cny=None),
        ],
        ledger={
            "path": "ledger.csv", "key": "项目", "on": "project_id",
            "fields": {
                "fixed_investment_cny": {"column": "投资", "unit": "万元"}, "company": "企业",
            },
        },
    )
    return normalised(site)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_ledger_is_joined_in_whatever_encoding_it_comes(site, encoding):
    plots, rows = with_ledger(site, "项目,投资,企业\nP1,2600,甲公司\nP2,2500,乙公司\n", encoding)

    assert plots["fixed_investment_cny"].tolist() == [26e6, 25e6]
    assert plots["company"].tolist() == ["甲公司", "乙公司"]
    assert not rows


def test_what_ledger_and_plots_do_not_share_is_named_on_both_sides(site):
    plots, rows = with_ledger(site, "项目,投资,企业\nP1,2600,甲\nP9,1,丙\n")

    assert plots.loc["B", "company"] is None or plots["company"].isna()["B"]
    assert told(rows) == [
        (Issue.LEDGER_UNUSED, "P9", "project_id", "P9"),
        (Issue.LEDGER_NO_MATCH, "B", "project_id", "P2"),
    ]


def test_a_project_twice_in_the_ledger_gives_no_figure_at_all(site):
    plots, rows = with_ledger(site, "项目,投资,企业\nP1,2600,甲\nP1,1,甲\nP2,2500,乙\n")

    assert plots["fixed_investment_cny"].isna().tolist() == [True, False]
    assert told(rows) == [(Issue.LEDGER_DUPLICATE, "P1", "project_id", "P1 (2, 3)")]


def test_a_bad_cell_of_the_ledger_is_named_by_its_plot(site):
    _, rows = with_ledger(site, "项目,投资,企业\nP1,很多,甲\nP2,2500,乙\n")

    assert told(rows) == [(Issue.NOT_A_NUMBER, "A", "fixed_investment_cny", "很多")]
    assert rows[0]["source"] == "ledger.csv"


def test_a_ledger_that_is_not_there_stops_the_run(site):
    site.layer("plots", [], ledger={"path": "no.csv", "key": "k", "on": "project_id", "fields": {}})

    with pytest.raises(SourceError, match=r"no.csv is not there(.|\n)*correct its path"):
        normalised(site)


# --- files and CRS ------------------------------------------------------------------------


def test_a_layer_that_is_missing_is_an_issue_and_no_crash(site):
    site.entries["no.gpkg"] = {"kind": "roads", "path": "no.gpkg"}
    site.catalog()

    roads, rows = normalised(site, "roads")

    assert roads is None
    assert told(rows) == [(Issue.FILE_MISSING, "", "", "no.gpkg")]


def test_a_file_that_is_no_layer_is_an_issue(site):
    site.layer("roads", [])
    (site.folder / "roads.geojson").write_text("this is no map", encoding="utf-8")

    roads, rows = normalised(site, "roads")

    assert roads is None
    assert told(rows) == [(Issue.FILE_UNREADABLE, "", "", "roads.geojson")]


def test_a_layer_name_that_the_file_lacks_is_named_with_those_it_has(site):
    site.layer("roads", [(box(0, 0, 1, 1).boundary, {"road_id": "r"})], layer="streets")

    _, rows = normalised(site, "roads")

    assert [row["issue"] for row in rows] == [Issue.LAYER_MISSING]
    assert "roads" in rows[0]["value"]


def test_without_its_plots_a_place_cannot_be_vetted(site):
    (site.folder / "plots.geojson").unlink()

    with pytest.raises(SourceError, match=r"plots.geojson is not there"):
        normalised(site)


def unstated(site, shape):
    """Name a file of roads that does not say its CRS."""
    roads = frame("roads", {"r": shape})[["name", "geometry"]]
    with pytest.warns(UserWarning, match="crs"):
        pyogrio.write_dataframe(roads.set_crs(None, allow_override=True), site.folder / "r.gpkg")
    site.entries["r.gpkg"] = {"kind": "roads", "path": "r.gpkg"}
    site.catalog()
    roads, rows = normalised(site, "roads")
    return roads, {row["issue"]: row["value"] for row in rows}


def test_a_layer_without_a_crs_whose_numbers_fit_the_place_alone_is_read_so_and_it_is_told(site):
    roads, rows = unstated(site, box(0, 0, 1, 1).boundary)

    assert roads.total_bounds.tolist() == [EAST, NORTH, EAST + 1, NORTH + 1]
    assert rows[Issue.CRS_INFERRED] == (
        f"{CRS} (CGCS2000 / 3-degree Gauss-Kruger zone 41) 41.040°N 122.845°E"
    )


def test_a_layer_without_a_crs_whose_numbers_fit_none_is_of_no_use_until_one_is_stated(site):
    local = box(-EAST + 5000, -NORTH + 5000, -EAST + 5001, -NORTH + 5001).boundary

    roads, rows = unstated(site, local)

    assert roads is None
    assert Issue.CRS_MISSING in rows


def test_where_file_and_catalog_differ_the_catalog_goes_and_it_is_said(site):
    site.layer("roads", [(box(0, 0, 1, 1).boundary, {"road_id": "r"})], crs="EPSG:4530")
    site.entries["roads.geojson"]["crs"] = CRS
    site.catalog()

    roads, rows = normalised(site, "roads")

    assert roads.total_bounds[0] == EAST
    assert told(rows) == [(Issue.CRS_OVERRIDDEN, "", "", "EPSG:4530")]


def test_a_datum_without_a_published_transformation_is_refused(site):
    site.layer("roads", [(box(0, 0, 1, 1).boundary, {"road_id": "r"})], crs="EPSG:2365")

    roads, rows = normalised(site, "roads")

    assert roads is None
    assert told(rows) == [(Issue.CRS_UNREACHABLE, "", "", "EPSG:2365")]


def test_plots_of_such_a_datum_stop_the_run(site):
    site.layer("plots", [site.plot("A", box(0, 0, 1, 1))], crs="EPSG:2365")

    with pytest.raises(CRSError, match=r"no published transformation(.|\n)*Ask the surveyor"):
        normalised(site)


def test_reading_changes_no_input(site):
    before = {path: path.read_bytes() for path in site.folder.iterdir()}

    normalised(site)

    assert {path: path.read_bytes() for path in site.folder.iterdir()} == before


@given(
    st.lists(
        st.one_of(
            # GDAL ends a text at a NUL, so control characters are not among them
            st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
            st.integers(-9, 10**12), st.floats(), st.none(),
        ),
        min_size=1, max_size=6,
    )
)
def test_no_cell_whatever_is_in_it_stops_the_reading_or_goes_unnamed(tmp_path_factory, cells):
    from builders import Site

    site = Site(tmp_path_factory.mktemp("fuzz") / "site")
    features = [
        site.plot(f"p{number}", box(number, 0, number + 1, 1), land_area_m2=cell, accepted_on=cell,
                  stage=cell, industry_year=cell)
        for number, cell in enumerate(cells)
    ]
    site.layer("plots", features)

    plots, rows = normalised(site)

    assert len(plots) == len(cells)
    for field in ("land_area_m2", "accepted_on", "stage"):
        named = {row["feature_id"] for row in rows if row["field"] == field}
        for number, cell in enumerate(cells):
            empty = cell is None or str(cell).strip().lower() in values.MISSING_TEXT
            if plots[field].isna().iloc[number] and not empty:
                assert f"p{number}" in named or str(cell) == "nan"
