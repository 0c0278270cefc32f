"""The pages of the catalog of a place: its guesses, a form for each of its parts, its versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from landtrack.app import (
    answered_at,
    catalog_form,
    deliver,
    edit_catalog,
    files_seen,
    pack_list,
    places,
)
from landtrack.app.catalog_form import About, Input, Refused
from landtrack.app.edit_catalog import Guess, Part, RefusedError, Remark, Text
from landtrack.app.toml_edit import ChangedError
from landtrack.model import NO_WORKFLOW, catalog, messages, translations
from landtrack.model.errors import CatalogError, LandtrackError
from landtrack.model.outputs import STORE
from landtrack.server import asked
from landtrack.server.home import Home
from landtrack.server.jobs import DONE, Job, Jobs
from landtrack.server.questions import Rows, System
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for
from landtrack.server.worker import Worker

MOST = 512 * 1024
"""Bytes of a form of the catalog."""
SEEN, RIGHT, ALL, VERSION, CANDIDATE = "seen", "right", "all", "version", "candidate"
READING = "reading"
PACKS, PACK, RULES = "packs", "pack.", "rules"
"""Names of what a form says beside its inputs; a pack that is ticked goes to its input."""
MOST_VALUES, LONGEST_VALUE = 100, 200
"""So many values are asked for by an address, of so many signs each."""
PREVIEW = "preview"
"""Kind of jobs, by its key among the words; the command of the same name."""


class Shown(NamedTuple):
    """An input as it is shown.

    ``value``: What stands in it. ``now``: What the catalog says, where somebody else changed it
    meanwhile. ``remarks``: What the catalog remarks there. ``refused``: Why it cannot stand, and
    what may be written.
    """

    input: Input
    value: str
    now: str
    remarks: list[Remark]
    refused: list[tuple[str, str]]


class CatalogPages:
    """What the desk answers of catalogs."""

    def __init__(self, home: Home, jobs: Jobs, worker: Worker) -> None:
        self.home, self.jobs, self.worker = home, jobs, worker

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        here = "/places/{name}/catalog"
        return (
            Address(here, "GET", self.catalog),
            Address(f"{here}/confirm", "POST", self.confirm, MOST),
            Address(f"{here}/restore", "POST", self.restore),
            Address(f"{here}/part/{{part}}", "GET", self.part),
            Address(f"{here}/part/{{part}}", "POST", self.save, MOST),
            Address(f"{here}/part/{{part}}/remove", "POST", self.remove),
            Address(f"{here}/part/{{part}}/preview", "POST", self.preview, MOST),
            Address(f"{here}/take", "POST", self.take),
        )

    def catalog(self, request: Request) -> Response:
        """Show the guesses of a catalog, its parts and its versions."""
        there = self._there(request)
        return self._overview(request, there)

    async def confirm(self, request: Request) -> Response:
        """Mark guesses as right."""
        form = await request.form()
        there = await run_in_threadpool(self._own, request)
        right = _numbers(form.getlist(RIGHT))
        if form.get(ALL):
            right = {each.line for each in there.guesses()}
        return await run_in_threadpool(
            self._changing, request, there,
            lambda: edit_catalog.confirm(there, str(form.get(SEEN, "")), right),
        )

    async def restore(self, request: Request) -> Response:
        """Go back to what the catalog was before."""
        form = await request.form()
        there = await run_in_threadpool(self._own, request)
        return await run_in_threadpool(
            self._changing, request, there,
            lambda: edit_catalog.restore(
                there, str(form.get(SEEN, "")), str(form.get(VERSION, ""))
            ),
        )

    async def remove(self, request: Request) -> Response:
        """Take a part out of a catalog."""
        form = await request.form()
        there = await run_in_threadpool(self._own, request)
        return await run_in_threadpool(
            self._changing, request, there,
            lambda: edit_catalog.remove(
                there, str(form.get(SEEN, "")), request.path_params["part"]
            ),
        )

    def part(self, request: Request) -> Response:
        """Show a part of a catalog as a form."""
        there = self._there(request)
        own, name = self._part(request, there), request.query_params.get(CANDIDATE)
        if name is None:
            return self._form(request, there, own, before=edit_catalog.looked_at(there, own.id))
        edit = edit_catalog.typed_before(there.folder, name)
        if edit is None or edit.part != own.id:
            raise asked.UnknownError
        return self._form(
            request, there, own, edit.posted, right=edit.right,
            changed=edit.posted.get(SEEN) != there.sha256,
        )

    async def save(self, request: Request) -> Response:
        """Change a part of a catalog to what was typed."""
        form = await request.form()
        posted = {key: each for key, each in form.items() if isinstance(each, str)}
        return await run_in_threadpool(
            self._saved, request, posted, _numbers(form.getlist(RIGHT))
        )

    async def preview(self, request: Request) -> Response:
        """Ask what would be judged otherwise by what was typed."""
        form = await request.form()
        posted = {key: each for key, each in form.items() if isinstance(each, str)}
        return await run_in_threadpool(
            self._saved, request, posted, _numbers(form.getlist(RIGHT)), at_once=False
        )

    async def take(self, request: Request) -> Response:
        """Let a catalog count that was looked at before."""
        name = str((await request.form()).get(CANDIDATE, ""))
        there = await run_in_threadpool(self._own, request)
        return await run_in_threadpool(
            self._changing, request, there, lambda: edit_catalog.take(there, name)
        )

    def _saved(
        self, request: Request, posted: Mapping[str, str], right: set[int], *, at_once: bool = True
    ) -> Response:
        there = self._own(request)
        own = self._part(request, there)
        posted = _with_packs(own, posted)
        if posted.get(ALL):
            right = right | {each.line for each in there.guesses() if each.part == own.id}
        try:
            chosen, unsure = self._chosen(request, there, own, posted.get(READING, ""))
            typed = (there, posted.get(SEEN, ""), own.id, {**posted, **chosen},
                     self._about(request, there, own.id), right)
            if not at_once:
                candidate = edit_catalog.keep(*typed, unsure=unsure)
                if candidate is not None:
                    return self._previewed(request, there, candidate)
            edit_catalog.save(*typed, unsure=unsure)
        except ChangedError:
            return self._form(request, there, own, posted, right=right, changed=True)
        except LandtrackError as error:
            return self._form(request, there, own, posted, right=right, error=error)
        return self._to_catalog(request)

    def _previewed(self, request: Request, there: Text, candidate: Path) -> Response:
        """Have said what another catalog would change."""
        return preview(
            self.jobs, request, there.folder, [f"--catalog={candidate}"],
            self.home.judged(there.folder, candidate.stem),
        )

    def _changing(self, request: Request, there: Text, change: object) -> Response:
        """Change a catalog, or say that it is not that which was looked at."""
        try:
            change()  # type: ignore[operator]
        except ChangedError:
            return self._overview(request, there, changed=True)
        return self._to_catalog(request)

    def _overview(self, request: Request, there: Text, *, changed: bool = False) -> Response:
        words = words_for(request)
        parts, fault = [], there.fault
        if fault is None or _is_toml(there):
            parts = there.parts()
        guesses: dict[str, list[tuple[Guess, str]]] = defaultdict(list)
        for each in there.guesses(words):
            guesses[each.part].append((each, _called(each, words)))
        return page(
            request, "catalog.html.j2", status=409 if changed else 200, changed=changed,
            place=places.plain(request.path_params["name"], there.folder), there=there,
            own=not places.is_demo(there.folder),
            fault=None if fault is None else asked.told(fault, words.lang), parts=parts,
            guesses=guesses, count=sum(map(len, guesses.values())),
            asked={
                part: sum(map(len, own.values())) for part, own in there.asked().items()
            } if parts else {},
            versions=edit_catalog.versions(there.folder), several=catalog_form.SEVERAL,
            unused=[] if fault is not None and not parts else self._unused(there.folder, parts),
        )

    def _unused(self, folder: Path, parts: Sequence[Part]) -> list[tuple[str, tuple[str, ...]]]:
        """List the files that were looked at and that no part of a catalog names, with columns."""
        known, named = places.plain("", folder), set(_texts([each.holds for each in parts]))
        seen = files_seen.columns(folder, self.home.seen(folder))
        return [
            (file, tuple(dict.fromkeys(name for own in layers.values() for name in own)))
            for file, layers in seen.items()
            if layers and file not in named and not known.names(file)
        ]

    def _form(  # noqa: PLR0913  what a form is shown with
        self, request: Request, there: Text, own: Part, posted: Mapping[str, str] | None = None, *,
        right: Collection[int] = (), changed: bool = False, error: LandtrackError | None = None,
        before: str = "",
    ) -> Response:
        """Show a part as a form.

        ``posted``, ``right``: What was typed and ticked. ``changed``: Whether the catalog is not
        that which it was typed for. ``before``: What was looked at of it and does not count yet.
        """
        words = words_for(request)
        typed = posted or {}
        remarks = [each for each in there.remarks() if each.part == own.id]
        inputs = catalog_form.form(own.table, own.holds, self._about(request, there, own.id))
        places_of = {_at(each) for each in inputs}
        shown = []
        told: set[str] = set()
        refused = error.refused if isinstance(error, RefusedError) else []
        for each in inputs:
            value = typed.get(each.name, each.shown).replace("\r\n", "\n")
            at = _at(each)
            own_remarks = [] if at in told else [one for one in remarks if one.key == at]
            told.add(at)
            now = each.shown if changed and value != each.shown else ""
            shown.append(Shown(each, value, now, own_remarks, [
                (messages.of_error(one.cause, words.lang), messages.in_desk(one.mend, words.lang))
                for one in refused if one.name == each.name
            ]))
        packs = pack_list.listed(words) if own.table == "place" else []
        named = _lines(next((each.value for each in shown if each.input.name == RULES), ""))
        listed = {each.id for each in packs}
        if packs:
            shown = [
                each._replace(value="\n".join(one for one in named if one not in listed))
                if each.input.name == RULES else each for each in shown
            ]
        known = dict.fromkeys(each.known for each in inputs if each.known)
        of_values = _of_values(remarks, {each.block for each in inputs})
        beside = {each.line for own in of_values.values() for each in own}
        guesses = {each.line: each for each in there.guesses(words) if each.part == own.id}
        return page(
            request, "part.html.j2", status=409 if changed or error else 200,
            place=places.plain(request.path_params["name"], there.folder), there=there, part=own,
            own=not places.is_demo(there.folder), changed=changed, before=before,
            ticked=set() if changed else set(right),
            error=None if error is None else asked.told(error, words.lang),
            refused_at=_refused_at(refused, inputs, words),
            main=[each for each in shown if not each.input.block],
            blocks=_blocks(shown), explained=_explained(words.lang),
            remarks=[
                each for each in remarks
                if each.key not in places_of and each.line not in beside
                and not edit_catalog.asks(each)
            ],
            guesses=guesses, names={line: _called(each, words) for line, each in guesses.items()},
            of_values=of_values, all_right=ALL in typed,
            judged=there.fault is None and places.is_judged(there.folder),
            lists={each: f"list-{number}" for number, each in enumerate(known)},
            can_go=own.table in catalog_form.SEVERAL and not own.id.endswith(catalog_form.NEW),
            packs=packs, named=named,
            units=_units(own.holds), label=translations.field_label, amount=_amount,
            readings=self._readings(request, there, own), reading=typed.get(READING, ""),
            asks=f"?{request.url.query}" if answered_at.ASKS in request.query_params else "",
        )

    def _readings(
        self, request: Request, there: Text, own: Part
    ) -> files_seen.Readings:
        """List the ways to read the coordinates of a layer; of a place those of its layers."""
        maps, words = self.home.maps(there.folder), words_for(request)
        if own.table == "layer":
            return _candidates(there.folder, maps, own.holds, words)
        if own.table != "place":
            return files_seen.Readings()
        layers = sorted(
            (each.holds for each in there.parts() if each.table == "layer"),
            key=lambda each: each.get("kind") != "plots",
        )
        listed = (_candidates(there.folder, maps, each, words) for each in layers)
        found = next((each for each in listed if len(each.candidates) > 1), files_seen.Readings())
        metric = tuple(each for each in found.candidates if each.metric and not each.axes)
        return found._replace(candidates=metric)

    def _chosen(
        self, request: Request, there: Text, own: Part, reading: str
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Give the inputs of a reading that was chosen on the map, and what is remarked there.

        Raises CatalogError: If it is none of those that were shown.
        """
        if not reading:
            return {}, {}
        words = words_for(request)
        found = next((
            each for each in self._readings(request, there, own).candidates
            if each.value == reading
        ), None)
        if found is None:
            raise CatalogError(
                f"{reading!r} is none of the ways in which the coordinates can be read.",
                mend="Look at the files of the place again, and choose anew.",
            )
        said = words("draft.guess") + words("draft.crs_chosen", name=found.name)
        axes = {"axes": found.axes} if own.table == "layer" else {}
        return {"crs": found.crs, **axes}, {"crs": said}

    def _about(self, request: Request, there: Text, part: str) -> About:
        folder = there.folder
        known = places.plain("", folder).place
        return About(
            words=words_for(request), files=tuple(deliver.files_of(folder)),
            columns=files_seen.columns(folder, self.home.seen(folder)),
            asked={**there.asked().get(part, {}), **_asked(request)},
            layers=files_seen.layers(folder, self.home.seen(folder)),
            systems=lambda text, table: self.worker.ask(System(text=text, table=table)),
            headings=files_seen.headings(folder, self.home.seen(folder)),
            rows=lambda path, sheet, encoding: self.worker.ask(
                Rows(folder=str(folder), path=path, sheet=sheet, encoding=encoding)
            ),
            workflow=NO_WORKFLOW if known is None or known.workflow is None else known.workflow,
        )

    def _there(self, request: Request) -> Text:
        folder = asked.folder(self.home, request)
        if not places.is_drafted(folder):
            raise asked.UnknownError
        return edit_catalog.read(folder)

    def _own(self, request: Request) -> Text:
        """Give the catalog of a place that may be changed."""
        there = self._there(request)
        places.insist_on_own(there.folder)
        return there

    @staticmethod
    def _part(request: Request, there: Text) -> Part:
        own = there.part(request.path_params["part"])
        if own is None:
            raise asked.UnknownError
        return own

    @staticmethod
    def _to_catalog(request: Request) -> Response:
        return RedirectResponse(f"/places/{quote(request.path_params['name'])}/catalog", 303)


