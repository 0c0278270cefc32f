"""Traditional characters and the simplified ones that stand for the same."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from landtrack.model import Value
from landtrack.model.catalog.files import convert, data_file, read_toml
from landtrack.model.errors import CatalogError


class Characters(Value, frozen=True, kw_only=True):
    """The file ``data/characters.toml``: texts of pairs, each traditional before simplified."""

    simplified: tuple[str, ...]


@cache
def _table() -> Mapping[int, str]:
    """Load the pairs.

    Raises CatalogError: If ``data/characters.toml`` is wrong.
    """
    path = data_file("", "characters")
    made: dict[int, str] = {}
    for pair in " ".join(convert(read_toml(path), Characters, path).simplified).split():
        if len(pair) != 2 or made.get(ord(pair[0]), pair[1]) != pair[1]:  # noqa: PLR2004
            raise CatalogError(
                f"{path}: {pair!r} is no pair of a traditional and a simplified character, or "
                "the traditional one stands there with another.",
                mend="Write two characters, each traditional one once, and a blank behind them.",
            )
        made[ord(pair[0])] = pair[1]
    return made


def simplified(text: str) -> str:
    """Write a name in simplified characters, to look for it: never to keep or show it.

    ``text``: Such as ``"用地面積"``.
    Returns: Such as ``"用地面积"``.
    Raises CatalogError: If ``data/characters.toml`` is wrong.
    """
    return text if text.isascii() else text.translate(_table())
