"""What the functions of a shared desk refuse, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from landtrack.model.errors import LandtrackError, OutputError, SourceError

CODE = "LT000"
"""The state of SQL by which they refuse; the message is a key below."""
NO_SESSION = "no_session"


class SignedOutError(SourceError):
    """There is no such session, or it has ended."""


_WORDS: Mapping[str, Callable[[], LandtrackError]] = {
    NO_SESSION: lambda: SignedOutError(
        "You are not signed in, or no longer.", mend="Sign in again.",
    ),
    "no_right": lambda: OutputError(
        "Your role does not allow this.", mend="Ask an administrator of the desk for it.",
    ),
    "not_proved": lambda: OutputError(
        "You signed in too long ago for this.", mend="Say anew who you are, then do it again.",
    ),
    "no_person": lambda: SourceError(
        "There is no such account, or it is disabled.",
        mend="`landtrack people list` shows those that there are.",
    ),
    "no_link": lambda: SourceError(
        "This link is used, ended, or none.", mend="Ask an administrator for another one.",
    ),
    "no_such_session": lambda: SourceError(
        "There is no such session, or it has ended.", mend="Look at the list of sessions again.",
    ),
    "name_taken": lambda: OutputError(
        "There is an account of that name; nobody gets the name of another.",
        mend="Choose another name, or enable the account.",
    ),
    "name_of_user": lambda: OutputError(
        "A user of the database has that name.",
        mend="Choose another name: what one enters must not look like the other's.",
    ),
    "last_administrator": lambda: OutputError(
        "Nobody would administer the people of this desk.", mend="Make another one first.",
    ),
}


def told(key: str) -> LandtrackError:
    """Make the failure that a function refused with."""
    return _WORDS[key]()
