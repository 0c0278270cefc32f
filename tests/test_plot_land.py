"""The land under one plot, as its page has it: the same as in every other output."""

import pytest
from builders import Site, box

from landtrack import store
from landtrack.app import plot_land, vet
from landtrack.assessment import site as sites
from landtrack.model import catalog, translations
from landtrack.output import wording

PARCELS = [
    (box(-50, 0, 60, 100), {"parcel_id": "Z1", "state": "approved", "name": "东"}),
    (box(50, 0, 90, 100), {"parcel_id": "Z2", "state": "notified"}),
    (box(90, 0, 90.001, 100), {"parcel_id": "Z'3"}),
    (box(5000, 0, 5100, 100), {"parcel_id": "far"}),
]
"""Z1 and Z2 claim the same ground, Z'3 is a sliver, the rest of the plot lies in none."""


def stored(site):
    """Vet a place, keep it in its store, and give what was vetted."""
    result = vet.vet(catalog.place(site.catalog().folder))
    out = site.folder / "build"
    out.mkdir()
    store.write(result, out / "project.gpkg")
    return result, out


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("entry", [
    {}, {"coverage": "boundaries.geojson"},
], ids=["complete wherever there are any", "known in a part of the place"])
def test_it_is_the_land_of_the_ledger_and_the_form(tmp_path, lang, entry):
    site = Site(tmp_path / "park")
    site.layer("boundaries", [(box(-100, -100, 200, 200), {"boundary_id": "park"})])
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100)), site.plot("B'x", box(300, 0, 400, 100)),
    ])
    site.layer("parcels", PARCELS, **entry)
    result, out = stored(site)
    words = translations.load(lang)
    table = sites.land_under(result.layers["plots"], result.sets["parcels"])
    names = {str(key): name for key, name in result.layers["parcels"]["name"].items()}

    for plot, own in table.groupby("plot_id", sort=False):
        wanted = wording.land(words, own, result.schemas["parcels"], result.workflow, names)
        assert list(plot_land.under(out, plot, words)) == wanted
    assert len(table) == 6


def test_where_there_are_no_parcels_nothing_is_said(tmp_path):
    _, out = stored(Site(tmp_path / "park"))

    assert plot_land.under(out, "A", translations.load("en")) == ()
