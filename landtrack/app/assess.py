"""A place vetted by what a person names: its folder, a day, a stage, a store whose events count."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from landtrack import store, tracking
from landtrack.app import vet
from landtrack.model import Stage, catalog
from landtrack.model.assessment import Assessment, SignOff
from landtrack.store import assessment as stored

MADE_OF = ("place", "inputs", "rules", "rules_on", "as_of")
"""What two runs have alike that say the same of the same events."""


def folder(
    place: Path | None = None,
    *,
    known: store.Address | None = None,
    lang: str | None = None,
    as_of: date | None = None,
    rules_now: bool = False,
    stage: str | None = None,
) -> Assessment:
    """Vet the place in a folder, with the events of a store and what is signed in it.

    ``place``: A folder with ``catalog.toml``; the demo place where not given.
    ``known``: The store whose events count; those of the files alone where not given.
    ``lang``: Language of the words in the tables; the place's own where not given.
    ``as_of``: The day of vetting; the place's own where not given.
    ``rules_now``: Judge all by the rules in force on the day ``as_of``, else today.
    ``stage``: Vet all for this stage; each for its own where not given.
    Raises LandtrackError: If the catalog is wrong, the plots cannot be read, or there is no such
    store.
    """
    result = vet.vet(
        catalog.place(place if place is not None else catalog.demo_place()), lang=lang,
        as_of=as_of, rules_on=vet.rules_day(as_of) if rules_now else None,
        stage=Stage(stage) if stage else None, log=events_of(known),
    )
    if known is None or stage:
        return result
    return dataclasses.replace(result, sign_offs=_signed(result, known))


def _signed(result: Assessment, known: store.Address) -> Mapping[str, SignOff]:
    """Give what is signed in a store, where its run was made of the same and by the same rules."""
    run = store.last_run(known)
    same = all(str(result.run[name]) == str(run[name]) for name in MADE_OF)
    return store.sign_off.in_force(known) if same else {}


def of_store(known: store.Address, place: Path, as_of: date, lang: str | None = None) -> Assessment:
    """Vet the place that a store was made from as of a day, with the events of the store.

    ``lang``: Language of the words in the tables; the place's own where not given.
    Raises SourceError: If there is no store, it holds no run, or the place is another than that of
    the store.
    """
    return vet.vet(
        stored.place_of(known, place), lang=lang, as_of=as_of, log=events_of(known)
    )


def events_of(known: store.Address | None) -> list[tracking.Event]:
    """Read the events of a store.

    Returns: In their order; none where no store is named.
    """
    return [] if known is None else store.log.proven(known)
