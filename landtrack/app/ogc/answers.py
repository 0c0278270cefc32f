"""The one use case: a request of the interface is read, and answered from the store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import msgspec

from landtrack.app.ogc import asked as asking, documents, filters, reading, systems
from landtrack.app.ogc.asked import Wanted
from landtrack.app.ogc.documents import GEOJSON, HTML, JSON, KIND, Document, link
from landtrack.app.ogc.reading import Collection, Feature, Page, Place
from landtrack.app.ogc.systems import System
from landtrack.app.ogc_types import Asked, Given
from landtrack.model import messages, translations
from landtrack.model.address import Address
from landtrack.model.errors import RequestError
from landtrack.store.session import Session

CODES = {400: "InvalidParameterValue", 404: "NotFound", 410: "Gone"}


def answer(store: Address, asked: Asked) -> Given:
    """Answer a request.

    ``store``: Of the place.
    Returns: An answer, also where it is that the request asks for what there is not.
    Raises SourceError: If there is no store, or its results were edited.
    """
    html = dict(asked.query).get("f", "html" if asked.html else "json") == "html"
    try:
        with reading.opened(store) as (db, place):
            return _answer(db, place, asked, html=html)
    except RequestError as error:
        return refusal(error, asked, html=html)


def refusal(error: RequestError, asked: Asked, *, html: bool) -> Given:
    """Say what is wrong with a request, in the language of who asks."""
    told = [messages.of_error(each, asked.lang) for each in (error.cause, error.mend)]
    return Given(status=error.status, kind=JSON, html=html, body=msgspec.json.encode({
        "code": CODES[error.status], "description": " ".join(told),
    }))


def _answer(db: Session, place: Place, asked: Asked, *, html: bool) -> Given:
    """Answer a request over an open store."""
    of = None
    if asked.collection:
        asking.insist_on(asked.collection, place.collections)
        of = place.collections[asked.collection]
    if of is not None and asked.resource == "items":
        return _items(db, place, of, asked, html=html)
    given = asking.parameters(asked)
    if of is None:
        document = {
            "landing": documents.landing, "collections": documents.collections,
        }[asked.resource](asked, place, html=html) if asked.resource in {
            "landing", "collections"
        } else documents.api(asked, place) if asked.resource == "api" else (
            documents.conformance(asked, html=html)
        )
    elif asked.resource == "item":
        return _item(db, place, of, asked, given, html=html)
    elif asked.resource == "queryables":
        document = documents.queryables(asked, of)
    else:
        document = documents.collection(asked, place, of)
    return Given(
        status=200, kind=KIND.get(asked.resource, JSON), html=html,
        body=msgspec.json.encode(document),
    )


def wanted(place: Place, of: Collection, asked: Asked) -> Wanted:
    """Read which features of a collection a request wants.

    Raises RequestError: If it asks for what there is not.
    """
    given = asking.parameters(asked, of.queryables)
    offered = systems.offered(place.working)
    text = asking.filtering(given, offered)
    also = filters.read(text, of.queryables, place.zone) if text else None
    return asking.wanted(given, offered, of.queryables, place.zone, also)


def _items(db: Session, place: Place, of: Collection, asked: Asked, *, html: bool) -> Given:
    """Give a page of features."""
    choice = wanted(place, of, asked)
    found = reading.page(db, place, of, choice)
    at = f"/collections/{quote(of.id)}"
    links = documents.own_links(asked, f"{at}/items", html=html)
    if found.more:
        links.append(_next(place, asked, found, f"{at}/items", html=html))
    links.append(link(f"{asked.base}{at}", "collection", JSON))
    links += documents.files(asked, of)
    told: Document = {
        "type": "FeatureCollection",
        "features": [
            _feature(each, written) for each, written in zip(
                found.features, reading.written(found.features, choice.system), strict=True
            )
        ],
        "links": links, "timeStamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "numberReturned": len(found.features),
    }
    if found.matched is not None:
        told["numberMatched"] = found.matched
    return _given(told, choice.system, html=html)


def _next(place: Place, asked: Asked, found: Page, path: str, *, html: bool) -> dict[str, str]:
    """Link to the page that follows: after the last feature, of the same run."""
    query = {name: value for name, value in asked.query if name not in {"after", "f"}}
    query |= {"after": f"{place.mark}-{found.features[-1].number}", "f": "html" if html else "json"}
    return link(
        f"{asked.base}{path}", "next", HTML if html else GEOJSON,
        translations.load(asked.lang)("desk.ogc.next"), query,
    )


def _item(
    db: Session, place: Place, of: Collection, asked: Asked, given: dict[str, str], *, html: bool
) -> Given:
    """Give a feature."""
    system = asking.system(given, "crs", systems.offered(place.working))
    found = reading.one(db, place, of, asked.feature)
    (written,) = reading.written([found], system)
    at = f"/collections/{quote(of.id)}"
    return _given({
        **_feature(found, written), "links": [
            *documents.own_links(asked, f"{at}/items/{quote(found.id, safe='')}", html=html),
            link(f"{asked.base}{at}", "collection", JSON),
        ],
    }, system, html=html)


def _feature(own: Feature, written: str | None) -> dict[str, Any]:
    return {
        "type": "Feature", "id": own.id,
        "geometry": None if written is None else msgspec.Raw(written.encode()),
        "properties": dict(own.properties),
    }


def _given(told: Document, system: System, *, html: bool) -> Given:
    return Given(
        status=200, kind=GEOJSON, html=html, crs=system.uri, body=msgspec.json.encode(told)
    )


