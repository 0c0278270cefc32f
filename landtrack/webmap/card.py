"""The card of a plot: all that is known of it, as rows of words."""

from __future__ import annotations

import dataclasses
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from landtrack import symbology, wording
from landtrack.model import Coverage
from landtrack.webmap import shapes

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from landtrack.model import Field, Result, Schema
    from landtrack.text import Words
    from landtrack.wording import Hit

SEVERITIES = ("error", "warning", "info")


def cards(result: Result, words: Words) -> list[dict[str, Any]]:
    """Make the cards of all plots.

    Parameters
    ----------
    result
        The result of a run.
    words
        The words of the language.

    Returns
    -------
    list of dict
        One per plot in the order of the layer, as the scripts of the page read it.
    """
    plots = result.layers.get("plots")
    if plots is None or plots.empty:
        return []
    names = {
        kind: {str(key): name for key, name in frame["name"].items() if isinstance(name, str)}
        for kind, frame in result.layers.items()
        if "name" in frame
    }
    maker = _Maker(result, words, _in_legend_order(result.schemas), names)
    verdicts = symbology.verdicts(plots.index, result.findings)
    anchors = shapes.anchors(plots)
    tables = {
        "measures": _by(result.measures, "plot_id"),
        "findings": _by(result.findings, "plot_id"),
        "issues": _by(result.issues[result.issues["layer"] == "plots"], "feature_id"),
    }
    if result.projects is not None:
        maker.wholes.update(_by(result.projects, "plot_id"))
        maker.sizes.update(plots["project_id"].value_counts().to_dict())
    rows = plots.drop(columns="geometry").to_dict("records")
    return [
        anchor
        | maker.card(
            str(key), row, verdict, {name: own.get(key, []) for name, own in tables.items()}
        )
        for anchor, key, row, verdict in zip(anchors, plots.index, rows, verdicts, strict=True)
    ]


Rows = list[dict[str, Any]]


def _by(table: pd.DataFrame, column: str) -> dict[str, Rows]:
    """Give the rows of a table by the plot that they are of."""
    found: dict[str, Rows] = {}
    columns = [table[name].tolist() for name in table.columns]
    for values in zip(*columns, strict=True):
        row = dict(zip(table.columns, values, strict=True))
        found.setdefault(row[column], []).append(row)
    return found


