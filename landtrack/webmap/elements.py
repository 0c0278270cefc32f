"""The elements of the page: what is drawn by, each layer, and what stands around the map."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import jinja2
from branca.element import Element, Figure, MacroElement
from folium.map import Layer

from landtrack.errors import OutputError
from landtrack.webmap.offline import TEMPLATES, Verbatim

SCRIPTS = ("dom", "draw", "layers", "panel", "card", "app")
"""The scripts of ours, in the order in which they build on each other."""

UNSAFE = re.compile("[<>&\u2028\u2029]")


def json_text(value: object) -> str:
    """Write data as JSON that can stand in a page.

    Parameters
    ----------
    value
        Text, numbers, lists and dictionaries.

    Returns
    -------
    str
        JSON in which nothing can end the element that it stands in.
    """
    return safe(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False))


def safe(text: str) -> str:
    r"""Escape what could be read as markup in a JSON text.

    Parameters
    ----------
    text
        JSON.

    Returns
    -------
    str
        The same JSON, with ``<``, ``>``, ``&`` and the line ends of Unicode as ``\uXXXX``.
    """
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def figure_of(element: Element) -> Figure:
    """Give the page that an element stands in.

    Parameters
    ----------
    element
        An element of a map.

    Returns
    -------
    Figure
        The page.

    Raises
    ------
    OutputError
        If it stands in none.
    """
    root = element.get_root()
    if not isinstance(root, Figure):
        raise OutputError(
            "An element of the map stands in no page.", mend="Add it to a map before rendering."
        )
    return root


class Runtime(MacroElement):
    """The scripts and the style of ours; must come before all other elements."""

    def render(self, **_kwargs: Any) -> str:  # noqa: ANN401  # numpydoc ignore=PR01
        """Put them into the head of the page, behind Leaflet.

        Returns
        -------
        str
            Nothing: the page is written from its parts.
        """
        figure_of(self).header.add_child(Verbatim(_runtime()), name="landtrack")
        return ""


class FeatureLayer(Layer):
    """One layer: its features as a block of data, drawn on the map's one canvas.

    Parameters
    ----------
    kind
        The layer kind.
    title
        Its name for people.
    data
        What :func:`landtrack.webmap.layers.layer_json` gives.
    """

    _template = jinja2.Template((TEMPLATES / "layer.js.j2").read_text("utf-8"))

    def __init__(self, kind: str, title: str, data: str) -> None:
        super().__init__(name=title, overlay=True, control=True, show=True)
        self._name = "FeatureLayer"
        self.kind = kind
        self.data = data

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401  # numpydoc ignore=PR01
        """Put the data into the page, and the drawing of it into its script.

        Parameters
        ----------
        **kwargs
            Handed on to the elements.

        Returns
        -------
        str
            Nothing: the page is written from its parts.
        """
        block = f'<script type="application/json" id="layer-{self.kind}">{self.data}</script>'
        figure_of(self).html.add_child(Verbatim(block), name=f"layer-{self.kind}")
        # Not the render of folium's Layer: it would add the layer anew at every rendering.
        MacroElement.render(self, **kwargs)  # type: ignore[no-untyped-call]
        return ""


class Surround(MacroElement):
    """What stands around the map: title, layers and legend, cards; must come last.

    Parameters
    ----------
    data
        What :func:`landtrack.webmap.page.page_json` gives.
    """

    _template = jinja2.Template((TEMPLATES / "surround.js.j2").read_text("utf-8"))

    def __init__(self, data: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Surround"
        self.data = data

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401  # numpydoc ignore=PR01
        """Put the data into the page, and the start into its script.

        Parameters
        ----------
        **kwargs
            Handed on to the elements.

        Returns
        -------
        str
            Nothing: the page is written from its parts.
        """
        block = f'<script type="application/json" id="landtrack-page">{self.data}</script>'
        figure_of(self).html.add_child(Verbatim(block), name="landtrack-page")
        super().render(**kwargs)  # type: ignore[no-untyped-call]
        return ""


@cache
def _runtime() -> str:
    """Read the scripts and the style of ours."""
    style = (TEMPLATES / "map.css").read_text("utf-8")
    scripts = "\n".join((TEMPLATES / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    return f"<style>\n{style}</style>\n<script>\n{scripts}</script>"
