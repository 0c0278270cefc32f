"""``landtrack sign``: puts the signature of a person or bureau on a sheet, form, report or pack."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landtrack.cli import language
from landtrack.cli.options import LANG
from landtrack.cli.printed import echo
from landtrack.cli.verify import TRUST

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

SECRET = "LANDTRACK_KEY_PASSWORD"  # noqa: S105  the name of a variable
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=FILE)
@click.option("--key", type=FILE, help="The key: a PKCS#12 file (.p12, .pfx).")
@click.option("--token", type=FILE, metavar="LIBRARY",
              help="The key in a token: the PKCS#11 library that came with it.")
@click.option("--label", default="", help="The label of the certificate in the token.")
@click.option("--reason", default="", help="Why it is signed, such as: checked.")
@click.option("--timestamp", default="", metavar="ADDRESS",
              help="Let the authority at this address certify the time (RFC 3161).")
@click.option("--long-term", is_flag=True,
              help="Keep all that proves the signature in the file, for when the certificates "
              "have run out; asks their authorities over the net.")
@TRUST
@click.option("--out", type=FILE, help="The signed file; NAME-signed beside it by default.")
@LANG
def sign(
    file: Path, key: Path | None, token: Path | None, label: str, out: Path | None,
    lang: str | None, **options: Any,  # noqa: ANN401
) -> None:
    """Sign FILE: a sheet, form or report (PDF, as PAdES), or a submission pack (zip).

    Others may have signed it before; a file that was changed since it was issued is refused. The
    password of the key, or the PIN of the token, is asked for, or read from the variable
    LANDTRACK_KEY_PASSWORD; it is never written on the command line.
    """
    from landtrack.app import sign_file
    from landtrack.model import translations
    from landtrack.output import signing

    if (key is None) == (token is None) or (token is not None and not label):
        raise click.UsageError(
            language.said("Name the key: either --key, or --token with --label.")
        )
    if options["long_term"] and not (options["timestamp"] and options["trust"]):
        raise click.UsageError(language.said("--long-term needs --timestamp and --trust."))
    words = translations.load(lang or language.now())
    stamp = signing.Stamp(
        address=options["timestamp"], long_term=options["long_term"],
        trusted=signing.trusting(options["trust"]),
    )
    with _signer(key, token, label) as signer:
        out = out or sign_file.beside(file)
        sign_file.sign(file, signer, out, words, reason=options["reason"], stamp=stamp)
    echo(words("sign.done", path=out))


@contextmanager
def _signer(key: Path | None, token: Path | None, label: str) -> Iterator[Signer]:
    """Open the key with what is asked for."""
    from landtrack.output import signing

    secret = os.environ.get(SECRET)
    if secret is None:
        secret = click.prompt(language.said("Password of the key"), hide_input=True,
                              default="", show_default=False)
    if token is not None:
        with signing.from_token(token, secret, label) as signer:
            yield signer
    elif key is not None:
        yield signing.from_file(key, secret)
