"""What a sheet says: the values of its boxes and lines, and its tables, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely

from landtrack.assessment.rules import verdicts
from landtrack.model import NOT_JUDGED, parcel_codes
from landtrack.model.assessment import Assessment
from landtrack.model.translations import DASH
from landtrack.output import wording
from landtrack.output.sheets import adjoining, pieces
from landtrack.output.sheets.subjects import Subject, known_within
from landtrack.output.sheets.tables import Table
from landtrack.output.style import symbology
from landtrack.output.wording import sign_offs
from landtrack.output.wording.messages import tell
from landtrack.spatial import boundary_points, crs, land, measures
from landtrack.spatial.crs import china

M2_PER_MU = 2000 / 3
M2_PER_HA = 10_000

@dataclass(frozen=True, kw_only=True)
class Content:
    """The words of one sheet: ``values`` and ``tables`` by name.

    ``rings`` are the boundary points of the subject, ``pieces`` what it is made of.
    """

    values: Mapping[str, str]
    tables: Mapping[str, Table]
    rings: tuple[boundary_points.Ring, ...] = ()
    pieces: tuple[pieces.Piece, ...] = ()


class Once:
    """What several parts of one sheet tell, worked out once."""

    def __init__(self, source: Assessment, subject: Subject) -> None:
        self.source, self.subject = source, subject

    @cached_property
    def rings(self) -> tuple[boundary_points.Ring, ...]:
        """The boundary points; none of a whole place."""
        return boundary_points.rings(self.subject.shape) if self.subject.kind else ()

    @cached_property
    def pieces(self) -> tuple[pieces.Piece, ...]:
        """What lies in one parcel and one land class each."""
        return pieces.of(self.source, self.subject)

    @cached_property
    def sides(self) -> Mapping[str, tuple[str, ...]]:
        """The names of what adjoins, by side."""
        return adjoining.by_direction(self.source, self.subject)


def of(
    source: Assessment, subject: Subject, stated: Mapping[str, str], wanted: Iterable[str]
) -> Content:
    """Put a subject into words.

    ``stated``: Values that were stated for the sheet; they come before those of the store.
    """
    once = Once(source, subject)
    wanted = tuple(wanted)
    values = _values(source, subject, once) | {
        key: value for key, value in stated.items() if value
    }
    if subject.kind:
        code = stated.get("parcel_code") or parcel_codes.composed(stated) or values["subject"]
        values["parcel_code"] = parcel_codes.spaced(code) or stated.get("parcel_code", "")
    return Content(
        values=values,
        tables={name: TABLES[name](source, subject, once) for name in wanted},
        rings=once.rings, pieces=once.pieces if PIECES in wanted else (),
    )


def _values(source: Assessment, subject: Subject, once: Once) -> dict[str, str]:
    words = source.words
    values = {
        "place": source.title, "notice": source.notice, "crs": _crs_name(source),
        "data_on": str(source.run.get("as_of") or source.run["at"])[:10],
    }
    if not subject.kind:
        return values
    schema = source.schemas[subject.kind]
    for field in schema.field:
        values[field.name] = wording.attribute(
            words, field, source.workflow, subject.facts.get(field.name)
        )
    holder = values.get("owner") or values.get("company", "")
    area = subject.shape.area
    values |= {
        "owner": holder, "client": holder,
        "subject": ", ".join(subject.ids),
        "measured_m2": f"{area:.2f}",
        "measured_ha": f"{area / M2_PER_HA:.4f}",
        "measured_mu": f"{area / M2_PER_MU:.3f}",
        "perimeter_m": f"{subject.shape.length:.3f}",
        "name": values.get("name") or ", ".join(subject.ids),
    }
    if subject.kind == "plots" and "project_id" in subject.facts:
        verdict = verdicts.by_subject(subject.ids, source.findings)
        worst = next(each for each in verdicts.VERDICTS if each in set(verdict))
        values["verdict"] = words(f"outcome.{worst}")
    return values | _adjoining(source, once)


def _crs_name(source: Assessment) -> str:
    """Name the CRS: a zone of China as offices write it, any other as its register does."""
    own = china.zone_of(source.crs)
    if own is not None:
        said = source.words(
            "sheet.crs_zone", datum=source.words.pick(china.datums()[own.datum].title),
            width=own.width, zone=own.number, meridian=own.meridian, code=crs.name(source.crs),
        )
        return said if own.prefixed else said + source.words("sheet.crs_without_number")
    zone = source.crs.name.replace("CGCS2000 / 3-degree Gauss-Kruger ", "")
    geodetic = source.crs.geodetic_crs
    datum = geodetic.datum.name if geodetic is not None and geodetic.datum is not None else ""
    return source.words("sheet.crs", datum=datum, zone=zone, code=crs.name(source.crs))


def _adjoining(source: Assessment, once: Once) -> dict[str, str]:
    """Say what the subject adjoins on its four sides."""
    joint = source.words("wording.joint")
    return {
        f"to_{side}": joint.join(names) or DASH
        for side, names in once.sides.items()
    }


# --- tables ---------------------------------------------------------------------------------


def _points(source: Assessment, subject: Subject, once: Once) -> Table:
    """List the boundary points: number, X north, Y east, side to the next."""
    words, rings = source.words, once.rings
    rows: list[tuple[str, ...]] = []
    parts = max(ring.part for ring in rings)
    for ring in rings:
        if len(rings) > 1:
            rows.append((_ring_name(source, ring, parts),))
        shown = [
            (f"J{number}", f"{north:.3f}", f"{east:.3f}", f"{side:.3f}")
            for number, (east, north), side in zip(
                ring.numbers, ring.points.tolist(), ring.sides.tolist(), strict=True
            )
        ]
        rows += [*shown, (*shown[0][:3], "")]
    heads = ("point", "x_north", "y_east", "side")
    return Table(
        title=words("sheet.table.points"),
        headings=tuple(words(f"sheet.column.{each}") for each in heads),
        align=("center", "right", "right", "right"), rows=tuple(rows),
        foot=words("sheet.area_foot", area=f"{subject.shape.area:.2f}"),
    )


def _ring_name(source: Assessment, ring: boundary_points.Ring, parts: int) -> str:
    outer = source.words("sheet.part", part=ring.part) if parts > 1 else ""
    inner = source.words("sheet.hole", hole=ring.hole) if ring.hole else (
        source.words("sheet.outer")
    )
    return f"{outer}{inner}"


def _neighbours(source: Assessment, _: Subject, once: Once) -> Table:
    """List what adjoins on each side, in the order along the boundary."""
    words = source.words
    rows = [
        (words(f"sheet.label.{side}"), name)
        for side, names in once.sides.items() for name in names
    ]
    heads = ("direction", "neighbour")
    return Table(
        title=words("sheet.table.adjoining"),
        headings=tuple(words(f"sheet.column.{each}") for each in heads),
        align=("left", "left"), wrap=(1,), rows=tuple(rows),
    )


def _shared(
    source: Assessment, subject: Subject, kind: str, field: str
) -> list[tuple[str, float, int]] | None:
    """Share the subject's area out by a field of another layer: value, m², how many."""
    frame = source.layers.get(kind)
    if frame is None:
        return None
    pairs = measures.shared_area(
        np.array([subject.shape], dtype=object), frame.geometry.to_numpy()
    )
    values = (
        frame[field] if field in frame else pd.Series([None] * len(frame), index=frame.index)
    ).iloc[pairs.feature]
    said = [
        value if isinstance(value, str) and value else source.words("wording.no_class")
        for value in values
    ]
    table = pd.DataFrame({"by": said, "area": pairs.amount})
    table = table[table["area"] > 0]
    summed = table.groupby("by", sort=False)["area"].agg(["sum", "count"])
    return [(str(by), float(row["sum"]), int(row["count"])) for by, row in summed.iterrows()]


