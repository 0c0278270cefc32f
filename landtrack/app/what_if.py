"""What if the figures of a plot were otherwise: judged beside how it stands, nothing stored."""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import msgspec
import pandas as pd

from landtrack.app import cases, kept_what_ifs, standing
from landtrack.app.case_types import FIGURES, Changed, Column, Compared, Plot, WhatIf
from landtrack.app.kept_what_ifs import Basis, Kept
from landtrack.assessment.rules import verdicts
from landtrack.assessment.rules.case import Case, Every, case, every_of
from landtrack.model import Rule, disk, messages, translations
from landtrack.model.address import Address, Outputs
from landtrack.model.assessment import Assessment
from landtrack.model.catalog import CATALOG_NAME
from landtrack.model.errors import CatalogError, LandtrackError, OutputError, SourceError
from landtrack.model.outputs import Identity, identity
from landtrack.model.translations import unit_of
from landtrack.output.wording.messages import tell
from landtrack.output.wording.phrases import naming, quantity
from landtrack.store import assessment as stored, locks, reads, staging
from landtrack.store.address import within

PIECES = 1
"""From so many features on layers are not read: of all but the plots nothing is asked here."""
WAIT_S = 10
"""How long to wait for who changes the same file."""


class _Judged(NamedTuple):
    """A place as it was judged, and what its cases are taken out of."""

    result: Assessment
    every: Every


def answer(
    folder: Path, out: Outputs, key: str, changes: Mapping[str, str], words: translations.Words
) -> WhatIf | None:
    """Judge a plot with other figures, beside how it stands.

    ``folder``: Of its place; ``out``: the outputs, or its shared store.
    ``changes``: Figures as they were typed, with their units if they have one.
    Returns: None where there is no such plot.
    Raises CatalogError: If a figure is none.
    Raises SourceError: If there is no store, its results were edited, or the place would be judged
    otherwise now.
    """
    known = _stands(folder, out, key)
    if known is None:
        return None
    plot, own, now = known
    asked = own.changed(changes)
    then = asked.findings()
    by_rule = cases.plots(out).rules
    before, after = _figures(own, words), _figures(asked, words)
    pairs = zip(
        cases.said(now, by_rule, words), cases.said(then.to_dict("records"), by_rule, words),
        strict=True,
    )
    return WhatIf(
        now=plot.verdict, then=str(verdicts.by_subject([own.name], then).iloc[0]),
        rules=tuple(Changed(*each) for each in pairs),
        figures={
            name: (before[name], after[name]) for name in FIGURES if name in changes
        },
        values={
            name: value for name in FIGURES if math.isfinite(value := own.figure(name))
        },
    )


def compared(
    folder: Path, out: Outputs, key: str, words: translations.Words
) -> Compared | None:
    """Judge all what-ifs that are kept of a plot, side by side with how it stands.

    They are judged anew, by the rules and figures of now; what is otherwise than when each was
    kept is said.

    Returns: None where there is no such plot.
    Raises SourceError: As :func:`answer`, and if the file of what-ifs cannot be read.
    """
    known = _stands(folder, out, key)
    if known is None:
        return None
    plot, own, now = known
    rules = cases.plots(out).rules
    columns = [Column(
        name="", by="", at="", verdict=plot.verdict, figures=_figures(own, words), asked={},
        said=cases.said(now, rules, words), since=(), fault=(),
    )]
    kept = kept_what_ifs.of_plot(folder, out, key)
    for each in kept:
        try:
            then = own.changed(each.figures)
        except LandtrackError as error:  # a figure that the plot has no more, or is none any more
            columns.append(Column(
                name=each.name, by=each.by, at=each.at, verdict="", figures={},
                asked=each.figures, said=(), since=(), fault=(
                    messages.of_error(error.cause, words.lang),
                    messages.of_error(error.mend, words.lang),
                ),
            ))
            continue
        findings = then.findings()
        columns.append(Column(
            name=each.name, by=each.by, at=each.at,
            verdict=str(verdicts.by_subject([own.name], findings).iloc[0]),
            figures=_figures(then, words), asked=each.figures,
            said=cases.said(findings.to_dict("records"), rules, words),
            since=_since(each.basis, _basis(own, then), rules, words), fault=(),
        ))
    return Compared(plot=plot, columns=tuple(columns), mark=kept_what_ifs.mark(kept))


