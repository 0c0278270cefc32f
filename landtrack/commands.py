"""The commands for rules and vetting; as thin as the command line itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landtrack.errors import CatalogError

if TYPE_CHECKING:
    from landtrack.model import Rule, RulePack
    from landtrack.text import Words

LANG = click.option("--lang", default="zh", show_default=True, help="Language: zh or en.")
STATUS = {"fail": 1, "unknown": 3}


@click.group()
def rules() -> None:
    """List, show, test and compare rule packs; PACK is an id or a path."""


def _pack(named: str) -> RulePack:
    from landtrack import catalog

    path = Path(named)
    return catalog.rule_pack_of(path) if path.suffix == ".toml" else catalog.rule_pack(named)


@rules.command("list")
@LANG
def list_packs(lang: str) -> None:
    """List the rule packs there are, the user's and the shipped."""
    from landtrack import catalog, text

    words = text.load(lang)
    for name in catalog.data_files("rules"):
        pack = catalog.rule_pack(name)
        until = pack.in_force_until or ""
        click.echo(
            f"{pack.name:<16} {pack.level:<9} {pack.in_force_from}..{until!s:<11} "
            f"{len(pack.rule):>2}  {words.pick(pack.title)}"
        )


@rules.command()
@click.argument("pack")
@LANG
def show(pack: str, lang: str) -> None:
    """Show a pack: its rules, limits, clauses, and what was not verified."""
    from landtrack import text

    words = text.load(lang)
    loaded = _pack(pack)
    click.echo(f"{words.pick(loaded.title)}  {loaded.document_no}  {loaded.issuer}")
    for rule in loaded.rule:
        said = "" if rule.verified else f"  [{words('wording.not_verified')}]"
        limit = words.limit(rule)
        click.echo(f"{rule.id:<28} {words.pick(rule.title)} {limit}  {rule.clause}{said}")
        for line in _table_lines(rule, words):
            click.echo(f"    {line}")


def _table_lines(rule: Rule, words: Words) -> list[str]:
    if rule.table is None:
        return []
    told = [
        f"{'/'.join(row.key):<8}"
        f"{words.limit_of(rule.relation, row.threshold, row.upper, rule.unit)}"
        + ("" if row.verified else f"  [{words('wording.not_verified')}]")
        for row in rule.table.rows if row.threshold is not None
    ]
    empty = len(rule.table.rows) - len(told)
    if empty:
        document = words.pick(rule.table.document)
        told.append(f"{rule.table.file}: {empty} × " + words("wording.no_limit", document=document))
    return told


@rules.command()
@click.argument("pack")
def test(pack: str) -> None:
    """Try every rule of a pack on its own samples."""
    from landtrack import check

    loaded = _pack(pack)
    tried = check.try_samples(loaded)
    click.echo(f"{loaded.name}: {len(loaded.rule)} rules hold their {tried} samples")


@rules.command()
@click.argument("first")
@click.argument("second")
@LANG
def diff(first: str, second: str, lang: str) -> None:
    """Say what changes from one pack to another; status 1 if anything does."""
    from landtrack import text

    words = text.load(lang)
    before, after = ({rule.id: rule for rule in _pack(each).rule} for each in (first, second))
    changed = False
    for rule_id in dict.fromkeys([*before, *after]):
        said = [
            None if rule is None else _stated(rule, words)
            for rule in (before.get(rule_id), after.get(rule_id))
        ]
        if said[0] != said[1]:
            changed = True
            click.echo(rule_id)
            for sign, lines in zip("-+", said, strict=True):
                other = said[1 if sign == "-" else 0] or []
                for line in lines or []:
                    if line not in other:
                        click.echo(f"  {sign} {line}")
    click.get_current_context().exit(int(changed))


def _stated(rule: Rule, words: Words) -> list[str]:
    head = f"{words.limit(rule)} ({rule.clause})"
    return [head, *_table_lines(rule, words)]


@click.command()
@click.argument("name", metavar="PROJECT|PLOT")
@click.argument("place", required=False, type=click.Path(path_type=Path))
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE",
              help="What if: a figure or fact for this answer only; may be repeated.")
@click.option("--rules-now", is_flag=True, help="Judge by today's rules, not by those of the "
              "day of acceptance.")
@click.option("--stage", type=click.Choice(
    ["entry", "construction_permit", "completion", "certificate"]), help="Vet for this stage.")
@click.option("--near", default=5.0, show_default=True, help="Point out what lies within so many "
              "per cent of its limit.")
@click.option("--lang", help="Language: zh or en; the place's own by default.")
@click.option("--html", "page_path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--xlsx", "book_path", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_context
def vet(
    ctx: click.Context, /, name: str, place: Path | None, **options: Any  # noqa: ANN401
) -> None:
    """Vet one project or plot of PLACE (the demo place by default) on one page.

    Exit status: 0 passes, 1 fails, 3 is unknown, 2 could not be done.
    """
    import datetime as dt

    from landtrack import catalog, pipeline, text, vetting
    from landtrack.model import Stage

    loaded = catalog.place(place if place is not None else catalog.demo_place())
    result = pipeline.vet(loaded, lang=options["lang"])
    words = text.load(result.lang)
    today = dt.datetime.now(dt.UTC).date()
    case = vetting.case(
        result, name, rules_on=today if options["rules_now"] else None,
        stage=Stage(options["stage"]) if options["stage"] else None,
    ).changed(_changes(options["changes"]))
    page = vetting.build(result, case, words, near=options["near"] / 100)
    click.echo(vetting.to_text(page))
    if options["page_path"]:
        options["page_path"].write_text(vetting.to_html(page), encoding="utf-8", newline="\n")
    if options["book_path"]:
        vetting.write_workbook(page, options["book_path"], words)
    ctx.exit(STATUS.get(page.verdict, 0))


def _changes(stated: tuple[str, ...]) -> dict[str, float | str]:
    told: dict[str, float | str] = {}
    for each in stated:
        name, sign, value = each.partition("=")
        if not sign:
            raise CatalogError(f"--set {each!r} states no value.", mend="Write name=value.")
        told[name.strip()] = value.strip()
    return told
