"""What a database keeps of the people of a shared desk, and the only ways to it.

It stands in a schema of its own beside that of the store: whoever grants all tables of the store
to somebody, as is done for a GIS, gives no hash of a password away, and a copy of the store holds
none. No right to any table in it is given to anybody. The desk calls functions, each of which is
one act: it looks first whose session it is called for, and enters what is done into the audit, so
that neither can be forgotten by a page.
"""

from __future__ import annotations

from collections.abc import Iterator

from psycopg import sql

from landtrack.store.postgis.connect import desk
from landtrack.store.session import META

VERSION = 2
"""The version of these tables and functions; the store's own is that of its tables."""

CONTENT = ("reader", "checker", "planner", "keeper")
"""What somebody may do with the content of a place, as ``landtrack store grant`` gives it."""

IDLE, ABSOLUTE, PROVED, LINK = "60 minutes", "12 hours", "15 minutes", "72 hours"
"""How long a session lasts without a sign and at all, how long who signs need not say anew who they
are, and how long a link is good."""
PROGRAM = "365 days"
"""How long the password is good by which a program reads for somebody."""

NAME = "^[a-z][a-z0-9._-]{1,39}$"
"""How an account may be called."""

_PROGRAMS = """CREATE TABLE {desk}.programs (
    person text PRIMARY KEY REFERENCES {desk}.people, sha256 bytea UNIQUE NOT NULL,
    made_at timestamptz NOT NULL, ends_at timestamptz NOT NULL, seen_at timestamptz)"""

TABLES = (
    "CREATE TABLE {desk}.about (key text PRIMARY KEY, value text NOT NULL)",
    """CREATE TABLE {desk}.people (
        name text PRIMARY KEY CHECK (name ~ {like}), shown text NOT NULL CHECK (btrim(shown) <> ''),
        role text NOT NULL CHECK (role = '' OR role = ANY ({content})),
        administers boolean NOT NULL, password text NOT NULL DEFAULT '', password_at timestamptz,
        secret bytea, counter bigint NOT NULL DEFAULT 0, codes text[] NOT NULL DEFAULT '{{}}',
        added_at timestamptz NOT NULL DEFAULT now(), added_by text NOT NULL,
        disabled_at timestamptz, disabled_by text)""",
    """CREATE TABLE {desk}.links (
        sha256 bytea PRIMARY KEY, person text NOT NULL REFERENCES {desk}.people,
        made_at timestamptz NOT NULL DEFAULT now(), made_by text NOT NULL,
        ends_at timestamptz NOT NULL, used_at timestamptz)""",
    """CREATE TABLE {desk}.sessions (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sha256 bytea UNIQUE NOT NULL,
        person text NOT NULL REFERENCES {desk}.people, began_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL, proved_at timestamptz NOT NULL, ends_at timestamptz NOT NULL,
        address text NOT NULL, agent text NOT NULL, factors smallint NOT NULL,
        ended_at timestamptz, ended_by text)""",
    """CREATE TABLE {desk}.devices (
        sha256 bytea PRIMARY KEY, person text NOT NULL REFERENCES {desk}.people,
        known_at timestamptz NOT NULL DEFAULT now())""",
    """CREATE TABLE {desk}.acting (
        xact xid8 PRIMARY KEY, person text NOT NULL, proved boolean NOT NULL)""",
    """CREATE TABLE {desk}.audit (
        number bigint PRIMARY KEY, at text NOT NULL, kind text NOT NULL, person text NOT NULL,
        about text NOT NULL, address text NOT NULL, said text NOT NULL, previous text NOT NULL,
        sha256 text NOT NULL UNIQUE)""",
    _PROGRAMS,
)
"""``acting`` holds, for as long as a transaction lasts, whose session it is of."""
LATER = {"1": (_PROGRAMS,)}
"""What tables of an earlier version lack."""

