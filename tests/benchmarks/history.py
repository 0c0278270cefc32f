# ruff: noqa: T201  a benchmark prints
"""How long a long log takes: folding it, judging one step more, appending it, verifying it.

    python tests/benchmarks/history.py 10000 100000

One run, medians of three; each figure also per event of the first size, so that growth shows.
Where LANDTRACK_POSTGIS names a database, a shared store takes its turn after the GeoPackage.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from landtrack import store, tracking
from landtrack.ingest.formats import vector
from landtrack.model import catalog

WAY = ("survey", "assemble_dossier", "report_city", "report_province")
CN_2006 = catalog.workflow("cn-2006")
TODAY = date(2007, 12, 31)


def log_of(number: int) -> list[tracking.Event]:
    """Make a log of so many events: parcels that took four steps each."""
    steps = [CN_2006.actions[code][1] for code in WAY]
    events = []
    for count in range(number):
        parcel, step = divmod(count, len(WAY))
        action = steps[step]
        events.append(tracking.Event(
            event=count + 1, layer="parcels", feature_id=f"ZD-{parcel}", track="approval",
            at=f"2006-0{step + 1}-15", action=action.code, to_state=action.sets, document_no="d",
        ))
    return events


def timed(work: object, *arguments: object) -> float:
    """Take the median of three runs, in seconds."""
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        work(*arguments)  # type: ignore[operator]
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def fold(log: list[tracking.Event]) -> None:
    """Fold every feature."""
    for own in tracking.by_feature(tracking.standing(log)).values():
        tracking.states(tracking.ordered(own))


def judge(log: list[tracking.Event]) -> None:
    """Judge one step more."""
    asked = tracking.Event(event=0, layer="parcels", feature_id="ZD-0", track="",
                         at="2006-06-01", action="agree_at_province", document_no="d")
    fresh = tracking.filled(CN_2006, log, [asked])
    if tracking.judged(CN_2006, log, fresh, known={("parcels", "ZD-0")}, today=TODAY):
        raise SystemExit("refused")


def measure(number: int, folder: Path, server: str) -> dict[str, float]:
    """Measure one size, in a database where one is named."""
    log = log_of(number)
    path = folder / f"{number}.gpkg"
    vector.write(empty(), path, layer="runs")
    found = {"fold": timed(fold, log), "judge one": timed(judge, log)}
    start = time.perf_counter()
    rows = list(zip(log, tracking.links(log), strict=True))
    with store.geopackage.writing(path) as db:
        store.log.install(db, rows, {"place": "p", "workflow": "cn-2006", "language": "en"})
    found["write all"] = time.perf_counter() - start
    if not server:
        return found | use(path, number)
    sign = "&" if "?" in server else "?"
    shared = store.address.parse(f"{server}{sign}schema=b{number}_{int(time.time())}")
    start = time.perf_counter()
    store.copy(path, shared)
    found["write all"] = time.perf_counter() - start
    try:
        return found | use(shared, number)
    finally:
        dropped(shared)


def use(path: store.Address, number: int) -> dict[str, float]:
    """Measure what is done with a log that is there."""
    found = {}
    taken = []
    for count in range(3):
        one = tracking.Event(event=number + count + 1, layer="parcels", feature_id="ZD-0",
                           track="approval", at="2007", action="recorded", to_state="approved")
        start = time.perf_counter()
        store.log.append(path, [one], after=number + count)
        taken.append(time.perf_counter() - start)
    found["append one"] = statistics.median(taken)
    found["read"] = timed(store.log.read, path)
    grown = store.log.read(path)
    found["verify"] = timed(tracking.breaks, grown.rows)
    return found


def dropped(shared: store.Shared) -> None:
    """Take a store away again."""
    import psycopg

    with psycopg.connect(shared.url) as db:
        db.execute(f"DROP SCHEMA {shared.schema} CASCADE")


def empty() -> object:
    """Make a table of one row: what a store must have to be one."""
    import pandas as pd

    return pd.DataFrame({"started": ["2006"]})


def main(sizes: list[int]) -> None:
    """Print a table a kind of store, a row a task."""
    for kind, server in (("GeoPackage", ""), ("PostGIS", os.environ.get("LANDTRACK_POSTGIS", ""))):
        if kind == "GeoPackage" or server:
            table(kind, sizes, server)


def table(kind: str, sizes: list[int], server: str) -> None:
    """Print what one kind of store takes."""
    with tempfile.TemporaryDirectory() as folder:
        results = {size: measure(size, Path(folder), server) for size in sizes}
    first = sizes[0]
    print(f"{kind:<12}" + "".join(f"{size:>12,}" for size in sizes) + "   per event, ×")
    for name in results[first]:
        growth = (results[sizes[-1]][name] / sizes[-1]) / (results[first][name] / first)
        told = "".join(f"{results[size][name]:>12.4f}" for size in sizes)
        print(f"{name:<12}{told}   {growth:.2f}")


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [10_000, 100_000])
