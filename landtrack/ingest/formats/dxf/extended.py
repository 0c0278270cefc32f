"""Extended data of entities (XDATA): what programs keep there, and landtrack's own.

landtrack writes the attributes of a feature under the application name ``LANDTRACK``: each
as its name, then its value between braces, text in pieces where it is long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
from ezdxf.entities import DXFEntity

APPLICATION = "LANDTRACK"
HOLE = "LANDTRACK_HOLE"
"""Marks an outline that is a hole of the hatch of its layer."""
CASS = "SOUTH"
"""The application name of CASS; the first text is the code of what is drawn."""
TEXT, BRACE, REAL, WHOLE, FLAG = 1000, 1002, 1040, 1071, 1070
"""Group codes of what extended data are made of."""
LONGEST = 200
"""Bytes of text in one piece; the format allows 255."""
MOST_BYTES = 15_000
"""What landtrack puts on one entity; the format allows 16 383 for all applications."""
LARGEST = 2**31 - 1
"""The largest whole number that the format holds."""
CARET = re.compile(r"\^(.)", re.DOTALL)
CONTROL = re.compile(r"[\x00-\x1f^]")

Value = str | int | float | bool
Tag = tuple[int, Value]


def described(entity: DXFEntity) -> str | None:
    """Write what programs keep with an entity, as text.

    Returns: Such as ``SOUTH: 302001``, not what AutoCAD and landtrack keep for themselves.
    """
    if entity.xdata is None:
        return None
    found = []
    for application, tags in entity.xdata.data.items():
        if application.startswith(("ACAD", "AcDb", APPLICATION)):
            continue
        said = ", ".join(str(tag.value) for tag in tags[1:])
        found.append(f"{application}: {said}")
    return "; ".join(found) or None


def cass_code(entity: DXFEntity) -> str | None:
    """Read the code that CASS gave what is drawn.

    Returns: Such as ``302001``.
    """
    if entity.xdata is None or CASS not in entity.xdata.data:
        return None
    texts = [str(tag.value) for tag in entity.xdata.data[CASS] if tag.code == TEXT]
    return texts[0] if texts else None


def attributes(entity: DXFEntity) -> dict[str, Value]:
    """Read the attributes that landtrack wrote.

    Returns: By name; none where landtrack wrote nothing.
    """
    if entity.xdata is None or APPLICATION not in entity.xdata.data:
        return {}
    found: dict[str, Value] = {}
    name: str | None = None
    pieces: list[Tag] | None = None
    for code, value in entity.xdata.data[APPLICATION][1:]:
        if code == BRACE and value == "{":
            pieces = []
        elif code == BRACE:
            if name is not None and pieces:
                found[name] = _value(pieces)
            name = pieces = None
        elif pieces is not None:
            pieces.append((code, value))
        elif code == TEXT:
            name = plain(str(value))
    return found


def is_hole(entity: DXFEntity) -> bool:
    """Tell whether landtrack drew an outline for a hole.

    Returns: True where it is marked so.
    """
    return entity.xdata is not None and HOLE in entity.xdata.data


def tags(row: dict[str, object]) -> list[Tag]:
    """Put attributes into the form of extended data.

    ``row``: Values by name; missing ones are left out.
    Returns: Group codes with their values, as far as ``MOST_BYTES`` allow.
    """
    made: list[Tag] = []
    size = 0
    for name, value in row.items():
        if pd.isna(value):
            continue
        own = [(TEXT, safe(name)), (BRACE, "{"), *pieces(value), (BRACE, "}")]
        size += sum(len(str(each).encode()) + 8 for _, each in own)
        if size > MOST_BYTES:
            break
        made += own
    return made


def fits(row: dict[str, object]) -> bool:
    """Tell whether the attributes of a feature can be kept with its entity.

    ``row``: Values by name.
    Returns: False where :func:`tags` leaves some out.
    """
    stated = sum(not pd.isna(value) for value in row.values())
    return sum(code == BRACE for code, _ in tags(row)) == 2 * stated


def safe(text: str) -> str:
    """Write text so that it stays one line, as the format has it.

    Returns: Control characters as ``^`` and a letter, a backslash by its number so that nothing
    behind it is taken for a code.
    """
    text = text.encode("utf-8", errors="replace").decode("utf-8")
    text = CONTROL.sub(lambda match: "^ " if match[0] == "^" else f"^{chr(ord(match[0]) + 64)}",
                       text)
    return text.replace("\\", "\\U+005C")


def plain(text: str) -> str:
    """Read what :func:`safe` wrote."""
    return CARET.sub(
        lambda match: "^" if match[1] == " " else chr((ord(match[1]) - 64) % 128), text
    )


def _value(pieces: list[Tag]) -> Value:
    code, value = pieces[0]
    if code == TEXT:
        return "".join(plain(str(each)) for _, each in pieces)
    return bool(value) if code == FLAG else value


def pieces(value: object) -> Iterator[Tag]:
    """Give a value as tags.

    Yields: One for a number, which stays one where the format can hold it; all else as text, in
    pieces where it is long.
    """
    if isinstance(value, bool | np.bool_):
        yield FLAG, int(value)
    elif isinstance(value, int | np.integer) and abs(int(value)) <= LARGEST:
        yield WHOLE, int(value)
    elif isinstance(value, float | np.floating) and np.isfinite(value):
        yield REAL, float(value)
    else:
        text = str(value)
        step = LONGEST // 10
        yield from ((TEXT, safe(text[at : at + step])) for at in range(0, len(text) or 1, step))
