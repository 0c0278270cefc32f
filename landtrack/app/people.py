"""The people of a shared desk, at the terminal and in the browser: made, given roles, let in.

The database decides who may do what; here what is typed is read, passwords and codes are checked,
and links are made. An address without a session is that of the owner of the store.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from landtrack.app import credentials
from landtrack.app.desk_roles import ADMINISTRATOR
from landtrack.model.address import Shared
from landtrack.model.errors import TableError
from landtrack.model.translations import Words
from landtrack.store.postgis import people
from landtrack.store.postgis.desk_tables import CONTENT, NAME
from landtrack.store.postgis.people import Account, Opened, Person, Secrets

ROLES = (*CONTENT, ADMINISTRATOR)
"""What somebody may be: one of the first, and an administrator of people besides or alone."""
FIRST = "/first"
"""Where a link leads that lets somebody choose a password."""
MOST_SHOWN = 60


class Made(NamedTuple):
    """What was made of a person: the roles, and the link by which a password is chosen."""

    name: str
    link: str


def add(shared: Shared, name: str, shown: str, roles: Sequence[str], at: str = "") -> Made:
    """Make an account with a link by which its person chooses a password.

    ``name``: By which they sign in, and which stands in the log; for ever.
    ``shown``: As people call them.
    ``roles``: Some of :data:`ROLES`.
    ``at``: The address of the desk, for the link.
    Raises TableError: If the name cannot be one, or the roles do not go together.
    Raises LandtrackError: If there is an account of that name, or we may not.
    """
    if re.fullmatch(NAME, name) is None:
        raise TableError(
            f"{name!r} cannot be the name of an account.",
            mend="Take 2 to 40 small letters, digits, dots, hyphens; a letter first: li.si.",
        )
    told = " ".join(shown.split())
    if not 0 < len(told) <= MOST_SHOWN or not told.isprintable():
        raise TableError(
            "The name by which people call somebody is missing or too long.",
            mend=f"Write it as it is to stand on lists, in at most {MOST_SHOWN} signs.",
        )
    role, administers = read(roles)
    people.add(shared, name, told, role, administers=administers)
    return Made(name, link(shared, name, at))


def link(shared: Shared, name: str, at: str = "") -> str:
    """Make a link by which somebody chooses a password, once and within three days."""
    own = credentials.token()
    people.make_link(shared, name, own)
    return f"{at.rstrip('/')}{FIRST}?link={own}"


def give(shared: Shared, name: str, roles: Sequence[str]) -> None:
    """Give somebody roles in the place of those that they had; their sessions end.

    Raises TableError: If they do not go together.
    Raises LandtrackError: If there is no such account, or nobody would administer.
    """
    role, administers = read(roles)
    people.give(shared, name, role, administers=administers)


def read(roles: Collection[str]) -> tuple[str, bool]:
    """Read roles: the one for the content, empty for none, and whether people are administered.

    Raises TableError: If there are others, or two of the content.
    """
    odd = sorted({*roles} - {*ROLES})
    if odd:
        raise TableError(
            f"There is no role {', '.join(odd)}.", mend=f"Choose of: {', '.join(ROLES)}."
        )
    own = [each for each in CONTENT if each in roles]
    if len(own) > 1:
        raise TableError(
            f"Nobody is {' and '.join(own)}: who enters and who decides are two.",
            mend="Give one of them; an administrator may be any of them besides.",
        )
    return (own[0] if own else ""), ADMINISTRATOR in roles


def held(own: Account) -> tuple[str, ...]:
    """List the roles of an account."""
    return tuple(filter(None, (own.role, ADMINISTRATOR if own.administers else "")))


def told(own: Account, words: Words) -> str:
    """Say of an account who it is, what it may do, and what it comes in by, in a line."""
    roles, state = said(own, words)
    return words("people.line", name=own.name, shown=own.shown, roles=roles, state=state)


def said(own: Account, words: Words) -> tuple[str, str]:
    """Say what an account may do, and what it comes in by."""
    state = "disabled" if own.disabled_at else "no_password" if not own.has_password else "second" \
        if own.second else "one_factor"
    day = f"{own.disabled_at:%Y-%m-%d}" if own.disabled_at else ""
    return _named(held(own), words), words(
        f"people.{state}", by=own.disabled_by or "", at=day
    )


def told_session(own: Opened, words: Words) -> str:
    """Say of a session whose it is, since when and from where, in a line."""
    return words(
        "people.session", number=own.number, name=own.person, address=own.address,
        began=f"{own.began_at:%Y-%m-%d %H:%M}", seen=f"{own.seen_at:%Y-%m-%d %H:%M}",
        agent=own.agent,
    )


def _named(roles: Sequence[str], words: Words) -> str:
    """Name roles."""
    return words("people.and").join(words(f"people.role.{each}") for each in roles) or words(
        "people.role.none"
    )


# --- coming in ----------------------------------------------------------------------------------


def check(
    shared: Shared, name: str, found: Secrets | None, password: str, code: str, address: str
) -> int:
    """Check a password, and a code where a second factor is set.

    A failure is entered into the audit. It takes the same work whether there is such an account.

    ``found``: By what the account is known; None where there is none.
    Returns: By how many factors they are known; 0 where they are not.
    """
    right = credentials.matches("" if found is None else found.password, password)
    if found is None or not right:
        people.fail(shared, name, "password", address)
        return 0
    if found.second is None:
        return 1
    counter = credentials.counter_of(found.second, code)
    if (counter is not None and people.use_code(shared, name, counter)) or (
        code.strip() and people.use_recovery(
            shared, name, credentials.of_recovery(code), address
        )
    ):
        return 2
    people.fail(shared, name, "second factor", address)
    return 0


def choose(shared: Shared, own: str, password: str, *, device: str, address: str) -> str:
    """Choose a password by a link.

    ``own``: The link's secret. ``device``: By which the browser is known from then on.
    Returns: The name of the account.
    Raises TableError: If the password is too short or guessed first.
    Raises LandtrackError: If the link is good no more.
    """
    whose = people.of_link(shared, own)
    plain = password if whose is None else credentials.insist(password, [*whose, shared.schema])
    hashed = credentials.hashed(plain) if whose else ""
    people.use_link(shared, own, hashed, device=people.digest(device), address=address)
    return "" if whose is None else whose[0]


def change(shared: Shared, person: Person, password: str) -> str:
    """Choose another password for oneself; one's other sessions end.

    Returns: The token that the session has from then on.
    Raises TableError: If the password is too short or guessed first.
    Raises LandtrackError: If they did not say a short while ago who they are.
    """
    plain = credentials.insist(password, [person.name, person.shown, shared.schema])
    fresh = credentials.token()
    people.set_password(shared, credentials.hashed(plain), fresh)
    return fresh


def second(shared: Shared, secret: bytes, code: str) -> tuple[str, list[str]] | None:
    """Take a second factor on, once its first code was typed.

    Returns: The token that the session has from then on, and the recovery codes; None where it is
    not its code.
    """
    counter = credentials.counter_of(secret, code)
    if counter is None:
        return None
    fresh, codes = credentials.token(), credentials.recovery()
    people.set_second(shared, secret, map(credentials.of_recovery, codes), counter, fresh)
    return fresh, codes
