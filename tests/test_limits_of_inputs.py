"""A small file that costs much is refused before it is read, with the limit named."""


import json
import subprocess
import sys
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import box
from click.testing import CliRunner
from sheetfiles import xlsb

from landtrack.cli.main import main
from landtrack.ingest.formats import files, limits, tables, temporary
from landtrack.ingest.formats.tables import odf
from landtrack.ingest.formats.tables.workbook import Workbook
from landtrack.model.errors import LimitError

CASE = "55-unbounded-inputs"
WORKBOOKS = Path(__file__).parent / "workbooks"
NAMED = {
    "depth.geojson": "json_depth = 100", "gcdepth.geojson": "json_depth = 100",
    "nested.zip": "archive_depth = 3", "members.zip": "archive_data_files = 2,000",
    "rows.xlsx": "workbook_cells = 8,000,000", "rle.parquet": "parquet_rows = 10,000,000",
    "view.gpkg": "plots is a view",
}


@pytest.mark.fault(CASE)
def test_inputs_without_bounds_are_refused_with_the_limit_named(fault, tmp_path, monkeypatch):
    subprocess.run([sys.executable, str(fault / "make.py")], check=True)  # noqa: S603  ours
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    for name, words in NAMED.items():
        done = CliRunner().invoke(main, ["inspect", str(fault / name), "--json"])
        assert done.exit_code == 2, name
        assert words in done.stdout, name
        assert '"over_limit": true' in done.stdout
        assert "Traceback" not in done.output
        assert not list(tmp_path.glob("landtrack-*"))
        with pytest.raises(LimitError):
            files.read(fault / name, layer=files.layer_names(fault / name)[0])


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        ("[" * 101, True),
        ("[" * 100 + "]" * 100, False),
        ('["' + "[" * 500 + '"]', False),
        ('{"a": "' + "]" * 500 + '", "b": ' + "[" * 150, True),
        (r'["\\", "\"' + "[" * 500 + '"]', False),
        (r'["\\"' + "," + "[" * 150, True),
        ('{"a": ' * 101, True),
        ("[[]," * 30 + "[]" * 400, False),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_brackets_that_are_open_are_counted_but_those_in_texts(tmp_path, text, deep, encoding):
    path = tmp_path / "a.json"
    path.write_text(text, encoding=encoding)
    head = path.read_bytes()[:4096]

    if deep:
        with pytest.raises(LimitError, match="json_depth = 100"):
            limits.look(path, head)
    else:
        limits.look(path, head)


@pytest.mark.parametrize("at", [-3, -2, -1, 0, 1, 2])
def test_a_text_across_two_pieces_of_a_file_is_one_text(tmp_path, monkeypatch, at):
    monkeypatch.setattr(limits, "CHUNK", 64)
    path = tmp_path / "a.json"
    path.write_text('["' + "x" * (60 + at) + r'\"' + "[" * 300 + '", ' + "1, " * 100 + "2]")

    limits.look(path, path.read_bytes()[:4096])


def zipped(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return path


def test_archives_are_limited_as_a_whole_whatever_lies_in_which(tmp_path, few):
    inner = zipped(tmp_path / "inner.zip", **{f"{n}.geojson": b"{}" for n in range(6)})
    data = inner.read_bytes()
    few(archive_members=15)

    with pytest.raises(LimitError, match="archive_members = 15"):
        files.layer_names(zipped(tmp_path / "a.zip", **{f"{n}.zip": data for n in range(3)}))


def test_many_small_members_do_not_unfold_to_more_than_the_archive_may(tmp_path, few):
    few(archive_free_bytes=1 << 20)
    path = zipped(tmp_path / "a.zip", **{f"{n}.geojson": b" " * (1 << 20) for n in range(4)})

    with pytest.raises(LimitError, match="archive_ratio = 200"):
        files.layer_names(path)


def test_a_geodatabase_in_an_archive_is_one_file_of_data(tmp_path, few):
    few(archive_data_files=2)
    parts = {f"园区.gdb/a{n:08x}.gdbtable": b"x" for n in range(9)}
    photos = {f"photos/{n}.jpg": b"x" for n in range(9)}

    with pytest.raises(files.SourceError) as refused:
        files.layer_names(zipped(tmp_path / "a.zip", **parts, **photos))
    assert not isinstance(refused.value, LimitError)


def test_cells_are_counted_in_every_sheet_for_ledgers_too(tmp_path, few):
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet()):
        for number in range(10):
            sheet.append([number, "x"])
    book.save(tmp_path / "a.xlsx")
    few(workbook_cells=40)
    tables.read(tmp_path / "a.xlsx", sheet="Sheet")
    (tmp_path / "b.xlsx").write_bytes((tmp_path / "a.xlsx").read_bytes())
    few(workbook_cells=39)

    with pytest.raises(LimitError, match="workbook_cells = 39"):
        tables.read(tmp_path / "b.xlsx", sheet="Sheet")
    with pytest.raises(LimitError, match="workbook_cells = 39"):
        files.layer_names(tmp_path / "b.xlsx")


