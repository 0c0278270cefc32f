"""The columns, cards and shapes of the map: written short, read back whole."""

import json
from decimal import Decimal
from itertools import groupby

import geopandas as gpd
import numpy as np
import pageread
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from builders import changed
from conftest import REAL_PLACES
from hypothesis import given, settings, strategies as st
from pyproj import CRS, Transformer
from samples import step
from scripts import run
from test_webmap import made, page_of

import landtrack
from landtrack.model import FINDING_COLUMNS, translations as text
from landtrack.output import map as webmap, wording
from landtrack.output.map import (
    blocks,
    card,
    card_patterns,
    encode,
    features,
    layers,
    projection,
)
from landtrack.output.map.card_patterns import Place
from landtrack.output.map.elements import json_text
from landtrack.output.style import symbology
from landtrack.output.wording import messages
from landtrack.output.wording.messages import Day, Figure, Line, Name, Unit, say

LAYERS = REAL_PLACES.parents[1] / "layers"
WHOLE = st.integers(0, 2**53)
SIGNED = st.integers(-(2**40), 2**40)


@given(st.lists(WHOLE))
def test_unsigned_numbers_come_back(numbers):
    assert pageread.unsigned(encode.unsigned(numbers)) == numbers


@given(st.lists(SIGNED))
def test_steps_come_back(numbers):
    assert pageread.steps(encode.steps(numbers), len(numbers)) == numbers


@given(st.lists(st.text()))  # halves of characters too
def test_texts_come_back(words):
    written = [word.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for word in words]

    assert pageread.texts(encode.texts(words), len(words)) == written


@pytest.mark.parametrize("empty", [0, 7])
def test_many_texts_that_differ_come_back(empty):
    words = [f"第{at}组🌾" if at % 9 else ("" if empty else "x") for at in range(20_000)]

    assert pageread.texts(encode.texts(words), len(words)) == words
    arrow = pa.array([each or None for each in words])
    assert pageread.texts(encode.texts(arrow[5:]), len(words) - 5) == words[5:]


def test_a_negative_number_is_no_unsigned_one():
    with pytest.raises(ValueError, match="below 0"):
        encode.unsigned([3, -1])


def figure(digits, of="value", **more):
    return Figure(Decimal("1234.56"), "m2", digits, of, **more)


@pytest.mark.parametrize(
    ("said", "expected", "uses"),
    [
        pytest.param(figure(1), {"$figure": 0, "$decimals": 1, "$in": "m2"}, (7,), id="a place"),
        pytest.param(figure(1, bare=True), {"$figure": 0, "$decimals": 1}, (7,), id="no unit"),
        pytest.param(figure(2), {"$figure": "1,234.56", "$in": "m2"}, (), id="other decimals"),
        pytest.param(figure(1, of="fix"), {"$figure": "1,234.6", "$in": "m2"}, (), id="no place"),
        pytest.param(Day("2006-01-02", "day"), {"$day": 0}, (3,), id="a day"),
        pytest.param(Day("2006-01-02"), "2006-01-02", (), id="a day of no cell"),
        pytest.param(Name("Zhu", "by"), {"$name": 0}, (4,), id="a name"),
        pytest.param(
            Line((figure(1), say("wording.joint"), figure(1), Day("", "day"))),
            {"$line": [
                {"$figure": 0, "$decimals": 1, "$in": "m2"}, {"$say": "wording.joint"},
                {"$figure": 0, "$decimals": 1, "$in": "m2"}, {"$day": 1},
            ]}, (7, 3), id="the same number twice is one place",
        ),
    ],
)
def test_a_figure_of_a_cell_becomes_a_place_where_it_has_the_decimals_of_all(said, expected, uses):
    places = {"value": Place(7, 1), "day": Place(3), "by": Place(4)}

    made = card_patterns.pattern(said, places)

    assert (made.said, made.uses) == (expected, uses)


def test_the_entries_that_a_pattern_names_are_listed_with_those_of_its_units():
    said = card_patterns.pattern([{"a": say("wording.missing", who=say("who.planner"))}, figure(1),
                                  Figure(Decimal(1), "%", 2), Unit("kV")], {}).said

    assert card_patterns.keys_in(said) == {"wording.missing", "who.planner", "unit.m2", "unit.kV"}


