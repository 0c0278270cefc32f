"""Who adjoins a parcel: on which side, in which order, and never on a wrong one."""


import four_sides
import msgspec
import pytest
import shapely
from builders import EAST, NORTH, box, line
from conftest import REAL_PLACES
from hypothesis import given, strategies as st
from sheets import make_store, printed, text_of

from landtrack import store as stores
from landtrack.app import vet
from landtrack.model import catalog
from landtrack.model.errors import CatalogError
from landtrack.output.sheets import adjoining, facing, subjects as selecting
from landtrack.output.sheets.adjoining import Reach
from landtrack.output.sheets.facing import SIDES, Thing
from landtrack.store import assessment

STATED = Reach(gap_m=2.0, least_m=0.5, least_share=0.2)


def named(shape, **others):
    """Name what is on each side of a shape."""
    things = [
        Thing(kind="parcels", key=key, name=key, shape=each, gap_m=2.0)
        for key, each in others.items()
    ]
    rows = adjoining.adjoining(facing.facing(shape, things), STATED).to_dict("records")
    found = {side: [] for side in SIDES}
    for row in rows:
        found[SIDES[row["side"]]].append(things[row["thing"]].name)
    return {side: names for side, names in found.items() if names}


def turned(shape, degrees):
    return shapely.affinity.rotate(shape, -degrees, origin=(EAST + 50, NORTH + 50))


# --- which side -------------------------------------------------------------------------------


def test_a_square_among_eight_names_the_four_that_share_a_side_and_no_corner():
    squares = {
        f"{x}{y}": box(100 * x, 100 * y, 100 * x + 100, 100 * y + 100)
        for x in range(3) for y in range(3) if (x, y) != (1, 1)
    }

    assert named(box(100, 100, 200, 200), **squares) == {
        "north": ["12"], "east": ["21"], "south": ["10"], "west": ["01"],
    }


