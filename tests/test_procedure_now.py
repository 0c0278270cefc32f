"""The procedure in force: its steps and days are those of the articles, and are counted."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from landtrack import tracking
from landtrack.model import catalog, translations
from landtrack.output.wording import events
from landtrack.tracking import Event

NOW = catalog.workflow("cn-now")
LAW = list(csv.DictReader(io.StringIO(
    (Path(__file__).parent / "law" / "workflow_now.csv").read_text(encoding="utf-8")
)))
"""What the articles say, a row a step or figure, each with its source."""
UNITS = {"工作日": "working", "日": "calendar"}

COUNTED = {
    "征收土地预公告": ("pre_announce", "pre_announcement", "at_least"),
    "征地补偿安置方案公告": ("announce_compensation", "plan_notice", "at_least"),
    "征收土地公告": ("approve", "announcement", "at_most"),
}
"""The steps that start days: the action, the clock, and which way it binds."""
IN_ORDER = {
    "补偿登记 / 协议": ("announce_compensation", "sign_agreements"),
    "申请征收": ("sign_agreements", "report_province"),
}
"""The steps that the law puts one after the other."""
ELSEWHERE = {
    "费用": "a condition, with no step of its own",
    "分批次转用": "how land is converted, not when",
    "预审与选址意见书": "a document before the acquisition begins",
    "集体经营性建设用地方案": "supply of collective land, which the workflow does not hold",
    "集体经营性建设用地意见": "supply of collective land, which the workflow does not hold",
    "土地等级": "no step",
    "国务院批准": "who approves, by area; the area of a batch is known to nobody here",
    "农用地转用先于/同时于征收": "conversion is approved with the acquisition",
}
"""What the law says and the workflow does not count, and why."""


def test_every_row_of_the_law_has_its_step_or_the_reason_why_not():
    assert {each["step"] for each in LAW} == {*COUNTED, *IN_ORDER, *ELSEWHERE}
    assert all(each["source"] for each in LAW)


@pytest.mark.parametrize("row", [each for each in LAW if each["step"] in COUNTED],
                         ids=lambda each: f"{each['law']} {each['article']}")
def test_the_days_of_a_step_are_those_of_its_article(row):
    action, name, bound = COUNTED[row["step"]]
    clock = NOW.clocks[name]

    assert name in {each.id for each in NOW.actions[action][1].starts}
    assert (clock.days, clock.unit, clock.bound) == (
        int(row["figure"]), UNITS[row["unit"]], bound
    )
    assert clock.source == f"{row['law']} §{row['article']}"


def test_no_day_is_counted_that_no_article_states():
    known = {name for _, name, _ in COUNTED.values()}

    assert {
        name for name, clock in NOW.clocks.items() if clock.id not in known
    } == set()


@pytest.mark.parametrize(("before", "after"), IN_ORDER.values())
def test_the_law_puts_one_step_after_the_other_and_so_does_the_workflow(before, after):
    """From the first state on, the later step is reached through the earlier one alone."""
    track = NOW.tracks["approval"]
    actions = {each.code: each for each in track.action}
    reached, seen = {""}, set()
    while reached - seen:
        seen |= reached
        reached |= {
            each.sets for each in track.action
            if each.code != before and {*each.leaves} & seen and each.sets is not None
        }

    assert not {*actions[after].leaves} & reached - {"returned"}


def day_of(action, at, number, to):
    return Event(
        event=number, layer="parcels", feature_id="P", track="approval", action=action, at=at,
        to_state=to,
    )


def test_the_announcement_is_overdue_when_fifteen_working_days_are_over():
    """Received on Monday 3 March 2025: the fifteenth working day is Monday 24 March."""
    log = [day_of("approve", "2025-03-03", 1, "approved")]
    told = {
        day: tracking.running(NOW, log, day).set_index("clock").loc["announcement"]
        for day in (date(2025, 3, 24), date(2025, 3, 25))
    }

    assert {each["due"] for each in told.values()} == {date(2025, 3, 24)}
    assert [bool(each["overdue"]) for each in told.values()] == [False, True]
    zh = translations.load("zh")
    assert "征收土地公告" in events.clock(zh, NOW, {
        **told[date(2025, 3, 25)], "clock": "announcement",
    })
    announced = [*log, day_of("announce", "2025-03-20", 2, "announced")]
    assert tracking.running(NOW, announced, date(2025, 3, 25)).empty
