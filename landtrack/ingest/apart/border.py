"""What may cross from a process that is not trusted: plain values, tables and shapes, never code.

A message is a tree in MessagePack and the blocks of bytes that it points at. Whatever is no number
and no text is a list that begins with what it is; of classes only those that are named here come
to be. So whoever sends a message can say something wrong, but have nothing run.
"""

from __future__ import annotations

import builtins
import datetime as dt
import decimal
import enum
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, TypeVar

import geopandas as gpd
import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from geopandas.array import GeometryDtype

from landtrack.ingest.formats import limits
from landtrack.ingest.formats.base import Contents, Described, Encoding, Note
from landtrack.ingest.formats.tables import Column, Table
from landtrack.model import Issue, errors

PLAIN = (type(None), bool, int, float, str, bytes)
"""Values that stand for themselves."""
LARGEST = 1 << 63
MAGIC = b"LT1\n"
HEAD = struct.Struct("<QI")
"""Length of the tree, number of blocks."""
BLOCK = struct.Struct("<Q")
SHAPES = 1 << 15
"""Shapes in a block: what is sent is never in memory twice as a whole."""
PIECE = 1 << 22
POINT, LINE, POLYGON = 1, 2, 3
HAS_Z, HAS_M, SRID = 1 << 31, 1 << 30, 1 << 29
"""Kinds of shapes in WKB, and what may be marked in their number."""
LITTLE, BIG = (0, 8, 16, 24), (24, 16, 8, 0)
"""By how many bits the four bytes of a kind are shifted, by the order of bytes."""

_KNOWN: dict[str, type] = {
    each.__name__: each for each in (Contents, Described, Encoding, Note, Column, Table, Issue)
}
_FAULTS: dict[str, type[Exception]] = {
    each.__name__: each for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, errors.LandtrackError)
}
Known = TypeVar("Known", bound=type)


class BrokenError(ValueError):
    """A message is not as it must be."""


def may_cross(known: Known) -> Known:
    """Let the values of a class cross: a data class, a named tuple, an error of landtrack."""
    (_FAULTS if issubclass(known, Exception) else _KNOWN)[known.__name__] = known
    return known


# --- messages -------------------------------------------------------------------------------


def send(out: IO[bytes], value: object) -> None:
    """Write a message.

    Raises TypeError: If a value is of a class that does not cross.
    """
    blocks: list[Any] = []
    tree = msgspec.msgpack.encode(_plain(value, blocks))
    out.write(MAGIC + HEAD.pack(len(tree), len(blocks)) + tree)
    while blocks:
        block = blocks.pop(0)
        out.write(BLOCK.pack(len(block)))
        out.write(block)
    out.flush()


def receive(source: IO[bytes], most: int) -> Any:  # noqa: ANN401  what was sent
    """Read a message.

    ``most``: How many bytes it may have.
    Raises EOFError: If it ends too soon.
    Raises BrokenError: If it is none.
    """
    if _exactly(source, len(MAGIC)) != MAGIC:
        raise BrokenError("no message")
    length, number = HEAD.unpack(_exactly(source, HEAD.size))
    left = most - length
    if left < 0:
        raise BrokenError("too long")
    tree = _exactly(source, length)
    blocks = []
    for _ in range(number):
        (size,) = BLOCK.unpack(_exactly(source, BLOCK.size))
        left -= size + BLOCK.size
        if left < 0:
            raise BrokenError("too long")
        blocks.append(_exactly(source, size))
    try:
        return _value(msgspec.msgpack.decode(tree), blocks)
    except BrokenError:
        raise
    except Exception as error:
        raise BrokenError(str(error)) from error


def _exactly(source: IO[bytes], size: int) -> bytearray:
    """Read so many bytes; memory is taken as they come, not as they are announced."""
    data = bytearray()
    while len(data) < size:
        piece = source.read(min(PIECE, size - len(data)))
        if not piece:
            raise EOFError
        data += piece
    return data


# --- out ------------------------------------------------------------------------------------


