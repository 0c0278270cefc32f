"""What a run was made from: its inputs with their hashes, the versions, the rules."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import pyogrio
import pyproj
import shapely

from landtrack.ingest.read import Raw
from landtrack.model import Place
from landtrack.model.assessment import LayerSet
from landtrack.spatial import measures


def row(
    place: Place, raws: Iterable[Raw], rules: str, rules_on: date | None,
    sets: Mapping[str, LayerSet],
) -> dict[str, object]:
    """Record the inputs of a run with their hashes, the versions and the rules.

    ``rules_on``: The day whose rules all were judged by, where that was asked for.
    ``sets``: The layers by kind, with what is known of their completeness.
    Returns: A row of the table ``runs`` of the store.
    """
    inputs = [
        {"path": _within(path, place.folder), "bytes": size, "sha256": digest}
        for path, size, digest in sorted({each for raw in raws for each in raw.inputs})
    ]
    versions = {
        "landtrack": importlib.metadata.version("landtrack"),
        "python": platform.python_version(),
        "geopandas": gpd.__version__,
        "shapely": shapely.__version__,
        "geos": shapely.geos_version_string,
        "gdal": pyogrio.__gdal_version_string__,
        "proj": pyproj.proj_version_str,
    }
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "place": place.id,
        "place_head": json.dumps(
            {
                "title": dict(place.title), "notice": dict(place.notice),
                "language": place.language, "time_zone": place.time_zone,
                **({} if place.sign.two == "nobody" else {"two": place.sign.two}),
                "partial": sorted(kind for kind, each in sets.items() if not each.complete),
                "coverage": {
                    kind: shapely.to_wkb(measures.union(each.coverage.to_numpy()), hex=True)
                    for kind, each in sorted(sets.items())
                    if each.complete and each.coverage is not None
                },
                "attributions": sorted(
                    {each.attribution for each in place.layers if each.attribution}
                ),
            },
            ensure_ascii=False,
        ),
        "as_of": place.as_of.isoformat() if place.as_of else "",
        "working_crs": place.crs,
        "rules": rules,
        "rules_on": rules_on.isoformat() if rules_on else "",
        "workflow": place.workflow,
        "land_area": place.basis.land_area,
        "floor_area": place.basis.floor_area,
        "covered_area": place.basis.covered_area,
        "inputs": json.dumps(inputs, ensure_ascii=False),
        "versions": json.dumps(versions),
    }


def _within(path: Path, folder: Path) -> str:
    """Name an input from the place's folder on; one that lies elsewhere by its whole path."""
    return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()
