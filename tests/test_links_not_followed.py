"""Links that a file holds are not followed: read in this process, without the system's walls."""

import ctypes
import io
import json
import os
import sys
import zipfile
from pathlib import Path

import doors
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
DOORS = {
    ".open": (
        "app/draft_catalog.py app/import_osm.py "
        "app/out_of_core.py app/register.py "
        "ingest/formats/archive.py ingest/formats/coordinates/writing.py "
        "ingest/formats/dbf.py ingest/formats/domains.py ingest/formats/encoding.py "
        "ingest/formats/files.py ingest/formats/gdal_out.py ingest/formats/geojson.py "
        "ingest/formats/geojson_out.py ingest/formats/kml/document.py "
        "ingest/formats/kml/writing.py ingest/formats/limits.py ingest/formats/mapinfo.py "
        "ingest/formats/markup.py ingest/formats/opening.py ingest/formats/osm.py "
        "ingest/formats/packed.py ingest/formats/records.py ingest/formats/shapefile.py "
        "ingest/formats/shapefile_out.py ingest/formats/tables/biff12.py "
        "ingest/formats/tables/biff8.py ingest/formats/tables/ooxml.py "
        "ingest/formats/tables/reading.py ingest/formats/tables/workbook.py "
        "ingest/read.py model/whole_file.py output/map/folder.py output/reports/document/docx.py "
        "output/reports/document/html.py output/signing/keys.py output/style/fonts.py "
        "server/brought.py server/drawings.py "
        "store/evidence.py store/journal.py store/staging.py store/witnesses.py"
    ),
    ".read_bytes": (
        "app/desk_roles.py app/edit_catalog.py app/package/writers.py app/shown.py "
        "ingest/formats/dxf/document.py "
        "ingest/formats/encoding.py "
        "ingest/formats/kml/document.py ingest/formats/records.py "
        "ingest/formats/tables/separated.py model/catalog/files.py model/whole_file.py "
        "output/map/offline.py output/reports/handbook_html.py output/sheets/georeference.py "
        "output/sheets/untouched.py "
        "output/style/fonts.py output/wording/pinyin.py server/accounts.py server/passwords.py "
        "store/evidence.py "
        "store/sheet_register.py store/staging.py"
    ),
    ".read_text": (
        "app/credentials.py app/deliver.py app/files_seen.py app/handbook.py app/import_osm.py "
        "cli/desktop.py "
        "cli/init.py cli/language.py ingest/formats/dbf.py "
        "ingest/formats/dxf/document.py ingest/formats/geojson.py ingest/formats/shapefile.py "
        "model/messages.py output/map/elements.py "
        "output/map/offline.py output/reports/document/html.py server/brought.py "
        "server/home.py server/standings.py server/start.py store/staging.py"
    ),
    "PIL.Image.open": "app/pictures.py",
    "builtins.open": "ingest/apart/confine.py output/reports/document/parts.py",
    "bz2": "ingest/formats/packed.py",
    "builtins.*": "ingest/apart/border.py",
    "ctypes.CDLL": "ingest/apart/linux.py model/memory.py",
    "docx.Document": "output/reports/document/docx.py",
    "ezdxf.read": "ingest/formats/dxf/document.py",
    "ezdxf.readfile": "ingest/formats/dxf/writing.py",
    "ezdxf.recover": "ingest/formats/dxf/document.py",
    "fiona": "ingest/formats/opening.py",
    "fontTools.ttLib": "output/style/fonts.py",
    "geopandas.read_parquet": "ingest/formats/parquet.py",
    "gzip": "ingest/formats/packed.py",
    "importlib.import_module": (
        "__init__.py ingest/apart/process.py ingest/formats/export.py ingest/formats/files.py"
    ),
    "importlib.metadata": (
        "app/provenance.py cli/fault.py output/sheets/document.py output/sheets/index.py"
    ),
    "importlib.resources": "output/style/fonts.py",
    "importlib.util": "output/signing/keys.py output/wording/pinyin.py",
    "mmap.mmap": "ingest/formats/tables/biff8.py",
    "numpy.load": "app/out_of_core.py",
    "numpy.memmap": "ingest/formats/records.py",
    "openpyxl.load_workbook": "ingest/formats/tables/workbook.py",
    "os.fdopen": (
        "ingest/apart/process.py output/sheets/workers.py server/answering.py store/evidence.py"
    ),
    "os.open": "app/deliver.py app/partials.py ingest/apart/linux.py ingest/apart/process.py",
    "osmium": "ingest/formats/osm.py",
    "pickle": "ingest/apart/process.py output/sheets/workers.py",
    "pikepdf.open": "output/sheets/georeference.py output/sheets/untouched.py",
    "pyarrow.ipc": "ingest/apart/border.py store/postgis/columns.py",
    "pyarrow.parquet": "ingest/formats/limits.py ingest/formats/stream.py",
    "pyogrio.list_layers": "ingest/formats/opening.py",
    "pyogrio.raw": "ingest/formats/opening.py store/streams.py",
    "pyogrio.read_arrow": "store/opened.py",
    "pyogrio.read_dataframe": "ingest/formats/opening.py store/geopackage.py",
    "pyogrio.read_info": "ingest/formats/opening.py store/streams.py",
    "pypdfium2.PdfDocument": "output/sheets/picture.py output/sheets/readback.py",
    "python_calamine": "ingest/formats/tables/workbook.py",
    "socket": "server/shared.py server/start.py",
    "sqlite3.connect": (
        "ingest/formats/sqlite.py server/jobs.py store/geopackage.py store/journal.py"
    ),
    "subprocess": (
        "ingest/apart/process.py output/sheets/workers.py server/jobs.py "
        "server/worker.py"
    ),
    "urllib.request": "server/start.py",
    "xlrd": "ingest/formats/tables/biff8.py ingest/formats/tables/workbook.py",
    "xml.etree": (
        "ingest/formats/domains.py ingest/formats/kml/__init__.py "
        "ingest/formats/kml/document.py ingest/formats/kml/placemarks.py ingest/formats/osm.py"
    ),
    "xml.etree.ElementTree.Element": "app/ogc/project.py output/style/qgis.py",  # to write with
    "xml.etree.ElementTree.SubElement": "app/ogc/project.py output/style/qgis.py",
    "xml.etree.ElementTree.tostring": "app/ogc/project.py",
    "xml.parsers.expat": (
        "ingest/formats/markup.py ingest/formats/tables/ooxml.py "
        "ingest/formats/tables/workbook.py"
    ),
    "zipfile.ZipFile": (
        "app/package/build.py app/package/verify.py app/register.py ingest/formats/archive.py "
        "ingest/formats/files.py ingest/formats/kml/document.py ingest/formats/limits.py "
        "ingest/formats/tables/biff12.py ingest/formats/tables/odf.py "
        "ingest/formats/tables/ooxml.py ingest/formats/tables/workbook.py store/staging.py"
    ),
}
"""What opens a file, and the modules that may: what is not here is a new door, and somebody looks
at it. Above ``ingest`` they open what landtrack wrote itself, its own data, or what a person typed.
"""


