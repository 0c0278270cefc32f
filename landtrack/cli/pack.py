"""``landtrack pack``: all that a bureau wants, in one zip."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landtrack.cli.printed import echo
from landtrack.cli.sheet import STATED, STORE

if TYPE_CHECKING:
    from landtrack.store import Address


@click.command()
@click.argument("project", metavar="PROJECT|PLOT")
@click.argument("place", required=False, type=click.Path(path_type=Path))
@STORE
@click.option("--template", "named", default="plain", show_default=True,
              help="A template of packs, or the path of your own.")
@click.option("--out", default="pack.zip", show_default=True,
              type=click.Path(path_type=Path, dir_okay=False), help="The zip.")
@STATED
def pack(
    project: str, place: Path | None, store: Address, named: str, out: Path, **options: Any  # noqa: ANN401
) -> None:
    """Pack the sheets, forms and tables of one PROJECT of PLACE, with a manifest.

    The store must be of the same inputs as PLACE (the demo place by default) has now.
    """
    from landtrack import store as stores
    from landtrack.app import assess, package as packs, print_sheets
    from landtrack.model import translations

    loaded = packs.load(named)
    result = assess.folder(place, known=store, lang=options["lang"])
    order = print_sheets.order(stores.last_run(store), options)
    manifest = packs.write(result, store, project, loaded, order, out)
    for each in manifest["files"]:
        echo(f"{each['bytes']:>10,}  {each['name']}")
    echo(translations.load(result.lang)(
        "cli.pack", path=out, count=len(manifest["files"]), manifest=packs.MANIFEST
    ))
