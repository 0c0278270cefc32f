"""What was known on a day, and which verdicts differ between two days, and why."""

import datetime as dt

import pandas as pd
import pytest
from builders import box
from click.testing import CliRunner

from landtrack.app import vet
from landtrack.assessment.rules import case as rules_case
from landtrack.cli.main import main
from landtrack.ingest import normalise
from landtrack.model import catalog
from landtrack.model.errors import SourceError
from landtrack.output.reports import vetting

pytestmark = pytest.mark.usefixtures("read_here", "vets_kept")

JUNE, AUGUST = dt.date(2006, 6, 10), dt.date(2006, 8, 1)
STEPS = {
    "accepted_on": "2006-06-01", "eia_document_no": "E1", "eia_approved_on": "2006-07-01",
    "construction_permit_no": "P1", "construction_permit_on": "2006-07-20",
}


def vetted(site, day=None, **more):
    return vet.vet(catalog.place(site.folder), as_of=day, **more)


def outcome(result, rule, plot="A"):
    told = result.findings.set_index(["plot_id", "rule"])
    return told.loc[(plot, rule), "outcome"]


def steps(site, **facts):
    return site.layer("plots", [site.plot("A", box(0, 0, 100, 100), **STEPS | facts)])


@pytest.mark.parametrize(
    ("day", "known", "proof"),
    [
        pytest.param(dt.date(2006, 6, 30), [], "not_applicable", id="before both steps"),
        pytest.param(dt.date(2006, 7, 1), ["E1"], "not_applicable", id="on the day of the first"),
        pytest.param(dt.date(2006, 7, 19), ["E1"], "not_applicable", id="between them"),
        pytest.param(dt.date(2006, 7, 20), ["E1", "P1"], "pass", id="on the day of the second"),
        pytest.param(None, ["E1", "P1"], "pass", id="all that is known"),
    ],
)
def test_a_document_counts_from_its_day_on(site, day, known, proof):
    result = vetted(steps(site), day)

    plot = result.layers["plots"].loc["A"]
    told = [plot["eia_document_no"], plot["construction_permit_no"]]
    assert [each for each in told if isinstance(each, str)] == known
    assert outcome(result, "environment-first") == proof


def test_what_is_dated_later_is_named(site):
    issues = vetted(steps(site), dt.date(2006, 7, 1)).issues

    later = issues[issues["issue"] == "dated_later"]
    assert later[["feature_id", "field", "value"]].values.tolist() == [
        ["A", "construction_permit_on", "2006-07-20"]
    ]
    assert "Construction permit on is 2006-07-20" in later["mend"].iloc[0]


TO_COME = (dt.date.today() + dt.timedelta(days=40)).isoformat()  # noqa: DTZ011  the day here


@pytest.mark.parametrize("field", [
    "accepted_on", "eia_approved_on", "entered_on", "construction_permit_on", "verified_on",
    "certificate_on",
])
def test_a_day_to_come_is_named_as_a_mistake_where_no_day_of_vetting_is_stated(site, field):
    issues = vetted(steps(site, **{field: TO_COME})).issues

    [said] = issues[issues["issue"] == "dated_ahead"].to_dict("records")
    assert (said["feature_id"], said["field"], said["value"]) == ("A", field, TO_COME)
    assert said["severity"] == "warning"


def test_a_day_to_come_is_a_mistake_as_of_an_earlier_day_too(site):
    issues = vetted(steps(site, construction_permit_on=TO_COME), AUGUST).issues

    assert issues.loc[issues["field"] == "construction_permit_on", "issue"].tolist() == [
        "dated_ahead"
    ]


@pytest.mark.parametrize(("facts", "proof", "reason"), [
    ({"eia_approved_on": TO_COME}, "unknown", "eia_approved_on"),
    ({"construction_permit_on": TO_COME}, "not_applicable", "not_due"),
    ({"construction_permit_on": TO_COME, "stage": "under_construction"}, "unknown",
     "construction_permit_on"),
    ({"eia_approved_on": TO_COME, "construction_permit_on": TO_COME}, "not_applicable", "not_due"),
    ({"accepted_on": TO_COME}, "not_applicable", "not_accepted"),
])
def test_a_step_of_a_day_to_come_does_not_count_as_taken(site, facts, proof, reason):
    result = vetted(steps(site, **facts))

    found = result.findings.set_index("rule").loc["environment-first"]
    assert (found["outcome"], found["reason"]) == (proof, reason)


def test_a_plot_that_is_accepted_on_a_day_to_come_passes_nothing_yet(site):
    result = vetted(steps(site, accepted_on=TO_COME))

    assert set(result.findings["outcome"]) == {"not_applicable"}
    assert result.layers["plots"]["accepted_on"].notna().all()


