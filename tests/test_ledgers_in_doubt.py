"""What one ledger says and leaves in doubt, no other ledger or column settles."""

import numpy as np
import openpyxl
import pandas as pd
import pytest
from builders import box, in_turns
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


@pytest.mark.parametrize(("rows", "first"), in_turns(DOUBTFUL, [True, False]))
def test_what_one_ledger_leaves_in_doubt_the_other_does_not_settle(site, rows, first):
    site.basis["land_area"] = "measured"
    two_files(site, [rows, SURE][:: 1 if first else -1])

    result = vetted(site.folder)

    assert whole(result)[P][1] == "unknown"
    assert {each[1] for each in told(result).values()} == {"unknown"}
    assert [each for each in issues(result) if each[1] in {P, "A", "B"}], "it is told"
    assert not [each for each in issues(result) if "inf" in str(each)]
    assert "amount_contradicted" not in {each[0] for each in issues(result)}


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


@pytest.mark.parametrize(("rows", "on", "first"), in_turns(DOUBTFUL, [*KEYS], [True, False]))
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


@pytest.mark.parametrize(("rows", "on", "first"), in_turns(SILENT, [*KEYS], [True, False]))
def test_a_ledger_without_another_value_changes_nothing_of_a_plot_drawn_alike(
    site, rows, on, first
):
    key = KEYS[on]
    drawn_twice(site, [of(key, rows), of(key, SURE)][:: 1 if first else -1], on=on)

    result = vetted(site.folder)

    assert told(result) == {"A": (6000.0, "pass", "")}
    assert [each[0] for each in issues(result)].count("feature_duplicate") == 1
    assert "amount_contradicted" not in {each[0] for each in issues(result)}


SURELY, DOUBTED = (3000.0, "pass"), (None, "unknown")


@pytest.mark.parametrize(("case", "first", "file"), in_turns({
    "the same": (SURE, SURELY), "empty": ([(P, "")], SURELY), "no row": ([], SURELY),
    "another": ([(P, "10000000")], DOUBTED), "about": (DOUBTFUL["about"], DOUBTED),
    "another, once more": ([(P, "10000000")], DOUBTED), "a range": (DOUBTFUL["a range"], DOUBTED),
    "nothing": (SILENT["a dash"], SURELY),
}, [True, False], [0, 1]))
def test_a_plot_drawn_alike_in_two_files_of_a_project_of_two_plots(site, case, first, file):
    """The project has 20 000 m², and its other plot stands in one file only."""
    rows, found = case
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


def drawings(site, *drawn, files=2, project=P, own=None):
    """Give the plot A several times, each as (corners, facts); an amount of the project in each."""
    site.basis["land_area"] = "measured"
    (site.folder / "j.csv").write_text("k,invested\nP,30000000\n", encoding="utf-8")
    features = [
        (outline(corners), {"plot_id": "A", "project_id": project, **facts})
        for corners, facts in drawn
    ]
    parts = [[each] for each in features] if files == 2 else [features]
    for at, each in enumerate(parts):
        more = [(box(200, 0, 300, 100), {"plot_id": "B", "project_id": P})] if at == 0 else []
        ledger = {
            "path": "j.csv", "key": "k", "on": "project_id",
            "fields": {"fixed_investment_cny": "invested"},
        }
        site.layer("plots", [*each, *more], path=f"{at}.geojson", ledger=ledger, **(own or {}))
    site.entries.pop("plots.geojson", None)
    return vetted(site.catalog().folder)


@pytest.mark.parametrize(("corners", "files"), in_turns(WAYS, [2, 1]))
def test_a_plot_whose_corners_come_in_another_order_is_one_plot_and_its_land_counts_once(
    site, corners, files
):
    """30 million by the 20 000 m² of A and B is 1 500; with A twice it would be 1 000."""
    result = drawings(site, (SQUARE, {}), (corners, {"note": "again"}), files=files)

    assert list(result.layers["plots"].index) == ["A", "B"]
    value, outcome = whole(result)[P]
    assert (value, outcome) == (pytest.approx(1500, abs=0.1), "fail")
    of_plots = {each[0] for each in issues(result)} - {"unit_not_stated"}
    assert of_plots == {"feature_duplicate"}


