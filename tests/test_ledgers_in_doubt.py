"""What one ledger says and leaves in doubt, no other ledger or column settles."""

from itertools import product

import numpy as np
import openpyxl
import pandas as pd
import pytest
from builders import box, in_turns, marked, marks, moved, own
from shapely import Polygon
from test_amounts import (
    COVERAGE,
    INTENSITY,
    RATIO,
    issues,
    told,
    two_plots,
    typed,
    vetted,
    whole,
)

from landtrack.ingest.normalise import written
from landtrack.model import translations
from landtrack.output.wording.messages import tell
from landtrack.output.wording.written import AsWritten, with_cells

pytestmark = pytest.mark.usefixtures("read_here", "vets_kept")

P, Q = "P", "Q"
SURE = [(P, "60000000")]


def two_files(site, ledgers, *, fields=None, facts=None):
    """Give a project of two plots, each in a file of its own with a ledger of its own."""
    return many_in_two_files(site, {"": ledgers}, fields=fields, facts=facts)


def many_in_two_files(site, cases, *, fields=None, facts=None):
    """Give such a project for each case, all in the same two files with the same two ledgers.

    ``cases``: The rows of the case in both ledgers, by the mark that its keys bear.
    """
    for at, (name, plot) in enumerate(zip("ab", two_plots(), strict=True)):
        write_rows(site, name, [
            (marked(key, mark), *cells)
            for mark, ledgers in cases.items() for key, *cells in ledgers[at]
        ])
        features = []
        for mark in cases:
            shape, given = two_plots(marked(P, mark))[plot]
            features.append((
                moved(shape, mark), {"plot_id": marked(plot, mark), **given, **(facts or {})}
            ))
        site.layer(
            "plots", features, path=f"{name}.geojson",
            ledger={
                "path": f"{name}.csv", "key": "k", "on": "project_id",
                "fields": fields or {"fixed_investment_cny": "invested"},
            },
        )
    site.entries.pop("plots.geojson", None)
    return site.catalog()


