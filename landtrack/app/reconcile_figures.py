"""The figures that a report states, held against the layers of its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from landtrack.assessment import reconcile
from landtrack.ingest import read
from landtrack.model import catalog, issues
from landtrack.model.assessment import Assessment
from landtrack.model.figures import Figure
from landtrack.output.reports import document, reconciliation

REPORTED = "reported_figures.csv"
"""Where the reported figures stand if nobody says."""


@dataclass(frozen=True)
class Reconciled:
    """Reported against derived figures, what is wrong with the report, and how each is derived."""

    table: pd.DataFrame
    figures: tuple[Figure, ...]
    rows: list[issues.Row]

    @property
    def status(self) -> int:
        """0 where all agree, 1 where one differs, 3 where none does but one cannot be derived."""
        verdicts = set(self.table["verdict"])
        return 1 if "differs" in verdicts else 3 if "open" in verdicts else 0


def against_layers(result: Assessment, stated: Path | None = None) -> Reconciled:
    """Hold the figures that a report on a place states against its layers.

    ``stated``: The file of the reported figures; that of the catalog, else :data:`REPORTED` in the
    folder of the place, where not given.
    Returns: Each figure, by :data:`landtrack.assessment.reconcile.RECONCILED_COLUMNS`.
    Raises SourceError: If the reported figures cannot be read.
    """
    place = result.place
    if stated is not None:  # a person may name any file
        whole = stated.resolve()
        reported = reconcile.read_reported(whole.name, whole.parent)
    else:
        reported = reconcile.read_reported(place.reported_figures or REPORTED, place.folder)
    figures = catalog.figures(place.folder)
    table = reconcile.compare(
        reconcile.reported(reported), figures, reconcile.ground(result)
    )
    rows = read.table_rows(reported.notes, source=reported.path.name)
    return Reconciled(table, figures, [*rows, *reconcile.told(reported)])


def told(found: Reconciled, result: Assessment) -> document.Document:
    """Say it, each figure with its features on the ground."""
    return reconciliation.reconciled(found.table, found.figures, result.layers, result.place)
