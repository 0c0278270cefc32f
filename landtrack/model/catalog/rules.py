"""Loads rule packs: strict about keys, units and what contradicts itself.

A limit is stated in the unit that its document uses and is brought into the unit of the
measure here: 45 with the unit ``%`` becomes 0.45, 150 with the unit ``万元/亩`` 2250.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from landtrack.model import Relation, Row, Rule, RulePack, Table
from landtrack.model.catalog.files import SHIPPED, convert, data_file, own_id, read_csv, read_toml
from landtrack.model.catalog.measures import in_unit, measure_unit, times
from landtrack.model.catalog.numbers import number
from landtrack.model.catalog.paths import require_inside
from landtrack.model.errors import CatalogError, SourceError

YES_NO = {"true": True, "false": False}


def rule_pack(name: str) -> RulePack:
    """Load a rule pack by its id.

    Returns: The pack as its file states it; :func:`landtrack.assessment.rules.try_samples` tries
    it.
    Raises CatalogError: If there is no such file, it is wrong, or it contradicts itself.
    """
    return rule_pack_of(data_file("rules", name))


def rule_pack_of(path: Path) -> RulePack:
    """Load a rule pack from a file.

    ``path``: The file; its tables stand in its folder, or in the user's or the shipped one.
    Returns: With limits and samples in the units of the measures and the tables' rows filled in.
    Raises CatalogError: If the file is wrong or contradicts itself.
    """
    pack = convert(read_toml(path), RulePack, path)
    own_id(path, pack.id)
    ids = [rule.id for rule in pack.rule]
    if len(set(ids)) < len(ids):
        raise CatalogError(f"{path}: two rules share an id.", mend="Give each rule its own id.")
    if pack.in_force_until is not None and pack.in_force_until < pack.in_force_from:
        raise CatalogError(
            f"{path}: the pack ends on {pack.in_force_until}, before it begins.",
            mend="Correct in_force_from or in_force_until.",
        )
    _check_regions(pack, path)
    rules = tuple(_completed(rule, pack, path) for rule in pack.rule)
    return msgspec.structs.replace(pack, rule=rules)


def _check_regions(pack: RulePack, path: Path) -> None:
    grades = [grade for region in pack.region for grade in region.grades]
    if len(set(grades)) < len(grades):
        raise CatalogError(
            f"{path}: a land grade stands in two regions.", mend="Name each grade once."
        )


def _completed(rule: Rule, pack: RulePack, path: Path) -> Rule:
    """Check one rule, fill in its table, and bring its figures into the measure's unit."""
    where = f"{path}: rule {rule.id}"
    if fault := _fault(rule):
        raise CatalogError(f"{where}: {fault[0]}.", mend=fault[1])
    if rule.kind == "sequence":
        return rule
    factor = in_unit(rule.measure, rule.unit, where=where)
    table = rule.table and msgspec.structs.replace(
        rule.table, rows=tuple(
            msgspec.structs.replace(
                row, threshold=_converted(row.threshold, factor),
                upper=_converted(row.upper, factor),
            )
            for row in _rows(rule.table, rule.relation, pack, path)
        )
    )
    return msgspec.structs.replace(
        rule,
        threshold=_converted(rule.threshold, factor),
        upper=_converted(rule.upper, factor),
        unit=measure_unit(rule.measure),
        table=table,
        sample=tuple(
            msgspec.structs.replace(
                each, value=_converted(each.value, factor),
                threshold=_converted(each.threshold, factor),
            )
            for each in rule.sample
        ),
    )


def _converted(value: float | None, factor: float) -> float | None:
    return None if value is None else times(value, factor)


def _fault(rule: Rule) -> tuple[str, str] | None:
    """Say what is wrong with a rule, and what to do."""
    if rule.kind == "sequence":
        return _order_fault(rule)
    if not (rule.measure and rule.numerator):
        return "an index needs `measure` and `numerator`", "Name both."
    if (rule.threshold is None) == (rule.table is None):
        return "needs either a threshold or a table", "State one of the two."
    return _inputs_fault(rule) or _limits_fault(rule)


def _order_fault(rule: Rule) -> tuple[str, str] | None:
    """Say what is wrong with the order of two dates."""
    if not (rule.first and rule.second):
        return "a sequence needs the fields `first` and `second`", "Name both dates."
    if rule.relation not in {">=", ">"} or rule.threshold or rule.table or rule.numerator:
        return (
            "a sequence takes no limit, and the relation >= or >",
            'Leave out threshold, table and numerator; use relation = ">=" or ">".',
        )
    if rule.within_years < 0 or (rule.within_years and rule.relation != ">"):
        return (
            "a sequence within years takes the relation >",
            'Use relation = ">": when the years are over it fails.',
        )
    return None


