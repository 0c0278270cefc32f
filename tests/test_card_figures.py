"""The difference between measured and declared land reads alike on every card."""


import pageread
import pandas as pd
import pytest
from builders import changed
from test_mapdata import judged_by_hand, page_in_order


def card_pages(times):
    """A page of plots whose measured area is so many times the declared one of 1 000 m²."""
    result = judged_by_hand([(2600.0, 0.7, 0.5)] * len(times))
    plots = result.layers["plots"].assign(land_area_m2=1000.0)
    own = pd.DataFrame({
        "plot_id": plots.index, "layer": "plots", "category": "", "measure": "area_m2",
        "value": [1000.0 * each for each in times], "feature_id": "", "coverage": "hit",
    })
    return page_in_order(changed(
        result, layers={**result.layers, "plots": plots},
        measures=pd.concat([result.measures, own], ignore_index=True),
    ))


@pytest.mark.parametrize("place", range(7))  # the first, middle and last of a pattern are tried
def test_a_difference_of_more_than_a_thousand_per_cent_reads_as_others_do(place):
    times = [1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7]
    times[place] = 14.2982

    page = card_pages(times)

    told = [
        pageread.card(page, at, "en")["figures"]["Measured against declared"] for at in range(7)
    ]
    expected = [f"+{each}0.00%" for each in range(1, 8)]
    expected[place] = "+1,329.82%"
    assert told == expected
