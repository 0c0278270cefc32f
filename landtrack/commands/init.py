"""``landtrack init``: a new place."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--osm", "extract", required=True, type=click.Path(path_type=Path, dir_okay=False),
    help="An OpenStreetMap extract, .osm.pbf or .osm.",
)
@click.option("--bbox", help="west,south,east,north in degrees: only what meets this box.")
@click.option("--crs", "crs_text", help="Working CRS; found from the position by default.")
@click.option("--title", help="Title of the place; the extract's name by default.")
def init(
    folder: Path, extract: Path, bbox: str | None, crs_text: str | None, title: str | None
) -> None:
    """Make a place in FOLDER from an OpenStreetMap extract.

    Industrial and commercial land use becomes plots; buildings, roads, railways, power
    lines, substations, pipelines and water become layers.
    """
    from landtrack import osm

    made = osm.init(
        extract, folder, bbox=osm.parse_bbox(bbox) if bbox else None, crs_text=crs_text, title=title
    )
    for kind, number in made.items():
        click.echo(f"{kind:<14}{number:>9,}")
    click.echo(f"\nNow run: landtrack run {folder}")
