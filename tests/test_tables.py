"""One table, written in any way that people keep it, is read as the same records."""

import io

import openpyxl
import pytest
from builders import box
from hypothesis import HealthCheck, example, given, settings, strategies as st

from landtrack.app import vet
from landtrack.ingest.formats import tables
from landtrack.model import catalog
from landtrack.model.errors import SourceError

HEADING = ["项目编号", "企业名称", "用地面积", "投资"]
RECORDS = [["001", "甲厂", 12, 3000.5], ["002", "乙厂", 8, 1500], ["010", "丙厂", 20, 2600]]
FIT = tables.wanting(HEADING, needed=["项目编号"])


def rows_of(*, titled, units, total, footer, gap):
    """Give the rows of a sheet as people keep it."""
    rows = [["某园区台账"], ["填报单位：管委会", None, None, "单位：亩、万元"]] if titled else []
    rows.append(HEADING)
    rows += [[None, None, "（亩）", "（万元）"]] if units else []
    rows += [RECORDS[0], *([[]] if gap else []), *RECORDS[1:]]
    rows += [["合计", None, 40, 7100.5]] if total else []
    rows += [["制表：某某", "审核：某某"]] if footer else []
    return rows


LOOKS = st.fixed_dictionaries(
    dict.fromkeys(("titled", "units", "total", "footer", "gap"), st.booleans())
)


def as_text(rows, separator):
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    return "\n".join(separator.join(row) for row in cells) + "\n"


def records(table):
    """Give the records as text, however the file keeps them."""
    return [
        [str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
         for cell in row]
        for row in table.frame.to_numpy().tolist()
    ]


SAME = [
    ["001", "甲厂", "12", "3000.5"], ["002", "乙厂", "8", "1500"], ["010", "丙厂", "20", "2600"],
]
SIMPLE = "项编号业称积资园区账单亩万合计审厂报会制"
TRADITIONAL = "項編號業稱積資園區賬單畝萬合計審廠報會製"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(look=LOOKS, hidden=st.booleans())
def test_a_workbook_is_its_records_whatever_stands_around_them(tmp_path, look, hidden):
    book = openpyxl.Workbook()
    if hidden:
        book.active.append([*HEADING])
        book.active.append(["999", "旧", 1, 1])
        book.active.sheet_state = "hidden"
        book.create_sheet("台账")
    for row in rows_of(**look):
        book.worksheets[-1].append(row)
    book.active = len(book.worksheets) - 1
    book.save(tmp_path / "a.xlsx")

    table = tables.read(tmp_path / "a.xlsx", fit=FIT)

    assert records(table) == SAME
    assert table.columns[2].unit_row == ("（亩）" if look["units"] else "")
    kinds = {note.issue.value for note in table.notes}
    assert ("table_sheet_hidden" in kinds) == hidden
    assert ("table_row_total" in kinds) == look["total"]
    assert "table_total_differs" not in kinds


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    look=LOOKS, separator=st.sampled_from([",", ";", "\t", "|", "，"]),
    encoding=st.sampled_from(
        ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "gb18030", "big5"]
    ),
    end=st.sampled_from(["\n", "\r\n", "\r"]), wanted=st.booleans(),
)
@example(
    look={"titled": False, "units": True, "total": False, "footer": True, "gap": False},
    separator="，", encoding="utf-16-be", end="\n", wanted=True,
)
def test_text_is_its_records_whatever_its_separator_and_encoding(
    tmp_path, look, separator, encoding, end, wanted
):
    rows = rows_of(**look)
    if encoding == "big5":  # which has no simplified letters
        swap = str.maketrans(SIMPLE, TRADITIONAL)
        rows = [[c.translate(swap) if isinstance(c, str) else c for c in row] for row in rows]
    text = as_text(rows, separator).replace("\n", end)
    (tmp_path / "a.csv").write_bytes(text.encode(encoding, errors="replace"))

    table = tables.read(tmp_path / "a.csv", fit=FIT if wanted else None)

    assert [row[0] for row in records(table)] == ["001", "002", "010"]
    assert [row[2:] for row in records(table)] == [row[2:] for row in SAME]