AUDITED = ("number", "at", "kind", "person", "about", "address", "said", "previous", "sha256")
"""The columns of the audit."""

_GROWS = "BEGIN RAISE EXCEPTION 'The audit only grows.'; END"

_OF_SESSION = """
BEGIN
    IF given = '' AND {is_owner} THEN
        name := session_user; shown := session_user; role := ''; administers := true;
        number := 0; proved := true; factors := 0;
        RETURN;
    END IF;
    SELECT own.name, own.shown, own.role, own.administers, its.number,
           its.proved_at > clock_timestamp() - {proved}::interval, its.factors
        INTO name, shown, role, administers, number, proved, factors
        FROM {desk}.sessions AS its JOIN {desk}.people AS own ON own.name = its.person
        WHERE its.sha256 = sha256(convert_to(given, 'UTF8')) AND its.ended_at IS NULL
        AND its.ends_at > clock_timestamp() AND its.seen_at > clock_timestamp() - {idle}::interval
        AND own.disabled_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'no_session';
    END IF;
END
"""
"""Says whose session a token is of; to the owner of the store no token needs to be told."""

_ADMINISTERS = """
BEGIN
    SELECT own.name INTO name FROM {desk}.of_session(given) AS own WHERE own.administers;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'no_right';
    END IF;
END
"""

_NOTE = """
DECLARE
    own record; length bigint; head text;
BEGIN
    PERFORM 1 FROM {desk}.about WHERE key = 'audit' FOR UPDATE;
    SELECT split_part(value, ':', 1)::bigint, split_part(value, ':', 2) INTO STRICT length, head
        FROM {desk}.about WHERE key = 'audit';
    SELECT length + 1 AS number,
        to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"') AS at,
        its_kind AS kind, coalesce(its_person, '') AS person, coalesce(its_about, '') AS about,
        left(coalesce(its_address, ''), 60) AS address, left(coalesce(its_said, ''), 2000) AS said,
        head AS previous INTO own;
    head := encode(sha256(convert_to('[' || concat_ws(',', own.number::text,
        to_json(own.at)::text, to_json(own.kind)::text, to_json(own.person)::text,
        to_json(own.about)::text, to_json(own.address)::text, to_json(own.said)::text,
        to_json(own.previous)::text) || ']', 'UTF8')), 'hex');
    INSERT INTO {desk}.audit VALUES (own.number, own.at, own.kind, own.person, own.about,
        own.address, own.said, own.previous, head);
    UPDATE {desk}.about SET value = own.number || ':' || head WHERE key = 'audit';
END
"""
"""Enters a line into the audit, by the clock of the database, chained to the one before."""

_OF_PROGRAM = """
BEGIN
    SELECT own.name, own.shown, own.role INTO name, shown, role
        FROM {desk}.programs AS its JOIN {desk}.people AS own ON own.name = its.person
        WHERE its.sha256 = sha256(convert_to(given, 'UTF8')) AND its.ends_at > clock_timestamp()
        AND own.disabled_at IS NULL AND own.role <> '';
END
"""
"""Says for whom a program reads by a password; nothing where it is none, or good no more."""

_READS = """
BEGIN
    SELECT own.name, {roles} || 'reader' INTO name, as_role
        FROM {desk}.of_program(given) AS own WHERE own.name IS NOT NULL;
    IF FOUND THEN
        RETURN;
    END IF;
    SELECT own.name, CASE WHEN own.role <> '' THEN {roles} || own.role END INTO name, as_role
        FROM {desk}.of_session(given) AS own;
    IF as_role IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'no_right';
    END IF;
END
"""

"""Says as which role of the database is read: by a password of a program as a reader."""

_ACTS = """
DECLARE
    own record;
BEGIN
    SELECT its.name, its.as_role INTO name, as_role FROM {desk}.reads(given) AS its;
    DELETE FROM {desk}.acting WHERE xact < pg_snapshot_xmin(pg_current_snapshot());
    INSERT INTO {desk}.acting SELECT pg_current_xact_id(), its.name, its.proved
        FROM {desk}.of_session(given) AS its ON CONFLICT DO NOTHING;
END
"""
"""Says for the rest of a transaction whose it is; what stays behind of another is taken away."""

