"""Features given several times under one key: drawn alike they are one, drawn otherwise in doubt.

Files write corners in another order, from another start and rounded to the centimetre: outlines
that differ by no wider strip are one. Of a plot that is drawn alike what one drawing does not say
the other does, and what both say differently nobody knows. Where outlines of one key share most
of their ground but are not alike, which of them is right is not known either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack.ingest.normalise import amounts, values
from landtrack.model import Issue, Schema, issues

ALIKE_M = 0.01
"""Outlines that differ by a strip no wider than this, in metres, are one: files round corners."""
SAME_GROUND = 0.5
"""Outlines of one key that share this part of the smaller one are drawings of one plot."""

CROSSED = 0.01
"""Share of its area by which the repair of an outline that crosses itself may change a plot."""

Shapes = npt.NDArray[np.object_]


def given_once(
    whole: gpd.GeoDataFrame, schema: Schema
) -> tuple[gpd.GeoDataFrame, list[issues.Row]]:
    """Leave out features that are given again under their key.

    ``whole``: n features in the working CRS with the schema's fields, ``source`` and ``row``.
    Returns frame : GeoDataFrame: At most n features. Of a plot drawn alike the first drawing is
    kept, with what any of them says; what they say differently is missing, and what adds up is then
    ``amounts.CONTRADICTED``. Plots of two projects are never one. Of other kinds only a feature
    that is the same in all its attributes is given twice.
    Returns rows : list of issues.Row: One for each drawing left out, and one for each field that is
    said differently.
    """
    repeated = np.flatnonzero(whole[schema.key].duplicated(keep=False))
    own = whole.iloc[repeated]
    first = _first_alike(own, schema)
    again = np.flatnonzero(first != np.arange(len(own)))
    if not len(again):
        return whole, []
    rows = [_row(own, at, schema, Issue.FEATURE_DUPLICATE) for at in again.tolist()]
    changed = {}
    alike = np.flatnonzero(np.isin(first, first[again]))
    for name in schema.fields if schema.parts else schema.amounts:
        column = own[name].iloc[alike].set_axis(alike)
        said, differing = _of_drawings(column, first[alike], adds_up=name in schema.amounts)
        values = whole[name].copy()
        values.iloc[repeated[said.index]] = said.to_numpy()
        changed[name] = values
        rows += [_differs(own, column[first[alike] == at], schema) for at in differing]
    keep = np.ones(len(whole), dtype=bool)
    keep[repeated[again]] = False
    return whole.assign(**changed)[keep].reset_index(drop=True), rows


def told_apart(
    whole: gpd.GeoDataFrame, schema: Schema
) -> tuple[gpd.GeoDataFrame, list[issues.Row]]:
    """Give numbers to the features that only share a key, and name the plots drawn otherwise.

    ``whole``: n features, none given twice.
    Returns frame : GeoDataFrame: The same with keys that are unique. An amount that all of one key
    have is missing, for nobody knows whose it is; one of a plot that is drawn in several ways is
    ``amounts.CONTRADICTED``.
    Returns rows : list of issues.Row: One for each key that was changed; ``PLOT_DRAWN_OTHERWISE``
    for each drawing of a plot that shares its ground with another one of its key.
    """
    repeated = whole[schema.key].duplicated(keep=False).to_numpy()
    if not repeated.any():
        return whole, []
    numbered = _numbered(whole[schema.key], repeated)
    positions = pd.Series(np.flatnonzero(repeated))
    groups = positions.groupby(whole[schema.key].to_numpy()[repeated], sort=False)
    rows: list[issues.Row] = []
    doubtful = np.zeros(len(whole), dtype=bool)
    shapes, sources = whole.geometry.to_numpy(), whole["source"].to_numpy(dtype=object)
    for key, group in groups:
        at = group.to_numpy()
        drawn = _of_one_ground(shapes[at]) if schema.parts else []
        doubtful[at[drawn]] = True
        if drawn:
            names = " / ".join(
                f"{numbered[one]}: {shapely.area(shapes[one]):,.2f} m² ({sources[one]})"
                for one in at[drawn].tolist()
            )
            for one in at[drawn].tolist():
                row = _row(whole, one, schema, Issue.PLOT_DRAWN_OTHERWISE)
                rows.append({**row, "feature_id": numbered[one], "value": names})
        for one in at.tolist():
            if numbered[one] != key and not doubtful[one]:
                row = _row(whole, one, schema, Issue.KEY_DUPLICATE)
                rows.append({**row, "feature_id": numbered[one]})
    # A ledger's row of that key is of one of them, nobody knows of which.
    by_key = whole[repeated].groupby(schema.key)
    same = {}
    for name in schema.amounts:
        least = by_key[name].min()
        alike = (least == by_key[name].max()) & (least != amounts.CONTRADICTED)
        own = whole[name].mask(repeated & whole[schema.key].map(alike).eq(other=True))
        said = doubtful & whole[schema.key].map(least.notna()).eq(other=True).to_numpy()
        same[name] = own.mask(said, amounts.CONTRADICTED)
    return whole.assign(**same, **{schema.key: numbered}), rows


def in_doubt(rows: Iterable[issues.Row]) -> frozenset[str]:
    """Say which plots have an outline in doubt.

    Returns: The keys of those that are drawn in several ways, have the outline of another one,
    cross their own, or lie far from all that their CRS is made for.
    """
    found: set[str] = set()
    for row in rows:
        if row["issue"] == Issue.PLOT_DRAWN_OTHERWISE or (
            row["issue"] == Issue.GEOMETRY_REPAIRED and row["layer"] == "plots" and _crosses(row)
        ):
            found.add(str(row["feature_id"]))
        elif row["issue"] == Issue.CRS_IMPOSSIBLE and row["layer"] == "plots":
            found |= {str(row["feature_id"])} - {""}
        elif row["issue"] == Issue.SHAPE_DUPLICATE and row["layer"] == "plots":
            found |= {str(row["feature_id"]), str(row["value"])}
    return frozenset(found)


def _crosses(row: issues.Row) -> bool:
    """Tell an outline that crosses itself so that its area depends on how it is meant."""
    shapes = dict(cast("Iterable[tuple[str, shapely.Geometry]]", row.get("shapes", ())))
    if not {"original", "repaired"} <= shapes.keys():
        return False
    rings = shapely.get_rings(shapely.get_parts(shapes["original"]))
    areas = [shapely.area(shapes[each]) for each in ("original", "repaired")]
    return not shapely.is_simple(rings).all() and abs(areas[0] - areas[1]) > CROSSED * areas[1]


def _numbered(column: pd.Series, repeated: npt.NDArray[np.bool_]) -> list[str]:
    """Give the later features of a key a key of their own."""
    keys: list[str] = column.tolist()
    taken = set(keys)
    count: Counter[str] = Counter()
    for position in np.flatnonzero(repeated).tolist():
        key = own = keys[position]
        count[key] += 1
        if count[key] > 1:
            number = count[key]
            while (own := f"{key}#{number}") in taken:
                number += 1
            taken.add(own)
            keys[position] = own
    return keys


# --- drawn alike ------------------------------------------------------------------------------


def _first_alike(own: gpd.GeoDataFrame, schema: Schema) -> npt.NDArray[np.int64]:
    """Give, by position, that of the first feature of the key that is drawn alike."""
    shapes = shapely.force_2d(own.geometry.to_numpy())
    with np.errstate(invalid="ignore"):  # a corner that is nowhere: it is set aside later
        forms = shapely.to_wkb(shapely.normalize(shapes))
    attributes = _attributes(own, [name for name in schema.fields if name not in schema.amounts])
    exact = _attributes(own, list(schema.fields))
    project = own["project_id"].to_numpy(dtype=object) if schema.parts else None
    sources = own["source"].to_numpy(dtype=object)
    first = np.arange(len(own))
    seen: dict[str, list[int]] = {}
    for at, key in enumerate(own[schema.key].tolist()):
        for other in seen.setdefault(key, []):
            same = attributes[at] == attributes[other] and (
                sources[at] != sources[other] or exact[at] == exact[other]
            )
            if project is None or forms[at] is None or forms[other] is None:
                found = same and forms[at] == forms[other]
            else:
                found = _of_one(project[at], project[other]) and (
                    forms[at] == forms[other] or _near(shapes[at], shapes[other])
                )
            if found:
                first[at] = other
                break
        else:
            seen[key].append(at)
    return first


def _attributes(own: gpd.GeoDataFrame, names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Give features of the same attributes the same number."""
    codes = np.zeros(len(own), dtype=np.int64)
    for name in names:
        part, found = pd.factorize(own[name])
        codes, _ = pd.factorize(codes * (len(found) + 1) + part + 1)
    return codes.astype(np.int64)


