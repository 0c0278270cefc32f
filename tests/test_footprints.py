"""Buildings count once: drawn twice, removed, set aside, or of storeys that cannot be so high."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from builders import box, facts, in_turns, pack
from click.testing import CliRunner

from landtrack.app import vet
from landtrack.assessment import rules
from landtrack.cli.main import main
from landtrack.model import TallStorey, catalog

pytestmark = pytest.mark.usefixtures("read_here")

RATIO, COVERAGE = "plot-ratio", "building-coverage"


def judged(folder, rule=RATIO):
    """Give value, outcome and reason of a rule, by plot."""
    result = vet.vet(catalog.place(folder))
    own = result.findings[result.findings["rule"] == rule].set_index("plot_id")
    return own[["value", "outcome", "reason"]].apply(tuple, axis="columns").to_dict()


def issues(folder, kind):
    table = vet.vet(catalog.place(folder)).issues
    own = table[table["issue"] == kind]
    return list(zip(own["feature_id"], own["value"], strict=True))


def built(site, *buildings, **entry):
    """Put buildings on the plot of 100 m by 100 m: shape and facts of each, of 4 m a storey."""
    stated = [{"class": "building", "storeys": 1, **told} for _, told in buildings]
    site.layer("buildings", [
        (shape, {
            "building_id": f"b{n}", "storey_heights_m": ";".join(["4"] * (told["storeys"] or 0)),
            **told,
        })
        for n, ((shape, _), told) in enumerate(zip(buildings, stated, strict=True), start=1)
    ], **entry)
    return site.folder


def limited(site, relation, threshold, upper=None):
    """Agree another limit on the plot ratio."""
    high = "" if upper is None else f"upper = {upper}"
    site.catalog(f"""[[override]]
