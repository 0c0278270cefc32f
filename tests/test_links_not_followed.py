"""Links that a file holds are not followed: read in this process, without the system's walls."""

import ast
import ctypes
import io
import json
import os
import sys
import zipfile
from pathlib import Path

import ezdxf
import geopandas as gpd
import openpyxl
import pyarrow.parquet as pq
import pytest
import test_opening
from builders import box

import landtrack
from landtrack.ingest.formats import files, opening, tables
from landtrack.model.errors import LandtrackError

server = test_opening.server
SECRET = "secret-of-another-file"  # noqa: S105  what must not come out
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


class Canary:
    """A file that tells when it is opened, by whatever library (inotify; Linux only)."""

    def __init__(self, path, content=SECRET):
        path.write_text(content)
        self.path, self.watch = path, None
        if sys.platform == "linux":
            system = ctypes.CDLL(None)
            self.watch = system.inotify_init1(os.O_NONBLOCK)
            system.inotify_add_watch(self.watch, os.fsencode(path), 0x20)

    def opened(self):
        try:
            return bool(self.watch is not None and os.read(self.watch, 4096))
        except BlockingIOError:
            return False


@pytest.fixture
def canary(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    return Canary(tmp_path / "elsewhere" / "canary.txt")


def with_parts(path, parts):
    """Add parts to a zipped document, or replace them; text within braces is the part as it was."""
    with zipfile.ZipFile(path) as packed:
        held = {name: packed.read(name) for name in packed.namelist()}
    for name, change in parts.items():
        held[name] = change(held.get(name, b"").decode()).encode()
    with zipfile.ZipFile(path, "w") as out:
        for name, data in held.items():
            out.writestr(name, data)
    return path


def linked(kind, target):
    return f'<Relationship Id="x9" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'


def workbook(folder, file, address):
    book = openpyxl.Workbook()
    book.active.append(["plot_id", "x"])
    book.active.append(["P", f'=WEBSERVICE("{address}/cell")'])
    book.active.append(["Q", "='[1]S'!A1"])
    book.active["A2"].hyperlink = f"{address}/hyperlink"
    path = folder / "book.xlsx"
    book.save(path)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return with_parts(path, {
        "xl/externalLinks/externalLink1.xml": lambda _: (
            f'<externalLink xmlns="{main}" xmlns:r="{OFFICE}"><externalBook r:id="x9"><sheetNames>'
            '<sheetName val="S"/></sheetNames></externalBook></externalLink>'),
        "xl/externalLinks/_rels/externalLink1.xml.rels": lambda _: (
            f'<Relationships xmlns="{PACKAGE}">{linked("externalLinkPath", file)}'
            "</Relationships>"),
        "xl/connections.xml": lambda _: (
            f'<connections xmlns="{main}"><connection id="1" name="w" type="4" refreshOnLoad="1">'
            f'<webPr url="{address}/connection"/></connection></connections>'),
        "xl/_rels/workbook.xml.rels": lambda text: text.replace(
            "</Relationships>",
            f'<Relationship Id="x8" Type="{OFFICE}/externalLink" '
            'Target="externalLinks/externalLink1.xml"/>'
            f'<Relationship Id="x7" Type="{OFFICE}/connections" Target="connections.xml"/>'
            f'{linked("image", f"{address}/image")}</Relationships>'),
        "xl/workbook.xml": lambda text: text.replace(
            "</workbook>", f'<externalReferences><externalReference xmlns:r="{OFFICE}" r:id="x8"/>'
            "</externalReferences></workbook>"),
    })


def drawing(folder, file, address):
    document = ezdxf.new("R2010")
    space = document.modelspace()
    space.add_lwpolyline([(0, 0), (9, 0), (9, 9)], close=True)
    document.add_xref_def(str(file), "X")
    space.add_blockref("X", (0, 0))
    picture = document.add_image_def(filename=str(file), size_in_pixel=(9, 9))
    space.add_image(image_def=picture, insert=(0, 0), size_in_units=(9, 9))
    under = document.add_underlay_def(filename=f"{address}/under.pdf", fmt="pdf", name="1")
    space.add_underlay(under, insert=(0, 0, 0))
    document.saveas(folder / "drawing.dxf")
    return folder / "drawing.dxf"


def parquet(folder, file, address):
    path = folder / "plots.parquet"
    gpd.GeoDataFrame({"plot_id": ["P"]}, geometry=[box(0, 0, 9, 9)], crs=4529).to_parquet(path)
    table = pq.read_table(path)
    held = json.loads(table.schema.metadata[b"geo"])
    held["$ref"] = f"{address}/geo"
    held["columns"]["geometry"]["crs"]["$schema"] = f"{address}/schema.json"
    held["columns"]["geometry"]["crs"]["$ref"] = file.as_uri()
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(held)}), path)
    return path


