"""Whose an amount is that stands plot by plot: asked where the file or ledger does not tell."""

import pytest
from builders import box, in_turns

from landtrack.app import vet
from landtrack.assessment.rules.case import case as rules_case

pytestmark = pytest.mark.usefixtures("read_here")


def judged(site, *, each, **entry):
    """Judge two plots of 10 000 m² of one project, with the investments stated for each."""
    site.layer("plots", [
        site.plot(
            name, box(200 * at, 0, 200 * at + 100, 100), project_id="J", fixed_investment_cny=money,
        )
        for at, (name, money) in enumerate(zip("AB", each, strict=True))
    ], **entry)
    site.layer("buildings", [
        (box(200 * at, 0, 200 * at + 60, 100), {"building_id": f"b{at}", "storeys": 2})
        for at in (0, 1)
    ])
    result = vet.run(site.folder)
    findings = result.findings
    own = findings[findings["rule"] == "investment-intensity"].set_index("plot_id")
    return own["outcome"].astype(str).to_dict(), set(result.issues["issue"].astype(str))


@pytest.mark.parametrize(
    ("each", "of", "outcome", "asked"),
    [
        pytest.param((30e6, 30e6), None, "unknown", True, id="alike: whose is it? 1500 or 3000"),
        pytest.param((30e6, 30e6), "plot", "pass", False, id="of each plot: 3000"),
        pytest.param((30e6, 30e6), "project", "fail", False, id="of the project once: 1500"),
        pytest.param((60e6, 60e6), "project", "pass", False, id="of the project once: 3000"),
        pytest.param((30e6, 31e6), None, "pass", False, id="they differ: of each plot"),
        pytest.param((30e6, 31e6), "project", "unknown", False, id="a project has no two amounts"),
    ],
)
def test_an_amount_that_stands_at_each_plot_of_a_project_alike_is_asked_for(
    site, each, of, outcome, asked
):
    entry = {} if of is None else {"amounts_of": of}

    outcomes, issues = judged(site, each=each, **entry)

    assert outcomes == {"A": outcome, "B": outcome}
    assert ("amount_repeated" in issues) == asked
    assert ("amount_contradicted" in issues) == (each[0] != each[1] and of == "project")


MONEY = [(26e6, 2600, 1300), (60e6, 6000, 3000), (20e6, 2000, 1000)]
WRITTEN = ["约3000万", "see file", "", None, "-", "3000万/2期"]


@pytest.mark.parametrize(("other", "files", "amount"), in_turns(
    {f"{each!r} {again}": each for again in (1, 2) for each in WRITTEN}, [1, 2], MONEY
))
def test_an_amount_at_one_plot_of_a_project_may_be_the_projects(site, other, amount, files):
    """The verdict stands where it is the same by the plot's land and by that of the project."""
    money, own, of_both = amount
    site.entries.clear()
    plots = [
        (box(200 * at, 0, 200 * at + 100, 100),
         {"plot_id": name, "project_id": "J", "fixed_investment_cny": each})
        for at, (name, each) in enumerate(zip("AB", (money, other), strict=True))
    ]
    for at, part in enumerate([plots] if files == 1 else [[each] for each in plots]):
        site.layer("plots", part, path=f"{at}.geojson")

    result = vet.run(site.folder)

    findings = result.findings.set_index(["plot_id", "rule"])
    row = findings.loc[("A", "investment-intensity")]
    same = (own >= 2500) == (of_both >= 2500)
    outcome = ("pass" if own >= 2500 else "fail") if same else "unknown"
    assert row["outcome"] == outcome
    assert row["reason"] == ("" if same else "whose:fixed_investment_cny")
    assert findings.loc[("B", "investment-intensity"), "outcome"] == "unknown"
    told = result.issues[result.issues["issue"] == "amount_at_some"]
    assert told[["feature_id", "value"]].to_numpy().tolist() == [["J", f"A: {money:,.0f}"]]
    case = rules_case(result, "A")
    assert case.findings().set_index("rule").loc["investment-intensity", "outcome"] == outcome
    said = case.changed({"fixed_investment_cny": 26e6}).findings().set_index("rule")
    assert said.loc["investment-intensity", "outcome"] == "pass"


