"""What cannot be seen, or moves what stands beside it, is shown by its code.

Names come from files. A zero-width space, a mark that turns the direction of writing, a lone
half of a character or a picture that no font has would make two names look alike, turn a line
round, or keep a document from being printed: each is written as ``[U+200B]``.
"""

from __future__ import annotations

import json
import re
import unicodedata

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters without a shape of their own."""

PICTURES = 0x1F000
"""From here on symbols are pictures, which fonts of text do not have."""

_HEAP = re.compile("([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff])"
                   "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3,}")
"""Accents, four and more on one another."""

_OTHER = re.compile("[\ufffd\ufe00-\ufe0f\U000e0100-\U000e01ef\u20e3]")
"""Marks that choose between looks of the character before, and what stands for one that is lost."""


def visible(text: str) -> str:
    """Show what cannot be seen; line breaks stay, tabulators and returns become spaces."""
    if text.isascii() and text.isprintable():
        return text
    text = _HEAP.sub(lambda found: f"[U+{ord(found[1]):04X}…]", text)
    if text.isprintable() and max(text) < chr(PICTURES) and not _OTHER.search(text):
        return text
    return "".join(map(_shown, text))


def escaped(json_text: str) -> str:
    """Write in JSON what cannot be seen as its escape, which says the same to programs."""
    if json_text.isascii():
        return json_text
    json_text = _HEAP.sub(lambda found: json.dumps(found[0])[1:-1], json_text)
    return "".join(
        each if each == "\n" or _shown(each) == each else json.dumps(each)[1:-1]
        for each in json_text
    )


def _shown(letter: str) -> str:
    if letter in "\n\r\t":
        return letter if letter == "\n" else " "
    kind = unicodedata.category(letter)
    picture = kind[0] == "S" and ord(letter) >= PICTURES
    if kind in UNSEEN or picture or _OTHER.match(letter):
        return f"[U+{ord(letter):04X}]"
    return letter
