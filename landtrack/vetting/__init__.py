"""The vetting of one plot or project, clause by clause: the page a planner argues from."""

from landtrack.vetting.case import Case, case
from landtrack.vetting.changes import by_land_area, smallest, together
from landtrack.vetting.differences import differences
from landtrack.vetting.forms import FORMS, Form, write
from landtrack.vetting.page import Page, Section, build
from landtrack.vetting.render import to_html, to_text

__all__ = [
    "FORMS", "Case", "Form", "Page", "Section", "build", "by_land_area", "case", "differences",
    "smallest", "to_html", "to_text", "together", "write",
]
