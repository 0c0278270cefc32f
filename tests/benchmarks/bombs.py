"""Inputs that are made to harm: each must be answered within 30 s and 2 GB, without a trace.

    python tests/benchmarks/bombs.py                # all, by inspect and by run
    python tests/benchmarks/bombs.py star kml       # some of them

Prints for each the exit status, the seconds on the clock and of processor, the memory of all
processes of the command at its peak, and what it said. Exit status 1 where one took more (of
processor, so that a busy machine does not count), showed a trace or left a file behind.
"""
# ruff: noqa: T201, S603, ISC002, ISC004, E501 - a script that prints, and runs landtrack

import argparse
import gzip
import io
import json
import math
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

SECONDS, BYTES = 30, 2_000_000_000
EAST, NORTH = 41_487_000, 4_545_000
SQUARE = [[0, 0], [100, 0], [100, 100], [0, 100], [0, 0]]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
GML = "http://www.opengis.net/gml"
CATALOG = """[place]
id = "bombs"
title = {{ en = "bombs" }}
language = "en"
crs = "EPSG:4529"
rules = []
[[layer]]
kind = "plots"
path = "plots.geojson"
crs = "EPSG:4529"
[[layer]]
kind = "buildings"
path = "{name}"
crs = "EPSG:4529"
"""


def feature(ring, **properties):
    """Write a feature of one ring, in metres from the corner of the place."""
    corners = [[EAST + x, NORTH + y] for x, y in ring]
    return {"type": "Feature", "properties": properties,
            "geometry": {"type": "Polygon", "coordinates": [corners]}}


def collection(*features):
    """Write a file of GeoJSON."""
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def nested(folder):
    """21 kB of archives in archives that unfold to 31 MB times 65 536."""
    level = io.BytesIO()
    with zipfile.ZipFile(level, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.geojson", b" " * (31 << 20))
    for _ in range(4):
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as packed:
            for number in range(16):
                packed.writestr(f"{number}.zip", level.getvalue())
        level = outer
    return wrote(folder / "nested.zip", level.getvalue())


def parquet(folder):
    """7 MB of which every row is 2 000 signs, 30 million times."""
    return _parquet(folder / "rows.parquet", 15, "x" * 2000)


def parquet_few(folder):
    """2 million rows of one long text, which no count of rows tells."""
    return _parquet(folder / "long.parquet", 1, "x" * 1900)


def _parquet(path, times, text):
    gpd.GeoDataFrame(
        {"number": ["x"]}, geometry=[shapely.box(EAST, NORTH, EAST + 9, NORTH + 9)], crs=4529
    ).to_parquet(path)
    one = pq.read_table(path)
    same = pa.array(np.zeros(2_000_000, dtype=np.int32))
    shape = pa.array([one.column("geometry")[0].as_py()], type=pa.binary())
    table = pa.table({
        "number": pa.DictionaryArray.from_arrays(same, pa.array([text])),
        "geometry": pa.DictionaryArray.from_arrays(same, shape).cast(pa.binary()),
    }).replace_schema_metadata(one.schema.metadata)
    with pq.ParquetWriter(path, table.schema, compression="zstd") as out:
        for _ in range(times):
            out.write_table(table)
    return path


def workbook(path, sheet, strings=()):
    """Write a workbook of one sheet, given as pieces of its XML."""
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/'
        'sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
        'worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
        'package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.'
        'org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
        for name, pieces in (("worksheets/sheet1", sheet), ("sharedStrings", strings)):
            with packed.open(f"xl/{name}.xml", "w", force_zip64=True) as out:
                for piece in pieces or (f'<sst xmlns="{MAIN}"/>',):
                    out.write(piece.encode())
    return path


def columns(folder):
    """A workbook whose heading has a million columns."""
    row = "".join(f'<c t="inlineStr"><is><t>c{number}</t></is></c>' for number in range(10**6))
    return workbook(folder / "columns.xlsx", (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">', row, '</row><row r="2">',
        "<c><v>1</v></c>" * 10**6, "</row></sheetData></worksheet>",
    ))


def far(folder):
    """A workbook of four cells, the last of them in the last row and column there are."""
    return workbook(folder / "far.xlsx", (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c>'
        '<c r="XFD1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c>'
        '<c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>',
    ))


def strings(folder):
    """A workbook of a million cells that are one shared text of a megabyte."""
    return workbook(
        folder / "strings.xlsx",
        (f'<worksheet xmlns="{MAIN}"><sheetData>',
         *(['<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' * 1000] * 500),
         "</sheetData></worksheet>"),
        (f'<sst xmlns="{MAIN}"><si><t>', "x" * 10**6, "</t></si></sst>"),
    )


def laughs(folder):
    """A workbook whose shared text is entities of entities."""
    lines = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)]
    return workbook(
        folder / "laughs.xlsx",
        (f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="s"><v>0</v></c></row></sheetData>'
         "</worksheet>",),
        ('<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY l0 "ha">', *lines,
         f']><sst xmlns="{MAIN}"><si><t>&l11;</t></si></sst>'),
    )


