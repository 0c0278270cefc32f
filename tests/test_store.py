"""A store is the same in a GeoPackage and in PostGIS: what goes in comes out, guarded alike."""

import datetime as dt
import subprocess
import sys
import uuid

import geopandas as gpd
import gis
import kill_writer
import pandas as pd
import pyogrio
import pytest
import shapely
import stores
import writer
from builders import CRS, Site, box
from click.testing import CliRunner

import landtrack
from landtrack import store, tracking
from landtrack.app import track, vet
from landtrack.cli.main import main
from landtrack.model import catalog
from landtrack.model.errors import OutputError, SourceError
from landtrack.store import session, sheet_register

pytestmark = pytest.mark.usefixtures("store_alone")


@pytest.fixture(scope="module")
def park(demo_store):
    """Give the store of the demo place: seventeen layers, nearly six hundred events."""
    return demo_store


@pytest.fixture(scope="module")
def small(tmp_path_factory, store_alone):  # noqa: ARG001
    """Give the store of a place of two parcels, one of them approved."""
    site = of_two_parcels(tmp_path_factory.mktemp("small") / "site")
    landtrack.run(site.folder, out=site.folder.parent)
    return site.folder.parent / "project.gpkg"


def of_two_parcels(folder):
    site = Site(folder)
    site.head["as_of"] = dt.date(2006, 12, 31)
    site.layer("parcels", [
        (box(0, 0, 60, 100), {"parcel_id": "P", "owner": "X村"}),
        (box(60, 0, 100, 100), {"parcel_id": "Q", "state": "approved", "state_on": "2006-11-20"}),
    ])
    return site


@pytest.fixture
def shared():
    """Name a store in a database that is not there yet."""
    named = stores.fresh()
    yield named
    stores.dropped(named)


UNORDERED = {"landtrack_store": ["key"], "states": ["layer", "feature_id", "track"]}


def assert_alike(one, other, *, but=()):
    """Insist that two stores hold the same, row by row, type by type."""
    assert set(store.names(one)) - set(but) == set(store.names(other)) - set(but)
    for name in sorted(set(store.names(one)) - set(but)):
        left, right = store.read(one, name), store.read(other, name)
        if by := UNORDERED.get(name):
            left, right = (each.sort_values(by, ignore_index=True) for each in (left, right))
        pd.testing.assert_frame_equal(left, right)
        if isinstance(left, gpd.GeoDataFrame):
            assert left.crs == right.crs
            assert left.geometry.to_wkb().tolist() == right.geometry.to_wkb().tolist()


def test_a_whole_store_goes_to_a_database_and_back_and_nothing_is_lost(park, shared, tmp_path):
    back = tmp_path / "back.gpkg"

    assert store.copy(park, shared) == store.copy(shared, back) > 500
    assert_alike(park, shared)
    assert_alike(park, back)
    assert store.log.read(park) == store.log.read(shared) == store.log.read(back)
    assert track.faults(shared) == track.faults(back) == []
    for name in gis.layers(park):
        assert pyogrio.read_info(park, layer=name)["ogr_types"] == (
            pyogrio.read_info(back, layer=name)["ogr_types"])
        assert gis.schema(park, name) == gis.schema(back, name)


def test_a_store_goes_from_one_schema_to_another(small, shared):
    other = stores.fresh()
    try:
        store.copy(small, shared)
        store.copy(shared, other)
        assert_alike(shared, other)
        with pytest.raises(OutputError, match="already a store"):
            store.copy(small, other)
    finally:
        stores.dropped(other)


def test_what_other_programs_put_into_a_store_goes_along(tmp_path, shared):
    """Heights, several kinds of shapes in a layer, gaps in numbers, dates, times with zones."""
    site = Site(tmp_path / "site")
    landtrack.run(site.folder, out=tmp_path)
    path = tmp_path / "project.gpkg"
    frame = gpd.GeoDataFrame({
        "n": pd.array([1, None], dtype="Int64"), "yes": pd.array([True, None], dtype="boolean"),
        "at": pd.to_datetime(["2006-05-04T10:00:00Z", None]), "名称": ["甲'\t\\N", None],
    }, geometry=[shapely.Point(1, 2, 3), None], crs="EPSG:4326")
    frame.to_file(path, layer="levels")
    mixed = gpd.GeoDataFrame(
        {"k": ["a", "b"]}, geometry=[box(0, 0, 1, 1), shapely.Point(0, 0)], crs=CRS)
    mixed.to_file(path, layer="mixed")
    back = tmp_path / "back.gpkg"

    store.copy(path, shared)
    store.copy(shared, back)

    assert_alike(path, shared)
    assert_alike(path, back)
    for name in ("levels", "mixed"):
        assert pyogrio.read_info(path, layer=name)["ogr_types"] == (
            pyogrio.read_info(back, layer=name)["ogr_types"])
        assert pyogrio.read_info(path, layer=name)["geometry_type"] == (
            pyogrio.read_info(back, layer=name)["geometry_type"])


