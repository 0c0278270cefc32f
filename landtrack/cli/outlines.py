"""``landtrack outlines``: the areas of a file in the working CRS of a place, as JSON."""

from __future__ import annotations

from pathlib import Path

import click

from landtrack.cli import language
from landtrack.cli.options import LANG, issue_lines
from landtrack.cli.printed import echo


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--place", required=True, type=click.Path(path_type=Path, file_okay=False),
              help="Folder of the place in whose working CRS the areas are given.")
@click.option("--from-crs", help="CRS of the source, where it does not say, such as EPSG:4527.")
@click.option("--save", required=True, type=click.Path(path_type=Path, dir_okay=False),
              help="Write the JSON into this file, whole or not at all.")
@LANG
def outlines(source: Path, place: Path, save: Path, lang: str | None, from_crs: str | None) -> None:
    """Read the areas of SOURCE for the map of a place, to begin trial plots with.

    Each comes with its corners in whole millimetres; one with holes or more than 2,000 corners is
    named without them.
    """
    from landtrack.app import outlines as reading
    from landtrack.model import translations

    words = translations.load(lang or language.now())
    found = reading.of(source, place, from_crs=from_crs)
    for line in issue_lines(found.rows, words):
        echo(line)
    reading.save(found, save)
    echo(words("outlines.read", count=len(found.outlines), file=source.name))
