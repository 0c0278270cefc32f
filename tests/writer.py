"""Writers that tests start, and kill: each enters events into a store, one after the other."""

import sys

from landtrack import status, store, tracker


def enter(path, reports):
    """Enter events without end, and report each when it is safely in."""
    def another(place):
        number = len(place.log) + 1
        return [status.Event(
            event=number, layer="parcels", feature_id="P", track="approval", at="2006-06-01",
            action="recorded", to_state="surveyed", document_no=f"{number}" * 200,
        )]

    while True:
        (event,) = tracker.enter(path, another)
        reports.send(event.event)


if __name__ == "__main__":  # a writer in a process of its own, as two planners would have
    told = status.Event(event=0, layer="", feature_id="", track="", at=sys.argv[4], action="",
                        document_no="文")
    tracker.apply(store.address.parse(sys.argv[1]), sys.argv[2], [sys.argv[3]], told)
