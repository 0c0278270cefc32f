"""Numbers as they are shown: rounded once, on the decimals that they are written with.

A number halfway between two goes to the even one (GB/T 8170). A binary float is taken for the
decimal number that it is written as: 2.675 is halfway, whatever the float beneath it.
"""

from __future__ import annotations

import math
from decimal import Decimal


def written(value: Decimal | float, digits: int, *, sign: bool = False) -> str:
    """Write a number with so many decimals and commas between thousands.

    ``sign``: Whether what is more than nothing gets a plus.
    Returns: Such as ``"1,234.50"``; what rounds to nothing has no sign.
    Raises ValueError: If it is no finite number.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is no number that can be shown")
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    shown = round(exact, digits) or Decimal(0)
    return f"{shown:{'+' if sign and shown else ''},.{digits}f}"
