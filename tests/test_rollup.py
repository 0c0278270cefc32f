"""Roll-ups: land by state over time, targets and their dates, villages, enforcement, money."""

from datetime import date

import pandas as pd
import pytest
from builders import box, frame

from landtrack import tracking
from landtrack.app import vet
from landtrack.assessment import progress as rollup, reconcile
from landtrack.model import Figure, Lack, Stated, Target, catalog
from landtrack.tracking import Event

CN_2006, CN_NOW = catalog.workflow("cn-2006"), catalog.workflow("cn-now")
SCHEMAS = catalog.schemas()


def event(number, key, state, at, **more):
    return Event(**{
        "event": number, "layer": "parcels", "feature_id": key, "track": "approval", "at": at,
        "action": "recorded", "to_state": state, **more,
    })


def parcels():
    return frame("parcels", {"a": box(0, 0, 100, 100), "b": box(100, 0, 200, 50)})


# --- land by state ----------------------------------------------------------------------


def test_land_is_summed_by_the_state_of_each_day():
    log = [event(1, "a", "surveyed", "2006-05-04"), event(2, "a", "approved", "2006-07"),
           event(3, "b", "surveyed", "2006-06-01")]
    days = [date(2006, 5, 31), date(2006, 6, 30), date(2006, 7, 15), date(2006, 7, 31)]

    table = rollup.by_state({"parcels": parcels()}, SCHEMAS, "parcels", log, days)

    assert [tuple(row) for row in table.values] == [
        (days[0], "", 1, 5_000), (days[0], "surveyed", 1, 10_000),
        (days[1], "surveyed", 2, 15_000), (days[2], "surveyed", 2, 15_000),
        (days[3], "approved", 1, 10_000), (days[3], "surveyed", 1, 5_000),
    ]
    assert table.groupby("day")["area_m2"].sum().tolist() == [15_000] * 4
    assert rollup.in_order(table, CN_2006.tracks["approval"]) == ["", "surveyed", "approved"]


def test_the_days_of_a_history_are_month_ends_up_to_the_last_day():
    log = [event(1, "a", "surveyed", "2006-05-04"), event(2, "b", "surveyed", "../2006-12-31")]

    assert rollup.days_of(log, "parcels", date(2006, 7, 15)) == [
        date(2006, 5, 31), date(2006, 6, 30), date(2006, 7, 15)]
    assert rollup.days_of(log, "parcels", date(2006, 6, 30)) == [
        date(2006, 5, 31), date(2006, 6, 30)]
    assert rollup.days_of([], "parcels", date(2006, 6, 30)) == [date(2006, 6, 30)]
    assert len(rollup.days_of(log, "parcels", date(2016, 6, 30))) == 25


def test_the_demo_parks_states_sum_to_the_reported_areas():
    result = vet.vet(catalog.place(catalog.demo_place()))
    log = list(result.events)

    table = rollup.by_state(result.layers, result.schemas, "parcels", log, [date(2006, 12, 31)])

    assert table.set_index("state")["area_m2"].round(3).to_dict() == {
        "province_agreed": 2_640_000, "reported_state": 1_400_000, "reported_province": 640_000,
        "compensated": 413_000,
    }


# --- targets ----------------------------------------------------------------------------


def target(**stated):
    return Target(**{
        "id": "t", "title": {}, "secure": 2.0, "strive": 4.0, "unit": "projects", "figure": "f",
        "since": date(2006, 1, 1), "by": date(2006, 12, 31), "source": "s",
        "dated_by": "construction_permit_on", **stated,
    })


COUNTED = Figure(id="f", item="f", title={}, layer="plots", measure="distinct", field="project_id")


def progress(dates, day, how=COUNTED, **stated):
    shapes = {f"p{i}": box(100 * i, 0, 100 * i + 100, 100) for i in range(len(dates))}
    plots = frame("plots", shapes, project_id=[f"m{i}" for i in range(len(dates))],
                  construction_permit_on=pd.to_datetime(dates))
    ground = reconcile.Ground({"plots": plots}, SCHEMAS, pd.DataFrame(), {}, {})
    return rollup.progress(target(**stated), how, ground, day)


def test_a_target_that_is_met_tells_the_day_on_which_it_was():
    found = progress(["2006-03-01", "2006-02-01", "2006-06-01", None], date(2006, 7, 1))

    assert (found.reached, found.undated) == (3, 1)
    assert (found.secured_on, found.striven_on) == (date(2006, 3, 1), None)
    assert found.secure_at is None


def test_one_that_is_not_is_told_at_the_present_pace():
    found = progress(["2006-02-01"], date(2006, 4, 11))  # one in 100 days

    assert found.reached == 1
    assert found.secure_at == date(2006, 7, 20)   # one more: 100 days on
    assert found.strive_at == date(2007, 2, 5)    # three more: 300 days on


@pytest.mark.parametrize(("dates", "day", "reached"), [
    (["2005-12-31", "2006-01-01"], date(2006, 6, 1), 1),     # counting began in between
    (["2006-07-01"], date(2006, 6, 1), 0),                   # not yet
    (["2006-12-31", "2007-01-01"], date(2007, 6, 1), 1),     # after the term
])  # fmt: skip
def test_only_what_is_dated_within_the_term_counts(dates, day, reached):
    assert progress(dates, day).reached == reached


