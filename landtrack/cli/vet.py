"""``landtrack vet``: one project or plot, on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from landtrack.cli import columns, language
from landtrack.cli.options import AS_OF, KNOWN, PLACE, PLACE_LANG, RULES_NOW, day_of
from landtrack.cli.printed import echo

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("name", metavar="PROJECT|PLOT")
@PLACE
@click.option("--with", "others", multiple=True, metavar="PROJECT|PLOT",
              help="Vet another one, too; may be repeated. A summary of all stands first.")
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE",
              help="What if: a figure or fact for this answer only; may be repeated.")
@AS_OF
@KNOWN
@RULES_NOW
@click.option("--stage", type=click.Choice(
    ["entry", "construction_permit", "completion", "certificate"]), help="Vet for this stage.")
@click.option("--near", default=5.0, show_default=True, help="Point out what lies within so many "
              "per cent of its limit.")
@click.option("--decision", default="", metavar="TEXT", help="What is drafted for who decides, "
              "to stand on the form above the signatures.")
@PLACE_LANG
@click.option("--html", type=FILE, help="Write the vetting form as a page.")
@click.option("--pdf", type=FILE, help="As PDF, A4.")
@click.option("--docx", type=FILE, help="As a Word document.")
@click.option("--xlsx", type=FILE, help="As a workbook.")
@click.pass_context
def vet(
    ctx: click.Context, /, name: str, place: Path | None, **options: Any  # noqa: ANN401
) -> None:
    """Vet one project or plot of PLACE (the demo place by default), or several.

    The first page decides: verdict, reason, map, indices, smallest changes, room to sign; the
    evidence follows.

    Exit status: 0 passes, and so does its project; 1 fails, or its project does; 3 is unknown or
    not judged; 2 could not be done.
    """
    from landtrack.app import assess
    from landtrack.model import translations
    from landtrack.output.reports import document, vetting

    result = assess.folder(
        place, known=options["known"], lang=options["lang"], as_of=day_of(options["as_of"]),
        rules_now=options["rules_now"], stage=options["stage"],
    )
    words = translations.load(result.lang)
    case = vetting.case(result, name).changed(_changes(options["changes"]))
    cases, near = [case], options["near"] / 100
    if options["others"]:
        if options["changes"] or options["decision"]:
            from landtrack.model.errors import CatalogError

            raise CatalogError(
                "--set and --decision are of one project or plot, not of several.",
                mend="Leave out --with, or vet them one by one.",
            )
        every = vetting.every_of(result)
        cases += [vetting.case(result, each, every=every) for each in options["others"]]
        form = vetting.of_several(result, cases, near=near)
    else:
        form = vetting.build(result, case, near=near, decision=options["decision"])
    echo(document.to_text(form, words))
    for kind in document.FORMS:
        if options[kind]:
            document.write(form, options[kind], words, kind=kind, tell=_tell)
    ctx.exit(vetting.status(result, *cases))


def _tell(step: str, what: str) -> None:
    echo(f"{columns.pad(language.said(step), 10)} {what}", err=True)


def _changes(stated: tuple[str, ...]) -> dict[str, float | str]:
    told: dict[str, float | str] = {}
    for each in stated:
        name, sign, value = each.partition("=")
        if not sign:
            from landtrack.model.errors import CatalogError

            raise CatalogError(f"--set {each!r} states no value.", mend="Write name=value.")
        told[name.strip()] = value.strip()
    return told
