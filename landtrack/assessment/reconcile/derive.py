"""Takes a figure from the layers, with the features behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from landtrack.model import Figure, Lack, Range, Rule, Schema, Target, Wanted, catalog
from landtrack.model.assessment import Assessment
from landtrack.spatial.plot_figures import project_of

SHAPES = {"area": "m2", "length": "m"}
"""Units of what is taken from shapes, in the working CRS."""

TAKEN: Mapping[str, Callable[[pd.Series], float]] = {
    "sum": pd.Series.sum, "least": pd.Series.min, "most": pd.Series.max,
    "distinct": pd.Series.nunique,
}
"""What is taken of the values of a field."""


class Ground(NamedTuple):
    """What figures are taken from: layers by kind, the measures, the rules, the targets.

    ``amounts`` are those of projects of several plots.
    """

    layers: Mapping[str, gpd.GeoDataFrame]
    schemas: Mapping[str, Schema]
    measures: pd.DataFrame
    rules: Mapping[str, Rule]
    targets: Mapping[str, Target]
    amounts: pd.DataFrame | None = None


def ground(result: Assessment) -> Ground:
    """Take what figures are derived from out of a run."""
    targets = {each.id: each for each in catalog.targets(result.place.folder)}
    return Ground(
        result.layers, result.schemas, result.measures, result.rules, targets, result.amounts
    )


class Derived(NamedTuple):
    """A figure as it was taken; or what it lacks.

    ``value`` is in ``unit``, None where it cannot be taken. ``features`` are the keys of
    those behind it, in the layer ``layer``. ``lacks`` is the layer, or the field of it, that would
    have to be there; ``missing`` are those of the features that do not state it.
    """

    value: float | None
    unit: str
    layer: str = ""
    features: tuple[str, ...] = ()
    lacks: Lack | None = None
    missing: tuple[str, ...] = ()


def derive(figure: Figure, ground: Ground) -> Derived:
    """Take a figure from the layers.

    Returns: The figure in the stored unit; a field that is missing in a chosen feature, or a layer
    that is not there, is what it lacks: nothing is counted as nought.
    """
    if figure.lacks is not None:
        return Derived(None, "", lacks=figure.lacks)
    if figure.rule or figure.target:
        return _limit(figure, ground) if figure.rule else _target(figure, ground)
    frame, unit = _table(figure, ground)
    if frame is None:
        return _lacking(figure.layer)
    held = _held(figure, ground)
    for name in (*figure.where, *([figure.field] if figure.field else [])):
        stated = not held.empty and name == figure.field
        if not stated and (name not in frame or frame[name].isna().all()):
            return _lacking(figure.layer, name)
    chosen = frame[_chosen(frame, figure.where)]
    keys = tuple(str(key) for key in chosen.index)
    once = _once(chosen, frame, figure, held)
    value = _taken(once, figure)
    if value is not None:
        return Derived(value, unit, figure.layer, keys)
    silent = tuple(str(key) for key in once.index[_column(once, figure).isna()])
    lacks = Lack(layer=figure.layer, field=figure.field)
    return Derived(None, unit, figure.layer, keys, lacks, silent)


def counted(figure: Figure, ground: Ground) -> pd.DataFrame:
    """Say how much each feature behind a figure counts, and with which others together.

    ``figure``: One that can be taken, of a layer.
    Returns: By the key of the feature: ``size``, in the unit of the figure, and ``group``. What is
    of one group counts once: the plots of a project whose amount is the project's, or the features
    with the same value of a field whose values are counted.
    """
    frame, _ = _table(figure, ground)
    assert frame is not None  # noqa: S101  it can be taken
    chosen = frame[_chosen(frame, figure.where)]
    each = chosen.index.astype("str").to_series(index=chosen.index)
    if figure.measure in SHAPES:
        sizes = getattr(chosen.geometry, figure.measure)
        return pd.DataFrame({"size": sizes, "group": each})
    if figure.measure == "distinct":
        return pd.DataFrame({"size": 1.0, "group": chosen[figure.field]}).dropna(subset=["group"])
    if figure.measure != "sum":
        return pd.DataFrame({"size": 1.0, "group": each})
    held = _held(figure, ground)
    of = project_of(chosen) if len(held) else each
    own = _column(chosen, figure).astype("float64")
    return pd.DataFrame({"size": of.map(held).where(of.isin(held.index), own),
                         "group": of.where(of.isin(held.index), each)})


def _lacking(layer: str, field: str = "") -> Derived:
    return Derived(None, "", lacks=Lack(layer=layer, field=field))


def _limit(figure: Figure, ground: Ground) -> Derived:
    """Take the limit of a rule, or count it."""
    rule = ground.rules.get(figure.rule)
    if rule is None:
        return _lacking("rules", figure.rule)
    if figure.measure == "count":
        return Derived(1.0, "flag", "rules", (rule.id,))
    threshold = None if rule.threshold is None else float(rule.threshold)
    return Derived(threshold, catalog.measure_unit(rule.measure or ""), "rules", (rule.id,))


def _target(figure: Figure, ground: Ground) -> Derived:
    """Take what is to be secured of a target."""
    target = ground.targets.get(figure.target)
    if target is None:
        return _lacking("targets.toml", figure.target)
    return Derived(target.secure, target.unit, "targets", (target.id,))


def _table(figure: Figure, ground: Ground) -> tuple[pd.DataFrame | None, str]:
    """Find the table a figure is taken from, by key, and the figure's unit."""
    if figure.layer == "measures":
        table = ground.measures
        unit = catalog.measure_unit(str(figure.where.get("measure", "")))
        return table.set_index("plot_id", drop=False), unit
    frame = ground.layers.get(figure.layer)
    if frame is not None:
        frame = frame.assign(**{ground.schemas[figure.layer].key: frame.index})
    if figure.measure in SHAPES:
        return frame, SHAPES[figure.measure]
    field = ground.schemas[figure.layer].fields.get(figure.field) if frame is not None else None
    unit = field.unit or "" if field and figure.measure != "distinct" else ""
    return frame, unit or figure.unit


