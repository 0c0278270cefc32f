"""The documents that say what there is: landing page, conformance, collections, properties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from landtrack.app.ogc import reading, systems
from landtrack.app.ogc.asked import COMMON, LANGUAGE, MOST, OF, USUAL
from landtrack.app.ogc.reading import Collection, Place
from landtrack.app.ogc.systems import CRS84
from landtrack.app.ogc_types import FILES, Asked
from landtrack.model import catalog, translations
from landtrack.model.translations import Words
from landtrack.store.session import ColumnKind

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
OPENAPI, SCHEMA = "application/vnd.oai.openapi+json;version=3.0", "application/schema+json"
KIND: Mapping[str, str] = {"items": GEOJSON, "item": GEOJSON, "api": OPENAPI, "queryables": SCHEMA}
"""The media types of the resources that are more than JSON."""
CONFORMS = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
)
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
TYPES: Mapping[ColumnKind, Mapping[str, str]] = {
    "text": {"type": "string"}, "number": {"type": "number"}, "integer": {"type": "integer"},
    "boolean": {"type": "boolean"}, "day": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
}

NOT_OF_FILES = frozenset({"f", "lang", "limit", "after", "crs"})
"""What is said of a page of features, and not of a file of all."""

Document = dict[str, Any]


def link(
    href: str, rel: str, kind: str, title: str = "", query: Mapping[str, object] | None = None
) -> dict[str, str]:
    """Make a link; ``query`` are the parameters of its address."""
    told = {"href": f"{href}?{urlencode(query)}" if query else href, "rel": rel, "type": kind}
    return {**told, **({"title": title} if title else {})}


def own_links(asked: Asked, path: str, *, html: bool) -> list[dict[str, str]]:
    """Link to a document itself and to what it is in the other format.

    ``path``: Of the document, below the landing page.
    ``html``: Whether this answer is shown as a page.
    """
    words = translations.load(asked.lang)
    kinds = {"json": KIND.get(asked.resource, JSON), "html": HTML}
    query = {name: value for name, value in asked.query if name != "f"}
    return [
        link(
            f"{asked.base}{path}", "self" if (each == "html") == html else "alternate", kind,
            words(f"desk.ogc.as_{each}"), {**query, "f": each},
        ) for each, kind in kinds.items()
    ]


def files(asked: Asked, of: Collection) -> list[dict[str, str]]:
    """Link to all features that are wanted as one file."""
    query = {name: value for name, value in asked.query if name not in NOT_OF_FILES}
    at = f"{asked.base}/collections/{quote(of.id)}/file"
    return [link(f"{at}/{each}", "enclosure", kind, each, query) for each, kind in FILES.items()]


def landing(asked: Asked, place: Place, *, html: bool) -> Document:
    """Make the landing page."""
    words, base = translations.load(asked.lang), asked.base
    return {
        "title": title(place, words), "description": words("desk.ogc.about"),
        "links": [
            *own_links(asked, "", html=html),
            link(f"{base}/api", "service-desc", OPENAPI, words("desk.ogc.api"), {"f": "json"}),
            link(f"{base}/api", "service-doc", HTML, words("desk.ogc.api"), {"f": "html"}),
            link(f"{base}/conformance", "conformance", JSON, words("desk.ogc.conformance")),
            link(f"{base}/collections", "data", JSON, words("desk.ogc.collections")),
        ],
    }


def conformance(asked: Asked, *, html: bool) -> Document:
    """Name the classes of requirements that are kept."""
    return {"conformsTo": [*CONFORMS], "links": own_links(asked, "/conformance", html=html)}


def collections(asked: Asked, place: Place, *, html: bool) -> Document:
    """List the collections."""
    return {
        "links": own_links(asked, "/collections", html=html),
        "crs": [*systems.offered(place.working)],
        "collections": [collection(asked, place, each) for each in place.collections.values()],
    }


def collection(asked: Asked, place: Place, of: Collection) -> Document:
    """Describe a collection; the same in the list and alone."""
    words = translations.load(asked.lang)
    at = f"{asked.base}/collections/{quote(of.id)}"
    storage = systems.storage(place.working)
    return {
        "id": of.id, "title": named(of, words), "description": _told(of, words),
        "itemType": "feature", "extent": {
            key: held for key, held in (("spatial", _spatial(of, place)), (
                "temporal", _temporal(of)
            )) if held
        },
        "crs": [*systems.offered(place.working)], **({"storageCrs": storage} if storage else {}),
        "links": [
            link(at, "self", JSON, query={"f": "json"}),
            link(at, "alternate", HTML, query={"f": "html"}),
            link(f"{at}/items", "items", GEOJSON, words("desk.ogc.features"), {"f": "json"}),
            link(f"{at}/items", "items", HTML, words("desk.ogc.features"), {"f": "html"}),
            link(f"{at}/queryables", QUERYABLES, SCHEMA, words("desk.ogc.queryables"),
                 {"f": "json"}),
            *(link(f"{at}/file/{each}", "enclosure", kind, each) for each, kind in FILES.items()),
        ],
    }


def queryables(asked: Asked, of: Collection) -> Document:
    """Describe the properties by which features are chosen, as a JSON schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{asked.base}/collections/{quote(of.id)}/queryables", "type": "object",
        "title": named(of, translations.load(asked.lang)),
        "properties": properties(of, asked.lang),
        "additionalProperties": False,
    }


