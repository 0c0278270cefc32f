"""What a workbook or a text table says comes out right, or is named by its row."""

import csv
import shutil

import openpyxl
import pandas as pd
import pyogrio
import pytest
from builders import in_turns
from click.testing import CliRunner

from landtrack.app import vet
from landtrack.assessment import rules
from landtrack.cli.main import main
from landtrack.ingest.normalise import keys
from landtrack.model import catalog
from landtrack.output.reports import ledger

pytestmark = pytest.mark.usefixtures("read_here", "vets_kept")


def call(*words):
    found = CliRunner().invoke(main, [str(each) for each in words])
    assert "fault of landtrack" not in found.output + found.stderr, found.output
    return found


def vetted(folder, *, draft=True):
    """Draft the catalog of a folder where it has none, vet it, and give what came out."""
    if draft:
        (folder / "catalog.toml").unlink(missing_ok=True)
        assert call("init", folder).exit_code == 0
    result = vet.vet(catalog.place(folder))
    ledger.write_csv(result.findings, folder / "findings.csv")
    ledger.write_csv(result.issues, folder / "issues.csv")
    return result, table(folder / "findings.csv"), table(folder / "issues.csv")


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def intensity(findings):
    """Give outcome and value of the investment intensity by plot."""
    return {
        each["plot_id"]: (each["outcome"], each["value"] and round(float(each["value"])))
        for each in findings if each["rule"].endswith("investment-intensity")
    }


def told(issues, kind):
    return [each for each in issues if each["issue"] == kind]


PLOTS = [f"P0{at}" for at in range(1, 7)]


# --- which sheet, and which row is the heading ------------------------------------------------


@pytest.mark.fault("04-hidden-sheet-first")
def test_a_hidden_sheet_is_never_read_and_named(fault):
    _, findings, issues = vetted(fault)

    assert intensity(findings) == dict.fromkeys(PLOTS, ("fail", 1875))
    assert [each["value"] for each in told(issues, "table_sheet_hidden")] == ["2019旧"]


@pytest.mark.fault("06-empty-sheet-first")
def test_the_ledger_is_found_behind_an_empty_sheet(fault):
    result, findings, _ = vetted(fault)

    assert intensity(findings) == dict.fromkeys(PLOTS, ("pass", 3750))
    assert rules.standing(result).status == 0


@pytest.mark.fault("07-empty-sheet-first-by-hand")
def test_a_catalog_without_a_sheet_takes_the_only_one_that_fits(fault):
    _, findings, issues = vetted(fault, draft=False)

    assert intensity(findings) == dict.fromkeys(PLOTS[:3], ("pass", 3750))
    assert not told(issues, "column_missing")


@pytest.mark.fault("08-title-row")
def test_titles_and_totals_are_no_records(fault):
    _, findings, issues = vetted(fault)

    assert intensity(findings) == dict.fromkeys(PLOTS, ("pass", 3750))
    assert [each["value"] for each in told(issues, "table_row_total")] == ["10: 合计, 72, 18000"]
    assert not told(issues, "ledger_unused")


@pytest.mark.fault("09-title-row-by-hand")
def test_a_heading_below_titles_is_found_by_what_the_catalog_names(fault):
    _, findings, _ = vetted(fault, draft=False)

    assert intensity(findings) == dict.fromkeys(PLOTS, ("pass", 3750))


# --- events -----------------------------------------------------------------------------------


@pytest.mark.fault("05-events-hidden-title-1904")
@pytest.mark.parametrize("name", ["hidden", "title", "mac"])
def test_events_are_those_of_the_visible_sheet_on_their_day(demo_store, fault, name):
    store = shutil.copy(demo_store, fault / "project.gpkg")

    found = call("status", "import", fault / f"{name}.xlsx", "--store", store)

    assert found.exit_code == 0
    assert "2007-01-15" in found.output
    assert ("隐藏" in found.output) == (name == "hidden")
    shown = call("status", "show", "ZD-001", "--store", store, "--as-of", "2008-12-31").output
    assert "新号1号" in shown
    assert "旧号1号" not in shown


# --- text -------------------------------------------------------------------------------------


@pytest.mark.fault("10-csv-separators")
@pytest.mark.parametrize("name", [
    "cr", "eq", "fullwidthcomma", "quoted", "semicolon", "tab", "title", "trailing", "utf16tab",
])
def test_text_with_any_separator_and_encoding_is_read(fault, name):
    _, findings, _ = vetted(fault / name)

    assert intensity(findings) == dict.fromkeys(PLOTS, ("pass", 3750))


