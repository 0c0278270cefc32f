"""What one ledger says and leaves in doubt, no other ledger or column settles."""

import openpyxl
import pytest
from builders import box
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


# --- one plot that two files draw alike -------------------------------------------------------


def drawn_twice(site, ledgers, *, on="project_id", fields=None, others=()):
    """Give the plot A of 10 000 m² to two files, each with a ledger of its own; P has others."""
    site.basis["land_area"] = "measured"
    shape = box(0, 0, 100, 100)
    for at, (name, rows) in enumerate(zip("ab", ledgers, strict=True)):
        every = [("k", "invested", "land", "phase"), *rows]
        lines = [",".join((*row, "", "")[:4]) for row in every]
        (site.folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        own = [(shape, {"plot_id": "A", "project_id": P})]
        own += [
            (box(200 + 200 * n, 0, 300 + 200 * n, 100), {"plot_id": plot, "project_id": P})
            for n, (plot, file) in enumerate(others) if file == at
        ]
        site.layer("plots", own, path=f"{name}.geojson", ledger={
            "path": f"{name}.csv", "key": "k", "on": on,
            "fields": fields or {"fixed_investment_cny": "invested"},
        })
    site.entries.pop("plots.geojson", None)
    return site.catalog()


def rows_of(result, issue):
    own = result.issues[result.issues["issue"] == issue]
    return own[["source", "feature_id", "field", "value"]].apply(tuple, axis="columns").tolist()


KEYS = {"project_id": "P", "plot_id": "A"}


def of(key, rows):
    return [(key if row[0] == P else row[0], *row[1:]) for row in rows]


@pytest.mark.parametrize("on", KEYS)
@pytest.mark.parametrize("first", [True, False])
def test_a_plot_drawn_alike_in_two_files_has_no_investment_where_their_ledgers_differ(
    site, on, first
):
    """60 million would be 6 000 CNY/m² and 10 million 1 000, of which one passes."""
    ledgers = [[(KEYS[on], "60000000")], [(KEYS[on], "10000000")]][:: 1 if first else -1]
    drawn_twice(site, ledgers, on=on)

    result = vetted(site.folder)

    assert told(result)["A"][1] == "unknown"
    assert list(result.layers["plots"].index) == ["A"]
    [row] = rows_of(result, "amount_contradicted")
    value = "60,000,000 / 10,000,000" if first else "10,000,000 / 60,000,000"
    assert row == ("b.csv" if on == "project_id" else "b.geojson", KEYS[on],
                   "fixed_investment_cny", value)


@pytest.mark.parametrize("on", KEYS)
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("rows", [
    pytest.param(DOUBTFUL[name], id=name)
    for name in ("twice, alike", "about", "phases, one unreadable", "phases, one empty")
])
def test_what_the_ledger_of_one_drawing_of_a_plot_leaves_in_doubt_the_other_does_not_settle(
    site, rows, on, first
):
    rows = [(each[0].replace("p", "a") if on == "plot_id" else each[0], *each[1:]) for each in rows]
    key = KEYS[on]
    drawn_twice(site, [of(key, rows), of(key, SURE)][:: 1 if first else -1], on=on)

    result = vetted(site.folder)

    assert told(result)["A"][1] == "unknown"
    assert [each for each in issues(result) if each[0] != "feature_duplicate"], "it is told"
    assert not [each for each in issues(result) if "inf" in str(each)]
    assert "amount_contradicted" not in {each[0] for each in issues(result)}


@pytest.mark.parametrize("on", KEYS)
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("rows", [pytest.param(rows, id=name) for name, rows in SILENT.items()])
def test_a_ledger_without_another_value_changes_nothing_of_a_plot_drawn_alike(
    site, rows, on, first
):
    key = KEYS[on]
    drawn_twice(site, [of(key, rows), of(key, SURE)][:: 1 if first else -1], on=on)

    result = vetted(site.folder)

    assert told(result) == {"A": (6000.0, "pass", "")}
    assert [each[0] for each in issues(result)].count("feature_duplicate") == 1
    assert "amount_contradicted" not in {each[0] for each in issues(result)}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("rows", "found"), [
    (SURE, (3000.0, "pass")), ([(P, "")], (3000.0, "pass")), ([], (3000.0, "pass")),
    ([(P, "10000000")], (None, "unknown")), (DOUBTFUL["about"], (None, "unknown")),
])
@pytest.mark.parametrize("file", [0, 1])
def test_a_plot_drawn_alike_in_two_files_of_a_project_of_two_plots(site, rows, found, first, file):
    """The project has 20 000 m², and its other plot stands in one file only."""
    drawn_twice(site, [rows, SURE][:: 1 if first else -1], others=[("B", file)])

    value, outcome = whole(vetted(site.folder))[P]

    assert outcome == found[1]
    assert found[0] is None or value == found[0]


@pytest.mark.parametrize("rows", [[(P, "10000000")], DOUBTFUL["about"]])
@pytest.mark.parametrize("first", [True, False])
def test_a_ledger_of_the_plot_and_one_of_its_project_contradict_each_other(site, rows, first):
    drawn_twice(site, [of("A", rows), SURE], on="plot_id")
    site.entries["b.geojson"]["ledger"]["on"] = "project_id"
    if not first:
        site.entries = dict(reversed(site.entries.items()))
    site.catalog()

    assert told(vetted(site.folder))["A"][1] == "unknown"


