"""What several tests share: a small place built in code, and the folder of real data."""

import functools
import gc
import os
import shutil
import sys
from pathlib import Path

if os.environ.get("LANDTRACK_WITHOUT_FIONA"):  # as on machines for which it has no wheel
    sys.modules["fiona"] = None

import msgspec
import pytest
from builders import Site
from hypothesis import HealthCheck, settings

from landtrack import store
from landtrack.app import vet
from landtrack.ingest.formats import limits
from landtrack.model import catalog

settings.register_profile(
    "suite", deadline=None, suppress_health_check=[HealthCheck.too_slow],
    max_examples=int(os.environ.get("LANDTRACK_EXAMPLES", "40")),  # of each property; more by night
)
settings.load_profile("suite")

gc.freeze()  # all that was imported stays: a sixth of the suite was looking for garbage in it
gc.set_threshold(100_000, 20, 50)

FAULTS = Path(__file__).parent / "faults"
REAL_PLACES = Path(__file__).parent / "places"


@pytest.fixture
def site(tmp_path):
    """Give a place of one plot, 100 m by 100 m, that a test adds to."""
    return Site(tmp_path / "site")


@pytest.fixture(scope="module")
def vetted_once(tmp_path_factory):
    """Vet a place once for all tests of a module that ask for it.

    It takes the function that makes the place of a :class:`Site`, and what that is told.
    """
    @functools.cache
    def made(build, *how):
        small = Site(tmp_path_factory.mktemp("once") / "site")
        build(small, *how)
        return vet.vet(catalog.place(small.folder))

    return made


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory):
    """Give the store of the demo place, vetted once; a test that writes into it takes a copy."""
    path = tmp_path_factory.mktemp("demo_store") / "project.gpkg"
    store.write(vet.vet(catalog.place(catalog.demo_place())), path)
    return path


@pytest.fixture(scope="session")
def real_data():
    """Give the folder of reference data; without it, say so and skip, but not under CI."""
    named = os.environ.get("LANDTRACK_REAL_DATA")
    if named and Path(named).is_dir():
        return Path(named)
    reason = "LANDTRACK_REAL_DATA names no folder: the tests on real places need reference data"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def store_alone():
    """Let a run count its features instead of drawing them and listing them: it saves a half."""
    def count(result, path):
        path.write_text(str({kind: len(layer) for kind, layer in result.layers.items()}))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(vet.webmap, "build", lambda result: result)
        patched.setattr(vet.webmap, "save", count)
        patched.setattr(vet.ledger, "write_ledger", count)
        yield


@pytest.fixture
def few(monkeypatch):
    """Lower limits of inputs, so that the files of a test may be small."""
    def lower(**named):
        made = msgspec.structs.replace(limits.limits(), **named)
        monkeypatch.setattr(limits, "limits", lambda: made)

    return lower


@pytest.fixture
def fault(request, tmp_path):
    """Give a copy of the folder of the case that the test is marked with."""
    case = request.node.get_closest_marker("fault").args[0]
    return Path(shutil.copytree(FAULTS / case, tmp_path / case))
