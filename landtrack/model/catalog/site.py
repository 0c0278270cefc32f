"""Loads what is told of a site by data: readiness sets, corridors."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from landtrack.model.catalog.files import convert, data_file, data_files, read_toml
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
    _check_setbacks(loaded, path)
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


def _check_setbacks(loaded: Corridors, path: Path) -> None:
    """Insist that what a law asks names its clause and metres, by fields that there are."""
    titled = {each.id for each in loaded.setback}
    for (layer, setback), own in loaded.together().items():
        if setback and setback not in titled:
            raise CatalogError(
                f"{path}: a corridor of {layer} names no setback {setback}.",
                mend="Give it a [[setback]] with a title.",
            )
        if len({each.effect for each in own}) > 1:
            raise CatalogError(
                f"{path}: the corridors of {setback or layer} have several effects.",
                mend="Give each effect its own setback.",
            )
        if setback and not all(each.clause and each.clear_m is not None for each in own):
            raise CatalogError(
                f"{path}: a corridor of {setback} has no clause or no clear_m.",
                mend="Say where the law sets how many metres, or leave `setback` out.",
            )
        file = data_files("schemas").get(layer)
        fields = set() if file is None else {
            field["name"] for field in read_toml(file)["field"]
        }
        asked = {name for each in own for name in (*each.where, each.width) if name}
        if stray := sorted(asked - fields):
            raise CatalogError(
                f"{path}: {layer} has no field {', '.join(stray)}.",
                mend=f"Use: {', '.join(sorted(fields))}.",
            )
