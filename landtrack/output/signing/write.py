"""Puts signatures into PDFs, and makes those that lie beside a file."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from landtrack.model.errors import OutputError, SourceError
from landtrack.output.signing import keys
from landtrack.output.signing.trusted import NOBODY, Trusted

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer
    from pyhanko.sign.timestamps import TimeStamper

Given = TypeVar("Given")

DIGEST = "sha256"
FIELD = "landtrack"
"""What the fields of signatures are called, with their number."""


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """What is asked of others when signing: the time, and that the chain holds."""

    address: str = ""
    long_term: bool = False
    trusted: Trusted = NOBODY

    def stamper(self) -> TimeStamper | None:
        """Make what asks the authority for the time (RFC 3161)."""
        from pyhanko.sign.timestamps import HTTPTimeStamper

        return HTTPTimeStamper(self.address, timeout=30) if self.address else None


def sign(pdf: bytes, signer: Signer, reason: str = "", stamp: Stamp | None = None) -> bytes:
    """Sign a PDF as PAdES.

    ``pdf``: As it was issued, or with signatures of others.
    Returns: The same bytes, with the signature behind them.
    Raises SourceError: If it cannot be read.
    Raises OutputError: If an authority does not answer, or cannot prove what it says.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign import fields, signers

    stamp = stamp or Stamp()
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        count = len(writer.prev.embedded_signatures)
    except (PdfError, ValueError, TypeError, RecursionError) as error:
        raise SourceError(
            "The PDF cannot be read.", mend="Get the file again: it is damaged."
        ) from error
    own = f"{FIELD}{count + 1}"
    asked = stamp.trusted.context(ask=True) if stamp.long_term else None
    meta = signers.PdfSignatureMetadata(
        field_name=own, md_algorithm=DIGEST, reason=reason or None,
        subfilter=fields.SigSeedSubFilter.PADES, embed_validation_info=stamp.long_term,
        use_pades_lta=stamp.long_term,
        validation_context=asked,
        signer_key_usage=set(),
    )
    made = io.BytesIO()

    async def work() -> None:
        try:
            pen = signers.PdfSigner(meta, signer, timestamper=stamp.stamper())
            await pen.async_sign_pdf(writer, output=made)
        finally:
            if asked is not None:
                await asked.aclose()  # type: ignore[no-untyped-call]

    _asked(work())
    return made.getvalue()


def sign_detached(data: bytes, signer: Signer, stamp: Stamp | None = None) -> bytes:
    """Sign data by a CMS that lies beside it (RFC 5652).

    Returns: DER, as ``openssl cms -verify`` reads it.
    Raises OutputError: If the authority of the time does not answer.
    """
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

    stamp = stamp or Stamp()
    made = _asked(signer.async_sign_general_data(
        data, DIGEST, detached=True, timestamper=stamp.stamper(),
        signed_attr_settings=PdfCMSSignedAttributes(signing_time=datetime.now(UTC)),
    ))
    return bytes(made.dump())


def stamped(data: bytes, address: str) -> bytes:
    """Let an authority certify when data were there (RFC 3161).

    Returns: Its time stamp, DER.
    Raises OutputError: If it does not answer.
    """
    keys.require()
    stamper = Stamp(address=address).stamper()
    assert stamper is not None  # noqa: S101  an address is named
    made = _asked(stamper.async_timestamp(hashlib.sha256(data).digest(), DIGEST))
    return bytes(made.dump())


def _asked(work: Coroutine[Any, Any, Given]) -> Given:
    """Sign; what an authority or a token says to it is told."""
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.timestamps import TimestampRequestError
    from pyhanko_certvalidator.errors import (
        CRLFetchError,
        OCSPFetchError,
        PathError,
        ValidationError,
    )

    try:
        return waited(work)
    except TimestampRequestError as error:
        raise OutputError(
            f"The authority of the time does not answer as it should: {error}.",
            mend="Look at the address of --timestamp, or try again later.",
        ) from error
    except (
        SigningError, PathError, ValidationError, CRLFetchError, OCSPFetchError
    ) as error:
        raise OutputError(
            f"The signature cannot be made: {error}".rstrip(".") + ".",
            mend="Look at the key, and for --long-term at the certificates of --trust: the whole "
            "chain must be found, with lists of what was revoked.",
        ) from error


def waited(work: Coroutine[Any, Any, Given]) -> Given:
    """Wait for what pyHanko does, in a thread of its own: a notebook has a loop already."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, work).result()
