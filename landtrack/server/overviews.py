"""The page that sums a place up for who answers for it, and the features behind each figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from landtrack.app import places, since_last_run
from landtrack.app.since_last_run import Turned
from landtrack.model import Workflow, catalog, lacking, translations
from landtrack.server import asked
from landtrack.server.addresses import on_map
from landtrack.server.asked import Held
from landtrack.server.home import Home
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for
from landtrack.server.standings import Standings

AT_ONCE = 1000
"""How many features a page lists."""
MOST = 5
"""How many rows of a kind the page holds, that it can be printed on one; the others are counted."""


class OverviewPages:
    """What the desk answers who asks of a place as a whole."""

    def __init__(self, home: Home, standings: Standings) -> None:
        self.home, self.standings = home, standings

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address("/places/{name}/overview", "GET", self.show),
            Address("/places/{name}/behind", "GET", self.behind),
        )

    def show(self, request: Request) -> Response:
        """Sum a place up on one page, each figure a way to the features behind it."""
        held, stands, told = self._told(request)
        return page(
            request, "overview.html.j2", told=told, most=MOST, stands=stands,
            place=asked.place(self.home, request),
            named=_naming(_workflow(stands), words_for(request)), size=_size,
            lacking=partial(lacking.said, words_for(request)),
            before=self.standings.before(held), turned=self._turned(held, stands),
            questions=sum(stands["issues"].get(each, 0) for each in places.OPEN),
        )

    def behind(self, request: Request) -> Response:
        """List the features behind a figure."""
        held, stands, told = self._told(request)
        figure = request.query_params.get("of", "")
        found = {
            **told["behind"],
            **{f"turned:{each.before}:{each.after}": [("plots", key) for key in each.plots]
               for each in self._turned(held, stands)},
        }.get(figure)
        if not found:
            raise asked.UnknownError
        words = words_for(request)
        return page(
            request, "behind.html.j2", found=found[:AT_ONCE], every=len(found),
            place=asked.place(self.home, request),
            title=_title(figure, told, _naming(_workflow(stands), words), words),
            these=_on_map(figure, found),
        )

    def _told(self, request: Request) -> tuple[Held, Mapping[str, Any], Mapping[str, Any]]:
        """Give the store of a place, how its plots stand, and its overview."""
        folder = asked.folder(self.home, request)
        held = asked.held(self.home, request, folder)
        stands = places.stands(places.out_of(folder), self.standings.looking(held))
        told = self.standings.overview(held, folder)
        return held, stands, told

    def _turned(self, held: Held, stands: Mapping[str, Any]) -> tuple[Turned, ...]:
        """Say which plots are judged otherwise than before the last run."""
        before = self.standings.before(held)
        return () if before is None else since_last_run.turned(before, stands)


def _workflow(stands: Mapping[str, Any]) -> Workflow | None:
    return catalog.workflow(stands["workflow"]) if stands["workflow"] else None


def _naming(workflow: Workflow | None, words: translations.Words) -> Callable[[str], str]:
    """Make what names a state of approval; its code where the workflow does not have it."""
    titles = {} if workflow is None else workflow.titles

    def named(code: str) -> str:
        return words.pick(titles.get(("approval", code), {"": code})) if code else (
            words("yearly.none")
        )

    return named


def _title(
    figure: str, told: Mapping[str, Any], named: Callable[[str], str], words: translations.Words
) -> str:
    """Name a figure."""
    part, _, code = figure.partition(":")
    match part:
        case "land":
            own = named(code)
        case "projects":
            own = words(f"outcome.{code}")
        case "turned":
            own = " → ".join(
                words(f"outcome.{each}") if each else words("desk.overview.not_there")
                for each in code.split(":")
            )
        case "target" | "overdue" | "steps" | "number":
            key, rows = {"target": ("id", told["targets"]), "number": ("id", told["numbers"]),
                         "overdue": ("clock", told["overdue"]),
                         "steps": ("action", told["steps"])}[part]
            own = next((words.pick(each["title"]) for each in rows if each[key] == code), "")
            own = own or code
        case "money":
            own = next(_size(words, each) for each in told["money"] if each["behind"] == figure)
        case _:
            own = code
    return f"{words(f'desk.overview.{part}')}: {own}" if own else words(f"desk.overview.{part}")


def _size(words: translations.Words, each: Mapping[str, Any]) -> str:
    """Name the projects of a size by their investment, in 100 million."""
    low, high = (
        "" if each[name] is None else f"{each[name] / 1e8:g}" for name in ("from_cny", "below_cny")
    )
    if each["from_cny"] is None:
        return words("yearly.size_unknown")
    if not each["from_cny"]:
        return words("yearly.size_below", high=high)
    if each["below_cny"] is None:
        return words("yearly.size_from", low=low)
    return words("yearly.size_between", low=low, high=high)


def _on_map(figure: str, found: Sequence[Sequence[str]]) -> str:
    """Write the part of an address behind which the map shows no other features."""
    part, _, code = figure.partition(":")
    if part == "land" and code:
        return f"filter={quote(f'parcels.class:{quote(code)}')}"
    if len(found) == 1:
        return on_map(*found[0])
    return ""
