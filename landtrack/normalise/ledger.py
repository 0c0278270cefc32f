"""The ledger: a table without geometry whose rows fill fields by a key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import geopandas as gpd
import pandas as pd

from landtrack import issues
from landtrack.model import Issue, LedgerSource, Schema
from landtrack.normalise import values
from landtrack.read import Raw


def fill(
    frame: gpd.GeoDataFrame,
    raw: Raw,
    schema: Schema,
    choices: Mapping[str, Mapping[str, str]],
) -> tuple[gpd.GeoDataFrame, list[issues.Row]]:
    """Fill fields from the ledger's row of the same key.

    Parameters
    ----------
    frame
        n features with their key and the field that the ledger is joined on.
    raw
        Where they come from; one without a ledger changes nothing.
    schema
        Their kind.
    choices
        Codes by what may be written, by field.

    Returns
    -------
    frame : GeoDataFrame
        The same n features with the ledger's fields; missing where the ledger has no row
        of that key, or several, of which none can be preferred.
    rows : list of issues.Row
        Keys that only one side has, keys that the ledger has twice, cells that cannot be
        read, columns that are not there.
    """
    stated, table = raw.source.ledger, raw.ledger
    if stated is None or table is None:
        return frame, []
    if stated.key not in table:
        return frame, [_column_missing(stated, schema, stated.key, table)]
    keys = values.as_text(table[stated.key])
    table, keys = table[keys.notna()], keys[keys.notna()]
    on = frame[stated.on]
    twice = keys.duplicated(keep=False)
    repeated = set(keys[twice])
    table, keys = table[~twice], keys[~twice]
    unused = keys[~keys.isin(on)]
    without = on.notna() & ~on.isin(keys) & ~on.isin(repeated)

    def tell(issue: Issue, found: Iterable[str], ids: Iterable[str]) -> list[issues.Row]:
        source = raw.label if issue is Issue.LEDGER_NO_MATCH else stated.path
        return [
            issues.row(
                issue, source=source, layer=schema.id, feature_id=own, field=stated.on, value=key
            )
            for key, own in zip(found, ids, strict=True)
        ]

    rows = tell(Issue.LEDGER_DUPLICATE, sorted(repeated), sorted(repeated))
    rows += tell(Issue.LEDGER_UNUSED, unused, unused)
    rows += tell(Issue.LEDGER_NO_MATCH, on[without], frame.loc[without, schema.key])
    own = keys.map(dict(zip(on, frame[schema.key], strict=True))).fillna(keys)
    origin = values.Origin(stated.path, schema.id, own, stated.values, rows)
    filled = {}
    for name, mapped in stated.fields.items():
        column, unit = values.column_of(mapped)
        if column not in table:
            rows.append(_column_missing(stated, schema, name, table))
            continue
        field = schema.fields[name]
        cast = values.cast((table[column], unit), field, choices.get(name, {}), origin)
        filled[name] = on.map(cast.set_axis(pd.Index(keys)))
    return frame.assign(**filled), rows


def _column_missing(
    stated: LedgerSource, schema: Schema, field: str, table: pd.DataFrame
) -> issues.Row:
    return issues.row(
        Issue.COLUMN_MISSING, source=stated.path, layer=schema.id, field=field,
        value=", ".join(map(str, table.columns)),
    )
