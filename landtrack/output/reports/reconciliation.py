"""The figures of a report and the ground: each figure shows the features behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landtrack.model import Figure, Place
from landtrack.model.translations import DASH, known
from landtrack.output.reports.document import (
    Cell,
    Document,
    Drawing,
    Row,
    Section,
    Shape,
    Table,
    row as row_of,
)
from landtrack.output.reports.document.shapes import path
from landtrack.output.wording import bare
from landtrack.output.wording.messages import Figure as Shown, Line, Message, Title, joined, say


def reconciled(
    table: pd.DataFrame, figures: Iterable[Figure], layers: Mapping[str, gpd.GeoDataFrame],
    place: Place,
) -> Document:
    """Say what the layers say beside the figures that a report states.

    ``table``: What :func:`landtrack.assessment.reconcile.compare` gave.
    ``layers``: Layers by kind, in the working CRS, indexed by key.
    Returns: A table whose rows show their features on the ground beside it.
    """
    there = dict.fromkeys(str(kind) for kind in table["layer"] if str(kind) in layers)
    shown = sorted(  # lines on top; else in the order of the table, which says what lies on what
        there, key=lambda kind: "line" in str(layers[kind].geom_type.iloc[:1].tolist()).lower(),
    )
    west, south, east, north = _extent([layers[kind] for kind in shown])
    titles = {figure.id: Title(figure.title) for figure in figures}
    found = table["verdict"].value_counts()
    total = say("reconcile.total", **{
        name: str(found.get(name, 0)) for name in ("agrees", "differs", "open")
    })
    heads = ("verdict", "figure", "reported", "derived", "difference", "behind", "where")
    return Document(
        title=say("reconcile.title", place=Title(place.title) if place.title else place.id),
        subtitle=joined(" · ", [Title(place.notice) if place.notice else "", total]),
        sections=(Section("", (
            Table(
                tuple(say(f"reconcile.{each}") for each in heads),
                tuple(_row(each, titles) for each in table.to_dict("records")),
            ),
        )),),
        drawing=Drawing((east - west, north - south), tuple(
            drawn for kind in shown for drawn in _drawn(kind, layers[kind], (west, north))
        ), say("reconcile.hint")),
    )


def _row(row: Mapping[Any, Any], titles: Mapping[str, Title]) -> Row:
    """Say how one figure came out."""
    stated = number(row["reported"], row["unit"])
    if row["relation"] == "at_least":
        stated = say("reconcile.at_least", value=stated)
    behind = say("reconcile.lacks", what=row["lacks"]) if row["verdict"] == "open" else say(
        "reconcile.features", layer=_layer(row["layer"]), count=str(len(row["features"]))
    )
    return row_of(
        Cell(say(f"reconcile.{row['verdict']}"), row["verdict"]),
        titles.get(row["figure"], row["item"]), stated, number(row["derived"], row["unit"]),
        _difference(row["difference"]), behind,
        row["where"] if isinstance(row["where"], str) else "",
        key=row["figure"] or f"row-{row['item'].encode().hex()}",
        shows=tuple(_id(row["layer"], key) for key in row["features"]),
    )


def number(value: float | None, unit: str) -> Message:
    """Show a figure with as many digits as it has.

    ``value``: The figure; a dash stands for none.
    ``unit``: Its unit, as the report writes it.
    Returns: Such as ``"2,640,000 m²"``.
    """
    figure = bare(_rounded(value), most=15)
    if figure == DASH or unit in {"1", "flag"}:
        return figure
    keys = (f"unit.{unit}", f"reconcile.unit.{unit}")
    return Line((figure, " ", next((say(key) for key in keys if known(key)), unit)))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6 if abs(value) < 1 else 3) + 0.0


def _difference(value: float | None) -> Message:
    """Show a difference with its sign; what is rounding is none."""
    figure = bare(_rounded(value), most=15)
    return Line(("+", figure)) if isinstance(figure, Shown) and figure.value > 0 else figure


def _layer(kind: str) -> Message:
    return say(f"kind.{kind}" if known(f"kind.{kind}") else f"reconcile.{kind}")


def _extent(frames: Iterable[gpd.GeoDataFrame]) -> tuple[float, float, float, float]:
    bounds = [frame.total_bounds for frame in frames if len(frame)]
    if not bounds:
        return 0.0, 0.0, 1.0, 1.0
    west, south, east, north = zip(*bounds, strict=True)
    pad = 0.02 * max(max(east) - min(west), max(north) - min(south))
    return min(west) - pad, min(south) - pad, max(east) + pad, max(north) + pad


def _id(kind: str, key: str) -> str:
    """Name a feature's element without blanks or quotes."""
    return f"f-{kind}-{key.encode().hex()}"


def _drawn(
    kind: str, frame: gpd.GeoDataFrame, corner: tuple[float, float]
) -> Iterable[Shape]:
    names = frame["name"] if "name" in frame else pd.Series(pd.NA, index=frame.index)
    origin = np.array(corner)
    placed = shapely.transform(
        frame.geometry.to_numpy(), lambda at: (at - origin) * (1, -1)  # y goes down on paper
    )
    for key, shape, name in zip(frame.index, placed, names, strict=True):
        label = f"{key} {name}" if pd.notna(name) else str(key)
        look = ("dot", "line", "")[shapely.get_dimensions(shape)]
        yield Shape(path(np.array([shape])), look, _id(kind, str(key)), label)
