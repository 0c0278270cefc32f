"""A layer as data for the page: what is known of it, its columns, and its shapes.

A small layer has its shapes as GeoJSON, so that every plugin of Folium works on it; a large
one has them in blocks that the page loads when they are seen.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from landtrack import symbology, wording
from landtrack.webmap import blocks, columns, pack, shapes, told
from landtrack.webmap.columns import Speakers, by_language

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from landtrack.model import Result, Schema
    from landtrack.symbology import Style

PX_PER_POINT = 4 / 3
SHAPES = {0: "point", 1: "line", 2: "line", 3: "polygon", 5: "line", 6: "polygon"}

LARGE = 5000
"""Features from which on a layer is drawn from blocks."""

MOST_TEXTS = 60
"""Different values of a text up to which it is offered as a filter."""

TRACK = "approval"


@dataclass
class LayerData:
    """What the page has to know of a layer, and its blocks by their names."""

    head: dict[str, Any]
    features: str | None = None
    blocks: dict[str, bytes] = field(default_factory=dict)


def layer_data(result: Result, kind: str, speakers: Speakers, *, large: int = LARGE) -> LayerData:
    """Write one layer as the page reads it.

    Parameters
    ----------
    result
        The result of a run.
    kind
        The layer kind.
    speakers
        The words of each language of the page, its own first.
    large
        The number of features from which on it is drawn from blocks.

    Returns
    -------
    LayerData
        Its head, columns and shapes.

    Raises
    ------
    CRSError
        If the layer has no CRS, or there is no way from it to WGS 84.
    """
    schema, frame = result.schemas[kind], result.layers[kind]
    packed = len(frame) >= large
    if packed:
        frame = frame.iloc[blocks.order(frame)]
    codes = symbology.classes(frame, schema, result.findings).tolist()
    counts = Counter(codes)
    listed = _listed(kind, {*counts, *_past(result, kind)})
    made = LayerData(
        {
            "kind": kind,
            "title": by_language(speakers, lambda words: words(f"kind.{kind}")),
            "order": symbology.load().order(kind),
            "place": symbology.load().place(kind),
            "group": schema.group,
            "key": schema.key,
            "count": len(frame),
            "packed": packed,
            "classes": _classes(result, frame, schema, listed, counts, speakers),
            "search": [name for name in columns.shown_first(schema) if _has(frame, name)],
        }
    )
    made.blocks[f"{kind}/columns/class"] = columns.codes(codes, listed)
    _add_sizes(made, frame)
    attributes = columns.attributes(result, kind, frame, speakers)
    made.head["columns"] = {}
    for name, column in attributes.items():
        group = "text" if column.head["type"] == "text" else "columns"
        at = f"{kind}/{group}/field.{name}"
        made.head["columns"][name] = {**column.head, "at": at}
        made.blocks[at] = column.data
    made.head["filters"] = _filters(schema, frame, made.head["columns"])
    _add_history(made, result, kind, frame, listed)
    _add_shapes(made, frame, codes, listed)
    if kind == "plots":
        _add_cards(made, result, frame, speakers)
    return made


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


def _has(frame: GeoDataFrame, name: str) -> bool:
    """Tell whether a layer has a field, its key among them."""
    return name in frame.columns or name == frame.index.name


def _past(result: Result, kind: str) -> set[str]:
    """List the states that features of a layer were in, whether or not one is in it now."""
    log = result.status_log
    if kind != "parcels" or log.empty:
        return set()
    return set(log.loc[log["track"] == TRACK, "to_state"].dropna().astype(str))


def _listed(kind: str, codes: set[str]) -> tuple[str, ...]:
    """List the classes of a layer; plots have all three verdicts."""
    if kind == "plots":
        codes = codes | {"pass", "fail", "unknown"}
    return symbology.load().sorted_classes(kind, codes or {symbology.WHOLE})


def _classes(
    result: Result, frame: GeoDataFrame, schema: Schema, listed: Sequence[str],
    counts: Counter[str], speakers: Speakers,
) -> list[dict[str, Any]]:
    """Describe the classes of a layer: words, number, look, and whether the land is in hand."""
    shape = _shape(frame, schema)
    states = result.workflow.tracks[TRACK].state if TRACK in result.workflow.tracks else ()
    acquired = {state.code for state in states if state.acquired}
    return [
        {
            "code": code,
            "label": by_language(
                speakers,
                lambda words, code=code: wording.class_label(  # type: ignore[misc]
                    words, schema, result.workflow, code
                ),
            ),
            "count": counts[code],
            "shape": shape,
            "acquired": schema.id == "parcels" and code in acquired,
            "look": look(symbology.load().style(schema.id, code)),
        }
        for code in listed
    ]


def _add_sizes(made: LayerData, frame: GeoDataFrame) -> None:
    """Add the area or length of each feature as it is in the working CRS, with all its digits."""
    kind, shape = made.head["kind"], made.head["classes"][0]["shape"]
    if shape == "point" or frame.empty:
        made.head["size"] = ""
        return
    measure = shapely.area if shape == "polygon" else shapely.length
    made.head["size"] = "area_m2" if shape == "polygon" else "length_m"
    geometry = frame.geometry.to_numpy()
    drawn = shapes.drawable(geometry)
    sizes = np.full(len(geometry), np.nan)
    sizes[drawn] = measure(geometry[drawn])
    made.blocks[f"{kind}/columns/size"] = columns.exact(sizes)


def _filters(schema: Schema, frame: GeoDataFrame, made: dict[str, Any]) -> list[str]:
    """List what a layer can be filtered by: its classes, choices, short texts and years."""
    offered = ["class"]
    for each in schema.field:
        if each.name not in made or each.name == schema.class_field:
            continue
        if each.type == "choice":
            offered.append(each.name)
        elif each.name in {"industry", "cluster", "batch", "village"}:
            if 1 < frame[each.name].nunique() <= MOST_TEXTS:
                offered.append(each.name)
        elif each.name in {"accepted_on", "state_on", "due_on"} and frame[each.name].notna().any():
            offered.append(each.name)
    return offered


def _add_history(
    made: LayerData, result: Result, kind: str, frame: GeoDataFrame, listed: Sequence[str]
) -> None:
    """Add the states that the features of a layer have been in: days, states and documents."""
    made.head["history"] = False
    log = result.status_log
    if kind != "parcels" or frame.empty or log.empty:
        return
    own = log[log["track"] == TRACK]
    row = frame.index.astype(str).get_indexer(own["feature_id"].astype(str))
    state = pd.Index(listed).get_indexer(own["to_state"])
    when = columns.days(own["at"])
    kept = np.flatnonzero((row >= 0) & (state >= 0))
    order = kept[np.lexsort((when[kept], row[kept]))]
    documents = [value if isinstance(value, str) else "" for value in own["document_no"]]
    made.head["history"] = True
    made.blocks[f"{kind}/columns/history"] = pack.parts(
        pack.unsigned(np.bincount(row[order], minlength=len(frame))),
        pack.unsigned(when[order]), pack.unsigned(state[order]),
    )
    made.blocks[f"{kind}/text/history"] = pack.texts([documents[at] for at in order.tolist()])


def _add_shapes(
    made: LayerData, frame: GeoDataFrame, codes: Sequence[str], listed: Sequence[str]
) -> None:
    """Add the shapes: as GeoJSON, or block by block with the boxes of all."""
    if not made.head["packed"]:
        numbers = {code: place for place, code in enumerate(listed)}
        made.features = shapes.geojson(frame, [numbers[code] for code in codes])
        return
    kind = made.head["kind"]
    boxes = []
    made.head["blocks"] = []
    for number, block in enumerate(blocks.encode(frame)):
        made.blocks[f"{kind}/shapes/{number}"] = block.shapes
        made.head["blocks"].append([block.first, block.count, *block.box])
        boxes.append(block.boxes)
    made.blocks[f"{kind}/columns/boxes"] = blocks.boxes_block(boxes)


def _add_cards(
    made: LayerData, result: Result, frame: GeoDataFrame, speakers: Speakers
) -> None:
    """Add what rules, layers, figures and issues say of each plot."""
    cards = told.cards(result, frame, speakers)
    made.head["cards"] = {"sections": cards.sections, "size": blocks.SIZE}
    patterns = {"patterns": cards.patterns, "names": cards.names}
    made.blocks["plots/columns/patterns"] = json.dumps(
        patterns, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode("utf-8", "replace")
    for number, block in enumerate(cards.blocks):
        made.blocks[f"plots/cards/{number}"] = block


def _shape(frame: GeoDataFrame, schema: Schema) -> str:
    """Say which shape stands for a layer in the legend: the most frequent one."""
    if schema.geometry != "any":
        return schema.geometry
    _, parts = shapes.simple_parts(frame.geometry.to_numpy())
    types = Counter(SHAPES[each] for each in shapely.get_type_id(parts).tolist())
    return types.most_common(1)[0][0] if types else "point"
