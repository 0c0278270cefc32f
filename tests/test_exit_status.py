"""0 says that every plot and every project was judged and passes; all else is another number."""

import csv
import datetime as dt

import pytest
from builders import box
from click.testing import CliRunner

from landtrack.app import vet
from landtrack.assessment.rules import agreements
from landtrack.cli.main import main
from landtrack.model import Override, Waiver, catalog
from landtrack.model.errors import CatalogError

pytestmark = pytest.mark.usefixtures("read_here", "vets_kept")


def typed(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


def run(folder):
    return typed("run", folder, "--out", folder / "build")


def issues_of(folder):
    with (folder / "build" / "issues.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("rows", ["", "P1,30000000,2006-05-01\nP1,30000000,2006-05-01\n"])
def test_a_ledger_of_which_no_row_is_of_use_leaves_every_plot_unknown(site, rows):
    """No row at all, or one plot twice: its days are missing then, as its figures are."""
    site.layer("plots", [(box(0, 0, 100, 100), {"plot_id": "P1"})])
    (site.folder / "ledger.csv").write_text("key,money,day\n" + rows, encoding="utf-8")
    site.entries["plots.geojson"]["ledger"] = {
        "path": "ledger.csv", "key": "key", "on": "plot_id",
        "fields": {"fixed_investment_cny": {"column": "money", "unit": "CNY"},
                   "accepted_on": "day"},
    }
    site.catalog()

    result = run(site.folder)

    assert result.exit_code == 3, result.output


@pytest.mark.fault("50-exit-all-not-applicable")
def test_as_of_a_day_before_the_rules_nothing_is_judged_whenever_it_was_accepted(site):
    """Whatever is there on that day was accepted before; the day itself need not be known."""
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    site.catalog()

    early, late = (
        typed("run", site.folder, "--out", site.folder / f"on-{day}", "--as-of", day)
        for day in ("2006-05-30", "2006-05-31")
    )

    assert early.exit_code == 3
    assert "no rule says anything of them" in early.output
    assert "no rule says anything of them" not in late.output


# --- nothing, or not all of it, is judged ---------------------------------------------------


@pytest.mark.fault("45-every-plot-set-aside")
def test_where_every_plot_is_set_aside_the_causes_are_named_and_the_issues_written(fault):
    result = run(fault)

    assert result.exit_code == 2
    assert "3 were set aside: 3 Geometry beyond repair (geometry_unrepairable)" in result.stderr
    assert "where" not in result.stderr
    told = issues_of(fault)
    assert [(row["feature_id"], row["issue"]) for row in told if row["severity"] == "error"] == [
        (plot, "geometry_unrepairable") for plot in ("P0", "P1", "P2")
    ]


def test_several_causes_are_counted_each(site):
    site.layer("plots", [(None, {"plot_id": "A"}), (None, {"plot_id": "B"}),
                         (box(0, 0, 9, 9).boundary, {"plot_id": "C"})])

    told = run(site.folder).stderr

    assert "3 were set aside: 2 " in told
    assert "(geometry_missing), 1 " in told
    assert "(geometry_kind)" in told


@pytest.mark.fault("50-exit-all-not-applicable")
def test_a_plot_of_which_no_rule_says_anything_is_not_judged(fault):
    result = run(fault)

    assert result.exit_code == 3
    assert "not judged: 1 plot (P1): no rule says anything of them" in result.stdout
    assert typed("vet", "P1", fault).exit_code == 3


@pytest.mark.fault("51-exit-plot-set-aside")
def test_a_plot_that_was_set_aside_was_not_judged(fault):
    result = run(fault)

    assert result.exit_code == 3
    assert "not judged: 1 plot set aside (P2); see issues.csv" in result.stdout


def test_a_plot_given_twice_is_judged_once_and_passes(site):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))] * 2)

    assert run(site.folder).exit_code == 0


# --- a place without rules ------------------------------------------------------------------