@pytest.mark.parametrize(
    ("day", "told"),
    [(dt.date(2006, 5, 31), {"not_applicable"}), (dt.date(2006, 6, 1), {"pass", "not_applicable"})],
)
def test_no_rule_applies_before_a_project_is_accepted(site, day, told):
    steps(site)
    site.catalog("""
[[override]]
plot = "A"
rule = "plot-ratio"
relation = ">="
threshold = 0.1
unit = "1"
document = "contract 7"
""")
    result = vetted(site, day)

    assert set(result.findings["outcome"]) == told
    if told == {"not_applicable"}:
        assert set(result.findings["reason"]) <= {"not_accepted", "not_due"}


def test_how_far_a_project_was_before_the_day_of_its_file_is_not_known(site):
    """Under construction in December says nothing of June: no permit is missing then."""
    site.head["as_of"] = dt.date(2006, 12, 31)
    steps(site, stage="under_construction")

    assert outcome(vetted(site, JUNE), "environment-first") == "not_applicable"
    assert vetted(site).layers["plots"]["stage"].tolist() == ["under_construction"]


def test_an_override_holds_from_the_day_on_which_it_was_agreed(site):
    steps(site)
    site.catalog("""
[[override]]
plot = "A"
rule = "plot-ratio"
relation = ">="
threshold = 1.3
unit = "1"
document = "contract 7"
agreed_on = 2006-07-01
""")

    assert outcome(vetted(site, dt.date(2006, 6, 30)), "plot-ratio") == "pass"
    assert outcome(vetted(site, dt.date(2006, 7, 1)), "plot-ratio") == "fail"
    assert outcome(vetted(site), "plot-ratio") == "fail"


# --- files of their time ----------------------------------------------------------------------


def of_two_times(site, first, second):
    """Two files of plots: one until the end of June, one from July on."""
    del site.entries["plots.geojson"]
    site.layer("plots", first, path="old.geojson", valid_until=dt.date(2006, 6, 30))
    return site.layer("plots", second, path="new.geojson", valid_from=dt.date(2006, 7, 1))


def test_a_vetting_reads_the_files_of_its_day_and_names_the_others(site):
    of_two_times(
        site, [site.plot("A", box(0, 0, 100, 100))], [site.plot("B", box(0, 0, 100, 100))]
    )

    result = vetted(site, JUNE)

    assert list(result.layers["plots"].index) == ["A"]
    other = result.issues[result.issues["issue"] == "file_not_of_day"]
    assert other["source"].tolist() == ["new.geojson"]
    assert list(vetted(site, AUGUST).layers["plots"].index) == ["B"]
    assert list(vetted(site).layers["plots"].index) == ["B"]


def test_a_day_without_plots_is_refused(site):
    plots = [site.plot("A", box(0, 0, 100, 100))]
    site.layer("plots", plots, valid_from=dt.date(2006, 7, 1))

    with pytest.raises(SourceError, match=r"no file of plots that holds on 2006-06-10") as error:
        vetted(site, JUNE)

    assert "valid_from" in error.value.mend


# --- what differs, and why --------------------------------------------------------------------


def differs(site, **more):
    before, after = vetted(site, JUNE, **more), vetted(site, AUGUST, **more)
    table = vetting.differences(before, after)
    return {row["rule"]: (row["before"], row["after"], row["cause"])
            for row in table.to_dict("records")}


def test_nothing_differs_between_two_days_of_the_same_facts(site):
    assert differs(site) == {}


def test_less_investment_is_a_matter_of_the_data(site):
    of_two_times(
        site, [site.plot("A", box(0, 0, 100, 100))],
        [site.plot("A", box(0, 0, 100, 100), fixed_investment_cny=1)],
    )

    assert differs(site) == {"investment-intensity": ("pass", "fail", "data")}


def test_a_larger_plot_is_a_matter_of_the_geometry(site):
    """The building covers 60 % of one hectare, 30 % of two; 26 million are 1 300 a m²."""
    of_two_times(
        site, [site.plot("A", box(0, 0, 100, 100))], [site.plot("A", box(0, 0, 200, 100))]
    )

    assert differs(site) == {
        "investment-intensity": ("pass", "fail", "geometry"),
        "building-coverage": ("pass", "fail", "geometry"),
    }


def test_a_smaller_building_is_geometry_and_a_lower_one_is_data(site):
    del site.entries["buildings.geojson"]
    for path, day, side, storeys in (
        ("b1.geojson", {"valid_until": dt.date(2006, 6, 30)}, 60, 2),
        ("b2.geojson", {"valid_from": dt.date(2006, 7, 1)}, 50, 1),
    ):
        site.layer("buildings", [
            (box(0, 0, side, 100), {"building_id": "b", "class": "building", "storeys": storeys}),
        ], path=path, **day)
    assert differs(site) == {"plot-ratio": ("pass", "fail", "geometry")}

    site.layer("buildings", [
        (box(0, 0, 60, 100), {"building_id": "b", "class": "building", "storeys": 0.5}),
    ], path="b2.geojson", valid_from=dt.date(2006, 7, 1))
    assert differs(site) == {"plot-ratio": ("pass", "fail", "data")}


