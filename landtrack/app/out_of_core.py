"""Joins of layers that are larger than memory, block by block from their files.

The plots are divided into blocks of neighbours; each feature is laid to the blocks that it can
matter to, in a folder on disk; then each block is measured as if it were all there is. In
memory are the boxes of the plots (32 bytes each), one batch of features, and one block.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from landtrack.ingest import validate
from landtrack.ingest.formats import stream
from landtrack.model import catalog, issues
from landtrack.model.errors import TableError
from landtrack.spatial import crs, measures
from landtrack.spatial.measures import Figures, Nearest, Pairs, Positions, Shapes

BLOCK = 20_000
"""Plots measured at a time."""

Told = Callable[[issues.Row], None]
"""Called with each issue that is found in the files."""


class Source(NamedTuple):
    """A layer in a GeoParquet file, a GeoPackage, or what else GDAL opens; and its kind."""

    path: Path
    kind: str
    layer: str | None = None


class NearestBlock(NamedTuple):
    """Plots of one block: positions, the nearest feature of each (-1 for none), metres."""

    plot: Positions
    feature: Positions
    distance: Figures


def shared_area(
    plots: Source, features: Source, told: Told, *, block: int = BLOCK
) -> Iterator[Pairs]:
    """Measure the area that plots and polygons share.

    It is as :func:`landtrack.spatial.measures.shared_area` measures it.

    ``plots``, ``features``: Polygons in one metric CRS.
    ``told``: Called with each issue; a feature that cannot be measured is left out, and named.
    Yields: Of one block: positions in the files, counted from 0, and square metres.
    Raises CRSError: If the CRS of the plots is none to measure in.
    Raises SourceError: If a file cannot be read.
    Raises TableError: If the two are in different CRS.
    """
    yield from _pairs(plots, features, told, (block, measures.shared_area))


def shared_length(plots: Source, features: Source, told: Told, *, block: int = BLOCK) -> (
    Iterator[Pairs]
):
    """Measure the length of lines in plots, as :func:`landtrack.spatial.measures.shared_length`.

    ``plots``, ``features``: Polygons, and lines in the same metric CRS.
    ``told``: Called with each issue; a feature that cannot be measured is left out, and named.
    Yields: Of one block: positions in the files, counted from 0, and metres.
    Raises CRSError: If the CRS of the plots is none to measure in.
    Raises SourceError: If a file cannot be read.
    Raises TableError: If the two are in different CRS.
    """
    yield from _pairs(plots, features, told, (block, measures.shared_length))


def nearest(plots: Source, features: Source, told: Told, *, block: int = BLOCK) -> (
    Iterator[NearestBlock]
):
    """Find the feature nearest to each plot, as :func:`landtrack.spatial.measures.nearest`.

    ``plots``, ``features``: Polygons, and features in the same metric CRS.
    ``told``: Called with each issue; a feature that cannot be measured is left out, and named.
    Yields: Of one block: positions in the files, counted from 0, and metres.
    Raises CRSError: If the CRS of the plots is none to measure in.
    Raises SourceError: If a file cannot be read.
    Raises TableError: If the two are in different CRS.
    """
    _require(plots, features)
    blocks = _Blocks(plots, block)
    with tempfile.TemporaryDirectory(prefix="landtrack-") as folder:
        blocks.spill(Path(folder), told)
        reach = blocks.reach(features)
        blocks.lay(features, Path(folder), told, reach=reach)
        for number in range(len(blocks.boxes)):
            plot, shapes = _read(_file(folder, "plots", number))
            feature, others = _read(_file(folder, "features", number))
            found: Nearest = measures.nearest(shapes, others)
            yield NearestBlock(plot, np.append(feature, -1)[found.feature], found.distance)


def _pairs(
    plots: Source, features: Source, told: Told,
    how: tuple[int, Callable[[Shapes, Shapes], Pairs]],
) -> Iterator[Pairs]:
    block, shared = how
    _require(plots, features)
    blocks = _Blocks(plots, block)
    with tempfile.TemporaryDirectory(prefix="landtrack-") as folder:
        blocks.spill(Path(folder), told)
        blocks.lay(features, Path(folder), told)
        for number in range(len(blocks.boxes)):
            plot, shapes = _read(_file(folder, "plots", number))
            feature, others = _read(_file(folder, "features", number))
            found = shared(shapes, others)
            yield Pairs(plot[found.plot], feature[found.feature], found.amount)


def _require(plots: Source, features: Source) -> None:
    """Insist on one metric CRS."""
    own, other = (
        None if stated is None else CRS.from_user_input(stated)
        for stated in (stream.crs_of(each.path, layer=each.layer) for each in (plots, features))
    )
    working = crs.require_metric(own, what=str(plots.path))
    if other != working:
        raise TableError(
            f"{features.path} is not in the CRS of {plots.path}, {crs.name(working)}.",
            mend="Write both in one CRS in metres.",
        )


class _Blocks:
    """The division of the plots into blocks of neighbours.

    ``of`` (n,) is the block of each plot, -1 for a plot without a shape; ``boxes`` (k, 4)
    the box of each block.
    """

    def __init__(self, plots: Source, size: int) -> None:
        self.plots = plots
        bounds = np.concatenate([
            np.empty((0, 4)),
            *(shapely.bounds(batch.shapes) for batch in stream.batches(
                plots.path, layer=plots.layer
            )),
        ])
        middle = bounds[:, :2] + bounds[:, 2:]
        sound = np.flatnonzero(np.isfinite(middle).all(axis=1))
        self.of: npt.NDArray[np.int32] = np.full(len(bounds), -1, dtype=np.int32)
        count = -(-len(sound) // size)
        # strips from west to east, each cut from south to north
        strips = np.array_split(
            sound[np.argsort(middle[sound, 0], kind="stable")], max(round(count**0.5), 1)
        )
        boxes: list[list[float]] = []
        for strip in strips:
            upward = strip[np.argsort(middle[strip, 1], kind="stable")]
            for own in np.array_split(upward, max(-(-len(strip) // size), 1)):
                if len(own):
                    self.of[own] = len(boxes)
                    boxes.append([*bounds[own, :2].min(axis=0), *bounds[own, 2:].max(axis=0)])
        self.boxes: Figures = np.array(boxes, dtype="float64").reshape(-1, 4)

    def spill(self, folder: Path, told: Told) -> None:
        """Write the plots of each block to its file; plots without a box are only named."""
        for first, numbers, shapes in _sound(self.plots, told):
            block = self.of[first:][numbers]
            for own in np.unique(block):
                _append(
                    _file(folder, "plots", own), first + numbers[block == own],
                    shapes[block == own],
                )

    def reach(self, features: Source) -> Figures:
        """Give each block a distance within which its nearest features surely are.

        No plot of a block is farther from a feature than the farthest corners of the two
        boxes are apart.
        """
        reach = np.full(len(self.boxes), np.inf)
        for batch in stream.batches(features.path, layer=features.layer):
            box = shapely.bounds(batch.shapes)
            box = box[np.isfinite(box).all(axis=1)]
            for number, own in enumerate(self.boxes):
                across = np.maximum(box[:, 2:] - own[:2], own[2:] - box[:, :2])
                far = np.hypot(across[:, 0], across[:, 1])
                reach[number] = min(reach[number], far.min(initial=np.inf))
        return reach

    def lay(
        self, features: Source, folder: Path, told: Told, *, reach: Figures | None = None
    ) -> None:
        """Write each feature to the files of the blocks within reach of it."""
        margin = np.zeros(len(self.boxes)) if reach is None else np.where(
            np.isfinite(reach), reach, 0.0
        )
        tree = shapely.STRtree(shapely.box(*(self.boxes + margin[:, None] * [-1, -1, 1, 1]).T))
        for first, numbers, shapes in _sound(features, told):
            near, block = tree.query(shapely.box(*shapely.bounds(shapes).T))
            order = np.lexsort((near, block))
            near, block = near[order], block[order]
            start = np.flatnonzero(np.diff(block, prepend=-1))
            for own, which in zip(block[start], np.split(near, start[1:]), strict=True):
                _append(
                    _file(folder, "features", int(own)), first + numbers[which], shapes[which]
                )


def _sound(source: Source, told: Told) -> Iterator[tuple[int, Positions, Shapes]]:
    """Read a layer batch by batch; give the features that can be measured, and name the rest."""
    schema = catalog.schemas()[source.kind]
    for first, shapes in stream.batches(source.path, layer=source.layer):
        frame = gpd.GeoDataFrame(
            {"source": source.path.name}, geometry=shapes,
            index=pd.RangeIndex(first + 1, first + len(shapes) + 1),
        )
        kept, rows = validate.geometry(frame, schema)
        for row in rows:
            told(row)
        yield first, kept.index.to_numpy() - 1 - first, kept.geometry.to_numpy()


def _file(folder: str | Path, what: str, number: int) -> Path:
    return Path(folder) / f"{what}-{number}"


def _append(path: Path, numbers: Positions, shapes: Shapes) -> None:
    """Add features to a file: their numbers, and their shapes as WKB."""
    wkb = shapely.to_wkb(shapes)
    with path.open("ab") as file:
        np.save(file, np.asarray(numbers, dtype=np.int64))
        np.save(file, np.array([len(each) for each in wkb], dtype=np.int64))
        np.save(file, np.frombuffer(b"".join(wkb), dtype=np.uint8))


def _read(path: Path) -> tuple[Positions, Shapes]:
    """Read what was added to a file; nothing where there is none."""
    numbers: list[Positions] = [np.empty(0, dtype=np.int64)]
    shapes: list[Shapes] = [np.empty(0, dtype=object)]
    if path.exists():
        size = path.stat().st_size
        with path.open("rb") as file:
            while file.tell() < size:
                number, lengths, data = np.load(file), np.load(file), np.load(file).tobytes()
                end = np.cumsum(lengths)
                wkb = [data[to - by:to] for to, by in zip(end, lengths, strict=True)]
                numbers.append(number)
                shapes.append(shapely.from_wkb(np.array(wkb, dtype=object)))
        path.unlink()
    return np.concatenate(numbers), np.concatenate(shapes)
