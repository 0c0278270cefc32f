"""Makes a place from an OpenStreetMap extract.

``data/osm.toml`` says which features become which layer. osmium reads the extract: GDAL's
OSM driver loses closed ways that are also members of relations, and says nothing (2 of the
21 006 buildings and roads of Liechtenstein).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import jinja2
import msgspec
import numpy as np
import numpy.typing as npt
import osmium
import shapely

from landtrack import catalog, crs, publish
from landtrack.errors import CatalogError, OutputError, SourceError
from landtrack.formats import vector
from landtrack.model import Value

BBox = tuple[float, float, float, float]
EARTH: BBox = (-180, -90, 180, 90)
FILE = "osm.gpkg"
RING_POINTS = 4
WKB = osmium.geom.WKBFactory()


class Take(Value, frozen=True, kw_only=True):
    """Features of some tags that become one layer, and the tags that fill its fields."""

    kind: str
    geometry: Literal["polygon", "line", "point"]
    where: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, str]
    units: Mapping[str, tuple[str, str]] = msgspec.field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = msgspec.field(default_factory=dict)
    constants: Mapping[str, str] = msgspec.field(default_factory=dict)


class Recipe(Value, frozen=True, kw_only=True):
    """All that is taken from an extract."""

    attribution: str
    take: tuple[Take, ...]


def parse_bbox(text: str) -> BBox:
    """Read a box in degrees.

    Parameters
    ----------
    text
        ``west,south,east,north``.

    Returns
    -------
    tuple of four floats
        The box.

    Raises
    ------
    CatalogError
        If it is not four numbers, or not west of east and south of north on Earth.
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise CatalogError(
            f"--bbox {text!r} is not four numbers.",
            mend="Write west,south,east,north in degrees, such as 9.47,47.04,9.64,47.27.",
        ) from error
    left, bottom, right, top = EARTH
    if not (left <= west < east <= right and bottom <= south < north <= top):
        raise CatalogError(
            f"--bbox {text!r} is no box on Earth.",
            mend="Write west,south,east,north in degrees, west before east, south before north.",
        )
    return west, south, east, north


def recipe() -> Recipe:
    """Load what is taken from an extract.

    Returns
    -------
    Recipe
        The contents of ``data/osm.toml``.

    Raises
    ------
    CatalogError
        If the file is wrong.
    """
    path = catalog.data_file("", "osm")
    return catalog.convert(catalog.read_toml(path), Recipe, path)


def init(
    extract: Path,
    folder: Path,
    *,
    bbox: BBox | None = None,
    crs_text: str | None = None,
    title: str | None = None,
) -> dict[str, int]:
    """Make a place: ``osm.gpkg`` and ``catalog.toml`` in a folder.

    Parameters
    ----------
    extract
        An ``.osm.pbf`` or ``.osm`` file.
    folder
        The folder to make; it may exist but not hold a catalog.
    bbox
        West, south, east, north in degrees: only what meets it is taken.
    crs_text
        The working CRS; where not given, the 3-degree CGCS2000 zone or the UTM zone of
        the plots' middle.
    title
        The place's title; the extract's name where not given.

    Returns
    -------
    dict of str to int
        How many features each layer got.

    Raises
    ------
    SourceError
        If the extract cannot be read or has no plots.
    OutputError
        If the folder has a catalog already or cannot be written.
    """
    if (folder / catalog.CATALOG_NAME).exists():
        raise OutputError(
            f"{folder} holds a {catalog.CATALOG_NAME} already.",
            mend="Name a new folder, or delete the catalog if it may go.",
        )
    taken = recipe()
    found = list(_read(extract, taken))
    layers = [
        (take, f"{take.kind}_{take.geometry}", select(take, found, bbox)) for take in taken.take
    ]
    layers = [(take, name, frame) for take, name, frame in layers if len(frame)]
    plots = [frame for take, _, frame in layers if take.kind == "plots"]
    if not plots:
        raise SourceError(
            f"{extract} has no industrial or commercial land use{' in the box' if bbox else ''}.",
            mend="Use another extract or box, or widen `where` in data/osm.toml.",
        )
    working = crs_text or _working(plots[0])
    crs.require_metric(crs.parse(working, what="--crs"), what="--crs")
    name = extract.name.split(".")[0]
    text = _catalog(layers, taken, {
        "extract": extract.name, "id": folder.resolve().name, "title": title or name,
        "crs": working,
    })
    with publish.staging(folder) as staged:
        for _, layer, frame in layers:
            vector.write(frame, staged / FILE, layer=layer)
        (staged / catalog.CATALOG_NAME).write_text(text, encoding="utf-8", newline="\n")
    made: dict[str, int] = {}
    for take, _, frame in layers:
        made[take.kind] = made.get(take.kind, 0) + len(frame)
    return made


