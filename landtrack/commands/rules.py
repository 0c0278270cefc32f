"""``landtrack rules``: what the rule packs say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from landtrack.model import Rule, RulePack
    from landtrack.text import Words

LANG = click.option("--lang", default="zh", show_default=True, help="Language: zh or en.")


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
