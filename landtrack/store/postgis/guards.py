"""What a database guards by itself, whoever connects and by whatever program.

Every function runs with ``search_path = pg_catalog, pg_temp`` and names all else in full, so that
nothing that a user makes is called in its place; nobody but the owner of the store may make
anything in its schema. Keepers replace layers by functions that do no more than that.
"""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import sql

from landtrack.model import STATUS_COLUMNS
from landtrack.store.postgis.columns import LAYERS
from landtrack.store.postgis.connect import desk
from landtrack.store.session import EVIDENCE, LOG, META, ONLY_GROWS, OWN, SEALS
from landtrack.store.sign_off import CASES, ENDS
from landtrack.tracking.events import INTEGERS

MAKE, SWAP, DROP = "layer_make(text, jsonb)", "layer_swap(text, text)", "layer_drop(text)"
"""What keepers may call."""

SLACK = "1 minute"
"""By how much the stated time of an entry may lie before the clock of the database."""

_HEAD = "LANGUAGE plpgsql {rights} SET search_path = pg_catalog, pg_temp AS $guard$"

_ONLY_GROWS = "BEGIN RAISE EXCEPTION {only_grows}; END"

_WHO = """
DECLARE
    its_role text;
BEGIN
    IF to_regclass({acting_text}) IS NOT NULL THEN
        SELECT person, role, role IN ('planner', 'keeper'), role = 'keeper', acting.proved, true
            INTO name, its_role, enters, replaces, proved, of_desk
            FROM {acting} AS acting JOIN {people} AS own ON own.name = acting.person
            WHERE xact = pg_current_xact_id() AND disabled_at IS NULL;
        IF FOUND THEN
            IF its_role IN ('', 'reader') THEN
                RAISE EXCEPTION 'Who is signed in at the desk only reads.';
            END IF;
            RETURN;
        END IF;
        IF NOT {is_owner} AND has_function_privilege(session_user, {acts_text}, 'EXECUTE') THEN
            RAISE EXCEPTION 'The desk does not say who is at work.';
        END IF;
    END IF;
    name := session_user;
    enters := has_table_privilege(session_user, {log_text}, 'INSERT');
    replaces := {is_owner} OR has_table_privilege(session_user, {layers_text}, 'DELETE');
    proved := true;
    of_desk := false;
END
"""
"""Says who is at work: the user of the database, or of its desk the person whose session it is.

``proved`` tells of a person whether they said who they are a short while ago.
"""

_STAMPED = """
    IF NOT history AND EXISTS (
        SELECT 1 FROM fresh WHERE entered_by <> own_name
        OR recorded_at !~ '^[0-9]{{4}}(-[0-9]{{2}}){{2}}T([0-9]{{2}}:){{2}}[0-9]{{2}}[+]00:00$'
    ) THEN
        RAISE EXCEPTION 'It does not say who enters it: the user of the database, %.', own_name;
    END IF;
    IF NOT history AND EXISTS (
        SELECT 1 FROM fresh WHERE recorded_at::timestamptz > statement_timestamp()
        OR recorded_at::timestamptz < statement_timestamp() - {slack}::interval
    ) THEN
        RAISE EXCEPTION 'It does not say when it is entered: by the clock of the database.';
    END IF;"""

_LOG_GROWS = """
DECLARE
    length bigint; head text; history boolean; at_work record; own_name text;
BEGIN
    SELECT * INTO at_work FROM {who_is}();
    own_name := at_work.name;
    IF TG_TABLE_SCHEMA <> {schema_name} OR TG_TABLE_NAME <> {log_name} THEN
        RAISE EXCEPTION 'This guards the log alone.';
    END IF;
    PERFORM 1 FROM {meta} WHERE key IN ('count', 'head') ORDER BY key FOR UPDATE;
    SELECT value::bigint INTO STRICT length FROM {meta} WHERE key = 'count';
    SELECT value INTO STRICT head FROM {meta} WHERE key = 'head';
    history := length = 0 AND {is_owner};
    IF EXISTS (
        SELECT 1 FROM (
            SELECT event, previous, lag(sha256, 1, head) OVER way AS before,
                   length + row_number() OVER way AS number
            FROM fresh WINDOW way AS (ORDER BY event)
        ) AS placed WHERE previous <> before OR event <> number
    ) THEN
        RAISE EXCEPTION 'The event does not follow the last one of the log.';
    END IF;
    IF EXISTS (SELECT 1 FROM fresh WHERE sha256 <> {log_hash}) THEN
        RAISE EXCEPTION 'The hash is not that of the event.';
    END IF;
    IF at_work.of_desk AND NOT at_work.enters THEN
        RAISE EXCEPTION 'Only a planner or a keeper enters an event.';
    END IF;
    IF at_work.of_desk AND EXISTS (SELECT 1 FROM fresh WHERE fresh."by" <> own_name) THEN
        RAISE EXCEPTION 'Who is signed in at the desk is who enters.';
    END IF;""" + _STAMPED + """
    UPDATE {meta} SET value = (length + (SELECT count(*) FROM fresh))::text WHERE key = 'count';
    UPDATE {meta} SET value = coalesce((SELECT sha256 FROM fresh ORDER BY event DESC LIMIT 1), head)
        WHERE key = 'head';
    RETURN NULL;
END
"""  # noqa: S608  fixed text
"""Holds the chain together whoever inserts, and notes how long it is."""

