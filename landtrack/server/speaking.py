"""In which language a reader is answered, and pages in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from landtrack.app import desk_roles, glossary, partials
from landtrack.model import translations
from landtrack.model.catalog import SHIPPED
from landtrack.model.rounding import written
from landtrack.server.addresses import on_map

COOKIE = "landtrack-language"


def words_for(request: Request) -> translations.Words:
    """Choose the language: asked for in the address, chosen before, else that of the browser."""
    known = translations.languages()
    for asked in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if asked in known:
            return translations.load(asked)
    said = request.headers.get("accept-language", "").lower()
    wanted = [each.split(";")[0].split("-")[0].strip() for each in said.split(",")]
    return translations.load(next((each for each in wanted if each in known), "en"))


def page(
    request: Request, template: str, *, status: int = 200, **values: object
) -> Response:
    """Make a page.

    ``template``: A file in ``data/templates/desk``.
    ``values``: What the template names.
    Returns: The page in the language of the reader, which it remembers where it was asked for.
    """
    words = words_for(request)
    told: Mapping[str, Any] = {
        "words": words, "lang": words.lang, "languages": [
            (each, translations.load(each)("language.name")) for each in translations.languages()
        ], "path": request.url.path, "in_language": _in_language(request), "when": _when,
        "size": translations.size, "person": request.scope.get("person"),
        "may": may(request), **values,
    }
    place = getattr(values.get("place"), "place", None)
    told = {**told, "explained_on": lambda html: glossary.on_page(
        html, words, None if place is None else place.workflow
    )}
    return remembering(
        request, HTMLResponse(_templates().get_template(template).render(told), status)
    )


def _in_language(request: Request) -> Callable[[str], str]:
    """Make what gives the address of the page in another language, with all else that it asks."""
    asked = [each for each in request.query_params.multi_items() if each[0] != "lang"]
    return lambda lang: f"{request.url.path}?{urlencode([*asked, ('lang', lang)])}"


def may(request: Request) -> Callable[[str], bool]:
    """Make what tells whether somebody may ask for an address, as ``GET /places/{name}/map.html``.

    Who is alone at a desk of one computer may all; in a shared one it is the table that says so.
    """
    if "person" not in request.scope:
        return lambda _: True
    person = request.scope["person"]
    roles = {desk_roles.NOBODY} if person is None else {
        person.role, desk_roles.ADMINISTRATOR if person.administers else ""
    }
    return lambda way: desk_roles.allows(roles, desk_roles.Way(*way.split(" ", 1)))


def ways_below(request: Request) -> list[str] | None:
    """List what somebody may ask of a place, as ``POST step``; None for all there is."""
    if "person" not in request.scope:
        return None
    allowed, below = may(request), "/places/{name}/"
    return sorted(
        f"{method} {path.removeprefix(below)}" for method, path in desk_roles.may()
        if path.startswith(below) and allowed(f"{method} {path}")
    )


def remembering(request: Request, answer: Response) -> Response:
    """Keep the language that was asked for in the address for what is asked next."""
    asked = request.query_params.get("lang")
    if asked in translations.languages():
        answer.set_cookie(COOKIE, asked, max_age=10**7, samesite="strict", path="/")
    return answer


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(SHIPPED / "templates" / "desk"), autoescape=True,
        trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
    )
    made.globals["on_map"] = on_map
    made.globals["written"] = written
    made.globals["halves_days"] = partials.LIFETIME.days
    return made


def _when(moment: datetime | str) -> str:
    """Write a moment in the time of this computer."""
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
