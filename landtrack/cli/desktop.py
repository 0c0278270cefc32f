"""``landtrack desktop``: an icon that opens the desk by a double click."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import click

from landtrack.cli import language
from landtrack.cli.options import LANG
from landtrack.cli.printed import echo

OF_USER = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
"""Where Windows says which folder is the desktop, which may be one that is kept elsewhere too."""


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False,
                                                          exists=True))
@LANG
def desktop(folder: Path | None, lang: str | None) -> None:
    """Put an icon on the desktop that opens the desk of FOLDER by a double click.

    The demo place by default. A second one of the same folder takes the place of the first.
    """
    from landtrack.model import translations

    there = _desktop()
    there.mkdir(parents=True, exist_ok=True)
    named = f" {folder.resolve().name}" if folder is not None else ""
    command = [sys.executable, "-m", "landtrack", "serve"]
    command += [str(folder.resolve())] if folder is not None else []
    path = there / f"landtrack{named}{'.bat' if sys.platform == 'win32' else '.desktop'}"
    if sys.platform == "win32":
        path.write_bytes(batch(command).encode("utf-8"))
    else:
        path.write_text(entry(command, f"landtrack{named}"), encoding="utf-8")
        path.chmod(0o755)
    echo(translations.load(lang or language.now())("cli.desktop", path=path))


def batch(command: list[str]) -> str:
    """Write a command as a batch file of Windows, which reads it as UTF-8.

    Returns: With % doubled, which would else name a variable.
    """
    line = " ".join(f'"{each}"' for each in command).replace("%", "%%")
    return f"@echo off\r\nchcp 65001 >nul\r\n{line}\r\nif errorlevel 1 pause\r\n"


def entry(command: list[str], name: str) -> str:
    """Write a command as an entry of the desktop of Linux, which runs it in a terminal.

    Returns: As the Desktop Entry Specification has it: quoted, then escaped as a string, with %
    doubled.
    """
    line = " ".join(_quoted(each) for each in command).replace("%", "%%")
    value = line.replace("\\", "\\\\")
    title = name.replace("\\", "\\\\").replace("\n", " ")
    return (
        f"[Desktop Entry]\nType=Application\nName={title}\nExec={value}\nTerminal=true\n"
        "Categories=Office;\n"
    )


def _quoted(argument: str) -> str:
    """Quote an argument of an entry: what the specification reserves is escaped in it."""
    escaped = "".join(f"\\{sign}" if sign in '"`$\\' else sign for sign in argument)
    return f'"{escaped}"'


def _desktop() -> Path:
    """Find the folder of the desktop."""
    home = Path.home()
    if sys.platform == "win32":
        import winreg

        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, OF_USER) as key:
            return Path(os.path.expandvars(winreg.QueryValueEx(key, "Desktop")[0]))
    said = home / ".config" / "user-dirs.dirs"
    for line in said.read_text(encoding="utf-8").splitlines() if said.is_file() else ():
        name, sign, value = line.partition("=")
        if sign and name.strip() == "XDG_DESKTOP_DIR":
            stated = "".join(shlex.split(value)).replace("$HOME", str(home), 1)
            return Path(stated)
    return home / "Desktop"
