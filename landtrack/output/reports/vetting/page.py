"""The vetting form of one plot or project: a document, whatever it is written on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from landtrack.assessment import rules, site
from landtrack.assessment.rules import remedies, verdicts
from landtrack.assessment.rules.case import LAND, Case
from landtrack.model import Outcome, Rule, catalog
from landtrack.model.assessment import Assessment
from landtrack.output import wording
from landtrack.output.reports import plot_maps
from landtrack.output.reports.document import (
    Document,
    Row,
    Section,
    Table,
    Verdict,
    note,
    row as row_of,
)
from landtrack.output.reports.vetting import first
from landtrack.output.reports.vetting.first import area
from landtrack.output.reports.vetting.origin import Origins
from landtrack.output.wording.findings import joint
from landtrack.output.wording.messages import (
    Figure,
    Line,
    Message,
    Money,
    Say,
    Title,
    joined,
    say,
)

MAP_MM = 62.0
"""How high the map of a form is, where there is room."""


def build(
    result: Assessment, case: Case, *, near: float = 0.05, decision: str = ""
) -> Document:
    """Say what is to be said of a case.

    ``decision``: What is drafted for who decides, its lines as they are; nothing where empty.

    ``case``: The plot or project, or what if it were otherwise.
    ``near``: An index whose value is nearer to its limit than this share of it is pointed out.
    Returns: The page that decides, to be signed, then the evidence on pages of its own.
    """
    maker = Maker(result, case, near)
    place = result.place
    return Document(
        title=say("vet.title", plot=case.name),
        subtitle=joined(" · ", [
            str(case.facts.get("name") or case.facts.get("company") or ""),
            Title(place.title) if place.title else "",
            joined(", ", [Title(pack.title) for pack in case.packs]),
            say("vet.as_of", day=case.as_of) if case.as_of else "",
            say("vet.rules_on", day=case.rules_on) if case.rules_on else "",
            Title(place.notice) if place.notice else "",
        ]),
        outcome=maker.verdict(), reason=maker.because(), sheet=say("vet.sheet"),
        sections=(*maker.first_page(decision), *maker.following()),
    )


def status(result: Assessment, *cases: Case) -> int:
    """Give the exit status of cases: their verdicts, and those of the projects they are of."""
    makers = [Maker(result, case) for case in cases]
    return rules.status_of([
        verdict for each in makers for verdict in (each.verdict(), *each.project_verdicts())
    ])


def _section(
    title: Message, heads: list[Message], rows: list[Row], notes: Iterable[Message] = ()
) -> Section:
    return Section(title, (
        Table(tuple(heads), tuple(rows), records=True), *map(note, notes),
    ))


def _told(sections: Iterable[Section]) -> list[Section]:
    """Leave out the sections that have nothing to say."""
    return [each for each in sections if any(
        not isinstance(part, Table) or part.rows for part in each.parts
    )]


def _counted(said: Say, measure: str) -> Say:
    """Say by how much an amount must change in the unit that it is counted in."""
    size = said.values["amount"]
    if not isinstance(size, Figure) or (size.unit != "CNY" and measure != LAND):
        return said
    shown = Money(size.value) if size.unit == "CNY" else area(size.value)
    return say(said.key, **{**said.values, "amount": shown})


def _heads(*names: str, of: str = "vet") -> list[Message]:
    return [say(f"{of}.{each}") for each in names]


class Maker:
    """Makes the sections of one case."""

    def __init__(self, result: Assessment, case: Case, near: float = 0.0) -> None:
        self.result, self.case, self.near = result, case, near
        self.findings = case.findings()
        self.rows: list[dict[Any, Any]] = self.findings.to_dict("records")
        self.rules: Mapping[str, Rule] = result.rules
        self.written = wording.AsWritten(result.written)

    def verdict(self) -> str:
        """Give the verdict on the case."""
        return str(verdicts.by_subject([self.case.name], self.findings).iloc[0])

    def project_verdicts(self) -> list[str]:
        """Give the verdict on the project of one plot among several, if it is the data's own."""
        if self.result.projects is None or self.case.changes:
            return []
        project = self.case.facts.get("project_id")
        if not (self.result.projects["plot_id"] == project).any():
            return []
        return list(verdicts.by_subject([str(project)], self.result.projects))

    def because(self) -> Message:
        """Say in one sentence why the verdict is what it is, and how its project stands."""
        told = first.because(self.rows, self.rules)
        whole = self.project_verdicts()
        if whole and whole != [self.verdict()]:
            project = str(self.case.facts.get("project_id"))
            return Line((told, say(
                "vet.why_project", project=project, outcome=say(f"outcome.{whole[0]}")
            )))
        return told

    def first_page(self, decision: str = "") -> list[Section]:
        """Say what who decides has to know, with room to sign."""
        drawn = plot_maps.chart(self.result, self.case.plots, height_mm=MAP_MM)
        return _told((
            self.what_if(),
            Section(say("vet.project"), (first.facts(self.result, self.case), *drawn)),
            first.table(self.rows, self.rules), self.mends(), first.drafted(decision),
            first.opinion(self.result, self.case),
        ))

    def form(self) -> list[Section]:
        """Make the page that decides as one among several."""
        head, *rest = self.first_page()
        name = self.case.name
        title = say("vet.title", plot=name)
        verdict = Verdict(self.verdict(), self.because())
        return [Section(title, (verdict,), page=name), head, *rest]

    def following(self) -> list[Section]:
        """List the evidence: every figure, where it comes from, and what every layer says."""
        head, *rest = _told((
            self.facts(), self.indices(), self.whole(), self.inputs(), self.evidence(),
            self.land_areas(), self.timeline(), self.land(), self.hits(), self.setbacks(),
            self.returns(), self.waivers(),
        ))
        name = self.case.name
        packs = joined(", ", [f"{each.id}@{each.version}" for each in self.case.packs])
        parts = (note(say("vet.following_note", packs=packs)),) if self.case.packs else ()
        return [
            Section(say("vet.following", plot=name), parts,
                    page=say("vet.following_sheet", plot=name)),
            head, *rest,
        ]

    def facts(self) -> Section:
        """List what is known of the project."""
        rows = [
            row_of(say(f"field.{field.name}"), said)
            for field in self.result.schemas["plots"].field
            if (said := self._beside(wording.valued(
                field, self.result.workflow, self.case.facts.get(field.name)
            ), field.name))
        ]
        if len(self.case.plots) > 1:
            rows.insert(0, row_of(say("vet.plots"), ", ".join(self.case.plots)))
        return _section(say("vet.facts"), [], rows)

    def _beside(self, said: Message, name: str) -> Message:
        """Say behind a figure how it was written, where that is something else."""
        if name in self.case.changes:
            return said
        return self.written.with_written(said, self.case.plots, name)

    def indices(self) -> Section:
        """Tell every finding: formula, limit and where it comes from, margin, outcome."""
        rows = []
        for row in self.rows:
            rule = self.rules[row["rule"]]
            said = wording.message(row, rule)
            limit = said.limit
            if rule.kind == "index":
                from_where = wording.origin_of(row["decided_by"] or row["rule_version"])
                limit = joined("", [limit, " (", from_where, ")"])
            told = joint(filter(None, [said.reason, said.note, self._near(row)]))
            rows.append(row_of(
                said.name, self._formula(row, rule), limit, said.margin, said.outcome,
                row["source"], told,
            ))
        return _section(
            say("vet.indices"),
            _heads("index", "formula", "limit", "margin", "outcome", "source", "note"), rows,
            [joined(": ", [Title(rule.title), Title(rule.text)])
             for rule in self.rules.values() if rule.text],
        )

    def _formula(self, row: Mapping[Any, Any], rule: Rule) -> Message:
        """Say the quotient with its numbers filled in, of the pair that was divided."""
        case = self._judged(row)
        pair = (rule.numerator, rule.denominator)
        if rule.instead is not None and pd.isna(case.figure(rule.numerator)):
            pair = rule.instead
        figures = {} if rule.kind == "sequence" else {
            name: case.figure(name) for name in pair if name
        }
        return wording.formula(row, rule, figures)

    def _judged(self, row: Mapping[Any, Any]) -> Case:
        """Give whose figures a finding rests on: the plot's own, or those of its project."""
        return self.case.project if row["subject"] and self.case.project else self.case

    def _of_whom(self, row: Mapping[Any, Any], said: Message) -> Message:
        """Say behind what is said that it is of the project, where it is."""
        if not row["subject"]:
            return said
        return say("vet.of_project", value=said, project=row["subject"])

    def _near(self, row: Mapping[Any, Any]) -> Message:
        """Point out an index that lies near its limit."""
        limit = row["value"] - row["margin"]
        if row["unit"] == "d" or not abs(row["margin"]) <= self.near * abs(limit):
            return ""
        return say("vet.near", share=f"{self.near * 100:g}%")

    def what_if(self) -> Section:
        """List what was changed for this answer, with what it is in the data."""
        rows = [
            row_of(wording.naming(name), self._input(self.case.stored, name),
                   self._input(self.case, name))
            for name in self.case.changes
        ]
        notes = [say("vet.not_stored")] if rows else []
        return _section(say("vet.what_if"), _heads("input", "in_data", "tried"), rows, notes)

    def whole(self) -> Section:
        """Tell how a project of several plots comes out: as a whole, and plot by plot."""
        of = rules.project_of(self.result.layers["plots"])
        project = of[self.case.plots[0]]
        plots = of.index[of == project]
        if len(plots) == 1 or self.result.projects is None:
            return Section("", ())
        findings = pd.concat([
            self.result.projects[self.result.projects["plot_id"] == project],
            self.result.findings[self.result.findings["plot_id"].isin(plots)],
        ])
        rows = []
        for name, own in findings.groupby("plot_id", sort=False):
            told = {}
            for row in own.to_dict("records"):
                said = wording.message(row, self.rules[row["rule"]])
                told[row["rule"]] = joined(": ", [self._of_whom(row, said.value), said.outcome])
            label = say("vet.whole", project=name) if name == project else str(name)
            rows.append(row_of(label, *(told[rule] for rule in self.rules)))
        heads = [*_heads("plots"), *(Title(rule.title) for rule in self.rules.values())]
        title = say("vet.roll_up", project=project)
        return _section(title, heads, rows, [say("vet.summed")])

    def inputs(self) -> Section:
        """List the inputs of the rules with where they come from."""
        named: list[str] = []
        for rule in self.rules.values():
            named += [rule.numerator, rule.denominator, *(rule.instead or ())]
            if rule.table is not None:
                named += ["industry_code", "industry_year"] if "industry" in rule.table.by else []
                named += ["land_grade"] if "region_class" in rule.table.by else []
            named += [rule.first, *(rule.documents or ())[:1], rule.second,
                      *(rule.documents or ())[1:]]
        origins = Origins(result=self.result, case=self.case)
        rows = [
            row_of(wording.naming(name), self._input(self.case, name), origins.of(name))
            for name in dict.fromkeys(filter(None, named))
        ]
        return _section(say("vet.inputs"), _heads("input", "value", "origin"), rows)

    def _input(self, case: Case, name: str) -> Message:
        """Say the value of a measure or a field."""
        field = self.result.schemas["plots"].fields.get(name)
        if case.project is not None and field is not None and field.adds_up and math.isnan(
            case.figure(name)
        ) and not math.isnan(case.project.figure(name)):
            value = self._input(case.project, name)
            return say("vet.of_project", value=value, project=case.project.name)
        if name in case.inputs:
            return wording.figure(case.inputs[name], wording.unit_of(name))
        code, year = case.facts.get("industry_code"), case.facts.get("industry_year")
        if name == "industry_code" and isinstance(code, str) and code:
            return wording.industry(code, year if isinstance(year, (int, float)) else math.nan)
        field = self.result.schemas["plots"].fields[name]
        told = wording.valued(field, self.result.workflow, case.facts.get(name))
        return told or say("wording.not_known")

    def evidence(self) -> Section:
        """Set the levels of evidence for the floor area side by side."""
        inputs = pd.DataFrame([self.case.inputs], dtype="float64")
        proved = self.case.evidence(inputs)
        used, *apart = ("" if proved is None else str(proved[0])).split(",")
        floor = self.case.figure("floor_area_m2")
        rows = []
        for name, found in rules.levels(inputs).items():
            value = float(found[0])
            said: Message = say("vet.level_used") if name == used else ""
            if name != used and value == value and floor > 0:  # noqa: PLR0124  not NaN
                share = f"{(value / floor - 1) * 100:+.1f}%"
                alike = abs(value - floor) <= rules.NOISE * floor
                said = say("vet.level_alike") if alike else say("vet.level_differs", share=share)
            shown = wording.figure(value, "m2")
            if name == "declared":
                shown = self._beside(shown, "floor_area_m2")
            rows.append(row_of(say(f"evidence.{name}"), shown, said))
        rows.append(row_of(
            say("vet.floor_used"), wording.figure(floor, "m2"),
            say(f"evidence.{used}") if used else "",
        ))
        warnings = [
            say("wording.evidence_differs", others=say(f"evidence.{each}")) for each in apart
        ]
        return _section(say("vet.evidence"), _heads("level", "value", "note"), rows, warnings)

    def mends(self) -> Section:
        """Tell the smallest changes by which what fails would pass."""
        rows = []
        for row in self.rows:
            rule = self.rules[row["rule"]]
            if row["outcome"] != Outcome.FAIL or rule.kind != "index":
                continue
            for change in remedies.smallest(self._judged(row), rule, row):
                hurt = say("vet.unhurt") if not change.hurts else say(
                    "vet.hurts",
                    rules=joined(", ", [Title(self.rules[each].title) for each in change.hurts]),
                )
                said = self._of_whom(row, self._change(change))
                rows.append(row_of(Title(rule.title), said, hurt))
        notes = [self._combined(each) for each in remedies.together(self.case, self.rules)]
        return _section(say("vet.mends"), _heads("index", "change", "besides"), rows, notes)

    def _change(self, change: remedies.Change) -> Message:
        """Say by how much a measure must change, and what that is in storeys."""
        said = _counted(
            wording.change_of(change.measure, change.by, strict=change.strict), change.measure
        )
        storeys = say("vet.storeys", count=str(change.storeys)) if change.storeys else ""
        return joined("", [said, storeys])

    def _combined(self, combined: remedies.Combined) -> Message:
        """Say what mends all failing indices at once."""
        if combined.each:
            return say("vet.together", changes=joint(map(self._change, combined.each)))
        less = _counted(wording.change_of(LAND, combined.less_land, strict=False), LAND)
        return say("vet.less_land", change=less)

    def land_areas(self) -> Section:
        """Try the verdict with each land area, and say where it flips."""
        stated = self.case.stored.facts.get(LAND)
        declared = float(str(stated)) if stated is not None else float("nan")
        tried = remedies.by_land_area(self.case, declared)
        whole = {row["rule"]: row for row in self.rows if row["subject"]}
        of_land = [rule for rule in self.rules.values() if rule.denominator == LAND]
        by_land = [rule for rule in of_land if rule.id not in whole]
        rows = [
            row_of(
                say(f"vet.area_{name}"), wording.figure(told["area"], "m2"),
                *(say(f"outcome.{told['outcomes'][rule.id]}") for rule in by_land),
            )
            for name, told in tried.items()
        ]
        flips = [
            say("vet.flips", index=Title(rule.title))
            for rule in by_land
            if len({
                told["outcomes"][rule.id] for told in tried.values() if told["area"] > 0
            }) > 1
        ]
        heads = [*_heads("land", "value"), *(Title(rule.title) for rule in by_land)]
        return _section(say("vet.land_areas"), heads, rows, [
            *(flips or [say("vet.no_flip")]),
            *(joined(": ", [Title(rule.title), wording.whom(whole[rule.id])])
              for rule in of_land if rule.id in whole),
        ])

    def timeline(self) -> Section:
        """List the dated steps in their order, each with its document, and the proofs."""
        documents = {
            "eia_approved_on": "eia_document_no", "certificate_on": "certificate_no",
            "construction_permit_on": "construction_permit_no",
            "verified_on": "verification_document_no",
        }
        dated = sorted(
            (pd.Timestamp(str(day)), name)
            for name in ("accepted_on", "entered_on", *documents)
            if (day := self.case.facts.get(name)) is not None and pd.notna(pd.Timestamp(str(day)))
        )
        rows = [
            row_of(day.date(), say(f"field.{name}"),
                   str(self.case.facts.get(documents.get(name, "")) or ""))
            for day, name in dated
        ]
        proofs = [
            joined("", [
                said.name, ": ", said.outcome,
                joined("", [" (", said.reason, ")"]) if said.reason else "",
            ])
            for row in self.rows
            if (rule := self.rules[row["rule"]]).kind == "sequence"
            for said in [wording.message(row, rule)]
        ]
        return _section(say("vet.timeline"), _heads("day", "step", "document"), rows, proofs)

    def land(self) -> Section:
        """List the parcels under each plot, with what is in none; they add up to it."""
        parcels = self.result.sets.get("parcels")
        rows: list[Row] = []
        if parcels is not None and parcels.frame is not None:
            frame = parcels.frame
            names = {} if "name" not in frame else {
                str(key): name for key, name in frame["name"].items()
            }
            plots = self.result.layers["plots"].loc[list(self.case.plots)]
            table = site.land_under(plots, parcels)
            for plot, own in table.groupby("plot_id", sort=False):
                said = wording.land_under(own, parcels.schema, self.result.workflow, names)
                mark = (str(plot),) if len(plots) > 1 else ()
                rows += [row_of(*mark, *each) for each in said]
        heads = _heads("parcel", "state", "area", "share", of="land")
        if len(self.case.plots) > 1:
            heads.insert(0, say("field.plot_id"))
        return _section(say("land.title"), heads, rows)

    def hits(self) -> Section:
        """Tell what every layer says."""
        names = {
            kind: {str(key): name for key, name in frame["name"].items() if isinstance(name, str)}
            for kind, frame in self.result.layers.items() if "name" in frame
        }
        rows: list[Row] = []
        for plot in self.case.plots:
            measures = self.result.measures[self.result.measures["plot_id"] == plot]
            rows += [
                row_of(each.title, each.label, each.what or each.said, each.value, each.feature)
                for each in wording.lines(
                    measures.to_dict("records"), self.result.schemas, names, self.result.workflow
                )
            ]
        heads = _heads("layer", "class", "measure", "value", "feature", of="ledger")
        return _section(say("vet.hits"), heads, rows)

    def setbacks(self) -> Section:
        """Tell how the land lies to the distances that are set by law."""
        every = self.result.layers["plots"]
        found = site.setbacks(
            every.loc[list(self.case.plots)], self.result.sets,
            site.lawful(catalog.corridors(), every, self.result.as_of),
        )
        several = len(self.case.plots) > 1
        rows = [
            row_of(*((str(each["plot_id"]),) if several else ()), *wording.setback(each))
            for each in found.to_dict("records")
        ]
        heads = _heads(*wording.SETBACK_HEADS, of="site")
        if several:
            heads.insert(0, say("field.plot_id"))
        return _section(say("vet.setbacks"), heads, rows)

    def returns(self) -> Section:
        """Tell what the land yields, and where it stands among the plots of the place."""
        found = site.returns(self.result.layers["plots"], self.result.measures)
        found = found[found["plot_id"].isin(self.case.plots)]
        several = len(self.case.plots) > 1
        rows = [
            row_of(*((str(each["plot_id"]),) if several else ()), *wording.returned(each))
            for each in found.to_dict("records")
        ]
        heads = _heads(*wording.RETURN_HEADS, of="returns")
        if several:
            heads.insert(0, say("field.plot_id"))
        return _section(say("vet.returns"), heads, rows)

    def waivers(self) -> Section:
        """List the waivers of the plot, those that have expired too."""
        rows = [
            row_of(
                Title(self.rules[each.rule].title), each.approver, each.reason, each.document,
                each.granted_on, each.until,
            )
            for each in self.case.waivers
        ]
        heads = _heads("index", "approver", "why", "document", "granted", "until")
        return _section(say("vet.waivers"), heads, rows)
