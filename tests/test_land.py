"""The land under a plot: every parcel with its share, adding up to the plot, told everywhere."""

import documents
import numpy as np
import pandas as pd
import pytest
from builders import Site, box, frame
from click.testing import CliRunner
from hypothesis import given, strategies as st
from sheets import make_store, printed

from landtrack.app import vet
from landtrack.assessment import site
from landtrack.cli.main import main
from landtrack.model import catalog, translations
from landtrack.output import wording
from landtrack.output.reports import document, site as reports, vetting
from landtrack.spatial import land

PARCELS = catalog.schemas()["parcels"]


def under(plots, parcels, *, known=True):
    return land.under(
        frame("plots", plots), None if parcels is None else frame("parcels", parcels), PARCELS,
        known=np.full(len(plots), known),
    )


def told(table):
    return [(row["part"], row["parcel_id"], round(row["area_m2"], 2))
            for row in table.to_dict("records")]


@pytest.mark.fault("65-demo-land-under-a-plot")
def test_every_parcel_is_named_with_its_share_the_largest_first_and_then_the_rest():
    table = under({"A": box(0, 0, 100, 100)}, {
        "P2": box(60, 0, 70, 100), "P1": box(-50, -50, 60, 200), "far": box(500, 0, 600, 100),
    })

    assert told(table) == [
        ("parcel", "P1", 6000), ("parcel", "P2", 1000), ("no_parcel", "", 3000),
    ]
    assert table["share"].tolist() == pytest.approx([0.6, 0.1, 0.3])


def test_what_two_parcels_claim_is_taken_off_so_that_the_sum_is_the_plot():
    table = under({"A": box(0, 0, 100, 100)}, {
        "P": box(0, 0, 60, 100), "Q": box(50, 0, 100, 100),
    })

    assert told(table) == [
        ("parcel", "P", 6000), ("parcel", "Q", 5000), ("double_claim", "", -1000),
    ]


@pytest.mark.parametrize(("parcels", "known", "part"), [
    ({"far": box(500, 0, 600, 100)}, True, "no_parcel"),
    ({"far": box(500, 0, 600, 100)}, False, "no_data"),
    (None, False, "no_data"),
])
def test_ground_of_which_nothing_is_known_is_not_said_to_be_in_no_parcel(parcels, known, part):
    assert told(under({"A": box(0, 0, 100, 100)}, parcels, known=known)) == [(part, "", 10_000)]


def test_slivers_are_no_parcels_but_are_not_lost_from_the_sum():
    table = under({"A": box(0, 0, 100, 100)}, {
        "P": box(0, 0, 99.998, 100), "Q": box(99.998, 0, 200, 100),
    })

    assert [each[:2] for each in told(table)] == [("parcel", "P"), ("slivers", "")]
    assert table["share"].sum() == pytest.approx(1)


@given(st.lists(st.tuples(*[st.integers(-60, 160)] * 2, *[st.integers(1, 90)] * 2), max_size=6))
def test_whatever_the_parcels_the_shares_add_up_to_the_plot(places):
    parcels = {
        f"P{at}": box(x, y, x + w, y + h) for at, (x, y, w, h) in enumerate(places)
    } or None

    table = under({"A": box(0, 0, 100, 100)}, parcels)

    assert table["area_m2"].sum() == pytest.approx(10_000, abs=0.05)
    assert table["share"].sum() == pytest.approx(1, abs=1e-5)


@pytest.fixture(scope="module")
def demo():
    return vet.vet(catalog.place(catalog.demo_place()))


@pytest.mark.fault("65-demo-land-under-a-plot")
def test_the_plot_of_the_demo_place_has_two_parcels_in_every_text(demo):
    words = translations.load("zh")
    plot = demo.layers["plots"].loc[["XP-036"]]
    table = site.land_under(plot, demo.sets["parcels"])

    page = documents.sections(vetting.build(demo, vetting.case(demo, "XP-036")), words)
    (section,) = (each for each in page if each.title == words("land.title"))
    told = document.Document(title="", sections=reports.sections(reports.tables(demo, plot), demo))
    lines = document.to_text(told, words).splitlines()

    assert table["parcel_id"].tolist() == ["ZD-041", "ZD-043"]
    assert table["share"].round(3).tolist() == [0.975, 0.025]
    assert [(row[0].split()[0], row[3]) for row in section.rows] == [
        ("ZD-041", "97.5%"), ("ZD-043", "2.5%"), ("合计", "100.0%"),
    ]
    assert any("ZD-043" in line and "2.5%" in line for line in lines)


@pytest.mark.fault("65-demo-land-under-a-plot")
def test_no_layer_says_that_the_largest_of_several_features_has_all(demo):
    rows = demo.measures[
        (demo.measures["plot_id"] == "XP-036") & (demo.measures["layer"] == "parcels")
    ]
    said = wording.hits(
        translations.load("zh"), rows.to_dict("records"), demo.schemas,
        {"parcels": {"ZD-041": "地块041"}}, demo.workflow,
    )

    (hit,) = (each for each in said if each.measure == "overlap_m2")
    assert hit.feature == "多个要素"


def test_all_plots_of_the_demo_place_add_up(demo):
    table = site.land_under(demo.layers["plots"], demo.sets["parcels"])

    sums = table.groupby("plot_id")["share"].sum()
    assert len(sums) == len(demo.layers["plots"])
    assert np.allclose(sums, 1, atol=1e-5)


def test_the_sheet_of_a_project_lists_the_land_under_it(tmp_path):
    store = make_store(tmp_path, [Site.plot("A", box(50, 0, 150, 100))])

    rows = printed(store, "project", "A").plans[0].content.tables["land"].rows

    assert [(row[0], row[3]) for row in rows] == [
        ("P1", "50.0%"), ("P2", "50.0%"), ("合计", "100.0%"),
    ]


def test_a_run_writes_the_land_under_its_plots(tmp_path):
    made = Site(tmp_path / "site")
    made.layer("parcels", [(box(0, 0, 60, 100), {"parcel_id": "P", "state": "approved"})])

    vet.run(made.folder, out=tmp_path / "out")

    table = pd.read_csv(tmp_path / "out" / "land.csv", keep_default_na=False)
    assert table[["part", "parcel_id", "share"]].values.tolist() == [
        ["parcel", "P", 0.6], ["no_parcel", "", 0.4],
    ]


@pytest.mark.fault("65-demo-land-under-a-plot")
@pytest.mark.parametrize(("share", "written"), [
    (0.975, "97.5%"), (0.9995, "99.95%"), (0.99998, "99.998%"), (0.00049, "0.05%"),
    (1.0, "100.0%"), (1 - 1e-12, "100.0%"), (0.0, "0.0%"), (1.2, "120.0%"),
])
def test_a_share_of_a_plot_never_reads_as_all_of_it_or_as_nothing(share, written):
    assert wording.quantity(translations.load("en"), share, "share") == written


@pytest.mark.fault("65-demo-land-under-a-plot")
def test_a_parcel_that_is_nearly_all_of_a_plot_is_not_told_as_all_of_it(tmp_path):
    place = Site(tmp_path / "place")
    place.layer("parcels", [
        (box(0, 0, 99.95, 100), {"parcel_id": "Z1"}),
        (box(99.95, 0, 150, 100), {"parcel_id": "Z2"}),
    ])

    form = CliRunner().invoke(main, ["vet", "A", str(place.folder), "--lang", "en"]).stdout

    assert "99.95%" in form
    assert "0.05%" in form
