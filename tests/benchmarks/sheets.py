"""How fast sheets are printed, how large they are and how exact: prints the figures.

Run from the project folder: ``python tests/benchmarks/sheets.py [SHEETS [alone]]``,
alone without the peer. 100 A3 sheets of
566 labelled parcels of 12 corners each, with grid, legend of 12 classes, a table of 24 rows
and georeference, from the store to proved PDFs; then an A0 sheet of 5 000 parcels. Where the
Python of the system has QGIS (``apt install python3-qgis``), its atlas prints the same sheets
in the same run. pdfplumber, which the product does not use, measures every sheet.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

CELLS, ROWS = 24, 23.6
CELL_W, CELL_H = 300 / 24, 267 / 23.6
EAST, NORTH = 500_000.0, 3_400_000.0
CRS = "EPSG:4547"
CLOCK = time.process_time


def processor():
    """Give the seconds of processor of this process and of the helpers that have ended."""
    helpers = resource.getrusage(resource.RUSAGE_CHILDREN)
    return CLOCK() + helpers.ru_utime + helpers.ru_stime


STATES = [
    "notified", "surveyed", "dossier_assembled", "reported_province", "province_agreed",
    "reported_state", "approved", "announced", "compensated", "returned",
]
TEMPLATE = """
id = "bench"
title = { zh = "宗地分布图", en = "Parcels" }
papers = ["A3"]
turns = ["landscape"]
margin = { left = 10, right = 10, top = 5, bottom = 5 }
scales = [1000]
[subject]
kinds = ["clusters"]
most = 1.0
room_mm = 0
[grid]
apart_mm = 50
kind = "crosses"
[[block]]
kind = "stack"
dock = "right"
size_mm = 90
[[block.block]]
kind = "title"
size_mm = 16
text_mm = 6
lines = ["sheet.line.title", "sheet.line.identity"]
[[block.block]]
kind = "table"
size_mm = 150
text_mm = 2.4
table = "points"
[[block.block]]
kind = "legend"
text_mm = 2.4
[[block]]
kind = "checkbar"
dock = "bottom"
size_mm = 10
[[layer]]
kind = "parcels"
label = ["parcel_id"]
label_mm = [2.2, 1.8, 1.5]
"""


def parcels(columns, rows, seed=1):
    """Make a tessellation: cells with bent edges of two corners each, shared by neighbours."""
    rng = np.random.default_rng(seed)
    nodes = np.stack(np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0)), axis=-1)
    nodes[..., 0] *= CELL_W
    nodes[..., 1] *= CELL_H
    nodes += rng.uniform(-1.2, 1.2, nodes.shape)

    def bent(start, end):
        shares = np.array([1 / 3, 2 / 3])[:, None, None, None]
        return start + (end - start) * shares + rng.uniform(-0.6, 0.6, (2, *start.shape))

    across = bent(nodes[:, :-1], nodes[:, 1:])
    up = bent(nodes[:-1], nodes[1:])
    rings = np.concatenate([
        nodes[None, :-1, :-1], across[:, :-1], nodes[None, :-1, 1:], up[:, :, 1:],
        nodes[None, 1:, 1:], across[::-1, 1:], nodes[None, 1:, :-1], up[::-1, :, :-1],
    ])
    rings = np.concatenate([rings, rings[:1]])
    flat = np.moveaxis(rings, 0, 2).reshape(-1, len(rings), 2) + np.array([EAST, NORTH])
    return shapely.polygons(np.round(flat, 3))


def store(folder, across, down):
    """Write a store of so many sheets' worth of parcels, and the outline of each sheet."""
    columns, rows = round(CELLS * across), round(ROWS * down)
    shapes = parcels(columns, rows)
    count = len(shapes)
    rng = np.random.default_rng(2)
    layers = {
        "parcels": gpd.GeoDataFrame({
            "parcel_id": [f"地{at:05d}" for at in range(count)],
            "name": [f"用地{at}" for at in range(count)],
            "state": rng.choice(STATES, count), "owner": rng.choice(["水田村", "林场"], count),
        }, geometry=shapes, crs=CRS),
        "clusters": gpd.GeoDataFrame({
            "cluster_id": [f"S{at:04d}" for at in range(across * down)],
            "name": [f"第{at}区" for at in range(across * down)],
        }, geometry=[
            _outline(EAST + x * 300, NORTH + y * 267) for y in range(down) for x in range(across)
        ], crs=CRS),
    }
    path = folder / f"bench-{across}x{down}.gpkg"
    path.unlink(missing_ok=True)
    for kind, frame in layers.items():
        frame.to_file(path, layer=kind, engine="pyogrio")
    from landtrack.ingest.formats import vector
    from landtrack.model import FINDING_COLUMNS, ISSUE_COLUMNS, MEASURE_COLUMNS

    for name, names in (
        ("findings", FINDING_COLUMNS), ("measures", MEASURE_COLUMNS), ("issues", ISSUE_COLUMNS)
    ):
        vector.write(pd.DataFrame(columns=list(names)).astype("str"), path, layer=name)
    head = {"title": {"zh": "测试园区"}, "language": "zh"}
    vector.write(pd.DataFrame([{
        "at": "2026-01-01T00:00:00", "place": "bench", "working_crs": CRS,
        "rules": "x-park-2006@1", "workflow": "cn-2006", "as_of": "2026-01-01",
        "place_head": json.dumps(head, ensure_ascii=False),
    }]), path, layer="runs")
    return path


