"""``landtrack store``: what concerns a store as a whole."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landtrack.cli import language
from landtrack.cli.options import LANG, store_named
from landtrack.cli.printed import echo

if TYPE_CHECKING:
    from landtrack.store import Address


@click.group()
def store() -> None:
    """Look after a store as a whole."""


@store.command()
@click.argument("address", metavar="PATH|ADDRESS", type=store_named)
@click.option("--workflow", help="The workflow of its place, of which a store of version 1 "
              "says nothing: such as cn-2006; none where its approvals follow none that is known.")
@click.option("--lang", default="zh", show_default=True, metavar="zh|en",
              help="The language of its place.")
def migrate(address: Address, workflow: str | None, lang: str) -> None:
    """Bring the store up to this version, after making a backup beside it.

    A shared store is migrated by its owner; its database makes the backups.
    """
    from landtrack import store
    from landtrack.model import catalog, translations
    from landtrack.store import staging

    if workflow is not None:
        catalog.workflow(workflow)
    translations.load(lang)
    words = translations.load(language.now())
    file = isinstance(address, Path)
    with staging.exclusive(address.parent) if isinstance(address, Path) else nullcontext():
        backup = store.migrate(address, meta={
            "place": address.stem if isinstance(address, Path) else address.schema,
            "language": lang, **({} if workflow is None else {"workflow": workflow}),
        })
    if backup:
        echo(words("cli.backup", path=backup))
    else:
        echo(words("cli.migrated_already" if file else "cli.migrated", store=address))
    if not store.kept(address):
        echo(words("cli.no_rules_kept"))


@store.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True,
                type=click.Path(path_type=Path, dir_okay=False, exists=True))
@LANG
def summary(paths: tuple[Path, ...], lang: str | None) -> None:  # noqa: ARG001  errors are said in it
    """Say as JSON how the plots of each store stand, and what its data ask for.

    A store whose results are not those that its run wrote says so in cause and mend.
    """
    from landtrack.app import standing
    from landtrack.output.reports import answers

    echo(answers.to_json([standing.of(each) for each in paths]))


@store.command()
@click.argument("path", metavar="FILE",
                type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("place", metavar="PLACE",
                type=click.Path(path_type=Path, file_okay=False, exists=True))
@LANG
def overview(path: Path, place: Path, lang: str | None) -> None:  # noqa: ARG001  errors are said in it
    """Say as JSON what one who answers for PLACE asks of its store.

    Projects by verdict, land by state over time, money, the targets of PLACE, what blocks, what is
    overdue, the steps since a month before; and the features behind each figure.
    """
    from landtrack.app import overview
    from landtrack.output.reports import answers

    echo(answers.to_json(overview.of(path, place)))


@store.command()
@click.argument("source", type=store_named)
@click.argument("target", type=store_named)
@LANG
def copy(source: Address, target: Address, lang: str | None) -> None:
    """Copy the whole store SOURCE, its evidence too, to TARGET.

    Each is a GeoPackage, or postgresql://user@host/database?schema=name.
    """
    from landtrack import store
    from landtrack.model import translations

    words = translations.load(lang or language.now())
    echo(words("cli.copied", store=target, count=store.copy(source, target)))


@store.command()
@click.argument("address", type=store_named)
@click.argument("may", metavar="ROLE", type=click.Choice(
    ["reader", "checker", "planner", "keeper", "desk", "none"]))
@click.argument("who", metavar="USER")
@click.option("--sql", is_flag=True, help="Print the statements and run nothing.")
@click.option("--lang", expose_value=False, metavar="zh|en",
              help="Language: zh or en; that of the computer by default.")
def grant(address: Address, may: str, who: str, sql: bool) -> None:
    """Let USER of the database be a reader, checker, planner or keeper of the shared store ADDRESS.

    A reader reads; a checker also issues sheets; a planner also enters events and evidence;
    a keeper also replaces the layers by those of a new run; none may do nothing. The desk of the
    store takes the rights of whoever is signed in there, and has none of its own.
    """
    from landtrack import store

    for statement in store.grant(address, may, who, only_told=sql):
        echo(f"{statement};")
