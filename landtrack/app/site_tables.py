"""What the land of all plots and projects lacks, as tables."""

from __future__ import annotations

from pathlib import Path

from landtrack.model.assessment import Assessment
from landtrack.output.reports import ledger, site
from landtrack.store import staging


def write(result: Assessment, out: Path) -> list[Path]:
    """Write acquisition, services and clearance of all plots and projects, all files or none.

    ``out``: The folder; its files of the same names are replaced.
    Raises OutputError: If they cannot be written; what was there before is as it was.
    """
    tables = site.tables(result, result.layers["plots"])
    with staging.staging(out) as folder:
        for name, table in tables.items():
            ledger.write_csv(table, folder / f"{name}.csv")
    return [out / f"{name}.csv" for name in tables]
