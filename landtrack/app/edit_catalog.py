"""Changes the catalog of a place: its comments stay, and what it was before is kept.

What is changed must still be a catalog, and must be that which was looked at: one that somebody
else changed meanwhile, by hand or in another window, is not written over.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
import secrets
import threading
import tomllib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
import tomlkit
from tomlkit.items import InlineTable

from landtrack.app import catalog_checks, catalog_form, deliver, toml_edit
from landtrack.app.catalog_form import NEW, SEVERAL, TABLES, About, Refused
from landtrack.app.toml_edit import ChangedError
from landtrack.model import catalog, translations
from landtrack.model.errors import CatalogError, SourceError

VERSIONS = "catalog"
"""The folder of what the catalog was before, in that of what is our own."""
KEPT = 100
CANDIDATES = "candidates"
"""The folder of catalogs that are looked at before they count."""
TYPED = ".json"
"""Ends the name of what was typed for one of them."""
KEPT_CANDIDATES = 20
DIGITS = 16
CANDIDATE = re.compile(rf"[0-9a-f]{{{DIGITS}}}-[0-9a-f]{{{DIGITS}}}")
AS_TABLES = frozenset({"fields", "values", "ledger"})
"""Tables within a layer that get a heading of their own; others are written on one line."""
_HEADING = re.compile(r"\s*\[\[?\s*([\w.\-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w\-]+|\"[^\"]*\")\s*=")
_COMMENT = re.compile(r"^(?:[^\"'#]|\"(?:\\.|[^\"\\])*\"|'[^']*')*?(#.*)$")
_ASKED_FIELD = re.compile(r"\[layer\.values\.(\w+)\]")
_ASKED_VALUE = re.compile(r"(\"(?:\\.|[^\"\\])*\") = \"\"")
_ABOUT = re.compile(
    r"(\w+(?:\.(?:\w+|\"(?:\\.|[^\"\\])*\"))*) = (\"(?:\\.|[^\"\\])*\"|[\d.]+)"
)
"""At the beginning of a guess: what it is about, and what is guessed of it."""
REASONS = (
    "by_heading", "called_so", "heading_found", "word_for_it", "joined_by", "basis_declared",
    "basis_measured", "rules_guess", "workflow_guess", "by_layout",
)
UNIT = "unit"
"""A guess about it is of the column at which it stands."""
_BLANK = re.compile(r"[\w:]*\?+")
"""Stands for a value that nobody knows yet."""
_WRITTEN_BLANK = re.compile(r"\"[\w:]*\?+\"")
_writing = threading.Lock()
_NAME = re.compile(r"(\w+)|(\"(?:\\.|[^\"\\])*\")")
NOTHING: Mapping[str, str] = MappingProxyType({})


class Remark(NamedTuple):
    """A comment of a catalog: its line, the part and the key that it is about, what it says.

    That key is the one that it stands at; of a guess that says what it is about, such as
    ``guess: unit = "亩", read from the heading``, that one.
    """

    line: int
    part: str
    key: str
    text: str
    guess: bool


class Guess(NamedTuple):
    """A guess that nobody confirmed yet.

    ``line``: Of the catalog. ``key``: What it is about; empty where it is about all of the part.
    ``value``: What the catalog says there, else what was guessed; empty of what is a table.
    ``why``: As it is remarked.
    """

    line: int
    part: str
    key: str
    value: str
    why: str

    @property
    def asks(self) -> bool:
        """Tell whether nothing is guessed, but asked: then it cannot be right as it is."""
        return _BLANK.fullmatch(self.value) is not None


class Part(NamedTuple):
    """A table of a catalog: ``layer-1`` and so on, its kind of table, and what it holds."""

    id: str
    table: str
    holds: Mapping[str, Any]


class Version(NamedTuple):
    """What the catalog was before, and until when, UTC."""

    id: str
    until: datetime


class Edit(NamedTuple):
    """What was typed into the form of a part that was looked at before it counts.

    ``posted``: By the names of the inputs. ``right``: The lines of the guesses that were ticked.
    """

    part: str
    posted: dict[str, str]
    right: list[int]


class RefusedError(CatalogError):
    """Something was typed that cannot stand; ``refused`` says it of each input."""

    def __init__(self, refused: list[Refused]) -> None:
        error = _together(refused)
        super().__init__(error.cause, mend=error.mend)
        self.refused = refused


def _together(refused: list[Refused]) -> CatalogError:
    """Say of one input why it cannot stand, of several which they are."""
    if len(refused) == 1:
        return CatalogError(refused[0].cause, mend=refused[0].mend)
    named = ", ".join(each.name for each in refused)
    return CatalogError(
        f"{len(refused)} of what was typed cannot stand: {named}.",
        mend="Write what is said beside each.",
    )


@dataclass(frozen=True)
class Text:
    """The catalog of a place as it is written."""

    folder: Path
    text: str

    @property
    def sha256(self) -> str:
        """Tell it from any other."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def fault(self) -> CatalogError | None:
        """Say what is wrong with it; None where it is a catalog."""
        return _fault(self.folder, self.text)

    def parts(self) -> list[Part]:
        """List its tables.

        Raises CatalogError: If it is no TOML.
        """
        held = _tables(self.folder, self.text)
        found = []
        for table in TABLES:
            own = held.get(table, [] if table in SEVERAL else {})
            if table not in SEVERAL:
                found.append(Part(table, table, own if isinstance(own, dict) else {}))
                continue
            found += [
                Part(f"{table}-{number}", table, each if isinstance(each, dict) else {})
                for number, each in enumerate(own if isinstance(own, list) else [], start=1)
            ]
        return found

    def part(self, name: str) -> Part | None:
        """Find a table by its name; one that is to be added is empty."""
        table, _, number = name.partition("-")
        if table in SEVERAL and number == NEW:
            return Part(name, table, {})
        return next((each for each in self.parts() if each.id == name), None)

    def remarks(self) -> list[Remark]:
        """List its comments."""
        return list(_remarks(self.text))

    def guesses(self, words: translations.Words | None = None) -> list[Guess]:
        """List the guesses that nobody confirmed yet; empty where it is no TOML.

        ``words``: Of the reader, in whose language the reasons are said that stand in no other.
        """
        found = [each for each in self.remarks() if each.guess]
        try:
            holds = {each.id: each.holds for each in self.parts()} if found else {}
        except CatalogError:
            return []
        listed = [_guess(each, _at(holds.get(each.part, {}), each.key)) for each in found]
        return listed if words is None else [
            each._replace(why=words(_why()[each.why]) if each.why in _why() else each.why)
            for each in listed
        ]

    def asked(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """List the values that have no code yet, by part and field, as the draft asks for them.

        Raises CatalogError: If it is no TOML.
        """
        found: dict[str, dict[str, list[str]]] = defaultdict(dict)
        at: list[str] | None = None
        for each in self.remarks():
            if (heading := _ASKED_FIELD.match(each.text)) is not None:
                at = found[each.part].setdefault(heading[1], [])
            elif at is not None and (value := _ASKED_VALUE.fullmatch(each.text)) is not None:
                with suppress(ValueError):
                    at.append(json.loads(value[1]))
        coded = {
            each.id: each.holds.get("values", {}) for each in (self.parts() if found else ())
        }
        return {
            part: {
                name: tuple(each for each in own if each not in coded[part].get(name, {}))
                for name, own in fields.items()
            }
            for part, fields in found.items() if part in coded
        }


def asks(remark: Remark) -> bool:
    """Tell whether a comment asks for the code of a value, see :meth:`Text.asked`."""
    return (_ASKED_FIELD.match(remark.text) or _ASKED_VALUE.fullmatch(remark.text)) is not None


def read(folder: Path) -> Text:
    """Read the catalog of a place as it is written.

    Raises SourceError: If there is none, or it cannot be read.
    """
    path = folder / catalog.CATALOG_NAME
    try:
        return Text(folder, path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"{path} cannot be read.", mend="Check that the file is there and is in UTF-8."
        ) from error


def save(  # noqa: PLR0913  what was looked at, and all that a form says
    there: Text, seen: str, part: str, posted: Mapping[str, str], about: About,
    right: Collection[int] = (), *, unsure: Mapping[str, str] = NOTHING,
) -> Text:
    """Change a part of a catalog to what was typed.

    ``there``: The catalog. ``seen``: The digest of that which was looked at.
    ``part``: Its name; ``layer-new`` and so on for one more.
    ``posted``: What was typed, by the names of the inputs.
    ``right``: The lines of the guesses that were found right.
    ``unsure``: What of it is a guess until somebody confirms it: by key, what is remarked there.
    Returns: The catalog as it is then.
    Raises ChangedError: If it is not that which was looked at.
    Raises RefusedError: If something was typed that cannot stand.
    Raises CatalogError: If it would be none any more.
    Raises OutputError: If it cannot be written.
    """
    text, wanted = _changed(there, seen, part, posted, about, right, unsure=unsure)
    return _written(there, text, wanted)


def keep(  # noqa: PLR0913  as save
    there: Text, seen: str, part: str, posted: Mapping[str, str], about: About,
    right: Collection[int] = (), *, unsure: Mapping[str, str] = NOTHING,
) -> Path | None:
    """Keep the catalog that :func:`save` would make, to be looked at before it counts.

    ``there`` and the others: As there.
    Returns: Its file; its stem is its name. None where it says the same as the one that is there,
    remarks aside: there is nothing to look at.
    Raises ChangedError: If it is not that which was looked at.
    Raises CatalogError: If it would be none.
    Raises OutputError: If it cannot be written.
    """
    text, wanted = _changed(there, seen, part, posted, about, right, unsure=unsure)
    if wanted == _tables(there.folder, there.text):
        return None
    _insist(there, text, wanted)
    kept = catalog.paths.confined(there.folder, there.folder / deliver.OWN / CANDIDATES)
    _make(kept)
    path = kept / f"{there.sha256[:DIGITS]}-{Text(there.folder, text).sha256[:DIGITS]}.toml"
    toml_edit.replace(path, text)
    typed = Edit(part, dict(posted), sorted(right))
    toml_edit.replace(path.with_suffix(TYPED), msgspec.json.encode(typed).decode())
    for each in _candidates(there.folder)[KEPT_CANDIDATES:]:
        _forget(each)
    return path


def typed_before(folder: Path, name: str) -> Edit | None:
    """Give what was typed for a catalog that was kept, so that one can go on with it.

    ``name``: As :func:`keep` named it.
    Returns: None where there is none of that name any more.
    """
    if CANDIDATE.fullmatch(name) is None:
        return None
    path = folder / deliver.OWN / CANDIDATES / f"{name}{TYPED}"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Edit)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None  # gone, or nothing of ours: there is nothing to go on with


