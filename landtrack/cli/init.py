"""``landtrack init``: a new place."""

from __future__ import annotations

from pathlib import Path

import click

from landtrack.cli import language
from landtrack.cli.printed import echo

MOST_LISTED = 20
"""How many broken objects are listed; the file in the place lists all."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--osm", "extract", type=click.Path(path_type=Path, dir_okay=False),
    help="An OpenStreetMap extract: .osm.pbf, .osm, .osm.gz or .osm.bz2.",
)
@click.option("--bbox", help="west,south,east,north in degrees: only what meets this box.")
@click.option("--crs", "crs_text", help="Working CRS; found from the position by default.")
@click.option("--title", help="Title of the place; that of the folder or extract by default.")
@click.option("--lang", default="zh", show_default=True, metavar="zh|en",
              help="Language of the place: zh or en.")
def init(folder: Path, extract: Path | None, title: str | None, lang: str, **options: str) -> None:
    """Draft the catalog.toml of the files in FOLDER, each guess marked.

    Or, with --osm, make a place in FOLDER from an OpenStreetMap extract: industrial and
    commercial land use becomes plots; buildings, roads, railways, power lines, substations,
    pipelines and water become layers.
    """
    if extract is None:
        _from_files(folder, title, lang)
    else:
        _from_osm(folder, extract, options, title, lang)


def _from_files(folder: Path, title: str | None, lang: str) -> None:
    from landtrack.app import draft_catalog
    from landtrack.model import translations

    path = draft_catalog.init(
        folder, title=title, language=lang, reader=language.now(), told=language.of_error
    )
    echo(path.read_text(encoding="utf-8"))
    words = translations.load(language.now())
    echo(words("cli.drafted_for_desk", file=path.name) if language.by_desk() else words(
        "cli.drafted", path=path, folder=folder
    ))


def _from_osm(
    folder: Path, extract: Path, options: dict[str, str], title: str | None, lang: str
) -> None:
    from landtrack.app import import_osm
    from landtrack.model import translations

    bbox, words = options["bbox"], translations.load(language.now())
    made = import_osm.init(
        extract, folder, bbox=import_osm.parse_bbox(bbox) if bbox else None,
        crs_text=options["crs_text"],
        title=title, language=lang, reader=language.now(),
    )
    for kind, number in made.layers.items():
        echo(f"{words(f'kind.{kind}')}: {number:,}")
    if made.left_out:
        listed = ", ".join(f"{tag} {number:,}" for tag, number in made.left_out.most_common())
        echo(words("osm.left_out", listed=listed))
    if made.unusable:
        echo(words("osm.set_aside", number=len(made.unusable), file=import_osm.SET_ASIDE))
        for each in made.unusable[:MOST_LISTED]:
            echo(f"  {each.osm_id:<14}{words(f'osm.fault.{each.fault}')}")
        if len(made.unusable) > MOST_LISTED:
            echo(f"  … +{len(made.unusable) - MOST_LISTED:,}")
    echo("\n" + words("cli.now_run", folder=folder))
