"""What somebody states of a figure that the layers do not give, written into a place's figures.

It stands in ``figures.toml`` at its figure, with its day and its document, and nothing else of the
file changes. A summary and a target print it as stated; no figure is proved by it.
"""

from __future__ import annotations

import hashlib
import math
import threading
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import tomlkit
from tomlkit.exceptions import TOMLKitError

from landtrack.model import Stated, catalog, whole_file
from landtrack.model.catalog import numbers
from landtrack.model.catalog.figures import FIGURES
from landtrack.model.errors import CatalogError, OutputError, SourceError

LONGEST = 200
"""Signs of a document, or of a figure as it is typed."""
LONGEST_UNIT = 20
_writing = threading.Lock()


class ChangedError(Exception):
    """The figures are not those that were looked at."""


def mark(folder: Path) -> str:
    """Tell the figures of a place from any other; empty where there are none."""
    path = catalog.paths.confined(folder, folder / FIGURES)
    return hashlib.sha256(whole_file.read(path)).hexdigest() if path.is_file() else ""


def typed(posted: Mapping[str, str], own: str, today: date) -> Stated:
    """Read what was typed of a figure.

    ``posted``: ``value``, ``unit``, ``on`` and ``source``.
    ``own``: The unit in which the figure is counted, empty where that is not known.
    Raises SourceError: If it is no figure, of no day until today, or of no document.
    """
    value, unit, on, source = (
        posted.get(each, "").strip()[:LONGEST] for each in ("value", "unit", "on", "source")
    )
    read = numbers.number(value)
    if math.isnan(read):
        raise SourceError(
            f"{value!r} is no number.", mend="Write one number; its unit stands apart."
        )
    if len(unit) > LONGEST_UNIT or (own and catalog.exchange(unit or own, own) is None):
        raise SourceError(
            f"{unit!r} is no unit of this figure.", mend=f"Write one such as {own or 'm3'}."
        )
    try:
        day = date.fromisoformat(on)
    except ValueError as error:
        raise SourceError(f"{on[:40]} is no day.", mend="Write it so: 2026-11-30.") from error
    if day > today:
        raise SourceError(f"{on} is still to come.", mend="State the day that the figure is of.")
    if not source:
        raise SourceError(
            "No document is named.", mend="Name the letter, report or survey that states it."
        )
    return Stated(value=read, unit=unit or own, on=day, source=source)


def state(folder: Path, figure: str, stated: Stated | None, seen: str) -> None:
    """Write what is stated of a figure, or take it back.

    ``figure``: Its id. ``stated``: None where nothing is stated any more.
    ``seen``: The mark of the figures that were looked at.
    Raises ChangedError: If they are others now.
    Raises CatalogError: If there is no such figure, or the file is none.
    Raises OutputError: If it cannot be written.
    """
    path = catalog.paths.confined(folder, folder / FIGURES)
    with _writing:
        if mark(folder) != seen:
            raise ChangedError
        text = whole_file.read(path).decode("utf-8-sig")
        try:
            document: Any = tomlkit.parse(text)
        except TOMLKitError as error:
            raise CatalogError(f"{path} is not valid TOML: {error}.",
                               mend="Correct the line that is named.") from error
        own = [each for each in document.get("figure", []) if each.get("id") == figure]
        if len(own) != 1:
            raise CatalogError(f"{path} has no figure {figure!r}.", mend="Load the page again.")
        if stated is None:
            own[0].pop("stated", None)
        else:
            table = tomlkit.inline_table()
            table.update(msgspec.structs.asdict(stated))
            own[0]["stated"] = table
        try:
            whole_file.write(path, tomlkit.dumps(document).encode())
        except OSError as error:
            raise OutputError(
                f"{path.name} cannot be written or moved: {error.strerror}.",
                mend="Close the program that has it open, or ask for the right to write there.",
            ) from error
