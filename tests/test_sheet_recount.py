"""The proof of a sheet covers what is written: a wrong word on paper is never handed over."""

import ast
import dataclasses
from pathlib import Path

import numpy as np
import pytest
import shapely
from builders import EAST, NORTH, Site, box, line
from sheets import make_store, polygon, printed

from landtrack.errors import OutputError
from landtrack.sheet import adjoining, contents, foursides, rays, recount, source

PLOT = box(0, 0, 100, 80)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Make a plot between four others, with roads, parcels, classes, farmland and buildings."""
    around = {
        "N": box(0, 80, 100, 180), "E": box(100, 0, 200, 80), "S": box(0, -100, 100, 0),
        "W": box(-100, 0, 0, 80),
    }
    return make_store(
        tmp_path_factory.mktemp("recount"),
        [Site.plot(key, shape, name=f"{key}厂") for key, shape in {"A": PLOT, **around}.items()],
        parcels=[
            (box(0, 0, 60, 80), {"parcel_id": "P1", "state": "approved", "owner": "大营盘村"}),
            (box(60, 0, 95, 80), {"parcel_id": "P2", "state": "approved", "owner": "达朝村"}),
        ],
        land_classes=[(box(0, 0, 100, 50), {"class_id": "C", "class_code": "0103"})],
        farmland=[(box(90, 70, 120, 120), {"farmland_id": "F", "owner": "大营盘村"})],
        buildings=[(box(10, 10, 40, 30), {"building_id": "B1", "name": "车间", "storeys": 2})],
    )


def refused(store, tmp_path, named, selection="plots:A"):
    """Print a sheet that must not be handed over; give what is said of it."""
    out = tmp_path / "out.pdf"
    with pytest.raises(OutputError) as told:
        printed(store, named, selection, out=out)
    assert not out.exists()
    return str(told.value)


def with_sides(change):
    """Put another writer in the place of that of the four sides."""
    right = adjoining.by_direction

    def wrong(given, subject):
        sides = dict(right(given, subject))
        change(sides)
        return sides

    return wrong


def with_table(name, change):
    """Put another writer in the place of that of a table."""
    right = contents.TABLES[name]

    def wrong(*given):
        table = right(*given)
        return dataclasses.replace(
            table, rows=tuple(map(tuple, change([list(row) for row in table.rows]))),
        )

    return {**contents.TABLES, name: wrong}


@pytest.mark.parametrize("named", ["parcel", "demarcation", "project"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_right_sheet_proves_itself(store, tmp_path, named, lang):
    assert printed(store, named, out=tmp_path / "right.pdf", lang=lang).measured


# --- four sides -----------------------------------------------------------------------------


def swap(sides):
    sides["west"], sides["north"] = sides["north"], sides["west"]


def forget(sides):
    sides["east"] = ()


def add(sides):
    sides["south"] = (*sides["south"], "N厂 N")


def invent(sides):
    sides["south"] = ("邻厂",)


@pytest.mark.fault("64-demo-four-sides")
@pytest.mark.parametrize(("change", "said"), [
    (swap, "W厂W is named in the north, where it does not lie"),
    (forget, "E厂E is not named in the east, where it lies"),
    (add, "N厂N is named in the south, where it does not lie"),
    (invent, "'邻厂', which nothing near is called"),
])
def test_a_wrong_side_is_not_handed_over(store, tmp_path, monkeypatch, change, said):
    monkeypatch.setattr(adjoining, "by_direction", with_sides(change))

    assert said in refused(store, tmp_path, "parcel")


def test_a_wrong_name_in_a_list_that_needs_a_table_is_not_handed_over(tmp_path, monkeypatch):
    many = [
        Site.plot(f"K{at:02}", box(10 * at, 80, 10 * at + 10, 120), name="长春市永春镇前十里堡村")
        for at in range(10)
    ]
    store = make_store(tmp_path, [Site.plot("A", PLOT), *many])
    made = printed(store)
    assert any("另有" in text for claim in made.claims for *_, text in claim["texts"])

    monkeypatch.setattr(adjoining, "by_direction", with_sides(
        lambda sides: sides.update(north=(*sides["north"][:-1], "邻厂"))
    ))

    assert "邻厂', which nothing near is called" in refused(store, tmp_path, "parcel")


def test_what_is_enclosed_is_named_as_inside(tmp_path, monkeypatch):
    ring = polygon((0, 0), (90, 0), (90, 90), (0, 90),
                   holes=[[(30, 30), (60, 30), (60, 60), (30, 60)]])
    store = make_store(tmp_path, [
        Site.plot("A", ring), Site.plot("H", box(30, 30, 60, 60)),
    ])
    printed(store)

    monkeypatch.setattr(adjoining, "by_direction", with_sides(
        lambda sides: sides.update(dict.fromkeys(sides, ()))
    ))

    assert "H（内） is not named in the north, where it lies" in refused(store, tmp_path, "parcel")


def test_a_road_hidden_by_a_parcel_need_not_be_named_and_may_not(tmp_path):
    plot = box(0, 5, 100, 80)
    store = make_store(tmp_path, [Site.plot("A", plot), Site.plot("S", box(-20, 1, 120, 4))])
    found = source.load(store)

    seen = foursides.seen(found, "plots", ("A",), plot)

    assert seen.must["S"].tolist() == [False, False, True, False]
    assert not seen.may["用地路"].any()


@pytest.mark.parametrize("degrees", [0, 17, 45, 90, 133, 225, 315])
def test_a_turned_square_proves_itself(tmp_path, degrees):
    def turned(shape):
        return shapely.affinity.rotate(shape, -degrees, origin=(EAST + 50, NORTH + 50))

    store = make_store(tmp_path, [
        Site.plot("A", turned(box(0, 0, 100, 100))),
        Site.plot("B", turned(box(100, 0, 200, 100))),
        Site.plot("C", turned(box(-10, 100, 60, 200))),
    ], parcels=[(PLOT, {"parcel_id": "P"})], roads=[(line((-900, -900), (-900, 0)), {
        "road_id": "R2"})])

    assert printed(store).measured


def test_a_bearing_between_two_sides_is_of_either():
    cast = rays.cast(shapely.Polygon([(0, 0), (10, 10), (0, 20), (-10, 10)]), 5)
    whole = cast.sums(np.ones(len(cast.lines), dtype=bool))

    assert whole.sure.sum() == 0
    assert whole.possible[0] == pytest.approx([20 * 2**0.5] * 4)


# --- corners, lengths, areas ----------------------------------------------------------------


def other(row, column, text):
    def change(rows):
        rows[row][column] = text(rows[row][column]) if callable(text) else text
        return rows
    return change


def crossed(rows):
    rows[0][1], rows[0][2] = rows[0][2], rows[0][1]
    return rows


def exchanged(rows):
    rows[0][1:3], rows[1][1:3] = rows[1][1:3], rows[0][1:3]
    return rows


def less(text):
    return f"{float(text) - 0.01:.3f}"


@pytest.mark.parametrize("named", ["parcel", "demarcation"])
@pytest.mark.parametrize(("change", "said"), [
    (crossed, "there is no corner where J1 is listed"),
    (exchanged, "the points as listed enclose"),
    (other(1, 1, less), "there is no corner where J2 is listed"),
    (other(2, 3, less), "J3–J4 is 100.000 m, '99.990' stands there"),
    (lambda rows: [*rows[:2], *rows[3:]], "1 corners are not listed"),
])
def test_a_wrong_table_of_points_is_not_handed_over(
    store, tmp_path, monkeypatch, named, change, said
):
    monkeypatch.setattr(contents, "TABLES", with_table("points", change))
    monkeypatch.setattr(recount, "CHECKS", (recount._points,))
    monkeypatch.setattr("landtrack.sheet.proof._Page._point_table", lambda _: None)

    assert said in refused(store, tmp_path, named)


@pytest.mark.parametrize(("named", "value"), [
    ("parcel", "measured_m2"), ("parcel", "perimeter_m"), ("parcel", "subject"),
    ("demarcation", "measured_ha"), ("demarcation", "perimeter_m"),
    ("project", "measured_m2"), ("project", "subject"),
])
def test_a_wrong_figure_in_a_box_is_not_handed_over(store, tmp_path, monkeypatch, named, value):
    right = contents._values
    monkeypatch.setattr(contents, "_values", lambda *given: right(*given) | {value: "8001.00"})

    assert "'8001.00' stands there" in refused(store, tmp_path, named)


def test_a_figure_that_was_stated_by_hand_is_not_recounted(store, tmp_path):
    assert printed(store, out=tmp_path / "a.pdf", stated={"measured_m2": "8000"}).measured


@pytest.mark.parametrize(("named", "wrong", "said"), [
    ("demarcation", ("owners", other(0, 2, "4900.00")), "大营盘村 has 4800.00 m²"),
    ("demarcation", ("owners", other(1, 4, "53.00%")), "达朝村 has 2800.00 m²"),
    ("demarcation", ("owners", lambda rows: rows[1:]), "大营盘村 is not listed"),
    ("demarcation", ("owners", lambda rows: rows[:-1]), "400.00 m² are in no row"),
    ("demarcation", ("land_classes", other(0, 3, "0.6000")), "has 5000.00 m²"),
    ("demarcation", ("farmland", other(0, 2, "0.00")), "大营盘村 has 100.00 m²"),
    ("demarcation", ("farmland", lambda _: [["不占用", "", "0.00", "0.0000", "0.00%"]]),
     "大营盘村 is not listed"),
    ("project", ("land", other(0, 2, "4,900 m²")), "P1 has 4800.00 m², not as listed"),
    ("project", ("land", other(-1, 2, "7,600 m²")), "'7,600m²' is not the area of the plot"),
    ("project", ("buildings", other(0, 3, "500.00")), "B1 has 600.00 m² inside"),
    ("project", ("buildings", other(0, 0, "B2")), "'B2' is not inside"),
])
def test_a_wrong_share_of_the_ground_is_not_handed_over(
    store, tmp_path, monkeypatch, named, wrong, said
):
    monkeypatch.setattr(contents, "TABLES", with_table(*wrong))

    assert said in refused(store, tmp_path, named)


@pytest.mark.parametrize(("table", "key"), [
    ("owners", "sheet.area_foot"), ("farmland", "sheet.taken_foot"), ("points", "sheet.area_foot"),
])
def test_a_wrong_sum_is_not_handed_over(store, tmp_path, monkeypatch, table, key):
    right = contents.TABLES[table]
    monkeypatch.setattr(contents, "TABLES", {**contents.TABLES, table: lambda source, *given: (
        dataclasses.replace(right(source, *given), foot=source.words(key, area="7999.00"))
    )})

    assert "7999.00m²' stands there" in refused(store, tmp_path, "demarcation")


def test_farmland_elsewhere_is_not_touched_and_a_sheet_may_not_say_otherwise(
    tmp_path, monkeypatch
):
    store = make_store(
        tmp_path, farmland=[(box(300, 0, 400, 100), {"farmland_id": "F", "owner": "村"})]
    )
    printed(store, "demarcation", "plots:A")

    monkeypatch.setattr(contents, "TABLES", with_table(
        "farmland", lambda _: [["村", "1", "50.00", "0.0050", "0.50%"]]
    ))

    assert "村 has 0.00 m²" in refused(store, tmp_path, "demarcation")


# --- a second way ---------------------------------------------------------------------------


def test_the_proof_shares_nothing_with_what_words_the_sheet_but_the_figures_that_are_data():
    shared = set()
    for module in (recount, foursides, rays):
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("landtrack"):
                shared |= {f"{node.module}.{each.name}" for each in node.names}

    assert shared == {
        "landtrack.sheet.adjoining.Layer", "landtrack.sheet.adjoining.reach",
        "landtrack.sheet.foursides", "landtrack.sheet.rays", "landtrack.sheet.rays.Neighbour",
        "landtrack.sheet.proof.Fault", "landtrack.sheet.proof.Proof", "landtrack.sheet.proof.Read",
        "landtrack.sheet.source.Source", "landtrack.text.DASH",
    }
