"""The sections of a report: each a table, most with a chart."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import partial

from landtrack import tracking
from landtrack.assessment import progress, reconcile
from landtrack.model import NO_STATE, Figure, catalog
from landtrack.model.assessment import Assessment
from landtrack.model.translations import DASH, known
from landtrack.output import wording
from landtrack.output.reports.document import (
    Chart,
    Document,
    Part,
    Row,
    Section,
    Table,
    note,
    row,
)
from landtrack.output.reports.yearly import charts, first, project_status
from landtrack.output.wording import bare
from landtrack.output.wording.events import state_of
from landtrack.output.wording.lacking import lacking
from landtrack.output.wording.messages import Line, Message, Title, joined, say


def report(result: Assessment, day: date) -> Document:
    """Say what a park hands in, as of a day.

    Returns: A page at a glance with what changed and a map; then, for what the place has layers,
    land by state, targets and investment with their charts; the long tables in an annex.
    """
    place, layers = result.place, result.layers
    targets = _targets(result, day)
    made: list[Section] = []
    if "parcels" in layers:
        made.append(_land(result, day))
    made += [_target(*each, day) for each in targets]
    held = () if result.amounts is None else result.amounts["total_investment_cny"].dropna()
    if len(held) or layers["plots"]["total_investment_cny"].notna().any():
        made.append(_money(result))
    made[:1] = [dataclasses.replace(each, page=each.title) for each in made[:1]]
    annex = [first.unmet(result)]
    if "parcels" in layers:
        annex += [_ahead(result, day), project_status.blocking(result, day)]
    annex += project_status.readiness(result)
    if "relocations" in layers:
        annex.append(_relocation(result))
    if "enforcement" in layers:
        annex.append(_enforcement(result))
    annex = [each for each in annex if any(
        not isinstance(part, Table) or part.rows for part in each.parts
    )]
    annex = [
        dataclasses.replace(
            each, title=say("yearly.annex", number=str(at), what=each.title),
            page=each.title if at == 1 else "",
        ) for at, each in enumerate(annex, start=1)
    ]
    return Document(
        title=say("yearly.title", place=Title(place.title), day=day),
        subtitle=Title(place.notice), contents=True, sections=_numbered([
            *first.overview(result, day, [_reached(*each) for each in targets]), *made, *annex,
        ]),
    )


def _numbered(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Write under each chart its number and what it shows; the map, the first, has both."""
    numbers = itertools.count(1)

    def told(part: Part, title: Message) -> Part:
        if not isinstance(part, Chart):
            return part
        number = str(next(numbers))
        if part.caption:
            return part
        return dataclasses.replace(part, caption=say("yearly.figure", number=number, what=title))

    return tuple(
        dataclasses.replace(each, parts=tuple(told(part, each.title) for part in each.parts))
        for each in sections
    )


def _heads(*names: str) -> tuple[Message, ...]:
    return tuple(say(f"yearly.{each}") for each in names)


def _land(result: Assessment, day: date) -> Section:
    log = list(result.events)
    days = progress.days_of(log, "parcels", day)
    table = progress.by_state(result.layers, result.schemas, "parcels", log, days)
    track = result.workflow.track("approval")
    order = progress.in_order(table, track)
    titles: dict[str, Message] = {
        code: state_of(result.workflow, "approval", code) for code in order
    } | {NO_STATE: say("yearly.none")}
    now = table[table["day"] == day].set_index("state")
    rows = [
        row(titles[code], bare(now["features"][code], 0), *_areas(now["area_m2"][code]))
        for code in order if code in now.index
    ]
    rows.append(row(
        say("yearly.total"), bare(now["features"].sum(), 0), *_areas(now["area_m2"].sum())
    ))
    state, parcels, hectares, mu = _heads("state", "parcels", "hectares", "mu")
    return Section(say("yearly.land"), (
        Chart(partial(charts.land, table, order, titles)),
        Table((state, parcels, "m²", hectares, mu), tuple(rows)),
    ))


def _areas(area: float) -> tuple[Message, ...]:
    """Give an area in square metres, hectares and mu."""
    return bare(area, 0), bare(area / progress.HA_M2, 2), bare(area / progress.MU_M2, 1)


