"""Print the peak memory of each join, as a multiple of the coordinates of its two layers.

    python tests/benchmarks/memory.py 100000

Linux only: the kernel's record of the peak is reset before each join. What the shapes
themselves take is there before, and is not counted.
"""
# ruff: noqa: T201 - a script that prints

import ctypes
import gc
import multiprocessing
import sys
from pathlib import Path

import shapely

sys.path.insert(0, str(Path(__file__).parent))
import joins

import layers
from landtrack import overlay

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
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for case in joins.CASES:  # each in a process of its own: freed memory would be used again
        worker = multiprocessing.get_context("spawn").Process(target=measure, args=(case, n))
        worker.start()
        worker.join()


def measure(case, n):
    """Print the line of one join."""
    overlay.ready()
    plots, features = layers.plots(n), joins.CASES[case](n)
    joins.ours(case, plots[:300], features[:300])()  # what is loaded once is no part of it
    coordinates = BYTES * int(
        shapely.get_num_coordinates(plots).sum() + shapely.get_num_coordinates(features).sum()
    )
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what the layers' making left over
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = resident("VmRSS")
    joins.ours(case, plots, features)()
    peak = resident("VmHWM") - before
    print(f"{case:<16} {coordinates / 1e6:8.1f} MB of coordinates, "
          f"peak {peak / 1e6:8.1f} MB: {peak / coordinates:.2f} x", flush=True)


if __name__ == "__main__":
    main()
