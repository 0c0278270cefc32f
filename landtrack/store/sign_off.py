"""Signatures of two persons: a case is submitted by one, and accepted or refused by another.

Each step of a case is a seal, so the chain that proves runs and sheets proves these too, and what
a later run replaces keeps them. A case rests on a run, on the last event of its features and on
what their findings said: once any of these is another, it is expired and can only be withdrawn or
submitted anew. In a database the rules here are held by the database itself, by whatever program
one signs (:mod:`~landtrack.store.postgis.guards`), and who signs is its user; in a file the names
are what somebody typed, which proves nothing of who it was, and a case says so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Annotated, NamedTuple, TypeVar

import msgspec

from landtrack.model.address import Address
from landtrack.model.assessment import SignOff
from landtrack.model.errors import OutputError, SourceError
from landtrack.model.value import Value
from landtrack.store import backends, log, seals
from landtrack.store.seals import Seal
from landtrack.store.session import LOG, Session

SUBMITTED, ACCEPTED, REFUSED, WITHDRAWN = "submitted", "accepted", "refused", "withdrawn"
"""What becomes of a case, as its seals say it."""
EXPIRED = "expired"
"""A case of which nothing was said before what it rests on changed."""
ENDS = (ACCEPTED, REFUSED, WITHDRAWN)
CASES = (SUBMITTED, *ENDS)
Feature = tuple[str, str]
"""A layer, and the key of a feature in it."""


class Subject(NamedTuple):
    """What a case is of: ``plots:KEY`` or ``projects:ID``, its features, and what is found of it.

    ``findings`` are by plot or project and rule.
    """

    name: str
    features: tuple[Feature, ...]
    findings: Mapping[str, str]


class Reason(NamedTuple):
    """What somebody says of a case; a refusal rests on a clause, a figure or a document."""

    text: str
    clause: str = ""
    figure: str = ""
    document: str = ""


class Basis(NamedTuple):
    """What a case rests on.

    ``run`` is the seal of the run, ``event`` the last event of its features (0 for none), and
    ``findings`` are those of its subject.
    """

    run: int
    event: int
    findings: Mapping[str, str]


class End(NamedTuple):
    """What a person said of a case, and the hash of the seal that says so."""

    kind: str
    by: str
    at: str
    proven: bool
    why: Reason
    sha256: str


class Case(NamedTuple):
    """A case: its number is that of the seal by which it was submitted.

    ``subject`` is ``plots:KEY`` or ``projects:ID``, ``revision`` counts the submissions of it,
    ``proven`` says that a database knew who ``by`` is. ``reasons`` are given for findings that
    are unknown, by what :attr:`Basis.findings` calls them.
    """

    number: int
    subject: str
    revision: int
    features: tuple[Feature, ...]
    basis: Basis
    text: str
    reasons: Mapping[str, str]
    by: str
    at: str
    proven: bool
    sha256: str
    end: End | None

    @property
    def four_eyes(self) -> bool:
        """Tell whether it is proved that two persons signed."""
        return self.end is not None and self.end.kind == ACCEPTED and (
            self.proven and self.end.proven
        )

    def state(self, now: Basis) -> str:
        """Say what became of it.

        ``now``: What its features rest on now.
        """
        if self.end is not None:
            return self.end.kind
        return SUBMITTED if self.basis == now else EXPIRED


def cases(kept: Iterable[Seal]) -> dict[int, Case]:
    """Read the cases from seals.

    Returns: By their number, in the order in which they were submitted.
    """
    made: dict[int, Case] = {}
    of_subject: dict[str, int] = {}
    for each in kept:
        if each.kind == SUBMITTED:
            own = _decoded(each, _Submission)
            revision = of_subject[own.subject] = of_subject.get(own.subject, 0) + 1
            made[each.seal] = Case(
                each.seal, own.subject, revision, own.features,
                Basis(own.run, own.event, own.findings), own.text, own.reasons,
                *_who(each, own.by), each.sha256, None,
            )
        elif each.kind in ENDS:
            end = _decoded(each, _Ending)
            if end.case not in made:
                raise _no_case(each)
            made[end.case] = made[end.case]._replace(end=End(
                each.kind, *_who(each, end.by),
                Reason(end.text, end.clause, end.figure, end.document), each.sha256,
            ))
    return made


def read(address: Address) -> dict[int, Case]:
    """Read the cases of a store.

    Raises SourceError: If there is no store, or one of another version.
    """
    with backends.of(address).reading(address) as db:
        log.require_format(db)
        return cases(seals.rows(db))


def in_force(address: Address) -> dict[str, SignOff]:
    """Give what two persons signed, as far as it still stands.

    Returns: By ``plots:KEY`` and ``projects:ID``, the accepted cases that rest on the run and the
    events that the store has now; results are those of the run, which is sealed.
    Raises SourceError: If there is no store, or one of another version.
    """
    with backends.of(address).reading(address) as db:
        log.require_format(db)
        kept = seals.rows(db)
        run = _number(seals.last_run(kept))
        return {
            each.subject: SignOff(
                each.number, each.by, each.at, each.end.by, each.end.at, each.four_eyes
            )
            for each in cases(kept).values()
            if each.end is not None and each.end.kind == ACCEPTED and each.basis.run == run
            and each.basis.event == _last_event(db, each.features)
        }


def basis(db: Session, features: Iterable[Feature], findings: Mapping[str, str]) -> Basis:
    """Say what a case of some features would rest on now."""
    return Basis(
        _number(seals.last_run(seals.rows(db))), _last_event(db, features), dict(findings)
    )


def _number(run: Seal | None) -> int:
    return run.seal if run else 0


def _last_event(db: Session, features: Iterable[Feature]) -> int:
    return max((event for event, _ in _events(db, features)), default=0)


def submit(
    address: Address, subject: Subject, *, text: str = "", reasons: Mapping[str, str],
    by: str = "",
) -> Case:
    """Submit a case.

    ``by``: Who does; a database knows it by itself.
    Raises OutputError: If one of the same subject waits already, nobody is named, or it cannot be
    written.
    """
    with backends.of(address).writing(address) as db:
        log.require_format(db)
        who = _named(db, by)
        now = basis(db, subject.features, subject.findings)
        for each in cases(seals.rows(db)).values():
            if each.subject == subject.name and each.state(
                basis(db, each.features, each.basis.findings)
            ) == SUBMITTED:
                raise OutputError(
                    f"Case {each.number} of {subject.name} waits to be decided.",
                    mend="Withdraw it first, or wait until it is decided.",
                )
        made = seals.enter(db, SUBMITTED, {
            "subject": subject.name, "features": [list(each) for each in subject.features],
            "run": now.run, "event": now.event, "findings": dict(subject.findings),
            "text": text.strip(), "reasons": dict(reasons), "by": who,
        })
        return cases(seals.rows(db))[made.seal]


def withdraw(address: Address, number: int, *, text: str = "", by: str = "") -> Case:
    """Withdraw a case: who submitted it does.

    Raises OutputError: If it is not open, another submitted it, or it cannot be written.
    """
    with backends.of(address).writing(address) as db:
        own, who = _open(db, number), _named(db, by)
        if not _same(own.by, who):
            raise OutputError(
                f"Case {number} was submitted by {own.by}.", mend="Who submitted it withdraws it.",
            )
        return _end(db, own, WITHDRAWN, who, Reason(text.strip()))


def accept(
    address: Address, number: int, findings: Mapping[str, str], *, text: str = "", by: str = ""
) -> Case:
    """Accept a case, as a second person.

    ``findings``: What is found of its features now, as :class:`Basis` has it.
    Raises OutputError: If it is not open or is expired, the same person submitted it or entered an
    event of its features, or it cannot be written.
    """
    with backends.of(address).writing(address) as db:
        own, who = _open(db, number), _named(db, by)
        _insist_on_second(db, own, who)
        if own.state(basis(db, own.features, findings)) != SUBMITTED:
            raise OutputError(
                f"Case {number} is expired: what it rests on has changed since.",
                mend="Look at what is otherwise, and have it submitted anew.",
            )
        return _end(db, own, ACCEPTED, who, Reason(text.strip()))


def refuse(address: Address, number: int, why: Reason, *, by: str = "") -> Case:
    """Refuse a case, as a second person.

    Raises OutputError: If it is not open, no reason is given, the same person submitted it or
    entered an event of its features, or it cannot be written.
    """
    why = Reason(*map(str.strip, why))
    if not why.text or not any(why[1:]):
        raise OutputError(
            "A refusal says why, and what that rests on.",
            mend="Write the reason, and a clause, a figure or a document.",
        )
    with backends.of(address).writing(address) as db:
        own, who = _open(db, number), _named(db, by)
        _insist_on_second(db, own, who)
        return _end(db, own, REFUSED, who, why)


def may_not(db: Session, own: Case, who: str) -> str:
    """Say why somebody may not decide a case: ``submitted`` or ``entered``; empty if they may."""
    if _same(own.by, who):
        return "submitted"
    return "entered" if any(_same(name, who) for _, name in _events(db, own.features)) else ""


def _insist_on_second(db: Session, own: Case, who: str) -> None:
    """Refuse to let the same person decide.

    Raises OutputError: If that one submitted the case or entered an event of it.
    """
    why = may_not(db, own, who)
    if why:
        raise OutputError(
            f"{who} submitted case {own.number}." if why == "submitted"
            else f"{who} entered an event of the features of case {own.number}.",
            mend="Another person decides it.",
        )


def _open(db: Session, number: int) -> Case:
    """Find a case of which nobody has said anything yet.

    Raises OutputError: If there is none.
    """
    log.require_format(db)
    own = cases(seals.rows(db)).get(number)
    if own is None or own.end is not None:
        raise OutputError(
            f"There is no open case {number}.", mend="`landtrack case list` shows the cases.",
        )
    return own


def _end(db: Session, own: Case, kind: str, who: str, why: Reason) -> Case:
    seals.enter(db, kind, {"case": own.number, "by": who, **why._asdict()})
    return cases(seals.rows(db))[own.number]


def _events(db: Session, features: Iterable[Feature]) -> list[tuple[int, str]]:
    """Give the events of features, each with who entered it."""
    rows = db.select_each(
        LOG.name, ("event", "entered_by", "by"), ("layer", "feature_id"), [*features]
    )
    return [(int(event), entered or by or "") for event, entered, by in rows]


def _named(db: Session, by: str) -> str:
    """Say who signs.

    Raises OutputError: If nobody knows.
    """
    who = db.user or " ".join(by.split())
    if not who:
        raise OutputError(
            "Nobody signs: a store in a file does not know who is at work.",
            mend="Say the name, with --by.",
        )
    return who


def _who(seal: Seal, by: str) -> tuple[str, str, bool]:
    """Say who made a seal, when, and whether a database knew them."""
    return seal.entered_by or by, seal.recorded_at, bool(seal.entered_by)


class _Submission(Value, frozen=True, kw_only=True):
    """What the seal of a submission holds."""

    subject: str
    features: Annotated[tuple[Feature, ...], msgspec.Meta(min_length=1)]
    run: int
    event: int
    findings: dict[str, str]
    text: str
    reasons: dict[str, str]
    by: str


class _Ending(Value, frozen=True, kw_only=True):
    """What the seal of a decision holds."""

    case: int
    text: str
    clause: str
    figure: str
    document: str
    by: str


_Held = TypeVar("_Held", _Submission, _Ending)


def _decoded(seal: Seal, kind: type[_Held]) -> _Held:
    """Read what a seal holds.

    Raises SourceError: If it is not as landtrack writes it.
    """
    try:
        return msgspec.json.decode(seal.said, type=kind)
    except msgspec.DecodeError as error:
        raise _no_case(seal) from error


def _no_case(seal: Seal) -> SourceError:
    return SourceError(
        f"Seal {seal.seal} holds no case as landtrack writes it.",
        mend="Restore a copy of the store; `landtrack log verify` says what is wrong with it.",
    )


def _same(one: str, other: str) -> bool:
    """Tell whether two names are one person's, however they are typed."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
