"""Every address of the desk: by which method, how much it may bring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

SMALL = 64 * 1024
"""Bytes that a form may bring."""

Answer = Callable[[Request], Awaitable[Response]] | Callable[[Request], Response]


class Address(NamedTuple):
    """An address of the desk: ``limit`` is how many bytes a request may bring."""

    path: str
    method: str
    answer: Answer
    limit: int = SMALL


def routes(table: tuple[Address, ...]) -> list[Route]:
    """Make the routes of a table of addresses."""
    return [
        Route(each.path, each.answer, methods=[each.method], name=f"{each.method} {each.path}")
        for each in table
    ]


def limit_of(table: tuple[Address, ...]) -> Callable[[str, str], int]:
    """Say how many bytes a request may bring: 0 where there is no such address."""
    known = list(zip(routes(table), table, strict=True))

    def of(method: str, path: str) -> int:
        scope = {"type": "http", "method": method, "path": path, "root_path": ""}
        for route, address in known:
            if route.matches(scope)[0] is Match.FULL:
                return address.limit
        return 0

    return of
