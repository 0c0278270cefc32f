"""Which class of its kind each feature is of: its value in the field that divides the kind."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from landtrack.model import Schema

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = "unknown"
"""The class of a feature whose class is missing; also the verdict of a plot."""

VERDICT = "verdict"
"""The column of plots that says in one word what the rules say of each; plots are classed by it."""

WHOLE = ""
"""The one class of a kind that is not divided into classes."""


def classify(frame: pd.DataFrame, schema: Schema) -> pd.Series:
    """Give the class that each feature of a layer is of.

    ``frame``: The layer, indexed by its key.
    Returns: In the order of the rows: the value of the class field, :data:`UNKNOWN` where it is
    missing, :data:`WHOLE` for a kind without.
    """
    import numpy as np  # not before: who only names classes goes without tables
    import pandas as pd

    return pd.Series(np.asarray(categorise(frame, schema), dtype=object), index=frame.index)


def categorise(frame: pd.DataFrame, schema: Schema) -> pd.Categorical:
    """Give the classes as :func:`classify` does, each class once and numbers for the rows.

    ``frame``, ``schema``: As :func:`classify` takes them.
    Returns: In the order of the rows; none is missing.
    """
    import numpy as np  # as above
    import pandas as pd

    if schema.id == "plots" and VERDICT in frame:
        return pd.Categorical(frame[VERDICT].fillna(UNKNOWN))
    if schema.class_field is None or schema.class_field not in frame.columns:
        whole = WHOLE if schema.class_field is None else UNKNOWN
        return pd.Categorical.from_codes(np.zeros(len(frame), dtype=np.int8), [whole])
    numbers, values = pd.factorize(frame[schema.class_field])
    # Values that are written alike are one class; a missing one has the number -1, the last.
    places, codes = pd.factorize(np.array([*map(class_code, values), UNKNOWN], dtype=object))
    return pd.Categorical.from_codes(places[numbers], codes)


def class_code(value: object) -> str:
    """Write a value of a class field as a class.

    Returns: Such as ``"compensated"`` or ``"220"``; :data:`UNKNOWN` where there is no value.
    """
    import pandas as pd  # as above

    if value is None or value is pd.NaT or value is pd.NA or value == "":
        return UNKNOWN
    if isinstance(value, str):
        return value
    number = class_number(str(value))
    if number is None:
        return str(value)
    return UNKNOWN if math.isnan(number) else f"{number:.12g}"


def class_number(code: str) -> float | None:
    """Read a class as a number.

    Returns: None where it is no number.
    """
    try:
        return float(code)
    except ValueError:
        return None
