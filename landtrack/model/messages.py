"""Expected failures in the language of the reader: their cause and mend are English where raised.

What the same is in another language stands in ``data/messages/LANG.toml`` under the English
sentence, with ``{1}`` and so on where a value goes.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache

from landtrack.model.catalog import SHIPPED


def of_error(english: str, lang: str) -> str:
    """Say the cause or the mend of an expected failure in a language.

    ``english``: The sentence as it was raised.
    Returns: The same in that language, by the pattern that explains most letters of it, those of
    the values included; as it is where there is none.
    """
    return _explained(english, "error", lang)[1]


def _explained(english: str, table: str, lang: str) -> tuple[int, str]:
    """Say a sentence of a table, and how many of its letters that explains."""
    best = 0, english
    for pattern, other, letters in _patterns(lang, table):
        if (match := pattern.fullmatch(english)) is not None:
            values = [_of_value(each, lang) for each in match.groups()]
            said = other.format("", *(said for _, said in values))
            best = max(best, (letters + sum(each for each, _ in values), said))
    return best


def _of_value(english: str, lang: str) -> tuple[int, str]:
    """Say what stands for a value: a part of a sentence, or the cause of another failure."""
    part = _explained(english, "part", lang)
    return part if part[0] or not english.endswith(".") else _explained(english, "error", lang)


@cache
def _patterns(lang: str, table: str) -> list[tuple[re.Pattern[str], str, int]]:
    """Make patterns of the messages that hold ``{1}`` and so on where a value goes."""
    path = SHIPPED / "messages" / f"{lang}.toml"
    said = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    made = []
    for english, other in said.get(table, {}).items():
        parts = re.split(r"\{\d+\}", english)
        plain = [each.replace("{{", "{").replace("}}", "}") for each in parts]
        pattern = re.compile("(.*?)".join(map(re.escape, plain)), re.DOTALL)
        made.append((pattern, other, sum(map(len, plain))))
    return made
