"""Shapefiles: several files of one table, each believed for what its own bytes prove.

The text is read in the encoding that its bytes are in; shapes are counted and placed by the
``.shp``, so that neither a short ``.dbf`` nor a wrong ``.shx`` loses one.
"""

from __future__ import annotations

import os
import shutil
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from landtrack.ingest.formats import companions, dbf, records, temporary, vector
from landtrack.ingest.formats.base import Contents, Encoding, Note
from landtrack.model import Issue
from landtrack.model.errors import SourceError
from landtrack.spatial.crs import recognise

GDALS = (".dbf", ".shx", ".prj", ".cpg", ".qpj")
"""The parts that GDAL reads with the ``.shp``."""
MULTIPATCH = 31
"""The shape type of surfaces in space, in bytes 32 to 35 of the file."""
LOOKED_AT = 1000
"""How many records say whether a file's rings are wound with care."""
MOST_LISTED = 10
"""How many numbers of records are told."""
RECODED = "One or several characters"
"""How GDAL's remark begins that text was not wholly of the encoding it was read in."""


def layer_names(path: Path) -> list[str]:
    """Name the one layer of a Shapefile.

    ``path``: The ``.shp``.
    Returns: Its name; also where its index is missing and GDAL would refuse.
    """
    return [path.stem]


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Contents:
    """Read a Shapefile.

    ``path``: The ``.shp``; what stands beside it is read with it.
    ``encoding``: Of the attributes; found from their bytes where not given.
    Returns: The features; a note where the encoding is not as stated, the index or the attributes
    are missing.
    Raises SourceError: If it cannot be read, or holds surfaces in space (multipatches).
    """
    del layer
    with path.open("rb") as file:
        kind = file.read(36)[32:36]
    if kind and int.from_bytes(kind, "little") == MULTIPATCH:
        raise SourceError(
            f"{path} holds multipatches, surfaces in space, which are no areas on the ground.",
            mend="Export the footprints as polygons (in ArcGIS: Multipatch Footprint).",
        )
    parts = _Parts(path)
    notes = list(parts.notes)
    with parts.whole() as whole:
        if parts.dbf is None:
            contents = vector.read(whole)
            notes.append(Note(Issue.ATTRIBUTES_MISSING, path.name))
        else:
            found = dbf.encoding(parts.dbf, _position(path))
            if encoding is None:
                encoding = found.name
                torn = found.name == "utf-8" and not found.proven
                if torn or (found.stated != found.name and (found.stated or not found.proven)):
                    said = f"{found.name} / {found.stated or '–'}"
                    notes.append(Note(Issue.ENCODING_DIFFERS, said))
            contents = _with_text(whole, encoding, found)._replace(encoding=found)
            if parts.table is None:  # its head is none, or it is empty
                notes.append(Note(Issue.ATTRIBUTES_MISSING, path.name))
    contents = parts.numbered(contents._replace(notes=[*contents.notes, *notes]))
    return _rewound(_as_wound(contents, path, parts.places))


class _Parts:
    """The files of a Shapefile: what each holds, and what they say against each other."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.dbf = companions.part(path, ".dbf")
        self.shx = companions.part(path, ".shx")
        self.notes: list[Note] = []
        self.sound = self.shx is not None and records.sound_index(path, self.shx)
        if not self.sound:
            told = Issue.INDEX_REBUILT if self.shx is None else Issue.INDEX_DIFFERS
            self.notes.append(Note(told, path.name))
        self.places = records.index(path, self.shx if self.sound else None)
        self.table = None if self.dbf is None else records.table(self.dbf)
        self.rows = len(self.places.start)
        if self.table is not None:
            self._count(self.table)

    def _count(self, table: records.Table) -> None:
        """Hold the number of attributes against that of shapes, and say how they differ."""
        shapes = len(self.places.start)
        # More records than the head states are believed where there are shapes for them.
        there = min(table.there, max(table.stated, shapes))
        self.rows = max(there, shapes)
        if there < table.stated:
            self.notes.append(Note(Issue.FEATURES_LACKING, f"{there} / {table.stated}"))
        if there < shapes:
            told = f"{shapes} / {there}: {_span(there + 1, shapes)}"
            self.notes.append(Note(Issue.RECORDS_LACKING, told))
        if shapes < there:
            told = f"{there} / {shapes}: {_span(shapes + 1, there)}"
            self.notes.append(Note(Issue.SHAPES_LACKING, told))
        gone = np.flatnonzero(table.deleted[: self.rows]) + 1
        if len(gone):
            listed = ", ".join(map(str, gone[:MOST_LISTED])) + "…" * (len(gone) > MOST_LISTED)
            self.notes.append(Note(Issue.RECORDS_DELETED, f"{len(gone)}: {listed}"))

    def numbered(self, contents: Contents) -> Contents:
        """Give features their numbers in the file, where records marked as deleted count."""
        if self.table is None or not self.table.deleted[: self.rows].any():
            return contents
        alive = np.setdiff1d(
            np.arange(1, self.rows + 1), np.flatnonzero(self.table.deleted[: self.rows]) + 1
        )
        index = contents.frame.index.to_numpy() - 1
        return contents._replace(
            frame=contents.frame.set_axis(pd.Index(alive[index]), axis=0),
            bad=[int(alive[number - 1]) for number in contents.bad],
        )

    @contextmanager
    def whole(self) -> Iterator[Path]:
        """Give a Shapefile whose files agree: itself, or one made of them and gone afterwards."""
        short = len(self.places.start) < self.rows
        wrong = self.table is not None and (
            self.table.stated != self.rows or self.table.there < self.rows
        )
        others = [part for each in GDALS if (part := companions.part(self.path, each))]
        spelt = all(part.stem == self.path.stem for part in others)
        if self.sound and not wrong and not short and spelt:
            yield self.path
            return
        index = self.path.with_suffix(".shx")
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            whole = folder / self.path.name
            _link(self.path, whole)
            for each in others:
                _link(each, whole.with_suffix(each.suffix.lower()))
            if short:
                whole.unlink()
                records.write_shapes(self.path, whole, self.rows)
            if short or not self.sound:
                (folder / index.name).unlink(missing_ok=True)
                records.write_index(whole, folder / index.name)
            if wrong and self.dbf is not None:
                whole.with_suffix(".dbf").unlink()
                records.write_table(self.dbf, whole.with_suffix(".dbf"), self.rows)
            with temporary.standing_for(folder, self.path):
                yield whole


def _position(path: Path) -> tuple[float, float] | None:
    """Say where on Earth the shapes lie, by the head of the ``.shp`` and the ``.prj``."""
    with path.open("rb") as file:
        head = file.read(records.HEAD)
    prj = companions.part(path, ".prj")
    if len(head) < records.HEAD or prj is None:
        return None
    try:
        stated = CRS.from_user_input(prj.read_text(encoding="utf-8", errors="replace").strip())
    except CRSError:
        return None
    span = recognise.Numbers(*struct.unpack_from("<4d", head, 36))
    found = recognise.readings(span, stated=stated) if np.isfinite(span).all() else []
    return (found[0].longitude, found[0].latitude) if len(found) == 1 else None


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _link(source: Path, target: Path) -> None:
    """Put a file beside others without copying it, where the file system can."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


