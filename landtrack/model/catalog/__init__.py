"""Loads and checks every data file: schemas, workflows, rule packs, places.

A file of the user's folder, named by the environment variable ``LANDTRACK_DATA``, comes
before the shipped one of the same name. A key that the model does not know, or a value of
the wrong type, is an error that names the file and the place in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from landtrack.model import NO_WORKFLOW, Issue, IssueKind, Place, RulePack, Schema, Workflow
from landtrack.model.catalog import notes, paths, units
from landtrack.model.catalog.characters import simplified
from landtrack.model.catalog.figures import figures, summary, targets
from landtrack.model.catalog.files import SHIPPED, convert, data_file, data_files, own_id, read_toml
from landtrack.model.catalog.industry import Carried, Industries, carried_in, industries
from landtrack.model.catalog.land_use import LandUse, Standard, land_uses
from landtrack.model.catalog.measures import (
    converted,
    exchange,
    in_unit,
    measure_unit,
    times,
    unit_factor,
)
from landtrack.model.catalog.rules import rule_pack, rule_pack_of
from landtrack.model.catalog.site import corridors, readiness
from landtrack.model.catalog.workflows import workflow_of as _workflow
from landtrack.model.errors import CatalogError, SourceError

__all__ = [
    "CATALOG_NAME", "SHIPPED", "Carried", "Industries", "LandUse", "Standard", "carried_in",
    "convert", "converted", "corridors", "data_file", "data_files", "demo_place", "exchange",
    "figures", "in_unit", "industries", "issue_kinds", "land_uses", "measure_unit", "notes",
    "own_id", "paths", "place", "place_of", "read_toml", "readiness", "rule_pack", "rule_pack_of",
    "schemas", "simplified", "summary", "targets", "times", "unit_factor", "units", "workflow",
    "workflow_of",
]

CATALOG_NAME = "catalog.toml"


@cache
def schemas() -> Mapping[str, Schema]:
    """Load every layer kind.

    Returns: By id, sorted.
    Raises CatalogError: If a schema file is wrong, or its key or class field is not among its
    fields.
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


@cache
def issue_kinds() -> Mapping[Issue, IssueKind]:
    """Load how much each kind of issue weighs, who mends it and where.

    Raises CatalogError: If ``data/issues.toml`` is wrong.
    """
    path = data_file("", "issues")
    return convert(read_toml(path), dict[Issue, IssueKind], path)


def workflow(name: str) -> Workflow:
    """Load a workflow: the states that features move through.

    ``name``: The workflow's id; ``none`` for a place whose approvals follow none that is known.
    Returns: Its tracks with their states in order; without tracks where there is none.
    Raises CatalogError: If there is no such file or it is wrong.
    """
    if name == NO_WORKFLOW:
        return Workflow(id=NO_WORKFLOW, tracks={})
    return _workflow(data_file("workflows", name))


def workflow_of(place: Place, packs: Iterable[RulePack]) -> Workflow:
    """Tell how approvals go at a place.

    Returns: The one that the catalog states, else the one that its rules name; none where they name
    none, or several.
    Raises CatalogError: If there is no such workflow.
    """
    named = {each.workflow for each in packs if each.workflow is not None}
    of_rules = named.pop() if len(named) == 1 else NO_WORKFLOW
    return workflow(of_rules if place.workflow is None else place.workflow)


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
            "`landtrack help catalog` says how to write one for your own place.",
        )
    return place_of(read_toml(path), path)


def place_of(tables: dict[str, Any], path: Path) -> Place:
    """Make a place of the tables of a catalog.

    ``tables``: Those of the file; they are used up.
    ``path``: The file, for the folder and the messages.
    Raises CatalogError: If they are wrong, as :func:`place` says.
    """
    head = tables.pop("place", {})
    if not isinstance(head, dict):
        raise CatalogError(
            f"{path}: [place] is no table.", mend="Write [place], and its keys below."
        )
    head["folder"] = str(paths.root_of(path, head.pop("root", None)))
    head["layers"] = tables.pop("layer", [])
    head["basis"] = tables.pop("basis", {})
    head["sign"] = tables.pop("sign", {})
    head["overrides"] = tables.pop("override", [])
    head["waivers"] = tables.pop("waiver", [])
    head["transformations"] = tables.pop("transformation", [])
    head["basemaps"] = tables.pop("basemap", [])
    if tables:
        raise CatalogError(
            f"{path}: unknown table {', '.join(map(repr, tables))}.",
            mend="Use only [place], [basis], [sign], [[layer]], [[override]], [[waiver]], "
            "[[transformation]] and [[basemap]].",
        )
    loaded = convert(head, Place, path)
    _check_paths(loaded, path)
    _check_layers(loaded, path)
    return loaded


def _check_paths(loaded: Place, path: Path) -> None:
    """Insist that all files that a catalog names are of the place."""
    for number, source in enumerate(loaded.layers, start=1):
        of_ledger = source.ledger.path if source.ledger is not None else None
        for named in filter(None, (source.path, of_ledger, source.coverage)):
            paths.require_inside(named, f"{path}: [[layer]] {number}")
    for table in (loaded.events, loaded.reported_figures):
        if table is not None:
            named = table if isinstance(table, str) else table.path
            paths.require_inside(named, f"{path}: [place]")


def _check_layers(loaded: Place, path: Path) -> None:
    """Check the time zone, kinds, fields and the one layer that every place needs."""
    if loaded.time_zone is not None and loaded.time_zone not in available_timezones():
        raise CatalogError(
            f"{path}: there is no time zone {loaded.time_zone!r}.",
            mend='Use a name of the IANA, such as "Asia/Shanghai", which is that of all China.',
        )
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
    """Find the demo place: in a checkout under ``layers``, else in the package."""
    checkout = SHIPPED.parents[1] / "layers" / "x-park-2006"
    return checkout if checkout.is_dir() else SHIPPED.parent / "demo"
