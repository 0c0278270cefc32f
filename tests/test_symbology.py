"""The looks: every kind has one, classes are told apart, and nothing unknown is green."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from landtrack.assessment.rules import verdicts
from landtrack.model import catalog, classes, translations as text
from landtrack.model.classes import UNKNOWN, WHOLE
from landtrack.model.errors import CatalogError
from landtrack.output.style import symbology


def frame(kind, **columns):
    size = len(next(iter(columns.values())))
    made = gpd.GeoDataFrame(
        columns, geometry=gpd.GeoSeries.from_xy([0.0] * size, [0.0] * size), crs=4529
    )
    return made, catalog.schemas()[kind]


def findings(**outcomes):
    rows = [(plot, outcome) for plot, several in outcomes.items() for outcome in several]
    return pd.DataFrame(rows, columns=["plot_id", "outcome"])


@pytest.mark.parametrize("kind", sorted(catalog.schemas()))
def test_every_kind_has_a_look(kind):
    assert kind in symbology.load().kind


@pytest.mark.parametrize("workflow", list(catalog.data_files("workflows")))
@pytest.mark.parametrize("kind", sorted(catalog.schemas()))
def test_every_choice_of_a_class_has_a_look_of_its_own(kind, workflow):
    schema = catalog.schemas()[kind]
    field = schema.fields.get(schema.class_field or "")
    if field is None or field.type != "choice":
        return
    codes = field.choices
    if field.choices_from:
        codes = catalog.workflow(workflow).tracks[field.choices_from].codes
    looks = symbology.load()

    drawn = [looks.style(kind, code) for code in codes if code != "other"]

    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("kind", sorted(catalog.schemas()))
def test_every_choice_of_a_class_is_told_apart_without_its_colour(kind):
    schema = catalog.schemas()[kind]
    field = schema.fields.get(schema.class_field or "")
    codes = ("pass", "fail", "unknown") if kind == "plots" else field.choices if field else ()
    if field is not None and field.choices_from:
        codes = catalog.workflow("cn-2006").tracks[field.choices_from].codes
    looks = [symbology.load().style(kind, code) for code in codes if code != "other"]

    drawn = [(each.hatch, each.dash, each.weight, each.symbol, each.radius) for each in looks]

    assert len(set(drawn)) == len(drawn)


def test_no_look_is_of_a_class_that_does_not_exist():
    workflows = [catalog.workflow(name) for name in catalog.data_files("workflows")]
    for kind, symbols in symbology.load().kind.items():
        if kind == "plots" or not symbols.classes:
            continue
        schema = catalog.schemas()[kind]
        field = schema.fields[schema.class_field]
        known = set(field.choices)
        if field.choices_from:
            known = {code for each in workflows for code in each.tracks[field.choices_from].codes}
        if field.type == "text":  # an open list of codes: those with a look have a name
            known = {
                code for code in symbols.classes
                if text.load("zh").has(f"choice.{field.name}.{code}")
            }
        assert set(symbols.classes) <= known


def test_every_group_of_a_schema_has_a_place_in_the_legend():
    groups = {schema.group for schema in catalog.schemas().values()}

    assert groups <= set(symbology.load().groups)


def test_verdicts_differ_by_more_than_colour():
    looks = symbology.load()
    seen = {(looks.style("plots", code).hatch, looks.style("plots", code).dash)
            for code in ("pass", "fail", "unknown")}

    assert len(seen) == 3


def test_unknown_is_grey_and_never_green():
    looks = symbology.load()
    for kind in catalog.schemas():
        stroke = looks.style(kind, UNKNOWN).stroke
        assert len({stroke[1:3], stroke[3:5], stroke[5:7]}) == 1


def test_boundaries_lie_below_plots_and_points_on_top():
    order = symbology.load().order

    assert order("boundaries") < order("parcels") < order("buildings") < order("plots")
    assert order("plots") < order("roads") < order("power_lines") < order("substations")


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        pytest.param(["pass", "pass"], "pass", id="all pass"),
        pytest.param(["pass", "unknown"], "unknown", id="unknown is never a pass"),
        pytest.param(["unknown", "fail"], "fail", id="a fail outweighs"),
        pytest.param([], "not_judged", id="nothing judged"),
        pytest.param(["not_applicable"], "not_judged", id="no rule applies"),
        pytest.param(["pass", "not_applicable"], "pass", id="what does not apply is no matter"),
    ],
)
def test_verdict_sums_up_the_findings(outcomes, verdict):
    assert verdicts.by_subject(["P"], findings(P=outcomes, Q=["fail"])).to_dict() == {"P": verdict}


def test_classes_of_voltages_are_clean_numbers_and_missing_ones_unknown():
    layer, schema = frame("power_lines", voltage_kv=[220.0, 0.4, np.nan, 66])

    assert classes.classify(layer, schema).tolist() == ["220", "0.4", UNKNOWN, "66"]


@pytest.mark.parametrize("value", [None, np.nan, pd.NaT, pd.NA, ""])
def test_a_missing_class_is_unknown(value):
    assert classes.class_code(value) == UNKNOWN


def test_kind_without_classes_is_one_class():
    layer, schema = frame("roads", name=["a", "b"])

    assert classes.classify(layer, schema).tolist() == [WHOLE, WHOLE]


def test_layer_without_its_class_field_is_unknown():
    layer, schema = frame("parcels", name=["a"])

    assert classes.classify(layer, schema).tolist() == [UNKNOWN]


def test_higher_voltages_are_wider():
    looks = symbology.load()
    voltages = ("10", "35", "66", "110", "220", "500")
    widths = [looks.style("power_lines", code).weight for code in voltages]

    assert widths == sorted(set(widths))


def test_voltage_on_a_limit_falls_into_the_upper_range():
    looks = symbology.load()

    assert looks.style("power_lines", "20") == looks.style("power_lines", "35")
    assert looks.style("power_lines", "19.9") == looks.style("power_lines", "10")


def test_legend_order_is_of_the_file_then_by_number_then_unknown():
    looks = symbology.load()

    assert looks.sorted_classes("parcels", ["returned", "x", UNKNOWN, "notified"]) == (
        "notified", "returned", "x", UNKNOWN
    )
    sorted_codes = looks.sorted_classes("power_lines", ["220", UNKNOWN, "66", "66"])
    assert sorted_codes == ("66", "220", UNKNOWN)


def test_a_kind_that_the_file_does_not_name_has_a_look():
    looks = symbology.load()

    assert looks.style("orchards", "x") == looks.default
    assert looks.order("orchards") == 0
    assert looks.place("orchards") == len(looks.kind)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        pytest.param('default = { stroke = "green" }', "colour 'green'", id="no colour"),
        pytest.param("default = { widht = 2 }", "widht", id="a key that there is not"),
        pytest.param('default = { symbol = "star" }', "star", id="a symbol that there is not"),
    ],
)
def test_a_wrong_file_is_named(tmp_path, monkeypatch, line, cause):
    shipped = catalog.data_file("", "symbology").read_text("utf-8")
    text = f"{shipped}\n[kind.orchards]\norder = 1\n{line}\n"
    (tmp_path / "symbology.toml").write_text(text, "utf-8")
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))
    symbology.load.cache_clear()
    try:
        with pytest.raises(CatalogError, match=cause) as caught:
            symbology.load()
        assert "symbology.toml" in caught.value.cause
    finally:
        symbology.load.cache_clear()