def looked_at(there: Text, part: str) -> str:
    """Name what was looked at last of a part of this very catalog; empty where nothing was."""
    own = there.sha256[:DIGITS]
    for each in _candidates(there.folder):
        typed = typed_before(there.folder, each.stem) if each.stem.startswith(own) else None
        if typed is not None and typed.part == part:
            return each.stem
    return ""


def _candidates(folder: Path) -> list[Path]:
    """List the catalogs that are looked at before they count, the last first."""
    found = (folder / deliver.OWN / CANDIDATES).glob("*.toml")
    return sorted(found, key=lambda each: each.stat().st_mtime, reverse=True)


def _forget(candidate: Path) -> None:
    for each in (candidate, candidate.with_suffix(TYPED)):
        with suppress(OSError):
            each.unlink()


def take(there: Text, name: str) -> Text:
    """Let a catalog that was kept count.

    ``name``: As :func:`keep` named it.
    Raises ChangedError: If the catalog is not that which it was made of any more.
    Raises SourceError: If there is none of that name any more.
    Raises OutputError: If it cannot be written.
    """
    if CANDIDATE.fullmatch(name) is None or not name.startswith(there.sha256[:DIGITS]):
        raise ChangedError
    path = there.folder / deliver.OWN / CANDIDATES / f"{name}.toml"
    if not path.is_file():
        raise SourceError(
            "There is no such catalog any more.", mend="Look at the catalog of the place anew."
        )
    text = path.read_bytes().decode("utf-8")
    made = _written(there, text, _tables(there.folder, text))
    _forget(path)
    return made


