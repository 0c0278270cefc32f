"""``landtrack serve``: the desk, in the browser."""

from __future__ import annotations

from pathlib import Path

import click

from landtrack.cli import language
from landtrack.cli.options import LANG
from landtrack.cli.printed import echo


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--port", type=click.IntRange(1, 65535), metavar="INTEGER",
              help="Listen on this port; a free one by default.")
@click.option("--no-browser", is_flag=True, help="Only say the address, and open no browser.")
@LANG
def serve(folder: Path | None, port: int | None, no_browser: bool, lang: str | None) -> None:
    """Open the desk of FOLDER, a place or a folder of places, in the browser.

    Without it your own places, in landtrack among your documents, beside the demo place. It is
    for one person on this computer: nobody else can open it. It ends with Ctrl-C; a second start
    opens the one that is there.
    """
    from landtrack.model import translations
    from landtrack.server import start

    words = translations.load(language.now())
    start.serve(
        folder, port=port, browser=not no_browser,
        lang=lang or language.now(),
        tell=lambda address, there: echo(
            words("desk.there" if there else "desk.open", address=address)
        ),
    )
