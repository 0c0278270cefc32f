"""How Chinese characters are read: a search by the letters that a planner types.

``gyyq`` and ``gongye`` find 工业园区, ``cq`` and ``chongqing`` 重庆: what is typed is cut into
readings, each whole or by its first letter (zh, ch, sh by two as well), the last by any beginning.
A character is found by each of its readings, ü as v. The page of a map does the same
(``frontend/core/pinyin.js``).
"""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

TONES = re.compile("[\u0300-\u0304\u030c]")
PAIRS = ("zh", "ch", "sh")
TYPED = re.compile(r"(?=.*[a-z])[a-z0-9]{1,30}")
BETWEEN = re.compile(r"[\s'’·-]+")
FIRST = "\u2e80"
"""Before the first character of Chinese."""


def readings(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Give the readings of the characters of texts.

    Returns: By character, in their order; letters without accents. Others are left out.
    """
    known = _known()
    return {
        letter: made for letter in sorted(set().union(*texts))
        if letter >= FIRST and (made := _plain(known.get(str(ord(letter)), "")))
    }


class Search:
    """What was typed, as letters that characters may be read by.

    ``typed``: Anything; of what can be no reading nothing is found.
    """

    def __init__(self, typed: str) -> None:
        plain = BETWEEN.sub("", typed.casefold()).replace("ü", "v")
        self.letters = plain if TYPED.fullmatch(plain) else ""
        self._moves: dict[str, tuple[tuple[int, int], ...]] = {}

    def finds(self, text: str) -> bool:
        """Tell whether a part of a text is read as what was typed."""
        if not self.letters or text.isascii():
            return False
        last, at = 1 << len(self.letters), 0
        for letter in text.casefold():
            moves = self._moves.get(letter)
            if moves is None:
                moves = self._moves[letter] = self._made(letter)
            at, before = 0, at | 1
            for come, gone in moves:
                if before & come:
                    at |= gone
            if at & last:
                return True
        return False

    def _made(self, letter: str) -> tuple[tuple[int, int], ...]:
        """List how far a character leads in the letters, from each place in them, as bits."""
        sounds = readings([letter]).get(letter, (letter,))
        return tuple(
            (1 << place, 1 << place + far) for place in range(len(self.letters))
            for far in _lengths(sounds, self.letters[place:])
        )


def _lengths(sounds: Iterable[str], rest: str) -> set[int]:
    """List how many letters a character may stand for at the beginning of some."""
    made = set()
    for sound in sounds:
        made |= {len(part) for part in (sound, sound[:1]) if rest.startswith(part)}
        if sound[:2] in PAIRS and rest.startswith(sound[:2]):
            made.add(2)
        if sound.startswith(rest):
            made.add(len(rest))
    return made


def _plain(accented: str) -> tuple[str, ...]:
    """Take the tones off readings that stand behind commas."""
    plain = TONES.sub("", unicodedata.normalize("NFD", accented)).replace("u\u0308", "v")
    return tuple(dict.fromkeys(each for each in plain.split(",") if each.isalpha()))


@cache
def _known() -> dict[str, str]:
    """Load the readings by code point.

    The package beside the file loads readings of phrases too: half a second, and nothing to us.
    """
    found = importlib.util.find_spec("pypinyin")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("pypinyin is not installed")
    told = Path(found.origin).with_name("pinyin_dict.json").read_bytes()
    return msgspec.json.decode(told, type=dict[str, str])
