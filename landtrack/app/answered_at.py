"""Where in the desk an issue of a place is answered: a key of its catalog, or its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

from landtrack.app import edit_catalog
from landtrack.app.edit_catalog import Part
from landtrack.model import Basis, Issue, catalog
from landtrack.model.errors import LandtrackError

FILES = "files"
LEDGER = "ledger"
ASKS, VALUE = "asks", "value"
"""In the address of a form: the block that it asks of, and the values that have no code there."""
VALUES = "values."


def parts_of(folder: Path) -> Sequence[Part]:
    """List the parts of the catalog of a place; none where it cannot be read."""
    try:
        return edit_catalog.read(folder).parts()
    except LandtrackError:
        return ()  # its own page says why


def address(parts: Sequence[Part], row: Mapping[str, Any]) -> str:
    """Say where an issue is answered.

    ``parts``: Of the catalog of its place.
    ``row``: Of the issues table.
    Returns: An address below that of the place; the page of the files where it is mended in one.
    """
    table, _, stated = catalog.issue_kinds()[Issue(row["issue"])].at.partition(".")
    field = str(row["field"])
    key = stated.format(field=field, figure=field.removesuffix("_m2"))
    if table == "basis" and key not in Basis.__struct_fields__:
        return FILES  # of what is drawn otherwise there is nothing to choose
    if table in ("place", "basis"):
        return _form(table, key)
    if not table:
        return FILES
    own, of_ledger = _layer(parts, str(row["source"]), str(row["layer"]))
    if own is None:
        return "catalog"
    if not field and "{field}" in stated:
        key = ""
    in_ledger = table == LEDGER or (table == "table" and of_ledger)
    return _form(own.id, f"{LEDGER}.{key}" if in_ledger and key else key)


def _form(part: str, key: str) -> str:
    return f"catalog/part/{part}{'#' * bool(key)}{quote(key)}"


def _layer(parts: Sequence[Part], source: str, kind: str) -> tuple[Part | None, bool]:
    """Find the layer that a source is read for, and tell whether it is its ledger."""
    own = [
        each for each in parts
        if each.table == "layer" and kind in ("", each.holds.get("kind"))
    ]
    exact = [each for each in own if source == _label(each.holds)]
    if exact:
        return exact[0], False
    ledgers = [each for each in own if _is_of(source, each.holds.get(LEDGER))]
    if ledgers:
        return ledgers[0], True
    near = [each for each in own if _is_of(source, each.holds)]
    return next(iter([*near, *own]), None), False


def _label(table: Mapping[str, Any]) -> str:
    """Name a source as the issues name it."""
    named = table.get("layer") or table.get("sheet")
    return f"{table.get('path', '')}:{named}" if named else str(table.get("path", ""))


def _is_of(source: str, table: object) -> bool:
    """Tell whether a source is the file of a table, or something in it."""
    path = table.get("path") if isinstance(table, Mapping) else None
    return isinstance(path, str) and (source == path or source.startswith(f"{path}:"))


def with_values(at: str, values: Sequence[str]) -> str:
    """Let the address of a block of values bring those that have no code along.

    ``at``: As :func:`address` gives it; any other is as it was.
    """
    page, _, block = at.partition("#")
    if VALUES not in block:
        return at
    query = [(ASKS, unquote(block)), *((VALUE, each) for each in values)]
    return f"{page}?{urlencode(query, quote_via=quote)}#{block}"
