"""A plot of the national survey of land use in parks, as it was published: read, measured, judged.

Its sums agree: the parts of the land add up to the whole, and the plot ratio and the coverage that
the survey states are the quotients of the areas that it states.
"""

import pytest
from builders import box

from landtrack.app import draft_catalog, vet
from landtrack.model import catalog

pytestmark = pytest.mark.usefixtures("read_here")
PLOT = {
    "KFQDM": "G231062", "TBBH": "16", "HYDM": "2239", "QYYDMJ": 8.22, "CFPT": 2.74, "XZBG": 0.47,
    "LTCD": 1.89, "NBYLD": 0.2, "DLTCC": 0.24, "LD": 0, "QT": 2.68, "ZJZMJ": 5.82,
    "RJL": 0.70802897, "JDZMJ": 4.05, "JZXS": 49.27,
}
"""Areas in hectares, the coverage in per cent."""
PARTS = ("CFPT", "XZBG", "LTCD", "NBYLD", "DLTCC", "LD", "QT")


@pytest.fixture(params=[2002, 2017])
def result(request, site):
    """Read the table of the survey beside the plot's outline, by the catalog that is drafted."""
    for each in site.folder.iterdir():
        each.unlink()
    site.layer("plots", [(box(0, 0, 274, 300), {"地块编号": "16"})], path="项目地块.geojson")
    catalog_path = site.folder / "catalog.toml"
    catalog_path.unlink()
    (site.folder / "企业用地.csv").write_text(
        f"{','.join(PLOT)}\n{','.join(map(str, PLOT.values()))}\n", encoding="utf-8"
    )
    draft_catalog.init(site.folder)
    drafted = catalog_path.read_text(encoding="utf-8")
    catalog_path.write_text(
        drafted.replace('rules = "x-park-2006"', 'rules = "cn-2008"')
        .replace("[layer.ledger]", f'[layer.constants]\nindustry_year = {request.param}\n'
                 'accepted_on = "2012-05-01"\n[layer.ledger]'),
        encoding="utf-8",
    )
    return request.param, vet.vet(catalog.place(site.folder))


def test_the_published_plot_comes_to_the_ratio_and_coverage_that_it_states(result):
    """8.22 ha of land, 5.82 ha of floor area, 4.05 ha of buildings; paper goods ask for 0.8."""
    year, vetted = result
    findings = vetted.findings.set_index("rule")

    assert sum(PLOT[part] for part in PARTS) == pytest.approx(PLOT["QYYDMJ"])
    assert findings["value"]["plot-ratio"] == pytest.approx(PLOT["RJL"], abs=5e-7)
    assert findings["value"]["building-coverage"] * 100 == pytest.approx(PLOT["JZXS"], abs=0.005)
    assert findings["value"]["office-land-share"] == pytest.approx(0.47 / 8.22)
    assert findings["value"]["green-share"] == 0
    assert findings["outcome"].to_dict() == {
        "investment-intensity": "unknown", "plot-ratio": "fail", "building-coverage": "pass",
        "office-land-share": "pass", "green-share": "pass",
    }
    assert findings["threshold"]["plot-ratio"] == 0.8
    # 2239 is division 22 in both editions; that it is so in 2002 was inferred from its name.
    assert bool(findings["verified"]["plot-ratio"]) is (year == 2002)
    assert ("GB/T 4754-2017 2239 → GB/T 4754-2002 22" in findings["source"]["plot-ratio"]) is (
        year == 2017
    )


def test_what_is_left_open_of_the_published_plot_is_asked_for_and_nothing_else(result):
    _, vetted = result
    open_ = vetted.findings[vetted.findings["outcome"] == "unknown"]

    assert open_["reason"].tolist() == ["fixed_investment_cny,land_grade"]
    assert vetted.issues[vetted.issues["severity"] == "error"].empty
