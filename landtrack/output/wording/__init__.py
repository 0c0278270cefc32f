"""How findings and layer hits are put into words: the same on the map and in the ledger."""

from landtrack.model.translations import unit_of
from landtrack.output.wording.findings import (
    FindingWords,
    change,
    finding,
    formula,
    missing,
    of_whom,
    origin,
    outcome_words,
)
from landtrack.output.wording.hits import Hit, hits
from landtrack.output.wording.land import land
from landtrack.output.wording.phrases import attribute, choice, class_label, input_name, quantity
from landtrack.output.wording.written import (
    AsWritten,
    columns as written_columns,
    figures,
    with_cells,
)

__all__ = [
    "AsWritten", "FindingWords", "Hit", "attribute", "change", "choice", "class_label",
    "figures", "finding", "formula", "hits", "input_name", "land", "missing", "of_whom", "origin",
    "outcome_words", "quantity", "unit_of", "with_cells", "written_columns",
]
