"""The desk of a shared store: who comes in, who goes where, and what a stranger cannot do."""

import re
import threading
from urllib.parse import quote

import desk_forms
import pytest
import shared_desks
import stores
from shared_desks import DEVICE, HOST, PASSWORD, SESSION

from landtrack import store
from landtrack.app import credentials, desk_roles, people as use_case, sign_off
from landtrack.app.desk_roles import NOBODY, Way
from landtrack.cli.main import main
from landtrack.model.errors import OutputError, SourceError
from landtrack.server import shared, shared_guard, tries
from landtrack.store.postgis import people

ROLES = {
    "rita": ["reader"], "pan": ["planner"], "ping": ["planner"], "chen": ["checker"],
    "cai": ["checker"], "kim": ["keeper"], "ada": ["administrator"], "tom": ["planner"],
    "sue": ["reader"], "val": ["reader"], "bea": ["reader"],
}
HERE = "/places/park"


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    return shared_desks.judged(tmp_path_factory.mktemp("place") / "park")


@pytest.fixture(scope="module")
def desk(park, tmp_path_factory):
    path = park / "build" / "project.gpkg"
    with stores.opened_desk(path, roles=ROLES) as (owner, at):
        shared_desks.with_passwords(owner, ROLES)
        with shared_desks.opened(park, owner, at, tmp_path_factory.mktemp("state")) as own:
            yield own


@pytest.fixture(autouse=True)
def without_waits(desk):
    desk.tries._of.clear()


# --- who goes where -----------------------------------------------------------------------------


WAYS = sorted({*desk_roles.may()})
NOT_YET = [Way("GET", "/places/x/notes"), Way("GET", "/new"), Way("POST", "/places/x/run"),
           Way("POST", "/places/x/files"), Way("GET", "/places/x/trials"), Way("GET", "/jobs/1"),
           Way("GET", "/places/x/outputs/project.gpkg"), Way("POST", "/places/x/init"),
           Way("POST", "/places/x/catalog"), Way("GET", "/places/x/papers/a.pdf")]


@pytest.mark.parametrize("role", [NOBODY, *use_case.ROLES])
def test_each_address_is_for_the_roles_that_the_table_names_and_for_no_other(desk, role):
    name = next((own for own, (first, *_) in ROLES.items() if first == role), None)
    given = {"{name}": "none", "{person}": "none", "{number}": "999999", "{topic}": "people",
             "{file}": "desk.css", "{collection}": "plots", "{kind}": "make"}
    unlike = []
    for way in [*WAYS, *NOT_YET]:
        path = re.sub(r"\{\w+\}", lambda found: given[found[0]], way.path)
        visitor = desk.visitor() if name is None else desk.of(name)
        answer = visitor.ask(path, way.method, Accept="text/html")
        roles = desk_roles.may().get(way)
        refused = {
            303 if way.method == "GET" else 401 if name is None else None,
            501 if roles is None else 403,
        } if name is None else {501 if roles is None else 403}
        if name is None and answer.status == 303:
            refused = refused if answer.headers["location"].startswith("/sign-in") else set()
        if (role in (roles or ())) == (answer.status in refused) and way.path != "/sign-in":
            unlike.append((way, answer.status))
        assert answer.status != 500, way
    assert unlike == []


FIELDS = ("name", "password", "repeat", "code", "next", "link", "secret", "shown", "role", "do",
          "plot",
          "case", "text", "action", "at", "key", "event", "why", "seen", "track", "state", "scan")
FORM = "application/x-www-form-urlencoded"
GARBAGE = {
    "unwritable": ("&".join(f"{each}=%00%ff%ed%a0%80" for each in FIELDS).encode(), FORM),
    "twice": ("&".join(f"{each}=1&{each}=%27" for each in FIELDS).encode(), FORM),
    "long": ("&".join(f"{each}={'9' * 2500}" for each in FIELDS).encode(), FORM),
    "other": (b'{"name": ["pan"]}', "application/json"),
    "file": (desk_forms.of_files([("a.csv", b"x")], name="pan"),
             f"multipart/form-data; boundary={desk_forms.EDGE}"),
    "broken": (b"--x\r\nContent-Disposition: form-data", "multipart/form-data; boundary=x"),
}