@pytest.mark.parametrize("rules", [None, []])
def test_a_place_without_rules_has_figures_and_is_not_judged(site, rules):
    if rules is None:
        del site.head["rules"]
    else:
        site.head["rules"] = rules
    site.catalog()

    result = run(site.folder)

    assert result.exit_code == 3
    assert "no rules: not judged" in result.stdout
    assert "x-park" not in result.stdout
    vetted = vet.vet(catalog.place(site.folder))
    assert vetted.findings.empty
    own = vetted.measures[vetted.measures["layer"] == "plots"].set_index("measure")["value"]
    assert own["area_m2"] == pytest.approx(10_000)
    assert own["floor_area_m2"] == pytest.approx(12_000)


def test_map_form_sheet_and_report_of_a_place_without_rules_say_not_judged(site):
    del site.head["rules"]
    site.catalog()
    assert run(site.folder).exit_code == 3
    build = site.folder / "build"

    form = typed("vet", "A", site.folder, "--html", site.folder / "form.html")
    again = typed("map", "--store", build / "project.gpkg", "--out", site.folder / "again")
    sheet = typed("sheet", "project", "A", "--store", build / "project.gpkg", "--by", "x",
                  "--checked", "y", "--out", site.folder / "sheet.pdf")

    assert form.exit_code == 3
    assert "NOT JUDGED" in form.stdout
    assert again.exit_code == sheet.exit_code == 0
    for page in (build / "map.html", site.folder / "again" / "map.html"):
        assert '"not_judged"' in page.read_text(encoding="utf-8")


# --- a place that does not state how approvals go there --------------------------------------


def with_states(site, state="approved"):
    parcel = {"parcel_id": "P", "state": state}
    return site.layer("parcels", [(box(0, 0, 100, 100), parcel)])


def states_told(site):
    assert run(site.folder).exit_code in {0, 3}
    return [
        (row["layer"], row["field"], row["value"]) for row in issues_of(site.folder)
        if row["issue"] == "workflow_not_stated"
    ]


def test_approvals_that_neither_catalog_nor_rules_name_are_not_taken_for_granted(site):
    del site.head["rules"]
    with_states(site)

    assert states_told(site) == [("parcels", "state", "cn-2006, cn-now")]
    vetted = vet.vet(catalog.place(site.folder))
    assert vetted.workflow.id == "none"
    assert vetted.layers["parcels"]["state"].isna().all()
    assert vetted.run["workflow"] == "none"


@pytest.mark.parametrize(("head", "workflow"), [
    pytest.param({"rules": "x-park-2006"}, "cn-2006", id="the rules name theirs"),
    pytest.param({"rules": "x-park-2006", "workflow": "cn-now"}, "cn-now", id="the catalog first"),
    pytest.param({"rules": ["x-park-2006", "cn-2023"]}, "cn-2006", id="one of several names it"),
    pytest.param({"rules": "cn-2023"}, "none", id="rules that name none"),
    pytest.param({"rules": [], "workflow": "none"}, "none", id="stated that there is none"),
])
def test_approvals_go_as_the_catalog_says_else_as_its_rules_do(site, head, workflow):
    del site.head["rules"]
    site.head |= head
    with_states(site)

    told = states_told(site)

    assert vet.vet(catalog.place(site.folder)).workflow.id == workflow
    assert bool(told) == (workflow == "none" and "workflow" not in head)


def test_a_place_without_any_states_is_not_asked_for_its_approvals(site):
    del site.head["rules"]
    site.layer("parcels", [(box(0, 0, 100, 100), {"parcel_id": "P"})])

    assert states_told(site) == []


# --- projects -------------------------------------------------------------------------------


@pytest.mark.fault("52-exit-project-fails")
def test_a_project_that_fails_is_a_fail_of_the_place_and_of_the_vetting_of_its_plots(fault):
    result = run(fault)

    assert result.exit_code == 1
    assert "fail: 1 project (A)" in result.stdout
    assert typed("vet", "A", fault).exit_code == 1
    assert typed("vet", "P1", fault).exit_code == 1


