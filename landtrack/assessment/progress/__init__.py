"""What a park's director asks for: land by state, targets, relocation, enforcement, money."""

from landtrack.assessment.progress.by_state import HA_M2, MU_M2, by_state, days_of, in_order
from landtrack.assessment.progress.forecast import Ahead, ahead
from landtrack.assessment.progress.summaries import (
    enforcement,
    invested,
    investment,
    relocation,
)
from landtrack.assessment.progress.targets import Progress, progress

__all__ = [
    "HA_M2", "MU_M2", "Ahead", "Progress", "ahead", "by_state", "days_of", "enforcement",
    "in_order", "invested", "investment", "progress", "relocation",
]
