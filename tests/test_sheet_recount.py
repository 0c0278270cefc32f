"""The proof of a sheet covers what is written: a wrong word on paper is never handed over."""

import ast
import dataclasses
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import shapely
from builders import EAST, NORTH, Site, box, line, point
from sheets import SIGNED, make_store, polygon, printed

from landtrack.model import translations as text
from landtrack.model.errors import OutputError
from landtrack.output.sheets import (
    adjoining,
    blocks,
    contents,
    foursides,
    issue,
    make,
    paper,
    rays,
    readback,
    recount,
    recount_fields,
    recount_findings,
    recount_legend,
    recount_map,
    recount_pieces,
    recount_totals,
    subjects as selecting,
    template,
    verify,
)
from landtrack.output.sheets.make import Order
from landtrack.store import assessment, sheet_register

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


@pytest.fixture(scope="module")
def read(store, demo_store, tmp_path_factory):
    """Give what was read of a true sheet: its source, its claims, and pages."""
    stores = {
        "demo": shutil.copy(demo_store, tmp_path_factory.mktemp("demo") / "project.gpkg"),
        "small": store,
    }

    @cache
    def of(named, selection="plots:A", place="small", *, draft=False):
        found = assessment.load(Path(stores[place]))
        loaded = template.load(named)
        stated = {} if draft else SIGNED
        with sheet_register.opened(found.stored) as connection:
            made = issue.draw(
                connection, found, loaded, selecting.select(found, loaded, selection),
                Order(stated=stated, draft=draft), lambda *_: None,
            )
        return found, made.claims, made.measured

    return of


@pytest.fixture(scope="module")
def roads(tmp_path_factory):
    """Give what was read of the sheet of a plot between roads, with tall storeys and trees."""
    folder = tmp_path_factory.mktemp("roads")
    store = make_store(folder, [Site.plot("A", polygon((0, 0), (110, 0), (100, 80), (10, 90)))],
        roads=[
            (line((-50, -12), (80, -12), (160, -40)), {"road_id": "R1", "width_m": 16}),
            (line((118, -60), (104, 200)), {"road_id": "R2", "width_m": 9}),
            (line((0, 95), (100, 95)), {"road_id": "track", "width_m": 3, "motor": "no"}),
        ],
        buildings=[
            (box(10, 10, 40, 30), {"building_id": "B1", "storeys": 2, "storey_heights_m": "9;4"}),
            (box(50, 10, 140, 30), {"building_id": "B2", "storeys": 3}),
            (box(60, 50, 70, 60), {"building_id": "Y", "class": "yard"}),
        ],
        relocations=[
            (point(20, 60), {"relocation_id": "H1"}), (point(400, 60), {"relocation_id": "H2"}),
        ],
    )
    found, loaded = assessment.load(store), template.load("project")
    with sheet_register.opened(found.stored) as connection:
        made = issue.draw(
            connection, found, loaded, selecting.select(found, loaded, "plots:A"),
            Order(stated=SIGNED, draft=False), lambda *_: None,
        )
    return found, made.claims, made.measured


def told(sheet, title=None, change=None, **other):
    """Say what is wrong of a sheet on which the rows of a table, or the texts, are others."""
    found, claims, measured = sheet
    found = found.replace(**other)
    pages = []
    for page in measured:
        rows = [list(each.cells) for each in page.read if each.of == (found.words(title),)] \
            if title else []
        rest = tuple(each for each in page.read if not title or each.of != (found.words(title),))
        made = tuple(
            readback.Read(of=(found.words(title),), cells=tuple(cells)) for cells in change(rows)
        ) if rows else ()
        pages.append(dataclasses.replace(page, read=rest + made))
    return "; ".join(each.said for each in recount.faults(found, claims, [(pages, [])]))


def inscribed(sheet, mark, change):
    """Say what is wrong of a sheet in whose map the first text of a mark is another."""
    found, claims, measured = sheet
    first, *rest = measured
    at = next(at for at, each in enumerate(first.inscribed) if each.mark == mark)
    texts = list(first.inscribed)
    texts[at] = dataclasses.replace(texts[at], text=change(texts[at].text))
    pages = [dataclasses.replace(first, inscribed=tuple(texts)), *rest]
    return "; ".join(each.said for each in recount.faults(found, claims, [(pages, [])]))


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
    found = assessment.load(store)

    seen = foursides.seen(found, "plots", ("A",), plot)

    assert seen.must["S"].tolist() == [False, False, True, False]
    assert not seen.may["用地路"].any()


