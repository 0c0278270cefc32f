"""The base of all values that are read from data files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import msgspec

ALWAYS = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""When every output says that it was made, so that the same input makes the same bytes."""

Titled = Mapping[str, str]
"""The same words by language code, such as ``{"zh": "征地", "en": "acquisition"}``."""


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the values read from data files: frozen, and strict about keys."""
