"""Time the joins against other engines, in one run, and print a table of medians and ratios.

    python tests/benchmarks/joins.py                       # 10 000 plots
    python tests/benchmarks/joins.py 10000 100000 1000000

Of more than 20 000 plots each engine is asked once, else ``--runs`` times by turns; what takes
an engine many minutes is left out and shown as a dash.

Engines that are not installed are left out: ``pip install apache-sedona[db] duckdb
duckdb-extensions duckdb-extension-spatial``. Loading data into an engine is not timed; the
index that it builds for the join is. Every engine's sum is compared with ours. PostGIS is asked
where LANDTRACK_POSTGIS holds how to connect to a database of its own.
"""
# ruff: noqa: T201, PLW0108 - a script that prints; what is timed is all of the call

import argparse
import gc
import logging
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

sys.path.insert(0, str(Path(__file__).parent))
import layers
from landtrack.spatial import kernels, measures

CRS = "EPSG:32650"
THREADS = 2
SLOW = 200_000
"""Plots above which PostGIS is not asked, nor geopandas for what takes it many minutes."""
ONCE = 20_000
"""Plots above which each engine is asked once."""


# --- engines: each takes a case and gives a function to be timed, which returns a sum --------


def ours(case, plots, features):
    """Give landtrack's own functions."""
    if case.startswith("areas"):
        return lambda: measures.shared_area(plots, features).amount.sum()
    if case.startswith("lengths"):
        return lambda: measures.shared_length(plots, features).amount.sum()
    if case.startswith("inside"):
        return lambda: measures.inside(plots, features).amount.sum()
    if case.startswith("frontage"):
        reach = np.full(len(features), 15.0)
        return lambda: measures.frontage(plots, features, reach, angle_deg=90)[0].sum()
    return lambda: measures.nearest(plots, features).distance.sum()


def geopandas(case, plots, features):
    """Give the geopandas way: overlay, sjoin_nearest, buffer and intersection."""
    left = gpd.GeoDataFrame({"plot": np.arange(len(plots))}, geometry=plots, crs=CRS)
    right = gpd.GeoDataFrame({"feature": np.arange(len(features))}, geometry=features, crs=CRS)
    if case.startswith("areas"):
        return lambda: gpd.overlay(left, right, how="intersection").area.sum()
    if case.startswith("lengths"):
        lines = right
        return lambda: gpd.overlay(
            lines, left, how="intersection", keep_geom_type=True).length.sum()
    if case.startswith("frontage"):
        def fronting():
            zones = gpd.GeoDataFrame(geometry=right.buffer(15.0), crs=CRS)
            edges = left.set_geometry(left.boundary)
            met = gpd.sjoin(edges, zones, predicate="intersects")
            whole = zones.geometry.loc[met["index_right"]].groupby(met.index).agg(
                lambda own: shapely.union_all(own.to_numpy())
            )
            stretch = shapely.intersection(
                edges.geometry.loc[whole.index].to_numpy(), whole.to_numpy()
            )
            return shapely.length(stretch).sum()
        return fronting

    if case.startswith("inside"):
        return lambda: float(len(gpd.sjoin(right, left, predicate="within")))

    def near():
        found = gpd.sjoin_nearest(left, right, distance_col="metres")
        return found.drop_duplicates("plot")["metres"].sum()
    return near


def sedona(case, plots, features):
    """Give SedonaDB's join, in SQL."""
    import sedonadb

    if case.startswith("frontage"):
        return None
    # half an hour for long lines at 100 000, a quarter of an hour for short ones at 1 000 000
    if (case == "nearest-long" and len(plots) > 2_000) or (
        case.startswith("nearest") and len(plots) > SLOW
    ):
        return None
    connection = sedonadb.connect()
    connection.sql(f"SET datafusion.execution.target_partitions = {THREADS}").execute()
    for name, shapes in (("plots", plots), ("features", features)):
        frame = gpd.GeoDataFrame({"id": np.arange(len(shapes))}, geometry=shapes, crs=CRS)
        connection.create_data_frame(frame).to_memtable().to_view(name)
    return lambda: float(connection.sql(SQL[case.split("-")[0]]).to_pandas().iloc[0, 0] or 0.0)


def duckdb(case, plots, features):
    """Give DuckDB spatial's join, in SQL; it has no join by distance."""
    import duckdb
    import pandas as pd
    from duckdb_extensions import import_extension

    if case.startswith(("nearest", "frontage")):
        return None
    import_extension("spatial")
    connection = duckdb.connect(config={"threads": THREADS})
    connection.load_extension("spatial")
    for name, shapes in (("plots", plots), ("features", features)):
        frame = pd.DataFrame({"id": np.arange(len(shapes)), "wkb": shapely.to_wkb(shapes)})
        connection.register("frame", frame)
        connection.execute(
            f"CREATE TABLE {name} AS SELECT id, ST_GeomFromWKB(wkb) AS geometry FROM frame"  # noqa: S608
        )
        connection.unregister("frame")
    return lambda: connection.execute(SQL[case.split("-")[0]]).fetchone()[0]


