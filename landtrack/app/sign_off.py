"""A plot or project is submitted to be signed by a second person, who accepts or refuses it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from landtrack import store
from landtrack.app.sign_off_types import ACCEPT, REFUSE, SUBMIT, Seen, Shown, Told
from landtrack.model import Outcome, catalog, translations
from landtrack.model.assessment import FINDINGS, OF_PROJECTS
from landtrack.model.errors import OutputError, TableError
from landtrack.model.rules import by_id
from landtrack.output.wording.events import LEAST_SHARE
from landtrack.output.wording.sign_offs import moment
from landtrack.store import Address, sign_off, staging
from landtrack.store.sign_off import Basis, Case, Reason, Subject

PLOTS, PROJECTS = "plots", "projects"
DECIDES, SUBMIT_MAY = "checker", ("planner", "keeper")
"""Roles of who decides a case, and who submits one; the database holds it."""
MOST_NAMED = 12
"""Features of a case that are named in a line."""
DRAWN = frozenset({"plots", "parcels", FINDINGS, OF_PROJECTS})
"""What a case is made of: these are held against the seal of their run."""


class Stands(NamedTuple):
    """A case as it stands: its state now, and what is otherwise than what was submitted.

    ``changed`` are findings, each as it was and as it is (None where it is not there), ``run``
    and ``event`` whether there was a run or an event of its features since.
    """

    case: Case
    state: str
    changed: Mapping[str, tuple[str | None, str | None]]
    run: bool
    event: bool


def subject(address: Address, named: str) -> Subject:
    """Say what a case of a plot or a project is of.

    ``named``: A key of a plot or the number of a project; ``plots:`` or ``projects:`` before it
    where it could be either.
    Returns: Its plots, the parcels of which a share is under them, and what was found of all.
    Raises SourceError: If there is no store, or its results were edited.
    Raises TableError: If there is no such plot or project, or it could be either.
    """
    _insist(address)
    return _subject(address, named)


def _insist(address: Address) -> None:
    """Refuse a store whose results were edited; this takes long, so once for all that is asked."""
    store.seals.insist(address, DRAWN & {*store.names(address)})


def _subject(address: Address, named: str) -> Subject:
    """Say what :func:`subject` says, of a store that was held against its seal."""
    with store.backends.of(address).reading(address) as db:
        rows = db.select(PLOTS, ("plot_id", "project_id"))
        kind, key = _named([(str(own), str(project or "")) for own, project in rows], named)
        plots = [str(own) for own, project in rows if key == str(
            own if kind == PLOTS else project or ""
        )]
        projects = sorted({str(project) for own, project in rows if own in plots and project})
        found = {
            **_findings(db, FINDINGS, PLOTS, plots),
            **_findings(db, OF_PROJECTS, PROJECTS, projects),
        }
    features = [(PLOTS, each) for each in plots] + [
        ("parcels", each) for each in _beneath(address, plots)
    ]
    return Subject(f"{kind}:{key}", tuple(features), found)


def unknown(own: Subject) -> list[str]:
    """List the findings of a subject that are unknown: each needs a reason."""
    return [
        name for name, said in own.findings.items() if said.partition(" ")[0] == Outcome.UNKNOWN
    ]


def submit(
    address: Address, named: str, *, text: str = "", reasons: Mapping[str, str], by: str = ""
) -> Case:
    """Submit a plot or project to be signed.

    ``reasons``: Why findings are unknown, by what :func:`unknown` calls them.
    ``by``: Who submits it; a database knows it by itself.
    Raises OutputError: If a finding is unknown without a reason, one of the same waits already, or
    the store cannot be written.
    """
    own = subject(address, named)
    given = {name: why.strip() for name, why in reasons.items() if why.strip()}
    lacking = [name for name in unknown(own) if name not in given]
    if lacking:
        raise OutputError(
            f"What is unknown needs a reason: {', '.join(lacking)}.",
            mend="Say why, with --reason, or have it measured first.",
        )
    odd = [name for name in given if name not in own.findings]
    if odd:
        raise OutputError(
            f"There is no finding {', '.join(odd)}.",
            mend=f"Those of it are: {', '.join(own.findings)}.",
        )
    with _alone(address):
        return sign_off.submit(address, own, text=text, reasons=given, by=by)


def accept(address: Address, number: int, *, text: str = "", by: str = "") -> Case:
    """Accept a case, as a second person.

    Raises OutputError: If it is not open or is expired, or this person may not decide it.
    """
    with _alone(address):
        now = subject(address, _case(address, number).subject)
        return sign_off.accept(address, number, now.findings, text=text, by=by)


def refuse(address: Address, number: int, why: Reason, *, by: str = "") -> Case:
    """Refuse a case, as a second person.

    Raises OutputError: If it is not open, no reason is given, or this person may not decide it.
    """
    with _alone(address):
        return sign_off.refuse(address, number, why, by=by)


def withdraw(address: Address, number: int, *, text: str = "", by: str = "") -> Case:
    """Withdraw a case: who submitted it does.

    Raises OutputError: If it is not open, or another submitted it.
    """
    with _alone(address):
        return sign_off.withdraw(address, number, text=text, by=by)


def stands(address: Address, number: int) -> Stands:
    """Say how a case stands.

    Raises OutputError: If there is none of that number.
    """
    own = _case(address, number)
    _insist(address)
    return _now(address, own)


def _now(address: Address, own: Case) -> Stands:
    """Say how a case of a store stands that was held against its seal."""
    try:
        findings = dict(_subject(address, own.subject).findings)
    except TableError:  # it is not there any more
        findings = {}
    with store.backends.of(address).reading(address) as db:
        now = sign_off.basis(db, own.features, findings)
    return _stands(own, now)


def listed(address: Address, subjects: Collection[str] | None = None) -> list[Stands]:
    """List the cases of a store, the last first.

    ``subjects``: Only the cases of these; of all where not given.
    Raises SourceError: If there is no store, or its results were edited.
    """
    every = [
        own for own in reversed(sign_off.read(address).values())
        if subjects is None or own.subject in subjects
    ]
    if every:
        _insist(address)
    return [_now(address, own) for own in every]


def seen(address: Address, named: str, lang: str) -> Seen | None:
    """Show the cases of a place, or of one plot and its project.

    ``named``: The key of the plot; all cases where empty.
    Returns: None where there is no such plot.
    Raises SourceError: If there is no store, or its results were edited.
    """
    words = translations.load(lang)
    own = None
    if named:
        try:
            own = subject(address, f"{PLOTS}:{named}")
        except TableError:
            return None
    with store.backends.of(address).reading(address) as db:
        knows = bool(db.user)
        project = [] if own is None else db.select(PLOTS, ("project_id",), {"plot_id": named})
    names = _names(address, words)
    of = {f"{PLOTS}:{named}", *(f"{PROJECTS}:{each}" for (each,) in project if each)}
    team, every = _Team.of(address), listed(address, None if own is None else of)
    with store.backends.of(address).reading(address) as db:
        shown = tuple(
            Shown(
                each.case.number, each.case.subject, _of(words, each.case.subject), each.state,
                each.case.end is None, tuple(line.strip() for line in _lines(words, names, each)),
                *team.about(db, each.case),
            ) for each in every
        )
    lacking = () if own is None else tuple(
        (each, _finding(words, names, each)) for each in unknown(own)
    )
    return Seen(shown, lacking, knows, *team.submitting())


class _Team(NamedTuple):
    """Who works at a shared store by its desk, and who of them asks; nobody where it has none."""

    me: str
    roles: Mapping[str, str]
    names: Mapping[str, str]

    @classmethod
    def of(cls, address: Address) -> _Team:
        """Ask the desk."""
        if isinstance(address, Path) or not address.token:
            return cls("", {}, {})
        from landtrack.store.postgis import people

        found = people.at_work(address)
        with store.backends.of(address).reading(address) as db:
            me = db.user
        return cls(me, {each.name: each.role for each in found}, {
            each.name: f"{each.shown} ({each.name})" for each in found
        })

    def about(self, db: store.session.Session, case: Case) -> tuple[bool, str, tuple[str, ...]]:
        """Say whether who asks submitted a case, why they may not decide it, and who may."""
        if not self.me:
            return True, "", ()
        barred = {
            name: sign_off.may_not(db, case, name) or ("" if role == DECIDES else "role")
            for name, role in self.roles.items()
        }
        may = tuple(self.names[name] for name, why in barred.items() if not why)
        return case.by == self.me, barred.get(self.me, "role"), may

    def submitting(self) -> tuple[str, tuple[str, ...]]:
        """Say why who asks may not submit, and who may."""
        if not self.me:
            return "", ()
        may = [name for name, role in self.roles.items() if role in SUBMIT_MAY]
        return "" if self.me in may else "role", tuple(self.names[each] for each in may)


def do(address: Address, what: str, on: str, typed: Told, reasons: Mapping[str, str]) -> bool:
    """Do what somebody typed.

    ``on``: The key of a plot to be submitted, else the number of a case.
    Returns: False where there is no such plot or case.
    Raises OutputError: If it may not be done.
    """
    try:
        if what == SUBMIT:
            submit(address, f"{PLOTS}:{on}", text=typed.text, reasons=reasons, by=typed.by)
            return True
    except TableError:
        return False
    number = int(on)
    if number not in sign_off.read(address):
        return False
    if what == ACCEPT:
        accept(address, number, text=typed.text, by=typed.by)
    elif what == REFUSE:
        refuse(address, number, Reason(*typed[1:]), by=typed.by)
    else:
        withdraw(address, number, text=typed.text, by=typed.by)
    return True


def _stands(own: Case, now: Basis) -> Stands:
    names = dict.fromkeys([*own.basis.findings, *now.findings])
    changed = {
        name: (own.basis.findings.get(name), now.findings.get(name)) for name in names
        if own.basis.findings.get(name) != now.findings.get(name)
    }
    return Stands(
        own, own.state(now), changed, own.basis.run != now.run, own.basis.event != now.event
    )


def told(address: Address, every: Iterable[Stands], lang: str | None = None) -> list[str]:
    """Say how cases stand, line by line.

    ``lang``: The language; that of the place where not given.
    """
    with store.backends.of(address).reading(address) as db:
        words = translations.load(lang or store.log.meta(db)["language"])
    names = _names(address, words)
    return [line for each in every for line in _lines(words, names, each)] or [
        words("sign_off.none")
    ]


def _names(address: Address, words: translations.Words) -> dict[str, str]:
    """Name the rules by which the last run judged."""
    rules = by_id(store.rules(address, store.last_run(address)))
    return {rule: words.pick(own.title) for rule, own in rules.items()}


def _finding(words: translations.Words, names: Mapping[str, str], key: str) -> str:
    """Name a finding: what it is of, and the title of its rule."""
    of, _, rule = key.rpartition(" ")
    return words("sign_off.finding", of=_of(words, of), rule=names.get(rule, rule))


def _of(words: translations.Words, named: str) -> str:
    """Name a plot, a project or a parcel."""
    kind, _, key = named.partition(":")
    return words(f"sign_off.of_{kind}", named=key)


def _said(words: translations.Words, outcome: str | None) -> str:
    """Say an outcome with its value, unrounded."""
    if outcome is None:
        return "–"
    code, _, value = outcome.partition(" ")
    return f"{words(f'outcome.{code}')} {value}".strip()


def _lines(
    words: translations.Words, names: Mapping[str, str], own: Stands
) -> Iterator[str]:
    case = own.case
    yield words(
        "sign_off.line", number=case.number, subject=_of(words, case.subject),
        revision=case.revision, state=words(f"sign_off.{own.state}"), by=case.by,
        at=moment(case.at),
    )
    if case.text:
        yield words("sign_off.text", text=case.text)
    named = ", ".join(_of(words, ":".join(each)) for each in case.features[:MOST_NAMED])
    more = " …" if len(case.features) > MOST_NAMED else ""
    yield words("sign_off.features", count=len(case.features), features=f"{named}{more}")
    for name, why in case.reasons.items():
        yield words("sign_off.reason", finding=_finding(words, names, name), why=why)
    if case.end is not None:
        yield words(f"sign_off.end_{case.end.kind}", by=case.end.by, at=moment(case.end.at))
        for name, text in case.end.why._asdict().items():
            if text:
                yield words(f"sign_off.why_{name}", text=text)
        if case.end.kind == sign_off.ACCEPTED and not case.four_eyes:
            yield words("sign_off.not_proven")
    if own.run:
        yield words("sign_off.run_since")
    if own.event:
        yield words("sign_off.event_since")
    for name, (then, now) in own.changed.items():
        yield words(
            "sign_off.changed", finding=_finding(words, names, name), then=_said(words, then),
            now=_said(words, now),
        )


def _named(rows: Iterable[tuple[str, str]], named: str) -> tuple[str, str]:
    """Find what is named: a plot or a project.

    Raises TableError: If there is neither, or both.
    """
    kind, sign, key = named.partition(":")
    plots, projects = {own for own, _ in rows}, {project for _, project in rows} - {""}
    if sign and kind == PLOTS and key in plots:
        return PLOTS, key
    if sign and kind == PROJECTS and key in projects:
        return PROJECTS, key
    if named in plots and named in projects:
        raise TableError(
            f"{named!r} is a plot and a project.",
            mend=f"Say which: {PLOTS}:{named} or {PROJECTS}:{named}.",
        )
    if named in plots or named in projects:
        return (PLOTS if named in plots else PROJECTS), named
    raise TableError(
        f"The store has no plot and no project {named!r}.",
        mend="Look it up in the ledger; if it is new, run `landtrack run` first.",
    )


def _findings(
    db: store.session.Session, table: str, kind: str, keys: Iterable[str]
) -> dict[str, str]:
    """Write findings down as a case keeps them: what it is of and the rule, outcome and value."""
    if table not in db.tables():
        return {}
    rows = db.select_each(
        table, ("plot_id", "rule", "outcome", "value"), ("plot_id",), [(key,) for key in keys]
    )
    return {
        f"{kind}:{key} {rule}": outcome if value is None else f"{outcome} {value!r}"
        for key, rule, outcome, value in rows
    }


def _beneath(address: Address, plots: list[str]) -> list[str]:
    """Name the parcels of which a share is under plots."""
    if "parcels" not in store.names(address):
        return []
    schemas = catalog.schemas()
    own = store.near(address, PLOTS, schemas[PLOTS].key, None, plots)
    own = own[own[schemas[PLOTS].key].isin(plots)]
    box = own.total_bounds
    parcels = store.near(
        address, "parcels", schemas["parcels"].key, (box[0], box[1], box[2], box[3]), []
    )
    under = {
        str(key) for shape in own.geometry for key, share in zip(
            parcels[schemas["parcels"].key], parcels.intersection(shape).area / shape.area,
            strict=True,
        ) if share > LEAST_SHARE
    }
    return sorted(under)


def _case(address: Address, number: int) -> Case:
    """Find a case.

    Raises OutputError: If there is none of that number.
    """
    own = sign_off.read(address).get(number)
    if own is None:
        raise OutputError(
            f"There is no case {number}.", mend="`landtrack case list` shows the cases.",
        )
    return own


@contextmanager
def _alone(address: Address) -> Iterator[None]:
    """Keep a run from replacing a store in a file meanwhile; a database does so itself."""
    if not isinstance(address, Path):
        yield
        return
    with staging.exclusive(address.parent):
        yield
