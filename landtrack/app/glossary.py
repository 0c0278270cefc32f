"""What the words of the field mean that stand on a page.

Most are in ``data/glossary``, by language; the states of a workflow are explained by the steps that
lead to them, as the workflow has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from html import unescape

from landtrack.model import NO_WORKFLOW, catalog, translations
from landtrack.model.errors import CatalogError
from landtrack.model.translations import Words

MOST_READ = 400_000
"""Characters of a page that are looked through: a list of thousands of rows repeats its words."""
MOST = 24
"""Words that are explained below a page."""
_SCRIPTS = re.compile(r"<(pre|script|svg|datalist|select|textarea)\b.*?</\1>", re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")


def on_page(page: str, words: Words, workflow: str | None = None) -> dict[str, str]:
    """Explain the words of the field that a page shows.

    ``page``: HTML.
    ``workflow``: That of its place; None where it has none.
    Returns: What each means, in the order in which they stand there first.
    """
    known = meanings(words.lang, workflow or NO_WORKFLOW)
    states = _states(words.lang, workflow or NO_WORKFLOW)
    text = unescape(_TAGS.sub(" ", _SCRIPTS.sub(" ", page[:MOST_READ])))
    found: dict[str, str] = {}
    there = tuple(each for each in known if each in text)  # most pages show few of all
    apart = tuple(each for each in there if each.isascii() or known[each] == states.get(each))
    for each in _pattern(there, apart).finditer(text) if there else ():
        name = each[0]
        found.setdefault(name, known[name])
        if len(found) == MOST:
            break
    return found


@lru_cache(maxsize=32)
def meanings(lang: str, workflow: str = NO_WORKFLOW) -> Mapping[str, str]:
    """Give what each word means, by the word."""
    told = {each["name"]: each["means"] for each in entries(lang).values()}
    return {**_states(lang, workflow), **told}


@cache
def entries(lang: str) -> Mapping[str, Mapping[str, str]]:
    """Load the words of a language with what they mean, by their keys.

    Raises CatalogError: If ``data/glossary`` is wrong.
    """
    path = catalog.data_file("glossary", lang)
    return catalog.convert(catalog.read_toml(path), dict[str, dict[str, str]], path)


@lru_cache(maxsize=256)
def _pattern(names: tuple[str, ...], apart: tuple[str, ...]) -> re.Pattern[str]:
    """Find words, the longest first; some only where they stand apart."""
    names = tuple(sorted(names, key=len, reverse=True))
    return re.compile("|".join(
        rf"(?<!\w){re.escape(each)}(?!\w)" if each in apart else re.escape(each) for each in names
    ))


@lru_cache(maxsize=32)
def _states(lang: str, workflow: str) -> dict[str, str]:
    """Explain the states of a workflow by the steps that set them."""
    words = translations.load(lang)
    try:
        tracks = catalog.workflow(workflow).tracks
    except CatalogError:
        return {}
    told = {}
    for name, track in tracks.items():
        for state in track.state:
            steps = [
                words("desk.words.step", step=words.pick(each.title), role=words.pick(each.role))
                for each in track.action if each.sets == state.code
            ]
            told[words.pick(state.title)] = words(
                "desk.words.state" if steps else "desk.words.first",
                track=words.pick(track.title) or name, steps=words("desk.words.or").join(steps),
            )
    return told
