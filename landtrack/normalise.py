"""Brings raw layers into the canonical form: fields, types, units, keys, working CRS.

A value that cannot be read as what its field holds becomes missing and is named in an
issue row; the feature goes on without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from landtrack import catalog, crs, issues, text
from landtrack.errors import CRSError
from landtrack.model import Column, Field, Issue, Schema, Track
from landtrack.read import Raw

MISSING_TEXT = frozenset({"", "-", "--", "—", "/", "无", "null", "none", "nan", "<na>"})
"""What people write into a cell that has no value."""

OTHERS = "*"
"""Under ``values`` of a catalog, what every value that is not listed means."""

DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One source in canonical form, and the faults met on the way.

    ``frame`` has the schema's fields, ``source``, ``row`` (the number in the file) and
    ``geometry`` in the working CRS; None where the source is of no use.
    """

    frame: gpd.GeoDataFrame | None
    rows: tuple[issues.Row, ...]
    not_selected: int


def layer(raw: Raw, schema: Schema, *, tracks: Mapping[str, Track], working: CRS) -> Layer:
    """Bring one source into canonical form.

    Parameters
    ----------
    raw
        The source as read.
    schema
        Its layer kind.
    tracks
        The workflow's tracks, whose states some fields hold.
    working
        The working CRS.

    Returns
    -------
    Layer
        The features selected by ``where``, a row each; none is dropped here.

    Raises
    ------
    CRSError
        If the source is the plots and has no CRS or none that leads to the working CRS.
    """
    if raw.frame is None:
        return Layer(frame=None, rows=raw.rows, not_selected=0)
    rows = list(raw.rows)
    chosen = raw.frame[_selected(raw)]
    try:
        geometry, crs_rows = _georeferenced(raw, chosen, working)
    except CRSError as error:
        if schema.id == "plots":
            raise
        kind = Issue.CRS_MISSING if chosen.crs is None else Issue.CRS_UNREACHABLE
        value = "" if chosen.crs is None else crs.name(CRS.from_user_input(chosen.crs))
        rows.append(
            issues.row(kind, source=raw.label, layer=schema.id, value=value or error.cause)
        )
        return Layer(frame=None, rows=tuple(rows), not_selected=0)
    rows += crs_rows
    raw_fields, column_rows = _fields(raw, chosen, schema)
    rows += column_rows
    keys, key_rows = _keys(raw, raw_fields, schema)
    rows += key_rows
    choices = choice_codes(schema, tracks)
    origin = _Origin(raw.label, schema.id, keys, raw.source.values, rows)
    columns = {
        name: _cast(raw_fields[name], field, choices.get(name, {}), origin)
        for name, field in schema.fields.items()
        if name in raw_fields and name != schema.key
    }
    frame = gpd.GeoDataFrame(
        {schema.key: keys, **columns}, index=chosen.index, geometry=geometry, crs=working
    )
    if raw.ledger is not None:
        frame = _with_ledger(frame, raw, schema, choices, rows)
    for name, field in schema.fields.items():
        if name not in frame:
            frame[name] = _nothing(field, frame.index)
    frame = frame[[*schema.fields, "geometry"]]
    frame.insert(len(schema.fields), "source", raw.label)
    frame.insert(len(schema.fields) + 1, "row", frame.index)
    return Layer(frame=frame, rows=tuple(rows), not_selected=len(raw.frame) - len(chosen))


def combine(layers: Iterable[Layer], schema: Schema) -> tuple[gpd.GeoDataFrame | None, list[issues.Row]]:
    """Put the sources of one kind together, each feature under a key of its own.

    Parameters
    ----------
    layers
        Sources of one kind in canonical form.
    schema
        That kind.

    Returns
    -------
    frame : GeoDataFrame or None
        Indexed by the key, which is unique; None where no source is of use. A feature
        given twice, alike in shape and attributes, is kept once.
    rows : list of issues.Row
        The keys that were used twice, and the features given twice.
    """
    frames = [each.frame for each in layers if each.frame is not None]
    if not frames:
        return None, []
    filled = [each for each in frames if len(each)] or frames[:1]
    whole = gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=filled[0].crs)
    rows: list[issues.Row] = []
    repeated = whole[schema.key].duplicated(keep=False).to_numpy()
    if repeated.any():
        whole = _told_apart(whole, repeated, schema, rows)
    return whole.set_index(schema.key), rows


