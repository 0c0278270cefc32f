"""A layer as data for the page: what is known of it, its columns, and its shapes.

A small layer has its shapes as GeoJSON, so that every plugin of Folium works on it; a large
one has them in blocks that the page loads when they are seen.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack import tracking
from landtrack.model import catalog, classes, partial_dates
from landtrack.model.assessment import FINDINGS, MEASURES, WRITTEN
from landtrack.model.events import Event
from landtrack.model.memory import give_back
from landtrack.output import wording
from landtrack.output.map import (
    blocks,
    card,
    card_hits,
    columns,
    derived,
    encode,
    features,
    indices,
    plot_cards,
    shapes,
)
from landtrack.output.map.columns import Speakers, by_language
from landtrack.output.style import pixels, symbology
from landtrack.output.wording import pinyin
from landtrack.spatial import measures

if TYPE_CHECKING:
    from landtrack.model import Schema
    from landtrack.model.assessment import Assessment, Features
    from landtrack.model.translations import Words
    from landtrack.output.map.folder import Sink

SHAPES = {0: "point", 1: "line", 2: "line", 3: "polygon", 5: "line", 6: "polygon"}

LARGE = 5000
"""Features from which on a layer is drawn from blocks."""

MOST_TEXTS = 60
"""Different values of a text up to which it is offered as a filter."""

TRACK = "approval"
INVESTMENT = "fixed_investment_cny"



@dataclass
class LayerData:
    """What the page has to know of a layer, and its blocks by their names."""

    head: dict[str, Any]
    features: str | None = None
    blocks: Sink = field(default_factory=dict[str, bytes])


def layer_data(
    result: Assessment, kind: str, found: Mapping[str, Features], speakers: Speakers, *,
    large: int = LARGE, into: Sink | None = None,
) -> LayerData:
    """Write one layer as the page reads it.

    ``found``: The features of all layers, by kind.
    ``large``: The number of features from which on it is drawn from blocks.
    ``into``: Where the blocks go; they stay with what is returned where not given.
    Returns: Its head, columns and shapes.
    Raises CRSError: If the layer has no CRS, or there is no way from it to WGS 84.
    """
    schema, source = result.schemas[kind], found[kind]
    packed = source.count >= large
    made = LayerData({}, blocks=dict[str, bytes]() if into is None else into)
    drawn, order, frame = (
        _packed(made, kind, source) if packed else (None, slice(None), source.table())
    )
    classed = classes.categorise(frame, schema)
    counts = +Counter(pd.Series(classed).value_counts().to_dict())  # of those that occur
    listed = _listed(kind, {*counts, *_past(result, kind)})
    shape = _shape(drawn or frame.geometry.to_numpy(), schema)
    made.head |= (
        {
            "kind": kind,
            "title": by_language(speakers, lambda words: words(f"kind.{kind}")),
            "order": symbology.load().order(kind),
            "place": symbology.load().place(kind),
            "group": schema.group,
            "key": schema.key,
            "count": len(frame),
            "corridors": _corridors(kind),
            "packed": packed,
            "pairs": False,
            "sliver": measures.sliver(schema),
            "classes": _classes(result, shape, schema, listed, counts, speakers),
            "search": [name for name in columns.shown_first(schema) if _has(frame, name)],
        }
    )
    codes = columns.codes(classed, listed)
    made.blocks[f"{kind}/first/class"] = encode.unsigned(codes)
    _add_sizes(made, drawn or _sizes(frame.geometry.to_numpy()))
    _add_covered(made, result, source, order)
    worked_out = derived.of_layer(
        result, kind, frame, speakers,
        small=max(each.count for each in found.values()) < large,
    )
    made.head["columns"] = {}
    for name, column in {
        **columns.attributes(result, kind, frame, speakers), **worked_out
    }.items():
        group = "text" if column.head["type"] == "text" else "columns"
        at = f"{kind}/{group}/field.{name}"
        made.head["columns"][name] = {**column.head, "at": at}
        made.blocks[at] = column.data
    _add_sounds(made, frame)
    made.head["filters"] = [
        *_filters(schema, frame, made.head["columns"]), *derived.filters(worked_out),
    ]
    made.head["rules"] = []
    if kind == "plots":
        for head, block in indices.of_plots(result, frame.index, speakers):
            at = f"plots/columns/rule.{head['id']}"
            made.head["rules"].append({**head, "at": at})
            made.head["filters"].append(f"rule.{head['id']}")
            made.blocks[at] = block
    _add_history(made, result, kind, frame, listed, speakers)
    if kind == "plots" and result.amounts is not None and len(result.amounts):
        made.head["amounts"] = {
            name: own for name in schema.amounts if (own := result.amounts[name].dropna().to_dict())
        }
    if not packed:
        made.features = shapes.geojson(frame, codes.tolist())
    if kind == "plots":
        _add_cards(made, frame, speakers, result, found)
    return made


def _add_sounds(made: LayerData, frame: pd.DataFrame) -> None:
    """Add how the characters are read that stand in what is searched."""
    searched = (
        map(str, (frame.index if name == frame.index.name else frame[name].dropna()).tolist())
        for name in made.head["search"]
    )
    sounds = pinyin.readings(chain.from_iterable(searched))
    made.head["sounds"] = len(sounds)
    if sounds:
        made.blocks[f"{made.head['kind']}/text/sounds"] = encode.texts(
            [letter + " ".join(each) for letter, each in sounds.items()]
        )


def _has(frame: pd.DataFrame, name: str) -> bool:
    """Tell whether a layer has a field, its key among them."""
    return name in frame.columns or name == frame.index.name


def _past(result: Assessment, kind: str) -> set[str]:
    """List the states that features of a layer were in, whether or not one is in it now."""
    track = result.schemas[kind].class_track
    return {
        each.to_state for each in result.events if each.layer == kind and each.track == track
    } if track else set()


def _listed(kind: str, codes: set[str]) -> tuple[str, ...]:
    """List the classes of a layer; plots have all three verdicts of rules."""
    if kind == "plots":
        codes = codes | {"pass", "fail", "unknown"}
    return symbology.load().sorted_classes(kind, codes or {classes.WHOLE})


def _classes(
    result: Assessment, shape: str, schema: Schema, listed: Sequence[str],
    counts: Counter[str], speakers: Speakers,
) -> list[dict[str, Any]]:
    """Describe the classes of a layer: words, number, look, and whether the land is in hand."""
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
            "corridor": _corridor(schema.id, code),
            "look": pixels.look(symbology.load().style(schema.id, code)),
        }
        for code in listed
    ]


@dataclass(frozen=True)
class Drawn:
    """What is kept of the shapes of a layer when they are written: sizes, and what they are."""

    area: npt.NDArray[np.float64]
    length: npt.NDArray[np.float64]
    shape: str


def _packed(
    made: LayerData, kind: str, source: Features
) -> tuple[Drawn, encode.Integers, pd.DataFrame]:
    """Write the shapes block by block; give the order of the page, and the rows in it."""
    coded = features.coded(source)
    order = blocks.order(coded.boxes)
    made.head["blocks"] = []
    for number, block in enumerate(blocks.encode(coded, order)):
        made.blocks[f"{kind}/shapes/{number}"] = block.shapes
        made.head["blocks"].append([block.first, block.count, *block.box])
    made.blocks[f"{kind}/first/boxes"] = blocks.boxes_block(coded.boxes[order])
    most = int(np.bincount(coded.types, minlength=1).argmax())
    drawn = Drawn(coded.area[order], coded.length[order], ("point", "line", "polygon")[most])
    del coded
    return drawn, order, source.table().iloc[order]


def _sizes(geometry: npt.NDArray[np.object_]) -> Drawn:
    """Measure shapes; those that cannot be drawn have no size."""
    drawn = shapes.drawable(geometry)
    area, length = (np.full(len(geometry), np.nan) for _ in range(2))
    area[drawn], length[drawn] = shapely.area(geometry[drawn]), shapely.length(geometry[drawn])
    return Drawn(area, length, "")


def _corridor(kind: str, code: str) -> dict[str, float | None] | None:
    """Say how wide a line of a class keeps clear, where that is stated."""
    found = None
    for each in catalog.corridors().corridor:
        if each.layer == kind and not each.where and each.holds(code):
            found = each  # the last one counts, as where it is measured
    if found is None or found.clear_m is None:
        return None
    return {"clear": found.clear_m, "axis": found.axis_m}


def _corridors(kind: str) -> dict[str, Any] | None:
    """Say what is common to the corridors of a layer; none for a layer without."""
    stated = catalog.corridors()
    if not any(each.layer == kind and not each.where for each in stated.corridor):
        return None
    return {"unknownWithin": stated.unknown_within_m, "gone": list(stated.gone)}


def _add_sizes(made: LayerData, drawn: Drawn) -> None:
    """Add the area or length of each feature as it is in the working CRS, with all its digits."""
    kind, shape = made.head["kind"], made.head["classes"][0]["shape"]
    if shape == "point" or not len(drawn.area):
        made.head["size"] = ""
        return
    made.head["size"] = "area_m2" if shape == "polygon" else "length_m"
    sizes = drawn.area if shape == "polygon" else drawn.length
    made.blocks[f"{kind}/columns/size"] = columns.exact(sizes)


def _add_covered(
    made: LayerData, result: Assessment, source: Features, order: encode.Integers | slice
) -> None:
    """Add of each parcel within which layers' stated coverage it lies, a bit for each layer."""
    stated = {
        kind: measures.union(each.coverage.to_numpy())
        for kind, each in sorted(result.sets.items())
        if each.complete and each.coverage is not None
    } if made.head["kind"] == "parcels" else {}
    made.head["covered"] = list(stated)
    if not stated:
        return
    parts = [
        sum(
            (_within(some, area).astype(np.int64) << place
             for place, area in enumerate(stated.values())),
            start=np.zeros(len(some), dtype=np.int64),
        )
        for some in source.shapes()
    ]
    bits = np.concatenate([np.zeros(0, dtype=np.int64), *parts])
    made.blocks["parcels/columns/covered"] = encode.unsigned(bits[order])


