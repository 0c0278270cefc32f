"""``landtrack case``: what two persons sign, submitted by one and decided by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from landtrack.cli.options import PLACE_LANG
from landtrack.cli.printed import echo
from landtrack.cli.status import STORE

if TYPE_CHECKING:
    from landtrack.store import Address
    from landtrack.store.sign_off import Case

BY = click.option("--by", default="", help="Who does; a database knows its user by itself.")
TEXT = click.option("--text", default="", help="A remark.")


@click.group()
def case() -> None:
    """Submit plots and projects to be signed, and decide what another person submitted."""


@case.command()
@click.argument("name", metavar="PLOT|PROJECT")
@click.option("--reason", "reasons", multiple=True, metavar="FINDING=WHY",
              help="Why a finding is unknown, such as: plots:A plot_ratio=not yet measured.")
@TEXT
@BY
@STORE
@PLACE_LANG
def submit(
    name: str, reasons: tuple[str, ...], text: str, by: str, store: Address, lang: str | None
) -> None:
    """Submit a plot or a project, with what was found of it, to be decided by another person."""
    from landtrack.app import sign_off

    given = {}
    for each in reasons:
        finding, sign, why = each.partition("=")
        if not sign:
            raise click.BadParameter(f"{each} is not FINDING=WHY", param_hint="--reason")
        given[finding.strip()] = why
    _say(store, sign_off.submit(store, name, text=text, reasons=given, by=by), lang)


@case.command()
@click.argument("number", type=int)
@TEXT
@BY
@STORE
@PLACE_LANG
def accept(number: int, text: str, by: str, store: Address, lang: str | None) -> None:
    """Accept case NUMBER: by another person than who submitted it or entered its events."""
    from landtrack.app import sign_off

    _say(store, sign_off.accept(store, number, text=text, by=by), lang)


@case.command()
@click.argument("number", type=int)
@click.option("--text", required=True, help="Why.")
@click.option("--clause", default="", help="The clause that it rests on.")
@click.option("--figure", default="", help="The figure that it rests on.")
@click.option("--document", default="", help="The document that it rests on.")
@BY
@STORE
@PLACE_LANG
def refuse(number: int, by: str, store: Address, lang: str | None, **why: str) -> None:
    """Refuse case NUMBER, with the reason and the clause, figure or document that it rests on."""
    from landtrack.app import sign_off
    from landtrack.store.sign_off import Reason

    _say(store, sign_off.refuse(store, number, Reason(**why), by=by), lang)


@case.command()
@click.argument("number", type=int)
@TEXT
@BY
@STORE
@PLACE_LANG
def withdraw(number: int, text: str, by: str, store: Address, lang: str | None) -> None:
    """Withdraw case NUMBER: who submitted it does."""
    from landtrack.app import sign_off

    _say(store, sign_off.withdraw(store, number, text=text, by=by), lang)


@case.command()
@click.argument("number", type=int)
@STORE
@PLACE_LANG
def show(number: int, store: Address, lang: str | None) -> None:
    """Show case NUMBER, and what is otherwise than what was submitted."""
    from landtrack.app import sign_off

    for line in sign_off.told(store, [sign_off.stands(store, number)], lang):
        echo(line)


@case.command("list")
@STORE
@PLACE_LANG
def list_(store: Address, lang: str | None) -> None:
    """List the cases, the last first."""
    from landtrack.app import sign_off

    for line in sign_off.told(store, sign_off.listed(store), lang):
        echo(line)


def _say(store: Address, done: Case, lang: str | None) -> None:
    """Show a case after something was done with it."""
    from landtrack.app import sign_off

    for line in sign_off.told(store, [sign_off.stands(store, done.number)], lang):
        echo(line)
