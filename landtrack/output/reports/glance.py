"""A vetted place at a glance: what a notebook shows of it."""

from __future__ import annotations

from html import escape

import numpy as np
import shapely

from landtrack.assessment.rules import verdicts
from landtrack.model.assessment import Assessment
from landtrack.output.reports.document.shapes import path
from landtrack.output.style import symbology

WIDTH, HEIGHT = 420, 300
"""Of the small map at most, in pixels."""
MARGIN = 6
MOST = 2000
"""Plots that are drawn as they are; of more only their middles."""
WORST = 8
"""Plots that are named."""


def html(result: Assessment) -> str:
    """Say how a place stands: verdicts, the plots that fail, a map of the plots by verdict.

    Returns: A piece of HTML that needs nothing else, in the language of the place.
    """
    words, plots = result.words, result.layers["plots"]
    verdict = plots["verdict"].astype(str)
    counts = verdict.value_counts()
    looks = symbology.load()
    marks = "".join(
        f'<tr><td style="text-align:left"><span style="display:inline-block;width:.8em;height:.8em;'
        f'background:{looks.style("plots", each).fill};border:1px solid #888"></span> '
        f"{escape(words(f'outcome.{each}'))}</td>"
        f'<td style="text-align:right">{counts[each]:,}</td></tr>'
        for each in verdicts.VERDICTS if each in counts
    )
    fails = [str(key) for key in plots.index[verdict == verdicts.VERDICTS[0]]]
    named = ", ".join(map(escape, fails[:WORST])) + (" …" if len(fails) > WORST else "")
    found = result.table("issues")
    lines = [
        words("desk.rules", rules=", ".join(each.id for each in result.packs))
        if result.packs else words("map.no_rules"),
        words("desk.overview.questions", count=f"{0 if found is None else len(found):,}"),
    ]
    return (
        '<div style="display:flex;gap:1.5em;flex-wrap:wrap;align-items:flex-start"><div>'
        f"<b>{escape(result.title)}</b><br>{escape(result.notice)}"
        f'<table style="margin:.5em 0"><tbody>{marks}</tbody></table>'
        + (f"<div>{escape(words('outcome.fail'))}: {named}</div>" if fails else "")
        + "".join(f"<div>{escape(each)}</div>" for each in lines)
        + f"</div>{_map(result)}</div>"
    )


def _map(result: Assessment) -> str:
    """Draw the plots by verdict, north up."""
    plots, looks = result.layers["plots"], symbology.load()
    shapes = shapely.force_2d(plots.geometry.to_numpy())
    there = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    if not there.any():
        return ""
    shapes = shapes[there]
    if len(shapes) > MOST:
        shapes = shapely.point_on_surface(shapes)
    verdict = plots["verdict"].astype(str).to_numpy()[there]
    west, south, east, north = shapely.total_bounds(shapes)
    scale = min((WIDTH - 2 * MARGIN) / max(east - west, 1), (HEIGHT - 2 * MARGIN) / max(
        north - south, 1))
    placed = shapely.transform(
        shapes, lambda at: (at - (west, north)) * (scale, -scale) + (MARGIN, MARGIN)
    )
    drawn = "".join(
        f'<path d="{path(placed[verdict == each])}" fill="{style.fill}" stroke="{style.stroke}" '
        f'stroke-width="{3 if len(shapes) > MOST else 0.6}" stroke-linecap="round"/>'
        for each in verdicts.VERDICTS[::-1] if (verdict == each).any()
        for style in (looks.style("plots", each),)
    )
    width, height = (round(2 * MARGIN + scale * each, 1) for each in (east - west, north - south))
    return (
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(result.title)}" style="background:#fff;border:1px solid #ccc">'
        f"{drawn}</svg>"
    )
