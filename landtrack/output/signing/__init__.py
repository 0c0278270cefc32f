"""Signatures: made with the key of a person or bureau, and looked at again by whoever gets them.

A PDF is signed as PAdES (ETSI EN 319 142) in an update behind it, so that what was issued stays
in the file byte for byte; a pack by a detached CMS over its manifest, which has the hash of each
file. Looking at a signature asks no address: what is to be trusted, the reader names.
"""

from landtrack.output.signing.keys import from_file, from_token
from landtrack.output.signing.look import (
    Fault,
    Looked,
    Signature,
    Trust,
    detached,
    issued,
    pdf,
    stamp_holds,
)
from landtrack.output.signing.trusted import NOBODY, Trusted, trusting
from landtrack.output.signing.write import Stamp, sign, sign_detached, stamped

__all__ = [
    "NOBODY", "Fault", "Looked", "Signature", "Stamp", "Trust", "Trusted", "detached", "from_file",
    "from_token", "issued", "pdf", "sign", "sign_detached", "stamp_holds", "stamped", "trusting",
]
