"""How long the map takes to make, to open, to move, to filter and to search: prints a table.

Run from the project folder: ``python tests/benchmarks/mapping.py``, with sizes such as
``100000 1000000`` for some of it, and with ``--stores FOLDER`` to keep the stores that are made
for the next run. A fifth of the features are plots, judged by three rules and measured against
four layers; the others are parcels that fill the ground. Each map is made from its store by a
process of its own, and opened from the disk with the network cut; figures of the browser come
from its own performance entries and frames. Folium's GeoJson and GeoDataFrame.explore draw the
parcels alone, at the size named by ``PLAIN``: what they do grows with its square (explore
needs ``pip install mapclassify``). A figure that misses its goal has a cross.
"""

import argparse
import dataclasses
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from builders import changed

sys.path.insert(0, str(Path(__file__).parents[1]))

PLAIN = 10_000
EAST, NORTH = 41_480_000, 4_540_000
STATES = ("notified", "surveyed", "reported_province", "approved", "announced", "compensated")

FRAMES = """async () => {
  const times = [];
  let last = performance.now();
  let running = true;
  window.__stop = () => { running = false; return times; };
  const step = (now) => {
    times.push(now - last);
    last = now;
    if (running) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}"""
ENTRY = """(name) => {
  const all = performance.getEntriesByName(name);
  return all.length ? all[all.length - 1].duration || all[all.length - 1].startTime : null;
}"""


DRAWN = """() => {
  const tables = [...landtrack.app.tables.values()].filter(({ head }) => head.packed);
  const drawn = performance.getEntriesByName("landtrack:drawn");
  const first = tables.map(({ kind }) => drawn.find(({ detail }) => detail === kind));
  return first.every(Boolean) ? Math.max(...first.map(({ startTime }) => startTime)) : null;
}"""

IN_VIEW = """() => {
  const table = landtrack.app.tables.get("parcels");
  const { SphericalMercator } = L.Projection;
  const bounds = landtrack.map.getBounds();
  const low = SphericalMercator.project(bounds.getSouthWest());
  const high = SphericalMercator.project(bounds.getNorthEast());
  const { boxes } = table;
  const middle = (at) => (boxes[at] + boxes[at + 2]) / 200;
  return Array.from({ length: table.count }, (_, row) => 4 * row)
    .map((at) => L.point(middle(at), middle(at + 1)))
    .filter(({ x, y }) => x >= low.x && x <= high.x && y >= low.y && y <= high.y)
    .map((at) => landtrack.map.latLngToContainerPoint(SphericalMercator.unproject(at)))
    .filter(({ x, y }) => x > 420 && x < 800 && y > 120 && y < 650)
    .slice(5, 7).map(({ x, y }) => [x, y]);
}"""


