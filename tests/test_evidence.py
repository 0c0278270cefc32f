"""How a floor area is proved: declared, footprints by storeys, storey by storey."""

import pytest
from builders import box

from landtrack.app import vet
from landtrack.model import catalog


def building(storeys, heights=None, *, name="b", shape=None):
    return shape or box(0, 0, 50, 100), {
        "building_id": name, "class": "building", "storeys": storeys, "storey_heights_m": heights,
    }


def vetted(site, *buildings, basis="measured", declared=None):
    """One hectare, buildings of half of it or a tenth."""
    site.basis["floor_area"] = basis
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), floor_area_m2=declared)])
    site.layer("buildings", list(buildings))
    return vet.vet(catalog.place(site.folder), lang="en")


def evidence(result):
    return result.findings.set_index("rule")["evidence"]["plot-ratio"]


def value(result):
    return result.findings.set_index("rule")["value"]["plot-ratio"]


SMALL = box(60, 0, 70, 100)


@pytest.mark.parametrize(
    ("buildings", "declared", "ratio", "told"),
    [
        pytest.param([building(2, "4;4")], None, 1.0, "heights", id="storey by storey"),
        pytest.param([building(1, "8")], None, 0.5, "heights", id="8.0 m is not over 8 m"),
        pytest.param([building(1, "8.01")], None, 1.0, "heights", id="over 8 m counts twice"),
        pytest.param([building(2, "8.01;4")], None, 1.5, "heights", id="each storey by itself"),
        pytest.param([building(2)], None, 1.0, "storeys", id="footprint by storeys"),
        pytest.param([building(2, "4;4"), building(1, name="c", shape=SMALL)], None, 1.1,
                     "storeys", id="both say the same of the one that has heights"),
        pytest.param([building(2, "9;4"), building(1, name="c", shape=SMALL)], None, 1.6,
                     "mixed", id="some have heights and are tall, some not"),
        pytest.param([building(3, "4;4")], None, 1.0, "heights,storeys", id="three storeys, two"),
        pytest.param([building(2, "4;4")], 10_000, 1.0, "heights", id="declared alike"),
        pytest.param([building(2, "4;4")], 10_100, 1.0, "heights", id="on the tolerance"),
        pytest.param([building(2, "4;4")], 10_101, 1.0, "heights,declared", id="beyond it"),
        pytest.param([building(3, "4;4")], 15_000, 1.0, "heights,declared,storeys", id="both"),
        pytest.param([building(None)], 15_000, None, "", id="no floor area, nothing to prove"),
    ],
)
def test_the_finding_says_how_the_floor_area_is_proved_and_what_differs(
    site, buildings, declared, ratio, told
):
    result = vetted(site, *buildings, declared=declared)

    assert value(result) == pytest.approx(ratio, nan_ok=True) or ratio is None
    assert evidence(result) == told


@pytest.mark.parametrize(
    ("declared", "told"),
    [(10_000, "declared"), (12_000, "declared,storeys,heights"), (None, "")],
)
def test_a_declared_floor_area_is_set_against_what_is_built(site, declared, told):
    result = vetted(site, building(1, "9"), basis="declared", declared=declared)

    assert evidence(result) == told


def test_other_indices_have_no_floor_area_to_prove(site):
    told = vetted(site, building(2)).findings.set_index("rule")["evidence"]

    assert told["building-coverage"] == told["investment-intensity"] == ""


def test_the_evidence_of_a_project_is_that_of_its_sums(site):
    site.layer("plots", [
        site.plot("A", box(0, 0, 50, 100), project_id="P", floor_area_m2=5000),
        site.plot("B", box(50, 0, 100, 100), project_id="P", floor_area_m2=9000),
    ])
    other = building(1, "4", name="c", shape=box(50, 0, 100, 100))
    site.layer("buildings", [building(1, "4"), other])
    result = vet.vet(catalog.place(site.folder), lang="en")

    assert result.findings.set_index(["plot_id", "rule"])["evidence"].unstack()[
        "plot-ratio"].tolist() == ["heights", "heights,declared"]
    assert result.projects.set_index("rule")["evidence"]["plot-ratio"] == "heights,declared"