def test_turned_squares_prove_themselves(tmp_path):
    plots = []
    for at, degrees in enumerate((0, 17, 45, 90, 133, 225, 315)):
        for key, shape in {
            "A": box(0, 0, 100, 100), "B": box(100, 0, 200, 100), "C": box(-10, 100, 60, 200),
        }.items():
            turned = shapely.affinity.rotate(shape, -degrees, origin=(EAST + 50, NORTH + 50))
            plots.append(Site.plot(
                f"{key}{degrees}", shapely.affinity.translate(turned, at * 1000)
            ))
    store = make_store(tmp_path, plots)

    made = printed(store, "parcel", "plots:A*")

    assert len(made.plans) == 7
    assert all(any(plan.content.values[f"to_{side}"] != "–" for side in ("north", "east", "south"))
               for plan in made.plans)


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
def test_a_wrong_table_of_points_is_told(read, named, change, said):
    assert said in told(read(named), "sheet.table.points", change)


def test_a_wrong_table_of_points_is_not_handed_over(store, tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "TABLES", with_table("points", crossed))
    monkeypatch.setattr("landtrack.output.sheets.readback._Page._point_table", lambda _: None)

    assert "there is no corner where J1 is listed" in refused(store, tmp_path, "parcel")


@pytest.mark.parametrize(("named", "value"), [
    ("parcel", "measured_m2"), ("parcel", "perimeter_m"), ("parcel", "subject"),
    ("demarcation", "measured_ha"), ("demarcation", "perimeter_m"),
    ("project", "measured_m2"), ("project", "subject"),
])
def test_a_wrong_figure_in_a_box_is_told(read, named, value):
    found, claims, measured = read(named)
    pages = [
        dataclasses.replace(page, read=tuple(
            dataclasses.replace(each, cells=("8001.00",)) if each.of[1:] == (value,) else each
            for each in page.read
        )) for page in measured
    ]

    said = [each.said for each in recount.faults(found, claims, [(pages, [])])]

    assert any("'8001.00' stands there" in each for each in said)


def test_a_wrong_figure_in_a_box_is_not_handed_over(store, tmp_path, monkeypatch):
    right = contents._values
    monkeypatch.setattr(
        contents, "_values", lambda *given: right(*given) | {"measured_m2": "8001.00"}
    )

    assert "'8001.00' stands there" in refused(store, tmp_path, "parcel")


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
    ("project", ("land", other(0, 2, "4,900m²")), "P1 has 4800.00 m², not as listed"),
    ("project", ("land", other(0, 3, "61.0%")), "P1 has 4800.00 m², not as listed"),
    ("project", ("land", lambda rows: rows[1:]), "P1 has 4800.00 m², not as listed"),
    ("project", ("land", other(0, 0, "P9")), "'P9' is not under the plot"),
    ("project", ("land", other(-1, 2, "7,600m²")), "'7,600m²' is not the area of the plot"),
    ("project", ("buildings", other(0, 3, "500.00")), "B1 has 600.00 m² inside"),
    ("project", ("buildings", other(0, 0, "B2")), "'B2' is not inside"),
])
def test_a_wrong_share_of_the_ground_is_told(read, named, wrong, said):
    table, change = wrong
    title = "land.title" if table == "land" else f"sheet.table.{table}"
    foot = {"land": 0, "buildings": 0}.get(table, 1)

    def changed(rows):
        return [*change(rows[:len(rows) - foot]), *rows[len(rows) - foot:]]

    assert said in told(read(named), title, changed)


def test_a_wrong_share_of_the_ground_is_not_handed_over(store, tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "TABLES", with_table("owners", other(0, 2, "4900.00")))

    assert "大营盘村 has 4800.00 m²" in refused(store, tmp_path, "demarcation")


@pytest.mark.parametrize(("table", "key"), [
    ("owners", "sheet.area_foot"), ("farmland", "sheet.taken_foot"), ("points", "sheet.area_foot"),
])
def test_a_wrong_sum_is_told(read, table, key):
    sheet = read("demarcation")
    wrong = sheet[0].words(key, area="7999.00").replace(" ", "")

    said = told(sheet, f"sheet.table.{table}", lambda rows: [*rows[:-1], [wrong]])

    assert "7999.00m²' stands there" in said


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


# --- the order along a side -------------------------------------------------------------------


