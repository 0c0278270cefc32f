"""``landtrack rules``: what the rule packs say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from landtrack.cli import columns, language
from landtrack.cli.options import LANG
from landtrack.cli.printed import echo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landtrack.model import Rule, RulePack
    from landtrack.model.translations import Words


@click.group()
def rules() -> None:
    """List, show, test and compare rule packs; PACK is an id or a path."""


def _pack(named: str) -> RulePack:
    from landtrack.model import catalog

    path = Path(named)
    return catalog.rule_pack_of(path) if path.suffix == ".toml" else catalog.rule_pack(named)


@rules.command("list")
@LANG
def list_packs(lang: str | None) -> None:
    """List the rule packs there are, the user's and the shipped."""
    from landtrack.model import catalog, translations

    words = translations.load(lang or language.now())
    for name in catalog.data_files("rules"):
        pack = catalog.rule_pack(name)
        until = pack.in_force_until or ""
        echo(
            f"{pack.name:<16} {columns.pad(words(f'level.{pack.level}'), 9)} "
            f"{pack.in_force_from}..{until!s:<11} "
            f"{len(pack.rule):>2}  {words.pick(pack.title)}"
        )


@rules.command()
@click.argument("pack")
@LANG
def show(pack: str, lang: str | None) -> None:
    """Show a pack: its rules, limits, clauses, and what was not verified."""
    from landtrack.app.pack_list import table_lines
    from landtrack.model import translations

    words = translations.load(lang or language.now())
    loaded = _pack(pack)
    echo(f"{words.pick(loaded.title)}  {loaded.document_no}  {loaded.issuer}")
    for rule in loaded.rule:
        said = "" if rule.verified else f"  [{words('wording.not_verified')}]"
        limit = words.limit(rule)
        echo(f"{rule.id:<28} {words.pick(rule.title)} {limit}  {rule.clause}{said}")
        if rule.text:
            echo(f"    {words.pick(rule.text)}")
        for line in table_lines(rule, words):
            echo(f"    {line}")


@rules.command()
@click.argument("pack")
@LANG
def test(pack: str, lang: str | None) -> None:
    """Try every rule of a pack on its own samples."""
    from landtrack.assessment import rules as check
    from landtrack.model import translations

    loaded = _pack(pack)
    tried = check.try_samples(loaded)
    words = translations.load(lang or language.now())
    echo(words("cli.samples_hold", pack=loaded.name, rules=len(loaded.rule), samples=tried))


@rules.command()
@click.argument("first")
@click.argument("second")
@LANG
def diff(first: str, second: str, lang: str | None) -> None:
    """Say what changes from one pack to another; status 1 if anything does."""
    from landtrack.model import translations

    words = translations.load(lang or language.now())
    packs = [_pack(each) for each in (first, second)]
    changed = _told("", [_heading(each, words) for each in packs])
    before, after = ({rule.id: rule for rule in pack.rule} for pack in packs)
    for rule_id in dict.fromkeys([*before, *after]):
        said = [
            None if rule is None else _stated(rule, words)
            for rule in (before.get(rule_id), after.get(rule_id))
        ]
        changed |= _told(rule_id, said)
    click.get_current_context().exit(int(changed))


def _told(name: str, said: Sequence[list[str] | None]) -> bool:
    """Print what only one side says; tell whether anything differs."""
    if said[0] == said[1]:
        return False
    echo(name or "·")
    for sign, lines, others in (("-", said[0], said[1]), ("+", said[1], said[0])):
        for line in lines or []:
            if line not in (others or []):
                echo(f"  {sign} {line}")
    return True


def _heading(pack: RulePack, words: Words) -> list[str]:
    """Write what a pack states of itself, but its id and version."""
    return [
        words.pick(pack.title), f"{words(f'level.{pack.level}')} {pack.issuer} {pack.document_no}",
        f"{pack.in_force_from}..{pack.in_force_until or ''}",
        *(f"{each.code}: {', '.join(map(str, each.grades))}" for each in pack.region),
    ]


def _stated(rule: Rule, words: Words) -> list[str]:
    """Write all that a rule judges by, line by line."""
    from landtrack.app.pack_list import table_lines

    quotient = " ÷ ".join(filter(None, [rule.numerator, rule.denominator]))
    lines = [
        f"{words.limit(rule)} ({rule.clause})",
        quotient or f"{rule.first} {rule.relation} {rule.second}",
        " ÷ ".join(rule.instead or ()),
        *(f"{stage}: {severity}" for stage, severity in rule.stage.items()),
        *(f"{field}: {', '.join(values)}" for field, values in rule.applies_to.items()),
        "" if rule.verified else words("wording.not_verified"),
        f"{words('vet.due_from')}: {rule.due_from}" if rule.due_from else "",
        *table_lines(rule, words),
    ]
    return [line for line in lines if line]