def _plain(value: Any, blocks: list[Any]) -> Any:  # noqa: ANN401
    """Turn a value into a tree of plain ones."""
    if type(value) in PLAIN:
        if type(value) is int and not -LARGEST <= value < LARGEST:
            return ["int", str(value)]
        if type(value) is str:
            return _text(value)
        return value
    for kind, write in _OUT.items():
        if isinstance(value, kind):
            return write(value, blocks)
    raise TypeError(f"{type(value)} does not cross")


def _text(value: str) -> Any:  # noqa: ANN401
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a sign: no text that may be written
        return ["text", value.encode("utf-8", "surrogatepass")]
    return value


def _all(values: Any, blocks: list[Any]) -> list[Any]:  # noqa: ANN401
    return [_plain(each, blocks) for each in values]


def _tuple(value: Any, blocks: list[Any]) -> list[Any]:  # noqa: ANN401
    name = type(value).__name__
    if type(value) is tuple:
        return ["tuple", *_all(value, blocks)]
    if _KNOWN.get(name) is not type(value):
        raise TypeError(f"{type(value)} does not cross")
    return ["named", name, *_all(value, blocks)]


def _mapping(value: Mapping[Any, Any], blocks: list[Any]) -> list[Any]:
    return ["map", *(each for pair in value.items() for each in _all(pair, blocks))]


def _enum(value: enum.Enum, _: list[Any]) -> list[Any]:
    if _KNOWN.get(type(value).__name__) is not type(value):
        raise TypeError(f"{type(value)} does not cross")
    return ["enum", type(value).__name__, value.value]


def _frame(value: pd.DataFrame, blocks: list[Any]) -> list[Any]:
    geometry = getattr(value, "_geometry_column_name", None)
    columns = [_values(value.iloc[:, at].array, blocks) for at in range(value.shape[1])]
    return [
        "frame", isinstance(value, gpd.GeoDataFrame), _plain(geometry, blocks),
        _index(value.columns, blocks), _index(value.index, blocks), columns,
        _mapping(value.attrs, blocks),
    ]


def _series(value: pd.Series[Any], blocks: list[Any]) -> list[Any]:
    return [
        "series", isinstance(value, gpd.GeoSeries), _plain(value.name, blocks),
        _index(value.index, blocks), _values(value.array, blocks),
    ]


def _index(value: pd.Index, blocks: list[Any]) -> list[Any]:
    name = _plain(value.name, blocks)
    if isinstance(value, pd.RangeIndex):
        return ["range", name, value.start, value.stop, value.step]
    if isinstance(value, pd.MultiIndex):
        raise TypeError("an index of several levels does not cross")
    return ["index", name, _values(value.array, blocks)]


def _values(array: Any, blocks: list[Any]) -> list[Any]:  # noqa: ANN401
    """Turn a column into what it is and where its bytes are."""
    dtype = array.dtype
    if isinstance(dtype, GeometryDtype):
        crs = None if array.crs is None else array.crs.srs
        return ["shapes", crs, *_shapes(np.asarray(array), blocks)]
    if isinstance(dtype, pd.StringDtype):
        missing = "NA" if dtype.na_value is pd.NA else "nan"
        return ["strings", dtype.storage, missing, _arrow(_texts(array), blocks)]
    if isinstance(dtype, pd.DatetimeTZDtype):
        return ["zoned", dtype.unit, str(dtype.tz), _bytes(array.asi8, blocks)]
    if isinstance(dtype, pd.core.dtypes.dtypes.BaseMaskedDtype):
        return ["masked", dtype.name, _bytes(array._data, blocks), _bytes(array._mask, blocks)]  # noqa: SLF001
    if isinstance(dtype, np.dtype) or hasattr(dtype, "numpy_dtype"):
        plain = np.asarray(array)
        if plain.dtype.kind in "biufMm":
            return ["numbers", plain.dtype.str, _bytes(plain, blocks)]
        if plain.dtype.kind == "O":
            return _objects(plain, blocks)
    raise TypeError(f"{dtype} does not cross")