def write_rows(site, name, rows):
    """Write a ledger."""
    every = [("k", "invested", "land", "phase"), *rows]
    lines = [",".join((*row, "", "")[:4]) for row in every]
    (site.folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def either(rows, others, *, first):
    """Give the rows of two ledgers, those of the case in the first or in the second."""
    return [rows, others] if first else [others, rows]


def each_of(*every):
    """Give parameters of pytest: each of one with each of the others, by their names."""
    return [
        pytest.param(*values, id="-".join(map(str, values))) for values in product(*every)
    ]


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


ALL = DOUBTFUL | SILENT
MARKS = marks(ALL)


def all_in_two_files(site, first):
    site.basis["land_area"] = "measured"
    many_in_two_files(site, {
        MARKS[name]: either(rows, SURE, first=first) for name, rows in ALL.items()
    })


@pytest.mark.parametrize(("case", "first"), each_of(DOUBTFUL, [True, False]))
def test_what_one_ledger_leaves_in_doubt_the_other_does_not_settle(vetted_once, case, first):
    result = own(vetted_once(all_in_two_files, first), MARKS[case])

    assert whole(result)[P][1] == "unknown"
    assert {each[1] for each in told(result).values()} == {"unknown"}
    assert [each for each in issues(result) if each[1] in {P, "A", "B"}], "it is told"
    assert not [each for each in issues(result) if "inf" in str(each)]
    assert "amount_contradicted" not in {each[0] for each in issues(result)}


@pytest.mark.parametrize(("case", "first"), each_of(SILENT, [True, False]))
def test_a_ledger_without_a_value_of_a_project_does_not_contradict_the_other(
    vetted_once, case, first
):
    """Nor does what it leaves in doubt of other projects."""
    assert whole(own(vetted_once(all_in_two_files, first), MARKS[case])) == {P: (3000.0, "pass")}


@pytest.mark.parametrize(("rows", "first"), in_turns(SILENT, [False, True]))
def test_a_ledger_that_has_no_value_does_not_contradict_the_other(site, rows, first):
    site.basis["land_area"] = "measured"
    two_files(site, [rows, SURE][:: 1 if first else -1])

    assert whole(vetted(site.folder)) == {P: (3000.0, "pass")}


def test_a_ledger_without_the_column_does_not_contradict_the_other(site):
    two_files(site, [[(P, "60000000")], SURE])
    site.entries["a.geojson"]["ledger"]["fields"] = {"fixed_investment_cny": "no such column"}
    site.catalog()

    assert whole(vetted(site.folder)) == {P: (3000.0, "pass")}


LAND = {
    "the same": ([(P, "", "20000")], (3000.0, "pass")),
    "none": ([(P, "", "")], (3000.0, "pass")),
    "about": ([(P, "", "约40000")], (None, "unknown")),
    "a mark of a footnote": ([(P, "", "40000*")], (None, "unknown")),
    "twice": ([(P, "", "20000"), (P, "", "40000")], (None, "unknown")),
}


def land_in_two_files(site, first):
    site.basis["land_area"] = "declared"
    of = marks(LAND)
    many_in_two_files(
        site, {
            of[name]: either(land, [(P, "60000000", "20000")], first=first)
            for name, (land, _) in LAND.items()
        },
        fields={"fixed_investment_cny": "invested", "land_area_m2": "land"},
    )


@pytest.mark.parametrize(("case", "first"), each_of(LAND, [True, False]))
def test_declared_land_that_one_ledger_leaves_in_doubt_is_not_divided_by(vetted_once, case, first):
    _, found = LAND[case]

    value, outcome = whole(own(vetted_once(land_in_two_files, first), marks(LAND)[case]))[P]

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


BESIDE_A_COLUMN = {
    name: (ALL[name], outcome) for name, outcome in {
        "about": "unknown", "twice, alike": "unknown", "phases, one empty": "unknown",
        "an empty cell": "pass",
    }.items()
}


def beside_a_column(site):
    site.basis["land_area"] = "measured"
    of = marks(BESIDE_A_COLUMN)
    many_in_two_files(
        site, {of[name]: [rows, []] for name, (rows, _) in BESIDE_A_COLUMN.items()},
        facts={"fixed_investment_cny": 30e6},
    )


@pytest.mark.parametrize("case", BESIDE_A_COLUMN)
def test_what_a_ledger_leaves_in_doubt_a_column_of_its_plots_does_not_settle(vetted_once, case):
    result = own(vetted_once(beside_a_column), marks(BESIDE_A_COLUMN)[case])

    assert whole(result, INTENSITY)[P][1] == BESIDE_A_COLUMN[case][1]


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


def drawn_twice(site, ledgers, *, on="project_id", fields=None):
    """Give the plot A of 10 000 m² to two files, each with a ledger of its own."""
    return many_drawn_twice(site, {"": ledgers}, on=on, fields=fields)


def many_drawn_twice(site, cases, *, on="project_id", fields=None, others=()):
    """Give such a plot for each case, all in the same two files; its project P has others.

    ``cases``: The rows of the case in both ledgers, by the mark that its keys bear.
    ``others``: The other plots of each project, with the file that they stand in.
    """
    site.basis["land_area"] = "measured"
    for at, name in enumerate("ab"):
        write_rows(site, name, [
            (marked(key, mark), *cells)
            for mark, ledgers in cases.items() for key, *cells in ledgers[at]
        ])
        plots = {"A": box(0, 0, 100, 100)} | {
            plot: box(200 + 200 * n, 0, 300 + 200 * n, 100)
            for n, (plot, file) in enumerate(others) if file == at
        }
        features = [
            (moved(shape, mark), {"plot_id": marked(plot, mark), "project_id": marked(P, mark)})
            for mark in cases for plot, shape in plots.items()
        ]
        site.layer("plots", features, path=f"{name}.geojson", ledger={
            "path": f"{name}.csv", "key": "k", "on": on,
            "fields": fields or {"fixed_investment_cny": "invested"},
        })
    site.entries.pop("plots.geojson", None)
    return site.catalog()


def rows_of(result, issue):
    rows = result.issues[result.issues["issue"] == issue]
    return rows[["source", "feature_id", "field", "value"]].apply(tuple, axis="columns").tolist()


KEYS = {"project_id": "P", "plot_id": "A"}


DRAWN = ALL | {"another": [(P, "10000000")]}
DRAWN_MARKS = marks(DRAWN)


def all_drawn_twice(site, on, first):
    many_drawn_twice(site, {
        DRAWN_MARKS[name]: either(of_key(on, rows), of_key(on, SURE), first=first)
        for name, rows in DRAWN.items()
    }, on=on)


def of_key(on, rows):
    """Write the keys of a ledger as those of the plot where it is joined on that."""
    return [(key.replace("P", "A").replace("p", "a"), *cells) for key, *cells in rows] \
        if on == "plot_id" else rows


@pytest.mark.parametrize("on", KEYS)
@pytest.mark.parametrize("first", [True, False])
def test_a_plot_drawn_alike_in_two_files_has_no_investment_where_their_ledgers_differ(
    vetted_once, on, first
):
    """60 million would be 6 000 CNY/m² and 10 million 1 000, of which one passes."""
    result = own(vetted_once(all_drawn_twice, on, not first), DRAWN_MARKS["another"])

    assert told(result)["A"][1] == "unknown"
    assert list(result.layers["plots"].index) == ["A"]
    [row] = rows_of(result, "amount_contradicted")
    value = "60,000,000 / 10,000,000" if first else "10,000,000 / 60,000,000"
    assert row == ("b.csv" if on == "project_id" else "b.geojson", KEYS[on],
                   "fixed_investment_cny", value)


@pytest.mark.parametrize(("case", "on", "first"), each_of(DOUBTFUL, KEYS, [True, False]))
def test_what_the_ledger_of_one_drawing_of_a_plot_leaves_in_doubt_the_other_does_not_settle(
    vetted_once, case, on, first
):
    result = own(vetted_once(all_drawn_twice, on, first), DRAWN_MARKS[case])

    assert told(result)["A"][1] == "unknown"
    assert [each for each in issues(result) if each[0] != "feature_duplicate"], "it is told"
    assert not [each for each in issues(result) if "inf" in str(each)]
    assert "amount_contradicted" not in {each[0] for each in issues(result)}


def nothing_new_of_a_plot_drawn_alike(result):
    assert told(result) == {"A": (6000.0, "pass", "")}
    assert [each[0] for each in issues(result)].count("feature_duplicate") == 1
    assert "amount_contradicted" not in {each[0] for each in issues(result)}


@pytest.mark.parametrize(("case", "on", "first"), each_of(SILENT, KEYS, [True, False]))
def test_a_ledger_without_another_value_changes_nothing_of_a_plot_drawn_alike(
    vetted_once, case, on, first
):
    nothing_new_of_a_plot_drawn_alike(
        own(vetted_once(all_drawn_twice, on, first), DRAWN_MARKS[case])
    )


@pytest.mark.parametrize("on", KEYS)
@pytest.mark.parametrize("rows", [[], [(P, "")]])
def test_a_ledger_without_any_value_changes_nothing_of_a_plot_drawn_alike(site, rows, on):
    drawn_twice(site, [of_key(on, rows), of_key(on, SURE)], on=on)

    nothing_new_of_a_plot_drawn_alike(vetted(site.folder))


SURELY, DOUBTED = (3000.0, "pass"), (None, "unknown")


OF_TWO_PLOTS = {
    "the same": (SURE, SURELY), "empty": ([(P, "")], SURELY), "no row": ([], SURELY),
    "another": ([(P, "10000000")], DOUBTED), "about": (DOUBTFUL["about"], DOUBTED),
    "a range": (DOUBTFUL["a range"], DOUBTED), "nothing": (SILENT["a dash"], SURELY),
}


def of_two_plots(site, first, file):
    of = marks(OF_TWO_PLOTS)
    many_drawn_twice(site, {
        of[name]: either(rows, SURE, first=first) for name, (rows, _) in OF_TWO_PLOTS.items()
    }, others=[("B", file)])


@pytest.mark.parametrize(("case", "first", "file"), each_of(OF_TWO_PLOTS, [True, False], [0, 1]))
def test_a_plot_drawn_alike_in_two_files_of_a_project_of_two_plots(
    vetted_once, case, first, file
):
    """The project has 20 000 m², and its other plot stands in one file only."""
    _, found = OF_TWO_PLOTS[case]

    value, outcome = whole(
        own(vetted_once(of_two_plots, first, file), marks(OF_TWO_PLOTS)[case])
    )[P]

    assert outcome == found[1]
    assert found[0] is None or value == found[0]


@pytest.mark.parametrize("rows", [[(P, "10000000")], DOUBTFUL["about"]])
@pytest.mark.parametrize("first", [True, False])
def test_a_ledger_of_the_plot_and_one_of_its_project_contradict_each_other(site, rows, first):
    drawn_twice(site, [of_key("plot_id", rows), SURE], on="plot_id")
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


# --- one plot drawn twice, not alike corner by corner -----------------------------------------


SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]
WAYS = {
    "another start": [(100, 100), (0, 100), (0, 0), (100, 0)],
    "the other way round": [(0, 0), (0, 100), (100, 100), (100, 0)],
    "a corner more": [(0, 0), (50, 0), (100, 0), (100, 100), (0, 100)],
    "a corner twice": [(0, 0), (100, 0), (100, 0), (100, 100), (0, 100)],
    "rounded": [(0.004, -0.004), (100.003, 0.002), (99.998, 100.001), (0, 100)],
}

