"""Output, tax and jobs a mu, and where a plot stands; nothing is judged by them."""

import math

import pytest
from builders import Site, box
from click.testing import CliRunner

from landtrack.app import vet
from landtrack.assessment import site as of_site
from landtrack.cli.main import main
from landtrack.model import catalog

pytestmark = pytest.mark.usefixtures("read_here")

PLOTS = {
    "A": {"annual_output_cny": 150_000, "jobs": 30, "industry_code": "3610", "industry_year": 2017},
    "B": {"annual_output_cny": 300_000, "industry_code": "36", "industry_year": 2017},
    "C": {"annual_output_cny": 300_000, "annual_tax_cny": 15_000, "industry": "建材"},
    "D": {"annual_output_cny": 600_000},
    "E": {},
}
"""Each has a hectare, which is 15 mu."""


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    place = Site(tmp_path_factory.mktemp("returns") / "place")
    place.head |= {"rules": "cn-2008"}
    place.layer("plots", [
        (box(200 * at, 0, 200 * at + 100, 100), {"plot_id": key, "land_area_m2": 10000, **stated})
        for at, (key, stated) in enumerate(PLOTS.items())
    ])
    return vet.vet(catalog.place(place.catalog().folder))


@pytest.fixture(scope="module")
def table(result):
    return of_site.returns(result.layers["plots"], result.measures)


def test_what_a_plot_yields_a_mu_is_its_figure_by_fifteen(table):
    found = table.set_index(["index", "plot_id"])["value"]

    assert found["output"].to_dict() == pytest.approx({"A": 1, "B": 2, "C": 2, "D": 4})
    assert found["tax"].to_dict() == pytest.approx({"C": 0.1})
    assert found["jobs"].to_dict() == pytest.approx({"A": 2})


def test_a_plot_stands_among_those_with_a_figure_in_the_park_and_in_its_industry(table):
    own = table[table["index"] == "output"].set_index("plot_id")

    assert own["share"].to_dict() == pytest.approx({"A": 0.25, "B": 0.75, "C": 0.75, "D": 1})
    assert set(own["among"]) == {4}
    assert own["industry"].to_dict() == {
        "A": "36 汽车制造业", "B": "36 汽车制造业", "C": "建材", "D": "",
    }
    assert (own["industry_share"]["A"], own["industry_share"]["B"]) == (0.5, 1)
    assert own["industry_among"].to_dict() == {"A": 2, "B": 2, "C": 1, "D": 0}
    assert math.isnan(own["industry_share"]["D"])


@pytest.mark.parametrize(("lang", "said"), [
    ("zh", ["亩均产值", "2.00 万元/亩·年", "园区 4 宗中的 75.0%", "同行业（36 汽车制造业）2 宗"]),
    ("en", ["Output on land", "2.00 × 10,000 CNY a mu", "no lower than 75.0% of 4 in the park"]),
])
@pytest.mark.parametrize("command", ["site", "vet"])
def test_the_form_and_the_page_of_the_site_tell_it(result, lang, said, command):
    shown = CliRunner().invoke(main, [command, "B", str(result.place.folder), "--lang", lang])

    assert [each for each in said if each not in shown.output] == []


def test_returns_decide_nothing(result):
    assert not {"output", "tax", "jobs"} & set(result.findings["rule"])
