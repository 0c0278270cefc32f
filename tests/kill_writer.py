"""Kill a writer at random points, again and again: nothing lost, nothing half-written.

    python tests/kill_writer.py STORE 200

The store needs a parcel P without a state; the tests do the same with fewer kills.
"""

import multiprocessing
import random
import sys
import time
from pathlib import Path

import writer

from landtrack import store, tracker


def killed(path, times, seed):
    """Kill a writer at random points; each time all that it reported must be there."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload(["landtrack.tracker"])
    chance = random.Random(seed)  # noqa: S311
    reported = len(store.log.read(path).rows)
    for _ in range(times):
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=writer.enter, args=(path, send))
        process.start()
        send.close()
        assert receive.poll(60)  # it has begun
        time.sleep(chance.uniform(0, 0.03))
        process.kill()
        process.join()
        try:
            while receive.poll(0):
                reported = receive.recv()
        except EOFError:
            pass
        receive.close()
        grown = store.log.read(path)
        assert len(grown.rows) in (reported, reported + 1)
        assert tracker.faults(path) == []
        reported = len(grown.rows)
    return reported


if __name__ == "__main__":
    print(killed(Path(sys.argv[1]), int(sys.argv[2]), seed=2006), "events, all whole")  # noqa: T201