def _chosen(frame: pd.DataFrame, where: Mapping[str, Wanted]) -> pd.Series:
    """Mark the features whose fields are as wanted; a missing one is not."""
    kept = pd.Series(data=True, index=frame.index)
    for name, wanted in where.items():
        kept &= _as_wanted(frame[name], wanted)
    return kept


def _as_wanted(column: pd.Series, wanted: Wanted) -> pd.Series:
    known = column.notna()
    if isinstance(wanted, Range):
        if wanted.at_least is not None:
            known &= column >= wanted.at_least
        if wanted.below is not None:
            known &= column < wanted.below
        if wanted.starts is not None:
            known &= column.astype("str").str.startswith(wanted.starts)
        return known & ~column.isin(wanted.other_than)
    if isinstance(wanted, tuple):
        return column.isin(wanted)
    if pd.api.types.is_datetime64_any_dtype(column):
        return known & (column.dt.strftime("%Y-%m-%d") == wanted)
    if pd.api.types.is_numeric_dtype(column):
        return known & (column == float(wanted))
    return known & (column.astype("str") == _text(wanted))


def _text(wanted: str | float) -> str:
    return f"{wanted:g}" if isinstance(wanted, float) else wanted


def _held(figure: Figure, ground: Ground) -> pd.Series:
    """Give the amounts that projects of several plots have as wholes, of a field to be summed."""
    amounts = ground.amounts
    summed = figure.layer == "plots" and figure.measure == "sum"
    if not summed or amounts is None or figure.field not in amounts:
        return pd.Series(dtype="float64")
    return amounts[figure.field].dropna()


def _once(
    chosen: pd.DataFrame, frame: pd.DataFrame, figure: Figure, held: pd.Series
) -> pd.DataFrame:
    """Let one plot of each project stand for its amount; unknown where not all are chosen."""
    if held.empty:
        return chosen
    of = project_of(chosen)
    every = project_of(frame).value_counts()
    whole = of.value_counts() == every.reindex(of.unique())
    known = of.map(held).where(of.map(whole).eq(other=True))
    is_held = of.isin(held.index)
    value = chosen[figure.field].mask(is_held, known)
    return chosen.assign(**{figure.field: value})[~(is_held & of.duplicated())]


def _taken(chosen: pd.DataFrame, figure: Figure) -> float | None:
    """Take the figure of the chosen features; None where a value is missing."""
    if figure.measure == "count":
        return float(len(chosen))
    if figure.measure in SHAPES:
        return float(getattr(chosen.geometry, figure.measure).sum())
    column = _column(chosen, figure)
    extreme = figure.measure in ("least", "most")
    if column.isna().any() or (extreme and column.empty):
        return None
    return float(TAKEN[figure.measure](column))


def _column(chosen: pd.DataFrame, figure: Figure) -> pd.Series:
    """Give the values that a figure is taken of."""
    return chosen["value"] if figure.layer == "measures" else chosen[figure.field]
