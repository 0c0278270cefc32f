"""Files as a form sends them: read as they come, never held in memory."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from landtrack.app.deliver import Incoming
from landtrack.model.errors import SourceError
from landtrack.server.home import Home

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST = 4 << 30
"""Bytes that one form may bring."""
MOST_FIELD = 1024
"""Bytes of a field that is no file."""
MOST_PARTS = 20_000
"""Parts of one form."""
NAMES = ""
"""Under which the names of files stand: no field of a form is without a name."""
KEPT = 20
"""How many that were brought are kept in a folder, for the jobs that wait."""


def expected(request: Request) -> int:
    """Tell how many bytes a request says that it brings."""
    return int(request.headers.get("content-length", "0"))


async def receive(
    request: Request, incoming: Incoming, *, most_field: int = MOST_FIELD, numbered: bool = False
) -> dict[str, list[str]]:
    """Take in the files of a form, one after the other.

    ``incoming``: Takes them.
    ``most_field``: Bytes of a field that is no file; what is longer is cut.
    ``numbered``: Whether each is called by its number: phones call all their pictures the same.
    Returns: The fields that are no files; several of one name in their order.
    Raises SourceError: If it is no form with files, or ends before its end.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise _no_form()
    parts = _Parts(incoming, most_field, numbered=numbered)
    try:
        parser = MultipartParser(boundary, parts.callbacks())
        async for chunk in request.stream():
            if chunk:
                await asyncio.to_thread(parser.write, chunk)
        parser.finalize()
    except FormParserError as error:
        raise _no_form() from error
    if not parts.ended:
        raise _no_form()
    return parts.fields


async def one(
    request: Request, home: Home, kept: Path, *, apart: bool = False
) -> tuple[Path, dict[str, list[str]]]:
    """Take in one file that belongs to no place, in a folder of its own.

    ``kept``: The folder of the last that were brought so; the oldest go.
    ``apart``: Whether something of our own is to lie in that folder: the file lies below it then.
    Returns: Where it lies, and the fields that are no files; several of one name in their order.
    Raises SourceError: If it is no form with one file, or ends before its end.
    Raises OutputError: If there is no room for it.
    """
    took = await run_in_threadpool(
        Incoming, home.state, mark=home.mark, expected=expected(request)
    )
    at = kept / took.own.name
    try:
        fields = await receive(request, took)
        path = await run_in_threadpool(took.settle_in, at if apart else kept)
    except BaseException:
        took.drop()  # at once: the request may be cancelled
        shutil.rmtree(at, ignore_errors=True)
        raise
    await run_in_threadpool(forget, kept)
    return path, fields


@asynccontextmanager
async def several(
    request: Request, home: Home, *, most_field: int
) -> AsyncIterator[tuple[list[Path], dict[str, list[str]], list[str]]]:
    """Take in files that are looked at once and belong nowhere; they are gone afterwards.

    ``most_field``: Bytes of a field that is no file; what is longer is cut.
    Yields: Where they lie, the fields that are no files, and how the files were called.
    Raises SourceError: If it is no form with files, or ends before its end.
    Raises OutputError: If there is no room for them.
    """
    took = await run_in_threadpool(
        Incoming, home.state, mark=home.mark, expected=expected(request)
    )
    try:
        fields = await receive(request, took, most_field=most_field, numbered=True)
        yield took.came(), fields, fields.pop(NAMES, [])
    finally:
        took.drop()  # at once: the request may be cancelled


def forget(kept: Path) -> None:
    """Throw away the oldest of what was brought."""
    found = sorted(kept.iterdir(), key=lambda each: each.stat().st_mtime_ns)
    for each in found[:-KEPT]:
        shutil.rmtree(each, ignore_errors=True)


def _no_form() -> SourceError:
    return SourceError(
        "The files did not come whole: nothing was taken.", mend="Send them again."
    )


class _Parts:
    """Hands each part of a form on to who takes it."""

    def __init__(self, incoming: Incoming, most_field: int, *, numbered: bool) -> None:
        self.incoming, self.most_field, self.numbered = incoming, most_field, numbered
        self.fields: dict[str, list[str]] = {}
        self.ended = False
        self._count = 0
        self._name, self._value = b"", b""
        self._headers: dict[bytes, bytes] = {}
        self._field = ""
        self._said = b""
        self._is_file = False

    def callbacks(self) -> MultipartCallbacks:
        """Give what the parser calls."""
        return {
            "on_part_begin": self._begin, "on_header_field": self._on_name,
            "on_header_value": self._on_value, "on_header_end": self._on_header,
            "on_headers_finished": self._on_headers, "on_part_data": self._on_data,
            "on_part_end": self._on_end, "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._count += 1
        if self._count > MOST_PARTS:
            raise _no_form()
        self._headers, self._said, self._is_file, self._field = {}, b"", False, ""

    def _on_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _on_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        named = options.get(b"filename")
        self._field = options.get(b"name", b"").decode("utf-8", "replace")
        if named:
            self._is_file = True
            name = named.decode("utf-8", "replace")
            if self.numbered:
                self.fields.setdefault(NAMES, []).append(name)
            self.incoming.begin(f"{self._count}" if self.numbered else name)

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.incoming.write(memoryview(data)[start:end])
        else:
            self._said = (self._said + data[start:end])[:self.most_field]

    def _on_end(self) -> None:
        if self._is_file:
            self.incoming.end()
        elif self._field:
            said = self._said.decode("utf-8", "replace")
            self.fields.setdefault(self._field, []).append(said)

    def _finish(self) -> None:
        self.ended = True
