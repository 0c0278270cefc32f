"""Works out anew what stands on a sheet, and compares it with what was read from the paper.

Straight from the layers of the store, with plain geometry: nothing is shared with what put
the sheet into words, so that a side, a corner, a length or an area that is wrong there is
found before the sheet is handed over.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from landtrack.model.assessment import Assessment
from landtrack.model.translations import DASH
from landtrack.output.sheets import foursides
from landtrack.output.sheets.paper import Paper, Said, bare, near, number, tells
from landtrack.output.sheets.readback import Fault, Measured, Proof
from landtrack.output.sheets.recount_findings import findings, hits
from landtrack.output.sheets.recount_legend import legend
from landtrack.output.sheets.recount_map import inscribed
from landtrack.output.sheets.recount_pieces import pieces
from landtrack.output.sheets.recount_totals import totals, verdict

HALF_MM = 0.00051
"""What is printed to the millimetre is off by half of one at most."""

LEAST_M2 = 0.02
"""Ground that is less may be left out."""


def faults(
    source: Assessment, claims: Sequence[Mapping[str, Any]], proofs: Sequence[Proof]
) -> list[Fault]:
    """Compare what was read of sheets with what the store says.

    ``claims``: What their pages claim; only which features they are of, and what was stated by
    hand.
    ``proofs``: What was read of the pages, in their order.
    """
    measured = [each for found, _ in proofs for each in found]
    if len(measured) != len(claims):
        return []  # said already
    pages = [both for both in zip(claims, measured, strict=True) if "index" not in both[0]]
    found: list[Fault] = []
    for _, own in groupby(pages, key=lambda both: both[0]["number"]):
        paper = _paper(source, list(own))
        for check in CHECKS:
            found += [
                Fault(page=page, what="recount", said=said) for page, said in check(paper)
            ]
    return found


def _paper(source: Assessment, pages: Sequence[tuple[Mapping[str, Any], Measured]]) -> Paper:
    """Put the pages of one sheet together."""
    claim = pages[0][0]
    kind, ids = claim["subject"]["kind"], tuple(claim["subject"]["ids"])
    shape = shapely.Polygon()
    if kind:
        frame = source.layers[kind]
        shapes = frame.geometry[frame.index.isin(ids)].to_numpy()
        shape = shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
    return Paper(
        source=source, kind=kind, ids=ids, shape=shape, stated=claim["stated"],
        pages=tuple(pages),
    )


CODE_PARTS = (
    "county", "cadastral_area", "cadastral_sub_area", "parcel_feature", "parcel_number"
)
"""The values that a parcel code is made of."""

# --- figures in boxes -----------------------------------------------------------------------

MEASURES: Mapping[str, tuple[Callable[[shapely.Geometry], float], int]] = {
    "measured_m2": (lambda shape: float(shapely.area(shape)), 2),
    "measured_ha": (lambda shape: float(shapely.area(shape)) / 10_000, 4),
    "measured_mu": (lambda shape: float(shapely.area(shape)) * 3 / 2000, 3),
    "perimeter_m": (lambda shape: float(shapely.length(shape)), 3),
}
"""How each is measured, and its decimals."""


def _figures(paper: Paper) -> Said:
    """Compare areas and perimeter."""
    for page, _, value, text in paper.values():
        if value in MEASURES:
            measure, decimals = MEASURES[value]
            if not near(text, measure(paper.shape), 0.51 * 10**-decimals):
                yield page, f"{value} is {measure(paper.shape):.{decimals}f}, {text!r} stands there"
        elif value == "subject" and text != bare(", ".join(paper.ids)):
            yield page, f"the sheet is of {', '.join(paper.ids)}, {text!r} stands there"


def _codes(paper: Paper) -> Said:
    """See that the parcel code is the key of the subject, or made of what was stated."""
    parts = "".join(paper.stated.get(each, "") for each in CODE_PARTS)
    right = {bare(each) for each in (*paper.ids, parts) if each}
    for page, _, value, text in paper.values():
        if value == "parcel_code" and text and text not in right:
            yield page, f"no parcel code of the subject is {text!r}"


# --- boundary points ------------------------------------------------------------------------


def _points(paper: Paper) -> Said:
    """Compare the table of corners with the corners: places, lengths and the area inside."""
    rows = paper.rows("sheet.table.points")
    if not rows:
        return
    listed: dict[int, tuple[float, float]] = {}
    sides: dict[int, tuple[int, str]] = {}
    firsts: set[int] = set()
    for page, cells in rows:
        if len(cells) != 4:  # noqa: PLR2004  the name of a ring, or the foot
            continue
        nth, north, east = number(cells[0].removeprefix("J")), *map(number, cells[1:3])
        if nth is None or north is None or east is None:
            yield page, f"the row {' '.join(cells)!r} is no boundary point"
            continue
        at = int(nth)
        if listed.setdefault(at, (east, north)) != (east, north):
            yield page, f"J{at} is listed at two places"
        if cells[3]:
            sides[at] = (page, cells[3])
        else:
            firsts.add(at)
    yield from _foot(paper, rows, ("sheet.area_foot", float(shapely.area(paper.shape))))
    yield from _placed(paper, rows[0][0], listed)
    yield from _joined(paper, rows[0][0], (listed, sides, firsts))


def _placed(paper: Paper, page: int, listed: Mapping[int, tuple[float, float]]) -> Said:
    """See that the points listed are the corners, each."""
    corners = np.unique(np.round(shapely.get_coordinates(paper.shape), 3), axis=0)
    points = np.array([listed[at] for at in sorted(listed)]).reshape(-1, 2)
    tree = shapely.STRtree(shapely.points(corners))
    near = tree.query(shapely.points(points), predicate="dwithin", distance=2 * HALF_MM)
    for at in sorted(set(range(len(points))) - set(near[0].tolist())):
        yield page, f"there is no corner where J{sorted(listed)[at]} is listed"
    if missed := len(corners) - len(set(near[1].tolist())):
        yield page, f"{missed} corners are not listed"


def _joined(
    paper: Paper, page: int,
    told: tuple[Mapping[int, tuple[float, float]], Mapping[int, tuple[int, str]], set[int]],
) -> Said:
    """Go round the rings as they are listed: sides, and the area that they enclose."""
    listed, sides, firsts = told
    starts = sorted(firsts)
    enclosed = 0.0
    ends = [*starts[1:], max(listed, default=0) + 1] if starts else []
    for start, after in zip(starts, ends, strict=True):
        ring = [at for at in range(start, after) if at in listed]
        for at, following in zip(ring, [*ring[1:], start], strict=True):
            length = math.dist(listed[at], listed[following])
            where, text = sides.get(at, (page, ""))
            if not near(text, length, 0.00051):
                yield where, f"J{at}–J{following} is {length:.3f} m, {text!r} stands there"
        (x0, y0), points = listed[start], [listed[at] for at in ring]
        enclosed -= sum(
            (a - x0) * (d - y0) - (c - x0) * (b - y0)
            for (a, b), (c, d) in zip(points, [*points[1:], points[0]], strict=True)
        ) / 2
    area = float(shapely.area(paper.shape))
    if abs(enclosed - area) > 0.01 + HALF_MM * float(shapely.length(paper.shape)):
        yield page, f"the points as listed enclose {enclosed:.2f} m², not {area:.2f}"


# --- shares of other layers -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Shares:
    """A table that shares ground out: of which layer, by which field, and how it is named."""

    title: str
    kind: str
    field: str
    taken: bool = False


SHARES = (
    Shares(title="sheet.table.owners", kind="parcels", field="owner"),
    Shares(title="sheet.table.land_classes", kind="land_classes", field="class_code"),
    Shares(title="sheet.table.farmland", kind="farmland", field="owner", taken=True),
)


def _shares(paper: Paper) -> Said:
    """Compare what each owner, class and farmland has of the ground, and the sum."""
    for table in SHARES:
        rows = paper.rows(table.title)
        if rows:
            yield from _shared_out(paper, table, rows)


def _shared_out(
    paper: Paper, table: Shares, rows: Sequence[tuple[int, tuple[str, ...]]]
) -> Said:
    words = paper.source.words
    whole = float(shapely.area(paper.shape))
    ground = _ground(paper, table)
    complete = _complete(paper.source, table.kind, paper.shape)
    if not ground and not complete:
        wanted = {bare(words("coverage.no_coverage")): 0.0}
    elif table.taken and not ground:
        wanted = {bare(words("sheet.none_taken")): 0.0}
    else:
        wanted = dict(ground)
    figures = [(page, cells) for page, cells in rows if len(cells) > 1]
    said = {cells[0] for _, cells in figures}
    for name, area in wanted.items():
        if name not in said and (area > LEAST_M2 or not ground):
            yield rows[0][0], f"{words(table.title)}: {name} is not listed"
    rest = whole - sum(ground.values())
    names = _rests(paper, table)
    if rest > LEAST_M2 and ground and not said & names:
        yield rows[0][0], f"{words(table.title)}: {rest:.2f} m² are in no row"
    for page, cells in figures:
        expected = wanted.get(cells[0], rest if cells[0] in names and ground else (
            whole if cells[0] in names and not table.taken else 0.0
        ))
        if cells[2] and not (
            near(cells[2], expected, 0.0151)
            and near(cells[3], expected / 10_000, 0.000052)
            and near(cells[4], expected / whole * 100, 0.0051)
        ):
            yield page, (
                f"{words(table.title)}: {cells[0]} has {expected:.2f} m², "
                f"{' '.join(cells[1:])!r} stands there"
            )
        elif not cells[2] and ground:
            yield page, f"{words(table.title)}: {cells[0]!r} stands there, but there is ground"
    key, total = ("taken", sum(ground.values())) if table.taken else ("area", whole)
    yield from _foot(paper, rows, (f"sheet.{key}_foot", total))


def _foot(
    paper: Paper, rows: Sequence[tuple[int, tuple[str, ...]]], told: tuple[str, float]
) -> Said:
    """Compare the last row, which is one cell."""
    key, total = told
    right = {bare(paper.source.words(key, area=f"{total + by:.2f}")) for by in (-0.01, 0, 0.01)}
    before = bare(paper.source.words(key, area="#")).split("#")[0]
    for page, cells in rows:
        if len(cells) == 1 and cells[0].startswith(before) and cells[0] not in right:
            yield page, f"the sum is {total:.2f} m², {cells[0]!r} stands there"


def _ground(paper: Paper, table: Shares) -> dict[str, float]:
    """Measure the ground that the features of a layer share with the subject, by name."""
    words, found = paper.source.words, _overlapping(paper, table.kind)
    sums: dict[str, float] = {}
    for area, row in found:
        value = row.get(table.field)
        name = value if isinstance(value, str) and value else words("wording.no_class")
        if table.field == "class_code" and words.has(f"choice.class_code.{name}"):
            name = f"{words(f'choice.class_code.{name}')} {name}"
        sums[bare(name)] = sums.get(bare(name), 0.0) + area
    return sums


def _overlapping(paper: Paper, kind: str) -> list[tuple[float, Mapping[Any, Any]]]:
    """Find the features that share ground with the subject: how much, and their fields."""
    frame = paper.source.layers.get(kind)
    if frame is None or not len(frame):
        return []
    own: gpd.GeoDataFrame = frame.iloc[np.sort(frame.sindex.query(paper.shape))]
    areas = shapely.area(shapely.intersection(own.geometry.to_numpy(), paper.shape))
    rows = own.reset_index().to_dict("records")
    return [(float(area), row) for area, row in zip(areas, rows, strict=True) if area > 1e-4]  # noqa: PLR2004


def _rests(paper: Paper, table: Shares) -> set[str]:
    """Name what is in nothing of a layer, as far as the layer is known."""
    words = paper.source.words
    known = _complete(paper.source, table.kind, paper.shape)
    keys = {
        "parcels": ("measure.no_parcel_m2", "land.no_data"),
        "land_classes": ("sheet.unclassed", "sheet.unclassed"),
        "farmland": ("sheet.rest", "sheet.rest_unknown"),
    }[table.kind]
    return {bare(words(keys[0 if known else 1]))}


def _complete(source: Assessment, kind: str, shape: shapely.Geometry) -> bool:
    """Tell whether a layer is said to be complete there."""
    head = json.loads(str(source.run.get("place_head") or "{}"))
    if kind in (stated := head.get("coverage", {})):
        outside = shapely.difference(shape, shapely.from_wkb(stated[kind]).buffer(0))
        return float(shapely.area(outside)) <= 1e-6 * max(float(shapely.area(shape)), 1.0)
    frame = source.layers.get(kind)
    return frame is not None and not frame.empty and kind not in head.get("partial", ())


def _land(paper: Paper) -> Said:
    """Compare the parcels under a plot, and their sum."""
    rows = [(page, cells) for page, cells in paper.rows("land.title") if len(cells) > 1]
    if not rows or len(paper.ids) > 1:
        return
    words = paper.source.words
    total = bare(words("land.sum"))
    title, whole = words("land.title"), float(shapely.area(paper.shape))
    under = {str(row["parcel_id"]): (area, row) for area, row in _overlapping(paper, "parcels")}
    called = {
        name: key for key, (_, row) in under.items()
        for name in (bare(key), bare(f"{key} {row.get('name')}"))
    }
    rests = {bare(words(f"land.{each}")) for each in (
        "slivers", "double_claim", "no_parcel", "no_data"
    )}
    listed = {called.get(cells[0]) for _, cells in rows}
    for key, (area, _) in under.items():
        if area > 10 and key not in listed:  # noqa: PLR2004
            yield rows[0][0], f"{title}: {key} has {area:.2f} m², not as listed"
    known = {total, *rests, bare(words("coverage.no_coverage"))}
    for page, cells in rows:
        own = called.get(cells[0])
        if own is not None and not _shared_as(cells, under[own][0], whole):
            yield page, f"{title}: {own} has {under[own][0]:.2f} m², not as listed"
        elif cells[0] == total and not _shared_as(cells, whole, whole):
            yield page, f"{title}: {cells[2]!r} is not the area of the plot"
        elif own is None and cells[0] not in known:
            yield page, f"{title}: {cells[0]!r} is not under the plot"


def _shared_as(cells: tuple[str, ...], area: float, whole: float) -> bool:
    """Tell whether a row has an area and its share."""
    return tells(cells[2], area) and tells(cells[3], area / whole * 100)


def _buildings(paper: Paper) -> Said:
    """Compare the footprints of the buildings inside."""
    rows = [each for each in paper.rows("sheet.table.buildings") if len(each[1]) == 4]  # noqa: PLR2004
    if not rows:
        return
    title = paper.source.words("sheet.table.buildings")
    wanted = {
        bare(str(row["building_id"])): area for area, row in _overlapping(paper, "buildings")
    }
    for key, area in wanted.items():
        if area > LEAST_M2 and not any(
            cells[0] == key and near(cells[3], area, 0.0101) for _, cells in rows
        ):
            yield rows[0][0], f"{title}: {key} has {area:.2f} m² inside, not as listed"
    for page, cells in rows:
        if cells[3] and cells[0] not in wanted:
            yield page, f"{title}: {cells[0]!r} is not inside"


# --- four sides -----------------------------------------------------------------------------


def _sides(paper: Paper) -> Said:
    """Compare who is named on each side with who is seen there."""
    boxes = {
        label.removeprefix("sheet.label."): (page, text)
        for page, label, _, text in paper.values()
        if label.removeprefix("sheet.label.") in foursides.SIDES
    }
    if not boxes:
        return
    words = paper.source.words
    table: dict[str, list[str]] = {}
    for _, cells in paper.rows("sheet.table.adjoining"):
        for side in foursides.SIDES:
            if cells[0] == bare(words(f"sheet.label.{side}")):
                table.setdefault(side, []).append(cells[1])
    seen = foursides.seen(paper.source, paper.kind, paper.ids, paper.shape)
    joint = bare(words("wording.joint"))
    listed = {
        side: "" if text == bare(DASH) else joint.join(table.get(side, [text]))
        for side, (_, text) in boxes.items()
    }
    for side, (page, text) in boxes.items():
        if side in table and not _begins(
            text, listed[side], bare(words("sheet.and_more", names="#", count="@"))
        ):
            yield page, f"{side}: the box says otherwise than the table"
        for said in foursides.told_otherwise(
            seen, foursides.SIDES.index(side), listed[side], joint
        ):
            yield page, said
    if len(boxes) == len(foursides.SIDES):
        for name in foursides.unnamed(seen, listed.values(), joint):
            yield page, f"{name} is named on no side"


def _begins(text: str, listed: str, more: str) -> bool:
    """Tell whether a box that is too small says the first of a list, or all of it."""
    between = more.partition("#")[2].partition("@")[0]
    return text == listed or (between in text and listed.startswith(text.rpartition(between)[0]))


CHECKS: tuple[Callable[[Paper], Said], ...] = (
    _figures, _codes, _points, _shares, pieces, _land, _buildings, _sides, totals, verdict,
    findings, hits, inscribed, legend,
)
"""All that is compared."""
