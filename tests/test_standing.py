"""Results are read as a run wrote them, whatever else is written beside them meanwhile."""

import os
import shutil
from pathlib import Path

import pytest

from landtrack.app import standing
from landtrack.model.errors import SourceError


def test_an_event_entered_while_results_are_read_does_not_stop_the_reading(tmp_path, demo_store):
    """Another run does: what was read may be of both."""
    path = Path(shutil.copy(demo_store, tmp_path / "project.gpkg"))

    with standing.judged(path) as db:
        plots = db.select("plots", ("plot_id",))
        os.utime(path, ns=(1, 1))  # as any write of another process
    assert plots

    with (
        pytest.MonkeyPatch.context() as patched,
        pytest.raises(SourceError, match="was changed while it was read"),
        standing.judged(path),
    ):
        os.utime(path, ns=(2, 2))
        patched.setattr(standing, "_insist", lambda *_: "of another run")
