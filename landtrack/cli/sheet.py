"""``landtrack sheet``, ``atlas`` and ``verify``: maps on paper that prove their own scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landtrack.cli import columns, language
from landtrack.cli.options import DAY, PLACE_LANG, day_of, store_named
from landtrack.cli.printed import echo

if TYPE_CHECKING:
    from landtrack.model.assessment import Assessment
    from landtrack.model.translations import Words
    from landtrack.output.sheets.make import Made
    from landtrack.output.sheets.subjects import Subject
    from landtrack.output.sheets.template import Template

STORE = click.option(
    "--store", default="build/project.gpkg", show_default=True,
    type=store_named, metavar="PATH|ADDRESS",
    help="The store that `landtrack run` made, or postgresql://… of a shared one.",
)
_ON_PAPER = (
    STORE,
    click.option("--scale", help="Such as 1:1000; the largest legal one that fits by default."),
    click.option("--paper", type=click.Choice(["A4", "A3", "A2", "A1", "A0"]),
                 help="The template's own by default."),
    click.option("--split/--no-split", default=None,
                 help="Over several sheets with an index where it does not fit, or not at all."),
)
_STATED = (
    click.option("--draft", is_flag=True,
                 help="Print what may not be issued, with DRAFT across it."),
    click.option("--by", "drawn_by", default="", help="Who draws the sheet."),
    click.option("--checked", "checked_by", default="", help="Who checks it."),
    click.option("--on", "drawn_on", default="", metavar="YYYY-MM-DD",
                 help="Day of drawing; that of the data by default."),
    click.option("--set", "values", multiple=True, metavar="NAME=VALUE",
                 help="A value for the sheet, such as owner or land_use_code; may be repeated."),
    PLACE_LANG,
)
_OF_DAY = (
    click.option("--as-of", type=DAY, help="Print what was so at the end of this day: features, "
                 "shapes and states by the log; by the run by default."),
    click.option("--place", type=click.Path(path_type=Path, file_okay=False),
                 help="The folder of the place: the verdicts of the day --as-of are judged from "
                 "its files and the events of the store."),
)

Command = Callable[..., None]


def _all(options: tuple[Callable[[Command], Command], ...]) -> Callable[[Command], Command]:
    def decorated(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


ON_PAPER, STATED, OF_DAY = _all(_ON_PAPER), _all(_STATED), _all(_OF_DAY)
"""Options of what is printed, of what is stated on it, and of the day of which it is."""


@click.command()
@click.argument("template")
@click.argument("selection", default="*")
@ON_PAPER
@STATED
@OF_DAY
@click.option("--out", default="sheet.pdf", show_default=True,
              type=click.Path(path_type=Path, dir_okay=False), help="The PDF.")
def sheet(template: str, selection: str, out: Path, **options: Any) -> None:  # noqa: ANN401
    """Print one sheet of SELECTION by TEMPLATE, true to scale.

    TEMPLATE is parcel, demarcation, status, project, overview, or one of your own. SELECTION
    is a key (ZD-001), a project, or several of one sheet (XP-001+XP-002).
    """
    from landtrack.app import print_sheets
    from landtrack.output.sheets import issue

    found, loaded, subjects = _selected(options, template, selection, one=True)
    order = print_sheets.order(found.run, options)
    made = issue.sheets(found, loaded, subjects, order, out, tell_font)
    _say(made, str(out), found.words)
    _ask(found, loaded, made)


@click.command()
@click.argument("template")
@click.argument("selection", default="*")
@ON_PAPER
@STATED
@OF_DAY
@click.option("--out", default="atlas.pdf", show_default=True, type=click.Path(path_type=Path),
              help="A PDF for all; or a folder, for a PDF each.")
def atlas(template: str, selection: str, out: Path, **options: Any) -> None:  # noqa: ANN401
    """Print a sheet of every feature in SELECTION by TEMPLATE.

    SELECTION lists keys or patterns (XP-0*, parcels:*); * is all. One PDF has an index page
    and bookmarks.
    """
    from landtrack.app import print_sheets
    from landtrack.output.sheets import issue

    found, loaded, subjects = _selected(options, template, selection)
    order = print_sheets.order(found.run, options)
    if out.suffix.lower() == ".pdf":
        made = issue.sheets(found, loaded, subjects, order, out, tell_font)
        _say(made, str(out), found.words)
        return
    for name, one in issue.each(found, loaded, subjects, order, out, tell_font).items():
        _say(one, str(out / name), found.words)


def _selected(
    options: Mapping[str, Any], template: str, selection: str, *, one: bool = False
) -> tuple[Assessment, Template, tuple[Subject, ...]]:
    """Find what is selected in the store, of the day that is asked for."""
    from landtrack.app import print_sheets

    day = day_of(options["as_of"])
    if day is None and options["place"] is not None:
        raise click.UsageError(language.said(
            "--place needs --as-of: without it all is as the store has it."
        ))
    return print_sheets.select(
        options["store"], template, selection, lang=options["lang"], day=day,
        place=options["place"], one=one,
    )


def tell_font(step: str, what: str) -> None:
    """Tell that a font is made, which takes long and happens once; no other step."""
    if step == "font":
        echo(f"{columns.pad(language.said(step), 10)} {what}", err=True)


def _ask(found: Assessment, loaded: Template, made: Made) -> None:
    """Name what the sheet leaves blank, and how it is stated."""
    from landtrack.output.sheets import preflight

    if blank := preflight.unstated(found, loaded, made.plans[0].content):
        echo(found.words("cli.sheet_blank", names=found.words("wording.joint").join(
            f"{said} (--set {name}=…)" for name, said in blank
        )))


def _say(made: Made, where: str, words: Words) -> None:
    dropped = sum(len(each.get("dropped", ())) for each in made.claims)
    worst = max((float(each.worst_mm) for each in made.measured), default=0.0)
    points = sum(each.points for each in made.measured)
    texts = sum(each.texts for each in made.measured)
    scales = sorted({each["scale"] for each in made.claims if "scale" in each})
    echo(words(
        "cli.sheet", path=where, pages=len(made.claims), points=points, worst=f"{worst:.4f}",
        scales=", ".join(f"1:{each}" for each in scales), texts=texts,
    ) + (words("cli.labels_dropped", count=dropped) if dropped else ""))
