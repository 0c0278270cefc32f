"""Brings raw layers into the canonical form: fields, types, units, keys, working CRS.

A value that cannot be read as what its field holds becomes missing and is named in an
issue row; the feature goes on without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from landtrack.ingest.normalise import (
    alike as alike,
    amounts as amounts,
    georeference,
    keys as of_keys,
    ledger as ledger,
    parts,
    sizes as sizes,
    values,
    written as written,
)
from landtrack.ingest.normalise.dates import Calendar as Calendar
from landtrack.ingest.normalise.days import as_of as as_of
from landtrack.ingest.normalise.quantities import figure as figure
from landtrack.ingest.normalise.units import figure_unit as figure_unit
from landtrack.ingest.read import Raw
from landtrack.model import Column, Issue, Schema, Track, Transformation, issues
from landtrack.model.errors import CRSError
from landtrack.spatial import crs

Stated = Mapping[str, values.Stated]
"""By field, the column that fills it and what is said of it."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One source in canonical form, and the faults met on the way.

    ``frame`` has the schema's fields, ``source``, ``row`` (the number in the file) and
    ``geometry`` in the working CRS; None where the source is of no use. What adds up is
    ``amounts.CONTRADICTED`` where something is written but no one figure. ``amounts`` are those
    that its ledger states for features together, and those that stand in its own columns.
    ``written`` holds the figures of plots as they were written, see
    :mod:`landtrack.ingest.normalise.written`.
    """

    frame: gpd.GeoDataFrame | None
    rows: tuple[issues.Row, ...]
    not_selected: int
    amounts: tuple[amounts.Stated | amounts.OfPlots, ...] = ()
    written: pd.DataFrame | None = None


def layer(
    raw: Raw,
    schema: Schema,
    *,
    tracks: Mapping[str, Track],
    working: CRS,
    transformations: Iterable[Transformation] = (),
    time_zone: str | None = None,
) -> Layer:
    """Bring one source into canonical form.

    ``working``: The working CRS.
    ``transformations``: Between datums for which none is published.
    ``time_zone``: That of the days; that of where the features lie where not given.
    Returns: The features selected by ``where``, a row each; none is dropped here.
    Raises CRSError: If the source is the plots and has no CRS, none that leads to the working CRS,
    or coordinates that can be read in several ways.
    """
    if raw.frame is None:
        return Layer(frame=None, rows=raw.rows, not_selected=0)
    rows = list(raw.rows)
    chosen, select_rows = _selected(raw, raw.frame, schema)
    rows += select_rows
    try:
        geometry, crs_rows = georeference.shapes(
            chosen, raw.source, label=raw.label, working=working, transformations=transformations
        )
    except CRSError as error:
        if schema.id == "plots":
            raise
        unplaced = georeference.unplaced(error, chosen, raw.source, label=raw.label)
        return Layer(frame=None, rows=(*rows, unplaced), not_selected=0)
    rows += crs_rows
    stated, column_rows = _columns(raw, chosen, schema)
    keys, key_rows = _keys(raw, chosen, stated, schema)
    rows += column_rows + key_rows
    choices = values.choice_codes(schema, tracks)
    calendar = replace(calendar_of(geometry, working, time_zone=time_zone), epoch=raw.epoch)
    kept: list[pd.DataFrame] | None = [] if schema.id == "plots" else None
    origin = values.Origin(
        raw.label, schema.id, keys, raw.source.values, rows, calendar, kept
    )
    columns = {
        name: values.cast(stated[name], field, choices.get(name, {}), origin)
        for name, field in schema.fields.items()
        if name in stated and name != schema.key
    }
    for name in columns.keys() & set(schema.amounts):
        unread = columns[name].isna() & values.says(stated[name].column)
        columns[name] = columns[name].mask(unread, amounts.CONTRADICTED)
    frame = gpd.GeoDataFrame(
        {schema.key: keys, **columns}, index=chosen.index, geometry=geometry, crs=working
    )
    of_groups = None
    # what is left out matters where features belong together, or a ledger speaks of them
    of_several = bool(schema.amounts) or raw.source.ledger is not None
    left_out = _left_out(raw, chosen, schema) if of_several else pd.DataFrame()
    groups = _groups(raw, schema) & set(frame.columns)
    frame, left_out = _one_spelling(frame, left_out, sorted(groups), origin)
    if raw.ledger is not None:
        if raw.source.ledger is not None and raw.source.ledger.on not in frame:
            frame[raw.source.ledger.on] = values.nothing(
                schema.fields[raw.source.ledger.on].type, keys
            )
        frame, ledger_rows, of_groups = ledger.fill(
            frame, raw, schema, choices, origin, left_out
        )
        rows += ledger_rows
    of_type = {
        type_: values.nothing(type_, keys)
        for type_ in {field.type for field in schema.fields.values()}
    }
    frame = gpd.GeoDataFrame({
        **{
            name: frame[name] if name in frame else of_type[field.type]
            for name, field in schema.fields.items()
        },
        "source": raw.label, "row": frame.index, "geometry": frame.geometry,
    }, geometry="geometry", copy=False)
    return Layer(
        frame=frame, rows=tuple(rows), not_selected=len(raw.frame) - len(chosen),
        amounts=(
            *_of_plots(raw, columns, schema, left_out), *([of_groups] if of_groups else []),
        ),
        written=None if kept is None else written.joined(
            kept, frame, raw.source.ledger, schema
        ),
    )


def _groups(raw: Raw, schema: Schema) -> set[str]:
    """Name the fields by which features belong together, and a ledger is of them."""
    named = {amounts.PROJECT} if schema.amounts else set()
    if raw.source.ledger is not None:
        named.add(raw.source.ledger.on)
    return named - {schema.key}


def _one_spelling(
    frame: gpd.GeoDataFrame, left_out: pd.DataFrame, names: Iterable[str], origin: values.Origin
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Write each project, or what else a ledger is of, in one way, and tell it."""
    for name in names:
        apart = left_out[name] if name in left_out else pd.Series(dtype="str")
        every, told = of_keys.one_spelling(pd.concat([frame[name], apart], ignore_index=True))
        if told:
            origin.tell(Issue.LEDGER_KEY_ZEROS, name, told)
            frame = frame.assign(**{name: every.iloc[: len(frame)].to_numpy()})
            left_out = left_out.assign(**{name: every.iloc[len(frame) :].to_numpy()})
    return frame, left_out


