"""What was seen of files, as one page of HTML with a small map of each layer."""

from __future__ import annotations

import geopandas as gpd
import jinja2
import numpy as np
import numpy.typing as npt
import shapely

from landtrack.ingest.profile_types import FileSeen, LayerSeen
from landtrack.model import catalog
from landtrack.model.translations import Words
from landtrack.output.reports import profile_text

Shapes = npt.NDArray[np.object_]
Coordinates = npt.NDArray[np.float64]

WIDTH, HEIGHT, MARGIN = 640.0, 400.0, 12.0
"""Of a map, in pixels."""
MOST_SHAPES = 4000
"""More shapes than this are drawn as a sample of so many."""
MOST_BYTES = 400_000
"""Of the outlines of one map; beyond it they are drawn more roughly."""


def to_html(seen: list[FileSeen], words: Words) -> str:
    """Write what was seen as one page that needs no network."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(catalog.SHIPPED / "templates"), autoescape=True,
        trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("inspect.html.j2").render(
        lang=words.lang, words=words,
        files=[
            {
                "seen": each, "size": profile_text.size(each.bytes),
                "layers": [_layer(layer, words) for layer in each.layers],
            }
            for each in seen
        ],
    )


def _layer(layer: LayerSeen, words: Words) -> dict[str, object]:
    return {
        "name": layer.name, "facts": profile_text.facts(layer, words),
        "fields": profile_text.fields(layer, words),
        "problems": profile_text.problems(layer, words),
        "map": _map(layer),
    }


def _map(layer: LayerSeen) -> dict[str, object] | None:
    """Draw the shapes and, over them, where the problems are."""
    shapes = _drawable(layer.shapes)
    marks = _drawable(layer.marks.geometry)
    together = np.concatenate([shapes, marks])
    if not len(together):
        return None
    west, south, east, north = shapely.total_bounds(together)
    scale = min(
        (WIDTH - 2 * MARGIN) / max(east - west, 1e-9),
        (HEIGHT - 2 * MARGIN) / max(north - south, 1e-9),
    )
    left = (WIDTH - scale * (east - west)) / 2
    top = (HEIGHT - scale * (north - south)) / 2

    def on_paper(coordinates: Coordinates) -> Coordinates:
        return np.column_stack([
            left + scale * (coordinates[:, 0] - west), top + scale * (north - coordinates[:, 1])
        ])

    step = max(1, len(shapes) // MOST_SHAPES)
    drawn = shapely.transform(shapes[::step], on_paper)
    return {
        "width": WIDTH, "height": HEIGHT, "sampled": step > 1,
        "paths": _paths(drawn), "marks": _paths(shapely.transform(marks, on_paper), rough=False),
        "points": _points(drawn), "mark_points": _centres(shapely.transform(marks, on_paper)),
    }


def _drawable(shapes: gpd.GeoSeries) -> Shapes:
    """Keep the shapes that lie somewhere, in the plane."""
    found: Shapes = shapely.force_2d(shapes.to_numpy())
    at, row = shapely.get_coordinates(found, return_index=True)
    keep = ~(shapely.is_missing(found) | shapely.is_empty(found))
    keep[row[~np.isfinite(at).all(axis=1)]] = False
    somewhere: Shapes = found[keep]
    return somewhere


def _paths(shapes: Shapes, *, rough: bool = True) -> str:
    """Write outlines and lines as the data of one SVG path, to a tenth of a pixel."""
    tolerance = 0.3
    while True:
        simple = shapely.simplify(shapes, tolerance, preserve_topology=False) if rough else shapes
        parts = shapely.get_parts(shapely.get_parts(simple))
        areal = shapely.get_dimensions(parts) == 2  # noqa: PLR2004
        rings = shapely.get_rings(parts[areal])
        lines = parts[shapely.get_dimensions(parts) == 1]
        text = "".join(_path(each, closed=True) for each in rings)
        text += "".join(_path(each, closed=False) for each in lines)
        if len(text) < MOST_BYTES or not rough:
            return text
        tolerance *= 2


def _path(line: shapely.Geometry, *, closed: bool) -> str:
    at = shapely.get_coordinates(line)
    if len(at) == 0:
        return ""
    listed = "L".join(f"{x:.1f} {y:.1f}" for x, y in (at[:-1] if closed else at))
    return f"M{listed}Z" if closed else f"M{listed}"


def _points(shapes: Shapes) -> list[tuple[str, str]]:
    parts = shapely.get_parts(shapely.get_parts(shapes))
    at = shapely.get_coordinates(parts[shapely.get_dimensions(parts) == 0])
    return [(f"{x:.1f}", f"{y:.1f}") for x, y in at]


def _centres(shapes: Shapes) -> list[tuple[str, str]]:
    """Give the middle of each mark, so that the smallest is seen too."""
    boxes = shapely.bounds(shapes)
    return [(f"{(w + e) / 2:.1f}", f"{(s + n) / 2:.1f}") for w, s, e, n in boxes]
