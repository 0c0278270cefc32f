"""Expected failures in the language of the reader: their cause and mend are English where raised.

What the same is in another language stands in ``data/messages/LANG.toml`` under the English
sentence, with ``{1}`` and so on where a value goes. Of mends that name a command of the terminal,
``data/desk_mends.toml`` says what to do in the desk.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from landtrack.model.catalog import SHIPPED


def of_error(english: str, lang: str) -> str:
    """Say the cause or the mend of an expected failure in a language.

    ``english``: The sentence as it was raised.
    Returns: The same in that language, by the pattern that explains most letters of it, those of
    the values included; as it is where there is none.
    """
    return _explained(english, "error", lang)[1]


def in_desk(english: str, lang: str) -> str:
    """Say the mend of an expected failure to somebody who is at the desk.

    ``english``: The sentence as it was raised.
    Returns: What to do there; as :func:`of_error` has it where that is the same.
    """
    of_desk = _by(_patterns_of(SHIPPED / "desk_mends.toml", lang), english, lang)
    return of_desk[1] if of_desk[0] else of_error(english, lang)


def _explained(english: str, table: str, lang: str) -> tuple[int, str]:
    """Say a sentence of a table, and how many of its letters that explains."""
    return _by(_patterns_of(SHIPPED / "messages" / f"{lang}.toml", table), english, lang)


def _by(
    patterns: list[tuple[re.Pattern[str], str, int]], english: str, lang: str
) -> tuple[int, str]:
    """Say a sentence by the pattern that explains most of its letters, and how many."""
    best = 0, english
    for pattern, other, letters in patterns:
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
def _patterns_of(path: Path, table: str) -> list[tuple[re.Pattern[str], str, int]]:
    """Make patterns of the sentences of a table that hold ``{1}`` and so on for a value."""
    said = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    made = []
    for english, other in said.get(table, {}).items():
        parts = re.split(r"\{\d+\}", english)
        plain = [each.replace("{{", "{").replace("}}", "}") for each in parts]
        pattern = re.compile("(.*?)".join(map(re.escape, plain)), re.DOTALL)
        made.append((pattern, other, sum(map(len, plain))))
    return made
