"""Where each input of a vetting comes from: file, feature and field, or measured from what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from landtrack.assessment.rules.case import LAND, Case
from landtrack.model import LayerSource
from landtrack.model.assessment import Assessment
from landtrack.output import wording
from landtrack.output.wording.messages import Message, joined, once, say
from landtrack.spatial import measures

MOST_NAMED = 6
"""How many features are named before the others are counted."""


@dataclass(frozen=True, kw_only=True)
class Origins:
    """Says where the inputs of one case come from."""

    result: Assessment
    case: Case

    @cached_property
    def written(self) -> wording.AsWritten:
        """How the figures of the plots were written."""
        return wording.AsWritten(self.result.written)

    def of(self, name: str) -> Message:
        """Say where one input comes from.

        Returns: Words, such as ``"declared: ledger.csv, 编号 = P1, 固定资产投资（万元）"``.
        """
        if name in self.case.changes:
            return say("vet.entered")
        basis = self.result.place.basis
        measured = {
            LAND: basis.land_area, "floor_area_m2": basis.floor_area,
            "covered_area_m2": basis.covered_area,
        }
        if measured.get(name) == "measured":
            return self._measured("plots" if name == LAND else "buildings")
        return once(self._declared(str(plot), name) for plot in self.case.plots)

    def _measured(self, kind: str) -> Message:
        """Name the features that a figure is measured from, file by file."""
        plots = self.result.layers["plots"].loc[list(self.case.plots)]
        frame = self.result.layers.get(kind)
        if frame is None:
            return say("vet.no_layer", layer=say(f"kind.{kind}"))
        pairs = measures.shared_area(plots.geometry.to_numpy(), frame.geometry.to_numpy())
        ids = plots.index if kind == "plots" else frame.index[sorted(set(pairs.feature.tolist()))]
        if not len(ids):
            return say("vet.none_there", layer=say(f"kind.{kind}"))
        return once(
            say("vet.measured", file=source, features=_listed(own.index))
            for source, own in frame.loc[ids].groupby("source", sort=False)
        )

    def _declared(self, plot: str, name: str) -> Message:
        """Name the file, the feature or row, and the column that states a field."""
        row = self.result.layers["plots"].loc[plot]
        source = self._source(str(row["source"]))
        ledger = None if source is None else source.ledger
        if ledger is not None and name in ledger.fields:
            plots = self.result.layers["plots"]
            own = plot if ledger.on == plots.index.name else row[ledger.on]
            said = say(
                "vet.declared", file=ledger.path, at=f"{ledger.key} = {own}",
                field=_column(ledger.fields[name]),
            )
            return self._as_written(said, plot, name)
        if source is None or name in source.constants:
            return say("vet.in_catalog")
        if source.fields is not None and name not in source.fields:
            return say("vet.nowhere")
        stated = name if source.fields is None else _column(source.fields[name])
        at = say("vet.feature", number=str(row["row"]))
        said = say("vet.declared", file=row["source"], at=at, field=stated)
        return self._as_written(said, plot, name)

    def _as_written(self, said: Message, plot: str, name: str) -> Message:
        """Say behind where a figure comes from how it was written there."""
        told = self.written.of([plot], name)
        return joined("", [said, " (", told, ")"]) if told else said

    def _source(self, label: str) -> LayerSource | None:
        for each in self.result.place.layers:
            own = each.path if each.layer is None else f"{each.path}:{each.layer}"
            if each.kind == "plots" and own == label:
                return each
        return None


def _column(stated: object) -> str:
    return str(getattr(stated, "column", stated))


def _listed(ids: Iterable[object]) -> str:
    named = [str(each) for each in ids]
    more = len(named) - MOST_NAMED
    return ", ".join(named) if more <= 0 else f"{', '.join(named[:MOST_NAMED])} … +{more}"