def _changed(  # noqa: PLR0913  as save
    there: Text, seen: str, part: str, posted: Mapping[str, str], about: About,
    right: Collection[int], *, unsure: Mapping[str, str],
) -> tuple[str, dict[str, Any]]:
    """Write what a catalog is to say, and give that."""
    own = there.part(part)
    if there.sha256 != seen or own is None:
        raise ChangedError
    new = _typed(there, own, about, posted)
    text = _confirmed(there.text, right, _corrected(there, own, new))
    wanted = _tables(there.folder, text)
    document = tomlkit.parse(text)
    _put(document, wanted, own, new)
    held = _table_of(document, own)
    for key, said in unsure.items():
        if key in held:
            held[key].comment(" ".join(said.split()))
    return tomlkit.dumps(document), wanted


def _typed(there: Text, own: Part, about: About, posted: Mapping[str, str]) -> dict[str, Any]:
    """Make what a part is to say of what was typed.

    Raises RefusedError: If something of it cannot stand.
    """
    made, touched, refused = catalog_form.typed(own.table, own.holds, about, posted)
    place = made if own.table == "place" else there.parts()[0].holds
    start = None
    with suppress(CatalogError):  # a root that is none is refused with the catalog
        path = there.folder / catalog.CATALOG_NAME
        start = catalog.paths.root_of(path, place.get("root"))
    refused += catalog_checks.refused(catalog_checks.Typed(
        made=made, touched=touched, about=about, folder=there.folder, start=start
    ))
    if refused:
        raise RefusedError(refused)
    return made


