"""A vetted place over its store, read whole or, where it is large, piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, overload

import geopandas as gpd
import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from landtrack.model import Basis, LayerSource, Place, Schema, Sign, catalog, translations
from landtrack.model.address import Address
from landtrack.model.assessment import (
    AMOUNTS,
    FINDINGS,
    ISSUES,
    MEASURES,
    OF_PROJECTS,
    WRITTEN,
    Assessment,
    Features,
    LayerSet,
)
from landtrack.model.classes import VERDICT
from landtrack.model.errors import SourceError
from landtrack.model.events import Event
from landtrack.model.memory import give_back
from landtrack.spatial import crs
from landtrack.store import backends, judged, log, reads, seals, sign_off

AT_ONCE = 16_384
"""Shapes that are read at once."""

BY_PLOT = (FINDINGS, MEASURES, WRITTEN)
"""The tables that grow with the plots times the rules, layers and fields."""


def load(
    store: Address, *, lang: str | None = None, folder: Path | None = None,
    large: int | None = None,
) -> Assessment:
    """Open a store as the vetted place that it holds.

    ``lang``: Language of what is made of it; that of its place where not given.
    ``folder``: The folder of its place, whose catalog says title, notice, credits and basemaps as
    they are now; those of the run, without basemaps, where not given.
    ``large``: The number of features from which on a layer is read piece by piece when it is
    wanted, and so are the tables of plots; all is read now where not given.
    Raises SourceError: If there is no store, it holds no run, its results were edited, or a run
    replaced it meanwhile.
    Raises CatalogError: If the folder is not that of its place.
    Raises CRSError: If its working CRS is none in which a scale can be true.
    """
    seals.insist(store)
    run = reads.last_run(store)
    working = crs.require_metric(
        crs.parse(run["working_crs"], what=f"The working CRS of {store.name}"), what=store.name
    )
    schemas, names = catalog.schemas(), reads.names(store)
    place = _place(run, folder)
    tables: Mapping[str, pd.DataFrame] = _tables(store, names)
    if large is not None:
        wanted = [each for each in BY_PLOT if each in names]
        tables = _Pieces(store, schemas["plots"], tables, wanted)
    loaded = Assessment(
        place=place,
        lang=translations.load(lang or place.language).lang,
        crs=working,
        schemas=schemas,
        workflow=catalog.workflow(run["workflow"]),
        packs=judged.rules(store, run),
        sets=_sets(store, run, schemas, names, large),
        tables=tables if large is not None else {
            **tables, **{name: reads.read(store, name) for name in BY_PLOT if name in names}
        },
        events=_Log(store),
        run=run,
        store=store,
        sign_offs=sign_off.in_force(store),
    )
    reads.insist_on_run(store, run)
    return loaded


def place_of(store: Address, folder: Path) -> Place:
    """Open the place that a store was made from.

    Raises SourceError: If there is no store, it holds no run, or the place is another than that of
    the store.
    """
    return _place(reads.last_run(store), folder)


def _place(run: Mapping[str, Any], folder: Path | None) -> Place:
    """Give the place of a run: by its catalog, else as the run recorded it."""
    if folder is not None:
        found = catalog.place(folder)
        if found.id != run["place"]:
            raise SourceError(
                f"The store is of the place {run['place']!r}, the folder of {found.id!r}.",
                mend="Name the folder of the place that the store was made from.",
            )
        return msgspec.structs.replace(found, as_of=_day(run["as_of"]))
    head = json.loads(run.get("place_head") or "{}")
    return Place(
        id=run["place"], title=head.get("title") or {"en": run["place"]},
        language=head.get("language") or "zh", crs=run["working_crs"], folder=Path(),
        layers=tuple(
            LayerSource(kind="", path="", attribution=each)
            for each in head.get("attributions", ())
        ),
        rules=tuple(filter(None, run["rules"].split(", "))), workflow=run["workflow"],
        as_of=_day(run["as_of"]), notice=head.get("notice") or {},
        basis=Basis(
            land_area=run["land_area"], floor_area=run["floor_area"],
            covered_area=run["covered_area"],
        ),
        sign=Sign(two=head.get("two", "nobody")),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


class _Log(Sequence[Event]):
    """The log of a store, read when it is first asked for."""

    def __init__(self, store: Address) -> None:
        self.store = store
        self.read: list[Event] | None = None

    def _events(self) -> list[Event]:
        if self.read is None:
            self.read = log.proven(self.store)
        return self.read

    @overload
    def __getitem__(self, at: int) -> Event: ...
    @overload
    def __getitem__(self, at: slice) -> list[Event]: ...
    def __getitem__(self, at: int | slice) -> Event | list[Event]:
        return self._events()[at]

    def __len__(self) -> int:
        return len(self._events())


# --- tables ---------------------------------------------------------------------------------


def _tables(store: Address, names: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Read the tables that stay small."""
    tables = {name: pd.DataFrame(reads.read(store, name))
              for name in (ISSUES, OF_PROJECTS) if name in names}
    amounts = reads.amounts(store)
    return tables if amounts is None else tables | {AMOUNTS: amounts}


