"""Puts the page together: the map, its layers, and what stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import folium

from landtrack import symbology, text
from landtrack.webmap import card, layers, shapes
from landtrack.webmap.elements import FeatureLayer, Runtime, Surround, json_text
from landtrack.webmap.offline import OfflineFigure

if TYPE_CHECKING:
    from landtrack.model import Result
    from landtrack.text import Words

CHINA = (35.0, 105.0)
"""Where a map without any shape opens."""

NEEDED = {"leaflet", "leaflet_css"}
MAX_ZOOM, MIN_ZOOM = 22, 3


def build(result: Result) -> folium.Map:
    """Make the interactive map of a result.

    Parameters
    ----------
    result
        The result of a run.

    Returns
    -------
    folium.Map
        A map without tiles, to which elements of folium may be added that need no
        further script; :func:`to_html` writes it.

    Raises
    ------
    CatalogError
        If a word or a look is missing.
    CRSError
        If a layer has no CRS, or there is no way from it to WGS 84.
    """
    words = text.load(result.lang)
    figure = OfflineFigure(words.pick(result.place.title), result.lang)
    page = folium.Map(
        location=CHINA, zoom_start=4, tiles=None, prefer_canvas=True, zoom_control=False,
        zoom_snap=0.25, wheel_px_per_zoom_level=90,
    )
    page.default_js = [each for each in folium.Map.default_js if each[0] in NEEDED]
    page.default_css = [each for each in folium.Map.default_css if each[0] in NEEDED]
    page.options |= {"max_zoom": MAX_ZOOM, "min_zoom": MIN_ZOOM}
    figure.add_child(page)
    page.add_child(Runtime())  # type: ignore[no-untyped-call]
    kinds = sorted(
        (kind for kind in result.layers if kind in result.schemas), key=symbology.load().order
    )
    for kind in kinds:
        data = layers.layer_json(result, kind, words)
        page.add_child(FeatureLayer(kind, words(f"kind.{kind}"), data))
    page.add_child(Surround(page_json(result, words)))
    return page


def to_html(page: folium.Map) -> str:
    """Write a map as one page that needs no network.

    Parameters
    ----------
    page
        What :func:`build` gave, with or without further elements.

    Returns
    -------
    str
        The page; the same result gives the same text.

    Raises
    ------
    OutputError
        If an element was added that loads a script or style sheet from the network.
    """
    return str(page.get_root().render())


def page_json(result: Result, words: Words) -> str:
    """Write all that stands around the map as the page reads it.

    Parameters
    ----------
    result
        The result of a run.
    words
        The words of the language.

    Returns
    -------
    str
        JSON.
    """
    place = result.place
    return json_text(
        {
            "title": words.pick(place.title),
            "subtitle": _subtitle(result, words),
            "notice": words.pick(place.notice),
            "attributions": sorted(
                {each.attribution for each in place.layers if each.attribution}
            ),
            "bounds": shapes.bounds(result.layers),
            "groups": _groups(result, words),
            "plots": card.cards(result, words),
            "words": _spoken(words),
        }
    )


def _subtitle(result: Result, words: Words) -> str:
    """Say as of when the map holds, and by which rules."""
    pack = words.pick(result.pack.title)
    if result.place.as_of is None:
        return words("map.subtitle_undated", pack=pack)
    return words("map.subtitle", date=words.value(result.place.as_of), pack=pack)


def _groups(result: Result, words: Words) -> list[dict[str, Any]]:
    """List the layers that there are, group by group."""
    order = symbology.load().groups
    kinds = [kind for kind in result.layers if kind in result.schemas]
    named = {result.schemas[kind].group for kind in kinds}
    groups = [*(each for each in order if each in named), *sorted(named - set(order))]
    return [
        {
            "title": words(f"group.{group}"),
            "layers": [
                layers.legend(result, kind, words)
                for kind in sorted(kinds, key=symbology.load().place)
                if result.schemas[kind].group == group
            ],
        }
        for group in groups
    ]


def _spoken(words: Words) -> dict[str, str]:
    """Hand over the words that the scripts of the page say themselves."""
    tables = ("map.", "card.", "legend.")
    return {key: each for key, each in words.entries.items() if key.startswith(tables)}