def properties(of: Collection, lang: str) -> dict[str, Document]:
    """Describe the properties by which features are chosen, in words where there are any."""
    words = translations.load(lang)
    known = words.entries
    titles = {name: f"field.{name}" for name in of.queryables}
    return {
        name: {**TYPES[kind], **({"title": words(titles[name])} if titles[name] in known else {})}
        for name, kind in of.queryables.items()
    }


def title(place: Place, words: Words) -> str:
    """Give the title of a place."""
    return words.pick(place.title) or place.id


def named(of: Collection, words: Words) -> str:
    """Give the title of a collection."""
    kind = words(f"kind.{of.layer}") if of.layer in catalog.schemas() else of.layer
    if of.source == "layer":
        return kind or of.id
    return words(f"desk.ogc.named.{of.source}", kind=kind)


def _told(of: Collection, words: Words) -> str:
    return words(f"desk.ogc.told.{of.source}")


def _spatial(of: Collection, place: Place) -> Document | None:
    box = reading.in_world(of, place)
    return None if box is None else {"bbox": [list(box)], "crs": CRS84}


def _temporal(of: Collection) -> Document | None:
    """Give the days of a collection as moments."""
    if of.days is None:
        return None
    first, last = of.days
    ends = [f"{first.isoformat()}T00:00:00Z", last and f"{last.isoformat()}T23:59:59Z"]
    return {"interval": [ends], "trs": GREGORIAN}


# --- OpenAPI --------------------------------------------------------------------------------


def api(asked: Asked, place: Place) -> Document:
    """Define the interface (OpenAPI 3.0): each address with its parameters and its answers."""
    words = translations.load(asked.lang)
    return {
        "openapi": "3.0.3",
        "info": {"title": title(place, words), "version": "1.0.0",
                 "description": words("desk.ogc.about")},
        "servers": [{"url": asked.base}],
        "security": [{"password": []}, {"cookie": []}],
        "tags": [{"name": "capabilities"}, {"name": "data"}],
        "paths": dict(_paths(place, asked.lang)),
        "components": {
            "securitySchemes": {
                "password": {"type": "http", "scheme": "basic",
                             "description": words("desk.ogc.password_why")},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "landtrack",
                           "description": words("desk.ogc.cookie_why")},
            },
            "parameters": _parameters(place), "schemas": _schemas(),
            "responses": {
                status: {"description": words(f"desk.ogc.status.{status}"), "content": {
                    JSON: {"schema": {"$ref": "#/components/schemas/exception"}},
                    HTML: {"schema": {"type": "string"}},
                }} for status in ("400", "401", "404", "405", "409", "410", "421", "429", "500")
            },
        },
    }


def _paths(place: Place, lang: str) -> Iterator[tuple[str, Document]]:
    for path, name, schema in (
        ("/", "landing", "landingPage"), ("/conformance", "conformance", "confClasses"),
        ("/api", "api", "any"), ("/collections", "collections", "collections"),
    ):
        yield path, _operation(name, "capabilities", schema, name)
    for each in place.collections.values():
        at = f"/collections/{each.id}"
        yield at, _operation("collection", "capabilities", "collection", f"{each.id}.collection")
        yield f"{at}/queryables", _operation(
            "queryables", "capabilities", "any", f"{each.id}.queryables"
        )
        yield f"{at}/items", _operation(
            "items", "data", "featureCollectionGeoJSON", f"{each.id}.items", [
                *({"$ref": f"#/components/parameters/{own}"} for own in OF["items"]),
                *(
                    {"name": name, "in": "query", "required": False, "style": "form",
                     "explode": False, "schema": schema}
                    for name, schema in properties(each, lang).items()
                ),
            ],
        )
        yield f"{at}/items/{{featureId}}", _operation(
            "item", "data", "featureGeoJSON", f"{each.id}.item", [
                {"name": "featureId", "in": "path", "required": True,
                 "schema": {"type": "string"}}, {"$ref": "#/components/parameters/crs"},
            ],
        )


