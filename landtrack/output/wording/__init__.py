"""How findings and layer hits are put into words: the same on the map and in the ledger."""

from landtrack.model.translations import unit_of
from landtrack.output.wording.findings import (
    FindingWords,
    change_of,
    finding,
    formula,
    industry,
    message,
    missing_of,
    of_whom,
    origin_of,
    outcome_words,
    whom,
)
from landtrack.output.wording.hits import Hit, hits, lines
from landtrack.output.wording.land import land, land_under
from landtrack.output.wording.phrases import (
    attribute,
    bare,
    choice,
    chosen,
    class_label,
    class_name,
    figure,
    naming,
    quantity,
    valued,
)
from landtrack.output.wording.returns import RETURN_HEADS, return_line, returned
from landtrack.output.wording.setbacks import SETBACK_HEADS, setback, setback_line
from landtrack.output.wording.written import (
    AsWritten,
    columns as written_columns,
    figures,
    with_cells,
)

__all__ = [
    "RETURN_HEADS", "SETBACK_HEADS", "AsWritten", "FindingWords", "Hit", "attribute", "bare",
    "change_of", "choice", "chosen",
    "class_label", "class_name", "figure", "figures", "finding", "formula", "hits",
    "industry", "land", "land_under", "lines", "message", "missing_of", "naming", "of_whom",
    "origin_of", "outcome_words", "quantity", "return_line", "returned",
    "setback", "setback_line",
    "unit_of", "valued", "whom", "with_cells", "written_columns",
]
