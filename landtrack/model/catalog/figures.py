"""Loads what a place says of its reported figures and of its targets."""

from __future__ import annotations

from pathlib import Path
from string import Formatter
from typing import TypeVar

from landtrack.model import Figure, Section, Target
from landtrack.model.catalog.files import convert, read_toml
from landtrack.model.catalog.paths import confined
from landtrack.model.errors import CatalogError

FIGURES, TARGETS, SUMMARY = "figures.toml", "targets.toml", "summary.toml"

T = TypeVar("T", Figure, Target, Section)


def figures(folder: Path) -> tuple[Figure, ...]:
    """Load how the figures of a place's report are taken from its layers.

    Returns: In the order of ``figures.toml``; none where there is no such file.
    Raises CatalogError: If the file is wrong, or an id stands twice.
    """
    return _listed(folder / FIGURES, "figure", Figure)


def targets(folder: Path) -> tuple[Target, ...]:
    """Load the targets of a place.

    Returns: In the order of ``targets.toml``; none where there is no such file.
    Raises CatalogError: If the file is wrong, an id stands twice, or a target's figure is not
    there.
    """
    loaded = _listed(folder / TARGETS, "target", Target)
    known = {each.id for each in figures(folder)}
    for each in loaded:
        if each.figure not in known:
            raise CatalogError(
                f"{folder / TARGETS}: {each.id!r} counts the figure {each.figure!r}, which "
                f"{FIGURES} does not have.",
                mend=f"Use one of: {', '.join(sorted(known))}.",
            )
    return loaded


def summary(folder: Path) -> tuple[Section, ...]:
    """Load the paragraphs of a place's yearly summaries.

    Returns: In the order of ``summary.toml``; none where there is no such file.
    Raises CatalogError: If the file is wrong, or a text names a figure that is not there.
    """
    loaded = _listed(folder / SUMMARY, "section", Section)
    known = {each.id for each in figures(folder)}
    for each in loaded:
        for text in each.text.values():
            for _, name, _, _ in Formatter().parse(text):
                if name is not None and name not in known:
                    raise CatalogError(
                        f"{folder / SUMMARY}: a text names the figure {name!r}, which "
                        f"{FIGURES} does not have.",
                        mend=f"Use one of: {', '.join(sorted(known))}.",
                    )
    return loaded


def _listed(path: Path, name: str, kind: type[T]) -> tuple[T, ...]:
    if not path.is_file():
        return ()
    tables = read_toml(confined(path.parent, path))
    if strange := sorted(set(tables) - {name}):
        raise CatalogError(
            f"{path}: unknown table {', '.join(map(repr, strange))}.", mend=f"Use [[{name}]] only."
        )
    loaded: tuple[T, ...] = convert(tables.get(name, []), tuple[kind, ...], path)  # type: ignore[valid-type]
    seen: set[str] = set()
    for each in loaded:
        if isinstance(each, Section):
            continue
        if each.id in seen:
            raise CatalogError(
                f"{path}: the id {each.id!r} stands twice.", mend="Give each an id of its own."
            )
        seen.add(each.id)
    return loaded
