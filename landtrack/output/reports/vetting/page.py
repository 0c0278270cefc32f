"""The vetting page of one plot or project: sections of words, whatever they are shown on."""

from __future__ import annotations

import dataclasses
import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from landtrack.assessment import rules, site
from landtrack.assessment.rules import remedies, verdicts
from landtrack.assessment.rules.case import LAND, Case
from landtrack.model import Outcome, Result, Rule
from landtrack.model.translations import Words
from landtrack.output import wording
from landtrack.output.reports.vetting.origin import Origins

Cells = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading, a table under it, and lines under that."""

    title: str
    headings: Cells = ()
    rows: tuple[Cells, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Page:
    """What is told of one plot or project."""

    title: str
    subtitle: str
    verdict: str
    verdict_words: str
    status: int
    sections: tuple[Section, ...]
    lang: str


def build(result: Result, case: Case, words: Words, *, near: float = 0.05) -> Page:
    """Put a case into words.

    ``case``: The plot or project, or what if it were otherwise.
    ``near``: An index whose value is nearer to its limit than this share of it is pointed out.
    """
    maker = _Maker(result=result, case=case, words=words, near=near)
    verdict = str(verdicts.by_subject([case.name], maker.findings).iloc[0])
    sections = (
        maker.what_if(), maker.facts(), maker.indices(), maker.whole(), maker.inputs(),
        maker.evidence(), maker.mends(), maker.land_areas(), maker.timeline(), maker.land(),
        maker.hits(),
        maker.waivers(), maker.opinion(),
    )
    name = case.facts.get("name") or case.facts.get("company") or ""
    return _printable(Page(
        title=words("vet.title", plot=case.name),
        subtitle=" · ".join(filter(None, [
            str(name), words.pick(result.place.title),
            ", ".join(words.pick(pack.title) for pack in case.packs),
            words("vet.as_of", day=case.as_of) if case.as_of else "",
            words("vet.rules_on", day=case.rules_on) if case.rules_on else "",
            words.pick(result.place.notice),
        ])),
        verdict=verdict,
        verdict_words=words(f"outcome.{verdict}"),
        status=rules.status_of([verdict, *maker.project_verdicts()]),
        sections=tuple(each for each in sections if each.rows or each.notes),
        lang=words.lang,
    ))


def _printable(page: Page) -> Page:
    """Put a space for each character that is none to be seen and that no file format takes."""
    def seen(said: str) -> str:
        return "".join(
            each if unicodedata.category(each) not in {"Cc", "Cs", "Cn"} else " " for each in said
        )

    return dataclasses.replace(
        page, title=seen(page.title), subtitle=seen(page.subtitle), sections=tuple(
            dataclasses.replace(
                each, rows=tuple(tuple(seen(cell) for cell in row) for row in each.rows),
                notes=tuple(seen(note) for note in each.notes),
            )
            for each in page.sections
        ),
    )


class _Maker:
    """Makes the sections of one case."""

    def __init__(self, *, result: Result, case: Case, words: Words, near: float) -> None:
        self.result, self.case, self.words, self.near = result, case, words, near
        self.findings = case.findings()
        self.rows: list[dict[Any, Any]] = self.findings.to_dict("records")
        self.rules: Mapping[str, Rule] = result.rules
        self.written = wording.AsWritten(result.written)

    def project_verdicts(self) -> list[str]:
        """Give the verdict on the project of one plot among several, if it is the data's own."""
        if self.result.projects is None or self.case.changes:
            return []
        project = self.case.facts.get("project_id")
        if not (self.result.projects["plot_id"] == project).any():
            return []
        return list(verdicts.by_subject([str(project)], self.result.projects))

    def facts(self) -> Section:
        """List what is known of the project."""
        rows = [
            (self.words(f"field.{field.name}"), said)
            for field in self.result.schemas["plots"].field
            if (said := self._beside(wording.attribute(
                self.words, field, self.result.workflow, self.case.facts.get(field.name)
            ), field.name))
        ]
        if len(self.case.plots) > 1:
            rows.insert(0, (self.words("vet.plots"), ", ".join(self.case.plots)))
        return Section(title=self.words("vet.facts"), rows=tuple(rows))

    def _beside(self, said: str, name: str) -> str:
        """Write behind a figure how it was written, where that is something else."""
        if name in self.case.changes:
            return said
        return self.written.beside(self.words, said, self.case.plots, name)

    def indices(self) -> Section:
        """Tell every finding: formula, limit and where it comes from, margin, outcome."""
        rows = []
        for row in self.rows:
            rule = self.rules[row["rule"]]
            said = wording.finding(self.words, row, rule)
            limit = said.limit
            if rule.kind == "index":
                from_where = wording.origin(self.words, row["decided_by"] or row["rule_version"])
                limit = f"{limit} ({from_where})"
            told = [said.reason, said.note, self._near(row)]
            rows.append((
                said.name, self._formula(row, rule), limit, said.margin,
                said.outcome, row["source"],
                self.words("wording.joint").join(filter(None, told)),
            ))
        heads = ("index", "formula", "limit", "margin", "outcome", "source", "note")
        return Section(
            title=self.words("vet.indices"),
            headings=tuple(self.words(f"vet.{each}") for each in heads), rows=tuple(rows),
            notes=tuple(
                f"{self.words.pick(rule.title)}: {self.words.pick(rule.text)}"
                for rule in self.rules.values() if rule.text
            ),
        )

    def _formula(self, row: Mapping[Any, Any], rule: Rule) -> str:
        """Write the quotient with its numbers filled in, of the pair that was divided."""
        case = self._judged(row)
        pair = (rule.numerator, rule.denominator)
        if rule.instead is not None and pd.isna(case.figure(rule.numerator)):
            pair = rule.instead
        figures = {} if rule.kind == "sequence" else {
            name: case.figure(name) for name in pair if name
        }
        return wording.formula(self.words, row, rule, figures)

    def _judged(self, row: Mapping[Any, Any]) -> Case:
        """Give whose figures a finding rests on: the plot's own, or those of its project."""
        return self.case.project if row["subject"] and self.case.project else self.case

    def _of_whom(self, row: Mapping[Any, Any], said: str) -> str:
        """Write behind what is said that it is of the project, where it is."""
        if not row["subject"]:
            return said
        return self.words("vet.of_project", value=said, project=row["subject"])

    def _near(self, row: Mapping[Any, Any]) -> str:
        """Point out an index that lies near its limit."""
        limit = row["value"] - row["margin"]
        if row["unit"] == "d" or not abs(row["margin"]) <= self.near * abs(limit):
            return ""
        return self.words("vet.near", share=f"{self.near * 100:g}%")

    def what_if(self) -> Section:
        """List what was changed for this answer, with what it is in the data."""
        stored = self.case.stored
        rows = tuple(
            (wording.input_name(self.words, name), self._input(stored, name),
             self._input(self.case, name))
            for name in self.case.changes
        )
        heads = tuple(self.words(f"vet.{each}") for each in ("input", "in_data", "tried"))
        return Section(
            title=self.words("vet.what_if"), headings=heads, rows=rows,
            notes=(self.words("vet.not_stored"),) if rows else (),
        )

    def whole(self) -> Section:
        """Tell how a project of several plots comes out: as a whole, and plot by plot."""
        of = rules.project_of(self.result.layers["plots"])
        project = of[self.case.plots[0]]
        plots = of.index[of == project]
        if len(plots) == 1 or self.result.projects is None:
            return Section(title="")
        findings = pd.concat([
            self.result.projects[self.result.projects["plot_id"] == project],
            self.result.findings[self.result.findings["plot_id"].isin(plots)],
        ])
        rows = []
        for name, own in findings.groupby("plot_id", sort=False):
            told = {}
            for row in own.to_dict("records"):
                said = wording.finding(self.words, row, self.rules[row["rule"]])
                told[row["rule"]] = f"{self._of_whom(row, said.value)}: {said.outcome}"
            label = self.words("vet.whole", project=name) if name == project else str(name)
            rows.append((label, *(told[rule] for rule in self.rules)))
        heads = (self.words("vet.plots"), *(
            self.words.pick(rule.title) for rule in self.rules.values()
        ))
        return Section(
            title=self.words("vet.roll_up", project=project), headings=heads, rows=tuple(rows),
            notes=(self.words("vet.summed"),),
        )

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
        origins = Origins(result=self.result, case=self.case, words=self.words)
        rows = tuple(
            (wording.input_name(self.words, name), self._input(self.case, name), origins.of(name))
            for name in dict.fromkeys(filter(None, named))
        )
        heads = tuple(self.words(f"vet.{each}") for each in ("input", "value", "origin"))
        return Section(title=self.words("vet.inputs"), headings=heads, rows=rows)

    def _input(self, case: Case, name: str) -> str:
        """Write the value of a measure or a field."""
        field = self.result.schemas["plots"].fields.get(name)
        if case.project is not None and field is not None and field.adds_up and math.isnan(
            case.figure(name)
        ) and not math.isnan(case.project.figure(name)):
            return self.words(
                "vet.of_project", value=self._input(case.project, name), project=case.project.name,
            )
        if name in case.inputs:
            return wording.quantity(self.words, case.inputs[name], wording.unit_of(name))
        field = self.result.schemas["plots"].fields[name]
        told = wording.attribute(self.words, field, self.result.workflow, case.facts.get(name))
        return told or self.words("wording.not_known")

    def evidence(self) -> Section:
        """Set the levels of evidence for the floor area side by side."""
        inputs = pd.DataFrame([self.case.inputs], dtype="float64")
        proved = self.case.evidence(inputs)
        used, *apart = ("" if proved is None else str(proved[0])).split(",")
        floor = self.case.figure("floor_area_m2")
        rows = []
        for name, found in rules.levels(inputs).items():
            value = float(found[0])
            said = self.words("vet.level_used") if name == used else ""
            if name != used and value == value and floor > 0:  # noqa: PLR0124  not NaN
                share = f"{(value / floor - 1) * 100:+.1f}%"
                alike = abs(value - floor) <= rules.NOISE * floor
                said = self.words("vet.level_alike") if alike else self.words(
                    "vet.level_differs", share=share
                )
            shown = wording.quantity(self.words, value, "m2")
            if name == "declared":
                shown = self._beside(shown, "floor_area_m2")
            rows.append((self.words(f"evidence.{name}"), shown, said))
        rows.append((
            self.words("vet.floor_used"), wording.quantity(self.words, floor, "m2"),
            self.words(f"evidence.{used}") if used else "",
        ))
        warnings = [
            self.words("wording.evidence_differs", others=self.words(f"evidence.{each}"))
            for each in apart
        ]
        heads = tuple(self.words(f"vet.{each}") for each in ("level", "value", "note"))
        return Section(
            title=self.words("vet.evidence"), headings=heads, rows=tuple(rows),
            notes=tuple(warnings),
        )

    def mends(self) -> Section:
        """Tell the smallest changes by which what fails would pass."""
        rows = []
        for row in self.rows:
            rule = self.rules[row["rule"]]
            if row["outcome"] != Outcome.FAIL or rule.kind != "index":
                continue
            for change in remedies.smallest(self._judged(row), rule, row):
                hurt = self.words("vet.unhurt") if not change.hurts else self.words(
                    "vet.hurts",
                    rules=", ".join(self.words.pick(self.rules[each].title)
                                    for each in change.hurts),
                )
                said = self._of_whom(row, self._change(change))
                rows.append((self.words.pick(rule.title), said, hurt))
        heads = tuple(self.words(f"vet.{each}") for each in ("index", "change", "besides"))
        notes = [self._combined(each) for each in remedies.together(self.case, self.rules)]
        return Section(
            title=self.words("vet.mends"), headings=heads, rows=tuple(rows), notes=tuple(notes)
        )

    def _change(self, change: remedies.Change) -> str:
        """Say by how much a measure must change, and what that is in storeys."""
        said = wording.change(self.words, change.measure, change.by, strict=change.strict)
        return said + (self.words("vet.storeys", count=change.storeys) if change.storeys else "")

    def _combined(self, combined: remedies.Combined) -> str:
        """Say what mends all failing indices at once."""
        if combined.each:
            joint = self.words("wording.joint").join(map(self._change, combined.each))
            return self.words("vet.together", changes=joint)
        less = wording.change(self.words, LAND, combined.less_land, strict=False)
        return self.words("vet.less_land", change=less)

    def land_areas(self) -> Section:
        """Try the verdict with each land area, and say where it flips."""
        stated = self.case.stored.facts.get(LAND)
        declared = float(str(stated)) if stated is not None else float("nan")
        tried = remedies.by_land_area(self.case, declared)
        whole = {row["rule"]: row for row in self.rows if row["subject"]}
        of_land = [rule for rule in self.rules.values() if rule.denominator == LAND]
        by_land = [rule for rule in of_land if rule.id not in whole]
        rows = tuple(
            (
                self.words(f"vet.area_{name}"),
                wording.quantity(self.words, told["area"], "m2"),
                *(self.words(f"outcome.{told['outcomes'][rule.id]}") for rule in by_land),
            )
            for name, told in tried.items()
        )
        flips = [
            self.words("vet.flips", index=self.words.pick(rule.title))
            for rule in by_land
            if len({
                told["outcomes"][rule.id] for told in tried.values() if told["area"] > 0
            }) > 1
        ]
        heads = (
            self.words("vet.land"), self.words("vet.value"),
            *(self.words.pick(rule.title) for rule in by_land),
        )
        return Section(
            title=self.words("vet.land_areas"), headings=heads, rows=rows,
            notes=(
                *(flips or [self.words("vet.no_flip")]),
                *(f"{self.words.pick(rule.title)}: {wording.of_whom(self.words, whole[rule.id])}"
                  for rule in of_land if rule.id in whole),
            ),
        )

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
        rows = tuple(
            (
                day.strftime("%Y-%m-%d"), self.words(f"field.{name}"),
                str(self.case.facts.get(documents.get(name, "")) or ""),
            )
            for day, name in dated
        )
        proofs = tuple(
            f"{said.name}: {said.outcome}" + (f" ({said.reason})" if said.reason else "")
            for row in self.rows
            if (rule := self.rules[row["rule"]]).kind == "sequence"
            for said in [wording.finding(self.words, row, rule)]
        )
        heads = tuple(self.words(f"vet.{each}") for each in ("day", "step", "document"))
        return Section(
            title=self.words("vet.timeline"), headings=heads, rows=rows, notes=proofs
        )

    def land(self) -> Section:
        """List the parcels under each plot, with what is in none; they add up to it."""
        parcels = self.result.joined.get("parcels")
        rows: list[Cells] = []
        if parcels is not None and parcels.frame is not None:
            frame = parcels.frame
            names = {} if "name" not in frame else {
                str(key): name for key, name in frame["name"].items()
            }
            plots = self.result.layers["plots"].loc[list(self.case.plots)]
            table = site.land_under(plots, parcels)
            for plot, own in table.groupby("plot_id", sort=False):
                said = wording.land(
                    self.words, own, parcels.schema, self.result.workflow, names
                )
                mark = (str(plot),) if len(plots) > 1 else ()
                rows += [(*mark, *each) for each in said]
        heads = [self.words(f"land.{each}") for each in ("parcel", "state", "area", "share")]
        if len(self.case.plots) > 1:
            heads.insert(0, self.words("field.plot_id"))
        return Section(title=self.words("land.title"), headings=tuple(heads), rows=tuple(rows))

    def hits(self) -> Section:
        """Tell what every layer says."""
        names = {
            kind: {str(key): name for key, name in frame["name"].items() if isinstance(name, str)}
            for kind, frame in self.result.layers.items() if "name" in frame
        }
        rows: list[Cells] = []
        for plot in self.case.plots:
            measures = self.result.measures[self.result.measures["plot_id"] == plot]
            told = wording.hits(
                self.words, measures.to_dict("records"), self.result.schemas, names,
                self.result.workflow,
            )
            rows += [
                (each.title, each.label, each.what or each.said, each.value, each.feature)
                for each in told
            ]
        heads = tuple(
            self.words(f"ledger.{each}") for each in ("layer", "class", "measure", "value",
                                                      "feature")
        )
        return Section(title=self.words("vet.hits"), headings=heads, rows=tuple(rows))

    def waivers(self) -> Section:
        """List the waivers of the plot, those that have expired too."""
        rows = tuple(
            (
                self.words.pick(self.rules[each.rule].title), each.approver, each.reason,
                each.document, each.granted_on.isoformat(), each.until.isoformat(),
            )
            for each in self.case.waivers
        )
        heads = ("index", "approver", "why", "document", "granted", "until")
        return Section(
            title=self.words("vet.waivers"),
            headings=tuple(self.words(f"vet.{each}") for each in heads), rows=rows,
        )

    def opinion(self) -> Section:
        """Leave room for the opinion and the signatures."""
        return Section(title=self.words("vet.opinion"), rows=_blank(
            self.words(f"vet.{each}") for each in ("opinion_text", "vetted_by", "checked_by",
                                                   "signed_on")
        ))


def _blank(labels: Iterable[str]) -> tuple[Cells, ...]:
    return tuple((label, "") for label in labels)
