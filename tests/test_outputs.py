"""What a run leaves behind: the store, the ledger, the tables."""

import csv
import errno
import hashlib
import json
import shutil
import sqlite3
import tempfile

import geopandas as gpd
import gis
import openpyxl
import openxml_audit
import pandas as pd
import pytest
from builders import Site, box, line

import landtrack
from landtrack import store
from landtrack.app import vet
from landtrack.ingest import read
from landtrack.model import Issue, catalog, translations
from landtrack.model.errors import OutputError, SourceError
from landtrack.output.reports import ledger

HOSTILE = '=HYPERLINK("http://x","y")'


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Run a place with one passing and one failing plot, a road, a hostile name and an issue.

    A test that writes there takes a copy.
    """
    folder = tmp_path_factory.mktemp("outputs")
    site = Site(folder / "site")
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100), name=HOSTILE, accepted_on="2006-05-31"),
        site.plot("B", box(200, 0, 300, 100), name="乙", land_area_m2="many"),
    ])
    site.layer("roads", [(line((-9, -9), (90, -9)), {"road_id": "r", "width_m": 20})])
    site.layer("parcels", [
        (box(0, 0, 50, 100), {"parcel_id": "P", "state": "approved", "state_on": "2006-10-01",
                              "document_no": "2006-7"}),
        (box(50, 0, 99, 100), {"parcel_id": "Q"}),
    ])
    return landtrack.run(site.folder, out=folder / "build")


def test_the_store_holds_layers_and_tables_whole(outputs):
    path = outputs.outputs["project.gpkg"]

    sealed = {*outputs.layers, *store.TABLES, store.session.SEALS.name}
    assert set(gis.layers(path)) == sealed
    assert gis.crs(path, "plots") == "EPSG:4529"
    assert [each["verdict"] for each in gis.rows(path, "plots")] == ["pass", "fail"]
    for name in ("measures", "findings", "issues"):
        read_back = store.read(path, name)
        assert len(read_back) == len(getattr(outputs, name))
    pd.testing.assert_series_equal(
        store.read(path, "measures")["value"], outputs.measures["value"], check_exact=True
    )


def test_the_store_shows_where_the_issues_are(site, tmp_path):
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100)), site.plot("B", box(90, 0, 200, 100))
    ])
    path = landtrack.run(site.folder, out=tmp_path / "build").outputs["project.gpkg"]

    shapes = store.read(path, "issue_shapes")
    assert shapes[["issue", "role", "area_m2"]].to_numpy().tolist() == [
        ["plots_overlap", "overlap", pytest.approx(1000)]
    ]


def test_the_store_says_what_a_run_was_made_from(outputs):
    row = store.read(outputs.outputs["project.gpkg"], "runs").iloc[0]
    inputs = {each["path"]: each for each in json.loads(row["inputs"])}

    assert set(inputs) == {"plots.geojson", "buildings.geojson", "roads.geojson", "parcels.geojson"}
    for name, each in inputs.items():
        data = (outputs.place.folder / name).read_bytes()
        assert (each["bytes"], each["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert row["rules"] == "x-park-2006@1"
    assert {"landtrack", "gdal", "proj", "geos"} <= set(json.loads(row["versions"]))


def test_every_file_that_an_input_is_made_of_is_hashed(site):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    gpd.GeoDataFrame({"plot_id": ["甲"]}, geometry=[box(0, 0, 100, 100)], crs=4529).to_file(
        site.folder / "plots.shp", encoding="utf-8"
    )
    site.entries["plots.geojson"]["path"] = "plots.shp"
    before = recorded(site)

    assert {"plots.shp", "plots.dbf", "plots.shx", "plots.prj", "plots.cpg"} <= set(before)
    for suffix in (".dbf", ".prj", ".cpg"):
        part = site.folder / f"plots{suffix}"
        data = part.read_bytes()
        assert before[part.name] == hashlib.sha256(data).hexdigest()


def recorded(site):
    """Vet a place, and give the hash of each file that it was made from."""
    row = vet.vet(catalog.place(site.catalog().folder)).run
    return {each["path"]: each["sha256"] for each in json.loads(row["inputs"])}


def test_inputs_are_hashed_as_they_were_when_they_were_read(site, monkeypatch):
    path = site.folder / "plots.geojson"
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    read_then = hashlib.sha256(path.read_bytes()).hexdigest()
    judge = vet.provenance.row

    def replaced(*arguments, **named):
        path.write_text("another file by now", encoding="utf-8")
        return judge(*arguments, **named)

    monkeypatch.setattr(vet.provenance, "row", replaced)

    assert recorded(site)["plots.geojson"] == read_then


def test_an_input_that_changes_while_it_is_read_is_refused(site, monkeypatch):
    path = site.folder / "plots.geojson"
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    look = read._features

    def meanwhile(*arguments, **named):
        contents = look(*arguments, **named)
        path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
        return contents

    monkeypatch.setattr(read, "_features", meanwhile)

    with pytest.raises(SourceError, match=r"plots\.geojson was changed while it was read"):
        vet.vet(catalog.place(site.catalog().folder))


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"], ids=repr)
def test_no_cell_of_a_csv_is_taken_for_a_formula(outputs, tmp_path, first):
    table = outputs.issues.head(1).assign(value=f"{first}1+1", field=f"a{first}")

    ledger.write_csv(table, tmp_path / "a.csv")

    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["value"] == f"'{first}1+1"
    assert row["field"] == f"a{first}"


def test_the_log_opens_with_the_states_that_are_stated(outputs):
    log = store.read(outputs.outputs["project.gpkg"], "status_log")

    assert log[["feature_id", "track", "to_state", "document_no"]].values.tolist() == [
        ["P", "approval", "approved", "2006-7"],
    ]


def test_a_second_run_keeps_the_row_of_the_first(outputs, tmp_path):
    folder = outputs.outputs["map.html"].parent
    own = shutil.copytree(folder, tmp_path / "build")

    again = landtrack.run(folder.parent / "site", out=own)

    assert len(store.read(again.outputs["project.gpkg"], "runs")) == 2


def test_a_file_of_that_name_that_is_no_store_is_not_overwritten(site, tmp_path):
    (tmp_path / "project.gpkg").write_text("my own notes")

    with pytest.raises(SourceError, match="cannot be read as a store"):
        landtrack.run(site.folder, out=tmp_path)
    assert (tmp_path / "project.gpkg").read_text() == "my own notes"


def test_reading_a_table_that_is_not_there_names_those_that_are(outputs, tmp_path):
    with pytest.raises(SourceError, match=r"no table 'verdicts'(.|\n)*measures"):
        store.read(outputs.outputs["project.gpkg"], "verdicts")
    with pytest.raises(SourceError, match=r"no store at(.|\n)*landtrack run"):
        store.read(tmp_path / "no.gpkg", "measures")


def test_a_store_that_cannot_be_written_says_so(outputs, tmp_path):
    with pytest.raises(OutputError, match=r"cannot be written(.|\n)*disk has room"):
        store.write(outputs, tmp_path / "no" / "such" / "folder.gpkg")


@pytest.fixture
def book(outputs):
    return openpyxl.load_workbook(outputs.outputs["ledger.xlsx"])


def test_the_ledger_has_a_sheet_for_projects_findings_measures_and_issues(book, outputs):
    rows = {sheet.title: sheet.max_row - 1 for sheet in book.worksheets[1:]}

    layers = outputs.measures.groupby("layer")["coverage"].agg(set)
    silent = layers.index[layers == {"no_coverage"}]
    told = ~outputs.measures["layer"].isin(silent)
    assert rows == {
        "Projects": 2, "Findings": len(outputs.findings), "Issues": len(outputs.issues),
        "Figures as written": len(outputs.written),
        "Measures": told.sum() + len(silent),  # a layer without any data is told once
    }
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref


def test_rows_beyond_one_sheet_go_on_to_another(outputs, tmp_path, monkeypatch):
    monkeypatch.setattr(ledger, "MOST_ROWS", 4)

    ledger.write_ledger(outputs, tmp_path / "ledger.xlsx")

    book = openpyxl.load_workbook(tmp_path / "ledger.xlsx")
    sheets = [name for name in book.sheetnames if name.startswith("Findings")]
    assert sheets == ["Findings", "Findings 2", "Findings 3"]
    assert sum(book[name].max_row - 1 for name in sheets) == len(outputs.findings) == 12


def cells(sheet, heading):
    column = next(each for each in sheet.columns if str(each[0].value).startswith(heading))
    return column[1:]


def test_figures_are_numbers_with_formats_and_dates_are_dates(book):
    projects = book["Projects"]

    investment = cells(projects, "Fixed-asset")[0]
    assert (investment.value, investment.number_format) == (26_000_000, "#,##0")
    accepted = cells(projects, "Accepted")[0]
    assert (accepted.value.strftime("%Y-%m-%d"), accepted.number_format) == (
        "2006-05-31", "yyyy-mm-dd",
    )
    coverage = cells(projects, "Building coverage")[0]
    assert (coverage.value, coverage.number_format) == (pytest.approx(0.6), "0.00%")
    assert [cell.value for cell in cells(projects, "Verdict")] == ["pass", "fail"]
    assert cells(projects, "Accepted")[1].value is None


def test_a_name_that_looks_like_a_formula_is_a_name(book, tmp_path):
    name = cells(book["Projects"], "Name")[0]
    assert (name.value, name.data_type) == (HOSTILE, "s")

    ledger.write_csv(pd.DataFrame({"name": [HOSTILE, "-a", "b"], "x": [-1, 2, 3]}),
                     tmp_path / "issues.csv")
    lines = (tmp_path / "issues.csv").read_text(encoding="utf-8-sig").splitlines()
    rows = list(csv.DictReader(lines))
    assert [row["name"] for row in rows] == ["'" + HOSTILE, "'-a", "b"]
    assert [row["x"] for row in rows] == ["-1", "2", "3"]


def test_findings_come_fails_first_with_the_smallest_fix(book):
    findings = book["Findings"]

    assert cells(findings, "outcome")[0].value == "fail"
    assert "6,000" in cells(findings, "Smallest fix")[0].value


def test_a_cover_says_what_the_ledger_is_of_and_leads_to_its_sheets(book):
    cover = book.worksheets[0]
    told = {row[0].value: row[1].value for row in cover.iter_rows(min_row=2)}
    counts = pd.Series(
        [cell.value for cell in cells(book["Projects"], "Verdict")]).value_counts()

    assert told["Place"] == "Small place"
    assert told["Verdicts"].startswith(f"{counts.sum()} plot")
    for verdict, count in counts.items():
        assert f"{count} {verdict}" in told["Verdicts"]
    for sheet in book.worksheets[1:]:
        assert told[sheet.title] == f"{sheet.max_row - 1:,}"
    links = [cell.hyperlink.location for (cell,) in cover.iter_rows(max_col=1) if cell.hyperlink]
    assert links == [f"'{each.title}'!A1" for each in book.worksheets[1:]]


def test_every_sheet_prints_across_with_its_heading_and_is_filtered_by_it(outputs, book):
    for sheet in book.worksheets[1:]:
        setup = sheet.page_setup
        assert (setup.orientation, setup.fitToWidth or 1, setup.fitToHeight) == ("landscape", 1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.oddFooter.center.text == "&P / &N"
        last = openpyxl.utils.get_column_letter(sheet.max_column)
        assert sheet.auto_filter.ref == f"A1:{last}{max(sheet.max_row, 2)}"
        widths = {at: each.width for each in sheet.column_dimensions.values()
                  for at in range(each.min, each.max + 1)}
        for at, column in enumerate(sheet.iter_cols(values_only=True), start=1):
            longest = max(translations.places(str(each or "")) for each in column[1:] or [""])
            if isinstance(column[-1], str):
                assert widths[at] >= min(longest + 1, 42), (sheet.title, column[0])
    assert len({cell.value for cell in cells(book["Findings"], "Index")}) > 1
    path = outputs.outputs["ledger.xlsx"]
    assert openxml_audit.OpenXmlValidator().validate(path).errors == []


def test_the_ledger_speaks_the_language_asked_for(site, tmp_path):
    landtrack.run(site.folder, out=tmp_path, lang="zh")
    book = openpyxl.load_workbook(tmp_path / "ledger.xlsx")

    assert book.sheetnames == ["封面", "项目台账", "指标核查", "量算结果", "数据问题", "数据原值"]
    assert cells(book["项目台账"], "结论")[0].value == "符合"


def test_csv_tables_hold_what_the_tables_hold(outputs):
    findings = pd.read_csv(outputs.outputs["findings.csv"], encoding="utf-8-sig")
    issues = pd.read_csv(outputs.outputs["issues.csv"], encoding="utf-8-sig")

    assert findings["outcome"].tolist() == outputs.findings["outcome"].tolist()
    assert findings["value"].dropna().tolist() == outputs.findings["value"].dropna().tolist()
    assert Issue.NOT_A_NUMBER in issues["issue"].tolist()


def test_the_same_input_gives_the_same_ledger_tables_and_map(site, tmp_path):
    one, two = (landtrack.run(site.folder, out=tmp_path / name).outputs for name in "ab")

    for name in ("map.html", "ledger.xlsx", "findings.csv", "issues.csv"):
        assert one[name].read_bytes() == two[name].read_bytes(), name


@pytest.fixture
def of_a_project(site, tmp_path):
    """Run a place with a project of two plots, one of which fails alone, and a single plot."""
    site.layer("plots", [
        site.plot("A", box(0, 0, 10, 100), project_id="P", fixed_investment_cny=20e6),
        site.plot("B", box(20, 0, 110, 100), project_id="P", fixed_investment_cny=20e6),
        site.plot("C", box(200, 0, 300, 100), project_id="Q", fixed_investment_cny=None),
    ], amounts_of="plot")
    return landtrack.run(site.folder, out=tmp_path / "build")


def test_the_ledger_tells_whole_projects_by_their_sums(of_a_project):
    book = openpyxl.load_workbook(of_a_project.outputs["ledger.xlsx"])

    sheet = book["Whole projects"]
    rows = [[cell.value for cell in row][:5] for row in sheet.iter_rows()]
    assert rows == [
        ["Project", "Verdict", "Plots", "Investment intensity (≥ 2,500 CNY/m²)",
         "Investment intensity outcome"],
        ["P", "pass", "A, B", 4000, "pass"],
        ["Q", "fail", "C", None, "unknown"],
    ]


def test_the_store_keeps_the_findings_on_whole_projects(of_a_project):
    path = of_a_project.outputs["project.gpkg"]

    table = store.read(path, "project_findings")

    assert table["plot_id"].drop_duplicates().tolist() == ["P", "Q"]
    assert len(table) == len(of_a_project.projects)


def test_where_every_project_is_one_plot_there_is_no_second_table(outputs):
    book = openpyxl.load_workbook(outputs.outputs["ledger.xlsx"])

    assert "Whole projects" not in book.sheetnames


def test_a_second_run_keeps_the_row_of_a_first_that_knew_less(site, tmp_path):
    path = landtrack.run(site.folder, out=tmp_path / "build").outputs["project.gpkg"]
    older = sqlite3.connect(path)
    older.execute("ALTER TABLE runs DROP COLUMN rules_on")
    older.commit()
    older.close()
    landtrack.run(site.folder, out=tmp_path / "build")

    told = store.read(path, "runs")["rules_on"]

    assert [each or "" for each in told] == ["", ""]


def test_a_folder_that_cannot_be_written_is_told_before_the_work(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    done = []

    with pytest.raises(OutputError):
        vet.run(out=tmp_path / "build", tell=lambda *step: done.append(step))

    assert done == []
    assert not (tmp_path / "build").exists()
