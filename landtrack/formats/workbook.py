"""Sheets of a workbook of a million rows: written as text by column, not cell by cell.

xlsxwriter makes an object of every cell and looks each up again; a measure table has millions.
A :class:`Sheet` takes whole columns and writes the same XML a batch of rows at a time.
"""

from __future__ import annotations

import datetime as dt
import math
import numbers
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

BATCH = 20_000
"""Rows that are text at a time."""
_FIRST_DAY = dt.datetime(1899, 12, 30)  # noqa: DTZ001  day 0 of a spreadsheet has no zone
_MOST_LETTERS = 32_767
"""How long the text of a cell may be."""

Look = Callable[[Any], Format]
"""Gives the format of a cell by its value."""


class Sheet(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """A worksheet whose rows below the heading come as columns."""

    def write_columns(self, columns: Sequence[Sequence[Any]], looks: Sequence[Look]) -> None:
        """Set what stands below the first row.

        Parameters
        ----------
        columns
            Values of each column, all of one length: text, numbers, days; None, NaN and the
            empty text are blank.
        looks
            The format of a value, for each column; asked once for each different value
            that is not a number.
        """
        # formats and texts are numbered now: the workbook lists both before it writes a sheet
        self._columns = columns
        self._cells = [
            _Cells(self.str_table, look, column)
            for look, column in zip(looks, columns, strict=True)
        ]
        self._check_dimensions(len(columns[0]) if columns else 0, max(len(columns) - 1, 0))

    def _write_rows(self) -> None:
        """Write the heading as xlsxwriter does, then the columns."""
        last: int | None = self.dim_rowmax
        self.dim_rowmax: int | None = 0
        super()._write_rows()
        self.dim_rowmax = last
        for text in self._batches():
            self.fh.write(text)

    def _batches(self) -> Iterator[str]:
        columns = getattr(self, "_columns", ())
        if not columns:
            return
        template = '<row r="%d">' + "".join(
            f'<c r="{xl_col_to_name(at)}%d"%s' for at in range(len(columns))
        ) + "</row>"
        for start in range(0, len(columns[0]), BATCH):
            told = [
                [cell(value) for value in column[start : start + BATCH]]
                for cell, column in zip(self._cells, columns, strict=True)
            ]
            numbered = range(start + 2, start + 2 + len(told[0]))
            parts: list[Any] = [numbered]
            for own in told:
                parts += [numbered, own]
            yield "".join([template % row for row in zip(*parts, strict=True)])


class _Cells:
    """Writes the cells of one column: what follows the cell's address."""

    def __init__(
        self, strings: Any, look: Look, values: Sequence[Any]  # noqa: ANN401 - xlsxwriter's
    ) -> None:
        self.strings, self.look = strings, look
        self.number = f' s="{self._style(0.0)}"><v>'
        self.blank = f' s="{self._style(None)}"/>'
        self.known = {
            value: self._text(value)
            for value in dict.fromkeys(
                each for each in values if not isinstance(each, float) or math.isinf(each)
            )
        }

    def _style(self, value: object) -> int:
        return int(self.look(value)._get_xf_index())  # noqa: SLF001

    def __call__(self, value: Any) -> str:  # noqa: ANN401 - a cell
        """Give the text of one cell."""
        if isinstance(value, float):
            if math.isfinite(value):
                return f"{self.number}{float.__repr__(value)}</v></c>"
            if math.isnan(value):
                return self.blank
        return self.known[value]

    def _text(self, value: Any) -> str:  # noqa: ANN401 - a cell
        style = self._style(value)
        if value is None or value == "" or pd.isna(value):
            return f' s="{style}"/>'
        if isinstance(value, dt.date):
            days = (pd.Timestamp(value).to_pydatetime() - _FIRST_DAY) / dt.timedelta(days=1)
            return f' s="{style}"><v>{days:.16g}</v></c>'
        if isinstance(value, numbers.Integral):
            return f' s="{style}"><v>{int(value)}</v></c>'
        shared = self.strings._get_shared_string_index(str(value)[:_MOST_LETTERS])  # noqa: SLF001
        return f' s="{style}" t="s"><v>{shared}</v></c>'
