"""The files of a pack: each made by a writer, looked up by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from landtrack import store, tracking
from landtrack.ingest.formats import boundary, dxf, temporary
from landtrack.model import Titled, Value
from landtrack.model.assessment import Assessment
from landtrack.model.errors import CatalogError, SourceError
from landtrack.output import wording
from landtrack.output.reports import document, ledger, vetting
from landtrack.output.sheets import issue, subjects as sources, template as templates
from landtrack.output.sheets.make import Order
from landtrack.output.wording import bare
from landtrack.output.wording.messages import joined, say
from landtrack.spatial import boundary_points

if TYPE_CHECKING:
    from landtrack.model.translations import Words
    from landtrack.store.session import Session


LEAST_M2 = 0.01
"""A parcel of which no more lies in a plot only touches it."""


class File(Value, frozen=True, kw_only=True):
    """A file of a pack: its name, and how it is made."""

    name: str
    writer: str
    template: str = ""


class PackTemplate(Value, frozen=True, kw_only=True):
    """What a bureau wants to be handed."""

    id: str
    title: Titled
    file: tuple[File, ...]


class Entry(Value, frozen=True, kw_only=True):
    """A file as the manifest lists it."""

    name: str
    writer: str
    bytes: int
    sha256: str


class Manifest(Value, frozen=True, kw_only=True):
    """What a pack says of itself: its files, and what they were made from.

    ``features`` are the plots and the parcels that they lie on, each as ``kind:key``;
    ``events`` those of the log that were known of them, ``log`` the event up to which the pack
    speaks, and its hash.
    """

    pack: str
    place: str
    project: str
    plots: tuple[str, ...]
    features: tuple[str, ...]
    events: tuple[int, ...]
    rules: str
    as_of: str
    working_crs: str
    lang: str
    files: tuple[Entry, ...]
    inputs: tuple[dict[str, str | int], ...]
    versions: dict[str, str]
    log: tuple[int, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a pack is made of: a run, its store, the project and how its sheets are asked for.

    ``events`` are those of the store's log that are of the project's plots and their parcels.
    """

    result: Assessment
    case: vetting.Case
    order: Order
    words: Words
    connection: Session
    events: tuple[tracking.Event, ...]


def _sheet(request: Request, file: File, plots: Sequence[str]) -> bytes:
    """Draw a sheet of each plot, into one PDF."""
    loaded = templates.load(file.template)
    if loaded.subject.kinds and "plots" not in loaded.subject.kinds:
        raise CatalogError(
            f"{file.name!r} is to be a sheet {file.template!r}, which cannot be of plots.",
            mend=f'Use a template of plots, or add "plots" to its kinds: '
            f"{', '.join(loaded.subject.kinds)}.",
        )
    subjects = (
        [sources.subject_of(request.result, "plots", (plot,)) for plot in plots]
        if loaded.subject.kinds else sources.select(request.result, loaded, sources.EVERY)
    )
    made = issue.draw(
        request.connection, request.result, loaded, subjects, request.order, lambda *_: None
    )
    issue.enter(request.connection, loaded, made, file.name)
    return made.pdf


def _by_path(suffix: str, write_to: Callable[[Path], None]) -> bytes:
    """Have a file written by a writer that wants a path."""
    with temporary.folder() as folder:
        path = folder / f"file{suffix}"
        write_to(path)
        return path.read_bytes()


def _ledger(request: Request, _: File, __: Sequence[str]) -> bytes:
    """Write the ledger of the place."""
    return _by_path(".xlsx", lambda path: ledger.write_ledger(request.result, path))


def _vetting_form(request: Request, _: File, __: Sequence[str]) -> bytes:
    """Write the vetting form to be read."""
    return document.to_html(vetting.build(request.result, request.case), request.words).encode()


def _vetting_workbook(request: Request, _: File, __: Sequence[str]) -> bytes:
    """Write the vetting form as a workbook."""
    form = vetting.build(request.result, request.case)
    return _workbook(form, request.words)


def _workbook(made: document.Document, words: Words) -> bytes:
    return _by_path(".xlsx", lambda path: document.write(made, path, words, kind="xlsx"))


def _boundary_txt(request: Request, _: File, plots: Sequence[str]) -> bytes:
    """Write the plots as a boundary-coordinate TXT."""
    return _by_path(".txt", lambda path: boundary.write(_shapes(request, plots), path))


def _drawing(request: Request, _: File, plots: Sequence[str]) -> bytes:
    """Write the plots as a drawing, each with its number in it."""
    return _by_path(".dxf", lambda path: dxf.write(
        _shapes(request, plots), path, layer="plots", label="plot_id"
    ))