@dataclass(frozen=True, kw_only=True)
class _Told:
    """How a table of shared ground speaks: of the rest, and of its sum.

    ``by`` heads the names. ``rest`` names what is in nothing of the layer, ``unknown`` the same
    where the layer is not known to be complete. ``taken`` says that the foot is the sum of what
    is shared, for what a layer takes of the subject; else the area of the subject, which the rows
    add up to.
    """

    title: str
    by: str
    rest: str
    unknown: str
    taken: bool = False


def _area_table(
    source: Assessment, subject: Subject, kind: str,
    groups: list[tuple[str, float, int]] | None, told: _Told,
) -> Table:
    """Share the subject's area out; what is not known to be there is not said to be zero."""
    words = source.words
    headings = (words(told.by), *(
        words(f"sheet.column.{each}") for each in ("count", "area_m2", "area_ha", "share")
    ))
    whole = subject.shape.area
    known = known_within(source, kind, subject.shape)
    if groups is None or not (groups or known):
        return Table(
            title=words(told.title), headings=headings,
            align=("left", "right", "right", "right", "right"), wrap=(0,),
            rows=((words("coverage.no_coverage"), "", "", "", ""),),
        )

    def row(by: str, count: str, area: float) -> tuple[str, ...]:
        return (by, count, f"{area:.2f}", f"{area / M2_PER_HA:.4f}", f"{area / whole * 100:.2f}%")

    rows = [row(by, str(count), area) for by, area, count in groups]
    shared = sum(area for _, area, _ in groups)
    if told.taken and not groups:
        rows.append(row(words("sheet.none_taken"), "", 0.0))
    elif (rest := whole - shared) > 0.01:  # noqa: PLR2004  a centimetre by a metre
        rows.append(row(words(told.rest if known else told.unknown), "", rest))
    foot = words("sheet.taken_foot", area=f"{shared:.2f}") if told.taken else (
        words("sheet.area_foot", area=f"{whole:.2f}")
    )
    return Table(
        title=words(told.title), headings=headings,
        align=("left", "right", "right", "right", "right"), rows=tuple(rows), wrap=(0,), foot=foot,
    )