def test_without_a_pace_there_is_no_day_and_without_dates_no_figure():
    none_yet = progress(["2006-07-01"], date(2006, 6, 1))
    assert (none_yet.secure_at, none_yet.strive_at) == (None, None)
    unknown = progress(["2006-02-01"], date(2006, 6, 1), dated_by="")
    assert (unknown.reached, unknown.lacks) == (None, Lack(layer="plots"))
    gone = progress(["2006-02-01"], date(2006, 6, 1), Figure(
        id="f", item="f", title={}, layer="roads"))
    assert (gone.reached, gone.lacks) == (None, Lack(layer="roads"))


def test_area_counts_in_the_unit_of_the_target():
    area = Figure(id="f", item="f", title={}, layer="plots", measure="area")
    found = progress(["2006-02-01", "2006-03-01"], date(2006, 6, 1), area, unit="mu", secure=15.0,
                     strive=None)

    assert found.reached == pytest.approx(30)  # two hectares
    assert found.secured_on == date(2006, 2, 1)


def money(amounts, dates, projects=("m", "m", "n")):
    """Progress of a target in money over plots a, b of the project m, and c of n."""
    shapes = {key: box(100 * i, 0, 100 * i + 100, 100) for i, key in enumerate("abc")}
    plots = frame("plots", shapes, project_id=list(projects),
                  total_investment_cny=[None, None, 5.0], accepted_on=pd.to_datetime(dates))
    held = pd.DataFrame({"total_investment_cny": amounts}, dtype="float64")
    ground = reconcile.Ground({"plots": plots}, SCHEMAS, pd.DataFrame(), {}, {}, held)
    summed = Figure(id="f", item="f", title={}, layer="plots", measure="sum",
                    field="total_investment_cny")
    return rollup.progress(
        target(unit="CNY", dated_by="accepted_on", secure=10.0), summed, ground, date(2006, 7, 1))


@pytest.mark.parametrize(("dates", "reached", "undated"), [
    (["2006-02-01", "2006-02-01", "2006-03-01"], 25, 0),
    (["2006-02-01", "2006-08-01", "2006-03-01"], 5, 0),    # not yet all of the project
    (["2006-02-01", None, "2006-03-01"], 5, 1),
])  # fmt: skip
def test_the_money_of_a_project_of_two_plots_counts_once(dates, reached, undated):
    found = money({"m": 20.0}, dates)

    assert (found.reached, found.undated) == (reached, undated)


def test_a_project_counts_from_the_first_of_its_plots_on():
    shapes = {key: box(100 * i, 0, 100 * i + 100, 100) for i, key in enumerate("ab")}
    plots = frame("plots", shapes, project_id=["m", "m"],
                  construction_permit_on=pd.to_datetime([None, "2006-02-01"]))
    ground = reconcile.Ground({"plots": plots}, SCHEMAS, pd.DataFrame(), {}, {})

    found = rollup.progress(target(), COUNTED, ground, date(2006, 6, 1))

    assert (found.reached, found.undated) == (1, 0)


@pytest.mark.parametrize(("on", "unit", "reached"), [
    (date(2006, 5, 1), "mu", 30), (date(2006, 5, 1), "m2", 0.045), (date(2006, 5, 1), "ha", 450),
    (date(2005, 12, 31), "mu", None),
    (date(2006, 6, 2), "mu", None),  # not yet
    (date(2006, 5, 1), "CNY", None),
])  # fmt: skip
def test_what_is_only_stated_counts_for_a_day_of_the_term_and_says_that_it_is(on, unit, reached):
    told = Figure(id="f", item="f", title={}, lacks=Lack(layer="earthworks"),
                  stated=Stated(value=30, unit=unit, on=on, source="Letter 7"))

    found = progress([], date(2006, 6, 1), told, unit="mu", secure=20.0, strive=40.0)

    assert found.reached == (None if reached is None else pytest.approx(reached))
    assert (found.stated is None) == (reached is None)
    assert found.secured_on == (on if reached in {30, 450} else None)
    assert found.striven_on == (on if reached == 450 else None)
    assert found.secure_at is None


def test_what_the_layers_say_is_not_replaced_by_what_is_stated():
    told = Figure(id="f", item="f", title={}, layer="plots", measure="distinct", field="project_id",
                  stated=Stated(value=99, on=date(2006, 3, 1), source="Letter 7"))

    found = progress(["2006-02-01"], date(2006, 6, 1), told)

    assert (found.reached, found.stated) == (1, None)


def test_the_parks_reached_what_they_reported():
    result = vet.vet(catalog.place(catalog.demo_place()))
    ground = reconcile.ground(result)
    figures = {each.id: each for each in catalog.figures(result.place.folder)}
    first, second = (
        rollup.progress(each, figures[each.figure], ground, date(2006, 12, 31))
        for each in ground.targets.values()
    )

    assert (first.reached, first.undated) == (50, 0)
    assert first.secured_on is not None
    assert first.striven_on is not None
    assert first.secured_on <= first.striven_on <= date(2006, 12, 31)
    assert second.reached == 0


