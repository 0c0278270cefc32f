"""Coordinate reference systems that a catalog states, as somebody types them."""

from __future__ import annotations

from landtrack.model.errors import CRSError
from landtrack.spatial import crs
from landtrack.spatial.crs import offsets


def fault(text: str, table: str) -> tuple[str, str] | None:
    """Say why a text is no coordinate reference system for a table of a catalog.

    ``table``: In that of a ``layer`` it may be a shifted one, in that of the ``place`` areas are
    measured in it.
    Returns: The cause and the mend; None where it is one.
    """
    if table == "layer" and offsets.named(text) is not None:
        return None
    try:
        made = crs.parse(text, what="crs")
        if table == "place":
            crs.require_metric(made, what="crs")
    except CRSError as error:
        return error.cause, error.mend
    return None
