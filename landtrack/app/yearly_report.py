"""What a park hands in each year: the report, and the summary of a year."""

from __future__ import annotations

from pathlib import Path

from landtrack.app import vet
from landtrack.assessment import reconcile
from landtrack.model import catalog, translations
from landtrack.model.assessment import Assessment
from landtrack.model.errors import CatalogError
from landtrack.output.reports import document, yearly
from landtrack.output.reports.document import pictures
from landtrack.output.reports.ledger import write_ledger
from landtrack.output.wording.messages import Title, say
from landtrack.store import staging


def write(result: Assessment, out: Path, *, year: int | None = None) -> list[Path]:
    """Write the report on a place, and the summary of a year, all or none.

    ``out``: The folder; its files of the same names are replaced.
    ``year``: The year of the summary; none is written where not given.
    Raises CatalogError: If the place has no summary of that year.
    Raises OutputError: If they cannot be written; what was there before is as it was.
    """
    place, words = result.place, translations.load(result.lang)
    day = vet.rules_day(place.as_of)
    sections = [each for each in catalog.summary(place.folder) if each.year == year]
    if year is not None and not sections:
        raise CatalogError(
            f"{place.folder} has no summary of {year}.",
            mend="Write its paragraphs into summary.toml, or name another year.",
        )
    report = yearly.report(result, day)
    made: list[tuple[str, document.Form, document.Document]] = [
        ("report", "html", report), ("report", "xlsx", report), ("report", "docx", report),
    ]
    if year is not None:
        figures = {each.id: each for each in catalog.figures(place.folder)}
        filled = document.Document(
            title=say("yearly.summary_title", place=Title(place.title), year=str(year)),
            subtitle=Title(place.notice),
            sections=yearly.summary(sections, figures, reconcile.ground(result), words),
        )
        made += [(f"summary-{year}", "html", filled), (f"summary-{year}", "docx", filled)]
    with staging.staging(out) as folder:
        for name, kind, each in made:
            document.write(each, folder / f"{name}.{kind}", words, kind=kind)
        write_ledger(result, folder / "ledger.xlsx", pictures=pictures.of(report, words))
    names = [f"{name}.{kind}" for name, kind, _ in made]
    return [out / each for each in (*names[:3], "ledger.xlsx", *names[3:])]
