"""Looks at signatures: who signed, when, by which chain, and whether anything was changed since."""

from __future__ import annotations

import enum
import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from landtrack.model.errors import SourceError
from landtrack.output.signing import keys
from landtrack.output.signing.trusted import Kept, Trusted
from landtrack.output.signing.write import waited

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus, StandardCMSSignatureStatus
    from pyhanko_certvalidator import ValidationContext

END = b"%%EOF"
"""What a revision of a PDF ends in."""


class Fault(enum.StrEnum):
    """What is wrong with a signature."""

    ALTERED = "altered"
    """What it covers is not what was signed."""
    BROKEN = "broken"
    """It was not made with the key of the certificate."""
    CHANGED = "changed"
    """More than signatures was added behind it."""
    PARTLY = "partly"
    """It does not cover all that was there when it was made."""
    DRAWN = "drawn"
    """It is drawn on a page, over what stands there."""
    OUT_OF_TIME = "out_of_time"
    """Its certificate was not valid on the day that it says."""
    REVOKED = "revoked"
    """Its certificate, or one above it, was revoked."""
    TIME_BROKEN = "time_broken"
    """The time stamp is not of this signature."""


class Trust(enum.StrEnum):
    """Whether the chain ends at an authority that the reader named."""

    TRUSTED = "trusted"
    UNASKED = "unasked"
    """Nobody was named."""
    OTHERS = "others"
    """It does not end at one of those that were named."""
    EXPIRED = "expired"
    """It has run out, and no time stamp of a trusted authority says that it was made before."""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """What is known of a signature; ``stamped`` is by an authority, ``at`` by the signer."""

    by: str
    chain: tuple[str, ...]
    at: datetime | None
    stamped: datetime | None
    stamped_by: str
    reason: str
    trust: Trust
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        """Say whether it is whole, of a chain that is trusted."""
        return not self.faults and self.trust is Trust.TRUSTED


class Looked(NamedTuple):
    """A PDF as it was issued, and the signatures that came behind; none where it has none."""

    issued: bytes
    signatures: tuple[Signature, ...] = ()


def issued(data: bytes) -> bytes:
    """Cut a PDF behind its first revision: what was issued, before anybody signed."""
    end = data.find(END)
    if end < 0:
        return data
    end += len(END)
    for newline in (b"\r\n", b"\n", b"\r"):
        if data.startswith(newline, end):
            return data[:end + len(newline)]
    return data[:end]


def pdf(data: bytes, trusted: Trusted) -> Looked:
    """Look at the signatures of a PDF.

    Raises SourceError: If it is damaged.
    Raises OutputError: If it has signatures, and what reads them is not installed.
    """
    if data.count(b"startxref") < 2 or b"/ByteRange" not in data:  # noqa: PLR2004  issued alone
        return Looked(data)
    keys.require()
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import CMSExtractionError
    from pyhanko.sign.validation.errors import SignatureValidationError

    try:
        reader = PdfFileReader(io.BytesIO(data))
        found = reader.embedded_regular_signatures
        if not found:
            return Looked(data)
        return Looked(issued(data), tuple(_of_pdf(reader, each, trusted) for each in found))
    except (
        PdfError, SignatureValidationError, CMSExtractionError, ValueError, TypeError, KeyError,
        IndexError, AttributeError, RecursionError, NotImplementedError, OSError,
    ) as error:  # it reads what a stranger wrote
        raise SourceError(
            f"The signatures of the PDF cannot be read: {type(error).__name__}.",
            mend="Get the file again: it is damaged, or made to deceive.",
        ) from error


def detached(data: bytes, cms: bytes, trusted: Trusted) -> Signature:
    """Look at a signature that lies beside what it signs.

    Raises SourceError: If it is damaged.
    """
    keys.require()
    from asn1crypto import cms as asn1
    from pyhanko.sign.general import CMSExtractionError
    from pyhanko.sign.validation import generic_cms
    from pyhanko.sign.validation.errors import SignatureValidationError

    try:
        signed = asn1.ContentInfo.load(cms)["content"]

        def status(context: ValidationContext) -> StandardCMSSignatureStatus:
            return waited(generic_cms.async_validate_detached_cms(
                data, signed, context, key_usage_settings=_usage()
            ))

        kept = Kept(tuple(each.chosen for each in signed["certificates"]))
        return _told((status(trusted.context(kept=kept)), status), trusted, kept, {}, [])
    except (
        CMSExtractionError, SignatureValidationError, ValueError, TypeError, KeyError, IndexError,
        AttributeError, RecursionError, NotImplementedError,
    ) as error:
        raise SourceError(
            f"A signature of the pack cannot be read: {type(error).__name__}.",
            mend="Get the file again: it is damaged, or made to deceive.",
        ) from error


def stamp_holds(data: bytes, stamp: str, trusted: Trusted) -> bool:
    """Say whether a time stamp is of these data, by an authority that is trusted.

    ``stamp``: As hexadecimal DER.
    """
    keys.require()
    from asn1crypto import cms as asn1
    from pyhanko.sign.general import CMSExtractionError
    from pyhanko.sign.validation import generic_cms
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.status import TimestampSignatureStatus

    try:
        held = asn1.ContentInfo.load(bytes.fromhex(stamp))["content"]
        said = waited(generic_cms.validate_tst_signed_data(
            held, trusted.context(), lambda kind: hashlib.new(kind, data).digest()
        ))
        found = TimestampSignatureStatus(**said)
    except (
        CMSExtractionError, SignatureValidationError, ValueError, TypeError, KeyError, IndexError,
        AttributeError, RecursionError, NotImplementedError,
    ):
        return False  # what cannot be read certifies nothing
    return bool(found.valid and found.intact and found.trusted)


