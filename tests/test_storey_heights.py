"""Storeys of unknown height: once for a lower limit of the plot ratio, twice for an upper one."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from builders import box, facts, frame, pack, rule

from landtrack.app import vet
from landtrack.assessment import rules
from landtrack.model import Basis, TallStorey, catalog, translations
from landtrack.model.assessment import LayerSet
from landtrack.output import wording
from landtrack.output.reports import vetting
from landtrack.output.wording.messages import tell
from landtrack.spatial import join

pytestmark = pytest.mark.usefixtures("read_here")

MEASURED = Basis(land_area="measured", floor_area="measured", covered_area="measured")
PLOTS = {"A": box(0, 0, 100, 100)}
HALF = box(0, 0, 50, 100)
"""5 000 m² of a plot of 10 000 m²."""
WITHHELD = "utmost:floor_area_m2"


def measured(buildings, plots=PLOTS, *, tall=8.0, basis=MEASURED, said=None, perhaps=None):
    """Measure plots with buildings: shape, storeys and heights of each."""
    known = frame(
        "buildings", {f"b{n}": shape for n, (shape, *_) in enumerate(buildings)},
        storeys=[storeys for _, storeys, _ in buildings],
        storey_heights_m=[heights for *_, heights in buildings],
        **{"class": ["building"] * len(buildings)},
    )
    joined = LayerSet(
        schema=catalog.schemas()["buildings"], frame=known,
        overlaps={} if said is None else {"buildings.geojson": said},
    )
    return rules.plot_inputs(join.measures(
        frame("plots", plots, floor_area_m2=[4000.0] * len(plots)), {"buildings": joined},
        workflow=catalog.workflow("cn-2006"), basis=basis, tall_m=np.full(len(plots), tall),
        perhaps_m=None if perhaps is None else np.full(len(plots), perhaps),
    ).table)


def judged(inputs, relation, threshold, upper=None, *, basis=MEASURED, project=None, **stated):
    """Judge plots, or the project of all of them, by one limit: value, outcome and reason."""
    limit = rule(relation=relation, threshold=threshold, upper=upper, **stated)
    known = facts(**{each: {
        "project_id": project, "accepted_on": pd.Timestamp("2008-01-01"),
    } for each in inputs.index})
    found = rules.judge_all(inputs, known, None, rules.Terms(packs=[pack(limit)], basis=basis))
    own = found.plots if project is None else found.projects
    return own[["value", "outcome", "reason"]].iloc[0].tolist()


# --- one plot ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "outcome"),
    [
        pytest.param(("<=", 1.0), "pass", id="met counted twice"),
        pytest.param(("<=", 0.99), "unknown", id="met counted once only"),
        pytest.param(("<", 1.0), "unknown", id="on the line counted twice"),
        pytest.param(("<", 1.01), "pass", id="below the line counted twice"),
        pytest.param(("<=", 0.5), "unknown", id="on the line counted once"),
        pytest.param(("<", 0.5), "fail", id="not below the line counted once"),
        pytest.param(("<=", 0.49), "fail", id="broken counted once"),
        pytest.param((">=", 0.5), "pass", id="a lower limit met counted once"),
        pytest.param((">=", 0.51), "fail", id="a lower limit missed counted once"),
        pytest.param((">", 0.5), "fail", id="a lower limit that is on the line counted once"),
        pytest.param((">=", 1.01), "fail", id="a lower limit missed counted twice"),
        pytest.param(("between", 0.5, 1.0), "pass", id="a range with both"),
        pytest.param(("between", 0.5, 0.99), "unknown", id="a range that ends between them"),
        pytest.param(("between", 0.51, 2.0), "fail", id="a range that begins above once"),
        pytest.param(("between", 0.1, 0.49), "fail", id="a range that ends below once"),
        pytest.param(("==", 0.5), "unknown", id="exactly, counted once"),
    ],
)
def test_an_upper_limit_is_met_where_it_is_with_every_storey_of_unknown_height_twice(
    limit, outcome
):
    """5 000 m² of one storey on 10 000 m²: 0.5 counted once, 1.0 counted twice."""
    value, came, reason = judged(measured([(HALF, 1, None)]), *limit)

    assert came == outcome
    assert reason == (WITHHELD if outcome == "unknown" else "")
    assert np.isnan(value) if outcome == "unknown" else value == 0.5


@pytest.mark.parametrize(
    ("buildings", "least", "most"),
    [
        pytest.param([(HALF, 1, "4")], 0.5, 0.5, id="stated, and low"),
        pytest.param([(HALF, 1, "8")], 0.5, 0.5, id="stated, and just not tall"),
        pytest.param([(HALF, 1, "9")], 1.0, 1.0, id="stated, and tall"),
        pytest.param([(HALF, None, "9;4")], 1.5, 1.5, id="stated without storeys"),
        pytest.param([(HALF, 2, None)], 1.0, 2.0, id="two storeys"),
        pytest.param([(HALF, 2, "4500;4500")], 1.0, 2.0, id="in millimetres"),
        pytest.param([(HALF, 2, "4;0")], 1.0, 2.0, id="one of no height"),
        pytest.param([(HALF, 0, None)], 0.0, 0.0, id="no storey"),
        pytest.param(
            [(HALF, 1, "4"), (box(50, 0, 70, 100), 1, None)], 0.7, 0.9, id="of one of two"
        ),
        pytest.param([(box(50, 0, 150, 100), 1, None)], 0.5, 1.0, id="half on the plot"),
    ],
)
def test_only_storeys_of_unknown_height_lie_between_once_and_twice(buildings, least, most):
    inputs = measured(buildings)

    assert judged(inputs, "<=", most)[1] == "pass"
    assert judged(inputs, "<=", most - 0.01)[1] == ("fail" if least == most else "unknown")
    assert judged(inputs, "<", least)[1] == "fail"
    assert judged(inputs, ">=", least)[1] == "pass"
    assert judged(inputs, ">=", least + 0.01)[1] == "fail"


@pytest.mark.parametrize(
    ("storeys", "heights", "most"),
    [
        pytest.param(2, "4", 1.5, id="a storey without a height"),
        pytest.param(2, "9", 2.0, id="the one that is stated is tall"),
        pytest.param(3, "9;4", 2.5, id="one tall, one low, one unknown"),
        pytest.param(1, "9;4", 1.5, id="more heights than storeys"),
    ],
)
def test_a_storey_that_has_no_height_among_those_stated_may_be_tall(storeys, heights, most):
    inputs = measured([(HALF, storeys, heights)])

    assert judged(inputs, "<=", most)[1] == "pass"
    assert judged(inputs, "<=", most - 0.01)[1] == "unknown"


def test_structures_and_yards_have_no_storeys():
    known = frame("buildings", {"s": HALF}, storeys=[9.0], **{"class": ["structure"]})
    joined = LayerSet(schema=catalog.schemas()["buildings"], frame=known)
    table = join.measures(
        frame("plots", PLOTS), {"buildings": joined}, workflow=catalog.workflow("cn-2006"),
        basis=MEASURED, tall_m=np.array([8.0]),
    ).table

    assert judged(rules.plot_inputs(table), "<=", 0.1)[:2] == [0.0, "pass"]


def test_where_no_rule_counts_a_storey_twice_its_height_is_no_matter():
    inputs = measured([(HALF, 1, None)], tall=np.nan)

    assert judged(inputs, "<=", 0.5) == [0.5, "pass", ""]


def test_a_declared_floor_area_is_what_it_is_said_to_be():
    basis = Basis(land_area="measured", floor_area="declared", covered_area="measured")

    inputs = measured([(HALF, 1, None)], basis=basis)

    assert judged(inputs, "<=", 0.4, basis=basis) == [0.4, "pass", ""]


def test_floors_that_lie_between_for_another_reason_too_are_taken_at_their_most():
    """4 000 and 5 000 m² share 3 000 m²: 6 000 to 9 000 m², 18 000 m² counted twice."""
    twice = [(box(0, 0, 40, 100), 1, None), (box(10, 0, 60, 100), 1, None)]
    inputs = measured(twice)

    assert judged(inputs, "<=", 1.8)[1] == "pass"
    assert judged(inputs, "<=", 1.79)[1:] == ["unknown", WITHHELD]
    assert judged(inputs, "<=", 0.89)[1:] == ["unknown", "overlap:floor_area_m2"]
    assert judged(inputs, "<", 0.6)[1] == "fail"
    assert judged(inputs, ">=", 0.6)[1] == "pass"
    assert judged(inputs, ">=", 0.91)[1] == "fail"


def test_a_building_drawn_twice_is_taken_twice_as_high_once():
    """Stated to be one building: 6 000 m², 12 000 m² counted twice."""
    inputs = measured([(box(0, 0, 40, 100), 1, None), (box(10, 0, 60, 100), 1, None)],
                      said="duplicate")

    assert judged(inputs, "<=", 1.2)[1] == "pass"
    assert judged(inputs, "<=", 1.19)[1] == "unknown"
    assert judged(inputs, ">=", 0.6)[1] == "pass"


def test_an_index_that_is_divided_by_floor_area_passes_where_it_does_with_the_most_of_it():
    """10 000 m² of land by 5 000 to 10 000 m² of floors: from 2.0 down to 1.0."""
    inputs = measured([(HALF, 1, None)])
    divided = {"numerator": "land_area_m2", "denominator": "floor_area_m2"}

    assert judged(inputs, ">=", 1.0, **divided)[1] == "pass"
    assert judged(inputs, ">=", 1.01, **divided)[1] == "unknown"
    assert judged(inputs, "<=", 2.0, **divided)[1] == "pass"


# --- projects of several plots ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "outcome"),
    [
        (("<=", 0.75), "pass"), (("<=", 0.74), "unknown"), (("<", 0.75), "unknown"),
        (("<=", 0.5), "unknown"), (("<", 0.5), "fail"), ((">=", 0.5), "pass"),
        ((">=", 0.51), "fail"),
    ],
)
def test_a_project_adds_up_the_most_of_its_plots(limit, outcome):
    """5 000 m² of known and 5 000 m² of unknown height on 20 000 m²: from 0.5 to 0.75."""
    inputs = measured(
        [(HALF, 1, "4"), (box(200, 0, 250, 100), 1, None)],
        {"A": box(0, 0, 100, 100), "B": box(200, 0, 300, 100)},
    )

    assert judged(inputs, *limit, project="P")[1] == outcome


def test_a_plot_of_known_heights_passes_beside_one_of_unknown():
    inputs = measured(
        [(HALF, 1, "4"), (box(200, 0, 250, 100), 1, None)],
        {"A": box(0, 0, 100, 100), "B": box(200, 0, 300, 100)},
    )

    assert judged(inputs.loc[["A"]], "<=", 0.5) == [0.5, "pass", ""]
    assert judged(inputs.loc[["B"]], "<=", 0.5)[1] == "unknown"


# --- which pack says what is tall --------------------------------------------------------------


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
        pytest.param([EARLY, LATE], day(2012), 10, id="known: the one in force"),
        pytest.param([EARLY, LATE], None, 8, id="not known: the one that counts more twice"),
        pytest.param([EARLY, SILENT], None, 8, id="not known, one says nothing"),
        pytest.param([LATE, SILENT, NATIONAL], None, 9, id="then the next level may hold"),
        pytest.param([LATE, NATIONAL], None, 10, id="the most local one holds in any case"),
        pytest.param([SILENT], None, None, id="none says anything"),
    ],
)
def test_a_storey_may_be_tall_by_any_pack_that_may_hold(packs, accepted, above):
    known = facts(A={"accepted_on": pd.Timestamp(accepted)})

    (found,) = rules.tall_above(known, packs, perhaps=True)

    assert found == above if above is not None else np.isnan(found)


def test_a_storey_that_may_be_tall_by_another_pack_counts_once_or_twice():
    inputs = measured([(HALF, 1, "9")], tall=10.0, perhaps=8.0)

    assert judged(inputs, ">=", 0.51)[1] == "fail"
    assert judged(inputs, "<=", 1.0)[1] == "pass"
    assert judged(inputs, "<=", 0.99)[1] == "unknown"


# --- what is said of it -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [
        pytest.param("en", (
            "storeys of unknown height would break the limit if they are so high that the rules "
            "count them twice; state their heights"
        ), id="English"),
        pytest.param("zh", "有楼层的层高不明，如按规则加倍计算则超过上限；请补填", id="Chinese"),
    ],
)
def test_the_reason_says_what_to_state(language, said):
    told = tell(translations.load(language), wording.missing_of(WITHHELD))

    assert said in told
    assert "storey_heights_m" in told


def test_a_floor_area_that_is_asked_what_if_is_that_whatever_the_storeys_are(site):
    site.catalog("""[[override]]
plot = "A"
rule = "plot-ratio"
relation = "<="
threshold = 1.5
unit = "1"
document = "contract"
""")
    case = vetting.case(vet.vet(catalog.place(site.folder)), "A")

    def outcome(asked):
        return asked.findings().set_index("rule").loc["plot-ratio", "outcome"]

    assert outcome(case) == "unknown"
    assert outcome(case.changed({"floor_area_m2": 15_000})) == "pass"
    assert outcome(case.changed({"land_area_m2": 20_000})) == "pass"
    assert outcome(case.changed({"land_area_m2": 15_000})) == "unknown"
