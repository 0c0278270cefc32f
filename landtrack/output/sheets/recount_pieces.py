"""Works the pieces of a subject out anew: by the numbers that the table on paper gives them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import shapely

from landtrack.model.translations import DASH
from landtrack.output.sheets.paper import Paper, Said, bare, near

SLACK_M2 = 0.0251
"""By how much an area of the table may be otherwise: half of its last figure, and slivers."""

LEFT_M2 = 0.5
"""By how much all pieces may be less than the subject: slivers that are left out."""

CELLS = 6


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A row of the table: its ground, and what may stand on it."""

    shape: shapely.Geometry
    says: frozenset[str]


def ground_of(paper: Paper) -> list[Ground]:
    """Find the ground that each row of the table of pieces is of.

    Returns: In the order of the rows.
    """
    found = []
    for _, cells in _rows(paper):
        shape = _ground(paper, cells[2], cells[3])
        owner = _owner(paper, cells[2])
        code = _code(paper, cells[3])
        parts = {f"({cells[0]})", f"({cells[0]}){bare(owner)}", bare(owner), code}
        found.append(Ground(shape=shape, says=frozenset(filter(None, parts))))
    return found


def pieces(paper: Paper) -> Said:
    """Compare owner, parcel, land class and area of each piece, and what they add up to."""
    total, last = 0.0, 0
    for page, cells in _rows(paper):
        last = page
        area = float(shapely.area(_ground(paper, cells[2], cells[3])))
        if not near(cells[4], area, SLACK_M2):
            yield page, f"piece {cells[0]} has {area:.2f} m², {cells[4]!r} stands there"
        if not near(cells[5], area / 10_000, 0.00006):
            yield page, f"piece {cells[0]} has {area / 10_000:.4f} ha, {cells[5]!r} stands there"
        owner = _owner(paper, cells[2])
        if owner and cells[1] != bare(owner):
            yield page, f"parcel {cells[2]} is of {owner}, {cells[1]!r} stands there"
        if cells[2] == DASH and any(
            cells[1] == bare(each) for each in _owners(paper)
        ):
            yield page, f"piece {cells[0]} lies in no parcel, {cells[1]!r} stands there as owner"
        total += area
    if last and total < shapely.area(paper.shape) - LEFT_M2:
        yield last, f"the pieces have {total:.2f} m², the subject {shapely.area(paper.shape):.2f}"


def _rows(paper: Paper) -> list[tuple[int, tuple[str, ...]]]:
    return [
        (page, cells) for page, cells in paper.rows("sheet.table.pieces")
        if len(cells) == CELLS and cells[0].isdigit()
    ]


def _frame(paper: Paper, kind: str) -> pd.DataFrame | None:
    frame = paper.source.layers.get(kind)
    return None if frame is None else frame.reset_index()


def _ground(paper: Paper, parcel: str, named: str) -> shapely.Geometry:
    """Cut the subject by one parcel, or by all of them, and by one land class, or by all."""
    shape = paper.shape
    for kind, key, value in (
        ("parcels", "parcel_id", "" if parcel == DASH else parcel),
        ("land_classes", "class_code", _code(paper, named)),
    ):
        frame = _frame(paper, kind)
        if frame is None or key not in frame:
            continue
        rows = frame[key].map(lambda each: bare(each) if isinstance(each, str) else "")
        own = shapely.union_all(frame.geometry[rows == value if value else rows != ""].to_numpy())
        shape = shapely.intersection(shape, own) if value else shapely.difference(shape, own)
    return shape


def _code(paper: Paper, named: str) -> str:
    """Take the code of a land class off its name; none where it has none."""
    frame = _frame(paper, "land_classes")
    if frame is None or "class_code" not in frame:
        return ""
    codes = [bare(each) for each in frame["class_code"].dropna().unique() if isinstance(each, str)]
    return max((each for each in codes if each and named.endswith(each)), key=len, default="")


def _owner(paper: Paper, parcel: str) -> str:
    frame = _frame(paper, "parcels")
    if frame is None or "owner" not in frame or parcel == DASH:
        return ""
    own = frame.loc[frame["parcel_id"].map(bare) == parcel, "owner"]
    return str(own.iloc[0]) if len(own) and isinstance(own.iloc[0], str) else ""


def _owners(paper: Paper) -> set[str]:
    frame = _frame(paper, "parcels")
    if frame is None or "owner" not in frame:
        return set()
    return {each for each in frame["owner"] if isinstance(each, str) and each}
