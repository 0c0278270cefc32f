"""Threads of one program share a store as two programs do: nobody reads half a change."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from builders import Site, box

from landtrack import store
from landtrack.app import vet
from landtrack.store import geopackage, streams
from landtrack.store.session import META


@pytest.fixture
def path(tmp_path):
    site = Site(tmp_path / "site")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    vet.run(site.catalog().folder, out=tmp_path / "build")
    return tmp_path / "build" / "project.gpkg"


def rows_of(path):
    return sum(len(batch) for batch in streams.batches(path, "landtrack_store", shapes=False))


def test_a_thread_that_reads_waits_for_the_change_of_another(path):
    with ThreadPoolExecutor(3) as pool:
        with geopackage.writing(path) as db:
            db.db.execute("PRAGMA cache_size = 1")  # pages go to the file before the end
            db.insert(META, [(f"k{number}", "v" * 3000) for number in range(300)])
            read = pool.submit(store.read, path, "landtrack_store")
            named = pool.submit(store.names, path)
            streamed = pool.submit(rows_of, path)
            assert not wait([read, named, streamed], timeout=0.3).done

        assert sum(key.startswith("k") for key in read.result()["key"]) == 300
        assert "plots" in named.result()
        assert streamed.result() == len(read.result())