def _as_wound(contents: Contents, path: Path, places: records.Index) -> Contents:
    """Give holes outside of every shell back as holes, which GDAL takes for land.

    The winding says which ring is a hole; in a file of which single rings wind as holes it
    says nothing.
    """
    shapes = contents.frame.geometry.to_numpy()
    several = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON)
    numbers = contents.frame.index.to_numpy()
    several = several[numbers[several] <= len(places.start)]
    starts = places.start[numbers[several] - 1].tolist()
    stray = {
        at: found for at, rings in zip(several.tolist(), records.rings(path, starts), strict=True)
        if (found := _stray(rings))
    }
    if not stray or not _winds_with_care(path, places):
        return contents
    shapes = shapes.copy()
    for at, holes in stray.items():
        corners = [_corners(hole) for hole in holes]
        first, *rest = (
            part for part in shapely.get_parts(shapes[at])
            if _corners(part.exterior) not in corners
        )
        first = shapely.Polygon(first.exterior, [*first.interiors, *holes])
        shapes[at] = shapely.MultiPolygon([first, *rest]) if rest else first
    return contents._replace(frame=contents.frame.set_geometry(shapes, crs=contents.frame.crs))


def _stray(rings: list[shapely.LinearRing]) -> list[shapely.LinearRing]:
    """List the rings wound as holes that cut nothing of the rings wound as shells."""
    turned = shapely.is_ccw(rings)
    if turned.all() or not turned.any():
        return []
    solid = shapely.make_valid(shapely.polygons(rings))
    return [
        rings[at] for at in np.flatnonzero(turned)
        if not shapely.relate_pattern(solid[~turned], solid[at], "T********").any()
    ]


def _corners(ring: shapely.LinearRing) -> set[tuple[float, ...]]:
    return set(map(tuple, shapely.get_coordinates(ring).tolist()))


def _winds_with_care(path: Path, places: records.Index) -> bool:
    """Tell whether single rings of a file wind as shells do."""
    looked = records.rings(path, places.start[:LOOKED_AT].tolist())
    return not any(len(rings) == 1 and shapely.is_ccw(rings[0]) for rings in looked)


def _rewound(contents: Contents) -> Contents:
    """Put right the polygons whose rings all go the wrong way round.

    GDAL takes their holes for shells and the shell for a hole, so that the area is less than
    nothing; what lies within an odd number of rings is meant.
    """
    shapes = contents.frame.geometry.to_numpy()
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers
        wrong = np.flatnonzero(shapely.area(shapes) < 0)
    if not len(wrong):
        return contents
    shapes = shapes.copy()
    shapes[wrong] = shapely.make_valid(shapes[wrong], method="linework")
    numbers = contents.frame.index[wrong].tolist()
    notes = [Note(Issue.RINGS_REWOUND, feature=number) for number in numbers]
    return contents._replace(
        frame=contents.frame.set_geometry(shapes, crs=contents.frame.crs),
        notes=[*contents.notes, *notes],
    )


def _with_text(path: Path, encoding: str, found: Encoding) -> Contents:
    """Read at once in the encoding; text that is cut or broken within a character, byte by byte."""
    torn = encoding == "utf-8" and not found.proven  # GDAL would leave such texts out unsaid
    if not torn and (contents := _at_once(path, encoding)) is not None:
        return contents
    contents = vector.read(path, encoding="ISO-8859-1")
    frame = contents.frame
    frame = frame.rename(columns={name: dbf.decode(name, encoding) for name in frame.columns})
    texts = {
        name: frame[name].map(lambda text: dbf.decode(text, encoding), na_action="ignore")
        for name, dtype in frame.dtypes.items()
        if dtype == "str"
    }
    return contents._replace(frame=frame.assign(**texts))


def _at_once(path: Path, encoding: str) -> Contents | None:
    """Read in the encoding; nothing where a text, or a field's name, is cut within a character."""
    try:
        contents = vector.read(path, encoding=encoding)
    except (SourceError, UnicodeDecodeError):
        return None
    recoded = any(note.value.startswith(RECODED) for note in contents.notes)
    return None if contents.bad or recoded else contents
