"""``landtrack site``: acquisition, services and clearance of one plot or project, or of all."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("name", metavar="PROJECT|PLOT", required=False)
@click.argument("place", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False),
              help="Write the tables of all plots and projects there, as CSV.")
@click.option("--lang", help="Language: zh or en; the place's own by default.")
def site(name: str | None, place: Path | None, out: Path | None, lang: str | None) -> None:
    """Tell of one project or plot of PLACE (the demo place by default) what its land lacks.

    How far the land is acquired and which parcels block it, which services are there, what
    the corridors of power lines and pipes take.
    """
    from landtrack import catalog, pipeline, publish, report, site as sites, text

    if name is None and out is None:
        raise click.UsageError("Name a project or plot, or a folder with --out.")
    loaded = catalog.place(place if place is not None else catalog.demo_place())
    result = pipeline.vet(loaded, lang=lang)
    if name is not None:
        told = sites.tables(result, sites.subject(result, name))
        click.echo("\n".join(sites.lines(told, result, text.load(result.lang))))
    if out is not None:
        tables = sites.tables(result, result.layers["plots"])
        with publish.staging(out) as folder:
            for each, table in tables.items():
                report.write_csv(table, folder / f"{each}.csv")
        for each in tables:
            click.echo(out / f"{each}.csv")
