"""``landtrack report``: what a park hands in, its numbers taken from the layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from landtrack.cli.options import AS_OF, KNOWN, PLACE, PLACE_LANG, day_of
from landtrack.cli.printed import echo


@click.command()
@PLACE
@click.option(
    "--out", default="build", show_default=True, type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the documents.",
)
@click.option("--year", type=int, help="Write the summary of this year as well, as HTML and DOCX.")
@AS_OF
@KNOWN
@PLACE_LANG
def report(place: Path | None, out: Path, year: int | None, **options: Any) -> None:  # noqa: ANN401
    """Write the report on PLACE: land by state, targets, money, relocation, with charts.

    A page at a glance and a map stand first, long tables in an annex. report.html, report.docx,
    report.xlsx, and ledger.xlsx with the charts as pictures; with --year also
    summary-YEAR.html and .docx, in which each number leads to the query behind it, and one
    that cannot be derived stays open.
    """
    from landtrack.app import assess, yearly_report

    result = assess.folder(
        place, known=options["known"], lang=options["lang"], as_of=day_of(options["as_of"])
    )
    for each in yearly_report.write(result, out, year=year):
        echo(str(each))
