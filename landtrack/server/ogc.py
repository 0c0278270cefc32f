"""OGC API Features of a place: a request is handed to the worker, its answer is sent or shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import get_args
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from landtrack.app.ogc_types import Asked, Given, Resource
from landtrack.model.errors import LandtrackError
from landtrack.server import asked
from landtrack.server.home import Home
from landtrack.server.questions import Ogc
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for
from landtrack.server.worker import Worker

BELOW = "/places/{name}/ogc"
PATHS: dict[str, str] = {
    "landing": "", "conformance": "/conformance", "api": "/api", "collections": "/collections",
    "collection": "/collections/{collection}", "queryables": "/collections/{collection}/queryables",
    "items": "/collections/{collection}/items",
    "item": "/collections/{collection}/items/{feature:path}",
}
"""Where each resource is, below the landing page."""


class OgcPages:
    """What the desk answers to a GIS, read only."""

    def __init__(self, home: Home, worker: Worker) -> None:
        self.home, self.worker = home, worker

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return tuple(
            Address(f"{BELOW}{PATHS[each]}", "GET", self._answering(each))
            for each in get_args(Resource)
        )

    def _answering(self, resource: Resource) -> Callable[[Request], Response]:
        """Make what answers the requests of a resource."""

        def answered(request: Request) -> Response:
            wanted = _asked(request, resource)
            try:
                out = asked.judged(asked.folder(self.home, request))
                return _sent(request, self.worker.ask(Ogc(out=str(out), asked=wanted)))
            except asked.UnknownError:
                return _sent(request, _failure(wanted, 404, "NotFound", words_for(request)(
                    "desk.refused.none"
                )))
            except LandtrackError as error:
                told = asked.told(error, wanted.lang)
                return _sent(request, _failure(
                    wanted, 409, "Conflict", f"{told['cause']} {told['mend']}"
                ))

        return answered


def _asked(request: Request, resource: Resource) -> Asked:
    """Read what is asked for, as far as its address and its headers say it."""
    name = quote(request.path_params["name"], safe="")
    return Asked(
        resource=resource, base=f"http://{request.headers['host']}/places/{name}/ogc",
        query=tuple(request.query_params.multi_items()), lang=words_for(request).lang,
        collection=request.path_params.get("collection", ""),
        feature=request.path_params.get("feature", ""),
        html="text/html" in request.headers.get("accept", ""),
    )


def _failure(wanted: Asked, status: int, code: str, why: str) -> Given:
    """Say why there is no answer."""
    html = dict(wanted.query).get("f", "html" if wanted.html else "json") == "html"
    return Given(
        status=status, kind="application/json", html=html,
        body=json.dumps({"code": code, "description": why}, ensure_ascii=False).encode(),
    )


def _sent(request: Request, given: Given) -> Response:
    """Send an answer, or show it as a page."""
    headers = {"content-crs": f"<{given.crs}>"} if given.crs else {}
    if not given.html:
        return Response(given.body, given.status, headers=headers, media_type=given.kind)
    answer = page(
        request, "ogc.html.j2", status=given.status, document=json.loads(given.body),
        name=request.path_params["name"],
    )
    answer.headers.update(headers)
    return answer