# --- the way ahead ----------------------------------------------------------------------


def placed(*steps, workflow=CN_2006):
    asked = [Event(event=0, layer="parcels", feature_id="a", track="", at=at, action=action,
                   document_no="d") for action, at in steps]
    return tracking.ordered(tracking.filled(workflow, [], asked))


def test_the_way_to_land_in_hand_is_the_shortest_with_the_days_the_law_sets():
    history = placed(("survey", "2006-06-01"), ("assemble_dossier", "2006-07-01"),
                     ("report_province", "2006-09-01"), ("agree_at_province", "2006-09-10"),
                     ("approve", "2006-12-01"))

    found = rollup.ahead(CN_2006, "approval", history, date(2006, 12, 4))

    assert found.steps == ("announce", "confirm_compensated")
    assert found.earliest == date(2006, 12, 4)
    assert found.by_terms == date(2006, 12, 15)  # ten working days after 1 December
    assert found.open_ended == ("confirm_compensated",)


def test_a_term_that_begins_on_the_way_begins_when_the_step_before_it_may_be_late():
    history = placed(("survey", "2006-06-01"), ("assemble_dossier", "2006-07-01"),
                     ("report_province", "2006-09-01"), ("agree_at_province", "2006-09-10"))

    found = rollup.ahead(CN_2006, "approval", history, date(2006, 9, 12))

    assert found.steps == ("approve", "announce", "confirm_compensated")
    assert found.earliest == date(2006, 9, 12)
    # 40 working days to 1 November, then ten of the announcement that only follows the approval
    assert found.by_terms == date(2006, 11, 15)


def test_the_earliest_day_counts_from_the_first_day_of_a_month_that_is_all_that_is_known():
    history = placed(("pre_announce", "2023-03"), workflow=CN_NOW)

    found = rollup.ahead(CN_NOW, "approval", history, date(2023, 3, 31))

    # ten working days from 1 March are over; 30 days of the plan's announcement from today
    assert found.earliest == date(2023, 4, 30)


def test_least_times_move_the_earliest_day():
    history = placed(("pre_announce", "2023-03-01"), workflow=CN_NOW)

    found = rollup.ahead(CN_NOW, "approval", history, date(2023, 3, 2))

    assert found.steps[:3] == ("survey", "assess_risk", "announce_compensation")
    # ten working days to 15 March, then 30 days of the plan's announcement
    assert found.earliest == date(2023, 4, 14)


def test_land_in_hand_has_no_way_left_and_a_dead_end_none_at_all():
    done = [Event(event=1, layer="parcels", feature_id="a", track="approval", at="2006-06-01",
                  action="recorded", to_state="compensated")]
    found = rollup.ahead(CN_2006, "approval", tracking.ordered(done), date(2006, 7, 1))
    assert (found.earliest, found.steps) == (date(2006, 7, 1), ())
    assert rollup.ahead(CN_2006, "works", (), date(2006, 7, 1)).earliest is None


# --- villages, enforcement, money -------------------------------------------------------


def test_relocation_is_summed_by_village_and_what_is_missing_stays_missing():
    layer = frame(
        "relocations", {str(n): box(n, 0, n + 1, 1) for n in range(5)},
        **{"class": ["houses", "houses", "houses", "graves", "graves"]},
        village=["X", "X", "X", "X", "Y"], quantity=[10.0, 5.0, 3.0, None, 7.0],
        quantity_unit=["households"] * 3 + ["graves"] * 2,
        state=["done", "done", "pending", "done", None],
    )

    table = rollup.relocation(layer).set_index(["village", "class"])

    assert table.loc[("X", "houses"), ["done", "pending", "unknown"]].tolist() == [15, 3, 0]
    assert pd.isna(table.loc[("X", "graves"), "done"])
    assert table.loc[("Y", "graves"), ["done", "unknown"]].tolist() == [0, 7]


def test_enforcement_of_the_park_of_2019_is_what_it_reported():
    layer = vet.vet(
        catalog.place(catalog.demo_place().parent / "park-2019")
    ).layers["enforcement"]

    table = rollup.enforcement(layer).set_index(["class", "state"])

    assert table.loc[("illegal_building", "demolished")].tolist() == [197, 53_585]
    assert table["items"].sum() == len(layer)
    assert pd.isna(table.loc[("premises", "closed_down"), "area_m2"])


def test_a_project_over_two_plots_counts_once_and_one_without_a_figure_is_told():
    plots = frame(
        "plots", {str(n): box(n, 0, n + 1, 1) for n in range(5)},
        project_id=["A", "A", "B", None, "C"],
        total_investment_cny=[200e6, 200e6, 199e6, 49e6, None],
    )

    table = rollup.investment(plots)

    assert table["projects"].tolist() == [1, 0, 1, 1, 1]
    assert table["total_cny"].tolist()[:4] == [49e6, 0, 199e6, 200e6]
    assert table["from_cny"].isna().tolist() == [False] * 4 + [True]
