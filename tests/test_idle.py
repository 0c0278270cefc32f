"""Idle land: not started a year after the day agreed, or stopped with little of it done."""

import datetime as dt

import pytest
from builders import Site, box
from click.testing import CliRunner

from landtrack.app import vet
from landtrack.cli.main import main
from landtrack.model import catalog, translations
from landtrack.output import wording

pytestmark = pytest.mark.usefixtures("read_here")
ON = "2022-03-01"
AGREED = "2021-03-01"

PLOTS = {
    "A": ({"start_agreed_on": AGREED, "stage": "entered"}, "fail", "a year is over on that day"),
    "B": ({"start_agreed_on": "2021-03-02", "stage": "entered"}, "not_applicable", "a day less"),
    "C": ({"start_agreed_on": AGREED, "started_on": "2022-02-28"}, "pass", "started late"),
    "D": ({"start_agreed_on": AGREED, "started_on": "2022-03-02"}, "fail", "started after that"),
    "E": ({"start_agreed_on": AGREED, "stage": "completed"}, "pass", "stands already"),
    "F": ({"start_agreed_on": AGREED}, "unknown", "nobody says whether"),
    "G": ({"stage": "entered"}, "unknown", "nobody says when it was agreed for"),
    "H": ({"start_agreed_on": AGREED, "stage": "entered", "accepted_on": "2008-05-01"}, "fail",
          "supplied before the order was in force"),
    "I": ({"stage": "under_construction", "stopped_a_year": "yes", "developed_land_m2": 3333,
           "invested_cny": 2500, "total_investment_cny": 10000}, "pass", "stopped"),
    "J": ({"stage": "under_construction", "stopped_a_year": "no", "developed_land_m2": 1},
          "pass", "goes on"),
}


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("idle") / "site")
    site.head |= {"rules": "cn-idle-2012", "as_of": ON}
    site.layer("plots", [
        (box(200 * at, 0, 200 * at + 100, 100), {"plot_id": key, "land_area_m2": 10000, **stated})
        for at, (key, (stated, *_)) in enumerate(PLOTS.items())
    ])
    return vet.vet(catalog.place(site.catalog().folder))


@pytest.mark.parametrize("plot", PLOTS, ids=lambda key: PLOTS[key][2])
def test_land_is_idle_when_a_year_is_over_and_works_have_not_started(result, plot):
    row = result.findings.set_index(["plot_id", "rule"]).loc[(plot, "idle-start")]

    assert row["outcome"] == PLOTS[plot][1]
    assert bool(row["verified"])
    assert "第二条" in row["source"]


def test_a_third_and_a_quarter_are_asked_where_works_have_stopped_for_a_year(result):
    told = result.findings.set_index(["plot_id", "rule"])["outcome"]

    assert (told["I", "idle-area"], told["I", "idle-investment"]) == ("fail", "pass")
    assert (told["J", "idle-area"], told["J", "idle-investment"]) == ("not_applicable",) * 2
    assert told["A", "idle-area"] == "unknown"  # nobody says that works go on


@pytest.mark.parametrize(("lang", "late", "limit"), [
    ("zh", "约定动工日期 2021-03-01，至 2022-03-01 仍未动工，已满 1 年", "1 年之内"),
    ("en", "Start of works agreed for 2021-03-01, by 2022-03-01 not: 1 year(s) are over",
     "within 1 year(s)"),
])
def test_an_idle_plot_is_told_with_both_days(result, lang, late, limit):
    words = translations.load(lang)
    rows = result.findings.set_index(["plot_id", "rule"])
    idle = {"rule": "idle-start", **rows.loc[("A", "idle-start")]}
    started = {"rule": "idle-start", **rows.loc[("C", "idle-start")]}
    said = wording.finding(words, idle, result.rules["idle-start"])

    assert (said.reason, said.limit) == (late, limit)
    assert said.value == {"zh": "0 天", "en": "0 d"}[lang]
    assert wording.finding(words, started, result.rules["idle-start"]).reason.endswith("2022-02-28")


def test_the_form_of_an_idle_plot_lists_the_days_it_rests_on(result):
    shown = CliRunner().invoke(main, [
        "vet", "A", str(result.place.folder), "--lang", "zh",
    ])

    assert "仍未动工" in shown.output
    assert "约定动工日期" in shown.output


def test_a_day_before_the_order_was_in_force_is_judged_by_nothing(result):
    place = catalog.place(result.place.folder)
    early = vet.vet(place, as_of=dt.date(2012, 6, 30)).findings

    assert set(early["outcome"]) == {"not_applicable"}
