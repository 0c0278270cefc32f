"""The vetting forms of several plots and projects as one document, a summary first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from landtrack.assessment.rules import verdicts
from landtrack.assessment.rules.case import LAND, Case
from landtrack.model import Outcome
from landtrack.model.assessment import Assessment
from landtrack.output.reports import plot_maps
from landtrack.output.reports.document import Document, Section, Table, row as row_of
from landtrack.output.reports.vetting.first import amount
from landtrack.output.reports.vetting.page import Maker
from landtrack.output.wording.messages import Joined, Title, joined, say

MAP_MM = 110.0
"""How high the map of all is, where there is room."""


def together(result: Assessment, cases: Sequence[Case], *, near: float = 0.05) -> Document:
    """Say what is to be said of several cases.

    Returns: A summary of all, the page that decides of each, then the evidence of each.
    """
    makers = [Maker(result, case, near) for case in cases]
    place = result.place
    counts = Counter(each.verdict() for each in makers)
    rows = tuple(
        row_of(
            each.case.name, str(each.case.facts.get("company") or each.case.facts.get("name")
                                or ""),
            amount(each.case.figure(LAND), "m2"),
            amount(each.case.figure("fixed_investment_cny"), "CNY"),
            say(f"outcome.{each.verdict()}"), each.because(),
            marked=each.verdict() == Outcome.FAIL,
        )
        for each in makers
    )
    heads = tuple(map(say, (
        "vet.plot", "field.company", "vet.land", "field.fixed_investment_cny", "vet.outcome",
        "vet.why",
    )))
    plots = [plot for case in cases for plot in case.plots]
    worst = next(each for each in verdicts.VERDICTS if counts[each])
    counted = Joined("wording.listed", tuple(
        say("vet.counted", outcome=say(f"outcome.{each}"), count=str(counts[each]))
        for each in verdicts.VERDICTS if counts[each]
    ))
    return Document(
        title=say("vet.summary_title", count=str(len(cases))),
        subtitle=joined(" · ", [
            Title(place.title) if place.title else "",
            say("vet.as_of", day=cases[0].as_of) if cases[0].as_of else "",
            Title(place.notice) if place.notice else "",
        ]),
        outcome=worst, reason=say("vet.summary_why", count=str(len(cases)), counted=counted),
        sheet=say("vet.summary_sheet"),
        sections=(
            Section(say("vet.summary"), (
                Table(heads, rows, figures=(2, 3)),
                *plot_maps.chart(result, plots, height_mm=MAP_MM),
            )),
            *(part for each in makers for part in each.form()),
            *(part for each in makers for part in each.following()),
        ),
    )
