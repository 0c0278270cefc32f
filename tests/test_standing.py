"""Results are read as a run wrote them, whatever else is written beside them meanwhile."""

import os
import shutil
from pathlib import Path

import pytest

from landtrack.app import standing, track
from landtrack.model.errors import SourceError
from landtrack.model.events import Event


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


def test_what_was_entered_since_the_judging_is_told_from_what_was_judged(tmp_path, demo_store):
    path = Path(shutil.copy(demo_store, tmp_path / "project.gpkg"))
    before = standing.of(path)
    (own,) = (each for each in before["states"] if each[1:3] == ["approval", "reported_province"])

    step = Event(event=0, layer="", feature_id="", track="", action="agree_at_province",
                 at="2026-01-05", document_no="7", note="", by="Li")
    entered = track.apply(path, "agree_at_province", ["ZD-071"], step, lang="en")
    after = standing.of(path)

    assert entered
    assert before["states_judged"] == before["states"]
    assert [*own[:3], own[3] - 1] in after["states"]
    assert after["states_judged"] == before["states"]
