"""Makes a place from an OpenStreetMap extract.

``data/osm.toml`` says which features become which layer.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import jinja2
import msgspec
import numpy as np
import numpy.typing as npt
import shapely

from landtrack.ingest.formats import osm as formats, vector
from landtrack.ingest.read import osm_features
from landtrack.model import Value, catalog, translations
from landtrack.model.errors import CatalogError, OutputError, SourceError
from landtrack.model.translations import Words
from landtrack.spatial import crs
from landtrack.store import staging

BBox = tuple[float, float, float, float]
EARTH: BBox = (-180, -90, 180, 90)
FILE = "osm.gpkg"
EXTENT = "osm-extent.gpkg"
"""Where a layer of which the extract says that nothing is there is complete."""
SET_ASIDE = "osm-set-aside.csv"


class Take(Value, frozen=True, kw_only=True):
    """Features of some tags that become one layer, and the tags that fill its fields.

    Where it is ``told``, what has its tags and another value is counted by value. What has
    a value of ``underground`` covers no ground and is left out.
    """

    kind: str
    geometry: Literal["polygon", "line", "point"]
    where: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, str]
    units: Mapping[str, tuple[str, str]] = msgspec.field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = msgspec.field(default_factory=dict)
    constants: Mapping[str, str] = msgspec.field(default_factory=dict)
    underground: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    told: bool = False

    def is_beneath(self, tags: Mapping[str, str]) -> str:
        """Give the tag that says that a thing is beneath the ground; empty where none does."""
        return next((
            f"{tag}={tags[tag]}" for tag, values in self.underground.items()
            if tags.get(tag, "").strip().casefold() in values
        ), "")


class Recipe(Value, frozen=True, kw_only=True):
    """All that is taken from an extract.

    ``lines`` are the tags by which a closed way is a line where a whole extract is read.
    ``none`` are values of a tag that say that the thing is not there; ``gone`` are keys that
    say so (``demolished=yes``) and what stands before other keys (``demolished:building``),
    ``absent`` further keys that say so.
    """

    attribution: str
    none: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    take: tuple[Take, ...]


def parse_bbox(text: str) -> BBox:
    """Read a box in degrees.

    ``text``: ``west,south,east,north``.
    Raises CatalogError: If it is not four numbers, or not west of east and south of north on Earth.
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

    Returns: The contents of ``data/osm.toml``.
    Raises CatalogError: If the file is wrong.
    """
    path = catalog.data_file("", "osm")
    return catalog.convert(catalog.read_toml(path), Recipe, path)


def init(  # noqa: PLR0913  each is a thing of its own that a caller may leave out
    extract: Path,
    folder: Path,
    *,
    bbox: BBox | None = None,
    crs_text: str | None = None,
    title: str | None = None,
    language: str = "en",
    reader: str = "en",
) -> Made:
    """Make a place: ``osm.gpkg`` and ``catalog.toml`` in a folder.

    It gets no rules and no workflow: nothing in an extract says by which a place is judged.

    ``extract``: An ``.osm.pbf`` or ``.osm`` file, the latter packed or not.
    ``folder``: The folder to make; it may exist but not hold a catalog.
    ``bbox``: West, south, east, north in degrees: only what meets it is taken.
    ``crs_text``: The working CRS; where not given, the 3-degree CGCS2000 zone or the UTM zone of
    the plots' middle.
    ``title``: The place's title; the extract's name where not given.
    Returns: How many features each layer got, and what was not taken.
    Raises SourceError: If the extract cannot be read or has no plots.
    Raises OutputError: If the folder has a catalog already or cannot be written.
    """
    if (folder / catalog.CATALOG_NAME).exists():
        raise OutputError(
            f"{folder} holds a {catalog.CATALOG_NAME} already.",
            mend="Name a new folder, or delete the catalog if it may go.",
        )
    taken = recipe()
    read = osm_features(extract, (tag for take in taken.take for tag in take.where))
    unusable = [
        *_wanted(read.unusable, taken), *_open(read.found, taken), *_beneath(read.found, taken),
    ]
    layers = [
        (take, f"{take.kind}_{take.geometry}", select(take, read.found, taken, bbox))
        for take in taken.take
    ]
    left = left_out(taken, read.found)
    layers = [
        (take, name, frame) for take, name, frame in layers
        if len(frame) or (take.told and any(tag.startswith(f"{_key(take)}=") for tag in left))
    ]
    plots = [frame for take, _, frame in layers if take.kind == "plots"]
    if not plots:
        aside = f" {len(unusable)} broken objects were set aside." if unusable else ""
        raise SourceError(
            f"{extract} has no industrial or commercial land use{' in the box' if bbox else ''}."
            f"{aside}",
            mend="Use another extract or box, or widen `where` in data/osm.toml.",
        )
    working = crs_text or _working(plots[0])
    crs.require_metric(crs.parse(working, what="--crs"), what="--crs")
    name = extract.name.split(".")[0]
    text = _catalog(layers, taken, {
        "extract": " ".join(extract.name.split()), "id": folder.resolve().name,
        "title": title or name,
        "crs": working, "language": language,
    }, translations.load(reader))
    with staging.staging(folder) as staged:
        for _, layer, frame in layers:
            vector.write(frame, staged / FILE, layer=layer, dated=False)
        if any(frame.empty for _, _, frame in layers):
            vector.write(_extent(read.found), staged / EXTENT, layer="extent", dated=False)
        (staged / catalog.CATALOG_NAME).write_text(text, encoding="utf-8", newline="\n")
        if unusable:
            _list(unusable, staged / SET_ASIDE, taken)
    made: dict[str, int] = {}
    for take, _, frame in layers:
        made[take.kind] = made.get(take.kind, 0) + len(frame)
    return Made(made, unusable, left)


class Made(NamedTuple):
    """Features by layer kind, the objects set aside, and what was not taken, by tag."""

    layers: dict[str, int]
    unusable: list[formats.Unusable]
    left_out: Counter[str]


def _wanted(unusable: Iterable[formats.Unusable], taken: Recipe) -> list[formats.Unusable]:
    """Leave out relations that are no areas and have the tags of none."""
    areas = [take for take in taken.take if take.geometry == "polygon"]
    return [
        each for each in unusable if each.fault is not formats.Fault.NO_AREA_TYPE
        or any(_there(each.tags, take, taken) for take in areas)
    ]


def _open(found: list[formats.Found], taken: Recipe) -> list[formats.Unusable]:
    """Name the lines and points with the tags of an area that is wanted: they have none."""
    closed = {each.osm_id for each in found if each.geometry == "polygon"}
    takes = {
        kind: [take for take in taken.take if take.geometry == kind]
        for kind in ("polygon", "line", "point")
    }
    faults = {"line": formats.Fault.OPEN, "point": formats.Fault.POINT}
    return [
        formats.Unusable(each.osm_id, each.tags, faults[each.geometry]) for each in found
        if each.geometry in faults and each.osm_id not in closed
        and any(_there(each.tags, take, taken) for take in takes["polygon"])
        and not any(_tagged(each.tags, take, taken) for take in takes[each.geometry])
    ]


def _beneath(found: list[formats.Found], taken: Recipe) -> list[formats.Unusable]:
    """Name what is wanted and lies beneath the ground."""
    return [
        formats.Unusable(each.osm_id, each.tags, formats.Fault.UNDERGROUND) for each in found
        if any(
            take.geometry == each.geometry and take.is_beneath(each.tags)
            and _there(each.tags, take, taken) for take in taken.take
        )
    ]


def _list(unusable: list[formats.Unusable], path: Path, taken: Recipe) -> None:
    """Write the objects that were set aside, each with the tag that it was wanted for."""
    keys = [key for take in taken.take for key in take.where]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("osm_id", "tag", "fault"))
        for each in unusable:
            tag = next((f"{key}={each.tags[key]}" for key in keys if key in each.tags), "")
            writer.writerow((each.osm_id, tag, each.fault))


def left_out(taken: Recipe, found: Iterable[formats.Found]) -> Counter[str]:
    """Count what has a wanted tag with a value that is not taken, where that is told.

    Returns: By tag and value, such as ``building=no``.
    """
    counted: Counter[str] = Counter()
    told = [take for take in taken.take if take.told]
    for each in found:
        for take in told:
            tag = _key(take)
            wanted = tag in each.tags and take.geometry == each.geometry
            if wanted and not _tagged(each.tags, take, taken):
                beneath = take.is_beneath(each.tags)
                counted[f"{tag}={each.tags[tag]}" + (f" + {beneath}" if beneath else "")] += 1
    return counted


def _key(take: Take) -> str:
    """Give the first tag of a take, by which it is told what it leaves out."""
    return next(iter(take.where))


def _extent(found: list[formats.Found]) -> gpd.GeoDataFrame:
    """Draw the box in which an extract has features: where a layer without any is complete."""
    bounds = shapely.total_bounds(shapely.from_wkb([each.wkb for each in found]))
    return gpd.GeoDataFrame(geometry=[shapely.box(*bounds)], crs=crs.WGS84)


def select(
    take: Take, found: Iterable[formats.Found], taken: Recipe, bbox: BBox | None = None
) -> gpd.GeoDataFrame:
    """Choose and shape the features of one layer.

    ``taken``: All that is taken, for the words that say that a thing is not there.
    ``bbox``: West, south, east, north in degrees: only what meets it is taken.
    Returns: The features in EPSG:4326 with ``osm_id`` and the tags that fields are filled from.
    """
    columns = dict.fromkeys([
        *take.fields.values(), *(tag for tag, _ in take.units.values())
    ])
    own = [
        each for each in found
        if each.geometry == take.geometry and _tagged(each.tags, take, taken)
    ]
    shapes = areas(own) if take.geometry == "polygon" else shapely.from_wkb(
        [each.wkb for each in own]
    )
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


def _tagged(tags: Mapping[str, str], take: Take, taken: Recipe) -> bool:
    """Tell whether tags are those of a take, of a thing that is there and on the ground."""
    return _there(tags, take, taken) and not take.is_beneath(tags)


def _there(tags: Mapping[str, str], take: Take, taken: Recipe) -> bool:
    """Tell whether tags are those of a take, of a thing that is there."""
    return all(
        tag in tags and (tags[tag] in values or ("*" in values and _says(tags[tag], taken)))
        and not any(_says(tags.get(f"{gone}:{tag}"), taken) for gone in taken.gone)
        for tag, values in take.where.items()
    ) and not any(_says(tags.get(key), taken) for key in (*taken.gone, *taken.absent))


def _says(value: str | None, taken: Recipe) -> bool:
    """Tell whether a tag is there, and says that something is."""
    each = {part.strip().casefold() for part in (value or "").split(";")}
    return each.isdisjoint({"", *taken.none})


def areas(found: Iterable[formats.Found]) -> npt.NDArray[np.object_]:
    """Make the polygons of features that are areas.

    ``found``: n features.
    Returns ndarray of geometries, (n,): Polygons of closed lines too, also of those that cross
    themselves.
    """
    shapes: npt.NDArray[np.object_] = np.asarray(shapely.from_wkb([each.wkb for each in found]))
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
    layers: list[tuple[Take, str, gpd.GeoDataFrame]], taken: Recipe, head: Mapping[str, str],
    words: Words,
) -> str:
    """Write the catalog of the place."""
    known = catalog.schemas()
    takes: list[dict[str, Any]] = [
        {
            "kind": take.kind, "layer": name, "key": known[take.kind].key, "fields": take.fields,
            "units": take.units, "values_map": take.values, "constants": take.constants,
            "coverage": EXTENT if frame.empty else "",
        }
        for take, name, frame in layers
    ]
    template = (catalog.SHIPPED / "templates" / "osm-catalog.toml.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=False, keep_trailing_newline=True)  # noqa: S701  TOML
    environment.filters["tojson"] = lambda value: msgspec.json.encode(value).decode()
    return environment.from_string(template).render(
        takes=takes, attribution=taken.attribution, path=FILE, **head,
        words=lambda key: words(f"draft.{key}"),
    )
