"""What is asked of OGC API Features and what it answers, in plain values: no library is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

Resource = Literal[
    "landing", "conformance", "api", "collections", "collection", "queryables", "items", "item",
]


FILES: Mapping[str, str] = {
    "gpkg": "application/geopackage+sqlite3", "fgb": "application/flatgeobuf",
}
"""The files in which features are given, by their suffix, and their media types."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request.

    ``base`` is the address of the landing page. ``html`` says that a page is preferred where the
    parameter ``f`` says nothing.
    """

    resource: Resource
    base: str
    query: tuple[tuple[str, str], ...] = ()
    collection: str = ""
    feature: str = ""
    html: bool = False
    lang: str = "en"


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """An answer: its status, its media type, its JSON; whether it is to be shown as a page.

    ``crs`` is the URI of the system of its coordinates, where it has any.
    """

    status: int
    kind: str
    body: bytes
    html: bool = False
    crs: str = ""
