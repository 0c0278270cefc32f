"""An .xls, .xlsb or .ods tells the same of its cells as an .xlsx, or says what it cannot tell."""

import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings, strategies as st
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from sheetfiles import ROWS, STRUCK, ZEROS, Formula, formula_xls, ods, xlsb
from test_tables import FIT, LOOKS, SAME, records, rows_of

from landtrack.ingest.formats import tables
from landtrack.model.errors import LimitError, SourceError

FILES = Path(__file__).parent / "workbooks"
KEYED = [ROWS[0], *([int(row[0]), *row[1:]] for row in ROWS[1:])]


def odd(folder, kind):
    """Write the rows with what is odd of them, in one format."""
    path = folder / f"a.{kind}"
    if kind == "xls":
        shutil.copy(FILES / "odd.xls", path)
    elif kind == "ods":
        look = dict.fromkeys([(1, 0), (2, 0), (3, 0)], 'table:style-name="zeros"')
        ods(path, KEYED, look=look | {(2, 3): 'table:style-name="child"'}, hidden_rows={3},
            hidden_columns={2}, epoch=1904)
    elif kind == "xlsb":
        look = dict.fromkeys([(1, 0), (2, 0), (3, 0)], ZEROS)
        xlsb(path, KEYED, look=look | {(2, 3): STRUCK}, hidden_rows={3}, hidden_columns={2},
             epoch=1904)
    else:
        book = openpyxl.Workbook()
        book.epoch = CALENDAR_MAC_1904
        book.active.title = "台账"
        for row in KEYED:
            book.active.append(row)
        for at in (2, 3, 4):
            book.active.cell(at, 1).number_format = "000"
        book.active["D3"].font = Font(strike=True)
        book.active.row_dimensions[4].hidden = True
        book.active.column_dimensions["C"].hidden = True
        book.save(path)
    return path


def told(table):
    return [(note.issue.value, note.value) for note in table.notes]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "xlsb", "ods"])
def test_every_format_tells_strokes_hidden_rows_and_columns_zeros_and_its_first_year(
    tmp_path, kind
):
    table = tables.read(odd(tmp_path, kind), fit=FIT)

    assert table.epoch == 1904
    assert table.frame["项目编号"].tolist() == ["001", "002", "010"]
    assert table.frame["投资"].isna().tolist() == [False, True, False]
    assert told(table) == [
        ("table_struck_out", "3: 002, 乙厂, 8, 1500, 37408"), ("table_row_hidden", "4"),
        ("table_column_hidden", "用地面积"),
    ]


@pytest.mark.parametrize("kind", ["xls", "xlsb", "ods"])
@pytest.mark.parametrize("epoch", [1900, 1904])
def test_bare_numbers_of_days_count_from_the_year_that_the_workbook_states(tmp_path, kind, epoch):
    path = tmp_path / f"a.{kind}"
    if kind == "xls":
        shutil.copy(FILES / ("plain-1904.xls" if epoch == 1904 else "plain.xls"), path)
    else:
        {"ods": ods, "xlsb": xlsb}[kind](path, ROWS, epoch=epoch)

    table = tables.read(path, fit=FIT)

    assert table.epoch == epoch
    assert told(table) == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(look=LOOKS, write=st.sampled_from([ods, xlsb]))
def test_a_workbook_of_any_format_is_its_records_whatever_stands_around_them(
    tmp_path, look, write
):
    path = write(tmp_path / f"a.{write.__name__}", rows_of(**look))

    table = tables.read(path, fit=FIT)

    assert records(table) == SAME
    assert ("table_row_total" in dict(told(table))) == look["total"]
    assert ("table_row_note" in dict(told(table))) == look["footer"]


# --- formulas that were never computed -------------------------------------------------------


def investments(table):
    """Tell what is taken of the investment that is a formula, and that it is told by row."""
    rows = [value for kind, value in told(table) if kind == "table_not_computed"]
    assert all(value.startswith("3: 002, 乙厂, 8") for value in rows)
    taken = table.frame["投资"].tolist()[1]
    assert (taken is None or taken != taken) == bool(rows)  # noqa: PLR0124  NaN
    assert ("投资" in table.failed) == bool(rows)
    return None if rows else taken


