"""Who may go to which address of a shared desk: the table ``data/desk_roles.toml``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import NamedTuple

import msgspec

from landtrack.model import catalog
from landtrack.model.translations import Words

NOBODY, ADMINISTRATOR = "nobody", "administrator"
"""Who is not signed in, and who looks after the people."""


class Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Addresses that serve one end, and the roles for which they are there."""

    id: str
    roles: tuple[str, ...]
    addresses: tuple[str, ...]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    act: tuple[Act, ...]


class Way(NamedTuple):
    """A method, and an address as it is declared."""

    method: str
    path: str


@cache
def acts() -> tuple[Act, ...]:
    """Read the table."""
    told = (catalog.SHIPPED / "desk_roles.toml").read_bytes()
    return msgspec.toml.decode(told, type=_Table).act


def allows(roles: Collection[str], way: Way) -> bool:
    """Tell whether an address is there for somebody who has these roles."""
    return not may().get(way, frozenset()).isdisjoint(roles)


def table(words: Words) -> str:
    """Write the table as Markdown, for the handbook."""
    heads = [NOBODY, "reader", "checker", "planner", "keeper", "administrator"]
    titles = [words(f"people.act.{NOBODY}"), *(f"`{each}`" for each in heads[1:])]
    lines = [
        f"| {words('people.act.what')} | {' | '.join(titles)} | {words('people.act.addresses')} |",
        "|---" * (len(heads) + 2) + "|",
    ]
    for act in acts():
        marks = " | ".join("✓" if each in act.roles else "–" for each in heads)
        named = ", ".join(f"`{each}`" for each in act.addresses)
        lines.append(f"| {words(f'people.act.{act.id}')} | {marks} | {named} |")
    return "\n".join(lines)


@cache
def may() -> Mapping[Way, frozenset[str]]:
    """Say which roles each address is for."""
    return {
        Way(*each.split(" ", 1)): frozenset(act.roles)
        for act in acts() for each in act.addresses
    }
