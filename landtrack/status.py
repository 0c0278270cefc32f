"""The log of states: which feature came into which state, when, by which document."""

from __future__ import annotations

import pandas as pd
from geopandas import GeoDataFrame

from landtrack.model import STATUS_COLUMNS

RECORDED = "recorded"
"""The action of a first entry: the state a file states, not a step that was watched."""


def first_entries(parcels: GeoDataFrame, track: str) -> pd.DataFrame:
    """Open the log with the states that a layer states.

    Parameters
    ----------
    parcels
        n features by key, with ``state``, ``state_on`` and ``document_no``.
    track
        The track that the states belong to.

    Returns
    -------
    DataFrame
        Columns of ``model.STATUS_COLUMNS``; one row for each feature with a known state,
        in the order of the features. A missing date stays missing.
    """
    known = parcels[parcels["state"].notna()]
    return pd.DataFrame(
        {
            "feature_id": known.index.astype("str"),
            "track": track,
            "at": known["state_on"].to_numpy(),
            "action": RECORDED,
            "from_state": "",
            "to_state": known["state"].to_numpy(),
            "document_no": known["document_no"].to_numpy(),
            "evidence_sha256": "",
            "by": known["source"].to_numpy(),
        },
        columns=list(STATUS_COLUMNS),
    )


def no_entries() -> pd.DataFrame:
    """Make an empty log.

    Returns
    -------
    DataFrame
        No rows, the columns of ``model.STATUS_COLUMNS``.
    """
    return pd.DataFrame(columns=list(STATUS_COLUMNS)).astype("str")