def _of_one(one: object, other: object) -> bool:
    """Tell whether two projects may be one."""
    return bool(pd.isna(one) or pd.isna(other) or one == other)


def _near(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    """Tell whether two areas differ by no more than a strip of :data:`ALIKE_M`."""
    made = [_measurable(each) for each in (one, other)]
    if made[0] is None or made[1] is None:
        return False
    apart = shapely.area(shapely.symmetric_difference(*made))
    return bool(apart <= ALIKE_M * max(shapely.length(made)))


def _measurable(shape: shapely.Geometry) -> shapely.Geometry | None:
    """Give a shape of which areas can be computed; None where there is none."""
    if shape.is_empty or shapely.get_dimensions(shape) != 2:  # noqa: PLR2004  polygons
        return None
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return None
    return shape if shape.is_valid else shapely.make_valid(shape, method="structure")


def _of_one_ground(shapes: Shapes) -> list[int]:
    """List the shapes that share most of their ground with another one."""
    made = [None if each is None else _measurable(each) for each in shapes]
    found = set()
    for (at, one), (place, other) in combinations(enumerate(made), 2):
        if one is None or other is None:
            continue
        shared = shapely.area(shapely.intersection(one, other))
        if shared > SAME_GROUND * min(one.area, other.area):
            found |= {at, place}
    return sorted(found)


# --- what drawings say ------------------------------------------------------------------------


def _of_drawings(
    column: pd.Series, groups: npt.NDArray[np.int64], *, adds_up: bool
) -> tuple[pd.Series, list[int]]:
    """Say what a field is of each group of drawings, and of which they say different things."""
    by_group = column.groupby(groups)
    said = by_group.first()
    if adds_up:
        least, most = by_group.min(), by_group.max()
        doubt = least == amounts.CONTRADICTED
        differs = least.notna() & ~doubt & ~amounts.same(least, most)
        return said.mask(differs | doubt, amounts.CONTRADICTED), differs.index[differs].tolist()
    codes = pd.Series(pd.factorize(column)[0]).replace(-1, np.nan).groupby(groups)
    differs = (codes.min() < codes.max()) & (column.name != "note")
    return said.mask(differs), differs.index[differs].tolist()


def _differs(
    own: gpd.GeoDataFrame, said: pd.Series, schema: Schema
) -> issues.Row:
    """Name a field of which drawings of one feature say different things, at the last of them."""
    known = said.dropna().drop_duplicates()
    of_amounts = said.name in schema.amounts
    issue = Issue.AMOUNT_CONTRADICTED if of_amounts else Issue.ATTRIBUTE_CONTRADICTED
    return {
        **_row(own, int(known.index[-1]), schema, issue), "field": str(said.name),
        "value": " / ".join(map(values.shown, known)),
    }


def _row(
    whole: gpd.GeoDataFrame, position: int, schema: Schema, issue: Issue
) -> issues.Row:
    key = whole[schema.key].iloc[position]
    return issues.row(
        issue, source=whole["source"].iloc[position], layer=schema.id, feature_id=key,
        field=schema.key, value=key,
    )