def _told_apart(
    whole: gpd.GeoDataFrame, repeated: np.ndarray, schema: Schema, rows: list[issues.Row]
) -> gpd.GeoDataFrame:
    """Leave out features given twice; number those that only share a key."""
    attributes = [name for name in schema.fields if name in whole]
    seen: dict[str, list[tuple[object, ...]]] = {}
    keys = whole[schema.key].tolist()
    taken = set(keys)
    keep = np.ones(len(whole), dtype=bool)
    shapes = shapely.to_wkb(whole.geometry.to_numpy())
    for position in np.flatnonzero(repeated):
        key = keys[position]
        record = whole.iloc[position]
        looks = (shapes[position], *(str(record[name]) for name in attributes))
        earlier = seen.setdefault(key, [])
        code = None
        if looks in earlier:
            keep[position] = False
            code, own = Issue.FEATURE_DUPLICATE, key
        elif earlier:
            number = len(earlier) + 1
            while (own := f"{key}#{number}") in taken:
                number += 1
            taken.add(own)
            keys[position] = own
            code = Issue.KEY_DUPLICATE
        earlier.append(looks)
        if code is not None:
            rows.append(
                issues.row(
                    code, source=record["source"], layer=schema.id, feature_id=own,
                    field=schema.key, value=key,
                )
            )
    return whole.assign(**{schema.key: keys})[keep]


# --- selecting, mapping, keys -------------------------------------------------------------


def _selected(raw: Raw) -> np.ndarray:
    frame = raw.frame
    keep = np.ones(len(frame), dtype=bool)
    for column, allowed in raw.source.where.items():
        keep &= frame[column].astype("str").isin(allowed).to_numpy() if column in frame else False
    return keep


def _fields(
    raw: Raw, frame: gpd.GeoDataFrame, schema: Schema
) -> tuple[dict[str, tuple[pd.Series, str | None]], list[issues.Row]]:
    """Give each field its column and the unit the file uses."""
    found: dict[str, tuple[pd.Series, str | None]] = {}
    rows: list[issues.Row] = []
    mapping = raw.source.fields
    if mapping is None:
        mapping = {name: name for name in schema.fields if name in frame}
    for name, stated in mapping.items():
        column = stated if isinstance(stated, Column) else Column(column=stated)
        if column.column in frame:
            found[name] = (frame[column.column], column.unit)
        else:
            has = ", ".join(str(each) for each in frame.columns if each != frame.geometry.name)
            rows.append(
                issues.row(
                    Issue.COLUMN_MISSING, source=raw.label, layer=schema.id, field=name, value=has
                )
            )
    for name, value in raw.source.constants.items():
        found[name] = (pd.Series([value] * len(frame), index=frame.index), None)
    for column in raw.source.where:
        if column not in raw.frame:
            rows.append(
                issues.row(
                    Issue.COLUMN_MISSING, source=raw.label, layer=schema.id, field=column,
                    value=", ".join(map(str, raw.frame.columns)),
                )
            )
    return found, rows


def _keys(
    raw: Raw, found: Mapping[str, tuple[pd.Series, str | None]], schema: Schema
) -> tuple[pd.Series, list[issues.Row]]:
    """Give every feature a key: the file's, else its number."""
    if schema.key not in found:
        index = raw.frame.index[_selected(raw)]
        keys = pd.Series([f"{schema.id}-{number}" for number in index], index=index, dtype="str")
        row = issues.row(
            Issue.KEY_GENERATED, source=raw.label, layer=schema.id, field=schema.key
        )
        return keys, [row]
    keys = _as_text(found[schema.key][0])
    missing = keys.isna()
    keys = keys.where(~missing, [f"{schema.id}-{number}" for number in keys.index])
    return keys, [
        issues.row(
            Issue.KEY_MISSING, source=raw.label, layer=schema.id, feature_id=keys[number],
            field=schema.key,
        )
        for number in keys.index[missing]
    ]


def _georeferenced(
    raw: Raw, frame: gpd.GeoDataFrame, working: CRS
) -> tuple[np.ndarray, list[issues.Row]]:
    """Bring the geometry into the working CRS; the catalog's word on it goes first."""
    rows: list[issues.Row] = []
    if raw.source.crs is not None:
        stated = crs.parse(raw.source.crs, what=raw.label)
        if frame.crs is not None and CRS.from_user_input(frame.crs) != stated:
            rows.append(
                issues.row(
                    Issue.CRS_OVERRIDDEN, source=raw.label, layer=raw.source.kind,
                    value=crs.name(CRS.from_user_input(frame.crs)),
                )
            )
        frame = frame.set_crs(stated, allow_override=True)
    if frame.crs is None:
        raise CRSError(
            f"{raw.label} has no coordinate reference system.",
            mend='State crs = "EPSG:…" for the layer in catalog.toml; the surveyor knows it.',
        )
    return crs.to_crs(frame, working).geometry.to_numpy(), rows