def _table_of(document: Any, own: Part) -> Any:  # noqa: ANN401
    """Find the table of a part in a document that has it."""
    table, _, number = own.id.partition("-")
    if table not in SEVERAL:
        return document.get(table, {})
    return document[table][-1 if number == NEW else int(number) - 1]


def remove(there: Text, seen: str, part: str) -> Text:
    """Take a table out of a catalog.

    Raises ChangedError: If it is not that which was looked at.
    Raises CatalogError: If it would be none any more.
    """
    table, _, number = part.partition("-")
    own = there.part(part)
    if there.sha256 != seen or own is None or table not in SEVERAL or number == NEW:
        raise ChangedError
    wanted = _tables(there.folder, there.text)
    document = tomlkit.parse(there.text)
    at = int(number) - 1
    del wanted[table][at]
    del document[table][at]
    if not wanted[table]:
        del wanted[table]
        del document[table]
    return _written(there, tomlkit.dumps(document), wanted)


def confirm(there: Text, seen: str, right: Collection[int]) -> Text:
    """Mark guesses as right.

    ``right``: Their lines.
    Raises ChangedError: If it is not that which was looked at.
    """
    if there.sha256 != seen:
        raise ChangedError
    return _written(
        there, _confirmed(there.text, right), _tables(there.folder, there.text), faulty=True
    )


def versions(folder: Path) -> list[Version]:
    """List what the catalog was before, the last first."""
    found = []
    for path in sorted((folder / deliver.OWN / VERSIONS).glob("*.toml"), reverse=True):
        with suppress(ValueError):
            said = f"{path.stem.partition('-')[0]}+0000"
            found.append(Version(path.stem, datetime.strptime(said, "%Y%m%dT%H%M%S%f%z")))
    return found


def restore(there: Text, seen: str, version: str) -> Text:
    """Go back to what the catalog was before; what it is now is kept.

    Raises ChangedError: If it is not that which was looked at.
    Raises SourceError: If there is no such version.
    """
    if there.sha256 != seen:
        raise ChangedError
    if version not in {each.id for each in versions(there.folder)}:
        raise SourceError(
            "There is no such version any more.", mend="Look at the catalog of the place anew."
        )
    path = there.folder / deliver.OWN / VERSIONS / f"{version}.toml"
    text = path.read_bytes().decode("utf-8")
    return _written(there, text, _tables(there.folder, text), faulty=True)


# --- comments ---------------------------------------------------------------------------------


