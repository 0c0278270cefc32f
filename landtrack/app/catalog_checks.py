"""What is typed into a catalog is held against what there is, at the input where it is typed.

A unit that does not convert, a reference system that cannot be made, a file that is not there: each
would be found when the place is judged, one after the other. Here all are found at once, before the
catalog is written. What was not touched is not judged anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landtrack.app.catalog_form import About, Input, Refused
from landtrack.model import catalog
from landtrack.model.catalog import units
from landtrack.model.errors import CatalogError

READ = frozenset({"layer", "ledger", "table"})
"""Tables that a file is read by."""
MOST = 12
"""So many files are named as what may be written."""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed into a part of a catalog.

    ``made``: The table that it becomes. ``touched``: The inputs that say something else than
    before, and what. ``folder``: The place. ``start``: Where the paths of the catalog start; None
    where that is not known.
    """

    made: Mapping[str, Any]
    touched: Mapping[Input, str]
    about: About
    folder: Path
    start: Path | None


def refused(typed: Typed) -> list[Refused]:
    """List what was typed and cannot stand, in the order of the form."""
    found: dict[str, Refused] = {}
    for each, said in typed.touched.items():
        check = _choice if each.choices else CHECKS.get((each.table, each.key))
        if check is None or not (said or each.key in ("rate", "rate_on")):
            continue
        try:
            check(typed, each, said)
        except CatalogError as error:
            found.setdefault(error.cause, Refused(each.name, error.cause, error.mend))
    return list(found.values())


def _choice(_typed: Typed, own: Input, said: str) -> None:
    codes = [value for value, _ in own.choices]
    if said not in codes:
        raise CatalogError(
            f"{said!r} is none of what may be chosen.", mend=f"Use one of: {', '.join(codes)}."
        )


def _unit(typed: Typed, own: Input, _said: str) -> None:
    """Hold the unit of a column, and its rate, against the unit that its field is stored in."""
    table = typed.made.get("ledger", {}) if own.block.startswith("ledger") else typed.made
    column = table.get("fields", {}).get(own.row)
    schema = catalog.schemas().get(str(typed.made.get("kind", "")))
    if schema is None or own.row not in schema.fields or not isinstance(column, dict):
        return
    unit = column.get("unit")
    if unit is not None and unit != units.UNSURE:
        rate = column.get("rate") is not None and column.get("rate_on") is not None
        units.stated(str(unit), schema.fields[own.row], rate=rate)


def _system(typed: Typed, own: Input, said: str) -> None:
    fault = (typed.about.systems or _in_this_process)(said, own.table)
    if fault is not None:
        cause, mend = fault
        raise CatalogError(cause, mend=mend)


def _in_this_process(text: str, table: str) -> tuple[str, str] | None:
    """Look at a reference system here, with the libraries that this takes."""
    from landtrack.app import systems  # not before: who serves pages has another process for it

    return systems.fault(text, table)


def _encoding(_typed: Typed, _own: Input, said: str) -> None:
    try:
        b"a".decode(said)
    except UnicodeError:
        return  # half a letter of one that there is
    except (LookupError, ValueError) as error:
        raise CatalogError(
            f"There is no encoding {said!r}.", mend="State one such as utf-8, gb18030 or utf-16."
        ) from error


def _file(typed: Typed, _own: Input, said: str) -> None:
    catalog.paths.require_inside(said, catalog.CATALOG_NAME)
    if typed.start is None or os.path.exists(typed.start / said):  # noqa: PTH110  no name is too odd
        return
    files = [*typed.about.files[:MOST], *(["…"] if len(typed.about.files) > MOST else [])]
    raise CatalogError(
        f"There is no file {said} in the place.",
        mend=f"Use one of: {', '.join(files)}." if files else
        "Bring it first, on the page of the files.",
    )


def _layer(typed: Typed, own: Input, said: str) -> None:
    """Hold a layer or a sheet against those that were seen in its file."""
    table = typed.made.get(own.block, typed.made) if own.block else typed.made
    path = str(table.get("path", ""))
    if typed.start is None or typed.start.resolve() != typed.folder.resolve():
        return
    names, unread = typed.about.layers.get(path, ((), ()))
    if names and said not in names and not any(said in each for each in unread):
        raise CatalogError(
            f"{path} has no layer or sheet {said!r}.", mend=f"Use one of: {', '.join(names)}."
        )


def _packs(_typed: Typed, _own: Input, said: str) -> None:
    for each in said.split("\n"):
        if each.strip():
            catalog.rule_pack(each.strip())


CHECKS: Mapping[tuple[str, str], Callable[[Typed, Input, str], None]] = {
    **{("column", key): _unit for key in ("unit", "rate", "rate_on")},
    ("layer", "crs"): _system, ("place", "crs"): _system,
    ("transformation", "from"): _system, ("transformation", "to"): _system,
    **{(table, "encoding"): _encoding for table in READ},
    **{(table, "path"): _file for table in READ},
    ("layer", "coverage"): _file,
    **{(table, key): _layer for table in READ for key in ("layer", "sheet")},
    ("place", "rules"): _packs,
}
"""What is held against what there is, by the table and the key that it is of."""
