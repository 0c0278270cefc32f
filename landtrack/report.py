"""The ledger as a workbook, and the findings and issues as CSV.

Text goes into cells as text: a name that begins with ``=`` is a name, no formula.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from landtrack import symbology, text, wording
from landtrack.model import Field, Outcome, Result, Schema

FORMATS = {
    "m2": "#,##0.00", "m": "#,##0.00", "CNY": "#,##0", "CNY/m2": "#,##0.00", "1": "0.000", "d": "0",
    "share": "0.00%", "%": "0.00%", "date": "yyyy-mm-dd", "any": "#,##0.00##",
}
"""Number format of a column by what is in it: a unit, dates, or figures of any unit."""
WIDTHS = (8, 42)
"""The narrowest and widest column, in characters."""
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula when it opens a CSV."""
LAST_NARROW = 0x2E7F
"""The last code point before the Chinese, Japanese and Korean ones."""
SAMPLE = 400
"""How many rows of a column are looked at for its width."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table for people: headings, rows, and the number format of each column."""

    name: str
    headings: Sequence[str]
    formats: Sequence[str | None]
    rows: Sequence[Sequence[Any]]


def write_ledger(result: Result, path: Path) -> None:
    """Write the ledger: projects, findings, measures and issues, a sheet each.

    Parameters
    ----------
    result
        The run; its language is the ledger's.
    path
        The ``.xlsx`` to make.
    """
    words = text.load(result.lang)
    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({
            "title": words.pick(result.place.title),
            "comments": words.pick(result.place.notice),
            "created": dt.datetime(2000, 1, 1),  # noqa: DTZ001  same input, same bytes
        })
        looks = _looks(book)
        for sheet in (
            project_sheet(result, words), finding_sheet(result, words),
            measure_sheet(result, words), issue_sheet(result, words),
        ):
            _add(book, sheet, looks)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV that a spreadsheet opens rightly.

    Parameters
    ----------
    table
        The table, with its codes and column names as they are.
    path
        The ``.csv`` to make, in UTF-8 with a byte-order mark. Text that a spreadsheet
        would run as a formula gets an apostrophe in front.
    """
    safe = table.copy()
    for name in safe.columns[[dtype.kind not in "ifMb" for dtype in safe.dtypes]]:
        values = safe[name].astype("str").where(safe[name].notna(), "")
        safe[name] = values.where(~values.str.startswith(RISKY), "'" + values)
    safe.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


# --- the sheets -----------------------------------------------------------------------------


def project_sheet(result: Result, words: text.Words) -> Sheet:
    """Lay out the project ledger: a row for each plot, its facts and its indices.

    Parameters
    ----------
    result
        The run.
    words
        The language.

    Returns
    -------
    Sheet
        One row per plot: verdict, fields, measured area, and value and outcome per rule.
    """
    plots = result.layers["plots"]
    schema = result.schemas["plots"]
    verdict = symbology.verdicts(plots.index, result.findings)
    headings = [words("field.plot_id"), words("ledger.verdict")]
    formats: list[str | None] = [None, None]
    columns: list[Sequence[Any]] = [
        list(plots.index), [words(f"outcome.{each}") for each in verdict],
    ]
    for field in _shown(schema):
        headings.append(words(f"field.{field.name}") + _unit_note(words, field))
        formats.append("date" if field.type == "date" else field.unit)
        columns.append(_field_values(words, result, field))
    own = result.measures[result.measures["layer"] == "plots"]
    for name in ("area_m2", "area_ellipsoidal_m2"):
        values = own[own["measure"] == name].set_index("plot_id")["value"].reindex(plots.index)
        headings.append(f"{words(f'measure.{name}')} ({words('unit.m2')})")
        formats.append("m2")
        columns.append(values.tolist())
    for rule in result.rules.values():
        found = result.findings[result.findings["rule"] == rule.id].set_index("plot_id")
        found = found.reindex(plots.index)
        headings += [
            f"{words.pick(rule.title)} ({words.limit(rule)})",
            f"{words.pick(rule.title)} {words('ledger.outcome')}",
        ]
        formats += [rule.unit, None]
        columns += [
            found["value"].tolist(),
            [wording.outcome_words(words, row) for row in found.to_dict("records")],
        ]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return Sheet(name=words("ledger.projects"), headings=headings, formats=formats, rows=rows)


def finding_sheet(result: Result, words: text.Words) -> Sheet:
    """Lay out the findings in words, fails first.

    Parameters
    ----------
    result
        The run.
    words
        The language.

    Returns
    -------
    Sheet
        One row per finding.
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
    headings = [
        words("field.plot_id"),
        *(words(f"ledger.{name}") for name in (
            "index", "outcome", "value", "limit", "margin", "fix", "reason", "clause", "version",
            "note",
        )),
    ]
    return Sheet(
        name=words("ledger.findings"), headings=headings, formats=[None] * len(headings), rows=rows
    )