def _owners(source: Assessment, subject: Subject, _: object) -> Table:
    """Share the area out by owner."""
    return _area_table(
        source, subject, "parcels", _shared(source, subject, "parcels", "owner"),
        _Told(title="sheet.table.owners", by="sheet.label.owner", rest="measure.no_parcel_m2",
              unknown="land.no_data"),
    )


def _land_classes(source: Assessment, subject: Subject, _: object) -> Table:
    """Share the area out by land class."""
    shared = _shared(source, subject, "land_classes", "class_code")
    named = shared and [
        (class_named(source, code), area, count) for code, area, count in shared
    ]
    return _area_table(
        source, subject, "land_classes", named or (None if shared is None else []),
        _Told(title="sheet.table.land_classes", by="sheet.label.land_use", rest="sheet.unclassed",
              unknown="sheet.unclassed"),
    )


def _farmland(source: Assessment, subject: Subject, _: object) -> Table:
    """Say how much permanent basic farmland is taken."""
    return _area_table(
        source, subject, "farmland", _shared(source, subject, "farmland", "owner"),
        _Told(title="sheet.table.farmland", by="sheet.label.owner", rest="sheet.rest",
              unknown="sheet.rest_unknown", taken=True),
    )


def _pieces(source: Assessment, subject: Subject, once: Once) -> Table:
    """List the pieces: number, owner, parcel, land class, area."""
    words = source.words
    known = known_within(source, "parcels", subject.shape)
    rest = words("measure.no_parcel_m2" if known else "land.no_data")
    rows = [
        (str(each.number), each.owner or (DASH if each.parcel else rest), each.parcel or DASH,
         class_named(source, each.class_code), f"{each.shape.area:.2f}",
         f"{each.shape.area / M2_PER_HA:.4f}")
        for each in once.pieces
    ]
    heads = ("order", "owner", "parcel", "land_class", "area_m2", "area_ha")
    return Table(
        title=words("sheet.table.pieces"),
        headings=tuple(words(f"sheet.column.{each}") for each in heads),
        align=("center", "left", "left", "left", "right", "right"), wrap=(1, 2, 3),
        rows=tuple(rows) or ((DASH, words("coverage.no_coverage"), "", "", "", ""),),
        foot=words("sheet.area_foot", area=f"{subject.shape.area:.2f}"),
    )


def class_named(source: Assessment, code: str) -> str:
    """Name a land class: in words, with its code."""
    words = source.words
    if not code:
        return words("sheet.unclassed")
    return f"{words(key)} {code}" if words.has(key := f"choice.class_code.{code}") else code


def _states(source: Assessment, _: Subject, __: object) -> Table:
    """Total the parcels by approval state."""
    words = source.words
    frame = source.layers.get("parcels")
    heads = ("state", "count", "area_m2", "area_mu", "share")
    rows: list[tuple[str, ...]] = []
    total = 0.0
    if frame is not None:
        codes = source.classes["parcels"]
        areas = pd.Series(shapely.area(frame.geometry.to_numpy()), index=codes.to_numpy())
        total = float(areas.sum())
        for code in symbology.load().sorted_classes("parcels", codes):
            of_code = areas.loc[[code]]
            label = wording.class_label(words, source.schemas["parcels"], source.workflow, code)
            area = float(of_code.sum())
            rows.append((
                label, str(len(of_code)), f"{area:,.1f}", f"{area / M2_PER_MU:,.1f}",
                f"{area / total * 100:.1f}%",
            ))
    rows = rows or [(words("coverage.no_coverage"), "", "", "", "")]
    return Table(
        title=words("sheet.table.states"),
        headings=tuple(words(f"sheet.column.{each}") for each in heads),
        align=("left", "right", "right", "right", "right"), rows=tuple(rows), wrap=(0,),
        foot="" if frame is None else words(
            "sheet.total_foot", area=f"{total:,.1f}", mu=f"{total / M2_PER_MU:,.1f}"
        ),
    )


