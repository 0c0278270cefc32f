"""Every right that the database gives to a role of a store stands in the table of the handbook."""

import re
import uuid
from pathlib import Path

import psycopg
import pytest
import stores
from builders import Site, box

import landtrack
from landtrack import store
from landtrack.store.postgis.columns import LAYERS
from landtrack.store.session import OWN

DOCS = Path(landtrack.__file__).parent / "data" / "docs"
ROLES = ("reader", "checker", "planner", "keeper")
WORDS = {
    "en": {"read": "SELECT", "enter": "INSERT", "delete": "DELETE", "call": "EXECUTE",
           "use": "USAGE"},
    "zh": {"读": "SELECT", "写入": "INSERT", "删除": "DELETE", "调用": "EXECUTE", "使用": "USAGE"},
}
RUN, SCHEMA, GUARDS, SEQUENCES = "run", "schema", "guards", "sequences"
OTHERS = {
    "en": {"layers and tables of the run": RUN, "the schema": SCHEMA,
           "all other functions": GUARDS, "all sequences": SEQUENCES},
    "zh": {"运行的图层和表": RUN, "模式": SCHEMA, "其余函数": GUARDS, "全部序列": SEQUENCES},
}


def told(lang):
    """Read the table of the handbook: rights by what they are to, and by role."""
    found = {}
    for line in (DOCS / lang / "stores.md").read_text(encoding="utf-8").splitlines():
        cells = [each.strip() for each in line.strip("|").split("|")]
        names = re.findall(r"`(\w+)`", cells[0]) or [OTHERS[lang].get(cells[0])]
        if len(cells) != 5 or names == [None]:
            continue
        rights = [
            {WORDS[lang][word] for word in re.split(r"[,、]\s*", each) if word != "–"}
            for each in cells[1:]
        ]
        found |= {name: dict(zip(ROLES, rights, strict=True)) for name in names}
    return found


def test_the_handbook_says_the_same_in_both_languages():
    assert told("zh") == told("en")
    assert {*told("en")} >= {*OWN, LAYERS.name, RUN, SCHEMA, GUARDS, SEQUENCES}


@pytest.fixture(scope="module")
def shared_by(tmp_path_factory):
    """Give the database, the schema of a store in it, and a user for each role."""
    site = Site(tmp_path_factory.mktemp("rights") / "site")
    site.layer("parcels", [(box(0, 0, 50, 100), {"parcel_id": "P"})])
    out = tmp_path_factory.mktemp("run")
    landtrack.run(site.folder, out=out)
    shared = stores.fresh()
    names = {role: f"{role}_{uuid.uuid4().hex[:8]}" for role in ROLES}
    stores.execute(shared, *(f"CREATE ROLE {name} LOGIN" for name in names.values()))
    try:
        store.copy(out / "project.gpkg", shared)
        for role, name in names.items():
            store.grant(shared, role, name)
        keeper = stores.as_user(shared, names["keeper"])
        stores.execute(
            keeper, "SELECT layer_make('fresh', '[{\"name\": \"a\", \"type\": \"text\"}]')"
        )
        with psycopg.connect(shared.url) as db:
            yield db, shared.schema, names
    finally:
        stores.dropped(shared)
        stores.execute(
            shared, *(f"{what} {name}" for name in names.values()
                      for what in ("DROP OWNED BY", "DROP ROLE")))


TO_TABLES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
TO_COLUMNS = ("SELECT", "INSERT", "UPDATE", "REFERENCES")
TO_SEQUENCES = ("USAGE", "SELECT", "UPDATE")


def things(db, schema):
    """Name the tables and sequences of a schema, and its functions with what they take."""
    kinds = {name: "sequence" if kind in {"S", b"S"} else "table" for name, kind in db.execute(
        "SELECT relname, relkind FROM pg_class WHERE relnamespace = %s::regnamespace "
        "AND relkind IN ('r', 'v', 'm', 'p', 'f', 'S')", (schema,),
    ).fetchall()}
    called = dict(db.execute(
        "SELECT proname, oid::regprocedure::text FROM pg_proc "
        "WHERE pronamespace = %s::regnamespace", (schema,),
    ).fetchall())
    return kinds, called