_SEEN = """
DECLARE
    own record;
BEGIN
    SELECT * INTO own FROM {desk}.of_session(given);
    UPDATE {desk}.sessions AS its SET seen_at = clock_timestamp()
        WHERE its.number = own.number AND seen_at < clock_timestamp() - interval '30 seconds';
    RETURN QUERY SELECT own.name, own.shown, own.role, own.administers, own.number, own.proved,
        own.factors::integer,
        (SELECT its.secret IS NOT NULL FROM {desk}.people AS its WHERE its.name = own.name);
END
"""

_KNOWN = """
BEGIN
    RETURN QUERY SELECT password, secret, EXISTS (
        SELECT 1 FROM {desk}.devices WHERE sha256 = device AND person = its_name
    ) FROM {desk}.people AS own WHERE own.name = its_name AND disabled_at IS NULL;
END
"""

_ENTERS = """
DECLARE
    ended text;
BEGIN
    PERFORM 1 FROM {desk}.people WHERE name = its_name AND disabled_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'no_person';
    END IF;
    UPDATE {desk}.sessions SET ended_at = clock_timestamp(), ended_by = its_name
        WHERE sha256 = sha256(convert_to(former, 'UTF8')) AND ended_at IS NULL;
    INSERT INTO {desk}.sessions (sha256, person, began_at, seen_at, proved_at, ends_at, address,
                                 agent, factors)
        VALUES (token, its_name, clock_timestamp(), clock_timestamp(), clock_timestamp(),
                clock_timestamp() + {absolute}::interval, its_address, left(its_agent, 200),
                its_factors);
    INSERT INTO {desk}.devices (sha256, person) VALUES (device, its_name)
        ON CONFLICT (sha256) DO UPDATE SET known_at = now(), person = excluded.person;
    PERFORM {desk}.note('sign_in', its_name, its_name, its_address, 'factors: ' || its_factors);
END
"""

_FAILS = """
BEGIN
    PERFORM {desk}.note('sign_in_failed', '', (
        SELECT name FROM {desk}.people WHERE name = its_name
    ), its_address, why);
END
"""
"""Enters a failure: a name that is none is not kept, it may be a password typed a line too high."""

_LEAVES = """
DECLARE
    own record;
BEGIN
    SELECT * INTO own FROM {desk}.of_session(given);
    UPDATE {desk}.sessions SET ended_at = clock_timestamp(), ended_by = own.name
        WHERE number = own.number;
    PERFORM {desk}.note('sign_out', own.name, own.name, '', '');
END
"""

_PROVES = """
DECLARE
    own record;
BEGIN
    SELECT * INTO own FROM {desk}.of_session(given);
    UPDATE {desk}.sessions SET sha256 = token, proved_at = clock_timestamp(), factors = its_factors
        WHERE number = own.number;
    PERFORM {desk}.note('proved', own.name, own.name, '', 'factors: ' || its_factors);
END
"""
"""Notes that somebody said anew who they are; the session has another token from then on."""

_SESSIONS = """
DECLARE
    asks record;
BEGIN
    SELECT * INTO asks FROM {desk}.of_session(given);
    IF NOT (asks.administers OR asks.name = its_name) THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'no_right';
    END IF;
    RETURN QUERY SELECT its.number, its.person, its.began_at, its.seen_at, its.ends_at, its.address,
        its.agent, its.factors::integer, its.number = asks.number
        FROM {desk}.sessions AS its WHERE (its_name = '' OR its.person = its_name)
        AND its.ended_at IS NULL AND its.ends_at > clock_timestamp()
        AND its.seen_at > clock_timestamp() - {idle}::interval ORDER BY its.number DESC;
END
"""

