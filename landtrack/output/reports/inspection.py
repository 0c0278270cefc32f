"""What was seen of files: a document with a small map of each layer, and JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack.ingest.profile_types import FieldSeen, FileSeen, LayerSeen, ReadingSeen
from landtrack.model.translations import Words, known, size, with_mends
from landtrack.output.reports import answers
from landtrack.output.reports.document import (
    Cell,
    Document,
    Drawing,
    Part,
    Row,
    Section,
    Shape,
    Table,
    note,
    row as row_of,
)
from landtrack.output.reports.document.shapes import Shapes, drawable, outlines, path
from landtrack.output.wording.messages import Message, joined, say

Coordinates = npt.NDArray[np.float64]

MOST = 5
"""How many features of one issue are told one by one; the rest is counted."""
MOST_READINGS = 8
WIDTH, HEIGHT, MARGIN = 640.0, 400.0, 12.0
"""Of a map, in pixels."""
RING = "a6 6 0 1 0 12 0a6 6 0 1 0 -12 0"
"""A circle around a mark, from its left."""
MOST_SHAPES = 4000
"""More shapes than this are drawn as a sample of so many."""
MOST_BYTES = 400_000
"""Of the outlines of one map; beyond it they are drawn more roughly."""


def to_json(seen: list[FileSeen], words: Words) -> str:
    """Write what was seen as JSON.

    Returns: A list of files with their layers, as ``data/json/inspect.json`` describes it; the
    shapes are left out.
    """
    return answers.to_json([_plain(each, words) for each in seen])


def _plain(seen: FileSeen, words: Words) -> dict[str, Any]:
    told = {field.name: getattr(seen, field.name) for field in dataclasses.fields(seen)}
    told["layers"] = [
        {
            **{field.name: getattr(layer, field.name) for field in dataclasses.fields(layer)
               if field.name not in ("issues", "marks", "shapes")},
            "issues": with_mends(layer.issues, words).to_dict("records"),
        }
        for layer in seen.layers
    ]
    return told


def report(seen: Iterable[FileSeen], words: Words) -> Document:
    """Say what was seen of files, one after another."""
    every = tuple(part for each in seen for part in sections(each, words))
    return Document(title=say("inspect.title"), sections=every)


def sections(seen: FileSeen, words: Words) -> list[Section]:
    """Say what was seen of one file, then of each of its layers.

    ``words``: Those of the language in which mends are said.
    """
    key = f"file_format.{seen.format}"
    kind = note(joined(", ", [say(key) if words.has(key) else seen.format, size(seen.bytes)]))
    if seen.cause:
        cause = row_of(_weighed("error", seen.cause), "", seen.mend)
        return [Section(seen.path, (kind, _problems([cause])))]
    return [Section(seen.path, (kind,)), *(_layer(layer, words) for layer in seen.layers)]


def _layer(layer: LayerSeen, words: Words) -> Section:
    parts: list[Part] = [
        Table((), tuple(_facts(layer))), *_map(layer),
    ]
    if layer.issues.empty:
        parts.append(note(say("inspect.no_problem")))
    else:
        parts.append(_problems(_issues(layer, words)))
    heads = ("field", "type_head", "filled_head", "example")
    parts.append(Table(tuple(say(f"inspect.{each}") for each in heads), tuple(
        row_of(
            _called(each), say(f"inspect.type.{each.type}"),
            say("inspect.filled", filled=str(each.filled), number=str(layer.read)), each.example,
        )
        for each in layer.fields
    )))
    return Section(joined(" ", [say("inspect.layer"), layer.name]), tuple(parts), level=2)


def _facts(layer: LayerSeen) -> Iterator[Row]:
    """Tell features, encoding, CRS and extent of a layer."""
    yield row_of(say("inspect.features"), _features(layer))
    if layer.encoding:
        yield row_of(say("inspect.encoding"), _encoding(layer))
    if layer.span is not None:
        yield row_of(say("inspect.crs"), _crs(layer))
        west, south, east, north = layer.span
        span = f"{west:,.3f} – {east:,.3f}, {south:,.3f} – {north:,.3f}"
        yield row_of(say("inspect.span"), span)
    if layer.ground is not None:
        west, south, east, north = layer.ground
        ground = f"{west:.5f}° – {east:.5f}° E, {south:.5f}° – {north:.5f}° N"
        yield row_of(say("inspect.ground"), ground)


def _features(layer: LayerSeen) -> Message:
    kinds = [
        joined(" ", [
            say(f"inspect.kind.{kind}") if known(f"inspect.kind.{kind}") else kind, f"{number:,}",
        ])
        for kind, number in layer.kinds.items()
    ]
    if layer.unreadable:
        kinds.append(joined(" ", [say("inspect.unreadable"), f"{layer.unreadable:,}"]))
    read = f"{layer.read:,}"
    return joined("", [read, " (", joined(", ", kinds), ")"]) if kinds else read


def _encoding(layer: LayerSeen) -> Message:
    proof = "inspect.proven" if layer.encoding_proven else "inspect.guessed"
    stated = layer.encoding_stated or say("inspect.nothing")
    return say(proof, found=layer.encoding, stated=stated)


def _crs(layer: LayerSeen) -> Message:
    stated = layer.crs_stated or say("inspect.nothing")
    if not layer.readings:
        return say("inspect.crs_none", stated=stated)
    if len(layer.readings) == 1:
        only = layer.readings[0]
        if layer.crs_stated.startswith(only.crs) and not only.northing_first:
            return layer.crs_stated
        return say("inspect.crs_one", stated=stated, reading=_reading(only))
    more = len(layer.readings) - MOST_READINGS
    return joined("\n", [
        say("inspect.crs_several", stated=stated, number=str(len(layer.readings))),
        *map(_reading, layer.readings[:MOST_READINGS]), f"… +{more}" if more > 0 else "",
    ])


def _reading(reading: ReadingSeen) -> str:
    axes = ", N, E" if reading.northing_first else ""
    return (
        f"{reading.crs} ({reading.name}{axes}) {reading.latitude:.3f}°N {reading.longitude:.3f}°E"
    )


def _called(seen: FieldSeen) -> str:
    """Name a column, with its alias and the words of its codes."""
    coded = ", ".join(f"{code} {said}" for code, said in seen.coded.items())
    said = "; ".join(each for each in (seen.alias, coded) if each)
    return f"{seen.name} ({said})" if said else seen.name


def _issues(layer: LayerSeen, words: Words) -> Iterator[Row]:
    """List what is wrong in a layer, the worst first, alike ones together."""
    issues = with_mends(layer.issues, words)
    order = {"error": 0, "warning": 1, "info": 2}
    for (severity, issue), rows in sorted(
        issues.groupby(["severity", "issue"], sort=False), key=lambda each: order[str(each[0][0])]
    ):
        title = say(f"issue.{issue}.title")
        yield row_of(_weighed(severity, title), _where(rows), str(rows["mend"].iloc[0]))


def _weighed(severity: str, problem: Message) -> Cell:
    return Cell(joined(": ", [say(f"severity.{severity}"), problem]), severity)


def _problems(rows: Iterable[Row]) -> Table:
    heads = ("problem", "where", "mend")
    return Table(tuple(say(f"inspect.{each}") for each in heads), tuple(rows))


def _where(rows: pd.DataFrame) -> str:
    """Name the first features at fault, and count the rest."""
    named = [
        f"#{row['feature_id']}" + (f" {row['value']}" if row["value"] else "")
        for row in rows.head(MOST).to_dict("records") if row["feature_id"]
    ]
    more = len(rows) - MOST
    return ", ".join(named) + (f", … +{more}" if named and more > 0 else "")


def _map(layer: LayerSeen) -> list[Part]:
    """Draw the shapes and, over them, where the problems are."""
    shapes = drawable(layer.shapes.to_numpy())
    marks = drawable(layer.marks.geometry.to_numpy())
    together = np.concatenate([shapes, marks])
    if not len(together):
        return []
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
    drawn, marked = (shapely.transform(each, on_paper) for each in (shapes[::step], marks))
    rings = "".join(
        f"M{(west + east) / 2 - 6:.1f} {(south + north) / 2:.1f}{RING}"  # the smallest is seen too
        for west, south, east, north in shapely.bounds(marked)
    )
    points = shapely.get_dimensions(drawn) == 0
    paths = (
        (_outlines(drawn[~points]), "shape"), (path(drawn[points]), "dot"), (path(marked), "bad"),
        (rings, "ring"),
    )
    told = [say("inspect.map_note")] if rings else []
    told += [say("inspect.sampled")] if step > 1 else []
    return [
        Drawing((WIDTH, HEIGHT), tuple(Shape(each, look) for each, look in paths if each),
                say("inspect.map")),
        *([note(joined(" ", told))] if told else []),
    ]


def _outlines(shapes: Shapes) -> str:
    """Write outlines and lines as the data of one SVG path, as roughly as it takes."""
    lines = outlines(shapes)
    tolerance = 0.3
    while True:
        text = path(shapely.simplify(lines, tolerance, preserve_topology=False))
        if len(text) < MOST_BYTES:
            return text
        tolerance *= 2