def outline(corners):
    west, south, _, _ = box(0, 0, 1, 1).bounds
    return Polygon([(west + x, south + y) for x, y in corners])


def drawings(site, *drawn):
    """Give the plot A several times, each as (corners, facts); an amount of the project in each."""
    many_drawings(site, {"": drawn}, 2)
    return vetted(site.folder)


def many_drawings(site, cases, files):
    """Give such a plot for each case, in one file or in two, and a plot B beside it.

    ``cases``: The drawings of the case, by the mark that its keys bear.
    """
    site.basis["land_area"] = "measured"
    write_rows(site, "j", [(marked(P, mark), "30000000") for mark in cases])
    parts = [[] for _ in range(files)]
    for mark, drawn in cases.items():
        for at, (corners, facts) in enumerate(drawn):
            given = {"project_id": P, **facts}
            parts[at % files].append((moved(outline(corners), mark), {
                **given, "plot_id": marked("A", mark),
                "project_id": marked(given["project_id"], mark),
            }))
        parts[0].append((moved(box(200, 0, 300, 100), mark), {
            "plot_id": marked("B", mark), "project_id": marked(P, mark),
        }))
    for at, each in enumerate(parts):
        ledger = {
            "path": "j.csv", "key": "k", "on": "project_id",
            "fields": {"fixed_investment_cny": "invested"},
        }
        site.layer("plots", each, path=f"{at}.geojson", ledger=ledger)
    site.entries.pop("plots.geojson", None)
    return site.catalog()