def parcel_shapes(count, random):
    """Areas of 6 to 18 corners on a grid of 42 m."""
    import shapely

    side = int(np.ceil(np.sqrt(count)))
    at = np.arange(count)
    middle = np.stack([at % side, at // side], axis=1) * 42.0 + [EAST, NORTH]
    corners = random.integers(6, 19, count)
    ring = np.repeat(at, corners)
    place = np.arange(len(ring)) - np.repeat(np.cumsum(corners) - corners, corners)
    angle = 2 * np.pi * (place + random.uniform(0, 0.8, len(ring))) / corners[ring]
    reach = random.uniform(15, 20.5, len(ring))
    xy = middle[ring] + reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return shapely.polygons(shapely.linearrings(xy, indices=ring))


def made(count):
    """A result of so many features, as a run makes it."""
    import geopandas as gpd
    from test_webmap import made as small

    from landtrack.model import FINDING_COLUMNS, MEASURE_COLUMNS

    random = np.random.default_rng(1)
    plots, parcels = count // 5, count - count // 5
    ids = pd.Index([f"P-{at:07d}" for at in range(plots)], name="plot_id")
    companies = np.array([f"第{at}机械有限公司" for at in range(2000)])
    shapes = parcel_shapes(parcels, random)
    own = gpd.GeoDataFrame(
        {
            "name": companies[random.integers(0, 2000, plots)],
            "company": companies[random.integers(0, 2000, plots)],
            "stage": np.array(["entered", "completed"])[random.integers(0, 2, plots)],
            "land_area_m2": random.integers(1000, 90_000, plots).astype(float),
            "fixed_investment_cny": random.integers(1, 300, plots) * 1e6,
            "accepted_on": pd.Timestamp("2004-01-01")
            + pd.to_timedelta(random.integers(0, 1000, plots), unit="D"),
            "eia_document_no": [f"环审〔2006〕{at}号" for at in range(plots)],
        },
        geometry=shapes[: plots], crs=4529, index=ids,
    )
    land = gpd.GeoDataFrame(
        {
            "name": [f"{at}组" for at in range(parcels)],
            "state": np.array(STATES)[random.integers(0, len(STATES), parcels)],
            "state_on": pd.Timestamp("2005-01-01")
            + pd.to_timedelta(random.integers(0, 500, parcels), unit="D"),
            "owner": companies[random.integers(0, 2000, parcels)],
        },
        geometry=shapes, crs=4529,
        index=pd.Index([f"Z-{at:07d}" for at in range(parcels)], name="parcel_id"),
    )
    base = small()
    rules = (("investment-intensity", ">=", 2500.0, "CNY/m2", 5000),
             ("plot-ratio", ">=", 0.6, "1", 1.5), ("building-coverage", ">", 0.45, "%", 1.0))
    findings = []
    for rule, relation, limit, unit, most in rules:
        value = random.uniform(0.2 * most, most, plots)
        met = value >= limit
        findings.append(pd.DataFrame({
            "plot_id": ids, "rule": rule, "value": value, "relation": relation, "threshold": limit,
            "unit": unit, "outcome": np.where(met, "pass", "fail"), "margin": value - limit,
            "fix": np.where(met, np.nan, (limit - value) * 30_000), "reason": "",
            "rule_version": "1", "source": "report",
        }))
    measures = []
    for layer, category, measure, most in (
        ("plots", "", "area_m2", 9e4), ("plots", "", "land_area_m2", 9e4),
        ("parcels", "", "overlap_m2", 9e4), ("parcels", "", "overlap_share", 1.0),
        ("parcels", "approved", "overlap_m2", 9e4), ("parcels", "", "not_acquired_m2", 9e4),
        ("roads", "", "nearest_road_m", 900.0), ("roads", "", "frontage_m", 90.0),
        ("pipelines", "gas", "nearest_m", 900.0), ("substations", "66", "nearest_m", 9000.0),
    ):
        measures.append(pd.DataFrame({
            "plot_id": ids, "layer": layer, "category": category, "measure": measure,
            "value": random.uniform(1, most, plots), "feature_id": "Z-0000001", "coverage": "hit",
        }))

    return dataclasses.replace(changed(
        base, layers={"parcels": land, "plots": own},
        findings=pd.concat(findings, ignore_index=True).reindex(columns=list(FINDING_COLUMNS)),
        measures=pd.concat(measures, ignore_index=True)[list(MEASURE_COLUMNS)],
        issues=base.issues.iloc[:0],
    ), run={
        "at": "2006-12-31T00:00:00+00:00", "place": base.place.id, "place_head": "",
        "as_of": "", "working_crs": "EPSG:4529", "rules": base.pack.name,
        "workflow": base.workflow.id, "land_area": "declared", "floor_area": "declared",
        "covered_area": "declared",
    })


def make(count, path):
    """Make the store of a place of so many features."""
    from landtrack import store

    store.write(made(count), path)
    print(json.dumps({}))  # noqa: T201


def build(path, out):
    """Draw the map of a store; print seconds and memory as JSON."""
    from landtrack import store
    from landtrack.app import draw_map

    small = out.parent / "warm.gpkg"
    small.unlink(missing_ok=True)
    store.write(made(1000), small)
    draw_map.draw(small, out.parent / "warm")  # libraries and their caches are loaded
    before = peak()
    begun, used = time.perf_counter(), time.process_time()
    draw_map.draw(path, out)
    print(json.dumps({  # noqa: T201
        "build s": time.perf_counter() - begun, "build CPU s": time.process_time() - used,
        "memory before GB": before, "memory GB": peak(),
    }))


def peak():
    """The most memory that this process has had, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def plain(way, path):
    """Make the parcels alone as people do with folium or geopandas."""
    import folium
    import geopandas as gpd

    from landtrack.output.map import offline

    random = np.random.default_rng(1)
    frame = gpd.GeoDataFrame(
        {"name": [f"{at}组" for at in range(PLAIN)],
         "state": np.array(STATES)[random.integers(0, len(STATES), PLAIN)]},
        geometry=parcel_shapes(PLAIN, random), crs=4529,
    )
    begun = time.perf_counter()
    if way == "explore":
        page = frame.explore("state", tiles=None)
    else:
        page = folium.Map(tiles=None)
        colours = dict(zip(STATES, ("red", "lime", "blue", "gold", "navy", "black"), strict=True))
        layer = folium.GeoJson(
            frame.to_crs(4326),
            style_function=lambda feature: {"color": colours[feature["properties"]["state"]]},
            tooltip=folium.GeoJsonTooltip(["name", "state"]),
        )
        layer.add_to(page)
        page.fit_bounds(layer.get_bounds())
    page.default_js = [each for each in page.default_js if each[0] == "leaflet"]
    page.default_css = [each for each in page.default_css if each[0] == "leaflet_css"]
    html = page.get_root().render()
    Path(path).write_text(_without_links(html, offline), encoding="utf-8")
    print(json.dumps({"build s": time.perf_counter() - begun}))  # noqa: T201


def _without_links(html, offline):
    """Put Leaflet and jQuery into the page, and leave all other links out."""
    from xstatic.pkg import jquery as xstatic_jquery

    script, style = offline.leaflet_script(), offline.leaflet_style()
    html = re.sub(r'<script src="[^"]*leaflet[^"]*"></script>', lambda _: script, html, count=1)
    link = r'<link rel="stylesheet" href="[^"]*leaflet[^"]*"/>'
    html = re.sub(link, lambda _: style, html, count=1)
    html = re.sub(r'<script src="https?:[^"]*"></script>', "", html)
    html = re.sub(r'<link rel="stylesheet" href="https?:[^"]*"/>', "", html)
    jquery = Path(xstatic_jquery.BASE_DIR, "jquery.min.js").read_text("utf-8")
    return html.replace("</head>", f"<script>{jquery}</script></head>")


def child(*words):
    """Run a part of this script by itself, so that its memory is its own."""
    done = subprocess.run(  # noqa: S603  this script itself
        [sys.executable, __file__, *map(str, words)], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def pan(page):
    """Drag the map back and forth; the 95th percentile of the frames in milliseconds."""
    page.evaluate(FRAMES)
    page.mouse.move(900, 400)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(900 + 120 * np.sin(step / 6), 400 + 40 * np.cos(step / 5))
        page.wait_for_timeout(12)
    times = page.evaluate("window.__stop()")
    page.evaluate(FRAMES)
    page.mouse.up()
    page.wait_for_timeout(600)
    after = page.evaluate("window.__stop()")
    return float(np.percentile(times[2:], 95)), max(after[1:])


def opened(browser, path, count):
    """What a person does on the map of landtrack, with what the browser says of it."""
    page = browser.new_page(viewport={"width": 1366, "height": 768}, bypass_csp=True)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.resolve().as_uri())
    page.wait_for_function("landtrack.ready")
    page.wait_for_function(f"({DRAWN})() !== null")
    told = {
        "useful s": page.evaluate(DRAWN) / 1000,
        "ready s": page.evaluate(ENTRY, "landtrack:ready") / 1000,
    }
    page.wait_for_timeout(2500)
    told["pan p95 ms"], told["drop ms"] = pan(page)
    page.evaluate("landtrack.map.setZoom(16, {animate: false}).getZoom()")
    page.wait_for_timeout(1500)
    told["pan z16 p95 ms"], told["drop z16 ms"] = pan(page)
    page.locator("#lt-kind").select_option("parcels")
    page.locator('[data-dim="class"] input').first.wait_for()
    page.wait_for_timeout(500)
    page.locator('[data-dim="class"] input').first.click()
    page.wait_for_timeout(800)
    told["filter ms"] = page.evaluate(ENTRY, "landtrack:filter")
    page.locator('[data-dim="class"] input').first.click()
    page.locator("#lt-search").fill(f"P-{count // 10:07d}")
    page.locator(".lt-hit").first.wait_for()
    told["search plot ms"] = page.evaluate(ENTRY, "landtrack:search")
    searched = page.evaluate("performance.getEntriesByName('landtrack:search').length")
    page.locator("#lt-search").fill(f"Z-{count // 3:07d}")
    page.wait_for_function(
        "(before) => performance.getEntriesByName('landtrack:search').length > before",
        arg=searched,
    )
    assert page.locator(".lt-hit b").first.inner_text() == f"Z-{count // 3:07d}"
    told["search parcel ms"] = page.evaluate(ENTRY, "landtrack:search")
    page.locator("#lt-search").fill("")
    (x, y), (other_x, other_y) = page.evaluate(IN_VIEW)
    page.mouse.click(x, y)
    page.locator(".lt-card h2").wait_for()
    page.wait_for_timeout(300)
    told["first click ms"] = page.evaluate(ENTRY, "landtrack:click")
    page.keyboard.press("Escape")
    page.mouse.click(other_x, other_y)
    page.locator(".lt-card h2").wait_for()
    page.wait_for_timeout(500)
    told["click ms"] = page.evaluate(ENTRY, "landtrack:click")
    told["heap MB"] = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    assert not errors, errors
    page.close()
    return told


def opened_plain(browser, path):
    page = browser.new_page(viewport={"width": 1366, "height": 768}, bypass_csp=True)
    page.goto(path.resolve().as_uri(), timeout=300_000)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    told = {"useful s": page.evaluate("performance.now()") / 1000}
    told["pan p95 ms"], told["drop ms"] = pan(page)
    page.close()
    return told


def size_of(path):
    files = [each for each in path.rglob("*") if each.suffix in {".html", ".js"}]
    return sum(each.stat().st_size for each in files) / 1e6


GOALS = {
    "build s": (3, 15, 75), "memory GB": (0.5, 1, 2), "size MB": (10, 80, 400),
    "useful s": (0.8, 1, 3), "pan p95 ms": (17, 17, 33), "pan z16 p95 ms": (17, 17, 33),
    "filter ms": (15, 50, 200), "search plot ms": (100, 250, 1000),
    "search parcel ms": (100, 250, 1000), "first click ms": (10, 20, 50), "click ms": (10, 20, 50),
}
SIZES = (100_000, 1_000_000, 5_000_000)


def main(sizes, stores):
    """Build and open maps of the given sizes, and those of others for comparison."""
    from browser import browser

    found = {}
    with tempfile.TemporaryDirectory() as folder, browser() as running:
        kept = Path(stores or folder)
        kept.mkdir(exist_ok=True)
        for count in sizes:
            path = kept / f"{count}.gpkg"
            if not path.exists():
                child("--make", count, path)
            out = Path(folder) / str(count)
            told = child("--build", path, out)
            told["size MB"] = size_of(out)
            told |= opened(running, out / "map.html", count)
            report(f"landtrack {count:,}", told)
            found[count] = told
            if not stores:
                path.unlink()
        for way in ("GeoJson", "explore"):
            path = Path(folder) / f"{way}.html"
            told = child("--plain", way, path)
            told["size MB"] = path.stat().st_size / 1e6
            told |= opened_plain(running, path)
            report(f"folium {way} {PLAIN:,}", told)
            found[way] = told
    table(found)


def table(found):
    """Print all figures side by side, a cross at what misses its goal."""
    names = dict.fromkeys(name for told in found.values() for name in told)
    heads = [f"{each:,}" if isinstance(each, int) else f"{each} {PLAIN:,}" for each in found]
    rows = [["", *heads], ["---"] * (len(heads) + 1)]
    for name in names:
        cells = []
        for size, told in found.items():
            goal = GOALS[name][SIZES.index(size)] if name in GOALS and size in SIZES else None
            shown = f"{told[name]:,.2f}" if name in told else ""
            if goal is not None:
                shown += f" (goal {goal}{'' if told[name] <= goal else ' ✗'})"
            cells.append(shown)
        rows.append([name, *cells])
    print(*(f"| {' | '.join(row)} |" for row in rows), sep="\n", flush=True)  # noqa: T201


def report(name, told):
    print(name, *(f"{key} {value:,.2f}" for key, value in told.items()), sep="\n    ", flush=True)  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=[PLAIN, *SIZES])
    parser.add_argument("--stores", help="A folder in which the stores are kept.")
    parser.add_argument("--make", nargs=2)
    parser.add_argument("--build", nargs=2)
    parser.add_argument("--plain", nargs=2)
    stated = parser.parse_args()
    if stated.make:
        make(int(stated.make[0]), Path(stated.make[1]))
    elif stated.build:
        build(*map(Path, stated.build))
    elif stated.plain:
        plain(*stated.plain)
    else:
        main(stated.sizes, stated.stores)
