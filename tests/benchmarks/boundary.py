"""How long a boundary-coordinate TXT of many parcels takes, against splitting its lines alone.

``python tests/benchmarks/boundary.py [parcels]`` prints seconds of the processor, and how many
times as long as taking the same text apart at its commas and making floats of it, which any
reader must do.
"""

import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from landtrack.ingest.formats import boundary

CORNERS = 9
RUNS = 3


def parcels(n):
    """Make n parcels of nine corners on a lattice, in millimetres, in EPSG:4527."""
    random = np.random.default_rng(0)
    turn = np.linspace(0, -2 * np.pi, CORNERS, endpoint=False)
    reach = random.uniform(20, 25, (n, CORNERS, 1))
    at = np.arange(n)
    middle = np.stack([39_500_000 + at % 300 * 60, 3_700_000 + at // 300 * 60], axis=-1)
    corners = middle[:, None, :] + reach * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    names = [f"地块{number}" for number in range(n)]
    return gpd.GeoDataFrame(
        {"地块编号": names, "地块名称": names}, geometry=shapely.polygons(corners.round(3)),
        crs="EPSG:4527",
    )


def bare(path):
    """Split every line and read the last two fields of those that are points."""
    rows = [line.split(",") for line in path.read_text(encoding="gb18030").splitlines()]
    points = [row for row in rows if len(row) == 4]
    return np.array([(float(row[2]), float(row[3])) for row in points])


def seconds(function, *arguments):
    """Time a call, in seconds of the processor: the median of a few."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        function(*arguments)
        times.append(time.process_time() - start)
    return sorted(times)[RUNS // 2]


def main(n):
    """Print the figures of one run."""
    frame = parcels(n)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        boundary.write(frame, path)
        split = seconds(bare, path)
        lines = [f"{n} parcels, {path.stat().st_size / 1e6:.1f} MB"]
        for name, taken in (
            ("split lines", split),
            ("read", seconds(boundary.read, path)),
            ("write", seconds(boundary.write, frame, path)),
        ):
            lines.append(f"{name:12}  {taken:6.2f} s  {taken / split:4.1f} x")
        print("\n".join(lines))  # noqa: T201
        contents = boundary.read(path)
        if contents.bad or contents.notes or len(contents.frame) != n:
            raise SystemExit("the parcels did not read back")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