@pytest.mark.fault("10-csv-separators")
def test_letters_that_an_encoding_lost_are_told(fault):
    assert "用地面?（畝）" in call("init", fault / "big5").output.replace("\n", "")
    assert "question marks" in call("inspect", fault / "big5" / "台账.csv", "--lang", "en").output


@pytest.mark.fault("10-csv-separators")
@pytest.mark.parametrize(("encoding", "headings"), in_turns(
    {each: each for each in ("big5", "cp950", "utf-8", "utf-16", "gb18030")}, [
        "項目編號,企業名稱,固定資產投資（萬元）,用地面積（公頃）",
        "項目代碼,用地單位,固定資產總投資(萬元),佔地面積(公頃)",
        "項目編號,建設單位,固投（萬元）,土地面積（公頃）",
    ],
))
def test_headings_in_traditional_characters_are_understood(fault, encoding, headings):
    folder = fault / "big5"
    rows = [headings, *(f"{at:03},企業{at},3000,0.8" for at in range(1, 7)), "合計,,18000,4.8",
            "製表：某某,審核：某某,,"]
    (folder / "台账.csv").write_bytes("\n".join(rows).encode(encoding))

    _, findings, issues = vetted(folder)

    assert intensity(findings) == dict.fromkeys(PLOTS, ("pass", 3750))
    assert [each["value"] for each in told(issues, "table_row_total")] == ["8: 合計, 18000, 4.8"]


# --- keys and cells ---------------------------------------------------------------------------


@pytest.mark.fault("11-key-merged-over-two-rows")
def test_phases_of_one_merged_key_add_up_and_are_told(fault):
    _, findings, issues = vetted(fault)

    assert intensity(findings)["P01"] == ("pass", 3750)
    [added] = told(issues, "ledger_phases_added")
    assert (added["feature_id"], added["value"]) == ("P01", "2, 3")


@pytest.mark.fault("12-formulas-never-computed")
def test_formulas_that_were_never_computed_are_told_by_row(fault):
    _, findings, issues = vetted(fault)

    assert {outcome for outcome, _ in intensity(findings).values()} == {"unknown"}
    assert [each["value"][:1] for each in told(issues, "table_not_computed")] == list("234567")


@pytest.mark.fault("13-error-cells")
def test_failed_formulas_are_told_and_true_is_no_number(fault):
    _, findings, issues = vetted(fault)

    assert [each["value"] for each in told(issues, "table_cell_error")] == [
        "2: #DIV/0!", "3: #N/A"
    ]
    assert [each["value"] for each in told(issues, "not_a_number")] == ["TRUE"]
    assert intensity(findings)["P04"][0] == "unknown"


@pytest.mark.fault("20-date-1904-flip")
def test_days_of_a_workbook_that_counts_from_1904_are_its_days(fault):
    _, findings, _ = vetted(fault)

    order = [each for each in findings if each["rule"] == "environment-first"]
    assert {(each["outcome"], each["reason"]) for each in order} == {
        ("fail", "2006-12-05,2006-06-01")
    }


@pytest.mark.fault("27-leading-zeros")
def test_numbers_that_are_shown_with_zeros_are_keys_with_zeros(fault):
    _, findings, issues = vetted(fault)

    assert intensity(findings) == dict.fromkeys(PLOTS, ("pass", 3750))
    assert not told(issues, "ledger_unused")


@pytest.mark.fault("27-leading-zeros")
def test_keys_that_differ_in_zeros_only_are_matched_and_told_once(fault):
    (fault / "台账.xlsx").unlink()
    rows = ["项目编号,企业名称,用地面积（亩）,固定资产投资（万元）"]
    rows += [f"{at},企业{at},12,3000" for at in range(1, 7)]
    (fault / "台账.csv").write_text("\n".join(rows), encoding="utf-8")

    _, findings, issues = vetted(fault)

    assert intensity(findings) == dict.fromkeys(PLOTS, ("pass", 3750))
    assert len(told(issues, "ledger_key_zeros")) == 1


def keys_matched(written, on):
    own, told_of = keys.written_alike(pd.Series(written), pd.Series(on))
    return own.tolist(), told_of


@pytest.mark.parametrize(
    ("written", "on"),
    [("００１", "001"), ("1", "００１"), ("xm-001", "XM-001"), ("XM－001", "XM-001"),
     ("X M-001", "XM-001"), ("ＸＭ-001", "xm-001"), ("0", "000")],
)
def test_a_key_in_another_way_of_writing_is_the_same_and_told(written, on):
    assert keys_matched([written, "other"], [on, on]) == ([on, "other"], f"{written} = {on}")


