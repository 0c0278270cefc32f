"""What a planner asks of the desk takes no more clicks than this, in a real browser."""

import browser
import desks
import pytest
from builders import Site, box
from planner import Planner

from landtrack.app import papers, vet


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    """Plots of which B and D fail by their money, D nearer to the limit; C is not known."""
    site = Site(tmp_path_factory.mktemp("served") / "park")
    named = {"A": 26e6, "B": 1e6, "C": None, "D": 20e6}
    site.layer("plots", [
        site.plot(key, box(200 * at, 0, 200 * at + 100, 100), fixed_investment_cny=money)
        for at, (key, money) in enumerate(named.items())
    ])
    site.layer("buildings", [
        (box(200 * at, 0, 200 * at + 60, 100),
         {"building_id": f"b{at}", "class": "building", "storeys": 2})
        for at in range(len(named))
    ])
    site.layer("parcels", [
        (box(150, 0, 260, 100), {"parcel_id": "Z1", "state": "approved"}),
        (box(260, 0, 290, 100), {"parcel_id": "Z2", "state": "notified"}),
    ])
    vet.run(site.folder, out=site.folder / "build")
    return site.folder


@pytest.fixture(scope="module")
def desk(park, tmp_path_factory):
    with desks.desk(park, tmp_path_factory.mktemp("state")) as made:
        made.visitor().ask(desks.of_place(park, "/overview"))  # what is read once is read by now
        yield made


@pytest.fixture
def planner(desk):
    address = f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang=en"
    with browser.open_served(address) as page:
        page.set_default_timeout(60_000)
        yield Planner(page, desk.port)


@pytest.mark.parametrize(("lang", "said"), [
    ("en", "Fixed-asset investment must grow by 24,000,000 CNY"),
    ("zh", "还需增加固定资产投资 24,000,000 元"),
])
def test_from_a_list_to_why_one_fails_what_would_mend_it_and_its_parcels_is_one_click(
    planner, park, lang, said
):
    planner.at(desks.of_place(park, f"/plots?lang={lang}"))

    planner.click('a[href*="case?plot=B"]')

    assert said in planner.sees
    assert planner.clicks == 1
    shares = planner.page.locator("table").last.locator("tbody tr")
    assert [each.split("\t")[::3] for each in shares.all_inner_texts()][:2] == [
        ["Z1", "60.0%"], ["Z2", "30.0%"]
    ]


def test_the_next_plot_that_fails_is_one_click_away(planner, park):
    planner.at(desks.of_place(park, "/case?plot=B&outcome=fail"))

    planner.click('a[rel="next"]')

    assert planner.page.locator("h1").inner_text().startswith("D")
    assert planner.clicks == 1


def test_all_plots_that_fail_one_rule_are_two_clicks_away(planner, park):
    planner.at(desks.of_place(park))

    planner.click(f'a[href="{desks.of_place(park, "/plots")}"]')
    planner.click('a[href="?rule=investment-intensity&outcome=fail"]')

    assert planner.page.locator("tbody tr td:first-child").all_inner_texts() == ["B", "D"]
    assert planner.clicks == 2


def test_who_answers_for_the_place_opens_the_failing_plots_by_two_clicks(planner, park):
    planner.at(desks.of_place(park))

    planner.click(f'a[href="{desks.of_place(park, "/overview")}"]')
    planner.click(".fail a")

    assert planner.page.locator("tbody tr td:first-child").all_inner_texts() == ["B", "D"]
    assert planner.clicks == 2


def test_the_vetting_form_of_a_plot_takes_two_clicks(planner, park):
    planner.at(desks.of_place(park, "/case?plot=B"))

    planner.click('button[name="as"][value="html"]')
    planner.page.locator(".state.done").wait_for()
    with planner.page.expect_download() as kept:
        planner.click('a[href*="/papers/"]')

    assert kept.value.suggested_filename.startswith("form-B")
    assert planner.clicks == 2


def test_an_official_sheet_takes_four_clicks_beyond_what_is_typed_on_it(planner, park):
    planner.at(desks.of_place(park, "/case?plot=A"))

    planner.choose("#template", "parcel")
    planner.page.locator("#drawn_by").fill("甲")
    planner.page.locator("#checked_by").fill("乙")
    planner.click('form[action$="/sheet"] button:not(.plain)')
    planner.page.locator(".state.done").wait_for()
    with planner.page.expect_download() as kept:
        planner.click('a[href*="/papers/"]')

    assert kept.value.suggested_filename.startswith("parcel-A")
    assert papers.file_of(park / "build", kept.value.suggested_filename) is not None
    assert planner.clicks <= 4
