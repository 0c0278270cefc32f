"""The tutorial: steps through a copy of the demo place, ticked by the desk where it sees them."""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from landtrack.app import kept_what_ifs, places, tutorial
from landtrack.app.tutorial import Progress, Step
from landtrack.model.errors import LandtrackError, OutputError
from landtrack.server import asked
from landtrack.server.home import Home
from landtrack.server.jobs import DONE, Jobs
from landtrack.server.routes import Address
from landtrack.server.speaking import page

HERE = "/tutorial"
JOB, WHAT_IF = "job", "what_if"
"""What the desk sees by itself."""
LOOKED_AT = 200
"""Among how many jobs of the place those of a step are looked for."""


class TutorialPages:
    """What the desk answers who learns it."""

    def __init__(self, home: Home, jobs: Jobs) -> None:
        self.home, self.jobs = home, jobs

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address(HERE, "GET", self.show),
            Address(f"{HERE}/begin", "POST", self.begin),
            Address(f"{HERE}/tick", "POST", self.tick),
        )

    def show(self, request: Request) -> Response:
        """Show the steps, and how far the reader is."""
        there = self.home.tutorial.is_dir()
        known = tutorial.progress(self.home.learnt) if there else Progress()
        now = tutorial.tick(self.home.learnt, known, self._noticed(known)) if there else known
        steps = tutorial.steps()
        place = f"/places/{quote(asked.tutorial_name(self.home))}"
        return page(
            request, "tutorial.html.j2", there=there, steps=steps, done=now.done, place=place,
            next=next((each.id for each in steps if each.id not in now.done), ""),
        )

    async def begin(self, request: Request) -> Response:
        """Put a fresh copy of the demo place there, and begin anew."""
        await request.form()
        await run_in_threadpool(self._begin)
        return RedirectResponse(HERE, 303)

    async def tick(self, request: Request) -> Response:
        """Say that a step is done, or is not."""
        typed = asked.texts(await request.form())
        await run_in_threadpool(self._tick, typed.get("id", ""), off=bool(typed.get("off")))
        return RedirectResponse(f"{HERE}#next", 303)

    def _begin(self) -> None:
        if any(each.going_on for each in self.jobs.of(self._name(), LOOKED_AT)):
            raise OutputError(
                "The tutorial place is being worked on.", mend="Wait until it is done, or stop it."
            )
        tutorial.begin(self.home.tutorial, self.home.learnt)

    def _tick(self, step: str, *, off: bool) -> None:
        if step not in {each.id for each in tutorial.steps()} or not self.home.tutorial.is_dir():
            raise asked.UnknownError
        known = tutorial.progress(self.home.learnt)
        tutorial.tick(self.home.learnt, known, () if off else (step,), off=step if off else "")

    def _name(self) -> str:
        return asked.tutorial_name(self.home)

    def _noticed(self, known: Progress) -> set[str]:
        """Name the steps that the desk sees to be done."""
        kinds = {
            each.kind for each in self.jobs.of(self._name(), LOOKED_AT)
            if each.state == DONE and each.asked_at >= known.begun
        }
        return {each.id for each in tutorial.steps() if self._sees(each, kinds)}

    def _sees(self, step: Step, kinds: set[str]) -> bool:
        what, _, kind = step.noticed.partition(":")
        if what == WHAT_IF:
            copy = self.home.tutorial
            try:
                return bool(kept_what_ifs.read(copy, places.out_of(copy)))
            except LandtrackError:
                return False
        return what == JOB and kind in kinds