def _verdicts(source: Assessment, _: Subject, __: object) -> Table:
    """Total the plots by verdict."""
    words = source.words
    codes, areas = source.classes["plots"], source.layers["plots"].geometry.area
    rows = [
        (words(f"outcome.{code}"), str(int((codes == code).sum())),
         f"{areas[codes == code].sum():,.1f}", f"{areas[codes == code].sum() / M2_PER_MU:,.1f}")
        for code in ("pass", "fail", "unknown", NOT_JUDGED)
        if code != NOT_JUDGED or (codes == code).any()
    ]
    heads = ("outcome", "count", "area_m2", "area_mu")
    return Table(
        title=words("sheet.table.verdicts"),
        headings=tuple(words(f"sheet.column.{each}") for each in heads),
        align=("left", "right", "right", "right"), rows=tuple(rows),
        foot=words("sheet.total_foot", area=f"{areas.sum():,.1f}",
                   mu=f"{areas.sum() / M2_PER_MU:,.1f}"),
    )


def _indices(source: Assessment, subject: Subject, _: object) -> Table:
    """Tell each finding: value, limit, margin, outcome."""
    words = source.words
    heads = ("index", "value", "limit", "margin", "outcome")
    rows = []
    own = source.findings[source.findings["plot_id"].isin(subject.ids)]
    for row in own.to_dict("records"):
        rule = source.rules.get(row["rule"])
        if rule is None:
            continue
        said = wording.finding(words, row, rule)
        name = f"{row['plot_id']} {said.name}" if len(subject.ids) > 1 else said.name
        told = words("wording.joint").join(filter(None, [said.reason, wording.of_whom(words, row)]))
        note = f" ({told})" if told else ""
        rows.append((name, said.value, said.limit, said.margin, f"{said.outcome}{note}"))
    return Table(
        title=words("sheet.table.indices"),
        headings=tuple(words(f"sheet.column.{each}") for each in heads),
        align=("left", "right", "left", "right", "left"), wrap=(0, 4),
        rows=tuple(rows) or ((words("card.no_rules"), "", "", "", ""),),
    )


def _hits(source: Assessment, subject: Subject, _: object) -> Table:
    """Tell what every layer says."""
    words = source.words
    names = {
        kind: {str(key): name for key, name in frame["name"].items() if isinstance(name, str)}
        for kind, frame in source.layers.items() if "name" in frame
    }
    rows: list[tuple[str, ...]] = []
    for plot in subject.ids:
        own = source.measures[source.measures["plot_id"] == plot]
        told = wording.hits(
            words, own.to_dict("records"), source.schemas, names, source.workflow
        )
        rows += [
            (each.title, each.label, each.what or each.said, each.value, each.feature)
            for each in told
        ]
    heads = ("layer", "class", "measure", "value", "feature")
    return Table(
        title=words("vet.hits"), headings=tuple(words(f"ledger.{each}") for each in heads),
        align=("left", "left", "left", "right", "left"), rows=tuple(rows), wrap=(1, 2, 4),
    )


def _land(source: Assessment, subject: Subject, _: object) -> Table:
    """List the parcels under each plot, with what is in none; they add up to it."""
    words, frame = source.words, source.layers.get("parcels")
    rows: list[tuple[str, ...]] = []
    plots = source.layers["plots"].loc[list(subject.ids)]
    names = {} if frame is None or "name" not in frame else {
        str(key): name for key, name in frame["name"].items()
    }
    if frame is not None:
        known = np.array([known_within(source, "parcels", each) for each in plots.geometry])
        table = land.under(plots, frame, source.schemas["parcels"], known=known)
        for plot, own in table.groupby("plot_id", sort=False):
            rows += [(str(plot),)] if len(plots) > 1 else []
            rows += wording.land(words, own, source.schemas["parcels"], source.workflow, names)
    return Table(
        title=words("land.title"),
        headings=tuple(words(f"land.{each}") for each in ("parcel", "state", "area", "share")),
        align=("left", "left", "right", "right"), wrap=(0, 1),
        rows=tuple(rows) or ((words("coverage.no_coverage"), "", "", ""),),
    )


