"""The application passwords of a shared desk: each person has one, kept by the database.

A program that comes with it, such as QGIS, reads for that person where an address says so, and can
do nothing else: to the database it is a reader, whatever role the person has.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.requests import Request

from landtrack.app import credentials
from landtrack.model.address import Shared
from landtrack.server.passwords import Kept

if TYPE_CHECKING:
    from landtrack.store.postgis.people import Person


class PersonsPasswords:
    """The application passwords of the people of a shared store."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared

    def of_person(self, request: Request) -> OfPerson:
        """Give that of who is signed in."""
        return OfPerson(replace(self.shared, token=request.scope["token"]), request.scope["person"])


class OfPerson:
    """The application password of somebody who is signed in."""

    def __init__(self, shared: Shared, person: Person) -> None:
        self.shared, self.person = shared, person

    @property
    def proved(self) -> bool:
        """Tell whether they said a short while ago who they are."""
        return self.person.proved

    def of(self, _place: str) -> Kept | None:
        """Say which one they have."""
        from landtrack.store.postgis import people

        own = people.program(self.shared)
        return None if own is None else Kept(
            user=self.person.name, sha256="", made_at=own.made_at.isoformat(timespec="seconds")
        )

    def make(self, _place: str) -> str:
        """Make one, in the place of the one that they had.

        Returns: The password, which is kept nowhere.
        Raises OutputError: If they did not say a short while ago who they are.
        """
        from landtrack.store.postgis import people

        made = credentials.token()
        people.make_program(self.shared, made)
        return made

    def revoke(self, _place: str) -> None:
        """Take theirs away."""
        from landtrack.store.postgis import people

        people.drop_program(self.shared)

    def shown_once(self, _place: str) -> None:
        """Give none: it is shown where it is made."""


def again(way: str) -> str:
    """Give the address where somebody says anew who they are, to go on from there."""
    return f"/again?{urlencode({'next': way})}"
