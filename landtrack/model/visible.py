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

TURNING = frozenset({"Cc", "Cf", "Cs"})
"""Those that cannot be seen at all, or turn the reading around."""

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula; in CSV an apostrophe comes before it."""

PICTURES = 0x1F000
"""From here on symbols are pictures, which fonts of text do not have."""

_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06dc\u0e31"
    "\u0e34-\u0e3a\u0e47-\u0e4e\u0eb4-\u0ebc\u0ec8-\u0ece\u0f71-\u0f84\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ua66f-\ua67d\ufe20-\ufe2f"
)
_HEAP = re.compile(f"([{_MARKS}])[{_MARKS}]{{3,}}")
"""Accents, four and more on one another."""

_OTHER = re.compile(
    "[\ufffd\ufe00-\ufe0f\U000e0100-\U000e01ef\u20e3"
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0]"
)
"""Marks that choose between looks of the character before, what stands for one that is lost, and
letters that are drawn as nothing, such as the fillers of Hangul."""


def without_unseen(text: str) -> str:
    """Leave out what cannot be seen, or turns the reading around."""
    return "".join(each for each in text if unicodedata.category(each) not in TURNING)


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