@pytest.mark.parametrize("what", GARBAGE)
def test_whatever_is_posted_is_answered_and_changes_nobody(desk, what):
    body, kind = GARBAGE[what]
    before = [each[:5] for each in people.accounts(desk.owner)], len(store.seals.read(desk.owner))
    given = {"{name}": "park", "{person}": "none", "{number}": "999999", "{kind}": "none"}
    for name in ("pan", "chen", "ada", None):
        for way in (each for each in WAYS if each.method == "POST" and each.path != "/sign-out"):
            desk.tries._of.clear()
            visitor = desk.of(name) if name else desk.visitor()
            path = re.sub(r"\{\w+\}", lambda found: given[found[0]], way.path)
            answer = visitor.ask(path, "POST", body=body, Content_Type=kind)
            assert 300 <= answer.status < 500, (name, way, answer.status)
    after = [each[:5] for each in people.accounts(desk.owner)], len(store.seals.read(desk.owner))
    assert after == before


@pytest.mark.parametrize("more", [
    "%00", "%ff%fe", "%27", "9" * 30, "..%2f..%2fetc", "", "x" * 4000,
])
def test_whatever_is_asked_is_answered(desk, more):
    for name, path in (
        ("ada", f"/audit?words={more}&kind={more}&since={more}&until={more}&before={more}"),
        ("ada", f"/audit/export?person={more}"), ("ada", f"/people/{more}"),
        ("pan", f"{HERE}/history?key={more}&from={more}&text={more}"),
        ("pan", f"{HERE}/steps?track={more}&state={more}&key={more}&said={more}&scan={more}"),
        ("pan", f"{HERE}/sign-offs?plot={more}"), ("pan", f"{HERE}/undo?event={more}"),
        ("pan", f"/places/{more}/steps"), ("pan", f"/help/{more}"), ("pan", f"/static/{more}"),
        ("pan", f"/sign-in?next={more}&lang={more}"), ("pan", f"/first?link={more}"),
    ):
        answer = desk.of(name).ask(path)
        assert answer.status < 500, path
        assert "postgresql://" not in answer.text  # nobody need know where the database is


def test_a_page_that_does_not_work_over_a_shared_store_says_so(desk):
    answer = desk.of("pan").ask(f"{HERE}/notes")
    assert answer.status == 501
    assert "does not work over a shared store yet" in answer.seen


def test_who_administers_people_sees_nothing_of_the_content(desk):
    ada = desk.of("ada")
    assert ada.ask("/").headers["location"] == "/people"
    for path in (HERE, f"{HERE}/steps", f"{HERE}/sign-offs", f"{HERE}/history?key=P"):
        assert ada.ask(path).status == 403


# --- coming in ----------------------------------------------------------------------------------


def test_one_signs_in_goes_on_where_one_was_and_signs_out(desk):
    visitor = desk.visitor()
    sent = visitor.ask(f"{HERE}/steps?track=approval")
    way = quote(f"{HERE}/steps?track=approval", safe="")
    assert sent.headers["location"] == f"/sign-in?next={way}"
    assert 'name="next" value="/places/park/steps?track=approval"' in visitor.follow(
        sent.headers["location"]).text
    answer = visitor.signs_in(" PAN ", way=f"{HERE}/steps?track=approval")
    assert (answer.status, answer.headers["location"]) == (303, f"{HERE}/steps?track=approval")
    assert "Pan" in visitor.ask(HERE).seen
    token = visitor.cookies[SESSION]
    assert visitor.ask("/sign-out", "POST").headers["location"] == "/sign-in"
    assert visitor.cookies[SESSION] in {"", '""'}
    assert desk.visitor(**{SESSION: token}).ask(HERE).status == 303


