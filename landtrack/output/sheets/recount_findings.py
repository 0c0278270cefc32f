"""Works the indices and the hits of a project sheet out anew.

What is printed is compared with the rows of the store, and these with the layers: areas,
lengths and distances are measured again, quotients divided again, limits compared again.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd
import shapely

from landtrack.model import Schema
from landtrack.model.translations import DASH
from landtrack.output.sheets import recount_fields
from landtrack.output.sheets.paper import Paper, Said, bare, number, states, tells

COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "==": operator.eq,
}

SUPPORTING = ("floor_by_storeys_m2", "floor_by_heights_m2", "floor_tall_m2")
"""Measures that only support another one and are on no sheet."""

MINUS = "\N{MINUS SIGN}"
LEAST = 0.02
"""Square metres or metres by which two ways of measuring may differ."""

Row = Mapping[Any, Any]


def findings(paper: Paper) -> Said:
    """Compare what is printed of each rule with what was judged."""
    rows = paper.rows("sheet.table.indices")
    if not rows:
        return
    words, source = paper.source.words, paper.source
    left = [(page, cells) for page, cells in rows if len(cells) > 1]
    table = source.measures
    table = table[table["plot_id"].isin(paper.ids) & (table["layer"] == "plots")]
    measured = dict(zip(
        zip(table["plot_id"], table["measure"], strict=True), table["value"], strict=True
    ))
    for own in source.findings[source.findings["plot_id"].isin(paper.ids)].to_dict("records"):
        rule = source.rules.get(own["rule"])
        if rule is None:
            continue
        title = words.pick(rule.title)
        name = bare(f"{own['plot_id']} {title}" if len(paper.ids) > 1 else title)
        at = next((at for at, (_, cells) in enumerate(left) if cells[0] == name), None)
        if at is None:
            yield rows[0][0], f"{name} of {own['plot_id']} is not listed"
            continue
        page, cells = left.pop(at)
        for said in (*_finding(paper, own, cells), *_judged_again(paper, own, measured)):
            yield page, f"{name}: {said}"
    for page, cells in left:
        if cells[0] != bare(words("card.no_rules")):
            yield page, f"{cells[0]!r} was not judged of {', '.join(paper.ids)}"


def _finding(paper: Paper, own: Row, cells: tuple[str, ...]) -> Iterator[str]:
    """Compare value, limit, margin and outcome."""
    words = paper.source.words
    percent = 100 if own["unit"] in {"%", "share"} else 1
    outcome = words(f"outcome.{own['outcome']}")
    if isinstance(until := own.get("waived_until"), str) and until:
        outcome = words("wording.waived", outcome=outcome, until=until)
    if cells[4] != bare(outcome) and not cells[4].startswith(bare(outcome) + "("):
        yield f"the outcome is {own['outcome']}, {cells[4]!r} stands there"
    yield from _figure("value", own["value"] * percent, cells[1])
    if paper.source.rules[own["rule"]].kind == "sequence":
        return
    wanted = [own["threshold"], own["upper"] if own["relation"] == "between" else None]
    limits = [each * percent for each in wanted if each is not None and not pd.isna(each)]
    figures = re.findall(r"[\d.,]*\d", cells[2])[:len(limits)]
    printed = [number(each) or 0.0 for each in figures]
    if len(printed) < len(limits) or not np.allclose(printed, limits, rtol=1e-9, atol=0):
        limit = ", ".join(f"{each:.6g}" for each in limits)
        yield f"the limit is {limit}, {cells[2]!r} stands there"
    yield from _figure("margin", own["margin"] * percent, cells[3])


def _figure(what: str, wanted: float, text: str) -> Iterator[str]:
    """Compare a figure with its sign, or the dash where there is none."""
    if pd.isna(wanted):
        if text != bare(DASH):
            yield f"there is no {what}, {text!r} stands there"
        return
    sign = -1 if text[:1] in {MINUS, "-"} else 1
    if not tells(text, sign * wanted):
        yield f"the {what} is {wanted:.6g}, {text!r} stands there"


def _judged_again(
    paper: Paper, own: Row, measured: Mapping[tuple[str, str], float]
) -> Iterator[str]:
    """Divide and compare again, where the finding is of the plot and its limit by itself."""
    rule = paper.source.rules[own["rule"]]
    value, relation = own["value"], str(own["relation"])
    if rule.kind == "sequence" or pd.isna(value) or own["outcome"] not in {"pass", "fail"}:
        return
    if not own["subject"] and not own["share"]:
        names = filter(None, (rule.numerator, rule.denominator))
        parts = [measured.get((own["plot_id"], each), math.nan) for each in names]
        if not any(map(pd.isna, parts)) and all(parts[1:]):
            again = parts[0] / parts[1] if len(parts) > 1 else parts[0]
            if not math.isclose(again, value, rel_tol=1e-9, abs_tol=1e-12):
                yield f"the value is {again:.6g} by its figures, {value:.6g} was judged"
    if relation in COMPARE:
        meets = COMPARE[relation](value, own["threshold"])
    elif relation == "between":
        meets = own["threshold"] <= value <= own["upper"]
    else:
        return
    on_it = math.isclose(value, own["threshold"], rel_tol=1e-9)
    if meets != (own["outcome"] == "pass") and not on_it:
        yield f"{value:.6g} {relation} {own['threshold']:.6g} is no {own['outcome']}"


# --- hits -----------------------------------------------------------------------------------


def hits(paper: Paper) -> Said:
    """Compare what is printed of each layer with what was measured, and that with the layer."""
    rows = paper.rows("vet.hits")
    if not rows:
        return
    source, words = paper.source, paper.source.words
    own = source.measures[source.measures["plot_id"].isin(paper.ids)].to_dict("records")
    plots = source.layers["plots"].geometry
    plots = plots[plots.index.isin(paper.ids)]
    for schema in source.schemas.values():
        if schema.id == "plots" or not schema.measures:
            continue
        kind = bare(words(f"kind.{schema.id}"))
        printed = [(page, cells) for page, cells in rows if cells[0] == kind]
        measured = [
            {**row, "class": _class(paper, schema, row)} for row in own
            if row["layer"] == schema.id
        ]
        yield from _printed(paper, printed, measured)
        again = _Layer(paper, schema)
        for row in measured:
            if row["coverage"] == "hit" and row["measure"] not in SUPPORTING and not any(
                _tells_of(paper, cells, row) for _, cells in printed
            ):
                yield rows[0][0], f"{kind}: {_what(paper, row)} is not listed"
            for said in again.told_otherwise(row, plots[row["plot_id"]]):
                yield rows[0][0], f"{kind}: {said}"


def _what(paper: Paper, row: Row) -> str:
    name = row["measure"]
    return f"{bare(paper.source.words(f'measure.{name}'))} {row['value']:.6g}"


def _printed(
    paper: Paper, printed: Sequence[tuple[int, tuple[str, ...]]], measured: Sequence[Row]
) -> Said:
    """See that each row that is printed is of something that was measured."""
    words = paper.source.words
    coverages = {bare(words(f"coverage.{each}")) for each in ("clear", "no_coverage")}
    for page, cells in printed:
        if cells[3]:
            own = [
                row for row in measured
                if cells[1] == row["class"] and _tells_of(paper, cells, row)
            ]
            if not own:
                yield page, f"{cells[0]}: {' '.join(cells[1:4])!r} was not measured"
            elif cells[4] and not any(_names(paper, cells[4], row) for row in own):
                yield page, f"{cells[0]}: {cells[4]!r} does not have {cells[3]}"
        elif cells[2] in coverages:
            if any(
                row["coverage"] == "hit" for row in measured
                if row["measure"] not in SUPPORTING and cells[1] == row["class"]
            ):
                yield page, f"{cells[0]}: {cells[2]!r} stands there, but something is met"
        else:
            yield page, f"{cells[0]}: {' '.join(cells[1:3])!r} says nothing that is known"


def _class(paper: Paper, schema: Schema, row: Row) -> str:
    """Name the class of a row of measures."""
    code, words = row["category"], paper.source.words
    if not isinstance(code, str) or not code:
        return ""
    field = schema.fields.get(schema.class_field or "")
    if field is None or code in {"", "unknown"}:
        return bare(words("wording.no_class"))
    if field.type == "number":
        return bare(f"{code} {words(f'unit.{field.unit}') if field.unit else ''}")
    if (state := states(paper.source, schema).get(code)) and field.name == "state":
        return bare(words.pick(state.title))
    key = f"choice.{field.name}.{code}"
    return bare(words(key) if words.has(key) else code)


def _tells_of(paper: Paper, cells: tuple[str, ...], row: Row) -> bool:
    """Tell whether a printed row gives a measure; its share may stand behind it."""
    words, name = paper.source.words, row["measure"]
    if pd.isna(row["value"]):
        return cells[2] == bare(words(f"measure.{name}")) and cells[3] == bare(
            words("wording.not_known")
        )
    if name == "overlap_share" and cells[2] == bare(words("measure.overlap_m2")):
        shares = re.findall(r"([\d.,]+)%", cells[3])
        return bool(shares) and tells(shares[0], row["value"] * 100)
    percent = 100 if name.endswith("_share") else 1
    return cells[2] == bare(words(f"measure.{name}")) and tells(
        cells[3], row["value"] * percent
    )


def _names(paper: Paper, text: str, row: Row) -> bool:
    """Tell whether the feature that is named is the one of the measure."""
    words, key = paper.source.words, row["feature_id"]
    if not isinstance(key, str) or not key:
        return text == bare(words("land.several"))
    frame = paper.source.layers.get(row["layer"])
    called = frame["name"].get(key) if frame is not None and "name" in frame else None
    return text in {bare(key), bare(called) if isinstance(called, str) and called else bare(key)}


# --- measured again -------------------------------------------------------------------------


class _Layer:
    """The shapes of a layer that are still there, by state and class, to measure once more."""

    def __init__(self, paper: Paper, schema: Schema) -> None:
        self.schema = schema
        frame = paper.source.layers.get(schema.id)
        self.known = frame is not None
        known = states(paper.source, schema)
        self.in_hand = {code for code, state in known.items() if state.acquired}
        gone = {code for code, state in known.items() if state.gone}
        self.shapes: Any = np.empty(0, dtype=object)
        self.states: list[Any] = []
        self.classes: list[Any] = []
        self.rows: list[Row] = []
        if frame is not None:
            stated = _column(frame, "state")
            there = np.array([each not in gone for each in stated], dtype=bool)
            self.shapes = frame.geometry.to_numpy()[there]
            self.states = list(compress(stated, there))
            self.classes = list(compress(_column(frame, schema.class_field or ""), there))
            self.rows = list(compress(frame.to_dict("records"), there))
        self.plot: shapely.Geometry | None = None

    def told_otherwise(self, row: Row, plot: shapely.Geometry) -> Iterator[str]:
        """Measure what a row of measures says of a plot."""
        name, value = row["measure"], row["value"]
        if self.known and pd.notna(value) and row["coverage"] != "no_coverage":
            yield from self._by_fields(row, plot)
        again = _covered if name == "overlap_share" and "overlap_m2" not in self.schema.measures \
            else AGAIN.get(name)
        if not self.known or again is None or pd.isna(value) or row["coverage"] == "no_coverage":
            return
        own = np.ones(len(self.shapes), dtype=bool)
        if isinstance(code := row["category"], str) and code:
            own = np.array([_is_class(each, code) for each in self.classes], dtype=bool)
        elif name in {"acquired_m2", "not_acquired_m2"}:
            own = np.array([each in self.in_hand for each in self.states], dtype=bool)
        if self.plot is not plot:
            shapely.prepare(plot)
            self.plot, self.met = plot, shapely.intersects(plot, self.shapes)
        others = ~own & self.met
        own = own if name == "nearest_m" else own & self.met
        if name in {"acquired_m2", "not_acquired_m2"}:  # what both claim is in nobody's hand
            rest = shapely.difference(plot, shapely.union_all(self.shapes[others]))
            sure = _covered(rest, self.shapes[own])
            found = sure if name == "acquired_m2" else float(plot.area) - sure
        else:
            found = again(plot, self.shapes[own])
        limits = self.schema.parameters
        sliver = max(limits.get("sliver_m2", 0.0), limits.get("sliver_m", 0.0))
        slack = LEAST + abs(found) * 1e-6 + sliver * np.count_nonzero(own)
        if name.endswith("_share"):
            found, slack = found / plot.area, slack / plot.area
        if abs(found - value) > slack:
            yield f"{name} is {found:.6g} by the shapes, {value:.6g} was measured"


    def _by_fields(self, row: Row, plot: shapely.Geometry) -> Iterator[str]:
        """Measure what rests on fields besides shapes."""
        own = self.rows
        if isinstance(code := row["category"], str) and code:
            own = [
                each for each, said in zip(self.rows, self.classes, strict=True)
                if _is_class(said, code)
            ]
        yield from recount_fields.told_otherwise(
            self.schema, row["measure"], row["value"], plot, own
        )


def _column(frame: pd.DataFrame, name: str) -> list[Any]:
    return frame[name].tolist() if name in frame else [None] * len(frame)


def _is_class(said: Any, code: str) -> bool:  # noqa: ANN401  a cell
    """Tell whether a feature is of a class; numbers are written in many ways."""
    if said is None or pd.isna(said) or said == "":
        return code == "unknown"
    try:
        return float(said) == float(code)
    except (TypeError, ValueError):
        return str(said) == code


def _shared(plot: shapely.Geometry, shapes: Any) -> float:  # noqa: ANN401  an array of shapes
    return float(shapely.area(shapely.intersection(shapes, plot)).sum())


def _covered(plot: shapely.Geometry, shapes: Any) -> float:  # noqa: ANN401  an array of shapes
    return float(shapely.area(shapely.union_all(shapely.intersection(shapes, plot))))


def _bare_of(plot: shapely.Geometry, shapes: Any) -> float:  # noqa: ANN401  an array of shapes
    return float(plot.area) - _covered(plot, shapes)


def _inside(plot: shapely.Geometry, shapes: Any) -> float:  # noqa: ANN401  an array of shapes
    return float(shapely.length(shapely.intersection(shapes, plot)).sum())


def _away(plot: shapely.Geometry, shapes: Any) -> float:  # noqa: ANN401  an array of shapes
    return float(shapely.distance(shapes, plot).min()) if len(shapes) else math.inf


AGAIN: Mapping[str, Callable[[shapely.Geometry, Any], float]] = {
    "overlap_m2": _shared, "covered_m2": _covered, "footprint_m2": _shared,
    "overlap_share": _shared, "length_m": _inside, "nearest_m": _away,
    "acquired_m2": _covered, "not_acquired_m2": _bare_of, "no_parcel_m2": _bare_of,
}
"""What is measured again, and how."""