# --- rows of a ledger that no layer has ------------------------------------------------------


def ledgers(site, rows, *, on="project_id", files=(("A",), ("B",))):
    """Write plots of 10 000 m², a file for each group, that share one ledger."""
    (site.folder / "ledger.csv").write_text(
        "编号,固定资产投资（元）\n" + "".join(f"{key},{money}\n" for key, money in rows),
        encoding="utf-8",
    )
    ledger = {"path": "ledger.csv", "key": "编号", "on": on,
              "fields": {"fixed_investment_cny": "固定资产投资（元）"}}
    east = 0
    buildings = []
    for number, names in enumerate(files):
        plots = []
        for name in names:
            plots.append((box(east, 0, east + 100, 100), {
                "plot_id": name, "project_id": f"J{name}",
            }))
            buildings.append((box(east, 0, east + 60, 100), {
                "building_id": f"b{name}", "class": "building", "storeys": 2,
            }))
            east += 200
        path = f"plots-{number}.geojson" if number else "plots.geojson"
        site.layer("plots", plots, path=path, ledger=ledger)
    site.layer("buildings", buildings)
    return site.folder


ENOUGH = 26_000_000


def test_a_ledger_that_two_files_of_plots_share_is_used_by_either(site):
    folder = ledgers(site, [("JA", ENOUGH), ("JB", ENOUGH)])

    assert run(folder).exit_code == 0
    assert "ledger_unused" not in {row["issue"] for row in issues_of(folder)}


def test_a_project_of_the_ledger_without_any_plot_was_not_judged(site):
    folder = ledgers(site, [("JA", ENOUGH), ("JB", ENOUGH), ("JZ", 1)])

    result = run(folder)

    assert result.exit_code == 3
    assert "not judged: 1 project of the ledger without any plot (JZ); see issues.csv" in (
        result.stdout
    )
    assert [row["value"] for row in issues_of(folder) if row["issue"] == "ledger_unused"] == ["JZ"]


def test_a_plot_of_the_ledger_that_no_layer_has_was_not_judged(site):
    folder = ledgers(site, [("A", ENOUGH), ("B", ENOUGH), ("Z", 1)], on="plot_id")

    result = run(folder)

    assert result.exit_code == 3
    assert "not judged: 1 plot of the ledger that no layer has (Z); see issues.csv" in (
        result.stdout
    )


def test_a_key_that_stands_twice_and_has_no_plot_was_not_judged(site):
    folder = ledgers(site, [("JA", ENOUGH), ("JB", ENOUGH), ("JZ", 1), ("JZ", 2)])

    assert run(folder).exit_code == 3


def test_a_row_without_a_key_was_not_judged(site):
    folder = ledgers(site, [("JA", ENOUGH), ("JB", ENOUGH), ("", 5)])

    result = run(folder)

    assert result.exit_code == 3
    assert "not judged: 1 row of the ledger without a key (4" in result.stdout


# --- two agreements at once -----------------------------------------------------------------


@pytest.mark.fault("53-two-overrides")
def test_two_limits_for_one_plot_and_rule_are_an_error_that_names_both(fault):
    result = run(fault)

    assert result.exit_code == 2
    assert "Two limits hold at once for P1 and the rule investment-intensity: " in result.stderr
    assert "newer contract and older contract" in result.stderr


@pytest.mark.fault("53-two-overrides")
def test_the_limit_that_says_that_it_replaces_the_other_holds_once_it_is_agreed(fault):
    path = fault / "catalog.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(
        'document="newer contract"', 'document="newer contract"\nreplaces="older contract"'
    ), encoding="utf-8")

    assert run(fault).exit_code == 1
    place = catalog.place(fault)
    now, then = (
        vet.vet(place, as_of=day).findings.set_index("rule").loc["investment-intensity"]
        for day in (None, dt.date(2010, 1, 1))
    )
    assert (now["threshold"], now["outcome"]) == (3000, "fail")
    assert (then["threshold"], then["outcome"]) == (0, "pass")