_ENDS = """
DECLARE
    asks record; whose text;
BEGIN
    SELECT * INTO asks FROM {desk}.of_session(given);
    UPDATE {desk}.sessions AS its SET ended_at = clock_timestamp(), ended_by = asks.name
        WHERE its.number = its_number AND its.ended_at IS NULL
        AND (asks.administers OR its.person = asks.name) RETURNING its.person INTO whose;
    IF whose IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'no_such_session';
    END IF;
    PERFORM {desk}.note('session_ended', asks.name, whose, '', 'session ' || its_number);
END
"""

_END_ALL = """
BEGIN
    UPDATE {desk}.sessions SET ended_at = clock_timestamp(), ended_by = its_by
        WHERE person = its_name AND ended_at IS NULL AND number <> its_own;
    DELETE FROM {desk}.programs WHERE person = its_name;
END
"""

_LINK_OF = """
BEGIN
    RETURN QUERY SELECT own.name, own.shown FROM {desk}.links JOIN {desk}.people AS own
        ON own.name = person WHERE sha256 = sha256(convert_to(link, 'UTF8')) AND used_at IS NULL
        AND ends_at > clock_timestamp() AND disabled_at IS NULL;
END
"""

_USES_LINK = """
DECLARE
    whose text;
BEGIN
    UPDATE {desk}.links SET used_at = clock_timestamp() FROM {desk}.people AS own
        WHERE own.name = person AND sha256 = sha256(convert_to(link, 'UTF8')) AND used_at IS NULL
        AND ends_at > clock_timestamp() AND disabled_at IS NULL RETURNING person INTO whose;
    IF whose IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'no_link';
    END IF;
    UPDATE {desk}.people SET password = its_hash, password_at = clock_timestamp()
        WHERE name = whose;
    PERFORM {desk}.end_all(whose, whose, 0);
    INSERT INTO {desk}.devices (sha256, person) VALUES (device, whose)
        ON CONFLICT (sha256) DO UPDATE SET known_at = now(), person = excluded.person;
    PERFORM {desk}.note('password', whose, whose, its_address, 'by a link');
END
"""

_CHOOSES = """
DECLARE
    own record;
BEGIN
    SELECT * INTO own FROM {desk}.of_session(given);
    IF NOT own.proved OR own.number = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'not_proved';
    END IF;
    UPDATE {desk}.people SET password = its_hash, password_at = clock_timestamp()
        WHERE name = own.name;
    UPDATE {desk}.sessions SET sha256 = token WHERE number = own.number;
    PERFORM {desk}.end_all(own.name, own.name, own.number);
    PERFORM {desk}.note('password', own.name, own.name, '', 'by themselves');
END
"""

_SETS_FACTOR = """
DECLARE
    own record;
BEGIN
    SELECT * INTO own FROM {desk}.of_session(given);
    IF NOT own.proved OR own.number = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'not_proved';
    END IF;
    UPDATE {desk}.people SET secret = its_secret, counter = its_counter, codes = its_codes
        WHERE name = own.name;
    UPDATE {desk}.sessions SET sha256 = token WHERE number = own.number;
    PERFORM {desk}.end_all(own.name, own.name, own.number);
    PERFORM {desk}.note('second_factor', own.name, own.name, '',
        CASE WHEN its_secret IS NULL THEN 'off' ELSE 'on' END);
END
"""

_USES_CODE = """
BEGIN
    UPDATE {desk}.people SET counter = its_counter
        WHERE name = its_name AND secret IS NOT NULL AND counter < its_counter;
    RETURN FOUND;
END
"""
"""Takes a code once: the count of its half minute must be beyond the last that was taken."""

