"""Processes that tests start: each has a store open in its way, and does more when told to.

    python tests/holders.py WAY STORE
"""

import json
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import gis

from landtrack import store

PARCELS, EVENTS = "SELECT count(*) FROM parcels", "SELECT count(*) FROM status_log"


def reader_of_ours(path):
    """Read by landtrack, all at one moment: parcels and events, as often as told."""
    with store.backends.of(path).reading(path) as db:
        while True:
            yield db.count("parcels"), db.count("status_log")


def reader_of_a_gis(path):
    """Read by GDAL, feature by feature: the first one, then the others."""
    features = gis.rows(path, "parcels")
    found = [next(features)["parcel_id"]]
    yield found
    yield found + [each["parcel_id"] for each in features]


def viewer(path):
    """Have it open without reading, such as the desktop GIS that shows it; look when told."""
    db = sqlite3.connect(path, isolation_level=None)
    while True:
        yield db.execute(f"SELECT ({PARCELS}), ({EVENTS})").fetchone()


def editor(path):
    """Be in the middle of a change of one's own; keep it when told."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO landtrack_store (key, value) VALUES ('by', 'hand')")
    yield "changed"
    db.execute("COMMIT")
    db.close()
    yield "kept"


def writer_of_much(path):
    """Write more than is kept in memory, so that it goes into files before it is in; then leave."""
    with store.backends.of(path).writing(path) as db:
        db.db.execute("PRAGMA cache_size = 10")
        db.insert(store.session.STATES, [
            ("parcels", f"N{number}", "approval", "surveyed", "2006", "文" * 100, number)
            for number in range(5_000)
        ])
        yield "written"
    yield "in"


WAYS = {each.__name__: each for each in (
    reader_of_ours, reader_of_a_gis, viewer, editor, writer_of_much)}


@contextmanager
def holding(way, path):
    """Start a process that has a store open; give a function that tells it to go on."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, __file__, way.__name__, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )

    def more():
        process.stdin.write("\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    try:
        yield json.loads(process.stdout.readline()), more
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    for told in WAYS[sys.argv[1]](Path(sys.argv[2])):
        print(json.dumps(told), flush=True)  # noqa: T201
        if not sys.stdin.readline():
            break
