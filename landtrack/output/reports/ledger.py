"""The ledger as a workbook, and the findings and issues as CSV.

Text goes into cells as text: a name that begins with ``=`` is a name, no formula.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from landtrack.assessment.rules import project_of, verdicts
from landtrack.model import Coverage, Field, Outcome, translations
from landtrack.model.assessment import Assessment
from landtrack.model.visible import RISKY
from landtrack.output import wording
from landtrack.output.reports import workbook

FORMATS = {
    "m2": "#,##0.00", "m": "#,##0.00", "CNY": "#,##0", "CNY/m2": "#,##0.00", "1": "0.000", "d": "0",
    "share": "0.00%", "%": "0.00%", "date": "yyyy-mm-dd", "any": "#,##0.00##",
}
"""Number format of a column by what is in it: a unit, dates, or figures of any unit."""
OUTCOME_COLOURS = {
    Outcome.PASS: "#DDF1EA", Outcome.FAIL: "#FBE3D6", Outcome.UNKNOWN: "#E6E6E6",
}
"""Behind the words of an outcome: pale, told apart in grey too, never without the words."""
"""When workbooks say that they were made: same input, same bytes."""
WIDTHS = (8, 42)
"""The narrowest and widest column, in characters."""
MOST_ROWS = 1_048_575
"""How many rows a sheet holds below its heading."""
PICTURE_ROWS, PICTURES_A_PAGE = 15, 3
"""How many rows a chart takes, with room below it, and how many a printed page holds."""
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "findings": ("field.plot_id", *(f"ledger.{name}" for name in (
        "index", "outcome", "value", "limit", "margin", "fix", "reason", "clause", "version",
        "note",
    ))),
    "measures": ("field.plot_id", *(f"ledger.{name}" for name in (
        "layer", "class", "measure", "value", "coverage", "feature",
    ))),
    "issues": tuple(f"ledger.{name}" for name in (
        "severity", "issue", "layer", "feature", "field", "found", "mend", "who", "source",
    )),
    "written": ("field.plot_id", *(f"ledger.{name}" for name in wording.written.COLUMNS)),
}
"""The headings of the sheets whose columns are always the same, by the keys of their words."""
COVER, LINE_POINTS = (24, 62), 15.5
"""How wide the two columns of the cover are, in characters, and how high a line of it."""
SAMPLE = 400
"""How many rows of a column are looked at for its width."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table for people: headings, number formats and values, column by column."""

    name: str
    headings: Sequence[str]
    formats: Sequence[str | None]
    columns: Sequence[Sequence[Any]]


