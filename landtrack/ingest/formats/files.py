"""Which reader a file is for: by what its bytes are, then by how its name ends.

A reader is a module with ``layer_names(path)`` and ``read(path, layer=, encoding=)``. It is
imported when the first file for it is met, so that nobody waits for a library that is not
needed.
"""

from __future__ import annotations

import codecs
import importlib
import re
import zipfile
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from landtrack.ingest.formats import companions, limits, packed, refused
from landtrack.ingest.formats.base import Contents
from landtrack.model.errors import SourceError

HEAD = 4096
"""How many bytes of a file are looked at."""


class Reader(Protocol):
    """What a module that reads one format offers."""

    def layer_names(self, path: Path) -> list[str]:
        """List the layers of a file, in its order."""
        ...

    def read(self, path: Path, *, layer: str | None, encoding: str | None) -> Contents:
        """Read one layer whole."""
        ...


class Format(NamedTuple):
    """A format: its name, how its files end, and the module that reads it."""

    name: str
    suffixes: tuple[str, ...]
    module: str

    @property
    def reader(self) -> Reader:
        """Give the module that reads it.

        Returns: Imported now, if it was not yet.
        """
        return cast("Reader", importlib.import_module(f"landtrack.ingest.formats.{self.module}"))


SHAPEFILE = Format("ESRI Shapefile", (".shp",), "shapefile")
GEOJSON = Format("GeoJSON", (".geojson", ".json", ".geojsonl", ".geojsons"), "geojson")
PARQUET = Format("GeoParquet", (".parquet", ".geoparquet"), "parquet")
ARCHIVE = Format("ZIP", (".zip",), "zip_input")
KML = Format("KML", (".kml", ".kmz", ".ovkml", ".ovkmz"), "kml")
OVITAL = Format("OVITAL JSON", (".ovjsn",), "ovital")
DXF = Format("DXF", (".dxf",), "dxf")
MARKUP = Format("GML", (".gml",), "markup")
GPX = Format("GPX", (".gpx",), "markup")
GDAL = Format(
    "GDAL", (".gpkg", ".gdb", ".fgb", ".tab", ".mif", ".sqlite", ".xml"), "gdal_counted"
)
OSM = Format("OpenStreetMap", (".osm", ".pbf"), "osm_layers")
BOUNDARY = Format("Boundary TXT", (), "boundary")
TABLE = Format("Table", (
    ".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et", ".dat", ".txt", ".prn",
), "coordinates")

FORMATS = (
    SHAPEFILE, GEOJSON, PARQUET, ARCHIVE, KML, OVITAL, DXF, MARKUP, GPX, GDAL, OSM, BOUNDARY, TABLE,
)
"""Every format that is read, each known by its suffixes where the bytes do not tell."""

BEGINNINGS = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": TABLE,  # workbooks of before 2007
    b"PAR1": PARQUET, b"AutoCAD Binary DXF": DXF,
    b"\xff\xfe{\x00": GEOJSON, b"\xfe\xff\x00{": GEOJSON,
}
"""How files of some formats begin."""
MARKS = {b"<osm": OSM, b"<kml": KML, b"<gpx": GPX, b"http://www.opengis.net/gml": MARKUP}
"""What stands near the start of formats that are XML."""

PARCEL_LINE = re.compile(r"^[^\r\n]*[,，]@\s*$", re.MULTILINE)
"""How the line of a parcel ends in a boundary TXT."""
NULS = 0.01
"""From this share of bytes that are 0 on a file is no text."""
BOM_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

UNTOLD = Format("GDAL", (), "vector")
"""A file that nothing is known of: GDAL may know it."""


def of(path: Path) -> Format:
    """Tell which format a file is in.

    Returns: By its first bytes where they tell, else by its suffix; other text is a table.
    Raises SourceError: If it is a format that no free reader reads rightly; the mend says what to
    ask for.
    """
    suffix = path.suffix.lower()
    if path.is_dir():
        return GDAL
    head = b""
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(HEAD)
    if b"<osm" in packed.beginning(path, head):
        limits.look(path, head)
        return OSM
    _refuse(path, head)
    limits.look(path, head)
    if (told := _by_bytes(path, head)) is not None:
        return told
    unknown = TABLE if head and b"\0" not in head and not head.lstrip().startswith(b"<") else UNTOLD
    return next((each for each in FORMATS if suffix in each.suffixes), unknown)