# --- values -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Origin:
    """Where values come from, and the rows that name those that cannot be read."""

    label: str
    layer: str
    keys: pd.Series
    values: Mapping[str, Mapping[str, str]]
    rows: list[issues.Row]

    def name(self, issue: Issue, field: str, values: pd.Series) -> None:
        """Add a row for each of the values."""
        self.rows.extend(
            issues.row(
                issue, source=self.label, layer=self.layer,
                feature_id=str(self.keys[number]), field=field, value=value,
            )
            for number, value in values.items()
        )


def _cast(
    stated: tuple[pd.Series, str | None], field: Field, choices: Mapping[str, str], origin: _Origin
) -> pd.Series:
    """Read a column as what its field holds; what cannot be read is named."""
    column, unit = stated
    values = _as_text(column)
    if field.type == "text":
        return values
    if field.type == "choice":
        own = {**choices, **origin.values.get(field.name, {})}
        codes = values.map(own).where(values.isna() | values.isin(own), own.get(OTHERS))
        return _told(codes.astype("str"), values, field, Issue.NOT_A_CHOICE, origin)
    if field.type == "date":
        return _told(_dates(column, values), values, field, Issue.NOT_A_DATE, origin)
    if field.type == "numbers":
        return _told(_number_lists(values), values, field, Issue.NOT_A_NUMBER, origin)
    numbers = _told(_numbers(column, values), values, field, Issue.NOT_A_NUMBER, origin)
    numbers = numbers * factor(field, unit)
    if field.type == "integer":
        whole = numbers.where(numbers % 1 == 0)
        return _told(whole, values.where(numbers.notna()), field, Issue.NOT_AN_INTEGER, origin)
    if field.minimum is not None:
        kept = numbers.where(numbers >= field.minimum)
        return _told(kept, values.where(numbers.notna()), field, Issue.OUT_OF_RANGE, origin)
    return numbers


def _told(
    cast: pd.Series, stated: pd.Series, field: Field, issue: Issue, origin: _Origin
) -> pd.Series:
    """Name what was stated but could not be cast; give the cast."""
    lost = cast.isna() & stated.notna()
    if lost.any():
        origin.name(issue, field.name, stated[lost])
    return cast


def _as_text(column: pd.Series) -> pd.Series:
    """Write values as trimmed text; missing where there is none."""
    if column.dtype.kind in "if":
        numbers = column.astype("float64")
        whole = numbers.notna() & (numbers % 1 == 0)
        written = numbers.astype("str").where(~whole, numbers.map("{:.0f}".format))
        return written.where(numbers.notna()).astype("str")
    written = column.astype("str").str.strip()
    missing = column.isna() | written.str.lower().isin(MISSING_TEXT)
    return written.where(~missing)


def _half_width(values: pd.Series) -> pd.Series:
    """Write full-width digits and signs, as in １２．５, half-width."""
    return values.str.normalize("NFKC")


def _numbers(column: pd.Series, values: pd.Series) -> pd.Series:
    if column.dtype.kind in "if":
        numbers = column.astype("float64")
    else:
        plain = _half_width(values).str.replace(r"[,\s]", "", regex=True)
        numbers = pd.to_numeric(plain, errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))


def _number_lists(values: pd.Series) -> pd.Series:
    """Write lists of numbers as ``"9.5;4.2"``, missing where an entry is no number."""
    parts = _half_width(values).str.replace(r"[,、/\s]+", ";", regex=True).str.strip(";")
    fine = parts.str.fullmatch(r"\d+(\.\d+)?(;\d+(\.\d+)?)*").fillna(value=False)
    return parts.where(fine.astype("bool"))