def keep(  # noqa: PLR0913  each is a thing of its own
    folder: Path, out: Path, key: str, name: str, changes: Mapping[str, str], *, by: str, seen: str,
) -> bool:
    """Keep a what-if under a name.

    ``seen``: The mark of those that whoever keeps it was shown, as :func:`kept_what_ifs.mark` gives
    it.
    Returns: False where there is no such plot.
    Raises CatalogError: If a figure is none, or there is none.
    Raises SourceError: As :func:`answer`; or if it has no name, one that is taken, or too many are
    kept.
    Raises OutputError: If others were kept or removed meanwhile, or it cannot be written.
    """
    known = _stands(folder, out, key)
    if known is None:
        return False
    _, own, _ = known
    if not changes:
        raise CatalogError("No figure is given.", mend="Write one that would be otherwise.")
    then = own.changed(changes)
    fresh = Kept(
        plot=key, name=name.strip(), figures=dict(changes), by=by,
        at=datetime.now(UTC).isoformat(timespec="seconds"), basis=_basis(own, then),
    )
    if not fresh.name:
        raise SourceError("A what-if that is kept has a name.", mend="Write one.")
    with _changing(folder, out, key, seen) as every:
        mine = [each for each in every if each.plot == key]
        if fresh.name.casefold() in {each.name.casefold() for each in mine}:
            raise SourceError(
                f"A what-if of {key} is called {fresh.name} already.",
                mend="Give it another name, or remove that one first.",
            )
        if len(mine) >= kept_what_ifs.MOST:
            raise SourceError(
                f"Of {key} {len(mine)} what-ifs are kept, which is the most there may be.",
                mend="Remove one first.",
            )
        every.append(fresh)
    return True


def remove(folder: Path, out: Path, key: str, name: str, *, seen: str) -> bool:
    """Remove a what-if.

    ``seen``: As for :func:`keep`.
    Returns: False where there is none of that name.
    Raises OutputError: If others were kept or removed meanwhile, or it cannot be written.
    """
    with _changing(folder, out, key, seen) as every:
        left = [each for each in every if (each.plot, each.name) != (key, name)]
        found = len(left) < len(every)
        every[:] = left
    return found


@contextmanager
def _changing(folder: Path, out: Path, key: str, seen: str) -> Iterator[list[Kept]]:
    """Give all what-ifs of a place to be changed; they are written whole, or are as they were.

    Raises OutputError: If those of the plot are not those that were seen, or another is at it.
    """
    path = kept_what_ifs.path_of(folder, out)
    with disk.writing(path), ExitStack() as alone:
        path.parent.mkdir(parents=True, exist_ok=True)
        alone.callback(_without_nothing, path.parent)
        try:
            alone.enter_context(locks.held(path.with_suffix(".lock"), WAIT_S))
        except TimeoutError as error:
            raise OutputError(
                f"The what-ifs of {key} are being changed.", mend="Try again in a moment."
            ) from error
        before = kept_what_ifs.read(folder, out)
        if kept_what_ifs.mark(tuple(each for each in before if each.plot == key)) != seen:
            raise OutputError(
                f"The what-ifs of {key} were changed meanwhile: nothing was written.",
                mend="Look at those that are kept now, and do it again.",
            )
        every = list(before)
        yield every
        if tuple(every) != before:
            with staging.whole(path) as half:
                half.write_bytes(kept_what_ifs.written(tuple(every)))


def _without_nothing(folder: Path) -> None:
    """Take a folder away in which nothing is."""
    with suppress(OSError):
        folder.rmdir()


def _stands(
    folder: Path, out: Outputs, key: str
) -> tuple[Plot, Case, list[dict[Any, Any]]] | None:
    """Take a plot out of the last run, by which it stands as it would be judged now.

    Returns: The plot, its case and its findings; None where there is no such plot.
    Raises SourceError: If it would be judged otherwise now.
    """
    plot = next((each for each in cases.plots(out).rows if each.key == key), None)
    if plot is None:
        return None
    store = within(out)
    run = standing.insist(store, cases.DRAWN)
    own, now = _case(folder, store, run, identity(folder / CATALOG_NAME), key)
    if {each["rule"]: str(each["outcome"]) for each in now} != {
        rule: each.outcome for rule, each in plot.by_rule.items()
    }:
        raise SourceError(
            f"{key} would be judged otherwise now than at the last run.",
            mend="Judge the place again.",
        )
    return plot, own, now