_USES_RECOVERY = """
BEGIN
    UPDATE {desk}.people SET codes = array_remove(codes, its_hash)
        WHERE name = its_name AND its_hash = ANY (codes);
    IF FOUND THEN
        PERFORM {desk}.note('recovery_code', its_name, its_name, its_address, (
            SELECT 'left: ' || cardinality(codes) FROM {desk}.people WHERE name = its_name
        ));
        RETURN true;
    END IF;
    RETURN false;
END
"""

_LISTED = """
BEGIN
    PERFORM {desk}.administers(given);
    RETURN QUERY SELECT own.name, own.shown, own.role, own.administers, own.password <> '',
        own.secret IS NOT NULL, own.added_at, own.added_by, own.disabled_at, own.disabled_by,
        (SELECT max(began_at) FROM {desk}.sessions WHERE person = own.name)
        FROM {desk}.people AS own ORDER BY own.name;
END
"""

_MAY = """
BEGIN
    RETURN QUERY SELECT own.name, own.shown, own.role FROM {desk}.people AS own
        WHERE own.disabled_at IS NULL AND own.role <> '' AND EXISTS (
            SELECT 1 FROM {desk}.of_session(given)) ORDER BY own.name;
END
"""
"""Names who works at the content, to whoever does."""

_ADDS = """
DECLARE
    asks text := {desk}.administers(given);
BEGIN
    IF EXISTS (SELECT 1 FROM {desk}.people WHERE name = its_name) THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'name_taken';
    END IF;
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = its_name) THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'name_of_user';
    END IF;
    INSERT INTO {desk}.people (name, shown, role, administers, added_by)
        VALUES (its_name, btrim(its_shown), its_role, its_administers, asks);
    PERFORM {desk}.note('added', asks, its_name, '', concat_ws(', ', nullif(its_role, ''),
        CASE WHEN its_administers THEN 'administrator' END));
END
"""

_INSIST = """
BEGIN
    PERFORM 1 FROM {desk}.people WHERE name = its_name FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'no_person';
    END IF;
    PERFORM 1 FROM {desk}.about WHERE key = 'version' FOR UPDATE;
    IF NOT stays AND NOT {is_owner} AND NOT EXISTS (
        SELECT 1 FROM {desk}.people WHERE administers AND disabled_at IS NULL
        AND name <> its_name
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'last_administrator';
    END IF;
END
"""
"""Insists on a person, and on an administrator besides where that one does not stay it."""

_GIVES = """
DECLARE
    asks text := {desk}.administers(given); former record;
BEGIN
    PERFORM {desk}.insist(its_name, its_administers);
    SELECT role, administers INTO former FROM {desk}.people WHERE name = its_name;
    UPDATE {desk}.people SET role = its_role, administers = its_administers WHERE name = its_name;
    PERFORM {desk}.end_all(its_name, asks, 0);
    PERFORM {desk}.note('roles', asks, its_name, '', concat(
        concat_ws(', ', nullif(former.role, ''),
                  CASE WHEN former.administers THEN 'administrator' END), ' -> ',
        concat_ws(', ', nullif(its_role, ''),
                  CASE WHEN its_administers THEN 'administrator' END)));
END
"""

_DISABLES = """
DECLARE
    asks text := {desk}.administers(given);
BEGIN
    PERFORM {desk}.insist(its_name, NOT off);
    UPDATE {desk}.people SET disabled_at = CASE WHEN off THEN clock_timestamp() END,
        disabled_by = CASE WHEN off THEN asks END WHERE name = its_name AND
        (disabled_at IS NULL) = off;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE {desk}.links SET used_at = clock_timestamp()
        WHERE person = its_name AND used_at IS NULL;
    PERFORM {desk}.end_all(its_name, asks, 0);
    PERFORM {desk}.note(CASE WHEN off THEN 'disabled' ELSE 'enabled' END, asks, its_name, '', '');
END
"""

