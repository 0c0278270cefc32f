"""The ledger: a table without geometry whose rows fill fields by a key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd

from landtrack.ingest.formats.tables import Table, is_ditto
from landtrack.ingest.normalise import both_say, keys as of_keys, values
from landtrack.ingest.normalise.amounts import CONTRADICTED, Stated
from landtrack.ingest.read import Raw
from landtrack.model import Field, Issue, LedgerSource, Schema, issues


def fill(
    frame: gpd.GeoDataFrame,
    raw: Raw,
    schema: Schema,
    choices: Mapping[str, Mapping[str, str]],
    layer: values.Origin,
    left_out: pd.DataFrame,
) -> tuple[gpd.GeoDataFrame, list[issues.Row], Stated | None]:
    """Fill fields from the ledger's row of the same key.

    ``frame``: n features with their key and the field that the ledger is joined on.
    ``raw``: Where they come from; one without a ledger changes nothing.
    ``choices``: Codes by what may be written, by field.
    ``left_out``: The features that the catalog leaves out on purpose, by key, with their text
    fields.
    Returns frame : GeoDataFrame: The same n features with the ledger's fields; missing where the
    ledger has several rows of that key, of which none can be preferred, or where neither it nor the
    layer says anything. What both say differently is as :mod:`both_say` has it. What adds up is not
    filled in where the ledger is joined on a field that several features may share, and is
    ``amounts.CONTRADICTED`` where something is written but no one figure.
    Returns rows : list of issues.Row: Keys that only one side has or that are of features left out,
    keys that the ledger has twice, cells that cannot be read, columns that are not there.
    Returns amounts : Stated or None: What adds up, by that field.
    """
    stated, given = raw.source.ledger, raw.ledger
    if stated is None or given is None:
        return frame, [], None
    key = given.column(stated.key)
    if key is None:
        return frame, [_column_missing(stated, schema, stated.key, given)], None
    table = given.frame
    keys = _stated(table, key.name)
    going_on = _going_on(table, keys, given, stated, schema)
    keyless = table.index[keys.isna()]
    table, keys = table[keys.notna()], keys[keys.notna()]
    on = frame[stated.on]
    left = left_out[stated.on].dropna()
    keys, zeros = of_keys.written_alike(keys, pd.concat([on, left], ignore_index=True))
    going_on = going_on.map(keys)
    phased = of_keys.phased(given, keys)
    unused = keys[~keys.isin(on)].drop_duplicates()
    every, twice = keys, keys.duplicated(keep=False) & ~keys.isin(phased)
    repeated = set(keys[twice])
    doubled = _doubled(keys[twice], stated, schema)
    table, keys = table[~twice], keys[~twice]
    without = on.notna() & ~on.isin(keys) & ~on.isin(repeated)
    rows = _keyless(keyless, given, stated, schema) + of_keys.told_of(
        given, key.name, keys, source=stated.path, layer=schema.id, field=stated.on
    )
    if zeros:
        rows.append(issues.row(
            Issue.LEDGER_KEY_ZEROS, source=stated.path, layer=schema.id, field=stated.on,
            value=zeros,
        ))
    rows += doubled + _of_several(frame, keys, stated, schema)
    rows += [
        issues.row(
            Issue.LEDGER_LEFT_OUT if gone else Issue.LEDGER_UNUSED, source=stated.path,
            layer=schema.id, feature_id=key, field=stated.on, value=key,
        )
        for key, gone in zip(unused, unused.isin(left), strict=True)
    ]
    rows += [
        issues.row(
            Issue.LEDGER_NO_MATCH, source=raw.label, layer=schema.id, feature_id=own,
            field=stated.on, value=key,
        )
        for key, own in zip(on[without], frame.loc[without, schema.key], strict=True)
    ]
    of_key = dict(zip(on, frame[schema.key], strict=True))
    own = keys.map(lambda key: of_key.get(key, key))
    origin = values.Origin(
        stated.path, schema.id, own, stated.values, rows,
        replace(layer.calendar, epoch=given.epoch), layer.written, keys,
        given.sheet,
    )
    filled, spoken, amounts = {}, {}, pd.DataFrame(index=pd.Index(every.unique()))
    for name, mapped in stated.fields.items():
        column = given.column(values.name_of(mapped))
        if column is None:
            rows.append(_column_missing(stated, schema, name, given))
            continue
        field = schema.fields[name]
        cast = values.cast(
            values.stated(table, mapped, column, (*given.above, *given.below)), field,
            choices.get(name, {}), origin,
        )
        by_key = of_keys.by_key(
            _of_one_key(cast, given, column.name, keys, (field, origin)), keys,
            given.merged.get(column.name, {}), adds_up=field.adds_up,
        )
        said = _said(given, column.name)
        spoken[name] = on.isin(every[said[every.index]])
        if field.adds_up:
            by_key = _without(by_key, going_on[said[going_on.index]], (field, origin))
            rows += _phases(keys, phased & set(every[said[every.index]]), by_key, (field, origin))
            by_key = _in_doubt(by_key, every, said)
        if field.adds_up and stated.on != schema.key:
            amounts[name] = by_key  # what is in doubt here no other ledger settles
        else:
            filled[name] = on.map(by_key) if len(by_key) else values.nothing(field.type, on)
    of_groups = Stated(
        stated.on, amounts, raw.label, stated.path, stated.share or "", left_out
    )
    filled = both_say.together(frame, filled, spoken, schema, origin)
    return (
        frame.assign(**filled), rows,
        of_groups if len(amounts.columns) else None,
    )


def used_by_none(
    found: Iterable[tuple[LedgerSource | None, Sequence[issues.Row]]]
) -> list[issues.Row]:
    """Keep, of the rows that are not used, those that no file joined to the ledger uses.

    ``found``: Files of one kind that are of use: the ledger of each and what was found in both.
    Returns: All rows; a ledger's row that is not used, or has no key, is named once for all files
    that are joined to it in the same way. What else is the same of a ledger for several files, such
    as a key that stands twice, is named once.
    """
    found = list(found)
    sharing = Counter(_joined(stated) for stated, _ in found)
    seen: dict[tuple[object, ...], list[issues.Row]] = {}
    named: set[tuple[object, ...]] = set()
    kept = []
    for stated, rows in found:
        how = _joined(stated)
        before = frozenset(named)
        for row in rows:
            if stated is None or row["source"] != stated.path:
                kept.append(row)
                continue
            if row["issue"] not in OF_ALL:
                same = (how, row["issue"], row["feature_id"], row["field"], row["value"])
                named.add(same)
                kept += [] if same in before else [row]
                continue
            alike = seen.setdefault((how, row["issue"] in UNUSED, row["value"]), [])
            alike.append(row)
            if len(alike) == sharing[how]:
                kept.append(next(
                    (each for each in alike if each["issue"] == Issue.LEDGER_LEFT_OUT), row
                ))
    return kept


UNUSED = frozenset({Issue.LEDGER_UNUSED, Issue.LEDGER_LEFT_OUT})
"""A row of a ledger has no feature, or one that is left out of the file in question."""
OF_ALL = frozenset({*UNUSED, Issue.LEDGER_KEY_MISSING})
"""What is wrong with a row of a ledger for all files that are joined to it."""

def _joined(stated: LedgerSource | None) -> tuple[object, ...]:
    """Say which table it is, and how it is joined."""
    if stated is None:
        return ()
    return (stated.path, stated.sheet, stated.header_row, stated.key, stated.on)


def _keyless(
    found: pd.Index[Any], given: Table, stated: LedgerSource, schema: Schema
) -> list[issues.Row]:
    """Name the rows that have no key."""
    return [
        issues.row(
            Issue.LEDGER_KEY_MISSING, source=stated.path, layer=schema.id, field=stated.on,
            value=given.shown(number),
        )
        for number in found
    ]


def _stated(table: pd.DataFrame, column: str) -> pd.Series[Any]:
    """Give the texts of a column; one that only stands for the cell above says nothing itself."""
    texts = values.as_text(table[column])
    return texts.mask(texts.map(is_ditto).astype("bool"))


def _going_on(
    table: pd.DataFrame, keys: pd.Series[Any], given: Table, stated: LedgerSource, schema: Schema
) -> pd.Series[Any]:
    """Give the row above each without a key that names no one else: it may be a phase of it."""
    numbers = pd.Series(keys.index, index=keys.index).where(keys.notna())
    above = numbers.ffill()[keys.isna()].dropna()
    for name, mapped in stated.fields.items():
        column = given.column(values.name_of(mapped))
        if column is not None and schema.fields[name].type == "text":
            named = _stated(table, column.name)
            own, theirs = named[above.index], named.reindex(above).to_numpy()
            above = above[own.isna() | (own == theirs)]
    return above


def _said(given: Table, column: str) -> pd.Series[Any]:
    """Tell in which rows of a column anything stands, be it a formula that failed."""
    texts = values.as_text(given.frame[column])
    return texts.notna() | texts.index.isin(given.failed.get(column, ()))


def _without(
    by_key: pd.Series[Any], going_on: pd.Series[Any], of: tuple[Field, values.Origin]
) -> pd.Series[Any]:
    """Mark amounts to which rows below, without a key, may add, and name them."""
    field, origin = of
    own = going_on[going_on.isin(by_key.index)]
    origin.rows.extend(
        issues.row(
            Issue.LEDGER_ROW_BELOW, source=origin.label, layer=origin.layer, feature_id=str(key),
            field=field.name, value=", ".join(map(str, below)),
        )
        for key, below in own.groupby(own).groups.items()
    )
    return by_key.mask(by_key.index.isin(own), CONTRADICTED)


def _in_doubt(
    by_key: pd.Series[Any], every: pd.Series[Any], said: pd.Series[Any]
) -> pd.Series[Any]:
    """Mark amounts of which something is written but no one figure: twice, unreadable, in part."""
    whole = by_key.reindex(every.unique())
    return whole.mask(whole.isna() & whole.index.isin(every[said[every.index]]), CONTRADICTED)


def _of_one_key(
    cast: pd.Series[Any], table: Table, column: str, keys: pd.Series[Any],
    of: tuple[Field, values.Origin],
) -> pd.Series[Any]:
    """Leave out amounts that stand in one cell for rows of several keys, and name them."""
    field, origin = of
    if not field.adds_up:
        return cast
    for rows in of_keys.shared(table, column, keys):
        origin.rows.append(issues.row(
            Issue.LEDGER_MERGED_AMOUNT, source=origin.label, layer=origin.layer,
            field=field.name, value=", ".join(map(str, rows)),
        ))
        cast = cast.where(~cast.index.isin(rows))
    return cast


def _doubled(
    keys: pd.Series[Any], stated: LedgerSource, schema: Schema
) -> list[issues.Row]:
    """Name the keys that several rows have, with the numbers of these rows: none is read."""
    return [
        issues.row(
            Issue.LEDGER_DUPLICATE, source=stated.path, layer=schema.id, feature_id=key,
            field=stated.on, value=f"{key} ({', '.join(map(str, keys.index[keys == key]))})",
        )
        for key in sorted(set(keys))
    ]


def _of_several(
    frame: gpd.GeoDataFrame, keys: pd.Series[Any], stated: LedgerSource, schema: Schema
) -> list[issues.Row]:
    """Name the rows whose mark several features bear; plots share the rows of their project."""
    if schema.amounts or stated.on == schema.key:
        return []
    on = frame[stated.on]
    shared = on[on.duplicated(keep=False) & on.isin(keys)]
    return [
        issues.row(
            Issue.LEDGER_ROW_SHARED, source=stated.path, layer=schema.id, feature_id=str(mark),
            field=stated.on, value=", ".join(map(str, frame.loc[own.index, schema.key])),
        )
        for mark, own in shared.groupby(shared)
    ]


def _phases(
    keys: pd.Series[Any], phased: set[str], by_key: pd.Series[Any],
    of: tuple[Field, values.Origin],
) -> list[issues.Row]:
    """Name the rows of phases, key by key: added up, or not, as one of them has no figure."""
    field, origin = of
    whole = by_key[by_key.index.isin(phased) & (by_key != CONTRADICTED)]
    rows = {key: own for key, own in keys.groupby(keys).groups.items() if key in whole.index}
    return [
        issues.row(
            Issue.LEDGER_PHASES_ADDED if pd.notna(whole[key]) else Issue.LEDGER_PHASES_INCOMPLETE,
            source=origin.label, layer=origin.layer, feature_id=str(key), field=field.name,
            value=", ".join(map(str, own)),
        )
        for key, own in rows.items()
    ]


def _column_missing(
    stated: LedgerSource, schema: Schema, field: str, table: Table
) -> issues.Row:
    return issues.row(
        Issue.COLUMN_MISSING, source=stated.path, layer=schema.id, field=field,
        value=", ".join(table.names),
    )
