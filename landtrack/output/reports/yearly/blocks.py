"""The blocks of a report: each a table, most with a chart."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import partial

from landtrack import tracking
from landtrack.assessment import progress, reconcile
from landtrack.model import NO_STATE, Result, catalog
from landtrack.model.translations import Words
from landtrack.output import wording
from landtrack.output.reports.yearly import charts, project_status
from landtrack.output.reports.yearly.block import Block, Cell
from landtrack.output.wording import events as event_words


def blocks(result: Result, words: Words, day: date) -> list[Block]:
    """Make the blocks of a report.

    Returns: Those for which the place has layers: land by state, the way ahead and what blocks
    projects, services, targets, investment, relocation, enforcement.
    """
    made = []
    layers = result.layers
    if "parcels" in layers:
        made += [_land(result, words, day), _ahead(result, words, day),
                 project_status.blocking(result, words, day)]
    made += project_status.readiness(result, words)
    made += _targets(result, words, day)
    held = () if result.amounts is None else result.amounts["total_investment_cny"].dropna()
    if len(held) or layers["plots"]["total_investment_cny"].notna().any():
        made.append(_money(result, words))
    if "relocations" in layers:
        made.append(_relocation(result, words))
    if "enforcement" in layers:
        made.append(_enforcement(result, words))
    return made


def _land(result: Result, words: Words, day: date) -> Block:
    log = tracking.from_table(result.status_log)
    days = progress.days_of(log, "parcels", day)
    table = progress.by_state(result.layers, result.schemas, "parcels", log, days)
    track = result.workflow.track("approval")
    order = progress.in_order(table, track)
    titles = {
        code: event_words.state(words, result.workflow, "approval", code) for code in order
    } | {NO_STATE: words("yearly.none")}
    now = table[table["day"] == day].set_index("state")
    rows = [
        (Cell(titles[code]), Cell(int(now["features"][code]), "count"),
         *_areas(float(now["area_m2"][code])))
        for code in order if code in now.index
    ]
    rows.append((
        Cell(words("yearly.total")), Cell(int(now["features"].sum()), "count"),
        *_areas(float(now["area_m2"].sum())),
    ))
    return Block(
        name="land", title=words("yearly.land"), cells=tuple(rows), numeric=(1, 2, 3, 4),
        headings=(words("yearly.state"), words("yearly.parcels"), "m²",
                  words("yearly.hectares"), words("yearly.mu")),
        draw=partial(charts.land, table, order, titles, words),
    )


def _areas(area: float) -> tuple[Cell, ...]:
    """Give an area in square metres, hectares and mu."""
    return (
        Cell(area, "m2"), Cell(area / progress.HA_M2, "ha"), Cell(area / progress.MU_M2, "mu"),
    )


def _ahead(result: Result, words: Words, day: date) -> Block:
    """Group the parcels that are not in hand by the way that is left to them."""
    log = tracking.from_table(result.status_log)
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
        titles = [words.pick(result.workflow.actions[each][1].title) for each in way.steps]
        rows.append((
            Cell(event_words.state(words, result.workflow, "approval", state)),
            Cell(number, "count"), Cell(areas[state, way] / progress.HA_M2, "ha"),
            Cell(" → ".join(titles)), Cell(way.earliest), Cell(way.by_terms),
            Cell(len(way.open_ended), "count"),
        ))
    return Block(
        name="ahead", title=words("yearly.ahead"), cells=tuple(rows), numeric=(1, 2, 4, 5, 6),
        headings=tuple(words(f"yearly.{each}") for each in (
            "state", "parcels", "hectares", "steps", "earliest", "by_terms", "open_ended")),
        notes=(words("yearly.ahead_note", day=f"{day:%Y-%m-%d}"),),
    )


def _targets(result: Result, words: Words, day: date) -> list[Block]:
    ground = reconcile.ground(result)
    figures = {each.id: each for each in catalog.figures(result.place.folder)}
    made = []
    for target in ground.targets.values():
        if target.since > day:
            continue
        reached = progress.progress(target, figures[target.figure], ground, day)
        made.append(_target(reached, words, day))
    return made


def _target(made: progress.Progress, words: Words, day: date) -> Block:
    target = made.target
    notes = [words("yearly.target_source", source=target.source)]
    if made.undated:
        notes.append(words("yearly.undated", count=made.undated))
    rows = []
    for goal, met, at, word in (
        (target.secure, made.secured_on, made.secure_at, "secured"),
        (target.strive, made.striven_on, made.strive_at, "striven"),
    ):
        if goal is None:
            continue
        if made.reached is None:
            how = words("yearly.open", what=made.lacks)
        elif met is not None:
            how = words("yearly.met_on", day=f"{met:%Y-%m-%d}")
        elif at is not None:
            how = words("yearly.at_pace", day=f"{at:%Y-%m-%d}")
        else:
            how = words("yearly.no_pace")
        share = None if made.reached is None else made.reached / goal
        rows.append((
            Cell(words(f"yearly.{word}")), Cell(goal), Cell(made.reached, "six"),
            Cell(share, "share"), Cell(target.by), Cell(how),
        ))
    return Block(
        name=f"target-{target.id}", title=words.pick(target.title), cells=tuple(rows),
        numeric=(1, 2, 3), notes=tuple(notes),
        headings=tuple(words(f"yearly.{each}") for each in (
            "goal", "wanted", "reached", "share", "by", "when")),
        draw=None if made.reached is None else partial(charts.target, made, day, words),
    )


def _money(result: Result, words: Words) -> Block:
    table = progress.investment(result.layers["plots"], result.amounts)
    rows = tuple(
        (Cell(charts.size(row, words)), Cell(row["projects"], "count"),
         Cell(row["total_cny"] / 1e8, "money"))
        for row in table.sort_values("from_cny", ascending=False).to_dict("records")
    )
    return Block(
        name="money", title=words("yearly.money"), cells=rows, numeric=(1, 2),
        headings=(words("yearly.size"), words("yearly.projects"),
                  words("yearly.hundred_million")),
        draw=partial(charts.money, table, words),
    )


def _relocation(result: Result, words: Words) -> Block:
    fields = result.schemas["relocations"].fields
    rows = tuple(
        (Cell(row["village"] or None),
         Cell(wording.choice(words, fields["class"], result.workflow, row["class"])),
         Cell(wording.choice(words, fields["quantity_unit"], result.workflow, row["unit"])),
         *(Cell(row[each]) for each in ("done", "pending", "unknown")))
        for row in progress.relocation(result.layers["relocations"]).to_dict("records")
    )
    return Block(
        name="relocation", title=words("yearly.relocation"), cells=rows, numeric=(3, 4, 5),
        headings=tuple(words(f"yearly.{each}") for each in (
            "village", "class", "unit", "done", "pending", "unknown")),
    )


def _enforcement(result: Result, words: Words) -> Block:
    fields = result.schemas["enforcement"].fields
    rows = tuple(
        (Cell(wording.choice(words, fields["class"], result.workflow, row["class"]) or None),
         Cell(wording.choice(words, fields["state"], result.workflow, row["state"]) or None),
         Cell(row["items"], "count"), Cell(row["area_m2"]))
        for row in progress.enforcement(result.layers["enforcement"]).to_dict("records")
    )
    return Block(
        name="enforcement", title=words("kind.enforcement"), cells=rows, numeric=(2, 3),
        headings=(words("yearly.class"), words("yearly.state"), words("yearly.items"), "m²"),
    )