def test_cookies_are_of_this_host_alone_and_go_over_tls_alone_and_no_script_reads_them(desk):
    import http.client

    line = http.client.HTTPConnection("127.0.0.1", desk.port)
    body = f"name=pan&password={quote(PASSWORD)}&next=/"
    line.request("POST", "/sign-in?lang=en", body, {
        "Host": HOST, "Origin": f"https://{HOST}",
        "Content-Type": "application/x-www-form-urlencoded"})
    got = line.getresponse()
    told = [value for name, value in got.getheaders() if name.lower() == "set-cookie"]
    assert {each.partition("=")[0] for each in told} == {SESSION, DEVICE}
    for each in told:
        assert {"Secure", "HttpOnly", "Path=/"} <= set(each.split("; ")), each
        assert "samesite=strict" in each.lower()
        assert "domain" not in each.lower()
    headers = {name.lower(): value for name, value in got.getheaders()}
    assert headers["strict-transport-security"].startswith("max-age=")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    line.close()
    language = desk.visitor().ask("/sign-in?lang=zh").headers["set-cookie"]
    assert "Secure" in language


@pytest.mark.parametrize(("name", "password"), [
    ("pan", "another one here"), ("nobody.here", PASSWORD), ("", ""), ("pan", ""),
    ("pan' OR true --", PASSWORD), ("pan", PASSWORD + " "), ("pan\0", PASSWORD),
    ("p\u0430n", PASSWORD),
])
def test_who_is_not_let_in_does_not_learn_whether_there_is_such_an_account(desk, name, password):
    answer = desk.visitor().signs_in(name, password)
    assert answer.status == 401
    assert "None of them is said to be the wrong one" in answer.seen
    assert "set-cookie" not in answer.headers
    shown = answer.text.replace(f'value="{name}"', "")
    other = desk.visitor().signs_in("quite.another", "x").text
    assert len(shown) - len(other.replace('value="quite.another"', "")) in range(-30, 30)


def test_the_first_try_at_a_name_that_is_none_costs_no_more_than_another(desk, monkeypatch):
    """By construction: whatever a check needs is made when the desk begins."""
    made = []
    hasher = credentials._hasher()
    monkeypatch.setattr(type(hasher), "hash", lambda *_, **__: made.append(1) or "x")
    assert desk.visitor().signs_in("quite.another").status == 401
    assert made == []


def test_a_session_that_somebody_planted_is_not_taken_over(desk):
    planted = credentials.token()
    visitor = desk.visitor(**{SESSION: planted})
    visitor.signs_in("pan")
    assert visitor.cookies[SESSION] != planted
    assert desk.visitor(**{SESSION: planted}).ask(HERE).status == 303
    former = visitor.cookies[SESSION]
    visitor.signs_in("chen")
    assert visitor.cookies[SESSION] != former
    assert desk.visitor(**{SESSION: former}).ask(HERE).status == 303
    two = f"{SESSION}={visitor.cookies[SESSION]}; {SESSION}={planted}"
    assert desk.visitor().ask(HERE, Cookie=two).status == 303


@pytest.mark.parametrize("sent", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": f"http://{HOST}"},
    {"Origin": f"https://{HOST}.evil.example"}, {"Origin": f"https://{HOST}:444"}, {},
    {"Origin": f"https://{HOST}", "Sec_Fetch_Site": "cross-site"},
    {"Origin": f"https://{HOST}", "Sec_Fetch_Site": "same-site"},
])
def test_what_changes_something_is_asked_by_a_page_of_the_desk(desk, sent):
    ada = desk.of("ada")
    answer = ada.ask("/people/bea/disable", "POST", here=False, **sent)
    assert answer.status == 403
    assert "did not come from a page of the desk" in answer.seen
    assert desk.visitor().signs_in("pan", here=False, **sent).status == 403
    assert not next(each for each in people.accounts(desk.owner) if each.name == "bea").disabled_at


@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example", f"{HOST}:8000", ""])
def test_the_desk_answers_to_its_own_name_only(desk, host):
    assert desk.of("pan").ask(HERE, Host=host).status == 421


