"""Figures that agree with the ground: what a report states against what the layers say."""

from landtrack.assessment.reconcile.compare import (
    RECONCILED_COLUMNS,
    Verdict,
    compare,
    read_reported,
    reported,
    told,
)
from landtrack.assessment.reconcile.derive import Derived, Ground, counted, derive, ground

__all__ = [
    "RECONCILED_COLUMNS", "Derived", "Ground", "Verdict", "compare", "counted",
    "derive", "ground", "read_reported", "reported", "told",
]
