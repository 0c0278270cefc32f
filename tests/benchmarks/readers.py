# ruff: noqa: T201  a benchmark prints
"""Readers of a GeoPackage beside a writer: how many, how long the longest waits, how many refused.

    python tests/benchmarks/readers.py [SECONDS]

First a writer enters events without pause, and readers read the states and a layer in turn. Then
a long reader, such as a map of a large store being drawn, is in while a writer enters one event
and readers come in anew.
"""

import contextlib
import itertools
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

import landtrack
from landtrack import store, tracking
from landtrack.model.errors import LandtrackError

SECONDS = 10.0


def writing(path, until):
    """Enter events one by one, and count them."""
    entered = refused = 0
    longest = 0.0
    while time.time() < until.value:
        begun = time.time()
        try:
            appended(path)
        except LandtrackError:
            refused += 1
        else:
            entered += 1
        longest = max(longest, time.time() - begun)
    print(f"  writer: {entered} events, the longest {longest:.2f} s, {refused} refused")


def appended(path):
    """Enter an event about a parcel, after however many there are."""
    after = len(store.log.read(path).rows)
    store.log.append(path, [tracking.Event(
        event=after + 1, layer="parcels", feature_id="ZD-001", track="approval", at="2006-06-01",
        action="recorded", to_state="surveyed", document_no=f"{after}",
    )], after=after)


def reading(path, until):
    """Read by landtrack and by GDAL in turn, each time anew."""
    ways = {
        "landtrack": lambda: store.log.read_states(path),
        "GDAL": lambda: store.read(path, "plots"),
    }
    waits = {name: [] for name in ways}
    refused = dict.fromkeys(ways, 0)
    for name in itertools.cycle(ways):
        begun = time.time()
        if begun > until.value:
            break
        try:
            ways[name]()
        except Exception:  # noqa: BLE001  whatever it says: it was not read
            refused[name] += 1
        waits[name].append(time.time() - begun)
    for name, each in waits.items():
        print(f"  readers by {name}: {len(each)}, the median {sorted(each)[len(each) // 2]:.3f} s, "
              f"the longest {max(each):.3f} s, {refused[name]} refused")


def holding(path, until):
    """Read for a long time, all at one moment."""
    with store.backends.of(path).reading(path) as db:
        while time.time() < until.value:
            db.count("plots")
            time.sleep(0.05)


def measured(title, path, seconds, *others):
    """Let some be at work together for some seconds."""
    print(title)
    until = multiprocessing.Value("d", time.time() + 60)
    running = [multiprocessing.Process(target=each, args=(path, until)) for each in others]
    for each in running:
        each.start()
        time.sleep(1)  # one after the other: the first is in when the second begins
    until.value = time.time() + seconds
    for each in running:
        each.join()


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stdout):
        landtrack.run(out=folder)
        made = Path(folder) / "project.gpkg"
        measured("beside a writer who commits without pause", made, seconds, writing, reading)
        measured("beside a long reader and a writer", made, 2 * seconds, holding, writing, reading)
