"""What one ledger says and leaves in doubt, no other ledger or column settles."""

import openpyxl
import pytest
from test_amounts import INTENSITY, issues, told, two_plots, vetted, whole

P, Q = "P", "Q"
SURE = [(P, "60000000")]


def two_files(site, ledgers, *, fields=None, own=None):
    """Give a project of two plots, each in a file of its own with a ledger of its own."""
    for name, rows, (plot, (shape, facts)) in zip("ab", ledgers, two_plots().items(), strict=True):
        every = [("k", "invested", "land", "phase"), *rows]
        lines = [",".join((*row, "", "")[:4]) for row in every]
        (site.folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        site.layer(
            "plots", [(shape, {"plot_id": plot, **facts, **(own or {})})], path=f"{name}.geojson",
            ledger={
                "path": f"{name}.csv", "key": "k", "on": "project_id",
                "fields": fields or {"fixed_investment_cny": "invested"},
            },
        )
    site.entries.pop("plots.geojson", None)
    return site.catalog()


DOUBTFUL = {
    "twice, alike": [(P, "60000000"), (P, "60000000")],
    "twice, different": [(P, "30000000"), (P, "60000000")],
    "twice, once empty": [(P, "60000000"), (P, "")],
    "twice, neither readable": [(P, "many"), (P, "more")],
    "three times": [(P, "60000000")] * 3,
    "about": [(P, "约60000000")],
    "a mark of a footnote": [(P, "60000000①")],
    "a range": [(P, "50000000-60000000")],
    "a word": [(P, "see file")],
    "below nothing": [(P, "-60000000")],
    "another unit": [(P, "60000000 kg")],
    "phases, one unreadable": [(P, "30000000", "", "I"), (P, "some", "", "II")],
    "phases, one empty": [(P, "30000000", "", "I"), (P, "", "", "II")],
    "written otherwise": [(" p ", "约60000000")],
}
SILENT = {
    "an empty cell": [(P, "")],
    "a dash": [(P, "-")],
    "no row": [(Q, "1")],
    "no rows": [],
    "twice, both empty": [(P, "", "1"), (P, "", "2")],
    "the same figure": SURE,
    "phases that add up to it": [(P, "30000000", "", "I"), (P, "30000000", "", "II")],
}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("rows", [pytest.param(rows, id=name) for name, rows in DOUBTFUL.items()])
def test_what_one_ledger_leaves_in_doubt_the_other_does_not_settle(site, rows, first):
    site.basis["land_area"] = "measured"
    two_files(site, [rows, SURE][:: 1 if first else -1])

    result = vetted(site.folder)

    assert whole(result)[P][1] == "unknown"
    assert {each[1] for each in told(result).values()} == {"unknown"}
    assert [each for each in issues(result) if each[1] in {P, "A", "B"}], "it is told"
    assert not [each for each in issues(result) if "inf" in str(each)]
    assert "amount_contradicted" not in {each[0] for each in issues(result)}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("rows", [pytest.param(rows, id=name) for name, rows in SILENT.items()])
def test_a_ledger_that_has_no_value_does_not_contradict_the_other(site, rows, first):
    site.basis["land_area"] = "measured"
    two_files(site, [rows, SURE][:: 1 if first else -1])

    assert whole(vetted(site.folder)) == {P: (3000.0, "pass")}


def test_a_ledger_without_the_column_does_not_contradict_the_other(site):
    two_files(site, [[(P, "60000000")], SURE])
    site.entries["a.geojson"]["ledger"]["fields"] = {"fixed_investment_cny": "no such column"}
    site.catalog()

    assert whole(vetted(site.folder)) == {P: (3000.0, "pass")}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("land", "found"), [
    ([(P, "", "20000")], (3000.0, "pass")),
    ([(P, "", "")], (3000.0, "pass")),
    ([(P, "", "约40000")], (None, "unknown")),
    ([(P, "", "40000*")], (None, "unknown")),
    ([(P, "", "20000"), (P, "", "40000")], (None, "unknown")),
])
def test_declared_land_that_one_ledger_leaves_in_doubt_is_not_divided_by(site, land, found, first):
    site.basis["land_area"] = "declared"
    two_files(
        site, [land, [(P, "60000000", "20000")]][:: 1 if first else -1],
        fields={"fixed_investment_cny": "invested", "land_area_m2": "land"},
    )

    value, outcome = whole(vetted(site.folder))[P]

    assert outcome == found[1]
    assert found[0] is None or value == found[0]


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "=1+1"])
def test_a_formula_that_failed_or_was_never_computed_is_no_empty_cell(site, cell):
    site.basis["land_area"] = "measured"
    two_files(site, [[], SURE])
    book = openpyxl.Workbook()
    for row in [("k", "invested"), (P, cell), (Q, 1)]:
        book.active.append(row)
    book.save(site.folder / "a.xlsx")
    site.entries["a.geojson"]["ledger"]["path"] = "a.xlsx"
    site.catalog()

    assert whole(vetted(site.folder))[P][1] == "unknown"


