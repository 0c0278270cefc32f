"""The card of a parcel says of its plots what the store says, and marks what it measured itself."""

import re
from pathlib import Path

import pytest
from browser import browser, open_map
from builders import box
from test_browser import card
from test_desk_land import open_row

import landtrack
from landtrack.app import draw_map
from landtrack.output import map as webmap
from landtrack.output.map import layers

OVERLAP = re.compile(r"([\d,]+) m²")
MEASURED = "≈"

SIDES = [(1037.383 + 31.7 * at, 611.119 + 17.3 * at) for at in range(6)]
"""East and north of plots so long that shapes right to a centimetre err by square metres."""


@pytest.fixture(scope="module")
def running():
    with browser() as started:
        yield started


def exact(site):
    """A place of plots that each lie on a part of a parcel of their own, or of two."""
    site.layer("plots", [
        site.plot(f"P{at}", box(0, 2000 * at, east, 2000 * at + north))
        for at, (east, north) in enumerate(SIDES)
    ])
    site.layer("parcels", [
        (box(-10.003, 2000 * at - 10.007, east - 1 / 3, 2000 * at + north - 1 / 7),
         {"parcel_id": f"Z{at}", "state": "approved"})
        for at, (east, north) in enumerate(SIDES)
    ])
    return site


def of_parcel(page, key):
    """What the card of a parcel says of the plots on it."""
    open_row(page, "parcels", key)
    block = card(page).locator('[data-block="card.plots_on_it"]')
    block.locator(".lt-list, .lt-quiet:not(:text('…'))").first.wait_for()
    return block.text_content()


def of_plot(page, key, state="Approved"):
    """The area that the card of a plot says it shares with the parcels of a state."""
    open_row(page, "plots", key)
    # what is not scrolled to is not laid out: its text is there all the same
    said = card(page).locator('[data-kind="parcels"]').first.text_content()
    return OVERLAP.search(said[said.index(state):])[1]


@pytest.mark.parametrize("large", [layers.LARGE, 1], ids=["small", "blocks"])
def test_a_parcel_and_a_plot_tell_the_same_area_to_the_last_digit(running, site, tmp_path, large):
    result = landtrack.run(exact(site).folder)
    webmap.save(webmap.build(result, large=large), tmp_path / "map.html")

    with open_map(tmp_path / "map.html", running=running) as page:
        for at in range(len(SIDES)):
            stored = of_plot(page, f"P{at}")
            told = of_parcel(page, f"Z{at}")

            assert OVERLAP.search(told)[1] == stored
            assert MEASURED not in told


def several(site):
    """A plot with two parcels of one state and one of another."""
    return site.layer("parcels", [
        (box(0, 0, 60, 100), {"parcel_id": "Z1", "state": "approved"}),
        (box(60, 0, 80, 100), {"parcel_id": "Z2", "state": "approved"}),
        (box(80, 0, 130, 100), {"parcel_id": "Z3", "state": "compensated"}),
    ])


def test_parcels_of_one_state_on_a_plot_are_told_one_by_one(running, site, tmp_path):
    result = landtrack.run(several(site).folder, out=tmp_path / "build")

    with open_map(result.outputs["map.html"], running=running) as page:
        assert of_plot(page, "A") == "8,000"  # of Z1 and Z2 together
        told = {key: of_parcel(page, key) for key in ("Z1", "Z2", "Z3")}

    assert "6,000 m² (100.0%)" in told["Z1"]
    assert "2,000 m² (100.0%)" in told["Z2"]
    assert "2,000 m² (40.0%)" in told["Z3"]
    assert MEASURED not in "".join(told.values())


def test_parcels_that_share_the_same_plots_each_tell_their_own(running, site, tmp_path):
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100)), site.plot("B", box(100, 0, 200, 100)),
    ])
    site.layer("parcels", [
        (box(50, 0, 180, 60), {"parcel_id": "Z1", "state": "approved"}),
        (box(70, 60, 110, 100), {"parcel_id": "Z2", "state": "approved"}),
    ])
    result = landtrack.run(site.folder, out=tmp_path / "build")

    with open_map(result.outputs["map.html"], running=running) as page:
        told = {key: of_parcel(page, key) for key in ("Z1", "Z2")}

    for key, areas in (("Z1", ("3,000 m²", "4,800 m²")), ("Z2", ("1,200 m²", "400 m²"))):
        for plot, area in zip("AB", areas, strict=True):
            assert re.search(rf"{plot}[^²AB]*{area}", told[key]), told[key]