@pytest.fixture(scope="module")
def row(tmp_path_factory):
    """Give a store in which three plots lie north of one, one beside the other."""
    return make_store(tmp_path_factory.mktemp("row"), [
        Site.plot("A", PLOT), Site.plot("N1", box(0, 80, 30, 110)),
        Site.plot("N2", box(30, 80, 60, 110)), Site.plot("N3", box(60, 80, 100, 110)),
    ])


@pytest.mark.parametrize(("names", "said"), [
    (("N1", "N2", "N3"), ""),
    (("N2", "N1", "N3"), "N2 stands before N1 in the north, but lies behind it"),
    (("N3", "N2", "N1"), "N3 stands before N1 in the north, but lies behind it"),
])
def test_the_neighbours_of_a_side_stand_in_their_order(row, names, said):
    found = assessment.load(row)
    seen = foursides.seen(found, "plots", ("A",), PLOT)

    wrong = list(foursides.told_otherwise(seen, 0, "、".join(names), "、"))

    assert (said in wrong) if said else not wrong


def test_a_side_in_a_wrong_order_is_not_handed_over(row, tmp_path, monkeypatch):
    monkeypatch.setattr(adjoining, "by_direction", with_sides(
        lambda sides: sides.update(north=sides["north"][::-1])
    ))

    assert "stands before N1 in the north" in refused(row, tmp_path, "parcel")


# --- what is written in the map -------------------------------------------------------------


@pytest.mark.parametrize(("named", "mark", "change", "said"), [
    ("parcel", "lengths", less, "m long, '"),
    ("demarcation", "lengths", less, "m long, '"),
    ("project", "lengths", less, "m long, '"),
    ("parcel", "lengths", lambda _: "", "1 sides have no length"),
    ("parcel", "numbers", lambda _: "J3", "J3 does not stand at its corner"),
    ("parcel", "numbers", lambda _: "J9", "J9 is no boundary point"),
    ("parcel", "fraction", lambda _: "B", "'B' stands in the parcel, which is not so"),
    ("project", "labels", lambda _: "仓库", "'仓库' is of nothing that lies there"),
])
def test_a_wrong_text_in_the_map_is_told(read, named, mark, change, said):
    assert said in inscribed(read(named), mark, change)


def test_a_wrong_area_in_the_map_of_a_place_is_told(read):
    sheet = read("status", "*")
    figures = [each.text for each in sheet[2][0].inscribed if each.text == "4,800.0"]

    assert figures
    assert "'4,900.0' is of nothing that lies there" in inscribed(
        sheet, "labels", lambda _: "4,900.0"
    )


def test_a_text_that_nobody_drew_there_is_told(read):
    found, claims, (page, *rest) = read("parcel")
    strange = readback.Inscribed(mark="", text="已批准", box=(90, 150, 95, 153), angle=0)
    pages = [dataclasses.replace(page, inscribed=(*page.inscribed, strange)), *rest]

    (fault,) = recount.faults(found, claims, [(pages, [])])

    assert "'已批准' stands in the map" in fault.said


def test_a_side_with_a_wrong_length_is_not_handed_over(store, tmp_path, monkeypatch):
    right = contents.boundary_points.rings
    monkeypatch.setattr(contents.boundary_points, "rings", lambda shape: tuple(
        dataclasses.replace(ring, sides=ring.sides + 0.5) for ring in right(shape)
    ))

    assert "m long, '" in refused(store, tmp_path, "project")


# --- totals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("named", "table", "change", "said"), [
    ("status", "states", other(0, 2, "9,999.9"), "has 2 with 7,600.0 m²"),
    ("status", "states", other(0, 1, "1"), "has 2 with 7,600.0 m²"),
    ("status", "states", lambda rows: rows[1:], "is not listed"),
    ("status", "states", other(-1, 0, "合计9,999.9m²"), "the sum is 7,600.0 m²"),
    ("overview", "verdicts", other(0, 1, "7"), "stands there"),
    ("overview", "verdicts", lambda rows: [each for each in rows if each[1:2] == ["0"]],
     "is not listed"),
    ("overview", "states", other(0, 4, "50.0%"), "has 2 with 7,600.0 m²"),
])
def test_wrong_totals_of_a_place_are_told(read, named, table, change, said):
    assert said in told(read(named, "*"), f"sheet.table.{table}", change)


def test_wrong_totals_are_not_handed_over(store, tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "TABLES", with_table("states", other(0, 2, "9,999.9")))

    assert "has 2 with 7,600.0 m²" in refused(store, tmp_path, "status", "*")


