"""The history of a place: what its files state and what its table of events tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime

import geopandas as gpd

from landtrack import tracking
from landtrack.ingest import read
from landtrack.model import Issue, Place, Workflow, catalog, issues
from landtrack.model.translations import Words
from landtrack.output.wording import events as wording


def opened(  # noqa: PLR0913  each is a thing of its own
    place: Place, layers: Mapping[str, gpd.GeoDataFrame], workflow: Workflow,
    log: Sequence[tracking.Event], *, of_file: date | None, words: Words,
    day: Callable[[str, int], str | None],
) -> tuple[list[tracking.Event], list[issues.Row]]:
    """Bring a log up to what the place's files tell.

    ``place``: The place; its table of events is read where it names one.
    ``layers``: Its layers by kind.
    ``of_file``: The day of which the files tell; today where that is not known.
    ``day``: Reads a day, month or year of a table, given the date system of its workbook,
    1900 or 1904.
    Returns log : list of Event: The same events, then those of the table that are new, then the
    states that files state and the log did not lead to.
    Returns rows : list of issues.Row: One for each event of the table that its feature's history
    does not allow.
    Raises SourceError: If the table of events cannot be read.
    Raises TableError: If it lacks a heading.
    """
    log, rows = list(log), []
    now = datetime.now(UTC)
    stamp = now.isoformat(timespec="seconds")
    if place.events is not None:
        told = read.table(place.events, place.folder, fit=tracking.event_columns)
        rows += read.table_rows(told.notes, source=told.path.name)
        known = {(kind, str(key)) for kind, frame in layers.items() for key in frame.index}
        known |= tracking.reshaped_keys(log)
        entered = {tracking.what(event) for event in log}  # also what was taken back since
        asked = [
            event for event in
            tracking.asked(
                told.frame, workflow, recorded_at=stamp, day=lambda text: day(text, told.epoch)
            )
            if tracking.what(event) not in entered
        ]
        fresh, refused = tracking.allowed(
            workflow, log, asked, known=known, today=max(now.date(), of_file or now.date())
        )
        log += fresh
        rows += [
            issues.row(
                Issue.EVENT_REFUSED, source=told.path.name, layer=each.event.layer,
                feature_id=each.event.feature_id, field="action",
                value=wording.refusal(words, workflow, each),
            )
            for each in refused
        ]
    log += tracking.stated(
        layers, catalog.schemas(), log, of_file=of_file or now.date(), recorded_at=stamp
    )
    return log, rows
