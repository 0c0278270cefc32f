"""``landtrack reconcile``: what a report states against what the layers say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from landtrack.cli.options import AS_OF, KNOWN, PLACE, PLACE_LANG, day_of, issue_lines
from landtrack.cli.printed import echo


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
    from landtrack.app import assess, reconcile_figures
    from landtrack.model import translations
    from landtrack.output.reports import answers, document

    result = assess.folder(
        place, known=options["known"], lang=options["lang"], as_of=day_of(options["as_of"])
    )
    words = translations.load(result.lang)
    found = reconcile_figures.against_layers(result, options["stated"])
    told = reconcile_figures.told(found, result)
    if options["page"]:
        document.write(told, options["page"], words, kind="html")
    if options["as_json"]:
        echo(answers.to_json(found.table))
    else:
        echo(document.to_text(told, words))
        for line in issue_lines(found.rows, words):
            echo(line)
    ctx.exit(found.status)