def test_it_may_take_two_causes_together(site):
    """52 million on two hectares pass, 26 on one do; 26 on two do not."""
    of_two_times(
        site, [site.plot("A", box(0, 0, 100, 100), fixed_investment_cny=52e6)],
        [site.plot("A", box(0, 0, 200, 100), fixed_investment_cny=26e6)],
    )

    assert differs(site)["investment-intensity"] == ("pass", "fail", "data+geometry")


def test_either_of_two_causes_may_be_enough(site):
    of_two_times(
        site, [site.plot("A", box(0, 0, 100, 100))],
        [site.plot("A", box(0, 0, 200, 100), fixed_investment_cny=1)],
    )

    assert differs(site)["investment-intensity"] == ("pass", "fail", "data or geometry")


def test_another_pack_in_force_is_a_matter_of_the_rule(site, tmp_path, monkeypatch):
    """The pack of June asks for 30 %, that of July for 70 %; 60 % are covered."""
    shipped = catalog.data_file("rules", "x-park-2006").read_text(encoding="utf-8")
    (tmp_path / "rules").mkdir()
    for name, dates, limit in (
        ("one", "in_force_from = 2000-01-01\nin_force_until = 2006-06-30", 30),
        ("two", "in_force_from = 2006-07-01", 70),
    ):
        changed = shipped.replace('"x-park-2006"', f'"{name}"')
        changed = changed.replace("in_force_from = 2006-05-31", dates)
        changed = changed.replace("threshold = 45", f"threshold = {limit}")
        changed = changed.replace("covered_area_m2 = 4000", "covered_area_m2 = 2000")
        for value, moved in (("45.01", limit + 0.01), ("45", limit), ("40", limit - 1)):
            changed = changed.replace(f"value = {value}\n", f"value = {moved}\n")
        (tmp_path / "rules" / f"{name}.toml").write_text(changed, encoding="utf-8")
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))
    site.head["rules"] = ["one", "two"]
    steps(site)

    before = vetted(site, JUNE, rules_on=JUNE)
    after = vetted(site, AUGUST, rules_on=AUGUST)
    table = vetting.differences(before, after).set_index("rule")

    assert table.loc["building-coverage", ["before", "after", "cause"]].tolist() == [
        "pass", "fail", "rule"
    ]
    assert table.loc["building-coverage", ["version_before", "version_after"]].tolist() == [
        "one@1", "two@1"
    ]
    assert table.loc["environment-first", "cause"] == "data"
    by_acceptance = vetting.differences(vetted(site, JUNE), vetted(site, AUGUST))
    assert "building-coverage" not in set(by_acceptance["rule"])


def test_a_contract_agreed_in_between_is_a_matter_of_the_rule(site):
    site.catalog("""
[[override]]
plot = "A"
rule = "building-coverage"
relation = ">="
threshold = 70
unit = "%"
document = "contract 7"
agreed_on = 2006-07-01
""")

    assert differs(site) == {"building-coverage": ("pass", "fail", "rule")}


def test_a_plot_that_only_one_day_has_is_not_there_on_the_other(site):
    one = site.plot("A", box(0, 0, 100, 100))
    of_two_times(site, [one], [one, site.plot("B", box(200, 0, 300, 100))])

    table = vetting.differences(vetted(site, JUNE), vetted(site, AUGUST))

    assert set(table["plot_id"]) == {"B"}
    assert set(table["before"]) == {"not_there"}
    assert set(table["cause"]) == {"data"}


# --- the commands -----------------------------------------------------------------------------