@pytest.mark.parametrize(("rows", "outcome"), [
    (DOUBTFUL["about"], "unknown"), (DOUBTFUL["twice, alike"], "unknown"),
    (DOUBTFUL["phases, one empty"], "unknown"), ([(P, "")], "pass"),
])
def test_what_a_ledger_leaves_in_doubt_a_column_of_its_plots_does_not_settle(site, rows, outcome):
    site.basis["land_area"] = "measured"
    two_files(site, [rows, []], own={"fixed_investment_cny": 30e6})

    assert whole(vetted(site.folder), INTENSITY)[P][1] == outcome


@pytest.mark.parametrize("rows", [DOUBTFUL["about"], DOUBTFUL["twice, alike"]])
def test_what_one_ledger_leaves_in_doubt_of_one_figure_does_not_touch_another(site, rows):
    """The second ledger divides its land among the plots, the first has no land at all."""
    site.basis["land_area"] = "declared"
    two_files(site, [rows, [(P, "", "20000")]])
    second = site.entries["b.geojson"]["ledger"]
    second |= {"share": "land_area", "fields": {"land_area_m2": "land"}}
    site.catalog()

    result = vetted(site.folder)

    assert result.amounts.loc[P, "land_area_m2"] == 20_000
    assert result.layers["plots"]["land_area_m2"].tolist() == [10_000, 10_000]
    assert whole(result)[P][1] == "unknown"


@pytest.mark.parametrize(("rows", "issue"), [
    ([(P, "60000000"), ("", "1")], "ledger_row_below"),
    (DOUBTFUL["twice, alike"], "ledger_duplicate"),
    ([(P, "30000000", "", "I"), (P, "30000000", "", "II")], "ledger_phases_added"),
    ([("", "1"), *SURE], "ledger_key_missing"),
    ([(Q, "1"), *SURE], "ledger_unused"),
])
@pytest.mark.parametrize("shared", [True, False])
def test_what_is_wrong_with_a_ledger_of_two_files_of_plots_is_told_once(site, rows, issue, shared):
    two_files(site, [rows, rows])
    if shared:
        site.entries["b.geojson"]["ledger"]["path"] = "a.csv"
        site.catalog()

    found = [each for each in issues(vetted(site.folder)) if each[0] == issue]

    assert len(found) == (1 if shared else 2)


def test_what_only_one_of_two_files_reads_of_their_ledger_is_told(site):
    """Only the second takes the land of the row below."""
    two_files(site, [[(P, "", "20000"), ("", "", "1")], []])
    site.entries["b.geojson"]["ledger"] |= {"path": "a.csv", "fields": {"land_area_m2": "land"}}
    site.catalog()

    assert ("ledger_row_below", P, "3") in issues(vetted(site.folder))
