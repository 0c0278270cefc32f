"""A desk that answers on a port of this computer, and a visitor who asks it as a browser would."""

import atexit
import http.client
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, urlencode

import pytest
import uvicorn
from browser import open_map
from click.testing import CliRunner

from landtrack.cli.main import main
from landtrack.server import jobs, start
from landtrack.server.desk import application
from landtrack.server.guard import Keys
from landtrack.server.home import Home
from landtrack.server.worker import Worker

SHARED = Worker()
"""One for all desks that are open at once in a test process."""
atexit.register(SHARED.close)
OPEN = []
"""The folders of the desks that are open."""


def rest():
    """End the process of the shared worker, and the threads here that wait for it.

    Where landtrack has a thread at work, its readers are no forks: the tests of those would meet
    other readers. Whoever asks next starts another worker.
    """
    if SHARED._later is not None:
        SHARED._later.cancel()
        SHARED._later.join()
    process, SHARED._process = SHARED._process, None
    if process is not None:
        process.end()


@dataclass
class Answer:
    """What a desk answered: the status, its headers in lower case, and the text."""

    status: int
    headers: dict
    text: str

    @property
    def seen(self):
        """What a reader sees of it: no marks, one blank for many."""
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.text)).strip()


@dataclass
class Visitor:
    """Asks a desk; ``cookies`` are those of a browser, ``here`` says that its own page asks."""

    port: int
    cookies: dict = field(default_factory=dict)

    @classmethod
    def of(cls, address):
        """Give a visitor of the desk at an address that was printed."""
        return cls(int(address.split(":")[2].split("/")[0]))

    def ask(self, path, method="GET", *, here=True, body=b"", first=False, **headers):
        """Ask for a path; names of headers have _ for -. Of what has no end the first line."""
        sent = {"Host": f"127.0.0.1:{self.port}"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if here and method != "GET":
            sent |= {"Origin": f"http://127.0.0.1:{self.port}", "Sec-Fetch-Site": "same-origin"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            line.putrequest(method, path, skip_host=True)
            for name, value in {"Content-Length": str(len(body)), **sent}.items():
                line.putheader(name, value)
            line.endheaders(body)
            got = line.getresponse()
            for name, value in got.getheaders():
                if name.lower() == "set-cookie":
                    own, _, rest = value.partition("=")
                    self.cookies[own] = rest.partition(";")[0]
            told = {name.lower(): value for name, value in got.getheaders()}
            text = got.readline() if first else got.read()
            return Answer(got.status, told, text.decode("utf-8", "replace"))
        finally:
            line.close()

    def follow(self, path, method="GET", **headers):
        """Ask, and go where the answer points."""
        answer = self.ask(path, method, **headers)
        while answer.status == 303:
            answer = self.ask(answer.headers["location"])
        return answer

    def until_done(self, path):
        """Look at a job until it has ended."""
        until(lambda: 'data-news="' not in self.ask(path).text)
        return self.ask(path)


def until(holds, patience_s=120):
    """Wait until something holds."""
    ends = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError
        time.sleep(0.2)


@dataclass
class Desk:
    """A desk at work."""

    home: Home
    port: int
    keys: Keys
    secret: str

    def visitor(self, lang="en"):
        """Give somebody who came in by an address that was handed out."""
        made = Visitor(self.port)
        answer = made.ask(f"/?{urlencode({'token': self.keys.token(), 'lang': lang})}")
        assert answer.status == 303
        made.ask(answer.headers["location"])
        return made


def desk(served, state, worker=SHARED):
    """Serve a folder; with None for the worker by one of its own, as a person has it."""
    state.mkdir(parents=True, exist_ok=True)
    return of_home(Home(served.resolve(), state), worker)


@contextmanager
def of_home(home, worker=SHARED):
    """Serve what a home says."""
    served, keys, secret = home.served, Keys(), "known to the user"
    listener = start.listening(None)
    port = listener.getsockname()[1]
    made = application(home, keys, port=port, secret=secret, worker=worker)
    with serving(made, listener, served):
        yield Desk(home, port, keys, secret)


@contextmanager
def serving(made, listener, folder, **how):
    """Answer on a port while a block runs; the worker rests when the last desk has closed.

    ``folder``: What it serves. ``how``: More of how uvicorn serves.
    """
    server = uvicorn.Server(uvicorn.Config(
        made, log_level="error", ws="none", timeout_graceful_shutdown=2, **how,
    ))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    OPEN.append(folder)
    try:
        while not server.started:
            time.sleep(0.02)
        yield
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
        OPEN.remove(folder)
        if not OPEN:
            rest()


def started(folder, home):
    """Start a desk by its command, with a folder of its own for its state; give a visitor too."""
    process = subprocess.Popen(  # noqa: S603  landtrack itself
        [sys.executable, "-m", "landtrack", "serve", str(folder), "--no-browser", "--lang", "en"],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"XDG_STATE_HOME": str(home)},
    )
    address = process.stdout.readline().strip().rpartition(" ")[2]
    visitor = Visitor.of(address)
    visitor.follow("/?" + address.partition("?")[2])
    return process, visitor


@contextmanager
def of_many(made, folder, state):
    """Serve copies of a place: who asks gets a fresh one each time, all of one desk.

    Its jobs are called in this process, see :func:`jobs_here`.
    """
    served = folder / "served"
    shutil.copytree(made, served / "made")
    with jobs_here(), desk(served, state) as own:
        def copy():
            return Path(shutil.copytree(made, served / f"park{len([*served.iterdir()])}"))

        yield own, copy


@contextmanager
def of_maps(pages, folder):
    """Serve maps as those of places in which nothing happens.

    Yields: What opens one by the name of its file, see :func:`browser.open_map`.
    """
    since = {
        "at": "2006-06-01T00:00:00+00:00", "as_of": "", "count": 0, "event": 0, "last": "",
        "reshaped": False, "features": [], "classes": {}, "states": {},
    }
    for page in pages:
        place = folder / "served" / page.stem
        (place / "build").mkdir(parents=True)
        (place / "catalog.toml").touch()
        shutil.copy(page, place / "build" / "map.html")
    worker = SimpleNamespace(ask=lambda _: since, prepare=lambda *_: None, pid=1)
    with desk(folder / "served", folder / "state", worker) as made:
        def opened(name, *, lang="zh", **how):
            door = f"http://127.0.0.1:{made.port}/?token={made.keys.token()}&lang={lang}"
            return open_map(f"/places/{name}/map.html", door=door, **how)

        yield opened


@contextmanager
def jobs_here():
    """Have jobs called in this process: what a command does is what counts, not that it is apart.

    Yields: What calls one in a process of its own, as it is else.
    """
    def call(self, number, arguments):
        self._lines, self._at = [], number
        done = CliRunner().invoke(main, list(arguments))
        self._at = None
        self.end(number, jobs.REFUSED if done.exit_code == jobs.NOT_DONE else jobs.DONE,
                 done.output.rstrip())
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception

    apart = jobs.Jobs._call
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs.Jobs, "_call", call)
        yield apart


def of_place(folder, more=""):
    """Give the address of a place."""
    return f"/places/{quote(folder.name)}{more}"