def _operation(
    resource: str, tag: str, schema: str, name: str, own: Sequence[Document] = ()
) -> Document:
    """Define what can be asked of an address: that it is given."""
    refused = ["400", "401", "404", "405", "409", "421", "429", "500"]
    refused += ["410"] if resource == "items" else []
    headers = {"Content-Crs": {
        "schema": {"type": "string"}, "description": "The URI of the CRS, in <>.",
    }}
    return {"get": {
        "operationId": name, "tags": [tag],
        "parameters": [
            *own, *({"$ref": f"#/components/parameters/{each}"} for each in COMMON)
        ],
        "responses": {
            "200": {
                "description": name, **({"headers": headers} if resource in OF else {}),
                "content": {
                    KIND.get(resource, JSON): {
                        "schema": {"$ref": f"#/components/schemas/{schema}"},
                    },
                    HTML: {"schema": {"type": "string"}},
                },
            },
            **{each: {"$ref": f"#/components/responses/{each}"} for each in refused},
        },
    }}


def _parameters(place: Place) -> Document:
    offered = [*systems.offered(place.working)]

    def query(name: str, schema: Document, **more: object) -> Document:
        return {"name": name, "in": "query", "required": False, "style": "form",
                "explode": False, "schema": schema, **more}

    return {
        "limit": query("limit", {
            "type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL,
        }),
        "after": query("after", {"type": "string"}, description="As a link to the next page says."),
        "bbox": query("bbox", {"type": "array", "items": {"type": "number"}, "oneOf": [
            {"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6},
        ]}),
        "bbox-crs": query("bbox-crs", {
            "type": "string", "format": "uri", "enum": offered, "default": CRS84,
        }),
        "crs": query("crs", {
            "type": "string", "format": "uri", "enum": offered, "default": CRS84,
        }),
        "datetime": query("datetime", {"type": "string"}),
        "filter": query("filter", {"type": "string"}),
        "filter-lang": query("filter-lang", {
            "type": "string", "enum": [LANGUAGE], "default": LANGUAGE,
        }),
        "filter-crs": query("filter-crs", {
            "type": "string", "format": "uri", "enum": offered, "default": CRS84,
        }),
        "f": query("f", {"type": "string", "enum": ["json", "html"]}),
        "lang": query("lang", {"type": "string", "enum": [*translations.languages()]}),
    }


def _schemas() -> Document:
    """Describe the documents, as the schemas of the standard do."""
    text: Document = {"type": "string"}
    links: Document = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}

    def of(required: Sequence[str], **held: Document) -> Document:
        return {"type": "object", "required": [*required], "properties": held}

    feature = of(
        ["type", "geometry", "properties"], type={"type": "string", "enum": ["Feature"]}, id=text,
        geometry={"type": "object", "nullable": True},
        properties={"type": "object", "nullable": True}, links=links,
    )
    return {
        "any": {"type": "object"},
        "link": of(["href", "rel", "type"], href=text, rel=text, type=text, title=text),
        "exception": of(["code"], code=text, description=text),
        "landingPage": of(["links"], title=text, description=text, links=links),
        "confClasses": of(["conformsTo"], conformsTo={"type": "array", "items": text}),
        "collections": of(
            ["links", "collections"], links=links, crs={"type": "array", "items": text},
            collections={"type": "array", "items": {"$ref": "#/components/schemas/collection"}},
        ),
        "collection": of(
            ["id", "links"], id=text, title=text, description=text, links=links, itemType=text,
            extent={"type": "object"}, crs={"type": "array", "items": text}, storageCrs=text,
        ),
        "featureGeoJSON": feature,
        "featureCollectionGeoJSON": of(
            ["type", "features"], type={"type": "string", "enum": ["FeatureCollection"]},
            features={"type": "array", "items": {"$ref": "#/components/schemas/featureGeoJSON"}},
            links=links, timeStamp={"type": "string", "format": "date-time"},
            numberMatched={"type": "integer", "minimum": 0},
            numberReturned={"type": "integer", "minimum": 0},
        ),
    }