@pytest.mark.parametrize("quoted", [False, True])
def test_columns_of_a_table_of_text_are_counted_in_its_heading(tmp_path, few, quoted):
    few(columns=20)
    path = tmp_path / "a.csv"
    names = ",".join(f"c{number}" for number in range(30))
    path.write_text(f'"{names}"\n1\n' if quoted else f"{names}\n1\n")

    if quoted:
        limits.look(path, b"")
    else:
        with pytest.raises(LimitError, match=r"columns = 20 \(it has 29\)"):
            limits.look(path, b"")


def test_columns_of_a_sheet_are_counted_by_its_rows(tmp_path, few):
    book = openpyxl.Workbook()
    for _ in range(3):
        book.active.append(range(30))
    book.save(tmp_path / "a.xlsx")
    few(columns=40)
    files.of(tmp_path / "a.xlsx")
    few(columns=20)
    (tmp_path / "b.xlsx").write_bytes((tmp_path / "a.xlsx").read_bytes())

    with pytest.raises(LimitError, match="columns = 20"):
        files.of(tmp_path / "b.xlsx")


def test_columns_of_a_json_are_the_names_that_its_members_have(tmp_path, few):
    few(columns=20)
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps([{"a": number, "b": "c: d"} for number in range(100)]))
    limits.look(path, b"[")
    path.write_text(json.dumps([{f"a{number}": number} for number in range(100)]))

    with pytest.raises(LimitError, match=r"columns = 20 \(it has 100\)"):
        limits.look(path, b"[")


def test_columns_of_a_parquet_are_counted_in_its_head(tmp_path, few):
    pq.write_table(pa.table({f"c{number}": [1] for number in range(30)}), tmp_path / "a.parquet")
    few(columns=20)

    with pytest.raises(LimitError, match="columns = 20"):
        files.of(tmp_path / "a.parquet")


@pytest.mark.parametrize("at", range(58, 70))
def test_a_line_is_measured_across_the_pieces_of_a_table(tmp_path, few, monkeypatch, at):
    monkeypatch.setattr(limits, "CHUNK", 64)
    few(line_bytes=100)
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * at + b"\n" + b"y" * 100 + b"\n" + b"z" * 100)
    limits.look(path, b"")
    path.write_bytes(b"x" * at + b"\n" + b"y" * 101 + b"\nz" * 90)

    with pytest.raises(LimitError, match="line_bytes = 100"):
        limits.look(path, b"")


@pytest.mark.parametrize("packed", [False, True])
def test_the_placemarks_of_a_kml_are_counted_packed_or_not(tmp_path, few, packed):
    mark = "<Placemark><Point><coordinates>120,40</coordinates></Point></Placemark >"
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{mark * 9}</Document></kml>'
    path = tmp_path / ("a.kmz" if packed else "a.kml")
    if packed:
        zipped(path, **{"doc.kml": text})
    else:
        path.write_text(text)
    few(placemarks=9)
    assert len(files.read(path).frame) == 9
    few(placemarks=8)

    with pytest.raises(LimitError, match="placemarks = 8"):
        files.read(path)


def test_a_large_drawing_is_refused_by_its_size(tmp_path, few):
    few(dxf_bytes=30)
    (tmp_path / "a.dxf").write_text("0\nSECTION\n2\nENTITIES\n0\nENDSEC\n0\nEOF\n")

    with pytest.raises(LimitError, match="dxf_bytes = 30"):
        files.of(tmp_path / "a.dxf")


def test_the_limit_of_what_an_archive_holds_is_told_as_one_of_the_table(tmp_path, few):
    few(json_depth=5)
    path = zipped(tmp_path / "a.zip", **{"a.geojson": "[" * 9})

    with pytest.raises(LimitError) as refused:
        files.layer_names(path)
    assert refused.value.limit == "json_depth = 5"


