"""Files that come in pieces: a line that broke or a desk that was killed loses none of them.

Who brings files says what they are, and is told how much of each is here; sends what is missing,
from there; and has them taken in when all is here. An offset that is wrong is answered by 409 and
the right one in ``Upload-Offset``, as tus and the draft of the IETF for resumable uploads do. The
script of the page does so; without it the form of the files comes whole.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from landtrack.app import deliver, partials, places
from landtrack.model.errors import SourceError
from landtrack.server import asked
from landtrack.server.files import UPLOAD, FilePages
from landtrack.server.home import Home
from landtrack.server.jobs import Jobs
from landtrack.server.routes import Address

NEW = "/new/parts"
OF_PLACE = "/places/{name}/files/parts"
OFFSET = "upload-offset"
MOST_TOLD = 4 << 20
"""Bytes in which the files may be told that will come, and those that are to be taken in."""
AT_ONCE = 1 << 20
"""Bytes that are written at once."""
PART, LEFT, TITLE = "part", "left", "title"


class PiecePages:
    """What the desk answers of files that come in pieces."""

    def __init__(self, home: Home, jobs: Jobs, files: FilePages) -> None:
        self.home, self.jobs, self.files = home, jobs, files

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return tuple(
            each for here in (NEW, OF_PLACE) for each in (
                Address(here, "POST", self.begin, MOST_TOLD),
                Address(f"{here}/taken", "POST", self.take, MOST_TOLD),
                Address(f"{here}/thrown-away", "POST", self.drop, MOST_TOLD),
                Address(f"{here}/{{part}}", "PATCH", self.go_on, deliver.MOST_FILE),
            )
        )

    async def begin(self, request: Request) -> Response:
        """Say how much of each file is here."""
        folder = await run_in_threadpool(self._folder, request)
        try:
            told = msgspec.json.decode(await request.body(), type=list[partials.Told])
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise SourceError(
                "The files did not come whole: nothing was taken.", mend="Send them again."
            ) from error
        found = await run_in_threadpool(partials.begin, folder, self.home.mark, told)
        return JSONResponse([
            None if each is None else {"part": each.id, "there": each.there} for each in found
        ])

    async def go_on(self, request: Request) -> Response:
        """Take in the next bytes of a file; what came before the line broke stays."""
        folder = await run_in_threadpool(self._folder, request)
        try:
            piece = await run_in_threadpool(
                partials.Piece, folder, self.home.mark, request.path_params["part"],
                asked.number(request.headers.get(OFFSET, "")),
            )
            try:
                await _written(request, piece)
            finally:
                piece.close()
        except partials.OffsetError as error:
            return Response(status_code=409, headers={OFFSET: str(error.there)})
        return Response(status_code=204, headers={OFFSET: str(piece.there)})

    async def take(self, request: Request) -> Response:
        """Take in files of which all is here."""
        folder = await run_in_threadpool(self._folder, request)
        form = await request.form(max_fields=2 * deliver.MOST_FILES)
        numbers, left = ([str(each) for each in form.getlist(key)] for key in (PART, LEFT))
        title = str(form.get(TITLE, ""))
        took, digests = await run_in_threadpool(
            partials.take, folder, self.home.mark, numbers, left
        )
        name = request.path_params.get("name", "")
        number = await run_in_threadpool(self.jobs.begin, name, UPLOAD)
        name, receipt = await self.files.settled(
            request, took, number,
            (lambda: (name, took.settle())) if name else (lambda: took.settle_as(title)),
        )
        await run_in_threadpool(partials.drop, folder, self.home.mark, numbers)
        await run_in_threadpool(self.files.came, request, number, name, receipt, digests)
        return self.files.to_files(name)

    async def drop(self, request: Request) -> Response:
        """Throw away what is half here."""
        folder = await run_in_threadpool(self._folder, request)
        form = await request.form(max_fields=2 * deliver.MOST_FILES)
        numbers = [str(each) for each in form.getlist(PART)]
        await run_in_threadpool(partials.drop, folder, self.home.mark, numbers)
        name = request.path_params.get("name")
        return RedirectResponse("/new", 303) if name is None else self.files.to_files(name)

    def _folder(self, request: Request) -> Path:
        """Find the folder into which files come."""
        if "name" not in request.path_params:
            self.files.may_be_new()
            return self.home.served
        folder = asked.folder(self.home, request)
        places.insist_on_own(folder)
        return folder


async def _written(request: Request, piece: partials.Piece) -> None:
    """Write what a request brings, as far as it comes."""
    held = bytearray()
    try:
        with suppress(ClientDisconnect):  # who asks next is told how much is here
            async for chunk in request.stream():
                held += chunk
                if len(held) >= AT_ONCE:
                    whole, held = held, bytearray()
                    await asyncio.to_thread(piece.write, whole)
    finally:
        if held:
            piece.write(held)  # at once: the request may be cancelled
