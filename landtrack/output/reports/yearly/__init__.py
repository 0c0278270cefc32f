"""What a park hands in each year: a report with charts, and a summary filled from the layers."""

from landtrack.output.reports.yearly.blocks import report
from landtrack.output.reports.yearly.summary import query, summary

__all__ = ["query", "report", "summary"]