def test_the_desk_is_asked_by_its_proxy_only(desk, park, tmp_path):
    with shared_desks.opened(park, desk.owner, desk.at, tmp_path / "s",
                             proxies=("10.9.8.7",)) as other:
        assert other.visitor().ask("/sign-in").status == 403


@pytest.mark.parametrize(("sent", "kept"), [
    ("203.0.113.9", "203.0.113.9"), ("1.2.3.4, 203.0.113.9", "203.0.113.9"),
    ("2001:db8::1", "2001:db8::1"), ("<script>", "127.0.0.1"), ("", "127.0.0.1"),
])
def test_from_where_somebody_comes_the_proxy_says_last(desk, sent, kept):
    desk.visitor().signs_in("quite.another", "x", X_Forwarded_For=sent)
    assert people.audit(desk.owner, most=1)[0].address == kept


@pytest.mark.parametrize(("way", "kept"), [
    (f"{HERE}/steps?state=none#x", f"{HERE}/steps?state=none#x"), ("//evil.example", "/"),
    ("/\\evil.example", "/"), ("https://evil.example/", "/"), ("javascript:alert(1)", "/"),
    ("/a\r\nSet-Cookie: x=1", "/"), ("\t//evil.example", "/"), ("/\t/evil.example", "/"), ("", "/"),
    ("/" + "a" * 600, "/"), ("steps", "/"), ("/%2f%2fevil.example", "/%2f%2fevil.example"),
])
def test_one_is_sent_on_to_pages_of_the_desk_only(way, kept):
    assert shared_guard.own_path(way) == kept


def test_after_signing_in_nobody_is_sent_elsewhere(desk):
    for way in ("//evil.example", "https://evil.example"):
        assert desk.visitor().signs_in("pan", way=way).headers["location"] == "/"
        assert f'href="{way}"' not in desk.visitor().ask(f"/sign-in?next={quote(way)}").text


# --- too many tries -----------------------------------------------------------------------------


def test_the_wait_grows_with_each_try_and_ends_by_itself():
    now = [0.0]
    own = tries.Tries(lambda: now[0])
    waits = []
    for _ in range(14):
        waits.append(own.begin([("name", "li")]))
        while waits[-1]:
            now[0] += waits[-1]
            waits.append(own.begin([("name", "li")]))
    assert [each for each in waits if each] == [2, 4, 8, 16, 32, 64, 128, 256, 512]
    for _ in range(3):
        now[0] += own.begin([("name", "li")]) or 0
    assert own.begin([("name", "li")]) <= tries.LONGEST_S
    now[0] += tries.LONGEST_S + tries.FORGOTTEN_S + 1
    assert [own.begin([("name", "li")]) for _ in range(5)] == [0] * 5


def test_one_name_and_one_address_are_counted_and_no_memory_is_filled():
    now = [0.0]
    own = tries.Tries(lambda: now[0])
    for each in range(tries.FREE["address"]):
        assert own.begin([("name", f"n{each}"), ("address", "203.0.113.9")]) == 0
    assert own.begin([("name", "fresh"), ("address", "203.0.113.9")]) > 0
    assert own.begin([("name", "fresh"), ("address", "198.51.100.1")]) == 0
    for each in range(tries.MOST + 100):
        now[0] += 0.001
        own.begin([("name", f"m{each}")])
    assert len(own._of) <= tries.MOST + 1


