"""An OpenStreetMap extract as layers: the same door as ``landtrack init --osm`` goes through.

GDAL's OSM driver loses what is broken, and closed ways that are members of relations, without
a word. Here each object that is of no use is named by its id.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import shapely

from landtrack.ingest.formats import opening, osm, packed
from landtrack.ingest.formats.base import Contents, Encoding, Note
from landtrack.model import Issue, catalog
from landtrack.model.errors import SourceError

LAYERS = {"points": "point", "lines": "line", "multipolygons": "polygon"}
"""What the layers are called, as GDAL does, and the shapes in them."""
OFTEN = 0.01
"""Share of the features that have a tag which becomes a column; others go into one together."""
OTHERS = "other_tags"


def layer_names(path: Path) -> list[str]:
    """Name the layers of an extract.

    ``path``: An ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.osm.pbf``.
    Returns: Those in which anything lies; the areas where nothing does.
    Raises SourceError: If it is no extract.
    """
    there = {each.geometry for each in _found(path).found}
    return [name for name, kind in LAYERS.items() if kind in there] or ["multipolygons"]


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Contents:
    """Read one layer of an extract.

    ``path``: An ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.osm.pbf``.
    ``layer``: Its name; the first where not given.
    Returns: In WGS 84, with ``osm_id`` (such as ``w123``), a column for each tag that is not
    seldom, and the others in one as JSON. The objects that are of no use are named in the notes.
    Raises SourceError: If it is no extract, or has no such layer.
    """
    del encoding
    first = layer_names(path)[0]
    name = layer or first
    if name not in LAYERS:
        raise SourceError(
            f"{path} has no layer {name!r}.", mend=f"Use one of: {', '.join(LAYERS)}."
        )
    extract = _found(path)
    own = [each for each in extract.found if each.geometry == LAYERS[name]]
    counted = Counter(key for each in own for key in each.tags)
    often = sorted(key for key, count in counted.items() if count > OFTEN * len(own))
    columns: dict[str, list[str | None]] = {"osm_id": [each.osm_id for each in own]}
    columns |= {key: [each.tags.get(key) for each in own] for key in often}
    if len(counted) > len(often):
        columns[OTHERS] = [_others(each, frozenset(often)) for each in own]
    shapes = shapely.from_wkb([each.wkb for each in own])
    if LAYERS[name] == "polygon":
        shapes = [
            shapely.Polygon(each) if each.geom_type == "LineString" else each for each in shapes
        ]
    frame = gpd.GeoDataFrame(
        columns, index=range(1, len(own) + 1), geometry=list(shapes), crs="EPSG:4326",
    )
    notes = [
        Note(Issue.OSM_SET_ASIDE, f"{each.osm_id}: {each.fault}") for each in extract.unusable
    ] if name == first else []  # once a file
    return Contents(frame, [], notes, Encoding("utf-8", "utf-8", proven=True))


def _others(each: osm.Found, often: frozenset[str]) -> str | None:
    """Write the tags that are seldom as JSON."""
    rest = {key: value for key, value in each.tags.items() if key not in often}
    return json.dumps(rest, ensure_ascii=False) if rest else None


def _found(path: Path) -> osm.Extract:
    """Read an extract; what only has its name is refused, as osmium takes it for an empty one."""
    if packed.packing_of(path) is None:
        opening.kind_of(path)
    state = path.stat()
    return _read(path, (state.st_size, state.st_mtime_ns))


@lru_cache(maxsize=1)
def _read(path: Path, _: tuple[int, int]) -> osm.Extract:
    """Read an extract as it is now, once; a closed way is an area or a line."""
    extract = osm.features(path, None)
    lines = frozenset(catalog.read_toml(catalog.data_file("", "osm"))["lines"])
    polygons = {
        each.osm_id for each in extract.found if each.geometry == "polygon"
        and (each.tags.get("area") == "yes" or not lines & each.tags.keys())
    }
    kept = [
        each for each in extract.found
        if each.osm_id.startswith("r") or each.geometry == "point"
        or (each.geometry == "polygon") == (each.osm_id in polygons)
    ]
    return osm.Extract(kept, extract.unusable)
