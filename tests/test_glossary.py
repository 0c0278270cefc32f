"""Every word of the field on a page of the desk is explained there; each problem has its mend."""

import re
import tomllib

import desks
import pytest
from builders import Site, box

from landtrack.app import glossary, vet
from landtrack.model import NO_WORKFLOW, Issue, catalog, translations

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh"])
FLOWS = [each for each in catalog.data_files("workflows") if each != NO_WORKFLOW]
OF_TEXTS = ("outcome", "coverage", "severity")
"""Tables of words each of which says how something stands."""


def texts(lang, table):
    path = catalog.SHIPPED / "text" / f"{lang}.toml"
    return tomllib.loads(path.read_text("utf-8"))[table]


@LANGUAGES
@pytest.mark.parametrize("table", OF_TEXTS)
def test_each_word_of_how_something_stands_is_explained(lang, table):
    known = glossary.meanings(lang)

    assert {each for each in texts(lang, table).values() if each not in known} == set()


@LANGUAGES
@pytest.mark.parametrize("flow", FLOWS)
def test_each_state_of_each_workflow_is_explained(lang, flow):
    words, known = translations.load(lang), glossary.meanings(lang, flow)
    titles = {
        words.pick(each.title) for track in catalog.workflow(flow).tracks.values()
        for each in track.state
    }

    assert titles
    assert {each for each in titles if not known.get(each)} == set()


@LANGUAGES
def test_each_index_that_a_pack_judges_by_a_limit_is_explained(lang):
    words, known = translations.load(lang), glossary.meanings(lang)
    indices = {
        words.pick(rule.title) for name in ("x-park-2006",)
        for rule in catalog.rule_pack(name).rule
        if rule.id in {"plot-ratio", "building-coverage", "investment-intensity"}
    }

    assert len(indices) == 3
    assert indices <= set(known)


def test_both_languages_explain_the_same_words():
    assert set(glossary.entries("en")) == set(glossary.entries("zh"))
    for lang in ("en", "zh"):
        for entry in glossary.entries(lang).values():
            assert set(entry) == {"name", "means"}
            assert all(entry.values())


@LANGUAGES
@pytest.mark.parametrize("kind", Issue, ids=lambda each: each.value)
def test_each_issue_says_what_to_do(lang, kind):
    words = translations.load(lang)

    assert words.has(f"issue.{kind.value}.title")
    assert words.has(f"issue.{kind.value}.mend")


def test_words_in_what_is_typed_or_quoted_are_not_explained_and_markup_is_none():
    page = "<h1>plot</h1><textarea>evidence</textarea><pre>track</pre><b class='pass'>plotting</b>"

    assert [*glossary.on_page(page, translations.load("en"))] == ["plot"]


def test_a_state_is_explained_where_it_stands_alone():
    words = translations.load("zh")

    def explained(text):
        return [*glossary.on_page(f"<p>{text}</p>", words, "cn-2006")]

    assert "规划" in explained("状态：规划")
    assert "规划" not in explained("规划人员在规划图上查看")


@pytest.mark.parametrize(("lang", "word", "means"), [
    ("en", "unknown", "It never counts as a pass."), ("zh", "无法判定", "从不算作符合。"),
])
def test_a_page_explains_its_words_where_they_stand_without_a_script(tmp_path, lang, word, means):
    site = Site(tmp_path / "park")
    site.head["workflow"] = "cn-2006"
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), fixed_investment_cny=None)])
    site.layer("parcels", [(box(0, 0, 50, 50), {"parcel_id": "Z", "state": "approved"})])
    vet.run(site.folder, out=site.folder / "build")
    with desks.desk(site.folder, tmp_path / "state") as made:
        visitor = made.visitor(lang)
        page = visitor.ask(desks.of_place(site.folder, "/plots"))
        steps = visitor.ask(desks.of_place(site.folder, "/steps"))
        helped = visitor.ask("/help/desk")

    for each in (page, steps):
        below = each.text.partition('<details class="words">')[2]
        assert below.startswith("<summary>")  # reached by Tab and by a finger
    assert re.search(rf"<dt>{word}</dt><dd>[^<]*{means}</dd>", page.text)
    assert '<details class="words">' not in helped.text
