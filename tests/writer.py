"""Writers that tests start, and kill: each enters events into a store, one after the other."""

import itertools
import sys

from landtrack import store, tracking
from landtrack.app import track
from landtrack.model.errors import OutputError


def enter(path, reports):
    """Enter events without end, and report each when it is safely in."""
    def another(place):
        number = len(place.log) + 1
        return [tracking.Event(
            event=number, layer="parcels", feature_id="P", track="approval", at="2006-06-01",
            action="recorded", to_state="surveyed", document_no=f"{number}" * 200,
        )]

    while True:
        (event,) = track.enter(path, another)
        reports.send(event.event)


def bring(files, shared, reports):
    """Bring one run after the other into a shared store, without end."""
    for number, file in enumerate(itertools.cycle(files)):
        store.bring(file, shared)
        reports.send(number)


def replace(files, path, reports):
    """Put one store after the other in the place of another, without end."""
    for number, file in enumerate(itertools.cycle(files)):
        store.geopackage.replace(file, path)
        reports.send(number)


def enter_some(path, key, reports):
    """Enter the events of one parcel, again where another is writing into the file."""
    told = tracking.Event(event=0, layer="", feature_id="", track="", at="2006-06-01", action="",
                        document_no="文")
    for action in ("survey", "assemble_dossier", "report_city", "demarcate"):
        while True:
            try:
                track.apply(path, action, [key], told)
                break
            except OutputError as error:
                if "Another run is writing" not in str(error):
                    raise
    reports.send(key)


if __name__ == "__main__":  # a writer in a process of its own, as two planners would have
    told = tracking.Event(event=0, layer="", feature_id="", track="", at=sys.argv[4], action="",
                        document_no="文")
    track.apply(store.address.parse(sys.argv[1]), sys.argv[2], [sys.argv[3]], told)