@pytest.mark.parametrize("files", [1, 2])
@pytest.mark.parametrize(("field", "one", "other", "kept"), [
    ("company", "甲公司", "乙公司", None), ("company", "甲公司", None, "甲公司"),
    ("company", None, "乙公司", "乙公司"), ("industry_code", "3011", "2611", None),
    ("note", "old", "new", "old"), ("land_grade", 9, 9.0, 9),
])
def test_what_two_drawings_of_a_plot_say_differently_of_it_is_not_known(
    site, field, one, other, kept, files
):
    result = drawings(
        site, (SQUARE, {field: one}), (WAYS["another start"], {field: other}), files=files
    )

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


@pytest.mark.parametrize("corners", [pytest.param(each, id=name) for name, each in MOVED.items()])
@pytest.mark.parametrize("stated", [{}, {"green_area_m2": 100}])
def test_of_a_plot_drawn_in_two_ways_nothing_measured_is_judged_by(site, corners, stated):
    result = drawings(site, (SQUARE, stated), (corners, {"company": "乙"}))

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


@pytest.mark.parametrize("shared", [0, 0.05, 10, 100])
def test_ground_that_two_plots_of_a_project_claim_leaves_its_sums_unknown(site, shared):
    """60 million by 20 000 m² of two plots; shared ground would count twice."""
    (site.folder / "j.csv").write_text("k,invested\nP,60000000\n", encoding="utf-8")
    site.layer("plots", [
        (box(0, 0, 100, 100), {"plot_id": "A", "project_id": P}),
        (box(100 - shared, 0, 200 - shared, 100), {"plot_id": "B", "project_id": P}),
    ], ledger={"path": "j.csv", "key": "k", "on": "project_id",
               "fields": {"fixed_investment_cny": "invested"}})

    result = vetted(site.catalog().folder)

    value, outcome = whole(result)[P]
    assert outcome == ("pass" if shared <= 0.05 else "unknown")
    assert (value == 3000) if shared <= 0.05 else np.isnan(value)
    if shared > 0.05:
        own = result.projects.set_index(["plot_id", "rule"])
        assert "shared:land_area_m2" in own.loc[(P, INTENSITY), "reason"]
        assert {each[1] for each in told(result).values()} == {"unknown"}


@pytest.mark.parametrize(("corners", "lang"), in_turns({
    "drawn in two ways": MOVED["half of it"],
    "shared with another plot": [(50, 0), (210, 0), (210, 100), (50, 100)],
}, ["zh", "en"]))
def test_what_is_not_sure_of_drawings_is_put_into_words_everywhere(site, lang, corners):
    drawings(site, (SQUARE, {}), (corners, {}))
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


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("cell", "outcome", "files"), [
    ("约60000000", "unknown", 1), ("see file", "unknown", 2), ("", "pass", 1), (None, "pass", 2),
    ("-", "pass", 1),
])
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
    site.entries.pop("plots.geojson")
    site.basis["land_area"] = "measured"
    site.catalog()

    result = vetted(site.folder)

    assert whole(result)[P][1] == outcome
    assert not [each for each in issues(result) if "inf" in str(each)]


@pytest.mark.parametrize(("cell", "value", "first"), [
    ("约60000000", None, True), ("see file", None, False), ("50000000", None, True),
    ("60000000", 3000.0, False), ("", 3000.0, True), ("", 3000.0, False),
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
    name = "amount_contradicted" if alike else "part_amounts_differ"
    assert [
        each for each in issues(result) if each[0] in {"amount_contradicted", "part_amounts_differ"}
    ] == ([(name, "A", both)] if both else [])


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
