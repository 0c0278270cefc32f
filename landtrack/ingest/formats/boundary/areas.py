"""The declared areas of parcels: which unit they are in, and whether the geometry has them.

The format says hectares; files hold square metres, mu, or the unit behind the figure. The
geometry tells: a parcel of 109 m² is declared as 109.43 or as 0.0109.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.boundary.layout import words
from landtrack.ingest.formats.numbers import number, numbers
from landtrack.model import Issue
from landtrack.model.catalog import units
from landtrack.model.catalog.numbers import quantity

AGREES = 0.001
"""Declared and measured areas differ by less, beside the rounding: by the projection, say."""
SAME_UNIT = 0.3
"""By what share a figure may differ and still tell its unit: they are 15 times apart or more."""
DECIMALS = re.compile(r"\.(\d+)")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Declared:
    """The declared areas of n parcels, in square metres; NaN where there is none.

    ``rounding_m2`` is half of the last digit that was written.
    """

    area_m2: Floats
    rounding_m2: Floats

    def agree(self, measured_m2: Floats) -> npt.NDArray[np.bool_]:
        """Tell which measured areas are those declared.

        ``measured_m2``: Square metres, by parcel.
        Returns ndarray of bool, (n,): False also where no area is declared.
        """
        return _within(self.area_m2, self.rounding_m2, measured_m2, AGREES)

    def area_ha(self) -> Floats:
        """Give the areas as the format has them.

        Returns ndarray of float64, (n,): Hectares, to 15 digits: 0.2545 is not a neighbour of it.
        """
        return np.array([float(f"{area / 10_000:.15g}") for area in self.area_m2])


def read(
    texts: Sequence[str], measured_m2: Floats, other_m2: Floats
) -> tuple[Declared, list[Note]]:
    """Read declared areas, in the unit that the geometry shows them to be in.

    ``texts``: What stands in the field, by parcel.
    ``measured_m2``: What the geometry measures, in square metres; NaN where it could not be read.
    ``other_m2``: What it measures in the other reading of its rings; NaN where there is none.
    Returns notes : list of Note: The unit where it is not hectares, and each figure that is no area
    or whose unit does not show.
    """
    candidates, field = words().units, words().fields.area
    in_m2 = units.units()["m2"]
    figures, own = _figures(texts)
    rounding = np.array([
        0.5 * 10.0 ** -len(match[1]) if (match := DECIMALS.search(text)) else 0.5 for text in texts
    ])
    factor = np.array([
        found.factor if isinstance(found := units.read(unit, "m2"), units.Unit) else np.nan
        for unit in own
    ], dtype=np.float64)
    bare = np.array([unit == "" for unit in own], dtype=bool) & np.isfinite(figures)
    fits = np.column_stack([
        bare & (figures > 0) & (
            _within(figures * in_m2[unit], rounding * in_m2[unit], measured_m2, SAME_UNIT)
            | _within(figures * in_m2[unit], rounding * in_m2[unit], other_m2, SAME_UNIT)
        )
        for unit in candidates
    ])
    votes = fits.sum(axis=0)
    notes: list[Note] = []
    usual = int(votes.argmax())
    factor[bare & (figures == 0)] = in_m2[candidates[usual]]  # nothing, in whichever unit
    if votes.any():
        chosen = np.where(fits.any(axis=1), fits.argmax(axis=1), usual)
        factor[bare] = np.array([in_m2[unit] for unit in candidates])[chosen[bare]]
        if usual:
            notes.append(Note(Issue.AREA_UNIT, candidates[usual], field=field))
        notes += [
            Note(Issue.AREA_UNIT, f"{texts[at]} {candidates[chosen[at]]}", at + 1, field)
            for at in np.flatnonzero(bare & (chosen != usual)).tolist()
        ]
    notes += [
        Note(Issue.AREA_UNIT_UNKNOWN, texts[at], at + 1, field)
        for at in np.flatnonzero(~np.isfinite(figures * factor)).tolist() if texts[at]
    ]
    return Declared(area_m2=figures * factor, rounding_m2=rounding * factor), notes


def _figures(texts: Sequence[str]) -> tuple[Floats, list[str]]:
    """Take figures and units apart; ``""`` where there is no unit."""
    figures = numbers([text or "nan" for text in texts])
    own = [""] * len(texts)
    for at in np.flatnonzero(np.isnan(figures)).tolist():
        found = quantity(texts[at])
        if found is not None and not found.before:
            figures[at], own[at] = number(found.number), found.unit
    return np.where(figures >= 0, figures, np.nan), own


def _within(
    declared: Floats, rounding: Floats, measured: Floats, share: float
) -> npt.NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):  # missing areas agree with nothing
        return np.abs(declared - measured) <= rounding * 1.001 + share * measured
