"""``landtrack map``: the map of a store, drawn anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from landtrack.cli import language
from landtrack.cli.options import DAY
from landtrack.cli.printed import echo
from landtrack.cli.sheet import STORE

if TYPE_CHECKING:
    from datetime import datetime

    from landtrack.store import Address


@click.command("map")
@STORE
@click.option("--out", default="build", show_default=True,
              type=click.Path(path_type=Path, file_okay=False), help="Folder for map.html.")
@click.option("--place", type=click.Path(path_type=Path, file_okay=False),
              help="The folder of the place, for its basemaps and its title as they are now.")
@click.option("--as-of", type=DAY, help="The map of this day, judged anew from the files of "
              "--place and the events of the store; needs --place.")
@click.option("--lang", metavar="zh|en",
              help="Language that it opens in: zh or en; the place's own by default.")
def redraw(
    store: Address, out: Path, place: Path | None, as_of: datetime | None, lang: str | None
) -> None:
    """Draw the map of a store anew, without a run.

    The store is read piece by piece, so that a map of millions of features needs little memory;
    beyond 150 000 its data lie in map-blocks/ beside map.html.
    """
    from landtrack.app import assess, draw_map as redraw

    if as_of is None:
        echo(str(redraw.draw(store, out, place=place, lang=lang)))
        return
    if place is None:
        raise click.UsageError(language.said(
            "--as-of needs --place: the verdicts of that day are judged from its files."
        ))
    result = assess.of_store(store, place, as_of.date(), lang)
    echo(str(redraw.draw_anew(result, out)))
