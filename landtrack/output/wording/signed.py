"""Words for signatures: who signed, when, who vouches for them, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from landtrack.model.translations import Words
from landtrack.output.signing import Fault, Signature, Trust

FORGED = frozenset({Fault.ALTERED, Fault.BROKEN})
"""With these nobody has signed, whoever is named."""


def faults(number: int, signature: Signature, words: Words) -> Iterator[str]:
    """Say what is wrong with a signature, that is the ``number``-th of its file."""
    for each in signature.faults:
        yield words("sign.fault", number=number, by=signature.by, said=words(f"sign.{each.value}"))
    if signature.trust in (Trust.OTHERS, Trust.EXPIRED) and not FORGED & {*signature.faults}:
        yield words("sign.fault", number=number, by=signature.by,
                    said=words(f"sign.{signature.trust.value}"))


def line(signature: Signature, words: Words) -> str:
    """Say who signed, when, and by which chain; and what only the reader can know."""
    said = [words("sign.by", by=signature.by)]
    if signature.stamped is not None:
        said.append(words("sign.stamped", at=_at(signature.stamped), by=signature.stamped_by))
    elif signature.at is not None:
        said.append(words("sign.at", at=_at(signature.at)))
    if signature.reason:
        said.append(words("sign.reason", reason=signature.reason))
    if signature.chain:
        said.append(words("sign.chain", chain=words("sign.above").join(signature.chain)))
    if signature.trust is Trust.UNASKED:
        said.append(words("sign.unasked"))
    return words("sign.part").join(said)


def _at(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S %z}"