def limit(document, agreed_on=None, replaces=None, plot="P", **changes):
    return Override(**{
        "plot": plot, "rule": "r", "relation": ">=", "threshold": 1, "unit": "1",
        "document": document, "agreed_on": agreed_on, "replaces": replaces, **changes,
    })


OLD, NEW = dt.date(2007, 1, 1), dt.date(2020, 1, 1)


@pytest.mark.parametrize(
    ("stated", "day", "held"),
    [
        pytest.param([limit("a", OLD), limit("b", NEW)], dt.date(2010, 1, 1), ["a"],
                     id="the later is not agreed yet"),
        pytest.param([limit("b", NEW, "a"), limit("a", OLD)], NEW, ["b"], id="replaced that day"),
        pytest.param([limit("a"), limit("b", plot="Q")], NEW, ["a", "b"], id="other plots"),
        pytest.param([limit("a", OLD), limit("b", NEW)], NEW, "a and b", id="both dated"),
        pytest.param([limit("a"), limit("b")], NEW, "a and b", id="neither dated"),
        pytest.param([limit("a"), limit("a")], NEW, "a and a", id="one document twice"),
        pytest.param([limit("a", None, "z")], NEW, "a replaces 'z'", id="replaces nothing"),
        pytest.param([limit("a", OLD), limit("b", NEW, "a")], OLD, ["a"],
                     id="what replaces it is not agreed yet"),
        pytest.param([limit("a", None, "b"), limit("b", None, "a")], NEW, "the later limit",
                     id="each replaces the other"),
        pytest.param([limit("a", None, "c"), limit("b", None, "a"), limit("c", None, "b")], NEW,
                     "the later limit", id="three in a circle"),
        pytest.param([limit("a", NEW), limit("b", OLD, "a")], NEW, "which is the later limit",
                     id="the earlier replaces the later"),
        pytest.param([limit("a", OLD), limit("b", OLD, "a"), limit("c", NEW, "b")], NEW, ["c"],
                     id="one after the other"),
        *(pytest.param([limit("a", **changes)], NEW, "a states no limit", id=str(changes))
          for changes in (
              {"threshold": float("nan")}, {"threshold": float("-inf")}, {"relation": "between"},
              {"upper": 2}, {"relation": "between", "threshold": 2, "upper": 1})),
    ],
)
def test_at_most_one_limit_holds_for_a_plot_and_a_rule(stated, day, held):
    if isinstance(held, str):
        with pytest.raises(CatalogError, match=held):
            agreements.overrides(stated, day)
    else:
        assert [each.document for each in agreements.overrides(stated, day)] == held


def test_a_limit_that_is_agreed_later_than_today_does_not_hold_yet(site):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), fixed_investment_cny=30_000_000)])
    site.catalog("""
[[override]]
plot = "A"
rule = "investment-intensity"
relation = ">="
threshold = 4000
unit = "CNY/m2"
document = "contract"
agreed_on = 2006-06-01
[[override]]
plot = "A"
rule = "investment-intensity"
relation = ">="
threshold = 0
unit = "CNY/m2"
document = "contract of a day to come"
agreed_on = 2999-01-01
replaces = "contract"
""")

    found = vet.vet(catalog.place(site.folder)).findings.set_index("rule")

    assert found.loc["investment-intensity", ["threshold", "outcome"]].tolist() == [4000, "fail"]


PLOT_AND_PROJECT = """
[[override]]
plot = "1"
{of}
rule = "plot-ratio"
relation = ">="
threshold = 0
unit = "1"
document = "contract"
"""


@pytest.fixture
def numbered_alike(site):
    """A plot 1 of the project 2, and two plots of the project 1."""
    site.layer("plots", [
        (box(east, 0, east + 100, 100), {"plot_id": plot, "project_id": project})
        for east, plot, project in ((0, "1", "2"), (200, "5", "1"), (400, "6", "1"))
    ])
    site.layer("buildings", [
        (box(east, 0, east + 50, 100), {"building_id": str(east), "class": "building",
                                        "storeys": 1}) for east in (0, 200, 400)
    ])
    return site