def drawn_in_ways(site, files):
    of = marks(WAYS)
    many_drawings(site, {
        of[name]: [(SQUARE, {}), (corners, {"note": "again"})] for name, corners in WAYS.items()
    }, files)


@pytest.mark.parametrize(("case", "files"), each_of(WAYS, [2, 1]))
def test_a_plot_whose_corners_come_in_another_order_is_one_plot_and_its_land_counts_once(
    vetted_once, case, files
):
    """30 million by the 20 000 m² of A and B is 1 500; with A twice it would be 1 000."""
    result = own(vetted_once(drawn_in_ways, files), marks(WAYS)[case])

    assert list(result.layers["plots"].index) == ["A", "B"]
    value, outcome = whole(result)[P]
    assert (value, outcome) == (pytest.approx(1500, abs=0.1), "fail")
    of_plots = {each[0] for each in issues(result)} - {"unit_not_stated"}
    assert of_plots == {"feature_duplicate"}


SAID = {
    "two companies": ("company", "甲公司", "乙公司", None),
    "a company, then none": ("company", "甲公司", None, "甲公司"),
    "no company, then one": ("company", None, "乙公司", "乙公司"),
    "two industries": ("industry_code", "3011", "2611", None),
    "two notes": ("note", "old", "new", "old"), "one grade": ("land_grade", 9, 9.0, 9),
}


def said_differently(site, files):
    of = marks(SAID)
    many_drawings(site, {
        of[name]: [(SQUARE, {field: one}), (WAYS["another start"], {field: other})]
        for name, (field, one, other, _) in SAID.items()
    }, files)


@pytest.mark.parametrize(("case", "files"), each_of(SAID, [1, 2]))
def test_what_two_drawings_of_a_plot_say_differently_of_it_is_not_known(vetted_once, case, files):
    field, one, other, kept = SAID[case]
    result = own(vetted_once(said_differently, files), marks(SAID)[case])

    assert list(result.layers["plots"].index) == ["A", "B"]
    value = result.layers["plots"].loc["A", field]
    assert (value == kept) if kept else pd.isna(value)
    told_of = [each for each in issues(result) if each[0] == "attribute_contradicted"]
    assert told_of == (
        [] if kept else [("attribute_contradicted", "A", f"{one} / {other}")]
    )


