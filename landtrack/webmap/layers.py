"""A layer as data for the page: features with short properties, classes, and their looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import shapely

from landtrack import symbology, wording
from landtrack.webmap import shapes
from landtrack.webmap.elements import json_text

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from landtrack.model import Field, Result, Schema
    from landtrack.symbology import Style
    from landtrack.text import Words

PX_PER_POINT = 4 / 3
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
    features = shapes.geojson(frame, [numbers[code] for code in codes])
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
    _, parts = shapes.simple_parts(frame.geometry.to_numpy())
    types = Counter(SHAPES[each] for each in shapely.get_type_id(parts).tolist())
    return types.most_common(1)[0][0] if types else "point"
