"""The map of a store, drawn anew without a run; however large it is, it is read piece by piece."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from landtrack import store
from landtrack.model import (
    Basis,
    Joined,
    LayerSource,
    Place,
    Result,
    Schema,
    catalog,
    translations as text,
)
from landtrack.model.errors import SourceError
from landtrack.output import map as webmap
from landtrack.output.map.source import AT_ONCE, VERDICT, Source, give_back, of_frame
from landtrack.store import staging, streams

MAP = "map.html"


def draw(
    named: store.Address, out: Path, *, place: Path | None = None, lang: str | None = None
) -> Path:
    """Draw the map of a store.

    ``named``: The store that ``landtrack run`` made. A shared one is copied into a GeoPackage
    first, which is there while the map is drawn.
    ``out``: The folder that ``map.html`` goes into, and where there are many features the folder
    ``map-blocks`` beside it.
    ``place``: The folder of its place, whose catalog says title, notice, credits and basemaps as
    they are now; those of the run, without basemaps, where not given.
    ``lang``: The language that the page opens in; that of the place where not given.
    Raises SourceError: If there is no store, or it holds no run.
    Raises CatalogError: If the place is another than that of the store.
    Raises OutputError: If the map cannot be written; what was there before is as it was.
    """
    if isinstance(named, Path):
        return _draw(named, out, place, lang)
    with tempfile.TemporaryDirectory(prefix="landtrack-map-") as folder:
        path = Path(folder) / "project.gpkg"
        store.copy(named, path)
        return _draw(path, out, place, lang)


def draw_anew(result: Result, out: Path) -> Path:
    """Draw the map of a vetted place alone, such as of an earlier day.

    ``out``: The folder that ``map.html`` goes into.
    Raises OutputError: If the map cannot be written; what was there before is as it was.
    """
    with staging.staging(out) as folder:
        webmap.save(webmap.build(result), folder / MAP)
    return out / MAP


def _draw(path: Path, out: Path, place: Path | None, lang: str | None) -> Path:
    """Draw the map of a GeoPackage."""
    store.seals.insist(path)
    schemas = catalog.schemas()
    run = store.last_run(path)
    names = store.names(path)
    sources = {kind: _source(path, schemas[kind]) for kind in schemas if kind in names}
    result = _result(path, run, schemas, names, place=place, lang=lang)

    def judged() -> tuple[Result, dict[str, dict[str, str]]]:
        give_back()
        keys = _keys(path, schemas["plots"])
        plots = pd.Index(keys.to_pylist(), dtype=object)
        measures = _table(path, "measures", keys, plots)
        named = {
            kind: _named(path, schemas[kind], wanted)
            for kind, wanted in webmap.decided(measures).items() if kind in sources
        }
        findings = _table(path, "findings", keys, plots)
        written = _table(path, store.WRITTEN, keys, plots) if store.WRITTEN in names else None
        return dataclasses.replace(
            result, measures=measures, findings=findings, written=written
        ), named

    with staging.staging(out) as folder:
        webmap.write(result, sources, judged, folder / MAP)
        store.insist_on_run(path, run)
    return out / MAP


def place_of(named: store.Address, folder: Path) -> Place:
    """Open the place that a store was made from.

    Raises SourceError: If there is no store, it holds no run, or the place is another than that of
    the store.
    """
    return _place(store.last_run(named), folder)


def _result(
    path: Path, run: Mapping[str, Any], schemas: Mapping[str, Schema], names: list[str], *,
    place: Path | None, lang: str | None,
) -> Result:
    """Put a run together again, without its layers, findings and measures."""
    own = _place(run, place)
    projects = "project_findings" in names
    return Result(
        place=own,
        lang=text.load(lang or own.language).lang,
        schemas=schemas,
        workflow=catalog.workflow(run["workflow"]),
        packs=store.rules(path, run),
        layers={},
        joined=_joined(run, schemas),
        measures=pd.DataFrame(),
        findings=pd.DataFrame(),
        projects=pd.DataFrame(store.read(path, "project_findings")) if projects else None,
        amounts=store.amounts(path),
        issues=pd.DataFrame(store.read(path, "issues")),
        marks=gpd.GeoDataFrame(geometry=[], crs=run["working_crs"]),
        status_log=pd.DataFrame(store.read(path, "status_log")),
        counts=pd.DataFrame(),
        run=pd.DataFrame([run]),
    )


def _joined(run: Mapping[str, Any], schemas: Mapping[str, Schema]) -> dict[str, Joined]:
    """Tell of which layers a part of the place is known only, and which part where it is stated."""
    head = json.loads(run.get("place_head") or "{}")
    coverage = {
        kind: gpd.GeoSeries(shapely.from_wkb([written]), crs=run["working_crs"])
        for kind, written in head.get("coverage", {}).items()
    }
    # A store of an earlier version names the layers of a stated part among the incomplete ones.
    return {
        kind: Joined(
            schema=schemas[kind], frame=None, coverage=coverage.get(kind),
            complete=kind in coverage,
        )
        for kind in sorted({*head.get("partial", ()), *coverage}) if kind in schemas
    }


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
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


# --- tables ---------------------------------------------------------------------------------


def _keys(path: Path, plots: Schema) -> pa.Array:
    """Read the keys of the plots, in the order of the store."""
    parts = [batch.column(0) for batch in streams.batches(path, "plots", [plots.key])]
    return pa.chunked_array(parts, pa.string()).combine_chunks()


def _table(path: Path, name: str, keys: pa.Array, plots: pd.Index) -> pd.DataFrame:
    """Read a table of plots with each text that occurs in it once, and numbers for the rows."""
    columns: dict[str, list[npt.NDArray[Any]]] = {}
    listed: dict[str, dict[str, int]] = {}
    for batch in streams.batches(path, name):
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
        return pd.DataFrame(store.read(path, name))
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


def _source(path: Path, schema: Schema) -> Source:
    """Say where the features of a layer come from: at once where they are few."""
    count, crs, bounds = streams.shape_of(path, schema.id)
    if count < webmap.LARGE:
        frame = store.read(path, schema.id).set_index(schema.key)
        return dataclasses.replace(of_frame(frame), judged=True)
    return Source(
        count=count, crs=crs, bounds=bounds or (np.nan, np.nan, np.nan, np.nan),
        table=lambda: _rows(path, schema), shapes=lambda: _shapes(path, schema), judged=True,
    )


def _rows(path: Path, schema: Schema) -> pd.DataFrame:
    """Read the rows of a layer without their shapes."""
    there = streams.columns(path, schema.id)
    wanted = [*(each.name for each in schema.field), VERDICT]
    batches = streams.batches(path, schema.id, [each for each in wanted if each in there])
    texts = dict.fromkeys((pa.string(), pa.large_string()), pd.StringDtype("pyarrow"))
    table = pa.Table.from_batches(list(batches))
    rows = table.to_pandas(
        types_mapper=texts.get, date_as_object=False, split_blocks=True
    ).set_index(schema.key)
    del table
    give_back()
    return rows


def _shapes(path: Path, schema: Schema) -> Iterator[npt.NDArray[np.object_]]:
    """Read the shapes of a layer."""
    give_back()
    for batch in streams.batches(path, schema.id, (), shapes=True, at_once=AT_ONCE):
        yield shapely.from_wkb(batch.column("geometry").to_numpy(zero_copy_only=False))


def _named(path: Path, schema: Schema, wanted: pd.Index) -> dict[str, str]:
    """Read the names of some features."""
    if "name" not in streams.columns(path, schema.id):
        return {}
    keys = pa.array(wanted, pa.string())
    found: dict[str, str] = {}
    for batch in streams.batches(path, schema.id, [schema.key, "name"]):
        own = pa.Table.from_batches([batch])
        own = own.filter(pc.is_in(own.column(schema.key), value_set=keys))
        names = zip(
            own.column(schema.key).to_pylist(), own.column("name").to_pylist(), strict=True
        )
        found |= {key: name for key, name in names if name}
    return found
