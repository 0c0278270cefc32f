"""What differs on a place between two days, between two folders, or between two files."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd

from landtrack import store
from landtrack.app import assess, compare_files, deliver, vet
from landtrack.assessment import layer_changes
from landtrack.model import catalog, issues
from landtrack.model.assessment import Assessment
from landtrack.model.classes import VERDICT
from landtrack.model.errors import CatalogError, SourceError
from landtrack.output.reports import vetting

FILES = frozenset({"path", "coverage", "events", "reported_figures"})
TABLES = frozenset({"ledger", "events", "reported_figures"})
"""Keys of a catalog that name files, and tables that hold such keys."""


@dataclass(frozen=True)
class OfFiles:
    """What differs between two files, what is wrong with them, and their layers, by key."""

    table: gpd.GeoDataFrame
    rows: list[issues.Row]
    before: Mapping[str, gpd.GeoDataFrame]
    after: Mapping[str, gpd.GeoDataFrame]


def of_places(
    first: str, second: str, place: Path | None, *, known: store.Address | None = None,
    lang: str | None = None, noise_m: float = 0.01,
) -> tuple[gpd.GeoDataFrame, Assessment]:
    """Compare a place as of two days, or the places in two folders.

    ``first``, ``second``: A day, as 2006-12-31, or a folder with a ``catalog.toml``.
    ``place``: The folder of the place of which the days are; the demo place where not given.
    ``lang``: Language of the words in the tables; the place's own where not given.
    ``noise_m``: Outlines that are nowhere farther apart are the same.
    Returns table : GeoDataFrame: As :func:`landtrack.assessment.layer_changes.differences` makes
    it, with the verdicts.
    Returns after : Assessment: The second of them.
    Raises LandtrackError: If one is neither a day nor a folder, or cannot be vetted.
    """
    before, after = (_vetted(each, place, known, lang) for each in (first, second))
    table = layer_changes.with_verdicts(
        layer_changes.differences(_as_read(before), _as_read(after), noise_m=noise_m),
        vetting.differences(before, after),
    )
    return table, after


@dataclass(frozen=True)
class OfChange:
    """A place as it is and as it would be, and the features that would differ."""

    before: Assessment
    after: Assessment
    layers: gpd.GeoDataFrame


def of_change(
    place: Path, *, written: Path | None = None, delivery: str = "",
    known: store.Address | None = None, lang: str | None = None, noise_m: float = 0.01,
) -> OfChange:
    """Vet a place as it is, and as another catalog or a delivery that waits would make it.

    ``place``: Its folder; nothing is written into it.
    ``written``: A catalog that would take the place of its own; its own where not given.
    ``delivery``: The name of the files that would take the place of others; none where empty.
    ``known``: The store whose events count; those of the files alone where not given.
    ``lang``: Language of the words in the tables; the place's own where not given.
    ``noise_m``: Outlines that are nowhere farther apart are the same.
    Raises LandtrackError: If a catalog is wrong, none of its files is of the delivery, or the place
    cannot be vetted.
    """
    own = place / catalog.CATALOG_NAME
    tables = catalog.read_toml(written or own)
    if delivery:
        tables = _delivered(tables, place, own, deliver.delivery(place, delivery))
    log = assess.events_of(known)
    before, after = (
        vet.vet(each, lang=lang, log=log)
        for each in (catalog.place(place), catalog.place_of(tables, own))
    )
    return OfChange(before, after, layer_changes.differences(
        _as_read(before), _as_read(after), noise_m=noise_m
    ))


def _delivered(
    tables: Mapping[str, Any], place: Path, own: Path, delivered: deliver.Delivery
) -> dict[str, Any]:
    """Have a catalog name the files of a delivery where they wait."""
    root = catalog.place_of(copy.deepcopy(dict(tables)), own).folder  # which uses them up
    folder = place.resolve()
    at = deliver.where(place, delivered).relative_to(place)
    waiting = {each.casefold(): (at / each).as_posix() for each in delivered.files}
    found: list[str] = []

    def named(path: object) -> object:
        if not isinstance(path, str):
            return path
        inside = os.path.relpath(root / path, folder).replace(os.sep, "/")
        if inside.casefold() in waiting:
            found.append(inside)
            return waiting[inside.casefold()]
        return inside

    def renamed(table: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: renamed(each) if isinstance(each, Mapping) and key in TABLES
            else named(each) if key in FILES else each
            for key, each in table.items()
        }

    made: dict[str, Any] = dict(tables)
    if root.is_relative_to(folder):
        made["place"] = renamed(tables["place"])
        made["place"].pop("root", None)
        made["layer"] = [renamed(each) for each in tables["layer"]]
    if not found:
        raise SourceError(
            f"No layer of the catalog is read from {delivered.main}.",
            mend="Name the file in the catalog first.",
        )
    return made


def of_files(
    first: Path, second: Path, *, key: str | None, working: str | None = None,
    noise_m: float = 0.01,
) -> OfFiles:
    """Compare two files of one kind.

    ``key``: The column that tells features apart.
    ``working``: The metric CRS to compare in; that of the first where not given.
    ``noise_m``: Outlines that are nowhere farther apart are the same.
    Raises LandtrackError: If no column is named, or a file cannot be read.
    """
    if not key:
        raise CatalogError(
            f"Which features of {first.name} and {second.name} are the same is not said.",
            mend="Name the column that tells features apart with --key.",
        )
    before, after = compare_files.pair(first, second, key=key, working=working)
    table = layer_changes.differences(
        before.layers, after.layers, noise_m=noise_m, columns=True
    )
    return OfFiles(table, [*before.rows, *after.rows], before.layers, after.layers)


def _as_read(vetted: Assessment) -> dict[str, gpd.GeoDataFrame]:
    """Give the layers without what was judged of them, which is told by itself."""
    plots = vetted.layers["plots"].drop(columns=VERDICT)
    return {**vetted.layers, "plots": plots}


def _vetted(
    named: str, place: Path | None, known: store.Address | None, lang: str | None
) -> Assessment:
    """Vet a place as of a day, or a folder as it stands."""
    try:
        day = date.fromisoformat(named)
    except ValueError:
        if not Path(named).exists():
            raise SourceError(
                f"{named!r} is neither a day nor a folder.",
                mend="Write a day as 2006-12-31, name a folder with a catalog.toml, or two files.",
            ) from None
        return assess.folder(Path(named), lang=lang)
    return assess.folder(place, known=known, lang=lang, as_of=day)
