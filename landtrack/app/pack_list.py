"""The rule packs that there are, with what each asks, for somebody to choose of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from landtrack.model import Rule, RulePack, catalog
from landtrack.model.errors import CatalogError
from landtrack.model.translations import Words


class Asks(NamedTuple):
    """A rule in words: its limit with relation and unit, the lines of its table, its clause."""

    title: str
    limit: str
    lines: tuple[str, ...]
    clause: str
    verified: bool


class Listed(NamedTuple):
    """A pack in words: its title, who issued it, since when and until when, what it asks."""

    id: str
    title: str
    level: str
    document: str
    since: str
    until: str
    asks: tuple[Asks, ...]


def listed(words: Words) -> list[Listed]:
    """List the packs that there are, the user's and the shipped; one that is wrong is left out."""
    found = []
    for name in catalog.data_files("rules"):
        try:
            found.append(_pack(catalog.rule_pack(name), words))
        except CatalogError:
            continue  # it can still be typed, and is refused then with what is wrong with it
    return found


def chosen(before: Sequence[str], ticked: Sequence[str], others: Sequence[str]) -> list[str]:
    """Give the packs of a place: those of before keep their order, what is new comes behind.

    ``before``: What the catalog names. ``ticked``: Of those that are listed. ``others``: As typed.
    """
    named = list(dict.fromkeys([*ticked, *others]))
    return [*(each for each in before if each in named),
            *(each for each in named if each not in before)]


def table_lines(rule: Rule, words: Words) -> list[str]:
    """Write the limits of the table of a rule, a line each; none of a rule without one."""
    if rule.table is None:
        return []
    told = [
        f"{'/'.join(row.key):<8}"
        f"{words.limit_of(rule.relation, row.threshold, row.upper, rule.unit)}"
        + ("" if row.verified else f"  [{words('wording.not_verified')}]")
        for row in rule.table.rows if row.threshold is not None
    ]
    empty = len(rule.table.rows) - len(told)
    if empty:
        document = words.pick(rule.table.document)
        told.append(f"{rule.table.file}: {empty} × " + words("wording.no_limit", document=document))
    return told


def _pack(pack: RulePack, words: Words) -> Listed:
    return Listed(
        pack.id, words.pick(pack.title), words(f"level.{pack.level}"),
        " ".join(filter(None, (pack.document_no, pack.issuer))),
        pack.in_force_from.isoformat(),
        "" if pack.in_force_until is None else pack.in_force_until.isoformat(),
        tuple(
            Asks(
                words.pick(each.title), words.limit(each), tuple(table_lines(each, words)),
                each.clause, each.verified,
            )
            for each in pack.rule
        ),
    )
