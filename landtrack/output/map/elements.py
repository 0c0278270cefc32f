"""The elements of the page: what is drawn by, each layer, and what stands around the map."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import jinja2
from branca.element import Element, MacroElement
from folium.map import Layer

from landtrack.model import translations
from landtrack.model.errors import OutputError
from landtrack.output.map import encode
from landtrack.output.map.offline import TEMPLATES, OfflineFigure, Verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landtrack.output.map.folder import Folder
    from landtrack.output.map.layers import LayerData

UNSAFE = re.compile("[<>&\u2028\u2029]")


def json_text(value: object) -> str:
    """Write data as JSON that can stand in a page.

    Returns: JSON in which nothing can end the element that it stands in.
    """
    return safe(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False))


def safe(text: str) -> str:
    r"""Escape what could be read as markup in a JSON text.

    Returns: The same JSON, with ``<``, ``>``, ``&`` and the line ends of Unicode as ``\uXXXX``.
    """
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def figure_of(element: Element) -> OfflineFigure:
    """Give the page that an element stands in.

    Raises OutputError: If it stands in none.
    """
    root = element.get_root()
    if not isinstance(root, OfflineFigure):
        raise OutputError(
            "An element of the map stands in no page.", mend="Add it to a map before rendering."
        )
    return root


class Runtime(MacroElement):
    """The scripts and the style of ours; must come before all other elements."""

    def render(self, **_kwargs: Any) -> str:  # noqa: ANN401
        """Put them into the head of the page, behind Leaflet."""
        figure_of(self).header.add_child(Verbatim(_runtime()), name="landtrack")
        return ""


class FeatureLayer(Layer):
    """One layer: what is known of it and its small shapes as data, drawn by scripts of ours.

    ``data``: What :func:`landtrack.output.map.layers.layer_data` gives.
    """

    _template = jinja2.Template((TEMPLATES / "layer.js.j2").read_text("utf-8"))

    def __init__(self, title: str, data: LayerData) -> None:
        super().__init__(name=title, overlay=True, control=True, show=True)
        self._name = "FeatureLayer"
        self.kind = data.head["kind"]
        self.data = data

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401
        """Put the data into the page, and the drawing of it into its script."""
        text = json_text(self.data.head)
        if self.data.features is not None:
            text = f'{text[:-1]},"features":{self.data.features}}}'
        block = f'<script type="application/json" id="layer-{self.kind}">{text}</script>'
        figure_of(self).html.add_child(Verbatim(block), name=f"layer-{self.kind}")
        # Not the render of folium's Layer: it would add the layer anew at every rendering.
        MacroElement.render(self, **kwargs)  # type: ignore[no-untyped-call]
        return ""


class DataBlocks(MacroElement):
    """The columns and shapes of all layers: in the page, or in a folder beside it."""

    def __init__(self, layers: list[LayerData]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "DataBlocks"
        self.layers = layers
        self.folder = ""

    @property
    def count(self) -> int:
        """The number of features of all layers."""
        return sum(int(each.head["count"]) for each in self.layers)

    def render(self, **_kwargs: Any) -> str:  # noqa: ANN401
        """Put the blocks into the page, or say in it where they are."""
        html = figure_of(self).html
        where = json_text({"folder": self.folder})
        html.add_child(
            Verbatim(f'<script type="application/json" id="landtrack-blocks">{where}</script>'),
            name="landtrack-blocks",
        )
        text = "" if self.folder else "\n".join(
            f'<script type="text/plain" id="block:{name}">{_packed(name, content)}</script>'
            for name, content in self._blocks()
        )
        html.add_child(Verbatim(text), name="landtrack-block-data")
        return ""

    def write(self, folder: Folder) -> None:
        """Write the blocks into a folder."""
        for name, content in self._blocks():
            folder[name] = content

    def _blocks(self) -> Iterator[tuple[str, bytes]]:
        """Give all blocks that are not written yet."""
        for layer in self.layers:
            if isinstance(layer.blocks, dict):
                yield from layer.blocks.items()


class Surround(MacroElement):
    """What stands around the map: title, layers and legend, cards; must come last.

    ``data``: What :func:`landtrack.output.map.page.page_json` gives.
    """

    _template = jinja2.Template((TEMPLATES / "surround.js.j2").read_text("utf-8"))

    def __init__(self, data: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Surround"
        self.data = data

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401
        """Put the data into the page, and the start into its script."""
        without = "".join(
            f'<span lang="{lang}">{translations.load(lang)("map.no_script")}</span>'
            for lang in translations.languages()
        )
        block = (
            f'<noscript><p class="lt-no-script">{without}</p></noscript>'
            f'<script type="application/json" id="landtrack-page">{self.data}</script>'
        )
        figure_of(self).html.add_child(Verbatim(block), name="landtrack-page")
        super().render(**kwargs)  # type: ignore[no-untyped-call]
        return ""


def _packed(name: str, content: bytes) -> str:
    """Write a block as text."""
    return encode.block(content, repeats="/shapes/" not in name)


@cache
def _runtime() -> str:
    """Read the style and the script of ours, which is bundled from the modules in ``frontend``."""
    style = (TEMPLATES / "map.css").read_text("utf-8")
    script = (TEMPLATES / "page.js").read_text("utf-8")
    return f"<style>\n{style}</style>\n<script>\n{script}</script>"