def test_a_gis_finds_layers_with_their_crs_and_an_index(small, shared):
    store.copy(small, shared)
    rows = stores.rows(
        shared, "SELECT type, srid FROM geometry_columns "
        "WHERE f_table_schema = current_schema() AND f_table_name = 'plots'")
    indexed = stores.rows(
        shared, "SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema() "
        "AND tablename = 'plots' AND indexdef LIKE '%gist%'")

    assert rows == [("POLYGON", 4529)]
    assert indexed == [(1,)]


def test_a_log_that_does_not_hold_does_not_enter_a_database(park, shared, tmp_path):
    path = next(stores.kept("geopackage", park, tmp_path))
    stores.meddled(path, "DELETE FROM status_log WHERE event = 7")

    with pytest.raises(OutputError, match="does not follow the last one"):
        store.copy(path, shared)
    assert not store.exists(shared)


def test_the_database_takes_no_event_that_does_not_follow_the_last_one(small, shared):
    store.copy(small, shared)
    columns = ", ".join(f'"{name}"' for name in session.LOG.columns)
    others = ", ".join(
        f'"{name}"' for name in session.LOG.columns if name not in ("event", "sha256"))
    for number in (1, 10_000):
        with pytest.raises(Exception, match=r"does not follow|unique"):
            stores.execute(
                shared, f"INSERT INTO status_log ({columns}) SELECT {number}, {others}, 'x' "  # noqa: S608
                "FROM status_log WHERE event = 1")
    with pytest.raises(Exception, match="only grows"):
        stores.execute(shared, "TRUNCATE status_log")
    assert track.faults(shared) == []


@pytest.mark.parametrize(("written", "shown"), [
    ("postgresql://li:secret@db.example.org:5433/parks?schema=x_park",
     "postgresql://li@db.example.org:5433/parks?schema=x_park"),
    ("postgres:///parks?host=/run/pg&password=secret",
     "postgresql:///run/pg/parks?schema=landtrack"),
])
def test_an_address_is_told_without_its_password(written, shown):
    address = store.address.parse(written)

    assert str(address) == shown
    assert "secret" not in repr(address)
    assert "secret" in address.url


@pytest.mark.parametrize(("written", "said"), [
    ("https://example.org/store", "names no store"),
    ("postgresql://host", "names no store"),
    ("postgresql://host/db?schema=Bad Name", "cannot be the schema"),
    ("postgresql://host/db?schema=pg_own", "cannot be the schema"),
])
def test_an_address_that_names_no_store_is_told(written, said):
    with pytest.raises(SourceError, match=said):
        store.address.parse(written)


def test_a_server_that_is_not_there_is_told(tmp_path):
    pytest.importorskip("sqlalchemy")
    with pytest.raises(SourceError, match=r"cannot be reached(.|\n)*Check the address"):
        track.tracked(store.address.parse(f"postgresql:///parks?host={tmp_path}"))


def test_a_schema_without_a_store_is_told(shared):
    with pytest.raises(SourceError, match=r"no store at(.|\n)*landtrack store copy"):
        track.tracked(shared)
    with pytest.raises(SourceError, match="no store at"):
        store.read(shared, "plots")


def test_what_speaks_with_databases_is_loaded_when_a_database_is_named_and_its_lack_is_told():
    code = (
        "import sys, landtrack\n"
        "from landtrack import store\nfrom landtrack.app import track\n"
        "assert not {'sqlalchemy', 'psycopg', 'geoalchemy2'} & set(sys.modules)\n"
        "sys.modules['sqlalchemy'] = None\n"
        "try:\n    track.tracked(store.address.parse('postgresql://host/db'))\n"
        "except store.backends.SourceError as error:\n    print(error)\n"
    )
    said = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert 'pip install "landtrack[postgis]"' in said.stdout


