"""Looks at a sheet, form or pack that came back: whether it is as issued, and who signed it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from landtrack.app import package
from landtrack.model import translations, whole_file
from landtrack.output import signing
from landtrack.output.sheets import verify as sheets
from landtrack.store import assessment

if TYPE_CHECKING:
    from landtrack.model.assessment import Assessment
    from landtrack.model.translations import Words
    from landtrack.output.sheets.verify import Verified
    from landtrack.store import Address

ZIP = b"PK\x03\x04"
"""What a zip begins with."""


class Answer(NamedTuple):
    """What was found in a file, the words to say it in, and whether a store was asked."""

    found: Verified
    words: Words
    asked: bool


def verify(
    path: Path, store: Address | None = None, trusted: Sequence[Path] = (), *, lang: str
) -> Answer:
    """Verify a file.

    ``path``: A sheet or atlas (PDF), another PDF that is signed, or a pack (zip).
    ``store``: The store that it was issued from.
    ``trusted``: Certificates of the authorities that the reader trusts.
    ``lang``: Language of the answer; empty for that of the store.
    Raises LandtrackError: If a file cannot be read, or is not what it is said to be.
    """
    source = assessment.load(store, lang=lang or None) if store is not None else None
    words = source.words if source is not None else translations.load(lang)
    return Answer(of(whole_file.read(path), words, source, signing.trusting(trusted)), words,
                  source is not None)


def of(
    data: bytes, words: Words, source: Assessment | None = None,
    trusted: signing.Trusted = signing.NOBODY,
) -> Verified:
    """Verify the bytes of a file."""
    look = package.verify if data[:4] == ZIP else sheets.pdf
    return look(data, words, source, trusted)
