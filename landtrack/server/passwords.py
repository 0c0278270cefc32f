"""Application passwords: what a program that keeps no cookie, such as QGIS, comes in with.

One for each place, random, for the addresses that say so and only to read. The hash alone is kept.
Tries with a wrong one are limited; those under another name than that of the password are counted
apart, so that who does not know it keeps nobody out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from starlette.requests import Request

from landtrack.model import whole_file

BYTES = 24
"""Random bytes of a password: 192 bits."""
USER = "qgis-"
"""What the name begins with that goes with a password."""
MOST_TRIES, WITHIN_S = 10, 60.0
"""Wrong tries, and the seconds within which no more are answered."""
LONGEST = 400
"""Signs of what is sent with a request."""
IN, WRONG, TOO_MANY, NOT_ASKED = 200, 401, 429, 0
"""What comes of a try; :data:`NOT_ASKED` where no password lets in at an address."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a password."""

    user: str
    sha256: str
    made_at: str


class Passwords:
    """The application passwords of a desk, by the names of its places."""

    def __init__(self, path: Path, now: Callable[[], float] = time.monotonic) -> None:
        """Keep them in a file of the desk's own.

        ``now``: Seconds that only grow.
        """
        self.path, self.now = path, now
        self._lock = threading.Lock()
        self._fresh: dict[str, str] = {}
        self._wrong: dict[tuple[str, bool], deque[float]] = {}

    def of(self, place: str) -> Kept | None:
        """Say which password a place has."""
        return self._read().get(place)

    def make(self, place: str) -> str:
        """Make a password for a place, in the place of the one that it had.

        Returns: The password, which is nowhere else but in :meth:`shown_once`.
        """
        made = secrets.token_urlsafe(BYTES)
        kept = Kept(
            user=f"{USER}{secrets.token_hex(4)}", sha256=_hash(made),
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        with self._lock:
            self._write({**self._read(), place: kept})
            self._fresh[place] = made
            self._wrong.pop((place, True), None)
        return made

    def revoke(self, place: str) -> None:
        """Take the password of a place away."""
        with self._lock:
            self._write({name: own for name, own in self._read().items() if name != place})
            self._fresh.pop(place, None)

    def shown_once(self, place: str) -> str | None:
        """Give a password that was just made, the first time that it is asked for."""
        with self._lock:
            return self._fresh.pop(place, None)

    def admits(self, place: str, header: str) -> int:
        """Tell whether who sends a header ``Authorization`` may read a place.

        Returns: :data:`IN`, :data:`WRONG` or :data:`TOO_MANY`.
        """
        if not header:
            return WRONG
        user, password = sent(header)
        kept = self.of(place)
        named = kept is not None and same(user, kept.user)
        with self._lock:
            tries = self._wrong.setdefault((place if kept else "", named), deque(maxlen=MOST_TRIES))
            while tries and self.now() - tries[0] > WITHIN_S:
                tries.popleft()
            if len(tries) == MOST_TRIES:
                return TOO_MANY
            if kept is not None and same(_hash(password), kept.sha256) and named:
                return IN
            tries.append(self.now())
            return WRONG

    def _read(self) -> dict[str, Kept]:
        """Read what is kept; nothing where it cannot be read: another one can be made."""
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=dict[str, Kept])
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return {}

    def _write(self, kept: Mapping[str, Kept]) -> None:
        whole_file.write(self.path, msgspec.json.encode(kept))
        self.path.chmod(0o600)


def admitting(
    passwords: Passwords, place_of: Callable[[str, str], str]
) -> Callable[[Request], int]:
    """Make what tells of a request whether its application password lets it in.

    ``place_of``: By method and path, the place whose password does; empty where none does.
    """

    def admits(request: Request) -> int:
        place = place_of(request.method, request.url.path)
        sent = request.headers.get("authorization", "")
        return passwords.admits(place, sent) if place else NOT_ASKED

    return admits


def sent(header: str) -> tuple[str, str]:
    """Read what is sent (RFC 7617); empty where it is nothing of the kind."""
    scheme, _, told = header.partition(" ")
    if scheme.lower() != "basic" or len(header) > LONGEST:
        return "", ""
    try:
        user, _, password = base64.b64decode(told.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return user, password


def _hash(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two secrets in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
