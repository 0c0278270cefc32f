"""The features of an OpenStreetMap extract, each by itself: a broken one refuses no other.

osmium reads it: GDAL's OSM driver loses closed ways that are also members of relations, and
says nothing. osmium wants nodes before ways before relations, each by its number from 1; an
extract that is not so, or has an object that it cannot read, is put in order in a copy first.
"""

from __future__ import annotations

import enum
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from xml.etree import ElementTree as ET

import osmium
from osmium.osm import mutable

from landtrack.ingest.formats import limits, markup, packed
from landtrack.model.errors import SourceError

WKB = osmium.geom.WKBFactory()
RING_POINTS = 4
WKB_HEAD, WKB_POINT = 9, 16
"""Bytes of a line in WKB before its points, and of each."""
NEGATIVE = 1 << 45
"""What the numbers below nought are lifted by, for osmium: edits that were never uploaded."""
MOST_BYTES = 256 << 20
"""A file up to this size is put in order where it is not; larger ones come so from servers."""
AREAS = frozenset({"multipolygon", "boundary"})
"""Relations that are areas, by their tag ``type``."""

ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)")
"""The first element of XML, behind what stands before it."""
DELETED = re.compile(rb"action\s*=\s*[\"']delete[\"']")
"""What JOSM writes at what was deleted and is not uploaded yet."""

Kind = Literal["polygon", "line", "point"]
Key = tuple[str, int]
"""A letter (n, w, r) and the number of an object."""


class Fault(enum.StrEnum):
    """Why an object of an extract is of no use."""

    NO_LOCATION = "no_location"
    FEW_POINTS = "few_points"
    MEMBER_MISSING = "member_missing"
    NO_MEMBERS = "no_members"
    NO_AREA = "no_area"
    NO_AREA_TYPE = "no_area_type"
    OPEN = "open"
    POINT = "point"
    UNDERGROUND = "underground"
    DUPLICATE = "duplicate"
    DELETED = "deleted"
    UNREADABLE = "unreadable"


class Found(NamedTuple):
    """One feature: id such as ``w123``, tags, and shape as hexadecimal WKB."""

    osm_id: str
    geometry: Kind
    tags: Mapping[str, str]
    wkb: str


class Unusable(NamedTuple):
    """An object that was set aside: id such as ``r123``, tags, and why."""

    osm_id: str
    tags: Mapping[str, str]
    fault: Fault


class Extract(NamedTuple):
    """What an extract holds of some tags."""

    found: list[Found]
    unusable: list[Unusable]


def features(path: Path, keys: Iterable[str] | None) -> Extract:
    """Read what has one of some tags.

    ``path``: An ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.osm.pbf``.
    ``keys``: Keys of tags; any tag where None.
    Returns: Points, lines, closed lines as areas too, and areas of relations, in WGS 84. An object
    that is broken, or stands there twice, is set aside by its id.
    Raises SourceError: If the file is not there, or no extract.
    Raises LimitError: If it is packed and unfolds to more than is read.
    """
    if not path.is_file():
        raise SourceError(f"{path} is not there.", mend="Correct the path of the extract.")
    with path.open("rb") as file:
        limits.look(path, file.read(packed.HEAD))
    _insist_on_osm(path)
    keys = None if keys is None else sorted(set(keys))
    large = path.stat().st_size > MOST_BYTES
    try:
        extract = _read(path, keys)
        broken = any(each.fault is not Fault.NO_AREA_TYPE for each in extract.unusable)
        if large or not (_marks_deletions(path) or (broken and not _in_order(path))):
            return extract
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        if large:
            raise _refused(path, error) from error
    with tempfile.TemporaryDirectory() as folder:
        try:
            copy, unusable = _put_in_order(path, Path(folder))
            extract = _read(copy, keys)
        except (
            RuntimeError, ValueError, ET.ParseError, *packed.DAMAGED, osmium.InvalidLocationError,
        ) as error:
            raise _refused(path, error) from error
    wanted = [
        each for each in unusable
        if keys is None or not each.tags or any(key in each.tags for key in keys)
    ]
    return Extract(extract.found, [*wanted, *extract.unusable])


def _refused(path: Path, error: Exception) -> SourceError:
    return SourceError(
        f"{path} cannot be read as an OpenStreetMap extract: {error}.",
        mend="Download it again; .osm, .osm.gz, .osm.bz2 and .osm.pbf are read.",
    )


def _input(path: Path) -> osmium.io.File:
    """Give an extract to osmium, which tells by the name only how it is packed."""
    own = packed.packing_of(path)
    return osmium.io.File(str(path), "" if own is None else f"osm.{own.suffix}")


def _name(letter: str, number: int) -> str:
    """Name an object by the number that it has in the file."""
    return f"{letter}{NEGATIVE - number if number > NEGATIVE else number}"


# --- going through ------------------------------------------------------------------------