def test_an_amount_that_only_the_second_ledger_has_is_the_plots(site):
    site.basis["land_area"] = "declared"
    drawn_twice(site, [SURE, [(P, "", "20000")]])
    site.basis["land_area"] = "declared"
    site.entries["b.geojson"]["ledger"]["fields"] = {"land_area_m2": "land"}
    site.catalog()

    result = vetted(site.folder)

    assert told(result)["A"] == (3000.0, "pass", "")


# --- columns of the plots, and rows of one plot -----------------------------------------------


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("cell", "outcome"), [
    ("约60000000", "unknown"), ("see file", "unknown"), ("", "pass"), (None, "pass"), ("-", "pass"),
])
@pytest.mark.parametrize("files", [1, 2])
def test_what_a_column_leaves_in_doubt_at_one_plot_of_a_project_another_plot_does_not_settle(
    site, cell, outcome, first, files
):
    """The column repeats the amount of the project: 60 million of 20 000 m² would be 3 000."""
    cells = [cell, "60000000"][:: 1 if first else -1]
    plots = [
        (shape, {"plot_id": plot, **facts, "fixed_investment_cny": each})
        for (plot, (shape, facts)), each in zip(two_plots().items(), cells, strict=True)
    ]
    parts = [plots] if files == 1 else [[each] for each in plots]
    for at, each in enumerate(parts):
        site.layer("plots", each, path=f"{at}.geojson", amounts_of="project")
    site.basis["land_area"] = "measured"
    site.catalog()

    result = vetted(site.folder)

    assert whole(result)[P][1] == outcome
    assert not [each for each in issues(result) if "inf" in str(each)]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("cell", "value"), [
    ("约60000000", None), ("see file", None), ("50000000", None), ("60000000", 3000.0),
    ("", 3000.0),
])
@pytest.mark.parametrize("alike", [True, False])
def test_what_one_row_of_a_plot_leaves_in_doubt_another_row_does_not_settle(
    site, cell, value, first, alike
):
    """The plot is drawn in two rows: twice the same outline, or two halves."""
    cells = [cell, "60000000"][:: 1 if first else -1]
    shapes = [box(0, 0, 200, 100)] * 2 if alike else [box(0, 0, 100, 100), box(200, 0, 300, 100)]
    site.layer("plots", [
        (shape, {"plot_id": "A", "fixed_investment_cny": each})
        for shape, each in zip(shapes, cells, strict=True)
    ])
    site.basis["land_area"] = "measured"
    site.catalog()

    result = vetted(site.folder)

    assert told(result)["A"][1] == ("pass" if value else "unknown")
    assert value is None or told(result)["A"][0] == value
    both = " / ".join(f"{int(each):,}" for each in cells) if cell == "50000000" else ""
    assert [each for each in issues(result) if each[0] == "part_amounts_differ"] == (
        [("part_amounts_differ", "A", both)] if both else []
    )


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("cell", "outcome"), [("约40000", "unknown"), ("", "pass")])
def test_declared_land_that_one_row_of_a_plot_leaves_in_doubt_is_not_divided_by(
    site, cell, outcome, first
):
    cells = [cell, "20000"][:: 1 if first else -1]
    shapes = [box(0, 0, 100, 100), box(200, 0, 300, 100)]
    site.layer("plots", [
        (shape, {"plot_id": "A", "fixed_investment_cny": 60e6, "land_area_m2": each})
        for shape, each in zip(shapes, cells, strict=True)
    ])
    site.basis["land_area"] = "declared"
    site.catalog()

    assert told(vetted(site.folder))["A"][1] == outcome


# --- what is said of phases -------------------------------------------------------------------


@pytest.mark.parametrize(("second", "issue"), [
    ("30000000", "ledger_phases_added"), ("some", "ledger_phases_incomplete"),
    ("", "ledger_phases_incomplete"),
])
def test_phases_are_said_to_be_added_up_only_where_they_are(site, second, issue):
    """Of each field: the land of both phases is there in any case."""
    rows = [(P, "30000000", "5000", "I"), (P, second, "5000", "II")]
    two_files(
        site, [rows, []], fields={"fixed_investment_cny": "invested", "land_area_m2": "land"}
    )

    result = vetted(site.folder)
    found = {
        (name, each) for name in ("ledger_phases_added", "ledger_phases_incomplete")
        for each in rows_of(result, name)
    }

    assert found == {
        (issue, ("a.csv", P, "fixed_investment_cny", "2, 3")),
        ("ledger_phases_added", ("a.csv", P, "land_area_m2", "2, 3")),
    }


def test_phases_without_any_figure_are_not_said_to_be_added_up(site):
    two_files(site, [[(P, "", "", "I"), (P, "", "", "II")], SURE])

    found = {each[0] for each in issues(vetted(site.folder))}

    assert not {"ledger_phases_added", "ledger_phases_incomplete"} & found