def _within(
    shapes_of: npt.NDArray[np.object_], area: shapely.Geometry
) -> npt.NDArray[np.bool_]:
    """Tell which shapes lie within an area; one that cannot be drawn lies nowhere."""
    inside = np.zeros(len(shapes_of), dtype=bool)
    drawn = shapes.drawable(shapes_of)
    inside[drawn] = measures.lies_within(shapes_of[drawn], area)
    return inside


def _filters(schema: Schema, frame: pd.DataFrame, made: dict[str, Any]) -> list[str]:
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
    made: LayerData, result: Assessment, kind: str, frame: pd.DataFrame, listed: Sequence[str],
    speakers: Speakers,
) -> None:
    """Add the states that the features of a layer have been in: days, states and documents.

    Each state knows its class, where the layer is drawn by that state.
    """
    made.head["history"] = None
    events = [
        each for each in result.events
        if each.layer == kind and each.track in result.workflow.tracks
    ]
    if frame.empty or not events:
        return
    own = tracking.to_table(events)
    row = columns.rows_of(frame.index.astype(str), own["feature_id"])
    events = [events[at] for at in np.flatnonzero(row >= 0)]
    own, row = own[row >= 0], row[row >= 0]
    if own.empty:
        return
    state, pairs = pd.factorize(pd.MultiIndex.from_frame(own[["track", "to_state"]].astype(str)))
    written = own["at"].fillna("").astype(str)
    when, place = _in_order(events, row, written)
    order = np.lexsort((place, row))
    documents = [value if isinstance(value, str) else "" for value in own["document_no"]]
    drawn = result.schemas[kind].class_track
    made.head["history"] = {
        "drawn": drawn in {track for track, _ in pairs},
        "states": [
            {
                "track": track,
                "code": code,
                "class": listed.index(code) if track == drawn and code in listed else -1,
                "label": by_language(
                    speakers,
                    lambda words, track=track, code=code: _state(result, words, track, code),  # type: ignore[misc]
                ),
            }
            for track, code in pairs
        ],
    }
    made.blocks[f"{kind}/columns/history"] = encode.parts(
        encode.unsigned(np.bincount(row, minlength=len(frame))),
        encode.unsigned(when[order]), encode.unsigned(state[order]),
    )
    made.blocks[f"{kind}/text/history"] = encode.texts([documents[at] for at in order.tolist()])
    made.blocks[f"{kind}/text/days"] = encode.texts(written.iloc[order].tolist())