def test_who_tries_too_often_waits_and_keeps_nobody_out_who_has_been_in_before(desk):
    own, stranger = desk.visitor(), desk.visitor()
    assert own.signs_in("sue").status == 303
    for _ in range(tries.FREE["name"]):
        assert stranger.signs_in("sue", "a wrong password").status == 401
    waits = stranger.signs_in("sue")
    assert (waits.status, waits.headers["retry-after"]) == (429, "2")
    assert "Try again in 2 seconds" in waits.seen
    assert desk.visitor().signs_in("sue").status == 429  # a browser that nobody knows yet
    assert desk.visitor(**{DEVICE: credentials.token()}).signs_in("sue").status == 429
    assert desk.visitor(**{DEVICE: own.cookies[DEVICE]}).signs_in("sue").status == 303
    other = desk.visitor(**{DEVICE: own.cookies[DEVICE]}).signs_in("tom", "wrong")
    assert other.status == 401  # that browser is known for one account alone
    link = use_case.link(desk.owner, "sue").partition("link=")[2]
    by_link = desk.visitor()
    desk_forms.send(by_link, "/first", {"link": link, "password": PASSWORD, "repeat": PASSWORD})
    assert by_link.signs_in("sue").status == 303


@pytest.mark.parametrize(("sent", "other"), [
    ("203.0.113.9", "203.0.113.10"), ("2001:db8:0:1::{each:x}", "2001:db8:0:2::1"),
])
def test_who_tries_many_names_from_one_address_waits(desk, monkeypatch, sent, other):
    monkeypatch.setattr(credentials, "matches", lambda *_: False)
    for each in range(tries.FREE["address"]):
        answer = desk.visitor().signs_in(f"n{each}", "x", X_Forwarded_For=sent.format(each=each))
        assert answer.status == 401
    last = sent.format(each=0xfffe)
    assert desk.visitor().signs_in("fresh", "x", X_Forwarded_For=last).status == 429
    assert desk.visitor().signs_in("fresh", "x", X_Forwarded_For=other).status == 401


# --- passwords, second factor, sessions ---------------------------------------------------------


def test_a_first_password_is_chosen_by_a_link_once(desk):
    ada, fresh = desk.of("ada"), desk.visitor()
    made = desk_forms.send(
        ada, "/people", {"name": "li.si", "shown": "李四 <b>", "role": "planner"})
    assert made.status == 200
    link = re.search(rf"https://{HOST}(/first\?link=[\w-]+)", made.text)[1]
    assert link not in ada.ask("/people/li.si").text
    assert "李四 &lt;b&gt;" in fresh.ask(link).text
    way = {"link": link.partition("=")[2]}
    for password, repeat, why in (
        ("short", "short", "at least 12"), ("li.si2026!!!", "li.si2026!!!", "guessed first"),
        (PASSWORD, PASSWORD + "x", "not the same"),
    ):
        answer = desk_forms.send(fresh, "/first", way | {"password": password, "repeat": repeat})
        assert (answer.status, why in answer.seen) == (409, True)
        assert password not in answer.text
    chosen = desk_forms.send(fresh, "/first", way | {"password": PASSWORD, "repeat": PASSWORD})
    assert chosen.headers["location"] == "/sign-in?chosen=yes"
    assert fresh.ask(link).status == 404
    assert fresh.signs_in("li.si").status == 303
    assert "李四 &lt;b&gt;" in fresh.ask("/account").text


