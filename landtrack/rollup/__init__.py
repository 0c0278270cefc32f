"""What a park's director asks for: land by state, targets, relocation, enforcement, money."""

from landtrack.rollup.ahead import Ahead, ahead
from landtrack.rollup.parts import enforcement, investment, relocation
from landtrack.rollup.progress import Progress, progress
from landtrack.rollup.states import HA_M2, MU_M2, by_state, days_of, in_order

__all__ = [
    "HA_M2", "MU_M2", "Ahead", "Progress", "ahead", "by_state", "days_of", "enforcement",
    "in_order", "investment", "progress", "relocation",
]
