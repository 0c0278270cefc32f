"""Features that lie on one another in heaps: the layer is refused by name, never judged by."""

import msgspec
import numpy as np
import pytest
import shapely
from builders import box

from landtrack.app import layer_sets, vet
from landtrack.ingest.formats import limits
from landtrack.model import catalog
from landtrack.model.errors import LimitError
from landtrack.spatial import crowds, kernels, measures


@pytest.fixture
def ten(monkeypatch):
    """Allow ten pairs of features to share ground, and none more."""
    made = msgspec.structs.replace(limits.limits(), overlaps=10, overlaps_a_feature=0)
    monkeypatch.setattr(layer_sets.limits, "limits", lambda: made)


def heap(count, apart=0.5):
    """Lay rectangles on one another, each a little farther east."""
    return [box(10 + apart * each, 10, 50 + apart * each, 50) for each in range(count)]


def vetted(site, **kinds):
    for kind, features in kinds.items():
        site.layer(kind, features)
    return vet.vet(catalog.place(site.folder), lang="en")


def buildings(shapes):
    return [(shape, {"building_id": f"b{at}", "class": "building", "storeys": 9})
            for at, shape in enumerate(shapes)]


@pytest.mark.usefixtures("ten")
def test_a_heap_of_buildings_is_named_with_its_limit_and_what_rests_on_them_is_unknown(site):
    result = vetted(site, buildings=buildings(heap(6)))

    row = result.issues[result.issues["issue"] == "file_over_limit"].iloc[0]
    assert (row["source"], row["value"]) == ("buildings.geojson", "overlaps = 10")
    found = result.findings.set_index("rule")["outcome"]
    assert found[["plot-ratio", "building-coverage"]].tolist() == ["unknown", "unknown"]
    counted = result.counts.set_index("layer").loc["buildings"]
    assert (counted["read"], counted["set_aside"], counted["kept"]) == (6, 6, 0)


@pytest.mark.usefixtures("ten")
@pytest.mark.parametrize("count", [2, 5])
def test_as_many_pairs_as_there_may_be_are_read(site, count):
    result = vetted(site, buildings=buildings(heap(count)))

    assert "file_over_limit" not in set(result.issues["issue"])


@pytest.mark.usefixtures("ten")
def test_parcels_on_one_another_are_refused_alike_and_neighbours_are_not(site):
    beside = [(box(20 * x, 20 * y, 20 * x + 20, 20 * y + 20), {"parcel_id": f"n{x}{y}"})
              for x in range(5) for y in range(5)]
    piled = [(shape, {"parcel_id": f"p{at}"}) for at, shape in enumerate(heap(6))]

    assert "file_over_limit" not in set(vetted(site, parcels=beside).issues["issue"])
    assert "file_over_limit" in set(vetted(site, parcels=piled).issues["issue"])


@pytest.mark.usefixtures("ten")
def test_of_plots_on_one_another_nothing_is_vetted(site):
    plots = [site.plot(f"P{at}", shape) for at, shape in enumerate(heap(6))]

    with pytest.raises(LimitError, match="overlaps = 10"):
        vetted(site, plots=plots)


def test_strips_side_by_side_that_only_their_boxes_share_are_no_crowd():
    strips = np.array([
        shapely.Polygon([(at, 0), (at + 1, 0), (at + 101, 100), (at + 100, 100)])
        for at in range(0, 100, 2)
    ])

    assert not crowds.crowded(strips, strip_m=0.001, most=100)
    assert crowds.crowded(np.array(heap(50)), strip_m=0.001, most=100)


def test_a_crowd_is_counted_no_further_than_to_the_limit(monkeypatch):
    asked = []
    shared = measures.shared_area
    monkeypatch.setattr(crowds.measures, "shared_area",
                        lambda own, every: asked.append(len(own)) or shared(own, every))

    assert crowds.crowded(np.array(heap(400, 0.01)), strip_m=0.001, most=1000)
    assert sum(asked) < 100


def test_a_layer_that_meets_every_plot_again_and_again_is_refused_by_its_name(site, monkeypatch):
    monkeypatch.setattr(kernels, "MOST", 20)
    monkeypatch.setattr(kernels, "MOST_A_PLOT", 0)
    monkeypatch.setattr(measures, "_pays", lambda *_: kernels.ready())

    with pytest.raises(LimitError, match=r"buildings: More than 20 pairs"):
        vetted(site, buildings=buildings(box(0, 4 * at, 99, 4 * at + 4) for at in range(25)))
