"""Figures of plots as they were written, as columns of the blocks of their cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landtrack.output import wording
from landtrack.output.map import columns, encode

if TYPE_CHECKING:
    from landtrack.output.map.encode import Integers

STATED, ASSUMED = 1, 2
"""How the unit of a figure is known; 0 where nothing is written that differs."""


@dataclass(frozen=True)
class Column:
    """What was written for one field of n plots, where it differs from what was taken.

    ``said`` and ``project`` are texts, empty where there are none; ``taken`` is in ``unit``, NaN
    where it was not taken; ``how`` is 0, :data:`STATED` or :data:`ASSUMED`.
    """

    unit: str
    said: list[str]
    project: list[str]
    taken: np.ndarray[tuple[int], np.dtype[np.float64]]
    how: Integers

    def block(self, rows: slice) -> list[bytes]:
        """Write some rows: texts, projects, figures, and how their unit is known."""
        return [
            encode.texts(self.said[rows]), encode.texts(self.project[rows]),
            columns.exact(self.taken[rows]), encode.unsigned(self.how[rows]),
        ]


def by_field(table: pd.DataFrame | None, plots: pd.Index) -> Mapping[str, Column]:
    """Put what was written into the order of the page.

    ``table``: Columns of ``model.WRITTEN_COLUMNS``, or none.
    ``plots``: The plots in the order of the page.
    Returns: By field, those of which something is written that differs.
    """
    found = wording.figures(table)
    found = found[~found["alike"].astype("bool")]
    made = {}
    places = columns.rows_of(plots, found["plot_id"])
    found = found.assign(place=places)[places >= 0]
    for field, own in found.groupby("field", sort=True):
        at = own["place"].to_numpy()
        said, project = ([""] * len(plots) for _ in range(2))
        taken, how = np.full(len(plots), np.nan), np.zeros(len(plots), dtype=np.int64)
        for row, text, of in zip(at.tolist(), own["said"], own["project_id"], strict=True):
            said[row], project[row] = text, of
        taken[at] = own["taken"].to_numpy(dtype="float64")
        how[at] = np.where(own["unit_stated"].astype("bool"), STATED, ASSUMED)
        made[str(field)] = Column(str(own["taken_unit"].iloc[0]), said, project, taken, how)
    return made
