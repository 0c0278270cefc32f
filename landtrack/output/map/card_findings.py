"""What the rules say of the plots, as patterns and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.output import wording
from landtrack.output.map import card, card_patterns, encode
from landtrack.output.map.card_patterns import Place, Section
from landtrack.output.map.fixed_point import EXACT, Flags, Floats, keys_of, scale_of, whole

if TYPE_CHECKING:
    from landtrack.model import Rule
    from landtrack.output.wording.messages import Message


OWN = ("plot_id", "value", "margin", "fix", "reason")
"""The columns of a finding whose figures and days are numbers of each plot."""


class Findings:
    """The section of one rule."""

    def __init__(self, rule: Rule, findings: pd.DataFrame, place: pd.Index) -> None:
        self.rule = rule
        own = findings[findings["rule"] == rule.id].set_index("plot_id")
        own = own[~own.index.duplicated()].reindex(place)
        self.table = own.assign(rule=rule.id, plot_id=place)
        self.judged = own["outcome"].notna().to_numpy()
        self.factor, self.decimals = scale_of(rule.unit)
        self.fix_factor, self.fix_decimals = scale_of(wording.unit_of(rule.numerator))

    def section(self) -> Section:
        """Find its patterns."""
        numbers, keys, alone = self._measured()
        places = {
            "value": Place(0, self.decimals), "margin": Place(1, self.decimals),
            "fix": Place(2, self.fix_decimals), "first_on": Place(3), "second_on": Place(4),
        }
        made = card_patterns.section(keys, alone, self._say, lambda _: places)
        made.numbers = [
            numbers.ravel(), np.arange(len(numbers), dtype=np.int64) * numbers.shape[1]
        ]
        return made

    def _float(self, name: str) -> Floats:
        numbers = pd.to_numeric(self.table[name], errors="coerce")
        return np.asarray(numbers, dtype="float64")

    def _measured(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Flags]:
        """Give value, margin, fix and two days of each plot; by what they are told apart."""
        value, margin, fix = (self._float(name) for name in ("value", "margin", "fix"))
        shown, odd = whole(value, self.factor)
        odd &= value != 0
        apart, odd_margin = whole(np.abs(margin), self.factor)
        odd |= odd_margin  # so near its limit that the margin would read as nothing
        needed, odd_fix = self._needed(fix)
        days, dated = self._days()
        # All else that a finding holds may be told of: each column, whatever it is.
        rest = [
            pd.factorize(self.table[name])[0] for name in self.table.columns if name not in OWN
        ]
        keys = keys_of(
            self.judged, dated, *rest,
            np.isnan(value), np.sign(np.nan_to_num(margin)), np.isnan(margin), np.isnan(fix),
            np.signbit(fix), fix == 0, needed == 0, np.isin(value, self._bounds()),
        )
        numbers = np.column_stack([shown, apart, needed, days])
        return numbers, keys, (odd | odd_fix) & self.judged

    def _words(self, name: str) -> npt.NDArray[np.object_]:
        words = self.table[name].astype(object).where(self.table[name].notna(), "")
        return np.array(words, dtype=object)

    def _bounds(self) -> Floats:
        bounds = np.concatenate([self._float("threshold"), self._float("upper")])
        return np.unique(bounds[np.isfinite(bounds)])

    def _needed(self, fix: Floats) -> tuple[encode.Integers, Flags]:
        """Round fixes up as :func:`landtrack.output.wording.enough` does."""
        size = np.abs(np.nan_to_num(fix)) * self.fix_factor
        near = np.rint(size)
        off = np.abs(size - near)
        on = off <= size * 1e-13
        odd = ((off <= size * 1e-10) & ~on) | (size >= EXACT)
        strict = np.isin(self._words("relation"), [">", "<"])
        up = np.where(on, near + strict, np.ceil(size))
        return np.where(odd, 0, up).astype(np.int64), odd & ~np.isnan(fix)

    def _days(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
        """Take the two days out of the reasons of a sequence; other reasons stay as they are."""
        reasons = self._words("reason")
        days = np.zeros((len(reasons), 2), dtype=np.int64)
        if self.rule.kind != "sequence" or not reasons.any():
            return days, reasons
        split = pd.Series(reasons, dtype="str").str.extract(
            r"^(\d{4}-\d\d-\d\d),(\d{4}-\d\d-\d\d)$"
        )
        dated = split.notna().all(axis=1).to_numpy()
        for column in range(2):
            when = pd.to_datetime(split.loc[dated, column])
            days[dated, column] = when.to_numpy().astype("datetime64[D]").astype(np.int64)
        reasons[dated] = "dated"
        return days, reasons

    def _say(self, row: int) -> dict[str, Message] | None:
        if not self.judged[row]:
            return None
        return card.finding_message(self.table.iloc[row].to_dict(), self.rule)
