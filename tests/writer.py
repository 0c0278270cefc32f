"""Writers that tests start, and kill: each enters events into a store, one after the other."""

import sys
from pathlib import Path

from landtrack import publish, status, store, tracker


def enter(path, reports):
    """Enter events without end, and report each when it is safely in."""
    while True:
        with publish.exclusive(path.parent):
            grown = store.log.read(path)
            number = len(grown.rows) + 1
            event = status.Event(
                event=number, layer="parcels", feature_id="P", track="approval", at="2006-06-01",
                action="recorded", to_state="surveyed", document_no=f"{number}" * 200,
            )
            store.log.append(path, [event], after=number - 1)
        reports.send(number)


if __name__ == "__main__":  # a writer in a process of its own, as two planners would have
    told = status.Event(event=0, layer="", feature_id="", track="", at=sys.argv[4], action="",
                        document_no="文")
    tracker.apply(Path(sys.argv[1]), sys.argv[2], [sys.argv[3]], told)
