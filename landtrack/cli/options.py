"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from landtrack.model import issues
    from landtrack.model.translations import Words
    from landtrack.store import Address


def store_named(written: str | Address) -> Address:
    """Read the path of a GeoPackage, or the address of a store in a database."""
    from landtrack.store import Shared, address

    return written if isinstance(written, Shared) else address.parse(written)



class _Day(click.DateTime):
    """A day, written in any way in which those of files are."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read a day; what is none is refused as click does it."""
        from datetime import datetime, time

        from landtrack.ingest.normalise.dates import Calendar

        day = Calendar().day(value) if isinstance(value, str) else None
        return super().convert(value, param, ctx) if day is None else datetime.combine(day, time())


DAY = _Day(["%Y-%m-%d"])
PLACE = click.argument("place", required=False, type=click.Path(path_type=Path))
AS_OF = click.option("--as-of", type=DAY, help="Vet as of this day (2006-12-31): by its files, "
                     "without what is dated later; the place's own day by default.")
RULES_NOW = click.option("--rules-now", is_flag=True, help="Judge all by the rules in force on "
                         "the day --as-of, else today, not by those of the day of acceptance.")
PLACE_LANG = click.option("--lang", metavar="zh|en",
                          help="Language: zh or en; the place's own by default.")
LANG = click.option("--lang", metavar="zh|en",
                    help="Language: zh or en; that of the computer by default.")
KNOWN = click.option("--store", "known", type=store_named, metavar="PATH|ADDRESS",
                     help="Count in the events of this store.")


def day_of(typed: datetime | None) -> date | None:
    """Give the day of what click read; None where nothing was typed."""
    return typed.date() if typed is not None else None


def issue_lines(rows: Iterable[issues.Row], words: Words) -> list[str]:
    """Write issues as lines, each once: what is said of a file is said by each of its layers."""
    from landtrack.model import issues, translations

    told = translations.with_mends(issues.frame(rows), words).to_dict("records")
    return list(dict.fromkeys(
        words("convert.issue", title=words(f"issue.{row['issue']}.title"), mend=row["mend"])
        for row in told
    ))