def test_a_limit_for_a_key_of_a_plot_and_of_another_project_is_asked(numbered_alike):
    numbered_alike.catalog(PLOT_AND_PROJECT.format(of=""))

    result = run(numbered_alike.folder)

    assert result.exit_code == 2
    assert "contract names '1', which is a plot and a project." in result.stderr


@pytest.mark.parametrize(("of", "plots", "project"), [
    ("plot", {"1": "pass", "5": "fail", "6": "fail"}, {"1": "fail", "2": "pass"}),
    ("project", {"1": "fail", "5": "fail", "6": "fail"}, {"1": "pass", "2": "fail"}),
])
def test_a_limit_holds_for_what_it_says_that_its_key_is_of(numbered_alike, of, plots, project):
    numbered_alike.catalog(PLOT_AND_PROJECT.format(of=f'of = "{of}"'))

    found = vet.vet(catalog.place(numbered_alike.folder))

    assert {
        row["plot_id"]: row["outcome"] for row in found.findings.to_dict("records")
        if row["rule"] == "plot-ratio"
    } == plots
    assert {
        row["plot_id"]: row["outcome"] for row in found.projects.to_dict("records")
        if row["rule"] == "plot-ratio"
    } == project


def test_two_waivers_that_hold_at_once_are_an_error_and_one_after_the_other_is_none():
    def waiver(document, granted_on, until):
        return Waiver(plot="P", rule="r", approver="x", reason="y", document=document,
                      granted_on=granted_on, until=until)

    one = waiver("a", dt.date(2006, 1, 1), dt.date(2006, 6, 30))
    next_one = waiver("b", dt.date(2006, 7, 1), dt.date(2006, 12, 31))
    beside = waiver("c", dt.date(2006, 6, 1), dt.date(2006, 8, 1))

    assert agreements.waivers([one, next_one], dt.date(2006, 7, 1)) == (next_one,)
    with pytest.raises(CatalogError, match=r"Two waivers hold at once for P (.*): a and c"):
        agreements.waivers([one, beside], dt.date(2006, 6, 30))


# --- plots that the catalog leaves out ------------------------------------------------------


def left_out(site, rows, *, on="project_id", projects=("JA", "JB")):
    """Write a kept plot A and a plot B of another year, which `where` leaves out."""
    (site.folder / "ledger.csv").write_text(
        "\n".join(["编号,固定资产投资（元）", *(f"{key},{money}" for key, money in rows)]), "utf-8"
    )
    ledger = {"path": "ledger.csv", "key": "编号", "on": on,
              "fields": {"fixed_investment_cny": "固定资产投资（元）"}}
    site.layer("plots", [
        (box(east, 0, east + 100, 100), {"plot_id": name, "project_id": project, "year": year})
        for east, name, project, year in ((0, "A", projects[0], "2006"),
                                          (200, "B", projects[1], "2005"))
    ], where={"year": ["2006"]}, ledger=ledger)
    site.layer("buildings", [(box(0, 0, 60, 100), {
        "building_id": "b", "class": "building", "storeys": 2,
    })])
    return site.folder


def named(folder, issue):
    return [(row["value"], row["severity"]) for row in issues_of(folder) if row["issue"] == issue]


@pytest.mark.parametrize(("on", "rows"), [
    pytest.param("project_id", [("JA", ENOUGH), ("JB", 1)], id="of projects"),
    pytest.param("plot_id", [("A", ENOUGH), ("B", 1)], id="of plots"),
])
def test_the_ledgers_row_of_a_plot_that_is_left_out_is_told_and_nothing_is_owed_to_it(
    site, on, rows
):
    folder = left_out(site, rows, on=on)

    assert run(folder).exit_code == 0
    assert named(folder, "ledger_left_out") == [(rows[1][0], "info")]
    assert named(folder, "ledger_unused") == []


