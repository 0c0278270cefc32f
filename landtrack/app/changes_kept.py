"""Keeps a list of what differs, for a page to show: see :mod:`landtrack.app.changes_seen`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import msgspec
import pandas as pd

from landtrack.app.changes_seen import MOST, WHATS, Change, Listed, counted
from landtrack.assessment import layer_changes
from landtrack.assessment.rules import verdict_changes
from landtrack.model import translations
from landtrack.model.assessment import Assessment
from landtrack.model.value import Titled
from landtrack.output.reports import layer_changes as reports, preview
from landtrack.output.wording.messages import Message, tell
from landtrack.store import staging


def keep(
    table: gpd.GeoDataFrame, path: Path, after: Assessment | None = None, *,
    why: Mapping[tuple[str, str], str] | None = None, of: tuple[str, ...] = (),
) -> None:
    """Write a list of changes.

    ``table``: As :func:`landtrack.assessment.layer_changes.differences` made it.
    ``path``: The file, JSON.
    ``after``: The later of two places, by which fields and values are named; none of two files.
    ``why``: What made an outcome another, by plot and rule.
    ``of``: The names of the files that were compared, or the days.
    """
    changes = [_change(row, after, why or {}) for row in table.to_dict("records")]
    changes.sort(key=lambda each: WHATS.index(each.what))
    listed = Listed(changes=tuple(changes[:MOST]), counts=counted(changes), of=of)
    staging.write_whole(path, msgspec.json.encode(listed).decode())


def keep_change(
    before: Assessment, after: Assessment, layers: gpd.GeoDataFrame, path: Path
) -> None:
    """Write what would be otherwise of a place: the outcomes, and the features that differ.

    ``layers``: The features, as :func:`landtrack.assessment.layer_changes.differences` gave them.
    """
    found = verdict_changes.differences(before, after)
    why = {
        (str(each["plot_id"]), str(each["rule"])): str(each["cause"])
        for each in found.to_dict("records")
    }
    keep(layer_changes.with_verdicts(layers, found), path, after, why=why)


def _change(
    row: Mapping[Any, Any], after: Assessment | None, why: Mapping[tuple[str, str], str]
) -> Change:
    what = str(row["what"])
    if what == "shape" and not pd.isna(row["moved_m"]):
        what = "moved"
    elif what == "verdict" and verdict_changes.NOT_THERE in (row["before"], row["after"]):
        what = "outcome"
    field, old, new = reports.sides(row, after)
    how = reports.how(row)
    told = why.get((str(row["feature_id"]), str(row["field"])))
    cause = told if row["what"] == "verdict" else None
    return Change(
        layer=str(row["layer"]), key=str(row["feature_id"]), what=what, field=_titled(field),
        before=_titled(old), after=_titled(new), how={} if how is None else _titled(how),
        why={} if cause is None else _titled(preview.cause(cause)),
    )


def _titled(said: Message) -> Titled:
    """Say something in every language."""
    return {
        lang: told for lang in translations.languages()
        if (told := tell(translations.load(lang), said))
    }