def _buildings(source: Assessment, subject: Subject, _: object) -> Table:
    """List the buildings inside: storeys, footprint."""
    words = source.words
    frame = source.layers.get("buildings")
    rows: list[tuple[str, ...]] = []
    if frame is not None:
        inside = np.sort(frame.sindex.query(subject.shape, predicate="intersects"))
        for key, row in frame.iloc[inside].iterrows():
            shared = row.geometry.intersection(subject.shape).area
            if shared > 0.01:  # noqa: PLR2004  a square decimetre
                rows.append((
                    str(key), _text(row.get("name")), _text(row.get("storeys")), f"{shared:.2f}",
                ))
    heads = ("building", "name", "storeys", "footprint_m2")
    return Table(
        title=words("sheet.table.buildings"),
        headings=tuple(words(f"sheet.column.{each}") for each in heads),
        align=("left", "left", "right", "right"), wrap=(1,),
        rows=tuple(rows) or ((words(
            "sheet.no_buildings" if known_within(source, "buildings", subject.shape)
            else "coverage.no_coverage"
        ), "", "", ""),),
    )


def _text(value: Any) -> str:  # noqa: ANN401  a cell
    return DASH if pd.isna(value) else f"{value:g}" if isinstance(value, float) else str(value)


def _facts(source: Assessment, subject: Subject, _: object) -> Table:
    """List what is known of the subject."""
    words = source.words
    plots = subject.ids if subject.kind == "plots" else ()
    cells = source.written
    if cells is not None:
        cells = cells[cells["plot_id"].isin(plots)]
    written = wording.AsWritten(cells)
    rows = [
        (words(f"field.{field.name}"), said)
        for field in source.schemas[subject.kind].field
        if (said := written.beside(words, wording.attribute(
            words, field, source.workflow, subject.facts.get(field.name)
        ), plots, field.name))
    ]
    return Table(
        title=words("vet.facts"),
        headings=(words("sheet.column.field"), words("sheet.column.value")),
        align=("left", "left"), rows=tuple(rows), wrap=(1,),
    )


def _issues(source: Assessment, subject: Subject, _: object) -> Table:
    """List the issues of the subject."""
    words = source.words
    own = source.issues[
        source.issues["feature_id"].astype("str").isin(subject.ids)
        & (source.issues["layer"] == subject.kind)
    ]
    rows = [
        (words(f"severity.{row['severity']}"), words(f"issue.{row['issue']}.title"),
         str(row["mend"] or ""))
        for row in own.to_dict("records")
    ]
    heads = ("severity", "issue", "mend")
    return Table(
        title=words("card.issues"), headings=tuple(words(f"ledger.{each}") for each in heads),
        align=("left", "left", "left"), wrap=(1, 2),
        rows=tuple(rows) or ((words("card.no_issues"), "", ""),),
    )


def _opinion(source: Assessment, subject: Subject, _: object) -> Table:
    """Name who signed, or leave room for the opinion and the signatures."""
    words = source.words
    signed = sign_offs.values(sign_offs.of(source, subject.ids))
    blanks = ("opinion_text", *sign_offs.NAMES)
    return Table(
        title=words("vet.opinion"),
        headings=(words("sheet.column.field"), words("sheet.column.value")),
        align=("left", "left"),
        rows=tuple(
            (words(f"vet.{each}"), tell(words, signed.get(each, "")) or " " * 40)
            for each in blanks
        ),
    )


ADJOINING = "adjoining"
"""The table that is on paper only where the boxes of the four sides are too small."""

PIECES = "pieces"
"""The table of what stands inside the red line, by piece."""

TABLES: Mapping[str, Callable[[Assessment, Subject, Once], Table]] = {
    "points": _points, ADJOINING: _neighbours, "owners": _owners,
    "land": _land, "land_classes": _land_classes, "farmland": _farmland, PIECES: _pieces,
    "states": _states, "verdicts": _verdicts, "indices": _indices, "hits": _hits,
    "buildings": _buildings, "facts": _facts, "issues": _issues, "opinion": _opinion,
}
"""The tables that a template can ask for."""