@pytest.mark.parametrize(("result", "flags", "program", "taken"), [
    pytest.param(None, 0, False, None, id="as xlwt writes it: no text"),
    pytest.param(0.0, 2, False, None, id="as POI writes it: 0, to be computed when opened"),
    pytest.param(0.0, 2, True, None, id="as POI writes it into a file of Excel"),
    pytest.param(0.0, 1, True, None, id="0, to be computed always"),
    pytest.param(0.0, 0, False, None, id="0, and nothing says who computed it"),
    pytest.param(0.0, 0, True, 0, id="0, computed by Excel"),
    pytest.param(1500.0, 0, False, 1500, id="a result"),
    pytest.param(1500.0, 3, True, 1500, id="a result, to be computed always"),
])
def test_a_formula_of_an_xls_that_was_never_computed_is_told_by_row(
    tmp_path, result, flags, program, taken
):
    path = formula_xls(
        tmp_path / "a.xls", FILES / "formula.xls", result=result, flags=flags, program=program
    )

    assert investments(tables.read(path, fit=FIT)) == taken


@pytest.mark.parametrize(("result", "flags", "computing", "taken"), [
    pytest.param(0.0, 0, None, None, id="0, and nothing says who computed it"),
    pytest.param(0.0, 0, (0, 0), None, id="0, computed by no program"),
    pytest.param(0.0, 0, (191029, 1), None, id="0, all to be computed when opened"),
    pytest.param(0.0, 0, (191029, 16), None, id="0, some not computed"),
    pytest.param(0.0, 2, (191029, 0), None, id="0, to be computed always"),
    pytest.param("", 0, None, None, id="no text"),
    pytest.param(0.0, 0, (191029, 0), 0, id="0, computed by Excel"),
    pytest.param(1500.0, 0, None, 1500, id="a result"),
])
def test_a_formula_of_an_xlsb_that_was_never_computed_is_told_by_row(
    tmp_path, result, flags, computing, taken
):
    rows = [list(each) for each in ROWS]
    rows[2][3] = Formula(result, flags)

    path = xlsb(tmp_path / "a.xlsb", rows, computing=computing)

    assert investments(tables.read(path, fit=FIT)) == taken


@pytest.mark.parametrize(("result", "full", "taken"), [
    pytest.param(None, True, None, id="as openpyxl writes it: nothing"),
    pytest.param(0, True, None, id="as xlsxwriter writes it: 0, all to be computed when opened"),
    pytest.param(0, False, 0, id="0, computed"), pytest.param(1500, True, 1500, id="a result"),
])
def test_a_formula_of_an_xlsx_that_was_never_computed_is_told_by_row(
    tmp_path, result, full, taken
):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("台账")
        for at, row in enumerate(ROWS):
            sheet.write_row(at, 0, row)
        sheet.write_formula(2, 3, "=500*3", None, "VALUE")
    shown = "" if result is None else f"<v>{result}</v>"
    rewrite(path, {
        "xl/worksheets/sheet1.xml": (' t="str"><f>500*3</f><v>VALUE</v>', f"><f>500*3</f>{shown}"),
        "xl/workbook.xml": ('fullCalcOnLoad="1"', 'fullCalcOnLoad="1"' if full else ""),
    })

    assert investments(tables.read(path, fit=FIT)) == taken


def rewrite(path, changes):
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    for name, (old, new) in changes.items():
        assert old.encode() in parts[name]
        parts[name] = parts[name].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w") as file:
        for name, data in parts.items():
            file.writestr(name, data)


# --- .ods ------------------------------------------------------------------------------------


def test_a_formula_of_an_ods_that_was_never_computed_or_failed_is_told(tmp_path):
    rows = [row[:] for row in ROWS]
    rows[1][3] = rows[2][3] = None
    failed = ('<table:table-cell table:formula="of:=1/0" office:value-type="string" '
              'office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p>'
              "</table:table-cell>")
    path = ods(tmp_path / "a.ods", rows, look={
        (1, 3): 'table:formula="of:=1+1"', (2, 3): failed,
    })

    table = tables.read(path, fit=FIT)

    assert told(table) == [
        ("table_not_computed", "2: 001, 甲厂, 12, 37407"), ("table_cell_error", "3: #DIV/0!"),
    ]
    assert table.frame["投资"].isna().tolist() == [True, True, False]


