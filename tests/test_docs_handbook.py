"""The handbook: pages in both languages, nothing undocumented, nothing that is not so."""

import csv
import dataclasses
import re
import shlex
import sqlite3
import webbrowser
from pathlib import Path

import click
import msgspec
import openpyxl
import pytest
from click.testing import CliRunner

from landtrack.app import handbook as pages, vet
from landtrack.cli import columns, language
from landtrack.cli.help import describe
from landtrack.cli.main import main
from landtrack.model import Figure, Place, Section, Target, catalog, translations
from landtrack.model.errors import CatalogError, SourceError
from landtrack.output.reports import handbook, ledger

ROOT = Path(__file__).parents[1]
LANGUAGES = ("en", "zh")
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
FOR_PEOPLE = {"layer_kinds", "ledger", "map_csv"}
"""What is explained as a whole, not column by column."""
OF_PAGES = pytest.mark.parametrize("topic", pages.TOPICS)
OF_LANGUAGES = pytest.mark.parametrize("lang", LANGUAGES)


def typed(*arguments, **more):
    return CliRunner().invoke(main, [str(each) for each in arguments], **more)


def written(topic, lang):
    return (catalog.SHIPPED / "docs" / lang / f"{topic}.md").read_text(encoding="utf-8")


def described(lang):
    with language.speaking(lang):
        return list(describe(language.in_language(main)))


# --- pages --------------------------------------------------------------------------------


def test_there_are_these_pages_and_no_others():
    for lang in LANGUAGES:
        assert {path.stem for path in (catalog.SHIPPED / "docs" / lang).glob("*.md")} == {
            *pages.TOPICS
        }


@OF_PAGES
def test_both_languages_have_the_same_headings_listings_rows_and_generated_parts(topic):
    def shape(text):
        bare = FENCE.sub("", text)
        return (
            re.findall(r"^#+(?= )", bare, re.MULTILINE), len(FENCE.findall(text)),
            len(re.findall(r"^\|", bare, re.MULTILINE)),
            len(re.findall(r"^(?:- |\d\. )", bare, re.MULTILINE)), pages.GENERATED.findall(text),
        )

    assert shape(written(topic, "zh")) == shape(written(topic, "en"))


@OF_PAGES
def test_a_paragraph_of_chinese_is_one_line(topic):
    """A line that ends within a paragraph becomes a blank between two characters."""
    bare = FENCE.sub("", written(topic, "zh"))

    assert re.findall(r"[\u3400-\u9fff，。；：]\n[\u3400-\u9fff]", bare) == []


@OF_LANGUAGES
@OF_PAGES
def test_a_page_fits_the_terminal_and_no_line_begins_with_a_comma(topic, lang):
    shown = typed("help", topic, "--lang", lang).stdout.splitlines()
    narrow = FENCE.sub("", written(topic, lang)) == written(topic, lang)

    assert shown[0].strip() == pages.page(topic, lang, described(lang)).title
    assert not narrow or max(map(columns.width, shown)) <= 80
    assert [line for line in shown if line.strip() and line.strip()[0] in "，。；：、）"] == []
    assert "\x1f" not in "".join(shown)
    assert "generated:" not in "".join(shown)


@OF_LANGUAGES
@OF_PAGES
def test_a_listing_fits_the_terminal(topic, lang):
    """But for what a command prints, which is as long as it is."""
    listings = [
        each for each in FENCE.findall(written(topic, lang)) if "ESRI Shapefile," not in each
    ]

    assert [
        line for each in listings for line in each.splitlines() if columns.width(line) > 78
    ] == []


@OF_LANGUAGES
def test_help_lists_every_topic_with_its_line(lang):
    shown = typed("help", "--lang", lang).stdout

    for topic in pages.TOPICS:
        line = pages.page(topic, lang, []).line.replace("`", "")
        assert topic in shown
        assert line[:20] in shown
    assert "--browser" in shown
    assert "`" not in shown


@pytest.mark.parametrize(
    ("asked", "told"),
    [("catalogue", "Did you mean catalog?"), ("Vetting", "Did you mean vetting?"),
     ("sheet", "Did you mean sheets?"), ("qqq", "Use one of: start, desk, tasks,")],
)
def test_a_topic_that_is_misspelt_is_answered_with_the_nearest(asked, told):
    said = typed("help", asked, "--lang", "en")

    assert said.exit_code == 2
    assert f"There is no topic '{asked}'." in said.stderr
    assert told in said.stderr


def test_a_topic_that_is_misspelt_is_answered_in_chinese():
    said = typed("help", "maps", "--lang", "zh").stderr

    assert said == "错误：没有主题 'maps'。\n  怎么改：是否要看 map？\n"


@pytest.mark.parametrize("topic", ["../words", "words", "start/..", ""])
def test_only_topics_are_read(topic):
    with pytest.raises(SourceError):
        pages.page(topic, "en")