def write_ledger(
    result: Assessment, path: Path, *, pictures: Sequence[tuple[str, bytes]] = ()
) -> None:
    """Write the ledger: projects, findings, measures, issues and figures as written.

    ``path``: The ``.xlsx`` to make.
    """
    words = translations.load(result.lang)
    told = {
        "title": words.pick(result.place.title), "comments": words.pick(result.place.notice),
    }
    with workbook.made(path, **told) as book:
        looks = _looks(book, words)
        whole = () if result.projects is None else (whole_sheet(result, words),)
        sheets = (
            project_sheet(result, words), *whole, finding_sheet(result, words),
            measure_sheet(result, words), issue_sheet(result, words),
            *_written_sheets(result, words),
        )
        _add_cover(book, result, sheets, words)
        for sheet in sheets:
            _add(book, sheet, looks)
        if pictures:
            _add_pictures(book, words("ledger.charts"), pictures)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV that a spreadsheet opens rightly.

    ``table``: The table, with its codes and column names as they are.
    ``path``: The ``.csv`` to make, in UTF-8 with a byte-order mark. Text that a spreadsheet would
    run as a formula gets an apostrophe in front.
    """
    safe = table.copy()
    for name in safe.columns[[dtype.kind not in "ifMb" for dtype in safe.dtypes]]:
        values = safe[name].astype("str").where(safe[name].notna(), "")
        safe[name] = values.where(~values.str.startswith(RISKY), "'" + values)
    safe.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


# --- the sheets -----------------------------------------------------------------------------


def project_sheet(result: Assessment, words: translations.Words) -> Sheet:
    """Lay out the project ledger: a row for each plot, its facts and its indices.

    Returns: One row per plot: verdict, value and outcome per rule, areas, and every field that is
    known of some plot.
    """
    plots = result.layers["plots"]
    verdict = verdicts.by_subject(plots.index, result.findings)
    columns: list[tuple[str, str | None, Sequence[Any]]] = [
        (words("field.plot_id"), None, list(plots.index)),
        (words("ledger.verdict"), "outcome", [words(f"outcome.{each}") for each in verdict]),
    ]
    facts = {field.name: field for field in result.schemas["plots"].field if field.show}
    columns.append(_field_column(words, result, facts.pop("name")))
    columns += _judged_columns(result, result.findings, list(plots.index), words)
    if any(whose := _whose(result, list(plots.index), words)):
        columns.append((words("ledger.of_whom"), None, whose))
    own = result.measures[result.measures["layer"] == "plots"]
    for name in ("area_m2", "area_ellipsoidal_m2"):
        values = own[own["measure"] == name].set_index("plot_id")["value"].reindex(plots.index)
        heading = f"{words(f'measure.{name}')} ({words('unit.m2')})"
        columns.append((heading, "m2", list(values)))
    columns += [
        _field_column(words, result, field)
        for name, field in facts.items()
        if plots[name].notna().any()
    ]
    return _sheet(words("ledger.projects"), columns)


def whole_sheet(result: Assessment, words: translations.Words) -> Sheet:
    """Lay out the projects as wholes: their indices by the sums over their plots.

    Returns: One row per project: verdict, plots, value and outcome per rule, its own amounts.
    """
    findings = pd.DataFrame(result.projects)
    plots = result.layers["plots"]
    names = list(findings["plot_id"].drop_duplicates())
    own = project_of(plots)
    members = own.index.to_series().groupby(own, sort=False).agg(", ".join)
    verdict = verdicts.by_subject(names, findings)
    columns: list[tuple[str, str | None, Sequence[Any]]] = [
        (words("field.project_id"), None, names),
        (words("ledger.verdict"), "outcome", [words(f"outcome.{each}") for each in verdict]),
        (words("vet.plots"), None, list(members.reindex(names))),
        *_judged_columns(result, findings, names, words),
        *_amount_columns(result, names, words),
    ]
    return _sheet(words("ledger.wholes"), columns)


def _amount_columns(
    result: Assessment, names: Sequence[str], words: translations.Words
) -> list[tuple[str, str | None, Sequence[Any]]]:
    """Give each amount that is known of some project as a whole a column, and its ledger one."""
    if result.amounts is None or result.amounts.empty:
        return []
    known = result.amounts.reindex(names)
    columns: list[tuple[str, str | None, Sequence[Any]]] = [
        (_heading(words, field), field.unit, list(known[field.name]))
        for field in result.schemas["plots"].field
        if field.adds_up and known[field.name].notna().any()
    ]
    return [*columns, (words("ledger.source"), None, list(known["source"].fillna("")))]


def _heading(words: translations.Words, field: Field) -> str:
    """Name a field with its unit."""
    unit = words(f"unit.{field.unit}") if field.unit else ""
    return words(f"field.{field.name}") + (f" ({unit})" if unit else "")


def _judged_columns(
    result: Assessment, findings: pd.DataFrame, names: Sequence[str], words: translations.Words
) -> list[tuple[str, str | None, Sequence[Any]]]:
    """Give each rule two columns: the values, and the outcomes in words."""
    columns: list[tuple[str, str | None, Sequence[Any]]] = []
    for rule in result.rules.values():
        found = findings[findings["rule"] == rule.id].set_index("plot_id").reindex(names)
        name = words.pick(rule.title)
        said = [wording.outcome_words(words, row) for row in found.to_dict("records")]
        columns += [
            (f"{name} ({words.limit(rule)})", rule.unit, list(found["value"])),
            (f"{name} {words('ledger.outcome')}", "outcome", said),
        ]
    return columns


def _whose(result: Assessment, names: Sequence[str], words: translations.Words) -> list[str]:
    """Say of each plot which of its values are those of its project, or a share of them."""
    told: dict[str, list[str]] = {name: [] for name in names}
    findings = result.findings
    by = [name for name in ("subject", "share") if name in findings]
    findings = findings[findings[by].astype("str").ne("").any(axis="columns")]
    for row in findings.to_dict("records"):
        if said := wording.of_whom(words, row):
            rule = words.pick(result.rules[row["rule"]].title)
            told[row["plot_id"]].append(words("ledger.whose", rule=rule, said=said))
    return [words("ledger.whose_joint").join(each) for each in told.values()]


def _sheet(name: str, columns: Sequence[tuple[str, str | None, Sequence[Any]]]) -> Sheet:
    """Put columns side by side."""
    return Sheet(
        name=name,
        headings=[heading for heading, _, _ in columns],
        formats=[shown for _, shown, _ in columns],
        columns=[values for _, _, values in columns],
    )


def _columns(rows: Sequence[Sequence[Any]], headings: Sequence[str]) -> list[Sequence[Any]]:
    """Turn rows into columns."""
    return list(zip(*rows, strict=True)) or [() for _ in headings]


def finding_sheet(result: Assessment, words: translations.Words) -> Sheet:
    """Lay out the findings in words, fails first.

    Returns: One row per finding.
    """
    rules = result.rules
    rank = {Outcome.FAIL: 0, Outcome.UNKNOWN: 1, Outcome.PASS: 2, Outcome.NOT_APPLICABLE: 3}
    ordered = result.findings.sort_values("outcome", key=lambda s: s.map(rank), kind="stable")
    rows = []
    for row in ordered.to_dict("records"):
        said = wording.finding(words, row, rules[row["rule"]])
        rows.append([
            row["plot_id"], said.name, said.outcome, said.value, said.limit, said.margin,
            said.fix, said.reason, said.clause, row["rule_version"], said.note,
        ])
    headings = [words(name) for name in HEADINGS["findings"]]
    formats = [None, None, "outcome", *[None] * (len(headings) - 3)]
    return Sheet(
        name=words("ledger.findings"), headings=headings, formats=formats,
        columns=_columns(rows, headings),
    )


def measure_sheet(result: Assessment, words: translations.Words) -> Sheet:
    """Lay out the measures, figures as numbers.

    Returns: One row per measure, and one for each layer of which nothing is known at any plot.
    """
    labels = _class_labels(result, words)
    measures = result.measures
    known = measures["coverage"] != Coverage.NO_COVERAGE.value
    silent = ~known.groupby(measures["layer"]).transform("any")
    told = measures[~silent]
    kinds, named = told["layer"], told["measure"]
    of_kind = told.groupby(["layer", "category"], sort=False, observed=True, dropna=False)
    classes = [labels(kind, code) for (kind, code), _ in of_kind]
    unknown = measures.loc[silent, "layer"].unique()
    n = len(unknown)
    first = [
        [words("ledger.all_plots")] * n, [words(f"kind.{kind}") for kind in unknown],
        [""] * n, [""] * n, [np.nan] * n, [words(f"coverage.{Coverage.NO_COVERAGE}")] * n, [""] * n,
    ]
    rest = [
        told["plot_id"],
        kinds.map({each: words(f"kind.{each}") for each in kinds.unique()}),
        pd.Series(classes, dtype=object).take(of_kind.ngroup()),
        named.map({each: words(f"measure.{each}") for each in named.unique()}),
        told["value"],
        told["coverage"].map({each: words(f"coverage.{each}") for each in Coverage}),
        told["feature_id"],
    ]
    columns = [
        pd.concat([pd.Series(one, dtype=other.dtype), other], ignore_index=True)
        for one, other in zip(first, rest, strict=True)
    ]
    headings = [words(name) for name in HEADINGS["measures"]]
    formats = [None, None, None, None, "any", None, None]
    return Sheet(
        name=words("ledger.measures"), headings=headings, formats=formats, columns=columns
    )


def _written_sheets(result: Assessment, words: translations.Words) -> list[Sheet]:
    """Lay out the figures of plots as they were written beside what they were taken for."""
    if result.written is None or result.written.empty:
        return []
    told = wording.written_columns(words, result.written)
    formats = [*[None] * 4, "any", *[None] * 4, "d"]
    name = words("ledger.written")
    return [Sheet(name=name, headings=[*told], formats=formats, columns=[*told.values()])]


def issue_sheet(result: Assessment, words: translations.Words) -> Sheet:
    """Lay out the issues, errors first.

    Returns: One row per issue.
    """
    rank = {"error": 0, "warning": 1, "info": 2}
    ordered = result.issues.sort_values("severity", key=lambda s: s.map(rank), kind="stable")
    rows = [
        [
            words(f"severity.{row['severity']}"), words(f"issue.{row['issue']}.title"),
            words(f"kind.{row['layer']}"), row["feature_id"],
            translations.field_label(words, row["field"]), row["value"], row["mend"],
            words(f"who.{row['who_mends']}"), row["source"],
        ]
        for row in ordered.to_dict("records")
    ]
    headings = [words(name) for name in HEADINGS["issues"]]
    return Sheet(
        name=words("ledger.issues"), headings=headings, formats=[None] * len(headings),
        columns=_columns(rows, headings),
    )


def _field_column(
    words: translations.Words, result: Assessment, field: Field
) -> tuple[str, str | None, Sequence[Any]]:
    """Give a field's heading with its unit, its number format and its values."""
    heading = _heading(words, field)
    values: Sequence[Any] = list(result.layers["plots"][field.name])
    if field.type == "choice":
        values = [
            "" if pd.isna(each) else wording.choice(words, field, result.workflow, each)
            for each in values
        ]
    return heading, "date" if field.type == "date" else field.unit, values