def test_keys_of_a_ledger_that_only_their_writing_tells_apart_are_one():
    assert keys_matched(["a1", "A1"], ["A1", "a2"]) == (["A1", "A1"], "a1 = A1")


def test_keys_of_features_that_only_their_writing_tells_apart_stay_what_they_are():
    assert keys_matched(["1", "b"], ["01", "001", "B"]) == (["1", "B"], "b = B")
    assert keys_matched(["1"], ["01", "001"]) == (["1"], "")


# --- what nothing reads -----------------------------------------------------------------------


@pytest.mark.fault("14-xls-rar-7z-et-wp")
def test_an_xls_is_read_and_what_is_not_says_what_to_do(fault):
    names = ["台账.xls", "地块.rar", "地块.7z", "地块.et", "地块.wp", "工程.mxd"]

    shown = {name: call("inspect", fault / name, "--lang", "en").output for name in names}

    assert "固定资产投资（万元）" in shown["台账.xls"]
    assert "Unpack it first" in shown["地块.rar"]
    assert "Unpack it first" in shown["地块.7z"]
    assert "save it as .xlsx" in shown["地块.et"]
    assert "MapGIS" in shown["地块.wp"]
    assert "export each as GeoPackage" in shown["工程.mxd"]
    assert "driver" not in "".join(shown.values())


@pytest.mark.fault("14-xls-rar-7z-et-wp")
@pytest.mark.parametrize("name", ["地块.rar", "地块.7z", "地块.et", "工程.mxd"])
def test_convert_and_run_say_the_same_of_what_nothing_reads(fault, name):
    inspected = " ".join(call("inspect", fault / name, "--lang", "en").output.split())
    (fault / "catalog.toml").write_text(
        '[place]\nid = "t"\ntitle = { en = "t" }\nlanguage = "en"\ncrs = "EPSG:4527"\n'
        f'[[layer]]\nkind = "plots"\npath = "{name}"\n', encoding="utf-8",
    )

    converted = call("convert", fault / name, fault / "o.gpkg")
    run = call("run", fault)

    assert (converted.exit_code, run.exit_code) == (2, 2)
    said = run.stderr.partition("Mend:")[2].strip()
    assert said
    assert said in converted.stderr
    assert said in inspected


# --- corners ----------------------------------------------------------------------------------


def areas(fault, name):
    found = call("convert", fault / name, fault / "o.gpkg")
    return found.output, pyogrio.read_dataframe(fault / "o.gpkg").area.round(0).tolist()


@pytest.mark.fault("35-points-in-two-halves")
def test_corners_in_two_halves_of_a_sheet_are_one_parcel(fault):
    output, found = areas(fault, "halves_id.xlsx")

    assert found == [30_000]
    assert "side by side" in output


@pytest.mark.fault("36-points-sorted-as-text")
def test_corners_sorted_as_text_go_by_their_numbers_and_are_told_with_both_areas(fault):
    output, found = areas(fault, "textsort_id.xlsx")

    assert found == [30_000]
    assert "26,160.46 m² → 30,000.16 m²" in output


@pytest.mark.fault("37-points-footer-units-row")
@pytest.mark.parametrize("name", ["foot2.xlsx", "units1.xlsx"])
def test_footers_and_units_are_no_corners(fault, name):
    _, found = areas(fault, name)

    assert found == [8_000]


@pytest.mark.fault("38-open-list-of-corners")
def test_an_open_list_of_corners_is_said_to_be_perhaps_one_parcel(fault):
    run = call("run", fault, "--out", fault / "build")
    assert run.exit_code == 2
    assert "repeat the first point in a last row" in run.output + run.stderr
    assert len(told(table(fault / "build" / "issues.csv"), "points_may_be_parcel")) == 1
    for name in ("bianhao.csv", "dianhao.csv"):
        shown = call("inspect", fault / name, "--lang", "en").output
        assert "may be the corners of one parcel" in shown
        assert "20,530.53 m²" in shown


# --- text files, rows that are none, keys: as people have them -------------------------------


LEDGER = [
    ("项目编号", "企业名称", "用地面积（亩）", "固定资产投资（万元）"),
    *((f"00{at}", f"企业{at}", 12, 3000) for at in range(1, 7)),
]
"""As in the cases: each project on 8 000 m²; all six pass at 3 750."""


def as_text(rows, *, separator="\t", encoding="gb18030", end=""):
    lines = "\r\n".join(separator.join(map(str, row)) for row in rows)
    return f"{lines}\r\n{end}".encode(encoding)


