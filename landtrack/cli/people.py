"""``landtrack people``: the accounts of a shared desk, and what each may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from landtrack.cli import language
from landtrack.cli.options import LANG, store_named
from landtrack.cli.printed import echo

if TYPE_CHECKING:
    from landtrack.model.translations import Words
    from landtrack.store import Address, Shared

ROLES = ("reader", "checker", "planner", "keeper", "administrator")
ADDRESS = click.argument("address", metavar="ADDRESS", type=store_named)
NAME = click.argument("name", metavar="NAME")
AT = click.option("--at", default="", metavar="ADDRESS",
                  help="The address of the desk, such as https://desk.example.org, for the link.")


@click.group()
def people() -> None:
    """Look after who may come in to a shared desk.

    Only the owner of the store may, at the terminal; in the desk its administrators.
    """


@people.command()
@ADDRESS
@NAME
@click.option("--shown", required=True, help="How people call this person, such as: Li Si.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES),
              help="What this person may do; may be given again for an administrator who works "
              "at the content, too.")
@AT
@LANG
def add(
    address: Address, name: str, shown: str, roles: tuple[str, ...], at: str, lang: str | None
) -> None:
    """Make an account NAME, and a link by which its person chooses a password.

    The name is for ever: it stands in the log. The link is good once, for three days; hand it over
    by a way that only that person reads.
    """
    shared, words = _ready(address, lang)
    from landtrack.app import people as use_case

    made = use_case.add(shared, name, shown, roles, at)
    echo(words("people.added", name=made.name, link=made.link))


@people.command()
@ADDRESS
@NAME
@click.argument("roles", metavar="ROLE...", nargs=-1, type=click.Choice(ROLES))
@LANG
def roles(address: Address, name: str, roles: tuple[str, ...], lang: str | None) -> None:
    """Let NAME be ROLE..., and nothing else; nothing where none is named.

    A reader reads; a checker decides cases and issues sheets; a planner enters events and submits
    cases; a keeper also takes a new run over; an administrator looks after people. Nobody is two
    of the first four. Who is signed in signs in again.
    """
    shared, words = _ready(address, lang)
    from landtrack.app import people as use_case

    use_case.give(shared, name, roles)
    _say(shared, name, words)


@people.command()
@ADDRESS
@NAME
@click.option("--undo", is_flag=True, help="Enable it again.")
@LANG
def disable(address: Address, name: str, undo: bool, lang: str | None) -> None:
    """Disable the account NAME: nobody comes in by it, and its sessions end.

    No account is deleted: its name stays in the log.
    """
    shared, words = _ready(address, lang)
    from landtrack.store.postgis import people as kept

    kept.disable(shared, name, off=not undo)
    _say(shared, name, words)


@people.command()
@ADDRESS
@NAME
@AT
@click.option("--without-second", is_flag=True,
              help="Take the second factor away, too, which this person lost.")
@LANG
def link(address: Address, name: str, at: str, without_second: bool, lang: str | None) -> None:
    """Make a link by which NAME chooses a password, once, within three days.

    The link before is good no more. Once it is used, the sessions of NAME end.
    """
    shared, words = _ready(address, lang)
    from landtrack.app import people as use_case
    from landtrack.store.postgis import people as kept

    made = use_case.link(shared, name, at)
    if without_second:
        kept.drop_second(shared, name)
    echo(words("people.link", name=name, link=made))


@people.command("list")
@ADDRESS
@LANG
def list_(address: Address, lang: str | None) -> None:
    """List all accounts, what each may do, and by what it comes in."""
    shared, words = _ready(address, lang)
    from landtrack.app import people as use_case
    from landtrack.store.postgis import people as kept

    found = kept.accounts(shared)
    for each in found:
        echo(use_case.told(each, words))
    if not found:
        echo(words("people.nobody"))


@people.command()
@ADDRESS
@click.argument("name", metavar="[NAME]", default="", required=False)
@click.option("--end", type=int, metavar="NUMBER", help="End the session of this number.")
@LANG
def sessions(address: Address, name: str, end: int | None, lang: str | None) -> None:
    """List the open sessions, of NAME alone where that is given."""
    shared, words = _ready(address, lang)
    from landtrack.app import people as use_case
    from landtrack.store.postgis import people as kept

    if end is not None:
        kept.end(shared, end)
    found = kept.sessions(shared, name)
    for each in found:
        echo(use_case.told_session(each, words))
    if not found:
        echo(words("people.no_session"))


def _say(shared: Shared, name: str, words: Words) -> None:
    """Show an account after something was done with it."""
    from landtrack.app import people as use_case
    from landtrack.store.postgis import people as kept

    for each in kept.accounts(shared):
        if each.name == name:
            echo(use_case.told(each, words))


def _ready(address: Address, lang: str | None) -> tuple[Shared, Words]:
    """Insist on a shared store, and give the words in which is answered."""
    from landtrack.model import translations
    from landtrack.store import backends

    return backends.shared(address), translations.load(lang or language.now())
