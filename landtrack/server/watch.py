"""What a shared desk says of itself to who runs it: a line a request, its health, its figures.

A request has an id: that of the proxy where it gives one, else one of its own. The answer has it,
and the line in the log. A line holds no query, no cookie and nothing that was typed; of a path only
the pattern that it meets. ``/health`` and ``/metrics`` are answered to a program beside the desk
alone: what comes through the proxy is told by its ``X-Forwarded-For``, and goes to the guard.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime

import prometheus_client as prometheus
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from landtrack.model.errors import LandtrackError
from landtrack.server.routes import Address

HEALTH, METRICS = "/health", "/metrics"
REQUEST_ID = "x-request-id"
ID = re.compile(r"[0-9A-Za-z._-]{8,64}")
NO_PAGE = "-"
"""Stands for a path that no address meets: there are endlessly many."""
WITHIN_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.6, 1.0, 2.5, 10.0)
"""Bounds by which the times of answers are counted."""
SAID_500 = 500


class Watch:
    """Stands before a desk and says what is asked of it."""

    def __init__(
        self, app: ASGIApp, *, find: Callable[[str, str], Address | None],
        alive: Callable[[], object], waiting: Callable[[], Mapping[str, int]],
        near: Collection[str], say: Callable[[str], None],
    ) -> None:
        """Stand before an application.

        ``find``: Finds the address that a method and a path meet.
        ``alive``: Asks the database for something; raises LandtrackError where it does not answer.
        ``waiting``: Counts what is to be done, by how it stands.
        ``near``: The addresses from which health and figures may be asked.
        ``say``: Is given each line of the log.
        """
        self.app, self.find, self.alive, self.waiting = app, find, alive, waiting
        self.near, self.say = near, say
        self.kept = prometheus.CollectorRegistry()
        prometheus.ProcessCollector(registry=self.kept)
        self.asked = prometheus.Counter(
            "landtrack_requests", "Requests by address and status.",
            ("method", "address", "status"), registry=self.kept,
        )
        self.took = prometheus.Histogram(
            "landtrack_request_seconds", "Seconds until the answer was sent.", ("address",),
            buckets=WITHIN_S, registry=self.kept,
        )
        self.going_on = prometheus.Gauge(
            "landtrack_requests_open", "Requests that are being answered.", registry=self.kept,
        )
        self.jobs = prometheus.Gauge(
            "landtrack_jobs", "Jobs that wait or work.", ("state",), registry=self.kept,
        )
        self.up = prometheus.Gauge(
            "landtrack_database_up", "Whether the database answers.", registry=self.kept,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is asked of the desk itself; let the rest in, and say what came of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        direct = scope["client"] is not None and scope["client"][0] in self.near
        if scope["path"] in (HEALTH, METRICS) and direct and "x-forwarded-for" not in headers:
            answer = await run_in_threadpool(self._own, scope["path"])
            await answer(scope, receive, send)
            return
        stated = headers.get(REQUEST_ID, "")
        own = stated if ID.fullmatch(stated) else secrets.token_hex(8)
        scope["request_id"], status = own, 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = own
            await send(message)

        begun, why = time.perf_counter(), ""
        self.going_on.inc()
        try:
            await self.app(scope, receive, sending)
        except Exception as error:
            status, why = status or SAID_500, type(error).__name__
            raise
        finally:
            self.going_on.dec()
            self._said(scope, own, status, time.perf_counter() - begun, why)

    def _said(self, scope: Scope, own: str, status: int, seconds: float, why: str) -> None:
        """Count a request, and say it."""
        found = self.find(scope["method"], scope["path"])
        address = NO_PAGE if found is None else found.path
        method = scope["method"] if found is not None else NO_PAGE
        self.asked.labels(method, address, str(status)).inc()
        self.took.labels(address).observe(seconds)
        person = scope.get("person")
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"), "id": own,
            "method": method, "address": address, "status": status,
            "ms": round(1000 * seconds, 1), "person": None if person is None else person.name,
        }
        self.say(json.dumps({**line, **({"raised": why} if why else {})}, ensure_ascii=False))

    def _own(self, path: str) -> Response:
        """Say how the desk is."""
        try:
            self.alive()
            up = True
        except LandtrackError:
            up = False
        if path == HEALTH:
            return JSONResponse({"database": up}, 200 if up else 503)
        self.up.set(up)
        for state, count in self.waiting().items():
            self.jobs.labels(state).set(count)
        return Response(
            prometheus.generate_latest(self.kept), media_type=prometheus.CONTENT_TYPE_LATEST
        )
