"""Digests of every output of the demo places and of real ones: what shows that nothing changed.

``python tests/output_digests.py write BEFORE.json`` before a move of the code, and
``python tests/output_digests.py compare BEFORE.json`` after it: what is said, the exit status,
every file, every table of the store. Reference data are read through LANDTRACK_REAL_DATA.
"""

import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEMO, REAL = ROOT / "layers", ROOT / "tests" / "places"

SHARED = """
run PLACE --out OUT/run
run PLACE --out OUT/run-zh --lang zh
run PLACE --out OUT/run-en --lang en --rules-now
map --store OUT/run/project.gpkg --out OUT/map
site --out OUT/site PLACE
sheet overview --store OUT/run/project.gpkg --by a --checked b --out OUT/overview.pdf --draft
sheet status --store OUT/run/project.gpkg --by a --checked b --out OUT/status.pdf --draft
store check --store OUT/run/project.gpkg
log verify --store OUT/run/project.gpkg
"""

PARK = """
vet XP-036 PLACE --html OUT/f.html --pdf OUT/f.pdf --docx OUT/f.docx --xlsx OUT/f.xlsx
vet XP-011 PLACE --lang en --set floor_area_m2=10584
vet XP-059 PLACE --lang zh --as-of 2006-12-01
site XP-036 PLACE
report PLACE --out OUT/report --year 2006
report PLACE --out OUT/report-en --lang en
reconcile PLACE --html OUT/reconcile.html
reconcile PLACE --json
diff 2006-06-01 2006-12-31 PLACE --xlsx OUT/diff.xlsx --layer OUT/diff.gpkg
changes 2006-06-01 2006-12-31 PLACE
sheet parcel ZD-003 --store OUT/run/project.gpkg --by a --checked b --out OUT/parcel.pdf
sheet parcel XP-036 --store OUT/run/project.gpkg --by a --checked b --lang en --out OUT/plot.pdf
sheet demarcation XP-036 --store OUT/run/project.gpkg --by a --checked b --out OUT/d.pdf --draft
sheet project XP-036 --store OUT/run/project.gpkg --by a --checked b --out OUT/p.pdf --draft
pack XP-036 PLACE --store OUT/run/project.gpkg --by a --checked b --out OUT/pack.zip --draft
verify OUT/parcel.pdf --store OUT/run/project.gpkg
verify OUT/pack.zip
inspect PLACE --json
inspect PLACE/plots.geojson PLACE/ledger.csv
convert PLACE/plots.geojson OUT/plots.dxf
convert PLACE/plots.geojson OUT/plots.kml
status show ZD-003 --store OUT/run/project.gpkg
rules list
rules show x-park-2006
"""

PLACES = {
    DEMO / "x-park-2006": SHARED + PARK, DEMO / "bubenec": SHARED, DEMO / "park-2019": SHARED,
    DEMO / "yutian-2010": SHARED, REAL / "krems": SHARED, REAL / "cambridge": SHARED,
}

RUNNER = """
import contextlib, io, json, sys
from landtrack.cli.main import main
told = []
for line in sys.argv[1].strip().splitlines():
    said = io.StringIO()
    status = 0
    with contextlib.redirect_stdout(said):
        try:
            main(line.split())
        except SystemExit as done:
            status = done.code or 0
    told.append([line, status, said.getvalue()])
print(json.dumps(told))
"""

OF_THE_RUN = {"recorded_at", "started_at", "made_at", "run_at", "last_change", "seal", "sha256"}
"""Columns of the store that know when or in which file it was written."""


def main(what: str, file: str) -> int:
    """Write the digests, or list what differs from those written before."""
    made = {}
    for place, lines in PLACES.items():
        with tempfile.TemporaryDirectory(prefix="landtrack-digests-") as folder:
            made |= digests(place, lines, Path(folder))
        print(place.name, file=sys.stderr)
    if what == "write":
        Path(file).write_text(json.dumps(made, indent=1, ensure_ascii=False), encoding="utf-8")
        return 0
    before = json.loads(Path(file).read_text(encoding="utf-8"))
    differ = sorted(key for key in before.keys() | made.keys() if before.get(key) != made.get(key))
    print("\n".join(differ))
    print(f"{len(before)} before, {len(made)} now, {len(differ)} differ")
    return 1 if differ else 0


def digests(place: Path, lines: str, folder: Path) -> dict[str, str]:
    """Make every output of a place; give a digest of each, by place and name."""
    lines = lines.replace("PLACE", str(place)).replace("OUT", str(folder))
    done = subprocess.run(  # noqa: S603  this interpreter
        [sys.executable, "-c", RUNNER, lines], capture_output=True, encoding="utf-8", check=True,
        cwd=folder, env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"},
    )
    plain = done.stdout.splitlines()[-1]
    named = {}
    for line, status, said in json.loads(plain):
        text = f"{status}\n{said}".replace(str(folder), "OUT").replace(str(place), "PLACE")
        text = re.sub(r"\b[0-9a-f]{8,64}\b", "HASH", text)
        name = line.replace(str(folder), "OUT").replace(str(place), "PLACE")
        named[f"{place.name}: {name}"] = hashlib.sha256(text.encode()).hexdigest()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name[0] != ".":
            for part, digest in of_file(path).items():
                named[f"{place.name}/{path.relative_to(folder).as_posix()}{part}"] = digest
    return named


def of_file(path: Path) -> dict[str, str]:
    """Give the digest of a file; of a GeoPackage those of its tables, of a ZIP its members'."""
    if path.suffix == ".gpkg":
        return of_tables(path)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return {
                f"!{name}": hashlib.sha256(archive.read(name)).hexdigest()
                for name in archive.namelist()
            }
    return {"": hashlib.sha256(path.read_bytes()).hexdigest()}


def of_tables(path: Path) -> dict[str, str]:
    """Give the digest of each table of a GeoPackage, without what knows when it was made."""
    made = {}
    with sqlite3.connect(f"file:{path.as_posix()}?mode=ro", uri=True) as connection:
        tables = connection.execute(
            "SELECT table_name FROM gpkg_contents ORDER BY table_name"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608  our own names
            kept = [n for n, each in enumerate(rows.description) if each[0] not in OF_THE_RUN]
            heads = [rows.description[n][0] for n in kept]
            held = hashlib.sha256(repr(heads).encode())
            for row in rows:
                held.update(repr([row[n] for n in kept]).encode())
            made[f"#{table}"] = held.hexdigest()
    return made


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