def _of_pdf(reader: PdfFileReader, each: EmbeddedPdfSignature, trusted: Trusted) -> Signature:
    from pyhanko.sign.validation import pdf_embedded
    from pyhanko.sign.validation.status import SignatureCoverageLevel as Covers

    def status(context: ValidationContext) -> PdfSignatureStatus:
        return waited(pdf_embedded.async_validate_pdf_signature(
            each, context, key_usage_settings=_usage()
        ))

    kept = _kept(reader, each)
    found = status(trusted.context(kept=kept))
    faults = []
    if found.coverage not in (Covers.ENTIRE_FILE, Covers.ENTIRE_REVISION):
        faults.append(Fault.PARTLY)
    elif not _only_signed(found.diff_result):
        faults.append(Fault.CHANGED)
    left, bottom, right, top = (float(edge) for edge in each.sig_field.get("/Rect", (0, 0, 0, 0)))
    if left != right and bottom != top:
        faults.append(Fault.DRAWN)
    return _told((found, status), trusted, kept, each.sig_object, faults)


def _only_signed(diff: object) -> bool:
    """Say whether what came behind a signature is no more than signatures and their proofs."""
    from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel

    return diff is None or (
        isinstance(diff, DiffResult) and diff.modification_level <= ModificationLevel.FORM_FILLING
    )


def _kept(reader: PdfFileReader, each: EmbeddedPdfSignature) -> Kept:
    """Give what the file keeps for the proof of a signature."""
    from asn1crypto import crl, ocsp
    from pyhanko.sign.validation import dss
    from pyhanko.sign.validation.errors import NoDSSFoundError

    own = tuple(each.other_embedded_certs)
    try:
        found = dss.DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return Kept(own)
    lists = [item.get_object().data for item in found.crls]
    answers = [item.get_object().data for item in found.ocsps]
    return Kept(
        (*own, *found.load_certs()), tuple(crl.CertificateList.load(item) for item in lists),
        tuple(ocsp.OCSPResponse.load(item) for item in answers),
    )


def _told(
    looked: tuple[StandardCMSSignatureStatus, Callable[[ValidationContext], Any]],
    trusted: Trusted, kept: Kept, said: Mapping[str, Any], faults: list[Fault],
) -> Signature:
    """Put together what pyHanko says, of the chain by what the reader trusts.

    ``looked``: What it says of the chain today, and what asks it of another day.
    """
    from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate as Not

    found, status = looked
    stamp = found.timestamp_validity
    at = found.signer_reported_dt
    if stamp is not None and not (stamp.intact and stamp.valid):
        faults = [*faults, Fault.TIME_BROKEN]
    elif stamp is not None and stamp.trusted and not found.trusted:
        found = status(trusted.context(stamp.timestamp, kept=kept))
    if not found.intact:
        faults = [Fault.ALTERED, *faults]
    elif not found.valid:
        faults = [Fault.BROKEN, *faults]
    if at is not None and not _valid_on(found.signing_cert, at):
        faults = [*faults, Fault.OUT_OF_TIME]
    problem = found.trust_problem_indic
    if found.revoked or problem in (
        AdESFailure.REVOKED, Not.REVOKED_NO_POE, Not.REVOKED_CA_NO_POE
    ):
        faults = [*faults, Fault.REVOKED]
    if not trusted.roots:
        trust = Trust.UNASKED
    elif found.trusted:
        trust = Trust.TRUSTED
    elif problem in (
        Not.EXPIRED, Not.OUT_OF_BOUNDS_NO_POE, Not.OUT_OF_BOUNDS_NOT_REVOKED, Not.NO_POE
    ):
        trust = Trust.EXPIRED
    else:
        trust = Trust.OTHERS
    return Signature(
        by=keys.name(found.signing_cert.subject),
        chain=_chain(found, kept), at=at,
        stamped=stamp.timestamp if stamp is not None else None,
        stamped_by=keys.name(stamp.signing_cert.subject) if stamp is not None else "",
        reason=str(said.get("/Reason", "")), trust=trust, faults=tuple(dict.fromkeys(faults)),
    )


def _valid_on(certificate: Any, at: datetime) -> bool:  # noqa: ANN401  of asn1crypto, untyped
    return bool(certificate.not_valid_before <= at <= certificate.not_valid_after)


def _chain(found: StandardCMSSignatureStatus, kept: Kept) -> tuple[str, ...]:
    """Name who vouches for the signer: up to whom the reader trusts, else as far as is known."""
    if found.validation_path is not None:
        path = [found.validation_path.first, *found.validation_path.iter_certs(include_root=False)]
        return tuple(dict.fromkeys(keys.name(each.subject) for each in reversed(path)))[1:]
    by_subject = {each.subject.hashable: each for each in kept.certificates}
    names: list[str] = []
    now = found.signing_cert
    while now is not None and now.issuer.hashable != now.subject.hashable:
        names.append(keys.name(now.issuer))
        if len(names) > len(by_subject):
            break
        now = by_subject.get(now.issuer.hashable)
    return tuple(names)


def _usage() -> Any:  # noqa: ANN401
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    return KeyUsageConstraints(key_usage=set(keys.USAGES), match_all_key_usages=False)
