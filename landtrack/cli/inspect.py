"""``landtrack inspect``: what files are, and everything that is wrong with them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from landtrack.cli import language
from landtrack.cli.options import LANG
from landtrack.cli.printed import echo


@click.command()
@click.argument("named", nargs=-1, required=True, type=click.Path(path_type=Path),
                metavar="FILE...")
@click.option("--near", metavar="CRS", help="Working CRS of the place, such as EPSG:4527: rules "
              "out readings of coordinates that do not say their own.")
@click.option("--gaps", is_flag=True, help="Tell narrow gaps between neighbours too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False),
              help="Write a page with small maps on which the problems are marked.")
@click.option("--save", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the JSON into a file too, whole or not at all.")
@click.option("--maps", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the small maps of the layers beside the rest of their place into a file "
              "too, as JSON.")
@LANG
@click.pass_context
def inspect(
    ctx: click.Context, /, named: tuple[Path, ...], near: str | None, page: Path | None,
    save: Path | None, maps: Path | None, **options: object,
) -> None:
    """Say what each FILE is: a file, an archive, or a folder of them. Nothing is changed.

    Exit status: 0 no problem but remarks, 1 something is wrong, 2 it could not be done.
    """
    from landtrack.app import small_maps
    from landtrack.ingest import profile
    from landtrack.model import translations
    from landtrack.output.reports import document, inspection
    from landtrack.spatial import crs
    from landtrack.store import staging

    words = translations.load(str(options["lang"] or language.now()))
    place = None if near is None else crs.parse(near, what="--near")
    files = [path for each in named for path in profile.sources(each)]
    seen, raised = [], []
    for path in files:
        found = profile.look(path, near=place, gaps=bool(options["gaps"]))
        raised.append(found)
        cause, mend = language.of_error(found.cause), language.of_error(found.mend)
        found = dataclasses.replace(found, cause=cause, mend=mend)
        seen.append(found)
        if not options["as_json"]:
            told = document.Document(title="", sections=tuple(inspection.sections(found, words)))
            echo(document.to_text(told, words))
    if options["as_json"]:
        echo(inspection.to_json(seen, words))
    if maps is not None:
        place_of = named[0] if len(named) == 1 and named[0].is_dir() else None
        staging.write_whole(maps, small_maps.to_json(raised, place_of))
    if save is not None:
        words = translations.load(language.ENGLISH)
        staging.write_whole(save, inspection.to_json(raised, words))
    if page is not None:
        document.write(inspection.report(seen, words), page, words, kind="html")
    wrong = any(
        each.cause or any((layer.issues["severity"] == "error").any() for layer in each.layers)
        for each in seen
    )
    ctx.exit(2 if any(each.over_limit for each in seen) else int(wrong))
