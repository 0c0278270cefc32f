"""``landtrack diff``: what differs between two days, or between two data drops."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landtrack.cli.options import KNOWN, PLACE, PLACE_LANG, events_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from landtrack.model import Result
    from landtrack.model.translations import Words

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("first", metavar="DATE|FOLDER|FILE")
@click.argument("second", metavar="DATE|FOLDER|FILE")
@PLACE
@click.option("--key", help="Of two files: the column that tells features apart.")
@click.option("--crs", help="Of two files: the metric CRS to compare in; that of the first by "
              "default.")
@click.option("--noise", default=0.01, show_default=True, help="Outlines that are nowhere farther "
              "apart than so many metres are the same.")
@click.option("--xlsx", type=FILE, help="Write the list as a sheet.")
@click.option("--layer", type=FILE, help="Write what has a shape as a layer of a GeoPackage.")
@KNOWN
@PLACE_LANG
@click.pass_context
def diff(
    ctx: click.Context, /, first: str, second: str, place: Path | None, **options: Any  # noqa: ANN401
) -> None:
    """List what differs on PLACE between two days: states, shapes, facts, verdicts.

    Instead of days two folders of places may be named, or with --key two files in any format
    that is read, such as two data drops of a survey firm. Exit status: 0 nothing differs, 1
    something does, 2 could not be done.
    """
    from landtrack.assessment import layer_changes
    from landtrack.model import translations
    from landtrack.output.reports import vetting

    if Path(first).is_file() and Path(second).is_file():
        words = translations.load(options["lang"] or "en")
        table = _of_files(Path(first), Path(second), words, options)
    else:
        before, after = (_result(each, place, options) for each in (first, second))
        words = translations.load(after.lang)
        table = layer_changes.with_verdicts(
            layer_changes.differences(before.layers, after.layers, noise_m=options["noise"]),
            vetting.differences(before, after),
        )
        for row in table.to_dict("records"):
            click.echo(_line(row, words, after))
    click.echo(words("diff.total", count=len(table)))
    if options["xlsx"]:
        layer_changes.write_workbook(table, options["xlsx"], words)
    if options["layer"]:
        layer_changes.write_layer(table, options["layer"])
    ctx.exit(int(len(table) > 0))


def _of_files(
    first: Path, second: Path, words: Words, options: Mapping[str, Any]
) -> gpd.GeoDataFrame:
    """Compare two files, and tell what is amiss in them and what differs."""
    from landtrack.app import compare_files
    from landtrack.assessment import layer_changes
    from landtrack.model import issues, translations

    if not options["key"]:
        from landtrack.model.errors import CatalogError

        raise CatalogError(
            f"Which features of {first.name} and {second.name} are the same is not said.",
            mend="Name the column that tells features apart with --key.",
        )
    before, after = compare_files.pair(first, second, key=options["key"], working=options["crs"])
    rows = translations.with_mends(issues.frame([*before.rows, *after.rows]), words)
    for row in rows.to_dict("records"):
        click.echo(words("diff.issue", source=row["source"], mend=row["mend"],
                         title=words(f"issue.{row['issue']}.title")))
    table = layer_changes.differences(before.layers, after.layers, noise_m=options["noise"])
    for row in table.to_dict("records"):
        told = " → ".join(each or "–" for each in (row["before"], row["after"]))
        what = f"{words('diff.' + row['what'])} {row['field']}".rstrip()
        click.echo(f"{row['layer']} {row['feature_id']}: {what}: {told}")
    return table


def _line(row: dict[Any, Any], words: Words, result: Result) -> str:
    """Tell a difference in one line, its field and values by their words."""
    from landtrack.output import wording

    sides = [row["before"], row["after"]]
    field = ""
    if row["what"] == "verdict":
        field = words.pick(result.rules[row["field"]].title)
        sides = [words(f"outcome.{each}") for each in sides]
    elif row["field"]:
        field = words(f"field.{row['field']}")
        known = result.schemas[row["layer"]].fields.get(row["field"])
        if known is not None and known.type == "choice":
            sides = [each and wording.choice(words, known, result.workflow, each)
                     for each in sides]
    told = " → ".join(each or "–" for each in sides)
    what = words(f"diff.{row['what']}")
    if row["what"] != "state":
        what = f"{what} {field}".rstrip()
    return f"{words('kind.' + row['layer'])} {row['feature_id']}: {what}: {told}"


def _result(named: str, place: Path | None, options: Mapping[str, Any]) -> Result:
    """Vet a place as of a day, or a folder as it stands."""
    from landtrack.app import vet
    from landtrack.model import catalog

    lang = options["lang"]

    try:
        day = date.fromisoformat(named)
    except ValueError:
        if not Path(named).exists():
            from landtrack.model.errors import SourceError

            raise SourceError(
                f"{named!r} is neither a day nor a folder.",
                mend="Write a day as 2006-12-31, name a folder with a catalog.toml, or two files.",
            ) from None
        return vet.vet(catalog.place(named), lang=lang)
    loaded = catalog.place(place if place is not None else catalog.demo_place())
    return vet.vet(loaded, lang=lang, as_of=day, log=events_of(options["known"]))
