"""Kill a writer at random points, again and again: nothing lost, nothing half-written.

    python tests/kill_writer.py STORE 200

STORE is a GeoPackage or the address of a shared store with a parcel P that has no state; the
tests do the same with fewer kills.
"""

import multiprocessing
import random
import sys
import time
from pathlib import Path

import writer

from landtrack import store
from landtrack.app import track


def interrupted(write, what, check, times, seed, *, within=0.03):
    """Kill a process that writes, at random points; what holds is checked each time.

    ``check`` is given what the process reported last, None where it reported nothing.
    """
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload(["landtrack.app.track"])
    chance = random.Random(seed)  # noqa: S311
    written = 0
    for _ in range(times):
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=write, args=(*what, send))
        process.start()
        send.close()
        assert receive.poll(60)  # it has begun
        time.sleep(chance.uniform(0, within))
        process.kill()
        process.join()
        last = None
        try:
            while receive.poll(0):
                last = receive.recv()
                written += 1
        except EOFError:
            pass
        receive.close()
        check(last)
    return written


def killed(path, times, seed):
    """Kill a writer of events at random points; each time all that it reported must be there."""
    known = [len(store.log.read(path).rows)]

    def whole(reported):
        grown = len(store.log.read(path).rows)
        assert grown in (reported or known[-1], (reported or known[-1]) + 1)
        assert track.faults(path) == []
        known.append(grown)

    within = 0.03 if isinstance(path, Path) else 0.2  # as long as some events take
    interrupted(writer.enter, (path,), whole, times, seed, within=within)
    return known[-1]


if __name__ == "__main__":
    kept = store.address.parse(sys.argv[1])
    print(killed(kept, int(sys.argv[2]), seed=2006), "events, all whole")  # noqa: T201
