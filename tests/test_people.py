"""People of a shared desk: the database decides who may do what, and keeps what was done."""
# ruff: noqa: S608  the names in these statements are of the tests

import contextlib
import dataclasses
import json
from collections import OrderedDict

import psycopg
import pytest
import shared_desks
import stores
from click.testing import CliRunner

from landtrack import store, tracking
from landtrack.app import audit, credentials, people as use_case, sign_off, track
from landtrack.cli.main import main
from landtrack.model.errors import LandtrackError, OutputError, SourceError, TableError
from landtrack.store import seals
from landtrack.store.postgis import connect, people
from landtrack.store.postgis.desk_tables import CALLED, CONTENT, INSIDE, signature

PASSWORD = "kuiper wanderlust 77"  # noqa: S105
ROLES = {
    "rita": ["reader"], "pan": ["planner"], "ping": ["planner"], "chen": ["checker"],
    "cai": ["checker"], "kim": ["keeper"], "ada": ["administrator"],
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    return shared_desks.judged(tmp_path_factory.mktemp("place") / "park") / "build" / "project.gpkg"


@pytest.fixture(scope="module")
def desk(judged):
    """Give the owner's address and that of the desk."""
    with stores.opened_desk(judged, roles=ROLES) as made:
        yield made


@pytest.fixture(scope="module")
def at_work(desk):
    """Give the address by which each of the people is at work."""
    return {name: stores.signed_in(desk[1], name) for name in ROLES}


def enter(address, key="P", action="survey"):
    told = tracking.Event(event=0, layer="", feature_id="", track="", at="2006-12-01", action="",
                          document_no="d", by="")
    return track.apply(address, action, [key], told)


# --- what each may do ---------------------------------------------------------------------------


def read(address):
    return store.read(address, "plots")


def seal(address):
    with store.backends.of(address).writing(address) as db:
        seals.of_run(db, seals.last_run(seals.rows(db)).holds["tables"])


def enter_and_take_back(address):
    (event,) = enter(address)
    track.undo(address, event.event, why="a test", at="2006-12-02", by="")


def submit(address):
    reasons = dict.fromkeys(sign_off.unknown(sign_off.subject(address, "B")), "not measured")
    own = sign_off.submit(address, "B", reasons=reasons)
    sign_off.withdraw(address, own.number)


def administer(address):
    people.add(address, f"z{len(people.accounts(address))}", "Z", "", administers=False)


def link(address):
    use_case.link(address, "rita")


ACTS = {
    read: {"reader", "checker", "planner", "keeper"},
    enter_and_take_back: {"planner", "keeper"},
    submit: {"planner", "keeper"},
    seal: {"keeper"},
    administer: {"administrator"},
    people.accounts: {"administrator"},
    people.audit: {"administrator"},
    people.sessions: {"administrator"},
    link: {"administrator"},
    people.at_work: {*use_case.ROLES},
}


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_the_database_lets_each_role_do_what_it_may_and_nothing_else(at_work, act):
    done = set()
    for name, (role, *_) in ROLES.items():
        with contextlib.suppress(LandtrackError):
            act(at_work[name])
            done.add(role)
    assert done == ACTS[act]


def test_the_desk_has_no_right_but_to_call_its_functions(desk):
    owner, at = desk
    (user,) = stores.rows(at, "SELECT session_user")[0]
    held = stores.rows(owner, f"""
        SELECT oid::regclass::text, may FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE',
            'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS may
        WHERE relnamespace IN ('{owner.schema}'::regnamespace, '{owner.schema}_desk'::regnamespace)
        AND relkind = 'r' AND has_table_privilege('{user}', oid, may)
        UNION ALL SELECT oid::regprocedure::text, 'EXECUTE' FROM pg_proc
        WHERE pronamespace = '{owner.schema}'::regnamespace
        AND has_function_privilege('{user}', oid, 'EXECUTE')""")
    assert held == []
    called = {name for (name,) in stores.rows(owner, f"""
        SELECT proname FROM pg_proc WHERE pronamespace = '{owner.schema}_desk'::regnamespace
        AND has_function_privilege('{user}', oid, 'EXECUTE')""")}
    assert called == {declared.partition("(")[0] for declared, _, _ in CALLED}
    assert not called & {signature(declared).partition("(")[0] for declared, _, _ in INSIDE}


@pytest.mark.parametrize("token", ["", "none", "' OR true --"])
def test_who_has_no_session_does_nothing(desk, token):
    nobody = dataclasses.replace(desk[1], token=token)
    for act in (read, enter, seal, administer):
        with pytest.raises(LandtrackError):
            act(nobody)
    assert people.seen(nobody) is None


def test_a_desk_that_takes_a_role_and_says_not_for_whom_enters_nothing(desk):
    owner, at = desk
    (role,) = (name for (name,) in stores.rows(owner, "SELECT rolname FROM pg_roles")
               if name.startswith(f"{owner.schema}_") and name.endswith("planner"))
    before = len(seals.read(owner))
    with (
        pytest.raises(OutputError, match="does not say who is at work"),
        store.backends.of(at).writing(at) as db,
    ):
        db.run("SET LOCAL ROLE {role}", role=psycopg.sql.Identifier(role))
        seals.enter(db, seals.SHEET, {})
    assert len(seals.read(owner)) == before


def test_a_role_of_the_database_that_was_given_too_much_lets_nobody_do_more(judged):
    with stores.opened_desk(judged, roles={"rita": ["reader"], "chen": ["checker"]}) as (owner, at):
        for (role,) in stores.rows(
            owner, f"SELECT rolname FROM pg_roles WHERE rolname LIKE '{owner.schema}%r'"
        ):
            stores.execute(owner, "GRANT SELECT, INSERT, DELETE ON ALL TABLES IN SCHEMA "
                                  f"{owner.schema} TO {role}")
        for name, why in (("rita", "only reads"), ("chen", "Only a planner or a keeper enters")):
            with pytest.raises(OutputError, match=why):
                enter(stores.signed_in(at, name))
        with (
            pytest.raises(OutputError, match="only reads"),
            store.backends.of(stores.signed_in(at, "rita")).writing(
                stores.signed_in(at, "rita")) as db,
        ):
            seals.enter(db, seals.SHEET, {})
        with pytest.raises(OutputError, match="Only a keeper seals a run"):
            seal(stores.signed_in(at, "chen"))


def test_who_may_read_all_tables_of_the_store_and_who_copies_it_get_nothing_of_people(
    desk, tmp_path
):
    owner, _ = desk
    user = f"{owner.schema}_gis"
    stores.execute(owner, f"CREATE ROLE {user} LOGIN")
    store.grant(owner, "keeper", user)
    stores.execute(owner, f"GRANT SELECT ON ALL TABLES IN SCHEMA {owner.schema} TO {user}")
    for table in ("people", "sessions", "links", "audit"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            stores.rows(stores.as_user(owner, user), f"SELECT * FROM {owner.schema}_desk.{table}")
    store.copy(owner, tmp_path / "copy.gpkg")
    assert not {"people", "sessions", "audit"} & {*store.names(tmp_path / "copy.gpkg")}
    with pytest.raises(SourceError, match="has no people"):
        people.accounts(dataclasses.replace(owner, schema="none"))


# --- two persons by one user of the database ----------------------------------------------------


def test_who_enters_and_who_signs_is_the_person_of_the_session_and_two_are_two(desk, at_work):
    (event,) = enter(at_work["ping"], "Q")
    assert (event.by, event.entered_by) == ("ping", "ping")

    reasons = dict.fromkeys(sign_off.unknown(sign_off.subject(desk[0], "B")), "not measured")
    case = sign_off.submit(at_work["pan"], "B", reasons=reasons, by="chen")
    assert (case.by, case.proven) == ("pan", True)
    for name, why in (("pan", "submitted case"), ("ping", "entered an event"),
                      ("rita", "may not do this"), ("kim", "Only a checker decides")):
        with pytest.raises(OutputError, match=why):
            sign_off.accept(at_work[name], case.number)
    with pytest.raises(OutputError, match="role does not allow"):
        sign_off.accept(at_work["ada"], case.number)
    people.give(desk[0], "ping", "checker", administers=False)
    with pytest.raises(OutputError, match="entered an event"):
        sign_off.accept(stores.signed_in(desk[1], "ping"), case.number)

    done = sign_off.accept(at_work["chen"], case.number)
    assert (done.end.by, done.four_eyes) == ("chen", True)
    assert track.faults(desk[0]) == []
    assert store.backends.of(desk[0]).reading(desk[0]).__enter__().unguarded() == []


def test_who_signs_has_said_a_short_while_ago_who_they_are(desk):
    owner, at = desk
    subject = sign_off.subject(owner, "A")
    reasons = dict.fromkeys(sign_off.unknown(subject), "not measured")
    case = sign_off.submit(stores.signed_in(at, "pan"), "A", reasons=reasons)
    cai = stores.signed_in(at, "cai")
    number = people.seen(cai).session
    stores.execute(owner, f"UPDATE {owner.schema}_desk.sessions SET proved_at = proved_at "
                          f"- interval '16 minutes' WHERE number = {number}")
    assert not people.seen(cai).proved
    with pytest.raises(OutputError, match="says anew who they are"):
        sign_off.accept(cai, case.number)
    fresh = credentials.token()
    people.prove(cai, fresh, 1)
    assert people.seen(cai) is None  # another token
    assert sign_off.accept(dataclasses.replace(at, token=fresh), case.number).end.by == "cai"


# --- sessions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("column", "ago"), [("seen_at", "61 minutes"), ("ends_at", "12 hours")])
def test_a_session_ends_without_a_sign_and_at_all(desk, column, ago):
    owner, at = desk
    own = stores.signed_in(at, "rita")
    number = people.seen(own).session
    stores.execute(owner, f"UPDATE {owner.schema}_desk.sessions SET {column} = {column} "
                          f"- interval '{ago}' WHERE number = {number}")
    assert people.seen(own) is None
    with pytest.raises(LandtrackError, match="not signed in"):
        read(own)


def test_a_session_is_seen_and_ended_by_its_person_and_by_an_administrator_and_by_nobody_else(desk):
    at = desk[1]
    one, other = stores.signed_in(at, "rita"), stores.signed_in(at, "rita")
    told = {each.number: each for each in people.sessions(one, "rita")}
    assert told[people.seen(one).session].own
    assert not told[people.seen(other).session].own
    for name in ("pan", "chen", "kim"):
        with pytest.raises(LandtrackError, match="role does not allow"):
            people.sessions(stores.signed_in(at, name), "rita")
        with pytest.raises(LandtrackError, match="no such session"):
            people.end(stores.signed_in(at, name), people.seen(one).session)
    people.end(one, people.seen(other).session)
    assert people.seen(other) is None
    people.end(stores.signed_in(at, "ada"), people.seen(one).session)
    assert people.seen(one) is None


@pytest.mark.parametrize("change", [
    lambda owner: people.give(owner, "rita", "reader", administers=False),
    lambda owner: people.drop_second(owner, "rita"),
    lambda owner: [people.disable(owner, "rita"), people.disable(owner, "rita", off=False)],
    lambda owner: people.use_link(owner, linked(owner), credentials.hashed(PASSWORD),
                                  device=b"x", address=""),
])
def test_the_sessions_of_somebody_end_when_what_they_may_or_come_in_by_is_another(desk, change):
    own = stores.signed_in(desk[1], "rita")
    change(desk[0])
    assert people.seen(own) is None


def linked(owner, name="rita"):
    return use_case.link(owner, name).partition("link=")[2]


def test_signing_in_ends_the_session_that_the_browser_had(desk):
    former = stores.signed_in(desk[1], "rita")
    assert people.seen(stores.signed_in(desk[1], "pan", former=former.token)).name == "pan"
    assert people.seen(former) is None


def test_a_secret_is_kept_as_a_hash_alone(desk):
    owner, at = desk
    own, link = stores.signed_in(at, "rita"), linked(owner)
    people.use_link(at, link, credentials.hashed(PASSWORD), device=b"x", address="10.0.0.7")
    held = "".join(str(stores.rows(owner, f"SELECT t::text FROM {owner.schema}_desk.{table} AS t"))
                   for table in ("people", "sessions", "links", "devices", "audit", "acting"))
    assert "argon2id" in held
    assert [each for each in (own.token, link, PASSWORD) if each in held] == []


# --- accounts -----------------------------------------------------------------------------------


def test_a_link_lets_choose_a_password_once_and_the_one_before_is_good_no_more(desk):
    owner, at = desk
    first, second = linked(owner, "kim"), linked(owner, "kim")
    assert people.of_link(at, first) is None
    assert people.of_link(at, second) == ("kim", "Kim")
    hashed = credentials.hashed(PASSWORD)
    people.use_link(at, second, hashed, device=b"own", address="10.0.0.7")
    assert people.known(at, "kim", b"own") == (hashed, None, True)
    assert people.known(at, "kim", b"other").device is False
    for gone in (first, second, "none"):
        with pytest.raises(LandtrackError, match="link is used"):
            people.use_link(at, gone, "another", device=b"x", address="")
    late = linked(owner, "kim")
    stores.execute(owner, f"UPDATE {owner.schema}_desk.links SET ends_at = now()")
    assert people.of_link(at, late) is None


def test_nobody_is_deleted_and_who_is_disabled_comes_in_by_nothing(desk):
    owner, at = desk
    use_case.add(owner, "gone", "Gone", ["reader"])
    link = linked(owner, "gone")
    people.use_link(at, link, credentials.hashed(PASSWORD), device=b"x", address="")
    waiting, own = linked(owner, "gone"), stores.signed_in(at, "gone")
    people.disable(owner, "gone")
    assert people.known(at, "gone", b"x") is None
    assert people.of_link(at, waiting) is None
    assert people.seen(own) is None
    with pytest.raises(LandtrackError, match="no such account"):
        stores.signed_in(at, "gone")
    (told,) = (each for each in people.accounts(owner) if each.name == "gone")
    assert (told.disabled_by, told.disabled_at is not None) == ("postgres", True)
    with pytest.raises(OutputError, match="nobody gets the name"):
        use_case.add(owner, "gone", "Another", ["reader"])
    people.disable(owner, "gone", off=False)
    assert people.known(at, "gone", b"x") is not None


@pytest.mark.parametrize(("name", "shown", "roles", "why"), [
    ("Li", "Li", [], "cannot be the name"), ("l", "Li", [], "cannot be the name"),
    ("li si", "Li", [], "cannot be the name"), ("li\n", "Li", [], "cannot be the name"),
    ("lі", "Li", [], "cannot be the name"),  # a letter of another alphabet that looks the same
    ("li", " ", [], "missing or too long"), ("li", "x" * 61, [], "missing or too long"),
    ("li", "Li", ["planner", "checker"], "two"), ("li", "Li", ["king"], "no role"),
    ("postgres", "Li", [], "user of the database"),
])
def test_an_account_has_a_name_of_its_own_and_roles_that_go_together(desk, name, shown, roles, why):
    with pytest.raises((TableError, OutputError), match=why):
        use_case.add(desk[0], name, shown, roles)


def test_the_last_administrator_stays_one(desk):
    ada = stores.signed_in(desk[1], "ada")
    for act in (lambda: people.disable(ada, "ada"),
                lambda: people.give(ada, "ada", "planner", administers=False)):
        with pytest.raises(OutputError, match="Nobody would administer"):
            act()
    people.give(ada, "ada", "", administers=True)


def test_a_code_and_a_recovery_code_are_taken_once(desk):
    owner, at = desk
    own, secret, codes = stores.signed_in(at, "rita"), credentials.secret(), credentials.recovery()
    fresh = credentials.token()
    people.set_second(own, secret, map(credentials.of_recovery, codes), 100, fresh)
    assert people.seen(dataclasses.replace(at, token=fresh)).second
    assert people.known(at, "rita", b"").second == secret
    assert [people.use_code(at, "rita", each) for each in (100, 99, 101, 101, 100, 103, 102)] == [
        False, False, True, False, False, True, False,
    ]
    once = credentials.of_recovery(codes[3])
    assert [people.use_recovery(at, "rita", once, "") for _ in range(2)] == [True, False]
    assert not people.use_recovery(at, "pan", credentials.of_recovery(codes[4]), "")
    people.drop_second(owner, "rita")
    assert not people.use_code(at, "rita", 200)


def test_who_changes_the_way_in_has_said_who_they_are_a_short_while_ago(desk):
    owner, at = desk
    own = stores.signed_in(at, "pan")
    stores.execute(owner, f"UPDATE {owner.schema}_desk.sessions SET proved_at = proved_at "
                          "- interval '16 minutes'")
    for act in (lambda: people.set_password(own, "x", credentials.token()),
                lambda: people.set_second(own, None, [], 0, credentials.token())):
        with pytest.raises(OutputError, match="too long ago"):
            act()


# --- audit --------------------------------------------------------------------------------------


def test_the_audit_says_who_did_what_about_whom_and_is_searched(desk):
    owner, at = desk
    people.fail(at, "rita", "password", "203.0.113.9")
    people.fail(at, "my password, a line too high", "password", "203.0.113.9")
    people.note(stores.signed_in(at, "chen"), "download", "pack A", address="10.0.0.7")
    found = [(each.kind, each.person, each.about) for each in people.audit(owner, most=4)]
    assert found == [
        ("download", "chen", "pack A"), ("sign_in", "chen", "chen"),
        ("sign_in_failed", "", ""), ("sign_in_failed", "", "rita"),
    ]
    assert {each.kind for each in people.audit(owner, kind="roles")} == {"roles"}
    assert {each.address for each in people.audit(owner, words="203.0")} == {"203.0.113.9"}
    assert all("rita" in each for each in people.audit(owner, person="rita"))
    day = people.audit(owner, most=1)[0].at[:10]
    assert people.audit(owner, since=day, until=day)
    assert people.audit(owner, until="2006-01-01") == people.audit(owner, since="3000") == []
    assert len([*audit.read(owner, most=3)]) == 3
    with pytest.raises(OutputError, match="role does not allow"):
        people.note(stores.signed_in(at, "chen"), "roles", "chen")


@pytest.mark.parametrize("change", [
    "UPDATE {} SET said = ''", "DELETE FROM {}", "TRUNCATE {}",
])
@pytest.mark.parametrize("who", [0, 1], ids=["owner", "desk"])
def test_the_database_changes_no_line_of_the_audit_whoever_asks(desk, who, change):
    with pytest.raises((psycopg.errors.RaiseException, psycopg.errors.InsufficientPrivilege)):
        stores.execute(desk[who], change.format(f"{desk[0].schema}_desk.audit"))


def test_what_was_altered_behind_the_guards_is_found(judged):
    with stores.opened_desk(judged, roles={"ada": ["administrator"], "li": ["reader"]}) as (
        owner, at
    ):
        for odd in ('"quoted" \\ back\tslash', "\x7f […]", "审计"):
            people.note(stores.signed_in(at, "li"), "download", odd)
        rows = sorted(audit.read(owner))
        forged = rows[2]._replace(person="ada")
        forged = forged._replace(sha256=audit._hash(forged))  # as who writes the table could
        assert [*audit.breaks([*rows[:2], forged, *rows[3:]])] == [("gap", {"number": "4"})]
        whole = audit.check(owner)
        assert (whole.faults, whole.lines) == ((), 8)
        table = f"{owner.schema}_desk.audit"

        def meddled(*statements):
            stores.execute(owner, f"ALTER TABLE {table} DISABLE TRIGGER USER", *statements,
                           f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return [fault for fault, _ in audit.check(owner, whole.head).faults]

        assert meddled(f"UPDATE {table} SET person = 'ada' WHERE number = 3") == ["altered"]
        assert meddled(f"UPDATE {table} SET person = 'li' WHERE number = 3") == []
        kept = stores.rows(owner, f"SELECT * FROM {table} WHERE number > 5 ORDER BY number")
        assert meddled(f"DELETE FROM {table} WHERE number = 6") == ["gap"]
        assert meddled(f"DELETE FROM {table} WHERE number > 5") == ["cut", "head_other"]
        assert meddled(f"UPDATE {owner.schema}_desk.about SET value = (SELECT number || ':' || "
                       f"sha256 FROM {table} ORDER BY number DESC LIMIT 1) WHERE key = 'audit'"
                       ) == ["head_other"]
        assert len(kept) == 3


# --- the terminal -------------------------------------------------------------------------------


def test_the_first_administrator_is_made_at_the_terminal_and_the_audit_is_read_there(
    judged, tmp_path
):
    def typed(*arguments, status=0):
        done = CliRunner().invoke(main, [*map(str, arguments), "--lang", "en"])
        assert done.exit_code == status, done.output
        return done.output

    with stores.opened_desk(judged, roles={}) as (owner, at):
        place = stores.written(owner)
        assert "no accounts yet" in typed("people", "list", place)
        said = typed("people", "add", place, "li.si", "--shown", "李四", "--role", "administrator",
                     "--role", "checker", "--at", "https://desk.example.org/")
        assert "https://desk.example.org/first?link=" in said
        link = said.strip().rpartition("link=")[2]
        people.use_link(at, link, credentials.hashed(PASSWORD), device=b"x", address="10.0.0.7")
        told = typed("people", "roles", place, "li.si", "planner")
        assert told == "li.si  李四  planner  password alone\n"
        own = stores.signed_in(at, "li.si")
        assert "li.si  from 10.0.0.7" in typed("people", "sessions", place, "li.si")
        number = people.seen(own).session
        assert "Nobody is signed in" in typed("people", "sessions", place, "--end", number)
        assert "first?link=" in typed("people", "link", place, "li.si", "--without-second")
        assert "disabled by postgres" in typed("people", "disable", place, "li.si")
        assert "no such account" in typed("people", "link", place, "li.si", status=2)
        assert "planner  password alone" in typed("people", "disable", place, "li.si", "--undo")

        shown = typed("audit", "show", place, "--kind", "roles", "--since", "2006-01-01")
        assert "postgres  changed the role of  li.si (checker, administrator -> planner)" in shown
        holds = typed("audit", "verify", place)
        head = holds.rpartition("head ")[2].strip()
        typed("audit", "verify", place, "--head", head)
        assert "made anew" in typed("audit", "verify", place, "--head", "1:00", status=1)
        typed("audit", "export", place, tmp_path / "a.jsonl")
        lines = [json.loads(each) for each in (tmp_path / "a.jsonl").read_text().splitlines()]
        assert [each["number"] for each in lines] == [*range(1, len(lines) + 1)]
        typed("audit", "export", place, tmp_path / "a.csv", "--person", "li.si")
        assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfnumber,at,kind,person")

        (user,) = stores.rows(at, "SELECT session_user")[0]
        typed("store", "grant", place, "none", user)
        with pytest.raises(LandtrackError):
            people.known(at, "li.si", b"x")
        assert "is a file" in typed("people", "list", judged, status=2)


def test_the_database_holds_that_who_enters_is_who_is_signed_in(desk, at_work):
    told = tracking.Event(event=0, layer="", feature_id="", track="", at="2006-12-01", action="",
                          document_no="d", by="chen")
    with pytest.raises(OutputError, match="is who enters"):
        track.apply(at_work["pan"], "survey", ["P"], told)
    (event,) = track.apply(desk[0], "survey", ["P"], told)  # at the terminal one enters for another
    assert (event.by, event.entered_by) == ("chen", "postgres")


def test_the_roles_are_those_of_the_store_and_the_administrator_of_people():
    assert {*CONTENT} == {"reader", "checker", "planner", "keeper"}
    assert {*use_case.ROLES} - {*CONTENT} == {"administrator"}


def test_of_many_databases_those_asked_last_keep_their_connections(monkeypatch):
    closed = []

    class Engine:
        def __init__(self, address):
            self.address = address

        def dispose(self):
            closed.append(self.address)

    monkeypatch.setattr(connect, "_kept", OrderedDict())
    monkeypatch.setattr(connect, "engine", lambda address, *_, **__: Engine(address))
    first = connect.kept("0")

    for at in range(1, connect.MOST_KEPT):
        connect.kept(str(at))
    assert connect.kept("0") is first  # asked again: it stays
    connect.kept("one more")

    assert closed == ["1"]