# --- indices and hits ---------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "change", "said"), [
    ("sheet.table.indices", other(0, 1, "2,600.0元/m²"), "the value is 2184.87"),
    ("sheet.table.indices", other(0, 2, "≥2,000元/m²"), "the limit is 2500"),
    ("sheet.table.indices", other(0, 3, "+315.1元/m²"), "the margin is -315.126"),
    ("sheet.table.indices", other(0, 4, "符合"), "the outcome is fail"),
    ("sheet.table.indices", lambda rows: rows[1:], "of XP-036 is not listed"),
    ("sheet.table.indices", other(0, 0, "绿地率"), "'绿地率' was not judged"),
    ("vet.hits", lambda rows: [each for each in rows if not each[3]], "is not listed"),
    ("vet.hits", lambda rows: [[*each[:3], "1m²", each[4]] if each[3] else each for each in rows],
     "was not measured"),
    ("vet.hits", lambda rows: [[*each[:2], "未涉及", "", ""] for each in rows],
     "is not listed"),
])
def test_a_wrong_index_or_hit_is_told(read, table, change, said):
    sheet = read("project", "XP-036", "demo")

    assert not told(sheet)
    assert said in told(sheet, table, change)


def test_a_figure_of_the_store_that_its_own_layers_deny_is_told(read):
    sheet = read("project", "XP-036", "demo")
    found = sheet[0]
    wrong = found.findings.assign(outcome="pass")
    ground = found.measures.copy()
    ground.loc[ground["measure"] == "overlap_m2", "value"] += 900
    divided = found.measures.copy()
    divided.loc[divided["measure"] == "fixed_investment_cny", "value"] *= 2

    assert "2184.87 >= 2500 is no pass" in told(sheet, findings=wrong)
    assert "overlap_m2 is" in told(sheet, measures=ground)
    assert "by its figures, 2184.87 was judged" in told(sheet, measures=divided)


@pytest.mark.parametrize(("measure", "by"), [
    ("floor_area_m2", 30), ("frontage_m", 25), ("nearest_road_m", 1), ("nearest_width_m", 1),
    ("inside_count", 1),
])
def test_a_measure_that_rests_on_fields_is_worked_out_anew(roads, measure, by):
    wrong = roads[0].measures.copy()
    own = wrong["measure"] == measure
    assert wrong[own]["value"].notna().any()
    wrong.loc[own, "value"] += by

    assert not told(roads)
    assert f"{measure} is" in told(roads, measures=wrong)


def test_a_wrong_verdict_is_told(read):
    sheet = read("project", "XP-036", "demo")
    passes = sheet[0].findings.assign(outcome="pass")

    assert "the verdict is pass" in told(sheet, findings=passes)


def test_a_project_sheet_with_a_wrong_outcome_is_not_handed_over(demo_store, tmp_path, monkeypatch):
    own = Path(shutil.copy(demo_store, tmp_path / "project.gpkg"))
    monkeypatch.setattr(contents, "TABLES", with_table("indices", other(0, 4, "符合")))

    assert "the outcome is fail" in refused(own, tmp_path, "project", "XP-036")


# --- drafts, and sheets that were handed over -----------------------------------------------


@pytest.mark.parametrize("named", ["parcel", "demarcation", "project"])
def test_a_draft_is_read_under_its_mark(read, named):
    sheet = read(named, draft=True)

    assert not told(sheet)
    assert sheet[2][0].read
    assert [(each.of, each.cells) for each in sheet[2][0].read if each.of[-1] == "measured_m2"] \
        == [(each.of, each.cells) for each in read(named)[2][0].read
            if each.of[-1] == "measured_m2"]


def test_a_wrong_draft_is_not_handed_over(store, tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "TABLES", with_table("points", other(2, 3, less)))

    with pytest.raises(OutputError, match=r"J3–J4 is 100\.000 m"):
        printed(store, stated={"drawn_by": ""}, draft=True, out=tmp_path / "out.pdf")


