"""The digest of a layer or table: the same wherever it is kept, another after any edit.

It is over the values, not over the bytes of a file: each column by itself, in the order of the
rows, so that a table is read piece by piece and a copy of a store keeps its digests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def of_table(geometry_type: str, crs: str, batches: Iterable[pa.RecordBatch]) -> str:
    """Make the digest of a layer or table.

    ``geometry_type``, ``crs``: The kind of its shapes and its CRS; empty for a table.
    ``batches``: Its rows, in order, in pieces of any size; shapes as WKB.
    Returns: SHA-256 in hexadecimal, over names, kinds and values of all columns.
    """
    columns: dict[str, _Column] = {}
    count = 0
    for batch in batches:
        for name, values in zip(batch.schema.names, batch.columns, strict=True):
            columns.setdefault(name, _Column(values.type)).add(values)
        count += len(batch)
    told = [geometry_type, crs, count, *(
        [name, *columns[name].told()] for name in sorted(columns) if count
    )]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


class _Column:
    """The values of a column so far: which there are, how long they are, and what they are."""

    def __init__(self, kind: pa.DataType) -> None:
        self.kind, self.plain = _plain(kind)
        self.there, self.lengths, self.values = (hashlib.sha256() for _ in range(3))

    def add(self, values: pa.Array) -> None:
        """Go on with more rows."""
        plain = self.plain(values)
        if self.kind == "real":
            plain = pc.if_else(pc.is_nan(plain), pa.scalar(None, plain.type), plain)
        self.there.update(plain.is_valid().to_numpy(zero_copy_only=False).tobytes())
        if self.kind in ("text", "bytes"):
            lengths = pc.fill_null(pc.binary_length(plain), 0)
            self.lengths.update(lengths.to_numpy(zero_copy_only=False).astype("<i8").tobytes())
            self.values.update(_joined(plain))
        else:
            filled = pc.fill_null(plain, pa.scalar(0, plain.type)).to_numpy(zero_copy_only=False)
            self.values.update(filled.astype("<f8" if self.kind == "real" else "<i8").tobytes())

    def told(self) -> list[str]:
        """Give what is hashed of it."""
        return [self.kind, *(each.hexdigest() for each in (self.there, self.lengths, self.values))]


def _joined(values: pa.Array) -> bytes:
    """Put all texts or bytes behind one another; those that are missing take no room."""
    filled = pc.fill_null(values, pa.scalar(b"" if pa.types.is_large_binary(values.type) else "",
                                            values.type))
    _, ends, held = filled.buffers()
    places = np.frombuffer(ends, dtype="<i8")[filled.offset:filled.offset + len(filled) + 1]
    if held is None or not len(filled):
        return b""
    return bytes(memoryview(held)[int(places[0]):int(places[-1])])


def _plain(kind: pa.DataType) -> tuple[str, Callable[[pa.Array], Any]]:
    """Say as what values of a type are hashed, and bring them there."""
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return "bytes", lambda values: values.cast(pa.large_binary())
    if pa.types.is_floating(kind):
        return "real", lambda values: values.cast(pa.float64())
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return "whole", lambda values: values.cast(pa.int64())
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return "moment", lambda values: values.cast(
            pa.timestamp("ms", tz=getattr(values.type, "tz", None))
        ).cast(pa.int64())
    return "text", lambda values: values.cast(pa.large_string())
