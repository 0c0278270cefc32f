"""What pages say of cases that two persons sign, as plain values."""

from __future__ import annotations

from typing import NamedTuple

SUBMIT, ACCEPT, REFUSE, WITHDRAW = "submit", "accept", "refuse", "withdraw"
"""What may be done; all but the first with a case that waits."""


class Told(NamedTuple):
    """What somebody typed with what they do: who they are, why, and what a refusal rests on."""

    by: str = ""
    text: str = ""
    clause: str = ""
    figure: str = ""
    document: str = ""


class Shown(NamedTuple):
    """A case in words: its state as a code, and what is said of it, a line each.

    ``subject`` is ``plots:KEY`` or ``projects:ID``, ``title`` what that is called.
    ``undecided`` says that nobody decided it yet, though it may be expired. ``mine`` that who asks
    submitted it, or that nobody knows. ``barred`` says why who asks may not decide it: ``role``,
    ``submitted``, ``entered``; empty where they may. ``may`` names who may, where that is known.
    """

    number: int
    subject: str
    title: str
    state: str
    undecided: bool
    lines: tuple[str, ...]
    mine: bool = True
    barred: str = ""
    may: tuple[str, ...] = ()


class Seen(NamedTuple):
    """The cases of a place, the last first, or those of a plot and its project.

    ``lacking`` are the findings of that plot that are unknown: the key by which a reason is given,
    and their names. ``knows`` says that the store knows who is at work. ``barred`` says why who
    asks may not submit, and ``may`` names who may, as of a case.
    """

    shown: tuple[Shown, ...]
    lacking: tuple[tuple[str, str], ...] = ()
    knows: bool = False
    barred: str = ""
    may: tuple[str, ...] = ()