def test_a_day_that_two_drawings_of_a_plot_say_differently_is_that_of_a_step_taken(site):
    """Not "not yet due", as if no approval of the environment had been given."""
    result = drawings(
        site, (SQUARE, {"accepted_on": "2010-01-01", "eia_approved_on": "2010-03-01"}),
        (SQUARE, {"accepted_on": "2010-01-01", "eia_approved_on": "2011-03-01"}),
    )

    assert ("attribute_contradicted", "A", "2010-03-01 / 2011-03-01") in issues(result)
    facts = written.of(result)
    assert facts.loc["A", "eia_approved_on:unread"]
    assert not facts.loc["B", "eia_approved_on:unread"]


MOVED = {
    "a strip of 2 m more": [(0, 0), (102, 0), (102, 100), (0, 100)],
    "half of it": [(0, 0), (50, 0), (50, 100), (0, 100)],
    "moved by 30 m": [(30, 0), (130, 0), (130, 100), (30, 100)],
}


TWO_WAYS = {
    f"{name}, {stated or 'nothing'} stated": (corners, stated)
    for name, corners in MOVED.items() for stated in ({}, {"green_area_m2": 100})
}


def drawn_in_two_ways(site):
    of = marks(TWO_WAYS)
    many_drawings(site, {
        of[name]: [(SQUARE, stated), (corners, {"company": "乙"})]
        for name, (corners, stated) in TWO_WAYS.items()
    }, 2)


@pytest.mark.parametrize("case", TWO_WAYS)
def test_of_a_plot_drawn_in_two_ways_nothing_measured_is_judged_by(vetted_once, case):
    result = own(vetted_once(drawn_in_two_ways), marks(TWO_WAYS)[case])

    assert sorted(result.layers["plots"].index) == ["A", "A#2", "B"]
    assert {each[1] for each in issues(result) if each[0] == "plot_drawn_otherwise"} == {"A", "A#2"}
    assert "key_duplicate" not in {each[0] for each in issues(result)}
    for rule in (INTENSITY, RATIO, COVERAGE):
        assert {told(result, rule)[each][1] for each in ("A", "A#2")} == {"unknown"}, rule
        assert whole(result, rule)[P][1] == "unknown"
    reason = result.findings.set_index(["plot_id", "rule"]).loc[("A", RATIO), "reason"]
    assert "drawn:land_area_m2" in reason
    assert np.isnan(result.layers["plots"].loc["A", "green_area_m2"])


def test_two_plots_of_one_number_in_two_files_that_lie_apart_are_two(site):
    apart = [(500, 0), (600, 0), (600, 100), (500, 100)]

    result = drawings(site, (SQUARE, {}), (apart, {}))

    assert whole(result)[P] == (1000.0, "fail")
    assert "key_duplicate" in {each[0] for each in issues(result)}


def test_one_plot_of_two_projects_is_of_none_for_certain(site):
    result = drawings(site, (SQUARE, {}), (SQUARE, {"project_id": Q}))

    assert whole(result)[P][1] == "unknown"
    assert {each[1] for each in issues(result) if each[0] == "plot_drawn_otherwise"} == {"A", "A#2"}


def test_a_plot_drawn_in_parts_by_one_file_and_whole_by_another_is_one(site):
    halves = [[(0, 0), (50, 0), (50, 100), (0, 100)], [(50, 0), (100, 0), (100, 100), (50, 100)]]
    site.layer("plots", [
        (outline(each), {"plot_id": "A", "fixed_investment_cny": 26e6}) for each in halves
    ])
    site.layer("plots", [(outline(SQUARE), {"plot_id": "A"})], path="whole.geojson")

    result = vetted(site.catalog().folder)

    assert list(result.layers["plots"].index) == ["A"]
    assert told(result)["A"] == (2600.0, "pass", "")


@pytest.mark.parametrize("projects", [(P, P), (P, Q), (None, None)])
def test_of_two_plots_with_one_outline_none_is_judged_by_what_is_measured(site, projects):
    """The building that stands there would count for both."""
    site.layer("plots", [
        site.plot(name, box(0, 0, 100, 100), project_id=each)
        for name, each in zip("AB", projects, strict=True)
    ])

    result = vetted(site.catalog().folder)

    for rule in (INTENSITY, RATIO, COVERAGE):
        assert {each[1] for each in told(result, rule).values()} == {"unknown"}
    assert "shape_duplicate" in {each[0] for each in issues(result)}