@pytest.mark.fault("03-ledger-row-counted-twice")
@pytest.mark.parametrize(("money", "outcome"), [(26e6, "unknown"), (60e6, "pass"), (2e7, "fail")])
@pytest.mark.parametrize("zero", [0, 0.0, "0"])
def test_nought_at_the_other_plots_is_no_amount_of_theirs(site, money, outcome, zero):
    """The verdict stands where it is the same by the plot's land and by that of the project."""
    outcomes, issues = judged(site, each=(money, zero))

    assert outcomes == {"A": outcome, "B": "fail"}
    assert "amount_at_some" in issues


@pytest.mark.parametrize("of", ["plot", "project"])
def test_of_an_amount_at_one_plot_nothing_is_asked_where_the_catalog_says_whose_it_is(site, of):
    outcomes, issues = judged(site, each=(26e6, None), amounts_of=of)

    assert outcomes["A"] == ("pass" if of == "plot" else "fail")
    assert "amount_at_some" not in issues


def test_an_amount_alike_at_plots_in_two_files_is_asked_for(site):
    site.entries.clear()
    for at, name in enumerate("AB"):
        site.layer("plots", [
            (box(200 * at, 0, 200 * at + 100, 100),
             {"plot_id": name, "project_id": "J", "fixed_investment_cny": 30e6}),
        ], path=f"{name}.geojson")

    result = vet.run(site.folder)

    own = result.findings[result.findings["rule"] == "investment-intensity"]
    assert own["outcome"].tolist() == ["unknown", "unknown"]
    assert "amount_repeated" in set(result.issues["issue"])


def ledger_of_plots(site, money, **entry):
    """Judge two plots of 10 000 m² of one project, with what a ledger of plots states of each."""
    rows = "".join(f"{name},{each}\n" for name, each in zip("AB", money, strict=True))
    (site.folder / "ledger.csv").write_text(f"地块,固定资产投资（元）\n{rows}", encoding="utf-8")
    site.layer("plots", [
        (box(200 * at, 0, 200 * at + 100, 100), {"plot_id": name, "project_id": "J"})
        for at, name in enumerate("AB")
    ], ledger={"path": "ledger.csv", "key": "地块", "on": "plot_id",
               "fields": {"fixed_investment_cny": "固定资产投资（元）"}}, **entry)
    result = vet.run(site.folder)
    own = result.findings[result.findings["rule"] == "investment-intensity"]
    whole = result.projects[result.projects["rule"] == "investment-intensity"]
    told = result.issues[result.issues["issue"] == "amount_alike"]
    return (
        own["outcome"].astype(str).tolist(), whole["outcome"].astype(str).tolist(),
        told[["source", "value", "severity"]].to_numpy().tolist(),
    )


@pytest.mark.fault("03-ledger-row-counted-twice")
@pytest.mark.parametrize(("money", "of", "outcomes", "whole", "asked"), [
    pytest.param((30e6, 30e6), None, "pass pass", "pass", True, id="alike"),
    pytest.param((30e6, 30e6), "plot", "pass pass", "pass", False, id="alike, of each plot"),
    pytest.param((30e6, 30e6), "project", "fail fail", "fail", False, id="alike, of the project"),
    pytest.param((30e6, 31e6), None, "pass pass", "pass", False, id="they differ: of each plot"),
    pytest.param((30e6, ""), None, "pass unknown", "unknown", True, id="at the first alone"),
    pytest.param((30e6, "同上"), None, "pass unknown", "unknown", True, id="a mark at the other"),
    pytest.param((30e6, ""), "project", "fail fail", "fail", False, id="at one, the project's"),
    pytest.param((30e6, ""), "plot", "pass unknown", "unknown", False, id="at one, the plot's"),
])
def test_an_amount_of_a_ledger_of_plots_is_told_where_it_may_be_the_projects(
    site, money, of, outcomes, whole, asked
):
    """The rows are of plots, and so are the amounts, if the catalog does not say otherwise."""
    entry = {} if of is None else {"amounts_of": of}

    found = ledger_of_plots(site, money, **entry)

    assert found[0] == outcomes.split()
    assert found[1] == [whole]
    assert found[2] == ([["ledger.csv", "J: 30,000,000", "warning"]] if asked else [])