def _class_labels(result: Assessment, words: translations.Words) -> Callable[[str, str], str]:
    known: dict[tuple[str, str], str] = {}

    def label(kind: str, code: str) -> str:
        if (kind, code) not in known:
            known[kind, code] = "" if code == "" else wording.class_label(
                words, result.schemas[kind], result.workflow, code
            )
        return known[kind, code]

    return label


# --- the workbook ---------------------------------------------------------------------------


def _looks(book: xlsxwriter.Workbook, words: translations.Words) -> dict[str, Any]:
    """Make the formats by name: headings, text, number formats, and the outcomes' words."""
    looks = {"heading": book.add_format({
        "bold": True, "bg_color": "#E8EEF2", "bottom": 1, "text_wrap": True, "valign": "vcenter",
    })}
    looks |= {
        name: book.add_format({"num_format": shown, "valign": "top"})
        for name, shown in FORMATS.items()
    }
    plain = {"text_wrap": True, "valign": "top", "indent": 1}
    looks["text"] = looks["outcome"] = book.add_format(plain)
    looks |= {
        words(f"outcome.{outcome}"): book.add_format({**plain, "bg_color": colour})
        for outcome, colour in OUTCOME_COLOURS.items()
    }
    return looks


def _add_cover(
    book: xlsxwriter.Workbook, result: Assessment, sheets: Sequence[Sheet],
    words: translations.Words,
) -> None:
    """Say on the first sheet of what place and day the workbook is, and what is in it."""
    page = book.add_worksheet(words("ledger.cover"))
    page.hide_gridlines(2)
    page.set_portrait()
    page.set_paper(9)
    page.fit_to_pages(1, 1)
    page.set_column(0, 0, COVER[0])
    page.set_column(1, 1, COVER[1])
    title = book.add_format({"bold": True, "font_size": 20, "text_wrap": True})
    label = book.add_format({"bold": True, "valign": "top", "bottom": 1, "bottom_color": "#C3CCD2"})
    text = book.add_format({"text_wrap": True, "valign": "top", "bottom": 1,
                            "bottom_color": "#C3CCD2"})
    link = book.add_format({"font_color": "#0B5CAD", "underline": 1})
    place = result.place
    counts = verdicts.by_subject(
        result.layers["plots"].index, result.findings).value_counts()
    stands = words("wording.listed").join(
        words("vet.counted", outcome=words(f"outcome.{each}"), count=counts[each])
        for each in verdicts.VERDICTS if each in counts
    )
    packs = words("wording.listed").join(words.pick(each.title) for each in result.packs)
    rows = [
        (words("ledger.place"), words.pick(place.title) or place.id),
        (words("ledger.day"), "" if place.as_of is None else f"{place.as_of:%Y-%m-%d}"),
        (words("ledger.rules"), packs),
        (words("ledger.verdicts"), words(
            "yearly.of_plots", count=len(result.layers["plots"]), counted=stands)),
        (words("ledger.notice"), words.pick(place.notice)),
    ]
    page.merge_range(1, 0, 1, 1, words("ledger.title"), title)
    page.set_row(1, 34)
    at = 3
    for name, told in rows:
        if told:
            page.write_string(at, 0, name, label)
            page.write_string(at, 1, told, text)
            page.set_row(at, LINE_POINTS * -(-translations.places(told) // COVER[1]))
            at += 1
    at += 1
    page.write_string(at, 0, words("ledger.sheet"), label)
    page.write_string(at, 1, words("ledger.rows"), label)
    for sheet in sheets:
        at += 1
        page.write_url(at, 0, f"internal:'{sheet.name}'!A1", link, sheet.name)
        page.write_string(at, 1, f"{len(sheet.columns[0]):,}")


def _add_pictures(
    book: xlsxwriter.Workbook, name: str, pictures: Sequence[tuple[str, bytes]]
) -> None:
    """Put charts below one another, three to a page."""
    page = book.add_worksheet(name)
    page.hide_gridlines(2)
    for number, (title, png) in enumerate(pictures):
        page.insert_image(number * PICTURE_ROWS, 0, f"{number}.png", {
            "image_data": io.BytesIO(png), "x_scale": 0.65, "y_scale": 0.65, "description": title,
        })
    page.set_paper(9)
    step = PICTURE_ROWS * PICTURES_A_PAGE
    page.set_h_pagebreaks(list(range(step, PICTURE_ROWS * len(pictures), step)))


def _add(book: xlsxwriter.Workbook, sheet: Sheet, looks: dict[str, Any]) -> None:
    """Add a sheet; rows beyond what one sheet of a workbook holds go on to another."""
    _add_page(book, sheet, looks)
    for number, start in enumerate(range(MOST_ROWS, len(sheet.columns[0]), MOST_ROWS), start=2):
        rest = dataclasses.replace(
            sheet, name=f"{sheet.name} {number}", columns=[each[start:] for each in sheet.columns]
        )
        _add_page(book, rest, looks)


def _add_page(book: xlsxwriter.Workbook, sheet: Sheet, looks: dict[str, Any]) -> None:
    page = book.add_worksheet(sheet.name, worksheet_class=workbook.Sheet)
    columns = [each[:MOST_ROWS] for each in sheet.columns]
    page.freeze_panes(1, 1)
    page.set_row(0, 32)
    for at, heading in enumerate(sheet.headings):
        page.write_string(0, at, heading, looks["heading"])
        page.set_column(at, at, _width(heading, columns[at][:SAMPLE]))
    page.write_columns(columns, [_look(shown, looks) for shown in sheet.formats])
    page.autofilter(0, 0, max(len(columns[0]), 1), len(sheet.headings) - 1)
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    page.set_header("&L&A")
    page.set_footer("&C&P / &N")


def _look(shown: str | None, looks: dict[str, Any]) -> workbook.Look:
    """Give the look of a column's cells: one for all, or by the outcome that they name."""
    own = looks[shown or "text"]
    if shown == "outcome":
        return lambda value: looks.get(value, own)
    return lambda _: own


def _width(heading: str, values: Sequence[Any]) -> float:
    """Choose a column's width; a Chinese character takes two places."""
    longest = max((translations.places(_brief(value)) for value in values), default=0)
    narrow, wide = WIDTHS
    return min(max(longest + 2, translations.places(heading) / 2 + 3, narrow), wide)


def _brief(value: Any) -> str:  # noqa: ANN401  a cell
    if value is None or value != value:  # noqa: PLR0124  NaN and NaT
        return ""
    if isinstance(value, dt.date):
        return "2006-01-01"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
