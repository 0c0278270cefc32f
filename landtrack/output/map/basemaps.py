"""Basemaps that a place asks for; without one a map loads nothing from the network.

A basemap in a shifted datum (GCJ-02, BD-09) is refused: plots would lie hundreds of metres
from where the map under them shows them, and a shift back is no published transformation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import xyzservices
import xyzservices.providers

from landtrack.model import Titled, Value, catalog
from landtrack.model.errors import CatalogError

if TYPE_CHECKING:
    from landtrack.model import Basemap
    from landtrack.output.map.columns import Speakers


MERCATOR = "EPSG:3857"

CAPABILITIES = re.compile(r"GetCapabilities|WMTSCapabilities", re.IGNORECASE)

PLACES = re.compile(r"\{(TileMatrixSet|TileMatrix|TileRow|TileCol|Style)\}", re.IGNORECASE)
TILE = {"tilematrix": "{z}", "tilerow": "{y}", "tilecol": "{x}"}
"""The places of a WMTS template, and what a page calls them."""

DEGREES = re.compile(
    r"TILEMATRIXSET=c(&|$)|/\w+_c/wmts|(EPSG|CRS)[:/_]*(:?4326|:?4490|84)\b|urn:ogc:def:crs:OGC",
    re.IGNORECASE,
)
"""What an address shows whose tiles are divided in degrees."""


class Known(Value, frozen=True, kw_only=True):
    """A basemap that a place may name."""

    title: Titled
    attribution: str
    max_zoom: int
    subdomains: str
    layers: tuple[str, ...]
    source: str


class Shifted(Value, frozen=True, kw_only=True):
    """Hosts whose maps are in a shifted datum, and who says so."""

    hosts: tuple[str, ...]
    datum: str
    source: str


class Basemaps(Value, frozen=True, kw_only=True):
    """The file of basemaps."""

    basemap: Mapping[str, Known]
    shifted: tuple[Shifted, ...]


@cache
def load() -> Basemaps:
    """Load the file of basemaps, the user's where there is one.

    Raises CatalogError: If the file is wrong.
    """
    path = catalog.data_file("", "basemaps")
    return catalog.convert(catalog.read_toml(path), Basemaps, path)


def for_page(stated: Basemap, speakers: Speakers) -> dict[str, Any]:
    """Describe one basemap as the page reads it.

    Returns: Title by language, addresses of its layers, attribution, largest zoom, subdomains.
    Raises CatalogError: If there is no such basemap, a key is missing, the address is none of
    tiles, or it is in a shifted datum.
    """
    made = _of_address(stated) if stated.url else _named(stated)
    for url in made["layers"]:
        _require_true_datum(url)
    made["title"] = {
        words.lang: words.pick(stated.title) or words.pick(made["title"]) for words in speakers
    }
    return made


def hosts(made: list[dict[str, Any]]) -> list[str]:
    """List where the tiles of basemaps come from, as a content security policy names them.

    ``made``: What :func:`for_page` gave.
    Returns: Scheme and host, each once; ``*`` for subdomains.
    """
    found = set()
    for each in made:
        for url in each["layers"]:
            found.add(origin(url))
    return sorted(found)


def origin(url: str) -> str:
    """Give scheme and host of an address of tiles.

    ``url``: The address, with ``{s}`` where a subdomain goes.
    Returns: Such as ``"https://*.tianditu.gov.cn"``.
    """
    parts = urlsplit(url)
    host = parts.netloc
    if "{" in host:
        host = "*." + host.rpartition("}")[2].partition(".")[2]
    return f"{parts.scheme}://{host}"


def _of_address(stated: Basemap) -> dict[str, Any]:
    """Describe a basemap whose address the place states."""
    if CAPABILITIES.search(stated.url):
        raise CatalogError(
            f"The basemap address {stated.url!r} is that of the capabilities of a service.",
            mend="State the address of its tiles: the template of ResourceURL in that document, "
            "or the address of GetTile with TILEMATRIX={z}, TILEROW={y} and TILECOL={x}.",
        )
    url = PLACES.sub(lambda found: _placed(found[1].lower(), stated), stated.url)
    if not all(f"{{{each}}}" in url for each in "xyz"):
        raise CatalogError(
            f"The basemap address {stated.url!r} has no place for x, y and z.",
            mend="Write it with {z}, {x} and {y}, such as https://host/{z}/{x}/{y}.png; of a "
            "WMTS state TILEMATRIX={z}, TILEROW={y} and TILECOL={x} of a Web Mercator set.",
        )
    if DEGREES.search(url):
        raise _no_mercator(stated.url)
    provider = xyzservices.TileProvider(
        name=urlsplit(url).netloc, url=url, attribution=stated.attribution,
    )
    return {
        "layers": [_keyed(provider.url, stated)], "attribution": provider.attribution,
        "maxZoom": stated.max_zoom, "subdomains": "abc", "title": {"en": provider.name},
    }


def _placed(name: str, stated: Basemap) -> str:
    """Say what goes into a place of a WMTS template."""
    if name in TILE:
        return TILE[name]
    given = stated.matrix_set if name == "tilematrixset" else stated.style
    if not given:
        key = "matrix_set" if name == "tilematrixset" else "style"
        raise CatalogError(
            f"The basemap address {stated.url!r} asks for a {key} that is not stated.",
            mend=f"State {key} in its [[basemap]] of the catalog, as the service names it; the "
            "set must be one of Web Mercator (EPSG:3857).",
        )
    return given


def _no_mercator(name: str) -> CatalogError:
    """Say that tiles do not lie in the projection of the map."""
    return CatalogError(
        f"The tiles of the basemap {name!r} do not lie in Web Mercator.",
        mend="Take the set of EPSG:3857 of the same service: of Tianditu the layers _w, not _c.",
    )


def _named(stated: Basemap) -> dict[str, Any]:
    """Describe a basemap that is known by name, here or to xyzservices."""
    known = load().basemap.get(stated.provider)
    if known is not None:
        return {
            "layers": [_keyed(url, stated) for url in known.layers],
            "attribution": known.attribution, "maxZoom": known.max_zoom,
            "subdomains": known.subdomains, "title": known.title,
        }
    try:
        provider = xyzservices.providers.query_name(stated.provider)
    except ValueError as error:
        raise CatalogError(
            f"There is no basemap {stated.provider!r}.",
            mend=f"Name one of {', '.join(load().basemap)}, one of xyzservices such as "
            "OpenStreetMap.Mapnik, or state url.",
        ) from error
    if str(provider.get("crs", MERCATOR)).upper() not in {MERCATOR, "EPSG:900913"}:
        raise _no_mercator(stated.provider)
    return {
        "layers": [_filled(provider, stated)], "attribution": provider.get("attribution", ""),
        "maxZoom": provider.get("max_zoom", 19), "subdomains": provider.get("subdomains", "abc"),
        "title": {"en": provider["name"]},
    }


def _filled(provider: xyzservices.TileProvider, stated: Basemap) -> str:
    """Fill the address of a provider in, its key too."""
    keys = [name for name, value in provider.items() if str(value).startswith("<insert")]
    if keys and not stated.key:
        raise _no_key(stated.provider)
    url = provider.build_url(
        x="{x}", y="{y}", z="{z}", fill_subdomain=False, scale_factor="",
        **dict.fromkeys(keys, stated.key),
    )
    return str(url)


def _keyed(url: str, stated: Basemap) -> str:
    """Put the user's key into an address."""
    if "{key}" in url and not stated.key:
        raise _no_key(stated.provider or url)
    return url.replace("{key}", stated.key)


def _no_key(name: str) -> CatalogError:
    """Say that a key is missing."""
    return CatalogError(
        f"The basemap {name!r} needs a key.", mend="State key in its [[basemap]] of the catalog."
    )


def _require_true_datum(url: str) -> None:
    """Refuse a map that is shifted."""
    host = urlsplit(url).netloc.rpartition("@")[2].partition(":")[0].lower()
    for each in load().shifted:
        if any(host == name or host.endswith(f".{name}") for name in each.hosts):
            raise CatalogError(
                f"The basemap of {host} is in {each.datum}: plots would lie hundreds of metres "
                "from where it shows them.",
                mend="Take a basemap in CGCS2000 or WGS 84, such as tianditu-vector.",
            )
