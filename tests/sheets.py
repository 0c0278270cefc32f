"""What the tests of sheets share: a small place with known answers, and rulers of their own."""

import dataclasses
import io
import os
import shutil
from pathlib import Path

import pdfplumber
import shapely
from builders import EAST, NORTH, Site, box, line, point

from landtrack import store
from landtrack.app import vet
from landtrack.model import catalog
from landtrack.output.sheets import issue, subjects as selecting, template
from landtrack.output.sheets.make import Order
from landtrack.store import assessment

MM = 25.4 / 72
SIGNED = {"drawn_by": "张三", "checked_by": "李四", "drawn_on": "2006-12-31"}


def make_store(folder, plots=None, **layers):
    """Run a small place, 用地 in its names, and give its store."""
    site = Site(folder / "site")
    site.head |= {"language": "zh", "as_of": "2006-12-31"}
    site.layer("plots", plots or [
        site.plot("A", box(0, 0, 100, 100), name="水田用地", company="甲公司"),
        site.plot("B", box(100, 0, 220, 100), name="林木用地"),
    ])
    site.layer("parcels", layers.pop("parcels", None) or [
        (box(0, 0, 100, 100), {"parcel_id": "P1", "state": "approved", "owner": "大营盘村"}),
        (box(100, 0, 220, 100), {"parcel_id": "P2", "state": "compensated", "owner": "达朝村"}),
    ])
    site.layer("roads", [(line((-50, -10), (300, -10)), {"road_id": "R", "name": "用地路"})])
    site.layer("substations", [(point(50, 130), {"substation_id": "S", "name": "变电所"})])
    for kind, features in layers.items():
        site.layer(kind, features)
    path = folder / "build" / "project.gpkg"
    path.parent.mkdir()
    store.write(vet.vet(catalog.place(site.folder)), path)
    return path


LOADED = {}
"""Stores that were read, as they were then: reading one takes most of the time of a sheet."""


def loaded(path, lang=None):
    """Read a store, once as long as nothing but the register is written into it."""
    key = (path, lang, os.environ.get("LANDTRACK_DATA"))
    seen, found = LOADED.get(key, (None, None))
    if seen != stamp(path):
        found = assessment.load(path, lang=lang)
        LOADED[key] = (stamp(path), found)
    return found


def stamp(path):
    """Tell a file from what it was before it was written."""
    seen = path.stat()
    return seen.st_mtime_ns, seen.st_size, seen.st_ino


def copied(path, folder):
    """Copy a store, so that a test may write into it."""
    folder.mkdir(exist_ok=True)
    found = loaded(path)
    own = Path(shutil.copy(path, folder / "project.gpkg"))
    LOADED[own, None, os.environ.get("LANDTRACK_DATA")] = (
        stamp(own), dataclasses.replace(found, store=own)
    )
    return own


def printed(
    path, named="parcel", selection="plots:A", *, out=None, stated=None, lang=None, **order
):
    """Print a sheet; give back its bytes, and what was made."""
    found = loaded(path, lang)
    look = template.load(named)
    subjects = selecting.select(found, look, selection)
    out = out or path.parent / "sheet.pdf"
    made = issue.sheets(
        found, look, subjects, Order(stated=SIGNED | (stated or {}), **order), out,
        lambda *_: None,
    )
    LOADED[path, lang, os.environ.get("LANDTRACK_DATA")] = (stamp(path), found)
    assert out.read_bytes() == made.pdf
    return made


def opened(pdf):
    """Open a PDF with the library that the product does not use."""
    return pdfplumber.open(io.BytesIO(pdf))


def size_mm(page):
    """Measure a page."""
    return float(page.width) * MM, float(page.height) * MM


def tagged(page, mark):
    """Give the points in millimetres, from the lower left, of what is drawn under a mark."""
    found = [
        each for each in [*page.curves, *page.lines, *page.rects]
        if each.get("tag") == f"LT_{mark}"
    ]
    return [
        [(x * MM, (float(page.height) - y) * MM) for x, y in each["pts"]] for each in found
    ]


def text_of(pdf):
    """Read all text of a PDF in the order in which it was drawn, without blanks."""
    with opened(pdf) as document:
        return "".join(
            "".join("".join(each["text"] for each in page.chars).split())
            for page in document.pages
        )


def at(x, y):
    """Give a place in the working CRS."""
    return EAST + x, NORTH + y


def polygon(*points, holes=()):
    """Make a polygon, in metres from the corner of the place."""
    return shapely.Polygon([at(*each) for each in points], [[at(*p) for p in h] for h in holes])
