"""The handbook in the desk: from each page to what explains it, and from topic to topic."""

import re

import desks
import pytest
from builders import Site, box

from landtrack.app import handbook, vet
from landtrack.model import translations
from landtrack.server import helping

LANGUAGES = translations.languages()


@pytest.fixture(scope="module")
def visitor(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("served") / "park")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    vet.run(site.folder, out=site.folder / "build")
    with desks.desk(site.folder, tmp_path_factory.mktemp("state")) as made:
        yield made.visitor()


@pytest.mark.parametrize(("page", "topic"), [
    ("", "desk"), ("/files", "formats"), ("/catalog", "catalog"), ("/case?plot=A", "vetting"),
    ("/plots", "vetting"), ("/papers", "sheets"), ("/overview", "reports"),
])
def test_a_page_leads_to_what_explains_it(visitor, page, topic):
    shown = visitor.ask(f"/places/park{page}").text

    assert f'<a class="help" href="/help/{topic}">' in shown
    assert visitor.ask(f"/help/{topic}").status == 200


def test_every_template_names_a_topic_that_is_shown():
    templates = handbook.catalog.SHIPPED / "templates" / "desk"
    named = {
        each for path in templates.glob("*.j2")
        for each in re.findall(r'set topic = "(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert {"vetting", "catalog"} < named <= set(helping.TOPICS)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("topic", helping.TOPICS)
def test_each_topic_is_shown_whole_in_each_language_and_leads_to_the_others(visitor, topic, lang):
    page = visitor.ask(f"/help/{topic}?lang={lang}")

    assert page.status == 200
    written = handbook.page(topic, lang)
    assert f"<h1>{written.title}</h1>" in page.text
    plain = re.sub(r"^```.*?^```", "", written.text, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ ", plain, flags=re.MULTILINE)
    assert len(re.findall(r"<h\d>", page.text)) == len(headings)
    assert "<!-- generated" not in page.text
    others = page.text.partition('<article class="handbook">')[0]
    assert {*re.findall(r'href="/help/(\w+)"', others)} == {*helping.TOPICS} - {topic}


@pytest.mark.parametrize("topic", ["commands", "python", "none", "..", "%2e%2e%2fdesk"])
def test_what_is_no_topic_is_told(visitor, topic):
    assert visitor.ask(f"/help/{topic}").status == 404
