"""What is to be printed of a store: which features, by which template, of which day, and how."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from landtrack import store
from landtrack.app import assess
from landtrack.model.assessment import Assessment
from landtrack.model.errors import CatalogError
from landtrack.output.sheets import as_of as of_day, subjects as selecting, template
from landtrack.output.sheets.make import Order
from landtrack.output.sheets.subjects import Subject
from landtrack.output.sheets.template import Template
from landtrack.store import assessment as stored


def select(  # noqa: PLR0913  what is printed, and of which day
    known: store.Address, named: str, selection: str, *, lang: str | None = None,
    day: date | None = None, place: Path | None = None, one: bool = False,
) -> tuple[Assessment, Template, tuple[Subject, ...]]:
    """Load a store, of the day that is asked for, and find what is selected in it.

    ``known``: The store that ``landtrack run`` made.
    ``lang``: Language of the sheets; that of the run where not given.
    ``day``: The day, not after that of the run; that of the run where not given.
    ``place``: The folder of the place, whose verdicts of that day are judged anew.
    Raises LandtrackError: If there is no such store or template, nothing is selected, several
    features are where one is asked for, or a verdict is missing.
    """
    look = template.load(named)
    found = stored.load(known, lang=lang)
    if day is not None:
        found = _of_day(found, day, place)
    subjects = selecting.select(found, look, selection)
    of_day.insist_on_no_verdict(found, subjects)
    if one and len(subjects) > 1:
        raise CatalogError(
            f"{selection!r} selects {len(subjects)} features.",
            mend="Print one sheet each with `landtrack atlas`, or all on one sheet: A+B.",
        )
    return found, look, subjects


def order(run: Mapping[str, Any], options: Mapping[str, Any]) -> Order:
    """Make an order of what was typed.

    ``run``: The run of the store, whose day is that of drawing where none is stated.
    ``options``: The options by name.
    Raises CatalogError: If a scale, a day or a value is not written as it should be.
    """
    stated = {
        name: options[name] for name in ("drawn_by", "checked_by") if options[name]
    }
    stated["drawn_on"] = _day(options["drawn_on"]) or str(run.get("as_of") or run["at"])[:10]
    for each in options["values"]:
        name, sign, value = each.partition("=")
        if not sign:
            raise CatalogError(f"--set {each!r} states no value.", mend="Write name=value.")
        stated[name.strip()] = value.strip()
    return Order(
        scale=_scale(options.get("scale")), paper=options.get("paper"),
        split=options.get("split"), draft=options["draft"], stated=stated,
    )


def _of_day(found: Assessment, day: date, place: Path | None) -> Assessment:
    """Take a store back to a day: by its log, and where its place is named by vetting that."""
    then = of_day.of_day(found, day)
    if then is found or place is None:
        return then
    return of_day.judged(found, assess.of_store(found.stored, place, day, found.lang))


def _day(text: str) -> str:
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise CatalogError(
            f"--on {text!r} is no day.", mend="Write it as year-month-day, such as 2006-12-31."
        ) from None


def _scale(text: str | None) -> int | None:
    if text is None:
        return None
    figure = text.replace(" ", "").removeprefix("1:")
    if not figure.isdigit() or int(figure) == 0:
        raise CatalogError(f"--scale {text!r} is no scale.", mend="Write it as 1:1000.")
    return int(figure)