_SEALS_GROW = """
DECLARE
    length bigint; head text; history boolean; own record; at_work record; own_name text;
BEGIN
    SELECT * INTO at_work FROM {who_is}();
    own_name := at_work.name;
    IF TG_TABLE_SCHEMA <> {schema_name} OR TG_TABLE_NAME <> {seals_name} THEN
        RAISE EXCEPTION 'This guards the seals alone.';
    END IF;
    SELECT count(*) INTO length FROM {seals};
    length := length - (SELECT count(*) FROM fresh);
    SELECT coalesce((SELECT sha256 FROM {seals} WHERE seal = length), repeat('0', 64)) INTO head;
    history := length = 0 AND {is_owner};
    IF EXISTS (
        SELECT 1 FROM (
            SELECT seal, previous, lag(sha256, 1, head) OVER way AS before,
                   length + row_number() OVER way AS number
            FROM fresh WINDOW way AS (ORDER BY seal)
        ) AS placed WHERE previous <> before OR seal <> number
    ) THEN
        RAISE EXCEPTION 'The seal does not follow the last one.';
    END IF;
    IF EXISTS (SELECT 1 FROM fresh WHERE sha256 <> {seal_hash}) THEN
        RAISE EXCEPTION 'The hash is not that of the seal.';
    END IF;
    IF EXISTS (SELECT 1 FROM fresh WHERE kind <> 'sheet' AND NOT kind = ANY ({of_cases}))
    AND NOT at_work.replaces THEN
        RAISE EXCEPTION 'Only a keeper seals a run.';
    END IF;
    IF NOT history THEN
        FOR own IN SELECT * FROM fresh WHERE kind = ANY ({of_cases}) ORDER BY seal LOOP
            PERFORM {case_holds}(own.seal, own.kind, own.said::jsonb);
        END LOOP;
    END IF;""" + _STAMPED + """
    RETURN NULL;
END
"""  # noqa: S608  fixed text

_SUBMISSION = """strict $ ? (@.subject.type() == "string" && @.text.type() == "string"
    && @.by.type() == "string" && @.run.type() == "number" && @.event.type() == "number"
    && @.features.type() == "array" && @.features.size() > 0 && !exists(@.features[*] ? (
        @.type() != "array" || @.size() != 2 || @[*].type() != "string"))
    && @.findings.type() == "object" && !exists(@.findings.* ? (@.type() != "string"))
    && @.reasons.type() == "object" && !exists(@.reasons.* ? (@.type() != "string")))"""
_ENDING = """strict $ ? (@.case.type() == "number" && @.text.type() == "string"
    && @.by.type() == "string" && @.clause.type() == "string" && @.figure.type() == "string"
    && @.document.type() == "string")"""
"""What the seals of a case hold, as paths of JSON that find one."""

_IS_AS_SEEN = """
BEGIN
    RETURN (its_said ->> 'run')::bigint = coalesce((
        SELECT max(seal) FROM {seals} WHERE seal < before AND kind IN ('run', 'found')
    ), 0) AND (its_said ->> 'event')::bigint = coalesce((
        SELECT max(event) FROM {log} JOIN jsonb_array_elements(its_said -> 'features') AS own (pair)
        ON layer = pair ->> 0 AND feature_id = pair ->> 1
    ), 0);
END
"""
"""Tells whether a case rests on what there is: the last run, the last event of its features."""

