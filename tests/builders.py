"""Builders of small places and tables whose answers can be worked out in the head."""

import dataclasses
import datetime as dt
import itertools
import json
import operator
import re
import types

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from landtrack.assessment.rules import verdicts
from landtrack.model import MEASURE_COLUMNS, Outcome, Rule, RulePack, Sample, Stage, catalog
from landtrack.model.assessment import LayerSet
from landtrack.model.classes import VERDICT

EAST, NORTH = 41_487_000, 4_545_000
"""South-west corner of every small place, in EPSG:4529."""
CRS = "EPSG:4529"


def box(west, south, east, north):
    """Make a rectangle, in metres from the corner of the place."""
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def line(*points):
    """Make a line, in metres from the corner of the place."""
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in points])


def point(x, y):
    """Make a point, in metres from the corner of the place."""
    return shapely.Point(EAST + x, NORTH + y)


def frame(kind, features, **columns):
    """Make a canonical layer: shape by key, and the columns that matter; others missing."""
    schema = catalog.schemas()[kind]
    empty = {"number": np.nan, "integer": np.nan, "date": pd.NaT}
    data = {
        name: pd.Series(
            columns.get(name, [empty.get(field.type)] * len(features)),
            dtype={"number": "float64", "integer": "float64", "date": "datetime64[s]"}.get(
                field.type, "str"
            ),
        )
        for name, field in schema.fields.items()
        if name != schema.key
    }
    made = gpd.GeoDataFrame(data, geometry=list(features.values()), crs=CRS)
    made["source"] = f"{kind}.geojson"
    made.index = pd.Index(list(features), name=schema.key, dtype="str")
    return made


def changed(base, *, layers=None, sets=None, **tables):
    """Change a vetted place: its layers, what is known of them, its tables; plots are classed."""
    frames = dict(base.layers if layers is None else layers)
    tables = {**base.tables, **tables}
    if "plots" in frames:
        plots = frames["plots"]
        told = verdicts.by_subject(plots.index, tables["findings"])
        frames["plots"] = plots.assign(**{VERDICT: told.to_numpy()})
    known = {
        kind: LayerSet(schema=base.schemas[kind], frame=None) for kind in frames
        if kind in base.schemas
    } | dict(base.sets if layers is None else {}) | (sets or {})
    return dataclasses.replace(base, tables=tables, sets={
        kind: dataclasses.replace(each, frame=frames.get(kind)) for kind, each in known.items()
    })


def rule(**changes):
    """Make the plot-ratio rule, or one that differs from it as stated."""
    stated = {
        "id": "ratio", "title": {"zh": "容积率", "en": "Plot ratio"}, "clause": "1",
        "measure": "plot_ratio", "numerator": "floor_area_m2", "denominator": "land_area_m2",
        "relation": ">=", "threshold": 0.6, "unit": "1",
        "sample": (
            Sample(value=0.7, outcome=Outcome.PASS), Sample(value=0.6, outcome=Outcome.PASS),
            Sample(value=0.5, outcome=Outcome.FAIL),
            Sample(inputs={"floor_area_m2": 5.0, "land_area_m2": 10.0}, outcome=Outcome.FAIL),
        ),
    }
    return Rule(**{**stated, **changes})


def pack(*rules, **changes):
    """Make a pack of rules, of the park and without end where not stated otherwise."""
    stated = {
        "id": "test", "version": "1", "title": {"en": "test"}, "issuer": "", "document_no": "no. 1",
        "in_force_from": dt.date(2006, 1, 1), "source": "test", "rule": rules or (rule(),),
    }
    return RulePack(**{**stated, **changes})


def sequence(**changes):
    """Make the rule that the environmental approval comes before the construction permit."""
    stated = {
        "id": "environment-first", "kind": "sequence", "title": {"zh": "先环评", "en": "EIA first"},
        "clause": "1", "first": "eia_approved_on", "second": "construction_permit_on",
        "documents": ("eia_document_no", "construction_permit_no"), "unit": "d",
        "due_from": Stage.CONSTRUCTION_PERMIT, "sample": (),
    }
    return Rule(**{**stated, **changes})


def facts(**plots):
    """Make the fields of plots: fields by plot."""
    return pd.DataFrame.from_dict(plots, orient="index")


def own_measures(**plots):
    """Make the plots' own measures: figures by plot."""
    rows = [
        (plot, "plots", "", name, value, "", "hit")
        for plot, figures in plots.items()
        for name, value in figures.items()
    ]
    table = pd.DataFrame(rows, columns=list(MEASURE_COLUMNS))
    return table.astype({"value": "float64"})


