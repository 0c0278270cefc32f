"""What is told of a site besides its indices: acquisition, services, clearance.

Each is a pure function of layers that are ready to be joined; nothing here judges.
"""

from landtrack.site.acquisition import acquisition, blocking, land_under, projects
from landtrack.site.clearance import clearance
from landtrack.site.services import readiness
from landtrack.site.telling import lines, subject, tables

__all__ = [
    "acquisition", "blocking", "clearance", "land_under",
    "lines", "projects", "readiness", "subject", "tables",
]
