"""``landtrack site``: acquisition, services and clearance of one plot or project, or of all."""

from __future__ import annotations

from pathlib import Path

import click

from landtrack.cli import language
from landtrack.cli.options import PLACE_LANG
from landtrack.cli.printed import echo


@click.command()
@click.argument("name", metavar="PROJECT|PLOT", required=False)
@click.argument("place", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False),
              help="Write the tables of all plots and projects there, as CSV.")
@PLACE_LANG
def site(name: str | None, place: Path | None, out: Path | None, lang: str | None) -> None:
    """Tell of one project or plot of PLACE (the demo place by default) what its land lacks.

    How far the land is acquired and which parcels block it, which services are there, what
    the corridors of power lines and pipes take.
    """
    from landtrack.app import assess, site_tables
    from landtrack.model import translations
    from landtrack.output.reports import document, site as reports

    if name is None and out is None:
        raise click.UsageError(language.said("Name a project or plot, or a folder with --out."))
    result = assess.folder(place, lang=lang)
    if name is not None:
        told = reports.tables(result, reports.subject(result, name))
        made = document.Document(title=name, sections=reports.sections(told, result))
        echo(document.to_text(made, translations.load(result.lang)))
    if out is not None:
        for each in site_tables.write(result, out):
            echo(str(each))
