"""What the page tells of a feature that no file states: days that run, services, land lacking."""

import datetime as dt

import pageread
import pytest
from builders import Site, box

from landtrack import tracking
from landtrack.app import vet
from landtrack.assessment import site
from landtrack.model import catalog
from landtrack.output import map as webmap
from landtrack.tracking import Event

DAY_0 = dt.date(1970, 1, 1)


def announced(number, key, at):
    return Event(
        event=number, layer="parcels", feature_id=key, track="approval", action="announce", at=at,
        to_state="announced",
    )


def place(small):
    """Two plots, and four parcels of which one is stated to be notified and lies under a plot."""
    small.head |= {"workflow": "cn-2006"}
    small.layer("plots", [
        (box(0, 0, 100, 100), {"plot_id": "A", "levelled": "no"}),
        (box(100, 0, 200, 100), {
            "plot_id": "B", "industry_code": "C3611", "industry_year": 2017,
        }),
    ])
    small.layer("parcels", [
        (box(0, 0, 50, 100), {"parcel_id": "P1", "state": "notified"}),
        (box(50, 0, 100, 100), {"parcel_id": "P2", "state": "compensated"}),
        (box(200, 0, 250, 100), {
            "parcel_id": "P3", "state": "notified", "land_use_code": "0601",
            "land_use_standard": "gbt21010-2017",
        }),
        (box(250, 0, 300, 100), {
            "parcel_id": "P4", "land_use_code": "2303", "land_use_standard": "ydyh-2020",
        }),
    ])
    small.layer("land_classes", [
        (box(0, 0, 50, 100), {"class_code": "100101", "land_use_standard": "ydyh-2023"}),
        (box(50, 0, 100, 100), {"class_code": "0508", "land_use_standard": "gbt21010-2017"}),
    ])


LOG = [announced(1, "P3", "2025-01-06"), announced(2, "P4", "2025-01")]


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    small = Site(tmp_path_factory.mktemp("derived") / "site")
    place(small)
    return vet.vet(catalog.place(small.catalog().folder), log=LOG)


@pytest.fixture(scope="module")
def page(result):
    return webmap.to_html(webmap.build(result))


def said(page, kind, name):
    """Give the codes of a column by the key of the feature."""
    head = pageread.json_of(page, f"layer-{kind}")
    column = head["columns"][name]
    codes = pageread.unsigned(pageread.block(page, column["at"]))
    keys = pageread.column(page, kind, head["key"], "en")
    if column["type"] == "date":
        return dict(zip(keys, [
            DAY_0 + dt.timedelta(days=pageread.unfold(code - 1)) if code else None
            for code in codes
        ], strict=True))
    return dict(zip(keys, [column["codes"][code] for code in codes], strict=True))


def test_the_days_that_run_are_those_of_the_log_and_not_certain_where_the_step_is_not(page):
    """45 calendar days from the announcement on; from the last day that it may have been."""
    assert said(page, "parcels", "clock") == {
        "P1": "", "P2": "", "P3": "compensation_plan", "P4": "compensation_plan?",
    }
    assert said(page, "parcels", "clock_due") == {
        "P1": None, "P2": None, "P3": dt.date(2025, 2, 20), "P4": dt.date(2025, 3, 17),
    }


def test_a_land_use_is_named_by_its_classification_and_marked_where_it_was_not_verified(
    result, page
):
    parcels = pageread.json_of(page, "layer-parcels")["columns"]["land_use"]
    classes = pageread.json_of(page, "layer-land_classes")["columns"]["land_use"]

    assert said(page, "parcels", "land_use") == {
        "P1": "", "P2": "", "P3": "gbt21010-2017:0601", "P4": "",
    }
    assert parcels["words"]["zh"][-1] == "工业用地（GB/T 21010-2017 土地利用现状分类）"
    assert classes["words"]["zh"][-1] == "一类工业用地（用地用海分类 2023；名称未经核实）"
    assert classes["words"]["en"][-1] == (
        "一类工业用地 (land and sea use 2023; name not verified)"
    )
    told = result.issues[result.issues["issue"].str.startswith("land_use")]
    assert list(zip(told["issue"], told["value"], strict=True)) == [
        ("land_use_changed", "2303 → 060102"), ("land_use_unknown", "0508 (gbt21010-2017)"),
    ]


def test_the_industry_of_a_code_is_named_by_its_edition(page):
    column = pageread.json_of(page, "layer-plots")["columns"]["industry_name"]

    assert said(page, "plots", "industry_name") == {"A": "", "B": "2017:C3611"}
    assert column["words"]["zh"] == ["", "汽柴油车整车制造"]


