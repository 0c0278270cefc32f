"""Whom the reader trusts: the authorities that are named, and no others."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from landtrack.model.errors import SourceError
from landtrack.output.signing import keys

if TYPE_CHECKING:
    from pyhanko_certvalidator import ValidationContext


class Kept(NamedTuple):
    """What a signed file keeps for its proof: certificates, and what was revoked (asn1crypto)."""

    certificates: tuple[Any, ...] = ()
    crls: tuple[Any, ...] = ()
    ocsps: tuple[Any, ...] = ()


class Trusted(NamedTuple):
    """Certificates of authorities, of asn1crypto; empty where nobody was named."""

    roots: tuple[Any, ...] = ()

    def context(
        self, moment: datetime | None = None, *, ask: bool = False, kept: Kept = Kept()  # noqa: B008
    ) -> ValidationContext:
        """Make what pyHanko holds a chain against.

        ``moment``: When the chain is to hold; now by default.
        ``ask``: Whether lists of revoked certificates are fetched from the net.
        ``kept``: What the signed file has for its proof.
        """
        from pyhanko_certvalidator import ValidationContext

        return ValidationContext(
            trust_roots=list(self.roots), moment=moment, allow_fetching=ask,
            other_certs=kept.certificates, crls=kept.crls, ocsps=kept.ocsps,
            retroactive_revinfo=moment is not None,
        )


NOBODY = Trusted()


def trusting(files: Iterable[Path]) -> Trusted:
    """Read the certificates of authorities (PEM or DER).

    Raises SourceError: If a file holds none.
    """
    files = tuple(files)
    if not files:
        return NOBODY
    keys.require()
    from pyhanko.keys import load_certs_from_pemder_data

    roots: list[Any] = []
    for path in files:
        data = keys.small(path)
        with suppress(ValueError, TypeError):
            roots += [each for each in load_certs_from_pemder_data(data) if each.native]
            continue
        raise SourceError(
            f"{path.name} holds no certificate.",
            mend="Name the certificate of the authority, as .pem, .crt or .cer.",
        )
    return Trusted(tuple(roots))
