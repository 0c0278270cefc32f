"""Many sheets, each measured by a library that the product does not use."""

import numpy as np
import shapely
from builders import Site
from samples import step
from sheets import at, make_store, opened, printed, size_mm, tagged

COUNT = 100 // step(100, 33)  # a hundred by night
RULED_MM = 0.1


def test_scale_and_points_of_all_sheets_agree_within_a_tenth_of_a_millimetre(tmp_path):
    rng = np.random.default_rng(7)
    plots = []
    for number in range(COUNT):
        middle = np.array(at(number % 10 * 400, number // 10 * 400))
        turns = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(5, 13)))
        reach = rng.uniform(20, 150) * rng.uniform(0.7, 1, len(turns))
        ring = middle + np.column_stack([np.cos(turns), np.sin(turns)]) * reach[:, None]
        plots.append(Site.plot(f"P{number:02d}", shapely.Polygon(np.round(ring, 3))))
    plots = [each for each in plots if each[0].is_valid]
    store = make_store(tmp_path, plots)

    made = printed(store, "parcel", "plots:*")

    maps = [(page, claim) for page, claim in enumerate(made.claims) if "frame" in claim]
    assert len(maps) == len(plots) > COUNT * 0.9
    worst = 0.0
    with opened(made.pdf) as document:
        for number, claim in maps:
            page = document.pages[number]
            worst = max(worst, *np.abs(np.subtract(size_mm(page), claim["paper"])))
            (bar,) = tagged(page, "checkbar")
            worst = max(worst, abs(np.hypot(*np.subtract(*bar)) - 100))
            shape = dict(zip(
                (each[1]["plot_id"] for each in plots), (each[0] for each in plots), strict=True
            ))[claim["subject"]["ids"][0]]
            west, south, *_ = claim["ground"]
            left, bottom, *_ = claim["frame"]
            wanted = (shapely.get_coordinates(shape) - (west, south)) * 1000 / claim["scale"]
            wanted += left, bottom
            drawn = np.vstack(tagged(page, "boundary"))
            away = np.hypot(*np.moveaxis(
                drawn[None] - wanted[:, None], 2, 0
            )).min(axis=1)
            worst = max(worst, away.max())
            page.close()

    assert worst < RULED_MM / 10
