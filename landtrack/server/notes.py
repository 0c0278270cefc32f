"""The pages of notes: which there are, what becomes of them, and what a site visit brings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from landtrack.app import notes, places
from landtrack.app.notes import Note, Typed
from landtrack.model import catalog
from landtrack.model.errors import LandtrackError, SourceError
from landtrack.server import asked, uploads
from landtrack.server.home import Home
from landtrack.server.questions import AddNote, ChangeNotes, TakeVisit
from landtrack.server.routes import SMALL, Address
from landtrack.server.speaking import page, words_for
from landtrack.server.trials import as_json
from landtrack.server.worker import Worker

AT_ONCE = 50
"""How many notes a page lists."""
MOST_FORM = 1 << 20
"""Bytes that a form may bring: the marks of many notes."""
MOST_FIELD = 16 * 1024
"""Bytes of a text that is typed; a note has fewer."""
FILES = {"notes.csv": (notes.as_csv, "text/csv"), "notes.geojson": (
    notes.as_geojson, "application/geo+json")}
"""What notes are handed on as."""
SEEN = frozenset({"draft", "open", "resolved"})
"""The states that the map shows."""


class NotePages:
    """What the desk answers of notes."""

    def __init__(self, home: Home, worker: Worker) -> None:
        self.home, self.worker = home, worker

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        here = "/places/{name}/notes"
        return (
            Address(here, "GET", self.show),
            Address(here, "POST", self.add, notes.MOST_PICTURES * notes.MOST_PICTURE + SMALL),
            Address(f"{here}/change", "POST", self.change, MOST_FORM),
            Address(f"{here}/visit", "POST", self.visit, notes.MOST_VISIT + SMALL),
            Address(f"{here}/list", "GET", self.list),
            Address(f"{here}/as/{{file}}", "GET", self.hand_on),
            Address(f"{here}/pictures/{{file}}", "GET", self.picture),
        )

    def show(self, request: Request) -> Response:
        """List the notes of a place that are asked for."""
        return self._page(request)

    async def add(self, request: Request) -> Response:
        """Add a note, with its pictures."""
        folder = await run_in_threadpool(asked.folder, self.home, request)
        fields: dict[str, list[str]] = {}
        try:
            async with uploads.several(
                request, self.home, most_field=MOST_FIELD
            ) as (files, fields, _):
                typed = _typed(fields)
                made = await run_in_threadpool(self.worker.ask, AddNote(
                    out=str(places.out_of(folder)), folder=str(folder), typed=typed,
                    pictures=tuple(str(each) for each in files),
                ))
        except LandtrackError as error:
            typed_last = {name: own[-1] for name, own in fields.items()}
            return await run_in_threadpool(self._refused, request, error, typed_last)
        return self._done(request, made, {"id": made.id}, of=made)

    async def change(self, request: Request) -> Response:
        """Resolve, reopen, accept or reject notes."""
        form = await request.form(max_fields=notes.MOST_VISIT_NOTES + 20)
        return await run_in_threadpool(self._change, request, form)

    def _change(self, request: Request, form: FormData) -> Response:
        folder, typed = asked.folder(self.home, request), asked.texts(form)
        what = next((each for each in notes.CHANGES if each in typed), None)
        ticked = [each for each in form.getlist("tick") if isinstance(each, str)]
        if what is None:
            raise asked.UnknownError
        marks = [typed[what]] if typed[what] != "ticked" else ticked
        try:
            if not marks:
                raise SourceError("No note was ticked.", mend="Tick those that are meant.")
            done = self.worker.ask(ChangeNotes(
                out=str(places.out_of(folder)), folder=str(folder), what=what, marks=tuple(marks),
                by=typed.get("by", "")[:1000],
            ))
        except LandtrackError as error:
            return self._refused(request, error, {"by": typed.get("by", "")})
        return self._done(request, None, {"changed": done}, back=typed.get("back", ""))

    async def visit(self, request: Request) -> Response:
        """Take in what was seen at a visit, as drafts."""
        folder = await run_in_threadpool(asked.folder, self.home, request)
        try:
            async with uploads.several(
                request, self.home, most_field=MOST_FIELD
            ) as (files, _, names):
                if len(files) != 1:
                    raise SourceError(
                        "One file of a visit is taken in, not none or several.", mend="Choose one."
                    )
                taken = await run_in_threadpool(self.worker.ask, TakeVisit(
                    out=str(places.out_of(folder)), folder=str(folder), file=str(files[0]),
                    named=names[0][:100], place=await run_in_threadpool(_id_of, folder),
                ))
        except LandtrackError as error:
            return await run_in_threadpool(self._refused, request, error, {})
        return self._done(request, None, {"taken": taken}, back="#drafts")

    def list(self, request: Request) -> Response:
        """Give the map its notes, as JSON."""
        try:
            every = notes.read(asked.folder(self.home, request))
        except LandtrackError as error:
            return as_json(asked.told(error, words_for(request).lang, request), 409)
        return as_json([
            {"mark": each.mark, "came": each.came != "", **{
                name: getattr(each, name) for name in (
                    "id", "text", "by", "at", "lat", "lng", "layer", "key", "state",
                )
            }, "pictures": [own.file for own in each.pictures]}
            for each in every if each.state in SEEN
        ])

    def hand_on(self, request: Request) -> Response:
        """Give all notes as a file."""
        folder, name = asked.folder(self.home, request), request.path_params["file"]
        if name not in FILES:
            raise asked.UnknownError
        write, kind = FILES[name]
        return Response(write(notes.read(folder)), media_type=kind, headers={
            "content-disposition": f'attachment; filename="{name}"',
            "content-security-policy": "sandbox",
        })

    def picture(self, request: Request) -> Response:
        """Give a picture, as nothing but one."""
        path = notes.picture(asked.folder(self.home, request), request.path_params["file"])
        if path is None:
            raise asked.UnknownError
        answer = FileResponse(path, media_type="image/jpeg", filename=path.name)
        answer.headers["content-security-policy"] = "default-src 'none'; sandbox"
        return answer

    # --- parts ------------------------------------------------------------------------------

    def _done(
        self, request: Request, made: Note | None, told: Mapping[str, Any], *,
        of: Note | None = None, back: str = "",
    ) -> Response:
        """Answer who is a script in JSON, and lead who sent a form to the list."""
        if _is_script(request):
            return as_json(told)
        more = urlencode({"of": of.feature}) if of is not None and of.feature else ""
        if back.startswith("?") and "\n" not in back and "\r" not in back:
            more = back[1:]
        anchor = f"#note-{made.id}" if made is not None else back if back.startswith("#") else ""
        here = f"/places/{quote(request.path_params['name'])}/notes"
        return RedirectResponse(f"{here}{'?' if more else ''}{more}{anchor}", 303)

    def _refused(
        self, request: Request, error: LandtrackError, typed: Mapping[str, str]
    ) -> Response:
        """Say why something was not done, beside what was typed."""
        told = asked.told(error, words_for(request).lang, request)
        if _is_script(request):
            return as_json(told, 409)
        return self._page(request, fault=told, typed=typed)

    def _page(
        self, request: Request, *, fault: Mapping[str, str] | None = None,
        typed: Mapping[str, str] | None = None,
    ) -> Response:
        """Show the notes that are asked for, and what was typed where it could not be kept."""
        folder, asked_for = asked.folder(self.home, request), request.query_params
        state, of = asked_for.get("state", ""), asked_for.get("of", "")[:notes.MOST_KEY + 40]
        first = asked.number(asked_for.get("from", "")) or 0
        words, unread = words_for(request), None
        try:
            every: Sequence[Note] = notes.read(folder)
        except LandtrackError as error:
            every, unread = (), asked.told(error, words.lang)
        wanted = {state} if state in {"open", "resolved", "rejected"} else {"open", "resolved"}
        found = [
            each for each in reversed(every)
            if each.state in wanted and of in ("", each.feature)
        ]
        more = {name: own for name, own in (("state", state), ("of", of)) if own}
        layer, _, key = of.partition(":")
        return page(
            request, "notes.html.j2", status=409 if fault or unread else 200,
            place=places.plain(request.path_params["name"], folder),
            drafts=[each for each in every if each.state == "draft"],
            shown=found[first:first + AT_ONCE], found=len(found), first=first, at_once=AT_ONCE,
            counts=Counter(each.state for each in every), state=state, of=of,
            features=sorted({each.feature for each in every if each.feature} | ({of} - {""})),
            layers={
                kind: words(f"kind.{kind}") for kind in ("plots", *catalog.schemas())
            },
            typed={"text": "", "by": "", "layer": layer, "key": key, **(typed or {})},
            fault=fault or unread, most=notes.MOST_TEXT, most_pictures=notes.MOST_PICTURES,
            asked=f"&{urlencode(more, quote_via=quote)}" if more else "",
            back=f"?{urlencode(more, quote_via=quote)}" if more else "",
        )


def _is_script(request: Request) -> bool:
    """Tell whether the map asks, not a form."""
    return "application/json" in request.headers.get("accept", "")


def _id_of(folder: Path) -> str:
    """Give the id of a place, as its map knows it."""
    return catalog.place(folder).id


def _typed(fields: Mapping[str, list[str]]) -> Typed:
    """Read a note as a form sends it.

    Raises SourceError: If a coordinate is none.
    """
    said = {name: own[-1].strip() for name, own in fields.items()}
    return Typed(
        text=fields.get("text", [""])[-1], by=said.get("by", ""), lat=_degrees(said, "lat", 90),
        lng=_degrees(said, "lng", 180), feature=(said.get("layer", ""), said.get("key", ""))
        if said.get("key") else ("", ""),
    )


def _degrees(said: Mapping[str, str], name: str, most: int) -> float | None:
    """Read a coordinate; None where none is typed."""
    if not said.get(name):
        return None
    try:
        value = float(said[name])
    except ValueError:
        value = float("inf")
    if not isfinite(value) or abs(value) > most:
        raise SourceError(
            f"{said[name][:40]} is no coordinate in degrees.",
            mend="Write it so: 29.4567; or click on the map.",
        )
    return value
