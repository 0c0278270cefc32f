"""The one door by which GDAL opens a file: as what its bytes say it is, and as nothing else.

GDAL asks its drivers in turn which of them knows a file. Some of them open what the file names:
another file of the computer, an address, a command. So what a file is, is decided here
(``data/opening.toml``); those drivers and the file systems of the network are turned off in the
process; and nothing is opened under a name that GDAL would read as more than a file's.

pyogrio opens it. fiona goes through the features one by one where it is there (it has no wheels
for the newest Pythons and for Linux on Arm); where it is not, pyogrio does that too.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import msgspec
import pandas as pd
import pyogrio
import shapely
from pyogrio import _ogr
from pyogrio.errors import DataLayerError, DataSourceError

from landtrack.ingest.formats import sqlite, surfaces, temporary
from landtrack.model import catalog
from landtrack.model.errors import LimitError, SourceError

try:
    import fiona
    from fiona.errors import FionaError
except ImportError:  # no wheel for this Python and machine: setup.cfg
    fiona = None
    FionaError = OSError

FAULTS = (DataSourceError, DataLayerError, FionaError, OSError, ValueError, TypeError,
          RuntimeError, shapely.errors.GEOSException)
"""What GDAL and what reads behind it raise for a file or a feature that is not as it should be."""
HEAD = 4096
"""How many bytes of a file are looked at."""
BLANKED = 1 << 20
"""How many bytes are looked through for words that are blanked: those of the first element."""
CORNERS = 3
"""Fewest points of a ring."""
BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A kind of file: how it begins, and which drivers may open it."""

    name: str
    suffixes: tuple[str, ...]
    begins: tuple[str, ...]
    drivers: tuple[str, ...]
    holds: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    text: bool = False
    only_suffixes: bool = False
    apart: bool = False
    blanked: str = ""


