"""``landtrack report``: what a park hands in, its numbers taken from the layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from landtrack.cli.options import AS_OF, KNOWN, PLACE, PLACE_LANG, events_of


@click.command()
@PLACE
@click.option(
    "--out", default="build", show_default=True, type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the documents.",
)
@click.option("--year", type=int, help="Write the summary of this year as well, as HTML and DOCX.")
@AS_OF
@KNOWN
@PLACE_LANG
def report(place: Path | None, out: Path, year: int | None, **options: Any) -> None:  # noqa: ANN401
    """Write the report on PLACE: land by state, targets, money, relocation, with charts.

    report.html, report.xlsx, and ledger.xlsx with the charts as pictures; with --year also
    summary-YEAR.html and .docx, in which each number leads to the query behind it, and one
    that cannot be derived stays open.
    """
    from landtrack.app import vet
    from landtrack.assessment import reconcile
    from landtrack.model import catalog, translations
    from landtrack.output.reports import yearly
    from landtrack.output.reports.ledger import write_ledger
    from landtrack.store import staging

    loaded = catalog.place(place if place is not None else catalog.demo_place())
    result = vet.vet(
        loaded, lang=options["lang"], as_of=options["as_of"] and options["as_of"].date(),
        log=events_of(options["known"]),
    )
    words = translations.load(result.lang)
    day = vet.rules_day(result.place.as_of)
    name, notice = words.pick(loaded.title), words.pick(loaded.notice)
    sections = [each for each in catalog.summary(loaded.folder) if each.year == year]
    if year is not None and not sections:
        from landtrack.model.errors import CatalogError

        raise CatalogError(
            f"{loaded.folder} has no summary of {year}.",
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
            own = {each.id: each for each in catalog.figures(loaded.folder)}
            filled, sources = yearly.fill(sections, own, reconcile.ground(result), words)
            head = words("yearly.summary_title", place=name, year=year)
            page = yearly.to_html(head, notice, words, paragraphs=filled, sources=sources)
            (folder / f"summary-{year}.html").write_text(page, encoding="utf-8", newline="\n")
            yearly.write_docx(
                head, notice, filled, sources, folder / f"summary-{year}.docx", words
            )
            names += [f"summary-{year}.html", f"summary-{year}.docx"]
    for each in names:
        click.echo(str(out / each))
