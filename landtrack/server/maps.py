"""The map of a place as the desk serves it: the page of the last run, told who serves it.

It differs from the file by what is put into its head and by nothing else: that it may ask the
desk, and where in the desk its place is. Opened from the disk there is none of it.
"""

from __future__ import annotations

import html
import json
import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from landtrack.app import notes, places
from landtrack.model.errors import SourceError
from landtrack.server import asked
from landtrack.server.drawings import BLOCKS, Drawings
from landtrack.server.home import Home
from landtrack.server.jobs import DONE, Jobs
from landtrack.server.news import Judging, News
from landtrack.server.routes import Address
from landtrack.server.speaking import ways_below, words_for

RUN = "run"
"""The kind of the jobs that judge a place."""
HEAD = 1 << 16
"""Bytes of a page in which its policy stands."""
PIECE = 1 << 18
BEGINS = b'<head>\n<meta http-equiv="Content-Security-Policy" content="'
ENDS = b'">\n'


class MapPages:
    """What the desk answers of maps."""

    def __init__(self, home: Home, jobs: Jobs, told: News, drawings: Drawings) -> None:
        self.home, self.jobs, self.told, self.drawings = home, jobs, told, drawings

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address("/places/{name}/map.html", "GET", self.map),
            Address("/places/{name}/map/news", "GET", self.news),
            Address(f"/places/{{name}}/{BLOCKS}/{{file}}", "GET", self.blocks),
        )

    def map(self, request: Request) -> Response:
        """Give the map of the last run, with its own policy, told that the desk serves it."""
        source, mark = self.drawings.opened(*self._held(request))
        may = ways_below(request)
        try:
            head = told(source.read(HEAD), {
                "place": f"/places/{quote(request.path_params['name'], safe='')}",
                "drawn": mark, "lang": words_for(request).lang,
                **({} if may is None else {"may": may}),
            })
            length = len(head) + max(0, os.fstat(source.fileno()).st_size - HEAD)
        except BaseException:
            source.close()
            raise
        return _Page(head, source, headers={
            "content-length": str(length), "content-security-policy": "frame-ancestors 'none'",
        })

    async def news(self, request: Request) -> Response:
        """Tell an open map what happens, as long as it is open."""
        held, folder = await run_in_threadpool(self._held, request)
        kept = None if held.token else await run_in_threadpool(_kept, folder)
        judging = partial(self._judging, request.path_params["name"])
        return StreamingResponse(
            self.told.of(held, lambda own: self.drawings.mark(own, folder), kept, judging),
            media_type="text/event-stream",
        )

    def _judging(self, place: str) -> Judging | None:
        """Give the last judging of a place, unless it is done."""
        last = self.jobs.last(place, RUN)
        if last is None or last.state == DONE:
            return None
        return Judging(f"/jobs/{last.id}", last.going_on)

    def blocks(self, request: Request) -> Response:
        """Give a block of the map, where it is not in the page."""
        path = self.drawings.block(self._held(request)[0], request.path_params["file"])
        return FileResponse(path, media_type="text/javascript")

    def _held(self, request: Request) -> tuple[asked.Held, Path]:
        """Find the outputs of the place that is asked for, and its folder; nothing is read."""
        folder = asked.folder(self.home, request)
        if self.home.shared:
            return asked.held(self.home, request, folder), folder
        return asked.Held(str(places.out_of(folder))), folder


class _Page(StreamingResponse):
    """A page piece by piece; its file is let go whether or not it was given whole."""

    def __init__(self, head: bytes, source: BinaryIO, *, headers: Mapping[str, str]) -> None:
        super().__init__(_whole(head, source), media_type="text/html", headers=headers)
        self.source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.source.close()


def _kept(folder: Path) -> Path | None:
    """Find the file of the notes; a link that leads out is said where they are listed."""
    try:
        return notes.path_of(folder)
    except SourceError:
        return None


def told(head: bytes, desk: Mapping[str, str | list[str]]) -> bytes:
    """Tell the page of a map that the desk serves it.

    ``head``: The first bytes of the page.
    ``desk``: What it is told.
    Returns: The same bytes, in whose policy it stands that the page may ask the desk and show its
    pictures, and what it is told behind that.
    Raises SourceError: If it is no map as landtrack writes it.
    """
    before, begins, rest = head.partition(BEGINS)
    policy, ends, after = rest.partition(ENDS)
    if not (before.startswith(b"<!DOCTYPE html>") and begins and ends) or b"connect-src" in policy:
        raise SourceError(
            "The map is none that landtrack wrote, or was changed since.",
            mend="Judge the place again: it is drawn anew.",
        )
    said = html.escape(json.dumps(dict(desk), ensure_ascii=False))
    meta = f'<meta name="landtrack-desk" content="{said}">\n'.encode()
    own = policy.replace(b"img-src ", b"img-src 'self' ", 1)  # pictures of notes
    return b"".join([before, begins, own, b"; connect-src 'self'", ends, meta, after])


def _whole(head: bytes, source: BinaryIO) -> Iterator[bytes]:
    """Give a page piece by piece."""
    yield head
    while piece := source.read(PIECE):
        yield piece
