"""The commands, a module a family; each as thin as the command line itself.

They are imported whenever ``landtrack`` starts: anything heavier than click is imported
inside the command that needs it.
"""

from landtrack.cli.audit import audit
from landtrack.cli.case import case
from landtrack.cli.changes import changes
from landtrack.cli.convert import convert
from landtrack.cli.desktop import desktop
from landtrack.cli.diff import diff
from landtrack.cli.help import handbook
from landtrack.cli.init import init
from landtrack.cli.inspect import inspect
from landtrack.cli.outlines import outlines
from landtrack.cli.pack import pack
from landtrack.cli.people import people
from landtrack.cli.preview import preview
from landtrack.cli.qgis import qgis
from landtrack.cli.reconcile import reconcile
from landtrack.cli.redraw import redraw
from landtrack.cli.report import report
from landtrack.cli.rules import rules
from landtrack.cli.serve import serve
from landtrack.cli.sheet import atlas, sheet
from landtrack.cli.sign import sign
from landtrack.cli.site import site
from landtrack.cli.status import log, status
from landtrack.cli.store import store
from landtrack.cli.verify import verify
from landtrack.cli.vet import vet

ALL = (
    atlas, audit, case, changes, convert, desktop, diff, handbook, init, inspect, log, outlines,
    pack, people, preview, qgis, reconcile, redraw, report, rules, serve, sheet, sign, site, status,
    store, verify, vet,
)
"""Every command but ``run``, in no order: the help sorts them."""
