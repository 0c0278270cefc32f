"""The order of the steps, from a place to its outputs.

::

    read ─► normalise ─► validate ─► join ─► check ─► map, store, ledger
"""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec
import pandas as pd
from pyproj import CRS

from landtrack import store, tracking
from landtrack.app import layer_sets, place_history, provenance
from landtrack.assessment import crosscheck, rules, site
from landtrack.assessment.rules import verdicts
from landtrack.ingest import normalise, read
from landtrack.model import (
    COUNT_COLUMNS,
    SETS_ASIDE,
    Issue,
    Override,
    Place,
    RulePack,
    Schema,
    Stage,
    Waiver,
    Workflow,
    catalog,
    issues,
    translations,
)
from landtrack.model.assessment import (
    AMOUNTS,
    COUNTS,
    FINDINGS,
    ISSUES,
    MARKS,
    MEASURES,
    OF_PROJECTS,
    WRITTEN,
    Assessment,
    LayerSet,
    frames,
)
from landtrack.model.classes import VERDICT
from landtrack.model.errors import CatalogError, NothingToVetError, SourceError
from landtrack.model.outputs import FINDINGS_CSV, ISSUES_CSV, LAND_CSV, LEDGER, MAP, STORE
from landtrack.output import map as webmap, wording
from landtrack.output.reports import ledger
from landtrack.spatial import crs, join
from landtrack.store import sheet_register, staging

Tell = Callable[[str, str], None]
"""Called with the name of a step and what it is at, while it works."""



def _silent(_step: str, _what: str) -> None:
    """Tell nobody."""


def run(  # noqa: PLR0913  each is a thing of its own that a caller may leave out
    place: str | os.PathLike[str] | None = None,
    *,
    out: str | os.PathLike[str] | None = None,
    lang: str | None = None,
    as_of: date | None = None,
    rules_now: bool = False,
    shared: store.Shared | None = None,
    tell: Tell = _silent,
) -> Assessment:
    """Vet a place: read its layers, measure, judge, and write what planners work with.

    Parameters
    ----------
    place
        A folder with ``catalog.toml``; the demo place where not given.
    out
        The folder for the outputs; nothing is written where not given.
    lang
        Language of the outputs; the place's own where not given.
    as_of
        The day of vetting; the place's own where not given.
    rules_now
        Judge all by the rules in force on the day ``as_of``, else today, not each by those
        of the day on which it was accepted.
    shared
        A store in a database to go on from, and to be brought up to a run of now.
    tell
        Called with a step and what it is at, while it works.

    Returns
    -------
    Assessment
        The layers, the tables, and where the outputs are.

    Raises
    ------
    LandtrackError
        If the catalog is wrong, the plots cannot be read, the working CRS is none to
        measure in, or the outputs cannot be written.
    """
    loaded = catalog.place(place if place is not None else catalog.demo_place())
    rules_on = rules_day(as_of) if rules_now else None
    if out:
        staging.insist_writable(Path(out))
    known = shared or (Path(out) / STORE if out else None)
    log = store.log.proven(known) if known and store.exists(known) else ()
    try:
        result = vet(loaded, lang=lang, as_of=as_of, rules_on=rules_on, log=log, tell=tell)
    except NothingToVetError as error:
        if out:
            with staging.staging(Path(out)) as folder:
                ledger.write_csv(error.issues, folder / ISSUES_CSV)
        raise
    now = as_of is None
    return write(result, Path(out), shared=shared, current=now, tell=tell) if out else result


def _glance(result: Assessment) -> str:
    from landtrack.output.reports import glance  # not before: only a notebook asks for it

    return glance.html(result)


