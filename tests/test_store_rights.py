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
from landtrack.store.postgis import guards
from landtrack.store.postgis.columns import LAYERS
from landtrack.store.session import OWN

DOCS = Path(landtrack.__file__).parent / "data" / "docs"
ROLES = ("reader", "planner", "keeper")
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
        if len(cells) != 4 or names == [None]:
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
def walked(tmp_path_factory):
    """Give every right of every role: to what, by its kind, as the database answers."""
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
            yield {role: rights(db, shared.schema, name) for role, name in names.items()}
    finally:
        stores.dropped(shared)
        stores.execute(
            shared, *(f"{what} {name}" for name in names.values()
                      for what in ("DROP OWNED BY", "DROP ROLE")))


def rights(db, schema, role):
    """Ask for each right to each thing in a schema, and to the schema; columns are asked, too."""
    found = set()
    for name, kind in db.execute(
        "SELECT relname, relkind FROM pg_class WHERE relnamespace = %s::regnamespace "
        "AND relkind IN ('r', 'v', 'm', 'p', 'f', 'S')", (schema,),
    ).fetchall():
        for right in (("USAGE", "SELECT", "UPDATE") if kind in {"S", b"S"} else (
            "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"
        )):
            what = "sequence" if kind in {"S", b"S"} else "table"
            asked = [f"has_{what}_privilege(%s, %s, %s)"]
            if what == "table" and right in {"SELECT", "INSERT", "UPDATE", "REFERENCES"}:
                asked.append("has_any_column_privilege(%s, %s, %s)")
            given = (role, f'"{schema}"."{name}"', right)
            (may,) = db.execute(f"SELECT {' OR '.join(asked)}", given * len(asked)).fetchone()
            if may:
                found.add((SEQUENCES if what == "sequence" else name, right))
    for name, oid in db.execute(
        "SELECT proname, oid FROM pg_proc WHERE pronamespace = %s::regnamespace", (schema,)
    ).fetchall():
        if db.execute("SELECT has_function_privilege(%s, %s::oid, 'EXECUTE')",
                      (role, oid)).fetchone()[0]:
            found.add((name, "EXECUTE"))
    for right in ("USAGE", "CREATE"):
        if db.execute("SELECT has_schema_privilege(%s, %s, %s)",
                      (role, schema, right)).fetchone()[0]:
            found.add((SCHEMA, right))
    for (held,) in db.execute(
        "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole", (role,)
    ).fetchall():
        found.add((held, "MEMBER"))
    return found


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_the_rights_that_the_table_names_and_no_other(walked, role):
    named = told("en")
    own = {*OWN, LAYERS.name, *guards.NAMES, SCHEMA, SEQUENCES}
    runs = {what for what, _ in walked[role]} - own

    expected = {
        (what, right)
        for what, of in named.items() if what not in {RUN, GUARDS}
        for right in of[role]
    } | {(table, right) for table in runs for right in named[RUN][role]}

    assert walked[role] == expected
    assert {"parcels", "plots", "findings", "fresh"} <= runs
