"""What is typed into a catalog is held against what there is, at the input where it is typed.

A unit that does not convert, a reference system that cannot be made, a file that is not there: each
would be found when the place is judged, one after the other. Here all are found at once, before the
catalog is written. What was not touched is not judged anew.
"""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landtrack.app.catalog_form import About, Input, Refused
from landtrack.model import Field, catalog, translations
from landtrack.model.catalog import units
from landtrack.model.errors import CatalogError, SourceError

READ = frozenset({"layer", "ledger", "table"})
"""Tables that a file is read by."""
SPACES = re.compile(r"\s+")
CHINA = "Asia/Shanghai"
MOST_NEAR = 5
"""So many time zones are named as what may be meant."""
YEAR = re.compile(r"\d{4}")
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


def _column(typed: Typed, own: Input, said: str) -> None:
    """Hold the name of a column against those that were seen in its file."""
    if own.key == "where" and not own.name.endswith(".key"):
        return
    ledger = own.block.startswith("ledger")
    table = typed.made.get("ledger", {}) if ledger else typed.made
    if not isinstance(table, Mapping) or not _is_here(typed) or table.get("header_row"):
        return
    path, sheet = str(table.get("path", "")), table.get("layer") or table.get("sheet")
    seen = typed.about.headings.get(path, {})
    layers = [seen[sheet]] if isinstance(sheet, str) and sheet in seen else (
        [] if sheet else [*seen.values()]
    )
    names = dict.fromkeys(name for each in layers for name in each)
    if names and _plain(said) not in {_plain(each) for each in names}:
        raise CatalogError(
            f"{path} has no column {said!r}.", mend=f"Use one of: {_few(said, [*names])}."
        )


def _few(said: str, names: list[str]) -> str:
    """Name what may be written: those that are nearest to what was typed, where there are many."""
    if len(names) <= MOST:
        return ", ".join(names)
    near = difflib.get_close_matches(said, names, n=MOST_NEAR)
    return ", ".join([*dict.fromkeys([*near, *names[:MOST]])][:MOST]) + ", …"


def _plain(name: str) -> str:
    """Give what two names of columns share that are taken for one."""
    return SPACES.sub("", unicodedata.normalize("NFKC", name)).casefold()


def _constant(typed: Typed, own: Input, said: str) -> None:
    """Hold what is the same for all features against the field that it is of."""
    schema = catalog.schemas().get(str(typed.made.get("kind", "")))
    if schema is None:
        return
    if own.name.endswith(".key"):
        if said not in schema.fields:
            raise CatalogError(
                f"{said!r} is none of the fields of this kind of layer.",
                mend=f"Use one of: {_few(said, [*schema.fields])}.",
            )
        return
    key = own.name.removesuffix(".value") + ".key"
    name = next((text for each, text in typed.touched.items() if each.name == key), None)
    held = typed.made.get("constants", {})
    name = name or next((each for each, value in held.items() if str(value) == said), "")
    field = schema.fields.get(name)
    if field is None:
        return
    _insist_on_value(typed, field, said)


def _insist_on_value(typed: Typed, field: Field, said: str) -> None:
    """Insist that a text can be the value of a field."""
    if field.type == "date" and YEAR.search(said) is None:
        raise CatalogError(f"{said!r} is no day.", mend="Write it as 2006-12-31.")
    if field.type == "choice":
        codes = _codes(typed.about.workflow, field)
        if codes and said not in codes:
            raise CatalogError(
                f"{said!r} is none of what may be chosen.",
                mend=f"Use one of: {', '.join(dict.fromkeys(codes.values()))}.",
            )


def _codes(workflow: str, field: Field) -> dict[str, str]:
    """List what may be written for a choice, and the code that it is."""
    if field.choices_from is not None:
        track = catalog.workflow(workflow).tracks.get(field.choices_from)
        return {
            word: each.code for each in (track.state if track else ())
            for word in (*each.title.values(), *each.also, each.code)
        }
    words = [translations.load(each) for each in translations.languages()]
    said = {
        each(key): code for each in words for code in field.choices
        if each.has(key := f"choice.{field.name}.{code}")
    }
    return said | {code: code for code in field.choices}


def _zone(_typed: Typed, _own: Input, said: str) -> None:
    zones = sorted(zoneinfo.available_timezones())
    if said not in zones:
        last = said.rpartition("/")[2].casefold()
        near = [each for each in zones if last and each.casefold().endswith(last)]
        near = near or difflib.get_close_matches(said, zones, n=MOST_NEAR)
        named = ", ".join(near[:MOST_NEAR] or [CHINA])
        raise CatalogError(f"There is no time zone {said!r}.", mend=f"Use one of: {named}.")


def _heading(typed: Typed, own: Input, said: str) -> None:
    """Hold the row of a heading against the rows that its sheet has."""
    table = typed.made.get(own.block, typed.made) if own.block else typed.made
    if not isinstance(table, Mapping) or typed.about.rows is None or not _is_here(typed):
        return
    path = str(table.get("path", ""))
    if not said.isdecimal() or int(said) < 1:
        raise CatalogError(
            f"{said!r} is no number of a row.", mend="Count the rows of the sheet from 1."
        )
    if path not in typed.about.files:
        return  # which is refused where it is named
    sheet = table.get("layer") or table.get("sheet") or ""
    try:
        last = typed.about.rows(path, str(sheet), str(table.get("encoding") or ""))
    except SourceError:
        return  # it is told on the page of the files
    if last and int(said) > last:
        raise CatalogError(
            f"{path} has no row {said}: its last is {last}.",
            mend="Write the number of the row that names the columns.",
        )


def _is_here(typed: Typed) -> bool:
    """Tell whether the paths of the catalog start at the folder of the place."""
    return typed.start is not None and typed.start.resolve() == typed.folder.resolve()


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
    if not _is_here(typed):
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
    ("place", "rules"): _packs, ("place", "time_zone"): _zone,
    ("column", "column"): _column, ("ledger", "key"): _column, ("layer", "where"): _column,
    ("layer", "constants"): _constant,
    **{(table, "header_row"): _heading for table in READ},
}
"""What is held against what there is, by the table and the key that it is of."""
