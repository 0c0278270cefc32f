"""How often somebody may try to come in: waits that grow, and that end by themselves.

Counted are tries under a name and from an address, known or not, before anything is checked. Who
comes from a browser by which this very account came in before is counted apart: whoever tries a
name from elsewhere, for as long as they like, keeps nobody out who has been in before; who has not
gets in by a link of an administrator.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

FREE = {"name": 5, "address": 20, "program": 20}
"""Tries that cost no wait: under a name, from an address, which may be that of a bureau, and by
programs from there."""
FIRST_S, LONGEST_S = 2.0, 900.0
"""The wait after those, doubled by each further try up to the longest."""
FORGOTTEN_S = 900.0
"""Seconds after the last try and its wait from which on none is counted any more."""
MOST = 20_000
"""Names and addresses that are counted at once; beyond it those are let go that end first."""
Key = tuple[str, str]


class Tries:
    """The tries of a desk."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Count from nothing.

        ``now``: Seconds that only grow.
        """
        self.now = now
        self._lock = threading.Lock()
        self._of: dict[Key, tuple[int, float]] = {}

    def begin(self, keys: Iterable[Key]) -> float:
        """Count a try under each of some keys, unless one of them must wait.

        ``keys``: Kind, of :data:`FREE`, and name or address.
        Returns: The seconds to wait; 0 where the try is counted and may be made.
        """
        with self._lock:
            wanted, now = [*keys], self.now()
            self._forget(now)
            waits = [self._of[key][1] - now for key in wanted if key in self._of]
            if (longest := max(waits, default=0.0)) > 0:
                return longest
            for key in wanted:
                count = self._of.get(key, (0, now))[0] + 1
                beyond = count - FREE[key[0]]
                wait = min(FIRST_S * 2.0 ** min(beyond, 30), LONGEST_S) if beyond >= 0 else 0.0
                self._of[key] = count, now + wait
            return 0.0

    def succeed(self, keys: Iterable[Key]) -> None:
        """Forget the tries of who came in; an address has one less, others may be at it there."""
        with self._lock:
            for key in keys:
                count, until = self._of.get(key, (0, 0.0))
                if key[0] == "name" or count <= 1:
                    self._of.pop(key, None)
                else:
                    self._of[key] = count - 1, min(until, self.now())

    def _forget(self, now: float) -> None:
        """Let go what has ended, and of too many what ends first."""
        over = [key for key, (_, until) in self._of.items() if now > until + FORGOTTEN_S]
        for key in over:
            del self._of[key]
        if len(self._of) > MOST:
            for key in sorted(self._of, key=lambda key: self._of[key][1])[:MOST // 2]:
                del self._of[key]