CLAIMED = marks([0, 0.05, 10, 100])


def ground_claimed_twice(site):
    write_rows(site, "j", [(marked(P, mark), "60000000") for mark in CLAIMED.values()])
    site.layer("plots", [
        (moved(box(west, 0, west + 100, 100), mark),
         {"plot_id": marked(plot, mark), "project_id": marked(P, mark)})
        for shared, mark in CLAIMED.items() for plot, west in (("A", 0), ("B", 100 - shared))
    ], ledger={"path": "j.csv", "key": "k", "on": "project_id",
               "fields": {"fixed_investment_cny": "invested"}})
    site.catalog()


@pytest.mark.parametrize("shared", CLAIMED)
def test_ground_that_two_plots_of_a_project_claim_leaves_its_sums_unknown(vetted_once, shared):
    """60 million by 20 000 m² of two plots; shared ground would count twice."""
    result = own(vetted_once(ground_claimed_twice), CLAIMED[shared])

    value, outcome = whole(result)[P]
    assert outcome == ("pass" if shared <= 0.05 else "unknown")
    assert (value == 3000) if shared <= 0.05 else np.isnan(value)
    if shared > 0.05:
        of_project = result.projects.set_index(["plot_id", "rule"])
        assert "shared:land_area_m2" in of_project.loc[(P, INTENSITY), "reason"]
        assert {each[1] for each in told(result).values()} == {"unknown"}


@pytest.mark.parametrize(("corners", "lang"), in_turns({
    "drawn in two ways": MOVED["half of it"],
    "shared with another plot": [(50, 0), (210, 0), (210, 100), (50, 100)],
}, ["zh", "en"]))
def test_what_is_not_sure_of_drawings_is_put_into_words_everywhere(site, lang, corners):
    many_drawings(site, {"": [(SQUARE, {}), (corners, {})]}, 2)
    out = site.folder / "build"

    run = typed("run", site.folder, "--out", out, "--lang", lang)
    assert run.exit_code in {1, 3}, run.output
    assert (out / "findings.csv").exists()
    assert typed("report", site.folder, "--out", out / "report", "--lang", lang).exit_code == 0
    for name in ("A", "P"):
        form = typed("vet", name, site.folder, "--lang", lang)
        assert form.exit_code in {1, 3}
        said = [
            translations.load(lang)(f"wording.not_sure_{why}", what="").strip(":： ")
            for why in ("drawn", "shared")
        ]
        assert any(each in form.stdout for each in said)


def test_the_cells_of_both_files_that_draw_a_plot_stand_beside_its_verdict(site):
    drawn_twice(site, [SURE, SURE])

    result = vetted(site.folder)

    cells = with_cells(result).set_index(["plot_id", "rule"]).loc[("A", INTENSITY), "as_written"]
    assert "a.csv, invested, row 2" in cells
    assert "b.csv, invested, row 2" in cells
    written = AsWritten(result.written).of(["A"], "fixed_investment_cny")
    said = tell(translations.load("en"), written)
    assert said.count("60000000") == 1, "it is one figure, not the sum of two"


def test_the_cells_of_two_files_that_contradict_each_other_stand_beside_the_verdict(site):
    drawn_twice(site, [SURE, [(P, "10000000")]])

    result = vetted(site.folder)

    cells = with_cells(result).set_index(["plot_id", "rule"]).loc[("A", INTENSITY), "as_written"]
    assert "60000000" in cells
    assert "10000000" in cells
    assert cells.count("not taken") == 2
    written = AsWritten(result.written).of(["A"], "fixed_investment_cny")
    said = tell(translations.load("en"), written)
    assert "60000000" in said
    assert " / 10000000" in said
    assert "+" not in said


def test_amounts_that_two_files_state_in_other_units_are_one(site):
    """15 mu are 10 000 m², but for the last digit."""
    drawn_twice(site, [[(P, "60000000", "15亩")], [(P, "60000000", "10000 m2")]], fields={
        "fixed_investment_cny": "invested", "land_area_m2": "land",
    })

    result = vetted(site.folder)

    assert told(result)["A"][1] == "pass"
    assert "amount_contradicted" not in {each[0] for each in issues(result)}


# --- columns of the plots, and rows of one plot -----------------------------------------------