HELD = """
SELECT relname, may FROM pg_class, unnest(%(rights)s::text[]) AS may
WHERE relnamespace = %(schema)s::text::regnamespace AND relkind IN ('r', 'v', 'm', 'p', 'f')
AND (has_table_privilege(%(role)s::name, pg_class.oid, may) OR CASE
    WHEN may = ANY (%(columns)s::text[])
    THEN has_any_column_privilege(%(role)s::name, pg_class.oid, may) END)
UNION ALL
SELECT %(sequences)s::text, may FROM pg_class, unnest(%(uses)s::text[]) AS may
WHERE relnamespace = %(schema)s::text::regnamespace AND relkind = 'S'
AND has_sequence_privilege(%(role)s::name, pg_class.oid, may)
UNION ALL
SELECT proname, 'EXECUTE' FROM pg_proc WHERE pronamespace = %(schema)s::text::regnamespace
AND has_function_privilege(%(role)s::name, oid, 'EXECUTE')
UNION ALL
SELECT %(own)s::text, may FROM unnest(ARRAY['USAGE', 'CREATE']) AS may
WHERE has_schema_privilege(%(role)s::name, %(schema)s::text, may)
UNION ALL
SELECT roleid::regrole::text, 'MEMBER' FROM pg_auth_members
WHERE member = %(role)s::text::regrole
UNION ALL
SELECT rolname, 'SUPERUSER' FROM pg_roles WHERE rolname = %(role)s::text
AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
"""


def rights(db, schema, role):
    """Ask for each right to each thing in a schema, and to the schema; columns are asked, too."""
    return set(db.execute(HELD, {
        "schema": schema, "role": role, "rights": list(TO_TABLES), "columns": list(TO_COLUMNS),
        "uses": list(TO_SEQUENCES), "sequences": SEQUENCES, "own": SCHEMA,
    }).fetchall())


def unlike(db, schema, names, role):
    """Name what a role has that the table of the handbook does not name, and what it lacks."""
    named = told("en")
    own = {*OWN, LAYERS.name}
    kinds, _ = things(db, schema)
    runs = {name for name, kind in kinds.items() if kind == "table"} - own
    assert {"parcels", "plots", "findings", "fresh"} <= runs
    expected = {
        (what, right)
        for what, of in named.items() if what not in {RUN, GUARDS, SEQUENCES}
        for right in of[role]
    } | {(table, right) for table in runs for right in named[RUN][role]}
    return rights(db, schema, names[role]) ^ expected


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_the_rights_that_the_table_names_and_no_other(shared_by, role):
    db, schema, names = shared_by

    assert unlike(db, schema, names, role) == set()


def changes(db, schema, names, role):
    """Give each right that a role could have, and what gives or takes it: what it has not or has.

    Beside rights to tables, sequences, functions and the schema: one to a column, rights of all,
    a role that the role is of, and what makes a superuser.
    """
    kinds, called = things(db, schema)
    who, held = names[role], rights(db, schema, names[role])
    for name, kind in kinds.items():
        for right in TO_SEQUENCES if kind == "sequence" else TO_TABLES:
            what = (SEQUENCES if kind == "sequence" else name, right)
            thing = f'{kind.upper()} "{schema}"."{name}"'
            yield what, (f"REVOKE {right} ON {thing} FROM {who}" if what in held
                         else f"GRANT {right} ON {thing} TO {who}")
    for name, signature in called.items():
        yield (name, "EXECUTE"), (
            f"REVOKE EXECUTE ON FUNCTION {signature} FROM {who}" if (name, "EXECUTE") in held
            else f"GRANT EXECUTE ON FUNCTION {signature} TO {who}"
        )
    yield (SCHEMA, "USAGE"), f'REVOKE USAGE ON SCHEMA "{schema}" FROM {who}'
    yield (SCHEMA, "CREATE"), f'GRANT CREATE ON SCHEMA "{schema}" TO {who}'
    yield ("status_log", "UPDATE"), f'GRANT UPDATE (at) ON "{schema}".status_log TO {who}'
    yield ("status_log", "TRUNCATE"), f'GRANT TRUNCATE ON "{schema}".status_log TO PUBLIC'
    yield (SCHEMA, "CREATE"), f'GRANT CREATE ON SCHEMA "{schema}" TO PUBLIC'
    yield ("log_grows", "EXECUTE"), f'GRANT EXECUTE ON FUNCTION {called["log_grows"]} TO PUBLIC'
    yield ("pg_read_server_files", "MEMBER"), f"GRANT pg_read_server_files TO {who}"
    for how in ("SUPERUSER", "CREATEROLE", "BYPASSRLS"):
        yield (who, "SUPERUSER"), f"ALTER ROLE {who} {how}"


@pytest.mark.parametrize("role", ROLES)
def test_whichever_right_is_given_or_taken_is_named(shared_by, role):
    """Each right is broken on purpose, one at a time: no walk that misses one is believed."""
    db, schema, names = shared_by
    missed, count = [], 0

    for what, statement in changes(db, schema, names, role):
        count += 1
        with db.transaction(force_rollback=True):
            db.execute(statement)
            if what not in unlike(db, schema, names, role):
                missed.append(statement)

    assert missed == []
    assert count > 150
    assert unlike(db, schema, names, role) == set()
