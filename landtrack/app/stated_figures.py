"""What a planner states of a place's figures and targets, written into its files.

What is stated of a figure that the layers do not give stands in ``figures.toml`` at that figure, a
target in ``targets.toml``; nothing else of the files changes. A summary and a target print a figure
as stated; none is proved by it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import tomlkit

from landtrack.app import toml_edit
from landtrack.app.toml_edit import ChangedError
from landtrack.model import Figure, Stated, Target, catalog
from landtrack.model.catalog import numbers
from landtrack.model.catalog.figures import FIGURES, TARGETS
from landtrack.model.catalog.files import convert
from landtrack.model.errors import CatalogError, SourceError

LONGEST = 200
"""Signs of a document, a title, or a figure as it is typed."""
LONGEST_UNIT = 20
READY: Mapping[str, Mapping[str, str]] = {
    "ready_projects": {"layer": "plots", "measure": "distinct", "field": "project_id"},
    "ready_investment": {
        "layer": "plots", "measure": "sum", "field": "total_investment_cny",
    },
}
"""What can be counted towards a target where the place's figures do not have it."""


class Countable(NamedTuple):
    """A figure that a target can count: its id, its words, the fields that date its features.

    ``title`` is empty for one of :data:`READY`.
    """

    id: str
    title: Mapping[str, str]
    dates: tuple[str, ...]


def mark(folder: Path) -> str:
    """Tell the figures and targets of a place from any other."""
    return toml_edit.mark(folder / FIGURES, folder / TARGETS)


def typed(posted: Mapping[str, str], own: str, today: date) -> Stated:
    """Read what was typed of a figure.

    ``posted``: ``value``, ``unit``, ``on`` and ``source``.
    ``own``: The unit in which the figure is counted, empty where that is not known.
    Raises SourceError: If it is no figure, of no day until today, or of no document.
    """
    value, unit, source = (_said(posted, each) for each in ("value", "unit", "source"))
    read = _number(value)
    _insist_unit(unit, own)
    day = _day(_said(posted, "on"))
    if day > today:
        raise SourceError(f"{day} is still to come.", mend="State the day that the figure is of.")
    _insist_source(source)
    return Stated(value=read, unit=unit or own, on=day, source=source)


def state(folder: Path, figure: str, stated: Stated | None, seen: str) -> None:
    """Write what is stated of a figure, or take it back.

    ``figure``: Its id. ``stated``: None where nothing is stated any more.
    ``seen``: The mark of what was looked at.
    Raises ChangedError: If it is another now.
    Raises CatalogError: If there is no such figure, or the file is none.
    Raises OutputError: If it cannot be written.
    """
    def change(document: Any) -> None:  # noqa: ANN401  a document of tomlkit
        own = _row(document, "figure", figure)
        if own is None:
            raise CatalogError(f"{folder / FIGURES} has no figure {figure!r}.",
                               mend="Load the page again.")
        own.pop("stated", None)
        if stated is not None:
            own["stated"] = _inline(msgspec.structs.asdict(stated))

    with toml_edit.writing:
        if mark(folder) != seen:
            raise ChangedError
        toml_edit.edit(folder / FIGURES, change, _figures)


def countable(folder: Path) -> list[Countable]:
    """List what a target of a place can count: its figures of layers, then those of :data:`READY`.

    Raises CatalogError: If the figures are wrong.
    """
    schemas = catalog.schemas()
    dates = {
        kind: tuple(name for name, own in each.fields.items() if own.type == "date")
        for kind, each in schemas.items()
    }
    own = catalog.figures(folder)
    found = [
        Countable(each.id, each.title, dates[each.layer]) for each in own
        if dates.get(each.layer) and each.measure in ("count", "distinct", "sum", "area", "length")
    ]
    known = {each.id for each in own}
    return found + [
        Countable(name, {}, dates[each["layer"]]) for name, each in READY.items()
        if name not in known
    ]


def target(folder: Path, posted: Mapping[str, str], lang: str) -> Target:
    """Read a target as it was typed.

    ``posted``: ``target``, the id of the one that it takes the place of; ``title``, ``figure``,
    ``dated_by``, ``secure``, ``strive``, ``unit``, ``since``, ``by`` and ``source``.
    ``lang``: The language of the title.
    Raises SourceError: If something of it cannot stand.
    """
    own = posted.get("target")
    before = next((each for each in catalog.targets(folder) if each.id == own), None)
    counted = {each.id: each for each in countable(folder)}.get(_said(posted, "figure"))
    title, source = _said(posted, "title"), _said(posted, "source")
    if not title:
        raise SourceError("The target has no name.", mend="Write what is to be reached.")
    if counted is None or _said(posted, "dated_by") not in counted.dates:
        raise SourceError(
            "It is not said what counts, or what dates it.",
            mend="Choose what is counted, and a date of the same layer.",
        )
    since, by = _day(_said(posted, "since")), _day(_said(posted, "by"))
    if by <= since:
        raise SourceError(f"{by} is not after {since}.", mend="State a later day as the term.")
    _insist_source(source)
    secure, strive = _number(_said(posted, "secure")), _said(posted, "strive")
    if secure <= 0 or (strive and _number(strive) < secure):
        raise SourceError(
            "What is striven for is less than what is to be secured, or that is nothing.",
            mend="Write the lesser goal as the one to secure.",
        )
    unit = _said(posted, "unit")
    _insist_unit(unit, _unit(folder, counted.id))
    taken = {each.id for each in catalog.targets(folder)}
    fresh = next(name for at in range(1, len(taken) + 2) if (name := f"target_{at}") not in taken)
    return Target(
        id=before.id if before else fresh,
        title={**(before.title if before else {}), lang: title},
        secure=secure, strive=_number(strive) if strive else None, unit=unit, since=since, by=by,
        figure=counted.id, dated_by=_said(posted, "dated_by"), source=source,
        base=before.base if before else 0.0,
    )