_MAKES_LINK = """
DECLARE
    asks text := {desk}.administers(given);
BEGIN
    PERFORM 1 FROM {desk}.people WHERE name = its_name AND disabled_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'no_person';
    END IF;
    UPDATE {desk}.links SET used_at = clock_timestamp()
        WHERE person = its_name AND used_at IS NULL;
    INSERT INTO {desk}.links (sha256, person, made_by, ends_at)
        VALUES (link, its_name, asks, clock_timestamp() + {link_lasts}::interval);
    PERFORM {desk}.note('link', asks, its_name, '', '');
END
"""
"""Makes a link by which a password is chosen once; the one before is good no more."""

_DROPS_FACTOR = """
DECLARE
    asks text := {desk}.administers(given);
BEGIN
    PERFORM {desk}.insist(its_name, true);
    UPDATE {desk}.people SET secret = NULL, codes = '{{}}' WHERE name = its_name;
    PERFORM {desk}.end_all(its_name, asks, 0);
    PERFORM {desk}.note('second_factor', asks, its_name, '', 'off');
END
"""

_PROGRAM_SEEN = """
BEGIN
    UPDATE {desk}.programs SET seen_at = clock_timestamp()
        WHERE person = its_name AND sha256 = sha256(convert_to(given, 'UTF8'))
        AND (seen_at IS NULL OR seen_at < clock_timestamp() - interval '1 minute');
    RETURN QUERY SELECT own.name, own.shown, own.role FROM {desk}.of_program(given) AS own
        WHERE own.name = its_name;
END
"""

_PROGRAM_OF = """
BEGIN
    RETURN QUERY SELECT its.made_at, its.ends_at, its.seen_at FROM {desk}.of_session(given) AS own
        JOIN {desk}.programs AS its ON its.person = own.name WHERE its.ends_at > clock_timestamp();
END
"""

_MAKES_PROGRAM = """
DECLARE
    own record;
BEGIN
    SELECT * INTO own FROM {desk}.of_session(given);
    IF NOT own.proved OR own.number = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'not_proved';
    END IF;
    IF own.role = '' THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'no_right';
    END IF;
    INSERT INTO {desk}.programs (person, sha256, made_at, ends_at)
        VALUES (own.name, key, clock_timestamp(), clock_timestamp() + {program_lasts}::interval)
        ON CONFLICT (person) DO UPDATE SET sha256 = excluded.sha256, made_at = excluded.made_at,
        ends_at = excluded.ends_at, seen_at = NULL;
    PERFORM {desk}.note('program', own.name, own.name, '', 'made');
END
"""
"""Makes the password by which a program reads for who is signed in, in the place of the former."""

_DROPS_PROGRAM = """
DECLARE
    own record;
BEGIN
    SELECT * INTO own FROM {desk}.of_session(given);
    DELETE FROM {desk}.programs WHERE person = own.name;
    IF FOUND THEN
        PERFORM {desk}.note('program', own.name, own.name, '', 'taken away');
    END IF;
END
"""

_NOTES = """
BEGIN
    IF NOT its_kind = ANY (ARRAY['download', 'catalog', 'job']) THEN
        RAISE EXCEPTION USING ERRCODE = 'LT000', MESSAGE = 'no_right';
    END IF;
    PERFORM {desk}.note(its_kind, own.name, its_about, its_address, its_said)
        FROM {desk}.of_session(given) AS own;
END
"""
"""Enters what a person did at the desk: who it was is that of the session."""

_AUDITED = """
BEGIN
    PERFORM {desk}.administers(given);
    RETURN QUERY SELECT * FROM {desk}.audit AS own
        WHERE own.number < before AND (its_kind = '' OR own.kind = its_kind)
        AND (its_person = '' OR its_person IN (own.person, own.about))
        AND (since = '' OR own.at >= since) AND (until = '' OR left(own.at, length(until)) <= until)
        AND (words = '' OR strpos(lower(concat_ws(' ', own.kind, own.person, own.about,
            own.address, own.said)), lower(words)) > 0)
        ORDER BY own.number DESC LIMIT most;
END
"""

