"""What adjoins a parcel on its four sides (四至): who, on which side, in which order.

Every stretch of the boundary faces what lies straight ahead of it, outward. The bearing of
that outward direction gives the side, the lengths say where a neighbour counts. How far
ahead, and how much is enough, is data: ``data/adjoining.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landtrack.model import Value, catalog
from landtrack.model.assessment import Assessment
from landtrack.model.errors import CatalogError
from landtrack.output.sheets.facing import SAME_M, SIDES, Thing, facing
from landtrack.output.sheets.subjects import Subject


class Layer(Value, frozen=True, kw_only=True):
    """A layer that adjoins: how far ahead, and how wide its lines are where they do not say."""

    kind: str
    gap_m: float
    width_m: float = 0.0


class Reach(Value, frozen=True, kw_only=True):
    """What counts as adjoining; the meaning of each key stands in the file."""

    gap_m: float
    least_m: float
    least_share: float
    layer: tuple[Layer, ...] = ()


@cache
def reach() -> Reach:
    """Load what counts as adjoining.

    Returns: From the user's ``adjoining.toml`` where there is one, else the shipped.
    Raises CatalogError: If the file is wrong, names an unknown layer kind, or states a figure below
    0.
    """
    path = catalog.data_file("", "adjoining")
    loaded = catalog.convert(catalog.read_toml(path), Reach, path)
    unknown = [each.kind for each in loaded.layer if each.kind not in catalog.schemas()]
    if unknown:
        raise CatalogError(
            f"{path}: unknown layer kind {', '.join(map(repr, unknown))}.",
            mend=f"Use one of: {', '.join(catalog.schemas())}.",
        )
    figures = [loaded.gap_m, loaded.least_m, loaded.least_share]
    figures += [figure for each in loaded.layer for figure in (each.gap_m, each.width_m)]
    if min(figures) < 0:
        raise CatalogError(
            f"{path} states a gap, a length, a share or a width below 0.",
            mend="State metres and shares of 0 or more.",
        )
    return loaded


def neighbours(
    source: Assessment, subject: Subject, within_m: float | None = None
) -> gpd.GeoSeries:
    """Find the features of the subject's kind that lie near it.

    ``within_m``: How near; within the gap where not given.
    Returns: By key, in the order of the layer.
    """
    frame = source.layers[subject.kind]
    within = reach().gap_m if within_m is None else within_m
    near = frame.sindex.query(subject.shape, predicate="dwithin", distance=within)
    found = frame.iloc[np.sort(near)]
    return found[~found.index.isin(subject.ids)].geometry


def name_of(source: Assessment, kind: str, key: str) -> str:
    """Name a neighbour of the subject's kind."""
    row = source.layers[kind].loc[key]
    said = next(
        (str(row[name]) for name in ("owner", "company", "name")
         if name in row and isinstance(row[name], str) and row[name]), ""
    )
    return f"{said} {key}" if said and said != key else key


def things(source: Assessment, subject: Subject) -> list[Thing]:
    """List what may adjoin a subject, cut to what is near it.

    Returns: Features of its kind by key, those too that are only near enough to hide others, then
    those of other layers, one for each name.
    """
    stated = reach()
    deepest = max([stated.gap_m, *(each.gap_m for each in stated.layer)])
    found = [
        Thing(kind=subject.kind, key=str(key), name=name_of(source, subject.kind, str(key)),
              shape=_near(subject, shape, deepest), gap_m=stated.gap_m)
        for key, shape in neighbours(source, subject, deepest).items()
    ]
    for layer in stated.layer:
        if layer.kind in source.layers and layer.kind != subject.kind:
            found += _of_layer(source, subject, layer)
    return found


def _near(subject: Subject, shape: shapely.Geometry, gap_m: float) -> shapely.Geometry:
    """Cut a shape to the box around the subject: the rest of a river is of no concern."""
    west, south, east, north = subject.shape.bounds
    return shapely.intersection(
        shape, shapely.box(west - gap_m, south - gap_m, east + gap_m, north + gap_m)
    )


def _of_layer(source: Assessment, subject: Subject, layer: Layer) -> Iterator[Thing]:
    """Put what has one name together; lines have the ground that they are wide."""
    frame = source.layers[layer.kind]
    widest = layer.width_m
    if "width_m" in frame:
        widest = max(widest, float(frame["width_m"].fillna(0).max() or 0.0))
    near = frame.iloc[np.sort(frame.sindex.query(
        subject.shape, predicate="dwithin", distance=layer.gap_m + widest / 2
    ))]
    by_name: dict[str, list[shapely.Geometry]] = {}
    for row in near.to_dict("records"):
        shape, wide = row[frame.geometry.name], row.get("width_m")
        if shapely.get_dimensions(shape) == 1:
            wide = layer.width_m if wide is None or pd.isna(wide) else wide
            shape = shape.buffer(max(wide / 2, SAME_M), cap_style="flat")
        stated = row.get("name")
        name = stated if isinstance(stated, str) and stated else source.words(
            "sheet.unnamed", layer=source.words(f"kind.{layer.kind}")
        )
        by_name.setdefault(name, []).append(_near(subject, shape, layer.gap_m))
    for name, shapes in by_name.items():
        yield Thing(kind=layer.kind, key="", name=name, shape=shapely.union_all(shapes),
                    gap_m=layer.gap_m)


# --- who stands on which side -------------------------------------------------------------------


def adjoining(faced: pd.DataFrame, stated: Reach) -> pd.DataFrame:
    """Decide on which sides things are named.

    ``faced``: From :func:`facing`.
    Returns: The rows of ``faced`` that are named, side by side, each in order: a thing on the side
    on which it faces most of the boundary, and on any other where it faces enough.
    """
    own = faced.groupby(["thing", "inner"])["length"]
    enough = own.transform("sum") >= stated.least_m
    longest = faced["length"] == own.transform("max")
    share = np.maximum(faced["length"] / own.transform("sum"), faced["of_side"])
    much = (share >= stated.least_share) & (faced["length"] >= stated.least_m)
    named = faced[enough & (longest | much)]
    return named.sort_values(["side", "inner", "along", "thing"], kind="stable")


def by_direction(source: Assessment, subject: Subject) -> Mapping[str, tuple[str, ...]]:
    """Name what adjoins a subject on each side.

    Returns: For each of :data:`SIDES` the names, clockwise along the boundary, those inside a hole
    last; none where nothing is known to adjoin.
    """
    found = things(source, subject)
    named = adjoining(facing(subject.shape, found), reach())
    names: dict[str, list[str]] = {side: [] for side in SIDES}
    for row in named.to_dict("records"):
        name = found[row["thing"]].name
        name = source.words("sheet.enclosed", name=name) if row["inner"] else name
        names[SIDES[row["side"]]].append(name)
    return {side: tuple(dict.fromkeys(each)) for side, each in names.items()}
