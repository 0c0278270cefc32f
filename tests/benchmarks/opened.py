"""Seconds until a map of twenty thousand features is drawn whole in the browser.

    python tests/benchmarks/opened.py

Exit status 1 beyond :data:`SECONDS`, the best of three openings on a quiet machine.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser import browser, open_map, until
from test_browser import DRAWN, large

TWO_FRAMES = """() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"""

SECONDS = 3.0


def opening(running, path):
    begun = time.perf_counter()
    with open_map(path, running=running) as page:
        until(page, f"{DRAWN} > 21_000")
        page.evaluate(TWO_FRAMES)
        return time.perf_counter() - begun


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, browser() as running:
        path = large(Path(folder))
        best = min(opening(running, path) for _ in range(3))
    print(f"{best:.2f} s")  # noqa: T201
    sys.exit(best > SECONDS)
