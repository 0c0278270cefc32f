"""Signs a sheet, form, report or pack with the key of a person or bureau."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from landtrack.app import package, verify_file
from landtrack.model import whole_file
from landtrack.model.errors import SourceError
from landtrack.output import signing
from landtrack.output.sheets import georeference
from landtrack.store import staging

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

    from landtrack.model.translations import Words

SUFFIX = "-signed"
"""What the name of a signed file ends in, where none is given."""


def beside(path: Path) -> Path:
    """Name the signed file; who signs after others signs the same."""
    return path.with_name(f"{path.stem.removesuffix(SUFFIX)}{SUFFIX}{path.suffix}")


def sign(
    path: Path, signer: Signer, out: Path, words: Words, *, reason: str = "",
    stamp: signing.Stamp | None = None,
) -> None:
    """Sign a file: a PDF within itself, a pack by a signature of its manifest.

    ``path``: A PDF or pack of landtrack, that others may have signed before.
    ``out``: The signed file; it may be the same.
    ``words``: The language in which it is said what is wrong with the file.
    Raises SourceError: If it cannot be read, or is not as it was issued: nobody should sign that.
    Raises OutputError: If it cannot be written, or an authority does not answer.
    """
    data = whole_file.read(path)
    if data[:4] == verify_file.ZIP:
        _insist(verify_file.of(data, words).faults, path)
        made = package.sign(data, signer, stamp)
    elif data[:5] == b"%PDF-":
        if signing.pdf(data, signing.NOBODY).signatures or georeference.has_claims(data):
            _insist(verify_file.of(data, words).faults, path)
        made = signing.sign(data, signer, reason, stamp)
    else:
        raise SourceError(
            f"{path.name} is no PDF and no pack of landtrack: only those are signed.",
            mend="Write the form or report as PDF (`--out form.pdf`), and sign that.",
        )
    with staging.staging(out.parent) as folder:
        (folder / out.name).write_bytes(made)


def _insist(faults: Sequence[str], path: Path) -> None:
    if faults:
        raise SourceError(
            f"{path.name} is not as it was issued: {'; '.join(faults)}.",
            mend="Sign the file that landtrack wrote, not one that was changed since.",
        )
