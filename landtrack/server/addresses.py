"""Addresses that several pages write: where the map shows a feature."""

from __future__ import annotations

from urllib.parse import quote


def on_map(layer: str, key: str) -> str:
    """Write the part of an address at which the map shows a feature, or a ``project``."""
    if layer == "project":
        return f"project={quote(key, safe='')}"
    if layer == "plots":
        return f"plot={quote(key, safe='')}"
    return f"feature={quote(f'{layer}:{key}', safe='')}"