def parquet_crs(folder, file, address):
    path = parquet(folder, file, address)
    table = pq.read_table(path)
    held = json.loads(table.schema.metadata[b"geo"])
    held["columns"]["geometry"]["crs"] = f"{address}/crs"
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(held)}), path)
    return path


def kml(folder, file, address):
    path = folder / "links.kml"
    path.write_text(
        f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a {address}/s">'
        f'<Document><NetworkLink><Link><href>{address}/more.kml</href></Link></NetworkLink>'
        f"<NetworkLink><Url><href>{file.as_uri()}</href></Url></NetworkLink>"
        f"<Style id='s'><IconStyle><Icon><href>{address}/icon.png</href></Icon></IconStyle></Style>"
        f"<GroundOverlay><Icon><href>{file.as_uri()}</href></Icon></GroundOverlay>"
        f"<Placemark><name>P</name><styleUrl>{address}/style#s</styleUrl><Point><coordinates>"
        "118,41</coordinates></Point></Placemark></Document></kml>", encoding="utf-8")
    return path


def kml_entity(folder, file, address):
    path = folder / "entity.kml"
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY e SYSTEM "{file.as_uri()}">'
        f'<!ENTITY % p SYSTEM "{address}/dtd"> %p;]><kml xmlns="http://www.opengis.net/kml/2.2">'
        "<Placemark><name>&e;</name><Point><coordinates>118,41</coordinates></Point></Placemark>"
        "</kml>", encoding="utf-8")
    return path


def gml(folder, file, address):
    path = folder / "links.gml"
    path.write_text(
        '<?xml version="1.0"?><gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:a="http://a"><gml:featureMember><a:b>'
        f'<a:number>1</a:number><a:other xlink:href="{file.as_uri()}#x"/>'
        f'<a:more xlink:href="{address}/more.gml"/><a:g><gml:Point srsName="{address}/crs">'
        "<gml:pos>118 41</gml:pos></gml:Point></a:g></a:b></gml:featureMember>"
        "</gml:FeatureCollection>", encoding="utf-8")
    return path


def geojson(folder, _, address):
    path = folder / "crs.geojson"
    path.write_text(json.dumps({
        "type": "FeatureCollection", "$ref": f"{address}/more",
        "crs": {"type": "link", "properties": {"href": f"{address}/crs", "type": "ogcwkt"}},
        "features": [{"type": "Feature", "properties": {"plot_id": "P"},
                      "geometry": {"type": "Point", "coordinates": [118, 41]}}],
    }))
    return path


def shapefile(folder, _, address):
    path = folder / "plots.shp"
    gpd.GeoDataFrame({"plot_id": ["P"]}, geometry=[box(0, 0, 9, 9)], crs=4529).to_file(path)
    path.with_suffix(".prj").write_text(f"{address}/crs")
    return path


def geopackage(folder, file, address):
    import sqlite3

    path = folder / "plots.gpkg"
    gpd.GeoDataFrame(
        {"plot_id": ["P"]}, geometry=[box(0, 0, 9, 9)], crs=4529
    ).to_file(path, layer="plots")
    with sqlite3.connect(path) as db:
        db.execute("UPDATE gpkg_spatial_ref_sys SET definition = ? WHERE srs_id = 4529",
                   (f"{address}/crs",))
        db.execute("CREATE TABLE gpkg_metadata (id INTEGER PRIMARY KEY, md_scope TEXT, "
                   "md_standard_uri TEXT, mime_type TEXT, metadata TEXT)")
        db.execute("INSERT INTO gpkg_metadata VALUES (1, 'dataset', ?, 'text/xml', ?)",
                   (f"{address}/md", f'<a href="{file.as_uri()}"/>'))
        db.execute(f"CREATE TRIGGER t AFTER INSERT ON plots BEGIN "
                   f"SELECT readfile('{file}'), load_extension('{file}'); END")
    db.close()
    return path


def opendocument(folder, file, address):
    path = folder / "book.ods"
    names = " ".join(
        f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"'
        for each in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", (
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
            '><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.'
            'oasis.opendocument.spreadsheet"/></manifest:manifest>'))
        packed.writestr("content.xml", (
            f'<office:document-content {names} xmlns:xlink="http://www.w3.org/1999/xlink">'
            '<office:body><office:spreadsheet><table:table table:name="S">'
            f'<table:table-source xlink:type="simple" xlink:href="{address}/book.ods"/>'
            + "".join(
                '<table:table-row><table:table-cell office:value-type="string"><text:p>'
                f'{text}</text:p></table:table-cell></table:table-row>'
                for text in ("plot_id", f'<text:a xlink:href="{file.as_uri()}">P</text:a>'))
            + "</table:table></office:spreadsheet></office:body></office:document-content>"))
    return path


