"""Every expected failure is said in Chinese, its values in their places."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import landtrack
from landtrack.cli import language
from landtrack.cli.main import main
from landtrack.model import errors, messages

PACKAGE = Path(landtrack.__file__).parent
RAISED = {
    name for name, each in vars(errors).items()
    if isinstance(each, type) and issubclass(each, errors.LandtrackError)
}
HAN = re.compile(r"[\u3400-\u9fff]")
CHINESE = language.tables("zh")["error"]
ENGLISH = re.compile(r"\b[A-Za-z][a-z]+ [a-z]+ [a-z]+ [a-z]+\b")
"""Four words of a sentence."""


def templates(node):
    """Write what stands in code for a sentence, with {1}, {2} … where a value goes."""
    if isinstance(node, ast.IfExp):
        return [*templates(node.body), *templates(node.orelse)]
    count = 0

    def written(part):
        nonlocal count
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            return part.value.replace("{", "{{").replace("}", "}}")
        if isinstance(part, ast.JoinedStr):
            return "".join(map(written, part.values))
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add):
            return written(part.left) + written(part.right)
        count += 1
        return f"{{{count}}}"

    return [written(node)]


def raised(path):
    """List the sentences of a module that an expected failure is made of."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and (
            getattr(node.func, "id", getattr(node.func, "attr", "")) in RAISED
        ):
            mends = [key.value for key in node.keywords if key.arg == "mend"]
            for each in [*node.args[:1], *mends]:
                for template in templates(each):
                    if re.search("[a-z]{3}", re.sub(r"\{\d+\}", "", template)):
                        yield template


def places(template):
    return sorted(re.findall(r"\{\d+\}", template.replace("{{", "").replace("}}", "")))


def test_every_sentence_of_an_expected_failure_has_chinese():
    """A new one gets its Chinese in ``data/messages/zh.toml`` under [error]."""
    said = {each for path in PACKAGE.rglob("*.py") for each in raised(path)}

    assert len(said) > 500
    assert sorted(said - set(CHINESE)) == []


def test_what_to_do_in_the_desk_stands_under_a_mend_that_is_raised_and_names_no_command():
    desk = tomllib.loads((PACKAGE / "data" / "desk_mends.toml").read_text(encoding="utf-8"))

    assert set(desk) == {"en", "zh"}
    assert set(desk["en"]) == set(desk["zh"])
    assert sorted(set(desk["en"]) - set(CHINESE)) == []
    for each in desk.values():
        assert [one for one in each.values() if re.search(r"landtrack |--|`", one)] == []
    stale = "Look at the change; to enter yours all the same, do it again, with --seen 600 where "
    assert "step" in messages.in_desk(stale + "you gave another.", "en")
    assert messages.in_desk("Write it as 2006-12-31.", "zh") == "请写成 2006-12-31 的形式。"


def test_the_chinese_has_the_same_values():
    assert [each for each in CHINESE if places(each) != places(CHINESE[each])] == []


@pytest.mark.parametrize("english", CHINESE)
def test_a_sentence_with_its_values_is_found_again(english):
    values = [f"值{number}" for number in range(30)]

    with language.speaking("zh"):
        said = language.of_error(english.format(*values))

    assert said == CHINESE[english].format(*values)


def test_the_cause_of_another_failure_within_a_sentence_is_said_too():
    raised = "a.dxf is not written: plots.gpkg has no coordinate reference system."

    with language.speaking("zh"):
        assert language.of_error(raised) == "a.dxf 没有写出：plots.gpkg 没有坐标系。"


def test_in_english_it_is_as_it_was_raised():
    with language.speaking("en"):
        assert language.of_error("There is no file a.csv.") == "There is no file a.csv."


def test_what_has_no_chinese_is_said_as_it_is():
    with language.speaking("zh"):
        assert language.of_error("Nobody wrote this down") == "Nobody wrote this down"


def typed(*arguments):
    said = CliRunner().invoke(main, [*map(str, arguments), "--lang", "zh"])
    assert said.exit_code == 2
    return said.stderr.partition("错误：")[2]


@pytest.mark.parametrize(
    ("catalog", "told", "mend"),
    [
        ('[place]\nid = "a"\ntitel = 1', "没有 `titel` 这个键", "可选：id, title, language, crs"),
        ("[place]\nid = 1", "应为 `str`，写的却是 `int`", "请改正所指的键或值"),
        ("[place", "不是有效的 TOML", "请改正所指的那一行"),
        ('[plaec]\nid = "a"', "没有 'plaec' 这个表", "只能用 [place]、[basis]"),
    ],
)
def test_a_catalog_that_is_wrong_is_said_in_chinese(tmp_path, catalog, told, mend):
    head = 'title = {zh="甲"}\nlanguage = "zh"\ncrs = "EPSG:4529"\n'
    (tmp_path / "catalog.toml").write_text(f"{catalog}\n{head}", encoding="utf-8")

    said = typed("run", tmp_path, "--out", tmp_path / "build")

    assert told in said
    assert "怎么改：" in said
    assert mend in said


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.rar", b"Rar!\x1a\x07\x00", "是 RAR 压缩包。"),
        ("a.arj", b"\x60\xea\x2b\x00\x22", "是 ARJ 压缩包。"),
        ("plots.dat", b"\x60\xea\x2b\x00\x22", "是 ARJ 压缩包。"),
        ("a.cab", b"MSCF\0\0\0\0", "是 CAB 压缩包。"),
        ("a.LZH", b"\x22\xd3-lh5-\0\0", "是压缩包。"),
        ("a.geojson", b"", "是空文件（0 字节）。"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [', "断掉了。"),
        ("a.dwg", b"AC1027" + b"\0" * 40, "只有其厂商的程序能正确读取。"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_chinese(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)

    said = typed("convert", tmp_path / name, tmp_path / "b.gpkg")

    assert told in said
    assert not ENGLISH.search(said.replace(str(tmp_path), ""))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("run nowhere", "nowhere 中没有 catalog.toml。"),
        ("status show ZD-001 --store nowhere.gpkg", "nowhere.gpkg 处没有数据库。"),
        ("sheet parcel ZD-001 --store nowhere.gpkg", "没有数据库"),
        ("rules show cn-1999", "没有名为 'cn-1999' 的 rules 文件。"),
        ("diff 2006-01-01 tomorrow", "'tomorrow' 既不是日期也不是文件夹。"),
        ("vet XP-999", "中没有地块或项目 'XP-999'。"),
        ("vet XP-011 --set land_area_m2", "--set 'land_area_m2' 没有写值。"),
    ],
)
def test_what_cannot_be_done_is_said_in_chinese(line, told):
    said = typed(*line.split())

    assert told in said
    assert "怎么改：" in said
    assert not ENGLISH.search(said)