def vet(  # noqa: PLR0913  each is a thing of its own that a caller may leave out
    place: Place,
    *,
    lang: str | None = None,
    as_of: date | None = None,
    rules_on: date | None = None,
    stage: Stage | None = None,
    log: Sequence[tracking.Event] = (),
    tell: Tell = _silent,
) -> Assessment:
    """Take a place through every step up to the findings.

    ``lang``: Language of the words in the tables; the place's own where not given.
    ``as_of``: The day of vetting, in place of the place's own: by the files of that day, without
    what is dated later.
    ``rules_on``: Judge all by the rules of this day; each by those of the day on which it was
    accepted where not given.
    ``stage``: Vet all for this stage; each for its own where not given.
    ``log``: The events that are known already, such as those of the place's store.
    Raises LandtrackError: If the plots cannot be read or the working CRS is none to measure in.
    """
    given = _prepare(place, lang, as_of)
    raws = list(read.layers(given.place, lambda name: tell("read", name)))
    rows = [*given.rows, *crosscheck.approvals(given.place, given.workflow, raws)]
    taken = layer_sets.ingest(raws, given.schemas, given.workflow, given.frame, tell)
    day = _to_day(given, taken, rows + taken.rows, log)
    whole = _settle(given, day, taken.stated, tell)
    measures, facts, told = _measure(given, whole, rules_on, tell)
    found = _judge(given, measures, facts, whole.settled.amounts, (rules_on, stage), tell)
    plots = whole.settled.plots
    plots = plots.copy(deep=False)
    plots.insert(0, VERDICT, verdicts.by_subject(plots.index, found.plots).to_numpy())
    sets = {**whole.sets, "plots": dataclasses.replace(whole.sets["plots"], frame=plots)}
    rows = whole.rows + told
    tables = {
        MEASURES: measures, FINDINGS: found.plots, OF_PROJECTS: found.projects,
        AMOUNTS: whole.settled.amounts,
        WRITTEN: normalise.written.settled(
            whole.sets["plots"].written, plots, whole.settled.amounts
        ),
        ISSUES: translations.with_mends(issues.frame(rows), given.words),
        MARKS: issues.marks(rows, given.working),
        COUNTS: pd.DataFrame(taken.counts, columns=list(COUNT_COLUMNS)),
    }
    return Assessment(
        place=given.place, lang=given.words.lang, crs=given.working, schemas=given.schemas,
        glance=_glance,
        workflow=given.workflow, packs=given.packs, sets=sets,
        tables={name: table for name, table in tables.items() if table is not None},
        events=day.events, rules_on=rules_on, stage=stage,
        run=provenance.row(
            msgspec.structs.replace(
                given.place, workflow=given.workflow.id, time_zone=day.calendar.local()
            ),
            raws, ", ".join(each.name for each in given.packs), rules_on, sets,
        ),
    )


class _Given(NamedTuple):
    """What a run begins with; ``of_file`` is the day of which the files are."""

    place: Place
    of_file: date | None
    rows: list[issues.Row]
    words: translations.Words
    schemas: Mapping[str, Schema]
    packs: tuple[RulePack, ...]
    workflow: Workflow
    working: CRS

    @property
    def frame(self) -> layer_sets.Frame:
        """In which space and at which time all layers are brought together."""
        place = self.place
        return layer_sets.Frame(
            self.working, place.transformations, rules_day(place.as_of), rules_day(None),
            self.of_file, place.time_zone,
        )


def _prepare(place: Place, lang: str | None, as_of: date | None) -> _Given:
    """Load what a run needs besides the files of the place; the rules must pass their samples."""
    of_file = place.as_of
    place, rows = _of_day(place, as_of)
    packs = tuple(catalog.rule_pack(name) for name in place.packs)
    for each in packs:
        rules.try_samples(each)
    return _Given(
        place, of_file, rows, translations.load(lang or place.language), catalog.schemas(), packs,
        catalog.workflow_of(place, list(packs)),
        crs.require_metric(
            crs.parse(place.crs, what="[place] crs"), what=f"The working CRS of {place.id}"
        ),
    )


class _Day(NamedTuple):
    """The layers as the log says that they were on the day of the run."""

    sets: Mapping[str, LayerSet]
    events: list[tracking.Event]
    calendar: normalise.dates.Calendar
    rows: list[issues.Row]


def _to_day(
    given: _Given, taken: layer_sets.Ingested, rows: list[issues.Row],
    log: Sequence[tracking.Event],
) -> _Day:
    """Bring the log up to what the files tell, and the layers to what the log tells of the day."""
    place = given.place
    layers = frames(taken.sets)
    if layers["plots"].empty:
        raise _nothing(place, rows, given.words)
    calendar = normalise.calendar_of(
        layers["plots"].geometry.to_numpy(), given.working, time_zone=place.time_zone
    )
    log, told = place_history.opened(
        place, layers, given.workflow, log, of_file=given.of_file, words=given.words,
        day=calendar.partial,
    )
    layers = tracking.shapes_of_day(layers, given.schemas, log, place.as_of)
    layers = tracking.of_day(layers, given.schemas, log, place.as_of)
    sets = {
        kind: dataclasses.replace(each, frame=layers.get(kind))
        for kind, each in taken.sets.items()
    }
    return _Day(sets, log, calendar, rows + told)