def test_a_second_factor_is_set_up_asked_for_and_taken_away(desk, monkeypatch):
    now = [1_900_000_000.0]
    monkeypatch.setattr(credentials.time, "time", lambda: now[0])
    val = desk.visitor()
    val.signs_in("val")
    shown = val.ask("/account/second")
    secret = re.search(r'name="secret" value="(\w+)"', shown.text)[1]
    own = credentials.read(secret)

    def code():
        return credentials.code(own, int(now[0] // 30))

    wrong = desk_forms.send(val, "/account/second", {"secret": secret, "code": "000000"})
    assert (wrong.status, secret in wrong.text) == (409, True)
    assert desk_forms.send(val, "/account/second", {"secret": "AAAA", "code": "1"}).status == 404
    before = val.cookies[SESSION]
    done = desk_forms.send(val, "/account/second", {"secret": secret, "code": code()})
    codes = re.findall(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){3}", done.text)
    assert (done.status, len(codes), val.cookies[SESSION] != before) == (200, 10, True)

    assert desk.visitor().signs_in("val").status == 401
    assert desk.visitor().signs_in("val", code=code()).status == 401  # was taken to set it up
    now[0] += 30
    assert desk.visitor().signs_in("val", code=code()).status == 303
    desk.tries._of.clear()
    assert desk.visitor().signs_in("val", code=code()).status == 401
    assert desk.visitor().signs_in("val", "wrong", code=codes[0]).status == 401
    assert desk.visitor().signs_in("val", code=codes[0].upper()).status == 303
    assert desk.visitor().signs_in("val", code=codes[0]).status == 401
    assert "other sessions" in val.follow("/account/second/off", "POST").seen
    assert desk.visitor().signs_in("val").status == 303


def test_a_password_is_changed_by_who_said_a_short_while_ago_who_they_are(desk):
    bea, elsewhere = desk.visitor(), desk.visitor()
    bea.signs_in("bea")
    elsewhere.signs_in("bea")
    stores.execute(desk.owner, f"UPDATE {desk.owner.schema}_desk.sessions SET proved_at = "  # noqa: S608
                               "proved_at - interval '16 minutes'")
    fresh = {"password": "another quiet harbour", "repeat": "another quiet harbour"}
    assert desk_forms.send(bea, "/account/password", fresh).headers["location"] == (
        "/again?next=%2Faccount")
    assert bea.ask("/account/second").headers["location"] == "/again?next=%2Faccount%2Fsecond"
    assert desk_forms.send(bea, "/again", {"password": "wrong", "next": "/account"}).status == 401
    before = bea.cookies[SESSION]
    assert desk_forms.send(bea, "/again", {"password": PASSWORD, "next": "/account"}).status == 303
    assert bea.cookies[SESSION] != before
    refused = desk_forms.send(bea, "/account/password", {"password": "bea", "repeat": "bea"})
    assert "at least 12" in refused.seen
    answer = desk_forms.send(bea, "/account/password", fresh)
    assert answer.headers["location"] == "/account?done=password"
    assert bea.ask("/account").status == 200
    assert elsewhere.ask("/account").status == 303  # its session has ended
    assert desk.visitor().signs_in("bea").status == 401
    assert desk.visitor().signs_in("bea", fresh["password"]).status == 303


def test_sessions_are_ended_by_their_person_and_by_an_administrator(desk):
    one, other, ada = desk.of("cai"), desk.of("cai"), desk.of("ada")
    numbers = re.findall(r"/account/sessions/(\d+)", one.ask("/account").text)
    assert desk.of("rita").ask(f"/account/sessions/{numbers[0]}", "POST").status == 404
    for number in numbers:
        assert one.ask(f"/account/sessions/{number}", "POST").status == 303
    assert (one.ask("/account").status, other.ask("/account").status) == (200, 303)
    (number,) = re.findall(r"/people/cai/sessions/(\d+)", ada.ask("/people/cai").text)
    assert ada.ask(f"/people/cai/sessions/{number}", "POST").status == 303
    assert one.ask("/account").status == 303


def test_an_administrator_gives_roles_disables_and_reads_the_audit(desk):
    ada, tom = desk.of("ada"), desk.of("tom")
    assert "two" in desk_forms.send(ada, "/people/tom/roles", [
        ("role", "planner"), ("role", "checker")]).seen
    assert desk_forms.send(ada, "/people/tom/roles", [("role", "reader")]).status == 303
    assert tom.ask(HERE).status == 303
    tom = desk.of("tom")
    assert tom.ask(f"{HERE}/step", "POST").status == 403
    assert ada.ask("/people/tom/disable", "POST").status == 303
    assert tom.ask(HERE).status == 303
    assert desk.visitor().signs_in("tom").status == 401
    assert "Nobody would administer" in ada.ask("/people/ada/disable", "POST").seen
    assert ada.ask("/people/tom/enable", "POST").status == 303
    said = ada.ask("/audit?person=tom").seen
    assert "ada disabled tom" in said
    assert "planner -&gt; reader" in ada.ask("/audit?kind=roles").text
    table = ada.ask("/audit/export?kind=disabled")
    assert table.headers["content-disposition"].startswith("attachment")
    assert table.text.count("\r\n") == 2
    assert people.audit(desk.owner, most=1)[0].about == "audit"  # that, too, is noted


def test_no_secret_stands_in_the_audit_or_on_a_page(desk):
    held = " ".join(map(str, people.audit(desk.owner, most=100_000)))
    pan = desk.visitor()
    pan.signs_in("pan")
    pages = pan.ask("/account").text + desk.of("ada").ask("/people/pan").text
    for secret in (PASSWORD, pan.cookies[SESSION], pan.cookies[DEVICE], "argon2"):
        assert secret not in held
        assert secret not in pages


# --- the content --------------------------------------------------------------------------------


def step(visitor, key="P", action="survey", **more):
    return desk_forms.send(visitor, f"{HERE}/step", {
        "action": action, "at": "2006-12-01", "document": "d", "key": key, "track": "approval",
        "state": "none", **more,
    })


def test_a_step_is_that_of_the_session_whatever_a_form_says(desk):
    page = desk.of("ping").ask(f"{HERE}/steps").text
    assert 'name="by"' not in page
    assert "<b>Ping</b> (ping)" in page
    answer = step(desk.of("ping"), by="chen", entered_by="chen")
    assert answer.status == 303, answer.seen
    row = store.log.read(desk.owner).rows[-1][0]
    assert (row.by, row.entered_by) == ("ping", "ping")
    told = desk.of("rita").ask(f"{HERE}/history?key=P")
    assert re.search(r"Surveyed and demarcated .* ping ", told.seen)
    assert "/undo?event" not in told.text
    assert 'name="event"' not in told.text
    assert f"/undo?event={row.event}" in desk.of("kim").ask(f"{HERE}/history").text
    assert 'name="by"' not in desk.of("kim").ask(f"{HERE}/undo?event={row.event}").text
    for name in ("rita", "chen"):
        assert step(desk.of(name), "Q").status == 403
        assert "Your role enters no steps" in desk.of(name).ask(f"{HERE}/steps").seen
    done = desk_forms.send(desk.of("kim"), f"{HERE}/undo", {
        "event": row.event, "why": "a test", "by": "chen", "track": "approval", "state": "none"})
    assert done.status == 303, done.seen
    assert store.log.read(desk.owner).rows[-1][0].by == "kim"


def submits(visitor, plot, **more):
    page = visitor.ask(f"{HERE}/sign-offs?plot={plot}").text
    reasons = dict.fromkeys(re.findall(r'name="(reason:[^"]*)"', page), "not measured")
    return desk_forms.send(visitor, f"{HERE}/sign-offs", {
        "do": "submit", "plot": plot, **reasons, **more})


def test_one_submits_and_another_accepts_and_whose_name_is_typed_counts_nothing(desk):
    assert submits(desk.of("pan"), "B", by="chen").status == 303
    (number,) = [each for each, own in store.sign_off.read(desk.owner).items()
                 if own.subject == "plots:B"]
    own = store.sign_off.read(desk.owner)[number]
    assert own.by == "pan"

    def decides(name, what="accept"):
        return desk_forms.send(desk.of(name), f"{HERE}/sign-offs", {
            "do": what, "case": number, "by": "chen"})

    for name in ("rita", "pan", "kim"):
        page = desk.of(name).ask(f"{HERE}/sign-offs").text
        assert f'name="do" value="accept" disabled aria-describedby="barred-{number}"' in page
        assert "Who may: Cai (cai), Chen (chen)." in page
        assert decides(name).status == (403 if name == "rita" else 409)
    assert store.sign_off.read(desk.owner)[number].end is None
    assert decides("chen").status == 303
    done = store.sign_off.read(desk.owner)[number]
    assert (done.end.by, done.four_eyes) == ("chen", True)
    assert sign_off.stands(desk.owner, number).state == "accepted"


def test_who_signs_says_anew_who_they_are(desk):
    submits(desk.of("pan"), "A")
    cai = desk.of("cai")
    stores.execute(desk.owner, f"UPDATE {desk.owner.schema}_desk.sessions SET proved_at = "  # noqa: S608
                               "proved_at - interval '16 minutes'")
    page = cai.ask(f"{HERE}/sign-offs")
    assert "who signs says anew who they are" in page.seen
    assert 'value="accept" disabled' in page.text
    assert f'href="/again?next={HERE}/sign-offs"' in page.text
    (number,) = [each for each, own in store.sign_off.read(desk.owner).items()
                 if own.subject == "plots:A"]
    answer = desk_forms.send(cai, f"{HERE}/sign-offs", {"do": "accept", "case": number})
    assert answer.status == 409
    desk_forms.send(cai, "/again", {"password": PASSWORD, "next": f"{HERE}/sign-offs"})
    assert 'value="accept">' in cai.ask(f"{HERE}/sign-offs").text
    why = {"text": "too little", "clause": "TD/T 1"}
    assert desk_forms.send(cai, f"{HERE}/sign-offs", {
        "do": "refuse", "case": number, **why}).status == 303


# --- how it is started --------------------------------------------------------------------------


@pytest.mark.parametrize(("behind", "proxies"), [
    ("http://desk.example.org", ["127.0.0.1"]), ("desk.example.org", ["127.0.0.1"]),
    ("https://desk.example.org/park", ["127.0.0.1"]), ("https://", ["127.0.0.1"]),
    ("https://a@desk.example.org", ["127.0.0.1"]), ("https://desk.example.org", ["the-proxy"]),
    ("https://desk.example.org\n", ["127.0.0.1"]),
])
def test_a_shared_desk_is_reached_by_tls_alone(behind, proxies):
    with pytest.raises(OutputError):
        shared.front_of(behind, proxies)


def test_a_desk_has_no_right_of_its_own_and_a_store_has_people(desk):
    assert shared.front_of(f"https://{HOST.upper()}/", ["::1", "127.0.0.1"]).origin == (
        f"https://{HOST}")
    shared.insist(desk.at)
    with pytest.raises(OutputError, match="owns the store"):
        shared.insist(desk.owner)
    with pytest.raises(SourceError, match="has no people"):
        shared.insist(stores.fresh())


@pytest.mark.parametrize("options", [
    ["--behind", "https://desk.example.org"], ["--store", "postgresql://a@b/c"],
])
def test_a_shared_desk_needs_all_that_makes_it_safe(options):
    from click.testing import CliRunner

    said = CliRunner().invoke(main, ["serve", ".", *options, "--lang", "en"])
    assert (said.exit_code, "needs the folder of its place" in said.output) == (2, True)


def test_when_the_database_is_gone_everybody_is_told_and_nobody_let_through(desk, park, tmp_path):
    gone = stores.as_user(desk.owner, "nobody_there")
    with shared_desks.opened(park, desk.owner, gone, tmp_path / "s") as other:
        visitor = other.visitor(**{SESSION: credentials.token()})
        for method in ("GET", "POST"):
            answer = visitor.ask(HERE, method)
            assert (answer.status, "cannot be reached" in answer.seen) == (503, True)


def test_a_wait_for_passwords_keeps_no_page_waiting(desk, monkeypatch):
    """More passwords than may be checked are told to come again at once."""
    going_on, ends = threading.Semaphore(0), threading.Event()

    def slow(kept, password):  # noqa: ARG001
        going_on.release()
        ends.wait(20)
        return False

    monkeypatch.setattr(credentials, "matches", slow)
    threads = [threading.Thread(target=desk.visitor().signs_in, args=(f"n{each}", "x"))
               for each in range(8)]
    for each in threads:
        each.start()
    for _ in threads:
        assert going_on.acquire(timeout=20)
    begun = desk.visitor().signs_in("n9", "x")
    assert begun.status == 429
    assert desk.of("pan").ask("/account").status == 200
    ends.set()
    for each in threads:
        each.join()