def _refuse(path: Path, head: bytes) -> None:
    """Refuse what nobody here can read, with what to ask for instead."""
    refused.insist(path, head)
    if head[:4] == b"AC10" and path.suffix.lower() != ".dxf":
        raise SourceError(
            f"{path} is a DWG drawing ({head[:6].decode('ascii', 'replace')}), which only its "
            "maker's programs read rightly.",
            mend="Save it as DXF (any version from R12 on) in the drawing program.",
        )
    if head.startswith(b"\x00\x01\x00\x00Standard Jet DB") or path.suffix.lower() == ".mdb":
        raise SourceError(
            f"{path} is a personal geodatabase (Access), which needs a driver of its own.",
            mend="Export it as a file geodatabase (.gdb) or as GeoPackage.",
        )
    if head.lstrip()[:200].lower().startswith((b"<!doctype html", b"<html")):
        raise SourceError(
            f"{path} is a web page, not the data: the download answered with a message.",
            mend="Open it in a browser to see what it says, and fetch the file again.",
        )
    if head.startswith(b"\x00\x00\x27\x0a") and path.suffix.lower() != ".shp":
        if companions.part(path, ".shp") is None:
            raise SourceError(
                f"{path} is a part of a Shapefile, of which .shp is missing.",
                mend="Ask for the whole set of files of that name: .shp, .shx, .dbf, .prj.",
            )
        raise SourceError(
            f"{path} is a part of a Shapefile, which is several files of one name.",
            mend="Name the one that ends in .shp, with the others beside it.",
        )
    companions.insist(path, head)
    if path.is_file() and not head:
        raise SourceError(f"{path} is empty (0 bytes).", mend="Fetch or export the file again.")


def _by_bytes(path: Path, head: bytes) -> Format | None:
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    for beginning, told in BEGINNINGS.items():
        if head.startswith(beginning):
            return told
    if _is_boundary(head):  # before JSON: it may begin with a bracket too
        return BOUNDARY
    if head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"["):
        return OVITAL if b'"ObjItems"' in head else GEOJSON
    return next((told for mark, told in MARKS.items() if mark in head), None)


def _is_boundary(head: bytes) -> bool:
    """Tell a boundary TXT by the heading of its coordinates or the end of a parcel's line."""
    from landtrack.ingest.formats.boundary.layout import words

    wide = head[:2] in BOM_UTF16
    if not wide and head.rstrip(b"\0").count(0) > NULS * len(head):
        return False  # numbers of eight bytes hold anything, an end of a parcel's line too
    encodings = ("utf-16",) if wide else ("utf-8", "gb18030")
    texts = [head.decode(encoding, "ignore") for encoding in encodings]
    return any(words().section in text or PARCEL_LINE.search(text) for text in texts)


def _zipped(path: Path) -> Format:
    """Tell what a ZIP is: a workbook, a KMZ, or an archive of files."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return ARCHIVE
    if "[Content_Types].xml" in names or "mimetype" in names:
        return TABLE
    return KML if path.suffix.lower() in KML.suffixes else ARCHIVE


def layer_names(path: Path) -> list[str]:
    """List the layers of a file.

    Returns: Names in the order of the file.
    Raises SourceError: If it cannot be opened.
    """
    return of(path).reader.layer_names(path)


def read(
    path: Path, *, layer: str | None = None, encoding: str | None = None,
    header_row: int | None = None,
) -> Contents:
    """Read one layer whole.

    ``layer``: Name of the layer; the first where not given.
    ``encoding``: Character encoding of the attributes; found out where not given.
    ``header_row``: The number of the row of a table's heading, from 1; found where not given.
    Raises SourceError: If the file cannot be read or has no such layer, or a row is named of what
    is no table.
    """
    if header_row is None:
        return of(path).reader.read(path, layer=layer, encoding=encoding)
    if of(path) is not TABLE:
        raise SourceError(
            f"{path} is no table: it has no row {header_row} with a heading.",
            mend="Leave out `header_row`: it is for workbooks and CSV.",
        )
    from landtrack.ingest.formats import coordinates

    return coordinates.read(path, layer=layer, encoding=encoding, header_row=header_row)
