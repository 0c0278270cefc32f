"""The pages of what happened: how far each feature is, and a step entered for one or many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from landtrack.app import places, steps
from landtrack.app.steps import Entered
from landtrack.model import catalog
from landtrack.model.errors import LandtrackError, SourceError
from landtrack.server import asked, brought
from landtrack.server.brought import Brought
from landtrack.server.home import Home
from landtrack.server.jobs import DONE, INTERRUPTED, REFUSED, Job, Jobs
from landtrack.server.questions import Enter, History, Plots, Steps, Undo, Undoing
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for
from landtrack.server.worker import Worker

STEP, UNDO = "step", "undo"
"""Kinds of what was entered, by their keys among the words."""
BROUGHT = "brought"
"""Stands before the number of a scan that was dropped here, where a file of the place could."""
LISTED = 400
"""How many features a page lists where none are named."""
AT_ONCE = 1000
"""With how many features a step may be entered at once; so many a page lists that are named."""
MOST = 1 << 20
"""Bytes that a form may bring: the keys of many features."""
ON_A_PAGE = 100
"""How many entries a page of the history lists."""
LONGEST = 100
"""Signs of what is looked for in it."""
HISTORY = "history"
"""Where one goes back to who took something back there."""
QUIET_S = 2.0
"""After what was entered, how long nothing else is read: the page that shows it comes first."""
Typed = Mapping[str, str]


class StepPages:
    """What the desk answers of steps."""

    def __init__(self, home: Home, jobs: Jobs, worker: Worker) -> None:
        self.home, self.jobs, self.worker = home, jobs, worker

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address("/places/{name}/steps", "GET", self.show),
            Address("/places/{name}/step", "POST", self.step, MOST),
            Address("/places/{name}/history", "GET", self.history),
            Address("/places/{name}/undo", "GET", self.look),
            Address("/places/{name}/undo", "POST", self.undo),
        )

    def show(self, request: Request) -> Response:
        """Show the features of a track that are in a state, and the steps that they may take."""
        asked_for = request.query_params
        meant = asked_for.get("kind", ""), tuple(filter(None, asked_for.getlist("key")))[:AT_ONCE]
        return self._page(
            request, asked_for.get("track"), asked_for.get("state"), meant=meant,
        )

    async def step(self, request: Request) -> Response:
        """Enter a step for the features that were ticked: for all of them, or for none."""
        form = await request.form(max_fields=AT_ONCE + 20)
        return await run_in_threadpool(self._step, request, form)

    def _step(self, request: Request, form: FormData) -> Response:
        folder, typed = asked.folder(self.home, request), _texts(form)
        keys = tuple(each for each in form.getlist("key") if isinstance(each, str))
        scan = self._scan(folder, typed.get("scan", ""))
        held = asked.held(self.home, request, folder)
        question = Enter(
            out=held.out, token=held.token, action=typed.get("action", ""), keys=keys,
            told=steps.Told(
                at=typed.get("at", ""), document=typed.get("document", ""),
                by=asked.by(request, typed.get("by", "")), note=typed.get("note", ""),
            ),
            evidence=None if scan is None else str(scan), seen=asked.number(typed.get("seen", "")),
            lang=words_for(request).lang,
        )
        def enters() -> Entered | None:
            if not keys:
                raise asked.nothing_ticked()
            return self.worker.ask(question)

        return self._entered(request, STEP, typed | {"key": "\0".join(keys)}, enters)

    def _scan(self, folder: Path, named: str) -> Path | None:
        """Find the scan that is chosen: a file of the place, or one that was dropped here.

        Raises UnknownError: If there is none of that name.
        """
        if not named:
            return None
        kind, _, number = named.partition(":")
        if kind == BROUGHT and number:
            return self._brought(folder, number).file
        if named not in _scans(folder):
            raise asked.UnknownError
        return folder / named

    def _brought(self, folder: Path, number: str) -> Brought:
        """Find a scan that was dropped here."""
        own = brought.find(self.home, folder, number)
        if not own.is_scan:
            raise asked.UnknownError
        return own

    def history(self, request: Request) -> Response:
        """Say what happened to a feature or a project; to all of the place where none is named."""
        folder, asked_for = asked.folder(self.home, request), request.query_params
        key, text = asked_for.get("key", "").strip(), asked_for.get("text", "")[:LONGEST]
        stated = asked_for.get("stated", "") == "yes"
        held = asked.held(self.home, request, folder)
        told = self.worker.ask(History(
            out=held.out, token=held.token, key=key, text=text, stated=stated,
            first=asked.number(asked_for.get("from", "")) or 0, most=ON_A_PAGE,
            lang=words_for(request).lang,
        ))
        name = request.path_params["name"]
        more = urlencode({
            **({"text": text} if text else {}), **({"stated": "yes"} if stated else {}),
        }, quote_via=quote)
        return page(
            request, "history.html.j2", key=key, told=told, text=text, stated=stated,
            place=asked.place(self.home, request), said=self._said(request, name),
            at_once=ON_A_PAGE, asked=f"&{more}" if more else "",
        )

    def look(self, request: Request) -> Response:
        """Show what it would change to take entries back."""
        events = _ticked(",".join(request.query_params.getlist("event")))
        return self._undo_page(request, events, request.query_params.get("key", "").strip(), {})

    async def undo(self, request: Request) -> Response:
        """Take events back, with the reason."""
        return await run_in_threadpool(self._undo, request, await request.form())

    def _undo(self, request: Request, form: FormData) -> Response:
        folder, typed = asked.folder(self.home, request), _texts(form)
        events = _ticked(typed.get("event", ""))
        held = asked.held(self.home, request, folder)
        question = Undo(
            out=held.out, token=held.token, events=events, why=typed.get("why", ""),
            by=asked.by(request, typed.get("by", "")), lang=words_for(request).lang,
        )
        return self._entered(request, UNDO, typed, lambda: self.worker.ask(question))

    def _undo_page(
        self, request: Request, events: tuple[int, ...], key: str, typed: Typed,
        refused: LandtrackError | None = None,
    ) -> Response:
        folder, lang = asked.folder(self.home, request), words_for(request).lang
        told = None
        try:
            held = asked.held(self.home, request, folder)
            told = self.worker.ask(Undoing(
                out=held.out, token=held.token, events=events, lang=lang
            ))
        except LandtrackError as error:  # said in the place of what would change
            refused = error
        fault = None if refused is None else asked.told(refused, lang)
        return page(
            request, "undo.html.j2", status=200 if fault is None else 409, told=told, key=key,
            events=_listed(events), fault=fault, typed=defaultdict(str, typed),
            place=asked.place(self.home, request),
        )

    def _entered(
        self, request: Request, kind: str, typed: Typed,
        enter: Callable[[], Entered | None],
    ) -> Response:
        """Enter something; the desk remembers that it was asked for, and what came of it."""
        name = request.path_params["name"]
        number = self.jobs.begin(name, kind)
        try:
            entered = enter()
            if entered is None:
                raise SourceError(  # noqa: TRY301  told as what the store refuses is
                    "Not all of these are features on the track of this step any more.",
                    mend="Load the page again, and tick them anew.",
                )
        except LandtrackError as error:
            self.jobs.end(number, REFUSED, "\n".join(
                asked.told(error, words_for(request).lang, request).values()
            ))
            if typed.get("back") == HISTORY:
                events = _numbers(typed.get("event", ""))
                return self._undo_page(request, events, typed.get("key", ""), typed, error)
            return self._page(
                request, typed.get("track"), typed.get("state"), typed=typed, status=409,
                said=self.jobs.get(number),
            )
        except BaseException:
            self.jobs.end(number, INTERRUPTED, "")
            raise
        self.jobs.end(number, DONE, "\n".join(entered.lines))
        if not self.home.shared:
            out = places.out_of(asked.folder(self.home, request))
            self.worker.prepare(Plots(out=str(out)), QUIET_S)
        if typed.get("back") == HISTORY:
            at = {"key": typed["key"]} if typed.get("key") else {}
            asked_for = urlencode({**at, "said": number}, quote_via=quote)
            return RedirectResponse(f"/places/{quote(name)}/{HISTORY}?{asked_for}", 303)
        shown = {"track": typed.get("track", ""), "state": typed.get("state", "")}
        asked_for = urlencode({
            **{each: value for each, value in shown.items() if value}, "said": number,
            **({"undo": f"{entered.first}-{entered.last}"} if kind == STEP else {}),
        })
        return RedirectResponse(f"/places/{quote(name)}/steps?{asked_for}", 303)

    def _page(  # noqa: PLR0913  each is a thing of its own that may be left out
        self, request: Request, track: str | None, state: str | None, *,
        typed: Typed | None = None, said: Job | None = None, status: int = 200,
        meant: tuple[str, tuple[str, ...]] = ("", ()),
    ) -> Response:
        """Show the features of a track that are in a state, and what was said last.

        ``meant``: The layer and the keys of those that are ticked, whatever track they are on.
        """
        name, folder = request.path_params["name"], asked.folder(self.home, request)
        kind, _, number = (typed or {}).get("scan", "").partition(":")
        number = number if kind == BROUGHT else request.query_params.get("scan", "")
        dropped = self._brought(folder, number) if number else None
        held = asked.held(self.home, request, folder)
        seen = self.worker.ask(Steps(
            out=held.out, token=held.token, track=track,
            state="" if state == steps.NONE else state, kind=meant[0], keys=meant[1],
            most=max(LISTED, len(meant[1])),
        ))
        if seen is None:
            raise asked.UnknownError
        flow = catalog.workflow(seen.workflow)
        chosen = flow.track(seen.chosen)
        return page(
            request, "steps.html.j2", status=status, place=asked.place(self.home, request),
            seen=seen,
            names={each: flow.track(each).title for each in seen.names}, none=steps.NONE,
            titles={each.code: each.title for each in chosen.state},
            offered=steps.offered(chosen, seen.state), files=_scans(folder),
            typed=defaultdict(str, typed or {}),
            ticked=typed["key"].split("\0") if typed and "key" in typed else meant[1],
            chosen=urlencode([("kind", meant[0]), *(("key", each) for each in meant[1])]),
            said=said or self._said(request, name),
            just=_range(request.query_params.get("undo", "")),
            dropped=None if dropped is None else (
                f"{BROUGHT}:{dropped.number}", dropped.file.name, dropped.number
            ),
        )

    def _said(self, request: Request, name: str) -> Job | None:
        """Find what is to be said of what was just entered."""
        number = asked.number(request.query_params.get("said", ""))
        own = None if number is None else self.jobs.get(number)
        fits = own is not None and own.place == name and own.kind in {STEP, UNDO}
        return own if fits else None


def _range(text: str) -> str:
    """Read the numbers of events as they stand in an address; empty where they are none."""
    numbers = _numbers(text)
    return f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else "".join(map(str, numbers))


def _ticked(text: str) -> tuple[int, ...]:
    """Read the numbers of the events that are ticked.

    Raises SourceError: If there are none.
    Raises UnknownError: If they are no numbers of events.
    """
    found = _numbers(text)
    if not found:
        raise asked.UnknownError if text.strip(", ") else asked.nothing_ticked()
    return found


def _numbers(text: str) -> tuple[int, ...]:
    """Read numbers of events: 3, 5-7; none where they are none, or too many."""
    found: dict[int, None] = {}
    for part in text.replace("–", "-").split(","):
        first, sign, last = (each.strip() for each in part.partition("-"))
        begin, end = asked.number(first), asked.number(last) if sign else asked.number(first)
        if begin is None or end is None or not 0 <= end - begin < AT_ONCE:
            return ()
        found |= dict.fromkeys(range(begin, end + 1))
        if len(found) > AT_ONCE:
            return ()
    return tuple(sorted(found))


def _listed(events: Sequence[int]) -> str:
    """Write numbers of events as :func:`_numbers` reads them."""
    parts: list[list[int]] = []
    for each in events:
        if parts and parts[-1][-1] == each - 1:
            parts[-1].append(each)
        else:
            parts.append([each])
    return ", ".join(f"{own[0]}-{own[-1]}" if len(own) > 1 else f"{own[0]}" for own in parts)


def _scans(folder: Path) -> list[str]:
    """List the files of a place that may be documents."""
    return sorted(
        each.name for each in folder.iterdir()
        if each.suffix.lower() in {".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".ofd"}
        and each.is_file() and not each.is_symlink()
    )


def _texts(form: FormData) -> dict[str, str]:
    """Give the fields of a form without blanks around them."""
    return {name: value.strip() for name, value in asked.texts(form).items()}
