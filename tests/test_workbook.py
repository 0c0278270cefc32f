"""What the bulk sheets write is what a spreadsheet reads."""

import datetime as dt
import math

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings, strategies as st

from landtrack.output.reports import workbook


def written(path, columns, *, look=None):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("s", worksheet_class=workbook.Sheet)
        form = book.add_format({"num_format": "0.00"})
        sheet.write_string(0, 0, "heading")
        sheet.write_columns(columns, [look or (lambda _: form)] * len(columns))
    return openpyxl.load_workbook(path)["s"]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (1.5, 1.5), (0.1 + 0.2, 0.1 + 0.2), (np.float64(2.5), 2.5), (7, 7), (np.int64(7), 7),
        ("plot", "plot"), ("=1+1", "=1+1"), ("<a & b>", "<a & b>"), (" 园区 ", " 园区 "),
        ("line\nbreak", "line\nbreak"), (None, None), ("", None), (math.nan, None),
        (pd.NaT, None), (math.inf, "inf"), (dt.date(2006, 12, 31), dt.datetime(2006, 12, 31)),  # noqa: DTZ001
        (pd.Timestamp("2006-12-31 12:00"), dt.datetime(2006, 12, 31, 12)),  # noqa: DTZ001
    ],
)
def test_a_cell_is_read_as_it_was_written(value, read, tmp_path):
    def look(cell):
        return days if isinstance(cell, dt.date) else plain

    with xlsxwriter.Workbook(tmp_path / "w.xlsx") as book:
        days, plain = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format()
        sheet = book.add_worksheet("s", worksheet_class=workbook.Sheet)
        sheet.write_columns([[value], ["beside"]], [look, look])
    page = openpyxl.load_workbook(tmp_path / "w.xlsx")["s"]

    assert page["A2"].value == read
    assert page["A2"].data_type != "f"  # a text is no formula
    assert page["B2"].value == "beside"


@given(
    rows=st.lists(st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.text(
        st.characters(exclude_categories=["C"]), min_size=1
    )), min_size=1, max_size=20)
)
@settings(max_examples=20)
def test_columns_come_back(rows, tmp_path_factory):
    page = written(tmp_path_factory.mktemp("book") / "w.xlsx", list(zip(*rows, strict=True)))

    assert list(page.iter_rows(min_row=2, values_only=True)) == rows
    assert page["A1"].value == "heading"
    assert page["A2"].number_format == "0.00"


def test_rows_over_several_batches_stay_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "BATCH", 3)
    page = written(tmp_path / "w.xlsx", [[float(n) for n in range(10)]])

    assert [cell.value for cell in page["A"]] == ["heading", *range(10)]
    assert page.dimensions == "A1:A11"


def test_a_format_may_hang_on_the_value(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "w.xlsx") as book:
        red, plain = book.add_format({"bg_color": "#FF0000"}), book.add_format()
        sheet = book.add_worksheet("s", worksheet_class=workbook.Sheet)
        sheet.write_columns([["fail", "pass"]], [lambda value: red if value == "fail" else plain])
    page = openpyxl.load_workbook(tmp_path / "w.xlsx")["s"]

    assert page["A2"].fill.fgColor.rgb == "FFFF0000"
    assert page["A3"].fill.fill_type is None