class _Whole(NamedTuple):
    """The layers with the amounts of projects settled, each once."""

    sets: Mapping[str, LayerSet]
    settled: normalise.amounts.Settled
    rows: list[issues.Row]


def _settle(
    given: _Given, day: _Day,
    stated: tuple[normalise.amounts.Stated | normalise.amounts.OfPlots, ...], tell: Tell,
) -> _Whole:
    """Say whose each amount is, and hold the layers against one another."""
    plots = day.sets["plots"]
    assert plots.frame is not None  # noqa: S101  there is a plot
    settled = normalise.amounts.settle(plots.frame, stated, plots.lost, given.schemas["plots"])
    rows = day.rows + settled.rows
    settled, odd = normalise.sizes.likely(settled, rows)
    sets = {
        **day.sets,
        "plots": dataclasses.replace(plots, frame=settled.plots, perhaps=settled.perhaps),
    }
    tell("validate", "")
    rows += [
        *odd, *normalise.georeference.misplaced(settled.plots, given.working, rows),
        *crosscheck.layers(frames(sets), given.place, settled.amounts),
    ]
    return _Whole(sets, settled, rows)


def _measure(given: _Given, whole: _Whole, rules_on: date | None, tell: Tell) -> tuple[
    pd.DataFrame, pd.DataFrame, list[issues.Row]
]:
    """Measure the plots, alone and against each layer; give their facts beside the measures."""
    tell("join", "")
    plots, rows = whole.settled.plots, []
    against = {
        kind: each for kind, each in whole.sets.items()
        if kind != "plots" and each.schema.measures
    }
    if "buildings" in against:
        rows += crosscheck.overlaps(against["buildings"], given.workflow)
    facts = normalise.written.facts(plots, whole.sets["plots"].written, whole.settled.perhaps)
    measured = join.measures(
        plots, against, workflow=given.workflow, basis=given.place.basis,
        tall_m=rules.tall_above(facts, given.packs, rules_on=rules_on),
        perhaps_m=rules.tall_above(facts, given.packs, rules_on=rules_on, perhaps=True),
        drawn_otherwise=normalise.alike.in_doubt(whole.rows + rows),
    )
    return measured.table, facts, rows + measured.slivers


def _judge(
    given: _Given, measures: pd.DataFrame, facts: pd.DataFrame, amounts: pd.DataFrame,
    terms: tuple[date | None, Stage | None], tell: Tell,
) -> rules.wholes.Findings:
    """Judge every plot and project by the rules of its day."""
    place, (rules_on, stage) = given.place, terms
    _check_named(place, facts)
    tell("check", ", ".join(place.packs))
    rules.require_unique(measures)
    return rules.judge_all(
        rules.plot_inputs(measures), facts, amounts,
        rules.Terms(
            packs=given.packs, overrides=place.overrides, waivers=place.waivers,
            as_of=place.as_of, rules_on=rules_on, stage=stage, basis=place.basis,
        ),
    )


def write(
    result: Assessment, out: Path, *, shared: store.Shared | None = None, current: bool = True,
    tell: Tell = _silent,
) -> Assessment:
    """Write the outputs of a run: map, store, ledger, findings and issues.

    ``out``: The folder; its files of the same names are replaced, all or none.
    ``current``: Whether the run is of now: the layers of that store become its then.
    Returns: The same with ``outputs`` filled.
    Raises OutputError: If they cannot be written; what was there before is as it was.
    """
    earlier = shared or out / STORE

    def replace(fresh: Path, path: Path) -> None:
        # sheets are issued until the store that lists them is replaced
        with sheet_register.locked(path):
            sheet_register.carry(earlier, fresh)
            store.replace(fresh, path)

    with staging.staging(out, last=staging.Last(STORE, replace, store.holds)) as folder:
        tell("write", STORE)
        store.write(result, folder / STORE, earlier=earlier)
        tell("write", LEDGER)
        ledger.write_ledger(result, folder / LEDGER)
        ledger.write_csv(wording.with_cells(result), folder / FINDINGS_CSV)
        if "parcels" in result.layers:
            ledger.write_csv(
                site.land_under(result.layers["plots"], result.sets["parcels"]), folder / LAND_CSV
            )
        ledger.write_csv(result.issues, folder / ISSUES_CSV)
        tell("write", MAP)
        webmap.save(webmap.build(result), folder / MAP)
        if shared:
            tell("write", shared.name)
            store.bring(folder / STORE, shared, replaced=out / STORE, layers=current)
    names = [MAP, STORE, LEDGER, FINDINGS_CSV, ISSUES_CSV]
    names += [LAND_CSV] if "parcels" in result.layers else []
    return dataclasses.replace(result, outputs={name: out / name for name in names})


