"""Projects over several plots: sums, what the plots agree on, and what was agreed for them."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from builders import box, facts

from landtrack.app import vet
from landtrack.assessment.rules import project_of, projects
from landtrack.model import Override, Waiver, catalog

TWO_OF_TWO = facts(
    A={"project_id": "P", "land_area_m2": 100.0, "capital": "x", "stage": "entered"},
    B={"project_id": "P", "land_area_m2": 200.0, "capital": "x", "stage": "completed"},
    C={"project_id": "Q", "land_area_m2": 30.0, "capital": "y", "stage": None},
    D={"project_id": "Q", "land_area_m2": None, "capital": None, "stage": None},
)


def test_amounts_are_summed_if_all_are_known():
    told = projects.together(TWO_OF_TWO, project_of(TWO_OF_TWO))["land_area_m2"]

    assert told["P"] == 300.0
    assert np.isnan(told["Q"])


@pytest.mark.parametrize(
    ("project", "field", "value"),
    [
        pytest.param("P", "capital", "x", id="both say the same"),
        pytest.param("P", "stage", None, id="they differ"),
        pytest.param("Q", "capital", None, id="one does not say"),
        pytest.param("Q", "stage", None, id="none says"),
    ],
)
def test_a_field_holds_for_the_project_where_all_its_plots_agree(project, field, value):
    told = projects.together(TWO_OF_TWO, project_of(TWO_OF_TWO)).loc[project, field]

    assert (None if pd.isna(told) else told) == value


def test_a_plot_without_a_project_is_one_of_its_own():
    known = facts(A={"project_id": None, "land_area_m2": 100.0, "stage": "entered"},
                  B={"project_id": "P", "land_area_m2": None, "stage": None})

    assert project_of(known).to_dict() == {"A": "A", "B": "P"}
    told = projects.together(known, project_of(known))
    assert told.loc["A", ["land_area_m2", "stage"]].tolist() == [100.0, "entered"]


def test_measures_are_summed_if_all_are_known():
    inputs = pd.DataFrame.from_dict({
        "A": {"area_m2": 1.0, "floor_area_m2": 10.0}, "B": {"area_m2": 2.0, "floor_area_m2": 20.0},
        "C": {"area_m2": 3.0, "floor_area_m2": None}, "D": {"area_m2": 4.0, "floor_area_m2": 40.0},
    }, orient="index").astype("float64")

    summed, _ = projects.sum_up(inputs, TWO_OF_TWO)

    assert summed.loc["P"].to_dict() == {"area_m2": 3.0, "floor_area_m2": 30.0}
    assert summed.loc["Q", "area_m2"] == 7.0
    assert np.isnan(summed.loc["Q", "floor_area_m2"])


ONE_AND_TWO = facts(
    A={"project_id": "P"}, B={"project_id": "P"}, C={"project_id": "Q"}, D={"project_id": None},
)


def agreed_for(*names):
    waivers = [
        Waiver(plot=name, rule="r", approver="a", reason="r", document=f"for {name}",
               granted_on=dt.date(2006, 1, 1), until=dt.date(2007, 1, 1))
        for name in names
    ]
    overrides = [
        Override(plot=name, rule="r", relation=">=", threshold=1, unit="1", document=f"for {name}")
        for name in names
    ]
    return waivers, overrides


@pytest.mark.parametrize(
    ("name", "for_plots", "for_projects"),
    [
        pytest.param("A", ["A"], [], id="one plot of two: not for the project"),
        pytest.param("P", [], ["P"], id="a project of two plots: not for either"),
        pytest.param("C", ["C"], ["Q"], id="the only plot: for the project too"),
        pytest.param("Q", ["C"], ["Q"], id="a project of one plot: for the plot too"),
        pytest.param("D", ["D"], ["D"], id="a plot without a project"),
        pytest.param("X", [], [], id="neither"),
    ],
)
def test_what_was_agreed_holds_for_the_plot_or_the_project_it_names(name, for_plots, for_projects):
    for own in agreed_for(name):
        assert [each.plot for each in projects.for_plots(own, ONE_AND_TWO)] == for_plots
        assert [each.plot for each in projects.for_projects(own, ONE_AND_TWO)] == for_projects
        assert all(
            each.document == f"for {name}" for each in projects.for_plots(own, ONE_AND_TWO)
        )


# --- numbers that a plot and a project have alike ---------------------------------------------


@pytest.mark.parametrize(("other", "named"), [("7", "#1"), ("#1", "##1")])
def test_a_plot_without_a_project_is_none_of_the_project_that_has_its_number(other, named):
    of = projects.project_of(facts(**{
        "1": {"project_id": None}, "5": {"project_id": "1"}, "6": {"project_id": "1"},
        other: {"project_id": None},
    }))

    assert of.to_dict() == {"1": named, "5": "1", "6": "1", other: other}


def test_the_amount_of_a_project_is_none_of_a_plot_that_only_has_its_number(site):
    (site.folder / "ledger.csv").write_text("key,money\n1,60000000\n", encoding="utf-8")
    site.layer("plots", [
        (box(east, 0, east + 100, 100), {"plot_id": plot, "project_id": project})
        for east, plot, project in ((0, "1", None), (200, "5", "1"), (400, "6", "1"))
    ], ledger={"path": "ledger.csv", "key": "key", "on": "project_id",
               "fields": {"fixed_investment_cny": {"column": "money", "unit": "元"}}})

    found = vet.vet(catalog.place(site.folder))

    intensity = found.findings[found.findings["rule"] == "investment-intensity"]
    assert intensity.set_index("plot_id")["outcome"].to_dict() == {
        "1": "unknown", "5": "pass", "6": "pass",
    }
    of_project = found.projects.set_index(["plot_id", "rule"]).loc[("1", "investment-intensity")]
    assert of_project["value"] == 3000


@pytest.mark.parametrize(("lacking", "outcome"), [
    pytest.param("fixed_investment_cny", "pass", id="what the project has"),
    pytest.param("whose:fixed_investment_cny", "pass", id="what is the project's"),
    pytest.param("land_area_m2", "unknown", id="what the project does not have either"),
    pytest.param("industry", "unknown", id="what is no amount"),
])
def test_a_plot_stands_as_its_project_only_for_want_of_what_the_project_has(lacking, outcome):
    """The project P states its investment once, the land is of its plots."""
    rule = next(
        each for each in catalog.rule_pack("x-park-2006").rule if each.id == "investment-intensity"
    )

    def found(**values):
        return pd.DataFrame([{
            "plot_id": "A", "rule": rule.id, "value": np.nan, "outcome": "unknown", "reason": "",
            "decided_by": "", "subject": "", "share": "", **values,
        }])

    amounts = pd.DataFrame(
        {"fixed_investment_cny": [6e7], "land_area_m2": [np.nan], "share": [""], "lost": [""]},
        index=["P"],
    )

    told = projects.as_wholes(
        found(reason=lacking), found(plot_id="P", value=3000.0, outcome="pass"), [rule],
        pd.Series({"A": "P"}), amounts,
    )

    assert told["outcome"].tolist() == [outcome]
    assert told["subject"].tolist() == ["P" if outcome == "pass" else ""]