_HEAD_OF_AUDIT = """
BEGIN
    PERFORM {desk}.administers(given);
    RETURN (SELECT value FROM {desk}.about WHERE key = 'audit');
END
"""

_PERSON = ("OUT name text, OUT shown text, OUT role text, OUT administers boolean, "
           "OUT number bigint, OUT proved boolean, OUT factors smallint")

INSIDE = (
    ("only_grows()", "trigger", _GROWS),
    (f"of_session(given text, {_PERSON})", "record", _OF_SESSION),
    ("of_program(given text, OUT name text, OUT shown text, OUT role text)", "record", _OF_PROGRAM),
    ("administers(given text, OUT name text)", "text", _ADMINISTERS),
    ("note(its_kind text, its_person text, its_about text, its_address text, its_said text)",
     "void", _NOTE),
    ("end_all(its_name text, its_by text, its_own bigint)", "void", _END_ALL),
    ("insist(its_name text, stays boolean)", "void", _INSIST),
)
"""What the functions of the desk call; nobody else can."""

CALLED = (
    ("reads(given text, OUT name text, OUT as_role text)", "record", _READS),
    ("acts(given text, OUT name text, OUT as_role text)", "record", _ACTS),
    ("seen(given text)",
     ("TABLE (name text, shown text, role text, administers boolean, number bigint, "
      "proved boolean, factors integer, second boolean)"), _SEEN),
    ("known(its_name text, device bytea)",
     "TABLE (password text, secret bytea, device_known boolean)", _KNOWN),
    (("enters(its_name text, token bytea, device bytea, former text, its_address text, "
      "its_agent text, its_factors integer)"), "void", _ENTERS),
    ("fails(its_name text, why text, its_address text)", "void", _FAILS),
    ("leaves(given text)", "void", _LEAVES),
    ("proves(given text, token bytea, its_factors integer)", "void", _PROVES),
    ("sessions_of(given text, its_name text)",
     ("TABLE (number bigint, person text, began_at timestamptz, seen_at timestamptz, "
      "ends_at timestamptz, address text, agent text, factors integer, own boolean)"), _SESSIONS),
    ("ends(given text, its_number bigint)", "void", _ENDS),
    ("link_of(link text)", "TABLE (name text, shown text)", _LINK_OF),
    ("uses_link(link text, its_hash text, device bytea, its_address text)", "void", _USES_LINK),
    ("sets_password(given text, its_hash text, token bytea)", "void", _CHOOSES),
    ("sets_factor(given text, its_secret bytea, its_codes text[], its_counter bigint, token bytea)",
     "void", _SETS_FACTOR),
    ("uses_code(its_name text, its_counter bigint)", "boolean", _USES_CODE),
    ("uses_recovery(its_name text, its_hash text, its_address text)", "boolean", _USES_RECOVERY),
    ("listed(given text)",
     ("TABLE (name text, shown text, role text, administers boolean, has_password boolean, "
      "second boolean, added_at timestamptz, added_by text, disabled_at timestamptz, "
      "disabled_by text, last_at timestamptz)"), _LISTED),
    ("at_work(given text)", "TABLE (name text, shown text, role text)", _MAY),
    ("adds(given text, its_name text, its_shown text, its_role text, its_administers boolean)",
     "void", _ADDS),
    ("gives(given text, its_name text, its_role text, its_administers boolean)", "void", _GIVES),
    ("disables(given text, its_name text, off boolean)", "void", _DISABLES),
    ("makes_link(given text, its_name text, link bytea)", "void", _MAKES_LINK),
    ("drops_factor(given text, its_name text)", "void", _DROPS_FACTOR),
    ("program_seen(its_name text, given text)", "TABLE (name text, shown text, role text)",
     _PROGRAM_SEEN),
    ("program_of(given text)",
     "TABLE (made_at timestamptz, ends_at timestamptz, seen_at timestamptz)", _PROGRAM_OF),
    ("makes_program(given text, key bytea)", "void", _MAKES_PROGRAM),
    ("drops_program(given text)", "void", _DROPS_PROGRAM),
    ("notes(given text, its_kind text, its_about text, its_address text, its_said text)", "void",
     _NOTES),
    (("audited(given text, words text, its_kind text, its_person text, since text, until text, "
      "before bigint, most integer)"), "SETOF {desk}.audit", _AUDITED),
    ("audit_head(given text)", "text", _HEAD_OF_AUDIT),
)
"""What the desk calls."""


