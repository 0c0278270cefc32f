"""The same input makes the same bytes: of every output, in any process, on any day."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import cuts
import pytest

from landtrack import store as stores
from landtrack.app import vet
from landtrack.model import catalog

COMMANDS = """
run PLACE --out OUT/run
report PLACE --out OUT/report --year 2006
reconcile PLACE --html OUT/reconcile.html
diff 2006-06-01 2006-12-31 PLACE --xlsx OUT/diff.xlsx --layer OUT/diff.gpkg
convert PLACE/SOURCE OUT/c.gpkg
convert PLACE/SOURCE OUT/c.shp
convert PLACE/SOURCE OUT/c.fgb
convert PLACE/SOURCE OUT/c.dxf
convert PLACE/SOURCE OUT/c.xlsx
site --out OUT/site XP-036 PLACE
vet XP-036 PLACE --html OUT/f.html --pdf OUT/f.pdf --docx OUT/f.docx --xlsx OUT/f.xlsx
pack XP-036 PLACE --store STORE --by a --checked b --out OUT/pack.zip --draft
"""

# the pack holds a sheet of each kind; the map of a store is that of its run (test_redraw.py)
RUNNER = """
import sys, time
late = float(sys.argv[1])
real, local = time.time, time.localtime
time.time = lambda: real() + late
time.localtime = lambda at=None: local(real() + late if at is None else at)
from landtrack.app import vet
from landtrack.cli.main import main
results, anew = {}, vet.vet
def once(*given, tell=None, **named):  # five commands vet the same place the same way
    key = repr((given, sorted(named.items())))
    if key not in results:
        results[key] = anew(*given, **named)
    return results[key]
vet.vet = once
for line in sys.argv[2].strip().splitlines():
    try:
        main(line.split())
    except SystemExit as done:
        if done.code not in (0, 1, 3, None):
            raise RuntimeError(f"{line}: {done.code}")
"""

OF_ITS_OWN = {"run/project.gpkg", "store.gpkg"}
"""The store knows when it was written: it is the log of what was done when."""


def outputs(folder, seed, late, place, store):
    """Make every output in a process of its own; give the hash of each file."""
    source = next(
        each.path for each in catalog.place(place).layers if each.kind == "parcels"
    )
    lines = COMMANDS.replace("SOURCE", source)
    lines = lines.replace("PLACE", str(place)).replace("OUT", str(folder))
    folder.mkdir()
    lines = lines.replace("STORE", str(shutil.copy(store, folder / "store.gpkg")))
    done = subprocess.run(  # noqa: S603  this interpreter
        [sys.executable, "-c", RUNNER, str(late), lines], capture_output=True, text=True,
        encoding="utf-8", check=False, cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file() and path.name[0] != "."
    }


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bytes")
    place = cuts.of_demo_place(folder / "place", ["XP-036"])
    store = folder / "project.gpkg"
    stores.write(vet.vet(catalog.place(place)), store)
    first = outputs(folder / "one", 1, 0, place, store)
    other = outputs(folder / "two", 12345, 86400 * 400 + 3 * 3600 + 7, place, store)
    return first, other, folder / "one"


def test_every_output_is_made(twice):
    made = {name.rsplit(".", 1)[-1] for name in twice[0]}

    assert made >= {"html", "xlsx", "docx", "pdf", "csv", "zip", "gpkg"}
    assert {"report/summary-2006.docx", "reconcile.html", "pack.zip", "f.docx"} <= set(twice[0])
    assert {"diff.gpkg", "c.gpkg", "c.shp", "c.fgb", "c.dxf", "c.xlsx"} <= set(twice[0])


def test_what_goes_by_way_of_gdal_says_a_day_that_is_always_the_same(twice):
    """The clock of GDAL is not that of Python: a later day is not played to it."""
    for name in ("c.gpkg", "diff.gpkg"):
        with closing(sqlite3.connect(twice[2] / name)) as db:
            days = [day for day, in db.execute("SELECT last_change FROM gpkg_contents")]
        assert days
        assert set(days) == {"2000-01-01T00:00:00.000Z"}
    assert tuple((twice[2] / "c.dbf").read_bytes()[1:4]) == (100, 1, 1)


def test_every_page_says_that_it_may_ask_no_network(twice):
    pages = [each for each in twice[2].rglob("*.html") if each.name[0] != "."]

    assert len(pages) >= 5
    policy = """<meta http-equiv="Content-Security-Policy" content="default-src 'none';"""
    for each in pages:
        assert policy in each.read_text(encoding="utf-8").partition("</head>")[0], each


def test_two_processes_on_two_days_write_the_same_bytes(twice):
    one, other, _ = twice

    assert set(one) == set(other)
    assert [name for name in one if one[name] != other[name]] == sorted(OF_ITS_OWN)