def preview(
    jobs: Jobs, request: Request, folder: Path, what: list[str], save: Path
) -> Response:
    """Have said what a change of a place would change.

    ``what``: The options of ``landtrack preview`` that name the change.
    ``save``: Where the list of it is kept.
    """
    out = places.out_of(folder)
    return asked.job(
        jobs, request, PREVIEW, [PREVIEW], [*what, f"--save={save}"], [str(folder)],
        out=out if (out / STORE).is_file() else None,
    )


def part_of(folder: Path, candidate: str) -> str:
    """Name the part at which a catalog that was looked at is gone on with; empty if at none."""
    edit = edit_catalog.typed_before(folder, candidate)
    return "" if edit is None else edit.part


def candidate_of(job: Job) -> str:
    """Name the catalog that a job looked at before it counts; empty where there is none."""
    named = (each.partition("=") for each in job.arguments.split("\0"))
    found = next((value for name, _, value in named if name == "--catalog"), "")
    return Path(found).stem if job.kind == PREVIEW and job.state == DONE else ""


def _with_packs(own: Part, posted: Mapping[str, str]) -> Mapping[str, str]:
    """Put the packs that were ticked into the input that names them; without a list it stands."""
    if own.table != "place" or PACKS not in posted:
        return posted
    before = own.holds.get(RULES, ())
    named = pack_list.chosen(
        [before] if isinstance(before, str) else [str(each) for each in before],
        [each.removeprefix(PACK) for each in posted if each.startswith(PACK)],
        _lines(posted.get(RULES, "")),
    )
    kept = {name: said for name, said in posted.items() if not name.startswith(PACK)}
    return {**kept, RULES: "\n".join(named)}


