"""The tutorial leads a newcomer through a copy of the demo place, and its answers are true."""

import re

import desk_forms
import desks
import pytest

from landtrack.app import tutorial
from landtrack.model import catalog, translations

STEPS = {each.id: each for each in tutorial.steps()}


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A desk on the demo place, as a newcomer has it, with the tutorial begun and the copy judged.

    What was on the page before and after it was begun comes with it.
    """
    with desks.jobs_here(), desks.desk(
        catalog.demo_place(), tmp_path_factory.mktemp("state")
    ) as made:
        visitor = made.visitor()
        before = visitor.ask("/tutorial")
        desk_forms.send(visitor, "/tutorial/begin", {})
        after = visitor.ask("/tutorial")
        for kind in ("run", "inspect"):
            assert visitor.ask(f"/places/tutorial/{kind}", "POST").status == 303
        desks.until(lambda: {"judge", "files"} <= done(visitor), patience_s=600)
        yield made, visitor, before, after


def done(visitor):
    """Name the steps that the page says are done."""
    page = visitor.ask("/tutorial").text
    parts = re.split(r'<li class="box', page)[1:]
    return {
        re.search(r'name="id" value="(\w+)"', each)[1] for each in parts if 'class="pass"' in each
    }


def opened(visitor, step, lang="en"):
    link = STEPS[step].link.replace("{place}", "/places/tutorial").partition("#")[0]
    return visitor.ask(f"{link}{'&' if '?' in link else '?'}lang={lang}")


def test_it_is_led_to_from_the_demo_place_and_the_help_and_begins_at_a_button(begun):
    _, visitor, before, after = begun
    front, helped = visitor.follow("/"), visitor.ask("/help/desk")

    assert 'href="/tutorial"' in front.text
    assert 'href="/tutorial"' in helped.text
    assert "Begin" in before.seen
    assert before.text.count('<li class="box') == len(STEPS)
    assert f"0 of {len(STEPS)} done" in after.seen


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("step", [each for each, own in STEPS.items() if own.figures])
def test_the_answer_of_a_step_is_what_its_page_shows(begun, step, lang):
    told = STEPS[step].figures

    page = opened(begun[1], step if step != "map" else "judge", lang)

    assert page.status == 200
    for name, figure in told.items():
        for each in str(figure).split(", "):
            assert re.search(rf"(?<![\d,.]){re.escape(each)}(?![\d,])", page.seen), (name, each)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("step", STEPS)
def test_each_step_opens_and_says_its_task_and_answer_in_both_languages(begun, step, lang):
    words, own = translations.load(lang), STEPS[step]
    tutorial_page = begun[1].ask(f"/tutorial?lang={lang}")

    assert opened(begun[1], step, lang).status == 200
    for each in (own.title, own.task, own.answer):
        assert each[lang].format(**own.figures) in tutorial_page.seen.replace("&amp;", "&")
        assert words.pick(each) == each[lang]


def test_a_step_is_noticed_where_the_desk_sees_it_and_else_ticked(begun):
    _, visitor, *_ = begun
    before = done(visitor)
    form = {"plot": "XP-036", "name": "more", "by": "Li", "fixed_investment_cny": "54000000"}
    page = opened(visitor, "what_if")
    form["seen"] = re.search(r'name="seen" value="([^"]*)"', page.text)[1]
    desk_forms.send(visitor, "/places/tutorial/what-ifs", form)
    desk_forms.send(visitor, "/tutorial/tick", {"id": "map"})
    after = done(visitor)
    desk_forms.send(visitor, "/tutorial/tick", {"id": "map", "off": "1"})

    assert {"judge", "files"} <= before
    assert after - before == {"what_if", "map"}
    assert done(visitor) == after - {"map"}
    assert desk_forms.send(visitor, "/tutorial/tick", {"id": "nothing"}).status == 404


def test_the_demo_place_itself_is_not_changed_and_the_copy_is_put_back(begun):
    made, visitor, *_ = begun
    first = (catalog.demo_place() / "catalog.toml").read_bytes()
    own = made.home.tutorial / "catalog.toml"
    own.write_text("[place]\nid = 3\n", "utf-8")

    sent = desk_forms.send(visitor, "/tutorial/begin", {})

    assert sent.status == 303
    assert own.read_bytes() == first == (catalog.demo_place() / "catalog.toml").read_bytes()
    assert done(visitor) == set()
    assert not (made.home.tutorial / "build").exists()


def test_what_is_kept_of_a_reader_that_is_none_of_ours_begins_anew(tmp_path):
    kept = tmp_path / "tutorial.json"
    kept.write_text('{"version": 9}', "utf-8")

    assert tutorial.progress(kept) == tutorial.Progress()
    assert tutorial.progress(tmp_path / "none.json") == tutorial.Progress()


def test_the_place_of_the_tutorial_is_none_of_those_served(tmp_path):
    (tmp_path / "served" / "tutorial").mkdir(parents=True)
    (tmp_path / "served" / "tutorial" / "catalog.toml").write_text("", "utf-8")
    with desks.desk(tmp_path / "served", tmp_path / "state") as made:
        visitor = made.visitor()
        desk_forms.send(visitor, "/tutorial/begin", {})
        listed, page = visitor.ask("/"), visitor.ask("/tutorial")

    assert "/places/_tutorial" in page.text
    assert "/places/_tutorial" not in listed.text
    assert 'href="/tutorial"' in listed.text
