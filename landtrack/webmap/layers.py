"""A layer as data for the page: features with short properties, classes, and their looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from landtrack import crs, symbology, wording
from landtrack.webmap.elements import json_text

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from landtrack.model import Field, Result, Schema
    from landtrack.symbology import Style
    from landtrack.text import Words

DECIMALS = 7
"""Decimals of a degree: 1.1 cm at the equator, so rounding errs by 6 mm at most."""

PX_PER_POINT = 4 / 3
COMPOUND = (shapely.GeometryType.MULTIPOINT, shapely.GeometryType.GEOMETRYCOLLECTION)
SHAPES = {0: "point", 1: "line", 2: "line", 3: "polygon", 5: "line", 6: "polygon"}


def layer_json(result: Result, kind: str, words: Words) -> str:
    """Write one layer as the page reads it.

    Parameters
    ----------
    result
        The result of a run.
    kind
        The layer kind.
    words
        The words of the language.

    Returns
    -------
    str
        JSON: ``fields`` (labels), ``classes`` (looks), ``rows`` (per feature its name and
        the words of its fields) and ``features`` (GeoJSON, with the number of the class
        as ``c`` and of the row as ``r``).
    """
    schema, frame = result.schemas[kind], result.layers[kind]
    codes = symbology.classes(frame, schema, result.findings).tolist()
    listed = symbology.load().sorted_classes(kind, codes)
    labels, rows = attribute_rows(result, kind, words)
    head = json_text(
        {
            "kind": kind,
            "title": words(f"kind.{kind}"),
            "order": symbology.load().order(kind),
            "classes": [look(symbology.load().style(kind, code)) for code in listed],
            "labels": [
                wording.class_label(words, schema, result.workflow, code) for code in listed
            ],
            "fields": labels,
            "rows": rows,
        }
    )
    numbers = {code: place for place, code in enumerate(listed)}
    features = geojson(frame, [numbers[code] for code in codes])
    return f'{head[:-1]},"features":{features}}}'


def attribute_rows(
    result: Result, kind: str, words: Words
) -> tuple[list[str], list[list[str | int]]]:
    """Write the attributes of a layer for its popups.

    Parameters
    ----------
    result
        The result of a run.
    kind
        The layer kind; plots have cards instead, and give no fields here.
    words
        The words of the language.

    Returns
    -------
    labels : list of str
        Names of the fields.
    rows : list of list
        Per feature its key, its name, and its fields in words, 0 where there is no value.
    """
    schema, frame = result.schemas[kind], result.layers[kind]
    shown = [] if kind == "plots" else _popup_fields(schema, frame)
    columns: list[Sequence[str]] = [
        [str(key) for key in frame.index],
        [_name(value) for value in frame["name"]] if "name" in frame else [""] * len(frame),
    ]
    columns += [_column(frame, field, result, words) for field in shown]
    labels = [words(f"field.{field.name}") for field in shown]
    return labels, [[value or 0 for value in row] for row in zip(*columns, strict=True)]


def legend(result: Result, kind: str, words: Words) -> dict[str, Any]:
    """Describe one layer of the panel of layers.

    Parameters
    ----------
    result
        The result of a run.
    kind
        The layer kind.
    words
        The words of the language.

    Returns
    -------
    dict
        Title, number of features, and per class its words, number and look; plots list
        all three verdicts.
    """
    schema, frame = result.schemas[kind], result.layers[kind]
    counts = Counter(symbology.classes(frame, schema, result.findings))
    codes = {*counts, "pass", "fail", "unknown"} if kind == "plots" else {*counts}
    shape = _shape(frame, schema)
    return {
        "kind": kind,
        "title": words(f"kind.{kind}"),
        "count": len(frame),
        "classes": [
            {
                "code": code,
                "label": wording.class_label(words, schema, result.workflow, code),
                "count": counts[code],
                "shape": shape,
                "style": look(symbology.load().style(kind, code)),
            }
            for code in symbology.load().sorted_classes(kind, codes or {symbology.WHOLE})
        ],
    }


def look(style: Style) -> dict[str, Any]:
    """Turn a look in points into one in pixels.

    Parameters
    ----------
    style
        A look.

    Returns
    -------
    dict
        As the scripts of the page read it.
    """
    return {
        "stroke": style.stroke,
        "weight": round(style.weight * PX_PER_POINT, 2),
        "opacity": style.opacity,
        "fill": style.fill,
        "fillOpacity": style.fill_opacity,
        "radius": round(style.radius * PX_PER_POINT, 2),
        "symbol": style.symbol,
        "dash": [round(each * PX_PER_POINT, 2) for each in style.dash],
        "hatch": style.hatch,
        "casing": style.casing or "",
        "casingWeight": round(style.casing_weight * PX_PER_POINT, 2),
    }


def geojson(frame: GeoDataFrame, numbers: Sequence[int]) -> str:
    """Write the shapes of a layer as GeoJSON in degrees.

    Parameters
    ----------
    frame
        The layer in its working CRS.
    numbers
        The number of the class of each row.

    Returns
    -------
    str
        A feature collection; a feature of several points or of mixed shapes becomes
        several features of the same row, and one without a shape none.
    """
    row, shapes = _simple_parts(degrees(frame))
    written = shapely.to_geojson(shapes)
    features = (
        f'{{"type":"Feature","properties":{{"c":{numbers[at]},"r":{at}}},"geometry":{text}}}'
        for at, text in zip(row.tolist(), written.tolist(), strict=True)
    )
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'


def degrees(frame: GeoDataFrame) -> np.ndarray:
    """Give the shapes of a layer in longitude and latitude, rounded.

    Parameters
    ----------
    frame
        The layer in its working CRS.

    Returns
    -------
    ndarray of Geometry
        In the order of the rows.

    Raises
    ------
    CRSError
        If the layer has no CRS, or there is no way from it to WGS 84.
    """
    if frame.empty:
        return np.empty(0, dtype=object)
    shapes = crs.to_crs(frame, crs.WGS84).geometry.to_numpy()
    rounded = shapely.transform(shapely.force_2d(shapes), lambda xy: np.round(xy, DECIMALS))
    return np.asarray(rounded, dtype=object)


def anchors(frame: GeoDataFrame) -> list[dict[str, Any]]:
    """Find where the label of each feature stands, and what is shown to see the whole of it.

    Parameters
    ----------
    frame
        The layer in its working CRS.

    Returns
    -------
    list of dict
        Per row ``at``, a point inside, and ``box``, two corners, as latitude and
        longitude; both None without a shape.
    """
    shapes = degrees(frame)
    inside = shapely.get_coordinates(shapely.point_on_surface(shapes[_drawable(shapes)]))
    points = iter(np.round(inside[:, ::-1], DECIMALS).tolist())
    return [
        {"at": next(points), "box": [[south, west], [north, east]]} if drawn
        else {"at": None, "box": None}
        for drawn, (west, south, east, north) in zip(
            _drawable(shapes), shapely.bounds(shapes).tolist(), strict=True
        )
    ]


def bounds(frames: Mapping[str, GeoDataFrame]) -> list[list[float]] | None:
    """Find what the map shows when it opens: the plots, else all layers.

    Parameters
    ----------
    frames
        The layers by kind.

    Returns
    -------
    list or None
        South-west and north-east corner as latitude and longitude; None without shapes.
    """
    own = [frames["plots"]] if "plots" in frames and not frames["plots"].empty else []
    shapes = np.concatenate([np.empty(0, dtype=object), *map(degrees, own or frames.values())])
    shapes = shapes[_drawable(shapes)]
    if not len(shapes):
        return None
    west, south, east, north = shapely.total_bounds(shapes)
    return [[float(south), float(west)], [float(north), float(east)]]


def _simple_parts(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split collections into shapes that are drawn as one; drop empty ones."""
    row = np.arange(len(shapes))
    drawn = _drawable(shapes)
    row, shapes = row[drawn], shapes[drawn]
    while len(shapes) and (compound := np.isin(shapely.get_type_id(shapes), COMPOUND)).any():
        parts, at = shapely.get_parts(shapes[compound], return_index=True)
        row = np.concatenate([row[~compound], row[compound][at]])
        shapes = np.concatenate([shapes[~compound], parts])
    order = np.argsort(row, kind="stable")
    return row[order], shapes[order]