@dataclasses.dataclass(frozen=True)
class _Maker:
    """Makes the cards of one result."""

    result: Result
    words: Words
    schemas: Mapping[str, Schema]
    names: Mapping[str, Mapping[str, str]]
    wholes: dict[str, Rows] = dataclasses.field(default_factory=dict)
    sizes: dict[str, int] = dataclasses.field(default_factory=dict)

    def card(
        self, key: str, plot: Mapping[Hashable, Any], verdict: str, tables: Mapping[str, Rows]
    ) -> dict[str, Any]:
        """Make the card of one plot."""
        measures = tables["measures"]
        return {
            "id": key,
            "name": self._text(plot, "name"),
            "company": self._text(plot, "company"),
            "verdict": verdict,
            "verdictText": self.words(f"outcome.{verdict}"),
            "findings": [self._finding(row) for row in tables["findings"]],
            "whole": self._whole(plot),
            "figures": self._figures(plot, measures),
            "layers": self._layers(measures),
            "facts": self._facts(plot),
            "documents": self._documents(plot),
            "issues": self._issues(tables["issues"]),
        }

    def _text(self, plot: Mapping[Hashable, Any], name: str) -> str:
        """Read a text of the plot; a missing one is empty."""
        value = plot.get(name)
        return value if isinstance(value, str) else ""

    def _finding(self, row: Mapping[str, Any]) -> dict[str, str]:
        """Tell one finding."""
        rule = self.result.rules[row["rule"]]
        told = wording.finding(self.words, row, rule)
        return {**dataclasses.asdict(told), "code": str(row["outcome"])}

    def _whole(self, plot: Mapping[Hashable, Any]) -> dict[str, Any] | None:
        """Tell the whole of the plot's project, where that has other plots too."""
        project = self._text(plot, "project_id")
        size = self.sizes.get(project, 0)
        if size <= 1 or project not in self.wholes:
            return None
        return {
            "title": self.words("card.whole_project", project=project, count=size),
            "findings": [self._finding(row) for row in self.wholes[project]],
        }

    def _figures(self, plot: Mapping[Hashable, Any], measures: Rows) -> list[list[str]]:
        """List the areas and sums that the indices rest on, declared and measured."""
        basis = self.result.place.basis
        used = {
            "land_area_m2": basis.land_area,
            "floor_area_m2": basis.floor_area,
            "covered_area_m2": basis.covered_area,
        }
        values = {
            str(row["measure"]): row["value"] for row in measures if row["layer"] == "plots"
        }
        declared = plot.get("land_area_m2")
        told = [[self.words("card.declared_area"), self._quantity("land_area_m2", declared)]]
        told += [
            [wording.input_name(self.words, name), self._quantity(name, values.get(name))]
            for name in ("area_m2", "area_ellipsoidal_m2")
        ]
        if _known(declared) and declared and _known(values.get("area_m2")):
            apart = _difference(float(values["area_m2"]), float(declared))
            told.append([self.words("card.difference"), apart])
        for name, source in used.items():
            label = self.words(
                "card.used",
                name=wording.input_name(self.words, name),
                basis=self.words(f"basis.{source}"),
            )
            told.append([label, self._quantity(name, values.get(name))])
        name = "fixed_investment_cny"
        told.append([wording.input_name(self.words, name), self._quantity(name, values.get(name))])
        return told

    def _quantity(self, name: str, value: object) -> str:
        """Write a measure of the plot."""
        return wording.quantity(self.words, value, wording.unit_of(name))

    def _layers(self, measures: Rows) -> list[dict[str, Any]]:
        """Tell what every layer says, layer by layer and class by class."""
        told = wording.hits(
            self.words, measures, self.schemas, self.names, self.result.workflow
        )
        return [
            self._layer(list(lines)) for _, lines in groupby(told, key=lambda line: line.kind)
        ]

    def _layer(self, lines: list[Hit]) -> dict[str, Any]:
        """Tell what one layer says."""
        coverage = next(
            (code.value for code in (Coverage.HIT, Coverage.CLEAR)
             if any(line.coverage == code for line in lines)),
            Coverage.NO_COVERAGE.value,
        )
        return {
            "kind": lines[0].kind,
            "title": lines[0].title,
            "coverage": coverage,
            "said": self.words(f"coverage.{coverage}"),
            "classes": [
                {
                    "label": label,
                    "lines": [
                        [line.what, line.value, line.feature]
                        if line.measure else [line.said, "", ""]
                        for line in own
                        if line.measure or label
                    ],
                }
                for label, own in (
                    (label, list(own)) for label, own in groupby(lines, lambda line: line.label)
                )
            ],
        }

    def _facts(self, plot: Mapping[Hashable, Any]) -> list[list[str]]:
        """List what is known of the project; its heading and land area stand elsewhere."""
        elsewhere = {"name", "land_area_m2"}
        return [
            [self.words(f"field.{field.name}"), value]
            for field in self._shown("facts")
            if field.name not in elsewhere and (value := self._attribute(field, plot))
        ]

    def _documents(self, plot: Mapping[Hashable, Any]) -> list[list[str]]:
        """List the documents by number, each with the date that follows it in the schema."""
        told: list[list[str]] = []
        open_number = False
        for field in self._shown("documents"):
            value = self._attribute(field, plot)
            if field.type == "date" and open_number and value:
                told[-1][1] = self.words("card.dated", document=told[-1][1], date=value)
            elif value:
                told.append([self.words(f"field.{field.name}"), value])
            open_number = field.type != "date" and bool(value)
        return told

    def _shown(self, block: str) -> Iterable[Field]:
        """List the fields of one block of the card."""
        return (field for field in self.result.schemas["plots"].field if field.show == block)

    def _attribute(self, field: Field, plot: Mapping[Hashable, Any]) -> str:
        """Write one attribute of the plot."""
        return wording.attribute(self.words, field, self.result.workflow, plot.get(field.name))

    def _issues(self, issues: Rows) -> list[dict[str, str]]:
        """List the issues of the plot, the gravest first."""
        rows = sorted(issues, key=lambda row: SEVERITIES.index(str(row["severity"])))
        return [
            {
                "severity": str(row["severity"]),
                "severityText": self.words(f"severity.{row['severity']}"),
                "title": self.words(f"issue.{row['issue']}.title"),
                "who": self.words(f"who.{row['who_mends']}"),
                "mend": str(row["mend"]),
            }
            for row in rows
        ]


def _in_legend_order(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """Put the layer kinds into the order of the legend."""
    looks = symbology.load()
    return dict(sorted(schemas.items(), key=lambda item: (looks.place(item[0]), item[0])))


def _difference(measured: float, declared: float) -> str:
    """Write by how much the measured area lies above or below the declared one."""
    percent = round((measured / declared - 1) * 100, 2)
    sign = "+" if percent > 0 else "−" if percent < 0 else "±"
    return f"{sign}{abs(percent):.2f}%"


def _known(value: Any) -> bool:  # noqa: ANN401  a cell of a table
    """Tell whether there is a number."""
    return value is not None and bool(pd.notna(value))