def _in_order(
    events: Sequence[Event], row: npt.NDArray[np.intp], written: pd.Series
) -> tuple[encode.Integers, npt.NDArray[np.intp]]:
    """Bring events into the order in which they happened to their features.

    Returns: The day by the end of which each had happened for certain, as the page counts days;
    and its place among those of its feature.
    """
    spans = {each: partial_dates.parse(each) for each in written.unique() if each}
    last = [spans[each].last if each else date.min for each in written]
    place = np.empty(len(events), dtype=np.intp)
    numbers = np.arange(len(events))
    ordinals = np.array([each.toordinal() for each in last])
    place[np.lexsort((numbers, ordinals))] = numbers
    by_row = np.argsort(row, kind="stable")
    sorted_rows = row[by_row]
    vague = {each for each, span in spans.items() if span.first != span.last}
    open_ = np.unique(row[written.isin(vague).to_numpy()])  # whose order the last days leave open
    for own in np.setdiff1d(open_, row[(written == "").to_numpy()]):
        begin, end = np.searchsorted(sorted_rows, (own, own + 1))
        at = by_row[begin:end]
        if len(at) > 1:
            of_event = {events[each].event: each for each in at.tolist()}
            for number, placed in enumerate(tracking.ordered(events[each] for each in at.tolist())):
                place[of_event[placed.event.event]] = number
                last[of_event[placed.event.event]] = placed.last
    dated = [day if text else None for day, text in zip(last, written, strict=True)]
    return columns.days(pd.Series(dated, dtype="object")), place