_CASE_HOLDS = """
DECLARE
    opened record; its_plots text[]; at_work record;
BEGIN
    SELECT * INTO at_work FROM {who_is}();
    IF jsonb_path_exists(its_said, CASE its_kind
        WHEN 'submitted' THEN {submission}::jsonpath ELSE {ending}::jsonpath END) IS NOT TRUE THEN
        RAISE EXCEPTION 'That is no case as landtrack writes it.';
    END IF;
    IF its_kind = 'submitted' THEN
        IF NOT at_work.enters THEN
            RAISE EXCEPTION 'Only a planner submits a case.';
        END IF;
        IF {is_as_seen}(its_said, number) IS NOT TRUE THEN
            RAISE EXCEPTION 'What is submitted is not what there is.';
        END IF;
        SELECT array_agg(plot_id) INTO its_plots FROM {plots}
            WHERE its_said ->> 'subject' IN ('plots:' || plot_id, 'projects:' || project_id);
        IF its_plots IS NULL OR EXISTS (SELECT 1 FROM unnest(its_plots) AS own (key) WHERE NOT
            its_said -> 'features' @> jsonb_build_array(jsonb_build_array('plots', key))) THEN
            RAISE EXCEPTION 'The features are not those of the subject.';
        END IF;
        IF EXISTS (
            SELECT 1 FROM {seals} AS other WHERE other.seal < number AND other.kind = 'submitted'
            AND other.said::jsonb ->> 'subject' = its_said ->> 'subject' AND NOT EXISTS (
                SELECT 1 FROM {seals} AS ended WHERE ended.seal < number
                AND ended.kind = ANY ({ends})
                AND (ended.said::jsonb ->> 'case')::bigint = other.seal
            ) AND {is_as_seen}(other.said::jsonb, number)
        ) THEN
            RAISE EXCEPTION 'A case of the same subject waits to be decided.';
        END IF;
        RETURN;
    END IF;
    SELECT seal, entered_by, other.said::jsonb AS said INTO opened FROM {seals} AS other
        WHERE other.seal = (its_said ->> 'case')::bigint AND other.seal < number
        AND other.kind = 'submitted';
    IF NOT FOUND OR EXISTS (
        SELECT 1 FROM {seals} AS ended WHERE ended.seal < number AND ended.kind = ANY ({ends})
        AND (ended.said::jsonb ->> 'case')::bigint = opened.seal
    ) THEN
        RAISE EXCEPTION 'There is no such open case.';
    END IF;
    IF its_kind = 'withdrawn' THEN
        IF opened.entered_by <> at_work.name THEN
            RAISE EXCEPTION 'Who submitted a case withdraws it.';
        END IF;
        RETURN;
    END IF;
    IF opened.entered_by = at_work.name THEN
        RAISE EXCEPTION 'Who submitted a case does not decide it.';
    END IF;
    IF at_work.enters THEN
        RAISE EXCEPTION 'Only a checker decides a case.';
    END IF;
    IF NOT at_work.proved THEN
        RAISE EXCEPTION 'Who signs says anew who they are.';
    END IF;
    IF EXISTS (
        SELECT 1 FROM {log} JOIN jsonb_array_elements(opened.said -> 'features') AS own (pair)
        ON layer = pair ->> 0 AND feature_id = pair ->> 1 WHERE entered_by = at_work.name
    ) THEN
        RAISE EXCEPTION 'Who entered an event of a case does not decide it.';
    END IF;
    IF its_kind = 'accepted' AND {is_as_seen}(opened.said, number) IS NOT TRUE THEN
        RAISE EXCEPTION 'What was submitted has changed since.';
    END IF;
    IF its_kind = 'refused' AND (btrim(its_said ->> 'text') = '' OR btrim(concat(
        its_said ->> 'clause', its_said ->> 'figure', its_said ->> 'document'
    )) = '') THEN
        RAISE EXCEPTION 'A refusal says why, and what that rests on.';
    END IF;
END
"""
"""Holds what two persons may say of a case: as :mod:`landtrack.store.sign_off` says it."""

