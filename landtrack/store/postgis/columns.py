"""Columns of a database and columns of a GeoPackage: each type has its like."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
import sqlalchemy as sa

from landtrack.model.errors import OutputError
from landtrack.store.session import ColumnKind, Declared, Row, Table

LAYERS = Declared(
    name="landtrack_layers",
    columns={"name": "TEXT", "geometry_type": "TEXT", "crs": "TEXT", "fields": "TEXT"},
    unique=(("name",),),
)
"""What the layers and tables are, beyond what the database can say of their columns."""

SHAPE = "geometry"
"""The column of shapes in a table that is read whole."""

KINDS: Mapping[str, type[sa.types.TypeEngine[Any]]] = {
    "TEXT": sa.Text, "INTEGER": sa.BigInteger, "BLOB": sa.LargeBinary,
}
"""The types of the tables that the store itself keeps."""

_TYPES: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (pa.types.is_string, "text"),
    (pa.types.is_large_string, "text"),
    (pa.types.is_boolean, "boolean"),
    (lambda each: each in (pa.int8(), pa.int16()), "smallint"),
    (lambda each: each == pa.int32(), "integer"),
    (lambda each: each == pa.int64(), "bigint"),
    (lambda each: each == pa.float32(), "real"),
    (pa.types.is_floating, "double precision"),
    (pa.types.is_date, "date"),
    (lambda each: pa.types.is_timestamp(each) and each.tz is None, "timestamp"),
    (pa.types.is_timestamp, "timestamptz"),
    (pa.types.is_time, "time"),
    (lambda each: pa.types.is_binary(each) or pa.types.is_large_binary(each), "bytea"),
)


_KINDS: Mapping[str, ColumnKind] = {
    "text": "text", "boolean": "boolean", "smallint": "integer", "integer": "integer",
    "bigint": "integer", "real": "number", "double precision": "number", "date": "day",
    "timestamp": "moment", "timestamptz": "moment",
}


def kind(of: pa.DataType) -> ColumnKind | None:
    """Tell what a column of a type holds; None of bytes and times."""
    return _KINDS.get(next((ours for fits, ours in _TYPES if fits(of)), ""))


def fid() -> sa.Column[int]:
    """Make the column that keeps rows in the order in which they were added.

    Returns: Numbered by the database.
    """
    return sa.Column("fid", sa.BigInteger, sa.Identity(always=True), primary_key=True)


def of_field(table: Table, field: pa.Field, srid: int) -> dict[str, str | int | None]:
    """Make the column of a field.

    ``field``: One of its columns.
    ``srid``: The number of its CRS in the database.
    Returns: ``name`` and ``type`` of the column that holds all values of the field; of shapes their
    ``kind`` and ``srid`` too.
    Raises OutputError: If the field is of a type that has no like in the database.
    """
    if field.name == SHAPE and table.geometry_type:
        return _shape(table.geometry_type, srid)
    kind = next((ours for fits, ours in _TYPES if fits(field.type)), None)
    if kind is None:
        raise OutputError(
            f"The column {field.name} of {table.name} is of the type {field.type}, which "
            "the database does not have.",
            mend="Write it as text, then copy again.",
        )
    return {"name": field.name, "type": kind}


def _shape(geometry_type: str, srid: int) -> dict[str, str | int | None]:
    """Make the column of shapes, of one kind where the layer is."""
    kind = geometry_type.upper().replace("2.5D ", "3D ").replace(" ", "")
    deep = kind.startswith("3D") or kind.endswith("Z")
    kind = kind.removeprefix("3D").removesuffix("Z") + ("Z" if deep else "")
    if kind.startswith("UNKNOWN"):
        return {"name": "geom", "type": "shape", "kind": None, "srid": 0}
    return {"name": "geom", "type": "shape", "kind": kind, "srid": srid}


def hexadecimal(column: pa.ChunkedArray, srid: int) -> list[str | None]:
    """Write shapes as the database takes them.

    ``srid``: The number of their CRS in the database.
    Returns: EWKB; None where there is no shape.
    """
    shapes = shapely.set_srid(
        shapely.from_wkb(column.to_numpy(zero_copy_only=False)), srid
    )
    return list(shapely.to_wkb(shapes, hex=True, include_srid=bool(srid)))


def told(schema: pa.Schema) -> str:
    """Write down the exact types of columns.

    ``schema``: The columns.
    Returns: What :func:`read_back` reads.
    """
    return base64.b64encode(schema.serialize().to_pybytes()).decode()


def read_back(written: str) -> pa.Schema:
    """Read the exact types of columns.

    ``written``: What :func:`told` wrote.
    Returns: The columns.
    """
    return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(written)))


def plain(declared: Declared, rows: Sequence[Row]) -> pd.DataFrame:
    """Make a frame of a table that the store itself keeps.

    ``rows``: n rows of all its columns.
    Returns: n rows.
    """
    columns = list(zip(*rows, strict=True)) or [()] * len(declared.columns)
    return pd.DataFrame({
        name: series(pa.chunked_array([pa.array(
            values, type=pa.int64() if kind == "INTEGER" else pa.string()
        )]))
        for (name, kind), values in zip(declared.columns.items(), columns, strict=True)
    })


def series(values: pa.ChunkedArray) -> Any:  # noqa: ANN401
    """Give a column the type in which a GeoPackage is read: numbers with gaps as float64.

    ``values``: n values.
    Returns: n values for a column of a frame.
    """
    kind = values.type
    if pa.types.is_timestamp(kind) and kind.tz:
        return values.cast(pa.timestamp("ms", tz=kind.tz)).to_pandas()
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return values.cast(pa.timestamp("ms")).to_numpy()
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_floating(kind):
        if values.null_count and not pa.types.is_floating(kind):
            return values.cast(pa.float64()).to_numpy()
        return values.to_numpy()
    made = np.empty(len(values), dtype=object)
    made[:] = values.to_pylist()
    return made
