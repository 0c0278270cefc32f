"""What sheets are made from, as it was on an earlier day: by the log of the store."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date

from landtrack import tracking
from landtrack.model import NOT_JUDGED
from landtrack.model.assessment import FINDINGS, MEASURES, Assessment
from landtrack.model.classes import VERDICT
from landtrack.model.errors import SourceError
from landtrack.output.sheets.subjects import Subject


def of_day(source: Assessment, day: date) -> Assessment:
    """Take a store back to the end of a day.

    Returns: With the features, shapes and states of that day; nothing has been judged on it.
    Raises SourceError: If the run of the store was made as of an earlier day.
    """
    own = str(source.run.get("as_of") or "")
    if own == day.isoformat():
        return source
    if own and day.isoformat() > own:
        raise SourceError(
            f"{source.name} is of {own}; what was so on {day} it does not say.",
            mend=f"Make it again with `landtrack run --as-of {day}`.",
        )
    layers = tracking.shapes_of_day(source.layers, source.schemas, source.events, day)
    layers = tracking.of_day(layers, source.schemas, source.events, day)
    layers["plots"] = layers["plots"].assign(**{VERDICT: NOT_JUDGED})
    return dataclasses.replace(
        source,
        sets={
            kind: dataclasses.replace(each, frame=layers.get(kind))
            for kind, each in source.sets.items()
        },
        tables={
            **source.tables, FINDINGS: source.findings.iloc[:0],
            MEASURES: source.measures.iloc[:0],
        },
        run={**source.run, "as_of": day.isoformat()}, as_of=day, sign_offs={},
    )


def judged(source: Assessment, result: Assessment) -> Assessment:
    """Take a store back to a day on which its place was vetted.

    ``result``: The place vetted as of the day, with the events of the store.
    Returns: With the features, shapes, states and verdicts of that day; sheets of it are registered
    in the same store.
    """
    return dataclasses.replace(result, store=source.store, as_of=result.place.as_of)


def insist_on_no_verdict(source: Assessment, subjects: Iterable[Subject]) -> None:
    """Refuse sheets that tell verdicts, of a day on which nothing was judged.

    Raises SourceError: If one is a plot; the message says how to get its sheet.
    """
    if (
        source.as_of is not None and source.findings.empty
        and any(each.kind == "plots" for each in subjects)
    ):
        raise SourceError(
            f"A sheet of a plot tells its verdict; {source.name} was judged as of another "
            f"day than {source.as_of}.",
            mend="Name the folder of the place with --place: the verdicts of that day are judged "
            "from its files.",
        )
