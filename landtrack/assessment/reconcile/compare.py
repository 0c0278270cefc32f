"""Holds reported figures against those that the layers give."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from landtrack.assessment.reconcile.derive import Derived, Ground, derive
from landtrack.ingest import read
from landtrack.ingest.formats import tables
from landtrack.model import Figure, Issue, Lack, TableSource, Unlike, catalog, issues
from landtrack.model.catalog import numbers
from landtrack.model.errors import TableError

REPORTED = ("year", "topic", "item", "value", "unit", "state", "where")
RECONCILED_COLUMNS = (
    "year", "topic", "item", "where", "state", "reported", "unit", "derived", "difference",
    "relation", "tolerance", "verdict", "lacks", "figure", "layer", "features",
)
NOISE = 1e-9
"""Share of a figure by which adding many numbers may be off: that is no difference."""

YEAR = r"^\s*(\d{4})(?:\.0)?\D*$"
"""A year with the word for it."""
WITHOUT_UNIT = {"", "1"}
FIGURES = "figures.toml"
"""Where a figure that nobody says how to take would have to stand."""


class Verdict(enum.StrEnum):
    """What comes of holding a reported figure against the ground."""

    AGREES = "agrees"
    DIFFERS = "differs"
    OPEN = "open"


def read_reported(stated: str | TableSource, folder: Path) -> tables.Table:
    """Read the table of the figures that a report states.

    ``stated``: Its path, or the path with sheet, row of the heading and encoding.
    Returns: One figure a row.
    Raises SourceError: If it cannot be read, or which of its sheets is meant is not known.
    """
    return read.table(stated, folder, fit=tables.wanting(REPORTED))


def reported(path: Path | tables.Table) -> pd.DataFrame:
    """Read the figures that a report states.

    ``path``: A table with the columns ``REPORTED``, one figure a row, or the file that it is in.
    Returns: These columns; ``value`` as a number.
    Raises SourceError: If it cannot be read.
    Raises TableError: If a column is missing or a value is no number.
    """
    table = path if isinstance(path, tables.Table) else read_reported(path.name, path.parent)
    stated, name = table.frame, table.path.name
    if lacks := [name for name in REPORTED if name not in stated]:
        raise TableError(
            f"{name} has no column {', '.join(lacks)}.",
            mend=f"Give it the columns {', '.join(REPORTED)}.",
        )
    values = pd.Series(numbers.of_column(_written(table))[0], index=stated.index, dtype="float64")
    if values.isna().any():
        row = values.index[values.isna()][0]
        raise TableError(
            f"{name}, row {row}: {stated.loc[row, 'value']!r} is no number.",
            mend="Write the figure as one number, and its unit in the column unit; commas stand "
            "between thousands, or are decimal commas in the whole column.",
        )
    years = pd.to_numeric(
        stated["year"].astype("str").str.extract(YEAR)[0], errors="coerce"
    ).astype("Int64")
    return stated[list(REPORTED)].assign(value=values, year=years)


def _written(table: tables.Table) -> list[str]:
    return [str(cell) for cell in table.frame["value"]]


def told(table: tables.Table) -> list[issues.Row]:
    """Tell how the figures of a report were read, where that is not plain.

    ``table``: As :func:`reported` took it.
    Returns: One where its commas were read as decimal commas, with one of them.
    """
    cells = _written(table)
    if not numbers.of_column(cells)[1]:
        return []
    commas = [each for each in cells if "," in numbers.half_width(each)]
    return [issues.row(
        Issue.DECIMAL_COMMA, source=table.path.name, layer="", field="value",
        value=f"{commas[0]} ({len(commas)} / {len(cells)})",
    )]


def compare(
    stated: pd.DataFrame, figures: Iterable[Figure], ground: Ground
) -> pd.DataFrame:
    """Hold every reported figure against the ground.

    ``stated``: n figures, as :func:`reported` gives them.
    ``figures``: How each is taken; a reported figure without one is open.
    Returns: n rows of ``RECONCILED_COLUMNS``: ``derived``, ``difference`` (derived less reported)
    and ``tolerance`` in the reported unit, ``features`` a tuple of keys in ``layer``.
    """
    figures = list(figures)
    rows = []
    for row in stated.itertuples():
        figure = _of(figures, str(row.item), row.year)
        if figure is None:
            found = Derived(None, "", lacks=Lack(layer=FIGURES))
            rows.append(_row(row, None, found))
        else:
            rows.append(_row(row, figure, derive(figure, ground)))
    return pd.DataFrame(rows, columns=list(RECONCILED_COLUMNS))


def _of(figures: Iterable[Figure], item: str, year: object) -> Figure | None:
    for figure in figures:
        if figure.item == item and figure.year in (None, year):
            return figure
    return None


def _factor(own: str, unit: str) -> float | None:
    """Find what one of the reported unit is in the unit of the derived figure."""
    if own in WITHOUT_UNIT:
        return 1.0
    if own == unit == "%":
        return 0.01  # a share is stored as a fraction
    return catalog.unit_factor(own, unit)


def _row(row: object, figure: Figure | None, found: Derived) -> tuple[object, ...]:
    """Bring a derived figure into the reported unit, and judge."""
    unit, value = str(row.unit), float(row.value)  # type: ignore[attr-defined]
    relation = figure.relation if figure else "equal"
    tolerance = figure.tolerance if figure else 0.0
    derived, difference = None, None
    lacks: Lack | Unlike | None = found.lacks
    verdict = Verdict.OPEN
    if found.value is not None:
        factor = _factor(found.unit, unit)
        if factor is None:
            lacks = Unlike(own=found.unit, wanted=unit)
        else:
            derived = float(f"{found.value / factor:.15g}")
            difference = derived - value
            if abs(difference) <= NOISE * max(abs(value), abs(derived)):
                difference = 0.0
            off = -difference if relation == "at_least" else abs(difference)
            agrees = off <= tolerance
            verdict = Verdict.AGREES if agrees else Verdict.DIFFERS
    return (
        row.year, row.topic, row.item, row.where, row.state, value, unit,  # type: ignore[attr-defined]
        derived, difference, relation, tolerance, verdict.value, str(lacks or ""),
        figure.id if figure else "", found.layer, found.features,
    )
