"""``landtrack reconcile``: what a report states against what the layers say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landtrack.cli.options import AS_OF, KNOWN, PLACE, PLACE_LANG, events_of, issue_lines

if TYPE_CHECKING:
    import pandas as pd

    from landtrack.ingest.formats.tables import Table
    from landtrack.model.translations import Words

REPORTED = "reported_figures.csv"
"""Where the reported figures stand if nobody says."""


@click.command()
@PLACE
@click.option("--figures", "stated", type=click.Path(path_type=Path, dir_okay=False),
              help="The reported figures; the place's reported_figures.csv by default.")
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False),
              help="Write a page on which each figure shows its features.")
@AS_OF
@KNOWN
@PLACE_LANG
@click.pass_context
def reconcile(
    ctx: click.Context, /, place: Path | None, **options: Any  # noqa: ANN401
) -> None:
    """Hold the figures that a report on PLACE states against its layers.

    Exit status: 0 all agree, 1 one differs, 3 none differs but one cannot be derived, 2 it
    could not be done.
    """
    from landtrack.app import vet
    from landtrack.assessment import reconcile as figures_against
    from landtrack.model import catalog, translations
    from landtrack.output.reports import answers, reconciliation

    loaded = catalog.place(place if place is not None else catalog.demo_place())
    day = options["as_of"] and options["as_of"].date()
    result = vet.vet(
        loaded, lang=options["lang"], as_of=day, log=events_of(options["known"])
    )
    words = translations.load(result.lang)
    own = catalog.figures(loaded.folder)
    stated = options["stated"]
    source = str(stated.resolve()) if stated else loaded.reported_figures or REPORTED
    read_in = figures_against.read_reported(source, loaded.folder)
    table = figures_against.compare(
        figures_against.reported(read_in), own, figures_against.ground(result)
    )
    if options["page"]:
        options["page"].write_text(
            reconciliation.to_html(table, own, result.layers, loaded, words),
            encoding="utf-8", newline="\n"
        )
    if options["as_json"]:
        click.echo(answers.to_json(table))
    else:
        titles = {each.id: words.pick(each.title) for each in own}
        for row in table.to_dict("records"):
            told = reconciliation.told(row, titles, words)
            click.echo(
                f"{told['said']:<8} {told['title']}: {told['reported']} | {told['derived']} "
                f"| {told['difference']} | {told['behind']}"
            )
        click.echo(reconciliation.total(table, words))
        for line in _issues(read_in, words):
            click.echo(line)
    ctx.exit(_status(table))


def _issues(reported: Table, words: Words) -> list[str]:
    from landtrack.assessment import reconcile as figures_against
    from landtrack.ingest import read

    rows = read.table_rows(reported.notes, source=reported.path.name)
    return issue_lines([*rows, *figures_against.told(reported)], words)


def _status(table: pd.DataFrame) -> int:
    verdicts = set(table["verdict"])
    return 1 if "differs" in verdicts else 3 if "open" in verdicts else 0
