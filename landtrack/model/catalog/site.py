"""Loads what is told of a site by data: readiness sets, corridors."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from landtrack.model.catalog.files import convert, data_file, read_toml
from landtrack.model.errors import CatalogError
from landtrack.model.site import Corridors, Item, ReadinessSets


@cache
def readiness() -> ReadinessSets:
    """Load the services of a site and the sets of them.

    Returns: From the user's ``readiness.toml`` where there is one, else the shipped.
    Raises CatalogError: If the file is wrong, an id stands twice, or a set names an item that there
    is not.
    """
    path = data_file("", "readiness")
    loaded = convert(read_toml(path), ReadinessSets, path)
    items = [each.id for each in loaded.item]
    for ids in (items, [each.id for each in loaded.set]):
        if twice := sorted({each for each in ids if ids.count(each) > 1}):
            raise CatalogError(
                f"{path}: {', '.join(twice)} stands twice.", mend="Give each its own id."
            )
    for each in loaded.set:
        if unknown := sorted(set(each.items) - set(items)):
            raise CatalogError(
                f"{path}: the set {each.id} names no item {', '.join(unknown)}.",
                mend=f"Use: {', '.join(items)}.",
            )
    for item in loaded.item:
        _check(item, path)
    return loaded


def _check(item: Item, path: Path) -> None:
    if bool(item.fact) == bool(item.layer):
        raise CatalogError(
            f"{path}: the item {item.id} needs either a fact or a layer.",
            mend="State one of the two.",
        )
    if item.layer and item.layer != "roads" and item.reach_m is None:
        raise CatalogError(
            f"{path}: the item {item.id} has no reach_m.",
            mend="Only roads are fronted on; state how far the service may be away.",
        )


@cache
def corridors() -> Corridors:
    """Load the ground that lines keep clear.

    Returns: From the user's ``corridors.toml`` where there is one, else the shipped.
    Raises CatalogError: If the file is wrong, a width is negative, or one comes without its source.
    """
    path = data_file("", "corridors")
    loaded = convert(read_toml(path), Corridors, path)
    for each in loaded.corridor:
        if min(each.clear_m or 0, each.axis_m or 0) < 0:
            raise CatalogError(
                f"{path}: a corridor of {each.layer} has a negative width.",
                mend="State metres, 0 or more.",
            )
        if each.clear_m is not None and not each.source:
            raise CatalogError(
                f"{path}: a width of {each.layer} ({each.clear_m:g} m) has no source.",
                mend="Say in `source` which document states it.",
            )
    return loaded