def _outline(west, south):
    """Make an outline of 23 corners, so that its table has 24 rows."""
    width, height = 298.0, 265.0
    west, south = west + 1, south + 1
    along = [(west + width * at / 6, south) for at in range(6)]
    along += [(west + width, south + height * at / 6) for at in range(6)]
    along += [(west + width * (1 - at / 6), south + height) for at in range(6)]
    along += [(west, south + height * (1 - at / 5)) for at in range(5)]
    return shapely.Polygon(np.round(along, 3))


def landtrack_atlas(path, out):
    """Print every cluster of a store into one PDF; give back seconds by step, and what was made."""
    from landtrack.output.sheets import issue, subjects as selecting, template as templates
    from landtrack.output.sheets.make import Order
    from landtrack.store import assessment

    begun = time.perf_counter()
    found = assessment.load(path)
    loaded = templates.load("bench")
    subjects = selecting.select(found, loaded, "*")
    steps = {"load": time.perf_counter() - begun}

    def tell(step, _):
        now = CLOCK()
        steps[last[0]] = steps.get(last[0], 0) + now - last[1]
        last[:] = [step, now]

    last = ["plan", CLOCK()]
    made = issue.sheets(found, loaded, subjects, Order(scale=1000), out, tell)
    tell("", "")
    say("; ".join(f"{step} {took:.2f} s" for step, took in steps.items()) + " of processor here")
    return time.perf_counter() - begun, made


def say(text):
    """Print a figure."""
    print(text, flush=True)  # noqa: T201


def measured(path, claims):
    """Measure every sheet with pdfplumber: page, check bar, boundary; give back the worst."""
    import pdfplumber

    sys.path.insert(0, str(Path(__file__).parents[1]))
    from sheets import size_mm, tagged

    page_mm, scale, point_mm = 0.0, 0.0, 0.0
    with pdfplumber.open(path) as document:
        for page, claim in zip(document.pages, claims, strict=False):
            if "frame" in claim:
                page_mm = max(page_mm, *(abs(a - b) for a, b in zip(
                    size_mm(page), claim["paper"], strict=True)))
                (bar,) = tagged(page, "checkbar")
                scale = max(scale, abs(np.hypot(*np.subtract(*bar)) / 100 - 1))
                ring = np.array(tagged(page, "boundary")[0])
                left, bottom, *_ = claim["frame"]
                west, south, *_ = claim["ground"]
                known = np.array([(each["east"], each["north"]) for each in claim["known"]])
                known = (known - (west, south)) * 1000 / claim["scale"] + (left, bottom)
                away = np.hypot(*np.moveaxis(ring[None] - known[:, None], 2, 0)).min(axis=1)
                point_mm = max(point_mm, away.max())
            page.close()
    return page_mm, scale, point_mm


