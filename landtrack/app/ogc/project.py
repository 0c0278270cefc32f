"""A project of QGIS that opens the collections of a place, each in the look of the map."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from pyproj import CRS

from landtrack.app.ogc import documents, reading
from landtrack.app.ogc.reading import Collection
from landtrack.model import Schema, Workflow, catalog, translations
from landtrack.model.address import Address
from landtrack.model.classes import UNKNOWN, VERDICT, WHOLE, class_code
from landtrack.model.errors import SourceError
from landtrack.model.translations import Words
from landtrack.output import wording
from landtrack.output.style import qgis, symbology
from landtrack.output.style.qgis import Look, Shape
from landtrack.spatial import crs
from landtrack.store import log
from landtrack.store.session import Session

VERSION = "3.22.0"
"""Of the oldest QGIS that is written for."""
SHAPES: Mapping[str, tuple[str, Shape]] = {
    "POLYGON": ("Polygon", "fill"), "MULTIPOLYGON": ("Polygon", "fill"),
    "LINESTRING": ("Line", "line"), "MULTILINESTRING": ("Line", "line"),
    "POINT": ("Point", "marker"), "MULTIPOINT": ("Point", "marker"),
}
"""What QGIS calls the shapes of a layer, and the symbols for them."""
OUTCOME = "outcome"
ADDRESS = re.compile(r"https?://[^\s'\"<>]+")
MOST = 300
"""Classes of a layer that are drawn each in its own look; the others as those of none."""
HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML holds, though a name may."""
REPLACED = "\ufffd"


class _Drawn(NamedTuple):
    """A collection with what it is drawn by: a field, the classes, and what is of none."""

    of: Collection
    field: str
    looks: Sequence[Look]
    other: Look


def write(store: Address, base: str, lang: str) -> bytes:
    """Write a project.

    ``store``: Of the place.
    ``base``: The address of the landing page of its interface.
    ``lang``: The language of titles and legends.
    Returns: XML. It holds no password: QGIS asks for it.
    Raises SourceError: If there is no store, its results were edited, or the address is none.
    """
    words = translations.load(lang)
    if not ADDRESS.fullmatch(base):
        raise SourceError(
            f"{base[:60]!r} is no address of a desk.",
            mend="Write it as the desk shows it: http://127.0.0.1:PORT/places/NAME/ogc.",
        )
    with reading.opened(store) as (db, place):
        workflow = catalog.workflow(log.meta(db)["workflow"])
        drawn = [
            _drawn(db, each, workflow, words) for each in place.collections.values()
            if each.geometry in SHAPES
        ]
    drawn.sort(key=lambda each: -symbology.load().order(each.of.layer))  # the last comes first
    root = Element("qgis", {"projectname": documents.title(place, words), "version": VERSION})
    SubElement(root, "title").text = documents.title(place, words)
    SubElement(root, "projectCrs").append(_system(crs.parse(place.working, what="The project")))
    enabled = SubElement(SubElement(root, "properties"), "SpatialRefSys")
    SubElement(enabled, "ProjectionsEnabled", {"type": "int"}).text = "1"  # else it has no system
    tree, layers = SubElement(root, "layer-tree-group"), SubElement(root, "projectlayers")
    for source in ("layer", "states", "findings"):
        shown = source == "layer"
        checked = "Qt::Checked" if shown else "Qt::Unchecked"
        group = SubElement(tree, "layer-tree-group", {
            "name": words(f"desk.gis.group.{source}"), "expanded": str(int(shown)),
            "checked": checked,
        })
        for each in (own for own in drawn if own.of.source == source):
            title = documents.named(each.of, words)
            SubElement(group, "layer-tree-layer", {
                "id": _id(each.of), "name": title, "providerKey": "OAPIF", "expanded": "0",
                "checked": checked,
            })
            layers.append(_layer(each, title, base))
    body: str = tostring(root, encoding="unicode")
    return f"{HEAD}\n{NO_XML.sub(REPLACED, body)}\n".encode()


def _layer(drawn: _Drawn, title: str, base: str) -> Element:
    kind, shape = SHAPES[drawn.of.geometry]
    made = Element("maplayer", {
        "type": "vector", "geometry": kind, "hasScaleBasedVisibilityFlag": "0",
    })
    source = f" pagingEnabled='true' pageSize='1000' typename='{drawn.of.id}' url='{base}'"
    for name, text in (
        ("id", _id(drawn.of)), ("layername", title), ("provider", "OAPIF"), ("datasource", source),
    ):
        SubElement(made, name).text = text
    SubElement(made, "srs").append(_system(CRS.from_user_input("OGC:CRS84")))
    made.append(qgis.renderer(shape, drawn.field, drawn.looks, drawn.other))
    return made


def _id(of: Collection) -> str:
    """Name a layer as QGIS keeps it: one without such an ending it names anew."""
    return f"{of.id}_landtrack"


def _system(own: CRS) -> Element:
    """Name a system, and describe it: by a name alone QGIS gives a project none."""
    made = Element("spatialrefsys")
    SubElement(made, "wkt").text = own.to_wkt()
    SubElement(made, "authid").text = crs.name(own)
    return made


def _drawn(db: Session, of: Collection, workflow: Workflow, words: Words) -> _Drawn:
    """Say how a collection is drawn: by the classes that its features are of."""
    schema = catalog.schemas()[of.layer]
    field, codes = _classes(db, of, schema, workflow)
    look = symbology.load()
    if not field:
        return _Drawn(of, "", (), Look(WHOLE, "", look.style(of.layer)))
    known = [code for code in look.sorted_classes(of.layer, codes) if code != UNKNOWN]
    looks = [
        Look(code, wording.class_label(words, schema, workflow, code), look.style(of.layer, code))
        for code in known[:MOST]
    ]
    label = wording.class_label(words, schema, workflow, UNKNOWN)
    return _Drawn(of, field, looks, Look(UNKNOWN, label, look.style(of.layer, UNKNOWN)))


def _classes(
    db: Session, of: Collection, schema: Schema, workflow: Workflow
) -> tuple[str, Iterator[str] | Sequence[str]]:
    """Name the field by which a collection is drawn, and the classes that there are of it."""
    if of.source == "states":
        track = schema.class_track
        return ("state", workflow.track(track).codes) if track else ("", ())
    if of.source == "findings":
        return OUTCOME, ("pass", "fail")
    field = VERDICT if of.layer == "plots" else schema.class_field or ""
    if field not in of.kinds:
        return "", ()
    return field, (class_code(value) for (value,) in db.select(of.id, (field,)))