def _of_plots(
    raw: Raw, columns: Mapping[str, object], schema: Schema, left_out: pd.DataFrame
) -> tuple[amounts.OfPlots, ...]:
    """Say which amounts are stated plot by plot: in columns of the file itself, or its ledger."""
    filled = set() if raw.source.ledger is None else set(raw.source.ledger.fields)
    own = tuple(name for name in columns if name in schema.amounts and name not in filled)
    of = raw.source.amounts_of or ""
    of_project = left_out if of == "project" else None
    found = [amounts.OfPlots(raw.label, own, of, left_out=of_project)] if own else []
    if raw.source.ledger is not None and raw.source.ledger.on == schema.key:
        of_ledger = tuple(name for name in schema.amounts if name in filled)
        found.append(amounts.OfPlots(
            raw.label, of_ledger, of or "plot", raw.source.ledger.path, left_out=of_project,
            assumed=not of,
        ))
    return tuple(found)


def calendar_of(
    geometry: npt.NDArray[np.object_], working: CRS, *, time_zone: str | None
) -> Calendar:
    """Tell how the days of a place are read.

    ``geometry``: Shapes of the place, in the working CRS.
    ``working``: That CRS.
    ``time_zone``: The zone that the catalog states; that of where the shapes lie where it states
    none.
    Returns: It looks for the zone when a moment of another one is met.
    """
    return Calendar(zone=time_zone, where=lambda: _middle(geometry, working))


def _middle(geometry: npt.NDArray[np.object_], working: CRS) -> tuple[float, float] | None:
    """Find about where shapes lie, in degrees; None where there are none."""
    west, south, east, north = shapely.total_bounds(geometry)
    if not np.isfinite([west, south, east, north]).all():
        return None
    to_degrees = crs.transformer(working, crs.WGS84)
    longitude, latitude = to_degrees.transform((west + east) / 2, (south + north) / 2)
    return float(longitude), float(latitude)


def combine(
    layers: Iterable[Layer], schema: Schema
) -> tuple[gpd.GeoDataFrame | None, list[issues.Row]]:
    """Put the sources of one kind together, each feature under a key of its own.

    Returns frame : GeoDataFrame or None: Indexed by the key, which is unique; None where no source
    is of use. A feature given twice is kept once, see :mod:`landtrack.ingest.normalise.alike`; rows
    of one key are one feature where its kind may have parts. What adds up is
    ``amounts.CONTRADICTED`` where it is stated differently, or is written but no one figure, for
    :func:`amounts.settle`.
    Returns rows : list of issues.Row: The keys that were used twice, the features given twice, what
    is said of them differently, and plots that are drawn in several ways.
    """
    frames = [each.frame for each in layers if each.frame is not None]
    if not frames:
        return None, []
    filled = [each for each in frames if len(each)] or frames[:1]
    whole = filled[0].reset_index(drop=True) if len(filled) == 1 else gpd.GeoDataFrame(
        pd.concat(filled, ignore_index=True), crs=filled[0].crs
    )
    rows: list[issues.Row] = []
    if schema.amounts:
        projects, told = of_keys.one_spelling(whole[amounts.PROJECT])
        whole = whole.assign(**{amounts.PROJECT: projects})
        rows += [issues.row(
            Issue.LEDGER_KEY_ZEROS, source=str(whole["source"].iloc[0]), layer=schema.id,
            field=amounts.PROJECT, value=told,
        )] if told else []
    # A plot of several parts in one file may be drawn as one in another.
    for step in (alike.given_once, parts.together, alike.given_once, alike.told_apart):
        if not whole[schema.key].duplicated().any():
            break
        whole, found = step(whole, schema)
        rows += found
    return whole.set_index(schema.key), rows