def test_a_row_that_no_plot_has_left_out_or_not_is_unused_still(site):
    folder = left_out(site, [("JA", ENOUGH), ("JB", 1), ("JZ", 1)])

    assert run(folder).exit_code == 3
    assert [value for value, _ in named(folder, "ledger_unused")] == ["JZ"]
    assert [value for value, _ in named(folder, "ledger_left_out")] == ["JB"]


def test_a_row_left_out_of_one_file_and_unknown_to_another_is_told_once_as_left_out(site):
    folder = left_out(site, [("A", ENOUGH), ("B", 1), ("C", ENOUGH)], on="plot_id")
    ledger = site.entries["plots.geojson"]["ledger"]
    site.layer("plots", [(box(400, 0, 500, 100), {"plot_id": "C"})], path="more.geojson",
               ledger=ledger)

    run(folder)

    assert [value for value, _ in named(folder, "ledger_left_out")] == ["B"]
    assert named(folder, "ledger_unused") == []


def test_what_one_entry_leaves_out_and_another_takes_is_used(site):
    folder = left_out(site, [("A", ENOUGH), ("B", ENOUGH)], on="plot_id")
    entry = site.entries["plots.geojson"]
    site.entries["again"] = {**entry, "where": {"year": ["2005"]}}
    site.catalog()

    run(folder)

    assert named(folder, "ledger_left_out") == named(folder, "ledger_unused") == []


def test_where_a_misspelt_column_leaves_out_every_plot_the_rows_are_unused(site):
    folder = left_out(site, [("JA", ENOUGH), ("JB", 1)])
    site.entries["plots.geojson"]["where"] = {"yaer": ["2006"]}
    site.layer("plots", [site.plot("C", box(400, 0, 500, 100))], path="more.geojson")

    assert run(folder).exit_code in {1, 3}
    assert [value for value, _ in named(folder, "ledger_unused")] == ["JA", "JB"]


def test_an_amount_of_a_project_of_which_a_plot_is_left_out_is_not_that_of_the_plots_kept(site):
    folder = left_out(site, [("JA", ENOUGH)], projects=("JA", "JA"))

    assert run(folder).exit_code == 3
    found = vet.vet(catalog.place(folder))
    intensity = found.projects[found.projects["rule"] == "investment-intensity"]
    assert intensity["outcome"].tolist() == ["unknown"]
    assert named(folder, "amount_left_out") == [("B", "warning")]


# --- a ledger of buildings joined on marks that are no key -----------------------------------


@pytest.mark.parametrize(("rows", "told"), [
    pytest.param(["甲,3", "甲,4", "乙,2"], {("ledger_duplicate", "甲 (2, 3)")},
                 id="a mark in two rows"),
    pytest.param(["甲,3", "乙,2"], {("ledger_row_shared", "b1, b2")}, id="one row of two"),
    pytest.param(["乙,2", ",5", "丁,1"], {("ledger_key_missing", "3: 5"), ("ledger_unused", "丁"),
                                        ("ledger_no_match", "甲")}, id="rows of no building"),
])
def test_each_row_of_a_ledger_of_buildings_that_is_not_one_buildings_own_is_told(site, rows, told):
    (site.folder / "b.csv").write_text("\n".join(["楼号,层数", *rows]), encoding="utf-8")
    site.layer("buildings", [
        (box(east, 0, east + 20, 100), {"building_id": key, "name": mark, "class": "building"})
        for east, key, mark in ((0, "b1", "甲"), (20, "b2", "甲"), (40, "b3", "乙"))
    ], ledger={"path": "b.csv", "key": "楼号", "on": "name", "fields": {"storeys": "层数"}})

    run(site.folder)

    assert {
        (row["issue"], row["value"]) for row in issues_of(site.folder)
        if row["issue"].startswith("ledger_")
    } == told
