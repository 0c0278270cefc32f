"""How soon the desk listens, how fast its pages are, and what it weighs, while a run works.

Run: ``python tests/benchmarks/desk.py [PLACE | PLOTS]``: the demo place, a place, or a generated
one of so many plots, half as many parcels and four times as many buildings. Prints a table.
"""

# ruff: noqa: T201 - a script that prints

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

import desk_forms
import desks
import place as generated

from landtrack.model import catalog

PAGES = 200
ROUNDS = 3
STREAMS = 500
PATIENCE_S = 3600
"""How long a judging may take."""
QUIET_S = 0.5
"""What a person takes before the next one."""


def started(folder, state):
    """Start a desk as a person does; give its process, its address, and the processor's seconds."""
    process = subprocess.Popen(  # noqa: S603  landtrack itself
        [sys.executable, "-m", "landtrack", "serve", str(folder), "--no-browser", "--lang", "en"],
        stdout=subprocess.PIPE, text=True, env={"XDG_STATE_HOME": str(state), "PATH": ""},
    )
    address = process.stdout.readline().strip().rpartition(" ")[2]
    visitor = desks.Visitor.of(address)
    visitor.follow("/?" + address.partition("?")[2])
    times = psutil.Process(process.pid).cpu_times()
    return process, visitor, times.user + times.system


def asked(visitor, paths):
    """Ask for pages one after the other; give the milliseconds of each."""
    taken = []
    for path in paths:
        begun = time.perf_counter()
        answer = visitor.ask(path)
        assert answer.status in {200, 409}, (path, answer.seen)
        taken.append((time.perf_counter() - begun) * 1000)
    return np.array(taken)


def told(name, taken):
    print(f"{name:44} p50 {np.median(taken):7.1f} ms   p99 {np.percentile(taken, 99):7.1f} ms",
          flush=True)


def once(name, visitor, path):
    taken = asked(visitor, [path])
    print(f"{name:44} {taken[0]:11.1f} ms", flush=True)


def cases_of(visitor, own, count):
    """Give the addresses of some cases, each a plot of its own."""
    page = visitor.ask(f"{own}/plots").text.replace("&amp;", "&")
    found = list(dict.fromkeys(re.findall(r'href="([^"]*/case[?]plot=[^"&]*)', page)))
    return [found[at % len(found)] for at in range(count)]


def entered(visitor, own, count, stream=None):
    """Enter a step for one parcel after the other, each until the page shows it.

    With a stream, from the answer until an open map is told.
    """
    taken = []
    for _ in range(count):
        page = visitor.ask(f"{own}/steps?track=approval&state=notified").text
        keys = re.findall(r'name="key" value="([^"]*)"', page)
        seen = re.search(r'name="seen" value="(\d+)"', page)
        if not keys:
            break
        begun = time.perf_counter()
        answer = desk_forms.send(visitor, f"{own}/step", {
            "action": "survey", "key": keys[0], "at": "2026-01-05", "document": "1",
            "seen": seen[1], "track": "approval", "state": "notified",
        })
        assert answer.status == 303, answer.seen
        if stream is not None:
            begun = time.perf_counter()
            stream.hear()
        else:
            shown = visitor.ask(answer.headers["location"])
            assert keys[0] in shown.seen
        taken.append((time.perf_counter() - begun) * 1000)
        time.sleep(QUIET_S)
    return np.array(taken)


class Stream:
    """A map that is open: it hears what happens."""

    def __init__(self, visitor, own):
        self.line = socket.create_connection(("127.0.0.1", visitor.port), timeout=120)
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        self.line.sendall(
            f"GET {own}/map/news HTTP/1.1\r\nHost: 127.0.0.1:{visitor.port}\r\n"
            f"Cookie: {cookies}\r\n\r\n".encode()
        )

    def hear(self):
        """Wait for what is told next."""
        heard = b""
        while b"data: " not in heard or not heard.endswith(b"\n\n\r\n"):
            heard += self.line.recv(1 << 16)


