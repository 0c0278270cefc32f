"""From any format that is read to any that is written; every loss is told first."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from landtrack.ingest import apart, read
from landtrack.ingest.formats import export
from landtrack.ingest.formats.base import Loss
from landtrack.ingest.normalise import georeference
from landtrack.model import Issue, LayerSource, Transformation, issues
from landtrack.model.errors import CRSError, OutputError, SourceError
from landtrack.spatial import crs
from landtrack.spatial.crs import offsets
from landtrack.store import staging

FLAGS = {"encoding": "--encoding", "layout": "--template"}
"""What the command calls what writers can be told."""


class Plan(NamedTuple):
    """What is to be written, and what will be lost of it.

    ``layers`` are the frames by layer name in the CRS of the output; ``rows`` the faults of
    the source; ``options`` what the writer is told.
    """

    target: export.Target
    path: Path
    layers: dict[str, gpd.GeoDataFrame]
    losses: list[tuple[str, Loss]]
    rows: list[issues.Row]
    options: dict[str, str]


def plan(
    source: Path,
    path: Path,
    *,
    layer: str | None = None,
    from_crs: str | None = None,
    to_crs: str | None = None,
    transformations: tuple[Transformation, ...] = (),
    **options: str | None,
) -> Plan:
    """Read a file and say what its new form cannot hold.

    ``layer``: One layer of the source; all, where the new format has layers, else the only one.
    ``from_crs``: The CRS of the source, where it does not say, or ``GCJ-02`` or ``BD-09``.
    ``to_crs``: The CRS of the output; that of the source, or what the format is defined in.
    ``transformations``: Between datums for which none is published.
    ``**options``: What the writer is told, ``encoding`` or ``layout``.
    Returns: To be looked at, and handed to :func:`carry_out`.
    Raises SourceError: If the source cannot be read, or has several layers and the format has none.
    Raises CRSError: If the CRS of the source is not known or does not lead to that of the output.
    Raises OutputError: If no writer knows the suffix or an option.
    """
    target = export.of(path)
    told = _options(target, options)
    with apart.session((source,)):  # one reader for all of it
        names = read.names(source) if layer is None else [layer]
        if len(names) > 1 and not target.layers:
            raise SourceError(
                f"{source} has several layers: {', '.join(names)}; {target.name} holds one.",
                mend="Name one with --layer, or convert to GeoPackage, which holds all.",
            )
        if target.submitted and offsets.named(from_crs or ""):
            raise _shifted(source, target, from_crs or "")
        wanted = _wanted(target, to_crs)
        known = {**told, "suffix": path.suffix.lower()}
        asked = {name: known[name] for name in target.asks if name in known}
        frames: dict[str, gpd.GeoDataFrame] = {}
        losses: list[tuple[str, Loss]] = []
        rows: list[issues.Row] = []
        for name in names:
            label = source.name if len(names) == 1 else f"{source.name}:{name}"
            contents = read.contents_of(source, layer=name)
            if target.submitted and contents.frame.attrs.get(offsets.RESTORED):
                raise _shifted(source, target, "shifted coordinates by its own word")
            rows += read.noted(contents, source=label)
            entry = LayerSource(kind="", path=source.name, crs=from_crs)
            frame, found = _placed(contents.frame, entry, label, wanted, transformations)
            rows += found
            rows += _crossing(frame, label)
            frames[name] = frame
            lost = (*_flattened(contents.frame, frame), *target.writer.losses(frame, **asked))
            losses += [(name, loss) for loss in lost]
    return Plan(target, path, frames, losses, rows, told)


def carry_out(made: Plan) -> list[Path]:
    """Write what was planned, whole or not at all.

    Raises OutputError: If they cannot be written; what was there before is as it was.
    """
    with staging.staging(made.path.resolve().parent) as folder:
        for name, frame in made.layers.items():
            own = {"layer": name} if made.target.layers else {}
            made.target.writer.write(frame, folder / made.path.name, **own, **made.options)
        written = sorted(path.name for path in folder.iterdir() if path.is_file())
    return [made.path.parent / name for name in written]


def _shifted(source: Path, target: export.Target, said: str) -> CRSError:
    return CRSError(
        f"{source} is in {said}, true to metres only; {target.name} files are submitted.",
        mend="Ask the surveyor for the original coordinates; for viewing, convert to KML.",
    )


def _options(target: export.Target, options: dict[str, str | None]) -> dict[str, str]:
    told = {name: value for name, value in options.items() if value is not None}
    for name in told:
        if name not in target.options:
            raise OutputError(
                f"{target.name} has no {FLAGS[name]}.",
                mend=f"Leave it out: it is for {_which(name)}.",
            )
    return told


def _which(option: str) -> str:
    return ", ".join(each.name for each in export.TARGETS if option in each.options)


def _wanted(target: export.Target, to_crs: str | None) -> CRS | None:
    """Give the CRS of the output; None for that of the source."""
    if target.coordinates == "degrees":
        if to_crs is not None and crs.parse(to_crs, what="--to-crs") != crs.WGS84:
            raise OutputError(
                f"{target.name} is in WGS 84 by its definition.",
                mend="Leave out --to-crs, or choose a format that states its CRS.",
            )
        return crs.WGS84
    return None if to_crs is None else crs.parse(to_crs, what="--to-crs")


def _flattened(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> list[Loss]:
    """Tell what lost its height on the way into another CRS, in which it would be another."""
    had, has = (shapely.has_z(each.geometry.to_numpy()) for each in (before, after))
    lost = int((had & ~has).sum())
    return [Loss("heights_dropped", lost)] if lost else []


def _crossing(frame: gpd.GeoDataFrame, label: str) -> list[issues.Row]:
    """Tell which outlines a run would repair: they are written as they are."""
    shapes = frame.geometry.to_numpy()
    bad = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)).tolist()
    return [
        issues.row(
            Issue.GEOMETRY_INVALID, source=label, layer="", feature_id=str(frame.index[at]),
            field="geometry", value=shapely.is_valid_reason(shapes[at]),
        )
        for at in bad
    ]


def _placed(
    frame: gpd.GeoDataFrame, source: LayerSource, label: str, wanted: CRS | None,
    transformations: tuple[Transformation, ...],
) -> tuple[gpd.GeoDataFrame, list[issues.Row]]:
    """Bring a frame into the CRS of the output; without one wanted, as it is read."""
    if wanted is None and source.crs is None and frame.crs is None:
        return frame, []
    shapes, own, rows = georeference.read(frame, source, label=label)
    placed = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=own))
    if wanted is None:
        return placed, rows
    return crs.to_crs(placed, wanted, transformations), rows
