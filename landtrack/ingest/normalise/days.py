"""What was known on a day: values that a later document brought are not there yet."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd

from landtrack.model import Issue, Schema, issues

ACCEPTED = "accepted_on"
"""The day whose rules hold for a plot. It is told and stays: a plot that is accepted later is
judged by no rule yet."""


def as_of(
    frame: gpd.GeoDataFrame, schema: Schema, day: date, *, of_file: date | None,
    today: date,
) -> tuple[gpd.GeoDataFrame, list[issues.Row]]:
    """Take away what is dated after a day.

    ``frame``: n features by key, with the schema's fields and ``source``.
    ``schema``: Their kind: a field ``dated_by`` another holds from that one's day on.
    ``of_file``: The day of which the files tell, where it is known: of an earlier one nothing is
    known of what has no date and passes, such as how far a project is.
    ``today``: What is dated after it, and after the day, is named as a mistake.
    Returns frame : GeoDataFrame: The same n features; dates after the day, and what they date, are
    missing.
    """
    rows: list[issues.Row] = []
    changed = {
        field.name: frame[field.name].where(frame[field.name].isna())
        for field in schema.field
        if field.passing and of_file is not None and day < of_file
    }
    dating = dict.fromkeys(
        field.dated_by for field in schema.field if field.dated_by is not None
    )
    if ACCEPTED in frame:
        dating[ACCEPTED] = None
    for name in dating:
        later = pd.to_datetime(frame[name]) > pd.Timestamp(day)
        if not later.any():
            continue
        rows += [
            issues.row(
                Issue.DATED_AHEAD if pd.Timestamp(stated).date() > today else Issue.DATED_LATER,
                source=source, layer=schema.id, feature_id=str(key),
                field=name, value=pd.Timestamp(stated).date().isoformat(),
            )
            for key, source, stated in zip(
                frame.index[later], frame.loc[later, "source"], frame.loc[later, name], strict=True
            )
        ]
        for field in schema.field:
            if name in (field.name, field.dated_by) and name != ACCEPTED:
                changed[field.name] = frame[field.name].mask(later)
    return frame.assign(**changed), rows