def of_files(
    layers: Iterable[Layer], whole: gpd.GeoDataFrame | None
) -> tuple[amounts.Stated | amounts.OfPlots, ...]:
    """List what files state of plots, and of which: a plot may be drawn in two of them.

    ``whole``: What :func:`combine` gave for them.
    """
    return tuple(
        stated if whole is None
        else amounts.drawn_alike(_as_spelled(stated, whole), each.frame, whole)
        for each in layers for stated in each.amounts
    )


def _as_spelled(
    stated: amounts.Stated | amounts.OfPlots, whole: gpd.GeoDataFrame
) -> amounts.Stated | amounts.OfPlots:
    """Write the projects that a file states something of as the plots of all files do."""
    projects = whole[amounts.PROJECT]
    if isinstance(stated, amounts.Stated) and stated.on == amounts.PROJECT:
        keys, _ = of_keys.written_alike(pd.Series(stated.table.index, dtype="str"), projects)
        stated = stated._replace(table=stated.table.set_axis(pd.Index(keys)))
    left = stated.left_out
    if left is not None and len(left):
        names, _ = of_keys.written_alike(left[amounts.PROJECT].dropna(), projects)
        stated = stated._replace(left_out=left.assign(**{
            amounts.PROJECT: names.reindex(left.index) if left.index.is_unique
            else left[amounts.PROJECT],
        }))
    return stated


def _selected(
    raw: Raw, frame: gpd.GeoDataFrame, schema: Schema
) -> tuple[gpd.GeoDataFrame, list[issues.Row]]:
    """Keep the features whose columns have the values that the catalog lists."""
    if not raw.source.where:
        return frame, []
    keep = pd.Series(data=True, index=frame.index)
    rows = []
    for column, allowed in raw.source.where.items():
        if column in frame:
            keep &= frame[column].astype("str").isin(allowed)
        else:
            keep[:] = False
            rows.append(_column_missing(raw, frame, schema, column))
    return frame[keep], rows


def _left_out(raw: Raw, chosen: gpd.GeoDataFrame, schema: Schema) -> pd.DataFrame:
    """Give, by key, what features have in text columns that the catalog leaves out on purpose."""
    names = [each.name for each in schema.field if each.type == "text"]
    if raw.frame is None or any(column not in raw.frame for column in raw.source.where):
        return pd.DataFrame(columns=names, dtype="str")  # a misspelt column leaves out nothing
    if len(chosen) == len(raw.frame):
        return pd.DataFrame(columns=names, dtype="str")
    left = raw.frame[~raw.frame.index.isin(chosen.index)]
    stated, _ = _columns(raw, left, schema)
    keys, _ = _keys(raw, left, stated, schema)
    made = {
        name: values.as_text(stated[name].column) if name in stated
        else pd.Series(index=left.index, dtype="str")
        for name in names
    }
    return pd.DataFrame({**made, schema.key: keys}).set_index(keys.rename(None))


def _columns(
    raw: Raw, frame: gpd.GeoDataFrame, schema: Schema
) -> tuple[dict[str, values.Stated], list[issues.Row]]:
    """Give each field its column, and what is said of it."""
    found: dict[str, values.Stated] = {}
    rows = []
    mapping = raw.source.fields
    if mapping is None:
        mapping = {name: name for name in schema.fields if name in frame}
    for name, stated in mapping.items():
        column = values.name_of(stated)
        if column in frame:
            found[name] = values.stated(
                frame, stated, notes=raw.said, above=raw.above.get(column, ())
            )
        else:
            rows.append(_column_missing(raw, frame, schema, name))
    for name, value in raw.source.constants.items():  # named by the field, and so by its unit
        found[name] = values.Stated(
            column=pd.Series([value] * len(frame), index=frame.index),
            mapped=Column(column=name, unit=schema.fields[name].unit)
        )
    return found, rows


def _column_missing(
    raw: Raw, frame: gpd.GeoDataFrame, schema: Schema, field: str
) -> issues.Row:
    has = [str(name) for name in frame.columns if name != frame.geometry.name]
    return issues.row(
        Issue.COLUMN_MISSING, source=raw.label, layer=schema.id, field=field,
        value=", ".join(has),
    )


def _keys(
    raw: Raw, frame: gpd.GeoDataFrame, stated: Stated, schema: Schema
) -> tuple[pd.Series[Any], list[issues.Row]]:
    """Give every feature a key: the file's, else its number in the file."""
    if schema.key not in stated:
        row = issues.row(
            Issue.KEY_GENERATED, source=raw.label, layer=schema.id, field=schema.key
        )
        return _numbered(frame, schema), [row]
    keys = values.as_text(stated[schema.key].column)
    if keys.notna().all():
        return keys, []
    numbered = _numbered(frame, schema)
    return keys.fillna(numbered), [
        issues.row(
            Issue.KEY_MISSING, source=raw.label, layer=schema.id, feature_id=stand_in,
            field=schema.key,
        )
        for stand_in in numbered[keys.isna()]
    ]


def _numbered(frame: gpd.GeoDataFrame, schema: Schema) -> pd.Series[Any]:
    """Make keys of the numbers in the file."""
    return pd.Series(
        [f"{schema.id}-{number}" for number in frame.index], index=frame.index, dtype="str"
    )