class _Reading:
    """The features met so far, and what was wrong with others."""

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.found: dict[tuple[str, Kind], tuple[int, Found]] = {}
        self.unusable: list[Unusable] = []
        self.relations: dict[int, tuple[dict[str, str], list[int]]] = {}
        self.areas: set[int] = set()

    def take(self, each: Any) -> None:  # noqa: ANN401  one of osmium's four classes
        """Take an object; osmium uses it again for the next, so nothing of it is kept."""
        tags = dict(each.tags)
        if each.is_relation():
            if tags.get("type") in AREAS:
                members = [one.ref for one in each.members if one.type == "w"]
                self.relations[each.id] = tags, members
            elif not self.whole:  # a whole extract has many that are no areas, such as routes
                self.unusable.append(Unusable(_name("r", each.id), tags, Fault.NO_AREA_TYPE))
            return
        if each.is_area():
            if not each.from_way():
                self._shape(each, "r", each.orig_id(), tags)
            return
        if each.is_node() or each.is_way():
            self._shape(each, "n" if each.is_node() else "w", each.id, tags)

    def _shape(self, each: Any, letter: str, number: int, tags: dict[str, str]) -> None:  # noqa: ANN401
        """Keep the shapes that an object can have, or why it has none."""
        name = _name(letter, number)
        try:
            if each.deleted:
                self.unusable.append(Unusable(name, tags, Fault.DELETED))
            elif letter == "n":
                self._keep(each, Found(name, "point", tags, WKB.create_point(each)))
            elif letter == "r":
                self.areas.add(number)
                self._keep(each, Found(name, "polygon", tags, WKB.create_multipolygon(each)))
            else:
                self._line(each, name, tags)
        except osmium.InvalidLocationError:
            self.unusable.append(Unusable(name, tags, Fault.NO_LOCATION))
        except RuntimeError:
            fault = Fault.NO_AREA if letter == "r" else Fault.FEW_POINTS
            if letter == "w" and not all(one.location.valid() for one in each.nodes):
                fault = Fault.NO_LOCATION
            self.unusable.append(Unusable(name, tags, fault))

    def _line(self, way: Any, name: str, tags: dict[str, str]) -> None:  # noqa: ANN401
        line = WKB.create_linestring(way)
        self._keep(way, Found(name, "line", tags, line))
        points = (len(line) // 2 - WKB_HEAD) // WKB_POINT
        if way.ends_have_same_location() and points >= RING_POINTS:
            self._keep(way, Found(name, "polygon", tags, line))

    def _keep(self, each: Any, found: Found) -> None:  # noqa: ANN401
        """Keep a feature; of two with one id the later version, the other is named."""
        key = (found.osm_id, found.geometry)
        version = int(each.version)
        if key in self.found:
            if found.geometry != "polygon" or found.osm_id.startswith("r"):
                self.unusable.append(Unusable(found.osm_id, found.tags, Fault.DUPLICATE))
            if version < self.found[key][0]:
                return
        self.found[key] = version, found


def _read(path: Path, keys: list[str] | None) -> Extract:
    """Go through an extract that is in order."""
    reading = _Reading(whole=keys is None)
    wanted = osmium.filter.EmptyTagFilter() if keys is None else osmium.filter.KeyFilter(*keys)
    objects = osmium.FileProcessor(_input(path)).with_locations().with_areas().with_filter(wanted)
    for each in iter(objects):
        reading.take(each)
    left = {
        number: said for number, said in reading.relations.items() if number not in reading.areas
    }
    there = _ways_there(path, {way for _, members in left.values() for way in members})
    for number, (tags, members) in left.items():
        missing = set(members) - there
        fault = Fault.MEMBER_MISSING if missing else Fault.NO_MEMBERS
        reading.unusable.append(Unusable(_name("r", number), tags, fault))
    return Extract([found for _, found in reading.found.values()], reading.unusable)


def _ways_there(path: Path, wanted: set[int]) -> set[int]:
    """Tell which of some ways an extract holds."""
    if not wanted:
        return set()
    ways = osmium.FileProcessor(_input(path), osmium.osm.WAY).with_filter(
        osmium.filter.IdFilter(wanted)
    )
    return {each.id for each in ways}


# --- putting in order -------------------------------------------------------------------------


def _is_xml(path: Path) -> bool:
    with packed.opened(path) as file:
        try:
            return file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
        except packed.DAMAGED:
            return False


def _insist_on_osm(path: Path) -> None:
    """Refuse XML of another kind: osmium finds no object in it, and says nothing.

    Raises SourceError: With what it begins.
    """
    if not _is_xml(path):
        return
    try:
        with packed.opened(path) as file:
            root = ROOT.search(file.read(1 << 16))
    except packed.DAMAGED:  # which its reader tells
        return
    name = "" if root is None else root[1].decode("ascii", errors="replace")
    if name.lower() not in {"osm", "osmchange"}:
        raise SourceError(
            f"{path} is no OpenStreetMap extract: it begins with <{name}>.",
            mend="Look at it in a browser: a server that refuses answers with a page. Then "
            "download it again; .osm, .osm.gz, .osm.bz2 and .osm.pbf are read.",
        )


def _marks_deletions(path: Path) -> bool:
    """Tell whether an editor marked objects as deleted in a way that osmium passes over."""
    if not _is_xml(path):
        return False
    before = b""
    try:
        with packed.opened(path) as file:
            while piece := file.read(1 << 20):
                if DELETED.search(before + piece):
                    return True
                before = piece[-32:]
    except packed.DAMAGED:
        return False
    return False


def _in_order(path: Path) -> bool:
    """Tell whether nodes come before ways before relations, each by its number from 1."""
    objects = osmium.FileProcessor(_input(path))
    if objects.header.get("sorting") == "Type_then_ID":
        return True
    last = (-1, 0)
    each: Any
    for each in objects:
        at = (0 if each.is_node() else 1 if each.is_way() else 2, each.id)
        if at <= last or each.id < 0:
            return False
        last = at
    return True


class _Object(NamedTuple):
    """An object as read: version, tags, and its place, its nodes or its members."""

    version: int
    tags: dict[str, str]
    held: tuple[float, float] | list[int] | list[tuple[str, int, str]] | None


def _put_in_order(path: Path, folder: Path) -> tuple[Path, list[Unusable]]:
    """Write the readable objects of an extract in order, each once, numbered from 1."""
    known: dict[Key, _Object] = {}
    unusable: list[Unusable] = []
    objects = _of_xml(path, unusable) if _is_xml(path) else _of_pbf(path, unusable)
    for key, each in objects:
        before = known.get(key)
        if before is not None:
            unusable.append(Unusable("".join(map(str, key)), each.tags, Fault.DUPLICATE))
            if each.version < before.version:
                continue
        known[key] = each
    copy = folder / "ordered.osm.pbf"
    order = {"n": 0, "w": 1, "r": 2}
    with osmium.SimpleWriter(str(copy)) as writer:
        for key in sorted(known, key=lambda key: (order[key[0]], _lifted(key[1]))):
            _write(writer, key, known[key])
    return copy, unusable


def _lifted(number: int) -> int:
    return number if number > 0 else NEGATIVE - number


def _write(writer: Any, key: Key, each: _Object) -> None:  # noqa: ANN401  osmium's writer
    letter, number = key
    said: dict[str, Any] = {
        "id": _lifted(number), "version": each.version, "tags": each.tags,
    }
    held: Any = each.held
    if letter == "n":
        writer.add_node(mutable.Node(location=held, **said))
    elif letter == "w":
        writer.add_way(mutable.Way(nodes=[_lifted(node) for node in held], **said))
    else:
        members = [(kind, _lifted(ref), role) for kind, ref, role in held]
        writer.add_relation(mutable.Relation(members=members, **said))


def _of_pbf(path: Path, unusable: list[Unusable]) -> Iterator[tuple[Key, _Object]]:
    each: Any
    for each in osmium.FileProcessor(_input(path)):
        tags = dict(each.tags)
        letter = "n" if each.is_node() else "w" if each.is_way() else "r"
        held: Any
        if each.deleted:
            unusable.append(Unusable(f"{letter}{each.id}", tags, Fault.DELETED))
            continue
        if each.is_node():
            held = (each.lon, each.lat) if each.location.valid() else None
        elif each.is_way():
            held = [node.ref for node in each.nodes]
        else:
            held = [(one.type, one.ref, one.role) for one in each.members]
        yield (letter, int(each.id)), _Object(int(each.version), tags, held)


def _of_xml(path: Path, unusable: list[Unusable]) -> Iterator[tuple[Key, _Object]]:
    with packed.opened(path) as file:
        markup.refuse_doctype(file.read(1 << 16), path)
    with packed.opened(path) as file:
        deleting = False
        for event, element in ET.iterparse(file, ("start", "end")):  # noqa: S314  no document type
            if element.tag == "delete":  # of an osmChange
                deleting = event == "start"
            if event == "start" or element.tag not in {"node", "way", "relation"}:
                continue
            letter = element.tag[0]
            tags = {
                each.get("k", ""): each.get("v", "") for each in element if each.tag == "tag"
            }
            name = f"{letter}{element.get('id', '?')}"
            gone = deleting or element.get("action") == "delete"
            if gone or element.get("visible") == "false":
                unusable.append(Unusable(name, tags, Fault.DELETED))
            else:
                try:
                    made = _of_element(element, letter, tags)
                except (TypeError, ValueError):
                    unusable.append(Unusable(name, tags, Fault.UNREADABLE))
                else:
                    yield made
            element.clear()


def _of_element(
    element: ET.Element, letter: str, tags: dict[str, str]
) -> tuple[Key, _Object]:
    """Read an object of XML."""
    number = int(element.get("id", ""))
    version = int(element.get("version", "1"))
    held: Any
    if letter == "n":
        held = None
        if element.get("lat") is not None or element.get("lon") is not None:
            east, north = float(element.get("lon", "")), float(element.get("lat", ""))
            if not (-180 <= east <= 180 and -90 <= north <= 90):  # noqa: PLR2004  degrees
                raise ValueError("no place on Earth")
            held = (east, north)
    elif letter == "w":
        held = [int(each.get("ref", "")) for each in element if each.tag == "nd"]
    else:
        held = [
            (each.get("type", "")[:1], int(each.get("ref", "")), each.get("role", ""))
            for each in element if each.tag == "member"
        ]
    return (letter, number), _Object(version, tags, held)
