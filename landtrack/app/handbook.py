"""The handbook: which pages there are, which one is meant, and a page as it is now.

The pages are Markdown in ``data/docs/LANG``; ``<!-- generated: keys -->`` and the like in them
stand for what the types say.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from landtrack.app import desk_roles
from landtrack.app.case_types import Leaf
from landtrack.model import catalog, translations
from landtrack.model.errors import SourceError
from landtrack.output.reports import handbook, handbook_html
from landtrack.output.reports.handbook import Described

TOPICS = (
    "start", "desk", "tasks", "catalog", "formats", "map", "vetting", "sheets", "tracking",
    "stores", "people", "reports", "commands", "tables", "python", "trust",
)
"""The pages, in the order in which one reads them."""
GENERATED = re.compile(r"<!-- generated: (\w+) -->")


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page: its title, the line that says what is in it, and the whole as Markdown."""

    topic: str
    title: str
    line: str
    text: str


def page(topic: str, lang: str, described: Sequence[Described] = ()) -> Page:
    """Read a page, its generated parts filled in.

    ``described``: The commands in that language, for the page of commands.
    Raises SourceError: If there is no such topic.
    Raises CatalogError: If a key or a column is not explained in that language.
    """
    if topic not in TOPICS:
        words = handbook.words_of(lang)
        near = difflib.get_close_matches(topic.lower(), TOPICS, n=1, cutoff=0.5)
        raise SourceError(
            words("help.no_topic", topic=topic),
            mend=words("help.nearest", topic=near[0]) if near
            else words("help.use_one", topics=words("help.list").join(TOPICS)),
        )
    text = _file(topic, lang).read_text(encoding="utf-8")
    parts: dict[str, Callable[[], str]] = {
        "keys": lambda: handbook.keys(lang), "tables": lambda: handbook.tables(lang),
        "steps": lambda: handbook.steps(lang),
        "addresses": lambda: desk_roles.table(translations.load(lang)),
        "commands": lambda: handbook.commands(described, lang),
    }
    text = GENERATED.sub(lambda match: parts[match[1]](), text)
    title, line, *_ = [each for each in text.splitlines() if each.strip()]
    return Page(topic=topic, title=title.removeprefix("# "), line=line, text=text)


def pages(lang: str, described: Sequence[Described] = ()) -> tuple[Page, ...]:
    """Read all pages.

    Returns: In the order of :data:`TOPICS`.
    """
    return tuple(page(topic, lang, described) for topic in TOPICS)


def to_html(lang: str, described: Sequence[Described] = ()) -> str:
    """Write the whole handbook as one page for the browser."""
    read = pages(lang, described)
    return handbook_html.to_html(
        [(each.topic, each.title, each.text) for each in read], handbook.words_of(lang)
    )


def leaf(topic: str, lang: str, addresses: Mapping[str, str]) -> Leaf:
    """Give one page for a desk, and what the others are.

    ``addresses``: Of the topics that the desk shows, this one among them.
    Raises SourceError: If there is no such topic.
    """
    own = page(topic, lang)
    return Leaf(
        title=own.title, body=handbook_html.body(own.text, addresses),
        others=tuple((each, page(each, lang).title) for each in addresses),
    )


def _file(topic: str, lang: str) -> Path:
    """Find a page: the user's before the shipped."""
    own = Path(os.environ.get("LANDTRACK_DATA", ""), "docs", lang, f"{topic}.md")
    if "LANDTRACK_DATA" in os.environ and own.is_file():
        return own
    return catalog.SHIPPED / "docs" / lang / f"{topic}.md"
