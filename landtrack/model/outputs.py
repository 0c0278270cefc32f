"""The names of what a run gives, in the order in which planners ask for it."""

from __future__ import annotations

from pathlib import Path

MAP, STORE, LEDGER = "map.html", "project.gpkg", "ledger.xlsx"
FINDINGS_CSV, ISSUES_CSV, LAND_CSV = "findings.csv", "issues.csv", "land.csv"
OUTPUTS = (MAP, STORE, LEDGER, FINDINGS_CSV, ISSUES_CSV, LAND_CSV)

Identity = tuple[int, ...]


def identity(store: Path) -> Identity:
    """Tell a store from any that stood or will stand under its name.

    What other programs change lies in the log beside it until they are done: that counts too.

    Returns: When each of both was written and, as no program may set, changed, and its size; zeros
    for one that is not there.
    """
    return *_written(store), *_written(store.with_name(f"{store.name}-wal"))


def _written(path: Path) -> tuple[int, int, int]:
    try:
        there = path.stat()
    except OSError:
        return 0, 0, 0
    return there.st_mtime_ns, there.st_ctime_ns, there.st_size
