"""The figures and the ground on one page: each figure shows the features behind it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import geopandas as gpd
import jinja2
import pandas as pd
import shapely

from landtrack.model import Figure, Place, catalog
from landtrack.model.translations import Words

POINT_M = 12.0
"""Half the side of the square that stands for a point."""


class Drawn(NamedTuple):
    """A feature on the page: its element, whether it is a line, its path and its name."""

    id: str
    line: bool
    d: str
    title: str


def to_html(
    table: pd.DataFrame, figures: Iterable[Figure], layers: Mapping[str, gpd.GeoDataFrame],
    place: Place, words: Words,
) -> str:
    """Write the reconciliation as a page that needs no network.

    ``table``: What :func:`landtrack.assessment.reconcile.compare` gave.
    ``layers``: Layers by kind, in the working CRS, indexed by key.
    Returns: HTML; a click on a figure shows its features on the map beside it.
    """
    there = dict.fromkeys(str(kind) for kind in table["layer"] if str(kind) in layers)
    shown = sorted(  # lines on top; else in the order of the table, which says what lies on what
        there, key=lambda kind: "line" in str(layers[kind].geom_type.iloc[:1].tolist()).lower(),
    )
    frames = {kind: layers[kind] for kind in shown}
    west, south, east, north = _extent(frames)
    titles = {figure.id: words.pick(figure.title) for figure in figures}
    templates = catalog.SHIPPED / "templates"
    template = jinja2.Environment(autoescape=True).from_string(
        (templates / "reconcile.html.j2").read_text(encoding="utf-8")
    )
    script = (templates / "reconcile.script.j2").read_text(encoding="utf-8")
    digest = hashlib.sha256(script.encode()).digest()  # by which the page's policy knows it
    return template.render(
        script=script, hash=base64.b64encode(digest).decode(),
        lang=words.lang, words=words, hint=words("reconcile.hint"),
        title=words("reconcile.title", place=words.pick(place.title) or place.id),
        notice=words.pick(place.notice), total=total(table, words),
        box=f"0 0 {east - west:.1f} {north - south:.1f}",
        rows=[told(row, titles, words) for row in table.to_dict("records")],
        shapes=[
            drawn for kind, frame in frames.items()
            for drawn in _drawn(kind, frame, (west, north))
        ],
    )


def total(table: pd.DataFrame, words: Words) -> str:
    """Count the verdicts in words.

    ``table``: What :func:`landtrack.assessment.reconcile.compare` gave.
    Returns: Such as ``"45 agree, 0 differ, 13 open"``.
    """
    found = table["verdict"].value_counts()
    return words("reconcile.total", **{
        name: int(found.get(name, 0)) for name in ("agrees", "differs", "open")
    })


def told(row: Mapping[Any, Any], titles: Mapping[str, str], words: Words) -> dict[str, Any]:
    """Put a row into words.

    ``row``: A row of the comparison.
    ``titles``: Titles by the figures' ids.
    Returns: ``id, title, where, reported, derived, difference, verdict, said, behind, on``.
    """
    stated = number(row["reported"], row["unit"], words)
    if row["relation"] == "at_least":
        stated = words("reconcile.at_least", value=stated)
    if row["verdict"] == "open":
        behind = words("reconcile.lacks", what=row["lacks"])
    else:
        behind = words(
            "reconcile.features", layer=_layer(row["layer"], words), count=len(row["features"])
        )
    return {
        "id": row["figure"] or f"row-{row['item'].encode().hex()}",
        "title": titles.get(row["figure"], row["item"]), "where": row["where"],
        "reported": stated, "derived": number(row["derived"], row["unit"], words),
        "difference": number(row["difference"], row["unit"], words, signed=True),
        "verdict": row["verdict"], "said": words(f"reconcile.{row['verdict']}"), "behind": behind,
        "on": [_id(row["layer"], key) for key in row["features"]],
    }


def number(value: float | None, unit: str, words: Words, *, signed: bool = False) -> str:
    """Write a figure with as many digits as it has.

    ``value``: The figure; a dash stands for none.
    ``unit``: Its unit, as the report writes it.
    ``signed``: A difference: with its sign, and 0 for what is rounding.
    Returns: Such as ``"2,640,000 m²"``.
    """
    if value is None or pd.isna(value):
        return "–"
    figure = f"{round(value, 6) + 0.0:,.10g}" if abs(value) < 1 else f"{round(value, 3):,.15g}"
    if signed and value > 0 and figure != "0":
        figure = f"+{figure}"
    if signed or unit in {"1", "flag"}:
        return figure
    keys = (f"unit.{unit}", f"reconcile.unit.{unit}")
    return f"{figure} {next((words(key) for key in keys if words.has(key)), unit)}"


def _layer(kind: str, words: Words) -> str:
    key = f"kind.{kind}" if words.has(f"kind.{kind}") else f"reconcile.{kind}"
    return words(key)


def _extent(frames: Mapping[str, gpd.GeoDataFrame]) -> tuple[float, float, float, float]:
    bounds = [frame.total_bounds for frame in frames.values() if len(frame)]
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
) -> Iterable[Drawn]:
    names = frame["name"] if "name" in frame else pd.Series(pd.NA, index=frame.index)
    for key, shape, name in zip(frame.index, frame.geometry, names, strict=True):
        label = f"{key} {name}" if pd.notna(name) else str(key)
        yield Drawn(
            _id(kind, str(key)), shapely.get_dimensions(shape) == 1, _path(shape, corner), label
        )


def _path(shape: shapely.Geometry, corner: tuple[float, float]) -> str:
    """Write a shape as an SVG path from the page's upper left corner, in metres."""
    west, north = corner
    told = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Point":
            part = part.buffer(POINT_M, cap_style="square")  # noqa: PLW2901
        rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for ring in rings:
            points = [f"{x - west:.1f} {north - y:.1f}" for x, y in shapely.get_coordinates(ring)]
            told.append("M" + "L".join(points) + ("Z" if part.geom_type == "Polygon" else ""))
    return "".join(told)
