"""A shared store holds against those who may write into it, by whatever program they come."""

import hashlib
import json
import uuid

import psycopg
import pytest
import stores
from builders import Site, box

import landtrack
from landtrack import store, tracking
from landtrack.app import draw_map, track
from landtrack.model import STATUS_COLUMNS
from landtrack.model.errors import SourceError
from landtrack.store import session
from landtrack.tracking import START


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Give a store made by one who is no superuser but may make roles, a planner and a keeper."""
    site = Site(tmp_path_factory.mktemp("office") / "site")
    site.layer("parcels", [
        (box(10 * at, 0, 10 * at + 10, 100), {"parcel_id": f"ZD-00{at}"}) for at in range(1, 5)
    ])
    out = tmp_path_factory.mktemp("run")
    landtrack.run(site.folder, out=out)
    suffix = uuid.uuid4().hex[:8]
    boss, pan, kim = (f"{name}_{suffix}" for name in ("boss", "pan", "kim"))
    first = stores.fresh()
    stores.execute(
        first, "CREATE EXTENSION IF NOT EXISTS postgis",
        f"CREATE ROLE {boss} LOGIN CREATEROLE", f"GRANT CREATE ON DATABASE landtrack TO {boss}",
        f"CREATE ROLE {pan} LOGIN", f"CREATE ROLE {kim} LOGIN",
        f"CREATE SCHEMA own_{pan} AUTHORIZATION {pan}",
        f"CREATE SCHEMA own_{kim} AUTHORIZATION {kim}",
    )
    own = stores.as_user(first, boss)
    try:
        store.copy(out / "project.gpkg", own)
        store.grant(own, "planner", pan)
        store.grant(own, "keeper", kim)
        yield {"boss": own, "pan": stores.as_user(first, pan), "kim": stores.as_user(first, kim)}
    finally:
        stores.dropped(first)
        stores.execute(
            first, f"DROP SCHEMA own_{pan} CASCADE", f"DROP SCHEMA own_{kim} CASCADE",
            f"REVOKE ALL ON DATABASE landtrack FROM {boss}",
            *(f"DROP OWNED BY {name}" for name in (boss, pan, kim)),
            *(f"DROP ROLE {name}" for name in (boss, pan, kim)),
        )


def said_by(address, script):
    """Run a script as psql does: statement by statement, whatever is refused; give the refusals."""
    refused = []
    with psycopg.connect(address.url, autocommit=True) as db:
        for each in statements(script):
            try:
                db.execute(each)
            except psycopg.Error as error:
                refused.append(str(error).splitlines()[0])
    return refused


def statements(script):
    """Part a script at its semicolons, but not within a body."""
    made, within = [""], False
    for line in script.splitlines():
        within ^= line.count("$f$") % 2 == 1
        made[-1] += line + "\n"
        if line.rstrip().endswith(";") and not within:
            made.append("")
    return [each for each in made if each.strip() and not each.strip().startswith("--\n")]


def user(address):
    return address.name.split("//")[1].split("@")[0]


def applied(address, key, action="demarcate"):
    """Enter an ordinary event."""
    told = tracking.Event(event=0, layer="", feature_id="", track="", at="2006-12-01", action="",
                        document_no="d")
    return track.apply(address, action, [key], told)


def insist_that_all_holds(office):
    """Insist that the guards stand, nothing was changed, and nobody became more than they were."""
    assert track.faults(office["boss"]) == []
    asked = "SELECT rolname FROM pg_roles WHERE rolsuper OR rolcreaterole"
    mighty = {name for (name,) in stores.rows(stores.as_user(office["boss"], "postgres"), asked)}
    assert not mighty & {user(office["pan"]), user(office["kim"])}


@pytest.mark.fault("59-keeper-shadows-lag")
def test_a_keeper_cannot_replace_a_guard_by_an_aggregate_of_that_name(office, fault):
    boss, kim = office["boss"], office["kim"]
    script = (fault / "keeper.sql").read_text(encoding="utf-8")
    script = script.replace("park", boss.schema).replace("kim", user(kim))
    before = store.log.read(boss).rows

    refused = said_by(kim, script)

    assert any(f"permission denied for schema {boss.schema}" in each for each in refused)
    applied(kim, "ZD-001")
    applied(boss, "ZD-002")
    assert len(store.log.read(boss).rows) == len(before) + 2
    emptied = said_by(kim, f"TRUNCATE {boss.schema}.status_log;")
    assert "permission denied" in "".join(emptied)
    insist_that_all_holds(office)


ATTACKS = {
    "a function of the name of a guard":
        "CREATE OR REPLACE FUNCTION {s}.only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$f$ BEGIN RETURN NULL; END $f$;",
    "an operator for texts in a schema that comes first":
        "CREATE FUNCTION {o}.ne(text, text) RETURNS boolean LANGUAGE sql AS $f$ SELECT false $f$;\n"
        "CREATE OPERATOR {o}.<> (leftarg = text, rightarg = text, function = {o}.ne);\n"
        "ALTER ROLE {me} SET search_path = {o}, {s}, pg_catalog;\n"
        "SET search_path = {o}, {s}, pg_catalog;\n"
        "UPDATE {s}.status_log SET at = '2005';",
    "a cast": "CREATE CAST (text AS bigint) WITH INOUT AS IMPLICIT;",
    "an aggregate in the schema of the store":
        "CREATE AGGREGATE {s}.lag(text, integer, text) (sfunc = textcat, stype = text);",
    "a function in public": "CREATE FUNCTION public.sha256(bytea) RETURNS bytea LANGUAGE sql AS "
        "$f$ SELECT ''::bytea $f$;",
    "temporary tables named like those of the store":
        "CREATE TEMP TABLE landtrack_store (key text, value text);\n"
        "CREATE TEMP TABLE fresh (LIKE {s}.status_log);\n"
        "CREATE TEMP TABLE status_log (LIKE {s}.status_log);\n"
        "INSERT INTO landtrack_store VALUES ('count', '0'), ('head', 'x');\n"
        "SET search_path = pg_temp, {s};\n"
        "INSERT INTO {s}.status_log SELECT * FROM {s}.status_log;",
    "triggers off": "ALTER TABLE {s}.status_log DISABLE TRIGGER ALL;",
    "triggers of a replica": "SET session_replication_role = replica;\n"
        "DELETE FROM {s}.status_log;",
    "an emptied log": "TRUNCATE {s}.status_log;",
    "emptied seals": "TRUNCATE {s}.landtrack_seals;",
    "altered seals": "UPDATE {s}.landtrack_seals SET said = '';",
    "a rule": "CREATE RULE no AS ON INSERT TO {s}.status_log DO INSTEAD NOTHING;",
    "a rule on a layer": "CREATE RULE no AS ON INSERT TO {s}.plots DO INSTEAD NOTHING;",
    "a trigger on a layer, run with the rights of whoever writes":
        "CREATE FUNCTION {o}.up() RETURNS trigger LANGUAGE plpgsql AS "
        "$f$ BEGIN EXECUTE 'ALTER ROLE {me} SUPERUSER'; RETURN NULL; END $f$;\n"
        "CREATE TRIGGER up AFTER INSERT ON {s}.plots EXECUTE FUNCTION {o}.up();",
    "the guard's own function on another table":
        "CREATE TABLE {o}.status_log AS SELECT * FROM {s}.status_log;\n"
        "CREATE TRIGGER t AFTER INSERT ON {o}.status_log REFERENCING NEW TABLE AS fresh "
        "FOR EACH STATEMENT EXECUTE FUNCTION {s}.log_grows();\n"
        "INSERT INTO {o}.status_log SELECT * FROM {s}.status_log;",
    "another's role": "SET ROLE {boss};\nDELETE FROM {s}.status_log;",
    "another's session": "SET SESSION AUTHORIZATION {boss};\nDELETE FROM {s}.status_log;",
    "a trigger on events of the database": "CREATE EVENT TRIGGER e ON ddl_command_start "
        "EXECUTE FUNCTION {s}.only_grows();",
    "a table that inherits": "CREATE TABLE {o}.more () INHERITS ({s}.status_log);",
    "a head of the log": "UPDATE {s}.landtrack_store SET value = '0';",
    "the store's own table as a layer": "SELECT {s}.layer_drop('status_log');\n"
        "SELECT {s}.layer_swap('status_log', 'plots');\nSELECT {s}.layer_swap('plots', 'states');",
    "a column that is more than a column":
        "SELECT {s}.layer_make('x', '[{{\"name\": \"a text); DROP TABLE {s}.states; --\", "
        "\"type\": \"text); DROP TABLE {s}.states; --\"}}]');",
    "evidence of another hash": "INSERT INTO {s}.landtrack_evidence (sha256, suffix, content) "
        "VALUES (repeat('a', 64), '.pdf', 'x');",
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("name", ["pan", "kim"])
@pytest.mark.fault("59-keeper-shadows-lag")
def test_neither_planner_nor_keeper_gets_around_the_guards(office, name, attack):
    mine = office[name]
    before = store.log.read(office["boss"])
    script = ATTACKS[attack].format(
        s=mine.schema, me=user(mine), boss=user(office["boss"]), o=f"own_{user(mine)}"
    )

    assert said_by(mine, script), "nothing was refused"

    assert store.log.read(office["boss"]) == before
    insist_that_all_holds(office)


def row(office, **changes):
    """Make the next row of the log as landtrack would, and change it."""
    kept = store.log.read(office["boss"])
    event = tracking.Event(**{
        "event": len(kept.rows) + 1, "layer": "parcels", "feature_id": "ZD-003",
        "track": "approval", "at": "2006-12-01", "action": "approve", "from_state": "approved",
        "to_state": "compensated", "document_no": "forged", "by": "某局长", "undoes": 0,
        "recorded_at": clock(office), "entered_by": user(office["pan"]), **changes,
    })
    link = tracking.links([event], kept.head)[0]
    return dict(zip(session.LOG.columns, [
        *(getattr(event, each) for each in STATUS_COLUMNS), *link,
    ], strict=True))


def clock(office):
    with store.backends.of(office["pan"]).reading(office["pan"]) as db:
        return db.now()


def inserted(address, table, values):
    columns = ", ".join(f'"{each}"' for each in values)
    marks = ", ".join(["%s"] * len(values))
    with psycopg.connect(address.url) as db:
        db.execute(f"INSERT INTO {address.schema}.{table} ({columns}) VALUES ({marks})",  # noqa: S608
                   list(values.values()))


@pytest.mark.fault("60-planner-forges-name-and-day")
def test_a_planner_cannot_enter_an_event_of_an_earlier_day(office, fault):
    script = (fault / "planner.sql").read_text(encoding="utf-8")
    before = store.log.read(office["boss"])

    assert said_by(office["pan"], script.replace("park", office["boss"].schema))

    assert store.log.read(office["boss"]) == before


@pytest.mark.fault("60-planner-forges-name-and-day")
@pytest.mark.parametrize(("changes", "told"), [
    ({"recorded_at": "2006-12-01T00:00:00+00:00"}, "does not say when"),
    ({"recorded_at": "2999-12-01T00:00:00+00:00"}, "does not say when"),
    ({"recorded_at": "yesterday"}, "does not say who|does not say when"),
    ({"entered_by": "boss"}, "does not say who"),
    ({"entered_by": ""}, "does not say who"),
])
def test_the_database_says_when_and_by_whom_an_event_is_entered(office, changes, told):
    """The hashes are right: of the forged values."""
    before = store.log.read(office["boss"])

    with pytest.raises(psycopg.Error, match=told):
        inserted(office["pan"], "status_log", row(office, **changes))

    assert store.log.read(office["boss"]) == before


@pytest.mark.fault("60-planner-forges-name-and-day")
@pytest.mark.parametrize(("column", "value", "told"), [
    ("sha256", "f" * 64, "hash is not that of the event"),
    ("previous", "f" * 64, "does not follow"),
    ("event", 99, "does not follow"),
    ("note", "added", "hash is not that of the event"),
])
def test_a_row_whose_hash_is_not_that_of_its_values_is_refused(office, column, value, told):
    before = store.log.read(office["boss"])

    with pytest.raises(psycopg.Error, match=told):
        inserted(office["pan"], "status_log", {**row(office), column: value})

    assert store.log.read(office["boss"]) == before


def test_who_enters_for_another_stands_beside_whom_it_is_entered_for(office):
    told = tracking.Event(event=0, layer="", feature_id="", track="", at="2006-12-01", action="",
                        document_no='文"号\\\n\t\x01\x7f', by="某局长")
    (event,) = track.apply(office["pan"], "demarcate", ["ZD-004"], told)

    assert (event.by, event.entered_by) == ("某局长", user(office["pan"]))
    assert store.log.read(office["boss"]).events[-1] == event
    insist_that_all_holds(office)


def test_only_a_keeper_seals_a_run_and_a_planner_no_more_than_a_sheet(office):
    before = store.seals.read(office["boss"])
    for kind, refused in (("run", True), ("found", True), ("sheet", False)):
        values = [len(before) + 1, kind, "{}", clock(office), user(office["pan"])]
        told = json.dumps([before[-1].sha256, *values], separators=(",", ":"))
        seal = dict(zip(session.SEALS.columns, [
            *values, before[-1].sha256, hashlib.sha256(told.encode()).hexdigest()
        ], strict=True))
        if refused:
            with pytest.raises(psycopg.Error, match="Only a keeper"):
                inserted(office["pan"], "landtrack_seals", seal)
        with pytest.raises(psycopg.Error, match="does not follow"):
            inserted(office["pan"], "landtrack_seals", {**seal, "previous": START})
        with pytest.raises(psycopg.Error, match="hash is not"):
            inserted(office["pan"], "landtrack_seals", {**seal, "said": "[]"})
    assert store.seals.read(office["boss"]) == before


def test_a_guard_that_was_taken_away_is_named(office):
    boss = office["boss"]
    stores.execute(boss, "ALTER TABLE status_log DISABLE TRIGGER log_grows")
    try:
        assert ("unguarded", {"guard": "status_log.log_grows"}) in track.faults(boss)
    finally:
        stores.execute(boss, "ALTER TABLE status_log ENABLE TRIGGER log_grows")
    insist_that_all_holds(office)


@pytest.mark.fault("56-verdicts-edited")
def test_verdicts_edited_in_a_shared_store_are_told_and_not_drawn(office, tmp_path):
    boss = office["boss"]
    stores.execute(boss, "UPDATE findings SET outcome = outcome || 'ed'")
    try:
        assert ("table_edited", {"table": "findings"}) in track.faults(boss)
        with pytest.raises(SourceError, match="findings was edited"):
            draw_map.draw(boss, tmp_path)
    finally:
        stores.execute(boss, "UPDATE findings SET outcome = left(outcome, -2)")
    insist_that_all_holds(office)
