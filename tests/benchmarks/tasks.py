"""What each of the ten tasks of a planner takes: clicks, and milliseconds that the machine needs.

Run: ``python tests/benchmarks/tasks.py [ROUNDS]``: the demo place, in a real browser, as
``tests/test_walk.py`` does them. Who clicks here neither reads nor thinks, so all the time is the
machine's; of several rounds the median is printed.
"""

# ruff: noqa: T201 - a script that prints

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import browser
import desks
from test_walk import SIZE, TASKS, Walk

from landtrack.app import vet
from landtrack.model import catalog


class Timed(Walk):
    """Does the tasks, and knows when the last click was."""

    last = 0.0

    def click(self, what):
        self.page.locator(what).first.wait_for()
        self.last = time.perf_counter()
        super().click(what)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    whole, last, clicks = defaultdict(list), defaultdict(list), {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            place = shutil.copytree(catalog.demo_place(), Path(folder) / "served" / "x-park-2006")
            (place / "scan.pdf").write_bytes(b"%PDF-1.4 a scan")
            vet.run(place, out=place / "build")
            with desks.desk(place, Path(folder) / "state", None) as desk:
                address = f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang=en"
                with browser.open_served(address, size=SIZE) as page:
                    page.set_default_timeout(60_000)
                    walk = Timed(page, desk.port, place)
                    for task in TASKS:
                        begun = walk.last = time.perf_counter()
                        seen = getattr(walk, task)()
                        page.locator(seen).first.wait_for()
                        ended = time.perf_counter()
                        whole[task].append((ended - begun) * 1000)
                        last[task].append((ended - walk.last) * 1000)
                        clicks[task] = walk.clicks
    print(f"{'task':10} {'clicks':>6} {'at most':>7} {'whole ms':>9} {'last click ms':>13}")
    for task, most in TASKS.items():
        of_all, of_last = (statistics.median(taken[task]) for taken in (whole, last))
        print(f"{task.rstrip('_'):10} {clicks[task]:6} {most:7} {of_all:9.0f} {of_last:13.0f}")


if __name__ == "__main__":
    main()
