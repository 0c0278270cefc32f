"""Rows of the issues table: what is wrong in the data, where, and who can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypedDict

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from landtrack.model import ISSUE_COLUMNS, MARK_COLUMNS, SETS_ASIDE, Issue, catalog

Role = Literal["original", "repaired", "overlap", "spike", "sliver", "duplicate", "gap"]
"""What a shape shows of an issue."""


class Row(TypedDict):
    """One row of the issues table, before its mend is put into words.

    ``shapes`` show where the fault is, each in its role; they go into the table of marks.
    """

    source: str
    layer: str
    feature_id: str
    field: str
    issue: str
    value: str
    severity: str
    who_mends: str
    mend: str
    shapes: tuple[tuple[Role, shapely.Geometry], ...]


def row(
    issue: Issue,
    *,
    source: str,
    layer: str,
    feature_id: str = "",
    field: str = "",
    value: object = "",
) -> Row:
    """Name one fault.

    ``source``: The file, with its layer where it has several.
    ``feature_id``, ``field``: The feature and field, where it is one of them that is at fault.
    Returns: Columns of the issues table; the mend is put into words by ``text.with_mends``.
    """
    kind = catalog.issue_kinds()[issue]
    return Row(
        source=source,
        layer=layer,
        feature_id=feature_id,
        field=field,
        issue=issue.value,
        value=str(value),
        severity=kind.severity.value,
        who_mends=kind.who,
        mend="",
        shapes=(),
    )


def shown(row: Row, shapes: Iterable[tuple[Role, shapely.Geometry]]) -> Row:
    """Show where a fault is.

    ``shapes``: Where it is, in the working CRS, each shape with its role.
    Returns: The same with its shapes.
    """
    return {**row, "shapes": tuple(shapes)}


def frame(rows: Iterable[Row]) -> pd.DataFrame:
    """Make the issues table.

    ``rows``: Rows in any number, also none.
    Returns: Columns of ``model.ISSUE_COLUMNS``, all text.
    """
    return pd.DataFrame(list(rows), columns=list(ISSUE_COLUMNS)).astype("str")


def marks(rows: Iterable[Row], crs: CRS) -> gpd.GeoDataFrame:
    """Make the table of the shapes that show where the issues are.

    ``rows``: Rows in any number, also none.
    ``crs``: The working CRS, in which their shapes are.
    Returns: Columns of ``model.MARK_COLUMNS``: one row per shape, of any kind, with its area in m²
    (0 for points and lines). Beside the repaired shape stands the original as it was, valid or not.
    """
    found = [(row, role, shape) for row in rows for role, shape in row["shapes"]]
    return gpd.GeoDataFrame(
        [
            (row["source"], row["layer"], row["feature_id"], row["issue"], role, shape.area, shape)
            for row, role, shape in found
        ],
        columns=list(MARK_COLUMNS), geometry="geometry", crs=crs,
    )


def set_aside(rows: Iterable[Row]) -> int:
    """Count the features that rows name as taking no further part.

    ``rows``: Rows of one source; a feature is set aside by one row only.
    """
    return sum(each["issue"] in SETS_ASIDE for each in rows)
