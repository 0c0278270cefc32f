"""The parcel code of GB/T 37346: read, put together of its parts, and spaced as it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal

from landtrack.model import Value, catalog


class Part(Value, frozen=True, kw_only=True):
    """A part of the code; ``letters`` are those that may stand at each of its places."""

    name: str
    length: int
    shape: Literal["digits", "letters"]
    letters: tuple[str, ...] = ()


class Fixture(Value, frozen=True, kw_only=True):
    """What may follow: a letter and so many digits."""

    letters: str
    digits: int


class Together(Value, frozen=True, kw_only=True):
    """A second letter that stands only behind a first one."""

    first: str
    second: str


class Grammar(Value, frozen=True, kw_only=True):
    """How a code is made up, and where that stands."""

    source: str
    part: tuple[Part, ...]
    fixture: Fixture
    together: tuple[Together, ...] = ()


@cache
def grammar() -> Grammar:
    """Load how a code is made up."""
    path = catalog.data_file("", "parcel_code")
    return catalog.convert(catalog.read_toml(path), Grammar, path)


@cache
def _pattern() -> re.Pattern[str]:
    own = grammar()
    parts = [
        f"[0-9]{{{each.length}}}" if each.shape == "digits"
        else "".join(f"[{letters}]" for letters in each.letters)
        for each in own.part
    ]
    fixture = f"[{own.fixture.letters}][0-9]{{{own.fixture.digits}}}"
    return re.compile("".join(f"({each})" for each in parts) + f"({fixture})?")


def spaced(text: str) -> str | None:
    """Write a code with blanks between its parts.

    ``text``: A code, with or without blanks.
    Returns: Such as ``340123 002 004 GB 00011``; None where it is no code.
    """
    found = _pattern().fullmatch("".join(text.split()))
    if found is None:
        return None
    parts = [each for each in found.groups() if each]
    letters = next(
        each for each, part in zip(parts, grammar().part, strict=False) if part.shape == "letters"
    )
    if any(letters[1] == each.second and letters[0] != each.first for each in grammar().together):
        return None
    return " ".join(parts)


def composed(stated: Mapping[str, str]) -> str | None:
    """Put a code together of its parts.

    ``stated``: The parts by name, among other values.
    Returns: As :func:`spaced`; None where one is not stated, or they make no code.
    """
    return spaced("".join(stated.get(each.name, "").strip() or "?" for each in grammar().part))