def modules():
    return sorted(HOUSE.rglob("*.py"))


def unknown(source, own):
    """Give what a module opens by that is not known of it."""
    return {
        name for name in doors.openings(source)
        if not any(
            (name == each or name.startswith(f"{each}.") or each.startswith(f"{name}."))
            and own in may.split()
            for each, may in DOORS.items()
        )
    }


@pytest.mark.parametrize(
    "path", modules(), ids=lambda path: path.relative_to(HOUSE).as_posix()
)
def test_who_opens_a_file_is_known(path):
    own = path.relative_to(HOUSE).as_posix()

    assert unknown(path.read_text(encoding="utf-8"), own) == set()


def test_no_door_is_listed_that_is_none():
    there = {each.relative_to(HOUSE).as_posix() for each in modules()}

    assert {own for may in DOORS.values() for own in may.split()} <= there


@pytest.mark.parametrize("source", [
    "import pyogrio\npyogrio.read_dataframe(path)",
    "import pyogrio as io\nio.raw.open_arrow(path)",
    "from pyogrio import read_dataframe as seen\nseen(path)",
    "from pyogrio.raw import *",
    "def f(path):\n    import fiona as gis\n    with gis.open(path) as it:\n        return it",
    "import fiona\nopener = fiona.open\nopener(path)",
    "import fiona\nlook = fiona\n(again := look.open)(path)",
    "import geopandas\ngetattr(geopandas, 'read_file')(path)",
    "import geopandas\ngetattr(geopandas, name)(path)",
    "import geopandas as gpd\nreaders = {'a': gpd.read_file}\nreaders['a'](path)",
    "import pandas as pd\npd.read_csv(path)",
    "from pandas import read_excel\nlist(map(read_excel, paths))",
    "import osmium\nosmium.apply(path)",
    "from ezdxf import recover\nrecover.readfile(path)",
    "from ezdxf.filemanagement import readfile",
    "from openpyxl import load_workbook as book\nbook(path)",
    "from openpyxl.reader.excel import ExcelReader\nExcelReader(path)",
    "from python_calamine import CalamineWorkbook\nCalamineWorkbook.from_path(path)",
    "import pyarrow.dataset as ds\nds.dataset(path)",
    "import pyarrow as pa\npa.memory_map(path)",
    "from zipfile import ZipFile as Zip\nZip(path)",
    "import sqlite3 as db\ndb.connect(path)",
    "import numpy as np\nnp.load(path)",
    "open(path)",
    "look = open\nlook(path)",
    "import io\nio.open(path)",
    "import os\nos.open(path, 0)",
    "path.open()",
    "path.read_bytes()",
    "found = [each.read_text() for each in folder.iterdir()]",
    "import importlib\nimportlib.import_module('fiona').open(path)",
    "from importlib import import_module\nimport_module('fiona')",
    "__import__('fiona').open(path)",
    "import urllib.request\nurllib.request.urlopen(address)",
    "from xml.etree import ElementTree as ET\nET.parse(path)",
    "import pickle\npickle.load(file)",
])
def test_a_new_door_is_found_by_whatever_name_it_is_called(source):
    """Each is put into a module that opens nothing, where it was not found by its name alone."""
    assert unknown(source, "assessment/rules/engine.py")


def test_what_opens_nothing_is_no_door():
    source = (
        "import pyogrio\nimport webbrowser\nfrom landtrack.store import staging\n"
        "pyogrio.write_dataframe(frame, path)\nwebbrowser.open_new(page)\nopened = path.name\n"
        "from openpyxl import Workbook\nimport zipfile\nzipfile.ZipInfo(name)\n"
    )
    assert unknown(source, "assessment/rules/engine.py") == set()