# --- runs and sheets ----------------------------------------------------------------------


def ran(site, shared, out, *words):
    return CliRunner().invoke(main, [
        "run", str(site.folder), "--out", str(out), "--store", stores.written(shared), *words])


@pytest.fixture
def place(tmp_path):
    """Give a place of two parcels."""
    return of_two_parcels(tmp_path / "site")


def test_a_run_goes_on_from_a_shared_store_and_brings_it_up_to_the_run(place, shared, tmp_path):
    first = ran(place, shared, tmp_path / "build")
    assert first.exit_code in (0, 1, 3), first.output
    applied(shared, "survey", "P")
    place.layer("buildings", [])
    place.layer("plots", [place.plot("A", box(0, 0, 50, 100), fixed_investment_cny=2e7)])
    again = ran(place, shared, tmp_path / "build")

    assert again.exit_code in (0, 1, 3), again.output
    assert [each.action for each in store.log.read(shared).events] == ["recorded", "survey"]
    assert_alike(tmp_path / "build" / "project.gpkg", shared)
    assert track.faults(shared) == []
    assert len(store.read(shared, "runs")) == 2
    assert store.read(shared, "plots").geometry.area.tolist() == [5000.0]


def test_a_run_of_an_earlier_day_leaves_the_layers_of_a_shared_store_as_they_are(
    place, shared, tmp_path
):
    assert ran(place, shared, tmp_path / "build").exit_code in (0, 1, 3)
    before = {name: store.read(shared, name).to_csv() for name in ("parcels", "runs")}
    earlier = ran(place, shared, tmp_path / "old", "--as-of", "2006-11-19")

    assert earlier.exit_code in (0, 1, 3), earlier.output
    assert store.read(tmp_path / "old" / "project.gpkg", "parcels")["state"].isna().all()
    assert {name: store.read(shared, name).to_csv() for name in ("parcels", "runs")} == before
    assert store.log.read(shared) == store.log.read(tmp_path / "old" / "project.gpkg")
    assert ran(place, shared, tmp_path / "old").exit_code in (0, 1, 3)


def test_a_run_does_not_replace_what_is_not_its_own(place, shared, tmp_path):
    landtrack.run(place.folder, out=tmp_path / "other")
    applied(tmp_path / "other" / "project.gpkg", "survey", "P")
    assert ran(place, shared, tmp_path / "build").exit_code in (0, 1, 3)
    before = store.log.read(shared)

    lost = ran(place, shared, tmp_path / "other")
    place.head["id"] = "elsewhere"
    place.catalog()
    foreign = ran(place, shared, tmp_path / "build")
    file = CliRunner().invoke(main, ["run", str(place.folder), "--store", str(tmp_path / "x.gpkg")])

    assert lost.exit_code == foreign.exit_code == file.exit_code == 2
    assert "has events that the shared store has not" in lost.output
    assert "store of the place site, not elsewhere" in foreign.output
    assert "writes its store into --out" in file.output
    assert store.log.read(shared) == before


def test_readers_read_on_while_a_run_is_brought_in(place, shared, tmp_path):
    """Also of a layer whose columns change: what they see is the store as it was."""
    assert ran(place, shared, tmp_path / "build").exit_code in (0, 1, 3)
    place.layer("parcels", [(shapely.MultiPolygon([box(0, 0, 9, 9), box(20, 0, 29, 9)]),
                             {"parcel_id": "P"})])
    landtrack.run(place.folder, out=tmp_path / "later")
    read = []

    def meanwhile(_):
        read.extend(len(store.read(shared, name)) for name in ("parcels", "plots"))
        assert track.faults(shared) == []

    with store.geopackage.reading(tmp_path / "later" / "project.gpkg") as made:
        store.backends.of(shared).fill(shared, map(made.get, made.frames()), meanwhile)
    assert read == [2, 1]
    assert len(store.read(shared, "parcels")) == 1


def test_a_run_killed_while_it_is_brought_in_leaves_all_or_nothing_of_it(
    place, shared, tmp_path
):
    files = []
    for number in (1, 2):
        place.layer("parcels", [(box(20 * each, 0, 20 * each + 9, 9), {"parcel_id": f"P{each}"})
                                for each in range(number)])
        place.layer("villages", [(box(20 * each, 0, 20 * each + 9, 9), {"village_id": f"V{each}"})
                                 for each in range(number)])
        landtrack.run(place.folder, out=tmp_path / str(number))
        files.append(tmp_path / str(number) / "project.gpkg")
    store.bring(files[0], shared)

    def whole(_):
        assert track.faults(shared) == []
        assert len(store.read(shared, "parcels")) == len(store.read(shared, "villages"))

    assert kill_writer.interrupted(
        writer.bring, (files, shared), whole, 8, seed=8, within=0.4) > 0


