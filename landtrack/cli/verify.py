"""``landtrack verify``: whether a sheet or a pack is as issued, and what has changed since."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from landtrack.cli import language
from landtrack.cli.options import PLACE_LANG, store_named

if TYPE_CHECKING:
    from landtrack.output.sheets.readback import Measured
    from landtrack.store import Address

WRONG = 1
"""Exit status where anything is off."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--store", type=store_named, metavar="PATH|ADDRESS",
              help="Compare with this store, too.")
@PLACE_LANG
@click.pass_context
def verify(ctx: click.Context, file: Path, store: Address | None, lang: str | None) -> None:
    """Verify FILE: a sheet or atlas (PDF), or a submission pack (zip).

    Every page is measured again, every text and hash compared, and all that is on it with what
    was drawn. That shows that FILE agrees with itself; that it was issued, only the register of
    a store can say: name it with --store, which also lists what has changed since. Exit status:
    0 nothing is off, 1 anything is off, 2 could not be done.
    """
    from landtrack.app import package
    from landtrack.model import translations
    from landtrack.output.sheets import verify as verifying
    from landtrack.store import assessment

    source = assessment.load(store, lang=lang) if store is not None else None
    words = source.words if source is not None else translations.load(lang or language.now())
    data = verifying.read(file)
    measured: list[Measured] = []
    if data[:4] == b"PK\x03\x04":
        faults, changes = package.verify(data, words, source)
    else:
        measured, faults, changes = verifying.pdf(data, words, source)
    for each in faults:
        click.echo(f"✗ {each}")
    for each in changes:
        click.echo(f"Δ {each}")
    if measured:
        worst = max(float(each.worst_mm) for each in measured)
        points = sum(each.points for each in measured)
        texts = sum(each.texts for each in measured)
        click.echo(words(
            "cli.read_back", pages=len(measured), points=points, worst=f"{worst:.4f}", texts=texts
        ))
    if source is None:
        click.echo(words("sheet.verify.alone"))
    elif not faults:
        click.echo(f"✓ {words('sheet.verify.ok')}")
    if source is not None and not changes:
        click.echo(f"✓ {words('sheet.verify.same')}")
    ctx.exit(WRONG if faults or changes else 0)
