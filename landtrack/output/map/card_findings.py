"""What the rules say of the plots, as patterns and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.output import wording
from landtrack.output.map import card, card_patterns, encode
from landtrack.output.map.card_patterns import Cut, NotCutError, Section, cut, written
from landtrack.output.map.fixed_point import EXACT, Flags, Floats, keys_of, scale_of, whole

if TYPE_CHECKING:
    from landtrack.model import Result, Rule
    from landtrack.output.map.columns import Speakers


CUT = ("plot_id", "value", "margin", "fix", "reason")
"""The columns of a finding whose figures and days are cut out of its words."""


class Findings:
    """The section of one rule."""

    def __init__(
        self, result: Result, rule: Rule, findings: pd.DataFrame, place: pd.Index,
        speakers: Speakers,
    ) -> None:
        self.result, self.rule, self.speakers = result, rule, speakers
        own = findings[findings["rule"] == rule.id].set_index("plot_id")
        own = own[~own.index.duplicated()].reindex(place)
        self.table = own.assign(rule=rule.id, plot_id=place)
        self.judged = own["outcome"].notna().to_numpy()
        self.factor, self.decimals = scale_of(rule.unit)
        self.fix_factor, self.fix_decimals = scale_of(wording.unit_of(rule.numerator))
        self.records: dict[int, dict[str, Any]] = {}

    def section(self) -> Section:
        """Find its patterns."""
        self.numbers, keys, alone = self._measured()
        flat = self.numbers.ravel()
        made = card_patterns.section(
            keys, alone, lambda row: self.numbers[row].tolist(), self._told, self._cut, ()
        )
        made.numbers = [flat, np.arange(len(self.numbers), dtype=np.int64) * self.numbers.shape[1]]
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
            pd.factorize(self.table[name])[0] for name in self.table.columns if name not in CUT
        ]
        keys = keys_of(
            self.judged, dated, *rest,
            np.isnan(value), np.sign(np.nan_to_num(margin)), np.isnan(margin), np.isnan(fix),
            np.signbit(fix), fix == 0, needed == 0, np.isin(value, self._bounds()),
            days[:, 0] == days[:, 1],
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

    def _record(self, row: int) -> dict[str, Any]:
        if row not in self.records:
            self.records[row] = self.table.iloc[row].to_dict()
        return self.records[row]

    def _told(self, row: int) -> dict[str, Any]:
        if not self.judged[row]:
            return {words.lang: None for words in self.speakers}
        record = self._record(row)
        return {words.lang: card.finding(self.result, words, record) for words in self.speakers}

    def _cut(self, row: int) -> tuple[dict[str, Any], list[Cut]]:
        told = self._told(row)
        if not self.judged[row]:
            return told, []
        numbers = self.numbers[row].tolist()
        cuts: list[Cut] = []
        places = [
            ("value", Cut("f", 0, self.decimals), written(numbers[0], self.decimals),
             pd.notna(self._record(row)["value"])),
            ("margin", Cut("f", 1, self.decimals), written(numbers[1], self.decimals),
             pd.notna(self._record(row)["margin"])),
        ]
        if any(each["fix"] for each in told.values()):
            shown = written(numbers[2], self.fix_decimals)
            places.append(("fix", Cut("f", 2, self.fix_decimals), shown, True))
        for name, each, shown, there in places:
            if there:
                self._put(told, name, shown, each, cuts)
        if self.rule.kind == "sequence" and any(each["reason"] for each in told.values()):
            self._cut_days(told, numbers, cuts)
        return told, cuts

    def _cut_days(self, told: dict[str, Any], numbers: list[int], cuts: list[Cut]) -> None:
        if numbers[3] == numbers[4]:
            if any(card_patterns.day(numbers[3]) in each["reason"] for each in told.values()):
                raise NotCutError("two equal days")
            return
        for at in (3, 4):
            self._put(told, "reason", card_patterns.day(numbers[at]), Cut("d", at), cuts)

    @staticmethod
    def _put(told: dict[str, Any], name: str, shown: str, each: Cut, cuts: list[Cut]) -> None:
        """Cut a figure out of one field in every language."""
        for said in told.values():
            said[name] = cut(said[name], shown, each.mark(len(cuts)))
        cuts.append(each)
