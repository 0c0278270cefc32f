"""Print the peak memory of each join, as a multiple of the coordinates of its two layers.

    python tests/benchmarks/memory.py 100000
    python tests/benchmarks/memory.py 1000000 --files     # block by block from files

Linux only: the kernel's record of the peak is reset before each join. What the shapes
themselves take is there before, and is not counted.
"""
# ruff: noqa: T201 - a script that prints

import argparse
import ctypes
import gc
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import shapely

sys.path.insert(0, str(Path(__file__).parent))
import joins

import layers
from landtrack.app import out_of_core
from landtrack.spatial import kernels

BYTES = 16
"""A vertex: two numbers of 8 bytes."""


def resident(field):
    """Read a figure of this process's memory, in bytes: VmRSS now, VmHWM at the peak."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(field):
            return 1024 * int(line.split()[1])
    raise LookupError(field)


def main():
    """Print a line for each join."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("plots", nargs="?", type=int, default=100_000)
    arguments.add_argument("--files", action="store_true")
    given = arguments.parse_args()
    if given.files:
        with tempfile.TemporaryDirectory() as folder:
            for suffix in ("gpkg", "parquet"):
                alone(write, given.plots, folder, suffix)
                alone(from_files, given.plots, folder, suffix)
        return
    for case in joins.CASES:
        alone(measure, case, given.plots)


def alone(work, *arguments):
    """Work in a process of its own: memory that was freed would be used again."""
    worker = multiprocessing.get_context("spawn").Process(target=work, args=arguments)
    worker.start()
    worker.join()
    if worker.exitcode:
        raise RuntimeError(work.__name__)


def write(n, folder, suffix):
    """Write plots and buildings to files."""
    for name, shapes in (("plots", layers.plots(n)), ("buildings", layers.buildings(n))):
        frame = gpd.GeoDataFrame(geometry=shapes, crs=joins.CRS)
        path = Path(folder) / f"{name}.{suffix}"
        frame.to_parquet(path) if suffix == "parquet" else frame.to_file(path)


def from_files(n, folder, suffix):
    """Print the line of the join of two files."""
    kernels.ready()
    few = layers.plots(300)
    joins.ours("areas", few, few)()
    sources = [
        out_of_core.Source(Path(folder) / f"{name}.{suffix}", name)
        for name in ("plots", "buildings")
    ]
    coordinates = BYTES * n * (29 + 4 * 5)
    reset()
    before, begun = resident("VmRSS"), time.perf_counter()
    total = sum(
        pairs.amount.sum() for pairs in out_of_core.shared_area(*sources, print)
    )
    peak = resident("VmHWM") - before
    print(f"areas-{suffix:<8} {coordinates / 1e6:8.1f} MB of coordinates, "
          f"peak {peak / 1e6:8.1f} MB: {peak / coordinates:.2f} x, "
          f"{time.perf_counter() - begun:.0f} s, sum {total:.6g}", flush=True)


def reset():
    """Give back what is free, and begin a new peak."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what the layers' making left over
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def measure(case, n):
    """Print the line of one join."""
    kernels.ready()
    plots, features = layers.plots(n), joins.CASES[case](n)
    joins.ours(case, plots[:300], features[:300])()  # what is loaded once is no part of it
    coordinates = BYTES * int(
        shapely.get_num_coordinates(plots).sum() + shapely.get_num_coordinates(features).sum()
    )
    reset()
    before = resident("VmRSS")
    joins.ours(case, plots, features)()
    peak = resident("VmHWM") - before
    print(f"{case:<16} {coordinates / 1e6:8.1f} MB of coordinates, "
          f"peak {peak / 1e6:8.1f} MB: {peak / coordinates:.2f} x", flush=True)


if __name__ == "__main__":
    main()
