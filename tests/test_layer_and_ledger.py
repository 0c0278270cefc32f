"""What a layer of plots and its ledger both say: together where they agree, asked where not."""

import io
import zipfile

import geopandas as gpd
import openpyxl
import pytest
from builders import CRS, box
from click.testing import CliRunner
from test_amounts import INTENSITY, issues, ledger, told, two_plots, typed, vetted, whole

from landtrack.app import draft_catalog
from landtrack.cli.main import main
from landtrack.model import Issue

pytestmark = pytest.mark.usefixtures("read_here")
ORDER = "environment-first"
SQUARE = box(0, 0, 100, 100)
"""10 000 m²: 25 million are 2 500 CNY/m²."""


@pytest.fixture
def place(site):
    def drafted(layer, heading, row, *, shapes=(SQUARE,), projects=None):
        for each in site.folder.iterdir():
            each.unlink()
        site.layer("plots", [
            (shape, {"地块编号": plot, **(layer if at == 0 else {})}
             | ({"项目编号": projects[at]} if projects else {}))
            for at, (shape, plot) in enumerate(zip(shapes, "AB", strict=False))
        ], path="项目地块.geojson")
        (site.folder / "catalog.toml").unlink()
        (site.folder / "台账.csv").write_text(f"{heading}\n{row}\n", encoding="utf-8")
        draft_catalog.init(site.folder)
        return vetted(site.folder)

    return drafted


def found(result):
    return {(row[0], row[2]) for row in issues(result)}


@pytest.mark.fault("01-project-two-plots")
@pytest.mark.parametrize("key", ["地块编号", "项目编号"])
def test_an_amount_that_layer_and_ledger_state_differently_is_not_known(place, key):
    """The layer says 1 000, the ledger 3 000 CNY/m²: which one counts nobody said."""
    result = place(
        {"固定资产投资（元）": 10_000_000}, f"{key},固定资产投资（元）",
        f"{'A' if key == '地块编号' else 'X1'},30000000", projects=["X1"],
    )

    assert told(result)["A"][1] == "unknown"
    assert Issue.AMOUNT_CONTRADICTED.value in {each[0] for each in issues(result)}


@pytest.mark.parametrize("key", ["地块编号", "项目编号"])
def test_an_amount_that_both_state_alike_is_known_in_whatever_unit(place, key):
    result = place(
        {"固定资产投资（万元）": 3000}, f"{key},固定资产投资（元）",
        f"{'A' if key == '地块编号' else 'X1'},30000000", projects=["X1"],
    )

    assert told(result)["A"][:2] == (3000.0, "pass")
    assert Issue.AMOUNT_CONTRADICTED.value not in {each[0] for each in issues(result)}


def test_the_land_of_a_layer_that_is_as_drawn_does_not_contradict_what_is_declared(place):
    result = place(
        {"用地面积（㎡）": 10_010}, "地块编号,用地面积（㎡）,固定资产投资（元）", "A,9800,24500000",
    )

    assert told(result)["A"][:2] == (2500.0, "pass")
    assert Issue.AMOUNT_CONTRADICTED.value not in {each[0] for each in issues(result)}


def test_land_that_is_not_as_drawn_contradicts_what_is_declared(place):
    result = place(
        {"用地面积（㎡）": 20_000}, "地块编号,用地面积（㎡）,固定资产投资（元）", "A,9800,24500000",
    )

    assert told(result)["A"][1] == "unknown"


def test_what_the_ledger_leaves_blank_the_layer_says(place):
    result = place(
        {"固定资产投资（元）": 30_000_000}, "地块编号,固定资产投资（元）,企业名称", "A,,甲厂"
    )

    assert told(result)["A"][:2] == (3000.0, "pass")


@pytest.mark.parametrize("cell", ["三千万", "#REF!", "3,00,0000"])
def test_what_the_ledger_says_in_a_way_that_cannot_be_read_the_layer_does_not_settle(place, cell):
    result = place(
        {"固定资产投资（元）": 30_000_000}, "地块编号;固定资产投资（元）;企业名称", f"A;{cell};甲厂"
    )

    assert told(result)["A"][1] == "unknown"


