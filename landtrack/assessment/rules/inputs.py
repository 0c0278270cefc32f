"""What is judged: plots (or projects, or samples) with their figures and facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.model import STAGES, Stage
from landtrack.spatial import plot_figures as figures

Figures = npt.NDArray[np.float64]
Words = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Coded:
    """Words of n plots, as places in a short list of them."""

    codes: np.ndarray[Any, Any]
    words: Sequence[str]

    def whole(self) -> Words:
        """Write the words out.

        Returns ndarray of object, (n,): The words.
        """
        found: Words = np.array(self.words, dtype=object)[self.codes]
        return found


@dataclass(frozen=True, kw_only=True)
class Subjects:
    """The n plots to be judged.

    ``inputs`` has a column for each measure, ``facts`` one for each field; both by plot and
    in the same order. ``on`` is the day whose rules hold for all of them; without it each
    is judged by the rules of the day on which it was accepted. ``stage`` is the stage that
    all are vetted for; without it each has its own. ``evidence`` says how the floor areas
    are proved, as :func:`landtrack.assessment.rules.floor_evidence` does. No rule applies to what
    was
    accepted after ``as_of``, today where not given.
    """

    inputs: pd.DataFrame
    facts: pd.DataFrame
    on: date | None = None
    stage: Stage | None = None
    evidence: Words | None = None
    as_of: date | None = None

    def __len__(self) -> int:
        return len(self.inputs)

    def figures(self, measure: str) -> Figures:
        """Give a measure, or a field of the plot that stands for itself.

        Returns ndarray of float64, (n,): NaN where it is missing.
        """
        if measure not in self.inputs:
            return self.numbers(measure)
        found: Figures = self.inputs[measure].to_numpy(dtype="float64")
        return found

    @cached_property
    def _seen(self) -> dict[str, Coded]:
        """The fields that were asked for, by name."""
        return {}

    def coded(self, field: str) -> Coded:
        """Give a field as places in the list of its different values.

        Returns: n codes; ``""`` is among the words where values are missing.
        """
        if field not in self._seen:
            if field in self.facts:
                codes, found = pd.factorize(self.facts[field], use_na_sentinel=True)
                words = [*map(_plain, found), ""]
                self._seen[field] = Coded(np.where(codes < 0, len(found), codes), words)
            else:
                self._seen[field] = Coded(np.zeros(len(self), dtype=np.intp), [""])
        return self._seen[field]

    def words(self, field: str) -> Words:
        """Give a text field.

        Returns ndarray of object, (n,): ``""`` where it is missing.
        """
        return self.coded(field).whole()

    def numbers(self, field: str) -> Figures:
        """Give a number field.

        Returns ndarray of float64, (n,): NaN where it is missing.
        """
        if field not in self.facts:
            return np.full(len(self), np.nan)
        found: Figures = self.facts[field].to_numpy(dtype="float64", na_value=np.nan)
        return found

    def days(self, field: str) -> Days:
        """Give a date field.

        Returns ndarray of datetime64[D], (n,): NaT where it is missing.
        """
        if field not in self.facts:
            return np.full(len(self), "NaT", dtype="datetime64[D]")
        stated = self.facts[field]
        if stated.dtype.kind != "M":
            stated = pd.to_datetime(stated)
        found: Days = stated.to_numpy().astype("datetime64[D]")
        return found

    def unread(self, field: str) -> Mask:
        """Tell where a field is written, but says no one thing.

        Returns ndarray of bool, (n,): False where nothing is written.
        """
        name = figures.unread(field)
        if name not in self.facts:
            return np.zeros(len(self), dtype=bool)
        found: Mask = self.facts[name].to_numpy(dtype="bool")
        return found

    @cached_property
    def rule_days(self) -> Days:
        """The day whose rules hold, by plot; NaT where it is not known.

        Returns ndarray of datetime64[D], (n,): The day asked for, else that on which the plot was
        accepted.
        """
        if self.on is not None:
            return np.full(len(self), np.datetime64(self.on, "D"))
        return self.days("accepted_on")

    @cached_property
    def ahead(self) -> Mask:
        """Which plots are accepted only after the day of vetting, today where none is stated.

        Returns ndarray of bool, (n,): False where the day of acceptance is not known.
        """
        later: Mask = self.days("accepted_on") > self.last_day
        return later

    @cached_property
    def last_day(self) -> np.datetime64:
        """The day of vetting: nothing was accepted later; today where none is stated."""
        day = self.as_of or date.today()  # noqa: DTZ011  the day here, not in Greenwich
        return np.datetime64(day, "D")

    @cached_property
    def vetted(self) -> Days:
        """The day of vetting by plot: that of all, but of a case that states its own.

        Returns: ndarray of datetime64[D], (n,).
        """
        own = self.days("as_of")
        found: Days = np.where(np.isnat(own), self.last_day, own)
        return found

    @cached_property
    def stages(self) -> Words:
        """The stage of vetting by plot; ``""`` where it is not known.

        Returns ndarray of str, (n,): The stage asked for, else that of the plot.
        """
        if self.stage is not None:
            return np.full(len(self), self.stage.value, dtype=object)
        known: Mapping[str, str] = {code: stage.value for code, stage in STAGES.items()}
        told = self.coded("stage")
        return Coded(told.codes, [known.get(each, "") for each in told.words]).whole()


def _plain(cell: object) -> str:
    """Write a fact as a table's key: 2 and 2.0 are the same."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def plot_inputs(measures: pd.DataFrame) -> pd.DataFrame:
    """Give the plots' own measures one column each.

    Returns: n rows by ``plot_id`` in the order of the table, a column for each measure.
    """
    own = measures[measures["layer"] == "plots"]
    wide = own.pivot(index="plot_id", columns="measure", values="value")
    return wide.reindex(own["plot_id"].drop_duplicates())
