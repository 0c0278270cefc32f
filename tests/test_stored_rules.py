"""What is drawn from a store shows the limits that its findings were judged by, no others."""

import sqlite3

import msgspec
import pytest
from builders import box
from click.testing import CliRunner
from stores import sealed

from landtrack import store
from landtrack.cli.main import main
from landtrack.model import catalog
from landtrack.store import assessment


def typed(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


@pytest.fixture
def judged(site, tmp_path, monkeypatch):
    """Judge a place by version 1 of its pack; version 2, with another limit, comes after."""
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    assert typed("run", site.folder, "--out", tmp_path / "build").exit_code == 0
    shipped = catalog.data_file("rules", "x-park-2006").read_text(encoding="utf-8")
    newer = shipped.replace('version = "1"', 'version = "2"').replace(
        "threshold = 2500.0", "threshold = 9999.0"
    ).replace("2500元", "9999元").replace("2,500 CNY", "9,999 CNY")
    rules = tmp_path / "data" / "rules"
    rules.mkdir(parents=True)
    (rules / "x-park-2006.toml").write_text(newer, encoding="utf-8")
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path / "data"))
    assert catalog.rule_pack("x-park-2006").rule[0].threshold == 9999.0
    return tmp_path / "build" / "project.gpkg"


def test_sheets_of_an_older_run_have_the_rules_of_that_run(judged):
    rule = assessment.load(judged).rules["investment-intensity"]

    assert rule.threshold == 2500.0
    assert "2,500" in rule.text["en"]


def test_the_map_drawn_anew_has_the_rules_of_that_run(judged, tmp_path):
    assert typed("map", "--store", judged, "--out", tmp_path / "again").exit_code == 0

    page = (tmp_path / "again" / "map.html").read_text(encoding="utf-8")
    assert "2,500 CNY" in page
    assert "9,999 CNY" not in page


def without_rules(judged, path):
    """Make the store one of before rules were kept."""
    store.geopackage.snapshot(judged, path)
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE rules")
        db.execute("DELETE FROM gpkg_contents WHERE table_name = 'rules'")
        db.execute("DELETE FROM gpkg_ogr_contents WHERE table_name = 'rules'")
    db.close()
    sealed(path)
    return path


@pytest.mark.parametrize("edited", [True, False], ids=["another version now", "the same name now"])
def test_nothing_is_drawn_from_a_store_that_kept_no_rules(judged, tmp_path, monkeypatch, edited):
    """A pack can be edited without another version: its name proves nothing."""
    if not edited:
        monkeypatch.delenv("LANDTRACK_DATA")
    older = without_rules(judged, tmp_path / "older.gpkg")

    drawn = typed("map", "--store", older, "--out", tmp_path / "again")
    sheet = typed("sheet", "project", "A", "--store", older, "--by", "x", "--checked", "y",
                  "--out", tmp_path / "sheet.pdf")

    for result in (drawn, sheet):
        assert result.exit_code == 2
        assert "was judged by x-park-2006@1, of which it kept no copy" in result.stderr
        assert "Make the store again with `landtrack run`" in result.stderr


def test_the_migration_says_what_cannot_be_drawn_until_the_next_run(judged, tmp_path):
    whole = typed("store", "migrate", judged)
    older = typed("store", "migrate", without_rules(judged, tmp_path / "older.gpkg"))

    assert "kept no copy" not in whole.stdout
    assert "It kept no copy of the rules that it was judged by" in older.stdout


def test_the_stored_rules_are_those_of_the_catalog_whole(judged, monkeypatch):
    monkeypatch.delenv("LANDTRACK_DATA")

    (kept,) = store.rules(judged, store.last_run(judged))
    assert msgspec.json.encode(kept) == msgspec.json.encode(catalog.rule_pack("x-park-2006"))
