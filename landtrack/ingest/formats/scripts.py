"""Which script bytes are, by the characters that text in an encoding is made of.

``data/encodings.toml`` lists the encodings, their letters, and where on Earth each is at home.
"""

from __future__ import annotations

import codecs
import re
from functools import cache

import msgspec

from landtrack.model import Value, catalog

Position = tuple[float, float]
"""Longitude and latitude, degrees."""
Ranges = tuple[tuple[int, int, int, int], ...]
"""First and last of the first byte, first and last of the second."""

MOSTLY = 0.5
"""Text in a double-byte encoding has at least this share of its common characters."""
SURELY = 0.95
"""An alphabet of which this share of the letters fits is as good as proven by the place."""
CASED = re.compile(rb"(?<![\x80-\xff])[\xc0-\xdf]?[\xe0-\xff]{2,}(?![\x80-\xff])")
"""A word of a Cyrillic or Greek code page: a capital or none, then small letters."""
HIGH = re.compile(rb"[\x80-\xff]+")
MOST_ACCENTS = 2
"""So many letters beyond ASCII stand next to each other in Latin words at most."""


class Alphabet(Value, frozen=True, kw_only=True):
    """An encoding of one byte a letter; ``words`` where whole words are beyond ASCII."""

    name: str
    letters: str
    words: bool = False
    region: tuple[float, float, float, float] | None = None


class Script(Value, frozen=True, kw_only=True):
    """An encoding of two bytes a character; ``only_there`` where the place must bear it out."""

    name: str
    common: Ranges
    seldom: Ranges = ()
    region: tuple[float, float, float, float]
    only_there: bool = False


class _Encodings(Value, frozen=True, kw_only=True):
    """All of them."""

    alphabet: tuple[Alphabet, ...] = msgspec.field(default_factory=tuple)
    script: tuple[Script, ...] = msgspec.field(default_factory=tuple)


@cache
def _known() -> _Encodings:
    path = catalog.data_file("", "encodings")
    return catalog.convert(catalog.read_toml(path), _Encodings, path)


def is_alphabet(name: str | None) -> bool:
    """Tell whether an encoding is one of one byte a letter, which is believed where stated.

    Returns: False for ``iso-8859-1``, which programs state that do not know.
    """
    return name in {"cp437", "cp852", "cp866"} | {each.name for each in _known().alphabet}


def reads(text: bytes, name: str) -> bool:
    """Tell whether bytes can be text of an encoding, its last character perhaps cut through.

    Returns: False where a character is none of the encoding.
    """
    try:
        codecs.getincrementaldecoder(name)().decode(text, final=False)
    except UnicodeDecodeError:
        return False
    return True


def proven(texts: list[bytes], stated: str | None, place: Position | None) -> str | None:
    """Find the encoding of two bytes that bytes prove.

    ``texts``: Texts with bytes beyond ASCII.
    ``place``: Where they belong, where it is known.
    Returns: None where they are made of the common characters of none, or are words of an alphabet
    in its own part of the world.
    """
    shares = {
        each.name: _share(texts, each) for each in _known().script
        if not each.only_there or _at(each.region, place)
    }
    home = {each.name for each in _known().script if _at(each.region, place)}
    narrow = {each.name for each in _known().script if each.only_there}
    best = max(shares, key=lambda name: (
        shares[name], name == stated, name in home and name in narrow
    ))
    if shares[best] < MOSTLY:
        return None
    if place is not None and best not in home and best != stated:
        alphabet = likeliest(texts, place)
        there = next(each for each in _known().alphabet if each.name == alphabet)
        if _fit(texts, there) >= SURELY and (there.region is None or _at(there.region, place)):
            return None
    return best


def is_abroad(name: str, place: Position | None) -> bool:
    """Tell whether a place is known and lies where an encoding of two bytes is not at home."""
    region = next(each.region for each in _known().script if each.name == name)
    return place is not None and not _at(region, place)


def likeliest(texts: list[bytes], place: Position | None) -> str:
    """Find the alphabet whose letters bytes are likeliest.

    ``texts``: Texts with bytes beyond ASCII.
    ``place``: Where they belong, where it is known.
    Returns: Of two that fit equally, the one of the region, then the first of the data.
    """
    known = _known().alphabet
    fits = [
        (_fit(texts, each), _at(each.region, place), -number) for number, each in enumerate(known)
    ]
    return known[-max(fits)[2]].name


def _at(region: tuple[float, float, float, float] | None, place: Position | None) -> bool:
    if region is None or place is None:
        return False
    west, south, east, north = region
    return west <= place[0] <= east and south <= place[1] <= north


def _fit(texts: list[bytes], alphabet: Alphabet) -> float:
    """Say which share of the letters beyond ASCII fit an alphabet, in words as it has them."""
    letters = set(alphabet.letters + alphabet.letters.upper())
    good = total = 0
    for text in texts:
        for run in HIGH.finditer(text):
            total += len(run[0])
            beside = text[max(0, run.start() - 1):run.start()] + text[run.end():run.end() + 1]
            mixed = beside.isalpha() or any(each.isalpha() for each in beside.decode("ascii"))
            if mixed if alphabet.words else len(run[0]) > MOST_ACCENTS:
                continue
            good += sum(
                each in letters for each in run[0].decode(alphabet.name, errors="replace")
            )
    return good / total if total else 0.0


def _share(texts: list[bytes], script: Script) -> float:
    """Say which share of the characters are common ones; 0 where a text cannot be read.

    Where none but seldom ones stand beside them, as in short names, and the bytes are no words
    of an alphabet, these count as well.
    """
    common = seldom = total = 0
    for text in texts:
        if not reads(text, script.name):
            return 0.0
        decoder = codecs.getincrementaldecoder(script.name)()
        for character in decoder.decode(text, final=False):
            if character.isascii():
                continue
            pair = character.encode(script.name)
            total += 1
            common += _within(pair, script.common)
            seldom += _within(pair, script.seldom)
    if not total:
        return 0.0
    if common + seldom == total and not all(CASED.search(text) for text in texts):
        return max(common / total, MOSTLY)
    return common / total


def _within(pair: bytes, ranges: Ranges) -> bool:
    if len(pair) != 2:  # noqa: PLR2004  bytes
        return False
    return any(
        low <= pair[0] <= high and first <= pair[1] <= last for low, high, first, last in ranges
    )
