"""Tables without geometry: workbooks, text with separators, and tables of databases.

Everything that reads a table reads it here, so that a hidden sheet, a title, a row of units,
a sum, a footer, a merged cell or a formula that was never computed is the same to a ledger,
to the events, to reported figures and to coordinates.
"""

from landtrack.ingest.formats.tables.reading import (
    grids as grids,
    is_table as is_table,
    is_workbook as is_workbook,
    names as names,
    of_sheets as of_sheets,
    read as read,
)
from landtrack.ingest.formats.tables.table import (
    Column as Column,
    Fit as Fit,
    Grid as Grid,
    Table as Table,
    wanting as wanting,
)
from landtrack.ingest.formats.tables.words import is_ditto as is_ditto, is_phase as is_phase

__all__ = [
    "Column", "Fit", "Grid", "Table", "grids", "is_ditto", "is_phase", "is_table", "is_workbook",
    "names", "of_sheets", "read", "wanting",
]