def _lines(said: str) -> list[str]:
    return [each.strip() for each in said.splitlines() if each.strip()]


def _numbers(said: object) -> set[int]:
    listed = said if isinstance(said, list) else []
    found = {asked.number(each) for each in listed if isinstance(each, str)}
    return {each for each in found if each is not None}


def _asked(request: Request) -> dict[str, tuple[str, ...]]:
    """Read of which block of a form an address asks, and for which values that have no code."""
    block = request.query_params.get(answered_at.ASKS, "")
    values = (each[:LONGEST_VALUE] for each in request.query_params.getlist(answered_at.VALUE))
    return {block: tuple(dict.fromkeys(filter(None, values)))[:MOST_VALUES]} if block else {}


def _texts(holds: object) -> Iterator[str]:
    """Give the texts that tables hold, wherever they stand."""
    if isinstance(holds, str):
        yield holds
    elif isinstance(holds, Mapping):
        yield from _texts(list(holds.values()))
    elif isinstance(holds, list):
        for each in holds:
            yield from _texts(each)


def _is_toml(there: Text) -> bool:
    try:
        there.parts()
    except LandtrackError:
        return False
    return True


def _at(each: Input) -> str:
    """Name the key of a catalog at which an input stands."""
    column = each.table == "column" and each.key == "column"
    return f"{each.block}.{each.row}" if column else each.name


