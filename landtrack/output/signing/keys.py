"""The key that signs: in a PKCS#12 file, or in a token that never gives it away (PKCS#11)."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landtrack.model import whole_file
from landtrack.model.errors import LandtrackError, OutputError, SourceError

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

USAGES = frozenset({"digital_signature", "non_repudiation"})
"""What a certificate must be good for, at least one of them."""

LARGEST = 1_000_000
"""Bytes of a PKCS#12 file or of a certificate; a larger one is none."""


def require(library: str = "pyhanko") -> None:
    """Insist that what signs is installed.

    Raises OutputError: If it is not.
    """
    if importlib.util.find_spec(library) is None:
        raise OutputError(
            "Signatures need libraries that are not installed.",
            mend='Install them: python -m pip install "landtrack[sign]".',
        )
    for own in ("pyhanko", "pyhanko_certvalidator"):  # what it finds is told, not printed
        logging.getLogger(own).addHandler(logging.NullHandler())
        logging.getLogger(own).propagate = False


def from_file(path: Path, password: str) -> Signer:
    """Open the key of a PKCS#12 file (``.p12``, ``.pfx``).

    Raises SourceError: If it cannot be opened, holds no key, or its certificate may not sign now.
    """
    require()
    from pyhanko.sign.signers import SimpleSigner

    data = small(path)
    try:
        signer: Signer = SimpleSigner.load_pkcs12_data(data, [], password.encode())
    except (ValueError, TypeError, NotImplementedError) as error:
        raise SourceError(
            f"{path.name} cannot be opened as a key: the password is another, or it is no "
            "PKCS#12 file with a key of RSA, ECDSA or EdDSA.",
            mend="Type the password again; or ask who issued the certificate for a .p12 or .pfx "
            "file.",
        ) from error
    _insist(signer.signing_cert, path.name)
    return signer


@contextmanager
def from_token(library: Path, pin: str, label: str) -> Iterator[Signer]:
    """Open the key of a token.

    ``library``: The PKCS#11 library that came with it (``.dll``, ``.so``, ``.dylib``).
    ``label``: The label of the certificate and its key in the token.
    Raises SourceError: If there is no such library, token, key, or the PIN is another.
    """
    require()
    require("pkcs11")
    import pkcs11
    from pyhanko.sign.pkcs11 import PKCS11Signer

    try:
        token = _token_with(label, pkcs11.lib(str(library)))
        with token.open(user_pin=pin) as session:
            signer = PKCS11Signer(session, cert_label=label, other_certs_to_pull=None)
            _insist(signer.signing_cert, label)
            yield signer
    except (pkcs11.PKCS11Error, RuntimeError, OSError, ValueError) as error:
        if isinstance(error, LandtrackError):
            raise
        raise _no_token(library.name, error) from error


def _token_with(label: str, library: Any) -> Any:  # noqa: ANN401  of pkcs11, untyped
    """Find the token that holds a certificate: a PIN is said to no other."""
    import pkcs11

    asked = {
        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE, pkcs11.Attribute.LABEL: label
    }
    found = []
    for slot in library.get_slots(token_present=True):
        token = slot.get_token()
        if pkcs11.TokenFlag.TOKEN_INITIALIZED not in token.flags:
            continue
        with token.open() as session:
            if any(session.get_objects(asked)):
                found.append(token)
    if len(found) != 1:
        raise ValueError(f"{len(found)} tokens hold a certificate {label!r}")
    return found[0]


def _no_token(named: str, error: Exception) -> SourceError:
    return SourceError(
        f"The token of {named} cannot be used: {type(error).__name__} {error}".rstrip() + ".",
        mend="Look whether the token is plugged in, and at its PIN and the label of the "
        "certificate. Too many wrong PINs lock a token.",
    )


def small(path: Path) -> bytes:
    """Read a file that is small.

    Raises SourceError: If it cannot be read, or is none.
    """
    return whole_file.read(path, most=LARGEST, beyond=lambda size: SourceError(
        f"{path.name} has {size:,} bytes: keys and certificates are smaller.",
        mend="Name the file of the key or certificate.",
    ))


def _insist(certificate: Any, named: str) -> None:  # noqa: ANN401  of asn1crypto, untyped
    """Refuse a certificate that nobody would accept a signature of."""
    if certificate is None:
        raise SourceError(
            f"{named} holds no certificate with a key.",
            mend="Ask who issued it for a file with both.",
        )
    start, end = certificate.not_valid_before, certificate.not_valid_after
    now = datetime.now(UTC)
    if not start <= now <= end:
        raise SourceError(
            f"The certificate of {named} is valid from {start:%Y-%m-%d} to {end:%Y-%m-%d}, not "
            f"on {now:%Y-%m-%d}.",
            mend="Have it renewed, or look at the clock of this computer.",
        )
    usage = certificate.key_usage_value
    if usage is not None and not USAGES & set(usage.native):
        raise SourceError(
            f"The certificate of {named} is not made for signing documents.",
            mend="Ask its issuer for one with digitalSignature or nonRepudiation.",
        )


def name(subject: Any) -> str:  # noqa: ANN401  of asn1crypto, untyped
    """Say who a certificate is of: the person, and the body it belongs to."""
    held = subject.native
    said = [held.get(key) for key in ("common_name", "organization_name")]
    lines = [each if isinstance(each, str) else ", ".join(each) for each in said if each]
    return ", ".join(dict.fromkeys(lines)) or str(subject.human_friendly)
