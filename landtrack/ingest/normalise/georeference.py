"""Brings the shapes of a source into the working CRS, by a reading that can be meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import geopandas as gpd
import msgspec
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from landtrack.model import Issue, LayerSource, Transformation, issues
from landtrack.model.errors import CRSError
from landtrack.spatial import crs
from landtrack.spatial.crs import offsets, recognise
from landtrack.spatial.crs.recognise import Numbers, Reading

Shapes = npt.NDArray[np.object_]
Tell = Callable[[Issue, str], None]
"""Called with an issue and its value."""
MOST_TOLD = 4
"""How many readings are told of when a person is asked."""


class AmbiguousCRSError(CRSError):
    """Coordinates can be read in several ways, and not in the CRS that is stated, if one is.

    ``told`` lists the readings; ``denied`` is the stated CRS with the numbers that cannot be
    in it, empty where none is stated.
    """

    def __init__(
        self, label: str, found: list[Reading], *, stated: CRS | None, span: Numbers
    ) -> None:
        self.told = told(found)
        self.denied = "" if stated is None else f"{_called(stated)}: {_numbers(span)}"
        if stated is None:
            cause = (
                f"{label} does not say its coordinate reference system, and its coordinates can be "
                f"read in {len(found)} ways: {self.told}."
            )
        else:
            cause = (
                f"The coordinates of {label} ({_numbers(span)}) contradict the coordinate "
                f"reference system stated for it: they lie outside of {_called(stated)}. They "
                f"can be read in {len(found)} other ways: {self.told}."
            )
        super().__init__(
            cause,
            mend="State the right one, which the surveyor knows: as crs of the layer in "
            "catalog.toml, or with --from-crs.",
        )


def _called(system: CRS) -> str:
    """Name a CRS by its code and in words."""
    return f"{crs.name(system)} ({system.name})" if crs.name(system) != system.name else system.name


def _numbers(span: Numbers) -> str:
    """Say between which numbers coordinates lie."""
    return f"{span.west:,.3f} – {span.east:,.3f}; {span.south:,.3f} – {span.north:,.3f}"


def told(found: list[Reading]) -> str:
    """List readings, each with where on Earth it puts the data.

    Returns: Their CRS, latitude and longitude; ``N, E`` marks those with the northing first.
    """
    listed = [
        f"{crs.name(each.crs)} ({each.crs.name}{', N, E' if each.swapped else ''}) "
        f"{each.latitude:.3f}°N {each.longitude:.3f}°E"
        for each in found[:MOST_TOLD]
    ]
    more = len(found) - MOST_TOLD
    return "; ".join(listed) + (f"; … +{more}" if more > 0 else "")


def shapes(
    frame: gpd.GeoDataFrame,
    source: LayerSource,
    *,
    label: str,
    working: CRS,
    transformations: Iterable[Transformation],
) -> tuple[Shapes, list[issues.Row]]:
    """Bring shapes into the working CRS; the catalog's word on theirs goes first.

    ``frame``: n features as read.
    ``working``: The working CRS.
    ``transformations``: Between datums for which none is published.
    Returns shapes : ndarray of geometries, (n,): In the working CRS.
    Returns rows : list of issues.Row: What was taken that the source does not say, or says
    otherwise.
    Raises CRSError: If nothing can be meant by the coordinates, or several things can, or no
    transformation leads to the working CRS.
    """
    placed, own, rows = read(frame, source, label=label, near=working)
    moved = crs.to_crs(gpd.GeoDataFrame(geometry=placed, crs=own), working, transformations)
    return moved.geometry.to_numpy(), rows


def read(
    frame: gpd.GeoDataFrame, source: LayerSource, *, label: str, near: CRS | None = None
) -> tuple[Shapes, CRS, list[issues.Row]]:
    """Read coordinates in the one way that can be meant; the catalog's word goes first.

    ``frame``: n features as read.
    ``near``: The working CRS of the place that they belong to, where it is known.
    Returns shapes : ndarray of geometries, (n,): Easting (or longitude) first.
    Returns rows : list of issues.Row: What was taken that the source does not say, or says
    otherwise.
    Raises CRSError: If nothing can be meant by the coordinates, or several things can.
    """
    rows: list[issues.Row] = []

    def tell(issue: Issue, value: str) -> None:
        rows.append(issues.row(issue, source=label, layer=source.kind, value=value))

    shapes = frame.geometry.to_numpy()
    if source.axes == "north_east":
        shapes = swapped(shapes)
    shifted = offsets.named(source.crs or "")
    if shifted is not None and frame.attrs.get(offsets.RESTORED):
        source = msgspec.structs.replace(source, crs=None)  # undone by the file's own word
    elif shifted is not None:
        tell(Issue.CRS_SHIFTED, f"{shifted} ±{offsets.ACCURACY_M:g} m")
        true = shapely.transform(shapes, offsets.TO_WGS84[shifted], interleaved=False)
        return true, crs.WGS84, rows
    stated = _stated(frame, source, label, tell)
    placed, own = _placed(shapes, stated, source, label=label, near=near, tell=tell)
    return placed, own, rows


def _stated(
    frame: gpd.GeoDataFrame, source: LayerSource, label: str, tell: Tell
) -> CRS | None:
    """Give the CRS that the catalog states, else the file."""
    own = None if frame.crs is None else CRS.from_user_input(frame.crs)
    if source.crs is None:
        return own
    stated = crs.parse(source.crs, what=label)
    if own is not None and own != stated:
        tell(Issue.CRS_OVERRIDDEN, crs.name(own))
    return stated


def _placed(
    read: Shapes, stated: CRS | None, source: LayerSource, *, label: str, near: CRS | None,
    tell: Tell,
) -> tuple[Shapes, CRS]:
    """Give the shapes by the one reading that can be meant, and its CRS."""
    span = recognise.numbers(read)
    if span is None:  # nothing is anywhere: each feature says so by itself
        return read, stated or near or crs.WGS84
    found = recognise.readings(span, stated=stated, near=near)
    if len(found) > 1:
        raise AmbiguousCRSError(label, found, stated=stated, span=span)
    if not found:
        if stated is None:
            raise CRSError(
                f"{label} has no coordinate reference system, and its coordinates fit none.",
                mend='State crs = "EPSG:…" for the layer in catalog.toml, or --from-crs; the '
                "surveyor knows it.",
            )
        tell(Issue.CRS_IMPOSSIBLE, f"{_called(stated)}: {_numbers(span)}")
        return read, stated
    reading = found[0]
    if stated is None:
        tell(Issue.CRS_INFERRED, told(found))
    elif reading.crs != stated:
        tell(Issue.CRS_CONTRADICTED, f"{_called(stated)} → {told(found)}")
    if reading.swapped:
        if source.axes is not None:
            raise CRSError(
                f"{label} states its axes, but its coordinates fit the other order only.",
                mend="Correct or delete `axes` of the layer in catalog.toml.",
            )
        tell(Issue.AXES_SWAPPED, told(found))
        read = swapped(read)
    return read, reading.crs


def misplaced(
    plots: gpd.GeoDataFrame, working: CRS, rows: Iterable[issues.Row]
) -> list[issues.Row]:
    """Name the plots whose coordinates lie far from what their CRS is made for.

    ``plots``: n plots by key, in the working CRS.
    ``rows``: What was found so far: of a file that lies nowhere as a whole, though no single plot
    does, every plot is named.
    Returns: One for each such plot.
    """
    far = recognise.outside(plots.geometry.to_numpy(), working)
    nowhere = {
        row["source"] for row in rows
        if row["issue"] == Issue.CRS_IMPOSSIBLE and row["layer"] == "plots"
    }
    sources = plots["source"].to_numpy(dtype=object)
    for each in nowhere:
        own = sources == each
        far |= own & ~far[own].any()
    return [
        issues.row(
            Issue.CRS_IMPOSSIBLE, source=source, layer="plots", feature_id=str(key),
            field="geometry",
            value=f"{_called(working)}: {_numbers(Numbers(*shape.bounds))}",
        )
        for key, source, shape in zip(
            plots.index[far], sources[far], plots.geometry.to_numpy()[far], strict=True
        )
    ]


def swapped(read: Shapes) -> Shapes:
    """Exchange the axes of shapes.

    Returns ndarray of geometries, (n,): Easting (or longitude) first.
    """
    turned: Shapes = shapely.transform(read, lambda x, y: (y, x), interleaved=False)
    return turned


def unplaced(
    error: CRSError, frame: gpd.GeoDataFrame, source: LayerSource, *, label: str
) -> issues.Row:
    """Say why a layer could not be brought into the working CRS.

    ``error``: What :func:`shapes` raised.
    Returns: Missing, ambiguous, or without a way to the working CRS.
    """
    if isinstance(error, AmbiguousCRSError):
        if error.denied:
            return issues.row(
                Issue.CRS_DENIED, source=label, layer=source.kind,
                value=f"{error.denied} → {error.told}",
            )
        return issues.row(
            Issue.CRS_AMBIGUOUS, source=label, layer=source.kind, value=error.told
        )
    if frame.crs is None and source.crs is None:
        return issues.row(Issue.CRS_MISSING, source=label, layer=source.kind)
    stated = source.crs or crs.name(CRS.from_user_input(frame.crs))
    return issues.row(Issue.CRS_UNREACHABLE, source=label, layer=source.kind, value=stated)
