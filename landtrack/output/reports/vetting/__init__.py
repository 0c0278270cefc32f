"""The vetting of one plot or project, clause by clause: the page a planner argues from."""

from landtrack.assessment.rules.case import Case, case
from landtrack.assessment.rules.remedies import by_land_area, smallest, together
from landtrack.assessment.rules.verdict_changes import differences
from landtrack.output.reports.vetting.page import build, status

__all__ = [
    "Case", "build", "by_land_area", "case", "differences", "smallest", "status", "together",
]