def test_a_text_of_an_ods_of_which_a_part_is_struck_out_is_blank(tmp_path):
    part = ('<table:table-cell office:value-type="string"><text:p>甲<text:span '
            'text:style-name="T1">厂</text:span></text:p></table:table-cell>')

    table = tables.read(ods(tmp_path / "a.ods", ROWS, look={(1, 1): part}), fit=FIT)

    assert [kind for kind, _ in told(table)] == ["table_struck_out"]
    assert table.frame["企业名称"].isna().tolist() == [True, False, False]


def test_rows_of_a_folded_group_of_an_ods_are_hidden(tmp_path):
    row = "".join(f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
                  "</table:table-cell>" for cell in ("011", "丁厂", "1", "2", "3"))
    raw = f'<table:table-row-group table:display="false"><table:table-row>{row}</table:table-row></table:table-row-group>'  # noqa: E501

    table = tables.read(ods(tmp_path / "a.ods", ROWS, raw=raw), fit=FIT)

    assert len(table.frame) == 4
    assert told(table) == [("table_row_hidden", "5")]


FAR = ('<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
       'table:number-columns-repeated="16000"/></table:table-row><table:table-row>'
       '<table:table-cell table:number-columns-repeated="1000"/><table:table-cell '
       'office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>')
BOMB = ('<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        'table:number-columns-repeated="16000" office:value-type="float" office:value="1">'
        "<text:p>1</text:p></table:table-cell></table:table-row>")


def test_a_stray_cell_far_away_fills_no_memory(tmp_path):
    with pytest.raises(SourceError, match="reaches to ALM1048005, but only 21 of its cells"):
        tables.read(ods(tmp_path / "a.ods", ROWS, raw=FAR))
    far = {**dict(enumerate(ROWS)), 1_048_000: {16_000: 1}}
    with pytest.raises(SourceError, match="reaches to WQK1048001, but only 21 of its cells"):
        tables.read(xlsb(tmp_path / "a.xlsb", far))


def test_cells_that_one_element_repeats_beyond_the_limit_are_not_laid_out(tmp_path):
    with pytest.raises(LimitError, match="workbook_cells"):
        tables.read(ods(tmp_path / "a.ods", ROWS, raw=BOMB))


# --- .xlsb -----------------------------------------------------------------------------------


def test_failed_formulas_and_merged_cells_of_an_xlsb_are_told(tmp_path):
    rows = [row[:] for row in ROWS]
    rows[1][3], rows[2][1] = "#DIV/0!", None

    table = tables.read(xlsb(tmp_path / "a.xlsb", rows, merged=[(1, 2, 1, 1)]), fit=FIT)

    assert table.frame["企业名称"].tolist() == ["甲厂", "甲厂", "丙厂"]
    assert table.merged == {"企业名称": {2: 2, 3: 2}}
    assert told(table) == [("table_cell_error", "2: #DIV/0!")]


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_an_xlsb_that_is_cut_off_is_refused_in_words(tmp_path, cut):
    import zipfile

    whole = xlsb(tmp_path / "whole.xlsb", ROWS)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(tmp_path / "a.xlsb", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[: int(len(data) * cut)] if "sheet1" in name else data)

    with pytest.raises(SourceError, match="cannot be read as a workbook"):
        tables.read(tmp_path / "a.xlsb", fit=FIT)


# --- .xls ------------------------------------------------------------------------------------


def test_an_xls_of_which_only_the_values_can_be_read_says_that_the_rest_is_not_told(
    tmp_path, monkeypatch
):
    def broken(*_args, **_more):
        raise ValueError("no such record")

    monkeypatch.setattr("landtrack.ingest.formats.tables.biff8.look", broken)
    shutil.copy(FILES / "odd.xls", tmp_path / "a.xls")

    table = tables.read(tmp_path / "a.xls", fit=FIT)

    assert told(table) == [("table_blind", "台账")]
