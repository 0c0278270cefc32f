"""The submission pack: one zip of all that a bureau wants, and a manifest that proves it.

Which files, and under which names, is data (``data/packs/*.toml``); each is made by a writer
that is looked up by name. The zip of the same store, place and template has the same bytes.
"""

from landtrack.app.package.build import MANIFEST, load, sign, write, zipped
from landtrack.app.package.verify import verify
from landtrack.app.package.writers import WRITERS, File, PackTemplate, Request

__all__ = [
    "MANIFEST", "WRITERS", "File", "PackTemplate", "Request", "load", "sign", "verify", "write",
    "zipped",
]
