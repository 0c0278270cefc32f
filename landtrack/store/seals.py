"""Seals: what a run wrote and which sheets were issued, each chained to the seal before.

The seal of a run holds a digest of every layer and table that it wrote; that of a sheet its row
in the register. What stands in the store is held against them before it is drawn. The table
only grows, as the log does; whoever gets around that and makes the whole chain anew is found
by a head that was kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from landtrack.model import catalog
from landtrack.model.address import Address
from landtrack.model.errors import SourceError
from landtrack.store import backends, geopackage, log
from landtrack.store.session import LOG, OWN, SEALS, Session
from landtrack.tracking import START

RUN, SHEET, FOUND = "run", "sheet", "found"
"""What is sealed: a run, a sheet; and what was found in a store that had no seals yet."""

RESULTS = frozenset({
    "findings", "measures", "issues", "issue_shapes", "counts", "runs", "rules",
    "project_findings", "project_amounts", "written_figures",
})
"""The tables that a run may write, beside the layers."""

Fault = tuple[str, dict[str, str]]
"""What is wrong, by the code of its words, and the values that go into them."""


class Seal(NamedTuple):
    """A row of the table: what is sealed, as JSON, when and by whom it was, and its hash."""

    seal: int
    kind: str
    said: str
    recorded_at: str
    entered_by: str
    previous: str
    sha256: str

    @property
    def holds(self) -> dict[str, Any]:
        """Give what is sealed.

        Returns: Of a run ``tables`` (digests by name), ``events`` and ``head`` of the log; of a
        sheet its row in the register.
        """
        return dict(json.loads(self.said))


def enter(db: Session, kind: str, holds: Mapping[str, Any]) -> Seal:
    """Seal something."""
    db.declare(SEALS)
    before = rows(db)
    said = json.dumps(holds, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    made = _linked(
        (len(before) + 1, kind, said, db.now(), db.user),
        before[-1].sha256 if before else START,
    )
    db.insert(SEALS, [made])
    return made


def of_run(db: Session, tables: Mapping[str, str], kind: str = RUN) -> Seal:
    """Seal what a run wrote, and the log as it is with it."""
    hashes = db.select(LOG.name, ("sha256",))
    return enter(db, kind, {
        "tables": dict(tables), "events": len(hashes), "head": hashes[-1][0] if hashes else START,
    })


def rows(db: Session) -> list[Seal]:
    """Read the seals of an open store.

    Returns: In their order; none where the store has none yet.
    """
    if SEALS.name not in db.tables():
        return []
    return [Seal(*each) for each in db.select(SEALS.name, [*SEALS.columns])]


def read(address: Address) -> list[Seal]:
    """Read the seals of a store.

    Returns: In their order.
    """
    with backends.of(address).reading(address) as db:
        return rows(db)


def install(db: Session, kept: Sequence[Seal]) -> None:
    """Put seals into an open store that has none."""
    db.declare(SEALS)
    db.insert(SEALS, kept)


def breaks(kept: Sequence[Seal], head: str | None = None) -> list[Fault]:
    """Find where the chain of seals does not hold.

    ``kept``: The seals in their order.
    ``head``: The hash of one of them, as it was kept elsewhere.
    Returns: None where all holds.
    """
    found: list[Fault] = []
    previous = START
    for number, each in enumerate(kept, start=1):
        if each.seal != number or each.previous != previous or each != _linked(each[:5], previous):
            found.append(("seal_altered", {"seal": str(number)}))
        previous = each.sha256
    if head is not None and head not in {each.sha256 for each in kept}:
        found.append(("seal_head", {}))
    return found


def faults(address: Address, wanted: Iterable[str] | None = None) -> list[Fault]:
    """Hold what a store holds against the seal of its run.

    ``wanted``: The layers and tables to look at; all of the run where not given.
    Returns: None where all is as it was written.
    Raises SourceError: If there is no store, or one of another version.
    """
    held = backends.of(address)
    with held.reading(address) as db:
        log.require_format(db)
        kept = rows(db)
        run = last_run(kept)
        found = breaks(kept)
        broken = bool(found)
        if not broken:  # of what an altered seal holds nothing can be told
            found += _other_log(db, run) if run else [("no_seal", {})]
        if wanted is None:
            found += [("unguarded", {"guard": each}) for each in db.unguarded()]
    if run is None or broken:
        return found
    sealed = run.holds["tables"]
    there = set(held.names(address)) - OWN
    names = set(sealed) | (there & ({*catalog.schemas()} | RESULTS))
    if wanted is not None:
        names &= {*wanted}
    now = held.digests_of(address, sorted(names & there & set(sealed)))
    for name in sorted(names):
        if name not in there:
            found.append(("table_gone", {"table": name}))
        elif name not in sealed:
            found.append(("table_added", {"table": name}))
        elif now[name] != sealed[name]:
            found.append(("table_edited", {"table": name}))
    return found


def last_run(kept: Sequence[Seal]) -> Seal | None:
    """Find the seal of what stands in a store."""
    return next((each for each in reversed(kept) if each.kind in (RUN, FOUND)), None)


def insist(address: Address, wanted: Iterable[str] | None = None) -> None:
    """Refuse to draw from a store whose results are not those that its run wrote.

    ``wanted``: The layers and tables that are drawn; all of the run where not given.
    Raises SourceError: With the names of what was edited, added or removed.
    """
    found = faults(address, wanted)
    if found:
        raise SourceError(
            f"{address} is not as its run wrote it: {'; '.join(_told(found))}.",
            mend="Make it again with `landtrack run`, or restore a copy; what was edited on "
            "purpose belongs into the files of the place. `landtrack log verify` names all.",
        )


def carry(earlier: Sequence[Seal], path: Path) -> None:
    """Let the seals of a new store go on from those of the one that it replaces.

    ``earlier``: The seals of that one, of which some may have been entered since the run began.
    """
    own = read(path)
    if own[:-1] == [*earlier] or own == [*earlier]:
        return
    run = own[-1].holds
    with geopackage.writing(path) as db:
        db.drop(SEALS.name)
        install(db, earlier)
        last = last_run(earlier)
        if last is None or last.holds != run:  # a shared store has been given it already
            enter(db, RUN, run)


def _told(found: Iterable[Fault]) -> Iterator[str]:
    said = {
        "table_gone": "{table} is gone", "table_added": "{table} was added",
        "table_edited": "{table} was edited", "no_seal": "it has no seal of a run",
        "seal_altered": "seal {seal} was altered",
        "other_log": "its log is not the one of the run",
        "unguarded": "its guard {guard} is missing",
    }
    return (said[code].format(**values) for code, values in found)


def _other_log(db: Session, run: Seal) -> list[Fault]:
    """Find a log that was made anew since the run: its event of then has another hash."""
    events, head = run.holds["events"], run.holds["head"]
    found = db.select(LOG.name, ("sha256",), {"event": events}) if events else [(START,)]
    return [] if found == [(head,)] else [("other_log", {})]


def _linked(values: Sequence[Any], previous: str) -> Seal:
    """Chain a seal to the one before it."""
    told = json.dumps([previous, *values], ensure_ascii=False, separators=(",", ":"))
    return Seal._make([*values, previous, hashlib.sha256(told.encode()).hexdigest()])
