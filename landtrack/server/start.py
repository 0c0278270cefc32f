"""Starts the desk of a folder, or finds the one that is there already."""

from __future__ import annotations

import json
import os
import secrets
import socket
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn
from filelock import FileLock, Timeout

from landtrack.model.errors import OutputError, SourceError
from landtrack.server import home as homes
from landtrack.server.guard import KNOCK, TOKEN, Keys

HOST = "127.0.0.1"
WAIT_S = 5
LOWEST, HIGHEST = 1024, 65535
"""Ports on which any program may listen."""


def serve(
    folder: Path | None, *, port: int | None = None, browser: bool = True, lang: str = "en",
    tell: Callable[[str, bool], None],
) -> None:
    """Serve the desk of a folder until it is stopped.

    ``folder``: A place, or a folder of places; the places of the user beside the demo place where
    not given.
    ``port``: On which to listen; a free one where not given.
    ``browser``: Whether to open it there.
    ``lang``: The language in which the pages open.
    ``tell``: Called once with the address, and whether the desk was there already.
    Raises SourceError: If there is no such folder.
    Raises OutputError: If the port is taken, or a desk that is there does not answer.
    """
    if folder is not None and not folder.is_dir():
        raise SourceError(
            f"There is no folder {folder}.", mend="Name a place, or a folder of places."
        )
    home = homes.own() if folder is None else homes.of(folder)
    lock = FileLock(home.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        _show(_of_other(home, lang), browser, tell, there=True)
        return
    if home.demo:  # its outputs go where one stands: always to the same, which can be written
        (home.state / "demo").mkdir(exist_ok=True)
        os.chdir(home.state / "demo")
    try:
        with listening(port) if port else again(home) as listener:
            number = listener.getsockname()[1]
            keys, secret = Keys(), secrets.token_urlsafe(32)
            home.door.touch(mode=0o600)
            home.door.write_text(
                json.dumps({"port": number, "secret": secret}), encoding="utf-8"
            )
            _show(_address(number, keys.token(), lang), browser, tell, there=False)
            from landtrack.server.desk import application  # who came meanwhile is kept waiting

            server = uvicorn.Server(uvicorn.Config(
                application(home, keys, port=number, secret=secret), log_level="warning",
                access_log=False, server_header=False, date_header=False,
                timeout_graceful_shutdown=2, ws="none", lifespan="on",
            ))
            with suppress(KeyboardInterrupt):  # that is how a desk ends
                server.run(sockets=[listener])
    finally:
        home.door.unlink(missing_ok=True)
        lock.release()


def listening(port: int | None) -> socket.socket:
    """Listen on this computer alone.

    ``port``: A free one where not given.
    Raises OutputError: If it is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # else another program of Windows may listen too
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port or 0))
        listener.listen(64)
    except OSError as error:
        listener.close()
        raise OutputError(
            f"The port {port} cannot be listened on: {error.strerror}.",
            mend="Name another one, or none: a free one is found.",
        ) from error
    return listener


def again(home: homes.Home) -> socket.socket:
    """Listen where the desk of this folder listened last, else on a free port, and keep which.

    What a browser keeps for it (a visit that was not handed on, an address that was marked) belongs
    to the port.
    """
    try:
        last = int(home.port.read_text(encoding="ascii"))
        listener = listening(last if LOWEST <= last <= HIGHEST else None)
    except (OSError, ValueError, OutputError):
        listener = listening(None)
    with suppress(OSError):  # the next start has another one then
        home.port.write_text(str(listener.getsockname()[1]), encoding="ascii")
    return listener


def _of_other(home: homes.Home, lang: str) -> str:
    """Ask the desk that is there for a way in."""
    try:
        door = json.loads(home.door.read_text(encoding="utf-8"))
        request = urllib.request.Request(
            f"http://{HOST}:{door['port']}{KNOCK}", method="POST",
            headers={"x-landtrack-secret": door["secret"]},
        )
        with urllib.request.urlopen(request, timeout=WAIT_S) as answer:  # noqa: S310
            return _address(door["port"], json.loads(answer.read())["token"], lang)
    except (OSError, ValueError, KeyError, urllib.error.URLError) as error:
        raise OutputError(
            f"A desk of {home.served} is open and does not answer.",
            mend="Wait a moment and try again, or end it first.",
        ) from error


def _address(port: int, token: str, lang: str) -> str:
    return f"http://{HOST}:{port}/?{TOKEN}={token}&lang={lang}"


def _show(
    address: str, browser: bool, tell: Callable[[str, bool], None], *, there: bool  # noqa: FBT001
) -> None:
    tell(address, there)
    if browser:
        webbrowser.open(address)