def put(folder: Path, wanted: Target, seen: str) -> None:
    """Write a target, in place of the one of its id where there is one.

    ``seen``: The mark of what was looked at.
    Raises ChangedError: If it is another now.
    Raises CatalogError: If one of the files is none.
    Raises OutputError: If one cannot be written.
    """
    values = {
        name: value for name, value in msgspec.structs.asdict(wanted).items()
        if value not in (None, "") and (name, value) != ("base", 0.0)
    }

    def change(document: Any) -> None:  # noqa: ANN401
        own = _row(document, "target", wanted.id)
        if own is None:
            own = _new_row(document, "target")
        for name in ("strive", "base"):
            if name not in values:
                own.pop(name, None)
        for name, value in values.items():
            own[name] = _inline(value) if isinstance(value, dict) else value

    def counts(document: Any) -> None:  # noqa: ANN401
        made = _new_row(document, "figure")
        title = {"zh": wanted.title.get("zh", ""), "en": wanted.title.get("en", "")}
        for name, value in {
            "id": wanted.figure, "item": wanted.figure,
            "title": _inline({lang: each for lang, each in title.items() if each}),
            **READY[wanted.figure],
        }.items():
            made[name] = value

    with toml_edit.writing:
        if mark(folder) != seen:
            raise ChangedError
        if wanted.figure not in {each.id for each in catalog.figures(folder)}:
            toml_edit.edit(folder / FIGURES, counts, _figures)
        toml_edit.edit(folder / TARGETS, change, _targets)


def drop(folder: Path, target_id: str, seen: str) -> None:
    """Remove a target; its figure stays.

    Raises ChangedError: If the targets are not those that were looked at.
    Raises OutputError: If they cannot be written.
    """
    def change(document: Any) -> None:  # noqa: ANN401
        rows = document.get("target", [])
        for at in reversed(range(len(rows))):
            if rows[at].get("id") == target_id:
                del rows[at]

    with toml_edit.writing:
        if mark(folder) != seen:
            raise ChangedError
        toml_edit.edit(folder / TARGETS, change, _targets)


def _said(posted: Mapping[str, str], name: str) -> str:
    return posted.get(name, "").strip()[:LONGEST]


def _number(text: str) -> float:
    read = numbers.number(text)
    if math.isnan(read):
        raise SourceError(
            f"{text!r} is no number.", mend="Write one number; its unit stands apart."
        )
    return read


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SourceError(f"{text[:40]} is no day.", mend="Write it so: 2026-11-30.") from error


def _insist_unit(unit: str, own: str) -> None:
    if len(unit) > LONGEST_UNIT or (own and catalog.exchange(unit or own, own) is None):
        raise SourceError(
            f"{unit!r} is no unit of this figure.", mend=f"Write one such as {own or 'm3'}."
        )


def _insist_source(source: str) -> None:
    if not source:
        raise SourceError(
            "No document is named.", mend="Name the letter, report or survey that states it."
        )


def _unit(folder: Path, figure: str) -> str:
    """Give the unit in which a figure is counted; empty for a number of features."""
    own: dict[str, Any] = dict(READY.get(figure, {}))
    for each in catalog.figures(folder):
        if each.id == figure:
            own = msgspec.structs.asdict(each)
    if own.get("measure") in ("area", "length"):
        return {"area": "m2", "length": "m"}[own["measure"]]
    field = catalog.schemas()[own["layer"]].fields.get(own.get("field") or "")
    summed = own.get("measure") == "sum" and field is not None
    return (field.unit or own.get("unit") or "") if summed and field is not None else ""


def _row(document: Any, name: str, own: str) -> Any:  # noqa: ANN401
    found = [each for each in document.get(name, []) if each.get("id") == own]
    return found[0] if len(found) == 1 else None


def _new_row(document: Any, name: str) -> Any:  # noqa: ANN401
    made = tomlkit.table()
    if name not in document:
        document[name] = tomlkit.aot()
    document[name].append(made)
    return document[name][-1]


def _inline(values: Mapping[str, Any]) -> Any:  # noqa: ANN401
    table = tomlkit.inline_table()
    table.update(values)
    return table


def _figures(path: Path, tables: dict[str, Any]) -> object:
    return convert(tables.get("figure", []), tuple[Figure, ...], path)


def _targets(path: Path, tables: dict[str, Any]) -> object:
    return convert(tables.get("target", []), tuple[Target, ...], path)