_MAKE = """
DECLARE
    made text; postgis text; who record;
BEGIN
    IF named = ANY ({own}) OR to_regclass(format('%I.%I', {schema_name}, named)) IS NOT NULL THEN
        RAISE EXCEPTION 'A table % cannot be made.', named;
    END IF;
    SELECT nspname INTO STRICT postgis FROM pg_namespace, pg_extension
        WHERE pg_namespace.oid = extnamespace AND extname = 'postgis';
    SELECT string_agg(format('%I %s', field ->> 'name', CASE
        WHEN field ->> 'type' IN (
            'text', 'boolean', 'smallint', 'integer', 'bigint', 'real', 'double precision', 'date',
            'timestamp', 'timestamptz', 'time', 'bytea'
        ) THEN field ->> 'type'
        WHEN field ->> 'type' = 'shape' AND field ->> 'kind' IS NULL
            THEN format('%I.geometry', postgis)
        WHEN field ->> 'type' = 'shape' AND field ->> 'kind' ~ '^[A-Z]+$'
            THEN format('%I.geometry(%s, %s)', postgis, field ->> 'kind',
                        (field ->> 'srid')::integer)
    END), ', ' ORDER BY place) INTO STRICT made
    FROM jsonb_array_elements(fields) WITH ORDINALITY AS given (field, place);
    EXECUTE format('CREATE TABLE %I.%I (fid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, %s)',
                   {schema_name}, named, made);
    IF EXISTS (SELECT 1 FROM jsonb_array_elements(fields) AS given (field)
               WHERE field ->> 'type' = 'shape') THEN
        EXECUTE format('CREATE INDEX ON %I.%I USING gist (geom)', {schema_name}, named);
    END IF;
    FOR who IN
        SELECT grantee::regrole::text AS name, privilege_type AS may
        FROM pg_class, aclexplode(relacl)
        WHERE pg_class.oid = {layers_text}::regclass AND grantee <> 0 AND grantee <> relowner
        AND privilege_type IN ('SELECT', 'INSERT', 'DELETE')
    LOOP
        EXECUTE format('GRANT %s ON %I.%I TO %s', who.may, {schema_name}, named, who.name);
    END LOOP;
END
"""

_SWAP = """
BEGIN
    IF waiting = ANY ({own}) OR named = ANY ({own})
    OR NOT EXISTS (SELECT 1 FROM {layers} WHERE name = named) THEN
        RAISE EXCEPTION '% is no layer or table of a run.', named;
    END IF;
    EXECUTE format('DROP TABLE IF EXISTS %I.%I', {schema_name}, named);
    EXECUTE format('ALTER TABLE %I.%I RENAME TO %I', {schema_name}, waiting, named);
END
"""

_DROP = """
BEGIN
    IF named = ANY ({own}) OR NOT EXISTS (SELECT 1 FROM {layers} WHERE name = named) THEN
        RAISE EXCEPTION '% is no layer or table of a run.', named;
    END IF;
    EXECUTE format('DROP TABLE IF EXISTS %I.%I', {schema_name}, named);
END
"""

_FUNCTIONS = (
    (("who_is(OUT name text, OUT enters boolean, OUT replaces boolean, OUT proved boolean, "
      "OUT of_desk boolean)"),
     "record", "SECURITY DEFINER", _WHO),
    ("only_grows()", "trigger", "", _ONLY_GROWS),
    ("log_grows()", "trigger", "SECURITY DEFINER", _LOG_GROWS),
    ("seals_grow()", "trigger", "SECURITY DEFINER", _SEALS_GROW),
    ("is_as_seen(its_said jsonb, before bigint)", "boolean", "SECURITY DEFINER", _IS_AS_SEEN),
    ("case_holds(number bigint, its_kind text, its_said jsonb)", "void", "SECURITY DEFINER",
     _CASE_HOLDS),
    ("layer_make(named text, fields jsonb)", "void", "SECURITY DEFINER", _MAKE),
    ("layer_swap(waiting text, named text)", "void", "SECURITY DEFINER", _SWAP),
    ("layer_drop(named text)", "void", "SECURITY DEFINER", _DROP),
)
_SIGNATURES = (
    "who_is()", "only_grows()", "log_grows()", "seals_grow()", "is_as_seen(jsonb, bigint)",
    "case_holds(bigint, text, jsonb)", MAKE, SWAP, DROP,
)

GROWING = {LOG.name: "log_grows", SEALS.name: "seals_grow"}
"""The tables whose chain is held together, by the function that does it."""

NAMES = tuple(each.partition("(")[0] for each in _SIGNATURES)
"""What the functions of a store are called."""


def functions(schema: str) -> list[sql.Composed]:
    """Make the functions of a store, and take them from all who are not meant to call them."""
    made = []
    for (named, gives, rights, body), signature in zip(_FUNCTIONS, _SIGNATURES, strict=True):
        head = _HEAD.replace("{rights}", rights)
        made += [
            sql.SQL("CREATE OR REPLACE FUNCTION {schema}." + named + f" RETURNS {gives} " + head
                    ).format(schema=sql.Identifier(schema)) + _body(body, schema)
            + sql.SQL("$guard$"),
            sql.SQL("REVOKE ALL ON FUNCTION {schema}." + signature + " FROM PUBLIC").format(
                schema=sql.Identifier(schema)
            ),
        ]
    return made