def _of_values(remarks: list[Remark], blocks: Collection[str]) -> dict[str, list[Remark]]:
    """Sort what is remarked of values by the block of their field, where there is one."""
    found: dict[str, list[Remark]] = defaultdict(list)
    for each in remarks:
        block = ".".join(each.key.split(".")[:2])
        if block.startswith("values.") and block in blocks:
            found[block].append(each)
    return found


def _called(guess: Guess, words: translations.Words) -> str:
    """Say what a guess is about, in the words of the form."""
    table, key = guess.part.partition("-")[0], guess.key
    within = words("desk.block.ledger") + ": " if key.startswith("ledger.") else ""
    own = key.removeprefix("ledger.")
    if own.startswith("fields."):
        _, name, *unit = own.split(".")
        label = translations.field_label(words, name)
        return within + (words("desk.unit_of", field=label) if unit else label)
    if own.startswith("values."):
        _, name, written = own.split(".", 2)
        return f"{translations.field_label(words, name)}: {written.strip(chr(34))}"
    if own.startswith("constants."):
        return translations.field_label(words, own.split(".", 1)[1])
    named = f"form.name.{'ledger' if within else table}.{own}"
    return within + words(named) if words.has(named) else key or words(f"desk.part.{table}")


def _refused_at(
    refused: list[Refused], inputs: list[Input], words: translations.Words
) -> dict[str, str]:
    """Name the inputs at which something cannot stand in the words of the form, by their names."""
    of = {each.name: each for each in inputs}
    return {
        each.name: _label(of[each.name], words) for each in refused if each.name in of
    }