def test_a_parquet_that_repeats_itself_is_counted_as_it_decodes(tmp_path, few):
    gpd.GeoDataFrame(
        {"a": ["x"]}, geometry=[box(0, 0, 1, 1)], crs=4529
    ).to_parquet(tmp_path / "one.parquet")
    one = pq.read_table(tmp_path / "one.parquet")
    again = pa.array(np.zeros(100_000, dtype=np.int32))
    long = pa.DictionaryArray.from_arrays(again, pa.array(["x" * 2000]))
    shape = one.column("geometry")[0].as_py()
    table = pa.table({
        "a": long.cast(pa.string()),
        "geometry": pa.DictionaryArray.from_arrays(again, pa.array([shape])).cast(pa.binary()),
    }).replace_schema_metadata(one.schema.metadata)
    pq.write_table(table, tmp_path / "many.parquet", compression="zstd")
    assert (tmp_path / "many.parquet").stat().st_size < 1 << 20
    few(parquet_bytes=50_000_000)

    with pytest.raises(LimitError, match="parquet_bytes = 50,000,000"):
        files.read(tmp_path / "many.parquet")


def test_what_a_process_that_was_killed_left_is_swept_and_what_is_in_use_is_kept(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f"landtrack-{gone.pid}-abc"
    left.mkdir()
    (left / "a.geojson").write_text("{}")
    used = tmp_path / "landtrack-1-abc"
    other = tmp_path / "landtrack-notes"
    used.mkdir()
    other.mkdir()

    temporary.sweep(tmp_path)

    kept = sorted(each.name for each in tmp_path.iterdir())
    assert kept == ["landtrack-1-abc", "landtrack-notes"]


def test_a_file_within_the_limits_is_looked_at_in_little_memory(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text("[" + ",".join(["[[1.5, 2.5], [3.5, 4.5]]"] * 400_000) + "]")
    tracemalloc.start()
    try:
        limits.look(path, path.read_bytes()[:4096])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 80_000_000
    assert path.stat().st_size > 9_000_000


def test_a_text_of_shapes_within_shapes_without_end_is_an_unreadable_row(tmp_path):
    path = tmp_path / "w.csv"
    deep = "GEOMETRYCOLLECTION(" * 20_000 + "POINT(1 1)" + ")" * 20_000
    path.write_text(f'number,WKT\n1,"{deep}"\n2,"POINT(500000 4600000)"\n', encoding="utf-8")

    said = CliRunner().invoke(main, ["inspect", str(path)])

    assert said.exit_code in {0, 1}, said.output
    assert "GEOMETRYCOLLECTION" in said.output


def test_a_workbook_of_more_sheets_than_anybody_makes_is_refused(tmp_path, few):
    few(workbook_sheets=3)
    book = openpyxl.Workbook()
    for n in range(2):
        book.create_sheet(f"S{n}")
    book.save(tmp_path / "three.xlsx")
    limits.look(tmp_path / "three.xlsx", b"PK\x03\x04")
    book.create_sheet("one more")
    book.save(tmp_path / "four.xlsx")

    with pytest.raises(LimitError, match="workbook_sheets = 3"):
        limits.look(tmp_path / "four.xlsx", b"PK\x03\x04")


@pytest.mark.parametrize("named", ["S{}", "S"])
def test_an_open_document_of_more_sheets_than_anybody_makes_is_refused(tmp_path, few, named):
    few(workbook_sheets=3)
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    for count in (3, 4):
        sheets = "".join(f'<table:table table:name="{named.format(n)}"/>' for n in range(count))
        with zipfile.ZipFile(tmp_path / f"{count}.ods", "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("content.xml", (
                f'<office:document-content xmlns:office="{office}office:1.0" '
                f'xmlns:table="{office}table:1.0"><office:body><office:spreadsheet>{sheets}'
                "</office:spreadsheet></office:body></office:document-content>"
            ))

    with zipfile.ZipFile(tmp_path / "3.ods") as archive:
        odf.look(tmp_path / "3.ods", archive)
    with zipfile.ZipFile(tmp_path / "4.ods") as archive, pytest.raises(
        LimitError, match="workbook_sheets = 3"
    ):
        odf.look(tmp_path / "4.ods", archive)


@pytest.mark.parametrize("kind", ["xls", "xlsb"])
def test_sheets_of_the_older_formats_are_counted_too(tmp_path, few, kind):
    path = WORKBOOKS / "plain.xls" if kind == "xls" else tmp_path / "one.xlsb"
    if kind == "xlsb":
        xlsb(path, [("a", "b"), (1, 2)])
    few(workbook_sheets=1)
    Workbook(path).close()
    few(workbook_sheets=0)

    with pytest.raises(LimitError, match="workbook_sheets = 0"):
        Workbook(path)
