"""Figures whose size the shapes deny are told in both directions; without a unit, unknown."""

import math

import openpyxl
import pytest
from builders import box

from landtrack.app import vet
from landtrack.model import Issue, catalog

INVESTMENT = "fixed_investment_cny"


def vetted(site, field, cells, unit=None):
    """Vet plots of 10 000 m² with one figure each, in the stored unit where one is stated."""
    name = f"figure ({unit})" if unit else "figure"
    site.layer("plots", [
        (box(110 * at, 0, 110 * at + 100, 100), {"plot_id": f"P{at + 1}"})
        for at in range(len(cells))
    ])
    book = openpyxl.Workbook()
    book.active.append(["key", name])
    for at, cell in enumerate(cells):
        book.active.append([f"P{at + 1}", cell])
    book.save(site.folder / "ledger.xlsx")
    site.entries["plots.geojson"]["ledger"] = {
        "path": "ledger.xlsx", "key": "key", "on": "plot_id", "fields": {field: name},
    }
    site.catalog()
    return vet.vet(catalog.place(site.folder))


def told(result, issue, field):
    rows = result.issues[(result.issues["issue"] == issue) & (result.issues["field"] == field)]
    return set(rows["feature_id"])


ORDINARY = {  # by field: of 10 000 m² of land, the least and the most that is ordinary
    INVESTMENT: (3e6, 2e8, "CNY", Issue.INVESTMENT_MAGNITUDE),
    "total_investment_cny": (3e6, 2e8, "CNY", Issue.INVESTMENT_MAGNITUDE),
    "floor_area_m2": (3e3, 5e4, "m2", Issue.AREA_MAGNITUDE),
    "gross_floor_area_m2": (3e3, 5e4, "m2", Issue.AREA_MAGNITUDE),
    "covered_area_m2": (500, 10_000, "m2", Issue.AREA_MAGNITUDE),
}


@pytest.mark.parametrize("field", ORDINARY)
def test_a_figure_a_thousand_times_too_large_or_too_small_is_told(site, field):
    least, most, unit, issue = ORDINARY[field]
    wrong = [each * times for each in (least, most) for times in (1e3, 1e-3, 1e4, 1e-4)]

    stated = vetted(site, field, [least, most, *wrong], unit)
    silent = vetted(site, field, [least, most, *wrong])

    odd = {f"P{at}" for at in range(3, 11)}
    assert told(stated, issue, field) == odd
    assert stated.layers["plots"][field].notna().all()
    assert silent.layers["plots"][field].isna().tolist() == [False] * 2 + [True] * 8


# --- commas -----------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["1200,1200", "12,5", "9,50,000", "1200，1200"])
def test_a_comma_that_separates_two_numbers_beside_it_is_none_between_thousands(site, other):
    alone = vetted(site, INVESTMENT, ["900,950", "3,000,000", 3000000], "CNY")
    beside = vetted(site, INVESTMENT, ["900,950", other, 3000000], "CNY")

    assert alone.layers["plots"][INVESTMENT].tolist() == [900950, 3000000, 3000000]
    found = beside.layers["plots"][INVESTMENT].tolist()
    assert [math.isnan(each) for each in found] == [True, True, False]
    assert told(beside, Issue.NOT_A_NUMBER, INVESTMENT) == {"P1", "P2"}


# --- days of a workbook -----------------------------------------------------------------------


@pytest.mark.parametrize(("epoch", "day"), [(1900, "2006-12-05"), (1904, "2010-12-06")])
def test_a_bare_number_is_a_day_in_the_system_of_its_workbook(site, epoch, day):
    site.layer("plots", [(box(0, 0, 100, 100), {"plot_id": "P1"})])
    book = openpyxl.Workbook()
    if epoch == 1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["key", "approved"])
    book.active.append(["P1", 39056])
    book.save(site.folder / "ledger.xlsx")
    site.entries["plots.geojson"]["ledger"] = {
        "path": "ledger.xlsx", "key": "key", "on": "plot_id",
        "fields": {"eia_approved_on": "approved"},
    }
    site.catalog()

    result = vet.vet(catalog.place(site.folder))

    assert result.layers["plots"]["eia_approved_on"].dt.strftime("%Y-%m-%d").tolist() == [day]
    assert f"({epoch})" in result.issues.loc[
        result.issues["issue"] == Issue.DAYS_OF_NUMBERS, "value"
    ].iloc[0]