def _label(own: Input, words: translations.Words) -> str:
    """Name an input as its form does."""
    if own.table == "column":
        key = {"column": "desk.column_of", "unit": "desk.unit_of"}.get(own.key, "desk.column_of")
        return words(key, field=translations.field_label(words, own.row))
    block = own.block.partition(".")[0]
    if own.key == "values":
        field = translations.field_label(words, own.block.split(".")[-1])
        return words("desk.codes_of", field=field)
    if block in ("where", "constants"):
        return words(f"desk.block.{block}")
    named = f"form.name.{own.table}.{own.key}"
    return words(named) if words.has(named) else own.name


def _blocks(shown: list[Shown]) -> dict[str, dict[str, list[Shown]]]:
    """Sort the inputs of tables within a table by table and row."""
    found: dict[str, dict[str, list[Shown]]] = {}
    for each in shown:
        if each.input.block:
            found.setdefault(each.input.block, {}).setdefault(each.input.row, []).append(each)
    return found


def _units(holds: Mapping[str, object]) -> dict[str, str]:
    """Give the fields of a kind that are figures of a unit."""
    schema = catalog.schemas().get(str(holds.get("kind", "")))
    return {} if schema is None else {
        name: each.unit for name, each in schema.fields.items() if each.unit
    }


def _candidates(
    folder: Path, maps: Path, layer: Mapping[str, object], words: translations.Words
) -> files_seen.Readings:
    """List the ways to read the coordinates of a layer of a catalog."""
    path, named = layer.get("path"), layer.get("layer") or layer.get("sheet")
    if not isinstance(path, str):
        return files_seen.Readings()
    return files_seen.candidates(
        folder, maps, path, words, layer=named if isinstance(named, str) else None
    )


def _amount(cell: str, unit: str, stored: str) -> str:
    """Say what a cell comes to in the unit that figures are stored in; empty where it is that."""
    factor = catalog.units.units().get(stored, {}).get(unit)
    if factor in (None, 1.0):
        return ""
    try:
        return f"{float(cell.replace(',', '')) * factor:,.12g}"
    except ValueError:
        return ""


@cache
def _explained(lang: str) -> translations.Words:
    """Load what the keys of a catalog mean."""
    return translations.read(Path(catalog.data_file(f"docs/{lang}", "words")), lang)