def _shapes(array: Any, blocks: list[Any]) -> list[int]:  # noqa: ANN401
    return [
        _arrow(pa.array(
            shapely.to_wkb(array[at:at + SHAPES]), type=pa.large_binary(), from_pandas=True
        ), blocks)
        for at in range(0, len(array), SHAPES)
    ]


def _texts(array: Any) -> pa.Array:  # noqa: ANN401
    made = pa.array(array, type=pa.large_string(), from_pandas=True)
    return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made


def _objects(array: Any, blocks: list[Any]) -> list[Any]:  # noqa: ANN401
    """Turn a column of anything: texts at once, others one by one."""
    listed = array.tolist()
    if all(each is None or type(each) is str for each in listed):
        try:
            return ["texts", _arrow(pa.array(listed, type=pa.large_string()), blocks)]
        except UnicodeEncodeError:
            pass
    return ["objects", *_all(listed, blocks)]


def _bytes(array: Any, blocks: list[Any]) -> int:  # noqa: ANN401
    blocks.append(np.ascontiguousarray(array).view("u1").reshape(-1).data)
    return len(blocks) - 1


def _arrow(array: pa.Array, blocks: list[Any]) -> int:
    """Put an array of Arrow among the blocks, as Arrow writes it."""
    out = pa.BufferOutputStream()
    batch = pa.record_batch([array], ["a"])
    with pa.ipc.new_stream(out, batch.schema) as stream:
        stream.write_batch(batch)
    blocks.append(memoryview(out.getvalue()))
    return len(blocks) - 1


def _object(value: Any, blocks: list[Any]) -> list[Any]:  # noqa: ANN401
    """Turn a value of a data class, by its fields."""
    name = type(value).__name__
    if _KNOWN.get(name) is not type(value) or not hasattr(value, "__dataclass_fields__"):
        raise TypeError(f"{type(value)} does not cross")
    return ["object", name, _mapping(vars(value), blocks)]


def fault(error: BaseException) -> list[Any]:
    """Turn an exception into values: of landtrack's own all they say, of others their text."""
    blocks: list[Any] = []
    name = type(error).__name__
    if _FAULTS.get(name) is type(error):
        try:
            told = ["fault", name, str(error), _mapping(vars(error), blocks)]
        except TypeError:
            told = []
        if told and not blocks:
            return told
    return ["other", name if hasattr(builtins, name) else "RuntimeError",
            str(error) if hasattr(builtins, name) else f"{name}: {error}"]


_Write = Callable[[Any, list[Any]], Any]
_OUT: dict[Any, _Write] = {
    enum.Enum: _enum,
    list: lambda value, blocks: ["list", *_all(value, blocks)],
    tuple: _tuple,
    Mapping: _mapping,
    (set, frozenset): lambda value, blocks: [
        type(value).__name__, *_all(sorted(value, key=repr), blocks)
    ],
    str: lambda value, _: _text(str(value)),
    pd.DataFrame: _frame,
    pd.Series: _series,
    pd.Index: _index,
    type(pd.NaT): lambda *_: ["NaT"],
    type(pd.NA): lambda *_: ["NA"],
    pd.Timestamp: lambda value, _: [
        "timestamp", value.asm8.view("i8").item(), value.unit,
        None if value.tz is None else str(value.tz),
    ],
    pd.Timedelta: lambda value, _: ["timedelta", value.asm8.view("i8").item(), value.unit],
    dt.datetime: lambda value, _: ["datetime", value.isoformat()],
    dt.date: lambda value, _: ["date", value.isoformat()],
    dt.time: lambda value, _: ["time", value.isoformat()],
    dt.timedelta: lambda value, _: ["delta", value.days, value.seconds, value.microseconds],
    decimal.Decimal: lambda value, _: ["decimal", str(value)],
    np.generic: lambda value, blocks: ["scalar", _values(np.asarray([value]), blocks)],
    np.ndarray: lambda value, blocks: (
        ["shapely", *_shapes(value, blocks)]
        if value.dtype == object and shapely.is_geometry(value).any()
        else ["array", _values(value, blocks)]
    ),
    shapely.Geometry: lambda value, _: ["shape", shapely.to_wkb(value)],
    Path: lambda value, blocks: ["path", _plain(str(value), blocks)],
    bytearray: lambda value, _: ["bytearray", bytes(value)],
    object: _object,
}
"""How values are turned, the first that fits."""