@cache
def _marks() -> Mapping[str, tuple[str, str]]:
    """Give what a guess begins with, and what it does when it was found right, or corrected."""
    words = [translations.load(each) for each in translations.languages()]
    return {
        each("draft.guess").strip():
        (each("draft.right").strip(), each("draft.corrected").strip()) for each in words
    }


@cache
def _why() -> Mapping[str, str]:
    """Give the keys of the reasons that name nothing, by what is said in any language."""
    words = [translations.load(each) for each in translations.languages()]
    return {each(f"draft.{key}"): f"draft.{key}" for each in words for key in REASONS}


def _without_mark(said: str) -> str | None:
    """Give what a guess says; None of another comment."""
    mark = next((each for each in _marks() if said.startswith(each)), None)
    return None if mark is None else said.removeprefix(mark).strip()


def _remark(number: int, part: str, key: str, said: str) -> Remark:
    guess = _without_mark(said)
    about = None if guess is None else _ABOUT.match(guess)
    if about is not None:
        key = f"{key}.{UNIT}" if about[1] == UNIT else about[1]
    return Remark(number, part, key, said, guess is not None)


@lru_cache(maxsize=32)
def _remarks(text: str) -> tuple[Remark, ...]:
    """Find the comments of a catalog, and what each stands at."""
    counts: Counter[str] = Counter()
    part, inside = "", ""
    waiting: list[tuple[int, str]] = []
    found: list[Remark] = []

    def tell(key: str) -> None:
        found.extend(_remark(number, part, key, said) for number, said in waiting)
        waiting.clear()

    for number, line in enumerate(text.split("\n")):
        bare = line.strip()
        if bare.startswith("#"):
            waiting.append((number, bare.lstrip("#").strip()))
            continue
        if not bare:
            tell("")
            continue
        key = ""
        if (heading := _HEADING.match(line)) is not None:
            table, _, rest = heading[1].partition(".")
            if table in SEVERAL and not rest:
                counts[table] += 1
            part = f"{table}-{counts[table]}" if table in SEVERAL else table
            inside = f"{rest}." if rest else ""
        elif (named := _KEY.match(line)) is not None:
            key = inside + named[1].strip('"')
        tell(key)
        if (comment := _COMMENT.match(line)) is not None:
            waiting.append((number, comment[1].lstrip("#").strip()))
            tell(key)
    tell("")
    return tuple(found)


def _guess(remark: Remark, value: object) -> Guess:
    """Say what is guessed, and why."""
    why = _without_mark(remark.text) or ""
    about = _ABOUT.match(why)
    if about is not None:
        why = why[about.end():].lstrip(",， ")
    if isinstance(value, (list, tuple)):
        value = ", ".join(map(str, value))
    elif value is None and about is not None:
        value = json.loads(about[2]) if about[2].startswith('"') else about[2]
    shown = "" if value is None or isinstance(value, Mapping) else str(value)
    return Guess(remark.line, remark.part, remark.key, shown, why)


def _confirmed(text: str, right: Collection[int], corrected: Collection[int] = ()) -> str:
    """Mark the guesses of some lines as right, and those of others as corrected."""
    lines = text.split("\n")
    for each in _remarks(text):
        if each.guess and (each.line in right or each.line in corrected):
            mark = next(mark for mark in _marks() if each.text.startswith(mark))
            found_right, put_right = _marks()[mark]
            said = each.text.replace(
                mark, put_right if each.line in corrected else found_right, 1
            )
            head, _, tail = lines[each.line].rpartition(each.text)
            of = head if head.strip("# ") else "".join(lines[each.line + 1:each.line + 2])
            if each.line not in corrected and _WRITTEN_BLANK.search(of):
                continue  # it is asked for: there is nothing to be right
            lines[each.line] = f"{head}{said}{tail}"
    return "\n".join(lines)


def _corrected(there: Text, own: Part, new: Mapping[str, Any]) -> set[int]:
    """List the lines of the guesses of a part that are otherwise now, or there no more."""
    return {
        each.line for each in there.remarks()
        if each.guess and each.part == own.id and each.key
        and _at(own.holds, each.key) != _at(new, each.key)
    }


