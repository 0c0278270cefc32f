"""What a figure lacks, as keys of the text catalog with what fills their places."""

from __future__ import annotations

from collections.abc import Mapping

from landtrack.model.figures import Lack, Unlike
from landtrack.model.translations import Words, known
from landtrack.model.value import Titled


def parts(lacks: Lack | Unlike | None, title: Titled) -> tuple[str, dict[str, str | Titled]]:
    """Say what a figure lacks.

    ``title``: The figure's: what no layer is known to have is called as the figure is.
    Returns: A key, and by the name of each of its places another key, or words by language.
    """
    if isinstance(lacks, Unlike):
        own: dict[str, str | Titled] = {"own": _unit(lacks.own)} if lacks.own else {}
        return "lacks.unit" if own else "lacks.no_unit", {"wanted": _unit(lacks.wanted)} | own
    if lacks is None:
        return "lacks.figure", {"figure": title}
    if lacks.layer == "rules":
        return "lacks.rule", {"rule": {"": lacks.field}}
    layer, field = f"kind.{lacks.layer}", f"field.{lacks.field}"
    if known(layer) and (known(field) or not lacks.field):
        named: dict[str, str | Titled] = {"field": field} if lacks.field else {}
        return "lacks.field" if named else "lacks.layer", {"layer": layer} | named
    return "lacks.figure", {"figure": title}


def said(words: Words, key: str, places: Mapping[str, str | Titled]) -> str:
    """Put into words what :func:`parts` gave."""
    return words(key, **{
        name: words(each) if isinstance(each, str) else words.pick(each)
        for name, each in places.items()
    })


def _unit(unit: str) -> str | Titled:
    """Name a unit by its key, or as it is written."""
    keys = (f"unit.{unit}", f"reconcile.unit.{unit}")
    return next((key for key in keys if known(key)), {"": unit})
