"""The commands, a module a family; each as thin as the command line itself.

They are imported whenever ``landtrack`` starts: anything heavier than click is imported
inside the command that needs it.
"""

from landtrack.commands.changes import changes
from landtrack.commands.convert import convert
from landtrack.commands.diff import diff
from landtrack.commands.init import init
from landtrack.commands.inspect import inspect
from landtrack.commands.pack import pack
from landtrack.commands.reconcile import reconcile
from landtrack.commands.redraw import redraw
from landtrack.commands.report import report
from landtrack.commands.rules import rules
from landtrack.commands.sheet import atlas, sheet
from landtrack.commands.site import site
from landtrack.commands.status import log, status
from landtrack.commands.store import store
from landtrack.commands.verify import verify
from landtrack.commands.vet import vet

ALL = (
    atlas, changes, convert, diff, init, inspect, log, pack, reconcile, redraw, report, rules,
    sheet, site, status, store, verify, vet,
)
"""Every command but ``run``, in no order: the help sorts them."""
