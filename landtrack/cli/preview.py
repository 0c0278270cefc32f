"""``landtrack preview``: what a change would change, before it is made."""

from __future__ import annotations

from pathlib import Path

import click

from landtrack.cli.options import KNOWN, PLACE, PLACE_LANG
from landtrack.cli.printed import echo

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@PLACE
@click.option("--catalog", "written", type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help="A catalog that would take the place of catalog.toml.")
@click.option("--delivery", default="", help="The files that wait under this name in the "
              "folder .landtrack/deliveries and would take the place of others.")
@click.option("--xlsx", type=FILE, help="Write it as a workbook.")
@click.option("--save", type=FILE, help="Write the list as JSON, for the desk to show.")
@KNOWN
@PLACE_LANG
@click.pass_context
def preview(  # noqa: PLR0913, PLR0917  each option is an argument
    ctx: click.Context, place: Path | None, written: Path | None, delivery: str,
    xlsx: Path | None, save: Path | None, known: object, lang: str | None,
) -> None:
    """Say what would be judged otherwise on PLACE (the demo place by default); nothing is changed.

    The place is vetted as it is, and as another catalog or files that wait would make it. Exit
    status: 0 nothing would be otherwise, 1 something would, 2 could not be done.
    """
    from landtrack.app import changes_kept, differences
    from landtrack.model import catalog, translations
    from landtrack.output.reports import document, preview as report

    found = differences.of_change(
        place or catalog.demo_place(), written=written, delivery=delivery, known=known,  # type: ignore[arg-type]
        lang=lang,
    )
    words = translations.load(found.after.lang)
    told, count = report.build(found.before, found.after, found.layers)
    echo(document.to_text(told, words))
    if save:
        changes_kept.keep_change(found.before, found.after, found.layers, save)
    if xlsx:
        document.write(told, xlsx, words, kind="xlsx")
    ctx.exit(int(count > 0))
