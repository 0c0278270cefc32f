"""Identifiers as people write them: ``xp36`` and ``XP 036`` for XP-036.

The page of a map does the same (``frontend/core/numbering.js``).
"""

from __future__ import annotations

import re

PARTS = re.compile(r"[^\W\d_]+|\d+")
ZEROS = re.compile(r"^0+(?=\d)")
LONGEST = 60


def pattern(typed: str) -> re.Pattern[str] | None:
    """Tell what an identifier, casefolded, must hold to be the one that was typed.

    Returns: The same letters and numbers one after another, whatever stands between them and
        however many zeros before a number; None where no number was typed.
    """
    parts = PARTS.findall(typed[:LONGEST].casefold())
    if not any(map(_is_number, parts)):
        return None
    loose = ["0*" + ZEROS.sub("", each) if _is_number(each) else each for each in parts]
    before = r"(?<!\d)" if _is_number(parts[0]) else "(?<![a-z])"
    return re.compile(before + r"[\W_]*".join(loose) + r"(?!\d)")


def _is_number(part: str) -> bool:
    return part[0].isdecimal()