MADE = {each.__name__: each for each in (
    workbook, drawing, parquet, parquet_crs, kml, kml_entity, gml, geojson, shapefile, geopackage,
    opendocument,
)}


@pytest.mark.parametrize("kind", MADE)
def test_a_link_to_a_file_or_an_address_is_not_followed(tmp_path, server, canary, kind):
    address, asked = server
    path = MADE[kind](tmp_path, canary.path, address)
    assert not canary.opened()

    said = io.StringIO()
    try:
        if kind in {"workbook", "opendocument"}:
            said.write(tables.read(path).frame.to_csv())
        else:
            for layer in files.layer_names(path):
                contents = files.read(path, layer=layer)
                said.write(contents.frame.to_csv() + str(contents.frame.crs))
    except LandtrackError as error:
        said.write(str(error))

    assert asked == []
    assert not canary.opened()
    assert SECRET not in said.getvalue()
    assert said.getvalue()


@pytest.mark.parametrize("kind", ["geojson", "gml", "shapefile", "geopackage"])
def test_nor_is_it_where_features_are_read_one_by_one(tmp_path, server, canary, kind):
    address, asked = server
    path = MADE[kind](tmp_path, canary.path, address)

    assert len(list(opening.one_by_one(path, layer=None, encoding=None, options={}))) == 1

    assert (asked, canary.opened()) == ([], False)


def test_the_canary_tells(canary):
    """Else no test of it would say anything."""
    canary.path.read_text()

    assert canary.opened() or sys.platform != "linux"


# --- one door -------------------------------------------------------------------------------

HOUSE = Path(landtrack.__file__).parent
OPENS = {
    ("fiona", "open"): {"ingest/formats/opening.py"},
    ("pyogrio", "list_layers"): {"ingest/formats/opening.py", "store"},
    ("pyogrio", "read_info"): {"ingest/formats/opening.py", "store"},
    ("pyogrio", "read_dataframe"): {"ingest/formats/opening.py", "store"},
    ("pyogrio", "read_arrow"): {"ingest/formats/opening.py", "store"},
    ("pyogrio", "open_arrow"): {"ingest/formats/opening.py", "store"},
    ("pyogrio", "read_bounds"): set(),
    ("osmium", "*"): {"ingest/formats/osm.py"},
    ("ezdxf", "readfile"): {"ingest/formats/dxf/writing.py"},  # what it has just written
    ("ezdxf", "read"): {"ingest/formats/dxf/document.py"},
    ("recover", "*"): {"ingest/formats/dxf/document.py"},
    ("openpyxl", "load_workbook"): {"ingest/formats/tables/workbook.py"},
    ("CalamineWorkbook", "*"): {"ingest/formats/tables/workbook.py"},
    ("pq", "*"): {"ingest/formats/limits.py", "ingest/formats/stream.py"},
    ("pyarrow", "parquet"): {"ingest/formats/stream.py"},
    ("gpd", "read_file"): set(), ("geopandas", "read_file"): set(),
    ("gpd", "read_parquet"): {"ingest/formats/parquet.py"},
    ("pikepdf", "open"): {"output/sheets"}, ("Pdf", "open"): {"output/sheets"},
    ("sqlite3", "connect"): {"ingest/formats/sqlite.py", "store"},
    ("pypdfium2", "PdfDocument"): {"output/sheets/readback.py"},
}
"""What opens a file that may be from outside, and the modules or rooms that may call it."""
READERS = {"fiona", "osmium", "python_calamine", "pypdf", "osgeo", "rasterio", "xlrd", "pyxlsb"}
"""Libraries that read; who imports one is known."""
IMPORTED_BY = {
    "fiona": {"ingest/formats/opening.py"}, "osmium": {"ingest/formats/osm.py"},
    "python_calamine": {"ingest/formats/tables/workbook.py"},
    "xlrd": {"ingest/formats/tables/workbook.py", "ingest/formats/tables/biff8.py"},
}


def called(tree):
    """Give the names under which a module calls what opens files."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize(
    "path", sorted(HOUSE.rglob("*.py")), ids=lambda path: path.relative_to(HOUSE).as_posix()
)
def test_who_opens_a_file_from_outside_is_known(path):
    own = path.relative_to(HOUSE).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))

    for name, call in called(tree):
        may = OPENS.get((name, call), OPENS.get((name, "*")))
        assert may is None or any(own.startswith(each) for each in may), (name, call)
    for name in imported(tree):
        assert name not in READERS or own in IMPORTED_BY.get(name, ()), name
