"""Features of a collection as one file: all that are wanted, in the system of the store."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import msgspec
import numpy as np
import pandas as pd

from landtrack.app.ogc import answers, asked as asking, reading
from landtrack.app.ogc.asked import Wanted
from landtrack.app.ogc.reading import Collection, Feature, Place
from landtrack.app.ogc_types import FILES, Asked, Given
from landtrack.ingest.formats import export
from landtrack.model.address import Address
from landtrack.model.errors import RequestError
from landtrack.spatial import crs
from landtrack.store.session import ColumnKind, Session

MOST = 200_000
"""Features of a file."""
DTYPES: Mapping[ColumnKind, str] = {
    "number": "float64", "integer": "Int64", "boolean": "boolean",
}


def write(store: Address, asked: Asked, folder: Path) -> Given:
    """Write the features that a request chooses.

    ``store``: Of the place.
    ``asked``: For the features of a collection, with the kind of file in ``feature``.
    ``folder``: An empty one.
    Returns: The name of the file as JSON; an answer, also where it is that there is none.
    Raises SourceError: If there is no store, or its results were edited.
    Raises OutputError: If it cannot be written.
    """
    try:
        with reading.opened(store) as (db, place):
            asking.insist_on(asked.collection, place.collections)
            of = place.collections[asked.collection]
            found = _all(db, place, of, answers.wanted(place, of, asked))
    except RequestError as error:
        return answers.refusal(error, asked, html=False)
    path = folder / f"{of.id}.{asked.feature}"
    target = export.of(path)
    named = {"layer": of.id} if target.layers else {}
    target.writer.write(_frame(place, of, found), path, **named)
    return Given(
        status=200, kind=FILES[asked.feature], body=msgspec.json.encode({"name": path.name})
    )


def _all(db: Session, place: Place, of: Collection, wanted: Wanted) -> list[Feature]:
    """Read all features that are wanted.

    Raises RequestError: If they are more than one file takes.
    """
    whole = wanted._replace(limit=asking.MOST, after=None)
    found = list(itertools.islice(reading.following(db, place, of, whole), MOST + 1))
    if len(found) > MOST:
        raise RequestError(
            f"More than {MOST:,} features are wanted in one file.",
            mend="Choose fewer, by bbox, datetime or filter.",
        )
    return found


def _frame(place: Place, of: Collection, found: Sequence[Feature]) -> gpd.GeoDataFrame:
    """Put features into a table, as the store has them."""
    columns: dict[str, Any] = {"id": [each.id for each in found]}
    for name, kind in of.kinds.items():
        values = [each.properties[name] for each in found]
        columns[name] = pd.to_datetime(pd.Series(values, dtype="object")) if kind in {
            "day", "moment"
        } else pd.Series(values, dtype=DTYPES.get(kind, "object"))
    shapes = np.array([each.shape for each in found], dtype=object)
    return gpd.GeoDataFrame(
        columns, geometry=shapes, crs=crs.parse(place.working, what="The working CRS")
    )
