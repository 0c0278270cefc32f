"""What several tests share: a small place built in code, and the folder of real data."""

import datetime as dt
import functools
import gc
import io
import os
import pickle
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
from landtrack.ingest.apart import border, process
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

LONG = (
    "ledgers_in_doubt", "tracker", "desk", "serve_cases", "tables_faults", "amounts",
    "faults_units", "adjoining", "store_open", "vetting", "pack", "odd_files", "sheet",
    "exit_status", "unit_notes", "trust", "normalise", "faults_formats", "serve", "days",
    "hostile_text", "sheet_recount", "footprints", "places", "amounts_of", "as_written",
    "shapes_history", "browser_places", "reader_apart",
)
"""Files of tests that take long, the longest first."""


def pytest_collection_modifyitems(items):
    """Begin with what takes long, so that nothing of it is left to one worker at the end."""
    of = {f"test_{name}": at for at, name in enumerate(LONG)}
    items.sort(key=lambda item: of.get(item.path.stem, len(of)))


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


@pytest.fixture(scope="module")
def read_here():
    """Have files read in the process of the test, for tests of what is made of what was read.

    All crosses the same border there and back; that a reader is a process of its own, with limits,
    is what other tests are of.
    """
    def ask(_session, asked, arguments, _what, allowed):
        asked, arguments = pickle.loads(pickle.dumps((asked, arguments)))  # noqa: S301  our own
        with pytest.MonkeyPatch.context() as reading:
            reading.setattr(process, "_inside", True)
            answer = process._done(asked, arguments)
        crossing = io.BytesIO()
        border.send(crossing, answer)
        crossing.seek(0)
        kind, told = border.receive(crossing, 2 * allowed.memory)
        assert kind in {"done", "fault"}
        if kind == "fault":
            raise border.raised(told)
        return told

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(process.Session, "ask", ask)
        yield


@pytest.fixture(scope="module")
def vets_kept():
    """Keep what vets give, for commands and tests that vet one place again as it is.

    A vet depends on the catalog, the bytes of the files, how it is asked and the day, and on
    nothing else: the same bytes come out is what ``test_same_bytes`` is of. A place of which
    anything changed is vetted anew.
    """
    kept, once = {}, vet.vet

    def vetted(place, *, tell=vet._silent, **how):
        inputs = tuple(
            (str(path), path.read_bytes()) for path in sorted(place.folder.rglob("*"))
            if path.is_file() and "build" not in path.relative_to(place.folder).parts
        )
        by = (repr(place), repr(sorted(how.items())), inputs, dt.date.today(),  # noqa: DTZ011
              os.environ.get("LANDTRACK_DATA"))
        if by not in kept:
            steps = []
            kept[by] = once(place, tell=lambda *step: steps.append(step), **how), steps
        result, steps = kept[by]
        for step in steps:
            tell(*step)
        return result

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(vet, "vet", vetted)
        yield


@pytest.fixture(scope="module")
def desk(park, tmp_path_factory):
    """Serve the ``park`` of a module."""
    import desks  # not before: it loads a server

    with desks.desk(park, tmp_path_factory.mktemp("state")) as made:
        yield made


@pytest.fixture(scope="module")
def visitor(desk):
    """Give somebody who came in to the desk of a module."""
    return desk.visitor()


@pytest.fixture(scope="module")
def served_map(folder, tmp_path_factory):
    """Serve the map in blocks of a ``folder`` of a module."""
    import desks  # not before: it loads a server

    with desks.of_maps([folder / "large.html"], tmp_path_factory.mktemp("served")) as made:
        yield made


@pytest.fixture(params=["small", "served"])
def page(request, running, folder):
    """Open the map of a ``folder``: the small one from the disk, that in blocks from a desk."""
    if request.param == "small":
        from browser import open_map

        opening = open_map(folder / "small.html", running=running)
    else:
        opening = request.getfixturevalue("served_map")("large", running=running)
    with opening as opened:
        yield opened


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
