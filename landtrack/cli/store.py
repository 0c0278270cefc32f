"""``landtrack store``: what concerns a store as a whole."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landtrack.cli.options import store_named

if TYPE_CHECKING:
    from landtrack.store import Address


@click.group()
def store() -> None:
    """Look after a store as a whole."""


@store.command()
@click.argument("address", metavar="PATH|ADDRESS", type=store_named)
@click.option("--workflow", default="cn-2006", show_default=True, help="The workflow of its "
              "place: an older store does not say.")
@click.option("--lang", default="zh", show_default=True, help="The language of its place.")
def migrate(address: Address, workflow: str, lang: str) -> None:
    """Bring the store up to this version, after making a backup beside it.

    A shared store is migrated by its owner; its database makes the backups.
    """
    from landtrack import store
    from landtrack.model import catalog, translations
    from landtrack.store import staging

    catalog.workflow(workflow)
    translations.load(lang)
    file = isinstance(address, Path)
    with staging.exclusive(address.parent) if isinstance(address, Path) else nullcontext():
        backup = store.migrate(address, meta={
            "place": address.stem if isinstance(address, Path) else address.schema,
            "workflow": workflow, "language": lang,
        })
    if backup:
        click.echo(f"backup: {backup}")
    else:
        click.echo(f"{address} is of this version" + (" already" if file else ""))
    if not store.kept(address):
        click.echo(
            "It kept no copy of the rules that it was judged by: maps, sheets and packs are not "
            "drawn from it until `landtrack run` has made it again; its log of events goes on."
        )


@store.command()
@click.argument("source", type=store_named)
@click.argument("target", type=store_named)
def copy(source: Address, target: Address) -> None:
    """Copy the whole store SOURCE, its evidence too, to TARGET.

    Each is a GeoPackage, or postgresql://user@host/database?schema=name.
    """
    from landtrack import store

    click.echo(f"{target}: {store.copy(source, target)} events")


@store.command()
@click.argument("address", type=store_named)
@click.argument("may", metavar="ROLE", type=click.Choice(["reader", "planner", "keeper", "none"]))
@click.argument("who", metavar="USER")
@click.option("--sql", is_flag=True, help="Print the statements and run nothing.")
def grant(address: Address, may: str, who: str, sql: bool) -> None:
    """Let USER of the database be a reader, planner or keeper of the shared store ADDRESS.

    A reader reads; a planner also enters events, evidence and sheets; a keeper also replaces
    the layers by those of a new run; none may do nothing.
    """
    from landtrack import store

    for statement in store.grant(address, may, who, only_told=sql):
        click.echo(f"{statement};")
