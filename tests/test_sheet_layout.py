"""Paper, blocks, scale and windows: arithmetic that can be done in the head."""

import msgspec
import pytest
import shapely
from hypothesis import given, settings, strategies as st

from landtrack.model.errors import CatalogError, SourceError
from landtrack.output.sheets import layout, template as templates
from landtrack.output.sheets.layout import Box
from landtrack.output.sheets.template import Block, Frame, Margin, Subject, Template

PLAIN = Template(
    id="plain", title={"en": "plain"}, papers=("A4",), turns=("portrait",),
    margin=Margin(left=10, right=10, top=10, bottom=10), scales=(500, 1000, 2000),
    subject=Subject(kinds=("plots",), most=1.0, room_mm=0),
)
"""On A4 upright the map is 190 - 10 by 277 - 10 mm."""


def test_what_the_blocks_leave_is_the_map():
    blocks = (
        Block(kind="title", dock="top", size_mm=20), Block(kind="gap", dock="left", size_mm=30),
        Block(kind="gap", dock="bottom", size_mm=7),
    )

    page = layout.page(msgspec.structs.replace(PLAIN, block=blocks), "A4", "portrait")

    (_, title), (_, left), (_, bottom) = page.blocks
    assert (page.width, page.height) == (210, 297)
    assert title == Box(left=10, bottom=267, right=200, top=287)
    assert left == Box(left=10, bottom=10, right=40, top=267)
    assert bottom == Box(left=40, bottom=10, right=200, top=17)
    assert page.map == Box(left=45, bottom=22, right=195, top=262)


def test_the_room_of_the_frame_is_data():
    wide = msgspec.structs.replace(PLAIN, frame=Frame(apart_mm=12))

    assert layout.page(wide, "A4", "portrait").map == Box(left=22, bottom=22, right=188, top=275)


def test_blocks_that_leave_no_map_are_an_error_that_says_so():
    full = msgspec.structs.replace(PLAIN, block=(Block(kind="gap", dock="top", size_mm=260),))

    with pytest.raises(SourceError, match="leave 180 × 7 mm for the map"):
        layout.page(full, "A4", "portrait")


@pytest.mark.parametrize(("width", "height", "scale"), [
    (90, 90, 500),        # 180 mm of 180: just fits
    (90.001, 90, 1000),
    (90, 133.5, 500),     # 267 mm of 267
    (90, 133.6, 1000),
    (360, 1, 2000),
    (361, 1, None),
])
def test_the_scale_is_the_largest_legal_one_at_which_the_feature_fits(width, height, scale):
    chosen = layout.choose(PLAIN, (0, 0, width, height))

    assert (chosen[1] if chosen else None) == scale


def test_a_smaller_paper_is_taken_as_long_as_the_scale_is_large_enough():
    both = msgspec.structs.replace(PLAIN, papers=("A4", "A3"), coarsest_on_paper=500)

    assert layout.choose(both, (0, 0, 90, 90))[0].paper == "A4"
    assert layout.choose(both, (0, 0, 91, 90))[0].paper == "A3"


def test_at_one_scale_the_paper_is_turned_as_the_shape_of_the_feature_is():
    both = msgspec.structs.replace(PLAIN, turns=("landscape", "portrait"))

    turns = [layout.choose(both, (0, 0, *size))[0].turn for size in ((50, 60), (60, 50))]

    assert turns == ["portrait", "landscape"]
    assert layout.at_scale(both, (0, 0, 50, 60), 5000).turn == "portrait"


def test_the_paper_is_turned_where_that_gives_a_larger_scale():
    both = msgspec.structs.replace(PLAIN, turns=("portrait", "landscape"))

    page, scale = layout.choose(both, (0, 0, 130, 80))

    assert (page.turn, scale) == ("landscape", 500)