def _shapes(request: Request, plots: Sequence[str]) -> gpd.GeoDataFrame:
    """Give the plots with the columns that name them."""
    layer = request.result.layers["plots"].loc[list(plots)].reset_index()
    return layer[["plot_id", "name", "geometry"]]


def _rule_report(request: Request, _: File, plots: Sequence[str]) -> bytes:
    """Write the findings of the plots, and the rules that they come by."""
    found = wording.with_cells(request.result)
    own = found[found["plot_id"].isin(list(plots))].reset_index(drop=True)
    return _by_path(".csv", lambda path: ledger.write_csv(own, path))


def features_of(result: Assessment, plots: Sequence[str]) -> list[tuple[str, str]]:
    """Name what the history of plots is of: the plots, and the parcels that they lie on.

    Returns: Layer kind and key of each: a plot and a parcel may have the same key.
    """
    ids = [("plots", plot) for plot in plots]
    parcels = result.layers.get("parcels")
    if parcels is not None:
        shape = shapely.union_all(result.layers["plots"].geometry.loc[list(plots)].to_numpy())
        near = parcels.iloc[np.sort(parcels.sindex.query(shape, predicate="intersects"))]
        shared = shapely.area(shapely.intersection(near.geometry.to_numpy(), shape))
        ids += [("parcels", str(key)) for key in near.index[shared > LEAST_M2]]
    return ids


def _status_history(request: Request, _: File, plots: Sequence[str]) -> bytes:
    """Write the events of the plots and their parcels, each with its document."""
    ids = set(features_of(request.result, plots))
    own = tracking.to_table([each for each in request.events if each.feature in ids])
    return _by_path(".csv", lambda path: ledger.write_csv(own, path))


def evidence(request: Request) -> Iterator[tuple[str, bytes]]:
    """Give the documents that the events of the plots name.

    Raises SourceError: If one is gone, or is no longer what the event names.
    """
    wanted = {each.evidence_sha256: each.event for each in request.events if each.evidence_sha256}
    place = request.result.stored
    lost = store.evidence.faults(place, set(wanted))
    for sha256, event in sorted(wanted.items()):
        if sha256 in lost:
            raise SourceError(
                f"The document of event {event} ({sha256[:16]}…) of "
                f"{place if isinstance(place, store.Shared) else place.name} has {lost[sha256]}.",
                mend="Put it back under that name from a backup; `landtrack log verify` lists all.",
            )
    for sha256, suffix, content in sorted(store.evidence.every(place, wanted)):
        yield f"{sha256}{suffix}", content


def _boundary_points(request: Request, _: File, plots: Sequence[str]) -> bytes:
    """Write the boundary points of the plots as a workbook, a sheet each."""
    shapes = request.result.layers["plots"].geometry
    title = say("sheet.table.points")
    return _workbook(document.Document(title=title, sections=tuple(
        document.Section(plot, (
            document.note(joined("  ", [title, plot])),
            document.note(say("sheet.area_foot", area=f"{shapes[plot].area:.2f}")),
            _points(shapes[plot]),
        ))
        for plot in plots
    )), request.words)


def _points(shape: shapely.Geometry) -> document.Table:
    """List the boundary points of a plot, ring by ring, back to the first."""
    rows = []
    for count, ring in enumerate(boundary_points.rings(shape), start=1):
        names = [f"J{number}" for number in ring.numbers]
        points = ring.points.tolist()
        sides = [*ring.sides.tolist(), None]
        rows += [
            document.row(
                bare(count, 0), name, bare(north, 3), bare(east, 3),
                "" if side is None else bare(side, 3),
            )
            for name, (east, north), side in zip(
                [*names, names[0]], [*points, points[0]], sides, strict=True
            )
        ]
    heads = ("ring", "point", "x_north", "y_east", "side")
    return document.Table(tuple(say(f"sheet.column.{each}") for each in heads), tuple(rows))


SHEET = "sheet"
"""The writer of PDFs that can be measured."""

Writer = Callable[[Request, File, Sequence[str]], bytes]

WRITERS: dict[str, Writer] = {
    SHEET: _sheet, "ledger": _ledger, "vetting_form": _vetting_form,
    "vetting_workbook": _vetting_workbook, "rule_report": _rule_report,
    "status_history": _status_history, "boundary_points": _boundary_points,
    "boundary_txt": _boundary_txt, "drawing": _drawing,
}
"""How a file is made, by the name that templates give."""

EVIDENCE = "evidence"
"""The writer of as many files as there are documents; their names hold ``{document}``."""
