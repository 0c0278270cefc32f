"""How much of a large real place a test looks at: a sample, or all of it by night.

``LANDTRACK_WHOLE=1 pytest`` looks at every row, which takes some minutes longer.
"""

import os


def step(count, most):
    """Say every which of ``count`` rows to look at, so that they are ``most`` or a few more."""
    return 1 if os.environ.get("LANDTRACK_WHOLE") else max(1, count // most)
