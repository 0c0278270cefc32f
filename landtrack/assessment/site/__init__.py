"""What is told of a site besides its indices: acquisition, services, clearance.

Each is a pure function of layers that are ready to be joined; nothing here judges.
"""

from landtrack.assessment.site.acquisition import acquisition, blocking, land_under, projects
from landtrack.assessment.site.clearance import clearance
from landtrack.assessment.site.returns import returns
from landtrack.assessment.site.services import complete, readiness
from landtrack.assessment.site.setbacks import lawful, setbacks

__all__ = [
    "acquisition", "blocking", "clearance", "complete", "land_under", "lawful", "projects",
    "readiness", "returns", "setbacks",
]