# --- in -------------------------------------------------------------------------------------


def _value(tree: Any, blocks: list[bytearray]) -> Any:  # noqa: ANN401
    """Make a value of a tree."""
    if type(tree) in PLAIN:
        return tree
    if type(tree) is not list or not tree or type(tree[0]) is not str or tree[0] not in _IN:
        raise BrokenError("unknown kind of value")
    return _IN[tree[0]](tree[1:], blocks)


def _each(trees: list[Any], blocks: list[bytearray]) -> list[Any]:
    return [_value(each, blocks) for each in trees]


def _in_map(trees: list[Any], blocks: list[bytearray]) -> dict[Any, Any]:
    values = _each(trees, blocks)
    return dict(zip(values[::2], values[1::2], strict=True))


def _in_object(trees: list[Any], blocks: list[bytearray]) -> Any:  # noqa: ANN401
    name, fields = trees
    return _KNOWN[name](**_value(fields, blocks))


def _in_frame(trees: list[Any], blocks: list[bytearray]) -> pd.DataFrame:
    spatial, geometry, columns, index, values, attrs = trees
    rows = _value(index, blocks)
    held = [_in_values(each, blocks) for each in values]
    made = pd.DataFrame(
        {at: pd.Series(each, dtype=each.dtype, index=rows) for at, each in enumerate(held)},
        index=rows, copy=False,
    )
    if spatial:
        made = gpd.GeoDataFrame(made)
    made.columns = _value(columns, blocks)
    if spatial:
        made._geometry_column_name = _value(geometry, blocks)  # noqa: SLF001
    made.attrs = _value(attrs, blocks)
    return made


def _in_series(trees: list[Any], blocks: list[bytearray]) -> pd.Series[Any]:
    spatial, name, index, values = trees
    kind, held = gpd.GeoSeries if spatial else pd.Series, _in_values(values, blocks)
    return kind(
        held, dtype=held.dtype, index=_value(index, blocks), name=_value(name, blocks)
    )


def _in_range(trees: list[Any], blocks: list[bytearray]) -> pd.RangeIndex:
    name, start, stop, step = trees
    return pd.RangeIndex(start, stop, step, name=_value(name, blocks))


def _in_index(trees: list[Any], blocks: list[bytearray]) -> pd.Index:
    name, values = trees
    made = _in_values(values, blocks)
    return pd.Index(made, dtype=made.dtype, name=_value(name, blocks))


def _in_values(tree: list[Any], blocks: list[bytearray]) -> Any:  # noqa: ANN401
    return _VALUES[tree[0]](tree[1:], blocks)


def _in_shapes(at: list[int], blocks: list[bytearray]) -> Any:  # noqa: ANN401
    held = [_in_arrow(each, blocks, pa.large_binary()) for each in at]
    with np.errstate(invalid="ignore"):  # corners that are no numbers are told where shapes are
        made = [_from_wkb(each) for each in held]
    return np.concatenate([np.array([], dtype=object), *made])


def _from_wkb(held: pa.Array) -> Any:  # noqa: ANN401
    """Make shapes; what nests deeper than it may would end this process."""
    values = held.to_numpy(zero_copy_only=False)
    there = [each for each in values if each is not None]
    heads = np.array([each[:5].ljust(5, b"\0") for each in there], dtype="S5")
    signs = np.frombuffer(heads.tobytes(), dtype=np.uint8).reshape(-1, 5).astype(np.uint32)
    little, big = (signs[:, 1:] << np.array(bits, dtype=np.uint32) for bits in (LITTLE, BIG))
    kinds = np.where(signs[:, 0] == 1, little.sum(axis=1), big.sum(axis=1))
    simple = np.isin((kinds & ~np.uint32(HAS_Z | HAS_M | SRID)) % 1000, (POINT, LINE, POLYGON))
    for at in np.flatnonzero(~simple).tolist():
        _insist_shallow(there[at])
    return shapely.from_wkb(values)


