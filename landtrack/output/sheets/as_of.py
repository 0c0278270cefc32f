"""What sheets are made from, as it was on an earlier day: by the log of the store."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from landtrack import store, tracking
from landtrack.assessment.rules import verdicts
from landtrack.model import Result
from landtrack.model.errors import SourceError
from landtrack.output.sheets.store_view import Source, Subject, load


def of_day(source: Source, day: date) -> Source:
    """Take a store back to the end of a day.

    Returns: With the features, shapes and states of that day; nothing has been judged on it.
    Raises SourceError: If the run of the store was made as of an earlier day.
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
    layers = tracking.shapes_of_day(layers, source.schemas, log, day)
    layers = tracking.of_day(layers, source.schemas, log, day)
    findings = source.findings.iloc[:0]
    return dataclasses.replace(
        source, layers=layers, findings=findings, measures=source.measures.iloc[:0],
        classes={
            kind: verdicts.classify(frame, source.schemas[kind], findings)
            for kind, frame in layers.items()
        },
        run={**source.run, "as_of": day.isoformat()}, as_of=day,
    )


def judged(source: Source, result: Result) -> Source:
    """Take a store back to a day on which its place was vetted.

    ``result``: The place vetted as of the day, with the events of the store.
    Returns: With the features, shapes, states and verdicts of that day; sheets of it are registered
    in the same store.
    """
    with tempfile.TemporaryDirectory(prefix="landtrack-sheet-") as folder:
        path = Path(folder) / "project.gpkg"
        store.write(result, path)
        then = load(path, lang=source.words.lang)
    return dataclasses.replace(then, path=source.path, as_of=result.place.as_of)


def insist_on_no_verdict(source: Source, subjects: Iterable[Subject]) -> None:
    """Refuse sheets that tell verdicts, of a day on which nothing was judged.

    Raises SourceError: If one is a plot; the message says how to get its sheet.
    """
    if (
        source.as_of is not None and source.findings.empty
        and any(each.kind == "plots" for each in subjects)
    ):
        raise SourceError(
            f"A sheet of a plot tells its verdict; {source.path.name} was judged as of another "
            f"day than {source.as_of}.",
            mend="Name the folder of the place with --place: the verdicts of that day are judged "
            "from its files.",
        )
