"""Looks for a screen: what stands in points of print, in pixels."""

from __future__ import annotations

from typing import Any

from landtrack.output.style.symbology import Style

PX_PER_POINT = 4 / 3


def look(style: Style) -> dict[str, Any]:
    """Turn a look in points into one in pixels."""
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
