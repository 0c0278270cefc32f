"""By what somebody is known: passwords, codes of a second factor, tokens, and what is kept of each.

Nothing here knows a database. A password is of at least twelve signs, of any kind, and not one that
is guessed first; it is kept as its Argon2id hash. A code is that of RFC 6238 (SHA-1, six digits,
half a minute), as every authenticator shows it. Tokens are random, 256 bits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
import threading
import time
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from landtrack.model import catalog
from landtrack.model.errors import SourceError, TableError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST, MOST = 12, 128
"""Signs of a password."""
FEW = 5
"""A password of no more pieces than these is guessed first."""
DIGITS_A_PIECE = 4
LEAKED = 16
"""Letters of its hash by which a leaked password is known."""
LEAST_WALK = 3
"""Keys in a row from which on they are a piece."""
MEMORY_KIB, PASSES, LANES = 65_536, 3, 4
"""What checking a password takes: the second profile that RFC 9106 recommends."""
AT_ONCE = 2
"""How many passwords are checked at a time: each takes 64 MiB."""
TOKEN = 32
"""Random bytes of a token."""
STEP_S, DIGITS, SLACK = 30, 6, 1
"""Seconds of a code, its digits, and how many codes before and after the present one are taken."""
SECRET = 20
"""Random bytes of the secret of a second factor, as RFC 4226 recommends."""
QUIET = 4
"""Modules that are left white around a QR code."""
CODES = 10
"""Recovery codes that are made at once."""

_turns = threading.BoundedSemaphore(AT_ONCE)


class _Pieces(NamedTuple):
    words: frozenset[str]
    walks: tuple[str, ...]
    leaked: frozenset[str]
    stands_for: Mapping[str, str]
    longest: int


def token() -> str:
    """Make a secret of 256 bits, as it stands in a cookie or an address."""
    return secrets.token_urlsafe(TOKEN)


# --- passwords ----------------------------------------------------------------------------------


def insist(password: str, names: Iterable[str] = ()) -> str:
    """Refuse a password that is too short or guessed first.

    ``names``: Of the person, the place: what somebody who knows them would try.
    Returns: It as it is hashed (NFKC), so that every keyboard types the same.
    Raises TableError: If it is refused.
    """
    plain = unicodedata.normalize("NFKC", password)
    if not LEAST <= len(plain) <= MOST:
        raise TableError(
            f"A password has at least {LEAST} signs and at most {MOST}.",
            mend="Choose a longer one, such as several words that nobody would put together.",
        )
    if pieces(plain, names) <= FEW or _is_leaked(plain):
        raise TableError(
            "This password is one of those that are guessed first: common words, names, rows of "
            "keys, numbers.",
            mend="Choose another, such as four or more words that nobody would put together.",
        )
    return plain


def pieces(password: str, names: Iterable[str] = ()) -> int:
    """Count of how few pieces a password is made: common words, names, rows of keys, four digits.

    What repeats itself counts once. Any other sign is a piece of its own.
    """
    known = _known()
    text = _once(unicodedata.normalize("NFKC", password).casefold())
    own = {part for name in names for part in _parts(name)}
    plain = "".join(known.stands_for.get(each, each) for each in text)
    longest = max([known.longest, *map(len, own)])
    cost = [0, *([len(text)] * len(text))]
    for end in range(1, len(text) + 1):
        cost[end] = cost[end - 1] + 1
        for start in range(max(0, end - longest), end - 1):
            if cost[start] + 1 >= cost[end]:
                continue
            part = text[start:end]
            if (
                part in known.words or plain[start:end] in known.words
                or part in own or plain[start:end] in own or _walked(part, known.walks)
                or (part.isdecimal() and len(part) <= DIGITS_A_PIECE)
            ):
                cost[end] = cost[start] + 1
    return cost[-1]


def _is_leaked(password: str) -> bool:
    digest = hashlib.sha256(password.casefold().encode()).hexdigest()
    return digest[:LEAKED] in _known().leaked


def _once(text: str) -> str:
    """Give the part that a text repeats to its end; the text where there is none."""
    at = (text + text).find(text, 1)
    return text[:at]


def _parts(name: str) -> list[str]:
    """Give a name and its words, as they may stand in a password."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    words = "".join(each if each.isalnum() else " " for each in plain).split()
    return [each for each in (plain, "".join(words), *words) if len(each) > 1]


