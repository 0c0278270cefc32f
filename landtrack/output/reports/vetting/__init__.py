"""The vetting of one plot or project, clause by clause: the page a planner argues from."""

from landtrack.assessment.rules.case import Case, case
from landtrack.assessment.rules.remedies import by_land_area, smallest, together
from landtrack.assessment.rules.verdict_changes import differences
from landtrack.output.reports.vetting.forms import FORMS, Form, write
from landtrack.output.reports.vetting.page import Page, Section, build
from landtrack.output.reports.vetting.render import to_html, to_text

__all__ = [
    "FORMS", "Case", "Form", "Page", "Section", "build", "by_land_area", "case", "differences",
    "smallest", "to_html", "to_text", "together", "write",
]