class _Pieces(Mapping[str, pd.DataFrame]):
    """Tables of which the large ones are read when they are asked for, each time anew."""

    def __init__(
        self, store: Address, plots: Schema, held: Mapping[str, pd.DataFrame],
        large: Sequence[str],
    ) -> None:
        self.store, self.plots, self.held, self.large = store, plots, held, large

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self.large:
            return self.held[name]
        give_back()
        return _coded(self.store, name, *self.of_plots)

    @cached_property
    def of_plots(self) -> tuple[pa.Array, pd.Index]:
        """The keys of the plots, in the order of the store; all large tables share them."""
        batches = backends.of(self.store).batches(self.store, "plots", [self.plots.key])
        parts = [each.column(0) for each in batches]
        keys = pa.chunked_array(parts, pa.string()).combine_chunks()
        return keys, pd.Index(keys.to_pylist(), dtype=object)

    def __contains__(self, name: object) -> bool:
        return name in self.held or name in self.large

    def __iter__(self) -> Iterator[str]:
        yield from self.held
        yield from self.large

    def __len__(self) -> int:
        return len(self.held) + len(self.large)


def _coded(store: Address, name: str, keys: pa.Array, plots: pd.Index) -> pd.DataFrame:
    """Read a table of plots with each text that occurs in it once, and numbers for the rows."""
    columns: dict[str, list[npt.NDArray[Any]]] = {}
    listed: dict[str, dict[str, int]] = {}
    for batch in backends.of(store).batches(store, name):
        for column, cells in zip(batch.schema.names, batch.columns, strict=True):
            if column == "plot_id":
                codes = pc.fill_null(pc.index_in(cells, value_set=keys), -1).to_numpy()
            elif pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type):
                codes = _codes(cells, listed.setdefault(column, {}))
            elif cells.null_count == len(cells):
                codes = _nothing(len(cells))
            else:
                codes = cells.to_numpy(zero_copy_only=False)
            columns.setdefault(column, []).append(codes)
    made: dict[str, Any] = {}
    for column, parts in columns.items():
        empty = not any(each.strides[0] for each in parts)
        whole = _nothing(sum(map(len, parts))) if empty else np.concatenate(parts)
        parts.clear()
        if column == "plot_id":
            made[column] = pd.Categorical.from_codes(whole, plots)
        elif column in listed:
            texts = pd.Index(list(listed[column]), dtype=object)
            made[column] = pd.Categorical.from_codes(whole, texts)
        else:
            made[column] = whole
    give_back()
    if not made:
        return pd.DataFrame(reads.read(store, name))
    return pd.DataFrame(made, copy=False)


def _nothing(count: int) -> npt.NDArray[np.float64]:
    """Give a column without a value, which takes no memory."""
    return np.broadcast_to(np.float64(np.nan), count)


