"""The data files: where they are, and how a file becomes a value of the model."""

from __future__ import annotations

import csv
import io
import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import msgspec.inspect

from landtrack.model.errors import CatalogError, SourceError

SHIPPED = Path(__file__).parents[2] / "data"

T = TypeVar("T")


def data_files(folder: str) -> dict[str, Path]:
    """List the TOML files of one data folder by stem, the user's before the shipped.

    ``folder``: A folder under ``landtrack/data``, such as ``"rules"``.
    Returns: Sorted by stem.
    """
    roots = [SHIPPED]
    if user := os.environ.get("LANDTRACK_DATA"):
        roots.append(Path(user))
    found = {path.stem: path for root in roots for path in sorted((root / folder).glob("*.toml"))}
    return dict(sorted(found.items()))


def data_file(folder: str, name: str) -> Path:
    """Find one data file by its stem.

    ``folder``: A folder under ``landtrack/data``; ``""`` for the top.
    Returns: The user's file where there is one, else the shipped one.
    Raises CatalogError: If there is no such file; the mend lists those there are.
    """
    files = data_files(folder)
    if name not in files:
        raise CatalogError(
            f"There is no {folder or 'data'} file named {name!r}.",
            mend=f"Use one of: {', '.join(files)}; or put {name}.toml into "
            f"the folder {folder!r} of the folder that LANDTRACK_DATA names.",
        )
    return files[name]


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file in UTF-8, with or without a byte-order mark.

    Raises SourceError: If the file cannot be read.
    Raises CatalogError: If it is not UTF-8 or not TOML.
    """
    text = _text(path)
    try:
        return {name: _own(value) for name, value in _tables(text).items()}
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(
            f"{path} is not valid TOML: {error}.", mend="Correct the line that is named."
        ) from error


def list_file(folder: str, name: str, path: Path) -> Path:
    """Find a CSV that a data file names: the user's before the shipped one.

    ``folder``: Its folder under ``landtrack/data``. ``path``: The file that names it.
    Returns: The shipped one where there is none.
    """
    user = os.environ.get("LANDTRACK_DATA")
    roots = [*([Path(user)] if user else []), path.parent, SHIPPED]
    files = [root / folder / Path(name).name for root in roots]
    return next((each for each in files if each.is_file()), files[-1])


def read_csv(path: Path, needed: Iterable[str]) -> list[dict[str, str]]:
    """Read a CSV in UTF-8, with or without a byte-order mark.

    ``needed``: The columns that must be there.
    Returns: The lines, cells stripped; ``""`` for one that is not there.
    Raises SourceError: If the file cannot be read.
    Raises CatalogError: If it is not UTF-8, or lacks a column.
    """
    reader = csv.DictReader(io.StringIO(_text(path)))
    if missing := sorted(set(needed) - set(reader.fieldnames or ())):
        raise CatalogError(
            f"{path} lacks the column {', '.join(missing)}.",
            mend=f"It needs {', '.join(sorted(needed))}; any others are at will.",
        )
    return [
        {name: str(cell or "").strip() for name, cell in line.items() if name} for line in reader
    ]


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror}.",
            mend="Check that the file is there and may be read.",
        ) from error
    except UnicodeDecodeError as error:
        raise CatalogError(
            f"{path} is not in UTF-8 (byte {error.start}).",
            mend="Save the file in the encoding UTF-8.",
        ) from error


@lru_cache(maxsize=32)
def _tables(text: str) -> dict[str, Any]:
    """Read tables once from the same text: each run reads the same packs, and each is long."""
    return tomllib.loads(text)


def _own(value: Any) -> Any:  # noqa: ANN401  what stands in a TOML file
    """Give a caller tables and lists of its own; what else they hold cannot be changed."""
    if isinstance(value, dict):
        return {name: _own(each) for name, each in value.items()}
    return [_own(each) for each in value] if isinstance(value, list) else value


def convert(tables: object, kind: type[T], path: Path) -> T:
    """Turn the tables of a file into a value of the model.

    ``tables``: What :func:`read_toml` gave.
    Raises CatalogError: If a key is unknown or missing, or a value is of the wrong type.
    """
    try:
        return msgspec.convert(tables, kind, dec_hook=_decoded)
    except msgspec.ValidationError as error:
        raise CatalogError(
            f"{path}: {error}.",
            mend="Correct the key or value that is named; `$` is the top of the file, "
            f"`$.layers[0]` the first [[layer]].{_keys_of(kind, str(error))}",
        ) from error


def _decoded(kind: type[Any], value: object) -> object:
    """Make what msgspec does not know of its own: a path."""
    return kind(value)


def own_id(path: Path, stated: str) -> None:
    """Check that a data file's id is its file name.

    Raises CatalogError: If they differ.
    """
    if path.stem != stated:
        raise CatalogError(
            f"{path} states the id {stated!r}.", mend=f"Name the file {stated}.toml."
        )


def _keys_of(kind: object, said: str) -> str:
    """List the keys that there are where a key is unknown."""
    if "unknown field" not in said:
        return ""
    there = [msgspec.inspect.type_info(kind)]
    for name, item in re.findall(r"\.(\w+)|(\[[^]]*\])", said.partition("`$")[2]):
        there = [inner for each in there for inner in _inside(each, name, item)]
    keys = [
        field.encode_name for each in there if isinstance(each, msgspec.inspect.StructType)
        for field in each.fields
    ]
    return f" Use one of: {', '.join(dict.fromkeys(keys))}." if keys else ""


def _inside(of: msgspec.inspect.Type, name: str, item: str) -> Iterator[msgspec.inspect.Type]:
    """Give the types that a key, or an item, of a value of the model can have."""
    if isinstance(of, msgspec.inspect.StructType):
        found = [field.type for field in of.fields if field.encode_name == name]
    elif isinstance(of, (msgspec.inspect.VarTupleType, msgspec.inspect.ListType)):
        found = [of.item_type] if item else []
    elif isinstance(of, msgspec.inspect.DictType):
        found = [of.value_type]
    else:
        found = []
    for each in found:
        yield from each.types if isinstance(each, msgspec.inspect.UnionType) else (each,)
