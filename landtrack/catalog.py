"""Loads and checks every data file: schemas, workflows, rule packs, places.

A file of the user's folder, named by the environment variable ``LANDTRACK_DATA``, comes
before the shipped one of the same name. A key that the model does not know, or a value of
the wrong type, is an error that names the file and the place in it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from landtrack.errors import CatalogError, SourceError
from landtrack.model import Place, RulePack, Schema, Track, Workflow

SHIPPED = Path(__file__).parent / "data"
CATALOG_NAME = "catalog.toml"

T = TypeVar("T")


def data_files(folder: str) -> dict[str, Path]:
    """List the TOML files of one data folder by stem, the user's before the shipped.

    Parameters
    ----------
    folder
        A folder under ``landtrack/data``, such as ``"rules"``.

    Returns
    -------
    dict of str to Path
        Sorted by stem.
    """
    roots = [SHIPPED]
    if user := os.environ.get("LANDTRACK_DATA"):
        roots.append(Path(user))
    found = {path.stem: path for root in roots for path in sorted((root / folder).glob("*.toml"))}
    return dict(sorted(found.items()))


def data_file(folder: str, name: str) -> Path:
    """Find one data file by its stem.

    Parameters
    ----------
    folder
        A folder under ``landtrack/data``; ``""`` for the top.
    name
        The file's stem.

    Returns
    -------
    Path
        The user's file where there is one, else the shipped one.

    Raises
    ------
    CatalogError
        If there is no such file; the mend lists those there are.
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

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    dict
        Its tables.

    Raises
    ------
    SourceError
        If the file cannot be read.
    CatalogError
        If it is not UTF-8 or not TOML.
    """
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
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
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(
            f"{path} is not valid TOML: {error}.", mend="Correct the line that is named."
        ) from error


def convert(tables: object, kind: type[T], path: Path) -> T:
    """Turn the tables of a file into a value of the model.

    Parameters
    ----------
    tables
        What :func:`read_toml` gave.
    kind
        The type to make.
    path
        The file, for the message.

    Returns
    -------
    kind
        The frozen value.

    Raises
    ------
    CatalogError
        If a key is unknown or missing, or a value is of the wrong type.
    """
    try:
        return msgspec.convert(tables, kind, dec_hook=_decoded)
    except msgspec.ValidationError as error:
        raise CatalogError(
            f"{path}: {error}.",
            mend="Correct the key or value that is named; `$` is the top of the file, "
            "`$.layers[0]` the first [[layer]].",
        ) from error


def _decoded(kind: type[Any], value: object) -> object:
    """Make what msgspec does not know of its own: a path."""
    return kind(value)


def own_id(path: Path, stated: str) -> None:
    """Check that a data file's id is its file name.

    Parameters
    ----------
    path
        The file.
    stated
        The id it states.

    Raises
    ------
    CatalogError
        If they differ.
    """
    if path.stem != stated:
        raise CatalogError(
            f"{path} states the id {stated!r}.", mend=f"Name the file {stated}.toml."
        )


@cache
def schemas() -> Mapping[str, Schema]:
    """Load every layer kind.

    Returns
    -------
    mapping of str to Schema
        By id, sorted.

    Raises
    ------
    CatalogError
        If a schema file is wrong, or its key or class field is not among its fields.
    """
    loaded = {}
    for name, path in data_files("schemas").items():
        schema = convert(read_toml(path), Schema, path)
        own_id(path, schema.id)
        for role in (schema.key, schema.class_field):
            if role is not None and role not in schema.fields:
                raise CatalogError(
                    f"{path}: {role!r} is named as key or class_field but is no field.",
                    mend=f"Add a [[field]] with the name {role!r}.",
                )
        loaded[name] = schema
    return loaded


def workflow(name: str) -> Workflow:
    """Load a workflow: the states that features move through.

    Parameters
    ----------
    name
        The workflow's id.

    Returns
    -------
    Workflow
        Its tracks with their states in order.

    Raises
    ------
    CatalogError
        If there is no such file or it is wrong.
    """
    path = data_file("workflows", name)
    tables = read_toml(path)
    stated = str(tables.pop("id", path.stem))
    own_id(path, stated)
    return Workflow(id=stated, tracks=convert(tables, dict[str, Track], path))


def rule_pack(name: str) -> RulePack:
    """Load a rule pack.

    Parameters
    ----------
    name
        The pack's id.

    Returns
    -------
    RulePack
        The pack as its file states it; :func:`landtrack.check.try_samples` tries it.

    Raises
    ------
    CatalogError
        If there is no such file, it is wrong, or two rules share an id.
    """
    path = data_file("rules", name)
    pack = convert(read_toml(path), RulePack, path)
    own_id(path, pack.id)
    ids = [rule.id for rule in pack.rule]
    if len(set(ids)) < len(ids):
        raise CatalogError(f"{path}: two rules share an id.", mend="Give each rule its own id.")
    return pack


def place(folder: str | os.PathLike[str]) -> Place:
    """Load the catalog of a place.

    Parameters
    ----------
    folder
        The folder that holds ``catalog.toml``, or that file itself.

    Returns
    -------
    Place
        With its paths relative to ``place.folder``.

    Raises
    ------
    SourceError
        If there is no catalog there.
    CatalogError
        If the catalog is wrong: an unknown key, layer kind, field, rule pack or language.
    """
    path = Path(folder)
    if path.name != CATALOG_NAME:
        path = path / CATALOG_NAME
    if not path.is_file():
        raise SourceError(
            f"There is no {CATALOG_NAME} in {path.parent}.",
            mend="Name a folder that has one, such as layers/x-park-2006; "
            "the README says how to write one for your own place.",
        )
    tables = read_toml(path)
    head = tables.pop("place", {})
    root = os.path.expandvars(head.pop("root", "."))
    if "$" in root:
        raise CatalogError(
            f"{path}: [place] root names an environment variable that is not set: {root}.",
            mend="Set the variable to the folder that holds the place's files.",
        )
    head["folder"] = str((path.parent / root).resolve())
    head["layers"] = tables.pop("layer", [])
    head["basis"] = tables.pop("basis", {})
    if tables:
        raise CatalogError(
            f"{path}: unknown table {', '.join(map(repr, tables))}.",
            mend="Use only [place], [basis] and [[layer]].",
        )
    loaded = convert(head, Place, path)
    _check_layers(loaded, path)
    return loaded


def _check_layers(loaded: Place, path: Path) -> None:
    """Check kinds, fields and the one layer that every place needs."""
    known = schemas()
    for number, source in enumerate(loaded.layers, start=1):
        where = f"{path}: [[layer]] {number} ({source.path})"
        if source.kind not in known:
            raise CatalogError(
                f"{where}: unknown kind {source.kind!r}.", mend=f"Use one of: {', '.join(known)}."
            )
        named = {*(source.fields or {}), *source.values, *source.constants}
        if source.ledger is not None:
            named |= {source.ledger.on, *source.ledger.fields, *source.ledger.values}
        if unknown := sorted(named - set(known[source.kind].fields)):
            raise CatalogError(
                f"{where}: {source.kind} has no field {', '.join(map(repr, unknown))}.",
                mend=f"Use one of: {', '.join(known[source.kind].fields)}.",
            )
    if not any(source.kind == "plots" for source in loaded.layers):
        raise CatalogError(
            f"{path} names no layer of kind 'plots'.",
            mend='Add a [[layer]] with kind = "plots": the project plots are what is vetted.',
        )


def demo_place() -> Path:
    """Find the demo place: in a checkout under ``layers``, else in the package.

    Returns
    -------
    Path
        Its folder.
    """
    checkout = SHIPPED.parents[1] / "layers" / "x-park-2006"
    return checkout if checkout.is_dir() else SHIPPED.parent / "demo"
