"""What was agreed for single plots and projects: which of it holds on a day, one for each rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from landtrack.model import Override, Waiver
from landtrack.model.errors import CatalogError


def overrides(stated: Sequence[Override], day: date | None) -> tuple[Override, ...]:
    """Give the limits that hold on a day.

    ``stated``: All that were agreed, by the plot or project that is judged.
    ``day``: The day of vetting; without one all hold that no other replaces.
    Returns: At most one for each plot and rule, in the order of the catalog.
    Raises CatalogError: If two hold at once, or one replaces a document that there is none of.
    """
    _check_replaced(stated)
    agreed = [
        each for each in stated
        if day is None or each.agreed_on is None or each.agreed_on <= day
    ]
    replaced = {(each.plot, each.rule, each.replaces) for each in agreed if each.replaces}
    holding = [each for each in agreed if (each.plot, each.rule, each.document) not in replaced]
    _insist_on_one(
        holding, "limits",
        'Let the later one say so: replaces = "the document of the earlier one".',
    )
    return tuple(holding)


def waivers(stated: Sequence[Waiver], day: date) -> tuple[Waiver, ...]:
    """Give the waivers that hold on a day.

    ``stated``: All that were granted, by the plot or project that is judged.
    Returns: At most one for each plot and rule, in the order of the catalog.
    Raises CatalogError: If two hold at once.
    """
    holding = [each for each in stated if each.granted_on <= day <= each.until]
    _insist_on_one(holding, "waivers", "End the one (until) before the other is granted.")
    return tuple(holding)


def _insist_on_one(holding: Iterable[Override | Waiver], what: str, mend: str) -> None:
    seen: dict[tuple[str, str], Override | Waiver] = {}
    for each in holding:
        other = seen.setdefault((each.plot, each.rule), each)
        if other is not each:
            raise CatalogError(
                f"Two {what} hold at once for {each.plot} and the rule {each.rule}: "
                f"{other.document} and {each.document}.",
                mend=mend,
            )


def _check_replaced(stated: Iterable[Override]) -> None:
    """Insist that what is replaced is there, of the same plot and rule."""
    known = {(each.plot, each.rule, each.document) for each in stated}
    for each in stated:
        replaced = (each.plot, each.rule, each.replaces)
        if each.replaces and (replaced not in known or each.replaces == each.document):
            raise CatalogError(
                f"{each.document} replaces {each.replaces!r}, which is no other limit of "
                f"{each.plot} on the rule {each.rule}.",
                mend="Name the document of the [[override]] that it replaces.",
            )