def listened(visitor, own, process, count=STREAMS):
    """Give the megabytes that many open maps cost, and how soon a step is told to one, in ms."""
    first = Stream(visitor, own)
    first.hear()
    before = memory(process)[0]
    others = [Stream(visitor, own) for _ in range(count)]
    for each in others:
        each.hear()
    cost = memory(process)[0] - before
    for each in others:
        each.line.close()
    return cost, entered(visitor, own, 15, first)


def memory(process):
    """Give the megabytes of a server, and of the worker that it started."""
    own = psutil.Process(process.pid)
    workers = [each.memory_info().rss for each in own.children()
               if "landtrack.server.answering" in each.cmdline()]
    return own.memory_info().rss / 1e6, sum(workers) / 1e6


def run(visitor, own):
    job = visitor.ask(f"{own}/run", "POST").headers["location"]
    desks.until(lambda: 'data-news="' not in visitor.ask(job).text, PATIENCE_S)


def main(place):
    with tempfile.TemporaryDirectory() as folder:
        served = Path(folder) / "served" / place.name
        shutil.copytree(place, served)
        state = Path(folder) / "state"
        listening = []
        for _ in range(ROUNDS):
            process, visitor, seconds = started(served, state)
            listening.append(seconds)
            process.terminate()
            process.wait()
        print(f"{'listening and first page, processor':44} {np.median(listening):.2f} s")
        process, visitor, _ = started(served, state)
        own = desks.of_place(served)
        if not (served / "build" / "project.gpkg").is_file():
            run(visitor, own)
        process.terminate()
        process.wait()
        process, visitor, _ = started(served, state)
        once("first page of plots, the worker not started", visitor, f"{own}/plots")
        once("first case", visitor, cases_of(visitor, own, 1)[0])
        once("first what-if", visitor, cases_of(visitor, own, 1)[0].replace("/case", "/what-if"))
        told("page of a place", asked(visitor, [own] * PAGES))
        told("open questions", asked(visitor, [f"{own}/issues"] * PAGES))
        told("page of plots", asked(visitor, [f"{own}/plots?outcome=fail"] * PAGES))
        told("case, each another plot", asked(visitor, cases_of(visitor, own, PAGES)))
        typed = cases_of(visitor, own, 1)[0].replace("/case", "/what-if")
        told("what-if, typed", asked(visitor, [
            f"{typed}&fixed_investment_cny={at}" for at in range(1, PAGES)
        ]))
        told("steps of a track", asked(visitor, [f"{own}/steps"] * 20))
        if (taken := entered(visitor, own, 15)).size:
            told("a step entered and seen", taken)
        cost, taken = listened(visitor, own, process)
        print(f"{f'{STREAMS} open maps':44} {cost:11.1f} MB", flush=True)
        if taken.size:
            told("a step told to an open map, after its answer", taken)
        told("map", asked(visitor, [f"{own}/map.html"] * 20))
        print(f"{'memory of the server, of the worker':44} "
              + ", ".join(f"{each:.0f} MB" for each in memory(process)), flush=True)
        job = visitor.ask(f"{own}/run", "POST").headers["location"]
        pages = [own, f"{own}/plots", *cases_of(visitor, own, 2)]
        during = []
        while 'data-news="' in visitor.ask(job).text:
            during.append(asked(visitor, pages))
        each = np.array(during)
        for name, taken in zip(("place", "plots", "case", "case"), each.T, strict=True):
            told(f"while it is judged: {name}", taken)
        told("while it is judged: all of these", each.reshape(-1))
        print(f"{'memory of the server, of the worker':44} "
              + ", ".join(f"{each:.0f} MB" for each in memory(process)))
        process.terminate()
        process.wait()


if __name__ == "__main__":
    asked_for = sys.argv[1] if len(sys.argv) > 1 else ""
    if asked_for.isdecimal():
        with tempfile.TemporaryDirectory() as made:
            main(generated.write(
                Path(made) / "generated", int(asked_for), rules="x-park-2006", workflow="cn-2006"
            ))
    else:
        main(Path(asked_for) if asked_for else catalog.demo_place())
