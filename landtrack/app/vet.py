"""The order of the steps, from a place to its outputs.

::

    read ─► normalise ─► validate ─► join ─► check ─► map, store, ledger
"""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import msgspec
import pandas as pd
from pyproj import CRS

from landtrack import store, tracking
from landtrack.app import place_history, provenance
from landtrack.assessment import crosscheck, rules, site
from landtrack.assessment.rules import verdicts
from landtrack.ingest import normalise, read, validate
from landtrack.ingest.normalise import Layer
from landtrack.ingest.read import Raw
from landtrack.model import (
    COUNT_COLUMNS,
    SETS_ASIDE,
    Issue,
    Override,
    Place,
    Result,
    Schema,
    Stage,
    Transformation,
    Waiver,
    Workflow,
    catalog,
    issues,
    translations,
)
from landtrack.model.errors import CatalogError, NothingToVetError, SourceError, TableError
from landtrack.output import map as webmap, wording
from landtrack.output.reports import ledger
from landtrack.spatial import crs, join
from landtrack.spatial.join import Joined
from landtrack.store import sheet_register, staging

Tell = Callable[[str, str], None]
"""Called with the name of a step and what it is at, while it works."""

MAP, STORE, LEDGER = "map.html", "project.gpkg", "ledger.xlsx"
FINDINGS, ISSUES, LAND = "findings.csv", "issues.csv", "land.csv"


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
) -> Result:
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
    Result
        The layers, the tables, and where the outputs are.

    Raises
    ------
    LandtrackError
        If the catalog is wrong, the plots cannot be read, the working CRS is none to
        measure in, or the outputs cannot be written.
    """
    loaded = catalog.place(place if place is not None else catalog.demo_place())
    rules_on = rules_day(as_of) if rules_now else None
    known = shared or (Path(out) / STORE if out else None)
    log = store.log.read(known).events if known and store.exists(known) else ()
    try:
        result = vet(loaded, lang=lang, as_of=as_of, rules_on=rules_on, log=log, tell=tell)
    except NothingToVetError as error:
        if out:
            with staging.staging(Path(out)) as folder:
                ledger.write_csv(error.issues, folder / ISSUES)
        raise
    now = as_of is None
    return write(result, Path(out), shared=shared, current=now, tell=tell) if out else result


def vet(  # noqa: PLR0913  each is a thing of its own that a caller may leave out
    place: Place,
    *,
    lang: str | None = None,
    as_of: date | None = None,
    rules_on: date | None = None,
    stage: Stage | None = None,
    log: Sequence[tracking.Event] = (),
    tell: Tell = _silent,
) -> Result:
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
    words = translations.load(lang or place.language)
    of_file = place.as_of
    place, rows = _of_day(place, as_of)
    schemas = catalog.schemas()
    packs = [catalog.rule_pack(name) for name in place.packs]
    for each in packs:
        rules.try_samples(each)
    workflow = catalog.workflow_of(place, packs)
    working = crs.require_metric(
        crs.parse(place.crs, what="[place] crs"), what=f"The working CRS of {place.id}"
    )
    frame = _Frame(working, place.transformations, place.as_of, of_file, place.time_zone)
    raws = list(read.layers(place, lambda name: tell("read", name)))
    rows += crosscheck.approvals(place, workflow, raws)
    kinds: dict[str, Joined] = {}
    counts = []
    stated: tuple[normalise.amounts.Stated | normalise.amounts.OfPlots, ...] = ()
    for kind, schema in schemas.items():
        own = [raw for raw in raws if raw.source.kind == kind]
        if own:
            tell("normalise", kind)
        joined, told, counted, of_groups = _kind(own, schema, workflow, frame)
        kinds[kind] = joined
        stated += of_groups if kind == "plots" else ()
        rows += told
        counts += counted
    layers = {kind: each.frame for kind, each in kinds.items() if each.frame is not None}
    if layers["plots"].empty:
        raise _nothing(place, rows, words)
    calendar = normalise.calendar_of(
        layers["plots"].geometry.to_numpy(), working, time_zone=place.time_zone
    )
    log, told = place_history.opened(
        place, layers, workflow, log, of_file=of_file, words=words, day=calendar.partial
    )
    rows += told
    layers = tracking.shapes_of_day(layers, schemas, log, place.as_of)
    layers = tracking.of_day(layers, schemas, log, place.as_of)
    kinds = {
        kind: dataclasses.replace(each, frame=layers.get(kind)) for kind, each in kinds.items()
    }
    settled = normalise.amounts.settle(
        layers["plots"], stated, kinds["plots"].lost, schemas["plots"]
    )
    rows += settled.rows
    settled, odd = normalise.sizes.likely(settled, rows)
    layers["plots"] = plots = settled.plots
    kinds["plots"] = dataclasses.replace(kinds["plots"], frame=plots, perhaps=settled.perhaps)
    tell("validate", "")
    rows += [
        *odd, *normalise.georeference.misplaced(plots, working, rows),
        *crosscheck.layers(layers, place, settled.amounts),
    ]
    tell("join", "")
    against = {
        kind: each for kind, each in kinds.items() if kind != "plots" and each.schema.measures
    }
    if "buildings" in against:
        rows += crosscheck.overlaps(against["buildings"], workflow)
    facts = normalise.written.facts(plots, kinds["plots"].written, settled.perhaps)
    measures = join.measures(
        plots, against, workflow=workflow, basis=place.basis,
        tall_m=rules.tall_above(facts, packs, rules_on=rules_on),
        perhaps_m=rules.tall_above(facts, packs, rules_on=rules_on, perhaps=True),
        drawn_otherwise=normalise.alike.in_doubt(rows),
    )
    rows += join.slivers(plots, against)
    _check_named(place, plots)
    tell("check", ", ".join(place.packs))
    rules.require_unique(measures)
    found = rules.judge_all(
        rules.plot_inputs(measures), facts, settled.amounts,
        rules.Terms(
            packs=packs, overrides=place.overrides, waivers=place.waivers, as_of=place.as_of,
            rules_on=rules_on, stage=stage, basis=place.basis,
        ),
    )
    return Result(
        place=place,
        lang=words.lang,
        schemas=schemas,
        workflow=workflow,
        packs=tuple(packs),
        layers=layers,
        joined=kinds,
        measures=measures,
        findings=found.plots,
        verdicts=verdicts.by_subject(plots.index, found.plots),
        projects=found.projects,
        amounts=settled.amounts,
        written=normalise.written.settled(kinds["plots"].written, plots, settled.amounts),
        rules_on=rules_on,
        stage=stage,
        issues=translations.with_mends(issues.frame(rows), words),
        marks=issues.marks(rows, working),
        status_log=tracking.to_table(log),
        counts=pd.DataFrame(counts, columns=list(COUNT_COLUMNS)),
        run=provenance.row(
            msgspec.structs.replace(place, workflow=workflow.id, time_zone=calendar.local()),
            raws, ", ".join(each.name for each in packs), rules_on, kinds,
        ),
    )


def write(
    result: Result, out: Path, *, shared: store.Shared | None = None, current: bool = True,
    tell: Tell = _silent,
) -> Result:
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
        ledger.write_csv(wording.with_cells(result), folder / FINDINGS)
        if "parcels" in result.layers:
            ledger.write_csv(
                site.land_under(result.layers["plots"], result.joined["parcels"]), folder / LAND
            )
        ledger.write_csv(result.issues, folder / ISSUES)
        tell("write", MAP)
        webmap.save(webmap.build(result), folder / MAP)
        if shared:
            tell("write", shared.name)
            store.bring(folder / STORE, shared, replaced=out / STORE, layers=current)
    names = [MAP, STORE, LEDGER, FINDINGS, ISSUES]
    names += [LAND] if "parcels" in result.layers else []
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
    joined = told["mend"][told["issue"] == Issue.POINTS_MAY_BE_PARCEL].tolist()
    mend = f"Correct the shapes of the plots; {ISSUES} names each of them, and how."
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


# --- one layer kind -------------------------------------------------------------------------


class _Frame(NamedTuple):
    """In which space and at which time all layers of a run are brought together.

    ``day`` is the day of the run, ``day_of_file`` the one of which the files are.
    """

    working: CRS
    transformations: tuple[Transformation, ...]
    day: date | None
    day_of_file: date | None
    time_zone: str | None


def _kind(
    raws: list[Raw], schema: Schema, workflow: Workflow, where: _Frame
) -> tuple[
    Joined, list[issues.Row], list[tuple[object, ...]],
    tuple[normalise.amounts.Stated | normalise.amounts.OfPlots, ...],
]:
    """Bring the sources of one kind together into a valid layer of the day, and count."""
    parts = [
        normalise.layer(
            raw, schema, tracks=workflow.tracks, working=where.working,
            transformations=where.transformations, time_zone=where.time_zone,
        )
        for raw in raws
    ]
    rows = normalise.ledger.used_by_none(
        (raw.source.ledger if part.frame is not None else None, part.rows)
        for raw, part in zip(raws, parts, strict=True)
    )
    frame, found = normalise.combine(parts, schema)
    rows += found
    lost, every = None, frame
    if frame is not None and every is not None:
        frame, found = validate.geometry(every, schema)
        lost = every[~every.index.isin(frame.index)]
        rows += found
        day = rules_day(where.day)  # nothing that is dated after today has been done
        frame, found = normalise.as_of(
            frame, schema, day, of_file=where.day_of_file, today=rules_day(None)
        )
        rows += found
    joined = Joined(
        schema=schema,
        frame=frame,
        coverage=_coverage(raws, where),
        written=None if frame is None else normalise.written.of_plots(
            (part.written for part in parts), frame, rows
        ),
        complete=bool(parts) and all(part.frame is not None for part in parts) and not any(
            row["issue"] == Issue.CRS_IMPOSSIBLE for row in rows
        ),
        lost=lost, unread=sum(row["issue"] == Issue.FEATURE_UNREADABLE for row in rows),
        state_unread=_unread(frame, "state", rows), class_unread=_unread(frame, "class", rows),
        overlaps={raw.label: raw.source.overlaps for raw in raws if raw.source.overlaps},
    )
    of_groups = normalise.of_files(parts, every)
    return joined, rows, _counted(raws, parts, frame, rows), of_groups


def _unread(
    frame: gpd.GeoDataFrame | None, field: str, rows: list[issues.Row]
) -> frozenset[str]:
    """Tell of which features a field cannot be read, where their kind has it."""
    if frame is None or field not in frame:
        return frozenset()
    return join.footprints.unread(frame, field, rows)


def _coverage(raws: Iterable[Raw], where: _Frame) -> gpd.GeoSeries | None:
    """Put together the polygons in which a kind is complete; None if a source states none."""
    polygons = []
    for raw in raws:
        if raw.coverage is None:
            return None
        polygons.append(crs.to_crs(raw.coverage, where.working, where.transformations).geometry)
    return pd.concat(polygons, ignore_index=True) if polygons else None


def _counted(
    raws: list[Raw], parts: list[Layer], frame: gpd.GeoDataFrame | None, rows: list[issues.Row]
) -> list[tuple[object, ...]]:
    """Count each source's features in and out, and insist that they agree."""
    kept = frame["source"].value_counts() if frame is not None else pd.Series(dtype="int64")
    counted: list[tuple[object, ...]] = []
    for label in dict.fromkeys(raw.label for raw in raws):
        own = [
            (raw, part) for raw, part in zip(raws, parts, strict=True) if raw.label == label
        ]
        total = sum(raw.n_read for raw, _ in own)
        not_selected = sum(part.not_selected for _, part in own)
        left = total - not_selected - int(kept.get(label, 0))
        of_source = [row for row in rows if row["source"] == label]
        unusable = sum(
            len(raw.frame) for raw, part in own if part.frame is None and raw.frame is not None
        )
        named = issues.set_aside(of_source)
        if left != named + unusable:
            raise TableError(
                f"{label}: {left} features are set aside but {named + unusable} are named.",
                mend="This is a fault of landtrack: please report it with the file.",
            )
        mended = sum(row["issue"] == Issue.GEOMETRY_REPAIRED for row in of_source)
        kind = own[0][0].source.kind
        counted.append((kind, label, total, not_selected, left, int(kept.get(label, 0)), mended))
    return counted


def _check_named(place: Place, plots: gpd.GeoDataFrame) -> None:
    """Insist that overrides and waivers name plots or projects that there are."""
    named: list[Override | Waiver] = [*place.overrides, *place.waivers]
    projects = plots["project_id"].dropna()
    known: dict[str | None, set[str]] = {"plot": {*plots.index}, "project": {*projects}}
    known[None] = known["plot"] | known["project"]
    own = set(projects.index[projects.index == projects]) - set(
        projects[projects.duplicated(keep=False)]
    )
    """Plots that are all of a project of the same key."""
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