def _dates(column: pd.Series, values: pd.Series) -> pd.Series:
    if column.dtype.kind == "M":
        moments = column.dt.tz_localize(None) if column.dt.tz is not None else column
        return moments.dt.normalize().astype("datetime64[s]")
    values = _half_width(values)
    found = values.str.extract(f"^(?:{DATE.pattern})$")
    compact = values.str.extract(f"^{COMPACT_DATE.pattern}$")
    parts = found.fillna(compact)
    iso = parts[0] + "-" + parts[1].str.zfill(2) + "-" + parts[2].str.zfill(2)
    return pd.to_datetime(iso, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")


def _nothing(field: Field, index: pd.Index) -> pd.Series:
    dtypes = {"number": "float64", "integer": "float64", "date": "datetime64[s]"}
    return pd.Series(None, index=index, dtype=dtypes.get(field.type, "str"))


@cache
def units() -> dict[str, dict[str, float]]:
    """Load what one of each unit is in the unit that fields are stored in.

    Returns
    -------
    dict of str to dict of str to float
        By the stored unit, then by the file's.

    Raises
    ------
    CatalogError
        If ``data/units.toml`` is wrong.
    """
    path = catalog.data_file("", "units")
    return catalog.convert(catalog.read_toml(path), dict[str, dict[str, float]], path)


def factor(field: Field, unit: str | None) -> float:
    """Find what numbers in a file's unit are multiplied with.

    Parameters
    ----------
    field
        The field they fill.
    unit
        The unit that the catalog states for the file; none means the field's own.

    Returns
    -------
    float
        The factor.

    Raises
    ------
    CatalogError
        If the unit does not convert to the field's.
    """
    if unit is None:
        return 1.0
    return catalog.unit_factor(units().get(field.unit or "", {}), unit, field)


def choice_codes(schema: Schema, tracks: Mapping[str, Track]) -> dict[str, dict[str, str]]:
    """List what may be written for each choice: its code, or its words in any language.

    Parameters
    ----------
    schema
        The layer kind.
    tracks
        The workflow's tracks.

    Returns
    -------
    dict of str to dict of str to str
        By field, the code by what may be written.
    """
    found: dict[str, dict[str, str]] = {}
    for name, field in schema.fields.items():
        if field.type != "choice":
            continue
        if field.choices_from is not None:
            states = tracks[field.choices_from].state
            codes = {title: state.code for state in states for title in state.title.values()}
            codes |= {state.code: state.code for state in states}
        else:
            codes = {
                words(key): code
                for words in map(text.load, text.languages())
                for code in field.choices
                if words.has(key := f"choice.{name}.{code}")
            } | {code: code for code in field.choices}
        found[name] = codes
    return found


# --- the ledger ---------------------------------------------------------------------------


def _with_ledger(
    frame: gpd.GeoDataFrame,
    raw: Raw,
    schema: Schema,
    choices: Mapping[str, Mapping[str, str]],
    rows: list[issues.Row],
) -> gpd.GeoDataFrame:
    """Fill fields from the ledger's row of the same key."""
    stated = raw.source.ledger
    table = raw.ledger
    if stated.key not in table:
        rows.append(
            issues.row(
                Issue.COLUMN_MISSING, source=stated.path, layer=schema.id, field=stated.key,
                value=", ".join(map(str, table.columns)),
            )
        )
        return frame
    keys = _as_text(table[stated.key])
    table, keys = table[keys.notna()], keys[keys.notna()]
    twice = keys.duplicated(keep=False)

    def tell(issue: Issue, found: Iterable[str], source: str, ids: Iterable[str]) -> None:
        rows.extend(
            issues.row(
                issue, source=source, layer=schema.id, feature_id=own, field=stated.on, value=key
            )
            for key, own in zip(found, ids, strict=True)
        )

    repeated = list(dict.fromkeys(keys[twice]))
    tell(Issue.LEDGER_DUPLICATE, repeated, stated.path, repeated)
    table, keys = table[~twice], keys[~twice]
    on = frame[stated.on]
    unused = keys[~keys.isin(on)]
    tell(Issue.LEDGER_UNUSED, unused, stated.path, unused)
    without = on.notna() & ~on.isin(keys) & ~on.isin(repeated)
    tell(Issue.LEDGER_NO_MATCH, on[without], raw.label, frame.loc[without, schema.key])
    plot_of = dict(zip(on, frame[schema.key], strict=True))
    own_keys = keys.map(plot_of).fillna(keys)
    origin = _Origin(stated.path, schema.id, own_keys, stated.values, rows)
    filled = {}
    for name, mapped in stated.fields.items():
        column = mapped if isinstance(mapped, Column) else Column(column=mapped)
        if column.column not in table:
            rows.append(
                issues.row(
                    Issue.COLUMN_MISSING, source=stated.path, layer=schema.id, field=name,
                    value=", ".join(map(str, table.columns)),
                )
            )
            continue
        cast = _cast(
            (table[column.column], column.unit), schema.fields[name], choices.get(name, {}), origin
        )
        cast.index = pd.Index(keys)
        filled[name] = on.map(cast)
    return frame.assign(**filled)
