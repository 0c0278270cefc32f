"""A small place whose store is asked by OGC API Features, and how it is asked."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode

import stores
from builders import Site, box

from landtrack import store
from landtrack.store import log
from landtrack.tracking import Event

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
PARCELS = 7


def judged(folder):
    """A place of two plots, one of which fails, and parcels in a row, one of which went on."""
    site = Site(folder)
    site.head |= {"as_of": "2006-12-31", "workflow": "cn-2006"}
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100), company="Works/1 <b>"),
        site.plot("B", box(200, 0, 300, 100.125), fixed_investment_cny=1_000_000),
    ])
    site.layer("parcels", [
        (box(100 * at, 0, 100 * at + 99.9, 100), {
            "parcel_id": f"Z{at}", "state": "surveyed", "state_on": "2006-03-01",
            "owner": "%_*?[" if at else "Da", "area_m2": 9990 + at,
        }) for at in range(PARCELS)
    ])
    made = stores.judged(site.catalog().folder)
    path = made / "build" / "project.gpkg"
    known = log.read(path)
    log.append(path, [
        Event(event=known.length + 1, layer="parcels", feature_id="Z1", track="approval",
              at="2006-05-10", action="assemble_dossier", from_state="surveyed",
              to_state="dossier_assembled", document_no="1", by="Li"),
    ], after=known.length)
    assert store.log.proven(path)
    return made


@dataclass
class Api:
    """Asks the interface of a place; ``visitor`` is who may."""

    visitor: object
    at: str

    def __call__(self, path="", **query):
        """Ask for a resource; - of a parameter is written __."""
        return self.open(f"{self.at}{path}", **query)

    def open(self, address, **query):
        """Ask for an address, as a link gives it or below the desk."""
        here = address.removeprefix(f"http://127.0.0.1:{self.visitor.port}")
        told = urlencode({name.replace("__", "-"): value for name, value in query.items()})
        return self.visitor.ask(f"{here}?{told}" if told else here)

    def json(self, path="", **query):
        """Ask for a resource that is there."""
        answer = self(path, **query)
        assert answer.status == 200, answer.text
        return json.loads(answer.text)

    def items(self, of, **query):
        """Ask for features."""
        return self.json(f"/collections/{of}/items", **query)

    def ids(self, of, **query):
        """Ask which features there are."""
        return [each["id"] for each in self.items(of, **query)["features"]]


def links(document, rel):
    """The links of a document by their relation."""
    return [each for each in document["links"] if each["rel"] == rel]