# --- cards ------------------------------------------------------------------------------------


def in_words(words, layer):
    return {**layer, "said": messages.tell(words, layer["said"])}


def plain_cards(result, lang, plots=None):
    """The cards of all or some plots, each put into words by itself."""
    words = text.load(lang)
    kinds = card.in_legend_order(result.schemas, symbology.load().place)
    names = {
        kind: {str(key): name for key, name in frame["name"].items() if isinstance(name, str)}
        for kind, frame in result.layers.items() if "name" in frame
    }
    findings = {
        (row["plot_id"], row["rule"]): row for row in result.findings.to_dict("records")
    }
    measures = result.measures.groupby("plot_id", sort=False)
    for plot in result.layers["plots"].index if plots is None else plots:
        rows = measures.get_group(plot).to_dict("records") if plot in measures.groups else []
        told = [
            (rule, card.finding(result, words, findings[plot, rule]))
            for rule in result.rules if (plot, rule) in findings
        ]
        hits = wording.hits(words, rows, kinds, names, result.workflow)
        said = {
            kind: in_words(words, card.layer(list(lines)))
            for kind, lines in groupby(hits, key=lambda line: line.kind)
        }
        yield told, said


def read_cards(page, lang, rows=None):
    for sections in pageread.cards(page, lang, rows):
        told = [(name, each) for what, name, each in sections if what == "finding" and each]
        yield told, {name: each for what, name, each in sections if what == "layer"}


@pytest.mark.parametrize("place", ["x-park-2006", "bubenec", "cambridge"])
def test_every_card_of_a_place_says_the_same_as_if_it_were_told_by_itself(place, results):
    """Of a large place one card of each pattern, and others evenly spread."""
    result = results(place)
    index = result.layers["plots"].index
    page = page_in_order(result)
    rows = sorted({
        *range(0, len(index), step(len(index), 80)), *pageread.first_of_each_pattern(page),
    })

    for lang in ("zh", "en"):
        written = list(read_cards(page, lang, rows))
        assert written == list(plain_cards(result, lang, index[rows]))


def test_cards_of_many_plots_are_put_together_from_some_at_a_time(results, monkeypatch):
    result = results("x-park-2006")
    monkeypatch.setattr("landtrack.output.map.plot_cards.AT_ONCE", 8)
    monkeypatch.setattr("landtrack.output.map.plot_cards.SIZE", 4)
    monkeypatch.setattr("landtrack.output.map.blocks.SIZE", 4)

    written = list(read_cards(page_in_order(result), "en"))

    assert written == list(plain_cards(result, "en"))


def page_in_order(result):
    """The plots as they stand in a page, in the order of their layer."""
    words = [text.load(each) for each in ("zh", "en")]
    data = layers.layer_data(
        result, "plots", features.of(result), words, large=10**9,
    )
    body = "".join(
        f'<script type="text/plain" id="block:{name}">{encode.block(content)}</script>'
        for name, content in data.blocks.items()
    )
    head = json_text(data.head)
    return f'<script type="application/json" id="layer-plots">{head}</script>{body}'


@pytest.fixture(scope="module")
def results(request):
    """The results of places, each run once."""
    known = {}

    def give(place):
        if place not in known:
            folder = LAYERS / place
            if not folder.is_dir():
                request.getfixturevalue("real_data")
                folder = REAL_PLACES / place
            known[place] = landtrack.run(folder)
        return known[place]

    return give


FIGURES = st.one_of(
    st.just(np.nan), st.sampled_from([0.0, 0.45, 0.6, 2500.0, 0.59999999, 2499.96, 0.6005, 1e-9]),
    st.floats(0, 5000), st.floats(0.5999, 0.6001), st.floats(2499, 2501),
)


@settings(max_examples=8)
@given(st.lists(st.tuples(FIGURES, FIGURES, FIGURES), min_size=1, max_size=40))
def test_cards_of_any_figures_say_the_same_as_if_told_by_themselves(figures):
    result = judged_by_hand(figures)
    page = page_in_order(result)

    for lang in ("zh", "en"):
        assert list(read_cards(page, lang)) == list(plain_cards(result, lang))