def _in_shape(wkb: bytes) -> shapely.Geometry:
    _insist_shallow(wkb)
    with np.errstate(invalid="ignore"):
        return shapely.from_wkb(wkb)


def _insist_shallow(wkb: bytes) -> None:
    """Refuse a shape that has shapes within shapes deeper than any format writes."""
    at, to_come = 0, [1]  # how many shapes are to come, at each depth
    try:
        while to_come:
            if not to_come[-1]:
                to_come.pop()
                continue
            to_come[-1] -= 1
            at, count = _passed(wkb, at)
            if count and len(to_come) > limits.limits().shape_depth:
                raise BrokenError("shapes within shapes")
            to_come.append(count)
    except struct.error:
        return  # broken off: who reads it says so


def _passed(wkb: bytes, at: int) -> tuple[int, int]:
    """Go past one shape: where the next one begins, and how many there are within it."""
    order = "<" if wkb[at : at + 1] == b"\1" else ">"
    (kind,) = struct.unpack_from(f"{order}I", wkb, at + 1)
    at += 5 + (4 if kind & SRID else 0)
    plain, step = _kind(kind)
    if plain == POINT:
        return at + step, 0
    (count,) = struct.unpack_from(f"{order}I", wkb, at)
    at += 4
    if plain == LINE:
        return at + count * step, 0
    if plain != POLYGON:
        return at, count
    for _ in range(count):
        at += 4 + struct.unpack_from(f"{order}I", wkb, at)[0] * step
    return at, 0


