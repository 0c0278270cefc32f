"""The handbook as one page for the browser: all topics, no script, nothing from the network."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping

import jinja2
from markdown_it import MarkdownIt

from landtrack.model.catalog import SHIPPED
from landtrack.model.translations import Words


def to_html(pages: Iterable[tuple[str, str, str]], words: Words) -> str:
    """Write pages as one page.

    ``words``: Those of :func:`landtrack.output.reports.handbook.words_of`.
    """
    read = list(pages)
    known = {topic: f"#{topic}" for topic, _, _ in read}
    written = [
        {"topic": topic, "title": title, "body": body(text, known)} for topic, title, text in read
    ]
    folder = jinja2.FileSystemLoader(SHIPPED / "templates")
    template = jinja2.Environment(loader=folder, autoescape=True).get_template("handbook.html.j2")
    return template.render(pages=written, lang=words.lang, words=words)


def body(text: str, known: Mapping[str, str]) -> str:
    """Render one page.

    ``known``: The addresses of topics: what names one leads there.
    """
    return _PICTURE.sub(_inline, re.sub(
        r"<code>landtrack help (\w+)</code>",
        lambda match: (
            f'<a href="{known[match[1]]}">{match[0]}</a>' if match[1] in known else match[0]
        ), _boxed(_RENDER.render(text)),
    ))


_PICTURE = re.compile(r'src="\.\./pictures/([\w-]+\.webp)"')


def _inline(named: re.Match[str]) -> str:
    """Put a picture into the page: it goes wherever the page goes."""
    data = (SHIPPED / "docs" / "pictures" / named[1]).read_bytes()
    return f'src="data:image/webp;base64,{base64.b64encode(data).decode()}" loading="lazy"'


_RENDER = MarkdownIt("commonmark", {"html": False}).enable("table")


PLAIN = str.maketrans(
    {"━": "-", "─": "-", "┃": "|", "│": "|"} | dict.fromkeys("┏┳┓┡╇┩├┼┤└┴┘", "+")
)
"""Frames of tables by signs that take one column in every font."""


def _boxed(body: str) -> str:
    """Put tables into boxes that scroll by themselves on a narrow screen."""
    boxed = body.translate(PLAIN).replace("<table>", '<div class="wide" tabindex="0"><table>')
    return boxed.replace("</table>", "</table></div>")