def postgis(case, plots, features):
    """Give PostGIS's join, in SQL, on the server that LANDTRACK_POSTGIS names."""
    import psycopg

    if case.startswith("frontage") or "LANDTRACK_POSTGIS" not in os.environ:
        return None
    if len(plots) > SLOW or (case.startswith("nearest") and len(plots) > ONCE):  # hours
        return None
    connection = psycopg.connect(os.environ["LANDTRACK_POSTGIS"], autocommit=True)
    cursor = connection.cursor()
    for name, shapes in (("plots", plots), ("features", features)):
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(f"CREATE UNLOGGED TABLE {name} (id integer, geometry geometry)")
        with cursor.copy(f"COPY {name} FROM STDIN") as copy:
            for number, each in enumerate(shapely.to_wkb(shapes, hex=True)):
                copy.write_row((number, each))
    cursor.execute("ANALYZE plots; ANALYZE features")
    cursor.execute(f"SET max_parallel_workers_per_gather = {THREADS}")

    def work():
        cursor.execute("CREATE INDEX by_place ON features USING gist (geometry)")
        value = cursor.execute(POSTGIS.get(case.split("-")[0]) or SQL[case.split("-")[0]])
        found = float(value.fetchone()[0] or 0)
        cursor.execute("DROP INDEX by_place")
        return found
    return work


JOIN = "FROM plots p JOIN features f ON ST_Intersects(p.geometry, f.geometry)"
SQL = {
    "areas": f"SELECT SUM(ST_Area(ST_Intersection(p.geometry, f.geometry))) {JOIN}",
    "lengths": f"SELECT SUM(ST_Length(ST_Intersection(p.geometry, f.geometry))) {JOIN}",
    "inside": "SELECT COUNT(*) FROM plots p JOIN features f "
              "ON ST_Contains(p.geometry, f.geometry)",
    "nearest": "SELECT SUM(d) FROM (SELECT p.id, MIN(ST_Distance(p.geometry, f.geometry)) AS d "
               "FROM plots p JOIN features f ON ST_KNN(p.geometry, f.geometry, 1) GROUP BY p.id)",
}
POSTGIS = {
    "nearest": "SELECT SUM(d) FROM plots p CROSS JOIN LATERAL (SELECT p.geometry <-> f.geometry "
               "AS d FROM features f ORDER BY p.geometry <-> f.geometry LIMIT 1) AS near",
}
ENGINES = {
    "ours": ours, "geopandas": geopandas, "SedonaDB": sedona, "DuckDB": duckdb,
    "PostGIS": postgis,
}
CASES = {
    "areas-parcels": layers.parcels,
    "areas-buildings": layers.buildings,
    "nearest-short": layers.roads,
    "nearest-long": lambda n: layers.roads(n, vertices=200),
    "nearest-points": layers.points,
    "lengths-short": layers.roads,
    "lengths-long": lambda n: layers.roads(n, vertices=200),
    "frontage-short": layers.roads,
    "inside-points": lambda n: layers.points(n, each=4),
}


# --- timing -----------------------------------------------------------------------------------


def compare(case, n, runs, engines):
    """Run the engines by turns; give the median seconds of each and whether the sums agree."""
    plots, features = layers.plots(n), CASES[case](n)
    ready = {}
    for name in engines:
        try:
            work = ENGINES[name](case, plots, features)
        except ImportError:
            continue
        if work is not None and not (name != "ours" and case == "nearest-long" and n > SLOW):
            ready[name] = work
    seconds, sums = {name: [] for name in ready}, {}
    for _ in range(runs if len(plots) <= ONCE else 1):
        for name, work in ready.items():
            gc.collect()
            begun = time.perf_counter()
            sums[name] = work()
            seconds[name].append(time.perf_counter() - begun)
    for name, value in sums.items():
        # engines that cut zones out of polygons round their corners off
        allowed = 1e-3 if case.startswith("frontage") else 1e-6
        if abs(value - sums["ours"]) > allowed * abs(value):
            print(f"  {case}: {name} sums up to {value:.6g}, ours to {sums['ours']:.6g}")
    return {name: statistics.median(each) for name, each in seconds.items()}


def row(case, n, seconds):
    """Format one line of the table: seconds, and how many times ours is quicker."""
    cells = [f"{seconds['ours']:9.3f}"]
    for name in ENGINES:
        if name == "ours":
            continue
        if name in seconds:
            cells.append(f"{seconds[name]:8.2f} ({seconds[name] / seconds['ours']:6.1f} x)")
        else:
            cells.append(" " * 18 + "–")
    each = 1e6 * seconds["ours"] / n
    return f"| {case:<16} | {n:>9,} | " + " | ".join(cells) + f" | {each:8.1f} |"


def main():
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("plots", nargs="*", type=int, default=[10_000])
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--without", nargs="*", default=[], help="cases or engines to leave out")
    given = arguments.parse_args()
    logging.basicConfig(level="INFO", format="%(message)s")
    kernels.ready()
    print(f"{platform.machine()}, {os.cpu_count()} cores; median of {given.runs} "
          f"up to {ONCE:,} plots, else one run; seconds (and times ours)")
    print(f"| {'join':<16} | {'plots':>9} | {'ours':>9} | {'geopandas':>19} | "
          f"{'SedonaDB':>19} | {'DuckDB spatial':>19} | {'PostGIS':>19} | us/plot  |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for case in CASES:
        for n in given.plots:
            if case not in given.without:
                engines = [name for name in ENGINES if name not in given.without]
                print(row(case, n, compare(case, n, given.runs, engines)), flush=True)


if __name__ == "__main__":
    main()
