"""Large tables of a store piece by piece, so that none is held whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
from pyproj import CRS

from landtrack.store import journal

AT_ONCE = 65_536
"""Rows of a table without shapes that are read at once."""


def batches(
    path: Path, name: str, columns: Sequence[str] | None = None, *, shapes: bool = False,
    at_once: int = AT_ONCE,
) -> Iterator[pa.RecordBatch]:
    """Read a layer or a table of a store piece by piece, in the order of the store.

    ``columns``: The columns wanted; all where not given.
    ``shapes``: Whether the shapes are read too, as WKB in a last column named ``geometry``.
    ``at_once``: The rows of a piece.
    Yields: Some rows.
    """
    with journal.turn(path), pyogrio.raw.open_arrow(
        path, layer=name, columns=None if columns is None else list(columns),
        read_geometry=shapes, use_pyarrow=True, batch_size=at_once, **journal.options(path),
    ) as (meta, reader):
        for batch in reader:
            if shapes:
                names = ["geometry" if each == (meta["geometry_name"] or "wkb_geometry") else each
                         for each in batch.schema.names]
                yield batch.rename_columns(names)
            else:
                yield batch


@contextmanager
def pieces(path: Path, name: str) -> Iterator[tuple[str, str, Iterator[pa.RecordBatch]]]:
    """Read all of a layer or a table, its shapes too, piece by piece.

    Yields geometry_type, crs : str: The kind of its shapes and its CRS; empty for a table.
    Yields batches : iterator of RecordBatch: Its rows; shapes as WKB in a column named
    ``geometry``.
    """
    with journal.turn(path), pyogrio.raw.open_arrow(
        path, layer=name, use_pyarrow=True, batch_size=AT_ONCE, **journal.options(path)
    ) as (meta, reader):
        kind, crs = meta["geometry_type"] or "", meta["crs"] or ""
        shapes = (meta["geometry_name"] or "wkb_geometry") if kind else ""
        yield kind, crs if kind else "", (
            batch.rename_columns([
                "geometry" if each == shapes else each for each in batch.schema.names
            ])
            for batch in reader
        )


def fields(path: Path, name: str) -> list[str]:
    """List the columns of a layer or a table, without its shapes.

    Returns: In the order of the store.
    """
    return [str(each) for each in _told(path, name)["fields"]]


def crs_of(path: Path, name: str) -> str | None:
    """Give the CRS of a layer as GDAL reads its definition; None where it has none."""
    stated: str | None = _told(path, name)["crs"]
    return stated


def shape_of(path: Path, name: str) -> tuple[
    int, CRS | None, tuple[float, float, float, float] | None
]:
    """Tell how many features a layer has, in which CRS, and how far it reaches.

    Returns crs : CRS or None: The working CRS.
    Returns bounds : tuple of float or None: West, south, east, north in its CRS; None where it has
    no shape.
    """
    told = _told(path, name, force_feature_count=True, force_total_bounds=True)
    crs = CRS.from_user_input(told["crs"]) if told["crs"] else None
    return int(told["features"]), crs, told["total_bounds"]


def _told(path: Path, name: str, **asked: bool) -> dict[str, Any]:
    with journal.turn(path):
        return dict(pyogrio.read_info(path, layer=name, **asked, **journal.options(path)))