def laughing_kml(folder):
    """A KML whose name is entities of entities."""
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return wrote(folder / "laughs.kml", (
        f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY l0 "ha">{lines}]>'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&l11;</name><Point>'
        "<coordinates>120,40</coordinates></Point></Placemark></kml>").encode())


def deep(folder):
    """GeoJSON nested 100 000 deep."""
    return wrote(folder / "deep.geojson", (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":'
        + "[" * 100_000 + "]" * 100_000 + '},"geometry":null}]}').encode())


def lines(folder):
    """GeoJSON by lines, each of 3 000 members of its own: a million columns in a few MB."""
    rows = (
        json.dumps(feature(SQUARE, **{f"a{number}_{each}": 1 for each in range(3000)}))
        for number in range(330)
    )
    return wrote(folder / "members.geojsonl", "\n".join(rows).encode())


def kml(folder):
    """A KML of a million placemarks."""
    mark = "<Placemark><name>{n}</name><Point><coordinates>118.8,41.0</coordinates></Point>" \
        "</Placemark>"
    body = "".join(mark.format(n=number) for number in range(10**6))
    return wrote(folder / "marks.kml", (
        '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"{body}</Document></kml>").encode())


def kmz(folder):
    """The same million of placemarks, packed."""
    with zipfile.ZipFile(folder / "marks.kmz", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(kml(folder), "doc.kml")
    (folder / "marks.kml").unlink()
    return folder / "marks.kmz"


def star(folder):
    """One ring of a million edges each of which crosses nearly all others."""
    return wrote(folder / "star.geojson", collection(feature(_star(10**6), number="1")).encode())


def small_star(folder):
    """One ring of 20 001 edges, 200 million crossings."""
    return wrote(folder / "small.geojson", collection(feature(_star(20_000), number="1")).encode())


def _star(count):
    count |= 1
    turns = (2 * math.pi * (count // 2) / count * np.arange(count + 1)) % (2 * math.pi)
    turns[-1] = turns[0]
    return np.column_stack([50 + 50 * np.cos(turns), 50 + 50 * np.sin(turns)]).round(6).tolist()


def stars(folder):
    """A thousand rings that all cross one another."""
    rings = (
        feature([[x + n / 50, y + n / 50] for x, y in _star(2_000)], number=str(n))
        for n in range(200)
    )
    return wrote(folder / "stars.geojson", collection(*rings).encode())


def pile(folder):
    """20 000 features that all lie on one another."""
    rings = (
        feature([[x + n / 1000, y] for x, y in SQUARE], number=str(n)) for n in range(20_000)
    )
    return wrote(folder / "pile.geojson", collection(*rings).encode())


def dxf(folder):
    """A DXF of 150 MB of lines."""
    one = "0\nLINE\n8\n0\n10\n{0}\n20\n4545000\n11\n{0}.5\n21\n4545010\n"
    body = "".join(one.format(EAST + number % 1000) for number in range(2_400_000))
    return wrote(folder / "huge.dxf", f"0\nSECTION\n2\nENTITIES\n{body}0\nENDSEC\n0\nEOF\n".encode())


def blocks(folder):
    """A DXF of 3 kB whose blocks insert ten others each, ten deep."""
    made = ["0\nSECTION\n2\nBLOCKS\n"]
    for level in range(11):
        inside = (
            "0\nLWPOLYLINE\n5\nAA\n100\nAcDbEntity\n8\n0\n100\nAcDbPolyline\n90\n3\n70\n1\n10\n0\n"
            "20\n0\n10\n1\n20\n0\n10\n1\n20\n1\n" if level == 0 else "".join(
                f"0\nINSERT\n8\n0\n2\nB{level - 1}\n10\n{n}\n20\n0\n" for n in range(10))
        )
        made.append(f"0\nBLOCK\n8\n0\n2\nB{level}\n70\n0\n10\n0\n20\n0\n{inside}0\nENDBLK\n8\n0\n")
    made.append("0\nENDSEC\n0\nSECTION\n2\nENTITIES\n0\nINSERT\n8\n0\n2\nB10\n10\n41487000\n20\n"
                "4545000\n0\nENDSEC\n0\nEOF\n")
    return wrote(folder / "blocks.dxf", "".join(made).encode())


def view(folder):
    """A GeoPackage whose layer is a question without an end."""
    path = folder / "view.gpkg"
    gpd.GeoDataFrame(
        {"number": ["1"]}, geometry=[shapely.box(EAST, NORTH, EAST + 9, NORTH + 9)], crs=4529
    ).to_file(path, layer="b")
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE b RENAME TO b0")
        db.execute("CREATE VIEW b AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                   "FROM n) SELECT n.i AS fid, geom, number FROM b0, n")
    db.close()
    return path


def packed_json(folder):
    """A .geojson.gz of 10 MB that unfolds to 10 GB."""
    path = folder / "a.geojson.gz"
    with gzip.open(path, "wb", compresslevel=9) as out:
        out.write(b'{"type":"FeatureCollection","features":[')
        for _ in range(10_000):
            out.write(b" " * 1_000_000)
    return path


def packed_osm(folder):
    """A .osm.gz of some MB that holds 40 million nodes."""
    path = folder / "a.osm.gz"
    with gzip.open(path, "wb", compresslevel=9) as out:
        out.write(b'<osm version="0.6">')
        for _ in range(20_000):
            out.write(b'<node id="1" version="1" lat="41" lon="118"/>' * 2000)
        out.write(b"</osm>")
    return path


def csv_line(folder):
    """A CSV of one line of 500 MB."""
    path = folder / "line.csv"
    with path.open("wb") as out:
        out.write(b"number,x,y\n")
        for _ in range(500):
            out.write(b"1" * 10**6)
    return path


def csv_commas(folder):
    """A CSV whose heading is 60 million commas."""
    return wrote(folder / "commas.csv", b"number,x,y" + b"," * 60_000_000 + b"\n1,2,3\n")


def gml(folder):
    """A GML nested 100 000 deep."""
    inside = "<gml:MultiGeometry><gml:geometryMember>" * 100_000
    out = "</gml:geometryMember></gml:MultiGeometry>" * 100_000
    return wrote(folder / "deep.gml", (
        f'<?xml version="1.0"?><gml:FeatureCollection xmlns:gml="{GML}" xmlns:a="http://a">'
        "<gml:featureMember><a:b><a:number>1</a:number><a:g>"
        f"{inside}{out}</a:g></a:b></gml:featureMember></gml:FeatureCollection>").encode())


def kml_deep(folder):
    """A KML of folders in folders, 100 000 deep."""
    return wrote(folder / "deep.kml", (
        '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        + "<Folder>" * 100_000 + "</Folder>" * 100_000 + "</Document></kml>").encode())


def wrote(path, data):
    """Write a file, and give its path."""
    path.write_bytes(data)
    return path


BOMBS = {each.__name__: each for each in (
    nested, parquet, parquet_few, columns, far, strings, laughs, laughing_kml, deep, lines, kml,
    kmz, star, small_star, stars, pile, dxf, blocks, view, packed_json, packed_osm, csv_line,
    csv_commas, gml, kml_deep,
)}


def run(*arguments, folder):
    """Run landtrack.

    Returns status, seconds, worked, peak, said, left : what it took, with all its processes, on
    the clock and of processor, its words, and how many files it left among temporary ones.
    """
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(temporary)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start, peak = time.perf_counter(), 0
    with (folder / "said.txt").open("w+") as out:
        done = subprocess.Popen(
            [sys.executable, "-m", "landtrack", *map(str, arguments)], stdout=out, stderr=out,
            env=environment, cwd=folder,
        )
        whole = psutil.Process(done.pid)
        while done.poll() is None:
            peak = max(peak, taken(whole))
            time.sleep(0.05)
            if time.perf_counter() - start > 4 * SECONDS:
                for each in (*whole.children(recursive=True), whole):
                    each.kill()
        seconds = time.perf_counter() - start
        out.seek(0)
        said = out.read()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.returncode, seconds, worked, peak, said, len(list(temporary.iterdir()))


def taken(whole):
    """Count the memory of a process and those it started, what they share once."""
    total = 0
    for each in (whole, *_children(whole)):
        try:
            total += sum(
                int(line.split()[1]) * 1024
                for line in Path(f"/proc/{each.pid}/smaps_rollup").read_text("ascii").splitlines()
                if line.startswith(("Pss:", "SwapPss:"))
            )
        except OSError:
            continue
    return total


def _children(whole):
    try:
        return whole.children(recursive=True)
    except psutil.Error:
        return []


def main():
    """Print a line for each bomb and command."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("bombs", nargs="*", metavar="BOMB", help=", ".join(BOMBS))
    arguments.add_argument("--only", choices=["inspect", "run"])
    given = arguments.parse_args()
    bad = 0
    for name in given.bombs or BOMBS:
        with tempfile.TemporaryDirectory(prefix="bombs-") as made:
            folder = Path(made)
            (folder / "place").mkdir()
            path = BOMBS[name](folder / "place")
            wrote(path.parent / "plots.geojson",
                  collection(feature(SQUARE, plot_id="A")).encode())
            wrote(path.parent / "catalog.toml", CATALOG.format(name=path.name).encode())
            size = path.stat().st_size
            for command in (("inspect", path), ("run", path.parent)):
                if given.only not in (None, command[0]):
                    continue
                status, seconds, worked, peak, said, left = run(*command, folder=folder)
                odd = [*(["TRACE"] if "Traceback" in said or "fault of landtrack" in said else []),
                       *(["LEFT"] if left else []), *(["SLOW"] if worked > SECONDS else []),
                       *(["LARGE"] if peak > BYTES else []),
                       *(["DIED"] if status not in range(4) else [])]
                bad += bool(odd)
                told = next((each for each in said.splitlines()
                             if "limit" in each or "fault" in each or "cannot" in each), "")
                print(f"{name:<13} {size / 1e6:8.2f} MB  {command[0]:<7} status {status:>3} "
                      f"{seconds:6.1f} s {worked:6.1f} s {peak / 1e9:5.2f} GB  {' '.join(odd)}  "
                      f"{told.strip()[:150]}", flush=True)
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