def _codes(cells: pa.Array, listed: dict[str, int]) -> npt.NDArray[np.signedinteger]:
    """Give texts numbers by a list that grows; -1 is none."""
    coded = pc.dictionary_encode(cells)
    places = np.array(
        [listed.setdefault(each, len(listed)) for each in coded.dictionary.to_pylist()] + [-1],
        dtype=np.int32,
    )
    rows = pc.fill_null(coded.indices, len(places) - 1).to_numpy()
    return np.asarray(places[rows], dtype=np.min_scalar_type(-max(len(listed), 1)))


# --- layers ---------------------------------------------------------------------------------


def _sets(
    store: Address, run: Mapping[str, Any], schemas: Mapping[str, Schema], names: Sequence[str],
    large: int | None,
) -> dict[str, LayerSet]:
    """Open the layers, with the part of the place of which each is known, where one is stated."""
    head = json.loads(run.get("place_head") or "{}")
    coverage = {
        kind: gpd.GeoSeries(shapely.from_wkb([written]), crs=run["working_crs"])
        for kind, written in head.get("coverage", {}).items()
    }
    sets = {}
    for kind, schema in schemas.items():
        # A store of an earlier version names the layers of a stated part among the partial ones.
        complete = kind in coverage or kind not in head.get("partial", ())
        frame, pieces = None, None
        if kind in names:
            frame, pieces = _layer(store, schema, large)
        elif complete and kind not in coverage:
            continue
        sets[kind] = LayerSet(
            schema=schema, frame=frame, pieces=pieces, coverage=coverage.get(kind),
            complete=complete,
        )
    return sets


def _layer(
    store: Address, schema: Schema, large: int | None
) -> tuple[gpd.GeoDataFrame | None, Features | None]:
    """Read a layer, or where it is large say how it is read piece by piece."""
    if large is not None:
        count, system, bounds = backends.of(store).shape_of(store, schema.id)
        if count >= large:
            return None, Features(
                count=count, crs=system, bounds=bounds or (np.nan, np.nan, np.nan, np.nan),
                table=lambda: _rows(store, schema), shapes=lambda: _shapes(store, schema),
                names=lambda keys: _named(store, schema, keys),
            )
    frame = reads.read(store, schema.id)
    assert isinstance(frame, gpd.GeoDataFrame)  # noqa: S101  layers have shapes
    return frame.set_index(schema.key), None


def _rows(store: Address, schema: Schema) -> pd.DataFrame:
    """Read the rows of a layer without their shapes."""
    backend = backends.of(store)
    there = backend.fields(store, schema.id)
    wanted = [*(each.name for each in schema.field), VERDICT]
    batches = backend.batches(store, schema.id, [each for each in wanted if each in there])
    texts = dict.fromkeys((pa.string(), pa.large_string()), pd.StringDtype("pyarrow"))
    table = pa.Table.from_batches(list(batches))
    rows = table.to_pandas(
        types_mapper=texts.get, date_as_object=False, split_blocks=True
    ).set_index(schema.key)
    del table
    give_back()
    return rows


def _shapes(store: Address, schema: Schema) -> Iterator[npt.NDArray[np.object_]]:
    """Read the shapes of a layer."""
    give_back()
    backend = backends.of(store)
    for batch in backend.batches(store, schema.id, (), shapes=True, at_once=AT_ONCE):
        yield shapely.from_wkb(batch.column("geometry").to_numpy(zero_copy_only=False))


def _named(store: Address, schema: Schema, wanted: pd.Index) -> dict[str, str]:
    """Read the names of some features."""
    backend = backends.of(store)
    if "name" not in backend.fields(store, schema.id):
        return {}
    keys = pa.array(wanted, pa.string())
    found: dict[str, str] = {}
    for batch in backend.batches(store, schema.id, [schema.key, "name"]):
        own = pa.Table.from_batches([batch])
        own = own.filter(pc.is_in(own.column(schema.key), value_set=keys))
        names = zip(
            own.column(schema.key).to_pylist(), own.column("name").to_pylist(), strict=True
        )
        found |= {key: name for key, name in names if name}
    return found
