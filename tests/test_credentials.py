"""Passwords that are guessed first, what is kept of them, codes of a second factor, by RFC 6238."""

from datetime import UTC, datetime

import pytest

from landtrack.app import credentials
from landtrack.model.errors import TableError

NAMES = ("li.si", "李四", "X Park")


@pytest.mark.parametrize("password", [
    "correct horse battery staple", "kuiper wanderlust 77", "hb8dfJ20xkeq", "            x\t quiet",
    "四十二只乌鸦住在灯塔下面的窗", "ppp unrelated signs" + "q" * 99,
    "4817 2930 5561 0284 7739",
])
def test_a_password_of_any_signs_is_taken(password):
    assert len(credentials.insist(password, NAMES)) >= credentials.LEAST


@pytest.mark.parametrize(("password", "why"), [
    ("elevensigns", "at least 12"), ("x" * 129, "at most 128"),
    ("Landtrack2026!", "guessed first"), ("P@ssw0rd1234", "guessed first"),
    ("qwertyuiop123", "guessed first"), ("1qaz2wsx3edc4rfv", "guessed first"),
    ("aaaaaaaaaaaa", "guessed first"), ("sunsunsunsun", "guessed first"),
    ("123456789012", "guessed first"), ("iloveyou2024!!", "guessed first"),
    ("我爱你我爱你我爱你我爱你", "guessed first"), ("yuanquguihua2026", "guessed first"),
    ("finalfantasy", "guessed first"),  # of a list of leaked ones
    ("li.si-li.si1", "guessed first"), ("XPark@李四2026!", "guessed first"),  # of who knows them
    ("ＰａｓｓｗｏｒｄＰａｓｓｗｏｒｄ", "guessed first"),  # typed with wide letters
])
def test_a_password_that_is_short_or_guessed_first_is_refused(password, why):
    with pytest.raises(TableError, match=why):
        credentials.insist(password, NAMES)


def test_a_long_password_is_looked_at_at_once():
    """No password can keep the desk busy: it is cut where it is too long."""
    password = "dragon1!" * 15 + "quixotic"
    assert len(password) == credentials.MOST
    assert credentials.insist(password) == password


def test_a_password_is_kept_as_a_hash_that_tells_it_from_others_and_from_none():
    kept = credentials.hashed("correct horse battery staple")

    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert "correct" not in kept
    assert credentials.matches(kept, "correct horse battery staple")
    assert not credentials.matches(kept, "correct horse battery stable")
    assert not credentials.matches("", "correct horse battery staple")


def test_who_has_no_account_costs_the_same_work(monkeypatch):
    """By construction: a hash with the same parameters is checked, once."""
    checked = []

    class Hasher:
        def hash(self, password):  # noqa: ARG002
            return "another"

        def verify(self, kept, password):  # noqa: ARG002
            checked.append(kept)
            return True

    monkeypatch.setattr(credentials, "_hasher", Hasher)
    monkeypatch.setattr(credentials, "_other", lambda: "another")

    assert (credentials.matches("", "x"), credentials.matches("own", "x")) == (False, True)
    assert checked == ["another", "own"]


@pytest.mark.parametrize(("at", "told"), [
    (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
    (2000000000, "69279037"), (20000000000, "65353130"),
])
def test_codes_are_those_of_appendix_b_of_rfc_6238(at, told):
    assert credentials.code(b"12345678901234567890", at // 30, digits=8) == told


def test_a_code_is_taken_half_a_minute_before_and_after_and_no_longer():
    own, now = credentials.secret(), 1_000_000_000.0
    present = int(now // 30)
    found = {
        each - present: credentials.counter_of(own, credentials.code(own, each), now)
        for each in range(present - 3, present + 4)
    }
    assert {by for by, counter in found.items() if counter is not None} == {-1, 0, 1}
    assert found[1] == present + 1
    spaced = credentials.code(own, present)
    assert credentials.counter_of(own, f" {spaced[:3]} {spaced[3:]} ", now) == present
    assert credentials.counter_of(own, "", now) is None
    assert credentials.counter_of(own, "１２３４５６", now) in {None, present}
    step = int(datetime.now(UTC).timestamp() // 30)
    assert credentials.counter_of(own, credentials.code(own, step)) is not None


def test_a_secret_is_read_again_as_it_is_shown_and_stands_in_the_address_of_authenticators():
    own = credentials.secret()

    assert credentials.read(credentials.shown(own)) == own
    told = credentials.address(own, "li", "desk.example.org")
    assert told == (f"otpauth://totp/desk.example.org%3Ali?secret={credentials.shown(own)}"
                    "&issuer=desk.example.org")


def test_recovery_codes_differ_and_are_known_however_they_are_typed():
    made = credentials.recovery()

    assert len(set(made)) == credentials.CODES
    assert len(credentials.token()) == 43
    typed = f" {made[0].upper().replace('-', ' ')} "
    assert credentials.of_recovery(typed) == credentials.of_recovery(made[0])
    assert credentials.of_recovery(made[1]) != credentials.of_recovery(made[0])
