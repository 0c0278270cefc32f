"""Reads the layers and tables of a store whole, and the run that it is of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from landtrack.model.address import Address
from landtrack.model.assessment import AMOUNTS
from landtrack.model.errors import SourceError
from landtrack.store import backends
from landtrack.store.session import Box


def read(store: Address, name: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Read a layer or a table of a store.

    ``name``: A layer kind, one of :data:`TABLES`, or :data:`OF_PROJECTS`.
    Returns: Its rows; a layer in the working CRS with its key as a column.
    Raises SourceError: If there is no such store or no such table in it.
    """
    return backends.of(store).frame(store, name)


def near(
    store: Address, kind: str, key: str, box: Box | None,
    keys: Sequence[str] = (),
) -> gpd.GeoDataFrame:
    """Read of a layer what meets a box, and some features wherever they are, and no more.

    ``key``: The column of its keys.
    ``box``: West, south, east, north in the working CRS; None for the features alone.
    ``keys``: Those of the features.
    Returns: The key and the shape of each, in the order of the layer.
    """
    return backends.of(store).near(store, kind, key, box, keys)


def amounts(store: Address) -> pd.DataFrame | None:
    """Read what is of projects of several plots as wholes.

    Returns: By project, as an assessment holds it; None where every project is one plot.
    """
    if AMOUNTS not in names(store):
        return None
    return pd.DataFrame(read(store, AMOUNTS)).set_index("project_id")


def last_run(store: Address) -> dict[str, Any]:
    """Read what the layers and tables of a store were made from.

    Returns: The last row of ``runs``.
    Raises SourceError: If there is no store, or it holds no run.
    """
    runs = read(store, "runs")
    if runs.empty:
        raise SourceError(
            f"{store} holds no run.", mend="Make the store again with `landtrack run`."
        )
    return {str(key): value for key, value in runs.iloc[-1].items()}


def insist_on_run(store: Address, run: Mapping[str, Any]) -> None:
    """Refuse what was read from a store table by table where a run replaced it meanwhile.

    ``run``: What :func:`last_run` said before.
    Raises SourceError: If it says otherwise now.
    """
    if {key: str(value) for key, value in last_run(store).items()} != {
        key: str(value) for key, value in run.items()
    }:
        raise SourceError(f"A run replaced {store} while it was read.", mend="Try again.")


def names(store: Address) -> list[str]:
    """List the layers and tables of a store."""
    return backends.of(store).names(store)


def exists(store: Address) -> bool:
    """Tell whether there is a store.

    Returns: Whether something stands there; what it is shows when it is read.
    """
    return backends.of(store).exists(store)
