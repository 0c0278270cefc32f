"""Figures as they were written beside what they were taken for: ``24 亩 = 16,000 m²``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from landtrack.model import Basis, Rule
from landtrack.model.assessment import Assessment
from landtrack.model.translations import Words
from landtrack.output.wording.messages import Message, Unit, joined, once, say, tell
from landtrack.output.wording.phrases import figure, quantity

BY = ["plot_id", "field"]
PLUS, OR = " + ", " / "


def figures(table: pd.DataFrame | None) -> pd.DataFrame:
    """Put the cells of each figure together.

    ``table``: Columns of ``model.WRITTEN_COLUMNS``, or none.
    Returns: A row for each ``plot_id`` and ``field``, the plot's own figure rather than its
    project's: ``said`` is what is written with its unit, several cells with a plus between them, or
    a stroke where no figure was taken of them; ``taken``, ``taken_unit`` and ``project_id`` as
    there; ``unit_stated`` where somebody states the unit; ``alike`` where nothing was converted, so
    that both look the same.
    """
    columns = [*BY, "said", "taken", "taken_unit", "project_id", "unit_stated", "alike"]
    if table is None or table.empty:
        return pd.DataFrame(columns=columns)
    whole = table.assign(
        **{name: table[name].astype("object") for name in (*BY, "unit", "taken_unit")},
        unit_stated=table["unit_from"].ne("nobody"),
        project_id=table["project_id"].astype("object").where(table["project_id"].notna(), ""),
    )
    written = whole["written"].astype("object")
    with_unit = whole["unit_from"].eq("column") & whole["unit"].notna()
    whole["said"] = written.mask(with_unit, written + " " + whole["unit"])
    whole["alike"] = _alike(written, whole)
    one = _of_one_file(_own_first(whole))
    several = one.duplicated(BY, keep=False)
    if not several.any():
        return one[columns]
    groups = one[several].groupby(BY, sort=False)
    together = groups.agg({
        "said": list, "taken": lambda each: each.sum(skipna=False), "taken_unit": "first",
        "project_id": "first", "unit_stated": "all",
    }).reset_index().assign(alike=False)
    together["said"] = [
        (PLUS if np.isfinite(taken) else OR).join(dict.fromkeys(said) if np.isnan(taken) else said)
        for said, taken in zip(together["said"], together["taken"], strict=True)
    ]
    return pd.concat([one.loc[~several, columns], together[columns]], ignore_index=True)


def _own_first(cells: pd.DataFrame) -> pd.DataFrame:
    """Leave out what is written of a project where the plot has a figure of its own."""
    own = cells["project_id"].eq("")
    return cells[own.groupby([cells[name] for name in BY]).transform("max") == own]


def _of_one_file(cells: pd.DataFrame) -> pd.DataFrame:
    """Leave out what further files state of a figure that the first one makes up."""
    taken = cells["taken"].notna()
    file = cells["file"].astype("object")
    first = file.groupby([cells[name] for name in BY]).transform("first")
    return cells[~taken | (file == first)]


def _alike(written: pd.Series, table: pd.DataFrame) -> pd.Series:
    """Tell which cells hold the very number that was taken, in the stored unit."""
    number = pd.to_numeric(written, errors="coerce")
    return number.eq(table["taken"]) & table["unit_stated"] & table["project_id"].eq("")


@dataclass(frozen=True)
class AsWritten:
    """Says of plots how their figures were written; ``table`` as an assessment holds it."""

    table: pd.DataFrame | None

    @cached_property
    def _figures(self) -> dict[tuple[str, str], list[tuple[int, dict[Any, Any]]]]:
        """Rows of :func:`figures` by plot and field, with their place among all of them."""
        found: dict[tuple[str, str], list[tuple[int, dict[Any, Any]]]] = {}
        for at, row in enumerate(figures(self.table).to_dict("records")):
            found.setdefault((row.pop("plot_id"), row.pop("field")), []).append((at, row))
        return found

    def of(self, plots: Iterable[str], field: str, *, alike: bool = True) -> Message:
        """Say how a figure was written beside what it was taken for.

        ``alike``: Whether it is said, too, where nothing was converted.
        Returns: Such as ``"24 亩 = 16,000 m²"``; of several plots that say the same, once. Empty
        where nothing is known of it.
        """
        return once(
            written(row) for row in self._rows(plots, field) if alike or not row["alike"]
        )

    def _rows(self, plots: Iterable[str], field: str) -> list[dict[Any, Any]]:
        """Give what is known of a figure of plots."""
        keys = dict.fromkeys((str(plot), field) for plot in plots)
        own = [each for key in keys for each in self._figures.get(key, ())]
        return [row for _, row in sorted(own, key=itemgetter(0))]

    def beside(self, words: Words, shown: str, plots: Iterable[str], field: str) -> str:
        """Write beside a figure how it was written, as :meth:`with_written` has it."""
        return tell(words, self.with_written(
            shown, plots, field, lambda value, unit: quantity(words, value, unit)
        ))

    def with_written(
        self, shown: Message, plots: Iterable[str], field: str,
        look: Callable[[object, str], Message] = figure,
    ) -> Message:
        """Say beside a figure how it was written, where that is something else.

        ``shown``: The figure; empty where it is not known.
        ``look``: How a figure in its unit would be shown.
        Returns: Such as ``"24 亩 = 16,000 m²"``, with the figure before it where that is another
        one, such as the sum of several plots: ``"20,000 m² (15 亩 = 10,000 m²)"``.
        """
        told = self.of(plots, field, alike=False)
        rows = self._rows(plots, field)
        same = len(rows) == 1 and not rows[0]["project_id"] and shown == look(
            rows[0]["taken"], rows[0]["taken_unit"]
        )
        if not told or same:
            return told or shown
        return joined("", [shown, " (", told, ")"]) if shown else told


COLUMNS = (
    "field", "as_written", "unit_written", "taken", "unit", "of_project", "source", "column", "row",
)


def columns(words: Words, table: pd.DataFrame) -> dict[str, pd.Series]:
    """Put the cells that figures were read from into columns for people.

    ``table``: Columns of ``model.WRITTEN_COLUMNS``.
    Returns: By the words of their heading: plot, field, what is written and in which unit, what it
    was taken for and in which, the project whose amount it is, file, column and row.
    """
    headings = [words("field.plot_id"), *(words(f"ledger.{name}") for name in COLUMNS)]
    fields, units = table["field"], table["taken_unit"]
    unit = table["unit"].mask(table["unit_from"] == "nobody", words("ledger.no_unit"))
    return dict(zip(headings, [
        table["plot_id"], fields.map({each: words(f"field.{each}") for each in fields.unique()}),
        table["written"], unit, table["taken"],
        units.map({each: words(f"unit.{each}") if each else "" for each in units.unique()}),
        *(table[name] for name in ("project_id", "file", "column", "row")),
    ], strict=True))


def written(row: Mapping[Any, Any]) -> Message:
    """Say how a figure was written beside what it was taken for.

    ``row``: A row of :func:`figures`.
    Returns: Such as ``"24 亩 = 16,000 m²"``.
    """
    said: Message = row["said"]
    if not np.isfinite(row["taken"]):
        return say("card.not_taken", said=said)
    if not row["unit_stated"]:
        said = say("card.unit_assumed", said=said, unit=Unit(row["taken_unit"]))
    told = say("card.as_taken", said=said, taken=figure(row["taken"], row["taken_unit"]))
    return say("card.of_project", value=told, project=row["project_id"]) \
        if row["project_id"] else told


def with_cells(result: Assessment) -> pd.DataFrame:
    """Give the findings with the cells that their figures were taken from, for scripts.

    Returns: The findings with a column ``as_written``: each cell as ``field: what is written in its
    unit = what it was taken for (file:sheet, column, row)``, in codes; several separated by
    semicolons. Empty where a figure was measured, or nothing is known of it.
    """
    told = pd.Series("", index=result.findings.index, dtype=object)
    cells = result.written
    if cells is not None and len(cells):
        cells = _own_first(cells.assign(project_id=cells["project_id"].fillna("")))
        cells = cells.assign(said=[_located(each) for each in cells.to_dict("records")])
        for rule in result.rules.values():
            own = result.findings.index[result.findings["rule"] == rule.id]
            used = cells[cells["field"].isin(_stated(rule, result.place.basis))]
            by_plot = used.groupby("plot_id", sort=False)["said"].agg("; ".join).to_dict()
            plots = result.findings.loc[own, "plot_id"].astype("object")
            told[own] = [by_plot.get(plot, "") for plot in plots]
    return result.findings.assign(as_written=told)


def _stated(rule: Rule, basis: Basis) -> set[str]:
    """Name the fields that a rule uses as they are stated, not as they are measured."""
    names = (rule.numerator, rule.denominator, *(rule.instead or ()), rule.first, rule.second)
    return {
        name for name in filter(None, names)
        if getattr(basis, name.removesuffix("_m2"), "declared") == "declared"
    }


def _located(cell: Mapping[Any, Any]) -> str:
    """Write a cell in codes: what stands in it, what it was taken for, and where it is."""
    number, stored = cell["taken"], cell["taken_unit"]
    taken = f"{number:.15g} {stored}" if np.isfinite(number) else "not taken"
    by_column = cell["unit"] if isinstance(cell["unit"], str) else ""
    unit = {"column": by_column, "nobody": "(no unit)" if stored else ""}.get(cell["unit_from"])
    said = " ".join(filter(None, (cell["written"], unit)))
    of = f"project {cell['project_id']}, " if cell["project_id"] else ""
    return (
        f"{cell['field']}: {said} = {taken} ({of}{cell['file']}, {cell['column']}, "
        f"row {cell['row']})"
    )
