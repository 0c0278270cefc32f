"""The icon on the desktop, and landtrack called with nothing typed."""

import configparser
import re
import subprocess
import sys

import pytest
from test_amounts import typed

from landtrack.cli import serve
from landtrack.cli.desktop import batch
from landtrack.cli.main import main

ODD = ["plain", "with blank", "50% off", "a$HOME`x`", 'quote"d', "back\\slash", "园区 一", "a&b;c"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    made = tmp_path / "home"
    made.mkdir()
    monkeypatch.setenv("HOME", str(made))
    return made


def unquoted(line):
    """Read a command as the Desktop Entry Specification says: string, then quotes, then %."""
    whole = line.replace("\\\\", "\\")
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', whole)
    return [re.sub(r"\\(.)", r"\1", each).replace("%%", "%") for each in parts]


@pytest.mark.parametrize("name", ODD)
def test_the_icon_opens_the_desk_of_its_folder_whatever_its_name(home, tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()

    said = typed("desktop", folder)

    assert said.exit_code == 0, said.output
    icon = home / "Desktop" / f"landtrack {name}.desktop"
    assert icon.stat().st_mode & 0o111
    read = configparser.RawConfigParser(interpolation=None)
    read.read(icon, encoding="utf-8")
    assert unquoted(read["Desktop Entry"]["Exec"]) == [
        sys.executable, "-m", "landtrack", "serve", str(folder)
    ]


def test_the_desktop_is_where_its_user_has_it(home):
    (home / ".config").mkdir()
    (home / ".config" / "user-dirs.dirs").write_text(
        '# comment\nXDG_DESKTOP_DIR="$HOME/桌 面"\n', encoding="utf-8"
    )

    typed("desktop")

    assert (home / "桌 面" / "landtrack.desktop").is_file()


def test_a_second_icon_of_a_folder_takes_the_place_of_the_first(home):
    typed("desktop")
    typed("desktop")

    assert [each.name for each in (home / "Desktop").iterdir()] == ["landtrack.desktop"]


def test_a_folder_that_is_not_there_has_no_icon(home, tmp_path):
    assert typed("desktop", tmp_path / "none").exit_code == 2
    assert not (home / "Desktop").exists()


def test_a_batch_file_runs_the_command_with_its_signs():
    made = batch(["C:\\Program Files\\python.exe", "serve", "D:\\50% 园区"])

    assert '"C:\\Program Files\\python.exe" "serve" "D:\\50%% 园区"\r\n' in made
    assert made.startswith("@echo off\r\nchcp 65001")


def test_with_nothing_typed_the_desk_opens_on_a_terminal_and_help_is_shown_elsewhere(monkeypatch):
    opened = []
    monkeypatch.setattr(serve, "callback", lambda **options: opened.append(options))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    with pytest.raises(SystemExit):
        main([])
    assert [each["folder"] for each in opened] == [None]

    shown = subprocess.run(
        [sys.executable, "-m", "landtrack"], capture_output=True, text=True, check=False
    )
    assert "Usage: " in shown.stdout + shown.stderr