def test_of_large_layers_what_the_store_cannot_tell_apart_is_marked_as_measured_by_the_page(
    running, site, tmp_path
):
    result = landtrack.run(several(site).folder)
    webmap.save(webmap.build(result, large=1), tmp_path / "map.html")

    with open_map(tmp_path / "map.html", running=running) as page:
        together = of_parcel(page, "Z1")
        alone = of_parcel(page, "Z3")

    assert re.search(r"≈ (5,999|6,00[01]) m² \((100\.0|99\.9\d*)%\)", together)
    assert "right to a centimetre" in together
    assert "2,000 m² (40.0%)" in alone
    assert MEASURED not in alone


@pytest.mark.parametrize("large", [layers.LARGE, 1], ids=["small", "blocks"])
def test_what_is_no_hit_of_the_plot_is_no_plot_on_the_parcel(running, site, tmp_path, large):
    site.layer("parcels", [
        (box(99.996, 0, 200, 100), {"parcel_id": "Z1", "state": "approved"}),  # 0.4 m2: a sliver
    ])
    webmap.save(webmap.build(landtrack.run(site.folder), large=large), tmp_path / "map.html")

    with open_map(tmp_path / "map.html", running=running) as page:
        assert "No plot lies on it" in of_parcel(page, "Z1")


def covered(site):
    """Two parcels, of which one lies where the buildings and villages are completely known."""
    site.layer("boundaries", [(box(-10, -10, 110, 110), {"boundary_id": "B"})])
    site.entries["boundaries.geojson"] |= {"constants": {"class": "park"}}
    site.layer("parcels", [  # in another order than that in which blocks of the map have them
        (box(300, 0, 400, 100), {"parcel_id": "out", "state": "approved"}),
        (box(60, 0, 160, 100), {"parcel_id": "half", "state": "approved"}),
        (box(0, 0, 100, 100), {"parcel_id": "in", "state": "approved"}),
    ])
    site.layer("roads", [], coverage="boundaries.geojson")
    site.layer("water", [(box(900, 900, 950, 950), {"water_id": "w"})],
               coverage="boundaries.geojson")
    site.entries["buildings.geojson"]["coverage"] = "boundaries.geojson"
    return site.catalog()


SAID = {
    "in": {"buildings": "hit", "water": "clear", "roads": "clear", "villages": "no_coverage"},
    "half": {"buildings": "no_coverage", "water": "no_coverage", "roads": "no_coverage"},
    "out": {"buildings": "no_coverage", "water": "no_coverage", "roads": "no_coverage"},
}


def layers_of(page, key):
    open_row(page, "parcels", key)
    block = card(page).locator('[data-block="card.layers"]')
    block.locator("[data-kind]").first.wait_for()
    return {
        each.get_attribute("data-kind"): next(
            name.removeprefix("lt-cover-") for name in each.get_attribute("class").split()
            if name.startswith("lt-cover-")
        )
        for each in block.locator("[data-kind]").all()
    }


@pytest.mark.parametrize("large", [layers.LARGE, 1], ids=["small", "blocks"])
@pytest.mark.parametrize("drawn", ["run", "store"])
def test_a_parcel_outside_of_what_a_layer_covers_has_no_data_and_inside_is_clear(
    running, site, tmp_path, monkeypatch, large, drawn
):
    monkeypatch.setattr(webmap, "LARGE", large)
    monkeypatch.setattr(layers, "LARGE", large)
    result = landtrack.run(covered(site).folder, out=tmp_path / "build")
    path = Path(result.outputs["map.html"])
    if drawn == "store":
        path = draw_map.draw(tmp_path / "build" / "project.gpkg", tmp_path / "new")
    elif large == 1:
        webmap.save(webmap.build(result, large=1), path)

    with open_map(path, running=running) as page:
        for key, expected in SAID.items():
            told = layers_of(page, key)

            assert {kind: told[kind] for kind in expected} == expected, key