class Process(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What GDAL is told once: drivers that are turned off, and its settings."""

    without: tuple[str, ...]
    settings: dict[str, str]


class Openings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file ``data/opening.toml``."""

    kind: tuple[Kind, ...]
    process: Process


GEODATABASE = Kind(name="file geodatabase", suffixes=(".gdb",), begins=(), drivers=("OpenFileGDB",))
"""The one kind that is a folder."""


class One(NamedTuple):
    """One feature of a layer: its number from 1, and its values or None if it is unreadable."""

    number: int
    values: dict[str, Any] | None


@cache
def _openings() -> Openings:
    """Load what GDAL may open, and turn the rest of it off in this process."""
    path = catalog.data_file("", "opening")
    read = catalog.convert(catalog.read_toml(path), Openings, path)
    off = sorted(set(read.process.without) & set(pyogrio.list_drivers()))
    pyogrio.set_gdal_config_options({**read.process.settings, "GDAL_SKIP": ",".join(off)})
    os.environ.update(read.process.settings)  # the GDAL that fiona brings asks there
    _ogr._register_drivers()  # the drivers named there are let go of now  # noqa: SLF001
    return read


def kind_of(path: Path) -> Kind:
    """Tell what kind of file GDAL is to open, from its bytes.

    Raises SourceError: If it is not there, is of no kind that is opened, or points at other files.
    """
    if path.is_dir():
        if any(path.glob("*.gdbtable")):
            return GEODATABASE
        raise _refused(path, "is a folder, but no file geodatabase")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise SourceError(
            f"{path} cannot be opened: {error}.", mend="Check that the file is there."
        ) from error
    named = [each for each in _openings().kind if path.suffix.lower() in each.suffixes]
    others = [each for each in _openings().kind if each not in named and not each.only_suffixes]
    for kind in (*named, *others):
        if _fits(head, kind):
            return kind
    if named:
        raise _refused(path, f"is no {named[0].name}, whatever its name says", head)
    raise _refused(path, "is of no kind that is read here", head)


def _fits(head: bytes, kind: Kind) -> bool:
    """Tell whether the first bytes of a file are those of a kind."""
    begin = head
    if kind.text:
        for mark in BYTE_ORDER_MARKS:
            begin = begin.removeprefix(mark)
        begin = begin.replace(b"\0", b"").lstrip().lower()
    words = head.replace(b"\0", b"").lower().decode("latin-1")
    return (
        begin.startswith(tuple(each.encode("latin-1") for each in kind.begins))
        and (not kind.holds or any(each in words for each in kind.holds))
        and not any(each in words for each in kind.refused)
    )


def _refused(path: Path, why: str, head: bytes = b"<") -> SourceError:
    """Say why a file is not opened.

    ``head``: Its first bytes, where they are known: only a text that may point at others is told
    that this is not followed.
    """
    points = head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \r\n\t")[:1] in (b"<", b"{") or b"://" in head
    return SourceError(
        f"{path} cannot be opened: it {why}.",
        mend="Ask for the data itself; a text that only points at other files (VRT and the like) "
        "is not followed." if points else
        "Ask for the file again: it is damaged, or a file of another kind under this name.",
    )


@contextmanager
def _source(path: Path, layer: str | None = None, *, listed: bool = False) -> Iterator[str]:
    """Give the name under which GDAL opens a file; of some kinds that of a copy, alone."""
    kind = kind_of(path)
    whole = os.path.abspath(path)  # noqa: PTH100  no link is followed
    if whole.replace("\\", "/").startswith("/vsi"):
        raise _refused(path, "lies in a folder whose name means something else to GDAL")
    if "SQLite" in kind.drivers:
        with sqlite.settled(Path(whole)) as own:
            _insist_on_table(path, layer, listed=listed)
            yield str(own)
        return
    if not kind.apart:
        yield whole
        return
    with temporary.folder() as folder:
        copy = folder / path.name
        with path.open("rb") as file, copy.open("wb") as out:
            first, word = file.read(BLANKED), kind.blanked.encode()
            if b"\0" in first:
                raise _refused(path, "is in UTF-16, in which its links cannot be left out")
            out.write(first.replace(word, word[:-1] + b"_"))
            shutil.copyfileobj(file, out)
        with temporary.standing_for(folder, path):
            yield str(copy)


def _insist_on_table(path: Path, layer: str | None, *, listed: bool) -> None:
    """Refuse what is not stored in the file, but made by what the file says when read.

    ``listed``: Only the tables of tables are read: which of the layers are, is told later.
    """
    try:
        with sqlite.reading(path) as db:
            made = sorted(
                str(name) for name, kind, sql in db.execute(
                    "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view')"
                )
                if kind == "view" or str(sql).lstrip().lower().startswith("create virtual")
            )
            asked = next((name for name in made if name.lower().startswith("gpkg_")), layer)
            if asked is None and made and not listed:
                row = db.execute("SELECT table_name FROM gpkg_contents ORDER BY rowid").fetchone()
                asked = row and str(row[0])
    except sqlite3.Error:
        return  # damaged or locked: GDAL says so
    if asked in made:
        raise LimitError(
            f"{path}: {asked} is a view: a question that the file asks when it is read, not data.",
            mend="Save it as a layer of its own, in the program that the file is from.",
        )


def list_layers(path: Path) -> list[str]:
    """List the layers of a file.

    Returns: Names in the order of the file.
    Raises SourceError: If it is of no kind that is opened; GDAL's own errors come through.
    """
    with _source(path, listed=True) as whole:
        return [str(name) for name in pyogrio.list_layers(whole)[:, 0]]


def read_info(path: Path, *, layer: str | None = None, **options: Any) -> dict[str, Any]:  # noqa: ANN401
    """Say what GDAL knows of a layer.

    ``layer``: Name of the layer; the first where not given.
    Raises SourceError: If it is of no kind that is opened; GDAL's own errors come through.
    """
    with _source(path, layer) as whole:
        return dict(pyogrio.read_info(whole, layer=layer, **options))


def read_frame(
    path: Path, *, layer: str | None = None, **options: Any  # noqa: ANN401
) -> gpd.GeoDataFrame | pd.DataFrame:
    """Read a layer, or a part of it.

    ``layer``: Name of the layer; the first where not given.
    Returns: As pyogrio gives it.
    Raises SourceError: If it is of no kind that is opened; GDAL's own errors come through.
    """
    with _source(path, layer) as whole:
        return pyogrio.read_dataframe(whole, layer=layer, **options)


def read_raw(path: Path, *, layer: str | None = None, **options: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """Read a layer as arrays.

    ``layer``: Name of the layer; the first where not given.
    Raises SourceError: If it is of no kind that is opened; GDAL's own errors come through.
    """
    with _source(path, layer) as whole:
        return tuple(pyogrio.raw.read(whole, layer=layer, **options))


def crs_of(path: Path, layer: str | None, options: Mapping[str, str]) -> str | None:
    """Read which CRS a layer states, in the words of the file.

    ``layer``: Name of the layer; the first where not given.
    Returns: None where it states none.
    Raises SourceError: If it is of no kind that is opened.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stated: str | None = read_info(path, layer=layer, **options)["crs"]
    return stated


def one_by_one(
    path: Path, *, layer: str | None, encoding: str | None, options: Mapping[str, str]
) -> Iterator[One]:
    """Go through a layer feature by feature, past those that cannot be read.

    ``layer``: Name of the layer; the first where not given.
    ``encoding``: Of its text, where the file does not say.
    Yields: In the order of the file; the shape is the value of ``geometry``.
    Raises SourceError: If it is of no kind that is opened; errors of the file as a whole come
    through.
    """
    if fiona is None:
        yield from _by_halves(path, layer, encoding, options)
        return
    told = dict(options) | ({"encoding": encoding} if encoding else {})
    drivers = list(kind_of(path).drivers)
    with (
        _source(path, layer) as whole,
        fiona.open(whole, layer=layer, enabled_drivers=drivers, **told) as opened,
    ):
        number = 0
        features = iter(opened)
        while True:
            number += 1
            try:
                feature = next(features)
                shape = feature.geometry and shapely.geometry.shape(feature.geometry)
            except StopIteration:
                return
            except (ValueError, TypeError, FionaError, shapely.errors.GEOSException):
                yield One(number, None)
                continue
            yield One(number, {**feature.properties, "geometry": shape})


def _by_halves(
    path: Path, layer: str | None, encoding: str | None, options: Mapping[str, str]
) -> Iterator[One]:
    """Read parts of a layer, each that fails in two halves, until the bad ones stand alone."""
    total = int(read_info(path, layer=layer, force_feature_count=True, **options)["features"])
    waiting = [(0, total)]
    while waiting:
        start, stop = waiting.pop()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # said when the whole was read
                part = read_frame(
                    path, layer=layer, encoding=encoding, skip_features=start,
                    max_features=stop - start, use_arrow=False, **options,
                )
        except FAULTS:
            if stop - start <= 1:
                yield One(start + 1, _closed(path, layer, start, {"encoding": encoding, **options}))
                continue
            middle = (start + stop) // 2
            waiting += [(middle, stop), (start, middle)]
            continue
        rows = part.astype(object).where(part.notna(), None).to_dict("records")
        for offset, row in enumerate(rows):
            yield One(start + offset + 1, {"geometry": None} | {str(k): v for k, v in row.items()})


def _closed(
    path: Path, layer: str | None, at: int, options: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Read one feature of rings that are not closed, or of patches; None where more is wrong."""
    try:
        meta, _, wkb, columns = read_raw(
            path, layer=layer, skip_features=at, max_features=1, **options
        )
        shape = shapely.from_wkb(surfaces.as_polygons(wkb[0]), on_invalid="fix")
    except FAULTS:
        return None
    areas = shapely.get_parts(shapely.get_parts(shape))  # also those of a collection
    corners, ring = shapely.get_coordinates(shapely.get_rings(areas), return_index=True)
    kept = pd.DataFrame(corners).groupby(ring).apply(lambda each: len(each.drop_duplicates()))
    if not len(kept) or kept.min() < CORNERS:
        return None
    names = [str(name) for name in meta["fields"]]
    values = [column[0] for column in columns]
    return {"geometry": shape, **dict(zip(names, values, strict=True))}


_openings()  # whoever imports this module has the rest turned off
