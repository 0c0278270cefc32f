"""Reported figures against the ground: agreeing, differing, or open with what is missing."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest
from browser import open_map
from builders import box, frame, line
from click.testing import CliRunner

from landtrack.app import vet
from landtrack.assessment import reconcile
from landtrack.cli.main import main
from landtrack.model import Figure, Lack, Range, Target, catalog, translations
from landtrack.model.errors import CatalogError, TableError
from landtrack.output.reports import document, reconciliation

PLACES = Path(__file__).parents[1] / "layers"
NO_MEASURES = pd.DataFrame({"plot_id": [], "value": []})


def figure(**stated):
    return Figure(**{"id": "f", "item": "it", "title": {"zh": "数", "en": "Figure"}, **stated})


def ground(targets=(), **layers):
    return reconcile.Ground(
        layers, catalog.schemas(), NO_MEASURES, {}, {each.id: each for each in targets}
    )


def parcels(**columns):
    return frame("parcels", {"a": box(0, 0, 100, 100), "b": box(100, 0, 200, 50)}, **columns)


def stated(value, unit="m2", item="it", year=2006):
    return pd.DataFrame({
        "year": [year], "topic": ["t"], "item": [item], "value": [float(value)], "unit": [unit],
        "state": [""], "where": ["part 4"],
    })


def judged(value, how, base, unit="m2"):
    return reconcile.compare(stated(value, unit), [how], base).iloc[0]


@pytest.mark.parametrize(("how", "value", "behind"), [
    ({"layer": "parcels"}, 2, ("a", "b")),
    ({"layer": "parcels", "measure": "area"}, 15_000, ("a", "b")),
    ({"layer": "parcels", "measure": "area", "where": {"state": "approved"}}, 10_000, ("a",)),
    ({"layer": "parcels", "where": {"state": ("approved", "announced")}}, 2, ("a", "b")),
    ({"layer": "parcels", "where": {"state": "returned"}}, 0, ()),
    ({"layer": "parcels", "where": {"parcel_id": "b"}}, 1, ("b",)),
    ({"layer": "parcels", "where": {"parcel_id": Range(other_than=("b",))}}, 1, ("a",)),
    ({"layer": "parcels", "where": {"owner": Range(starts="X")}}, 2, ("a", "b")),
    ({"layer": "parcels", "measure": "distinct", "field": "owner"}, 2, ("a", "b")),
    ({"layer": "parcels", "measure": "sum", "field": "area_m2"}, 15_500, ("a", "b")),
    ({"layer": "parcels", "measure": "least", "field": "area_m2"}, 5_000, ("a", "b")),
    ({"layer": "parcels", "measure": "most", "field": "area_m2"}, 10_500, ("a", "b")),
    ({"layer": "parcels", "where": {"area_m2": Range(at_least=5_000, below=10_500)}}, 1, ("b",)),
    ({"layer": "parcels", "where": {"state_on": "2006-05-04"}}, 1, ("a",)),
    ({"layer": "roads", "measure": "length"}, 300, ("r",)),
])  # fmt: skip
def test_a_figure_is_taken_with_the_features_behind_it(how, value, behind):
    base = ground(
        parcels=parcels(
            state=["approved", "announced"], owner=["X1", "X2"], area_m2=[10_500.0, 5_000.0],
            state_on=pd.to_datetime(["2006-05-04", "2006-06-01"]),
        ),
        roads=frame("roads", {"r": line((0, 0), (300, 0))}),
    )

    found = reconcile.derive(figure(**how), base)

    assert (found.value, found.features, found.lacks) == (value, behind, None)


@pytest.mark.parametrize(("how", "lacks"), [
    ({"layer": "roads"}, "roads"),
    ({"layer": "parcels", "measure": "sum", "field": "volume_m3"}, "parcels.volume_m3"),
    ({"layer": "parcels", "measure": "sum", "field": "area_m2"}, "parcels.area_m2"),
    ({"layer": "parcels", "where": {"state": "approved"}}, "parcels.state"),
    ({"layer": "parcels", "measure": "least", "field": "owner", "where": {"parcel_id": "c"}},
     "parcels.owner"),
    ({"lacks": Lack(layer="earthworks", field="fill_m3")}, "earthworks.fill_m3"),
    ({"rule": "no-such"}, "rules.no-such"),
    ({"target": "none"}, "targets.toml.none"),
])
def test_what_cannot_be_taken_names_what_is_missing(how, lacks):
    base = ground(parcels=parcels(area_m2=[10_000.0, None], owner=["X", "Y"]))

    found = reconcile.derive(figure(**how), base)
    assert (found.value, str(found.lacks)) == (None, lacks)
    assert judged(7, figure(**how), base)["verdict"] == "open"


@pytest.mark.parametrize(("value", "unit", "how", "verdict", "difference"), [
    (15_000, "m2", {}, "agrees", 0),
    (1.5, "ha", {}, "agrees", 0),
    (0.015, "km2", {}, "agrees", 0),
    (22.5, "亩", {}, "agrees", 0),
    (14_999, "m2", {}, "differs", 1),
    (15_000.001, "m2", {}, "differs", -0.001),
    (14_999, "m2", {"tolerance": 1.0}, "agrees", 1),
    (14_998, "m2", {"tolerance": 1.0}, "differs", 2),
    (14_000, "m2", {"relation": "at_least"}, "agrees", 1_000),
    (16_000, "m2", {"relation": "at_least"}, "differs", -1_000),
    (15_000, "kV", {}, "open", None),
])  # fmt: skip
def test_a_figure_agrees_in_its_own_unit_within_its_tolerance(value, unit, how, verdict,
                                                             difference):
    row = judged(value, figure(layer="parcels", measure="area", **how),
                 ground(parcels=parcels()), unit)

    assert row["verdict"] == verdict
    if difference is None:
        assert row["difference"] is None or pd.isna(row["difference"])
    else:
        assert row["difference"] == pytest.approx(difference, abs=1e-7)


def test_a_reported_figure_that_nobody_says_how_to_take_is_open():
    row = reconcile.compare(stated(1, item="another"), [figure()], ground()).iloc[0]

    assert (row["verdict"], row["lacks"]) == ("open", "figures.toml")


def test_the_figure_of_another_year_is_not_taken_for_this():
    this, other = (figure(id=f"f{year}", year=year, layer="parcels") for year in (2006, 2007))
    row = reconcile.compare(stated(2, "1"), [other, this], ground(parcels=parcels())).iloc[0]

    assert row["figure"] == "f2006"


@pytest.mark.parametrize(("text_of", "match"), [
    ("year,item,value\n2006,it,1\n", "no column topic"),
    ("year,topic,item,value,unit,state,where\n2006,t,it,some,m2,,\n", "row 2: 'some' is no number"),
])
def test_a_table_that_states_no_figures_is_refused(tmp_path, text_of, match):
    (tmp_path / "stated.csv").write_text(text_of, encoding="utf-8")

    with pytest.raises(TableError, match=match):
        reconcile.reported(tmp_path / "stated.csv")


STRANGE_TARGET = """[[target]]
id = "t"
title = {}
secure = 1
unit = "1"
since = 2006-01-01
by = 2006-12-31
figure = "none"
source = "s"
"""


@pytest.mark.parametrize(("name", "text_of", "match"), [
    ("figures.toml", '[[figure]]\nid = "a"\nitem = "i"\ntitle = {}\nlevel = 1\n', "level"),
    ("figures.toml", '[[figur]]\nid = "a"\n', "unknown table 'figur'"),
    ("figures.toml", '[[figure]]\nid = "a"\nitem = "i"\ntitle = {}\n' * 2, "stands twice"),
    ("targets.toml", STRANGE_TARGET, "'none'"),
])
def test_a_file_of_figures_or_targets_that_is_wrong_is_refused(tmp_path, name, text_of, match):
    (tmp_path / name).write_text(text_of, encoding="utf-8")

    with pytest.raises(CatalogError, match=match):
        catalog.targets(tmp_path)


def test_a_target_gives_what_is_to_be_secured():
    target = Target(id="t", title={}, secure=40.0, unit="projects", figure="f", source="s",
                    by=pd.Timestamp("2006-12-31").date(), since=pd.Timestamp("2006-01-01").date())

    assert reconcile.derive(figure(target="t"), ground(targets=[target])).value == 40


OPEN = {
    "x-park-2006": {
        "excavation", "fill", "heated_area", "plan_projects", "plan_investment", "sales",
        "profit_tax",
    },
    "yutian-2010": {"infrastructure"},
    "park-2019": set(),
}


@pytest.mark.parametrize("name", sorted(OPEN))
def test_every_figure_of_the_report_that_can_be_derived_agrees_exactly(name):
    folder = PLACES / name
    result = vet.vet(catalog.place(folder))
    figures = catalog.figures(folder)
    reported = reconcile.reported(folder / "reported_figures.csv")

    table = reconcile.compare(reported, figures, reconcile.ground(result))

    assert set(table.loc[table["verdict"] == "open", "figure"]) == OPEN[name]
    settled = table[table["verdict"] != "open"]
    assert set(settled["verdict"]) == {"agrees"}
    assert set(settled["difference"]) == {0.0}
    stated_rows = (folder / "reported_figures.csv").read_text(encoding="utf-8").splitlines()
    assert len(table) == len(stated_rows) - 1
    for lang in translations.languages():
        html = document.to_html(reconciliation.reconciled(
            table, figures, result.layers, result.place
        ), translations.load(lang))
        assert html.count("<tr id=") == len(table)
        for row in settled.itertuples():
            if row.layer in result.layers:
                for key in row.features:
                    assert f'id="f-{row.layer}-{key.encode().hex()}"' in html


def test_the_command_tells_each_figure_and_how_it_came_out(tmp_path):
    folder = PLACES / "x-park-2006"
    text_of = (folder / "reported_figures.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(text_of.splitlines()))
    changed = [[*row[:4], "2639999", *row[5:]] if "Qianshan" in row[3] else row for row in rows]
    with (tmp_path / "other.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(changed)

    said = CliRunner().invoke(main, [
        "reconcile", str(folder), "--lang", "en", "--figures", str(tmp_path / "other.csv"),
        "--json", "--html", str(tmp_path / "page.html"),
    ])
    first = json.loads(said.stdout)[0]

    assert said.exit_code == 1
    assert (first["verdict"], first["difference"]) == ("differs", pytest.approx(1, abs=1e-5))
    assert len(first["features"]) == 50
    assert "<svg" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_click_on_a_figure_shows_its_features_although_the_page_may_do_nothing_else(tmp_path):
    layer, figures = parcels(), [figure(layer="parcels")]
    table = reconcile.compare(stated(2, "1"), figures, ground(parcels=layer))
    place = catalog.place(PLACES / "x-park-2006")
    path = tmp_path / "page.html"
    told = reconciliation.reconciled(table, figures, {"parcels": layer}, place)
    document.write(told, path, translations.load("en"), kind="html")

    with open_map(path) as opened:
        opened.locator("tbody tr").first.click()

        assert opened.locator("tbody tr.on").count() == 1


def test_the_page_escapes_what_files_say():
    layer = parcels(name=["<script>alert(1)</script>", "b"])
    table = reconcile.compare(stated(2, "1"), [figure(layer="parcels")], ground(parcels=layer))
    place = catalog.place(PLACES / "x-park-2006")

    html = document.to_html(
        reconciliation.reconciled(table, [figure(layer="parcels")], {"parcels": layer}, place),
        translations.load("en"),
    )

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


@pytest.mark.parametrize(("written", "value"), [('"1,200.5"', 1200.5), ("３０", 30), ("1e3", 1e3)])
def test_a_reported_figure_is_read_as_figures_are(tmp_path, written, value):
    path = tmp_path / "reported.csv"
    heading = "year,topic,item,value,unit,state,where\n"
    path.write_text(f"{heading}2006年,t,it,{written},m2,,\n", encoding="utf-8")

    found = reconcile.reported(path)

    assert (found["value"].tolist(), found["year"].tolist()) == ([value], [2006])


@pytest.mark.parametrize("written", ["1 200", '"12,5"', "9²", "1_000", "12/13"])
def test_a_reported_figure_that_is_not_one_number_is_refused(tmp_path, written):
    path = tmp_path / "reported.csv"
    heading = "year,topic,item,value,unit,state,where\n"
    path.write_text(f"{heading}2006,t,it,{written},m2,,\n", encoding="utf-8")

    with pytest.raises(TableError, match="is no number"):
        reconcile.reported(path)


def reported(folder, *cells):
    """Write a table of reported figures; give its path."""
    rows = "".join(f"2006;t;it{at};{cell};m2;;\n" for at, cell in enumerate(cells))
    path = folder / "reported.csv"
    path.write_text("year;topic;item;value;unit;state;where\n" + rows, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("cells", "figures", "said"),
    [
        (("12,5", "3,75", "4"), [12.5, 3.75, 4], "12,5 (2 / 3)"),
        (("1.234,5", "12"), [1234.5, 12], "1.234,5 (1 / 2)"),
        (("7", "１２,5", "0,25"), [7, 12.5, 0.25], "１２,5 (2 / 3)"),
        (("1,200", "12", "3.5"), [1200, 12, 3.5], ""),
        (("1，200", "12"), [1200, 12], ""),
    ],
)
def test_commas_of_reported_figures_are_decided_by_the_whole_column_and_told(
    tmp_path, cells, figures, said
):
    table = reconcile.read_reported(str(reported(tmp_path, *cells)), tmp_path)

    assert reconcile.reported(table)["value"].tolist() == figures
    assert [row["value"] for row in reconcile.told(table)] == ([said] if said else [])


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        (("12,5",), 2),  # one cell is no evidence
        (("12,5", "3", "4", "5", "6"), 2),
        (("7", "12,5", "3,5", "4.5"), 3),
        (("1,200", "1200,1200"), 2),  # the commas may separate two numbers
        (("12，5", "3，5"), 2),
        (("1.234", "12,5", "3,5"), 3),
    ],
)
def test_reported_figures_whose_commas_may_mean_two_things_are_asked(tmp_path, cells, row):
    with pytest.raises(TableError, match=rf"row {row}: .* is no number(.|\n)*decimal commas"):
        reconcile.reported(reported(tmp_path, *cells))


def test_the_command_tells_that_commas_were_read_as_decimal_ones(tmp_path):
    path = reported(tmp_path, "12,5", "3,75")

    said = CliRunner().invoke(main, [
        "reconcile", str(catalog.demo_place()), "--figures", str(path), "--lang", "en",
    ])

    assert "12.5 m" in said.output
    assert "Commas read as decimal commas" in said.output
    assert "12,5 (2 / 2)" in said.output
