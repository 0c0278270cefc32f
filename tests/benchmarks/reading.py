"""Reading and judging a million polygons, beside bare pyogrio, in one run.

``python tests/benchmarks/reading.py [FEATURES]``
"""
# ruff: noqa: T201, S603 - a script that prints, and runs itself

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

ROUNDS = 3
GOALS = {"read": 1.3, "read and validate": 2.0}

BARE = "import pyogrio; frame = pyogrio.read_dataframe({path!r}, use_arrow=True)"
READ = """
from pathlib import Path
from landtrack.ingest.formats import files
frame = files.read(Path({path!r})).frame
"""
JUDGED = READ + """
from landtrack.ingest import validate
from landtrack.model import catalog
frame, rows = validate.geometry(frame.assign(source="x"), catalog.schemas()["plots"])
"""
TIMED = """
import re, time
from pathlib import Path
import geopandas, pyogrio, landtrack.ingest.validate
import landtrack.ingest.formats.files, landtrack.ingest.formats.shapefile

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew here
before = peak()
start = time.perf_counter()
{code}
print(time.perf_counter() - start, peak() - before)
"""


def parcels(number):
    """Draw 12-cornered parcels on a grid, with text, a number and a key."""
    rng = np.random.default_rng(1)
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * 8
    centre = np.column_stack([np.arange(number) % 1000, np.arange(number) // 1000]) * 20.0
    corners = ring + centre[:, None] + rng.normal(0, 0.2, (number, 12, 2))
    shapes = shapely.polygons(np.concatenate([corners, corners[:, :1]], axis=1))
    return gpd.GeoDataFrame(
        {"plot_id": [f"P{at}" for at in range(number)],
         "company": [f"企业{at % 5000}" for at in range(number)],
         "area": rng.uniform(1, 1e5, number)},
        geometry=shapes, crs=4529,
    )


def timed(code, path):
    """Run code in a process of its own: seconds, and kilobytes more than at its start."""
    program = TIMED.format(code=code.format(path=str(path)))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], check=True, capture_output=True, text=True
    )
    seconds, kilobytes = done.stdout.split()
    return float(seconds), int(kilobytes)


def main(number):
    """Print medians and ratios to bare pyogrio; exit 1 where a goal is missed."""
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        frame = parcels(number)
        files = {"GeoPackage": Path(folder) / "p.gpkg", "Shapefile": Path(folder) / "p.shp"}
        for path in files.values():
            pyogrio.write_dataframe(
                frame, path, **({"encoding": "UTF-8"} if path.suffix == ".shp" else {})
            )
        del frame
        print(f"{number:,} polygons; medians of {ROUNDS} pairs")
        print(f"{'':<12}{'':<20}{'s':>7}{'x bare':>9}{'MB':>8}{'x bare':>9}")
        for name, path in files.items():
            runs = {"bare pyogrio": BARE, "read": READ, "read and validate": JUDGED}
            found = {what: [] for what in runs}
            start = time.perf_counter()
            for _ in range(ROUNDS):  # paired: each round runs all, so that noise is shared
                for what, code in runs.items():
                    found[what].append(timed(code, path))
            bare = [statistics.median(each) for each in zip(*found["bare pyogrio"], strict=True)]
            for what, measured in found.items():
                seconds, kilobytes = (
                    statistics.median(each) for each in zip(*measured, strict=True)
                )
                ratio = statistics.median(
                    one[0] / other[0]
                    for one, other in zip(measured, found["bare pyogrio"], strict=True)
                )
                missed |= ratio > GOALS.get(what, np.inf)
                print(f"{name:<12}{what:<20}{seconds:>7.2f}{ratio:>9.2f}"
                      f"{kilobytes / 1000:>8.0f}{kilobytes / bare[1]:>9.2f}")
            print(f"{'':<12}({time.perf_counter() - start:.0f} s in all)")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