def test_verifying_works_the_sheet_out_anew(store, tmp_path, monkeypatch):
    right, wrong = (Path(shutil.copy(store, tmp_path / f"{at}.gpkg")) for at in range(2))
    made = printed(right, out=tmp_path / "right.pdf")
    with monkeypatch.context() as with_fault:
        with_fault.setattr(contents, "TABLES", with_table("points", other(2, 3, less)))
        with_fault.setattr(make.recount, "faults", lambda *_: [])
        false = printed(wrong, out=tmp_path / "wrong.pdf")
    words = text.load("zh")

    _, faults, changes, *_ = verify.pdf(made.pdf, words, assessment.load(right))
    assert (faults, changes) == ([], [])

    monkeypatch.setattr(contents, "TABLES", with_table("points", other(2, 3, less)))
    _, faults, changes, *_ = verify.pdf(false.pdf, words, assessment.load(wrong))
    assert changes == []
    assert any("J3–J4 is 100.000 m" in each for each in faults)


# --- a second way ---------------------------------------------------------------------------


def test_the_proof_shares_nothing_with_what_words_the_sheet_but_the_figures_that_are_data():
    own = {
        recount, recount_fields, recount_findings, recount_legend, recount_map, recount_pieces,
        recount_totals, foursides, rays, paper,
    }
    shared = set()
    for module in own:
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("landtrack"):
                shared |= {f"{node.module}.{each.name}" for each in node.names}
    names = {each.__name__ for each in own}
    shared = {
        each for each in shared if each not in names and each.rpartition(".")[0] not in names
    }

    assert shared == {
        "landtrack.model.Schema", "landtrack.model.State", "landtrack.model.translations.DASH",
        "landtrack.model.assessment.Assessment",
        "landtrack.model.visible.visible",  # by which code a character stands that nobody sees
        "landtrack.output.sheets.adjoining.Layer", "landtrack.output.sheets.adjoining.reach",
        "landtrack.output.sheets.readback.Fault", "landtrack.output.sheets.readback.Inscribed",
        "landtrack.output.sheets.readback.Measured", "landtrack.output.sheets.readback.Proof",
        "landtrack.output.sheets.readback.Read",
        "landtrack.output.sheets.template",  # of which layers only what is near is drawn
    }


# --- the legend -------------------------------------------------------------------------------


def legend(sheet, change):
    """Say what is wrong of a sheet whose legend lists other classes or counts."""
    found, claims, measured = sheet
    pages = [
        dataclasses.replace(page, read=tuple(
            dataclasses.replace(each, cells=(change(each.cells[0]),))
            if each.of[0] == "sheet.legend" else each
            for each in page.read
        ))
        for page in measured
    ]
    return "; ".join(each.said for each in recount.faults(found, claims, [(pages, [])]))


def listed(sheet):
    return {
        (each.of[1], each.cells[0]) for page in sheet[2] for each in page.read
        if each.of[0] == "sheet.legend"
    }


def test_the_legend_of_a_plot_counts_the_parcels_and_buildings_that_are_to_be_seen(read):
    """Two parcels are approved, and one building stands."""
    said = listed(read("project"))

    assert [text[-3:] for kind, text in said if kind == "buildings"] == ["(1)"]
    assert [text[-3:] for kind, text in said if kind == "parcels"] == ["(2)"]


@pytest.mark.parametrize(("named", "selection", "place"), [
    ("project", "plots:A", "small"), ("status", "*", "demo"), ("overview", "*", "demo"),
    ("demarcation", "ZD-041", "demo"), ("project", "XP-036", "demo"),
])
def test_a_legend_that_counts_one_more_is_found_and_a_true_one_is_not(
    read, named, selection, place
):
    sheet = read(named, selection, place)

    def one_more(text):
        label, _, count = text.rpartition("(")
        return f"{label}({int(count.removesuffix(')')) + 1})"

    assert listed(sheet)
    assert legend(sheet, lambda text: text) == ""
    assert "the legend says" in legend(sheet, one_more)
    assert "the legend says" in legend(sheet, lambda text: "x" + text)


def test_a_name_of_a_class_that_takes_two_lines_keeps_its_count(store, monkeypatch):
    """Only the first line of a long one was written, and the count stands at the end."""
    long = "很长的状态名称" * 6
    monkeypatch.setattr(blocks.wording, "class_label", lambda *_: long)
    monkeypatch.setattr(make.recount, "faults", lambda *_: [])
    found, loaded = assessment.load(store), template.load("project")

    with sheet_register.opened(found.stored) as connection:
        made = issue.draw(
            connection, found, loaded, selecting.select(found, loaded, "plots:A"),
            Order(stated=SIGNED, draft=False), lambda *_: None,
        )

    said = listed((found, made.claims, made.measured))
    assert said
    assert all(text.startswith(long) and text.endswith(")") for _, text in said)
