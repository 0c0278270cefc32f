"""``landtrack qgis``: a project for QGIS that opens what the desk gives of a place."""

from __future__ import annotations

from pathlib import Path

import click

from landtrack.cli import language
from landtrack.cli.options import LANG, PLACE
from landtrack.cli.printed import echo


@click.command()
@PLACE
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="Write it here; PLACE.qgs by default.")
@click.option("--at", metavar="ADDRESS", help="The address that the desk shows under QGIS and "
              "other GIS; where the desk of PLACE listened last by default.")
@LANG
def qgis(place: Path | None, out: Path | None, at: str | None, lang: str | None) -> None:
    """Write a project for QGIS that opens what the desk gives of PLACE, in the looks of the map.

    The demo place by default. The desk has to be open; QGIS asks for the user name and the
    password that its page makes.
    """
    from landtrack.app import places
    from landtrack.app.ogc import project
    from landtrack.model import catalog, translations, whole_file
    from landtrack.model.outputs import STORE
    from landtrack.server import home

    folder = (place or catalog.demo_place()).resolve()
    address = at or home.last_address(folder)
    made = project.write(places.out_of(folder) / STORE, address, lang or language.now())
    path = out or Path(f"{folder.name}.qgs")
    whole_file.write(path, made)
    echo(translations.load(lang or language.now())("cli.qgis", path=path, address=address))