def measure_sheet(result: Result, words: text.Words) -> Sheet:
    """Lay out the measures, figures as numbers.

    Parameters
    ----------
    result
        The run.
    words
        The language.

    Returns
    -------
    Sheet
        One row per measure that says something: what is clear or without data is a row too.
    """
    labels = _class_labels(result, words)
    rows = [
        [
            row["plot_id"], words(f"kind.{row['layer']}"),
            labels(row["layer"], row["category"]), words(f"measure.{row['measure']}"),
            row["value"], words(f"coverage.{row['coverage']}"), row["feature_id"],
        ]
        for row in result.measures.to_dict("records")
    ]
    headings = [
        words("field.plot_id"),
        *(words(f"ledger.{name}") for name in (
            "layer", "class", "measure", "value", "coverage", "feature",
        )),
    ]
    formats = [None, None, None, None, "any", None, None]
    return Sheet(name=words("ledger.measures"), headings=headings, formats=formats, rows=rows)


def issue_sheet(result: Result, words: text.Words) -> Sheet:
    """Lay out the issues, errors first.

    Parameters
    ----------
    result
        The run.
    words
        The language.

    Returns
    -------
    Sheet
        One row per issue.
    """
    rank = {"error": 0, "warning": 1, "info": 2}
    ordered = result.issues.sort_values("severity", key=lambda s: s.map(rank), kind="stable")
    rows = [
        [
            words(f"severity.{row['severity']}"), words(f"issue.{row['issue']}.title"),
            words(f"kind.{row['layer']}"), row["feature_id"],
            text.field_label(words, row["field"]), row["value"], row["mend"],
            words(f"who.{row['who_mends']}"), row["source"],
        ]
        for row in ordered.to_dict("records")
    ]
    headings = [
        words(f"ledger.{name}") for name in (
            "severity", "issue", "layer", "feature", "field", "found", "mend", "who", "source",
        )
    ]
    return Sheet(
        name=words("ledger.issues"), headings=headings, formats=[None] * len(headings), rows=rows
    )


def _shown(schema: Schema) -> list[Field]:
    return [field for field in schema.field if field.show is not None]


def _unit_note(words: text.Words, field: Field) -> str:
    unit = words(f"unit.{field.unit}") if field.unit else ""
    return f" ({unit})" if unit else ""


def _field_values(words: text.Words, result: Result, field: Field) -> list[Any]:
    values = result.layers["plots"][field.name]
    if field.type != "choice":
        return list(values)
    return [
        "" if pd.isna(each) else wording.choice(words, field, result.workflow, each)
        for each in values
    ]


def _class_labels(result: Result, words: text.Words) -> Callable[[str, str], str]:
    known: dict[tuple[str, str], str] = {}

    def label(kind: str, code: str) -> str:
        if (kind, code) not in known:
            known[kind, code] = "" if code == "" else wording.class_label(
                words, result.schemas[kind], result.workflow, code
            )
        return known[kind, code]

    return label


# --- the workbook ---------------------------------------------------------------------------


def _looks(book: xlsxwriter.Workbook) -> dict[str, Any]:
    looks = {"heading": book.add_format({
        "bold": True, "bg_color": "#E8EEF2", "bottom": 1, "text_wrap": True, "valign": "vcenter",
    })}
    looks |= {
        name: book.add_format({"num_format": shown, "valign": "top"})
        for name, shown in FORMATS.items()
    }
    looks["text"] = book.add_format({"text_wrap": True, "valign": "top"})
    return looks


def _add(book: xlsxwriter.Workbook, sheet: Sheet, looks: dict[str, Any]) -> None:
    page = book.add_worksheet(sheet.name)
    page.freeze_panes(1, 1)
    page.set_row(0, 32)
    for at, (heading, shown) in enumerate(zip(sheet.headings, sheet.formats, strict=True)):
        page.write_string(0, at, heading, looks["heading"])
        look = looks[shown or "text"]
        page.set_column(at, at, _width(heading, [row[at] for row in sheet.rows[:SAMPLE]]))
        for number, row in enumerate(sheet.rows, start=1):
            _cell(page, (number, at), row[at], look)
    page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.headings) - 1)
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _cell(page: Any, at: tuple[int, int], value: Any, look: Any) -> None:  # noqa: ANN401  a cell
    if value is None or value == "" or value != value:  # noqa: PLR0124  NaN and NaT
        page.write_blank(*at, None, look)
    elif isinstance(value, dt.date):
        page.write_datetime(*at, pd.Timestamp(value).to_pydatetime(), look)
    elif isinstance(value, (int, float)) and math.isfinite(value):
        page.write_number(*at, value, look)
    else:
        page.write_string(*at, str(value), look)


def _width(heading: str, values: Sequence[Any]) -> float:
    """Choose a column's width; a Chinese character takes two places."""
    longest = max((_places(_brief(value)) for value in values), default=0)
    narrow, wide = WIDTHS
    return min(max(longest + 2, _places(heading) / 2 + 3, narrow), wide)


def _brief(value: Any) -> str:  # noqa: ANN401  a cell
    if value is None or value != value:  # noqa: PLR0124  NaN and NaT
        return ""
    if isinstance(value, dt.date):
        return "2006-01-01"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def _places(shown: str) -> int:
    return sum(2 if ord(letter) > LAST_NARROW else 1 for letter in shown)