@pytest.mark.fault("10-csv-separators")
@pytest.mark.parametrize(("name", "content"), [
    pytest.param("台账.txt", as_text(LEDGER), id="text of a spreadsheet program"),
    pytest.param("台账.txt", as_text(LEDGER, encoding="utf-16"), id="Unicode text of one"),
    pytest.param("台账.csv", as_text(LEDGER, separator=",", end="\x1a"), id="the end of DOS"),
    pytest.param(
        "台账.csv", as_text([("'" + row[0] if row[0][0] == "0" else row[0], *row[1:])
                             for row in LEDGER], separator=","), id="the mark of a text",
    ),
])
def test_text_that_programs_save_is_a_ledger(fault, name, content):
    place = fault / "tab"
    (place / "台账.csv").unlink()
    (place / name).write_bytes(content)

    result, _, _ = vetted(place)

    assert rules.standing(result).status == 0


@pytest.mark.fault("10-csv-separators")
def test_a_note_in_a_text_file_is_no_ledger(fault):
    place = fault / "tab"
    note = "本台账由管委会提供，数据截至2006年底。\n单位：亩、万元\n"
    (place / "说明.txt").write_text(note, "utf-8")

    call("init", place)

    assert "说明.txt" not in (place / "catalog.toml").read_text("utf-8")


@pytest.mark.fault("08-title-row")
@pytest.mark.parametrize("rows", [
    pytest.param([LEDGER[0], (1, 2, 3, 4), *LEDGER[1:]], id="columns counted"),
    pytest.param([LEDGER[0], ("甲", "乙", 1, 2), *LEDGER[1:]], id="columns counted in two ways"),
    pytest.param([LEDGER[0], ("栏次", 1, 2, "3=2/1"), *LEDGER[1:]], id="columns counted by word"),
    pytest.param([*LEDGER, ("合计", "", 72, 18000), ("其中：工业", "", 72, 18000)], id="a share"),
    pytest.param([LEDGER[0], ("一、工业项目",), *LEDGER[1:3], ("（二）物流项目",), *LEDGER[3:]],
                 id="titles of groups"),
    pytest.param([("园区台账",), *LEDGER[:4], ("第1页",), ("园区台账（续）",), LEDGER[0],
                  *LEDGER[4:], ("第 2 页 共 2 页",)], id="pages"),
    pytest.param([*LEDGER[:4], ("Page 1 of 2",), ("(continued)",), *LEDGER[4:]],
                 id="pages in English"),
])
def test_what_stands_between_records_is_none_and_told(fault, rows):
    (fault / "台账.xlsx").unlink()
    (fault / "台账.csv").write_bytes(as_text(rows, separator=","))

    result, _, issues = vetted(fault)

    assert rules.standing(result).status == 0
    kinds = {each["issue"] for each in issues}
    assert kinds & {"table_row_note", "table_row_total"}
    assert "ledger_unused" not in kinds


@pytest.mark.fault("08-title-row")
def test_a_run_of_such_a_ledger_passes_and_writes_what_is_told(fault):
    (fault / "台账.xlsx").unlink()
    rows = [*LEDGER, ("合计", "", 72, 18000)]
    (fault / "台账.txt").write_bytes(as_text(rows))

    assert call("init", fault).exit_code == 0
    assert call("run", fault, "--out", fault / "build").exit_code == 0
    assert "table_row_total" in set(pd.read_csv(fault / "build" / "issues.csv")["issue"])


@pytest.mark.fault("04-hidden-sheet-first")
def test_the_draft_names_hidden_sheets_of_a_table_that_it_does_not_use(fault):
    book = openpyxl.load_workbook(fault / "台账.xlsx")
    book["台账"].sheet_state = "hidden"
    book.create_sheet("说明").append(["填表说明"])
    book.active = len(book.worksheets) - 1
    book.save(fault / "台账.xlsx")

    call("init", fault, "--lang", "zh")

    assert "隐藏的工作表不读取（2019旧, 台账）" in (fault / "catalog.toml").read_text("utf-8")


@pytest.mark.fault("08-title-row")
def test_what_an_earlier_run_gave_is_no_source_of_a_draft(fault):
    call("init", fault)
    call("run", fault, "--out", fault / "build")
    first = (fault / "catalog.toml").read_text("utf-8")
    (fault / "catalog.toml").unlink()

    call("init", fault)

    assert (fault / "catalog.toml").read_text("utf-8").startswith(first.rstrip())
    assert "# build: " in (fault / "catalog.toml").read_text("utf-8")
