"""``landtrack verify``: whether a sheet or a pack is as issued, who signed, what has changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from landtrack.cli import language
from landtrack.cli.options import PLACE_LANG, store_named
from landtrack.cli.printed import echo

if TYPE_CHECKING:
    from landtrack.store import Address

WRONG = 1
"""Exit status where anything is off."""

TRUST = click.option(
    "--trust", multiple=True, metavar="CERTIFICATE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The certificate of an authority that you trust (.pem, .crt, .cer); may be given again.",
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--store", type=store_named, metavar="PATH|ADDRESS",
              help="Compare with this store, too.")
@TRUST
@PLACE_LANG
@click.pass_context
def verify(
    ctx: click.Context, file: Path, store: Address | None, trust: tuple[Path, ...],
    lang: str | None,
) -> None:
    """Verify FILE: a sheet or atlas (PDF), another PDF that is signed, or a pack (zip).

    Every page is measured again, every text and hash compared, and all that is on it with what
    was drawn. That shows that FILE agrees with itself; that it was issued, the register of a
    store can say (--store, which also lists what has changed since), or a signature, if its
    chain ends at an authority that you name (--trust). Exit status: 0 nothing is off, 1 anything
    is off, 2 could not be done.
    """
    from landtrack.app import verify_file
    from landtrack.output.wording import signed

    found, words, asked = verify_file.verify(
        file, store, trust, lang=lang or ("" if store is not None else language.now())
    )
    for each in found.faults:
        echo(f"✗ {each}")
    for each in found.changes:
        echo(f"Δ {each}")
    for each in found.proved:
        echo(f"✓ {each}")
    for one in found.signatures:
        echo(f"{'✓' if one.holds else '·'} {signed.line(one, words)}")
    if found.measured:
        worst = max(float(each.worst_mm) for each in found.measured)
        points = sum(each.points for each in found.measured)
        texts = sum(each.texts for each in found.measured)
        echo(words("cli.read_back", pages=len(found.measured), points=points,
                         worst=f"{worst:.4f}", texts=texts))
    if asked and not found.faults:
        echo(f"✓ {words('sheet.verify.ok')}")
    elif not asked and not any(each.holds for each in found.signatures):
        echo(words("sheet.verify.alone"))
    if asked and not found.changes:
        echo(f"✓ {words('sheet.verify.same')}")
    ctx.exit(WRONG if found.faults or found.changes else 0)