AT_ONE_PLOT = {
    (cell, first): outcome
    for cell, outcome in {
        "约60000000": "unknown", "see file": "unknown", "": "pass", None: "pass", "-": "pass",
    }.items() for first in (True, False)
}


def column_of_a_project(site, files):
    parts = [[] for _ in range(files)]
    for (cell, first), mark in marks(AT_ONE_PLOT).items():
        cells = either(cell, "60000000", first=first)
        for at, (plot, (shape, facts)) in enumerate(two_plots(marked(P, mark)).items()):
            parts[at % files].append((moved(shape, mark), {
                "plot_id": marked(plot, mark), **facts, "fixed_investment_cny": cells[at],
            }))
    for at, each in enumerate(parts):
        site.layer("plots", each, path=f"{at}.geojson", amounts_of="project")
    site.entries.pop("plots.geojson")
    site.basis["land_area"] = "measured"
    site.catalog()


@pytest.mark.parametrize(("cell", "first"), AT_ONE_PLOT)
@pytest.mark.parametrize("files", [1, 2])
def test_what_a_column_leaves_in_doubt_at_one_plot_of_a_project_another_plot_does_not_settle(
    vetted_once, cell, first, files
):
    """The column repeats the amount of the project: 60 million of 20 000 m² would be 3 000."""
    result = own(vetted_once(column_of_a_project, files), marks(AT_ONE_PLOT)[cell, first])

    assert whole(result)[P][1] == AT_ONE_PLOT[cell, first]
    assert not [each for each in issues(result) if "inf" in str(each)]


IN_TWO_ROWS = {
    (cell, first): value
    for cell, value in {
        "约60000000": None, "see file": None, "50000000": None, "60000000": 3000.0, "": 3000.0,
    }.items() for first in (True, False)
}


def plots_of_two_rows(site, alike):
    shapes = [box(0, 0, 200, 100)] * 2 if alike else [box(0, 0, 100, 100), box(200, 0, 300, 100)]
    site.layer("plots", [
        (moved(shape, mark), {"plot_id": marked("A", mark), "fixed_investment_cny": each})
        for (cell, first), mark in marks(IN_TWO_ROWS).items()
        for shape, each in zip(shapes, either(cell, "60000000", first=first), strict=True)
    ])
    site.basis["land_area"] = "measured"
    site.catalog()


@pytest.mark.parametrize(("cell", "first"), IN_TWO_ROWS)
@pytest.mark.parametrize("alike", [True, False])
def test_what_one_row_of_a_plot_leaves_in_doubt_another_row_does_not_settle(
    vetted_once, cell, first, alike
):
    """The plot is drawn in two rows: twice the same outline, or two halves."""
    value = IN_TWO_ROWS[cell, first]
    cells = either(cell, "60000000", first=first)
    result = own(vetted_once(plots_of_two_rows, alike), marks(IN_TWO_ROWS)[cell, first])

    assert told(result)["A"][1] == ("pass" if value else "unknown")
    assert value is None or told(result)["A"][0] == value
    both = " / ".join(f"{int(each):,}" for each in cells) if cell == "50000000" else ""
    name = "amount_contradicted" if alike else "part_amounts_differ"
    assert [
        each for each in issues(result) if each[0] in {"amount_contradicted", "part_amounts_differ"}
    ] == ([(name, "A", both)] if both else [])


LAND_IN_TWO_ROWS = {
    (cell, first): outcome
    for cell, outcome in {"约40000": "unknown", "": "pass"}.items() for first in (True, False)
}


def land_of_two_rows(site):
    shapes = [box(0, 0, 100, 100), box(200, 0, 300, 100)]
    site.layer("plots", [
        (moved(shape, mark), {
            "plot_id": marked("A", mark), "fixed_investment_cny": 60e6, "land_area_m2": each,
        })
        for (cell, first), mark in marks(LAND_IN_TWO_ROWS).items()
        for shape, each in zip(shapes, either(cell, "20000", first=first), strict=True)
    ])
    site.basis["land_area"] = "declared"
    site.catalog()


@pytest.mark.parametrize(("cell", "first"), LAND_IN_TWO_ROWS)
def test_declared_land_that_one_row_of_a_plot_leaves_in_doubt_is_not_divided_by(
    vetted_once, cell, first
):
    result = own(vetted_once(land_of_two_rows), marks(LAND_IN_TWO_ROWS)[cell, first])

    assert told(result)["A"][1] == LAND_IN_TWO_ROWS[cell, first]


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
