"""Units: what a text states, and what one of it is in the unit that figures are stored in.

One grammar for the headings of columns, the cells below them and the catalog; the words are
in ``data/units.toml``. What is not known there is never guessed at: :class:`Asked`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from landtrack.model import Field, Value
from landtrack.model.catalog.files import convert, data_file, read_toml
from landtrack.model.errors import CatalogError
from landtrack.model.memory import remembered

MONEY = "CNY"
UNSURE = "?"
"""In a catalog: the unit of this column is not known yet."""
GLUED = 8
"""How many letters at the end of a heading may be a unit that nothing sets apart."""
WORDS = 3
"""How many words a unit has at most."""

BRACKETS = re.compile(r"[(\[{【〔〖〈《「『<]([^)\]}】〕〗〉》」』>]*)(?:[)\]}】〕〗〉》」』>]|$)")
_EDGES = re.compile(r"[()\[\]{}【】〔〕〖〗〈〉《》「」『』<>]")
BETWEEN = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))|[，、;；|:：]")
_PARTS = re.compile(r"[\s_\-,，、;；:：/|·]+")
_LATIN = re.compile(r"[a-z0-9]")
_BLANK = re.compile(r"[\s\u200b\ufeff]+")
_YEAR = re.compile(r"\d{4}([-/.]\d{1,2}){0,2}")


class _Said(Value, frozen=True, kw_only=True):
    """What people write around a unit."""

    introduced: tuple[str, ...]
    linked: tuple[str, ...]
    between: tuple[tuple[str, str], ...]
    counted: tuple[str, ...]
    yearly: tuple[str, ...]
    year: tuple[str, ...]
    shares: tuple[str, ...]
    money_of: tuple[str, ...]
    set_apart: tuple[str, ...]
    remarks: tuple[str, ...]


class _Before(Value, frozen=True, kw_only=True):
    """What may stand before a number in a cell."""

    money: tuple[str, ...]
    unit: tuple[str, ...]


class Grammar(Value, frozen=True, kw_only=True):
    """The words of units, as ``data/units.toml`` lists them."""

    unit: Mapping[str, Mapping[str, float]]
    multiplier: Mapping[str, float]
    multiplier_of_money: Mapping[str, float]
    currency: Mapping[str, tuple[str, ...]]
    letters: Mapping[str, str]
    power: Mapping[str, str]
    before: _Before
    said: _Said


@dataclass(frozen=True)
class Unit:
    """A unit that is known: ``factor`` of ``stored`` are one of it."""

    name: str
    stored: str
    factor: float


@dataclass(frozen=True)
class Asked:
    """A unit that is stated and cannot be used as it stands.

    ``why`` says whether nobody knows it, it is of another kind of quantity, money of another
    ``currency`` (of which one is ``factor``), or several are stated.
    """

    name: str
    why: Literal["unknown", "dimension", "currency", "several"]
    currency: str = ""
    factor: float = 1.0


Read = Unit | Asked | None
"""What a text says of a unit; None where it says nothing."""


@cache
def grammar() -> Grammar:
    """Load the words of units.

    Returns: The user's file where there is one, else the shipped one.
    Raises CatalogError: If ``data/units.toml`` is wrong.
    """
    path = data_file("", "units")
    return convert(read_toml(path), Grammar, path)


def units() -> Mapping[str, Mapping[str, float]]:
    """Load what one of each unit is in the unit that figures are stored in.

    Returns: By the stored unit, then by the other.
    Raises CatalogError: If ``data/units.toml`` is wrong.
    """
    return grammar().unit


# --- what a text states -----------------------------------------------------------------------


def plain(text: str) -> str:
    """Write a unit so that all its spellings are one.

    ``text``: Such as ``"（单位：㎡）"``.
    Returns: Such as ``"m2"``: half-width, without blanks, brackets and what introduces it.
    """
    folded = _EDGES.sub(" ", _spelt(text, blanks=True)).strip()
    folded = _introduced().sub("", folded)
    folded = _BLANK.sub("", folded).replace("^", "").replace("**", "").strip(":.,，;；。")
    return folded if re.search(r"\d\.", folded) else folded.replace(".", "")


@cache
def _introduced() -> re.Pattern[str]:
    """Find what introduces a unit: a word of a Latin script only where it stands apart."""
    words = "|".join(
        re.escape(word) + (r"(?=[:\s])" if word.isascii() else "")
        for word in grammar().said.introduced
    )
    return re.compile(rf"^({words})\s*[:=]?\s*")


@cache
def _known() -> Mapping[str, tuple[tuple[str, float], ...]]:
    """List every unit by its plain spelling: the units it can be stored in, with the factors."""
    found: dict[str, dict[str, float]] = {}
    for stored, names in units().items():
        for name, factor in names.items():
            found.setdefault(_spelt(name), {})[stored] = factor
    whole = dict(found)
    for more, times_ in grammar().multiplier.items():
        for name, stored_in in found.items():
            if name[0].isdigit() or name in grammar().multiplier or "/" in name or name == "%":
                continue
            own = {
                stored: factor * times_ for stored, factor in stored_in.items() if stored != "1"
            }
            for stored, factor in own.items():
                whole.setdefault(more + name, {}).setdefault(stored, factor)
    return {name: tuple(own.items()) for name, own in whole.items()}


def widened(text: str) -> str:
    """Write letters of all widths as one, and powers of ten before a unit in words.

    ``text``: Such as ``"（×10⁴ｍ²）"``.
    Returns: Such as ``"(万m2)"``: a superscript must not become a digit behind the ten.
    """
    worded = _powers().sub(lambda found: grammar().power[found[1]], text)
    return unicodedata.normalize("NFKC", worded)


@cache
def _powers() -> re.Pattern[str]:
    powers = "|".join(map(re.escape, sorted(grammar().power, key=len, reverse=True)))
    return re.compile(rf"×?\s*(?<!\d)({powers})\s*(?=[\w\u33a1](?<!\d))")


def _spelt(text: str, *, blanks: bool = False) -> str:
    """Write letters of all widths and cases, and their variants, as one."""
    known = grammar().letters
    folded = widened(text).casefold()
    folded = "".join(known.get(each, each) for each in folded)
    return folded if blanks else _BLANK.sub("", folded)


@cache
def _currencies() -> tuple[tuple[str, str], ...]:
    """List the words of currencies, the longest first, each with its code."""
    return tuple(sorted(
        ((_spelt(word), code) for code, words in grammar().currency.items() for word in words),
        key=lambda each: -len(each[0]),
    ))


@lru_cache(4096)
def _money(text: str) -> tuple[str, float] | None:
    """Read money: words of one currency around a multiplier; give its code and the factor."""
    code, rest, said = "", text, set[str]()
    while rest:
        found = next((
            (own, left, word) for word, own in _currencies()
            if code in ("", own) and word not in said
            for left in (_without(rest, word, last=True), _without(rest, word, last=False))
            if left is not None
        ), None)
        if found is None:
            break
        code, rest, word = found
        said.add(word)
    factor = _amount(rest) if code else None
    return None if factor is None else (code, factor)


def _without(text: str, word: str, *, last: bool) -> str | None:
    """Take a word off one end; one of a Latin script is none in the midst of other letters."""
    if not (text.endswith(word) if last else text.startswith(word)):
        return None
    left = text.removesuffix(word) if last else text.removeprefix(word)
    beside = left[-1:] if last else left[:1]
    if word.isascii() and word.isalpha() and beside.isascii() and beside.isalpha():
        return left if _amount(left) is not None else None
    return left


@cache
def _amounts() -> Mapping[str, float]:
    return {
        **{_spelt(word): number for word, number in grammar().multiplier.items()},
        **{_spelt(word): number for word, number in grammar().multiplier_of_money.items()},
    }


def _amount(text: str) -> float | None:
    """Read what stands beside a currency: nothing, 万, million, 10,000 or 10k."""
    if not text:
        return 1.0
    if text in _amounts():
        return _amounts()[text]
    digits = re.match(r"1(,?0)*", text)
    rest = "" if digits is None else text[digits.end():]
    if digits is None or (rest and rest not in _amounts()):
        return None
    return float(digits[0].replace(",", "")) * _amounts().get(rest, 1.0)


@lru_cache(maxsize=4096)
def read(text: str, stored: str, *, yearly: bool = False) -> Read:
    """Read what is nothing but a unit.

    ``text``: Such as ``"亩"``, ``"（单位：万元）"``, ``"RMB 10,000"``, ``"hm²"``.
    ``stored``: The unit that the figures are stored in, such as ``"m2"``.
    Returns: None where nothing is stated, or a remark that is no unit.
    """
    folded = plain(text)
    if yearly:
        folded = _without_any(folded, grammar().said.yearly)
    if not folded or folded in _remarks() or _is_year(folded):
        return None
    name = _shown(text)
    own = dict(_known().get(folded, ()))
    if stored in own:
        return Unit(name, stored, own[stored])
    money = _money(folded)
    if money is not None and stored == MONEY:
        code, factor = money
        return Unit(name, stored, factor) if code == MONEY else Asked(
            name, "currency", code, factor
        )
    return Asked(name, "dimension" if own or money else "unknown")


def stated(text: str, field: Field, *, rate: bool) -> Unit | Asked:
    """Read the unit that a catalog states for a field.

    ``rate``: Whether it states what money of another currency is worth, and on which day.
    Returns: Of another currency, with its rate stated, an :class:`Asked` that names it.
    Raises CatalogError: If it does not convert to the unit that the field is stored in.
    """
    stored = field.unit or ""
    found = read(text, stored, yearly=field.yearly)
    if isinstance(found, Unit):
        return found
    if isinstance(found, Asked) and found.why == "currency":
        if not rate:
            raise CatalogError(
                f"{field.name} is stored in {stored}; {text!r} needs a rate.",
                mend=f"State rate = … ({stored} for one {found.currency}) and rate_on = "
                "YYYY-MM-DD, the day that it is of.",
            )
        return found
    raise CatalogError(
        f"{field.name} is stored in {stored or 'no unit'}; "
        f"{text!r} does not convert to that.",
        mend=f"Use one of: {', '.join(units().get(stored, {})) or 'no unit'}.",
    )


def _without_any(text: str, endings: Iterable[str]) -> str:
    return next(
        (text.removesuffix(each) for each in map(_spelt, endings) if text.endswith(each)), text
    )


def _is_year(text: str) -> bool:
    return _YEAR.fullmatch(_without_any(text, grammar().said.year)) is not None


def _shown(text: str) -> str:
    """Write a unit as it was written, without brackets and what introduces it."""
    bare = _EDGES.sub(" ", widened(text)).strip()
    bare = _introduced().sub("", bare)
    return " ".join(bare.split()).replace("m2", "m²")


@cache
def _remarks() -> frozenset[str]:
    said = grammar().said
    return frozenset(map(_spelt, (*said.remarks, *said.introduced)))


@remembered(16384)
def is_unit(text: str) -> bool:
    """Tell whether a text is a unit of any kind of quantity."""
    folded = plain(text)
    return bool(folded) and (folded in _known() or _money(folded) is not None)


def of_entries(stored: Iterable[str]) -> dict[str, object]:
    """Give the words by which the map reads units, as its scripts want them.

    ``stored``: The units that its figures are stored in.
    Returns: Units and multipliers by their plain spelling, words of the stored currency, powers of
    ten and what introduces a unit.
    """
    known = grammar()
    return {
        "unit": {
            each: {_spelt(name): factor for name, factor in known.unit[each].items()}
            for each in stored
        },
        "multiplier": {_spelt(name): number for name, number in known.multiplier.items()},
        "money": {_spelt(name): number for name, number in known.multiplier_of_money.items()},
        "currency": [_spelt(word) for word in known.currency[MONEY]],
        "letters": dict(known.letters),
        "power": dict(known.power),
        "introduced": list(known.said.introduced),
        "before": [_spelt(word) for word in known.before.money],
    }


# --- headings ---------------------------------------------------------------------------------


@remembered(4096)
def split(heading: str) -> tuple[str, tuple[str, ...]]:
    """Take what may be units off the heading of a column.

    ``heading``: Such as ``"用地面积（亩，净）"``, ``"land_area_ha"``, ``"投资额万元"``.
    Returns name : str: What is left, such as ``"用地面积"``.
    Returns stated : tuple of str: What stands in brackets, piece by piece, or behind the name; a
    heading that is nothing but a unit is both.
    """
    folded = widened(heading)
    pieces = [
        piece.strip()
        for inside in BRACKETS.findall(folded)
        for piece in _pieces(inside) if piece.strip()
    ]
    name = BRACKETS.sub(" ", folded).strip()
    bare, behind = _behind(name)
    if not any(map(is_unit, pieces)) or any(map(_is_foreign, behind)):
        name, pieces = bare, pieces + behind
    return " ".join(name.split()), _used(pieces)


def _pieces(inside: str) -> list[str]:
    """Take apart what stands in brackets; 人民币，万元 is one unit."""
    parts = BETWEEN.split(inside)
    whole = "".join(parts)
    return [whole] if is_unit(whole) else [inside, *parts] if len(parts) > 1 else parts


def _used(pieces: Sequence[str]) -> tuple[str, ...]:
    """Keep the units; without any, all that was said, except pieces of what is kept whole."""
    known = [each for each in pieces if is_unit(each) or _is_share(each)]
    return tuple(dict.fromkeys(known or pieces))


def _behind(name: str) -> tuple[str, list[str]]:
    """Find a unit behind the name: in words of its own, else glued to it."""
    parts = [each for each in _PARTS.split(name) if each]
    for count in range(min(WORDS, len(parts)), 0, -1):
        last = " ".join(parts[-count:])
        if is_unit(last):
            before = name[: name.rfind(parts[-count])].rstrip(" _-,，、;；:：/|·")
            return before or name, [last]
    bare = _without_any(name, grammar().said.counted)
    for size in range(min(GLUED, len(bare) - 1), 0, -1):
        last, before = bare[-size:], bare[:-size]
        if _stands_apart(before, last) and _may_be_glued(last):
            return before.rstrip(), [last]
    return name, []


def _stands_apart(before: str, unit: str) -> bool:
    """Tell whether the letters before a unit cannot be of the same word."""
    return not (_LATIN.match(before[-1].casefold()) and _LATIN.match(unit[0].casefold()))


def _may_be_glued(text: str) -> bool:
    """Tell whether a unit needs nothing that sets it apart: 米 or 层 may end a word."""
    folded = plain(text)
    own = {stored for stored, _ in _known().get(folded, ())}
    return bool(own - {"1", "%"}) or (
        _money(folded) is not None and folded not in grammar().said.set_apart
    )


def of_column(headings: Iterable[str], stored: str, *, yearly: bool = False) -> Read:
    """Read the unit of a column from its headings.

    ``headings``: Those that stand above it, the nearest first: a row of units, the heading, the one
    above it.
    ``stored``: The unit that its figures are stored in.
    """
    for heading in headings:
        if (found := _of_heading(heading, stored, yearly=yearly)) is not None:
            return found
    return None


def _of_heading(heading: str, stored: str, *, yearly: bool) -> Read:
    pieces = split(heading)[1]
    if shares := [each for each in pieces if _is_share(each)]:
        return Asked(_shown(shares[0]), "dimension")
    stated = [
        each for text in pieces if (each := read(text, stored, yearly=yearly)) is not None
    ]
    if not stated:
        return None
    fits = {each.factor: each for each in stated if isinstance(each, Unit)}
    if len(fits) > 1:
        return Asked(" / ".join(each.name for each in fits.values()), "several")
    if fits:
        found = next(iter(fits.values()))
        foreign = [each for each in stated if isinstance(each, Asked) and each.currency]
        return in_currency(found, foreign[0]) if foreign else found
    return stated[0]


def in_currency(found: Unit | None, foreign: Asked) -> Asked:
    """Read 万元 beside 美元 as money of that currency: as 万美元.

    ``found``: What is said of the stored currency; None where nothing is.
    """
    more = next((
        word for word, factor in grammar().multiplier.items()
        if found is not None and factor == found.factor
    ), "")
    if found is None or (foreign.factor == 1 and (more or found.factor == 1)):
        factor = foreign.factor if found is None else found.factor
        return Asked(f"{more}{foreign.name}", "currency", foreign.currency, factor)
    return Asked(f"{found.name} / {foreign.name}", "several")


def foreign(text: str) -> Asked | None:
    """Read what is nothing but the name of another currency than the stored one."""
    found = read(text, MONEY)
    return found if isinstance(found, Asked) and found.currency else None


def said_by(heading: str) -> Literal["currency", "unit", ""]:
    """Tell whether the cells of a column say the currency or the unit of others: 币种, 单位."""
    bare = _without_number(_spelt(BRACKETS.sub("", widened(heading))))
    said = grammar().said
    if bare in set(map(_spelt, said.money_of)):
        return "currency"
    return "unit" if bare in set(map(_spelt, said.introduced)) - {"in"} else ""


def _without_number(text: str) -> str:
    """Take off what tells columns of the same heading apart."""
    return re.sub(r"#[a-z]+$|[\s_.]*\d+$", "", text)


def _is_foreign(text: str) -> bool:
    return foreign(text) is not None


def _is_share(text: str) -> bool:
    """Tell whether a piece of a heading says that a figure is by land, head or year."""
    return plain(text) in set(map(_spelt, grammar().said.shares))
