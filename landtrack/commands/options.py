"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

DAY = click.DateTime(["%Y-%m-%d"])
PLACE = click.argument("place", required=False, type=click.Path(path_type=Path))
AS_OF = click.option("--as-of", type=DAY, help="Vet as of this day (2006-12-31): by its files, "
                     "without what is dated later; the place's own day by default.")
RULES_NOW = click.option("--rules-now", is_flag=True, help="Judge all by the rules in force on "
                         "the day --as-of, else today, not by those of the day of acceptance.")
PLACE_LANG = click.option("--lang", help="Language: zh or en; the place's own by default.")