def workbook(tmp_path, rows, *, change=lambda _: None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    book.save(tmp_path / "a.xlsx")
    return tables.read(tmp_path / "a.xlsx", fit=FIT)


def told(table):
    return [(note.issue.value, note.value) for note in table.notes]


def test_what_is_struck_out_is_blank_and_told(tmp_path):
    def change(sheet):
        sheet["D2"].font = openpyxl.styles.Font(strike=True)
        for cell in sheet[3]:
            cell.font = openpyxl.styles.Font(strike=True)

    table = workbook(tmp_path, [HEADING, *RECORDS], change=change)

    assert table.frame["项目编号"].tolist() == ["001", "010"]
    assert table.frame["投资"].isna().tolist() == [True, False]
    assert [kind for kind, _ in told(table)] == ["table_struck_out"] * 2


def test_rows_that_are_hidden_count_and_are_told(tmp_path):
    def change(sheet):
        sheet.row_dimensions[3].hidden = True

    table = workbook(tmp_path, [HEADING, *RECORDS], change=change)

    assert records(table) == SAME
    assert told(table) == [("table_row_hidden", "3")]


def test_a_sum_that_is_not_that_of_the_rows_is_told(tmp_path):
    table = workbook(tmp_path, [HEADING, *RECORDS, ["合计", None, 41, 7100.5]])

    assert told(table)[1] == ("table_total_differs", "5: 41 / 40")


def test_two_rows_of_headings_are_one(tmp_path):
    table = workbook(tmp_path, [
        ["项目编号", "企业名称", "用地", None], [None, None, "用地面积", "投资"], *RECORDS,
    ], change=lambda sheet: sheet.merge_cells("C1:D1"))

    assert table.names == HEADING
    assert records(table) == SAME
    assert table.columns[3].over == "用地"


def test_of_two_sheets_that_fit_alike_one_must_be_named(tmp_path):
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("2020")):
        for row in (HEADING, *RECORDS):
            sheet.append(row)
    book.save(tmp_path / "a.xlsx")

    with pytest.raises(SourceError, match=r"several sheets that fit: Sheet \(row 1.*2020"):
        tables.read(tmp_path / "a.xlsx", fit=FIT)
    assert len(tables.read(tmp_path / "a.xlsx", fit=FIT, sheet="2020").frame) == len(RECORDS)


def test_a_locked_workbook_says_so(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").getvalue())

    with pytest.raises(SourceError, match="without a password"):
        tables.read(tmp_path / "a.xlsx")


# --- rows of text that are longer or shorter than their heading ---------------------------------


@pytest.mark.parametrize(("text", "issue", "second"), [
    ("key,money,note\nA,1,x\nB,30,000,000\n", "table_shifted", {"key": "B"}),
    ("key;money\nA;1\nB;30;7\n", "table_shifted", {"key": "B"}),
    ("key\tmoney\nA\t1\nB\t30\t7\n", "table_shifted", {"key": "B"}),
    ("key,money,\nA,1,\nB,30,seen\n", "table_beyond", {"key": "B", "money": 30}),
    ("key,money\nA,1,,\nB,30,,\n", None, {"key": "B", "money": 30}),
    ('key,money\nA,1\nB,"30,000"\n', None, {"key": "B", "money": "30,000"}),
    ("key,name,money\nA,x,1\nB,30\n", "table_short", {"key": "B", "name": "30"}),
])
def test_a_row_of_text_whose_cells_are_not_those_of_the_heading_is_told(
    tmp_path, text, issue, second
):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")

    table = tables.read(tmp_path / "a.csv")

    found = [note.issue.value for note in table.notes]
    assert found == ([] if issue is None else [issue])
    assert {
        name: type(second[name])(cell) for name, cell in table.frame.loc[3].dropna().items()
    } == second
    unsure = {name for name, rows in table.failed.items() if 3 in rows}
    assert unsure == (set(table.names[1:]) if issue == "table_shifted" else set())


def test_a_cell_beyond_the_heading_of_a_workbook_moves_no_other(tmp_path):
    table = workbook(tmp_path, [[*HEADING], [*RECORDS[0], "a note"]])

    assert [note.issue.value for note in table.notes] == ["table_beyond"]
    assert not table.failed
    assert len(table.frame.iloc[0].dropna()) == len(HEADING)


def test_a_figure_of_a_row_with_a_comma_too_many_is_not_known(site):
    (site.folder / "ledger.csv").write_text(
        "key,floor,money\nA,2,5,30000000\nB,6000,30000000\n", encoding="utf-8"
    )
    site.layer("plots", [
        (box(east, 0, east + 100, 100), {"plot_id": plot}) for east, plot in ((0, "A"), (200, "B"))
    ], ledger={"path": "ledger.csv", "key": "key", "on": "plot_id",
               "fields": {"fixed_investment_cny": {"column": "money", "unit": "元"}}})

    found = vet.vet(catalog.place(site.folder))

    intensity = found.findings[found.findings["rule"] == "investment-intensity"]
    assert intensity.set_index("plot_id")["outcome"].to_dict() == {"A": "unknown", "B": "pass"}
    assert found.issues.loc[found.issues["issue"] == "table_shifted", "value"].tolist() == [
        "2: A, 2, 5, 30000000"
    ]
