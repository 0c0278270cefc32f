"""Whatever writes says alike what the disk says: which file or folder it is, and what to do."""

import errno
import os
import sys

import geopandas as gpd
import pytest
import shapely
import watched
from click.testing import CliRunner

from landtrack.app import draft_catalog
from landtrack.cli import language
from landtrack.cli.main import main
from landtrack.ingest.formats import (
    boundary,
    coordinates,
    dxf,
    flatgeobuf,
    geojson_out,
    geopackage,
    kml,
    parquet_out,
    shapefile_out,
)
from landtrack.model import disk
from landtrack.model.errors import LandtrackError, OutputError
from landtrack.store import staging, witnesses

asked = pytest.mark.skipif(not watched.WORKS, reason="only this kernel asks before a call")


def parcels():
    """Make one parcel in zone 39."""
    return gpd.GeoDataFrame(
        {"parcel_id": ["P"]}, geometry=[shapely.box(39500000, 4600000, 39500100, 4600100)], crs=4527
    )


def form(path):
    """Write a file whole, as maps, forms and reports are."""
    with staging.whole(path) as fresh:
        fresh.write_bytes(b"x" * 10_000)


def drafted(path):
    """Draft a catalog beside a layer."""
    path.parent.mkdir(exist_ok=True)
    (path.parent / "plots.csv").write_text("plot_id,area\nA,1\n", encoding="utf-8")
    draft_catalog.init(path.parent)


WITNESS = witnesses.Witness(place="p", at="2006-01-01", events=1, head="h", seals=1, seal="s")
WRITERS = {
    "a.dxf": lambda path: dxf.write(parcels(), path),
    "a.kml": lambda path: kml.write(parcels(), path, layer="parcels"),
    "a.txt": lambda path: boundary.write(parcels(), path),
    "a.csv": lambda path: coordinates.write(parcels(), path),
    "a.xlsx": lambda path: coordinates.write(parcels(), path),
    "a.parquet": lambda path: parquet_out.write(parcels(), path),
    "a.geojson": lambda path: geojson_out.write(parcels().to_crs(4326), path),
    "a.fgb": lambda path: flatgeobuf.write(parcels(), path),
    "a.gpkg": lambda path: geopackage.write(parcels(), path, layer="a"),
    "a.shp": lambda path: shapefile_out.write(parcels(), path),
    "a.html": form,
    "w": lambda path: witnesses.add(path, WITNESS),
    "catalog.toml": drafted,
}
SAID = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk is full",
    errno.EFBIG: "no file so large",
    errno.EROFS: "read only",
    errno.EACCES: "no right to write",
}


@asked
@pytest.mark.parametrize("code", SAID, ids=errno.errorcode.get)
@pytest.mark.parametrize("name", WRITERS)
def test_what_the_disk_refuses_is_told_with_the_file_and_what_to_do(tmp_path, name, code):
    path = tmp_path / "out" / name
    path.parent.mkdir()

    def work():
        try:
            WRITERS[name](path)
        except LandtrackError as error:
            sys.stdout.write(f"{type(error).__name__}: {error}")
        return 0

    grows = code not in {errno.EROFS, errno.EACCES}

    def refused(call):
        if str(path.parent) not in call.path or "plots.csv" in call.path:
            return None
        return code if call.name in (watched.GROWS if grows else watched.MAKES) else None

    ended = watched.run(work, refused, tmp_path)

    assert ended.said.startswith("OutputError: "), ended.said
    assert SAID[code] in ended.said
    assert (name if grows else "out") in ended.said
    assert "Mend: " in ended.said
    assert "Traceback" not in ended.said
    assert "Exception ignored" not in ended.said


@pytest.mark.parametrize("code", SAID, ids=errno.errorcode.get)
def test_each_kind_is_said_in_chinese_too(tmp_path, code):
    error = disk.refusal(OSError(code, os.strerror(code)), tmp_path / "a.dxf")

    with language.speaking("zh"):
        said = language.of_error(error.cause), language.of_error(error.mend)

    assert not any(part.isascii() for part in said)
    assert all(word not in "".join(said) for word in ("cannot", "Make", "Ask", "Name"))


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_a_command_whose_writer_says_nothing_of_its_own_says_it_too(
    tmp_path, monkeypatch, code
):
    """As a library does that wraps what the system says."""
    def fails(*_, **__):
        raise RuntimeError("the library") from OSError(code, os.strerror(code), str(tmp_path / "a"))

    monkeypatch.setattr("landtrack.app.draft_catalog.init", fails)

    ended = CliRunner().invoke(main, ["init", str(tmp_path), "--lang", "en"])

    assert ended.exit_code == 2
    assert SAID[code] in ended.stderr
    assert "fault of landtrack" not in ended.stderr


def test_a_file_that_a_spreadsheet_has_open_is_told_as_that_on_windows(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "WINDOWS", True)
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(b"")

    error = disk.refusal(PermissionError(errno.EACCES, "Permission denied", str(path)))

    assert isinstance(error, OutputError)
    assert "ledger.xlsx" in error.cause
    assert "another program has it open" in error.cause
    assert "Close the program" in error.mend
    assert "Excel" in error.mend


def test_a_file_that_may_not_be_read_is_not_said_to_be_one_that_may_not_be_written(
    tmp_path, monkeypatch
):
    path = tmp_path / "a"
    path.write_bytes(b"")
    monkeypatch.setattr(os, "access", lambda *_: False)

    error = disk.refusal(PermissionError(errno.EACCES, "Permission denied", str(path)))

    assert "may not be read" in error.cause


@pytest.mark.parametrize("error", [
    PermissionError(errno.EPERM, "Operation not permitted"),
    OSError(errno.EPIPE, "Broken pipe"), ValueError("no"), FileNotFoundError(errno.ENOENT, "no"),
])
def test_what_is_no_word_of_the_disk_stays_a_fault(error):
    assert disk.refusal(error) is None


def test_causes_that_name_each_other_come_to_an_end():
    one, other = ValueError(), ValueError()
    one.__context__, other.__context__ = other, one

    assert disk.refusal(one) is None