def test_an_event_entered_while_a_run_is_at_work_is_not_lost(place, shared, tmp_path):
    assert ran(place, shared, tmp_path / "build").exit_code in (0, 1, 3)
    result = vet.vet(catalog.place(place.folder), log=store.log.read(shared).events)
    applied(shared, "survey", "P")

    with pytest.raises(OutputError, match="run again"):
        vet.write(result, tmp_path / "build", shared=shared)
    assert len(store.log.read(shared).rows) == 2


def test_sheets_are_printed_from_a_shared_store_and_registered_in_it(park, shared, tmp_path):
    store.copy(park, shared)
    words = ["sheet", "parcel", "ZD-001", "--by", "Li", "--checked", "Wang", "--draft"]

    said = [
        CliRunner().invoke(main, [*words, "--store", stores.written(each),
                                  "--out", str(tmp_path / f"{number}.pdf")])
        for number, each in enumerate((shared, park, shared))
    ]

    assert [each.exit_code for each in said] == [0, 0, 0], said[0].output
    assert (tmp_path / "0.pdf").read_bytes() == (tmp_path / "1.pdf").read_bytes()
    ((number, revision),) = [
        (row["number"], row["revision"]) for row in sheet_register.rows(shared)
    ]
    assert (number, revision) == ("x-park-2006-parcel-ZD-001", 1)
    assert CliRunner().invoke(main, ["verify", str(tmp_path / "2.pdf"), "--store",
                                     stores.written(shared)]).exit_code == 0


# --- who may do what ----------------------------------------------------------------------


@pytest.fixture
def people(small):
    """Give a store made by one who is no superuser, and the addresses of three others."""
    suffix = uuid.uuid4().hex[:8]
    maker, *others = (f"{name}_{suffix}" for name in ("maker", "rita", "pan", "ken"))
    first = stores.fresh()
    stores.execute(
        first, "CREATE EXTENSION IF NOT EXISTS postgis",
        f"CREATE ROLE {maker} LOGIN CREATEROLE", f"GRANT CREATE ON DATABASE landtrack TO {maker}",
        *(f"CREATE ROLE {name} LOGIN" for name in others),
    )
    own = stores.as_user(first, maker)
    try:
        store.copy(small, own)
        yield own, *(stores.as_user(first, name) for name in others)
    finally:
        stores.dropped(first)
        role = f"landtrack_landtrack_{first.schema}"
        stores.execute(
            first, f"DROP ROLE IF EXISTS {role}", f"REVOKE ALL ON DATABASE landtrack FROM {maker}",
            *(f"DROP ROLE {name}" for name in (maker, *others)),
        )


def who(address):
    return address.name.split("//")[1].split("@")[0]


def applied(address, action="demarcate", key="Q"):
    told = tracking.Event(event=0, layer="", feature_id="", track="", at="2006-12-01", action="",
                        document_no="d")
    return track.apply(address, action, [key], told)


def test_each_may_do_what_the_database_grants_and_no_more(people):
    made, reader, planner, keeper = people
    with pytest.raises(SourceError, match=r"may not do this(.|\n)*landtrack store grant"):
        track.tracked(reader)
    for address, may in ((reader, "reader"), (planner, "planner"), (keeper, "keeper")):
        said = CliRunner().invoke(main, ["store", "grant", stores.written(made), may,
                                         who(address)])
        assert said.exit_code == 0, said.output
        assert track.faults(address) == []

    with pytest.raises(OutputError, match="may not do this"):
        applied(reader)
    (event,) = applied(planner)
    assert event.by == who(planner)
    for forged in ("UPDATE status_log SET at = '2005'", "DELETE FROM status_log",
                   "ALTER TABLE status_log DISABLE TRIGGER USER", "DELETE FROM plots",
                   "UPDATE landtrack_store SET value = '0' WHERE key = 'count'"):
        with pytest.raises(Exception, match=r"permission denied|must be owner"):
            stores.execute(planner, forged)
    for forged in ("UPDATE status_log SET at = '2005'", "DROP TABLE status_log",
                   "ALTER TABLE status_log DISABLE TRIGGER USER"):
        with pytest.raises(Exception, match=r"permission denied|must be owner"):
            stores.execute(keeper, forged)
    assert track.faults(reader) == []


