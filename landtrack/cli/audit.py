"""``landtrack audit``: what happened at a shared desk beside the content, and its proof."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landtrack.cli import language
from landtrack.cli.options import DAY, LANG, day_of, store_named
from landtrack.cli.printed import echo

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from landtrack.app.audit import Wanted
    from landtrack.model.translations import Words
    from landtrack.store import Address, Shared

ADDRESS = click.argument("address", metavar="ADDRESS", type=store_named)


def _wanted(command: Callable[..., None]) -> Callable[..., None]:
    """Let lines be chosen."""
    for each in reversed((
        click.option("--words", default="", help="Lines that hold this text anywhere."),
        click.option("--kind", default="", metavar="NAME",
                     help="Lines of this kind, such as sign_in_failed or roles."),
        click.option("--person", default="", metavar="NAME",
                     help="Lines of what this account did, or of what was done about it."),
        click.option("--since", type=DAY, help="Lines from this day on."),
        click.option("--until", type=DAY, help="Lines up to this day."),
    )):
        command = each(command)
    return command


@click.group()
def audit() -> None:
    """Look at what happened at a shared desk: who came in, changed roles, took what away.

    The audit only grows, and each line is chained to the one before. Only the owner of the store
    may, at the terminal; in the desk its administrators.
    """


@audit.command()
@ADDRESS
@_wanted
@click.option("--most", default=100, show_default=True, type=click.IntRange(1), metavar="NUMBER",
              help="How many lines at most, the last ones.")
@LANG
def show(address: Address, most: int, lang: str | None, **chosen: Any) -> None:  # noqa: ANN401
    """Show lines, the last first."""
    shared, words = _ready(address, lang)
    from landtrack.app import audit as use_case

    found = False
    for each in use_case.read(shared, _of(chosen), most=most):
        found = True
        echo(use_case.line(each, words))
    if not found:
        echo(words("audit.none"))


@audit.command()
@ADDRESS
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_wanted
@LANG
def export(address: Address, file: Path, lang: str | None, **chosen: Any) -> None:  # noqa: ANN401
    """Write lines into FILE, the first first: CSV by its name, else JSON, one a line."""
    shared, words = _ready(address, lang)
    from landtrack.app import audit as use_case

    echo(words("audit.exported", path=file, count=use_case.export(shared, file, _of(chosen))))


@audit.command()
@ADDRESS
@click.option("--head", default="", metavar="NUMBER:HASH",
              help="The head that an earlier proof told, kept elsewhere.")
@LANG
def verify(address: Address, head: str, lang: str | None) -> None:
    """Find lines that were altered, removed or put elsewhere; status 1.

    Keep the head that it tells where nobody reaches it who may write the whole database: with
    --head an audit that was made anew is found as well.
    """
    shared, words = _ready(address, lang)
    from landtrack.app import audit as use_case

    found = use_case.check(shared, head)
    for fault, values in found.faults:
        echo(words(f"audit.{fault}", **values))
    if not found.faults:
        echo(words("audit.holds", count=found.lines, head=found.head))
    click.get_current_context().exit(int(bool(found.faults)))


def _of(chosen: dict[str, Any]) -> Wanted:
    from landtrack.app.audit import Wanted

    def day(own: datetime | None) -> str:
        return "" if own is None else str(day_of(own))

    return Wanted(
        chosen["words"], chosen["kind"], chosen["person"], day(chosen["since"]),
        day(chosen["until"]),
    )


def _ready(address: Address, lang: str | None) -> tuple[Shared, Words]:
    """Insist on a shared store, and give the words in which is answered."""
    from landtrack.model import translations
    from landtrack.store import backends

    return backends.shared(address), translations.load(lang or language.now())