def _drawable(shapes: np.ndarray) -> np.ndarray:
    """Tell which shapes can be drawn: there, not empty, and nowhere endless."""
    ends = shapely.bounds(shapes).reshape(-1, 4)
    return np.asarray(np.isfinite(ends).all(axis=1))


def _popup_fields(schema: Schema, frame: GeoDataFrame) -> list[Field]:
    """List the fields of a popup: all that the layer has, but its name and its units."""
    units = {f"{field.name}_unit" for field in schema.field}
    return [
        field
        for field in schema.field
        if field.name != "name" and field.name not in units and field.name in _columns(frame)
    ]


def _column(frame: GeoDataFrame, field: Field, result: Result, words: Words) -> list[str]:
    """Write one field of all features in words."""
    values = frame.index if field.name == frame.index.name else frame[field.name]
    told = [wording.attribute(words, field, result.workflow, value) for value in values]
    unit_name = f"{field.name}_unit"
    if unit_name not in frame:
        return told
    unit = next(
        each for schema in result.schemas.values() for each in schema.field
        if each.name == unit_name
    )
    units = (wording.attribute(words, unit, result.workflow, value) for value in frame[unit_name])
    return [
        f"{value} {of}".rstrip() if value else "" for value, of in zip(told, units, strict=True)
    ]


def _columns(frame: GeoDataFrame) -> set[str]:
    """List the fields that a layer has, its key among them."""
    return {*map(str, frame.columns), str(frame.index.name)}


def _name(value: object) -> str:
    """Read a name; a missing one is empty."""
    return value if isinstance(value, str) else ""


def _shape(frame: GeoDataFrame, schema: Schema) -> str:
    """Say which shape stands for a layer in the legend: the most frequent one."""
    if schema.geometry != "any":
        return schema.geometry
    _, parts = _simple_parts(frame.geometry.to_numpy())
    types = Counter(SHAPES[each] for each in shapely.get_type_id(parts).tolist())
    return types.most_common(1)[0][0] if types else "point"