def test_a_window_is_true_to_scale_and_has_the_feature_in_its_middle():
    page = layout.page(PLAIN, "A4", "portrait")

    window = layout.window(page.map, (1000, 2000, 1100, 2050), 1000)

    west, south, east, north = window.bounds
    assert east - west == pytest.approx(180, abs=1e-9)
    assert (west + east) / 2 == pytest.approx(1050, abs=1)
    assert (south + north) / 2 == pytest.approx(2025, abs=1)
    x0, y0 = window.on_paper(1000, 2000)
    x1, y1 = window.on_paper(1100, 2050)
    assert (x1 - x0, y1 - y0) == (pytest.approx(100, abs=1e-9), pytest.approx(50, abs=1e-9))


@settings(max_examples=40)
@given(
    width=st.floats(1, 500), height=st.floats(1, 500), west=st.floats(-1e6, 1e6),
    scale=st.sampled_from([500, 1000, 2000]),
)
def test_tiles_cover_the_feature_and_overlap(width, height, west, scale):
    shape = shapely.box(west, 4e6, west + width, 4e6 + height)
    page = layout.page(PLAIN, "A4", "portrait")

    tiles = layout.tiles(PLAIN, page.map, shape, scale)

    boxes = [shapely.box(*each.bounds) for each in tiles]
    assert shapely.union_all(boxes).buffer(1e-6).contains(shape)
    for one in boxes:
        others = [each for each in boxes if each is not one]
        if others:
            overlap = shapely.union_all(others).intersection(one)
            least = (PLAIN.overlap_mm - 2) * scale / 1000
            assert min(overlap.bounds[2] - overlap.bounds[0],
                       overlap.bounds[3] - overlap.bounds[1]) >= least


def test_a_tile_that_would_be_empty_is_left_out():
    corner = shapely.Polygon([(0, 0), (1000, 0), (1000, 20), (20, 20), (20, 1000), (0, 1000)])
    page = layout.page(PLAIN, "A4", "portrait")

    tiles = layout.tiles(PLAIN, page.map, corner, 1000)

    assert 0 < len(tiles) < 6 * 4
    assert all(shapely.box(*each.bounds).intersects(corner) for each in tiles)


@pytest.mark.parametrize(("least", "step"), [
    (1, 1), (1.01, 2), (2, 2), (3, 5), (5.5, 10), (49, 50), (0.3, 0.5), (0.04, 0.05),
])
def test_a_step_is_one_two_or_five(least, step):
    assert layout.nice_step(least) == pytest.approx(step)


def test_ticks_are_the_multiples_within():
    assert list(layout.ticks(95, 250, 50)) == [100, 150, 200, 250]
    assert list(layout.ticks(101, 149, 50)) == []


# --- templates as data ----------------------------------------------------------------------


@pytest.mark.parametrize("name", templates.names())
def test_every_template_can_be_laid_out_on_all_its_papers(name):
    loaded = templates.load(name)

    for paper in loaded.papers:
        for turn in loaded.turns:
            page = layout.page(loaded, paper, turn)
            for block, box in page.blocks:
                assert box.width > 0 < box.height, (paper, turn, block.kind)


@pytest.mark.parametrize(("change", "said"), [
    ("scales = [500, 1000]\nscale = 1", "unknown field `scale`"),
    ("scales = []", "State the N of each legal"),
    ("scales = [1000, 500]", "State the N of each legal"),
    ("scales = [500]\npapers = []", "states no paper"),
    ('scales = [500]\n[[layer]]\nkind = "clouds"', "unknown layer kind 'clouds'"),
])
def test_a_template_with_a_fault_is_refused_and_told(tmp_path, monkeypatch, change, said):
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))
    (tmp_path / "sheets").mkdir()
    head = 'id = "own"\ntitle = { en = "own" }\npapers = ["A4"]\n' if "papers" not in change else (
        'id = "own"\ntitle = { en = "own" }\n'
    )
    first, _, tables = change.partition("\n[[")
    (tmp_path / "sheets" / "own.toml").write_text(
        f"{head}{first}\nmargin = {{ left = 1, right = 1, top = 1, bottom = 1 }}\n"
        f'[subject]\nkinds = ["plots"]\n' + (f"[[{tables}" if tables else ""),
        encoding="utf-8",
    )
    templates.load.cache_clear()

    with pytest.raises(CatalogError, match=said):
        templates.load("own")
