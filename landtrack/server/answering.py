"""``python -m landtrack.server.answering``: the worker of a desk, with all libraries loaded.

It answers questions one after the other by the use cases of ``app``: each comes on the standard
input, its answer goes to the standard output. When the input closes, because the desk closes or
was killed, it ends; what it is at then has a moment to be carried out.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from landtrack.app import (
    cases,
    decision,
    handbook,
    history,
    map_news,
    note_taking,
    plot_land,
    register,
    sign_off,
    standing,
    step_entry,
    systems,
    table_rows,
    what_if,
)
from landtrack.app.ogc import answers, files, project
from landtrack.model import translations
from landtrack.model.address import Address, Outputs
from landtrack.model.errors import LandtrackError
from landtrack.model.outputs import STORE
from landtrack.server import frames, questions
from landtrack.server.questions import Answer, Fault, Question
from landtrack.store import address

GRACE_S = 5.0
"""How long it may go on with what it is at when nobody is there any more."""


def _out(asked: Question[Any]) -> Outputs:
    """Read where a store is: the outputs of a place, or the address of a shared one."""
    return address.named(asked.out, asked.token)


def _store(asked: Question[Any]) -> Address:
    return address.within(_out(asked))


def _stands(asked: questions.Stands) -> object:
    return standing.of(_store(asked))


def _overview(asked: questions.Overview) -> object:
    from landtrack.app import overview  # it is asked of a worker of its own
    from landtrack.output.reports import answers as written

    told = overview.of(_store(asked), Path(asked.folder))
    return json.loads(written.to_json(told))  # as JSON has it: what is no number is none


def _plots(asked: questions.Plots) -> object:
    return cases.listed(_out(asked), asked.wanted, first=asked.first, most=asked.most)


def _has_plot(asked: questions.HasPlot) -> object:
    return any(each.key == asked.plot for each in cases.plots(_out(asked)).rows)


def _case(asked: questions.OneCase) -> object:
    words, out = translations.load(asked.lang), _out(asked)
    own = cases.case(out, asked.plot, words, asked.wanted)
    if own is None:
        return None
    return own._replace(land=plot_land.under(out, asked.plot, words))


def _what_if(asked: questions.AskWhatIf) -> object:
    words = translations.load(asked.lang)
    return what_if.answer(Path(asked.folder), _out(asked), asked.plot, asked.changes, words)


def _compared(asked: questions.CompareWhatIfs) -> object:
    words = translations.load(asked.lang)
    return what_if.compared(Path(asked.folder), _out(asked), asked.plot, words)


def _keep(asked: questions.KeepWhatIf) -> object:
    return what_if.keep(
        Path(asked.folder), Path(asked.out), asked.plot, asked.name, asked.changes, by=asked.by,
        seen=asked.seen,
    )


def _remove(asked: questions.RemoveWhatIf) -> object:
    return what_if.remove(
        Path(asked.folder), Path(asked.out), asked.plot, asked.name, seen=asked.seen
    )


def _draft(asked: questions.Draft) -> object:
    words = translations.load(asked.lang)
    return decision.draft(
        Path(asked.folder), _out(asked), asked.plot, asked.name, words
    )


def _steps(asked: questions.Steps) -> object:
    return step_entry.seen(
        _out(asked), asked.track, asked.state, asked.most, kind=asked.kind, keys=asked.keys
    )


def _enter(asked: questions.Enter) -> object:
    return step_entry.enter(
        _out(asked), asked.action, asked.keys, asked.told,
        evidence=None if asked.evidence is None else Path(asked.evidence), seen=asked.seen,
        lang=asked.lang,
    )


def _chosen(asked: questions.Chosen) -> object:
    return step_entry.chosen(
        Path(asked.out), asked.track, asked.keys, asked.lang, line=asked.line
    )


def _draw(asked: questions.Draw) -> object:
    return step_entry.draw(
        Path(asked.out), asked.track, asked.keys, asked.names, Path(asked.path), asked.lang,
        line=asked.line,
    )


def _undo(asked: questions.Undo) -> object:
    return step_entry.undo(
        _out(asked), asked.events, why=asked.why, by=asked.by, lang=asked.lang
    )


def _map_news(asked: questions.MapNews) -> object:
    return map_news.since(_out(asked))


def _draw_map(asked: questions.DrawMap) -> object:
    from landtrack.app import draw_map  # only who draws takes its libraries

    draw_map.draw(_store(asked), Path(asked.into), place=Path(asked.folder))
    return None


def _history(asked: questions.History) -> object:
    out = _out(asked)
    return history.of_feature(out, asked.key, asked.lang) if asked.key else history.of_place(
        out, asked.lang, text=asked.text, stated=asked.stated, first=asked.first, most=asked.most
    )


def _undoing(asked: questions.Undoing) -> object:
    return history.undoing(_out(asked), asked.events, asked.lang)


def _add_note(asked: questions.AddNote) -> object:
    return note_taking.add(
        Path(asked.folder), Path(asked.out), asked.typed, [Path(each) for each in asked.pictures]
    )


def _change_notes(asked: questions.ChangeNotes) -> object:
    return note_taking.change(Path(asked.folder), asked.what, asked.marks, asked.by)


def _take_visit(asked: questions.TakeVisit) -> object:
    return note_taking.take_visit(
        Path(asked.folder), Path(asked.file), asked.named, asked.place
    )


def _issued(asked: questions.Issued) -> object:
    return register.listed(
        Path(asked.out), asked.text, asked.state, first=asked.first, most=asked.most
    )


def _preview(asked: questions.PreviewSheet) -> object:
    from landtrack.app import sheet_preview  # only who draws pages takes its libraries

    return sheet_preview.of(
        Path(asked.out) / STORE, asked.template, asked.selection, asked.typed, asked.at, asked.lang
    )


def _sign_offs(asked: questions.SignOffs) -> object:
    return sign_off.seen(_store(asked), asked.plot, asked.lang)


def _sign_off(asked: questions.SignOff) -> object:
    return sign_off.do(
        _store(asked), asked.what, asked.on, asked.typed, asked.reasons
    )


def _ogc(asked: questions.Ogc) -> object:
    return answers.answer(_store(asked), asked.asked)


def _ogc_file(asked: questions.OgcFile) -> object:
    return files.write(_store(asked), asked.asked, Path(asked.folder))


def _project(asked: questions.Project) -> object:
    return project.write(_store(asked), asked.base, asked.lang)


def _help(asked: questions.Help) -> object:
    return handbook.leaf(asked.topic, asked.lang, asked.addresses)


def _rows(asked: questions.Rows) -> object:
    return table_rows.last(
        Path(asked.folder), asked.path, asked.sheet or None, asked.encoding or None
    )


def _system(asked: questions.System) -> object:
    return systems.fault(asked.text, asked.table)


ANSWERS: Mapping[type[Question[Any]], Callable[[Any], object]] = {
    questions.Stands: _stands, questions.Overview: _overview,
    questions.Plots: _plots, questions.HasPlot: _has_plot,
    questions.OneCase: _case, questions.AskWhatIf: _what_if,
    questions.Steps: _steps,
    questions.Enter: _enter, questions.Undo: _undo, questions.History: _history,
    questions.Undoing: _undoing,
    questions.CompareWhatIfs: _compared, questions.KeepWhatIf: _keep,
    questions.RemoveWhatIf: _remove, questions.Draft: _draft,
    questions.AddNote: _add_note, questions.ChangeNotes: _change_notes,
    questions.TakeVisit: _take_visit,
    questions.Chosen: _chosen, questions.Draw: _draw, questions.Issued: _issued,
    questions.Help: _help, questions.MapNews: _map_news, questions.DrawMap: _draw_map,
    questions.Ogc: _ogc,
    questions.OgcFile: _ogc_file, questions.Project: _project,
    questions.PreviewSheet: _preview, questions.SignOffs: _sign_offs, questions.SignOff: _sign_off,
    questions.System: _system, questions.Rows: _rows,
}
"""By which use case each question is answered."""


def answer(asked: Question[Any]) -> Answer:
    """Answer a question; a failure is an answer too."""
    try:
        value = ANSWERS[type(asked)](asked)
        return Answer(value=msgspec.Raw(msgspec.msgpack.encode(value)))
    except LandtrackError as error:
        return Answer(fault=Fault(
            kind=type(error).__name__, cause=error.cause, mend=error.mend
        ))
    except Exception:  # noqa: BLE001  who asked is told, and it goes on
        told = traceback.format_exc()
        sys.stderr.write(told)
        return Answer(broken=told)


def serve() -> None:
    """Answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the desk, which then lets go
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    asked: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    known = msgspec.msgpack.Decoder(frames.union(questions.ANSWERS))
    while (told := asked.get()) is not None:
        frames.send(answers, msgspec.msgpack.encode(answer(known.decode(told))))


def _listen(asked: queue.SimpleQueue[bytes | None]) -> None:
    """Take in questions; where no more can come, end it all, whatever it is at."""
    source = os.fdopen(os.dup(0), "rb")
    while (told := frames.receive(source)) is not None:
        asked.put(told)
    asked.put(None)
    threading.Event().wait(GRACE_S)
    os._exit(1)


if __name__ == "__main__":
    serve()
