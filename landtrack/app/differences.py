"""What differs on a place between two days, between two folders, or between two files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas as gpd

from landtrack import store
from landtrack.app import assess, compare_files
from landtrack.assessment import layer_changes
from landtrack.model import issues
from landtrack.model.assessment import Assessment
from landtrack.model.classes import VERDICT
from landtrack.model.errors import CatalogError, SourceError
from landtrack.output.reports import vetting


@dataclass(frozen=True)
class OfFiles:
    """What differs between two files, and what is wrong with them."""

    table: gpd.GeoDataFrame
    rows: list[issues.Row]


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
    table = layer_changes.differences(before.layers, after.layers, noise_m=noise_m)
    return OfFiles(table, [*before.rows, *after.rows])


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
