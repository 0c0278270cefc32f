"""The other two parks of the source report are made the same way and say what it says."""

import subprocess
import sys
from pathlib import Path

import pytest

from landtrack import tracking
from landtrack.app import vet
from landtrack.model import catalog

LAYERS = Path(__file__).parents[1] / "layers"


@pytest.mark.parametrize("name", ["park-2019", "yutian-2010"])
def test_the_script_makes_the_same_files_byte_for_byte(name, tmp_path):
    subprocess.run(  # noqa: S603  our own script
        [sys.executable, "-B", str(LAYERS / name / "make_layers.py"), str(tmp_path)], check=True
    )

    made = {path.name for path in tmp_path.iterdir()}
    kept = {path.name for path in (LAYERS / name).iterdir()
            if path.suffix == ".geojson" or path.name in {"events.csv", "ledger.csv"}}
    assert made == kept
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (LAYERS / name / path.name).read_bytes(), path.name


@pytest.mark.parametrize("name", ["x-park-2006", "park-2019", "yutian-2010"])
def test_the_history_of_a_park_is_legal_and_long_enough(name):
    result = vet.vet(catalog.place(LAYERS / name))
    log = result.events
    steps = [each for each in log if each.action != tracking.RECORDED]

    assert len(steps) >= 30
    assert tracking.refusals(result.workflow, log) == []
    assert "event_refused" not in set(result.issues["issue"])
    assert len({each.at for each in steps}) >= 3


def test_what_was_put_right_is_drawn_within_its_yard_and_overlaps_nothing():
    items = vet.vet(catalog.place(LAYERS / "park-2019")).layers["enforcement"]
    yards = items[items["class"] == "polluting_workshop"]
    buildings = items[items["class"] == "illegal_building"]

    assert buildings.union_all().area == pytest.approx(buildings.area.sum())
    assert yards.union_all().area == pytest.approx(yards.area.sum())
    assert buildings.geometry.within(yards.union_all()).all()
    assert (buildings.area - buildings["area_m2"]).abs().max() < 1e-6


def test_yutian_grew_and_nothing_of_it_lies_outside():
    layers = vet.vet(catalog.place(LAYERS / "yutian-2010")).layers
    before, after = (layers["boundaries"].geometry[key] for key in ("YQ-1", "YQ-2"))

    assert before.within(after)
    for kind in ("plots", "roads", "substations", "plants"):
        assert layers[kind].geometry.covered_by(after.buffer(1e-6)).all(), kind
    sites = [*layers["plots"].geometry, *layers["substations"].geometry, *layers["plants"].geometry]
    assert sum(a.intersection(b).area for i, a in enumerate(sites) for b in sites[i + 1:]) < 1