@pytest.mark.parametrize("first", ["2019-05-01", "2021-05-01"])
def test_a_day_that_both_say_differently_is_not_known(place, first):
    """Approved in 2019 it comes before the construction of 2020, in 2021 after it."""
    result = place(
        {"环评批复日期": first}, "地块编号,环评批复日期,施工许可日期,固定资产投资（元）",
        "A,2020-01-05,2020-06-01,30000000",
    )

    assert told(result, ORDER)["A"][1] == "unknown"
    assert (Issue.ATTRIBUTE_CONTRADICTED.value, f"{first} / 2020-01-05") in found(result)


def test_a_day_that_the_ledger_cannot_say_the_layer_does_not_settle(place):
    result = place(
        {"环评批复日期": "2019-05-01"}, "地块编号,环评批复日期,施工许可日期,固定资产投资（元）",
        "A,五月初,2020-06-01,30000000",
    )

    assert told(result, ORDER)["A"][1] == "unknown"


@pytest.mark.parametrize(("own", "other", "differ"), [
    ("甲厂", "乙厂", True), ("甲厂", " 甲厂", False), ("甲（集团）厂", "甲(集团)厂", False),
    ("ACME", "Acme", False),
])
def test_the_company_of_the_ledger_stands_and_another_one_of_the_layer_is_told(
    place, own, other, differ
):
    result = place({"企业名称": own}, "地块编号,企业名称,固定资产投资（元）", f"A,{other},30000000")

    assert result.layers["plots"]["company"].tolist() == [other.strip()]
    row = (Issue.LEDGER_SAYS_OTHERWISE.value, f"{own} / {other.strip()}")
    assert (row in found(result)) == differ


def test_an_industry_code_that_both_say_differently_is_not_known(place):
    result = place({"行业代码": "C39"}, "地块编号,行业代码,固定资产投资（元）", "A,C26,30000000")

    assert result.layers["plots"]["industry_code"].isna().all()
    assert (Issue.ATTRIBUTE_CONTRADICTED.value, "C39 / C26") in found(result)


def test_a_plot_of_several_has_the_project_of_the_ledger_judged(place):
    """The layer's 10 million are one plot's; the ledger's 60 million are of both: 3 000."""
    result = place(
        {"固定资产投资（元）": 10_000_000}, "项目编号,固定资产投资（元）", "X1,60000000",
        shapes=(SQUARE, box(200, 0, 300, 100)), projects=["X1", "X1"],
    )

    assert whole(result, INTENSITY)["X1"] == (3000.0, "pass")


