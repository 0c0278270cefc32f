"""The vetting of one plot or project, clause by clause: the page a planner argues from."""

from landtrack.assessment.rules.case import Case, case, every_of
from landtrack.assessment.rules.remedies import by_land_area, smallest, together
from landtrack.assessment.rules.verdict_changes import differences
from landtrack.output.reports.vetting.page import build, status
from landtrack.output.reports.vetting.several import together as of_several

__all__ = [
    "Case", "build", "by_land_area", "case", "differences", "every_of",
    "of_several", "smallest", "status", "together",
]
