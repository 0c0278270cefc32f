"""``--lang zh`` speaks Chinese in every command: help, usage errors, tables, progress."""

import ast
import inspect
import re
from pathlib import Path

import click
import pytest
from click import core, decorators, exceptions, formatting, parser, termui, types, utils
from click.testing import CliRunner

import landtrack
from landtrack.cli import columns, language
from landtrack.cli.main import main

HAN = re.compile(r"[\u3400-\u9fff]")
CLI = Path(landtrack.__file__).parent / "cli"
OF_PROGRAMMERS = re.compile(
    r"UUID|Deprecat|deprecated|declar|defined twice|cannot use the same flag|Choice\(|iterable|"
    r"standard stream|colour|Press any key|confirm|Confirm|entered values|invalid input|"
    r"^d$|Editing|executable|values are required|continue\?|^(file|directory|path)$|determine name"
)
"""Messages of click that only who writes a command with prompts and the like meets."""


def typed(*arguments, **more):
    return CliRunner().invoke(main, [str(each) for each in arguments], **more)


def commands(command=main, path=()):
    """Walk all commands; a path and the command."""
    yield path, command
    for name, below in sorted(getattr(command, "commands", {}).items()):
        yield from commands(below, (*path, name))


ALL = list(commands())
NAMES = [" ".join(path) or "landtrack" for path, _ in ALL]
PATHS = [path for path, _ in ALL]
ZH = language.messages("zh")


@pytest.mark.parametrize("command", [command for _, command in ALL], ids=NAMES)
def test_every_help_option_and_argument_has_chinese(command):
    said = language.paragraphs(command.help)
    said += [each.help for each in command.params if isinstance(each, click.Option)]
    said += [
        name for name in map(language.plain_placeholder, command.params)
        if not name.startswith("[") and name != "BOOLEAN"
    ]

    assert None not in said, "an option has no help"
    assert [each for each in said if each not in ZH] == []


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_help_in_chinese_has_no_english_sentence(path):
    said = typed(*path, "--help", "--lang", "zh")

    assert said.exit_code == 0
    for line in said.output.splitlines():
        words = re.findall(r"\b[A-Za-z][a-z]{2,}\b", re.sub(r"--?[\w/-]+|\[.*?\]|`.*?`", "", line))
        assert HAN.search(line) or len(words) < 4, line
    assert said.output.startswith("用法：landtrack")
    assert "选项：" in said.output


@pytest.mark.parametrize("path", PATHS, ids=NAMES)
def test_every_command_takes_a_language(path):
    said = typed(*path, "--lang", "en", "--help")

    assert said.exit_code == 0
    assert "--lang zh|en" in said.output
    assert not HAN.search(said.output)


def test_every_message_of_click_that_a_planner_meets_has_chinese():
    said = set()
    for module in (core, decorators, exceptions, formatting, parser, termui, types, utils):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "ngettext"}:
                said |= {
                    each.value for each in node.args
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }

    assert len(said) > 40
    assert sorted(each for each in said - set(ZH) if not OF_PROGRAMMERS.search(each)) == []


def test_usage_errors_of_our_own_have_chinese():
    said = []
    for path in CLI.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "UsageError":
                (argument,) = node.args
                assert isinstance(argument, ast.Call), f"{path.name}: not through language.said"
                said.append(argument.args[0].value)

    assert said
    assert [each for each in said if each not in ZH] == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("vet", "缺少参数 '项目|地块'"),
        ("vet XP-011 --sett 3", "没有选项 '--sett'。"),
        ("vet XP-011 --sett 3", "是否要用其中之一：'--set', '--stage', '--store'？"),
        ("run --as-of never", "'--as-of' 的取值有误：'never' 不是日期"),
        ("run --as-of", "选项 '--as-of' 后面应有一个值"),
        ("run a b", "多出参数（b）"),
        ("sheet parcel --paper A9", "'A9' 不在可选范围内：'A4', 'A3', 'A2', 'A1', 'A0'"),
        ("sheet parcel --draft=1", "选项 '--draft' 后面不带值"),
        ("nonsense", "没有命令 'nonsense'"),
        ("status undo first --why x", "'事件号...' 的取值有误：'first' 不是有效的数字"),
        ("status undo 1", "缺少选项 '--why'"),
        ("map --as-of 2006-01-01", "写 --as-of 须同时写 --place"),
        ("site", "请写一个项目或地块"),
    ],
)
def test_what_is_typed_wrong_is_said_in_chinese(line, told):
    said = typed("--lang", "zh", *line.split())

    assert said.exit_code == 2
    assert "错误：" in said.stderr
    assert told in said.stderr
    assert not re.search(r"Error|Usage|Try |Missing|Invalid|No such", said.stderr)


def test_english_is_said_again_after_chinese():
    typed("vet", "--lang", "zh")

    assert "Missing argument 'PROJECT|PLOT'" in typed("vet", "--lang", "en").stderr


@pytest.mark.parametrize(
    ("locale", "told"), [("zh_CN.UTF-8", "缺少参数"), ("C.UTF-8", "Missing argument"),
                         ("de_DE.UTF-8", "Missing argument")]
)
def test_without_lang_it_speaks_as_the_computer_is_set(locale, told):
    assert told in typed("vet", env={"LC_ALL": locale}).stderr


def test_the_language_may_stand_before_the_command():
    assert "用法：landtrack status show" in typed("--lang", "zh", "status", "show", "-h").output


def test_a_run_tells_steps_table_and_outcome_in_chinese(tmp_path):
    said = typed("run", "--out", tmp_path / "build", "--lang", "zh")

    assert said.exit_code == 1
    assert "73 个地块的核查结果" in said.stdout
    assert re.search(r"│ 投资强度 +│ >= 2,500 元/m2 +│ +68 │ +2 │ +3 │ +0 │", said.stdout)
    assert "数据问题：1 个警告" in said.stdout
    assert "要素：读入 703 = 采用 703 + 搁置 0 + 未选用 0" in said.stdout
    assert [line.split()[0] for line in said.stderr.splitlines()][-1] == "写出"
    for line in (said.stdout + said.stderr).splitlines():
        shown = re.sub(r"\S+\.\w+|\S*/\S*", "", line)  # names of files
        assert not re.search(r"\b(plots?|rule|pass|read|write|join)\b", shown), line


def test_what_cannot_be_done_has_its_headings_in_chinese(tmp_path):
    first, second = typed("run", tmp_path / "no", "--lang", "zh").stderr.splitlines()[-2:]

    assert first.startswith("错误：")
    assert second.startswith("  怎么改：")


# --- columns ------------------------------------------------------------------------------


@pytest.mark.parametrize("room", range(20, 60))
def test_a_chinese_character_takes_two_columns_and_no_line_begins_with_a_comma(room):
    text = "把文件放进一个文件夹（如“我的园区”），运行 landtrack init，起草编目文件。"

    lines = columns.wrap(text, room)

    assert all(columns.width(line) <= room or line[-1] in columns.CLOSING for line in lines)
    assert [line for line in lines if line[0] in columns.CLOSING] == []
    assert [line for line in lines if line[-1] in columns.OPENING] == []
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_words_are_not_cut_and_keep_their_blanks():
    assert columns.wrap("one two three four", 9) == ["one two", "three", "four"]