def test_a_bureau_may_have_pages_of_its_own(tmp_path, monkeypatch):
    own = tmp_path / "docs" / "zh" / "sheets.md"
    own.parent.mkdir(parents=True)
    own.write_text("# 本局图件\n\n本局的规定。\n", encoding="utf-8")
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))

    assert pages.page("sheets", "zh").title == "本局图件"
    assert pages.page("sheets", "en").title == "Sheets and packs"


# --- the page for the browser -------------------------------------------------------------


@OF_LANGUAGES
def test_the_page_for_the_browser_holds_all_topics_and_needs_nothing_else(tmp_path, lang):
    path = tmp_path / "handbook.html"

    said = typed("help", "--out", path, "--lang", lang)

    html = path.read_text(encoding="utf-8")
    assert said.stdout == f"{path}\n"
    assert f'<html lang="{lang}">' in html
    assert "default-src 'none'" in html
    assert re.findall(
        r'<script|<link|<img (?!src="data:image/)|<iframe|(?<!<img )src=|@import|url\(', html
    ) == []
    assert re.findall(r'href="([^#"][^"]*)"', html) == []
    anchors = set(re.findall(r'<section id="(\w+)">', html))
    assert anchors == {*pages.TOPICS}
    assert set(re.findall(r'href="#([^"]+)"', html)) == anchors
    assert "generated:" not in html


def test_the_browser_is_shown_the_topic(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    path = tmp_path / "手册.html"

    typed("help", "map", "--browser", "--out", path)

    assert opened == [path.as_uri() + "#map"]


def test_without_a_name_the_page_lies_in_the_users_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda _: True)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)

    typed("help", "--browser", "--lang", "zh")

    assert [each.name for each in tmp_path.iterdir()] == ["handbook-zh.html"]


# --- nothing undocumented -----------------------------------------------------------------


def test_keys_columns_and_types_are_explained_by_the_same_words_in_both_languages():
    english, chinese = (handbook.words_of(lang).entries for lang in LANGUAGES)

    assert set(english) == set(chinese)
    assert [
        key for key in english
        if re.findall(r"(?<!\{)\{\w+\}", english[key]) != []
        and set(re.findall(r"(?<!\{)\{\w+(?:!r)?\}", english[key]))
        != set(re.findall(r"(?<!\{)\{\w+(?:!r)?\}", chinese[key]))
    ] == []


