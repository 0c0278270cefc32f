"""What a park hands in each year: the report, and the summary of a year."""

from __future__ import annotations

from pathlib import Path

from landtrack.app import vet
from landtrack.assessment import reconcile
from landtrack.model import Result, catalog, translations
from landtrack.model.errors import CatalogError
from landtrack.output.reports import yearly
from landtrack.output.reports.ledger import write_ledger
from landtrack.store import staging


def write(result: Result, out: Path, *, year: int | None = None) -> list[Path]:
    """Write the report on a place, and the summary of a year, all or none.

    ``out``: The folder; its files of the same names are replaced.
    ``year``: The year of the summary; none is written where not given.
    Raises CatalogError: If the place has no summary of that year.
    Raises OutputError: If they cannot be written; what was there before is as it was.
    """
    place, words = result.place, translations.load(result.lang)
    day = vet.rules_day(place.as_of)
    name, notice = words.pick(place.title), words.pick(place.notice)
    sections = [each for each in catalog.summary(place.folder) if each.year == year]
    if year is not None and not sections:
        raise CatalogError(
            f"{place.folder} has no summary of {year}.",
            mend="Write its paragraphs into summary.toml, or name another year.",
        )
    title = words("yearly.title", place=name, day=f"{day:%Y-%m-%d}")
    made = yearly.blocks(result, words, day)
    with staging.staging(out) as folder:
        page = yearly.to_html(title, notice, words, made=made)
        (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")
        yearly.write_workbook(made, folder / "report.xlsx")
        write_ledger(result, folder / "ledger.xlsx", pictures=yearly.pictures(made))
        names = ["report.html", "report.xlsx", "ledger.xlsx"]
        if year is not None:
            own = {each.id: each for each in catalog.figures(place.folder)}
            filled, sources = yearly.fill(sections, own, reconcile.ground(result), words)
            head = words("yearly.summary_title", place=name, year=year)
            page = yearly.to_html(head, notice, words, paragraphs=filled, sources=sources)
            (folder / f"summary-{year}.html").write_text(page, encoding="utf-8", newline="\n")
            yearly.write_docx(
                head, notice, filled, sources, folder / f"summary-{year}.docx", words
            )
            names += [f"summary-{year}.html", f"summary-{year}.docx"]
    return [out / each for each in names]
