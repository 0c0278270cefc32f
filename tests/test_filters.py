"""Filters of the map count what all the others keep, and add up to the last digit."""

from math import fsum

import numpy as np
import pytest
from scripts import run

APPLY = """({Filters}, {codes, sizes, money, chosen, values}) => {
    const table = {
        count: sizes.length, visible: new Uint8Array(sizes.length),
        size: Float64Array.from(sizes, (each) => (each === null ? NaN : each)),
        head: { columns: { fixed_investment_cny: { type: "number", decimals: 0 } } },
        columns: { fixed_investment_cny: Float64Array.from(money) },
    };
    const dims = codes.map((own, at) => ({
        name: `d${at}`, codes: Uint16Array.from(own), size: values,
        ids: Array.from({ length: values }, (_, code) => String(code)),
    }));
    const asked = Object.fromEntries(chosen.map((own, at) => [`d${at}`, new Set(own.map(String))]));
    const { counts, total } = Filters.apply(table, dims, asked);
    return { counts: counts.map((each) => [...each]), total, visible: [...table.visible] };
}"""
VALUES = 4


@pytest.mark.parametrize("seed", range(8))
def test_every_value_is_counted_among_the_rows_that_all_other_filters_keep(seed):
    random = np.random.default_rng(seed)
    codes = random.integers(0, VALUES, (3, 200))
    chosen = [random.permutation(VALUES)[:many].tolist() for many in random.integers(0, 4, 3)]
    sizes = [None if random.random() < 0.1 else each for each in (10.0 ** random.integers(
        -3, 15, 200)).tolist()]
    money = random.integers(0, 3, 200) * 2  # as numbers are written: 0 none, 2 for -1, 4 for -2

    found = run({"Filters": "layers/filters.js"}, APPLY, {
        "codes": codes.tolist(), "sizes": sizes, "money": money.tolist(), "chosen": chosen,
        "values": VALUES,
    })

    kept = np.array([
        np.isin(own, wanted) if wanted else np.ones(200, dtype=bool)
        for own, wanted in zip(codes, chosen, strict=True)
    ])
    seen = kept.all(axis=0)
    assert found["visible"] == seen.astype(int).tolist()
    assert found["counts"] == [
        np.bincount(codes[at][np.delete(kept, at, axis=0).all(axis=0)], minlength=VALUES).tolist()
        for at in range(3)
    ]
    known = [each for each, there in zip(sizes, seen, strict=True) if there and each is not None]
    assert found["total"]["count"] == seen.sum()
    assert found["total"]["size"] == pytest.approx(fsum(known), rel=1e-15)
    assert found["total"]["known"] == (money[seen] > 0).sum()
    assert found["total"]["investment"] == -(money[seen] // 2).sum()


def test_small_areas_are_not_lost_beside_large_ones():
    sizes = [1e16, *[1.0] * 1000, -1e16]

    found = run({"Filters": "layers/filters.js"}, APPLY, {
        "codes": [[0] * len(sizes)], "sizes": sizes, "money": [0] * len(sizes), "chosen": [[]],
        "values": 1,
    })

    assert found["total"]["size"] == 1000