def _kind(kind: int) -> tuple[int, int]:
    """Give the kind of a shape in WKB without its dimensions, and the bytes of a corner of it."""
    flagged = bool(kind & HAS_Z) + bool(kind & HAS_M)
    written = kind & ~(HAS_Z | HAS_M | SRID)
    more = {0: 0, 1: 1, 2: 1, 3: 2}.get(written // 1000, 0)
    return written % 1000, 8 * (2 + max(flagged, more))


def _in_arrow(at: int, blocks: list[bytearray], kind: pa.DataType) -> pa.Array:
    """Read an array of Arrow, each offset and text of it looked at."""
    with pa.ipc.open_stream(pa.py_buffer(blocks[at])) as stream:
        column = stream.read_all().column(0)
    if column.type != kind:
        raise BrokenError("another type")
    column.validate(full=True)
    made = column.combine_chunks()
    return made if isinstance(made, pa.Array) else pa.concat_arrays(made.chunks)


def _in_strings(trees: list[Any], blocks: list[bytearray]) -> Any:  # noqa: ANN401
    storage, missing, at = trees
    texts = _in_arrow(at, blocks, pa.large_string())
    try:
        dtype = pd.StringDtype(storage, na_value=np.nan if missing == "nan" else pd.NA)
    except TypeError:  # pandas before 3 says it otherwise
        dtype = pd.StringDtype(storage)
    return dtype.__from_arrow__(texts)


def _in_numbers(trees: list[Any], blocks: list[bytearray]) -> Any:  # noqa: ANN401
    dtype = np.dtype(trees[0])
    if dtype.kind not in "biufMm":
        raise BrokenError("no numbers")
    return np.frombuffer(blocks[trees[1]], dtype=dtype)


def _in_masked(trees: list[Any], blocks: list[bytearray]) -> Any:  # noqa: ANN401
    name, data, mask = trees
    dtype = pd.api.types.pandas_dtype(name)
    values = np.frombuffer(blocks[data], dtype=dtype.numpy_dtype)
    return dtype.construct_array_type()(values, np.frombuffer(blocks[mask], dtype=bool))


def _in_zoned(trees: list[Any], blocks: list[bytearray]) -> Any:  # noqa: ANN401
    unit, zone, at = trees
    moments = np.frombuffer(blocks[at], dtype=f"M8[{unit}]")
    return pd.DatetimeIndex(moments).tz_localize("UTC").tz_convert(zone).array


def _in_objects(trees: list[Any], blocks: list[bytearray]) -> Any:  # noqa: ANN401
    made = np.empty(len(trees), dtype=object)
    for at, each in enumerate(trees):
        made[at] = _value(each, blocks)
    return made


def _in_timestamp(trees: list[Any], _: list[bytearray]) -> Any:  # noqa: ANN401
    number, unit, zone = trees
    made = pd.Timestamp(np.datetime64(number, unit))
    return made if zone is None else made.tz_localize("UTC").tz_convert(zone)


_VALUES: dict[str, Callable[[list[Any], list[bytearray]], Any]] = {
    "shapes": lambda trees, blocks: gpd.array.GeometryArray(
        _in_shapes(trees[1:], blocks), crs=trees[0]
    ),
    "strings": _in_strings,
    "texts": lambda trees, blocks: np.array(
        [*_in_arrow(trees[0], blocks, pa.large_string()).to_pylist(), None], dtype=object
    )[:-1],
    "zoned": _in_zoned,
    "masked": _in_masked,
    "numbers": _in_numbers,
    "objects": _in_objects,
}
_IN: dict[str, Callable[[list[Any], list[bytearray]], Any]] = {
    "int": lambda trees, _: int(trees[0]),
    "text": lambda trees, _: trees[0].decode("utf-8", "surrogatepass"),
    "list": _each,
    "tuple": lambda trees, blocks: tuple(_each(trees, blocks)),
    "named": lambda trees, blocks: _KNOWN[trees[0]](*_each(trees[1:], blocks)),
    "object": _in_object,
    "map": _in_map,
    "set": lambda trees, blocks: set(_each(trees, blocks)),
    "frozenset": lambda trees, blocks: frozenset(_each(trees, blocks)),
    "enum": lambda trees, _: _KNOWN[trees[0]](trees[1]),
    "frame": _in_frame,
    "series": _in_series,
    "range": _in_range,
    "index": _in_index,
    "NaT": lambda *_: pd.NaT,
    "NA": lambda *_: pd.NA,
    "timestamp": _in_timestamp,
    "timedelta": lambda trees, _: pd.Timedelta(np.timedelta64(*trees)),
    "datetime": lambda trees, _: dt.datetime.fromisoformat(trees[0]),
    "date": lambda trees, _: dt.date.fromisoformat(trees[0]),
    "time": lambda trees, _: dt.time.fromisoformat(trees[0]),
    "delta": lambda trees, _: dt.timedelta(*trees),
    "decimal": lambda trees, _: decimal.Decimal(trees[0]),
    "scalar": lambda trees, blocks: _in_values(trees[0], blocks)[0],
    "array": lambda trees, blocks: _in_values(trees[0], blocks),
    "shapely": _in_shapes,
    "shape": lambda trees, _: _in_shape(trees[0]),
    "path": lambda trees, blocks: Path(_value(trees[0], blocks)),
    "bytearray": lambda trees, _: bytearray(trees[0]),
}


def raised(tree: list[Any]) -> Exception:
    """Make the exception that another process told of.

    Raises BrokenError: If it is none that may be.
    """
    kind, name, text, *rest = tree
    if kind == "fault" and name in _FAULTS:
        made = _FAULTS[name].__new__(_FAULTS[name])
        made.args = (text,)
        for key, value in _value(rest[0], []).items():
            setattr(made, key, value)
        return made
    known = getattr(builtins, name, None)
    if kind != "other" or not (isinstance(known, type) and issubclass(known, Exception)):
        raise BrokenError("no exception")
    try:
        return known(text)
    except TypeError:  # such as UnicodeDecodeError, which takes more than a text
        return RuntimeError(f"{name}: {text}")