def typed(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


def test_the_verdicts_that_differ_are_listed_with_their_cause(site):
    steps(site)

    told = typed("changes", JUNE, AUGUST, site.folder)

    assert told.exit_code == 1
    assert told.stdout == (
        "A  Environmental approval before construction: not applicable → pass  (data)\n"
        "1 verdict differs between 2006-06-10 and 2006-08-01\n"
    )
    assert typed("changes", JUNE, JUNE, site.folder).exit_code == 0


def test_a_run_is_as_of_a_day_and_by_the_rules_of_that_day(site, tmp_path):
    """Accepted in 2010; the coverage of 2008 is 30 %, that of 2023 40 %; 35 % are covered."""
    site.layer("buildings", [
        (box(0, 0, 35, 100), {"building_id": "b", "class": "building", "storeys": 2}),
    ])
    site.head["rules"] = ["cn-2008", "cn-2023"]
    steps(site, accepted_on="2010-01-01")
    out = tmp_path / "out"

    def version(*more):
        typed("run", site.folder, "--out", out, *more)
        lines = (out / "findings.csv").read_text(encoding="utf-8-sig").splitlines()
        head = lines[0].split(",")
        row = next(line.split(",") for line in lines if ",building-coverage," in line)
        return row[head.index("outcome")], row[head.index("rule_version")]

    assert version() == ("pass", "cn-2008@1")
    assert version("--rules-now") == ("fail", "cn-2023@1")
    assert version("--rules-now", "--as-of", "2015-01-01") == ("pass", "cn-2008@1")
    assert "≥ 30 %" in typed("vet", "A", site.folder).stdout
    assert "≥ 40 %" in typed("vet", "A", site.folder, "--rules-now").stdout


# --- on which day a plot or project was accepted ----------------------------------------------


@pytest.mark.parametrize(("written", "said"), [
    ("2006-05", "unknown"), ("06/05/2006", "unknown"), ("2006.5.6-2006.7.9", "unknown"),
    ("20060532", "unknown"), ("上半年", "unknown"), ("2006-05-30", "not_applicable"),
    ("2006-05-31", "pass"), ("", "pass"), (None, "pass"),
])
def test_a_day_of_acceptance_that_cannot_be_read_may_be_before_the_rules(site, written, said):
    """The pack is in force from 2006-05-31; one pack alone holds where no day is written."""
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100), accepted_on=written),
        site.plot("B", box(200, 0, 300, 100)),
    ])

    result = vetted(site)

    assert outcome(result, "investment-intensity") == said
    assert outcome(result, "investment-intensity", "B") == "pass"
    told = result.findings.set_index(["plot_id", "rule"])
    reason = told.loc[("A", "investment-intensity"), "reason"]
    assert (reason == "accepted_on") == (said == "unknown")


@pytest.mark.parametrize(("days", "said"), [
    (("2006-05-30", "2006-05-31"), "unknown"), (("2006-06-01", "2008-01-01"), "pass"),
    (("2005-06-01", "2006-01-01"), "not_applicable"), (("2005-06-01", None), "not_applicable"),
    (("2006-06-01", None), "pass"), (("2006-06-01", "soon"), "unknown"), ((None, None), "pass"),
])
def test_a_project_is_judged_by_the_rules_of_each_day_on_which_its_plots_were_accepted(
    site, days, said
):
    """60 million by 20 000 m² of two plots: 3 000, where at least 2 500 are asked."""
    (site.folder / "j.csv").write_text("k,invested\nP,60000000\n", encoding="utf-8")
    site.layer("plots", [
        (box(200 * at, 0, 200 * at + 100, 100),
         {"plot_id": name, "project_id": "P", "accepted_on": day})
        for at, (name, day) in enumerate(zip("AB", days, strict=True))
    ], ledger={"path": "j.csv", "key": "k", "on": "project_id",
               "fields": {"fixed_investment_cny": "invested"}})

    result = vetted(site)

    own = result.projects.set_index(["plot_id", "rule"])
    assert own.loc[("P", "investment-intensity"), "outcome"] == said
    case = rules_case.case(result, "P").findings().set_index("rule")
    assert case.loc["investment-intensity", "outcome"] == said


@pytest.mark.parametrize("written", [
    "1899-12-30", "0001-01-01", "1900-01-01", "1970-01-01", "9999-12-31", "0206-05-01",
    "1899-12-30T00:00:00Z", "1969-12-31T16:00:00Z", "0001-01-01T00:00:00+08:00", "25569",
])
def test_a_day_that_stands_for_none_is_no_day_on_which_a_step_was_taken(site, written):
    site.layer("plots", [site.plot(
        "A", box(0, 0, 100, 100), eia_approved_on=written, construction_permit_on="2006-06-01",
        stage="under_construction",
    )])

    result = vetted(site)

    assert outcome(result, "environment-first") == "unknown"
    told = result.issues[result.issues["issue"] == "not_a_date"]
    assert told["field"].tolist() == ["eia_approved_on"]


def test_a_column_of_moments_holds_no_day_that_stands_for_none():
    cells = pd.Series(pd.to_datetime(
        ["1899-12-30T00:00:00Z", "1970-01-01T00:00:00Z", "2006-04-30T16:00:00Z"]
    ))

    found = normalise.dates.read(
        cells, cells.astype("str"), normalise.Calendar(zone="Asia/Shanghai")
    )

    assert found.value.isna().tolist() == [True, True, False]
    assert found.value.iloc[2] == pd.Timestamp("2006-05-01")
    assert found.moved.tolist() == [False, False, True]
