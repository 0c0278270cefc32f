"""What sheets are made from, as it was on an earlier day: by the log of the store."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date

from landtrack import status, store, symbology
from landtrack.errors import SourceError
from landtrack.sheet.source import Source, Subject


def of_day(source: Source, day: date) -> Source:
    """Take a store back to the end of a day.

    Parameters
    ----------
    source
        The store.
    day
        The day, not after that of its run.

    Returns
    -------
    Source
        With the features, shapes and states of that day; nothing has been judged on it.

    Raises
    ------
    SourceError
        If the run of the store was made as of an earlier day.
    """
    own = str(source.run.get("as_of") or "")
    if own == day.isoformat():
        return source
    if own and day.isoformat() > own:
        raise SourceError(
            f"{source.path.name} is of {own}; what was so on {day} it does not say.",
            mend=f"Make it again with `landtrack run --as-of {day}`.",
        )
    log = store.log.read(source.path).events
    layers = {
        kind: frame.drop(columns="verdict", errors="ignore")
        for kind, frame in source.layers.items()
    }
    layers = status.shapes_of_day(layers, source.schemas, log, day)
    layers = status.of_day(layers, source.schemas, log, day)
    findings = source.findings.iloc[:0]
    return dataclasses.replace(
        source, layers=layers, findings=findings, measures=source.measures.iloc[:0],
        classes={
            kind: symbology.classes(frame, source.schemas[kind], findings)
            for kind, frame in layers.items()
        },
        run={**source.run, "as_of": day.isoformat()}, as_of=day,
    )


def insist_on_no_verdict(source: Source, subjects: Iterable[Subject]) -> None:
    """Refuse sheets that tell verdicts, of a day on which nothing was judged.

    Parameters
    ----------
    source
        The store, perhaps of an earlier day.
    subjects
        What sheets are asked of.

    Raises
    ------
    SourceError
        If one is a plot; the message says how to get its sheet.
    """
    if source.as_of is not None and any(each.kind == "plots" for each in subjects):
        raise SourceError(
            f"A sheet of a plot tells its verdict; {source.path.name} was judged as of another "
            f"day than {source.as_of}.",
            mend=f"Run `landtrack run --as-of {source.as_of} --out FOLDER`, and print it from the "
            "store there.",
        )