@given(degrees=st.floats(0, 360), size=st.floats(3, 900))
def test_the_sides_follow_a_grid_that_is_turned_by_any_angle(degrees, size):
    def cell(x, y):
        return turned(box(x * size, y * size, (x + 1) * size, (y + 1) * size), degrees)

    at = {"12": 0, "21": 90, "10": 180, "01": 270}
    squares = {f"{x}{y}": cell(x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)}

    found = named(cell(1, 1), **squares)

    for key, bearing in at.items():
        exact = (bearing + degrees) % 360
        if abs((exact + 45) % 90) > 1e-6 and abs((exact + 45) % 90 - 90) > 1e-6:
            assert found[SIDES[int((exact + 45) % 360 // 90)]] == [key]
    assert {each for names in found.values() for each in names} == set(at)


def test_the_side_is_that_of_the_shared_boundary_not_of_the_middle_of_the_neighbour():
    """A long strip lies north of the parcel; its middle is far to the east."""
    assert named(box(0, 0, 100, 100), strip=box(0, 100, 5000, 110)) == {"north": ["strip"]}


def test_a_side_lists_its_neighbours_along_the_boundary_clockwise():
    parts = {
        "n2": box(40, 100, 70, 130), "n1": box(0, 100, 40, 130), "n3": box(70, 100, 100, 130),
        "s1": box(50, -20, 100, 0), "s2": box(0, -20, 50, 0),
        "e2": box(100, 0, 130, 50), "e1": box(100, 50, 130, 100),
        "w1": box(-9, 0, 0, 30), "w2": box(-9, 30, 0, 100),
    }

    assert named(box(0, 0, 100, 100), **parts) == {
        "north": ["n1", "n2", "n3"], "east": ["e1", "e2"], "south": ["s1", "s2"],
        "west": ["w1", "w2"],
    }


def test_a_neighbour_round_a_corner_is_named_on_both_sides_that_it_faces():
    bent = shapely.union_all([box(0, 100, 130, 130), box(100, 0, 130, 130)])

    assert named(box(0, 0, 100, 100), bent=bent) == {"north": ["bent"], "east": ["bent"]}


def test_a_neighbour_that_laps_a_corner_by_little_is_named_on_its_own_side_alone():
    lapping = shapely.union_all([box(0, 100, 130, 130), box(100, 95, 130, 130)])

    assert named(box(0, 0, 100, 100), lapping=lapping) == {"north": ["lapping"]}


def test_a_small_neighbour_that_takes_a_whole_short_side_is_named_there():
    round_it = shapely.union_all([box(0, 10, 500, 40), box(500, 0, 530, 40)])

    assert named(box(0, 0, 500, 10), it=round_it) == {"north": ["it"], "east": ["it"]}


@pytest.mark.parametrize(("gap", "found"), [(0.0, True), (0.3, True), (1.9, True), (2.1, False)])
def test_a_neighbour_across_a_gap_is_one_as_far_as_is_stated(gap, found):
    side = named(box(0, 0, 100, 100), it=box(0, 100 + gap, 100, 150))

    assert side == ({"north": ["it"]} if found else {})


def test_a_neighbour_that_overlaps_by_what_surveys_differ_is_still_on_its_side():
    assert named(box(0, 0, 100, 100), it=box(99.8, 0, 150, 100)) == {"east": ["it"]}


def test_the_own_other_arm_hides_what_lies_behind_it():
    cup = shapely.union_all([box(0, 0, 100, 10), box(0, 0, 10, 50), box(11, 0, 21, 50)])

    assert named(cup, behind=box(21, 10, 60, 50)) == {
        "east": ["behind"], "north": ["behind"],
    }


def test_two_parts_of_one_neighbour_one_behind_the_other_count_once():
    doubled = shapely.MultiPolygon([box(100, 0, 100.5, 100), box(101, 0, 130, 100)])
    things = [Thing(kind="parcels", key="d", name="d", shape=doubled, gap_m=2.0)]

    (row,) = facing.facing(box(0, 0, 100, 100), things).to_dict("records")

    assert row["length"] == pytest.approx(100)
    assert row["of_side"] == pytest.approx(1)


def test_a_stretch_of_many_small_steps_counts_by_its_length():
    """A stair that climbs to the north-east faces both, by what its steps are long."""
    stair = [(0, 0)]
    for step in range(20):
        stair += [(step * 5, step * 2 + 2), (step * 5 + 5, step * 2 + 2)]
    below = shapely.Polygon([(EAST + x, NORTH + y) for x, y in [*stair, (100, -50), (0, -50)]])
    above = shapely.box(EAST, NORTH, EAST + 100, NORTH + 100).difference(below)

    rows = facing.facing(below, [Thing(kind="p", key="a", name="a", shape=above, gap_m=0.5)])

    assert dict(zip(rows["side"], rows["length"].round(3), strict=True))[0] == 100
    assert named(below, a=above) == {"north": ["a"], "west": ["a"]}


def test_what_lies_in_a_hole_is_told_apart(tmp_path):
    ring = shapely.difference(box(0, 0, 100, 100), box(40, 40, 60, 60))
    store = make_store(tmp_path, parcels=[
        (ring, {"parcel_id": "P1", "state": "approved"}),
        (box(40, 40, 60, 60), {"parcel_id": "P2", "state": "approved"}),
    ])
    found = assessment.load(store)

    told = adjoining.by_direction(found, selecting.subject_of(found, "parcels", ("P1",)))

    assert set(told["north"]) == {"P2（内）"}
    assert told["south"] == ("用地路", "P2（内）")


# --- roads and water --------------------------------------------------------------------------


def sides_of(tmp_path, *, key="P1", kind="parcels", **layers):
    found = assessment.load(make_store(tmp_path, **layers))
    return adjoining.by_direction(found, selecting.subject_of(found, kind, (key,)))


PARCEL = (box(0, 0, 100, 100), {"parcel_id": "P1", "state": "approved"})


@pytest.mark.parametrize(("away", "width", "found"), [
    (28, 50, True),    # the verge is 3 m
    (36, 50, False),   # 11 m
    (8, 6, True),
    (19, None, True),  # 20 m wide where nothing is said
    (21, None, False),
])
def test_a_road_adjoins_by_its_edge_not_by_its_middle(tmp_path, away, width, found):
    roads = [(line((-50, 100 + away), (200, 100 + away)),
              {"road_id": "R", "name": "人达路", "width_m": width})]

    told = sides_of(tmp_path, parcels=[PARCEL], roads=roads)

    assert told["north"] == (("人达路",) if found else ())


def test_a_road_behind_another_parcel_is_no_neighbour_and_one_that_runs_in_it_is(tmp_path):
    strip = (box(0, 100, 100, 105), {"parcel_id": "P2", "state": "approved"})
    verge = (box(100, 0, 140, 100), {"parcel_id": "P3", "state": "approved", "owner": "东村"})
    roads = [
        (line((-50, 110), (200, 110)), {"road_id": "R", "name": "后街", "width_m": 6}),
        (line((112, -50), (112, 90)), {"road_id": "S", "name": "东街", "width_m": 10}),
    ]

    told = sides_of(tmp_path, parcels=[PARCEL, strip, verge], roads=roads)

    assert told["north"] == ("P2",)
    assert told["east"] == ("东村 P3", "东街")


def test_a_road_behind_a_parcel_with_which_it_shares_a_slanting_edge_is_hidden():
    """A wedge lies along the whole east; the road begins where the wedge ends, at a slant."""
    wedge = shapely.Polygon([(EAST + x, NORTH + y) for x, y in ((100, 0), (110, 0), (100, 100))])
    road = shapely.Polygon([
        (EAST + x, NORTH + y) for x, y in ((110, 0), (130, 0), (120, 100), (100, 100))
    ])

    table = facing.facing(box(0, 0, 100, 100), [
        Thing(kind="parcels", key="wedge", name="wedge", shape=wedge, gap_m=20.0),
        Thing(kind="roads", key="", name="road", shape=road, gap_m=20.0),
    ])

    faced = table.groupby("thing")["length"].sum()
    assert faced[0] == pytest.approx(100, abs=0.5)
    assert faced.get(1, 0.0) < 0.5


def test_a_road_in_pieces_is_named_once_and_one_without_a_name_is_not_lost(tmp_path):
    roads = [
        (line((-50, -8), (50, -8)), {"road_id": "R1", "name": "长街", "width_m": 10}),
        (line((50, -8), (150, -8)), {"road_id": "R2", "name": "长街", "width_m": 10}),
        (line((-9, -50), (-9, 150)), {"road_id": "R3", "width_m": 10}),
    ]
    water = [(box(102, 0, 130, 100), {"water_id": "W", "name": "排灌河"})]

    told = sides_of(tmp_path, parcels=[PARCEL], roads=roads, water=water)

    assert told == {
        "north": (), "east": ("排灌河",), "south": ("长街",), "west": ("无名道路",),
    }


# --- on paper ---------------------------------------------------------------------------------


def test_the_sheet_names_its_neighbours_by_owner_and_number(tmp_path):
    made = printed(make_store(tmp_path), "parcel", "P2")

    assert made.plans[0].content.values["to_west"] == "大营盘村 P1"
    assert "西至大营盘村P1" in text_of(made.pdf)
    assert "南至用地路" in text_of(made.pdf)


def test_more_neighbours_than_fit_the_box_stand_in_a_table_none_lost(tmp_path):
    many = [
        (box(2 * at, 100, 2 * at + 2, 130),
         {"parcel_id": f"N{at:02d}", "state": "approved", "owner": f"第{at:02d}村民小组集体经济"})
        for at in range(50)
    ]
    made = printed(make_store(tmp_path, parcels=[PARCEL, *many]), "parcel", "P1")
    text = text_of(made.pdf)

    assert "见附表" in text
    assert "四至表" in text
    assert all(f"北至第{at:02d}村民小组集体经济N{at:02d}" in text for at in range(50))


def test_a_wrong_file_of_what_adjoins_is_refused(tmp_path, monkeypatch):
    adjoining.reach.cache_clear()
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))
    (tmp_path / "adjoining.toml").write_text(
        'gap_m = 1\nleast_m = 1\nleast_share = 0.2\n[[layer]]\nkind = "lakes"\ngap_m = 1\n'
    )

    with pytest.raises(CatalogError, match="'lakes'"):
        adjoining.reach()
    (tmp_path / "adjoining.toml").write_text("gap_m = -1\nleast_m = 1\nleast_share = 0.2\n")
    with pytest.raises(CatalogError, match="below 0"):
        adjoining.reach()
    adjoining.reach.cache_clear()


# --- real and designed places, compared with rays ----------------------------------------------


@pytest.fixture(scope="module")
def demo(demo_store):
    return assessment.load(demo_store)


@pytest.mark.parametrize(("kind", "key", "side", "names"), [
    pytest.param(*each, marks=pytest.mark.fault("64-demo-four-sides")) for each in [
        ("plots", "XP-036", "north", ("人达路",)),
        ("plots", "XP-036", "west", ()),
        ("parcels", "ZD-003", "west", ("大营盘村 ZD-001", "大营盘村 ZD-002")),
        ("parcels", "ZD-003", "east", ("大营盘村 ZD-005", "大营盘村 ZD-004")),
        ("parcels", "ZD-041", "north", ("人达路",)),
        ("parcels", "ZD-041", "west", ("吴三台子村 ZD-039",)),
    ]
])
def test_the_sides_of_parcels_of_the_demo_place(demo, kind, key, side, names):
    told = adjoining.by_direction(demo, selecting.subject_of(demo, kind, (key,)))

    assert told[side] == names


@pytest.mark.fault("64-demo-four-sides")
@pytest.mark.parametrize(("kind", "neighbours"), [("parcels", 530), ("plots", 140)])
def test_rays_agree_on_every_side_of_the_demo_place(demo, kind, neighbours):
    keys = list(map(str, demo.layers[kind].index))

    count, wrong = four_sides.compare(demo, kind, keys, adjoining.reach())

    assert wrong == []
    assert count > neighbours


def unjudged(place):
    """Leave of a place the layers that adjoin: nothing is asked of its buildings and ledgers."""
    kinds = {"plots", *(layer.kind for layer in adjoining.reach().layer)}
    return msgspec.structs.replace(place, rules=(), layers=tuple(
        msgspec.structs.replace(each, ledger=None) for each in place.layers if each.kind in kinds
    ))


@pytest.mark.usefixtures("real_data")
@pytest.mark.parametrize(("name", "every", "enclosing"), [
    ("krems", 1, []), ("cambridge", 100, ["177-177"]),
])
def test_rays_agree_on_real_places(name, every, enclosing, tmp_path):
    path = tmp_path / "project.gpkg"
    stores.write(vet.vet(unjudged(catalog.place(REAL_PLACES / name))), path)
    found = assessment.load(path)
    keys = [*map(str, found.layers["plots"].index[::every]), *enclosing]

    count, wrong = four_sides.compare(found, "plots", keys, adjoining.reach())

    assert wrong == []
    assert count > 50