def test_who_checks_issues_sheets_and_enters_no_event(people, tmp_path):
    made, checker, planner, _ = people
    store.grant(made, "checker", who(checker))
    store.grant(made, "planner", who(planner))
    words = ["sheet", "parcel", "Q", "--by", "Li", "--checked", "Wang", "--on", "2006-12-31",
             "--store", stores.written(checker), "--out", str(tmp_path / "sheet.pdf")]

    issued = CliRunner().invoke(main, words)

    assert issued.exit_code == 0, issued.output
    assert [row["revision"] for row in sheet_register.rows(planner)] == [1]
    with pytest.raises(OutputError, match="may not do this"):
        applied(checker)
    for forged in ("INSERT INTO status_log (event) VALUES (9)",
                   "INSERT INTO landtrack_evidence (sha256) VALUES ('x')",
                   "DELETE FROM states", "DELETE FROM findings",
                   "DELETE FROM landtrack_layers"):
        with pytest.raises(Exception, match="permission denied"):
            stores.execute(checker, forged)
    applied(planner)  # who enters is another one
    assert track.faults(checker) == []


def test_a_keeper_brings_a_store_up_to_a_run_and_readers_read_what_is_new(people, place, tmp_path):
    """Also where the columns of a layer are others than before, and with another keeper."""
    made = people[0]
    shared = [
        store.address.parse(stores.written(each).replace(made.schema, f"{made.schema}b"))
        for each in people
    ]
    try:
        assert ran(place, shared[0], tmp_path / "a").exit_code in (0, 1, 3)
        reader, planner, keeper = shared[1:]
        for address, may in ((reader, "reader"), (planner, "planner"), (keeper, "keeper")):
            store.grant(shared[0], may, who(address))
        place.layer("parcels", [(box(0, 0, 60, 100), {"parcel_id": "P"}),
                                (shapely.MultiPolygon([box(60, 0, 70, 9), box(80, 0, 99, 9)]),
                                 {"parcel_id": "Q"})])
        place.layer("villages", [(box(0, 0, 9, 9), {"village_id": "V"})])

        refused = ran(place, planner, tmp_path / "c")
        done = ran(place, keeper, tmp_path / "d")

        assert refused.exit_code == 2
        assert "may not do this" in refused.output
        assert done.exit_code in (0, 1, 3), done.output
        assert store.read(reader, "villages")["village_id"].tolist() == ["V"]
        assert_alike(reader, tmp_path / "d" / "project.gpkg", but=["sheets"])
        applied(planner, "survey", "P")
        assert ran(place, shared[0], tmp_path / "a").exit_code in (0, 1, 3)
        assert track.faults(reader) == []
    finally:
        stores.dropped(stores.as_user(shared[0], "postgres"))


def test_what_was_granted_is_taken_back(people):
    made, _, planner, keeper = people
    for address in (planner, keeper):
        store.grant(made, "keeper", who(address))
        store.grant(made, "reader", who(address))
        assert len(track.tracked(address).log) == 1
        with pytest.raises(OutputError, match="may not do this"):
            applied(address)
        store.grant(made, "none", who(address))
        with pytest.raises(SourceError, match="may not do this"):
            track.tracked(address)


def test_grants_are_told_and_not_run_when_asked_so(people):
    made, reader, *_ = people
    said = CliRunner().invoke(
        main, ["store", "grant", stores.written(made), "reader", who(reader), "--sql"])

    schema, name = made.schema, who(reader)
    assert f'GRANT SELECT ON ALL TABLES IN SCHEMA "{schema}" TO "{name}";' in said.output
    with pytest.raises(SourceError, match="may not do this"):
        track.tracked(reader)
    with pytest.raises(SourceError, match=r"no user 'nobody'(.|\n)*CREATE ROLE"):
        store.grant(made, "reader", "nobody")
    with pytest.raises(OutputError, match="may not do this"):
        store.grant(reader, "keeper", who(reader))


def test_a_file_has_no_grants(park):
    with pytest.raises(SourceError, match="is a file"):
        store.grant(park, "reader", "li")