def _inputs_fault(rule: Rule) -> tuple[str, str] | None:
    """Say which sample states inputs that the index does not have, or a value besides."""
    names = {rule.numerator, rule.denominator, *(rule.instead or ())} - {""}
    for sample in rule.sample:
        if stray := sorted(set(sample.inputs) - names):
            return f"a sample states the input {', '.join(stray)}", f"Use {', '.join(names)}."
        if sample.inputs and sample.value is not None:
            return "a sample states a value and inputs", "State one of the two."
    return None


def _limits_fault(rule: Rule) -> tuple[str, str] | None:
    """Say which limits cannot be met or cannot fail."""
    if rule.table is not None:
        if "industry" in rule.table.by and rule.table.classification is None:
            return (
                "a table by industry needs the year of the classification",
                "Add classification = 2002 (or 2017) to the table.",
            )
        return None
    if (rule.relation == "between") != (rule.upper is not None):
        return "`upper` goes with the relation between, and with no other", "Correct the relation."
    if rule.upper is not None and rule.threshold is not None and rule.upper < rule.threshold:
        return "`upper` lies below `threshold`: nothing passes", "Exchange the two."
    return None


def _rows(table: Table, relation: Relation, pack: RulePack, path: Path) -> list[Row]:
    """Read the rows of a table: its key columns, threshold, upper, verified, source."""
    found = _table_path(table.file, path)
    lines = read_csv(found, {*table.by, "threshold", "verified", "source"})
    rows = [_row(line, table, f"{found} line {at}") for at, line in enumerate(lines, start=2)]
    keys = [row.key for row in rows]
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise CatalogError(
            f"{found} has two rows for {', '.join(twice)}.", mend="Keep one of them."
        )
    if "region_class" in table.by:
        at = table.by.index("region_class")
        if stray := sorted({key[at] for key in keys} - {each.code for each in pack.region}):
            raise CatalogError(
                f"{found}: pack {pack.id} has no region class {', '.join(stray)}.",
                mend="Use the codes of the pack's [[region]].",
            )
    for row in rows:
        _check_upper(row, relation, f"{found}: the row {', '.join(row.key)}")
    return rows


def _check_upper(row: Row, relation: Relation, where: str) -> None:
    if (row.upper is not None) != (relation == "between" and row.threshold is not None):
        raise CatalogError(
            f"{where} has {'no' if row.upper is None else 'an'} upper limit, and the rule's "
            f"relation is {relation}.",
            mend="Give `upper` beside each threshold of a rule that asks for between, and only "
            "there.",
        )
    if row.upper is not None and row.threshold is not None and row.upper < row.threshold:
        raise CatalogError(
            f"{where}: upper lies below threshold: nothing passes.", mend="Exchange the two."
        )


def _row(line: Mapping[str, Any], table: Table, where: str) -> Row:
    verified = str(line["verified"]).strip().lower()
    if verified not in YES_NO:
        raise CatalogError(f"{where}: verified is {verified!r}.", mend="Write true or false.")
    threshold = _figure(line["threshold"], where)
    if threshold is not None and threshold <= 0:
        raise CatalogError(
            f"{where}: the limit {threshold:g} is none.",
            mend="Leave the cell empty where the value is not known: 0 would pass everything.",
        )
    return Row(
        key=tuple(str(line[name]).strip() for name in table.by),
        threshold=threshold,
        upper=_figure(line.get("upper"), where),
        verified=YES_NO[verified],
        source=str(line["source"]).strip(),
    )


def _figure(cell: str | None, where: str) -> float | None:
    stated = (cell or "").strip()
    if not stated:
        return None
    value = number(stated)
    if not math.isfinite(value):
        raise CatalogError(
            f"{where}: {stated!r} is no number.",
            mend="Write a number, or leave the cell empty where the value is not known.",
        )
    return value


def _table_path(name: str, path: Path) -> Path:
    """Find a table's file: the user's folder first, then beside the pack, then the shipped."""
    require_inside(name, str(path))
    user = os.environ.get("LANDTRACK_DATA")
    folders = [Path(user) / "rules"] if user else []
    for folder in (*folders, path.parent, SHIPPED / "rules"):
        if (folder / name).is_file():
            return folder / name
    raise SourceError(
        f"{path} names the table {name}, which is not there.",
        mend=f"Put {name} beside the pack.",
    )
