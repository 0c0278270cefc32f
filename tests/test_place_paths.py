"""What a catalog may name: files of its place, and no others."""

import os
import subprocess
import sys

import pytest
from builders import Site, box

from landtrack.app import vet
from landtrack.model import catalog
from landtrack.model.errors import CatalogError, SourceError

OUT = ["/etc/passwd", "../plots.geojson", "a/../../plots.geojson", "..\\plots.geojson",
       "C:\\plots.geojson", "C:plots.geojson", "c:/plots.geojson",
       "\\\\server\\share\\plots.geojson",
       "//server/share/plots.geojson", "\\\\.\\PhysicalDrive0", "\\\\?\\C:\\plots.geojson",
       "NUL", "con", "aux.geojson", "a/COM1.csv", "LPT9 .txt", "plots.geojson:stream", "/", "\\x",
       "///etc/passwd", "\\\\?\\UNC\\server\\share\\a", "\\\\localhost\\c$\\a", "//?/C:/a",
       "\\??\\C:\\a",
       "file:///etc/passwd", "http://host/a.geojson", "/vsicurl/http://host/a", "/vsizip/../a.zip",
       "a/b/../../../x", "a/..\\../x", "..", "./..", "a/./../../x", ".. /x", "... ", "a/.. /../x",
       "PRN.geojson", "con.", "aux:", "CONIN$", "a/NUL.tar.gz", "nul::$DATA", "COM¹.csv",
       "clock$.csv", "COM0.csv", "PG:dbname=x", "GPKG:../a.gpkg", "/dev/stdin",
       "\\\\.\\pipe\\x", "D:", "plots.geojson::$DATA"]
INSIDE = ["plots.geojson", "./plots.geojson", "a/plots.geojson", "a\\plots.geojson",
          "..plots.geojson", ".a/x", "~root/x", "vsicurl/http/x", "．．/x",
          "console.csv", "nullable/auxiliary.csv", "征地 2006/红线.shp"]


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path / "site")
    made.layer("plots", [(box(0, 0, 100, 100), {"plot_id": "A", "land_area_m2": 10_000.0})])
    made.catalog()
    return made.folder


def named(folder, text):
    """Load the catalog with other text in the place of its file of plots."""
    path = folder / "catalog.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"plots.geojson"', f"'{text}'"), encoding="utf-8"
    )
    return catalog.place(folder)


@pytest.mark.parametrize("path", OUT)
def test_a_path_that_leads_out_of_the_place_is_refused(site, path):
    with pytest.raises(CatalogError, match="outside of the place") as told:
        named(site, path)

    assert path in told.value.cause
    assert "--root" in told.value.mend


@pytest.mark.parametrize("path", INSIDE)
def test_a_path_inside_of_it_is_not(site, path):
    assert named(site, path).layers[0].path == path


@pytest.mark.parametrize("line", [
    "events = '../events.csv'", "reported_figures = '/etc/passwd'",
    "events = { path = 'C:\\events.xlsx' }",
])
def test_so_is_a_table_of_events_or_figures(site, line):
    path = site / "catalog.toml"
    text = path.read_text(encoding="utf-8").replace("[place]\n", f"[place]\n{line}\n")
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CatalogError, match="outside of the place"):
        catalog.place(site)


@pytest.mark.parametrize("root", [
    "/", "..", "$HOME", "${HOME}/data", "%USERPROFILE%", "C:\\", "$LANDTRACK_FILES/..",
    "$LANDTRACK_FILES_AND_MORE", "data/$HOME", "~",
])
def test_a_root_leads_no_further_than_the_place_or_a_variable_of_its_own(site, root, monkeypatch):
    monkeypatch.setenv("LANDTRACK_FILES", str(site))
    path = site / "catalog.toml"
    text = path.read_text(encoding="utf-8").replace("[place]\n", f"[place]\nroot = '{root}'\n")
    path.write_text(text, encoding="utf-8")

    if root == "~":  # a folder that is called so, and no home
        assert catalog.place(site).folder == (site / "~").resolve()
        return
    with pytest.raises(CatalogError, match="root"):
        catalog.place(site)


@pytest.mark.parametrize("root", ["$LANDTRACK_FILES", "${LANDTRACK_FILES}/a", "a", "./a/b"])
def test_or_into_them(site, root, monkeypatch, tmp_path):
    monkeypatch.setenv("LANDTRACK_FILES", str(tmp_path))
    path = site / "catalog.toml"
    text = path.read_text(encoding="utf-8").replace("[place]\n", f"[place]\nroot = '{root}'\n")
    path.write_text(text, encoding="utf-8")

    start = tmp_path if "$" in root else site
    rest = root.removeprefix("${LANDTRACK_FILES}").removeprefix("$LANDTRACK_FILES").lstrip("/")
    assert catalog.place(site).folder == (start / rest).resolve()


@pytest.mark.skipif(os.name == "nt", reason="a link takes a right there that few have")
@pytest.mark.parametrize("through", ["file", "folder"])
def test_a_link_that_leads_out_is_refused_when_it_is_read(site, tmp_path, through):
    secret = tmp_path / "elsewhere"
    secret.mkdir()
    (site / "plots.geojson").rename(secret / "plots.geojson")
    if through == "file":
        (site / "plots.geojson").symlink_to(secret / "plots.geojson")
    else:
        (site / "a").symlink_to(secret)
        named(site, "a/plots.geojson")

    with pytest.raises(SourceError, match="link that leads out"):
        vet.vet(catalog.place(site))


@pytest.mark.skipif(os.name == "nt", reason="a link takes a right there that few have")
def test_one_that_stays_inside_is_followed(site):
    (site / "a.geojson").symlink_to(site / "plots.geojson")

    assert len(vet.vet(named(site, "a.geojson")).layers["plots"]) == 1


def test_who_calls_says_where_the_files_are(site, tmp_path):
    files = tmp_path / "files"
    files.mkdir()
    (site / "plots.geojson").rename(files / "plots.geojson")
    command = [sys.executable, "-m", "landtrack", "--root", str(files), "run", str(site)]

    done = subprocess.run(  # noqa: S603  this interpreter
        [*command, "--out", str(tmp_path / "build")], capture_output=True, encoding="utf-8",
        check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )

    assert done.returncode == 3, done.stderr  # vetted, and not judged
    assert (tmp_path / "build" / "map.html").is_file()
    assert catalog.place(site).folder == site.resolve()  # nothing of it stays
