"""A file may do nothing but be read: GDAL opens it as what its bytes say, and opens no other."""

import http.server
import shutil
import sqlite3
import subprocess
import sys
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
from builders import box
from click.testing import CliRunner

from landtrack.app import vet
from landtrack.cli.main import main
from landtrack.ingest import read
from landtrack.ingest.formats import files, opening, sqlite, tables
from landtrack.model import catalog
from landtrack.model.errors import SourceError

SECRET = "secret-of-another-file"  # noqa: S105  what must not come out
CASE = "54-another-driver-under-gpkg"


@pytest.fixture
def server():
    """Give the address of a server on this computer, and the list of what was asked of it."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def parse_request(self):  # before the method is looked at
            asked.append(self.raw_requestline)
            return False

        def log_message(self, *_):
            pass

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(  # looks often whether it is to stop: a test waits for that
        target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    ).start()
    yield f"http://127.0.0.1:{listening.server_address[1]}", asked
    listening.shutdown()
    listening.server_close()


def vrt(source, options=""):
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="plots"><SrcDataSource>{source}</SrcDataSource>'
        f"{options}<SrcLayer>plots</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"
    )


def hostile(folder, address):
    """Write texts that make some driver of GDAL open another file, an address, or run SQL."""
    other = folder / "elsewhere" / "plots.csv"
    other.parent.mkdir()
    other.write_text(f"plot_id,WKT\n{SECRET},POINT (1 1)\n")
    packed = folder / "elsewhere" / "payload.gpkg"
    gpd.GeoDataFrame(
        {"plot_id": ["P"]}, geometry=[box(0, 0, 1, 1)], crs=4529
    ).to_file(packed, layer="plots")
    prelude = (
        '<OpenOptions><OOI key="PRELUDE_STATEMENTS">VACUUM INTO '
        f"'{folder / 'elsewhere' / 'WRITTEN'}'</OOI></OpenOptions>"
    )
    gml = (
        '<?xml version="1.0"?><!-- http://www.opengis.net/gml -->'
    )
    return {
        "a file": vrt(other),
        "a file by its driver": vrt(f"CSV:{other}"),
        "an address": vrt(f"/vsicurl/{address}/a.geojson"),
        "an archive at an address": vrt(f"/vsizip//vsicurl/{address}/a.zip/a.geojson"),
        "SQL that writes": vrt(packed, prelude),
        "a text beside spaces": "\n\n   " + vrt(other),
        "a text behind a mark": "\ufeff" + vrt(other),
        "a text that names another format first": gml + vrt(other),
        "a service": f"<OGRWFSDataSource><URL>{address}/wfs</URL></OGRWFSDataSource>",
        "a map service": f"<GDAL_WMS><Service name='WMS'><ServerUrl>{address}</ServerUrl></Service>"
        "</GDAL_WMS>",
        "a command": '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read '
        f'{other} ! write --of stream streamed_dataset"}}',
        "a command behind spaces": " " * 600 + '{"type": "gdal_streamed_alg", "command_line": '
        f'"gdal vector pipeline ! read {other} ! write --of stream streamed_dataset"}}',
        "a table of others": (
            f'!table\n!version 300\nDefinition Table\n  Type NATIVE\n  File "{other}"\n'  # noqa: S608
            'create view v as select * from "plots"'
        ),
    }


NAMES = (
    "a file", "a file by its driver", "an address", "an archive at an address", "SQL that writes",
    "a text beside spaces", "a text behind a mark", "a text that names another format first",
    "a service", "a map service", "a command", "a command behind spaces", "a table of others",
)
SUFFIXES = (".gpkg", ".gml", ".json", ".geojson", ".tab", ".xml", ".shp", ".fgb", ".sqlite", ".osm",
            ".gpx", ".vrt", "")


def unharmed(folder, asked):
    return asked == [] and not (folder / "elsewhere" / "WRITTEN").exists()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("what", NAMES)
def test_a_text_that_points_elsewhere_is_refused_under_any_name(tmp_path, server, what, suffix):
    address, asked = server
    path = tmp_path / f"plots{suffix}"
    path.write_text(hostile(tmp_path, address)[what], encoding="utf-8")
    packed = tmp_path / "survey.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(path, path.name)

    for named in (path, packed):
        with pytest.raises(SourceError) as refused:
            files.read(named, layer=files.layer_names(named)[0])
        assert SECRET not in str(refused.value)
    assert unharmed(tmp_path, asked)


@pytest.mark.parametrize("what", NAMES)
def test_a_ledger_that_points_elsewhere_is_refused_or_read_as_its_own_text(tmp_path, server, what):
    address, asked = server
    for suffix in (".xlsx", ".ods", ".dbf", ".gpkg"):
        path = tmp_path / f"ledger{suffix}"
        if not (tmp_path / "elsewhere").exists():
            texts = hostile(tmp_path, address)
        path.write_text(texts[what], encoding="utf-8")
        try:
            read = str(tables.read(path))
        except SourceError as refused:
            read = str(refused)
        assert SECRET not in read
    assert unharmed(tmp_path, asked)


@pytest.mark.fault(CASE)
def test_files_of_another_driver_are_refused_by_every_command(fault, server, tmp_path):
    _, asked = server
    subprocess.run([sys.executable, str(fault / "make.py")], check=True)  # noqa: S603  ours
    named = [fault / name for name in (
        "passwd.gpkg", "net.gpkg", "zip.gpkg", "gdalg.json", "write.gpkg", "sub/plots.gpkg",
        "sub/survey.zip",
    )]

    for path in named:
        seen = CliRunner().invoke(main, ["inspect", str(path), "--json"])
        turned = CliRunner().invoke(main, ["convert", str(path), str(tmp_path / "out.geojson")])
        assert seen.exit_code in {1, 2}
        assert '"layers": []' in seen.output
        assert turned.exit_code == 2
        assert "root:" not in seen.output + turned.output
        assert "SECRET" not in seen.output + turned.output
        assert not (tmp_path / "out.geojson").exists()
    assert not (fault / "WRITTEN.bin").exists()
    assert asked == []


@pytest.mark.fault(CASE)
@pytest.mark.parametrize("role", ["layer", "coverage", "ledger"])
def test_files_of_another_driver_are_refused_by_a_catalog(fault, site, role):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    shutil.copy(fault / "passwd.gpkg", site.folder / "roads.gpkg")
    site.entries["roads"] = {"kind": "roads", "path": "roads.gpkg"}
    if role != "layer":
        site.layer("roads", [(shapely.LineString([(0, 0), (1, 1)]), {})])
        site.entries.pop("roads")
        entry = site.entries["roads.geojson"]
        entry[role] = "roads.gpkg" if role == "coverage" else {
            "path": "roads.gpkg", "key": "a", "on": "name", "fields": {}
        }
    result = vet.vet(catalog.place(site.catalog().folder))

    said = result.issues[result.issues["layer"] == "roads"]
    assert "file_unreadable" in said["issue"].tolist()


def test_drivers_that_open_other_files_are_off_in_the_process():
    there = set(pyogrio.list_drivers())

    assert {"GPKG", "GeoJSON", "ESRI Shapefile", "OpenFileGDB", "FlatGeobuf", "GML"} <= there
    assert there.isdisjoint({"OGR_VRT", "GDALG", "WFS", "OAPIF", "HTTP", "CSW", "PLSCENES", "ADBC"})


def test_no_file_of_the_network_is_opened_in_the_process(server):
    address, asked = server

    with pytest.raises(pyogrio.errors.DataSourceError):
        pyogrio.read_dataframe(f"/vsicurl/{address}/a.geojson")
    assert asked == []


def test_a_schema_that_a_gml_names_is_not_fetched_and_nothing_is_written_beside_it(
    tmp_path, server
):
    address, asked = server
    path = tmp_path / "a.gml"
    gpd.GeoDataFrame({"a": ["x"]}, geometry=[box(0, 0, 1, 1)], crs=4529).to_file(path, driver="GML")
    (tmp_path / "a.xsd").unlink(missing_ok=True)
    text = path.read_text(encoding="utf-8")
    text = text.replace("a.xsd", f"{address}/a.xsd")
    assert address in text
    path.write_text(text, encoding="utf-8")

    assert len(files.read(path).frame) == 1
    assert asked == []
    assert [each.name for each in tmp_path.iterdir()] == ["a.gml"]


@pytest.mark.parametrize("word", ["xsi:schemaLocation", "xsi:noNamespaceSchemaLocation"])
def test_a_schema_of_another_folder_is_not_read(tmp_path, word):
    """It says that the field is a whole number; without it the field is what stands there."""
    path = tmp_path / "in" / "a.gml"
    path.parent.mkdir()
    gpd.GeoDataFrame({"a": ["x"]}, geometry=[box(0, 0, 1, 1)], crs=4529).to_file(path, driver="GML")
    schema = path.with_suffix(".xsd").read_text(encoding="utf-8")
    path.with_suffix(".xsd").unlink()
    (tmp_path / "b.xsd").write_text(
        schema.replace('name="a"', 'name="SECRET"'), encoding="utf-8"
    )
    text = path.read_text(encoding="utf-8").replace("xsi:schemaLocation", word)
    for place in ("../b.xsd", (tmp_path / "b.xsd").as_posix()):
        path.write_text(text.replace("a.xsd", place), encoding="utf-8")
        assert "SECRET" not in files.read(path).frame.columns


def test_a_gml_in_utf_16_whose_links_cannot_be_left_out_is_refused(tmp_path):
    path = tmp_path / "a.gml"
    gpd.GeoDataFrame({"a": ["x"]}, geometry=[box(0, 0, 1, 1)], crs=4529).to_file(path, driver="GML")
    path.write_bytes(
        path.read_text(encoding="utf-8").replace("utf-8", "utf-16").encode("utf-16")
    )

    with pytest.raises(SourceError, match="UTF-16"):
        opening.list_layers(path)


@pytest.mark.parametrize(
    "name", ["/vsicurl/http://127.0.0.1/a.geojson", "CSV:/etc/passwd", "zip://a.zip", "PG:dbname=a"]
)
def test_a_name_is_that_of_a_file_and_nothing_more(name):
    with pytest.raises(SourceError):
        opening.list_layers(Path(name))


def of_one_plot(path):
    """Make a GeoPackage with a layer of one plot."""
    gpd.GeoDataFrame({"plot_id": ["P1"]}, geometry=[box(0, 0, 1, 1)], crs=4529).to_file(
        path, layer="plots"
    )
    return path


@pytest.mark.parametrize(
    "made",
    ["CREATE VIEW plots AS SELECT * FROM p0", (
        "CREATE VIEW plots AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) "
        "SELECT n.i AS fid, geom, plot_id FROM p0, n"
    )],
)
def test_a_view_is_refused_and_not_run(tmp_path, made):
    path = of_one_plot(tmp_path / "view.gpkg")
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE plots RENAME TO p0")
        db.execute(made)
    db.close()

    for layer in (None, "plots"):
        with pytest.raises(SourceError, match=r"plots is a view.*(.|\n)*Mend: Save it as a layer"):
            files.read(path, layer=layer)


ENDLESS = ("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x > 0) "
           "SELECT x AS table_name, x AS column_name, x AS name, x AS title, x AS constraint_name, "
           "x AS description, x AS mime_type FROM n")


@pytest.mark.parametrize("table", ["gpkg_contents", "gpkg_data_columns", "gpkg_geometry_columns"])
def test_a_table_of_tables_that_asks_a_question_without_an_end_is_refused(tmp_path, table):
    path = of_one_plot(tmp_path / "endless.gpkg")
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA legacy_alter_table = ON")
        db.execute(f"DROP TABLE IF EXISTS {table}")
        db.execute(f"CREATE VIEW {table} AS {ENDLESS}")
    db.close()

    for layer in (None, "plots"):
        with pytest.raises(SourceError, match=rf"{table} is a view"):
            files.read(path, layer=layer)
    with pytest.raises(SourceError, match=rf"{table} is a view"):
        files.layer_names(path)


def test_a_question_that_takes_too_long_ends(tmp_path, monkeypatch):
    path = tmp_path / "endless.sqlite"
    with sqlite3.connect(path) as db:
        db.execute(f"CREATE VIEW n AS {ENDLESS}")
    db.close()
    monkeypatch.setattr(sqlite, "STEPS", 10_000)

    with sqlite.reading(path) as db, pytest.raises(sqlite3.OperationalError, match="interrupted"):
        db.execute("SELECT count(*) FROM n").fetchone()


def test_a_file_from_outside_is_not_changed(tmp_path):
    path = tmp_path / "a.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE a (b)")
    db.close()

    with sqlite.reading(path) as db, pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("INSERT INTO a VALUES (1)")


@pytest.mark.parametrize("shared", [True, False], ids=["open elsewhere", "copied away"])
def test_what_another_program_wrote_last_is_read_though_it_is_still_in_its_log(tmp_path, shared):
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"a": ["before"]}, geometry=[box(0, 0, 1, 1)], crs=4529).to_file(
        path, layer="l"
    )
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            other.create_function(name, 1, lambda _: 0)
        other.execute("UPDATE l SET a = 'after'")
        other.commit()
        if not shared:
            for suffix in ("", "-wal"):
                shutil.copyfile(f"{path}{suffix}", tmp_path / f"b.gpkg{suffix}")
            path = tmp_path / "b.gpkg"
        before = sorted(each.name for each in tmp_path.iterdir())

        assert read.contents_of(path).frame["a"].tolist() == ["after"]
        assert sorted(each.name for each in tmp_path.iterdir()) == before
