"""An event: one row of the log of what happened to features."""

from __future__ import annotations

from landtrack.model import partial_dates
from landtrack.model.value import Value


class Event(Value, frozen=True, kw_only=True):
    """One row of the log; the fields are its columns.

    ``row`` alone is none: the row of a table in which an event is asked for, 0 in the log.
    """

    event: int
    layer: str
    feature_id: str
    track: str
    at: str
    action: str
    from_state: str = ""
    to_state: str = ""
    document_no: str = ""
    evidence_sha256: str = ""
    by: str = ""
    note: str = ""
    undoes: int = 0
    shapes: str = ""
    recorded_at: str = ""
    entered_by: str = ""
    row: int = 0

    @property
    def span(self) -> partial_dates.Span:
        """Say on which days it may have happened.

        Returns: One day where the date is exact.
        """
        return partial_dates.parse(self.at)

    @property
    def feature(self) -> tuple[str, str]:
        """Name the feature."""
        return self.layer, self.feature_id
