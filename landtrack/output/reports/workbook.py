"""Workbooks, and sheets of a million rows: written as text by column, not cell by cell.

xlsxwriter makes an object of every cell and looks each up again; a measure table has millions.
A :class:`Sheet` takes whole columns and joins the same XML out of them a batch of rows at a
time, each different text of a column being put together once.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import numbers
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from landtrack.model.value import ALWAYS

BATCH = 50_000
"""Rows that are text at a time."""
_FIRST_DAY = dt.datetime(1899, 12, 30)  # noqa: DTZ001  day 0 of a spreadsheet has no zone
_MOST_LETTERS = 32_767
"""How long the text of a cell may be."""

Look = Callable[[Any], Format]
"""Gives the format of a cell by its value."""


@contextmanager
def made(path: Path, **told: str) -> Iterator[xlsxwriter.Workbook]:
    """Give a workbook to fill, and write it at the end; text in it is text, never a formula.

    ``path``: The ``.xlsx`` to make; same contents, same bytes.
    ``told``: Its properties, such as ``title``.
    """
    whole = io.BytesIO()  # zipfile prints a trace of its own where a disk is full
    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "tmpdir": path.parent,  # what is killed leaves nothing elsewhere
    }
    with xlsxwriter.Workbook(whole, options) as book:
        book.set_properties({**told, "created": ALWAYS.replace(tzinfo=None)})
        yield book
    path.write_bytes(whole.getbuffer())


class Sheet(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """A worksheet whose rows below the heading come as columns."""

    def write_columns(self, columns: Sequence[Sequence[Any]], looks: Sequence[Look]) -> None:
        """Set what stands below the first row.

        ``columns``: Values of each column, all of one length: text, numbers, days; None, NaN and
        the empty text are blank.
        ``looks``: The format of a value, for each column; asked once for each different value that
        is not a number.
        """
        # formats and texts are numbered now: the workbook lists both before it writes a sheet
        self._cells = [
            _Cells(self.str_table, look, column)
            for look, column in zip(looks, columns, strict=True)
        ]
        self._count = len(columns[0]) if columns else 0
        self._check_dimensions(self._count, max(len(columns) - 1, 0))

    def _write_rows(self) -> None:
        """Write the heading as xlsxwriter does, then the columns."""
        last: int | None = self.dim_rowmax
        self.dim_rowmax: int | None = 0
        super()._write_rows()
        self.dim_rowmax = last
        for text in self._batches():
            self.fh.write(text)

    def _batches(self) -> Iterator[str]:
        cells: list[_Cells] = getattr(self, "_cells", [])
        if not cells:
            return
        for start in range(0, self._count, BATCH):
            rows = slice(start, min(start + BATCH, self._count))
            number = pa.array(np.arange(rows.start + 2, rows.stop + 2)).cast(pa.string())
            parts: list[Any] = ['<row r="', number, '">']
            for at, column in enumerate(cells):
                parts += [f'<c r="{xl_col_to_name(at)}', number, '"', column.told(rows)]
            yield _joined(pc.binary_join_element_wise(*parts, "</row>", ""))


def _joined(texts: pa.StringArray) -> str:
    """Put texts one after another: so they lie in memory already."""
    _, offsets, data = texts.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    text: bytes = data.slice(bounds[0], bounds[-1] - bounds[0]).to_pybytes()
    return text.decode("utf-8")


class _Cells:
    """Writes the cells of one column: what follows the cell's address."""

    def __init__(
        self, strings: Any, look: Look, values: Sequence[Any]  # noqa: ANN401 - xlsxwriter's
    ) -> None:
        self.strings, self.look = strings, look
        column = pd.Series(values)
        self.numbers = column.to_numpy() if column.dtype == np.float64 else None
        codes, different = pd.factorize(
            column if self.numbers is None else self._endless(column.to_numpy())
        )
        self.codes = pa.array(codes, mask=codes < 0)
        self.texts = pa.array([self._text(each) for each in different], pa.string())
        self.number = f' s="{self._style(0.0)}"><v>'
        self.blank = f' s="{self._style(None)}"/>'

    @staticmethod
    def _endless(values: Any) -> Any:  # noqa: ANN401 - arrays
        """Leave only what is no number that a cell can hold, though it is one here."""
        return np.where(np.isinf(values), values, np.nan)

    def told(self, rows: slice) -> pa.StringArray:
        """Give the texts of some cells."""
        known = self.texts.take(self.codes[rows.start : rows.stop])
        if self.numbers is None:
            return known.fill_null(self.blank)
        here = self.numbers[rows]
        figures = pa.array(here, mask=~np.isfinite(here)).cast(pa.string())
        written = pc.binary_join_element_wise(self.number, figures, "</v></c>", "")
        return pc.coalesce(written, known, self.blank)

    def _style(self, value: object) -> int:
        return int(self.look(value)._get_xf_index())  # noqa: SLF001

    def _text(self, value: Any) -> str:  # noqa: ANN401 - a cell
        style = self._style(value)
        if value == "":
            return f' s="{style}"/>'
        if isinstance(value, dt.date | np.datetime64):
            days = (pd.Timestamp(value).to_pydatetime() - _FIRST_DAY) / dt.timedelta(days=1)
            return f' s="{style}"><v>{days:.16g}</v></c>'
        if isinstance(value, numbers.Real) and math.isfinite(value):
            figure = int(value) if isinstance(value, numbers.Integral) else float(value)
            return f' s="{style}"><v>{figure!r}</v></c>'
        shared = self.strings._get_shared_string_index(str(value)[:_MOST_LETTERS])  # noqa: SLF001
        return f' s="{style}" t="s"><v>{shared}</v></c>'