def _nothing(place: Place, rows: list[issues.Row], words: translations.Words) -> SourceError:
    """Say why there is no plot that can be measured: by what all of them were set aside."""
    causes = Counter(
        row["issue"] for row in rows if row["layer"] == "plots" and row["issue"] in SETS_ASIDE
    )
    cause = f"{place.id} has no plot that can be measured"
    if not causes:
        return SourceError(
            f"{cause}.",
            mend="Look at the file of the plots: is it empty, or does `where` select nothing?",
        )
    named = ", ".join(
        f"{count:,} {words(f'issue.{issue}.title')} ({issue})"
        for issue, count in causes.most_common()
    )
    told = translations.with_mends(issues.frame(rows), words)
    of_points = told["mend"][told["issue"] == Issue.POINTS_MAY_BE_PARCEL].tolist()
    of_kinds = told["mend"][
        (told["issue"] == Issue.GEOMETRY_KIND) & (told["layer"] == "plots")
    ].unique().tolist()
    joined = of_points or of_kinds
    mend = f"Correct the shapes of the plots; {ISSUES_CSV} names each of them, and how."
    return NothingToVetError(
        f"{cause}: {causes.total():,} were set aside: {named}.",
        mend=" ".join([*joined, mend]), issues=told,
    )


def rules_day(as_of: date | None) -> date:
    """Say which day's rules are those of now.

    Returns: That day; today without one.
    """
    return as_of or date.today()  # noqa: DTZ011  the day here, not in Greenwich


def _of_day(place: Place, as_of: date | None) -> tuple[Place, list[issues.Row]]:
    """Keep the files that hold on the day of vetting, and name the others."""
    day = rules_day(as_of or place.as_of)
    kept, rows = [], []
    for source in place.layers:
        first, last = source.valid_from or date.min, source.valid_until or date.max
        if first <= day <= last:
            kept.append(source)
        else:
            rows.append(issues.row(
                Issue.FILE_NOT_OF_DAY, source=source.path, layer=source.kind,
                value=f"{source.valid_from or ''} – {source.valid_until or ''}",
            ))
    if not any(source.kind == "plots" for source in kept):
        raise SourceError(
            f"{place.id} has no file of plots that holds on {day}.",
            mend="Correct valid_from or valid_until of the layer in catalog.toml, or name "
            "another day.",
        )
    place = msgspec.structs.replace(place, layers=tuple(kept), as_of=as_of or place.as_of)
    return place, rows


def _check_named(place: Place, plots: pd.DataFrame) -> None:
    """Insist that overrides and waivers name plots or projects that there are."""
    named: list[Override | Waiver] = [*place.overrides, *place.waivers]
    if not named:
        return
    projects = plots["project_id"].dropna()
    known: dict[str | None, set[str]] = {"plot": {*plots.index}, "project": {*projects}}
    known[None] = known["plot"] | known["project"]
    own = set(projects.index[projects.index == projects]) - set(
        projects[projects.duplicated(keep=False)]
    )  # plots that are all of a project of the same key
    for each in named:
        if each.plot not in known[each.of]:
            raise CatalogError(
                f"{each.document} names the plot {each.plot!r}, which is not in the layer.",
                mend="Correct `plot` in the [[override]] or [[waiver]] of catalog.toml.",
            )
        if each.of is None and each.plot in (known["plot"] & known["project"]) - own:
            raise CatalogError(
                f"{each.document} names {each.plot!r}, which is a plot and a project.",
                mend='Say of = "plot" or of = "project" in the [[override]] or [[waiver]].',
            )