def _ahead(result: Assessment, day: date) -> Section:
    """Group the parcels that are not in hand by the way that is left to them."""
    log = list(result.events)
    histories = tracking.by_feature(tracking.standing(log))
    ways: Counter[tuple[str, progress.Ahead]] = Counter()
    areas: Counter[tuple[str, progress.Ahead]] = Counter()
    shapes = result.layers["parcels"].geometry
    for key in shapes.index:
        placed = tracking.ordered(histories.get(("parcels", str(key)), []))
        way = progress.ahead(result.workflow, "approval", placed, day)
        held = tracking.states(placed, day).get("approval")
        if way.steps or way.earliest is None:
            group = (held.state if held else "", way)
            ways[group] += 1
            areas[group] += shapes[key].area
    rows = []
    for (state, way), number in ways.most_common():
        titles = [Title(result.workflow.actions[each][1].title) for each in way.steps]
        rows.append(row(
            state_of(result.workflow, "approval", state), bare(number, 0),
            bare(areas[state, way] / progress.HA_M2, 2), joined(" → ", titles),
            way.earliest or DASH, way.by_terms or DASH, bare(len(way.open_ended), 0),
        ))
    heads = _heads("state", "parcels", "hectares", "steps", "earliest", "by_terms", "open_ended")
    return Section(say("yearly.ahead"), (
        Table(heads, tuple(rows)), note(say("yearly.ahead_note", day=day)),
    ))


def _targets(result: Assessment, day: date) -> list[tuple[progress.Progress, Figure]]:
    """Find how far each target is that counts on the day."""
    ground = reconcile.ground(result)
    figures = {each.id: each for each in catalog.figures(result.place.folder)}
    made = []
    for target in ground.targets.values():
        if target.since > day:
            continue
        figure = figures[target.figure]
        made.append((progress.progress(target, figure, ground, day), figure))
    return made


def _reached(made: progress.Progress, figure: Figure) -> Row:
    """Say in a line how far a target is."""
    target = made.target
    unit = f"reconcile.unit.{target.unit}"
    goal = Line((bare(target.secure), " ", say(unit) if known(unit) else target.unit))
    if made.reached is None:
        return row(Title(target.title), say(
            "yearly.goal_open", goal=goal, by=target.by,
            open=say("yearly.open", what=lacking(made.lacks, figure.title)),
        ))
    return row(Title(target.title), say(
        "yearly.goal_reached", goal=goal, by=target.by, reached=bare(made.reached, most=6),
        share=bare(made.reached / target.secure, 0, "share"),
    ))


def _target(made: progress.Progress, figure: Figure, day: date) -> Section:
    target = made.target
    notes = [note(say("yearly.target_source", source=target.source))]
    if made.undated:
        notes.append(note(say("yearly.undated", count=str(made.undated))))
    if made.stated is not None:
        notes.append(note(say(
            "yearly.stated_by", source=made.stated.source, day=made.stated.on
        )))
    rows = []
    for goal, met, at, word in (
        (target.secure, made.secured_on, made.secure_at, "secured"),
        (target.strive, made.striven_on, made.strive_at, "striven"),
    ):
        if goal is None:
            continue
        if made.reached is None:
            how = say("yearly.open", what=lacking(made.lacks, figure.title))
        elif met is not None:
            how = say("yearly.met_on", day=met)
        elif at is not None:
            how = say("yearly.at_pace", day=at)
        else:
            how = say("yearly.no_pace")
        share = None if made.reached is None else made.reached / goal
        rows.append(row(
            say(f"yearly.{word}"), bare(goal), bare(made.reached, most=6),
            bare(share, 0, "share"), target.by, how,
        ))
    drawn = made.reached is not None and made.stated is None
    chart = (Chart(partial(charts.target, made, day)),) if drawn else ()
    heads = _heads("goal", "wanted", "reached", "share", "by", "when")
    return Section(Title(target.title), (*chart, Table(heads, tuple(rows)), *notes))


def _money(result: Assessment) -> Section:
    table = progress.investment(result.layers["plots"], result.amounts)
    rows = tuple(
        row(charts.size(each), bare(each["projects"], 0), bare(each["total_cny"] / 1e8, 2))
        for each in table.sort_values("from_cny", ascending=False).to_dict("records")
    )
    return Section(say("yearly.money"), (
        Chart(partial(charts.money, table)),
        Table(_heads("size", "projects", "hundred_million"), rows),
    ))


def _relocation(result: Assessment) -> Section:
    fields = result.schemas["relocations"].fields
    rows = tuple(
        row(each["village"] or DASH,
            wording.chosen(fields["class"], result.workflow, each["class"]),
            wording.chosen(fields["quantity_unit"], result.workflow, each["unit"]),
            *(bare(each[name]) for name in ("done", "pending", "unknown")))
        for each in progress.relocation(result.layers["relocations"]).to_dict("records")
    )
    heads = _heads("village", "class", "unit", "done", "pending", "unknown")
    return Section(say("yearly.relocation"), (Table(heads, rows),))


def _enforcement(result: Assessment) -> Section:
    fields = result.schemas["enforcement"].fields
    rows = tuple(
        row(*(wording.chosen(fields[name], result.workflow, each[name]) or DASH
              for name in ("class", "state")),
            bare(each["items"], 0), bare(each["area_m2"]))
        for each in progress.enforcement(result.layers["enforcement"]).to_dict("records")
    )
    heads = (*_heads("class", "state", "items"), "m²")
    return Section(say("kind.enforcement"), (Table(heads, rows),))
