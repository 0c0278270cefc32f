"""The map of a place that was vetted before, drawn without a run."""

from __future__ import annotations

from pathlib import Path

from landtrack import store
from landtrack.model.assessment import Assessment
from landtrack.model.outputs import MAP
from landtrack.output import map as webmap
from landtrack.store import assessment, staging


def draw(
    named: store.Address, out: Path, *, place: Path | None = None, lang: str | None = None
) -> Path:
    """Draw the map of a store; however large it is, it is read piece by piece.

    ``named``: The store that ``landtrack run`` made.
    ``out``: The folder that ``map.html`` goes into, and where there are many features the folder
    ``map-blocks`` beside it.
    ``place``: The folder of its place, whose catalog says title, notice, credits and basemaps as
    they are now; those of the run, without basemaps, where not given.
    ``lang``: The language that the page opens in; that of the place where not given.
    Raises SourceError: If there is no store, or it holds no run.
    Raises CatalogError: If the place is another than that of the store.
    Raises OutputError: If the map cannot be written; what was there before is as it was.
    """
    loaded = assessment.load(named, lang=lang, folder=place, large=webmap.LARGE)
    with staging.staging(out) as folder:
        webmap.write(loaded, folder / MAP)
        store.insist_on_run(named, loaded.run)
    return out / MAP


def draw_anew(result: Assessment, out: Path) -> Path:
    """Draw the map of a vetted place alone, such as of an earlier day.

    ``out``: The folder that ``map.html`` goes into.
    Raises OutputError: If the map cannot be written; what was there before is as it was.
    """
    with staging.staging(out) as folder:
        webmap.save(webmap.build(result), folder / MAP)
    return out / MAP
