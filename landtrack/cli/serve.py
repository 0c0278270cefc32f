"""``landtrack serve``: the desk, in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from landtrack.cli import language
from landtrack.cli.options import LANG, store_named
from landtrack.cli.printed import echo

if TYPE_CHECKING:
    from landtrack.store import Address


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--port", type=click.IntRange(1, 65535), metavar="INTEGER",
              help="Listen on this port; a free one by default.")
@click.option("--no-browser", is_flag=True, help="Only say the address, and open no browser.")
@click.option("--store", type=store_named, metavar="ADDRESS",
              help="Serve this shared store of FOLDER to several people, see `landtrack people`.")
@click.option("--bind", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT",
              help="Where the desk of a shared store listens, for its proxy.")
@click.option("--behind", default="", metavar="ADDRESS",
              help="How it is reached, by a proxy with TLS: https://desk.example.org.")
@click.option("--proxy", "proxies", multiple=True, default=("127.0.0.1", "::1"), show_default=True,
              metavar="ADDRESS", help="From where the proxy asks; nobody else is answered. May be "
              "given again.")
@LANG
def serve(  # noqa: PLR0913, PLR0917  each option is an argument
    folder: Path | None, port: int | None, no_browser: bool, store: Address | None, bind: str,
    behind: str, proxies: tuple[str, ...], lang: str | None,
) -> None:
    """Open the desk of FOLDER, a place or a folder of places, in the browser.

    Without it your own places, in landtrack among your documents, beside the demo place. It is
    for one person on this computer: nobody else can open it. It ends with Ctrl-C; a second start
    opens the one that is there.

    With --store and --behind it is the desk of several people who sign in, behind a proxy that
    speaks TLS.
    """
    from landtrack.model import translations

    words = translations.load(language.now())
    if store is not None or behind:
        if store is None or not behind or folder is None:
            raise click.UsageError(language.said(
                "A shared desk needs the folder of its place, --store and --behind."
            ))
        from landtrack.store import backends

        known = backends.shared(store)
        from landtrack.server import shared

        shared.serve(
            folder, known, bind=bind, behind=behind, proxies=proxies,
            tell=lambda address: echo(words("desk.people.open", address=address)),
            say=lambda line: echo(line, err=True),
        )
        return
    from landtrack.server import start

    start.serve(
        folder, port=port, browser=not no_browser,
        lang=lang or language.now(),
        tell=lambda address, there: echo(
            words("desk.there" if there else "desk.open", address=address)
        ),
    )
