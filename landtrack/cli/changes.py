"""``landtrack changes``: which verdicts differ between two days, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from landtrack.cli.options import DAY, PLACE, PLACE_LANG
from landtrack.cli.printed import echo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from landtrack.model import Rule
    from landtrack.model.translations import Words


@click.command()
@click.argument("first", type=DAY)
@click.argument("second", type=DAY)
@PLACE
@click.option("--rules-now", is_flag=True, help="Judge all by the rules in force on each day, "
              "not by those of the day of acceptance.")
@PLACE_LANG
def changes(
    first: datetime, second: datetime, place: Path | None, rules_now: bool, lang: str | None
) -> None:
    """List the verdicts on PLACE (the demo place by default) that differ between two days.

    Each with its cause: the data, the geometry or the rule. Exit status: 0 none differs,
    1 some do, 2 could not be done.
    """
    from landtrack.app import assess
    from landtrack.model import translations
    from landtrack.output.reports import vetting

    before, after = (
        assess.folder(place, lang=lang, as_of=day.date(), rules_now=rules_now)
        for day in (first, second)
    )
    words = translations.load(after.lang)
    found = vetting.differences(before, after)
    for row in found.to_dict("records"):
        echo(_said(row, words, {**before.rules, **after.rules}))
    echo(words("changes.total", count=len(found), first=f"{first:%Y-%m-%d}",
                     second=f"{second:%Y-%m-%d}"))
    click.get_current_context().exit(int(len(found) > 0))


def _said(row: Mapping[Any, Any], words: Words, rules: Mapping[str, Rule]) -> str:
    causes = words("changes.or").join(
        words("changes.and").join(words(f"changes.{each}") for each in part.split("+"))
        for part in row["cause"].split(" or ")
    )
    return words(
        "changes.line", plot=row["plot_id"], index=words.pick(rules[row["rule"]].title),
        before=words(f"outcome.{row['before']}"), after=words(f"outcome.{row['after']}"),
        cause=causes,
    )