@pytest.mark.fault("01-project-two-plots")
@pytest.mark.parametrize(("plots", "said", "outcome"), [
    ((10e6, 20e6), 60e6, "unknown"),  # 1 500 by the plots, 3 000 by the project
    ((40e6, 20e6), 60e6, "pass"),     # they add up
    ((60e6, 60e6), 60e6, "pass"),     # each repeats it
    ((60e6, None), 60e6, "pass"),     # at the first only
    ((60e6, 0), 60e6, "pass"),        # a Shapefile writes 0 for nothing
    ((10e6, None), 60e6, "pass"),     # the plot's own, of which the rest is of the other
    ((70e6, None), 60e6, "unknown"),  # more than all
    ((10e6, 10e6), 60e6, "unknown"),
    ((60e6, 20e6), 60e6, "unknown"),
    ((20e6, 20e6), 30e6, "unknown"),  # fail by the ledger, 2 000 by the plots: nobody said which
])
def test_what_the_plots_of_a_project_deny_of_its_ledger_is_not_known(site, plots, said, outcome):
    own = {
        name: (shape, {**facts, **({} if value is None else {"fixed_investment_cny": value})})
        for (name, (shape, facts)), value in zip(two_plots().items(), plots, strict=True)
    }
    ledger(site, [("P", said)], plots=own)

    result = vetted(site.folder)

    assert whole(result, INTENSITY)["P"][1] == outcome
    assert outcome == "pass" or {each[1] for each in told(result).values()} == {"unknown"}
    denied = [each for each in issues(result) if each[0] == Issue.AMOUNT_CONTRADICTED.value]
    added = sum(each or 0 for each in plots)
    assert denied == (
        [("amount_contradicted", "P", f"{added:,.10g} / {said:,.10g}")]
        if outcome == "unknown" else []
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_columns_of_a_ledger_that_no_field_was_found_for_are_named(site, lang):
    for each in site.folder.iterdir():
        each.unlink()
    site.layer("plots", [(SQUARE, {"地块编号": "A"})], path="项目地块.geojson")
    (site.folder / "catalog.toml").unlink()
    (site.folder / "台账.csv").write_text(
        "地块编号,投资额（万元）,企业名称\nA,3,甲\n", encoding="utf-8"
    )

    assert typed("--lang", lang, "init", site.folder).exit_code == 0

    drafted = (site.folder / "catalog.toml").read_text(encoding="utf-8")
    assert drafted.count("投资额（万元）") == 1


def packed(folder, *, ledger_name, ledger_bytes):
    """A place of one archive, as survey firms send it: a Shapefile, and a ledger beside it."""
    gpd.GeoDataFrame(
        {"DKBH": ["A"], "XMBH": ["X1"]}, geometry=[SQUARE], crs=CRS
    ).to_file(folder / "项目地块.shp", encoding="utf-8")
    with zipfile.ZipFile(folder / "成果.zip", "w") as out:
        for each in sorted(folder.glob("项目地块.*")):
            out.write(each, f"成果/{each.name}")
            each.unlink()
        out.writestr(f"成果/{ledger_name}", ledger_bytes)


def as_workbook(*rows):
    book = openpyxl.Workbook()
    book.active.title = "一季度"
    for each in rows:
        book.active.append(each)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


ROWS = ("项目编号", "固定资产投资（万元）"), ("X1", 3000)


@pytest.mark.parametrize(("name", "data"), [
    ("台账.csv", "\n".join(",".join(map(str, each)) for each in ROWS).encode("gb18030")),
    ("台账.xlsx", as_workbook(["园区台账"], [], *ROWS)),
], ids=["text", "workbook"])
def test_a_ledger_in_an_archive_beside_its_layer_is_taken(tmp_path, name, data):
    packed(tmp_path, ledger_name=name, ledger_bytes=data)

    seen = CliRunner().invoke(main, ["inspect", str(tmp_path), "--lang", "en"]).output
    draft_catalog.init(tmp_path)
    text = (tmp_path / "catalog.toml").read_text("utf-8")
    result = vetted(tmp_path)

    assert f"成果/{name}" in seen
    assert "left out" not in seen
    assert f'sheet = "成果/{name}"' in text
    assert told(result)["A"][:2] == (3000.0, "pass")


def test_of_several_tables_of_an_archive_the_one_that_fits_is_taken(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["填表说明", "见附件"])
    book.create_sheet("台账")
    for each in ROWS:
        book["台账"].append(each)
    made = io.BytesIO()
    book.save(made)
    packed(tmp_path, ledger_name="台账.xlsx", ledger_bytes=made.getvalue())
    draft_catalog.init(tmp_path)

    assert 'sheet = "成果/台账.xlsx:台账"' in (tmp_path / "catalog.toml").read_text("utf-8")
    assert told(vetted(tmp_path))["A"][:2] == (3000.0, "pass")


def test_a_workbook_that_unfolds_without_end_is_refused_in_an_archive_too(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("[Content_Types].xml", "<Types/>")
        out.writestr("xl/workbook.xml", b"<a/>" * (40 << 20))
    packed(tmp_path, ledger_name="bomb.xlsx", ledger_bytes=inner.getvalue())

    seen = CliRunner().invoke(main, ["inspect", str(tmp_path / "成果.zip"), "--lang", "en"])

    assert "bomb.xlsx" in seen.output
    assert seen.exit_code in (0, 1, 2)
    assert not seen.exception or isinstance(seen.exception, SystemExit)
