"""GeoJSON as the demo places write it: one feature a line, the same bytes each time."""

from __future__ import annotations

import json
from typing import Any

Point = tuple[float, float]
Feature = dict[str, Any]


def polygon(ring: list[Point]) -> Feature:
    """Make a polygon of one closed ring."""
    return {"type": "Polygon", "coordinates": [ring]}


def line(points: list[Point]) -> Feature:
    """Make a line."""
    return {"type": "LineString", "coordinates": points}


def point(at: Point) -> Feature:
    """Make a point."""
    return {"type": "Point", "coordinates": at}


def feature(geometry: Feature, **properties: object) -> Feature:
    """Make a feature."""
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(name: str, features: list[Feature], crs: str) -> str:
    """Write a layer as text; `crs` is its EPSG code."""
    stated = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs}"}}
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in features)
    head = f'"type": "FeatureCollection",\n"name": "{name}",\n"crs": {json.dumps(stated)}'
    return f'{{\n{head},\n"features": [\n{rows}\n]\n}}\n'
