"""The land under one plot, read from the store of its place: no more of it than lies there."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from landtrack import store
from landtrack.app import standing
from landtrack.model import Workflow, catalog, translations
from landtrack.model.address import Address, Outputs
from landtrack.output import wording
from landtrack.spatial import land, measures
from landtrack.store.address import within

DRAWN = frozenset({"plots", "parcels", "runs"})
"""What is drawn from a store: these are held against its seal."""


def under(
    out: Outputs, plot: str, words: translations.Words
) -> tuple[tuple[str, ...], ...]:
    """Say the parcels under a plot with their shares, as its form and the ledger say them.

    ``out``: The outputs of its place, or its shared store.
    ``plot``: Its ``plot_id``.
    Returns: A row each of what, state, area and share, what lies in no parcel too, the sum last;
    none where the place has no parcels.
    Raises SourceError: If there is no store, or its results were edited.
    """
    path, schemas = within(out), catalog.schemas()
    held = _held(path, standing.insist(path, DRAWN))
    if held is None:
        return ()
    plots = store.near(path, "plots", schemas["plots"].key, None, [plot])
    plots = plots.set_index(schemas["plots"].key).loc[[plot]]
    frame = _parcels(path, plots)
    names = {str(key): name for key, name in frame["name"].items()}
    table = land.under(
        plots, frame, schemas["parcels"], known=np.array([_known(held, plots)])
    )
    return tuple(wording.land(words, table, schemas["parcels"], held.workflow, names))


class _Held(NamedTuple):
    """What a run says of the parcels of its place: how they go on, and where they are complete."""

    workflow: Workflow
    complete: shapely.Geometry | bool


@lru_cache(maxsize=2)
def _held(path: Address, _run: str) -> _Held | None:
    """Read what a run says of its parcels, once; None where it has none."""
    if "parcels" not in store.names(path):
        return None
    run = store.last_run(path)
    head = json.loads(run.get("place_head") or "{}")
    stated = head.get("coverage", {}).get("parcels")
    if stated is not None:
        return _Held(catalog.workflow(run["workflow"]), shapely.from_wkb(stated))
    with standing.judged(path, DRAWN) as db:
        complete = "parcels" not in head.get("partial", ()) and db.count("parcels") > 0
    return _Held(catalog.workflow(run["workflow"]), complete)


def _parcels(path: Address, plots: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Read the parcels near a plot, with their states and names."""
    key = catalog.schemas()["parcels"].key
    frame = store.near(path, "parcels", key, tuple(plots.total_bounds)).set_index(key)
    with standing.judged(path, DRAWN) as db:
        told = {
            own: (state, name) for own, state, name in db.select_each(
                "parcels", (key, "state", "name"), (key,), [(own,) for own in frame.index]
            )
        }
    return frame.assign(
        state=[told[own][0] for own in frame.index], name=[told[own][1] for own in frame.index]
    )


def _known(held: _Held, plots: gpd.GeoDataFrame) -> bool:
    """Tell whether the parcels are known to be complete at a plot, as a run takes it."""
    if isinstance(held.complete, bool):
        return held.complete
    return bool(measures.lies_within(plots.geometry.to_numpy(), held.complete).all())
