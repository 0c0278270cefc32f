"""``landtrack convert``: a file in another format, with every loss told first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from landtrack.cli import language
from landtrack.cli.options import LANG, issue_lines
from landtrack.cli.printed import echo

if TYPE_CHECKING:
    from landtrack.app.convert import Plan
    from landtrack.model.translations import Words


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--layer", help="One layer of the source; all by default, where OUT holds several.")
@click.option("--from-crs", help="CRS of the source, where it does not say, such as EPSG:4527.")
@click.option("--to-crs", help="CRS of OUT; that of the source by default.")
@click.option("--template", "layout", help="Layout of a boundary TXT, such as national.")
@click.option("--encoding", help="Encoding of OUT: utf-8, or gbk for Shapefile and TXT.")
@click.option("--strict", is_flag=True, help="Write nothing if anything would be lost.")
@LANG
@click.pass_context
def convert(
    ctx: click.Context, /, source: Path, out: Path, lang: str | None, **options: str
) -> None:
    """Write SOURCE as OUT; the suffix of OUT says the format.

    What OUT cannot hold is told before it is written. Exit status: 0 nothing was lost, 1
    something was (with --strict nothing is written), 2 it could not be done.
    """
    from landtrack.app import convert as conversion
    from landtrack.model import translations

    words = translations.load(lang or language.now())
    strict = options.pop("strict")
    made = conversion.plan(source, out, **options)  # type: ignore[arg-type]
    for line in _told(made, words):
        echo(line)
    if made.losses and strict:
        echo(words("convert.nothing_written"))
    else:
        for path in conversion.carry_out(made):
            echo(words("convert.written", path=path))
    ctx.exit(1 if made.losses else 0)


def _told(made: Plan, words: Words) -> list[str]:
    """Say what was read, what is remarkable about it, and what will be lost."""
    from landtrack.spatial import crs

    told = []
    for name, frame in made.layers.items():
        system = words("convert.no_crs") if frame.crs is None else crs.name(frame.crs)
        told.append(words("convert.layer", layer=name, number=len(frame), crs=system))
    told += issue_lines(made.rows, words)
    told += [
        words("convert.loss", layer=name, loss=words(
            f"loss.{loss.what}", number=loss.number, field=loss.field, detail=loss.detail
        ))
        for name, loss in made.losses
    ]
    return told