class Found(NamedTuple):
    """One feature of an extract: id such as ``w123``, tags, and shape as hexadecimal WKB."""

    osm_id: str
    geometry: Literal["polygon", "line", "point"]
    tags: Mapping[str, str]
    wkb: str


def _read(extract: Path, taken: Recipe) -> Iterator[Found]:
    """Go through an extract, giving what any layer could want of it."""
    if not extract.is_file():
        raise SourceError(f"{extract} is not there.", mend="Correct the path of the extract.")
    keys = sorted({tag for take in taken.take for tag in take.where})
    try:
        objects = (
            osmium.FileProcessor(str(extract))
            .with_locations()
            .with_areas()
            .with_filter(osmium.filter.KeyFilter(*keys))
        )
        for each in objects:
            yield from _shapes(each)
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise SourceError(
            f"{extract} cannot be read as an OpenStreetMap extract: {error}.",
            mend="Download it again; .osm.pbf and .osm are read.",
        ) from error


def _shapes(each: Any) -> Iterator[Found]:  # noqa: ANN401  one of osmium's four classes
    """Give a feature the shapes it can have; osmium reuses the object, so nothing is kept."""
    tags = dict(each.tags)
    if each.is_node():
        yield Found(f"n{each.id}", "point", tags, WKB.create_point(each))
    elif each.is_way() and len(each.nodes) > 1:
        line = WKB.create_linestring(each)
        yield Found(f"w{each.id}", "line", tags, line)
        if each.is_closed() and len(each.nodes) >= RING_POINTS:
            yield Found(f"w{each.id}", "polygon", tags, line)
    elif each.is_area() and not each.from_way():
        yield Found(f"r{each.orig_id()}", "polygon", tags, WKB.create_multipolygon(each))


def select(take: Take, found: Iterable[Found], bbox: BBox | None = None) -> gpd.GeoDataFrame:
    """Choose and shape the features of one layer.

    Parameters
    ----------
    take
        What is taken.
    found
        The features of the extract.
    bbox
        West, south, east, north in degrees: only what meets it is taken.

    Returns
    -------
    GeoDataFrame
        The features in EPSG:4326 with ``osm_id`` and the tags that fields are filled from.
    """
    columns = dict.fromkeys([
        *take.fields.values(), *(tag for tag, _ in take.units.values())
    ])
    own = [each for each in found if each.geometry == take.geometry and _tagged(each.tags, take)]
    shapes = shapely.from_wkb([each.wkb for each in own])
    if take.geometry == "polygon":
        shapes = _filled(shapes)
    frame = gpd.GeoDataFrame(
        {
            "osm_id": [each.osm_id for each in own],
            **{tag: [each.tags.get(tag) for each in own] for tag in columns},
        },
        geometry=shapes, crs=crs.WGS84,
    )
    if bbox is not None:
        frame = frame[shapely.intersects(frame.geometry.to_numpy(), shapely.box(*bbox))]
    return frame


def _tagged(tags: Mapping[str, str], take: Take) -> bool:
    return all(
        tag in tags and ("*" in values or tags[tag] in values) for tag, values in take.where.items()
    )


def _filled(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Make polygons of the closed lines, also of those that cross themselves."""
    lines = shapely.get_dimensions(shapes) == 1
    points, owner = shapely.get_coordinates(shapes[lines], return_index=True)
    shapes = shapes.copy()
    shapes[lines] = shapely.polygons(shapely.linearrings(points, indices=owner))
    return shapes


def _working(plots: gpd.GeoDataFrame) -> str:
    west, south, east, north = plots.total_bounds
    if not all(map(math.isfinite, (west, south, east, north))):
        raise SourceError("The plots have no coordinates.", mend="Use another extract.")
    return crs.suggest((west + east) / 2, (south + north) / 2)[0]


def _catalog(
    layers: list[tuple[Take, str, gpd.GeoDataFrame]], taken: Recipe, head: Mapping[str, str]
) -> str:
    """Write the catalog of the place."""
    known = catalog.schemas()
    takes: list[dict[str, Any]] = [
        {
            "kind": take.kind, "layer": name, "key": known[take.kind].key, "fields": take.fields,
            "units": take.units, "values_map": take.values, "constants": take.constants,
        }
        for take, name, _ in layers
    ]
    template = (catalog.SHIPPED / "templates" / "osm-catalog.toml.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=False, keep_trailing_newline=True)  # noqa: S701  TOML
    environment.filters["tojson"] = lambda value: msgspec.json.encode(value).decode()
    return environment.from_string(template).render(
        takes=takes, attribution=taken.attribution, path=FILE, **head
    )