def in_turns(cases, *others):
    """Pair every case with one of each of the others, which take turns, each at its own pace.

    ``cases``: By the names that their tests have.
    Returns: Parameters of pytest: n cases in place of n times all the others.
    """
    return [
        pytest.param(case, *(each[at // step % len(each)] for each, step in zip(
            others, itertools.accumulate(map(len, others[:-1]), operator.mul, initial=1),
            strict=True,
        )), id=name)
        for at, (name, case) in enumerate(cases.items())
    ]


# --- several cases in one place ---------------------------------------------------------------


MARK = re.compile(r"x\d+x")


def marks(cases):
    """Give each case a mark that its keys bear where several stand in one place.

    ``cases``: By name, in the order in which they stand.
    Returns: The mark by name.
    """
    return {name: f"x{at}x" for at, name in enumerate(cases)}


def marked(key, mark):
    """Put the mark of a case behind a key; blanks around the key stay, an empty one is nobody's."""
    bare = key.rstrip()
    return f"{bare}{mark}{key[len(bare):]}" if bare else key


def moved(shape, mark, *, by=1000):
    """Move a shape to where its case stands, north of the one before."""
    at = int(mark.strip("x") or 0)
    return shapely.transform(shape, lambda points: np.add(points, (0, by * at)))


def own(result, mark):
    """Give what a run says of one of several cases in a place, as if it stood there alone.

    ``mark``: That which its keys bear.
    Returns: Tables of an assessment with the rows that bear it, the mark taken out; of the issues
    also those that bear none.
    """
    def of(table, *names, bare=False):
        if table is None:
            return None
        said = [table.index, *(table[name] for name in names)][bool(names):]
        bears = [
            set(MARK.findall(" ".join(map(str, cells)))) for cells in zip(*said, strict=True)
        ]
        kept = pd.DataFrame(table.iloc[[
            at for at, each in enumerate(bears) if mark in each or (bare and not each)
        ]])
        for name in kept:
            kept[name] = pd.Series(without(kept[name]), index=kept.index, dtype="object")
        if not names:
            kept.index = pd.Index(without(kept.index), name=table.index.name)
        return kept

    def without(values):
        return [each.replace(mark, "") if isinstance(each, str) else each for each in values]

    return types.SimpleNamespace(
        findings=of(result.findings, "plot_id"), projects=of(result.projects, "plot_id"),
        written=of(result.written, "plot_id"), amounts=of(result.amounts),
        issues=of(result.issues, "feature_id", "value", bare=True),
        layers={"plots": of(result.layers["plots"])},
    )


class Site:
    """A place on disk, written file by file."""

    def __init__(self, folder):
        """Begin with one plot of 10 000 m², all its facts given, and a building on half of it."""
        self.folder = folder
        folder.mkdir(parents=True)
        self.head = {
            "id": folder.name, "title": {"zh": "小地", "en": "Small place"}, "language": "en",
            "crs": CRS, "rules": "x-park-2006",
        }
        self.basis = {
            "land_area": "measured", "floor_area": "measured", "covered_area": "measured"
        }
        self.entries = {}
        self.layer("plots", [self.plot("A", box(0, 0, 100, 100))])
        self.layer("buildings", [
            (box(0, 0, 60, 100), {"building_id": "b1", "class": "building", "storeys": 2}),
        ])

    @staticmethod
    def plot(plot_id, shape, **facts):
        """Make a plot that passes: 26 million CNY on 10 000 m²."""
        return shape, {"plot_id": plot_id, "fixed_investment_cny": 26_000_000, **facts}

    def layer(self, kind, features, *, path=None, crs=CRS, **entry):
        """Write a layer as GeoJSON and name it in the catalog."""
        path = path or f"{kind}.geojson"
        collection = {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature", "properties": properties,
                    "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
                }
                for shape, properties in features
            ],
        }
        if crs:
            name = f"urn:ogc:def:crs:{crs.replace(':', '::')}"
            collection["crs"] = {"type": "name", "properties": {"name": name}}
        (self.folder / path).write_text(json.dumps(collection), encoding="utf-8")
        self.entries[path] = {"kind": kind, "path": path, **entry}
        return self.catalog()

    def catalog(self, extra=""):
        """Write the catalog."""
        lines = ["[place]", *(f"{key} = {_toml(value)}" for key, value in self.head.items())]
        lines += ["[basis]", *(f"{key} = {_toml(value)}" for key, value in self.basis.items())]
        for entry in self.entries.values():
            lines += ["[[layer]]", *(f"{key} = {_toml(value)}" for key, value in entry.items())]
        (self.folder / "catalog.toml").write_text("\n".join([*lines, extra, ""]), encoding="utf-8")
        return self


def _toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {_toml(each)}' for key, each in value.items()) + " }"
    if isinstance(value, dt.date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)
