"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from landtrack.status import Event

DAY = click.DateTime(["%Y-%m-%d"])
PLACE = click.argument("place", required=False, type=click.Path(path_type=Path))
AS_OF = click.option("--as-of", type=DAY, help="Vet as of this day (2006-12-31): by its files, "
                     "without what is dated later; the place's own day by default.")
RULES_NOW = click.option("--rules-now", is_flag=True, help="Judge all by the rules in force on "
                         "the day --as-of, else today, not by those of the day of acceptance.")
PLACE_LANG = click.option("--lang", help="Language: zh or en; the place's own by default.")
KNOWN = click.option("--store", "known", type=click.Path(path_type=Path, dir_okay=False),
                     help="Count in the events of this store.")


def events_of(known: Path | None) -> list[Event]:
    """Read the events of a store; none where none is named."""
    from landtrack import store

    return [] if known is None else store.log.read(known).events
