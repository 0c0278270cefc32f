"""Breaks texts into lines: at spaces, and between Chinese characters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

LAST_NARROW = 0x2E7F
"""The last code point before the Chinese, Japanese and Korean ones."""

NOT_FIRST = "，。；：、？！）》」』】％%,.;:)"
"""What does not begin a line."""


def wrapped(text: str, room: float, width: Callable[[str], float]) -> list[str]:
    """Break a text into lines.

    ``room``: How wide a line may be; a word that is wider alone is broken inside.
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if width((line + piece).rstrip()) <= room:
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
            line = ""
        line += piece.lstrip()
        while width(line) > room and len(line) > 1:
            cut = next(
                (at for at in range(len(line) - 1, 0, -1) if width(line[:at]) <= room), 1
            )
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line.rstrip()]


def _pieces(text: str) -> Iterator[str]:
    """Cut a text where a line may break."""
    word = ""
    for each in text:
        if ord(each) > LAST_NARROW and each not in NOT_FIRST:
            if word:
                yield word
            word = each
        elif each.isspace():
            yield word + each
            word = ""
        elif each not in NOT_FIRST and word and ord(word[-1]) > LAST_NARROW:
            yield word
            word = each
        else:
            word += each
    if word:
        yield word