def texts_on_map(path, frame):
    """Give the boxes of the text objects within the map, page by page."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    document = pypdfium2.PdfDocument(path)
    for page in document:
        boxes = []
        for each in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=5):
            left, bottom, right, top = (each_mm * 25.4 / 72 for each_mm in each.get_bounds())
            if left > frame[0] and right < frame[2] and bottom > frame[1] and top < frame[3]:
                boxes.append((left, bottom, right, top))
        page.close()
        yield shapely.box(*np.array(boxes).T) if boxes else np.empty(0, dtype=object)


def overlaps(path, frame):
    """Count the texts on the maps, and the pairs of them that overlap by 0.05 mm² or more."""
    texts = pairs = 0
    for boxes in texts_on_map(path, frame):
        one, two = shapely.STRtree(boxes).query(boxes, predicate="intersects")
        shared = shapely.area(shapely.intersection(boxes[one], boxes[two]))
        pairs += int(((one < two) & (shared > 0.05)).sum())
        texts += len(boxes)
    return texts, pairs


def qgis_atlas(path, out):
    """Have QGIS print the same sheets; seconds and seconds of processor, or nothing without it."""
    python = "/usr/bin/python3"
    there = subprocess.run([python, "-c", "import qgis"], check=False, capture_output=True)  # noqa: S603
    if there.returncode:
        return None
    script = Path(__file__).with_name("qgis_atlas.py")
    told = subprocess.run(  # noqa: S603
        [python, script, path, out], capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"], "QT_QPA_PLATFORM": "offscreen", "HOME": str(out.parent)},
    )
    return [float(each) for each in told.stdout.split()[-2:]]


def main():
    """Print the sheets, measure them, and tell."""
    sheets = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    across = 10
    folder = Path(tempfile.mkdtemp(prefix="landtrack-sheets-"))
    (folder / "sheets").mkdir()
    (folder / "sheets" / "bench.toml").write_text(TEMPLATE, encoding="utf-8")
    os.environ["LANDTRACK_DATA"] = str(folder)
    from landtrack.output.style import fonts

    for weight in ("regular", "bold"):
        fonts.register(fonts.chain(weight)[0])  # cut once a machine; loading it is counted below
    path = store(folder, across, sheets // across)
    cpu = processor()
    seconds, made = landtrack_atlas(path, folder / "atlas.pdf")
    cpu = processor() - cpu
    size = (folder / "atlas.pdf").stat().st_size
    maps = [each for each in made.claims if "frame" in each]
    dropped = sum(len(each["dropped"]) for each in maps)
    labels = sum(each["labels"] for each in maps)
    parcel_count = sum(each["layers"]["parcels"]["count"] for each in maps)
    say(
        f"{len(maps)} A3 sheets, {parcel_count / len(maps):.0f} parcels each: {seconds:.2f} s "
        f"({cpu:.2f} s of processor) from store to proved PDF, {size / len(maps) / 1000:.1f} kB "
        f"each, {labels / len(maps):.0f} labels, {dropped} dropped in all"
    )
    peer = None if "alone" in sys.argv else qgis_atlas(path, folder / "qgis.pdf")
    if peer is not None:
        say(f"QGIS: {peer[0]:.2f} s ({peer[1]:.2f} s of processor), "
            f"{peer[0] / seconds:.1f} times as long ({peer[1] / cpu:.1f} times the processor)")
        texts, pairs = overlaps(folder / "qgis.pdf", (10, 20, 310, 287))
        say(f"QGIS: {texts} texts on the maps, {pairs} pairs overlap")
    texts, pairs = overlaps(folder / "atlas.pdf", maps[0]["frame"])
    say(f"landtrack: {texts} texts on the maps, {pairs} pairs overlap")
    page_mm, scale, point_mm = measured(folder / "atlas.pdf", made.claims[:110])
    say(f"pdfplumber over the first 100: page within {page_mm:.6f} mm, scale within {scale:.1e}, "
        f"boundary points within {point_mm:.6f} mm")
    _large(folder)
    say(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _large(folder):
    """Print an A0 sheet of 5 000 parcels."""
    large = TEMPLATE.replace('"A3"', '"A0"').replace('id = "bench"', 'id = "large"')
    (folder / "sheets" / "large.toml").write_text(large, encoding="utf-8")
    path = store(folder, 3, 3)
    from landtrack.output.sheets import issue, subjects as selecting, template as templates
    from landtrack.output.sheets.make import Order
    from landtrack.store import assessment

    found, loaded = assessment.load(path), templates.load("large")
    (middle,) = selecting.select(found, loaded, "S0004")
    for _ in range(2):  # the first draws the fonts' characters for the first time
        begun, cpu = time.perf_counter(), CLOCK()
        made = issue.sheets(
            found, loaded, [middle], Order(scale=1000), folder / "large.pdf", lambda *_: None
        )
        took, cpu = time.perf_counter() - begun, CLOCK() - cpu
    say(f"A0 sheet of {made.claims[0]['layers']['parcels']['count']} parcels: {took:.2f} s "
        f"({cpu:.2f} s of processor), {len(made.pdf) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