plot = "A"
rule = "plot-ratio"
relation = "{relation}"
threshold = {threshold}
{high}
unit = "1"
document = "contract"
""")


# --- the reported cases -----------------------------------------------------------------------


@pytest.mark.fault("28-building-drawn-twice")
def test_floors_of_a_building_drawn_twice_are_not_added(fault):
    CliRunner().invoke(main, ["init", str(fault)])

    found = judged(fault)
    assert [each[1:] for each in found.values()] == [("unknown", "overlap:floor_area_m2")] * 2
    assert all(np.isnan(each[0]) for each in found.values())
    assert issues(fault, "buildings_overlap") == [("B", "A: 3,920.00 m²"), ("D", "C: 3,920.00 m²")]
    assert judged(fault, COVERAGE)["P01"][:2] == (pytest.approx(4080 / 8000), "pass")


@pytest.mark.fault("29-same-building-two-files")
def test_one_building_in_two_files_is_not_added(fault):
    assert judged(fault)["P1"][1:] == ("unknown", "overlap:floor_area_m2")
    assert judged(fault, COVERAGE)["P1"][:2] == (0.5, "pass")
    assert issues(fault, "buildings_overlap") == [("GH-17", "b: 5,000.00 m²")]


@pytest.mark.fault("30-removed-building")
def test_a_removed_building_counts_nowhere(fault):
    assert judged(fault)["P1"][:2] == (0.0, "fail")
    assert judged(fault, COVERAGE)["P1"][:2] == (0.0, "fail")


@pytest.mark.fault("31-lost-building-upper-limit")
def test_a_building_that_was_set_aside_leaves_an_upper_limit_unknown(fault):
    assert judged(fault)["P1"][1:] == ("unknown", "lost:floor_area_m2")


@pytest.mark.fault("32-storey-height-mm")
def test_a_height_in_millimetres_doubles_no_floor(fault):
    assert judged(fault)["P1"][:2] == (0.5, "fail")
    assert issues(fault, "out_of_range") == [("b", "4500")]


@pytest.mark.fault("34-storey-height-zero")
def test_a_storey_of_no_height_is_no_storey(fault):
    assert judged(fault)["P1"][:2] == (0.5, "fail")
    assert issues(fault, "out_of_range") == [("b", "4.5;0")]


# --- overlaps ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relation", "threshold", "outcome"),
    [
        pytest.param(">=", 0.55, "pass", id="even the lowest meets it"),
        pytest.param(">=", 0.95, "fail", id="even the highest misses it"),
        pytest.param(">=", 0.7, "unknown", id="it depends"),
        pytest.param("<=", 0.95, "pass", id="even the highest keeps below it"),
        pytest.param("<=", 0.7, "unknown", id="an upper limit that depends"),
        pytest.param("<=", 0.5, "fail", id="even the lowest is above it"),
    ],
)
def test_the_lowest_and_the_highest_floor_area_decide_where_they_agree(
    site, relation, threshold, outcome
):
    """Footprints of 4 000 and 5 000 m² share 3 000 m²: from 6 000 to 9 000 m² of floor."""
    built(site, (box(0, 0, 40, 100), {}), (box(10, 0, 60, 100), {}))
    limited(site, relation, threshold)

    assert judged(site.folder)["A"][1] == outcome


@pytest.mark.parametrize(
    ("limits", "outcome"),
    [
        pytest.param((0.5, 1.0), "pass", id="all within"),
        pytest.param((0.7, 0.8), "unknown", id="the range lies between them"),
        pytest.param((0.1, 0.5), "fail", id="all above"),
        pytest.param((1.0, 2.0), "fail", id="all below"),
        pytest.param((0.7, 2.0), "unknown", id="some within"),
    ],
)
def test_a_range_is_met_or_missed_by_all_that_the_floor_area_can_be(site, limits, outcome):
    built(site, (box(0, 0, 40, 100), {}), (box(10, 0, 60, 100), {}))
    limited(site, "between", *limits)

    assert judged(site.folder)["A"][1] == outcome


@pytest.mark.parametrize(
    ("overlaps", "value", "outcome"),
    [("stacked", 0.9, "pass"), ("duplicate", 0.6, "pass")],
)
def test_the_catalog_says_what_overlaps_are(site, overlaps, value, outcome):
    built(site, (box(0, 0, 40, 100), {}), (box(10, 0, 60, 100), {}), overlaps=overlaps)

    assert judged(site.folder)["A"][:2] == (pytest.approx(value), outcome)
    assert not issues(site.folder, "buildings_overlap")
    assert issues(site.folder, "buildings_overlap_stated") == [
        ("b2", f"b1: 3,000.00 m² ({overlaps})")
    ]


def test_two_drawings_of_one_building_with_other_storeys_stay_in_doubt(site):
    built(site, (box(0, 0, 50, 100), {"storeys": 1}), (box(0, 0, 50, 100), {"storeys": 5}),
          overlaps="duplicate")

    assert judged(site.folder)["A"][1] == "unknown"


def test_three_drawings_of_one_building_count_once_where_they_are_duplicates(site):
    built(site, *[(box(0, 0, 70 + n / 1000, 100), {}) for n in range(3)], overlaps="duplicate")

    assert judged(site.folder)["A"][:2] == (pytest.approx(0.70002), "pass")


def test_a_yard_under_a_building_is_no_overlap_of_floors(site):
    built(site, (box(0, 0, 70, 100), {}), (box(0, 0, 100, 100), {"class": "yard"}))

    assert judged(site.folder)["A"][:2] == (pytest.approx(0.7), "pass")
    assert not issues(site.folder, "buildings_overlap")


def test_footprints_that_overlap_by_less_than_is_drawn_exactly_are_added(site):
    built(site, (box(0, 0, 35, 100), {}), (box(34.9995, 0, 70, 100), {}))

    assert judged(site.folder)["A"][:2] == (pytest.approx(0.7, abs=1e-5), "pass")


def test_an_overlap_outside_of_the_plot_is_no_matter_of_it(site):
    built(site, (box(30, 0, 150, 100), {}), (box(120, 0, 200, 100), {}))

    assert judged(site.folder)["A"][:2] == (pytest.approx(0.7), "pass")


@pytest.mark.parametrize("storeys", [1, None])
def test_an_overlap_off_all_plots_or_of_unknown_storeys_decides_nothing(site, storeys):
    built(site, (box(0, 0, 70, 100), {}), (box(300, 0, 400, 100), {"storeys": storeys}),
          (box(350, 0, 450, 100), {"storeys": storeys}))

    assert judged(site.folder)["A"][:2] == (pytest.approx(0.7), "pass")
    assert issues(site.folder, "buildings_overlap") == [("b3", "b2: 5,000.00 m²")]


# --- buildings that were set aside ------------------------------------------------------------


@pytest.mark.parametrize(
    ("storeys", "relation", "threshold", "outcome"),
    [
        pytest.param(1, ">=", 0.6, "pass", id="a lower limit is met without it"),
        pytest.param(1, ">=", 0.8, "unknown", id="a lower limit may be met with it"),
        pytest.param(1, "<=", 0.8, "unknown", id="an upper limit may be missed with it"),
        pytest.param(1, "<=", 0.6, "fail", id="an upper limit is missed without it"),
        pytest.param(None, ">=", 0.8, "unknown", id="its storeys are no matter"),
    ],
)
def test_a_lost_building_can_only_add(site, storeys, relation, threshold, outcome):
    built(site, (box(0, 0, 70, 100), {}), (None, {"storeys": storeys}))
    limited(site, relation, threshold)

    assert judged(site.folder)["A"][1] == outcome


def test_a_lost_building_leaves_a_failing_coverage_unknown_and_a_passing_one_passing(site):
    built(site, (box(0, 0, 40, 100), {}), (None, {}))
    assert judged(site.folder, COVERAGE)["A"][1:] == ("unknown", "lost:covered_area_m2")

    built(site, (box(0, 0, 50, 100), {}), (None, {}))
    assert judged(site.folder, COVERAGE)["A"][1] == "pass"


def test_a_lost_building_whose_place_is_known_is_no_matter_of_plots_elsewhere(site):
    built(site, (box(0, 0, 40, 100), {}), (box(500, 0, 600, 100).boundary, {}))

    assert judged(site.folder)["A"][1] == "fail"


def test_a_removed_building_without_a_shape_is_not_missed(site):
    built(site, (box(0, 0, 40, 100), {}), (None, {"state": "demolished"}))

    assert judged(site.folder)["A"][1] == "fail"


def test_a_lost_yard_adds_no_floor(site):
    built(site, (box(0, 0, 40, 100), {}), (None, {"class": "yard"}))

    assert judged(site.folder)["A"][1] == "fail"
    assert judged(site.folder, COVERAGE)["A"][1] == "unknown"


@pytest.mark.parametrize("state", ["removed", "demolished", "已拆除", "拆除"])
def test_whatever_it_is_called_what_was_removed_counts_nowhere(site, state):
    built(site, (box(0, 0, 70, 100), {}), (box(70, 0, 100, 100), {"state": state}))

    assert judged(site.folder)["A"][:2] == (pytest.approx(0.7), "pass")


# --- storeys that count twice -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("heights", "value"),
    [
        pytest.param("8", 0.5, id="exactly 8 m counts once"),
        pytest.param("8.01", 1.0, id="above it twice"),
        pytest.param("15", 1.0, id="as high as a storey can be"),
        pytest.param("15.1", 0.5, id="higher than one can be"),
        pytest.param("1.9", 0.5, id="lower than one can be"),
    ],
)
def test_a_storey_counts_twice_above_the_height_of_the_pack(site, heights, value):
    built(site, (box(0, 0, 50, 100), {"storey_heights_m": heights}))

    assert judged(site.folder)["A"][0] == pytest.approx(value)


def test_without_a_pack_no_storey_counts_twice(site):
    del site.head["rules"]
    built(site, (box(0, 0, 50, 100), {"storey_heights_m": "9"}))

    measures = vet.vet(catalog.place(site.folder)).measures
    own = measures[measures["layer"] == "plots"].set_index("measure")["value"]
    assert own["floor_area_m2"] == pytest.approx(5000)


def day(year):
    return dt.date(year, 1, 1)


EARLY = pack(id="early", tall_storey=TallStorey(above_m=8, clause="1"), in_force_from=day(2006),
             in_force_until=day(2009))
LATE = pack(id="late", tall_storey=TallStorey(above_m=10, clause="1"), in_force_from=day(2010))
NATIONAL = pack(id="cn", level="national", tall_storey=TallStorey(above_m=9, clause="1"))
SILENT = pack(id="none", in_force_from=day(2010))


@pytest.mark.parametrize(
    ("packs", "accepted", "above"),
    [
        pytest.param([EARLY, LATE], day(2008), 8, id="the earlier"),
        pytest.param([EARLY, LATE], day(2012), 10, id="the later"),
        pytest.param([EARLY, LATE], None, 10, id="not known: the one that counts fewer twice"),
        pytest.param([NATIONAL, LATE], day(2012), 10, id="the most local"),
        pytest.param([NATIONAL, EARLY], day(2012), 9, id="out of force: the next level"),
        pytest.param([EARLY, SILENT], day(2012), None, id="the pack in force says nothing"),
        pytest.param([EARLY, SILENT], None, None, id="not known, one says nothing"),
        pytest.param([], day(2012), None, id="no pack"),
    ],
)
def test_the_height_is_that_of_the_pack_in_force(packs, accepted, above):
    known = facts(A={"accepted_on": pd.Timestamp(accepted)})

    (found,) = rules.tall_above(known, packs)

    assert found == above if above is not None else np.isnan(found)


# --- buildings whose state cannot be read ----------------------------------------------------


CANNOT_BE_READ = [("class", "地下室"), ("state", "待定"), ("class", "罩棚"), ("class", "tank?")]


@pytest.mark.parametrize(("limit", "unread"), in_turns({
    "enough without it": (">=", 0.3, "pass"),
    "not enough with it": (">=", 0.95, "fail"),
    "not too much with it": ("<=", 0.95, "pass"),
    "too much without it": ("<=", 0.3, "fail"),
    **{
        f"{why}: {written}": (relation, 0.7, "unknown")
        for why, relation in (
            ("enough only with it", ">="), ("not too much only without it", "<="),
        )
        for _, written in CANNOT_BE_READ
    },
}, CANNOT_BE_READ))
def test_a_building_whose_state_or_class_cannot_be_read_may_not_count(site, limit, unread):
    """4 000 m² of floor stand, of other 5 000 m² nobody knows: a ratio of 0.4 to 0.9."""
    (relation, threshold, outcome), (field, written) = limit, unread
    built(site, (box(0, 0, 40, 100), {}), (box(45, 0, 95, 100), {field: written}))
    limited(site, relation, threshold)

    found = judged(site.folder)["A"]
    assert found[1] == outcome
    assert found[2] == ("state:floor_area_m2" if outcome == "unknown" else "")
    assert issues(site.folder, "not_a_choice") == [("b2", written)]


@pytest.mark.parametrize("field", ["state", "class"])
def test_the_only_building_of_a_plot_may_not_count(site, field):
    """Covered are 70 % of the plot or nothing; at least 30 % must be."""
    built(site, (box(0, 0, 70, 100), {field: "?"}))

    assert judged(site.folder, COVERAGE)["A"][1:] == ("unknown", "state:covered_area_m2")


def test_of_two_buildings_of_one_key_that_cannot_be_read_may_be_removed(site):
    built(site, (box(0, 0, 40, 100), {"building_id": "b"}),
          (box(45, 0, 95, 100), {"building_id": "b", "state": "?"}))
    limited(site, ">=", 0.7)

    assert judged(site.folder)["A"][1] == "unknown"


@pytest.mark.parametrize("told", [{}, {"state": None}, {"state": ""}, {"state": "planned"}])
def test_a_building_of_which_no_state_is_said_stands_as_one_of_a_state_that_is_known(site, told):
    built(site, (box(0, 0, 70, 100), told))

    assert judged(site.folder)["A"] == (pytest.approx(0.7), "pass", "")


def test_a_state_that_cannot_be_read_of_overlapping_buildings_widens_the_range(site):
    """5 000 m² stand; another 5 000 m² on 3 000 m² of them may: from 0.5 to 1.0."""
    built(site, (box(0, 0, 50, 100), {}), (box(20, 0, 70, 100), {"state": "?"}))
    limited(site, ">=", 0.55)

    assert judged(site.folder)["A"][1] == "unknown"


def test_overlaps_bound_nothing_where_not_all_buildings_are_known(site):
    """A second file of buildings is missing: nobody knows what else stands there."""
    built(site, (box(0, 0, 40, 100), {}), (box(10, 0, 60, 100), {}))
    site.entries["more.geojson"] = {"kind": "buildings", "path": "more.geojson"}
    limited(site, "<=", 0.95)

    assert judged(site.folder)["A"][1] == "unknown"
