"""Opens pages in an installed browser with the network cut.

The sections of a card are laid out when they come into view: what stands in them is read with
``text_content``; ``inner_text`` has it only once the page was painted.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

BROWSERS = (
    "chromium-headless-shell",  # the same pages for a third of the processor's time
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge",
)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
)
READY = "typeof landtrack === 'undefined' || landtrack.ready"
DESKTOP = (1366, 768)
PHONE = (390, 844)
PATIENCE = 15_000
"""Milliseconds that a page has for what is waited for."""


@dataclass
class Heard:
    """What a page said and asked for while it was open."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def executable():
    """The browser of this machine; without one a test is skipped, in CI it fails."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        reason = f"no browser is installed (looked for {', '.join(BROWSERS)})"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextmanager
def browser():
    """A running browser."""
    path = executable()
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield running
        finally:
            running.close()


@contextmanager
def open_map(path, *, size=DESKTOP, fragment="", running=None, scale=1, door="") -> Iterator:
    """Open a page from the disk; ``page.heard`` holds its requests and errors.

    Only files may be read: any other request is refused and written down. Leaving the
    block checks that there was none, and that the page raised no error. With a ``door``, the
    address by which a desk lets in, the path is one of that desk, and only it may be asked.
    """
    if running is None:
        with browser() as started, open_map(
            path, size=size, fragment=fragment, running=started, scale=scale, door=door
        ) as page:
            yield page
        return
    origin = door.partition("/?")[0]
    own = origin or "file:"
    address = origin + path if door else Path(path).resolve().as_uri()
    heard = Heard()
    context = running.new_context(
        viewport={"width": size[0], "height": size[1]}, device_scale_factor=scale,
        has_touch=size == PHONE,
    )
    context.route("**/*", lambda route: _only_own(route, own, heard))
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: heard.errors.append(str(error)))
    page.on("console", lambda said: said.type == "error" and heard.errors.append(said.text))
    page.heard = heard
    page.address = address
    if door:
        page.goto(door)
    page.goto(address + fragment)
    until(page, READY)
    try:
        yield page
    finally:
        context.close()
    assert heard.requests == []
    assert heard.errors == []


@contextmanager
def open_served(address, *, size=DESKTOP) -> Iterator:
    """Open a page that a server of this computer gives.

    Leaving the block checks that nothing was asked for elsewhere, and that no page raised an error.
    """
    own = address.partition("?")[0]
    heard = Heard()

    def only_own(route):
        if route.request.url.startswith((own, "data:")):
            route.continue_()
            return
        heard.requests.append(route.request.url)
        route.abort()

    with browser() as running:
        context = running.new_context(viewport={"width": size[0], "height": size[1]})
        context.route("**/*", only_own)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: heard.errors.append(str(error)))
        page.on("console", lambda said: said.type == "error" and heard.errors.append(said.text))
        page.goto(address)
        yield page
        context.close()
    assert heard.requests == []
    assert heard.errors == []


def again(page, fragment=""):
    """Open the page anew, as if its address had been typed with what follows the ``#``."""
    page.goto("about:blank")
    page.goto(page.address + fragment)
    until(page, READY)


def until(page, expression):
    """Wait until something holds in the page, whose policy lets no text be run from within."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < deadline, f"never true: {expression}"
        page.wait_for_timeout(20)


def _only_own(route, own, heard):
    if route.request.url.startswith(own):
        route.continue_()
        return
    if not route.request.url.startswith("data:"):
        heard.requests.append(route.request.url)
    route.abort()