def _at(holds: Any, key: str) -> Any:  # noqa: ANN401
    """Give what a table says at a key, as its parts are joined by dots; of a column its name."""
    for name, quoted in _NAME.findall(key):
        if not isinstance(holds, Mapping):
            return None
        holds = holds.get(json.loads(quoted) if quoted else name)
    return holds["column"] if isinstance(holds, Mapping) and "column" in holds else holds


# --- writing ----------------------------------------------------------------------------------


def _put(document: Any, wanted: dict[str, Any], own: Part, new: Mapping[str, Any]) -> None:  # noqa: ANN401
    """Put a table into a document, and into what the document is to say."""
    table, _, number = own.id.partition("-")
    if table not in SEVERAL:
        if table not in document:
            if not new:
                return
            document[table] = tomlkit.table()
        wanted[table] = dict(new)
        _merge(document[table], dict(own.holds), new)
    elif number == NEW:
        made = tomlkit.table()
        _merge(made, {}, new)
        if table not in document:
            document[table] = tomlkit.aot()
        document[table].append(made)
        wanted.setdefault(table, []).append(dict(new))
    else:
        wanted[table][int(number) - 1] = dict(new)
        _merge(document[table][int(number) - 1], dict(own.holds), new)


def _merge(held: Any, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:  # noqa: ANN401
    """Change a table where it differs, and only there."""
    for key in old:
        if key not in new:
            del held[key]
    for key, value in new.items():
        before = old.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            _merge(held[key], before, value)
        elif key not in old or not _same(value, before):
            held[key] = _item(key, value, inline=isinstance(held, InlineTable))


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _item(key: str, value: Any, *, inline: bool) -> Any:  # noqa: ANN401
    """Make what is written of a value."""
    if not isinstance(value, dict):
        return tomlkit.item(value)
    apart = key in AS_TABLES and not inline
    made: Any = tomlkit.table() if apart else tomlkit.inline_table()
    for name, each in value.items():
        made[name] = _item(name, each, inline=not apart)
    return made


@lru_cache(maxsize=32)
def _loaded(text: str) -> dict[str, Any]:
    """Read a text once as long as it is the same."""
    return tomllib.loads(text)


def _tables(folder: Path, text: str) -> dict[str, Any]:
    try:
        return copy.deepcopy(_loaded(text))
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(
            f"{folder / catalog.CATALOG_NAME} is not valid TOML: {error}.",
            mend="Correct the line that is named.",
        ) from error


@lru_cache(maxsize=32)
def _fault(folder: Path, text: str) -> CatalogError | None:
    """Say why a text is no catalog; None where it is one."""
    try:
        place = catalog.place_of(_tables(folder, text), folder / catalog.CATALOG_NAME)
        for each in place.packs:
            catalog.rule_pack(each)
        if place.workflow is not None:
            catalog.workflow(place.workflow)
    except CatalogError as error:
        return error
    return None


def _written(
    there: Text, text: str, wanted: Mapping[str, Any], *, faulty: bool = False
) -> Text:
    """Write a catalog in place of another, which is kept.

    ``faulty``: Whether it may be wrong.
    """
    _insist(there, text, wanted, faulty=faulty)
    with _writing:
        if read(there.folder).sha256 != there.sha256:
            raise ChangedError
        if text != there.text:
            _keep(there)
            toml_edit.replace(there.folder / catalog.CATALOG_NAME, text)
    return Text(there.folder, text)


def _insist(
    there: Text, text: str, wanted: Mapping[str, Any], *, faulty: bool = False
) -> None:
    """Insist that a text says what it is to say, and is a catalog where the one before is."""
    if _tables(there.folder, text) != wanted:
        raise RuntimeError("The catalog would not say what was typed.")
    fault = _fault(there.folder, text)
    if fault is not None and not faulty and there.fault is None:
        raise fault


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise toml_edit.unwritable(folder, error) from error


def _keep(there: Text) -> None:
    """Keep what the catalog is before it changes."""
    kept = catalog.paths.confined(there.folder, there.folder / deliver.OWN / VERSIONS)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(2)}.toml"
    _make(kept)
    toml_edit.replace(kept / name, there.text)
    for each in versions(there.folder)[KEPT:]:
        with suppress(OSError):
            (kept / f"{each.id}.toml").unlink()
