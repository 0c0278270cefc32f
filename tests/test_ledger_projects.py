"""A ledger of plots may say which project each plot is of, and what the layer says counts too."""

import pytest
from builders import box
from test_amounts import INTENSITY, issues, told, vetted, whole

from landtrack.app import draft_catalog

ROWS = "地块编号,项目编号,固定资产投资（元）\nA,X1,{}\nB,X1,{}\n"


def drafted(site, projects, amounts=(30_000_000, 10_000_000), rows=ROWS):
    """Draft and vet a folder of two plots of 10 000 m² and a ledger of plots."""
    for each in site.folder.iterdir():
        each.unlink()
    site.layer("plots", [
        (box(200 * at, 0, 200 * at + 100, 100),
         {"地块编号": plot} | ({"项目编号": projects[at]} if projects else {}))
        for at, plot in enumerate("AB")
    ], path="项目地块.geojson")
    (site.folder / "catalog.toml").unlink()
    (site.folder / "台账.csv").write_text(rows.format(*amounts), encoding="utf-8")
    draft_catalog.init(site.folder)
    return vetted(site.folder)


def test_the_projects_that_only_the_ledger_names_are_those_of_the_plots(site):
    """40 million by the 20 000 m² of both plots is 2 000; the first alone would pass."""
    result = drafted(site, None)

    assert result.layers["plots"]["project_id"].tolist() == ["X1", "X1"]
    assert whole(result, INTENSITY) == {"X1": (2000.0, "fail")}


def test_a_plot_that_layer_and_ledger_give_to_two_projects_is_told_and_neither_is_sure(site):
    result = drafted(site, ["X1", "X2"], (30_000_000, 30_000_000))

    assert ("attribute_contradicted", "B", "X2 / X1") in issues(result)
    assert whole(result, INTENSITY)["X1"][1] == "unknown"


@pytest.mark.parametrize("second", ["X1", "x1", "Ｘ１"])
def test_a_project_that_both_name_is_one_however_it_is_written(site, second):
    result = drafted(site, ["X1", second])

    assert "attribute_contradicted" not in {each[0] for each in issues(result)}
    assert list(whole(result, INTENSITY).values()) == [(2000.0, "fail")]


def test_the_project_of_the_layer_stands_where_the_ledger_names_none(site):
    result = drafted(site, ["X1", "X1"], rows=ROWS.replace("B,X1", "B,"))

    assert result.layers["plots"]["project_id"].tolist() == ["X1", "X1"]
    assert set(told(result)) == {"A", "B"}
