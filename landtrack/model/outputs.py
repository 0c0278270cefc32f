"""The names of what a run gives, in the order in which planners ask for it."""

from __future__ import annotations

MAP, STORE, LEDGER = "map.html", "project.gpkg", "ledger.xlsx"
FINDINGS_CSV, ISSUES_CSV, LAND_CSV = "findings.csv", "issues.csv", "land.csv"
OUTPUTS = (MAP, STORE, LEDGER, FINDINGS_CSV, ISSUES_CSV, LAND_CSV)
