"""What a request asks for: a place, its folder; and how a failure is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from landtrack.app import places
from landtrack.model import catalog, messages, outputs
from landtrack.model.errors import LandtrackError, SourceError
from landtrack.model.outputs import STORE, Identity
from landtrack.server.home import Home
from landtrack.server.jobs import Jobs
from landtrack.server.speaking import words_for

MOST_DIGITS = 18
"""Digits of a number: a database holds no longer ones, and Python reads none of thousands."""


TUTORIAL = "tutorial"
"""Name of the place of the tutorial."""


class UnknownError(Exception):
    """There is no such page."""


def nothing_ticked() -> SourceError:
    """Make what is said to who sends a form of what is ticked, where nothing is."""
    return SourceError("Nothing is ticked.", mend="Go back, and tick at least one.")


def listed(home: Home) -> dict[str, Path]:
    """List what the desk answers of by name: the places served, the demo, that of the tutorial."""
    found = served(home)
    if home.tutorial.is_dir():
        found = {**found, _free(found): home.tutorial}
    return found


def served(home: Home) -> dict[str, Path]:
    """List the places that are served by name; the demo place is the first, where it is one."""
    if not home.demo:
        return places.listed(home.served)
    own = {
        name: each for name, each in places.listed(home.served).items()
        if each != home.served or places.is_drafted(each)
    }
    demo = catalog.demo_place()
    return {_free(own, demo.name): demo, **own}


def tutorial_name(home: Home) -> str:
    """Name the place of the tutorial, as none that is served is called."""
    return _free(served(home))


def _free(taken: Mapping[str, Path], name: str = TUTORIAL) -> str:
    while name in taken:
        name = f"_{name}"
    return name


def folder(home: Home, request: Request) -> Path:
    """Find the folder of the place that is asked for.

    Raises UnknownError: If there is none of that name.
    """
    found = listed(home).get(request.path_params["name"])
    if found is None:
        raise UnknownError
    return found


def number(text: str) -> int | None:
    """Read a whole number as somebody may have typed it; None where it is none, or a huge one."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def texts(form: FormData) -> dict[str, str]:
    """Give the fields of a form that are texts."""
    return {name: value for name, value in form.items() if isinstance(value, str)}


def judged(folder: Path) -> Path:
    """Give the outputs of a place that was judged: of another one the worker need not be asked.

    Raises SourceError: If there is no store.
    """
    out = places.out_of(folder)
    if not (out / STORE).is_file():
        raise SourceError(
            f"There is no store at {out / STORE}.", mend="Make it with `landtrack run`."
        )
    return out


class Held(NamedTuple):
    """Where the store of a place is, and by which session somebody is at work in a shared one.

    ``out`` is as :func:`landtrack.store.address.named` reads it: the folder of the outputs of the
    place, or an address.
    """

    out: str
    token: str = ""


def held(home: Home, request: Request, folder: Path) -> Held:
    """Say where the store of a place is that is asked for: a shared one, or its outputs.

    Raises SourceError: If there is no store.
    """
    if home.shared:
        return Held(home.shared, request.scope["token"])
    return Held(str(judged(folder)))


def identity(held: Held, *, results: bool = False) -> Identity:
    """Tell what a store holds from whatever it held, or will hold.

    ``results``: Of a shared one only what its run wrote.
    Raises SourceError: If it is a shared one that cannot be read, such as by a session that ended.
    """
    if not held.token:
        return outputs.identity(Path(held.out) / STORE)
    from landtrack.store import address, backends  # what a desk of shared stores alone has loaded

    store = address.within(address.named(held.out, held.token))
    return backends.identity(store, results=results)


def name_of(held: Held) -> str:
    """Name the store of a place; a shared one without a password."""
    if not held.token:
        return str(Path(held.out) / STORE)
    from landtrack.store import address  # as above

    return str(address.parse(held.out))


def has_ended(error: LandtrackError) -> bool:
    """Tell whether the session by which a shared store was asked has ended."""
    from landtrack.store.postgis.refusals import SignedOutError  # as above

    return isinstance(error, SignedOutError)


def place(home: Home, request: Request) -> places.Plain:
    """Say what the catalog of the place says that is asked for.

    Raises UnknownError: If there is none of that name.
    """
    name = request.path_params["name"]
    return places.plain(name, folder(home, request), shared=bool(home.shared))


def by(request: Request, typed: str) -> str:
    """Say who enters something: as it was typed; in a shared desk nobody types it."""
    return "" if request.scope.get("person") is not None else typed


def job(  # noqa: PLR0913  a command, as it would be typed
    jobs: Jobs, request: Request, kind: str, command: Sequence[str], options: Sequence[str],
    arguments: Sequence[str], *, out: Path | None,
) -> Response:
    """Begin a job at the store of a place; nothing that was typed is taken for an option.

    ``kind``: A key of words under ``desk.job``.
    ``out``: The outputs of the place; None where no store of them is asked.
    Returns: The way to its page.
    """
    known = [] if out is None else [f"--store={out / STORE}"]
    number = jobs.ask(request.path_params["name"], kind, [
        *command, *known, f"--lang={words_for(request).lang}", *options, "--",
        *arguments,
    ])
    return RedirectResponse(f"/jobs/{number}", 303)


def told(
    error: LandtrackError, lang: str, request: Request | None = None
) -> dict[str, str]:
    """Say an expected failure in a language: its cause, and its mend as it is done in the desk.

    ``request``: Where it may be of a file that was brought by it: that is named as it was called.
    """
    plain = str if request is None else request.app.state.plain
    return {
        "cause": plain(messages.of_error(error.cause, lang)),
        "mend": plain(messages.in_desk(error.mend, lang)),
    }
