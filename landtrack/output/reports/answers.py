"""What a command answers to a program: JSON of whatever was found, never a failure to write it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from enum import Enum

import msgspec
import numpy as np
import pandas as pd

from landtrack.model.visible import escaped

LARGEST = 1 << 63
"""Whole numbers beyond it are written as text: few programs read them as numbers rightly."""


def to_json(value: object) -> str:
    """Write a value as JSON.

    ``value``: Anything: records, tables as lists of rows, numpy and pandas scalars, dates.
    Returns: Indented by two. What is missing, not a number or infinite is ``null``, days and times
    are in ISO 8601, what JSON has no word for is its text; what cannot be seen is escaped.
    """
    told = msgspec.json.format(msgspec.json.encode(plain(value)), indent=2).decode()
    return escaped(told)


def plain(value: object) -> object:
    """Give a value in the types that JSON has.

    Returns: None, a bool, an int, a float, text, a list or a dict with text as keys.
    """
    if isinstance(value, Enum):
        return plain(value.value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: plain(getattr(value, each.name)) for each in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {_text(str(key)): plain(each) for key, each in value.items()}
    if isinstance(value, pd.DataFrame):
        return plain(value.to_dict("records"))
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes, np.generic)):
        shape = getattr(value, "ndim", 1)
        return plain(value.item()) if shape == 0 else [plain(each) for each in value]  # type: ignore[attr-defined]
    return _scalar(value)


def _scalar(value: object) -> object:
    """Give a value that holds no others."""
    if isinstance(value, np.datetime64 | np.timedelta64):
        value = None if np.isnat(value) else str(value)
    elif isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, float | int):
        return _number(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return _text(value.decode("latin-1") if isinstance(value, bytes) else str(value))


def _number(value: float) -> object:
    if isinstance(value, int):
        return int(value) if -LARGEST <= value < LARGEST else str(value)
    return float(value) if math.isfinite(value) else None


def _text(text: str) -> str:
    """Write halves of characters, such as of a file's name in no encoding, as what they are."""
    return text.encode("utf-8", "backslashreplace").decode()
