# ruff: noqa: T201  a benchmark prints
"""Twenty readers and a writer at once, for a minute, on a store of 200 000 parcels and many events.

    python tests/benchmarks/load.py --make FOLDER
    python tests/benchmarks/load.py FOLDER/project.gpkg [--seconds 60] [--readers 20]
    python tests/benchmarks/load.py 'postgresql://…?schema=name'      # made by store copy

A reader asks for the state and the history of one parcel after the other, as ``status show`` does;
the writer takes a step with one parcel after the other, as ``status apply``. Both say what they
took of processor and on the clock, and what was refused.
"""

import argparse
import multiprocessing
import random
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

import geopandas as gpd
import msgspec
import shapely
from builders import EAST, NORTH, Site
from history import log_of

from landtrack import store, tracking
from landtrack.app import track, vet
from landtrack.model import catalog
from landtrack.model.errors import LandtrackError

PARCELS, SIDE, EVENTS = 200_000, 500, 50_000


def made(folder):
    """Make a store of so many parcels and events."""
    site = Site(folder / "site")
    x, y = np.arange(PARCELS) % SIDE, np.arange(PARCELS) // SIDE
    shapes = shapely.box(
        EAST + x * 20, NORTH + y * 20, EAST + x * 20 + 20, NORTH + y * 20 + 20
    )
    gpd.GeoDataFrame(
        {"parcel_id": [f"ZD-{at}" for at in range(PARCELS)], "state": "registered"},
        geometry=shapes, crs="EPSG:4529",
    ).to_file(site.folder / "parcels.gpkg", layer="parcels")
    site.head |= {"workflow": "cn-2006"}
    site.entries["parcels"] = {"kind": "parcels", "path": "parcels.gpkg"}
    site.catalog()
    path = folder / "project.gpkg"
    store.write(vet.vet(catalog.place(site.folder)), path)
    there = len(store.log.read(path).events)
    store.log.append(path, [
        msgspec.structs.replace(each, event=there + at)
        for at, each in enumerate(log_of(EVENTS), start=1)
    ], after=there)
    return path


def read(address, until, seed, answers):
    """Ask for one parcel after the other."""
    chance = random.Random(seed)  # noqa: S311
    took, refused = [], 0
    while time.time() < until:
        name = f"ZD-{chance.randrange(PARCELS)}"
        clock, worked = time.perf_counter(), time.process_time()
        try:
            place = track.tracked(address, "en", {name})
            _ = [track.line(place, each) for each in place.log]
        except LandtrackError:
            refused += 1
        took.append((time.process_time() - worked, time.perf_counter() - clock))
    answers.put(("read", took, refused))


def write(address, until, _, answers):
    """Take a step with one parcel after the other."""
    took, refused, at, said = [], 0, int(time.time()) % 100_000, ""
    while time.time() < until:
        at += 1
        clock, worked = time.perf_counter(), time.process_time()
        try:
            track.apply(address, "demarcate", [f"ZD-{at % PARCELS}"], tracking.Event(
                event=0, layer="", feature_id="", track="", at="2020-01-01", action="",
                document_no=f"load {at}",
            ), lang="en")
        except LandtrackError as error:
            refused, said = refused + 1, str(error)
        took.append((time.process_time() - worked, time.perf_counter() - clock))
    answers.put(("write", took, refused))
    if said:
        print("  the last refusal:", said)


def main():
    """Make a store, or load one and say what was done."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("store")
    arguments.add_argument("--make", action="store_true")
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--readers", type=int, default=20)
    given = arguments.parse_args()
    if given.make:
        print(made(Path(given.store)))
        return 0
    address = store.address.parse(given.store)
    before = len(store.log.read(address).rows)
    answers = multiprocessing.Queue()
    until = time.time() + given.seconds
    work = [(write, 0), *((read, seed) for seed in range(1, given.readers + 1))]
    started = [
        multiprocessing.Process(target=what, args=(address, until, seed, answers))
        for what, seed in work
    ]
    for each in started:
        each.start()
    told = [answers.get() for _ in started]
    for each in started:
        each.join()
    for what in ("read", "write"):
        took = np.array([each for kind, all_of, _ in told if kind == what for each in all_of])
        refused = sum(count for kind, _, count in told if kind == what)
        (cpu, clock), (_, slow) = np.median(took, axis=0), np.percentile(took, 95, axis=0)
        print(f"{what:<6} {len(took):7,} in {given.seconds:.0f} s, {refused} refused; processor "
              f"{cpu:.3f} s (median), clock {clock:.3f} s, 95 % {slow:.3f} s, longest "
              f"{took[:, 1].max():.2f} s")
    begun = time.process_time()
    faults = track.faults(address)
    after = len(store.log.read(address).rows)
    print(f"log    {before:,} events before, {after:,} after; log verify: {len(faults)} faults, "
          f"{time.process_time() - begun:.1f} s of processor")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
