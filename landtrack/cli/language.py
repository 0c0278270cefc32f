"""In which language the command line answers, and how its English becomes another.

Commands say their help in English where they are declared; what the same is in another language
stands in ``data/messages/LANG.toml`` under the English words, click's own messages among them.
Help needs no library, so that the file is read with the standard library alone.
"""

from __future__ import annotations

import copy
import locale
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from types import ModuleType

import click
from click import core, decorators, exceptions, formatting, parser, termui, types, utils

from landtrack.cli import columns

ENGLISH = "en"
LANGUAGES = ("zh", ENGLISH)
MESSAGES = Path(__file__).parents[1] / "data" / "messages"
CLICK: tuple[ModuleType, ...] = (
    core, decorators, exceptions, formatting, parser, termui, types, utils,
)
"""The modules of click that put their messages through gettext."""

_now: ContextVar[str] = ContextVar("language of the command line", default=ENGLISH)

_by_desk: ContextVar[bool] = ContextVar("whether the desk called", default=False)


def asked(typed: Sequence[str]) -> str:
    """Tell in which language the reader reads.

    Returns: That of ``--lang`` where there are words for it, else Chinese or English as the
    computer is set.
    """
    named = ""
    for at, each in enumerate(typed):
        if each == "--lang" and at + 1 < len(typed):
            named = typed[at + 1]
        elif each.startswith("--lang="):
            named = each.partition("=")[2]
    if named in LANGUAGES:
        return named
    said = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    said = [each for each in said if each][:1] or [locale.getlocale()[0] or ""]
    return "zh" if said[0].lower().startswith(("zh", "chinese")) else ENGLISH


def now() -> str:
    """Tell the language of the command that is at work.

    Returns: As :func:`asked` found it.
    """
    return _now.get()


@cache
def tables(lang: str) -> Mapping[str, Mapping[str, str]]:
    """Load what the command line says in another language, by what it says in English.

    Returns: By the table of the file, such as ``error``; empty for English.
    """
    path = MESSAGES / f"{lang}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


@cache
def messages(lang: str) -> Mapping[str, str]:
    """Give all messages, of whatever table.

    Returns: By what they are in English; empty for English.
    """
    return {english: told for table in tables(lang).values() for english, told in table.items()}


def said(english: str) -> str:
    """Say a message in the language of the command that is at work.

    ``english``: As it is in English, with ``{name}`` where a value goes.
    Returns: The same in that language; as it is where that has no words for it.
    """
    return messages(_now.get()).get(english, english)


def of_error(english: str) -> str:
    """Say the cause or the mend of an expected failure in the language of the call.

    Returns: As :func:`landtrack.model.messages.of_error` has it.
    """
    from landtrack.model.messages import of_error as said_of  # not before: help needs no library

    return said_of(english, _now.get())


def of_mend(english: str) -> str:
    """Say the mend of an expected failure: as it is done in the desk where that called."""
    from landtrack.model.messages import in_desk  # not before: help needs no library

    return in_desk(english, _now.get()) if _by_desk.get() else of_error(english)


def for_desk() -> None:
    """Say from now on what is to be done in the desk, and not in the terminal."""
    _by_desk.set(True)


def by_desk() -> bool:
    """Tell whether the desk called."""
    return _by_desk.get()


def _said_of_number(one: str, several: str, number: int) -> str:
    return said(one if number == 1 else several)


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Answer in a language as long as a command is at work, click's own messages too."""
    for module in CLICK:  # each holds gettext's functions under these names, and no more of it
        for name, function in (("_", said), ("ngettext", _said_of_number)):
            if hasattr(module, name):
                setattr(module, name, function)
    before = _now.set(lang)
    try:
        yield
    finally:
        _now.reset(before)


class Help(columns.Columns):
    """Help in the language of the call."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called."""
        super().write_usage(prog, args, prefix or said("Usage:"))


class InColumns(click.Context):
    """A call whose help is laid out by columns."""

    formatter_class = Help


# --- commands in another language ---------------------------------------------------------


def in_language(command: click.Command) -> click.Command:
    """Copy a command with its help and its parameters in the language of the call.

    Returns: The copy, which does the same.
    """
    made = copy.copy(command)
    made.context_class = InColumns
    made.params = [_parameter(each) for each in command.params]
    if isinstance(made, click.Group):
        made.commands = {name: in_language(each) for name, each in made.commands.items()}
        made.params.append(_of_all(made))
        made.subcommand_metavar = said(made.subcommand_metavar)
    made.options_metavar = said(command.options_metavar or "")
    made.help = text(command.help or "")
    made.short_help = _short(made.help)
    return made


def _short(help_text: str) -> str:
    """Take the first clause of a help text, without what stands in brackets."""
    first = re.split(r"[。：；\n]|[.:;](?:\s|$)", help_text, maxsplit=1)[0]
    return re.sub(r"\s?\([^)]*\)|（[^）]*）", "", first)


def _of_all(group: click.Group) -> click.Option:
    """Make the option of a group that states the language of the commands in it."""
    def pass_on(ctx: click.Context, _: click.Parameter, lang: str | None) -> None:
        if lang is not None:
            ctx.default_map = _defaults(group, lang)

    return click.Option(
        ["--lang"], expose_value=False, callback=pass_on, metavar="zh|en",
        help=said("Language: zh or en; that of the computer by default."),
    )


def _defaults(group: click.Group, lang: str) -> dict[str, object]:
    return {"lang": lang, **{
        name: _defaults(each, lang) if isinstance(each, click.Group) else {"lang": lang}
        for name, each in group.commands.items()
    }}


def text(english: str) -> str:
    """Say a help text, paragraph by paragraph.

    ``english``: Paragraphs, with an empty line between two.
    Returns: The same in the language of the call.
    """
    return "\n\n".join(said(each) for each in paragraphs(english))


def paragraphs(english: str) -> list[str]:
    """Cut a help text into paragraphs, each on one line."""
    return [" ".join(each.split()) for each in english.split("\n\n") if each.strip()]


def _parameter(param: click.Parameter) -> click.Parameter:
    made = copy.copy(param)
    if isinstance(made, click.Option):
        made.help = said(made.help or "")
        if not (made.is_flag or made.count):
            made.metavar = placeholder(made)
    else:
        name = placeholder(made)
        made.metavar = name if made.required else f"[{name}]"
    return made


def placeholder(param: click.Parameter) -> str:
    """Name what is to be typed for a parameter.

    Returns: In the language of the call, such as ``文件``; the choices where there are some.
    """
    return said(plain_placeholder(param))


def plain_placeholder(param: click.Parameter) -> str:
    """Name in English what is to be typed for a parameter.

    Returns: Such as ``FILE``, without signs of what may be left out.
    """
    if param.metavar is not None:
        return param.metavar
    if isinstance(param.type, click.Choice):
        return f"[{'|'.join(map(str, param.type.choices))}]"
    if isinstance(param.type, click.DateTime):
        return "YYYY-MM-DD"
    if isinstance(param, click.Argument):
        return str(param.name).upper()
    if isinstance(param.type, click.Path):
        only = {(True, False): "FILE", (False, True): "FOLDER"}
        return only.get((param.type.file_okay, param.type.dir_okay), "PATH")
    return str(param.type.name).upper()
