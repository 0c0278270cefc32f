"""A page without links: what folium would load from the network stands in the page itself."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from branca.element import CssLink, Element, Figure, JavascriptLink
from folium.raster_layers import TileLayer, WmsTileLayer
from xstatic.pkg import leaflet

from landtrack.model.errors import OutputError
from landtrack.output.map.basemaps import origin

TEMPLATES = Path(__file__).parents[2] / "data" / "templates"
LEAFLET = Path(leaflet.BASE_DIR)
IMAGES = LEAFLET / "images"

LEAFLET_LINK = re.compile(r"leaflet(@|/)[0-9.]+(/dist)?/leaflet(\.min)?\.(?P<kind>js|css)$")
"""The addresses under which folium names Leaflet itself, and none of its plugins."""

INLINE_SCRIPT = re.compile("<script>(.*?)</script>", re.DOTALL)
ELEMENT_ID = re.compile(r"(?<=[a-z]_)[0-9a-f]{32}(?![0-9a-f])")
DATA_BLOCK = re.compile(r'(<script type="application/json".*?</script>)', re.DOTALL)
CSS_URL = re.compile(r"url\((?P<quote>['\"]?)(?P<path>[^)'\"#][^)'\"]*)(?P=quote)\)")


class Verbatim(Element):
    """Text of a page that is written as it is, and never read as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **_kwargs: Any) -> str:  # noqa: ANN401
        """Write the text."""
        return self.text


class OfflineFigure(Figure):
    """The outermost element of a page that loads nothing."""

    _template = jinja2.Template((TEMPLATES / "figure.html.j2").read_text("utf-8"))

    def __init__(self, title: str, lang: str) -> None:
        super().__init__(height="640px", title=title)
        self.lang = lang
        self.image_hosts: list[str] = []
        self.script_files = False

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401
        """Write the page.

        Returns: The page; the same tree of elements gives the same text.
        Raises OutputError: If an element needs a script or style sheet that is not at hand.
        """
        for child in tuple(self._children.values()):
            child.render(**kwargs)
        for name, link in tuple(self.header._children.items()):  # noqa: SLF001  branca has no other way
            if isinstance(link, (JavascriptLink, CssLink)):
                self.header.add_child(inline(link), name=name)
        return self._with_policy(sequential(self._template.render(this=self, kwargs=kwargs)))

    def _with_policy(self, page: str) -> str:
        """Say in the page what it needs, so that the browser refuses all else.

        Scripts are those that stand in the page, known by their hashes, and those of the
        folder beside it where there is one. Leaflet sets styles, so those are left free.
        """
        scripts = [
            f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'"
            for each in dict.fromkeys(INLINE_SCRIPT.findall(page))
        ]
        if self.script_files:
            scripts += ["'self'", "file:"]
        policy = "; ".join([
            "default-src 'none'", f"script-src {' '.join(scripts)}",
            "style-src 'unsafe-inline'",
            " ".join(["img-src data: blob:", *self.image_hosts, *self._tile_hosts()]),
            "base-uri 'none'", "form-action 'none'",
        ])
        tag = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        return page.replace("<head>", f"<head>\n{tag}", 1)

    def _tile_hosts(self) -> list[str]:
        """List where layers of tiles that a user added come from."""
        found: list[str] = []
        waiting = [*self._children.values()]
        while waiting:
            each = waiting.pop()
            waiting += each._children.values()  # noqa: SLF001  branca has no other way
            if isinstance(each, (TileLayer, WmsTileLayer)):
                found.append(origin(each.tiles if isinstance(each, TileLayer) else each.url))
        return found


def inline(link: JavascriptLink | CssLink) -> Element:
    """Give the contents of a link as an element.

    Raises OutputError: If it is not a part of Leaflet.
    """
    match = LEAFLET_LINK.search(link.url)
    if match is None:
        raise OutputError(
            f"An element of the map loads {link.url} from the network.",
            mend="Remove that element: the map holds Leaflet only, so that it opens offline. "
            "Elements that need no further script, such as folium.Marker, may be added.",
        )
    return Verbatim(leaflet_script() if match["kind"] == "js" else leaflet_style())


@cache
def leaflet_script() -> str:
    """Read Leaflet's script, with the images of its markers."""
    source = (LEAFLET / "leaflet.js").read_text("utf-8")
    source = re.sub(r"//# sourceMappingURL=.*", "", source)
    icons = (
        "L.Icon.Default.imagePath='';L.Icon.Default.mergeOptions({"
        f"iconUrl:'{data_uri(IMAGES / 'marker-icon.png')}',"
        f"iconRetinaUrl:'{data_uri(IMAGES / 'marker-icon-2x.png')}',"
        f"shadowUrl:'{data_uri(IMAGES / 'marker-shadow.png')}'}});"
    )
    return f"<script>{source}\n{icons}</script>"


@cache
def leaflet_style() -> str:
    """Read Leaflet's style sheet, with its images as data."""
    source = (LEAFLET / "leaflet.css").read_text("utf-8")
    return f"<style>{CSS_URL.sub(_inline_url, source)}</style>"


def data_uri(path: Path) -> str:
    """Write an image as an address that holds it.

    Returns: A ``data:`` address.
    Raises OutputError: If the file is not there.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise OutputError(
            f"{path} cannot be read: {error.strerror}.",
            mend="Install the package XStatic-Leaflet anew.",
        ) from error
    return f"data:image/png;base64,{base64.b64encode(content).decode('ascii')}"


def sequential(page: str) -> str:
    """Replace the random names of elements by numbers in the order of the page.

    Returns: The same page; blocks of data are left as they are.
    """
    parts = DATA_BLOCK.split(page)
    numbers: dict[str, str] = {}
    for text in parts[::2]:
        for name in ELEMENT_ID.findall(text):
            numbers.setdefault(name, str(len(numbers) + 1))
    parts[::2] = [ELEMENT_ID.sub(lambda found: numbers[found[0]], text) for text in parts[::2]]
    return "".join(parts)


def _inline_url(found: re.Match[str]) -> str:
    """Write one ``url()`` of a style sheet with its image in it."""
    return f"url({data_uri(LEAFLET / found['path'])})"
