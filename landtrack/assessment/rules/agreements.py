"""What was agreed for single plots and projects: which of it holds on a day, one for each rule."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from landtrack.model import Override, Waiver
from landtrack.model.errors import CatalogError


def overrides(stated: Sequence[Override], day: date) -> tuple[Override, ...]:
    """Give the limits that hold on a day.

    ``stated``: All that were agreed, by the plot or project that is judged.
    ``day``: The day of vetting.
    Returns: At most one for each plot and rule, in the order of the catalog.
    Raises CatalogError: If two hold at once, one replaces a document that there is none of, or a
    later one, or a limit is none.
    """
    for each in stated:
        _check_limit(each)
    _check_replaced(stated)
    agreed = [each for each in stated if each.agreed_on is None or each.agreed_on <= day]
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
    Raises CatalogError: If two hold at once, or one ends before it is granted.
    """
    for each in stated:
        if each.until < each.granted_on:
            raise CatalogError(
                f"The waiver {each.document} of {each.plot} on the rule {each.rule} ends "
                f"({each.until}) before it is granted ({each.granted_on}).",
                mend="Correct `granted_on` or `until` of the [[waiver]] in catalog.toml.",
            )
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


def _check_limit(stated: Override) -> None:
    """Insist that a limit can be met: a number, and for a range two in their order."""
    bounds = [stated.threshold, *([] if stated.upper is None else [stated.upper])]
    ranged = stated.relation == "between"
    if not all(map(math.isfinite, bounds)) or len(bounds) != 1 + ranged or bounds != sorted(bounds):
        raise CatalogError(
            f"{stated.document} states no limit of {stated.plot} on the rule {stated.rule}: "
            f"{stated.relation} {' – '.join(f'{each:g}' for each in bounds)}.",
            mend="Write `threshold`, and for the relation between also `upper`, which is not less.",
        )


def _check_replaced(stated: Iterable[Override]) -> None:
    """Insist that what is replaced is there, of the same plot and rule, and is the earlier."""
    known = {(each.plot, each.rule, each.document): each for each in stated}
    for each in stated:
        if not each.replaces:
            continue
        earlier = known.get((each.plot, each.rule, each.replaces))
        if earlier is None or each.replaces == each.document:
            raise CatalogError(
                f"{each.document} replaces {each.replaces!r}, which is no other limit of "
                f"{each.plot} on the rule {each.rule}.",
                mend="Name the document of the [[override]] that it replaces.",
            )
        if _is_after(earlier, each) or each.document in _replaced_by(earlier, known):
            raise CatalogError(
                f"{each.document} replaces {each.replaces!r}, which is the later limit of "
                f"{each.plot} on the rule {each.rule}.",
                mend="Correct `replaces` or `agreed_on`: the later limit names the earlier one.",
            )


def _is_after(one: Override, other: Override) -> bool:
    return None not in (one.agreed_on, other.agreed_on) and one.agreed_on > other.agreed_on  # type: ignore[operator]


def _replaced_by(
    stated: Override, known: Mapping[tuple[str, str, str], Override]
) -> frozenset[str]:
    """Name all documents that a limit replaces, and those that these do."""
    found: set[str] = set()
    following: Override | None = stated
    while following is not None and following.replaces and following.replaces not in found:
        found.add(following.replaces)
        following = known.get((stated.plot, stated.rule, following.replaces))
    return frozenset(found)
