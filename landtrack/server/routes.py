"""Every address of the desk: by which method, how much it may bring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

if TYPE_CHECKING:
    from starlette._utils import AwaitableOrContextManager
    from starlette.datastructures import FormData

SMALL = 64 * 1024
"""Bytes that a form may bring."""

Answer = Callable[[Request], Awaitable[Response]] | Callable[[Request], Response]


class Address(NamedTuple):
    """An address of the desk: ``limit`` is how many bytes a request may bring.

    ``by_password`` says that the application password of the place lets in there too.
    """

    path: str
    method: str
    answer: Answer
    limit: int = SMALL
    by_password: bool = False


class WithoutFiles(Request):
    """A request whose forms hold no files: who takes files in reads them as they come.

    A file in a form that asks for none would be kept on the disk for as long as it pleases.
    """

    def form(
        self, *, max_files: float = 0, max_fields: float = 1000, max_part_size: int = SMALL
    ) -> AwaitableOrContextManager[FormData]:
        """Read a form; what holds a file is refused."""
        return super().form(
            max_files=max_files, max_fields=max_fields, max_part_size=max_part_size
        )


def routes(table: tuple[Address, ...]) -> list[Route]:
    """Make the routes of a table of addresses."""
    return [
        Route(
            each.path, _without_files(each.answer) if iscoroutinefunction(each.answer)
            else each.answer, methods=[each.method], name=f"{each.method} {each.path}",
        )
        for each in table
    ]


def _without_files(answer: Callable[[Request], Awaitable[Response]]) -> Answer:
    """Give an answer requests whose forms hold no files."""

    async def answered(request: Request) -> Response:
        return await answer(WithoutFiles(request.scope, request.receive))

    return answered


def finding(table: tuple[Address, ...]) -> Callable[[str, str], Address | None]:
    """Make what finds the address that a method and a path meet."""
    find = _finding(table)

    def of(method: str, path: str) -> Address | None:
        found = find(method, path)
        return None if found is None else found[0]

    return of


def limit_of(table: tuple[Address, ...]) -> Callable[[str, str], int]:
    """Say how many bytes a request may bring: 0 where there is no such address."""
    find = _finding(table)

    def of(method: str, path: str) -> int:
        found = find(method, path)
        return 0 if found is None else found[0].limit

    return of


def place_of(table: tuple[Address, ...]) -> Callable[[str, str], str]:
    """Name the place whose application password lets in at an address: empty where none does."""
    find = _finding(table)

    def of(method: str, path: str) -> str:
        found = find(method, path)
        return "" if found is None or not found[0].by_password else found[1]["name"]

    return of


def _finding(
    table: tuple[Address, ...]
) -> Callable[[str, str], tuple[Address, Mapping[str, str]] | None]:
    """Find the address that a request meets, and what its path names."""
    known = list(zip(routes(table), table, strict=True))

    def of(method: str, path: str) -> tuple[Address, Mapping[str, str]] | None:
        scope = {"type": "http", "method": method, "path": path, "root_path": ""}
        for route, address in known:
            met, more = route.matches(scope)
            if met is Match.FULL:
                return address, more["path_params"]
        return None

    return of