def _walked(part: str, walks: Iterable[str]) -> bool:
    """Tell whether keys lie in a row, or are one key."""
    return len(part) >= LEAST_WALK and (
        len(set(part)) == 1 or any(part in walk or part[::-1] in walk for walk in walks)
    )


@cache
def _known() -> _Pieces:
    told = tomllib.loads((catalog.SHIPPED / "passwords.toml").read_text(encoding="utf-8"))
    words = frozenset(each for group in told["words"].values() for each in group)
    return _Pieces(
        words, tuple(told["walks"]["of"]), frozenset(told["leaked"]["sha256"]),
        told["stands_for"],
        max(map(len, [*words, *told["walks"]["of"]])),
    )


def hashed(password: str) -> str:
    """Hash a password, as :func:`insist` gives it.

    Raises SourceError: If what hashes is not installed.
    """
    with _turns:
        return _hasher().hash(password)


def matches(kept: str, password: str) -> bool:
    """Tell whether a password is the one that is kept.

    It takes as long where none is kept, so that nobody learns who has an account: it is held
    against the hash of another one then.

    ``kept``: Its hash; empty for none.
    """
    from argon2.exceptions import VerificationError

    plain = unicodedata.normalize("NFKC", password)[:MOST + 1]
    with _turns:
        try:
            return _hasher().verify(kept or _other(), plain) and bool(kept)
        except VerificationError:
            return False


def ready() -> None:
    """Make what is made once: else the first try would tell by its time that nobody has the name.

    Raises SourceError: If what hashes is not installed.
    """
    _other()


@cache
def _hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher
    except ModuleNotFoundError as error:
        raise SourceError(
            f"A shared desk hashes passwords; {error.name} is not installed.",
            mend='Install it: python -m pip install "landtrack[postgis]".',
        ) from error
    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


@cache
def _other() -> str:
    """Make the hash of a password that nobody has."""
    return _hasher().hash(token())


# --- second factor ------------------------------------------------------------------------------


def secret() -> bytes:
    """Make the secret of a second factor."""
    return secrets.token_bytes(SECRET)


def shown(own: bytes) -> str:
    """Write a secret as it is typed into an authenticator."""
    return base64.b32encode(own).decode().rstrip("=")


def read(text: str) -> bytes:
    """Read a secret as it was shown.

    Raises ValueError: If it is none.
    """
    return base64.b32decode(text + "=" * (-len(text) % 8))


def address(own: bytes, name: str, issuer: str) -> str:
    """Write a secret as the address that an authenticator reads."""
    label = quote(f"{issuer}:{name}", safe="")
    return f"otpauth://totp/{label}?" + urlencode(
        {"secret": shown(own), "issuer": issuer}, quote_via=quote
    )


def picture(text: str) -> str:
    """Draw a text as a QR code.

    Returns: The address of a picture that holds it.
    """
    from reportlab.graphics.barcode import qrencoder

    drawn: Any = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
    drawn.addData(text)
    drawn.make()
    size = drawn.getModuleCount()
    dark = "".join(
        f"M{column + QUIET} {row + QUIET}h1v1h-1z"
        for row in range(size) for column in range(size) if drawn.isDark(row, column)
    )
    whole = size + 2 * QUIET
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}">'
           f'<path fill="#fff" d="M0 0h{whole}v{whole}H0z"/><path d="{dark}"/></svg>')
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def code(own: bytes, counter: int, digits: int = DIGITS) -> str:
    """Make the code of a count of half minutes (RFC 4226)."""
    digest = hmac.digest(own, struct.pack(">Q", counter), "sha1")
    at = digest[-1] & 15
    number = int.from_bytes(digest[at:at + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def counter_of(own: bytes, typed: str, now: float | None = None) -> int | None:
    """Find the count of half minutes of which somebody typed the code.

    Returns: None where it is the code of none of those that are taken now.
    """
    present = int((time.time() if now is None else now) // STEP_S)
    plain = "".join(typed.split())
    found = None
    for counter in range(present - SLACK, present + SLACK + 1):
        if hmac.compare_digest(code(own, counter).encode(), plain.encode()):
            found = counter
    return found


def recovery() -> list[str]:
    """Make recovery codes: each is good once, where the second factor is lost."""
    return [
        "-".join(base64.b32encode(secrets.token_bytes(10)).decode().lower()[at:at + 4]
                 for at in range(0, 16, 4))
        for _ in range(CODES)
    ]


def of_recovery(typed: str) -> str:
    """Make of a recovery code what is kept: its hash, however it is typed."""
    plain = "".join(each for each in typed.lower() if each.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