def test_a_figure_just_below_its_limit_never_looks_as_if_it_met_it():
    ratios = [0.3, 0.59999999, 0.31, 0.32, 0.33, 0.34, 0.35]  # the first, middle and last are tried
    result = judged_by_hand([(2600.0, ratio, 0.5) for ratio in ratios])

    page = page_in_order(result)

    assert pageread.card(page, 1)["findings"][1]["value"] == "0.59999999"
    assert pageread.card(page, 2)["findings"][1]["value"] == "0.310"


def judged_by_hand(figures):
    """A result whose indices have the given values, judged as the check step does."""
    base = made()
    one = base.layers["plots"].iloc[:1]
    plots = pd.concat([one] * len(figures))
    plots.index = pd.Index([f"Q{at}" for at in range(len(figures))], name="plot_id")
    rules = [("investment-intensity", ">=", 2500.0, "CNY/m2"), ("plot-ratio", ">=", 0.6, "1"),
             ("building-coverage", ">", 0.45, "%")]
    rows = []
    for plot, values in zip(plots.index, figures, strict=True):
        for (rule, relation, limit, unit), value in zip(rules, values, strict=True):
            known = not np.isnan(value)
            met = known and (value >= limit if relation == ">=" else value > limit)
            outcome = "pass" if met else "fail" if known else "unknown"
            fix = (limit - value) * 40_000 if known and not met else np.nan
            reason = "" if known else "floor_area_m2"
            rows.append((plot, rule, value, relation, limit, unit, outcome,
                         value - limit if known else np.nan, fix, reason, "1", "report"))
    table = pd.DataFrame(rows, columns=list(FINDING_COLUMNS[:12]))
    findings = table.reindex(columns=list(FINDING_COLUMNS))
    measures = pd.DataFrame(
        [(plot, "parcels", category, measure, value, "Z1", "hit" if value else "clear")
         for plot, values in zip(plots.index, figures, strict=True)
         for category, value in zip(("", "compensated", "approved"), values, strict=True)
         for measure in ("overlap_m2", "overlap_share", "acquired_m2")],
        columns=["plot_id", "layer", "category", "measure", "value", "feature_id", "coverage"],
    )
    return changed(
        base, layers={**base.layers, "plots": plots}, findings=findings, measures=measures,
        issues=base.issues.iloc[:0],
    )


# --- shapes -----------------------------------------------------------------------------------

ODD = [
    shapely.Polygon([(0, 0), (90, 0), (90, 90), (0, 90)], [[(20, 20), (40, 20), (40, 40)]]),
    shapely.MultiPolygon([shapely.box(200, 0, 250, 50), shapely.box(300, 0, 350, 50)]),
    shapely.LineString([(0, 200), (50, 250), (100, 200)]),
    shapely.MultiLineString([[(0, 300), (50, 300)], [(60, 300), (90, 330)]]),
    shapely.Point(400, 400), shapely.MultiPoint([(410, 410), (420, 410)]),
    shapely.GeometryCollection([shapely.Point(1, 1), shapely.box(500, 0, 510, 10)]),
    None, shapely.Polygon(), shapely.Point(np.inf, 1),
    shapely.Point(1, 2, 3),
]


def moved(shape):
    return shapely.transform(shape, lambda xy: xy + np.array([41_487_000, 4_545_000]))


def test_holes_parts_lines_points_and_nothing_come_back_within_a_centimetre():
    frame = gpd.GeoDataFrame(geometry=[moved(each) for each in ODD], crs=4529)
    page = block_page(frame)

    read = pageread.shapes_of(page, "odd")

    lengths = [len(parts) for parts in read]
    assert lengths == [1, 2, 1, 2, 1, 2, 2, 0, 0, 0, 1]
    for parts, shape in zip(read, frame.geometry, strict=True):
        if parts:
            back = gpd.GeoSeries([shapely.GeometryCollection(parts)], crs=3857).to_crs(4529)[0]
            flat = shapely.GeometryCollection(list(shapely.get_parts(shapely.force_2d(shape))))
            assert back.hausdorff_distance(flat) < 0.01


