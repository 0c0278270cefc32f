"""What is looked at before a sheet is drawn: whether it may be issued, or is a draft."""

from __future__ import annotations

from collections.abc import Iterable

import shapely

from landtrack.model import Severity, parcel_codes
from landtrack.model.assessment import Assessment
from landtrack.output.sheets.contents import Content
from landtrack.output.sheets.subjects import Subject
from landtrack.output.sheets.template import Template
from landtrack.output.wording import sign_offs
from landtrack.spatial import crs

BEYOND_DEGREES = 0.5
"""So far a zone is used beyond its edge, so that what lies across it is drawn whole."""

SERIOUS = {
    "error": (Severity.ERROR,), "warning": (Severity.ERROR, Severity.WARNING), "none": (),
}
"""Which issues make a draft of a sheet, by what the template says."""


def reasons(
    source: Assessment, template: Template, subject: Subject, content: Content
) -> tuple[str, ...]:
    """Say why a sheet is no more than a draft.

    ``template``: The template, with its mandatory values and the severity that it bears.
    Returns: Reasons in words; none where the sheet may be issued.
    """
    words = source.words
    found = []
    if empty := [each for _, each in lacking(source, template, content)]:
        found.append(words("sheet.reason.mandatory", names=words("wording.joint").join(empty)))
    if (code := content.values.get("parcel_code", "")) and not parcel_codes.spaced(code):
        found.append(words("sheet.reason.parcel_code", code=code))
    if not shapely.is_valid(subject.shape):
        found.append(words(
            "sheet.reason.invalid", reason=shapely.is_valid_reason(subject.shape)
        ))
    if subject.kind == "plots" and (
        key := sign_offs.lacking(source, sign_offs.of(source, subject.ids))
    ):
        found.append(words(key))
    found += _issues(source, template, subject)
    if outside := _outside_zone(source, subject):
        found.append(words("sheet.reason.zone", degrees=f"{outside:.2f}"))
    return tuple(found)


def lacking(
    source: Assessment, template: Template, content: Content
) -> list[tuple[str, str]]:
    """List the mandatory values that a sheet has not: the name of each, and it in words."""
    return _blank(source, template.mandatory, content)


def unstated(
    source: Assessment, template: Template, content: Content
) -> list[tuple[str, str]]:
    """List what a sheet leaves blank and asks for: the name of each value, and it in words."""
    return _blank(source, template.asked, content)


def _blank(
    source: Assessment, names: Iterable[str], content: Content
) -> list[tuple[str, str]]:
    words = source.words
    return [
        (name, words(f"sheet.label.{name}") if words.has(f"sheet.label.{name}")
         else words(f"field.{name}"))
        for name in names if not content.values.get(name, "").strip()
    ]


def _issues(source: Assessment, template: Template, subject: Subject) -> list[str]:
    words = source.words
    table = source.issues
    if table.empty:
        return []
    own = table[
        (table["layer"] == subject.kind)
        & table["feature_id"].astype("str").isin(subject.ids)
        & table["severity"].isin([each.value for each in SERIOUS[template.severity]])
    ]
    return [
        words("sheet.reason.issue", feature=row["feature_id"],
              issue=words(f"issue.{row['issue']}.title"))
        for row in own.to_dict("records")
    ]


def zone_edge(source: Assessment, subject: Subject) -> float:
    """Say how far a subject reaches beyond the zone of the working CRS.

    Returns: Degrees of longitude; 0 within the zone, or where the CRS states no zone.
    """
    use, geographic = source.crs.area_of_use, source.crs.geodetic_crs
    if use is None or geographic is None:
        return 0.0
    west, south, east, north = subject.shape.bounds
    left, _, right, _ = crs.transformer(source.crs, geographic).transform_bounds(
        west, south, east, north
    )
    return max(use.west - left, right - use.east, 0.0)


def _outside_zone(source: Assessment, subject: Subject) -> float:
    beyond = zone_edge(source, subject)
    return beyond if beyond > BEYOND_DEGREES else 0.0