def structs(kind, seen):
    """Find every table that a key of a table may hold."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if kind not in seen:
            seen.add(kind)
            for field in msgspec.structs.fields(kind):
                structs(field.type, seen)
        return seen
    for each in getattr(kind, "__args__", ()):
        structs(each, seen)
    return seen


def test_every_table_that_a_planner_writes_is_explained():
    there = set()
    for kind in (Place, Figure, Target, Section):
        structs(kind, there)

    assert there == set(handbook.KEYS.values())


@OF_LANGUAGES
def test_every_key_is_explained(lang):
    shown = handbook.keys(lang)
    explained = {
        key for key in handbook.words_of(lang).entries if key.startswith("catalog.")
    } - {"catalog.place.root"}
    there = {
        f"catalog.{name}.{field.encode_name}"
        for name, kind in handbook.KEYS.items() for field in msgspec.structs.fields(kind)
        if name != "place" or field.name not in handbook.APART
    }

    assert explained == there
    for key in there:
        assert f"- `{key.rpartition('.')[2]}`" in shown
    assert "`declared`" in shown
    assert "- `root`" in shown


def test_a_key_that_nobody_explained_fails(monkeypatch):
    class Novel(msgspec.Struct):
        unheard_of: str

    monkeypatch.setattr(handbook, "KEYS", {"place": Novel})

    with pytest.raises(CatalogError, match=r"catalog\.place\.unheard_of"):
        handbook.keys("zh")


@OF_LANGUAGES
def test_every_column_is_explained_and_no_other(lang):
    words = handbook.words_of(lang)
    used = {
        handbook.meaning(words, table, column)
        for table, names in handbook.TABLES.items() for column in names
    }
    shown = handbook.tables(lang)

    assert {key for key in used if not words.has(key)} == set()
    assert {
        key for key in words.entries
        if key.startswith(("table.", "column.")) and key.split(".")[1] not in FOR_PEOPLE
    } - used <= {"column.fid", "column.geom", "column.row"}
    for table in handbook.TABLES:
        assert words(f"heading.table.{table}").replace("_", "\\_") in shown
    for schema in catalog.schemas().values():
        for field in schema.field:
            assert f"- `{field.name}`" in shown


def test_a_column_that_nobody_explained_fails(monkeypatch):
    monkeypatch.setattr(handbook, "TABLES", {"land": ("unheard_of",)})

    with pytest.raises(CatalogError, match=r"column\.unheard_of"):
        handbook.tables("en")


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """Vet the demo place and keep all its files."""
    return vet.run(catalog.demo_place(), out=tmp_path_factory.mktemp("handbook") / "build")


@pytest.fixture
def run(result):
    """Give the folder of these files."""
    return result.outputs["project.gpkg"].parent


def test_the_store_has_the_tables_and_columns_that_are_explained(run):
    with sqlite3.connect(run / "project.gpkg") as db:
        names = [name for (name,) in db.execute("SELECT table_name FROM gpkg_contents")]
        there = {
            name: [row[1] for row in db.execute(f'PRAGMA table_info("{name}")')] for name in names
        }
    schemas = catalog.schemas()
    for name, found in there.items():
        known = {"fid", "geom"}
        if name in schemas:
            known |= {*schemas[name].fields, "source", "row", "verdict"}
        else:
            known |= {*handbook.TABLES[name]}
            assert set(handbook.TABLES[name]) - {*found, "geometry", "as_written"} == set(), name
        assert set(found) - known == set(), name


@pytest.mark.parametrize("name", ["findings", "issues", "land"])
def test_the_csv_files_have_the_columns_that_are_explained(run, name):
    with (run / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        assert tuple(next(csv.reader(file))) == handbook.TABLES[name]


@OF_LANGUAGES
def test_the_sheets_of_the_ledger_and_their_headings_are_explained(result, tmp_path, lang):
    ledger.write_ledger(dataclasses.replace(result, lang=lang), tmp_path / "ledger.xlsx")
    page = handbook.tables(lang)

    for sheet in openpyxl.load_workbook(tmp_path / "ledger.xlsx"):
        line = page.partition(f"- **{sheet.title}**")[2].partition("\n")[0]
        assert line
        own = ("cover", "projects")  # their own of each place
        if sheet.title not in {translations.load(lang)(f"ledger.{each}") for each in own}:
            for cell in next(sheet.iter_rows(max_row=1, values_only=True)):
                assert cell in line


@OF_LANGUAGES
def test_every_command_and_option_is_on_the_page_of_commands(lang):
    page = pages.page("commands", lang, described(lang)).text

    def walk(command, path):
        for name, below in getattr(command, "commands", {}).items():
            walk(below, f"{path} {name}")
        if not isinstance(command, click.Group):
            assert f"## `{path}" in page
            part = page.partition(f"## `{path}")[2].partition("\n## ")[0]
            for each in command.params:
                if isinstance(each, click.Option):
                    assert f"- `{each.opts[0]}" in part, (path, each.name)

    walk(main, "landtrack")


@OF_LANGUAGES
def test_every_step_of_every_workflow_is_on_the_page_of_tracking(lang):
    page = pages.page("tracking", lang).text

    for name in catalog.data_files("workflows"):
        for track in catalog.workflow(name).tracks.values():
            for action in track.action:
                assert f"- `{action.code}`" in page
                assert translations.load(lang).pick(action.title) in page


# --- nothing that is not so ---------------------------------------------------------------


def commands_in(text):
    """Find the commands that a text shows, in listings and within a line."""
    text = re.sub(r" #.*", "", text)
    yield from re.findall(r"^(?:python -m )?(landtrack (?=[a-z-])[^\n&]+)", text, re.MULTILINE)
    yield from re.findall(r"`(?:python -m )?(landtrack (?=[a-z-])[^`\n&]+)`", text)


TEXTS = [README, *(written(topic, lang) for lang in LANGUAGES for topic in pages.TOPICS)]
SHOWN = sorted({command for text in TEXTS for command in commands_in(text)})


@pytest.mark.parametrize("command", SHOWN)
def test_a_command_that_is_shown_is_one_and_has_these_options(command):
    _, *words = shlex.split(command.partition(" | ")[0])
    at = main
    while words and isinstance(at, click.Group) and not words[0].startswith("-"):
        at = at.commands[words.pop(0)]
    known = {"--lang", "--help", *(
        name for each in at.params for name in (*each.opts, *each.secondary_opts)
    )}

    assert [each for each in words if each.startswith("--") and each not in known] == []


def test_many_commands_are_shown():
    assert len(SHOWN) > 70


# --- the README ---------------------------------------------------------------------------


def test_the_readme_is_short_and_leads_to_every_page_that_is_written():
    assert len(README.encode()) <= 12_000
    links = set(re.findall(r"\]\(([^)]+)\)", README))
    assert [each for each in links if not (ROOT / each).exists()] == []
    for lang in LANGUAGES:
        for topic in set(pages.TOPICS) - {"commands", "tables"}:  # empty but for what is generated
            assert f"landtrack/data/docs/{lang}/{topic}.md" in links


def test_a_planner_finds_every_part_of_the_work_in_the_section_for_planners():
    section = README.partition("## 给规划人员")[2].partition("\n## ")[0]

    for command in ("run", "init", "inspect", "vet", "status apply", "status undo",
                    "status overdue", "sheet", "pack", "verify", "report", "reconcile", "help"):
        assert f"landtrack {command}" in section, command
    for word in ("catalog.toml", "sheet = ", "unit = ", "issues.csv", "map.html", "ledger.xlsx",
                 "符合", "不符合", "无法判定", "未作判定", "不适用", "无数据"):
        assert word in section, word
    words = translations.load("zh")
    for verdict in ("pass", "fail", "unknown", "not_judged", "not_applicable"):
        assert f"**{words(f'outcome.{verdict}')}**" in section
    for name in ("projects", "findings", "measures", "issues", "written"):
        assert words(f"ledger.{name}") in section