def bodies(schema: str) -> dict[str, str]:
    """Say what the functions of a store do.

    Returns: The source by name.
    """
    return {
        named.partition("(")[0]: _body(body, schema).as_string(None)
        for named, _, _, body in _FUNCTIONS
    }


def triggers(schema: str, table: str) -> list[sql.Composed]:
    """Make the triggers of a table that only grows.

    Returns: The statements; none for other tables.
    """
    names = {"schema": sql.Identifier(schema), "table": sql.Identifier(schema, table)}
    made = [
        "DROP TRIGGER IF EXISTS only_grows ON {table}",
        ("CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION {schema}.only_grows()"),
    ]
    if table in GROWING:
        names["grows"] = sql.Identifier(GROWING[table])
        made += [
            "DROP TRIGGER IF EXISTS {grows} ON {table}",
            ("CREATE TRIGGER {grows} AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh "
            "FOR EACH STATEMENT EXECUTE FUNCTION {schema}.{grows}()"),
        ]
    return [sql.SQL(each).format(**names) for each in made]


def proved(schema: str) -> sql.Composed:
    """Refuse evidence whose hash is another."""
    return sql.SQL(
        "ALTER TABLE {table} ADD CONSTRAINT hash_is_of_content CHECK "
        "(sha256 = pg_catalog.encode(pg_catalog.sha256(content), 'hex')) NOT VALID"
    ).format(table=sql.Identifier(schema, EVIDENCE.name))


def _body(body: str, schema: str) -> sql.Composed:
    layers = sql.Identifier(schema, LAYERS.name)
    return sql.SQL(body).format(
        schema_name=sql.Literal(schema), log_name=sql.Literal(LOG.name),
        seals_name=sql.Literal(SEALS.name), only_grows=sql.Literal(ONLY_GROWS),
        log_text=sql.Literal(sql.Identifier(schema, LOG.name).as_string(None)),
        who_is=sql.Identifier(schema, "who_is"), people=sql.Identifier(desk(schema), "people"),
        acting=sql.Identifier(desk(schema), "acting"),
        acting_text=sql.Literal(sql.Identifier(desk(schema), "acting").as_string(None)),
        acts_text=sql.Literal(sql.Identifier(desk(schema), "acts").as_string(None) + "(text)"),
        log=sql.Identifier(schema, LOG.name), is_as_seen=sql.Identifier(schema, "is_as_seen"),
        case_holds=sql.Identifier(schema, "case_holds"), of_cases=_texts(CASES),
        submission=sql.Literal(_SUBMISSION), ending=sql.Literal(_ENDING),
        plots=sql.Identifier(schema, "plots"),
        ends=_texts(ENDS), meta=sql.Identifier(schema, META.name),
        seals=sql.Identifier(schema, SEALS.name),
        layers=layers, layers_text=sql.Literal(layers.as_string(None)),
        own=_texts(sorted({*OWN, LAYERS.name})),
        is_owner=sql.SQL(
            "pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = {}::regclass), "
            "'MEMBER')"
        ).format(sql.Literal(sql.Identifier(schema, META.name).as_string(None))),
        slack=sql.Literal(SLACK),
        log_hash=_hash(("previous", *STATUS_COLUMNS)),
        seal_hash=_hash([
            "previous", *(each for each in SEALS.columns if each not in ("previous", "sha256"))
        ], all_told=True),
    )


def _texts(values: Iterable[str]) -> sql.Composed:
    return sql.SQL("ARRAY[{}]").format(sql.SQL(", ").join(map(sql.Literal, values)))


def _hash(columns: Iterable[str], *, all_told: bool = False) -> sql.Composed:
    """Make the hash of a row, as landtrack makes it: of a list of its values as JSON."""
    told = []
    for each in columns:
        shown = "{}::text" if each in (*INTEGERS, "seal") else "to_json({}::text)::text"
        value = sql.SQL(shown).format(sql.Identifier(each))
        if each == "entered_by" and not all_told:
            value = sql.SQL("CASE WHEN entered_by <> '' THEN {} END").format(value)
        told.append(value)
    return sql.SQL("encode(sha256(convert_to('[' || concat_ws(',', {}) || ']', 'UTF8')), 'hex')"
                   ).format(sql.SQL(", ").join(told))