def test_distances_set_by_law_are_told_once_for_plots_that_lie_alike(tmp_path):
    """A and C lie 20 m off a national road, B far away: a column for highways, none for pipes."""
    place = Site(tmp_path / "site")
    place.layer("plots", [
        (box(0, 0, 100, 100), {"plot_id": "A"}), (box(0, 900, 100, 999), {"plot_id": "B"}),
        (box(200, 0, 300, 100), {"plot_id": "C"}),
    ])
    place.layer("roads", [(box(-500, -20, 900, -20).boundary, {
        "road_id": "G1", "highway_class": "national", "width_m": 0.0,
    })])
    found = webmap.build(vet.vet(catalog.place(place.catalog().folder)))
    page = webmap.to_html(found)
    column = pageread.json_of(page, "layer-plots")["columns"]["setback.highway-control"]

    assert said(page, "plots", "setback.highway-control") == {"A": "1", "B": "2", "C": "1"}
    assert column["label"]["zh"] == "公路建筑控制区"
    assert column["words"]["zh"][1] == (
        "相接 · G1 · 20.0 m · 要求 20.0 m · 禁止建设 · 公路安全保护条例 第十一条"
    )
    assert column["words"]["en"][2].startswith("clear · G1 · 920.0 m")
    assert "setback.pipeline-permit" not in pageread.json_of(page, "layer-plots")["columns"]


def test_a_kind_without_statutory_days_has_no_column_of_them(page):
    head = pageread.json_of(page, "layer-plots")

    assert "clock_due" not in head["columns"]
    assert "overdue" not in head["filters"]


def test_parcels_are_filtered_by_whether_they_block_land_and_by_days_that_are_over(page):
    """Which ones the page works out of the pairs and of the states of the moment."""
    assert pageread.json_of(page, "layer-parcels")["filters"][-2:] == ["overdue", "blocking"]


def test_a_set_of_services_is_not_complete_where_one_is_not_there_and_else_not_known(page):
    assert said(page, "plots", "ready.three") == {"A": "not_ready", "B": ""}


def test_sets_that_are_complete_at_the_same_plots_are_told_together(page):
    """Of all sets levelled land is a part, and of nothing else anything is known here."""
    columns = pageread.json_of(page, "layer-plots")["columns"]
    [name] = [each for each in columns if each.startswith("ready.")]

    assert name == "ready.three"
    assert columns[name]["label"] == {
        "zh": "三通一平等 6 套", "en": "Three connections and levelled land and its like (6 sets)",
    }


def test_of_large_layers_services_and_land_are_not_measured_again(result):
    page = webmap.to_html(webmap.build(result, large=4))
    parcels = pageread.json_of(page, "layer-parcels")

    assert not [
        name for name in pageread.json_of(page, "layer-plots")["columns"] if "ready." in name
    ]
    assert "blocking" not in parcels["filters"]
    assert "clock_due" in parcels["columns"]


def test_of_clocks_that_run_at_once_the_first_due_is_told_and_none_that_has_been_stopped():
    """Reported to the province: 11 working days for it, 40 to the State; accepted: 5 more."""
    workflow = catalog.workflow("cn-2006")

    def step(number, action, at):
        return Event(
            event=number, layer="parcels", feature_id="P", track="approval", action=action, at=at,
            to_state="any",
        )

    steps = [step(1, "report_province", "2025-03-03"), step(2, "accept_at_province", "2025-03-05"),
             step(3, "agree_at_province", "2025-03-10"), step(4, "report_state", "2025-03-12")]
    told = [tracking.soonest(workflow, steps[:count]) for count in range(5)]

    assert [table["clock"].tolist() for table in told] == [
        [], ["province_first_review"], ["province_special_review"], ["report_to_state"], [],
    ]
    assert told[1]["due"].tolist() == [dt.date(2025, 3, 18)]
    assert tracking.soonest(workflow, steps, dt.date(2025, 3, 11))["clock"].tolist() == [
        "report_to_state",
    ]


def test_the_sets_of_the_page_are_those_of_the_table_of_services(result):
    plots, sets = result.layers["plots"], catalog.readiness()
    rows = site.readiness(plots, result.sets, sets, workflow=result.workflow)
    whole = rows[rows["item"] == ""].pivot(index="plot_id", columns="set", values="readiness")
    told = site.complete(plots, result.sets, sets, workflow=result.workflow)

    assert told[whole.columns].to_dict() == whole.to_dict()


def test_days_before_which_nothing_may_be_done_are_nobodys_deadline():
    """The pre-announcement stands for ten working days at least: it can be late by none."""
    steps = [Event(
        event=1, layer="parcels", feature_id="P", track="approval", action="pre_announce",
        at="2025-03-03", to_state="pre_announced",
    )]
    workflow = catalog.workflow("cn-now")

    running = tracking.running(workflow, steps, dt.date(2025, 3, 4))

    assert running["clock"].tolist() == ["pre_announcement"]
    assert tracking.soonest(workflow, steps).empty