def signature(declared: str) -> str:
    """Write how a function is named in a grant: with the types that it is called with."""
    name, _, told = declared.rstrip(")").partition("(")
    kinds = [each.split()[-1] for each in told.split(",") if each.split()[:1] not in ([], ["OUT"])]
    return f"{name}({', '.join(kinds)})"


def statements(schema: str, roles: str, *, since: str) -> Iterator[sql.Composed]:
    """Make the tables and functions of a desk, and take them from all who are not its own.

    ``roles``: What the names of the roles of the database begin with that stand for those of
    people. ``since``: The version of those that are there; empty where there are none.
    """
    for each in LATER.get(since, ()) if since else TABLES:
        yield _filled(each, schema, roles)
    if since:
        yield _filled(
            "UPDATE {desk}.about SET value = {version} WHERE key = 'version'", schema, roles,
        )
    else:
        yield _filled(
            "INSERT INTO {desk}.about VALUES ('version', {version}), ('roles', {roles}), "
            "('audit', '0:' || repeat('0', 64))", schema, roles,
        )
    for declared, gives, body in (*INSIDE, *CALLED):
        yield _filled(
            "CREATE OR REPLACE FUNCTION {desk}." + declared + " RETURNS " + gives
            + " LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $desk$"
            + "\n#variable_conflict use_column\n" + body + "$desk$", schema, roles,
        )
        yield _filled(
            "REVOKE ALL ON FUNCTION {desk}." + signature(declared) + " FROM PUBLIC", schema, roles,
        )
    yield _filled("DROP TRIGGER IF EXISTS only_grows ON {desk}.audit", schema, roles)
    yield _filled(
        "CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {desk}.audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION {desk}.only_grows()", schema, roles,
    )


def given(schema: str, who: str, *, taken: bool = False) -> Iterator[sql.Composed]:
    """Let a user of the database call what a desk calls, or take that from them."""
    what = ("REVOKE ALL", "FROM") if taken else ("GRANT EXECUTE", "TO")
    named = {"desk": sql.Identifier(desk(schema)), "who": sql.Identifier(who)}
    for declared, _, _ in CALLED:
        yield sql.SQL(
            f"{what[0]} ON FUNCTION {{desk}}.{signature(declared)} {what[1]} {{who}}"
        ).format(**named)
    used = "REVOKE ALL" if taken else "GRANT USAGE"
    yield sql.SQL(f"{used} ON SCHEMA {{desk}} {what[1]} {{who}}").format(**named)


def _filled(text: str, schema: str, roles: str) -> sql.Composed:
    return sql.SQL(text).format(
        desk=sql.Identifier(desk(schema)), roles=sql.Literal(roles), like=sql.Literal(NAME),
        version=sql.Literal(str(VERSION)),
        content=sql.SQL("ARRAY[{}]").format(sql.SQL(", ").join(map(sql.Literal, CONTENT))),
        idle=sql.Literal(IDLE), absolute=sql.Literal(ABSOLUTE), proved=sql.Literal(PROVED),
        link_lasts=sql.Literal(LINK), program_lasts=sql.Literal(PROGRAM), is_owner=sql.SQL(
            "pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = {}::regclass), "
            "'MEMBER')"
        ).format(sql.Literal(sql.Identifier(schema, META.name).as_string(None))),
    )
