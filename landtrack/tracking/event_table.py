"""Events out of a table as people keep it: one row an event, headings and words in any language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import pandas as pd

from landtrack.model import Workflow, catalog, partial_dates, translations
from landtrack.model.errors import TableError
from landtrack.model.events import Event
from landtrack.tracking.events import RECORDED

COLUMNS = ("layer", "feature_id", "action", "at", "document_no", "by", "note", "state")
NEEDED = ("feature_id", "action", "at")


def asked(
    table: pd.DataFrame, workflow: Workflow, *, recorded_at: str,
    day: Callable[[str], str | None] = lambda _: None,
) -> list[Event]:
    """Take events out of a table.

    ``table``: n rows by their number in the file, with the headings ``COLUMNS``, by code or by
    their words in any language; ``layer`` may be left out where only one kind has the track,
    ``state`` is for entries of a state that was found (``recorded``).
    ``workflow``: Where the actions are named: by code or title.
    ``day``: Reads a day, month or year that is not written as the log has it, such as
    ``"2006年5月31日"``.
    Returns: n events in the order of their dates, rows of one date as they stand; without numbers
    yet.
    Raises TableError: If a heading that is needed is missing.
    """
    headings = _headings()
    found = [
        (headings[plain], name) for name in table.columns
        if (plain := catalog.simplified(str(name))) in headings
    ]
    named = dict(found)
    if len(named) < len(found):
        raise TableError(
            "The table of events has several columns of one meaning: "
            f"{', '.join(str(name) for _, name in found)}.",
            mend="Keep one of them, or give the other a heading of its own.",
        )
    if lacks := [name for name in NEEDED if name not in named]:
        raise TableError(
            f"The table of events has no column {', '.join(lacks)}.",
            mend=f"Name its columns {', '.join(COLUMNS)}, or as the text catalog does.",
        )
    events = [
        _event({name: row[column] for name, column in named.items()}, workflow, recorded_at)
        for row in table.to_dict("records")
    ]
    events = [
        msgspec.structs.replace(event, row=int(row), at=partial_dates.written(event.at, day))
        for event, row in zip(events, table.index, strict=True)
    ]
    return sorted(events, key=lambda event: event.at.removeprefix("../"))


def event_columns(headings: Sequence[str]) -> int:
    """Count the columns of events that a heading has.

    ``headings``: The cells of a row.
    Returns: 0 where one is missing that is needed.
    """
    named = _headings()
    found = {
        named[plain] for each in headings if (plain := catalog.simplified(each)) in named
    }
    return len(found) if set(NEEDED) <= found else 0


def _headings() -> dict[str, str]:
    languages = [translations.load(lang) for lang in translations.languages()]
    return {
        catalog.simplified(heading): code for code in COLUMNS
        for heading in (code, *(words(f"event.column.{code}") for words in languages))
    }


def _event(row: Mapping[str, Any], workflow: Workflow, recorded_at: str) -> Event:
    told = {name: _written(row.get(name)) for name in COLUMNS}
    actions = {
        catalog.simplified(title): code for code, (_, action) in workflow.actions.items()
        for title in action.title.values()
    }
    action = actions.get(catalog.simplified(told["action"]), told["action"])
    track, state = _recorded(told["state"], workflow) if action == RECORDED else ("", "")
    if action in workflow.actions:
        track = workflow.actions[action][0]
    kinds = workflow.tracks[track].kinds if track else ()
    layer = _kinds().get(catalog.simplified(told["layer"]), told["layer"])
    if not layer and len(kinds) == 1:
        layer = kinds[0]
    return Event(
        event=0, layer=layer, feature_id=told["feature_id"], track=track, at=told["at"],
        action=action, to_state=state, document_no=told["document_no"], by=told["by"],
        note=told["note"], recorded_at=recorded_at,
    )


def _kinds() -> dict[str, str]:
    return {
        catalog.simplified(word): key.removeprefix("kind.") for lang in translations.languages()
        for key, word in translations.load(lang).entries.items() if key.startswith("kind.")
    }


def _recorded(written: str, workflow: Workflow) -> tuple[str, str]:
    """Find the track and the code of a state that is written by either."""
    for name, track in workflow.tracks.items():
        for state in track.state:
            if written in (state.code, f"{name}.{state.code}", *state.title.values()):
                return name, state.code
    return "", written


def _written(value: Any) -> str:  # noqa: ANN401  a cell
    """Write a cell as text: a day without its time but for that of a zone, 1 and not 1.0."""
    if value is None or value is pd.NaT or value != value:  # noqa: PLR0124  NaN
        return ""
    if isinstance(value, pd.Timestamp):
        return value.isoformat() if value.tzinfo is not None else str(value.date())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