def block_page(frame):
    """A page that holds the blocks of a frame."""
    coded = blocks.code(frame.geometry.to_numpy(), frame.crs)
    made_blocks = list(blocks.encode(coded, np.arange(len(frame))))
    head = {"blocks": [[each.first, each.count, *each.box] for each in made_blocks]}
    return f'<script type="application/json" id="layer-odd">{json.dumps(head)}</script>' + "".join(
        f'<script type="text/plain" id="block:odd/shapes/{at}">{encode.block(each.shapes)}</script>'
        for at, each in enumerate(made_blocks)
    )


def test_neighbours_stand_side_by_side_and_those_without_a_shape_last():
    corners = [(0, 0), (1000, 1000), (10, 0), (1010, 1000), (0, 10), (1000, 1010)]
    frame = gpd.GeoDataFrame(
        geometry=[None, *(moved(shapely.box(x, y, x + 5, y + 5)) for x, y in corners)], crs=4529
    )

    coded = blocks.code(frame.geometry.to_numpy(), frame.crs)
    order = blocks.order(coded.boxes).tolist()

    assert order[-1] == 0
    assert {*order[:3]} == {1, 3, 5}


def test_a_field_of_the_name_class_is_not_mixed_up_with_the_classes():
    result = made()
    boundaries = layers.layer_data(
        result, "boundaries", features.of(result), [text.load("zh")]
    )
    names = [name.rsplit("/", 1)[1] for name in boundaries.blocks]

    assert {"class", "field.class"} <= set(names)


def test_a_large_layer_has_blocks_and_a_small_one_geojson():
    result = made()
    words = [text.load("zh")]

    found = features.of(result)

    large = layers.layer_data(result, "parcels", found, words, large=2)
    small = layers.layer_data(result, "parcels", found, words, large=5)

    assert large.features is None
    assert "parcels/shapes/0" in large.blocks
    assert small.features is not None


# --- the working CRS ----------------------------------------------------------------------------


@pytest.mark.parametrize("code", [4529, 5514, 2056, 32633, 26986])
def test_the_working_crs_is_fitted_to_a_tenth_of_a_millimetre(code):
    crs = CRS.from_epsg(code)
    use = crs.area_of_use
    lon, lat = (use.west + use.east) / 2, (use.south + use.north) / 2
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(lon, lat)

    fitted = projection.fitted(crs, x - 5000, y - 5000, x + 5000, y + 5000)

    assert fitted["error"] <= 1e-4


@pytest.mark.parametrize("code", [4529, 5514, 2056, 32633])
def test_the_page_is_where_pyproj_is(code):
    crs = CRS.from_epsg(code)
    use = crs.area_of_use
    there = Transformer.from_crs(4326, crs, always_xy=True)
    back = Transformer.from_crs(crs, 4326, always_xy=True)
    lon, lat = (use.west + use.east) / 2, (use.south + use.north) / 2
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(lon, lat)
    fitted = projection.fitted(crs, x - 5000, y - 5000, x + 5000, y + 5000)
    points = np.random.default_rng(1).uniform(-0.03, 0.03, (50, 2)) + np.array((lon, lat))

    found = run(
        {"Plane": "geo/plane.js"},
        """({ Plane }, { fitted, points }) => {
            Plane.setup(fitted);
            return points.map(([lng, lat]) => {
                const at = Plane.toPark(Plane.page({ lat, lng }));
                const back = Plane.degrees(Plane.fromPark(at));
                return [...at, back.lng, back.lat];
            });
        }""",
        {"fitted": fitted, "points": points.tolist()},
    )

    expected = np.transpose(there.transform(*points.T))
    assert np.abs(np.array(found)[:, :2] - expected).max() < 2e-4
    degrees = np.transpose(back.transform(*expected.T))
    assert np.abs(np.array(found)[:, 2:] - degrees).max() < 5e-9


def test_a_crs_that_does_not_reach_over_a_continent_is_not_fitted():
    assert projection.fitted(CRS.from_epsg(4529), -1e7, -5e6, 1.3e7, 6e6) == {"name": "EPSG:4529"}


def test_a_large_map_is_a_page_beside_a_folder(tmp_path):
    built = webmap.build(made())
    webmap.save(built, tmp_path / "map.html", one_file=3)

    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    files = {path.name for path in (tmp_path / "map-blocks").iterdir()}

    assert 'id="block:' not in page
    assert {"plots-columns.js", "plots-text.js", "plots-cards-0.js"} <= files
    assert page_of(made()) != page
