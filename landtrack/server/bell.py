"""Wakes who waits in the loop of the server, from any thread; nobody holds a thread by waiting."""

from __future__ import annotations

import asyncio
import threading


class Bell:
    """Rung when something has changed; ``count`` says how often it was."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def ring(self) -> None:
        """Wake all who wait."""
        with self._lock:
            self.count += 1
            for loop, event in self._waiting:
                loop.call_soon_threadsafe(event.set)
            self._waiting.clear()

    async def after(self, count: int, seconds: float) -> bool:
        """Wait until it was rung oftener than it was.

        Returns: False where it was not in all the time.
        """
        own = asyncio.get_running_loop(), asyncio.Event()
        with self._lock:
            if self.count != count:
                return True
            self._waiting.add(own)
        try:
            async with asyncio.timeout(seconds):
                await own[1].wait()
        except TimeoutError:
            return False
        finally:
            with self._lock:
                self._waiting.discard(own)
        return True
