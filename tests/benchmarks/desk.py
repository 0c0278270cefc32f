"""How soon the desk listens, how fast its pages are, and what it weighs, while a run works.

Run: ``python tests/benchmarks/desk.py [PLACE]``. Prints a table; nothing is asserted.
"""

# ruff: noqa: T201 - a script that prints

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

import desks

from landtrack.model import catalog

PAGES = 300
ROUNDS = 3


def started(folder, state):
    """Start a desk as a person does; give its process, its address, and the processor's seconds."""
    process = subprocess.Popen(  # noqa: S603  landtrack itself
        [sys.executable, "-m", "landtrack", "serve", str(folder), "--no-browser", "--lang", "en"],
        stdout=subprocess.PIPE, text=True, env={"XDG_STATE_HOME": str(state), "PATH": ""},
    )
    address = process.stdout.readline().strip().rpartition(" ")[2]
    visitor = desks.Visitor.of(address)
    visitor.follow("/?" + address.partition("?")[2])
    times = psutil.Process(process.pid).cpu_times()
    return process, visitor, times.user + times.system


def asked(visitor, path, count):
    """Ask for a page again and again; give the milliseconds of each."""
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        visitor.ask(path)
        taken.append((time.perf_counter() - begun) * 1000)
    return np.array(taken)


def told(name, taken):
    print(f"{name:44} p50 {np.median(taken):7.1f} ms   p99 {np.percentile(taken, 99):7.1f} ms")


def main(place):
    with tempfile.TemporaryDirectory() as folder:
        served = Path(folder) / "served" / place.name
        shutil.copytree(place, served)
        listening = []
        for _ in range(ROUNDS):
            process, visitor, seconds = started(served, Path(folder) / "state")
            listening.append(seconds)
            process.terminate()
            process.wait()
        print(f"{'listening and first page, processor':44} {np.median(listening):.2f} s")
        process, visitor, _ = started(served, Path(folder) / "state")
        own = desks.of_place(served)
        visitor.until_done(visitor.ask(f"{own}/run", "POST").headers["location"])
        job = visitor.ask(f"{own}/run", "POST").headers["location"]
        taken = []
        while 'data-news="' in visitor.ask(job).text:
            taken.append(asked(visitor, own, 1))
        told("page of a place while it is judged", np.concatenate(taken))
        told("page of a place", asked(visitor, own, PAGES))
        told("open questions", asked(visitor, f"{own}/issues", PAGES))
        told("map", asked(visitor, f"{own}/map.html", 20))
        memory = psutil.Process(process.pid).memory_info().rss / 1e6
        print(f"{'memory of the server':44} {memory:.0f} MB")
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else catalog.demo_place())
