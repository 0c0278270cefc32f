"""Columns of the page that no file states: statutory days that run, and services.

Services are measured for the page as ``landtrack site`` measures them, where all layers are small.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landtrack import tracking
from landtrack.assessment import site
from landtrack.model import catalog
from landtrack.model.site import Readiness, Reason, Relation
from landtrack.output import wording
from landtrack.output.map import encode
from landtrack.output.map.columns import Column, Speakers, by_language, days
from landtrack.output.wording.messages import tell

if TYPE_CHECKING:
    from landtrack.model import Workflow
    from landtrack.model.assessment import Assessment
    from landtrack.model.translations import Words

CLOCK, DUE = "clock", "clock_due"
"""The clock of a feature that is due first, and its last day."""
INDUSTRY, LAND_USE, SETBACK, RETURN = "industry_name", "land_use", "setback", "return"
CODED = {"parcels": "land_use_code", "land_classes": "class_code"}
"""The fields of land use codes."""
BLOCKING = "blocking"
"""What the page works out of the pairs of plots and parcels, by their states of the moment."""
OVERDUE = "overdue"
"""What the page works out of :data:`DUE` on the day on which it is looked at."""
UNSURE = "?"
"""Behind the code of a clock of which the last day is not certain."""


def of_layer(
    result: Assessment, kind: str, frame: pd.DataFrame, speakers: Speakers, *, small: bool
) -> dict[str, Column]:
    """Work the columns of a layer out.

    ``frame``: Its features by their keys, in the order of the page.
    ``small``: Whether all layers are small.
    Returns: By name; those of which there is nothing to say are left out.
    """
    keys = frame.index
    made = _clocks(result, kind, keys, speakers) | _land_use(kind, frame, speakers)
    if kind == "plots":
        made |= _industry(frame, speakers)
    if small and kind == "plots":
        made |= _services(result, keys, speakers) | _setbacks(result, keys, speakers)
        made |= _returns(result, keys, speakers)
    return made


def filters(made: Iterable[str]) -> list[str]:
    """List what a layer is filtered by, of its columns."""
    told = {CLOCK, LAND_USE, INDUSTRY, SETBACK, RETURN}
    return [
        OVERDUE if name == DUE else name for name in made if name.partition(".")[0] not in told
    ]


def clock_code(clock: str, *, certain: bool) -> str:
    """Write the code of a clock in a column."""
    return clock if certain else clock + UNSURE


def clock_title(words: Words, workflow: Workflow, code: str) -> str:
    """Say which clock the code of a column is of; empty for none."""
    if not code:
        return ""
    title = words.pick(workflow.clocks[code.removesuffix(UNSURE)].title)
    return words("find.clock_unsure", clock=title) if code.endswith(UNSURE) else title


def _clocks(
    result: Assessment, kind: str, keys: pd.Index, speakers: Speakers
) -> dict[str, Column]:
    """Tell which statutory days run of each feature, and until when."""
    workflow = result.workflow
    if not any(
        kind in track.kinds and any(
            clock.bound == "at_most" for action in track.action for clock in action.starts
        ) for track in workflow.tracks.values()
    ):
        return {}
    own = tracking.soonest(
        workflow, [each for each in result.events if each.layer == kind], result.place.as_of
    ).set_index("feature_id").reindex(keys.astype(str))
    codes = [
        "" if pd.isna(clock) else clock_code(str(clock), certain=bool(certain))
        for clock, certain in zip(own["clock"], own["certain"], strict=True)
    ]
    return {
        CLOCK: _said(
            speakers, lambda words: words("find.clock"), codes,
            lambda words, code: clock_title(words, workflow, code), show="facts",
        ),
        DUE: Column({
            "label": by_language(speakers, lambda words: words("find.clock_due")),
            "show": "facts", "type": "date", "closes": None,
        }, encode.unsigned(days(own["due"]))),
    }


def _land_use(kind: str, frame: pd.DataFrame, speakers: Speakers) -> dict[str, Column]:
    """Name the land use of each feature that states its code and the classification of it."""
    field = CODED.get(kind, "")
    if not {field, "land_use_standard"} <= {*frame.columns}:
        return {}
    codes = [
        "" if pd.isna(standard) or pd.isna(code) else f"{standard}:{code}"
        for standard, code in zip(frame["land_use_standard"], frame[field], strict=True)
    ]
    named = [each if _land_use_name(None, each) else "" for each in codes]
    return {LAND_USE: _said(
        speakers, lambda words: words("find.land_use"), named, _land_use_name, show="facts",
    )} if any(named) else {}


def _industry(frame: pd.DataFrame, speakers: Speakers) -> dict[str, Column]:
    """Name the industry of each plot that states its code and the edition of it."""
    if not {"industry_code", "industry_year"} <= {*frame.columns}:
        return {}
    known = catalog.industries()
    codes = [
        "" if pd.isna(code) or pd.isna(year) or not known.holds(str(code), year)
        else f"{year:g}:{code}"
        for code, year in zip(frame["industry_code"], frame["industry_year"], strict=True)
    ]
    return {INDUSTRY: _said(
        speakers, lambda words: words("find.industry_name"), codes,
        lambda _, code: known.name(code.partition(":")[2], float(code.partition(":")[0]))
        if code else "",
        show="facts",
    )} if any(codes) else {}


def _land_use_name(words: Words | None, code: str) -> str:
    """Name a land use with its classification; where it was not verified, it says so."""
    standard, _, stated = code.partition(":")
    known = catalog.land_uses().get(standard)
    found = None if known is None else known.codes.get(stated)
    if known is None or found is None or not found.name:
        return ""
    if words is None:
        return found.name
    key = "find.land_use_name" if found.verified else "find.land_use_unverified"
    return words(key, name=found.name, standard=words.pick(known.title))


def _setbacks(result: Assessment, keys: pd.Index, speakers: Speakers) -> dict[str, Column]:
    """Tell how each plot lies to the distances that are set by law, a column for each of them.

    One that is clear of all, or that nothing is known of at any plot, has no column.
    """
    plots = result.layers["plots"]
    held = site.lawful(catalog.corridors(), plots, result.as_of)
    table = site.setbacks(plots, result.sets, held)
    titles = {each.id: each.title for each in held.setback}
    made: dict[str, Column] = {}
    for name, rows in table.groupby("setback", sort=False):
        if not rows["relation"].isin([Relation.MEETS, Relation.TOUCHES]).any() and (
            rows["reason"] == Reason.NO_DATA
        ).all():
            continue
        codes, told = _alike(rows, keys)
        made[f"{SETBACK}.{name}"] = _said(
            speakers, lambda words, name=name: words.pick(titles[str(name)]), codes,  # type: ignore[misc]
            lambda words, code, told=told: "\n".join(  # type: ignore[misc]
                tell(words, wording.setback_line(each)) for each in told.get(code, ())
            ),
            show="facts",
        )
    return made


def _alike(
    rows: pd.DataFrame, keys: pd.Index
) -> tuple[list[str], dict[str, list[dict[Hashable, object]]]]:
    """Give the same code to plots of which the same is told, and what is told by code."""
    told: dict[str, list[dict[Hashable, object]]] = {}
    known: dict[str, str] = {}
    by_plot: dict[str, str] = {}
    for plot, own in rows.drop(columns="plot_id").groupby(rows["plot_id"], sort=False):
        records = own.to_dict("records")
        code = known.setdefault(repr(records), str(len(known) + 1))
        told[code], by_plot[str(plot)] = records, code
    return [by_plot.get(str(key), "") for key in keys], told


def _returns(result: Assessment, keys: pd.Index, speakers: Speakers) -> dict[str, Column]:
    """Tell what the land of each plot yields a mu, where it is known of any."""
    table = site.returns(result.layers["plots"], result.measures)
    made = {}
    for name, rows in table.groupby("index", sort=False):
        said = {str(each["plot_id"]): each for each in rows.to_dict("records")}
        codes = [str(key) if str(key) in said else "" for key in keys]
        made[f"{RETURN}.{name}"] = _said(
            speakers, lambda words, name=name: words(f"returns.{name}"), codes,  # type: ignore[misc]
            lambda words, code, said=said: tell(  # type: ignore[misc]
                words, wording.return_line(said[code])
            ) if code else "",
            show="facts",
        )
    return made


def _services(result: Assessment, keys: pd.Index, speakers: Speakers) -> dict[str, Column]:
    """Tell which sets of services are complete at each plot, where one is known at any.

    Sets that are complete at the same plots are told together.
    """
    sets = catalog.readiness()
    layers = {  # one from before a field was known is no ground to say that something is not there
        kind: each for kind, each in result.sets.items()
        if each.frame is not None
        and {*each.schema.fields} <= {*each.frame.columns, each.frame.index.name}
    }
    table = site.complete(result.layers["plots"], layers, sets, workflow=result.workflow)
    table = table[~table.index.duplicated()].reindex(keys)
    alike: dict[tuple[str, ...], list[Mapping[str, str]]] = {}
    named: dict[tuple[str, ...], str] = {}
    for each in sets.set:
        codes = tuple(
            "" if code == Readiness.UNKNOWN.value else str(code) for code in table[each.id]
        )
        alike.setdefault(codes, []).append(each.title)
        named.setdefault(codes, f"ready.{each.id}")
    return {
        named[codes]: _said(
            speakers, lambda words, titles=titles: _sets(words, titles), codes,  # type: ignore[misc]
            lambda words, code: words(f"readiness.{code or Readiness.UNKNOWN.value}"),
        )
        for codes, titles in alike.items() if any(codes)
    }


def _sets(words: Words, titles: Sequence[Mapping[str, str]]) -> str:
    """Name the first of some sets, and how many there are."""
    first = words.pick(titles[0])
    return first if len(titles) == 1 else words("find.sets", first=first, count=len(titles))


def _said(
    speakers: Speakers, label: Callable[[Words], str], codes: Sequence[str],
    say: Callable[[Words, str], str], *, show: str = "",
) -> Column:
    """Write a column of codes with the words of each."""
    rows, found = pd.factorize(np.asarray(["", *codes], dtype=object))
    return Column({
        "label": by_language(speakers, label),
        "show": show, "type": "said", "codes": found.tolist(),
        "words": by_language(speakers, lambda words: [say(words, code) for code in found]),
    }, encode.unsigned(rows[1:]))
