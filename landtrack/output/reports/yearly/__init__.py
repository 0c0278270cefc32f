"""What a park hands in each year: a report with charts, and a summary filled from the layers."""

from landtrack.output.reports.yearly.block import Block, Cell
from landtrack.output.reports.yearly.blocks import blocks
from landtrack.output.reports.yearly.render import pictures, to_html, write_docx, write_workbook
from landtrack.output.reports.yearly.summary import Paragraph, Piece, Source, fill, query

__all__ = [
    "Block", "Cell", "Paragraph", "Piece", "Source", "blocks", "fill", "pictures", "query",
    "to_html", "write_docx", "write_workbook",
]
