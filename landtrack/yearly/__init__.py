"""What a park hands in each year: a report with charts, and a summary filled from the layers."""

from landtrack.yearly.block import Block, Cell
from landtrack.yearly.blocks import blocks
from landtrack.yearly.render import pictures, to_html, write_docx, write_workbook
from landtrack.yearly.summary import Paragraph, Piece, Source, fill, query

__all__ = [
    "Block", "Cell", "Paragraph", "Piece", "Source", "blocks", "fill", "pictures", "query",
    "to_html", "write_docx", "write_workbook",
]