def _basis(own: Case, then: Case) -> Basis:
    """Say on what an answer stands: the rules, the figures of the plot, and how it comes out."""
    findings = then.findings()
    return Basis(
        rules={
            pack.name: hashlib.sha256(msgspec.json.encode(pack)).hexdigest()[:16]
            for pack in own.packs
        },
        figures={
            name: None if math.isnan(value) else value
            for name, value in sorted((each, float(own.inputs[each])) for each in own.inputs)
        },
        outcomes={
            str(rule): str(outcome)
            for rule, outcome in zip(findings["rule"], findings["outcome"], strict=True)
        },
        limits={
            str(row["rule"]): " ".join(
                "" if pd.isna(row[each]) else str(row[each])
                for each in ("relation", "threshold", "upper", "overrode")
            ) for row in findings.to_dict("records")
        },
    )


def _since(
    then: Basis, now: Basis, rules: Mapping[str, Rule], words: translations.Words
) -> tuple[str, ...]:
    """Say what is otherwise than when a what-if was kept; nothing where all is as it was."""
    said = []
    if then.rules != now.rules:
        names = ", ".join(sorted(now.rules)) or words("map.no_rules")
        said.append(words(
            "what_if.rules_changed", before=", ".join(sorted(then.rules)), after=names
        ))
    for name in sorted({*then.figures, *now.figures}):
        before, after = then.figures.get(name), now.figures.get(name)
        if before != after and name.isidentifier():
            said.append(words(
                "what_if.figure_changed", figure=tell(words, naming(name)),
                before=_quantity(words, name, before), after=_quantity(words, name, after),
            ))
    said += [
        words(
            "what_if.limit_changed", rule=words.pick(rules[rule].title) if rule in rules else rule
        )
        for rule in now.limits if then.limits and then.limits.get(rule, "") != now.limits[rule]
    ]
    for rule in now.outcomes:
        was = then.outcomes.get(rule)
        if was is not None and was != now.outcomes[rule]:
            title = words.pick(rules[rule].title) if rule in rules else rule
            said.append(words(
                "what_if.outcome_changed", rule=title, before=words(f"outcome.{was}"),
                after=words(f"outcome.{now.outcomes[rule]}"),
            ))
    return tuple(said)


def _figures(own: Case, words: translations.Words) -> dict[str, str]:
    """Write the figures of a case that it may be asked about."""
    return {name: _quantity(words, name, own.figure(name)) for name in FIGURES}


def _quantity(words: translations.Words, name: str, value: float | None) -> str:
    return quantity(words, math.nan if value is None else value, unit_of(name))


@lru_cache(maxsize=32)
def _case(
    folder: Path, store: Address, run: str, catalog: Identity, key: str
) -> tuple[Case, list[dict[Any, Any]]]:
    """Take a plot out of a run, and judge it as it is; that of a run is not taken out again."""
    result, every = _judged(folder, store, run, catalog)
    day = str(result.run.get("rules_on") or "")
    own = case(
        result, f"plots:{key}", every=every, rules_on=date.fromisoformat(day) if day else None
    )
    return own, own.findings().to_dict("records")


@lru_cache(maxsize=1)
def _judged(folder: Path, store: Address, _run: str, _catalog: Identity) -> _Judged:
    """Read what cases are made of; of a run and a catalog it is not read again.

    All of it is read here: whoever asks next may ask a shared store as somebody else.
    """
    result = stored.load(store, folder=folder, large=PIECES)
    plots = reads.read(store, "plots")
    assert isinstance(plots, gpd.GeoDataFrame)  # noqa: S101  a layer
    held = dataclasses.replace(
        result.sets["plots"], frame=plots.set_index(result.schemas["plots"].key), pieces=None
    )
    whole = dataclasses.replace(result, sets={**result.sets, "plots": held})
    measures = whole.measures.astype({"plot_id": "object"})
    return _Judged(whole, every_of(whole.replace(measures=measures)))