def _state(result: Assessment, words: Words, track: str, code: str) -> str:
    """Put a state into words."""
    titles = {each.code: each.title for each in result.workflow.track(track).state}
    return words.pick(titles[code]) if code in titles else code


def _add_cards(
    made: LayerData, frame: pd.DataFrame, speakers: Speakers, result: Assessment,
    found: Mapping[str, Features],
) -> None:
    """Add what rules, layers, figures and issues say of each plot."""

    def write(number: int, block: bytes) -> None:
        made.blocks[f"plots/cards/{number}"] = block

    give_back()
    # A store gives large tables anew each time: here they are read once, and given up again.
    own = [name for name in (FINDINGS, MEASURES, WRITTEN) if name in result.tables]
    judged = result.replace(**{name: result.tables[name] for name in own})
    cards = plot_cards.cards(
        judged, frame, speakers, card_hits.all_named(judged.measures, found), write
    )
    made.head["cards"] = {
        "sections": cards.sections, "size": blocks.SIZE, "written": cards.written,
        "fields": by_language(speakers, lambda words: card.declared(result, words)),
    }
    patterns = {"patterns": cards.patterns, "names": cards.names, "words": cards.words}
    made.blocks["plots/columns/patterns"] = json.dumps(
        patterns, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode("utf-8", "replace")


def _shape(drawn: Drawn | npt.NDArray[np.object_], schema: Schema) -> str:
    """Say which shape stands for a layer in the legend: the most frequent one."""
    if schema.geometry != "any":
        return schema.geometry
    if isinstance(drawn, Drawn):
        return drawn.shape
    _, parts = shapes.simple_parts(drawn)
    types = Counter(SHAPES[each] for each in shapely.get_type_id(parts).tolist())
    return types.most_common(1)[0][0] if types else "point"
